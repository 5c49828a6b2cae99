//! The chat ends, and the next message opens its successor.

use sandbox::gate::{KillPoint, When};
use serde_json::json;

use crate::desk::{Desk, END, END_NOW, Somebody, TALK, labels, play};
use crate::recorded::fresh_id;

async fn assert_ended(desk: &Desk, ada: &Somebody<'_>) {
    desk.settles().await;
    assert_eq!(ada.stage().await, "closed");
    assert_eq!(ada.times("This chat has ended"), 1);
    assert!(ada.conversations().iter().all(|one| one.state == "closed"));
    assert!(ada.tasks().iter().all(sandbox::sims::twilio::Task::is_over), "{:#?}", ada.tasks());
}

#[test]
fn by_the_person_in_a_chat_with_an_agent() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        chat.says("How can I help?").await;
        ada.sees("How can I help?").await;
        ada.messages("It works again").await;
        let answer = ada.ends().await;
        assert_eq!(answer.content, "Ending the chat…");
        ada.sees("This chat has ended").await;
        assert_ended(desk, &ada).await;
        insta::assert_snapshot!(ada.agents_view(), @"
        Alex Agent: How can I help?
        Ada Quill: It works again
        system: The person ended the chat.
        ");
        insta::assert_snapshot!(desk.case_history(ada.cases().await[0]).await, @"
        support open, Alex Agent: Chat with Ada Quill
        person: asked for an agent (- -> new)
        Alex Agent: accepted the chat (new -> open)
        person: ended the chat (- -> -)
        ");
    });
}

#[test]
fn by_the_person_while_waiting() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        desk.settles().await;
        ada.closes().await;
        ada.sees("This chat has ended").await;
        assert_ended(desk, &ada).await;
        assert_eq!(
            desk.sandbox.twilio().waiting_tasks().iter().filter(|task| task.conversation_sid == ada.sid()).count(),
            0
        );
        assert_eq!(ada.times("Nobody is available"), 0);
        insta::assert_snapshot!(desk.case_history(ada.cases().await[0]).await, @"
        support new, -: Chat with Ada Quill
        person: asked for an agent (- -> new)
        person: ended the chat (- -> -)
        ");
    });
}

#[test]
fn by_the_person_with_the_assistant() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.helpme("the game crashes on start").await;
        ada.sees("<https://").await;
        ada.ends().await;
        ada.sees("This chat has ended").await;
        assert_ended(desk, &ada).await;
        assert_eq!(ada.cases().await, Vec::<u64>::new());
        // A second time there is nothing to end.
        let again = ada.uses(ada.place, "close", json!({})).await;
        assert!(again.content.starts_with("There is no open chat."), "{}", again.content);
        assert_ended(desk, &ada).await;
    });
}

#[test]
fn by_nobody_who_has_no_chat() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let answer = ada.uses(ada.place, "close", json!({})).await;
        assert_eq!(answer.content, "There is no open chat. Use `/helpme` to start one.");
        desk.settles().await;
        assert_eq!((ada.dm().len(), ada.conversations().len()), (0, 0));
    });
}

#[test]
fn not_by_a_person_who_has_second_thoughts() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let question = ada.clicks(END).await;
        assert_eq!(question.ephemeral_for, Some(ada.person.id()));
        assert_eq!(
            (question.content.as_str(), labels(&question)),
            ("Do you want to end this chat?", vec!["End chat".to_owned(), "Go on".to_owned()])
        );
        let answer = ada.presses_on(&question, "end-not:").await;
        assert_eq!((answer.content.as_str(), labels(&answer)), ("All right, the chat goes on.", Vec::new()));
        desk.settles().await;
        assert_eq!((ada.stage().await.as_str(), ada.times("has ended")), ("assistant", 0));
    });
}

