//! What Twilio tells us, as our own small events.
//!
//! Every parser has three ends: ours (`Some`), not ours (`None`), malformed. Only verified bodies belong here
//! (see [`crate::signature`]). Optional fields may be absent, unknown fields are passed over: Twilio adds some without notice.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;

use domain::delivery::AgentFile;
use domain::ids::{
    CaseNumber, ConversationSid, IdError, InteractionChannelSid, InteractionSid, MessageSid, ParticipantSid, PersonId,
    TaskSid, WorkerSid,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The events that a conversation's scoped webhook is created with, for
/// [`Client::create_webhook`](crate::Client::create_webhook).
pub const CONVERSATION_EVENTS: [&str; 4] =
    ["onMessageAdded", "onMessageUpdated", "onMessageRemoved", "onConversationStateUpdated"];

/// The events that the `TaskRouter` workspace's callback is asked for, in the form of `EventsFilter`.
pub const TASK_EVENTS_FILTER: &str = "task.created,reservation.accepted,reservation.wrapup,reservation.completed,\
    task.wrapup,task.completed,task.canceled,task.deleted,task.system-deleted,workflow.timeout";

/// The message attribute that marks a line as written by us. See [`MessageAdded::bridge_mark`].
pub const BRIDGE_KEY: &str = "bridge";

/// Why a body is not what its sender should send. Names the field, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedEvent {
    /// A field is missing that this event always has.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field does not have the form it should have.
    #[error("{field} is malformed: {reason}")]
    Field {
        /// The field's name on the wire.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The body is not a JSON object with the fields that this call has.
    #[error("the body is neither the JSON nor the form that Studio sends")]
    Json,
}

/// What happened in a conversation. See [Twilio Docs/Conversations Webhooks].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConversationEvent {
    /// Somebody wrote a line.
    MessageAdded(MessageAdded),
    /// A line was changed.
    MessageUpdated(MessageUpdated),
    /// A line was taken back.
    MessageRemoved(MessageRemoved),
    /// The conversation became active, inactive or closed.
    StateUpdated(StateUpdated),
}

impl ConversationEvent {
    /// The conversation it happened in.
    pub fn conversation_sid(&self) -> &ConversationSid {
        match self {
            Self::MessageAdded(event) => &event.conversation_sid,
            Self::MessageUpdated(event) => &event.message.conversation_sid,
            Self::MessageRemoved(event) => &event.conversation_sid,
            Self::StateUpdated(event) => &event.conversation_sid,
        }
    }
}

/// A line in a conversation, as `onMessageAdded` tells it.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageAdded {
    /// Where it was written.
    pub conversation_sid: ConversationSid,
    /// The line itself.
    pub message_sid: MessageSid,
    /// Its place in the conversation. May skip numbers, but follows arrival.
    pub index: u32,
    /// The identity of who wrote it; empty where Twilio names nobody.
    pub author: String,
    /// The text, up to 32 KB; empty for a line that is only media.
    pub body: String,
    /// The line's attributes, JSON text as Twilio sends it.
    pub attributes: String,
    /// The files that came with it.
    pub media: Vec<Media>,
    /// Who caused it: `SDK`, `API`, or anything else; the set is open.
    pub source: String,
    /// The participant who wrote it, where there is one.
    pub participant_sid: Option<ParticipantSid>,
    /// When it was written, RFC 3339.
    pub date_created: Option<String>,
}

impl MessageAdded {
    /// The mark of a line that came from this project (`person`, `assistant`, `system`), which is never forwarded.
    ///
    /// Anything under the key counts as a mark, so that a line of ours with a mark of a later version stays ours.
    pub fn bridge_mark(&self) -> Option<String> {
        bridge_mark(&self.attributes)
    }
}

impl std::fmt::Debug for MessageAdded {
    // Bodies and names belong in no log line, and `{event:?}` is how they get there.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageAdded")
            .field("conversation_sid", &self.conversation_sid)
            .field("message_sid", &self.message_sid)
            .field("index", &self.index)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// A changed line: the whole line as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageUpdated {
    /// The line as it is now.
    pub message: MessageAdded,
    /// When it was changed, as Twilio writes it (RFC 3339): tells one edit from the next.
    pub date_updated: String,
}

