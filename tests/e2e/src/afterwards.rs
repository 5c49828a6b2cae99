//! After the end of a chat: the rating, the transcript, and a case that is opened again.

use sandbox::sims::discord::{Outcome, SimMessage};
use sandbox::sims::faults::{Action, Fault};
use serde_json::{Value, json};

use crate::casework::{asks, case, case_item, moderator, text};
use crate::desk::{Desk, Somebody, TALK, labels, play};
use crate::reports::PNG;

/// They have had a chat with an agent, who has completed it; the number of its case.
async fn has_had_a_chat(desk: &Desk, ada: &Somebody<'_>) -> u64 {
    let alex = desk.agent("Alex Agent");
    ada.opens_a_chat().await;
    ada.clicks(TALK).await;
    let chat = alex.accepts_from(ada).await;
    ada.sees("has joined the chat").await;
    chat.says("How can I help?").await;
    ada.sees("How can I help?").await;
    chat.completes().await;
    ada.sees("This chat has ended").await;
    desk.settles().await;
    *ada.cases().await.last().unwrap()
}

fn star(ada: &Somebody<'_>, number: u64, stars: u8) -> String {
    format!("case-rate:v1:{}:{number}:{stars}", ada.person)
}

/// What *Reopen* answers where the case goes on in the DM.
fn goes_on_in_the_dm(desk: &Desk, ada: &Somebody<'_>, number: u64) -> String {
    let dm = desk.sandbox.discord().dm_channel(ada.person);
    format!(
        "**#{number}** is open again. Your chat continues this case, also with a person when you ask for one: \
         <https://discord.com/channels/@me/{dm}>"
    )
}

/// Presses a button of an answer that opens a form.
async fn opens_form_of(desk: &Desk, ada: &Somebody<'_>, answer: &SimMessage) -> Outcome {
    let button = answer.button("case-comment:").unwrap();
    desk.sandbox.discord().click(ada.person, answer.id, &button).await
}

/// The file that an answer carries.
fn file_of(desk: &Desk, answer: &SimMessage) -> String {
    let [file] = answer.attachments[..] else { panic!("{answer:#?}") };
    String::from_utf8(desk.sandbox.discord().file_bytes(file).unwrap().to_vec()).unwrap()
}

