use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::{DiscordMessageId, PersonId};
use domain::reading::{Budget, Grant, LEASE_SECONDS, Next, Passed, Reader, Taken};
use jiff::Timestamp;

use super::{at, person, raw, store};
use crate::{DeadReader, Reset, Store};

fn id(number: u64) -> DiscordMessageId {
    DiscordMessageId::new(number).unwrap()
}

fn reset(epoch: u64, second: i64) -> Reset {
    Reset { epoch, cursor: id(100), lively: true, due_at: at(second + 2) }
}

async fn started(store: &Store, epoch: u64) -> Reader {
    assert_eq!(store.reset_reader(person(), &reset(epoch, 0), None, at(0)).await.unwrap(), None);
    store.reader(person()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_reader_begins_where_it_is_told_and_later_where_it_stopped() {
    let store = store().await;
    assert_eq!(store.reader(person()).await.unwrap(), None);
    let begun = started(&store, 5).await;
    let expected = Reader { due_at: at(2), ..Reader::new(5, id(100), at(0)) };
    assert_eq!(begun, expected);
    let Taken::Ours(turn) = store.take_reader(person(), 5, at(2)).await.unwrap() else { panic!() };
    let next = Next { epoch: 6, cursor: Some(id(150)), lively_at: at(1), due_at: at(4), read_at: Some(at(2)) };
    assert_eq!(store.pass_reader_on(person(), &turn, &next).await.unwrap(), Passed::On);
    let again = Reset { cursor: id(900), ..reset(7, 50) };
    assert_eq!(store.reset_reader(person(), &again, None, at(50)).await.unwrap(), None);
    let reader = store.reader(person()).await.unwrap().unwrap();
    assert_eq!((reader.epoch, reader.cursor, reader.lively_at), (7, Some(id(150)), at(50)));
    assert_eq!(store.reset_reader(person(), &again, None, at(50)).await.unwrap(), Some(7), "there is one as new");
}

#[tokio::test]
async fn of_many_turns_at_once_one_reads() {
    let store = store().await;
    started(&store, 5).await;
    let turns = (0..16).map(|_| {
        let store = store.clone();
        async move { store.take_reader(person(), 5, at(0)).await.unwrap() }
    });
    let turns = futures::future::join_all(turns).await;
    assert_eq!(turns.iter().filter(|turn| matches!(turn, Taken::Ours(_))).count(), 1);
    assert_eq!(turns.iter().filter(|turn| matches!(turn, Taken::Busy(_))).count(), 15);
}

#[tokio::test]
async fn who_is_overdue_is_found_and_restarted_once() {
    let store = store().await;
    started(&store, 5).await;
    assert_eq!(store.dead_readers(at(91), 10).await.unwrap(), []);
    let dead = DeadReader { person: person(), epoch: 5, due_at: at(2) };
    assert_eq!(store.dead_readers(at(92), 10).await.unwrap(), [dead]);
    let restart = Reset { lively: false, ..reset(6, 92) };
    assert_eq!(store.reset_reader(person(), &restart, Some(5), at(92)).await.unwrap(), None);
    assert_eq!(store.reset_reader(person(), &Reset { epoch: 7, ..restart }, Some(5), at(92)).await.unwrap(), Some(6));
    assert_eq!(store.dead_readers(at(92), 10).await.unwrap(), []);
    assert_eq!(store.reader(person()).await.unwrap().unwrap().lively_at, at(0), "no sign of life");
}

#[tokio::test]
async fn one_that_has_ended_is_not_restarted() {
    let store = store().await;
    started(&store, 5).await;
    let Taken::Ours(turn) = store.take_reader(person(), 5, at(0)).await.unwrap() else { panic!() };
    let end = Next { epoch: 6, cursor: None, lively_at: at(0), due_at: at(0), read_at: Some(at(0)) };
    assert_eq!(store.pass_reader_on(person(), &turn, &end).await.unwrap(), Passed::On);
    assert_eq!(store.dead_readers(at(10_000), 10).await.unwrap(), []);
    assert_eq!(store.take_reader(person(), 6, at(1)).await.unwrap(), Taken::Over);
    store.erase_person(person(), None).await.unwrap();
    assert_eq!(raw(&store, "PERSON#7", "READER").await, None, "it goes with the person");
}

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// The model's interleavings hold for the table only if the table does what the model does.
#[tokio::test]
async fn the_table_does_what_the_model_does() {
    let store = store().await;
    for number in 1..=12 {
        let person = PersonId::new(number).unwrap();
        let (mut chance, mut second) = (Chance(number), 0_i64);
        let first = reset(10, 0);
        store.reset_reader(person, &first, None, at(0)).await.unwrap();
        let mut model = Reader { due_at: first.due_at, ..Reader::new(10, first.cursor, at(0)) };
        let mut turns: Vec<Reader> = Vec::new();
        for _ in 0..40 {
            second += i64::try_from(chance.below(2)).unwrap() * i64::try_from(chance.below(20)).unwrap();
            let now: Timestamp = at(second);
            match chance.below(4) {
                0 | 1 => {
                    let epoch = model.epoch - chance.below(2);
                    let taken = store.take_reader(person, epoch, now).await.unwrap();
                    assert_eq!(taken, model.take(epoch, now));
                    if let Taken::Ours(turn) = taken {
                        turns.push(turn);
                    }
                }
                2 if !turns.is_empty() => {
                    let at_most = turns.len() as u64;
                    let turn = turns.remove(usize::try_from(chance.below(at_most)).unwrap());
                    let cursor = (chance.below(6) > 0).then(|| id(turn.cursor.unwrap().get() + chance.below(3)));
                    let next = Next {
                        epoch: turn.epoch + 1 + chance.below(2),
                        cursor,
                        lively_at: now,
                        due_at: at(second + 4),
                        read_at: Some(now),
                    };
                    let passed = store.pass_reader_on(person, &turn, &next).await.unwrap();
                    assert_eq!(passed, model.pass_on(&turn, &next));
                }
                _ => {
                    let reset = Reset { lively: chance.below(2) == 0, ..reset(model.epoch + chance.below(3), second) };
                    let refused = store.reset_reader(person, &reset, None, now).await.unwrap();
                    let done = model.reset(reset.epoch, reset.cursor, reset.lively, now, reset.due_at);
                    assert_eq!(refused.is_none(), done);
                }
            }
            assert_eq!(store.reader(person).await.unwrap().unwrap(), model);
        }
        assert!(second > LEASE_SECONDS, "leases ran out");
    }
}

#[tokio::test]
async fn the_budget_does_what_the_model_does() {
    let store = store().await;
    let budget = Budget::new(4);
    let (mut through, mut chance, mut second) = (0, Chance(1), 0);
    let mut waited = 0;
    for _ in 0..60 {
        second += i64::from(chance.below(3) == 0);
        let granted = store.reserve_read(budget, at(second)).await.unwrap();
        assert_eq!(granted, budget.reserve(&mut through, at(second)));
        waited += usize::from(granted != Grant::Now);
    }
    assert!((10..60).contains(&waited), "{waited}");
    // Discord wants no call at all for a while.
    store.pause_reads(at(second + 600)).await.unwrap();
    let Grant::After(wait) = store.reserve_read(budget, at(second)).await.unwrap() else { panic!() };
    assert_eq!(wait, Duration::from_secs(599));
    store.pause_reads(at(second)).await.unwrap();
    assert!(matches!(store.reserve_read(budget, at(second)).await.unwrap(), Grant::After(_)), "never shorter");
    store.pause_reads(at(second + 2000)).await.unwrap();
    assert_eq!(store.reserve_read(budget, at(second)).await.unwrap(), Grant::Full);
}

#[tokio::test]
async fn reads_that_are_reserved_at_once_have_a_time_each() {
    let store = store().await;
    let reserved = (0..12).map(|_| {
        let store = store.clone();
        async move { store.reserve_read(Budget::new(2), at(0)).await.unwrap() }
    });
    let mut grants = futures::future::join_all(reserved).await;
    grants.sort_by_key(|grant| match grant {
        Grant::After(wait) => *wait,
        _ => Duration::ZERO,
    });
    assert_eq!(grants.iter().filter(|grant| **grant == Grant::Now).count(), 3);
    assert_eq!(grants[11], Grant::After(Duration::from_millis(4500)));
    let item = raw(&store, "READBUDGET", "READBUDGET").await.unwrap();
    assert_eq!(item["given_until"], AttributeValue::N((at(0).as_microsecond() + 6_000_000).to_string()));
}
