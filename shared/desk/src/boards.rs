//! The servers' boards: where reports are posted, and the card that shows where each one stands.

use std::collections::BTreeMap;

use anyhow::Context;
use discord::client::{Channel, ChannelKind, DiscordError, NewChannel, NewTag, ThreadEdit};
use discord::files::Attachment;
use discord::message::{Button, ButtonStyle, Embed, EmbedField, Nonce, OutgoingFile, OutgoingMessage, escape_markdown};
use discord::routes::{CASE_RESOLVE, CASE_TAKE, CASE_VOTE, CASE_WAITING, CustomId};
use domain::case::{BoardPost, Case, CaseFile, Kind, Status};
use domain::ids::{ChannelId, DiscordMessageId, GuildId, TagId};
use domain::text_case::{self as text, card};
use store::{Board, Store};
use tracing::{info, warn};

/// Most tags of a forum. See [Discord Docs/Channel Object, `available_tags`].
const TAGS_MAX: usize = 20;

/// Longest piece of a report's text on its card, in characters; the whole is in the console.
const CARD_TEXT_MAX: usize = 3000;

/// Posts on boards.
#[derive(Clone)]
pub struct Boards {
    /// The table.
    pub store: Store,
    /// Discord.
    pub discord: discord::client::Client,
}

/// What became of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// It stands there, with these files.
    Yes(BoardPost, Vec<CaseFile>),
    /// There is no board to post on, and none can be made.
    NoBoard,
    /// The server's rules refused the text.
    Blocked,
}

impl Boards {
    /// Posts a case with its files. `repeated`: it may have been posted before, so it is looked for first.
    pub async fn publish(&self, case: &Case, files: &[OutgoingFile], repeated: bool) -> anyhow::Result<Posted> {
        let Some(server) = case.server else { return Ok(Posted::NoBoard) };
        // A board that was deleted since is found, or made, once more.
        for _ in 0..2 {
            let Some(board) = self.board(server, case.kind).await? else { return Ok(Posted::NoBoard) };
            match self.publish_on(&board, server, case, files, repeated).await {
                Ok(posted) => return Ok(posted),
                Err(DiscordError::UnknownChannel) => {
                    info!(case.number = %case.number, "the board is gone");
                    self.store.forget_board(server, case.kind).await.context("forget the board")?;
                }
                Err(error) if error.refuses_text() => return Ok(Posted::Blocked),
                Err(error) if error.is_missing_permission() => {
                    warn!(case.number = %case.number, error = %error, "the bot may not post on the board");
                    return Ok(Posted::NoBoard);
                }
                Err(error) => return Err(anyhow::Error::new(error).context("post on the board")),
            }
        }
        Ok(Posted::NoBoard)
    }

    async fn publish_on(
        &self,
        board: &Board,
        server: GuildId,
        case: &Case,
        files: &[OutgoingFile],
        repeated: bool,
    ) -> Result<Posted, DiscordError> {
        let name = text::thread_name(case);
        let message = OutgoingMessage { files: files.to_vec(), ..show(case) };
        if board.is_forum {
            if repeated && let Some(thread) = self.thread_of(server, board, case).await? {
                let card = first_message(thread);
                let first = self.discord.message(thread, card).await?;
                let post = BoardPost { board: board.channel, channel: thread, thread, card };
                return Ok(Posted::Yes(post, kept(&post, &first.attachments, files)));
            }
            let tags = tags_of(board, case);
            let made = self.discord.create_forum_post(board.channel, &name, &tags, &message).await?;
            let post =
                BoardPost { board: board.channel, channel: made.thread, thread: made.thread, card: made.message };
            return Ok(Posted::Yes(post, kept(&post, &made.files, files)));
        }
        // The nonce makes it one message, and Discord makes one thread of it.
        let nonce = Nonce::of(&["card", &case.number.to_string(), &case.created_at.to_string()]);
        let made = self.discord.post_full(board.channel, &message, &nonce).await?;
        let thread = self.discord.create_thread(board.channel, made.id, &name).await?;
        let post = BoardPost { board: board.channel, channel: board.channel, thread, card: made.id };
        Ok(Posted::Yes(post, kept(&post, &made.attachments, files)))
    }

    /// Posts files into the thread of a case whose card stands there without them.
    pub async fn add_files(
        &self,
        case: &Case,
        post: &BoardPost,
        files: &[OutgoingFile],
    ) -> anyhow::Result<Vec<CaseFile>> {
        let message = OutgoingMessage { files: files.to_vec(), ..OutgoingMessage::default() };
        let nonce = Nonce::of(&["files", &case.number.to_string(), &case.created_at.to_string()]);
        let made = self.discord.post_full(post.thread, &message, &nonce).await.context("post the files")?;
        let at = BoardPost { channel: post.thread, card: made.id, ..*post };
        Ok(kept(&at, &made.attachments, files))
    }

