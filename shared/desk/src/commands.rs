//! What every command's function does around its own work: claim the interaction, answer it, and try again after a failure.

use std::future::Future;

use anyhow::Context;
use discord::client::DiscordError;
use discord::interaction::{Interaction, InteractionKind};
use discord::message::OutgoingMessage;
use discord::routes::CustomId;
use domain::conversation::{Conversation, Place};
use domain::line::Asker;
use jiff::Timestamp;
use serde_json::Value;
use store::{Claim, Store};
use tracing::{info, warn};

/// Answers interactions that were deferred, each once.
#[derive(Clone)]
pub struct Commands {
    /// The table.
    pub store: Store,
    /// Discord.
    pub answering: Answering,
}

/// Answers interactions whose work is harmless to repeat: an entry of the inbox, which is claimed where it is taken out.
#[derive(Clone)]
pub struct Answering {
    /// Discord.
    pub discord: discord::client::Client,
}

/// Who claims interactions, and how they are told from lines.
const PLATFORM: &str = "interaction";

impl Commands {
    /// Runs `work` for the interaction in `payload`, once, and edits the deferred answer to what it returns.
    ///
    /// `request_id` is the invocation's: AWS repeats an asynchronous invocation under the same one, so a repetition goes on where a
    /// dead one stopped, while a replay is dropped.
    ///
    /// # Errors
    /// Where the work failed and may work later: AWS repeats it, and the person is told so.
    pub async fn run<F, Fut>(&self, payload: Value, request_id: &str, work: F) -> anyhow::Result<()>
    where
        F: FnOnce(Interaction) -> Fut,
        Fut: Future<Output = anyhow::Result<OutgoingMessage>>,
    {
        let Some(interaction) = read(payload) else { return Ok(()) };
        let id = interaction.id.to_string();
        match self.store.claim(PLATFORM, &id, request_id, Timestamp::now()).await.context("claim the interaction")? {
            Claim::New | Claim::Unfinished => {}
            Claim::Done => {
                info!(interaction.id = %id, "this interaction has been handled");
                return Ok(());
            }
            Claim::Busy => anyhow::bail!("another invocation handles this interaction"),
        }
        self.answering.answer(interaction, work).await?;
        self.store.finish_claim(PLATFORM, &id).await.context("settle the interaction")
    }
}

impl Answering {
    /// Runs `work` for the interaction in `payload` and edits the deferred answer to what it returns.
    ///
    /// # Errors
    /// Where the work failed and may work later: AWS repeats it, and the person is told so.
    pub async fn run<F, Fut>(&self, payload: Value, work: F) -> anyhow::Result<()>
    where
        F: FnOnce(Interaction) -> Fut,
        Fut: Future<Output = anyhow::Result<OutgoingMessage>>,
    {
        match read(payload) {
            Some(interaction) => self.answer(interaction, work).await,
            None => Ok(()),
        }
    }

    async fn answer<F, Fut>(&self, interaction: Interaction, work: F) -> anyhow::Result<()>
    where
        F: FnOnce(Interaction) -> Fut,
        Fut: Future<Output = anyhow::Result<OutgoingMessage>>,
    {
        let (id, application, token) = (interaction.id, interaction.application_id, interaction.token.clone());
        let language = interaction.language();
        match work(interaction).await {
            Ok(answer) => {
                match self.discord.edit_original(application, &token, &answer).await {
                    Ok(()) => {}
                    // The work is done; only its receipt is lost.
                    Err(
                        error @ (DiscordError::UnknownInteraction { .. }
                        | DiscordError::UnknownMessage
                        | DiscordError::UnknownChannel),
                    ) => {
                        warn!(interaction.id = %id, error = %error, "the answer could not be shown");
                    }
                    Err(error) => return Err(anyhow::Error::new(error).context("answer the interaction")),
                }
                info!(interaction.id = %id, "handled an interaction");
                Ok(())
            }
            Err(error) => {
                let said = OutgoingMessage::text(wording::speaking(language).trouble());
                if let Err(unsaid) = self.discord.edit_original(application, &token, &said).await {
                    warn!(interaction.id = %id, error = %unsaid, "the person could not be told of a failure");
                }
                Err(error.context(format!("interaction {id}")))
            }
        }
    }
}

/// Where the person's chat is. Shown without a preview.
pub fn chat_link(place: Place) -> String {
    let channel = place.channel;
    match place.server {
        Some(server) => format!("<https://discord.com/channels/{server}/{channel}>"),
        None => format!("<https://discord.com/channels/@me/{channel}>"),
    }
}

/// Where a person's chat is held who does something here, as far as that is known: where their open conversation is, or where the last
/// one was if they come from there, or in the direct messages that they come from.
pub fn known_place(interaction: &Interaction, current: Option<&Conversation>) -> Option<Place> {
    match current {
        Some(current) if current.stage.is_open() || interaction.channel_id == Some(current.channel) => {
            Some(current.place())
        }
        _ => interaction.channel_id.filter(|_| interaction.is_bot_dm()).map(Place::direct_messages),
    }
}

/// The interaction, if it is one that is answered at once: a component with this action.
pub fn asked(payload: &Value, action: &str) -> Option<Interaction> {
    let interaction: Interaction = serde_json::from_value(payload.clone()).ok()?;
    let custom_id: CustomId = interaction.custom_id()?.parse().ok()?;
    (interaction.kind == InteractionKind::Component && custom_id.action == action).then_some(interaction)
}

fn read(payload: Value) -> Option<Interaction> {
    let interaction = serde_json::from_value(payload).ok();
    if interaction.is_none() {
        // It would be malformed the next time too, and serde's error quotes it.
        warn!("dropped an event that is no interaction");
    }
    interaction
}

/// Who asks.
pub fn asker(interaction: &Interaction) -> Asker {
    Asker {
        person: interaction.person.id,
        display_name: interaction.person.display_name.clone(),
        avatar: interaction.person.avatar.clone(),
        server: interaction.guild_id,
        locale: interaction.locale.clone().unwrap_or_else(|| "en-US".to_owned()),
        // Only the bot's own DM: it can neither read nor post in other people's.
        channel: interaction.channel_id.filter(|_| interaction.is_bot_dm()),
    }
}

/// Whether a button or form belongs to the one who used it, or to nobody in particular. Commands have no owner but the one who types
/// them.
pub fn is_theirs(interaction: &Interaction) -> bool {
    match interaction.custom_id() {
        None => true,
        Some(custom_id) => {
            custom_id.parse::<CustomId>().is_ok_and(|custom_id| custom_id.may_be_used_by(interaction.person.id))
        }
    }
}
