//! What the simulated Discord knows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::files::StoredFile;
use super::guild::{self, Guild, Tag};
use super::oauth::Grants;
use super::payload::{Checked, Refusal};
use crate::sims::ids::{DISCORD_EPOCH_MS, discord_time, now_ms};

/// How long an interaction's token works. See [Discord Docs/Receiving and Responding].
pub(super) const TOKEN_LIFE_MS: u64 = 15 * 60 * 1000;

/// How long a nonce is remembered. Discord says "the past few minutes".
const NONCE_LIFE_MS: u64 = 5 * 60 * 1000;

/// A simulated person. What is known about them is asked of the simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Person(pub u64);

impl Person {
    /// The Discord user ID.
    pub fn id(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Where somebody does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A channel or thread of any server.
    Guild(u64),
    /// The bot's DM.
    Dm,
    /// Somebody else's DM or a group DM; only user-installed commands are there.
    OtherDm,
}

/// A user of the simulated server.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// User ID.
    pub id: u64,
    /// Name as shown.
    pub name: String,
    /// Locale of their client.
    pub locale: String,
    /// Permissions in every channel of the first server.
    pub permissions: u64,
    /// Whether the bot may send DMs.
    pub dm_open: bool,
    /// Whether they are in a server with the bot.
    pub in_guild: bool,
    /// Whether they have installed the application for themselves.
    pub installed: bool,
    /// Their DM with the bot, once it was opened.
    pub dm: Option<u64>,
    /// Longest file that their client uploads, in bytes: 10 MiB, and more with Nitro.
    pub upload_limit: u64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Channel {
    pub(super) name: String,
    /// Discord's channel type.
    pub(super) kind: u64,
    /// `None` for DMs.
    pub(super) guild: Option<u64>,
    /// `None` for channels of a server.
    pub(super) recipient: Option<u64>,
    /// Not the bot's DM: it cannot read or post there.
    pub(super) foreign: bool,
    pub(super) last_message: Option<u64>,
    /// The board of a thread, or the category of a channel.
    pub(super) parent: Option<u64>,
    pub(super) topic: Option<String>,
    pub(super) flags: u64,
    pub(super) position: u64,
    /// What a forum has beside its tags, as it was sent.
    pub(super) settings: Map<String, Value>,
    /// A forum's tags.
    pub(super) tags: Vec<Tag>,
    /// Threads: whoever began it, its tags, whether it is archived and locked, and since when, in milliseconds.
    pub(super) owner: u64,
    pub(super) applied: Vec<u64>,
    pub(super) archived: bool,
    pub(super) locked: bool,
    pub(super) auto_archive: u64,
    pub(super) archive_ms: u64,
    pub(super) created_ms: u64,
    /// Who is in a private thread.
    pub(super) members: BTreeSet<u64>,
}

impl Channel {
    /// Whether it is a thread, of any kind.
    pub(super) fn is_thread(&self) -> bool {
        matches!(self.kind, guild::PUBLIC_THREAD | guild::PRIVATE_THREAD)
    }
}

/// A message as it is shown now.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts about a message that do not depend on each other")]
pub struct SimMessage {
    /// Message ID.
    pub id: u64,
    /// Channel ID.
    pub channel_id: u64,
    /// User ID of who wrote it.
    pub author_id: u64,
    /// Their name.
    pub author: String,
    /// Whether the bot wrote it.
    pub from_bot: bool,
    /// The text.
    pub content: String,
    /// As sent.
    pub embeds: Value,
    /// As sent, with ids.
    pub components: Value,
    /// Message flags.
    pub flags: u64,
    /// When it was written, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it was last edited.
    pub edited_ms: Option<u64>,
    /// Earlier contents, oldest first.
    pub history: Vec<String>,
    /// The only person who sees it, if it is ephemeral.
    pub ephemeral_for: Option<u64>,
    /// Whose interaction brought it about.
    pub interaction_of: Option<u64>,
    /// "… is thinking".
    pub loading: bool,
    /// Gone.
    pub deleted: bool,
    /// Who was pinged by any version of it.
    pub pinged: Vec<String>,
    /// Whether every version of it carried `allowed_mentions`.
    pub mentions_limited: bool,
    /// Its nonce.
    pub nonce: Option<String>,
    /// IDs of its files: [`DiscordState::attachments`], [`DiscordState::file_bytes`].
    pub attachments: Vec<u64>,
    /// Emoji that the bot reacted with.
    pub reactions: Vec<String>,
    /// What else is in it, as Discord tells it: `sticker_items`, `poll`, `message_snapshots`.
    pub extras: Value,
}

impl SimMessage {
    /// The `custom_id`s of its buttons and selects.
    pub fn custom_ids(&self) -> Vec<String> {
        let components = super::payload::components_in(&self.components).into_iter();
        components.filter_map(|component| component["custom_id"].as_str().map(str::to_owned)).collect()
    }

