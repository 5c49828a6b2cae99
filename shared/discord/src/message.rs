//! Messages we send: text, cards, buttons, files, and how other people's text is made harmless in them.

use std::fmt;

use bytes::Bytes;
use domain::ids::DiscordMessageId;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use twilight_model::channel::message::component::{ButtonStyle as WireStyle, SelectMenuOption, SelectMenuType};
use twilight_model::channel::message::{Component, MessageFlags};
use twilight_util::builder::message::{ActionRowBuilder, ButtonBuilder, SelectMenuBuilder, SelectMenuOptionBuilder};

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
    /// Cards under the text; at most 10.
    pub embeds: Vec<Embed>,
    /// Lists to choose from, above the buttons; each takes one of the five rows.
    pub selects: Vec<Select>,
    /// Files; at most 10. In an edit they take the place of those that hang there, which stay if there are none here.
    pub files: Vec<OutgoingFile>,
    /// Takes away the files that hang there. Only when it is edited.
    pub drop_files: bool,
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
        let selects = self.selects.iter().map(|select| {
            let row = ActionRowBuilder::new().component(select.component());
            Component::from(row.build())
        });
        let rows = self.buttons.chunks(BUTTONS_PER_ROW).map(|buttons| {
            let row = buttons.iter().fold(ActionRowBuilder::new(), |row, button| row.component(button.component()));
            Component::from(row.build())
        });
        selects.chain(rows).collect()
    }

    /// The cards, each part cut to what Discord takes.
    pub(crate) fn embeds(&self) -> Value {
        let mut left = EMBEDS_LENGTH_MAX;
        self.embeds.iter().take(EMBEDS_MAX).map(|embed| embed.wire(&mut left)).collect()
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
            .field("embeds", &self.embeds.len())
            .field("selects", &self.selects.len())
            .field("buttons", &self.buttons.len())
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

/// Most cards of one message.
const EMBEDS_MAX: usize = 10;
/// Most characters in all cards of one message together.
const EMBEDS_LENGTH_MAX: usize = 6000;
/// Most fields of a card.
const EMBED_FIELDS_MAX: usize = 25;

/// A card. What is longer than Discord takes is cut, the description last. Does not print. See [Discord Docs/Message Resource,
/// Embed Limits].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Embed {
    /// At most 256 characters.
    pub title: Option<String>,
    /// At most 4096 characters.
    pub description: Option<String>,
    /// Where the title leads.
    pub url: Option<String>,
    /// The stripe's colour, 0xRRGGBB.
    pub colour: Option<u32>,
    /// At most 25.
    pub fields: Vec<EmbedField>,
    /// At most 2048 characters.
    pub footer: Option<String>,
    /// A time in RFC 3339, which everybody sees in their own zone.
    pub timestamp: Option<String>,
}

/// A field of a card. One with an empty name or value is left out, because Discord refuses it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EmbedField {
    /// At most 256 characters.
    pub name: String,
    /// At most 1024 characters.
    pub value: String,
    /// Whether it may stand beside others.
    pub inline: bool,
}

impl EmbedField {
    /// A field that may stand beside others.
    pub fn inline(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), inline: true }
    }

    /// A field with a line of its own.
    pub fn block(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), inline: false }
    }
}

impl fmt::Debug for Embed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embed").field("fields", &self.fields.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for EmbedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbedField").field("inline", &self.inline).finish_non_exhaustive()
    }
}

