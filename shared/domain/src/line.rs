//! A line from the person, on its way to the conversation.

use jiff::Timestamp;

use crate::ids::{ChannelId, PersonId};

/// Longest line that is taken from a person, in characters: what a modal's text input can carry.
pub const LINE_LENGTH_MAX: usize = 4000;

/// Somebody who asks, as the interaction shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// Their Discord user ID.
    pub person: PersonId,
    /// Their name as Discord shows it.
    pub display_name: String,
    /// Their language, a Discord locale such as `en-US`.
    pub locale: String,
    /// Their direct message channel with the bot, where the event came from it.
    pub dm_channel: Option<ChannelId>,
}

/// What a person wants from the desk, in the order in which they did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To say something.
    Say(String),
    /// To end the chat.
    End,
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
    fn a_line_has_something_in_it_and_fits_a_modal() {
        assert_eq!(sayable(" hi "), Ok("hi"));
        assert_eq!(sayable(""), Err(Unsayable::Empty));
        assert_eq!(sayable(" \n\u{2003}"), Err(Unsayable::Empty));
        assert!(sayable(&"é".repeat(4000)).is_ok());
        assert_eq!(sayable(&"é".repeat(4001)), Err(Unsayable::TooLong));
    }
}
