use std::collections::{BTreeMap, BTreeSet};

use domain::case::{
    Answer, Assignee, Author, BoardPost, Case, CaseFile, Change, Edit, Event, Field, FieldChange, Kind, Priority,
    Severity, Status,
};
use domain::ids::{AttachmentId, CaseNumber, ChannelId, DiscordMessageId, PersonId, TagId};
use domain::report::{DRAFT_SECONDS, Draft, Upload, Vote};
use futures::StreamExt as _;

use super::{at, bug, case, changed, everything, filed, is_conflict, opened, person, raw, server, store};
use crate::items::s;
use crate::{Board, Filed, Store, keys};

pub(super) fn draft(id: &str) -> Draft {
    Draft {
        id: id.to_owned(),
        kind: Kind::Bug,
        reporter: person(),
        reporter_name: "Ada".to_owned(),
        locale: "en-US".to_owned(),
        server: None,
        channel: None,
        title: "The map".to_owned(),
        text: String::new(),
        steps: String::new(),
        platform: None,
        severity: None,
        files: Vec::new(),
        at: at(0),
    }
}

/// A draft in which nothing is left out.
pub(super) fn full_draft(id: &str) -> Draft {
    let upload = |number| Upload {
        id: AttachmentId::new(number).unwrap(),
        name: "map.png".to_owned(),
        size: 12,
        url: "https://cdn.example/map.png".to_owned(),
    };
    Draft {
        server: Some(server()),
        channel: ChannelId::new(5),
        text: "Nothing is drawn.".to_owned(),
        steps: "Open it.".to_owned(),
        platform: Some("android".to_owned()),
        severity: Some(Severity::High),
        files: vec![upload(1), upload(2)],
        ..draft(id)
    }
}

/// A case in which nothing is left out.
pub(super) fn full_case(number: u64) -> Case {
    Case {
        status: Status::Resolved,
        severity: Severity::Critical,
        priority: Priority::Urgent,
        answers: vec![Answer { question: "steps".to_owned(), answer: "Open it.".to_owned() }],
        channel: ChannelId::new(5),
        conversations: vec![super::sid(3), super::sid(4)],
        assignee: Some(Assignee::named("Alex")),
        board: Some(post(1)),
        files: vec![file(1), file(2)],
        links: [2, 10].map(CaseNumber).to_vec(),
        votes: 3,
        rating: Some(4),
        rating_comment: None,
        done_at: Some(at(9)),
        ..bug(number)
    }
}

fn post(number: u64) -> BoardPost {
    let channel = |more| ChannelId::new(number * 100 + more).unwrap();
    BoardPost { board: channel(1), channel: channel(2), thread: channel(3), card: DiscordMessageId::new(4).unwrap() }
}

fn file(number: u64) -> CaseFile {
    CaseFile {
        name: "map.png".to_owned(),
        content_type: "image/png".to_owned(),
        size: 12,
        channel: ChannelId::new(3).unwrap(),
        message: DiscordMessageId::new(4).unwrap(),
        attachment: AttachmentId::new(number).unwrap(),
    }
}

fn somebody(number: u64) -> PersonId {
    PersonId::new(1000 + number).unwrap()
}

