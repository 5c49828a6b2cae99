use std::collections::BTreeSet;

use domain::case::{Assignee, Author, Case, Change, Edit, Kind, Severity, Status, Summary};
use domain::ids::{CaseNumber, GuildId, PersonId};
use futures::StreamExt as _;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::test_runner::{Config, TestRunner};

use super::{at, bug, case, changed, filed, server, store};
use crate::items::{self, Item, n, s};
use crate::lists::{READ_MAX, WORD_READ_LENGTH, WORD_READS_MAX};
use crate::table::putting;
use crate::{AssigneeFilter, Counts, Filter, PAGE_LENGTH_MAX, Store, StoreError, keys};

/// Runs a test of random values, each against what it makes itself.
fn check_all<S: Strategy>(cases: u32, strategy: &S, test: impl AsyncFn(S::Value) -> Result<(), TestCaseError>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    if let Err(failure) = runner.run(strategy, |value| runtime.block_on(test(value))) {
        panic!("{failure}");
    }
}

const WORDS: [&str; 3] = ["map", "empty", "crash"];

/// A case and the words by which it is found.
#[derive(Debug, Clone)]
struct Indexed {
    case: Case,
    words: Vec<&'static str>,
}

fn assignee(number: u64) -> Assignee {
    Assignee::member(PersonId::new(number).unwrap(), "Alex")
}

fn any_server() -> impl Strategy<Value = Option<GuildId>> {
    // One of them most often, so that there is something to page through.
    prop_oneof![8 => Just(Some(server())), 1 => Just(GuildId::new(78)), 1 => Just(None)]
}

/// Some cases with rising numbers, most of them of few statuses and kinds.
fn any_cases() -> impl Strategy<Value = Vec<Indexed>> {
    let status = prop_oneof![2 => Just(Status::New), 1 => select(Status::ALL)];
    let kind = prop_oneof![2 => Just(Kind::Bug), 1 => select(Kind::ALL)];
    let facets = (status, kind, select(Severity::ALL), 1..4_u64);
    let people = (of(100..103_u64), of(7..9_u64), any_server());
    let indexed = (facets, people, subsequence(&WORDS, 0..=3));
    let indexed = indexed.prop_map(|((status, kind, severity, step), (assigned, reporter, server), words)| {
        let assignee = assigned.map(assignee);
        let reporter = reporter.and_then(PersonId::new);
        let case = Case { status, kind, severity, assignee, reporter, server, ..case(step) };
        Indexed { case, words }
    });
    vec(indexed, 0..160).prop_map(|mut cases| {
        let mut number = 0;
        for indexed in &mut cases {
            number += indexed.case.number.0;
            indexed.case.number = CaseNumber(number);
        }
        cases
    })
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let assignee = prop_oneof![
        1 => Just(AssigneeFilter::Nobody),
        2 => (100..103_u64).prop_map(|number| AssigneeFilter::Key(assignee(number).key)),
    ];
    let facets = (subsequence(Status::ALL, 0..4), of(select(Kind::ALL)), of(select(Severity::ALL)));
    let rest = (of(assignee), of((7..9_u64).prop_map(|id| PersonId::new(id).unwrap())));
    let words = prop_oneof![1 => Just(Vec::new()), 1 => subsequence(&WORDS, 1..=3)];
    (facets, rest, words).prop_map(|((statuses, kind, severity), (assignee, reporter), words)| {
        let words = words.into_iter().map(str::to_owned).collect();
        Filter { statuses, kind, severity, assignee, reporter, words }
    })
}

fn posting(case: &Case, word: &str) -> Item {
    Item::from([
        (keys::PK.to_owned(), s(keys::word(case.server, word))),
        (keys::SK.to_owned(), s(keys::case_of_many(case.number))),
        ("case".to_owned(), n(case.number)),
    ])
}

async fn put_all(store: &Store, cases: &[Indexed]) {
    let items = cases.iter().flat_map(|indexed| {
        let postings = indexed.words.iter().map(|word| posting(&indexed.case, word));
        std::iter::once(items::case_item(&indexed.case)).chain(postings)
    });
    store.write_all(items.map(putting).collect()).await.unwrap();
}

