//! Requests to Twilio: Conversations, Flex Interactions, `TaskRouter`, Studio, and whose a token of Flex is.
//!
//! Only documented paths, fields and types. Fields travel as a form; an object-valued field is JSON text inside it, and a list is
//! the field repeated.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::ops::ControlFlow;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use domain::ids::{
    AccountSid, ConversationSid, InteractionChannelSid, InteractionSid, MediaSid, MessageSid, ServiceSid,
    StudioFlowSid, TaskSid, WebhookSid, WorkerSid, WorkflowSid, WorkspaceSid,
};
use reqwest::{Method, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use url::Url;

use crate::error::{PlatformText, TwilioError};
use crate::webhook::{ConversationState, Media, TaskAttributes, or_default};

/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// How long one request may take that carries a file.
const MEDIA_TIMEOUT: Duration = Duration::from_secs(30);

/// How often a request that Twilio certainly did not process is repeated at once.
const REPETITIONS_MAX: u32 = 2;

/// The longest wait between two attempts; a longer `Retry-After` is the caller's business (a queue waits for nothing).
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Most entries on one page of messages. See [Twilio Docs/Conversation Message Resource].
const MESSAGES_PER_PAGE: usize = 100;

/// Most entries on one page of scoped webhooks, which is also the most that a conversation can have.
const WEBHOOKS_PER_PAGE: usize = 5;

/// Most entries on one page of tasks. See [Twilio Docs/TaskRouter, Task Resource].
const TASKS_PER_PAGE: usize = 1000;

/// Most pages that are read of any list: an end for a server that always names a next page.
const PAGES_MAX: usize = 100;

/// Longest text of one message towards chat participants, in bytes. See [Twilio Docs/Conversations Limits].
pub const MESSAGE_BODY_BYTES_MAX: usize = 32 * 1024;

/// What the client needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The account, from `TWILIO_ACCOUNT_SID`: the user name of Basic auth.
    pub account_sid: AccountSid,
    /// The account's auth token: the password of Basic auth.
    pub auth_token: SecretString,
    /// Replaces Twilio's hosts, from `TWILIO_API_URL`: requests go to `{api_url}/{host}/{path}`.
    pub api_url: Option<String>,
    /// The processing region, from `TWILIO_REGION`, e.g. `ie1`. See [Twilio Docs/Using the REST API in a non-US Region].
    pub region: Option<String>,
    /// The edge location, from `TWILIO_EDGE`, e.g. `dublin`.
    pub edge: Option<String>,
    /// The Conversations service, from `TWILIO_CONVERSATIONS_SERVICE_SID`; `None` is the account's default service.
    pub service_sid: Option<ServiceSid>,
}

/// Calls Twilio. Cheap to clone; one per process.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    config: Config,
}

/// A conversation to be made.
#[derive(Clone)]
pub struct NewConversation {
    /// The name that makes creation atomic; a second conversation of that name is refused.
    pub unique_name: String,
    /// What agents see; at most 256 characters.
    pub friendly_name: String,
    /// Free data, a JSON object of at most 16 KB.
    pub attributes: Value,
    /// Becomes inactive after this long without a line: ISO 8601 duration, at least `PT1M`.
    pub inactive_after: Option<String>,
    /// Closes after this long without a line: ISO 8601 duration, at least `PT10M`.
    pub closed_after: Option<String>,
}

/// A conversation.
#[derive(Clone, PartialEq, Deserialize)]
pub struct ConversationResource {
    /// Its SID.
    #[serde(deserialize_with = "sid")]
    pub sid: ConversationSid,
    /// The unique name it was made with.
    #[serde(default)]
    pub unique_name: Option<String>,
    /// Its state.
    pub state: ConversationState,
    /// Its attributes, parsed; `null` where they are no JSON.
    #[serde(default, deserialize_with = "json_text")]
    pub attributes: Value,
    /// The service it belongs to.
    #[serde(default, deserialize_with = "optional_sid")]
    pub chat_service_sid: Option<ServiceSid>,
}

/// A line to be written.
#[derive(Clone)]
pub struct NewMessage {
    /// The identity it is from.
    pub author: String,
    /// The text, at most [`MESSAGE_BODY_BYTES_MAX`].
    pub body: String,
    /// A file that was uploaded before. The REST API takes one.
    pub media: Option<MediaSid>,
    /// Free data, a JSON object of at most 4 KB.
    pub attributes: Value,
    /// Whether Studio and our own webhook hear of it (`X-Twilio-Webhook-Enabled`); REST lines are silent otherwise.
    pub webhook_enabled: bool,
}

/// A line in a conversation.
#[derive(Clone, PartialEq, Deserialize)]
pub struct MessageResource {
    /// Its SID.
    #[serde(deserialize_with = "sid")]
    pub sid: MessageSid,
    /// Its place in the conversation. May skip numbers, but follows arrival.
    #[serde(default, deserialize_with = "or_default")]
    pub index: u32,
    /// The identity of who wrote it.
    #[serde(default, deserialize_with = "or_default")]
    pub author: String,
    /// The text; empty for a line that is only media.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// Its attributes, parsed; `null` where they are no JSON.
    #[serde(default, deserialize_with = "json_text")]
    pub attributes: Value,
    /// Its files.
    #[serde(default, deserialize_with = "or_default")]
    pub media: Vec<Media>,
    /// When it was written, RFC 3339.
    #[serde(default)]
    pub date_created: Option<String>,
    /// When it was last changed, RFC 3339.
    #[serde(default)]
    pub date_updated: Option<String>,
}

impl MessageResource {
    /// The mark of a line that came from this project; see [`crate::webhook::MessageAdded::bridge_mark`].
    pub fn bridge_mark(&self) -> Option<String> {
        match self.attributes.get(crate::webhook::BRIDGE_KEY)? {
            Value::String(mark) => Some(mark.clone()),
            other => Some(other.to_string()),
        }
    }
}

// Bodies and names belong in no log line, and `{:?}` is how they get there.
impl std::fmt::Debug for ConversationResource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConversationResource")
            .field("sid", &self.sid)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMessage").field("webhook_enabled", &self.webhook_enabled).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for MessageResource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageResource").field("sid", &self.sid).field("index", &self.index).finish_non_exhaustive()
    }
}

