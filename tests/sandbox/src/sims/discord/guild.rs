//! Servers: who is in them, what the bot may do there, their channels, forums and threads.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::files::Upload;
use super::payload::{self, Refusal};
use super::state::{Channel, DiscordState, SimMessage};
use crate::sims::http::Reply;
use crate::sims::ids::{discord_time, now_ms};

/// Send messages, use commands and so on: what everybody has. No right of a moderator is among them.
pub(super) const EVERYBODY: u64 = 2_248_473_465_835_073;

/// Every permission there is.
const ALL: u64 = 2_251_799_813_685_247;

/// `ADMINISTRATOR`: implies all others.
const ADMINISTRATOR: u64 = 1 << 3;

/// What is left to members who are timed out: `VIEW_CHANNEL` and `READ_MESSAGE_HISTORY`.
const TIMED_OUT: u64 = 1 << 10 | 1 << 16;

/// `MANAGE_CHANNELS`.
const MANAGE_CHANNELS: u64 = 1 << 4;

/// `MANAGE_THREADS`.
const MANAGE_THREADS: u64 = 1 << 34;

/// Channel types. See [Discord Docs/Channel Resource, "Channel Types"].
pub(super) const TEXT: u64 = 0;
pub(super) const DM: u64 = 1;
pub(super) const GROUP_DM: u64 = 3;
pub(super) const PUBLIC_THREAD: u64 = 11;
pub(super) const PRIVATE_THREAD: u64 = 12;
pub(super) const FORUM: u64 = 15;

/// Flag of a forum: every post needs a tag.
const REQUIRE_TAG: u64 = 1 << 4;

/// Type of the message that says who was added.
const RECIPIENT_ADD: u64 = 1;

/// Flag of a message that began a thread.
const HAS_THREAD: u64 = 1 << 5;

/// Most tags that a forum has, and most that a post has.
const TAGS_MAX: usize = 20;
const APPLIED_MAX: usize = 5;

/// What the bot may do in a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "rights that do not depend on each other")]
pub struct BotPowers {
    /// Create, change and delete channels; else 50013.
    pub manage_channels: bool,
    /// Whether the server has forums; else 50024.
    pub forums: bool,
    /// Archive, lock and tag the threads of others; else 50013.
    pub manage_threads: bool,
    /// Post messages and open threads; else 50013.
    pub send_messages: bool,
    /// Open private threads; else 50013.
    pub private_threads: bool,
}

impl Default for BotPowers {
    fn default() -> Self {
        Self { manage_channels: true, forums: true, manage_threads: true, send_messages: true, private_threads: true }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Guild {
    pub(super) name: String,
    pub(super) owner: u64,
    /// Permissions of each member, in every channel.
    pub(super) members: BTreeMap<u64, u64>,
    /// The role that gives a set of permissions.
    pub(super) roles: BTreeMap<u64, u64>,
    pub(super) powers: BotPowers,
    /// Whether the bot is in it.
    pub(super) has_bot: bool,
    /// Until when members are timed out, in milliseconds since 1970.
    pub(super) timeouts: BTreeMap<u64, u64>,
}

/// A tag of a forum.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    id: u64,
    name: String,
    moderated: bool,
    emoji_id: Value,
    emoji_name: Value,
}

/// A post of a board: a thread of a forum, or of a message in a text channel.
#[derive(Debug, Clone, Serialize)]
pub struct BoardPost {
    /// The thread's channel ID, which is the ID of its first message too.
    pub thread: u64,
    /// The channel that it belongs to.
    pub channel: u64,
    /// The thread's name.
    pub name: String,
    /// Names of its tags, in the order in which they were put on.
    pub tags: Vec<String>,
    /// Whether it is archived.
    pub archived: bool,
    /// Whether it is locked.
    pub locked: bool,
    /// What is read in it, the first message included, in order.
    pub messages: Vec<SimMessage>,
}

impl BoardPost {
    /// The first message, unless it is gone.
    pub fn first(&self) -> Option<&SimMessage> {
        self.messages.iter().find(|message| message.id == self.thread)
    }
}

type Done = Result<Reply, Refusal>;

fn unknown_guild() -> Refusal {
    Refusal::new(404, 10004, "Unknown Guild")
}

fn missing_permissions() -> Refusal {
    Refusal::new(403, 50013, "Missing Permissions")
}

fn thread_is_archived() -> Refusal {
    Refusal::new(400, 50083, "Thread is archived")
}

impl DiscordState {
    /// Makes a server, with the bot in it.
    pub(super) fn add_guild(&mut self, name: &str) -> u64 {
        let (id, owner) = (self.next_id(), self.next_id());
        let guild = Guild {
            name: name.to_owned(),
            owner,
            members: BTreeMap::new(),
            roles: BTreeMap::new(),
            powers: BotPowers::default(),
            has_bot: true,
            timeouts: BTreeMap::new(),
        };
        self.guilds.insert(id, guild);
        id
    }

