//! Lists of cases, the newest first, from the indexes alone.
//!
//! A list is a merge of partitions that are each sorted by number. Which partitions is decided by the filter's narrowest part; what
//! is left of the filter is applied to what is read. A page reads a bounded number of cases, so it may hold fewer than were asked
//! for and still have a next one.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use domain::case::{Case, Kind, Severity, Status, Summary};
use domain::ids::{CaseNumber, GuildId, PersonId};

use crate::error::StoreError;
use crate::items::{self, Item, Reader, n, s};
use crate::table::{built, pause};
use crate::words::WORD_BYTES_MAX;
use crate::{Store, keys};

/// Most cases of one page.
pub const PAGE_LENGTH_MAX: usize = 100;

/// Most cases that are read for one page.
pub(crate) const READ_MAX: usize = 400;

/// Fewest cases that one read of an index asks for: where the rest of the filter leaves little of them, short pages would be many
/// reads.
const READ_LENGTH_MIN: usize = 25;

/// Most reads of each word's list for one page.
pub(crate) const WORD_READS_MAX: usize = 8;

/// How many numbers one read of a word's list brings.
pub(crate) const WORD_READ_LENGTH: i32 = 200;

/// Whose cases.
#[derive(Clone, PartialEq, Eq)]
pub enum AssigneeFilter {
    /// Those of the assignee with this key.
    Key(String),
    /// Those of nobody.
    Nobody,
}

impl std::fmt::Debug for AssigneeFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A key may be a name.
        f.write_str(match self {
            Self::Key(_) => "Key",
            Self::Nobody => "Nobody",
        })
    }
}

/// Which cases. Everything that is given has to fit.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of one of these statuses; none given is any.
    pub statuses: Vec<Status>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Of this severity.
    pub severity: Option<Severity>,
    /// Of this assignee.
    pub assignee: Option<AssigneeFilter>,
    /// Of this person.
    pub reporter: Option<PersonId>,
    /// With all of these words, as the index has them.
    pub words: Vec<String>,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The words may be somebody's.
        f.debug_struct("Filter")
            .field("statuses", &self.statuses)
            .field("words", &self.words.len())
            .finish_non_exhaustive()
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The cases, the newest first.
    pub cases: Vec<Summary>,
    /// The next page holds the cases below this number; `None` at the end of the list.
    pub next: Option<CaseNumber>,
}

/// How many cases there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(HashMap<(Status, Kind, Severity), u64>);

impl Counts {
    /// How many have this status and fit the rest.
    pub fn of(&self, status: Status, kind: Option<Kind>, severity: Option<Severity>) -> u64 {
        let fits = |(key, _): &(&(Status, Kind, Severity), &u64)| {
            key.0 == status && kind.is_none_or(|kind| key.1 == kind) && severity.is_none_or(|it| key.2 == it)
        };
        self.0.iter().filter(fits).map(|(_, count)| count).sum()
    }

    /// How many there are in all.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}

impl Filter {
    fn statuses(&self) -> &[Status] {
        if self.statuses.is_empty() { Status::ALL } else { &self.statuses }
    }

    fn fits(&self, case: &Summary, server: Option<GuildId>) -> bool {
        let assignee = match &self.assignee {
            None => true,
            Some(AssigneeFilter::Nobody) => case.assignee.is_none(),
            Some(AssigneeFilter::Key(key)) => case.assignee.as_ref().is_some_and(|assignee| assignee.key == *key),
        };
        assignee
            && case.server == server
            && (self.statuses.is_empty() || self.statuses.contains(&case.status))
            && self.kind.is_none_or(|kind| case.kind == kind)
            && self.severity.is_none_or(|severity| case.severity == severity)
            && self.reporter.is_none_or(|reporter| case.reporter == Some(reporter))
    }

