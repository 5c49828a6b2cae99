//! Builds the adapters a function uses, from its environment, once at cold start.

use std::num::NonZeroU32;

use anyhow::Context;
use aws_types::SdkConfig;
use discord::files::Downloader;
use discord::oauth::OAuthClient;
use domain::agents::Naming;
use domain::hours::Hours;
use domain::ids::{GuildId, StudioFlowSid, WorkflowSid, WorkspaceSid};
use domain::reading::Budget;
use domain::silence::Patience;
use jiff::SignedDuration;
use queues::Queue;
use runtime::config::{ConfigError, Lookup};
use runtime::metrics::Metrics;
use runtime::secrets::Secrets;
use secrecy::SecretString;
use store::Store;

use crate::boards::Boards;
use crate::case_news::{CaseNews, CaseSweeping};
use crate::casework::{CaseFinding, Casework};
use crate::closing::Closing;
use crate::commands::{Answering, Commands};
use crate::continuing::Continuing;
use crate::enriching::Enriching;
use crate::files::PassingOn;
use crate::moderators::Moderators;
use crate::opening::Opening;
use crate::privacy::{self, Privacy};
use crate::reaching::Reaching;
use crate::reading::{Reading, TypedLines, Waking};
use crate::reporting::Reporting;
use crate::threads::Threads;
use crate::transcripts::Transcripts;
use crate::transferring::Transferring;
use crate::webhook::Webhook;
use crate::welcoming::Welcoming;

/// What the adapters of AWS are built from: enough for a function that calls no platform, and so gets none of their secrets.
pub struct AwsConnector<'a> {
    lookup: Lookup<'a>,
    http: reqwest::Client,
    aws: SdkConfig,
}

impl AwsConnector<'static> {
    /// Reads the environment.
    pub fn from_env() -> anyhow::Result<Self> {
        let http = runtime::http::client()?;
        let aws = runtime::aws::sdk_config(&http);
        Ok(Self { lookup: Lookup::env(), http, aws })
    }
}

impl AwsConnector<'_> {
    /// The table named by `TABLE_NAME`.
    pub fn store(&self) -> Result<Store, ConfigError> {
        let store = Store::new(aws_sdk_dynamodb::Client::new(&self.aws), self.lookup.required("TABLE_NAME")?);
        Ok(store.keeping(self.retention()?))
    }

    /// The server that this desk is for, from `DISCORD_GUILD_ID`.
    pub fn configured_server(&self) -> Result<Option<GuildId>, ConfigError> {
        self.lookup.parse_optional("DISCORD_GUILD_ID")
    }

    /// Finds cases.
    pub fn case_finding(&self) -> Result<CaseFinding, ConfigError> {
        Ok(CaseFinding { store: self.store()?, configured: self.configured_server()? })
    }

    /// The text of the secret that the variable `name` names.
    pub async fn secret(&self, name: &'static str) -> anyhow::Result<SecretString> {
        runtime::secrets::text(&self.aws, &self.lookup, name).await
    }

    /// Where variables come from.
    pub fn lookup(&self) -> &Lookup<'_> {
        &self.lookup
    }

    /// How long a closed case is kept, read as whole days from `CASE_RETENTION_DAYS`; unset or 0 is for good.
    fn retention(&self) -> Result<Option<SignedDuration>, ConfigError> {
        let days: Option<u32> = self.lookup.parse_optional("CASE_RETENTION_DAYS")?;
        Ok(days.filter(|days| *days > 0).map(|days| SignedDuration::from_hours(i64::from(days) * 24)))
    }
}

/// What all adapters are built from.
pub struct Connector<'a> {
    base: AwsConnector<'a>,
    secrets: Secrets,
}

impl Connector<'static> {
    /// Reads the environment and the secret.
    pub async fn from_env() -> anyhow::Result<Self> {
        let base = AwsConnector::from_env()?;
        let secrets = runtime::secrets::load(&base.aws, &base.lookup).await?;
        Ok(Self { base, secrets })
    }
}

