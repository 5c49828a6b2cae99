//! The sandbox as a whole: builds the functions, starts the platforms, deploys the template, and is looked at from outside.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::aws::deploy::{self, Deployment};
use crate::aws::dynamodb::Dynamo;
use crate::aws::lambda::Answer;
use crate::aws::sqs::{Message, Queue};
use crate::aws::template::Template;
use crate::aws::{Cloud, OUTSIDE_ACCESS_KEY, REGION, Settings, endpoint, function_url, serve};
use crate::gate::Gate;
use crate::sims::discord::{DiscordOptions, DiscordSim};
use crate::sims::twilio::{TwilioOptions, TwilioSim};
use crate::trace::{Entry, Kind, Trace};
use crate::{binaries, page};

/// Variables that `up` takes from its environment (DESIGN section 5), where the template has a parameter for them.
pub const VARIABLES: [&str; 30] = [
    "AGENT_NAMES",
    "AGENT_ROLE",
    "API_REQUESTS_PER_MINUTE",
    "BUSINESS_HOURS",
    "BUSINESS_TIME_ZONE",
    "CASE_RETENTION_DAYS",
    "DISCORD_APPLICATION_ID",
    "DISCORD_BOT_TOKEN",
    "DISCORD_CDN_HOSTS",
    "DISCORD_CLIENT_SECRET",
    "DISCORD_GUILD_ID",
    "DISCORD_PUBLIC_KEY",
    "DM_READS_PER_SECOND",
    "HOLIDAYS",
    "PUBLIC_BASE_URL",
    "RUST_LOG",
    "SILENCE_END_MINUTES",
    "SILENCE_WARNING_MINUTES",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_CONVERSATIONS_SERVICE_SID",
    "TWILIO_EDGE",
    "TWILIO_REGION",
    "TWILIO_STUDIO_FLOW_SID",
    "TWILIO_TASK_CHANNEL",
    "TWILIO_WORKFLOW_SID",
    "TWILIO_WORKSPACE_SID",
    "REPLACE_EVENT_CALLBACK",
    "SETUP_REVISION",
    "TASK_EVENT_RETRIES",
];

/// How long [`Handle::wait_until_idle`] waits before it says what is still going on.
const IDLE_LIMIT: Duration = Duration::from_mins(2);

/// A platform: simulated, or a server that somebody else runs.
#[derive(Debug, Clone)]
pub enum Platform<O> {
    /// Our own simulator.
    Simulated(O),
    /// Base URL of something that behaves like the platform.
    External(String),
}

/// Where the functions' binaries come from.
#[derive(Debug, Clone)]
pub enum Binaries {
    /// Cargo builds them first.
    BuildFirst,
    /// They are in this folder.
    At(PathBuf),
}

/// How a sandbox is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port of the page and the function URLs; `None` for a free one.
    pub port: Option<u16>,
    /// Whether the functions are built with `--release`.
    pub release: bool,
    /// Where the table is kept; `None` for memory.
    pub data_dir: Option<PathBuf>,
    /// Discord.
    pub discord: Platform<DiscordOptions>,
    /// Twilio.
    pub twilio: Platform<TwilioOptions>,
    /// Values of section 5's variables. What is not given is made up.
    pub variables: BTreeMap<String, String>,
    /// The template; `None` for the workspace's `template.yaml`.
    pub template: Option<String>,
    /// Where the functions' binaries come from.
    pub binaries: Binaries,
    /// Pauses before the retries of an asynchronous invocation. AWS: 1 and 2 minutes.
    pub async_retry_delays: [Duration; 2],
    /// Cuts the visibility timeout of messages whose invocation failed. AWS does not.
    pub shorten_visibility: Option<Duration>,
    /// Cuts the pause after which a consumer wants a message again. AWS does not.
    pub longest_pause: Option<Duration>,
    /// Whether the delay of a message ends only by [`Handle::release_delayed`]. AWS's end by themselves.
    pub holds_delayed: bool,
    /// Whether schedules run by themselves.
    pub schedules: bool,
    /// How many processes of one function may run at a time.
    pub instances_per_function: usize,
    /// Variables that every function gets in addition.
    pub extra_environment: BTreeMap<String, String>,
}

impl Default for Options {
    /// As AWS does it.
    fn default() -> Self {
        Self {
            port: None,
            release: !cfg!(debug_assertions),
            data_dir: None,
            discord: Platform::Simulated(DiscordOptions::default()),
            twilio: Platform::Simulated(TwilioOptions::default()),
            variables: BTreeMap::new(),
            template: None,
            binaries: Binaries::BuildFirst,
            async_retry_delays: [Duration::from_mins(1), Duration::from_mins(2)],
            shorten_visibility: None,
            longest_pause: None,
            holds_delayed: false,
            schedules: true,
            instances_per_function: 10,
            extra_environment: BTreeMap::new(),
        }
    }
}

