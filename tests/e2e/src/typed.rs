//! People just type. Nobody tells the desk of it, so it reads.

use std::time::Duration;

use sandbox::Options;
use sandbox::gate::When;
use sandbox::sims::discord::Place;
use sandbox::sims::faults::{Action, Fault};
use sandbox::trace::Kind;
use serde_json::{Value, json};

use crate::crashes::every_crash;
use crate::desk::{Desk, Somebody, TALK, options, play, play_with};
use crate::quirks::stage;

/// Reading a channel, as faults and the trace name it.
const LIST: &str = "GET /channels/{channel_id}/messages";

#[test]
fn a_person_who_only_types_holds_the_whole_conversation() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.types_in_the_dm("How do I fix GPS drift?");
        ada.is_read().await;
        ada.sees("gps-accuracy").await;
        ada.types_in_the_dm("That does not help. I want to talk to a human");
        ada.is_read().await;
        ada.sees("has been created for you").await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        for round in 0..3 {
            let [first, second] = ["one", "two"].map(|which| format!("my line {which} of round {round}"));
            ada.types_in_the_dm(&first);
            ada.types_in_the_dm(&second);
            ada.is_read().await;
            chat.hears(&first).await;
            chat.hears(&second).await;
            chat.says(&format!("the answer {round}")).await;
            ada.sees(&format!("the answer {round}")).await;
        }
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        assert_eq!(ada.stage().await, "closed");
        let said = ada.said();
        assert_eq!(said.len(), 8, "{said:#?}");
        assert_eq!(said[2..4], ["my line one of round 0", "my line two of round 0"]);
        ada.is_read().await;
        assert_eq!(desk.reader(&ada).await.get("read_to"), None, "reading has ended with the chat");
        // Nobody reads any more, and the next chat begins with what is typed in it.
        ada.types_in_the_dm("is anybody there?");
        assert_eq!(desk.turns(&ada).len(), 0);
        ada.uses(ada.place, "helpme", json!({})).await;
        ada.types_in_the_dm("here I am again");
        ada.is_read().await;
        ada.is_heard("here I am again").await;
        assert_eq!(ada.said()[8..], ["here I am again"]);
        assert_eq!(ada.conversations().len(), 2);
    });
}

#[test]
fn a_typed_line_comes_by_itself() {
    play_with(Options { holds_delayed: false, ..options() }, async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        ada.types_in_the_dm("my map is empty");
        ada.is_heard("my map is empty").await;
        ada.sees("may help").await;
        ada.types_in_the_dm("and my creatures are gone");
        ada.is_heard("and my creatures are gone").await;
        desk.settles().await;
        let delays: Vec<_> = desk.turns(&ada);
        assert!(delays.iter().all(|delay| *delay <= Duration::from_secs(2)), "quick while lines come: {delays:?}");
    });
}

#[test]
fn whatever_way_a_line_comes_it_is_relayed_once() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        // Sent by the menu, then read.
        let one = ada.types_in_the_dm("the first line");
        ada.sends_to_support_in_the_dm(one).await;
        chat.hears("the first line").await;
        ada.is_read().await;
        // Read, then sent by the menu.
        let two = ada.types_in_the_dm("the second line");
        ada.is_read().await;
        chat.hears("the second line").await;
        ada.sends_to_support_in_the_dm(two).await;
        // The form's line is shown by the bot, which is nobody's line.
        ada.types_in_the_dm("the third line");
        ada.is_read().await;
        ada.replies("the fourth line").await;
        ada.is_read().await;
        desk.settles().await;
        assert_eq!(ada.said(), ["the first line", "the second line", "the third line", "the fourth line"]);
    });
}

#[test]
fn what_was_typed_comes_before_the_form_and_the_command_behind_it() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        for round in 0..3 {
            let [typed, sent] = ["typed", "sent"].map(|how| format!("line of round {round}, {how}"));
            // No reader comes in between: turns are held.
            ada.types_in_the_dm(&typed);
            if round == 0 {
                ada.replies(&sent).await;
            } else if round == 1 {
                ada.messages(&sent).await;
            } else {
                let line = ada.types_in_the_dm(&sent);
                ada.sends_to_support_in_the_dm(line).await;
            }
            chat.hears(&sent).await;
        }
        ada.is_read().await;
        desk.settles().await;
        let expected: Vec<_> =
            (0..3).flat_map(|round| ["typed", "sent"].map(|how| format!("line of round {round}, {how}"))).collect();
        assert_eq!(ada.said(), expected);
    });
}