/// A line that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRemoved {
    /// Where it was.
    pub conversation_sid: ConversationSid,
    /// The line that is gone.
    pub message_sid: MessageSid,
    /// Its place in the conversation, where Twilio says it.
    pub index: Option<u32>,
    /// The identity of who had written it; empty where Twilio names nobody.
    pub author: String,
    /// The attributes it had, JSON text.
    pub attributes: String,
    /// When it was taken back, RFC 3339.
    pub date_removed: Option<String>,
}

impl MessageRemoved {
    /// As [`MessageAdded::bridge_mark`].
    pub fn bridge_mark(&self) -> Option<String> {
        bridge_mark(&self.attributes)
    }
}

/// A change of a conversation's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateUpdated {
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// What it was.
    pub from: Option<ConversationState>,
    /// What it is now.
    pub to: ConversationState,
    /// Why: `API`, `TIMER`, `EVENT`, or anything else.
    pub reason: String,
    /// When, as Twilio writes it (RFC 3339).
    pub date_updated: Option<String>,
}

/// The state of a conversation. See [Twilio Docs/Conversations States and Timers].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConversationState {
    /// Being made, with participants.
    Initializing,
    /// People can write.
    Active,
    /// Nobody wrote for a while; the next line makes it active.
    Inactive,
    /// Ended for ever.
    Closed,
}

impl FromStr for ConversationState {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "initializing" => Ok(Self::Initializing),
            "active" => Ok(Self::Active),
            "inactive" => Ok(Self::Inactive),
            "closed" => Ok(Self::Closed),
            _ => Err("not a conversation's state"),
        }
    }
}

/// A file in a conversation. Keys come in both spellings: `Sid` in webhooks, `sid` in REST answers.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Media {
    /// `ME` and 32 hex digits.
    #[serde(alias = "Sid", alias = "MediaSid", default)]
    pub sid: String,
    /// The file's content type.
    #[serde(alias = "ContentType", default, deserialize_with = "or_default")]
    pub content_type: String,
    /// The file's name, where there is one.
    #[serde(alias = "Filename", default)]
    pub filename: Option<String>,
    /// Bytes.
    #[serde(alias = "Size", default, deserialize_with = "or_default")]
    pub size: u64,
}

impl Media {
    /// The file of an agent's line.
    pub fn to_agent_file(&self) -> AgentFile {
        let name = self.filename.clone().filter(|name| !name.is_empty());
        AgentFile {
            media: self.sid.parse().ok(),
            name: name.unwrap_or_else(|| self.content_type.clone()),
            content_type: self.content_type.clone(),
            size: self.size,
        }
    }
}

impl std::fmt::Debug for Media {
    // The name is the person's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Media").field("sid", &self.sid).field("size", &self.size).finish_non_exhaustive()
    }
}

/// Reads the body of a Conversations webhook.
///
/// `None` is an event type that this project does not serve.
///
/// # Errors
///
/// [`MalformedEvent`] where an event of ours lacks a field that it always has.
pub fn conversation_event(body: &[u8]) -> Result<Option<ConversationEvent>, MalformedEvent> {
    let form = Form::parse(body);
    let event = match form.required("EventType")? {
        "onMessageAdded" => ConversationEvent::MessageAdded(message(&form)?),
        "onMessageUpdated" => ConversationEvent::MessageUpdated(MessageUpdated {
            message: message(&form)?,
            date_updated: form.required("DateUpdated")?.to_owned(),
        }),
        "onMessageRemoved" => ConversationEvent::MessageRemoved(MessageRemoved {
            conversation_sid: form.parsed("ConversationSid")?,
            message_sid: form.parsed("MessageSid")?,
            index: form.optional_parsed("Index")?,
            author: form.text("Author"),
            attributes: form.text("Attributes"),
            date_removed: form.optional("DateRemoved").map(str::to_owned),
        }),
        "onConversationStateUpdated" => ConversationEvent::StateUpdated(StateUpdated {
            conversation_sid: form.parsed("ConversationSid")?,
            from: form.optional("StateFrom").and_then(|state| state.parse().ok()),
            to: form.parsed("StateTo")?,
            reason: form.text("Reason"),
            date_updated: form.optional("StateUpdated").map(str::to_owned),
        }),
        _ => return Ok(None),
    };
    Ok(Some(event))
}

