//! The function behind `/case` and the buttons of cases.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = case::Deps::connect(&connector)?;
    lambda_runtime::run(lambda_runtime::service_fn(|event| case::handle(&deps, event)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
