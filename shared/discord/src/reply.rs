//! The first answer to an interaction, in the HTTP response. See [Discord Docs/Receiving and Responding, Interaction Response].

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;
use twilight_model::application::command::{CommandOptionChoice, CommandOptionChoiceValue};
use twilight_model::channel::message::component::{SelectMenuType, TextInput, TextInputStyle};
use twilight_model::channel::message::{AllowedMentions, Component, MessageFlags};
use twilight_model::http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType};
use twilight_util::builder::message::{FileUploadBuilder, LabelBuilder, SelectMenuBuilder};

use crate::message::{SelectOption, cut};

/// Most suggestions that Discord takes. See [Discord Docs/Receiving and Responding, Interaction Callback Data].
pub const CHOICES_MAX: usize = 25;

/// Longest name and value of a suggestion, in characters. See [Discord Docs/Application Commands, Application Command Option
/// Choice].
const CHOICE_LENGTH_MAX: usize = 100;

/// A form. Does not print what stands in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Modal {
    /// Comes back with the form; 1 to 100 characters.
    pub custom_id: String,
    /// 1 to 45 characters.
    pub title: Cow<'static, str>,
    /// 1 to 5 fields.
    pub fields: Vec<Field>,
}

impl fmt::Debug for Modal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Modal")
            .field("custom_id", &self.custom_id)
            .field("title", &self.title)
            .field("fields", &self.fields.len())
            .finish()
    }
}

/// A field of a form. See [Discord Docs/Component Reference, Label].
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// By what its value is found in the form that comes back; 1 to 100 characters.
    pub custom_id: &'static str,
    /// 1 to 45 characters.
    pub label: Cow<'static, str>,
    /// What is said under the label; at most 100 characters.
    pub description: Option<&'static str>,
    /// What can be put in.
    pub kind: FieldKind,
}

/// What can be put into a field.
#[derive(Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Text. See [Discord Docs/Component Reference, Text Input].
    Text {
        /// One line or many.
        style: TextStyle,
        /// 0 to 4000 characters.
        min_length: Option<u16>,
        /// 1 to 4000 characters.
        max_length: u16,
        /// What stands there before anything is typed; at most 100 characters.
        placeholder: Option<&'static str>,
        /// What is typed there already; cut to `max_length`.
        value: Option<String>,
        /// Whether the form can be sent without it.
        required: bool,
    },
    /// One of a list. See [Discord Docs/Component Reference, String Select].
    Select {
        /// 1 to 25.
        options: Vec<SelectOption>,
        /// What stands there before one is chosen; at most 150 characters.
        placeholder: Option<&'static str>,
        /// Whether the form can be sent without one.
        required: bool,
    },
    /// Files. See [Discord Docs/Component Reference, File Upload].
    Files {
        /// 0 to 10.
        min: u8,
        /// 1 to 10.
        max: u8,
        /// Whether the form can be sent without any.
        required: bool,
    },
}

/// How large a text field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextStyle {
    /// One line.
    Short,
    /// Many lines.
    Paragraph,
}

impl Field {
    fn component(self) -> Component {
        let inner = match self.kind {
            FieldKind::Text { style, min_length, max_length, placeholder, value, required } => {
                #[expect(
                    deprecated,
                    reason = "the struct has no other constructor; inside a Label the text input has no label"
                )]
                let input = TextInput {
                    custom_id: self.custom_id.to_owned(),
                    id: None,
                    label: None,
                    max_length: Some(max_length),
                    min_length,
                    placeholder: placeholder.map(str::to_owned),
                    required: Some(required),
                    style: match style {
                        TextStyle::Short => TextInputStyle::Short,
                        TextStyle::Paragraph => TextInputStyle::Paragraph,
                    },
                    value: value.filter(|value| !value.is_empty()).map(|value| cut(&value, max_length.into())),
                };
                Component::TextInput(input)
            }
            FieldKind::Select { options, placeholder, required } => {
                let select = SelectMenuBuilder::new(self.custom_id, SelectMenuType::Text).required(required);
                let select = placeholder.into_iter().fold(select, SelectMenuBuilder::placeholder);
                let select = options.iter().fold(select, |select, option| select.option(option.component()));
                Component::SelectMenu(select.build())
            }
            FieldKind::Files { min, max, required } => {
                let upload = FileUploadBuilder::new(self.custom_id).min_values(min).max_values(max).required(required);
                Component::FileUpload(upload.build())
            }
        };
        let label = LabelBuilder::new(self.label, inner);
        Component::Label(self.description.into_iter().fold(label, LabelBuilder::description).build())
    }
}

