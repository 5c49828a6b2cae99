//! The use cases that join the adapters: open a conversation, relay, deliver, transfer, close.
//!
//! Each use case is a struct of the adapters it needs; the functions build the ones they use in [`connect`].

use aws_lambda_events::sqs::SqsMessage;
use queues::Queue;
use runtime::batch::Done;
use tracing::{error, warn};

pub mod answering;
pub mod boards;
pub mod case_news;
pub mod casework;
pub mod closing;
pub mod commands;
pub mod connect;
pub mod continuing;
pub mod delivering;
pub mod enriching;
pub mod files;
pub mod moderators;
pub mod once;
pub mod opening;
pub mod privacy;
pub mod reaching;
pub mod reading;
pub mod relaying;
pub mod reporting;
pub mod said;
pub mod sweeping;
pub mod threads;
pub mod transcripts;
pub mod transferring;
pub mod typing;
pub mod webhook;
pub mod welcoming;

/// What a queue's consumer does with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is done.
    Done,
    /// It comes again after this long. The later ones of its group wait.
    Later(std::time::Duration),
    /// It can never be done: a person has to look at it. The group goes on.
    SetAside(&'static str),
}

/// Carries out a verdict on a message of a queue.
///
/// Whatever goes wrong here only brings the message again by the queue's own time.
pub async fn carry_out(queue: &Queue, dead_letters: &Queue, message: &SqsMessage, verdict: Verdict) -> Done {
    match verdict {
        Verdict::Done => Done::Yes,
        Verdict::Later(delay) => {
            put_back(queue, message, delay).await;
            Done::Again(Some(delay))
        }
        Verdict::SetAside(reason) => {
            let attribute = |name: &str| message.attributes.get(name).cloned().unwrap_or_default();
            let (group, id) = (attribute("MessageGroupId"), attribute("MessageDeduplicationId"));
            let body = message.body.as_deref().unwrap_or_default();
            match dead_letters.set_aside(body, &group, &id).await {
                Ok(()) => {
                    warn!("a message was set aside: {reason}");
                    Done::Yes
                }
                Err(error) => {
                    error!(error = %error, "a message could not be set aside, it comes again: {reason}");
                    Done::Again(None)
                }
            }
        }
    }
}

/// Lets a message come again after `delay`; also one that waits behind another of its group.
///
/// Where this fails the message comes again by the queue's own time.
pub async fn put_back(queue: &Queue, message: &SqsMessage, delay: std::time::Duration) {
    let receipt = message.receipt_handle.as_deref().unwrap_or_default();
    if let Err(error) = queue.put_back(receipt, delay).await {
        warn!(error = %error, "a message could not be put back; it comes again in the queue's own time");
    }
}

/// How long a message waits after its `attempt`-th failure (from 1): 1 s, doubling, at most 256 s.
pub fn back_off(attempt: u32) -> std::time::Duration {
    std::time::Duration::from_secs(1 << attempt.saturating_sub(1).min(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_waits_longer_each_time_but_never_more_than_five_minutes() {
        let waits: Vec<_> = (1..=6).map(|attempt| back_off(attempt).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32]);
        assert_eq!(back_off(0), back_off(1));
        for attempt in (1..100).chain([u32::MAX - 1]) {
            assert!(back_off(attempt) <= back_off(attempt + 1), "{attempt}");
            assert!(back_off(attempt + 1).as_secs() <= 300, "{attempt}");
        }
    }
}
