//! Everything that is kept about one person: to hand it out, and to delete it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use domain::case::{Assignee, Author, Case, Event, Field, Kind};
use domain::conversation::Conversation;
use domain::ids::{CaseNumber, GuildId, PersonId};
use domain::report::Draft;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::{self, Item, Reader, s};
use crate::table::{built, key_of, updating};
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

/// Where something of a person is kept: as much as it takes to delete it.
#[derive(Debug, Clone, Default)]
pub struct PersonTraces {
    /// Their conversations, the current one first.
    pub conversations: Vec<Conversation>,
    /// The cases that they reported or worked on.
    pub cases: BTreeSet<CaseNumber>,
    /// For how many cases they voted.
    pub votes: usize,
    /// The servers on whose cases they worked, as parts of keys.
    scopes: BTreeSet<String>,
}

/// A case as it is read to take a person out of it.
pub(crate) struct CaseOfPerson {
    /// The case.
    pub case: Case,
    /// Its history, oldest first.
    events: Vec<Event>,
    /// That the person is remembered as somebody who worked on it, with the names that they left.
    worked: Option<Item>,
}

/// Most lines of a history that are rewritten in one transaction. It takes 100 writes; the case, its new line and the memory of who
/// worked on it need four.
const LINES_MAX: usize = 90;

/// What in a case's history is a person's.
struct Traces {
    person: PersonId,
    is_reporter: bool,
    /// The names that they left as a member of the server.
    names: BTreeSet<String>,
}

