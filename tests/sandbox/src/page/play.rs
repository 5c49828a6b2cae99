//! What a visitor of the page can do, as the person and as the agent.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::json;

use super::PageState;
use crate::seed::MODERATE_MEMBERS;
use crate::sims::discord::{DiscordSim, DiscordState, Outcome, OutcomeKind, Person, Place};
use crate::sims::twilio::{Agent, TwilioSim};

/// One act. IDs are text: JavaScript's numbers are too short for them.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Play {
    /// `/helpme` in the server.
    Helpme { text: String },
    /// `/message` in the DM.
    Message { text: String },
    /// A typed line in the DM.
    Type { text: String },
    /// A button.
    Click { message: String, custom_id: String },
    /// The open form.
    Modal { values: BTreeMap<String, String> },
    /// Closes the open form without sending it.
    Dismiss {},
    /// The message's menu.
    SendToSupport { message: String },
    /// A button of a card on a board, as the moderator.
    Press { message: String, custom_id: String },
    /// The agent takes a task.
    Accept { task: String },
    /// The agent types.
    Say { conversation: String, text: String },
    /// The agent ends the chat.
    Complete { task: String },
    /// A token as Flex hands it to its plug-ins; the answer is the token.
    FlexToken { whose: TokenOf },
}

/// Whose token it shall be.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TokenOf {
    /// The agent's.
    Agent,
    /// The agent's, from yesterday.
    Expired,
    /// That of a visitor of a web chat.
    Guest,
}

fn is_moderator(state: &DiscordState, person: Person) -> bool {
    state.user(person).is_some_and(|user| user.permissions & MODERATE_MEMBERS != 0)
}

/// The person that the page plays: the newest one who is no moderator.
pub(super) fn person(sim: &DiscordSim) -> Option<Person> {
    sim.read(|state| state.people().into_iter().filter(|person| !is_moderator(state, *person)).max())
}

/// The moderator that the page plays: the first one.
pub(super) fn moderator(sim: &DiscordSim) -> Option<Person> {
    sim.read(|state| state.people().into_iter().filter(|person| is_moderator(state, *person)).min())
}

pub(super) async fn play(State(state): State<PageState>, Json(act): Json<Play>) -> Response {
    let result = match act {
        Play::Accept { .. } | Play::Say { .. } | Play::Complete { .. } | Play::FlexToken { .. } => {
            match state.handle.simulated_twilio() {
                Some(sim) => as_agent(sim, act).await,
                None => Err("Twilio is not simulated".to_owned()),
            }
        }
        act => match state.handle.simulated_discord() {
            Some(sim) => as_person(&state, sim, act).await,
            None => Err("Discord is not simulated".to_owned()),
        },
    };
    match result {
        Ok(what) => Json(json!({"ok": true, "what": what})).into_response(),
        Err(why) => (StatusCode::CONFLICT, Json(json!({"ok": false, "what": why}))).into_response(),
    }
}

async fn as_person(state: &PageState, sim: &DiscordSim, act: Play) -> Result<String, String> {
    let person = person(sim).unwrap_or_else(|| sim.add_person("Ada", "en-US"));
    let id = |text: &str| text.parse::<u64>().map_err(|_| "that is no message ID".to_owned());
    let outcome = match act {
        Play::Helpme { text } => {
            let options = if text.trim().is_empty() { json!({}) } else { json!({ "question": text }) };
            sim.command(person, Place::Guild(sim.channel("help")), "helpme", options).await
        }
        Play::Message { text } => sim.command(person, Place::Dm, "message", json!({ "text": text })).await,
        Play::Type { text } => {
            sim.type_in_dm(person, &text);
            return Ok("typed; nobody tells the desk, read-dms finds it within seconds".to_owned());
        }
        Play::Click { message, custom_id } => sim.click(person, id(&message)?, &custom_id).await,
        Play::Press { message, custom_id } => {
            let moderator = moderator(sim).ok_or("there is no moderator")?;
            sim.click(moderator, id(&message)?, &custom_id).await
        }
        Play::SendToSupport { message } => {
            sim.message_command(person, Place::Dm, "Send to support", id(&message)?).await
        }
        Play::Modal { values } => {
            let open = state.modal.lock().expect("no holder of this lock panics").take();
            let modal = open.ok_or("no form is open")?;
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            sim.submit_modal(person, &modal, &values).await
        }
        Play::Dismiss {} => {
            state.modal.lock().expect("no holder of this lock panics").take();
            return Ok("closed".to_owned());
        }
        Play::Accept { .. } | Play::Say { .. } | Play::Complete { .. } | Play::FlexToken { .. } => {
            return Err("that is for agents".to_owned());
        }
    };
    told(state, outcome)
}

fn told(state: &PageState, outcome: Outcome) -> Result<String, String> {
    match outcome.kind {
        OutcomeKind::TooSlow => Err("The application did not respond in time.".to_owned()),
        OutcomeKind::Refused(why) => Err(format!("The application did not respond: {why}")),
        OutcomeKind::Blocked(why) => Err(why),
        kind => {
            if let Some(modal) = outcome.modal {
                *state.modal.lock().expect("no holder of this lock panics") = Some(modal);
            }
            Ok(format!("{kind:?}"))
        }
    }
}

async fn as_agent(sim: &TwilioSim, act: Play) -> Result<String, String> {
    let agent: Agent = sim.agents().into_iter().next().unwrap_or_else(|| sim.add_agent("Alex Agent"));
    let done = match act {
        Play::Accept { task } => sim.accept(&agent, &task).await,
        Play::Say { conversation, text } => sim.say(&agent, &conversation, &text).await.map(|_| ()),
        Play::Complete { task } => sim.complete(&agent, &task).await,
        Play::FlexToken { whose: TokenOf::Agent } => return Ok(sim.flex_token(&agent)),
        Play::FlexToken { whose: TokenOf::Guest } => return Ok(sim.guest_token("visitor")),
        Play::FlexToken { whose: TokenOf::Expired } => {
            let token = sim.flex_token(&agent);
            sim.expire_flex_token(&token);
            return Ok(token);
        }
        _ => return Err("that is for people".to_owned()),
    };
    done.map(|()| "done".to_owned()).map_err(|error| error.to_string())
}
