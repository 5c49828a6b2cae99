//! The secret, read once at cold start and never printed.

use anyhow::Context;
use aws_types::SdkConfig;
use secrecy::SecretString;
use serde::Deserialize;

use crate::config::Lookup;

/// What the Secrets Manager secret named by `SECRETS_ID` holds, as a JSON object.
#[derive(Debug, Clone, Deserialize)]
pub struct Secrets {
    /// The Discord application's bot token, `discord_bot_token`.
    pub discord_bot_token: SecretString,
    /// The Twilio account's primary auth token, `twilio_auth_token`: Basic auth, and the key of the webhooks' signatures.
    pub twilio_auth_token: SecretString,
}

/// Reads the secret.
pub async fn load(config: &SdkConfig, lookup: &Lookup<'_>) -> anyhow::Result<Secrets> {
    let id = lookup.required("SECRETS_ID")?;
    let answer = aws_sdk_secretsmanager::Client::new(config)
        .get_secret_value()
        .secret_id(id)
        .send()
        .await
        .context("read the secret named by SECRETS_ID")?;
    let text = answer.secret_string().context("the secret named by SECRETS_ID has no text")?;
    // serde's own error would quote a part of the secret.
    serde_json::from_str(text).map_err(|_| {
        anyhow::anyhow!(
            "the secret named by SECRETS_ID is not a JSON object with discord_bot_token and twilio_auth_token"
        )
    })
}
