//! Waiting for an agent: the place in the queue, and what the agents learn meanwhile.

use std::time::Duration;

use sandbox::sims::faults::{Action, Fault};
use sandbox::sims::twilio::{HookAction, HookFault};
use serde_json::{Value, json};

use crate::desk::{Desk, Somebody, TALK, is_place, options, play, play_with};

/// The one message that tells the place.
fn place(ada: &Somebody<'_>) -> String {
    let told: Vec<_> = ada.dm().into_iter().filter(|message| is_place(&message.content)).collect();
    let [told] = &told[..] else { panic!("{told:#?}") };
    told.content.clone()
}

fn number(place: u32) -> String {
    format!("You are number {place} in the queue.")
}

/// The minute passes after which these are due, and the sweep looks at them.
pub async fn sweep(desk: &Desk, people: &[&Somebody<'_>]) {
    for ada in people {
        let due = json!({
            "Key": {"PK": {"S": format!("PERSON#{}", ada.person)}, "SK": {"S": "CONVERSATION"}},
            "UpdateExpression": "SET sweep_at = :past",
            "ExpressionAttributeValues": {":past": {"N": "1"}},
        });
        desk.update(due).await;
    }
    desk.sandbox.run_schedule("sweep").unwrap();
    desk.settles().await;
}

#[test]
fn the_person_reads_their_place_and_sees_it_change() {
    play_with(options(), async |desk| {
        let [ada, bob, cleo] = ["Ada Quill", "Bob Sparrow", "Cleo Marsh"].map(|name| desk.person(name));
        for (at, person) in (1..).zip([&ada, &bob, &cleo]) {
            person.opens_a_chat().await;
            person.clicks(TALK).await;
            desk.settles().await;
            assert_eq!(place(person), number(at));
        }
        let lengths = [&bob, &cleo].map(|person| person.dm().len());
        ada.ends().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        sweep(desk, &[&bob, &cleo]).await;
        assert_eq!((place(&bob), place(&cleo)), (number(1), number(2)));
        assert_eq!([&bob, &cleo].map(|person| person.dm().len()), lengths, "no new message");
        // Nothing has changed: nothing is said, and nothing is written.
        let since = desk.trace_end();
        sweep(desk, &[&bob, &cleo]).await;
        assert_eq!(desk.calls(since, "deliver", sandbox::trace::Kind::Discord), Vec::<String>::new());
        // Where TaskRouter does not tell it, what stands there stays.
        let alex = desk.agent("Alex Agent");
        let chat = alex.accepts_from(&bob).await;
        bob.sees("has joined the chat").await;
        desk.sandbox.twilio().fault(Fault::status("GET /v1/Workspaces/{}/Tasks", 1, 500, json!({})));
        sweep(desk, &[&bob, &cleo]).await;
        assert_eq!((place(&bob), place(&cleo)), (number(1), number(2)));
        sweep(desk, &[&bob, &cleo]).await;
        assert_eq!((place(&bob), place(&cleo)), (number(1), number(1)));
        chat.completes().await;
        bob.sees("This chat has ended").await;
    });
}

#[test]
fn a_place_that_was_not_told_is_told_by_the_sweep() {
    play_with(options(), async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        // The first one looks for nothing, since there is no task yet.
        desk.sandbox.twilio().fault(Fault::status("GET /v1/Workspaces/{}/Tasks", 1, 500, json!({})));
        ada.clicks(TALK).await;
        desk.settles().await;
        assert_eq!(ada.dm().iter().filter(|message| is_place(&message.content)).count(), 0);
        sweep(desk, &[&ada]).await;
        assert_eq!(place(&ada), number(1));
    });
}

#[test]
fn who_waits_without_a_task_goes_back_to_the_assistant() {
    play(async |desk| {
        // The task's end is reported and lost; or the interaction is accepted, and its channel fails.
        for accepted in [true, false] {
            let ada = desk.person("Ada Quill");
            ada.opens_a_chat().await;
            desk.settles().await;
            let twilio = desk.sandbox.twilio();
            if !accepted {
                let answer = json!({"sid": format!("KD{}", "0a".repeat(16)), "channel": null, "routing": null});
                twilio.fault(Fault::status("POST /v1/Interactions", 1, 200, answer));
            }
            ada.clicks(TALK).await;
            desk.settles().await;
            if accepted {
                // Nobody is missed who has a task.
                waits_long(desk, &ada).await;
                sweep(desk, &[&ada]).await;
                assert_eq!(ada.stage().await, "waiting");
                twilio.hook_fault(HookFault::new("task.canceled", 1, HookAction::Drop));
                twilio.cancel_task(&ada.tasks()[0].sid, "nobody here");
                desk.settles().await;
            } else {
                sweep(desk, &[&ada]).await;
            }
            assert_eq!(ada.stage().await, "waiting", "it may be on its way");
            waits_long(desk, &ada).await;
            sweep(desk, &[&ada]).await;
            ada.sees("Nobody is available right now.").await;
            desk.settles().await;
            sweep(desk, &[&ada]).await;
            assert_eq!((ada.stage().await.as_str(), ada.times("Nobody is available")), ("assistant", 1));
            let targets = twilio.webhooks(&ada.sid()).into_iter().map(|webhook| webhook.target);
            assert_eq!(targets.collect::<Vec<_>>(), ["webhook", "studio"], "the flow hears them again");
        }
    });
}