/// A webhook scoped to one conversation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct WebhookResource {
    /// Its SID.
    #[serde(deserialize_with = "sid")]
    pub sid: WebhookSid,
    /// `webhook`, `studio` or `trigger`.
    #[serde(default, deserialize_with = "or_default")]
    pub target: String,
    /// Where it goes and what it hears.
    #[serde(default, deserialize_with = "or_default")]
    pub configuration: WebhookConfiguration,
}

/// Where a scoped webhook goes and what it hears.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct WebhookConfiguration {
    /// The address, for the target `webhook`.
    pub url: Option<String>,
    /// The flow, for the target `studio`.
    #[serde(deserialize_with = "optional_sid")]
    pub flow_sid: Option<StudioFlowSid>,
    /// The events.
    #[serde(deserialize_with = "or_default")]
    pub filters: Vec<String>,
}

/// A hand-over to the agents.
#[derive(Clone)]
pub struct NewInteraction {
    /// The conversation that the agent joins. The person must be in it already.
    pub conversation_sid: ConversationSid,
    /// The workspace of Flex.
    pub workspace_sid: WorkspaceSid,
    /// The workflow that finds an agent.
    pub workflow_sid: WorkflowSid,
    /// The unique name of the task channel, `chat` as a rule.
    pub task_channel: String,
    /// The task's attributes; Flex adds its own beside them.
    pub attributes: Value,
}

/// A hand-over that Twilio has accepted. Whether an agent comes is told by `TaskRouter`'s events.
#[derive(Debug, Clone, PartialEq)]
pub struct InteractionResource {
    /// Its SID.
    pub sid: InteractionSid,
    /// Its channel, where the answer names it.
    pub channel_sid: Option<InteractionChannelSid>,
    /// Its task, where the answer names it.
    pub task_sid: Option<TaskSid>,
}

/// A task of `TaskRouter`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TaskResource {
    /// Its SID.
    #[serde(deserialize_with = "sid")]
    pub sid: TaskSid,
    /// `pending`, `reserved`, `assigned`, `wrapping`, `completed` or `canceled`.
    #[serde(default, deserialize_with = "or_default")]
    pub assignment_status: String,
    /// Its attributes.
    #[serde(default, deserialize_with = "task_attributes")]
    pub attributes: TaskAttributes,
}

impl TaskResource {
    /// Whether the task has ended, one way or another.
    pub fn is_over(&self) -> bool {
        matches!(self.assignment_status.as_str(), "completed" | "canceled")
    }
}

/// A task as it is, with all of its attributes.
#[derive(Clone, PartialEq)]
pub struct TaskState {
    /// `pending`, `reserved`, `assigned`, `wrapping`, `completed` or `canceled`.
    pub assignment_status: String,
    /// Its attributes, parsed; `null` where they are no JSON.
    pub attributes: Value,
    /// The queue that it waits in.
    pub queue: Option<String>,
    /// Which version of it this is, for [`Client::update_task_attributes`].
    pub etag: Option<String>,
}

impl TaskState {
    /// Whether the task has ended, one way or another.
    pub fn is_over(&self) -> bool {
        matches!(self.assignment_status.as_str(), "completed" | "canceled")
    }
}

impl std::fmt::Debug for TaskState {
    // The attributes hold names and what was said.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskState")
            .field("assignment_status", &self.assignment_status)
            .field("etag", &self.etag)
            .finish_non_exhaustive()
    }
}

/// A task that waits for an agent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct WaitingTask {
    /// Its SID.
    #[serde(deserialize_with = "sid")]
    pub sid: TaskSid,
    /// The queue that it waits in.
    #[serde(default)]
    pub task_queue_sid: Option<String>,
}

/// The place of a task among those that wait in its queue, counted from 1. `None` where that is not known.
pub fn place_in_queue(waiting: &[WaitingTask], task: &TaskSid) -> Option<u32> {
    let queue = waiting.iter().find(|one| one.sid == *task)?.task_queue_sid.as_ref()?;
    let mut ahead = waiting.iter().filter(|one| one.task_queue_sid.as_ref() == Some(queue));
    u32::try_from(ahead.position(|one| one.sid == *task)?).ok()?.checked_add(1)
}

/// What became of a change that was made to one version of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Updated {
    /// It is made.
    Done,
    /// Somebody else has changed it since it was read: nothing was done.
    Clash,
}

/// A workspace of `TaskRouter`. A Flex account has one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct WorkspaceResource {
    /// Its SID.
    #[serde(deserialize_with = "sid")]
    pub sid: WorkspaceSid,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub friendly_name: String,
    /// Where its events go.
    #[serde(default)]
    pub event_callback_url: Option<String>,
    /// Which events go there, separated by commas; none or empty for all.
    #[serde(default)]
    pub events_filter: Option<String>,
}

/// A workflow of `TaskRouter`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct WorkflowResource {
    /// Its SID.
    #[serde(deserialize_with = "sid")]
    pub sid: WorkflowSid,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub friendly_name: String,
}

/// A task channel of `TaskRouter`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TaskChannelResource {
    /// `TC` and 32 hex digits.
    pub sid: String,
    /// Its unique name, e.g. `chat`.
    #[serde(default, deserialize_with = "or_default")]
    pub unique_name: String,
}

/// A Studio flow.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FlowResource {
    /// Its SID.
    #[serde(deserialize_with = "sid")]
    pub sid: StudioFlowSid,
    /// Its name, which need not be unique.
    #[serde(default, deserialize_with = "or_default")]
    pub friendly_name: String,
    /// `draft` or `published`.
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// Counted from 1.
    #[serde(default, deserialize_with = "or_default")]
    pub revision: u32,
    /// Whether Studio can run it.
    #[serde(default)]
    pub valid: Option<bool>,
    /// What is wrong with it.
    #[serde(default, deserialize_with = "or_default")]
    pub errors: Vec<Value>,
}

