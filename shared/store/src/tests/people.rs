use std::collections::BTreeSet;

use domain::case::{Assignee, Author, Case, Edit, Event, Field, Kind, Severity, Status};
use domain::conversation::{Conversation, Stage};
use domain::ids::{CaseNumber, PersonId};
use domain::report::Vote;

use super::reports::draft;
use super::{at, bug, case, changed, conversation, everything, filed, is_conflict, person, server, sid, store};
use crate::items::conversation_item;
use crate::{ERASED_NAME, PersonTraces, Store, keys};

/// A person whose ID and name occur in nothing else.
const ID: u64 = 987_654_321;
const NAME: &str = "Zephyrine";

fn zephyrine() -> PersonId {
    PersonId::new(ID).unwrap()
}

fn moderator() -> Author {
    Author::Moderator { id: zephyrine(), name: NAME.to_owned() }
}

fn another_moderator() -> Author {
    Author::Moderator { id: PersonId::new(55).unwrap(), name: "Kim".to_owned() }
}

fn reported(case: Case) -> Case {
    Case { reporter: Some(zephyrine()), reporter_name: NAME.to_owned(), ..case }
}

fn traces(items: &[crate::items::Item]) -> Vec<String> {
    let printed = items.iter().map(|item| format!("{item:?}"));
    printed.filter(|text| text.contains(&ID.to_string()) || text.contains(NAME)).collect()
}

/// The person as everything that one can be: case 1 is their report, case 2 their chat, case 3 was assigned to them for a while,
/// case 4 is assigned to them, case 5 was filed by them for somebody else, case 6 has their vote.
async fn life(store: &Store) {
    let alex = || Edit::Assignee(Some(Assignee::named("Alex")));
    let theirs = || Edit::Assignee(Some(Assignee::member(zephyrine(), NAME)));

    let report = reported(bug(1));
    store.file_case("1", &report, &report.opened(Author::Person(zephyrine()), "")).await.unwrap();
    changed(store, report.number, another_moderator(), vec![Edit::Title("The map is quite empty".to_owned())]).await;

    let chat = reported(Case { text: format!("I am {NAME}"), title: format!("{NAME} needs help"), ..case(2) });
    let answer = domain::case::Answer { question: "where".to_owned(), answer: format!("{NAME}'s PC") };
    let chat = Case { answers: vec![answer], ..chat };
    store.file_case("2", &chat, &chat.opened(Author::Person(zephyrine()), "asked for an agent")).await.unwrap();
    let texts = vec![
        Edit::Title(format!("{NAME}'s sound is gone")),
        Edit::Text(format!("{NAME} hears nothing")),
        Edit::RatingComment(format!("{NAME} is happy")),
    ];
    changed(store, chat.number, Author::Agent("Alex".to_owned()), texts).await;

    for number in [3, 4] {
        filed(store, &bug(number)).await;
        changed(store, CaseNumber(number), another_moderator(), vec![theirs()]).await;
    }
    changed(store, CaseNumber(3), another_moderator(), vec![alex()]).await;
    changed(store, CaseNumber(4), moderator(), vec![Edit::Status(Status::Open)]).await;
    store.remember_assignee(Some(server()), &Assignee::member(zephyrine(), NAME)).await.unwrap();

    let for_another = bug(5);
    store.file_case("5", &for_another, &for_another.opened(moderator(), "filed by hand")).await.unwrap();

    filed(store, &bug(6)).await;
    let counted = store.vote(&bug(6), zephyrine(), at(3)).await.unwrap();
    assert_eq!(counted, Vote::Counted(1));

    store
        .keep_draft(&domain::report::Draft { reporter: zephyrine(), reporter_name: NAME.to_owned(), ..draft("9") })
        .await
        .unwrap();
    for generation in [1, 2] {
        let of_theirs = Conversation {
            person: zephyrine(),
            display_name: NAME.to_owned(),
            ..conversation(generation, Stage::Closed)
        };
        let mut item = conversation_item(&of_theirs);
        if generation == 1 {
            item.insert(keys::SK.to_owned(), crate::items::s(keys::earlier_conversation(generation)));
        }
        super::put(store, item).await;
    }
}

