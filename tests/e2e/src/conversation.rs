//! The main conversation: a person and an agent, both ways, from the first question to the end.

use crate::desk::{TALK, labels, play};

#[test]
fn a_person_asks_and_an_agent_takes_over() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        let answer = ada.helpme("How do I fix GPS drift?").await;
        assert!(answer.content.contains("https://discord.com/channels/@me/"), "{}", answer.content);
        assert_eq!(answer.ephemeral_for, Some(ada.person.id()));
        ada.sees("welcome to support").await;
        ada.sees("<https://").await;
        ada.clicks(TALK).await;
        ada.sees("has been created for you").await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        chat.says("Hello Ada, are you indoors?").await;
        ada.sees("Hello Ada, are you indoors?").await;
        ada.replies("Yes, at home.").await;
        chat.hears("Yes, at home.").await;
        chat.says("It works better outside.").await;
        ada.sees("It works better outside.").await;
        ada.messages_in_dm("Thank you!").await;
        chat.hears("Thank you!").await;
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        insta::assert_snapshot!(ada.transcript(), @r#"
        Support: Hello Ada Quill, welcome to support. Just type here, press *Reply* or use `/message` to write to us; the assistant answers at once, and a person takes over when you ask for one.
            [Reply] [Talk to a person] [End chat]
        Support: This may help:

        **GPS drift and inaccurate location**
        The game shows the position that your phone reports. When your wayfarer jumps around, stands in the wrong street or the message "GPS signal not found (G-11)" appears, the phone has a poor fix.
        <https://support.larkspur.example/articles/gps-accuracy>
            [Reply] [Talk to a person] [End chat]
        Support: Case #N has been created for you; an agent will join this chat.
            [Reply] [End chat]
        Support: **Alex** has joined the chat.
            [Reply] [End chat]
        Support: **Alex:** Hello Ada, are you indoors?
            [Reply] [End chat]
        Support: **You:** Yes, at home.
        Support: **Alex:** It works better outside.
            [Reply] [End chat]
        Support: **You:** Thank you!
        Support: This chat has ended. Use `/helpme` or press *Reply* to start a new one.
        How was it? 1 is poor, 5 is great.
            [1] [2] [3] [4] [5] [Reply] [Transcript]
        "#);
        let [news] = &ada.news()[..] else { panic!("{:#?}", ada.news()) };
        let case = ada.cases().await[0];
        let expected = format!(
            "**#{case}** Chat with Ada Quill\nThis is resolved. If it is not for you, press *Reopen* within 7 days."
        );
        assert_eq!((&news.content, labels(news)), (&expected, vec!["Reopen".to_owned()]));
        insta::assert_snapshot!(ada.agents_view(), @r#"
        Ada Quill: How do I fix GPS drift?
        assistant: This may help:

        GPS drift and inaccurate location
        The game shows the position that your phone reports. When your wayfarer jumps around, stands in the wrong street or the message "GPS signal not found (G-11)" appears, the phone has a poor fix.
        https://support.larkspur.example/articles/gps-accuracy
        Alex Agent: Hello Ada, are you indoors?
        Ada Quill: Yes, at home.
        Alex Agent: It works better outside.
        Ada Quill: Thank you!
        "#);
        assert_eq!(ada.stage().await, "closed");
        assert_eq!(ada.conversations()[0].state, "closed");
    });
}

#[test]
fn an_agent_leaves_and_completes_later() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("**Alex** has joined the chat.").await;
        desk.settles().await;
        assert_eq!(ada.stage().await, "agent");
        chat.leaves().await;
        ada.sees("**Alex** has left; you are back with the assistant.").await;
        desk.settles().await;
        assert_eq!(ada.stage().await, "agent_left");
        // The assistant answers while the agent writes up, and the agent still reads it.
        ada.messages("How do I fix GPS drift?").await;
        ada.sees("gps-accuracy").await;
        chat.hears("How do I fix GPS drift?").await;
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        assert_eq!(ada.stage().await, "closed");
        assert_eq!(ada.times("has left;"), 1);
        assert_eq!(ada.times("This chat has ended"), 1);
        let [case] = ada.cases().await[..] else { panic!("not one case") };
        insta::assert_snapshot!(desk.case_history(case).await, @"
        support resolved, Alex Agent: Chat with Ada Quill
        person: asked for an agent (- -> new)
        Alex Agent: accepted the chat (new -> open)
        Alex Agent: left the chat (- -> -)
        desk: the agent ended the chat (open -> resolved)
        ");
    });
}

