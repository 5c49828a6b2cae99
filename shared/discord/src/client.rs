//! Calls to Discord's REST API, under our own policy for failures.
//!
//! twilight-http knows paths, methods and models; reqwest sends. twilight's own client repeats a 429 without end and tells nobody,
//! which ends in Discord's ban of the address (10,000 refusals in 10 minutes). Here a failure goes back to the caller, who can put the
//! work back into its queue for as long as Discord says.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::ids::{ApplicationId, ChannelId, DiscordMessageId, PersonId};
use domain::line::{LineFile, Origin, Said};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use twilight_http::request::Request;
use twilight_http::routing::Route;
use twilight_model::channel::message::MessageFlags;

use crate::attachment::Attachment;
use crate::content::Extras;
use crate::interaction::{InteractionToken, Snowflake};
use crate::message::{Nonce, OutgoingFile, OutgoingMessage};
use crate::routes::CommandDefinition;

mod boards;
mod servers;

pub use boards::{Channel, ChannelKind, NewChannel, NewTag, Post, Tag, ThreadEdit};
pub use servers::{Guild, Member};

/// How long one call may take.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// How long one call may take that carries files.
pub const UPLOAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Who calls, in the form that Discord asks for: the library that builds the requests, then us. See [Discord Docs/Reference, User
/// Agent].
pub(crate) const AGENT: &str =
    concat!("DiscordBot (https://github.com/twilight-rs/twilight, 0.18.0) contact-centre/", env!("CARGO_PKG_VERSION"));

/// How long to wait before the edit of an answer is tried again, when Discord has not stored the deferral yet (10015).
const ORIGINAL_BACKOFF: [Duration; 5] = [
    Duration::from_millis(300),
    Duration::from_millis(600),
    Duration::from_millis(1200),
    Duration::from_millis(2500),
    Duration::from_secs(5),
];

/// The longest 429 that is waited for here, and only when an answer is edited.
const SHORT_LIMIT: Duration = Duration::from_secs(2);

/// How long a 429 lasts that does not say.
const UNSAID_LIMIT: Duration = Duration::from_secs(5);

/// How long to leave a person's DM closed after "opening direct messages too fast" (40003), which does not say.
const DM_OPENING_LIMIT: Duration = Duration::from_mins(1);

/// Why Discord did not do as asked. Shows no token, URL or text of a message.
#[derive(Debug, thiserror::Error)]
pub enum DiscordError {
    /// Too many requests; to be tried again after `retry_after`, not before.
    #[error("Discord wants a pause of {retry_after:?}")]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
        /// Whether it holds for all of the bot's calls and not for this route only.
        global: bool,
    },
    /// The person cannot be written to: their DMs are closed, or there is no server in common. To be told otherwise, not repeated.
    #[error("the person takes no direct messages from us (code {code})")]
    CannotDm {
        /// Discord's code.
        code: u64,
    },
    /// The interaction's answer cannot be edited: its 15 minutes are over, or Discord never stored the deferral.
    #[error("the interaction is unknown or over (code {code})")]
    UnknownInteraction {
        /// Discord's code.
        code: u64,
    },
    /// The channel is gone.
    #[error("the channel is unknown")]
    UnknownChannel,
    /// The message is gone.
    #[error("the message is unknown")]
    UnknownMessage,
    /// Refused for another reason; it would be again.
    #[error("Discord refused with {status}, code {code}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Discord's code, 0 for none.
        code: u64,
        /// What Discord says, with the fields it complains about.
        message: String,
    },
    /// The bot token is wrong or was reset. Nothing is sent any more by this client, since each 401 counts towards a ban.
    #[error("Discord does not take the bot token")]
    InvalidToken,
    /// Discord could not be reached or could not serve. It may have been done all the same.
    #[error("Discord is not available: {reason}")]
    Unavailable {
        /// In short.
        reason: String,
        /// What happened on the way, without the URL.
        #[source]
        source: Option<reqwest::Error>,
    },
}

impl DiscordError {
    /// Discord's code for it; `None` where it gave none. See [Discord Docs/Opcodes and Status Codes, JSON Error Codes].
    pub fn code(&self) -> Option<u64> {
        match self {
            Self::CannotDm { code } | Self::UnknownInteraction { code } => Some(*code),
            Self::Refused { code, .. } => Some(*code).filter(|code| *code != 0),
            Self::UnknownChannel => Some(10003),
            Self::UnknownMessage => Some(10008),
            Self::RateLimited { .. } | Self::InvalidToken | Self::Unavailable { .. } => None,
        }
    }

    /// Whether the bot lacks a permission (50013) or may not even see the channel or server (50001, which is [`Self::CannotDm`] too).
    pub fn is_missing_permission(&self) -> bool {
        matches!(self.code(), Some(50001 | 50013))
    }

    /// Whether the server or channel takes no channel or action of this type (50024), e.g. no forum.
    pub fn is_wrong_channel_type(&self) -> bool {
        self.code() == Some(50024)
    }

    /// Whether it is about a thread that was put away (50083).
    pub fn is_archived(&self) -> bool {
        self.code() == Some(50083)
    }

    /// Whether the files are too large for this place (40005, 50045, or the status 413) or too many (30015).
    pub fn refuses_files(&self) -> bool {
        matches!(self.code(), Some(30015 | 40005 | 50045)) || matches!(self, Self::Refused { status: 413, .. })
    }

    /// Whether the server's `AutoMod` stopped the text (200000), the name (200001) or a link in it (240000).
    pub fn refuses_text(&self) -> bool {
        matches!(self.code(), Some(200_000 | 200_001 | 240_000))
    }
}

/// A message of ours that was just posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedMessage {
    /// Its ID.
    pub id: DiscordMessageId,
    /// Its files as they are kept now, in the order in which they were sent.
    pub attachments: Vec<Attachment>,
}

/// A message in a channel, as far as we read it.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelMessage {
    /// Its ID.
    pub id: DiscordMessageId,
    /// Discord's type: 0 an ordinary message, 19 a reply; the rest is not said by anybody.
    pub kind: u64,
    /// Who wrote it.
    pub author_id: PersonId,
    /// Whether a bot wrote it.
    pub author_is_bot: bool,
    /// Its text.
    pub content: String,
    /// The nonce it was posted with, if Discord still says.
    pub nonce: Option<String>,
    /// When it was written, RFC 3339.
    pub timestamp: String,
    /// When it was last changed, RFC 3339.
    pub edited_timestamp: Option<String>,
    /// The files that hang on it, with fresh addresses.
    pub attachments: Vec<Attachment>,
    /// The bots that it mentions.
    pub mentioned_bots: Vec<PersonId>,
    /// What else is in it.
    pub extras: Extras,
}

impl ChannelMessage {
    /// What its author says with it, as a line for the agents: the text with stand-ins for what is no text, and the files.
    pub fn said(&self, channel: ChannelId) -> Said {
        self.said_as(&self.content, channel)
    }

