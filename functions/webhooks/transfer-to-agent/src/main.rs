//! The function that the Studio flow calls before *Send to Flex*.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = transfer_to_agent::Deps::connect(&connector)?;
    lambda_http::run(lambda_http::service_fn(|request| transfer_to_agent::handle(&deps, request)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
