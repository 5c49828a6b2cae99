//! What Discord sends to the endpoint, read leniently: only the fields used, unknown ones ignored.
//!
//! Own structs, because twilight's models refuse payloads that Discord sends (a missing `attachment_size_limit`, for one) and lose
//! components they do not know. See [Discord Docs/Receiving and Responding].

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use domain::ids::{ApplicationId, AttachmentId, ChannelId, DiscordMessageId, GuildId, InteractionId, PersonId};
use domain::language::Language;
use domain::line::{LineFile, Origin, Said};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use serde_json::Value;

pub use crate::attachment::Attachment;
use crate::content::{self, Extras};

/// What makes a member of a server a moderator to us, any one of them: `ADMINISTRATOR`, `MANAGE_GUILD`, `MODERATE_MEMBERS`. None of
/// them can be given or taken in a single channel, so they mean the same wherever an interaction comes from. See [Discord
/// Docs/Permissions].
pub const MODERATOR_PERMISSIONS: u64 = (1 << 3) | (1 << 5) | (1 << 40);

/// How deep a body's arrays and objects may nest. Discord's own go down about ten levels.
pub const DEPTH_MAX: usize = 64;

/// Signed, but not what we can read. Quotes nothing of the body, so it may be logged and answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedEvent {
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("nested too deep")]
    TooDeep,
    /// Not JSON.
    #[error("not JSON, line {line} column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// JSON, but a field is missing or of another type.
    #[error("not an interaction, line {line} column {column}")]
    NotInteraction {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// Without a field that every such interaction has.
    #[error("the interaction has no {0}")]
    Missing(&'static str),
}

impl From<serde_json::Error> for MalformedEvent {
    fn from(error: serde_json::Error) -> Self {
        // serde's own sentence may quote a value, which may be somebody's text.
        let (line, column) = (error.line(), error.column());
        if error.is_data() { Self::NotInteraction { line, column } } else { Self::NotJson { line, column } }
    }
}

/// Discord's check that the endpoint is there. To be answered with a PONG, whatever else it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ping;

/// Reads whether a body is a PING. To be asked before [`parse`], which wants more than a PING may hold.
pub fn parse_ping(body: &[u8]) -> Result<Option<Ping>, MalformedEvent> {
    #[derive(Deserialize)]
    struct OnlyType {
        #[serde(rename = "type")]
        kind: u64,
    }
    let OnlyType { kind } = serde_json::from_str(checked(body)?)?;
    Ok((kind == 1).then_some(Ping))
}

/// Reads an interaction.
pub fn parse(body: &[u8]) -> Result<Interaction, MalformedEvent> {
    let wire: Wire = serde_json::from_str(checked(body)?)?;
    wire.try_into()
}

/// The body as text, if it is one that no parser down the line chokes on.
pub(crate) fn checked(body: &[u8]) -> Result<&str, MalformedEvent> {
    let text = std::str::from_utf8(body).map_err(|_| MalformedEvent::NotUtf8)?;
    // serde_json skips unknown fields without counting their depth, but a worker may read them.
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(MalformedEvent::TooDeep);
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(text)
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InteractionKind {
    /// Discord's check of the endpoint.
    Ping,
    /// A slash command.
    Command,
    /// A command from a message's menu.
    MessageCommand,
    /// A button or select of a message.
    Component,
    /// Typing in an option that wants suggestions.
    Autocomplete,
    /// A form, sent.
    ModalSubmit,
    /// Anything newer, and commands from a person's menu, which we do not have.
    Unknown,
}

/// Where somebody did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// In a server.
    Guild,
    /// In the direct messages with the bot.
    BotDm,
    /// In another direct message or group; the bot can neither read nor post there.
    PrivateChannel,
}

/// The channel that something happened in, of which [`Interaction`] knows the ID alone: the front door passes the rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The channel.
    pub channel: ChannelId,
    /// Discord's type of it. See [Discord Docs/Channels Resource, Channel Types].
    pub kind: u64,
    /// The channel that a thread is in.
    pub parent: Option<ChannelId>,
}

impl Spot {
    /// Reads it from an interaction as it came.
    pub fn read(payload: &Value) -> Option<Self> {
        let channel = &payload["channel"];
        let id = |value: &Value| value.as_str()?.parse().ok();
        Some(Self { channel: id(&channel["id"])?, kind: channel["type"].as_u64()?, parent: id(&channel["parent_id"]) })
    }
}

/// Who did it.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Their user ID.
    pub id: PersonId,
    /// Their name on this server, else their display name, else their user name.
    pub display_name: String,
    /// Their user name.
    pub username: String,
    /// Their avatar's hash, where they have one.
    pub avatar: Option<String>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names stay out of logs.
        f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
    }
}

