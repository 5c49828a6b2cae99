//! What the API says and hears: JSON, apart from the domain's own types.
//!
//! IDs of Discord are texts, because they are larger than what JavaScript keeps exact. Times are RFC 3339.

use desk::transcripts::{Chat, TranscriptLine, Who};
use domain::case::{self, Author, Case, Event, Summary};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

macro_rules! wire_names {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl From<case::$name> for $name {
            fn from(value: case::$name) -> Self {
                match value { $(case::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for case::$name {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }
    )*};
}

wire_names! {
    /// What a case is about.
    Kind {
        /// Something does not work.
        Bug,
        /// Something is wished for.
        Feature,
        /// Somebody needs help.
        Support,
    }
    /// Where a case stands.
    Status {
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
    Severity {
        /// Looks wrong, works fine.
        Low,
        /// A nuisance.
        Normal,
        /// Something cannot be done.
        High,
        /// Nothing works, or something is lost.
        Critical,
    }
    /// How soon it is dealt with.
    Priority {
        /// Some day.
        Low,
        /// In its turn.
        Normal,
        /// Before the others.
        High,
        /// Now.
        Urgent,
    }
}

/// Somebody who can work on cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct Assignee {
    /// What tells them from others, e.g. `discord:1380000000000000009`.
    pub key: String,
    /// Their name.
    pub name: String,
}

impl From<&case::Assignee> for Assignee {
    fn from(assignee: &case::Assignee) -> Self {
        Self { key: assignee.key.clone(), name: assignee.name.clone() }
    }
}

/// A case as it stands in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseSummary {
    /// Its number.
    #[schema(minimum = 1)]
    pub number: u64,
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
    /// The Discord user ID of whose case it is; null when that is not known any more.
    pub reporter: Option<String>,
    /// Their name.
    pub reporter_name: String,
    /// Who works on it; null for nobody.
    #[schema(nullable)]
    pub assignee: Option<Assignee>,
    /// How many people have it too.
    pub votes: u32,
    /// When it was opened.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: u64,
}

impl From<&Summary> for CaseSummary {
    fn from(case: &Summary) -> Self {
        Self {
            number: case.number.0,
            kind: case.kind.into(),
            status: case.status.into(),
            severity: case.severity.into(),
            priority: case.priority.into(),
            title: case.title.clone(),
            reporter: case.reporter.map(|id| id.to_string()),
            reporter_name: case.reporter_name.clone(),
            assignee: case.assignee.as_ref().map(Into::into),
            votes: case.votes,
            created_at: case.created_at.to_string(),
            updated_at: case.updated_at.to_string(),
            version: case.version,
        }
    }
}

/// An answer to a further question of the report's form.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    /// The question's name, e.g. `steps`.
    pub question: String,
    /// What was answered.
    pub answer: String,
}

/// Where a case stands on the server's board.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardPost {
    /// The thread's ID.
    pub thread: String,
    /// Its address on Discord; null when the case belongs to no server.
    pub url: Option<String>,
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDocument {
    /// What lists show of it.
    #[serde(flatten)]
    pub summary: CaseSummary,
    /// What the reporter wrote.
    pub text: String,
    /// The answers to the form's further questions.
    pub answers: Vec<Answer>,
    /// The reporter's language, a Discord locale.
    pub locale: String,
    /// The ID of the server it belongs to.
    pub server: Option<String>,
    /// The SID of the newest conversation about it.
    pub conversation: Option<String>,
    /// The SIDs of all conversations about it, the oldest first: one more each time it was opened again.
    pub conversations: Vec<String>,
    /// Its place on the board.
    #[schema(nullable)]
    pub board: Option<BoardPost>,
    /// How many files it has.
    pub files: usize,
    /// The numbers of cases that are about the same thing.
    pub links: Vec<u64>,
    /// How the reporter liked what was done, 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub rating: Option<u8>,
    /// What they said about it.
    #[schema(max_length = 1000)]
    pub rating_comment: Option<String>,
    /// When it was resolved or closed, while it is.
    #[schema(format = DateTime)]
    pub done_at: Option<String>,
    /// The statuses that it can get from here.
    pub next_statuses: Vec<Status>,
}

