//! The ways in which a person asks: commands, the form, a message's menu; in the server and in the DM.

use sandbox::sims::discord::Place;
use serde_json::{Value, json};

use crate::desk::{Desk, Somebody, TALK, play};

#[test]
fn helpme_in_the_server_and_in_the_dm_is_one_chat() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let answer = ada.helpme("the game crashes on start").await;
        let dm = desk.sandbox.discord().dm_channel(ada.person);
        assert_eq!(answer.content, format!("I have written to you: <https://discord.com/channels/@me/{dm}>"));
        assert_eq!(answer.ephemeral_for, Some(ada.person.id()));
        ada.sees("welcome to support").await;
        ada.sees("<https://").await;
        // The flow drops what arrives before it has gone to its end.
        desk.settles().await;
        let answer = ada.uses(Place::Dm, "helpme", json!({"question": "How do I fix GPS drift?"})).await;
        assert_eq!((answer.content.as_str(), answer.ephemeral_for), ("Your chat is here.", Some(ada.person.id())));
        ada.sees("Your chat is open.").await;
        ada.sees("gps-accuracy").await;
        desk.settles().await;
        assert_eq!((ada.conversations().len(), ada.times("welcome to support")), (1, 1));
        assert_eq!(ada.said(), ["the game crashes on start", "How do I fix GPS drift?"]);
    });
}

#[test]
fn helpme_twice_at_the_same_moment_is_one_chat() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        tokio::join!(ada.helpme("the game crashes on start"), ada.uses(Place::Dm, "helpme", json!({})));
        desk.settles().await;
        assert_eq!(ada.conversations().len(), 1);
        assert_eq!(ada.said(), ["the game crashes on start"]);
        assert_eq!(desk.sandbox.twilio().webhooks(&ada.sid()).len(), 2);
    });
}

#[test]
fn a_line_from_the_server_needs_no_helpme() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let answer = ada.messages("the game crashes on start").await;
        assert_eq!(answer.content, "Sent. The answer comes in your chat.");
        assert_eq!(answer.ephemeral_for, Some(ada.person.id()), "nobody else reads it");
        ada.sees("<https://").await;
        desk.settles().await;
        assert_eq!(ada.said(), ["the game crashes on start"]);
        assert_eq!(ada.stage().await, "assistant");
    });
}

#[test]
fn the_form_and_the_command_leave_the_line_in_the_chat() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let form = ada.opens_the_form().await;
        assert_eq!(form.fields(), ["body", "files"]);
        let receipt = ada.sends(&form, "It is *my* map").await;
        assert_eq!((receipt.content.as_str(), receipt.ephemeral_for), (r"**You:** It is \*my\* map", None));
        let receipt = ada.messages_in_dm("And the radar").await;
        assert_eq!((receipt.content.as_str(), receipt.ephemeral_for), ("**You:** And the radar", None));
        desk.settles().await;
        assert_eq!(ada.said(), ["It is *my* map", "And the radar"]);
    });
}

#[test]
fn the_same_form_sent_twice_is_two_lines() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let form = ada.opens_the_form().await;
        ada.sends(&form, "Hello support").await;
        ada.sends(&form, "Hello support").await;
        desk.settles().await;
        assert_eq!(ada.said(), ["Hello support", "Hello support"]);
    });
}

#[test]
fn a_message_of_ones_own_is_sent_by_its_menu_once() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let typed = ada.types("the game crashes on start");
        let answer = ada.sends_to_support(typed).await;
        assert_eq!(answer.content, "Sent. The answer comes in your chat.");
        ada.sees("<https://").await;
        // The same Discord message again: by the same menu, and once more when it has been handled.
        ada.sends_to_support(typed).await;
        desk.settles().await;
        ada.sends_to_support(typed).await;
        desk.settles().await;
        assert_eq!(ada.said(), ["the game crashes on start"]);
    });
}

#[test]
fn other_peoples_messages_cannot_be_sent() {
    play(async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Sparrow"));
        ada.opens_a_chat().await;
        let typed = bob.types("I said this, not Ada");
        let answer = ada.sends_to_support(typed).await;
        assert_eq!(answer.content, "Only your own messages can be sent to support.");
        desk.settles().await;
        assert_eq!((ada.said().len(), bob.conversations().len()), (0, 0));
    });
}

