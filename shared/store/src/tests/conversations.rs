use std::collections::BTreeSet;

use domain::conversation::{
    Conversation, OPENING_LEASE_SECONDS, OtherAgent, OtherTasks, Place, QueuePlace, Stage, Way,
};
use domain::ids::{CaseNumber, ChannelId, DiscordMessageId, GuildId, PersonId};
use jiff::Timestamp;

use super::{
    at, conversation, current, is_conflict, opening, person, put, raw, sid, store, stored, transferring, unmoved,
    with_agent,
};
use crate::{Opened, Progress, Store, items, keys};

fn sweep_at(second: i64) -> Progress {
    Progress { sweep_at: Some(at(second)), ..Progress::default() }
}

async fn due(store: &Store, second: i64) -> Vec<u64> {
    let due = store.due_for_sweep(at(second), 10).await.unwrap();
    due.iter().map(|conversation| conversation.person.get()).collect()
}

#[tokio::test]
async fn a_conversation_comes_back_as_it_was_written() {
    let store = store().await;
    assert_eq!(store.conversation(person()).await.unwrap(), None);
    let zeros = "0".repeat(32);
    let stages = [
        opening("a", "2025-06-15T15:06:40.000000001Z".parse().unwrap()),
        Stage::WithAssistant,
        transferring("a"),
        Stage::Waiting,
        with_agent("Alex \u{1f98a}"),
        Stage::AgentLeft,
        Stage::Ending,
        Stage::Closed,
    ];
    for stage in stages {
        let bare = conversation(1, stage);
        let full = Conversation {
            sid: Some(sid(1)),
            display_name: String::new(),
            studio_webhook: Some(format!("WH{zeros}").parse().unwrap()),
            case: Some(CaseNumber(u64::MAX)),
            interaction: Some(format!("KD{zeros}").parse().unwrap()),
            interaction_channel: Some(format!("UO{zeros}").parse().unwrap()),
            task: Some(format!("WT{zeros}").parse().unwrap()),
            shown_index: Some(0),
            own_indexes: BTreeSet::from([2, u32::MAX]),
            lively_at: Some(at(3)),
            moved_at: Some(at(6)),
            way: Way::Thread,
            server: GuildId::new(5),
            avatar: Some("a_c6a2".to_owned()),
            silence_warned_at: Some(at(4)),
            continues: Some(sid(2)),
            ..bare.clone()
        };
        for conversation in [bare, full] {
            put(&store, items::conversation_item(&conversation)).await;
            assert_eq!(store.conversation(person()).await.unwrap(), Some(conversation));
        }
    }
}

#[tokio::test]
async fn of_two_openings_at_once_exactly_one_is_ours() {
    let store = store().await;
    let (a, b) = (conversation(1, opening("a", at(0))), conversation(1, opening("b", at(0))));
    let (first, second) = tokio::join!(store.claim_opening(&a, None, at(0)), store.claim_opening(&b, None, at(0)));
    let won = match (first.unwrap(), second.unwrap()) {
        (Opened::Ours, Opened::SomebodyElses) => a,
        (Opened::SomebodyElses, Opened::Ours) => b,
        both => panic!("{both:?}"),
    };
    assert_eq!(current(&store).await, won);
}

#[tokio::test]
async fn of_two_successors_at_once_exactly_one_is_ours() {
    let store = store().await;
    let closed = stored(&store, 1, Stage::Closed).await;
    let (a, b) = (conversation(2, opening("a", at(0))), conversation(2, opening("b", at(0))));
    let (first, second) =
        tokio::join!(store.claim_opening(&a, Some(&closed), at(0)), store.claim_opening(&b, Some(&closed), at(0)));
    let ours = [first.unwrap(), second.unwrap()].iter().filter(|opened| **opened == Opened::Ours).count();
    assert_eq!(ours, 1);
}

#[tokio::test]
async fn an_unfinished_opening_is_resumed_by_its_opener_and_taken_over_after_its_lease() {
    let store = store().await;
    let first = conversation(1, opening("a", at(0)));
    assert_eq!(store.claim_opening(&first, None, at(0)).await.unwrap(), Opened::Ours);

    let again = conversation(1, opening("a", at(1)));
    assert_eq!(store.claim_opening(&again, Some(&first), at(1)).await.unwrap(), Opened::Ours);
    assert_eq!(current(&store).await, again);

    let over = 1 + OPENING_LEASE_SECONDS + 1;
    let other = conversation(1, opening("b", at(over)));
    assert_eq!(store.claim_opening(&other, Some(&again), at(over - 2)).await.unwrap(), Opened::SomebodyElses);
    assert_eq!(store.claim_opening(&other, Some(&again), at(over)).await.unwrap(), Opened::Ours);

    let finished = store.advance(&again, &Stage::WithAssistant, &Progress::default()).await;
    assert!(is_conflict(&finished), "whoever lost the lease cannot finish: {finished:?}");
    store.advance(&other, &Stage::WithAssistant, &Progress::default()).await.unwrap();
}

