//! What every function starts with: configuration, secrets, telemetry, clients, and how errors become answers.

pub mod answer;
pub mod aws;
pub mod batch;
pub mod config;
pub mod http;
pub mod metrics;
pub mod secrets;
pub mod telemetry;
