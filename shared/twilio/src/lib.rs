//! The Twilio side: check that a webhook is Twilio's, read it, and call Twilio.
//!
//! * [`signature`] checks `X-Twilio-Signature` over the raw request;
//! * [`webhook`] turns a verified body into our own small events;
//! * [`client`] makes the requests: Conversations, Flex Interactions, `TaskRouter` and Studio.
//!
//! This crate knows no Discord and no store; `desk` joins them.

pub mod client;
mod error;
pub mod signature;
pub mod webhook;

pub use client::{Client, Config};
pub use error::{PlatformText, TwilioError};
