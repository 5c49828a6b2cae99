//! `/helpme [question]`: opens the direct messages and a conversation, greets, and takes the question along. *Get help* does the same
//! where somebody says so once more, and *Private thread* where direct messages are closed.

use anyhow::Context;
use desk::commands::{Commands, asker, chat_link, is_theirs};
use desk::connect::Connector;
use desk::opening::Opening;
use desk::reaching::{self, Reached, Reaching};
use desk::threads::Wanted;
use discord::interaction::{Interaction, Spot};
use discord::message::{Button, ButtonStyle, OutgoingMessage};
use discord::routes::{CustomId, GET_HELP, NOT_NOW, START, THREAD};
use domain::conversation::{Conversation, Way};
use domain::ids::InteractionId;
use domain::line::{LINE_LENGTH_MAX, Unsayable, sayable};
use lambda_runtime::{Error, LambdaEvent};
use queues::Queue;
use serde_json::Value;
use wording::Wording;

/// What this function uses.
pub struct Deps {
    commands: Commands,
    reaching: Reaching,
    opening: Opening,
    inbox: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            commands: connector.commands()?,
            reaching: connector.reaching()?,
            opening: connector.opening()?,
            inbox: connector.queue("INBOX_QUEUE_URL")?,
        })
    }
}

/// Handles one invocation: an interaction that the front door has verified and deferred.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<(), Error> {
    let request_id = event.context.request_id;
    let spot = Spot::read(&event.payload);
    Ok(deps.commands.run(event.payload, &request_id, |interaction| answer(deps, interaction, spot)).await?)
}

async fn answer(deps: &Deps, interaction: Interaction, spot: Option<Spot>) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    if !is_theirs(&interaction) {
        return Ok(OutgoingMessage::text(says.not_yours()));
    }
    let pressed: Option<CustomId> = interaction.custom_id().and_then(|custom_id| custom_id.parse().ok());
    match pressed.as_ref().map(|pressed| pressed.action.as_str()) {
        Some(GET_HELP) => ask_first(deps, says, &interaction).await,
        Some(NOT_NOW) => Ok(OutgoingMessage::text(says.not_started())),
        Some(THREAD) => {
            let asked_by = pressed.and_then(|pressed| pressed.argument?.parse().ok());
            private_thread(deps, &interaction, asked_by.unwrap_or(interaction.id), spot).await
        }
        Some(START) | None => help(deps, says, &interaction).await,
        Some(_) => anyhow::bail!("an action that is not ours"),
    }
}

/// Somebody pressed the button in a channel, by mistake perhaps: nothing is started yet. A chat that is open may be out of their reach, in
/// a thread that is gone or in direct messages that are closed by now: *Start* brings it to them.
async fn ask_first(deps: &Deps, says: &Wording, interaction: &Interaction) -> anyhow::Result<OutgoingMessage> {
    let button = |label, style, action| Button::custom(label, style, CustomId::new(action, interaction.person.id));
    let start = button(says.start(), ButtonStyle::Primary, START);
    if let Some(open) = reaching::open(current(deps, interaction).await?.as_ref()) {
        return Ok(OutgoingMessage::text(says.chat_is_open(&chat_link(open.place()))).with_buttons([start]));
    }
    let not_now = button(says.not_now(), ButtonStyle::Secondary, NOT_NOW);
    Ok(OutgoingMessage::text(says.start_a_chat()).with_buttons([start, not_now]))
}

async fn help(deps: &Deps, says: &Wording, interaction: &Interaction) -> anyhow::Result<OutgoingMessage> {
    let asker = asker(interaction);
    let by = interaction.id.to_string();
    // *Start* is pressed again by whoever sees nothing happen at once: it is the same start.
    let id = interaction.source_message().map_or_else(|| by.clone(), |message| message.id.to_string());
    let question = match interaction.option("question").map(sayable) {
        None | Some(Err(Unsayable::Empty)) => None,
        Some(Err(Unsayable::TooLong)) => return Ok(OutgoingMessage::text(says.too_long(LINE_LENGTH_MAX))),
        Some(Ok(question)) => Some(question.to_owned()),
    };
    let current = current(deps, interaction).await?;
    let wanted = (Wanted::Help, question.clone());
    let place = match deps.reaching.reach(interaction, &asker, current.as_ref(), wanted, &id).await? {
        Reached::At(place) => place,
        Reached::Not(told) => return Ok(told),
    };
    let conversation = reaching::begin(&deps.opening, &deps.inbox, &asker, place, question, (&id, &by)).await?;
    Ok(OutgoingMessage::text(if interaction.channel_id == Some(place.channel) {
        says.here_we_are()
    } else {
        come(says, &conversation)
    }))
}

/// The way for somebody who accepts no direct messages.
async fn private_thread(
    deps: &Deps,
    interaction: &Interaction,
    asked_by: InteractionId,
    spot: Option<Spot>,
) -> anyhow::Result<OutgoingMessage> {
    let asker = asker(interaction);
    let current = current(deps, interaction).await?;
    let place = match deps.reaching.reach_in_thread(interaction, spot, &asker, current.as_ref(), asked_by).await? {
        Reached::At(place) => place,
        Reached::Not(told) => return Ok(told),
    };
    let question = deps.reaching.threads.kept_question(asker.person, asked_by).await?;
    let (id, by) = (asked_by.to_string(), interaction.id.to_string());
    let conversation = reaching::begin(&deps.opening, &deps.inbox, &asker, place, question, (&id, &by)).await?;
    Ok(OutgoingMessage::text(come(wording::speaking(interaction.language()), &conversation)))
}

/// Where the chat is, for somebody who is somewhere else.
fn come(says: &Wording, conversation: &Conversation) -> String {
    let place = conversation.place();
    match place.way {
        Way::DirectMessages => says.come_to_the_dm(&chat_link(place)),
        Way::Thread => says.come_to_the_thread(&chat_link(place)),
    }
}

async fn current(deps: &Deps, interaction: &Interaction) -> anyhow::Result<Option<Conversation>> {
    deps.commands.store.conversation(interaction.person.id).await.context("load the conversation")
}