    /// Makes somebody a member with these permissions, or changes them.
    pub(super) fn set_member(&mut self, person: u64, guild: u64, permissions: u64) {
        let role = self.next_id();
        let Some(found) = self.guilds.get_mut(&guild) else { return };
        found.members.insert(person, permissions);
        found.roles.entry(permissions).or_insert(role);
        self.refresh_user(person);
    }

    pub(super) fn remove_member(&mut self, person: u64, guild: u64) {
        if let Some(found) = self.guilds.get_mut(&guild) {
            found.members.remove(&person);
        }
        self.refresh_user(person);
    }

    /// What [`super::User`] says about servers follows from the servers.
    pub(super) fn refresh_user(&mut self, person: u64) {
        let in_guild = self.guilds.values().any(|guild| guild.has_bot && guild.members.contains_key(&person));
        let here = self.guilds.get(&self.guild).and_then(|guild| guild.members.get(&person)).copied();
        if let Some(user) = self.users.get_mut(&person) {
            user.in_guild = in_guild;
            if let Some(permissions) = here {
                user.permissions = permissions;
            }
        }
    }

    /// The server of a channel or thread; nothing for DMs.
    pub fn guild_of(&self, channel: u64) -> Option<u64> {
        self.channels.get(&channel).and_then(|channel| channel.guild)
    }

    /// What an interaction says about somebody's permissions: everything, for an owner or administrator.
    pub(super) fn permissions_in(&self, guild: u64, person: u64) -> u64 {
        let Some(found) = self.guilds.get(&guild) else { return 0 };
        let own = found.members.get(&person).copied().unwrap_or(0);
        if found.owner == person || own & ADMINISTRATOR != 0 {
            return own | ALL;
        }
        let timed_out = found.timeouts.get(&person).is_some_and(|until| now_ms() < *until);
        if timed_out { own & TIMED_OUT } else { own }
    }

    /// What the bot may do there, as a bit set.
    pub(super) fn bot_permissions(&self, guild: u64) -> u64 {
        let powers = self.guilds.get(&guild).map_or_else(BotPowers::default, |guild| guild.powers);
        let bits = [
            (powers.manage_channels, MANAGE_CHANNELS),
            (powers.manage_threads, MANAGE_THREADS),
            (powers.send_messages, 1 << 11 | 1 << 35 | 1 << 38),
            (powers.private_threads, 1 << 36),
        ];
        bits.into_iter().fold(EVERYBODY, |all, (may, bit)| if may { all | bit } else { all & !bit })
    }

    /// `@everyone` has what every member has, so that role and member together give exactly what was set.
    fn everyone(guild: &Guild) -> u64 {
        guild.members.values().fold(EVERYBODY, |all, own| all & own)
    }

    fn role_objects(&self, id: u64, guild: &Guild) -> Vec<Value> {
        let role = |role: u64, name: &str, permissions: u64, position: usize, managed: bool| {
            json!({
                "id": role.to_string(), "name": name, "permissions": permissions.to_string(), "position": position,
                "color": 0, "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
                "hoist": false, "managed": managed, "mentionable": false, "icon": null, "unicode_emoji": null, "flags": 0,
            })
        };
        let mut roles = vec![role(id, "@everyone", Self::everyone(guild), 0, false)];
        for (at, (permissions, own)) in guild.roles.iter().enumerate() {
            roles.push(role(*own, &format!("role {}", at + 1), *permissions, at + 1, false));
        }
        roles.push(role(self.application_id, "Support", self.bot_permissions(id), roles.len(), true));
        roles
    }

    pub(super) fn member_object(&self, guild: u64, person: u64) -> Value {
        let found = self.guilds.get(&guild);
        let role = if person == self.application_id {
            Some(self.application_id)
        } else {
            found.and_then(|guild| guild.roles.get(guild.members.get(&person)?).copied())
        };
        let roles: Vec<String> = role.iter().map(u64::to_string).collect();
        let timeout = found.and_then(|guild| guild.timeouts.get(&person)).map(|until| discord_time(*until));
        json!({
            "avatar": null, "banner": null, "communication_disabled_until": timeout, "deaf": false, "flags": 0,
            "joined_at": "2025-06-06T10:06:39.888000+00:00", "mute": false, "nick": null, "pending": false,
            "premium_since": null, "roles": roles, "unusual_dm_activity_until": null, "user": self.user_object(person),
        })
    }