impl Connector<'_> {
    /// The table named by `TABLE_NAME`.
    pub fn store(&self) -> Result<Store, ConfigError> {
        self.base.store()
    }

    /// The queue whose URL the variable `name` holds.
    pub fn queue(&self, name: &'static str) -> Result<Queue, ConfigError> {
        Ok(Queue::new(aws_sdk_sqs::Client::new(&self.base.aws), self.base.lookup.required(name)?))
    }

    /// Discord, at `DISCORD_API_URL`.
    pub fn discord(&self) -> discord::client::Client {
        let url = self.base.lookup.url_or("DISCORD_API_URL", "https://discord.com");
        discord::client::Client::new(self.base.http.clone(), &url, self.secrets.discord_bot_token.clone())
    }

    /// Twilio, as `TWILIO_*` say.
    pub fn twilio(&self) -> Result<twilio::client::Client, ConfigError> {
        let config = twilio::client::Config {
            account_sid: self.base.lookup.parse("TWILIO_ACCOUNT_SID")?,
            auth_token: self.secrets.twilio_auth_token.clone(),
            api_url: self.base.lookup.url("TWILIO_API_URL"),
            region: self.base.lookup.optional("TWILIO_REGION"),
            edge: self.base.lookup.optional("TWILIO_EDGE"),
            service_sid: self.base.lookup.parse_optional("TWILIO_CONVERSATIONS_SERVICE_SID")?,
        };
        Ok(twilio::client::Client::new(self.base.http.clone(), config))
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
            flow: self.base.lookup.parse::<StudioFlowSid>("TWILIO_STUDIO_FLOW_SID")?,
            webhook_url: self.base.lookup.required("FORWARD_TO_DISCORD_URL")?,
            waking: self.waking()?,
            continuing: self.continuing()?,
        })
    }

    /// Lets cases that were opened again go on.
    pub fn continuing(&self) -> Result<Continuing, ConfigError> {
        Ok(Continuing { store: self.store()?, twilio: self.twilio()?, console_url: self.console_url() })
    }

    /// Lets somebody read what people type, and wakes them.
    pub fn waking(&self) -> Result<Waking, ConfigError> {
        Ok(Waking { store: self.store()?, dms: self.queue("DM_QUEUE_URL")? })
    }

    /// Takes typed lines into the inbox.
    pub fn typed_lines(&self) -> Result<TypedLines, ConfigError> {
        Ok(TypedLines { discord: self.discord(), inbox: self.queue("INBOX_QUEUE_URL")? })
    }

    /// Reads what people type, `DM_READS_PER_SECOND` times a second at most.
    pub fn reading(&self) -> Result<Reading, ConfigError> {
        Ok(Reading {
            store: self.store()?,
            lines: self.typed_lines()?,
            twilio: self.twilio()?,
            dms: self.queue("DM_QUEUE_URL")?,
            budget: Budget::new(self.base.lookup.parse("DM_READS_PER_SECOND")?),
            metrics: self.metrics()?,
        })
    }

    /// How long chats may be silent, read as whole minutes from `SILENCE_WARNING_MINUTES` (0 is for ever) and `SILENCE_END_MINUTES`.
    pub fn patience(&self) -> Result<Option<Patience>, ConfigError> {
        let minutes = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
        let warning: u32 = self.base.lookup.parse("SILENCE_WARNING_MINUTES")?;
        let end: NonZeroU32 = self.base.lookup.parse("SILENCE_END_MINUTES")?;
        Ok((warning > 0).then(|| Patience { warning: minutes(warning), end: minutes(end.get()) }))
    }

    /// Metrics in the namespace `METRICS_NAMESPACE`.
    pub fn metrics(&self) -> Result<Metrics, ConfigError> {
        Ok(Metrics::new(self.base.lookup.required("METRICS_NAMESPACE")?))
    }

    /// Hands conversations over to agents.
    pub fn transferring(&self) -> Result<Transferring, ConfigError> {
        Ok(Transferring {
            store: self.store()?,
            twilio: self.twilio()?,
            outbox: self.queue("OUTBOX_QUEUE_URL")?,
            workspace: self.base.lookup.parse::<WorkspaceSid>("TWILIO_WORKSPACE_SID")?,
            workflow: self.base.lookup.parse::<WorkflowSid>("TWILIO_WORKFLOW_SID")?,
            task_channel: self.base.lookup.optional("TWILIO_TASK_CHANNEL").unwrap_or_else(|| "chat".to_owned()),
            hours: self.hours()?,
            server: self.configured_server()?,
            console_url: self.console_url(),
        })
    }

    /// When agents are there, from `BUSINESS_HOURS`, `BUSINESS_TIME_ZONE` and `HOLIDAYS`; always where none is set.
    pub fn hours(&self) -> Result<Hours, ConfigError> {
        let lookup = &self.base.lookup;
        Ok(Hours::new(
            lookup.parse_optional("BUSINESS_HOURS")?.unwrap_or_default(),
            lookup.parse_optional("BUSINESS_TIME_ZONE")?.unwrap_or_default(),
            lookup.parse_optional("HOLIDAYS")?.unwrap_or_default(),
        ))
    }

    /// Adds to tasks what agents want to know.
    pub fn enriching(&self) -> Result<Enriching, ConfigError> {
        Ok(Enriching {
            store: self.store()?,
            twilio: self.twilio()?,
            workspace: self.base.lookup.parse::<WorkspaceSid>("TWILIO_WORKSPACE_SID")?,
            console_url: self.console_url(),
        })
    }

    /// How agents are called towards the person, from `AGENT_NAMES` and `AGENT_ROLE`.
    pub fn naming(&self) -> Result<Naming, ConfigError> {
        let unset = Naming::default();
        Ok(Naming {
            names: self.base.lookup.parse_optional("AGENT_NAMES")?.unwrap_or(unset.names),
            role: self.base.lookup.optional("AGENT_ROLE").unwrap_or(unset.role),
        })
    }

    /// Ends conversations.
    pub fn closing(&self) -> Result<Closing, ConfigError> {
        Ok(Closing { casework: self.casework()?, twilio: self.twilio()?, discord: self.discord() })
    }

    /// The server that this desk is for, from `DISCORD_GUILD_ID`.
    pub fn configured_server(&self) -> Result<Option<GuildId>, ConfigError> {
        self.base.configured_server()
    }

    /// Works on cases.
    pub fn casework(&self) -> Result<Casework, ConfigError> {
        Ok(Casework {
            store: self.store()?,
            news: self.queue("CASE_NEWS_QUEUE_URL")?,
            configured: self.configured_server()?,
        })
    }

    /// Posts on boards.
    pub fn boards(&self) -> Result<Boards, ConfigError> {
        Ok(Boards { store: self.store()?, discord: self.discord() })
    }

    /// Takes reports. Files are fetched from `DISCORD_CDN_HOSTS`.
    pub fn reporting(&self) -> Result<Reporting, ConfigError> {
        Ok(Reporting { casework: self.casework()?, boards: self.boards()?, downloader: self.downloader() })
    }

    /// Takes people's files to Twilio. They are fetched from `DISCORD_CDN_HOSTS`.
    pub fn passing_on(&self) -> Result<PassingOn, ConfigError> {
        Ok(PassingOn::new(self.discord(), self.twilio()?, self.downloader()))
    }

    /// Fetches people's files from `DISCORD_CDN_HOSTS`, separated by commas.
    fn downloader(&self) -> Downloader {
        let hosts = self.base.lookup.optional("DISCORD_CDN_HOSTS");
        let hosts: Vec<String> = match &hosts {
            Some(hosts) => {
                hosts.split(',').map(|host| host.trim().to_owned()).filter(|host| !host.is_empty()).collect()
            }
            None => discord::files::HOSTS.iter().map(|host| (*host).to_owned()).collect(),
        };
        Downloader::new(self.base.http.clone(), hosts)
    }

    /// Tells the news of cases.
    pub fn case_news(&self) -> Result<CaseNews, ConfigError> {
        let retention = self.base.retention()?;
        Ok(CaseNews {
            store: self.store()?,
            discord: self.discord(),
            boards: self.boards()?,
            retention,
            naming: self.naming()?,
            continuing: self.continuing()?,
        })
    }

    /// Looks for news that was not told.
    pub fn case_sweeping(&self) -> Result<CaseSweeping, ConfigError> {
        let retention = self.base.retention()?;
        Ok(CaseSweeping { store: self.store()?, news: self.queue("CASE_NEWS_QUEUE_URL")?, retention })
    }

    /// Where the case console is, from `CONSOLE_URL`.
    pub fn console_url(&self) -> Option<String> {
        self.base.lookup.url("CONSOLE_URL")
    }

    /// Finds out who is a moderator.
    pub fn moderators(&self) -> Moderators {
        Moderators { discord: self.discord() }
    }

    /// Reads what was said.
    pub fn transcripts(&self) -> Result<Transcripts, ConfigError> {
        Ok(Transcripts { twilio: self.twilio()? })
    }

    /// Hands out and deletes what is kept about people.
    pub fn privacy(&self) -> Result<Privacy, ConfigError> {
        Ok(Privacy {
            casework: self.casework()?,
            closing: self.closing()?,
            transcripts: self.transcripts()?,
            time: privacy::TIME,
        })
    }

    /// Greets people.
    pub fn welcoming(&self) -> Result<Welcoming, ConfigError> {
        Ok(Welcoming { discord: self.discord() })
    }

    /// Opens private threads.
    pub fn threads(&self) -> Result<Threads, ConfigError> {
        Ok(Threads { store: self.store()?, discord: self.discord() })
    }

    /// Reaches people, in direct messages or in a thread.
    pub fn reaching(&self) -> Result<Reaching, ConfigError> {
        Ok(Reaching { welcoming: self.welcoming()?, threads: self.threads()? })
    }

    /// Checks that Twilio calls. `PUBLIC_BASE_URL` is the base of the URL that Twilio signs.
    pub fn webhook(&self) -> Webhook {
        Webhook {
            auth_token: self.secrets.twilio_auth_token.clone(),
            base_url: self.base.lookup.url("PUBLIC_BASE_URL"),
        }
    }

    /// Signs people in with Discord as the application `DISCORD_APPLICATION_ID`; `None` where the secret has no
    /// `discord_client_secret`.
    pub fn oauth(&self) -> Result<Option<OAuthClient>, ConfigError> {
        let client_id = self.base.lookup.parse_optional("DISCORD_APPLICATION_ID")?;
        let parts = client_id.zip(self.secrets.discord_client_secret.clone());
        Ok(parts.map(|(client_id, client_secret)| OAuthClient {
            http: self.base.http.clone(),
            api_url: self.base.lookup.url_or("DISCORD_API_URL", "https://discord.com"),
            client_id,
            client_secret,
        }))
    }

    /// The text of the secret that the variable `name` names.
    pub async fn secret(&self, name: &'static str) -> anyhow::Result<SecretString> {
        self.base.secret(name).await
    }

    /// Where variables come from.
    pub fn lookup(&self) -> &Lookup<'_> {
        self.base.lookup()
    }

    /// The flow that gets a conversation back after a transfer that nobody took.
    pub fn flow(&self) -> anyhow::Result<StudioFlowSid> {
        self.base.lookup.parse("TWILIO_STUDIO_FLOW_SID").context("configure the Studio flow")
    }
}
