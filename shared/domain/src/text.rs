//! What a person is told of their chat, and what agents read of it.
//!
//! The sentences that persons read are in the `wording` crate, in their own language; what the front door and Discord's command menu show
//! is in [`crate::text_discord`]. What agents read is English.

use jiff::Timestamp;

use crate::ids::CaseNumber;

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
    /// The agent has gone, and another one is in the chat.
    AgentGone {
        /// The agent's name.
        name: String,
    },
    /// The agent has gone, and another one has been called.
    PassedOn {
        /// The agent's name.
        name: String,
    },
    /// Nobody took the task.
    NobodyAvailable {
        /// The case that is kept.
        case: Option<CaseNumber>,
    },
    /// Nobody has said anything for long: the chat ends unless somebody does.
    SilenceWarning {
        /// When this was found: the warning's name.
        warned_at: Timestamp,
        /// When it ends.
        ends_at: Timestamp,
    },
    /// An agent is asked for outside the business hours: the case is kept.
    OutsideHours {
        /// Its number.
        case: CaseNumber,
        /// From when on somebody is there, where that is known.
        opens_at: Option<Timestamp>,
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
            Self::AgentGone { name } => format!("agent-gone-{name}"),
            Self::PassedOn { name } => format!("passed-on-{name}"),
            Self::NobodyAvailable { .. } => "nobody-available".to_owned(),
            Self::SilenceWarning { warned_at, .. } => format!("silence-{}", warned_at.as_millisecond()),
            Self::OutsideHours { case, .. } => format!("outside-hours-{case}"),
            Self::Ended => "ended".to_owned(),
            Self::LineLost => "line-lost".to_owned(),
            Self::Unsupported => "unsupported".to_owned(),
        }
    }
}

/// What agents read, in the conversation at Twilio.
pub mod for_agents {
    use crate::ids::CaseNumber;

    /// An agent whose name is not known.
    pub const SOME_AGENT: &str = "An agent";

    /// In a case's history: nobody was called.
    pub const OUTSIDE_HOURS: &str = "nobody was called: outside the business hours";

    /// What the person types cannot be read any more.
    pub fn typed_lines_unread() -> String {
        "What the person types in their chat is not read any more: Discord does not let us. Their buttons and commands still work."
            .to_owned()
    }

    /// The person accepts no direct messages, and what that means.
    pub fn held_in_a_thread() -> String {
        "This chat is held in a private thread of a Discord server, because the person accepts no direct messages. What they type there is \
         read only where it mentions the bot; their buttons and commands always work."
            .to_owned()
    }

    /// The chat has left a private thread.
    pub fn held_in_direct_messages() -> String {
        "This chat is held in the person's direct messages now; what they type there is read.".to_owned()
    }

    /// The person ended the chat.
    pub fn person_ended() -> String {
        "The person ended the chat.".to_owned()
    }

    /// The chat was ended by nobody's doing.
    pub fn silence_ended() -> String {
        "Nobody has said anything for long, so the chat was ended.".to_owned()
    }

    /// The chat is about a case that was talked about before.
    pub fn continues(number: CaseNumber, url: Option<&str>) -> String {
        match url {
            Some(url) => format!("This chat continues case #{number}: {url}"),
            None => format!("This chat continues case #{number}."),
        }
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

    const EDITED: &str = "The person edited a message. It now reads:\n";

    /// The person changed a message.
    pub fn edited(text: &str) -> String {
        format!("{EDITED}{text}")
    }

    /// What a message reads now that such a note tells of.
    pub fn text_of_edit(note: &str) -> Option<&str> {
        note.strip_prefix(EDITED)
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
    /// Why: the thread was deleted.
    pub const CHANNEL_GONE: &str = "the channel of this chat is gone";
    /// Why: Discord refused it.
    pub const REFUSED: &str = "Discord refused it";

    /// The title of a transfer's case.
    pub fn case_title(name: &str) -> String {
        format!("Chat with {name}")
    }
}
