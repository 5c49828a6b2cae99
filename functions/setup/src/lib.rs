//! The custom resource that points both platforms at this stack: what a person would click together in two consoles.
//!
//! `CloudFormation` asks for one of three resources (see [`resources`]) and waits for a `PUT` to the address in the event. It is
//! always answered: a resource that stays silent blocks the stack until it times out, with nothing to read.

pub mod event;
pub mod flow;
pub mod resources;

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use discord::client::DiscordError;
use domain::ids::{AccountSid, WorkspaceSid};
use lambda_runtime::LambdaEvent;
use runtime::config::{ConfigError, Lookup};
use runtime::secrets::Secrets;
use serde_json::{Map, Value};
use tracing::{error, info, warn};
use twilio::TwilioError;

use crate::event::{Answer, Event, Outcome, RequestType};
use crate::resources::Platforms;

/// How often a request is tried whose platform is busy, or whose endpoint is too new to answer.
const ATTEMPTS_MAX: u32 = 5;

/// The longest wait between two attempts: all of them have to fit into the function's two minutes.
const PAUSE_MAX: Duration = Duration::from_secs(20);

/// How often the answer is sent that `CloudFormation` waits for.
const ANSWER_ATTEMPTS_MAX: u32 = 4;

/// What the environment says.
#[derive(Debug, Clone)]
pub struct Config {
    /// Discord's base URL, from `DISCORD_API_URL`.
    pub discord_api_url: String,
    /// The Twilio account, from `TWILIO_ACCOUNT_SID`.
    pub twilio_account_sid: AccountSid,
    /// The `TaskRouter` workspace of Flex, from `TWILIO_WORKSPACE_SID`.
    pub twilio_workspace_sid: WorkspaceSid,
    /// From `TWILIO_REGION`, where it is set.
    pub twilio_region: Option<String>,
    /// From `TWILIO_EDGE`, where it is set.
    pub twilio_edge: Option<String>,
    /// Replaces Twilio's hosts, from `TWILIO_API_URL`, where it is set.
    pub twilio_api_url: Option<String>,
}

impl Config {
    /// Reads variables from anywhere.
    pub fn from_lookup(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            discord_api_url: lookup.url_or("DISCORD_API_URL", "https://discord.com"),
            twilio_account_sid: lookup.parse("TWILIO_ACCOUNT_SID")?,
            twilio_workspace_sid: lookup.parse("TWILIO_WORKSPACE_SID")?,
            twilio_region: lookup.optional("TWILIO_REGION"),
            twilio_edge: lookup.optional("TWILIO_EDGE"),
            twilio_api_url: lookup.url("TWILIO_API_URL"),
        })
    }
}

/// What the handler works with.
pub struct Deps {
    /// Sends the answers.
    pub http: reqwest::Client,
    /// The platforms, or why they cannot be used: that is told to `CloudFormation`, which shows it to the person who deploys.
    pub platforms: anyhow::Result<Platforms>,
    /// The first wait between two attempts; it doubles.
    pub pause: Duration,
}

impl Deps {
    /// Reads configuration and secret.
    pub async fn connect() -> anyhow::Result<Self> {
        let http = runtime::http::client()?;
        let platforms = connect(http.clone()).await;
        if let Err(error) = &platforms {
            error!(error = format!("{error:#}"), "could not start; every request will be answered with this");
        }
        Ok(Self { http, platforms, pause: Duration::from_secs(2) })
    }
}

async fn connect(http: reqwest::Client) -> anyhow::Result<Platforms> {
    let lookup = Lookup::env();
    let config = Config::from_lookup(&lookup)?;
    let secrets = runtime::secrets::load(&runtime::aws::sdk_config(&http), &lookup).await?;
    Ok(platforms(http, config, secrets))
}

/// The platforms, by configuration and secret.
pub fn platforms(http: reqwest::Client, config: Config, secrets: Secrets) -> Platforms {
    let twilio = twilio::Config {
        account_sid: config.twilio_account_sid,
        auth_token: secrets.twilio_auth_token,
        api_url: config.twilio_api_url,
        region: config.twilio_region,
        edge: config.twilio_edge,
        service_sid: None,
    };
    Platforms {
        discord: discord::client::Client::new(http.clone(), &config.discord_api_url, secrets.discord_bot_token),
        twilio: twilio::Client::new(http, twilio),
        workspace_sid: config.twilio_workspace_sid,
    }
}

