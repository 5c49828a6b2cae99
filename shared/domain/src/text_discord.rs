//! What a person reads on Discord before any conversation is involved, in their language: the commands as the menu shows them, forms,
//! and refusals at the front door.
//!
//! The texts are Fluent messages like those of the `wording` crate and lie beside them, but fixed ones of one line each, so that they
//! are found without Fluent, for which the front door has no room. What a language lacks is said in English.

use crate::language::Language;

/// The files of a folder, in the order of [`Language::ALL`].
macro_rules! catalogue {
    ($folder:literal) => {
        [
            include_str!(concat!("../../wording/locales/", $folder, "/en-US.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/id.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/vi.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/es-ES.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/pt-BR.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/fr.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/de.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/ja.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/ko.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/zh-CN.ftl")),
            include_str!(concat!("../../wording/locales/", $folder, "/zh-TW.ftl")),
        ]
    };
}

/// What the front door may answer.
static FRONT_DOOR: [&str; Language::ALL.len()] = catalogue!("forms");
/// What is registered. Kept apart, so that the front door does not carry it.
static COMMANDS: [&str; Language::ALL.len()] = catalogue!("commands");

/// The messages of a file: ID and text.
fn messages(source: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    // A comment has no such sign, or is not asked for.
    source.lines().filter_map(|line| line.split_once(" = "))
}

fn find(catalogue: &[&'static str], language: Language, id: &str) -> Option<&'static str> {
    let own = |language: Language| messages(catalogue[language as usize]).find(|(known, _)| *known == id);
    own(language).or_else(|| own(Language::English)).map(|(_, text)| text)
}

/// A text about the commands: the description `id`, or the name of a command, subcommand or option, which has the ID
/// [`command_name_id`].
pub fn command_text(language: Language, id: &str) -> Option<&'static str> {
    find(&COMMANDS, language, id)
}

/// All texts about the commands, ID and text, in the order of their file.
pub fn command_texts(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    messages(COMMANDS[language as usize])
}

/// By what the name of a command, subcommand or option is found, such as `name_send_to_support`.
pub fn command_name_id(name: &str) -> String {
    format!("name_{}", name.to_lowercase().replace(' ', "_"))
}

/// How one of a list of [`choices`] is called in an option of a command. At most 100 characters.
pub fn command_choice(language: Language, choices: &choices::Choices, value: &str) -> Option<&'static str> {
    let id = choices.id(value);
    command_text(language, &id).or_else(|| find(&FRONT_DOOR, language, &id))
}

/// What the front door answers at once, in one language. Fixed texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontDoor(Language);

impl FrontDoor {
    /// The texts in this language.
    pub const fn speaking(language: Language) -> Self {
        Self(language)
    }

