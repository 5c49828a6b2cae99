//! Discord's HTTP API, as far as a bot without a gateway needs it.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::files::{self, Parsed, Upload};
use super::payload::{self, Checked, Refusal, Route as MessageRoute};
use super::state::{DiscordState, Interaction, Person};
use super::{Core, guild, oauth, people};
use crate::gate::Killed;
use crate::sims::contract;
use crate::sims::faults::Action;
use crate::sims::http::{Dropped, Reply, Request};
use crate::sims::ids::now_ms;
use crate::trace::Kind;

/// A request's operation, with what stands in its path.
#[derive(Debug, Clone, PartialEq)]
enum Route {
    GetApplication,
    PatchApplication,
    GetCommands(String),
    PutCommands(String),
    GetMe,
    OpenDm,
    GetOwnGuilds,
    GetGuild(String),
    GetGuildChannels(String),
    CreateChannel(String),
    GetRoles(String),
    GetMember(String, String),
    ActiveThreads(String),
    GetChannel(String),
    EditChannel(String),
    DeleteChannel(String),
    CreatePost(String),
    CreateThread(String, String),
    AddThreadMember(String, String),
    React(String, String, String),
    ListMessages(String),
    CreateMessage(String),
    GetMessage(String, String),
    EditMessage(String, String),
    DeleteMessage(String, String),
    Typing(String),
    GetAnswer(String, String, String),
    EditAnswer(String, String, String),
    DeleteAnswer(String, String, String),
    FollowUp(String, String),
    Callback(String, String),
    /// Signing in: not in the contract, and not with the bot's token.
    OAuth(oauth::Step),
}

impl Route {
    fn of(method: &str, path: &str) -> Option<Self> {
        let decoded: Vec<String> = path.trim_start_matches('/').split('/').map(percent_decoded).collect();
        let segments: Vec<&str> = decoded.iter().map(String::as_str).collect();
        let own = str::to_owned;
        Some(match (method, segments.as_slice()) {
            ("GET", ["applications", "@me"]) => Self::GetApplication,
            ("PATCH", ["applications", "@me"]) => Self::PatchApplication,
            ("GET", ["applications", id, "commands"]) => Self::GetCommands(own(id)),
            ("PUT", ["applications", id, "commands"]) => Self::PutCommands(own(id)),
            ("GET", ["users", "@me"]) => Self::GetMe,
            ("POST", ["users", "@me", "channels"]) => Self::OpenDm,
            ("GET", ["users", "@me", "guilds"]) => Self::GetOwnGuilds,
            ("GET", ["guilds", id]) => Self::GetGuild(own(id)),
            ("GET", ["guilds", id, "channels"]) => Self::GetGuildChannels(own(id)),
            ("POST", ["guilds", id, "channels"]) => Self::CreateChannel(own(id)),
            ("GET", ["guilds", id, "roles"]) => Self::GetRoles(own(id)),
            ("GET", ["guilds", id, "members", person]) => Self::GetMember(own(id), own(person)),
            ("GET", ["guilds", id, "threads", "active"]) => Self::ActiveThreads(own(id)),
            ("GET", ["channels", id]) => Self::GetChannel(own(id)),
            ("PATCH", ["channels", id]) => Self::EditChannel(own(id)),
            ("DELETE", ["channels", id]) => Self::DeleteChannel(own(id)),
            ("POST", ["channels", id, "threads"]) => Self::CreatePost(own(id)),
            ("POST", ["channels", id, "messages", message, "threads"]) => Self::CreateThread(own(id), own(message)),
            ("PUT", ["channels", id, "thread-members", person]) => Self::AddThreadMember(own(id), own(person)),
            ("PUT", ["channels", id, "messages", message, "reactions", emoji, "@me"]) => {
                Self::React(own(id), own(message), own(emoji))
            }
            ("GET", ["channels", id, "messages"]) => Self::ListMessages(own(id)),
            ("POST", ["channels", id, "messages"]) => Self::CreateMessage(own(id)),
            ("GET", ["channels", id, "messages", message]) => Self::GetMessage(own(id), own(message)),
            ("PATCH", ["channels", id, "messages", message]) => Self::EditMessage(own(id), own(message)),
            ("DELETE", ["channels", id, "messages", message]) => Self::DeleteMessage(own(id), own(message)),
            ("POST", ["channels", id, "typing"]) => Self::Typing(own(id)),
            ("GET", ["webhooks", id, token, "messages", message]) => Self::GetAnswer(own(id), own(token), own(message)),
            ("PATCH", ["webhooks", id, token, "messages", message]) => {
                Self::EditAnswer(own(id), own(token), own(message))
            }
            ("DELETE", ["webhooks", id, token, "messages", message]) => {
                Self::DeleteAnswer(own(id), own(token), own(message))
            }
            ("POST", ["webhooks", id, token]) => Self::FollowUp(own(id), own(token)),
            ("POST", ["interactions", id, token, "callback"]) => Self::Callback(own(id), own(token)),
            _ => return None,
        })
    }

