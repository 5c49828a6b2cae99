//! Discord's webhook events: somebody has installed the application for themselves, and is greeted.
//!
//! Discord waits 3 s for a 204, repeats an event for up to 10 minutes that was answered otherwise, and takes the address away from who
//! does not refuse a wrong signature. See [Discord Docs/Webhook Events].

use std::time::Duration;

use anyhow::Context;
use desk::connect::Connector;
use desk::welcoming::{WelcomeError, Welcoming};
use discord::endpoint::{self, Refusal};
use discord::events::{self, Installed, WebhookEventKind};
use discord::signature::PublicKey;
use domain::ids::ApplicationId;
use jiff::Timestamp;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use runtime::answer::{json_answer, no_content};
use runtime::config::{ConfigError, Lookup};
use serde_json::json;
use store::{Claim, Store};
use tracing::{debug, info, warn};

/// How long the greeting may take, of the 3 s that Discord waits.
const GREETING_TIMEOUT: Duration = Duration::from_millis(2500);

/// Who claims events, and how they are told from interactions.
const PLATFORM: &str = "webhook-event";
const OWNER: &str = "discord-events";

/// What the environment says.
pub struct Config {
    /// The application's public key, read as hex from `DISCORD_PUBLIC_KEY`.
    pub public_key: PublicKey,
    /// The application, from `DISCORD_APPLICATION_ID`.
    pub application_id: ApplicationId,
}

impl Config {
    /// Reads variables from anywhere.
    pub fn from_lookup(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            public_key: lookup.parse("DISCORD_PUBLIC_KEY")?,
            application_id: lookup.parse("DISCORD_APPLICATION_ID")?,
        })
    }
}

/// What this function uses.
pub struct Deps {
    config: Config,
    store: Store,
    welcoming: Welcoming,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            config: Config::from_lookup(connector.lookup())?,
            store: connector.store()?,
            welcoming: connector.welcoming()?,
        })
    }
}

/// Why an event is not taken.
#[derive(Debug, thiserror::Error)]
enum HandlerError {
    /// It is refused, see [`Refusal`].
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Our own failure, or Discord's: it comes again. 503.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// Serves one request. `now` is in Unix seconds.
pub async fn handle(deps: &Deps, request: Request, now: u64) -> Response<Body> {
    let failure = match read(&deps.config, &request, now) {
        Ok(Some(installed)) => match greet(deps, &installed).await {
            Ok(()) => return no_content(),
            Err(error) => error.into(),
        },
        Ok(None) => return no_content(),
        Err(refusal) => refusal.into(),
    };
    refuse(&failure)
}

/// The event, if it is one for us to act on.
fn read(config: &Config, request: &Request, now: u64) -> Result<Option<Installed>, Refusal> {
    let body = endpoint::verified(&config.public_key, request, now)?;
    let event = events::parse(body)?;
    if event.kind != WebhookEventKind::Ping && event.application_id != Some(config.application_id) {
        return Err(Refusal::OtherApplication);
    }
    Ok(match event.kind {
        WebhookEventKind::Installed(installed) => Some(installed),
        WebhookEventKind::Ping => None,
        WebhookEventKind::Other => {
            debug!("nothing for us");
            None
        }
    })
}

/// Greets, once per event.
async fn greet(deps: &Deps, installed: &Installed) -> anyhow::Result<()> {
    let key = installed.key();
    let greeting = async {
        let claim = deps.store.claim(PLATFORM, &key, OWNER, Timestamp::now()).await.context("claim the event")?;
        match claim {
            Claim::New | Claim::Unfinished => {}
            Claim::Done => return Ok(()),
            Claim::Busy => anyhow::bail!("somebody else greets this person"),
        }
        let known =
            deps.store.conversation(installed.person.id).await.context("load the person's last conversation")?;
        let locale = installed.locale_or(known.as_ref().map(|known| known.locale.as_str()));
        let person = &installed.person;
        match deps.welcoming.greet_installed(person.id, &person.display_name, &locale, &key).await {
            Ok(()) => info!("greeted somebody who has installed the application"),
            Err(WelcomeError::DmsClosed) => {
                info!("somebody who has installed the application takes no direct messages");
            }
            Err(WelcomeError::Failed(error)) => return Err(error),
        }
        deps.store.finish_claim(PLATFORM, &key).await.context("settle the event")
    };
    tokio::time::timeout(GREETING_TIMEOUT, greeting).await.context("greet in time")?
}

fn refuse(failure: &HandlerError) -> Response<Body> {
    let (status, said) = match failure {
        HandlerError::Refused(refusal) => {
            warn!("refused a request: {refusal}");
            refusal.answer()
        }
        HandlerError::Failed(cause) => {
            warn!(error = format!("{cause:#}"), "an event was not taken, it comes again");
            (StatusCode::SERVICE_UNAVAILABLE, "try again".to_owned())
        }
    };
    json_answer(status, &json!({ "error": said }))
}

#[cfg(test)]
mod tests {
    use discord::endpoint::BODY_LENGTH_MAX;
    use ed25519_dalek::{Signer, SigningKey};
    use lambda_http::http::Method;

