//! Discord: verify, parse and answer what it sends; call its API.
//!
//! The front door uses [`signature`], [`interaction`], [`reply`] and [`routes`]; the workers use [`interaction`], [`message`] and
//! [`client`]. Facts and their sources: [Discord Docs/Receiving and Responding], [Discord Docs/Rate Limits].

pub mod client;
pub mod interaction;
pub mod message;
pub mod reply;
pub mod routes;
pub mod signature;
