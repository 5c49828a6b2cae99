//! Reads what people type in their direct messages: there is no gateway that would tell.
//!
//! For each open conversation one message circles in a queue. Each of its turns takes the reader's lease, reads what is new, puts it into
//! the inbox and sends the next turn on its way. The rules of lease, schedule and budget are in [`domain::reading`].
//!
//! What is in the inbox twice is relayed once: the queue knows a line by its Discord message for five minutes, and `relay` claims it.

use std::time::Duration;

use anyhow::Context;
use discord::client::{ChannelMessage, DiscordError};
use discord::interaction::Interaction;
use discord::message::{Nonce, OutgoingMessage};
use domain::conversation::{Conversation, Stage, Way};
use domain::ids::{DiscordMessageId, PersonId};
use domain::line::{Asker, Line, Wish};
use domain::reading::{self, Budget, Grant, Next, PAUSE_MAX, Passed, QUICK_PAUSE, Reader, Taken, Turn};
use domain::text::for_agents;
use jiff::{SignedDuration, Timestamp};
use queues::Queue;
use runtime::metrics::Metrics;
use store::{Claim, Reset, Store};
use tracing::{debug, error, info, warn};

use crate::back_off;
use crate::said;

/// Most messages of one read. See [Discord Docs/Get Channel Messages].
const PAGE: u16 = 100;

/// Messages that are younger are looked at for edits, in minutes.
const EDITS_MINUTES: i64 = 10;

/// An edit may have been made while the last read was under way, in seconds.
const EDITS_OVERLAP_SECONDS: i64 = 10;

/// Most readers that one sweep restarts; the rest is restarted at the next.
const RESTARTS_MAX: i32 = 500;

/// Whether a conversation's person was told that not everything is read, and who claims that.
const UNREADABLE: &str = "unreadable";
const OWNER: &str = "reader";

/// How late reads are, and how long they have to wait for the budget.
const READ_LATE: &str = "ReadLate";
const READ_AGE: &str = "ReadAge";
const BUDGET_WAIT: &str = "BudgetWait";

/// How often what was typed is looked for before something else goes into the inbox, and the pauses between: the person waits for the
/// receipt.
const CATCH_UP_TRIES: u32 = 4;
const CATCH_UP_PAUSE: Duration = Duration::from_millis(300);
const CATCH_UP_PAUSE_MAX: Duration = Duration::from_secs(3);

/// Discord's ordinary messages and replies; the other types are not said by anybody. See [Discord Docs/Message Resource, Message Types].
const SAID: [u64; 2] = [0, 19];

/// Lets readers begin, and wakes those that have become slow or died.
///
/// The message goes before the write, here and in [`Reading`]: one whose epoch is never written ends itself, but a reader without a
/// message would be a dead one.
#[derive(Clone)]
pub struct Waking {
    /// The table.
    pub store: Store,
    /// Where the turns circle.
    pub dms: Queue,
}