#[tokio::test]
async fn a_closed_predecessor_is_archived_and_found_by_its_sid() {
    let store = store().await;
    let mut first = stored(&store, 1, Stage::Closed).await;
    first.shown_index = Some(4);
    put(&store, items::conversation_item(&first)).await;
    let second = conversation(2, opening("a", at(0)));
    assert_eq!(store.claim_opening(&second, Some(&first), at(0)).await.unwrap(), Opened::Ours);
    store.advance(&second, &Stage::WithAssistant, &Progress { sid: Some(sid(2)), ..sweep_at(0) }).await.unwrap();

    let archived = raw(&store, "PERSON#7", "CONVERSATION#0000000001").await.unwrap();
    assert_eq!(items::conversation(&archived).unwrap(), first);
    assert_eq!(store.conversation_by_sid(&sid(1)).await.unwrap(), Some(first));
    assert_eq!(store.conversation_by_sid(&sid(2)).await.unwrap().map(unmoved), Some(current(&store).await));
    assert_eq!(current(&store).await.generation, 2);
    assert_eq!(store.conversation_by_sid(&sid(3)).await.unwrap(), None);
}

#[tokio::test]
async fn an_archived_conversation_expires_where_that_is_wanted() {
    for keep in [None, Some(jiff::SignedDuration::from_hours(24))] {
        let store = store().await.keeping(keep);
        let closed = stored(&store, 1, Stage::Closed).await;
        let new = conversation(2, opening("a", at(5)));
        assert_eq!(store.claim_opening(&new, Some(&closed), at(5)).await.unwrap(), Opened::Ours);
        let archived = raw(&store, &keys::person(person()), &keys::earlier_conversation(1)).await.unwrap();
        let expected = keep.map(|_| (at(5).as_second() + 24 * 3600).to_string());
        assert_eq!(archived.get(keys::EXPIRES_AT).and_then(|value| value.as_n().ok()), expected.as_ref());
    }
}

#[tokio::test]
async fn an_opening_is_refused_when_the_conversation_is_not_as_it_was_read() {
    let store = store().await;
    let open = stored(&store, 1, Stage::WithAssistant).await;
    let refused = async |new: &Conversation, previous: Option<&Conversation>| {
        assert_eq!(store.claim_opening(new, previous, at(999)).await.unwrap(), Opened::SomebodyElses);
    };
    let read_closed = Conversation { stage: Stage::Closed, ..open.clone() };
    let read_opening = Conversation { sid: None, ..conversation(1, opening("a", at(0))) };
    refused(&conversation(1, opening("a", at(999))), None).await;
    refused(&conversation(2, opening("a", at(999))), Some(&read_closed)).await;
    refused(&conversation(1, opening("a", at(999))), Some(&read_opening)).await;
    assert_eq!(current(&store).await, open);
    assert_eq!(raw(&store, "PERSON#7", "CONVERSATION#0000000001").await, None);

    // Opened and closed since it was read: it must not be overwritten without being archived.
    let closed = stored(&store, 1, Stage::Closed).await;
    refused(&conversation(1, opening("a", at(999))), Some(&read_opening)).await;
    assert_eq!(current(&store).await, closed);
}

#[tokio::test]
async fn an_abandoned_opening_leaves_room_for_the_next_generation() {
    let store = store().await;
    let first = conversation(1, opening("a", at(0)));
    store.claim_opening(&first, None, at(0)).await.unwrap();
    store.abandon_opening(&first).await.unwrap();
    let closed = current(&store).await;
    assert_eq!(closed.stage, Stage::Closed);
    let second = conversation(2, opening("b", at(0)));
    assert_eq!(store.claim_opening(&second, Some(&closed), at(0)).await.unwrap(), Opened::Ours);
}

