//! taskrouter.twilio.com.

use serde_json::{Value, json};

use super::api::{Call, Done, Refusal};
use super::state::{Reservation, Task, TwilioState, Worker};
use crate::sims::http::Reply;
use crate::sims::ids::{now_ms, twilio_time};

/// Largest attributes of a task. The documentation tells that there is a limit and not which: the smallest of Twilio's other attributes.
pub(super) const TASK_ATTRIBUTES_BYTES_MAX: usize = 4096;

pub(super) fn route(state: &mut TwilioState, call: &Call<'_>) -> Done {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let (method, rest) = match (call.method, path.as_slice()) {
        ("GET", ["v1", "Workspaces"]) => return call.page("workspaces", &[workspace_object(state)], 1000),
        (method, ["v1", "Workspaces", workspace, rest @ ..]) if *workspace == state.options.workspace_sid => {
            (method, rest)
        }
        _ => return Err(Refusal::not_found(call.raw_path)),
    };
    match (method, rest) {
        ("GET", []) => Ok(Reply::json(200, &workspace_object(state))),
        ("POST", []) => update_workspace(state, call),
        ("GET", ["Tasks"]) => list_tasks(state, call),
        (_, ["Tasks", task, rest @ ..]) => {
            if !state.tasks.contains_key(*task) {
                return Err(Refusal::not_found(call.raw_path));
            }
            one_task(state, call, task, rest)
        }
        ("GET", ["Workflows"]) => call.page("workflows", &[workflow_object(state)], 1000),
        ("GET", ["Workflows", at]) if *at == state.options.workflow_sid => {
            Ok(Reply::json(200, &workflow_object(state)))
        }
        ("GET", ["TaskChannels"]) => call.page("channels", &[task_channel_object(state)], 1000),
        ("GET", ["TaskChannels", at]) if *at == state.options.task_channel_sid || *at == "chat" => {
            Ok(Reply::json(200, &task_channel_object(state)))
        }
        ("GET", ["Workers"]) => {
            let items: Vec<Value> = state.workers.values().map(|worker| worker_object(state, worker)).collect();
            call.page("workers", &items, 1000)
        }
        ("GET", ["Workers", at]) => match state.workers.get(*at) {
            Some(worker) => Ok(Reply::json(200, &worker_object(state, worker))),
            None => Err(Refusal::not_found(call.raw_path)),
        },
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

fn url(state: &TwilioState, rest: &str) -> String {
    format!("https://taskrouter.twilio.com/v1/Workspaces/{}{rest}", state.options.workspace_sid)
}

fn workspace_object(state: &TwilioState) -> Value {
    json!({
        "account_sid": state.options.account_sid, "sid": state.options.workspace_sid, "friendly_name": state.workspace_name,
        "event_callback_url": state.event_callback_url, "events_filter": state.events_filter, "multi_task_enabled": true,
        "default_activity_name": "Offline", "default_activity_sid": null, "timeout_activity_name": "Offline",
        "timeout_activity_sid": null, "prioritize_queue_order": "FIFO", "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z", "url": url(state, ""), "links": {},
    })
}

fn update_workspace(state: &mut TwilioState, call: &Call<'_>) -> Done {
    call.only(&["EventCallbackUrl", "EventsFilter", "FriendlyName"])?;
    if let Some(callback) = call.field("EventCallbackUrl") {
        callback.clone_into(&mut state.event_callback_url);
    }
    if let Some(filter) = call.field("EventsFilter") {
        filter.clone_into(&mut state.events_filter);
    }
    if let Some(name) = call.field("FriendlyName") {
        name.clone_into(&mut state.workspace_name);
    }
    Ok(Reply::json(200, &workspace_object(state)))
}

fn workflow_object(state: &TwilioState) -> Value {
    let sid = &state.options.workflow_sid;
    json!({
        "account_sid": state.options.account_sid, "sid": sid, "friendly_name": "Assign to Anyone",
        "workspace_sid": state.options.workspace_sid, "configuration": "{}", "document_content_type": "application/json",
        "assignment_callback_url": "", "fallback_assignment_callback_url": "", "task_reservation_timeout": 120,
        "date_created": "2026-01-01T00:00:00Z", "date_updated": "2026-01-01T00:00:00Z",
        "url": url(state, &format!("/Workflows/{sid}")), "links": {},
    })
}

fn task_channel_object(state: &TwilioState) -> Value {
    let sid = &state.options.task_channel_sid;
    json!({
        "account_sid": state.options.account_sid, "sid": sid, "friendly_name": "Programmable Chat", "unique_name": "chat",
        "workspace_sid": state.options.workspace_sid, "channel_optimized_routing": true, "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z", "url": url(state, &format!("/TaskChannels/{sid}")), "links": {},
    })
}

fn worker_object(state: &TwilioState, worker: &Worker) -> Value {
    json!({
        "account_sid": state.options.account_sid, "sid": worker.sid, "friendly_name": worker.name, "attributes": worker.attributes(),
        "activity_name": "Available", "activity_sid": null, "available": true, "workspace_sid": state.options.workspace_sid,
        "date_created": "2026-01-01T00:00:00Z", "date_updated": "2026-01-01T00:00:00Z",
        "date_status_changed": "2026-01-01T00:00:00Z", "url": url(state, &format!("/Workers/{}", worker.sid)), "links": {},
    })
}

fn task_object(state: &TwilioState, task: &Task) -> Value {
    json!({
        "account_sid": state.options.account_sid, "age": (now_ms() - task.created_ms) / 1000, "assignment_status": task.status,
        "attributes": task.attributes.to_string(), "addons": "{}", "date_created": twilio_time(task.created_ms),
        "date_updated": twilio_time(task.updated_ms), "task_queue_entered_date": twilio_time(task.created_ms),
        "virtual_start_time": twilio_time(task.created_ms), "priority": task.priority, "reason": task.reason, "sid": task.sid,
        "task_queue_sid": state.task_queue_sid, "task_queue_friendly_name": "Everyone",
        "task_channel_sid": state.options.task_channel_sid, "task_channel_unique_name": "chat", "timeout": task.timeout,
        "workflow_sid": state.options.workflow_sid, "workflow_friendly_name": "Assign to Anyone",
        "workspace_sid": state.options.workspace_sid, "ignore_capacity": false, "routing_target": null,
        "url": url(state, &format!("/Tasks/{}", task.sid)),
        "links": {"reservations": url(state, &format!("/Tasks/{}/Reservations", task.sid)), "workspace": url(state, "")},
    })
}

fn reservation_object(state: &TwilioState, task: &Task, reservation: &Reservation) -> Value {
    json!({
        "account_sid": state.options.account_sid, "sid": reservation.sid, "task_sid": task.sid, "worker_sid": reservation.worker_sid,
        "worker_name": state.workers.get(&reservation.worker_sid).map(|worker| &worker.name), "reservation_status": reservation.status,
        "workspace_sid": state.options.workspace_sid, "date_created": twilio_time(reservation.created_ms),
        "date_updated": twilio_time(task.updated_ms),
        "url": url(state, &format!("/Tasks/{}/Reservations/{}", task.sid, reservation.sid)), "links": {},
    })
}

fn list_tasks(state: &TwilioState, call: &Call<'_>) -> Done {
    call.only_query(&[
        "EvaluateTaskAttributes",
        "AssignmentStatus",
        "WorkflowSid",
        "TaskQueueSid",
        "Ordering",
        "Priority",
    ])?;
    let condition = call.asked("EvaluateTaskAttributes").map(Condition::parse).transpose()?;
    let statuses: Vec<&str> = call
        .query
        .iter()
        .filter(|(name, _)| name == "AssignmentStatus")
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .collect();
    let fits = |task: &&Task| {
        (statuses.is_empty() || statuses.contains(&task.status.as_str()))
            && condition.as_ref().is_none_or(|condition| condition.holds(&task.attributes))
            && call.asked("WorkflowSid").is_none_or(|sid| sid == state.options.workflow_sid)
            && call.asked("TaskQueueSid").is_none_or(|sid| sid == state.task_queue_sid)
            && call.asked("Priority").is_none_or(|priority| priority == task.priority.to_string())
    };
    let mut found: Vec<&Task> = state.tasks().filter(fits).collect();
    order(&mut found, call.asked("Ordering"))?;
    let items: Vec<Value> = found.into_iter().map(|task| task_object(state, task)).collect();
    call.page("tasks", &items, 1000)
}

/// `Priority:desc,DateCreated:asc`: what is named first counts first.
fn order(tasks: &mut [&Task], ordering: Option<&str>) -> Result<(), Refusal> {
    let keys: Vec<&str> = ordering.into_iter().flat_map(|ordering| ordering.split(',')).map(str::trim).collect();
    for key in keys.iter().rev() {
        match *key {
            "Priority:asc" => tasks.sort_by_key(|task| task.priority),
            "Priority:desc" => tasks.sort_by_key(|task| std::cmp::Reverse(task.priority)),
            // Two of one millisecond are told apart by their number.
            "DateCreated:asc" => tasks.sort_by_key(|task| task.number),
            "DateCreated:desc" => tasks.sort_by_key(|task| std::cmp::Reverse(task.number)),
            _ => return Err(Refusal::invalid(format!("Ordering {key:?} is not understood"))),
        }
    }
    Ok(())
}

/// `name == "value" AND other != 'x'`: what of the expression language is needed.
struct Condition(Vec<(String, bool, String)>);

impl Condition {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let wrong = || Refusal::invalid(format!("EvaluateTaskAttributes {text:?} is not understood"));
        let mut terms = Vec::new();
        for term in text.split(" AND ").flat_map(|part| part.split(" and ")) {
            let (name, equal, value) = if let Some((name, value)) = term.split_once("!=") {
                (name, false, value)
            } else if let Some((name, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
                (name, true, value)
            } else {
                return Err(wrong());
            };
            let value = value.trim();
            let unquoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
            // Numbers go without quotes, text does not.
            let value = match unquoted {
                Some(text) => text.to_owned(),
                None if value.parse::<f64>().is_ok() || matches!(value, "true" | "false") => value.to_owned(),
                None => return Err(wrong()),
            };
            terms.push((name.trim().to_owned(), equal, value));
        }
        Ok(Self(terms))
    }

    fn holds(&self, attributes: &Value) -> bool {
        self.0.iter().all(|(name, equal, wanted)| {
            let value = name.split('.').fold(attributes, |value, key| &value[key]);
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (text == *wanted) == *equal
        })
    }
}

fn etag_of(task: &Task) -> String {
    format!("\"{}\"", task.version)
}

fn task_reply(state: &TwilioState, sid: &str) -> Reply {
    let task = &state.tasks[sid];
    Reply::json(200, &task_object(state, task)).with_header("etag", etag_of(task))
}

fn one_task(state: &mut TwilioState, call: &Call<'_>, sid: &str, rest: &[&str]) -> Done {
    match (call.method, rest) {
        ("GET", []) => Ok(task_reply(state, sid)),
        ("POST", []) => {
            call.only(&["Attributes", "Priority", "AssignmentStatus", "Reason"])?;
            if call.if_match.is_some_and(|etag| etag != etag_of(&state.tasks[sid])) {
                return Err(Refusal::new(412, 20412, "The task has been changed since"));
            }
            if call.field("Attributes").is_some_and(|text| text.len() > TASK_ATTRIBUTES_BYTES_MAX) {
                return Err(Refusal::invalid("Attributes are too large"));
            }
            if call.field("AssignmentStatus").is_some() {
                // "Never cancel or delete an interaction's task through TaskRouter, use the interaction channel."
                return Err(Refusal::invalid("The task belongs to a Flex interaction; end it through its channel"));
            }
            let attributes: Option<Value> = match call.field("Attributes").map(serde_json::from_str) {
                Some(Ok(attributes)) => Some(attributes),
                Some(Err(_)) => return Err(Refusal::invalid("Attributes is not a valid JSON string")),
                None => None,
            };
            if let Some(task) = state.tasks.get_mut(sid) {
                if let Some(attributes) = attributes {
                    task.attributes = attributes;
                }
                if let Some(priority) = call.field("Priority").and_then(|text| text.parse().ok()) {
                    task.priority = priority;
                }
                task.updated_ms = now_ms();
                task.version += 1;
            }
            state.task_event(sid, "task.updated");
            Ok(task_reply(state, sid))
        }
        ("GET", ["Reservations"]) => {
            let task = &state.tasks[sid];
            let items: Vec<Value> = task.reservations.iter().map(|one| reservation_object(state, task, one)).collect();
            call.page("reservations", &items, 1000)
        }
        (method, ["Reservations", at]) => {
            let found = state.tasks[sid].reservations.iter().find(|reservation| reservation.sid == *at).cloned();
            let found = found.ok_or_else(|| Refusal::not_found(call.raw_path))?;
            if method == "POST" {
                let done = match call.required("ReservationStatus")? {
                    "accepted" => state.accept_task(sid, &found.worker_sid),
                    "rejected" => state.reject_task(sid, &found.worker_sid),
                    "wrapping" => {
                        state.move_task(sid, "wrapping", None);
                        Ok(())
                    }
                    "completed" => {
                        let interaction = state.tasks[sid].interaction_sid.clone();
                        state.close_channel(&interaction, "closed", true);
                        Ok(())
                    }
                    other => Err(format!("ReservationStatus {other} is not simulated")),
                };
                done.map_err(Refusal::invalid)?;
            }
            let task = &state.tasks[sid];
            let now = task.reservations.iter().find(|reservation| reservation.sid == *at).unwrap_or(&found);
            Ok(Reply::json(200, &reservation_object(state, task, now)))
        }
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attribute_conditions_are_evaluated() {
        let attributes = json!({"conversationSid": "CH1", "case_number": 12, "customers": {"name": "Ada"}});
        let holds = |text: &str| Condition::parse(text).unwrap().holds(&attributes);
        assert!(holds("conversationSid == \"CH1\""));
        assert!(holds("conversationSid = 'CH1' AND case_number == 12"));
        assert!(holds("customers.name == 'Ada'"));
        assert!(!holds("conversationSid != 'CH1'"));
        assert!(Condition::parse("conversationSid == CH1").is_err());
        assert!(Condition::parse("what").is_err());
    }
}
