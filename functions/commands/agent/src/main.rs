//! The function behind `/agent` and *Talk to a person*.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = agent::Deps::connect(&connector)?;
    lambda_runtime::run(lambda_runtime::service_fn(|event| agent::handle(&deps, event)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
