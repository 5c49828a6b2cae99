//! Cases: the record of what a person needs, its states, and the history in which every change stands.

use jiff::{SignedDuration, Timestamp};

use crate::ids::{
    AttachmentId, CaseNumber, ChannelId, ConversationSid, DiscordMessageId, GuildId, PersonId, WorkerSid,
};

/// For how long a reporter may reopen a case after it was resolved.
pub const REOPENING: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Longest note or reason, in characters.
pub const NOTE_LENGTH_MAX: usize = 2000;

/// Longest comment on a rating, in characters.
pub const COMMENT_LENGTH_MAX: u16 = 1000;

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

/// How bad it is for the one who reported it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Looks wrong, works fine.
    Low,
    /// A nuisance.
    #[default]
    Normal,
    /// Something cannot be done.
    High,
    /// Nothing works, or something is lost.
    Critical,
}

/// How soon we want to deal with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Some day.
    Low,
    /// In its turn.
    #[default]
    Normal,
    /// Before the others.
    High,
    /// Now.
    Urgent,
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
names!(Severity { Low = "low", Normal = "normal", High = "high", Critical = "critical" });
names!(Priority { Low = "low", Normal = "normal", High = "high", Urgent = "urgent" });

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
        self.arrows().contains(&next)
    }

    /// Where it may go from here.
    pub fn arrows(self) -> &'static [Status] {
        ARROWS.iter().find(|(from, _)| *from == self).map_or(&[], |(_, to)| to)
    }

    /// Whether there is nothing left to do.
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }
}

/// Who changed a case.
#[derive(Clone, PartialEq, Eq)]
pub enum Author {
    /// The person whose case it is.
    Person(PersonId),
    /// The person whose case it is, whose data was deleted since.
    Erased,
    /// An agent, by name.
    Agent(String),
    /// A moderator of the case's server.
    Moderator {
        /// Their Discord user ID.
        id: PersonId,
        /// Their name as Discord showed it then.
        name: String,
    },
    /// A machine, by the name of its API key.
    Machine(String),
    /// The desk itself.
    Desk,
}

impl std::fmt::Debug for Author {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names stay out of logs.
        match self {
            Self::Person(id) => write!(f, "Person({id})"),
            Self::Erased => f.write_str("Erased"),
            Self::Agent(_) => f.write_str("Agent"),
            Self::Moderator { id, .. } => write!(f, "Moderator({id})"),
            Self::Machine(_) => f.write_str("Machine"),
            Self::Desk => f.write_str("Desk"),
        }
    }
}

/// Who works on a case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Assignee {
    /// What tells them from others: `discord:<user id>`, `flex:<worker SID>`, or `name:<name>` where only that is known.
    pub key: String,
    /// Their name.
    pub name: String,
}

impl std::fmt::Debug for Assignee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A key may be a name as well.
        let key = if self.key.starts_with("name:") { "name" } else { &self.key };
        f.debug_tuple("Assignee").field(&key).finish()
    }
}

impl Assignee {
    /// A member of the server.
    pub fn member(id: PersonId, name: &str) -> Self {
        Self { key: format!("discord:{id}"), name: name.to_owned() }
    }

    /// An agent in Flex.
    pub fn worker(worker: &WorkerSid, name: &str) -> Self {
        Self { key: format!("flex:{worker}"), name: name.to_owned() }
    }

    /// Somebody of whom only the name is known.
    pub fn named(name: &str) -> Self {
        Self { key: format!("name:{name}"), name: name.to_owned() }
    }
}

/// A further question of the report's form, and what was answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question's name, e.g. `steps`.
    pub question: String,
    /// The answer.
    pub answer: String,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("question", &self.question).finish_non_exhaustive()
    }
}

/// Where a case stands on the server's board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardPost {
    /// The board: a forum, or a text channel.
    pub board: ChannelId,
    /// Where the card is: the thread itself in a forum, else the text channel.
    pub channel: ChannelId,
    /// The thread of the case.
    pub thread: ChannelId,
    /// The card.
    pub card: DiscordMessageId,
}

