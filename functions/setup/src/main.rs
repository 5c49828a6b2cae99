//! Wires the custom resource.

use lambda_runtime::{Error, run, service_fn};
use setup::{Deps, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry::init();
    let deps = &Deps::connect().await?;
    run(service_fn(async |event| handle(deps, event).await.map_err(Error::from))).await
}