/// Erases the person as somebody does who knows where something is kept of them.
async fn erase(store: &Store, traces: &PersonTraces) {
    store.erase_assignee(zephyrine(), None, traces).await.unwrap();
    for number in &traces.cases {
        store.erase_from_case(*number, zephyrine(), "A chat", at(50)).await.unwrap();
    }
    store.erase_person(zephyrine(), None).await.unwrap();
}

#[tokio::test]
async fn everything_that_is_kept_of_a_person_is_found() {
    let store = store().await;
    assert!(store.person_data(zephyrine()).await.unwrap().is_empty());
    life(&store).await;
    let data = store.person_data(zephyrine()).await.unwrap();
    let cases: Vec<_> = data.cases.iter().map(|(case, events)| (case.number.0, events.len())).collect();
    assert_eq!(cases, [(2, 2), (1, 2)]);
    assert_eq!(data.cases[1].1, store.case_events(CaseNumber(1)).await.unwrap());
    assert_eq!(data.worked_on, [3, 4, 5].map(CaseNumber));
    assert_eq!(data.votes, [(CaseNumber(6), at(3))]);
    assert_eq!(data.drafts.iter().map(|draft| draft.id.as_str()).collect::<Vec<_>>(), ["9"]);
    let generations: Vec<_> = data.conversations.iter().map(|conversation| conversation.generation).collect();
    assert_eq!(generations, [2, 1]);
    assert!(!data.is_empty());
    assert!(traces(&everything(&store).await).len() > 10, "the tests below look for something that is there");

    let anothers = store.person_data(PersonId::new(55).unwrap()).await.unwrap();
    assert_eq!(anothers.worked_on, [1, 3, 4].map(CaseNumber));
    assert_eq!((anothers.cases.len(), anothers.votes.len()), (0, 0));
}

#[tokio::test]
async fn nothing_of_a_person_is_left_and_the_cases_keep_their_facts() {
    let store = store().await;
    life(&store).await;
    let counts = store.case_counts(Some(server())).await.unwrap();
    let data = store.person_data(zephyrine()).await.unwrap();
    let found = store.person_traces(zephyrine()).await.unwrap();
    assert_eq!((found.cases.len(), found.votes, found.conversations.len()), (5, 1, 2));
    erase(&store, &found).await;
    assert_eq!(traces(&everything(&store).await), [] as [String; 0]);
    assert!(store.person_data(zephyrine()).await.unwrap().is_empty());

    let report = store.case(CaseNumber(1)).await.unwrap().unwrap();
    let before = &data.cases[1].0;
    let expected = Case {
        reporter: None,
        reporter_name: ERASED_NAME.to_owned(),
        version: before.version + 1,
        updated_at: at(50),
        ..before.clone()
    };
    assert!(report == expected, "a report keeps what was reported");
    let events = store.case_events(CaseNumber(1)).await.unwrap();
    let authors: Vec<_> = events.iter().map(|event| event.author.clone()).collect();
    assert_eq!(authors, [Author::Erased, another_moderator(), Author::Desk]);
    assert_eq!(events[1], data.cases[1].1[1], "what others did stays as it was");
    assert_eq!((events[0].at, events[0].to, events[0].version), (at(0), Some(Status::New), 1));

    let chat = store.case(CaseNumber(2)).await.unwrap().unwrap();
    assert_eq!((chat.title.as_str(), chat.text.as_str(), chat.reporter_name.as_str()), ("A chat", "", ERASED_NAME));
    assert!((chat.reporter, &chat.answers, &chat.conversations) == (None, &vec![], &vec![]));
    let events = store.case_events(CaseNumber(2)).await.unwrap();
    let fields: Vec<_> = events[1].changes.iter().map(|change| (change.field, change.to.as_deref())).collect();
    assert_eq!(
        fields,
        [
            (Field::Title, Some(ERASED_NAME)),
            (Field::Text, Some(ERASED_NAME)),
            (Field::RatingComment, Some(ERASED_NAME))
        ]
    );

    let sides = async |number| {
        let events = store.case_events(CaseNumber(number)).await.unwrap();
        let changes = events.iter().flat_map(|event| event.changes.clone());
        changes.map(|change| (change.from.unwrap_or_default(), change.to.unwrap_or_default())).collect::<Vec<_>>()
    };
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert_eq!(sides(3).await, [pair("", ERASED_NAME), pair(ERASED_NAME, "Alex")]);
    assert_eq!(store.case(CaseNumber(3)).await.unwrap().unwrap().assignee, Some(Assignee::named("Alex")));
    assert_eq!(sides(4).await, [pair("", ERASED_NAME)]);
    let four = store.case(CaseNumber(4)).await.unwrap().unwrap();
    assert_eq!((four.assignee, four.reporter, four.status), (None, Some(person()), Status::Open));
    let five = store.case(CaseNumber(5)).await.unwrap().unwrap();
    assert_eq!(five.reporter_name, "Ada", "whose case it is stays");

    assert_eq!(store.case(CaseNumber(6)).await.unwrap().unwrap().votes, 1, "the number of votes stays");
    assert_eq!(store.case_counts(Some(server())).await.unwrap(), counts);
    assert!(store.assignees(Some(server())).await.unwrap().is_empty());
    let unassigned = crate::Filter { assignee: Some(crate::AssigneeFilter::Nobody), ..crate::Filter::default() };
    let unassigned = store.cases(Some(server()), &unassigned, None, 50).await.unwrap().cases;
    assert!(unassigned.iter().any(|case| case.number.0 == 4), "the lists know it, too");
    let due = store.cases_with_news(at(50 + 60), 50).await.unwrap();
    assert!(due.contains(&CaseNumber(1)), "the board's card is to lose the name");
}

