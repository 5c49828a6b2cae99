//! `/close` and *End chat*: asks once; the wish then goes through the inbox, so that it overtakes no line. *Transcript* hands
//! out what was said.

use anyhow::Context;
use desk::commands::{Answering, asker, is_theirs};
use desk::connect::Connector;
use desk::reading::TypedLines;
use desk::transcripts::Transcripts;
use discord::interaction::Interaction;
use discord::message::{Button, ButtonStyle, OutgoingFile, OutgoingMessage};
use discord::routes::{CustomId, END_NOT, END_NOW, TRANSCRIPT};
use domain::conversation::Conversation;
use domain::ids::PersonId;
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
    transcripts: Transcripts,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            answering: connector.answering(),
            store: connector.store()?,
            typed: connector.typed_lines()?,
            inbox: connector.queue("INBOX_QUEUE_URL")?,
            transcripts: connector.transcripts()?,
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
    if action == TRANSCRIPT {
        return transcript(deps, says, interaction.person.id, &argument).await;
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
    let wish = Wish::End { generation: Some(current.generation) };
    let line = Line { id: interaction.id.to_string(), asker, wish, at: Timestamp::now() };
    deps.inbox.send_line(&line).await.context("put the wish into the inbox")?;
    Ok(OutgoingMessage::text(says.ending()))
}

/// *Transcript*: what was said in one of the person's own chats, as a file.
async fn transcript(
    deps: &Deps,
    says: &Wording,
    person: PersonId,
    generation: &str,
) -> anyhow::Result<OutgoingMessage> {
    let file = match generation.parse() {
        Ok(generation) => {
            let found = deps.store.conversation_of(person, generation, Timestamp::now()).await;
            match found.context("load the conversation")? {
                Some(conversation) => deps.transcripts.file(&conversation, says).await?,
                None => None,
            }
        }
        Err(_) => None,
    };
    let Some(file) = file else { return Ok(OutgoingMessage::text(says.transcript_gone())) };
    let mut content = says.transcript_ready();
    if file.is_cut {
        content.push('\n');
        content.push_str(&says.transcript_cut());
    }
    let content_type = "text/plain; charset=utf-8".to_owned();
    let file = OutgoingFile { name: file.name, content_type, bytes: file.text.into() };
    Ok(OutgoingMessage { files: vec![file], ..OutgoingMessage::text(content) })
}

fn question(says: &Wording, current: &Conversation) -> OutgoingMessage {
    let end = CustomId::new(END_NOW, current.person).with(current.generation);
    OutgoingMessage::text(says.end_asks()).with_buttons([
        Button::custom(says.end_chat(), ButtonStyle::Danger, end),
        Button::custom(says.go_on(), ButtonStyle::Secondary, CustomId::new(END_NOT, current.person)),
    ])
}