#[test]
fn two_people_at_once_never_mix() {
    play(async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Sparrow"));
        let (alex, kim) = (desk.agent("Alex Agent"), desk.agent("Kim Agent"));
        tokio::join!(ada.opens_a_chat(), bob.opens_a_chat());
        tokio::join!(ada.clicks(TALK), bob.clicks(TALK));
        let (with_ada, with_bob) = tokio::join!(alex.accepts_from(&ada), kim.accepts_from(&bob));
        tokio::join!(ada.sees("**Alex** has joined"), bob.sees("**Kim** has joined"));
        for round in 0..5 {
            let lines = ["Ada asks", "Bob asks", "Alex answers", "Kim answers"].map(|who| format!("{who} {round}"));
            let [ada_asks, bob_asks, alex_answers, kim_answers] = &lines;
            tokio::join!(
                ada.messages(ada_asks),
                bob.replies(bob_asks),
                with_ada.says(alex_answers),
                with_bob.says(kim_answers),
            );
        }
        desk.settles().await;
        let rounds = |who: &str| (0..5).map(|round| format!("{who} {round}")).collect::<Vec<_>>();
        assert_eq!(ada.said(), rounds("Ada asks"));
        assert_eq!(bob.said(), rounds("Bob asks"));
        let is_line = |text: &String| ["**Alex:**", "**Kim:**"].iter().any(|start| text.starts_with(start));
        let spoken = |texts: Vec<String>| texts.into_iter().filter(is_line).collect::<Vec<_>>();
        assert_eq!(spoken(ada.texts()), rounds("**Alex:** Alex answers"));
        assert_eq!(spoken(bob.texts()), rounds("**Kim:** Kim answers"));
        for (person, agents) in [(&ada, "Alex Agent"), (&bob, "Kim Agent")] {
            let all = person.agents_view() + &person.transcript();
            let other = if agents == "Kim Agent" { ["Alex", "Ada"] } else { ["Kim", "Bob"] };
            assert!(!other.iter().any(|other| all.contains(other)), "{all}");
        }
    });
}

#[test]
fn an_agent_changes_a_line_and_takes_one_back() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        let line = chat.says("Restart teh game").await;
        let shown = ada.sees("Restart teh game").await;
        let other = chat.says("That was for somebody else").await;
        let unwanted = ada.sees("That was for somebody else").await;
        desk.settles().await;
        chat.edits(&line, "Restart the *whole* game").await;
        chat.removes(&other).await;
        desk.settles().await;
        let now = desk.sandbox.discord().read(|state| state.message(shown.id).cloned()).unwrap();
        assert_eq!(now.content, r"**Alex:** Restart the \*whole\* game");
        assert_eq!(now.history, ["**Alex:** Restart teh game"]);
        assert!(desk.sandbox.discord().read(|state| state.message(unwanted.id).unwrap().deleted));
        assert_eq!(ada.times("somebody else"), 0);
        // A line that is changed before it was shown, and one that is taken back before, leave nothing behind.
        let short = chat.says("so").await;
        chat.edits(&short, "so it works now").await;
        let gone = chat.says("never mind this").await;
        chat.removes(&gone).await;
        desk.settles().await;
        assert_eq!(ada.times("so it works now"), 1);
        assert_eq!(ada.times("never mind this"), 0);
    });
}

#[test]
fn a_line_becomes_long_and_short_again_by_edits() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        let line = chat.says("A short line").await;
        ada.sees("A short line").await;
        desk.settles().await;
        let before = ada.texts().len();
        chat.edits(&line, &"long ".repeat(700)).await;
        desk.settles().await;
        assert_eq!(ada.texts().len(), before + 1, "it has two parts now");
        assert_eq!(ada.times("A short line"), 0);
        chat.edits(&line, "Short again").await;
        desk.settles().await;
        assert_eq!(ada.texts().len(), before);
        assert_eq!((ada.times("Short again"), ada.times("long")), (1, 0));
    });
}

#[test]
fn debug_logs_are_discreet_too() {
    let environment = [("RUST_LOG".to_owned(), "debug".to_owned())].into();
    let options = sandbox::Options { extra_environment: environment, ..crate::desk::options() };
    crate::desk::play_with(options, async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.helpme("the game crashes on start").await;
        ada.sees("<https://").await;
        ada.messages("let me talk to a human").await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        chat.says("Hello Ada, I am here").await;
        ada.sees("Hello Ada, I am here").await;
        ada.replies("Hello Alex, there you are").await;
        chat.hears("Hello Alex, there you are").await;
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        assert!(desk.logs().iter().any(|entry| entry.title.contains(r#""level":"DEBUG""#)));
    });
}
