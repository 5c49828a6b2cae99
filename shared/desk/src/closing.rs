//! Ends a conversation.

use anyhow::Context;
use discord::client::DiscordError;
use discord::message::Nonce;
use domain::case::{Author, Change};
use domain::conversation::{self, AgentEvent, Conversation, Stage};
use domain::ids::{InteractionChannelSid, InteractionSid, PersonId};
use domain::text::{Notice, for_agents};
use jiff::Timestamp;
use store::{Progress, StoreError};
use tracing::{info, warn};
use twilio::TwilioError;

use crate::casework::Casework;
use crate::once;
use crate::said::{self, Voice};

/// Ends conversations.
#[derive(Clone)]
pub struct Closing {
    /// Works on cases.
    pub casework: Casework,
    /// Twilio.
    pub twilio: twilio::client::Client,
    /// Discord.
    pub discord: discord::client::Client,
}

/// Who ends a chat from our side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// The person.
    Person,
    /// Nobody: nothing was said for long.
    Silence,
}

impl EndedBy {
    fn told_to_the_agents(self) -> (&'static str, String) {
        match self {
            Self::Person => ("person-ended", for_agents::person_ended()),
            Self::Silence => ("silence-ended", for_agents::silence_ended()),
        }
    }

    /// The case's line.
    fn line(self, person: PersonId) -> Change {
        match self {
            Self::Person => Change::note(Author::Person(person), "ended the chat"),
            Self::Silence => Change::note(Author::Desk, "the chat was ended: nobody had said anything for long"),
        }
    }
}

impl Closing {
    /// Ends the chat from our side: the agents are told, the case gets its line, the task and the conversation are closed.
    ///
    /// Every part may be done twice; `repeated` says that a first try died on the way.
    pub async fn end(&self, conversation: &Conversation, by: EndedBy, repeated: bool) -> anyhow::Result<()> {
        let ending = match conversation.stage {
            Stage::Ending => conversation.clone(),
            _ => self.begin_to_end(conversation, by, repeated).await?,
        };
        self.close_at_twilio(&ending).await?;
        self.say_ended(&ending, None).await?;
        match self.finish(&ending, &Stage::Closed, &Progress::default(), None).await {
            // What Twilio reports of the end was quicker, and has done the same.
            Err(StoreError::Conflict(_)) => info!("the conversation was closed while it was being ended"),
            other => other.context("close the conversation")?,
        }
        Ok(())
    }

    /// Moves the conversation to [`Stage::Ending`] before Twilio hears of it: a task that is closed with it would else be one that
    /// nobody took, or that the agent finished.
    async fn begin_to_end(
        &self,
        conversation: &Conversation,
        by: EndedBy,
        repeated: bool,
    ) -> anyhow::Result<Conversation> {
        if conversation.stage.is_with_agents() {
            let (key, told) = by.told_to_the_agents();
            match said::say_once(&self.twilio, conversation, Voice::System, key, told, repeated).await {
                Ok(_) | Err(TwilioError::ConversationClosed | TwilioError::NotFound) => {}
                Err(error) => return Err(anyhow::Error::new(error).context("tell the agents")),
            }
        }
        let change = by.line(conversation.person);
        self.finish(conversation, &Stage::Ending, &Progress::default(), Some(&change))
            .await
            .context("begin to end the conversation")?;
        Ok(Conversation { stage: Stage::Ending, ..conversation.clone() })
    }

    /// Does what follows where a conversation is found closed at Twilio before anybody was told so: whoever comes first, Twilio's report or
    /// this one, does all of it, and the other one finds it done.
    pub async fn was_closed(&self, conversation: &Conversation) -> anyhow::Result<()> {
        let Some(step) = conversation::next(conversation, None, &AgentEvent::Closed) else { return Ok(()) };
        self.say_ended(conversation, step.case.as_ref()).await?;
        if step.close_at_twilio {
            self.close_at_twilio(conversation).await?;
        }
        match self.finish(conversation, &step.stage, &Progress::default(), step.case.as_ref()).await {
            Err(StoreError::Conflict(_)) => info!("somebody else saw the end first"),
            other => other.context("close the conversation")?,
        }
        Ok(())
    }

