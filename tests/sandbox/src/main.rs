//! `sandbox`: the whole stack on one machine, to look at, as a demonstration, or for other tools.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use sandbox::sandbox::VARIABLES;
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
    /// Plays one whole conversation, prints it as a transcript, and ends.
    Demo,
    /// Runs the stack for other tools; prints `ready {json}` when it can take events.
    Up(Up),
}

#[derive(clap::Args)]
struct Up {
    /// Port of the page and the function URLs.
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// Base URL of a Discord API to use instead of the simulated one.
    #[arg(long, value_name = "URL")]
    discord_api: Option<String>,
    /// Base URL of a Twilio API to use instead of the simulated one.
    #[arg(long, value_name = "URL")]
    twilio_api: Option<String>,
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
            let sandbox = Sandbox::start(Options { port: Some(PORT), ..Options::default() }).await?;
            println!("The page is on {}/ until Ctrl-C.", sandbox.url());
            for (name, url) in sandbox.function_urls() {
                println!("  {name:<20} {url}");
            }
            until_told_to_end().await
        }
        Some(Command::Demo) => sandbox::demo::run().await,
        Some(Command::Up(up)) => {
            let sandbox = Sandbox::start(options(up)).await?;
            println!("ready {}", sandbox.ready());
            until_told_to_end().await
        }
    }
}

fn options(up: Up) -> Options {
    let mut options = Options { port: Some(up.port), data_dir: up.data, variables: variables(), ..Options::default() };
    options.release |= up.release;
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
