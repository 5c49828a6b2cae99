//! Opens the direct messages, or goes to where the chat is, and says hello.

use anyhow::Context;
use discord::client::DiscordError;
use discord::message::{Button, ButtonStyle, Nonce, OutgoingMessage, escape_markdown};
use discord::routes::{CustomId, REPLY};
use domain::conversation::{Conversation, Place, Stage, Way};
use domain::ids::PersonId;
use domain::line::Asker;
use tracing::info;

use crate::said;

/// Greets people.
#[derive(Clone)]
pub struct Welcoming {
    /// Discord.
    pub discord: discord::client::Client,
}

/// Why somebody was not greeted.
#[derive(Debug, thiserror::Error)]
pub enum WelcomeError {
    /// The person does not accept direct messages. A normal case: they are told what to do.
    #[error("the person does not accept direct messages")]
    DmsClosed,
    /// It may work later.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl Welcoming {
    /// Posts the greeting with its buttons, once per `id`, and returns where: at the place that is known, or else in direct messages.
    pub async fn welcome(
        &self,
        asker: &Asker,
        known: Option<Place>,
        open: Option<&Conversation>,
        id: &str,
    ) -> Result<Place, WelcomeError> {
        if let Some(place) = known {
            match self.greet_at(asker, place, open, id).await {
                // The thread was deleted, we may not write there any more, or the person cannot be in it.
                Err(error) if place.way == Way::Thread && is_out_of_reach(&error) => {
                    info!(error = %error, "the thread of a chat is out of reach");
                }
                greeted => return greeted.map(|()| place).map_err(|error| failure(error, "post the greeting")),
            }
        }
        let opened = self.discord.open_dm(asker.person).await;
        let place = Place::direct_messages(opened.map_err(|error| failure(error, "open the direct messages"))?);
        self.greet(asker, place, open, id).await.map_err(|error| failure(error, "post the greeting"))?;
        Ok(place)
    }

    /// Greets where the chat is. Whoever has left the thread, or the server and with it the thread, is in it again afterwards.
    async fn greet_at(
        &self,
        asker: &Asker,
        place: Place,
        open: Option<&Conversation>,
        id: &str,
    ) -> Result<(), DiscordError> {
        self.greet(asker, place, open, id).await?;
        match place.way {
            Way::Thread => self.discord.add_thread_member(place.channel, asker.person).await,
            Way::DirectMessages => Ok(()),
        }
    }

    /// Greets somebody who has installed the application for themselves, once per `id`. Nothing is started by it: the button opens the form
    /// for a line.
    pub async fn greet_installed(
        &self,
        person: PersonId,
        name: &str,
        locale: &str,
        id: &str,
    ) -> Result<(), WelcomeError> {
        let says = wording::of(locale);
        let channel = self.discord.open_dm(person).await.map_err(|error| failure(error, "open the direct messages"))?;
        let ask = Button::custom(says.ask_a_question(), ButtonStyle::Primary, CustomId::new(REPLY, person));
        let greeting = OutgoingMessage::text(says.installed(&escape_markdown(name))).with_buttons([ask]);
        let posted = self.discord.post(channel, &greeting, &Nonce::of(&[id, "installed"])).await;
        posted.map(drop).map_err(|error| failure(error, "post the greeting"))
    }

    /// Posts the greeting with its buttons at a place, once per `id`.
    pub async fn greet(
        &self,
        asker: &Asker,
        place: Place,
        open: Option<&Conversation>,
        id: &str,
    ) -> Result<(), DiscordError> {
        let says = wording::of(&asker.locale);
        let name = escape_markdown(&asker.display_name);
        let content = match (open, place.way) {
            (Some(_), Way::DirectMessages) => says.welcome_back(),
            (Some(_), Way::Thread) => says.welcome_back_in_thread(),
            (None, Way::DirectMessages) => says.greeting(&name),
            (None, Way::Thread) => says.greeting_in_thread(&name),
        };
        let stage = open.map_or(&Stage::WithAssistant, |open| &open.stage);
        let message = said::with_buttons(says, content, asker.person, stage);
        self.discord.post(place.channel, &message, &Nonce::of(&[id, "welcome"])).await?;
        Ok(())
    }
}

/// Whether the bot cannot write there, and not only now.
fn is_out_of_reach(error: &DiscordError) -> bool {
    matches!(error, DiscordError::UnknownChannel | DiscordError::CannotDm { .. } | DiscordError::Refused { .. })
}

fn failure(error: DiscordError, what: &'static str) -> WelcomeError {
    match error {
        DiscordError::CannotDm { .. } => WelcomeError::DmsClosed,
        other => WelcomeError::Failed(Err::<(), _>(other).context(what).expect_err("it is an error")),
    }
}
