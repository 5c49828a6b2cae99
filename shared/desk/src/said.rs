//! What stands under the desk's messages in the DM, and lines of our own in the conversation at Twilio.

use anyhow::Context;
use discord::files::safe_name;
use discord::message::{Button, ButtonStyle, OutgoingMessage, escape_markdown};
use discord::routes::{AGENT, CASE_RATE, CASE_REOPEN, CustomId, END, REPLY, TRANSCRIPT};
use domain::conversation::{Conversation, Stage};
use domain::echo;
use domain::ids::{AttachmentId, CaseNumber, PersonId};
use domain::line::Said;
use domain::text::Notice;
use serde_json::{Value, json};
use store::{Store, StoreError};
use twilio::TwilioError;
use twilio::client::{MessageResource, NewMessage};
use wording::Wording;

/// How many of the newest lines are looked through for one that may have been posted before a crash. The group is handled one at a
/// time, so it can only be among the very last ones; the rest is slack for a talkative agent.
const LOOK_BACK: usize = 50;

/// What the keys of notes begin with that tell of an edit.
const EDITED: &str = "edited-";

/// The buttons that fit a stage.
pub fn buttons(says: &Wording, person: PersonId, stage: &Stage) -> Vec<Button> {
    let button = |action, label: String, style| Button::custom(label, style, CustomId::new(action, person));
    let reply = button(REPLY, says.reply(), ButtonStyle::Primary);
    let agent = button(AGENT, says.talk_to_a_person(), ButtonStyle::Secondary);
    let end = button(END, says.end_chat(), ButtonStyle::Danger);
    match stage {
        Stage::Opening { .. } | Stage::WithAssistant | Stage::AgentLeft => vec![reply, agent, end],
        Stage::Transferring { .. } | Stage::Waiting | Stage::WithAgent { .. } => vec![reply, end],
        Stage::Ending | Stage::Closed => vec![reply],
    }
}

/// A message with the buttons that fit a stage. Content and buttons are in the same language.
pub fn with_buttons(says: &Wording, content: String, person: PersonId, stage: &Stage) -> OutgoingMessage {
    OutgoingMessage { content, buttons: buttons(says, person, stage), ..OutgoingMessage::default() }
}

/// *Reopen*: the case goes on.
pub fn reopen(says: &Wording, person: PersonId, case: CaseNumber) -> Button {
    Button::custom(says.reopen(), ButtonStyle::Secondary, CustomId::new(CASE_REOPEN, person).with(case))
}

/// The message of the end: where there is a case it asks for a rating, one that is left `undone` can go on, and what was said is always
/// offered.
pub fn ended(says: &Wording, conversation: &Conversation, undone: bool) -> OutgoingMessage {
    let person = conversation.person;
    let mut message = OutgoingMessage::text(says.notice(&Notice::Ended));
    if let Some(case) = conversation.case {
        message.content.push('\n');
        message.content.push_str(&says.rating_asks());
        let star = |stars: u8| {
            let custom_id = CustomId::new(CASE_RATE, person).with(format!("{case}:{stars}"));
            Button::custom(stars.to_string(), ButtonStyle::Secondary, custom_id)
        };
        // Five of them are a row.
        message.buttons.extend((1..=5).map(star));
    }
    message.buttons.extend(buttons(says, person, &Stage::Closed));
    message.buttons.extend(conversation.case.filter(|_| undone).map(|case| reopen(says, person, case)));
    let transcript = CustomId::new(TRANSCRIPT, person).with(conversation.generation);
    message.buttons.push(Button::custom(says.transcript(), ButtonStyle::Secondary, transcript));
    message
}

/// What the person said as their chat shows it where they did not type it there: its text, and the names of its files.
pub fn own_line(says: &Wording, said: &Said) -> String {
    let files = said.files.iter().map(|file| format!("\u{1f4ce} {}", safe_name(&file.name)));
    let text = Some(said.text.clone()).filter(|text| !text.is_empty());
    says.receipt(&escape_markdown(&text.into_iter().chain(files).collect::<Vec<_>>().join("\n")))
}

/// Who speaks, where it is not the person.
#[derive(Debug, Clone, Copy)]
pub enum Voice {
    /// The virtual agent.
    Assistant,
    /// The desk itself.
    System,
}

impl Voice {
    const fn name(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::System => "system",
        }
    }
}