/// What stands in a file, without the times.
fn without_times(text: &str) -> String {
    let line = |line: &str| match line.split_once("] ") {
        Some((time, rest)) if time.starts_with("[2") => format!("[time] {rest}"),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_end_asks_for_a_rating_and_the_last_one_counts() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let mona = moderator(desk, "Mona Lead");
        let number = has_had_a_chat(desk, &ada).await;
        let end = ada.dm().into_iter().find(|message| message.content.starts_with("This chat has ended")).unwrap();
        assert!(end.content.ends_with("\nHow was it? 1 is poor, 5 is great."), "{}", end.content);
        assert_eq!(labels(&end), ["1", "2", "3", "4", "5", "Reply", "Transcript"]);
        let rows: Vec<_> = end.components.as_array().unwrap().iter().map(|row| row["components"].clone()).collect();
        assert_eq!(rows.iter().map(|row| row.as_array().map_or(0, Vec::len)).collect::<Vec<_>>(), [5, 2]);

        let answer = ada.clicks(&star(&ada, number, 2)).await;
        assert!(answer.content.starts_with(&format!("Thank you, your rating for case #{number} is kept: 2 of 5.")));
        assert_eq!(labels(&answer), ["Add a comment"]);
        let answer = ada.clicks(&star(&ada, number, 5)).await;
        assert!(answer.content.contains("is kept: 5 of 5."), "{}", answer.content);
        // The same once more changes nothing.
        ada.clicks(&star(&ada, number, 5)).await;
        desk.settles().await;
        assert_eq!(case_item(desk, number).await["rating"]["N"], "5");

        let form = opens_form_of(desk, &ada, &answer).await.modal.expect("a form opens");
        let said = async |form, text: &str| {
            desk.is_private(text);
            let sent = desk.sandbox.discord().submit_modal(ada.person, form, &[("comment", text)]).await;
            ada.answer_to(&sent).await.content
        };
        assert_eq!(said(&form, " \n ").await, "There is nothing to send: the message has no text.");
        let kept = format!("Thank you, your comment on case #{number} is kept.");
        assert_eq!(said(&form, "Quick and friendly *indeed*").await, kept);
        desk.settles().await;
        assert_eq!(text(&case_item(desk, number).await, "rating_comment"), "Quick and friendly *indeed*");
        // The form holds what was said before.
        let form = opens_form_of(desk, &ada, &answer).await.modal.expect("a form opens");
        assert!(form.components.to_string().contains("Quick and friendly *indeed*"));

        let history = desk.case_history(number).await;
        assert_eq!(history.lines().filter(|line| line.starts_with("person:  (")).count(), 3, "{history}");
        let shown = asks(desk, &mona, mona.place, "case view", json!({"number": number.to_string()})).await.all_text();
        assert!(shown.contains("Rating\n5 / 5"), "{shown}");
        assert!(shown.contains("Quick and friendly \\*indeed\\*"), "{shown}");
        assert!(shown.contains("Rating: 2 → 5") && shown.contains("Commented on the rating"), "{shown}");
        assert_eq!(ada.news().len(), 1, "the resolution: a rating is no news for the one who gave it");

        // It is theirs: handed out, and deleted, but for the number.
        let export = ada.uses(ada.place, "privacy export", json!({})).await;
        let export: Value = serde_json::from_str(&file_of(desk, &export)).unwrap();
        let exported = &export["cases"][0];
        assert_eq!(
            (&exported["rating"], &exported["rating_comment"]),
            (&json!(5), &json!("Quick and friendly *indeed*"))
        );
        let question = ada.uses(ada.place, "privacy delete", json!({})).await;
        ada.presses_on(&question, "privacy-delete:").await;
        desk.settles().await;
        let items = desk.items(&format!("CASE#{number}")).await;
        assert!(!json!(items).to_string().contains("Quick and friendly"), "{items:#?}");
        assert_eq!(case_item(desk, number).await["rating"]["N"], "5");
        let late = ada.clicks(&star(&ada, number, 1)).await;
        assert_eq!(late.content, format!("There is no case {number} here."));
    });
}

#[test]
fn an_end_without_a_case_asks_for_no_rating() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        ada.ends().await;
        let end = ada.sees("This chat has ended").await;
        assert_eq!(labels(&end), ["Reply", "Transcript"]);
        assert!(!end.content.contains("How was it?"), "{}", end.content);
    });
}