/// A file of a report. It is kept on a message of ours, because the address that a report brings dies.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Its name, made safe.
    pub name: String,
    /// Its type, found from its bytes.
    pub content_type: String,
    /// In bytes.
    pub size: u64,
    /// The channel of the message that it hangs on.
    pub channel: ChannelId,
    /// That message.
    pub message: DiscordMessageId,
    /// The file on that message.
    pub attachment: AttachmentId,
}

impl std::fmt::Debug for CaseFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseFile")
            .field("attachment", &self.attachment)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A case.
#[derive(Clone, PartialEq, Eq)]
pub struct Case {
    /// The number a person can say.
    pub number: CaseNumber,
    /// What it is about.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// How bad it is.
    pub severity: Severity,
    /// How soon it is dealt with.
    pub priority: Priority,
    /// A line that tells it from others.
    pub title: String,
    /// What the reporter wrote.
    pub text: String,
    /// The answers to the form's further questions.
    pub answers: Vec<Answer>,
    /// Whose it is; `None` when their data was deleted.
    pub reporter: Option<PersonId>,
    /// Their name at that time.
    pub reporter_name: String,
    /// Their language, a Discord locale.
    pub locale: String,
    /// The server it belongs to; its moderators may work on it.
    pub server: Option<GuildId>,
    /// Where it was reported.
    pub channel: Option<ChannelId>,
    /// The conversations it was talked about in, the oldest first: the one it came from, and one more each time it was opened again.
    pub conversations: Vec<ConversationSid>,
    /// Who works on it.
    pub assignee: Option<Assignee>,
    /// Its place on the server's board.
    pub board: Option<BoardPost>,
    /// What was sent with it.
    pub files: Vec<CaseFile>,
    /// Cases that are about the same thing.
    pub links: Vec<CaseNumber>,
    /// How many people said that they have it too.
    pub votes: u32,
    /// How the reporter liked what was done: 1 to 5.
    pub rating: Option<u8>,
    /// What they said about it; at most [`COMMENT_LENGTH_MAX`] characters.
    pub rating_comment: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was last resolved or closed, while it is.
    pub done_at: Option<Timestamp>,
    /// Counts the changes, from 1; guards concurrent edits.
    pub version: u64,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What people wrote and their names stay out of logs.
        f.debug_struct("Case")
            .field("number", &self.number)
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// A case as it stands in a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its number.
    pub number: CaseNumber,
    /// What it is about.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// How bad it is.
    pub severity: Severity,
    /// How soon it is dealt with.
    pub priority: Priority,
    /// Its title.
    pub title: String,
    /// Whose it is.
    pub reporter: Option<PersonId>,
    /// Their name.
    pub reporter_name: String,
    /// The server it belongs to.
    pub server: Option<GuildId>,
    /// Who works on it.
    pub assignee: Option<Assignee>,
    /// How many people have it too.
    pub votes: u32,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its version.
    pub version: u64,
}

impl std::fmt::Debug for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Summary").field("number", &self.number).field("status", &self.status).finish_non_exhaustive()
    }
}

/// What may be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// [`Case::kind`].
    Kind,
    /// [`Case::severity`].
    Severity,
    /// [`Case::priority`].
    Priority,
    /// [`Case::title`].
    Title,
    /// [`Case::text`].
    Text,
    /// [`Case::assignee`].
    Assignee,
    /// [`Case::links`].
    Link,
    /// [`Case::rating`].
    Rating,
    /// [`Case::rating_comment`].
    RatingComment,
    /// [`Case::conversations`].
    Conversation,
}

names!(Field {
    Kind = "kind",
    Severity = "severity",
    Priority = "priority",
    Title = "title",
    Text = "text",
    Assignee = "assignee",
    Link = "link",
    Rating = "rating",
    RatingComment = "rating_comment",
    Conversation = "conversation",
});

/// What a change made of one field.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub field: Field,
    /// What stood there; `None` for nothing.
    pub from: Option<String>,
    /// What stands there now; `None` for nothing.
    pub to: Option<String>,
}

impl std::fmt::Debug for FieldChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FieldChange").field("field", &self.field).finish_non_exhaustive()
    }
}

