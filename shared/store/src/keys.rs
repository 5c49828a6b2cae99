//! Keys and names of the table: the only place where they are built.

use domain::case::{Assignee, Kind, Severity, Status};
use domain::ids::{CaseNumber, GuildId, MessageSid, PersonId};

/// Partition key attribute.
pub const PK: &str = "PK";
/// Sort key attribute.
pub const SK: &str = "SK";
/// TTL attribute, epoch seconds. Expired items linger until DynamoDB removes them.
pub const EXPIRES_AT: &str = "expires_at";

/// The conversation behind a conversation SID.
pub const CONVERSATION_BY_SID: &str = "conversation-by-sid";
/// What has to be looked at, by when. Sparse: closed conversations and cases without news are not in it.
pub const DUE_FOR_SWEEP: &str = "due-for-sweep";
/// The partition of [`DUE_FOR_SWEEP`] with the open conversations.
pub const SWEEP_GROUP: &str = "OPEN";
/// The partition of [`DUE_FOR_SWEEP`] with the cases of which something is to be told.
pub const NEWS_GROUP: &str = "NEWS";
/// The partition of [`DUE_FOR_SWEEP`] with the cases that are kept until then.
pub const EXPIRY_GROUP: &str = "EXPIRY";
/// The partition of [`DUE_FOR_SWEEP`] with the readers of direct messages, by when they count as dead.
pub const READERS_GROUP: &str = "READERS";

/// Cases of a server and status, by number.
pub const CASES_BY_STATUS: &str = "cases-by-status";
/// Cases of a server, status and kind, by number.
pub const CASES_BY_KIND: &str = "cases-by-kind";
/// Cases of a server, status and severity, by number.
pub const CASES_BY_SEVERITY: &str = "cases-by-severity";
/// Cases of a server, assignee (or nobody) and status, by number.
pub const CASES_BY_ASSIGNEE: &str = "cases-by-assignee";
/// Cases of a person, by number.
pub const CASES_BY_REPORTER: &str = "cases-by-reporter";

/// The current conversation's sort key.
pub const CONVERSATION: &str = "CONVERSATION";
/// The sort key of who reads a person's direct messages, below the person.
pub const READER: &str = "READER";
/// The sort key of the case that a person's next conversation goes on with, below the person.
pub const CONTINUES: &str = "CONTINUES";
/// Both keys of the budget that all readers share.
pub const READ_BUDGET: &str = "READBUDGET";
/// A case's own sort key.
pub const CASE: &str = "CASE";

/// `PERSON#<discord id>`.
pub fn person(person: PersonId) -> String {
    format!("PERSON#{person}")
}

/// `CONVERSATION#<generation>`: an earlier one. Padded, so that they sort.
pub fn earlier_conversation(generation: u32) -> String {
    format!("CONVERSATION#{generation:010}")
}

/// `CASE#<number>`.
pub fn case(number: CaseNumber) -> String {
    format!("CASE#{number}")
}

/// A server as a part of keys; `0` is no server.
pub fn scope(server: Option<GuildId>) -> String {
    server.map_or_else(|| "0".to_owned(), |server| server.to_string())
}

/// `<server>#<status>`, the partition of [`CASES_BY_STATUS`].
pub fn by_status(server: Option<GuildId>, status: Status) -> String {
    format!("{}#{}", scope(server), status.name())
}

/// `<server>#<status>#<kind>`, the partition of [`CASES_BY_KIND`].
pub fn by_kind(server: Option<GuildId>, status: Status, kind: Kind) -> String {
    format!("{}#{}#{}", scope(server), status.name(), kind.name())
}

/// `<server>#<status>#<severity>`, the partition of [`CASES_BY_SEVERITY`].
pub fn by_severity(server: Option<GuildId>, status: Status, severity: Severity) -> String {
    format!("{}#{}#{}", scope(server), status.name(), severity.name())
}

/// `<server>#<status>#<assignee>`, the partition of [`CASES_BY_ASSIGNEE`]; `-` is nobody.
pub fn by_assignee(server: Option<GuildId>, status: Status, assignee: Option<&str>) -> String {
    format!("{}#{}#{}", scope(server), status.name(), assignee.unwrap_or("-"))
}