#[tokio::test]
async fn a_stage_is_left_only_by_who_read_it() {
    let store = store().await;
    let held = stored(&store, 3, transferring("a")).await;
    let refused = [
        ("another stage", Conversation { stage: Stage::WithAssistant, ..held.clone() }),
        ("another holder", Conversation { stage: transferring("b"), ..held.clone() }),
        ("another generation", Conversation { generation: 2, ..held.clone() }),
        ("nobody's", Conversation { person: PersonId::new(8).unwrap(), ..held.clone() }),
    ];
    for (why, read) in refused {
        assert!(is_conflict(&store.advance(&read, &Stage::Waiting, &Progress::default()).await), "{why}");
    }
    assert_eq!(current(&store).await, held);
    assert_eq!(store.conversation(PersonId::new(8).unwrap()).await.unwrap(), None);

    store.advance(&held, &Stage::Waiting, &Progress::default()).await.unwrap();
    assert!(is_conflict(&store.advance(&held, &Stage::Waiting, &Progress::default()).await), "twice");
    assert_eq!(current(&store).await, Conversation { stage: Stage::Waiting, ..held });
}

#[tokio::test]
async fn progress_is_written_with_the_stage_and_what_it_leaves_out_stays() {
    let store = store().await;
    let zeros = "0".repeat(32);
    let start = stored(&store, 1, transferring("a")).await;
    let progress = Progress {
        sid: Some(sid(5)),
        studio_webhook: Some(Some(format!("WH{zeros}").parse().unwrap())),
        interaction: Some(format!("KD{zeros}").parse().unwrap()),
        interaction_channel: Some(format!("UO{zeros}").parse().unwrap()),
        task: Some(format!("WT{zeros}").parse().unwrap()),
        agent_identity: Some("alex_40example_2Ecom".to_owned()),
        agent_left_at: Some(at(5)),
        sweep_at: Some(at(0)),
        former_task: None,
        other_tasks: None,
    };
    store.advance(&start, &with_agent("Alex"), &progress).await.unwrap();
    let full = Conversation {
        stage: with_agent("Alex"),
        sid: Some(sid(5)),
        studio_webhook: Some(format!("WH{zeros}").parse().unwrap()),
        interaction: Some(format!("KD{zeros}").parse().unwrap()),
        interaction_channel: Some(format!("UO{zeros}").parse().unwrap()),
        task: Some(format!("WT{zeros}").parse().unwrap()),
        agent_identity: Some("alex_40example_2Ecom".to_owned()),
        agent_left_at: Some(at(5)),
        ..start
    };
    assert_eq!(current(&store).await, full);
    assert_eq!(store.conversation_by_sid(&sid(5)).await.unwrap().map(unmoved).as_ref(), Some(&full));

    store.advance(&full, &with_agent("Bo"), &Progress::default()).await.unwrap();
    let other_agent = Conversation { stage: with_agent("Bo"), ..full };
    assert_eq!(current(&store).await, other_agent);

    let known = QueuePlace {
        task: format!("WT{zeros}").parse().unwrap(),
        channel: ChannelId::new(10).unwrap(),
        message: None,
        place: 2,
    };
    store.set_queue_place(&other_agent, &known).await.unwrap();
    let unseen = Conversation { queue_place: Some(known.clone()), ..other_agent.clone() };
    assert_eq!(current(&store).await, unseen);
    let known = QueuePlace { message: DiscordMessageId::new(5), ..known };
    store.set_queue_place(&other_agent, &known).await.unwrap();
    let other_agent = Conversation { queue_place: Some(known.clone()), ..other_agent };
    assert_eq!(current(&store).await, other_agent);
    let earlier = Conversation { generation: 0, ..other_agent.clone() };
    assert!(is_conflict(&store.set_queue_place(&earlier, &known).await));

    let forget = Progress { studio_webhook: Some(None), ..Progress::default() };
    store.advance(&other_agent, &Stage::WithAssistant, &forget).await.unwrap();
    let taken_off = Conversation { stage: Stage::WithAssistant, studio_webhook: None, ..other_agent };
    assert_eq!(current(&store).await, taken_off);

    // An earlier task makes room for the next one, and is remembered.
    let mut now = taken_off;
    for (number, task) in [(1, None), (2, Some(3)), (3, Some(4))] {
        let sid = |number: u32| format!("WT{number:032x}").parse().unwrap();
        let progress = Progress { former_task: Some(sid(number)), task: task.map(sid), ..Progress::default() };
        store.advance(&now, &Stage::WithAssistant, &progress).await.unwrap();
        now.former_tasks.insert(sid(number));
        now.task = task.map(sid);
        assert_eq!(current(&store).await, now);
    }
    // Tasks that run beside it come and go as a whole.
    let kim = OtherAgent { name: "Kim".to_owned(), identity: Some("kim_40example_2Ecom".to_owned()) };
    let task = |number: u32| format!("WT{number:032x}").parse().unwrap();
    let nobody = OtherAgent { name: "Bo".to_owned(), identity: None };
    for others in [vec![(5, None), (6, Some(kim)), (7, Some(nobody))], vec![]] {
        let others: OtherTasks = others.into_iter().map(|(number, agent)| (task(number), agent)).collect();
        let progress = Progress { other_tasks: Some(others.clone()), ..Progress::default() };
        store.advance(&now, &Stage::WithAssistant, &progress).await.unwrap();
        now.other_tasks = others;
        assert_eq!(current(&store).await, now);
        assert_eq!(items::conversation(&items::conversation_item(&now)).unwrap(), now);
    }
    let item = raw(&store, "PERSON#7", "CONVERSATION").await.unwrap();
    assert!(!item.contains_key("agent_name") && !item.contains_key("stage_by") && !item.contains_key("other_tasks"));
}