/// The first answer to an interaction. Prints its type only.
#[derive(Clone, PartialEq)]
pub struct Reply(Value);

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A form or a suggestion may hold what somebody wrote.
        f.debug_struct("Reply").field("type", &self.0["type"]).finish_non_exhaustive()
    }
}

impl Reply {
    /// The answer to a PING.
    pub fn pong() -> Self {
        Self::of(InteractionResponseType::Pong, None)
    }

    /// "Thinking…", until the answer is edited. Whether it is `ephemeral` (shown to one person) is settled here for good.
    pub fn deferred(ephemeral: bool) -> Self {
        // No other field may be set with this type.
        let data =
            ephemeral.then(|| InteractionResponseData { flags: Some(MessageFlags::EPHEMERAL), ..Default::default() });
        Self::of(InteractionResponseType::DeferredChannelMessageWithSource, data)
    }

    /// Nothing visible, until the message that the component sits on is edited. Only to a component.
    pub fn deferred_update() -> Self {
        Self::of(InteractionResponseType::DeferredUpdateMessage, None)
    }

    /// A message that only the person sees.
    pub fn ephemeral(content: &str) -> Self {
        let data = InteractionResponseData {
            content: Some(content.to_owned()),
            flags: Some(MessageFlags::EPHEMERAL),
            allowed_mentions: Some(AllowedMentions::default()),
            ..Default::default()
        };
        Self::with(InteractionResponseType::ChannelMessageWithSource, data)
    }

    /// A form. Can only be the first answer, and not to a form.
    pub fn modal(modal: Modal) -> Self {
        let fields = modal.fields.into_iter().map(Field::component);
        let data = InteractionResponseData {
            custom_id: Some(modal.custom_id),
            title: Some(modal.title.into_owned()),
            components: Some(fields.collect()),
            ..Default::default()
        };
        let mut reply = Self::with(InteractionResponseType::Modal, data);
        for field in reply.0["data"]["components"].as_array_mut().into_iter().flatten() {
            if let Some(component) = field["component"].as_object_mut() {
                // Discord takes no such field in a form, and twilight writes it in every select.
                component.remove("disabled");
            }
        }
        reply
    }

    /// Suggestions, name and value; names are cut to 100 characters and the first [`CHOICES_MAX`] are taken. Left out are those
    /// without a name or a value, and values of more than 100 characters.
    pub fn choices(choices: impl IntoIterator<Item = (String, String)>) -> Self {
        let fits = |(name, value): &(String, String)| {
            !name.trim().is_empty() && (1..=CHOICE_LENGTH_MAX).contains(&value.encode_utf16().count())
        };
        let fitting = choices.into_iter().filter(fits);
        let choices = fitting.take(CHOICES_MAX).map(|(name, value)| CommandOptionChoice {
            name: cut(&name, CHOICE_LENGTH_MAX),
            name_localizations: None,
            value: CommandOptionChoiceValue::String(value),
        });
        let data = InteractionResponseData { choices: Some(choices.collect()), ..Default::default() };
        Self::with(InteractionResponseType::ApplicationCommandAutocompleteResult, data)
    }

    /// No suggestions.
    pub fn no_choices() -> Self {
        Self::choices([])
    }

