//! The function that the Studio flow calls with a question.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    runtime::telemetry::init();
    let connector = desk::connect::Connector::from_env().await?;
    let deps = chatbot_to_discord::Deps::connect(&connector)?;
    lambda_http::run(lambda_http::service_fn(|request| chatbot_to_discord::handle(&deps, request)))
        .await
        .map_err(anyhow::Error::from_boxed)
}