#[tokio::test]
async fn open_conversations_are_swept_when_they_are_due_and_closed_ones_never() {
    let store = store().await;
    for (id, second) in [(3, 30), (1, 10), (2, 20)] {
        let opening = Conversation { person: PersonId::new(id).unwrap(), ..conversation(1, opening("a", at(0))) };
        put(&store, items::conversation_item(&opening)).await;
        assert!(!due(&store, 999).await.contains(&id), "it is being opened");
        store.advance(&opening, &Stage::WithAssistant, &sweep_at(second)).await.unwrap();
    }
    assert_eq!(due(&store, 9).await, [0; 0]);
    assert_eq!(due(&store, 20).await, [1, 2]);
    assert_eq!(store.due_for_sweep(at(99), 2).await.unwrap().len(), 2, "no more than asked for");
    assert_eq!(due(&store, 99).await, [1, 2, 3], "the longest due comes first");

    let one = store.conversation(PersonId::new(1).unwrap()).await.unwrap().unwrap();
    store.sweep_again_at(&one, at(9), at(50)).await.unwrap();
    assert_eq!(due(&store, 99).await, [1, 2, 3], "it was not due: something has happened since it was looked at");
    store.sweep_again_at(&one, at(10), at(40)).await.unwrap();
    assert_eq!(due(&store, 99).await, [2, 3, 1]);

    // The end takes the date off, and an unknowing sweep does not put it back.
    store.advance(&one, &Stage::Closed, &sweep_at(0)).await.unwrap();
    assert_eq!(due(&store, 99).await, [2, 3]);
    store.sweep_again_at(&one, at(99), at(0)).await.unwrap();
    assert_eq!(due(&store, 99).await, [2, 3]);
    let item = raw(&store, "PERSON#1", "CONVERSATION").await.unwrap();
    assert!(!item.contains_key("sweep_at") && !item.contains_key("sweep_group"));
}

/// In how many seconds the conversation is due, near enough for who has just written it.
async fn due_in(store: &Store) -> i64 {
    let item = raw(store, "PERSON#7", "CONVERSATION").await.unwrap();
    let at: i64 = item["sweep_at"].as_n().unwrap().parse().unwrap();
    at - Timestamp::now().as_second()
}

#[tokio::test]
async fn a_silent_conversation_in_which_something_happens_is_swept_soon() {
    let store = store().await;
    let far = || Timestamp::now().saturating_add(jiff::SignedDuration::from_mins(15)).unwrap();
    let start = stored(&store, 1, opening("a", at(0))).await;
    let progress = Progress { sweep_at: Some(far()), ..Progress::default() };
    store.advance(&start, &Stage::WithAssistant, &progress).await.unwrap();
    assert!(due_in(&store).await > 800);
    // A line of a lively chat changes nothing, and the first one after a silence does, either way.
    let lively = Conversation { lively_at: Some(Timestamp::now()), ..current(&store).await };
    let silent = Conversation { lively_at: Some(at(0)), ..lively.clone() };
    let shows = async |conversation: &Conversation, number: u32| {
        let message = format!("IM{number:032x}").parse().unwrap();
        store.begin_showing(&message, Timestamp::now()).await.unwrap();
        store.finish_showing(&message, &[], conversation, number, None).await.unwrap();
    };
    store.finish_own_line(("discord", "1"), &lively, &[0]).await.unwrap();
    shows(&lively, 1).await;
    assert!(due_in(&store).await > 800);
    for by_the_person in [true, false] {
        store.advance(&current(&store).await, &Stage::WithAssistant, &progress).await.unwrap();
        assert!(due_in(&store).await > 800);
        if by_the_person {
            store.finish_own_line(("discord", "2"), &silent, &[2]).await.unwrap();
        } else {
            shows(&silent, 9).await;
        }
        assert!(due_in(&store).await <= 60, "by the person: {by_the_person}");
    }
    // So does a stage, but for the one that ends.
    for (stage, soon) in [(Stage::Waiting, true), (Stage::Ending, false)] {
        store.advance(&current(&store).await, &Stage::WithAssistant, &progress).await.unwrap();
        store.advance(&current(&store).await, &stage, &Progress::default()).await.unwrap();
        assert_eq!(due_in(&store).await <= 60, soon, "{}", stage.name());
    }
}

