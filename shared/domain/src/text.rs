//! Every sentence that a person reads, one function each, so that wording and translations are reviewed together.
//!
//! What the front door and Discord's command menu show is in [`crate::text_discord`].

use crate::ids::{CaseNumber, ChannelId};

/// Something the desk tells the person in their direct messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A case was opened and an agent is called.
    CaseOpened {
        /// Its number.
        case: CaseNumber,
    },
    /// An agent is called once more, for the case that there is already.
    AgentCalled {
        /// Its number.
        case: CaseNumber,
    },
    /// An agent is in the chat.
    AgentJoined {
        /// The agent's name.
        name: String,
    },
    /// The agent has gone.
    AgentLeft {
        /// The agent's name.
        name: String,
    },
    /// Nobody took the task.
    NobodyAvailable {
        /// The case that is kept.
        case: Option<CaseNumber>,
    },
    /// The chat is over.
    Ended,
    /// A line could not be passed on, and will not be tried again.
    LineLost,
    /// Somebody sent something that is not text.
    Unsupported,
}

impl Notice {
    /// What tells this notice from others of the same conversation: part of the nonce, so that it is said once.
    pub fn key(&self) -> String {
        match self {
            Self::CaseOpened { case } => format!("case-opened-{case}"),
            Self::AgentCalled { case } => format!("agent-called-{case}"),
            Self::AgentJoined { name } => format!("agent-joined-{name}"),
            Self::AgentLeft { name } => format!("agent-left-{name}"),
            Self::NobodyAvailable { .. } => "nobody-available".to_owned(),
            Self::Ended => "ended".to_owned(),
            Self::LineLost => "line-lost".to_owned(),
            Self::Unsupported => "unsupported".to_owned(),
        }
    }

    /// The sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::CaseOpened { case } => {
                format!("Case #{case} has been created for you; an agent will join this chat.")
            }
            Self::AgentCalled { case } => format!("Case #{case}: an agent has been called and will join this chat."),
            Self::AgentJoined { name } => format!("**{name}** has joined the chat."),
            Self::AgentLeft { name } => format!("**{name}** has left the chat."),
            Self::NobodyAvailable { case: Some(case) } => format!(
                "Nobody is available right now. We keep case #{case} and will write to you here. You can go on asking the assistant."
            ),
            Self::NobodyAvailable { case: None } => {
                "Nobody is available right now. You can go on asking the assistant.".to_owned()
            }
            Self::Ended => "This chat has ended. Use `/helpme` or press *Reply* to start a new one.".to_owned(),
            Self::LineLost => {
                "Your last message could not be passed on. Please send it again in a few minutes.".to_owned()
            }
            Self::Unsupported => "(You were sent something that cannot be shown here.)".to_owned(),
        }
    }
}

/// The first message in the DM.
pub fn greeting(name: &str) -> String {
    format!(
        "Hello {name}, welcome to support. Press *Reply* or use `/message` to write to us; the assistant answers at once, and a person takes over when you ask for one."
    )
}

/// Said instead of the greeting when a chat is already open.
pub fn welcome_back() -> String {
    "Your chat is open. Press *Reply* or use `/message` to go on.".to_owned()
}

/// The answer to `/helpme` in the server: where the chat is.
pub fn come_to_the_dm(channel: ChannelId) -> String {
    format!("I have written to you: <https://discord.com/channels/@me/{channel}>")
}

/// The answer to `/helpme` in the DM itself.
pub fn here_we_are() -> String {
    "Your chat is here.".to_owned()
}

/// The person's direct messages are closed.
pub fn dms_are_closed() -> String {
    "I cannot write to you. Please allow direct messages: right-click this server's name (on a phone: tap it and open the menu), choose *Privacy Settings*, switch *Direct Messages* on, and use `/helpme` again.".to_owned()
}

/// Longest piece of their own words that a receipt repeats, in UTF-16 units: a message's limit less what stands around it.
const RECEIPT_LENGTH: usize = crate::split::CONTENT_LENGTH_MAX - 50;

/// The person's own line, shown in the DM after they sent it from a form or a command. `text` is escaped already.
pub fn receipt(text: &str) -> String {
    let mut room = RECEIPT_LENGTH;
    let fits = |char: &char| {
        room = room.saturating_sub(char.len_utf16());
        room > 0
    };
    let mut shown: String = text.chars().take_while(fits).collect();
    if shown.len() < text.len() {
        // A cut must not leave half an escape behind.
        shown.truncate(shown.trim_end_matches('\\').len());
        shown.push('…');
    }
    format!("**You:** {shown}")
}

/// The answer to a line sent from a server: it is not repeated there.
pub fn on_its_way() -> String {
    "Sent. The answer comes in your direct messages.".to_owned()
}

/// Nothing was written.
pub fn nothing_to_send() -> String {
    "There is nothing to send: the message has no text.".to_owned()
}

/// Too much was written.
pub fn too_long() -> String {
    format!("That is too long: at most {} characters. Please send it in parts.", crate::line::LINE_LENGTH_MAX)
}

/// *Send to support* was used on somebody else's message.
pub fn only_your_own_messages() -> String {
    "Only your own messages can be sent to support.".to_owned()
}

/// What is put behind a line whose files do not travel.
pub fn files_left_behind(count: usize) -> String {
    format!("[{count} file(s) on Discord were not passed on]")
}

/// A button or form of another person.
pub fn not_yours() -> String {
    "This belongs to somebody else.".to_owned()
}

/// There is no chat to end.
pub fn no_open_chat() -> String {
    "There is no open chat. Use `/helpme` to start one.".to_owned()
}

/// The chat is being ended.
pub fn ending() -> String {
    "Ending the chat…".to_owned()
}

