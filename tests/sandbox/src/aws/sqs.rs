//! SQS: queues in memory, with what standard and FIFO queues promise and refuse.
//!
//! See [SQS Docs/FIFO queue delivery logic] and [SQS Docs/API Reference].

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::{ACCOUNT, REGION, now_ms};
use crate::activity::Activity;

/// Longest message, body and attributes together, in bytes. See [SQS Docs/Message quotas].
const MESSAGE_MAX: usize = 1024 * 1024;

/// A delay that only ends by hand.
const UNTIL_RELEASED: Duration = Duration::from_hours(24 * 365);

/// How long a FIFO queue remembers a deduplication ID.
const DEDUPLICATION_INTERVAL: Duration = Duration::from_mins(5);

/// What a queue is made with.
#[derive(Debug, Clone)]
pub struct QueueConfig {
    /// Its name; a FIFO queue's ends in `.fifo`.
    pub name: String,
    /// Whether it keeps the order of each message group.
    pub fifo: bool,
    /// Whether a missing deduplication ID is made of the body's SHA-256.
    pub content_based_deduplication: bool,
    /// Whether deduplication IDs count within one message group only.
    pub deduplicates_per_group: bool,
    /// How long a received message stays invisible.
    pub visibility_timeout: Duration,
    /// How long a message is kept.
    pub retention: Duration,
    /// How long a new message stays invisible.
    pub delay: Duration,
    /// Where a message goes when it has been received too often.
    pub redrive: Option<Redrive>,
}

/// A queue's redrive policy.
#[derive(Debug, Clone)]
pub struct Redrive {
    /// ARN of the dead-letter queue.
    pub dead_letter_arn: String,
    /// How often a message may be received.
    pub max_receive_count: u32,
}

/// A message in a queue.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its ID.
    pub id: String,
    /// Its body.
    pub body: String,
    /// Message attributes as they were sent.
    pub attributes: Map<String, Value>,
    /// Message group, on FIFO queues.
    pub group: Option<String>,
    /// Deduplication ID, on FIFO queues.
    pub deduplication_id: Option<String>,
    /// Sequence number, on FIFO queues.
    pub sequence_number: Option<String>,
    /// Who sent it, as AWS names a principal.
    pub sender: String,
    /// When it was sent, in epoch milliseconds.
    pub sent_ms: u64,
    /// When it was first received, in epoch milliseconds.
    pub first_received_ms: Option<u64>,
    /// How often it was received.
    pub receive_count: u32,
    /// Its receipt handle, from the last receive.
    pub receipt: Option<String>,
    /// How long it was to be delayed, if it was.
    pub delay: Duration,
    visible_at: Instant,
    expires_at: Instant,
    /// Received and neither deleted nor visible again.
    in_flight: bool,
    /// The consumer has set the visibility itself.
    visibility_set: bool,
}

/// A refusal, as SQS words it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct SqsError {
    /// The error's shape name, e.g. `QueueDoesNotExist`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

fn invalid(message: impl Into<String>) -> SqsError {
    SqsError { code: "InvalidParameterValue", message: message.into() }
}

fn missing(name: &str) -> SqsError {
    SqsError { code: "MissingParameter", message: format!("The request must contain the parameter {name}.") }
}

/// What a send wants.
#[derive(Debug, Clone, Default)]
pub struct Send {
    /// The body.
    pub body: String,
    /// Message attributes.
    pub attributes: Map<String, Value>,
    /// Message group.
    pub group: Option<String>,
    /// Deduplication ID.
    pub deduplication_id: Option<String>,
    /// Delay in seconds.
    pub delay_seconds: Option<i64>,
    /// Who sends it.
    pub sender: String,
}

/// What a send gives.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The message's ID; of the first one, if this was a duplicate.
    pub id: String,
    /// Sequence number, on FIFO queues.
    pub sequence_number: Option<String>,
}

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Depth {
    /// Ready to be received (a FIFO message behind one in flight counts here, as at AWS).
    pub visible: usize,
    /// Received and not deleted.
    pub in_flight: usize,
    /// Not visible yet.
    pub delayed: usize,
}

impl Depth {
    /// All messages.
    pub fn total(self) -> usize {
        self.visible + self.in_flight + self.delayed
    }
}