    /// Method and path template as the contract writes them: the name in the trace and for faults.
    fn operation(&self) -> &'static str {
        match self {
            Self::GetApplication => "GET /applications/@me",
            Self::PatchApplication => "PATCH /applications/@me",
            Self::GetCommands(_) => "GET /applications/{application_id}/commands",
            Self::PutCommands(_) => "PUT /applications/{application_id}/commands",
            Self::GetMe => "GET /users/@me",
            Self::OpenDm => "POST /users/@me/channels",
            Self::GetOwnGuilds => "GET /users/@me/guilds",
            Self::GetGuild(_) => "GET /guilds/{guild_id}",
            Self::GetGuildChannels(_) => "GET /guilds/{guild_id}/channels",
            Self::CreateChannel(_) => "POST /guilds/{guild_id}/channels",
            Self::GetRoles(_) => "GET /guilds/{guild_id}/roles",
            Self::GetMember(..) => "GET /guilds/{guild_id}/members/{user_id}",
            Self::ActiveThreads(_) => "GET /guilds/{guild_id}/threads/active",
            Self::GetChannel(_) => "GET /channels/{channel_id}",
            Self::EditChannel(_) => "PATCH /channels/{channel_id}",
            Self::DeleteChannel(_) => "DELETE /channels/{channel_id}",
            Self::CreatePost(_) => "POST /channels/{channel_id}/threads",
            Self::CreateThread(..) => "POST /channels/{channel_id}/messages/{message_id}/threads",
            Self::AddThreadMember(..) => "PUT /channels/{channel_id}/thread-members/{user_id}",
            Self::React(..) => "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me",
            Self::ListMessages(_) => "GET /channels/{channel_id}/messages",
            Self::CreateMessage(_) => "POST /channels/{channel_id}/messages",
            Self::GetMessage(..) => "GET /channels/{channel_id}/messages/{message_id}",
            Self::EditMessage(..) => "PATCH /channels/{channel_id}/messages/{message_id}",
            Self::DeleteMessage(..) => "DELETE /channels/{channel_id}/messages/{message_id}",
            Self::Typing(_) => "POST /channels/{channel_id}/typing",
            Self::GetAnswer(_, _, at) if at == "@original" => {
                "GET /webhooks/{webhook_id}/{webhook_token}/messages/@original"
            }
            Self::EditAnswer(_, _, at) if at == "@original" => {
                "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
            }
            Self::DeleteAnswer(_, _, at) if at == "@original" => {
                "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original"
            }
            Self::GetAnswer(..) => "GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            Self::EditAnswer(..) => "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            Self::DeleteAnswer(..) => "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            Self::FollowUp(..) => "POST /webhooks/{webhook_id}/{webhook_token}",
            Self::Callback(..) => "POST /interactions/{interaction_id}/{interaction_token}/callback",
            Self::OAuth(step) => step.operation(),
        }
    }

    /// The token in the path authorises these; an `Authorization` header is tolerated.
    fn carries_token(&self) -> bool {
        matches!(
            self,
            Self::GetAnswer(..)
                | Self::EditAnswer(..)
                | Self::DeleteAnswer(..)
                | Self::FollowUp(..)
                | Self::Callback(..)
        )
    }
}