impl From<&Case> for CaseDocument {
    fn from(case: &Case) -> Self {
        let answer = |it: &case::Answer| Answer { question: it.question.clone(), answer: it.answer.clone() };
        Self {
            summary: (&case.summary()).into(),
            text: case.text.clone(),
            answers: case.answers.iter().map(answer).collect(),
            locale: case.locale.clone(),
            server: case.server.map(|id| id.to_string()),
            conversation: case.conversations.last().map(ToString::to_string),
            conversations: case.conversations.iter().map(ToString::to_string).collect(),
            board: case.board.map(|post| BoardPost { thread: post.thread.to_string(), url: board_url(case) }),
            files: case.files.len(),
            links: case.links.iter().map(|number| number.0).collect(),
            rating: case.rating,
            rating_comment: case.rating_comment.clone(),
            done_at: case.done_at.map(|at| at.to_string()),
            next_statuses: case.status.arrows().iter().map(|status| (*status).into()).collect(),
        }
    }
}

/// The address of a case's thread on Discord.
pub fn board_url(case: &Case) -> Option<String> {
    let (post, server) = case.board.zip(case.server)?;
    Some(format!("https://discord.com/channels/{server}/{}", post.thread))
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseList {
    /// The cases, the newest first.
    pub cases: Vec<CaseSummary>,
    /// The `cursor` of the next page; null at the end. A page may hold fewer cases than were asked for and still have a next one.
    pub next: Option<String>,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventAuthor {
    /// `person` (whose case it is), `moderator`, `agent`, `machine` or `desk`.
    #[schema(example = "moderator")]
    pub kind: &'static str,
    /// Their Discord user ID, where they have one.
    pub id: Option<String>,
    /// Their name, where it is known.
    pub name: Option<String>,
}

impl From<&Author> for EventAuthor {
    fn from(author: &Author) -> Self {
        let (kind, id, name) = match author {
            Author::Person(id) => ("person", Some(id.to_string()), None),
            Author::Erased => ("person", None, None),
            Author::Agent(name) => ("agent", None, Some(name.clone())),
            Author::Moderator { id, name } => ("moderator", Some(id.to_string()), Some(name.clone())),
            Author::Machine(name) => ("machine", None, Some(name.clone())),
            Author::Desk => ("desk", None, None),
        };
        Self { kind, id, name }
    }
}

/// What a change made of one field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChange {
    /// The field, e.g. `severity`.
    pub field: &'static str,
    /// What stood there.
    pub from: Option<String>,
    /// What stands there now.
    pub to: Option<String>,
}

/// A line of a case's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseEvent {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The version of the case that this change made.
    #[schema(minimum = 1)]
    pub version: u64,
    /// Who.
    pub author: EventAuthor,
    /// The status before, where it changed.
    #[schema(nullable)]
    pub from: Option<Status>,
    /// The status after, where it changed.
    #[schema(nullable)]
    pub to: Option<Status>,
    /// What else changed.
    pub changes: Vec<FieldChange>,
    /// Why, or what was noted.
    pub reason: String,
}

impl From<&Event> for CaseEvent {
    fn from(event: &Event) -> Self {
        let change =
            |it: &case::FieldChange| FieldChange { field: it.field.name(), from: it.from.clone(), to: it.to.clone() };
        Self {
            at: event.at.to_string(),
            version: event.version,
            author: (&event.author).into(),
            from: event.from.map(Into::into),
            to: event.to.map(Into::into),
            changes: event.changes.iter().map(change).collect(),
            reason: event.reason.clone(),
        }
    }
}

/// A case's history, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseHistory {
    /// The lines.
    pub events: Vec<CaseEvent>,
}

