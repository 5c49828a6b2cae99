//! `/message`, the *Reply* form and *Send to support*: a line from the person goes into the inbox.

use anyhow::Context;
use desk::commands::{Answering, asker, is_theirs};
use desk::connect::Connector;
use desk::reaching::{self, Reached, Reaching};
use desk::reading::TypedLines;
use desk::said::own_line;
use desk::threads::Wanted;
use discord::interaction::{Interaction, TargetMessage};
use discord::message::OutgoingMessage;
use discord::routes::{FILE, FILES, REPLY_BODY};
use domain::line::{Asker, LINE_LENGTH_MAX, Line, LineFile, Said, Unsayable, Wish, sayable};
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
    reaching: Reaching,
    typed: TypedLines,
    inbox: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            answering: connector.answering(),
            store: connector.store()?,
            reaching: connector.reaching()?,
            typed: connector.typed_lines()?,
            inbox: connector.queue("INBOX_QUEUE_URL")?,
        })
    }
}

/// Handles one invocation: an interaction that the front door has verified and deferred.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<(), Error> {
    // No claim here: the inbox knows a repetition by the line's ID, and `relay` claims the line.
    Ok(deps.answering.run(event.payload, |interaction| send(deps, interaction)).await?)
}

async fn send(deps: &Deps, interaction: Interaction) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    let (id, said) = match read(says, &interaction) {
        Ok(said) => said,
        Err(refusal) => return Ok(OutgoingMessage::text(refusal)),
    };
    // In the DM the chat shows the person's own line; a message sent by its menu stands there already.
    let in_the_chat = interaction.is_bot_dm() && interaction.target_message().is_none();
    let answer = if in_the_chat { own_line(says, &said) } else { says.on_its_way() };
    let mut asker = asker(&interaction);
    if !interaction.is_bot_dm() {
        match reached(deps, says, &interaction, &asker, &said).await? {
            Some(Reached::At(place)) => asker.channel = Some(place.channel),
            Some(Reached::Not(told)) => return Ok(told),
            None => {}
        }
    }
    deps.typed.before(&deps.store, &interaction).await;
    let line = Line { id, asker, wish: Wish::Say(said), at: Timestamp::now() };
    deps.inbox.send_line(&line).await.context("put the line into the inbox")?;
    Ok(OutgoingMessage::text(answer))
}

/// Whether somebody who has no chat yet can be reached, who is elsewhere in the server: the answer to their line would else go nowhere.
/// `None` where there is a chat.
async fn reached(
    deps: &Deps,
    says: &Wording,
    interaction: &Interaction,
    asker: &Asker,
    said: &Said,
) -> anyhow::Result<Option<Reached>> {
    let current = deps.store.conversation(asker.person).await.context("load the conversation")?;
    if reaching::open(current.as_ref()).is_some() {
        return Ok(None);
    }
    let text = Some(said.text.clone()).filter(|text| !text.is_empty());
    let id = interaction.id.to_string();
    let mut reached = deps.reaching.reach(interaction, asker, current.as_ref(), (Wanted::Help, text), &id).await?;
    if let Reached::Not(told) = &mut reached
        && !said.files.is_empty()
    {
        told.content = format!("{}\n{}", told.content, says.send_files_again());
    }
    Ok(Some(reached))
}

/// What the person said and by which ID a repetition is known, whichever way it comes: a Discord message keeps its own. Or the sentence
/// that tells them why it cannot be sent.
fn read(says: &Wording, interaction: &Interaction) -> Result<(String, Said), String> {
    if !is_theirs(interaction) {
        return Err(says.not_yours());
    }
    if let Some(target) = interaction.target_message() {
        return from_message(says, interaction, &target);
    }
    let text = interaction.option("text").or_else(|| interaction.text_input(REPLY_BODY)).unwrap_or_default();
    let files: Vec<LineFile> =
        interaction.attachment(FILE).into_iter().chain(interaction.uploads(FILES)).map(LineFile::from).collect();
    let text = match sayable(text) {
        Err(Unsayable::Empty) if !files.is_empty() => "",
        text => text.map_err(|why| refused(says, why))?,
    };
    Ok((interaction.id.to_string(), Said { text: text.to_owned(), files, ..Said::default() }))
}