    /// The same for a line in a server, where people mention the bot to be heard: without the mention. `None` where nothing is said, which
    /// is all that an application without the message-content intent reads of a message that does not mention it. See [Discord
    /// Docs/Message Content Intent].
    pub fn said_to_the_bot(&self, channel: ChannelId) -> Option<Said> {
        let mut content = self.content.clone();
        for bot in &self.mentioned_bots {
            for mention in [format!("<@{bot}>"), format!("<@!{bot}>")] {
                content = content.replace(&mention, "");
            }
        }
        let content = content.trim();
        // That it is a voice message is told, but not the voice.
        let extras = Extras { is_voice: false, ..self.extras.clone() };
        let is_bare = content.is_empty() && self.attachments.is_empty() && extras == Extras::default();
        (!is_bare).then(|| self.said_as(content, channel))
    }

    fn said_as(&self, content: &str, channel: ChannelId) -> Said {
        let files: Vec<_> = self.extras.all_files(&self.attachments).map(LineFile::from).collect();
        Said {
            text: self.extras.in_words(content, !files.is_empty()),
            files,
            origin: Some(Origin { channel, message: self.id }),
            edited_at: self.edited_timestamp.clone(),
        }
    }
}

impl fmt::Debug for ChannelMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelMessage")
            .field("id", &self.id)
            .field("author_id", &self.author_id)
            .finish_non_exhaustive()
    }
}

/// The application that the bot token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its ID, which is the bot's user ID too.
    pub id: ApplicationId,
    /// The public key that its interactions are signed for, in hex.
    pub verify_key: String,
    /// Its name.
    pub name: String,
    /// Whether people can install it for themselves.
    pub supports_user_install: bool,
    /// How it can be installed, by kind of installation.
    pub installs: Map<String, Value>,
    /// Where its interactions go.
    pub interactions_endpoint_url: Option<String>,
    /// Where its webhook events go.
    pub event_webhooks_url: Option<String>,
}

