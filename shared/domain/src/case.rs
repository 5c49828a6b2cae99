//! Cases: the record of what a person needs, its states, and the history in which every change stands.

use jiff::Timestamp;

use crate::ids::{CaseNumber, ConversationSid, PersonId};

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Something does not work.
    Bug,
    /// Something is wished for.
    Feature,
    /// Somebody needs help; every transfer to an agent is one.
    Support,
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Nobody has looked at it.
    New,
    /// Somebody works on it.
    Open,
    /// The person has to answer.
    WaitingForPerson,
    /// We have to answer.
    WaitingForUs,
    /// Done, as far as we know.
    Resolved,
    /// Over.
    Closed,
    /// Not done after all.
    Reopened,
}

macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the table and on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

names!(Kind { Bug = "bug", Feature = "feature", Support = "support" });
names!(Status {
    New = "new",
    Open = "open",
    WaitingForPerson = "waiting_for_person",
    WaitingForUs = "waiting_for_us",
    Resolved = "resolved",
    Closed = "closed",
    Reopened = "reopened",
});

/// The arrows: from each status, where it may go. What is not here does not happen.
const ARROWS: &[(Status, &[Status])] = {
    use Status::{Closed, New, Open, Reopened, Resolved, WaitingForPerson, WaitingForUs};
    &[
        (New, &[Open, WaitingForPerson, WaitingForUs, Resolved, Closed]),
        (Open, &[WaitingForPerson, WaitingForUs, Resolved, Closed]),
        (WaitingForPerson, &[Open, WaitingForUs, Resolved, Closed]),
        (WaitingForUs, &[Open, WaitingForPerson, Resolved, Closed]),
        (Resolved, &[Closed, Reopened]),
        (Closed, &[Reopened]),
        (Reopened, &[Open, WaitingForPerson, WaitingForUs, Resolved, Closed]),
    ]
};

impl Status {
    /// Whether there is an arrow from here to `next`.
    pub fn may_become(self, next: Status) -> bool {
        ARROWS.iter().any(|(from, to)| *from == self && to.contains(&next))
    }
}

/// Who changed a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// The person whose case it is.
    Person(PersonId),
    /// An agent, by name.
    Agent(String),
    /// The desk itself.
    Desk,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The number a person can say.
    pub number: CaseNumber,
    /// What it is about.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// A line that tells it from others.
    pub title: String,
    /// Whose it is.
    pub reporter: PersonId,
    /// Their name at that time.
    pub reporter_name: String,
    /// Their language, a Discord locale.
    pub locale: String,
    /// The conversation it came from.
    pub conversation: Option<ConversationSid>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1; guards concurrent edits.
    pub version: u64,
}

/// A line of a case's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// The version of the case that this change made.
    pub version: u64,
    /// Who.
    pub author: Author,
    /// From which status, where it changed.
    pub from: Option<Status>,
    /// To which status, where it changed.
    pub to: Option<Status>,
    /// Why, or what was noted.
    pub reason: String,
}

/// A wanted change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The new status, if it shall change.
    pub status: Option<Status>,
    /// The new assignee, if it shall change.
    pub assignee: Option<String>,
    /// Who wants it.
    pub author: Author,
    /// Why.
    pub reason: String,
}

impl Change {
    /// A new status.
    pub fn status(status: Status, author: Author, reason: &str) -> Self {
        Self { status: Some(status), assignee: None, author, reason: reason.to_owned() }
    }

    /// A line in the history, nothing else.
    pub fn note(author: Author, reason: &str) -> Self {
        Self { status: None, assignee: None, author, reason: reason.to_owned() }
    }

    /// The same change, which also gives the case to `name`.
    #[must_use]
    pub fn assigned_to(self, name: &str) -> Self {
        Self { assignee: Some(name.to_owned()), ..self }
    }
}

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// There is no such arrow.
    #[error("a case that is {} cannot become {}", .from.name(), .to.name())]
    NoArrow {
        /// The status it has.
        from: Status,
        /// The status that was wanted.
        to: Status,
    },
}

