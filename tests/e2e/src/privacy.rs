//! What is kept about a person is handed out and deleted; what is old enough is removed.

use sandbox::Options;
use sandbox::gate::{KillPoint, When};
use sandbox::sims::discord::{OutcomeKind, Place, SimMessage};
use sandbox::trace::Kind;
use serde_json::{Value, json};

use crate::casework::{
    Report, asks, card, case_item, counted, counts, facts, history, moderator, report, set_case, text, word,
};
use crate::desk::{Desk, Somebody, TALK, options, play, play_with};

/// `/privacy export`, and the document that comes of it.
async fn export(desk: &Desk, who: &Somebody<'_>, place: Place) -> (SimMessage, Value) {
    let answer = asks(desk, who, place, "privacy export", json!({})).await;
    assert_eq!(answer.content, "The attached file holds everything that we keep about you.");
    let bytes = desk.sandbox.discord().file_bytes(answer.attachments[0]).unwrap();
    let document = serde_json::from_slice(&bytes).unwrap();
    (answer, document)
}

/// `/privacy delete` and its button. Returns what the message reads then.
async fn delete(desk: &Desk, who: &Somebody<'_>, place: Place, button: &str) -> String {
    let asked = asks(desk, who, place, "privacy delete", json!({})).await;
    assert!(asked.content.starts_with("**Delete what we keep about you?**"), "{}", asked.content);
    let custom_id = asked.button(button).unwrap();
    let outcome = desk.sandbox.discord().click(who.person, asked.id, &custom_id).await;
    assert_eq!(outcome.kind, OutcomeKind::DeferredUpdate);
    desk.is_private(&outcome.token);
    desk.settles().await;
    desk.sandbox.discord().read(|state| state.message(asked.id).cloned()).unwrap().content
}

/// Somebody whose name nobody else has, at no desk and in no other test.
fn named(name: &str) -> String {
    format!("{name} {}", word())
}

/// Nothing in the table names them: not their ID, their name, or their DM with the bot.
async fn assert_forgotten(desk: &Desk, who: &Somebody<'_>) {
    let (id, dm) = (who.person.to_string(), desk.sandbox.discord().dm_channel(who.person).to_string());
    for item in desk.table().await {
        let written = item.to_string();
        for trace in [&id, &who.name, &dm] {
            assert!(!written.contains(trace.as_str()), "{trace} is left in {written}");
        }
    }
    assert_eq!(who.conversations().len(), 0, "Twilio keeps nothing");
}

/// Somebody of whom everything is kept that can be: a chat with a case, reports, a vote for `other`, a draft.
async fn somebody_known<'a>(desk: &'a Desk, name: &str, other: &Report) -> (Somebody<'a>, Report) {
    let ada = desk.person(name);
    let own = report(desk, &ada, ada.place, "bug").await;
    votes(desk, &ada, other.number).await;
    let draft = json!({"title": format!("{} {}", word(), word()), "text": " "});
    let handed_back = ada.uses(ada.place, "bug", draft).await;
    assert!(handed_back.content.starts_with("Your report was not filed."), "{}", handed_back.content);
    ada.helpme("where is my parcel").await;
    ada.sees("welcome to support").await;
    desk.settles().await;
    (ada, own)
}

/// *Me too* on the card.
async fn votes(desk: &Desk, who: &Somebody<'_>, number: u64) {
    let card = card(desk, desk.sandbox.discord().guild_id(), "bug-report", number);
    let outcome = desk.sandbox.discord().click(who.person, card.id, &card.button("case-vote").unwrap()).await;
    desk.is_private(&outcome.token);
    let said = who.answer_to(&outcome).await.content;
    assert!(said.starts_with("Your vote is counted"), "{said}");
    desk.settles().await;
}