impl Options {
    /// Without AWS's long pauses, with schedules only by [`Handle::run_schedule`], and with delayed messages only by
    /// [`Handle::release_delayed`].
    pub fn for_tests() -> Self {
        Self {
            async_retry_delays: [Duration::from_millis(100), Duration::from_millis(200)],
            shorten_visibility: Some(Duration::from_millis(100)),
            holds_delayed: true,
            schedules: false,
            ..Self::default()
        }
    }
}

/// A running sandbox; it ends, with all processes, when this is dropped.
pub struct Sandbox {
    handle: Handle,
    servers: Vec<JoinHandle<()>>,
}

/// What can be seen and done from outside. Clones share it; it does not keep the sandbox running.
#[derive(Clone)]
pub struct Handle {
    inner: Arc<Inner>,
}

struct Inner {
    cloud: Arc<Cloud>,
    discord: Option<DiscordSim>,
    twilio: Option<TwilioSim>,
    deployment: OnceLock<Deployment>,
}

impl Deref for Sandbox {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
        self.handle.inner.cloud.shutdown();
    }
}

impl Sandbox {
    /// Builds the functions, deploys the template and runs its custom resources.
    ///
    /// # Errors
    ///
    /// When something cannot be built or deployed; for a custom resource with its function's log.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let (yaml, binaries) = sources(&options).await?;
        let trace = Trace::new();
        let gate = Gate::new(trace.clone());
        let activity = gate.activity().clone();
        let mut values = options.variables.clone();
        let discord =
            start_discord(&options.discord, &mut values, &gate, &trace).await.context("start the simulated Discord")?;
        let twilio =
            start_twilio(&options.twilio, &mut values, &gate, &trace).await.context("start the simulated Twilio")?;

        let port = options.port.unwrap_or(0);
        let public = TcpListener::bind(("127.0.0.1", port)).await.with_context(|| format!("listen on port {port}"))?;
        let private = TcpListener::bind("127.0.0.1:0").await?;
        let public_url = format!("http://{}", public.local_addr()?);
        let endpoint_url = format!("http://{}", private.local_addr()?);
        values.entry("PUBLIC_BASE_URL".to_owned()).or_insert_with(|| public_url.clone());

        let simulators = discord.iter().map(DiscordSim::url).chain(twilio.iter().map(TwilioSim::url)).collect();
        let settings = Settings {
            async_retry_delays: options.async_retry_delays,
            shorten_visibility: options.shorten_visibility,
            longest_pause: options.longest_pause,
            holds_delayed: options.holds_delayed,
            schedules: options.schedules,
            instances_per_function: options.instances_per_function,
            simulators,
            extra_environment: options.extra_environment,
        };
        let dynamodb = Dynamo::start(options.data_dir.as_deref()).await?;
        let cloud = Arc::new(Cloud::new(settings, trace, gate, activity, public_url, endpoint_url, dynamodb));
        let inner = Inner { cloud: Arc::clone(&cloud), discord, twilio, deployment: OnceLock::new() };
        let handle = Handle { inner: Arc::new(inner) };

        // Function URLs answer while the rest is still being deployed: Discord calls the endpoint when it is set.
        let urls = axum::middleware::from_fn_with_state(Arc::clone(&cloud), function_url::serve);
        let servers = vec![
            serve(public, page::router(handle.clone()).layer(urls)),
            serve(private, endpoint::router(Arc::clone(&cloud))),
        ];
        let sandbox = Self { handle, servers };
        let template = Template::load(&yaml, &values).context("template.yaml")?;
        let deployment = deploy::deploy(&cloud, &template, &binaries).await.context("template.yaml")?;
        // This is the only place that sets it.
        let _ = sandbox.handle.inner.deployment.set(deployment);
        Ok(sandbox)
    }

    /// A handle for somebody who only looks.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

/// The template's text and the functions' binaries.
async fn sources(options: &Options) -> anyhow::Result<(String, BTreeMap<String, PathBuf>)> {
    let yaml = match &options.template {
        Some(yaml) => yaml.clone(),
        None => {
            let path = binaries::workspace_root()?.join("template.yaml");
            std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?
        }
    };
    let binaries = match &options.binaries {
        Binaries::BuildFirst => binaries::build(&binaries::workspace_root()?, options.release).await?,
        Binaries::At(folder) => binaries::list(folder)?,
    };
    Ok((yaml, binaries))
}