    /// The partitions to merge: those of the narrowest part of the filter.
    fn partitions(&self, server: Option<GuildId>) -> Vec<Partition> {
        let each = |index, attribute, key: &dyn Fn(Status) -> String| {
            let partition = |status: &Status| Partition::new(index, attribute, key(*status));
            self.statuses().iter().map(partition).collect()
        };
        if let Some(reporter) = self.reporter {
            return vec![Partition::new(keys::CASES_BY_REPORTER, "reporter", reporter.to_string())];
        }
        if let Some(assignee) = &self.assignee {
            let key = match assignee {
                AssigneeFilter::Key(key) => Some(key.as_str()),
                AssigneeFilter::Nobody => None,
            };
            return each(keys::CASES_BY_ASSIGNEE, "list_assignee", &|it| keys::by_assignee(server, it, key));
        }
        if let Some(severity) = self.severity {
            return each(keys::CASES_BY_SEVERITY, "list_severity", &|it| keys::by_severity(server, it, severity));
        }
        if let Some(kind) = self.kind {
            return each(keys::CASES_BY_KIND, "list_kind", &|it| keys::by_kind(server, it, kind));
        }
        each(keys::CASES_BY_STATUS, "list_status", &|it| keys::by_status(server, it))
    }
}

/// One sorted run of cases, read piece by piece.
struct Partition {
    index: &'static str,
    attribute: &'static str,
    key: String,
    ahead: VecDeque<Summary>,
    at_end: bool,
}

impl Partition {
    fn new(index: &'static str, attribute: &'static str, key: String) -> Self {
        Self { index, attribute, key, ahead: VecDeque::new(), at_end: false }
    }

    /// Reads on below `before`, if nothing is ahead.
    async fn fill(&mut self, store: &Store, before: CaseNumber, length: i32) -> Result<(), StoreError> {
        if !self.ahead.is_empty() || self.at_end {
            return Ok(());
        }
        let answer = store
            .client
            .query()
            .table_name(&store.table)
            .index_name(self.index)
            .key_condition_expression("#key = :key AND case_number < :before")
            .expression_attribute_names("#key", self.attribute)
            .expression_attribute_values(":key", s(&self.key))
            .expression_attribute_values(":before", n(before))
            .scan_index_forward(false)
            .limit(length)
            .send()
            .await
            .map_err(StoreError::call("Query (cases)"))?;
        self.at_end = answer.last_evaluated_key().is_none();
        self.ahead = answer.items().iter().map(items::summary).collect::<Result<_, _>>()?;
        Ok(())
    }
}

/// The numbers of the cases with one word, read piece by piece.
struct WordRun {
    key: String,
    ahead: VecDeque<CaseNumber>,
    at_end: bool,
}

impl WordRun {
    /// The first number that is not above `limit`; `None` when there is none.
    async fn seek(
        &mut self,
        store: &Store,
        limit: CaseNumber,
        reads: &mut usize,
    ) -> Result<Option<CaseNumber>, StoreError> {
        loop {
            while self.ahead.front().is_some_and(|number| *number > limit) {
                self.ahead.pop_front();
            }
            if let Some(number) = self.ahead.front() {
                return Ok(Some(*number));
            }
            if self.at_end {
                return Ok(None);
            }
            *reads += 1;
            let answer = store
                .client
                .query()
                .table_name(&store.table)
                .key_condition_expression("PK = :word AND SK <= :limit")
                .expression_attribute_values(":word", s(&self.key))
                .expression_attribute_values(":limit", s(keys::case_of_many(limit)))
                .scan_index_forward(false)
                .limit(WORD_READ_LENGTH)
                .send()
                .await
                .map_err(StoreError::call("Query (word)"))?;
            self.at_end = answer.last_evaluated_key().is_none();
            let number = |item: &Item| Reader(item).number("case").map(CaseNumber);
            self.ahead = answer.items().iter().map(number).collect::<Result<_, _>>()?;
        }
    }
}

/// Where all words meet next.
enum Meeting {
    /// This case has all of them.
    At(CaseNumber),
    /// No case above this number has all of them; itself may have.
    NotAbove(CaseNumber),
    /// No further case has all of them.
    Never,
}

/// Looks below `before`. Each run seeks where the one before it stands: what is above that has not all the words. The last one
/// stands lowest; where it stands as high as the first was asked to look, all of them do, and else the next look is lower.
async fn next_meeting(
    store: &Store,
    runs: &mut [WordRun],
    before: CaseNumber,
    reads: &mut usize,
) -> Result<Meeting, StoreError> {
    let Some(highest) = before.0.checked_sub(1).map(CaseNumber) else { return Ok(Meeting::Never) };
    let mut at = highest;
    for run in &mut *runs {
        match run.seek(store, at, reads).await? {
            Some(number) => at = number,
            None => return Ok(Meeting::Never),
        }
    }
    let all_meet = runs.iter().all(|run| run.ahead.front() == Some(&at));
    Ok(if all_meet { Meeting::At(at) } else { Meeting::NotAbove(at) })
}

/// Where cases themselves are.
fn keys_of(numbers: &[CaseNumber]) -> BTreeSet<(String, String)> {
    numbers.iter().map(|number| (keys::case(*number), keys::CASE.to_owned())).collect()
}

const NEWEST: CaseNumber = CaseNumber(u64::MAX);

impl Store {
    /// A page of the cases of a server, the newest first, below `before`. `limit` is at most [`PAGE_LENGTH_MAX`]. An index read: a
    /// change of the last second may be missing.
    pub async fn cases(
        &self,
        server: Option<GuildId>,
        filter: &Filter,
        before: Option<CaseNumber>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let limit = limit.clamp(1, PAGE_LENGTH_MAX);
        if filter.words.is_empty() {
            self.merged(server, filter, before.unwrap_or(NEWEST), limit).await
        } else {
            self.with_words(server, filter, before.unwrap_or(NEWEST), limit).await
        }
    }

