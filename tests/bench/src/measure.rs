//! Measures the budgets of DESIGN section 7.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;

use crate::ends::{Calls, Ends, Service};
use crate::events::{self, Events, PING};
use crate::functions::{self, FRONT_DOOR, MEASURED, QUEUED, STARTED};
use crate::host::{Launch, Memory, Process};
use crate::report::{self, Row, Samples, Unit, Verdict};
use crate::share::{Share, WHOLE_CORE_MB};

/// How it is measured.
#[derive(clap::Args)]
pub struct Measuring {
    /// How often each function is started.
    #[arg(long, default_value_t = 25)]
    starts: usize,
    /// How many events go to one process before its memory is looked at.
    #[arg(long, default_value_t = 1000)]
    events: usize,
    /// Measures this function only.
    #[arg(long)]
    only: Option<String>,
    /// Takes the binaries that are in the target folder.
    #[arg(long)]
    no_build: bool,
}

/// The smallest function there is, in MB.
const SMALL_MB: u64 = 128;
/// What template.yaml gives the functions, in MB.
const DEPLOYED_MB: u64 = 256;
/// Rounds of events over which CPU time is averaged. Several, because other work on the machine empties the caches.
const CPU_ROUNDS: usize = 10;
/// Events of a round.
const CPU_EVENTS: u32 = 500;

/// `deliver` is asked a question every so many events, so that the virtual agent's memory counts.
const QUESTION_EVERY: usize = 10;

struct Bench {
    binaries: BTreeMap<&'static str, PathBuf>,
    ends: Ends,
    events: Events,
    environment: Vec<(String, String)>,
    folder: tempfile::TempDir,
}

/// Measures everything and prints it.
pub async fn run(arguments: &Measuring) -> anyhow::Result<()> {
    let root = functions::root()?;
    let binaries = functions::build(&root, arguments.only.as_deref(), !arguments.no_build)?;
    let folder = tempfile::tempdir().context("make a folder")?;
    let ends = Ends::start(folder.path()).await?;
    let environment = ends.environment(&events::public_key());
    let mut bench = Bench { binaries, ends, events: Events::read(&root)?, environment, folder };
    if QUEUED.iter().all(|(name, _)| bench.binaries.contains_key(name)) {
        bench.fill_queues().await?;
    }

    println!("{}\n", machine(arguments.starts));
    let (mut rows, mut calls) = (Vec::new(), BTreeMap::new());
    for name in MEASURED.into_iter().filter(|name| arguments.only.as_deref().is_none_or(|only| only == *name)) {
        eprintln!("measuring {name}");
        let starts = bench.starts(name, arguments.starts, None).await?;
        let steady = bench.steady(name, arguments.events).await?;
        calls.insert(name, steady.calls.clone());
        if name == "message" {
            continue;
        }
        rows.extend(start_rows(name, &starts));
        rows.extend(bench.share_rows(name, &starts, arguments.starts).await?);
        rows.extend(steady_rows(name, &steady, arguments.events));
        rows.push(bench.size_row(name)?);
    }
    for name in STARTED.into_iter().filter(|name| arguments.only.as_deref().is_none_or(|only| only == *name)) {
        eprintln!("starting {name}");
        let first_poll = bench.first_polls(name, arguments.starts).await?;
        rows.push(Row::samples(name, "process start to first poll", 15.0, &first_poll));
        rows.push(bench.size_row(name)?);
    }
    if arguments.only.is_none() {
        rows.extend(call_rows(&calls));
    }
    rows.push(Row {
        of: "all".to_owned(),
        what: "lost, doubled or reordered lines under injected faults".to_owned(),
        budget: "0 of 10,000".to_owned(),
        measured: "see `cargo run -p bench -- load`".to_owned(),
        verdict: Verdict::None,
    });
    report::print(&rows);
    Ok(())
}

/// On what and how it was measured.
fn machine(starts: usize) -> String {
    format!(
        "{}. Release builds behind a local Runtime API, every far end over TLS 1.3.\nTimes are the best / the middle / the worst of \
         {starts} starts, CPU times are the same of {CPU_ROUNDS} rounds of {CPU_EVENTS} events. The middle one is held against the \
         budget.",
        machine_in_short(),
    )
}

/// On what it was measured.
pub fn machine_in_short() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = read("/proc/loadavg");
    let load = load.split_whitespace().next().unwrap_or("?");
    format!(
        "{cores} cores of {}, load average {load} ({})",
        model.trim_start_matches([' ', '\t', ':']),
        if load.parse::<f64>().is_ok_and(|load| load >= 1.0) { "busy: times may be too long" } else { "quiet" },
    )
}

/// What many starts took.
struct Starts {
    first_poll: Samples,
    first_answer: Samples,
    /// CPU time up to the first answer.
    cpu: Samples,
}

