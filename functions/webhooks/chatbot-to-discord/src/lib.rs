//! The Studio flow's call with a question: takes it into the outbox, and answers.
//!
//! While the flow waits here it drops whatever the person writes (Twilio's warning 81002), so the virtual agent is asked by `deliver`.

use anyhow::Context;
use desk::connect::Connector;
use desk::webhook::Webhook;
use domain::delivery::{Delivery, Outgoing};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Error, Request, Response};
use queues::Queue;
use runtime::answer::{WebhookError, json_answer, webhook_error};
use serde_json::json;
use tracing::info;
use twilio::webhook;

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
        Ok(()) => json_answer(StatusCode::OK, &json!({ "queued": true })),
        Err(error) => webhook_error(&error),
    })
}

async fn queue(deps: &Deps, request: &Request) -> Result<(), WebhookError> {
    let body = deps.webhook.verified(request)?;
    let call = webhook::chatbot_call(body).map_err(|error| WebhookError::Malformed(error.into()))?;
    let ask = Delivery::Ask { message: call.message_sid, question: call.body };
    let outgoing = Outgoing { conversation: call.conversation_sid, delivery: ask };
    deps.outbox.send_outgoing(&outgoing).await.context("put the question into the outbox")?;
    info!(conversation.sid = %outgoing.conversation, "queued a question");
    Ok(())
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

    #[test]
    fn a_question_is_read_from_studios_signed_json() {
        let request = recorded("studio-chatbot");
        let body = webhook().verified(&request).unwrap();
        let call = webhook::chatbot_call(body).unwrap();
        assert!(!call.body.is_empty());
        let mut forged = recorded("studio-chatbot");
        *forged.body_mut() = Body::Text("{}".to_owned());
        assert!(webhook().verified(&forged).is_err(), "the hash in the URL is of another body");
    }
}
