//! The schedule, the lease over all interleavings that chance finds, and what many open chats cost.

use std::collections::{BTreeSet, BinaryHeap};

use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + second).unwrap()
}

fn id(number: u64) -> DiscordMessageId {
    DiscordMessageId::new(number).unwrap()
}

#[test]
fn the_longer_the_silence_the_longer_the_pause() {
    let pauses = [-5, 0, 59, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400, 10 * 86_400];
    let pauses = pauses.map(|silence| pause_after(SignedDuration::from_secs(silence)).as_secs());
    assert_eq!(pauses, [2, 2, 2, 4, 8, 15, 30, 60, 120, 300, 900, 900]);
    for silence in 0..100_000 {
        let pause = |silence| pause_after(SignedDuration::from_secs(silence));
        assert!(pause(silence) <= pause(silence + 1) && pause(silence) <= PAUSE_MAX, "{silence}");
        assert!(silence < 60 || pause(silence).as_secs() * 5 <= u64::try_from(silence).unwrap(), "{silence}");
    }
}

#[test]
fn a_sign_of_life_wakes_a_reader_that_is_not_quick_any_more() {
    let check = |ago: Option<i64>, expected| assert_eq!(is_slow(ago.map(|ago| at(-ago)), at(0)), expected, "{ago:?}");
    check(None, true);
    check(Some(-1), false);
    check(Some(59), false);
    check(Some(60), true);
}

#[test]
fn a_silent_chat_costs_a_hundred_reads_a_day() {
    let reads = |from: i64, to: i64| {
        let (mut silence, mut reads) = (from, 0);
        while silence < to {
            silence += i64::try_from(pause_after(SignedDuration::from_secs(silence)).as_secs()).unwrap();
            reads += 1;
        }
        reads
    };
    assert_eq!(reads(0, 86_400), 524);
    assert_eq!(reads(86_400, 2 * 86_400), 96);
}

#[test]
fn reading_begins_with_what_discord_gives_out_from_now_on() {
    assert_eq!(cursor_at(at(0)).created_at_ms(), epoch_at(at(0)));
    assert_eq!(cursor_at(Timestamp::UNIX_EPOCH), FIRST);
}

// ------------------------------------------------------------------------------------------------------------------ the lease

/// What may happen next.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The person types.
    Type,
    /// A message of the queue is delivered. SQS promises to do so at least once, so it may stay.
    Deliver { which: usize, and_again: bool },
    /// A turn does what is next.
    Run { which: usize },
    /// The function dies; its message comes again.
    Crash { which: usize },
    /// A line is delivered, a button pressed.
    Wake,
    /// The sweep looks.
    Sweep,
    /// Seconds pass.
    Wait { seconds: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Type),
        6 => (any::<usize>(), prop::bool::weighted(0.2)).prop_map(|(which, and_again)| Step::Deliver { which, and_again }),
        12 => any::<usize>().prop_map(|which| Step::Run { which }),
        1 => any::<usize>().prop_map(|which| Step::Crash { which }),
        1 => Just(Step::Wake),
        1 => Just(Step::Sweep),
        3 => (1..40_i64).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// A turn that is under way: what it has done so far.
#[derive(Debug, Clone)]
struct Running {
    epoch: u64,
    /// From when on Lambda has killed it.
    dies_at: i64,
    /// Not yet: the lease is its first call.
    taken: Option<Reader>,
    /// What it has read and not put into the inbox yet.
    page: Option<Vec<u64>>,
    read_to: u64,
    sent_next: bool,
}

/// The reader's item, its queue, and who is at work.
struct World {
    now: i64,
    reader: Reader,
    /// Messages: epoch, and from when on they can be received.
    queue: Vec<(u64, i64)>,
    running: Vec<Running>,
    typed: Vec<u64>,
    /// In the order in which they came; a FIFO queue takes each once.
    inbox: Vec<u64>,
}

/// Shorter than the lease, as the function's time limit is.
const TIME_LIMIT: i64 = 20;

impl World {
    fn new() -> Self {
        let reader = Reader::new(epoch_at(at(0)), id(1), at(0));
        let queue = vec![(reader.epoch, 0)];
        Self { now: 0, reader, queue, running: Vec::new(), typed: Vec::new(), inbox: Vec::new() }
    }

    fn now(&self) -> Timestamp {
        at(self.now)
    }

    /// Turns that have the lease, as far as they know.
    fn readers(&self) -> usize {
        self.running.iter().filter(|turn| turn.taken.is_some()).count()
    }