/// Conversations. The paths are those of the configured service, or of the default one.
impl Client {
    /// A client that sends through `http`.
    pub fn new(http: reqwest::Client, config: Config) -> Self {
        Self { http, config }
    }

    /// Creates a conversation. See [Twilio Docs/Conversation Resource].
    ///
    /// # Errors
    ///
    /// [`TwilioError::NameTaken`] where somebody else was first.
    pub async fn create_conversation(&self, new: &NewConversation) -> Result<ConversationResource, TwilioError> {
        let mut request = self
            .post(Host::Conversations, &self.conversations(&[]))
            .field("UniqueName", &new.unique_name)
            .field("FriendlyName", &new.friendly_name)
            .field("Attributes", new.attributes.to_string())
            // A timer without a state is refused (50382).
            .field("State", "active");
        if let Some(after) = &new.inactive_after {
            request = request.field("Timers.Inactive", after);
        }
        if let Some(after) = &new.closed_after {
            request = request.field("Timers.Closed", after);
        }
        self.json(request).await
    }

    /// The conversation of this SID or unique name, if there is one.
    pub async fn fetch_conversation(&self, sid_or_name: &str) -> Result<Option<ConversationResource>, TwilioError> {
        absent(self.json(self.get(Host::Conversations, &self.conversations(&[sid_or_name]))).await)
    }

    /// Removes a conversation with all that is in it: the undoing of a creation. One that is gone is fine.
    pub async fn delete_conversation(&self, sid: &ConversationSid) -> Result<(), TwilioError> {
        gone(self.no_content(self.delete(Host::Conversations, &self.conversations(&[sid.as_str()]))).await)
    }

    /// Closes a conversation, which is for ever. One that is closed or gone is fine.
    pub async fn close_conversation(&self, sid: &ConversationSid) -> Result<(), TwilioError> {
        let request =
            self.post(Host::Conversations, &self.conversations(&[sid.as_str()])).field("State", "closed").repeatable();
        match self.no_content(request).await {
            Err(TwilioError::ConversationClosed | TwilioError::NotFound) => Ok(()),
            other => other,
        }
    }

    /// Adds a participant by identity. One who is there already is fine.
    pub async fn add_participant(&self, sid: &ConversationSid, identity: &str) -> Result<(), TwilioError> {
        let path = self.conversations(&[sid.as_str(), "Participants"]);
        match self.no_content(self.post(Host::Conversations, &path).field("Identity", identity).repeatable()).await {
            Err(TwilioError::Refused { status: 409, .. } | TwilioError::Refused { code: 50433, .. }) => Ok(()),
            other => other,
        }
    }

    /// The webhooks of a conversation, five at most.
    pub async fn list_webhooks(&self, sid: &ConversationSid) -> Result<Vec<WebhookResource>, TwilioError> {
        let path = self.conversations(&[sid.as_str(), "Webhooks"]);
        let request = self.get(Host::Conversations, &path).query("PageSize", WEBHOOKS_PER_PAGE);
        self.list(request, "webhooks").await
    }

    /// Makes a Studio flow hear the lines of a conversation.
    pub async fn create_studio_webhook(
        &self,
        sid: &ConversationSid,
        flow_sid: &StudioFlowSid,
    ) -> Result<WebhookResource, TwilioError> {
        let request = self
            .post(Host::Conversations, &self.conversations(&[sid.as_str(), "Webhooks"]))
            .field("Target", "studio")
            .field("Configuration.FlowSid", flow_sid.as_str())
            .field("Configuration.Filters", "onMessageAdded");
        self.json(request).await
    }

    /// Makes an address hear these events of a conversation, e.g. [`crate::webhook::CONVERSATION_EVENTS`].
    pub async fn create_webhook(
        &self,
        sid: &ConversationSid,
        url: &str,
        filters: &[&str],
    ) -> Result<WebhookResource, TwilioError> {
        let mut request = self
            .post(Host::Conversations, &self.conversations(&[sid.as_str(), "Webhooks"]))
            .field("Target", "webhook")
            .field("Configuration.Url", url)
            .field("Configuration.Method", "post");
        for filter in filters {
            request = request.field("Configuration.Filters", *filter);
        }
        self.json(request).await
    }

    /// Takes a webhook off a conversation. One that is gone is fine.
    pub async fn delete_webhook(&self, sid: &ConversationSid, webhook_sid: &WebhookSid) -> Result<(), TwilioError> {
        let path = self.conversations(&[sid.as_str(), "Webhooks", webhook_sid.as_str()]);
        gone(self.no_content(self.delete(Host::Conversations, &path)).await)
    }

    /// Writes a line. See [Twilio Docs/Conversation Message Resource].
    ///
    /// # Errors
    ///
    /// [`TwilioError::ConversationClosed`] where the line belongs in a successor. After an [`TwilioError::Unavailable`] the line
    /// may be there: look for it before repeating.
    pub async fn create_message(
        &self,
        sid: &ConversationSid,
        new: &NewMessage,
    ) -> Result<MessageResource, TwilioError> {
        let mut request = self
            .post(Host::Conversations, &self.conversations(&[sid.as_str(), "Messages"]))
            .field("Author", &new.author)
            .field("Body", &new.body)
            .field("Attributes", new.attributes.to_string());
        if let Some(media) = &new.media {
            request = request.field("MediaSid", media.as_str());
        }
        request.webhook_enabled = new.webhook_enabled;
        self.json(request).await
    }

    /// One line of a conversation, if it is there.
    pub async fn fetch_message(
        &self,
        sid: &ConversationSid,
        message_sid: &MessageSid,
    ) -> Result<Option<MessageResource>, TwilioError> {
        let path = self.conversations(&[sid.as_str(), "Messages", message_sid.as_str()]);
        absent(self.json(self.get(Host::Conversations, &path)).await)
    }

