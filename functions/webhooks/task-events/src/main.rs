//! The function that TaskRouter calls.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = task_events::Deps::connect(&connector)?;
    lambda_http::run(lambda_http::service_fn(|request| task_events::handle(&deps, request)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
