//! Opens the direct messages and says hello.

use anyhow::Context;
use discord::client::DiscordError;
use discord::message::Nonce;
use domain::conversation::{Conversation, Stage};
use domain::ids::ChannelId;
use domain::line::Asker;

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
    /// Posts the greeting with its buttons, once per `id`, and returns the channel.
    pub async fn welcome(
        &self,
        asker: &Asker,
        open: Option<&Conversation>,
        id: &str,
    ) -> Result<ChannelId, WelcomeError> {
        let known = asker.dm_channel.or_else(|| open.map(|open| open.channel));
        let channel = match known {
            Some(channel) => channel,
            None => {
                self.discord.open_dm(asker.person).await.map_err(|error| failure(error, "open the direct messages"))?
            }
        };
        let says = wording::of(&asker.locale);
        let (content, stage) = match open {
            Some(open) => (says.welcome_back(), &open.stage),
            None => (says.greeting(&discord::message::escape_markdown(&asker.display_name)), &Stage::WithAssistant),
        };
        let message = said::with_buttons(says, content, asker.person, stage);
        self.discord
            .post(channel, &message, &Nonce::of(&[id, "welcome"]))
            .await
            .map_err(|error| failure(error, "post the greeting"))?;
        Ok(channel)
    }
}

fn failure(error: DiscordError, what: &'static str) -> WelcomeError {
    match error {
        DiscordError::CannotDm { .. } => WelcomeError::DmsClosed,
        other => WelcomeError::Failed(Err::<(), _>(other).context(what).expect_err("it is an error")),
    }
}
