//! The platforms, simulated: stateful, signing for real, refusing what the platforms refuse.
//!
//! Nothing here uses the project's own crates: the simulators are the second opinion that the functions are tested against.

pub mod contract;
pub mod discord;
pub mod faults;
pub mod http;
pub mod ids;
pub mod twilio;
pub mod watched;
