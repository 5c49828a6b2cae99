use std::collections::BTreeSet;

use domain::case::{Assignee, Author, Change, Edit, Event, Status};
use domain::conversation::{Conversation, Stage};
use domain::ids::CaseNumber;
use futures::StreamExt as _;

use super::{
    at, bug, case, current, filed, is_conflict, opened, person, sid, store, stored, transferring, unmoved, with_agent,
};
use crate::items::s;
use crate::{Progress, Store, StoreError, keys};

async fn numbers(store: &Store, index: &str, key: &str, value: &str) -> Vec<String> {
    let answer = store
        .client
        .query()
        .table_name(&store.table)
        .index_name(index)
        .key_condition_expression(format!("{key} = :value"))
        .expression_attribute_values(":value", s(value))
        .scan_index_forward(false)
        .send()
        .await;
    answer.unwrap().items().iter().map(|item| super::attribute(item, "case_number")).collect()
}

#[tokio::test]
async fn case_numbers_count_from_one_and_are_never_given_twice() {
    let store = store().await;
    assert_eq!(store.next_case_number().await.unwrap(), CaseNumber(1));
    let more = futures::future::join_all((0..30).map(|_| store.next_case_number())).await;
    let more: BTreeSet<_> = more.into_iter().map(Result::unwrap).collect();
    assert_eq!(more, (2..=31).map(CaseNumber).collect());
}

#[tokio::test]
async fn a_transfer_files_its_case_and_ties_it_to_the_conversation() {
    let store = store().await;
    let conversation = stored(&store, 1, Stage::WithAssistant).await;
    let case = case(12);
    store.create_transfer_case(&case, &opened(&case), &conversation, &transferring("a")).await.unwrap();
    let expected = Conversation { stage: transferring("a"), case: Some(CaseNumber(12)), ..conversation };
    assert_eq!(current(&store).await, expected);
    assert_eq!(store.case(CaseNumber(12)).await.unwrap(), Some(case.clone()));
    assert_eq!(store.case_events(CaseNumber(12)).await.unwrap(), [opened(&case)]);
    // The index of the conversations does not hold the case.
    assert_eq!(store.conversation_by_sid(&sid(1)).await.unwrap().map(unmoved), Some(expected));
}

#[tokio::test]
async fn a_transfer_that_comes_second_leaves_nothing_behind() {
    let store = store().await;
    let conversation = stored(&store, 1, Stage::WithAssistant).await;
    let (first, second) = (case(1), case(2));
    store.create_transfer_case(&first, &opened(&first), &conversation, &transferring("a")).await.unwrap();
    let after = current(&store).await;
    // By somebody else, by the same one with what it read first and last, and with the number that is taken.
    for (case, read) in [(&second, &conversation), (&second, &after), (&first, &after), (&first, &conversation)] {
        for by in ["a", "b"] {
            let refused = store.create_transfer_case(case, &opened(case), read, &transferring(by)).await;
            assert!(is_conflict(&refused), "{refused:?}");
        }
    }
    assert_eq!(store.case(CaseNumber(2)).await.unwrap(), None);
    assert_eq!(store.case_events(CaseNumber(2)).await.unwrap(), []);
    assert_eq!(store.case_events(CaseNumber(1)).await.unwrap(), [opened(&first)]);
    assert_eq!(current(&store).await, after);
}

#[tokio::test]
async fn a_conversation_read_before_an_earlier_transfer_gets_no_second_case() {
    let store = store().await;
    let read = stored(&store, 1, Stage::WithAssistant).await;
    let (first, second) = (case(1), case(2));
    store.create_transfer_case(&first, &opened(&first), &read, &transferring("a")).await.unwrap();
    store.advance(&current(&store).await, &Stage::WithAssistant, &Progress::default()).await.unwrap();
    let refused = store.create_transfer_case(&second, &opened(&second), &read, &transferring("b")).await;
    assert!(is_conflict(&refused), "{refused:?}");
    assert_eq!(current(&store).await.case, Some(CaseNumber(1)));
}

#[tokio::test]
async fn of_two_transfers_at_once_one_gets_its_case() {
    let store = store().await;
    let conversation = stored(&store, 1, Stage::WithAssistant).await;
    let (first, second) = (case(1), case(2));
    let (events, stages) = ((opened(&first), opened(&second)), (transferring("a"), transferring("b")));
    let (one, other) = tokio::join!(
        store.create_transfer_case(&first, &events.0, &conversation, &stages.0),
        store.create_transfer_case(&second, &events.1, &conversation, &stages.1),
    );
    assert_ne!(one.is_ok(), other.is_ok());
    let tied = current(&store).await.case.unwrap();
    assert_eq!(tied, if one.is_ok() { first.number } else { second.number });
    assert!(store.case(tied).await.unwrap().is_some());
    assert!(is_conflict(&one) || is_conflict(&other));
}

