//! `sandbox`: the whole stack on one machine, to look at, as a demonstration, or for other tools.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use sandbox::sandbox::VARIABLES;
use sandbox::seed::{self, MODERATOR};
use sandbox::{Options, Platform, Sandbox};
use tokio::signal::unix::{SignalKind, signal};

/// The whole stack on one machine: no AWS, Discord or Twilio account is needed.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Plays one whole conversation and the life of a report, prints them as a transcript, and ends.
    Demo,
    /// Runs the stack for other tools; prints `ready {json}` when it can take events.
    Up(Up),
    /// Runs the stack with many cases in it; prints `ready {json}` when they are there.
    Seed(Seed),
}

#[derive(clap::Args)]
struct Up {
    #[command(flatten)]
    stack: Stack,
    /// Base URL of a Discord API to use instead of the simulated one.
    #[arg(long, value_name = "URL")]
    discord_api: Option<String>,
    /// Base URL of a Twilio API to use instead of the simulated one.
    #[arg(long, value_name = "URL")]
    twilio_api: Option<String>,
}

#[derive(clap::Args)]
struct Seed {
    /// How many cases.
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    cases: u32,
    #[command(flatten)]
    stack: Stack,
    /// What chance begins with: the same number makes the same cases.
    #[arg(long, value_name = "N", default_value_t = 1)]
    random: u64,
}

#[derive(clap::Args)]
struct Stack {
    /// Port of the page and the function URLs.
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// Folder to keep the table in; without it, it is forgotten at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Build the functions with `--release`.
    #[arg(long)]
    release: bool,
}

const PORT: u16 = 8700;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        None => {
            let options = Options { port: Some(PORT), variables: variables(), ..Options::default() };
            let sandbox = Sandbox::start(options).await?;
            seed::add_moderator(sandbox.discord());
            println!("The page is on {}/ until Ctrl-C.", sandbox.url());
            for (name, url) in sandbox.function_urls() {
                println!("  {name:<20} {url}");
            }
            console(&sandbox);
            until_told_to_end().await
        }
        Some(Command::Demo) => sandbox::demo::run().await,
        Some(Command::Up(up)) => {
            let sandbox = Sandbox::start(options(up)).await?;
            sandbox.simulated_discord().map(seed::add_moderator);
            println!("ready {}", sandbox.ready());
            until_told_to_end().await
        }
        Some(Command::Seed(arguments)) => seeded(arguments).await,
    }
}

async fn seeded(arguments: Seed) -> anyhow::Result<()> {
    // The cases are written into the table's file, so there has to be one.
    let temporary = tempfile::tempdir().context("make a folder for the table")?;
    let mut options = arguments.stack.options();
    let folder = options.data_dir.get_or_insert_with(|| temporary.path().to_owned());
    println!("The table is in {}.", folder.display());
    let cases = usize::try_from(arguments.cases).context("so many cases")?;
    println!("Building and deploying template.yaml on this machine…");
    let sandbox = Sandbox::start(options).await?;
    let folder = arguments.stack.data.unwrap_or_else(|| temporary.path().to_owned());
    let started = Instant::now();
    let written = seed::fill_sandbox(&sandbox, &folder, cases, arguments.random).await?;
    println!(
        "{cases} cases ({} items) are in the table after {:.1} s:",
        written.items,
        started.elapsed().as_secs_f64()
    );
    for (status, count) in &written.by_status {
        println!("  {status:<20} {count}");
    }
    if let Some((number, length)) = written.longest {
        println!("The longest history, {length} lines, has case #{number}.");
    }
    console(&sandbox);
    println!("ready {}", sandbox.ready());
    until_told_to_end().await
}

/// Says where the case console is, and who gets in.
fn console(sandbox: &Sandbox) {
    if let Some(url) = sandbox.function_url("console") {
        println!("The console is on {url}; sign in as {MODERATOR}.");
    }
}

impl Stack {
    fn options(&self) -> Options {
        let mut options = Options {
            port: Some(self.port),
            data_dir: self.data.clone(),
            variables: variables(),
            ..Options::default()
        };
        options.release |= self.release;
        options
    }
}

fn options(up: Up) -> Options {
    let mut options = up.stack.options();
    if let Some(url) = up.discord_api {
        options.discord = Platform::External(url);
    }
    if let Some(url) = up.twilio_api {
        options.twilio = Platform::External(url);
    }
    options
}

/// The variables of the design's section 5 that are set here.
fn variables() -> BTreeMap<String, String> {
    VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?))).collect()
}

async fn until_told_to_end() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listen to SIGTERM")?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.context("listen to Ctrl-C"),
        _ = terminate.recv() => Ok(()),
    }
}