fn message(form: &Form<'_>) -> Result<MessageAdded, MalformedEvent> {
    let media = match form.optional("Media") {
        None => Vec::new(),
        Some(json) => serde_json::from_str::<Option<Vec<Media>>>(json)
            .map_err(|_| MalformedEvent::Field { field: "Media", reason: "not a JSON array of files".to_owned() })?
            .unwrap_or_default(),
    };
    Ok(MessageAdded {
        conversation_sid: form.parsed("ConversationSid")?,
        message_sid: form.parsed("MessageSid")?,
        index: form.parsed("Index")?,
        author: form.text("Author"),
        body: form.text("Body"),
        attributes: form.text("Attributes"),
        media,
        source: form.text("Source"),
        participant_sid: form.optional_parsed("ParticipantSid")?,
        date_created: form.optional("DateCreated").map(str::to_owned),
    })
}

/// The value of [`BRIDGE_KEY`] in a line's attributes (JSON text), if the key is there.
pub fn bridge_mark(attributes: &str) -> Option<String> {
    let attributes: Value = serde_json::from_str(attributes).ok()?;
    match attributes.get(BRIDGE_KEY)? {
        Value::String(mark) => Some(mark.clone()),
        other => Some(other.to_string()),
    }
}

/// What happened to a task of ours. See [Twilio Docs/TaskRouter Event Callbacks].
#[derive(Clone, PartialEq, Eq)]
pub struct TaskEvent {
    /// `EventType` as Twilio writes it.
    pub event_type: String,
    /// The event's own SID, where Twilio sends one.
    pub event_sid: Option<String>,
    /// `Timestamp` as Twilio writes it: epoch seconds, as far as is known.
    pub timestamp: Option<String>,
    /// The task.
    pub task_sid: TaskSid,
    /// What the hand-over put on the task, and what Flex added.
    pub attributes: TaskAttributes,
    /// `pending`, `reserved`, `assigned`, `wrapping`, `completed`, `canceled`.
    pub assignment_status: Option<String>,
    /// Why the task was given up.
    pub canceled_reason: Option<String>,
    /// The agent's user name, for reservation events.
    pub worker_name: Option<String>,
    /// The worker's SID.
    pub worker_sid: Option<WorkerSid>,
    /// The identity that the agent writes with: of `contact_uri` in `WorkerAttributes`, else the user name, which Flex makes it of.
    pub worker_identity: Option<String>,
    /// The agent's name as people read it: `full_name` of `WorkerAttributes`.
    pub worker_full_name: Option<String>,
    /// The offer of the task to one agent, for reservation events.
    pub reservation_sid: Option<String>,
}

impl TaskEvent {
    /// What the event means for a conversation.
    pub fn kind(&self) -> TaskEventKind {
        match self.event_type.as_str() {
            "task.created" => TaskEventKind::TaskCreated,
            "reservation.accepted" => TaskEventKind::ReservationAccepted,
            "reservation.wrapup" => TaskEventKind::ReservationWrapup,
            "reservation.completed" => TaskEventKind::ReservationCompleted,
            "task.wrapup" => TaskEventKind::TaskWrapup,
            "task.completed" => TaskEventKind::TaskCompleted,
            "task.canceled" => TaskEventKind::TaskCanceled,
            "task.deleted" | "task.system-deleted" => TaskEventKind::TaskDeleted,
            "workflow.timeout" => TaskEventKind::WorkflowTimeout,
            _ => TaskEventKind::Other,
        }
    }
}

impl std::fmt::Debug for TaskEvent {
    // The agent's name belongs in no log line.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskEvent")
            .field("event_type", &self.event_type)
            .field("task_sid", &self.task_sid)
            .field("attributes", &self.attributes)
            .finish_non_exhaustive()
    }
}