/// Calls Discord. Cheap to clone; clones share what is known of the token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Arc<str>,
    token: SecretString,
    token_refused: Arc<AtomicBool>,
    original_backoff: [Duration; 5],
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for `api_url` (`https://discord.com`; requests go to `{api_url}/api/v10/…`).
    pub fn new(http: reqwest::Client, api_url: &str, bot_token: SecretString) -> Self {
        Self {
            http,
            base: format!("{}/api/v10", api_url.trim_end_matches('/')).into(),
            token: bot_token,
            token_refused: Arc::default(),
            original_backoff: ORIGINAL_BACKOFF,
        }
    }

    /// The DM with a person; opened if there is none, the same one each time. See [Discord Docs/Create DM].
    pub async fn open_dm(&self, person: PersonId) -> Result<ChannelId, DiscordError> {
        let body = json!({ "recipient_id": person.to_string() });
        let channel: Identified<ChannelId> = self.call(&with_body(&Route::CreatePrivateChannel, &body)).await?;
        Ok(channel.id.0)
    }

    /// Posts a message. Posting again with the same nonce within a few minutes posts nothing and gives the first one's ID. See
    /// [Discord Docs/Create Message].
    pub async fn post(
        &self,
        channel: ChannelId,
        message: &OutgoingMessage,
        nonce: &Nonce,
    ) -> Result<DiscordMessageId, DiscordError> {
        Ok(self.post_full(channel, message, nonce).await?.id)
    }

    /// The same as [`Self::post`], and tells of the files too. A repetition gives the files of the first one.
    pub async fn post_full(
        &self,
        channel: ChannelId,
        message: &OutgoingMessage,
        nonce: &Nonce,
    ) -> Result<PostedMessage, DiscordError> {
        let mut body = post_body(message);
        body.insert("nonce".to_owned(), json!(nonce));
        body.insert("enforce_nonce".to_owned(), json!(true));
        if let Some(other) = message.reply_to {
            let reference = json!({ "message_id": other.to_string(), "fail_if_not_exists": false });
            body.insert("message_reference".to_owned(), reference);
        }
        let route = Route::CreateMessage { channel_id: channel.get() };
        let posted: WirePosted = self.call_with(&with_body(&route, &body.into()), &message.files).await?;
        Ok(posted.into())
    }

    /// Replaces a message of ours: text, cards, selects and buttons, and files if there are any. See [Discord Docs/Edit Message].
    pub async fn edit(
        &self,
        channel: ChannelId,
        message_id: DiscordMessageId,
        message: &OutgoingMessage,
    ) -> Result<(), DiscordError> {
        let route = Route::UpdateMessage { channel_id: channel.get(), message_id: message_id.get() };
        let request = with_body(&route, &edit_body(message));
        match self.send_with(&request, &message.files).await {
            Err(error) if error.is_archived() => {
                self.take_out(channel).await?;
                self.send_with(&request, &message.files).await.map(drop)
            }
            other => other.map(drop),
        }
    }

    /// Reads one message. Its files have fresh addresses. See [Discord Docs/Get Channel Message].
    pub async fn message(
        &self,
        channel: ChannelId,
        message_id: DiscordMessageId,
    ) -> Result<ChannelMessage, DiscordError> {
        let route = Route::GetMessage { channel_id: channel.get(), message_id: message_id.get() };
        let message: Value = self.call(&bare(&route)).await?;
        ChannelMessage::read(message).ok_or_else(undocumented)
    }

    /// Deletes a message of ours. One that is gone already counts as deleted. See [Discord Docs/Delete Message].
    pub async fn delete(&self, channel: ChannelId, message_id: DiscordMessageId) -> Result<(), DiscordError> {
        let route = Route::DeleteMessage { channel_id: channel.get(), message_id: message_id.get() };
        let mut deleted = self.send(&bare(&route)).await;
        if deleted.as_ref().is_err_and(DiscordError::is_archived) {
            self.take_out(channel).await?;
            deleted = self.send(&bare(&route)).await;
        }
        match deleted {
            Ok(_) | Err(DiscordError::UnknownMessage) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Shows in a channel for 10 s that we write. See [Discord Docs/Trigger Typing Indicator].
    pub async fn type_in(&self, channel: ChannelId) -> Result<(), DiscordError> {
        self.send(&bare(&Route::CreateTypingTrigger { channel_id: channel.get() })).await.map(drop)
    }
    /// Takes a thread out of the archive, in which nothing but a new message is taken.
    async fn take_out(&self, thread: ChannelId) -> Result<(), DiscordError> {
        self.edit_thread(thread, &ThreadEdit { archived: Some(false), ..ThreadEdit::default() }).await
    }

    /// Reads a channel's messages, oldest first: the first ones after `after`, or else the newest. `limit` is 1 to 100. See
    /// [Discord Docs/Get Channel Messages].
    pub async fn recent_messages(
        &self,
        channel: ChannelId,
        limit: u16,
        after: Option<DiscordMessageId>,
    ) -> Result<Vec<ChannelMessage>, DiscordError> {
        let route = Route::GetMessages {
            channel_id: channel.get(),
            limit: Some(limit.clamp(1, 100)),
            after: after.map(DiscordMessageId::get),
            around: None,
            before: None,
        };
        let messages: Vec<Value> = self.call(&bare(&route)).await?;
        let messages: Option<Vec<_>> = messages.into_iter().map(ChannelMessage::read).collect();
        let mut messages = messages.ok_or_else(undocumented)?;
        messages.sort_by_key(|message| message.id);
        Ok(messages)
    }

    /// Shows "is typing" for up to 10 seconds. See [Discord Docs/Trigger Typing Indicator].
    pub async fn typing(&self, channel: ChannelId) -> Result<(), DiscordError> {
        self.send(&bare(&Route::CreateTypingTrigger { channel_id: channel.get() })).await?;
        Ok(())
    }

    /// Replaces the answer to an interaction. See [Discord Docs/Edit Original Interaction Response].
    ///
    /// Right after a deferral Discord may not know the interaction yet (10015): tried again for some 10 seconds. A short pause that
    /// Discord wants is kept here, twice at most, because the person is waiting.
    pub async fn edit_original(
        &self,
        application: ApplicationId,
        token: &InteractionToken,
        message: &OutgoingMessage,
    ) -> Result<(), DiscordError> {
        let token = path_segment(token.expose());
        let route = Route::UpdateInteractionOriginal { application_id: application.get(), interaction_token: &token };
        let request = without_bot_token(&route, &edit_body(message));
        let mut backoff = self.original_backoff.into_iter();
        let mut pauses = 2;
        loop {
            let wait = match self.send_with(&request, &message.files).await {
                Ok(_) => return Ok(()),
                Err(
                    DiscordError::UnknownInteraction { code: 10015 }
                    | DiscordError::Refused { status: 404, code: 0, .. },
                ) => backoff.next().ok_or(DiscordError::UnknownInteraction { code: 10015 })?,
                Err(DiscordError::RateLimited { retry_after, .. }) if retry_after <= SHORT_LIMIT && pauses > 0 => {
                    pauses -= 1;
                    retry_after
                }
                Err(error) => return Err(error),
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Answers an interaction once more, after its first answer was edited. There may be five of them where the person installed the
    /// application for themselves only. See [Discord Docs/Create Followup Message].
    pub async fn follow_up(
        &self,
        application: ApplicationId,
        token: &InteractionToken,
        message: &OutgoingMessage,
        ephemeral: bool,
    ) -> Result<PostedMessage, DiscordError> {
        let token = path_segment(token.expose());
        let route = Route::ExecuteWebhook {
            thread_id: None,
            token: &token,
            wait: None,
            with_components: None,
            webhook_id: application.get(),
        };
        let mut body = post_body(message);
        if ephemeral {
            let flags = message.flags().unwrap_or(MessageFlags::empty()) | MessageFlags::EPHEMERAL;
            body.insert("flags".to_owned(), json!(flags));
        }
        let posted: WirePosted = self.call_with(&without_bot_token(&route, &body.into()), &message.files).await?;
        Ok(posted.into())
    }

    /// The application that the bot token belongs to. See [Discord Docs/Get Current Application].
    pub async fn application(&self) -> Result<Application, DiscordError> {
        let wire: WireApplication = self.call(&bare(&Route::GetCurrentUserApplicationInfo)).await?;
        Ok(Application {
            id: wire.id.0,
            verify_key: wire.verify_key,
            name: wire.name,
            supports_user_install: wire.integration_types_config.as_ref().is_some_and(|types| types.contains_key("1")),
            installs: wire.integration_types_config.unwrap_or_default(),
            interactions_endpoint_url: wire.interactions_endpoint_url,
            event_webhooks_url: wire.event_webhooks_url.filter(|url| !url.is_empty()),
        })
    }

    /// Makes these the application's global commands; others are deleted. See [Discord Docs/Bulk Overwrite Global Application
    /// Commands].
    pub async fn overwrite_commands(
        &self,
        application: ApplicationId,
        commands: &[CommandDefinition],
    ) -> Result<(), DiscordError> {
        let route = Route::SetGlobalCommands { application_id: application.get() };
        self.send(&with_body(&route, &json!(commands))).await?;
        Ok(())
    }

    /// Has Discord send the application's interactions to `url`, or to nobody. See [Discord Docs/Edit Current Application].
    ///
    /// Discord sends a signed and a wrongly signed PING there during the call, so the endpoint has to be live and to know the key.
    pub async fn set_interactions_endpoint(&self, url: Option<&str>) -> Result<(), DiscordError> {
        let body = json!({ "interactions_endpoint_url": url });
        self.send(&with_body(&Route::UpdateCurrentUserApplication, &body)).await?;
        Ok(())
    }

    /// Has Discord send webhook events ([`crate::events::EVENT_TYPES`]) to `url`, or none to anybody. See [Discord Docs/Edit Current
    /// Application].
    ///
    /// Discord tries `url` during the call, as it does the endpoint of interactions.
    pub async fn set_event_webhooks(&self, url: Option<&str>) -> Result<(), DiscordError> {
        let (status, types) = if url.is_some() { (2, &crate::events::EVENT_TYPES[..]) } else { (1, &[][..]) };
        let body = json!({ "event_webhooks_url": url, "event_webhooks_status": status, "event_webhooks_types": types });
        self.send(&with_body(&Route::UpdateCurrentUserApplication, &body)).await?;
        Ok(())
    }

    /// Lets people install the application for themselves, with its commands alone, beside the `installs` that there are. See [Discord
    /// Docs/Edit Current Application].
    pub async fn offer_user_install(&self, installs: &Map<String, Value>) -> Result<(), DiscordError> {
        let mut installs = installs.clone();
        let own = json!({ "oauth2_install_params": { "scopes": ["applications.commands"], "permissions": "0" } });
        installs.insert("1".to_owned(), own);
        let body = json!({ "integration_types_config": installs });
        self.send(&with_body(&Route::UpdateCurrentUserApplication, &body)).await?;
        Ok(())
    }

    /// Sends once and reads the answer.
    async fn call<T: DeserializeOwned>(&self, request: &Request) -> Result<T, DiscordError> {
        self.call_with(request, &[]).await
    }

    /// Sends once, with files, and reads the answer.
    async fn call_with<T: DeserializeOwned>(
        &self,
        request: &Request,
        files: &[OutgoingFile],
    ) -> Result<T, DiscordError> {
        let answer = self.send_with(request, files).await?;
        serde_json::from_slice(&answer).map_err(|_| undocumented())
    }

    /// Sends once.
    async fn send(&self, request: &Request) -> Result<Vec<u8>, DiscordError> {
        self.send_with(request, &[]).await
    }

    /// Sends once, with files.
    async fn send_with(&self, request: &Request, files: &[OutgoingFile]) -> Result<Vec<u8>, DiscordError> {
        let method =
            Method::from_bytes(request.method().name().as_bytes()).expect("twilight names methods as HTTP does");
        let mut outgoing = self
            .http
            .request(method, format!("{}/{}", self.base, request.path()))
            .header(USER_AGENT, AGENT)
            .timeout(if files.is_empty() { TIMEOUT } else { UPLOAD_TIMEOUT });
        if request.use_authorization_token() {
            if self.token_refused.load(Ordering::Relaxed) {
                return Err(DiscordError::InvalidToken);
            }
            // A pasted secret may end in a line break.
            let mut value = HeaderValue::from_str(&format!("Bot {}", self.token.expose_secret().trim()))
                .map_err(|_| DiscordError::InvalidToken)?;
            value.set_sensitive(true);
            outgoing = outgoing.header(AUTHORIZATION, value);
        }
        if let Some(body) = request.body() {
            outgoing = if files.is_empty() {
                outgoing.header(CONTENT_TYPE, "application/json").body(body.to_vec())
            } else {
                outgoing.multipart(form(body, files))
            };
        }
        let answer = outgoing.send().await.map_err(on_the_way)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(on_the_way)?;
        if status.is_success() {
            return Ok(body.to_vec());
        }
        let error = refusal(status, &headers, &body);
        if matches!(error, DiscordError::InvalidToken) && request.use_authorization_token() {
            self.token_refused.store(true, Ordering::Relaxed);
        }
        Err(error)
    }
}

/// Why a request with a ready body is always built.
const BYTES: &str = "twilight fails only on what it has to serialise";

/// A request with a JSON body.
fn with_body(route: &Route<'_>, body: &Value) -> Request {
    Request::builder(route).body(body.to_string().into_bytes()).build().expect(BYTES)
}

/// A request with a JSON body for which the interaction's token, in the path, is enough.
fn without_bot_token(route: &Route<'_>, body: &Value) -> Request {
    let body = body.to_string().into_bytes();
    Request::builder(route).body(body).use_authorization_token(false).build().expect(BYTES)
}

/// A request without a body.
fn bare(route: &Route<'_>) -> Request {
    Request::from_route(route)
}

/// A body with files. See [Discord Docs/Reference, Uploading Files].
fn form(body: &[u8], files: &[OutgoingFile]) -> Form {
    const JSON: &str = "application/json";
    let payload = Part::bytes(body.to_vec()).mime_str(JSON).expect("this is a media type");
    // Discord reads names as they stand: the `filename*` of RFC 5987 is not among what it documents.
    let form = Form::new().percent_encode_noop().part("payload_json", payload);
    files.iter().enumerate().fold(form, |form, (at, file)| {
        let part = || Part::stream_with_length(file.bytes.clone(), file.bytes.len() as u64);
        // A media type that is none is left out; Discord looks at the name anyway.
        let part = part().mime_str(&file.content_type).unwrap_or_else(|_| part()).file_name(file.name.clone());
        form.part(format!("files[{at}]"), part)
    })
}

fn undocumented() -> DiscordError {
    DiscordError::Unavailable { reason: "its answer is not the documented one".to_owned(), source: None }
}

fn on_the_way(error: reqwest::Error) -> DiscordError {
    let reason = if error.is_timeout() { "no answer in time" } else { "no connection" };
    // The URL may hold an interaction token.
    DiscordError::Unavailable { reason: reason.to_owned(), source: Some(error.without_url()) }
}

/// What every message says, new or edited. Edits say `allowed_mentions` too, because the default holds for them again.
fn message_body(message: &OutgoingMessage) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("content".to_owned(), json!(message.content));
    body.insert("embeds".to_owned(), message.embeds());
    body.insert("components".to_owned(), json!(message.components()));
    body.insert("allowed_mentions".to_owned(), json!({ "parse": [], "replied_user": false }));
    if !message.files.is_empty() {
        let named = |(at, file): (usize, &OutgoingFile)| json!({ "id": at.to_string(), "filename": file.name });
        body.insert("attachments".to_owned(), message.files.iter().enumerate().map(named).collect());
    }
    body
}

/// What a new message says.
fn post_body(message: &OutgoingMessage) -> Map<String, Value> {
    let mut body = message_body(message);
    body.retain(|name, value| !["embeds", "components"].contains(&name.as_str()) || *value != json!([]));
    if let Some(flags) = message.flags() {
        body.insert("flags".to_owned(), json!(flags));
    }
    body
}

/// What a message is to become. Without cards and buttons the old ones go.
fn edit_body(message: &OutgoingMessage) -> Value {
    let mut body = message_body(message);
    if message.drop_files && message.files.is_empty() {
        body.insert("attachments".to_owned(), json!([]));
    }
    if message.suppress_embeds {
        // The one flag that an edit may set.
        body.insert("flags".to_owned(), json!(4));
    }
    body.into()
}

/// Text as one segment of a path.
fn path_segment(text: &str) -> String {
    use std::fmt::Write;
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~=+:@".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            write!(segment, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    segment
}

/// What an answer other than 2xx means.
fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> DiscordError {
    let said: WireError = serde_json::from_slice(body).unwrap_or_default();
    let code = said.code.unwrap_or_default();
    if status == StatusCode::TOO_MANY_REQUESTS || code == 40003 {
        let header = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let unsaid = if code == 40003 { DM_OPENING_LIMIT } else { UNSAID_LIMIT };
        return DiscordError::RateLimited {
            // A number that is no time (negative, not finite, centuries) is as good as none.
            retry_after: header
                .or(said.retry_after)
                .and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok())
                .filter(|wait| *wait <= Duration::from_hours(24))
                .unwrap_or(unsaid),
            global: said.global.unwrap_or_default() || headers.contains_key("x-ratelimit-global"),
        };
    }
    match code {
        50007 | 50278 => DiscordError::CannotDm { code },
        50001 if status == StatusCode::FORBIDDEN => DiscordError::CannotDm { code },
        10003 => DiscordError::UnknownChannel,
        10008 => DiscordError::UnknownMessage,
        10015 | 10062 | 50027 => DiscordError::UnknownInteraction { code },
        _ if status == StatusCode::UNAUTHORIZED => DiscordError::InvalidToken,
        _ if status.is_server_error() => {
            DiscordError::Unavailable { reason: format!("status {}", status.as_u16()), source: None }
        }
        _ => DiscordError::Refused { status: status.as_u16(), code, message: complaint(&said) },
    }
}

/// Discord's message, and of its tree of errors each field with what is wrong there.
fn complaint(said: &WireError) -> String {
    fn walk(path: &str, node: &Value, complaints: &mut Vec<String>) {
        let Value::Object(fields) = node else { return };
        for (name, inner) in fields {
            if let ("_errors", Value::Array(errors)) = (name.as_str(), inner) {
                let messages = errors.iter().filter_map(|error| error["message"].as_str());
                complaints.extend(messages.map(|message| format!("{path}: {message}")));
            } else {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(&path, inner, complaints);
            }
        }
    }
    let mut complaints = vec![said.message.clone().unwrap_or_else(|| "no reason given".to_owned())];
    walk("", said.errors.as_ref().unwrap_or(&Value::Null), &mut complaints);
    complaints.join("; ").chars().take(500).collect()
}

#[derive(Default, Deserialize)]
struct WireError {
    code: Option<u64>,
    message: Option<String>,
    retry_after: Option<f64>,
    global: Option<bool>,
    errors: Option<Value>,
}

#[derive(Deserialize)]
#[serde(bound = "T: std::str::FromStr")]
struct Identified<T> {
    id: Snowflake<T>,
}

#[derive(Deserialize)]
struct WirePosted {
    id: Snowflake<DiscordMessageId>,
    attachments: Option<Vec<Value>>,
}

impl From<WirePosted> for PostedMessage {
    fn from(wire: WirePosted) -> Self {
        Self { id: wire.id.0, attachments: attachments(wire.attachments) }
    }
}

fn attachments(files: Option<Vec<Value>>) -> Vec<Attachment> {
    files.unwrap_or_default().into_iter().filter_map(Attachment::read).collect()
}

#[derive(Deserialize)]
struct WireApplication {
    id: Snowflake<ApplicationId>,
    verify_key: String,
    name: String,
    integration_types_config: Option<Map<String, Value>>,
    interactions_endpoint_url: Option<String>,
    event_webhooks_url: Option<String>,
}

#[derive(Deserialize)]
struct WireAuthor {
    id: Snowflake<PersonId>,
    bot: Option<bool>,
}

/// Those of them that are bots.
fn bots(users: Vec<WireAuthor>) -> Vec<PersonId> {
    users.into_iter().filter(|user| user.bot.unwrap_or_default()).map(|user| user.id.0).collect()
}

#[derive(Deserialize)]
struct WireMessage {
    id: Snowflake<DiscordMessageId>,
    #[serde(rename = "type")]
    kind: Option<u64>,
    author: WireAuthor,
    content: Option<String>,
    nonce: Option<Value>,
    timestamp: String,
    edited_timestamp: Option<String>,
    attachments: Option<Vec<Value>>,
    mentions: Option<Vec<WireAuthor>>,
}

impl ChannelMessage {
    /// Reads a message object, if it is one.
    fn read(value: Value) -> Option<Self> {
        let extras = Extras::read(&value);
        let wire: WireMessage = serde_json::from_value(value).ok()?;
        Some(Self {
            id: wire.id.0,
            kind: wire.kind.unwrap_or_default(),
            author_id: wire.author.id.0,
            author_is_bot: wire.author.bot.unwrap_or_default(),
            content: wire.content.unwrap_or_default(),
            nonce: wire.nonce.and_then(|nonce| match nonce {
                Value::String(text) => Some(text),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            }),
            timestamp: wire.timestamp,
            edited_timestamp: wire.edited_timestamp,
            attachments: attachments(wire.attachments),
            mentioned_bots: bots(wire.mentions.unwrap_or_default()),
            extras,
        })
    }
}

#[cfg(test)]
pub(crate) mod fake {
    //! A Discord that gives scripted answers.

    use std::collections::VecDeque;
    use std::sync::Mutex;

    use axum::body::Bytes;
    use axum::extract::State;
    use axum::http::Uri;

    use super::*;

    pub type Answer = (u16, &'static [(&'static str, &'static str)], &'static str);

    #[derive(Default)]
    struct Script {
        answers: Mutex<VecDeque<Answer>>,
        seen: Mutex<Vec<Seen>>,
    }

    pub struct Seen {
        pub method: Method,
        pub uri: Uri,
        pub headers: HeaderMap,
        pub body: Value,
        pub text: String,
    }

    /// A server that gives the answers in turn and keeps what it was asked.
    pub struct Discord {
        pub client: Client,
        script: Arc<Script>,
    }

    impl Discord {
        pub async fn answering(answers: &[Answer]) -> Self {
            // reqwest without a provider does not even start; a second install is refused, and means it is there.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let answers = Mutex::new(answers.iter().copied().collect());
            let script = Arc::new(Script { answers, ..Script::default() });
            let app = axum::Router::new().fallback(serve).with_state(Arc::clone(&script));
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/", listener.local_addr().unwrap());
            tokio::spawn(async move { axum::serve(listener, app).await });
            let token = SecretString::from("bot-token-secret\n");
            let mut client = Client::new(reqwest::Client::new(), &url, token);
            client.original_backoff = [Duration::from_millis(2); 5];
            Self { client, script }
        }

        pub fn seen(&self) -> Vec<Seen> {
            std::mem::take(&mut *self.script.seen.lock().unwrap())
        }
    }

    async fn serve(
        State(script): State<Arc<Script>>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> axum::http::Response<axum::body::Body> {
        let text = String::from_utf8_lossy(&body).into_owned();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        script.seen.lock().unwrap().push(Seen { method, uri, headers, body, text });
        let (status, headers, body) = script.answers.lock().unwrap().pop_front().expect("one answer for each request");
        let response = axum::http::Response::builder().status(status);
        headers
            .iter()
            .fold(response, |response, (name, value)| response.header(*name, *value))
            .body(body.into())
            .unwrap()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use bytes::Bytes;

    use super::fake::{Answer, Discord};
    use super::*;
    use crate::message::{Button, ButtonStyle, Embed};
    use crate::routes::{ROUTES, commands};

    const CHANNEL: u64 = 1_380_000_000_000_000_900;

    fn channel() -> ChannelId {
        ChannelId::new(CHANNEL).unwrap()
    }

    fn message_id() -> DiscordMessageId {
        DiscordMessageId::new(5).unwrap()
    }

    fn application_id() -> ApplicationId {
        ApplicationId::new(1_380_000_000_000_000_001).unwrap()
    }

    fn token() -> InteractionToken {
        InteractionToken::new("interaction-secret=/?")
    }

    #[test]
    fn a_line_in_a_server_is_heard_without_the_mention_or_not_at_all() {
        let check = |mut message: Value, expected: Option<(&str, usize)>| {
            for (name, value) in [("id", json!("5")), ("author", json!({"id": "7"})), ("timestamp", json!("t"))] {
                message[name] = value;
            }
            let said = ChannelMessage::read(message).unwrap().said_to_the_bot(channel());
            assert_eq!(said.as_ref().map(|said| (said.text.as_str(), said.files.len())), expected);
        };
        let bot = json!([{"id": "9", "bot": true}, {"id": "8"}]);
        check(json!({"content": "<@9> my <@8> map", "mentions": bot}), Some(("my <@8> map", 0)));
        check(json!({"content": "my map <@!9>", "mentions": bot}), Some(("my map", 0)));
        check(json!({"content": "my map"}), Some(("my map", 0)));
        let file = json!([{"id": "3", "filename": "a.png", "size": 7, "url": "https://a"}]);
        check(json!({"content": "<@9>", "mentions": bot, "attachments": file}), Some(("", 1)));
        // What an application without the intent reads, of a voice message too; and a mention alone.
        for nothing in [json!({"content": ""}), json!({"content": "", "flags": 8192}), json!({})] {
            check(nothing, None);
        }
        check(json!({"content": " <@9> ", "mentions": bot}), None);
    }

    #[tokio::test]
    async fn the_applications_settings_are_the_documented_requests() {
        let answers: [Answer; 3] = [(200, &[], "{}"); 3];
        let discord = Discord::answering(&answers).await;
        discord.client.set_event_webhooks(Some("https://a/")).await.unwrap();
        discord.client.set_event_webhooks(None).await.unwrap();
        let Value::Object(installs) = json!({ "0": { "theirs": 1 } }) else { panic!() };
        discord.client.offer_user_install(&installs).await.unwrap();
        let bodies: Vec<_> = discord.seen().into_iter().map(|seen| seen.body).collect();
        let types = json!(["APPLICATION_AUTHORIZED"]);
        assert_eq!(
            bodies,
            [
                json!({ "event_webhooks_url": "https://a/", "event_webhooks_status": 2, "event_webhooks_types": types }),
                json!({ "event_webhooks_url": null, "event_webhooks_status": 1, "event_webhooks_types": [] }),
                json!({ "integration_types_config": {
                    "0": { "theirs": 1 },
                    "1": { "oauth2_install_params": { "scopes": ["applications.commands"], "permissions": "0" } }
                } }),
            ]
        );
    }

    #[tokio::test]
    async fn a_post_is_the_documented_request() {
        let discord = Discord::answering(&[(200, &[], r#"{"id":"77"}"#), (200, &[], r#"{"id":"78"}"#)]).await;
        let message = OutgoingMessage {
            silent: true,
            reply_to: Some(message_id()),
            ..OutgoingMessage::text("Hi @everyone 👋").with_buttons([Button::custom(
                "End",
                ButtonStyle::Danger,
                "end:v1:1",
            )])
        };
        let nonce = Nonce::of(&["IM1", "0"]);
        assert_eq!(discord.client.post(channel(), &message, &nonce).await.unwrap().get(), 77);
        discord.client.post(channel(), &OutgoingMessage::text("x"), &nonce).await.unwrap();
        let seen = discord.seen();
        assert_eq!(seen[0].method, Method::POST);
        assert_eq!(seen[0].uri.to_string(), format!("/api/v10/channels/{CHANNEL}/messages"));
        assert_eq!(seen[0].headers["authorization"], "Bot bot-token-secret");
        assert_eq!(seen[0].headers["content-type"], "application/json");
        assert!(seen[0].headers["user-agent"].to_str().unwrap().starts_with("DiscordBot ("));
        assert_eq!(
            seen[0].body,
            json!({
                "content": "Hi @everyone 👋", "nonce": nonce.as_str(), "enforce_nonce": true, "flags": 4096,
                "allowed_mentions": {"parse": [], "replied_user": false},
                "message_reference": {"message_id": "5", "fail_if_not_exists": false},
                "components": [{"type": 1, "components": [{"type": 2, "style": 4, "label": "End", "custom_id": "end:v1:1"}]}]
            })
        );
        assert_eq!(
            seen[1].body,
            json!({
                "content": "x", "nonce": nonce.as_str(), "enforce_nonce": true,
                "allowed_mentions": {"parse": [], "replied_user": false}
            })
        );
    }

    #[tokio::test]
    async fn an_edit_takes_old_buttons_away_and_pings_nobody() {
        let discord = Discord::answering(&[(200, &[], "{}"), (200, &[], "{}")]).await;
        let message = OutgoingMessage { suppress_embeds: true, silent: true, ..OutgoingMessage::text("new") };
        discord.client.edit(channel(), message_id(), &message).await.unwrap();
        let bare = OutgoingMessage { drop_files: true, ..OutgoingMessage::text("x") };
        discord.client.edit(channel(), message_id(), &bare).await.unwrap();
        let seen = discord.seen();
        assert_eq!(seen[1].body["attachments"], json!([]));
        assert_eq!(
            (seen[0].method.as_str(), seen[0].uri.to_string()),
            ("PATCH", format!("/api/v10/channels/{CHANNEL}/messages/5"))
        );
        let mentions = json!({"parse": [], "replied_user": false});
        assert_eq!(
            seen[0].body,
            json!({"content": "new", "embeds": [], "components": [], "flags": 4, "allowed_mentions": mentions})
        );
    }

    fn with_files() -> OutgoingMessage {
        let file = |name: &str, content_type: &str, bytes: &'static [u8]| OutgoingFile {
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            bytes: Bytes::from_static(bytes),
        };
        let files = vec![file("снимок.png", "image/png", b"PNG\r\n"), file("a.log", "no type", b"log")];
        let embeds = vec![Embed { title: Some("Crash".to_owned()), ..Embed::default() }];
        OutgoingMessage { embeds, files, ..OutgoingMessage::text("x") }
    }

    #[tokio::test]
    async fn files_travel_in_a_form() {
        let answer = r#"{"id":"77","attachments":[
            {"id":"9","filename":"a.png","size":5,"content_type":"image/png","url":"https://cdn.discordapp.com/a.png"}]}"#;
        let discord =
            Discord::answering(&[(200, &[], answer), (200, &[], "{}"), (200, &[], "{}"), (200, &[], answer)]).await;
        let message = with_files();
        let posted = discord.client.post_full(channel(), &message, &Nonce::of(&["a"])).await.unwrap();
        assert_eq!((posted.id.get(), posted.attachments[0].id.get(), posted.attachments[0].size), (77, 9, 5));
        discord.client.edit(channel(), message_id(), &message).await.unwrap();
        discord.client.edit_original(application_id(), &token(), &message).await.unwrap();
        discord.client.follow_up(application_id(), &token(), &message, true).await.unwrap();
        for seen in discord.seen() {
            let kind = seen.headers["content-type"].to_str().unwrap();
            let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
            let parts: Vec<_> = seen.text.split(&format!("--{boundary}")).collect();
            assert_eq!((parts.len(), parts[0], parts[4]), (5, "", "--\r\n"));
            let (head, payload) = parts[1].split_once("\r\n\r\n").unwrap();
            assert!(
                head.contains(r#"name="payload_json""#) && head.contains("Content-Type: application/json"),
                "{head}"
            );
            let payload: Value = serde_json::from_str(payload).unwrap();
            assert_eq!(
                (&payload["content"], &payload["embeds"], &payload["attachments"]),
                (
                    &json!("x"),
                    &json!([{"title": "Crash"}]),
                    &json!([{"id": "0", "filename": "снимок.png"}, {"id": "1", "filename": "a.log"}])
                )
            );
            assert!(parts[2].contains(r#"name="files[0]"; filename="снимок.png""#), "{}", parts[2]);
            assert!(
                parts[2].contains("Content-Type: image/png") && parts[2].ends_with("\r\n\r\nPNG\r\n\r\n"),
                "{}",
                parts[2]
            );
            assert!(parts[3].contains(r#"name="files[1]"; filename="a.log""#) && !parts[3].contains("Content-Type"));
            let length: usize = seen.headers["content-length"].to_str().unwrap().parse().unwrap();
            assert_eq!(length, seen.text.len());
        }
    }

    #[tokio::test]
    async fn a_follow_up_needs_no_bot_token() {
        let discord = Discord::answering(&[(200, &[], r#"{"id":"77"}"#), (200, &[], r#"{"id":"78"}"#)]).await;
        let message = OutgoingMessage { suppress_embeds: true, ..OutgoingMessage::text("x") };
        discord.client.follow_up(application_id(), &token(), &message, true).await.unwrap();
        discord.client.follow_up(application_id(), &token(), &OutgoingMessage::text("x"), false).await.unwrap();
        let seen = discord.seen();
        assert_eq!(seen[0].method, Method::POST);
        assert_eq!(seen[0].uri, "/api/v10/webhooks/1380000000000000001/interaction-secret=%2F%3F");
        assert!(!seen[0].headers.contains_key("authorization"));
        let mentions = json!({"parse": [], "replied_user": false});
        assert_eq!(seen[0].body, json!({"content": "x", "flags": 68, "allowed_mentions": mentions}));
        assert_eq!(seen[1].body, json!({"content": "x", "allowed_mentions": mentions}));
    }

    #[tokio::test]
    async fn one_message_is_read() {
        let discord = Discord::answering(&[(
            200,
            &[],
            r#"{"id":"5","author":{"id":"3"},"content":"a","timestamp":"t","attachments":[
                {"id":"9","filename":"a.png","size":5,"url":"https://cdn.discordapp.com/a.png?ex=1"}]}"#,
        )])
        .await;
        let message = discord.client.message(channel(), message_id()).await.unwrap();
        assert_eq!(message.attachments[0].url, "https://cdn.discordapp.com/a.png?ex=1");
        let seen = discord.seen();
        assert_eq!(
            format!("{} {}", seen[0].method, seen[0].uri),
            format!("GET /api/v10/channels/{CHANNEL}/messages/5")
        );
    }

    #[test]
    fn a_refusal_says_what_can_be_done() {
        let check = |status: u16, code: u64, expected: [bool; 4]| {
            let body = format!(r#"{{"code":{code}}}"#);
            let error = refusal(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes());
            let found = [
                error.is_missing_permission(),
                error.is_wrong_channel_type(),
                error.refuses_files(),
                error.refuses_text(),
            ];
            assert_eq!(found, expected, "{status} {code}");
        };
        check(403, 50013, [true, false, false, false]);
        check(403, 50001, [true, false, false, false]);
        check(400, 50024, [false, true, false, false]);
        check(400, 50045, [false, false, true, false]);
        check(413, 40005, [false, false, true, false]);
        check(413, 0, [false, false, true, false]);
        check(400, 30015, [false, false, true, false]);
        check(400, 200_000, [false, false, false, true]);
        check(400, 200_001, [false, false, false, true]);
        check(400, 240_000, [false, false, false, true]);
        check(400, 50035, [false; 4]);
        check(403, 50007, [false; 4]);
        check(404, 10003, [false; 4]);
    }

    #[tokio::test]
    async fn the_other_calls_are_the_documented_ones() {
        let discord = Discord::answering(&[
            (200, &[], r#"{"id":"900","type":1}"#),
            (204, &[], ""),
            (404, &[], r#"{"code":10008,"message":"Unknown Message"}"#),
            (204, &[], ""),
            (200, &[], r#"[
                {"id":"12","type":0,"author":{"id":"3","bot":true},"content":"b","nonce":17,"timestamp":"t2",
                 "attachments":[{"id":"9","filename":"a.png","size":5,"url":"https://cdn.discordapp.com/a.png"},{}]},
                {"id":"11","type":19,"author":{"id":"2"},"content":"a","nonce":"n","timestamp":"t1","edited_timestamp":null}
            ]"#),
            (200, &[], "[]"),
            (200, &[], r#"{"id":"1380000000000000001","name":"Support","verify_key":"ab","integration_types_config":{"0":{},"1":{}},
                "interactions_endpoint_url":null}"#),
            (200, &[], "[]"),
            (200, &[], "{}"),
        ])
        .await;
        let client = &discord.client;
        assert_eq!(client.open_dm(PersonId::new(7).unwrap()).await.unwrap().get(), 900);
        client.delete(channel(), message_id()).await.unwrap();
        client.delete(channel(), message_id()).await.unwrap();
        client.typing(channel()).await.unwrap();
        let messages = client.recent_messages(channel(), 500, Some(message_id())).await.unwrap();
        assert_eq!(messages.iter().map(|message| message.content.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((messages[0].nonce.as_deref(), messages[1].nonce.as_deref()), (Some("n"), Some("17")));
        assert_eq!((messages[0].kind, messages[1].attachments.len(), messages[1].author_is_bot), (19, 1, true));
        assert_eq!(client.recent_messages(channel(), 2, None).await.unwrap(), []);
        let application = client.application().await.unwrap();
        assert_eq!((application.id, application.supports_user_install), (application_id(), true));
        client.overwrite_commands(application.id, &commands(ROUTES, false)).await.unwrap();
        client.set_interactions_endpoint(Some("https://example.org/interactions")).await.unwrap();

        let seen = discord.seen();
        let lines: Vec<_> = seen.iter().map(|seen| format!("{} {}", seen.method, seen.uri)).collect();
        assert_eq!(
            lines,
            [
                "POST /api/v10/users/@me/channels".to_owned(),
                format!("DELETE /api/v10/channels/{CHANNEL}/messages/5"),
                format!("DELETE /api/v10/channels/{CHANNEL}/messages/5"),
                format!("POST /api/v10/channels/{CHANNEL}/typing"),
                format!("GET /api/v10/channels/{CHANNEL}/messages?after=5&limit=100"),
                format!("GET /api/v10/channels/{CHANNEL}/messages?limit=2"),
                "GET /api/v10/applications/@me".to_owned(),
                "PUT /api/v10/applications/1380000000000000001/commands".to_owned(),
                "PATCH /api/v10/applications/@me".to_owned(),
            ]
        );
        assert_eq!(seen[0].body, json!({"recipient_id": "7"}));
        assert_eq!(seen[7].body.as_array().unwrap().len(), commands(ROUTES, false).len());
        assert_eq!(seen[8].body, json!({"interactions_endpoint_url": "https://example.org/interactions"}));
    }

    const NOT_YET: Answer = (404, &[], r#"{"code":10015,"message":"Unknown Webhook"}"#);

    #[tokio::test]
    async fn an_answer_that_is_not_stored_yet_is_waited_for() {
        let short: Answer = (429, &[("retry-after", "0.001")], r#"{"message":"slow","retry_after":9,"global":false}"#);
        let discord = Discord::answering(&[NOT_YET, (404, &[], ""), short, NOT_YET, short, (200, &[], "{}")]).await;
        discord.client.edit_original(application_id(), &token(), &OutgoingMessage::text("x")).await.unwrap();
        let seen = discord.seen();
        assert_eq!(seen.len(), 6);
        assert_eq!(seen[0].uri, "/api/v10/webhooks/1380000000000000001/interaction-secret=%2F%3F/messages/@original");
        assert!(!seen[0].headers.contains_key("authorization"));
    }

    #[tokio::test]
    async fn an_answer_that_never_comes_is_given_up() {
        let discord = Discord::answering(&[NOT_YET; 6]).await;
        let error =
            discord.client.edit_original(application_id(), &token(), &OutgoingMessage::text("x")).await.unwrap_err();
        assert!(matches!(error, DiscordError::UnknownInteraction { code: 10015 }), "{error}");
        assert_eq!(discord.seen().len(), 6);

        let over: Answer = (401, &[], r#"{"code":50027,"message":"Invalid Webhook Token"}"#);
        let long: Answer = (429, &[("retry-after", "2.5")], "");
        let gone: Answer = (404, &[], r#"{"code":10008,"message":"Unknown Message"}"#);
        let discord = Discord::answering(&[over, long, gone, (200, &[], "[]")]).await;
        let edit = async || {
            discord.client.edit_original(application_id(), &token(), &OutgoingMessage::text("x")).await.unwrap_err()
        };
        assert!(matches!(edit().await, DiscordError::UnknownInteraction { code: 50027 }));
        assert!(
            matches!(edit().await, DiscordError::RateLimited { retry_after, global: false } if retry_after.as_millis() == 2500)
        );
        assert!(matches!(edit().await, DiscordError::UnknownMessage));
        // The 401 was about the interaction's token and says nothing of the bot's.
        discord.client.recent_messages(channel(), 1, None).await.unwrap();
    }

    #[tokio::test]
    async fn a_wrong_token_is_used_once() {
        let discord =
            Discord::answering(&[(401, &[], r#"{"code":0,"message":"401: Unauthorized"}"#), (200, &[], "{}")]).await;
        let clone = discord.client.clone();
        assert!(matches!(discord.client.typing(channel()).await, Err(DiscordError::InvalidToken)));
        assert!(matches!(clone.typing(channel()).await, Err(DiscordError::InvalidToken)));
        assert_eq!(discord.seen().len(), 1);
        // An interaction's own token still works.
        clone.edit_original(application_id(), &token(), &OutgoingMessage::text("x")).await.unwrap();
    }

    #[test]
    fn every_refusal_has_its_meaning() {
        let check = |(status, headers, body): Answer, expected: &str| {
            let headers =
                headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect();
            let error = refusal(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes());
            assert_eq!(format!("{error:?}"), expected, "{status} {body}");
        };
        let limited = |wait: &str, global: bool| format!("RateLimited {{ retry_after: {wait}, global: {global} }}");
        check((429, &[("retry-after", "0.65")], r#"{"retry_after":64.57,"global":false}"#), &limited("650ms", false));
        check((429, &[("retry-after", "65")], ""), &limited("65s", false));
        check((429, &[], r#"{"message":"m","retry_after":64.57,"global":true}"#), &limited("64.57s", true));
        check((429, &[("x-ratelimit-global", "true")], "<html>"), &limited("5s", true));
        check((429, &[("retry-after", "soon")], r#"{"retry_after":-1}"#), &limited("5s", false));
        check((429, &[("retry-after", "1e300")], ""), &limited("5s", false));
        check(
            (403, &[], r#"{"code":40003,"message":"You are opening direct messages too fast"}"#),
            &limited("60s", false),
        );
        check(
            (403, &[], r#"{"code":50007,"message":"Cannot send messages to this user"}"#),
            "CannotDm { code: 50007 }",
        );
        check((403, &[], r#"{"code":50278}"#), "CannotDm { code: 50278 }");
        check((403, &[], r#"{"code":50001,"message":"Missing Access"}"#), "CannotDm { code: 50001 }");
        check((404, &[], r#"{"code":10003}"#), "UnknownChannel");
        check((404, &[], r#"{"code":10008}"#), "UnknownMessage");
        check((404, &[], r#"{"code":10062}"#), "UnknownInteraction { code: 10062 }");
        check((401, &[], r#"{"code":50027}"#), "UnknownInteraction { code: 50027 }");
        check((401, &[], r#"{"code":0}"#), "InvalidToken");
        check((502, &[], "<html>"), r#"Unavailable { reason: "status 502", source: None }"#);
        check((403, &[], ""), r#"Refused { status: 403, code: 0, message: "no reason given" }"#);
        check(
            (
                400,
                &[],
                r#"{"code":50035,"message":"Invalid Form Body","errors":{
                "interactions_endpoint_url":{"_errors":[{"code":"X","message":"could not be verified."}]},
                "data":{"components":{"0":{"_errors":[{"code":"Y","message":"Too long."}]}}}}}"#,
            ),
            r#"Refused { status: 400, code: 50035, message: "Invalid Form Body; data.components.0: Too long.; interactions_endpoint_url: could not be verified." }"#,
        );
    }

    #[tokio::test]
    async fn an_error_holds_no_token_url_or_text() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Nothing listens on port 1.
        let client = Client::new(reqwest::Client::new(), "http://127.0.0.1:1", SecretString::from("bot-token-secret"));
        let message = OutgoingMessage::text("words-secret");
        let error = client.edit_original(application_id(), &token(), &message).await.unwrap_err();
        assert!(matches!(error, DiscordError::Unavailable { .. }), "{error}");
        let mut chain = format!("{error} {error:?} {client:?} {message:?} {:?}", token());
        let mut source = error.source();
        while let Some(cause) = source {
            chain = format!("{chain} {cause} {cause:?}");
            source = cause.source();
        }
        assert!(!chain.contains("secret"), "{chain}");
        let error = client.post(channel(), &message, &Nonce::of(&["a"])).await.unwrap_err();
        assert!(!format!("{error:?}").contains("secret"));
    }
}