/// What a list shall be, by a look at each case.
fn expected(cases: &[Indexed], server: Option<GuildId>, filter: &Filter) -> Vec<Summary> {
    let fits = |indexed: &&Indexed| {
        let case = &indexed.case;
        let assignee = case.assignee.as_ref().map(|assignee| assignee.key.clone());
        case.server == server
            && (filter.statuses.is_empty() || filter.statuses.contains(&case.status))
            && filter.kind.is_none_or(|kind| kind == case.kind)
            && filter.severity.is_none_or(|severity| severity == case.severity)
            && filter.reporter.is_none_or(|reporter| Some(reporter) == case.reporter)
            && filter.words.iter().all(|word| indexed.words.contains(&word.as_str()))
            && match &filter.assignee {
                None => true,
                Some(AssigneeFilter::Nobody) => assignee.is_none(),
                Some(AssigneeFilter::Key(key)) => assignee.as_ref() == Some(key),
            }
    };
    cases.iter().rev().filter(fits).map(|indexed| indexed.case.summary()).collect()
}

/// All pages of a list, and how many there were. `between` happens after each.
async fn walk(
    store: &Store,
    server: Option<GuildId>,
    filter: &Filter,
    limit: usize,
    mut between: impl AsyncFnMut(),
) -> (Vec<Summary>, usize) {
    let (mut seen, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = store.cases(server, filter, before, limit).await.unwrap();
        assert!(page.cases.len() <= limit, "{} cases on a page of {limit}", page.cases.len());
        seen.extend(page.cases);
        pages += 1;
        let Some(next) = page.next else { return (seen, pages) };
        assert!(before.is_none_or(|before| next < before), "each page begins below the one before it");
        before = Some(next);
        between().await;
    }
}

#[test]
fn the_pages_of_a_list_are_what_fits_its_filter_the_newest_first() {
    let asked = vec((any_filter(), any_server(), prop_oneof![1..8_usize, 1..120_usize]), 12);
    check_all(12, &(any_cases(), asked), async |(cases, asked)| {
        let store = store().await;
        put_all(&store, &cases).await;
        for (filter, server, limit) in asked {
            let limit = limit.min(PAGE_LENGTH_MAX);
            let (seen, pages) = walk(&store, server, &filter, limit, async || ()).await;
            let expected = expected(&cases, server, &filter);
            prop_assert_eq!(&seen, &expected, "{} by {}", format!("{filter:?}"), limit);
            if expected.len() > limit {
                prop_assert!(pages > 1);
            }
        }
        Ok(())
    });
}

#[test]
fn what_changes_while_a_list_is_read_takes_nothing_else_away() {
    let changes = vec((any::<Index>(), select(Status::ALL)), 40);
    check_all(12, &(any_cases(), any_filter(), 1..12_usize, changes), async |(mut cases, filter, limit, changes)| {
        prop_assume!(!cases.is_empty());
        let store = store().await;
        put_all(&store, &cases).await;
        let before = expected(&cases, Some(server()), &filter);
        let (mut changes, mut touched) = (changes.into_iter(), BTreeSet::new());
        let (seen, _) = walk(&store, Some(server()), &filter, limit, async || {
            let Some((which, status)) = changes.next() else { return };
            let at = which.index(cases.len());
            let case = &mut cases[at].case;
            case.status = status;
            touched.insert(case.number);
            super::put(&store, items::case_item(case)).await;
        })
        .await;
        let untouched = |case: &&Summary| !touched.contains(&case.number);
        prop_assert!(seen.iter().filter(untouched).eq(before.iter().filter(untouched)));
        prop_assert!(seen.is_sorted_by(|one, next| one.number > next.number), "nothing comes twice");
        Ok(())
    });
}

