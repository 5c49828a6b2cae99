//! Everything that is kept about one person: to hand it out, and to delete it.

use std::collections::BTreeSet;

use domain::case::{Assignee, Author, Case, Event, Field, Kind};
use domain::conversation::Conversation;
use domain::ids::{CaseNumber, GuildId, PersonId};
use domain::report::Draft;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::{self, Item, Reader, s};
use crate::table::key_of;
use crate::{Store, keys};

/// What stands in the place of a name that was deleted.
pub const ERASED_NAME: &str = "(deleted)";

/// Everything that is kept about one person.
#[derive(Debug, Clone, Default)]
pub struct PersonData {
    /// Their conversations, the current one first.
    pub conversations: Vec<Conversation>,
    /// The cases they reported, the newest first, with their histories.
    pub cases: Vec<(Case, Vec<Event>)>,
    /// The cases of others that they worked on.
    pub worked_on: Vec<CaseNumber>,
    /// The cases that they voted for, and when.
    pub votes: Vec<(CaseNumber, Timestamp)>,
    /// Their unfinished reports.
    pub drafts: Vec<Draft>,
}

impl PersonData {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.conversations.is_empty()
            && self.cases.is_empty()
            && self.worked_on.is_empty()
            && self.votes.is_empty()
            && self.drafts.is_empty()
    }
}

/// What in a case's history is a person's.
struct Traces {
    person: PersonId,
    is_reporter: bool,
    /// The names that they left as a member of the server.
    names: BTreeSet<String>,
}

