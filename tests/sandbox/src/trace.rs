//! What happened, in order: every invocation, call, message and log line, for the page, the demo and the tests.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use serde::Serialize;
use tokio::sync::broadcast;

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A function was started, answered, failed or was killed.
    Invocation,
    /// A request to a function URL.
    FunctionUrl,
    /// A call that a function made to DynamoDB.
    DynamoDb,
    /// A call that a function made to SQS.
    Sqs,
    /// A call that a function made to the Lambda API.
    Lambda,
    /// A call that a function made to Secrets Manager.
    Secrets,
    /// A call that a function made to Discord.
    Discord,
    /// A call that a function made to Twilio.
    Twilio,
    /// A line that a function wrote to its log.
    Log,
    /// Something a simulated person did or saw.
    Person,
    /// Something a simulated agent did or saw.
    Agent,
    /// A remark of the sandbox itself.
    Note,
}

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Counted from 0, without gaps.
    pub seq: u64,
    /// Milliseconds since the sandbox started.
    pub at_ms: u64,
    /// What it is about.
    pub kind: Kind,
    /// The function that did it (its folder name), where there is one.
    pub function: Option<String>,
    /// The request ID of the invocation, where there is one.
    pub invocation: Option<String>,
    /// A line for the eye, e.g. `POST /v1/Conversations/{sid}/Messages -> 201`.
    pub title: String,
    /// What belongs to it; for calls at least `operation`, `status`.
    pub detail: serde_json::Value,
}

/// The running record. Clones share it.
#[derive(Clone)]
pub struct Trace {
    inner: Arc<Inner>,
}

struct Inner {
    started: Instant,
    entries: Mutex<Vec<Entry>>,
    sender: broadcast::Sender<Entry>,
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}

impl Trace {
    /// An empty record that starts now.
    pub fn new() -> Self {
        let (sender, _) = broadcast::channel(4096);
        Self { inner: Arc::new(Inner { started: Instant::now(), entries: Mutex::new(Vec::new()), sender }) }
    }

    /// Adds an entry that belongs to no function.
    pub fn note(&self, kind: Kind, title: impl Into<String>, detail: serde_json::Value) {
        self.record(kind, None, None, title, detail);
    }

    /// Adds an entry.
    pub fn record(
        &self,
        kind: Kind,
        function: Option<&str>,
        invocation: Option<&str>,
        title: impl Into<String>,
        detail: serde_json::Value,
    ) {
        let mut entries = self.entries();
        let entry = Entry {
            seq: entries.len() as u64,
            at_ms: u64::try_from(self.inner.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            kind,
            function: function.map(str::to_owned),
            invocation: invocation.map(str::to_owned),
            title: title.into(),
            detail,
        };
        entries.push(entry.clone());
        // Nobody listening is normal.
        let _ = self.inner.sender.send(entry);
    }

    /// The `seq` of the next entry.
    pub fn end(&self) -> u64 {
        self.entries().len() as u64
    }

    /// All entries from `seq` on.
    pub fn since(&self, seq: u64) -> Vec<Entry> {
        let entries = self.entries();
        entries.iter().skip(usize::try_from(seq).unwrap_or(usize::MAX)).cloned().collect()
    }

    /// Entries as they come. A receiver that falls 4,096 entries behind misses some: read them with [`Trace::since`].
    pub fn subscribe(&self) -> broadcast::Receiver<Entry> {
        self.inner.sender.subscribe()
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.inner.entries.lock().expect("no holder of this lock panics")
    }
}