    /// The newest lines of a conversation, newest first: at most `max`, and only those after the line at `until_index`.
    pub async fn list_messages_desc(
        &self,
        sid: &ConversationSid,
        until_index: Option<u32>,
        max: usize,
    ) -> Result<Vec<MessageResource>, TwilioError> {
        let path = self.conversations(&[sid.as_str(), "Messages"]);
        let mut request = self
            .get(Host::Conversations, &path)
            .query("Order", "desc")
            .query("PageSize", max.clamp(1, MESSAGES_PER_PAGE));
        let mut messages = Vec::new();
        for _ in 0..PAGES_MAX {
            let mut page: Page<MessageResource> = self.page(&request, "messages").await?;
            for message in std::mem::take(&mut page.entries) {
                if messages.len() >= max || until_index.is_some_and(|until| message.index <= until) {
                    return Ok(messages);
                }
                messages.push(message);
            }
            if messages.len() >= max || !page.turn(&mut request) {
                break;
            }
        }
        Ok(messages)
    }

    /// Shows the lines of a conversation to `each`, newest first and a page at a time, until it breaks; says whether it has seen all.
    pub async fn each_message_desc(
        &self,
        sid: &ConversationSid,
        mut each: impl FnMut(MessageResource) -> ControlFlow<()>,
    ) -> Result<bool, TwilioError> {
        let path = self.conversations(&[sid.as_str(), "Messages"]);
        let mut request =
            self.get(Host::Conversations, &path).query("Order", "desc").query("PageSize", MESSAGES_PER_PAGE);
        for _ in 0..PAGES_MAX {
            let mut page: Page<MessageResource> = self.page(&request, "messages").await?;
            for message in std::mem::take(&mut page.entries) {
                if each(message).is_break() {
                    return Ok(false);
                }
            }
            if !page.turn(&mut request) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn conversations(&self, rest: &[&str]) -> Vec<String> {
        let mut path = vec!["v1".to_owned()];
        if let Some(service_sid) = &self.config.service_sid {
            path.extend(["Services".to_owned(), service_sid.to_string()]);
        }
        path.push("Conversations".to_owned());
        path.extend(rest.iter().map(|&segment| segment.to_owned()));
        path
    }
}

/// Why a file was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// It has more bytes than are wanted.
    #[error("the file is larger than {max_bytes} bytes")]
    TooLarge {
        /// How many were wanted at most.
        max_bytes: u64,
    },
    /// Twilio does not have it, or not any more.
    #[error("the file is gone")]
    Gone,
    /// Twilio names an address that is none of its own.
    #[error("the file has an address that files are not fetched from")]
    Host,
    /// Twilio did not do as asked.
    #[error(transparent)]
    Twilio(#[from] TwilioError),
}

/// Files: the Media Content Service, which is in none of Twilio's libraries. See [Twilio Docs/Conversations, Media Resource].
impl Client {
    /// The service that a conversation's files are in: the configured one, or else the conversation's own. `None` where there is no such
    /// conversation.
    pub async fn media_service(&self, sid: &ConversationSid) -> Result<Option<ServiceSid>, TwilioError> {
        if let Some(service) = &self.config.service_sid {
            return Ok(Some(service.clone()));
        }
        let Some(conversation) = self.fetch_conversation(sid.as_str()).await? else { return Ok(None) };
        conversation.chat_service_sid.map(Some).ok_or_else(|| TwilioError::unreadable(200))
    }

    /// Uploads a file, for a message that is written next. One that no message names does no harm.
    ///
    /// How to give it a name is not documented.
    pub async fn upload_media(
        &self,
        service: &ServiceSid,
        content_type: &str,
        bytes: Bytes,
    ) -> Result<MediaSid, TwilioError> {
        #[derive(Deserialize)]
        struct Uploaded {
            #[serde(deserialize_with = "sid")]
            sid: MediaSid,
        }
        let mut request = self.post(Host::Media, &path(&["v1", "Services", service.as_str(), "Media"]));
        request.file = Some((content_type.to_owned(), bytes));
        self.json::<Uploaded>(request).await.map(|uploaded| uploaded.sid)
    }

    /// Fetches a file of at most `max_bytes`, counted while it comes.
    ///
    /// Twilio gives an address that works for some minutes without credentials; it is fetched from Twilio's media hosts alone.
    pub async fn fetch_media(
        &self,
        service: &ServiceSid,
        media: &MediaSid,
        max_bytes: u64,
    ) -> Result<Bytes, MediaError> {
        let request = self.get(Host::Media, &path(&["v1", "Services", service.as_str(), "Media", media.as_str()]));
        let Some(resource) = absent(self.json::<Value>(request).await)? else { return Err(MediaError::Gone) };
        let address = resource.pointer("/links/content_direct_temporary").and_then(Value::as_str);
        let url = address.and_then(|address| self.media_address(address)).ok_or(MediaError::Host)?;
        // The address is signed, which makes it a key to the file.
        let on_the_way = |error: reqwest::Error| TwilioError::from(error.without_url());
        let request = self.http.get(url.clone()).header(header::ACCEPT_ENCODING, "identity").timeout(MEDIA_TIMEOUT);
        let mut answer = request.send().await.map_err(on_the_way)?;
        match answer.status() {
            StatusCode::OK if *answer.url() == url => {}
            StatusCode::OK => return Err(MediaError::Host),
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => return Err(MediaError::Gone),
            status => return Err(TwilioError::unreadable(status.as_u16()).into()),
        }
        let too_large = || MediaError::TooLarge { max_bytes };
        if answer.content_length().is_some_and(|length| length > max_bytes) {
            return Err(too_large());
        }
        let mut bytes = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(on_the_way)? {
            if bytes.len() as u64 + chunk.len() as u64 > max_bytes {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    }

    /// A temporary address as it is called, if it is on one of Twilio's media hosts.
    fn media_address(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok()?;
        let is_plain = url.scheme() == "https" && url.port().is_none() && url.username().is_empty();
        let host = url.host_str()?;
        let mut labels = host.split('.');
        let is_ours = ["media", "mcs"].contains(&labels.next()?)
            && labels.next().is_some_and(|region| !region.is_empty())
            && labels.eq(["twilio", "com"]);
        if !is_plain || url.password().is_some() || !is_ours {
            return None;
        }
        let Some(api_url) = &self.config.api_url else { return Some(url) };
        let mut elsewhere = Url::parse(&format!("{}/{host}{}", api_url.trim_end_matches('/'), url.path())).ok()?;
        elsewhere.set_query(url.query());
        Some(elsewhere)
    }
}

/// Flex and `TaskRouter`.
impl Client {
    /// Hands a conversation over to the agents. See [Twilio Docs/Flex, Interactions].
    ///
    /// # Errors
    ///
    /// After an [`TwilioError::Unavailable`] the interaction may be there: see [`Client::find_task_by_conversation`].
    pub async fn create_interaction(&self, new: &NewInteraction) -> Result<InteractionResource, TwilioError> {
        // There is no type "custom": the channel's own name goes into the task's attributes.
        let channel = json!({
            "type": "web",
            "initiated_by": "customer",
            "properties": { "media_channel_sid": new.conversation_sid.as_str() },
        });
        let routing = json!({
            "properties": {
                "workspace_sid": new.workspace_sid.as_str(),
                "workflow_sid": new.workflow_sid.as_str(),
                "task_channel_unique_name": new.task_channel,
                "attributes": new.attributes,
            },
        });
        let request = self
            .post(Host::Flex, &path(&["v1", "Interactions"]))
            .field("Channel", channel.to_string())
            .field("Routing", routing.to_string());
        let answer: Value = self.json(request).await?;
        let text = |pointer| answer.pointer(pointer).and_then(Value::as_str);
        Ok(InteractionResource {
            // Twilio said yes: whatever is wrong with the answer, the interaction may be there.
            sid: text("/sid").and_then(|sid| sid.parse().ok()).ok_or_else(|| TwilioError::unreadable(200))?,
            channel_sid: text("/channel/sid").and_then(|sid| sid.parse().ok()),
            task_sid: text("/routing/properties/sid").and_then(|sid| sid.parse().ok()),
        })
    }

    /// The channel of an interaction, where the answer to its creation did not name it.
    pub async fn find_interaction_channel(
        &self,
        sid: &InteractionSid,
    ) -> Result<Option<InteractionChannelSid>, TwilioError> {
        let request =
            self.get(Host::Flex, &path(&["v1", "Interactions", sid.as_str(), "Channels"])).query("PageSize", 50);
        let channels: Vec<Value> = self.list(request, "channels").await?;
        Ok(channels.iter().find_map(|channel| channel.get("sid")?.as_str()?.parse().ok()))
    }

    /// Ends an interaction from the person's side: its tasks become completed. One that is gone is fine.
    pub async fn close_interaction_channel(
        &self,
        sid: &InteractionSid,
        channel_sid: &InteractionChannelSid,
    ) -> Result<(), TwilioError> {
        self.end_interaction_channel(sid, channel_sid, "closed").await
    }

    /// Parks an interaction: its tasks become completed and its agents leave, and the conversation goes on. One that is gone is fine.
    pub async fn park_interaction_channel(
        &self,
        sid: &InteractionSid,
        channel_sid: &InteractionChannelSid,
    ) -> Result<(), TwilioError> {
        self.end_interaction_channel(sid, channel_sid, "inactive").await
    }

    async fn end_interaction_channel(
        &self,
        sid: &InteractionSid,
        channel_sid: &InteractionChannelSid,
        status: &str,
    ) -> Result<(), TwilioError> {
        let path = path(&["v1", "Interactions", sid.as_str(), "Channels", channel_sid.as_str()]);
        let request = self
            .post(Host::Flex, &path)
            .field("Status", status)
            // Parking is refused without it; closing leaves the tasks in wrapping, where they wait for the agent.
            .field("Routing", json!({ "status": "closed" }).to_string())
            .repeatable();
        gone(self.no_content(request).await)
    }

    /// The task of a conversation: the one that still runs, else the newest. Those of `except` are none.
    pub async fn find_task_by_conversation(
        &self,
        workspace_sid: &WorkspaceSid,
        conversation_sid: &ConversationSid,
        except: &BTreeSet<TaskSid>,
    ) -> Result<Option<TaskResource>, TwilioError> {
        let request = self
            .get(Host::TaskRouter, &path(&["v1", "Workspaces", workspace_sid.as_str(), "Tasks"]))
            .query("EvaluateTaskAttributes", format!("conversationSid == \"{conversation_sid}\""))
            .query("Ordering", "DateCreated:desc")
            .query("PageSize", 50);
        let mut tasks: Vec<TaskResource> = self.list(request, "tasks").await?;
        // The expression is Twilio's to evaluate; a task that says it belongs elsewhere is not handed out all the same.
        tasks.retain(|task| task.attributes.conversation_sid.as_ref().is_none_or(|sid| sid == conversation_sid));
        tasks.retain(|task| !except.contains(&task.sid));
        let at = tasks.iter().position(|task| !task.is_over()).unwrap_or(0);
        let Some(task) = tasks.into_iter().nth(at) else {
            return Ok(None);
        };
        if task.attributes.conversation_sid.is_some() {
            return Ok(Some(task));
        }
        // A list may leave the attributes out; the resource itself has them.
        let path = path(&["v1", "Workspaces", workspace_sid.as_str(), "Tasks", task.sid.as_str()]);
        absent(self.json(self.get(Host::TaskRouter, &path)).await)
    }

    /// The tasks that wait for an agent, each with the queue it waits in, in the order in which they are offered. `None` where there are more
    /// than one page holds.
    pub async fn list_waiting_tasks(
        &self,
        workspace_sid: &WorkspaceSid,
    ) -> Result<Option<Vec<WaitingTask>>, TwilioError> {
        let request = self
            .get(Host::TaskRouter, &path(&["v1", "Workspaces", workspace_sid.as_str(), "Tasks"]))
            .query("AssignmentStatus", "pending")
            .query("AssignmentStatus", "reserved")
            .query("Ordering", "Priority:desc,DateCreated:asc")
            .query("PageSize", TASKS_PER_PAGE);
        let page: Page<WaitingTask> = self.page(&request, "tasks").await?;
        Ok(page.next_page_url.is_none().then_some(page.entries))
    }

    /// One task, if it is there.
    pub async fn fetch_task(
        &self,
        workspace_sid: &WorkspaceSid,
        task_sid: &TaskSid,
    ) -> Result<Option<TaskState>, TwilioError> {
        #[derive(Deserialize)]
        struct Task {
            #[serde(default, deserialize_with = "or_default")]
            assignment_status: String,
            #[serde(default, deserialize_with = "json_text")]
            attributes: Value,
            #[serde(default, rename = "task_queue_sid")]
            queue: Option<String>,
        }
        let path = path(&["v1", "Workspaces", workspace_sid.as_str(), "Tasks", task_sid.as_str()]);
        let Some(response) = absent(self.send(&self.get(Host::TaskRouter, &path)).await)? else { return Ok(None) };
        let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let body = response.bytes().await?;
        let task: Task = serde_json::from_slice(&body).map_err(|_| TwilioError::unreadable(status))?;
        Ok(Some(TaskState {
            assignment_status: task.assignment_status,
            attributes: task.attributes,
            queue: task.queue,
            etag,
        }))
    }

    /// Sets all of a task's attributes, where it is still the version that `etag` names.
    pub async fn update_task_attributes(
        &self,
        workspace_sid: &WorkspaceSid,
        task_sid: &TaskSid,
        attributes: &Value,
        etag: Option<&str>,
    ) -> Result<Updated, TwilioError> {
        let path = path(&["v1", "Workspaces", workspace_sid.as_str(), "Tasks", task_sid.as_str()]);
        let mut request = self.post(Host::TaskRouter, &path).field("Attributes", attributes.to_string()).repeatable();
        request.if_match = etag.map(str::to_owned);
        match self.no_content(request).await {
            Ok(()) => Ok(Updated::Done),
            Err(TwilioError::Refused { status: 412, .. }) => Ok(Updated::Clash),
            Err(error) => Err(error),
        }
    }

    /// The account's workspaces.
    pub async fn list_workspaces(&self) -> Result<Vec<WorkspaceResource>, TwilioError> {
        let request = self.get(Host::TaskRouter, &path(&["v1", "Workspaces"])).query("PageSize", 50);
        self.list(request, "workspaces").await
    }

    /// One workspace.
    pub async fn fetch_workspace(&self, sid: &WorkspaceSid) -> Result<WorkspaceResource, TwilioError> {
        self.json(self.get(Host::TaskRouter, &path(&["v1", "Workspaces", sid.as_str()]))).await
    }

    /// Sets where a workspace's events go, and which; an empty URL stops them. Read what is there before overwriting it.
    pub async fn update_workspace_callback(
        &self,
        sid: &WorkspaceSid,
        url: &str,
        events_filter: &str,
    ) -> Result<WorkspaceResource, TwilioError> {
        let request = self
            .post(Host::TaskRouter, &path(&["v1", "Workspaces", sid.as_str()]))
            .field("EventCallbackUrl", url)
            .field("EventsFilter", events_filter)
            .repeatable();
        self.json(request).await
    }

    /// A workspace's workflows.
    pub async fn list_workflows(&self, sid: &WorkspaceSid) -> Result<Vec<WorkflowResource>, TwilioError> {
        let path = path(&["v1", "Workspaces", sid.as_str(), "Workflows"]);
        self.list(self.get(Host::TaskRouter, &path).query("PageSize", 50), "workflows").await
    }

    /// A workspace's task channels.
    pub async fn list_task_channels(&self, sid: &WorkspaceSid) -> Result<Vec<TaskChannelResource>, TwilioError> {
        let path = path(&["v1", "Workspaces", sid.as_str(), "TaskChannels"]);
        self.list(self.get(Host::TaskRouter, &path).query("PageSize", 50), "channels").await
    }
}

/// Studio.
impl Client {
    /// The account's flows.
    pub async fn list_flows(&self) -> Result<Vec<FlowResource>, TwilioError> {
        self.list(self.get(Host::Studio, &path(&["v2", "Flows"])).query("PageSize", 100), "flows").await
    }

    /// Whether Studio could run a definition.
    ///
    /// # Errors
    ///
    /// Studio's objections may come as [`TwilioError::Refused`] too.
    pub async fn validate_flow(&self, friendly_name: &str, definition: &Value) -> Result<bool, TwilioError> {
        #[derive(Deserialize)]
        struct Verdict {
            valid: bool,
        }
        let request = self.flow(&["Validate"], friendly_name, definition).repeatable();
        Ok(self.json::<Verdict>(request).await?.valid)
    }

    /// Creates a flow and publishes it.
    pub async fn create_flow(&self, friendly_name: &str, definition: &Value) -> Result<FlowResource, TwilioError> {
        self.json(self.flow(&[], friendly_name, definition)).await
    }

    /// Publishes a new revision of a flow.
    pub async fn update_flow(
        &self,
        sid: &StudioFlowSid,
        friendly_name: &str,
        definition: &Value,
    ) -> Result<FlowResource, TwilioError> {
        self.json(self.flow(&[sid.as_str()], friendly_name, definition).repeatable()).await
    }

    fn flow(&self, rest: &[&str], friendly_name: &str, definition: &Value) -> Request {
        self.post(Host::Studio, &path(&[&["v2", "Flows"], rest].concat()))
            .field("FriendlyName", friendly_name)
            // A draft does not run.
            .field("Status", "published")
            .field("Definition", definition.to_string())
    }
}

/// Whose token of Flex it is.
#[derive(Clone, PartialEq, Eq)]
pub struct FlexToken {
    /// The agent's worker.
    pub worker: WorkerSid,
    /// Their name in Flex: the identity that the token is for.
    pub name: String,
    /// Until when the token holds, in epoch seconds, where Twilio says so.
    pub expires_at: Option<i64>,
}

impl std::fmt::Debug for FlexToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FlexToken").field("worker", &self.worker).finish_non_exhaustive()
    }
}

/// Tokens of Flex.
impl Client {
    /// Whose token of Flex this is; `None` when it does not hold, or is not an agent's. Visitors of a web chat get tokens too: they
    /// have no worker, or the role `guest`.
    ///
    /// The answer's fields are known from Twilio's own validators, not from a document.
    pub async fn validate_token(&self, token: &SecretString) -> Result<Option<FlexToken>, TwilioError> {
        #[derive(Deserialize)]
        struct Verdict {
            #[serde(default)]
            valid: bool,
            #[serde(default, deserialize_with = "optional_sid")]
            worker_sid: Option<WorkerSid>,
            #[serde(default, deserialize_with = "or_default")]
            roles: Vec<String>,
            #[serde(default, deserialize_with = "or_default")]
            identity: String,
            #[serde(default, deserialize_with = "or_default")]
            expiration: Value,
        }
        let path = path(&["v1", "Accounts", self.config.account_sid.as_str(), "Tokens", "validate"]);
        let request = self.request(Method::POST, Host::Iam, &path);
        let builder = self
            .http
            .post(request.url)
            .basic_auth(&self.config.account_sid, Some(self.config.auth_token.expose_secret()))
            .header(header::ACCEPT, "application/json")
            .json(&json!({ "token": token.expose_secret() }))
            .timeout(REQUEST_TIMEOUT);
        let response = builder.send().await?;
        let status = response.status();
        if !status.is_success() {
            return match refusal(response).await {
                // What is no token at all is not even looked at. 401 and 403 are about our own credentials.
                TwilioError::Refused { status: 400 | 422, .. } | TwilioError::NotFound => Ok(None),
                error => Err(error),
            };
        }
        let body = response.bytes().await?;
        let verdict: Verdict = serde_json::from_slice(&body).map_err(|_| TwilioError::unreadable(status.as_u16()))?;
        let is_guest = verdict.roles.iter().any(|role| role.eq_ignore_ascii_case("guest"));
        let worker = verdict.worker_sid.filter(|_| verdict.valid && !is_guest);
        Ok(worker.map(|worker| FlexToken {
            worker,
            name: name_of(&verdict.identity),
            expires_at: match &verdict.expiration {
                Value::Number(seconds) => seconds.as_i64(),
                Value::String(time) => time.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second),
                _ => None,
            },
        }))
    }
}

/// Twilio's products by host.
#[derive(Debug, Clone, Copy)]
enum Host {
    Conversations,
    Flex,
    TaskRouter,
    Studio,
    Iam,
    Media,
}

impl Host {
    fn product(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Flex => "flex-api",
            Self::TaskRouter => "taskrouter",
            Self::Studio => "studio",
            Self::Iam => "iam",
            Self::Media => "mcs",
        }
    }
}