impl Waking {
    /// Reads a person's direct messages from now on: those behind the one that `by` is the ID of, unless earlier ones are unread.
    pub async fn begin(&self, person: PersonId, by: &str) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let cursor = by.parse().unwrap_or_else(|_| reading::cursor_at(now));
        self.reset(person, cursor, now).await
    }

    /// The person has done something, or has got something: a reader that has become slow is woken. Best effort, since it comes anyway.
    pub async fn sign_of_life(&self, conversation: &Conversation) {
        let now = Timestamp::now();
        if !conversation.stage.is_open() || !reading::is_slow(conversation.lively_at, now) {
            return;
        }
        if let Err(error) = self.reset(conversation.person, reading::cursor_at(now), now).await {
            warn!(error = format!("{error:#}"), "a reader was not woken");
        }
    }

    async fn reset(&self, person: PersonId, cursor: DiscordMessageId, now: Timestamp) -> anyhow::Result<()> {
        let mut epoch = reading::epoch_at(now);
        // The second time round it is known which epoch is newer; a third is somebody else's reset, which does as well.
        for _ in 0..2 {
            self.send(person, epoch).await?;
            let reset = Reset { epoch, cursor, lively: true, due_at: quick(now) };
            match self.store.reset_reader(person, &reset, None, now).await.context("reset the reader")? {
                None => return Ok(()),
                Some(newer) => epoch = newer.saturating_add(1),
            }
        }
        Ok(())
    }

    /// Restarts the readers that are overdue; says by how many seconds each is. One that fails does not stop the others.
    pub async fn restart_dead(&self, now: Timestamp) -> anyhow::Result<Vec<f64>> {
        let dead = self.store.dead_readers(now, RESTARTS_MAX).await.context("find dead readers")?;
        let mut late = Vec::with_capacity(dead.len());
        for dead in dead {
            late.push(now.duration_since(dead.due_at).as_secs_f64());
            let epoch = reading::epoch_at(now).max(dead.epoch.saturating_add(1));
            let reset = Reset { epoch, cursor: reading::cursor_at(now), lively: false, due_at: quick(now) };
            let restart = async {
                self.send(dead.person, epoch).await?;
                self.store.reset_reader(dead.person, &reset, Some(dead.epoch), now).await.context("reset the reader")
            };
            match restart.await {
                Ok(_) => info!("restarted a reader that was overdue"),
                Err(error) => warn!(error = format!("{error:#}"), "a reader was not restarted"),
            }
        }
        Ok(late)
    }

    async fn send(&self, person: PersonId, epoch: u64) -> anyhow::Result<()> {
        let turn = Turn { person, epoch, granted: false, failures: 0 };
        self.dms.send_turn(&turn, QUICK_PAUSE).await.context("send the reader's turn")
    }
}

fn quick(now: Timestamp) -> Timestamp {
    after(now, QUICK_PAUSE)
}

fn after(now: Timestamp, delay: Duration) -> Timestamp {
    now.saturating_add(delay).unwrap_or(Timestamp::MAX)
}

/// Takes typed lines into the inbox.
#[derive(Clone)]
pub struct TypedLines {
    /// Discord.
    pub discord: discord::client::Client,
    /// Where lines go.
    pub inbox: Queue,
}

/// What one read has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    /// How far is read.
    cursor: DiscordMessageId,
    /// How many lines and edits there were.
    lines: usize,
    /// There may be more.
    is_full: bool,
    /// A new line that we may not read: in a server, and it does not mention the bot.
    unreadable: Option<DiscordMessageId>,
}

/// What was typed since the last turn, for who has to know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Typed {
    /// How many lines and edits there were.
    pub lines: usize,
    /// Whether the person said something that we may not read.
    pub unreadable: bool,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("Discord does not tell")]
    Discord(#[source] DiscordError),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl Unread {
    /// After which pause it may work, for somebody who waits.
    fn pause(&self) -> Option<Duration> {
        match self {
            Self::Discord(DiscordError::RateLimited { retry_after, .. }) if *retry_after <= CATCH_UP_PAUSE_MAX => {
                Some(*retry_after)
            }
            Self::Discord(DiscordError::Unavailable { .. }) => Some(CATCH_UP_PAUSE),
            _ => None,
        }
    }
}

impl TypedLines {
    /// Puts what was typed before an interaction into the inbox, before what the interaction brings. Best effort, as
    /// [`TypedLines::catch_up`].
    ///
    /// Nothing is called where nothing can have been typed: in the chat, with the button's message as the newest one.
    pub async fn before(&self, store: &Store, interaction: &Interaction) {
        if interaction.is_bot_dm() && !interaction.may_follow_messages() {
            return;
        }
        match store.conversation(interaction.person.id).await {
            Ok(Some(conversation)) if conversation.stage.is_open() => self.catch_up(store, &conversation).await,
            Ok(_) => {}
            Err(error) => warn!(error = %error, "what was typed is not read first"),
        }
    }