#[test]
fn a_reply_to_another_message_is_a_line_like_any_other() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        chat.says("Which map do you mean?").await;
        let question = ada.sees("Which map do you mean?").await;
        let discord = desk.sandbox.discord();
        let channel = discord.dm_channel(ada.person);
        let reference = json!({"type": 0, "channel_id": channel.to_string(), "message_id": question.id.to_string()});
        desk.is_private("the one of the north");
        let reply = json!({"type": 19, "message_reference": reference});
        discord.send_in(ada.person, channel, "the one of the north", &[], reply);
        // Other types are not said by anybody: that a message was pinned, for one.
        discord.send_in(ada.person, channel, "", &[], json!({"type": 6, "message_reference": reference}));
        ada.is_read().await;
        chat.hears("the one of the north").await;
        desk.settles().await;
        assert_eq!(ada.said(), ["the one of the north"]);
    });
}

#[test]
fn an_edit_is_read_too_and_told_once() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        let line = ada.types_in_the_dm("my map is emtpy");
        ada.is_read().await;
        chat.hears("my map is emtpy").await;
        desk.is_private("my map is empty since noon");
        desk.sandbox.discord().edit_line(ada.person, line, "my map is empty since noon");
        for _ in 0..3 {
            ada.is_read().await;
        }
        assert_eq!(ada.said(), ["my map is emtpy"]);
        let told = ada.lines().into_iter().filter(|line| line.body.contains("my map is empty since noon")).count();
        assert_eq!(told, 1, "{}", ada.agents_view());
    });
}

#[test]
fn what_was_typed_before_the_end_belongs_to_the_chat() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        ada.types_in_the_dm("thank you and goodbye");
        ada.ends().await;
        chat.hears("thank you and goodbye").await;
        ada.sees("This chat has ended").await;
        ada.is_read().await;
        assert_eq!(ada.said(), ["thank you and goodbye"]);
        assert_eq!((ada.conversations().len(), ada.stage().await.as_str()), (1, "closed"));
    });
}

#[test]
fn a_silent_chat_is_read_seldom_until_there_is_a_sign_of_life() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        for (hours, pause) in [(7, 300), (30, 900)] {
            desk.was_silent(&ada, hours).await;
            ada.is_read().await;
            assert_eq!(desk.turns(&ada), [Duration::from_secs(pause)]);
            // The agent says something.
            chat.says(&format!("are you still there after {hours} hours?")).await;
            ada.sees(&format!("still there after {hours}")).await;
            desk.settles().await;
            let mut turns = desk.turns(&ada);
            turns.sort();
            assert_eq!(turns, [Duration::from_secs(2), Duration::from_secs(pause)], "a quick one, and the old one");
            ada.is_read().await;
            assert_eq!(desk.turns(&ada), [Duration::from_secs(2)], "the old one has ended itself");
        }
        // A command.
        desk.was_silent(&ada, 7).await;
        ada.is_read().await;
        ada.messages("yes I am").await;
        chat.hears("yes I am").await;
        desk.settles().await;
        assert!(desk.turns(&ada).contains(&Duration::from_secs(2)), "{:?}", desk.turns(&ada));
    });
}

#[test]
fn the_sweep_restarts_a_reader_that_has_died() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        ada.is_read().await;
        desk.settles().await;
        // Its message is lost: what circles is of an epoch that is over.
        let epoch: u64 = desk.reader(&ada).await["epoch"]["N"].as_str().unwrap().parse().unwrap();
        let lost = json!({":epoch": {"N": (epoch + 1).to_string()}, ":past": {"N": "1"}});
        desk.change_reader(&ada, "SET epoch = :epoch, due_at = :past, sweep_at = :past", lost).await;
        desk.sandbox.release_delayed("dms", &ada.person.to_string()).unwrap();
        desk.settles().await;
        assert_eq!(desk.turns(&ada).len(), 0, "nobody reads");
        ada.types_in_the_dm("does anybody read this?");
        desk.sandbox.run_schedule("sweep").unwrap();
        desk.settles().await;
        assert_eq!(desk.turns(&ada), [Duration::from_secs(2)]);
        ada.is_read().await;
        ada.is_heard("does anybody read this?").await;
        // Once is enough.
        desk.sandbox.run_schedule("sweep").unwrap();
        desk.settles().await;
        assert_eq!(desk.turns(&ada).len(), 1);
        let late = desk.metrics("ReadLate");
        assert!(late.iter().any(|seconds| *seconds > 1e6), "the sweep says how late it was: {late:?}");
    });
}

