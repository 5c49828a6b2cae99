//! The AWS side: what `template.yaml` asks for, on this machine.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::serve::ListenerExt as _;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::activity::Activity;
use crate::gate::Gate;
use crate::sims::ids::Chance;
use crate::trace::Trace;

pub mod deploy;
pub mod dynamodb;
pub mod endpoint;
pub mod function_url;
pub mod lambda;
pub mod log_pipe;
pub mod policy;
pub mod resources;
pub mod sources;
pub mod sqs;
pub mod template;

/// The stack's name.
pub const STACK: &str = "sandbox";
/// The region.
pub const REGION: &str = "us-east-1";
/// The account.
pub const ACCOUNT: &str = "000000000000";
/// The stack's ID.
pub const STACK_ID: &str =
    "arn:aws:cloudformation:us-east-1:000000000000:stack/sandbox/5a0db0c5-0000-4000-8000-000000000000";
/// Access key of tools outside the stack, which may do everything.
pub const OUTSIDE_ACCESS_KEY: &str = "sandbox";

/// How the sandbox differs from AWS where tests cannot wait as long as AWS does.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Pause before the first and the second retry of an asynchronous invocation.
    pub async_retry_delays: [Duration; 2],
    /// Cuts what is left of a message's visibility timeout after the invocation that had it has failed.
    pub shorten_visibility: Option<Duration>,
    /// Cuts the pause after which a consumer wants a message again.
    pub longest_pause: Option<Duration>,
    /// Whether the delay of a message ends only by hand. AWS's end by themselves.
    pub holds_delayed: bool,
    /// Whether schedules run by themselves.
    pub schedules: bool,
    /// How many processes of one function may run at a time.
    pub instances_per_function: usize,
    /// Base URLs of the simulators; values of variables that begin with one get `/as/<instance>` behind it.
    pub simulators: Vec<String>,
    /// Variables that every function gets in addition, e.g. `SSL_CERT_FILE`.
    pub extra_environment: BTreeMap<String, String>,
}

/// Everything that is deployed.
pub struct Cloud {
    /// The record.
    pub trace: Trace,
    /// Where calls are counted and crashes happen.
    pub gate: Gate,
    /// Work in progress.
    pub activity: Activity,
    /// See [`Settings`].
    pub settings: Settings,
    /// `http://127.0.0.1:<port>` of the function URLs.
    pub public_url: String,
    /// `http://127.0.0.1:<port>` of DynamoDB, SQS, Lambda and Secrets Manager.
    pub endpoint_url: String,
    /// The database.
    pub dynamodb: dynamodb::Dynamo,
    functions: RwLock<BTreeMap<String, Arc<lambda::Function>>>,
    queues: RwLock<BTreeMap<String, Arc<sqs::Queue>>>,
    secrets: RwLock<BTreeMap<String, Secret>>,
    sources: RwLock<Vec<sources::QueueSource>>,
    schedules: RwLock<Vec<sources::Schedule>>,
    callbacks: Mutex<HashMap<String, oneshot::Sender<Value>>>,
    instances: Mutex<HashMap<String, lambda::Process>>,
    tasks: Mutex<Option<JoinSet<()>>>,
    /// How many asynchronous events are run twice, and the dice.
    repeats: Mutex<Option<(f64, Chance)>>,
}

/// A secret.
#[derive(Clone)]
pub struct Secret {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub value: String,
}

impl Cloud {
    /// Nothing deployed yet.
    pub fn new(
        settings: Settings,
        trace: Trace,
        gate: Gate,
        activity: Activity,
        public_url: String,
        endpoint_url: String,
        dynamodb: dynamodb::Dynamo,
    ) -> Self {
        Self {
            trace,
            gate,
            activity,
            settings,
            public_url,
            endpoint_url,
            dynamodb,
            functions: RwLock::default(),
            queues: RwLock::default(),
            secrets: RwLock::default(),
            sources: RwLock::default(),
            schedules: RwLock::default(),
            callbacks: Mutex::default(),
            instances: Mutex::default(),
            tasks: Mutex::new(Some(JoinSet::new())),
            repeats: Mutex::default(),
        }
    }

