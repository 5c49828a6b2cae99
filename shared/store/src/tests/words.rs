use std::collections::BTreeSet;

use domain::case::{Author, Case, Edit, Kind, Status};
use domain::ids::CaseNumber;

use super::{bug, changed, everything, filed, server, store};
use crate::items::{n, s};
use crate::table::putting;
use crate::words::{Indexed, WORD_BYTES_MAX, WORDS_MAX};
use crate::{Filter, Store, keys};

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

async fn found(store: &Store, word: &str) -> Vec<u64> {
    let filter = Filter { words: vec![word.to_owned()], ..Filter::default() };
    let page = store.cases(Some(server()), &filter, None, 50).await.unwrap();
    page.cases.iter().map(|case| case.number.0).collect()
}

async fn doubles(store: &Store, kind: Kind, word: &str) -> Vec<u64> {
    let found = store.open_reports_with(Some(server()), kind, word, 50).await.unwrap();
    found.iter().map(|number| number.0).collect()
}

/// The partitions of words that hold something.
async fn postings(store: &Store) -> BTreeSet<String> {
    let all = everything(store).await;
    let keys = all.iter().map(|item| super::attribute(item, keys::PK));
    keys.filter(|key| key.starts_with("WORD#") || key.starts_with("OPENWORD#")).collect()
}

#[tokio::test]
async fn a_case_is_found_by_its_words_as_they_are_now() {
    let store = store().await;
    let case = bug(3);
    filed(&store, &case).await;
    store.index_case(&case, &words("map empty"), &words("map")).await.unwrap();
    assert_eq!((found(&store, "map").await, found(&store, "empty").await), (vec![3], vec![3]));
    assert_eq!(doubles(&store, Kind::Bug, "map").await, [3]);
    assert_eq!(doubles(&store, Kind::Bug, "empty").await, [] as [u64; 0]);
    assert_eq!(doubles(&store, Kind::Feature, "map").await, [] as [u64; 0]);

    store.index_case(&case, &words("empty crash"), &words("crash")).await.unwrap();
    let expected = ["OPENWORD#77#bug#crash", "WORD#77#crash", "WORD#77#empty"].map(str::to_owned);
    assert_eq!(postings(&store).await, BTreeSet::from(expected.clone()));
    let indexed = store.indexed(&case).await.unwrap();
    assert_eq!(indexed, Indexed { words: BTreeSet::from(expected), settled: true });

    // Another kind stands in another list of possible doubles.
    let wish = changed(&store, case.number, Author::Desk, vec![Edit::Kind(Kind::Feature)]).await;
    store.index_case(&wish, &words("crash"), &words("crash")).await.unwrap();
    assert_eq!(
        postings(&store).await,
        BTreeSet::from(["OPENWORD#77#feature#crash", "WORD#77#crash"].map(str::to_owned))
    );
}

#[tokio::test]
async fn what_is_as_it_should_be_is_not_written_again() {
    let store = store().await;
    let case = bug(3);
    store.index_case(&case, &words("map"), &words("map")).await.unwrap();
    // What was taken away behind its back stays away: nothing is written.
    store.delete_all([(s("WORD#77#map"), s(keys::case_of_many(case.number)))]).await.unwrap();
    store.index_case(&case, &words("map"), &words("map")).await.unwrap();
    assert_eq!(postings(&store).await, words("OPENWORD#77#bug#map"));
}

#[tokio::test]
async fn only_open_reports_are_possible_doubles() {
    let store = store().await;
    for (number, kind, status) in [
        (1, Kind::Bug, Status::Reopened),
        (2, Kind::Bug, Status::Resolved),
        (3, Kind::Bug, Status::Closed),
        (4, Kind::Support, Status::New),
        (5, Kind::Bug, Status::WaitingForUs),
    ] {
        let case = Case { kind, status, ..bug(number) };
        filed(&store, &case).await;
        // It was a new report before.
        store
            .index_case(&Case { kind: Kind::Bug, status: Status::New, ..case.clone() }, &words("map"), &words("map"))
            .await
            .unwrap();
        store.index_case(&case, &words("map"), &words("map")).await.unwrap();
    }
    assert_eq!(doubles(&store, Kind::Bug, "map").await, [5, 1], "the newest first");
    assert_eq!(store.open_reports_with(Some(server()), Kind::Bug, "map", 1).await.unwrap(), [CaseNumber(5)]);
    assert_eq!(doubles(&store, Kind::Support, "map").await, [] as [u64; 0]);
    assert_eq!(found(&store, "map").await, [5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn a_repetition_after_a_crash_at_any_point_ends_as_one_without() {
    let keys_of = |words: &[&str]| words.iter().map(|word| format!("WORD#77#{word}")).collect::<BTreeSet<_>>();
    let posting = |word: &str, case: &Case| {
        let key = [(keys::PK, s(format!("WORD#77#{word}"))), (keys::SK, s(keys::case_of_many(case.number)))];
        let posting = key.into_iter().chain([("case", n(case.number))]);
        putting(posting.map(|(name, value)| (name.to_owned(), value)).collect())
    };
    // The words were `old kept` and become `kept new more`; so many of the writes were made.
    for writes in 0..=4 {
        for then in ["kept new more", "kept", "", "other"] {
            let store = store().await;
            let case = bug(3);
            filed(&store, &case).await;
            store.index_case(&case, &words("old kept"), &BTreeSet::new()).await.unwrap();
            let both = Indexed { words: keys_of(&["old", "kept", "new", "more"]), settled: false };
            store.set_indexed(&case, &both).await.unwrap();
            if writes >= 1 {
                store.write_all(vec![posting("new", &case)]).await.unwrap();
            }
            if writes >= 2 {
                store.write_all(vec![posting("more", &case)]).await.unwrap();
            }
            if writes >= 3 {
                store.delete_all([(s("WORD#77#old"), s(keys::case_of_many(case.number)))]).await.unwrap();
            }
            if writes >= 4 {
                let settled = Indexed { words: keys_of(&["kept", "new", "more"]), settled: true };
                store.set_indexed(&case, &settled).await.unwrap();
            }
            store.index_case(&case, &words(then), &BTreeSet::new()).await.unwrap();
            let expected = keys_of(&then.split_whitespace().collect::<Vec<_>>());
            assert_eq!(postings(&store).await, expected, "{writes} writes, then {then:?}");
            assert_eq!(store.indexed(&case).await.unwrap(), Indexed { words: expected, settled: true });
        }
    }
}

#[tokio::test]
async fn words_that_no_key_holds_are_left_out() {
    let store = store().await;
    let long = "x".repeat(WORD_BYTES_MAX + 1);
    let some = BTreeSet::from([String::new(), long, "y".repeat(WORD_BYTES_MAX), "map".to_owned()]);
    store.index_case(&bug(3), &some, &some).await.unwrap();
    assert_eq!(postings(&store).await.len(), 4);
    let many: BTreeSet<_> = (0..2 * WORDS_MAX).map(|number| format!("w{number}")).collect();
    store.index_case(&bug(4), &many, &BTreeSet::new()).await.unwrap();
    assert_eq!(store.indexed(&bug(4)).await.unwrap().words.len(), WORDS_MAX);
}
