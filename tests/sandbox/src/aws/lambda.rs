//! Lambda: real binaries as processes behind a local Runtime API.
//!
//! One process (*instance*) serves one invocation at a time; more at once start more processes. See
//! [Lambda Docs/Runtime API], [Lambda Docs/Asynchronous invocation].

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::{Stream, stream};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::log_pipe::LogPipe;
use super::policy::Policy;
use super::{Cloud, REGION, arn, now_ms, sqs};
use crate::trace::Kind;

/// Longest request or response of a synchronous invocation, in bytes. See [Lambda Docs/Quotas].
pub const SYNC_PAYLOAD_MAX: usize = 6 * 1024 * 1024;
/// Longest streamed response, in bytes. See [Lambda Docs/Quotas].
pub const STREAMED_PAYLOAD_MAX: usize = 200 * 1024 * 1024;
/// Longest event of an asynchronous invocation, in bytes.
pub const ASYNC_PAYLOAD_MAX: usize = 1024 * 1024;

/// How long a process may take to its first poll. AWS gives 10 s; a debug build on a busy machine may need more.
const INIT_TIMEOUT: Duration = Duration::from_mins(1);

/// What a function is made with.
#[derive(Debug, Clone)]
pub struct FunctionConfig {
    /// Logical ID in the template.
    pub logical_id: String,
    /// Folder, package and binary name.
    pub folder: String,
    /// `FunctionName`.
    pub name: String,
    /// The binary.
    pub binary: PathBuf,
    /// The template's variables.
    pub environment: BTreeMap<String, String>,
    /// The time limit of one invocation.
    pub timeout: Duration,
    /// Memory size in MB; not enforced.
    pub memory_mb: u64,
    /// `ReservedConcurrentExecutions`.
    pub reserved_concurrency: Option<usize>,
    /// What it may do.
    pub policy: Policy,
    /// Whether it has a function URL.
    pub has_url: bool,
    /// Whether its URL passes answers on as they come: `InvokeMode: RESPONSE_STREAM`.
    pub streams: bool,
    /// Log group.
    pub log_group: String,
    /// `LogFormat: JSON` with its level.
    pub json_log_level: Option<String>,
    /// Retries of an asynchronous invocation, 0 to 2.
    pub async_retries: usize,
    /// How old an event may become before it is given up.
    pub async_max_age: Duration,
    /// Where a failed event goes, with what is known about the failure.
    pub on_failure: Option<String>,
    /// Where the result of an event goes.
    pub on_success: Option<String>,
    /// Where a failed event goes as it came.
    pub dead_letter_arn: Option<String>,
}

/// A deployed function.
pub struct Function {
    /// See [`FunctionConfig`].
    pub config: FunctionConfig,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Arc<Instance>>>,
    started: AtomicUsize,
}

/// How an invocation ended.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The function's answer, or a JSON object about the error.
    pub payload: Bytes,
    /// Whether the function failed (`X-Amz-Function-Error: Unhandled`).
    pub failed: bool,
}

impl Answer {
    fn error(kind: &str, message: &str) -> Self {
        let payload = json!({"errorType": kind, "errorMessage": message}).to_string();
        Self { payload: payload.into(), failed: true }
    }
}

/// How a function answers somebody who takes the answer piece by piece.
pub enum Reply {
    /// In one piece, or not at all.
    Whole(Answer),
    /// It has begun to.
    Streamed(Pieces),
}

/// An answer that is on its way.
pub struct Pieces {
    /// What the function says that it is.
    pub content_type: Option<String>,
    /// `None` is the end. Where it does not come, the answer was broken off.
    pieces: mpsc::Receiver<Option<Bytes>>,
}

impl Pieces {
    /// The pieces, as they come. The last one is an error where the answer was broken off.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        stream::try_unfold(self.pieces, async |mut pieces| match pieces.recv().await {
            Some(piece) => Ok(piece.map(|piece| (piece, pieces))),
            None => Err(io::Error::other("the function broke its answer off")),
        })
    }
}

/// Where an answer goes as it comes, if somebody takes it so.
type Listener = Arc<Mutex<Option<oneshot::Sender<Pieces>>>>;

