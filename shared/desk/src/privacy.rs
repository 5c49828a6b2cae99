//! What is kept about a person: handed out, and deleted.

use anyhow::Context;
use domain::case::{Author, Case, Event, Field};
use domain::ids::PersonId;
use domain::text::for_agents;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{ERASED_NAME, StoreError};
use tracing::info;

use crate::casework::Casework;
use crate::closing::Closing;
use crate::transcripts::{Transcripts, Who};

/// How often a case is tried again that others change at the same time.
const TRIES: usize = 10;

/// Hands out and deletes.
#[derive(Clone)]
pub struct Privacy {
    /// Works on cases.
    pub casework: Casework,
    /// Ends chats.
    pub closing: Closing,
    /// Reads and removes what was said.
    pub transcripts: Transcripts,
}

/// What was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deleted {
    /// How many conversations were removed.
    pub conversations: usize,
    /// How many cases lost the person's name.
    pub cases: usize,
    /// How many votes are no longer known to be theirs.
    pub votes: usize,
}

impl Deleted {
    /// Whether there was nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Privacy {
    /// Everything that is kept about a person, as a document; `None` when there is nothing.
    pub async fn export(&self, person: PersonId) -> anyhow::Result<Option<Value>> {
        let data = self.casework.store.person_data(person).await.context("read what is kept")?;
        if data.is_empty() {
            return Ok(None);
        }
        let mut conversations = Vec::new();
        for conversation in &data.conversations {
            let lines = match &conversation.sid {
                Some(sid) => self.transcripts.of_conversation(sid).await?,
                None => Vec::new(),
            };
            let lines: Vec<_> = lines
                .into_iter()
                .map(|line| json!({ "at": line.at.map(|at| at.to_string()), "who": who(&line.who), "text": line.text, "files": line.files }))
                .collect();
            conversations.push(json!({
                "opened_at": conversation.opened_at.to_string(),
                "stage": conversation.stage.name(),
                "display_name": conversation.display_name,
                "locale": conversation.locale,
                "conversation_sid": conversation.sid.as_ref().map(ToString::to_string),
                "case": conversation.case.map(|case| case.0),
                "lines": lines,
            }));
        }
        let votes: Vec<_> =
            data.votes.iter().map(|(case, at)| json!({ "case": case.0, "at": at.to_string() })).collect();
        let drafts: Vec<_> = data
            .drafts
            .iter()
            .map(|draft| json!({ "kind": draft.kind.name(), "title": draft.title, "text": draft.text, "steps": draft.steps }))
            .collect();
        Ok(Some(json!({
            "discord_user_id": person.to_string(),
            "exported_at": Timestamp::now().to_string(),
            "conversations": conversations,
            "cases": data.cases.iter().map(|(case, events)| case_document(case, events)).collect::<Vec<_>>(),
            "cases_worked_on": data.worked_on.iter().map(|case| case.0).collect::<Vec<_>>(),
            "votes": votes,
            "unfinished_reports": drafts,
        })))
    }

    /// Deletes what is kept about a person. Chats are ended and removed; cases keep their number and facts without the name. May be
    /// done twice: what a first try left is found again.
    pub async fn delete(&self, person: PersonId) -> anyhow::Result<Deleted> {
        let store = &self.casework.store;
        let data = store.person_data(person).await.context("read what is kept")?;
        let mut deleted = Deleted { votes: data.votes.len(), ..Deleted::default() };
        for conversation in &data.conversations {
            if conversation.stage.is_open() {
                self.closing.end_for_person(conversation, true).await.context("end the chat")?;
            }
            if let Some(sid) = &conversation.sid {
                self.transcripts.remove(sid).await?;
            }
            deleted.conversations += 1;
        }
        let own = data.cases.iter().map(|(case, _)| case.number);
        for number in own.chain(data.worked_on.iter().copied()) {
            for attempt in 0..TRIES {
                let Some(case) = store.case(number).await.context("load a case")? else { break };
                let title = for_agents::case_title(ERASED_NAME);
                match store.erase_from_case(&case, person, &title, Timestamp::now()).await {
                    Ok(()) => {
                        deleted.cases += 1;
                        self.casework.nudge(&Case { version: case.version + 1, ..case }).await;
                        break;
                    }
                    Err(StoreError::Conflict(_)) if attempt + 1 < TRIES => {}
                    Err(error) => return Err(anyhow::Error::new(error).context("take a person out of a case")),
                }
            }
        }
        store.erase_person(person, self.casework.configured).await.context("delete what is kept")?;
        info!(
            conversations = deleted.conversations,
            cases = deleted.cases,
            votes = deleted.votes,
            "deleted a person's data"
        );
        Ok(deleted)
    }
}

fn who(who: &Who) -> &str {
    match who {
        Who::Person => "you",
        Who::Assistant => "assistant",
        Who::Desk => "desk",
        Who::Agent(_) => "agent",
    }
}

/// Who works on a case is no data of its reporter.
fn without_names(event: &Event) -> Event {
    let mut event = event.clone();
    for change in event.changes.iter_mut().filter(|change| change.field == Field::Assignee) {
        for side in [&mut change.from, &mut change.to].into_iter().flatten() {
            "somebody".clone_into(side);
        }
    }
    event
}

fn case_document(case: &Case, events: &[Event]) -> Value {
    let history: Vec<_> = events
        .iter()
        .map(|event| {
            json!({
                "at": event.at.to_string(),
                "who": if matches!(event.author, Author::Person(_)) { "you" } else { "desk" },
                "what": domain::text_case::event(&without_names(event)),
                // What the desk notes for itself is not about the person's own words.
                "reason": event.told_to_reporter(case.kind).map(|_| event.reason.clone()),
            })
        })
        .collect();
    json!({
        "number": case.number.0,
        "kind": case.kind.name(),
        "status": case.status.name(),
        "severity": case.severity.name(),
        "title": case.title,
        "text": case.text,
        "answers": case.answers.iter().map(|it| json!({ "question": it.question, "answer": it.answer })).collect::<Vec<_>>(),
        "files": case.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>(),
        "votes": case.votes,
        "rating": case.rating,
        "created_at": case.created_at.to_string(),
        "history": history,
    })
}