/// The attributes of the person's line.
pub fn person_attributes(line_id: &str) -> Value {
    json!({ echo::MARK: "person", "line_id": line_id })
}

/// The attributes of a file of the person's line. `silent`: the flow has heard of the line already, and does not hear of this.
pub fn file_attributes(line_id: &str, file: AttachmentId, silent: bool) -> Value {
    json!({ echo::MARK: "person", "line_id": line_id, "file": file.to_string(), "silent": silent })
}

/// Whether a message is a part of a line of which the flow has heard by another part.
pub fn is_silent(message: &MessageResource) -> bool {
    message.attributes.get("silent").and_then(Value::as_bool).unwrap_or_default()
}

/// Whether a message is a file of a line of the person's: its text is the file's name.
pub fn is_file(message: &MessageResource) -> bool {
    message.attributes.get("file").is_some()
}

/// A message at Twilio that a line of the person's has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinePart {
    /// Which of the line's files it is; none for its text.
    pub file: Option<AttachmentId>,
    /// Its place in the conversation.
    pub index: u32,
}

/// Which part of the person's line `line_id` a message is, if it is one.
pub fn line_part(message: &MessageResource, line_id: &str) -> Option<LinePart> {
    let text = |name: &str| message.attributes.get(name).and_then(Value::as_str);
    if text("line_id") != Some(line_id) {
        return None;
    }
    let file = match text("file") {
        None => None,
        Some(id) => Some(id.parse().ok()?),
    };
    Some(LinePart { file, index: message.index })
}

/// Whether `message` is our own line `key`.
pub fn is_own(message: &MessageResource, key: &str) -> bool {
    message.attributes.get("key").and_then(Value::as_str) == Some(key)
}

/// By which key the agents' note of an edit is known.
pub fn edit_key(edition: &str) -> String {
    format!("{EDITED}{edition}")
}

/// Whether a message is the agents' note of an edit.
pub fn is_edit(message: &MessageResource) -> bool {
    message.attributes.get("key").and_then(Value::as_str).is_some_and(|key| key.starts_with(EDITED))
}

/// Says something in the conversation, silently (no webhook hears of it), and only once: `repeated` looks for it first.
pub async fn say_once(
    twilio: &twilio::client::Client,
    conversation: &Conversation,
    voice: Voice,
    key: &str,
    body: String,
    repeated: bool,
) -> Result<Option<u32>, TwilioError> {
    let Some(sid) = &conversation.sid else { return Ok(None) };
    if repeated {
        let recent = twilio.list_messages_desc(sid, None, LOOK_BACK).await?;
        if let Some(found) = recent.iter().find(|message| is_own(message, key)) {
            return Ok(Some(found.index));
        }
    }
    let message = NewMessage {
        author: voice.name().to_owned(),
        body,
        media: None,
        attributes: json!({ echo::MARK: voice.name(), "key": key }),
        webhook_enabled: false,
    };
    twilio.create_message(sid, &message).await.map(|message| Some(message.index))
}

/// Tells the agents something of ours, once per conversation and `key`: it is looked for first, and is no gap afterwards. In a conversation
/// that is closed nobody reads it.
pub async fn note_once(
    twilio: &twilio::client::Client,
    store: &Store,
    conversation: &Conversation,
    key: &str,
    note: String,
) -> anyhow::Result<()> {
    match say_once(twilio, conversation, Voice::System, key, note, true).await {
        Ok(Some(index)) => match store.add_own_index(conversation, index).await {
            // It has a successor by now, which counts its own lines.
            Ok(()) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error).context("settle the note"),
        },
        Ok(None) | Err(TwilioError::ConversationClosed | TwilioError::NotFound) => Ok(()),
        Err(error) => Err(error).context("post the note"),
    }
}

/// The parts of the person's line `line_id` among the newest lines, as far as they are there.
pub async fn find_line(
    twilio: &twilio::client::Client,
    conversation: &Conversation,
    line_id: &str,
) -> Result<Vec<LinePart>, TwilioError> {
    let Some(sid) = &conversation.sid else { return Ok(Vec::new()) };
    let recent = twilio.list_messages_desc(sid, None, LOOK_BACK).await?;
    Ok(recent.iter().filter_map(|message| line_part(message, line_id)).collect())
}

#[cfg(test)]
mod tests {
    use discord::message::ButtonAction;
    use jiff::Timestamp;

    use super::*;

