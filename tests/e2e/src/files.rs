//! Files both ways, what of a message is no text, and edits of the person's.

use std::cell::Cell;

use sandbox::sims::discord::{FileLie, Filled, SimMessage};
use sandbox::sims::faults::Fault;
use sandbox::sims::twilio::Message;
use serde_json::{Value, json};

use crate::crashes::every_crash;
use crate::desk::{Chat, Desk, PATIENCE, Somebody, TALK, Worker, labels, play};
use crate::quirks::stage::{self, Stage, Who};

const PNG_START: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
const MIB: usize = 1024 * 1024;

/// A picture of so many bytes.
fn png(size: usize) -> Vec<u8> {
    let mut bytes = PNG_START.to_vec();
    bytes.resize(size.max(PNG_START.len()), 7);
    bytes
}

/// A person in a chat with an agent.
async fn in_a_chat<'w, 'a>(ada: &Somebody<'_>, alex: &'w Worker<'a>) -> Chat<'w, 'a> {
    ada.opens_a_chat().await;
    ada.clicks(TALK).await;
    let chat = alex.accepts_from(ada).await;
    ada.sees("has joined the chat").await;
    chat
}

/// The person's lines at Twilio, each with the types of its files.
fn heard(ada: &Somebody<'_>) -> Vec<(String, Vec<String>)> {
    let theirs = ada.lines().into_iter().filter(|line| line.author == ada.identity());
    theirs.map(|line| (line.body, line.media.into_iter().map(|media| media.content_type).collect())).collect()
}

/// What the desk has said to the agents.
fn notes(ada: &Somebody<'_>) -> Vec<String> {
    ada.lines().into_iter().filter(|line| line.author == "system").map(|line| line.body).collect()
}

fn bytes_of(desk: &Desk, line: &Message) -> Vec<u8> {
    desk.sandbox.twilio().media_bytes(&line.media[0].sid).unwrap().to_vec()
}

/// Names and lengths of a message's files.
fn attachments(desk: &Desk, message: &SimMessage) -> Vec<(String, u64)> {
    let files = desk.sandbox.discord().read(|state| state.attachments(message.id));
    files.into_iter().map(|file| (file.filename, file.size)).collect()
}

fn as_pairs(lines: &[(String, Vec<String>)]) -> Vec<(&str, Vec<&str>)> {
    lines.iter().map(|(body, types)| (body.as_str(), types.iter().map(String::as_str).collect())).collect()
}

#[test]
fn a_persons_files_reach_the_agents_behind_their_line() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let (picture, log) = (png(5000), b"line 1\nline 2".to_vec());
        let files = [("shot one.png", "image/png", picture.clone()), ("game.log", "text/plain", log.clone())];
        let sent = ada.puts("look at this", &files, Value::Null);
        let answer = ada.sends_to_support(sent).await;
        assert!(answer.content.starts_with("Sent."), "{}", answer.content);
        chat.hears("look at this").await;
        let first = chat.hears("shot_one.png").await;
        let second = chat.hears("game.log").await;
        assert_eq!((bytes_of(desk, &first), bytes_of(desk, &second)), (picture, log));
        desk.settles().await;
        let lines = heard(&ada);
        assert_eq!(
            as_pairs(&lines),
            [("look at this", vec![]), ("shot_one.png", vec!["image/png"]), ("game.log", vec!["text/plain"])]
        );
        assert_eq!(notes(&ada), Vec::<String>::new());
        // Once more does nothing.
        ada.sends_to_support(sent).await;
        desk.settles().await;
        assert_eq!(heard(&ada).len(), 3);
        chat.says("I see both").await;
        ada.sees("I see both").await;
    });
}