#[test]
fn the_export_holds_all_of_theirs_and_nothing_of_others() {
    play(async |desk| {
        let bob = desk.person("Bob Reader");
        let mona = moderator(desk, "Mona Lead");
        let alex = desk.agent("Alex Agent");
        let other = report(desk, &bob, bob.place, "bug").await;
        let (ada, own) = somebody_known(desk, &named("Ada"), &other).await;
        ada.clicks(TALK).await;
        let chat = alex.accepts_from(&ada).await;
        ada.sees("has joined the chat").await;
        chat.says("it is on its way").await;
        ada.sees("it is on its way").await;
        let n = own.number.to_string();
        for (subcommand, more) in [
            ("note", json!({"text": "this one is a nuisance"})),
            ("assign", json!({})),
            ("status", json!({"to": "open", "reason": "we look at it"})),
        ] {
            let mut options = more;
            options["number"] = json!(n);
            asks(desk, &mona, mona.place, &format!("case {subcommand}"), options).await;
        }
        desk.settles().await;

        for place in [ada.place, Place::Dm] {
            let (answer, document) = export(desk, &ada, place).await;
            assert!(answer.ephemeral_for.is_some(), "only they see it");
            assert_eq!(document["discord_user_id"], ada.person.to_string());
            let cases = document["cases"].as_array().unwrap();
            let mine = cases.iter().find(|case| case["number"] == own.number).unwrap();
            assert_eq!((&mine["title"], &mine["text"]), (&json!(own.title), &json!(own.text)));
            assert_eq!((&mine["kind"], &mine["status"]), (&json!("bug"), &json!("open")));
            let lines: Vec<_> = mine["history"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| {
                    let part = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
                    format!("{}: {} ({})", part("who"), part("what"), part("reason"))
                })
                .collect();
            assert_eq!(
                lines,
                [
                    "you: filed as new (-)",
                    "desk: Note (-)",
                    "desk: Assigned to: somebody (-)",
                    "desk: New → Open (we look at it)"
                ]
            );
            let support = cases.iter().find(|case| case["kind"] == "support").unwrap();
            assert_eq!(cases.len(), 2);
            let conversations = document["conversations"].as_array().unwrap();
            assert_eq!(conversations.len(), 1);
            assert_eq!(conversations[0]["case"], support["number"]);
            let said: Vec<_> = conversations[0]["lines"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| {
                    assert!(line["at"].is_string(), "{line}");
                    (line["who"].as_str().unwrap(), line["text"].as_str().unwrap())
                })
                .collect();
            assert_eq!(said[0], ("you", "where is my parcel"));
            assert!(said.contains(&("agent", "it is on its way")), "{said:?}");
            assert_eq!(document["votes"].as_array().unwrap().len(), 1);
            assert_eq!(document["votes"][0]["case"], other.number);
            assert_eq!(document["unfinished_reports"].as_array().unwrap().len(), 1);
            assert_eq!(document["unfinished_reports"][0]["kind"], "bug");
            let whole = document.to_string();
            let strangers = [
                "Bob Reader",
                &bob.person.to_string(),
                &other.title,
                &other.text,
                "Mona Lead",
                &mona.person.to_string(),
                "this one is a nuisance",
                "Alex Agent",
                &alex.agent.identity,
            ];
            for theirs in strangers {
                assert!(!whole.contains(theirs), "{theirs} is in {whole}");
            }
        }
        // A moderator's own document: which cases, not what is in them.
        let (_, document) = export(desk, &mona, mona.place).await;
        assert_eq!(document["cases_worked_on"], json!([own.number]));
        assert!(!document.to_string().contains(&own.title), "{document}");
        // Somebody of whom nothing is kept.
        let eve = desk.person("Eve Nothing");
        let (_, document) = export(desk, &eve, Place::Dm).await;
        assert_eq!(document, json!({}));
    });
}

