//! conversations.twilio.com.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::api::{Call, Done, Refusal};
use super::hooks::Source;
use super::media::MessageMedia;
use super::state::{Conversation, Message, Participant, ScopedWebhook, TwilioState, duration_ms};
use crate::sims::http::Reply;
use crate::sims::ids::{now_ms, sid, twilio_time, twilio_time_ms};

/// Longest body of a message between chat participants, in bytes.
const BODY_MAX: usize = 32 * 1024;
/// Longest attributes of messages and participants, in bytes.
const SMALL_ATTRIBUTES_MAX: usize = 4 * 1024;
/// Longest attributes of conversations, in bytes.
const ATTRIBUTES_MAX: usize = 16 * 1024;

const EVENTS: [&str; 13] = [
    "onMessageAdded",
    "onMessageUpdated",
    "onMessageRemoved",
    "onParticipantAdded",
    "onParticipantUpdated",
    "onParticipantRemoved",
    "onConversationAdded",
    "onConversationUpdated",
    "onConversationRemoved",
    "onConversationStateUpdated",
    "onDeliveryUpdated",
    "onUserAdded",
    "onUserUpdated",
];

pub(super) fn route(state: &mut TwilioState, call: &Call<'_>) -> Done {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method, path.as_slice()) {
        ("GET", ["v1", "Configuration"]) => Ok(Reply::json(200, &configuration(state))),
        ("GET", ["v1", "Services", service]) => service_object(state, service, call),
        ("POST", ["v1", "Conversations"]) => create_conversation(state, call),
        ("GET", ["v1", "Conversations"]) => {
            call.only_query(&["StartDate", "EndDate", "State"])?;
            let wanted = call.asked("State");
            let found =
                state.conversations().filter(|conversation| wanted.is_none_or(|wanted| conversation.state == wanted));
            let items: Vec<Value> = found.map(|conversation| state.conversation_object(conversation)).collect();
            call.page("conversations", &items, 100)
        }
        ("GET", ["v1", "ParticipantConversations"]) => participant_conversations(state, call),
        (method, ["v1", "Conversations", at, rest @ ..]) => {
            let Some(conversation) = state.conversation(at) else {
                return Err(Refusal::not_found(&format!("/Conversations/{at}")));
            };
            let sid = conversation.sid.clone();
            in_conversation(state, call, method, &sid, rest)
        }
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

fn in_conversation(state: &mut TwilioState, call: &Call<'_>, method: &str, sid: &str, rest: &[&str]) -> Done {
    match (method, rest) {
        ("GET", []) => Ok(Reply::json(200, &state.conversation_object(&state.conversations[sid]))),
        ("POST", []) => update_conversation(state, call, sid),
        ("DELETE", []) => {
            state.conversations.remove(sid);
            state.names.retain(|_, named| named != sid);
            Ok(Reply::empty(204))
        }
        ("POST", ["Participants"]) => create_participant(state, call, sid),
        ("GET", ["Participants"]) => {
            let items = state.conversations[sid].participants.iter();
            let items: Vec<Value> = items.map(|participant| state.participant_object(sid, participant)).collect();
            call.page("participants", &items, 100)
        }
        (_, ["Participants", participant]) => one_participant(state, call, sid, participant),
        ("POST", ["Messages"]) => create_message(state, call, sid),
        ("GET", ["Messages"]) => {
            call.only_query(&["Order"])?;
            let items = state.messages(sid);
            let mut items: Vec<Value> = items.iter().map(|message| state.message_object(sid, message)).collect();
            if call.asked("Order").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
                items.reverse();
            }
            call.page("messages", &items, 100)
        }
        (_, ["Messages", message]) => one_message(state, call, sid, message),
        ("POST", ["Webhooks"]) => create_webhook(state, call, sid),
        ("GET", ["Webhooks"]) => {
            let items = state.conversations[sid].webhooks.iter();
            let items: Vec<Value> = items.map(|webhook| state.webhook_object(sid, webhook)).collect();
            call.page("webhooks", &items, 5)
        }
        (_, ["Webhooks", webhook]) => one_webhook(state, call, sid, webhook),
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

fn configuration(state: &TwilioState) -> Value {
    json!({
        "account_sid": state.options.account_sid, "default_chat_service_sid": state.options.chat_service_sid,
        "default_messaging_service_sid": state.messaging_service_sid, "default_inactive_timer": null, "default_closed_timer": null,
        "url": "https://conversations.twilio.com/v1/Configuration",
        "links": {"service": format!("https://conversations.twilio.com/v1/Services/{}", state.options.chat_service_sid), "webhooks": "https://conversations.twilio.com/v1/Configuration/Webhooks"},
    })
}

fn service_object(state: &TwilioState, service: &str, call: &Call<'_>) -> Done {
    if service != state.options.chat_service_sid {
        return Err(Refusal::not_found(call.raw_path));
    }
    Ok(Reply::json(
        200,
        &json!({
            "account_sid": state.options.account_sid, "sid": service, "friendly_name": "Flex Chat Service",
            "date_created": "2026-01-01T00:00:00Z", "date_updated": "2026-01-01T00:00:00Z",
            "url": format!("https://conversations.twilio.com/v1/Services/{service}"), "links": {},
        }),
    ))
}

fn attributes(call: &Call<'_>, most: usize) -> Result<Option<String>, Refusal> {
    let Some(text) = call.field("Attributes") else { return Ok(None) };
    if text.len() > most {
        return Err(Refusal::new(400, 50303, format!("Attributes too long: at most {most} bytes")));
    }
    match serde_json::from_str::<Value>(text) {
        Ok(_) => Ok(Some(text.to_owned())),
        Err(_) => Err(Refusal::invalid("Attributes is not a valid JSON string")),
    }
}

fn closed() -> Refusal {
    Refusal::new(400, 50377, "Conversation is closed and cannot be changed")
}

/// The conversation, if it may still be changed.
fn open<'a>(state: &'a mut TwilioState, sid: &str) -> Result<&'a mut Conversation, Refusal> {
    let conversation =
        state.conversations.get_mut(sid).ok_or_else(|| Refusal::not_found(&format!("/Conversations/{sid}")))?;
    if conversation.state == "closed" { Err(closed()) } else { Ok(conversation) }
}

