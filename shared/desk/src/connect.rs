//! Builds the adapters a function uses, from its environment, once at cold start.

use anyhow::Context;
use aws_types::SdkConfig;
use domain::ids::{StudioFlowSid, WorkflowSid, WorkspaceSid};
use queues::Queue;
use runtime::config::{ConfigError, Lookup};
use runtime::secrets::Secrets;
use store::Store;

use crate::closing::Closing;
use crate::commands::{Answering, Commands};
use crate::opening::Opening;
use crate::transferring::Transferring;
use crate::webhook::Webhook;
use crate::welcoming::Welcoming;

/// What all adapters are built from.
pub struct Connector<'a> {
    lookup: Lookup<'a>,
    http: reqwest::Client,
    aws: SdkConfig,
    secrets: Secrets,
}

impl Connector<'static> {
    /// Reads the environment and the secret.
    pub async fn from_env() -> anyhow::Result<Self> {
        let lookup = Lookup::env();
        let http = runtime::http::client()?;
        let aws = runtime::aws::sdk_config(&http);
        let secrets = runtime::secrets::load(&aws, &lookup).await?;
        Ok(Self { lookup, http, aws, secrets })
    }
}

impl Connector<'_> {
    /// The table named by `TABLE_NAME`.
    pub fn store(&self) -> Result<Store, ConfigError> {
        Ok(Store::new(aws_sdk_dynamodb::Client::new(&self.aws), self.lookup.required("TABLE_NAME")?))
    }

    /// The queue whose URL the variable `name` holds.
    pub fn queue(&self, name: &'static str) -> Result<Queue, ConfigError> {
        Ok(Queue::new(aws_sdk_sqs::Client::new(&self.aws), self.lookup.required(name)?))
    }

    /// Discord, at `DISCORD_API_URL`.
    pub fn discord(&self) -> discord::client::Client {
        let url = self.lookup.url_or("DISCORD_API_URL", "https://discord.com");
        discord::client::Client::new(self.http.clone(), &url, self.secrets.discord_bot_token.clone())
    }

    /// Twilio, as `TWILIO_*` say.
    pub fn twilio(&self) -> Result<twilio::client::Client, ConfigError> {
        let config = twilio::client::Config {
            account_sid: self.lookup.parse("TWILIO_ACCOUNT_SID")?,
            auth_token: self.secrets.twilio_auth_token.clone(),
            api_url: self.lookup.url("TWILIO_API_URL"),
            region: self.lookup.optional("TWILIO_REGION"),
            edge: self.lookup.optional("TWILIO_EDGE"),
            service_sid: self.lookup.parse_optional("TWILIO_CONVERSATIONS_SERVICE_SID")?,
        };
        Ok(twilio::client::Client::new(self.http.clone(), config))
    }

    /// Answers interactions, each once.
    pub fn commands(&self) -> Result<Commands, ConfigError> {
        Ok(Commands { store: self.store()?, answering: self.answering() })
    }

    /// Answers interactions whose work is harmless to repeat.
    pub fn answering(&self) -> Answering {
        Answering { discord: self.discord() }
    }

    /// Opens conversations.
    pub fn opening(&self) -> Result<Opening, ConfigError> {
        Ok(Opening {
            store: self.store()?,
            discord: self.discord(),
            twilio: self.twilio()?,
            flow: self.lookup.parse::<StudioFlowSid>("TWILIO_STUDIO_FLOW_SID")?,
            webhook_url: self.lookup.required("FORWARD_TO_DISCORD_URL")?,
        })
    }

    /// Hands conversations over to agents.
    pub fn transferring(&self) -> Result<Transferring, ConfigError> {
        Ok(Transferring {
            store: self.store()?,
            twilio: self.twilio()?,
            outbox: self.queue("OUTBOX_QUEUE_URL")?,
            workspace: self.lookup.parse::<WorkspaceSid>("TWILIO_WORKSPACE_SID")?,
            workflow: self.lookup.parse::<WorkflowSid>("TWILIO_WORKFLOW_SID")?,
            task_channel: self.lookup.optional("TWILIO_TASK_CHANNEL").unwrap_or_else(|| "chat".to_owned()),
        })
    }

    /// Ends conversations.
    pub fn closing(&self) -> Result<Closing, ConfigError> {
        Ok(Closing { store: self.store()?, twilio: self.twilio()?, discord: self.discord() })
    }

    /// Greets people.
    pub fn welcoming(&self) -> Result<Welcoming, ConfigError> {
        Ok(Welcoming { discord: self.discord() })
    }

    /// Checks that Twilio calls. `PUBLIC_BASE_URL` is the base of the URL that Twilio signs.
    pub fn webhook(&self) -> Webhook {
        Webhook { auth_token: self.secrets.twilio_auth_token.clone(), base_url: self.lookup.url("PUBLIC_BASE_URL") }
    }

    /// The flow that gets a conversation back after a transfer that nobody took.
    pub fn flow(&self) -> anyhow::Result<StudioFlowSid> {
        self.lookup.parse("TWILIO_STUDIO_FLOW_SID").context("configure the Studio flow")
    }
}
