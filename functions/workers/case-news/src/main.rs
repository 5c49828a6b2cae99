//! The function that tells the news of cases.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = case_news::Deps::connect(&connector)?;
    lambda_runtime::run(lambda_runtime::service_fn(|event| case_news::handle(&deps, event)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
