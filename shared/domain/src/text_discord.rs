//! What a person reads on Discord before any conversation is involved: commands, the reply form, and refusals at the front door.
//!
//! Limits are Discord's: descriptions 100 characters, a form's title and labels 45, placeholders 100. See [Discord Docs/Application
//! Commands] and [Discord Docs/Component Reference].

/// Description of `/helpme`.
pub const HELPME: &str = "Get help: opens a private chat with support";
/// Description of the option of `/helpme`.
pub const HELPME_QUESTION: &str = "What you need help with";
/// Description of `/message`.
pub const MESSAGE: &str = "Send a message to support";
/// Description of the option of `/message`.
pub const MESSAGE_TEXT: &str = "What you want to say";
/// Description of `/agent`.
pub const AGENT: &str = "Ask for a person to join your support chat";
/// Description of the option of `/agent`.
pub const AGENT_ABOUT: &str = "What it is about";
/// Description of `/close`.
pub const CLOSE: &str = "End your support chat";

/// Title of the form behind the *Reply* button.
pub const REPLY_TITLE: &str = "Write to support";
/// Label of that form's one field.
pub const REPLY_LABEL: &str = "Your message";
/// What stands in that field before anything is typed.
pub const REPLY_PLACEHOLDER: &str = "Write as much as you like. We read every line.";

/// A command, button or form that nobody serves, or no longer.
pub const UNKNOWN_COMMAND: &str =
    "I do not know this one; it may have been renamed or removed. `/helpme` always works.";
/// A button of somebody else's chat.
pub const NOT_YOURS: &str = "This belongs to somebody else's chat. Use `/helpme` to open your own.";
/// Discord's request was fine, but it could not be handed on.
pub const COULD_NOT_TAKE: &str = "I could not take that just now. Please try again in a moment.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_longer_than_discord_takes() {
        let check = |text: &str, limit: usize| assert!((1..=limit).contains(&text.chars().count()), "{text:?}");
        for description in
            [HELPME, HELPME_QUESTION, MESSAGE, MESSAGE_TEXT, AGENT, AGENT_ABOUT, CLOSE, REPLY_PLACEHOLDER]
        {
            check(description, 100);
        }
        check(REPLY_TITLE, 45);
        check(REPLY_LABEL, 45);
    }
}