    /// Closes the interaction (and with it the task), and the conversation. What is closed already stays so.
    pub async fn close_at_twilio(&self, conversation: &Conversation) -> anyhow::Result<()> {
        if let Some(interaction) = &conversation.interaction {
            let channel = match &conversation.interaction_channel {
                Some(channel) => Some(channel.clone()),
                None => match self.twilio.find_interaction_channel(interaction).await {
                    Ok(channel) => channel,
                    Err(TwilioError::NotFound | TwilioError::Refused { .. }) => None,
                    Err(error) => return Err(anyhow::Error::new(error).context("find the interaction's channel")),
                },
            };
            if let Some(channel) = channel {
                self.close_interaction(interaction, &channel).await?;
            }
        }
        if let Some(sid) = &conversation.sid {
            self.twilio.close_conversation(sid).await.context("close the conversation at Twilio")?;
        }
        Ok(())
    }

    async fn close_interaction(
        &self,
        interaction: &InteractionSid,
        channel: &InteractionChannelSid,
    ) -> anyhow::Result<()> {
        match self.twilio.close_interaction_channel(interaction, channel).await {
            Ok(()) | Err(TwilioError::NotFound) => Ok(()),
            // A channel that is closed, or failed to set up, refuses to be closed: the conversation still has to be.
            Err(error @ TwilioError::Refused { .. }) => {
                warn!(error = %error, "the interaction was not closed");
                Ok(())
            }
            Err(error) => Err(anyhow::Error::new(error).context("close the interaction")),
        }
    }

    /// Tells the person that the chat is over, once per conversation whichever way it ended, and offers to go on with a case that is not
    /// done, also with the `change` that the end makes. A goodbye that they cannot be shown, because they accept no direct messages or their
    /// thread is gone or locked, keeps no chat from ending.
    pub async fn say_ended(&self, conversation: &Conversation, change: Option<&Change>) -> anyhow::Result<()> {
        let says = wording::of(&conversation.locale);
        let case = match conversation.case {
            Some(number) => self.casework.store.case(number).await.context("look whether the case is done")?,
            None => None,
        };
        let undone = case.is_some_and(|case| {
            let after = change.and_then(|change| case.apply(change, Timestamp::now()).ok().flatten());
            !after.map_or(case, |(after, _)| after).status.is_done()
        });
        let message = said::ended(says, conversation, undone);
        let nonce = Nonce::of(&[&conversation.unique_name(), &Notice::Ended.key()]);
        let store = &self.casework.store;
        match once::post_once(store, &self.discord, conversation.channel, &message, &nonce).await? {
            Ok(()) => Ok(()),
            Err(
                error @ (DiscordError::RateLimited { .. }
                | DiscordError::Unavailable { .. }
                | DiscordError::InvalidToken),
            ) => Err(anyhow::Error::new(error).context("tell the person that the chat has ended")),
            Err(error) => {
                warn!(error = %error, "a person could not be told that their chat has ended");
                Ok(())
            }
        }
    }

    /// Saves a stage together with what changes in the case: one transaction, so that a repetition finds both or neither.
    pub async fn finish(
        &self,
        conversation: &Conversation,
        stage: &Stage,
        progress: &Progress,
        change: Option<&Change>,
    ) -> Result<(), StoreError> {
        let number = conversation.case.filter(|_| change.is_some());
        let case = match number {
            Some(number) => self.casework.store.case(number).await?,
            None => None,
        };
        let changed = case.zip(change).and_then(|(case, change)| {
            let now = Timestamp::now();
            case.apply(change, now).unwrap_or_else(|error| {
                // Somebody resolved the case by hand meanwhile: what happened still belongs into its history.
                warn!(case.number = %case.number, error = %error, "noted instead");
                case.apply(&Change::note(change.author.clone(), &change.reason), now).unwrap_or_default()
            })
        });
        match changed {
            Some((case, event)) => {
                self.casework.store.advance_with_case(conversation, stage, progress, &case, &event).await?;
                self.casework.nudge(&case).await;
                Ok(())
            }
            None => self.casework.store.advance(conversation, stage, progress).await,
        }
    }
}