/// One queue.
pub struct Queue {
    /// What it was made with.
    pub config: QueueConfig,
    /// Its URL.
    pub url: String,
    /// Whether a delay ends only by [`Queue::release`]. AWS's end by themselves; a test says when time passes.
    holds_delayed: bool,
    state: Mutex<State>,
    arrived: Notify,
    activity: Activity,
    dead_letters: Mutex<Option<Arc<Queue>>>,
}

#[derive(Default)]
struct State {
    messages: VecDeque<Message>,
    deduplication: HashMap<String, Remembered>,
    sequence: u64,
}

struct Remembered {
    until: Instant,
    sent: Sent,
}

impl Queue {
    /// An empty queue below `base_url`.
    pub fn new(config: QueueConfig, base_url: &str, activity: Activity) -> Self {
        let url = format!("{base_url}/{ACCOUNT}/{}", config.name);
        Self {
            config,
            url,
            holds_delayed: false,
            state: Mutex::default(),
            arrived: Notify::new(),
            activity,
            dead_letters: Mutex::default(),
        }
    }

    /// The same queue, whose delays end only by [`Queue::release`] if `holds`.
    #[must_use]
    pub fn holding_delayed(self, holds: bool) -> Self {
        Self { holds_delayed: holds, ..self }
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.config.name)
    }

    /// Sets where its dead letters go.
    pub fn set_dead_letter_queue(&self, queue: Arc<Queue>) {
        *self.dead_letters() = Some(queue);
    }

    /// Adds a message.
    pub fn send(&self, request: Send) -> Result<Sent, SqsError> {
        self.check(&request)?;
        let now = Instant::now();
        let delay = match request.delay_seconds {
            Some(seconds) => Duration::from_secs(seconds.unsigned_abs()),
            None => self.config.delay,
        };
        let sent = {
            let mut state = self.lock();
            let deduplication_id = self.config.fifo.then(|| {
                use sha2::Digest as _;
                request
                    .deduplication_id
                    .clone()
                    .unwrap_or_else(|| hex::encode(sha2::Sha256::digest(request.body.as_bytes())))
            });
            let scope = deduplication_id.as_ref().map(|id| match &request.group {
                Some(group) if self.config.deduplicates_per_group => format!("{group}\n{id}"),
                _ => id.clone(),
            });
            state.deduplication.retain(|_, remembered| remembered.until > now);
            if let Some(first) = scope.as_ref().and_then(|scope| state.deduplication.get(scope)) {
                return Ok(first.sent.clone());
            }
            state.sequence += 1;
            let sent = Sent {
                id: uuid::Uuid::new_v4().to_string(),
                sequence_number: self.config.fifo.then(|| format!("188{:017}", state.sequence)),
            };
            if let Some(scope) = scope {
                state
                    .deduplication
                    .insert(scope, Remembered { until: now + DEDUPLICATION_INTERVAL, sent: sent.clone() });
            }
            state.messages.push_back(Message {
                id: sent.id.clone(),
                body: request.body,
                attributes: request.attributes,
                group: request.group,
                deduplication_id,
                sequence_number: sent.sequence_number.clone(),
                sender: request.sender,
                sent_ms: now_ms(),
                first_received_ms: None,
                receive_count: 0,
                receipt: None,
                delay,
                visible_at: now + if self.holds_delayed && !delay.is_zero() { UNTIL_RELEASED } else { delay },
                expires_at: now + self.config.retention,
                in_flight: false,
                visibility_set: false,
            });
            sent
        };
        self.wake();
        Ok(sent)
    }

    fn check(&self, request: &Send) -> Result<(), SqsError> {
        if request.body.is_empty() {
            return Err(missing("MessageBody"));
        }
        let attributes: usize =
            request.attributes.iter().map(|(name, value)| name.len() + value.to_string().len()).sum();
        if request.body.len() + attributes > MESSAGE_MAX {
            return Err(invalid(format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {MESSAGE_MAX} bytes."
            )));
        }
        if let Some(bad) = request
            .body
            .chars()
            .find(|&c| !(matches!(c, '\t' | '\n' | '\r') || c >= ' ') || matches!(c, '\u{fffe}' | '\u{ffff}'))
        {
            return Err(SqsError {
                code: "InvalidMessageContents",
                message: format!("Invalid characters found: {}", u32::from(bad)),
            });
        }
        if request.attributes.len() > 10 {
            return Err(invalid("Number of message attributes [11] exceeds the allowed maximum [10]."));
        }
        if request.delay_seconds.is_some_and(|seconds| !(0..=900).contains(&seconds)) {
            return Err(invalid(
                "Value for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
            ));
        }
        let token = |name: &str, value: &str| {
            let fits = (1..=128).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic());
            if fits {
                return Ok(());
            }
            Err(invalid(format!(
                "Value {value} for parameter {name} is invalid. Reason: {name} can only include alphanumeric and punctuation characters. 1 to 128 in length."
            )))
        };
        if let Some(group) = &request.group {
            token("MessageGroupId", group)?;
        }
        if let Some(id) = &request.deduplication_id {
            token("MessageDeduplicationId", id)?;
        }
        if !self.config.fifo {
            // Standard queues take a group (fair queues), but no deduplication.
            if let Some(id) = &request.deduplication_id {
                return Err(invalid(format!(
                    "Value {id} for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type."
                )));
            }
            return Ok(());
        }
        if request.group.is_none() {
            return Err(missing("MessageGroupId"));
        }
        if request.deduplication_id.is_none() && !self.config.content_based_deduplication {
            return Err(invalid(
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
            ));
        }
        if let Some(seconds) = request.delay_seconds.filter(|seconds| *seconds != 0) {
            return Err(invalid(format!(
                "Value {seconds} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type."
            )));
        }
        Ok(())
    }

    /// Receives up to `max` messages that are ready now.
    pub fn receive_now(&self, max: usize, visibility: Option<Duration>) -> Vec<Message> {
        let now = Instant::now();
        let visibility = visibility.unwrap_or(self.config.visibility_timeout);
        let mut dead = Vec::new();
        let received = {
            let mut state = self.lock();
            state.refresh(now);
            // No message of a group is given out while another of it is in flight, whether older or younger.
            let blocked: HashSet<String> = if self.config.fifo {
                state
                    .messages
                    .iter()
                    .filter(|message| message.in_flight)
                    .filter_map(|message| message.group.clone())
                    .collect()
            } else {
                HashSet::new()
            };
            let mut held = HashSet::new();
            let mut received = Vec::new();
            let mut at = 0;
            while at < state.messages.len() && received.len() < max {
                let message = &mut state.messages[at];
                let group = message.group.clone().filter(|_| self.config.fifo);
                let waits = message.in_flight || message.visible_at > now;
                if waits || group.as_ref().is_some_and(|group| blocked.contains(group) || held.contains(group)) {
                    // A delayed message holds back the later ones of its group.
                    held.extend(group);
                    at += 1;
                    continue;
                }
                if self
                    .config
                    .redrive
                    .as_ref()
                    .is_some_and(|redrive| message.receive_count >= redrive.max_receive_count)
                {
                    dead.extend(state.messages.remove(at));
                    continue;
                }
                message.receive_count += 1;
                message.first_received_ms.get_or_insert_with(now_ms);
                message.receipt = Some(format!("{}.{}", message.id, uuid::Uuid::new_v4().simple()));
                message.visible_at = now + visibility;
                message.in_flight = !visibility.is_zero();
                message.visibility_set = false;
                received.push(message.clone());
                at += 1;
            }
            received
        };
        let bury = !dead.is_empty();
        for message in dead {
            self.bury(message);
        }
        if bury || !received.is_empty() {
            self.activity.touch();
        }
        received
    }

    fn bury(&self, mut message: Message) {
        let target = self.dead_letters().clone();
        let Some(target) = target else { return };
        let now = Instant::now();
        {
            let mut state = target.lock();
            state.sequence += 1;
            message.sequence_number = target.config.fifo.then(|| format!("188{:017}", state.sequence));
            message.receipt = None;
            message.receive_count = 0;
            message.visible_at = now;
            message.in_flight = false;
            message.expires_at = now + target.config.retention;
            message.attributes.insert(DEAD_LETTER_SOURCE.to_owned(), json!(self.arn()));
            state.messages.push_back(message);
        }
        target.wake();
    }

    /// Receives up to `max` messages, waiting up to `wait` for the first.
    pub async fn receive(&self, max: usize, visibility: Option<Duration>, wait: Duration) -> Vec<Message> {
        let deadline = Instant::now() + wait;
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();
            let received = self.receive_now(max, visibility);
            let now = Instant::now();
            if !received.is_empty() || now >= deadline {
                return received;
            }
            let next = self.next_visible().unwrap_or(deadline).min(deadline);
            let _ = tokio::time::timeout_at(next, arrived).await;
        }
    }

    /// When the next invisible message may become visible.
    fn next_visible(&self) -> Option<Instant> {
        let now = Instant::now();
        self.lock().messages.iter().map(|message| message.visible_at).filter(|at| *at > now).min()
    }

    /// Deletes a message by its receipt handle.
    pub fn delete(&self, receipt: &str) -> Result<(), SqsError> {
        {
            let mut state = self.lock();
            state.refresh(Instant::now());
            match state.find(receipt)? {
                Found::Current(at) => drop(state.messages.remove(at)),
                // AWS may or may not delete by an old handle of a standard queue; by a FIFO queue's it refuses.
                Found::Outdated if self.config.fifo => {
                    return Err(invalid(format!(
                        "Value {receipt} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
                    )));
                }
                Found::Outdated | Found::Gone => {}
            }
        }
        // The next message of the group may be free now.
        self.wake();
        Ok(())
    }

    /// Sets how long a received message stays invisible from now on.
    pub fn change_visibility(&self, receipt: &str, timeout_seconds: i64) -> Result<(), SqsError> {
        if !(0..=43_200).contains(&timeout_seconds) {
            return Err(invalid(format!(
                "Value {timeout_seconds} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200."
            )));
        }
        {
            let now = Instant::now();
            let mut state = self.lock();
            state.refresh(now);
            let Found::Current(at) = state.find(receipt)? else {
                return Err(invalid(format!(
                    "Value {receipt} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change."
                )));
            };
            let message = &mut state.messages[at];
            if !message.in_flight {
                return Err(SqsError {
                    code: "MessageNotInflight",
                    message: "The message referred to isn't in flight.".to_owned(),
                });
            }
            message.visible_at = now + Duration::from_secs(timeout_seconds.unsigned_abs());
            message.in_flight = timeout_seconds > 0;
            message.visibility_set = true;
        }
        self.wake();
        Ok(())
    }

    /// Lets a message that was not dealt with come back after `remaining` at the latest, unless its consumer has said itself
    /// when it shall. AWS waits for the visibility timeout; tests cannot.
    pub fn shorten_visibility(&self, receipt: &str, remaining: Duration) {
        self.bring_back_within(receipt, remaining, false);
    }

    /// Lets a message come back after `remaining` at the latest, whatever its consumer has said.
    pub fn cut_pause(&self, receipt: &str, remaining: Duration) {
        self.bring_back_within(receipt, remaining, true);
    }

    fn bring_back_within(&self, receipt: &str, remaining: Duration, whatever_was_said: bool) {
        {
            let now = Instant::now();
            let mut state = self.lock();
            if let Ok(Found::Current(at)) = state.find(receipt) {
                let message = &mut state.messages[at];
                if message.in_flight && (whatever_was_said || !message.visibility_set) {
                    message.visible_at = message.visible_at.min(now + remaining);
                }
            }
        }
        self.wake();
    }

    /// Ends the delay of messages that were not received yet and whose body holds `part`. Says how many there were.
    pub fn release(&self, part: &str) -> usize {
        let now = Instant::now();
        let mut released = 0;
        for message in &mut self.lock().messages {
            if message.receive_count == 0 && message.visible_at > now && message.body.contains(part) {
                message.visible_at = now;
                released += 1;
            }
        }
        self.wake();
        released
    }

    /// Deletes everything.
    pub fn purge(&self) {
        self.lock().messages.clear();
        self.wake();
    }

    /// How many messages it holds.
    pub fn depth(&self) -> Depth {
        let now = Instant::now();
        let mut state = self.lock();
        state.refresh(now);
        let mut depth = Depth { visible: 0, in_flight: 0, delayed: 0 };
        for message in &state.messages {
            if message.in_flight {
                depth.in_flight += 1;
            } else if message.visible_at > now {
                depth.delayed += 1;
            } else {
                depth.visible += 1;
            }
        }
        depth
    }

    /// All its messages, oldest first, as they are.
    pub fn messages(&self) -> Vec<Message> {
        let mut state = self.lock();
        state.refresh(Instant::now());
        state.messages.iter().cloned().collect()
    }

    fn wake(&self) {
        self.arrived.notify_waiters();
        self.activity.touch();
    }

    fn dead_letters(&self) -> MutexGuard<'_, Option<Arc<Queue>>> {
        self.dead_letters.lock().expect("no holder of this lock panics")
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }
}