/// The task events that change a conversation or a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskEventKind {
    /// The task is there: the hand-over has arrived.
    TaskCreated,
    /// An agent took the task.
    ReservationAccepted,
    /// The agent is done and writes up.
    ReservationWrapup,
    /// The agent's part is over.
    ReservationCompleted,
    /// The task is being written up.
    TaskWrapup,
    /// The task is over.
    TaskCompleted,
    /// The task was given up: nobody was there.
    TaskCanceled,
    /// The task's record was removed, which happens minutes after its end.
    TaskDeleted,
    /// The workflow ran out of time: nobody was there.
    WorkflowTimeout,
    /// Anything else; nothing to do.
    Other,
}

/// What a task carries: what the hand-over put there, and what Flex added.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct TaskAttributes {
    /// The conversation that the task is about.
    #[serde(rename = "conversationSid", deserialize_with = "lenient")]
    pub conversation_sid: Option<ConversationSid>,
    /// The person who asked.
    #[serde(deserialize_with = "lenient")]
    pub discord_user_id: Option<PersonId>,
    /// The channel's name as the hand-over put it, `discord` for ours; Studio may have put its own in its place.
    #[serde(rename = "channelType", deserialize_with = "lenient")]
    pub channel_type: Option<String>,
    /// The case that the hand-over opened.
    #[serde(deserialize_with = "case_number")]
    pub case_number: Option<CaseNumber>,
    /// The Flex Interaction.
    #[serde(rename = "flexInteractionSid", deserialize_with = "lenient")]
    pub interaction_sid: Option<InteractionSid>,
    /// Its channel, which ends the task from our side.
    #[serde(rename = "flexInteractionChannelSid", deserialize_with = "lenient")]
    pub interaction_channel_sid: Option<InteractionChannelSid>,
}

impl TaskAttributes {
    /// Whether the task came from this project: the callback hears of every task in the workspace.
    pub fn is_ours(&self) -> bool {
        self.discord_user_id.is_some() || self.channel_type.as_deref() == Some("discord")
    }

    /// Reads attributes as a task resource has them. What cannot be read is taken as absent.
    pub fn from_value(attributes: &Value) -> Self {
        Self::deserialize(attributes).unwrap_or_default()
    }
}

impl std::fmt::Debug for TaskAttributes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskAttributes")
            .field("conversation_sid", &self.conversation_sid)
            .field("case_number", &self.case_number)
            .finish_non_exhaustive()
    }
}

/// Reads the body of a `TaskRouter` callback.
///
/// `None` is a task that did not come from this project (see [`TaskAttributes::is_ours`]), or an event without a task.
///
/// # Errors
///
/// [`MalformedEvent`] where an event of ours lacks a field that it always has.
pub fn task_event(body: &[u8]) -> Result<Option<TaskEvent>, MalformedEvent> {
    let form = Form::parse(body);
    let event_type = form.required("EventType")?.to_owned();
    let attributes = form.optional("TaskAttributes").and_then(|json| serde_json::from_str::<TaskAttributes>(json).ok());
    let Some(attributes) = attributes.filter(TaskAttributes::is_ours) else {
        return Ok(None);
    };
    let worker = form.optional("WorkerAttributes").and_then(|json| serde_json::from_str::<Value>(json).ok());
    let full_name = worker.as_ref().and_then(|worker| worker.get("full_name")).and_then(Value::as_str);
    let contact = worker.as_ref().and_then(|worker| worker.get("contact_uri")).and_then(Value::as_str);
    let owned = |name| form.optional(name).map(str::to_owned);
    Ok(Some(TaskEvent {
        worker_identity: contact
            .and_then(|contact| contact.strip_prefix("client:"))
            .map(str::to_owned)
            .or_else(|| owned("WorkerName")),
        event_sid: owned("Sid").or_else(|| owned("EventSid")),
        timestamp: owned("Timestamp"),
        task_sid: form.parsed("TaskSid")?,
        attributes,
        assignment_status: owned("TaskAssignmentStatus"),
        canceled_reason: owned("TaskCanceledReason"),
        worker_name: owned("WorkerName"),
        worker_sid: form.optional("WorkerSid").and_then(|sid| sid.parse().ok()),
        worker_full_name: full_name.filter(|name| !name.trim().is_empty()).map(str::to_owned),
        reservation_sid: owned("ReservationSid"),
        event_type,
    }))
}

