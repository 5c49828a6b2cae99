//! What was said in a case's chat.

use anyhow::Context;
use domain::case::Case;
use domain::ids::{ConversationSid, PersonId};
use jiff::Timestamp;
use twilio::TwilioError;
use twilio::client::MessageResource;

/// Most lines that are read of one conversation, the newest ones.
const LINES_MAX: usize = 500;

/// Reads transcripts.
#[derive(Clone)]
pub struct Transcripts {
    /// Twilio.
    pub twilio: twilio::client::Client,
}

/// Who said a line.
#[derive(Clone, PartialEq, Eq)]
pub enum Who {
    /// The person whose case it is.
    Person,
    /// The virtual agent.
    Assistant,
    /// The desk.
    Desk,
    /// An agent, by the identity that Flex gives them.
    Agent(String),
}

impl std::fmt::Debug for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Person => "Person",
            Self::Assistant => "Assistant",
            Self::Desk => "Desk",
            Self::Agent(_) => "Agent",
        })
    }
}

/// A line of a transcript.
#[derive(Clone, PartialEq, Eq)]
pub struct TranscriptLine {
    /// When it was said, if Twilio says so.
    pub at: Option<Timestamp>,
    /// Who said it.
    pub who: Who,
    /// What was said.
    pub text: String,
    /// Names of the files sent with it.
    pub files: Vec<String>,
}

impl std::fmt::Debug for TranscriptLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TranscriptLine").field("at", &self.at).field("who", &self.who).finish_non_exhaustive()
    }
}

impl Transcripts {
    /// The newest lines of a case's conversation, oldest first. A case without one, or whose conversation is gone, has none.
    pub async fn of(&self, case: &Case) -> anyhow::Result<Vec<TranscriptLine>> {
        match &case.conversation {
            Some(sid) => self.of_conversation(sid).await,
            None => Ok(Vec::new()),
        }
    }

    /// The newest lines of a conversation, oldest first.
    pub async fn of_conversation(&self, sid: &ConversationSid) -> anyhow::Result<Vec<TranscriptLine>> {
        let newest_first = match self.twilio.list_messages_desc(sid, None, LINES_MAX).await {
            Ok(messages) => messages,
            Err(TwilioError::NotFound) => Vec::new(),
            Err(error) => return Err(anyhow::Error::new(error).context("read the transcript")),
        };
        Ok(newest_first.into_iter().rev().map(line).collect())
    }

    /// Removes a conversation with all that was said in it. One that is gone already counts as removed.
    pub async fn remove(&self, sid: &ConversationSid) -> anyhow::Result<()> {
        match self.twilio.delete_conversation(sid).await {
            Ok(()) | Err(TwilioError::NotFound) => Ok(()),
            Err(error) => Err(error).context("remove a conversation"),
        }
    }
}

fn line(message: MessageResource) -> TranscriptLine {
    let who = match (message.bridge_mark().as_deref(), message.author.as_str()) {
        (Some("assistant"), _) => Who::Assistant,
        (Some("system"), _) => Who::Desk,
        (_, author) if PersonId::from_identity(author).is_some() => Who::Person,
        (_, author) => Who::Agent(author.to_owned()),
    };
    TranscriptLine {
        at: message.date_created.as_deref().and_then(|date| date.parse().ok()),
        who,
        text: message.body,
        files: message.media.into_iter().filter_map(|media| media.filename).collect(),
    }
}