    /// Puts what was typed so far into the inbox, before something else of the person's goes there. Best effort: the reader comes as well,
    /// and what both bring is relayed once.
    pub async fn catch_up(&self, store: &Store, conversation: &Conversation) {
        if let Err(error) = self.try_to_catch_up(store, conversation).await {
            warn!(error = format!("{error:#}"), "what was typed is not read first");
        }
    }

    /// The same for who has to know; says what there was.
    pub async fn try_to_catch_up(&self, store: &Store, conversation: &Conversation) -> anyhow::Result<Typed> {
        let nothing = Typed::default();
        let Some(reader) = store.reader(conversation.person).await.context("load the reader")? else {
            return Ok(nothing);
        };
        let mut tries = 1;
        let found = loop {
            match self.read(conversation, &reader, Timestamp::now()).await {
                Ok(found) => {
                    break found
                        .map_or(nothing, |found| Typed { lines: found.lines, unreadable: found.unreadable.is_some() });
                }
                // Where nothing can be read nothing was typed that anybody could know of.
                Err(Unread::Discord(DiscordError::UnknownChannel | DiscordError::CannotDm { .. })) => break nothing,
                Err(error) => match error.pause().filter(|_| tries < CATCH_UP_TRIES) {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => return Err(error.into()),
                },
            }
            tries += 1;
        };
        debug!(lines = found.lines, "read what was typed first");
        Ok(found)
    }

    /// Reads behind the cursor, oldest first, and puts each line into the inbox. `None`: there is nothing to read any more.
    ///
    /// Whoever reads begins at a cursor up to which everything is in the inbox, and puts in every line behind it in order. So even what two
    /// put in at once keeps its order: whoever brings a line first has brought the ones before it.
    async fn read(
        &self,
        conversation: &Conversation,
        reader: &Reader,
        now: Timestamp,
    ) -> Result<Option<Found>, Unread> {
        let Some(cursor) = reader.cursor else { return Ok(None) };
        // A little further back than what is new, because people edit what they have just written.
        let young = now.checked_sub(SignedDuration::from_mins(EDITS_MINUTES)).unwrap_or(now);
        let mut messages = self.fetch(conversation, cursor.min(reading::cursor_at(young))).await?;
        if messages.len() >= usize::from(PAGE) {
            messages = self.fetch(conversation, cursor).await?;
        }
        let is_full = messages.len() >= usize::from(PAGE);
        let mut found = Found { cursor, lines: 0, is_full, unreadable: None };
        for message in messages {
            if is_said(&message, conversation.person)
                && (message.id > cursor || was_edited(&message, conversation, reader))
            {
                let said = match conversation.way {
                    Way::DirectMessages => Some(message.said(conversation.channel)),
                    Way::Thread => message.said_to_the_bot(conversation.channel),
                };
                if let Some(said) = said {
                    let (id, wish) = (message.id.to_string(), Wish::Say(said));
                    let line = Line { id, asker: asker(conversation), wish, at: now };
                    self.inbox.send_line(&line).await.context("put a typed line into the inbox")?;
                    found.lines += 1;
                } else if message.id > cursor {
                    found.unreadable = Some(message.id);
                }
            }
            found.cursor = found.cursor.max(message.id);
        }
        Ok(Some(found))
    }

    async fn fetch(&self, conversation: &Conversation, after: DiscordMessageId) -> Result<Vec<ChannelMessage>, Unread> {
        self.discord.recent_messages(conversation.channel, PAGE, Some(after)).await.map_err(Unread::Discord)
    }
}

/// Whose conversation it is.
pub(crate) fn asker(conversation: &Conversation) -> Asker {
    Asker {
        person: conversation.person,
        display_name: conversation.display_name.clone(),
        avatar: conversation.avatar.clone(),
        server: conversation.server,
        locale: conversation.locale.clone(),
        channel: Some(conversation.channel),
    }
}