#[test]
fn white_space_is_not_a_line() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        for answer in [ada.messages(" \n\t").await, ada.replies("\u{2003} ").await] {
            assert_eq!(answer.content, "There is nothing to send: the message has no text.");
        }
        // A form need not hold a text, but then a file.
        let form = ada.opens_the_form().await;
        let answer = ada.sends(&form, "").await;
        assert_eq!(answer.content, "There is nothing to send: the message has no text.");
        // A question of nothing but white space is no question.
        ada.uses(ada.place, "helpme", json!({"question": "  "})).await;
        desk.settles().await;
        assert_eq!(ada.said(), Vec::<String>::new());
    });
}

async fn assert_is_told_about_closed_dms(desk: &Desk, ada: &Somebody<'_>, command: &str, options: Value) {
    let answer = ada.uses(ada.place, command, options).await;
    assert!(answer.content.starts_with("I cannot write to you. Please allow direct messages"), "{}", answer.content);
    assert_eq!(answer.ephemeral_for, Some(ada.person.id()));
    desk.settles().await;
    assert_eq!((ada.conversations().len(), ada.cases().await.len(), ada.dm().len()), (0, 0, 0));
}

#[test]
fn somebody_with_closed_dms_is_told_what_to_do() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        desk.sandbox.discord().close_dms(ada.person);
        assert_is_told_about_closed_dms(desk, &ada, "helpme", json!({"question": "my map is empty"})).await;
        assert_is_told_about_closed_dms(desk, &ada, "agent", json!({"about": "my map is empty"})).await;
        // And then does it.
        desk.sandbox.discord().open_dms(ada.person);
        ada.helpme("the game crashes on start").await;
        ada.sees("welcome to support").await;
        ada.sees("<https://").await;
    });
}

#[test]
fn dms_closed_in_the_middle_are_told_to_the_agent() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        desk.sandbox.discord().close_dms(ada.person);
        desk.expects_dead_letters(1);
        chat.says("Are you still there?").await;
        let told = "Your message was not delivered on Discord: the person does not accept direct messages.";
        chat.hears(told).await;
        desk.settles().await;
        let about = desk.dead_letters().pop().unwrap();
        assert!(about.contains("Are you still there?"), "{about}");
        // What comes after it is delivered again.
        desk.sandbox.discord().open_dms(ada.person);
        chat.says("Welcome back").await;
        ada.sees("Welcome back").await;
        desk.settles().await;
        assert_eq!(ada.times("Are you still there?"), 0);
        assert_eq!(ada.lines().iter().filter(|line| line.body == told).count(), 1);
    });
}

#[test]
fn somebody_who_left_the_server_is_told_to_the_agent_and_can_be_completed() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        desk.sandbox.discord().leave_server(ada.person);
        desk.expects_dead_letters(1);
        chat.says("Are you still there?").await;
        chat.hears("Your message was not delivered on Discord: the person does not accept direct messages.").await;
        chat.completes().await;
        desk.settles().await;
        assert_eq!(ada.stage().await, "closed");
        let case = ada.cases().await[0];
        assert!(desk.case_history(case).await.starts_with("support resolved"), "the case goes on without the notice");
    });
}

#[test]
fn buttons_fit_the_stage() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        let labels = |message: &sandbox::sims::discord::SimMessage| {
            sandbox::sims::discord::buttons(message).into_iter().map(|(label, ..)| label).collect::<Vec<_>>()
        };
        ada.uses(ada.place, "helpme", json!({})).await;
        let greeting = ada.sees("welcome to support").await;
        assert_eq!(labels(&greeting), ["Reply", "Talk to a person", "End chat"]);
        ada.clicks(TALK).await;
        assert_eq!(labels(&ada.sees("has been created for you").await), ["Reply", "End chat"]);
        let chat = alex.accepts().await;
        assert_eq!(labels(&ada.sees("has joined").await), ["Reply", "End chat"]);
        chat.says("Hello there").await;
        assert_eq!(labels(&ada.sees("Hello there").await), ["Reply", "End chat"]);
        ada.ends().await;
        assert_eq!(labels(&ada.sees("has ended").await), ["1", "2", "3", "4", "5", "Reply", "Reopen", "Transcript"]);
    });
}
