//! What the outbox carries: everything that is on its way to a person, in the order of their conversation.

use crate::conversation::AgentEvent;
use crate::ids::{ConversationSid, MediaSid, MessageSid, TaskSid};
use crate::text::Notice;

/// A line of a Twilio conversation, as far as the person is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentLine {
    /// The message.
    pub message: MessageSid,
    /// Its place in the conversation.
    pub index: u32,
    /// The identity of who wrote it, where Twilio names it.
    pub author: Option<String>,
    /// What was said. Empty when only files were sent.
    pub body: String,
    /// The files sent with it.
    pub files: Vec<AgentFile>,
}

/// Largest file that Discord takes from us, in bytes. See [Discord Docs/Uploading Files].
pub const FILE_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// How large the files of one message are together at most, in bytes: Discord takes 25 MiB of everything.
pub const MESSAGE_FILES_BYTES_MAX: u64 = 24 * 1024 * 1024;

/// Most files of one message. See [Discord Docs/Create Message].
pub const MESSAGE_FILES_MAX: usize = 10;

/// A file of an agent's, as Twilio tells of it.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentFile {
    /// By which it is fetched; none where Twilio names none that can be.
    pub media: Option<MediaSid>,
    /// Its name, or its type where it has none.
    pub name: String,
    /// What it is, as Twilio says.
    pub content_type: String,
    /// How large it is, in bytes; 0 where Twilio does not say.
    pub size: u64,
}

impl std::fmt::Debug for AgentFile {
    // The name is somebody's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgentFile").field("media", &self.media).field("size", &self.size).finish_non_exhaustive()
    }
}

impl AgentFile {
    /// How many bytes of it are fetched at most.
    pub fn bytes_max(&self) -> u64 {
        if self.size == 0 { FILE_BYTES_MAX } else { self.size.min(FILE_BYTES_MAX) }
    }

    /// Whether it can be shown, as far as Twilio tells of it.
    pub fn can_be_shown(&self) -> bool {
        self.media.is_some() && self.size <= FILE_BYTES_MAX
    }
}

impl AgentLine {
    /// The files that can be shown, by the messages that they hang on: the first hangs on the line's text, each other one on a message of
    /// its own. The same for the same line, whenever it is asked, and so also for its edits.
    pub fn messages_of_files(&self) -> Vec<Vec<&AgentFile>> {
        let mut messages: Vec<Vec<&AgentFile>> = Vec::new();
        let mut room = 0;
        for file in self.files.iter().filter(|file| file.can_be_shown()) {
            match messages.last_mut() {
                Some(message) if message.len() < MESSAGE_FILES_MAX && file.bytes_max() <= room => message.push(file),
                _ => {
                    messages.push(vec![file]);
                    room = MESSAGE_FILES_BYTES_MAX;
                }
            }
            room -= file.bytes_max();
        }
        messages
    }
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
        /// The task that it happened to, where it happened to one.
        task: Option<TaskSid>,
        /// What happened.
        event: AgentEvent,
    },
    /// The person's place in the queue.
    Place {
        /// The task that waits.
        task: TaskSid,
        /// Counted from 1.
        place: u32,
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
            Delivery::Place { task, place } => format!("{task} place {place}"),
            Delivery::Say { id, notice } => format!("{} say {} {id}", self.conversation, notice.key()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn file(size: u64) -> AgentFile {
        let media = format!("ME{}", "0".repeat(32)).parse().ok();
        AgentFile { media, name: "a.png".to_owned(), content_type: "image/png".to_owned(), size }
    }

    fn check(sizes: &[u64], expected: &[&[u64]]) {
        let line = AgentLine {
            message: format!("IM{}", "0".repeat(32)).parse().unwrap(),
            index: 0,
            author: None,
            body: String::new(),
            files: sizes.iter().map(|size| file(*size)).collect(),
        };
        let messages = line.messages_of_files();
        let sizes_of = |files: &Vec<&AgentFile>| files.iter().map(|file| file.size).collect::<Vec<_>>();
        assert_eq!(messages.iter().map(sizes_of).collect::<Vec<_>>(), expected, "{sizes:?}");
        for files in messages {
            assert!(files.iter().map(|file| file.bytes_max()).sum::<u64>() <= MESSAGE_FILES_BYTES_MAX);
        }
    }

    #[test]
    fn files_are_shared_out_over_as_many_messages_as_discord_wants() {
        check(&[], &[]);
        check(&[1], &[&[1]]);
        check(&[10 * MIB, 10 * MIB + 1, 3], &[&[10 * MIB, 3]]);
        check(&[10 * MIB, 10 * MIB, 10 * MIB], &[&[10 * MIB, 10 * MIB], &[10 * MIB]]);
        check(&[1; 11], &[&[1; 10], &[1]]);
        // Of a size that nobody tells, the largest is assumed.
        check(&[0, 0, 0], &[&[0, 0], &[0]]);
        check(&[u64::MAX], &[]);
    }

    #[test]
    fn a_file_that_cannot_be_fetched_is_not_shown_and_no_name_is_printed() {
        assert!(file(1).can_be_shown());
        assert!(!AgentFile { media: None, ..file(1) }.can_be_shown());
        assert!(!format!("{:?}", file(1)).contains("a.png"));
    }
}
