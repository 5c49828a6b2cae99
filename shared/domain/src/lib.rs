//! What the contact centre is about, and what may happen next: cases, conversations, people's texts.
//!
//! No I/O, no clock, no platform crate. Times are parameters, decisions are returned as data, and the callers perform them.

pub mod agents;
pub mod case;
pub mod conversation;
pub mod delivery;
pub mod echo;
pub mod hours;
pub mod ids;
pub mod language;
pub mod line;
pub mod reading;
pub mod report;
pub mod rights;
pub mod silence;
pub mod split;
pub mod text;
pub mod text_case;
pub mod text_discord;