/// Studio asks the virtual agent: the body of its call to `chatbot-to-discord`.
#[derive(Clone, PartialEq, Eq)]
pub struct ChatbotCall {
    /// Where the person wrote.
    pub conversation_sid: ConversationSid,
    /// The line to answer.
    pub message_sid: MessageSid,
    /// The line's text.
    pub body: String,
    /// The Studio execution, `FN` and 32 hex digits.
    pub execution_sid: Option<String>,
    /// The identity of who wrote it, where Studio says it.
    pub author: Option<String>,
    /// The person, from the conversation's attributes.
    pub discord_user_id: Option<PersonId>,
}

impl std::fmt::Debug for ChatbotCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChatbotCall")
            .field("conversation_sid", &self.conversation_sid)
            .field("message_sid", &self.message_sid)
            .finish_non_exhaustive()
    }
}

/// Studio hands over: the body of its call to `transfer-to-agent`.
#[derive(Clone, PartialEq, Eq)]
pub struct TransferCall {
    /// The conversation to hand over.
    pub conversation_sid: ConversationSid,
    /// The line that asked for it.
    pub message_sid: Option<MessageSid>,
    /// The line's text.
    pub body: String,
    /// The Studio execution, `FN` and 32 hex digits.
    pub execution_sid: Option<String>,
    /// Studio could not create the task after we had agreed to it.
    pub send_to_flex_failed: bool,
    /// The identity of who wrote the line, where Studio says it.
    pub author: Option<String>,
    /// The person, from the conversation's attributes.
    pub discord_user_id: Option<PersonId>,
}

impl std::fmt::Debug for TransferCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransferCall")
            .field("conversation_sid", &self.conversation_sid)
            .field("message_sid", &self.message_sid)
            .field("send_to_flex_failed", &self.send_to_flex_failed)
            .finish_non_exhaustive()
    }
}

/// Reads Studio's call to `chatbot-to-discord`.
///
/// # Errors
///
/// [`MalformedEvent`] where it is not that call.
pub fn chatbot_call(body: &[u8]) -> Result<ChatbotCall, MalformedEvent> {
    let call = StudioCall::parse(body)?;
    Ok(ChatbotCall {
        conversation_sid: call.conversation_sid()?,
        message_sid: call.message_sid()?.ok_or(MalformedEvent::Missing("message_sid"))?,
        author: call.author(),
        discord_user_id: call.discord_user_id(),
        body: call.body.or(call.trigger.conversation.body).unwrap_or_default(),
        execution_sid: call.execution_sid,
    })
}

/// Reads Studio's call to `transfer-to-agent`.
///
/// # Errors
///
/// [`MalformedEvent`] where it is not that call.
pub fn transfer_call(body: &[u8]) -> Result<TransferCall, MalformedEvent> {
    let call = StudioCall::parse(body)?;
    Ok(TransferCall {
        conversation_sid: call.conversation_sid()?,
        message_sid: call.message_sid()?,
        author: call.author(),
        discord_user_id: call.discord_user_id(),
        body: call.body.or(call.trigger.conversation.body).unwrap_or_default(),
        execution_sid: call.execution_sid,
        send_to_flex_failed: call.send_to_flex_failed,
    })
}

/// The JSON that functions/setup/studio-flow.json makes Studio send. Liquid's `to_json` writes `null` for what is absent.
#[derive(Deserialize)]
struct StudioCall {
    conversation_sid: Option<String>,
    message_sid: Option<String>,
    body: Option<String>,
    execution_sid: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    send_to_flex_failed: bool,
    #[serde(default, deserialize_with = "or_default")]
    trigger: StudioTrigger,
}

#[derive(Default, Deserialize)]
struct StudioTrigger {
    #[serde(default, deserialize_with = "or_default")]
    conversation: StudioConversation,
}

/// The trigger's variables. See [Twilio Docs/Studio, Trigger (Start)]; `Author` and `ChannelAttributes` are observed.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct StudioConversation {
    conversation_sid: Option<String>,
    channel_sid: Option<String>,
    message_sid: Option<String>,
    body: Option<String>,
    author: Option<String>,
    from: Option<String>,
    channel_attributes: Value,
}

