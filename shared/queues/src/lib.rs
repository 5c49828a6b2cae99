//! SQS: the inbox (what people want, in order per person), the outbox (what goes to them, in order per conversation), and the news of
//! cases; and the turns of those who read direct messages.
//!
//! All but the last are FIFO queues. Wire types live in [`wire`] and [`turns`]; the rest of the house sees the domain's types.

pub mod turns;
pub mod wire;

use std::time::Duration;

use aws_sdk_sqs::error::DisplayErrorContext;
use domain::delivery::Outgoing;
use domain::ids::CaseNumber;
use domain::line::Line;
use sha2::{Digest, Sha256};

/// A call to SQS that did not work.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed: {cause}")]
pub struct QueueError {
    operation: &'static str,
    cause: String,
}

/// Longest time for which a message can be put back: 12 hours less a little. See [AWS Docs/SQS, ChangeMessageVisibility].
const VISIBILITY_MAX: Duration = Duration::from_secs(43_000);

/// One queue.
#[derive(Debug, Clone)]
pub struct Queue {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Queue {
    /// The queue at `url`.
    pub fn new(client: aws_sdk_sqs::Client, url: String) -> Self {
        Self { client, url }
    }

    /// Puts an entry into the inbox: group = person, deduplication = Discord's ID, and the edition of an edited message.
    pub async fn send_line(&self, line: &Line) -> Result<(), QueueError> {
        let body = wire::line_to_json(line);
        self.send(&body, &line.asker.person.to_string(), &line.deduplication_key()).await
    }

    /// Puts an entry into the outbox: group = conversation, deduplication = what it is about.
    pub async fn send_outgoing(&self, outgoing: &Outgoing) -> Result<(), QueueError> {
        self.send_outgoing_again(outgoing, "").await
    }

    /// The same, told apart from an earlier try by `attempt`: for the sweep, whose first try may have been set aside.
    pub async fn send_outgoing_again(&self, outgoing: &Outgoing, attempt: &str) -> Result<(), QueueError> {
        let body = wire::outgoing_to_json(outgoing);
        let key = format!("{}{attempt}", outgoing.deduplication_key());
        self.send(&body, outgoing.conversation.as_str(), &key).await
    }

    /// Says that there is news of a case: group = case, deduplication = `why`, e.g. the case's new version.
    pub async fn send_case_news(&self, case: CaseNumber, why: &str) -> Result<(), QueueError> {
        let number = case.to_string();
        self.send(&wire::case_news_to_json(case), &number, &format!("case {number} {why}")).await
    }

    /// Sets a message aside as it is, for people to look at: a dead-letter queue.
    pub async fn set_aside(&self, body: &str, group: &str, id: &str) -> Result<(), QueueError> {
        self.send(body, group, id).await
    }

    async fn send(&self, body: &str, group: &str, key: &str) -> Result<(), QueueError> {
        // A deduplication ID has at most 128 characters of a limited set; a hash always fits.
        let deduplication = hex::encode(Sha256::digest(key.as_bytes()));
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_group_id(group)
            .message_deduplication_id(deduplication)
            .send()
            .await
            .map_err(|error| QueueError { operation: "SendMessage", cause: DisplayErrorContext(error).to_string() })?;
        Ok(())
    }

    /// Lets a received message come again after `delay` (rounded up to a second), instead of after the queue's own time.
    pub async fn put_back(&self, receipt_handle: &str, delay: Duration) -> Result<(), QueueError> {
        let seconds = delay.min(VISIBILITY_MAX).as_millis().div_ceil(1000);
        self.client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt_handle)
            .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| QueueError {
                operation: "ChangeMessageVisibility",
                cause: DisplayErrorContext(error).to_string(),
            })?;
        Ok(())
    }
}
