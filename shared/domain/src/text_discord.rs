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

/// Description of `/bug`.
pub const BUG: &str = "Report a bug; without options a form opens";
/// Description of `/new_feature`.
pub const FEATURE: &str = "Suggest a new feature; without options a form opens";
/// Description of the title option of both.
pub const REPORT_TITLE: &str = "In one line, 10 to 90 characters";
/// Description of the text option of `/bug`.
pub const BUG_TEXT: &str = "What happened, and what you expected";
/// Description of the text option of `/new_feature`.
pub const FEATURE_TEXT: &str = "What you would like, and what for";
/// Description of the steps option of `/bug`.
pub const BUG_STEPS: &str = "How to make it happen";
/// Description of the platform option of both.
pub const REPORT_PLATFORM: &str = "Where you play";
/// Description of the severity option of `/bug`.
pub const BUG_SEVERITY: &str = "How bad it is";
/// Description of the severity option of `/new_feature`.
pub const FEATURE_SEVERITY: &str = "How much it matters to you";
/// Description of the file option of both.
pub const REPORT_FILE: &str = "A screenshot, video or log, up to 10 MiB";

/// Description of `/case`, which nobody sees, because every use of it names a subcommand.
pub const CASE: &str = "Reports and requests for help";
/// Description of `/case view`.
pub const CASE_VIEW: &str = "Show a case";
/// Description of `/case mine`.
pub const CASE_MINE: &str = "Show your own cases";
/// Description of `/case list`.
pub const CASE_LIST: &str = "List cases (moderators)";
/// Description of `/case assign`.
pub const CASE_ASSIGN: &str = "Give a case to somebody (moderators)";
/// Description of `/case status`.
pub const CASE_STATUS: &str = "Change where a case stands (moderators)";
/// Description of `/case note`.
pub const CASE_NOTE: &str = "Add a note that only moderators and agents see (moderators)";
/// Description of `/case link`.
pub const CASE_LINK: &str = "Close a case as a duplicate of another (moderators)";
/// Description of `/case reopen`.
pub const CASE_REOPEN: &str = "Open a case again";
/// Description of the number of a case.
pub const CASE_NUMBER: &str = "Number of the case, or words of its title";
/// Description of the status filter of `/case list`.
pub const CASE_LIST_STATUS: &str = "Only with this status";
/// Description of the kind filter of `/case list`.
pub const CASE_LIST_KIND: &str = "Only of this kind";
/// Description of the assignee filter of `/case list`.
pub const CASE_LIST_MINE_ONLY: &str = "Only those assigned to you";
/// Description of the assignee of `/case assign`.
pub const CASE_ASSIGN_TO: &str = "Who takes it; you, if left out";
/// Description of the new status of `/case status`.
pub const CASE_STATUS_TO: &str = "The new status";
/// Description of the reason of `/case status` and `/case reopen`.
pub const CASE_REASON: &str = "Why; the person reads this too";
/// Description of the text of `/case note`.
pub const CASE_NOTE_TEXT: &str = "The note";
/// Description of the other case of `/case link`.
pub const CASE_LINK_TO: &str = "Number of the case that stays open";

/// Description of `/privacy`, which nobody sees, because every use of it names a subcommand.
pub const PRIVACY: &str = "Your data with support";
/// Description of `/privacy export`.
pub const PRIVACY_EXPORT: &str = "Get a copy of what support keeps about you";
/// Description of `/privacy delete`.
pub const PRIVACY_DELETE: &str = "Have support delete what it keeps about you";

/// What can be chosen, in options of commands and in selects. At most 25 each, 100 characters each.
pub mod choices {
    /// Where somebody plays: value and name.
    pub const PLATFORMS: [(&str, &str); 8] = [
        ("android", "Android"),
        ("ios", "iOS"),
        ("windows", "Windows"),
        ("macos", "macOS"),
        ("linux", "Linux"),
        ("web", "Web"),
        ("console", "Console"),
        ("other", "Other"),
    ];
    /// How bad a bug is: value and name.
    pub const SEVERITIES: [(&str, &str); 4] = [
        ("low", "Low: it annoys me"),
        ("normal", "Normal: it does not work as it should"),
        ("high", "High: I cannot use a part of it"),
        ("critical", "Critical: I cannot use it at all, or I lose something"),
    ];
    /// How much a feature matters: value and name. The values are those of [`SEVERITIES`].
    pub const IMPORTANCE: [(&str, &str); 4] =
        [("low", "Nice to have"), ("normal", "Useful"), ("high", "Important"), ("critical", "I cannot do without it")];
    /// Where a case stands: value and name.
    pub const STATUSES: [(&str, &str); 7] = [
        ("new", "New"),
        ("open", "Open"),
        ("waiting_for_person", "Waiting for the person"),
        ("waiting_for_us", "Waiting for us"),
        ("resolved", "Resolved"),
        ("closed", "Closed"),
        ("reopened", "Reopened"),
    ];
    /// What a case is about: value and name.
    pub const KINDS: [(&str, &str); 3] = [("bug", "Bug"), ("feature", "Feature"), ("support", "Support")];
}

