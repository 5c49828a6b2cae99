//! `/close` and *End chat*: asks once; the wish then goes through the inbox, so that it overtakes no line.

use anyhow::Context;
use desk::commands::{Answering, asker, is_theirs};
use desk::connect::Connector;
use desk::reading::TypedLines;
use discord::interaction::Interaction;
use discord::message::{Button, ButtonStyle, OutgoingMessage};
use discord::routes::{CustomId, END_NOT, END_NOW};
use domain::conversation::Conversation;
use domain::line::{Line, Wish};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use queues::Queue;
use serde_json::Value;
use store::Store;
use wording::Wording;

/// What this function uses.
pub struct Deps {
    answering: Answering,
    store: Store,
    typed: TypedLines,
    inbox: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            answering: connector.answering(),
            store: connector.store()?,
            typed: connector.typed_lines()?,
            inbox: connector.queue("INBOX_QUEUE_URL")?,
        })
    }
}

/// Handles one invocation: an interaction that the front door has verified and deferred.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<(), Error> {
    // No claim here: the inbox knows a repetition by the interaction's ID, and `relay` claims the wish.
    Ok(deps.answering.run(event.payload, |interaction| close(deps, interaction)).await?)
}

async fn close(deps: &Deps, interaction: Interaction) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    if !is_theirs(&interaction) {
        return Ok(OutgoingMessage::text(says.not_yours()));
    }
    let pressed: Option<CustomId> = interaction.custom_id().and_then(|text| text.parse().ok());
    let (action, argument) = pressed.map(|id| (id.action, id.argument.unwrap_or_default())).unwrap_or_default();
    if action == END_NOT {
        return Ok(OutgoingMessage::text(says.chat_goes_on()));
    }
    let asker = asker(&interaction);
    let current = deps.store.conversation(asker.person).await.context("load the conversation")?;
    let Some(current) = current.filter(|current| current.stage.is_open()) else {
        return Ok(OutgoingMessage::text(says.no_open_chat()));
    };
    // A yes to another chat is none to this one.
    if action != END_NOW || argument != current.generation.to_string() {
        return Ok(question(says, &current));
    }
    // What they have just typed belongs to this chat, and not to the next one.
    deps.typed.catch_up(&deps.store, &current).await;
    let line = Line { id: interaction.id.to_string(), asker, wish: Wish::End, at: Timestamp::now() };
    deps.inbox.send_line(&line).await.context("put the wish into the inbox")?;
    Ok(OutgoingMessage::text(says.ending()))
}

fn question(says: &Wording, current: &Conversation) -> OutgoingMessage {
    let end = CustomId::new(END_NOW, current.person).with(current.generation);
    OutgoingMessage::text(says.end_asks()).with_buttons([
        Button::custom(says.end_chat(), ButtonStyle::Danger, end),
        Button::custom(says.go_on(), ButtonStyle::Secondary, CustomId::new(END_NOT, current.person)),
    ])
}
