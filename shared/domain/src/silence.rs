//! When a chat in which nobody says anything is ended, and how often one is looked at.

use jiff::{SignedDuration, Timestamp};

use crate::case::{Case, Status};
use crate::conversation::{Conversation, Stage};

/// How soon a chat is looked at in which something happens, in seconds.
pub const LOOK_SECONDS: i64 = 60;

/// After how much silence it is looked at more rarely, in seconds.
const RARELY_AFTER_SECONDS: i64 = 600;

/// When to look again, in seconds, by how long nobody has said anything: a silent chat costs next to nothing.
pub const fn look_pause(silent_seconds: i64) -> i64 {
    match silent_seconds {
        ..RARELY_AFTER_SECONDS => LOOK_SECONDS,
        RARELY_AFTER_SECONDS..3600 => 300,
        _ => 900,
    }
}

/// The look that is due soon after something has happened at `now`.
pub fn look_soon(now: Timestamp) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(LOOK_SECONDS)).unwrap_or(Timestamp::MAX)
}

/// How long silence lasts before something is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until the person is warned.
    pub warning: SignedDuration,
    /// From the warning to the end.
    pub end: SignedDuration,
}

/// What is to be done about a chat's silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Nothing, whatever time passes: somebody is waited for, or it is over.
    Allowed,
    /// Nothing until then.
    Until(Timestamp),
    /// The person is to be warned.
    Warn,
    /// It is to be ended, of which the person was warned then.
    End(Timestamp),
}

/// Whether silence means that nobody needs the chat any more. Who waits for an agent has every reason to be silent.
pub const fn counts(stage: &Stage) -> bool {
    matches!(stage, Stage::WithAssistant | Stage::WithAgent { .. } | Stage::AgentLeft)
}

/// Whether the next word is the desk's, in a stage in which silence counts: the person waits for it. `case` is the conversation's, and
/// `agent_spoke_last` says whose the last word in it was.
pub fn is_owed(conversation: &Conversation, case: Option<&Case>, agent_spoke_last: bool) -> bool {
    match conversation.stage {
        // They have read that the case is kept and that somebody will write to them here. Once an agent has had the case that is so only
        // where the next one did not come.
        Stage::WithAssistant => case.is_some_and(|case| {
            !case.status.is_done()
                && case.status != Status::WaitingForPerson
                && (case.assignee.is_none() || conversation.agent_left_at.is_some())
        }),
        Stage::WithAgent { .. } => !agent_spoke_last,
        _ => false,
    }
}

impl Silence {
    /// When to look again at the latest, where this was found at `now`.
    pub fn look_again_at(self, patience: Patience, now: Timestamp) -> Timestamp {
        match self {
            Self::Allowed => Timestamp::MAX,
            Self::Until(due) => due,
            Self::Warn => now.saturating_add(patience.end).unwrap_or(Timestamp::MAX),
            Self::End(_) => look_soon(now),
        }
    }
}

impl Conversation {
    /// When to look at the chat into which something is said at `now`, where the look that is planned may be long in coming.
    pub fn look_brought_forward(&self, now: Timestamp) -> Option<Timestamp> {
        let silent_seconds = self.lively_at.map_or(i64::MAX, |at| now.as_second() - at.as_second());
        (look_pause(silent_seconds) > LOOK_SECONDS).then(|| look_soon(now))
    }

    /// Since when nobody has said anything. An agent's coming or going is as good as a word.
    pub fn quiet_since(&self) -> Timestamp {
        let signs = [self.lively_at, self.moved_at].into_iter().flatten();
        signs.fold(self.opened_at, Timestamp::max)
    }

    /// When the person was warned of this silence; a word since makes an earlier warning void.
    pub fn warned_of_silence(&self) -> Option<Timestamp> {
        self.silence_warned_at.filter(|warned| *warned > self.quiet_since())
    }
}

