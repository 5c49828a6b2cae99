//! A conversation's webhook: takes what is for the person into the outbox, and answers.
//!
//! Twilio waits 5 s and never calls again, so nothing else happens here; `deliver` does the work.

use anyhow::Context;
use desk::connect::Connector;
use desk::webhook::Webhook;
use domain::conversation::AgentEvent;
use domain::delivery::{AgentLine, Delivery, Outgoing};
use domain::echo;
use lambda_http::{Body, Error, Request, Response};
use queues::Queue;
use runtime::answer::{WebhookError, no_content, webhook_error};
use tracing::{debug, info};
use twilio::webhook::{self, ConversationEvent, ConversationState, Media, MessageAdded};

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
    Ok(match forward(deps, &request).await {
        Ok(()) => no_content(),
        Err(error) => webhook_error(&error),
    })
}

async fn forward(deps: &Deps, request: &Request) -> Result<(), WebhookError> {
    let body = deps.webhook.verified(request)?;
    let event = webhook::conversation_event(body).map_err(|error| WebhookError::Malformed(error.into()))?;
    let Some(outgoing) = event.and_then(outgoing) else {
        debug!("nothing for the person");
        return Ok(());
    };
    deps.outbox.send_outgoing(&outgoing).await.context("put the event into the outbox")?;
    info!(conversation.sid = %outgoing.conversation, "queued an event of the conversation");
    Ok(())
}

/// What of an event is for the person; `None` for echoes and for events that change nothing for them.
fn outgoing(event: ConversationEvent) -> Option<Outgoing> {
    let conversation = event.conversation_sid().clone();
    let delivery = match event {
        ConversationEvent::MessageAdded(message) => Delivery::Line(line(message)?),
        ConversationEvent::MessageUpdated(update) => {
            Delivery::Edited { line: line(update.message)?, date_updated: update.date_updated }
        }
        ConversationEvent::MessageRemoved(removed) => {
            if echo::is_echo(&removed.author, removed.bridge_mark().as_deref()) {
                return None;
            }
            Delivery::Removed {
                message: removed.message_sid,
                index: removed.index,
                date_updated: removed.date_removed.unwrap_or_default(),
            }
        }
        ConversationEvent::StateUpdated(state) => {
            if state.to != ConversationState::Closed {
                return None;
            }
            Delivery::Agents { id: "closed".to_owned(), task: None, event: AgentEvent::Closed }
        }
    };
    Some(Outgoing { conversation, delivery })
}

fn line(message: MessageAdded) -> Option<AgentLine> {
    if echo::is_echo(&message.author, message.bridge_mark().as_deref()) {
        return None;
    }
    let files = message.media.iter().map(Media::to_agent_file).collect();
    let author = Some(message.author).filter(|author| !author.is_empty());
    Some(AgentLine { message: message.message_sid, index: message.index, author, body: message.body, files })
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

    fn check(event: &str) -> Option<Outgoing> {
        let request = recorded(event);
        let body = webhook().verified(&request).unwrap();
        webhook::conversation_event(body).unwrap().and_then(outgoing)
    }

    #[test]
    fn an_agents_line_is_for_the_person() {
        for event in ["message-added-agent", "message-added-file", "message-added-other-system"] {
            assert!(matches!(check(event).unwrap().delivery, Delivery::Line(_)), "{event}");
        }
        let Delivery::Line(line) = check("message-added-file").unwrap().delivery else { panic!("no line") };
        assert_eq!(line.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["map.png"]);
        assert!(line.files[0].can_be_shown());
        assert!(matches!(check("message-updated").unwrap().delivery, Delivery::Edited { .. }));
        assert!(matches!(check("message-removed").unwrap().delivery, Delivery::Removed { .. }));
    }

    #[test]
    fn the_persons_own_line_is_an_echo() {
        assert_eq!(check("message-added-person"), None);
    }

    #[test]
    fn of_a_conversations_states_only_the_end_counts() {
        let closed = check("conversation-closed").unwrap().delivery;
        assert!(matches!(closed, Delivery::Agents { event: AgentEvent::Closed, .. }));
        assert_eq!(check("conversation-inactive"), None);
        assert_eq!(check("participant-added"), None);
        assert_eq!(check("participant-removed"), None);
    }

    #[test]
    fn what_twilio_did_not_sign_is_refused() {
        let refused = |change: fn(&mut Request)| {
            let mut request = recorded("message-added-agent");
            change(&mut request);
            let refused = matches!(webhook().verified(&request), Err(WebhookError::Unverified(_)));
            assert!(refused);
        };
        refused(|request| drop(request.headers_mut().remove("x-twilio-signature")));
        refused(|request| drop(request.headers_mut().insert("x-twilio-signature", "????".parse().unwrap())));
        refused(|request| *request.body_mut() = Body::Text(String::new()));
        refused(|request| *request.body_mut() = Body::Binary(vec![0xff; 64]));
        refused(|request| *request.body_mut() = Body::Text("a".repeat(1024 * 1024)));
        // JSON without bodySHA256: the URL alone would be signed, the body not.
        refused(|request| drop(request.headers_mut().insert("content-type", "application/json".parse().unwrap())));
        let other_base = Webhook { base_url: Some("https://elsewhere.example".to_owned()), ..webhook() };
        assert!(other_base.verified(&recorded("message-added-agent")).is_err());
    }
}