    /// The `custom_id` that starts with `prefix`.
    pub fn button(&self, prefix: &str) -> Option<String> {
        self.custom_ids().into_iter().find(|id| id.starts_with(prefix))
    }

    /// Everything that is read on it: content, embeds, text components, labels.
    pub fn all_text(&self) -> String {
        let mut text = vec![self.content.clone()];
        let push = |value: &Value, text: &mut Vec<String>| text.extend(value.as_str().map(str::to_owned));
        for embed in self.embeds.as_array().into_iter().flatten() {
            for key in ["title", "url", "description"] {
                push(&embed[key], &mut text);
            }
            for field in embed["fields"].as_array().into_iter().flatten() {
                push(&field["name"], &mut text);
                push(&field["value"], &mut text);
            }
        }
        for component in super::payload::components_in(&self.components) {
            for key in ["content", "label", "url"] {
                push(&component[key], &mut text);
            }
        }
        text.retain(|part| !part.is_empty());
        text.join("\n")
    }

    pub(super) fn apply(&mut self, content: Checked, now: u64) {
        self.pinged.extend(content.pinged);
        if let Some(text) = content.content {
            let before = std::mem::replace(&mut self.content, text);
            if !self.loading {
                self.history.push(before);
            }
        }
        if let Some(embeds) = content.embeds {
            self.embeds = embeds;
        }
        if let Some(components) = content.components {
            self.components = components;
        }
        if let Some(attachments) = content.attachments {
            self.attachments = attachments;
        }
        if let Some(flags) = content.flags {
            // Ephemeral was decided by the first answer; components V2 cannot be taken off again.
            // A thread that hangs on it stays as well.
            self.flags = (flags & !64) | (self.flags & (64 | (1 << 5) | (1 << 15)));
        }
        if self.loading {
            self.loading = false;
            self.flags &= !128;
            self.mentions_limited = content.mentions_limited;
        } else {
            self.edited_ms = Some(now);
            self.mentions_limited &= content.mentions_limited;
        }
    }
}

/// The buttons of a message: label, `custom_id` and URL (one of the two is empty).
pub fn buttons(message: &SimMessage) -> Vec<(String, String, String)> {
    let components = super::payload::components_in(&message.components).into_iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    components
        .filter(|component| component["type"] == 2)
        .map(|button| (text(&button["label"]), text(&button["custom_id"]), text(&button["url"])))
        .collect()
}

/// The selects of a message, as Discord shows them: `custom_id`, `placeholder`, `options`.
pub fn selects(message: &SimMessage) -> Vec<&Value> {
    let components = super::payload::components_in(&message.components).into_iter();
    components.filter(|component| component["type"] == 3).collect()
}

/// An interaction, from Discord's side.
#[derive(Debug, Clone)]
pub(super) struct Interaction {
    pub(super) id: u64,
    #[expect(dead_code, reason = "shown by Debug")]
    pub(super) token: String,
    pub(super) kind: u64,
    pub(super) person: u64,
    pub(super) channel: u64,
    /// The message whose button was pressed.
    pub(super) source: Option<u64>,
    pub(super) user_install_only: bool,
    pub(super) acknowledged: bool,
    /// Not answered in time, or answered with something that is no answer.
    pub(super) invalid: bool,
    pub(super) original: Option<u64>,
    pub(super) follow_ups: usize,
    pub(super) expires_ms: u64,
    pub(super) modal: Option<Value>,
    pub(super) choices: Option<Value>,
}

/// Everything there is. Read-only for tests: [`super::DiscordSim::read`], [`super::DiscordSim::wait_for`].
pub struct DiscordState {
    pub(super) application_id: u64,
    pub(super) application: Map<String, Value>,
    pub(super) commands: Vec<Value>,
    /// The first server.
    pub(super) guild: u64,
    pub(super) guilds: BTreeMap<u64, Guild>,
    pub(super) guild_locale: String,
    pub(super) users: BTreeMap<u64, User>,
    pub(super) channels: BTreeMap<u64, Channel>,
    pub(super) messages: BTreeMap<u64, SimMessage>,
    /// IDs of each channel's messages, in order: boards have thousands of threads.
    by_channel: HashMap<u64, Vec<u64>>,
    pub(super) interactions: HashMap<String, Interaction>,
    pub(super) typing: Vec<(u64, u64)>,
    pub(super) nonces: Vec<(u64, String, u64, u64)>,
    /// In whose DMs they are forgotten at once.
    pub(super) without_nonces: BTreeSet<u64>,
    pub(super) violations: Vec<String>,
    pub(super) duplicate_next: usize,
    pub(super) sends: HashMap<u64, Vec<u64>>,
    pub(super) files: BTreeMap<u64, StoredFile>,
    /// `http://127.0.0.1:<port>` of the CDN, and the key of its signatures.
    pub(super) cdn_url: String,
    pub(super) cdn_key: [u8; 32],
    pub(super) grants: Grants,
    last_id: u64,
}

impl DiscordState {
    pub(super) fn new(application_id: u64, verify_key: &str, locale: &str) -> Self {
        let mut state = Self {
            application_id,
            application: Map::new(),
            commands: Vec::new(),
            guild: 0,
            guilds: BTreeMap::new(),
            guild_locale: locale.to_owned(),
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            by_channel: HashMap::new(),
            interactions: HashMap::new(),
            typing: Vec::new(),
            nonces: Vec::new(),
            without_nonces: BTreeSet::new(),
            violations: Vec::new(),
            duplicate_next: 0,
            sends: HashMap::new(),
            files: BTreeMap::new(),
            cdn_url: String::new(),
            cdn_key: crate::sims::ids::fresh(),
            grants: Grants::default(),
            last_id: 0,
        };
        state.guild = state.add_guild("Sandbox");
        for name in ["help", "general"] {
            state.add_channel(state.guild, name);
        }
        let application = json!({
            "id": application_id.to_string(), "name": "Support", "icon": null, "description": "", "type": null,
            "bot": state.bot(), "summary": "", "is_monetized": false, "bot_public": true, "bot_require_code_grant": false,
            "integration_types_config": {"0": {"oauth2_install_params": {"scopes": ["applications.commands", "bot"], "permissions": "0"}}},
            "verify_key": verify_key, "flags": 0, "hook": true, "redirect_uris": [], "interactions_endpoint_url": null,
            "role_connections_verification_url": null, "approximate_guild_count": 1, "approximate_user_install_count": 0,
        });
        if let Value::Object(application) = application {
            state.application = application;
        }
        state
    }

