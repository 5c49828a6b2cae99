//! Messages we send: text, buttons, and how other people's text is made harmless in them.

use std::fmt;

use domain::ids::DiscordMessageId;
use serde::Serialize;
use sha2::{Digest, Sha256};
use twilight_model::channel::message::component::ButtonStyle as WireStyle;
use twilight_model::channel::message::{Component, MessageFlags};
use twilight_util::builder::message::{ActionRowBuilder, ButtonBuilder};

/// Longest content of one message, in characters. See [Discord Docs/Create Message].
///
/// Whether Discord counts code points or UTF-16 units is not documented; split with some slack.
pub const CONTENT_LENGTH_MAX: usize = 2000;

/// Longest label of a button, in characters. See [Discord Docs/Component Reference, Button].
pub const BUTTON_LABEL_LENGTH_MAX: usize = 80;

/// Most buttons in one row. See [Discord Docs/Component Reference, Action Row].
const BUTTONS_PER_ROW: usize = 5;

/// A message to send, or what a message is to become.
///
/// It never pings anybody: every request says `allowed_mentions: {"parse": []}`, so mentions and `@everyone` in any text are just
/// shown. Formatting is another matter: see [`escape_markdown`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// At most [`CONTENT_LENGTH_MAX`] characters.
    pub content: String,
    /// At most 25, in rows of five.
    pub buttons: Vec<Button>,
    /// Shows no previews of links.
    pub suppress_embeds: bool,
    /// Makes no sound on the person's side. Only when it is posted.
    pub silent: bool,
    /// The message it answers. Only when it is posted; if that is gone, it is posted all the same.
    pub reply_to: Option<DiscordMessageId>,
}