    fn go(&mut self, step: Step) {
        match step {
            Step::Type => self.typed.push(2 + self.typed.len() as u64),
            Step::Deliver { which, and_again } => {
                let ready: Vec<_> = (0..self.queue.len()).filter(|at| self.queue[*at].1 <= self.now).collect();
                let Some(at) = ready.get(which % ready.len().max(1)).copied() else { return };
                let epoch = self.queue[at].0;
                if !and_again {
                    self.queue.remove(at);
                }
                self.running.push(Running {
                    epoch,
                    dies_at: self.now + TIME_LIMIT,
                    taken: None,
                    page: None,
                    read_to: 0,
                    sent_next: false,
                });
            }
            Step::Run { which } if !self.running.is_empty() => self.run(which % self.running.len()),
            Step::Crash { which } if !self.running.is_empty() => {
                let dead = self.running.remove(which % self.running.len());
                self.queue.push((dead.epoch, self.now));
            }
            Step::Wake => {
                let epoch = self.reader.next_epoch(self.now());
                self.reset(epoch, true);
            }
            Step::Sweep => {
                if Reader::dead_at(self.reader.due_at) <= self.now() {
                    let epoch = self.reader.next_epoch(self.now());
                    self.reset(epoch, false);
                }
            }
            Step::Wait { seconds } => {
                self.now += seconds;
                let (dead, alive) = self.running.drain(..).partition(|turn: &Running| turn.dies_at <= self.now);
                self.running = alive;
                self.queue.extend(dead.into_iter().map(|turn: Running| (turn.epoch, self.now)));
            }
            Step::Run { .. } | Step::Crash { .. } => {}
        }
        assert!(self.readers() <= 1, "two readers at once");
    }

    /// The message goes before the write, so that no crash between them leaves a reader without a message.
    fn reset(&mut self, epoch: u64, lively: bool) {
        self.queue.push((epoch, self.now + 2));
        let (now, due) = (self.now(), at(self.now + 2));
        assert!(self.reader.reset(epoch, id(1), lively, now, due));
    }

    fn run(&mut self, which: usize) {
        let now = self.now();
        let turn = &mut self.running[which];
        let Some(taken) = &turn.taken else {
            match self.reader.take(turn.epoch, now) {
                Taken::Ours(reader) => turn.taken = Some(reader),
                Taken::Busy(until) => {
                    let delay = until.duration_since(now).as_secs() + 1;
                    self.queue.push((turn.epoch, self.now + delay));
                    self.running.remove(which);
                }
                Taken::Over => drop(self.running.remove(which)),
            }
            return;
        };
        let Some(page) = &mut turn.page else {
            let cursor = taken.cursor.unwrap().get();
            let page: Vec<_> = self.typed.iter().copied().filter(|line| *line > cursor).collect();
            turn.read_to = page.last().copied().unwrap_or(cursor);
            turn.page = Some(page);
            return;
        };
        if !page.is_empty() {
            let line = page.remove(0);
            if !self.inbox.contains(&line) {
                self.inbox.push(line);
            }
            return;
        }
        let next = Next {
            epoch: taken.next_epoch(now),
            cursor: Some(id(turn.read_to)),
            lively_at: taken.lively_at,
            due_at: at(self.now + 2),
            read_at: Some(now),
        };
        if turn.sent_next {
            let before = self.reader.clone();
            let passed = self.reader.pass_on(taken, &next);
            assert!(self.reader.cursor >= before.cursor, "what was read is not read again");
            assert!(self.reader.epoch >= before.epoch);
            assert_ne!(passed, Passed::Lost, "a lease runs out after the function's time is over");
            self.running.remove(which);
        } else {
            self.queue.push((next.epoch, self.now + 2));
            turn.sent_next = true;
        }
    }