#[test]
fn a_person_is_deleted_and_the_facts_stay() {
    play(async |desk| {
        let bob = desk.person("Bob Reader");
        let mona = moderator(desk, "Mona Lead");
        let alex = desk.agent("Alex Agent");
        let other = report(desk, &bob, bob.place, "bug").await;
        let (ada, own) = somebody_known(desk, &named("Ada"), &other).await;
        let wish = report(desk, &ada, Place::Dm, "new_feature").await;
        ada.clicks(TALK).await;
        let chat = alex.accepts_from(&ada).await;
        ada.sees("has joined the chat").await;
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        let support = ada.cases().await.into_iter().find(|number| ![own.number, wish.number].contains(number)).unwrap();
        // A second chat, which nobody ended.
        ada.helpme("and where is the other one").await;
        desk.settles().await;
        let n = own.number.to_string();
        asks(desk, &mona, mona.place, "case status", json!({"number": n, "to": "open"})).await;
        desk.settles().await;
        let before = (case_item(desk, own.number).await, history(desk, own.number).await.len());

        let name = ada.name.split(' ').next_back().unwrap();
        let found = desk.sandbox.discord().autocomplete(mona.person, mona.place, "case view", "number", name).await;
        assert_ne!(found.choices, Some(json!([])), "a case is found by its reporter's name");
        let kept = facts(desk).await;
        assert_eq!(delete(desk, &ada, ada.place, "privacy-keep").await, "Nothing was deleted.");
        assert_eq!(facts(desk).await, kept);

        let said = delete(desk, &ada, ada.place, "privacy-delete").await;
        assert_eq!(said, "What we kept about you is deleted. Your cases no longer carry your name.");
        assert_forgotten(desk, &ada).await;
        assert_eq!(desk.table().await.iter().filter(|item| text(item, "case_text") == "where is my parcel").count(), 0);

        let item = case_item(desk, own.number).await;
        for fact in
            ["case_number", "kind", "case_status", "severity", "title", "case_text", "created_at", "server", "board"]
        {
            assert_eq!(item[fact], before.0[fact], "{fact}");
        }
        let lines = history(desk, own.number).await;
        assert_eq!(lines.len(), before.1 + 1, "and one that says so");
        assert_eq!(text(&lines[0], "author_kind"), "erased");
        let server = desk.sandbox.discord().guild_id();
        let shown = card(desk, server, "bug-report", own.number).all_text();
        assert!(!shown.contains(&ada.name) && shown.contains("Reported by\nsomebody"), "{shown}");
        assert!(shown.contains(&own.title), "{shown}");
        assert_eq!(case_item(desk, other.number).await["votes"]["N"], "1", "the vote stays, without whose it was");
        let item = case_item(desk, support).await;
        assert_eq!((text(&item, "case_status"), text(&item, "kind")), ("resolved", "support"));
        assert_eq!(counts(desk, server).await, counted(desk, server).await);
        // The words of the name lead nowhere.
        let found = desk.sandbox.discord().autocomplete(mona.person, mona.place, "case view", "number", name).await;
        assert_eq!(found.choices, Some(json!([])));
        let mine = asks(desk, &ada, ada.place, "case mine", json!({})).await.content;
        assert_eq!(mine, "You have no cases. `/bug` and `/new_feature` file one.");

        // A second time there is nothing left, and they may come back.
        delete(desk, &ada, Place::Dm, "privacy-delete").await;
        assert_forgotten(desk, &ada).await;
        let again = report(desk, &ada, ada.place, "bug").await;
        assert_eq!(ada.cases().await, [again.number]);
        votes(desk, &ada, other.number).await;
        ada.helpme("hello again").await;
        desk.settles().await;
        assert_eq!((ada.conversations().len(), ada.stage().await.as_str()), (1, "assistant"));
        ada.ends().await;
    });
}

#[test]
fn an_open_chat_is_ended_first() {
    play(async |desk| {
        let alex = desk.agent("Alex Agent");
        let ada = desk.person(&named("Ada"));
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts_from(&ada).await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        let number = ada.cases().await[0];
        delete(desk, &ada, Place::Dm, "privacy-delete").await;
        ada.sees("This chat has ended").await;
        assert!(chat.task().is_over(), "{:?}", chat.task());
        assert_eq!(ada.times("This chat has ended"), 1);
        assert_forgotten(desk, &ada).await;
        let item = case_item(desk, number).await;
        assert_eq!((text(&item, "kind"), text(&item, "reporter_name")), ("support", "(deleted)"));
        assert!(history(desk, number).await.iter().any(|line| text(line, "reason") == "ended the chat"));
        // And one who waits for an agent whom nobody has sent.
        let bob = desk.person(&named("Bob"));
        bob.opens_a_chat().await;
        bob.clicks(TALK).await;
        desk.settles().await;
        let [task] = &bob.tasks()[..] else { panic!("{:?}", bob.tasks()) };
        delete(desk, &bob, bob.place, "privacy-delete").await;
        assert_forgotten(desk, &bob).await;
        let tasks = desk.sandbox.twilio().tasks().into_iter();
        assert!(tasks.filter(|one| one.sid == task.sid).all(|one| one.is_over()), "no agent waits for nobody");
    });
}