#[tokio::test]
async fn a_page_has_a_hundred_cases_at_most_and_one_at_least() {
    let store = store().await;
    let cases: Vec<_> = (1..=130).map(|number| Indexed { case: bug(number), words: vec!["map"] }).collect();
    put_all(&store, &cases).await;
    let words = Filter { words: vec!["map".to_owned()], ..Filter::default() };
    for filter in [Filter::default(), words] {
        let page = store.cases(Some(server()), &filter, None, 5000).await.unwrap();
        assert_eq!((page.cases.len(), page.next), (100, Some(CaseNumber(31))));
        let page = store.cases(Some(server()), &filter, page.next, 5000).await.unwrap();
        assert_eq!((page.cases.len(), page.next), (30, None), "the last page says that it is");
        let page = store.cases(Some(server()), &filter, None, 0).await.unwrap();
        assert_eq!((page.cases.len(), page.next), (1, Some(CaseNumber(130))));
        let none = store.cases(Some(server()), &filter, Some(CaseNumber(0)), 5).await.unwrap();
        assert_eq!((none.cases.len(), none.next), (0, None));
    }
}

#[tokio::test]
async fn a_list_of_which_little_fits_is_read_in_bounded_pages_to_its_end() {
    let store = store().await;
    let length = u64::try_from(READ_MAX).unwrap() + 50;
    let mut cases: Vec<_> = (1..=length).map(|number| Indexed { case: bug(number), words: vec!["map"] }).collect();
    cases[0].case.severity = Severity::Critical;
    put_all(&store, &cases).await;
    let reporter = Filter { reporter: Some(super::person()), severity: Some(Severity::Critical), ..Filter::default() };
    let words = Filter { words: vec!["map".to_owned()], severity: Some(Severity::Critical), ..Filter::default() };
    for filter in [reporter, words] {
        let first = store.cases(Some(server()), &filter, None, 5).await.unwrap();
        assert_eq!(first.cases, []);
        assert!(first.next.is_some_and(|next| next.0 < 60), "{:?}", first.next);
        let (seen, pages) = walk(&store, Some(server()), &filter, 5, async || ()).await;
        assert_eq!((seen, pages), (vec![cases[0].case.summary()], 2));
    }
}

#[tokio::test]
async fn a_rare_word_finds_its_way_through_a_common_one() {
    let store = store().await;
    let read = u64::try_from(WORD_READ_LENGTH).unwrap();
    let rare = [1, read, read + 1, 3 * read, 3 * read + 7];
    let indexed = |number: u64| {
        let words = if rare.contains(&number) { vec!["map", "crash"] } else { vec!["map"] };
        Indexed { case: bug(number), words }
    };
    let cases: Vec<_> = (1..=4 * read).map(indexed).collect();
    put_all(&store, &cases).await;
    for words in [["map", "crash"], ["crash", "map"]] {
        let filter = Filter { words: words.map(str::to_owned).to_vec(), ..Filter::default() };
        for limit in [1, 2, 5, 50] {
            let (seen, pages) = walk(&store, Some(server()), &filter, limit, async || ()).await;
            assert!(seen.iter().map(|case| case.number.0).eq(rare.into_iter().rev()));
            assert_eq!(pages, rare.len().div_ceil(limit), "no page is short");
        }
    }
    let unknown = Filter { words: vec!["map".to_owned(), "boat".to_owned()], ..Filter::default() };
    assert_eq!(walk(&store, Some(server()), &unknown, 5, async || ()).await, (vec![], 1));
    // A key of DynamoDB has 2048 bytes.
    let long = Filter { words: vec!["map".to_owned(), "x".repeat(4000)], ..Filter::default() };
    assert_eq!(walk(&store, Some(server()), &long, 5, async || ()).await, (vec![], 1));
}