/// A request that can be sent more than once.
struct Request {
    method: Method,
    url: Url,
    fields: Vec<(&'static str, String)>,
    /// A file in the place of fields, with its type.
    file: Option<(String, Bytes)>,
    webhook_enabled: bool,
    /// Of which version of a resource this is a change.
    if_match: Option<String>,
    /// Whether doing it twice is the same as doing it once.
    repeatable: bool,
}

impl Request {
    fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts alike, at the end of a chain")]
    fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.url.query_pairs_mut().append_pair(name, &value.to_string());
        self
    }

    fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }
}

/// One page of a list.
struct Page<T> {
    entries: Vec<T>,
    next_page_url: Option<String>,
}

impl<T> Page<T> {
    /// Points the request at the next page, if there is one.
    ///
    /// Only the query of `next_page_url` is taken: its host is the platform's word for itself, and credentials follow the host.
    fn turn(&self, request: &mut Request) -> bool {
        let query = self.next_page_url.as_deref().and_then(|url| url.split_once('?')).map(|(_, query)| query);
        match query {
            Some(query) if request.url.query() != Some(query) => {
                request.url.set_query(Some(query));
                true
            }
            _ => false,
        }
    }
}

/// How a request is made and sent.
impl Client {
    fn request(&self, method: Method, host: Host, path: &[String]) -> Request {
        // IAM has a realm where the others have edge and region, as Twilio's own validator of tokens writes it.
        let host_name = match (host, self.config.region.as_deref().filter(|region| !region.is_empty())) {
            (Host::Iam, Some(realm)) => format!("iam.{realm}.twilio.com"),
            (Host::Iam, None) => "iam.twilio.com".to_owned(),
            // Without a region in its name there is no such host.
            (Host::Media, region) => format!("mcs.{}.twilio.com", region.unwrap_or("us1")),
            (_, region) => host_name(host.product(), self.config.edge.as_deref(), region),
        };
        let base = match &self.config.api_url {
            Some(api_url) => format!("{}/{host_name}/", api_url.trim_end_matches('/')),
            None => format!("https://{host_name}/"),
        };
        // A base that is no URL ends in an unsendable request rather than in a panic.
        let mut url =
            Url::parse(&base).unwrap_or_else(|_| Url::parse("http://invalid.invalid/").expect("a literal URL"));
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let repeatable = method != Method::POST;
        Request { method, url, fields: Vec::new(), file: None, webhook_enabled: false, if_match: None, repeatable }
    }

