//! The servers' boards: where reports are posted, and the card that shows where each one stands.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use discord::client::{Channel, ChannelKind, DiscordError, NewChannel, NewTag, ThreadEdit};
use discord::files::Attachment;
use discord::message::{Button, ButtonStyle, Embed, EmbedField, Nonce, OutgoingFile, OutgoingMessage, escape_markdown};
use discord::routes::{CASE_RESOLVE, CASE_TAKE, CASE_VOTE, CASE_WAITING, CustomId, PLATFORM};
use domain::case::{BoardPost, Case, CaseFile, Kind, Status};
use domain::ids::{ChannelId, DiscordMessageId, GuildId, TagId};
use domain::language::Language;
use domain::text_case::{self as text, card};
use domain::text_discord::FrontDoor;
use domain::text_discord::choices::PLATFORMS;
use jiff::Timestamp;
use store::{Board, Claim, Store};
use tracing::{info, warn};

/// Most tags of a forum. See [Discord Docs/Channel Object, `available_tags`].
const TAGS_MAX: usize = 20;

/// The longest pauses that are waited for here when Discord wants one before a post, of the function's minute.
const SHORT_LIMITS: [Duration; 3] = [Duration::from_secs(5); 3];

/// The claim on making a board.
const MAKING: &str = "board";

