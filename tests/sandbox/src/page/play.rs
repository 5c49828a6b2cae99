//! What a visitor of the page can do: as the person, as the moderator and as the agent.

mod slash;

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::PageState;
use crate::seed::MODERATE_MEMBERS;
use crate::sims::discord::{DiscordSim, DiscordState, Filled, Modal, Outcome, OutcomeKind, Person, Place};
use crate::sims::twilio::{Agent, TwilioSim};

/// The person that the page plays, until there is one: name and locale.
pub(super) const ADA: (&str, &str) = ("Ada", "en-US");

/// The bot's name in its simulated server.
pub(super) const BOT: &str = "Support";

/// The channel of the server that the page shows.
pub(super) const CHANNEL: &str = "help";

/// Longest body of an act, in bytes: a few files as large as Discord takes, in Base64.
pub(super) const BODY_LENGTH_MAX: usize = 64 * 1024 * 1024;

/// An act on Discord's side, and whose it is.
#[derive(Debug, Deserialize)]
pub(super) struct ByPerson {
    #[serde(default)]
    who: Who,
    #[serde(flatten)]
    act: PersonAct,
}

/// Whom the page plays on Discord.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Who {
    #[default]
    Person,
    Moderator,
}

/// IDs are text: JavaScript's numbers are too short for them. A place is a channel's ID; without one it is the direct messages.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum PersonAct {
    /// `/helpme` in the server.
    Helpme { text: String },
    /// `/message`.
    Message {
        text: String,
        #[serde(default)]
        place: Option<String>,
    },
    /// A slash command, if the text begins with a slash, or else a typed line.
    Write {
        text: String,
        #[serde(default)]
        place: Option<String>,
        #[serde(default)]
        files: Vec<PlayFile>,
    },
    /// A typed line gets another text.
    Edit { message: String, text: String },
    /// A button.
    Click { message: String, custom_id: String },
    /// A choice in a select.
    Choose { message: String, custom_id: String, values: Vec<String> },
    /// The open form.
    Modal { values: BTreeMap<String, Entered> },
    /// Closes the open form without sending it.
    Dismiss {},
    /// The message's menu.
    SendToSupport { message: String },
    /// Whether the person takes direct messages from members of the server.
    AcceptDms { accept: bool },
    /// The language of the person's client, a Discord locale.
    Speak { locale: String },
    /// The person installs the application for themselves.
    Install {},
}

/// An act on Twilio's side.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum AgentAct {
    /// The agent takes a task.
    Accept { task: String },
    /// The agent types.
    Say {
        conversation: String,
        text: String,
        #[serde(default)]
        files: Vec<PlayFile>,
    },
    /// A line of the agent's gets another text.
    Reword { message: String, text: String },
    /// The agent takes a line back.
    Remove { message: String },
    /// The agent leaves the chat, which goes on with the assistant.
    WrapUp { task: String },
    /// The agent ends the chat.
    Complete { task: String },
    /// A token as Flex hands it to its plug-ins; the answer is the token.
    FlexToken { whose: TokenOf },
}

/// One act.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Play {
    Agent(AgentAct),
    Person(ByPerson),
}

/// A file from the visitor's machine.
#[derive(Debug, Deserialize)]
pub(super) struct PlayFile {
    name: String,
    content_type: String,
    /// In Base64.
    content: String,
}

impl PlayFile {
    fn bytes(&self) -> Result<Bytes, String> {
        BASE64_STANDARD
            .decode(&self.content)
            .map(Bytes::from)
            .map_err(|_| format!("{} did not arrive whole", self.name))
    }
}

/// What was put into a field of a form.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entered {
    Text(String),
    Chosen(Vec<String>),
    Files(Vec<PlayFile>),
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
pub(super) fn person(state: &DiscordState) -> Option<Person> {
    state.people().into_iter().filter(|person| !is_moderator(state, *person)).max()
}

/// The moderator that the page plays: the first one.
pub(super) fn moderator(state: &DiscordState) -> Option<Person> {
    state.people().into_iter().filter(|person| is_moderator(state, *person)).min()
}