/// With what right the application is here. See [Discord Docs/Receiving and Responding, Authorizing Integration Owners].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owners {
    /// Installed in a server, or used in the bot's DM.
    pub guild_install: bool,
    /// Who installed it for themselves; not always the one who did this.
    pub user_install: Option<PersonId>,
}

/// The key to an interaction's answers for 15 minutes. A bearer secret, so it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct InteractionToken(String);

impl InteractionToken {
    /// Wraps a token.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token itself, for the URL that it goes into and for the store.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InteractionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The message that a message command was used on, in full even without the message-content intent.
#[derive(Clone, PartialEq, Eq)]
pub struct TargetMessage {
    /// Its ID.
    pub id: DiscordMessageId,
    /// Where it stands, if Discord says so.
    pub channel_id: Option<ChannelId>,
    /// Who wrote it.
    pub author_id: PersonId,
    /// Whether a bot wrote it.
    pub author_is_bot: bool,
    /// Its text.
    pub content: String,
    /// When it was last changed, RFC 3339.
    pub edited_timestamp: Option<String>,
    /// The files that hang on it.
    pub attachments: Vec<Attachment>,
    /// What else is in it.
    pub extras: Extras,
}

impl TargetMessage {
    fn read(message: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some(Self {
            id: message["id"].as_str()?.parse().ok()?,
            channel_id: message["channel_id"].as_str().and_then(|id| id.parse().ok()),
            author_id: message["author"]["id"].as_str()?.parse().ok()?,
            author_is_bot: message["author"]["bot"].as_bool().unwrap_or_default(),
            content: text(&message["content"]).unwrap_or_default(),
            edited_timestamp: text(&message["edited_timestamp"]),
            attachments: content::attachments(message),
            extras: Extras::read(message),
        })
    }

    /// What its author says with it, as a line for the agents: the text with stand-ins for what is no text, and the files.
    pub fn said(&self) -> Said {
        let files: Vec<_> = self.extras.all_files(&self.attachments).map(LineFile::from).collect();
        Said {
            text: self.extras.in_words(&self.content, !files.is_empty()),
            files,
            origin: self.channel_id.map(|channel| Origin { channel, message: self.id }),
            edited_at: self.edited_timestamp.clone(),
        }
    }
}

impl fmt::Debug for TargetMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TargetMessage")
            .field("id", &self.id)
            .field("author_id", &self.author_id)
            .finish_non_exhaustive()
    }
}

/// The message that a component sits on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceMessage {
    /// Its ID.
    pub id: DiscordMessageId,
    /// Who wrote it.
    pub author_id: Option<PersonId>,
    /// The application that wrote it.
    pub application_id: Option<ApplicationId>,
}

/// One interaction. Its `Debug` shows no text, name or token.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Interaction {
    /// Its ID, by which a repetition is known.
    pub id: InteractionId,
    /// The application it is for. To be compared with ours.
    pub application_id: ApplicationId,
    /// What somebody did.
    pub kind: InteractionKind,
    /// The key to its answers.
    pub token: InteractionToken,
    /// The server it happened in.
    pub guild_id: Option<GuildId>,
    /// The channel it happened in.
    pub channel_id: Option<ChannelId>,
    /// The newest message of that channel, which may have been deleted.
    pub last_message_id: Option<DiscordMessageId>,
    /// Where it happened, if Discord says so.
    pub context: Option<Context>,
    /// Who did it.
    pub person: Person,
    /// What they may do in that channel; only in servers.
    pub member_permissions: Option<u64>,
    /// Their language, e.g. `en-US`.
    pub locale: Option<String>,
    /// With what right the application is here.
    pub owners: Owners,
    name: Option<String>,
    custom_id: Option<String>,
    options: Vec<WireOption>,
    inputs: Vec<(String, String)>,
    selections: Vec<(String, Vec<String>)>,
    values: Vec<String>,
    attachments: Vec<Attachment>,
    people: Vec<Person>,
    /// Read only where it is wanted: the front door passes it on.
    target: Option<Value>,
    source: Option<SourceMessage>,
}