/// `CASE#<number>`, padded so that they sort: the sort key where a case is one of many.
pub fn case_of_many(number: CaseNumber) -> String {
    format!("CASE#{:020}", number.0)
}

/// `VOTE#<person>`: the vote of a person, below the case.
pub fn vote(person: PersonId) -> String {
    format!("VOTE#{person}")
}

/// `VOTE#<number>`: the same vote, below the person.
pub fn voted(number: CaseNumber) -> String {
    format!("VOTE#{number}")
}

/// `WORKED#<person>`: a member of the server who left their name in a case, below the case.
pub fn worker(person: PersonId) -> String {
    format!("WORKED#{person}")
}

/// `WORKED#<number>`: the same, below the person.
pub fn worked(number: CaseNumber) -> String {
    format!("WORKED#{number}")
}

/// The person behind an assignee, where it is a member of the server.
pub fn assigned_person(assignee: &Assignee) -> Option<PersonId> {
    assignee.key.strip_prefix("discord:")?.parse().ok()
}

/// `DRAFT#<id>`, below the person who reports.
pub fn draft(id: &str) -> String {
    format!("DRAFT#{id}")
}

/// `FILED#<draft>`: which case a draft became.
pub fn filed(draft: &str) -> String {
    format!("FILED#{draft}")
}

/// The words by which a case is found, below the case.
pub const WORDS: &str = "WORDS";

/// `WORD#<server>#<word>`: the cases with this word.
pub fn word(server: Option<GuildId>, word: &str) -> String {
    format!("WORD#{}#{word}", scope(server))
}

/// `OPENWORD#<server>#<kind>#<word>`: the reports with this word that are not done.
pub fn open_word(server: Option<GuildId>, kind: Kind, word: &str) -> String {
    format!("OPENWORD#{}#{}#{word}", scope(server), kind.name())
}

/// `COUNTER#CASES#<server>`: how many cases there are of each status, kind and severity.
pub fn case_counts(server: Option<GuildId>) -> String {
    format!("COUNTER#CASES#{}", scope(server))
}

/// `SHARD#<n>`: the counts are spread, so that changes of different cases seldom meet.
pub fn count_shard(number: CaseNumber) -> String {
    format!("SHARD#{}", number.0 % COUNT_SHARDS)
}

/// How many shards there are.
pub const COUNT_SHARDS: u64 = 16;

/// `ASSIGNEES#<server>`: everybody who was ever assigned a case.
pub fn assignees(server: Option<GuildId>) -> String {
    assignees_of_scope(&scope(server))
}

/// The same by the server's [`scope`].
pub fn assignees_of_scope(scope: &str) -> String {
    format!("ASSIGNEES#{scope}")
}

/// `ASSIGNEE#<key>`: one of them.
pub fn assignee(key: &str) -> String {
    format!("ASSIGNEE#{key}")
}

/// `GUILD#<id>`: what is known of a server.
pub fn guild(guild: GuildId) -> String {
    format!("GUILD#{guild}")
}

/// `BOARD#<kind>`: where a server's reports are posted, below the server.
pub fn board(kind: Kind) -> String {
    format!("BOARD#{}", kind.name())
}

/// The API keys.
pub const API_KEYS: &str = "APIKEYS";

/// `KEY#<id>`.
pub fn api_key(id: &str) -> String {
    format!("KEY#{id}")
}

/// `RATE#<who>`: how much somebody asks.
pub fn rate(who: &str) -> String {
    format!("RATE#{who}")
}

/// `EVENT#<time>#<n>`: RFC 3339 with nanoseconds, so that they sort.
pub fn case_event(at: jiff::Timestamp, version: u64) -> String {
    format!("EVENT#{at:.9}#{version:010}")
}

/// `CLAIM#<platform>#<id>`.
pub fn claim(platform: &str, id: &str) -> String {
    format!("CLAIM#{platform}#{id}")
}

/// `MESSAGE#<IM…>`.
pub fn message(sid: &MessageSid) -> String {
    format!("MESSAGE#{sid}")
}

/// The counter of case numbers.
pub const CASE_COUNTER: &str = "COUNTER#CASE";