pub(super) async fn play(State(state): State<PageState>, Json(act): Json<Play>) -> Response {
    let result = match act {
        Play::Agent(act) => match state.handle.simulated_twilio() {
            Some(sim) => as_agent(sim, act).await,
            None => Err("Twilio is not simulated".to_owned()),
        },
        Play::Person(act) => match state.handle.simulated_discord() {
            Some(sim) => as_person(&state, sim, act).await,
            None => Err("Discord is not simulated".to_owned()),
        },
    };
    match result {
        Ok(what) => Json(json!({"ok": true, "what": what})).into_response(),
        Err(why) => (StatusCode::CONFLICT, Json(json!({"ok": false, "what": why}))).into_response(),
    }
}

fn id(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is no ID"))
}

fn place_of(sim: &DiscordSim, person: Person, place: Option<&str>) -> Result<Place, String> {
    let Some(place) = place else { return Ok(Place::Dm) };
    let channel = id(place)?;
    let dm = sim.read(|state| state.user(person).and_then(|user| user.dm));
    Ok(if dm == Some(channel) { Place::Dm } else { Place::Guild(channel) })
}

async fn as_person(state: &PageState, sim: &DiscordSim, ByPerson { who, act }: ByPerson) -> Result<String, String> {
    let person = match who {
        Who::Person => sim.read(person).unwrap_or_else(|| sim.add_person(ADA.0, ADA.1)),
        Who::Moderator => sim.read(moderator).ok_or("there is no moderator")?,
    };
    let outcome = match act {
        PersonAct::Helpme { text } => {
            let options = if text.trim().is_empty() { json!({}) } else { json!({ "question": text }) };
            sim.command(person, Place::Guild(sim.channel(CHANNEL)), "helpme", options).await
        }
        PersonAct::Message { text, place } => {
            let place = place_of(sim, person, place.as_deref())?;
            sim.command(person, place, "message", json!({ "text": text })).await
        }
        PersonAct::Write { text, place, files } => {
            let place = place_of(sim, person, place.as_deref())?;
            match text.trim().strip_prefix('/') {
                Some(command) => {
                    let uploads = upload_all(sim, person, &files)?;
                    let (name, options) = sim.read(|state| {
                        slash::parse(state.commands(), |kind, name| named(state, kind, name), command, uploads)
                    })?;
                    sim.command(person, place, &name, options).await
                }
                None => return write(sim, person, place, &text, &files),
            }
        }
        PersonAct::Edit { message, text } => {
            sim.edit_line(person, id(&message)?, &text);
            return Ok("edited".to_owned());
        }
        PersonAct::Click { message, custom_id } => sim.click(person, id(&message)?, &custom_id).await,
        PersonAct::Choose { message, custom_id, values } => {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            sim.select(person, id(&message)?, &custom_id, &values).await
        }
        PersonAct::SendToSupport { message } => {
            let message = id(&message)?;
            let channel = sim.read(|state| state.message(message).map(|message| message.channel_id.to_string()));
            let place = place_of(sim, person, channel.as_deref())?;
            sim.message_command(person, place, "Send to support", message).await
        }
        PersonAct::Modal { values } => {
            let open = state.modal.lock().expect("no holder of this lock panics").take();
            let (person, modal) = open.ok_or("no form is open")?;
            submit(sim, person, &modal, values).await?
        }
        PersonAct::Dismiss {} => {
            state.modal.lock().expect("no holder of this lock panics").take();
            return Ok("closed".to_owned());
        }
        PersonAct::AcceptDms { accept } => {
            if accept {
                sim.open_dms(person);
            } else {
                sim.close_dms(person);
            }
            return Ok(if accept { "open" } else { "closed" }.to_owned());
        }
        PersonAct::Speak { locale } => {
            sim.set_locale(person, &locale);
            return Ok(locale);
        }
        PersonAct::Install {} => return sim.install_app(person).await.map(|told| format!("told {told} times")),
    };
    told(state, person, outcome)
}

/// A person (type 6) or a channel (type 7) by name or ID.
fn named(state: &DiscordState, kind: u64, name: &str) -> Option<u64> {
    if kind == 7 {
        return state.channel(name);
    }
    let is = |person: &Person| person.to_string() == name || state.user(*person).is_some_and(|user| user.name == name);
    state.people().into_iter().find(is).map(Person::id)
}