    fn get(&self, host: Host, path: &[String]) -> Request {
        self.request(Method::GET, host, path)
    }

    fn post(&self, host: Host, path: &[String]) -> Request {
        self.request(Method::POST, host, path)
    }

    fn delete(&self, host: Host, path: &[String]) -> Request {
        self.request(Method::DELETE, host, path)
    }

    async fn json<T: DeserializeOwned>(&self, request: Request) -> Result<T, TwilioError> {
        self.read(&request).await
    }

    async fn read<T: DeserializeOwned>(&self, request: &Request) -> Result<T, TwilioError> {
        let response = self.send(request).await?;
        let status = response.status().as_u16();
        let body = response.bytes().await?;
        // serde's own error would quote a part of the answer.
        serde_json::from_slice(&body).map_err(|_| TwilioError::unreadable(status))
    }

    async fn no_content(&self, request: Request) -> Result<(), TwilioError> {
        self.send(&request).await.map(drop)
    }

    async fn page<T: DeserializeOwned>(&self, request: &Request, key: &str) -> Result<Page<T>, TwilioError> {
        let mut answer: Value = self.read(request).await?;
        let next_page_url = answer.pointer("/meta/next_page_url").and_then(Value::as_str).map(str::to_owned);
        let entries = answer.get_mut(key).map_or(Value::Null, Value::take);
        let entries = serde_json::from_value(entries).map_err(|_| TwilioError::unreadable(200))?;
        Ok(Page { entries, next_page_url })
    }