    /// A member as interactions carry it: with permissions.
    pub(super) fn invoking_member(&self, guild: u64, person: u64) -> Value {
        let mut member = self.member_object(guild, person);
        member["permissions"] = json!(self.permissions_in(guild, person).to_string());
        member
    }

    fn guild_object(&self, id: u64, guild: &Guild) -> Value {
        json!({
            "id": id.to_string(), "name": guild.name, "icon": null, "description": null, "home_header": null,
            "splash": null, "discovery_splash": null, "features": [], "banner": null, "owner_id": guild.owner.to_string(),
            "application_id": null, "region": "deprecated", "afk_channel_id": null, "afk_timeout": 300,
            "system_channel_id": null, "system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": null,
            "verification_level": 0, "roles": self.role_objects(id, guild), "default_message_notifications": 1,
            "mfa_level": 0, "explicit_content_filter": 0, "max_presences": null, "max_members": 500_000,
            "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "vanity_url_code": null,
            "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": self.guild_locale,
            "rules_channel_id": null, "safety_alerts_channel_id": null, "public_updates_channel_id": null,
            "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0, "incidents_data": null, "emojis": [], "stickers": [],
        })
    }

    pub(super) fn guild_channel_object(&self, id: u64, channel: &Channel) -> Value {
        let guild = channel.guild.unwrap_or(self.guild);
        let last = channel.last_message.map(|id| id.to_string());
        let parent = channel.parent.map(|id| id.to_string());
        if channel.is_thread() {
            let messages = self.in_channel(id).filter(|message| message.id != id).count();
            let mut thread = json!({
                "id": id.to_string(), "guild_id": guild.to_string(), "parent_id": parent, "type": channel.kind,
                "owner_id": channel.owner.to_string(), "name": channel.name, "last_message_id": last, "flags": channel.flags,
                "rate_limit_per_user": 0, "bitrate": 64000, "user_limit": 0, "rtc_region": null, "member_count": channel.members.len().max(1),
                "message_count": messages, "total_message_sent": messages,
                "thread_metadata": {
                    "archived": channel.archived, "archive_timestamp": discord_time(channel.archive_ms),
                    "auto_archive_duration": channel.auto_archive, "locked": channel.locked,
                    "create_timestamp": discord_time(channel.created_ms),
                },
            });
            if channel.kind == PRIVATE_THREAD {
                thread["thread_metadata"]["invitable"] = json!(false);
            }
            if channel.parent.and_then(|id| self.channels.get(&id)).is_some_and(|parent| parent.kind == FORUM) {
                thread["applied_tags"] = channel.applied.iter().map(u64::to_string).collect();
            }
            return thread;
        }
        let mut object = json!({
            "flags": channel.flags, "guild_id": guild.to_string(), "icon_emoji": {"id": null, "name": "👋"}, "id": id.to_string(),
            "last_message_id": last, "name": channel.name, "nsfw": false, "parent_id": parent, "permission_overwrites": [],
            "permissions": "2251799813685247", "position": channel.position, "rate_limit_per_user": 0, "theme_color": null,
            "topic": channel.topic, "type": channel.kind,
        });
        if channel.kind == FORUM {
            object["available_tags"] = channel.tags.iter().map(tag_object).collect();
            object["template"] = json!("");
            for (key, unset) in [
                ("default_reaction_emoji", json!(null)),
                ("default_sort_order", json!(null)),
                ("default_forum_layout", json!(0)),
            ] {
                object[key] = channel.settings.get(key).cloned().unwrap_or(unset);
            }
        }
        object
    }

    /// The posts of a board, oldest first: the threads of a forum, or of a text channel's messages.
    pub fn board_posts(&self, channel: u64) -> Vec<BoardPost> {
        let threads = self.channels.iter().filter(|(_, thread)| thread.parent == Some(channel));
        threads.filter_map(|(id, _)| self.board_post(*id)).collect()
    }

    /// One post of a board, by its thread.
    pub fn board_post(&self, thread: u64) -> Option<BoardPost> {
        let found = self.channels.get(&thread).filter(|channel| channel.kind == PUBLIC_THREAD)?;
        let parent = found.parent?;
        let known = self.channels.get(&parent).map(|parent| parent.tags.as_slice()).unwrap_or_default();
        let name = |tag: &u64| known.iter().find(|known| known.id == *tag).map(|known| known.name.clone());
        let first = self.messages.get(&thread).filter(|first| first.channel_id == parent && !first.deleted);
        Some(BoardPost {
            thread,
            channel: parent,
            name: found.name.clone(),
            tags: found.applied.iter().filter_map(name).collect(),
            archived: found.archived,
            locked: found.locked,
            messages: first.into_iter().chain(self.in_channel(thread)).cloned().collect(),
        })
    }