#[test]
fn what_was_said_is_handed_out_as_a_file() {
    play(async |desk| {
        let jonas = desk.person_speaking("Jonas Feder", "de");
        let alex = desk.agent("Alex Agent");
        jonas.uses(jonas.place, "helpme", json!({"question": "GPS drift"})).await;
        jonas.sees("<https://").await;
        jonas.clicks(TALK).await;
        let chat = alex.accepts_from(&jonas).await;
        jonas.sees("**Alex**").await;
        chat.says("Hallo Jonas\nwas ist los?").await;
        jonas.sees("was ist los?").await;
        let file = desk.sandbox.discord().upload(jonas.person, "karte.png", "image/png", PNG);
        jonas.uses(jonas.place, "message", json!({"text": "Sie ist leer 😀", "file": file})).await;
        chat.hears("karte.png").await;
        let typed = jonas.types_in_the_dm("Stufe 41");
        jonas.is_read().await;
        chat.hears("Stufe 41").await;
        desk.is_private("Stufe 42");
        desk.sandbox.discord().edit_line(jonas.person, typed, "Stufe 42");
        jonas.is_read().await;
        chat.hears_about("Stufe 42").await;
        chat.sends("Danke", &[("anleitung.png", "image/png", PNG.to_vec())]).await;
        jonas.sees("Danke").await;
        jonas.ends().await;
        jonas.sees("Dieser Chat ist beendet").await;
        desk.settles().await;
        let transcript = format!("transcript:v1:{}:1", jonas.person);
        let answer = jonas.clicks(&transcript).await;
        assert_eq!(answer.content, "In der angehängten Datei steht, was in diesem Chat gesagt wurde.");
        assert_eq!(answer.ephemeral_for, Some(jonas.person.id()));
        let text = file_of(desk, &answer);
        let (heading, lines) = text.split_once("\n\n").unwrap();
        let date = jonas.item().await["opened_at"]["S"].as_str().unwrap()[..10].to_owned();
        assert_eq!(heading, format!("Chat vom {date}. Alle Zeiten sind in UTC."));
        let lines = without_times(lines);
        let (question, rest) = lines.split_once('\n').unwrap();
        assert_eq!(question, "[time] Du: GPS drift");
        assert!(rest.starts_with("[time] Assistent: "), "{rest}");
        let rest = &rest[rest.find("[time] Team").unwrap()..];
        insta::assert_snapshot!(rest, @r"
        [time] Team: Hallo Jonas
            was ist los?
        [time] Du: Sie ist leer 😀
        [time] Du: [Datei: karte.png]
        [time] Du: Stufe 41
        [time] Du (bearbeitet): Stufe 42
        [time] Team: Danke
            [Datei: anleitung.png]
        ");
        // The next chat has a transcript of its own, and the first one's stays.
        jonas.messages("noch etwas anderes").await;
        desk.settles().await;
        assert_eq!(file_of(desk, &jonas.clicks(&transcript).await), text);
        // What is deleted is gone.
        let question = jonas.uses(jonas.place, "privacy delete", json!({})).await;
        jonas.presses_on(&question, "privacy-delete:").await;
        desk.settles().await;
        let gone = jonas.clicks(&transcript).await;
        assert_eq!(gone.content, "Was in diesem Chat gesagt wurde, ist nicht mehr aufgehoben.");
        assert_eq!(gone.attachments.len(), 0);
    });
}

#[test]
fn a_long_transcript_is_whole() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts_from(&ada).await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        for number in 0..230 {
            let (twilio, line) = (desk.sandbox.twilio(), format!("line {number}"));
            twilio.say_as("assistant", &chat.conversation, &line, r#"{"bridge":"assistant"}"#).await.unwrap();
        }
        ada.ends().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        let text = file_of(desk, &ada.clicks("transcript:").await);
        let lines: Vec<_> = text.lines().filter(|line| line.contains("Assistant: line ")).collect();
        assert_eq!(lines.len(), 230);
        assert!(lines[0].ends_with("line 0") && lines[229].ends_with("line 229"));
    });
}

#[test]
fn a_case_that_was_opened_again_goes_on_in_the_next_chat() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let number = has_had_a_chat(desk, &ada).await;
        let first = ada.sid();
        ada.sees("This is resolved.").await;
        let said = ada.clicks("case-reopen:").await.content;
        assert_eq!(said, goes_on_in_the_dm(desk, &ada, number));
        let greeting = ada.sees("welcome to support").await;
        assert_eq!(labels(&greeting), ["Reply", "Talk to a person", "End chat"]);
        desk.settles().await;
        assert_eq!(text(&case_item(desk, number).await, "case_status"), "reopened");

        // They just type.
        ada.types_in_the_dm("it is back");
        ada.is_read().await;
        ada.is_heard("it is back").await;
        let second = ada.sid();
        assert_ne!(first, second);
        let item = ada.item().await;
        assert_eq!(item["case_number"]["N"], number.to_string());
        assert_eq!(item["continues_sid"]["S"], first.as_str());
        let notes = |sid: &str| {
            let lines = desk.sandbox.twilio().messages(sid).into_iter().filter(|line| line.author == "system");
            lines.map(|line| line.body).collect::<Vec<_>>()
        };
        let [note] = &notes(&second)[..] else { panic!("{:?}", notes(&second)) };
        assert!(note.starts_with(&format!("This chat continues case #{number}: http")), "{note}");
        assert!(note.ends_with(&format!("/cases/{number}")), "{note}");
        assert_eq!(ada.times("This chat continues"), 0, "it is for the agents");
        let conversations = case_item(desk, number).await["conversations"]["L"].clone();
        assert_eq!(conversations, json!([{"S": first}, {"S": second}]));

        ada.clicks(TALK).await;
        ada.sees(&format!("Case #{number}: an agent has been called")).await;
        let alex = desk.agent("Alex Again");
        let chat = alex.accepts_from(&ada).await;
        assert_eq!(chat.task().attributes["case_number"], number);
        ada.sees("has joined the chat").await;
        chat.completes().await;
        desk.settles().await;
        assert_eq!(ada.cases().await, [number]);
        insta::assert_snapshot!(desk.case_history(number).await, @"
        support resolved, Alex Again: Chat with Ada Quill
        person: asked for an agent (- -> new)
        Alex Agent: accepted the chat (new -> open)
        Alex Agent: ended the chat (open -> resolved)
        person: reopened by the reporter (resolved -> reopened)
        desk:  (- -> -)
        Alex Again: accepted the chat (reopened -> open)
        Alex Again: ended the chat (open -> resolved)
        ");
        // It went on once: the chat after that is about something else.
        ada.messages("and now something else").await;
        desk.settles().await;
        let item = ada.item().await;
        assert_eq!((&item["generation"]["N"], &item["case_number"]), (&json!("3"), &Value::Null));
        assert_eq!(notes(&ada.sid()), Vec::<String>::new());
    });
}

