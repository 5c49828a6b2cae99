use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::conversation::{Conversation, Stage};
use domain::ids::{MessageSid, PersonId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{at, attribute, conversation, current, is_conflict, message, parts, put, raw, store, stored};
use crate::{Claim, Showing, Store, items};

/// How far the conversation is shown, and which lines of ours are above that.
async fn shown(store: &Store) -> (Option<u32>, Vec<u32>) {
    let conversation = current(store).await;
    (conversation.shown_index, Vec::from_iter(conversation.own_indexes))
}

fn begun() -> Showing {
    Showing::Unfinished { since: at(0), parts: vec![], channel: None }
}

#[tokio::test]
async fn a_showing_that_has_to_wait_knows_its_first_parts() {
    let store = store().await;
    let conversation = stored(&store, 1, Stage::WithAssistant).await;
    let (line, channel) = (message(1), conversation.channel);
    assert!(is_conflict(&store.record_parts(&line, &parts(&[11]), channel).await), "nobody has begun");
    store.begin_showing(&line, at(0)).await.unwrap();
    store.record_parts(&line, &parts(&[11]), channel).await.unwrap();
    let waiting = Showing::Unfinished { since: at(0), parts: parts(&[11]), channel: Some(channel) };
    assert_eq!(store.begin_showing(&line, at(9)).await.unwrap(), waiting);
    store.finish_showing(&line, &parts(&[11, 12]), &conversation, 0, None).await.unwrap();
    assert!(is_conflict(&store.record_parts(&line, &parts(&[11]), channel).await), "it is done");

    // One from before the channel was kept.
    let mut item = raw(&store, &format!("MESSAGE#{line}"), "MESSAGE").await.unwrap();
    item.remove("channel_id");
    put(&store, item).await;
    let done = Showing::Done { parts: parts(&[11, 12]), channel: None, edited_at: None, speaker: None };
    assert_eq!(store.showing(&line).await.unwrap(), Some(done));
}

#[tokio::test]
async fn a_showing_is_begun_finished_edited_and_removed() {
    let store = store().await;
    let conversation = stored(&store, 1, Stage::WithAssistant).await;
    let line = message(1);
    assert_eq!(store.showing(&line).await.unwrap(), None);
    assert_eq!(store.begin_showing(&line, at(0)).await.unwrap(), Showing::New);
    assert_eq!(store.begin_showing(&line, at(9)).await.unwrap(), begun());
    assert_eq!(store.begin_showing(&line, at(99)).await.unwrap(), begun());
    assert_eq!(store.showing(&line).await.unwrap(), Some(begun()));

    store.finish_showing(&line, &parts(&[11, 12]), &conversation, 0, Some("Alex")).await.unwrap();
    let speaker = Some("Alex".to_owned());
    let channel = Some(conversation.channel);
    let done = Showing::Done { parts: parts(&[11, 12]), channel, edited_at: None, speaker: speaker.clone() };
    assert_eq!(store.begin_showing(&line, at(100)).await.unwrap(), done);
    assert_eq!(store.showing(&line).await.unwrap(), Some(done));
    assert_eq!(shown(&store).await, (Some(0), vec![]));

    for (now_shown, edited_at) in [(vec![11], "2025-06-15T00:00:01Z"), (vec![], "2025-06-15T00:00:02Z")] {
        store.record_edit(&line, &parts(&now_shown), edited_at).await.unwrap();
        let (parts, edited_at) = (parts(&now_shown), Some(edited_at.to_owned()));
        let edited = Showing::Done { parts, channel, edited_at, speaker: speaker.clone() };
        assert_eq!(store.begin_showing(&line, at(100)).await.unwrap(), edited);
    }
    assert!(is_conflict(&store.record_edit(&message(2), &parts(&[1]), "x").await), "nobody has shown it");
    assert_eq!(store.showing(&message(2)).await.unwrap(), None);

    let item = raw(&store, &format!("MESSAGE#{line}"), "MESSAGE").await.unwrap();
    assert_eq!(attribute(&item, "expires_at"), (at(99).as_second() + 90 * 24 * 3600).to_string());
    assert_eq!(attribute(&item, "person"), "-", "nothing says whose it was");
}

#[tokio::test]
async fn what_can_never_be_shown_is_settled_without_parts() {
    let store = store().await;
    let conversation = stored(&store, 1, Stage::WithAssistant).await;
    store.finish_showing(&message(1), &[], &conversation, 0, None).await.unwrap();
    let done = Showing::Done { parts: vec![], channel: Some(conversation.channel), edited_at: None, speaker: None };
    assert_eq!(store.begin_showing(&message(1), at(0)).await.unwrap(), done);
    assert_eq!(shown(&store).await, (Some(0), vec![]));
}

#[tokio::test]
async fn own_lines_are_remembered_until_the_lines_before_them_are_shown() {
    let store = store().await;
    stored(&store, 1, Stage::WithAssistant).await;
    // The person's line 0, the assistant's answer 2, the agent's lines 1 and 3.
    store.claim("discord", "a", "inbox", at(0)).await.unwrap();
    store.finish_own_line(("discord", "a"), &current(&store).await, &[0]).await.unwrap();
    assert_eq!(store.claim("discord", "a", "inbox", at(0)).await.unwrap(), Claim::Done);
    assert_eq!(shown(&store).await, (None, vec![0]));

    store.claim("answer", "b", "outbox", at(0)).await.unwrap();
    store.finish_answer(("answer", "b"), &current(&store).await, 2).await.unwrap();
    assert_eq!(store.claim("answer", "b", "outbox", at(0)).await.unwrap(), Claim::Done);
    assert_eq!(shown(&store).await, (None, vec![0, 2]), "line 1 is a hole");

    store.add_own_index(&current(&store).await, 4).await.unwrap();
    store.finish_showing(&message(1), &parts(&[1]), &current(&store).await, 1, None).await.unwrap();
    assert_eq!(shown(&store).await, (Some(2), vec![4]));
    store.finish_showing(&message(3), &parts(&[3]), &current(&store).await, 3, None).await.unwrap();
    assert_eq!(shown(&store).await, (Some(4), vec![]));
    store.finish_answer(("answer", "c"), &current(&store).await, 5).await.unwrap();
    assert_eq!(shown(&store).await, (Some(5), vec![]));

    // Twice, and late: nothing moves back.
    store.finish_showing(&message(3), &parts(&[3]), &current(&store).await, 3, None).await.unwrap();
    store.finish_answer(("answer", "c"), &current(&store).await, 5).await.unwrap();
    assert_eq!(shown(&store).await, (Some(5), vec![]));
}

#[tokio::test]
async fn an_own_line_written_while_another_is_shown_is_not_lost() {
    let store = store().await;
    let read = stored(&store, 1, Stage::WithAssistant).await;
    store.add_own_index(&read, 1).await.unwrap();
    store.finish_showing(&message(0), &parts(&[1]), &read, 0, None).await.unwrap();
    assert_eq!(shown(&store).await, (Some(0), vec![1]));
    assert_eq!(current(&store).await.first_gap_before(2), None);
}

#[tokio::test]
async fn a_conversation_that_was_read_too_early_does_not_take_back_what_is_settled() {
    let store = store().await;
    let old = stored(&store, 1, Stage::WithAssistant).await;
    for index in 0..3 {
        store.finish_showing(&message(index), &parts(&[1]), &current(&store).await, index, None).await.unwrap();
    }
    store.finish_showing(&message(0), &parts(&[2]), &old, 0, None).await.unwrap();
    assert_eq!(shown(&store).await, (Some(2), vec![]));
    let done = Showing::Done { parts: parts(&[2]), channel: Some(old.channel), edited_at: None, speaker: None };
    assert_eq!(store.showing(&message(0)).await.unwrap(), Some(done), "the message itself is settled");
    assert!(is_conflict(&store.finish_answer(("answer", "a"), &old, 0).await));
    assert_eq!(shown(&store).await, (Some(2), vec![]));
}

#[tokio::test]
async fn lines_of_an_earlier_generation_leave_the_successors_count_alone() {
    let store = store().await;
    let first = conversation(1, Stage::Closed);
    stored(&store, 2, Stage::WithAssistant).await;
    store.claim("discord", "a", "inbox", at(0)).await.unwrap();
    assert!(is_conflict(&store.finish_own_line(("discord", "a"), &first, &[8]).await));
    assert_eq!(store.claim("discord", "a", "inbox", at(0)).await.unwrap(), Claim::Unfinished, "nor is the claim done");
    assert!(is_conflict(&store.add_own_index(&first, 8).await));
    assert!(is_conflict(&store.finish_answer(("answer", "a"), &first, 8).await));
    // A line is shown all the same, and must not be shown twice.
    for index in [0, 8] {
        assert_eq!(store.begin_showing(&message(index), at(0)).await.unwrap(), Showing::New);
        store.finish_showing(&message(index), &parts(&[1]), &first, index, None).await.unwrap();
        let done = Showing::Done { parts: parts(&[1]), channel: Some(first.channel), edited_at: None, speaker: None };
        assert_eq!(store.begin_showing(&message(index), at(0)).await.unwrap(), done);
    }
    assert_eq!(shown(&store).await, (None, vec![]));
}

/// Whose a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// The person's: relay records it.
    Person,
    /// The virtual agent's: deliver records it.
    Assistant,
    /// An agent's: deliver shows it, and what is missing before it.
    Agent,
}

