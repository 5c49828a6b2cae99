//! Hands a conversation over to the agents: one claim per conversation, one case, one task.

use anyhow::Context;
use domain::case::{Author, Case, Change, Event, Kind, Priority, Severity, Status};
use domain::conversation::{self, AgentEvent, Conversation, Stage, TransferClaim};
use domain::delivery::{Delivery, Outgoing};
use domain::hours::Hours;
use domain::ids::{CaseNumber, ConversationSid, GuildId, MessageSid, WorkflowSid, WorkspaceSid};
use domain::text::{Notice, for_agents};
use jiff::Timestamp;
use queues::Queue;
use serde_json::json;
use store::{Progress, Store, StoreError};
use tracing::{error, info, warn};
use twilio::TwilioError;
use twilio::client::NewInteraction;

use crate::casework::case_url;
use crate::enriching;

/// How often a claim is tried again when somebody else changes the conversation at the same moment.
const TRIES: usize = 4;

/// Transfers conversations.
#[derive(Clone)]
pub struct Transferring {
    /// The table.
    pub store: Store,
    /// Twilio.
    pub twilio: twilio::client::Client,
    /// Where the person's notices go, so that they stay in order with the lines.
    pub outbox: Queue,
    /// Flex's workspace.
    pub workspace: WorkspaceSid,
    /// The workflow that finds an agent.
    pub workflow: WorkflowSid,
    /// The task channel's unique name.
    pub task_channel: String,
    /// When agents are there. Whoever only finishes transfers need not know.
    pub hours: Hours,
    /// The server that transfers' cases belong to.
    pub server: Option<GuildId>,
    /// Where the case console is.
    pub console_url: Option<String>,
}

/// What became of the wish for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transfer {
    /// This one does it. The conversation is [`Stage::Transferring`] and has a case.
    Ours {
        /// The conversation as it is now.
        conversation: Box<Conversation>,
        /// Its case.
        case: CaseNumber,
        /// Whether an earlier try of the same one began it: a task may be there.
        repeated: bool,
    },
    /// Somebody else does it, or has done it.
    AlreadyUnderWay {
        /// The case, once it has one.
        case: Option<CaseNumber>,
    },
    /// It is outside the business hours: the case is kept, nobody is called, and the assistant goes on.
    OutsideHours {
        /// The case.
        case: CaseNumber,
        /// From when on agents are there, where that is known.
        opens_at: Option<Timestamp>,
    },
    /// There is no open conversation.
    NotOpen,
}

impl Transferring {
    /// The conversation behind a SID, also one that the index does not show yet.
    pub async fn find(&self, sid: &ConversationSid) -> anyhow::Result<Option<Conversation>> {
        crate::delivering::find_conversation(&self.store, &self.twilio, sid).await
    }

    /// Claims the transfer for `by`, files the case, tells the person, and takes the Studio flow off.
    pub async fn begin(&self, conversation: &Conversation, by: &str) -> anyhow::Result<Transfer> {
        let mut current = conversation.clone();
        for _ in 0..TRIES {
            match conversation::may_transfer(&current.stage, by) {
                TransferClaim::AlreadyUnderWay => return Ok(Transfer::AlreadyUnderWay { case: current.case }),
                TransferClaim::NotOpen => return Ok(Transfer::NotOpen),
                TransferClaim::Go => {}
            }
            let repeated = matches!(current.stage, Stage::Transferring { .. });
            let now = Timestamp::now();
            // A transfer that has begun is finished, even where the hours end meanwhile.
            let called = if repeated || self.hours.is_open(now) {
                self.claim(&current, by).await
            } else {
                match self.file(&current).await {
                    Ok(case) => return self.announce_hours(&current, case, by, now).await,
                    Err(error) => Err(error),
                }
            };
            match called {
                Ok((claimed, case)) => {
                    self.announce(&claimed, case, by).await?;
                    if !matches!(current.stage, Stage::WithAssistant) {
                        self.park(&claimed).await?;
                    }
                    info!(case.number = %case, conversation.generation = claimed.generation, "a transfer has begun");
                    return Ok(Transfer::Ours { conversation: Box::new(claimed), case, repeated });
                }
                Err(StoreError::Conflict(_)) => {
                    let read = self.store.conversation(current.person).await.context("load the conversation again")?;
                    match read.filter(|read| read.generation == current.generation) {
                        Some(read) => current = read,
                        None => return Ok(Transfer::NotOpen),
                    }
                }
                Err(error) => return Err(anyhow::Error::new(error).context("claim the transfer")),
            }
        }
        anyhow::bail!("the conversation kept changing while it was to be transferred")
    }