fn from_message(says: &Wording, interaction: &Interaction, target: &TargetMessage) -> Result<(String, Said), String> {
    if target.author_is_bot || target.author_id != interaction.person.id {
        return Err(says.only_your_own_messages());
    }
    // Longer ones only people with Nitro can write, and they have to be able to send a part.
    match sayable(&target.content) {
        Err(Unsayable::TooLong) => Err(refused(says, Unsayable::TooLong)),
        _ => Ok((target.id.to_string(), target.said())),
    }
}

fn refused(says: &Wording, why: Unsayable) -> String {
    match why {
        Unsayable::Empty => says.nothing_to_send(),
        Unsayable::TooLong => says.too_long(LINE_LENGTH_MAX),
    }
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

    fn check(mut event: Value, change: impl FnOnce(&mut Value)) -> Result<(String, Said), String> {
        change(&mut event);
        read(english(), &serde_json::from_value(event).unwrap())
    }

    #[test]
    fn a_typed_message_keeps_its_own_id_so_that_no_other_way_relays_it_twice() {
        let (id, said) = check(interaction("message-command-send-to-support"), |_| {}).unwrap();
        assert_eq!(id, "1405000000000000003");
        assert_eq!(said.text, "my game crashes on start");
        assert_eq!(said.origin.map(|origin| origin.message.to_string()), Some(id));
    }

    #[test]
    fn only_ones_own_messages_can_be_sent() {
        let target = "/data/resolved/messages/1405000000000000003";
        let refused = check(interaction("message-command-send-to-support"), |event| {
            event.pointer_mut(&format!("{target}/author")).unwrap()["id"] = "5".into();
        });
        assert_eq!(refused, Err(english().only_your_own_messages()));
        let long = check(interaction("message-command-send-to-support"), |event| {
            event.pointer_mut(target).unwrap()["content"] = "x".repeat(4001).into();
        });
        assert_eq!(long, Err(english().too_long(LINE_LENGTH_MAX)));
    }

    #[test]
    fn a_typed_message_is_sent_with_all_that_is_in_it() {
        let target = "/data/resolved/messages/1405000000000000003";
        let (_, said) = check(interaction("message-command-send-to-support"), |event| {
            let message = event.pointer_mut(target).unwrap();
            message["content"] = "".into();
            message["edited_timestamp"] = "2026-11-21T10:00:00+00:00".into();
            message["sticker_items"] = serde_json::json!([{"id": "1", "name": "Wave", "format_type": 1}]);
            message["attachments"] =
                serde_json::json!([{"id": "5", "filename": "a.png", "size": 7, "url": "https://a"}]);
        })
        .unwrap();
        assert_eq!(said.text, "[sticker: Wave]");
        assert_eq!(said.files.iter().map(|file| file.size).collect::<Vec<_>>(), [7]);
        assert_eq!(said.edited_at.as_deref(), Some("2026-11-21T10:00:00+00:00"));
    }

    #[test]
    fn a_form_may_hold_nothing_but_files_and_never_nothing() {
        let only_files = check(interaction("modal-reply-with-file"), |event| {
            event["data"]["components"][0]["component"]["value"] = " ".into();
        });
        let (_, said) = only_files.unwrap();
        assert_eq!((said.text.as_str(), said.files.len()), ("", 1));
        assert!(own_line(english(), &said).starts_with("**You:** \u{1f4ce}"));
        let nothing = check(interaction("modal-reply"), |event| {
            event["data"]["components"][0]["component"]["value"] = " ".into();
        });
        assert_eq!(nothing, Err(english().nothing_to_send()));
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
        assert_eq!(said.unwrap().1.text, text);
        let long = check(interaction("modal-reply"), |event| {
            event["data"]["components"][0]["component"]["value"] = "x".repeat(4001).into();
        });
        assert_eq!(long, Err(english().too_long(LINE_LENGTH_MAX)));
    }
}
