//! Discord: verify, parse and answer what it sends; call its API.
//!
//! The front door uses [`endpoint`], [`interaction`], [`reply`] and [`routes`]; the workers use [`interaction`], [`message`],
//! `client`, [`content`] and `files`; the console signs people in with `oauth`. Those three call Discord, and are there with the feature
//! `client`: the front door calls nobody and has no room for them. Facts and their sources: [Discord Docs/Receiving and Responding],
//! [Discord Docs/Rate Limits].

mod attachment;
#[cfg(feature = "client")]
pub mod client;
pub mod content;
pub mod endpoint;
#[cfg(feature = "client")]
pub mod events;
#[cfg(feature = "client")]
pub mod files;
pub mod interaction;
#[cfg_attr(not(feature = "client"), allow(dead_code, reason = "only the client posts messages"))]
pub mod message;
#[cfg(feature = "client")]
pub mod oauth;
pub mod reply;
pub mod routes;
pub mod signature;