fn percent_decoded(segment: &str) -> String {
    // A path is not a form: its plus signs are plus signs.
    let as_form = format!("v={}", segment.replace('+', "%2B"));
    form_urlencoded::parse(as_form.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

type Answer = Result<Reply, Dropped>;

pub(super) async fn handle(core: Arc<Core>, request: Request) -> Answer {
    let (instance, path) = request.caller();
    // A browser asks for these, wherever the address came from; no function is behind it.
    if request.method == "GET" && (path.starts_with("/attachments/") || path.starts_with("/ephemeral-attachments/")) {
        return serve_file(&core, instance.as_deref(), &path, &request).await;
    }
    if let Some(step @ oauth::Step::Authorize) = oauth::concerns(&request.method, &path) {
        return Ok(oauth::answer(&core, step, &request));
    }
    // Its own task: a caller that hangs up does not undo what the platform is doing.
    let work = tokio::spawn(async move {
        let api_path = path.strip_prefix("/api/v10").unwrap_or_default().to_owned();
        let route = match oauth::concerns(&request.method, &path) {
            Some(step) => Some(Route::OAuth(step)),
            None => Route::of(&request.method, &api_path),
        };
        let operation =
            route.as_ref().map_or_else(|| format!("{} {path}", request.method), |route| route.operation().to_owned());
        let perform = perform(&core, route, &operation, &api_path, &request);
        let counted = async {
            let answer = perform.await;
            (answer.as_ref().map_or(0, |reply| reply.status), answer)
        };
        match core.gate.pass(instance.as_deref(), Kind::Discord, &operation, counted).await {
            Ok(answer) => answer,
            Err(Killed) => Err(Dropped),
        }
    });
    work.await.unwrap_or(Err(Dropped))
}

/// Operation of the CDN, for faults.
const GET_FILE: &str = "GET /attachments";

async fn serve_file(core: &Core, instance: Option<&str>, path: &str, request: &Request) -> Answer {
    let serve = async {
        let serve = || core.state.read(|state| state.serve_file(path, request));
        let answer = match core.faults.take(GET_FILE) {
            None | Some(Action::UnknownWebhookRace) => Ok(serve()),
            Some(Action::Delay(time)) => {
                tokio::time::sleep(time).await;
                Ok(serve())
            }
            Some(Action::DropAfterDoing | Action::DropBefore) => Err(Dropped),
            Some(Action::Status { status, body, .. }) => Ok(Reply::json(status, &body)),
            Some(Action::RateLimit { retry_after, header, global }) => Ok(rate_limited(retry_after, header, global)),
        };
        (answer.as_ref().map_or(0, |reply| reply.status), answer)
    };
    core.gate.pass(instance, Kind::Discord, GET_FILE, serve).await.unwrap_or(Err(Dropped))
}

async fn perform(core: &Core, route: Option<Route>, operation: &str, path: &str, request: &Request) -> Answer {
    match core.faults.take(operation) {
        None => Ok(answer(core, route, path, request).await),
        Some(Action::Delay(time)) => {
            let reply = answer(core, route, path, request).await;
            tokio::time::sleep(time).await;
            Ok(reply)
        }
        Some(Action::DropAfterDoing) => {
            answer(core, route, path, request).await;
            Err(Dropped)
        }
        Some(Action::DropBefore) => Err(Dropped),
        Some(Action::UnknownWebhookRace) => Ok(Refusal::new(404, 10015, "Unknown Webhook").reply()),
        Some(Action::Status { status, body, headers }) => Ok(headers
            .into_iter()
            .fold(Reply::json(status, &body), |reply, (name, value)| reply.with_header(&name, value))),
        Some(Action::RateLimit { retry_after, header, global }) => Ok(rate_limited(retry_after, header, global)),
    }
}

fn rate_limited(retry_after: f64, header: bool, global: bool) -> Reply {
    let body = json!({"message": "You are being rate limited.", "retry_after": retry_after, "global": global});
    let reply = Reply::json(429, &body);
    if !header {
        return reply;
    }
    let scope = if global { "global" } else { "user" };
    let reply = reply
        .with_header("retry-after", format!("{}", retry_after.ceil()))
        .with_header("x-ratelimit-limit", "5")
        .with_header("x-ratelimit-remaining", "0")
        .with_header("x-ratelimit-reset-after", format!("{retry_after:.3}"))
        .with_header("x-ratelimit-bucket", "80c17d2f203122d936070c88c8d10f33")
        .with_header("x-ratelimit-scope", scope);
    if global { reply.with_header("x-ratelimit-global", "true") } else { reply }
}

async fn answer(core: &Core, route: Option<Route>, path: &str, request: &Request) -> Reply {
    if request.header("user-agent").unwrap_or_default().trim().is_empty() {
        return Refusal::new(403, 40333, "internal network error").reply();
    }
    if let Some(Route::OAuth(step)) = route {
        return oauth::answer(core, step, request);
    }
    let Parsed { json: body, files } = match files::read_body(request) {
        Ok(parsed) => parsed,
        Err(refusal) => return refusal.reply(),
    };
    let violations = contract::discord_request(&request.method, path, &request.query_pairs(), body.as_ref());
    if !violations.is_empty() {
        return core.violation_reply(&violations);
    }
    let Some(route) = route else {
        return Reply::json(404, &json!({"message": "404: Not Found", "code": 0}));
    };
    let authorization = request.header("authorization");
    if let (Route::GetMe, Some(token)) = (&route, authorization.and_then(|value| value.strip_prefix("Bearer "))) {
        return core.state.read(|state| state.bearer_user(token));
    }
    let expected = format!("Bot {}", core.options.bot_token);
    if !route.carries_token() && authorization != Some(expected.as_str()) {
        return Reply::json(401, &json!({"message": "401: Unauthorized", "code": 0}));
    }
    let body = body.unwrap_or(Value::Null);
    let done = if let Route::PatchApplication = route {
        patch_application(core, &body).await
    } else {
        core.state.change(|state| act(core, state, &route, &body, &files, request))
    };
    let reply = done.unwrap_or_else(|refusal| refusal.reply());
    reply
        .with_header("x-ratelimit-limit", "1000")
        .with_header("x-ratelimit-remaining", "999")
        .with_header("x-ratelimit-reset-after", "1.000")
}

type Done = Result<Reply, Refusal>;

async fn patch_application(core: &Core, body: &Value) -> Done {
    if let Some(url) = body["interactions_endpoint_url"].as_str()
        && let Err(problem) = core.check_endpoint(url).await
    {
        core.trace.note(
            Kind::Note,
            format!("Discord does not take the interactions endpoint: {problem}"),
            json!({"url": url}),
        );
        return Err(Refusal::form(
            "interactions_endpoint_url",
            "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID",
            "The specified interactions endpoint url could not be verified.",
        ));
    }
    if let Some(url) = body["event_webhooks_url"].as_str()
        && let Err(problem) = core.check_events_url(url).await
    {
        let note = format!("Discord does not take the address for webhook events: {problem}");
        core.trace.note(Kind::Note, note, json!({"url": url}));
        return Err(Refusal::form(
            "event_webhooks_url",
            "APPLICATION_EVENT_WEBHOOKS_URL_INVALID",
            "The specified event webhooks url could not be verified.",
        ));
    }
    core.state.change(|state| {
        for (key, value) in body.as_object().into_iter().flatten() {
            state.application.insert(key.clone(), value.clone());
        }
        Ok(Reply::json(200, &Value::Object(state.application.clone())))
    })
}

fn act(
    core: &Core,
    state: &mut DiscordState,
    route: &Route,
    body: &Value,
    files: &[Upload],
    request: &Request,
) -> Done {
    match route {
        Route::OAuth(step) => Ok(oauth::answer(core, *step, request)),
        Route::GetOwnGuilds => Ok(Reply::json(200, &guild::own_guilds(state))),
        Route::GetGuild(id) => guild::get_guild(state, id),
        Route::GetGuildChannels(id) => guild::get_channels(state, id),
        Route::CreateChannel(id) => guild::create_channel(state, id, body),
        Route::GetRoles(id) => guild::get_roles(state, id),
        Route::GetMember(id, person) => guild::get_member(state, id, person),
        Route::ActiveThreads(id) => guild::active_threads(state, id),
        Route::EditChannel(channel) => {
            let channel = visible_channel(state, channel)?;
            guild::edit_channel(state, channel, body)
        }
        Route::DeleteChannel(channel) => {
            let channel = visible_channel(state, channel)?;
            guild::delete_channel(state, channel)
        }
        Route::CreatePost(channel) => {
            let channel = visible_channel(state, channel)?;
            let made = guild::create_post(state, channel, body, files)?;
            note_post(core, state, &made);
            Ok(made)
        }
        Route::CreateThread(channel, message) => {
            let message = stored_message(state, channel, message)?;
            let channel = state.messages[&message].channel_id;
            guild::create_thread(state, channel, message, body)
        }
        Route::AddThreadMember(channel, person) => {
            let channel = visible_channel(state, channel)?;
            guild::add_thread_member(state, channel, person)
        }
        Route::React(channel, message, emoji) => {
            let message = stored_message(state, channel, message)?;
            let reacted = state.messages.get_mut(&message).map(|message| &mut message.reactions);
            if let Some(reactions) = reacted.filter(|reactions| !reactions.contains(emoji)) {
                reactions.push(emoji.clone());
            }
            Ok(Reply::empty(204))
        }
        Route::GetApplication | Route::PatchApplication => {
            Ok(Reply::json(200, &Value::Object(state.application.clone())))
        }
        Route::GetMe => Ok(Reply::json(200, &state.bot())),
        Route::GetCommands(application) => {
            own_application(state, application)?;
            Ok(Reply::json(200, &json!(state.commands)))
        }
        Route::PutCommands(application) => {
            own_application(state, application)?;
            put_commands(state, body)
        }
        Route::OpenDm => open_dm(state, body),
        Route::GetChannel(channel) => {
            let channel = visible_channel(state, channel)?;
            Ok(Reply::json(200, &state.channel_object(channel)))
        }
        Route::ListMessages(channel) => list_messages(state, channel, request),
        Route::CreateMessage(channel) => create_message(core, state, channel, body, files),
        Route::GetMessage(channel, message) => {
            let message = stored_message(state, channel, message)?;
            Ok(Reply::json(200, &state.read_object(&state.messages[&message])))
        }
        Route::EditMessage(channel, message) => edit_message(state, channel, message, body, files),
        Route::DeleteMessage(channel, message) => delete_message(state, channel, message),
        Route::Typing(channel) => {
            let channel = visible_channel(state, channel)?;
            may_send(state, channel)?;
            state.typing.push((channel, now_ms()));
            Ok(Reply::empty(204))
        }
        Route::GetAnswer(application, token, at) => {
            let message = answer_message(state, application, token, at)?;
            Ok(Reply::json(200, &state.message_object(&state.messages[&message])))
        }
        Route::EditAnswer(application, token, at) => edit_answer(state, application, token, at, body, files),
        Route::DeleteAnswer(application, token, at) => {
            let message = answer_message(state, application, token, at)?;
            state.delete_message(message);
            Ok(Reply::empty(204))
        }
        Route::FollowUp(application, token) => follow_up(state, application, token, body, files),
        Route::Callback(id, token) => callback(core, state, id, token, body, request),
    }
}

/// A post of the bot, for the trace.
fn note_post(core: &Core, state: &DiscordState, made: &Reply) {
    let made: Value = serde_json::from_slice(&made.body).unwrap_or_default();
    let first = made["id"].as_str().and_then(|id| id.parse().ok()).and_then(|id: u64| state.messages.get(&id));
    if let Some(first) = first {
        let name = made["name"].as_str().unwrap_or_default();
        core.trace.note(
            Kind::Person,
            format!("Discord shows the post “{name}”: {}", people::line(first)),
            json!({"channel": first.channel_id, "message": first.id}),
        );
    }
}

fn own_application(state: &DiscordState, application: &str) -> Result<(), Refusal> {
    if application == state.application_id.to_string() {
        Ok(())
    } else {
        Err(Refusal::new(404, 10002, "Unknown Application"))
    }
}

fn put_commands(state: &mut DiscordState, body: &Value) -> Done {
    let commands = body.as_array().ok_or_else(|| Refusal::new(400, 50035, "Invalid Form Body"))?;
    let user_install = state.application.get("integration_types_config").is_some_and(|config| !config["1"].is_null());
    let (mut names, mut counts) = (HashSet::new(), [0; 4]);
    for (at, command) in commands.iter().enumerate() {
        payload::command(command, at, user_install)?;
        let kind = command["type"].as_u64().unwrap_or(1);
        if !names.insert((kind, command["name"].as_str().unwrap_or_default())) {
            return Err(Refusal::form(
                &at.to_string(),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            ));
        }
        counts[usize::try_from(kind).unwrap_or(0)] += 1;
    }
    if counts[1] > 100 || counts[2] > 15 || counts[3] > 15 {
        return Err(Refusal::new(400, 30032, "Maximum number of application commands reached (100)."));
    }
    store_commands(state, commands);
    Ok(Reply::json(200, &json!(state.commands)))
}

/// Replaces the commands; one that was there by name and type keeps its id.
pub(super) fn store_commands(state: &mut DiscordState, commands: &[Value]) {
    let old = std::mem::take(&mut state.commands);
    for command in commands {
        let kind = command["type"].as_u64().unwrap_or(1);
        let same = old.iter().find(|old| old["name"] == command["name"] && old["type"] == kind);
        let id = same.map_or_else(|| json!(state.next_id().to_string()), |same| same["id"].clone());
        let mut stored = json!({
            "application_id": state.application_id.to_string(), "default_member_permissions": null, "type": kind,
            "description": "", "nsfw": false, "integration_types": [0], "contexts": [0, 1, 2], "options": [],
        });
        for (key, value) in command.as_object().into_iter().flatten() {
            stored[key] = value.clone();
        }
        stored["type"] = json!(kind);
        stored["id"] = id;
        stored["version"] = json!(state.next_id().to_string());
        state.commands.push(stored);
    }
}

fn open_dm(state: &mut DiscordState, body: &Value) -> Done {
    let recipient = body["recipient_id"].as_str().and_then(|id| id.parse().ok());
    let Some(person) = recipient.filter(|id| state.users.contains_key(id)) else {
        return Err(Refusal::new(400, 50033, "Invalid Recipient(s)"));
    };
    let dm = state.dm_channel(person);
    Ok(Reply::json(200, &state.channel_object(dm)))
}

/// A channel that the bot can read.
fn visible_channel(state: &DiscordState, channel: &str) -> Result<u64, Refusal> {
    let unknown = || Refusal::new(404, 10003, "Unknown Channel");
    let id = channel.parse().map_err(|_| unknown())?;
    let channel = state.channels.get(&id).ok_or_else(unknown)?;
    let bot_left = channel.guild.and_then(|guild| state.guilds.get(&guild)).is_some_and(|guild| !guild.has_bot);
    if channel.foreign || bot_left { Err(Refusal::new(403, 50001, "Missing Access")) } else { Ok(id) }
}

/// Whether the bot may post there: a person may have closed their DMs, or left the server.
fn may_send(state: &DiscordState, channel: u64) -> Result<(), Refusal> {
    state.may_post(channel)?;
    let recipient = state.channels.get(&channel).and_then(|channel| channel.recipient);
    let Some(user) = recipient.and_then(|id| state.user(Person(id))) else { return Ok(()) };
    if !user.in_guild && !user.installed {
        return Err(Refusal::new(403, 50278, "Cannot send messages to this user due to having no mutual guilds"));
    }
    if !user.dm_open {
        return Err(Refusal::new(403, 50007, "Cannot send messages to this user"));
    }
    Ok(())
}

fn stored_message(state: &DiscordState, channel: &str, message: &str) -> Result<u64, Refusal> {
    let channel = visible_channel(state, channel)?;
    let id = message.parse().ok();
    let found = id.and_then(|id: u64| state.messages.get(&id));
    match found {
        // Ephemeral messages are not in the channel for anybody but the one who sees them.
        Some(message) if message.channel_id == channel && !message.deleted && message.ephemeral_for.is_none() => {
            Ok(message.id)
        }
        _ => Err(Refusal::new(404, 10008, "Unknown Message")),
    }
}

fn list_messages(state: &DiscordState, channel: &str, request: &Request) -> Done {
    let channel = visible_channel(state, channel)?;
    let query = request.query_pairs();
    let get = |name: &str| query.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<u64>().ok());
    let limit = get("limit").unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(Refusal::form("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100."));
    }
    let (before, after, around) = (get("before"), get("after"), get("around"));
    if [before, after, around].iter().flatten().count() > 1 {
        return Err(Refusal::form("after", "MESSAGE_LIST_EXCLUSIVE", "around, before and after exclude each other."));
    }
    let limit = usize::try_from(limit).unwrap_or(100);
    let all: Vec<_> = state.in_channel(channel).filter(|message| message.ephemeral_for.is_none()).collect();
    let mut page: Vec<_> = match (before, after, around) {
        (_, Some(after), _) => all.into_iter().filter(|message| message.id > after).take(limit).collect(),
        (Some(before), ..) => {
            let mut page: Vec<_> = all.into_iter().rev().filter(|message| message.id < before).take(limit).collect();
            page.reverse();
            page
        }
        (_, _, Some(around)) => {
            let middle = all.partition_point(|message| message.id < around);
            all.into_iter().skip(middle.saturating_sub(limit / 2)).take(limit).collect()
        }
        _ => {
            let skip = all.len().saturating_sub(limit);
            all.into_iter().skip(skip).collect()
        }
    };
    // Newest first, whichever way was asked.
    page.reverse();
    Ok(Reply::json(200, &page.into_iter().map(|message| state.read_object(message)).collect()))
}

