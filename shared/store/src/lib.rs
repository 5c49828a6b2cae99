//! DynamoDB: one table, access patterns first (see ARCHITECTURE.md for the list).
//!
//! Stored items and domain types are different things; `items` joins them. Key strings are built in [`keys`] alone.

mod cases;
mod claims;
mod conversations;
mod error;
mod items;
pub mod keys;
mod shown;
#[cfg(test)]
mod tests;

pub use claims::Claim;
pub use conversations::{Opened, Progress};
pub use error::StoreError;
pub use shown::Showing;

/// The table.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: String,
}

impl Store {
    /// The table named `table`.
    pub fn new(client: aws_sdk_dynamodb::Client, table: String) -> Self {
        Self { client, table }
    }
}
