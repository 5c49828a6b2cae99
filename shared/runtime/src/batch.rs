//! A batch of an SQS FIFO queue: groups side by side, each group in order, the rest of a group held back behind a failure.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Handled (or set aside for good): the queue may forget it.
    Yes,
    /// To be delivered again; the later ones of its group wait behind it. When it was put back, for how long: else all of them come
    /// in the queue's own time.
    Again(Option<Duration>),
}

/// How often a message has been delivered, from 1.
pub fn attempt(message: &SqsMessage) -> u32 {
    message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// Works through a batch and names the messages that have to come again.
///
/// With a FIFO queue a failure holds back the later messages of the same group, so that nothing overtakes. See [AWS Docs/Lambda,
/// Handling errors for an SQS event source]. They are in flight like the one that failed, so `hold_back` puts them back for as long:
/// left alone they would wait for the queue's visibility timeout.
pub async fn by_group<F, Fut, G, Back>(event: SqsEvent, handle: F, hold_back: G) -> SqsBatchResponse
where
    F: Fn(SqsMessage) -> Fut,
    Fut: Future<Output = Done>,
    G: Fn(SqsMessage, Duration) -> Back,
    Back: Future<Output = ()>,
{
    let mut order: Vec<String> = Vec::new();
    let mut groups: HashMap<String, Vec<SqsMessage>> = HashMap::new();
    for message in event.records {
        let group = message.attributes.get("MessageGroupId").cloned().unwrap_or_default();
        let members = groups.entry(group.clone()).or_default();
        if members.is_empty() {
            order.push(group);
        }
        members.push(message);
    }
    let (handle, hold_back) = (&handle, &hold_back);
    let work = order.into_iter().filter_map(|group| groups.remove(&group)).map(|messages| async move {
        let mut failed = Vec::new();
        let mut pause = None;
        for message in messages {
            let id = message.message_id.clone().unwrap_or_default();
            if failed.is_empty() {
                if let Done::Again(after) = handle(message).await {
                    failed.push(id);
                    pause = after;
                }
            } else {
                if let Some(pause) = pause {
                    hold_back(message, pause).await;
                }
                failed.push(id);
            }
        }
        failed
    });
    let mut response = SqsBatchResponse::default();
    for id in futures::future::join_all(work).await.into_iter().flatten() {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        response.batch_item_failures.push(failure);
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn message(id: &str, group: &str) -> SqsMessage {
        let mut message = SqsMessage::default();
        message.message_id = Some(id.to_owned());
        message.attributes.insert("MessageGroupId".to_owned(), group.to_owned());
        message
    }

    #[tokio::test]
    async fn a_failure_holds_back_the_rest_of_its_group_only() {
        let mut event = SqsEvent::default();
        event.records =
            vec![message("a1", "a"), message("b1", "b"), message("a2", "a"), message("b2", "b"), message("a3", "a")];
        let (seen, waiting) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        let pause = Duration::from_secs(3);
        let handle = |message: SqsMessage| {
            let id = message.message_id.unwrap();
            seen.lock().unwrap().push(id.clone());
            async move { if id == "a2" { Done::Again(Some(pause)) } else { Done::Yes } }
        };
        let hold_back = |message: SqsMessage, pause| {
            waiting.lock().unwrap().push((message.message_id.unwrap(), pause));
            async {}
        };
        let response = by_group(event, handle, hold_back).await;
        let failed: Vec<_> =
            response.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect();
        assert_eq!(failed, ["a2", "a3"]);
        assert!(!seen.lock().unwrap().contains(&"a3".to_owned()), "nothing of the group may run behind a failure");
        assert!(seen.lock().unwrap().contains(&"b2".to_owned()));
        assert_eq!(
            *waiting.lock().unwrap(),
            [("a3".to_owned(), pause)],
            "it would else wait for the visibility timeout"
        );
    }
}
