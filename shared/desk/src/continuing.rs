//! A chat's case that is to go on does so in the person's next chat, or in the one that is open.

use anyhow::Context;
use domain::case::{Author, Case, Change, Edit};
use domain::conversation::{Conversation, Stage};
use domain::ids::{CaseNumber, PersonId};
use domain::text::for_agents;
use jiff::Timestamp;
use store::{Store, StoreError};
use tracing::info;

use crate::casework::case_url;
use crate::said;

/// How often something is tried again that somebody else came before.
const TRIES: u32 = 20;

/// Lets cases go on.
#[derive(Clone)]
pub struct Continuing {
    /// The table.
    pub store: Store,
    /// Twilio.
    pub twilio: twilio::client::Client,
    /// Where the case console is.
    pub console_url: Option<String>,
}

/// Where a case goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoesOn {
    /// In this chat, which is open.
    Here(Box<Conversation>),
    /// In the chat after the open one, which is about another case.
    Later,
    /// In the person's next chat.
    Next,
}

impl Continuing {
    /// The case that the person's next conversation goes on with, if one waits for it and is still not done.
    pub async fn waiting(&self, person: PersonId) -> anyhow::Result<Option<Case>> {
        let waiting = self.store.case_to_continue(person).await.context("look for a case that goes on")?;
        let Some(number) = waiting else { return Ok(None) };
        let case = self.store.case(number).await.context("load the case that goes on")?;
        match case.filter(|case| case.reporter == Some(person) && !case.status.is_done()) {
            Some(case) => Ok(Some(case)),
            None => {
                self.went_on(person, number).await?;
                Ok(None)
            }
        }
    }

    /// A conversation that carries a case from its beginning: the case remembers it, and the agents are told. May be done twice.
    pub async fn begin(&self, conversation: &Conversation) -> anyhow::Result<()> {
        let (Some(number), Some(sid)) = (conversation.case, &conversation.sid) else { return Ok(()) };
        for _ in 0..TRIES {
            let Some(case) = self.store.case(number).await.context("load the case that goes on")? else {
                return Ok(());
            };
            let change = goes_on(sid);
            let Ok(Some((case, event))) = case.apply(&change, Timestamp::now()) else {
                return self.tell_the_agents(conversation, number).await;
            };
            match self.store.change_case(&case, &event).await {
                Ok(()) => {
                    info!(case.number = %number, conversation.sid = %sid, "a case goes on in another chat");
                    return self.tell_the_agents(conversation, number).await;
                }
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(anyhow::Error::new(error).context("write where the case goes on")),
            }
        }
        anyhow::bail!("others keep changing the case that goes on")
    }

    /// No case waits any more for the next conversation.
    pub async fn went_on(&self, person: PersonId, number: CaseNumber) -> anyhow::Result<()> {
        self.store.case_continued(person, number).await.context("remember that the case goes on")
    }

    /// The case of a chat is to go on: in the chat that is open, if that has no case, or else in the next one. May be done twice.
    pub async fn go_on(&self, person: PersonId, number: CaseNumber) -> anyhow::Result<GoesOn> {
        // First, so that a chat which is opened at this moment finds it.
        self.store.continue_case(person, number).await.context("remember the case for the next chat")?;
        for _ in 0..TRIES {
            let current = self.store.conversation(person).await.context("load the conversation")?;
            let open = |current: &Conversation| current.stage.is_open() && current.stage != Stage::Ending;
            let Some(current) = current.filter(open) else { return Ok(GoesOn::Next) };
            let Some(case) = self.store.case(number).await.context("load the case")? else { return Ok(GoesOn::Next) };
            let Some(sid) = &current.sid else { return Ok(GoesOn::Next) };
            if current.case == Some(number) {
                // A first try died here, unless it is the case's own chat.
                if current.continues.is_some() {
                    self.tell_the_agents(&current, number).await?;
                }
                self.went_on(person, number).await?;
                return Ok(GoesOn::Here(Box::new(current)));
            }
            if current.case.is_some() {
                return Ok(GoesOn::Later);
            }
            let continues = case.conversations.last().cloned();
            let Ok(Some((case, event))) = case.apply(&goes_on(sid), Timestamp::now()) else {
                return Ok(GoesOn::Next);
            };
            let tied = Conversation { case: Some(number), continues, ..current.clone() };
            match self.store.continue_in(&current, &tied, &case, &event).await {
                Ok(()) => {
                    info!(case.number = %number, conversation.sid = %sid, "a case goes on in the chat that is open");
                    self.tell_the_agents(&tied, number).await?;
                    self.went_on(person, number).await?;
                    return Ok(GoesOn::Here(Box::new(tied)));
                }
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(anyhow::Error::new(error).context("tie the case to the chat")),
            }
        }
        Ok(GoesOn::Next)
    }

    async fn tell_the_agents(&self, conversation: &Conversation, number: CaseNumber) -> anyhow::Result<()> {
        let url = case_url(self.console_url.as_deref(), number);
        let told = for_agents::continues(number, url.as_deref());
        let key = format!("continues-{number}");
        let noted = said::note_once(&self.twilio, &self.store, conversation, &key, told).await;
        noted.context("tell the agents what the chat goes on with")
    }
}

fn goes_on(sid: &domain::ids::ConversationSid) -> Change {
    Change::edits(vec![Edit::Conversation(sid.clone())], Author::Desk, "")
}