#[tokio::test]
async fn erasing_again_is_harmless_and_a_crash_in_between_is_made_up_for() {
    let store = store().await;
    life(&store).await;
    let found = store.person_traces(zephyrine()).await.unwrap();
    // It got as far as the first two cases and an earlier conversation, and knows of the rest only by what is kept.
    store.erase_assignee(zephyrine(), None, &found).await.unwrap();
    for number in [2, 3].map(CaseNumber) {
        let erased = store.erase_from_case(number, zephyrine(), "A chat", at(49)).await.unwrap();
        assert!(erased == store.case(number).await.unwrap() && erased.is_some());
        assert!(store.erase_from_case(number, zephyrine(), "A chat", at(49)).await.unwrap().is_none());
    }
    store.erase_earlier_conversation(zephyrine(), 1).await.unwrap();
    let rest = store.person_traces(zephyrine()).await.unwrap();
    assert_eq!(rest.cases, BTreeSet::from([1, 4, 5].map(CaseNumber)), "what is done is not looked at again");
    assert_eq!(rest.conversations.iter().map(|it| it.generation).collect::<Vec<_>>(), [2]);
    erase(&store, &rest).await;
    assert_eq!(traces(&everything(&store).await), [] as [String; 0]);

    let after = sorted(&store).await;
    erase(&store, &found).await;
    assert!(sorted(&store).await == after);
}

async fn sorted(store: &Store) -> Vec<crate::items::Item> {
    let mut items = everything(store).await;
    items.sort_by_key(|item| (super::attribute(item, keys::PK), super::attribute(item, keys::SK)));
    items
}

#[tokio::test]
async fn of_a_chat_only_what_its_own_person_said_goes() {
    let store = store().await;
    let chat = case(1);
    filed(&store, &chat).await;
    changed(&store, chat.number, moderator(), vec![Edit::Title("Ada hears nothing".to_owned())]).await;
    store.erase_from_case(chat.number, zephyrine(), "A chat", at(50)).await.unwrap();
    let after = store.case(chat.number).await.unwrap().unwrap();
    assert_eq!(
        (after.title.as_str(), after.reporter, after.conversations),
        ("Ada hears nothing", Some(person()), vec![sid(1)])
    );
    let events = store.case_events(chat.number).await.unwrap();
    assert_eq!(events[1].author, Author::Erased);
    assert_eq!(events[1].changes[0].to.as_deref(), Some("Ada hears nothing"));
}

