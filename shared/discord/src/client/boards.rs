//! Channels, forums and threads: where reports are shown.

use std::fmt;

use domain::ids::{ChannelId, DiscordMessageId, GuildId, PersonId, TagId};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use twilight_http::routing::Route;

use super::{Client, DiscordError, WirePosted, attachments, bare, post_body, with_body};
use crate::attachment::Attachment;
use crate::interaction::Snowflake;
use crate::message::{OutgoingMessage, cut};

/// Longest name of a thread or channel, in characters. See [Discord Docs/Channels Resource].
pub const NAME_LENGTH_MAX: usize = 100;

/// Longest topic of a channel, and longest guidelines of a forum, in characters. See [Discord Docs/Channels Resource].
const TOPIC_LENGTH_MAX: usize = 1024;
const GUIDELINES_LENGTH_MAX: usize = 4096;

/// Longest name of a tag, in characters, and most tags of a forum and of a post. See [Discord Docs/Channels Resource].
const TAG_LENGTH_MAX: usize = 20;
const AVAILABLE_TAGS_MAX: usize = 20;
const APPLIED_TAGS_MAX: usize = 5;

/// After how many minutes without a word a thread is put away: a week, the longest that there is.
const AUTO_ARCHIVE_MINUTES: u16 = 10_080;

/// Type of a private thread. See [Discord Docs/Channels Resource, Channel Types].
const PRIVATE_THREAD: u8 = 12;

/// What a channel is. See [Discord Docs/Channels Resource, Channel Types].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// A text channel of a server.
    Text,
    /// A thread, a forum's post included.
    Thread,
    /// A forum.
    Forum,
    /// Any other, by Discord's number.
    Other(u64),
}

impl ChannelKind {
    const fn of(code: u64) -> Self {
        match code {
            0 => Self::Text,
            10..=12 => Self::Thread,
            15 => Self::Forum,
            other => Self::Other(other),
        }
    }

    const fn code(self) -> u64 {
        match self {
            Self::Text => 0,
            Self::Thread => 11,
            Self::Forum => 15,
            Self::Other(code) => code,
        }
    }
}

/// A tag of a forum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its ID.
    pub id: TagId,
    /// Its name, at most 20 characters.
    pub name: String,
    /// Whether only those who may manage threads put it on a post.
    pub moderated: bool,
    /// Its emoji, where it is one of the server's own.
    pub emoji_id: Option<String>,
    /// Its emoji, where it is one of Unicode's.
    pub emoji_name: Option<String>,
}

/// A tag that a forum does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTag {
    /// Its name, at most 20 characters.
    pub name: String,
    /// Whether only those who may manage threads put it on a post.
    pub moderated: bool,
}

/// A channel or thread, as far as we read it. Does not print its name: a thread is named after somebody's report.
#[derive(Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its ID.
    pub id: ChannelId,
    /// What it is.
    pub kind: ChannelKind,
    /// Its name; a DM has none.
    pub name: String,
    /// The channel that a thread is in; the category that a channel is in.
    pub parent: Option<ChannelId>,
    /// The server it is in, if Discord says so.
    pub guild: Option<GuildId>,
    /// A forum's tags.
    pub available_tags: Vec<Tag>,
    /// A post's tags.
    pub applied_tags: Vec<TagId>,
    /// Whether it is a thread that was put away.
    pub archived: bool,
    /// Whether it is a thread that only those who may manage threads take out again.
    pub locked: bool,
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A channel to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChannel {
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
    /// Its topic (1024 characters), or a forum's guidelines (4096 characters).
    pub topic: Option<String>,
    /// A forum's tags, at most 20.
    pub tags: Vec<NewTag>,
}

/// A post in a forum that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The thread.
    pub thread: ChannelId,
    /// The thread's first message, which has the same number.
    pub message: DiscordMessageId,
    /// Its files as they are kept now, in the order in which they were sent.
    pub files: Vec<Attachment>,
}