/// A line of a case's history.
#[derive(Clone, PartialEq, Eq)]
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
    /// What else changed.
    pub changes: Vec<FieldChange>,
    /// Why, or what was noted.
    pub reason: String,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Event")
            .field("version", &self.version)
            .field("author", &self.author)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}

impl Event {
    /// Whether the reporter is told of it, and of what: a status that somebody else set.
    ///
    /// A support case is talked about in its chat, which says itself that an agent has come.
    pub fn told_to_reporter(&self, kind: Kind) -> Option<Status> {
        let by_reporter = matches!(self.author, Author::Person(_) | Author::Erased);
        let said_in_chat = kind == Kind::Support && matches!(self.to, Some(Status::Open | Status::WaitingForUs));
        // The first line is the filing itself, which has its own answer.
        self.to.filter(|_| self.from.is_some() && !by_reporter && !said_in_chat)
    }
}

/// One thing that shall be otherwise.
#[derive(Clone, PartialEq, Eq)]
pub enum Edit {
    /// Another status.
    Status(Status),
    /// Another assignee, or none.
    Assignee(Option<Assignee>),
    /// Another kind.
    Kind(Kind),
    /// Another severity.
    Severity(Severity),
    /// Another priority.
    Priority(Priority),
    /// Another title.
    Title(String),
    /// Another text.
    Text(String),
    /// About the same thing as that case.
    Link(CaseNumber),
    /// How the reporter liked what was done: 1 to 5.
    Rating(u8),
    /// What they say about it.
    RatingComment(String),
    /// Talked about in this conversation, too.
    Conversation(ConversationSid),
}

/// A wanted change. Without edits it is a note.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// What shall be otherwise.
    pub edits: Vec<Edit>,
    /// Who wants it.
    pub author: Author,
    /// Why, or what is noted.
    pub reason: String,
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change").field("edits", &self.edits.len()).field("author", &self.author).finish_non_exhaustive()
    }
}

impl Change {
    /// Any edits.
    pub fn edits(edits: Vec<Edit>, author: Author, reason: &str) -> Self {
        Self { edits, author, reason: reason.to_owned() }
    }

    /// A new status.
    pub fn status(status: Status, author: Author, reason: &str) -> Self {
        Self::edits(vec![Edit::Status(status)], author, reason)
    }

    /// A line in the history, nothing else.
    pub fn note(author: Author, reason: &str) -> Self {
        Self::edits(Vec::new(), author, reason)
    }