/// A line that is typed, which nobody tells the desk of.
fn write(sim: &DiscordSim, person: Person, place: Place, text: &str, files: &[PlayFile]) -> Result<String, String> {
    if text.trim().is_empty() && files.is_empty() {
        return Err("Discord sends no empty message.".to_owned());
    }
    let channel = match place {
        Place::Guild(channel) => channel,
        Place::Dm | Place::OtherDm => sim.dm_channel(person),
    };
    let files = parts(files)?;
    let limit = sim.read(|state| state.user(person).map_or(0, |user| user.upload_limit));
    if let Some((name, ..)) = files.iter().find(|(_, _, bytes)| bytes.len() as u64 > limit) {
        return Err(format!("{name} is larger than this person's Discord sends."));
    }
    // The client makes a mention of the bot's name.
    let text = text.replace(&format!("@{BOT}"), &format!("<@{}>", sim.application_id()));
    sim.send_in(person, channel, &text, &files, json!({}));
    Ok("typed; nobody tells the desk, read-dms finds it within seconds".to_owned())
}

/// Name, content type and bytes of each file.
fn parts(files: &[PlayFile]) -> Result<Vec<(&str, &str, Bytes)>, String> {
    files.iter().map(|file| Ok((file.name.as_str(), file.content_type.as_str(), file.bytes()?))).collect()
}

fn upload_all(sim: &DiscordSim, person: Person, files: &[PlayFile]) -> Result<Vec<u64>, String> {
    files.iter().map(|file| Ok(sim.upload(person, &file.name, &file.content_type, file.bytes()?))).collect()
}

async fn submit(
    sim: &DiscordSim,
    person: Person,
    modal: &Modal,
    values: BTreeMap<String, Entered>,
) -> Result<Outcome, String> {
    let mut filled = Vec::new();
    for (name, entered) in &values {
        let entered = match entered {
            Entered::Text(text) => Filled::Text(text),
            Entered::Chosen(values) => Filled::Select(values.iter().map(String::as_str).collect()),
            Entered::Files(files) => Filled::Files(upload_all(sim, person, files)?),
        };
        filled.push((name.as_str(), entered));
    }
    Ok(sim.submit_form(person, modal, &filled).await)
}

fn told(state: &PageState, person: Person, outcome: Outcome) -> Result<String, String> {
    match outcome.kind {
        OutcomeKind::TooSlow => Err("The application did not respond in time.".to_owned()),
        OutcomeKind::Refused(why) => Err(format!("The application did not respond: {why}")),
        OutcomeKind::Blocked(why) => Err(why),
        kind => {
            if let Some(modal) = outcome.modal {
                *state.modal.lock().expect("no holder of this lock panics") = Some((person, modal));
            }
            Ok(format!("{kind:?}"))
        }
    }
}

async fn as_agent(sim: &TwilioSim, act: AgentAct) -> Result<String, String> {
    let agent: Agent = sim.agents().into_iter().next().unwrap_or_else(|| sim.add_agent("Alex Agent"));
    let done = match act {
        AgentAct::Accept { task } => sim.accept(&agent, &task).await,
        AgentAct::Say { conversation, text, files } if files.is_empty() => {
            sim.say(&agent, &conversation, &text).await.map(|_| ())
        }
        AgentAct::Say { conversation, text, files } => {
            sim.send_files(&agent, &conversation, &text, &parts(&files)?).await.map(|_| ())
        }
        AgentAct::Reword { message, text } => sim.edit(&agent, &message, &text).await,
        AgentAct::Remove { message } => sim.remove(&agent, &message).await,
        AgentAct::WrapUp { task } => sim.wrapup(&agent, &task).await,
        AgentAct::Complete { task } => sim.complete(&agent, &task).await,
        AgentAct::FlexToken { whose: TokenOf::Agent } => return Ok(sim.flex_token(&agent)),
        AgentAct::FlexToken { whose: TokenOf::Guest } => return Ok(sim.guest_token("visitor")),
        AgentAct::FlexToken { whose: TokenOf::Expired } => {
            let token = sim.flex_token(&agent);
            sim.expire_flex_token(&token);
            return Ok(token);
        }
    };
    done.map(|()| "done".to_owned()).map_err(|error| error.to_string())
}
