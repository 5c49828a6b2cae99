//! People: they type, press and fill in, and see what comes of it.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::payload::{self, Checked, Refusal, Route};
use super::state::{DiscordState, Interaction, Person, Place, SimMessage, TOKEN_LIFE_MS, User};
use super::{Core, DiscordSim, new_token};
use crate::sims::contract;
use crate::sims::http::NoAnswer;
use crate::sims::ids::now_ms;
use crate::trace::Kind;

/// What came of an interaction, as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutcomeKind {
    /// A message.
    Message,
    /// "… is thinking".
    Deferred,
    /// Nothing to see; the message with the button may change later.
    DeferredUpdate,
    /// The message with the button changed.
    Updated,
    /// A form.
    Modal,
    /// Suggestions.
    Choices,
    /// Answered over the API, and acknowledged with 202.
    CalledBack,
    /// "The application did not respond": no answer in time.
    TooSlow,
    /// "The application did not respond": not an answer that Discord takes, and why.
    Refused(String),
    /// The client does not even send it, and why.
    Blocked(String),
}

/// The outcome of one interaction.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// HTTP status of the endpoint; 0 when there was none.
    pub status: u16,
    /// What happened.
    pub kind: OutcomeKind,
    /// The form, if one opened.
    pub modal: Option<Modal>,
    /// The message, the placeholder or the changed message, as it was at that moment.
    pub message: Option<SimMessage>,
    /// Suggestions of an autocomplete.
    pub choices: Option<Value>,
    /// The interaction's ID; 0 when it was not sent.
    pub interaction_id: u64,
    /// The interaction's token.
    pub token: String,
}

impl Outcome {
    fn blocked(why: impl Into<String>) -> Self {
        Self {
            status: 0,
            kind: OutcomeKind::Blocked(why.into()),
            modal: None,
            message: None,
            choices: None,
            interaction_id: 0,
            token: String::new(),
        }
    }

    /// Whether Discord took the answer.
    pub fn is_ok(&self) -> bool {
        !matches!(self.kind, OutcomeKind::TooSlow | OutcomeKind::Refused(_) | OutcomeKind::Blocked(_))
    }
}

/// An open form.
#[derive(Debug, Clone, Serialize)]
pub struct Modal {
    /// Its `custom_id`.
    pub custom_id: String,
    /// Its title.
    pub title: String,
    /// Its components, with ids.
    pub components: Value,
    channel: u64,
    context: u64,
    source: Option<u64>,
}

impl Modal {
    /// The `custom_id`s of what can be filled in.
    pub fn fields(&self) -> Vec<String> {
        let components = payload::components_in(&self.components).into_iter();
        components.filter_map(|component| component["custom_id"].as_str().map(str::to_owned)).collect()
    }
}

/// One line about a message, for the trace.
pub(super) fn line(message: &SimMessage) -> String {
    let text: String = message.all_text().replace('\n', " / ").chars().take(120).collect();
    format!("{}: {text}", message.author)
}