impl Interaction {
    /// The name of the command.
    pub fn command_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The text of a command's option, also of a subcommand's.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_str()
    }

    /// The number in a command's option.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.value(name)?.as_i64()
    }

    /// The yes or no in a command's option.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        self.value(name)?.as_bool()
    }

    /// Who is in a command's option.
    pub fn user(&self, name: &str) -> Option<&Person> {
        let id: PersonId = self.option(name)?.parse().ok()?;
        self.people.iter().find(|person| person.id == id)
    }

    /// The file in a command's option.
    pub fn attachment(&self, name: &str) -> Option<&Attachment> {
        self.resolve(self.option(name)?)
    }

    /// The files in a form's field, in the person's order.
    pub fn uploads(&self, custom_id: &str) -> Vec<&Attachment> {
        self.selected(custom_id).iter().filter_map(|id| self.resolve(id)).collect()
    }

    /// What was chosen in a form's select. Not to be trusted: a person can send anything.
    pub fn selected(&self, custom_id: &str) -> &[String] {
        self.selections.iter().find(|(id, _)| id == custom_id).map_or(&[], |(_, values)| values)
    }

    /// What was chosen in a message's select. Not to be trusted: a person can send anything.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Whether the person is a moderator of the server this happened in, see [`MODERATOR_PERMISSIONS`]; `None` outside servers.
    pub fn is_moderator(&self) -> Option<bool> {
        self.guild_id?;
        Some(self.member_permissions.is_some_and(|permissions| permissions & MODERATOR_PERMISSIONS != 0))
    }

    fn value(&self, name: &str) -> Option<&Value> {
        find(&self.options, &|option| option.name == name && option.value.is_some())?.value.as_ref()
    }

    fn resolve(&self, id: &str) -> Option<&Attachment> {
        let id: AttachmentId = id.parse().ok()?;
        self.attachments.iter().find(|attachment| attachment.id == id)
    }

    /// The subcommand that was used.
    pub fn subcommand(&self) -> Option<&str> {
        find(&self.options, &|option| option.kind == Some(1)).map(|option| option.name.as_str())
    }

    /// The option being typed and what is in it so far. For autocomplete.
    pub fn focused(&self) -> Option<(&str, &str)> {
        let option = find(&self.options, &|option| option.focused.unwrap_or_default())?;
        Some((&option.name, option.text().unwrap_or_default()))
    }

    /// The `custom_id` of the component or form. Not to be trusted: see [`crate::routes::CustomId`].
    pub fn custom_id(&self) -> Option<&str> {
        self.custom_id.as_deref()
    }

    /// What was typed into a form's text input.
    pub fn text_input(&self, custom_id: &str) -> Option<&str> {
        self.inputs.iter().find(|(id, _)| id == custom_id).map(|(_, value)| value.as_str())
    }

    /// The message that a message command was used on.
    pub fn target_message(&self) -> Option<TargetMessage> {
        TargetMessage::read(self.target.as_ref()?)
    }

    /// The message that the component sits on, or that the form was opened from.
    pub fn source_message(&self) -> Option<&SourceMessage> {
        self.source.as_ref()
    }

    /// The language that the person is spoken to in, by their client's locale.
    pub fn language(&self) -> Language {
        Language::of(self.locale.as_deref().unwrap_or_default())
    }

    /// Whether this happened in the direct messages with the bot.
    pub fn is_bot_dm(&self) -> bool {
        self.context == Some(Context::BotDm)
    }

    /// Whether there may be messages in the channel behind the one that the component sits on or that the form was opened from. For
    /// everything else: whether there may be messages.
    pub fn may_follow_messages(&self) -> bool {
        let source = self.source.as_ref().map(|source| source.id);
        self.last_message_id.is_some_and(|newest| source.is_none_or(|source| newest > source))
    }
}

impl fmt::Debug for Interaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interaction")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("context", &self.context)
            .field("person", &self.person)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The first option for which `wanted` holds, subcommands and their groups included.
fn find<'a>(options: &'a [WireOption], wanted: &dyn Fn(&WireOption) -> bool) -> Option<&'a WireOption> {
    options.iter().find_map(|option| {
        if wanted(option) { Some(option) } else { find(option.options.as_deref().unwrap_or_default(), wanted) }
    })
}

impl TryFrom<Wire> for Interaction {
    type Error = MalformedEvent;