fn create_message(core: &Core, state: &mut DiscordState, channel: &str, body: &Value, files: &[Upload]) -> Done {
    let channel = visible_channel(state, channel)?;
    let mut content = payload::message_with_files(body, MessageRoute::Channel, false, files.len())?;
    may_send(state, channel)?;
    let nonce = match &body["nonce"] {
        Value::String(nonce) if nonce.chars().count() <= 25 => Some(nonce.clone()),
        Value::Number(nonce) => Some(nonce.to_string()),
        Value::Null => None,
        _ => {
            return Err(Refusal::form(
                "nonce",
                "NONCE_TYPE_TOO_LONG",
                "Nonce must be an integer or at most 25 characters.",
            ));
        }
    };
    if body["enforce_nonce"] == true
        && let Some(nonce) = &nonce
        && let Some(earlier) = state.by_nonce(channel, nonce)
    {
        let earlier = &state.messages[&earlier];
        if earlier.deleted {
            return Err(Refusal::new(404, 10008, "Unknown Message"));
        }
        return Ok(Reply::json(200, &state.message_object(earlier)));
    }
    if let Some((most, window)) = core.options.post_limit {
        let now = now_ms();
        let window = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
        let sends = state.sends.entry(channel).or_default();
        sends.retain(|at| now - at < window);
        if sends.len() >= most {
            let wait = window - (now - sends[0]);
            #[expect(clippy::cast_precision_loss, reason = "a wait of milliseconds is small")]
            return Ok(rate_limited(wait as f64 / 1000.0, true, false));
        }
        sends.push(now);
    }
    content.attachments = Some(files::attach(state, &[], body, files, channel, false)?);
    let mut message = state.post(channel, state.application_id, content);
    if let Some(nonce) = nonce {
        state.nonces.push((channel, nonce.clone(), message.id, now_ms()));
        message.nonce = Some(nonce.clone());
        if let Some(stored) = state.messages.get_mut(&message.id) {
            stored.nonce = Some(nonce);
        }
    }
    core.trace.note(
        Kind::Person,
        format!("Discord shows: {}", people::line(&message)),
        json!({"channel": channel, "message": message.id}),
    );
    Ok(Reply::json(200, &state.message_object(&message)))
}

