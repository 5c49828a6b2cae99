//! What can go wrong when Twilio is called.

use std::fmt;
use std::time::Duration;

/// Why Twilio did not do what it was asked.
///
/// Prints neither tokens nor what was sent: only Twilio's own status and code.
#[derive(Debug, thiserror::Error)]
pub enum TwilioError {
    /// The unique name belongs to another conversation: somebody else was first. See [Twilio Docs/Error 50353].
    #[error("Twilio: the unique name is taken (50353)")]
    NameTaken,
    /// The conversation is closed, which is for ever. See [Twilio Docs/Error 50377].
    #[error("Twilio: the conversation is closed (50377)")]
    ConversationClosed,
    /// There is no such thing, or no longer.
    #[error("Twilio: not found")]
    NotFound,
    /// Too many requests; this one was not processed. See [Twilio Docs/Error 20429].
    #[error("Twilio: too many requests")]
    RateLimited {
        /// How long Twilio asks to wait, where it says so.
        retry_after: Option<Duration>,
    },
    /// Twilio understood the request and refuses it. Repeating it changes nothing.
    #[error("Twilio: refused with status {status}, code {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Twilio's error code, 0 where the answer names none. See [Twilio Docs/Error Dictionary].
        code: u32,
        /// Twilio's explanation, for the person who deploys.
        message: PlatformText,
    },
    /// The account SID or the auth token is wrong.
    #[error("Twilio: the account SID or auth token is not accepted")]
    InvalidCredentials,
    /// No usable answer: 5xx, timeout, a lost connection or an answer that cannot be read.
    ///
    /// What was asked may or may not have been done; see [`TwilioError::surely_not_done`].
    #[error("Twilio: no usable answer{}", describe(*.status, *.sent))]
    Unavailable {
        /// The HTTP status, if there was an answer.
        status: Option<u16>,
        /// Whether the request may have reached Twilio.
        sent: bool,
        /// What the HTTP client says; the URL is taken off.
        #[source]
        source: Option<reqwest::Error>,
    },
}

impl TwilioError {
    /// Whether Twilio certainly did nothing, so that a repetition cannot double anything.
    pub fn surely_not_done(&self) -> bool {
        !matches!(self, Self::Unavailable { sent: true, .. })
    }

    /// Whether a later repetition may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. })
    }

    pub(crate) fn unreadable(status: u16) -> Self {
        Self::Unavailable { status: Some(status), sent: true, source: None }
    }
}

impl From<reqwest::Error> for TwilioError {
    fn from(error: reqwest::Error) -> Self {
        // Connecting fails before a byte of the request is written.
        let sent = !(error.is_connect() || error.is_builder());
        let status = error.status().map(|status| status.as_u16());
        Self::Unavailable { status, sent, source: Some(error.without_url()) }
    }
}

/// A text that Twilio wrote, which may repeat something that was sent. `Debug` hides it; read it with [`PlatformText::as_str`].
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PlatformText(pub(crate) String);

impl PlatformText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PlatformText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[not printed]")
    }
}

fn describe(status: Option<u16>, sent: bool) -> String {
    match (status, sent) {
        (Some(status), _) => format!(" (status {status})"),
        (None, true) => String::new(),
        (None, false) => " (no connection)".to_owned(),
    }
}
