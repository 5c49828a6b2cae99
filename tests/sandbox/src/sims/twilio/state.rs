//! What the simulated Twilio knows.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::TwilioOptions;
use super::hooks::{Delivery, Outgoing};
use super::media::MessageMedia;
use crate::sims::ids::{now_ms, sid, twilio_time, twilio_time_ms};

/// A conversation.
#[derive(Debug, Clone, Serialize)]
pub struct Conversation {
    /// `CH…`.
    pub sid: String,
    /// The name that makes creation atomic.
    pub unique_name: Option<String>,
    /// A name for people.
    pub friendly_name: Option<String>,
    /// JSON text.
    pub attributes: String,
    /// `active`, `inactive` or `closed`.
    pub state: String,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
    /// Who is in it.
    pub participants: Vec<Participant>,
    /// All messages, removed ones too.
    pub messages: Vec<Message>,
    /// Its scoped webhooks.
    pub webhooks: Vec<ScopedWebhook>,
    /// Index of the next message.
    pub next_index: u64,
    /// ISO 8601 durations, as sent.
    pub timers: BTreeMap<String, String>,
    /// Order of creation.
    pub(super) number: u64,
}

/// A participant.
#[derive(Debug, Clone, Serialize)]
pub struct Participant {
    /// `MB…`.
    pub sid: String,
    /// Chat identity.
    pub identity: String,
    /// JSON text.
    pub attributes: String,
    /// `RL…`.
    pub role_sid: String,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
}

/// A message.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// `IM…`.
    pub sid: String,
    /// Its place; numbers may be left out.
    pub index: u64,
    /// An identity, or `system`.
    pub author: String,
    /// The text.
    pub body: String,
    /// JSON text.
    pub attributes: String,
    /// The author's participant, if there is one.
    pub participant_sid: Option<String>,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
    /// Removed.
    pub deleted: bool,
    /// Whether it fired webhooks.
    pub fired: bool,
    /// Its files.
    pub media: Vec<MessageMedia>,
}

impl Message {
    /// The attributes, parsed.
    pub fn attributes_json(&self) -> Value {
        serde_json::from_str(&self.attributes).unwrap_or(Value::Null)
    }
}

/// A conversation-scoped webhook.
#[derive(Debug, Clone, Serialize)]
pub struct ScopedWebhook {
    /// `WH…`.
    pub sid: String,
    /// `webhook`, `studio` or `trigger`.
    pub target: String,
    /// For `webhook`.
    pub url: Option<String>,
    /// `GET` or `POST`.
    pub method: String,
    /// Event types.
    pub filters: Vec<String>,
    /// For `studio`.
    pub flow_sid: Option<String>,
    /// Index from which messages were delivered again.
    pub replay_after: Option<u64>,
    /// Milliseconds since 1970.
    pub created_ms: u64,
}

/// A Studio flow.
#[derive(Debug, Clone, Serialize)]
pub struct Flow {
    /// `FW…`.
    pub sid: String,
    /// Its name.
    pub friendly_name: String,
    /// `draft` or `published`: of the newest revision.
    pub status: String,
    /// The newest definition.
    pub definition: Value,
    /// The definition that runs.
    pub published: Option<Value>,
    /// Counted from 1.
    pub revision: u64,
    /// Of the newest revision.
    pub commit_message: Option<String>,
    created_ms: u64,
    updated_ms: u64,
}

/// One run of a flow.
#[derive(Debug, Clone, Serialize)]
pub struct Execution {
    /// `FN…`.
    pub sid: String,
    /// Its flow.
    pub flow_sid: String,
    /// The conversation that set it off.
    pub conversation_sid: String,
    /// The message that set it off.
    pub message_sid: String,
    /// Widgets that ran, with the transition each took.
    pub steps: Vec<(String, String)>,
    /// Still running.
    pub active: bool,
    /// Messages that came meanwhile and were dropped (81002).
    pub dropped: Vec<String>,
    /// Why it ended early, if it did.
    pub problem: Option<String>,
}

