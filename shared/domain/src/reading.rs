//! Reading what people type in their direct messages, without a gateway: how often, by whom, and within which budget.
//!
//! One message per conversation circles in a queue. Whoever receives it takes the reader's lease, reads, and passes a new message on. The
//! rules of the lease stand here as a model; the store's conditions are the same ones.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::ids::{DiscordMessageId, PersonId};

/// How long a turn may hold the lease, in seconds. Longer than the time limit of the function that reads: who holds one that has run out
/// is dead.
pub const LEASE_SECONDS: i64 = 30;

/// How long a reader may be overdue before it counts as dead, in seconds: queues are late at times, and a budget may be short.
pub const GRACE_SECONDS: i64 = 90;

/// How long after a sign of life a reader stays quick, in seconds.
pub const QUICK_SECONDS: i64 = 60;

/// The shortest pause between two reads.
pub const QUICK_PAUSE: Duration = Duration::from_secs(2);

/// The longest pause between two reads: what SQS can delay a message. See [SQS Docs/Delay queues].
pub const PAUSE_MAX: Duration = Duration::from_mins(15);

/// The pause before the next read, by how long there has been no sign of life: a line either way, a command, a button.
///
/// It is at most a quarter of the silence or so, so that somebody who takes up a chat again waits for a fraction of what they paused.
pub fn pause_after(silence: SignedDuration) -> Duration {
    let silence = silence.as_secs();
    if silence < QUICK_SECONDS {
        return QUICK_PAUSE;
    }
    Duration::from_secs(match silence {
        ..120 => 4,
        120..300 => 8,
        300..600 => 15,
        600..1800 => 30,
        1800..3600 => 60,
        3600..21_600 => 120,
        21_600..86_400 => 300,
        _ => return PAUSE_MAX,
    })
}

/// Whether a reader has become slow by now, so that a sign of life has to wake it. `lively_at` is the last one before.
pub fn is_slow(lively_at: Option<Timestamp>, now: Timestamp) -> bool {
    lively_at.is_none_or(|at| now.duration_since(at) >= SignedDuration::from_secs(QUICK_SECONDS))
}

/// The message that circles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Whose direct messages are read.
    pub person: PersonId,
    /// The fencing token: only the message with the reader's own epoch may take the lease.
    pub epoch: u64,
    /// Whether the budget has granted this read already.
    pub granted: bool,
    /// How often reading has failed before, in a row.
    pub failures: u32,
}

/// What is known of the reading of one person's direct messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The fencing token. It grows with each turn and each reset, and the messages of older epochs end themselves.
    pub epoch: u64,
    /// The newest message that is known to be in the inbox or not to belong there. `None`: nothing is to be read any more.
    pub cursor: Option<DiscordMessageId>,
    /// The last sign of life that it knows of.
    pub lively_at: Timestamp,
    /// When its next turn is.
    pub due_at: Timestamp,
    /// Until when a turn holds the lease; what tells this turn from others.
    pub held_until: Option<Timestamp>,
    /// When it was last read.
    pub read_at: Option<Timestamp>,
}

/// What came of taking the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// This turn reads. The reader as it is now, with the lease in it.
    Ours(Reader),
    /// Another turn reads until then at most. It may be dead, so the message has to come again.
    Busy(Timestamp),
    /// The message is of an older epoch, or there is nothing to read any more: it ends itself.
    Over,
}

/// What a turn leaves to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// The next turn's epoch.
    pub epoch: u64,
    /// How far is read; `None` ends the reading.
    pub cursor: Option<DiscordMessageId>,
    /// The last sign of life.
    pub lively_at: Timestamp,
    /// When the next turn is.
    pub due_at: Timestamp,
    /// When was read, now or earlier.
    pub read_at: Option<Timestamp>,
}

/// What came of passing a turn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// The next turn is the one that was planned.
    On,
    /// A reset came meanwhile and has sent a message of its own: only what was read is kept.
    Reset,
    /// The lease has run out and somebody else has it: nothing is kept, and what was read is read again.
    Lost,
}

impl Reader {
    /// A reader that begins, or begins anew, at `cursor`.
    pub fn new(epoch: u64, cursor: DiscordMessageId, now: Timestamp) -> Self {
        Self { epoch, cursor: Some(cursor), lively_at: now, due_at: now, held_until: None, read_at: None }
    }

    /// The epoch that follows. It is a time as a rule, so that somebody who does not know the reader finds one that is newer.
    pub fn next_epoch(&self, now: Timestamp) -> u64 {
        epoch_at(now).max(self.epoch + 1)
    }

    /// When it counts as dead unless it has been read by then.
    pub fn dead_at(due_at: Timestamp) -> Timestamp {
        due_at.saturating_add(SignedDuration::from_secs(GRACE_SECONDS)).unwrap_or(Timestamp::MAX)
    }

