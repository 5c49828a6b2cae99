//! How much somebody may ask in a minute, and how they are told. See [IETF/`RateLimit` header fields for HTTP].

use anyhow::Context as _;
use axum::http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use store::{Allowance, Store};

use crate::problem::ApiError;

/// How often somebody may try to sign in from one address in a minute.
pub const SIGN_INS_PER_MINUTE: u64 = 30;

/// Takes one request of an allowance.
///
/// # Errors
/// [`ApiError::TooMany`] when it is used up.
pub async fn take(store: &Store, who: &str, limit: u64) -> Result<Allowance, ApiError> {
    let allowance = store.take_allowance(who, limit, Timestamp::now()).await.context("take an allowance")?;
    if allowance.granted { Ok(allowance) } else { Err(ApiError::TooMany(allowance)) }
}

/// Says how much is left.
pub fn describe(headers: &mut HeaderMap, allowance: &Allowance) {
    headers.insert("ratelimit-limit", HeaderValue::from(allowance.limit));
    headers.insert("ratelimit-remaining", HeaderValue::from(allowance.remaining));
    headers.insert("ratelimit-reset", HeaderValue::from(allowance.reset_seconds));
}