/// One thing that happens to the line number `line` (modulo how many there are).
#[derive(Debug, Clone, Copy)]
struct Happening {
    line: usize,
    /// How many of the conversation's versions ago deliver's read is: the index is a moment late.
    late: usize,
    /// The person's line that relay records between deliver's read and its write.
    between: Option<usize>,
}

/// A conversation at Twilio, and what the writes made of it.
struct Model<'a> {
    store: &'a Store,
    person: PersonId,
    lines: Vec<Line>,
    /// What the store said after each write.
    versions: Vec<Conversation>,
    /// Lines that a write has settled.
    settled: BTreeSet<u32>,
    /// Agents' lines that the person has seen.
    seen: Vec<u32>,
}

impl Model<'_> {
    fn message(&self, index: u32) -> MessageSid {
        format!("IM{:016x}{index:016x}", self.person.get()).parse().unwrap()
    }

    async fn happen(&mut self, happening: Happening) -> Result<(), TestCaseError> {
        let index = happening.line % self.lines.len();
        let line = self.lines[index];
        let index = u32::try_from(index).unwrap();
        if line == Line::Person {
            return self.relay(index).await;
        }
        let mut read = self.versions[self.versions.len().saturating_sub(1 + happening.late)].clone();
        let between = happening.between.map(|other| other % self.lines.len());
        if let Some(other) = between.filter(|other| self.lines[*other] == Line::Person) {
            self.relay(u32::try_from(other).unwrap()).await?;
        }
        if line == Line::Assistant {
            let claim = format!("{}-{index}", self.person);
            match self.store.finish_answer(("answer", &claim), &read, index).await {
                // It is known already, as deliver takes it.
                Err(crate::StoreError::Conflict(_)) => {}
                other => other.unwrap(),
            }
            self.settled.insert(index);
            return self.look().await;
        }
        if read.is_settled(index) {
            return self.show(&read, index).await;
        }
        // As deliver fills a gap: what is not for the person is passed over.
        if let Some(first) = read.first_gap_before(index) {
            for missing in first..index {
                if self.lines[usize::try_from(missing).unwrap()] == Line::Agent && !read.is_settled(missing) {
                    read.shown_index = read.shown_index.max(missing.checked_sub(1));
                    self.show(&read, missing).await?;
                    read.shown_index = Some(missing);
                }
            }
            read.shown_index = read.shown_index.max(index.checked_sub(1));
        }
        self.show(&read, index).await
    }

    async fn relay(&mut self, index: u32) -> Result<(), TestCaseError> {
        let claim = format!("{}-{index}", self.person);
        let read = self.versions.last().unwrap();
        self.store.finish_own_line(("discord", &claim), read, &[index]).await.unwrap();
        self.settled.insert(index);
        self.look().await
    }

    async fn show(&mut self, read: &Conversation, index: u32) -> Result<(), TestCaseError> {
        let message = self.message(index);
        if let Showing::Done { .. } = self.store.begin_showing(&message, at(0)).await.unwrap() {
            return Ok(());
        }
        self.seen.push(index);
        self.store.finish_showing(&message, &parts(&[1]), read, index, None).await.unwrap();
        self.settled.insert(index);
        self.look().await
    }

    async fn look(&mut self) -> Result<(), TestCaseError> {
        let now = self.store.conversation(self.person).await.unwrap().unwrap();
        let before = self.versions.last().unwrap().shown_index;
        prop_assert!(now.shown_index >= before, "from {before:?} back to {:?}", now.shown_index);
        for index in &self.settled {
            prop_assert!(now.is_settled(*index), "{index} is lost: {:?} {:?}", now.shown_index, now.own_indexes);
        }
        for (index, line) in (0..).zip(&self.lines) {
            let passed = *line == Line::Agent && now.is_settled(index) && !self.seen.contains(&index);
            prop_assert!(!passed, "{index} was passed over: {:?} {:?}", now.shown_index, now.own_indexes);
        }
        self.versions.push(now);
        Ok(())
    }
}