/// `Timers.Inactive` of at least 1 minute, `Timers.Closed` of at least 10.
fn timers(call: &Call<'_>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut timers = BTreeMap::new();
    for (name, least, code) in [("Inactive", 60_000, 50375), ("Closed", 600_000, 50376)] {
        let Some(text) = call.field(&format!("Timers.{name}")) else { continue };
        match duration_ms(text) {
            Some(0) => {}
            Some(length) if length >= least => {
                timers.insert(name.to_owned(), text.to_owned());
            }
            Some(_) => return Err(Refusal::new(400, code, format!("Timers.{name} is too short"))),
            None => return Err(Refusal::invalid(format!("Timers.{name} is not an ISO 8601 duration"))),
        }
    }
    Ok(timers)
}

fn create_conversation(state: &mut TwilioState, call: &Call<'_>) -> Done {
    call.only(&[
        "FriendlyName",
        "UniqueName",
        "Attributes",
        "State",
        "Timers.Inactive",
        "Timers.Closed",
        "MessagingServiceSid",
    ])?;
    let attributes = attributes(call, ATTRIBUTES_MAX)?;
    if call.field("FriendlyName").is_some_and(|name| name.chars().count() > 256) {
        return Err(Refusal::invalid("FriendlyName is longer than 256 characters"));
    }
    let timers = timers(call)?;
    let given_state = call.field("State");
    if !timers.is_empty() && given_state.is_none() {
        return Err(Refusal::new(400, 50382, "A timer at creation needs a state"));
    }
    if given_state.is_some_and(|given| !matches!(given, "active" | "inactive" | "initializing")) {
        return Err(Refusal::invalid("State at creation is active or inactive"));
    }
    let unique_name = call.field("UniqueName").filter(|name| !name.is_empty());
    if unique_name.is_some_and(|name| state.names.contains_key(name)) {
        return Err(Refusal::new(409, 50353, "Conversation with provided unique name already exists"));
    }
    let now = now_ms();
    let conversation = Conversation {
        sid: sid("CH"),
        unique_name: unique_name.map(str::to_owned),
        friendly_name: call.field("FriendlyName").map(str::to_owned),
        attributes: attributes.unwrap_or_else(|| "{}".into()),
        state: given_state.unwrap_or("active").to_owned(),
        created_ms: now,
        updated_ms: now,
        participants: Vec::new(),
        messages: Vec::new(),
        webhooks: Vec::new(),
        next_index: 0,
        timers,
        number: state.number(),
    };
    if let Some(name) = unique_name {
        state.names.insert(name.to_owned(), conversation.sid.clone());
    }
    let object = state.conversation_object(&conversation);
    state.conversations.insert(conversation.sid.clone(), conversation);
    Ok(Reply::json(201, &object))
}