    fn try_from(wire: Wire) -> Result<Self, MalformedEvent> {
        let data = wire.data.unwrap_or_default();
        let kind = match (wire.kind, data.kind) {
            (1, _) => InteractionKind::Ping,
            (2, None | Some(1)) => InteractionKind::Command,
            (2, Some(3)) => InteractionKind::MessageCommand,
            (3, _) => InteractionKind::Component,
            (4, _) => InteractionKind::Autocomplete,
            (5, _) => InteractionKind::ModalSubmit,
            _ => InteractionKind::Unknown,
        };
        let (nick, member_user, permissions) =
            wire.member.map(|member| (member.nick, member.user, member.permissions)).unwrap_or_default();
        let user = member_user.or(wire.user).ok_or(MalformedEvent::Missing("user"))?;
        let guild_id = wire.guild_id.map(|id| id.0);
        let context = match wire.context {
            Some(0) => Some(Context::Guild),
            Some(1) => Some(Context::BotDm),
            Some(2) => Some(Context::PrivateChannel),
            _ => guild_id.map(|_| Context::Guild),
        };
        let owners = wire.authorizing_integration_owners.unwrap_or_default();
        let resolved = data.resolved.unwrap_or_default();
        let target = data.target_id.and_then(|id| Some(resolved.messages?.get_mut(&id)?.take()));
        let (mut inputs, mut selections) = (Vec::new(), Vec::new());
        collect_inputs(data.components.unwrap_or_default(), &mut inputs, &mut selections);
        let (channel_id, last_message_id) =
            wire.channel.map(|channel| (channel.id, channel.last_message_id)).unwrap_or_default();
        Ok(Self {
            id: wire.id.0,
            application_id: wire.application_id.0,
            kind,
            token: InteractionToken(wire.token),
            guild_id,
            channel_id: wire.channel_id.or(channel_id).map(|id| id.0),
            last_message_id: last_message_id.map(|id| id.0),
            context,
            person: user.named(nick),
            member_permissions: permissions.and_then(|bits| bits.parse().ok()),
            locale: wire.locale,
            owners: Owners {
                guild_install: owners.contains_key("0"),
                user_install: owners.get("1").and_then(|id| id.as_str()?.parse().ok()),
            },
            name: data.name,
            custom_id: data.custom_id,
            options: data.options.unwrap_or_default(),
            inputs,
            selections,
            values: texts(data.values),
            attachments: entries(resolved.attachments).filter_map(|(_, file)| Attachment::read(file)).collect(),
            people: people(resolved.users, resolved.members),
            target,
            source: wire.message.map(|message| SourceMessage {
                id: message.id.0,
                author_id: message.author.map(|author| author.id.0),
                application_id: message.application_id.map(|id| id.0),
            }),
        })
    }
}

/// Fields sit in a Label (`component`) or, as of old, in an action row (`components`).
fn collect_inputs(
    components: Vec<WireComponent>,
    inputs: &mut Vec<(String, String)>,
    selections: &mut Vec<(String, Vec<String>)>,
) {
    for component in components {
        match (component.custom_id, component.value, component.values) {
            (Some(id), Some(Value::String(value)), _) => inputs.push((id, value)),
            (Some(id), _, values @ Some(_)) => selections.push((id, texts(values))),
            _ => {}
        }
        collect_inputs(component.component.map(|inner| vec![*inner]).unwrap_or_default(), inputs, selections);
        collect_inputs(component.components.unwrap_or_default(), inputs, selections);
    }
}

/// The texts of what should be a list of them.
fn texts(value: Option<Value>) -> Vec<String> {
    let Some(Value::Array(values)) = value else { return Vec::new() };
    let text = |value| if let Value::String(text) = value { Some(text) } else { None };
    values.into_iter().filter_map(text).collect()
}

/// The entries of what should be an object.
fn entries(value: Option<Value>) -> impl Iterator<Item = (String, Value)> {
    let object = if let Some(Value::Object(object)) = value { Some(object) } else { None };
    object.into_iter().flatten()
}

/// The users with the names that they have on this server.
fn people(users: Option<Value>, mut members: Option<Value>) -> Vec<Person> {
    let person = |(id, user): (String, Value)| {
        let user: WireUser = serde_json::from_value(user).ok()?;
        let nick = members.as_mut().and_then(|members| members.get_mut(&id)?.get_mut("nick")).map(Value::take);
        Some(user.named(nick.and_then(|nick| nick.as_str().map(str::to_owned))))
    };
    entries(users).filter_map(person).collect()
}

/// The interaction on the wire.
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    kind: u64,
    id: Snowflake<InteractionId>,
    application_id: Snowflake<ApplicationId>,
    token: String,
    guild_id: Option<Snowflake<GuildId>>,
    channel_id: Option<Snowflake<ChannelId>>,
    channel: Option<WireChannel>,
    context: Option<u64>,
    member: Option<WireMember>,
    user: Option<WireUser>,
    locale: Option<String>,
    authorizing_integration_owners: Option<HashMap<String, Value>>,
    data: Option<WireData>,
    message: Option<WireMessage>,
}

#[derive(Deserialize)]
struct WireChannel {
    id: Option<Snowflake<ChannelId>>,
    last_message_id: Option<Snowflake<DiscordMessageId>>,
}