    async fn list<T: DeserializeOwned>(&self, mut request: Request, key: &str) -> Result<Vec<T>, TwilioError> {
        let mut entries = Vec::new();
        for _ in 0..PAGES_MAX {
            let mut page = self.page(&request, key).await?;
            entries.append(&mut page.entries);
            if !page.turn(&mut request) {
                break;
            }
        }
        Ok(entries)
    }

    /// Sends a request; repeats it where Twilio certainly did not process it, or where twice is the same as once.
    async fn send(&self, request: &Request) -> Result<reqwest::Response, TwilioError> {
        let mut attempt = 0;
        loop {
            let error = match self.send_once(request).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let pause = match &error {
                TwilioError::RateLimited { retry_after } => retry_after.unwrap_or_else(|| random_pause(attempt)),
                TwilioError::Unavailable { sent: false, .. } => random_pause(attempt),
                TwilioError::Unavailable { status: Some(503), .. } if request.repeatable => random_pause(attempt),
                _ => return Err(error),
            };
            if attempt >= REPETITIONS_MAX || pause > PAUSE_MAX {
                return Err(error);
            }
            attempt += 1;
            tracing::debug!(attempt, pause_ms = pause.as_millis(), "Twilio asks to try again: {error}");
            tokio::time::sleep(pause).await;
        }
    }