    /// The case of a wish that nobody is called for. The conversation stays as it is.
    async fn file(&self, current: &Conversation) -> Result<CaseNumber, StoreError> {
        let now = Timestamp::now();
        let case = match current.case {
            Some(case) => self.store.case(case).await?,
            None => {
                let case = self.new_case(current, now).await?;
                let event = opened(&case, current);
                self.store.create_transfer_case(&case, &event, current, &current.stage).await?;
                Some(case)
            }
        };
        let Some(case) = case else { return Err(StoreError::Conflict("the case is gone")) };
        if let Some((reopened, event)) = reopened(&case, current, now) {
            self.store.change_case(&reopened, &event).await?;
        }
        // One that has a history by now says by itself that it waits.
        if case.version == 1 {
            let note = Change::note(Author::Desk, for_agents::OUTSIDE_HOURS);
            if let Ok(Some((noted, event))) = case.apply(&note, now) {
                self.store.change_case(&noted, &event).await?;
            }
        }
        Ok(case.number)
    }

    async fn announce_hours(
        &self,
        conversation: &Conversation,
        case: CaseNumber,
        by: &str,
        now: Timestamp,
    ) -> anyhow::Result<Transfer> {
        let Some(sid) = &conversation.sid else { anyhow::bail!("an open conversation has no SID") };
        let opens_at = self.hours.next_opening(now);
        let delivery = Delivery::Say { id: by.to_owned(), notice: Notice::OutsideHours { case, opens_at } };
        let outgoing = Outgoing { conversation: sid.clone(), delivery };
        self.outbox.send_outgoing(&outgoing).await.context("tell the person that nobody is there")?;
        info!(case.number = %case, "an agent was asked for outside the business hours");
        Ok(Transfer::OutsideHours { case, opens_at })
    }

    /// A wish for an agent has been answered: the assistant does not take it for a question.
    pub async fn settle_wish(&self, message: &MessageSid) -> anyhow::Result<()> {
        crate::delivering::settle_question(&self.store, message).await
    }

    /// Moves the conversation to [`Stage::Transferring`], with its case: a new one, or the one that an earlier transfer left open.
    async fn claim(&self, current: &Conversation, by: &str) -> Result<(Conversation, CaseNumber), StoreError> {
        let now = Timestamp::now();
        let stage = Stage::Transferring { by: by.to_owned(), since: now };
        let claimed = |case| {
            let former_tasks = current.former_tasks.iter().chain(&current.task).cloned().collect();
            Conversation { stage: stage.clone(), case: Some(case), task: None, former_tasks, ..current.clone() }
        };
        if let Some(case) = current.case {
            // `since` moves on, so that the sweep gives this try its time. What is reported of an earlier task is no news any more.
            let progress = Progress { former_task: current.task.clone(), ..Progress::default() };
            let found = self.store.case(case).await?;
            match found.and_then(|found| reopened(&found, current, now)) {
                Some((reopened, event)) => {
                    self.store.advance_with_case(current, &stage, &progress, &reopened, &event).await?;
                }
                None => self.store.advance(current, &stage, &progress).await?,
            }
            return Ok((claimed(case), case));
        }
        let case = self.new_case(current, now).await?;
        self.store.create_transfer_case(&case, &opened(&case, current), current, &stage).await?;
        Ok((claimed(case.number), case.number))
    }

    async fn new_case(&self, current: &Conversation, now: Timestamp) -> Result<Case, StoreError> {
        let number = self.store.next_case_number().await?;
        Ok(Case {
            number,
            kind: Kind::Support,
            status: Status::New,
            severity: Severity::default(),
            priority: Priority::default(),
            title: for_agents::case_title(&current.display_name),
            text: String::new(),
            answers: Vec::new(),
            reporter: Some(current.person),
            reporter_name: current.display_name.clone(),
            locale: current.locale.clone(),
            server: self.server,
            channel: Some(current.channel),
            conversations: current.sid.iter().cloned().collect(),
            assignee: None,
            board: None,
            files: Vec::new(),
            links: Vec::new(),
            votes: 0,
            rating: None,
            rating_comment: None,
            created_at: now,
            updated_at: now,
            done_at: None,
            version: 1,
        })
    }

    async fn announce(&self, conversation: &Conversation, case: CaseNumber, by: &str) -> anyhow::Result<()> {
        let Some(sid) = &conversation.sid else { anyhow::bail!("an open conversation has no SID") };
        // A case that has a history by now comes from a transfer that nobody took.
        let filed = self.store.case(case).await.context("load the case")?;
        let notice = match filed {
            Some(filed) if filed.version > 1 => Notice::AgentCalled { case },
            _ => Notice::CaseOpened { case },
        };
        let delivery = Delivery::Say { id: by.to_owned(), notice };
        let outgoing = Outgoing { conversation: sid.clone(), delivery };
        self.outbox.send_outgoing(&outgoing).await.context("tell the person about the case")?;
        if let Some(webhook) = &conversation.studio_webhook {
            self.twilio.delete_webhook(sid, webhook).await.context("take the Studio flow off")?;
        }
        Ok(())
    }

