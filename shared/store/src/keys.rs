//! Keys and names of the table: the only place where they are built.

use domain::ids::{CaseNumber, MessageSid, PersonId};

/// Partition key attribute.
pub const PK: &str = "PK";
/// Sort key attribute.
pub const SK: &str = "SK";
/// TTL attribute, epoch seconds. Expired items linger until DynamoDB removes them.
pub const EXPIRES_AT: &str = "expires_at";

/// The conversation behind a conversation SID.
pub const CONVERSATION_BY_SID: &str = "conversation-by-sid";
/// Open conversations by the time of their next sweep. Sparse: closed ones are not in it.
pub const CONVERSATIONS_TO_SWEEP: &str = "conversations-to-sweep";
/// The one partition of [`CONVERSATIONS_TO_SWEEP`].
pub const SWEEP_GROUP: &str = "OPEN";

/// The current conversation's sort key.
pub const CONVERSATION: &str = "CONVERSATION";
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