/// A transfer has begun, or one is under way.
pub fn agent_is_called(case: CaseNumber, channel: ChannelId) -> String {
    format!("Case #{case}: an agent will join your chat: <https://discord.com/channels/@me/{channel}>")
}

/// An agent is there, or called, already.
pub fn agent_was_called(case: Option<CaseNumber>) -> String {
    case.map_or_else(
        || "An agent has been called already.".to_owned(),
        |case| format!("An agent has been called already: case #{case}."),
    )
}

/// Something of ours failed; it is tried again without the person.
pub fn trouble() -> String {
    "Something went wrong on our side. It is kept and tried again in a minute.".to_owned()
}

/// What leads the assistant's answer.
pub fn found(count: usize) -> String {
    if count == 1 { "This may help:".to_owned() } else { "These may help:".to_owned() }
}

/// One article in the assistant's answer. `title` and `passage` are escaped already.
pub fn article(title: &str, url: &str, passage: &str) -> String {
    format!("**{title}**\n{passage}\n<{url}>")
}

/// The assistant knows nothing.
pub fn found_nothing() -> String {
    "I found nothing about that in our help articles. Would you like to talk to a person?".to_owned()
}

/// An agent whose name is not known.
pub fn some_agent() -> String {
    "An agent".to_owned()
}

/// A line of the other side that comes after newer ones.
pub fn sent_earlier(text: &str) -> String {
    format!("(sent earlier) {text}")
}

/// A file of the agent's that is not passed on.
pub fn file_not_shown(name: &str) -> String {
    format!("[file: {name} (cannot be shown here)]")
}

/// What agents read, in the conversation at Twilio.
pub mod for_agents {
    /// One article of the assistant's answer, without marks: Flex shows text as it is.
    pub fn article(title: &str, url: &str, passage: &str) -> String {
        format!("{title}\n{passage}\n{url}")
    }

    /// The person ended the chat.
    pub fn person_ended() -> String {
        "The person ended the chat.".to_owned()
    }

    /// What the person says with their voice; the file comes with it.
    pub const VOICE_MESSAGE: &str = "[voice message]";

    /// The person sent something that there are no words for.
    pub const SOMETHING_ELSE: &str = "[something on Discord that cannot be shown here]";

    /// A sticker.
    pub fn sticker(name: &str) -> String {
        format!("[sticker: {name}]")
    }

    /// A poll.
    pub fn poll(question: &str, answers: &[String]) -> String {
        if answers.is_empty() {
            format!("[poll: {question}]")
        } else {
            format!("[poll: {question} ({})]", answers.join(" / "))
        }
    }

    /// Somebody's message that the person passed on.
    pub fn forwarded(text: &str) -> String {
        if text.is_empty() { "[forwarded message]".to_owned() } else { format!("[forwarded message] {text}") }
    }

    /// The person changed a message.
    pub fn edited(text: &str) -> String {
        format!("The person edited a message. It now reads:\n{text}")
    }

    /// Files of the person's that are not passed on; each line names one and says why.
    pub fn left_out(files: &[(String, &str)]) -> String {
        let lines = files.iter().map(|(name, why)| format!("\n{name}: {why}"));
        format!("Not passed on from Discord:{}", lines.collect::<String>())
    }

    /// Files of the agent's that the person does not see; each line names one and says why.
    pub fn not_shown(files: &[(String, &str)]) -> String {
        let lines = files.iter().map(|(name, why)| format!("\n{name}: {why}"));
        format!("The person on Discord does not see these files of yours:{}", lines.collect::<String>())
    }

    /// Why: nothing is in it.
    pub const FILE_EMPTY: &str = "the file is empty";
    /// Why: it cannot be fetched, or not any more.
    pub const FILE_GONE: &str = "the file could not be fetched";
    /// Why: it is of a type that is not taken.
    pub const FILE_TYPE: &str = "the file is not of a type that is passed on";
    /// Why: larger than what a person's file may be.
    pub const FILE_TOO_LARGE: &str = "the file is larger than 16 MiB";
    /// Why: all of a line's files are too large.
    pub const FILES_TOO_LARGE: &str = "the message's files are larger than 64 MiB together";
    /// Why: Twilio does not take it.
    pub const FILE_REFUSED: &str = "the file was refused";
    /// Why: larger than what Discord takes.
    pub const FILE_TOO_LARGE_FOR_DISCORD: &str = "the file is larger than 10 MiB";

    /// A line did not reach the person.
    pub fn not_delivered(reason: &str) -> String {
        format!("Your message was not delivered on Discord: {reason}.")
    }

    /// Why: closed DMs.
    pub const DMS_CLOSED: &str = "the person does not accept direct messages";
    /// Why: Discord refused it.
    pub const REFUSED: &str = "Discord refused it";

    /// The title of a transfer's case.
    pub fn case_title(name: &str) -> String {
        format!("Chat with {name}")
    }
}

/// What stands on the buttons under a message in the DM.
pub mod buttons {
    /// Opens the form for the next line.
    pub const REPLY: &str = "Reply";
    /// Calls an agent.
    pub const TALK_TO_A_PERSON: &str = "Talk to a person";
    /// Ends the chat.
    pub const END_CHAT: &str = "End chat";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_always_fits() {
        for text in ["a".repeat(4000), "\\*".repeat(3000), "😀".repeat(4000)] {
            assert!(receipt(&text).encode_utf16().count() <= crate::split::CONTENT_LENGTH_MAX);
            assert!(receipt(&text).ends_with('…') && !receipt(&text).ends_with("\\…"));
        }
        assert_eq!(receipt("hi"), "**You:** hi");
    }
}