    /// From here on nothing goes wrong.
    fn comes_to_rest(&mut self) {
        for _ in 0..200 {
            self.go(Step::Wait { seconds: 1 });
            self.go(Step::Sweep);
            let ready = self.queue.iter().filter(|(_, from)| *from <= self.now).count();
            for _ in 0..ready {
                self.go(Step::Deliver { which: 0, and_again: false });
            }
            while !self.running.is_empty() {
                self.go(Step::Run { which: 0 });
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_between_one_reads_and_nothing_is_lost_or_overtaken(
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let mut world = World::new();
        for step in steps {
            world.go(step);
            // What is in the inbox is the beginning of what was typed, whoever put it there.
            prop_assert_eq!(&world.typed[..world.inbox.len()], &world.inbox);
        }
        world.comes_to_rest();
        prop_assert_eq!(&world.inbox, &world.typed);
        world.go(Step::Type);
        world.comes_to_rest();
        prop_assert_eq!(&world.inbox, &world.typed, "it still reads");
        let live: BTreeSet<_> = world.queue.iter().map(|(epoch, _)| *epoch).collect();
        prop_assert!(live.len() <= 1, "older messages have ended themselves: {:?}", world.queue);
    }
}

#[test]
fn a_reset_while_somebody_reads_keeps_what_is_read_and_the_lease() {
    let mut reader = Reader::new(7, id(1), at(0));
    let Taken::Ours(turn) = reader.take(7, at(0)) else { panic!() };
    assert!(!reader.reset(7, id(1), true, at(1), at(3)), "not newer");
    assert!(reader.reset(8, id(1), true, at(1), at(3)));
    assert_eq!(reader.take(7, at(1)), Taken::Over);
    assert_eq!(reader.take(8, at(1)), Taken::Busy(lease_end(at(0))));
    let next = Next { epoch: 8, cursor: Some(id(5)), lively_at: at(0), due_at: at(300), read_at: Some(at(1)) };
    assert_eq!(reader.pass_on(&turn, &next), Passed::Reset);
    assert_eq!((reader.epoch, reader.cursor, reader.due_at, reader.lively_at), (8, Some(id(5)), at(3), at(1)));
    assert!(matches!(reader.take(8, at(3)), Taken::Ours(_)));
}

#[test]
fn who_lost_the_lease_changes_nothing() {
    let mut reader = Reader::new(7, id(1), at(0));
    let Taken::Ours(late) = reader.take(7, at(0)) else { panic!() };
    let Taken::Ours(turn) = reader.take(7, at(LEASE_SECONDS)) else { panic!() };
    let next = Next { epoch: 8, cursor: Some(id(5)), lively_at: at(0), due_at: at(60), read_at: None };
    let before = reader.clone();
    assert_eq!(reader.pass_on(&late, &next), Passed::Lost);
    assert_eq!(reader, before);
    assert_eq!(reader.pass_on(&turn, &next), Passed::On);
}

#[test]
fn what_has_ended_is_not_read_until_it_begins_anew() {
    let mut reader = Reader::new(7, id(1), at(0));
    let Taken::Ours(turn) = reader.take(7, at(0)) else { panic!() };
    let end = Next { epoch: 8, cursor: None, lively_at: at(0), due_at: at(0), read_at: None };
    assert_eq!(reader.pass_on(&turn, &end), Passed::On);
    for epoch in [7, 8] {
        assert_eq!(reader.take(epoch, at(100)), Taken::Over);
    }
    assert!(reader.reset(9, id(50), true, at(100), at(102)));
    assert!(matches!(reader.take(9, at(102)), Taken::Ours(Reader { cursor, .. }) if cursor == Some(id(50))));
}

// ----------------------------------------------------------------------------------------------------------------- the budget

#[test]
fn a_budget_that_is_short_gives_everybody_a_time_of_their_own() {
    let budget = Budget::new(20);
    let (mut through, mut waits) = (0, Vec::new());
    for _ in 0..100 {
        match budget.reserve(&mut through, at(0)) {
            Grant::Now => waits.push(0),
            Grant::After(wait) => waits.push(wait.as_millis()),
            Grant::Full => panic!("full"),
        }
    }
    assert_eq!(waits.iter().filter(|wait| **wait == 0).count(), 21, "a second's worth at once");
    assert_eq!(waits[99], 79 * 50, "the rest one behind the other");
    assert!(waits.is_sorted());
    // Nobody asks for a while: no more than a second's worth is saved up.
    assert_eq!(budget.reserve(&mut through, at(3600)), Grant::Now);
    assert_eq!(through, at(3600).as_microsecond() + budget.interval());
}

#[test]
fn nobody_is_sent_away_for_longer_than_a_message_can_wait() {
    let budget = Budget::new(1);
    let (mut through, mut longest) = (0, Duration::ZERO);
    let full = (0..2000).find(|_| match budget.reserve(&mut through, at(0)) {
        Grant::After(wait) => {
            longest = longest.max(wait);
            false
        }
        grant => grant == Grant::Full,
    });
    assert!(full.is_some() && longest < PAUSE_MAX, "{longest:?}");
    assert_ne!(budget.reserve(&mut through, at(10)), Grant::Full, "time makes room");
}

#[test]
fn a_budget_is_never_nothing_and_never_all_that_discord_allows() {
    for (asked, given) in [(0, 1), (1, 1), (20, 20), (40, 40), (1000, 40)] {
        assert_eq!(Budget::new(asked), Budget::new(given));
    }
}

// ------------------------------------------------------------------------------------------------------------ many open chats

/// What `chats` open chats come to: reads per second, and how long a typed line waits, in seconds: half of them, 19 of 20.
#[derive(Debug, PartialEq)]
struct Load {
    reads_per_second: f64,
    lively: (f64, f64),
    silent: (f64, f64),
}

struct Chat {
    lively: bool,
    lively_at: f64,
    types_at: f64,
}

const HOUR: f64 = 3600.0;

/// Lives through two hours of `chats` open chats, of which the second one counts. One in ten is lively: its person types every half a
/// minute. The others were left hours or days ago, and each of them is taken up again once.
fn simulate(chats: u64, budget: Budget) -> Load {
    let mut chance = 88_172_645_463_325_252_u64;
    let mut random = move || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        #[expect(clippy::cast_precision_loss, reason = "53 bits are enough chance")]
        let unit = (chance >> 11) as f64 / (1_u64 << 53) as f64;
        unit
    };
    let mut all: Vec<Chat> = (0..chats)
        .map(|number| {
            let lively = number % 10 == 0;
            let lively_at = if lively { 0.0 } else { -(3.0 + 69.0 * random()) * HOUR };
            Chat { lively, lively_at, types_at: if lively { 30.0 * random() } else { HOUR * (0.9 + random()) } }
        })
        .collect();
    let time = |seconds: f64| at(0) + SignedDuration::from_secs_f64(seconds);
    // The earliest first: when, whose, granted.
    let mut due: BinaryHeap<(std::cmp::Reverse<i64>, usize, bool)> = BinaryHeap::new();
    let micros = |seconds: f64| i64::try_from(SignedDuration::from_secs_f64(seconds).as_micros()).unwrap();
    for number in 0..all.len() {
        due.push((std::cmp::Reverse(micros(600.0 * random())), number, false));
    }
    let (mut through, mut reads) = (0, 0_u32);
    let (mut lively, mut silent) = (Vec::new(), Vec::new());
    while let Some((std::cmp::Reverse(when), number, granted)) = due.pop() {
        #[expect(clippy::cast_precision_loss, reason = "two hours of microseconds fit")]
        let now = when as f64 / 1e6;
        if now > 2.0 * HOUR {
            break;
        }
        let grant = if granted { Grant::Now } else { budget.reserve(&mut through, time(now)) };
        let delay = match grant {
            Grant::After(wait) => {
                due.push((std::cmp::Reverse(micros(now + wait.as_secs_f64().ceil())), number, true));
                continue;
            }
            Grant::Full => 600.0 + 300.0 * random(),
            Grant::Now => {
                let chat = &mut all[number];
                if chat.types_at <= now {
                    if now > HOUR {
                        (if chat.lively { &mut lively } else { &mut silent }).push(now - chat.types_at);
                    }
                    chat.lively_at = now;
                    chat.types_at = if chat.lively { now + 20.0 + 20.0 * random() } else { f64::INFINITY };
                }
                reads += u32::from(now > HOUR);
                pause_after(SignedDuration::from_secs_f64(now - chat.lively_at)).as_secs_f64()
            }
        };
        // A queue and a cold function take a moment.
        due.push((std::cmp::Reverse(micros(now + delay + 0.3 * random())), number, false));
    }
    let summary = |mut waits: Vec<f64>| {
        waits.sort_by(f64::total_cmp);
        let round = |seconds: f64| (seconds * 10.0).round() / 10.0;
        (round(waits[waits.len() / 2]), round(waits[waits.len() * 19 / 20]))
    };
    Load {
        reads_per_second: (f64::from(reads) / HOUR * 10.0).round() / 10.0,
        lively: summary(lively),
        silent: summary(silent),
    }
}

/// The table of ARCHITECTURE.md is what the simulation says.
#[test]
fn what_open_chats_cost_stands_in_the_architecture() {
    /// Seconds of a month, and dollars for a million reads.
    const MONTH: f64 = 30.44 * 86_400.0;
    const MILLION_READS: f64 = 6.0;
    let architecture = include_str!("../../../../ARCHITECTURE.md");
    for (chats, per_second) in [(10, 20), (100, 20), (1000, 20), (1000, 40), (10_000, 20), (10_000, 40)] {
        let Load { reads_per_second, lively, silent } = simulate(chats, Budget::new(per_second));
        assert!(reads_per_second <= f64::from(per_second) * 1.01, "{reads_per_second}");
        let dollars = reads_per_second * MONTH * MILLION_READS / 1e6;
        let row = format!(
            "| {chats} | {per_second} | {reads_per_second:.1} | {:.1} s, {:.1} s | {:.1} min, {:.1} min | ${dollars:.0} |",
            lively.0,
            lively.1,
            silent.0 / 60.0,
            silent.1 / 60.0
        );
        assert!(architecture.contains(&row), "{row}");
    }
}