#[tokio::test]
async fn a_change_made_of_an_old_version_is_refused_and_leaves_no_line() {
    let store = store().await;
    let conversation = stored(&store, 1, Stage::WithAssistant).await;
    let first = case(1);
    store.create_transfer_case(&first, &opened(&first), &conversation, &transferring("a")).await.unwrap();
    let agent = || Author::Agent("Alex".to_owned());
    let take = Change::status(Status::Open, agent(), "took it").assigned_to(Assignee::named("Alex"));
    let (taken, took) = first.apply(&take, at(5)).unwrap().unwrap();
    store.change_case(&taken, &took).await.unwrap();
    let resolve = Change::status(Status::Resolved, Author::Desk, "done");
    let (resolved, done) = first.apply(&resolve, at(6)).unwrap().unwrap();
    assert!(is_conflict(&store.change_case(&resolved, &done).await));
    assert!(is_conflict(&store.change_case(&taken, &took).await), "the same change twice");
    assert_eq!(store.case(first.number).await.unwrap(), Some(taken.clone()));
    assert_eq!(store.case_events(first.number).await.unwrap(), [opened(&first), took.clone()]);

    let (noted, note) = taken.apply(&Change::note(Author::Person(person()), "seen"), at(7)).unwrap().unwrap();
    store.change_case(&noted, &note).await.unwrap();
    let events: Vec<Event> = store.case_events(first.number).await.unwrap();
    assert_eq!(events, [opened(&first), took, note]);

    let nobodys = case(99).apply(&resolve, at(6)).unwrap().unwrap();
    assert!(is_conflict(&store.change_case(&nobodys.0, &nobodys.1).await), "there is no such case");
    assert_eq!(store.case(CaseNumber(99)).await.unwrap(), None);
}

#[tokio::test]
async fn a_stage_and_its_case_move_together_or_not_at_all() {
    let store = store().await;
    let conversation = stored(&store, 1, Stage::WithAssistant).await;
    let first = case(1);
    store.create_transfer_case(&first, &opened(&first), &conversation, &transferring("a")).await.unwrap();
    let read = current(&store).await;
    let join =
        Change::status(Status::Open, Author::Agent("Alex".to_owned()), "joined").assigned_to(Assignee::named("Alex"));
    let (joined, event) = first.apply(&join, at(5)).unwrap().unwrap();
    let step = Progress::default();

    let joining = with_agent("Alex");
    let moved_on = Conversation { stage: Stage::Waiting, ..read.clone() };
    assert!(is_conflict(&store.advance_with_case(&moved_on, &joining, &step, &joined, &event).await));
    assert_eq!(store.case(first.number).await.unwrap(), Some(first.clone()));

    store.advance_with_case(&read, &joining, &step, &joined, &event).await.unwrap();
    assert_eq!(current(&store).await.stage, joining);
    assert_eq!(store.case(first.number).await.unwrap(), Some(joined));

    let with_agent = current(&store).await;
    let stale = first.apply(&join, at(6)).unwrap().unwrap();
    assert!(is_conflict(&store.advance_with_case(&with_agent, &Stage::Closed, &step, &stale.0, &stale.1).await));
    assert_eq!(current(&store).await, with_agent);
    assert_eq!(store.case_events(first.number).await.unwrap().len(), 2);
}

