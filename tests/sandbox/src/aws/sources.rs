//! What starts functions by itself: queues and schedules.
//!
//! See [Lambda Docs/Using Lambda with SQS] and [SQS Docs/Partial batch responses].

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use super::lambda::{Answer, Function};
use super::sqs::{Message, Queue, md5_of_attributes};
use super::{Cloud, REGION, arn};
use crate::trace::Kind;

/// A queue that feeds a function.
#[derive(Clone)]
pub struct QueueSource {
    /// The function.
    pub function: Arc<Function>,
    /// The queue.
    pub queue: Arc<Queue>,
    /// How many messages one invocation gets at most.
    pub batch_size: usize,
    /// `ReportBatchItemFailures`: the function says which messages failed.
    pub reports_failures: bool,
    /// How many invocations run at a time.
    pub concurrency: usize,
}

/// A schedule that starts a function.
#[derive(Clone)]
pub struct Schedule {
    /// The function.
    pub function: Arc<Function>,
    /// Its name.
    pub name: String,
    /// `rate(1 minute)`.
    pub expression: String,
    /// The event, or EventBridge's own.
    pub input: Option<String>,
}

impl Cloud {
    /// Starts polling a queue.
    pub fn start_source(self: &Arc<Self>, source: QueueSource) {
        super::write(&self.sources).push(source.clone());
        let cloud = Arc::clone(self);
        self.spawn(async move {
            let permits = Arc::new(Semaphore::new(source.concurrency));
            loop {
                let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
                let messages = source.queue.receive(source.batch_size, None, Duration::from_secs(20)).await;
                if messages.is_empty() {
                    continue;
                }
                let guard = cloud.activity.begin(format!("messages of {}", source.queue.config.name));
                let (task_cloud, source) = (Arc::clone(&cloud), source.clone());
                cloud.spawn(async move {
                    task_cloud.process(&source, &messages).await;
                    drop((permit, guard));
                });
            }
        });
    }

    async fn process(self: &Arc<Self>, source: &QueueSource, messages: &[Message]) {
        let arn = source.queue.arn();
        let records: Vec<Value> = messages.iter().map(|message| record(message, &arn)).collect();
        let event = json!({ "Records": records }).to_string();
        let answer = self.invoke(&source.function, Bytes::from(event), &source.queue.config.name).await;
        let ids: BTreeSet<&str> = messages.iter().map(|message| message.id.as_str()).collect();
        let failures = failures(source.reports_failures, &answer, &ids);
        let folder = &source.function.config.folder;
        if let Failures::All(reason) = &failures {
            let title = format!("{folder}: the whole batch of {} failed: {reason}", messages.len());
            self.trace.record(Kind::Note, Some(folder), None, title, json!({"queue": source.queue.config.name}));
        }
        for message in messages {
            let Some(receipt) = &message.receipt else { continue };
            let failed = match &failures {
                Failures::All(_) => true,
                Failures::These(failed) => failed.contains(&message.id),
            };
            if failed {
                if let Some(remaining) = self.settings.shorten_visibility {
                    source.queue.shorten_visibility(receipt, remaining);
                }
            } else if let Err(error) = source.queue.delete(receipt) {
                // The function outlived the visibility timeout: the message will come again.
                let title = format!("{folder}: could not delete a message it is done with: {error}");
                self.trace.record(Kind::Note, Some(folder), None, title, json!({"queue": source.queue.config.name}));
            }
        }
    }

    /// Makes a schedule known, and runs it at its rate if schedules run.
    pub fn start_schedule(self: &Arc<Self>, schedule: Schedule) -> anyhow::Result<()> {
        let every = rate(&schedule.expression)?;
        super::write(&self.schedules).push(schedule.clone());
        let Some(every) = every.filter(|_| self.settings.schedules) else { return Ok(()) };
        let cloud = Arc::clone(self);
        self.spawn(async move {
            loop {
                tokio::time::sleep(every).await;
                cloud.run_schedule(&schedule);
            }
        });
        Ok(())
    }

    /// Starts the scheduled function now, asynchronously. Returns the request ID.
    pub fn run_schedule(self: &Arc<Self>, schedule: &Schedule) -> String {
        let event = schedule.input.clone().unwrap_or_else(|| {
            json!({
                "version": "0",
                "id": uuid::Uuid::new_v4().to_string(),
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": super::ACCOUNT,
                "time": jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_default().to_string(),
                "region": REGION,
                "resources": [arn("scheduler", &format!("schedule/default/{}", schedule.name))],
                "detail": "{}",
            })
            .to_string()
        });
        self.invoke_async(&schedule.function, Bytes::from(event), "schedule")
    }
}