#[test]
fn a_moderators_name_goes_from_histories_and_assignments() {
    play(async |desk| {
        let ada = desk.person(&named("Ada"));
        let (mona, otto) = (moderator(desk, &named("Mona")), moderator(desk, &named("Otto")));
        let own = report(desk, &ada, ada.place, "bug").await;
        let second = report(desk, &ada, ada.place, "bug").await;
        for number in [own.number.to_string(), second.number.to_string()] {
            asks(desk, &mona, mona.place, "case assign", json!({"number": number})).await;
            let status = json!({"number": number, "to": "open", "reason": "on it"});
            asks(desk, &mona, mona.place, "case status", status).await;
        }
        let to_otto = json!({"number": second.number.to_string(), "to": otto.person.id()});
        asks(desk, &otto, otto.place, "case assign", to_otto).await;
        desk.settles().await;
        delete(desk, &mona, mona.place, "privacy-delete").await;
        assert_forgotten(desk, &mona).await;

        let item = case_item(desk, own.number).await;
        assert_eq!((text(&item, "case_status"), &item["assignee"]), ("open", &Value::Null), "nobody works on it");
        assert_eq!(text(&item, "reporter_name"), ada.name);
        assert_eq!(text(&case_item(desk, second.number).await, "assignee_name"), otto.name);
        let lines = history(desk, own.number).await;
        let who: Vec<_> = lines.iter().map(|line| (text(line, "author_kind"), text(line, "reason"))).collect();
        assert_eq!(
            who,
            [("person", "reported"), ("erased", ""), ("erased", "on it"), ("desk", "a person's data was deleted")]
        );
        let shown = card(desk, desk.sandbox.discord().guild_id(), "bug-report", own.number).all_text();
        assert!(shown.contains("Assigned to\nnobody"), "{shown}");
        let seen =
            asks(desk, &otto, otto.place, "case view", json!({"number": own.number.to_string()})).await.all_text();
        assert!(!seen.contains(&mona.name) && seen.contains("Somebody (deleted): New → Open"), "{seen}");
    });
}

#[test]
fn whatever_the_deletion_dies_of_it_comes_to_the_same_end() {
    play(async |desk| {
        let bob = desk.person("Bob Reader");
        let other = report(desk, &bob, bob.place, "bug").await;
        let gate = desk.sandbox.gate();
        let (mut call, mut deaths) = (0, 0);
        loop {
            let (ada, own) = somebody_known(desk, &named("Ada"), &other).await;
            let votes_before = case_item(desk, other.number).await["votes"].clone();
            let asked = asks(desk, &ada, ada.place, "privacy delete", json!({})).await;
            desk.settles().await;
            let fired = gate.fired().len();
            // Behind a call is before the next one.
            gate.kill_at(KillPoint { function: "privacy".to_owned(), call, when: When::After });
            let outcome =
                desk.sandbox.discord().click(ada.person, asked.id, &asked.button("privacy-delete").unwrap()).await;
            assert_eq!(outcome.kind, OutcomeKind::DeferredUpdate);
            desk.settles().await;
            gate.forget_plan();
            let said = desk.sandbox.discord().read(|state| state.message(asked.id).cloned()).unwrap().content;
            assert_eq!(said, "What we kept about you is deleted. Your cases no longer carry your name.", "{call}");
            assert_forgotten(desk, &ada).await;
            assert_eq!(ada.times("This chat has ended"), 1, "{call}: {}", ada.transcript());
            let item = case_item(desk, own.number).await;
            assert_eq!((text(&item, "title"), text(&item, "reporter_name")), (own.title.as_str(), "(deleted)"));
            let said_so = history(desk, own.number).await;
            let said_so = said_so.iter().filter(|line| text(line, "reason") == "a person's data was deleted").count();
            assert_eq!(said_so, 1, "{call}: the history says so once");
            assert_eq!(case_item(desk, other.number).await["votes"], votes_before);
            if gate.fired().len() == fired {
                break;
            }
            deaths += 1;
            call += 1;
        }
        eprintln!("the deletion died {deaths} times");
        assert!(deaths > 15, "{deaths}");
    });
}