#[test]
fn a_dm_that_cannot_be_read_any_more_is_left_and_the_agents_are_told_once() {
    play(async |desk| {
        for (status, code, said) in [(404, 10003, "Unknown Channel"), (403, 50001, "Missing Access")] {
            let ada = desk.person("Ada Quill");
            ada.opens_a_chat().await;
            let refusal = Fault::status(LIST, 2, status, json!({"code": code, "message": said}));
            desk.sandbox.discord().fault(refusal);
            ada.is_read().await;
            assert_eq!(desk.reader(&ada).await.get("read_to"), None);
            assert_eq!(desk.turns(&ada).len(), 0);
            // A command is a reason to try again.
            desk.was_silent(&ada, 1).await;
            ada.messages("my map is empty").await;
            ada.is_heard("my map is empty").await;
            desk.settles().await;
            ada.is_read().await;
            assert_eq!(desk.reader(&ada).await.get("read_to"), None);
            let told = ada.lines().into_iter().filter(|line| line.body.contains("not read any more")).count();
            assert_eq!(told, 1);
            // It passes.
            desk.was_silent(&ada, 1).await;
            ada.messages("hello again").await;
            desk.settles().await;
            ada.types_in_the_dm("now it is read");
            ada.is_read().await;
            ada.is_heard("now it is read").await;
        }
    });
}

#[test]
fn a_read_that_discord_puts_off_comes_back_when_it_may() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        ada.types_in_the_dm("my map is empty");
        let limit = Action::RateLimit { retry_after: 7.0, header: true, global: false };
        desk.sandbox.discord().fault(Fault::new(LIST, 1, limit));
        desk.release(&ada).await;
        let [pause] = desk.turns(&ada)[..] else { panic!("{:?}", desk.turns(&ada)) };
        assert!((7..=9).contains(&pause.as_secs()), "{pause:?}");
        let down = Action::Status { status: 503, body: Value::Null, headers: Vec::new() };
        desk.sandbox.discord().fault(Fault::new(LIST, 3, down));
        for expected in [2, 2, 4] {
            desk.release(&ada).await;
            assert_eq!(desk.turns(&ada), [Duration::from_secs(expected)]);
        }
        desk.release(&ada).await;
        ada.is_heard("my map is empty").await;
        desk.settles().await;
        assert_eq!(ada.said(), ["my map is empty"]);
    });
}

#[test]
fn a_limit_of_the_whole_bot_pauses_all_readers() {
    play_with(options(), async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Sparrow"));
        ada.opens_a_chat().await;
        bob.opens_a_chat().await;
        bob.types_in_the_dm("my map is empty");
        let limit = Action::RateLimit { retry_after: 30.0, header: true, global: true };
        desk.sandbox.discord().fault(Fault::new(LIST, 1, limit));
        desk.release(&ada).await;
        let since = desk.trace_end();
        desk.release(&bob).await;
        assert_eq!(desk.calls(since, "read-dms", Kind::Discord), Vec::<String>::new());
        let [pause] = desk.turns(&bob)[..] else { panic!("{:?}", desk.turns(&bob)) };
        // What is left of the thirty seconds, and not a reader's own pause.
        assert!((5..=30).contains(&pause.as_secs()), "{pause:?}");
        desk.release(&bob).await;
        bob.is_heard("my map is empty").await;
    });
}

#[test]
fn many_chats_share_one_budget_and_everybodys_turn_comes() {
    let mut options = options();
    options.variables.insert("DM_READS_PER_SECOND".to_owned(), "1".to_owned());
    play_with(options, async |desk| {
        let people: Vec<Somebody<'_>> = (0..12).map(|number| desk.person(&format!("Person {number}"))).collect();
        for person in &people {
            person.opens_a_chat().await;
        }
        desk.settles().await;
        for person in &people {
            person.types_in_the_dm(&format!("line of {}", person.person));
        }
        let (since, started) = (desk.trace_end(), std::time::Instant::now());
        for person in &people {
            desk.sandbox.release_delayed("dms", &person.person.to_string()).unwrap();
        }
        desk.settles().await;
        let seconds = usize::try_from(started.elapsed().as_secs()).unwrap() + 1;
        let reads = desk.calls(since, "read-dms", Kind::Discord).len();
        assert!((1..=2 + seconds).contains(&reads), "{reads} reads in {seconds} s");
        // The others know when their turn is, one a second: had all been told to come again soon, the longest wait would be short.
        // How long each waits depends on when it was told.
        let waits = people.iter().flat_map(|person| desk.turns(person)).map(|wait| wait.as_secs());
        let longest = usize::try_from(waits.max().unwrap_or_default()).unwrap();
        let last = people.len() - 1;
        assert!(longest <= last + 1 && longest + seconds + 1 >= last, "{longest} s at most after {seconds} s");
        // They come without asking again.
        for person in &people {
            desk.sandbox.release_delayed("dms", &person.person.to_string()).unwrap();
        }
        desk.settles().await;
        for person in &people {
            person.is_heard(&format!("line of {}", person.person)).await;
        }
    });
}

