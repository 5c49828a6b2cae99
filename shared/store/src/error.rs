//! What can go wrong with the table.

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};

/// A call to the table that did not work.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB was not reached, or refused.
    #[error("{operation} failed: {cause}")]
    Call {
        /// The operation, e.g. `GetItem`.
        operation: &'static str,
        /// The SDK's whole chain, which names keys at most.
        cause: String,
    },
    /// An item is not what this version of the code writes.
    #[error("item {key} is malformed: {what}")]
    Malformed {
        /// Its partition key.
        key: String,
        /// What is missing or wrong.
        what: &'static str,
    },
    /// Somebody else changed the same thing at the same time. Trying again may help.
    #[error("somebody else was changing {0} at the same time")]
    Conflict(&'static str),
}

impl StoreError {
    pub(crate) fn call<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> Self
    where
        E: std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        move |error| Self::Call { operation, cause: DisplayErrorContext(error).to_string() }
    }
}