#[test]
fn a_case_that_was_opened_again_goes_on_in_the_open_chat() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let number = has_had_a_chat(desk, &ada).await;
        let first = ada.sid();
        ada.opens_a_chat().await;
        desk.settles().await;
        let options = json!({"number": number.to_string(), "reason": "it is back"});
        let said = ada.uses(ada.place, "case reopen", options.clone()).await.content;
        assert_eq!(said, goes_on_in_the_dm(desk, &ada, number));
        desk.settles().await;
        let item = ada.item().await;
        assert_eq!(
            (&item["case_number"]["N"], &item["continues_sid"]["S"]),
            (&json!(number.to_string()), &json!(first))
        );
        assert!(desk.case_history(number).await.contains("\nperson: it is back (resolved -> reopened)"));
        // Twice: it goes on already.
        ada.uses(ada.place, "case reopen", options).await;
        desk.settles().await;
        let notes = ada.lines().into_iter().filter(|line| line.body.starts_with("This chat continues")).count();
        assert_eq!((notes, case_item(desk, number).await["conversations"]["L"].as_array().unwrap().len()), (1, 2));
        ada.clicks(TALK).await;
        ada.sees(&format!("Case #{number}: an agent has been called")).await;
        desk.settles().await;
        assert_eq!(ada.cases().await, [number]);
        ada.ends().await;
        ada.sees("This chat has ended").await;
        ada.messages("something else").await;
        desk.settles().await;
        assert_eq!(ada.item().await["case_number"], Value::Null);
    });
}

#[test]
fn a_case_waits_for_the_next_chat_where_none_can_be_opened() {
    play(async |desk| {
        let (ada, discord) = (desk.person("Ada Quill"), desk.sandbox.discord());
        let number = has_had_a_chat(desk, &ada).await;
        ada.sees("This is resolved.").await;
        let waits = format!(
            "**#{number}** is open again. Press *Reply* or use `/message` to write to us: your next chat continues this case."
        );
        // Their direct messages are closed, and then Twilio refuses.
        discord.close_dms(ada.person);
        let answer = ada.clicks("case-reopen:").await;
        assert_eq!((&answer.content, labels(&answer)), (&waits, vec!["Reply".to_owned()]));
        desk.settles().await;
        assert_eq!(text(&case_item(desk, number).await, "case_status"), "reopened");
        discord.open_dms(ada.person);
        let body = json!({"code": 50416, "message": "refused on purpose", "more_info": null, "status": 400});
        let refusal = Action::Status { status: 400, body, headers: Vec::new() };
        desk.sandbox.twilio().fault(Fault::new("POST /v1/Conversations", 1, refusal));
        desk.expects_error("no chat can be opened for a case that goes on");
        assert_eq!(ada.clicks("case-reopen:").await.content, waits);
        desk.settles().await;
        assert_eq!(ada.conversations().len(), 1);
        ada.replies("it is back").await;
        desk.settles().await;
        assert_eq!((ada.conversations().len(), &ada.item().await["case_number"]["N"]), (2, &json!(number.to_string())));
    });
}