/// Whether the person said it: not the bot, and not Discord.
fn is_said(message: &ChannelMessage, person: PersonId) -> bool {
    SAID.contains(&message.kind) && !message.author_is_bot && message.author_id == person
}

/// Whether a message of this conversation was edited since the last read, or so shortly before that the read may have missed it.
fn was_edited(message: &ChannelMessage, conversation: &Conversation, reader: &Reader) -> bool {
    let edited: Option<Timestamp> = message.edited_timestamp.as_deref().and_then(|edited| edited.parse().ok());
    let Some((edited, read_at)) = edited.zip(reader.read_at) else { return false };
    edited.duration_since(read_at).as_secs() >= -EDITS_OVERLAP_SECONDS
        && message.id >= reading::cursor_at(conversation.opened_at)
}

/// Reads.
#[derive(Clone)]
pub struct Reading {
    /// The table.
    pub store: Store,
    /// Takes lines into the inbox.
    pub lines: TypedLines,
    /// Twilio, where the agents are told when nothing can be read any more.
    pub twilio: twilio::client::Client,
    /// Where the turns circle.
    pub dms: Queue,
    /// How much may be read.
    pub budget: Budget,
    /// Says how late reads are.
    pub metrics: Metrics,
}

/// What comes after a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Something was read; the next turn comes after `pause`.
    Read { cursor: DiscordMessageId, lively_at: Timestamp, pause: Duration },
    /// Nothing was read; the next turn comes after `pause`.
    Wait { pause: Duration, granted: bool, failures: u32 },
    /// There is nothing to read any more.
    End,
}

