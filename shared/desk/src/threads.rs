//! Private threads, for people who accept no direct messages.

use std::time::Duration;

use anyhow::Context;
use discord::client::{Channel, ChannelKind, DiscordError, ThreadEdit};
use discord::interaction::{Interaction, Spot};
use discord::message::{Button, ButtonStyle, Nonce, OutgoingMessage};
use discord::routes::{AGENT_IN_THREAD, CustomId, THREAD};
use domain::case::Kind;
use domain::conversation::{Conversation, Place, Way};
use domain::ids::{ChannelId, GuildId, InteractionId, PersonId};
use domain::line::Asker;
use domain::report::Draft;
use jiff::Timestamp;
use store::{Claim, Store};
use tracing::{info, warn};
use wording::Wording;

/// The claim on making a thread.
const MAKING: &str = "thread";

/// How long another one's making is waited for before giving the work back: shorter than any function's time limit.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(200);

/// Discord's types of a text channel, and of threads. See [Discord Docs/Channels Resource, Channel Types].
const TEXT: u64 = 0;
const THREADS_FIRST: u64 = 10;
const THREADS_LAST: u64 = 12;

/// How much of a person's name stands in that of their thread, in characters: of the 100 UTF-16 units that it may have, two for each.
const NAME_LENGTH: usize = 32;

/// How many characters tell the threads of one person apart.
const CODE_LENGTH: usize = 6;

/// Opens private threads.
#[derive(Clone)]
pub struct Threads {
    /// The table.
    pub store: Store,
    /// Discord.
    pub discord: discord::client::Client,
}

/// What somebody wants whose direct messages are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The assistant, as it comes.
    Help,
    /// A person.
    Agent,
}

impl Wanted {
    /// The action of the button that goes on with it in a thread.
    fn action(self) -> &'static str {
        match self {
            Self::Help => THREAD,
            Self::Agent => AGENT_IN_THREAD,
        }
    }
}

/// Why there is no thread.
#[derive(Debug, thiserror::Error)]
pub enum ThreadError {
    /// The channel is of a kind that has none.
    #[error("there are no private threads in this channel")]
    NotHere,
    /// The bot may not open one there, or cannot take the person in.
    #[error("the bot may not open private threads here")]
    NotAllowed,
    /// It may work later.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl Threads {
    /// What somebody is told whose direct messages are closed: how they are opened and, in a server, a button for a private thread.
    ///
    /// What they have asked already is kept, so that they need not ask again.
    pub async fn closed_dms(
        &self,
        interaction: &Interaction,
        asker: &Asker,
        wanted: Wanted,
        question: Option<String>,
    ) -> anyhow::Result<OutgoingMessage> {
        let says = wording::of(&asker.locale);
        let told = says.dms_are_closed();
        // The bot is not a member where the person alone has brought it along.
        if interaction.guild_id.is_none() || !interaction.owners.guild_install {
            return Ok(OutgoingMessage::text(told));
        }
        if let Some(question) = question {
            self.store.keep_draft(&draft(interaction, asker, question)).await.context("keep the question")?;
        }
        let custom_id = CustomId::new(wanted.action(), asker.person).with(interaction.id);
        let button = Button::custom(says.private_thread(), ButtonStyle::Primary, custom_id);
        Ok(OutgoingMessage::text(format!("{told}\n{}", says.or_a_private_thread())).with_buttons([button]))
    }

    /// What somebody asked when their direct messages were closed.
    pub async fn kept_question(&self, person: PersonId, asked_by: InteractionId) -> anyhow::Result<Option<String>> {
        let draft = self.store.draft(person, &asked_by.to_string(), Timestamp::now()).await;
        let question = draft.context("load the question")?.filter(|draft| draft.kind == Kind::Support);
        Ok(question.map(|draft| draft.text))
    }

    /// A private thread with the person in it: that of their last conversation in this server if it is there still, or a new one in the
    /// channel.
    ///
    /// Discord knows no nonce for threads. So there is a claim on making one per `id`, of which `by` is the one who tries; a repetition looks
    /// for what was made.
    pub async fn open(
        &self,
        asker: &Asker,
        server: GuildId,
        spot: Spot,
        last: Option<&Conversation>,
        (id, by): (&str, &str),
    ) -> Result<Place, ThreadError> {
        let known = last.filter(|last| last.way == Way::Thread && last.server == Some(server));
        if let Some(known) = known
            && self.can_be_used_again(known.channel, asker.person).await?
        {
            return Ok(Place::thread(known.channel, server));
        }
        let channel = self.parent(spot).await?;
        let name = name(wording::of(&asker.locale), &asker.display_name, id);
        let made = match self.claim(id, by).await? {
            Claim::Busy => return Err(anyhow::anyhow!("somebody else opens this thread").into()),
            Claim::New => None,
            Claim::Unfinished | Claim::Done => self.made_before(server, channel, &name).await?,
        };
        let thread = match made {
            Some(thread) => thread,
            None => self.make(channel, &name).await?,
        };
        if let Err(error) = self.discord.add_thread_member(thread, asker.person).await {
            let error = refusal(error, "add the person to the thread");
            if matches!(error, ThreadError::NotAllowed) {
                // Nobody would ever see it.
                if let Err(left) = self.discord.delete_thread(thread).await {
                    warn!(error = %left, "an empty thread could not be removed");
                }
                self.store.finish_claim(MAKING, id).await.context("settle the thread")?;
            }
            return Err(error);
        }
        self.store.finish_claim(MAKING, id).await.context("settle the thread")?;
        info!("opened a private thread");
        Ok(Place::thread(thread, server))
    }