/// A `TaskRouter` task.
#[derive(Debug, Clone, Serialize)]
pub struct Task {
    /// `WT…`.
    pub sid: String,
    /// Its attributes.
    pub attributes: Value,
    /// `pending`, `reserved`, `assigned`, `wrapping`, `completed` or `canceled`.
    pub status: String,
    /// Why it was completed or canceled.
    pub reason: Option<String>,
    /// Higher is earlier.
    pub priority: i64,
    /// Seconds.
    pub timeout: u64,
    /// The conversation.
    pub conversation_sid: String,
    /// `KD…`.
    pub interaction_sid: String,
    /// `UO…`.
    pub channel_sid: String,
    /// Every reservation, newest last.
    pub reservations: Vec<Reservation>,
    /// Milliseconds since 1970.
    pub created_ms: u64,
    /// Milliseconds since 1970.
    pub updated_ms: u64,
    /// Counts the changes: what its `ETag` says.
    pub(super) version: u64,
    pub(super) number: u64,
}

impl Task {
    /// The reservation that matters now.
    pub fn reservation(&self) -> Option<&Reservation> {
        self.reservations.last()
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "canceled")
    }
}

/// A reservation of a task for a worker.
#[derive(Debug, Clone, Serialize)]
pub struct Reservation {
    /// `WR…`.
    pub sid: String,
    /// `WK…`.
    pub worker_sid: String,
    /// `pending`, `accepted`, `rejected`, `rescinded`, `canceled`, `wrapping` or `completed`.
    pub status: String,
    pub(super) created_ms: u64,
}

/// An agent, as `TaskRouter` knows them.
#[derive(Debug, Clone, Serialize)]
pub struct Worker {
    /// `WK…`.
    pub sid: String,
    /// `alex.agent@example.com`.
    pub name: String,
    /// The name escaped: `alex_2Eagent_40example_2Ecom`.
    pub identity: String,
    /// `Alex Agent`.
    pub full_name: String,
    pub(super) number: u64,
}

impl Worker {
    /// JSON text, as `TaskRouter` carries it.
    pub fn attributes(&self) -> String {
        json!({"full_name": self.full_name, "email": self.name, "contact_uri": format!("client:{}", self.identity), "roles": ["agent"]}).to_string()
    }
}

/// A Flex interaction with its one channel.
#[derive(Debug, Clone)]
pub(super) struct Interaction {
    pub(super) sid: String,
    pub(super) channel_sid: String,
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) error: Option<(u32, String)>,
    pub(super) task_sid: Option<String>,
    pub(super) participants: Vec<InteractionParticipant>,
    pub(super) webhook_ttid: String,
}

#[derive(Debug, Clone)]
pub(super) struct InteractionParticipant {
    pub(super) sid: String,
    pub(super) kind: &'static str,
    pub(super) worker_sid: Option<String>,
    /// The agent's task: each agent of a chat has one.
    pub(super) task_sid: Option<String>,
    pub(super) closed: bool,
}

/// Everything there is. Read-only for tests: [`super::TwilioSim::read`], [`super::TwilioSim::wait_for`].
pub struct TwilioState {
    pub(super) options: TwilioOptions,
    pub(super) conversations: BTreeMap<String, Conversation>,
    /// Names are not freed when a conversation closes.
    pub(super) names: BTreeMap<String, String>,
    pub(super) flows: BTreeMap<String, Flow>,
    pub(super) executions: Vec<Execution>,
    pub(super) interactions: BTreeMap<String, Interaction>,
    pub(super) tasks: BTreeMap<String, Task>,
    pub(super) workers: BTreeMap<String, Worker>,
    pub(super) workspace_name: String,
    pub(super) event_callback_url: String,
    pub(super) events_filter: String,
    pub(super) task_queue_sid: String,
    pub(super) agent_role_sid: String,
    pub(super) user_role_sid: String,
    pub(super) messaging_service_sid: String,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) violations: Vec<String>,
    pub(super) outgoing: Vec<Outgoing>,
    /// Every file, by its SID.
    pub(super) media: BTreeMap<String, super::media::StoredMedia>,
    /// Flex tokens that were given out.
    pub(super) tokens: BTreeMap<String, super::iam::Token>,
    count: u64,
}

impl TwilioState {
    pub(super) fn new(options: &TwilioOptions) -> Self {
        Self {
            options: options.clone(),
            conversations: BTreeMap::new(),
            names: BTreeMap::new(),
            flows: BTreeMap::new(),
            executions: Vec::new(),
            interactions: BTreeMap::new(),
            tasks: BTreeMap::new(),
            workers: BTreeMap::new(),
            workspace_name: "Flex Task Assignment".into(),
            event_callback_url: String::new(),
            events_filter: String::new(),
            task_queue_sid: sid("WQ"),
            agent_role_sid: sid("RL"),
            user_role_sid: sid("RL"),
            messaging_service_sid: sid("MG"),
            deliveries: Vec::new(),
            violations: Vec::new(),
            outgoing: Vec::new(),
            media: BTreeMap::new(),
            tokens: BTreeMap::new(),
            count: 0,
        }
    }

