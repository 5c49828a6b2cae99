//! The whole stack on one machine: deploys `template.yaml` without AWS, Discord or Twilio.
//!
//! [`Sandbox::start`] builds the functions, reads the template, starts what it asks for and runs its custom resources.
//! [`Handle`] is what tests, the demo and the page look through.

pub mod activity;
pub mod aws;
pub mod binaries;
pub mod demo;
pub mod gate;
pub mod page;
pub mod sandbox;
pub mod seed;
pub mod sims;
pub mod trace;

pub use sandbox::{Binaries, Handle, Options, Platform, Sandbox};