    fn custom_ids(stage: &Stage) -> Vec<String> {
        let buttons = buttons(wording::of("en-US"), PersonId::new(7).unwrap(), stage);
        let ids = buttons.into_iter().map(|button| match button.action {
            ButtonAction::Custom { custom_id, .. } => custom_id,
            ButtonAction::Link(url) => panic!("{url}"),
        });
        ids.collect()
    }

    #[test]
    fn the_buttons_offer_what_the_stage_allows() {
        let by = || "a".to_owned();
        let stages = [
            (Stage::Opening { by: by(), since: Timestamp::UNIX_EPOCH }, vec!["reply:v1:7", "agent:v1:7", "end:v1:7"]),
            (Stage::WithAssistant, vec!["reply:v1:7", "agent:v1:7", "end:v1:7"]),
            (Stage::Transferring { by: by(), since: Timestamp::UNIX_EPOCH }, vec!["reply:v1:7", "end:v1:7"]),
            (Stage::Waiting, vec!["reply:v1:7", "end:v1:7"]),
            (Stage::WithAgent { name: by() }, vec!["reply:v1:7", "end:v1:7"]),
            (Stage::AgentLeft, vec!["reply:v1:7", "agent:v1:7", "end:v1:7"]),
            (Stage::Ending, vec!["reply:v1:7"]),
            (Stage::Closed, vec!["reply:v1:7"]),
        ];
        for (stage, expected) in stages {
            assert_eq!(custom_ids(&stage), expected, "{}", stage.name());
        }
    }

    #[test]
    fn the_end_offers_what_was_said_and_asks_for_a_rating_where_there_is_a_case() {
        let channel = domain::ids::ChannelId::new(9).unwrap();
        let chat = Conversation::new(PersonId::new(7).unwrap(), 3, Stage::Closed, channel, Timestamp::UNIX_EPOCH);
        let ids = |message: OutgoingMessage| {
            let ids = message.buttons.into_iter().map(|button| match button.action {
                ButtonAction::Custom { custom_id, .. } => custom_id,
                ButtonAction::Link(url) => panic!("{url}"),
            });
            ids.collect::<Vec<_>>()
        };
        let says = wording::of("en-US");
        assert_eq!(ids(ended(says, &chat, true)), ["reply:v1:7", "transcript:v1:7:3"]);
        let rated = Conversation { case: Some(domain::ids::CaseNumber(12)), ..chat };
        let stars = (1..=5).map(|stars| format!("case-rate:v1:7:12:{stars}"));
        let mut expected: Vec<_> = stars.chain(["reply:v1:7".to_owned(), "transcript:v1:7:3".to_owned()]).collect();
        assert_eq!(ids(ended(says, &rated, false)), expected);
        expected.insert(6, "case-reopen:v1:7:12".to_owned());
        assert_eq!(ids(ended(says, &rated, true)), expected, "what is left undone can go on");
    }

    #[test]
    fn a_line_is_found_by_its_own_key_alone() {
        let message = |attributes: Value| MessageResource {
            sid: format!("IM{}", "0".repeat(32)).parse().unwrap(),
            index: 0,
            author: String::new(),
            body: String::new(),
            attributes,
            media: Vec::new(),
            date_created: None,
            date_updated: None,
        };
        let person = message(person_attributes("5"));
        let is_line = |message: &MessageResource, id: &str| line_part(message, id).is_some();
        assert!(is_line(&person, "5") && !is_line(&person, "55") && !is_own(&person, "5"));
        assert_eq!(line_part(&person, "5"), Some(LinePart { file: None, index: 0 }));
        let file = AttachmentId::new(9).unwrap();
        let with_file = message(file_attributes("5", file, true));
        assert_eq!(line_part(&with_file, "5"), Some(LinePart { file: Some(file), index: 0 }));
        assert!(
            is_silent(&with_file) && !is_silent(&person) && !is_silent(&message(file_attributes("5", file, false)))
        );
        assert_eq!(with_file.bridge_mark().as_deref(), Some("person"));
        assert_eq!(person.bridge_mark().as_deref(), Some("person"));
        let own = message(json!({ echo::MARK: Voice::System.name(), "key": "5" }));
        assert!(is_own(&own, "5") && !is_line(&own, "5"));
        for attributes in [Value::Null, json!({}), json!({ "line_id": 5, "key": 5 }), json!([])] {
            let other = message(attributes);
            assert!(!is_line(&other, "5") && !is_own(&other, "5"));
        }
    }
}