impl Embed {
    /// The card as Discord wants it. `left` is how many characters the message's cards may still have.
    fn wire(&self, left: &mut usize) -> Value {
        let mut fitted = |text: &str, limit: usize| {
            let text = cut(text, limit.min(*left));
            *left -= text.encode_utf16().count();
            text
        };
        let mut wire = Map::new();
        if let Some(title) = &self.title {
            wire.insert("title".to_owned(), fitted(title, 256).into());
        }
        if let Some(footer) = &self.footer {
            wire.insert("footer".to_owned(), json!({ "text": fitted(footer, 2048) }));
        }
        let mut fields = Vec::new();
        for field in self.fields.iter().take(EMBED_FIELDS_MAX) {
            let (name, value) = (field.name.trim(), field.value.trim());
            if !name.is_empty() && !value.is_empty() {
                let (name, value) = (fitted(name, 256), fitted(value, 1024));
                // Nothing is left of it when the cards are full.
                if !name.is_empty() && !value.is_empty() {
                    fields.push(json!({ "name": name, "value": value, "inline": field.inline }));
                }
            }
        }
        if !fields.is_empty() {
            wire.insert("fields".to_owned(), fields.into());
        }
        if let Some(description) = &self.description {
            wire.insert("description".to_owned(), fitted(description, 4096).into());
        }
        // Of what found no room nothing is said, not even that it is empty.
        wire.retain(|_, part| *part != "" && part["text"] != "");
        if let Some(url) = &self.url {
            wire.insert("url".to_owned(), json!(url));
        }
        if let Some(colour) = self.colour {
            wire.insert("color".to_owned(), json!(colour));
        }
        if let Some(timestamp) = &self.timestamp {
            wire.insert("timestamp".to_owned(), json!(timestamp));
        }
        wire.into()
    }
}

/// A list under a message, of which one is chosen. Comes to us as an interaction. See [Discord Docs/Component Reference, String
/// Select].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    /// 1 to 100 characters, unlike the others of the message; see [`crate::routes::CustomId`].
    pub custom_id: String,
    /// What stands there before one is chosen; at most 150 characters.
    pub placeholder: Option<String>,
    /// 1 to 25.
    pub options: Vec<SelectOption>,
}

impl Select {
    fn component(&self) -> Component {
        let select = SelectMenuBuilder::new(&self.custom_id, SelectMenuType::Text);
        let select = self.placeholder.iter().fold(select, |select, text| select.placeholder(cut(text, 150)));
        let select = self.options.iter().take(25).fold(select, |select, option| select.option(option.component()));
        Component::SelectMenu(select.build())
    }
}

/// One of a list. Longer texts are cut; a value must not be.
#[derive(Clone, PartialEq, Eq)]
pub struct SelectOption {
    /// What people see; at most 100 characters.
    pub label: String,
    /// What comes back; 1 to 100 characters.
    pub value: String,
    /// What people see under the label; at most 100 characters.
    pub description: Option<String>,
    /// Whether it is chosen from the start.
    pub selected: bool,
}

impl fmt::Debug for SelectOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The label may be the title of somebody's report.
        f.debug_struct("SelectOption").field("value", &self.value).finish_non_exhaustive()
    }
}

impl SelectOption {
    /// One that is not chosen yet.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), description: None, selected: false }
    }

    pub(crate) fn component(&self) -> SelectMenuOption {
        let option = SelectMenuOptionBuilder::new(cut(&self.label, 100), &self.value).default(self.selected);
        self.description.iter().fold(option, |option, text| option.description(cut(text, 100))).build()
    }
}

/// A file to send. Does not print its name.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingFile {
    /// Its name, see `files::safe_name`.
    pub name: String,
    /// Its media type, e.g. `image/png`.
    pub content_type: String,
    /// What is in it. At most 10 MiB, unless the server is boosted; the whole request at most 25 MiB.
    pub bytes: Bytes,
}