#[test]
fn a_yes_to_a_chat_is_none_to_the_next_one() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let old = ada.clicks(END).await;
        ada.ends().await;
        ada.sees("This chat has ended").await;
        let late = ada.presses_on(&old, END_NOW).await;
        assert!(late.content.starts_with("There is no open chat."), "{}", late.content);
        let old = {
            ada.opens_a_chat().await;
            ada.clicks(END).await
        };
        ada.ends().await;
        desk.settles().await;
        ada.opens_a_chat().await;
        desk.settles().await;
        // The question is asked anew, of the chat that is open.
        let custom_id = old.button(END_NOW).unwrap();
        desk.sandbox.discord().click(ada.person, old.id, &custom_id).await;
        desk.settles().await;
        assert_eq!(ada.stage().await, "assistant");
        let asked = desk.sandbox.discord().read(|state| state.message(old.id).cloned().unwrap());
        assert_eq!(asked.content, "Do you want to end this chat?");
        assert_ne!(asked.button(END_NOW).unwrap(), custom_id);
        ada.presses_on(&asked, END_NOW).await;
        desk.settles().await;
        assert_eq!((ada.stage().await.as_str(), ada.times("This chat has ended")), ("closed", 3));
    });
}

#[test]
fn a_wish_to_end_that_comes_again_ends_no_later_chat() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        ada.ends().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        ada.opens_a_chat().await;
        desk.settles().await;
        // As the queue brings it after a crash behind the end. An earlier version's says of no chat which one it means.
        let recorded = include_str!("../../../events/sqs/inbox-end.json");
        let recorded = recorded.replace("1380000000000000777", &ada.person.to_string());
        let again = recorded.replace("1405000000000000014", &fresh_id());
        let of_no_chat = recorded.replace("1405000000000000014", &fresh_id());
        let of_no_chat = of_no_chat.replace(r#"{\"end_of\": {\"generation\": 1}}"#, r#"\"end\""#);
        assert!(again.contains("end_of") && !of_no_chat.contains("end_of"));
        for (event, stage) in [(again, "assistant"), (of_no_chat, "closed")] {
            desk.sandbox.invoke("relay", &serde_json::from_str(&event).unwrap()).await.unwrap();
            desk.settles().await;
            assert_eq!(ada.stage().await, stage, "{event}");
        }
    });
}

pub const LONG_AGO: &str = "2026-01-01T00:00:00Z";

/// Nobody has said anything in their chat since then, and it is due for the sweep.
pub async fn is_silent_since(desk: &Desk, ada: &Somebody<'_>, since: &str) {
    desk.update(json!({
        "Key": {"PK": {"S": format!("PERSON#{}", ada.person)}, "SK": {"S": "CONVERSATION"}},
        "UpdateExpression": "SET opened_at = :since, lively_at = :since, moved_at = :since, sweep_at = :past",
        "ExpressionAttributeValues": {":since": {"S": since}, ":past": {"N": "1"}},
    }))
    .await;
}

/// They were warned hours ago.
pub async fn was_warned_long_ago(desk: &Desk, ada: &Somebody<'_>) {
    desk.update(json!({
        "Key": {"PK": {"S": format!("PERSON#{}", ada.person)}, "SK": {"S": "CONVERSATION"}},
        "UpdateExpression": "SET silence_warned_at = :then, sweep_at = :past",
        "ConditionExpression": "attribute_exists(silence_warned_at)",
        "ExpressionAttributeValues": {":then": {"S": "2026-01-03T00:00:00Z"}, ":past": {"N": "1"}},
    }))
    .await;
}

pub async fn sweeps(desk: &Desk) {
    desk.sandbox.run_schedule("sweep").unwrap();
    desk.settles().await;
}

pub const WARNING: &str = "Nobody has written here for a while. This chat will end <t:";

#[test]
fn by_silence_with_the_assistant() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        desk.settles().await;
        sweeps(desk).await;
        assert_eq!(ada.times(WARNING), 0, "nobody is silent yet");
        is_silent_since(desk, &ada, LONG_AGO).await;
        sweeps(desk).await;
        let warning = ada.sees(WARNING).await;
        assert_eq!(labels(&warning), ["Reply", "Talk to a person", "End chat"]);
        sweeps(desk).await;
        assert_eq!((ada.times(WARNING), ada.stage().await.as_str()), (1, "assistant"), "the hour is not over");
        was_warned_long_ago(desk, &ada).await;
        sweeps(desk).await;
        ada.sees("This chat has ended").await;
        assert_ended(desk, &ada).await;
        assert_eq!(ada.times(WARNING), 1);
    });
}

