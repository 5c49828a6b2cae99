//! What a message holds beside its text: files, and what has no counterpart at Twilio and is put into words.

use std::fmt;

use domain::text::for_agents;
use serde_json::Value;

use crate::attachment::Attachment;

/// The flag of a voice message. See [Discord Docs/Message Resource, Message Flags].
const IS_VOICE_MESSAGE: u64 = 1 << 13;

/// Most answers of a poll that are told. See [Discord Docs/Poll Resource].
const POLL_ANSWERS_MAX: usize = 10;

/// Stickers, a poll, forwarded messages, a voice message's mark. Does not print any of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extras {
    /// Names of the stickers.
    pub stickers: Vec<String>,
    /// The poll.
    pub poll: Option<Poll>,
    /// The messages that were forwarded with it, as they were then.
    pub forwarded: Vec<Forwarded>,
    /// Whether the one file is the person's voice.
    pub is_voice: bool,
}

/// A poll.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Poll {
    /// What is asked.
    pub question: String,
    /// What can be answered.
    pub answers: Vec<String>,
}

/// A forwarded message, of which Discord tells no author. See [Discord Docs/Message Resource, Message Snapshot].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// Its text.
    pub content: String,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// What else is in it; no forwarded message of its own.
    pub stickers: Vec<String>,
}

impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extras")
            .field("stickers", &self.stickers.len())
            .field("poll", &self.poll.is_some())
            .field("forwarded", &self.forwarded.len())
            .field("is_voice", &self.is_voice)
            .finish()
    }
}

impl Extras {
    /// Reads them from a message object. What is malformed is passed over.
    pub fn read(message: &Value) -> Self {
        let snapshots = message["message_snapshots"].as_array().into_iter().flatten();
        let forwarded = snapshots.map(|snapshot| {
            let message = &snapshot["message"];
            Forwarded {
                content: text(&message["content"]),
                attachments: attachments(message),
                stickers: stickers(message),
            }
        });
        Self {
            stickers: stickers(message),
            poll: poll(&message["poll"]),
            forwarded: forwarded.collect(),
            is_voice: message["flags"].as_u64().is_some_and(|flags| flags & IS_VOICE_MESSAGE != 0),
        }
    }

    /// A message in words: its text, and a stand-in for all else but its files. Empty where there are only files.
    pub fn in_words(&self, content: &str, has_files: bool) -> String {
        let mut lines = Vec::new();
        let mut say = |text: &str| {
            if !text.trim().is_empty() {
                lines.push(text.trim().to_owned());
            }
        };
        say(content);
        if self.is_voice {
            say(for_agents::VOICE_MESSAGE);
        }
        self.stickers.iter().for_each(|name| say(&for_agents::sticker(name)));
        if let Some(poll) = &self.poll {
            say(&for_agents::poll(&poll.question, &poll.answers));
        }
        for forwarded in &self.forwarded {
            say(&for_agents::forwarded(forwarded.content.trim()));
            forwarded.stickers.iter().for_each(|name| say(&for_agents::sticker(name)));
        }
        if lines.is_empty() && !has_files {
            // A message is never nothing: it is of a kind that came after this was written.
            return for_agents::SOMETHING_ELSE.to_owned();
        }
        lines.join("\n")
    }

    /// The files of a message and of what was forwarded with it.
    pub fn all_files<'a>(&'a self, own: &'a [Attachment]) -> impl Iterator<Item = &'a Attachment> {
        own.iter().chain(self.forwarded.iter().flat_map(|forwarded| &forwarded.attachments))
    }
}

/// The files of a message object.
pub(crate) fn attachments(message: &Value) -> Vec<Attachment> {
    let files = message["attachments"].as_array().into_iter().flatten();
    files.filter_map(|file| Attachment::read(file.clone())).collect()
}

fn stickers(message: &Value) -> Vec<String> {
    let stickers = message["sticker_items"].as_array().into_iter().flatten();
    stickers.map(|sticker| text(&sticker["name"])).collect()
}

fn poll(poll: &Value) -> Option<Poll> {
    let answers = poll.as_object()?.get("answers").and_then(Value::as_array).into_iter().flatten();
    let answers = answers.map(|answer| text(&answer["poll_media"]["text"])).filter(|answer| !answer.is_empty());
    Some(Poll { question: text(&poll["question"]["text"]), answers: answers.take(POLL_ANSWERS_MAX).collect() })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(message: &Value, words: &str, files: usize) {
        let extras = Extras::read(message);
        let own = attachments(message);
        let all = extras.all_files(&own).count();
        let said = extras.in_words(message["content"].as_str().unwrap_or_default(), all > 0);
        assert_eq!((said.as_str(), all), (words, files), "{message}");
    }

    #[test]
    fn everything_that_is_no_text_has_words_for_it() {
        let file = |id: &str| {
            json!({"id": id, "filename": "a.png", "size": 3, "content_type": "image/png",
                "url": "https://cdn.discordapp.com/a.png"})
        };
        check(&json!({"content": " hi "}), "hi", 0);
        check(&json!({"content": "", "attachments": [file("5")]}), "", 1);
        check(
            &json!({"content": "see", "sticker_items": [{"id": "1", "name": "Wave", "format_type": 1}]}),
            "see\n[sticker: Wave]",
            0,
        );
        check(&json!({"content": "", "flags": 8192, "attachments": [file("5")]}), "[voice message]", 1);
        check(
            &json!({"content": "", "poll": {"question": {"text": "Which map?"},
                "answers": [{"answer_id": 1, "poll_media": {"text": "North"}}, {"answer_id": 2, "poll_media": {"text": "South"}}]}}),
            "[poll: Which map? (North / South)]",
            0,
        );
        check(
            &json!({"content": "", "message_reference": {"type": 1}, "message_snapshots": [
                {"message": {"content": "it broke", "attachments": [file("6"), file("7")], "type": 0}}]}),
            "[forwarded message] it broke",
            2,
        );
        check(
            &json!({"message_snapshots": [{"message": {"content": "", "attachments": [file("6")]}}]}),
            "[forwarded message]",
            1,
        );
    }

    #[test]
    fn what_is_of_another_kind_or_malformed_is_still_something() {
        let nothing = for_agents::SOMETHING_ELSE;
        check(&json!({"content": ""}), nothing, 0);
        check(
            &json!({"flags": "8192", "sticker_items": {}, "poll": [], "message_snapshots": 5, "attachments": [1, {}]}),
            nothing,
            0,
        );
        check(&json!({"poll": {}}), "[poll: ]", 0);
    }
}
