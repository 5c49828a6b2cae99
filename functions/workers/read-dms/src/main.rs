//! The function that reads what people type in their direct messages.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = read_dms::Deps::connect(&connector)?;
    lambda_runtime::run(lambda_runtime::service_fn(|event| read_dms::handle(&deps, event)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