/// What is to change in a thread; the rest stays. Does not print the name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ThreadEdit {
    /// Its name. Discord takes about two new names in ten minutes, so it holds nothing that changes often.
    pub name: Option<String>,
    /// All of a post's tags, at most 5.
    pub applied_tags: Option<Vec<TagId>>,
    /// Whether it is put away.
    pub archived: Option<bool>,
    /// Whether only those who may manage threads take it out again.
    pub locked: Option<bool>,
}

impl fmt::Debug for ThreadEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadEdit")
            .field("applied_tags", &self.applied_tags)
            .field("archived", &self.archived)
            .field("locked", &self.locked)
            .finish_non_exhaustive()
    }
}

impl ThreadEdit {
    fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        if let Some(name) = &self.name {
            body.insert("name".to_owned(), cut(name, NAME_LENGTH_MAX).into());
        }
        if let Some(tags) = &self.applied_tags {
            body.insert("applied_tags".to_owned(), ids(tags));
        }
        if let Some(archived) = self.archived {
            body.insert("archived".to_owned(), archived.into());
        }
        if let Some(locked) = self.locked {
            body.insert("locked".to_owned(), locked.into());
        }
        body
    }
}

impl Client {
    /// Reads a channel or thread. See [Discord Docs/Get Channel].
    pub async fn channel(&self, channel: ChannelId) -> Result<Channel, DiscordError> {
        let wire: WireChannel = self.call(&bare(&Route::GetChannel { channel_id: channel.get() })).await?;
        Ok(wire.into())
    }

    /// Reads a server's channels, without threads. See [Discord Docs/Get Guild Channels].
    pub async fn guild_channels(&self, guild: GuildId) -> Result<Vec<Channel>, DiscordError> {
        let wire: Vec<WireChannel> = self.call(&bare(&Route::GetChannels { guild_id: guild.get() })).await?;
        Ok(wire.into_iter().map(Channel::from).collect())
    }

    /// Makes a channel. See [Discord Docs/Create Guild Channel].
    ///
    /// # Errors
    /// [`DiscordError::is_wrong_channel_type`] where the server takes none of this kind, [`DiscordError::is_missing_permission`]
    /// without Manage Channels.
    pub async fn create_channel(&self, guild: GuildId, channel: &NewChannel) -> Result<Channel, DiscordError> {
        let mut body = Map::new();
        body.insert("name".to_owned(), cut(&channel.name, NAME_LENGTH_MAX).into());
        body.insert("type".to_owned(), channel.kind.code().into());
        let forum = channel.kind == ChannelKind::Forum;
        if let Some(topic) = &channel.topic {
            let limit = if forum { GUIDELINES_LENGTH_MAX } else { TOPIC_LENGTH_MAX };
            body.insert("topic".to_owned(), cut(topic, limit).into());
        }
        if forum {
            body.insert("available_tags".to_owned(), tag_settings(&[], &channel.tags));
        }
        let route = Route::CreateChannel { guild_id: guild.get() };
        let wire: WireChannel = self.call(&with_body(&route, &body.into())).await?;
        Ok(wire.into())
    }

    /// Makes these the forum's tags: some that it has, which keep their ID, and new ones, 20 in all. Others are deleted, and taken off
    /// every post. See [Discord Docs/Modify Channel].
    pub async fn set_available_tags(
        &self,
        forum: ChannelId,
        keep: &[Tag],
        add: &[NewTag],
    ) -> Result<Channel, DiscordError> {
        let body = json!({ "available_tags": tag_settings(keep, add) });
        let wire: WireChannel = self.call(&with_body(&Route::UpdateChannel { channel_id: forum.get() }, &body)).await?;
        Ok(wire.into())
    }

