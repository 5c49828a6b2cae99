//! What was said in a case's chat.

use std::ops::ControlFlow;

use anyhow::Context;
use domain::case::Case;
use domain::conversation::Conversation;
use domain::ids::{ConversationSid, PersonId};
use domain::text::for_agents;
use jiff::Timestamp;
use twilio::TwilioError;
use twilio::client::MessageResource;
use wording::Wording;

use crate::said;

/// Most lines that are read of one conversation, the newest ones.
const LINES_MAX: usize = 500;

/// Most conversations of a case that are read, the newest ones.
const CHATS_MAX: usize = 10;

/// Largest file with what was said, in bytes: what Discord takes as one file, less some slack.
const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;

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

/// What was said in one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// The conversation.
    pub conversation: ConversationSid,
    /// Its newest lines, oldest first.
    pub lines: Vec<TranscriptLine>,
}

/// What was said in one conversation, as a file for the person.
#[derive(Clone, PartialEq, Eq)]
pub struct TranscriptFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub text: String,
    /// Whether the oldest lines are left out.
    pub is_cut: bool,
}

impl std::fmt::Debug for TranscriptFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TranscriptFile")
            .field("size", &self.text.len())
            .field("is_cut", &self.is_cut)
            .finish_non_exhaustive()
    }
}

impl Transcripts {
    /// What was said in a case's conversations, the newest one first. One that is gone has no lines.
    pub async fn of(&self, case: &Case) -> anyhow::Result<Vec<Chat>> {
        let mut chats = Vec::new();
        for sid in case.conversations.iter().rev().take(CHATS_MAX) {
            chats.push(Chat { conversation: sid.clone(), lines: self.of_conversation(sid).await? });
        }
        Ok(chats)
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

    /// What the person, the virtual agent and the agents said, as a file for the person. `None` where nothing was, or it is gone.
    pub async fn file(&self, conversation: &Conversation, says: &Wording) -> anyhow::Result<Option<TranscriptFile>> {
        let Some(sid) = &conversation.sid else { return Ok(None) };
        let mut pages = Pages::new(FILE_BYTES_MAX);
        let read = self.twilio.each_message_desc(sid, |message| pages.add(said(says, &message))).await;
        let is_whole = match read {
            Ok(is_whole) => is_whole,
            Err(TwilioError::NotFound) => return Ok(None),
            Err(error) => return Err(anyhow::Error::new(error).context("read the transcript")),
        };
        if pages.newest_first.is_empty() {
            return Ok(None);
        }
        let date = conversation.opened_at.strftime("%Y-%m-%d").to_string();
        let mut text = says.transcript_heading(&date);
        text.push('\n');
        if !is_whole {
            text.push_str(&says.transcript_cut());
            text.push('\n');
        }
        for line in pages.newest_first.iter().rev() {
            text.push('\n');
            text.push_str(line);
        }
        text.push('\n');
        Ok(Some(TranscriptFile { name: format!("chat-{date}.txt"), text, is_cut: !is_whole }))
    }

    /// Removes a conversation with all that was said in it. One that is gone already counts as removed.
    pub async fn remove(&self, sid: &ConversationSid) -> anyhow::Result<()> {
        match self.twilio.delete_conversation(sid).await {
            Ok(()) | Err(TwilioError::NotFound) => Ok(()),
            Err(error) => Err(error).context("remove a conversation"),
        }
    }
}

/// Lines that fit into a file.
struct Pages {
    newest_first: Vec<String>,
    left: usize,
}

impl Pages {
    const fn new(bytes: usize) -> Self {
        Self { newest_first: Vec::new(), left: bytes }
    }

