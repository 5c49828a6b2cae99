//! The platforms' own quirks: what is delivered twice, late, in the wrong order or not at all, and what is refused.

pub mod stage;

mod discord;
mod races;
mod studio;
mod twilio;
mod webhooks;