/// How often a `rate(...)` runs; `None` for expressions that the sandbox runs only by hand.
fn rate(expression: &str) -> anyhow::Result<Option<Duration>> {
    let inside = |kind: &str| expression.strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')');
    if inside("cron").is_some() || inside("at").is_some() {
        return Ok(None);
    }
    let parsed = inside("rate").and_then(|rate| {
        let (count, unit) = rate.split_once(' ')?;
        let count: u64 = count.parse().ok().filter(|count| *count > 0)?;
        let (singular, seconds) = match unit.trim_end_matches('s') {
            "minute" => ("minute", 60),
            "hour" => ("hour", 3600),
            "day" => ("day", 86400),
            _ => return None,
        };
        // EventBridge refuses `rate(1 minutes)` and `rate(2 minute)`.
        let fits = (unit == singular) == (count == 1);
        fits.then(|| Duration::from_secs(count * seconds))
    });
    parsed.map(Some).ok_or_else(|| anyhow::anyhow!("{expression} is not a schedule"))
}

/// A record of an SQS event.
fn record(message: &Message, queue_arn: &str) -> Value {
    let user = message.user_attributes();
    let attributes: Map<String, Value> = user
        .iter()
        .map(|(name, value)| {
            let mut attribute = Map::from_iter([
                ("stringListValues".to_owned(), json!([])),
                ("binaryListValues".to_owned(), json!([])),
                ("dataType".to_owned(), value["DataType"].clone()),
            ]);
            for (from, to) in [("StringValue", "stringValue"), ("BinaryValue", "binaryValue")] {
                if let Some(value) = value.get(from) {
                    attribute.insert(to.to_owned(), value.clone());
                }
            }
            (name.clone(), Value::Object(attribute))
        })
        .collect();
    let mut record = json!({
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": message.system_attributes(),
        "messageAttributes": attributes,
        "md5OfBody": message.md5_of_body(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    });
    if let Some(sum) = md5_of_attributes(&user) {
        record["md5OfMessageAttributes"] = json!(sum);
    }
    record
}

#[derive(Debug, PartialEq, Eq)]
enum Failures {
    All(String),
    These(BTreeSet<String>),
}

/// Which messages of a batch have failed.
fn failures(reported: bool, answer: &Answer, ids: &BTreeSet<&str>) -> Failures {
    if answer.failed {
        return Failures::All("the function failed".to_owned());
    }
    if !reported {
        return Failures::These(BTreeSet::new());
    }
    let response: Value = match serde_json::from_slice(&answer.payload) {
        Ok(response) => response,
        Err(_) if answer.payload.is_empty() => Value::Null,
        Err(error) => return Failures::All(format!("its response is not JSON: {error}")),
    };
    let failures = match &response {
        Value::Null => return Failures::These(BTreeSet::new()),
        Value::Object(fields) => match fields.get("batchItemFailures") {
            None | Some(Value::Null) => return Failures::These(BTreeSet::new()),
            Some(Value::Array(failures)) => failures,
            Some(other) => return Failures::All(format!("batchItemFailures is {other}")),
        },
        other => return Failures::All(format!("its response is {other}")),
    };
    let mut failed = BTreeSet::new();
    for failure in failures {
        match failure["itemIdentifier"].as_str() {
            Some(id) if ids.contains(id) => failed.insert(id.to_owned()),
            other => return Failures::All(format!("itemIdentifier {other:?} is no message of the batch")),
        };
    }
    Failures::These(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_that_lambda_does_not_understand_fails_the_whole_batch() {
        let ids = BTreeSet::from(["1", "2"]);
        let check = |response: &str, expected: Option<&[&str]>| {
            let answer = Answer { payload: Bytes::from(response.to_owned()), failed: false };
            let found = failures(true, &answer, &ids);
            let expected = expected.map(|ids| Failures::These(ids.iter().map(|&id| id.to_owned()).collect()));
            match expected {
                Some(expected) => assert_eq!(found, expected, "{response}"),
                None => assert!(matches!(found, Failures::All(_)), "{response}"),
            }
        };
        check("null", Some(&[]));
        check("", Some(&[]));
        check("{}", Some(&[]));
        check(r#"{"batchItemFailures": null}"#, Some(&[]));
        check(r#"{"batchItemFailures": []}"#, Some(&[]));
        check(r#"{"batchItemFailures": [{"itemIdentifier": "2"}]}"#, Some(&["2"]));
        check(r#"{"batchItemFailures": [{"itemIdentifier": "3"}]}"#, None);
        check(r#"{"batchItemFailures": [{"itemIdentifier": ""}]}"#, None);
        check(r#"{"batchItemFailures": [{"itemIdentifier": null}]}"#, None);
        check(r#"{"batchItemFailures": [{"id": "2"}]}"#, None);
        check("[]", None);
        check("nonsense", None);
    }

    #[test]
    fn rates_are_read_as_eventbridge_reads_them() {
        for (expression, seconds) in
            [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(1 hour)", 3600), ("rate(2 days)", 172_800)]
        {
            assert_eq!(rate(expression).unwrap(), Some(Duration::from_secs(seconds)), "{expression}");
        }
        assert_eq!(rate("cron(0 12 * * ? *)").unwrap(), None);
        for wrong in ["rate(1 minutes)", "rate(2 minute)", "rate(0 minutes)", "rate(minute)", "every minute"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