#[test]
fn a_case_that_the_end_of_its_chat_left_undone_goes_on() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        alex.accepts_from(&ada).await;
        ada.sees("has joined the chat").await;
        let number = ada.cases().await[0];
        let reopen = json!({"number": number.to_string(), "reason": "one more thing"});
        let said = ada.uses(ada.place, "case reopen", reopen.clone()).await.content;
        assert_eq!(
            said,
            format!("**#{number}** cannot be reopened. Its status is: In progress"),
            "it is being talked about"
        );
        ada.ends().await;
        let end = ada.sees("This chat has ended").await;
        assert_eq!(labels(&end), ["1", "2", "3", "4", "5", "Reply", "Reopen", "Transcript"]);
        desk.settles().await;
        assert_eq!(ada.clicks("case-reopen:").await.content, goes_on_in_the_dm(desk, &ada, number));
        desk.settles().await;
        ada.types_in_the_dm("one more thing");
        ada.is_read().await;
        ada.is_heard("one more thing").await;
        assert_eq!(ada.item().await["case_number"]["N"], number.to_string());
        assert_eq!(text(&case_item(desk, number).await, "case_status"), "open");
        ada.ends().await;
        ada.sees("This chat has ended").await;
        // A chat about another case comes first.
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        desk.settles().await;
        let said = ada.uses(ada.place, "case reopen", reopen).await.content;
        let later = "Your open chat is about something else; this case continues in your next chat, after this one.";
        assert_eq!(said, format!("**#{number}** is open again. {later}"));
        let other = ada.item().await["case_number"]["N"].clone();
        assert_ne!(other, number.to_string());
        ada.ends().await;
        ada.sees("This chat has ended").await;
        ada.messages("and now the first thing").await;
        desk.settles().await;
        assert_eq!((&ada.item().await["case_number"]["N"], ada.cases().await.len()), (&json!(number.to_string()), 2));
    });
}

#[test]
fn a_case_that_waits_for_its_reporter_goes_on_with_their_answer() {
    play(async |desk| {
        let (ada, mona) = (desk.person("Ada Quill"), moderator(desk, "Mona Lead"));
        let number = has_had_a_chat(desk, &ada).await;
        ada.sees("This is resolved.").await;
        let n = number.to_string();
        case(desk, &mona, "reopen", json!({"number": n, "reason": "we look at it"})).await;
        desk.settles().await;
        assert_eq!(labels(&ada.sees("This case is open again.").await), ["Reply"]);
        ada.replies("what is it?").await;
        desk.settles().await;
        assert_eq!((ada.conversations().len(), &ada.item().await["case_number"]["N"]), (2, &json!(n)));
        ada.ends().await;
        ada.sees("This chat has ended").await;
        // A chat that is open and about nothing yet is about it from then on.
        ada.opens_a_chat().await;
        desk.settles().await;
        assert_eq!(ada.item().await["case_number"], Value::Null);
        case(desk, &mona, "status", json!({"number": n, "to": "waiting_for_person"})).await;
        desk.settles().await;
        assert_eq!(labels(&ada.sees("We need something from you").await), ["Reply"]);
        ada.clicks(TALK).await;
        desk.settles().await;
        assert_eq!(ada.cases().await, [number]);
    });
}

#[test]
fn a_case_that_was_resolved_again_meanwhile_does_not_go_on() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let mona = moderator(desk, "Mona Lead");
        let number = has_had_a_chat(desk, &ada).await;
        ada.sees("This is resolved.").await;
        case(desk, &mona, "reopen", json!({"number": number.to_string(), "reason": "we look at it"})).await;
        desk.settles().await;
        case(desk, &mona, "status", json!({"number": number.to_string(), "to": "resolved"})).await;
        desk.settles().await;
        ada.messages("something else").await;
        desk.settles().await;
        assert_eq!(ada.item().await["case_number"], Value::Null);
        assert_eq!(case_item(desk, number).await["conversations"]["L"].as_array().unwrap().len(), 1);
    });
}