fn edit_message(state: &mut DiscordState, channel: &str, message: &str, body: &Value, files: &[Upload]) -> Done {
    let id = stored_message(state, channel, message)?;
    if state.messages[&id].author_id != state.application_id {
        return Err(Refusal::new(403, 50005, "Cannot edit a message authored by another user"));
    }
    state.may_edit_in(state.messages[&id].channel_id)?;
    apply_edit(state, id, body, files, MessageRoute::Channel)
}

fn apply_edit(state: &mut DiscordState, id: u64, body: &Value, files: &[Upload], route: MessageRoute) -> Done {
    let current = &state.messages[&id];
    // What the body does not name stays, so an edit may leave out the content unless nothing else would be left.
    let filled = |value: &Value| value.as_array().is_some_and(|list| !list.is_empty());
    let names = |key: &str| body.get(key).is_some();
    let stays = (!names("content") && !current.content.is_empty())
        || (!names("embeds") && filled(&current.embeds))
        || (!names("attachments") && !current.attachments.is_empty())
        || (!names("components") && filled(&current.components) && current.flags & (1 << 15) != 0);
    let (kept, channel) = (current.attachments.clone(), current.channel_id);
    let ephemeral = current.ephemeral_for.is_some();
    let mut content: Checked = payload::message_with_files(body, route, stays, files.len())?;
    if names("attachments") || !files.is_empty() {
        let stays = files::attach(state, &kept, body, files, channel, ephemeral)?;
        for dropped in kept.iter().filter(|id| !stays.contains(id)) {
            if let Some(file) = state.files.get_mut(dropped) {
                file.gone = true;
            }
        }
        content.attachments = Some(stays);
    }
    // Null takes something away.
    for (key, part) in [("embeds", &mut content.embeds), ("components", &mut content.components)] {
        if body.get(key).is_some_and(Value::is_null) {
            *part = Some(json!([]));
        }
    }
    if let Some(message) = state.messages.get_mut(&id) {
        message.apply(content, now_ms());
    }
    Ok(Reply::json(200, &state.message_object(&state.messages[&id])))
}

