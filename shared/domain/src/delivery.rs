//! What the outbox carries: everything that is on its way to a person, in the order of their conversation.

use crate::conversation::AgentEvent;
use crate::ids::{ConversationSid, MessageSid};
use crate::text::Notice;

/// A line of a Twilio conversation, as far as the person is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentLine {
    /// The message.
    pub message: MessageSid,
    /// Its place in the conversation.
    pub index: u32,
    /// What was said. Empty when only files were sent.
    pub body: String,
    /// Names of the files sent with it.
    pub files: Vec<String>,
}

/// One thing to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// A line, to be shown.
    Line(AgentLine),
    /// A line has a new text.
    Edited {
        /// The line as it is now.
        line: AgentLine,
        /// When, as Twilio writes it; the newest one counts.
        date_updated: String,
    },
    /// A line was taken back.
    Removed {
        /// The message.
        message: MessageSid,
        /// Its place in the conversation, where the event says it.
        index: Option<u32>,
        /// When, as Twilio writes it.
        date_updated: String,
    },
    /// A question for the virtual agent.
    Ask {
        /// The person's message.
        message: MessageSid,
        /// What they asked.
        question: String,
    },
    /// Something happened on the agents' side.
    Agents {
        /// What tells it from others, the same when it comes twice.
        id: String,
        /// What happened.
        event: AgentEvent,
    },
    /// The desk has something to say.
    Say {
        /// What brought it about: a second transfer is announced like the first one.
        id: String,
        /// What.
        notice: Notice,
    },
}

/// An entry of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Which conversation it belongs to: its entries are handled one after the other.
    pub conversation: ConversationSid,
    /// What.
    pub delivery: Delivery,
}

impl Outgoing {
    /// What makes a repetition the same entry: message SID, event and time of the update, so that a second edit within five minutes
    /// is not taken for the first.
    pub fn deduplication_key(&self) -> String {
        match &self.delivery {
            Delivery::Line(line) => format!("{} added", line.message),
            Delivery::Edited { line, date_updated } => format!("{} updated {date_updated}", line.message),
            Delivery::Removed { message, date_updated, .. } => format!("{message} removed {date_updated}"),
            Delivery::Ask { message, .. } => format!("{message} ask"),
            Delivery::Agents { id, .. } => format!("{} agents {id}", self.conversation),
            Delivery::Say { id, notice } => format!("{} say {} {id}", self.conversation, notice.key()),
        }
    }
}