#[test]
fn typed_lines_survive_every_crash() {
    stage::play(async |desk| {
        let ada = desk.with_agent().await;
        let expected = std::cell::Cell::new(Vec::new());
        every_crash(
            desk,
            &["read-dms"],
            async || {
                desk.reads(ada).await;
                ada
            },
            async |ada| {
                let mut lines = desk.said(ada);
                for part in ["a", "b"] {
                    let line = format!("typed {part} behind {}", lines.len());
                    desk.sandbox.discord().type_in_dm(ada.person, &line);
                    lines.push(line);
                }
                expected.set(lines);
                desk.sandbox.release_delayed("dms", &ada.person.to_string()).unwrap();
            },
            async |ada| {
                desk.reads(ada).await;
                assert_eq!(desk.said(ada), expected.take());
            },
        )
        .await;
    });
}

#[test]
fn a_reader_that_dies_while_it_is_woken_goes_on() {
    stage::play(async |desk| {
        for (function, call) in [("helpme", 0), ("helpme", 3), ("helpme", 6), ("helpme", 9)] {
            for when in [When::Before, When::After] {
                let ada = desk.somebody();
                desk.kill(function, call, when, 0);
                assert!(desk.helpme(ada, None).await.is_ok());
                desk.settle().await;
                desk.sandbox.gate().forget_plan();
                desk.sandbox.discord().type_in_dm(ada.person, "is this read?");
                desk.reads(ada).await;
                assert_eq!(desk.said(ada), ["is this read?"], "{function} {call} {when:?}");
            }
        }
    });
}

impl Somebody<'_> {
    /// Types in the DM, where nobody hears it. Returns the message's ID.
    pub fn types_in_the_dm(&self, text: &str) -> u64 {
        self.desk().is_private(text);
        self.desk().sandbox.discord().type_in_dm(self.person, text)
    }

    /// Picks *Send to support* from the menu of a message in the DM.
    pub async fn sends_to_support_in_the_dm(&self, message: u64) {
        let discord = self.desk().sandbox.discord();
        let outcome = discord.message_command(self.person, Place::Dm, "Send to support", message).await;
        self.desk().is_private(&outcome.token);
        self.answer_to(&outcome).await;
    }

    /// The time has come at which their DM is read, and it is.
    pub async fn is_read(&self) {
        let before = self.desk().reader(self).await;
        for _ in 0..20 {
            self.desk().release(self).await;
            let now = self.desk().reader(self).await;
            if now["read_at"] != before["read_at"] || now.get("read_to").is_none() {
                return;
            }
        }
        panic!("their DM is not read: {before}");
    }
}

impl Desk {
    /// What is known of the reading of their DM.
    async fn reader(&self, person: &Somebody<'_>) -> Value {
        let items = self.items(&format!("PERSON#{}", person.person)).await;
        items.into_iter().find(|item| item["SK"]["S"] == "READER").unwrap_or_else(|| json!({}))
    }

    /// Changes what is known of it.
    async fn change_reader(&self, person: &Somebody<'_>, what: &str, values: Value) {
        self.update(json!({
            "Key": {"PK": {"S": format!("PERSON#{}", person.person)}, "SK": {"S": "READER"}},
            "UpdateExpression": what,
            "ExpressionAttributeValues": values,
        }))
        .await;
    }

    /// The pauses after which the turns come that circle for them.
    fn turns(&self, person: &Somebody<'_>) -> Vec<Duration> {
        let messages = self.sandbox.queue_messages("dms").unwrap().into_iter();
        let theirs = messages.filter(|message| message.body.contains(&person.person.to_string()));
        theirs.map(|message| message.delay).collect()
    }

    /// The time of their turns has come.
    async fn release(&self, person: &Somebody<'_>) {
        self.sandbox.release_delayed("dms", &person.person.to_string()).unwrap();
        self.settles().await;
    }

    /// Nothing has happened between them and the desk for some hours.
    async fn was_silent(&self, person: &Somebody<'_>, hours: i64) {
        let past = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
        let ms = json!({":past": {"N": past.as_millisecond().to_string()}});
        self.change_reader(person, "SET lively_at = :past", ms).await;
        self.update(json!({
            "Key": {"PK": {"S": format!("PERSON#{}", person.person)}, "SK": {"S": "CONVERSATION"}},
            "UpdateExpression": "SET lively_at = :past",
            "ExpressionAttributeValues": {":past": {"S": past.to_string()}},
        }))
        .await;
    }

    /// The values of a metric in this test's log lines.
    fn metrics(&self, name: &str) -> Vec<f64> {
        let lines = self.logs().into_iter().filter_map(|entry| serde_json::from_str::<Value>(&entry.title).ok());
        let of_metrics = lines.filter(|line| line.get("_aws").is_some());
        of_metrics
            .flat_map(|line| line[name].as_array().cloned().unwrap_or_default())
            .filter_map(|value| value.as_f64())
            .collect()
    }
}