fn update_conversation(state: &mut TwilioState, call: &Call<'_>, sid: &str) -> Done {
    call.only(&["FriendlyName", "UniqueName", "Attributes", "State", "Timers.Inactive", "Timers.Closed"])?;
    let attributes = attributes(call, ATTRIBUTES_MAX)?;
    let timers = timers(call)?;
    let unique_name = call.field("UniqueName").map(str::to_owned);
    if unique_name.as_ref().is_some_and(|name| state.names.get(name).is_some_and(|owner| owner != sid)) {
        return Err(Refusal::new(409, 50353, "Conversation with provided unique name already exists"));
    }
    let new_state = call.field("State").map(str::to_owned);
    let conversation = open(state, sid)?;
    let mut changed = false;
    if let Some(attributes) = attributes {
        conversation.attributes = attributes;
        changed = true;
    }
    if let Some(name) = call.field("FriendlyName") {
        conversation.friendly_name = Some(name.to_owned());
        changed = true;
    }
    conversation.timers.extend(timers);
    conversation.updated_ms = now_ms();
    if let Some(name) = unique_name {
        conversation.unique_name = Some(name.clone());
        state.names.insert(name, sid.to_owned());
    }
    if changed && call.fires {
        let conversation = &state.conversations[sid];
        let fields = vec![
            ("ConversationSid".to_owned(), sid.to_owned()),
            ("DateCreated".into(), twilio_time_ms(conversation.created_ms)),
            ("DateUpdated".into(), twilio_time_ms(conversation.updated_ms)),
            ("Attributes".into(), conversation.attributes.clone()),
            ("State".into(), conversation.state.clone()),
            ("MessagingServiceSid".into(), state.messaging_service_sid.clone()),
        ];
        state.fire(sid, "onConversationUpdated", &Source::Api, &fields);
    }
    if let Some(new_state) = new_state {
        set_state(state, sid, &new_state, "API", call.fires);
    }
    Ok(Reply::json(200, &state.conversation_object(&state.conversations[sid])))
}

/// Moves a conversation to another state and tells the webhooks. `reason` is `API`, `TIMER` or `EVENT`.
pub(super) fn set_state(state: &mut TwilioState, sid: &str, to: &str, reason: &str, fires: bool) {
    let Some(conversation) = state.conversations.get_mut(sid) else { return };
    if conversation.state == to || conversation.state == "closed" {
        return;
    }
    let from = std::mem::replace(&mut conversation.state, to.to_owned());
    conversation.updated_ms = now_ms();
    let fields = vec![
        ("ConversationSid".to_owned(), sid.to_owned()),
        ("StateUpdated".into(), twilio_time_ms(conversation.updated_ms)),
        ("StateFrom".into(), from),
        ("StateTo".into(), to.to_owned()),
        ("Reason".into(), reason.to_owned()),
        ("MessagingServiceSid".into(), state.messaging_service_sid.clone()),
    ];
    if fires {
        state.fire(sid, "onConversationStateUpdated", &Source::Api, &fields);
    }
}