    /// A snowflake, larger than every one before.
    pub(super) fn next_id(&mut self) -> u64 {
        let now = (now_ms().saturating_sub(DISCORD_EPOCH_MS)) << 22;
        self.last_id = now.max(self.last_id + 1);
        self.last_id
    }

    /// A text channel of a server.
    pub(super) fn add_channel(&mut self, guild: u64, name: &str) -> u64 {
        let id = self.next_id();
        self.channels.insert(id, Channel { name: name.to_owned(), guild: Some(guild), ..Channel::default() });
        id
    }

    /// A DM of this person: with the bot, or somebody else's.
    pub(super) fn add_dm(&mut self, person: u64, foreign: bool) -> u64 {
        let id = self.next_id();
        let kind = if foreign { guild::GROUP_DM } else { guild::DM };
        self.channels.insert(id, Channel { kind, recipient: Some(person), foreign, ..Channel::default() });
        id
    }

    /// The channel of this name in the first server.
    pub fn channel(&self, name: &str) -> Option<u64> {
        self.channel_in(self.guild, name)
    }

    /// The channel of this name in a server. Threads are no channels here.
    pub fn channel_in(&self, guild: u64, name: &str) -> Option<u64> {
        let named = |channel: &Channel| channel.name == name && channel.guild == Some(guild) && !channel.is_thread();
        self.channels.iter().find(|(_, channel)| named(channel)).map(|(id, _)| *id)
    }

