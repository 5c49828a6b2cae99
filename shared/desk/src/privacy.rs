//! What is kept about a person: handed out, and deleted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use discord::client::DiscordError;
use domain::case::{Author, Case, Event, Field};
use domain::conversation::{Conversation, Way};
use domain::ids::{CaseNumber, PersonId};
use domain::text::for_agents;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{ERASED_NAME, StoreError};
use tracing::{info, warn};

use crate::casework::Casework;
use crate::closing::{Closing, EndedBy};
use crate::transcripts::{Transcripts, Who};

/// How often a case is tried again that others change at the same time.
const TRIES: usize = 10;

/// How long a deletion goes on with cases and conversations before it leaves the rest to a repetition. What is in the works then
/// still ends within the minute that the functions have for it.
pub const TIME: Duration = Duration::from_secs(40);

/// How many cases, or conversations, are worked on at the same time.
const AT_A_TIME: usize = 8;

/// Hands out and deletes.
#[derive(Clone)]
pub struct Privacy {
    /// Works on cases.
    pub casework: Casework,
    /// Ends chats.
    pub closing: Closing,
    /// Reads and removes what was said.
    pub transcripts: Transcripts,
    /// How long a deletion goes on, usually [`TIME`].
    pub time: Duration,
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
    /// How many conversations were held in a private thread that Discord does not let us delete.
    pub threads_left: usize,
    /// Whether there is more than fits into one go: to be done again.
    pub more: bool,
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
    /// done again: what a first try left is found by the next, which does not look again at what is done.
    ///
    /// A case takes two reads, a transaction and a message. Where [`Privacy::time`] is not enough for all of them, the answer says
    /// that there is [more](Deleted::more); each go does some.
    pub async fn delete(&self, person: PersonId) -> anyhow::Result<Deleted> {
        let until = Instant::now() + self.time;
        let store = &self.casework.store;
        let traces = store.person_traces(person).await.context("read what is kept")?;
        for conversation in traces.conversations.iter().filter(|conversation| conversation.stage.is_open()) {
            self.closing.end(conversation, EndedBy::Person, true).await.context("end the chat")?;
        }
        store.erase_assignee(person, self.casework.configured, &traces).await.context("forget an assignee")?;
        let threads_left = AtomicUsize::new(0);
        let work = traces.conversations.into_iter().map(|one| self.remove_conversation(one, &threads_left));
        let conversations = some_at_a_time(work, until).await?;
        // The newest first: the board's cards of these are looked at most.
        let work = traces.cases.into_iter().rev().map(|number| self.take_out(number, person));
        let cases = some_at_a_time(work, until).await?;
        let more = conversations.more || cases.more;
        if !more {
            store.erase_person(person, self.casework.configured).await.context("delete what is kept")?;
        }
        let votes = if more { 0 } else { traces.votes };
        let threads_left = threads_left.into_inner();
        let deleted = Deleted { conversations: conversations.done, cases: cases.done, votes, threads_left, more };
        info!(
            conversations = deleted.conversations,
            cases = deleted.cases,
            votes,
            threads_left,
            more,
            "deleted a person's data"
        );
        Ok(deleted)
    }

    async fn remove_conversation(
        &self,
        conversation: Conversation,
        threads_left: &AtomicUsize,
    ) -> anyhow::Result<bool> {
        if let Some(sid) = &conversation.sid {
            self.transcripts.remove(sid).await?;
        }
        if !self.remove_thread(&conversation).await? {
            threads_left.fetch_add(1, Ordering::Relaxed);
            // Its record goes last, with all that is left of the person: until then a repetition finds the thread and says so, too.
            return Ok(true);
        }
        let forgotten = self.casework.store.erase_earlier_conversation(conversation.person, conversation.generation);
        forgotten.await.context("forget a conversation")?;
        Ok(true)
    }

    /// Deletes the private thread of a conversation with the name and the words in it; `false` where Discord refuses.
    async fn remove_thread(&self, conversation: &Conversation) -> anyhow::Result<bool> {
        if conversation.way != Way::Thread {
            return Ok(true);
        }
        match self.closing.discord.delete_thread(conversation.channel).await {
            Ok(()) => Ok(true),
            Err(error @ (DiscordError::Refused { .. } | DiscordError::CannotDm { .. })) => {
                warn!(channel.id = %conversation.channel, error = %error, "a private thread could not be deleted");
                Ok(false)
            }
            Err(error) => Err(anyhow::Error::new(error).context("delete a private thread")),
        }
    }

    /// Takes a person out of a case; says whether they were in it.
    async fn take_out(&self, number: CaseNumber, person: PersonId) -> anyhow::Result<bool> {
        let title = for_agents::case_title(ERASED_NAME);
        for attempt in 1.. {
            match self.casework.store.erase_from_case(number, person, &title, Timestamp::now()).await {
                Ok(None) => return Ok(false),
                Ok(Some(case)) => {
                    self.casework.nudge(&case).await;
                    return Ok(true);
                }
                Err(StoreError::Conflict(_)) if attempt < TRIES => {}
                Err(error) => return Err(anyhow::Error::new(error).context("take a person out of a case")),
            }
        }
        Ok(false)
    }
}

/// What became of many pieces of work.
struct Progress {
    /// How many did something.
    done: usize,
    /// Whether some were not begun.
    more: bool,
}

/// Does pieces of work, some at a time, and begins none after `until` but for the first ones. A piece that has not begun takes no
/// memory.
async fn some_at_a_time<Work>(mut waiting: impl Iterator<Item = Work>, until: Instant) -> anyhow::Result<Progress>
where
    Work: Future<Output = anyhow::Result<bool>>,
{
    let mut running = FuturesUnordered::new();
    let (mut begun, mut done) = (0, 0);
    loop {
        while running.len() < AT_A_TIME && (begun < AT_A_TIME || Instant::now() < until) {
            let Some(piece) = waiting.next() else { break };
            running.push(piece);
            begun += 1;
        }
        match running.next().await {
            Some(did) => done += usize::from(did?),
            None => return Ok(Progress { done, more: waiting.next().is_some() }),
        }
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
        "rating_comment": case.rating_comment,
        "created_at": case.created_at.to_string(),
        "history": history,
    })
}