impl OutgoingMessage {
    /// Text only.
    pub fn text(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// The same with buttons.
    #[must_use]
    pub fn with_buttons(self, buttons: impl IntoIterator<Item = Button>) -> Self {
        Self { buttons: buttons.into_iter().collect(), ..self }
    }

    pub(crate) fn components(&self) -> Vec<Component> {
        let rows = self.buttons.chunks(BUTTONS_PER_ROW).map(|buttons| {
            let row = buttons.iter().fold(ActionRowBuilder::new(), |row, button| row.component(button.component()));
            Component::from(row.build())
        });
        rows.collect()
    }

    pub(crate) fn flags(&self) -> Option<MessageFlags> {
        let mut flags = MessageFlags::empty();
        flags.set(MessageFlags::SUPPRESS_EMBEDS, self.suppress_embeds);
        flags.set(MessageFlags::SUPPRESS_NOTIFICATIONS, self.silent);
        (!flags.is_empty()).then_some(flags)
    }
}

impl fmt::Debug for OutgoingMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people say to each other stays out of logs.
        let length = self.content.chars().count();
        f.debug_struct("OutgoingMessage")
            .field("content_length", &length)
            .field("buttons", &self.buttons.len())
            .finish_non_exhaustive()
    }
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// At most [`BUTTON_LABEL_LENGTH_MAX`] characters.
    pub label: String,
    /// What it does.
    pub action: ButtonAction,
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ButtonAction {
    /// Comes to us as an interaction.
    Custom {
        /// 1 to 100 characters, unlike the others of the message; see [`crate::routes::CustomId`].
        custom_id: String,
        /// How it looks.
        style: ButtonStyle,
    },
    /// Opens a page. At most 512 characters.
    Link(String),
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonStyle {
    /// The one most people want.
    Primary,
    /// Any other.
    Secondary,
    /// Something good comes of it.
    Success,
    /// Something ends.
    Danger,
}

impl Button {
    /// A button that comes to us as an interaction.
    pub fn custom(label: impl Into<String>, style: ButtonStyle, custom_id: impl fmt::Display) -> Self {
        Self { label: label.into(), action: ButtonAction::Custom { custom_id: custom_id.to_string(), style } }
    }

    /// A button that opens a page.
    pub fn link(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self { label: label.into(), action: ButtonAction::Link(url.into()) }
    }

    fn component(&self) -> Component {
        let builder = match &self.action {
            ButtonAction::Link(url) => ButtonBuilder::new(WireStyle::Link).url(url),
            ButtonAction::Custom { custom_id, style } => ButtonBuilder::new(match style {
                ButtonStyle::Primary => WireStyle::Primary,
                ButtonStyle::Secondary => WireStyle::Secondary,
                ButtonStyle::Success => WireStyle::Success,
                ButtonStyle::Danger => WireStyle::Danger,
            })
            .custom_id(custom_id),
        };
        builder.label(&self.label).build().into()
    }
}

/// By what Discord knows that it has posted a message already: the same within a few minutes posts nothing new.
///
/// See [Discord Docs/Create Message], `nonce` and `enforce_nonce`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Nonce(String);

impl Nonce {
    /// The nonce of a message that these parts name, e.g. a message SID and the number of the part. The same parts always give the
    /// same nonce: the first 25 hex digits (Discord's limit) of their SHA-256.
    pub fn of(parts: &[&str]) -> Self {
        // With a separator, so that ["ab", "c"] and ["a", "bc"] differ.
        let mut digest = hex::encode(Sha256::digest(parts.join("\u{1f}")));
        digest.truncate(25);
        Self(digest)
    }

    /// The nonce as Discord gets it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes text that a person typed show as they typed it: Discord's markdown in it is escaped with backslashes.
///
/// Emoji (custom ones too), right-to-left text, line breaks and plain links stay as they are; `[text](link)` becomes visible as such.
/// The result can be longer than the text, so escape before splitting.
pub fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    let mut line_start = true;
    while let Some(next) = rest.chars().next() {
        let verbatim = link_length(rest).or_else(|| custom_emoji_length(rest)).unwrap_or(0);
        if verbatim > 0 {
            escaped.push_str(&rest[..verbatim]);
            rest = &rest[verbatim..];
            line_start = false;
            continue;
        }
        let special = match next {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' => true,
            // Mentions would show a name or a channel in place of what was typed.
            '<' => rest[1..].starts_with(['@', '#', '&', '/', 'i']),
            // Headings, lists, small print and quotes.
            '#' | '-' | '>' | '+' => line_start,
            _ => false,
        };
        if special {
            escaped.push('\\');
        }
        escaped.push(next);
        line_start = next == '\n' || (line_start && next.is_whitespace());
        rest = &rest[next.len_utf8()..];
    }
    escaped
}

/// How long the link is that `text` starts with. A backslash inside would break it; Discord formats nothing inside.
fn link_length(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?.len();
    let end = text[scheme..].find(|c: char| c.is_whitespace() || c == '<').map_or(text.len(), |at| scheme + at);
    (end > scheme).then_some(end)
}

/// How long the custom emoji (`<:name:id>`, `<a:name:id>`) is that `text` starts with.
fn custom_emoji_length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("<a:").or_else(|| text.strip_prefix("<:"))?;
    let (inner, _) = inner.split_once('>')?;
    let (name, id) = inner.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    (is_name && is_id).then(|| text.find('>').map_or(0, |at| at + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn markdown_shows_as_typed() {
        let check = |text: &str, expected: &str| assert_eq!(escape_markdown(text), expected);
        check("", "");
        check("Hello, world. (really!) 1 < 2 > 1 #1 a-b", "Hello, world. (really!) 1 < 2 > 1 #1 a-b");
        check("*a* **b** __c__ ~~d~~ ||e||", r"\*a\* \*\*b\*\* \_\_c\_\_ \~\~d\~\~ \|\|e\|\|");
        check("`code` ```\nblock\n```", "\\`code\\` \\`\\`\\`\nblock\n\\`\\`\\`");
        check(r"¯\_(ツ)_/¯", r"¯\\\_(ツ)\_/¯");
        check(
            "# big\n-# small\n  - list\n> quote\n>>> quotes",
            "\\# big\n\\-# small\n  \\- list\n\\> quote\n\\>>> quotes",
        );
        check("[free stuff](https://evil.example/a_b)", r"\[free stuff](https://evil.example/a_b)");
        check("see https://example.org/a_b*c?d=_e_ and _this_", r"see https://example.org/a_b*c?d=_e_ and \_this\_");
        check("<https://example.org/a_b> _x_", r"<https://example.org/a_b> \_x\_");
        check("https:// _x_", r"https:// \_x\_");
        check(
            "<:my_cat:1380000000000000001> <a:cat_s:12> <:not_one:>",
            r"<:my_cat:1380000000000000001> <a:cat_s:12> <:not\_one:>",
        );
        check("<@1> <@!1> <@&2> <#3> </helpme:4> <id:guide>", r"\<@1> \<@!1> \<@&2> \<#3> \</helpme:4> \<id:guide>");
        check("@everyone 👋🏽 👨‍👩‍👧 שלום \u{202e}abc\u{202c}", "@everyone 👋🏽 👨‍👩‍👧 שלום \u{202e}abc\u{202c}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn escaping_only_adds_backslashes(text in "[a-z*_<@:>`#\\\\\\n é👋./hts-]{0,60}") {
            let escaped = escape_markdown(&text);
            prop_assert_eq!(text.replace('\\', ""), escaped.replace('\\', ""));
        }
    }

    #[test]
    fn a_nonce_names_its_parts_and_fits() {
        let nonce = Nonce::of(&["IM0123", "1"]);
        assert_eq!(nonce, Nonce::of(&["IM0123", "1"]));
        assert_ne!(nonce, Nonce::of(&["IM01231"]));
        assert_ne!(nonce, Nonce::of(&["IM012", "31"]));
        assert_eq!(nonce.as_str().len(), 25);
        assert!(nonce.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn buttons_are_the_documented_json() {
        let buttons = (1..=6).map(|n| Button::custom(format!("B{n}"), ButtonStyle::Danger, format!("end:v1:{n}")));
        let message =
            OutgoingMessage::text("x").with_buttons(buttons.chain([Button::link("Read", "https://example.org/a")]));
        let rows = serde_json::to_value(message.components()).unwrap();
        assert_eq!(rows[0]["components"].as_array().unwrap().len(), 5);
        assert_eq!(
            rows[1],
            json!({"type": 1, "components": [
                {"type": 2, "style": 4, "label": "B6", "custom_id": "end:v1:6"},
                {"type": 2, "style": 5, "label": "Read", "url": "https://example.org/a"}
            ]})
        );
        assert_eq!(message.flags(), None);
        let quiet = OutgoingMessage { suppress_embeds: true, silent: true, ..message };
        assert_eq!(quiet.flags().map(|flags| flags.bits()), Some(4 + 4096));
        assert!(!format!("{:?}", OutgoingMessage::text("secret")).contains("secret"));
    }
}