#[tokio::test]
async fn words_that_never_meet_are_given_up_page_by_page_and_end() {
    let store = store().await;
    let case = |number| Case { number: CaseNumber(number), ..bug(1) };
    let word = |number: u64| if number.is_multiple_of(2) { "map" } else { "crash" };
    let mut items: Vec<_> = (2..=10_400).map(|number| posting(&case(number), word(number))).collect();
    // They meet at the very end.
    items.extend([posting(&case(1), "map"), posting(&case(1), "crash"), items::case_item(&case(1))]);
    store.write_all(items.into_iter().map(putting).collect()).await.unwrap();
    let filter = Filter { words: vec!["map".to_owned(), "crash".to_owned()], ..Filter::default() };
    let first = store.cases(Some(server()), &filter, None, 5).await.unwrap();
    assert_eq!(first.cases, []);
    // Each of the two lists has every other number.
    let piece = 2 * u64::try_from(WORD_READ_LENGTH).unwrap();
    let read = piece * u64::try_from(WORD_READS_MAX).unwrap();
    assert!(first.next.is_some_and(|next| next.0 <= 10_400 - read + piece), "{:?}", first.next);
    let (seen, pages) = walk(&store, Some(server()), &filter, 5, async || ()).await;
    assert_eq!(seen, [case(1).summary()]);
    let most = usize::try_from(10_400 / (read - piece) + 1).unwrap();
    assert!((2..=most).contains(&pages), "{pages} pages, and not {most}");
}

#[tokio::test]
async fn two_common_words_meet_all_the_way_down() {
    let store = store().await;
    let case = |number| Case { number: CaseNumber(number), ..bug(1) };
    let mut items = Vec::new();
    for number in 1..=1500_u64 {
        let words = [("map", 2), ("crash", 3)].into_iter().filter(|(_, every)| number.is_multiple_of(*every));
        items.extend(words.map(|(word, _)| posting(&case(number), word)));
    }
    let both: Vec<_> = (1..=1500).rev().filter(|number: &u64| number.is_multiple_of(6)).collect();
    items.extend(both.iter().map(|number| items::case_item(&case(*number))));
    store.write_all(items.into_iter().map(putting).collect()).await.unwrap();
    for words in [["map", "crash"], ["crash", "map"]] {
        let filter = Filter { words: words.map(str::to_owned).to_vec(), ..Filter::default() };
        let (seen, _) = walk(&store, Some(server()), &filter, 30, async || ()).await;
        assert!(seen.iter().map(|case| case.number.0).eq(both.iter().copied()), "{} of {}", seen.len(), both.len());
    }
}

/// What happens to one of some cases.
#[derive(Debug, Clone, Copy)]
enum Step {
    Status(Status),
    Kind(Kind),
    Severity(Severity),
    Remove,
}