    use super::*;

    const NOW: u64 = 1_755_000_000;

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn config() -> Config {
        let key = hex::encode(signing_key().verifying_key().as_bytes());
        let lookup = Lookup::from_fn(|name| match name {
            "DISCORD_PUBLIC_KEY" => Some(key.clone()),
            "DISCORD_APPLICATION_ID" => Some("1380000000000000001".to_owned()),
            _ => None,
        });
        Config::from_lookup(&lookup).unwrap()
    }

    fn recorded(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../../../events/discord-events/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn signed(body: &[u8]) -> Request {
        let timestamp = NOW.to_string();
        let signature = hex::encode(signing_key().sign(&[timestamp.as_bytes(), body].concat()).to_bytes());
        lambda_http::http::Request::post("https://id.lambda-url.eu-west-2.on.aws/")
            .header("X-Signature-Timestamp", timestamp)
            .header("X-Signature-Ed25519", signature)
            .body(Body::from(body.to_vec()))
            .unwrap()
    }

    fn status(request: &Request) -> u16 {
        match read(&config(), request, NOW) {
            Ok(_) => 204,
            Err(failure) => refuse(&failure.into()).status().as_u16(),
        }
    }

    #[test]
    fn only_an_installation_by_a_person_is_acted_on() {
        let acted_on = |name: &str| read(&config(), &signed(&recorded(name)), NOW).unwrap().is_some();
        assert!(acted_on("application-authorized-by-user"));
        for name in ["ping", "application-authorized-in-server", "entitlement-create"] {
            assert!(!acted_on(name), "{name}");
        }
    }

    #[test]
    fn what_discord_did_not_sign_is_refused_before_it_is_read() {
        let body = recorded("ping");
        assert_eq!(status(&signed(&body)), 204);
        let mut forged = signed(&body);
        *forged.body_mut() = Body::from(b"{}".to_vec());
        assert_eq!(status(&forged), 401);
        let mut unsigned = signed(&body);
        unsigned.headers_mut().remove("x-signature-ed25519");
        assert_eq!(status(&unsigned), 401);
        let mut got = signed(&body);
        *got.method_mut() = Method::GET;
        assert_eq!(status(&got), 401);
        assert_eq!(status(&signed(&vec![b' '; BODY_LENGTH_MAX + 1])), 401);
        assert_eq!(status(&signed(br#"{"type":1,"application_id":"5"}"#)), 401);
        assert_eq!(status(&signed(br#"{"type":0}"#)), 204);
        assert_eq!(status(&signed(b"{")), 400);
    }

    #[test]
    fn a_failure_of_ours_is_repeated() {
        let answer = refuse(&HandlerError::Failed(anyhow::anyhow!("table")));
        assert_eq!(answer.status(), 503);
        assert!(!format!("{:?}", answer.body()).contains("table"));
    }
}
