//! Cases and their history. A change, its history line and the counts are one transaction.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, ReturnValue, TransactWriteItem, Update};
use domain::case::{Author, BoardPost, Case, CaseFile, Event, Field, Kind, Severity, Status};
use domain::conversation::{Conversation, Stage};
use domain::ids::{CaseNumber, ConversationSid, PersonId};
use domain::report::Vote;
use jiff::Timestamp;

use crate::conversations::Progress;
use crate::error::StoreError;
use crate::items::{self, Item, Reader, n, s};
use crate::table::{built, key_of, updating};
use crate::{Store, keys};

/// How long after a change the sweep looks whether its news was told, in seconds. The queue's message is much quicker.
const NEWS_GRACE_SECONDS: i64 = 45;

/// How long it is remembered which case a draft became, in seconds. Longer than any repetition of its interaction.
const FILED_SECONDS: i64 = 7 * 24 * 3600;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filed {
    /// It is a new case.
    New,
    /// It had become this case before.
    Already(CaseNumber),
}

/// What is counted: cases of one status, kind and severity.
type Facets = (Status, Kind, Severity);

impl Store {
    /// The next case number, from an atomic counter. A number that is not used leaves a hole, and that is fine.
    pub async fn next_case_number(&self) -> Result<CaseNumber, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::CASE_COUNTER))
            .key(keys::SK, s("COUNTER"))
            .update_expression("ADD last_number :one")
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(StoreError::call("UpdateItem (counter)"))?;
        let item = answer.attributes().cloned().unwrap_or_default();
        Reader(&item).number("last_number").map(CaseNumber)
    }

    /// Files a report, once per `draft`: the same one again says which case it became.
    pub async fn file_case(&self, draft: &str, case: &Case, event: &Event) -> Result<Filed, StoreError> {
        let mut writes = self.creating(case, event);
        writes.push(self.receipt(draft, case, event));
        self.once(draft, "a report", writes).await
    }

    async fn once(&self, key: &str, what: &'static str, writes: Vec<TransactWriteItem>) -> Result<Filed, StoreError> {
        match self.transact(what, writes).await {
            Ok(()) => Ok(Filed::New),
            Err(StoreError::Conflict(what)) => match self.filed(key).await? {
                Some(number) => Ok(Filed::Already(number)),
                None => Err(StoreError::Conflict(what)),
            },
            Err(error) => Err(error),
        }
    }

    /// What tells a repetition of the same report or change.
    fn receipt(&self, key: &str, case: &Case, event: &Event) -> TransactWriteItem {
        self.put_new(Item::from([
            (keys::PK.to_owned(), s(keys::filed(key))),
            (keys::SK.to_owned(), s("FILED")),
            ("case".to_owned(), n(case.number)),
            (keys::EXPIRES_AT.to_owned(), n(event.at.as_second() + FILED_SECONDS)),
        ]))
    }

    /// Which case a draft became.
    pub async fn filed(&self, draft: &str) -> Result<Option<CaseNumber>, StoreError> {
        let item = self.get(keys::filed(draft), "FILED", "GetItem (filed)").await?;
        item.map(|item| Reader(&item).number("case").map(CaseNumber)).transpose()
    }

    /// Files the case of a transfer and ties it to its conversation, which stays in `stage`. One transaction, so that a repetition
    /// finds either nothing or everything.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the conversation is in another stage by now, or has a case.
    pub async fn create_transfer_case(
        &self,
        case: &Case,
        event: &Event,
        conversation: &Conversation,
        stage: &Stage,
    ) -> Result<(), StoreError> {
        let tie = self.tying(conversation, stage, case.number, None);
        let mut writes = self.creating(case, event);
        writes.push(updating(tie));
        self.transact("a case", writes).await
    }

    /// Ties a case that goes on to an open conversation that has none: `conversation` as it was read becomes `tied`. One transaction with
    /// the changed case and its history line.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the conversation has a case or is in another stage by now, or the case was changed.
    pub async fn continue_in(
        &self,
        conversation: &Conversation,
        tied: &Conversation,
        case: &Case,
        event: &Event,
    ) -> Result<(), StoreError> {
        let tie = self.tying(conversation, &conversation.stage, case.number, tied.continues.as_ref());
        let mut writes = self.changing(case, event);
        writes.push(updating(tie));
        self.transact("a case that goes on", writes).await
    }

    /// Moves a conversation that has no case to `stage`, with this case.
    fn tying(
        &self,
        conversation: &Conversation,
        stage: &Stage,
        case: CaseNumber,
        continues: Option<&ConversationSid>,
    ) -> UpdateBuilder {
        let tie = self.advancing(conversation, stage, &Progress::default());
        let expression = tie.get_update_expression().clone().unwrap_or_default();
        let condition = tie.get_condition_expression().clone().unwrap_or_default();
        let sets =
            if continues.is_some() { "case_number = :case, continues_sid = :continues" } else { "case_number = :case" };
        let tie = tie
            // It may have been read before another transfer came and went.
            .condition_expression(format!("{condition} AND attribute_not_exists(case_number)"))
            .update_expression(expression.replacen("SET ", &format!("SET {sets}, "), 1))
            .expression_attribute_values(":case", n(case));
        match continues {
            Some(continues) => tie.expression_attribute_values(":continues", s(continues.as_str())),
            None => tie,
        }
    }

    /// Remembers that the person's next conversation goes on with this case.
    pub async fn continue_case(&self, person: PersonId, number: CaseNumber) -> Result<(), StoreError> {
        let item = Item::from([
            (keys::PK.to_owned(), s(keys::person(person))),
            (keys::SK.to_owned(), s(keys::CONTINUES)),
            ("case".to_owned(), n(number)),
        ]);
        self.put(item, "PutItem (case that goes on)").await
    }

    /// The case that the person's next conversation goes on with.
    pub async fn case_to_continue(&self, person: PersonId) -> Result<Option<CaseNumber>, StoreError> {
        let item = self.get(keys::person(person), keys::CONTINUES, "GetItem (case that goes on)").await?;
        item.map_or(Ok(None), |item| Ok(Reader(&item).optional_number("case")?.map(CaseNumber)))
    }

    /// The case goes on, or cannot; another one that waits meanwhile stays. The item is emptied and not deleted: whoever opens conversations
    /// may delete nothing.
    pub async fn case_continued(&self, person: PersonId, number: CaseNumber) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(person)))
            .key(keys::SK, s(keys::CONTINUES))
            .update_expression("REMOVE #case")
            .condition_expression("#case = :case")
            .expression_attribute_names("#case", "case")
            .expression_attribute_values(":case", n(number));
        match self.transact("a case that goes on", vec![updating(update)]).await {
            Err(StoreError::Conflict(_)) => Ok(()),
            other => other,
        }
    }

    /// Writes a changed case with its history line.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed the case since it was read.
    pub async fn change_case(&self, case: &Case, event: &Event) -> Result<(), StoreError> {
        self.transact("a case", self.changing(case, event)).await
    }

    /// The same, once per `key`: a repetition is told from a clash with somebody else.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed the case since it was read.
    pub async fn change_case_once(&self, key: &str, case: &Case, event: &Event) -> Result<Filed, StoreError> {
        let mut writes = self.changing(case, event);
        writes.push(self.receipt(key, case, event));
        self.once(key, "a case", writes).await
    }

    /// Moves a conversation on and changes its case: one transaction, so that a repetition finds both or neither.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the conversation is in another stage by now, or the case was changed by somebody else.
    pub async fn advance_with_case(
        &self,
        conversation: &Conversation,
        stage: &Stage,
        progress: &Progress,
        case: &Case,
        event: &Event,
    ) -> Result<(), StoreError> {
        let mut writes = self.changing(case, event);
        let advance = self.advancing(conversation, stage, progress);
        writes.push(updating(advance));
        self.transact("a conversation and its case", writes).await
    }

    /// A case. A consistent read.
    pub async fn case(&self, number: CaseNumber) -> Result<Option<Case>, StoreError> {
        let item = self.get(keys::case(number), keys::CASE, "GetItem (case)").await?;
        item.as_ref().map(items::case).transpose()
    }

    /// A case's history, oldest first.
    pub async fn case_events(&self, number: CaseNumber) -> Result<Vec<Event>, StoreError> {
        let found = self.below(&keys::case(number), "EVENT#", "Query (case events)").await?;
        found.iter().map(items::event).collect()
    }

    /// A person says that they have it too: counted once each.
    pub async fn vote(&self, case: &Case, person: PersonId, at: Timestamp) -> Result<Vote, StoreError> {
        if case.reporter == Some(person) {
            return Ok(Vote::Own);
        }
        let vote = |pk: String, sk: String| {
            let keys = [(keys::PK.to_owned(), s(pk)), (keys::SK.to_owned(), s(sk))];
            let more = [("at".to_owned(), s(at.to_string())), ("case".to_owned(), n(case.number))];
            self.put_new(keys.into_iter().chain(more).collect())
        };
        let count = self
            .case_update(case.number)
            .update_expression("SET votes = if_not_exists(votes, :zero) + :one, sweep_group = :news, sweep_at = :soon")
            .condition_expression("attribute_exists(PK) AND attribute_not_exists(removing)")
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":news", s(keys::NEWS_GROUP))
            .expression_attribute_values(":soon", n(at.as_second() + NEWS_GRACE_SECONDS));
        let writes = vec![
            vote(keys::case(case.number), keys::vote(person)),
            vote(keys::person(person), keys::voted(case.number)),
            updating(count),
        ];
        match self.transact("a vote", writes).await {
            Ok(()) => {
                let votes = self.case(case.number).await?.map_or(0, |case| case.votes);
                Ok(Vote::Counted(votes))
            }
            Err(StoreError::Conflict(_)) => Ok(match self.case(case.number).await? {
                Some(_) => Vote::Already,
                None => Vote::Unknown(case.number),
            }),
            Err(error) => Err(error),
        }
    }

    /// Remembers where a case stands on the board, and the files that hang there.
    pub async fn record_board(
        &self,
        number: CaseNumber,
        post: Option<&BoardPost>,
        files: &[CaseFile],
    ) -> Result<(), StoreError> {
        let mut sets = Vec::new();
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::case(number)))
            .key(keys::SK, s(keys::CASE))
            .condition_expression("attribute_exists(PK)");
        if let Some(post) = post {
            sets.push("board = :board");
            update = update.expression_attribute_values(":board", items::board_post(post));
        }
        if !files.is_empty() {
            sets.push("files = :files");
            update = update.expression_attribute_values(":files", items::file_list(files));
        }
        if sets.is_empty() {
            return Ok(());
        }
        let update = update.update_expression(format!("SET {}", sets.join(", ")));
        update.send().await.map_err(StoreError::call("UpdateItem (board)"))?;
        Ok(())
    }

    /// Up to which version a case's news has been told.
    pub async fn told_version(&self, number: CaseNumber) -> Result<u64, StoreError> {
        let item = self.get(keys::case(number), keys::CASE, "GetItem (case)").await?.unwrap_or_default();
        Ok(Reader(&item).optional_number("told_version")?.unwrap_or_default())
    }

    /// The news of a case is told, as it was at `version` and `votes`. What has changed since keeps it due.
    ///
    /// `expiry` is until when a done case is kept.
    pub async fn news_told(&self, case: &Case, expiry: Option<Timestamp>) -> Result<(), StoreError> {
        let told = self
            .case_update(case.number)
            .condition_expression("version = :version AND votes = :votes")
            .expression_attribute_values(":version", n(case.version))
            .expression_attribute_values(":votes", n(case.votes));
        let told = match expiry {
            Some(at) => told
                .update_expression("SET told_version = :version, sweep_group = :expiry, sweep_at = :at")
                .expression_attribute_values(":expiry", s(keys::EXPIRY_GROUP))
                .expression_attribute_values(":at", n(at.as_second())),
            None => told.update_expression("SET told_version = :version REMOVE sweep_group, sweep_at"),
        };
        match self.transact("news", vec![updating(told)]).await {
            Err(StoreError::Conflict(_)) => self.told_so_far(case).await,
            other => other,
        }
    }

    /// Something came after `case` was read: only what was told is remembered, unless more was told meanwhile.
    async fn told_so_far(&self, case: &Case) -> Result<(), StoreError> {
        let told = self
            .case_update(case.number)
            .condition_expression(
                "attribute_exists(PK) AND (attribute_not_exists(told_version) OR told_version < :version)",
            )
            .update_expression("SET told_version = :version")
            .expression_attribute_values(":version", n(case.version));
        match self.transact("news", vec![updating(told)]).await {
            // It was removed meanwhile, or told by somebody else.
            Err(StoreError::Conflict(_)) => Ok(()),
            other => other,
        }
    }

    /// Cases whose news should have been told by `now`, at most `limit`.
    pub async fn cases_with_news(&self, now: Timestamp, limit: i32) -> Result<Vec<CaseNumber>, StoreError> {
        self.due_cases(keys::NEWS_GROUP, now, limit).await
    }

    /// Cases that are not to be kept any longer, at most `limit`.
    pub async fn cases_to_expire(&self, now: Timestamp, limit: i32) -> Result<Vec<CaseNumber>, StoreError> {
        self.due_cases(keys::EXPIRY_GROUP, now, limit).await
    }

    async fn due_cases(&self, group: &str, now: Timestamp, limit: i32) -> Result<Vec<CaseNumber>, StoreError> {
        let due = self.due(group, now, limit).await?;
        due.iter().map(|item| Reader(item).number("case_number").map(CaseNumber)).collect()
    }

    /// Makes sure that the sweep looks at a case's news again at `at`.
    pub async fn news_again_at(&self, number: CaseNumber, at: Timestamp) -> Result<(), StoreError> {
        let update = self
            .case_update(number)
            .update_expression("SET sweep_at = :at")
            .condition_expression("sweep_group = :news")
            .expression_attribute_values(":news", s(keys::NEWS_GROUP))
            .expression_attribute_values(":at", n(at.as_second()));
        let write = updating(update);
        match self.transact("news", vec![write]).await {
            Err(StoreError::Conflict(_)) => Ok(()),
            other => other,
        }
    }

    /// Removes a done case with everything that stands below it or points at it, and takes it out of the counts. Nothing happens
    /// when somebody changed it since it was read.
    pub async fn remove_case(&self, case: &Case) -> Result<(), StoreError> {
        let pk = keys::case(case.number);
        // From here on nobody changes it, so that no case is left without its history.
        let mark = self
            .case_update(case.number)
            .update_expression("SET removing = :yes")
            .condition_expression("version = :version")
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(":version", n(case.version));
        match self.transact("a case", vec![updating(mark)]).await {
            // Gone already, or opened again meanwhile.
            Err(StoreError::Conflict(_)) => return Ok(()),
            other => other?,
        }
        self.index_case(case, &BTreeSet::new(), &BTreeSet::new()).await?;
        // What stands below a person goes before its twin, and the case itself last: until then a repetition finds the rest.
        for (prefix, twin) in [("VOTE#", keys::voted(case.number)), ("WORKED#", keys::worked(case.number))] {
            let below = self.below(&pk, prefix, "Query (case)").await?;
            let person = |item: &Item| -> Option<PersonId> {
                item.get(keys::SK)?.as_s().ok()?.strip_prefix(prefix)?.parse().ok()
            };
            let twins = below.iter().filter_map(person).map(|person| (s(keys::person(person)), s(&twin)));
            self.delete_all(twins).await?;
            self.delete_all(below.iter().filter_map(key_of)).await?;
        }
        let history = self.below(&pk, "EVENT#", "Query (case)").await?;
        self.delete_all(history.iter().filter_map(key_of)).await?;
        let delete = Delete::builder()
            .table_name(&self.table)
            .key(keys::PK, s(&pk))
            .key(keys::SK, s(keys::CASE))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", n(case.version));
        let facets = (case.status, case.kind, case.severity);
        let writes = vec![
            TransactWriteItem::builder().delete(built(delete.build())).build(),
            self.counting(case, &[(facets, -1)]),
        ];
        match self.transact("a case", writes).await {
            // Somebody else was removing it, too.
            Err(StoreError::Conflict(_)) => Ok(()),
            other => other,
        }
    }

    /// The beginning of an update of a case's own item.
    fn case_update(&self, number: CaseNumber) -> UpdateBuilder {
        Update::builder().table_name(&self.table).key(keys::PK, s(keys::case(number))).key(keys::SK, s(keys::CASE))
    }

    fn creating(&self, case: &Case, event: &Event) -> Vec<TransactWriteItem> {
        let mut item = items::case_item(case);
        item.insert("sweep_group".to_owned(), s(keys::NEWS_GROUP));
        item.insert("sweep_at".to_owned(), n(case.created_at.as_second() + NEWS_GRACE_SECONDS));
        let mut writes = vec![
            self.put_new(item),
            self.put_new(items::event_item(case.number, event)),
            self.counting(case, &[((case.status, case.kind, case.severity), 1)]),
        ];
        writes.extend(self.remembering_workers(case, event));
        writes
    }

    /// What writes a changed case with its history line.
    pub(crate) fn changing(&self, case: &Case, event: &Event) -> Vec<TransactWriteItem> {
        let mut update = self
            .case_update(case.number)
            .condition_expression("#version = :before AND attribute_not_exists(removing)")
            .expression_attribute_values(":before", n(case.version - 1))
            .expression_attribute_values(":news", s(keys::NEWS_GROUP))
            .expression_attribute_values(":soon", n(event.at.as_second() + NEWS_GRACE_SECONDS));
        let mut sets = vec!["sweep_group = :news".to_owned(), "sweep_at = :soon".to_owned()];
        let mut removes = Vec::new();
        for (name, value) in items::case_changeable(case) {
            update = update.expression_attribute_names(format!("#{name}"), name);
            match value {
                Some(value) => {
                    sets.push(format!("#{name} = :{name}"));
                    update = update.expression_attribute_values(format!(":{name}"), value);
                }
                None => removes.push(format!("#{name}")),
            }
        }
        let mut expression = format!("SET {}", sets.join(", "));
        if !removes.is_empty() {
            expression += &format!(" REMOVE {}", removes.join(", "));
        }
        let mut writes =
            vec![updating(update.update_expression(expression)), self.put_new(items::event_item(case.number, event))];
        let after = (case.status, case.kind, case.severity);
        let before = facets_before(case, event);
        if before != after {
            writes.push(self.counting(case, &[(before, -1), (after, 1)]));
        }
        writes.extend(self.remembering_workers(case, event));
        writes
    }

    /// Keeps who left their name in a case, and which, both ways: their data is found by it, and the case's end takes it along.
    fn remembering_workers(&self, case: &Case, event: &Event) -> Vec<TransactWriteItem> {
        let remembering = |pk: String, sk: String, names: &BTreeSet<&str>| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let update = Update::builder()
                .table_name(&self.table)
                .key(keys::PK, s(pk))
                .key(keys::SK, s(sk))
                .update_expression("SET #case = :case, #scope = :scope ADD #names :names")
                .expression_attribute_names("#case", "case")
                .expression_attribute_names("#scope", "scope")
                .expression_attribute_names("#names", "names")
                .expression_attribute_values(":case", n(case.number))
                .expression_attribute_values(":scope", s(keys::scope(case.server)))
                .expression_attribute_values(":names", AttributeValue::Ss(names));
            updating(update)
        };
        let both = |(person, names): (PersonId, BTreeSet<&str>)| {
            let below_case = remembering(keys::case(case.number), keys::worker(person), &names);
            [below_case, remembering(keys::person(person), keys::worked(case.number), &names)]
        };
        workers(case, event).into_iter().flat_map(both).collect()
    }

    fn counting(&self, case: &Case, steps: &[(Facets, i64)]) -> TransactWriteItem {
        let mut update = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::case_counts(case.server)))
            .key(keys::SK, s(keys::count_shard(case.number)));
        let mut adds = Vec::new();
        for (at, ((status, kind, severity), step)) in steps.iter().enumerate() {
            let name = format!("{}.{}.{}", status.name(), kind.name(), severity.name());
            update = update
                .expression_attribute_names(format!("#count{at}"), name)
                .expression_attribute_values(format!(":step{at}"), n(step));
            adds.push(format!("#count{at} :step{at}"));
        }
        let update = update.update_expression(format!("ADD {}", adds.join(", ")));
        updating(update)
    }
}

/// What was counted before the change that `event` tells of.
fn facets_before(case: &Case, event: &Event) -> Facets {
    let before = |field: Field| event.changes.iter().find(|change| change.field == field)?.from.as_deref();
    (
        event.from.unwrap_or(case.status),
        before(Field::Kind).and_then(Kind::from_name).unwrap_or(case.kind),
        before(Field::Severity).and_then(Severity::from_name).unwrap_or(case.severity),
    )
}

/// The members of the server who leave their name in a change.
fn workers<'a>(case: &'a Case, event: &'a Event) -> BTreeMap<PersonId, BTreeSet<&'a str>> {
    let mut people: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    if let Author::Moderator { id, name } = &event.author {
        people.entry(*id).or_default().insert(name.as_str());
    }
    let assigned = case.version == 1 || event.changes.iter().any(|change| change.field == Field::Assignee);
    if let Some(assignee) = case.assignee.as_ref().filter(|_| assigned)
        && let Some(person) = keys::assigned_person(assignee)
    {
        people.entry(person).or_default().insert(assignee.name.as_str());
    }
    people
}