    async fn merged(
        &self,
        server: Option<GuildId>,
        filter: &Filter,
        mut before: CaseNumber,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let mut partitions = filter.partitions(server);
        // One more than is shown tells whether there is a next page.
        let length = i32::try_from((limit + 1).max(READ_LENGTH_MIN)).unwrap_or(i32::MAX);
        let mut cases = Vec::new();
        for _ in 0..READ_MAX {
            let fills = partitions.iter_mut().map(|partition| partition.fill(self, before, length));
            futures::future::try_join_all(fills).await?;
            let newest = partitions
                .iter_mut()
                .filter(|partition| !partition.ahead.is_empty())
                .max_by_key(|partition| partition.ahead.front().map(|case| case.number));
            let Some(case) = newest.and_then(|partition| partition.ahead.pop_front()) else {
                return Ok(Page { cases, next: None });
            };
            if cases.len() == limit {
                return Ok(Page { cases, next: Some(before) });
            }
            // A case whose status has just changed may be in two partitions of the index for a moment.
            let again = case.number >= before;
            before = before.min(case.number);
            if !again && filter.fits(&case, server) {
                cases.push(case);
            }
        }
        Ok(Page { cases, next: Some(before) })
    }

    async fn with_words(
        &self,
        server: Option<GuildId>,
        filter: &Filter,
        mut before: CaseNumber,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let mut cases: Vec<Summary> = Vec::new();
        if filter.words.iter().any(|word| word.len() > WORD_BYTES_MAX) {
            return Ok(Page { cases, next: None });
        }
        let run = |word: &String| WordRun { key: keys::word(server, word), ahead: VecDeque::new(), at_end: false };
        let mut runs: Vec<_> = filter.words.iter().map(run).collect();
        let reads_max = WORD_READS_MAX * runs.len();
        let (mut reads, mut cases_read, mut ended) = (0, 0, false);
        let mut few = self.meetings_of_few(&mut runs, before).await?;
        while !ended && cases.len() < limit && reads < reads_max && cases_read < READ_MAX {
            // One more than is shown tells whether there is a next page. If that is not enough, little fits the rest of the filter.
            let length = if cases_read == 0 { limit + 1 } else { PAGE_LENGTH_MAX };
            let mut numbers = Vec::new();
            while !ended && numbers.len() < length && reads < reads_max {
                let meeting = match &mut few {
                    Some(few) => few.pop_front().map_or(Meeting::Never, Meeting::At),
                    None => next_meeting(self, &mut runs, before, &mut reads).await?,
                };
                match meeting {
                    Meeting::At(number) => {
                        numbers.push(number);
                        before = number;
                    }
                    Meeting::NotAbove(number) => before = CaseNumber(number.0.saturating_add(1)),
                    Meeting::Never => ended = true,
                }
            }
            cases_read += numbers.len();
            for case in self.summaries(&numbers).await?.into_iter().filter(|case| filter.fits(case, server)) {
                if let Some(last) = cases.last().filter(|_| cases.len() == limit) {
                    return Ok(Page { next: Some(last.number), cases });
                }
                cases.push(case);
            }
        }
        Ok(Page { cases, next: (!ended).then_some(before) })
    }

