//! `/helpme [question]`: opens the direct messages and a conversation, greets, and takes the question along.

use anyhow::Context;
use desk::commands::{Commands, asker, chat_link};
use desk::connect::Connector;
use desk::opening::{OpenError, Opening};
use desk::welcoming::{WelcomeError, Welcoming};
use discord::interaction::Interaction;
use discord::message::OutgoingMessage;
use domain::line::{LINE_LENGTH_MAX, Line, Said, Unsayable, Wish, sayable};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use queues::Queue;
use serde_json::Value;

/// What this function uses.
pub struct Deps {
    commands: Commands,
    welcoming: Welcoming,
    opening: Opening,
    inbox: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            commands: connector.commands()?,
            welcoming: connector.welcoming()?,
            opening: connector.opening()?,
            inbox: connector.queue("INBOX_QUEUE_URL")?,
        })
    }
}

/// Handles one invocation: an interaction that the front door has verified and deferred.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<(), Error> {
    let request_id = event.context.request_id;
    Ok(deps.commands.run(event.payload, &request_id, |interaction| help(deps, interaction)).await?)
}

async fn help(deps: &Deps, interaction: Interaction) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    let asker = asker(&interaction);
    let id = interaction.id.to_string();
    let question = match interaction.option("question").map(sayable) {
        None | Some(Err(Unsayable::Empty)) => None,
        Some(Err(Unsayable::TooLong)) => return Ok(OutgoingMessage::text(says.too_long(LINE_LENGTH_MAX))),
        Some(Ok(question)) => Some(question.to_owned()),
    };
    let open = deps.commands.store.conversation(asker.person).await.context("load the conversation")?;
    let open = open.filter(|open| open.stage.is_open());
    let channel = match deps.welcoming.welcome(&asker, open.as_ref(), &id).await {
        Ok(channel) => channel,
        Err(WelcomeError::DmsClosed) => return Ok(OutgoingMessage::text(says.dms_are_closed())),
        Err(WelcomeError::Failed(error)) => return Err(error),
    };
    let asker = domain::line::Asker { dm_channel: Some(channel), ..asker };
    match deps.opening.open(&asker, &id).await {
        Ok(_) => {}
        Err(OpenError::DmsClosed) => return Ok(OutgoingMessage::text(says.dms_are_closed())),
        Err(error) => return Err(anyhow::Error::new(error).context("open the conversation")),
    }
    if let Some(question) = question {
        let line = Line { id, asker, wish: Wish::Say(Said::text(question)), at: Timestamp::now() };
        deps.inbox.send_line(&line).await.context("put the question into the inbox")?;
    }
    let answer = if interaction.is_bot_dm() { says.here_we_are() } else { says.come_to_the_dm(&chat_link(channel)) };
    Ok(OutgoingMessage::text(answer))
}
