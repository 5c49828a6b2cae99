//! `/helpme [question]`: opens the direct messages and a conversation, greets, and takes the question along. *Get help* does the same
//! where somebody says so once more, and *Private thread* where direct messages are closed.

use anyhow::Context;
use desk::commands::{Commands, asker, chat_link, is_theirs, known_place};
use desk::connect::Connector;
use desk::opening::{OpenError, Opening};
use desk::threads::{ThreadError, Threads};
use desk::welcoming::{WelcomeError, Welcoming};
use discord::interaction::{Interaction, Spot};
use discord::message::{Button, ButtonStyle, OutgoingMessage};
use discord::routes::{CustomId, GET_HELP, NOT_NOW, START, THREAD};
use domain::conversation::{Conversation, Place, Way};
use domain::ids::InteractionId;
use domain::line::{Asker, LINE_LENGTH_MAX, Line, Said, Unsayable, Wish, sayable};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use queues::Queue;
use serde_json::Value;
use wording::Wording;

/// What this function uses.
pub struct Deps {
    commands: Commands,
    welcoming: Welcoming,
    threads: Threads,
    opening: Opening,
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
            private_thread(deps, says, &interaction, asked_by.unwrap_or(interaction.id), spot).await
        }
        Some(START) | None => help(deps, says, &interaction).await,
        Some(_) => anyhow::bail!("an action that is not ours"),
    }
}

/// Somebody pressed the button in a channel, by mistake perhaps: nothing is started yet.
async fn ask_first(deps: &Deps, says: &Wording, interaction: &Interaction) -> anyhow::Result<OutgoingMessage> {
    let person = interaction.person.id;
    if let Some(open) = open(current(deps, interaction).await?.as_ref()) {
        return Ok(OutgoingMessage::text(says.chat_is_open(&chat_link(open.place()))));
    }
    let button = |label, style, action| Button::custom(label, style, CustomId::new(action, person));
    Ok(OutgoingMessage::text(says.start_a_chat()).with_buttons([
        button(says.start(), ButtonStyle::Primary, START),
        button(says.not_now(), ButtonStyle::Secondary, NOT_NOW),
    ]))
}

async fn help(deps: &Deps, says: &Wording, interaction: &Interaction) -> anyhow::Result<OutgoingMessage> {
    let asker = asker(interaction);
    let id = interaction.id.to_string();
    let question = match interaction.option("question").map(sayable) {
        None | Some(Err(Unsayable::Empty)) => None,
        Some(Err(Unsayable::TooLong)) => return Ok(OutgoingMessage::text(says.too_long(LINE_LENGTH_MAX))),
        Some(Ok(question)) => Some(question.to_owned()),
    };
    let current = current(deps, interaction).await?;
    let known = known_place(interaction, current.as_ref());
    let place = match deps.welcoming.welcome(&asker, known, open(current.as_ref()), &id).await {
        Ok(place) => place,
        Err(WelcomeError::DmsClosed) => return deps.threads.closed_dms(interaction, &asker, question).await,
        Err(WelcomeError::Failed(error)) => return Err(error),
    };
    let conversation = begin(deps, &asker, place, question, (&id, &id)).await?;
    Ok(OutgoingMessage::text(if interaction.channel_id == Some(place.channel) {
        says.here_we_are()
    } else {
        come(says, &conversation)
    }))
}

/// The way for somebody who accepts no direct messages. `asked_by` is the interaction that could not be answered there: by its ID the same
/// thread, greeting and question are known again, however often the button is pressed.
async fn private_thread(
    deps: &Deps,
    says: &Wording,
    interaction: &Interaction,
    asked_by: InteractionId,
    spot: Option<Spot>,
) -> anyhow::Result<OutgoingMessage> {
    let (Some(server), Some(spot)) = (interaction.guild_id, spot) else {
        return Ok(OutgoingMessage::text(says.no_private_thread()));
    };
    let asker = asker(interaction);
    let (id, by) = (asked_by.to_string(), interaction.id.to_string());
    let current = current(deps, interaction).await?;
    let place = match deps.threads.open(&asker, server, spot, current.as_ref(), (&id, &by)).await {
        Ok(place) => place,
        Err(ThreadError::NotHere) => return Ok(OutgoingMessage::text(says.no_private_thread())),
        Err(ThreadError::NotAllowed) => return Ok(OutgoingMessage::text(says.thread_not_allowed())),
        Err(ThreadError::Failed(error)) => return Err(error),
    };
    // One that this very press has opened before it died is no chat to come back to.
    let greeted = deps.welcoming.greet(&asker, place, open(current.as_ref()), &id).await;
    greeted.context("greet in the thread")?;
    let question = deps.threads.kept_question(asker.person, asked_by).await?;
    let conversation = begin(deps, &asker, place, question, (&id, &by)).await?;
    Ok(OutgoingMessage::text(come(says, &conversation)))
}

/// Opens the conversation for `by`, this very interaction, and puts the question into the inbox, which was asked with `id`.
async fn begin(
    deps: &Deps,
    asker: &Asker,
    place: Place,
    question: Option<String>,
    (id, by): (&str, &str),
) -> anyhow::Result<Conversation> {
    let asker = Asker { channel: Some(place.channel), ..asker.clone() };
    // Its state is large, and this is where most ways end.
    let conversation = match Box::pin(deps.opening.open_at(&asker, place, by)).await {
        Ok(conversation) => conversation,
        Err(OpenError::DmsClosed) => anyhow::bail!("the direct messages were closed behind the greeting"),
        Err(error) => return Err(anyhow::Error::new(error).context("open the conversation")),
    };
    if let Some(question) = question {
        let line = Line { id: id.to_owned(), asker, wish: Wish::Say(Said::text(question)), at: Timestamp::now() };
        deps.inbox.send_line(&line).await.context("put the question into the inbox")?;
    }
    Ok(conversation)
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

fn open(current: Option<&Conversation>) -> Option<&Conversation> {
    current.filter(|current| current.stage.is_open())
}
