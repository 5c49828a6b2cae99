//! The three resources. Each can be made, brought up to date and taken away any number of times.

use anyhow::{Context, bail, ensure};
use discord::client::{Application, DiscordError};
use discord::routes::{self, ROUTES};
use domain::ids::{ApplicationId, StudioFlowSid, WorkflowSid, WorkspaceSid};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tracing::{info, warn};
use twilio::TwilioError;
use twilio::client::FlowResource;
use twilio::webhook::TASK_EVENTS_FILTER;

use crate::event::{Event, Outcome, RequestType};
use crate::flow;

/// The platforms as this function uses them.
pub struct Platforms {
    /// Discord, as the bot.
    pub discord: discord::client::Client,
    /// Twilio, as the account.
    pub twilio: twilio::Client,
    /// The workspace whose callback is set, from `TWILIO_WORKSPACE_SID`.
    pub workspace_sid: WorkspaceSid,
}

/// `Custom::DiscordApplication`: what the bot token tells of its application. There is nothing to make.
pub async fn discord_application(platforms: &Platforms) -> anyhow::Result<Outcome> {
    let application = platforms.discord.application().await.context("read the Discord application")?;
    info!(application.id = %application.id, "read the application that the bot token belongs to");
    Ok(outcome(
        application.id.to_string(),
        json!({ "ApplicationId": application.id.to_string(), "PublicKey": application.verify_key }),
    ))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StudioFlowProperties {
    chatbot_url: String,
    transfer_url: String,
    workflow_sid: String,
    task_channel: String,
    friendly_name: String,
}

/// `Custom::StudioFlow`: the published flow.
pub async fn studio_flow(platforms: &Platforms, event: &Event) -> anyhow::Result<Outcome> {
    let properties: StudioFlowProperties = event.properties().context("read the properties of Custom::StudioFlow")?;
    for (name, url) in [("ChatbotUrl", &properties.chatbot_url), ("TransferUrl", &properties.transfer_url)] {
        ensure!(is_web_address(url), "{name} is not a web address");
    }
    let workflow_sid: WorkflowSid = properties.workflow_sid.parse().context("read WorkflowSid")?;
    ensure!(!properties.friendly_name.is_empty(), "FriendlyName is empty");
    let definition = flow::definition(&flow::Values {
        chatbot_url: properties.chatbot_url,
        transfer_url: properties.transfer_url,
        workflow_sid: workflow_sid.to_string(),
        task_channel: task_channel(platforms, properties.task_channel).await?,
    })?;

    let twilio = &platforms.twilio;
    let name = &properties.friendly_name;
    let valid = twilio.validate_flow(name, &definition).await.context("have Studio check the flow")?;
    ensure!(valid, "Studio says that the flow is not valid");

    // The flow that an earlier request made; else one of this name, which is what a repeated creation finds.
    let known: Option<StudioFlowSid> = event.physical_resource_id.as_deref().and_then(|id| id.parse().ok());
    let published = match &known {
        Some(sid) => match twilio.update_flow(sid, name, &definition).await {
            Err(TwilioError::NotFound) => None,
            result => Some(result.context("publish the Studio flow")?),
        },
        None => None,
    };
    let published = match published {
        Some(flow) => flow,
        None => publish_by_name(&platforms.twilio, name, &definition).await?,
    };
    ensure!(published.valid != Some(false), "Studio took the flow and says that it is not valid");
    info!(flow.sid = %published.sid, flow.revision = published.revision, "published the Studio flow");
    Ok(outcome(published.sid.to_string(), json!({ "FlowSid": published.sid.to_string() })))
}

async fn publish_by_name(twilio: &twilio::Client, name: &str, definition: &Value) -> anyhow::Result<FlowResource> {
    let flows = twilio.list_flows().await.context("list the Studio flows")?;
    match flows.into_iter().find(|flow| flow.friendly_name == name) {
        Some(flow) => twilio.update_flow(&flow.sid, name, definition).await.context("publish the Studio flow"),
        None => twilio.create_flow(name, definition).await.context("create the Studio flow"),
    }
}

/// Studio wants the task channel's SID; people know its unique name.
async fn task_channel(platforms: &Platforms, name: String) -> anyhow::Result<String> {
    ensure!(!name.is_empty(), "TaskChannel is empty");
    if name.starts_with("TC") && name.len() == 34 {
        return Ok(name);
    }
    match platforms.twilio.list_task_channels(&platforms.workspace_sid).await {
        Ok(channels) => match channels.iter().find(|channel| channel.unique_name == name) {
            Some(channel) => Ok(channel.sid.clone()),
            None if channels.is_empty() => Ok(name),
            None => bail!("the TaskRouter workspace has no task channel with the unique name {name}"),
        },
        // Studio may know the name all the same, and says so when it checks the flow.
        Err(TwilioError::NotFound | TwilioError::Refused { .. }) => {
            warn!("could not list the workspace's task channels: the flow names the channel as it is configured");
            Ok(name)
        }
        Err(error) => Err(error).context("list the workspace's task channels"),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RegistrationProperties {
    interactions_url: String,
    task_events_url: String,
    discord_events_url: Option<String>,
    application_id: Option<String>,
    replace_event_callback: Option<String>,
    event_retries: Option<String>,
}

impl RegistrationProperties {
    /// The callback with what is asked of TaskRouter beside the address: an event that was not taken is repeated, because nothing
    /// else tells of an agent. The fragment is a setting, not sent and not signed. See [Twilio Docs/Webhooks Connection Overrides].
    fn callback_url(&self) -> anyhow::Result<String> {
        let retries = self.event_retries.as_deref().unwrap_or("0");
        let retries: u8 =
            retries.parse().ok().filter(|retries| *retries <= 5).context("EventRetries is no number from 0 to 5")?;
        Ok(match retries {
            0 => self.task_events_url.clone(),
            retries => format!("{}#rc={retries}&rp=5xx,ct,rt", self.task_events_url),
        })
    }
}

/// `Custom::Registration`: the commands, the endpoint and the callback, which point the platforms at us.
pub async fn registration(platforms: &Platforms, event: &Event) -> anyhow::Result<Outcome> {
    let properties: RegistrationProperties =
        event.properties().context("read the properties of Custom::Registration")?;
    let urls = [
        ("InteractionsUrl", Some(&properties.interactions_url)),
        ("TaskEventsUrl", Some(&properties.task_events_url)),
        ("DiscordEventsUrl", properties.discord_events_url.as_ref()),
    ];
    for (name, url) in urls {
        ensure!(url.is_none_or(|url| is_web_address(url)), "{name} is not a web address");
    }
    let physical_id = match event.physical_resource_id.as_deref() {
        Some(id) if !id.is_empty() => id.to_owned(),
        _ => format!("registration-{}", properties.application_id.as_deref().unwrap_or("of-the-bot-token")),
    };
    if event.request_type == RequestType::Delete {
        unregister(platforms, &properties).await?;
        return Ok(outcome(physical_id, json!({})));
    }

    let discord = &platforms.discord;
    let application = discord.application().await.context("read the Discord application")?;
    if let Some(expected) = properties.application_id.as_deref().filter(|id| !id.is_empty()) {
        let expected: ApplicationId = expected.parse().context("read ApplicationId")?;
        let actual = application.id;
        ensure!(actual == expected, "the bot token belongs to application {actual}, and ApplicationId says {expected}");
    }

    // Read before anything is written: a callback that somebody else needs is no reason to leave half a registration.
    let workspace =
        platforms.twilio.fetch_workspace(&platforms.workspace_sid).await.context("read the TaskRouter workspace")?;
    let callback = workspace.event_callback_url.unwrap_or_default();
    let old_url = event.old_property("TaskEventsUrl").unwrap_or_default();
    let is_ours = is_same_callback(&callback, &properties.task_events_url) || is_same_callback(&callback, old_url);
    let may_replace = properties.replace_event_callback.as_deref() == Some("true");
    ensure!(
        callback.is_empty() || is_ours || may_replace,
        "the TaskRouter workspace {} sends its events to another address already. A workspace has one callback: have that \
         service pass the events on, or set ReplaceEventCallback to true",
        platforms.workspace_sid,
    );

    let user_install = application.supports_user_install || offer_user_install(discord, &application).await?;
    let commands = routes::commands(ROUTES, user_install);
    discord.overwrite_commands(application.id, &commands).await.context("register the Discord commands")?;
    // Always set, also when it reads as ours: Discord then checks that the function is live and knows the key.
    discord
        .set_interactions_endpoint(Some(&properties.interactions_url))
        .await
        .context("set Discord's interactions endpoint")?;
    if let Some(events_url) = &properties.discord_events_url {
        let ours = [Some(events_url.as_str()), event.old_property("DiscordEventsUrl")];
        let current = application.event_webhooks_url.as_deref();
        if current.is_none() || ours.contains(&current) {
            let set = discord.set_event_webhooks(Some(events_url)).await;
            set.context("set Discord's address for webhook events")?;
        } else {
            warn!("Discord sends this application's webhook events to another address: left as it is");
        }
    }
    let callback_url = properties.callback_url()?;
    platforms
        .twilio
        .update_workspace_callback(&platforms.workspace_sid, &callback_url, TASK_EVENTS_FILTER)
        .await
        .context("set the TaskRouter workspace's event callback")?;
    info!(application.id = %application.id, commands = commands.len(), "registered commands, endpoint and callback");
    Ok(outcome(physical_id, json!({ "ApplicationId": application.id.to_string() })))
}

/// Lets people install the application for themselves; says whether they can. Discord takes that of public applications only, and the rest
/// works without it.
async fn offer_user_install(discord: &discord::client::Client, application: &Application) -> anyhow::Result<bool> {
    match discord.offer_user_install(&application.installs).await {
        Ok(()) => Ok(true),
        Err(error @ DiscordError::Refused { .. }) => {
            warn!(error = %error, "people cannot install the application for themselves");
            Ok(false)
        }
        Err(error) => Err(error).context("let people install the Discord application"),
    }
}

/// Takes away what still points at us, and nothing that somebody has pointed elsewhere since.
///
/// Credentials that are no longer accepted end it in peace: whoever took them away has taken the registration with them, and a
/// stack that cannot be deleted helps nobody. The commands stay, because deleting them deletes the permissions that servers'
/// admins have set for them.
async fn unregister(platforms: &Platforms, properties: &RegistrationProperties) -> anyhow::Result<()> {
    match platforms.discord.application().await {
        Ok(application) => {
            let discord = &platforms.discord;
            if application.interactions_endpoint_url.as_deref() == Some(&properties.interactions_url) {
                discord.set_interactions_endpoint(None).await.context("clear Discord's interactions endpoint")?;
            } else {
                info!("Discord's interactions endpoint is not ours any more: left as it is");
            }
            if application.event_webhooks_url.is_some()
                && application.event_webhooks_url == properties.discord_events_url
            {
                discord.set_event_webhooks(None).await.context("clear Discord's address for webhook events")?;
            }
        }
        Err(DiscordError::InvalidToken) => {
            warn!("Discord does not accept the bot token: its settings are left as they are");
        }
        Err(error) => return Err(error).context("read the Discord application"),
    }
    match platforms.twilio.fetch_workspace(&platforms.workspace_sid).await {
        Ok(workspace) => {
            let callback = workspace.event_callback_url.unwrap_or_default();
            if is_same_callback(&callback, &properties.task_events_url) {
                let cleared = platforms.twilio.update_workspace_callback(&platforms.workspace_sid, "", "").await;
                cleared.context("clear the TaskRouter workspace's event callback")?;
            } else {
                info!("the TaskRouter callback is not ours any more: left as it is");
            }
        }
        Err(TwilioError::InvalidCredentials | TwilioError::NotFound) => {
            warn!("Twilio does not show the workspace any more: its settings are left as they are");
        }
        Err(error) => return Err(error).context("read the TaskRouter workspace"),
    }
    Ok(())
}

/// Whether two callbacks are one. Connection overrides (`#rc=3`) are settings of it, not part of the address.
fn is_same_callback(one: &str, other: &str) -> bool {
    let address = |url: &str| url.split('#').next().unwrap_or_default().trim_end_matches('/').to_owned();
    !one.is_empty() && address(one) == address(other)
}

fn is_web_address(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn outcome(physical_id: String, data: Value) -> Outcome {
    let data = if let Value::Object(data) = data { data } else { Map::new() };
    Outcome { physical_id, data }
}