    /// From now on runs a part of the asynchronous events twice at once, under the same request ID, as Lambda may; `rate` is from 0 to 1.
    ///
    /// # Panics
    ///
    /// Never: no holder of the lock panics.
    pub fn repeat_events(&self, rate: f64, seed: u64) {
        *self.repeats.lock().expect("no holder of this lock panics") = Some((rate, Chance::new(seed)));
    }

    fn repeats_event(&self) -> bool {
        let mut repeats = self.repeats.lock().expect("no holder of this lock panics");
        repeats.as_mut().is_some_and(|(rate, chance)| chance.fraction() < *rate)
    }

    /// The functions, by folder name.
    pub fn functions(&self) -> BTreeMap<String, Arc<lambda::Function>> {
        read(&self.functions).clone()
    }

    /// A function by its folder name.
    pub fn function(&self, folder: &str) -> Option<Arc<lambda::Function>> {
        read(&self.functions).get(folder).cloned()
    }

    /// A function as the Lambda API finds it: by its name or its ARN, with or without a qualifier.
    pub fn function_named(&self, name: &str) -> Option<Arc<lambda::Function>> {
        let bare = name.rsplit(":function:").next().unwrap_or(name);
        let bare = bare.split(':').next().unwrap_or(bare);
        read(&self.functions).values().find(|function| function.config.name == bare).cloned()
    }

    /// The queues, by name.
    pub fn queues(&self) -> BTreeMap<String, Arc<sqs::Queue>> {
        read(&self.queues).clone()
    }

    /// A queue by its name, its URL or its ARN.
    pub fn queue(&self, name: &str) -> Option<Arc<sqs::Queue>> {
        read(&self.queues).get(name.rsplit(['/', ':']).next().unwrap_or(name)).cloned()
    }

    /// A secret by its name or ARN.
    pub fn secret(&self, id: &str) -> Option<Secret> {
        read(&self.secrets).values().find(|secret| secret.arn == id || secret.name == id).cloned()
    }

    /// The event sources.
    pub fn sources(&self) -> Vec<sources::QueueSource> {
        read(&self.sources).clone()
    }

    /// The schedules.
    pub fn schedules(&self) -> Vec<sources::Schedule> {
        read(&self.schedules).clone()
    }

    /// Runs a task that ends with the sandbox.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = self.tasks().as_mut() {
            tasks.spawn(task);
            while tasks.try_join_next().is_some() {}
        }
    }

    /// Whether [`Cloud::shutdown`] was called.
    pub fn is_closed(&self) -> bool {
        self.tasks().is_none()
    }

    /// Ends everything: tasks and processes.
    pub fn shutdown(&self) {
        let tasks = self.tasks().take();
        drop(tasks);
        for process in self.instances().drain() {
            process.1.kill();
        }
        for function in self.functions().values() {
            function.forget_instances();
        }
    }

    pub(crate) fn instances(&self) -> MutexGuard<'_, HashMap<String, lambda::Process>> {
        self.instances.lock().expect("no holder of this lock panics")
    }

    pub(crate) fn callbacks(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<Value>>> {
        self.callbacks.lock().expect("no holder of this lock panics")
    }

    fn tasks(&self) -> MutexGuard<'_, Option<JoinSet<()>>> {
        self.tasks.lock().expect("no holder of this lock panics")
    }
}

/// Serves until the task is ended.
pub(crate) fn serve(listener: TcpListener, router: Router) -> JoinHandle<()> {
    let listener = listener.tap_io(|stream| {
        // Small answers must not wait for the other side's acknowledgement; where it cannot be set they are only slower.
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move {
        let _ = axum::serve(listener, router).await;
    })
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().expect("no holder of this lock panics")
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().expect("no holder of this lock panics")
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// The ARN of something in this account.
pub(crate) fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}