#[test]
fn files_come_with_a_form_and_with_a_command_too() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let discord = desk.sandbox.discord();
        let upload = |name: &str| {
            desk.is_private(name);
            discord.upload(ada.person, name, "image/png", png(400))
        };
        let files = vec![upload("north.png"), upload("south.png")];
        let form = ada.opens_the_form().await;
        let fields = [("body", Filled::Text("both ends of the map")), ("files", Filled::Files(files))];
        let outcome = discord.submit_form(ada.person, &form, &fields).await;
        desk.is_private(&outcome.token);
        let answer = ada.answer_to(&outcome).await;
        assert_eq!(answer.content, "**You:** both ends of the map\n\u{1f4ce} north.png\n\u{1f4ce} south.png");
        chat.hears("both ends of the map").await;
        chat.hears("north.png").await;
        chat.hears("south.png").await;
        // A form with nothing but a file.
        let form = ada.opens_the_form().await;
        let outcome =
            discord.submit_form(ada.person, &form, &[("files", Filled::Files(vec![upload("alone.png")]))]).await;
        desk.is_private(&outcome.token);
        assert_eq!(ada.answer_to(&outcome).await.content, "**You:** \u{1f4ce} alone.png");
        assert_eq!(chat.hears("alone.png").await.media.len(), 1);
        let file = upload("east.png");
        ada.uses(ada.place, "message", json!({"text": "and the east", "file": file})).await;
        chat.hears("and the east").await;
        assert_eq!(chat.hears("east.png").await.media.len(), 1);
    });
}

#[test]
fn a_file_alone_is_heard_by_the_assistant_once() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let files = [("one.png", "image/png", png(300)), ("two.png", "image/png", png(300))];
        ada.sends_to_support(ada.puts("", &files, Value::Null)).await;
        ada.sees("I found nothing about that").await;
        desk.settles().await;
        assert_eq!(ada.times("I found nothing about that"), 1);
        assert_eq!(heard(&ada).len(), 2);
    });
}

#[test]
fn every_size_has_a_clear_answer() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let discord = desk.sandbox.discord();
        let files = [
            ("nothing.txt", "text/plain", Vec::new()),
            ("ten_mib.png", "image/png", png(10 * MIB)),
            ("eleven_mib.png", "image/png", png(11 * MIB)),
            ("declared.zip", "application/zip", b"PK\x03\x04".to_vec()),
            ("understated.png", "image/png", png(17 * MIB)),
        ];
        let sent = ada.puts("my files", &files, Value::Null);
        let ids = discord.read(|state| state.message(sent).unwrap().attachments.clone());
        discord.lie_about_file(ids[3], None, Some(200 * 1024 * 1024));
        discord.lie_about_file(ids[4], None, Some(5));
        ada.sends_to_support(sent).await;
        chat.hears("my files").await;
        chat.hears("ten_mib.png").await;
        let eleven = chat.hears("eleven_mib.png").await;
        assert_eq!(eleven.media[0].size, 11 * MIB as u64);
        let told = ada.sees("not everything that came with it").await;
        assert_eq!(
            told.content,
            "Your message was passed on, but not everything that came with it:\n\
             nothing.txt is empty.\n\
             declared.zip is too large: at most 16 MiB.\n\
             understated.png is too large: at most 16 MiB."
        );
        desk.settles().await;
        assert_eq!(
            notes(&ada),
            ["Not passed on from Discord:\n\
              nothing.txt: the file is empty\n\
              declared.zip: the file is larger than 16 MiB\n\
              understated.png: the file is larger than 16 MiB"]
        );
        assert_eq!(heard(&ada).len(), 3);
        // What was only declared was never fetched.
        let fetched = desk.calls(0, "relay", sandbox::trace::Kind::Discord);
        assert!(!fetched.iter().any(|call| call.contains("declared.zip")), "{fetched:#?}");
    });
}

