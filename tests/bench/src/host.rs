//! One function's process behind a Runtime API of its own.
//!
//! See [AWS Docs/Lambda, Runtime API]. The sandbox has a fuller one; this one does nothing but take the time.

use std::fs::File;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::server;
use crate::share::Share;

/// After this long something is wrong with the function, not with the machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The kernel's clock ticks per second, as `/proc` counts CPU time: the same on every Linux.
const TICKS_PER_SECOND: u64 = 100;

/// What is started.
pub struct Launch<'a> {
    /// The function's name.
    pub name: &'a str,
    /// Its binary.
    pub binary: &'a Path,
    /// Its variables, beside Lambda's own.
    pub environment: &'a [(String, String)],
    /// How much of a core it gets; `None` for all of it.
    pub share: Option<&'a Share>,
    /// Where its log goes.
    pub folder: &'a Path,
}

/// A running process. Killed when this is dropped.
pub struct Process {
    child: Child,
    id: u32,
    log: PathBuf,
    started: Instant,
    events: UnboundedSender<Bytes>,
    polls: UnboundedReceiver<Instant>,
    answers: UnboundedReceiver<(Instant, Result<Bytes, Bytes>)>,
    server: JoinHandle<()>,
}

/// What `/proc` says of a process's memory, in MiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident now.
    pub resident: f64,
    /// Resident at most so far.
    pub peak: f64,
}

impl Process {
    /// Starts a process.
    pub async fn start(launch: &Launch<'_>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("open a port for the Runtime API")?;
        let address = listener.local_addr()?.to_string();
        let (events, queue) = unbounded_channel();
        let (polled, polls) = unbounded_channel();
        let (answered, answers) = unbounded_channel();
        let api = Arc::new(Api { queue: Mutex::new(queue), polled, answered, number: AtomicU64::new(0) });
        let server = tokio::spawn(server::serve(listener, None, move |request| Arc::clone(&api).answer(request)));

        let log = launch.folder.join(format!("{}.log", launch.name));
        let output = File::create(&log).context("make a file for the log")?;
        let command = match launch.share {
            None => std::process::Command::new(launch.binary),
            Some(share) => share.command(launch.binary),
        };
        let mut command = Command::from(command);
        command
            .env_clear()
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", launch.name),
                ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
                ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
                ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
                ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ])
            .stdin(Stdio::null())
            .stdout(output.try_clone().context("share the log")?)
            .stderr(output)
            .kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("start {}", launch.binary.display()))?;
        let id = child.id().context("the process has ended at once")?;
        Ok(Self { child, id, log, started, events, polls, answers, server })
    }

    /// Hands it an event; before its first poll too.
    pub fn send(&self, event: Bytes) {
        // A process that has ended is found out by whoever waits for its answer.
        let _ = self.events.send(event);
    }

    /// From its start to its first poll.
    pub async fn first_poll(&mut self) -> anyhow::Result<Duration> {
        let at = wait(&mut self.child, &self.log, self.polls.recv()).await?;
        Ok(at - self.started)
    }

    /// Its next answer, and when it came, counted from its start.
    pub async fn answer(&mut self) -> anyhow::Result<(Duration, Bytes)> {
        let (at, answer) = wait(&mut self.child, &self.log, self.answers.recv()).await?;
        match answer {
            Ok(answer) => Ok((at - self.started, answer)),
            Err(error) => bail!("the function failed: {}\n{}", String::from_utf8_lossy(&error), tail(&self.log)),
        }
    }

    /// Hands it an event and waits for the answer; says how long that took.
    pub async fn ask(&mut self, event: Bytes) -> anyhow::Result<(Duration, Bytes)> {
        let before = self.started.elapsed();
        self.send(event);
        let (at, answer) = self.answer().await?;
        Ok((at.saturating_sub(before), answer))
    }

    /// What it has logged lately.
    pub fn log(&self) -> String {
        tail(&self.log)
    }

    /// CPU time of its threads so far, to the nanosecond where the kernel counts so; threads that have ended are left out.
    pub fn cpu_of_threads(&self) -> anyhow::Result<Duration> {
        let mut total = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.id)).context("list the threads")? {
            let Ok(text) = std::fs::read_to_string(thread?.path().join("schedstat")) else { return self.cpu() };
            total += text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0);
        }
        Ok(Duration::from_nanos(total))
    }

    /// CPU time, user and system, of the whole process, in steps of 10 ms.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.id)).context("read the process's times")?;
        // The name stands in parentheses and may hold anything; utime and stime are the 14th and 15th field of all.
        let (_, fields) = text.rsplit_once(')').context("read the process's times")?;
        let ticks: u64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
    }

    /// Its memory.
    pub fn memory(&self) -> anyhow::Result<Memory> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.id)).context("read the process's memory")?;
        let field = |name: &str| -> anyhow::Result<f64> {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
            let kib: f64 = line.trim().trim_end_matches(" kB").parse().with_context(|| format!("read {name}"))?;
            Ok(kib / 1024.0)
        };
        Ok(Memory { resident: field("VmRSS:")?, peak: field("VmHWM:")? })
    }

    /// Ends it and waits until it is gone.
    pub async fn end(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("end the process")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn wait<T>(child: &mut Child, log: &Path, what: impl Future<Output = Option<T>>) -> anyhow::Result<T> {
    tokio::select! {
        biased;
        Some(found) = what => Ok(found),
        status = child.wait() => bail!("the process has ended: {}\n{}", status?, tail(log)),
        () = tokio::time::sleep(PATIENCE) => bail!("nothing after {PATIENCE:?}\n{}", tail(log)),
    }
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

struct Api {
    queue: Mutex<UnboundedReceiver<Bytes>>,
    polled: UnboundedSender<Instant>,
    answered: UnboundedSender<(Instant, Result<Bytes, Bytes>)>,
    number: AtomicU64,
}

impl Api {
    async fn answer(self: Arc<Self>, request: Request<Bytes>) -> Response<Full<Bytes>> {
        let now = Instant::now();
        let path = request.uri().path().to_owned();
        let body = request.into_parts();
        match (&body.0.method, path.rsplit('/').next().unwrap_or_default()) {
            (&Method::GET, "next") => {
                let _ = self.polled.send(now);
                self.next().await.unwrap_or_else(|_| status(StatusCode::GONE))
            }
            (_, "response") => {
                let _ = self.answered.send((now, Ok(body.1)));
                status(StatusCode::ACCEPTED)
            }
            _ => {
                let _ = self.answered.send((now, Err(body.1)));
                status(StatusCode::ACCEPTED)
            }
        }
    }

    async fn next(&self) -> anyhow::Result<Response<Full<Bytes>>> {
        let event = self.queue.lock().await.recv().await;
        let event = event.context("nobody hands out events any more")?;
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let deadline = SystemTime::now().duration_since(UNIX_EPOCH)? + PATIENCE;
        ensure!(number < u64::from(u32::MAX), "so many events do not fit into a request id");
        let response = Response::builder()
            .header("Content-Type", "application/json")
            .header("Lambda-Runtime-Aws-Request-Id", format!("{number:08x}-0000-4000-8000-000000000000"))
            .header("Lambda-Runtime-Deadline-Ms", deadline.as_millis().to_string())
            .header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:000000000000:function:bench")
            .header(
                "Lambda-Runtime-Trace-Id",
                "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0",
            );
        Ok(response.body(Full::new(event))?)
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    response
}
