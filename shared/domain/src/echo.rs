//! Which lines of a conversation go to the person. Never send a line back where it came from.

use crate::ids::PersonId;

/// The key in a Twilio message's attributes that marks what this desk posted. Agents' messages do not have it.
pub const MARK: &str = "bridge";

/// Whether a line of a Twilio conversation is an echo: written by the person, or posted by this desk.
///
/// `author` is the message's `Author`; `mark` the value under [`MARK`] in its attributes, if any. `Source` does not decide: agents
/// come as `SDK`, but so may a supervisor's tool come as `API`, and its lines are for the person too.
pub fn is_echo(author: &str, mark: Option<&str>) -> bool {
    mark.is_some() || PersonId::from_identity(author).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_typing_in_flex_is_no_echo() {
        assert!(!is_echo("agent_40example_2Ecom", None));
    }

    #[test]
    fn a_tool_posting_by_rest_without_our_mark_is_no_echo() {
        assert!(!is_echo("system", None));
    }

    #[test]
    fn the_persons_own_line_is_an_echo_even_without_a_mark() {
        assert!(is_echo("discord_1234", None));
        assert!(is_echo("discord_1234", Some("person")));
    }

    #[test]
    fn what_the_desk_posted_is_an_echo() {
        assert!(is_echo("assistant", Some("assistant")));
        assert!(is_echo("system", Some("system")));
    }

    #[test]
    fn an_agent_with_a_name_like_ours_is_no_echo() {
        assert!(!is_echo("discord_bob", None));
    }
}
