//! Opens the one conversation of a person, atomically.

use std::time::Duration;

use anyhow::Context;
use discord::client::DiscordError;
use domain::conversation::{Conversation, OPENING_LEASE_SECONDS, Place, Stage, Way};
use domain::ids::{ChannelId, ConversationSid, StudioFlowSid, WebhookSid};
use domain::line::Asker;
use domain::text::for_agents;
use jiff::Timestamp;
use serde_json::json;
use store::{Opened, Progress, Store};
use tracing::{info, warn};
use twilio::TwilioError;
use twilio::client::NewConversation;
use twilio::webhook::ConversationState;

use crate::continuing::Continuing;
use crate::reading::Waking;
use crate::said;

/// What our own webhook hears of a conversation.
pub const WEBHOOK_EVENTS: [&str; 4] =
    ["onMessageAdded", "onMessageUpdated", "onMessageRemoved", "onConversationStateUpdated"];

/// How long another one's opening is waited for before giving the work back: shorter than any function's time limit.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(200);

/// When a new conversation is first looked at by the sweep.
const FIRST_SWEEP_SECONDS: i64 = 60;

/// Opens conversations.
#[derive(Clone)]
pub struct Opening {
    /// The table.
    pub store: Store,
    /// Discord.
    pub discord: discord::client::Client,
    /// Twilio.
    pub twilio: twilio::client::Client,
    /// The flow that hears the person's lines while the assistant answers.
    pub flow: StudioFlowSid,
    /// Our own webhook's URL.
    pub webhook_url: String,
    /// Lets somebody read what the person types.
    pub waking: Waking,
    /// Lets a case that was opened again go on.
    pub continuing: Continuing,
}