#[test]
fn no_line_is_passed_over_lost_or_shown_twice_however_the_writes_interleave() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(store());
    let people = AtomicU64::new(1);
    let line = prop_oneof![Just(Line::Person), Just(Line::Assistant), Just(Line::Agent)];
    let happening = (0..8_usize, prop_oneof![Just(0_usize), 1..6_usize], proptest::option::of(0..8_usize))
        .prop_map(|(line, late, between)| Happening { line, late, between });
    let strategy = (vec(line, 1..8), vec(happening, 1..14));
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let result = runner.run(&strategy, |(lines, happenings)| {
        runtime.block_on(async {
            let person = PersonId::new(people.fetch_add(1, Ordering::Relaxed)).unwrap();
            let start = Conversation { person, ..conversation(1, Stage::WithAssistant) };
            put(&store, items::conversation_item(&start)).await;
            let (versions, settled, seen) = (vec![start], BTreeSet::new(), Vec::new());
            let mut model = Model { store: &store, person, lines, versions, settled, seen };
            for happening in happenings {
                model.happen(happening).await?;
            }
            // Whatever has not come by now comes in the end.
            for line in 0..model.lines.len() {
                model.happen(Happening { line, late: 0, between: None }).await?;
            }
            let end = model.versions.last().unwrap();
            prop_assert_eq!(end.first_gap_before(u32::try_from(model.lines.len()).unwrap()), None);
            let once: BTreeSet<_> = model.seen.iter().collect();
            prop_assert_eq!(once.len(), model.seen.len(), "shown twice: {:?}", model.seen);
            Ok(())
        })
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

const CASES: u32 = 32;