/// What a process is like after many events.
struct Steady {
    memory: Memory,
    /// CPU time per event.
    cpu_per_event: Samples,
    /// CPU time of an interaction that starts nothing.
    cpu_per_ping: Option<Samples>,
    /// The calls of one event.
    calls: Calls,
}

impl Bench {
    fn launch<'a>(&'a self, name: &'a str, share: Option<&'a Share>) -> Launch<'a> {
        Launch { name, binary: &self.binaries[name], environment: &self.environment, share, folder: self.folder.path() }
    }

    /// Lets the functions before the queues write what the functions behind them will read.
    async fn fill_queues(&mut self) -> anyhow::Result<()> {
        let mut queued = Vec::new();
        for (name, queue) in QUEUED {
            let mut process = Process::start(&self.launch(name, None)).await?;
            self.handle(&mut process, name, self.events.of(name)).await?;
            let message = self.ends.last_queued(queue);
            queued.push(message.with_context(|| format!("{name} queued nothing\n{}", process.log()))?);
            process.end().await?;
        }
        self.events.outbox = queued.pop().unwrap_or_default();
        self.events.inbox = queued.pop().unwrap_or_default();
        Ok(())
    }

    /// Has one event handled, well.
    async fn handle(&self, process: &mut Process, name: &str, event: Bytes) -> anyhow::Result<Duration> {
        // `/helpme` is what somebody says who is new here; all the others belong to a conversation.
        self.ends.set_conversation(name != "helpme");
        process.send(event);
        let (at, answer) = process.answer().await?;
        events::check(name, &answer).with_context(|| process.log())?;
        Ok(at)
    }

    /// Starts a function again and again, each time with an event waiting for it.
    async fn starts(&self, name: &str, count: usize, share: Option<&Share>) -> anyhow::Result<Starts> {
        let none = || Samples::new(Unit::Milliseconds);
        let mut starts = Starts { first_poll: none(), first_answer: none(), cpu: none() };
        // The first one finds the binary not yet in memory, say; it is not counted.
        for number in 0..=count {
            let mut process =
                Process::start(&self.launch(name, share)).await.with_context(|| format!("start {name}"))?;
            let first_answer = self.handle(&mut process, name, self.events.of(name)).await?;
            let cpu = process.cpu_of_threads()?;
            if number > 0 {
                starts.first_poll.push(process.first_poll().await?);
                starts.first_answer.push(first_answer);
                starts.cpu.push(cpu);
            }
            process.end().await?;
        }
        self.ends.take_calls()?;
        Ok(starts)
    }

    /// Starts a function again and again, with nothing to do.
    async fn first_polls(&self, name: &str, count: usize) -> anyhow::Result<Samples> {
        let mut samples = Samples::new(Unit::Milliseconds);
        for number in 0..=count {
            let mut process =
                Process::start(&self.launch(name, None)).await.with_context(|| format!("start {name}"))?;
            let first_poll = process.first_poll().await?;
            if number > 0 {
                samples.push(first_poll);
            }
            process.end().await?;
        }
        self.ends.take_calls()?;
        Ok(samples)
    }

    /// Gives one process many events.
    async fn steady(&self, name: &str, count: usize) -> anyhow::Result<Steady> {
        let mut process = Process::start(&self.launch(name, None)).await?;
        for number in 0..count {
            let question = name == "deliver" && number % QUESTION_EVERY == QUESTION_EVERY - 1;
            let event = if question { events::question() } else { self.events.of(name) };
            self.handle(&mut process, name, event).await?;
        }
        let memory = process.memory()?;
        self.ends.take_calls()?;
        self.handle(&mut process, name, self.events.of(name)).await?;
        let calls = self.ends.take_calls()?;
        let cpu_per_event = self.cpu_per_event(&mut process, name).await?;
        let cpu_per_ping = match name {
            FRONT_DOOR => Some(self.cpu_per_event(&mut process, PING).await?),
            _ => None,
        };
        process.end().await?;
        Ok(Steady { memory, cpu_per_event, cpu_per_ping, calls })
    }

    async fn cpu_per_event(&self, process: &mut Process, name: &str) -> anyhow::Result<Samples> {
        let mut samples = Samples::new(Unit::Microseconds);
        for _ in 0..CPU_ROUNDS {
            // One and the same, since signing takes a while here: the function shall not grow cold meanwhile.
            let event = self.events.of(name);
            let before = process.cpu_of_threads()?;
            for _ in 0..CPU_EVENTS {
                self.handle(process, name, event.clone()).await?;
            }
            samples.push(process.cpu_of_threads()?.saturating_sub(before) / CPU_EVENTS);
        }
        self.ends.take_calls()?;
        Ok(samples)
    }

    /// The first answer at the share of a function's memory size.
    async fn share_rows(&self, name: &str, starts: &Starts, count: usize) -> anyhow::Result<Vec<Row>> {
        let sizes = if name == FRONT_DOOR { vec![SMALL_MB, DEPLOYED_MB] } else { vec![DEPLOYED_MB] };
        let mut rows = Vec::new();
        for size in sizes {
            let (samples, how) = match Share::of(size) {
                Some(share) => (self.starts(name, count, Some(&share)).await?.first_answer, ""),
                // Nothing can be limited here. What the CPU time would take at that share is at least said.
                None => (starts.cpu.scaled(ratio(WHOLE_CORE_MB, size)), ", computed from CPU time"),
            };
            let what = format!("process start to first answer at {size} MB's share{how}");
            rows.push(if (name, size) == (FRONT_DOOR, SMALL_MB) {
                Row::samples(name, &what, 150.0, &samples)
            } else {
                Row::for_information(name, &what, &samples)
            });
        }
        Ok(rows)
    }

    fn size_row(&self, name: &str) -> anyhow::Result<Row> {
        let budget = if name == FRONT_DOOR { 5.0 } else { 9.0 };
        let bytes = size(&self.binaries[name])?;
        Ok(Row::value(name, "binary, stripped", budget, mebibytes(bytes), "MiB"))
    }
}

