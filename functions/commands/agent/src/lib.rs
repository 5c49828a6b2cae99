//! `/agent [about]` and *Talk to a person*: opens a case and calls an agent, without waiting for the Studio flow.

use anyhow::Context;
use desk::commands::{Commands, asker, chat_link, is_theirs, known_place};
use desk::connect::Connector;
use desk::opening::{OpenError, Opening};
use desk::threads::Threads;
use desk::transferring::{Transfer, Transferring};
use desk::welcoming::{WelcomeError, Welcoming};
use discord::interaction::Interaction;
use discord::message::OutgoingMessage;
use domain::line::{Asker, LINE_LENGTH_MAX, Line, Said, Unsayable, Wish, sayable};
use domain::text::Notice;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use queues::Queue;
use serde_json::Value;

/// What this function uses.
pub struct Deps {
    commands: Commands,
    welcoming: Welcoming,
    threads: Threads,
    opening: Opening,
    transferring: Transferring,
    inbox: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            commands: connector.commands()?,
            welcoming: connector.welcoming()?,
            threads: connector.threads()?,
            opening: connector.opening()?,
            transferring: connector.transferring()?,
            inbox: connector.queue("INBOX_QUEUE_URL")?,
        })
    }
}

/// Handles one invocation: an interaction that the front door has verified and deferred.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<(), Error> {
    let request_id = event.context.request_id;
    Ok(deps.commands.run(event.payload, &request_id, |interaction| call(deps, interaction)).await?)
}

async fn call(deps: &Deps, interaction: Interaction) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    if !is_theirs(&interaction) {
        return Ok(OutgoingMessage::text(says.not_yours()));
    }
    let about = match interaction.option("about").map(sayable) {
        None | Some(Err(Unsayable::Empty)) => None,
        Some(Err(Unsayable::TooLong)) => return Ok(OutgoingMessage::text(says.too_long(LINE_LENGTH_MAX))),
        Some(Ok(about)) => Some(about.to_owned()),
    };
    let id = interaction.id.to_string();
    let mut asker = asker(&interaction);
    let current = deps.commands.store.conversation(asker.person).await.context("load the conversation")?;
    if current.as_ref().is_none_or(|current| !current.stage.is_open()) {
        // Nobody has written to this person yet, so it is not known whether that can be done.
        let known = known_place(&interaction, current.as_ref());
        match deps.welcoming.welcome(&asker, known, None, &id).await {
            Ok(place) => asker = Asker { channel: Some(place.channel), ..asker },
            Err(WelcomeError::DmsClosed) => return deps.threads.closed_dms(&interaction, &asker, about).await,
            Err(WelcomeError::Failed(error)) => return Err(error),
        }
    }
    let conversation = match deps.opening.open(&asker, &id).await {
        Ok(conversation) => conversation,
        Err(OpenError::DmsClosed) => anyhow::bail!("the direct messages were closed behind the greeting"),
        Err(error) => return Err(anyhow::Error::new(error).context("open the conversation")),
    };
    if let Some(about) = about {
        let line = Line { id: id.clone(), asker, wish: Wish::Say(Said::text(about)), at: Timestamp::now() };
        deps.inbox.send_line(&line).await.context("put what it is about into the inbox")?;
    }
    let answer = match deps.transferring.begin(&conversation, &id).await? {
        Transfer::Ours { conversation, case, repeated } => {
            deps.transferring.send_to_flex(&conversation, repeated).await?;
            says.agent_is_called(case, &chat_link(conversation.place()))
        }
        Transfer::AlreadyUnderWay { case } => says.agent_called_already(case),
        Transfer::OutsideHours { case, opens_at } => says.notice(&Notice::OutsideHours { case, opens_at }),
        // Closed between the two steps.
        Transfer::NotOpen => anyhow::bail!("the conversation was closed while an agent was called"),
    };
    Ok(OutgoingMessage::text(answer))
}