#[derive(Deserialize)]
struct WireMember {
    nick: Option<String>,
    user: Option<WireUser>,
    permissions: Option<String>,
}

/// A user. Also read by [`crate::client`] and [`crate::oauth`].
#[derive(Deserialize)]
pub(crate) struct WireUser {
    id: Snowflake<PersonId>,
    username: Option<String>,
    global_name: Option<String>,
    avatar: Option<String>,
}

impl WireUser {
    /// The user, who may have another name on a server.
    pub(crate) fn named(self, nick: Option<String>) -> Person {
        let username = self.username.unwrap_or_default();
        let display_name = [nick, self.global_name].into_iter().flatten().find(|name| !name.is_empty());
        // It becomes part of an address.
        let is_hash =
            |hash: &String| hash.len() <= 64 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        Person {
            id: self.id.0,
            display_name: display_name.unwrap_or_else(|| username.clone()),
            avatar: self.avatar.filter(is_hash),
            username,
        }
    }
}

#[derive(Default, Deserialize)]
struct WireData {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<u64>,
    options: Option<Vec<WireOption>>,
    resolved: Option<WireResolved>,
    target_id: Option<String>,
    custom_id: Option<String>,
    components: Option<Vec<WireComponent>>,
    values: Option<Value>,
}

#[derive(Clone, PartialEq, Eq, Deserialize)]
struct WireOption {
    name: String,
    #[serde(rename = "type")]
    kind: Option<u64>,
    value: Option<Value>,
    focused: Option<bool>,
    options: Option<Vec<WireOption>>,
}

impl WireOption {
    fn text(&self) -> Option<&str> {
        self.value.as_ref()?.as_str()
    }
}

#[derive(Default, Deserialize)]
struct WireResolved {
    messages: Option<Value>,
    attachments: Option<Value>,
    users: Option<Value>,
    members: Option<Value>,
}

#[derive(Deserialize)]
struct WireMessage {
    id: Snowflake<DiscordMessageId>,
    author: Option<WireUser>,
    application_id: Option<Snowflake<ApplicationId>>,
}

#[derive(Deserialize)]
struct WireComponent {
    custom_id: Option<String>,
    value: Option<Value>,
    values: Option<Value>,
    component: Option<Box<WireComponent>>,
    components: Option<Vec<WireComponent>>,
}

/// An ID as Discord writes it: decimal digits in a string. Also read by [`crate::client`].
pub(crate) struct Snowflake<T>(pub(crate) T);

