//! The first answer to an interaction, in the HTTP response. See [Discord Docs/Receiving and Responding, Interaction Response].

use twilight_model::channel::message::component::{TextInput, TextInputStyle};
use twilight_model::channel::message::{AllowedMentions, Component, MessageFlags};
use twilight_model::http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType};
use twilight_util::builder::message::LabelBuilder;

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modal {
    /// Comes back with the form; 1 to 100 characters.
    pub custom_id: String,
    /// 1 to 45 characters.
    pub title: &'static str,
    /// 1 to 5 fields.
    pub inputs: Vec<Input>,
}

/// A text field of a form, with several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// By what the text is found in the form that comes back; 1 to 100 characters.
    pub custom_id: &'static str,
    /// 1 to 45 characters.
    pub label: &'static str,
    /// At most 100 characters.
    pub placeholder: &'static str,
    /// Whether the form can be sent without it.
    pub required: bool,
    /// 1 to 4000 characters.
    pub max_length: u16,
}

/// The first answer to an interaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply(InteractionResponse);

impl Reply {
    /// The answer to a PING.
    pub fn pong() -> Self {
        Self(InteractionResponse { kind: InteractionResponseType::Pong, data: None })
    }

    /// "Thinking…", until the answer is edited. Whether it is `ephemeral` (shown to one person) is settled here for good.
    pub fn deferred(ephemeral: bool) -> Self {
        // No other field may be set with this type.
        let data =
            ephemeral.then(|| InteractionResponseData { flags: Some(MessageFlags::EPHEMERAL), ..Default::default() });
        Self(InteractionResponse { kind: InteractionResponseType::DeferredChannelMessageWithSource, data })
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
        let fields = modal.inputs.into_iter().map(|input| {
            #[expect(
                deprecated,
                reason = "the struct has no other constructor; inside a Label the text input has no label"
            )]
            let text_input = TextInput {
                custom_id: input.custom_id.to_owned(),
                id: None,
                label: None,
                max_length: Some(input.max_length),
                min_length: None,
                placeholder: Some(input.placeholder.to_owned()),
                required: Some(input.required),
                style: TextInputStyle::Paragraph,
                value: None,
            };
            Component::Label(LabelBuilder::new(input.label, Component::TextInput(text_input)).build())
        });
        let data = InteractionResponseData {
            custom_id: Some(modal.custom_id),
            title: Some(modal.title.to_owned()),
            components: Some(fields.collect()),
            ..Default::default()
        };
        Self::with(InteractionResponseType::Modal, data)
    }

    /// No suggestions.
    pub fn no_choices() -> Self {
        let data = InteractionResponseData { choices: Some(Vec::new()), ..Default::default() };
        Self::with(InteractionResponseType::ApplicationCommandAutocompleteResult, data)
    }

    /// The JSON for the response's body.
    pub fn to_json(&self) -> String {
        serialised(&self.0)
    }

    fn with(kind: InteractionResponseType, data: InteractionResponseData) -> Self {
        Self(InteractionResponse { kind, data: Some(data) })
    }
}

fn serialised(response: &InteractionResponse) -> String {
    serde_json::to_string(response).expect("strings and numbers always serialise")
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
        let input = Input { custom_id: "body", label: "Text", placeholder: "Here", required: true, max_length: 4000 };
        let modal = Modal { custom_id: "reply:v1:5".to_owned(), title: "Write", inputs: vec![input] };
        check(
            Reply::modal(modal),
            json!({"type": 9, "data": {"custom_id": "reply:v1:5", "title": "Write", "components": [
                {"type": 18, "label": "Text", "component": {
                    "type": 4, "custom_id": "body", "style": 2, "max_length": 4000, "placeholder": "Here", "required": true
                }}
            ]}}),
        );
    }
}
