//! What the person reads of the agents' names.

use crate::desk::{Desk, TALK, options, play, play_with};

/// A chat with Alex Agent, who joins, says something and leaves. Returns what the person read of it.
async fn a_chat_with_alex(desk: &Desk) -> Vec<String> {
    let ada = desk.person("Ada Quill");
    let alex = desk.agent("Alex Agent");
    ada.opens_a_chat().await;
    ada.clicks(TALK).await;
    let chat = alex.accepts().await;
    ada.sees("has joined the chat").await;
    chat.says("How can I help?").await;
    ada.sees("How can I help?").await;
    chat.leaves().await;
    ada.sees("has left").await;
    desk.settles().await;
    // Moderators and agents read all of it.
    let history = desk.case_history(ada.cases().await[0]).await;
    assert!(
        history.contains("support open, Alex Agent:") && history.contains("Alex Agent: left the chat"),
        "{history}"
    );
    ada.texts().split_off(2)
}

#[test]
fn the_first_name_unless_the_deployer_wants_more() {
    play(async |desk| {
        let expected = [
            "**Alex** has joined the chat.",
            "**Alex:** How can I help?",
            "**Alex** has left; you are back with the assistant.",
        ];
        assert_eq!(a_chat_with_alex(desk).await, expected);
    });
}

#[test]
fn all_of_it_or_nothing_where_the_deployer_wants_that() {
    for (names, shown) in [("full", "Alex Agent"), ("role", "The \\*crew\\*")] {
        let mut options = options();
        let variables = [("AGENT_NAMES", names), ("AGENT_ROLE", "The *crew*")];
        options.variables.extend(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
        play_with(options, async |desk| {
            let expected = [
                format!("**{shown}** has joined the chat."),
                format!("**{shown}:** How can I help?"),
                format!("**{shown}** has left; you are back with the assistant."),
            ];
            assert_eq!(a_chat_with_alex(desk).await, expected);
            let told = desk.sandbox.discord().read(|state| {
                let theirs = state.messages().filter(|message| message.content.contains("is working on it now"));
                theirs.map(|message| message.content.clone()).collect::<Vec<_>>()
            });
            assert!(told.iter().all(|told| told.ends_with(&format!("{shown} is working on it now."))), "{told:#?}");
        });
    }
}

#[test]
fn lines_of_others_are_the_teams_and_edits_keep_the_name() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let (alex, kim) = (desk.agent("Alex Agent"), desk.agent("Kim Agent"));
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        let line = chat.says("Have you tried it outside?").await;
        ada.sees("**Alex:** Have you tried it outside?").await;
        let by_kim = desk.sandbox.twilio().say_as(&kim.agent.identity, &ada.sid(), "I listen in", "{}").await.unwrap();
        ada.sees("**Support:** I listen in").await;

        chat.edits(&line, "Have you tried it outdoors?").await;
        desk.settles().await;
        assert_eq!(ada.times("**Alex:** Have you tried it outdoors?"), 1);
        chat.leaves().await;
        ada.sees("has left").await;
        // Nobody is there any more, and the line is still Alex's.
        chat.edits(&line, &"word ".repeat(500)).await;
        desk.settles().await;
        let texts = ada.texts();
        let parts: Vec<_> = texts.iter().filter(|text| text.contains("word")).collect();
        assert_eq!(parts.len(), 2, "{texts:#?}");
        assert!(parts[0].contains("**Alex:** word") && !parts[1].contains("Alex"), "{parts:#?}");
        desk.sandbox.twilio().edit(&kim.agent, &by_kim, "I am off").await.unwrap();
        desk.settles().await;
        assert_eq!(ada.times("**Support:** I am off"), 1);
    });
}
