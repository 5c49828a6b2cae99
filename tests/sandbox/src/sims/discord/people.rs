//! People: they type, press and fill in, and see what comes of it.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::files::FileLie;
use super::forms::{self, Filled, Filler, Resolved};
use super::guild::{BoardPost, BotPowers, EVERYBODY, ForumOptions};
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
            for (at, choice) in choices.iter().enumerate() {
                let kind = if choice["value"].is_string() { 3 } else { 10 };
                payload::check_choice(choice, kind, &format!("data.choices.{at}"))?;
            }
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
            let user = User {
                id,
                name: name.to_owned(),
                locale: locale.to_owned(),
                permissions: EVERYBODY,
                dm_open: true,
                in_guild: true,
                installed: false,
                dm: None,
                upload_limit: super::files::FILE_MAX,
            };
            state.users.insert(id, user);
            state.set_member(id, state.guild, EVERYBODY);
            Person(id)
        })
    }

    /// Somebody with a Discord account who is in no server with the bot.
    pub fn add_stranger(&self, name: &str, locale: &str) -> Person {
        let person = self.add_person(name, locale);
        self.leave_server(person);
        person
    }

    /// Gives a person other permissions in the first server: in interactions, and through a role.
    pub fn set_permissions(&self, person: Person, permissions: u64) {
        self.set_permissions_in(person, self.guild_id(), permissions);
    }

    /// Gives a person these permissions in a server, which they join if need be.
    pub fn set_permissions_in(&self, person: Person, guild: u64, permissions: u64) {
        self.core.state.change(|state| state.set_member(person.0, guild, permissions));
    }

    /// The person joins a server, with what everybody may do there.
    pub fn join(&self, person: Person, guild: u64) {
        self.set_permissions_in(person, guild, EVERYBODY);
    }

    /// The person leaves a server.
    pub fn leave(&self, person: Person, guild: u64) {
        self.core.state.change(|state| state.remove_member(person.0, guild));
    }

    /// Makes a person the owner of a server: they may do everything there.
    pub fn set_owner(&self, person: Person, guild: u64) {
        self.core.state.change(|state| {
            if let Some(guild) = state.guilds.get_mut(&guild) {
                guild.owner = person.0;
            }
        });
    }

    /// Times a member out until then, in milliseconds since 1970; a time that is past ends it.
    pub fn set_timeout(&self, person: Person, guild: u64, until_ms: u64) {
        self.core.state.change(|state| {
            if let Some(guild) = state.guilds.get_mut(&guild) {
                guild.timeouts.insert(person.0, until_ms);
            }
        });
    }

    /// Longest file that the person's client uploads, in bytes: 10 MiB unless they have Nitro.
    pub fn set_upload_limit(&self, person: Person, bytes: u64) {
        self.change_user(person, |user| user.upload_limit = bytes);
    }

    /// In a person's DMs nonces are forgotten at once from now on, as else after some minutes.
    pub fn forget_nonces(&self, person: Person) {
        self.core.state.change(|state| state.without_nonces.insert(person.0));
    }

    /// Closes a person's DMs: 50007 from now on.
    pub fn close_dms(&self, person: Person) {
        self.change_user(person, |user| user.dm_open = false);
    }

    /// Opens a person's DMs again.
    pub fn open_dms(&self, person: Person) {
        self.change_user(person, |user| user.dm_open = true);
    }

    /// The person's client speaks another language from now on, a Discord locale.
    pub fn set_locale(&self, person: Person, locale: &str) {
        self.change_user(person, |user| locale.clone_into(&mut user.locale));
    }

    /// The person installs the application for themselves. Says how often Discord told the application of it: 0 where that did not ask.
    ///
    /// # Errors
    ///
    /// Where the application cannot be installed by people, or does not take the event.
    pub async fn install_app(&self, person: Person) -> Result<usize, String> {
        let user = self.core.state.change(|state| {
            let config = state.application.get("integration_types_config").map(|config| config["1"].clone());
            if config.is_none_or(|config| config.is_null()) {
                return Err("people cannot install this application for themselves".to_owned());
            }
            if let Some(user) = state.users.get_mut(&person.0) {
                user.installed = true;
            }
            Ok(state.user_object(person.0))
        })?;
        self.core.trace.note(Kind::Person, format!("{} installs the application", self.core.name(person)), json!({}));
        let data = json!({"integration_type": 1, "scopes": ["applications.commands"], "user": user});
        self.core.tell("APPLICATION_AUTHORIZED", data).await
    }

    /// Discord tells the application of something. Says how often it did.
    ///
    /// # Errors
    ///
    /// Where the application does not take it.
    pub async fn tell_event(&self, kind: &str, data: Value) -> Result<usize, String> {
        self.core.tell(kind, data).await
    }

    /// What Discord's settings of the application are from now on, beside what they were.
    pub fn set_application(&self, key: &str, value: Value) {
        self.core.state.change(|state| state.application.insert(key.to_owned(), value));
    }

    /// The person leaves the first server: 50278 from now on, unless another one has both them and the bot.
    pub fn leave_server(&self, person: Person) {
        self.leave(person, self.guild_id());
    }

    /// Another server with the bot in it; it has the channel `general`. Returns its ID.
    pub fn add_guild(&self, name: &str) -> u64 {
        self.core.state.change(|state| {
            let guild = state.add_guild(name);
            state.add_channel(guild, "general");
            guild
        })
    }

    /// What the bot may do in a server from now on.
    pub fn set_bot_powers(&self, guild: u64, powers: BotPowers) {
        self.core.state.change(|state| {
            if let Some(guild) = state.guilds.get_mut(&guild) {
                guild.powers = powers;
            }
        });
    }

    /// Takes the bot out of a server, or puts it back. Out: 50001 for what is asked about the server.
    pub fn set_bot_in(&self, guild: u64, present: bool) {
        self.core.state.change(|state| {
            if let Some(guild) = state.guilds.get_mut(&guild) {
                guild.has_bot = present;
            }
            for person in state.people() {
                state.refresh_user(person.0);
            }
        });
    }

    /// A text channel of a server by name; a new one if there is none. [`Place::Guild`] takes its ID.
    pub fn channel_in(&self, guild: u64, name: &str) -> u64 {
        self.core.state.change(|state| {
            let known = state.channel_in(guild, name);
            known.unwrap_or_else(|| state.add_channel(guild, name))
        })
    }

    /// Makes a forum in a server, as an administrator does.
    pub fn add_forum(&self, guild: u64, name: &str, options: &ForumOptions) -> u64 {
        self.core.state.change(|state| state.add_forum(guild, name, options))
    }

    /// Somebody deletes a channel or thread in their client.
    pub fn remove_channel(&self, channel: u64) {
        self.core.state.change(|state| state.remove_channel(channel));
    }

    /// The person leaves a thread, or is removed from it.
    pub fn leave_thread(&self, person: Person, thread: u64) {
        self.core.state.change(|state| {
            if let Some(thread) = state.channels.get_mut(&thread) {
                thread.members.remove(&person.0);
            }
        });
    }

    /// Somebody archives or locks a thread in their client, or undoes it.
    pub fn set_thread(&self, thread: u64, archived: bool, locked: bool) {
        self.core.state.change(|state| state.set_thread(thread, archived, locked));
    }

    /// The posts of a board, oldest first: threads of a forum, or of a text channel's messages.
    pub fn board_posts(&self, channel: u64) -> Vec<BoardPost> {
        self.read(|state| state.board_posts(channel))
    }

    /// One post of a board, by its thread's ID.
    pub fn board_post(&self, thread: u64) -> Option<BoardPost> {
        self.read(|state| state.board_post(thread))
    }

    /// A person uploads a file for a command's option or a form's field. Returns the attachment's ID.
    pub fn upload(&self, person: Person, name: &str, content_type: &str, bytes: impl Into<Bytes>) -> u64 {
        let bytes = bytes.into();
        let note = format!("{} uploads {name} ({} bytes)", self.core.name(person), bytes.len());
        self.core.trace.note(Kind::Person, note, json!({}));
        self.core.state.change(|state| state.add_upload(name, content_type, bytes))
    }

    /// From now on Discord says something else about an upload than is true.
    pub fn lie_about_file(&self, file: u64, content_type: Option<&str>, size: Option<u64>) {
        self.lie_about(file, FileLie { content_type: content_type.map(str::to_owned), size, ..FileLie::default() });
    }

    /// From now on Discord says something else about a file than is true.
    pub fn lie_about(&self, file: u64, lie: FileLie) {
        self.core.state.change(|state| state.lie_about(file, lie));
    }

    /// Sends a message with files (name, content type, bytes) and whatever else Discord's clients put into one: `flags`,
    /// `sticker_items`, `poll`, `message_snapshots`. Returns its ID.
    pub fn send_in(
        &self,
        person: Person,
        channel: u64,
        text: &str,
        files: &[(&str, &str, Bytes)],
        extras: Value,
    ) -> u64 {
        let message = self.core.state.change(|state| {
            let content = Checked {
                content: Some(text.trim().to_owned()),
                mentions_limited: true,
                attachments: Some(state.add_files(channel, files)),
                ..Checked::default()
            };
            let mut message = state.post(channel, person.0, content);
            message.extras = extras;
            state.messages.insert(message.id, message.clone());
            message
        });
        self.core.trace.note(Kind::Person, format!("sent: {}", line(&message)), json!({"channel": channel}));
        message.id
    }

    /// Ends the life of every attachment URL there is; ephemeral files are gone for good, others get fresh URLs.
    pub fn expire_attachments(&self) {
        self.core.state.change(DiscordState::expire_files);
    }

    /// The bytes behind an attachment ID: an upload, or a file of a message ([`SimMessage::attachments`]).
    pub fn file_bytes(&self, attachment: u64) -> Option<Bytes> {
        self.read(|state| state.file_bytes(attachment))
    }

    /// Who is signed in to Discord in the browser: the page that asks who one is answers by itself. `None`: it asks.
    pub fn sign_in_browser(&self, person: Option<Person>) {
        self.core.state.change(|state| state.grants.signed_in = person.map(|person| person.0));
    }

    /// Ends the life of every code of a sign-in, and of every access token.
    pub fn expire_grants(&self) {
        self.core.state.change(DiscordState::expire_grants);
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
        self.channel_in(self.guild_id(), name)
    }

    /// The first server's ID.
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
            let own = state
                .messages
                .get(&message)
                .is_some_and(|message| message.author_id == person.0 || message.ephemeral_for == Some(person.0));
            if own {
                state.delete_message(message);
            }
        });
    }

    /// Uses a slash command; a subcommand is named behind a space, as in `case view`. `options` is an object of option
    /// names and values; IDs of people, channels and uploads are numbers or text.
    pub async fn command(&self, person: Person, place: Place, name: &str, options: Value) -> Outcome {
        self.use_command(person, place, name, options, None, false).await
    }

    /// [`Self::command`] by a client that checks no value and no permission.
    pub async fn force_command(&self, person: Person, place: Place, name: &str, options: Value) -> Outcome {
        self.use_command(person, place, name, options, None, true).await
    }

    /// Asks for suggestions while typing the option `option` of a command or subcommand.
    pub async fn autocomplete(&self, person: Person, place: Place, name: &str, option: &str, so_far: &str) -> Outcome {
        self.use_command(person, place, name, json!({}), Some((option, so_far)), false).await
    }

    /// [`Self::autocomplete`] with other options filled in already.
    pub async fn autocomplete_with(
        &self,
        person: Person,
        place: Place,
        name: &str,
        options: Value,
        option: &str,
        so_far: &str,
    ) -> Outcome {
        self.use_command(person, place, name, options, Some((option, so_far)), false).await
    }

    async fn use_command(
        &self,
        person: Person,
        place: Place,
        name: &str,
        options: Value,
        typing: Option<(&str, &str)>,
        force: bool,
    ) -> Outcome {
        let prepared = self.core.state.change(|state| {
            let (context, channel) = whereabouts(state, person, place)?;
            let words: Vec<&str> = name.split_whitespace().collect();
            let (first, path) = words.split_first().ok_or("the command has no name")?;
            let command = registered(state, first, 1, context)?;
            let (target, way) = forms::descend(&command, path)?;
            let guild = state.guild_of(channel);
            if !force {
                may_use(state, &command, person, guild)?;
            }
            let filler = Filler { state, person, guild, force };
            let mut resolved = Resolved::default();
            let given = match typing {
                None => filler.options(&target["options"], &options, &mut resolved)?,
                Some((option, so_far)) => typed_option(&filler, target, &options, option, so_far, &mut resolved)?,
            };
            let mut data = json!({"id": command["id"], "name": first, "type": 1});
            let given = forms::wrapped(&way, given);
            if !given.is_empty() {
                data["options"] = json!(given);
            }
            resolved.into_data(&mut data);
            Ok::<_, String>((context, channel, data))
        });
        match prepared {
            Ok((context, channel, data)) => {
                let (kind, title) = match typing {
                    None => {
                        let shown = if options == json!({}) { String::new() } else { options.to_string() };
                        (2, format!("/{name} {shown}"))
                    }
                    Some((option, so_far)) => (4, format!("/{name} {option}: {so_far}…")),
                };
                self.core.interact(Sending { person, kind, context, channel, source: None, data, title }).await
            }
            Err(why) => Outcome::blocked(why),
        }
    }

    /// Uses a message command (the menu of a message).
    pub async fn message_command(&self, person: Person, place: Place, name: &str, message: u64) -> Outcome {
        let prepared = self.core.state.change(|state| {
            let (context, channel) = whereabouts(state, person, place)?;
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
        self.use_component(person, message, custom_id, None).await
    }

    /// Chooses values of a select of a message that the person sees.
    pub async fn select(&self, person: Person, message: u64, custom_id: &str, values: &[&str]) -> Outcome {
        self.use_component(person, message, custom_id, Some(values)).await
    }

    async fn use_component(&self, person: Person, message: u64, custom_id: &str, values: Option<&[&str]>) -> Outcome {
        let prepared = self.core.state.change(|state| {
            let shown = state.messages.get(&message).filter(|shown| !shown.deleted);
            let shown = shown.ok_or("there is no such message")?;
            if shown.ephemeral_for.is_some_and(|only| only != person.0) {
                return Err("only somebody else sees this message".to_owned());
            }
            let channel = state.channels.get(&shown.channel_id);
            let recipient = channel.and_then(|channel| channel.recipient);
            if recipient.is_some_and(|recipient| recipient != person.0) {
                return Err("this message is in somebody else's DM".to_owned());
            }
            let guild = state.guild_of(shown.channel_id);
            member_of(state, person, guild)?;
            sees(state, person, shown.channel_id)?;
            let components = payload::components_in(&shown.components);
            let component = components.into_iter().find(|component| component["custom_id"] == custom_id);
            let component = component.ok_or("the message has no such button or select")?;
            if component["disabled"] == true {
                return Err("the button or select is disabled".to_owned());
            }
            let mut data = json!({"component_type": component["type"], "custom_id": custom_id, "id": component["id"]});
            let label =
                component["label"].as_str().or(component["placeholder"].as_str()).unwrap_or(custom_id).to_owned();
            let title = match values {
                None => format!("presses “{label}”"),
                Some(values) => {
                    if component["type"] == 2 {
                        return Err("this is a button".to_owned());
                    }
                    let mut resolved = Resolved::default();
                    let filler = Filler { state, person, guild, force: false };
                    filler.selected(component, values, &mut resolved)?;
                    data["values"] = json!(values);
                    resolved.into_data(&mut data);
                    format!("chooses {} in “{label}”", values.join(", "))
                }
            };
            let context = match channel {
                Some(channel) if channel.foreign => 2,
                _ => u64::from(recipient.is_some()),
            };
            Ok((context, shown.channel_id, data, title))
        });
        match prepared {
            Ok((context, channel, data, title)) => {
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

    /// Presses the newest button in a channel or thread whose `custom_id` starts with `prefix`.
    pub async fn click_newest_in(&self, person: Person, channel: u64, prefix: &str) -> Outcome {
        let found = self.read(|state| {
            let shown = |message: &SimMessage| message.ephemeral_for.is_none_or(|only| only == person.0);
            let mut newest = state.channel_messages(channel).into_iter().rev().filter(shown);
            newest.find_map(|message| message.button(prefix).map(|id| (message.id, id)))
        });
        match found {
            Some((message, custom_id)) => self.click(person, message, &custom_id).await,
            None => Outcome::blocked(format!("no button {prefix}… is in the channel")),
        }
    }

    /// Sends a form. `values` are the fields' `custom_id`s and what was put in; a field that is not named keeps its preset text.
    pub async fn submit_modal(&self, person: Person, modal: &Modal, values: &[(&str, &str)]) -> Outcome {
        let values: Vec<(&str, Filled<'_>)> = values.iter().map(|(name, text)| (*name, Filled::Text(text))).collect();
        self.submit_form(person, modal, &values).await
    }

    /// Sends a form with any fields. What a client would not let through is [`OutcomeKind::Blocked`]; a field that is
    /// not named keeps what stands in it.
    pub async fn submit_form(&self, person: Person, modal: &Modal, values: &[(&str, Filled<'_>)]) -> Outcome {
        self.send_form(person, modal, values, false).await
    }

    /// Sends a form as a client does that checks nothing.
    pub async fn force_form(&self, person: Person, modal: &Modal, values: &[(&str, Filled<'_>)]) -> Outcome {
        self.send_form(person, modal, values, true).await
    }

    async fn send_form(&self, person: Person, modal: &Modal, values: &[(&str, Filled<'_>)], force: bool) -> Outcome {
        let known = modal.fields();
        if let Some((unknown, _)) = values.iter().find(|(name, _)| !known.iter().any(|field| field == name)) {
            return Outcome::blocked(format!("the form has no field {unknown}"));
        }
        let prepared = self.read(|state| {
            let filler = Filler { state, person, guild: state.guild_of(modal.channel), force };
            let (mut components, mut resolved) = (modal.components.clone(), Resolved::default());
            filler.fill(&mut components, values, &mut resolved)?;
            let mut data = json!({"components": components, "custom_id": modal.custom_id});
            resolved.into_data(&mut data);
            Ok::<_, String>(data)
        });
        let data = match prepared {
            Ok(data) => data,
            Err(why) => return Outcome::blocked(why),
        };
        let title = format!("sends the form “{}”", modal.title);
        let (context, channel, source) = (modal.context, modal.channel, modal.source);
        self.core.interact(Sending { person, kind: 5, context, channel, source, data, title }).await
    }
}

/// The options of an autocomplete: values are partial, required ones may be missing, and one has the focus.
fn typed_option(
    filler: &Filler<'_>,
    target: &Value,
    values: &Value,
    option: &str,
    so_far: &str,
    resolved: &mut Resolved,
) -> Result<Vec<Value>, String> {
    let wanted = target["options"].as_array().cloned().unwrap_or_default();
    let typed = wanted.iter().find(|wanted| wanted["name"] == option);
    let typed = typed.ok_or_else(|| format!("there is no option {option}"))?;
    if typed["autocomplete"] != true {
        return Err(format!("the option {option} offers no suggestions"));
    }
    let others: Vec<Value> = wanted
        .iter()
        .filter(|wanted| wanted["name"] != option)
        .map(|wanted| {
            let mut wanted = wanted.clone();
            wanted["required"] = json!(false);
            wanted
        })
        .collect();
    let mut given = filler.options(&json!(others), values, resolved)?;
    given.push(json!({"name": option, "type": typed["type"], "value": so_far, "focused": true}));
    Ok(given)
}

/// Context and channel of a place. See [Discord Docs/Application Commands, "Interaction Contexts"].
fn whereabouts(state: &mut DiscordState, person: Person, place: Place) -> Result<(u64, u64), String> {
    match place {
        Place::Guild(channel) => {
            member_of(state, person, state.guild_of(channel))?;
            sees(state, person, channel)?;
            Ok((0, channel))
        }
        Place::Dm => Ok((1, state.dm_channel(person.0))),
        Place::OtherDm => {
            let known = state
                .channels
                .iter()
                .find(|(_, channel)| channel.foreign && channel.recipient == Some(person.0))
                .map(|(id, _)| *id);
            Ok((2, known.unwrap_or_else(|| state.add_dm(person.0, true))))
        }
    }
}

/// Only members see what is in a server.
fn member_of(state: &DiscordState, person: Person, guild: Option<u64>) -> Result<(), String> {
    let Some(guild) = guild else { return Ok(()) };
    let found = state.guilds.get(&guild);
    if found.is_some_and(|found| found.members.contains_key(&person.0) || found.owner == person.0) {
        Ok(())
    } else {
        Err("the person is not in this server".to_owned())
    }
}

/// Not everybody sees a private thread.
fn sees(state: &DiscordState, person: Person, channel: u64) -> Result<(), String> {
    if state.is_seen_by(channel, person.0) { Ok(()) } else { Err("the person does not see this thread".to_owned()) }
}

/// Whether the client offers a command to somebody in a server. See [Discord Docs/Application Commands, "Permissions"].
fn may_use(state: &DiscordState, command: &Value, person: Person, guild: Option<u64>) -> Result<(), String> {
    let Some(guild) = guild else { return Ok(()) };
    let wanted = &command["default_member_permissions"];
    let wanted = wanted.as_str().and_then(|bits| bits.parse().ok()).or_else(|| wanted.as_u64()).unwrap_or_default();
    if state.permissions_in(guild, person.0) & wanted == wanted {
        Ok(())
    } else {
        Err(format!("the command {} is not offered to this person", command["name"]))
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
    let guild = state.guild_of(sending.channel).unwrap_or(state.guild);
    let owners = match sending.context {
        0 => json!({"0": guild.to_string()}),
        1 => json!({"0": "0"}),
        _ => json!({"1": sending.person.to_string()}),
    };
    let mut body = json!({
        "type": sending.kind, "id": id.to_string(), "application_id": state.application_id.to_string(), "token": token,
        "version": 1, "context": sending.context, "authorizing_integration_owners": owners,
        "attachment_size_limit": user.map_or(super::files::FILE_MAX, |user| user.upload_limit),
        "app_permissions": if sending.context == 0 { state.bot_permissions(guild).to_string() } else { "562949953601536".to_owned() },
        "locale": user.map_or("en-US", |user| user.locale.as_str()), "entitlements": [], "entitlement_sku_ids": [],
        "channel_id": sending.channel.to_string(), "channel": state.channel_object(sending.channel), "data": sending.data,
    });
    if sending.context == 0 {
        let guild_id = guild.to_string();
        body["guild_locale"] = json!(state.guild_locale);
        body["guild"] = json!({"features": [], "id": guild_id, "locale": state.guild_locale});
        body["guild_id"] = json!(guild_id);
        body["member"] = state.invoking_member(guild, sending.person.0);
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
