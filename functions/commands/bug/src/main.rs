//! The function behind `/bug`, its form and its buttons.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = bug::Deps::connect(&connector)?;
    lambda_runtime::run(lambda_runtime::service_fn(|event| bug::handle(&deps, event)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