fn delete_message(state: &mut DiscordState, channel: &str, message: &str) -> Done {
    let id = stored_message(state, channel, message)?;
    let theirs = state.messages[&id].author_id != state.application_id;
    let in_dm = state.channels.get(&state.messages[&id].channel_id).is_some_and(|channel| channel.recipient.is_some());
    if theirs {
        return Err(if in_dm {
            Refusal::new(403, 50003, "Cannot execute action on a DM channel")
        } else {
            Refusal::new(403, 50013, "Missing Permissions")
        });
    }
    state.delete_message(id);
    Ok(Reply::empty(204))
}

/// The message behind `@original` or an id of a follow-up.
fn answer_message(state: &DiscordState, application: &str, token: &str, at: &str) -> Result<u64, Refusal> {
    let interaction = state.usable(application, token)?;
    let unknown = || Refusal::new(404, 10008, "Unknown Message");
    let id = if at == "@original" { interaction.original } else { at.parse().ok() };
    let message = id.and_then(|id| state.messages.get(&id)).filter(|message| !message.deleted).ok_or_else(unknown)?;
    let same_person = message.interaction_of == Some(interaction.person) || interaction.source == Some(message.id);
    if same_person { Ok(message.id) } else { Err(unknown()) }
}

fn edit_answer(
    state: &mut DiscordState,
    application: &str,
    token: &str,
    at: &str,
    body: &Value,
    files: &[Upload],
) -> Done {
    let message = answer_message(state, application, token, at)?;
    apply_edit(state, message, body, files, MessageRoute::Interaction)
}