fn start_rows(name: &str, starts: &Starts) -> [Row; 3] {
    let (first_poll, answer) = (&starts.first_poll, "process start to first answer, full core");
    [
        Row::samples(name, "process start to first poll", if name == FRONT_DOOR { 5.0 } else { 15.0 }, first_poll),
        if name == FRONT_DOOR {
            Row::samples(name, answer, 30.0, &starts.first_answer)
        } else {
            Row::for_information(name, answer, &starts.first_answer)
        },
        Row::for_information(name, "CPU time up to the first answer", &starts.cpu),
    ]
}

fn steady_rows(name: &str, steady: &Steady, events: usize) -> Vec<Row> {
    let memory = steady.memory;
    let what = format!("resident after {events} events (peak {:.1} MiB)", memory.peak);
    let budget = if name == FRONT_DOOR { 10.0 } else { 20.0 };
    let resident = Row::value(name, &what, budget, memory.resident, "MiB");
    let cpu = &steady.cpu_per_event;
    let cpu = if name == FRONT_DOOR {
        Row::samples(name, "CPU per verified interaction, its invoke included", 200.0, cpu)
    } else {
        Row::for_information(name, "CPU per event, its calls included", cpu)
    };
    let ping = steady.cpu_per_ping.as_ref();
    let ping = ping.map(|cpu| Row::for_information(name, "CPU per verified PING, which starts nothing", cpu));
    [resident, cpu].into_iter().chain(ping).collect()
}

/// The calls of a line on its way, by what the budget counts.
fn call_rows(calls: &BTreeMap<&str, Calls>) -> Vec<Row> {
    let ways = [
        (
            "from the person",
            ["message", "relay"],
            [(Service::Twilio, 1), (Service::Discord, 0), (Service::DynamoDb, 3)],
        ),
        (
            "to the person",
            ["forward-to-discord", "deliver"],
            [(Service::Twilio, 0), (Service::Discord, 1), (Service::DynamoDb, 3)],
        ),
    ];
    let mut rows = Vec::new();
    for (way, functions, budget) in ways {
        let counts = |function: &str| {
            let mut counts: BTreeMap<Service, usize> = BTreeMap::new();
            for ((service, operation), count) in &calls[function] {
                // The edit of a command's own answer does not count.
                if !operation.ends_with("/@original") {
                    *counts.entry(*service).or_default() += count;
                }
            }
            counts
        };
        let say = |counts: &BTreeMap<Service, usize>| {
            let said: Vec<String> = counts.iter().map(|(service, count)| format!("{count} {service}")).collect();
            said.join(" + ")
        };
        let [first, second] = functions.map(counts);
        let within = |counts: &[&BTreeMap<Service, usize>]| {
            budget.iter().all(|(service, most)| {
                counts.iter().map(|counts| counts.get(service).copied().unwrap_or_default()).sum::<usize>() <= *most
            })
        };
        let limits: Vec<String> = budget.iter().map(|(service, most)| format!("{most} {service}")).collect();
        let verdict = if within(&[&first, &second]) { Verdict::Ok } else { Verdict::Over };
        rows.push(Row {
            of: format!("line {way}"),
            what: format!("calls, {} and {}", functions[0], functions[1]),
            budget: limits.join(" + "),
            measured: format!("{}; {}", say(&first), say(&second)),
            verdict,
        });
    }
    rows
}

fn size(path: &Path) -> anyhow::Result<u64> {
    Ok(std::fs::metadata(path).with_context(|| format!("look at {}", path.display()))?.len())
}

#[expect(clippy::cast_precision_loss, reason = "no binary has 2^52 bytes")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

#[expect(clippy::cast_precision_loss, reason = "both are small")]
fn ratio(whole: u64, part: u64) -> f64 {
    whole as f64 / part as f64
}
