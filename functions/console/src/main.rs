//! The function behind the case console's URL.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let console = console::Console::new(console::Deps::connect(&connector).await?);
    lambda_http::run(lambda_http::service_fn(|request| console.handle(request)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