/// How often, and with which pause, it is looked whether somebody else has made the board.
const MAKING_LOOKS: usize = 10;
const MAKING_PAUSE: Duration = Duration::from_millis(500);

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
    ///
    /// What Discord refuses for good is no error: the case is kept without a post, or the post without its files.
    pub async fn publish(&self, case: &Case, files: &[OutgoingFile], repeated: bool) -> anyhow::Result<Posted> {
        let Some(server) = case.server else { return Ok(Posted::NoBoard) };
        let mut files = files;
        let mut pauses = SHORT_LIMITS.into_iter();
        // A board that was deleted or lost its tags since is found, or made, once more.
        let mut forgotten = false;
        loop {
            let Some(board) = self.board(server, case).await? else { return Ok(Posted::NoBoard) };
            match self.publish_on(&board, server, case, files, repeated).await {
                Ok(posted) => return Ok(posted),
                Err(error) if !forgotten && is_out_of_date(&error) => {
                    info!(case.number = %case.number, error = %error, "the board is not what it was");
                    self.store.forget_board(server, case.kind).await.context("forget the board")?;
                    forgotten = true;
                }
                Err(error) if error.refuses_text() => return Ok(Posted::Blocked),
                Err(error) if error.refuses_files() && !files.is_empty() => {
                    warn!(case.number = %case.number, error = %error, "the board does not take the files");
                    files = &[];
                }
                Err(error) if error.is_missing_permission() || is_final(&error) => {
                    warn!(case.number = %case.number, error = %error, "the report cannot be posted on the board");
                    return Ok(Posted::NoBoard);
                }
                // Nothing was done, and the person is waiting.
                Err(DiscordError::RateLimited { retry_after, .. })
                    if pauses.next().is_some_and(|most| retry_after <= most) =>
                {
                    tokio::time::sleep(retry_after).await;
                }
                Err(error) => return Err(anyhow::Error::new(error).context("post on the board")),
            }
        }
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
        if repeated && let Some((thread, attachments)) = self.posted_before(server, board, case).await? {
            let channel = if board.is_forum { thread } else { board.channel };
            let post = BoardPost { board: board.channel, channel, thread, card: first_message(thread) };
            return Ok(Posted::Yes(post, kept(&post, &attachments, files)));
        }
        if board.is_forum {
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
        let made = match self.discord.post_full(post.thread, &message, &nonce).await {
            Err(error) if error.refuses_files() || error.is_missing_permission() || is_final(&error) => {
                warn!(case.number = %case.number, error = %error, "the thread does not take the files");
                return Ok(Vec::new());
            }
            other => other.context("post the files")?,
        };
        let at = BoardPost { channel: post.thread, card: made.id, ..*post };
        Ok(kept(&at, &made.attachments, files))
    }

    /// Brings card and tags up to date. A post that is gone stays gone.
    ///
    /// `renamed`: the title has changed some time. Discord takes about two new names in ten minutes, so the name is only sent where it
    /// is another.
    pub async fn refresh(&self, case: &Case, post: &BoardPost, renamed: bool) -> anyhow::Result<()> {
        let mut refreshed = self.try_refresh(case, post, renamed).await;
        if let (Some(server), true) = (case.server, refreshed.as_ref().is_err_and(is_unknown_tag)) {
            // Somebody deleted a tag: the board is read again, which makes it anew.
            self.store.forget_board(server, case.kind).await.context("forget the board")?;
            self.board(server, case).await?;
            refreshed = self.try_refresh(case, post, renamed).await;
        }
        match refreshed {
            Ok(()) => Ok(()),
            Err(DiscordError::UnknownChannel | DiscordError::UnknownMessage) => {
                info!(case.number = %case.number, "the post on the board is gone");
                Ok(())
            }
            Err(error) if error.is_missing_permission() || error.refuses_text() || is_final(&error) => {
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
        let name = if renamed {
            let current = self.discord.channel(post.thread).await?.name;
            Some(text::thread_name(case)).filter(|name| *name != current)
        } else {
            None
        };
        let edit = ThreadEdit { name, applied_tags: tags, archived: Some(false), locked: None };
        match self.discord.edit_thread(post.thread, &edit).await {
            Err(error) if error.is_missing_permission() => {
                warn!(case.number = %case.number, error = %error, "the bot may not edit the thread");
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

    /// The board of a case's server: as remembered, or as found there, or a new one. `None` where there is none and none can be made.
    async fn board(&self, server: GuildId, case: &Case) -> anyhow::Result<Option<Board>> {
        let Some(name) = text::board_name(case.kind) else { return Ok(None) };
        let making = format!("{server} {}", case.kind.name());
        for _ in 0..MAKING_LOOKS {
            if let Some(board) = self.store.board(server, case.kind).await.context("load the board")? {
                return Ok(Some(board));
            }
            // Two first reports at the same moment would make two boards.
            let owner = case.number.to_string();
            match self.store.claim(MAKING, &making, &owner, Timestamp::now()).await.context("claim the board")? {
                // Done: it was made once, and either it can be found now or it is gone again.
                Claim::New | Claim::Unfinished | Claim::Done => break,
                Claim::Busy => tokio::time::sleep(MAKING_PAUSE).await,
            }
        }
        let board = self.find_or_make(server, case.kind, name).await?;
        // By now everybody else finds it as well.
        self.store.finish_claim(MAKING, &making).await.context("settle the board")?;
        if let Some(board) = &board {
            self.store.keep_board(server, case.kind, board).await.context("remember the board")?;
        }
        Ok(board)
    }

    async fn find_or_make(&self, server: GuildId, kind: Kind, name: &str) -> anyhow::Result<Option<Board>> {
        let channels = match self.discord.guild_channels(server).await {
            Ok(channels) => channels,
            Err(error) if error.is_missing_permission() || is_final(&error) => {
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
        Ok(Some(Board { channel: channel.id, is_forum, tags }))
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
            Err(error) if error.is_missing_permission() || is_final(&error) => {
                warn!(error = %error, "the forum's tags cannot be completed");
                Ok(present)
            }
            Err(error) => Err(anyhow::Error::new(error).context("complete the forum's tags")),
        }
    }

    /// The thread that a board has for a case already, with the files on its card.
    async fn posted_before(
        &self,
        server: GuildId,
        board: &Board,
        case: &Case,
    ) -> Result<Option<(ChannelId, Vec<Attachment>)>, DiscordError> {
        let prefix = text::thread_prefix(case.number);
        let threads = self.discord.active_threads(server).await?;
        for thread in threads {
            if thread.parent != Some(board.channel) || !thread.name.starts_with(&prefix) {
                continue;
            }
            let channel = if board.is_forum { thread.id } else { board.channel };
            match self.discord.message(channel, first_message(thread.id)).await {
                // Anybody may call a thread of theirs so.
                Ok(first) if first.author_is_bot => return Ok(Some((thread.id, first.attachments))),
                Ok(_) | Err(DiscordError::UnknownMessage | DiscordError::UnknownChannel) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

/// Whether it was refused for a reason that stays.
fn is_final(error: &DiscordError) -> bool {
    matches!(error, DiscordError::Refused { .. })
}

/// Whether a tag is used that the forum does not have (any more). See [Discord Docs/Opcodes and Status Codes, JSON Error Codes].
fn is_unknown_tag(error: &DiscordError) -> bool {
    error.code() == Some(10087)
}

/// Whether a board is remembered that there is no more, or is now one that wants tags.
fn is_out_of_date(error: &DiscordError) -> bool {
    matches!(error, DiscordError::UnknownChannel) || is_unknown_tag(error) || error.code() == Some(40067)
}

/// A thread has the ID of the message it began with. See [Discord Docs/Start Thread in Forum Channel; Start Thread from Message].
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
        // The platform is one of the form's choices; the rest was typed.
        let chosen = PLATFORMS.find(&answer.answer).filter(|_| answer.question == PLATFORM);
        let named = |value| FrontDoor::speaking(Language::English).choice(&PLATFORMS, value).to_owned();
        let shown = chosen.map_or_else(|| escape_markdown(&answer.answer), named);
        fields.push(EmbedField::block(text::question(&answer.question), shown));
    }
    let reporter = match case.reporter {
        Some(_) => escape_markdown(&case.reporter_name),
        None => card::SOMEBODY.to_owned(),
    };
    fields.push(EmbedField::inline(card::REPORTER, reporter));
    let shown: String = case.text.chars().take(CARD_TEXT_MAX).collect();
    let embed = Embed {
        title: Some(format!("#{} {}", case.number, escape_markdown(&case.title))),
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