impl Reading {
    /// Carries out one turn.
    ///
    /// # Errors
    /// When the table or the queue fails: the same message has to come again.
    pub async fn turn(&self, turn: &Turn) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let taken = self.store.take_reader(turn.person, turn.epoch, now).await.context("take the reader's lease")?;
        let reader = match taken {
            Taken::Ours(reader) => reader,
            Taken::Busy(until) => {
                let rest = Duration::try_from(until.duration_since(now)).unwrap_or_default();
                return self.dms.send_turn(turn, rest + Duration::from_secs(1)).await.context("send the turn again");
            }
            Taken::Over => {
                debug!("a turn of an older epoch has ended");
                return Ok(());
            }
        };
        let plan = match self.plan(turn, &reader, now).await {
            Ok(plan) => plan,
            Err(error) => {
                warn!(error = format!("{error:#}"), "a read failed, it is tried again");
                failed(turn)
            }
        };
        self.pass_on(turn, &reader, plan).await
    }

    async fn plan(&self, turn: &Turn, reader: &Reader, now: Timestamp) -> anyhow::Result<Plan> {
        let conversation = self.store.conversation(turn.person).await.context("load the conversation")?;
        // The person's data was deleted.
        let Some(conversation) = conversation else { return Ok(Plan::End) };
        if !turn.granted {
            let pause = match self.store.reserve_read(self.budget, now).await.context("reserve a read")? {
                Grant::Now => None,
                Grant::After(pause) => Some((pause, true)),
                Grant::Full => Some((jittered(turn, Duration::from_mins(10), Duration::from_mins(5)), false)),
            };
            if let Some((pause, granted)) = pause {
                self.metrics.seconds(BUDGET_WAIT, &[pause.as_secs_f64()]);
                return Ok(Plan::Wait { pause, granted, failures: turn.failures });
            }
        }
        let found = match self.lines.read(&conversation, reader, now).await {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Plan::End),
            Err(Unread::Discord(error)) => return self.unread(turn, &conversation, error, now).await,
            Err(Unread::Failed(error)) => return Err(error),
        };
        self.tell_age(reader, now);
        if let Some(line) = found.unreadable.filter(|_| conversation.stage.is_open()) {
            // Nobody relays it, so nothing else would keep the chat from being called silent.
            self.store.show_life(&conversation, now).await.context("remember that somebody is there")?;
            self.say_that_it_is_not_read(&conversation, line, now).await?;
        }
        if found.lines > 0 {
            info!(lines = found.lines, "read what was typed");
        }
        // Everything that was typed while the chat was open is in the inbox now; the next line comes by a button or a command.
        if conversation.stage == Stage::Closed && !found.is_full {
            return Ok(Plan::End);
        }
        let lively_at = if found.lines > 0 || found.unreadable.is_some() {
            now
        } else {
            reader.lively_at.max(conversation.lively_at.unwrap_or(reader.lively_at))
        };
        let pause = if found.is_full { QUICK_PAUSE / 2 } else { reading::pause_after(now.duration_since(lively_at)) };
        Ok(Plan::Read { cursor: found.cursor, lively_at, pause })
    }

    async fn unread(
        &self,
        turn: &Turn,
        conversation: &Conversation,
        error: DiscordError,
        now: Timestamp,
    ) -> anyhow::Result<Plan> {
        let sid = conversation.sid.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(match error {
            DiscordError::RateLimited { retry_after, global } => {
                info!(delay_ms = retry_after.as_millis(), global, "Discord asks to wait");
                if global {
                    self.store.pause_reads(after(now, retry_after)).await.context("pause all reads")?;
                }
                // Those who were refused together do not come back together.
                let pause = jittered(turn, retry_after, Duration::from_secs(2));
                Plan::Wait { pause, granted: false, failures: turn.failures }
            }
            DiscordError::UnknownChannel | DiscordError::CannotDm { .. } => {
                warn!(conversation.sid = %sid, error = %error, "the direct messages cannot be read any more");
                if conversation.stage.is_open() {
                    self.tell_the_agents(conversation).await?;
                }
                Plan::End
            }
            DiscordError::InvalidToken => {
                error!("typed lines are not read: Discord does not take the bot token");
                // Each refusal counts towards a ban of the address.
                Plan::Wait { pause: PAUSE_MAX, granted: false, failures: turn.failures }
            }
            error @ (DiscordError::Refused { .. }
            | DiscordError::UnknownMessage
            | DiscordError::UnknownInteraction { .. }) => {
                error!(conversation.sid = %sid, error = %error, "Discord refuses to show the direct messages");
                Plan::Wait { pause: PAUSE_MAX, granted: false, failures: turn.failures }
            }
            error @ DiscordError::Unavailable { .. } => {
                warn!(conversation.sid = %sid, error = %error, "a read failed, it is tried again");
                failed(turn)
            }
        })
    }

    /// Once per conversation, under the line that cannot be read.
    async fn say_that_it_is_not_read(
        &self,
        conversation: &Conversation,
        line: DiscordMessageId,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let name = conversation.unique_name();
        match self.store.claim(UNREADABLE, &name, OWNER, now).await.context("claim the answer to a line")? {
            Claim::New | Claim::Unfinished => {}
            Claim::Done | Claim::Busy => return Ok(()),
        }
        let says = wording::of(&conversation.locale);
        let message = OutgoingMessage {
            reply_to: Some(line),
            ..said::with_buttons(says, says.cannot_read_here(), conversation.person, &conversation.stage)
        };
        let posted = self.lines.discord.post(conversation.channel, &message, &Nonce::of(&[&name, UNREADABLE])).await;
        match posted {
            Err(error @ (DiscordError::RateLimited { .. } | DiscordError::Unavailable { .. })) => {
                Err(anyhow::Error::new(error).context("say that a line cannot be read"))
            }
            posted => {
                if let Err(error) = posted {
                    warn!(error = %error, "a person could not be told that their line is not read");
                }
                self.store.finish_claim(UNREADABLE, &name).await.context("settle the answer to a line")
            }
        }
    }

    /// Once per conversation, and not to the person, who could not read it.
    async fn tell_the_agents(&self, conversation: &Conversation) -> anyhow::Result<()> {
        let (key, told) = ("typed-lines-unread", for_agents::typed_lines_unread());
        let noted = said::note_once(&self.twilio, &self.store, conversation, key, told).await;
        noted.context("tell the agents that nothing is read")
    }

    fn tell_age(&self, reader: &Reader, now: Timestamp) {
        let seconds = |since: Timestamp| now.duration_since(since).as_secs_f64().max(0.0);
        self.metrics.seconds(READ_LATE, &[seconds(reader.due_at)]);
        if let Some(read_at) = reader.read_at {
            self.metrics.seconds(READ_AGE, &[seconds(read_at)]);
        }
    }

    /// Sends the next turn on its way and gives the lease back.
    async fn pass_on(&self, turn: &Turn, reader: &Reader, plan: Plan) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let epoch = reader.next_epoch(now);
        let next = |granted, failures| Turn { person: turn.person, epoch, granted, failures };
        let (next, pause, cursor, lively_at, read_at) = match plan {
            Plan::Read { cursor, lively_at, pause } => {
                (Some(next(false, 0)), pause, Some(cursor), lively_at, Some(now))
            }
            Plan::Wait { pause, granted, failures } => {
                (Some(next(granted, failures)), pause, reader.cursor, reader.lively_at, reader.read_at)
            }
            Plan::End => (None, Duration::ZERO, None, reader.lively_at, reader.read_at),
        };
        if let Some(next) = next {
            self.dms.send_turn(&next, pause).await.context("send the next turn")?;
        }
        let next = Next { epoch, cursor, lively_at, due_at: after(now, pause), read_at };
        match self.store.pass_reader_on(turn.person, reader, &next).await.context("give the lease back")? {
            Passed::On => {}
            Passed::Reset => debug!("the reader was reset while it read"),
            Passed::Lost => warn!("a turn took longer than its lease"),
        }
        Ok(())
    }
}

