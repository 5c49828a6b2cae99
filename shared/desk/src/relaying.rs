//! Takes the person's lines into their conversation at Twilio, in order, each once.

use anyhow::Context;
use discord::message::Nonce;
use domain::conversation::{Conversation, Stage};
use domain::line::{Line, Wish};
use domain::text::Notice;
use jiff::Timestamp;
use queues::Queue;
use store::{Claim, Progress, Store};
use tracing::{info, warn};
use twilio::TwilioError;
use twilio::client::NewMessage;

use crate::closing::Closing;
use crate::opening::{OpenError, Opening};
use crate::{Verdict, back_off, said};

/// How often a line is tried before it is set aside, about an hour and a half with the back-off. Below the queue's `maxReceiveCount`.
pub const ATTEMPTS_MAX: u32 = 28;

/// Who claims lines: the queue delivers a line to one consumer at a time, so a repetition is always the successor of a dead one.
const OWNER: &str = "inbox";
const PLATFORM: &str = "discord";

/// Relays lines.
#[derive(Clone)]
pub struct Relaying {
    /// The table.
    pub store: Store,
    /// Opens conversations.
    pub opening: Opening,
    /// Ends them.
    pub closing: Closing,
    /// Where lines go that cannot be relayed.
    pub dead_letters: Queue,
}

impl Relaying {
    /// Relays one entry of the inbox. `attempt` counts its deliveries, from 1.
    pub async fn relay(&self, line: &Line, attempt: u32) -> Verdict {
        match self.try_relay(line).await {
            Ok(()) => Verdict::Done,
            Err(OpenError::DmsClosed) => {
                // Nobody could be told the answer, nor that this failed.
                info!(line.id = %line.id, "the person does not accept direct messages");
                Verdict::SetAside("the person does not accept direct messages")
            }
            Err(OpenError::Refused(error)) => {
                tracing::error!(line.id = %line.id, error = format!("{error:#}"), "a line can never be relayed");
                self.tell_that_it_is_lost(line).await;
                Verdict::SetAside("Twilio refuses the line")
            }
            Err(OpenError::Failed(error)) if attempt >= ATTEMPTS_MAX => {
                tracing::error!(line.id = %line.id, error = format!("{error:#}"), "a line was tried too often");
                self.tell_that_it_is_lost(line).await;
                Verdict::SetAside("tried too often")
            }
            Err(OpenError::Failed(error)) => {
                warn!(line.id = %line.id, attempt, error = format!("{error:#}"), "a line was not relayed, it comes again");
                Verdict::Later(back_off(attempt))
            }
        }
    }

    async fn try_relay(&self, line: &Line) -> Result<(), OpenError> {
        let claim = self.store.claim(PLATFORM, &line.id, OWNER, Timestamp::now()).await.context("claim the line")?;
        let repeated = match claim {
            Claim::New => false,
            Claim::Unfinished => true,
            Claim::Done => return Ok(()),
            Claim::Busy => return Err(anyhow::anyhow!("somebody else claims this line").into()),
        };
        match &line.wish {
            Wish::Say(said) => self.say(line, &said.text, repeated).await,
            Wish::End => self.end(line, repeated).await,
        }
    }

    async fn say(&self, line: &Line, text: &str, repeated: bool) -> Result<(), OpenError> {
        let mut conversation = self.store.conversation(line.asker.person).await.context("load the conversation")?;
        if repeated && let Some(current) = &conversation {
            // The create may have worked although nobody heard so, and the conversation may have closed since.
            let found = said::find_line(&self.opening.twilio, current, &line.id).await.context("look for the line")?;
            if let Some(index) = found {
                return self.settle(line, current, index).await;
            }
        }
        // One that Twilio has closed gets a successor; the second time round it is new, so a third is not needed.
        for _ in 0..2 {
            let current = match conversation.take() {
                Some(current) if current.stage.is_open() => current,
                _ => self.opening.open(&line.asker, &line.id).await?,
            };
            let Some(sid) = &current.sid else { return Err(anyhow::anyhow!("an open conversation has no SID").into()) };
            let message = NewMessage {
                author: line.asker.person.identity(),
                body: text.to_owned(),
                media: None,
                attributes: said::person_attributes(&line.id),
                webhook_enabled: true,
            };
            match self.opening.twilio.create_message(sid, &message).await {
                Ok(created) => {
                    info!(conversation.sid = %sid, line.id = %line.id, message.sid = %created.sid, "relayed a line");
                    return self.settle(line, &current, created.index).await;
                }
                Err(TwilioError::ConversationClosed | TwilioError::NotFound) => {
                    info!(conversation.sid = %sid, "the conversation is closed at Twilio; a successor is opened");
                    let closed = self.store.advance(&current, &Stage::Closed, &Progress::default()).await;
                    // Somebody else may have seen it first.
                    if let Err(error) = closed
                        && !matches!(error, store::StoreError::Conflict(_))
                    {
                        return Err(anyhow::Error::new(error).context("close the conversation").into());
                    }
                }
                Err(error) if error.is_transient() => {
                    return Err(anyhow::Error::new(error).context("post the line").into());
                }
                Err(error @ TwilioError::InvalidCredentials) => {
                    return Err(anyhow::Error::new(error).context("post the line").into());
                }
                Err(error) => return Err(OpenError::Refused(anyhow::Error::new(error).context("post the line"))),
            }
        }
        Err(anyhow::anyhow!("the successor was closed at once").into())
    }

    async fn settle(&self, line: &Line, conversation: &Conversation, index: u32) -> Result<(), OpenError> {
        let settled = self.store.finish_own_line((PLATFORM, &line.id), conversation, index).await;
        match settled {
            // The conversation has a successor already, which counts its own lines.
            Err(store::StoreError::Conflict(_)) => {
                self.store.finish_claim(PLATFORM, &line.id).await.context("settle the line")?;
            }
            other => other.context("settle the line")?,
        }
        Ok(())
    }

    async fn end(&self, line: &Line, repeated: bool) -> Result<(), OpenError> {
        let conversation = self.store.conversation(line.asker.person).await.context("load the conversation")?;
        if let Some(conversation) = conversation.filter(|conversation| conversation.stage.is_open()) {
            self.closing.end_for_person(&conversation, repeated).await?;
        }
        self.store.finish_claim(PLATFORM, &line.id).await.context("settle the wish")?;
        Ok(())
    }

    /// Best effort: the line itself is kept in the dead-letter queue.
    async fn tell_that_it_is_lost(&self, line: &Line) {
        let notice = Notice::LineLost;
        let channel = match line.asker.dm_channel {
            Some(channel) => Some(channel),
            None => self.opening.discord.open_dm(line.asker.person).await.ok(),
        };
        let Some(channel) = channel else { return };
        let says = wording::of(&line.asker.locale);
        let message = said::with_buttons(says, says.notice(&notice), line.asker.person, &Stage::Closed);
        let nonce = Nonce::of(&[&line.id, &notice.key()]);
        if let Err(error) = self.opening.discord.post(channel, &message, &nonce).await {
            warn!(line.id = %line.id, error = format!("{error:#}"), "the person could not be told that a line is lost");
        }
    }
}