#[test]
fn nobody_presses_anothers_button() {
    play(async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Reader"));
        report(desk, &ada, ada.place, "bug").await;
        let asked = asks(desk, &ada, ada.place, "privacy delete", json!({})).await;
        let before = facts(desk).await;
        let custom_id = asked.button("privacy-delete").unwrap();
        let outcome = desk.sandbox.discord().click(bob.person, asked.id, &custom_id).await;
        assert!(matches!(outcome.kind, OutcomeKind::Blocked(_)), "they do not even see it");
        assert_eq!(facts(desk).await, before);
    });
}

#[test]
fn what_is_over_long_enough_is_removed() {
    let options = options();
    let mut variables = options.variables.clone();
    variables.insert("CASE_RETENTION_DAYS".to_owned(), "1".to_owned());
    play_with(Options { variables, ..options }, async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Reader"));
        let mona = moderator(desk, "Mona Lead");
        let server = desk.sandbox.discord().guild_id();
        let mut reports = Vec::new();
        for _ in 0..4 {
            let filed = report(desk, &ada, ada.place, "bug").await;
            votes(desk, &bob, filed.number).await;
            reports.push(filed);
        }
        let [old, young, open, back] = &reports[..] else { panic!("four were filed") };
        let status = async |report: &Report, to: &str| {
            let options = json!({"number": report.number.to_string(), "to": to});
            asks(desk, &mona, mona.place, "case status", options).await;
            desk.settles().await;
        };
        for closed in [old, young, back] {
            status(closed, "closed").await;
            assert_eq!(text(&case_item(desk, closed.number).await, "sweep_group"), "EXPIRY");
        }
        let long_ago = json!({"S": "2025-01-01T00:00:00Z"});
        for over in [old, back] {
            set_case(desk, over.number, &[("done_at", long_ago.clone()), ("sweep_at", json!({"N": "1"}))]).await;
        }
        // One is opened again, and the sweep has an old list.
        status(back, "reopened").await;
        let group = json!({"S": "EXPIRY"});
        set_case(desk, back.number, &[("sweep_group", group), ("sweep_at", json!({"N": "1"}))]).await;
        desk.sandbox.run_schedule("sweep").unwrap();
        desk.settles().await;

        for stays in [young, open, back] {
            let item = case_item(desk, stays.number).await;
            assert_eq!((text(&item, "title"), &item["votes"]["N"]), (stays.title.as_str(), &json!("1")));
            assert!(!history(desk, stays.number).await.is_empty());
        }
        assert_eq!(case_item(desk, back.number).await["sweep_group"], Value::Null);
        assert_eq!(desk.items(&format!("CASE#{}", old.number)).await, Vec::<Value>::new());
        let padded = format!("CASE#{:020}", old.number);
        for item in desk.table().await {
            let (pk, sk) = (text(&item, "PK"), text(&item, "SK"));
            assert_ne!(sk, padded, "{pk}: it is found by no word");
            let below_people = [format!("VOTE#{}", old.number), format!("WORKED#{}", old.number)];
            assert!(!below_people.iter().any(|own| sk == own), "{pk} {sk}");
            assert!(!item.to_string().contains(&old.title), "{item}");
        }
        assert_eq!(counts(desk, server).await, counted(desk, server).await);
        let n = json!({"number": old.number.to_string()});
        let said = asks(desk, &mona, mona.place, "case view", n).await.content;
        assert_eq!(said, format!("There is no case #{} here.", old.number));
        let removed = desk.logs().iter().filter(|entry| entry.title.contains("removed a case")).count();
        assert_eq!(removed, 1);
        // A second look finds nothing to do.
        let before = facts(desk).await;
        let since = desk.trace_end();
        desk.sandbox.run_schedule("sweep").unwrap();
        desk.settles().await;
        assert_eq!(facts(desk).await, before);
        assert!(desk.calls(since, "sweep", Kind::Discord).is_empty());
    });
}