#[tokio::test]
async fn a_sweep_of_an_earlier_generation_changes_nothing() {
    let store = store().await;
    let second = stored(&store, 2, opening("a", at(0))).await;
    store.advance(&second, &Stage::WithAssistant, &sweep_at(10)).await.unwrap();
    store.sweep_again_at(&conversation(1, Stage::WithAssistant), at(99), at(0)).await.unwrap();
    assert_eq!(due(&store, 9).await, [0; 0]);
    assert_eq!(due(&store, 10).await, [7]);
}

#[tokio::test]
async fn a_malformed_conversation_does_not_keep_others_from_being_swept() {
    let store = store().await;
    let first = stored(&store, 1, opening("a", at(0))).await;
    store.advance(&first, &Stage::WithAssistant, &sweep_at(10)).await.unwrap();
    let mut broken = raw(&store, "PERSON#7", "CONVERSATION").await.unwrap();
    broken.insert(keys::PK.to_owned(), items::s("PERSON#8"));
    broken.insert("stage".to_owned(), items::s("?"));
    put(&store, broken).await;
    assert_eq!(due(&store, 10).await, [7]);
}

#[tokio::test]
async fn a_stage_that_is_written_says_when() {
    let store = store().await;
    let read = stored(&store, 1, Stage::WithAssistant).await;
    let before = jiff::Timestamp::now();
    store.advance(&read, &Stage::Waiting, &Progress::default()).await.unwrap();
    let moved_at = store.conversation(person()).await.unwrap().unwrap().moved_at.unwrap();
    assert!((before..=jiff::Timestamp::now()).contains(&moved_at));
}

#[tokio::test]
async fn a_warning_is_remembered_of_the_chat_that_was_read() {
    let store = store().await;
    let read = stored(&store, 2, Stage::WithAssistant).await;
    store.warned_of_silence(&read, at(5)).await.unwrap();
    assert_eq!(current(&store).await.silence_warned_at, Some(at(5)));
    for other in [Conversation { generation: 1, ..read.clone() }, Conversation { stage: Stage::Waiting, ..read }] {
        assert!(is_conflict(&store.warned_of_silence(&other, at(6)).await));
    }
    assert_eq!(current(&store).await.silence_warned_at, Some(at(5)));
}

#[tokio::test]
async fn one_of_a_persons_conversations_is_found_by_its_generation_while_it_is_kept() {
    let store = store().await.keeping(Some(jiff::SignedDuration::from_secs(100)));
    let first = stored(&store, 1, Stage::Closed).await;
    let second = conversation(2, opening("a", at(0)));
    assert_eq!(store.claim_opening(&second, Some(&first), at(0)).await.unwrap(), Opened::Ours);
    let found = async |generation, now| store.conversation_of(person(), generation, at(now)).await.unwrap();
    assert_eq!(found(1, 99).await, Some(first));
    assert_eq!(found(1, 100).await, None, "it is over, and lingers");
    assert_eq!(found(2, 100).await, Some(second));
    assert_eq!(found(3, 0).await, None);
}

#[tokio::test]
async fn an_open_conversation_moves_and_a_closed_one_stays() {
    let store = store().await;
    let (thread, dm) = (ChannelId::new(20).unwrap(), ChannelId::new(9).unwrap());
    let place = Place::thread(thread, GuildId::new(5).unwrap());
    let open = conversation(2, Stage::Waiting);
    put(&store, items::conversation_item(&open)).await;
    store.move_conversation(&open, place).await.unwrap();
    assert_eq!(current(&store).await.place(), place);
    assert_eq!(current(&store).await.stage, Stage::Waiting);
    // Back again; the server in which it was stays known.
    store.move_conversation(&current(&store).await, Place::direct_messages(dm)).await.unwrap();
    assert_eq!(
        (current(&store).await.place(), current(&store).await.server),
        (Place::direct_messages(dm), GuildId::new(5))
    );
    assert!(is_conflict(&store.move_conversation(&conversation(1, Stage::Waiting), place).await));
    let closed = conversation(2, Stage::Closed);
    put(&store, items::conversation_item(&closed)).await;
    assert!(is_conflict(&store.move_conversation(&closed, place).await));
}
