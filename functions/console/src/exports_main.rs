//! The function that writes the console's exports.

use console::exports::{Deps, Exports};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::AwsConnector::from_env()?;
    let exports = Exports::new(Deps::connect(&connector).await?);
    lambda_http::run_with_streaming_response(lambda_http::service_fn(|request| exports.stream(request)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