async fn read(store: &Store, number: u64) -> Case {
    store.case(CaseNumber(number)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_draft_is_its_persons_until_it_is_filed_or_too_old() {
    let store = store().await;
    for draft in [draft("1"), full_draft("2")] {
        store.keep_draft(&draft).await.unwrap();
        store.keep_draft(&draft).await.unwrap();
        assert!(store.draft(person(), &draft.id, at(0)).await.unwrap() == Some(draft));
    }
    assert_eq!(store.draft(somebody(1), "1", at(0)).await.unwrap(), None, "somebody else's");
    assert_eq!(store.draft(person(), "3", at(0)).await.unwrap(), None);
    assert!(store.draft(person(), "1", at(DRAFT_SECONDS - 1)).await.unwrap().is_some());
    assert_eq!(store.draft(person(), "1", at(DRAFT_SECONDS)).await.unwrap(), None, "DynamoDB removes it later");
    store.drop_draft(person(), "1").await.unwrap();
    store.drop_draft(person(), "1").await.unwrap();
    assert_eq!(store.draft(person(), "1", at(0)).await.unwrap(), None);
    assert!(store.draft(person(), "2", at(0)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_case_and_its_history_come_back_as_they_were_filed() {
    let store = store().await;
    let erased = Case { reporter: None, server: None, ..bug(3) };
    for case in [full_case(1), case(2), erased] {
        filed(&store, &case).await;
        assert!(read(&store, case.number.0).await == case, "{case:?}");
        assert_eq!(store.case_events(case.number).await.unwrap(), [opened(&case)]);
    }
    let changes = Field::ALL.iter().flat_map(|field| {
        let side = |there: bool| there.then(|| field.name().to_owned());
        [(true, false), (false, true), (true, true)].map(|(from, to)| FieldChange {
            field: *field,
            from: side(from),
            to: side(to),
        })
    });
    let authors = [
        Author::Person(person()),
        Author::Erased,
        Author::Agent("Alex".to_owned()),
        Author::Moderator { id: somebody(1), name: "Kim".to_owned() },
        Author::Machine("exporter".to_owned()),
        Author::Desk,
    ];
    let mut case = read(&store, 1).await;
    let mut events = vec![opened(&full_case(1))];
    for (index, author) in authors.into_iter().enumerate() {
        case.version += 1;
        let moved = index % 2 == 0;
        let event = Event {
            at: at(10),
            version: case.version,
            author,
            from: moved.then_some(Status::Resolved),
            to: moved.then_some(Status::Closed),
            changes: if moved { Vec::new() } else { changes.clone().collect() },
            reason: "because".to_owned(),
        };
        store.change_case(&case, &event).await.unwrap();
        events.push(event);
    }
    assert!(store.case_events(CaseNumber(1)).await.unwrap() == events);
}

#[tokio::test]
async fn what_became_nothing_is_nothing_in_the_table() {
    let store = store().await;
    filed(&store, &full_case(1)).await;
    let full = full_case(1);
    let emptied = Case {
        reporter: None,
        assignee: None,
        conversations: Vec::new(),
        rating: None,
        rating_comment: None,
        done_at: None,
        links: Vec::new(),
        answers: Vec::new(),
        text: String::new(),
        status: Status::Reopened,
        version: 2,
        ..full.clone()
    };
    let event = Event { version: 2, from: Some(full.status), to: Some(Status::Reopened), ..opened(&full) };
    store.change_case(&emptied, &event).await.unwrap();
    assert!(read(&store, 1).await == emptied);
    let item = raw(&store, "CASE#1", keys::CASE).await.unwrap();
    for name in [
        "reporter",
        "assignee",
        "assignee_name",
        "case_conversation_sid",
        "conversations",
        "rating",
        "done_at",
        "links",
    ] {
        assert_eq!(super::attribute(&item, name), "-", "{name}");
    }
    assert_eq!(store.case_numbers_of(person()).await.unwrap(), []);
}

#[tokio::test]
async fn a_draft_is_filed_once_also_by_two_at_once() {
    let store = store().await;
    let cases: Vec<_> = (1..=8).map(bug).collect();
    let events: Vec<_> = cases.iter().map(opened).collect();
    let filings = cases.iter().zip(&events).map(|(case, event)| store.file_case("d", case, event));
    let filings: Vec<_> = futures::future::join_all(filings).await.into_iter().map(Result::unwrap).collect();
    let won = store.filed("d").await.unwrap().unwrap();
    for (case, filed) in cases.iter().zip(filings) {
        let expected = if case.number == won { Filed::New } else { Filed::Already(won) };
        assert_eq!(filed, expected);
        assert_eq!(store.case(case.number).await.unwrap().is_some(), case.number == won);
        assert_eq!(store.case_events(case.number).await.unwrap().len(), usize::from(case.number == won));
    }
    assert_eq!(store.case_counts(Some(server())).await.unwrap().total(), 1);
    assert_eq!(store.file_case("d", &bug(9), &opened(&bug(9))).await.unwrap(), Filed::Already(won));
    assert_eq!(store.filed("e").await.unwrap(), None);
    let taken = store.file_case("e", &bug(won.0), &opened(&bug(won.0))).await;
    assert!(is_conflict(&taken), "a number that is taken is no repetition: {taken:?}");
}

#[tokio::test]
async fn a_change_with_a_key_is_made_once_also_by_two_at_once() {
    let store = store().await;
    filed(&store, &bug(1)).await;
    let note = |text: &str| bug(1).apply(&Change::note(Author::Desk, text), at(1)).unwrap().unwrap();
    let (one, other) = (note("a"), note("b"));
    let (first, second) =
        tokio::join!(store.change_case_once("k", &one.0, &one.1), store.change_case_once("k", &other.0, &other.1));
    let answers = BTreeSet::from([format!("{:?}", first.unwrap()), format!("{:?}", second.unwrap())]);
    assert_eq!(answers, BTreeSet::from([format!("{:?}", Filed::New), format!("{:?}", Filed::Already(CaseNumber(1)))]));
    let after = read(&store, 1).await;
    let (again, event) = after.apply(&Change::note(Author::Desk, "c"), at(2)).unwrap().unwrap();
    assert_eq!(store.change_case_once("k", &again, &event).await.unwrap(), Filed::Already(CaseNumber(1)));
    assert_eq!(store.case_events(CaseNumber(1)).await.unwrap().len(), 2);
    let stale = store.change_case_once("other", &one.0, &one.1).await;
    assert!(is_conflict(&stale), "another change came first: {stale:?}");
}

#[tokio::test]
async fn a_vote_is_one_per_person_and_never_on_ones_own() {
    let store = store().await;
    let report = bug(1);
    filed(&store, &report).await;
    assert_eq!(store.vote(&report, person(), at(1)).await.unwrap(), Vote::Own);
    assert_eq!(store.vote(&report, somebody(1), at(1)).await.unwrap(), Vote::Counted(1));
    assert_eq!(store.vote(&report, somebody(1), at(2)).await.unwrap(), Vote::Already);
    assert_eq!(store.vote(&report, somebody(2), at(2)).await.unwrap(), Vote::Counted(2));
    assert_eq!(store.vote(&bug(9), somebody(1), at(2)).await.unwrap(), Vote::Unknown(CaseNumber(9)));
    assert_eq!(store.case(CaseNumber(9)).await.unwrap(), None, "a vote makes no case");
    assert_eq!(store.person_data(somebody(1)).await.unwrap().votes, [(CaseNumber(1), at(1))]);
    assert_eq!(read(&store, 1).await.votes, 2);
}

#[tokio::test]
async fn votes_and_edits_at_the_same_time_lose_nothing() {
    let store = store().await;
    filed(&store, &bug(1)).await;
    let votes = (0..120).map(|number| {
        let store = store.clone();
        // Each of forty people votes three times.
        let vote = async move { store.vote(&bug(1), somebody(number % 40), at(1)).await.unwrap() };
        futures::future::Either::Left(async move { matches!(vote.await, Vote::Counted(_)) })
    });
    let edits = (0..40).map(|number| {
        let store = store.clone();
        let edit = Edit::Link(CaseNumber(100 + number));
        futures::future::Either::Right(async move {
            changed(&store, CaseNumber(1), Author::Desk, vec![edit]).await;
            false
        })
    });
    let mut both: Vec<_> = votes.collect();
    for (index, edit) in edits.enumerate() {
        both.insert(index * 4, edit);
    }
    let counted = futures::stream::iter(both).buffer_unordered(6).filter(|counted| std::future::ready(*counted));
    assert_eq!(counted.count().await, 40);
    let after = read(&store, 1).await;
    assert_eq!((after.votes, after.links.len(), after.version), (40, 40, 41));
    assert_eq!(store.case_events(CaseNumber(1)).await.unwrap().len(), 41);
    let listed = store.cases(Some(server()), &crate::Filter::default(), None, 5).await.unwrap();
    assert_eq!(listed.cases, [after.summary()]);
}

#[tokio::test]
async fn a_vote_between_read_and_change_is_kept_and_so_are_post_and_files() {
    let store = store().await;
    filed(&store, &bug(1)).await;
    let read_before = read(&store, 1).await;
    assert_eq!(store.vote(&read_before, somebody(1), at(1)).await.unwrap(), Vote::Counted(1));
    store.record_board(CaseNumber(1), Some(&post(1)), &[file(1), file(2)]).await.unwrap();
    let resolve = Change::status(Status::Resolved, Author::Desk, "");
    let (resolved, event) = read_before.apply(&resolve, at(2)).unwrap().unwrap();
    store.change_case(&resolved, &event).await.unwrap();
    let expected = Case { votes: 1, board: Some(post(1)), files: vec![file(1), file(2)], ..resolved };
    assert!(read(&store, 1).await == expected);

    store.record_board(CaseNumber(1), None, &[]).await.unwrap();
    assert!(read(&store, 1).await == expected, "nothing to record changes nothing");
    store.record_board(CaseNumber(1), None, &[file(3)]).await.unwrap();
    store.record_board(CaseNumber(1), Some(&post(2)), &[]).await.unwrap();
    assert!(read(&store, 1).await == Case { board: Some(post(2)), files: vec![file(3)], ..expected });
    assert!(store.record_board(CaseNumber(9), Some(&post(1)), &[]).await.is_err(), "no post makes a case");
    assert_eq!(store.case(CaseNumber(9)).await.unwrap(), None);
}

#[tokio::test]
async fn news_is_due_until_it_is_told_as_it_is() {
    let store = store().await;
    let due = async |second| store.cases_with_news(at(second), 50).await.unwrap();
    let told = async || store.told_version(CaseNumber(1)).await.unwrap();
    filed(&store, &bug(1)).await;
    assert_eq!((due(44).await, due(45).await, told().await), (vec![], vec![CaseNumber(1)], 0));

    // A change after it was read: the first version is told, the second one is due.
    let first = read(&store, 1).await;
    changed(&store, CaseNumber(1), Author::Desk, vec![Edit::Rating(3)]).await;
    store.news_told(&first, None).await.unwrap();
    assert_eq!((due(60).await, told().await), (vec![CaseNumber(1)], 1));

    // A vote after it was read.
    let second = read(&store, 1).await;
    store.vote(&second, somebody(1), at(20)).await.unwrap();
    store.news_told(&second, None).await.unwrap();
    assert_eq!((due(64).await, due(65).await, told().await), (vec![], vec![CaseNumber(1)], 2));

    store.news_told(&read(&store, 1).await, None).await.unwrap();
    assert_eq!((due(9999).await, told().await), (vec![], 2));

    // Somebody slow, who read it first, takes nothing back.
    store.news_told(&first, None).await.unwrap();
    assert_eq!((due(9999).await, told().await), (vec![], 2));
    store.news_told(&bug(9), None).await.unwrap();
    assert_eq!(store.case(CaseNumber(9)).await.unwrap(), None);
    assert_eq!(store.told_version(CaseNumber(9)).await.unwrap(), 0);
}

#[tokio::test]
async fn news_that_could_not_be_told_is_looked_at_again_later() {
    let store = store().await;
    filed(&store, &bug(1)).await;
    filed(&store, &bug(2)).await;
    let due = async |second, limit| store.cases_with_news(at(second), limit).await.unwrap();
    store.news_again_at(CaseNumber(1), at(500)).await.unwrap();
    assert_eq!(due(499, 50).await, [CaseNumber(2)]);
    assert_eq!(due(500, 50).await, [CaseNumber(2), CaseNumber(1)], "the longest due first");
    assert_eq!(due(500, 1).await, [CaseNumber(2)]);
    // What was told meanwhile, or never was, does not become due by it.
    store.news_told(&read(&store, 2).await, None).await.unwrap();
    store.news_again_at(CaseNumber(2), at(10)).await.unwrap();
    store.news_again_at(CaseNumber(9), at(10)).await.unwrap();
    assert_eq!(due(100, 50).await, []);
}

#[tokio::test]
async fn a_done_case_is_kept_until_its_time_and_any_news_keeps_it() {
    let store = store().await;
    filed(&store, &bug(1)).await;
    let resolved = changed(&store, CaseNumber(1), Author::Desk, vec![Edit::Status(Status::Resolved)]).await;
    let expiring = async |second| store.cases_to_expire(at(second), 50).await.unwrap();
    store.news_told(&resolved, Some(at(1000))).await.unwrap();
    assert_eq!(store.cases_with_news(at(9999), 50).await.unwrap(), []);
    assert_eq!((expiring(999).await, expiring(1000).await), (vec![], vec![CaseNumber(1)]));
    store.news_again_at(CaseNumber(1), at(5)).await.unwrap();
    assert_eq!(expiring(999).await, [], "its end is no news");
    let reopened = changed(&store, CaseNumber(1), Author::Desk, vec![Edit::Status(Status::Reopened)]).await;
    assert_eq!(expiring(9999).await, []);
    assert_eq!(store.cases_with_news(at(9999), 50).await.unwrap(), [CaseNumber(1)]);
    store.news_told(&reopened, None).await.unwrap();
    assert_eq!(expiring(9999).await, []);
}

/// The keys of what stands in the table, without counters and receipts.
async fn left(store: &Store) -> BTreeSet<String> {
    let all = everything(store).await;
    let keys =
        all.iter().map(|item| format!("{} {}", super::attribute(item, keys::PK), super::attribute(item, keys::SK)));
    keys.filter(|key| !key.starts_with("COUNTER#") && !key.starts_with("FILED#")).collect()
}

/// A done case to which everything hangs that can.
async fn with_everything(store: &Store, number: u64) -> Case {
    filed(store, &bug(number)).await;
    let kim = Author::Moderator { id: somebody(2), name: "Kim".to_owned() };
    let edits = vec![Edit::Assignee(Some(Assignee::member(somebody(3), "Robin"))), Edit::Status(Status::Closed)];
    let done = changed(store, CaseNumber(number), kim, edits).await;
    for person in [somebody(1), somebody(2)] {
        store.vote(&done, person, at(1)).await.unwrap();
    }
    let words = ["map", "empty"].map(str::to_owned).into();
    store.index_case(&bug(number), &words, &words).await.unwrap();
    store.index_case(&done, &words, &words).await.unwrap();
    read(store, number).await
}

#[tokio::test]
async fn a_case_goes_with_all_that_hangs_on_it_and_again_is_harmless() {
    let store = store().await;
    let other = with_everything(&store, 2).await;
    let without = left(&store).await;
    let done = with_everything(&store, 1).await;
    assert!(left(&store).await.len() > without.len() + 10);
    for _ in 0..2 {
        store.remove_case(&done).await.unwrap();
        assert_eq!(left(&store).await, without);
        let counts = store.case_counts(Some(server())).await.unwrap();
        assert_eq!((counts.total(), counts.of(Status::Closed, Some(Kind::Bug), None)), (1, 1));
    }
    assert!(read(&store, 2).await == other);
    store.remove_case(&bug(9)).await.unwrap();
}

#[tokio::test]
async fn a_case_that_was_opened_again_is_not_removed() {
    let store = store().await;
    let done = with_everything(&store, 1).await;
    let reopened = changed(&store, CaseNumber(1), Author::Desk, vec![Edit::Status(Status::Reopened)]).await;
    let before = left(&store).await;
    store.remove_case(&done).await.unwrap();
    assert_eq!(left(&store).await, before);
    assert!(read(&store, 1).await == Case { votes: 2, ..reopened });
}

#[tokio::test]
async fn a_removal_that_was_begun_is_finished_and_nobody_changes_the_case_meanwhile() {
    let store = store().await;
    let done = with_everything(&store, 1).await;
    let mut item = raw(&store, "CASE#1", keys::CASE).await.unwrap();
    item.insert("removing".to_owned(), aws_sdk_dynamodb::types::AttributeValue::Bool(true));
    super::put(&store, item).await;
    // It got no further than some of the history.
    store.delete_all([(s("CASE#1"), s(keys::case_event(at(0), 1)))]).await.unwrap();
    let (reopened, event) = done.apply(&Change::status(Status::Reopened, Author::Desk, ""), at(9)).unwrap().unwrap();
    assert!(is_conflict(&store.change_case(&reopened, &event).await));
    assert_ne!(store.vote(&done, somebody(9), at(9)).await.unwrap(), Vote::Counted(3));
    assert_eq!(read(&store, 1).await.votes, 2);
    store.remove_case(&done).await.unwrap();
    assert_eq!(left(&store).await, BTreeSet::new());
    assert_eq!(store.case_counts(Some(server())).await.unwrap().total(), 0);
}

#[tokio::test]
async fn removals_and_changes_at_once_leave_a_whole_case_or_none() {
    let store = store().await;
    for round in 1..=20 {
        let done = with_everything(&store, round).await;
        let (reopened, event) =
            done.apply(&Change::status(Status::Reopened, Author::Desk, ""), at(9)).unwrap().unwrap();
        let late = async {
            for _ in 0..round {
                tokio::task::yield_now().await;
            }
            store.change_case(&reopened, &event).await
        };
        let (removed, again, changed) = tokio::join!(store.remove_case(&done), store.remove_case(&done), late);
        removed.and(again).unwrap();
        match store.case(done.number).await.unwrap() {
            Some(_) => {
                changed.unwrap();
                assert_eq!(store.case_events(done.number).await.unwrap().len(), 3);
            }
            None => {
                assert!(is_conflict(&changed), "{changed:?}");
                let below: Vec<_> =
                    left(&store).await.into_iter().filter(|key| key.starts_with(&format!("CASE#{round} "))).collect();
                assert_eq!(below, [] as [String; 0]);
            }
        }
    }
    let counts = store.case_counts(Some(server())).await.unwrap();
    let there = store.cases_by_number(&(1..=20).map(CaseNumber).collect::<Vec<_>>()).await.unwrap();
    assert_eq!(counts.total(), u64::try_from(there.len()).unwrap());
}

#[tokio::test]
async fn boards_are_kept_by_server_and_kind() {
    let store = store().await;
    let tags = BTreeMap::from([("bug".to_owned(), TagId::new(1).unwrap()), ("new".to_owned(), TagId::new(2).unwrap())]);
    let forum = Board { channel: ChannelId::new(5).unwrap(), is_forum: true, tags };
    let channel = Board { channel: ChannelId::new(6).unwrap(), is_forum: false, tags: BTreeMap::new() };
    store.keep_board(server(), Kind::Bug, &channel).await.unwrap();
    store.keep_board(server(), Kind::Bug, &forum).await.unwrap();
    store.keep_board(server(), Kind::Feature, &channel).await.unwrap();
    assert_eq!(store.board(server(), Kind::Bug).await.unwrap(), Some(forum));
    assert_eq!(store.board(domain::ids::GuildId::new(78).unwrap(), Kind::Bug).await.unwrap(), None);
    store.forget_board(server(), Kind::Bug).await.unwrap();
    store.forget_board(server(), Kind::Bug).await.unwrap();
    assert_eq!(store.board(server(), Kind::Bug).await.unwrap(), None);
    assert_eq!(store.board(server(), Kind::Feature).await.unwrap(), Some(channel));
}