    /// Makes a post in a forum: a thread with its first message. The name is cut to 100 characters, and the first 5 tags are taken. See
    /// [Discord Docs/Start Thread in Forum or Media Channel].
    ///
    /// There is no nonce for it: a repetition makes a second post.
    pub async fn create_forum_post(
        &self,
        forum: ChannelId,
        name: &str,
        tags: &[TagId],
        message: &OutgoingMessage,
    ) -> Result<Post, DiscordError> {
        #[derive(Deserialize)]
        struct Wire {
            id: Snowflake<ChannelId>,
            message: Option<WirePosted>,
        }
        let body = json!({
            "name": cut(name, NAME_LENGTH_MAX),
            "auto_archive_duration": AUTO_ARCHIVE_MINUTES,
            "applied_tags": ids(tags),
            "message": post_body(message),
        });
        let route = Route::CreateForumThread { channel_id: forum.get() };
        let wire: Wire = self.call_with(&with_body(&route, &body), &message.files).await?;
        let thread = wire.id.0;
        Ok(match wire.message {
            Some(message) => Post { thread, message: message.id.0, files: attachments(message.attachments) },
            None => Post { thread, message: first_message(thread), files: Vec::new() },
        })
    }

    /// Starts a thread in a text channel that only those see who are added to it, and those who may manage threads. Nobody but the bot adds
    /// anybody. The name is cut to 100 characters. See [Discord Docs/Start Thread without Message].
    ///
    /// There is no nonce for it: a repetition makes a second thread.
    pub async fn create_private_thread(&self, channel: ChannelId, name: &str) -> Result<Channel, DiscordError> {
        let body = json!({
            "name": cut(name, NAME_LENGTH_MAX),
            "type": PRIVATE_THREAD,
            "auto_archive_duration": AUTO_ARCHIVE_MINUTES,
            "invitable": false,
        });
        // twilight's route for it is the one of a forum's posts: the path is the same.
        let wire: WireChannel =
            self.call(&with_body(&Route::CreateForumThread { channel_id: channel.get() }, &body)).await?;
        Ok(wire.into())
    }

    /// Adds somebody to a thread; once is enough. See [Discord Docs/Add Thread Member].
    pub async fn add_thread_member(&self, thread: ChannelId, person: PersonId) -> Result<(), DiscordError> {
        let route = Route::AddThreadMember { channel_id: thread.get(), user_id: person.get() };
        self.send(&bare(&route)).await?;
        Ok(())
    }

    /// Starts a thread under a message of a text channel. A message that has one keeps it. The thread has the message's number. See
    /// [Discord Docs/Start Thread from Message].
    pub async fn create_thread(
        &self,
        channel: ChannelId,
        message: DiscordMessageId,
        name: &str,
    ) -> Result<ChannelId, DiscordError> {
        let body = json!({ "name": cut(name, NAME_LENGTH_MAX), "auto_archive_duration": AUTO_ARCHIVE_MINUTES });
        let route = Route::CreateThreadFromMessage { channel_id: channel.get(), message_id: message.get() };
        match self.call::<WireChannel>(&with_body(&route, &body)).await {
            Ok(thread) => Ok(thread.id.0),
            Err(DiscordError::Refused { code: 160_004, .. }) => Ok(thread_of(message)),
            Err(error) => Err(error),
        }
    }

    /// Changes a thread. One that was put away is taken out for it, unless it is to be put away. See [Discord Docs/Modify Channel].
    pub async fn edit_thread(&self, thread: ChannelId, edit: &ThreadEdit) -> Result<(), DiscordError> {
        let route = Route::UpdateChannel { channel_id: thread.get() };
        let mut body = edit.body();
        let first = self.send(&with_body(&route, &body.clone().into())).await;
        match first {
            // "Thread is archived": nothing else in it can be changed.
            Err(DiscordError::Refused { code: 50083, .. }) if edit.archived != Some(false) => {
                body.insert("archived".to_owned(), false.into());
                self.send(&with_body(&route, &body.into())).await?;
                if edit.archived == Some(true) {
                    self.send(&with_body(&route, &json!({ "archived": true }))).await?;
                }
                Ok(())
            }
            first => first.map(drop),
        }
    }