#[test]
fn a_file_is_what_is_in_it_and_its_name_does_no_harm() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let discord = desk.sandbox.discord();
        let files = [
            ("holiday.png", "image/png", b"MZ\x90\0 a program".to_vec()),
            ("picture.html", "text/html", png(200)),
            ("bomb.json", "application/json", b"{\"small\": true}".to_vec()),
            ("plain.log", "text/plain", b"all is well".to_vec()),
        ];
        let sent = ada.puts("what are these?", &files, Value::Null);
        let ids = discord.read(|state| state.message(sent).unwrap().attachments.clone());
        // It says that it is packed, and that what comes out is small.
        discord.lie_about(ids[2], FileLie { encoding: Some("gzip".into()), size: Some(1), ..FileLie::default() });
        let name = "..\\..\\etc/\u{202e}gol.\u{200b}plain.log";
        discord.lie_about(ids[3], FileLie { name: Some(name.into()), ..FileLie::default() });
        ada.sends_to_support(sent).await;
        chat.hears("what are these?").await;
        assert_eq!(chat.hears("picture.html").await.media[0].content_type, "image/png");
        assert_eq!(chat.hears("gol.plain.log").await.media[0].content_type, "text/plain");
        let told = ada.sees("not everything that came with it").await.content;
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 3, "{told}");
        assert!(lines[1].starts_with("holiday.png is not of a type that we take."), "{told}");
        assert_eq!(lines[2], "bomb.json could not be fetched. Please attach it again.");
        desk.settles().await;
        assert_eq!(
            notes(&ada),
            ["Not passed on from Discord:\n\
              holiday.png: the file is not of a type that is passed on\n\
              bomb.json: the file could not be fetched"]
        );
    });
}

#[test]
fn an_address_that_died_is_asked_for_again_where_there_is_a_message() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let (discord, twilio) = (desk.sandbox.discord(), desk.sandbox.twilio());
        // In the direct messages, which may be read; of a message in the server Discord shows no files later.
        let dm = discord.dm_channel(ada.person);
        desk.is_private("kept.png");
        let kept = [("kept.png", "image/png", png(300).into())];
        let sent = discord.send_in(ada.person, dm, "of a message", &kept, Value::Null);
        twilio.fault(Fault::status("POST /v1/Conversations/{}/Messages", 1, 503, json!({})));
        ada.sends_to_support_in_the_dm(sent).await;
        until_it_happened(desk).await;
        discord.expire_attachments();
        chat.hears("of a message").await;
        chat.hears("kept.png").await;
        // A command's file has no message.
        desk.is_private("lost.png");
        let file = discord.upload(ada.person, "lost.png", "image/png", png(300));
        twilio.fault(Fault::status("POST /v1/Conversations/{}/Messages", 1, 503, json!({})));
        ada.uses(ada.place, "message", json!({"text": "of a command", "file": file})).await;
        until_it_happened(desk).await;
        discord.expire_attachments();
        chat.hears("of a command").await;
        ada.sees("lost.png could not be fetched. Please attach it again.").await;
        desk.settles().await;
        assert_eq!(notes(&ada), ["Not passed on from Discord:\nlost.png: the file could not be fetched"]);
    });
}

/// Waits until Twilio's planned fault has happened.
async fn until_it_happened(desk: &Desk) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while desk.sandbox.twilio().faults().left() > 0 {
        assert!(tokio::time::Instant::now() < deadline, "the fault does not happen");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[test]
fn what_is_no_text_has_words_for_it() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let voice = ("voice-message.ogg", "audio/ogg", [&b"OggS\0\x02"[..], &[0; 200]].concat());
        let sticker = json!({"sticker_items": [{"id": "7", "name": "Wave", "format_type": 1}]});
        let poll = json!({"poll": {"question": {"text": "Which map?"}, "allow_multiselect": false, "layout_type": 1,
            "answers": [{"answer_id": 1, "poll_media": {"text": "North"}}, {"answer_id": 2, "poll_media": {"text": "South"}}]}});
        let forward = json!({"message_reference": {"type": 1, "message_id": "5", "channel_id": "6"}, "message_snapshots": [
            {"message": {"content": "it broke for me too", "attachments": [], "embeds": [], "type": 0}}]});
        ada.sends_to_support(ada.puts("", &[], sticker)).await;
        chat.hears("[sticker: Wave]").await;
        ada.sends_to_support(ada.puts("", &[voice], json!({"flags": 8192}))).await;
        chat.hears("[voice message]").await;
        assert_eq!(chat.hears("voice-message.ogg").await.media[0].content_type, "audio/ogg");
        ada.sends_to_support(ada.puts("vote please", &[], poll)).await;
        chat.hears("vote please\n[poll: Which map? (North / South)]").await;
        ada.sends_to_support(ada.puts("", &[], forward)).await;
        chat.hears("[forwarded message] it broke for me too").await;
        // A location, an invitation to a game, or what Discord thinks of next.
        ada.sends_to_support(ada.puts("", &[], Value::Null)).await;
        chat.hears("[something on Discord that cannot be shown here]").await;
        desk.settles().await;
        assert_eq!(notes(&ada), Vec::<String>::new());
    });
}

