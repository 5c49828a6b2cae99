//! When a chat in which nobody says anything is ended.

use jiff::{SignedDuration, Timestamp};

use crate::conversation::{Conversation, Stage};

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

impl Conversation {
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
    fn no_patience_is_too_long() {
        let endless = Patience { warning: SignedDuration::MAX, end: SignedDuration::MAX };
        assert_eq!(at(&quiet(Stage::WithAssistant), endless, minute(5)), Silence::Until(Timestamp::MAX));
    }
}