    /// Adds an older line, if there is one; breaks where it does not fit any more.
    fn add(&mut self, line: Option<String>) -> ControlFlow<()> {
        let Some(line) = line else { return ControlFlow::Continue(()) };
        match self.left.checked_sub(line.len() + 1) {
            Some(left) => {
                self.left = left;
                self.newest_first.push(line);
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }
    }
}

/// A line as the person reads it; what the desk tells the agents is not for them, but for what they have made of a line of theirs.
fn said(says: &Wording, message: &MessageResource) -> Option<String> {
    let mut body = message.body.trim();
    let who = match who(message) {
        Who::Person => says.transcript_you(),
        Who::Assistant => says.transcript_assistant(),
        Who::Agent(_) => says.transcript_agent(),
        Who::Desk if said::is_edit(message) => {
            body = for_agents::text_of_edit(&message.body)?.trim();
            says.transcript_you_edited()
        }
        Who::Desk => return None,
    };
    let mut pieces = Vec::new();
    if said::is_file(message) {
        // Its text is its name.
        pieces.push(says.transcript_file(body));
    } else {
        if !body.is_empty() {
            // Whoever writes several lines cannot make one look like somebody else's.
            pieces.push(body.lines().collect::<Vec<_>>().join("\n    "));
        }
        let names = message.media.iter().map(|media| media.filename.as_deref().unwrap_or_default());
        pieces.extend(names.map(|name| says.transcript_file(name)));
    }
    let at: Option<Timestamp> = message.date_created.as_deref().and_then(|date| date.parse().ok());
    let at = at.map(|at| at.strftime("[%Y-%m-%d %H:%M] ").to_string()).unwrap_or_default();
    Some(format!("{at}{who}: {}", pieces.join("\n    ")))
}

fn who(message: &MessageResource) -> Who {
    match (message.bridge_mark().as_deref(), message.author.as_str()) {
        (Some("assistant"), _) => Who::Assistant,
        (Some("system"), _) => Who::Desk,
        (_, author) if PersonId::from_identity(author).is_some() => Who::Person,
        (_, author) => Who::Agent(author.to_owned()),
    }
}

fn line(message: MessageResource) -> TranscriptLine {
    TranscriptLine {
        at: message.date_created.as_deref().and_then(|date| date.parse().ok()),
        who: who(&message),
        text: message.body,
        files: message.media.into_iter().filter_map(|media| media.filename).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn message(author: &str, body: &str, attributes: Value, files: &[&str]) -> MessageResource {
        let media = files.iter().map(|name| json!({"Sid": format!("ME{}", "0".repeat(32)), "Filename": name}));
        let media: Vec<Value> = media.collect();
        MessageResource {
            sid: format!("IM{}", "0".repeat(32)).parse().unwrap(),
            index: 0,
            author: author.to_owned(),
            body: body.to_owned(),
            attributes,
            media: serde_json::from_value(Value::Array(media)).unwrap_or_default(),
            date_created: Some("2026-11-21T10:00:30Z".to_owned()),
            date_updated: None,
        }
    }

    #[test]
    fn a_file_has_what_people_and_the_assistant_said_and_no_notes() {
        let check = |message: MessageResource, expected: Option<&str>| {
            assert_eq!(said(wording::of("en-US"), &message).as_deref(), expected);
        };
        let mark = |mark: &str| json!({ domain::echo::MARK: mark });
        check(message("discord_7", "hi", mark("person"), &[]), Some("[2026-11-21 10:00] You: hi"));
        check(message("assistant", "a\nb\n", mark("assistant"), &[]), Some("[2026-11-21 10:00] Assistant: a\n    b"));
        check(message("alex_40example", "\u{1f98a}", Value::Null, &[]), Some("[2026-11-21 10:00] Agent: \u{1f98a}"));
        check(message("system", "The person ended the chat.", mark("system"), &[]), None);
        let edit = json!({ domain::echo::MARK: "system", "key": said::edit_key("5 edited 2026-11-21T10:00:25Z") });
        let note = for_agents::edited("hi there\nyou");
        let read = "[2026-11-21 10:00] You (edited): hi there\n    you";
        check(message("system", &note, edit, &[]), Some(read));
        check(message("system", &note, mark("system"), &[]), None);
        let file = said::file_attributes("5", domain::ids::AttachmentId::new(9).unwrap(), true);
        check(message("discord_7", "map.png", file, &[]), Some("[2026-11-21 10:00] You: [file: map.png]"));
        let undated = MessageResource { date_created: None, ..message("discord_7", "hi", mark("person"), &[]) };
        check(undated, Some("You: hi"));
    }

    #[test]
    fn what_does_not_fit_is_the_oldest() {
        let mut pages = Pages::new(10);
        assert!(pages.add(Some("newest".to_owned())).is_continue());
        assert!(pages.add(None).is_continue());
        assert!(pages.add(Some("a".to_owned())).is_continue());
        assert!(pages.add(Some("bc".to_owned())).is_break());
        assert_eq!(pages.newest_first, ["newest", "a"]);
    }
}