/// Does what `CloudFormation` asks and answers it.
///
/// # Errors
///
/// Only when there is nobody to answer, or the answer cannot be sent; Lambda then repeats the event.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> anyhow::Result<()> {
    // serde's own error would quote a part of the event, and the event holds a pre-signed address.
    let event: Event = serde_json::from_value(event.payload).map_err(|_| anyhow!("not a custom resource's event"))?;
    let result = perform_patiently(deps, &event).await;
    match &result {
        Ok(_) => info!(resource.r#type = event.resource_type, request = ?event.request_type, "done"),
        Err(error) => {
            let error = format!("{error:#}");
            error!(resource.r#type = event.resource_type, request = ?event.request_type, error, "failed");
        }
    }
    let answer = Answer::new(&event, result.map_err(|error| explanation(&error)));
    send(deps, &event.response_url, &answer).await
}

/// Performs, and again while the platforms may yet come round. Each attempt finds what the one before has left.
async fn perform_patiently(deps: &Deps, event: &Event) -> anyhow::Result<Outcome> {
    let mut pause = deps.pause;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let error = match perform(deps, event).await {
            Ok(outcome) => return Ok(outcome),
            Err(error) => error,
        };
        let Some(wanted) = wait_before_repeating(&error) else { return Err(error) };
        let wait = wanted.max(pause);
        if attempt >= ATTEMPTS_MAX || wait > PAUSE_MAX {
            return Err(error);
        }
        warn!(attempt, wait_ms = wait.as_millis(), error = format!("{error:#}"), "trying again");
        tokio::time::sleep(wait).await;
        pause *= 2;
    }
}

async fn perform(deps: &Deps, event: &Event) -> anyhow::Result<Outcome> {
    let is_deletion = event.request_type == RequestType::Delete;
    match event.resource_type.as_str() {
        // The application is the person's own. The flow is kept: open conversations still run it, and its executions are the
        // history of those that ended. Without the functions it does nothing; whoever wants it gone deletes it in Studio.
        "Custom::DiscordApplication" | "Custom::StudioFlow" if is_deletion => Ok(untouched(event)),
        "Custom::DiscordApplication" => resources::discord_application(usable(deps)?).await,
        "Custom::StudioFlow" => resources::studio_flow(usable(deps)?, event).await,
        "Custom::Registration" => resources::registration(usable(deps)?, event).await,
        other => bail!("there is no resource type {other}"),
    }
}

fn usable(deps: &Deps) -> anyhow::Result<&Platforms> {
    deps.platforms.as_ref().map_err(|error| anyhow!("{error:#}"))
}

fn untouched(event: &Event) -> Outcome {
    Outcome { physical_id: event.physical_id_or_placeholder(), data: Map::new() }
}

/// How long to wait at least, if the same request may succeed later.
fn wait_before_repeating(error: &anyhow::Error) -> Option<Duration> {
    match (error.downcast_ref::<DiscordError>(), error.downcast_ref::<TwilioError>()) {
        (Some(DiscordError::RateLimited { retry_after, .. }), _) => Some(*retry_after),
        (Some(DiscordError::Unavailable { .. }), _) => Some(Duration::ZERO),
        // Discord tries the endpoint during the call and gives it 3 s. A function that starts for the first time, behind an
        // address that is seconds old, may need longer than that.
        (Some(DiscordError::Refused { status: 400, code: 50035, message }), _)
            if ["interactions_endpoint_url", "event_webhooks_url"].iter().any(|field| message.contains(field)) =>
        {
            Some(Duration::ZERO)
        }
        (_, Some(TwilioError::RateLimited { retry_after })) => Some(retry_after.unwrap_or_default()),
        (_, Some(TwilioError::Unavailable { .. })) => Some(Duration::ZERO),
        _ => None,
    }
}

/// What the person who deploys reads: the chain of what was attempted, and Twilio's own words, which no log gets to see.
fn explanation(error: &anyhow::Error) -> String {
    let chain = format!("{error:#}");
    match error.downcast_ref::<TwilioError>() {
        Some(TwilioError::Refused { message, .. }) if !message.as_str().is_empty() => {
            format!("{chain}: {}", message.as_str())
        }
        _ => chain,
    }
}

async fn send(deps: &Deps, url: &str, answer: &Answer<'_>) -> anyhow::Result<()> {
    let body = serde_json::to_vec(answer).context("write the answer")?;
    let mut pause = deps.pause / 4;
    let mut attempt = 0;
    loop {
        attempt += 1;
        // The address is signed for an empty content type.
        let request = deps.http.put(url).header("Content-Type", "").body(body.clone());
        let sent =
            request.send().await.and_then(reqwest::Response::error_for_status).map_err(reqwest::Error::without_url);
        match sent {
            Ok(_) => return Ok(()),
            Err(error) if attempt >= ANSWER_ATTEMPTS_MAX => return Err(error).context("answer CloudFormation"),
            Err(_) => tokio::time::sleep(pause).await,
        }
        pause *= 2;
    }
}