type Values = BTreeMap<String, String>;

/// Starts Discord if it is simulated, and makes sure that every variable about it has a value.
async fn start_discord(
    platform: &Platform<DiscordOptions>,
    values: &mut Values,
    gate: &Gate,
    trace: &Trace,
) -> anyhow::Result<Option<DiscordSim>> {
    match platform {
        Platform::External(url) => {
            values.insert("DISCORD_API_URL".to_owned(), url.trim_end_matches('/').to_owned());
            values.entry("DISCORD_BOT_TOKEN".to_owned()).or_insert_with(|| "sandbox-bot-token".to_owned());
            values.entry("DISCORD_CLIENT_SECRET".to_owned()).or_insert_with(|| "sandbox-client-secret".to_owned());
            // Attachments of such a server lie where its API is.
            let host = url::Url::parse(url).ok().and_then(|url| {
                let host = url.host_str()?;
                Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
            });
            values.entry("DISCORD_CDN_HOSTS".to_owned()).or_insert_with(|| host.unwrap_or_default());
            Ok(None)
        }
        Platform::Simulated(options) => {
            let mut options = options.clone();
            if let Some(token) = values.get("DISCORD_BOT_TOKEN") {
                options.bot_token.clone_from(token);
            }
            if let Some(id) = values.get("DISCORD_APPLICATION_ID").filter(|id| !id.is_empty()) {
                options.application_id = id.parse().context("DISCORD_APPLICATION_ID is not a number")?;
            }
            if values.remove("DISCORD_PUBLIC_KEY").is_some() {
                let remark = "DISCORD_PUBLIC_KEY is ignored: the simulated Discord signs with a key of its own";
                trace.note(Kind::Note, remark, json!({}));
            }
            if let Some(secret) = values.get("DISCORD_CLIENT_SECRET").filter(|secret| !secret.is_empty()) {
                options.client_secret.clone_from(secret);
            }
            let sim = DiscordSim::start(options, gate.clone(), trace.clone()).await?;
            values.insert("DISCORD_API_URL".to_owned(), sim.url());
            values.insert("DISCORD_BOT_TOKEN".to_owned(), sim.bot_token().to_owned());
            values.insert("DISCORD_CLIENT_SECRET".to_owned(), sim.client_secret().to_owned());
            values.insert("DISCORD_CDN_HOSTS".to_owned(), sim.cdn_host());
            // A value that is given stays, an empty one too: a desk without a server of its own.
            values.entry("DISCORD_GUILD_ID".to_owned()).or_insert_with(|| sim.guild_id().to_string());
            Ok(Some(sim))
        }
    }
}

/// Starts Twilio if it is simulated, and makes sure that every variable about it has a value.
async fn start_twilio(
    platform: &Platform<TwilioOptions>,
    values: &mut Values,
    gate: &Gate,
    trace: &Trace,
) -> anyhow::Result<Option<TwilioSim>> {
    let zeros = "0".repeat(32);
    match platform {
        Platform::External(url) => {
            values.insert("TWILIO_API_URL".to_owned(), url.trim_end_matches('/').to_owned());
            values.entry("TWILIO_AUTH_TOKEN".to_owned()).or_insert_with(|| "sandbox-auth-token".to_owned());
            // A sandbox that is started again has another port, and such a server still knows the old one.
            values.entry("REPLACE_EVENT_CALLBACK".to_owned()).or_insert_with(|| "true".to_owned());
            // Connection overrides in a URL are Twilio's own; another server may take them for a part of the address.
            values.entry("TASK_EVENT_RETRIES".to_owned()).or_insert_with(|| "0".to_owned());
            for (name, prefix) in
                [("TWILIO_ACCOUNT_SID", "AC"), ("TWILIO_WORKSPACE_SID", "WS"), ("TWILIO_WORKFLOW_SID", "WW")]
            {
                values.entry(name.to_owned()).or_insert_with(|| format!("{prefix}{zeros}"));
            }
            Ok(None)
        }
        Platform::Simulated(options) => {
            let mut options = options.clone();
            for (name, field) in [
                ("TWILIO_ACCOUNT_SID", &mut options.account_sid),
                ("TWILIO_AUTH_TOKEN", &mut options.auth_token),
                ("TWILIO_WORKSPACE_SID", &mut options.workspace_sid),
                ("TWILIO_WORKFLOW_SID", &mut options.workflow_sid),
                ("TWILIO_CONVERSATIONS_SERVICE_SID", &mut options.chat_service_sid),
            ] {
                if let Some(value) = values.get(name).filter(|value| !value.is_empty()) {
                    field.clone_from(value);
                }
            }
            let sim = TwilioSim::start(options, gate.clone(), trace.clone()).await?;
            let made = sim.options();
            for (name, value) in [
                ("TWILIO_API_URL", sim.url()),
                ("TWILIO_ACCOUNT_SID", made.account_sid.clone()),
                ("TWILIO_AUTH_TOKEN", made.auth_token.clone()),
                ("TWILIO_WORKSPACE_SID", made.workspace_sid.clone()),
                ("TWILIO_WORKFLOW_SID", made.workflow_sid.clone()),
            ] {
                values.insert(name.to_owned(), value);
            }
            Ok(Some(sim))
        }
    }
}