#[tokio::test]
async fn somebody_elses_change_comes_first_and_a_stranger_is_in_no_case() {
    let store = store().await;
    let report = reported(bug(1));
    filed(&store, &report).await;
    let read = store.case_of_person(report.number, zephyrine()).await.unwrap().unwrap();
    let newer = changed(&store, report.number, Author::Desk, vec![Edit::Rating(4)]).await;
    assert!(is_conflict(&store.erase_from(read, zephyrine(), "", at(50)).await));
    assert!(store.case(report.number).await.unwrap() == Some(newer.clone()));
    let stranger = PersonId::new(3).unwrap();
    assert!(store.erase_from_case(report.number, stranger, "", at(50)).await.unwrap().is_none());
    assert!(store.case(report.number).await.unwrap() == Some(newer), "not even a line in its history");
    assert!(
        store.erase_from_case(CaseNumber(9), stranger, "", at(50)).await.unwrap().is_none(),
        "no case, nobody in it"
    );
}

#[tokio::test]
async fn a_name_that_comes_while_it_is_erased_is_not_forgotten() {
    let store = store().await;
    let theirs = |name: &str| Edit::Assignee(Some(Assignee::member(zephyrine(), name)));
    filed(&store, &bug(1)).await;
    changed(&store, CaseNumber(1), another_moderator(), vec![theirs(NAME)]).await;
    changed(&store, CaseNumber(1), another_moderator(), vec![Edit::Assignee(None)]).await;
    // Everything was taken out already but for who worked on it, and then they are given the case again.
    store.erase_from_case(CaseNumber(1), zephyrine(), "", at(48)).await.unwrap();
    changed(&store, CaseNumber(1), another_moderator(), vec![theirs(NAME)]).await;
    let read = store.case_of_person(CaseNumber(1), zephyrine()).await.unwrap().unwrap();
    changed(&store, CaseNumber(1), another_moderator(), vec![theirs("Zephyrine the Second")]).await;
    assert!(is_conflict(&store.erase_from(read, zephyrine(), "", at(50)).await));
    erase(&store, &store.person_traces(zephyrine()).await.unwrap()).await;
    assert_eq!(traces(&everything(&store).await), [] as [String; 0]);
}

#[tokio::test]
async fn a_long_history_is_rewritten_to_its_end() {
    let store = store().await;
    filed(&store, &bug(1)).await;
    for turn in 0..100 {
        let severity = if turn % 2 == 0 { Severity::High } else { Severity::Low };
        changed(&store, CaseNumber(1), moderator(), vec![Edit::Severity(severity)]).await;
    }
    let before = store.case(CaseNumber(1)).await.unwrap().unwrap();
    let erased = store.erase_from_case(CaseNumber(1), zephyrine(), "", at(50)).await.unwrap().unwrap();
    assert_eq!(erased.version, before.version + 1);
    let events = store.case_events(CaseNumber(1)).await.unwrap();
    assert_eq!(events.iter().filter(|event| event.author == Author::Erased).count(), 100);
    assert_eq!(events.len(), 102);
    assert_eq!(traces(&everything(&store).await), [] as [String; 0]);
}

#[tokio::test]
async fn whoever_files_a_case_with_an_assignee_leaves_both_names() {
    let store = store().await;
    let assigned = Case { assignee: Some(Assignee::member(zephyrine(), NAME)), kind: Kind::Feature, ..bug(1) };
    store.file_case("1", &assigned, &assigned.opened(another_moderator(), "")).await.unwrap();
    // One who is both leaves both of their names.
    let itself = Edit::Assignee(Some(Assignee::member(zephyrine(), "Zephyrine the Second")));
    changed(&store, assigned.number, moderator(), vec![itself]).await;
    for who in [zephyrine(), PersonId::new(55).unwrap()] {
        assert_eq!(store.person_data(who).await.unwrap().worked_on, [assigned.number]);
    }
    erase(&store, &store.person_traces(zephyrine()).await.unwrap()).await;
    assert_eq!(traces(&everything(&store).await), [] as [String; 0]);
    let event: Event = store.case_events(assigned.number).await.unwrap().remove(1);
    assert!(event.changes[0].from.is_some() && event.changes[0].to.is_some());
    assert_eq!(event.author, Author::Erased);
}
