//! `/agent [about]` and *Talk to a person*: opens a case and calls an agent, without waiting for the Studio flow. *Private thread* does the
//! same there, for somebody who was asked for an agent while their direct messages were closed.

use anyhow::Context;
use desk::commands::{Commands, asker, chat_link, is_theirs};
use desk::connect::Connector;
use desk::opening::Opening;
use desk::reaching::{self, Reached, Reaching};
use desk::threads::Wanted;
use desk::transferring::{Transfer, Transferring};
use discord::interaction::{Interaction, Spot};
use discord::message::OutgoingMessage;
use discord::routes::{AGENT_IN_THREAD, CustomId};
use domain::conversation::{Conversation, Place};
use domain::ids::InteractionId;
use domain::line::{Asker, LINE_LENGTH_MAX, Unsayable, sayable};
use domain::text::Notice;
use lambda_runtime::{Error, LambdaEvent};
use queues::Queue;
use serde_json::Value;

/// What this function uses.
pub struct Deps {
    commands: Commands,
    reaching: Reaching,
    opening: Opening,
    transferring: Transferring,
    inbox: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            commands: connector.commands()?,
            reaching: connector.reaching()?,
            opening: connector.opening()?,
            transferring: connector.transferring()?,
            inbox: connector.queue("INBOX_QUEUE_URL")?,
        })
    }
}

/// Handles one invocation: an interaction that the front door has verified and deferred.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<(), Error> {
    let request_id = event.context.request_id;
    let spot = Spot::read(&event.payload);
    // Its state is large: on the heap, it is no part of everything around it.
    let work = |interaction| Box::pin(call(deps, interaction, spot));
    Ok(deps.commands.run(event.payload, &request_id, work).await?)
}

/// Where the chat is to be, what it is about, and by which ID that is known.
struct Called {
    place: Place,
    about: Option<String>,
    id: String,
}

async fn call(deps: &Deps, interaction: Interaction, spot: Option<Spot>) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    if !is_theirs(&interaction) {
        return Ok(OutgoingMessage::text(says.not_yours()));
    }
    let asker = asker(&interaction);
    let current = deps.commands.store.conversation(asker.person).await.context("load the conversation")?;
    let wish = match in_thread(&interaction) {
        Some(asked_by) => in_a_thread(deps, &interaction, &asker, current.as_ref(), (asked_by, spot)).await?,
        None => wherever(deps, &interaction, &asker, current.as_ref()).await?,
    };
    let Called { place, about, id } = match wish {
        Ok(called) => called,
        Err(told) => return Ok(told),
    };
    let by = interaction.id.to_string();
    let conversation = reaching::begin(&deps.opening, &deps.inbox, &asker, place, about, (&id, &by)).await?;
    let answer = match deps.transferring.begin(&conversation, &by).await? {
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

/// The command or *Talk to a person*. `Err` is what somebody is told who cannot be reached.
async fn wherever(
    deps: &Deps,
    interaction: &Interaction,
    asker: &Asker,
    current: Option<&Conversation>,
) -> anyhow::Result<Result<Called, OutgoingMessage>> {
    let says = wording::speaking(interaction.language());
    let about = match interaction.option("about").map(sayable) {
        None | Some(Err(Unsayable::Empty)) => None,
        Some(Err(Unsayable::TooLong)) => return Ok(Err(OutgoingMessage::text(says.too_long(LINE_LENGTH_MAX)))),
        Some(Ok(about)) => Some(about.to_owned()),
    };
    let id = interaction.id.to_string();
    // Whoever asks in the chat is reached there, and whoever has asked before was. Elsewhere that is not known before they are written to: no
    // agent shall talk to nobody.
    let is_reached =
        |open: &&Conversation| interaction.channel_id == Some(open.channel) || !open.stage.is_with_assistant();
    if let Some(open) = reaching::open(current).filter(is_reached) {
        return Ok(Ok(Called { place: open.place(), about, id }));
    }
    let wanted = (Wanted::Agent, about.clone());
    Ok(match deps.reaching.reach(interaction, asker, current, wanted, &id).await? {
        Reached::At(place) => Ok(Called { place, about, id }),
        Reached::Not(told) => Err(told),
    })
}

/// *Private thread*, for what was asked with `asked_by`.
async fn in_a_thread(
    deps: &Deps,
    interaction: &Interaction,
    asker: &Asker,
    current: Option<&Conversation>,
    (asked_by, spot): (InteractionId, Option<Spot>),
) -> anyhow::Result<Result<Called, OutgoingMessage>> {
    Ok(match deps.reaching.reach_in_thread(interaction, spot, asker, current, asked_by).await? {
        Reached::At(place) => {
            let about = deps.reaching.threads.kept_question(asker.person, asked_by).await?;
            Ok(Called { place, about, id: asked_by.to_string() })
        }
        Reached::Not(told) => Err(told),
    })
}

/// The interaction that asked for an agent, where this is the button that goes on with it in a thread.
fn in_thread(interaction: &Interaction) -> Option<InteractionId> {
    let pressed: CustomId = interaction.custom_id()?.parse().ok()?;
    (pressed.action == AGENT_IN_THREAD).then(|| pressed.argument?.parse().ok()).flatten()
}