/// They have been waiting for some minutes.
async fn waits_long(desk: &Desk, ada: &Somebody<'_>) {
    desk.update(json!({
        "Key": {"PK": {"S": format!("PERSON#{}", ada.person)}, "SK": {"S": "CONVERSATION"}},
        "UpdateExpression": "SET moved_at = :then",
        "ExpressionAttributeValues": {":then": {"S": "2026-01-01T00:00:00Z"}},
    }))
    .await;
}

#[test]
fn a_place_that_the_person_cannot_read_is_nobodys_trouble() {
    play_with(options(), async |desk| {
        let (ada, discord) = (desk.person("Ada Quill"), desk.sandbox.discord());
        ada.opens_a_chat().await;
        desk.sandbox.twilio().fault(Fault::status("GET /v1/Workspaces/{}/Tasks", 1, 500, json!({})));
        ada.clicks(TALK).await;
        desk.settles().await;
        discord.close_dms(ada.person);
        sweep(desk, &[&ada]).await;
        // It is known, and not tried again every minute.
        let since = desk.trace_end();
        sweep(desk, &[&ada]).await;
        assert_eq!(desk.calls(since, "deliver", sandbox::trace::Kind::Discord), Vec::<String>::new());
        assert_eq!(desk.dead_letters(), Vec::<String>::new());
        discord.open_dms(ada.person);
    });
}

#[test]
fn with_the_task_the_agents_learn_who_it_is_and_what_was_said() {
    play(async |desk| {
        for in_words in [false, true] {
            let ada = desk.person_speaking("Ada Quill", "es-419");
            let alex = desk.agent("Alex Agent");
            ada.uses(ada.place, "helpme", json!({"question": "my map is empty"})).await;
            ada.sees("<https://").await;
            ada.clicks(TALK).await;
            let chat = alex.accepts_from(&ada).await;
            ada.sees("**Alex**").await;
            chat.completes().await;
            desk.settles().await;
            let first = ada.cases().await[0];

            // The next chat knows of the first one's case.
            ada.messages("it is empty again").await;
            ada.is_heard("it is empty again").await;
            desk.settles().await;
            if in_words {
                ada.messages("quiero un agente").await;
            } else {
                ada.clicks(TALK).await;
            }
            desk.settles().await;
            let case = ada.cases().await[1];
            let task = ada.tasks().pop().unwrap();
            let attributes = &task.attributes;
            assert_eq!(attributes["case_number"], json!(case));
            let server = desk.sandbox.discord().guild_id().to_string();
            let expected = [
                ("locale", "es-419"),
                ("language", "es-ES"),
                ("way", "direct_messages"),
                ("discord_server_id", &server),
                ("customerName", "Ada Quill"),
            ];
            for (name, value) in expected {
                assert_eq!(attributes[name], value, "{name}: {attributes:#}");
            }
            let avatar = attributes["avatar_url"].as_str().unwrap();
            assert!(avatar.starts_with(&format!("https://cdn.discordapp.com/avatars/{}/", ada.person)), "{avatar}");
            let [earlier] = &attributes["earlier_cases"].as_array().unwrap()[..] else { panic!("{attributes:#}") };
            assert_eq!((&earlier["case_number"], &earlier["kind"]), (&json!(first), &json!("support")));
            assert_eq!(earlier["status"], "resolved");
            assert!(earlier["case_url"].as_str().unwrap().ends_with(&format!("/cases/{first}")), "{earlier}");
            let lines = attributes["last_lines"].as_str().unwrap();
            assert!(lines.starts_with("Person: it is empty again\nAssistant: "), "{lines}");
            assert_eq!(lines.ends_with("Person: quiero un agente"), in_words, "{lines}");
            assert!(attributes.to_string().len() < 4_000);
            // Flex's own are still there.
            assert_eq!(attributes["conversationSid"], ada.sid());
            assert!(attributes["flexInteractionChannelSid"].is_string());
            alex.accepts_from(&ada).await.completes().await;
        }
    });
}

#[test]
fn a_task_that_changes_meanwhile_is_added_to_and_one_that_refuses_it_is_left() {
    play(async |desk| {
        const UPDATE: &str = "POST /v1/Workspaces/{}/Tasks/{}";
        let alex = desk.agent("Alex Agent");
        for (status, added) in [(412, true), (400, false)] {
            let ada = desk.person("Ada Quill");
            ada.opens_a_chat().await;
            desk.sandbox.twilio().fault(Fault::status(
                UPDATE,
                if added { 1 } else { 4 },
                status,
                json!({"code": 20001}),
            ));
            ada.clicks(TALK).await;
            desk.settles().await;
            let attributes = ada.tasks()[0].attributes.clone();
            assert_eq!(attributes["last_lines"] != Value::Null, added, "{attributes:#}");
            assert_eq!(attributes["locale"], "en-US");
            let chat = alex.accepts_from(&ada).await;
            ada.sees("has joined the chat").await;
            chat.completes().await;
            ada.sees("This chat has ended").await;
        }
        // An event that comes again adds to the task again.
        desk.sandbox.twilio().faults().clear();
    });
}

#[test]
fn while_a_file_is_fetched_the_person_sees_that_somebody_writes() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        desk.sandbox.twilio().fault(Fault::new("GET /v1/Media/{}", 1, Action::Delay(Duration::from_secs(2))));
        let picture = [&b"\x89PNG\r\n\x1a\n"[..], &[0; 100]].concat();
        chat.sends("look at this", &[("map.png", "image/png", picture)]).await;
        ada.sees("look at this").await;
        let channel = desk.sandbox.discord().dm_channel(ada.person);
        assert_ne!(desk.sandbox.discord().read(|state| state.typing_in(channel)), 0);
    });
}
