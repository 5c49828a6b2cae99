//! TaskRouter's callback: the dependable source for *agent joined*, *nobody available* and *agent finished*.
//!
//! TaskRouter waits 15 s; what follows is `deliver`'s, so that it stays in order with the lines.

use anyhow::Context;
use desk::connect::Connector;
use desk::webhook::Webhook;
use domain::conversation::AgentEvent;
use domain::delivery::{Delivery, Outgoing};
use domain::text::for_agents;
use lambda_http::{Body, Error, Request, Response};
use queues::Queue;
use runtime::answer::{WebhookError, no_content, webhook_error};
use tracing::{debug, info};
use twilio::webhook::{self, TaskEvent, TaskEventKind};

/// What this function uses.
pub struct Deps {
    webhook: Webhook,
    outbox: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self { webhook: connector.webhook(), outbox: connector.queue("OUTBOX_QUEUE_URL")? })
    }
}

/// Handles one call.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response<Body>, Error> {
    Ok(match queue(deps, &request).await {
        Ok(()) => no_content(),
        Err(error) => webhook_error(&error),
    })
}

async fn queue(deps: &Deps, request: &Request) -> Result<(), WebhookError> {
    let body = deps.webhook.verified(request)?;
    let event = webhook::task_event(body).map_err(|error| WebhookError::Malformed(error.into()))?;
    let Some(outgoing) = event.as_ref().and_then(outgoing) else {
        debug!("nothing for us");
        return Ok(());
    };
    deps.outbox.send_outgoing(&outgoing).await.context("put the event into the outbox")?;
    info!(conversation.sid = %outgoing.conversation, "queued an event of the task");
    Ok(())
}

/// What of an event concerns a conversation.
fn outgoing(event: &TaskEvent) -> Option<Outgoing> {
    let conversation = event.attributes.conversation_sid.clone()?;
    let happened = match event.kind() {
        TaskEventKind::TaskCreated => AgentEvent::TaskCreated {
            task: event.task_sid.clone(),
            interaction: event.attributes.interaction_sid.clone(),
            interaction_channel: event.attributes.interaction_channel_sid.clone(),
        },
        TaskEventKind::ReservationAccepted => AgentEvent::Joined {
            name: event.worker_full_name.clone().unwrap_or_else(|| for_agents::SOME_AGENT.to_owned()),
            worker: event.worker_sid.clone(),
            identity: event.worker_identity.clone(),
        },
        TaskEventKind::ReservationWrapup | TaskEventKind::TaskWrapup => AgentEvent::Left,
        TaskEventKind::TaskCompleted => AgentEvent::Finished,
        TaskEventKind::TaskCanceled | TaskEventKind::WorkflowTimeout => AgentEvent::NobodyAvailable,
        // A reservation ends with its task; what is deleted was over before.
        TaskEventKind::ReservationCompleted | TaskEventKind::TaskDeleted | TaskEventKind::Other => return None,
    };
    // The same event posted twice is one; another one of its kind on the same task has another reservation or time.
    let id = event.event_sid.clone().unwrap_or_else(|| {
        let parts = [&event.reservation_sid, &event.timestamp].map(|part| part.clone().unwrap_or_default());
        format!("{} {} {}", event.task_sid, event.event_type, parts.join(" "))
    });
    Some(Outgoing {
        conversation,
        delivery: Delivery::Agents { id, task: Some(event.task_sid.clone()), event: happened },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A recorded call, signed with the token that all of `events/twilio` are signed with.
    fn recorded(event: &str) -> Request {
        let path = format!("{}/../../../events/twilio/{event}.json", env!("CARGO_MANIFEST_DIR"));
        lambda_http::request::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn webhook() -> Webhook {
        Webhook { auth_token: "test-auth-token".into(), base_url: None }
    }

    fn check(event: &str) -> Option<AgentEvent> {
        let request = recorded(event);
        let body = webhook().verified(&request).unwrap();
        match webhook::task_event(body).unwrap().as_ref().and_then(outgoing)?.delivery {
            Delivery::Agents { event, .. } => Some(event),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_each_event_means_for_the_conversation() {
        assert!(matches!(check("task-created"), Some(AgentEvent::TaskCreated { interaction_channel: Some(_), .. })));
        let Some(AgentEvent::Joined { name, worker, identity }) = check("reservation-accepted") else {
            panic!("nobody joined")
        };
        assert_eq!((name.as_str(), worker.is_some(), identity.is_some()), ("Alex Agent", true, true));
        assert_eq!(check("reservation-wrapup"), Some(AgentEvent::Left));
        assert_eq!(check("task-wrapup"), Some(AgentEvent::Left));
        assert_eq!(check("task-completed"), Some(AgentEvent::Finished));
        assert_eq!(check("task-canceled"), Some(AgentEvent::NobodyAvailable));
        assert_eq!(check("workflow-timeout"), Some(AgentEvent::NobodyAvailable));
        assert_eq!(check("task-of-another-channel"), None);
    }
}