#[tokio::test]
async fn two_hundred_changes_at_once_are_two_hundred_lines() {
    let store = store().await;
    let conversation = stored(&store, 1, Stage::WithAssistant).await;
    let first = case(1);
    store.create_transfer_case(&first, &opened(&first), &conversation, &transferring("a")).await.unwrap();
    let changes = (0..200).map(|number| {
        let store = store.clone();
        async move {
            let change = Change::note(Author::Desk, &number.to_string());
            loop {
                let read = store.case(CaseNumber(1)).await.unwrap().unwrap();
                let (changed, event) = read.apply(&change, at(1)).unwrap().unwrap();
                match store.change_case(&changed, &event).await {
                    Ok(()) => return,
                    Err(StoreError::Conflict(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    });
    // Each round of those who try at the same moment has one winner: with all two hundred in it, that would be 20,000 tries.
    futures::stream::iter(changes).buffer_unordered(3).collect::<()>().await;
    assert_eq!(store.case(CaseNumber(1)).await.unwrap().unwrap().version, 201);
    let events = store.case_events(CaseNumber(1)).await.unwrap();
    assert!(events.iter().map(|event| event.version).eq(1..=201));
    let reasons: BTreeSet<_> = events.iter().skip(1).map(|event| event.reason.clone()).collect();
    assert_eq!(reasons, (0..200).map(|number: u32| number.to_string()).collect());
}

#[tokio::test]
async fn cases_are_found_by_status_and_by_person_the_newest_first() {
    let store = store().await;
    for number in [2, 10, 9] {
        let conversation = stored(&store, 1, Stage::WithAssistant).await;
        let case = case(number);
        store.create_transfer_case(&case, &opened(&case), &conversation, &transferring("a")).await.unwrap();
    }
    let (resolved, event) =
        case(9).apply(&Change::status(Status::Resolved, Author::Desk, "done"), at(1)).unwrap().unwrap();
    store.change_case(&resolved, &event).await.unwrap();
    assert_eq!(numbers(&store, "cases-by-status", "list_status", "0#new").await, ["10", "2"]);
    assert_eq!(numbers(&store, "cases-by-status", "list_status", "0#resolved").await, ["9"]);
    assert_eq!(numbers(&store, "cases-by-reporter", "reporter", "7").await, ["10", "9", "2"]);
}

#[tokio::test]
async fn a_long_history_is_read_to_its_end() {
    let store = store().await;
    let case = case(1);
    let long = "x".repeat(30_000);
    for version in 1..=50 {
        let event = Event { version, ..case.opened(Author::Desk, &long) };
        super::put(&store, crate::items::event_item(case.number, &event)).await;
    }
    let page = store
        .client
        .query()
        .table_name(&store.table)
        .key_condition_expression("PK = :case")
        .expression_attribute_values(":case", s(keys::case(case.number)))
        .send()
        .await
        .unwrap();
    assert!(page.last_evaluated_key().is_some(), "one page does not hold it");
    assert_eq!(store.case_events(case.number).await.unwrap().len(), 50);
}

#[test]
fn a_case_from_before_there_could_be_several_conversations_has_its_one() {
    let mut item = crate::items::case_item(&case(1));
    assert!(item.remove("conversations").is_some());
    assert_eq!(crate::items::case(&item).unwrap().conversations, [sid(1)]);
    item.remove("case_conversation_sid");
    assert_eq!(crate::items::case(&item).unwrap().conversations, []);
}

#[tokio::test]
async fn a_case_goes_on_in_a_conversation_that_has_none() {
    let store = store().await;
    let open = stored(&store, 2, Stage::WithAssistant).await;
    let old = case(12);
    filed(&store, &old).await;
    let change = Change::edits(vec![Edit::Conversation(sid(2))], Author::Desk, "");
    let (case, event) = old.apply(&change, at(5)).unwrap().unwrap();
    let tied = Conversation { case: Some(case.number), continues: Some(sid(1)), ..open.clone() };
    store.continue_in(&open, &tied, &case, &event).await.unwrap();
    assert_eq!(current(&store).await, tied);
    assert_eq!(store.case(case.number).await.unwrap().unwrap().conversations, [sid(1), sid(2)]);
    // Once, and in none that has a case or has moved on.
    let other = bug(13);
    filed(&store, &other).await;
    let (other, event) = other.apply(&change, at(6)).unwrap().unwrap();
    for read in [&open, &tied, &Conversation { stage: Stage::Waiting, ..open.clone() }] {
        let refused = store.continue_in(read, &tied, &other, &event).await;
        assert!(is_conflict(&refused), "{refused:?}");
    }
    assert_eq!(store.case(other.number).await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn a_case_waits_for_the_next_conversation_until_it_goes_on() {
    let store = store().await;
    assert_eq!(store.case_to_continue(person()).await.unwrap(), None);
    store.case_continued(person(), CaseNumber(1)).await.unwrap();
    store.continue_case(person(), CaseNumber(1)).await.unwrap();
    store.continue_case(person(), CaseNumber(2)).await.unwrap();
    assert_eq!(store.case_to_continue(person()).await.unwrap(), Some(CaseNumber(2)), "the last one");
    store.case_continued(person(), CaseNumber(1)).await.unwrap();
    assert_eq!(store.case_to_continue(person()).await.unwrap(), Some(CaseNumber(2)));
    store.case_continued(person(), CaseNumber(2)).await.unwrap();
    assert_eq!(store.case_to_continue(person()).await.unwrap(), None);
    store.continue_case(person(), CaseNumber(3)).await.unwrap();
    store.erase_person(person(), None).await.unwrap();
    assert_eq!(super::raw(&store, &keys::person(person()), keys::CONTINUES).await, None);
}