impl StudioCall {
    fn parse(body: &[u8]) -> Result<Self, MalformedEvent> {
        if body.trim_ascii_start().starts_with(b"{") {
            // serde's own error would quote a part of the body.
            return serde_json::from_slice(body).map_err(|_| MalformedEvent::Json);
        }
        // The widget can also send a form; a company's own flow may, with names of its own or the trigger's.
        if !body.contains(&b'=') {
            return Err(MalformedEvent::Json);
        }
        let form = Form::parse(body);
        let first =
            |names: [&'static str; 2]| names.into_iter().find_map(|name| form.optional(name)).map(str::to_owned);
        Ok(Self {
            conversation_sid: first(["conversation_sid", "ConversationSid"])
                .or_else(|| first(["ChannelSid", "channel_sid"])),
            message_sid: first(["message_sid", "MessageSid"]),
            body: first(["body", "Body"]),
            execution_sid: first(["execution_sid", "ExecutionSid"]),
            send_to_flex_failed: form.optional("send_to_flex_failed") == Some("true"),
            trigger: StudioTrigger::default(),
        })
    }

    fn conversation_sid(&self) -> Result<ConversationSid, MalformedEvent> {
        let conversation = &self.trigger.conversation;
        [&self.conversation_sid, &conversation.conversation_sid, &conversation.channel_sid]
            .into_iter()
            .find_map(|sid| sid.as_deref().filter(|sid| !sid.is_empty()))
            .ok_or(MalformedEvent::Missing("conversation_sid"))?
            .parse()
            .map_err(|error: IdError| MalformedEvent::Field { field: "conversation_sid", reason: error.to_string() })
    }

    fn message_sid(&self) -> Result<Option<MessageSid>, MalformedEvent> {
        [&self.message_sid, &self.trigger.conversation.message_sid]
            .into_iter()
            .find_map(|sid| sid.as_deref().filter(|sid| !sid.is_empty()))
            .map(str::parse)
            .transpose()
            .map_err(|error: IdError| MalformedEvent::Field { field: "message_sid", reason: error.to_string() })
    }

    fn author(&self) -> Option<String> {
        let conversation = &self.trigger.conversation;
        conversation.author.clone().or_else(|| conversation.from.clone()).filter(|author| !author.is_empty())
    }

    fn discord_user_id(&self) -> Option<PersonId> {
        self.trigger.conversation.channel_attributes.get("discord_user_id")?.as_str()?.parse().ok()
    }
}

/// A form body's parameters. Of a repeated name the first counts.
struct Form<'a>(HashMap<Cow<'a, str>, Cow<'a, str>>);

impl<'a> Form<'a> {
    fn parse(body: &'a [u8]) -> Self {
        let mut fields = HashMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            fields.entry(name).or_insert(value);
        }
        Self(fields)
    }

    /// The value; an empty one counts as absent.
    fn optional(&self, name: &'static str) -> Option<&str> {
        self.0.get(name).map(AsRef::as_ref).filter(|value: &&str| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<&str, MalformedEvent> {
        self.optional(name).ok_or(MalformedEvent::Missing(name))
    }

    fn text(&self, name: &'static str) -> String {
        self.optional(name).unwrap_or_default().to_owned()
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&self, name: &'static str) -> Result<T, MalformedEvent> {
        self.optional_parsed(name)?.ok_or(MalformedEvent::Missing(name))
    }

    fn optional_parsed<T: FromStr<Err: std::fmt::Display>>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, MalformedEvent> {
        let parse = |value: &str| {
            value.parse().map_err(|error: T::Err| MalformedEvent::Field { field: name, reason: error.to_string() })
        };
        self.optional(name).map(parse).transpose()
    }
}

/// `null` is the default.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Attributes are anybody's: what is not the text of a `T` is taken as absent instead of spoiling the rest.
fn lenient<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}

/// A number, or its text: what a Liquid template makes of it depends on the quotes around it.
fn case_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CaseNumber>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    Ok(number.filter(|number| *number > 0).map(CaseNumber))
}
