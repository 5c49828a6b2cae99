//! Tokens of Flex users, and the service that says whose they are.
//!
//! `POST https://iam.twilio.com/v1/Accounts/{AC}/Tokens/validate` takes and answers JSON; no `OpenAPI` document describes it.

use serde_json::{Value, json};

use super::TwilioSim;
use super::agents::Agent;
use super::api::{Done, Refusal};
use super::state::TwilioState;
use crate::sims::http::{Reply, Request};
use crate::sims::ids::{fresh, now_ms, sid, twilio_time_ms};

/// How long a token works, in milliseconds: an hour.
const TOKEN_LIFE_MS: u64 = 60 * 60 * 1000;

/// A token that was given out.
#[derive(Debug, Clone)]
pub(super) struct Token {
    identity: String,
    /// `None` for guests: visitors of a web chat.
    worker_sid: Option<String>,
    roles: Vec<String>,
    user_sid: String,
    expires_ms: u64,
}

/// `iam.twilio.com`, or with a region in it.
pub(super) fn is_host(host: &str) -> bool {
    host.starts_with("iam.") && host.ends_with(".twilio.com")
}

pub(super) fn route(state: &TwilioState, raw_path: &str, request: &Request) -> Done {
    let wanted = format!("/v1/Accounts/{}/Tokens/validate", state.options.account_sid);
    if request.method != "POST" || raw_path != wanted {
        return Err(Refusal::not_found(raw_path));
    }
    if !request.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        return Err(Refusal::invalid("The body is not application/json"));
    }
    let body: Value = serde_json::from_slice(&request.body).map_err(|_| Refusal::invalid("The body is not JSON"))?;
    let token = body["token"].as_str().ok_or_else(|| Refusal::invalid("Missing required parameter token"))?;
    let Some(found) = state.tokens.get(token) else {
        return Ok(Reply::json(200, &json!({"valid": false, "code": 20101, "message": "Invalid Access Token"})));
    };
    let mut answer = json!({
        "valid": true, "code": 0, "message": null, "expiration": twilio_time_ms(found.expires_ms),
        "realm_user_id": found.user_sid, "identity": found.identity, "roles": found.roles,
        "worker_sid": found.worker_sid,
    });
    if now_ms() >= found.expires_ms {
        answer["valid"] = json!(false);
        answer["code"] = json!(20104);
        answer["message"] = json!("Access Token expired or expiration date invalid");
    }
    Ok(Reply::json(200, &answer))
}

impl TwilioSim {
    /// The token that Flex hands to its plug-ins for an agent who is signed in.
    pub fn flex_token(&self, agent: &Agent) -> String {
        self.flex_token_with_roles(agent, &["agent"])
    }

    /// [`Self::flex_token`] of somebody with other roles, such as `supervisor` or `admin`.
    pub fn flex_token_with_roles(&self, agent: &Agent, roles: &[&str]) -> String {
        self.give_token(&agent.identity, Some(agent.worker_sid.clone()), roles)
    }

    /// The token of a visitor of a web chat: valid, and no worker's.
    pub fn guest_token(&self, identity: &str) -> String {
        self.give_token(identity, None, &["guest"])
    }

    /// Ends the life of a token.
    pub fn expire_flex_token(&self, token: &str) {
        self.core.change(|state| {
            if let Some(token) = state.tokens.get_mut(token) {
                token.expires_ms = 0;
            }
        });
    }

    fn give_token(&self, identity: &str, worker_sid: Option<String>, roles: &[&str]) -> String {
        let token = format!("flex.{}", hex::encode(fresh()));
        let given = Token {
            identity: identity.to_owned(),
            worker_sid,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            user_sid: sid("US"),
            expires_ms: now_ms() + TOKEN_LIFE_MS,
        };
        self.core.change(|state| state.tokens.insert(token.clone(), given));
        token
    }
}