impl Store {
    /// The numbers of a person's cases, the newest first. An index read.
    pub async fn case_numbers_of(&self, person: PersonId) -> Result<Vec<CaseNumber>, StoreError> {
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::CASES_BY_REPORTER)
            .key_condition_expression("reporter = :person")
            .expression_attribute_values(":person", s(person.to_string()))
            .scan_index_forward(false)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(StoreError::call("Query (cases-by-reporter)"))?;
        found.iter().map(|item| Reader(item).number("case_number").map(CaseNumber)).collect()
    }

    /// A person's conversations, the current one first.
    pub async fn conversations_of(&self, person: PersonId) -> Result<Vec<Conversation>, StoreError> {
        let found = self.below(&keys::person(person), keys::CONVERSATION, "Query (conversations)").await?;
        let mut conversations: Vec<_> = found.iter().map(items::conversation).collect::<Result<_, _>>()?;
        conversations.sort_by_key(|conversation| std::cmp::Reverse(conversation.generation));
        Ok(conversations)
    }

    /// Everything that is kept about a person.
    pub async fn person_data(&self, person: PersonId) -> Result<PersonData, StoreError> {
        let pk = keys::person(person);
        let mut cases = Vec::new();
        for number in self.case_numbers_of(person).await? {
            if let Some(case) = self.case(number).await? {
                cases.push((case, self.case_events(number).await?));
            }
        }
        let number = |item: &Item| Reader(item).number("case").map(CaseNumber);
        let votes = self.below(&pk, "VOTE#", "Query (votes)").await?;
        let vote = |item: &Item| Ok::<_, StoreError>((number(item)?, Reader(item).parse("at")?));
        let worked = self.below(&pk, "WORKED#", "Query (worked on)").await?;
        let drafts = self.below(&pk, "DRAFT#", "Query (drafts)").await?;
        Ok(PersonData {
            conversations: self.conversations_of(person).await?,
            cases,
            worked_on: worked.iter().map(number).collect::<Result<_, _>>()?,
            votes: votes.iter().map(vote).collect::<Result<_, _>>()?,
            drafts: drafts.iter().map(items::draft).collect::<Result<_, _>>()?,
        })
    }

    /// Takes a person out of a case: as its reporter, as who wrote in its history, as its assignee. The case keeps its number and
    /// facts. `title` replaces a support case's title, which holds the name, and its text goes. Where nothing is left of the
    /// person, nothing happens.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed the case meanwhile: to be done again with what it is now.
    pub async fn erase_from_case(
        &self,
        case: &Case,
        person: PersonId,
        title: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let is_reporter = case.reporter == Some(person);
        let is_assignee = case.assignee.as_ref().and_then(keys::assigned_person) == Some(person);
        let mut erased = case.clone();
        if is_reporter {
            erased.reporter = None;
            // It may be their direct messages.
            erased.channel = None;
            ERASED_NAME.clone_into(&mut erased.reporter_name);
            if case.kind == Kind::Support {
                title.clone_into(&mut erased.title);
                erased.text = String::new();
                erased.answers = Vec::new();
                erased.conversation = None;
            }
        }
        if is_assignee {
            erased.assignee = None;
        }
        let traces = Traces { person, is_reporter, names: self.names_left(case.number, person).await? };
        let events = self.case_events(case.number).await?;
        let mut rewritten = false;
        for event in &events {
            rewritten |= self.erase_from_event(case, event, &traces).await?;
        }
        if !(is_reporter || is_assignee || rewritten) {
            return Ok(());
        }
        erased.version += 1;
        erased.updated_at = now;
        let event = Event {
            at: now,
            version: erased.version,
            author: Author::Desk,
            from: None,
            to: None,
            changes: Vec::new(),
            reason: "a person's data was deleted".to_owned(),
        };
        self.change_case(&erased, &event).await
    }

    /// The names that a member of the server left in a case.
    async fn names_left(&self, number: CaseNumber, person: PersonId) -> Result<BTreeSet<String>, StoreError> {
        let item = self.get(keys::person(person), &keys::worked(number), "GetItem (worked on)").await?;
        item.map_or_else(|| Ok(BTreeSet::new()), |item| Reader(&item).texts("names"))
    }

    /// Takes a person out of a line of a case's history; says whether they were in it.
    async fn erase_from_event(&self, case: &Case, event: &Event, traces: &Traces) -> Result<bool, StoreError> {
        let theirs = match &event.author {
            Author::Person(id) | Author::Moderator { id, .. } => *id == traces.person,
            _ => false,
        };
        let mut changes = event.changes.clone();
        for change in &mut changes {
            for side in [&mut change.from, &mut change.to].into_iter().flatten() {
                let personal = match change.field {
                    Field::Assignee => traces.names.contains(side),
                    Field::Title | Field::Text => traces.is_reporter && case.kind == Kind::Support,
                    _ => false,
                };
                if personal {
                    ERASED_NAME.clone_into(side);
                }
            }
        }
        if !theirs && changes == event.changes {
            return Ok(false);
        }
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::case(case.number)))
            .key(keys::SK, s(keys::case_event(event.at, event.version)))
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":changes", items::change_list(&changes));
        let mut sets = vec!["changes = :changes".to_owned()];
        if theirs {
            for (name, value) in items::author_attributes(&Author::Erased) {
                sets.push(format!("{name} = :{name}"));
                update = update.expression_attribute_values(format!(":{name}"), value);
            }
        }
        let update = update.update_expression(format!("SET {}", sets.join(", ")));
        update.send().await.map_err(StoreError::call("UpdateItem (event)"))?;
        Ok(true)
    }

    /// Deletes all that stands below a person: conversations, drafts, who voted for what, and which cases they worked on. To be done
    /// after [`Store::erase_from_case`], which needs the last. The number of votes stays.
    ///
    /// Takes them out of the lists of assignees, too: `server`'s, and those of the servers on whose cases they worked.
    pub async fn erase_person(&self, person: PersonId, server: Option<GuildId>) -> Result<(), StoreError> {
        let pk = keys::person(person);
        let mut lists = BTreeSet::from([keys::assignees(server)]);
        // What stands below the person goes last: until then a repetition finds the rest by it.
        for (prefix, twin) in [("VOTE#", keys::vote(person)), ("WORKED#", keys::worker(person))] {
            let below = self.below(&pk, prefix, "Query (person)").await?;
            let mut twins = Vec::new();
            for item in &below {
                let reader = Reader(item);
                twins.push((s(keys::case(CaseNumber(reader.number("case")?))), s(&twin)));
                lists.extend(reader.optional_text("scope")?.map(keys::assignees_of_scope));
            }
            self.delete_all(twins).await?;
        }
        let entry = keys::assignee(&Assignee::member(person, "").key);
        self.delete_all(lists.into_iter().map(|list| (s(list), s(&entry)))).await?;
        for prefix in ["VOTE#", "WORKED#", "DRAFT#", keys::CONVERSATION] {
            let below = self.below(&pk, prefix, "Query (person)").await?;
            self.delete_all(below.iter().filter_map(key_of)).await?;
        }
        Ok(())
    }
}