    /// The DM with the bot; it is opened if need be.
    pub(super) fn dm_channel(&mut self, person: u64) -> u64 {
        if let Some(dm) = self.users.get(&person).and_then(|user| user.dm) {
            return dm;
        }
        let dm = self.add_dm(person, false);
        if let Some(user) = self.users.get_mut(&person) {
            user.dm = Some(dm);
        }
        dm
    }

    /// What is known about a person.
    pub fn user(&self, person: Person) -> Option<&User> {
        self.users.get(&person.0)
    }

    /// Everybody.
    pub fn people(&self) -> Vec<Person> {
        self.users.keys().map(|id| Person(*id)).collect()
    }

    /// The commands as they are registered, with ids.
    pub fn commands(&self) -> &[Value] {
        &self.commands
    }

    /// The registered interactions endpoint.
    pub fn endpoint(&self) -> Option<&str> {
        self.application.get("interactions_endpoint_url").and_then(Value::as_str)
    }

    /// The visible history of a person's DM with the bot, in order.
    pub fn dm(&self, person: Person) -> Vec<SimMessage> {
        let dm = self.users.get(&person.0).and_then(|user| user.dm);
        self.in_channel(dm.unwrap_or_default()).filter(|message| message.ephemeral_for.is_none()).cloned().collect()
    }

    /// What was answered to a person's interactions, wherever it was, with its content of now: ephemeral answers and follow-ups too.
    pub fn shown_to(&self, person: Person) -> Vec<SimMessage> {
        let theirs = |message: &&SimMessage| message.interaction_of == Some(person.0) && !message.deleted;
        self.messages.values().filter(theirs).cloned().collect()
    }

    /// The visible messages of a channel, in order.
    pub fn channel_messages(&self, channel: u64) -> Vec<SimMessage> {
        self.in_channel(channel).cloned().collect()
    }

    /// One message, also when it is deleted.
    pub fn message(&self, id: u64) -> Option<&SimMessage> {
        self.messages.get(&id)
    }

    /// Every message there ever was, in order, deleted ones too.
    pub fn messages(&self) -> impl Iterator<Item = &SimMessage> {
        self.messages.values()
    }

    /// The application's ID, which is the bot's too.
    pub fn application_id(&self) -> u64 {
        self.application_id
    }

    /// How often the bot showed that it is typing in a channel.
    pub fn typing_in(&self, channel: u64) -> usize {
        self.typing.iter().filter(|(typed_in, _)| *typed_in == channel).count()
    }

    pub(super) fn in_channel(&self, channel: u64) -> impl Iterator<Item = &SimMessage> {
        let ids = self.by_channel.get(&channel).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.messages.get(id)).filter(|message| !message.deleted)
    }

    /// Writes a message and remembers it as the channel's last one.
    pub(super) fn post(&mut self, channel: u64, author: u64, content: Checked) -> SimMessage {
        let id = self.next_id();
        self.post_as(id, channel, author, content)
    }