    /// The agent who has left may still be writing up. When they complete that, Flex would close the conversation, in which the person waits
    /// for the next one: so it is done for them.
    async fn park(&self, conversation: &Conversation) -> anyhow::Result<()> {
        let earlier = conversation.interaction.as_ref().zip(conversation.interaction_channel.as_ref());
        let Some((interaction, channel)) = earlier.filter(|_| !conversation.former_tasks.is_empty()) else {
            return Ok(());
        };
        match self.twilio.park_interaction_channel(interaction, channel).await {
            Ok(()) => Ok(()),
            // Parked, closed or failed already.
            Err(error @ TwilioError::Refused { .. }) => {
                warn!(error = %error, "the earlier interaction was not parked");
                Ok(())
            }
            Err(error) => Err(anyhow::Error::new(error).context("park the earlier interaction")),
        }
    }

    /// Creates the Flex interaction, and with it the task, where the flow's *Send to Flex* does not.
    ///
    /// `repeated`: an earlier try may have created it, so it is looked for first.
    pub async fn send_to_flex(&self, conversation: &Conversation, repeated: bool) -> anyhow::Result<()> {
        let Some(sid) = &conversation.sid else { anyhow::bail!("an open conversation has no SID") };
        let progress = if repeated { self.existing_task(conversation, sid).await? } else { None };
        let progress = match progress {
            Some(progress) => progress,
            None => match self.create_interaction(conversation, sid).await {
                Ok(progress) => progress,
                Err(error) if error.is_transient() => {
                    return Err(anyhow::Error::new(error).context("create the interaction"));
                }
                Err(error) => {
                    error!(conversation.sid = %sid, error = format!("{error:#}"), "Flex refuses the transfer");
                    return self.give_up(conversation, sid).await;
                }
            },
        };
        match self.store.advance(conversation, &Stage::Waiting, &progress).await {
            // TaskRouter's event was quicker, and has recorded the same.
            Ok(()) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(anyhow::Error::new(error).context("save the interaction")),
        }
    }

    /// The page of a case in the console, which Flex shows beside the task.
    pub fn case_url(&self, case: CaseNumber) -> Option<String> {
        case_url(self.console_url.as_deref(), case)
    }

    async fn existing_task(
        &self,
        conversation: &Conversation,
        sid: &ConversationSid,
    ) -> anyhow::Result<Option<Progress>> {
        let former = &conversation.former_tasks;
        let task = self.twilio.find_task_by_conversation(&self.workspace, sid, former).await;
        let task = task.context("look for the task")?;
        Ok(task.filter(|task| !task.is_over()).map(|task| Progress {
            task: Some(task.sid),
            interaction: task.attributes.interaction_sid,
            interaction_channel: task.attributes.interaction_channel_sid,
            studio_webhook: Some(None),
            ..Progress::default()
        }))
    }

    async fn create_interaction(
        &self,
        conversation: &Conversation,
        sid: &ConversationSid,
    ) -> Result<Progress, TwilioError> {
        let mut attributes = enriching::of_the_person(conversation);
        let of_the_case = json!({
            "channelType": "discord",
            "case_number": conversation.case.map(|case| case.0),
            "discord_user_id": conversation.person.to_string(),
            "customerName": conversation.display_name,
            "case_url": conversation.case.and_then(|case| self.case_url(case)),
        });
        attributes.extend(of_the_case.as_object().cloned().unwrap_or_default());
        let new = NewInteraction {
            conversation_sid: sid.clone(),
            workspace_sid: self.workspace.clone(),
            workflow_sid: self.workflow.clone(),
            task_channel: self.task_channel.clone(),
            attributes: attributes.into(),
        };
        let created = self.twilio.create_interaction(&new).await?;
        Ok(Progress {
            interaction: Some(created.sid),
            interaction_channel: created.channel_sid,
            task: created.task_sid,
            studio_webhook: Some(None),
            ..Progress::default()
        })
    }

    /// The person goes back to the assistant and is told so; the case stays.
    async fn give_up(&self, conversation: &Conversation, sid: &ConversationSid) -> anyhow::Result<()> {
        // One refusal of one transfer; a later transfer may be refused as well, and its person is told again.
        let by = match &conversation.stage {
            Stage::Transferring { by, .. } => by.as_str(),
            _ => "",
        };
        let id = format!("refused {by}");
        let delivery = Delivery::Agents { id, task: None, event: AgentEvent::NobodyAvailable };
        let outgoing = Outgoing { conversation: sid.clone(), delivery };
        self.outbox.send_outgoing(&outgoing).await.context("tell the person that nobody is available")
    }
}

/// Why the desk files or reopens a case.
const ASKED: &str = "asked for an agent";

fn opened(case: &Case, conversation: &Conversation) -> Event {
    case.opened(Author::Person(conversation.person), ASKED)
}

/// The case as it goes on, with its line, where somebody has called it done although its chat is open and an agent is asked for again.
fn reopened(case: &Case, conversation: &Conversation, now: Timestamp) -> Option<(Case, Event)> {
    let change = Change::status(Status::Reopened, Author::Person(conversation.person), ASKED);
    case.apply(&change, now).ok().flatten().filter(|_| case.status.is_done())
}