/// A function's process, to be killed from anywhere.
#[derive(Clone, Default)]
pub struct Process(Arc<Mutex<Option<Child>>>);

impl Process {
    /// Ends it at once.
    pub fn kill(&self) {
        if let Some(child) = self.lock().as_mut() {
            // It may have ended by itself.
            let _ = child.start_kill();
        }
    }

    async fn wait(&self) -> String {
        let status = poll_fn(|context| {
            let mut child = self.lock();
            let Some(child) = child.as_mut() else { return std::task::Poll::Ready(None) };
            let wait = pin!(child.wait());
            wait.poll(context).map(Some)
        })
        .await;
        match status {
            Some(Ok(status)) => status.to_string(),
            Some(Err(error)) => error.to_string(),
            None => "not started".to_owned(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

struct Instance {
    id: String,
    process: Process,
    work: mpsc::Sender<Work>,
    /// How the process ended, once it has.
    ended: watch::Receiver<Option<String>>,
    shared: Arc<InstanceShared>,
}

struct InstanceShared {
    id: String,
    function: String,
    function_arn: String,
    timeout: Duration,
    cloud: Arc<Cloud>,
    queue: tokio::sync::Mutex<mpsc::Receiver<Work>>,
    current: Mutex<Option<Current>>,
    init_error: Mutex<Option<Bytes>>,
    logs: [LogPipe; 2],
}

struct Work {
    request_id: String,
    payload: Bytes,
    listener: Listener,
    taken: oneshot::Sender<()>,
    answer: oneshot::Sender<Answer>,
}

struct Current {
    request_id: String,
    listener: Listener,
    answer: Option<oneshot::Sender<Answer>>,
}

impl Function {
    /// A function without processes.
    pub fn new(config: FunctionConfig, instances: usize) -> Self {
        let permits = config.reserved_concurrency.unwrap_or(instances).min(instances);
        Self {
            config,
            permits: Arc::new(Semaphore::new(permits)),
            idle: Mutex::default(),
            started: AtomicUsize::new(0),
        }
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        arn("lambda", &format!("function:{}", self.config.name))
    }

    /// Its access key, which names it in calls.
    pub fn access_key(&self) -> String {
        access_key(&self.config.folder)
    }

    /// How AWS names it as a caller.
    pub fn principal(&self) -> String {
        format!(
            "arn:aws:sts::{}:assumed-role/{}-{}Role/{}",
            super::ACCOUNT,
            super::STACK,
            self.config.logical_id,
            self.config.name
        )
    }

    /// How many processes were started so far.
    pub fn cold_starts(&self) -> usize {
        self.started.load(Ordering::Relaxed)
    }

    pub(crate) fn forget_instances(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Arc<Instance>>> {
        self.idle.lock().expect("no holder of this lock panics")
    }
}

/// The access key of a function.
pub(crate) fn access_key(folder: &str) -> String {
    format!("AKIASANDBOX{}", folder.replace('-', "").to_ascii_uppercase())
}

impl Cloud {
    /// Invokes a function and waits for its answer. The invocation goes on when this is dropped.
    pub async fn invoke(self: &Arc<Self>, function: &Arc<Function>, payload: Bytes, source: &str) -> Answer {
        let request_id = uuid::Uuid::new_v4().to_string();
        self.invoke_as(function, &request_id, payload, source, Listener::default()).await
    }

    /// Invokes a function for somebody who takes the answer as it comes; returns when it begins.
    pub async fn invoke_streaming(self: &Arc<Self>, function: &Arc<Function>, payload: Bytes, source: &str) -> Reply {
        let request_id = uuid::Uuid::new_v4().to_string();
        let (sender, mut begun) = oneshot::channel();
        let listener = Arc::new(Mutex::new(Some(sender)));
        let answer = self.invoke_as(function, &request_id, payload, source, listener);
        tokio::select! {
            biased;
            Ok(pieces) = &mut begun => Reply::Streamed(pieces),
            answer = answer => begun.try_recv().map_or(Reply::Whole(answer), Reply::Streamed),
        }
    }

    /// Invokes a function asynchronously: returns the request ID at once, retries failures, and hands on what failed.
    pub fn invoke_async(self: &Arc<Self>, function: &Arc<Function>, payload: Bytes, source: &str) -> String {
        let request_id = uuid::Uuid::new_v4().to_string();
        let guard = self.activity.begin(format!("event for {}", function.config.folder));
        let (cloud, function, id, source) =
            (Arc::clone(self), Arc::clone(function), request_id.clone(), source.to_owned());
        let times = if self.repeats_event() { 2 } else { 1 };
        self.spawn(async move {
            let run = || cloud.run_event(&function, &id, payload.clone(), &source);
            if times == 2 {
                tokio::join!(run(), run());
            } else {
                run().await;
            }
            drop(guard);
        });
        request_id
    }

    async fn run_event(self: &Arc<Self>, function: &Arc<Function>, request_id: &str, payload: Bytes, source: &str) {
        let accepted = Instant::now();
        let mut attempts = 0;
        let (answer, condition) = loop {
            let answer = self.invoke_as(function, request_id, payload.clone(), source, Listener::default()).await;
            attempts += 1;
            if !answer.failed {
                break (answer, "Success");
            }
            if attempts > function.config.async_retries {
                break (answer, "RetriesExhausted");
            }
            let delay = self.settings.async_retry_delays[(attempts - 1).min(1)];
            if accepted.elapsed() + delay > function.config.async_max_age {
                break (answer, "EventAgeExceeded");
            }
            tokio::time::sleep(delay).await;
        };
        let destination = if answer.failed { &function.config.on_failure } else { &function.config.on_success };
        if let Some(destination) = destination {
            let parse = |bytes: &Bytes| serde_json::from_slice::<Value>(bytes).unwrap_or(Value::Null);
            let mut response = json!({"statusCode": 200, "executedVersion": "$LATEST"});
            if answer.failed {
                response["functionError"] = json!("Unhandled");
            }
            let record = json!({
                "version": "1.0",
                "timestamp": jiff::Timestamp::now().to_string(),
                "requestContext": {
                    "requestId": request_id,
                    "functionArn": format!("{}:$LATEST", function.arn()),
                    "condition": condition,
                    "approximateInvokeCount": attempts,
                },
                "requestPayload": parse(&payload),
                "responseContext": response,
                "responsePayload": parse(&answer.payload),
            });
            self.hand_on(function, destination, record.to_string(), serde_json::Map::new());
        }
        if answer.failed
            && let Some(destination) = &function.config.dead_letter_arn
        {
            let text = |value: &str| json!({"DataType": "String", "StringValue": value});
            let message: String = String::from_utf8_lossy(&answer.payload).chars().take(1024).collect();
            let attributes = serde_json::Map::from_iter([
                ("RequestID".to_owned(), text(request_id)),
                ("ErrorCode".to_owned(), json!({"DataType": "Number", "StringValue": "200"})),
                ("ErrorMessage".to_owned(), text(&message)),
            ]);
            self.hand_on(function, destination, String::from_utf8_lossy(&payload).into_owned(), attributes);
        }
    }

    fn hand_on(
        self: &Arc<Self>,
        function: &Function,
        destination: &str,
        body: String,
        attributes: serde_json::Map<String, Value>,
    ) {
        let folder = &function.config.folder;
        if let Some(queue) = self.queue(destination).filter(|_| destination.contains(":sqs:")) {
            let sent = queue.send(sqs::Send { body, attributes, sender: function.principal(), ..sqs::Send::default() });
            let title = match sent {
                Ok(_) => format!("{folder}: event handed to {}", queue.config.name),
                Err(error) => format!("{folder}: event lost, {} refused it: {error}", queue.config.name),
            };
            self.trace.record(Kind::Note, Some(folder), None, title, json!({"destination": destination}));
        } else if let Some(target) = self.function_named(destination).filter(|_| destination.contains(":lambda:")) {
            self.invoke_async(&target, body.into(), "destination");
        } else {
            let title = format!("{folder}: event for {destination}, which the sandbox does not emulate");
            self.trace.record(Kind::Note, Some(folder), None, title, json!({"destination": destination}));
        }
    }

    async fn invoke_as(
        self: &Arc<Self>,
        function: &Arc<Function>,
        request_id: &str,
        payload: Bytes,
        source: &str,
        listener: Listener,
    ) -> Answer {
        let guard = self.activity.begin(format!("invocation of {}", function.config.folder));
        let (sender, receiver) = oneshot::channel();
        let (cloud, function, id, source) =
            (Arc::clone(self), Arc::clone(function), request_id.to_owned(), source.to_owned());
        self.spawn(async move {
            let permits = Arc::clone(&function.permits);
            let Ok(permit) = permits.acquire_owned().await else { return };
            let answer = cloud.run(&function, &id, payload, &source, listener).await;
            drop(permit);
            // Nobody may be listening any more.
            let _ = sender.send(answer);
            drop(guard);
        });
        receiver.await.unwrap_or_else(|_| Answer::error("Sandbox.Ended", "the sandbox has ended"))
    }

    /// One attempt, on an idle process or a new one.
    async fn run(
        self: &Arc<Self>,
        function: &Arc<Function>,
        request_id: &str,
        payload: Bytes,
        source: &str,
        listener: Listener,
    ) -> Answer {
        let folder = &function.config.folder;
        let started = Instant::now();
        let detail = json!({"operation": "start", "source": source, "bytes": payload.len()});
        self.trace.record(
            Kind::Invocation,
            Some(folder),
            Some(request_id),
            format!("{folder} starts ({source})"),
            detail,
        );
        let (answer, cold) = loop {
            let idle = { function.idle().pop() };
            let (instance, cold) = match idle {
                Some(instance) if instance.ended.borrow().is_some() => continue,
                Some(instance) => (instance, false),
                None => match self.start_instance(function).await {
                    Ok(instance) => (Arc::new(instance), true),
                    Err(error) => break (Answer::error("Runtime.InvalidEntrypoint", &format!("{error:#}")), true),
                },
            };
            match instance.serve(request_id, payload.clone(), Arc::clone(&listener)).await {
                Served::Answered(answer) => {
                    function.idle().push(instance);
                    break (answer, cold);
                }
                // An idle process has ended before it took the event: the next one takes it.
                Served::NotTaken(_) if !cold => {}
                Served::Ended(answer) | Served::NotTaken(answer) => break (answer, cold),
            }
        };
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut detail = json!({"operation": "end", "duration_ms": duration_ms, "cold": cold, "failed": answer.failed});
        let title = if answer.failed {
            let error: Value = serde_json::from_slice(&answer.payload).unwrap_or_default();
            let error = format!(
                "{}: {}",
                error["errorType"].as_str().unwrap_or("error"),
                error["errorMessage"].as_str().unwrap_or("no message")
            );
            detail["error"] = json!(error);
            format!("{folder} failed after {duration_ms} ms: {error}")
        } else {
            format!("{folder} done in {duration_ms} ms")
        };
        self.trace.record(Kind::Invocation, Some(folder), Some(request_id), title, detail);
        answer
    }

    async fn start_instance(self: &Arc<Self>, function: &Arc<Function>) -> anyhow::Result<Instance> {
        let config = &function.config;
        let number = function.started.fetch_add(1, Ordering::Relaxed);
        let id = format!("{}-{number}-{}", config.folder, &uuid::Uuid::new_v4().simple().to_string()[..8]);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("open a port for the Runtime API")?;
        let address = listener.local_addr()?;
        let (stdout_log, stdout) = LogPipe::new("stdout")?;
        let (stderr_log, stderr) = LogPipe::new("stderr")?;

        let process = Process::default();
        let killer = process.clone();
        self.gate.register(&id, &config.folder, Arc::new(move || killer.kill()));
        let mut command = Command::new(&config.binary);
        command
            .env_clear()
            .envs(self.environment(function, &id, &address.to_string()))
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .kill_on_drop(true);
        let child = {
            let spawned = command.spawn().with_context(|| format!("start {}", config.binary.display()));
            spawned.inspect_err(|_| self.gate.unregister(&id))?
        };
        // The writing ends belong to the process alone, so that they close when it ends.
        drop(command);
        *process.lock() = Some(child);
        self.instances().insert(id.clone(), process.clone());
        if self.is_closed() {
            process.kill();
        }

        let (work, queue) = mpsc::channel(1);
        let (ending, ended) = watch::channel(None);
        let shared = Arc::new(InstanceShared {
            id: id.clone(),
            function: config.folder.clone(),
            function_arn: function.arn(),
            timeout: config.timeout,
            cloud: Arc::clone(self),
            queue: tokio::sync::Mutex::new(queue),
            current: Mutex::default(),
            init_error: Mutex::default(),
            logs: [stdout_log, stderr_log],
        });
        let server = AbortOnDrop(super::serve(listener, runtime_api(Arc::clone(&shared))));
        let (cloud, watched, logged) = (Arc::clone(self), process.clone(), Arc::clone(&shared));
        self.spawn(async move {
            let [stdout, stderr] = &logged.logs;
            tokio::join!(
                stdout.follow(|line| logged.log(stdout.name, line)),
                stderr.follow(|line| logged.log(stderr.name, line))
            );
            let status = watched.wait().await;
            drop(server);
            cloud.gate.unregister(&logged.id);
            cloud.instances().remove(&logged.id);
            let _ = ending.send(Some(status));
        });
        Ok(Instance { id, process, work, ended, shared })
    }

    /// The variables of a process: the template's, and AWS's own.
    fn environment(&self, function: &Function, instance: &str, runtime_api: &str) -> BTreeMap<String, String> {
        let config = &function.config;
        let mut environment = config.environment.clone();
        for value in environment.values_mut() {
            for base in &self.settings.simulators {
                if let Some(rest) = value.strip_prefix(base.as_str())
                    && (rest.is_empty() || rest.starts_with('/'))
                {
                    *value = format!("{base}/as/{instance}{rest}");
                    break;
                }
            }
        }
        let own = [
            ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".to_owned()),
            ("AWS_LAMBDA_FUNCTION_NAME", config.name.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", config.memory_mb.to_string()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", config.log_group.clone()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", format!("sandbox/[$LATEST]{instance}")),
            ("AWS_ACCESS_KEY_ID", function.access_key()),
            ("AWS_SECRET_ACCESS_KEY", "sandbox".to_owned()),
            ("AWS_SESSION_TOKEN", instance.to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.endpoint_url.clone()),
            ("AWS_ENDPOINT_URL_LAMBDA", self.endpoint_url.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.endpoint_url.clone()),
            ("AWS_ENDPOINT_URL_SQS", self.endpoint_url.clone()),
            ("LANG", "en_US.UTF-8".to_owned()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("TZ", ":UTC".to_owned()),
            ("_HANDLER", "bootstrap".to_owned()),
        ];
        environment.extend(own.map(|(name, value)| (name.to_owned(), value)));
        if let Some(level) = &config.json_log_level {
            environment.insert("AWS_LAMBDA_LOG_FORMAT".to_owned(), "JSON".to_owned());
            environment.insert("AWS_LAMBDA_LOG_LEVEL".to_owned(), level.clone());
        }
        environment.extend(self.settings.extra_environment.clone());
        environment
    }
}

enum Served {
    /// The process answered and can take the next event.
    Answered(Answer),
    /// The process has ended, or was ended.
    Ended(Answer),
    /// The process has ended before it took the event.
    NotTaken(Answer),
}

impl Instance {
    async fn serve(&self, request_id: &str, payload: Bytes, listener: Listener) -> Served {
        let (taken, was_taken) = oneshot::channel();
        let (answer, mut answered) = oneshot::channel();
        let work = Work { request_id: request_id.to_owned(), payload, listener, taken, answer };
        let mut ended = self.ended.clone();
        if self.work.send(work).await.is_err() {
            return Served::NotTaken(Answer::error("Runtime.ExitError", "the runtime has ended"));
        }
        tokio::select! {
            biased;
            Ok(()) = was_taken => {}
            _ = ended.wait_for(Option::is_some) => return Served::NotTaken(self.exit_error(request_id)),
            () = tokio::time::sleep(INIT_TIMEOUT) => {
                self.process.kill();
                let message = format!("Error: Init phase timed out after {} seconds", INIT_TIMEOUT.as_secs());
                return Served::Ended(Answer::error("Sandbox.Timedout", &message));
            }
        }
        tokio::select! {
            biased;
            Ok(answer) = &mut answered => Served::Answered(answer),
            _ = ended.wait_for(Option::is_some) => match answered.try_recv() {
                Ok(answer) => Served::Ended(answer),
                Err(_) => Served::Ended(self.exit_error(request_id)),
            },
            () = tokio::time::sleep(self.shared.timeout) => {
                self.process.kill();
                let seconds = self.shared.timeout.as_secs_f64();
                let message = format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
                Served::Ended(Answer::error("Sandbox.Timedout", &message))
            }
        }
    }

    fn exit_error(&self, request_id: &str) -> Answer {
        if let Some(payload) = self.shared.init_error.lock().expect("no holder of this lock panics").clone() {
            return Answer { payload, failed: true };
        }
        let status = self.ended.borrow().clone().unwrap_or_default();
        let message = format!("RequestId: {request_id} Error: Runtime exited with error: {status} ({})", self.id);
        Answer::error("Runtime.ExitError", &message)
    }
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn runtime_api(shared: Arc<InstanceShared>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .layer(DefaultBodyLimit::disable())
        .with_state(shared)
}

impl InstanceShared {
    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().expect("no holder of this lock panics")
    }

    /// Who takes the answer to this request piece by piece, once.
    fn listener(&self, request_id: &str) -> Option<oneshot::Sender<Pieces>> {
        let current = self.current();
        let current = current.as_ref().filter(|current| current.request_id == request_id)?;
        current.listener.lock().expect("no holder of this lock panics").take()
    }

    fn log(&self, stream: &str, line: String) {
        let invocation = self.current().as_ref().map(|current| current.request_id.clone());
        let detail = json!({"stream": stream, "instance": self.id});
        self.cloud.trace.record(Kind::Log, Some(&self.function), invocation.as_deref(), line, detail);
    }

    fn finish(&self, request_id: &str, answer: Answer) -> Response {
        for pipe in &self.logs {
            pipe.drain(|line| self.log(pipe.name, line));
        }
        let waiting = {
            let mut current = self.current();
            current
                .as_mut()
                .filter(|current| current.request_id == request_id)
                .and_then(|current| current.answer.take())
        };
        let Some(waiting) = waiting else {
            let body = json!({"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"});
            return (StatusCode::BAD_REQUEST, axum::Json(body)).into_response();
        };
        // The invocation may have timed out in this moment.
        let _ = waiting.send(answer);
        (StatusCode::ACCEPTED, axum::Json(json!({"status": "OK"}))).into_response()
    }
}

async fn next(State(shared): State<Arc<InstanceShared>>) -> Response {
    let work = shared.queue.lock().await.recv().await;
    let Some(work) = work else {
        return (StatusCode::GONE, "the sandbox has let go of this instance").into_response();
    };
    shared.cloud.gate.begin(&shared.id, &work.request_id);
    *shared.current() =
        Some(Current { request_id: work.request_id.clone(), listener: work.listener, answer: Some(work.answer) });
    let _ = work.taken.send(());
    let deadline = now_ms() + u64::try_from(shared.timeout.as_millis()).unwrap_or(u64::MAX);
    let trace = format!("Root=1-{:08x}-{};Parent={};Sampled=0", now_ms() / 1000, &hex_id()[..24], &hex_id()[..16]);
    let headers = [
        ("Lambda-Runtime-Aws-Request-Id", work.request_id),
        ("Lambda-Runtime-Deadline-Ms", deadline.to_string()),
        ("Lambda-Runtime-Invoked-Function-Arn", shared.function_arn.clone()),
        ("Lambda-Runtime-Trace-Id", trace),
        ("Content-Type", "application/json".to_owned()),
    ];
    (headers, work.payload).into_response()
}

async fn response(State(shared): State<Arc<InstanceShared>>, Path(id): Path<String>, request: Request) -> Response {
    let mode = request.headers().get("lambda-runtime-function-response-mode");
    if mode.is_some_and(|mode| mode == "streaming")
        && let Some(listener) = shared.listener(&id)
    {
        return pass_on(&shared, &id, request, listener).await;
    }
    let Ok(body) = axum::body::to_bytes(request.into_body(), usize::MAX).await else {
        return (StatusCode::BAD_REQUEST, axum::Json(json!({"errorType": "Runtime.TruncatedResponse"})))
            .into_response();
    };
    if body.len() > SYNC_PAYLOAD_MAX {
        let message =
            format!("Response payload size exceeded maximum allowed payload size ({SYNC_PAYLOAD_MAX} bytes).");
        let _ = shared.finish(&id, Answer::error("Function.ResponseSizeTooLarge", &message));
        return (StatusCode::PAYLOAD_TOO_LARGE, axum::Json(json!({"errorType": "RequestEntityTooLarge"})))
            .into_response();
    }
    shared.finish(&id, Answer { payload: body, failed: false })
}

/// Passes an answer on while the function writes it. See [Lambda Docs/Response streaming in custom runtimes].
async fn pass_on(shared: &InstanceShared, id: &str, request: Request, listener: oneshot::Sender<Pieces>) -> Response {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let (sender, pieces) = mpsc::channel(4);
    // Whoever took the answer may have gone; the function writes it to its end, as at AWS.
    let _ = listener.send(Pieces { content_type: content_type.map(str::to_owned), pieces });
    let answer = match copy(request.into_body(), &sender).await {
        Ok(()) => {
            let _ = sender.send(None).await;
            Answer { payload: Bytes::new(), failed: false }
        }
        Err(answer) => answer,
    };
    shared.finish(id, answer)
}

/// Copies a body to its end, or says what kept it from that: a connection that broke, too much of it, an error in its trailers.
async fn copy(mut body: Body, to: &mpsc::Sender<Option<Bytes>>) -> Result<(), Answer> {
    let mut copied = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Answer::error("Runtime.TruncatedResponse", &error.to_string()))?;
        match frame.into_data() {
            Ok(piece) => {
                copied += piece.len();
                if copied > STREAMED_PAYLOAD_MAX {
                    let message = format!("the response is longer than {STREAMED_PAYLOAD_MAX} bytes");
                    return Err(Answer::error("Function.ResponseSizeTooLarge", &message));
                }
                let _ = to.send(Some(piece)).await;
            }
            Err(frame) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                let text = |name: &str| trailers.get(name).and_then(|value| value.to_str().ok());
                if let Some(kind) = text("lambda-runtime-function-error-type") {
                    let told = text("lambda-runtime-function-error-body").and_then(|text| STANDARD.decode(text).ok());
                    return Err(Answer::error(kind, &String::from_utf8_lossy(&told.unwrap_or_default())));
                }
            }
        }
    }
    Ok(())
}

async fn error(
    State(shared): State<Arc<InstanceShared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.finish(&id, Answer { payload: error_payload(&headers, body), failed: true })
}

async fn init_error(State(shared): State<Arc<InstanceShared>>, headers: HeaderMap, body: Bytes) -> Response {
    *shared.init_error.lock().expect("no holder of this lock panics") = Some(error_payload(&headers, body));
    (StatusCode::ACCEPTED, axum::Json(json!({"status": "OK"}))).into_response()
}

fn error_payload(headers: &HeaderMap, body: Bytes) -> Bytes {
    if serde_json::from_slice::<Value>(&body).is_ok_and(|error| error.is_object()) {
        return body;
    }
    let kind = headers.get("lambda-runtime-function-error-type").and_then(|value| value.to_str().ok());
    Answer::error(kind.unwrap_or("Unknown"), &String::from_utf8_lossy(&body)).payload
}

/// 32 random hex digits.
fn hex_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