    /// The JSON for the response's body.
    pub fn to_json(&self) -> String {
        self.0.to_string()
    }

    /// The answer as JSON, for a function whose own answer is handed on.
    pub fn into_value(self) -> Value {
        self.0
    }

    fn with(kind: InteractionResponseType, data: InteractionResponseData) -> Self {
        Self::of(kind, Some(data))
    }

    fn of(kind: InteractionResponseType, data: Option<InteractionResponseData>) -> Self {
        Self(serde_json::to_value(InteractionResponse { kind, data }).expect("strings and numbers always serialise"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn answers_are_the_documented_json() {
        let check = |reply: Reply, expected: Value| {
            assert_eq!(serde_json::from_str::<Value>(&reply.to_json()).unwrap(), expected);
        };
        check(Reply::pong(), json!({"type": 1}));
        check(Reply::deferred(true), json!({"type": 5, "data": {"flags": 64}}));
        check(Reply::deferred(false), json!({"type": 5}));
        check(
            Reply::ephemeral("No."),
            json!({"type": 4, "data": {"content": "No.", "flags": 64, "allowed_mentions": {"parse": []}}}),
        );
        check(Reply::no_choices(), json!({"type": 8, "data": {"choices": []}}));
        check(Reply::deferred_update(), json!({"type": 6}));
        check(
            Reply::choices([("#7 Crash 🎣".to_owned(), "7".to_owned())]),
            json!({"type": 8, "data": {"choices": [{"name": "#7 Crash 🎣", "value": "7"}]}}),
        );
        let text = Field {
            custom_id: "body",
            label: "Text".into(),
            description: None,
            kind: FieldKind::Text {
                style: TextStyle::Paragraph,
                min_length: None,
                max_length: 5,
                placeholder: Some("Here"),
                value: Some("abcdefg".to_owned()),
                required: true,
            },
        };
        let option = SelectOption { selected: true, ..SelectOption::new("iOS", "ios") };
        let select = Field {
            custom_id: "platform",
            label: "Platform".into(),
            description: Some("Where"),
            kind: FieldKind::Select { options: vec![option], placeholder: None, required: false },
        };
        let files = Field {
            custom_id: "files",
            label: "Files".into(),
            description: None,
            kind: FieldKind::Files { min: 0, max: 3, required: false },
        };
        let modal =
            Modal { custom_id: "reply:v1:5".to_owned(), title: "Write".into(), fields: vec![text, select, files] };
        assert!(!format!("{modal:?} {:?}", Reply::modal(modal.clone())).contains("abc"));
        check(
            Reply::modal(modal),
            json!({"type": 9, "data": {"custom_id": "reply:v1:5", "title": "Write", "components": [
                {"type": 18, "label": "Text", "component": {
                    "type": 4, "custom_id": "body", "style": 2, "max_length": 5, "placeholder": "Here", "required": true,
                    "value": "abcd…"
                }},
                {"type": 18, "label": "Platform", "description": "Where", "component": {
                    "type": 3, "custom_id": "platform", "required": false,
                    "options": [{"label": "iOS", "value": "ios", "default": true}]
                }},
                {"type": 18, "label": "Files", "component": {
                    "type": 19, "custom_id": "files", "min_values": 0, "max_values": 3, "required": false
                }}
            ]}}),
        );
    }

    #[test]
    fn suggestions_fit() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let odd = [pair("x", &"x".repeat(101)), pair("x", ""), pair(" ", "x")];
        let many = odd.into_iter().chain((1..30).map(|n| ("🎣".repeat(60), n.to_string())));
        let reply = Reply::choices(many).into_value();
        let choices = reply["data"]["choices"].as_array().unwrap();
        assert_eq!(choices.len(), CHOICES_MAX);
        assert_eq!(choices[0]["value"], "1");
        let name = choices[0]["name"].as_str().unwrap();
        assert!(name.encode_utf16().count() <= 100 && name.ends_with('…'), "{name}");
    }
}
