//! A simulated Discord: its HTTP API, its signed interactions, and people who use it.

mod api;
mod files;
mod forms;
mod guild;
mod oauth;
mod payload;
mod people;
mod state;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

pub use files::{FileLie, SimAttachment};
pub use forms::Filled;
pub use guild::{BoardPost, BotPowers, ForumOptions};
pub use people::{Modal, Outcome, OutcomeKind};
pub use state::{DiscordState, Person, Place, SimMessage, User, buttons, selects};

use crate::gate::Gate;
use crate::sims::faults::{Fault, Faults, RandomFaults};
use crate::sims::http::{self, NoAnswer, RawAnswer, Reply, Server};
use crate::sims::ids;
use crate::sims::watched::Watched;
use crate::trace::{Kind, Trace};

/// How a simulated Discord is set up.
#[derive(Debug, Clone)]
pub struct DiscordOptions {
    /// The application's ID, which is the bot's user ID too.
    pub application_id: u64,
    /// The only bot token that works.
    pub bot_token: String,
    /// The application's client secret, for signing in.
    pub client_secret: String,
    /// Seed of the application's signing key; `None` makes a new one.
    pub signing_seed: Option<[u8; 32]>,
    /// The server's locale.
    pub guild_locale: String,
    /// How long Discord waits for the first answer to an interaction: 3 s.
    pub answer_limit: Duration,
    /// Messages per channel and time that the bot may post; `None` for no limit.
    pub post_limit: Option<(usize, Duration)>,
}

impl Default for DiscordOptions {
    fn default() -> Self {
        Self {
            application_id: 1_380_000_000_000_000_001,
            bot_token: format!("sandbox-bot-token-{}", hex::encode(&ids::fresh()[..12])),
            client_secret: format!("sandbox-client-secret-{}", hex::encode(&ids::fresh()[..12])),
            signing_seed: None,
            guild_locale: "en-US".into(),
            answer_limit: Duration::from_secs(3),
            post_limit: None,
        }
    }
}

/// How often a webhook event is sent, and the first pause before it is sent again.
const EVENT_TRIES: usize = 6;
const EVENT_PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Core {
    options: DiscordOptions,
    key: SigningKey,
    gate: Gate,
    trace: Trace,
    state: Watched<DiscordState>,
    faults: Faults,
    client: reqwest::Client,
}

/// A running simulated Discord. Clones share it; it ends with the last of them.
#[derive(Clone)]
pub struct DiscordSim {
    core: Arc<Core>,
    server: Arc<Server>,
}

