//! The secret, read once at cold start and never printed.

use anyhow::Context;
use aws_types::SdkConfig;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::config::Lookup;

/// What the Secrets Manager secret named by `SECRETS_ID` holds, as a JSON object.
#[derive(Debug, Clone, Deserialize)]
pub struct Secrets {
    /// The Discord application's bot token, `discord_bot_token`.
    pub discord_bot_token: SecretString,
    /// The Twilio account's primary auth token, `twilio_auth_token`: Basic auth, and the key of the webhooks' signatures.
    pub twilio_auth_token: SecretString,
    /// The Discord application's client secret, `discord_client_secret`, where the console signs people in with Discord.
    #[serde(default, deserialize_with = "if_not_empty")]
    pub discord_client_secret: Option<SecretString>,
}

/// CloudFormation cannot leave a parameter out, so empty means none.
fn if_not_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).map(SecretString::from))
}

/// Reads the secret.
pub async fn load(config: &SdkConfig, lookup: &Lookup<'_>) -> anyhow::Result<Secrets> {
    let text = text(config, lookup, "SECRETS_ID").await?;
    // serde's own error would quote a part of the secret.
    serde_json::from_str(text.expose_secret()).map_err(|_| {
        anyhow::anyhow!(
            "the secret named by SECRETS_ID is not a JSON object with discord_bot_token and twilio_auth_token"
        )
    })
}

/// The text of the secret that the variable `name` names.
pub async fn text(config: &SdkConfig, lookup: &Lookup<'_>, name: &'static str) -> anyhow::Result<SecretString> {
    let answer = aws_sdk_secretsmanager::Client::new(config)
        .get_secret_value()
        .secret_id(lookup.required(name)?)
        .send()
        .await
        .with_context(|| format!("read the secret named by {name}"))?;
    let text = answer.secret_string().with_context(|| format!("the secret named by {name} has no text"))?;
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_secret_may_be_missing_or_empty() {
        let client_secret = |more: &str| {
            let text = format!(r#"{{"discord_bot_token":"a","twilio_auth_token":"b"{more}}}"#);
            serde_json::from_str::<Secrets>(&text).unwrap().discord_client_secret.is_some()
        };
        assert!(!client_secret(""));
        assert!(!client_secret(r#","discord_client_secret":"""#));
        assert!(client_secret(r#","discord_client_secret":"c""#));
    }
}
