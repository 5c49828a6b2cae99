//! The function that Discord's webhook events come to.

use std::time::{SystemTime, UNIX_EPOCH};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = &discord_events::Deps::connect(&connector)?;
    lambda_http::run(lambda_http::service_fn(async |request| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Ok::<_, std::convert::Infallible>(discord_events::handle(deps, request, now).await)
    }))
    .await
    .map_err(anyhow::Error::from_boxed)
}