    /// [`Self::post`] with an ID that is known already: the first message of a forum's post has its thread's.
    pub(super) fn post_as(&mut self, id: u64, channel: u64, author: u64, content: Checked) -> SimMessage {
        self.unarchive_by_posting(channel);
        let from_bot = author == self.application_id;
        let message = SimMessage {
            id,
            channel_id: channel,
            author_id: author,
            author: if from_bot { "Support".to_owned() } else { self.name_of(author) },
            from_bot,
            content: content.content.unwrap_or_default(),
            embeds: content.embeds.unwrap_or_else(|| json!([])),
            components: content.components.unwrap_or_else(|| json!([])),
            flags: content.flags.unwrap_or(0) & !64,
            created_ms: now_ms(),
            edited_ms: None,
            history: Vec::new(),
            ephemeral_for: None,
            interaction_of: None,
            loading: false,
            deleted: false,
            pinged: content.pinged,
            mentions_limited: content.mentions_limited,
            nonce: None,
            attachments: content.attachments.unwrap_or_default(),
            reactions: Vec::new(),
            extras: Value::Null,
        };
        self.messages.insert(id, message.clone());
        self.by_channel.entry(channel).or_default().push(id);
        if let Some(channel) = self.channels.get_mut(&channel) {
            channel.last_message = Some(id);
        }
        message
    }

    /// Writes a message that belongs to an interaction.
    pub(super) fn post_answer(
        &mut self,
        token: &str,
        content: Checked,
        ephemeral: bool,
        loading: bool,
    ) -> Option<SimMessage> {
        let interaction = self.interactions.get(token)?;
        let (channel, person) = (interaction.channel, interaction.person);
        let id = self.post(channel, self.application_id, content).id;
        let message = self.messages.get_mut(&id)?;
        message.interaction_of = Some(person);
        message.ephemeral_for = ephemeral.then_some(person);
        message.loading = loading;
        message.flags |= if ephemeral { 64 } else { 0 } | if loading { 128 } else { 0 };
        Some(message.clone())
    }

    /// The message that was sent with this nonce a short while ago.
    pub(super) fn by_nonce(&mut self, channel: u64, nonce: &str) -> Option<u64> {
        let now = now_ms();
        self.nonces.retain(|(_, _, _, at)| now - at < NONCE_LIFE_MS);
        let recipient = self.channels.get(&channel).and_then(|channel| channel.recipient);
        if recipient.is_some_and(|recipient| self.without_nonces.contains(&recipient)) {
            return None;
        }
        self.nonces.iter().find(|(sent_in, sent, _, _)| *sent_in == channel && sent == nonce).map(|(_, _, id, _)| *id)
    }

    /// The interaction behind a token that can be used for follow-ups.
    pub(super) fn usable(&self, application: &str, token: &str) -> Result<&Interaction, Refusal> {
        let unknown = || Refusal::new(404, 10015, "Unknown Webhook");
        if application != self.application_id.to_string() {
            return Err(unknown());
        }
        let interaction = self.interactions.get(token).ok_or_else(unknown)?;
        if interaction.invalid || !interaction.acknowledged {
            return Err(unknown());
        }
        if now_ms() > interaction.expires_ms {
            return Err(Refusal::new(401, 50027, "Invalid Webhook Token"));
        }
        Ok(interaction)
    }

    /// Takes a message away, and its files with it.
    pub(super) fn delete_message(&mut self, id: u64) {
        let Some(message) = self.messages.get_mut(&id) else { return };
        message.deleted = true;
        for file in message.attachments.clone() {
            if let Some(file) = self.files.get_mut(&file) {
                file.gone = true;
            }
        }
    }

    fn name_of(&self, user: u64) -> String {
        self.users.get(&user).map_or_else(|| user.to_string(), |user| user.name.clone())
    }

    // The objects as they travel. Field sets follow the captured payloads of the reference.

    pub(super) fn bot(&self) -> Value {
        json!({
            "avatar": null, "avatar_decoration_data": null, "bot": true, "discriminator": "0420", "flags": 0,
            "global_name": null, "id": self.application_id.to_string(), "primary_guild": null, "public_flags": 0,
            "username": "Support",
        })
    }

