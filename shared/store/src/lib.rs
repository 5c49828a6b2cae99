//! DynamoDB: one table, access patterns first (see ARCHITECTURE.md for the list).
//!
//! Stored items and domain types are different things; `items` joins them. Key strings are built in [`keys`] alone.

mod access;
mod boards;
mod cases;
mod claims;
mod conversations;
mod drafts;
mod error;
mod items;
pub mod keys;
mod lists;
mod people;
mod reading;
mod shown;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use access::{Allowance, ApiKey};
pub use boards::Board;
pub use cases::Filed;
pub use claims::Claim;
pub use conversations::{Opened, Progress};
pub use error::StoreError;
pub use lists::{AssigneeFilter, Counts, Filter, PAGE_LENGTH_MAX, Page};
pub use people::{ERASED_NAME, PersonData, PersonTraces};
pub use reading::{DeadReader, Reset};
pub use shown::Showing;

/// The table.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: String,
    retention: Option<jiff::SignedDuration>,
}

impl Store {
    /// The table named `table`.
    pub fn new(client: aws_sdk_dynamodb::Client, table: String) -> Self {
        Self { client, table, retention: None }
    }

    /// The same table, whose earlier conversations are kept this long after their successor began; `None` is for good.
    #[must_use]
    pub fn keeping(self, retention: Option<jiff::SignedDuration>) -> Self {
        Self { retention, ..self }
    }
}