#[test]
fn by_silence_with_an_agent() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        desk.settles().await;
        // Whoever waits has every reason to be silent.
        is_silent_since(desk, &ada, LONG_AGO).await;
        sweeps(desk).await;
        assert_eq!((ada.times(WARNING), ada.stage().await.as_str()), (0, "waiting"));
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        sweeps(desk).await;
        assert_eq!(ada.times(WARNING), 0, "an agent has come");
        // So has whoever waits for an agent's answer.
        ada.messages("My map is empty").await;
        chat.hears("My map is empty").await;
        desk.settles().await;
        is_silent_since(desk, &ada, LONG_AGO).await;
        sweeps(desk).await;
        assert_eq!((ada.times(WARNING), ada.stage().await.as_str()), (0, "agent"));
        chat.says("Are you there?").await;
        ada.sees("Are you there?").await;
        desk.settles().await;
        is_silent_since(desk, &ada, LONG_AGO).await;
        sweeps(desk).await;
        ada.sees(WARNING).await;
        was_warned_long_ago(desk, &ada).await;
        sweeps(desk).await;
        ada.sees("This chat has ended").await;
        assert_ended(desk, &ada).await;
        insta::assert_snapshot!(ada.agents_view(), @"
        Ada Quill: My map is empty
        Alex Agent: Are you there?
        system: Nobody has said anything for long, so the chat was ended.
        ");
        insta::assert_snapshot!(desk.case_history(ada.cases().await[0]).await, @"
        support open, Alex Agent: Chat with Ada Quill
        person: asked for an agent (- -> new)
        Alex Agent: accepted the chat (new -> open)
        desk: the chat was ended: nobody had said anything for long (- -> -)
        ");
    });
}

#[test]
fn not_by_silence_that_was_broken() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        desk.settles().await;
        is_silent_since(desk, &ada, LONG_AGO).await;
        sweeps(desk).await;
        ada.sees(WARNING).await;
        ada.messages("the game crashes on start").await;
        desk.settles().await;
        was_warned_long_ago(desk, &ada).await;
        sweeps(desk).await;
        assert_eq!((ada.stage().await.as_str(), ada.times("has ended")), ("assistant", 0));
        // And once more: what is typed is found although the reader sleeps.
        is_silent_since(desk, &ada, "2026-01-05T00:00:00Z").await;
        sweeps(desk).await;
        desk.settles().await;
        assert_eq!(ada.times(WARNING), 2);
        was_warned_long_ago(desk, &ada).await;
        desk.update(json!({
            "Key": {"PK": {"S": format!("PERSON#{}", ada.person)}, "SK": {"S": "CONVERSATION"}},
            "UpdateExpression": "SET silence_warned_at = :then",
            "ExpressionAttributeValues": {":then": {"S": "2026-01-06T00:00:00Z"}},
        }))
        .await;
        desk.sandbox.discord().type_in_dm(ada.person, "I am still here");
        sweeps(desk).await;
        ada.is_heard("I am still here").await;
        desk.settles().await;
        assert_eq!((ada.stage().await.as_str(), ada.times("has ended")), ("assistant", 0));
        // What is queued for the end is void once something was said.
        let generation = ada.item().await["generation"]["N"].as_str().unwrap().to_owned();
        assert_eq!(generation, "1");
    });
}

#[test]
fn by_twilios_timer() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        desk.settles().await;
        let sid = ada.sid();
        desk.sandbox.twilio().timer(&sid, "inactive");
        desk.settles().await;
        assert_eq!((ada.stage().await.as_str(), ada.times("has ended")), ("assistant", 0));
        desk.sandbox.twilio().timer(&sid, "closed");
        ada.sees("This chat has ended").await;
        assert_ended(desk, &ada).await;
    });
}