#[test]
fn an_edited_message_reaches_the_agents_as_a_note_once() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let discord = desk.sandbox.discord();
        // Edited before anybody heard of it: nothing to tell.
        let early = ada.types("my game crashs");
        discord.edit_line(ada.person, early, "my game crashes");
        ada.sends_to_support(early).await;
        chat.hears("my game crashes").await;
        ada.sends_to_support(early).await;
        desk.settles().await;
        assert_eq!(notes(&ada), Vec::<String>::new());
        // Edited afterwards, twice.
        for text in ["my game crashes on start", "my game crashes when it starts"] {
            discord.edit_line(ada.person, early, text);
            desk.is_private(text);
            for _ in 0..2 {
                ada.sends_to_support(early).await;
            }
            chat.hears(&format!("The person edited a message. It now reads:\n{text}")).await;
        }
        desk.settles().await;
        assert_eq!(notes(&ada).len(), 2);
        assert_eq!(ada.said(), ["my game crashes"]);
        chat.says("thank you").await;
        ada.sees("thank you").await;
        // After the end it is said that nobody reads it.
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        discord.edit_line(ada.person, early, "never mind");
        ada.sends_to_support(early).await;
        ada.sees("Your chat has ended, so the change of your message was not passed on.").await;
        desk.settles().await;
        assert_eq!((ada.conversations().len(), notes(&ada).len()), (1, 2));
    });
}

#[test]
fn an_agents_files_are_shown_with_their_line() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let files = [("map.png", "image/png", png(2000)), ("notes.txt", "text/plain", b"turn left".to_vec())];
        let line = chat.sends("Here is the *map*", &files).await;
        let shown = ada.sees(r"Here is the \*map\*").await;
        assert_eq!(attachments(desk, &shown), [("map.png".to_owned(), 2000), ("notes.txt".to_owned(), 9)]);
        assert_eq!(labels(&shown), ["Reply", "End chat"]);
        let bytes = desk.sandbox.discord().file_bytes(shown.attachments[1]).unwrap();
        assert_eq!(&bytes[..], b"turn left");
        // A file without a word.
        chat.sends("", &[("alone.png", "image/png", png(100))]).await;
        chat.says("did you get it?").await;
        ada.sees("did you get it?").await;
        desk.settles().await;
        let dm = ada.dm();
        let alone = &dm[dm.len() - 2];
        assert_eq!(
            (alone.content.as_str(), attachments(desk, alone)),
            ("**Alex:**", vec![("alone.png".to_owned(), 100)])
        );
        // Its text changes, its files stay.
        chat.edits(&line, "Here is the right map").await;
        desk.discord_shows("the edit", |state| {
            state.message(shown.id).filter(|message| message.content == "**Alex:** Here is the right map").map(|_| ())
        })
        .await;
        assert_eq!(attachments(desk, &shown).len(), 2);
        chat.removes(&line).await;
        desk.discord_shows("the removal", |state| {
            (!state.dm(ada.person).iter().any(|message| message.id == shown.id)).then_some(())
        })
        .await;
        desk.settles().await;
        assert_eq!(notes(&ada), Vec::<String>::new());
    });
}

#[test]
fn what_of_an_agents_files_cannot_be_shown_is_said_to_both() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let files = [
            ("film.mp4", "video/mp4", vec![1; 11 * MIB]),
            ("../../ten\u{202e}.png", "image/png", png(10 * MIB)),
            ("small.png", "image/png", png(50)),
        ];
        chat.sends("three files", &files).await;
        let shown = ada.sees("three files").await;
        assert_eq!(shown.content, "**Alex:** three files\n[file: film.mp4 (too large to be shown here)]");
        assert_eq!(attachments(desk, &shown), [("ten.png".to_owned(), 10 * MIB as u64), ("small.png".to_owned(), 50)]);
        let note = "The person on Discord does not see these files of yours:\nfilm.mp4: the file is larger than 10 MiB";
        chat.hears(note).await;
        desk.settles().await;
        assert_eq!(notes(&ada), [note]);
        chat.says("and the next line").await;
        ada.sees("and the next line").await;
    });
}