    pub(super) fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Every conversation, oldest first.
    pub fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        let mut all: Vec<_> = self.conversations.values().collect();
        all.sort_by_key(|conversation| conversation.number);
        all.into_iter()
    }

    /// A conversation by SID or unique name.
    pub fn conversation(&self, sid_or_name: &str) -> Option<&Conversation> {
        let sid = self.names.get(sid_or_name).map_or(sid_or_name, String::as_str);
        self.conversations.get(sid)
    }

    pub(super) fn conversation_mut(&mut self, sid_or_name: &str) -> Option<&mut Conversation> {
        let sid = self.names.get(sid_or_name).map_or(sid_or_name, String::as_str).to_owned();
        self.conversations.get_mut(&sid)
    }

    /// The messages of a conversation that were not removed, in order.
    pub fn messages(&self, conversation: &str) -> Vec<Message> {
        let messages = self.conversation(conversation).into_iter().flat_map(|conversation| &conversation.messages);
        messages.filter(|message| !message.deleted).cloned().collect()
    }

    /// Every task, oldest first.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        let mut all: Vec<_> = self.tasks.values().collect();
        all.sort_by_key(|task| task.number);
        all.into_iter()
    }

    /// A task by SID.
    pub fn task(&self, sid: &str) -> Option<&Task> {
        self.tasks.get(sid)
    }

    /// Tasks that wait for an agent, oldest first.
    pub fn waiting_tasks(&self) -> Vec<Task> {
        self.tasks().filter(|task| matches!(task.status.as_str(), "pending" | "reserved")).cloned().collect()
    }

    /// Every run of a flow, oldest first.
    pub fn executions(&self) -> &[Execution] {
        &self.executions
    }

    /// Every webhook that was sent, or that a fault kept from being sent.
    pub fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }

    /// The workspace's event callback.
    pub fn event_callback_url(&self) -> &str {
        &self.event_callback_url
    }

    /// The workspace's events filter.
    pub fn events_filter(&self) -> &str {
        &self.events_filter
    }

    /// Stores a new revision, of a new flow if `sid` is none.
    pub(super) fn store_flow(
        &mut self,
        flow_sid: Option<&str>,
        name: &str,
        definition: &Value,
        status: &str,
        commit_message: Option<&str>,
    ) -> String {
        let flow_sid = flow_sid.map_or_else(|| sid("FW"), str::to_owned);
        let now = now_ms();
        let flow = self.flows.entry(flow_sid.clone()).or_insert_with(|| Flow {
            sid: flow_sid.clone(),
            friendly_name: String::new(),
            status: String::new(),
            definition: Value::Null,
            published: None,
            revision: 0,
            commit_message: None,
            created_ms: now,
            updated_ms: now,
        });
        name.clone_into(&mut flow.friendly_name);
        status.clone_into(&mut flow.status);
        flow.definition = definition.clone();
        if status == "published" {
            flow.published = Some(definition.clone());
        }
        flow.revision += 1;
        flow.commit_message = commit_message.map(str::to_owned);
        flow.updated_ms = now;
        flow_sid
    }

    // The objects as they travel.

    pub(super) fn conversation_object(&self, conversation: &Conversation) -> Value {
        let url = format!("https://conversations.twilio.com/v1/Conversations/{}", conversation.sid);
        let mut timers = Map::new();
        for (name, key) in [("Inactive", "date_inactive"), ("Closed", "date_closed")] {
            let length = conversation.timers.get(name).and_then(|text| duration_ms(text));
            if let Some(length) = length.filter(|_| conversation.state != "closed") {
                timers.insert(key.into(), json!(twilio_time(conversation.updated_ms + length)));
            }
        }
        json!({
            "sid": conversation.sid, "account_sid": self.options.account_sid, "chat_service_sid": self.options.chat_service_sid,
            "messaging_service_sid": self.messaging_service_sid, "friendly_name": conversation.friendly_name,
            "unique_name": conversation.unique_name, "attributes": conversation.attributes, "state": conversation.state,
            "date_created": twilio_time(conversation.created_ms), "date_updated": twilio_time(conversation.updated_ms),
            "timers": timers, "bindings": {}, "url": url,
            "links": {
                "participants": format!("{url}/Participants"), "messages": format!("{url}/Messages"),
                "webhooks": format!("{url}/Webhooks"), "export": format!("{url}/Export"),
            },
        })
    }

    pub(super) fn participant_object(&self, conversation: &str, participant: &Participant) -> Value {
        json!({
            "sid": participant.sid, "account_sid": self.options.account_sid, "conversation_sid": conversation,
            "identity": participant.identity, "attributes": participant.attributes, "messaging_binding": null,
            "role_sid": participant.role_sid, "last_read_message_index": null, "last_read_timestamp": null,
            "date_created": twilio_time(participant.created_ms), "date_updated": twilio_time(participant.updated_ms),
            "url": format!("https://conversations.twilio.com/v1/Conversations/{conversation}/Participants/{}", participant.sid),
        })
    }

    pub(super) fn message_object(&self, conversation: &str, message: &Message) -> Value {
        let url = format!("https://conversations.twilio.com/v1/Conversations/{conversation}/Messages/{}", message.sid);
        let media: Option<Vec<Value>> =
            (!message.media.is_empty()).then(|| message.media.iter().map(MessageMedia::object).collect());
        json!({
            "sid": message.sid, "account_sid": self.options.account_sid, "conversation_sid": conversation,
            "body": message.body, "media": media, "author": message.author, "participant_sid": message.participant_sid,
            "attributes": message.attributes, "date_created": twilio_time(message.created_ms),
            "date_updated": twilio_time(message.updated_ms), "index": message.index, "delivery": null, "content_sid": null,
            "url": url,
            "links": {"delivery_receipts": format!("{url}/Receipts"), "channel_metadata": format!("{url}/ChannelMetadata")},
        })
    }

    pub(super) fn webhook_object(&self, conversation: &str, webhook: &ScopedWebhook) -> Value {
        let configuration = if webhook.target == "studio" {
            json!({"flow_sid": webhook.flow_sid, "filters": webhook.filters, "replay_after": webhook.replay_after})
        } else {
            json!({"url": webhook.url, "method": webhook.method, "filters": webhook.filters})
        };
        json!({
            "sid": webhook.sid, "account_sid": self.options.account_sid, "conversation_sid": conversation,
            "target": webhook.target, "configuration": configuration, "date_created": twilio_time(webhook.created_ms),
            "date_updated": twilio_time(webhook.created_ms),
            "url": format!("https://conversations.twilio.com/v1/Conversations/{conversation}/Webhooks/{}", webhook.sid),
        })
    }

    pub(super) fn flow_object(&self, flow: &Flow) -> Value {
        let url = format!("https://studio.twilio.com/v2/Flows/{}", flow.sid);
        let account = &self.options.account_sid;
        json!({
            "sid": flow.sid, "account_sid": account, "author_sid": null, "definition": flow.definition,
            "friendly_name": flow.friendly_name, "status": flow.status, "revision": flow.revision,
            "commit_message": flow.commit_message, "valid": true, "errors": [], "warnings": [],
            "webhook_url": format!("https://webhooks.twilio.com/v1/Accounts/{account}/Flows/{}", flow.sid),
            "date_created": twilio_time(flow.created_ms), "date_updated": twilio_time(flow.updated_ms), "url": url,
            "links": {"test_users": format!("{url}/TestUsers"), "revisions": format!("{url}/Revisions"), "executions": format!("{url}/Executions")},
        })
    }

    /// The fields every Conversations webhook carries about a message.
    pub(super) fn message_fields(conversation: &str, message: &Message) -> Vec<(String, String)> {
        let mut fields = vec![
            ("ConversationSid".to_owned(), conversation.to_owned()),
            ("MessageSid".into(), message.sid.clone()),
            ("Index".into(), message.index.to_string()),
            ("DateCreated".into(), twilio_time_ms(message.created_ms)),
            ("Body".into(), message.body.clone()),
            ("Author".into(), message.author.clone()),
            ("Attributes".into(), message.attributes.clone()),
        ];
        // Absent optional fields are left out, not sent empty.
        fields.extend(message.participant_sid.clone().map(|sid| ("ParticipantSid".to_owned(), sid)));
        if !message.media.is_empty() {
            let media: Value = message.media.iter().map(MessageMedia::field).collect();
            fields.push(("Media".into(), media.to_string()));
        }
        fields
    }
}

/// An ISO 8601 duration in milliseconds.
pub(super) fn duration_ms(text: &str) -> Option<u64> {
    let length: jiff::SignedDuration = text.parse().ok()?;
    u64::try_from(length.as_millis()).ok()
}