    /// Names of a forum's tags, in order.
    pub fn forum_tags(&self, forum: u64) -> Vec<String> {
        let tags = self.channels.get(&forum).map(|forum| forum.tags.as_slice()).unwrap_or_default();
        tags.iter().map(|tag| tag.name.clone()).collect()
    }

    /// The private threads in which a person is, oldest first.
    pub fn private_threads(&self, person: super::Person) -> Vec<u64> {
        let theirs = |channel: &Channel| channel.kind == PRIVATE_THREAD && channel.members.contains(&person.0);
        self.channels.iter().filter(|(_, channel)| theirs(channel)).map(|(id, _)| *id).collect()
    }

    /// All private threads of a server, oldest first.
    pub fn private_threads_in(&self, guild: u64) -> Vec<u64> {
        let there = |channel: &Channel| channel.kind == PRIVATE_THREAD && channel.guild == Some(guild);
        self.channels.iter().filter(|(_, channel)| there(channel)).map(|(id, _)| *id).collect()
    }

    /// Whether somebody sees a channel: a private thread is seen by those in it and by those who manage threads.
    pub(super) fn is_seen_by(&self, channel: u64, person: u64) -> bool {
        let Some((guild, found)) = self.channels.get(&channel).and_then(|found| Some((found.guild?, found))) else {
            return true;
        };
        found.kind != PRIVATE_THREAD
            || found.members.contains(&person)
            || self.permissions_in(guild, person) & MANAGE_THREADS != 0
    }

    /// Type of a channel: 0 text, 1 DM, 11 thread, 12 private thread, 15 forum.
    pub fn channel_kind(&self, channel: u64) -> Option<u64> {
        self.channels.get(&channel).map(|channel| channel.kind)
    }

    /// Name of a channel or thread.
    pub fn channel_name(&self, channel: u64) -> Option<&str> {
        self.channels.get(&channel).map(|channel| channel.name.as_str())
    }

    /// A server that the bot is in.
    fn joined(&self, guild: &str) -> Result<u64, Refusal> {
        let id = guild.parse().map_err(|_| unknown_guild())?;
        let guild = self.guilds.get(&id).ok_or_else(unknown_guild)?;
        if guild.has_bot { Ok(id) } else { Err(Refusal::new(403, 50001, "Missing Access")) }
    }

    fn powers(&self, guild: u64) -> BotPowers {
        self.guilds.get(&guild).map_or_else(BotPowers::default, |guild| guild.powers)
    }

    /// Posting takes a thread out of the archive, unless it is locked.
    pub(super) fn unarchive_by_posting(&mut self, channel: u64) {
        if let Some(thread) = self.channels.get_mut(&channel)
            && thread.archived
            && !thread.locked
        {
            thread.archived = false;
            thread.archive_ms = now_ms();
        }
    }

    /// Whether the bot may post in this channel of a server.
    pub(super) fn may_post(&self, channel: u64) -> Result<(), Refusal> {
        let Some((guild, found)) = self.channels.get(&channel).and_then(|found| Some((found.guild?, found))) else {
            return Ok(());
        };
        if !self.powers(guild).send_messages {
            return Err(missing_permissions());
        }
        if found.kind == FORUM {
            return Err(Refusal::new(400, 50008, "Cannot send messages in a non-text channel"));
        }
        if found.archived && found.locked {
            return Err(Refusal::new(400, 160_005, "Thread is locked"));
        }
        Ok(())
    }