/// System attribute of a message that came from another queue's redrive.
const DEAD_LETTER_SOURCE: &str = "\u{0}DeadLetterQueueSourceArn";

enum Found {
    Current(usize),
    Outdated,
    Gone,
}

impl State {
    fn refresh(&mut self, now: Instant) {
        self.messages.retain(|message| message.expires_at > now);
        for message in &mut self.messages {
            if message.in_flight && message.visible_at <= now {
                message.in_flight = false;
            }
        }
    }

    fn find(&self, receipt: &str) -> Result<Found, SqsError> {
        let id = receipt.split_once('.').map(|(id, _)| id).filter(|id| uuid::Uuid::parse_str(id).is_ok());
        let id = id.ok_or_else(|| SqsError {
            code: "ReceiptHandleIsInvalid",
            message: format!("The input receipt handle \"{receipt}\" is not a valid receipt handle."),
        })?;
        Ok(match self.messages.iter().position(|message| message.id == id) {
            Some(at) if self.messages[at].receipt.as_deref() == Some(receipt) => Found::Current(at),
            Some(_) => Found::Outdated,
            None => Found::Gone,
        })
    }
}

impl Message {
    /// MD5 of the body, hex.
    pub fn md5_of_body(&self) -> String {
        hex::encode(md5::compute(&self.body).0)
    }