/// What is to be done at `now`.
pub fn at(conversation: &Conversation, patience: Patience, now: Timestamp) -> Silence {
    if !counts(&conversation.stage) {
        return Silence::Allowed;
    }
    let later = |since: Timestamp, wait| since.saturating_add(wait).unwrap_or(Timestamp::MAX);
    let (due, then) = match conversation.warned_of_silence() {
        Some(warned) => (later(warned, patience.end), Silence::End(warned)),
        None => (later(conversation.quiet_since(), patience.warning), Silence::Warn),
    };
    if due <= now { then } else { Silence::Until(due) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::tests::conversation;

    const PATIENCE: Patience =
        Patience { warning: SignedDuration::from_mins(1440), end: SignedDuration::from_mins(60) };

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn quiet(stage: Stage) -> Conversation {
        Conversation { opened_at: minute(0), ..conversation(stage) }
    }

    #[test]
    fn a_silent_chat_is_warned_of_and_then_ended() {
        let chat = quiet(Stage::WithAssistant);
        let at = |chat: &Conversation, now| at(chat, PATIENCE, minute(now));
        assert_eq!(at(&chat, 1439), Silence::Until(minute(1440)));
        assert_eq!(at(&chat, 1440), Silence::Warn);
        let warned = Conversation { silence_warned_at: Some(minute(1441)), ..chat };
        assert_eq!(at(&warned, 1441), Silence::Until(minute(1501)));
        assert_eq!(at(&warned, 1501), Silence::End(minute(1441)));
    }

    #[test]
    fn a_word_after_the_warning_makes_it_void() {
        let warned = Conversation { silence_warned_at: Some(minute(1441)), ..quiet(Stage::WithAssistant) };
        let answered = Conversation { lively_at: Some(minute(1450)), ..warned.clone() };
        assert_eq!(answered.warned_of_silence(), None);
        assert_eq!(at(&answered, PATIENCE, minute(2000)), Silence::Until(minute(2890)));
        let joined = Conversation { moved_at: Some(minute(1450)), ..warned.clone() };
        assert_eq!(at(&joined, PATIENCE, minute(2000)), Silence::Until(minute(2890)));
        let before = Conversation { lively_at: Some(minute(1)), moved_at: Some(minute(2)), ..warned };
        assert_eq!(before.warned_of_silence(), Some(minute(1441)));
        // At the same moment: in doubt for the one who spoke.
        let together = Conversation { lively_at: Some(minute(1441)), ..before };
        assert_eq!(together.warned_of_silence(), None);
    }

    #[test]
    fn whoever_waits_may_be_silent() {
        let by = || "a".to_owned();
        for stage in [
            Stage::Opening { by: by(), since: minute(0) },
            Stage::Transferring { by: by(), since: minute(0) },
            Stage::Waiting,
            Stage::Ending,
            Stage::Closed,
        ] {
            assert_eq!(at(&quiet(stage.clone()), PATIENCE, minute(1_000_000)), Silence::Allowed, "{}", stage.name());
        }
        for stage in [Stage::WithAssistant, Stage::WithAgent { name: by() }, Stage::AgentLeft] {
            assert_eq!(at(&quiet(stage.clone()), PATIENCE, minute(1_000_000)), Silence::Warn, "{}", stage.name());
        }
    }

    #[test]
    fn whom_the_desk_owes_a_word_may_be_silent() {
        let case = |status: Status, assignee: Option<&str>| {
            let assignee = assignee.map(crate::case::Assignee::named);
            Case { assignee, ..crate::case::tests::case(status) }
        };
        let check = |stage: Stage, left: bool, case: Option<Case>, agent_spoke_last: bool, expected: bool| {
            let chat = Conversation { agent_left_at: left.then(|| minute(1)), ..quiet(stage) };
            assert_eq!(is_owed(&chat, case.as_ref(), agent_spoke_last), expected, "{:?} {case:?}", chat.stage);
        };
        // "We keep your case and will write to you here."
        check(Stage::WithAssistant, false, Some(case(Status::New, None)), false, true);
        check(Stage::WithAssistant, true, Some(case(Status::Open, Some("Alex"))), false, true);
        // It was opened again, and nobody was called.
        check(Stage::WithAssistant, false, Some(case(Status::Reopened, Some("Alex"))), false, false);
        for done in [Status::Resolved, Status::Closed, Status::WaitingForPerson] {
            check(Stage::WithAssistant, true, Some(case(done, None)), false, false);
        }
        check(Stage::WithAssistant, false, None, false, false);
        let with_agent = || Stage::WithAgent { name: "Alex".to_owned() };
        check(with_agent(), false, Some(case(Status::Open, Some("Alex"))), false, true);
        check(with_agent(), false, Some(case(Status::Open, Some("Alex"))), true, false);
        check(Stage::AgentLeft, true, Some(case(Status::Open, Some("Alex"))), false, false);
    }

    #[test]
    fn what_is_due_is_looked_at_in_time() {
        let patience = Patience { warning: SignedDuration::from_mins(10), end: SignedDuration::from_mins(3) };
        let look = |silence: Silence| silence.look_again_at(patience, minute(100));
        assert_eq!(look(Silence::Allowed), Timestamp::MAX);
        assert_eq!(look(Silence::Until(minute(107))), minute(107));
        assert_eq!(look(Silence::Warn), minute(103), "the end is due");
        assert_eq!(look(Silence::End(minute(90))), minute(101));
    }

    #[test]
    fn a_silent_chat_is_looked_at_more_rarely_until_something_is_said() {
        let pauses = [i64::MIN, -1, 0, 599, 600, 3599, 3600, i64::MAX].map(look_pause);
        assert_eq!(pauses, [60, 60, 60, 60, 300, 300, 900, 900]);
        let check = |lively_at: Option<i64>, expected: Option<i64>| {
            let chat = Conversation { lively_at: lively_at.map(minute), ..quiet(Stage::WithAssistant) };
            assert_eq!(chat.look_brought_forward(minute(100)), expected.map(minute), "{lively_at:?}");
        };
        check(Some(100), None);
        check(Some(91), None);
        check(Some(90), Some(101));
        check(Some(0), Some(101));
        check(None, Some(101));
    }

    #[test]
    fn no_patience_is_too_long() {
        let endless = Patience { warning: SignedDuration::MAX, end: SignedDuration::MAX };
        assert_eq!(at(&quiet(Stage::WithAssistant), endless, minute(5)), Silence::Until(Timestamp::MAX));
    }
}