    pub(super) fn user_object(&self, id: u64) -> Value {
        if id == self.application_id {
            return self.bot();
        }
        let name = self.name_of(id);
        let username: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        json!({
            "avatar": format!("{id:032x}"), "avatar_decoration_data": null, "clan": null, "collectibles": null,
            "discriminator": "0", "flags": 0, "global_name": name, "id": id.to_string(), "primary_guild": null, "public_flags": 0,
            "username": format!("{username}_player"),
        })
    }

    pub(super) fn channel_object(&self, id: u64) -> Value {
        let Some(channel) = self.channels.get(&id) else { return Value::Null };
        let last = channel.last_message.map(|id| id.to_string());
        match channel.recipient {
            Some(person) => json!({
                "flags": 0, "id": id.to_string(), "last_message_id": last, "recipient_flags": 0,
                "recipients": [self.user_object(person)], "type": if channel.foreign { 3 } else { 1 },
            }),
            None => self.guild_channel_object(id, channel),
        }
    }

    /// A message as the bot reads it by REST. What people write in a server is kept from an application without the message-content
    /// intent, unless it is mentioned. See [Discord Docs/Message Content Intent].
    pub(super) fn read_object(&self, message: &SimMessage) -> Value {
        let mut object = self.message_object(message);
        let in_server = self.channels.get(&message.channel_id).is_some_and(|channel| channel.guild.is_some());
        let bot = self.application_id.to_string();
        let is_mentioned = object["mentions"].as_array().into_iter().flatten().any(|user| user["id"] == bot.as_str());
        if in_server && message.author_id != self.application_id && !is_mentioned && !self.has_content_intent() {
            object["content"] = json!("");
            for list in ["attachments", "embeds", "components"] {
                object[list] = json!([]);
            }
            if let Some(object) = object.as_object_mut() {
                object.remove("poll");
            }
        }
        object
    }

    /// Whether the application may read what people write in servers: `GATEWAY_MESSAGE_CONTENT` and its limited form.
    fn has_content_intent(&self) -> bool {
        let flags = self.application.get("flags").and_then(Value::as_u64).unwrap_or_default();
        flags & (1 << 18 | 1 << 19) != 0
    }

    pub(super) fn message_object(&self, message: &SimMessage) -> Value {
        // Whoever the text names, whether or not it pings them.
        let people = self.users.keys().copied().chain([self.application_id]).filter(|_| message.content.contains("<@"));
        let named = people.filter(|id| {
            [format!("<@{id}>"), format!("<@!{id}>")].iter().any(|mention| message.content.contains(mention.as_str()))
        });
        let mentions: Vec<Value> = named.map(|id| self.user_object(id)).collect();
        let attachments: Vec<Value> = message.attachments.iter().map(|id| self.attachment_object(*id)).collect();
        let mut object = json!({
            "attachments": attachments, "author": self.user_object(message.author_id), "channel_id": message.channel_id.to_string(),
            "components": message.components, "content": message.content,
            "edited_timestamp": message.edited_ms.map(discord_time), "embeds": message.embeds, "flags": message.flags,
            "id": message.id.to_string(), "mention_everyone": false, "mention_roles": [], "mentions": mentions, "pinned": false,
            "timestamp": discord_time(message.created_ms), "tts": false, "type": 0,
        });
        if message.from_bot {
            object["application_id"] = json!(self.application_id.to_string());
        }
        if let Some(nonce) = &message.nonce {
            object["nonce"] = json!(nonce);
        }
        if !message.reactions.is_empty() {
            let reaction = |emoji: &String| {
                json!({
                    "emoji": {"id": null, "name": emoji}, "count": 1, "me": true, "me_burst": false, "burst_colors": [],
                    "count_details": {"burst": 0, "normal": 1},
                })
            };
            object["reactions"] = message.reactions.iter().map(reaction).collect();
        }
        for (name, value) in message.extras.as_object().into_iter().flatten() {
            object[name] = value.clone();
        }
        // A thread that this message began; a forum's first message lies inside its thread.
        if message.channel_id != message.id && self.channels.contains_key(&message.id) {
            object["thread"] = self.channel_object(message.id);
        }
        object
    }
}
