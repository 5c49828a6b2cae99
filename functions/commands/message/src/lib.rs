//! `/message`, the *Reply* form and *Send to support*: a line from the person goes into the inbox.

use anyhow::Context;
use desk::commands::{Answering, asker, is_theirs};
use desk::connect::Connector;
use discord::interaction::{Interaction, TargetMessage};
use discord::message::{OutgoingMessage, escape_markdown};
use domain::line::{self, LINE_LENGTH_MAX, Line, Unsayable, Wish, sayable};
use domain::text::for_agents;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use queues::Queue;
use serde_json::Value;
use wording::Wording;

/// What this function uses.
pub struct Deps {
    answering: Answering,
    inbox: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self { answering: connector.answering(), inbox: connector.queue("INBOX_QUEUE_URL")? })
    }
}

/// Handles one invocation: an interaction that the front door has verified and deferred.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<(), Error> {
    // No claim here: the inbox knows a repetition by the line's ID, and `relay` claims the line.
    Ok(deps.answering.run(event.payload, |interaction| send(deps, interaction)).await?)
}

async fn send(deps: &Deps, interaction: Interaction) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    let said = match read(says, &interaction) {
        Ok(said) => said,
        Err(refusal) => return Ok(OutgoingMessage::text(refusal)),
    };
    let wish = Wish::Say(line::Said::text(said.text.clone()));
    let line = Line { id: said.id, asker: asker(&interaction), wish, at: Timestamp::now() };
    deps.inbox.send_line(&line).await.context("put the line into the inbox")?;
    // In the DM the chat shows the person's own line; a message sent by its menu stands there already.
    let in_the_chat = interaction.is_bot_dm() && interaction.target_message().is_none();
    let answer = if in_the_chat { says.receipt(&escape_markdown(&said.text)) } else { says.on_its_way() };
    Ok(OutgoingMessage::text(answer))
}

#[derive(Debug, PartialEq, Eq)]
struct Said {
    /// By which a repetition is known, whichever way it comes: a Discord message keeps its own ID.
    id: String,
    text: String,
}

/// What the person said, or the sentence that tells them why it cannot be sent.
fn read(says: &Wording, interaction: &Interaction) -> Result<Said, String> {
    if !is_theirs(interaction) {
        return Err(says.not_yours());
    }
    if let Some(target) = interaction.target_message() {
        return from_message(says, interaction, &target);
    }
    let text = interaction.option("text").or_else(|| interaction.text_input("body")).unwrap_or_default();
    Ok(Said { id: interaction.id.to_string(), text: checked(says, text)?.to_owned() })
}

fn from_message(says: &Wording, interaction: &Interaction, target: &TargetMessage) -> Result<Said, String> {
    if target.author_is_bot || target.author_id != interaction.person.id {
        return Err(says.only_your_own_messages());
    }
    let mut text = checked(says, &target.content)?.to_owned();
    if !target.attachments.is_empty() {
        text = format!("{text}\n{}", for_agents::files_left_behind(target.attachments.len()));
    }
    Ok(Said { id: target.id.to_string(), text })
}

fn checked<'a>(says: &Wording, text: &'a str) -> Result<&'a str, String> {
    sayable(text).map_err(|why| match why {
        Unsayable::Empty => says.nothing_to_send(),
        Unsayable::TooLong => says.too_long(LINE_LENGTH_MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> &'static Wording {
        wording::of("en-US")
    }

    fn interaction(event: &str) -> Value {
        let path = format!("{}/../../../events/discord/{event}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn check(mut event: Value, change: impl FnOnce(&mut Value)) -> Result<Said, String> {
        change(&mut event);
        read(english(), &serde_json::from_value(event).unwrap())
    }

    #[test]
    fn a_typed_message_keeps_its_own_id_so_that_no_other_way_relays_it_twice() {
        let said = check(interaction("message-command-send-to-support"), |_| {}).unwrap();
        assert_eq!(said.id, "1405000000000000003");
        assert_eq!(said.text, "my game crashes on start");
    }

    #[test]
    fn only_ones_own_messages_can_be_sent() {
        let target = "/data/resolved/messages/1405000000000000003";
        let refused = check(interaction("message-command-send-to-support"), |event| {
            event.pointer_mut(&format!("{target}/author")).unwrap()["id"] = "5".into();
        });
        assert_eq!(refused, Err(english().only_your_own_messages()));
        let empty = check(interaction("message-command-send-to-support"), |event| {
            event.pointer_mut(target).unwrap()["content"] = " ".into();
        });
        assert_eq!(empty, Err(english().nothing_to_send()));
    }

    #[test]
    fn somebody_elses_form_is_refused() {
        let refused = check(interaction("modal-reply"), |event| event["data"]["custom_id"] = "reply:v1:5".into());
        assert_eq!(refused, Err(english().not_yours()));
    }

    #[test]
    fn a_forms_text_is_taken_as_it_is() {
        let text = "مرحبا 😀 **bold** <@1380000000000000777> @everyone\n[x](https://example.org)";
        let said = check(interaction("modal-reply"), |event| {
            event["data"]["components"][0]["component"]["value"] = text.into();
        });
        assert_eq!(said.unwrap().text, text);
        let long = check(interaction("modal-reply"), |event| {
            event["data"]["components"][0]["component"]["value"] = "x".repeat(4001).into();
        });
        assert_eq!(long, Err(english().too_long(LINE_LENGTH_MAX)));
    }
}