    /// Below `before`, the cases with all words, where one of the words has so few that its list is at hand to its end: of each it is
    /// asked whether it has the others. `None` where all words have many.
    async fn meetings_of_few(
        &self,
        runs: &mut [WordRun],
        before: CaseNumber,
    ) -> Result<Option<VecDeque<CaseNumber>>, StoreError> {
        let Some(highest) = before.0.checked_sub(1).map(CaseNumber) else { return Ok(Some(VecDeque::new())) };
        let begin = |run| async move { WordRun::seek(run, self, highest, &mut 0).await };
        futures::future::try_join_all(runs.iter_mut().map(begin)).await?;
        let ended = runs.iter().enumerate().filter(|(_, run)| run.at_end);
        let Some((rarest, few)) = ended.min_by_key(|(_, run)| run.ahead.len()) else { return Ok(None) };
        let mut numbers: Vec<_> = few.ahead.iter().copied().collect();
        for (_, run) in runs.iter().enumerate().filter(|(at, _)| *at != rarest) {
            let read_to = run.ahead.back().copied().filter(|_| !run.at_end);
            let read: BTreeSet<_> = run.ahead.iter().copied().collect();
            let (mut with_both, further): (Vec<_>, Vec<_>) =
                numbers.into_iter().partition(|number| read_to.is_none_or(|read_to| *number >= read_to));
            with_both.retain(|number| read.contains(number));
            with_both.extend(self.with_word(&run.key, &further).await?);
            numbers = with_both;
        }
        Ok(Some(numbers.into()))
    }

    /// Those of some cases that have a word, the newest first.
    async fn with_word(&self, key: &str, numbers: &[CaseNumber]) -> Result<Vec<CaseNumber>, StoreError> {
        let sort_key = |number: &CaseNumber| (key.to_owned(), keys::case_of_many(*number));
        let found = self.batch(numbers.iter().map(sort_key).collect(), Some(&["case"])).await?;
        let number = |item: &Item| Reader(item).number("case").map(CaseNumber);
        let mut with_it: Vec<_> = found.iter().map(number).collect::<Result<_, _>>()?;
        with_it.sort_by_key(|number| std::cmp::Reverse(*number));
        Ok(with_it)
    }