fn participant_fields(conversation: &str, participant: &Participant) -> Vec<(String, String)> {
    vec![
        ("ConversationSid".to_owned(), conversation.to_owned()),
        ("ParticipantSid".into(), participant.sid.clone()),
        ("DateCreated".into(), twilio_time_ms(participant.created_ms)),
        ("Identity".into(), participant.identity.clone()),
        ("RoleSid".into(), participant.role_sid.clone()),
        ("Attributes".into(), participant.attributes.clone()),
        ("MessagingBinding.Type".into(), "chat".into()),
    ]
}

fn create_participant(state: &mut TwilioState, call: &Call<'_>, sid: &str) -> Done {
    call.only(&["Identity", "Attributes", "RoleSid"])?;
    let identity = call.required("Identity")?.to_owned();
    if identity.chars().count() > 256 {
        return Err(Refusal::invalid("Identity is longer than 256 characters"));
    }
    let attributes = attributes(call, SMALL_ATTRIBUTES_MAX)?;
    let role = call.field("RoleSid").map_or_else(|| state.user_role_sid.clone(), str::to_owned);
    let participant =
        add_participant(state, sid, &identity, attributes.unwrap_or_else(|| "{}".into()), role, call.fires)?;
    Ok(Reply::json(201, &state.participant_object(sid, &participant)))
}

/// Adds a participant, for the API and for Flex.
pub(super) fn add_participant(
    state: &mut TwilioState,
    conversation_sid: &str,
    identity: &str,
    attributes: String,
    role_sid: String,
    fires: bool,
) -> Result<Participant, Refusal> {
    let conversation = open(state, conversation_sid)?;
    if conversation.participants.iter().any(|participant| participant.identity == identity) {
        return Err(Refusal::new(409, 50433, "Participant already exists"));
    }
    if conversation.participants.len() >= 1000 {
        return Err(Refusal::new(400, 50417, "Conversation participants limit exceeded"));
    }
    let now = now_ms();
    let participant = Participant {
        sid: sid("MB"),
        identity: identity.to_owned(),
        attributes,
        role_sid,
        created_ms: now,
        updated_ms: now,
    };
    conversation.participants.push(participant.clone());
    if fires {
        state.fire(
            conversation_sid,
            "onParticipantAdded",
            &Source::Api,
            &participant_fields(conversation_sid, &participant),
        );
    }
    Ok(participant)
}

/// Takes a participant out, for the API and for Flex.
pub(super) fn remove_participant(state: &mut TwilioState, conversation_sid: &str, identity_or_sid: &str, fires: bool) {
    let Some(conversation) = state.conversations.get_mut(conversation_sid) else { return };
    let is_meant =
        |participant: &Participant| participant.sid == identity_or_sid || participant.identity == identity_or_sid;
    let Some(at) = conversation.participants.iter().position(is_meant) else { return };
    let participant = conversation.participants.remove(at);
    if fires {
        let mut fields = participant_fields(conversation_sid, &participant);
        fields.push(("DateUpdated".into(), twilio_time_ms(participant.updated_ms)));
        fields.push(("DateRemoved".into(), twilio_time_ms(now_ms())));
        state.fire(conversation_sid, "onParticipantRemoved", &Source::Api, &fields);
    }
}

