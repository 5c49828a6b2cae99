//! What the page's panes show. IDs are text: JavaScript's numbers are too short for them.

use serde_json::{Value, json};

use super::play::{self, ADA, BOT, CHANNEL};
use crate::sims::discord::{DiscordSim, DiscordState, Modal, Person, SimMessage, buttons, selects};
use crate::sims::twilio::TwilioSim;

/// How many posts of the boards are shown, the newest ones.
const BOARD_POSTS: usize = 30;

/// What the person and the moderator see, and where they can write.
pub(super) fn discord(sim: &DiscordSim, modal: Option<&(Person, Modal)>) -> Value {
    let people = sim.read(|state| {
        let moderator = play::moderator(state).map(|moderator| someone(state, "moderator", Some(moderator), modal));
        let person = someone(state, "person", play::person(state), modal);
        [Some(person), moderator].into_iter().flatten().collect::<Vec<_>>()
    });
    json!({ "people": people, "violations": sim.contract_violations() })
}

fn someone(state: &DiscordState, who: &str, person: Option<Person>, modal: Option<&(Person, Modal)>) -> Value {
    let user = person.and_then(|person| state.user(person));
    let server = state.channel(CHANNEL);
    let threads = person.map(|person| state.private_threads(person)).unwrap_or_default();
    let mut places = vec![json!({"id": null, "name": "Direct messages"})];
    places.extend(server.map(|channel| json!({"id": channel.to_string(), "name": format!("#{CHANNEL}")})));
    let thread_name = |thread: u64| state.channel_name(thread).unwrap_or_default().to_owned();
    let named = threads.iter().map(|thread| json!({"id": thread.to_string(), "name": thread_name(*thread)}));
    places.extend(named);
    let name = user.map_or(ADA.0, |user| user.name.as_str());
    json!({
        "who": who, "name": name, "locale": user.map_or(ADA.1, |user| user.locale.as_str()),
        "accepts_dms": user.is_none_or(|user| user.dm_open), "installed": user.is_some_and(|user| user.installed),
        "places": places, "messages": person.map(|person| visible(state, person, server, &threads)).unwrap_or_default(),
        "modal": modal.filter(|(whose, _)| Some(*whose) == person).map(|(_, modal)| modal),
    })
}

/// Everything that a person reads: their direct messages and threads, the channel of the server, and what was answered to them alone.
fn visible(state: &DiscordState, person: Person, server: Option<u64>, threads: &[u64]) -> Vec<Value> {
    let mut messages = state.dm(person);
    let public = server.into_iter().chain(threads.iter().copied());
    messages.extend(public.flat_map(|channel| state.channel_messages(channel)));
    messages.retain(|message| message.ephemeral_for.is_none());
    messages.extend(state.shown_to(person).into_iter().filter(|message| message.ephemeral_for.is_some()));
    messages.sort_by_key(|message| message.id);
    messages.iter().map(|message| shown(state, person, message)).collect()
}

fn shown(state: &DiscordState, person: Person, message: &SimMessage) -> Value {
    let place = state.channel_name(message.channel_id).filter(|name| !name.is_empty());
    let place = place.map(|name| if name == CHANNEL { format!("#{name}") } else { name.to_owned() });
    let files = state.attachments(message.id);
    json!({
        "id": message.id.to_string(), "author": message.author, "bot": message.from_bot, "text": text(state, message),
        "own": message.author_id == person.id(), "loading": message.loading, "edited": message.edited_ms.is_some(),
        "private": message.ephemeral_for.is_some(), "place": place, "buttons": pressed(message), "selects": selects(message),
        "files": files.iter().map(|file| json!({"name": file.filename, "size": file.size})).collect::<Vec<_>>(),
    })
}

/// What stands on a message beside its buttons and selects.
fn text(state: &DiscordState, message: &SimMessage) -> String {
    let mut bare = message.clone();
    if message.components.as_array().is_none_or(|rows| rows.iter().all(|row| row["type"] == 1)) {
        bare.components = json!([]);
    }
    bare.all_text().replace(&format!("<@{}>", state.application_id()), &format!("@{BOT}"))
}

fn pressed(message: &SimMessage) -> Vec<Value> {
    let buttons = buttons(message).into_iter();
    buttons.map(|(label, custom_id, url)| json!({"label": label, "custom_id": custom_id, "url": url})).collect()
}

/// What the moderator sees on the boards: the newest posts.
pub(super) fn boards(sim: &DiscordSim) -> Value {
    let posts = sim.read(|state| {
        let boards = ["bug-report", "feature-request"].into_iter().filter_map(|name| state.channel(name));
        boards.flat_map(|board| state.board_posts(board)).collect::<Vec<_>>()
    });
    let newest = posts.iter().rev().take(BOARD_POSTS).map(|post| {
        let card = post.first();
        json!({
            "name": post.name, "tags": post.tags, "archived": post.archived, "id": card.map(|card| card.id.to_string()),
            "text": card.map(SimMessage::all_text), "buttons": card.map(pressed).unwrap_or_default(),
        })
    });
    json!({ "posts": newest.collect::<Vec<_>>() })
}

/// What the agent sees: every conversation with its task, the newest last.
pub(super) fn agent(sim: &TwilioSim) -> Value {
    let tasks = sim.tasks();
    let agents: Vec<_> = sim.agents();
    let conversations = sim.conversations().into_iter().map(|conversation| {
        let task = tasks.iter().rev().find(|task| task.conversation_sid == conversation.sid);
        let messages = conversation.messages.iter().filter(|message| !message.deleted);
        let messages = messages.map(|message| {
            json!({
                "sid": message.sid, "index": message.index, "author": message.author, "text": message.body,
                "own": agents.iter().any(|agent| agent.identity == message.author),
                "files": message.media.iter().map(|file| json!({"name": file.filename, "size": file.size})).collect::<Vec<_>>(),
            })
        });
        json!({
            "sid": conversation.sid, "name": conversation.unique_name, "state": conversation.state,
            "task": task.map(|task| json!({"sid": task.sid, "status": task.status, "attributes": task.attributes})),
            "messages": messages.collect::<Vec<_>>(),
        })
    });
    let names: Vec<_> = agents.iter().map(|agent| &agent.name).collect();
    json!({"agents": names, "conversations": conversations.collect::<Vec<_>>(), "violations": sim.contract_violations()})
}