    /// The newest open reports with a word, at most `limit`: candidates for being the same.
    pub async fn open_reports_with(
        &self,
        server: Option<GuildId>,
        kind: Kind,
        word: &str,
        limit: i32,
    ) -> Result<Vec<CaseNumber>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("PK = :word AND begins_with(SK, :case)")
            .expression_attribute_values(":word", s(keys::open_word(server, kind, word)))
            .expression_attribute_values(":case", s("CASE#"))
            .scan_index_forward(false)
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::call("Query (open reports)"))?;
        answer.items().iter().map(|item| Reader(item).number("case").map(CaseNumber)).collect()
    }

    /// Cases by their numbers, the newest first; at most 100. Those that are gone are left out.
    pub async fn summaries(&self, numbers: &[CaseNumber]) -> Result<Vec<Summary>, StoreError> {
        // `version` comes on top; every name is written as `#name`, since DynamoDB reserves some of them.
        let names: Vec<_> = items::SUMMARY.into_iter().chain(["version"]).collect();
        let found = self.batch(keys_of(numbers), Some(&names)).await?;
        let mut cases: Vec<_> = found.iter().map(items::summary).collect::<Result<_, _>>()?;
        cases.sort_by_key(|case| std::cmp::Reverse(case.number));
        Ok(cases)
    }

    /// Cases by their numbers, whole, the newest first; at most 100.
    pub async fn cases_by_number(&self, numbers: &[CaseNumber]) -> Result<Vec<Case>, StoreError> {
        let found = self.batch(keys_of(numbers), None).await?;
        let mut cases: Vec<_> = found.iter().map(items::case).collect::<Result<_, _>>()?;
        cases.sort_by_key(|case| std::cmp::Reverse(case.number));
        Ok(cases)
    }

    /// Items by partition and sort key, whole or some attributes of them, in no order. Those that are gone are left out.
    async fn batch(&self, keys: BTreeSet<(String, String)>, only: Option<&[&str]>) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        for keys in Vec::from_iter(keys).chunks(100) {
            let key = |(pk, sk): &(String, String)| -> HashMap<String, AttributeValue> {
                HashMap::from([(keys::PK.to_owned(), s(pk)), (keys::SK.to_owned(), s(sk))])
            };
            let mut wanted = KeysAndAttributes::builder();
            for name in only.into_iter().flatten() {
                wanted = wanted.expression_attribute_names(format!("#{name}"), *name);
            }
            if let Some(only) = only {
                let list: Vec<_> = only.iter().map(|name| format!("#{name}")).collect();
                wanted = wanted.projection_expression(list.join(", "));
            }
            let mut attempt = 0;
            let mut left = Some(built(wanted.set_keys(Some(keys.iter().map(key).collect())).build()));
            while let Some(wanted) = left.take() {
                let answer = self
                    .client
                    .batch_get_item()
                    .request_items(&self.table, wanted)
                    .send()
                    .await
                    .map_err(StoreError::call("BatchGetItem (cases)"))?;
                found.extend(answer.responses.and_then(|mut tables| tables.remove(&self.table)).unwrap_or_default());
                left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.table));
                if left.is_some() {
                    attempt += 1;
                    pause(attempt).await?;
                }
            }
        }
        Ok(found)
    }

    /// How many cases of a server there are, by status, kind and severity.
    pub async fn case_counts(&self, server: Option<GuildId>) -> Result<Counts, StoreError> {
        let shards = self.below(&keys::case_counts(server), "SHARD#", "Query (counts)").await?;
        let mut sums: HashMap<_, i64> = HashMap::new();
        for shard in shards {
            for (name, value) in &shard {
                let mut parts = name.split('.');
                let facets = (|| {
                    let status = Status::from_name(parts.next()?)?;
                    let kind = Kind::from_name(parts.next()?)?;
                    Some((status, kind, Severity::from_name(parts.next()?)?))
                })();
                let count = value.as_n().ok().and_then(|text| text.parse::<i64>().ok());
                if let Some((facets, count)) = facets.zip(count) {
                    *sums.entry(facets).or_default() += count;
                }
            }
        }
        let counts = sums.into_iter().filter_map(|(facets, count)| Some((facets, u64::try_from(count).ok()?)));
        Ok(Counts(counts.collect()))
    }

    /// Everybody who was ever assigned a case of a server: key and name.
    pub async fn assignees(&self, server: Option<GuildId>) -> Result<BTreeMap<String, String>, StoreError> {
        let found = self.below(&keys::assignees(server), "ASSIGNEE#", "Query (assignees)").await;
        let pair = |item: &Item| {
            let reader = Reader(item);
            Ok((reader.text("assignee_key")?.to_owned(), reader.text("name")?.to_owned()))
        };
        found?.iter().map(pair).collect()
    }
}