/// Something is wrong that may pass.
fn failed(turn: &Turn) -> Plan {
    let failures = turn.failures.saturating_add(1);
    Plan::Wait { pause: back_off(failures).max(QUICK_PAUSE), granted: false, failures }
}

/// `pause` and up to `more`, different for each person and turn.
fn jittered(turn: &Turn, pause: Duration, more: Duration) -> Duration {
    let spread = (turn.person.get() ^ turn.epoch).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44;
    pause + more.mul_f64(f64::from(u32::try_from(spread).unwrap_or_default()) / f64::from(1_u32 << 20))
}

/// How late a restarted reader was, for the sweep.
pub fn tell_overdue(metrics: &Metrics, late: &[f64]) {
    metrics.seconds(READ_LATE, late);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_refused_together_comes_back_one_after_the_other() {
        let (pause, more) = (Duration::from_mins(10), Duration::from_mins(5));
        let waits: std::collections::BTreeSet<_> = (1..=200)
            .map(|person| {
                let turn = Turn { person: PersonId::new(person).unwrap(), epoch: 5, granted: false, failures: 0 };
                let wait = jittered(&turn, pause, more);
                assert!(wait >= pause && wait <= pause + more, "{wait:?}");
                wait.as_secs()
            })
            .collect();
        assert!(waits.len() > 100, "{}", waits.len());
    }

    #[test]
    fn a_read_that_fails_is_tried_again_more_and_more_seldom() {
        let mut turn = Turn { person: PersonId::new(7).unwrap(), epoch: 5, granted: true, failures: 0 };
        let pauses: Vec<_> = (0..10)
            .map(|_| {
                let Plan::Wait { pause, granted: false, failures } = failed(&turn) else { panic!() };
                turn.failures = failures;
                pause.as_secs()
            })
            .collect();
        assert_eq!(pauses, [2, 2, 4, 8, 16, 32, 64, 128, 256, 256]);
    }
}
