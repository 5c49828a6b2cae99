//! The console in process: over an embedded DynamoDB whose table is template.yaml's, with a stand-in for Discord and Twilio.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of any test function")]

mod access;
mod api;
mod document;
mod pages;
mod stage;