    /// Whether messages of this channel can be changed: those of archived threads cannot.
    pub(super) fn may_edit_in(&self, channel: u64) -> Result<(), Refusal> {
        if self.channels.get(&channel).is_some_and(|channel| channel.archived) {
            Err(thread_is_archived())
        } else {
            Ok(())
        }
    }
}

fn tag_object(tag: &Tag) -> Value {
    json!({
        "id": tag.id.to_string(), "name": tag.name, "moderated": tag.moderated, "emoji_id": tag.emoji_id,
        "emoji_name": tag.emoji_name,
    })
}

pub(super) fn get_guild(state: &DiscordState, guild: &str) -> Done {
    let id = state.joined(guild)?;
    Ok(Reply::json(200, &state.guild_object(id, &state.guilds[&id])))
}

/// `GET /users/@me/guilds`: the servers that the bot is in.
pub(super) fn own_guilds(state: &DiscordState) -> Value {
    let joined = state.guilds.iter().filter(|(_, guild)| guild.has_bot);
    let object = |(id, guild): (&u64, &Guild)| {
        json!({
            "id": id.to_string(), "name": guild.name, "icon": null, "banner": null, "owner": false, "features": [],
            "permissions": state.bot_permissions(*id).to_string(),
        })
    };
    joined.map(object).collect()
}

pub(super) fn get_roles(state: &DiscordState, guild: &str) -> Done {
    let id = state.joined(guild)?;
    Ok(Reply::json(200, &json!(state.role_objects(id, &state.guilds[&id]))))
}

pub(super) fn get_member(state: &DiscordState, guild: &str, person: &str) -> Done {
    let id = state.joined(guild)?;
    let unknown = |code, message: &str| Refusal::new(404, code, message);
    let person: u64 = person.parse().map_err(|_| unknown(10013, "Unknown User"))?;
    if state.guilds[&id].members.contains_key(&person) || person == state.application_id {
        Ok(Reply::json(200, &state.member_object(id, person)))
    } else if state.users.contains_key(&person) {
        Err(unknown(10007, "Unknown Member"))
    } else {
        Err(unknown(10013, "Unknown User"))
    }
}

pub(super) fn get_channels(state: &DiscordState, guild: &str) -> Done {
    let id = state.joined(guild)?;
    let own = state.channels.iter().filter(|(_, channel)| channel.guild == Some(id) && !channel.is_thread());
    Ok(Reply::json(200, &own.map(|(id, channel)| state.guild_channel_object(*id, channel)).collect()))
}

pub(super) fn active_threads(state: &DiscordState, guild: &str) -> Done {
    let id = state.joined(guild)?;
    let threads = state
        .channels
        .iter()
        .filter(|(_, channel)| channel.guild == Some(id) && channel.is_thread() && !channel.archived);
    // Newest first.
    let threads: Vec<Value> = threads.rev().map(|(id, channel)| state.guild_channel_object(*id, channel)).collect();
    Ok(Reply::json(200, &json!({"threads": threads, "members": [], "has_more": false})))
}

pub(super) fn create_channel(state: &mut DiscordState, guild: &str, body: &Value) -> Done {
    let guild = state.joined(guild)?;
    let powers = state.powers(guild);
    if !powers.manage_channels {
        return Err(missing_permissions());
    }
    let kind = body["type"].as_u64().unwrap_or(TEXT);
    if kind == FORUM && !powers.forums {
        return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
    }
    if kind != FORUM && kind != TEXT {
        return Err(Refusal::form("type", "BASE_TYPE_CHOICES", "The sandbox makes channels of the types 0 and 15."));
    }
    let mut channel = Channel { kind, guild: Some(guild), ..Channel::default() };
    change_channel(state, &mut channel, body)?;
    if channel.name.is_empty() {
        return Err(Refusal::form("name", "BASE_TYPE_REQUIRED", "This field is required"));
    }
    channel.position = state.channels.values().filter(|channel| channel.guild == Some(guild)).count() as u64;
    let id = state.next_id();
    state.channels.insert(id, channel);
    Ok(Reply::json(201, &state.channel_object(id)))
}

/// Applies what a create or an edit says about a channel that is no thread.
fn change_channel(state: &mut DiscordState, channel: &mut Channel, body: &Value) -> Result<(), Refusal> {
    if let Some(name) = body["name"].as_str() {
        check_name(name)?;
        // Text channels are written in lower case with hyphens, and so are forums.
        channel.name = name.trim().to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
    }
    if let Some(topic) = body.get("topic") {
        if topic.as_str().is_some_and(|topic| topic.chars().count() > if channel.kind == FORUM { 4096 } else { 1024 }) {
            return Err(Refusal::form("topic", "BASE_TYPE_MAX_LENGTH", "The topic is too long."));
        }
        channel.topic = topic.as_str().map(str::to_owned);
    }
    if let Some(flags) = body["flags"].as_u64() {
        channel.flags = flags;
    }
    if let Some(parent) = body["parent_id"].as_str() {
        channel.parent = parent.parse().ok();
    }
    for key in ["default_reaction_emoji", "default_sort_order", "default_forum_layout"] {
        if let Some(value) = body.get(key) {
            channel.settings.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(tags) = body["available_tags"].as_array() {
        if channel.kind != FORUM {
            return Err(Refusal::form("available_tags", "CHANNEL_TYPE_INVALID", "Only forums have tags."));
        }
        channel.tags = read_tags(state, &channel.tags, tags)?;
    }
    Ok(())
}

fn read_tags(state: &mut DiscordState, old: &[Tag], wanted: &[Value]) -> Result<Vec<Tag>, Refusal> {
    if wanted.len() > TAGS_MAX {
        return Err(Refusal::form("available_tags", "BASE_TYPE_MAX_LENGTH", "Must be 20 or fewer in length."));
    }
    let mut tags: Vec<Tag> = Vec::new();
    for (at, tag) in wanted.iter().enumerate() {
        let name = tag["name"].as_str().unwrap_or_default().trim();
        if !(1..=20).contains(&name.chars().count()) {
            let field = format!("available_tags.{at}.name");
            return Err(Refusal::form(&field, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 20 in length."));
        }
        if tags.iter().any(|tag| tag.name.eq_ignore_ascii_case(name)) {
            return Err(Refusal::new(400, 40061, "Tag names must be unique"));
        }
        let asked: Option<u64> = tag["id"].as_str().and_then(|id| id.parse().ok());
        let known = old.iter().find(|old| Some(old.id) == asked);
        if asked.is_some() && known.is_none() {
            return Err(Refusal::new(404, 10087, "Unknown tag"));
        }
        let id = known.map_or_else(|| state.next_id(), |known| known.id);
        tags.push(Tag {
            id,
            name: name.to_owned(),
            moderated: tag["moderated"] == true,
            emoji_id: tag["emoji_id"].clone(),
            emoji_name: tag["emoji_name"].clone(),
        });
    }
    Ok(tags)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    if (1..=100).contains(&name.trim().chars().count()) {
        Ok(())
    } else {
        Err(Refusal::form("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."))
    }
}

fn read_applied(forum: &Channel, asked: &Value) -> Result<Vec<u64>, Refusal> {
    let asked = asked.as_array().map(Vec::as_slice).unwrap_or_default();
    if asked.len() > APPLIED_MAX {
        return Err(Refusal::form("applied_tags", "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length."));
    }
    let mut applied = Vec::new();
    for tag in asked {
        let id = tag.as_str().and_then(|id| id.parse().ok());
        let id = id.filter(|id| forum.tags.iter().any(|tag| tag.id == *id));
        let id = id.ok_or_else(|| Refusal::new(404, 10087, "Unknown tag"))?;
        if !applied.contains(&id) {
            applied.push(id);
        }
    }
    if forum.flags & REQUIRE_TAG != 0 && applied.is_empty() {
        return Err(Refusal::new(400, 40067, "A tag is required to create a forum post in this channel"));
    }
    Ok(applied)
}

fn auto_archive(body: &Value) -> Result<u64, Refusal> {
    match body["auto_archive_duration"].as_u64() {
        None => Ok(4320),
        Some(minutes @ (60 | 1440 | 4320 | 10080)) => Ok(minutes),
        Some(_) => Err(Refusal::form(
            "auto_archive_duration",
            "BASE_TYPE_CHOICES",
            "Value must be one of {60, 1440, 4320, 10080}.",
        )),
    }
}

/// `PATCH /channels/{id}`, for threads and for the other channels of a server.
pub(super) fn edit_channel(state: &mut DiscordState, id: u64, body: &Value) -> Done {
    let Some((guild, mut channel)) = state.channels.get(&id).cloned().and_then(|found| Some((found.guild?, found)))
    else {
        return Err(Refusal::new(403, 50003, "Cannot execute action on a DM channel"));
    };
    let powers = state.powers(guild);
    if channel.is_thread() {
        edit_thread(state, &mut channel, powers, body)?;
    } else {
        if !powers.manage_channels {
            return Err(missing_permissions());
        }
        change_channel(state, &mut channel, body)?;
        // A tag that is gone is gone from the posts too.
        let known: Vec<u64> = channel.tags.iter().map(|tag| tag.id).collect();
        for thread in state.channels.values_mut().filter(|thread| thread.parent == Some(id)) {
            thread.applied.retain(|tag| known.contains(tag));
        }
    }
    state.channels.insert(id, channel);
    Ok(Reply::json(200, &state.channel_object(id)))
}

fn edit_thread(state: &DiscordState, thread: &mut Channel, powers: BotPowers, body: &Value) -> Result<(), Refusal> {
    let own = thread.owner == state.application_id;
    let locks = body["locked"].as_bool().is_some_and(|locked| locked != thread.locked);
    if !powers.manage_threads && (!own || locks || thread.locked) {
        return Err(missing_permissions());
    }
    let stays_archived = thread.archived && body["archived"] != false;
    let changes_more = body.as_object().is_some_and(|fields| fields.keys().any(|key| key != "archived"));
    if stays_archived && changes_more {
        return Err(thread_is_archived());
    }
    if let Some(name) = body["name"].as_str() {
        check_name(name)?;
        name.trim().clone_into(&mut thread.name);
    }
    if body["applied_tags"].is_array() {
        let forum = thread.parent.and_then(|parent| state.channels.get(&parent)).filter(|parent| parent.kind == FORUM);
        let forum = forum
            .ok_or_else(|| Refusal::form("applied_tags", "CHANNEL_TYPE_INVALID", "Only posts of forums have tags."))?;
        thread.applied = read_applied(forum, &body["applied_tags"])?;
    }
    if body["auto_archive_duration"].is_u64() {
        thread.auto_archive = auto_archive(body)?;
    }
    if let Some(locked) = body["locked"].as_bool() {
        thread.locked = locked;
    }
    if let Some(flags) = body["flags"].as_u64() {
        thread.flags = flags;
    }
    if let Some(archived) = body["archived"].as_bool()
        && archived != thread.archived
    {
        thread.archived = archived;
        thread.archive_ms = now_ms();
    }
    Ok(())
}

/// `DELETE /channels/{id}`: the channel, its threads and what was written in them.
pub(super) fn delete_channel(state: &mut DiscordState, id: u64) -> Done {
    let Some((guild, found)) = state.channels.get(&id).and_then(|found| Some((found.guild?, found))) else {
        return Err(Refusal::new(403, 50003, "Cannot execute action on a DM channel"));
    };
    let powers = state.powers(guild);
    if if found.is_thread() { !powers.manage_threads } else { !powers.manage_channels } {
        return Err(missing_permissions());
    }
    let gone = state.channel_object(id);
    state.remove_channel(id);
    Ok(Reply::json(200, &gone))
}

impl DiscordState {
    pub(super) fn remove_channel(&mut self, id: u64) {
        let ids: Vec<u64> = self
            .channels
            .iter()
            .filter(|(own, channel)| **own == id || channel.parent == Some(id))
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            self.channels.remove(&id);
            let inside: Vec<u64> = self.in_channel(id).map(|message| message.id).collect();
            for message in inside {
                self.delete_message(message);
            }
        }
    }
}

fn new_thread(parent: u64, guild: u64, owner: u64, body: &Value) -> Result<Channel, Refusal> {
    let name = body["name"].as_str().unwrap_or_default();
    check_name(name)?;
    let now = now_ms();
    Ok(Channel {
        name: name.trim().to_owned(),
        kind: PUBLIC_THREAD,
        guild: Some(guild),
        parent: Some(parent),
        owner,
        auto_archive: auto_archive(body)?,
        archive_ms: now,
        created_ms: now,
        ..Channel::default()
    })
}

/// `POST /channels/{id}/threads`: a forum's post with its first message, or a thread without a message.
pub(super) fn create_post(state: &mut DiscordState, forum: u64, body: &Value, files: &[Upload]) -> Done {
    let parent = state.channels.get(&forum).cloned().unwrap_or_default();
    if let Some(guild) = parent.guild.filter(|_| parent.kind == TEXT) {
        return create_private_thread(state, forum, guild, body);
    }
    let Some(guild) = parent.guild.filter(|_| parent.kind == FORUM) else {
        return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
    };
    if !state.powers(guild).send_messages {
        return Err(missing_permissions());
    }
    let mut thread = new_thread(forum, guild, state.application_id, body)?;
    thread.applied = read_applied(&parent, &body["applied_tags"])?;
    let message = &body["message"];
    if message["flags"].as_u64().is_some_and(|flags| flags & !(4 | 4096 | 1 << 15) != 0) {
        return Err(Refusal::form("message.flags", "MESSAGE_FLAGS_INVALID", "Only 4, 4096 and 32768 can be set here."));
    }
    let mut content = payload::message_with_files(message, payload::Route::Channel, false, files.len())?;
    let id = state.next_id();
    content.attachments = Some(super::files::attach(state, &[], message, files, id, false)?);
    state.channels.insert(id, thread);
    let first = state.post_as(id, id, state.application_id, content);
    let mut object = state.channel_object(id);
    object["message"] = state.message_object(&first);
    Ok(Reply::json(201, &object))
}

/// A private thread, which only its members and those who manage threads see. The one who makes it is in it.
fn create_private_thread(state: &mut DiscordState, channel: u64, guild: u64, body: &Value) -> Done {
    // Private unless it says otherwise. See [Discord Docs/Start Thread without Message].
    if body["type"].as_u64().unwrap_or(PRIVATE_THREAD) != PRIVATE_THREAD || body["invitable"] != false {
        return Err(Refusal::form(
            "type",
            "BASE_TYPE_CHOICES",
            "The sandbox makes private threads to which nobody invites.",
        ));
    }
    let powers = state.powers(guild);
    if !powers.send_messages || !powers.private_threads {
        return Err(missing_permissions());
    }
    let bot = state.application_id;
    let mut thread = new_thread(channel, guild, bot, body)?;
    (thread.kind, thread.members) = (PRIVATE_THREAD, [bot].into());
    let id = state.next_id();
    state.channels.insert(id, thread);
    Ok(Reply::json(201, &state.channel_object(id)))
}

/// `PUT /channels/{id}/thread-members/{user}`: once, with the line in the thread that says so.
pub(super) fn add_thread_member(state: &mut DiscordState, thread: u64, person: &str) -> Done {
    let found = state.channels.get(&thread).cloned().unwrap_or_default();
    let Some(guild) = found.guild.filter(|_| found.is_thread()) else {
        return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
    };
    if found.archived {
        return Err(thread_is_archived());
    }
    if !state.powers(guild).send_messages {
        return Err(missing_permissions());
    }
    let person: u64 = person.parse().map_err(|_| Refusal::new(404, 10013, "Unknown User"))?;
    if !state.guilds.get(&guild).is_some_and(|guild| guild.members.contains_key(&person) || guild.owner == person) {
        return Err(Refusal::new(404, 10007, "Unknown Member"));
    }
    let new = state.channels.get_mut(&thread).is_some_and(|thread| thread.members.insert(person));
    if new && found.kind == PRIVATE_THREAD {
        let said = payload::Checked { mentions_limited: true, ..payload::Checked::default() };
        let said = state.post(thread, state.application_id, said).id;
        if let Some(said) = state.messages.get_mut(&said) {
            said.extras = json!({"type": RECIPIENT_ADD});
        }
    }
    Ok(Reply::empty(204))
}

/// `POST /channels/{id}/messages/{message}/threads`: a thread that a message begins.
pub(super) fn create_thread(state: &mut DiscordState, channel: u64, message: u64, body: &Value) -> Done {
    let parent = state.channels.get(&channel).cloned().unwrap_or_default();
    let Some(guild) = parent.guild.filter(|_| parent.kind == TEXT) else {
        return Err(Refusal::new(400, 50024, "Cannot execute action on this channel type"));
    };
    if !state.powers(guild).send_messages {
        return Err(missing_permissions());
    }
    if state.channels.contains_key(&message) {
        return Err(Refusal::new(400, 160_004, "A thread has already been created for this message"));
    }
    let thread = new_thread(channel, guild, state.application_id, body)?;
    state.channels.insert(message, thread);
    if let Some(first) = state.messages.get_mut(&message) {
        first.flags |= HAS_THREAD;
    }
    Ok(Reply::json(201, &state.channel_object(message)))
}

/// The settings of a channel, as a test or a person makes it.
#[derive(Debug, Clone, Default)]
pub struct ForumOptions {
    /// Names of its tags.
    pub tags: Vec<String>,
    /// Whether every post needs a tag.
    pub require_tag: bool,
}

impl DiscordState {
    pub(super) fn add_forum(&mut self, guild: u64, name: &str, options: &ForumOptions) -> u64 {
        let tags: Vec<Tag> = options
            .tags
            .iter()
            .map(|name| Tag {
                id: self.next_id(),
                name: name.clone(),
                moderated: false,
                emoji_id: Value::Null,
                emoji_name: Value::Null,
            })
            .collect();
        let id = self.next_id();
        let channel = Channel {
            name: name.to_owned(),
            kind: FORUM,
            guild: Some(guild),
            tags,
            flags: if options.require_tag { REQUIRE_TAG } else { 0 },
            settings: Map::new(),
            ..Channel::default()
        };
        self.channels.insert(id, channel);
        id
    }

    /// Somebody archives or locks a thread in their client.
    pub(super) fn set_thread(&mut self, thread: u64, archived: bool, locked: bool) {
        if let Some(thread) = self.channels.get_mut(&thread) {
            (thread.archived, thread.locked, thread.archive_ms) = (archived, locked, now_ms());
        }
    }
}
