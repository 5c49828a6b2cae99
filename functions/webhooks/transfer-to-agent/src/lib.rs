//! The Studio flow's call before *Send to Flex*: claims the transfer, files the case, and says whether the flow shall go on.

use anyhow::Context;
use desk::connect::Connector;
use desk::enriching;
use desk::transferring::{Transfer, Transferring};
use desk::webhook::Webhook;
use domain::conversation::Conversation;
use domain::ids::CaseNumber;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Error, Request, Response};
use runtime::answer::{WebhookError, json_answer, webhook_error};
use serde_json::{Value, json};
use tracing::info;
use twilio::webhook::{self, TransferCall};

/// What this function uses.
pub struct Deps {
    webhook: Webhook,
    transferring: Transferring,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self { webhook: connector.webhook(), transferring: connector.transferring()? })
    }
}

/// Handles one call. The widget takes an answer within 10 s, and only a JSON object.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response<Body>, Error> {
    Ok(match transfer(deps, &request).await {
        Ok(answer) => json_answer(StatusCode::OK, &answer),
        Err(error) => webhook_error(&error),
    })
}

async fn transfer(deps: &Deps, request: &Request) -> Result<Value, WebhookError> {
    let body = deps.webhook.verified(request)?;
    let call = webhook::transfer_call(body).map_err(|error| WebhookError::Malformed(error.into()))?;
    let found = deps.transferring.find(&call.conversation_sid).await?;
    let conversation = found.ok_or(WebhookError::NotFound("no such conversation"))?;
    let transfer = deps.transferring.begin(&conversation, &claimant(&call)).await?;
    if let (Transfer::Ours { .. } | Transfer::OutsideHours { .. }, Some(message)) = (&transfer, &call.message_sid) {
        // Where nobody comes, the sweep would find that the flow never passed it on to the assistant.
        deps.transferring.settle_wish(message).await?;
    }
    match transfer {
        Transfer::Ours { conversation, case, .. } => {
            if call.send_to_flex_failed {
                deps.transferring.send_to_flex(&conversation, true).await.context("create the interaction instead")?;
            }
            info!(conversation.sid = %call.conversation_sid, case.number = %case, "the flow transfers");
            Ok(answer(&deps.transferring, &conversation, Some(case), !call.send_to_flex_failed))
        }
        Transfer::AlreadyUnderWay { case } => {
            info!(conversation.sid = %call.conversation_sid, "somebody else transfers this conversation");
            Ok(answer(&deps.transferring, &conversation, case, false))
        }
        Transfer::OutsideHours { case, .. } => {
            info!(conversation.sid = %call.conversation_sid, case.number = %case, "nobody is there for the flow's transfer");
            Ok(answer(&deps.transferring, &conversation, Some(case), false))
        }
        Transfer::NotOpen => Err(WebhookError::NotFound("the conversation is not open")),
    }
}

/// What the flow puts on the task, and whether it shall go on to *Send to Flex*.
fn answer(
    transferring: &Transferring,
    conversation: &Conversation,
    case: Option<CaseNumber>,
    send_to_flex: bool,
) -> Value {
    let mut answer = enriching::of_the_person(conversation);
    let of_the_case = json!({
        "case_number": case.map(|case| case.0),
        "send_to_flex": send_to_flex,
        "discord_user_id": conversation.person.to_string(),
        "customer_name": conversation.display_name,
        "case_url": case.and_then(|case| transferring.case_url(case)),
    });
    answer.extend(of_the_case.as_object().cloned().unwrap_or_default());
    answer.into()
}

/// Who transfers: the flow's execution, whose second try after a lost answer is still the same one.
fn claimant(call: &TransferCall) -> String {
    match (&call.execution_sid, &call.message_sid) {
        (Some(execution), _) => format!("studio {execution}"),
        (None, Some(message)) => format!("studio {message}"),
        (None, None) => format!("studio {}", call.conversation_sid),
    }
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

    fn call(event: &str) -> TransferCall {
        let request = recorded(event);
        let body = webhook().verified(&request).unwrap();
        webhook::transfer_call(body).unwrap()
    }

    #[test]
    fn a_second_try_of_one_execution_is_the_same_claimant() {
        let (first, failed) = (call("studio-transfer"), call("studio-transfer-failed"));
        assert!(!first.send_to_flex_failed && failed.send_to_flex_failed);
        assert_eq!(claimant(&first), claimant(&failed));
        let other = TransferCall { execution_sid: Some("FN2".to_owned()), ..first.clone() };
        assert_ne!(claimant(&first), claimant(&other));
    }
}
