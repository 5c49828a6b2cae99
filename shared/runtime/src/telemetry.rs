//! Logs: one JSON object a line, on standard output, where CloudWatch takes them up.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging. `RUST_LOG` sets what is shown; `info` otherwise.
///
/// No event, body, name or token is ever a field: see SECURITY.md.
pub fn init() {
    // `Targets`, not `EnvFilter`, which brings a regex engine into every binary.
    let wanted = std::env::var("RUST_LOG").ok().and_then(|wanted| wanted.parse::<Targets>().ok());
    let filter = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    // Lambda stamps each line with its own time.
    let lines = tracing_subscriber::fmt::layer().json().without_time().with_current_span(true).with_ansi(false);
    // A second call in one process (tests) changes nothing.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