    /// Deletes a thread with all that was said in it. One that is gone already counts as deleted. See [Discord Docs/Delete Channel].
    pub async fn delete_thread(&self, thread: ChannelId) -> Result<(), DiscordError> {
        match self.send(&bare(&Route::DeleteChannel { channel_id: thread.get() })).await {
            Ok(_) | Err(DiscordError::UnknownChannel) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Reads all threads of a server that are not put away. See [Discord Docs/List Active Guild Threads].
    pub async fn active_threads(&self, guild: GuildId) -> Result<Vec<Channel>, DiscordError> {
        #[derive(Deserialize)]
        struct Wire {
            threads: Vec<WireChannel>,
        }
        let wire: Wire = self.call(&bare(&Route::GetActiveThreads { guild_id: guild.get() })).await?;
        Ok(wire.threads.into_iter().map(Channel::from).collect())
    }
}

fn ids(tags: &[TagId]) -> Value {
    tags.iter().take(APPLIED_TAGS_MAX).map(|tag| Value::from(tag.to_string())).collect()
}

fn tag_settings(keep: &[Tag], add: &[NewTag]) -> Value {
    // Whatever of a tag is not said again is taken off it.
    let kept = keep.iter().map(|tag| {
        json!({
            "id": tag.id.to_string(),
            "name": tag.name,
            "moderated": tag.moderated,
            "emoji_id": tag.emoji_id,
            "emoji_name": tag.emoji_name,
        })
    });
    let added = add.iter().map(|tag| json!({ "name": cut(&tag.name, TAG_LENGTH_MAX), "moderated": tag.moderated }));
    kept.chain(added).take(AVAILABLE_TAGS_MAX).collect()
}

/// A forum's post has the number of its first message.
fn first_message(thread: ChannelId) -> DiscordMessageId {
    DiscordMessageId::new(thread.get()).expect("an ID is not zero")
}

/// A thread has the number of the message that it was started under.
fn thread_of(message: DiscordMessageId) -> ChannelId {
    ChannelId::new(message.get()).expect("an ID is not zero")
}

#[derive(Deserialize)]
struct WireChannel {
    id: Snowflake<ChannelId>,
    #[serde(rename = "type")]
    kind: u64,
    name: Option<String>,
    parent_id: Option<Snowflake<ChannelId>>,
    guild_id: Option<Snowflake<GuildId>>,
    available_tags: Option<Vec<WireTag>>,
    applied_tags: Option<Vec<Snowflake<TagId>>>,
    thread_metadata: Option<WireThread>,
}

#[derive(Deserialize)]
struct WireTag {
    id: Snowflake<TagId>,
    name: String,
    moderated: Option<bool>,
    emoji_id: Option<String>,
    emoji_name: Option<String>,
}

#[derive(Default, Deserialize)]
struct WireThread {
    archived: Option<bool>,
    locked: Option<bool>,
}

impl From<WireChannel> for Channel {
    fn from(wire: WireChannel) -> Self {
        let tag = |tag: WireTag| Tag {
            id: tag.id.0,
            name: tag.name,
            moderated: tag.moderated.unwrap_or_default(),
            emoji_id: tag.emoji_id,
            emoji_name: tag.emoji_name,
        };
        let thread = wire.thread_metadata.unwrap_or_default();
        Self {
            id: wire.id.0,
            kind: ChannelKind::of(wire.kind),
            name: wire.name.unwrap_or_default(),
            parent: wire.parent_id.map(|id| id.0),
            guild: wire.guild_id.map(|id| id.0),
            available_tags: wire.available_tags.unwrap_or_default().into_iter().map(tag).collect(),
            applied_tags: wire.applied_tags.unwrap_or_default().into_iter().map(|id| id.0).collect(),
            archived: thread.archived.unwrap_or_default(),
            locked: thread.locked.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::client::fake::{Answer, Discord};
    use crate::message::{Embed, OutgoingFile};

    fn forum() -> ChannelId {
        ChannelId::new(15).unwrap()
    }

    fn guild() -> GuildId {
        GuildId::new(100).unwrap()
    }

    fn tag(id: u64) -> TagId {
        TagId::new(id).unwrap()
    }

    const FORUM: &str = r#"{"id":"15","type":15,"name":"bug-report","parent_id":null,"guild_id":"100","available_tags":[
        {"id":"1","name":"bug","moderated":true,"emoji_id":null,"emoji_name":"🐛"},{"id":"2","name":"new"}]}"#;

    #[tokio::test]
    async fn a_private_thread_is_one_that_nobody_else_invites_to() {
        let thread: Answer = (
            201,
            &[],
            r#"{"id":"20","type":12,"name":"Support","parent_id":"16","guild_id":"100","thread_metadata":{}}"#,
        );
        let done: Answer = (204, &[], "");
        let discord = Discord::answering(&[thread, done]).await;
        let channel = ChannelId::new(16).unwrap();
        let made = discord.client.create_private_thread(channel, &"s".repeat(200)).await.unwrap();
        assert_eq!((made.id.get(), made.kind, made.parent), (20, ChannelKind::Thread, Some(channel)));
        discord.client.add_thread_member(made.id, PersonId::new(7).unwrap()).await.unwrap();
        let seen = discord.seen();
        assert_eq!((seen[0].method.as_str(), seen[0].uri.path()), ("POST", "/api/v10/channels/16/threads"));
        let name = format!("{}…", "s".repeat(99));
        let expected = json!({ "name": name, "type": 12, "auto_archive_duration": 10080, "invitable": false });
        assert_eq!(seen[0].body, expected);
        assert_eq!((seen[1].method.as_str(), seen[1].uri.path()), ("PUT", "/api/v10/channels/20/thread-members/7"));
    }

    #[tokio::test]
    async fn a_message_in_a_thread_that_was_put_away_is_changed_all_the_same() {
        let away: Answer = (400, &[], r#"{"code":50083,"message":"Thread is archived"}"#);
        let (done, gone): (Answer, Answer) = ((200, &[], "{}"), (204, &[], ""));
        let discord = Discord::answering(&[away, done, done, away, done, gone]).await;
        let (thread, message) = (ChannelId::new(20).unwrap(), DiscordMessageId::new(5).unwrap());
        discord.client.edit(thread, message, &OutgoingMessage::text("now")).await.unwrap();
        discord.client.delete(thread, message).await.unwrap();
        let lines: Vec<_> = discord.seen().iter().map(|seen| format!("{} {}", seen.method, seen.uri.path())).collect();
        let [channel, message] = ["/api/v10/channels/20", "/api/v10/channels/20/messages/5"];
        let expected = [
            format!("PATCH {message}"),
            format!("PATCH {channel}"),
            format!("PATCH {message}"),
            format!("DELETE {message}"),
            format!("PATCH {channel}"),
            format!("DELETE {message}"),
        ];
        assert_eq!(lines, expected);
    }

    #[tokio::test]
    async fn channels_are_read_and_made() {
        let answers = [(200, &[][..], FORUM); 3];
        let list: Answer = (200, &[], r#"[{"id":"16","type":0,"name":"feature-request"},{"id":"17","type":4}]"#);
        let refused: Answer = (400, &[], r#"{"code":50024,"message":"Cannot execute action on this channel type"}"#);
        let discord = Discord::answering(&[answers[0], list, answers[1], refused, answers[2]]).await;
        let client = &discord.client;
        let channel = client.channel(forum()).await.unwrap();
        let tags = vec![
            Tag {
                id: tag(1),
                name: "bug".to_owned(),
                moderated: true,
                emoji_id: None,
                emoji_name: Some("🐛".to_owned()),
            },
            Tag { id: tag(2), name: "new".to_owned(), moderated: false, emoji_id: None, emoji_name: None },
        ];
        assert_eq!(
            (channel.kind, channel.name.as_str(), &channel.available_tags),
            (ChannelKind::Forum, "bug-report", &tags)
        );
        assert_eq!((channel.guild, channel.parent, channel.archived), (Some(guild()), None, false));
        let kinds: Vec<_> = client.guild_channels(guild()).await.unwrap().iter().map(|channel| channel.kind).collect();
        assert_eq!(kinds, [ChannelKind::Text, ChannelKind::Other(4)]);
        let new_tag = NewTag { name: "n".repeat(30), moderated: true };
        let mut new = NewChannel {
            name: "bug-report".to_owned(),
            kind: ChannelKind::Forum,
            topic: Some("t".repeat(2000)),
            tags: vec![new_tag.clone()],
        };
        assert_eq!(client.create_channel(guild(), &new).await.unwrap().id, forum());
        new.kind = ChannelKind::Text;
        assert!(client.create_channel(guild(), &new).await.unwrap_err().is_wrong_channel_type());
        client.set_available_tags(forum(), &tags, &[new_tag]).await.unwrap();

        let seen = discord.seen();
        let lines: Vec<_> = seen.iter().map(|seen| format!("{} {}", seen.method, seen.uri)).collect();
        assert_eq!(
            lines,
            [
                "GET /api/v10/channels/15",
                "GET /api/v10/guilds/100/channels",
                "POST /api/v10/guilds/100/channels",
                "POST /api/v10/guilds/100/channels",
                "PATCH /api/v10/channels/15",
            ]
        );
        let added = json!({"name": format!("{}…", "n".repeat(19)), "moderated": true});
        assert_eq!(
            seen[2].body,
            json!({"name": "bug-report", "type": 15, "topic": "t".repeat(2000), "available_tags": [added]})
        );
        assert_eq!(seen[3].body, json!({"name": "bug-report", "type": 0, "topic": format!("{}…", "t".repeat(1023))}));
        assert_eq!(
            seen[4].body,
            json!({"available_tags": [
                {"id": "1", "name": "bug", "moderated": true, "emoji_id": null, "emoji_name": "🐛"},
                {"id": "2", "name": "new", "moderated": false, "emoji_id": null, "emoji_name": null},
                added
            ]})
        );
    }

    #[tokio::test]
    async fn a_post_is_a_thread_with_a_message() {
        let answer: Answer = (
            201,
            &[],
            r#"{"id":"77","type":11,"name":"x","message":{"id":"77","attachments":[
                {"id":"9","filename":"a.log","size":3,"url":"https://cdn.discordapp.com/a.log"}]}}"#,
        );
        let discord = Discord::answering(&[answer, (201, &[], r#"{"id":"78","type":11}"#)]).await;
        let message = OutgoingMessage {
            embeds: vec![Embed { title: Some("Crash".to_owned()), ..Embed::default() }],
            silent: true,
            ..OutgoingMessage::default()
        };
        let tags: Vec<_> = (1..=6).map(tag).collect();
        let name = "🎣".repeat(60);
        let post = discord.client.create_forum_post(forum(), &name, &tags, &message).await.unwrap();
        assert_eq!((post.thread.get(), post.message.get(), post.files[0].id.get()), (77, 77, 9));
        let file = OutgoingFile {
            name: "a.log".to_owned(),
            content_type: "text/plain".to_owned(),
            bytes: Bytes::from_static(b"log"),
        };
        let message = OutgoingMessage { files: vec![file], ..message };
        let post = discord.client.create_forum_post(forum(), "x", &[], &message).await.unwrap();
        assert_eq!((post.thread.get(), post.message.get(), post.files.len()), (78, 78, 0));

        let seen = discord.seen();
        assert_eq!(format!("{} {}", seen[0].method, seen[0].uri), "POST /api/v10/channels/15/threads");
        assert_eq!(
            seen[0].body,
            json!({
                "name": format!("{}…", "🎣".repeat(49)), "auto_archive_duration": 10080,
                "applied_tags": ["1", "2", "3", "4", "5"],
                "message": {
                    "content": "", "embeds": [{"title": "Crash"}], "flags": 4096,
                    "allowed_mentions": {"parse": [], "replied_user": false}
                }
            })
        );
        assert!(seen[1].headers["content-type"].to_str().unwrap().starts_with("multipart/form-data"));
        assert!(seen[1].text.contains(r#""attachments":[{"filename":"a.log","id":"0"}]"#), "{}", seen[1].text);
    }

    #[tokio::test]
    async fn a_thread_is_started_once() {
        let there: Answer =
            (400, &[], r#"{"code":160004,"message":"A thread has already been created for this message"}"#);
        let refused: Answer = (403, &[], r#"{"code":50013,"message":"Missing Permissions"}"#);
        let discord = Discord::answering(&[(201, &[], r#"{"id":"5","type":11}"#), there, refused]).await;
        let message = DiscordMessageId::new(5).unwrap();
        for _ in 0..2 {
            assert_eq!(discord.client.create_thread(forum(), message, "x").await.unwrap().get(), 5);
        }
        assert!(discord.client.create_thread(forum(), message, "x").await.unwrap_err().is_missing_permission());
        let seen = discord.seen();
        assert_eq!(format!("{} {}", seen[0].method, seen[0].uri), "POST /api/v10/channels/15/messages/5/threads");
        assert_eq!(seen[0].body, json!({"name": "x", "auto_archive_duration": 10080}));
    }

    #[tokio::test]
    async fn a_thread_that_was_put_away_is_taken_out_to_be_changed() {
        let away: Answer = (400, &[], r#"{"code":50083,"message":"Thread is archived"}"#);
        let done: Answer = (200, &[], "{}");
        let discord = Discord::answering(&[done, away, done, away, done, done, away]).await;
        let edit = |archived| ThreadEdit {
            name: Some("secret".to_owned()),
            applied_tags: Some(vec![tag(1)]),
            archived,
            locked: Some(true),
        };
        assert!(!format!("{:?}", edit(None)).contains("secret"));
        discord
            .client
            .edit_thread(forum(), &ThreadEdit { locked: Some(false), ..ThreadEdit::default() })
            .await
            .unwrap();
        discord.client.edit_thread(forum(), &edit(None)).await.unwrap();
        discord.client.edit_thread(forum(), &edit(Some(true))).await.unwrap();
        assert!(discord.client.edit_thread(forum(), &edit(Some(false))).await.is_err());
        let whole =
            |archived: Value| json!({"name": "secret", "applied_tags": ["1"], "archived": archived, "locked": true});
        let bodies: Vec<_> = discord.seen().into_iter().map(|seen| seen.body).collect();
        assert_eq!(
            bodies,
            [
                json!({"locked": false}),
                json!({"name": "secret", "applied_tags": ["1"], "locked": true}),
                whole(json!(false)),
                whole(json!(true)),
                whole(json!(false)),
                json!({"archived": true}),
                whole(json!(false)),
            ]
        );
    }

    #[tokio::test]
    async fn a_thread_is_deleted_once() {
        let gone: Answer = (404, &[], r#"{"code":10003,"message":"Unknown Channel"}"#);
        let discord = Discord::answering(&[(200, &[], "{}"), gone, (403, &[], r#"{"code":50013}"#)]).await;
        discord.client.delete_thread(forum()).await.unwrap();
        discord.client.delete_thread(forum()).await.unwrap();
        assert!(discord.client.delete_thread(forum()).await.unwrap_err().is_missing_permission());
        let seen = discord.seen();
        assert_eq!(format!("{} {}", seen[0].method, seen[0].uri), "DELETE /api/v10/channels/15");
    }

    #[tokio::test]
    async fn threads_are_listed() {
        let discord = Discord::answering(&[(
            200,
            &[],
            r#"{"threads":[{"id":"5","type":11,"name":"secret","parent_id":"15","guild_id":"100","applied_tags":["1","2"],
                "thread_metadata":{"archived":false,"locked":true,"auto_archive_duration":10080}}],"members":[]}"#,
        )])
        .await;
        let threads = discord.client.active_threads(guild()).await.unwrap();
        assert_eq!((threads[0].kind, threads[0].parent, threads[0].locked), (ChannelKind::Thread, Some(forum()), true));
        assert_eq!(threads[0].applied_tags, [tag(1), tag(2)]);
        assert!(!format!("{threads:?}").contains("secret"));
        assert_eq!(discord.seen()[0].uri, "/api/v10/guilds/100/threads/active");
    }
}