/// Takes an answer to an interaction, wherever it came from, and returns the message it made or changed.
pub(super) fn apply_answer(state: &mut DiscordState, token: &str, body: &Value) -> Result<Option<u64>, Refusal> {
    let Some(interaction) = state.interactions.get(token) else {
        return Err(Refusal::new(404, 10062, "Unknown interaction"));
    };
    let (kind, source) = (interaction.kind, interaction.source);
    let not_possible = || {
        Refusal::form("type", "INTERACTION_CALLBACK_TYPE_INVALID", "This callback type does not fit the interaction.")
    };
    let data = &body["data"];
    let mut original = None;
    match (body["type"].as_u64(), kind) {
        (Some(4), 2 | 3 | 5) => {
            let content = payload::message(data, Route::Interaction, false)?;
            let ephemeral = content.flags.unwrap_or(0) & 64 != 0;
            original = state.post_answer(token, content, ephemeral, false).map(|message| message.id);
        }
        (Some(5), 2 | 3 | 5) => {
            let flags = data["flags"].as_u64().unwrap_or(0);
            if flags & !64 != 0 {
                return Err(Refusal::form(
                    "data.flags",
                    "INTERACTION_DEFERRED_FLAGS",
                    "Only EPHEMERAL can be set with a deferral.",
                ));
            }
            let placeholder = Checked { mentions_limited: true, ..Checked::default() };
            original = state.post_answer(token, placeholder, flags & 64 != 0, true).map(|message| message.id);
        }
        (Some(6), 3 | 5) if source.is_some() => original = source,
        (Some(7), 3 | 5) if source.is_some() => {
            let content = payload::message(data, Route::Interaction, true)?;
            if let Some(message) = source.and_then(|id| state.messages.get_mut(&id)) {
                message.apply(content, now_ms());
            }
            original = source;
        }
        (Some(8), 4) => {
            let choices = data["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
            if choices.len() > 25 {
                return Err(Refusal::form(
                    "data.choices",
                    "BASE_TYPE_BAD_LENGTH",
                    "Must be between 0 and 25 in length.",
                ));
            }
        }
        (Some(9), 2 | 3) => {
            payload::modal(data)?;
        }
        _ => return Err(not_possible()),
    }
    if let Some(interaction) = state.interactions.get_mut(token) {
        interaction.acknowledged = true;
        interaction.original = original;
        match body["type"].as_u64() {
            Some(8) => interaction.choices = Some(data["choices"].clone()),
            Some(9) => interaction.modal = Some(data.clone()),
            _ => {}
        }
    }
    Ok(original)
}

/// One interaction about to be sent.
struct Sending {
    person: Person,
    kind: u64,
    context: u64,
    channel: u64,
    source: Option<u64>,
    data: Value,
    /// For the trace.
    title: String,
}

impl DiscordSim {
    /// A new member of the server, with open DMs.
    pub fn add_person(&self, name: &str, locale: &str) -> Person {
        self.core.state.change(|state| {
            let id = state.next_id();
            // Send messages, use commands and so on: what everybody has.
            let user = User {
                id,
                name: name.to_owned(),
                locale: locale.to_owned(),
                permissions: 2_248_473_465_835_073,
                dm_open: true,
                in_guild: true,
                dm: None,
            };
            state.users.insert(id, user);
            Person(id)
        })
    }

    /// Gives a person other permissions.
    pub fn set_permissions(&self, person: Person, permissions: u64) {
        self.change_user(person, |user| user.permissions = permissions);
    }

    /// Closes a person's DMs: 50007 from now on.
    pub fn close_dms(&self, person: Person) {
        self.change_user(person, |user| user.dm_open = false);
    }

    /// Opens a person's DMs again.
    pub fn open_dms(&self, person: Person) {
        self.change_user(person, |user| user.dm_open = true);
    }

    /// The person leaves the server: 50278 from now on.
    pub fn leave_server(&self, person: Person) {
        self.change_user(person, |user| user.in_guild = false);
    }

    fn change_user(&self, person: Person, change: impl FnOnce(&mut User)) {
        self.core.state.change(|state| {
            if let Some(user) = state.users.get_mut(&person.0) {
                change(user);
            }
        });
    }

    /// A channel of the server by name; a new one if there is none.
    pub fn channel(&self, name: &str) -> u64 {
        self.core.state.change(|state| state.channel(name).unwrap_or_else(|| state.add_channel(name, None)))
    }

    /// The server's ID.
    pub fn guild_id(&self) -> u64 {
        self.read(|state| state.guild)
    }

    /// The person's DM with the bot, opened if need be.
    pub fn dm_channel(&self, person: Person) -> u64 {
        self.core.state.change(|state| state.dm_channel(person.0))
    }

    /// The visible history of a person's DM, in order.
    pub fn dm(&self, person: Person) -> Vec<SimMessage> {
        self.read(|state| state.dm(person))
    }

    /// What was answered to a person's interactions, ephemeral answers and follow-ups too, with its content of now.
    pub fn shown_to(&self, person: Person) -> Vec<SimMessage> {
        self.read(|state| state.shown_to(person))
    }

    /// Types a line in the DM. Nothing hears of it: there is no gateway.
    pub fn type_in_dm(&self, person: Person, text: &str) -> u64 {
        let channel = self.dm_channel(person);
        self.type_in(person, channel, text)
    }

    /// Types a line in a channel.
    pub fn type_in(&self, person: Person, channel: u64, text: &str) -> u64 {
        let content = Checked { content: Some(text.trim().to_owned()), mentions_limited: true, ..Checked::default() };
        let message = self.core.state.change(|state| state.post(channel, person.0, content));
        self.core.trace.note(Kind::Person, format!("typed: {}", line(&message)), json!({"channel": channel}));
        message.id
    }

    /// Edits a line of one's own.
    pub fn edit_line(&self, person: Person, message: u64, text: &str) {
        self.core.state.change(|state| {
            if let Some(message) = state.messages.get_mut(&message).filter(|message| message.author_id == person.0) {
                let content =
                    Checked { content: Some(text.trim().to_owned()), mentions_limited: true, ..Checked::default() };
                message.apply(content, now_ms());
            }
        });
    }

    /// Deletes a line of one's own, or takes an ephemeral answer away.
    pub fn delete_line(&self, person: Person, message: u64) {
        self.core.state.change(|state| {
            let own =
                |message: &&mut SimMessage| message.author_id == person.0 || message.ephemeral_for == Some(person.0);
            if let Some(message) = state.messages.get_mut(&message).filter(own) {
                message.deleted = true;
            }
        });
    }

    /// Uses a slash command. `options` is an object of option names and values.
    pub async fn command(&self, person: Person, place: Place, name: &str, options: Value) -> Outcome {
        let prepared = self.core.state.change(|state| {
            let (context, channel) = whereabouts(state, person, place);
            let command = registered(state, name, 1, context)?;
            let mut filled = Vec::new();
            let wanted = command["options"].as_array().cloned().unwrap_or_default();
            for option in &wanted {
                let name = option["name"].as_str().unwrap_or_default();
                match options.get(name).filter(|value| !value.is_null()) {
                    Some(value) => filled.push(filled_option(option, value)?),
                    None if option["required"] == true => return Err(format!("the option {name} is required")),
                    None => {}
                }
            }
            if let Some(unknown) = options
                .as_object()
                .into_iter()
                .flatten()
                .find(|(name, _)| !wanted.iter().any(|o| o["name"] == name.as_str()))
            {
                return Err(format!("there is no option {}", unknown.0));
            }
            let mut data = json!({"id": command["id"], "name": name, "type": 1});
            if !filled.is_empty() {
                data["options"] = json!(filled);
            }
            Ok((context, channel, data))
        });
        match prepared {
            Ok((context, channel, data)) => {
                let title =
                    format!("/{name} {}", if options == json!({}) { String::new() } else { options.to_string() });
                self.core.interact(Sending { person, kind: 2, context, channel, source: None, data, title }).await
            }
            Err(why) => Outcome::blocked(why),
        }
    }

    /// Asks for suggestions while typing the option `option`.
    pub async fn autocomplete(&self, person: Person, place: Place, name: &str, option: &str, so_far: &str) -> Outcome {
        let prepared = self.core.state.change(|state| {
            let (context, channel) = whereabouts(state, person, place);
            let command = registered(state, name, 1, context)?;
            let option = json!({"name": option, "type": 3, "value": so_far, "focused": true});
            Ok::<_, String>((
                context,
                channel,
                json!({"id": command["id"], "name": name, "type": 1, "options": [option]}),
            ))
        });
        match prepared {
            Ok((context, channel, data)) => {
                let title = format!("/{name} {option}: {so_far}…");
                self.core.interact(Sending { person, kind: 4, context, channel, source: None, data, title }).await
            }
            Err(why) => Outcome::blocked(why),
        }
    }

    /// Uses a message command (the menu of a message).
    pub async fn message_command(&self, person: Person, place: Place, name: &str, message: u64) -> Outcome {
        let prepared = self.core.state.change(|state| {
            let (context, channel) = whereabouts(state, person, place);
            let command = registered(state, name, 3, context)?;
            let target = state.messages.get(&message).filter(|target| target.channel_id == channel && !target.deleted);
            let target = target.ok_or("there is no such message here")?;
            let id = message.to_string();
            let resolved = json!({"messages": {&id: state.message_object(target)}});
            Ok::<_, String>((
                context,
                channel,
                json!({"id": command["id"], "name": name, "resolved": resolved, "target_id": id, "type": 3}),
            ))
        });
        match prepared {
            Ok((context, channel, data)) => {
                self.core
                    .interact(Sending {
                        person,
                        kind: 2,
                        context,
                        channel,
                        source: None,
                        data,
                        title: format!("menu: {name}"),
                    })
                    .await
            }
            Err(why) => Outcome::blocked(why),
        }
    }

    /// Presses a button of a message that the person sees.
    pub async fn click(&self, person: Person, message: u64, custom_id: &str) -> Outcome {
        let prepared = self.core.state.change(|state| {
            let shown = state.messages.get(&message).filter(|shown| !shown.deleted);
            let shown = shown.ok_or("there is no such message")?;
            if shown.ephemeral_for.is_some_and(|only| only != person.0) {
                return Err("only somebody else sees this message");
            }
            let recipient = state.channels.get(&shown.channel_id).and_then(|channel| channel.recipient);
            if recipient.is_some_and(|recipient| recipient != person.0) {
                return Err("this message is in somebody else's DM");
            }
            let components = payload::components_in(&shown.components);
            let button = components.into_iter().find(|component| component["custom_id"] == custom_id);
            let button = button.ok_or("the message has no such button")?;
            if button["disabled"] == true {
                return Err("the button is disabled");
            }
            let data = json!({"component_type": button["type"], "custom_id": custom_id, "id": button["id"]});
            let context = u64::from(recipient.is_some());
            Ok((context, shown.channel_id, data, button["label"].as_str().unwrap_or(custom_id).to_owned()))
        });
        match prepared {
            Ok((context, channel, data, label)) => {
                let title = format!("presses “{label}”");
                self.core
                    .interact(Sending { person, kind: 3, context, channel, source: Some(message), data, title })
                    .await
            }
            Err(why) => Outcome::blocked(why),
        }
    }

    /// Presses the newest button in the DM whose `custom_id` starts with `prefix`.
    pub async fn click_newest(&self, person: Person, prefix: &str) -> Outcome {
        let found = self.read(|state| {
            let mut newest = state.dm(person).into_iter().rev();
            newest.find_map(|message| message.button(prefix).map(|id| (message.id, id)))
        });
        match found {
            Some((message, custom_id)) => self.click(person, message, &custom_id).await,
            None => Outcome::blocked(format!("no button {prefix}… is in the DM")),
        }
    }

    /// Sends a form. `values` are the fields' `custom_id`s and what was put in; a field that is not named keeps its preset text.
    pub async fn submit_modal(&self, person: Person, modal: &Modal, values: &[(&str, &str)]) -> Outcome {
        let mut components = modal.components.clone();
        if let Err(why) = fill(&mut components, values) {
            return Outcome::blocked(why);
        }
        if let Some((unknown, _)) = values.iter().find(|(name, _)| !modal.fields().iter().any(|field| field == name)) {
            return Outcome::blocked(format!("the form has no field {unknown}"));
        }
        let data = json!({"components": components, "custom_id": modal.custom_id});
        let title = format!("sends the form “{}”", modal.title);
        let (context, channel, source) = (modal.context, modal.channel, modal.source);
        self.core.interact(Sending { person, kind: 5, context, channel, source, data, title }).await
    }
}

/// Context and channel of a place. See [Discord Docs/Application Commands, "Interaction Contexts"].
fn whereabouts(state: &mut DiscordState, person: Person, place: Place) -> (u64, u64) {
    match place {
        Place::Guild(channel) => (0, channel),
        Place::Dm => (1, state.dm_channel(person.0)),
        Place::OtherDm => {
            let known = state
                .channels
                .iter()
                .find(|(_, channel)| channel.foreign && channel.recipient == Some(person.0))
                .map(|(id, _)| *id);
            let id = known.unwrap_or_else(|| {
                let id = state.add_channel("", Some(person.0));
                if let Some(channel) = state.channels.get_mut(&id) {
                    channel.foreign = true;
                }
                id
            });
            (2, id)
        }
    }
}

/// The command as the client offers it there.
fn registered(state: &DiscordState, name: &str, kind: u64, context: u64) -> Result<Value, String> {
    let command = state.commands.iter().find(|command| command["name"] == name && command["type"] == kind);
    let command = command.ok_or_else(|| format!("no command {name} is registered"))?;
    let has = |key: &str, value: u64| command[key].as_array().is_some_and(|list| list.iter().any(|item| item == value));
    if !has("contexts", context) || (context == 2 && !has("integration_types", 1)) {
        return Err(format!("the command {name} is not offered here"));
    }
    Ok(command.clone())
}

fn filled_option(option: &Value, value: &Value) -> Result<Value, String> {
    let name = option["name"].as_str().unwrap_or_default();
    if option["type"] == 3 {
        let text = value.as_str().ok_or_else(|| format!("the option {name} is text"))?;
        let length = text.chars().count() as u64;
        let (min, max) = (option["min_length"].as_u64().unwrap_or(0), option["max_length"].as_u64().unwrap_or(6000));
        if length < min || length > max {
            return Err(format!("the option {name} takes {min} to {max} characters, not {length}"));
        }
    }
    Ok(json!({"name": name, "type": option["type"], "value": value}))
}

/// Puts the values into a form's components and turns them into what travels.
fn fill(components: &mut Value, values: &[(&str, &str)]) -> Result<(), String> {
    for component in components.as_array_mut().into_iter().flatten() {
        let id = component["id"].clone();
        *component = match component["type"].as_u64() {
            Some(18) => json!({"type": 18, "id": id, "component": filled_field(&component["component"], values)?}),
            Some(1) => json!({"type": 1, "id": id, "components": [filled_field(&component["components"][0], values)?]}),
            _ => json!({"type": component["type"], "id": id}),
        };
    }
    Ok(())
}

fn filled_field(field: &Value, values: &[(&str, &str)]) -> Result<Value, String> {
    let name = field["custom_id"].as_str().unwrap_or_default();
    let given = values.iter().find(|(field, _)| *field == name).map(|(_, value)| (*value).to_owned());
    let mut filled = json!({"type": field["type"], "id": field["id"], "custom_id": name});
    let required = field["required"] != false;
    if field["type"] == 4 {
        let text = given.or_else(|| field["value"].as_str().map(str::to_owned)).unwrap_or_default();
        let length = text.chars().count() as u64;
        let min = field["min_length"].as_u64().unwrap_or(u64::from(required));
        if (required && length == 0)
            || (length > 0 && length < min)
            || length > field["max_length"].as_u64().unwrap_or(4000)
        {
            return Err(format!("the field {name} does not take {length} characters"));
        }
        filled["value"] = json!(text);
    } else {
        let chosen: Vec<String> = given.into_iter().collect();
        let options = field["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        if field["type"] == 3
            && chosen.iter().any(|value| !options.iter().any(|option| option["value"] == value.as_str()))
        {
            return Err(format!("the field {name} has no such option"));
        }
        if chosen.is_empty() && required {
            return Err(format!("the field {name} is required"));
        }
        filled["values"] = json!(chosen);
    }
    Ok(filled)
}

impl Core {
    /// Sends a signed interaction and makes of the answer what Discord makes of it.
    async fn interact(self: &Arc<Self>, sending: Sending) -> Outcome {
        let _work = self.gate.activity().begin("interaction");
        let (id, token, name) = (self.state.change(DiscordState::next_id), new_token(), self.name(sending.person));
        let body = self.state.change(|state| {
            let body = interaction_body(state, &sending, id, &token);
            state.interactions.insert(
                token.clone(),
                Interaction {
                    id,
                    token: token.clone(),
                    kind: sending.kind,
                    person: sending.person.0,
                    channel: sending.channel,
                    source: sending.source,
                    user_install_only: sending.context == 2,
                    acknowledged: false,
                    invalid: false,
                    original: None,
                    follow_ups: 0,
                    expires_ms: now_ms() + TOKEN_LIFE_MS,
                    modal: None,
                    choices: None,
                },
            );
            body
        });
        self.trace.note(Kind::Person, format!("{name} {}", sending.title), json!({"interaction": id.to_string()}));
        let (endpoint, twice) = self.state.change(|state| {
            let twice = state.duplicate_next > 0;
            state.duplicate_next = state.duplicate_next.saturating_sub(1);
            (state.endpoint().map(str::to_owned), twice)
        });
        let Some(endpoint) = endpoint else {
            return self.outcome(
                &sending,
                id,
                &token,
                0,
                OutcomeKind::Refused("no interactions endpoint is registered".into()),
            );
        };
        let bytes = Bytes::from(body.to_string());
        let answer = if twice {
            let (first, _) = tokio::join!(self.post_signed(&endpoint, &bytes), self.post_signed(&endpoint, &bytes));
            first
        } else {
            self.post_signed(&endpoint, &bytes).await
        };
        let (status, kind) = match answer {
            Err(NoAnswer::TooSlow(_)) => (0, OutcomeKind::TooSlow),
            Err(NoAnswer::Unreachable(why)) => (0, OutcomeKind::Refused(why)),
            Ok(answer) if answer.status == 202 && answer.body.is_empty() => {
                let called_back = self.state.read(|state| state.interactions[&token].acknowledged);
                let nothing = || OutcomeKind::Refused("202, but no callback was made".into());
                (202, if called_back { OutcomeKind::CalledBack } else { nothing() })
            }
            Ok(answer) if answer.status != 200 || !answer.is_json() => {
                (answer.status, OutcomeKind::Refused(format!("answered with {} {:?}", answer.status, answer.text())))
            }
            Ok(answer) => (answer.status, self.take_answer(&token, &answer.json())),
        };
        self.outcome(&sending, id, &token, status, kind)
    }

    fn take_answer(&self, token: &str, body: &Value) -> OutcomeKind {
        let violations = contract::discord_answer(body);
        if !violations.is_empty() {
            self.violation(&violations);
            return OutcomeKind::Refused(violations.join("; "));
        }
        if let Err(refusal) = self.state.change(|state| apply_answer(state, token, body)) {
            let errors = refusal.errors.map(|errors| errors.to_string()).unwrap_or_default();
            return OutcomeKind::Refused(format!("{} {} {errors}", refusal.code, refusal.message));
        }
        match body["type"].as_u64() {
            Some(4) => OutcomeKind::Message,
            Some(5) => OutcomeKind::Deferred,
            Some(6) => OutcomeKind::DeferredUpdate,
            Some(7) => OutcomeKind::Updated,
            Some(8) => OutcomeKind::Choices,
            _ => OutcomeKind::Modal,
        }
    }

    fn outcome(&self, sending: &Sending, id: u64, token: &str, status: u16, kind: OutcomeKind) -> Outcome {
        let failed = matches!(kind, OutcomeKind::TooSlow | OutcomeKind::Refused(_));
        let (message, modal, choices) = self.state.change(|state| {
            let Some(interaction) = state.interactions.get_mut(token) else { return (None, None, None) };
            interaction.invalid |= failed;
            let original = interaction.original;
            let (modal, choices) = (interaction.modal.clone(), interaction.choices.clone());
            (original.and_then(|id| state.messages.get(&id)).cloned(), modal, choices)
        });
        let modal = modal.and_then(|data| {
            Some(Modal {
                custom_id: data["custom_id"].as_str()?.to_owned(),
                title: data["title"].as_str()?.to_owned(),
                components: payload::modal(&data).ok()?,
                channel: sending.channel,
                context: sending.context,
                source: sending.source,
            })
        });
        let what = match &kind {
            OutcomeKind::Refused(why) => format!("the application did not respond ({why})"),
            OutcomeKind::TooSlow => "the application did not respond in time".to_owned(),
            other => format!("{other:?}"),
        };
        self.trace.note(
            Kind::Person,
            format!("{} sees: {what}", self.name(sending.person)),
            json!({"interaction": id.to_string(), "status": status}),
        );
        Outcome { status, kind, modal, message, choices, interaction_id: id, token: token.to_owned() }
    }

    fn name(&self, person: Person) -> String {
        self.state.read(|state| state.user(person).map_or_else(|| person.to_string(), |user| user.name.clone()))
    }
}

/// The payload shapes of the reference, section 2.
fn interaction_body(state: &DiscordState, sending: &Sending, id: u64, token: &str) -> Value {
    let user = state.user(sending.person);
    let owners = match sending.context {
        0 => json!({"0": state.guild.to_string()}),
        1 => json!({"0": "0"}),
        _ => json!({"1": sending.person.to_string()}),
    };
    let mut body = json!({
        "type": sending.kind, "id": id.to_string(), "application_id": state.application_id.to_string(), "token": token,
        "version": 1, "context": sending.context, "authorizing_integration_owners": owners, "attachment_size_limit": 10_485_760,
        "app_permissions": if sending.context == 0 { "2248473465835073" } else { "562949953601536" },
        "locale": user.map_or("en-US", |user| user.locale.as_str()), "entitlements": [], "entitlement_sku_ids": [],
        "channel_id": sending.channel.to_string(), "channel": state.channel_object(sending.channel), "data": sending.data,
    });
    if sending.context == 0 {
        let guild = state.guild.to_string();
        body["guild_locale"] = json!(state.guild_locale);
        body["guild"] = json!({"features": [], "id": guild, "locale": state.guild_locale});
        body["guild_id"] = json!(guild);
        body["member"] = state.member_object(sending.person.0);
    } else {
        // Captured DM payloads list the bot here, of all people.
        body["channel"]["recipients"] = json!([state.bot()]);
        body["user"] = state.user_object(sending.person.0);
    }
    if let Some(message) = sending.source.and_then(|id| state.message(id)) {
        body["message"] = state.message_object(message);
    }
    body
}
