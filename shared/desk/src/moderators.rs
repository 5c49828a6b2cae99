//! Who is a moderator of a server, asked of Discord each time.

use anyhow::Context;
use discord::interaction::Interaction;
use domain::ids::{GuildId, PersonId};
use domain::rights::Actor;

/// Finds out who is a moderator.
#[derive(Clone)]
pub struct Moderators {
    /// Discord.
    pub discord: discord::client::Client,
}

impl Moderators {
    /// The person as a moderator of a server; `None` when they are none, or not in it.
    pub async fn moderator(&self, server: GuildId, person: PersonId) -> anyhow::Result<Option<Actor>> {
        let member = self.discord.member_permissions(server, person).await.context("read the member's permissions")?;
        let moderator = member.filter(discord::client::Member::is_moderator);
        Ok(moderator.map(|member| Actor::Moderator { id: person, name: member.display_name, server }))
    }

    /// Who used a command or button: a moderator of the server it was used in; in the bot's DM a moderator of `configured`.
    pub async fn actor(&self, interaction: &Interaction, configured: Option<GuildId>) -> anyhow::Result<Actor> {
        let person = &interaction.person;
        let nobody = || Actor::Person { id: person.id, name: person.display_name.clone() };
        match (interaction.guild_id, interaction.is_moderator()) {
            // Discord signs what it says of the member.
            (Some(server), Some(true)) => {
                Ok(Actor::Moderator { id: person.id, name: person.display_name.clone(), server })
            }
            (Some(_), _) => Ok(nobody()),
            (None, _) => match configured {
                Some(server) => Ok(self.moderator(server, person.id).await?.unwrap_or_else(nobody)),
                None => Ok(nobody()),
            },
        }
    }
}
