//! Logs: one JSON object a line, on standard output, where CloudWatch takes them up.

use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` sets what is shown; `info` otherwise.
///
/// No event, body, name or token is ever a field: see SECURITY.md.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Lambda stamps each line with its own time.
    let logger = tracing_subscriber::fmt().json().with_env_filter(filter).without_time().with_current_span(true);
    // A second call in one process (tests) changes nothing.
    let _ = logger.with_ansi(false).try_init();
}