#[test]
fn more_files_than_one_message_holds_come_in_several_and_stay_together() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let names = ["a.png", "b.png", "c.png"];
        let files = names.map(|name| (name, "image/png", png(10 * MIB)));
        let line = chat.sends("a large delivery", &files).await;
        let first = ada.sees("a large delivery").await;
        desk.settles().await;
        let dm = ada.dm();
        let second = dm.last().unwrap().clone();
        assert_eq!((attachments(desk, &first).len(), attachments(desk, &second).len()), (2, 1));
        assert!(labels(&first).is_empty() && !labels(&second).is_empty(), "the buttons are under the last one");
        // The text grows and shrinks again: no part of the line is lost, and no file.
        let long = "long ".repeat(700);
        chat.edits(&line, &long).await;
        desk.settles().await;
        assert_eq!(ada.dm().len(), dm.len() + 1);
        assert_eq!((attachments(desk, &first).len(), attachments(desk, &second).len()), (2, 1));
        chat.edits(&line, "short").await;
        desk.settles().await;
        let now = ada.dm();
        assert_eq!(now.len(), dm.len());
        assert_eq!((now[now.len() - 2].content.as_str(), now[now.len() - 1].id), ("**Alex:** short", second.id));
        chat.removes(&line).await;
        desk.settles().await;
        assert_eq!(ada.dm().len(), dm.len() - 2);
    });
}

#[test]
fn an_agents_file_is_fetched_from_twilio_alone_and_no_more_of_it_than_was_said() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        let chat = in_a_chat(&ada, &alex).await;
        let twilio = desk.sandbox.twilio();
        // The service is away until Twilio has changed its mind about the files.
        let away = || Fault::status("GET /v1/Media/{}", 3, 503, json!({}));
        let files = ["moved.png", "swollen.png", "vanished.png"].map(|name| (name, "image/png", png(100)));
        twilio.fault(away());
        let line = chat.sends("three tricks", &files).await;
        until_it_happened(desk).await;
        let sids: Vec<String> = twilio.read(|state| {
            let messages = state.messages(&chat.conversation);
            let message = messages.iter().find(|message| message.sid == line).unwrap();
            message.media.iter().map(|media| media.sid.clone()).collect()
        });
        twilio.move_media(&sids[0], "https://media.us1.twilio.com.example.org/file");
        twilio.replace_media(&sids[1], png(101));
        twilio.remove_media(&sids[2]);
        let shown = ada.sees("three tricks").await;
        assert_eq!(
            shown.content,
            "**Alex:** three tricks\n\
             [file: moved.png (could not be fetched)]\n\
             [file: swollen.png (too large to be shown here)]\n\
             [file: vanished.png (could not be fetched)]"
        );
        assert_eq!(attachments(desk, &shown), []);
        desk.settles().await;
        assert_eq!(notes(&ada).len(), 1);
    });
}

// ------------------------------------------------------------------------------------------------------- crashes

/// A message with two files in the server.
fn with_files(desk: &Stage, who: Who, text: &str) -> u64 {
    let files: Vec<(&str, &str, bytes::Bytes)> =
        vec![("one.png", "image/png", png(300).into()), ("two.log", "text/plain", "a line".into())];
    let channel = desk.sandbox.discord().channel("help");
    desk.sandbox.discord().send_in(who.person, channel, text, &files, Value::Null)
}

async fn send_to_support(desk: &Stage, who: Who, message: u64) {
    let sent = desk.sandbox.discord().message_command(who.person, who.place, "Send to support", message).await;
    assert!(sent.is_ok(), "{:?}", sent.kind);
}

