//! studio.twilio.com, and the engine that runs a flow for real.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bytes::Bytes;
use regex::Regex;
use serde_json::{Map, Value, json};

use super::api::{Call, Done, Refusal};
use super::hooks::{self, Source};
use super::state::{Execution, Flow, TwilioState};
use super::{Core, conversations, template};
use crate::sims::http::{self, NoAnswer, RawAnswer, Reply};
use crate::sims::ids::{sid, twilio_time_ms};
use crate::trace::Kind;

/// How often the same widget may run in one execution.
const VISITS_MAX: usize = 10;
/// Largest answer of Make HTTP Request, in bytes.
const ANSWER_MAX: usize = 64 * 1024;
/// Longest attributes of Send to Flex, in characters.
const FLEX_ATTRIBUTES_MAX: usize = 1024;

/// What goes wrong with a call that a flow makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StudioAction {
    /// The function is called and does its work, but its answer comes after the widget has given up.
    TimesOut,
    /// The function is never called, and the widget fails at once.
    Unreachable,
}

/// A planned fault of Make HTTP Request, or of Send to Flex, which any action makes fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudioFault {
    /// The widget's name, or `*`.
    pub widget: String,
    /// How often.
    pub times: usize,
    /// What.
    pub action: StudioAction,
}

impl StudioFault {
    /// A fault for the next `times` calls of `widget`; `*` is every widget.
    pub fn new(widget: impl Into<String>, times: usize, action: StudioAction) -> Self {
        Self { widget: widget.into(), times, action }
    }
}