    /// The same change, which also gives the case to `assignee`.
    #[must_use]
    pub fn assigned_to(mut self, assignee: Assignee) -> Self {
        self.edits.push(Edit::Assignee(Some(assignee)));
        self
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
    /// A note without a word.
    #[error("a note needs some text")]
    EmptyNote,
    /// A note or reason of more than [`NOTE_LENGTH_MAX`] characters.
    #[error("a note or reason may have {NOTE_LENGTH_MAX} characters")]
    NoteTooLong,
    /// A title outside the limits of a report's.
    #[error("a title has {} to {} characters", crate::report::TITLE_LENGTH_MIN, crate::report::TITLE_LENGTH_MAX)]
    Title,
    /// A text outside the limits of a report's.
    #[error("a text has 1 to {} characters", crate::report::TEXT_LENGTH_MAX)]
    Text,
    /// A case cannot be linked to itself.
    #[error("a case cannot be linked to itself")]
    LinkedToItself,
    /// A rating that is not 1 to 5.
    #[error("a rating is 1 to 5")]
    Rating,
    /// A comment without a word, or of more than [`COMMENT_LENGTH_MAX`] characters.
    #[error("a comment on a rating has 1 to {COMMENT_LENGTH_MAX} characters")]
    RatingComment,
}

/// Why a reporter cannot reopen a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReopenError {
    /// It is not done: it has this status.
    NotDone(Status),
    /// It was done longer than [`REOPENING`] ago.
    TooLate,
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
            changes: Vec::new(),
            reason: reason.to_owned(),
        }
    }

    /// The case as it stands in a list.
    pub fn summary(&self) -> Summary {
        Summary {
            number: self.number,
            kind: self.kind,
            status: self.status,
            severity: self.severity,
            priority: self.priority,
            title: self.title.clone(),
            reporter: self.reporter,
            reporter_name: self.reporter_name.clone(),
            server: self.server,
            assignee: self.assignee.clone(),
            votes: self.votes,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }

    /// Whether the reporter may reopen it at `now`.
    pub fn reopening(&self, now: Timestamp) -> Result<(), ReopenError> {
        if !self.status.is_done() {
            return Err(ReopenError::NotDone(self.status));
        }
        match self.done_at {
            Some(done_at) if now.duration_since(done_at) <= REOPENING => Ok(()),
            _ => Err(ReopenError::TooLate),
        }
    }

    /// The case after `change`, with the line for its history; `None` when it would change nothing.
    pub fn apply(&self, change: &Change, at: Timestamp) -> Result<Option<(Case, Event)>, CaseError> {
        if change.reason.chars().count() > NOTE_LENGTH_MAX {
            return Err(CaseError::NoteTooLong);
        }
        let mut case = self.clone();
        let mut changes = Vec::new();
        for edit in &change.edits {
            changes.extend(case.edit(edit, at)?);
        }
        let from = (case.status != self.status).then_some(self.status);
        let is_note = change.edits.is_empty();
        if is_note && change.reason.trim().is_empty() {
            return Err(CaseError::EmptyNote);
        }
        if from.is_none() && changes.is_empty() && !is_note {
            return Ok(None);
        }
        case.version += 1;
        case.updated_at = at;
        let event = Event {
            at,
            version: case.version,
            author: change.author.clone(),
            from,
            to: from.map(|_| case.status),
            changes,
            reason: change.reason.clone(),
        };
        Ok(Some((case, event)))
    }

    /// Makes one edit; says what became of the field, if anything did. A status is no field: the event has it.
    fn edit(&mut self, edit: &Edit, at: Timestamp) -> Result<Option<FieldChange>, CaseError> {
        fn set<T: PartialEq>(
            place: &mut T,
            value: T,
            field: Field,
            show: impl Fn(&T) -> Option<String>,
        ) -> Option<FieldChange> {
            if *place == value {
                return None;
            }
            let before = std::mem::replace(place, value);
            Some(FieldChange { field, from: show(&before), to: show(place) })
        }
        Ok(match edit {
            Edit::Status(to) if *to == self.status => None,
            Edit::Status(to) if !self.status.may_become(*to) => {
                return Err(CaseError::NoArrow { from: self.status, to: *to });
            }
            Edit::Status(to) => {
                self.done_at = to.is_done().then(|| self.done_at.filter(|_| self.status.is_done()).unwrap_or(at));
                self.status = *to;
                None
            }
            Edit::Assignee(to) => {
                let name = |who: &Option<Assignee>| who.as_ref().map(|who| who.name.clone());
                set(&mut self.assignee, to.clone(), Field::Assignee, name)
            }
            Edit::Kind(to) => set(&mut self.kind, *to, Field::Kind, |kind| Some(kind.name().to_owned())),
            Edit::Severity(to) => set(&mut self.severity, *to, Field::Severity, |it| Some(it.name().to_owned())),
            Edit::Priority(to) => set(&mut self.priority, *to, Field::Priority, |it| Some(it.name().to_owned())),
            // What a case came with may stay, although nobody could write it: a chat's case has no text.
            Edit::Title(to) if *to == self.title => None,
            Edit::Text(to) if *to == self.text => None,
            Edit::Title(to) => {
                let to = crate::report::title(to).map_err(|_| CaseError::Title)?;
                set(&mut self.title, to, Field::Title, |title| Some(title.clone()))
            }
            Edit::Text(to) => {
                let to = crate::report::text(to).map_err(|_| CaseError::Text)?;
                set(&mut self.text, to, Field::Text, |text| Some(text.clone()))
            }
            Edit::Link(to) if *to == self.number => return Err(CaseError::LinkedToItself),
            Edit::Link(to) if self.links.contains(to) => None,
            Edit::Link(to) => {
                self.links.push(*to);
                Some(FieldChange { field: Field::Link, from: None, to: Some(to.to_string()) })
            }
            Edit::Rating(to) if !(1..=5).contains(to) => return Err(CaseError::Rating),
            Edit::Rating(to) => {
                set(&mut self.rating, Some(*to), Field::Rating, |rating| rating.map(|rating| rating.to_string()))
            }
            Edit::Conversation(sid) if self.conversations.contains(sid) => None,
            Edit::Conversation(sid) => {
                self.conversations.push(sid.clone());
                Some(FieldChange { field: Field::Conversation, from: None, to: Some(sid.to_string()) })
            }
            Edit::RatingComment(to) => {
                let to = to.trim();
                if to.is_empty() || to.chars().count() > usize::from(COMMENT_LENGTH_MAX) {
                    return Err(CaseError::RatingComment);
                }
                set(&mut self.rating_comment, Some(to.to_owned()), Field::RatingComment, Clone::clone)
            }
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn case(status: Status) -> Case {
        Case {
            number: CaseNumber(1),
            kind: Kind::Support,
            status,
            severity: Severity::Normal,
            priority: Priority::Normal,
            title: "t".to_owned(),
            text: String::new(),
            answers: Vec::new(),
            reporter: PersonId::new(7),
            reporter_name: "Ada".to_owned(),
            locale: "en-US".to_owned(),
            server: None,
            channel: None,
            conversations: Vec::new(),
            assignee: None,
            board: None,
            files: Vec::new(),
            links: Vec::new(),
            votes: 0,
            rating: None,
            rating_comment: None,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            done_at: None,
            version: 1,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
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
                        assert_eq!(case.done_at.is_some(), to.is_done());
                    }
                    Err(error) => {
                        assert_eq!(error, CaseError::NoArrow { from: *from, to: *to });
                        assert!(!from.may_become(*to));
                    }
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
        let take = Change::status(Status::Open, Author::Desk, "took it").assigned_to(Assignee::named("Alex"));
        let (taken, event) = case(Status::New).apply(&take, Timestamp::UNIX_EPOCH).unwrap().unwrap();
        assert_eq!(taken.assignee, Some(Assignee::named("Alex")));
        let assigned = FieldChange { field: Field::Assignee, from: None, to: Some("Alex".to_owned()) };
        assert_eq!(event.changes, [assigned]);
        assert_eq!(taken.apply(&take, Timestamp::UNIX_EPOCH), Ok(None));
    }

    #[test]
    fn every_edit_leaves_what_it_changed_in_the_history() {
        let edits = vec![
            Edit::Kind(Kind::Bug),
            Edit::Severity(Severity::High),
            Edit::Priority(Priority::Urgent),
            Edit::Title("  The map is\nempty ".to_owned()),
            Edit::Text("Nothing to see".to_owned()),
            Edit::Link(CaseNumber(5)),
            Edit::Rating(4),
            Edit::RatingComment(" quick\nand kind ".to_owned()),
            Edit::Conversation(format!("CH{}", "0".repeat(32)).parse().unwrap()),
        ];
        let change = Change::edits(edits.clone(), Author::Desk, "");
        let (changed, event) = case(Status::New).apply(&change, at(9)).unwrap().unwrap();
        let lines: Vec<_> = event.changes.iter().map(|change| (change.field.name(), change.to.as_deref())).collect();
        assert_eq!(
            lines,
            [
                ("kind", Some("bug")),
                ("severity", Some("high")),
                ("priority", Some("urgent")),
                ("title", Some("The map is empty")),
                ("text", Some("Nothing to see")),
                ("link", Some("5")),
                ("rating", Some("4")),
                ("rating_comment", Some("quick\nand kind")),
                ("conversation", Some("CH00000000000000000000000000000000")),
            ]
        );
        assert_eq!((event.from, event.to, changed.updated_at), (None, None, at(9)));
        assert_eq!(changed.apply(&change, at(10)), Ok(None), "the same again changes nothing");
    }

    #[test]
    fn what_cannot_be_is_refused_whole() {
        let check = |edit: Edit, error: CaseError| {
            let edits = vec![Edit::Priority(Priority::High), edit];
            assert_eq!(case(Status::New).apply(&Change::edits(edits, Author::Desk, ""), at(0)), Err(error));
        };
        check(Edit::Link(CaseNumber(1)), CaseError::LinkedToItself);
        check(Edit::Rating(6), CaseError::Rating);
        check(Edit::RatingComment(" \n".to_owned()), CaseError::RatingComment);
        check(Edit::RatingComment("é".repeat(1001)), CaseError::RatingComment);
        check(Edit::Title("short".to_owned()), CaseError::Title);
        check(Edit::Text(" ".to_owned()), CaseError::Text);
        check(Edit::Status(Status::Reopened), CaseError::NoArrow { from: Status::New, to: Status::Reopened });
        let note = |text: String| case(Status::New).apply(&Change::note(Author::Desk, &text), at(0));
        assert_eq!(note(" ".to_owned()), Err(CaseError::EmptyNote));
        assert_eq!(note("x".repeat(2001)), Err(CaseError::NoteTooLong));
        assert!(note("x".repeat(2000)).is_ok());
    }

    #[test]
    fn what_a_case_came_with_may_stay() {
        let chat = Case { text: String::new(), ..case(Status::New) };
        let edits = vec![Edit::Title(chat.title.clone()), Edit::Text(String::new()), Edit::Priority(Priority::Urgent)];
        let (changed, event) = chat.apply(&Change::edits(edits, Author::Desk, ""), at(9)).unwrap().unwrap();
        assert_eq!((changed.priority, changed.text.as_str(), event.changes.len()), (Priority::Urgent, "", 1));
    }

    #[test]
    fn a_reporter_may_reopen_for_a_week() {
        let resolve = Change::status(Status::Resolved, Author::Desk, "");
        let (resolved, _) = case(Status::Open).apply(&resolve, at(100)).unwrap().unwrap();
        let week = 7 * 24 * 3600;
        assert_eq!(resolved.reopening(at(100 + week)), Ok(()));
        assert_eq!(resolved.reopening(at(101 + week)), Err(ReopenError::TooLate));
        assert_eq!(case(Status::Open).reopening(at(0)), Err(ReopenError::NotDone(Status::Open)));
        // Closing what is resolved does not start the week anew.
        let close = Change::status(Status::Closed, Author::Desk, "");
        let (closed, _) = resolved.apply(&close, at(100 + week)).unwrap().unwrap();
        assert_eq!(closed.reopening(at(101 + week)), Err(ReopenError::TooLate));
    }

    #[test]
    fn the_reporter_hears_of_what_others_did() {
        let event = |author: Author, to: Status| {
            let change = Change::status(to, author, "");
            case(Status::New).apply(&change, at(0)).unwrap().unwrap().1
        };
        let agent = || Author::Agent("Alex".to_owned());
        assert_eq!(event(agent(), Status::Open).told_to_reporter(Kind::Bug), Some(Status::Open));
        assert_eq!(event(agent(), Status::Open).told_to_reporter(Kind::Support), None);
        assert_eq!(event(agent(), Status::Resolved).told_to_reporter(Kind::Support), Some(Status::Resolved));
        let person = Author::Person(PersonId::new(7).unwrap());
        assert_eq!(event(person.clone(), Status::Closed).told_to_reporter(Kind::Bug), None);
        assert_eq!(case(Status::New).opened(agent(), "").told_to_reporter(Kind::Bug), None);
        let (_, note) = case(Status::New).apply(&Change::note(agent(), "hm"), at(0)).unwrap().unwrap();
        assert_eq!(note.told_to_reporter(Kind::Bug), None);
    }

    #[test]
    fn nothing_personal_is_printed() {
        let mut secret = case(Status::New);
        secret.title = "secret".to_owned();
        secret.reporter_name = "secret".to_owned();
        let change =
            Change::edits(vec![Edit::Title("a secret title".to_owned())], Author::Agent("secret".to_owned()), "secret");
        let (after, event) = secret.apply(&change, at(0)).unwrap().unwrap();
        let printed = format!("{secret:?} {after:?} {event:?} {change:?} {:?}", after.summary());
        assert!(!printed.contains("secret"), "{printed}");
    }
}