    async fn send_once(&self, request: &Request) -> Result<reqwest::Response, TwilioError> {
        let mut builder = self
            .http
            .request(request.method.clone(), request.url.clone())
            .basic_auth(&self.config.account_sid, Some(self.config.auth_token.expose_secret()))
            .header(header::ACCEPT, "application/json");
        builder = match &request.file {
            Some((content_type, bytes)) => {
                builder.timeout(MEDIA_TIMEOUT).header(header::CONTENT_TYPE, content_type).body(bytes.clone())
            }
            None if request.method == Method::POST => builder.timeout(REQUEST_TIMEOUT).form(&request.fields),
            None => builder.timeout(REQUEST_TIMEOUT),
        };
        if request.webhook_enabled {
            builder = builder.header("X-Twilio-Webhook-Enabled", "true");
        }
        if let Some(etag) = &request.if_match {
            builder = builder.header(header::IF_MATCH, etag);
        }
        let response = builder.send().await?;
        if response.status().is_success() { Ok(response) } else { Err(refusal(response).await) }
    }
}

/// What an answer other than 2xx means.
async fn refusal(response: reqwest::Response) -> TwilioError {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Explanation {
        #[serde(deserialize_with = "or_default")]
        code: u32,
        #[serde(deserialize_with = "or_default")]
        message: String,
    }
    let status = response.status();
    let retry_after =
        response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<f64>().ok());
    let retry_after = retry_after.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let body = response.bytes().await.unwrap_or_default();
    let Explanation { code, message } = serde_json::from_slice(&body).unwrap_or_default();
    match (status, code) {
        (_, 50353) => TwilioError::NameTaken,
        (_, 50377) => TwilioError::ConversationClosed,
        // Flex has its own codes for it. See [Twilio Docs/Error 45780] and [Twilio Docs/Error 45719].
        (StatusCode::TOO_MANY_REQUESTS, _) | (_, 20429 | 45719 | 45780) => TwilioError::RateLimited { retry_after },
        (StatusCode::UNAUTHORIZED, _) => TwilioError::InvalidCredentials,
        (StatusCode::NOT_FOUND, _) => TwilioError::NotFound,
        (StatusCode::REQUEST_TIMEOUT, _) => TwilioError::unreadable(status.as_u16()),
        _ if status.is_client_error() => {
            let message = PlatformText(message.chars().take(500).collect());
            TwilioError::Refused { status: status.as_u16(), code, message }
        }
        _ => TwilioError::unreadable(status.as_u16()),
    }
}

/// `{product}[.{edge}][.{region}].twilio.com`, filled up as Twilio's own libraries do.
///
/// An edge alone goes to `us1`. A region alone gets its own edge, because the names without one are on their way out.
fn host_name(product: &str, edge: Option<&str>, region: Option<&str>) -> String {
    let edge = edge.filter(|edge| !edge.is_empty());
    let region = region.filter(|region| !region.is_empty());
    let own_edge = region.and_then(|region| {
        let edge = match region {
            "us1" => "ashburn",
            "us2" => "umatilla",
            "ie1" => "dublin",
            "de1" => "frankfurt",
            "au1" => "sydney",
            "br1" => "sao-paulo",
            "jp1" => "tokyo",
            "jp2" => "osaka",
            "sg1" => "singapore",
            _ => return None,
        };
        Some(edge)
    });
    let region = region.or(edge.map(|_| "us1"));
    let parts = [Some(product), edge.or(own_edge), region, Some("twilio.com")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(".")
}

/// The name in an identity of Flex.
fn name_of(identity: &str) -> String {
    domain::agents::unescaped(identity).chars().filter(|c| !c.is_control()).take(100).collect()
}

fn path(segments: &[&str]) -> Vec<String> {
    segments.iter().map(|&segment| segment.to_owned()).collect()
}

/// 100 to 300 ms, twice that the next time. Random, so that functions that were refused together do not return together.
fn random_pause(attempt: u32) -> Duration {
    let random = RandomState::new().build_hasher().finish() % 200;
    Duration::from_millis((100 + random) << attempt)
}

fn absent<T>(result: Result<T, TwilioError>) -> Result<Option<T>, TwilioError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(TwilioError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn gone(result: Result<(), TwilioError>) -> Result<(), TwilioError> {
    absent(result).map(drop)
}

fn sid<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    deserializer: D,
) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

fn optional_sid<'de, D: Deserializer<'de>, T: std::str::FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.and_then(|text| text.parse().ok()))
}

/// Twilio sends attributes as JSON text.
fn json_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
        other => other,
    })
}

fn task_attributes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TaskAttributes, D::Error> {
    json_text(deserializer).map(|attributes| TaskAttributes::from_value(&attributes))
}