impl Handle {
    /// `http://127.0.0.1:<port>`: the page, and the base of the function URLs.
    pub fn url(&self) -> &str {
        &self.inner.cloud.public_url
    }

    /// The function URL of a function, by its folder name.
    pub fn function_url(&self, name: &str) -> Option<String> {
        let function = self.inner.cloud.function(name).filter(|function| function.config.has_url)?;
        Some(format!("{}/{}", self.url(), function.config.folder))
    }

    /// Every function URL, by folder name.
    pub fn function_urls(&self) -> BTreeMap<String, String> {
        let functions = self.inner.cloud.functions();
        functions.keys().filter_map(|name| Some((name.clone(), self.function_url(name)?))).collect()
    }

    /// Endpoint of DynamoDB, SQS, Lambda and Secrets Manager. The access key `sandbox` may do everything.
    pub fn endpoint(&self) -> &str {
        &self.inner.cloud.endpoint_url
    }

    /// Endpoint of DynamoDB.
    pub fn dynamodb_endpoint(&self) -> &str {
        self.endpoint()
    }

    /// Name of the template's first table; empty when it has none.
    pub fn table_name(&self) -> &str {
        self.deployment().and_then(|deployment| deployment.tables.first()).map_or("", String::as_str)
    }

    /// URLs of the queues, by name.
    pub fn queue_urls(&self) -> BTreeMap<String, String> {
        let queues = self.inner.cloud.queues();
        queues.into_iter().map(|(name, queue)| (name, queue.url.clone())).collect()
    }

    /// What was deployed; `None` while it is being deployed.
    pub fn deployment(&self) -> Option<&Deployment> {
        self.inner.deployment.get()
    }

    /// Everything that is deployed, for the page.
    pub fn cloud(&self) -> &Arc<Cloud> {
        &self.inner.cloud
    }

    /// The simulated Discord.
    ///
    /// # Panics
    ///
    /// When Discord is not simulated.
    pub fn discord(&self) -> &DiscordSim {
        self.inner.discord.as_ref().expect("Discord was not set up as simulated")
    }

    /// The simulated Twilio.
    ///
    /// # Panics
    ///
    /// When Twilio is not simulated.
    pub fn twilio(&self) -> &TwilioSim {
        self.inner.twilio.as_ref().expect("Twilio was not set up as simulated")
    }

    /// The simulated Discord, if there is one.
    pub fn simulated_discord(&self) -> Option<&DiscordSim> {
        self.inner.discord.as_ref()
    }

    /// The simulated Twilio, if there is one.
    pub fn simulated_twilio(&self) -> Option<&TwilioSim> {
        self.inner.twilio.as_ref()
    }

    /// The record of what happened.
    pub fn trace(&self) -> &Trace {
        &self.inner.cloud.trace
    }

    /// Where calls are counted and crashes planned.
    pub fn gate(&self) -> &Gate {
        &self.inner.cloud.gate
    }

    /// Every line that a function has written.
    pub fn logs(&self) -> Vec<Entry> {
        self.trace().since(0).into_iter().filter(|entry| entry.kind == Kind::Log).collect()
    }

    /// Invokes a function by its folder name and waits for its answer.
    ///
    /// # Errors
    ///
    /// When there is no such function.
    pub async fn invoke(&self, name: &str, payload: &Value) -> anyhow::Result<Answer> {
        let function = self.inner.cloud.function(name).with_context(|| format!("there is no function {name}"))?;
        Ok(self.inner.cloud.invoke(&function, Bytes::from(payload.to_string()), "test").await)
    }

    /// Invokes a function by its folder name asynchronously, as `InvocationType: Event`. Returns the request ID.
    ///
    /// # Errors
    ///
    /// When there is no such function.
    pub fn invoke_async(&self, name: &str, payload: &Value) -> anyhow::Result<String> {
        let function = self.inner.cloud.function(name).with_context(|| format!("there is no function {name}"))?;
        Ok(self.inner.cloud.invoke_async(&function, Bytes::from(payload.to_string()), "test"))
    }