/// A line of what was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Line {
    /// When, if that is known.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// `person`, `assistant`, `desk` or `agent`.
    #[schema(example = "person")]
    pub who: &'static str,
    /// The agent, as Flex names them.
    pub agent: Option<String>,
    /// What was said.
    pub text: String,
    /// Names of the files sent with it.
    pub files: Vec<String>,
}

impl From<&TranscriptLine> for Line {
    fn from(line: &TranscriptLine) -> Self {
        let (who, agent) = match &line.who {
            Who::Person => ("person", None),
            Who::Assistant => ("assistant", None),
            Who::Desk => ("desk", None),
            Who::Agent(name) => ("agent", Some(name.clone())),
        };
        let at = line.at.map(|at| at.to_string());
        Self { at, who, agent, text: line.text.clone(), files: line.files.clone() }
    }
}

/// What was said in a case's newest chat, oldest first; the newest 500 lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct Transcript {
    /// The lines.
    pub lines: Vec<Line>,
    /// What was said in its earlier chats, from before it was opened again; the newest chat first.
    pub earlier: Vec<EarlierChat>,
}

/// What was said in an earlier chat of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct EarlierChat {
    /// The SID of the conversation.
    pub conversation: String,
    /// The newest 500 lines, oldest first.
    pub lines: Vec<Line>,
}

impl From<&[Chat]> for Transcript {
    fn from(chats: &[Chat]) -> Self {
        let lines = |chat: &Chat| chat.lines.iter().map(Into::into).collect();
        let earlier = |chat: &Chat| EarlierChat { conversation: chat.conversation.to_string(), lines: lines(chat) };
        Self {
            lines: chats.first().map(lines).unwrap_or_default(),
            earlier: chats.iter().skip(1).map(earlier).collect(),
        }
    }
}

/// A file of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileDocument {
    /// Its place, from 1.
    #[schema(minimum = 1)]
    pub n: usize,
    /// Its name.
    pub name: String,
    /// Its type.
    pub content_type: String,
    /// In bytes.
    pub size: u64,
    /// Where it can be read for about a day; null when it is gone.
    pub url: Option<String>,
}

/// The files of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileList {
    /// The files.
    pub files: Vec<FileDocument>,
}

/// How many cases there are of one status.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusCount {
    /// The status.
    pub status: Status,
    /// How many.
    pub count: u64,
}

/// How many cases there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseCounts {
    /// By status.
    pub statuses: Vec<StatusCount>,
    /// In all.
    pub total: u64,
}

/// Who can be assigned.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssigneeList {
    /// Everybody who was ever assigned a case.
    pub assignees: Vec<Assignee>,
}

/// A case to be filed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// What it is about.
    pub kind: Kind,
    /// A line that tells it from others. White space is put in order; then it has 10 to 90 characters.
    #[schema(min_length = 10, max_length = 90)]
    pub title: String,
    /// What is the matter.
    #[schema(min_length = 1, max_length = 4000, pattern = r"[^\s\x00-\x1f\x7f-\x9f]")]
    pub text: String,
    /// How bad it is; `normal` if it is not said.
    #[schema(nullable)]
    pub severity: Option<Severity>,
    /// How soon it is dealt with; `normal` if it is not said.
    #[schema(nullable)]
    pub priority: Option<Priority>,
    /// The Discord user ID of whose case it is; without one nobody hears of it.
    #[schema(nullable, pattern = "^[1-9][0-9]{0,18}$")]
    pub reporter: Option<String>,
    /// Their name.
    #[schema(nullable, max_length = 100)]
    pub reporter_name: Option<String>,
    /// Their language, a Discord locale.
    #[schema(nullable, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?$")]
    pub locale: Option<String>,
}