fn one_participant(state: &mut TwilioState, call: &Call<'_>, sid: &str, at: &str) -> Done {
    let found = state.conversations[sid].participants.iter().find(|one| one.sid == at || one.identity == at).cloned();
    let found = found.ok_or_else(|| Refusal::new(404, 50432, "Participant not found"))?;
    match call.method {
        "GET" => Ok(Reply::json(200, &state.participant_object(sid, &found))),
        "DELETE" => {
            open(state, sid)?;
            remove_participant(state, sid, &found.sid, call.fires);
            Ok(Reply::empty(204))
        }
        "POST" => {
            call.only(&["Attributes", "RoleSid", "Identity"])?;
            let attributes = attributes(call, SMALL_ATTRIBUTES_MAX)?;
            let stored = open(state, sid)?.participants.iter_mut().find(|one| one.sid == found.sid);
            let stored = stored.ok_or_else(|| Refusal::new(404, 50432, "Participant not found"))?;
            if let Some(attributes) = attributes {
                stored.attributes = attributes;
            }
            stored.updated_ms = now_ms();
            let stored = stored.clone();
            Ok(Reply::json(200, &state.participant_object(sid, &stored)))
        }
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

fn check_body(body: &str) -> Result<(), Refusal> {
    if body.len() > BODY_MAX {
        return Err(Refusal::new(400, 50504, "Message body parameter is too long"));
    }
    Ok(())
}

fn create_message(state: &mut TwilioState, call: &Call<'_>, sid: &str) -> Done {
    call.only(&["Author", "Body", "Attributes", "MediaSid"])?;
    let body = call.field("Body").unwrap_or_default();
    check_body(body)?;
    let media =
        match call.field("MediaSid") {
            None if body.is_empty() => return Err(Refusal::invalid("Body or MediaSid is required")),
            None => Vec::new(),
            Some(sid) => {
                let media = state.message_media(sid).filter(|_| state.media[sid].message.is_none());
                vec![media.ok_or_else(|| {
                    Refusal::invalid("MediaSid is of no file, or of one that is in a message already")
                })?]
            }
        };
    let attributes = attributes(call, SMALL_ATTRIBUTES_MAX)?.unwrap_or_else(|| "{}".into());
    let author = call.field("Author").unwrap_or("system");
    let message = add_message_with(state, sid, author, body, attributes, media, call.fires.then_some(&Source::Api))?;
    Ok(Reply::json(201, &state.message_object(sid, &message)))
}

/// Adds a message, for the API, for agents and for Studio. Without a source it fires nothing.
pub(super) fn add_message(
    state: &mut TwilioState,
    conversation_sid: &str,
    author: &str,
    body: &str,
    attributes: String,
    fires: Option<&Source>,
) -> Result<Message, Refusal> {
    add_message_with(state, conversation_sid, author, body, attributes, Vec::new(), fires)
}

/// [`add_message`] with files that are uploaded already.
pub(super) fn add_message_with(
    state: &mut TwilioState,
    conversation_sid: &str,
    author: &str,
    body: &str,
    attributes: String,
    media: Vec<MessageMedia>,
    fires: Option<&Source>,
) -> Result<Message, Refusal> {
    let messaging_service_sid = state.messaging_service_sid.clone();
    let age = u64::try_from(state.options.message_age.as_millis()).unwrap_or(u64::MAX);
    let conversation = open(state, conversation_sid)?;
    let now = now_ms();
    let written = now.saturating_sub(age);
    let participant_sid =
        conversation.participants.iter().find(|one| one.identity == author).map(|one| one.sid.clone());
    let message = Message {
        sid: sid("IM"),
        index: conversation.next_index,
        author: author.to_owned(),
        body: body.to_owned(),
        attributes,
        participant_sid,
        created_ms: written,
        updated_ms: written,
        deleted: false,
        fired: fires.is_some(),
        media,
    };
    conversation.next_index += 1;
    conversation.updated_ms = now;
    conversation.messages.push(message.clone());
    let was_inactive = conversation.state == "inactive";
    for file in &message.media {
        if let Some(stored) = state.media.get_mut(&file.sid) {
            stored.message = Some(message.sid.clone());
        }
    }
    if was_inactive {
        set_state(state, conversation_sid, "active", "EVENT", fires.is_some());
    }
    if let Some(source) = fires {
        let mut fields = TwilioState::message_fields(conversation_sid, &message);
        fields.push(("MessagingServiceSid".into(), messaging_service_sid));
        state.fire(conversation_sid, "onMessageAdded", source, &fields);
    }
    Ok(message)
}

fn message_not_found(at: &str) -> Refusal {
    Refusal::not_found(&format!("/Messages/{at}"))
}

/// Changes a message, for the API and for agents.
pub(super) fn edit_message(
    state: &mut TwilioState,
    conversation_sid: &str,
    at: &str,
    body: Option<&str>,
    attributes: Option<String>,
    fires: Option<&Source>,
) -> Result<Message, Refusal> {
    let stored = open(state, conversation_sid)?.messages.iter_mut().find(|one| one.sid == at && !one.deleted);
    let stored = stored.ok_or_else(|| message_not_found(at))?;
    if let Some(body) = body {
        body.clone_into(&mut stored.body);
    }
    if let Some(attributes) = attributes {
        stored.attributes = attributes;
    }
    // Two edits within a millisecond still differ: the time is part of what tells them apart.
    stored.updated_ms = now_ms().max(stored.updated_ms + 1);
    let message = stored.clone();
    if let Some(source) = fires {
        let mut fields = TwilioState::message_fields(conversation_sid, &message);
        fields.push(("DateUpdated".into(), twilio_time_ms(message.updated_ms)));
        state.fire(conversation_sid, "onMessageUpdated", source, &fields);
    }
    Ok(message)
}

/// Removes a message, for the API and for agents.
pub(super) fn delete_message(
    state: &mut TwilioState,
    conversation_sid: &str,
    at: &str,
    fires: Option<&Source>,
) -> Result<(), Refusal> {
    let stored = open(state, conversation_sid)?.messages.iter_mut().find(|one| one.sid == at && !one.deleted);
    let stored = stored.ok_or_else(|| message_not_found(at))?;
    stored.deleted = true;
    let message = stored.clone();
    if let Some(source) = fires {
        let mut fields = TwilioState::message_fields(conversation_sid, &message);
        fields.push(("DateUpdated".into(), twilio_time_ms(message.updated_ms)));
        fields.push(("DateRemoved".into(), twilio_time_ms(now_ms())));
        state.fire(conversation_sid, "onMessageRemoved", source, &fields);
    }
    Ok(())
}

fn one_message(state: &mut TwilioState, call: &Call<'_>, sid: &str, at: &str) -> Done {
    let fires = call.fires.then_some(&Source::Api);
    match call.method {
        "GET" => {
            let found = state.conversations[sid].messages.iter().find(|one| one.sid == at && !one.deleted);
            let found = found.ok_or_else(|| message_not_found(at))?;
            Ok(Reply::json(200, &state.message_object(sid, found)))
        }
        "POST" => {
            call.only(&["Author", "Body", "Attributes"])?;
            check_body(call.field("Body").unwrap_or_default())?;
            let attributes = attributes(call, SMALL_ATTRIBUTES_MAX)?;
            let message = edit_message(state, sid, at, call.field("Body"), attributes, fires)?;
            Ok(Reply::json(200, &state.message_object(sid, &message)))
        }
        "DELETE" => {
            delete_message(state, sid, at, fires)?;
            Ok(Reply::empty(204))
        }
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

fn create_webhook(state: &mut TwilioState, call: &Call<'_>, sid_of: &str) -> Done {
    call.only(&[
        "Target",
        "Configuration.Url",
        "Configuration.Method",
        "Configuration.Filters",
        "Configuration.FlowSid",
        "Configuration.ReplayAfter",
    ])?;
    let target = call.required("Target")?.to_owned();
    let filters = call.fields("Configuration.Filters");
    if let Some(unknown) = filters.iter().find(|filter| !EVENTS.contains(&filter.as_str())) {
        return Err(Refusal::new(400, 50364, format!("{unknown} is not an event of scoped webhooks")));
    }
    let mut webhook = ScopedWebhook {
        sid: sid("WH"),
        target: target.clone(),
        url: None,
        method: call.field("Configuration.Method").unwrap_or("POST").to_ascii_uppercase(),
        filters,
        flow_sid: None,
        replay_after: call.field("Configuration.ReplayAfter").and_then(|text| text.parse().ok()),
        created_ms: now_ms(),
    };
    match target.as_str() {
        "webhook" => {
            let url = call.required("Configuration.Url")?;
            if url.chars().count() > 512 {
                return Err(Refusal::new(400, 50372, "Conversation webhook URL is too long"));
            }
            webhook.url = Some(url.to_owned());
        }
        "studio" => {
            let flow = call.required("Configuration.FlowSid")?;
            if !state.flows.contains_key(flow) {
                return Err(Refusal::invalid(format!("Studio flow {flow} was not found")));
            }
            webhook.flow_sid = Some(flow.to_owned());
            // Observed with flows: without a filter they hear of messages.
            if webhook.filters.is_empty() {
                webhook.filters.push("onMessageAdded".into());
            }
        }
        _ => return Err(Refusal::invalid("Target is webhook, studio or trigger; triggers are not simulated")),
    }
    let conversation = open(state, sid_of)?;
    if conversation.webhooks.len() >= 5 {
        return Err(Refusal::new(400, 50361, "Too many conversation webhooks"));
    }
    conversation.webhooks.push(webhook.clone());
    if let Some(from) = webhook.replay_after {
        let conversation = conversation.clone();
        state.replay(&conversation, &webhook.sid, from);
    }
    Ok(Reply::json(201, &state.webhook_object(sid_of, &webhook)))
}

fn one_webhook(state: &mut TwilioState, call: &Call<'_>, sid: &str, at: &str) -> Done {
    let found = state.conversations[sid].webhooks.iter().position(|webhook| webhook.sid == at);
    let found = found.ok_or_else(|| Refusal::not_found(&format!("/Conversations/{sid}/Webhooks/{at}")))?;
    match call.method {
        "GET" => Ok(Reply::json(200, &state.webhook_object(sid, &state.conversations[sid].webhooks[found]))),
        "DELETE" => {
            open(state, sid)?.webhooks.remove(found);
            Ok(Reply::empty(204))
        }
        "POST" => {
            call.only(&[
                "Configuration.Url",
                "Configuration.Method",
                "Configuration.Filters",
                "Configuration.FlowSid",
            ])?;
            let webhook = &mut open(state, sid)?.webhooks[found];
            if let Some(url) = call.field("Configuration.Url") {
                webhook.url = Some(url.to_owned());
            }
            if let Some(flow) = call.field("Configuration.FlowSid") {
                webhook.flow_sid = Some(flow.to_owned());
            }
            let filters = call.fields("Configuration.Filters");
            if !filters.is_empty() {
                webhook.filters = filters;
            }
            let webhook = webhook.clone();
            Ok(Reply::json(200, &state.webhook_object(sid, &webhook)))
        }
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

fn participant_conversations(state: &TwilioState, call: &Call<'_>) -> Done {
    call.only_query(&["Identity", "Address"])?;
    let Some(identity) = call.asked("Identity") else {
        return Err(Refusal::invalid("Identity or Address is required"));
    };
    let mut items = Vec::new();
    for conversation in state.conversations() {
        let Some(participant) = conversation.participants.iter().find(|one| one.identity == identity) else { continue };
        let url = format!("https://conversations.twilio.com/v1/Conversations/{}", conversation.sid);
        items.push(json!({
            "account_sid": state.options.account_sid, "chat_service_sid": state.options.chat_service_sid,
            "participant_sid": participant.sid, "participant_user_sid": null, "participant_identity": identity,
            "participant_messaging_binding": null, "conversation_sid": conversation.sid,
            "conversation_unique_name": conversation.unique_name, "conversation_friendly_name": conversation.friendly_name,
            "conversation_attributes": conversation.attributes, "conversation_date_created": twilio_time(conversation.created_ms),
            "conversation_date_updated": twilio_time(conversation.updated_ms), "conversation_created_by": "system",
            "conversation_state": conversation.state, "conversation_timers": {},
            "links": {"participant": format!("{url}/Participants/{}", participant.sid), "conversation": url},
        }));
    }
    call.page("conversations", &items, 50)
}