    /// The claim on making a thread. Another press of the same button is waited for a little.
    async fn claim(&self, id: &str, by: &str) -> anyhow::Result<Claim> {
        let mut waited = Duration::ZERO;
        loop {
            let claim = self.store.claim(MAKING, id, by, Timestamp::now()).await.context("claim the thread")?;
            if claim != Claim::Busy || waited >= PATIENCE {
                return Ok(claim);
            }
            tokio::time::sleep(PAUSE).await;
            waited += PAUSE;
        }
    }

    /// The channel that a thread can be opened in: this one, or that of this thread.
    async fn parent(&self, spot: Spot) -> Result<ChannelId, ThreadError> {
        match (spot.kind, spot.parent) {
            (TEXT, _) => Ok(spot.channel),
            (THREADS_FIRST..=THREADS_LAST, Some(parent)) => match self.discord.channel(parent).await {
                Ok(parent) if parent.kind == ChannelKind::Text => Ok(parent.id),
                Ok(_) => Err(ThreadError::NotHere),
                Err(error) => Err(refusal(error, "look at the channel")),
            },
            _ => Err(ThreadError::NotHere),
        }
    }

    /// Whether an earlier thread is there still and takes messages. The person is in it afterwards.
    async fn can_be_used_again(&self, thread: ChannelId, person: PersonId) -> Result<bool, ThreadError> {
        let found = match self.discord.channel(thread).await {
            Ok(found) => found,
            Err(error) if is_transient(&error) => return Err(refusal(error, "look at the earlier thread")),
            Err(_) => return Ok(false),
        };
        if found.locked {
            return Ok(false);
        }
        let edit = ThreadEdit { archived: Some(false), ..ThreadEdit::default() };
        let added = async {
            if found.archived {
                self.discord.edit_thread(thread, &edit).await?;
            }
            self.discord.add_thread_member(thread, person).await
        };
        match added.await {
            Ok(()) => Ok(true),
            Err(error) if is_transient(&error) => Err(refusal(error, "take the person into the earlier thread")),
            Err(_) => Ok(false),
        }
    }

    async fn made_before(
        &self,
        server: GuildId,
        channel: ChannelId,
        name: &str,
    ) -> Result<Option<ChannelId>, ThreadError> {
        let threads = self.discord.active_threads(server).await;
        let threads = threads.map_err(|error| refusal(error, "look for the thread"))?;
        let is_it = |thread: &&Channel| thread.parent == Some(channel) && thread.name == name;
        Ok(threads.iter().find(is_it).map(|thread| thread.id))
    }

    async fn make(&self, channel: ChannelId, name: &str) -> Result<ChannelId, ThreadError> {
        let made = self.discord.create_private_thread(channel, name).await;
        made.map(|thread| thread.id).map_err(|error| refusal(error, "open the thread"))
    }
}

/// The name of a thread. The code makes it that of one `id`, so that a repetition finds it.
fn name(says: &Wording, display_name: &str, id: &str) -> String {
    let code: String = Nonce::of(&[id, MAKING]).as_str().chars().take(CODE_LENGTH).collect();
    // Discord shows no line breaks there and trims what is around it.
    let shown: String =
        display_name.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(NAME_LENGTH).collect();
    says.thread_name(&shown, &code)
}

/// The question as a report that waits for the person's word; nobody else sees it.
fn draft(interaction: &Interaction, asker: &Asker, question: String) -> Draft {
    Draft {
        id: interaction.id.to_string(),
        kind: Kind::Support,
        reporter: asker.person,
        reporter_name: asker.display_name.clone(),
        locale: asker.locale.clone(),
        server: interaction.guild_id,
        channel: interaction.channel_id,
        title: String::new(),
        text: question,
        steps: String::new(),
        platform: None,
        severity: None,
        files: Vec::new(),
        at: Timestamp::now(),
    }
}

fn is_transient(error: &DiscordError) -> bool {
    matches!(error, DiscordError::RateLimited { .. } | DiscordError::Unavailable { .. } | DiscordError::InvalidToken)
}

fn refusal(error: DiscordError, what: &'static str) -> ThreadError {
    if error.is_wrong_channel_type() {
        return ThreadError::NotHere;
    }
    if is_transient(&error) {
        return ThreadError::Failed(anyhow::Error::new(error).context(what));
    }
    // A permission is missing, as a rule; or the server's rules refuse the name, or it has as many threads as it may have.
    warn!(error = %error, "no private thread: could not {what}");
    ThreadError::NotAllowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_has_a_name_of_its_own_that_fits() {
        let says = wording::of("en-US");
        let one = name(says, "Ada \n Quill", "5");
        assert!(one.starts_with("Support for Ada Quill ("), "{one}");
        assert_eq!(one, name(says, "Ada \n Quill", "5"), "the same one again");
        assert_ne!(one, name(says, "Ada \n Quill", "6"));
        let long = name(says, &"\u{1f98a}".repeat(200), "5");
        assert!(long.encode_utf16().count() <= 100 && long.ends_with(')'), "{long}");
    }
}
