//! A line from the person, on its way to the conversation.

use jiff::Timestamp;

use crate::ids::{AttachmentId, ChannelId, DiscordMessageId, GuildId, PersonId};

/// Longest line that is taken from a person, in characters: what a modal's text input can carry.
pub const LINE_LENGTH_MAX: usize = 4000;

/// Longest text of a line with its stand-ins, in characters, each of at most four bytes: Twilio takes 32 KB.
pub const WORDS_LENGTH_MAX: usize = 8000;

/// Largest file that is passed on to the agents, in bytes: what Flex shows unless it is set up otherwise. Twilio itself takes 150 MB.
/// See [Twilio Docs/Flex, Attachments] and [Twilio Docs/Conversations Limits].
pub const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// How large all files of one line may be together, in bytes: what fits into the time that a function has.
pub const FILES_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Most files of one line: as many as a message has. See [Discord Docs/Create Message].
pub const FILES_MAX: usize = 10;

/// Somebody who asks, as the interaction shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// Their Discord user ID.
    pub person: PersonId,
    /// Their name as Discord shows it.
    pub display_name: String,
    /// Their avatar as Discord names it, where they have one.
    pub avatar: Option<String>,
    /// The server they ask from, where they ask from one.
    pub server: Option<GuildId>,
    /// Their language, a Discord locale such as `en-US`.
    pub locale: String,
    /// The channel of their chat, where the event came from it: their direct messages with the bot, or their private thread.
    pub channel: Option<ChannelId>,
}

/// A file that came with a line, as Discord tells of it. Nothing of it is believed: see `discord::files`.
#[derive(Clone, PartialEq, Eq)]
pub struct LineFile {
    /// Its ID.
    pub id: AttachmentId,
    /// Its name, as it came.
    pub name: String,
    /// What it is, as its sender said.
    pub content_type: Option<String>,
    /// How large it is, in bytes, as Discord says.
    pub size: u64,
    /// Where it can be fetched, for some hours.
    pub url: String,
}

impl std::fmt::Debug for LineFile {
    // The name is the person's, and the address a key to the file.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineFile").field("id", &self.id).field("size", &self.size).finish_non_exhaustive()
    }
}

/// Where a line stands that is a message on Discord: there its files have fresh addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The channel.
    pub channel: ChannelId,
    /// The message.
    pub message: DiscordMessageId,
}

/// What a person says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The text, with stand-ins for what Twilio has nothing for; empty where only files were sent.
    pub text: String,
    /// The files, in the person's order.
    pub files: Vec<LineFile>,
    /// Where it stands, where it is a message that the bot may read.
    pub origin: Option<Origin>,
    /// When the message was last edited, as Discord writes it (RFC 3339). A line that was relayed before and comes again with a time
    /// of which nobody has heard is an edit: the agents get a note with the new text.
    pub edited_at: Option<String>,
}

impl Said {
    /// Text only.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl std::fmt::Debug for Said {
    // What people say stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Said")
            .field("files", &self.files)
            .field("origin", &self.origin)
            .field("edited_at", &self.edited_at)
            .finish_non_exhaustive()
    }
}

/// What a person wants from the desk, in the order in which they did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To say something, or to have said it differently.
    Say(Said),
    /// To end the chat.
    End {
        /// Which of the person's conversations they saw when they said so; not known of a wish that an earlier version took.
        generation: Option<u32>,
    },
    /// Nothing: nobody has said anything for long, and the chat was to end if that stays so.
    EndSilent {
        /// Which of the person's conversations it is about.
        generation: u32,
        /// When they were warned.
        warned_at: Timestamp,
    },
}

/// An entry of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Discord's ID of the interaction or message that brought it: the same one never counts twice.
    pub id: String,
    /// Who.
    pub asker: Asker,
    /// What.
    pub wish: Wish,
    /// When it was taken in.
    pub at: Timestamp,
}

impl Line {
    /// What makes a repetition the same entry of the inbox. An edit of a message is another entry than the message.
    pub fn deduplication_key(&self) -> String {
        match &self.wish {
            Wish::Say(Said { edited_at: Some(edited_at), .. }) => edition(&self.id, edited_at),
            _ => self.id.clone(),
        }
    }
}

/// The ID of a message's edition: by it an edit is passed on once.
pub fn edition(line_id: &str, edited_at: &str) -> String {
    format!("{line_id} edited {edited_at}")
}

/// Why a file is not passed on to the agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// Nothing is in it.
    Empty,
    /// It has more than [`FILE_BYTES_MAX`].
    TooLarge,
    /// With it the line's files have more than [`FILES_BYTES_MAX`], or are more than [`FILES_MAX`].
    TooMuch,
    /// It is of a type that is not taken.
    Type,
    /// It cannot be fetched, or not any more.
    Gone,
    /// Twilio does not take it.
    Refused,
}