impl DiscordSim {
    /// Starts it on a free port, with one server that has the channels `help` and `general`.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn start(options: DiscordOptions, gate: Gate, trace: Trace) -> anyhow::Result<Self> {
        let key = SigningKey::from_bytes(&options.signing_seed.unwrap_or_else(ids::fresh));
        let verify_key = hex::encode(key.verifying_key().to_bytes());
        let state = DiscordState::new(options.application_id, &verify_key, &options.guild_locale);
        let core = Arc::new(Core {
            key,
            gate,
            trace,
            state: Watched::new(state),
            faults: Faults::default(),
            client: http::client("Discord-Interactions/1.0 (+https://discord.com)"),
            options,
        });
        let handler = Arc::clone(&core);
        let server = Server::start(move |request| api::handle(Arc::clone(&handler), request)).await?;
        core.state.change(|state| state.cdn_url = server.url());
        Ok(Self { core, server: Arc::new(server) })
    }

    /// The base URL: what `DISCORD_API_URL` is set to, possibly with `/as/<instance>` behind it.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Host and port of the simulated CDN, as in `127.0.0.1:40000`: what `DISCORD_CDN_HOSTS` is set to.
    pub fn cdn_host(&self) -> String {
        self.server.url().trim_start_matches("http://").to_owned()
    }

    /// The application's client secret, for signing in.
    pub fn client_secret(&self) -> &str {
        &self.core.options.client_secret
    }

    /// The application's public key, in hex.
    pub fn public_key(&self) -> String {
        hex::encode(self.core.key.verifying_key().to_bytes())
    }

    /// The application's ID.
    pub fn application_id(&self) -> u64 {
        self.core.options.application_id
    }

    /// The bot token.
    pub fn bot_token(&self) -> &str {
        &self.core.options.bot_token
    }

    /// Looks at the state.
    pub fn read<T>(&self, look: impl FnOnce(&DiscordState) -> T) -> T {
        self.core.state.read(look)
    }

    /// Waits until `look` finds something.
    ///
    /// # Errors
    ///
    /// When nothing was found within `timeout`.
    pub async fn wait_for<T>(
        &self,
        look: impl FnMut(&DiscordState) -> Option<T>,
        timeout: Duration,
    ) -> anyhow::Result<T> {
        self.core.state.wait_for(timeout, look).await
    }

    /// Registers an interactions endpoint without asking it anything. `setup` does it with the check, over the API.
    pub fn set_endpoint(&self, url: &str) {
        self.core.state.change(|state| state.application.insert("interactions_endpoint_url".into(), json!(url)));
    }

    /// Registers commands without the API.
    pub fn set_commands(&self, commands: &[Value]) {
        self.core.state.change(|state| api::store_commands(state, commands));
    }

    /// Plans a fault.
    pub fn fault(&self, fault: Fault) {
        self.core.faults.plan(fault);
    }

    /// Starts or ends faults by chance.
    pub fn random_faults(&self, faults: Option<RandomFaults>) {
        self.core.faults.random(faults);
    }

    /// The faults: counts, clearing.
    pub fn faults(&self) -> &Faults {
        &self.core.faults
    }

    /// The next `interactions` interactions arrive twice.
    pub fn duplicate_next(&self, interactions: usize) {
        self.core.state.change(|state| state.duplicate_next = interactions);
    }

    /// Requests and answers that the contract does not know.
    pub fn contract_violations(&self) -> Vec<String> {
        self.read(|state| state.violations.clone())
    }

    /// Signs a body as Discord does: the two headers.
    pub fn sign(&self, timestamp: u64, body: &[u8]) -> Vec<(String, String)> {
        self.core.sign(&timestamp.to_string(), body)
    }

    /// Sends any bytes with any headers to the registered endpoint, for bad input.
    ///
    /// # Errors
    ///
    /// When there is no endpoint or no answer.
    pub async fn raw_interaction(
        &self,
        body: impl Into<Bytes>,
        headers: &[(String, String)],
    ) -> anyhow::Result<RawAnswer> {
        let endpoint = self.read(|state| state.endpoint().map(str::to_owned));
        let endpoint = endpoint.ok_or_else(|| anyhow::anyhow!("no interactions endpoint is registered"))?;
        Ok(http::send(&self.core.client, "POST", &endpoint, headers, body.into(), self.core.options.answer_limit)
            .await?)
    }

    /// Signs any JSON and sends it to the registered endpoint.
    ///
    /// # Errors
    ///
    /// When there is no endpoint or no answer.
    pub async fn signed_interaction(&self, body: &Value) -> anyhow::Result<RawAnswer> {
        let bytes = body.to_string().into_bytes();
        let mut headers = self.sign(ids::now_ms() / 1000, &bytes);
        headers.push(("content-type".into(), "application/json".into()));
        self.raw_interaction(bytes, &headers).await
    }

    /// Discord's routine check: a valid PING and a badly signed one. An endpoint that fails is removed.
    ///
    /// # Errors
    ///
    /// What the endpoint did wrong.
    pub async fn probe_endpoint(&self) -> Result<(), String> {
        let endpoint =
            self.read(|state| state.endpoint().map(str::to_owned)).ok_or("no interactions endpoint is registered")?;
        let checked = self.core.check_endpoint(&endpoint).await;
        if checked.is_err() {
            self.core.state.change(|state| state.application.insert("interactions_endpoint_url".into(), Value::Null));
        }
        checked
    }

    /// Ends the life of every interaction token there is, as 15 minutes would.
    pub fn expire_tokens(&self) {
        self.core.state.change(|state| {
            for interaction in state.interactions.values_mut() {
                interaction.expires_ms = 0;
            }
        });
    }
}

impl Core {
    fn sign(&self, timestamp: &str, body: &[u8]) -> Vec<(String, String)> {
        let signature = self.key.sign(&[timestamp.as_bytes(), body].concat());
        vec![
            ("x-signature-ed25519".into(), hex::encode(signature.to_bytes())),
            ("x-signature-timestamp".into(), timestamp.to_owned()),
        ]
    }

    async fn post_signed(&self, url: &str, body: &Bytes) -> Result<RawAnswer, NoAnswer> {
        let mut headers = self.sign(&(ids::now_ms() / 1000).to_string(), body);
        headers.push(("content-type".into(), "application/json".into()));
        http::send(&self.client, "POST", url, &headers, body.clone(), self.options.answer_limit).await
    }