impl<'de, T: FromStr> Deserialize<'de> for Snowflake<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits<T>(PhantomData<T>);
        impl<T: FromStr> Visitor<'_> for Digits<T> {
            type Value = Snowflake<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a Discord ID")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                text.parse().map(Snowflake).map_err(|_| E::custom("not a Discord ID"))
            }
        }
        deserializer.deserialize_str(Digits(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recorded events, by file name without its ending.
    pub(crate) fn event(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../../events/discord/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn parsed(name: &str) -> Interaction {
        parse(&event(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[test]
    fn every_recorded_event_parses() {
        let folder = format!("{}/../../events/discord", env!("CARGO_MANIFEST_DIR"));
        let mut count = 0;
        for file in
            std::fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|file| file.file_type().unwrap().is_file())
        {
            let body = std::fs::read(file.path()).unwrap();
            let interaction = parse(&body).unwrap_or_else(|error| panic!("{:?}: {error}", file.file_name()));
            assert_ne!(interaction.kind, InteractionKind::Unknown, "{:?}", file.file_name());
            assert_eq!(parse_ping(&body).unwrap().is_some(), interaction.kind == InteractionKind::Ping);
            // A worker gets the same thing through serde.
            assert_eq!(serde_json::from_slice::<Interaction>(&body).unwrap(), interaction);
            count += 1;
        }
        assert!(count >= 20, "{count}");
    }

    #[test]
    fn a_command_in_a_server() {
        let interaction = parsed("command-helpme-with-question-in-server");
        assert_eq!(interaction.kind, InteractionKind::Command);
        assert_eq!(interaction.command_name(), Some("helpme"));
        assert_eq!(interaction.option("question"), Some("How do I get more lures? 🎣"));
        assert_eq!(interaction.option("text"), None);
        assert_eq!(interaction.application_id.get(), 1_380_000_000_000_000_001);
        assert_eq!(interaction.person.id.get(), 1_380_000_000_000_000_777);
        assert_eq!(interaction.person.display_name, "Ada");
        assert_eq!(interaction.person.username, "ada_player");
        assert_eq!(interaction.guild_id.map(GuildId::get), Some(1_380_000_000_000_000_100));
        assert_eq!(interaction.channel_id.map(ChannelId::get), Some(1_380_000_000_000_000_101));
        assert_eq!(interaction.context, Some(Context::Guild));
        assert_eq!(interaction.locale.as_deref(), Some("id"));
        assert_eq!(interaction.member_permissions, Some(2_251_799_813_685_247));
        assert_eq!(interaction.owners, Owners { guild_install: true, user_install: None });
    }

    #[test]
    fn a_command_in_the_bots_dm_and_one_elsewhere() {
        let interaction = parsed("command-helpme-in-dm");
        assert!(interaction.is_bot_dm());
        assert_eq!((interaction.guild_id, interaction.member_permissions), (None, None));
        assert_eq!(interaction.option("question"), None);
        let interaction = parsed("command-helpme-user-install");
        assert_eq!(interaction.context, Some(Context::PrivateChannel));
        assert_eq!(interaction.owners, Owners { guild_install: false, user_install: Some(interaction.person.id) });
    }

    #[test]
    fn a_click_and_the_form_it_opened() {
        let interaction = parsed("component-reply");
        assert_eq!(interaction.kind, InteractionKind::Component);
        assert_eq!(interaction.custom_id(), Some("reply:v1:1380000000000000777"));
        let source = interaction.source_message().unwrap();
        assert_eq!(source.application_id, Some(interaction.application_id));
        assert_eq!(source.author_id.map(PersonId::get), Some(interaction.application_id.get()));
        assert_eq!(source.id.get(), 1_405_000_000_000_000_002);
        for name in ["modal-reply", "modal-reply-with-file", "modal-reply-action-row"] {
            let interaction = parsed(name);
            assert_eq!(interaction.kind, InteractionKind::ModalSubmit);
            assert_eq!(interaction.custom_id(), Some("reply:v1:1380000000000000777"));
            assert_eq!(interaction.text_input("body"), Some("It still crashes after the update."), "{name}");
            assert_eq!(interaction.text_input("files"), None);
        }
    }

    #[test]
    fn a_message_command_carries_the_message() {
        let interaction = parsed("message-command-send-to-support");
        assert_eq!(interaction.kind, InteractionKind::MessageCommand);
        assert_eq!(interaction.command_name(), Some("Send to support"));
        let target = interaction.target_message().unwrap();
        assert_eq!(target.content, "my game crashes on start");
        assert_eq!(
            (target.author_id, target.author_is_bot, target.attachments.len()),
            (interaction.person.id, false, 0)
        );
        assert_eq!(target.channel_id, interaction.channel_id);
        assert_eq!(target.id.get(), 1_405_000_000_000_000_003);
        let interaction = parsed("message-command-of-somebody-else-in-server");
        let target = interaction.target_message().unwrap();
        assert_ne!(target.author_id, interaction.person.id);
        assert_eq!(target.attachments.len(), 1);
    }

    #[test]
    fn autocomplete_knows_what_is_being_typed() {
        let interaction = parsed("autocomplete-case");
        assert_eq!(interaction.kind, InteractionKind::Autocomplete);
        assert_eq!(interaction.subcommand(), Some("view"));
        assert_eq!(interaction.focused(), Some(("number", "map cra")));
        assert_eq!(interaction.option("number"), Some("map cra"));
    }

    #[test]
    fn a_command_with_a_file() {
        let interaction = parsed("command-bug-with-attachment");
        let file = interaction.attachment("file").unwrap();
        assert_eq!(
            (file.id.get(), file.filename.as_str(), file.size),
            (1_405_000_000_000_000_500, "crash.png", 241_394)
        );
        assert_eq!(file.content_type.as_deref(), Some("image/png"));
        assert!(file.url.starts_with("https://cdn.discordapp.com/ephemeral-attachments/"));
        assert_eq!(interaction.attachment("title"), None);
        assert_eq!(interaction.is_moderator(), Some(true));
        assert_eq!(parsed("command-bug").option("title"), None);
    }

    #[test]
    fn a_form_with_a_choice_and_files() {
        let interaction = parsed("modal-bug");
        assert_eq!(interaction.custom_id(), Some("bug:v1:1380000000000000777"));
        assert_eq!(interaction.text_input("title"), Some("Crash when opening the map"));
        assert_eq!(interaction.text_input("steps"), Some(""));
        assert_eq!(interaction.selected("platform"), ["android"]);
        let names: Vec<_> = interaction.uploads("files").iter().map(|file| file.filename.as_str()).collect();
        assert_eq!(names, ["map.mp4", "crash.png"]);
        assert_eq!(interaction.uploads("platform"), Vec::<&Attachment>::new());
        assert_eq!(interaction.selected("bogus"), <[String; 0]>::default());
        // Outside servers nobody is a moderator by what Discord sends.
        assert_eq!(interaction.is_moderator(), None);
        let interaction = parsed("modal-feature");
        assert_eq!(
            (interaction.selected("severity"), interaction.uploads("files").len()),
            (&["high".to_owned()][..], 0)
        );
        assert_eq!((interaction.selected("platform").len(), interaction.is_moderator()), (0, Some(false)));
        assert_eq!(parsed("component-bug-severity").values(), ["critical"]);
        assert_eq!(parsed("component-bug-vote").values().len(), 0);
    }

    #[test]
    fn a_subcommand_with_somebody_and_other_options() {
        let interaction = parsed("command-case-assign");
        assert_eq!(interaction.subcommand(), Some("assign"));
        let person = interaction.user("to").unwrap();
        assert_eq!((person.id.get(), person.display_name.as_str()), (1_380_000_000_000_000_778, "Countess"));
        assert_eq!((person.username.as_str(), interaction.user("number")), ("grace", None));
        let interaction = parsed("command-case-list");
        assert_eq!((interaction.boolean("mine_only"), interaction.option("status")), (Some(true), Some("open")));
        assert_eq!((interaction.boolean("status"), interaction.option("mine_only")), (None, None));
        assert_eq!(parsed("command-case-view").option("number"), Some("12"));
        let body = br#"{"type":2,"id":"1","application_id":"2","token":"t","user":{"id":"3"},
            "data":{"options":[{"name":"n","type":4,"value":-7},{"name":"x","type":10,"value":1.5}]}}"#;
        let interaction = parse(body).unwrap();
        assert_eq!((interaction.integer("n"), interaction.integer("x")), (Some(-7), None));
    }

    #[test]
    fn a_wrong_shape_is_as_good_as_none() {
        let check = |data: &str| {
            let body =
                format!(r#"{{"type":5,"id":"1","application_id":"2","token":"t","user":{{"id":"3"}},"data":{data}}}"#);
            let interaction = parse(body.as_bytes()).unwrap_or_else(|error| panic!("{data}: {error}"));
            assert!(interaction.uploads("f").is_empty() && interaction.attachment("f").is_none(), "{data}");
            assert!(interaction.user("f").is_none() && interaction.integer("f").is_none(), "{data}");
            assert!(interaction.boolean("f").is_none(), "{data}");
        };
        let field = r#""components":[{"component":{"custom_id":"f","values":["5","x",7,null]}}]"#;
        for resolved in ["null", "{}", r#"{"attachments":7}"#, r#"{"attachments":{"5":7,"6":{"id":"x"},"7":null}}"#] {
            check(&format!(r#"{{{field},"resolved":{resolved}}}"#));
        }
        check(r#"{"components":[{"component":{"custom_id":"f","values":{"a":1}}}],"values":"a"}"#);
        for value in ["{}", "[]", "null", r#""5""#, "1e300"] {
            check(&format!(
                r#"{{"options":[{{"name":"f","value":{value}}}],"resolved":{{"users":{{"5":{{}}}},"members":[]}}}}"#
            ));
        }
    }

    #[test]
    fn moderators_have_one_of_three_permissions() {
        let check = |permissions: &str, expected: Option<bool>| {
            let body = format!(r#"{{"type":2,"id":"1","application_id":"2","token":"t",{permissions}}}"#);
            assert_eq!(parse(body.as_bytes()).unwrap().is_moderator(), expected, "{permissions}");
        };
        let member = |bits: u64| format!(r#""guild_id":"5","member":{{"permissions":"{bits}","user":{{"id":"3"}}}}"#);
        check(&member(1 << 3), Some(true));
        check(&member(1 << 5), Some(true));
        check(&member(1 << 40), Some(true));
        check(&member(!MODERATOR_PERMISSIONS), Some(false));
        check(&member(0), Some(false));
        check(r#""guild_id":"5","member":{"user":{"id":"3"}}"#, Some(false));
        check(r#""user":{"id":"3"}"#, None);
        // Without a server, permissions say nothing.
        check(r#""member":{"permissions":"8","user":{"id":"3"}}"#, None);
    }

    #[test]
    fn the_least_that_parses() {
        let body =
            br#"{"type":2,"id":"1","application_id":"2","token":"t","user":{"id":"3"},"data":null,"new":{"a":[1]}}"#;
        let interaction = parse(body).unwrap();
        assert_eq!(interaction.kind, InteractionKind::Command);
        assert_eq!(
            (interaction.person.display_name.as_str(), interaction.context, interaction.command_name()),
            ("", None, None)
        );
        let nick = br#"{"type":3,"id":"1","application_id":"2","token":"t","guild_id":"5","channel":{"id":"6"},
            "member":{"nick":"Countess","user":{"id":"3","username":"ada","global_name":"Ada"}}}"#;
        let interaction = parse(nick).unwrap();
        assert_eq!((interaction.person.display_name.as_str(), interaction.context), ("Countess", Some(Context::Guild)));
        assert_eq!(interaction.channel_id.map(ChannelId::get), Some(6));
        let newer = br#"{"type":99,"id":"1","application_id":"2","token":"t","user":{"id":"3"}}"#;
        assert_eq!(parse(newer).unwrap().kind, InteractionKind::Unknown);
        assert_eq!(parse_ping(br#"{"type":1}"#), Ok(Some(Ping)));
    }

    #[test]
    fn the_channels_newest_message_tells_whether_something_was_typed() {
        let check = |channel: &str, message: &str, expected: bool| {
            let place = format!(r#""channel":{channel},"message":{message},"user":{{"id":"3"}}"#);
            let body = format!(r#"{{"type":3,"id":"1","application_id":"2","token":"t",{place}}}"#);
            assert_eq!(parse(body.as_bytes()).unwrap().may_follow_messages(), expected, "{channel} {message}");
        };
        check(r#"{"id":"9","last_message_id":"8"}"#, r#"{"id":"8"}"#, false);
        check(r#"{"id":"9","last_message_id":"11"}"#, r#"{"id":"8"}"#, true);
        check(r#"{"id":"9","last_message_id":"8"}"#, "null", true);
        check(r#"{"id":"9","last_message_id":null}"#, "null", false);
        check(r#"{"id":"9"}"#, r#"{"id":"8"}"#, false);
        check("null", "null", false);
    }

    #[test]
    fn an_avatar_is_a_hash_or_nothing() {
        let check = |avatar: &str, expected: Option<&str>| {
            let user = format!(r#""user":{{"id":"3","avatar":{avatar}}}"#);
            let body = format!(r#"{{"type":2,"id":"1","application_id":"2","token":"t",{user}}}"#);
            assert_eq!(parse(body.as_bytes()).unwrap().person.avatar.as_deref(), expected, "{avatar}");
        };
        check("null", None);
        check(r#""a_c6a249645d46209f337279cd2ca998c7""#, Some("a_c6a249645d46209f337279cd2ca998c7"));
        check(r#""../emojis""#, None);
        check(&format!("\"{}\"", "a".repeat(65)), None);
    }

    #[test]
    fn what_does_not_parse_quotes_nothing() {
        let check = |body: &[u8], said: &str| assert_eq!(parse(body).unwrap_err().to_string(), said);
        check(b"", "not JSON, line 1 column 0");
        check(b"{\"type\":2", "not JSON, line 1 column 9");
        check(b"\xff{}", "not UTF-8");
        check(b"{}", "not an interaction, line 1 column 2");
        check(br#"{"type":"secret"}"#, "not an interaction, line 1 column 16");
        check(br#"{"type":2,"id":"secret"}"#, "not an interaction, line 1 column 23");
        check(br#"{"type":2,"id":"1","application_id":"2","token":"t"}"#, "the interaction has no user");
        check(format!(r#"{{"type":1,"x":{}"#, "[".repeat(100_000)).as_bytes(), "nested too deep");
        check(format!("{}{}", "[".repeat(65), "]".repeat(65)).as_bytes(), "nested too deep");
        assert_eq!(
            parse_ping(format!(r#"{{"type":1,"x":{}"#, "{\"a\":".repeat(100_000)).as_bytes()),
            Err(MalformedEvent::TooDeep)
        );
        // Brackets in a string are text.
        let text = format!(r#"{{"type":1,"x":"\"{}"}}"#, "[".repeat(1000));
        assert_eq!(parse_ping(text.as_bytes()), Ok(Some(Ping)));
    }

    #[test]
    fn nothing_personal_is_printed() {
        for name in ["command-message-in-dm", "modal-reply", "message-command-send-to-support", "modal-bug"] {
            let interaction = parsed(name);
            let printed = format!("{interaction:?} {:?}", interaction.uploads("files"));
            for secret in ["crash", "Ada", "ada_player", "aW50ZXJhY3Rpb246RVhBTVBMRQ"] {
                assert!(!printed.contains(secret), "{printed}");
            }
        }
    }
}
