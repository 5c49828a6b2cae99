//! Discord: verify, parse and answer what it sends; call its API.
//!
//! The front door uses [`signature`], [`interaction`], [`reply`] and [`routes`]; the workers use [`interaction`], [`message`],
//! [`client`], [`content`] and [`files`]; the console signs people in with [`oauth`]. Facts and their sources: [Discord Docs/Receiving and
//! Responding], [Discord Docs/Rate Limits].

pub mod client;
pub mod content;
pub mod files;
pub mod interaction;
pub mod message;
pub mod oauth;
pub mod reply;
pub mod routes;
pub mod signature;