    /// Takes the lease for a message of `epoch`.
    pub fn take(&mut self, epoch: u64, now: Timestamp) -> Taken {
        if self.epoch != epoch || self.cursor.is_none() {
            return Taken::Over;
        }
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Taken::Busy(until);
        }
        self.held_until = Some(lease_end(now));
        Taken::Ours(self.clone())
    }

    /// Gives the lease back. `turn` is the reader as it was taken.
    pub fn pass_on(&mut self, turn: &Reader, next: &Next) -> Passed {
        if self.held_until != turn.held_until {
            return Passed::Lost;
        }
        self.held_until = None;
        self.read_at = next.read_at;
        if self.epoch != turn.epoch {
            self.cursor = next.cursor.or(self.cursor);
            return Passed::Reset;
        }
        self.epoch = next.epoch;
        self.cursor = next.cursor;
        self.lively_at = next.lively_at;
        self.due_at = next.due_at;
        Passed::On
    }

    /// Begins a new epoch, whose first turn is at `due_at`. A turn that is being taken right now keeps the lease.
    ///
    /// `false`: there is a newer one already.
    pub fn reset(
        &mut self,
        epoch: u64,
        cursor: DiscordMessageId,
        lively: bool,
        now: Timestamp,
        due_at: Timestamp,
    ) -> bool {
        if epoch <= self.epoch {
            return false;
        }
        self.epoch = epoch;
        self.cursor = self.cursor.or(Some(cursor));
        self.due_at = due_at;
        if lively {
            self.lively_at = now;
        }
        true
    }
}

/// The epoch of a moment: milliseconds since 1970.
pub fn epoch_at(now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond()).unwrap_or_default()
}

/// The end of a lease that is taken now, in whole milliseconds.
pub fn lease_end(now: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(now.as_millisecond() + LEASE_SECONDS * 1000).unwrap_or(Timestamp::MAX)
}

/// Where reading begins when it is not known what began it: the smallest ID that Discord could give out now. See [Discord
/// Docs/Reference, Snowflakes].
pub fn cursor_at(now: Timestamp) -> DiscordMessageId {
    let since = epoch_at(now).saturating_sub(DISCORD_EPOCH_MS);
    DiscordMessageId::new(since << 22).unwrap_or(FIRST)
}

/// The first millisecond of 2015, from which Discord's IDs count.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

const FIRST: DiscordMessageId = match DiscordMessageId::new(1) {
    Some(first) => first,
    None => unreachable!(),
};

/// How many reads all readers together may begin in a second.
///
/// Each read reserves a moment of its own, one behind the other, so that who comes when it is short is told when to come again, and
/// everybody's turn comes in the order in which they asked. Discord allows a bot 50 calls of any kind a second. See [Discord Docs/Rate
/// Limits, Global Rate Limit].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    per_second: u32,
}

/// A read's place in the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Now.
    Now,
    /// Not before this time has passed; then without asking again.
    After(Duration),
    /// Everything is given away for longer than a message can be delayed: to be asked again.
    Full,
}

/// How far ahead reads are given away, in microseconds: a little less than a message can be delayed.
const AHEAD_MAX: i64 = 840_000_000;

/// How many microseconds of the budget may be used at once.
const BURST: i64 = 1_000_000;

impl Budget {
    /// Most reads per second that can be configured: Discord's limit for everything that the bot does, less room for the rest.
    pub const PER_SECOND_MAX: u32 = 40;

    /// A budget of `per_second` reads; at least 1, at most [`Self::PER_SECOND_MAX`].
    pub const fn new(per_second: u32) -> Self {
        let per_second = if per_second == 0 { 1 } else { per_second };
        Self { per_second: if per_second > Self::PER_SECOND_MAX { Self::PER_SECOND_MAX } else { per_second } }
    }

    /// The time that one read takes up, in microseconds.
    pub const fn interval(self) -> i64 {
        1_000_000 / self.per_second as i64
    }

    /// Up to when the budget may be given away at `now`, in microseconds since 1970.
    pub fn limit(now: Timestamp) -> i64 {
        now.as_microsecond().saturating_add(AHEAD_MAX)
    }

    /// The grant of a read whose reservation ends at `through`, in microseconds since 1970.
    pub fn grant(self, through: i64, now: Timestamp) -> Grant {
        let wait = through - self.interval() - BURST - now.as_microsecond();
        match u64::try_from(wait) {
            Ok(wait) if wait > 0 => Grant::After(Duration::from_micros(wait)),
            _ => Grant::Now,
        }
    }

    /// Reserves one read where everything up to `through` is given away. The model of what the store does.
    pub fn reserve(self, through: &mut i64, now: Timestamp) -> Grant {
        let from = (*through).max(now.as_microsecond());
        if from >= Self::limit(now) {
            return Grant::Full;
        }
        *through = from + self.interval();
        self.grant(*through, now)
    }
}

#[cfg(test)]
mod tests;