    /// The checks of the moment an endpoint is saved. See [Discord Docs/Interactions Overview].
    async fn check_endpoint(&self, url: &str) -> Result<(), String> {
        let ping = json!({
            "type": 1, "id": self.state.change(DiscordState::next_id).to_string(),
            "application_id": self.options.application_id.to_string(), "token": new_token(), "version": 1,
            "authorizing_integration_owners": {}, "attachment_size_limit": 524_288_000, "app_permissions": "562949953601536",
            "entitlements": [],
            "user": {
                "avatar": "c6a249645d46209f337279cd2ca998c7", "avatar_decoration_data": null, "bot": true, "clan": null,
                "collectibles": null, "discriminator": "0000", "global_name": "Discord", "id": "643945264868098049",
                "primary_guild": null, "public_flags": 1, "system": true, "username": "discord",
            },
        });
        let body = Bytes::from(ping.to_string());
        let answer = self.post_signed(url, &body).await.map_err(|error| format!("PING: {error}"))?;
        if answer.status != 200 || answer.json()["type"] != 1 || !answer.is_json() {
            return Err(format!(
                "PING was answered with {} {:?}, not with 200 {{\"type\":1}} as JSON",
                answer.status,
                answer.text()
            ));
        }
        let mut headers = self.sign(&(ids::now_ms() / 1000).to_string(), b"another body");
        headers.push(("content-type".into(), "application/json".into()));
        let answer = http::send(&self.client, "POST", url, &headers, body, self.options.answer_limit).await;
        match answer.map_err(|error| format!("a bad signature: {error}"))?.status {
            401 => Ok(()),
            status => Err(format!("a bad signature was answered with {status}, not with 401")),
        }
    }

    /// The same for the address of webhook events, which answers with 204. See [Discord Docs/Webhook Events].
    async fn check_events_url(&self, url: &str) -> Result<(), String> {
        let ping = json!({"version": 1, "application_id": self.options.application_id.to_string(), "type": 0});
        let body = Bytes::from(ping.to_string());
        let answer = self.post_signed(url, &body).await.map_err(|error| format!("PING: {error}"))?;
        if answer.status != 204 || !answer.body.is_empty() {
            return Err(format!("PING was answered with {} {:?}, not with an empty 204", answer.status, answer.text()));
        }
        let mut headers = self.sign(&(ids::now_ms() / 1000).to_string(), b"another body");
        headers.push(("content-type".into(), "application/json".into()));
        let answer = http::send(&self.client, "POST", url, &headers, body, self.options.answer_limit).await;
        match answer.map_err(|error| format!("a bad signature: {error}"))?.status {
            401 => Ok(()),
            status => Err(format!("a bad signature was answered with {status}, not with 401")),
        }
    }

    /// Sends a webhook event, and again after a failure. Returns how often it was sent. Discord goes on for up to 10 minutes with longer
    /// and longer pauses; here they are short and few.
    async fn tell(&self, kind: &str, data: Value) -> Result<usize, String> {
        let (url, wanted) = self.state.read(|state| {
            let wanted = state.application.get("event_webhooks_types").and_then(Value::as_array);
            let wanted = wanted.is_some_and(|types| types.iter().any(|wanted| wanted == kind));
            let on = state.application.get("event_webhooks_status").is_some_and(|status| *status == 2);
            let url = state.application.get("event_webhooks_url").and_then(Value::as_str).map(str::to_owned);
            (url, on && wanted)
        });
        let Some(url) = url.filter(|_| wanted) else { return Ok(0) };
        let _work = self.gate.activity().begin("webhook event");
        let event = json!({
            "version": 1, "application_id": self.options.application_id.to_string(), "type": 1,
            "event": {"type": kind, "timestamp": ids::discord_time(ids::now_ms()), "data": data},
        });
        let body = Bytes::from(event.to_string());
        let mut pause = EVENT_PAUSE;
        let mut last = String::new();
        for sent in 1..=EVENT_TRIES {
            last = match self.post_signed(&url, &body).await {
                Ok(answer) if answer.status == 204 => return Ok(sent),
                Ok(answer) => format!("answered with {}", answer.status),
                Err(error) => error.to_string(),
            };
            self.trace.note(Kind::Note, format!("{kind} comes again: {last}"), json!({}));
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(last)
    }

    fn violation(&self, what: &[String]) {
        self.trace.note(Kind::Note, format!("contract violation: {}", what.join("; ")), json!({"platform": "discord"}));
        self.state.change(|state| state.violations.extend_from_slice(what));
    }

    fn violation_reply(&self, what: &[String]) -> Reply {
        self.violation(what);
        Reply::json(400, &json!({"message": format!("contract violation: {}", what.join("; ")), "code": 50035}))
    }
}

fn new_token() -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([ids::fresh(), ids::fresh()].concat())
}

#[cfg(test)]
mod tests;
