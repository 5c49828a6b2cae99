//! `/privacy export` and `/privacy delete`: what is kept about a person, handed out and deleted.

use desk::commands::{Commands, is_theirs};
use desk::connect::Connector;
use desk::privacy::Privacy;
use discord::interaction::Interaction;
use discord::message::{Button, ButtonStyle, OutgoingFile, OutgoingMessage};
use discord::routes::{CustomId, PRIVACY_DELETE, PRIVACY_KEEP};
use domain::ids::PersonId;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;
use wording::Wording;

/// Largest document that is handed out on Discord, in bytes: what it takes as one file, less some slack.
const EXPORT_BYTES_MAX: usize = 9 * 1024 * 1024;

/// What this function uses.
pub struct Deps {
    commands: Commands,
    privacy: Privacy,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self { commands: connector.commands()?, privacy: connector.privacy()? })
    }
}

/// Handles one invocation: an interaction that the front door has verified and deferred.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<(), Error> {
    let request_id = event.context.request_id;
    Ok(deps.commands.run(event.payload, &request_id, |interaction| answer(&deps.privacy, interaction)).await?)
}

async fn answer(privacy: &Privacy, interaction: Interaction) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    if !is_theirs(&interaction) {
        return Ok(OutgoingMessage::text(says.not_yours()));
    }
    let person = interaction.person.id;
    let action =
        interaction.custom_id().and_then(|text| text.parse::<CustomId>().ok()).map(|custom_id| custom_id.action);
    match (action.as_deref(), interaction.subcommand()) {
        (Some(PRIVACY_DELETE), _) => {
            // A first try may have deleted everything and died before it said so.
            let deleted = privacy.delete(person).await?;
            if deleted.more {
                // The same button goes on.
                return Ok(OutgoingMessage::text(says.privacy_busy()).with_buttons(delete_buttons(says, person)));
            }
            let mut said = says.deleted();
            if deleted.threads_left > 0 {
                said.push('\n');
                said.push_str(&says.thread_not_deleted());
            }
            Ok(OutgoingMessage::text(said))
        }
        (Some(_), _) => Ok(OutgoingMessage::text(says.nothing_deleted())),
        (None, Some("export")) => {
            let document = privacy.export(person).await?.unwrap_or_else(|| serde_json::json!({}));
            let bytes = serde_json::to_vec_pretty(&document)?;
            if bytes.len() > EXPORT_BYTES_MAX {
                return Ok(OutgoingMessage::text(says.export_too_large()));
            }
            let (name, content_type) = ("your-data.json".to_owned(), "application/json".to_owned());
            let file = OutgoingFile { name, content_type, bytes: bytes.into() };
            Ok(OutgoingMessage { files: vec![file], ..OutgoingMessage::text(says.export_ready()) })
        }
        (None, _) => Ok(OutgoingMessage::text(says.delete_asks()).with_buttons(delete_buttons(says, person))),
    }
}

fn delete_buttons(says: &Wording, person: PersonId) -> [Button; 2] {
    let button = |label: String, style, action| Button::custom(label, style, CustomId::new(action, person));
    [
        button(says.delete_confirm(), ButtonStyle::Danger, PRIVACY_DELETE),
        button(says.delete_keep(), ButtonStyle::Secondary, PRIVACY_KEEP),
    ]
}