/// A change of a case. What is not there stays as it is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CasePatch {
    /// Where it shall stand. There has to be an arrow: see `next_statuses`.
    #[schema(nullable)]
    pub status: Option<Status>,
    /// How bad it is.
    #[schema(nullable)]
    pub severity: Option<Severity>,
    /// How soon it is dealt with.
    #[schema(nullable)]
    pub priority: Option<Priority>,
    /// What it is about.
    #[schema(nullable)]
    pub kind: Option<Kind>,
    /// Its title.
    #[schema(nullable, min_length = 10, max_length = 90)]
    pub title: Option<String>,
    /// Its text.
    #[schema(nullable, min_length = 1, max_length = 4000, pattern = r"[^\s\x00-\x1f\x7f-\x9f]")]
    pub text: Option<String>,
    /// Who shall work on it: a key of `/api/assignees`, `me`, or null for nobody.
    #[schema(nullable, value_type = Option<String>, max_length = 200)]
    #[serde(deserialize_with = "present")]
    pub assignee: Option<Option<String>>,
    /// The number of a case that is about the same thing.
    #[schema(nullable, minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    #[serde(deserialize_with = "whole")]
    pub link: Option<u64>,
    /// Why.
    #[schema(nullable, max_length = 2000)]
    pub reason: Option<String>,
}

/// A note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// What is noted.
    #[schema(min_length = 1, max_length = 2000, pattern = r"[^\s\x00-\x1f\x7f-\x9f]")]
    pub text: String,
}

/// What was deleted of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedData {
    /// How many conversations were removed.
    pub conversations: usize,
    /// How many cases lost the person's name.
    pub cases: usize,
    /// How many votes are no longer known to be theirs.
    pub votes: usize,
    /// How many of the conversations were held in a private thread that Discord does not let the bot delete.
    pub threads_left: usize,
    /// Whether there is more to be deleted: repeat the request.
    pub more: bool,
}

/// Null is something else than not there.
#[expect(clippy::option_option, reason = "there are three: not said, nobody, somebody")]
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

/// A whole number in any way that JSON writes it: `3`, `3.0`, `3e0`.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(deserializer)? else { return Ok(None) };
    let text = number.as_f64().filter(|number| number.fract() == 0.0).map(|number| format!("{number:.0}"));
    let whole = number.as_u64().or_else(|| text?.parse().ok());
    whole.map(Some).ok_or_else(|| serde::de::Error::custom("not a whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_be_written_in_any_way() {
        let read =
            |text: &str| serde_json::from_str::<CasePatch>(&format!("{{\"link\": {text}}}")).map(|it| it.link).ok();
        for (text, link) in [("3", Some(Some(3))), ("3.0", Some(Some(3))), ("3e0", Some(Some(3))), ("null", Some(None))]
        {
            assert_eq!(read(text), link, "{text}");
        }
        for text in ["3.5", "-3", "1e300", "\"3\"", "true"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn names_on_the_wire_are_those_of_the_domain() {
        for status in case::Status::ALL {
            assert_eq!(serde_json::to_value(Status::from(*status)).unwrap(), status.name());
            assert_eq!(case::Status::from(Status::from(*status)), *status);
        }
        for kind in case::Kind::ALL {
            assert_eq!(serde_json::to_value(Kind::from(*kind)).unwrap(), kind.name());
        }
        for severity in case::Severity::ALL {
            assert_eq!(serde_json::to_value(Severity::from(*severity)).unwrap(), severity.name());
        }
        for priority in case::Priority::ALL {
            assert_eq!(serde_json::to_value(Priority::from(*priority)).unwrap(), priority.name());
        }
    }

    #[test]
    fn no_assignee_is_something_else_than_none_said() {
        let read = |text: &str| serde_json::from_str::<CasePatch>(text).map(|patch| patch.assignee);
        assert_eq!(read("{}").unwrap(), None);
        assert_eq!(read(r#"{"assignee": null}"#).unwrap(), Some(None));
        assert_eq!(read(r#"{"assignee": "me"}"#).unwrap(), Some(Some("me".to_owned())));
        assert!(read(r#"{"asignee": "me"}"#).is_err());
    }
}