    /// Brings card and tags up to date. A post that is gone stays gone.
    ///
    /// `renamed`: the title has changed. Discord takes about two new names in ten minutes, so a name is only sent with one.
    pub async fn refresh(&self, case: &Case, post: &BoardPost, renamed: bool) -> anyhow::Result<()> {
        match self.try_refresh(case, post, renamed).await {
            Ok(()) => Ok(()),
            Err(DiscordError::UnknownChannel | DiscordError::UnknownMessage) => {
                info!(case.number = %case.number, "the post on the board is gone");
                Ok(())
            }
            Err(error) if error.is_missing_permission() || error.refuses_text() => {
                warn!(case.number = %case.number, error = %error, "the card could not be brought up to date");
                Ok(())
            }
            Err(error) => Err(anyhow::Error::new(error).context("bring the card up to date")),
        }
    }

    async fn try_refresh(&self, case: &Case, post: &BoardPost, renamed: bool) -> Result<(), DiscordError> {
        let board = match case.server {
            Some(server) => self.store.board(server, case.kind).await.ok().flatten(),
            None => None,
        };
        let in_forum = post.channel == post.thread;
        let tags = board.filter(|board| board.channel == post.board && in_forum).map(|board| tags_of(&board, case));
        // An archived thread takes nothing but being taken out of the archive, which may go with the rest.
        let name = renamed.then(|| text::thread_name(case));
        let edit = ThreadEdit { name, applied_tags: tags, archived: Some(false), locked: None };
        match self.discord.edit_thread(post.thread, &edit).await {
            Err(error) if error.is_missing_permission() => {
                warn!(case.number = %case.number, "the bot may not edit the thread")
            }
            other => other?,
        }
        self.discord.edit(post.channel, post.card, &show(case)).await?;
        if case.status == Status::Closed {
            let edit = ThreadEdit { archived: Some(true), ..ThreadEdit::default() };
            match self.discord.edit_thread(post.thread, &edit).await {
                Err(error) if error.is_missing_permission() => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// The board of a server: as remembered, or as found there, or a new one. `None` where there is none and none can be made.
    async fn board(&self, server: GuildId, kind: Kind) -> anyhow::Result<Option<Board>> {
        let Some(name) = text::board_name(kind) else { return Ok(None) };
        if let Some(board) = self.store.board(server, kind).await.context("load the board")? {
            return Ok(Some(board));
        }
        let channels = match self.discord.guild_channels(server).await {
            Ok(channels) => channels,
            Err(error) if error.is_missing_permission() || matches!(error, DiscordError::Refused { .. }) => {
                warn!(error = %error, "the server's channels cannot be read");
                return Ok(None);
            }
            Err(error) => return Err(anyhow::Error::new(error).context("read the server's channels")),
        };
        let of_kind = |wanted| channels.iter().find(|it| it.kind == wanted && it.name == name).cloned();
        let channel = match of_kind(ChannelKind::Forum).or_else(|| of_kind(ChannelKind::Text)) {
            Some(channel) => Some(channel),
            None => self.make_board(server, kind, name).await?,
        };
        let Some(channel) = channel else { return Ok(None) };
        let is_forum = channel.kind == ChannelKind::Forum;
        let tags = if is_forum { self.tags(&channel, kind).await? } else { BTreeMap::new() };
        let board = Board { channel: channel.id, is_forum, tags };
        self.store.keep_board(server, kind, &board).await.context("remember the board")?;
        Ok(Some(board))
    }

    async fn make_board(&self, server: GuildId, kind: Kind, name: &str) -> anyhow::Result<Option<Channel>> {
        let tags = text::board_tags(kind).into_iter().map(new_tag).collect();
        let forum = NewChannel {
            name: name.to_owned(),
            kind: ChannelKind::Forum,
            topic: Some(text::board_topic(kind).to_owned()),
            tags,
        };
        let made = match self.discord.create_channel(server, &forum).await {
            // Not every server can have a forum.
            Err(error) if error.is_wrong_channel_type() => {
                let plain = NewChannel { kind: ChannelKind::Text, tags: Vec::new(), ..forum };
                self.discord.create_channel(server, &plain).await
            }
            other => other,
        };
        match made {
            Ok(channel) => {
                info!(kind = kind.name(), "made a board");
                Ok(Some(channel))
            }
            Err(error @ DiscordError::Refused { .. }) => {
                warn!(error = %error, "there is no board, and none can be made");
                Ok(None)
            }
            Err(error) if error.is_missing_permission() => {
                warn!(error = %error, "there is no board, and none may be made");
                Ok(None)
            }
            Err(error) => Err(anyhow::Error::new(error).context("make a board")),
        }
    }

    /// The forum's tags by name, with those that were missing.
    async fn tags(&self, forum: &Channel, kind: Kind) -> anyhow::Result<BTreeMap<String, TagId>> {
        let by_name = |channel: &Channel| -> BTreeMap<String, TagId> {
            channel.available_tags.iter().map(|tag| (tag.name.to_lowercase(), tag.id)).collect()
        };
        let present = by_name(forum);
        let missing: Vec<_> = text::board_tags(kind).into_iter().filter(|tag| !present.contains_key(*tag)).collect();
        let room = TAGS_MAX.saturating_sub(forum.available_tags.len());
        if missing.is_empty() || room == 0 {
            return Ok(present);
        }
        let more: Vec<_> = missing.into_iter().take(room).map(new_tag).collect();
        match self.discord.set_available_tags(forum.id, &forum.available_tags, &more).await {
            Ok(channel) => Ok(by_name(&channel)),
            Err(error) if error.is_missing_permission() => {
                warn!(error = %error, "the forum's tags cannot be completed");
                Ok(present)
            }
            Err(error) => Err(anyhow::Error::new(error).context("complete the forum's tags")),
        }
    }

    /// The thread that a forum has for a case already.
    async fn thread_of(&self, server: GuildId, board: &Board, case: &Case) -> Result<Option<ChannelId>, DiscordError> {
        let prefix = text::thread_prefix(case.number);
        let threads = self.discord.active_threads(server).await?;
        let ours =
            threads.into_iter().find(|thread| thread.parent == Some(board.channel) && thread.name.starts_with(&prefix));
        Ok(ours.map(|thread| thread.id))
    }
}

/// The first message of a forum's post has the thread's ID. See [Discord Docs/Start Thread in Forum Channel].
fn first_message(thread: ChannelId) -> DiscordMessageId {
    DiscordMessageId::new(thread.get()).expect("an ID is never zero")
}

/// A tag that everybody who may post may use.
fn new_tag(name: &str) -> NewTag {
    NewTag { name: name.to_owned(), moderated: false }
}

fn tags_of(board: &Board, case: &Case) -> Vec<TagId> {
    text::tags(case).into_iter().filter_map(|tag| board.tags.get(tag).copied()).collect()
}

/// The files as they hang on a message now. Discord keeps their order; its names may differ from ours.
fn kept(at: &BoardPost, attachments: &[Attachment], files: &[OutgoingFile]) -> Vec<CaseFile> {
    let file = |(attachment, file): (&Attachment, &OutgoingFile)| CaseFile {
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: attachment.size,
        channel: at.channel,
        message: at.card,
        attachment: attachment.id,
    };
    attachments.iter().zip(files).map(file).collect()
}

/// Where a case's thread is, for people.
pub fn link(case: &Case) -> Option<String> {
    let (server, post) = (case.server?, case.board.as_ref()?);
    Some(format!("https://discord.com/channels/{server}/{}", post.thread))
}

/// The card of a case: what everybody on the board sees.
pub fn show(case: &Case) -> OutgoingMessage {
    let mut fields = vec![
        EmbedField::inline(card::STATUS, text::status(case.status)),
        EmbedField::inline(card::SEVERITY, text::severity(case.severity)),
        EmbedField::inline(
            card::ASSIGNEE,
            case.assignee.as_ref().map_or_else(|| card::NOBODY.to_owned(), |assignee| escape_markdown(&assignee.name)),
        ),
    ];
    for answer in &case.answers {
        fields.push(EmbedField::block(text::question(&answer.question), escape_markdown(&answer.answer)));
    }
    let reporter = match case.reporter {
        Some(_) => escape_markdown(&case.reporter_name),
        None => card::SOMEBODY.to_owned(),
    };
    fields.push(EmbedField::inline(card::REPORTER, reporter));
    let shown: String = case.text.chars().take(CARD_TEXT_MAX).collect();
    let embed = Embed {
        title: Some(escape_markdown(&format!("#{} {}", case.number, case.title))),
        description: Some(escape_markdown(&shown)),
        colour: Some(colour(case.status)),
        fields,
        footer: Some(format!("{} · {}", text::kind(case.kind), text::status(case.status))),
        timestamp: Some(case.created_at.to_string()),
        ..Embed::default()
    };
    let button = |label: &str, style, action| Button::custom(label, style, CustomId::public(action).with(case.number));
    let vote = button(&text::buttons::vote(case.votes), ButtonStyle::Secondary, CASE_VOTE);
    let buttons = match case.status {
        Status::Resolved | Status::Closed => Vec::new(),
        Status::WaitingForPerson => vec![
            vote,
            button(text::buttons::TAKE, ButtonStyle::Primary, CASE_TAKE),
            button(text::buttons::RESOLVE, ButtonStyle::Success, CASE_RESOLVE),
        ],
        Status::New | Status::Open | Status::WaitingForUs | Status::Reopened => vec![
            vote,
            button(text::buttons::TAKE, ButtonStyle::Primary, CASE_TAKE),
            button(text::buttons::WAITING, ButtonStyle::Secondary, CASE_WAITING),
            button(text::buttons::RESOLVE, ButtonStyle::Success, CASE_RESOLVE),
        ],
    };
    OutgoingMessage { embeds: vec![embed], buttons, ..OutgoingMessage::default() }
}

/// The colour of a card's stripe, 0xRRGGBB.
const fn colour(status: Status) -> u32 {
    match status {
        Status::New | Status::Reopened => 0x58_65F2,
        Status::Open | Status::WaitingForUs => 0xF0_B132,
        Status::WaitingForPerson => 0x99_7BD8,
        Status::Resolved => 0x23_A559,
        Status::Closed => 0x80_848E,
    }
}