/// Why no conversation was opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The person does not accept direct messages.
    #[error("the person does not accept direct messages")]
    DmsClosed,
    /// Twilio refuses it, and will again.
    #[error("Twilio refuses to open a conversation")]
    Refused(#[source] anyhow::Error),
    /// It may work later.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

enum Built {
    Whole(ConversationSid, WebhookSid),
    /// Twilio has a closed or vanished conversation under this name: the next generation is due.
    Stale,
}

impl Opening {
    /// The person's open conversation; a new one where there is none.
    ///
    /// `by` is the line or interaction that wants it: after a crash the same one goes on where it stopped. Of several at once one
    /// opens and the others find what it opened.
    pub async fn open(&self, asker: &Asker, by: &str) -> Result<Conversation, OpenError> {
        self.open_where(asker, None, by).await
    }

    /// The same at this place. One that is open already goes on there.
    pub async fn open_at(&self, asker: &Asker, place: Place, by: &str) -> Result<Conversation, OpenError> {
        self.open_where(asker, Some(place), by).await
    }

    async fn open_where(&self, asker: &Asker, place: Option<Place>, by: &str) -> Result<Conversation, OpenError> {
        let mut waited = Duration::ZERO;
        loop {
            let now = Timestamp::now();
            let current = self.store.conversation(asker.person).await.context("load the person's conversation")?;
            let generation = match &current {
                None => 1,
                Some(current) if current.stage.is_open() => {
                    if let Some(place) = place.filter(|place| *place != current.place()) {
                        return Ok(self.go_on_at(current, place, by).await?);
                    }
                    self.waking.sign_of_life(current).await;
                    return Ok(current.clone());
                }
                Some(current) => match &current.stage {
                    Stage::Opening { by: holder, since }
                        if holder != by && now.as_second() - since.as_second() <= OPENING_LEASE_SECONDS =>
                    {
                        if waited >= PATIENCE {
                            return Err(anyhow::anyhow!("somebody else is opening this conversation").into());
                        }
                        tokio::time::sleep(PAUSE).await;
                        waited += PAUSE;
                        continue;
                    }
                    Stage::Opening { .. } => current.generation,
                    _ => current.generation + 1,
                },
            };
            let new = self.plan(asker, place, by, generation, current.as_ref(), now).await?;
            if self.store.claim_opening(&new, current.as_ref(), now).await.context("claim the opening")?
                == Opened::SomebodyElses
            {
                continue;
            }
            match self.build(&new).await? {
                Built::Whole(sid, webhook) => {
                    let new = Conversation { sid: Some(sid.clone()), ..new };
                    self.continuing.begin(&new).await?;
                    // Before the conversation is open, so that a crash between the two leaves none that nobody reads.
                    self.waking.begin(new.person, by).await?;
                    if new.way == Way::Thread {
                        self.tell_how_it_is_held(&new, "held-in-a-thread").await?;
                    }
                    let progress = Progress {
                        sid: Some(sid.clone()),
                        studio_webhook: Some(Some(webhook.clone())),
                        sweep_at: Timestamp::from_second(now.as_second() + FIRST_SWEEP_SECONDS).ok(),
                        ..Progress::default()
                    };
                    self.store
                        .advance(&new, &Stage::WithAssistant, &progress)
                        .await
                        .context("save the conversation")?;
                    info!(conversation.sid = %sid, conversation.generation = generation, "opened a conversation");
                    if let Some(case) = new.case {
                        self.continuing.went_on(new.person, case).await?;
                    }
                    let stage = Stage::WithAssistant;
                    return Ok(Conversation { stage, studio_webhook: Some(webhook), ..new });
                }
                Built::Stale => self.store.abandon_opening(&new).await.context("give up a stale name")?,
            }
        }
    }

    async fn plan(
        &self,
        asker: &Asker,
        place: Option<Place>,
        by: &str,
        generation: u32,
        previous: Option<&Conversation>,
        now: Timestamp,
    ) -> Result<Conversation, OpenError> {
        let known = previous.map(|previous| previous.place_of_successor(asker.channel));
        let place = match place.or(known).or_else(|| asker.channel.map(Place::direct_messages)) {
            Some(place) => place,
            None => Place::direct_messages(self.dm_channel(asker).await?),
        };
        // An opening that is taken up goes on with what it began with.
        let begun = previous.filter(|previous| previous.generation == generation && previous.case.is_some());
        let (case, continues) = match begun {
            Some(begun) => (begun.case, begun.continues.clone()),
            None => match self.continuing.waiting(asker.person).await? {
                Some(case) => (Some(case.number), case.conversations.last().cloned()),
                None => (None, None),
            },
        };
        let stage = Stage::Opening { by: by.to_owned(), since: now };
        Ok(Conversation {
            way: place.way,
            server: place.server.or(asker.server).or_else(|| previous.and_then(|previous| previous.server)),
            display_name: asker.display_name.clone(),
            avatar: asker.avatar.clone(),
            case,
            continues,
            locale: asker.locale.clone(),
            lively_at: Some(now),
            ..Conversation::new(asker.person, generation, stage, place.channel, now)
        })
    }

    /// An open conversation goes on somewhere else: the thread is gone, or direct messages are closed now.
    async fn go_on_at(&self, current: &Conversation, place: Place, by: &str) -> anyhow::Result<Conversation> {
        let moved = Conversation {
            channel: place.channel,
            way: place.way,
            server: place.server.or(current.server),
            ..current.clone()
        };
        // One note for each move, also for the second one to the same place.
        self.tell_how_it_is_held(&moved, &format!("moved-to-{}-by-{by}", place.channel)).await?;
        self.store.move_conversation(current, place).await.context("move the conversation")?;
        // Whoever read the old place may have given up.
        self.waking.begin(moved.person, by).await?;
        info!(conversation.way = place.way.name(), "a conversation goes on somewhere else");
        Ok(moved)
    }

    /// Tells the agents, once per `key`, where the chat is held, and what that means.
    async fn tell_how_it_is_held(&self, conversation: &Conversation, key: &str) -> anyhow::Result<()> {
        let told = match conversation.way {
            Way::Thread => for_agents::held_in_a_thread(),
            Way::DirectMessages => for_agents::held_in_direct_messages(),
        };
        let noted = said::note_once(&self.twilio, &self.store, conversation, key, told).await;
        noted.context("tell the agents how the chat is held")
    }

    async fn dm_channel(&self, asker: &Asker) -> Result<ChannelId, OpenError> {
        match self.discord.open_dm(asker.person).await {
            Ok(channel) => Ok(channel),
            Err(DiscordError::CannotDm { .. }) => Err(OpenError::DmsClosed),
            Err(error) => Err(anyhow::Error::new(error).context("open the direct messages").into()),
        }
    }

    /// Makes the conversation whole at Twilio, or takes up what an unfinished opening left there.
    async fn build(&self, new: &Conversation) -> Result<Built, OpenError> {
        let name = new.unique_name();
        let wanted = NewConversation {
            unique_name: name.clone(),
            friendly_name: format!("Discord: {}", new.display_name).chars().take(256).collect(),
            attributes: json!({
                "discord_user_id": new.person.to_string(),
                "discord_channel_id": new.channel.to_string(),
                "locale": new.locale,
                "display_name": new.display_name,
                "handoff": "false",
            }),
            inactive_after: None,
            closed_after: None,
        };
        let (sid, taken_up) = match self.twilio.create_conversation(&wanted).await {
            Ok(created) => (created.sid, false),
            // Somebody was first: ourselves before a crash, or an opener whose lease ran out.
            Err(TwilioError::NameTaken) => {
                let found = self.twilio.fetch_conversation(&name).await.context("look up the taken name")?;
                match found {
                    Some(found) if found.state != ConversationState::Closed => (found.sid, true),
                    _ => return Ok(Built::Stale),
                }
            }
            Err(error) if error.is_transient() => {
                return Err(anyhow::Error::new(error).context("create the conversation").into());
            }
            Err(error) => {
                self.store.abandon_opening(new).await.context("give up the opening")?;
                return Err(OpenError::Refused(anyhow::Error::new(error).context("create the conversation")));
            }
        };
        match self.furnish(new, &sid, taken_up).await {
            Ok(webhook) => Ok(Built::Whole(sid, webhook)),
            // Not undone: it may be there already, and the next try takes it up under the same name.
            Err(error) if error.is_transient() => {
                Err(anyhow::Error::new(error).context("furnish the conversation").into())
            }
            Err(error) => {
                let error = anyhow::Error::new(error).context("furnish the conversation");
                if let Err(left) = self.twilio.delete_conversation(&sid).await {
                    warn!(conversation.sid = %sid, error = %left, "a half-made conversation could not be removed");
                }
                self.store.abandon_opening(new).await.context("give up the opening")?;
                Err(OpenError::Refused(error))
            }
        }
    }

    /// Adds the person and the two webhooks, each once.
    async fn furnish(
        &self,
        new: &Conversation,
        sid: &ConversationSid,
        taken_up: bool,
    ) -> Result<WebhookSid, TwilioError> {
        let present = if taken_up { self.twilio.list_webhooks(sid).await? } else { Vec::new() };
        self.twilio.add_participant(sid, &new.person.identity()).await?;
        if !present.iter().any(|hook| hook.configuration.url.as_deref() == Some(&self.webhook_url)) {
            self.twilio.create_webhook(sid, &self.webhook_url, &WEBHOOK_EVENTS).await?;
        }
        match present.into_iter().find(|hook| hook.configuration.flow_sid.as_ref() == Some(&self.flow)) {
            Some(hook) => Ok(hook.sid),
            None => Ok(self.twilio.create_studio_webhook(sid, &self.flow).await?.sid),
        }
    }
}