impl Store {
    /// The numbers of a person's newest cases, at most `limit`. An index read.
    pub async fn newest_cases_of(&self, person: PersonId, limit: i32) -> Result<Vec<CaseNumber>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::CASES_BY_REPORTER)
            .key_condition_expression("reporter = :person")
            .expression_attribute_values(":person", s(person.to_string()))
            .scan_index_forward(false)
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::call("Query (cases-by-reporter)"))?;
        answer.items().iter().map(|item| Reader(item).number("case_number").map(CaseNumber)).collect()
    }

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

    /// Where something of a person is kept. An index read: a case of the last second may be missing.
    pub async fn person_traces(&self, person: PersonId) -> Result<PersonTraces, StoreError> {
        let pk = keys::person(person);
        let (conversations, reported, worked, votes) = futures::try_join!(
            self.conversations_of(person),
            self.case_numbers_of(person),
            self.below(&pk, "WORKED#", "Query (worked on)"),
            self.below(&pk, "VOTE#", "Query (votes)"),
        )?;
        let mut traces =
            PersonTraces { conversations, cases: reported.into_iter().collect(), votes: votes.len(), ..<_>::default() };
        for item in &worked {
            let reader = Reader(item);
            traces.cases.insert(reader.number("case").map(CaseNumber)?);
            traces.scopes.extend(reader.optional_text("scope")?.map(str::to_owned));
        }
        Ok(traces)
    }

    /// Takes a person out of the lists of assignees: `server`'s, and those of the servers on whose cases they worked. To be done
    /// before [`Store::erase_from_case`], which forgets these.
    pub async fn erase_assignee(
        &self,
        person: PersonId,
        server: Option<GuildId>,
        traces: &PersonTraces,
    ) -> Result<(), StoreError> {
        let entry = keys::assignee(&Assignee::member(person, "").key);
        let others = traces.scopes.iter().map(|scope| keys::assignees_of_scope(scope));
        let lists: BTreeSet<_> = others.chain([keys::assignees(server)]).collect();
        self.delete_all(lists.into_iter().map(|list| (s(list), s(&entry)))).await
    }

    /// Takes a person out of a case: as its reporter, as who wrote in its history, as its assignee. The case keeps its number and
    /// facts. `title` replaces a support case's title, which holds the name, and its text goes. Two reads and one transaction, after
    /// which nothing leads from the person to the case any more.
    ///
    /// Returns the case as it is then; `None` where nothing was left of the person.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed the case meanwhile: to be done again.
    pub async fn erase_from_case(
        &self,
        number: CaseNumber,
        person: PersonId,
        title: &str,
        now: Timestamp,
    ) -> Result<Option<Case>, StoreError> {
        match self.case_of_person(number, person).await? {
            Some(read) => self.erase_from(read, person, title, now).await,
            None => Ok(None),
        }
    }

    /// Reads a case with its history, and what is remembered of a person's work on it.
    pub(crate) async fn case_of_person(
        &self,
        number: CaseNumber,
        person: PersonId,
    ) -> Result<Option<CaseOfPerson>, StoreError> {
        let worked = keys::worked(number);
        let (found, worked) = futures::try_join!(
            self.case_with_events(number),
            self.get(keys::person(person), &worked, "GetItem (worked on)"),
        )?;
        Ok(found.map(|(case, events)| CaseOfPerson { case, events, worked }))
    }

    /// A case and its history, by one consistent read: they stand side by side.
    async fn case_with_events(&self, number: CaseNumber) -> Result<Option<(Case, Vec<Event>)>, StoreError> {
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("PK = :pk AND SK BETWEEN :case AND :last")
            .expression_attribute_values(":pk", s(keys::case(number)))
            .expression_attribute_values(":case", s(keys::CASE))
            // `$` is the character behind `#`.
            .expression_attribute_values(":last", s("EVENT$"))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(StoreError::call("Query (case with events)"))?;
        let Some((case, events)) = found.split_first() else { return Ok(None) };
        if Reader(case).text(keys::SK)? != keys::CASE {
            return Ok(None);
        }
        Ok(Some((items::case(case)?, events.iter().map(items::event).collect::<Result<_, _>>()?)))
    }

    /// Takes a person out of a case as it was read.
    pub(crate) async fn erase_from(
        &self,
        read: CaseOfPerson,
        person: PersonId,
        title: &str,
        now: Timestamp,
    ) -> Result<Option<Case>, StoreError> {
        let CaseOfPerson { case, events, worked } = read;
        let is_reporter = case.reporter == Some(person);
        let is_assignee = case.assignee.as_ref().and_then(keys::assigned_person) == Some(person);
        let names = worked.as_ref().map_or_else(|| Ok(BTreeSet::new()), |item| Reader(item).texts("names"))?;
        let traces = Traces { person, is_reporter, names };
        let mut lines: Vec<_> =
            events.iter().filter_map(|event| self.erasing_from_event(&case, event, &traces)).collect();
        let is_in_it = is_reporter || is_assignee || !lines.is_empty();
        let mut writes = Vec::new();
        let mut erased = case;
        if is_in_it {
            // What does not fit into the transaction goes before it: until then a repetition finds the rest.
            let last = lines.split_off(lines.len().saturating_sub(LINES_MAX));
            for earlier in lines.chunks(LINES_MAX) {
                self.transact("a case's history", earlier.to_vec()).await?;
            }
            if is_reporter {
                erased.reporter = None;
                // It may be their direct messages.
                erased.channel = None;
                erased.rating_comment = None;
                ERASED_NAME.clone_into(&mut erased.reporter_name);
                if erased.kind == Kind::Support {
                    title.clone_into(&mut erased.title);
                    erased.text = String::new();
                    erased.answers = Vec::new();
                    erased.conversations = Vec::new();
                }
            }
            if is_assignee {
                erased.assignee = None;
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
            writes = self.changing(&erased, &event);
            writes.extend(last);
        }
        if let Some(worked) = &worked {
            writes.extend(self.forgetting_worker(erased.number, person, worked));
        }
        if !writes.is_empty() {
            self.transact("a case", writes).await?;
        }
        Ok(is_in_it.then_some(erased))
    }

    /// Forgets that a person worked on a case, both ways, unless they have left another name there meanwhile.
    fn forgetting_worker(&self, number: CaseNumber, person: PersonId, worked: &Item) -> [TransactWriteItem; 2] {
        let delete = |pk: String, sk: String| {
            Delete::builder().table_name(&self.table).key(keys::PK, s(pk)).key(keys::SK, s(sk))
        };
        let mut below_person = delete(keys::person(person), keys::worked(number));
        if let Some(names) = worked.get("names") {
            below_person = below_person
                .condition_expression("#names = :names")
                .expression_attribute_names("#names", "names")
                .expression_attribute_values(":names", names.clone());
        }
        let below_case = delete(keys::case(number), keys::worker(person));
        [below_person, below_case].map(|delete| TransactWriteItem::builder().delete(built(delete.build())).build())
    }

    /// Takes a person out of a line of a case's history, if they are in it.
    fn erasing_from_event(&self, case: &Case, event: &Event, traces: &Traces) -> Option<TransactWriteItem> {
        let theirs = match &event.author {
            Author::Person(id) | Author::Moderator { id, .. } => *id == traces.person,
            _ => false,
        };
        let mut changes = event.changes.clone();
        for change in &mut changes {
            for side in [&mut change.from, &mut change.to].into_iter().flatten() {
                let personal = match change.field {
                    Field::Assignee => traces.names.contains(side),
                    Field::RatingComment => traces.is_reporter,
                    Field::Title | Field::Text | Field::Conversation => {
                        traces.is_reporter && case.kind == Kind::Support
                    }
                    _ => false,
                };
                if personal {
                    ERASED_NAME.clone_into(side);
                }
            }
        }
        if !theirs && changes == event.changes {
            return None;
        }
        let mut update = Update::builder()
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
        Some(updating(update.update_expression(format!("SET {}", sets.join(", ")))))
    }

    /// Deletes an earlier conversation of a person, by its generation. The current one stays until [`Store::erase_person`].
    pub async fn erase_earlier_conversation(&self, person: PersonId, generation: u32) -> Result<(), StoreError> {
        self.delete_all([(s(keys::person(person)), s(keys::earlier_conversation(generation)))]).await
    }

    /// Deletes all that stands below a person: conversations, drafts, who voted for what, and what is left of which cases they worked
    /// on. To be done after [`Store::erase_from_case`], which needs the last. The number of votes stays.
    ///
    /// Takes them out of `server`'s list of assignees, too.
    pub async fn erase_person(&self, person: PersonId, server: Option<GuildId>) -> Result<(), StoreError> {
        let pk = keys::person(person);
        let mut traces = PersonTraces::default();
        // What stands below the person goes last: until then a repetition finds the rest by it.
        for (prefix, twin) in [("VOTE#", keys::vote(person)), ("WORKED#", keys::worker(person))] {
            let below = self.below(&pk, prefix, "Query (person)").await?;
            let mut twins = Vec::new();
            for item in &below {
                let reader = Reader(item);
                twins.push((s(keys::case(CaseNumber(reader.number("case")?))), s(&twin)));
                traces.scopes.extend(reader.optional_text("scope")?.map(str::to_owned));
            }
            self.delete_all(twins).await?;
        }
        self.erase_assignee(person, server, &traces).await?;
        for prefix in ["VOTE#", "WORKED#", "DRAFT#", keys::READER, keys::CONTINUES, keys::CONVERSATION] {
            let below = self.below(&pk, prefix, "Query (person)").await?;
            self.delete_all(below.iter().filter_map(key_of)).await?;
        }
        Ok(())
    }
}