    /// How one of a form's [`choices::PLATFORMS`] or [`choices::IMPORTANCE`] is called; the value itself for any other. At most 100
    /// characters.
    pub fn choice(self, choices: &choices::Choices, value: &'static str) -> &'static str {
        find(&FRONT_DOOR, self.0, &choices.id(value)).unwrap_or(value)
    }

    fn say(self, id: &'static str) -> &'static str {
        find(&FRONT_DOOR, self.0, id).unwrap_or(id)
    }
}

/// A method for each message of the same name, and for the tests, how long it may be, in characters.
macro_rules! texts {
    ($($(#[$doc:meta])* fn $name:ident() <= $max:literal;)+) => {
        impl FrontDoor {
            $($(#[$doc])* pub fn $name(self) -> &'static str { self.say(stringify!($name)) })+
        }

        #[cfg(test)]
        const TEXTS: &[(&str, usize)] = &[$((stringify!($name), $max)),+];
    };
}

// Limits are Discord's: a form's title and labels 45 characters, what is said under a label 100, placeholders of texts 100 and of selects
// 150. See [Discord Docs/Component Reference].
texts! {
    /// Title of the form behind the *Reply* button.
    fn reply_title() <= 45;
    /// Label of that form's one field.
    fn reply_label() <= 45;
    /// What stands in that field before anything is typed.
    fn reply_placeholder() <= 100;
    /// What is said under the label of that form's files, which is that of reports.
    fn reply_files_about() <= 100;

    /// Title of the form of `/bug`.
    fn bug_form() <= 45;
    /// Title of the form of `/new_feature`.
    fn feature_form() <= 45;
    /// Label of the title in both.
    fn title() <= 45;
    /// What is said under that label.
    fn title_about() <= 100;
    /// What stands in the title of `/bug` before anything is typed.
    fn bug_title_placeholder() <= 100;
    /// What stands in the title of `/new_feature` before anything is typed.
    fn feature_title_placeholder() <= 100;
    /// Label of the text of `/bug`.
    fn bug_text() <= 45;
    /// What is said under that label.
    fn bug_text_about() <= 100;
    /// Label of the text of `/new_feature`.
    fn feature_text() <= 45;
    /// What is said under that label.
    fn feature_text_about() <= 100;
    /// Label of the steps.
    fn steps() <= 45;
    /// What is said under that label.
    fn steps_about() <= 100;
    /// Label of the platform.
    fn platform() <= 45;
    /// What stands in the platform before anything is chosen.
    fn platform_placeholder() <= 150;
    /// Label of the severity of `/new_feature`.
    fn importance() <= 45;
    /// What stands in the severity before anything is chosen.
    fn importance_placeholder() <= 150;
    /// Label of the files.
    fn files() <= 45;
    /// What is said under that label.
    fn files_about() <= 100;

    /// A command, button or form that nobody serves, or no longer.
    fn unknown_command() <= 2000;
    /// A button of somebody else's chat.
    fn not_yours() <= 2000;
    /// Discord's request was fine, but it could not be handed on.
    fn could_not_take() <= 2000;
}

/// What can be chosen, in options of commands and in selects.
pub mod choices {
    /// A list of which one is chosen. What its values are called stands in the catalogue.
    #[derive(Debug, PartialEq, Eq)]
    pub struct Choices {
        list: &'static str,
        /// What is sent and stored. At most 25 of at most 100 characters.
        pub values: &'static [&'static str],
    }

    impl Choices {
        /// The value of the list that `text` is.
        pub fn find(&self, text: &str) -> Option<&'static str> {
            self.values.iter().copied().find(|value| *value == text)
        }

        /// By what the name of a value is found in the catalogue.
        pub fn id(&self, value: &str) -> String {
            format!("{}_{value}", self.list)
        }
    }

    /// Where somebody plays.
    pub static PLATFORMS: Choices = Choices {
        list: "platform",
        values: &["android", "ios", "windows", "macos", "linux", "web", "console", "other"],
    };
    /// How bad a bug is.
    pub static SEVERITIES: Choices = Choices { list: "severity", values: &["low", "normal", "high", "critical"] };
    /// How much a feature matters. The values are those of [`SEVERITIES`].
    pub static IMPORTANCE: Choices = Choices { list: "importance", values: SEVERITIES.values };
    /// Where a case stands.
    pub static STATUSES: Choices = Choices {
        list: "status",
        values: &["new", "open", "waiting_for_person", "waiting_for_us", "resolved", "closed", "reopened"],
    };
    /// What a case is about.
    pub static KINDS: Choices = Choices { list: "kind", values: &["bug", "feature", "support"] };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::case::{Kind, Severity, Status};

    #[test]
    fn the_files_are_fixed_texts_of_one_line_each_in_the_same_order() {
        for catalogue in [&FRONT_DOOR, &COMMANDS] {
            for (language, source) in Language::ALL.into_iter().zip(catalogue) {
                let locale = language.locale();
                let mut ids = BTreeSet::new();
                for line in source.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                    let (id, text) = line.split_once(" = ").unwrap_or_else(|| panic!("{locale}: {line}"));
                    assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{locale}: {line}");
                    assert!(ids.insert(id), "{locale}: {id} stands twice");
                    assert!(!text.is_empty() && text.trim() == text && !text.contains(['{', '}']), "{locale}: {line}");
                }
                let order = |source| messages(source).map(|(id, _)| id).collect::<Vec<_>>();
                assert_eq!(order(source), order(catalogue[0]), "{locale}");
                assert_eq!(order(source).len(), ids.len(), "{locale}: a comment looks like a message");
            }
        }
    }

    #[test]
    fn the_front_door_says_what_there_is_and_nothing_longer_than_discord_takes() {
        let lists = [&choices::PLATFORMS, &choices::IMPORTANCE];
        let named: Vec<_> =
            lists.iter().flat_map(|list| list.values.iter().map(|value| (list.id(value), 100))).collect();
        let texts = TEXTS.iter().map(|(id, max)| ((*id).to_owned(), *max)).chain(named);
        let limits: std::collections::BTreeMap<_, _> = texts.collect();
        for (language, source) in Language::ALL.into_iter().zip(FRONT_DOOR) {
            let locale = language.locale();
            let present: BTreeSet<_> = messages(source).map(|(id, _)| id).collect();
            let expected: BTreeSet<_> = limits.keys().map(String::as_str).collect();
            assert_eq!(present, expected, "{locale}: missing or unused");
            for (id, text) in messages(source) {
                let (max, length) = (limits[id], text.chars().count());
                assert!(length <= max, "{locale}: {id} has {length} characters of {max}");
                assert!(max == 2000 || !text.contains(['*', '`']), "{locale}: {id} is shown as it is: {text}");
            }
        }
    }

    #[test]
    fn a_text_is_found_in_its_language() {
        assert_eq!(FrontDoor::speaking(Language::English).reply_title(), "Write to support");
        assert_eq!(FrontDoor::speaking(Language::German).reply_title(), "An den Support schreiben");
        // One ID begins like another one.
        assert_eq!(FrontDoor::speaking(Language::German).title(), "Titel");
        assert_eq!(FrontDoor::speaking(Language::Japanese).choice(&choices::PLATFORMS, "other"), "その他");
        assert_eq!(FrontDoor::speaking(Language::Japanese).choice(&choices::PLATFORMS, "amiga"), "amiga");
        assert_eq!(command_text(Language::French, &command_name_id("helpme")), Some("aide"));
        assert_eq!(command_text(Language::French, "nothing"), None);
        assert_eq!(command_name_id("Send to support"), "name_send_to_support");
        assert_eq!(command_choice(Language::German, &choices::KINDS, "bug"), Some("Fehler"));
        assert_eq!(command_choice(Language::German, &choices::PLATFORMS, "other"), Some("Andere"));
        assert_eq!(find(&["a = A", "b = B"], Language::Indonesian, "a"), Some("A"), "what a language lacks is English");
    }

    #[test]
    fn the_choices_are_the_domains_own() {
        assert_eq!(choices::STATUSES.values, Status::ALL.iter().map(|status| status.name()).collect::<Vec<_>>());
        assert_eq!(choices::KINDS.values, Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>());
        let severities: Vec<_> = Severity::ALL.iter().map(|severity| severity.name()).collect();
        assert_eq!(choices::SEVERITIES.values, severities);
        assert_eq!(choices::IMPORTANCE.values, severities);
        assert_eq!((choices::PLATFORMS.find("ios"), choices::PLATFORMS.find("amiga")), (Some("ios"), None));
        let lists =
            [&choices::PLATFORMS, &choices::SEVERITIES, &choices::IMPORTANCE, &choices::STATUSES, &choices::KINDS];
        for list in lists {
            assert!(list.values.len() <= 25);
            assert!(list.values.iter().all(|value| (1..=100).contains(&value.len())));
        }
    }
}