impl Said {
    /// Which files can be passed on and why others cannot, as far as Discord tells of them; in their order. What Discord tells may be
    /// wrong, but it is the same when the line comes twice.
    pub fn admitted(&self) -> Vec<(&LineFile, Result<(), LeftOut>)> {
        let (mut sum, mut count) = (0_u64, 0);
        let admitted = self.files.iter().map(|file| {
            let verdict = if file.size == 0 {
                Err(LeftOut::Empty)
            } else if file.size > FILE_BYTES_MAX {
                Err(LeftOut::TooLarge)
            } else if sum + file.size > FILES_BYTES_MAX || count >= FILES_MAX {
                Err(LeftOut::TooMuch)
            } else {
                sum += file.size;
                count += 1;
                Ok(())
            };
            (file, verdict)
        });
        admitted.collect()
    }
}

/// The first [`WORDS_LENGTH_MAX`] characters.
pub fn cut_words(text: &str) -> &str {
    text.char_indices().nth(WORDS_LENGTH_MAX).map_or(text, |(at, _)| &text[..at])
}

/// Why a text cannot be a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsayable {
    /// Nothing but white space.
    Empty,
    /// More than [`LINE_LENGTH_MAX`] characters.
    TooLong,
}

/// The text as it will be relayed: outer white space off.
pub fn sayable(text: &str) -> Result<&str, Unsayable> {
    let text = text.trim();
    if text.is_empty() {
        Err(Unsayable::Empty)
    } else if text.chars().count() > LINE_LENGTH_MAX {
        Err(Unsayable::TooLong)
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_another_entry_than_its_line_and_than_the_next_edit() {
        let line = |edited_at: Option<&str>| Line {
            id: "5".to_owned(),
            asker: Asker {
                person: PersonId::new(7).unwrap(),
                display_name: String::new(),
                avatar: None,
                server: None,
                locale: String::new(),
                channel: None,
            },
            wish: Wish::Say(Said { edited_at: edited_at.map(str::to_owned), ..Said::text("hi") }),
            at: Timestamp::UNIX_EPOCH,
        };
        let keys = [None, Some("2026-11-21T10:00:00+00:00"), Some("2026-11-21T10:00:01+00:00")]
            .map(|edited_at| line(edited_at).deduplication_key());
        assert_eq!(keys[0], "5");
        assert!(keys[1] != keys[0] && keys[2] != keys[1] && keys[2] != keys[0]);
    }

    fn sized(sizes: &[u64]) -> Said {
        let file = |(at, size): (usize, &u64)| LineFile {
            id: AttachmentId::new(at as u64 + 1).unwrap(),
            name: format!("{at}.png"),
            content_type: None,
            size: *size,
            url: String::new(),
        };
        Said { files: sizes.iter().enumerate().map(file).collect(), ..Said::default() }
    }

    #[test]
    fn what_cannot_be_passed_on_is_known_before_it_is_fetched() {
        const MIB: u64 = 1024 * 1024;
        let check = |sizes: &[u64], expected: &[Result<(), LeftOut>]| {
            let said = sized(sizes);
            let verdicts: Vec<_> = said.admitted().into_iter().map(|(_, verdict)| verdict).collect();
            assert_eq!(verdicts, expected, "{sizes:?}");
        };
        check(&[], &[]);
        check(&[0, 1], &[Err(LeftOut::Empty), Ok(())]);
        check(&[10 * MIB, 11 * MIB, 200 * MIB], &[Ok(()), Ok(()), Err(LeftOut::TooLarge)]);
        check(&[FILE_BYTES_MAX, FILE_BYTES_MAX + 1], &[Ok(()), Err(LeftOut::TooLarge)]);
        let full = [16 * MIB; 4];
        check(&[&full[..], &[1]].concat(), &[Ok(()), Ok(()), Ok(()), Ok(()), Err(LeftOut::TooMuch)]);
        check(&[u64::MAX, 1], &[Err(LeftOut::TooLarge), Ok(())]);
        let many = sized(&[1; 11]);
        assert_eq!(many.admitted().iter().filter(|(_, verdict)| verdict.is_ok()).count(), FILES_MAX);
    }

    #[test]
    fn words_are_cut_to_what_twilio_takes() {
        assert_eq!(cut_words("hi"), "hi");
        let long = "\u{1f98a}".repeat(WORDS_LENGTH_MAX + 1);
        assert_eq!(cut_words(&long).len(), WORDS_LENGTH_MAX * 4);
        const { assert!(WORDS_LENGTH_MAX * 4 <= 32 * 1024) };
    }

    #[test]
    fn neither_words_nor_names_nor_addresses_are_printed() {
        let file = LineFile {
            id: AttachmentId::new(5).unwrap(),
            name: "secret.png".to_owned(),
            content_type: None,
            size: 3,
            url: "https://cdn.discordapp.com/secret".to_owned(),
        };
        let said = Said { files: vec![file], ..Said::text("secret") };
        assert!(!format!("{:?}", Wish::Say(said)).contains("secret"));
    }

    #[test]
    fn a_line_has_something_in_it_and_fits_a_modal() {
        assert_eq!(sayable(" hi "), Ok("hi"));
        assert_eq!(sayable(""), Err(Unsayable::Empty));
        assert_eq!(sayable(" \n\u{2003}"), Err(Unsayable::Empty));
        assert!(sayable(&"é".repeat(4000)).is_ok());
        assert_eq!(sayable(&"é".repeat(4001)), Err(Unsayable::TooLong));
    }
}