/// What the forms of `/bug` and `/new_feature` say. Labels 45 characters, descriptions and a text's placeholder 100, a select's 150.
pub mod forms {
    /// Title of the form of `/bug`.
    pub const BUG: &str = "Report a bug";
    /// Title of the form of `/new_feature`.
    pub const FEATURE: &str = "Suggest a feature";
    /// Label of the title in both.
    pub const TITLE: &str = "Title";
    /// What is said under that label.
    pub const TITLE_ABOUT: &str = "One line by which others recognise it, at least 10 characters.";
    /// What stands in the title of `/bug` before anything is typed.
    pub const BUG_TITLE_PLACEHOLDER: &str = "The map crashes when I zoom in";
    /// What stands in the title of `/new_feature` before anything is typed.
    pub const FEATURE_TITLE_PLACEHOLDER: &str = "Let me sort my inventory by name";
    /// Label of the text of `/bug`.
    pub const BUG_TEXT: &str = "What happened";
    /// What is said under that label.
    pub const BUG_TEXT_ABOUT: &str = "What you saw, and what you expected instead. It is shown on the server's board.";
    /// Label of the text of `/new_feature`.
    pub const FEATURE_TEXT: &str = "What you would like";
    /// What is said under that label.
    pub const FEATURE_TEXT_ABOUT: &str = "And what for. It is shown on the server's board.";
    /// Label of the steps.
    pub const STEPS: &str = "Steps";
    /// What is said under that label.
    pub const STEPS_ABOUT: &str = "How to make it happen, if you know.";
    /// Label of the platform.
    pub const PLATFORM: &str = "Platform";
    /// What stands in the platform before anything is chosen.
    pub const PLATFORM_PLACEHOLDER: &str = "Where you play";
    /// Label of the severity of `/new_feature`.
    pub const IMPORTANCE: &str = "How much it matters to you";
    /// What stands in the severity before anything is chosen.
    pub const IMPORTANCE_PLACEHOLDER: &str = "Useful";
    /// Label of the files.
    pub const FILES: &str = "Files";
    /// What is said under that label.
    pub const FILES_ABOUT: &str = "Up to 3 screenshots, videos or logs, 10 MiB each.";
}

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
    use crate::case::{Kind, Severity, Status};

    #[test]
    fn nothing_is_longer_than_discord_takes() {
        let check = |text: &str, limit: usize| assert!((1..=limit).contains(&text.chars().count()), "{text:?}");
        let descriptions = [
            HELPME,
            HELPME_QUESTION,
            MESSAGE,
            MESSAGE_TEXT,
            AGENT,
            AGENT_ABOUT,
            CLOSE,
            REPLY_PLACEHOLDER,
            BUG,
            FEATURE,
            REPORT_TITLE,
            BUG_TEXT,
            FEATURE_TEXT,
            BUG_STEPS,
            REPORT_PLATFORM,
            BUG_SEVERITY,
            FEATURE_SEVERITY,
            REPORT_FILE,
            CASE,
            CASE_VIEW,
            CASE_MINE,
            CASE_LIST,
            CASE_ASSIGN,
            CASE_STATUS,
            CASE_NOTE,
            CASE_LINK,
            CASE_REOPEN,
            CASE_NUMBER,
            CASE_LIST_STATUS,
            CASE_LIST_KIND,
            CASE_LIST_MINE_ONLY,
            CASE_ASSIGN_TO,
            CASE_STATUS_TO,
            CASE_REASON,
            CASE_NOTE_TEXT,
            CASE_LINK_TO,
            PRIVACY,
            PRIVACY_EXPORT,
            PRIVACY_DELETE,
            forms::TITLE_ABOUT,
            forms::BUG_TITLE_PLACEHOLDER,
            forms::FEATURE_TITLE_PLACEHOLDER,
            forms::BUG_TEXT_ABOUT,
            forms::FEATURE_TEXT_ABOUT,
            forms::STEPS_ABOUT,
            forms::FILES_ABOUT,
            forms::PLATFORM_PLACEHOLDER,
            forms::IMPORTANCE_PLACEHOLDER,
        ];
        for description in descriptions {
            check(description, 100);
        }
        let labels = [
            REPLY_TITLE,
            REPLY_LABEL,
            forms::BUG,
            forms::FEATURE,
            forms::TITLE,
            forms::BUG_TEXT,
            forms::FEATURE_TEXT,
            forms::STEPS,
            forms::PLATFORM,
            forms::IMPORTANCE,
            forms::FILES,
        ];
        for label in labels {
            check(label, 45);
        }
        let lists: [&[(&str, &str)]; 5] =
            [&choices::PLATFORMS, &choices::SEVERITIES, &choices::IMPORTANCE, &choices::STATUSES, &choices::KINDS];
        for (value, name) in lists.concat() {
            check(value, 100);
            check(name, 100);
        }
    }

    #[test]
    fn the_choices_are_the_domains_own() {
        let values = |list: &[(&'static str, &str)]| list.iter().map(|(value, _)| *value).collect::<Vec<_>>();
        assert_eq!(values(&choices::STATUSES), Status::ALL.iter().map(|status| status.name()).collect::<Vec<_>>());
        assert_eq!(values(&choices::KINDS), Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>());
        let severities: Vec<_> = Severity::ALL.iter().map(|severity| severity.name()).collect();
        assert_eq!(values(&choices::SEVERITIES), severities);
        assert_eq!(values(&choices::IMPORTANCE), severities);
    }
}