impl Case {
    /// The history's first line.
    pub fn opened(&self, author: Author, reason: &str) -> Event {
        Event {
            at: self.created_at,
            version: self.version,
            author,
            from: None,
            to: Some(self.status),
            reason: reason.to_owned(),
        }
    }

    /// The case after `change`, with the line for its history; `None` when it would change nothing.
    pub fn apply(&self, change: &Change, at: Timestamp) -> Result<Option<(Case, Event)>, CaseError> {
        let status = change.status.filter(|status| *status != self.status);
        let assignee = change.assignee.as_ref().filter(|name| self.assignee.as_ref() != Some(name));
        if let Some(to) = status
            && !self.status.may_become(to)
        {
            return Err(CaseError::NoArrow { from: self.status, to });
        }
        let is_note = change.status.is_none() && change.assignee.is_none();
        if status.is_none() && assignee.is_none() && !is_note {
            return Ok(None);
        }
        let mut case = self.clone();
        case.version += 1;
        case.updated_at = at;
        case.status = status.unwrap_or(case.status);
        case.assignee = assignee.cloned().or(case.assignee);
        let event = Event {
            at,
            version: case.version,
            author: change.author.clone(),
            from: status.map(|_| self.status),
            to: status,
            reason: change.reason.clone(),
        };
        Ok(Some((case, event)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(status: Status) -> Case {
        Case {
            number: CaseNumber(1),
            kind: Kind::Support,
            status,
            title: "t".to_owned(),
            reporter: PersonId::new(7).unwrap(),
            reporter_name: "Ada".to_owned(),
            locale: "en-US".to_owned(),
            conversation: None,
            assignee: None,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn all_pairs_of_statuses() {
        let mut table = String::new();
        for from in Status::ALL {
            let to: Vec<_> = Status::ALL.iter().filter(|to| from.may_become(**to)).map(|to| to.name()).collect();
            table += &format!("{} -> {}\n", from.name(), to.join(", "));
            assert!(!from.may_become(*from), "no arrow leads to itself");
            for to in Status::ALL {
                let change = Change::status(*to, Author::Desk, "r");
                let applied = case(*from).apply(&change, Timestamp::UNIX_EPOCH);
                match applied {
                    Ok(None) => assert_eq!(from, to),
                    Ok(Some((case, event))) => {
                        assert!(from.may_become(*to));
                        assert_eq!((case.status, event.from, event.to), (*to, Some(*from), Some(*to)));
                        assert_eq!((case.version, event.version), (2, 2));
                    }
                    Err(CaseError::NoArrow { .. }) => assert!(!from.may_become(*to)),
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        new -> open, waiting_for_person, waiting_for_us, resolved, closed
        open -> waiting_for_person, waiting_for_us, resolved, closed
        waiting_for_person -> open, waiting_for_us, resolved, closed
        waiting_for_us -> open, waiting_for_person, resolved, closed
        resolved -> closed, reopened
        closed -> reopened
        reopened -> open, waiting_for_person, waiting_for_us, resolved, closed
        ");
    }

    #[test]
    fn a_note_is_history_and_the_same_assignee_again_is_not() {
        let note = Change::note(Author::Desk, "seen");
        let (noted, event) = case(Status::New).apply(&note, Timestamp::UNIX_EPOCH).unwrap().unwrap();
        assert_eq!((noted.status, event.reason.as_str()), (Status::New, "seen"));
        let take = Change::status(Status::Open, Author::Desk, "took it").assigned_to("Alex");
        let (taken, _) = case(Status::New).apply(&take, Timestamp::UNIX_EPOCH).unwrap().unwrap();
        assert_eq!(taken.assignee.as_deref(), Some("Alex"));
        assert_eq!(taken.apply(&take, Timestamp::UNIX_EPOCH), Ok(None));
    }
}
