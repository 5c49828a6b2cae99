//! flex-api.twilio.com: interactions; and the life of their tasks, which `TaskRouter`'s API and the agents share.

use serde_json::{Map, Value, json};

use super::api::{Call, Done, Refusal};
use super::conversations;
use super::hooks::Outgoing;
use super::state::{Interaction, InteractionParticipant, Reservation, Task, TwilioState};
use super::taskrouter::TASK_ATTRIBUTES_BYTES_MAX;
use crate::sims::http::Reply;
use crate::sims::ids::{now_ms, sid};

/// A task is cancelled when it was rejected this often.
const REJECTIONS_MAX: usize = 10;

const CHANNEL_TYPES: [&str; 8] = ["sms", "whatsapp", "web", "chat", "email", "messenger", "gbm", "voice"];

pub(super) fn route(state: &mut TwilioState, call: &Call<'_>) -> Done {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method, path.as_slice()) {
        ("POST", ["v1", "Interactions"]) => create(state, call),
        ("GET", ["v1", "Interactions", at]) => {
            let interaction = find(state, at, call)?;
            Ok(Reply::json(200, &interaction_object(state, interaction)))
        }
        ("GET", ["v1", "Interactions", at, "Channels"]) => {
            let interaction = find(state, at, call)?;
            call.page("channels", &[channel_object(interaction)], 100)
        }
        (method, ["v1", "Interactions", at, "Channels", channel, rest @ ..]) => {
            let interaction = find(state, at, call)?;
            if interaction.channel_sid != *channel {
                return Err(Refusal::not_found(call.raw_path));
            }
            let key = interaction.sid.clone();
            match (method, rest) {
                ("GET", []) => Ok(Reply::json(200, &channel_object(&state.interactions[&key]))),
                ("POST", []) => update_channel(state, call, &key),
                ("GET", ["Participants"]) => {
                    let interaction = &state.interactions[&key];
                    let items: Vec<Value> =
                        interaction.participants.iter().map(|one| participant_object(interaction, one)).collect();
                    call.page("participants", &items, 100)
                }
                ("POST", ["Participants", participant]) => update_participant(state, call, &key, participant),
                ("POST", ["Invites"]) => invite(state, call, &key),
                _ => Err(Refusal::not_found(call.raw_path)),
            }
        }
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

fn find<'a>(state: &'a TwilioState, at: &str, call: &Call<'_>) -> Result<&'a Interaction, Refusal> {
    state.interactions.get(at).ok_or_else(|| Refusal::not_found(call.raw_path))
}

fn json_field(call: &Call<'_>, name: &str) -> Result<Value, Refusal> {
    let Some(text) = call.field(name) else { return Ok(Value::Null) };
    serde_json::from_str(text).map_err(|_| Refusal::invalid(format!("{name} is not valid JSON")))
}

fn create(state: &mut TwilioState, call: &Call<'_>) -> Done {
    call.only(&["Channel", "Routing"])?;
    call.required("Channel")?;
    let (channel, routing) = (json_field(call, "Channel")?, json_field(call, "Routing")?);
    let kind = channel["type"].as_str().unwrap_or_default();
    if !CHANNEL_TYPES.contains(&kind) {
        return Err(Refusal::invalid(format!("Channel.type {kind:?} is none of {CHANNEL_TYPES:?}")));
    }
    if channel["initiated_by"] != "customer" {
        return Err(Refusal::invalid("Channel.initiated_by: only customer is simulated"));
    }
    let Some(conversation_sid) = channel["properties"]["media_channel_sid"].as_str().map(str::to_owned) else {
        return Err(Refusal::invalid(
            "Channel.properties.media_channel_sid is required when the customer initiated it",
        ));
    };
    if !state.conversations.contains_key(&conversation_sid) {
        return Err(Refusal::not_found(&format!("/Conversations/{conversation_sid}")));
    }
    let properties = &routing["properties"];
    let is = |key: &str, wanted: &str| properties[key] == wanted;
    if !is("workspace_sid", &state.options.workspace_sid) {
        return Err(Refusal::invalid("Routing.properties.workspace_sid is not this account's workspace"));
    }
    if !is("workflow_sid", &state.options.workflow_sid) {
        return Err(Refusal::invalid("Routing.properties.workflow_sid is not a workflow of the workspace"));
    }
    if !is("task_channel_unique_name", "chat") {
        return Err(Refusal::invalid(
            "Routing.properties.task_channel_unique_name is not a task channel of the workspace",
        ));
    }
    let Some(attributes) =
        properties["attributes"].as_object().cloned().or_else(|| properties["attributes"].is_null().then(Map::new))
    else {
        return Err(Refusal::invalid("Routing.properties.attributes is not an object"));
    };
    if properties["attributes"].to_string().len() > TASK_ATTRIBUTES_BYTES_MAX {
        return Err(Refusal::invalid("Routing.properties.attributes is too large"));
    }
    let priority = properties["priority"].as_i64().unwrap_or(0);
    let timeout = properties["timeout"].as_u64().unwrap_or(86_400);
    let key = state.create_interaction(&conversation_sid, kind, attributes, priority, timeout);
    // 200 is what the contract documents.
    Ok(Reply::json(200, &interaction_object(state, &state.interactions[&key])))
}

fn update_channel(state: &mut TwilioState, call: &Call<'_>, key: &str) -> Done {
    call.only(&["Status", "Routing"])?;
    let status = call.required("Status")?;
    let routing = json_field(call, "Routing")?;
    let completes = routing["status"] == "closed";
    match status {
        "closed" => {}
        "inactive" if completes => {}
        "inactive" => return Err(Refusal::invalid("Status=inactive needs Routing={\"status\":\"closed\"}")),
        _ => return Err(Refusal::invalid("Status is closed or inactive")),
    }
    if state.interactions[key].status == "closed" {
        return Err(Refusal::new(400, 45006, "The interaction channel is closed already"));
    }
    state.close_channel(key, status, completes);
    Ok(Reply::json(200, &channel_object(&state.interactions[key])))
}

/// Asks another agent into the chat: one more task of the same interaction.
fn invite(state: &mut TwilioState, call: &Call<'_>, key: &str) -> Done {
    call.only(&["Routing"])?;
    call.required("Routing")?;
    let routing = json_field(call, "Routing")?;
    let properties = &routing["properties"];
    let is = |name: &str, wanted: &str| properties[name] == wanted;
    if !is("workspace_sid", &state.options.workspace_sid) || !is("workflow_sid", &state.options.workflow_sid) {
        return Err(Refusal::invalid("Routing.properties names no workflow of this account's workspace"));
    }
    if state.interactions[key].status == "closed" {
        return Err(Refusal::new(400, 45006, "The interaction channel is closed already"));
    }
    let to = properties["worker_sid"].as_str().map(str::to_owned);
    let Some(task) = state.invite(key, to.as_deref()) else { return Err(Refusal::not_found(call.raw_path)) };
    let interaction = &state.interactions[key];
    let invite = state.tasks[&task].attributes["flexChannelInviteSid"].clone();
    Ok(Reply::json(
        200,
        &json!({
            "sid": invite, "interaction_sid": interaction.sid, "channel_sid": interaction.channel_sid, "routing": routing,
            "url": format!(
                "https://flex-api.twilio.com/v1/Interactions/{}/Channels/{}/Invites/{}",
                interaction.sid, interaction.channel_sid, invite.as_str().unwrap_or_default()
            ),
        }),
    ))
}

/// Frees only the agent: the conversation stays open.
fn update_participant(state: &mut TwilioState, call: &Call<'_>, key: &str, at: &str) -> Done {
    call.only(&["Status"])?;
    let status = call.required("Status")?.to_owned();
    if !matches!(status.as_str(), "closed" | "wrapup") {
        return Err(Refusal::invalid("Status is closed or wrapup"));
    }
    let Some(interaction) = state.interactions.get_mut(key) else { return Err(Refusal::not_found(call.raw_path)) };
    let found = interaction.participants.iter_mut().find(|one| one.sid == at);
    let participant = found.ok_or_else(|| Refusal::not_found(call.raw_path))?;
    let worker = participant.worker_sid.clone().ok_or_else(|| Refusal::invalid("Only agents can be freed"))?;
    participant.closed = true;
    let participant = participant.clone();
    let task = participant.task_sid.clone().unwrap_or_default();
    state.free_agent(&task, &worker);
    state.move_task(&task, if status == "closed" { "completed" } else { "wrapping" }, None);
    Ok(Reply::json(200, &participant_object(&state.interactions[key], &participant)))
}

fn channel_object(interaction: &Interaction) -> Value {
    let url =
        format!("https://flex-api.twilio.com/v1/Interactions/{}/Channels/{}", interaction.sid, interaction.channel_sid);
    json!({
        "sid": interaction.channel_sid, "interaction_sid": interaction.sid, "type": interaction.kind, "status": interaction.status,
        "error_code": interaction.error.as_ref().map(|(code, _)| code), "error_message": interaction.error.as_ref().map(|(_, text)| text),
        "url": url,
        "links": {"participants": format!("{url}/Participants"), "invites": format!("{url}/Invites"), "transfers": format!("{url}/Transfers")},
    })
}

fn participant_object(interaction: &Interaction, participant: &InteractionParticipant) -> Value {
    json!({
        "sid": participant.sid, "type": participant.kind, "interaction_sid": interaction.sid, "channel_sid": interaction.channel_sid,
        "routing_properties": {"worker_sid": participant.worker_sid}, "status": if participant.closed { "closed" } else { "open" },
        "url": format!(
            "https://flex-api.twilio.com/v1/Interactions/{}/Channels/{}/Participants/{}",
            interaction.sid, interaction.channel_sid, participant.sid
        ),
    })
}

fn interaction_object(state: &TwilioState, interaction: &Interaction) -> Value {
    let url = format!("https://flex-api.twilio.com/v1/Interactions/{}", interaction.sid);
    let task = interaction.task_sid.as_deref().and_then(|sid| state.tasks.get(sid));
    let routing = task.map(|task| {
        json!({"reservation": null, "properties": {
            "sid": task.sid, "assignment_status": task.status, "attributes": task.attributes.to_string(), "priority": task.priority,
            "timeout": task.timeout, "workspace_sid": state.options.workspace_sid, "workflow_sid": state.options.workflow_sid,
            "task_channel_sid": state.options.task_channel_sid, "task_channel_unique_name": "chat",
            "queue_sid": state.task_queue_sid, "account_sid": state.options.account_sid, "age": 0, "reason": "",
        }})
    });
    json!({
        "sid": interaction.sid, "channel": {"type": interaction.kind, "sid": interaction.channel_sid}, "routing": routing,
        "interaction_context_sid": null, "webhook_ttid": interaction.webhook_ttid, "url": url,
        "links": {"channels": format!("{url}/Channels")},
    })
}

impl TwilioState {
    /// Creates an interaction and its task; returns the interaction's SID. A channel that cannot be set up is `failed` and has none.
    pub(super) fn create_interaction(
        &mut self,
        conversation_sid: &str,
        kind: &str,
        own: Map<String, Value>,
        priority: i64,
        timeout: u64,
    ) -> String {
        let (interaction_sid, channel_sid, task_sid) = (sid("KD"), sid("UO"), sid("WT"));
        let webhook_ttid = format!("flex_interactionwebhook_{}", &sid("")[..26]);
        let mut interaction = Interaction {
            sid: interaction_sid.clone(),
            channel_sid: channel_sid.clone(),
            kind: kind.to_owned(),
            status: "active".into(),
            error: None,
            task_sid: Some(task_sid.clone()),
            participants: vec![InteractionParticipant {
                sid: sid("UT"),
                kind: "customer",
                worker_sid: None,
                task_sid: None,
                closed: false,
            }],
            webhook_ttid,
        };
        let found = self.conversations.get(conversation_sid).filter(|conversation| conversation.state != "closed");
        let customer = found.map(|conversation| conversation.participants.first());
        let problem = match customer {
            None => Some((45376, "Failed to add a participant. Conversation was closed or not found.")),
            Some(None) => Some((45361, "The customer is not a participant of the conversation.")),
            Some(Some(_)) => None,
        };
        if let Some((code, text)) = problem {
            interaction.status = "failed".into();
            interaction.error = Some((code, text.to_owned()));
            interaction.task_sid = None;
            self.interactions.insert(interaction_sid.clone(), interaction);
            return interaction_sid;
        }
        let identity = customer.flatten().map(|customer| customer.identity.clone()).unwrap_or_default();
        let name = own.get("customerName").and_then(Value::as_str).unwrap_or(&identity).to_owned();
        let mut attributes = json!({
            "channelType": kind, "conversationSid": conversation_sid, "customerName": name, "customerAddress": identity,
            "customers": {"name": name, "phone": identity}, "direction": "inbound", "initiatedBy": "customer",
            "conversations": {
                "initiated_by": "customer", "conversation_id": interaction_sid,
                "media": [{"type": "ChatTranscript", "sid": conversation_sid}],
            },
            "flexInteractionSid": interaction_sid, "flexInteractionChannelSid": channel_sid, "flexChannelInviteSid": sid("KG"),
        });
        for (key, value) in own {
            attributes[key] = value;
        }
        let now = now_ms();
        let task = Task {
            sid: task_sid,
            attributes,
            status: "pending".into(),
            reason: None,
            priority,
            timeout,
            conversation_sid: conversation_sid.to_owned(),
            interaction_sid: interaction_sid.clone(),
            channel_sid,
            reservations: Vec::new(),
            created_ms: now,
            updated_ms: now,
            version: 0,
            number: self.number(),
        };
        self.interactions.insert(interaction_sid.clone(), interaction);
        self.add_task(task, None);
        interaction_sid
    }

    /// One more task of an interaction, for this agent or anybody; returns its SID.
    pub(super) fn invite(&mut self, interaction_sid: &str, worker_sid: Option<&str>) -> Option<String> {
        let first = self.interactions.get(interaction_sid)?.task_sid.clone()?;
        let now = now_ms();
        let mut task = Task {
            sid: sid("WT"),
            status: "pending".into(),
            reason: None,
            reservations: Vec::new(),
            created_ms: now,
            updated_ms: now,
            version: 0,
            number: self.number(),
            ..self.tasks.get(&first)?.clone()
        };
        task.attributes["flexChannelInviteSid"] = json!(sid("KG"));
        let task_sid = task.sid.clone();
        self.add_task(task, worker_sid);
        Some(task_sid)
    }

    /// A task begins, and is offered to this agent, or to the first one.
    fn add_task(&mut self, task: Task, worker_sid: Option<&str>) {
        let task_sid = task.sid.clone();
        self.tasks.insert(task_sid.clone(), task);
        for event in ["workflow.entered", "task-queue.entered", "task.created", "workflow.target-matched"] {
            self.task_event(&task_sid, event);
        }
        match worker_sid {
            Some(worker) => self.reserve(&task_sid, worker),
            None => self.reserve_for_anybody(&task_sid),
        }
    }

    /// Offers the task to the first agent, if there is one.
    pub(super) fn reserve_for_anybody(&mut self, task_sid: &str) {
        let first = self.workers.values().min_by_key(|worker| worker.number).map(|worker| worker.sid.clone());
        if let Some(worker) = first {
            self.reserve(task_sid, &worker);
        }
    }

    pub(super) fn reserve(&mut self, task_sid: &str, worker_sid: &str) {
        let Some(task) = self.tasks.get_mut(task_sid) else { return };
        task.reservations.push(Reservation {
            sid: sid("WR"),
            worker_sid: worker_sid.to_owned(),
            status: "pending".into(),
            created_ms: now_ms(),
        });
        task.status = "reserved".into();
        self.reservation_event(task_sid, "reservation.created");
    }

    /// The agent takes the task; Flex adds them to the conversation.
    pub(super) fn accept_task(&mut self, task_sid: &str, worker_sid: &str) -> Result<(), String> {
        let task = self.tasks.get(task_sid).ok_or("there is no such task")?;
        if !matches!(task.status.as_str(), "pending" | "reserved") {
            return Err(format!("the task is {}", task.status));
        }
        let worker = self.workers.get(worker_sid).ok_or("there is no such agent")?.clone();
        let (conversation, key) = (task.conversation_sid.clone(), task.interaction_sid.clone());
        let offered = task
            .reservation()
            .filter(|reservation| reservation.status == "pending")
            .map(|reservation| reservation.worker_sid.clone());
        if offered.as_deref() != Some(worker_sid) {
            if offered.is_some() {
                self.set_reservation(task_sid, "rescinded");
                self.reservation_event(task_sid, "reservation.rescinded");
            }
            self.reserve(task_sid, worker_sid);
        }
        self.set_reservation(task_sid, "accepted");
        self.set_task(task_sid, "assigned", None);
        let (role, fires) = (self.agent_role_sid.clone(), self.options.flex_participant_hooks);
        // An agent who is there already (a second task for the same conversation) stays.
        let _ = conversations::add_participant(self, &conversation, &worker.identity, "{}".into(), role, fires);
        if let Some(interaction) = self.interactions.get_mut(&key) {
            interaction.participants.push(InteractionParticipant {
                sid: sid("UT"),
                kind: "agent",
                worker_sid: Some(worker_sid.to_owned()),
                task_sid: Some(task_sid.to_owned()),
                closed: false,
            });
        }
        self.reservation_event(task_sid, "reservation.accepted");
        Ok(())
    }

    pub(super) fn reject_task(&mut self, task_sid: &str, worker_sid: &str) -> Result<(), String> {
        let task = self.tasks.get(task_sid).ok_or("there is no such task")?;
        let offered = task.reservation().is_some_and(|r| r.status == "pending" && r.worker_sid == worker_sid);
        if !offered {
            return Err("the task is not offered to this agent".into());
        }
        self.set_reservation(task_sid, "rejected");
        self.set_task(task_sid, "pending", None);
        self.reservation_event(task_sid, "reservation.rejected");
        let rejections =
            self.tasks[task_sid].reservations.iter().filter(|reservation| reservation.status == "rejected").count();
        if rejections >= REJECTIONS_MAX {
            self.cancel_task(task_sid, "Task canceled on maximum number of reservation rejections");
        } else {
            self.reserve_for_anybody(task_sid);
        }
        Ok(())
    }

    /// To `wrapping` or `completed`, with the events of both task and reservation.
    pub(super) fn move_task(&mut self, task_sid: &str, to: &str, reason: Option<&str>) {
        let Some(task) = self.tasks.get(task_sid) else { return };
        if task.is_over() || task.status == to {
            return;
        }
        let reserved = task
            .reservation()
            .is_some_and(|reservation| matches!(reservation.status.as_str(), "accepted" | "wrapping"));
        if !reserved {
            // Nobody has it: there is nothing to wrap up or to complete.
            self.cancel_task(task_sid, reason.unwrap_or("Interaction channel closed"));
            return;
        }
        self.set_reservation(task_sid, to);
        self.set_task(task_sid, to, reason);
        if to == "completed" {
            self.task_event(task_sid, "task.completed");
            self.reservation_event(task_sid, "reservation.completed");
        } else {
            self.reservation_event(task_sid, "reservation.wrapup");
            self.task_event(task_sid, "task.wrapup");
        }
        self.task_event(task_sid, "task.updated");
    }

    pub(super) fn cancel_task(&mut self, task_sid: &str, reason: &str) {
        let Some(task) = self.tasks.get(task_sid) else { return };
        if task.is_over() {
            return;
        }
        if task.reservation().is_some_and(|reservation| reservation.status == "pending") {
            self.set_reservation(task_sid, "canceled");
            self.reservation_event(task_sid, "reservation.canceled");
        }
        self.set_task(task_sid, "canceled", Some(reason));
        self.task_event(task_sid, "task.canceled");
    }

    /// Takes the agent out of the conversation.
    pub(super) fn free_agent(&mut self, task_sid: &str, worker_sid: &str) {
        let (Some(task), Some(worker)) = (self.tasks.get(task_sid), self.workers.get(worker_sid)) else { return };
        let (conversation, identity) = (task.conversation_sid.clone(), worker.identity.clone());
        let fires = self.options.flex_participant_hooks;
        conversations::remove_participant(self, &conversation, &identity, fires);
    }

    /// What Flex does when a chat ends: agents out, conversation closed, task wrapped up or completed.
    pub(super) fn close_channel(&mut self, interaction_sid: &str, status: &str, completes: bool) {
        let Some(interaction) = self.interactions.get_mut(interaction_sid) else { return };
        status.clone_into(&mut interaction.status);
        for participant in &mut interaction.participants {
            participant.closed = true;
        }
        let workers: Vec<String> = interaction.participants.iter().filter_map(|one| one.worker_sid.clone()).collect();
        let Some(first) = interaction.task_sid.clone() else { return };
        let conversation = self.tasks[&first].conversation_sid.clone();
        for worker in workers {
            self.free_agent(&first, &worker);
        }
        if status == "closed" {
            conversations::set_state(self, &conversation, "closed", "API", true);
        }
        // Also those of agents who were invited.
        let tasks: Vec<String> =
            self.tasks().filter(|task| task.interaction_sid == interaction_sid).map(|task| task.sid.clone()).collect();
        for task in tasks {
            self.move_task(&task, if completes { "completed" } else { "wrapping" }, None);
        }
    }

    fn set_task(&mut self, task_sid: &str, status: &str, reason: Option<&str>) {
        if let Some(task) = self.tasks.get_mut(task_sid) {
            status.clone_into(&mut task.status);
            task.updated_ms = now_ms();
            task.version += 1;
            if reason.is_some() {
                task.reason = reason.map(str::to_owned);
            }
        }
    }

    fn set_reservation(&mut self, task_sid: &str, status: &str) {
        if let Some(reservation) = self.tasks.get_mut(task_sid).and_then(|task| task.reservations.last_mut()) {
            status.clone_into(&mut reservation.status);
        }
    }

    pub(super) fn task_event(&mut self, task_sid: &str, event: &str) {
        let resource = match event.split_once('.') {
            Some(("workflow", _)) => ("Workflow", self.options.workflow_sid.clone()),
            Some(("task-queue", _)) => ("TaskQueue", self.task_queue_sid.clone()),
            _ => ("Task", task_sid.to_owned()),
        };
        self.event(task_sid, event, resource.0, &resource.1, Vec::new());
    }

    fn reservation_event(&mut self, task_sid: &str, event: &str) {
        let Some(reservation) = self.tasks.get(task_sid).and_then(Task::reservation).cloned() else { return };
        let mut extra = vec![("ReservationSid".to_owned(), reservation.sid.clone())];
        if let Some(worker) = self.workers.get(&reservation.worker_sid) {
            extra.push(("WorkerSid".into(), worker.sid.clone()));
            extra.push(("WorkerName".into(), worker.name.clone()));
            extra.push(("WorkerAttributes".into(), worker.attributes()));
            extra.push(("WorkerActivityName".into(), "Available".into()));
        }
        self.event(task_sid, event, "Reservation", &reservation.sid, extra);
    }

    fn event(&mut self, task_sid: &str, event: &str, resource: &str, resource_sid: &str, extra: Vec<(String, String)>) {
        let wanted = self.events_filter.is_empty() || self.events_filter.split(',').any(|one| one.trim() == event);
        let Some(task) = self.tasks.get(task_sid).filter(|_| wanted && !self.event_callback_url.is_empty()) else {
            return;
        };
        let description = event.replace(['.', '-'], " ");
        let mut params: Vec<(String, String)> = [
            ("AccountSid", self.options.account_sid.clone()),
            ("WorkspaceSid", self.options.workspace_sid.clone()),
            ("WorkspaceName", self.workspace_name.clone()),
            ("Timestamp", (now_ms() / 1000).to_string()),
            ("EventType", event.to_owned()),
            ("EventDescription", description),
            ("ResourceType", resource.to_owned()),
            ("ResourceSid", resource_sid.to_owned()),
            ("TaskSid", task.sid.clone()),
            ("TaskAttributes", task.attributes.to_string()),
            ("TaskAge", ((now_ms() - task.created_ms) / 1000).to_string()),
            ("TaskPriority", task.priority.to_string()),
            ("TaskAssignmentStatus", task.status.clone()),
            ("TaskChannelSid", self.options.task_channel_sid.clone()),
            ("TaskChannelName", "Programmable Chat".into()),
            ("TaskChannelUniqueName", "chat".into()),
            ("TaskQueueSid", self.task_queue_sid.clone()),
            ("WorkflowSid", self.options.workflow_sid.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        match event {
            "task.canceled" => params.push(("TaskCanceledReason".into(), task.reason.clone().unwrap_or_default())),
            "task.completed" => params.push(("TaskCompletedReason".into(), task.reason.clone().unwrap_or_default())),
            _ => {}
        }
        params.extend(extra);
        self.outgoing.push(Outgoing::TaskRouter {
            event: event.to_owned(),
            url: self.event_callback_url.clone(),
            params,
        });
    }
}