fn follow_up(state: &mut DiscordState, application: &str, token: &str, body: &Value, files: &[Upload]) -> Done {
    let interaction = state.usable(application, token)?;
    if interaction.user_install_only && interaction.follow_ups >= 5 {
        return Err(Refusal::new(400, 40094, "This interaction has reached the maximum number of follow up messages"));
    }
    let waiting = interaction
        .original
        .filter(|id| state.messages.get(id).is_some_and(|message| message.loading && !message.deleted));
    if let Some(placeholder) = waiting {
        return apply_edit(state, placeholder, body, files, MessageRoute::Interaction);
    }
    let channel = interaction.channel;
    let mut content = payload::message_with_files(body, MessageRoute::Interaction, false, files.len())?;
    let ephemeral = content.flags.unwrap_or(0) & 64 != 0;
    content.attachments = Some(files::attach(state, &[], body, files, channel, ephemeral)?);
    if let Some(interaction) = state.interactions.get_mut(token) {
        interaction.follow_ups += 1;
    }
    let message = state.post_answer(token, content, ephemeral, false);
    let message = message.ok_or_else(|| Refusal::new(404, 10015, "Unknown Webhook"))?;
    Ok(Reply::json(200, &state.message_object(&message)))
}

fn callback(core: &Core, state: &mut DiscordState, id: &str, token: &str, body: &Value, request: &Request) -> Done {
    let unknown = || Refusal::new(404, 10062, "Unknown interaction");
    let interaction: &Interaction = state.interactions.get(token).ok_or_else(unknown)?;
    if interaction.id.to_string() != id || interaction.invalid {
        return Err(unknown());
    }
    if interaction.acknowledged {
        return Err(Refusal::new(400, 40060, "Interaction has already been acknowledged."));
    }
    if now_ms() > (interaction.expires_ms + core.answer_limit_ms()).saturating_sub(super::state::TOKEN_LIFE_MS) {
        return Err(unknown());
    }
    let original = people::apply_answer(state, token, body)?;
    let with_response = request.query_pairs().iter().any(|(key, value)| key == "with_response" && value == "true");
    if !with_response {
        return Ok(Reply::empty(204));
    }
    let message = original.and_then(|id| state.messages.get(&id)).map(|message| state.message_object(message));
    let kind = state.interactions[token].kind;
    Ok(Reply::json(
        200,
        &json!({
            "interaction": {"id": id, "type": kind, "response_message_id": original.map(|id| id.to_string())},
            "resource": {"type": body["type"], "message": message},
        }),
    ))
}

impl Core {
    fn answer_limit_ms(&self) -> u64 {
        u64::try_from(self.options.answer_limit.as_millis()).unwrap_or(u64::MAX / 2)
    }
}