    /// Runs the schedule of a function now. Returns the request ID; [`Handle::wait_until_idle`] waits for its end.
    ///
    /// # Errors
    ///
    /// When the function has no schedule.
    pub fn run_schedule(&self, function: &str) -> anyhow::Result<String> {
        let schedules = self.inner.cloud.schedules();
        let schedule = schedules.iter().find(|schedule| schedule.function.config.folder == function);
        Ok(self.inner.cloud.run_schedule(schedule.with_context(|| format!("{function} has no schedule"))?))
    }

    /// Ends the delay of a queue's messages whose body holds `part`, as if their time had come. Says how many there were. The queue is
    /// named as in [`Handle::queue_messages`].
    ///
    /// # Errors
    ///
    /// When there is no such queue.
    pub fn release_delayed(&self, queue: &str, part: &str) -> anyhow::Result<usize> {
        Ok(self.queue(queue)?.release(part))
    }

    /// Waits until no function runs, no event waits for a retry, no webhook is on its way and every queue that feeds a
    /// function is empty, apart from messages whose delay is not over: those are work of later.
    ///
    /// # Errors
    ///
    /// Says what is still going on after two minutes.
    pub async fn wait_until_idle(&self) -> anyhow::Result<()> {
        let activity = &self.inner.cloud.activity;
        let mut changes = activity.changes();
        let deadline = tokio::time::Instant::now() + IDLE_LIMIT;
        loop {
            changes.borrow_and_update();
            // Nothing may have begun or ended while this looks: what one queue held may be in another by now.
            if activity.is_idle() && self.waiting_messages().is_empty() && !changes.has_changed().unwrap_or(false) {
                return Ok(());
            }
            if tokio::time::timeout_at(deadline, changes.changed()).await.is_err() {
                bail!(
                    "still going on after {IDLE_LIMIT:?}: {:?}; messages in {:?}",
                    activity.running(),
                    self.waiting_messages()
                );
            }
        }
    }

    fn waiting_messages(&self) -> BTreeMap<String, usize> {
        let sources = self.inner.cloud.sources();
        let waiting = sources.iter().map(|source| {
            let depth = source.queue.depth();
            (source.queue.config.name.clone(), depth.visible + depth.in_flight)
        });
        waiting.filter(|(_, messages)| *messages > 0).collect()
    }

    /// Every item of the table, as DynamoDB writes it.
    ///
    /// # Errors
    ///
    /// When there is no table.
    pub async fn items(&self) -> anyhow::Result<Vec<Value>> {
        self.inner.cloud.dynamodb.scan(self.table_name()).await
    }

    /// The messages of a queue: by its name, or by the part of it behind the stack's name and before `.fifo`.
    ///
    /// # Errors
    ///
    /// When there is no such queue.
    pub fn queue_messages(&self, name: &str) -> anyhow::Result<Vec<Message>> {
        Ok(self.queue(name)?.messages())
    }

    fn queue(&self, name: &str) -> anyhow::Result<Arc<Queue>> {
        let queues = self.inner.cloud.queues();
        let short = |full: &str| {
            let bare = full.strip_suffix(".fifo").unwrap_or(full);
            bare.strip_prefix(crate::aws::STACK).and_then(|rest| rest.strip_prefix('-')).unwrap_or(bare).to_owned()
        };
        let queue = queues.into_values().find(|queue| queue.config.name == name || short(&queue.config.name) == name);
        queue.with_context(|| format!("there is no queue {name}"))
    }

    /// What `up` prints behind `ready`: every address that a tool needs.
    pub fn ready(&self) -> Value {
        let cloud = &self.inner.cloud;
        let functions = cloud.functions();
        let names: BTreeMap<&String, &String> =
            functions.iter().map(|(folder, function)| (folder, &function.config.name)).collect();
        json!({
            "page": format!("{}/", self.url()),
            "functions": self.function_urls(),
            "function_names": names,
            "table": self.table_name(),
            "queues": self.queue_urls(),
            "dynamodb_endpoint": self.endpoint(),
            "sqs_endpoint": self.endpoint(),
            "lambda_endpoint": self.endpoint(),
            "secretsmanager_endpoint": self.endpoint(),
            "aws_region": REGION,
            "aws_access_key_id": OUTSIDE_ACCESS_KEY,
            "aws_secret_access_key": "sandbox",
            "discord_api_url": self.simulated_discord().map(DiscordSim::url),
            "twilio_api_url": self.simulated_twilio().map(TwilioSim::url),
            "outputs": self.deployment().map(|deployment| &deployment.outputs),
        })
    }
}