async fn happen(store: &Store, number: CaseNumber, step: Step) {
    loop {
        let Some(read) = store.case(number).await.unwrap() else { return };
        let edit = match step {
            Step::Remove => return store.remove_case(&read).await.unwrap(),
            Step::Status(status) => Edit::Status(status),
            Step::Kind(kind) => Edit::Kind(kind),
            Step::Severity(severity) => Edit::Severity(severity),
        };
        let Ok(Some((changed, event))) = read.apply(&Change::edits(vec![edit], Author::Desk, ""), at(1)) else {
            return;
        };
        match store.change_case(&changed, &event).await {
            Ok(()) => return,
            Err(StoreError::Conflict(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The counts by a look at each case.
async fn check_counts(store: &Store, numbers: &[CaseNumber], server: Option<GuildId>) -> Counts {
    let cases = store.cases_by_number(numbers).await.unwrap();
    let counts = store.case_counts(server).await.unwrap();
    for (status, kind, severity) in facets() {
        let fits =
            |case: &&Case| (case.status, case.kind, case.severity, case.server) == (status, kind, severity, server);
        let count = cases.iter().filter(fits).count();
        assert_eq!(counts.of(status, Some(kind), Some(severity)), u64::try_from(count).unwrap());
    }
    let there = cases.iter().filter(|case| case.server == server).count();
    assert_eq!(counts.total(), u64::try_from(there).unwrap());
    counts
}

fn facets() -> impl Iterator<Item = (Status, Kind, Severity)> {
    let kinds = || Kind::ALL.iter().flat_map(|kind| Severity::ALL.iter().map(move |severity| (*kind, *severity)));
    Status::ALL.iter().flat_map(move |status| kinds().map(move |(kind, severity)| (*status, kind, severity)))
}

#[test]
fn the_counts_are_those_of_the_cases_whatever_happens_at_once() {
    let step = prop_oneof![
        6 => select(Status::ALL).prop_map(Step::Status),
        2 => select(Kind::ALL).prop_map(Step::Kind),
        2 => select(Severity::ALL).prop_map(Step::Severity),
        1 => Just(Step::Remove),
    ];
    // Cases 16, 32, 48 and so on are counted on one shard.
    let number = prop_oneof![1..9_u64, (1..9_u64).prop_map(|number| number * keys::COUNT_SHARDS)];
    let steps = vec((number.prop_map(CaseNumber), step), 0..60);
    check_all(6, &(vec(any_server(), 16), steps), async |(servers, steps)| {
        let store = store().await;
        let numbers: Vec<_> = (1..9).chain((1..9).map(|number| number * keys::COUNT_SHARDS)).map(CaseNumber).collect();
        let filings = numbers.iter().zip(servers).map(|(number, server)| (Case { server, ..case(number.0) }, &store));
        let filings = filings.map(|(case, store)| async move { filed(store, &case).await });
        futures::future::join_all(filings).await;
        let happenings = steps.into_iter().map(|(number, step)| happen(&store, number, step));
        futures::stream::iter(happenings).buffer_unordered(6).collect::<()>().await;
        for server in [Some(server()), GuildId::new(78), None] {
            check_counts(&store, &numbers, server).await;
        }
        Ok(())
    });
}

#[tokio::test]
async fn two_hundred_changes_of_different_cases_lose_no_count() {
    let store = store().await;
    // All of them are counted on one shard.
    let numbers: Vec<_> = (1..=10).map(|number| CaseNumber(number * keys::COUNT_SHARDS)).collect();
    for number in &numbers {
        filed(&store, &bug(number.0)).await;
    }
    let changes = (0..200).map(|step| {
        let (number, severity) = (numbers[step % 10], Severity::ALL[(step / 10 + step) % 4]);
        let store = store.clone();
        async move { changed(&store, number, Author::Desk, vec![Edit::Severity(severity)]).await }
    });
    futures::stream::iter(changes).buffer_unordered(10).collect::<Vec<_>>().await;
    let counts = check_counts(&store, &numbers, Some(server())).await;
    assert_eq!(counts.of(Status::New, Some(Kind::Bug), None), 10);
    assert_eq!((counts.of(Status::New, None, None), counts.of(Status::Open, None, None)), (10, 0));
}

#[tokio::test]
async fn cases_are_read_by_their_numbers_in_any_number() {
    let store = store().await;
    let cases: Vec<_> = (1..=120).map(|number| Indexed { case: bug(number), words: vec![] }).collect();
    put_all(&store, &cases).await;
    let wanted: Vec<_> = [7, 7, 500].into_iter().chain(1..=120).map(CaseNumber).collect();
    let all: Vec<_> = cases.iter().rev().map(|indexed| indexed.case.clone()).collect();
    assert_eq!(store.cases_by_number(&wanted).await.unwrap(), all);
    let summaries: Vec<_> = all.iter().map(Case::summary).collect();
    assert_eq!(store.summaries(&wanted).await.unwrap(), summaries);
    assert_eq!(store.summaries(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn assignees_are_remembered_by_server() {
    let store = store().await;
    let alex = Assignee::named("Alex");
    store.remember_assignee(Some(server()), &alex).await.unwrap();
    store.remember_assignee(Some(server()), &Assignee { name: "Sasha".to_owned(), ..assignee(100) }).await.unwrap();
    store.remember_assignee(Some(server()), &assignee(100)).await.unwrap();
    let known = store.assignees(Some(server())).await.unwrap();
    let known: Vec<_> = known.iter().map(|(key, name)| (key.as_str(), name.as_str())).collect();
    assert_eq!(known, [("discord:100", "Alex"), ("name:Alex", "Alex")]);
    assert!(store.assignees(None).await.unwrap().is_empty());
}

#[test]
fn no_words_and_names_of_a_filter_are_printed() {
    let assignee = Some(AssigneeFilter::Key("name:Secret".to_owned()));
    let filter = Filter { words: vec!["secret".to_owned()], assignee: assignee.clone(), ..Filter::default() };
    let printed = format!("{filter:?} {assignee:?}").to_lowercase();
    assert!(!printed.contains("secret"), "{printed}");
}