    /// The message attributes, without the sandbox's own.
    pub fn user_attributes(&self) -> Map<String, Value> {
        self.attributes
            .iter()
            .filter(|(name, _)| *name != DEAD_LETTER_SOURCE)
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect()
    }

    /// The system attributes, as `ReceiveMessage` and events carry them.
    pub fn system_attributes(&self) -> BTreeMap<&'static str, String> {
        let mut attributes = BTreeMap::from([
            ("ApproximateReceiveCount", self.receive_count.to_string()),
            ("SentTimestamp", self.sent_ms.to_string()),
            ("SenderId", self.sender.clone()),
            ("ApproximateFirstReceiveTimestamp", self.first_received_ms.unwrap_or_default().to_string()),
        ]);
        let optional = [
            ("MessageGroupId", &self.group),
            ("MessageDeduplicationId", &self.deduplication_id),
            ("SequenceNumber", &self.sequence_number),
        ];
        attributes.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        if let Some(source) = self.attributes.get(DEAD_LETTER_SOURCE).and_then(Value::as_str) {
            attributes.insert("DeadLetterQueueSourceArn", source.to_owned());
        }
        attributes
    }
}

/// MD5 over message attributes. See [SQS Docs/Calculating the MD5 message digest for message attributes].
pub fn md5_of_attributes(attributes: &Map<String, Value>) -> Option<String> {
    use base64::Engine as _;
    if attributes.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    let push = |bytes: &mut Vec<u8>, part: &[u8]| {
        bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(part);
    };
    let sorted: BTreeMap<&String, &Value> = attributes.iter().collect();
    for (name, value) in sorted {
        let data_type = value["DataType"].as_str().unwrap_or_default();
        push(&mut bytes, name.as_bytes());
        push(&mut bytes, data_type.as_bytes());
        if data_type.starts_with("Binary") {
            bytes.push(2);
            let encoded = value["BinaryValue"].as_str().unwrap_or_default();
            push(&mut bytes, &base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default());
        } else {
            bytes.push(1);
            push(&mut bytes, value["StringValue"].as_str().unwrap_or_default().as_bytes());
        }
    }
    Some(hex::encode(md5::compute(bytes).0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(fifo: bool) -> Queue {
        let config = QueueConfig {
            name: if fifo { "q.fifo" } else { "q" }.to_owned(),
            fifo,
            content_based_deduplication: false,
            deduplicates_per_group: true,
            visibility_timeout: Duration::from_secs(30),
            retention: Duration::from_hours(1),
            delay: Duration::ZERO,
            redrive: None,
        };
        Queue::new(config, "http://127.0.0.1:1", Activity::new())
    }

    fn line(group: &str, body: &str) -> Send {
        Send {
            body: body.to_owned(),
            group: Some(group.to_owned()),
            deduplication_id: Some(format!("{group}-{body}")),
            ..Send::default()
        }
    }

    fn bodies(messages: &[Message]) -> Vec<&str> {
        messages.iter().map(|message| message.body.as_str()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_is_blocked_while_one_of_its_messages_is_in_flight() {
        let queue = queue(true);
        for (group, body) in [("a", "1"), ("a", "2"), ("b", "3"), ("a", "4")] {
            queue.send(line(group, body)).unwrap();
        }
        let first = queue.receive_now(1, None);
        assert_eq!(bodies(&first), ["1"]);
        let other = queue.receive_now(10, None);
        assert_eq!(bodies(&other), ["3"], "group b is free, group a is not");
        queue.delete(other[0].receipt.as_ref().unwrap()).unwrap();
        queue.delete(first[0].receipt.as_ref().unwrap()).unwrap();
        let rest = queue.receive_now(10, None);
        assert_eq!(bodies(&rest), ["2", "4"]);
        // The second is done, the first is not: the group stays in order.
        queue.delete(rest[1].receipt.as_ref().unwrap()).unwrap();
        queue.send(line("a", "5")).unwrap();
        assert!(queue.receive_now(10, None).is_empty());
        tokio::time::advance(Duration::from_secs(31)).await;
        let again = queue.receive_now(10, None);
        assert_eq!(bodies(&again), ["2", "5"]);
        assert_eq!(again[0].receive_count, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_duplicate_within_five_minutes_is_swallowed() {
        let queue = queue(true);
        let first = queue.send(line("a", "1")).unwrap();
        let second = queue.send(line("a", "1")).unwrap();
        assert_eq!(first.id, second.id);
        let other_group = Send { group: Some("b".to_owned()), ..line("a", "1") };
        assert_ne!(queue.send(other_group).unwrap().id, first.id, "the scope is the group");
        let received = queue.receive_now(10, None);
        queue.delete(received[0].receipt.as_ref().unwrap()).unwrap();
        assert_eq!(queue.send(line("a", "1")).unwrap().id, first.id, "also after it was deleted");
        tokio::time::advance(Duration::from_secs(301)).await;
        assert_ne!(queue.send(line("a", "1")).unwrap().id, first.id);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_received_too_often_becomes_a_dead_letter_with_its_group() {
        let mut source = queue(true);
        let dead = Arc::new(queue(true));
        source.config.redrive = Some(Redrive { dead_letter_arn: dead.arn(), max_receive_count: 2 });
        source.set_dead_letter_queue(Arc::clone(&dead));
        source.send(line("a", "1")).unwrap();
        source.send(line("a", "2")).unwrap();
        for _ in 0..2 {
            assert_eq!(bodies(&source.receive_now(1, None)), ["1"]);
            tokio::time::advance(Duration::from_secs(31)).await;
        }
        assert_eq!(bodies(&source.receive_now(1, None)), ["2"]);
        let dead = dead.messages();
        assert_eq!(bodies(&dead), ["1"]);
        assert_eq!(dead[0].group.as_deref(), Some("a"));
        assert!(dead[0].system_attributes().contains_key("DeadLetterQueueSourceArn"));
        assert!(dead[0].user_attributes().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_queue_does_not_take_is_refused() {
        let refused = |queue: &Queue, send: Send| queue.send(send).unwrap_err();
        let fifo = queue(true);
        assert_eq!(refused(&fifo, Send { group: None, ..line("a", "1") }).code, "MissingParameter");
        assert_eq!(refused(&fifo, Send { deduplication_id: None, ..line("a", "1") }).code, "InvalidParameterValue");
        assert_eq!(refused(&fifo, Send { delay_seconds: Some(5), ..line("a", "1") }).code, "InvalidParameterValue");
        assert_eq!(refused(&fifo, Send { body: "\u{1}".into(), ..line("a", "1") }).code, "InvalidMessageContents");
        assert_eq!(
            refused(&fifo, Send { body: "x".repeat(MESSAGE_MAX + 1), ..line("a", "1") }).code,
            "InvalidParameterValue"
        );
        assert_eq!(refused(&fifo, Send { group: Some("ü".into()), ..line("a", "1") }).code, "InvalidParameterValue");
        let standard = queue(false);
        assert_eq!(refused(&standard, line("a", "1")).code, "InvalidParameterValue");
        assert_eq!(refused(&standard, Send::default()).code, "MissingParameter");
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_and_a_visibility_timeout_end_by_themselves() {
        let queue = queue(false);
        queue.send(Send { body: "late".into(), delay_seconds: Some(10), ..Send::default() }).unwrap();
        assert_eq!(queue.depth(), Depth { visible: 0, in_flight: 0, delayed: 1 });
        let started = Instant::now();
        let received = queue.receive(1, None, Duration::from_secs(20)).await;
        assert_eq!(started.elapsed().as_secs(), 10);
        let receipt = received[0].receipt.clone().unwrap();
        queue.change_visibility(&receipt, 0).unwrap();
        assert_eq!(queue.change_visibility(&receipt, 5).unwrap_err().code, "MessageNotInflight");
        assert_eq!(queue.receive_now(1, None).len(), 1);
        assert!(queue.delete(&receipt).is_ok(), "an old handle of a standard queue deletes nothing and does not fail");
        assert_eq!(queue.depth().in_flight, 1);
        assert_eq!(queue.delete("nonsense").unwrap_err().code, "ReceiptHandleIsInvalid");
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_that_is_held_ends_by_hand() {
        let queue = queue(false).holding_delayed(true);
        for (body, delay) in [("ada", Some(2)), ("bob", Some(900)), ("now", None)] {
            queue.send(Send { body: body.into(), delay_seconds: delay, ..Send::default() }).unwrap();
        }
        tokio::time::advance(Duration::from_mins(50)).await;
        assert_eq!(bodies(&queue.receive_now(10, None)), ["now"]);
        assert_eq!(queue.depth(), Depth { visible: 0, in_flight: 1, delayed: 2 });
        assert_eq!((queue.release("ada"), queue.release("ada"), queue.release("now")), (1, 0, 0));
        assert_eq!(bodies(&queue.receive_now(10, None)), ["ada"]);
        assert_eq!(queue.messages().iter().map(|message| message.delay.as_secs()).max(), Some(900));
    }

    #[tokio::test(start_paused = true)]
    async fn visibility_is_shortened_unless_the_consumer_has_set_it() {
        let queue = queue(true);
        queue.send(line("a", "1")).unwrap();
        queue.send(line("b", "2")).unwrap();
        let received = queue.receive_now(10, None);
        let receipts: Vec<&String> = received.iter().filter_map(|message| message.receipt.as_ref()).collect();
        queue.change_visibility(receipts[1], 20).unwrap();
        for receipt in &receipts {
            queue.shorten_visibility(receipt, Duration::from_millis(100));
        }
        tokio::time::advance(Duration::from_millis(101)).await;
        assert_eq!(bodies(&queue.receive_now(10, None)), ["1"]);
        tokio::time::advance(Duration::from_secs(20)).await;
        assert_eq!(bodies(&queue.receive_now(10, None)), ["2"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_cut_whatever_the_consumer_has_said() {
        let queue = queue(true);
        queue.send(line("a", "1")).unwrap();
        queue.send(line("b", "2")).unwrap();
        for (message, seconds) in queue.receive_now(10, None).iter().zip([1, 256]) {
            let receipt = message.receipt.as_ref().unwrap();
            queue.change_visibility(receipt, seconds).unwrap();
            queue.cut_pause(receipt, Duration::from_secs(2));
        }
        tokio::time::advance(Duration::from_millis(1001)).await;
        assert_eq!(bodies(&queue.receive_now(10, None)), ["1"], "none is made longer");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(bodies(&queue.receive_now(10, None)), ["2"]);
    }

    #[test]
    fn attributes_have_the_sum_of_the_documentation() {
        let attributes = json!({"a": {"DataType": "String", "StringValue": "b"}});
        let expected = {
            let bytes = [&[0, 0, 0, 1][..], b"a", &[0, 0, 0, 6], b"String", &[1], &[0, 0, 0, 1], b"b"].concat();
            hex::encode(md5::compute(bytes).0)
        };
        assert_eq!(md5_of_attributes(attributes.as_object().unwrap()), Some(expected));
        assert_eq!(md5_of_attributes(&Map::new()), None);
    }
}
