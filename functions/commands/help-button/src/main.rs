//! The function behind `/help_button`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = help_button::Deps::connect(&connector)?;
    lambda_runtime::run(lambda_runtime::service_fn(|event| help_button::handle(&deps, event)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