#[test]
fn a_line_before_the_end_is_not_lost() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        // Not waiting for anything in between: the end stands behind the line in the inbox.
        ada.messages("one last word").await;
        ada.ends().await;
        ada.sees("This chat has ended").await;
        assert_ended(desk, &ada).await;
        let lines: Vec<String> = ada.lines().into_iter().map(|line| line.body).collect();
        assert_eq!(lines, ["one last word", "The person ended the chat."]);
        chat.hears("one last word").await;
    });
}

#[test]
fn the_next_message_opens_the_successor() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.helpme("the game crashes on start").await;
        ada.sees("<https://").await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        let (first, first_case) = (ada.sid(), ada.cases().await[0]);

        ada.replies("How do I fix GPS drift?").await;
        ada.sees("gps-accuracy").await;
        desk.settles().await;
        let names: Vec<_> = ada.conversations().into_iter().filter_map(|one| one.unique_name).collect();
        assert_eq!(names, [1, 2].map(|generation| format!("discord_{}_{generation}", ada.person)));
        let second = ada.sid();
        assert_ne!(first, second);

        let items = desk.items(&format!("PERSON#{}", ada.person)).await;
        let [current, earlier, reader] = &items[..] else { panic!("{items:#?}") };
        assert_eq!((&current["SK"]["S"], &current["generation"]["N"]), (&json!("CONVERSATION"), &json!("2")));
        assert_eq!((&current["stage"]["S"], &current["conversation_sid"]["S"]), (&json!("assistant"), &json!(second)));
        assert_eq!(current["case_number"], json!(null), "the new chat has no case yet");
        assert_eq!(earlier["SK"]["S"], "CONVERSATION#0000000001");
        assert_eq!((&earlier["stage"]["S"], &earlier["conversation_sid"]["S"]), (&json!("closed"), &json!(first)));
        assert_eq!(earlier["case_number"]["N"], first_case.to_string());
        assert_eq!(reader["SK"]["S"], "READER", "one for all chats of a person");

        // A transfer of the successor is a case of its own.
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        chat.says("Hello again").await;
        ada.sees("Hello again").await;
        desk.settles().await;
        assert_eq!(ada.cases().await.len(), 2);
        assert_eq!(chat.conversation, second);
        // What comes late of the first is not mixed into the second.
        assert_eq!(desk.sandbox.twilio().messages(&first).iter().filter(|line| line.body == "Hello again").count(), 0);
    });
}

#[test]
fn helpme_after_the_end_greets_again() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        ada.ends().await;
        ada.sees("This chat has ended").await;
        ada.helpme("the game crashes on start").await;
        ada.sees("Hello Ada Quill, welcome to support").await;
        ada.sees("<https://").await;
        desk.settles().await;
        assert_eq!((ada.conversations().len(), ada.stage().await.as_str()), (2, "assistant"));
    });
}

#[test]
fn what_twilio_reports_of_the_end_is_no_news_whoever_comes_first() {
    play(async |desk| {
        let alex = desk.agent("Alex Agent");
        let gate = desk.sandbox.gate();
        let fired = gate.fired().len();
        // What ends the chat dies behind each of its calls in turn, so that the reports are handled before it goes on.
        let moments = 4..8;
        for (call, with_agent) in moments.clone().flat_map(|call| [(call, false), (call, true)]) {
            let ada = desk.person("Ada Quill");
            ada.opens_a_chat().await;
            ada.clicks(TALK).await;
            if with_agent {
                alex.accepts_from(&ada).await;
                ada.sees("has joined the chat").await;
            }
            desk.settles().await;
            gate.kill_at(KillPoint { function: "relay".to_owned(), call, when: When::After });
            ada.closes().await;
            assert_ended(desk, &ada).await;
            gate.forget_plan();
            assert_eq!(ada.times("Nobody is available"), 0, "{call}: {}", ada.transcript());
            let history = desk.case_history(ada.cases().await[0]).await;
            assert!(history.ends_with("\nperson: ended the chat (- -> -)"), "{call}: {history}");
            assert_eq!(history.matches("ended").count(), 1, "{call}: {history}");
            assert_eq!(ada.lines().iter().filter(|line| line.body == "The person ended the chat.").count(), 1);
        }
        assert_eq!(gate.fired().len() - fired, 2 * moments.count(), "there were as many calls");
    });
}
