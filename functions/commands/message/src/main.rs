//! The function behind `/message`, the *Reply* form and *Send to support*.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = message::Deps::connect(&connector)?;
    lambda_runtime::run(lambda_runtime::service_fn(|event| message::handle(&deps, event)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