#[test]
fn a_line_with_files_survives_every_crash() {
    stage::play(async |desk| {
        let ada = desk.with_agent().await;
        let expected = Cell::new(Vec::new());
        every_crash(
            desk,
            &["relay"],
            async || ada,
            async |ada| {
                let mut lines = desk.said(ada);
                let text = format!("files behind {}", lines.len());
                let message = with_files(desk, ada, &text);
                send_to_support(desk, ada, message).await;
                lines.extend([text, "one.png".to_owned(), "two.log".to_owned()]);
                expected.set(lines);
            },
            async |ada| {
                assert_eq!(desk.said(ada), expected.take());
                // Two of three messages carry a file, and each one its own.
                let lines = desk.lines(ada);
                let mut media: Vec<_> = lines.iter().flat_map(|line| &line.media).map(|media| &media.sid).collect();
                assert_eq!(media.len() * 3, desk.said(ada).len() * 2);
                media.sort();
                media.dedup();
                assert_eq!(media.len() * 3, desk.said(ada).len() * 2);
            },
        )
        .await;
    });
}

#[test]
fn what_cannot_be_passed_on_is_said_once_whatever_dies() {
    stage::play(async |desk| {
        let ada = desk.with_agent().await;
        let before = Cell::new((0, 0));
        every_crash(
            desk,
            &["relay"],
            async || ada,
            async |ada| {
                before.set((desk.dm(ada).len(), desk.said_by(ada, "system").len()));
                let discord = desk.sandbox.discord();
                let files: Vec<(&str, &str, bytes::Bytes)> = vec![("nothing.txt", "text/plain", "".into())];
                let message = discord.send_in(ada.person, discord.channel("help"), "see", &files, Value::Null);
                send_to_support(desk, ada, message).await;
            },
            async |ada| {
                let (shown, noted) = before.get();
                assert_eq!((desk.dm(ada).len(), desk.said_by(ada, "system").len()), (shown + 1, noted + 1));
            },
        )
        .await;
    });
}

#[test]
fn an_edit_is_noted_once_whatever_dies() {
    stage::play(async |desk| {
        let ada = desk.with_agent().await;
        let discord = desk.sandbox.discord();
        let message = discord.type_in(ada.person, discord.channel("help"), "first");
        send_to_support(desk, ada, message).await;
        desk.settle().await;
        let noted = Cell::new(0);
        every_crash(
            desk,
            &["relay"],
            async || ada,
            async |ada| {
                noted.set(desk.said_by(ada, "system").len());
                discord.edit_line(ada.person, message, &format!("edition {}", noted.get()));
                send_to_support(desk, ada, message).await;
            },
            async |ada| {
                let lines = desk.said_by(ada, "system");
                assert_eq!(lines.len(), noted.get() + 1);
                assert!(lines.last().unwrap().ends_with(&format!("edition {}", noted.get())));
                assert_eq!(desk.said(ada), ["first"]);
            },
        )
        .await;
    });
}

#[test]
fn an_agents_file_survives_every_crash() {
    stage::play(async |desk| {
        let ada = desk.with_agent().await;
        let before = Cell::new((0, 0));
        every_crash(
            desk,
            &["forward-to-discord", "deliver"],
            async || ada,
            async |ada| {
                before.set((desk.dm(ada).len(), desk.said_by(ada, "system").len()));
                let files: Vec<(&str, &str, bytes::Bytes)> = vec![
                    ("map.png", "image/png", png(300).into()),
                    ("film.mp4", "video/mp4", vec![1; 10 * MIB + 1].into()),
                ];
                let sid = desk.sid(ada);
                desk.sandbox.twilio().send_files(&desk.agent, &sid, "see", &files).await.unwrap();
            },
            async |ada| {
                let (shown, noted) = before.get();
                assert_eq!(desk.dm(ada).len(), shown + 1, "{:#?}", desk.dm(ada));
                let last = desk.dm_messages(ada).pop().unwrap();
                assert_eq!((last.attachments.len(), last.content.lines().count()), (1, 2));
                assert_eq!(desk.said_by(ada, "system").len(), noted + 1);
            },
        )
        .await;
    });
}
