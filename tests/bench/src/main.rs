//! `bench`: the budgets of the design beside measured values.
//!
//! The release builds of the functions run as their own processes behind a local Runtime API; AWS, Discord and Twilio are local
//! servers that answer at once and over TLS, because the handshakes are a large part of a cold start. Nothing here fails because of
//! a time: the table says `over`, and people decide.

mod cases;
mod ends;
mod events;
mod functions;
mod host;
mod load;
mod measure;
mod report;
mod server;
mod share;

use clap::{Parser, Subcommand};

/// Prints the budgets beside measured values.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    measure: measure::Measuring,
}

#[derive(Subcommand)]
enum Command {
    /// Sends lines both ways through the sandbox while its platforms fail by chance; counts lost, doubled and reordered ones.
    Load(load::Load),
    /// Asks the case console for its pages and lists, with many cases in the table. Best with `--release`: the table's engine is a
    /// part of this program.
    Cases(cases::Cases),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.command {
        None => measure::run(&arguments.measure).await,
        Some(Command::Load(load)) => load::run(&load).await,
        Some(Command::Cases(cases)) => cases::run(&cases).await,
    }
}