impl fmt::Debug for OutgoingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingFile").field("size", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// The text, or its start and an ellipsis if it is longer than `limit`. Counted in UTF-16 units, of which no text has fewer than it
/// has characters: which of the two Discord counts is not documented.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if text.encode_utf16().count() <= limit {
        return text.to_owned();
    }
    let Some(mut left) = limit.checked_sub(1) else { return String::new() };
    let fits = |c: &char| left.checked_sub(c.len_utf16()).inspect(|rest| left = *rest).is_some();
    let mut start: String = text.chars().take_while(fits).collect();
    start.truncate(start.trim_end().len());
    start.push('…');
    start
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
    }

    #[test]
    fn a_select_has_a_row_of_its_own() {
        let select = Select {
            custom_id: "bug-severity:v1:5:7".to_owned(),
            placeholder: Some("How bad".to_owned()),
            options: vec![SelectOption {
                description: Some("d".to_owned()),
                ..SelectOption::new("x".repeat(101), "low")
            }],
        };
        let button = Button::custom("File", ButtonStyle::Primary, "bug-file:v1:5:7");
        let message = OutgoingMessage { selects: vec![select], ..OutgoingMessage::text("x").with_buttons([button]) };
        assert_eq!(
            serde_json::to_value(message.components()).unwrap(),
            json!([
                {"type": 1, "components": [{
                    "type": 3, "custom_id": "bug-severity:v1:5:7", "placeholder": "How bad", "disabled": false,
                    "options": [{"label": format!("{}…", "x".repeat(99)), "value": "low", "description": "d", "default": false}]
                }]},
                {"type": 1, "components": [
                    {"type": 2, "style": 1, "label": "File", "custom_id": "bug-file:v1:5:7"}
                ]}
            ])
        );
    }

    #[test]
    fn a_card_is_the_documented_json_and_fits() {
        let card = Embed {
            title: Some("Crash".to_owned()),
            description: Some("It does.".to_owned()),
            url: Some("https://example.org/7".to_owned()),
            colour: Some(0x00ff_8800),
            fields: vec![EmbedField::inline("Status", "new"), EmbedField::block("Steps", " "), EmbedField::default()],
            footer: Some("#7".to_owned()),
            timestamp: Some("2026-01-02T03:04:05Z".to_owned()),
        };
        let message = OutgoingMessage { embeds: vec![card], ..OutgoingMessage::default() };
        assert_eq!(
            message.embeds(),
            json!([{
                "title": "Crash", "description": "It does.", "url": "https://example.org/7", "color": 0x00ff_8800,
                "fields": [{"name": "Status", "value": "new", "inline": true}], "footer": {"text": "#7"},
                "timestamp": "2026-01-02T03:04:05Z"
            }])
        );
        let long = |count| Some("🎣".repeat(count));
        let card = Embed {
            title: long(300),
            description: long(5000),
            fields: vec![EmbedField::inline("n".repeat(300), "v".repeat(2000)); 3],
            footer: long(100),
            ..Embed::default()
        };
        let message = OutgoingMessage { embeds: vec![card; 11], ..OutgoingMessage::default() };
        let cards = message.embeds();
        assert_eq!(cards.as_array().unwrap().len(), 10);
        let units = |text: &Value| text.as_str().map_or(0, |text| text.encode_utf16().count());
        let mut sum = 0;
        for card in cards.as_array().unwrap() {
            assert!(units(&card["title"]) <= 256 && units(&card["description"]) <= 4096);
            sum += units(&card["title"]) + units(&card["description"]) + units(&card["footer"]["text"]);
            for field in card["fields"].as_array().into_iter().flatten() {
                assert!((1..=256).contains(&units(&field["name"])) && (1..=1024).contains(&units(&field["value"])));
                sum += units(&field["name"]) + units(&field["value"]);
            }
        }
        assert!((5990..=6000).contains(&sum), "{sum}");
    }

    #[test]
    fn what_is_cut_ends_in_an_ellipsis() {
        let check = |text: &str, limit: usize, expected: &str| assert_eq!(cut(text, limit), expected);
        check("abc", 3, "abc");
        check("abcd", 3, "ab…");
        check("a bcd", 3, "a…");
        check("🎣🎣", 4, "🎣🎣");
        check("🎣🎣", 3, "🎣…");
        check("🎣🎣", 2, "…");
        check("🎣", 1, "…");
        check("a", 0, "");
        check("", 0, "");
    }

    #[test]
    fn nothing_in_a_message_is_printed() {
        let secret = || Some("secret".to_owned());
        let message = OutgoingMessage {
            embeds: vec![Embed { title: secret(), description: secret(), footer: secret(), ..Embed::default() }],
            selects: vec![Select {
                custom_id: "a".to_owned(),
                placeholder: None,
                options: vec![SelectOption::new("secret", "1")],
            }],
            files: vec![OutgoingFile {
                name: "secret.png".to_owned(),
                content_type: "image/png".to_owned(),
                bytes: Bytes::from_static(b"secret"),
            }],
            ..OutgoingMessage::text("secret")
        };
        let printed = format!("{message:?} {:?} {:?} {:?}", message.embeds, message.selects, message.files);
        assert!(!printed.contains("secret"), "{printed}");
    }
}
