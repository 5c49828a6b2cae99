//! Wires the front door.

use std::convert::Infallible;
use std::time::{SystemTime, UNIX_EPOCH};

use interactions::{Config, Deps, handle};
use lambda_http::{run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let deps = &Deps::connect(Config::from_env()?)?;
    run(service_fn(async |request| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Ok::<_, Infallible>(handle(deps, request, now).await)
    }))
    .await
    .map_err(anyhow::Error::from_boxed)
}