pub(super) fn route(state: &mut TwilioState, call: &Call<'_>) -> Done {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method, path.as_slice()) {
        ("POST", ["v2", "Flows", "Validate"]) => {
            let (_, status, definition) = submitted(call, None)?;
            if status == "published" || status == "draft" {
                check(&definition)?;
            }
            Ok(Reply::json(200, &json!({"valid": true})))
        }
        ("POST", ["v2", "Flows"]) => {
            let (name, status, definition) = submitted(call, None)?;
            check(&definition)?;
            let sid = state.store_flow(None, &name, &definition, &status, call.field("CommitMessage"));
            Ok(Reply::json(201, &state.flow_object(&state.flows[&sid])))
        }
        ("GET", ["v2", "Flows"]) => {
            let items: Vec<Value> = state.flows.values().map(|flow| state.flow_object(flow)).collect();
            call.page("flows", &items, 1000)
        }
        (method, ["v2", "Flows", at]) => {
            let flow = state.flows.get(*at).cloned().ok_or_else(|| Refusal::not_found(call.raw_path))?;
            match method {
                "GET" => Ok(Reply::json(200, &state.flow_object(&flow))),
                "POST" => {
                    let (name, status, definition) = submitted(call, Some(&flow))?;
                    check(&definition)?;
                    state.store_flow(Some(at), &name, &definition, &status, call.field("CommitMessage"));
                    Ok(Reply::json(200, &state.flow_object(&state.flows[*at])))
                }
                "DELETE" => {
                    state.flows.remove(*at);
                    Ok(Reply::empty(204))
                }
                _ => Err(Refusal::not_found(call.raw_path)),
            }
        }
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

/// Name, status and definition of a request; an update may leave out what stays.
fn submitted(call: &Call<'_>, old: Option<&Flow>) -> Result<(String, String, Value), Refusal> {
    call.only(&["FriendlyName", "Status", "Definition", "CommitMessage"])?;
    let name = match (call.field("FriendlyName"), old) {
        (Some(name), _) => name.to_owned(),
        (None, Some(flow)) => flow.friendly_name.clone(),
        (None, None) => call.required("FriendlyName")?.to_owned(),
    };
    let status = call.required("Status")?.to_owned();
    if !matches!(status.as_str(), "draft" | "published") {
        return Err(Refusal::invalid("Status is draft or published"));
    }
    let definition = match (call.field("Definition"), old) {
        (Some(text), _) => serde_json::from_str(text).map_err(|_| Refusal::invalid("Definition is not valid JSON"))?,
        (None, Some(flow)) => flow.definition.clone(),
        (None, None) => return Err(Refusal::invalid("Missing required parameter Definition in the post body")),
    };
    Ok((name, status, definition))
}

fn check(definition: &Value) -> Result<(), Refusal> {
    let problems = problems(definition);
    if problems.is_empty() {
        return Ok(());
    }
    let errors: Vec<Value> = problems.iter().map(|problem| json!({"message": problem, "property_path": "#"})).collect();
    Err(Refusal {
        details: Some(json!({"errors": errors})),
        ..Refusal::new(400, 20001, "Flow definition is not valid")
    })
}

/// The transitions a widget type has, and its required properties.
fn widget_kind(kind: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    Some(match kind {
        "trigger" => (
            &["incomingMessage", "incomingCall", "incomingConversationMessage", "incomingRequest", "incomingParent"],
            &[],
        ),
        "split-based-on" => (&["noMatch", "match"], &["input"]),
        "make-http-request" => (&["success", "failed"], &["method", "content_type", "url"]),
        "set-variables" => (&["next"], &["variables"]),
        "send-message" => (&["sent", "failed"], &["body"]),
        "send-to-flex" => (&["callComplete", "failedToEnqueue", "callFailure"], &["workflow", "channel"]),
        _ => return None,
    })
}

const CONDITIONS: [&str; 13] = [
    "equal_to",
    "not_equal_to",
    "matches_any_of",
    "does_not_match_any_of",
    "is_blank",
    "is_not_blank",
    "regex",
    "contains",
    "does_not_contain",
    "starts_with",
    "does_not_start_with",
    "less_than",
    "greater_than",
];

/// What is wrong with a flow definition.
pub(super) fn problems(definition: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    if !definition["description"].is_string() {
        problems.push("description is missing".to_owned());
    }
    let states = definition["states"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names: Vec<&str> = states.iter().filter_map(|state| state["name"].as_str()).collect();
    let initial = definition["initial_state"].as_str().unwrap_or_default();
    if !names.contains(&initial) {
        problems.push(format!("initial_state {initial:?} is no state"));
    }
    for (at, state) in states.iter().enumerate() {
        let name = state["name"].as_str().unwrap_or_default();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            problems.push(format!("states/{at}: the name {name:?} is not valid"));
        }
        if names[..at.min(names.len())].contains(&name) {
            problems.push(format!("{name}: there are two states of this name"));
        }
        let kind = state["type"].as_str().unwrap_or_default();
        let Some((events, required)) = widget_kind(kind) else {
            problems.push(format!("{name}: the type {kind:?} is not known here"));
            continue;
        };
        for property in required {
            if state["properties"][*property].is_null() {
                problems.push(format!("{name}: the property {property} is missing"));
            }
        }
        for transition in state["transitions"].as_array().into_iter().flatten() {
            let event = transition["event"].as_str().unwrap_or_default();
            if !events.contains(&event) {
                problems.push(format!("{name}: the type {kind} has no transition {event:?}"));
            }
            match &transition["next"] {
                Value::Null => {}
                Value::String(next) if names.contains(&next.as_str()) => {}
                next => problems.push(format!("{name}: the transition {event} leads to {next}, which is no state")),
            }
            for condition in transition["conditions"].as_array().into_iter().flatten() {
                let kind = condition["type"].as_str().unwrap_or_default();
                if !CONDITIONS.contains(&kind) {
                    problems.push(format!("{name}: the condition type {kind:?} is not known here"));
                }
                if kind == "regex" && Regex::new(condition["value"].as_str().unwrap_or_default()).is_err() {
                    problems.push(format!("{name}: the regex {} does not compile", condition["value"]));
                }
            }
            if event == "match" && transition["conditions"].as_array().is_none_or(Vec::is_empty) {
                problems.push(format!("{name}: a match without conditions"));
            }
        }
        for text in texts(&state["properties"]) {
            if let Err(error) = template::check(text) {
                problems.push(format!("{name}: {error}"));
            }
        }
    }
    problems
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(object) => object.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// A message reaches a flow: it starts an execution, or is dropped because one is busy.
pub(super) fn message_arrives(
    core: &Arc<Core>,
    flow_sid: &str,
    conversation_sid: &str,
    message_sid: &str,
    source: &Source,
) {
    let started = core.state.change(|state| {
        let busy = state
            .executions
            .iter_mut()
            .find(|one| one.active && one.flow_sid == flow_sid && one.conversation_sid == conversation_sid);
        if let Some(execution) = busy {
            execution.dropped.push(message_sid.to_owned());
            return None;
        }
        let definition = state.flows.get(flow_sid)?.published.clone()?;
        let execution = Execution {
            sid: sid("FN"),
            flow_sid: flow_sid.to_owned(),
            conversation_sid: conversation_sid.to_owned(),
            message_sid: message_sid.to_owned(),
            steps: Vec::new(),
            active: true,
            dropped: Vec::new(),
            problem: None,
        };
        let context = context(state, &execution, source)?;
        state.executions.push(execution.clone());
        Some((execution.sid, definition, context))
    });
    let Some((execution_sid, definition, context)) = started else {
        core.note(
            Kind::Note,
            "81002: the flow is busy or not published, the message is dropped",
            json!({"conversation": conversation_sid, "message": message_sid}),
        );
        return;
    };
    let core = Arc::clone(core);
    let work = core.gate.activity().begin("Studio execution");
    tokio::spawn(async move {
        let _work = work;
        run(&core, &execution_sid, &definition, context).await;
    });
}

/// The variables at the start; what the flow knows of the conversation is from this moment.
fn context(state: &TwilioState, execution: &Execution, source: &Source) -> Option<Value> {
    let conversation = state.conversations.get(&execution.conversation_sid)?;
    let message = conversation.messages.iter().find(|message| message.sid == execution.message_sid)?;
    let attributes: Value = serde_json::from_str(&conversation.attributes).unwrap_or_else(|_| json!({}));
    Some(json!({
        "trigger": {"conversation": {
            "AccountSid": state.options.account_sid, "Body": message.body, "ChannelSid": conversation.sid,
            "ConversationSid": conversation.sid, "DateCreated": twilio_time_ms(message.created_ms), "From": message.author,
            "Author": message.author, "MessageSid": message.sid, "MessagingServiceSid": state.messaging_service_sid,
            "ChannelAttributes": attributes, "Attributes": message.attributes, "Source": source.name(),
            "InstanceSid": state.options.chat_service_sid, "ChatServiceSid": state.options.chat_service_sid,
            "ParticipantSid": message.participant_sid, "Index": message.index, "EventType": "onMessageAdded", "RetryCount": 0,
        }},
        "flow": {
            "flow_sid": execution.flow_sid, "sid": execution.sid, "channel": {"address": conversation.sid}, "variables": {},
        },
        "contact": {"channel": {"address": conversation.sid}},
        "widgets": {},
    }))
}

async fn run(core: &Arc<Core>, execution_sid: &str, definition: &Value, mut context: Value) {
    let mut at = definition["initial_state"].as_str().map(str::to_owned);
    let mut visits: HashMap<String, usize> = HashMap::new();
    let mut problem = None;
    while let Some(name) = at.take() {
        let visited = visits.entry(name.clone()).or_insert(0);
        *visited += 1;
        if *visited > VISITS_MAX {
            problem = Some(format!("the widget {name} ran {VISITS_MAX} times"));
            break;
        }
        let states = definition["states"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(widget) = states.iter().find(|state| state["name"] == name.as_str()) else { break };
        let event = match widget["type"].as_str().unwrap_or_default() {
            "trigger" => Ok("incomingConversationMessage".to_owned()),
            "split-based-on" => {
                match split(widget, &context) {
                    Ok(next) => at = next,
                    Err(why) => problem = Some(why),
                }
                step(core, execution_sid, &name, at.as_deref().unwrap_or("end"));
                continue;
            }
            "set-variables" => set_variables(widget, &mut context),
            "make-http-request" => Ok(http_request(core, widget, &name, &mut context).await),
            "send-message" => send_message(core, widget, &context),
            "send-to-flex" => Ok(send_to_flex(core, widget, &name, &mut context)),
            other => Err(format!("the widget type {other} is not simulated")),
        };
        match event {
            Ok(event) => {
                step(core, execution_sid, &name, &event);
                let transitions = widget["transitions"].as_array().map(Vec::as_slice).unwrap_or_default();
                let taken = transitions.iter().find(|transition| transition["event"] == event.as_str());
                at = taken.and_then(|transition| transition["next"].as_str()).map(str::to_owned);
            }
            Err(why) => problem = Some(why),
        }
    }
    if let Some(why) = &problem {
        core.note(Kind::Note, format!("Studio ended the execution: {why}"), json!({"execution": execution_sid}));
    }
    change_execution(core, execution_sid, |execution| {
        execution.active = false;
        execution.problem = problem;
    });
}

fn step(core: &Arc<Core>, execution_sid: &str, widget: &str, event: &str) {
    core.note(Kind::Note, format!("Studio {widget}: {event}"), json!({"execution": execution_sid}));
    change_execution(core, execution_sid, |execution| execution.steps.push((widget.to_owned(), event.to_owned())));
}

fn change_execution(core: &Arc<Core>, execution_sid: &str, change: impl FnOnce(&mut Execution)) {
    core.state.change(|state| {
        if let Some(execution) = state.executions.iter_mut().rev().find(|execution| execution.sid == execution_sid) {
            change(execution);
        }
    });
}

/// The state that a split leads to.
fn split(widget: &Value, context: &Value) -> Result<Option<String>, String> {
    let transitions = widget["transitions"].as_array().map(Vec::as_slice).unwrap_or_default();
    for transition in transitions.iter().filter(|transition| transition["event"] == "match") {
        let mut holds = true;
        for condition in transition["conditions"].as_array().into_iter().flatten() {
            holds &= condition_holds(condition, &widget["properties"]["input"], context)?;
        }
        if holds {
            return Ok(transition["next"].as_str().map(str::to_owned));
        }
    }
    let otherwise = transitions.iter().find(|transition| transition["event"] == "noMatch");
    Ok(otherwise.and_then(|transition| transition["next"].as_str()).map(str::to_owned))
}

/// Text is compared as it is: what Studio makes of capitals is not established, and a flow that does not care works with both.
fn condition_holds(condition: &Value, input: &Value, context: &Value) -> Result<bool, String> {
    let argument = condition["arguments"][0].as_str().or_else(|| input.as_str()).unwrap_or_default();
    let text = template::render(argument, context)?;
    let wanted = template::render(condition["value"].as_str().unwrap_or_default(), context)?;
    let any_of = || wanted.split(',').map(str::trim).any(|one| one == text.trim());
    let number = |text: &str| text.trim().parse::<f64>().ok();
    Ok(match condition["type"].as_str().unwrap_or_default() {
        "equal_to" => text == wanted,
        "not_equal_to" => text != wanted,
        "matches_any_of" => any_of(),
        "does_not_match_any_of" => !any_of(),
        "is_blank" => text.trim().is_empty(),
        "is_not_blank" => !text.trim().is_empty(),
        "contains" => text.contains(&wanted),
        "does_not_contain" => !text.contains(&wanted),
        "starts_with" => text.starts_with(&wanted),
        "does_not_start_with" => !text.starts_with(&wanted),
        // The whole text has to match: a flow that holds with this also holds where a part is enough, if it begins and ends with `.*`.
        "regex" => compiled(&format!("^(?:{wanted})$"))?.is_match(&text),
        "less_than" => number(&text).zip(number(&wanted)).is_some_and(|(a, b)| a < b),
        "greater_than" => number(&text).zip(number(&wanted)).is_some_and(|(a, b)| a > b),
        other => return Err(format!("the condition type {other} is not simulated")),
    })
}

/// A compiled pattern: compiling is slow, and a flow's patterns are always the same few.
fn compiled(pattern: &str) -> Result<Regex, String> {
    static COMPILED: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().expect("no holder of this lock panics");
    if let Some(regex) = compiled.get(pattern) {
        return Ok(regex.clone());
    }
    let regex = Regex::new(pattern).map_err(|error| error.to_string())?;
    compiled.insert(pattern.to_owned(), regex.clone());
    Ok(regex)
}

fn set_variables(widget: &Value, context: &mut Value) -> Result<String, String> {
    for variable in widget["properties"]["variables"].as_array().into_iter().flatten() {
        let value = template::render(variable["value"].as_str().unwrap_or_default(), context)?;
        context["flow"]["variables"][variable["key"].as_str().unwrap_or_default()] = json!(value);
    }
    Ok("next".to_owned())
}

fn take_fault(core: &Core, widget: &str) -> Option<StudioAction> {
    let mut faults = core.studio_faults.lock().expect("no holder of this lock panics");
    let fits = |fault: &&mut StudioFault| fault.times > 0 && (fault.widget == "*" || fault.widget == widget);
    let found = faults.iter_mut().find(fits);
    let action = found.map(|fault| {
        fault.times -= 1;
        fault.action.clone()
    });
    faults.retain(|fault| fault.times > 0);
    action
}

async fn http_request(core: &Arc<Core>, widget: &Value, name: &str, context: &mut Value) -> String {
    let answer = match take_fault(core, name) {
        Some(StudioAction::Unreachable) => Err("a fault keeps the call from being made".to_owned()),
        Some(StudioAction::TimesOut) => {
            // The function runs while the widget waits in vain. Both go on, and messages are dropped meanwhile.
            let (_, ()) =
                tokio::join!(call_function(core, widget, context), tokio::time::sleep(core.options.studio_limit));
            Err("a fault makes the answer come too late".to_owned())
        }
        None => call_function(core, widget, context).await,
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => {
            core.note(Kind::Note, format!("Studio {name}: {why}"), json!({}));
            context["widgets"][name] = json!({"status_code": null, "body": null});
            return "failed".to_owned();
        }
    };
    let content_type =
        answer.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut result = json!({"status_code": answer.status, "body": answer.text(), "content_type": content_type});
    // Only an object is parsed; an array is not.
    if let Value::Object(parsed) = answer.json() {
        result["parsed"] = Value::Object(parsed);
    }
    context["widgets"][name] = result;
    let fits = (200..300).contains(&answer.status) && answer.body.len() <= ANSWER_MAX;
    if fits { "success" } else { "failed" }.to_owned()
}

async fn call_function(core: &Arc<Core>, widget: &Value, context: &Value) -> Result<RawAnswer, String> {
    let properties = &widget["properties"];
    let text = |key: &str| template::render(properties[key].as_str().unwrap_or_default(), context);
    let (url, method) = (text("url")?, text("method")?);
    let limit = core.options.studio_limit;
    let mut params = Vec::new();
    for parameter in properties["parameters"].as_array().into_iter().flatten() {
        let value = template::render(parameter["value"].as_str().unwrap_or_default(), context)?;
        params.push((parameter["key"].as_str().unwrap_or_default().to_owned(), value));
    }
    let answer = if text("content_type")?.starts_with("application/json") && method.eq_ignore_ascii_case("POST") {
        let body = text("body")?;
        send_json(core, &url, body, limit).await
    } else {
        hooks::send_form(core, &method, &url, &params, limit).await
    };
    answer.map_err(|error| error.to_string())
}

async fn send_json(core: &Arc<Core>, url: &str, body: String, limit: Duration) -> Result<RawAnswer, NoAnswer> {
    let url = hooks::with_body_hash(url, body.as_bytes());
    let headers = [
        ("content-type".to_owned(), "application/json".to_owned()),
        ("x-twilio-signature".to_owned(), hooks::signature(&core.options.auth_token, &url, &[])),
    ];
    http::send(&core.client, "POST", &url, &headers, Bytes::from(body), limit).await
}

/// Send Message: the text is in the conversation, and no scoped webhook hears of it.
fn send_message(core: &Arc<Core>, widget: &Value, context: &Value) -> Result<String, String> {
    let body = template::render(widget["properties"]["body"].as_str().unwrap_or_default(), context)?;
    let conversation = context["flow"]["channel"]["address"].as_str().unwrap_or_default();
    let added =
        core.change(|state| conversations::add_message(state, conversation, "studio", &body, "{}".into(), None));
    Ok(if added.is_ok() { "sent" } else { "failed" }.to_owned())
}

fn send_to_flex(core: &Arc<Core>, widget: &Value, name: &str, context: &mut Value) -> String {
    let properties = &widget["properties"];
    let failed = |why: String| {
        core.note(Kind::Note, format!("Studio {name}: {why}"), json!({}));
        "failedToEnqueue".to_owned()
    };
    if take_fault(core, name).is_some() {
        return failed("a fault keeps the task from being created".to_owned());
    }
    let rendered = match template::render(properties["attributes"].as_str().unwrap_or("{}"), context) {
        Ok(rendered) => rendered,
        Err(why) => return failed(why),
    };
    if rendered.chars().count() > FLEX_ATTRIBUTES_MAX {
        return failed(format!("the attributes are longer than {FLEX_ATTRIBUTES_MAX} characters"));
    }
    let attributes: Map<String, Value> = match serde_json::from_str(&rendered) {
        Ok(Value::Object(attributes)) => attributes,
        _ => return failed(format!("the attributes are no JSON object: {rendered}")),
    };
    let options = &core.options;
    if properties["workflow"] != options.workflow_sid.as_str()
        || properties["channel"] != options.task_channel_sid.as_str()
    {
        return failed(format!(
            "workflow {} or channel {} is not in the workspace",
            properties["workflow"], properties["channel"]
        ));
    }
    let conversation = context["flow"]["channel"]["address"].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| properties[key].as_u64().or_else(|| properties[key].as_str()?.parse().ok());
    let priority = i64::try_from(number("priority").unwrap_or(0)).unwrap_or(0);
    let timeout = number("timeout").unwrap_or(3600);
    let created = core.change(|state| {
        let customer = state
            .conversations
            .get(&conversation)?
            .participants
            .first()
            .map(|one| one.identity.clone())
            .unwrap_or_default();
        // What Send to Flex adds by itself; the widget's own attributes win.
        let mut all = Map::new();
        for key in ["customerAddress", "from", "name", "customerName"] {
            all.insert(key.to_owned(), json!(customer));
        }
        all.extend(attributes);
        let interaction = state.create_interaction(&conversation, "web", all, priority, timeout);
        state.interactions[&interaction].task_sid.clone()
    });
    match created {
        Some(task) => {
            context["widgets"][name] = json!({"sid": task});
            "callComplete".to_owned()
        }
        None => failed("no task was created".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(kind: &str, value: &str, text: &str) -> bool {
        let condition = json!({"type": kind, "arguments": ["{{trigger.text}}"], "value": value});
        condition_holds(&condition, &Value::Null, &json!({"trigger": {"text": text}})).unwrap()
    }

    #[test]
    fn every_condition_type_is_decided() {
        assert!(holds("equal_to", "true", "true") && !holds("equal_to", "true", "false"));
        assert!(holds("not_equal_to", "a", "b"));
        assert!(holds("matches_any_of", "agent, human", "human") && !holds("matches_any_of", "agent, human", "bot"));
        assert!(holds("does_not_match_any_of", "agent, human", "bot"));
        assert!(holds("is_blank", "", " ") && holds("is_not_blank", "", "x"));
        assert!(holds("regex", "(?i).*agent.*", "an Agent please") && !holds("regex", "agent", "an agent"));
        assert!(holds("contains", "gent", "agent") && holds("does_not_contain", "x", "agent"));
        assert!(holds("starts_with", "ag", "agent") && holds("does_not_start_with", "x", "agent"));
        assert!(holds("less_than", "10", "9") && holds("greater_than", "9", "10"));
    }

    #[test]
    fn a_definition_with_mistakes_is_refused() {
        let state = |name: &str, kind: &str, next: &str| json!({"name": name, "type": kind, "properties": {"input": "{{a}}"}, "transitions": [{"event": "noMatch", "next": next}]});
        let flow = |states: Vec<Value>| json!({"description": "x", "initial_state": "a", "states": states});
        assert_eq!(problems(&flow(vec![state("a", "split-based-on", "a")])), Vec::<String>::new());
        assert_eq!(problems(&flow(vec![state("a", "split-based-on", "b")])).len(), 1);
        assert_eq!(problems(&flow(vec![state("b", "split-based-on", "b")])).len(), 1);
        assert_eq!(problems(&flow(vec![state("a", "dance", "a")])).len(), 1);
        assert_eq!(problems(&flow(vec![state("a", "trigger", "a")])).len(), 1);
    }
}
