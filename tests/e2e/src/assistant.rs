//! The virtual agent answers.

use crate::desk::play;

#[test]
fn it_answers_with_an_article() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.helpme("the game crashes on start").await;
        ada.sees("<https://").await;
        desk.settles().await;
        insta::assert_snapshot!(ada.transcript(), @"
        Support: Hello Ada Quill, welcome to support. Just type here, press *Reply* or use `/message` to write to us; the assistant answers at once, and a person takes over when you ask for one.
            [Reply] [Talk to a person] [End chat]
        Support: This may help:

        **The game crashes, closes by itself or won't open**
        If the game won't open, crashes or closes right after the start, freezes on the loading screen or shows a black screen, go through these steps and try after each one. 1. Restart the phone. 2. Update the game and the operating system. Android also needs a current version of Android System WebView.
        <https://support.larkspur.example/articles/crash-on-start>
            [Reply] [Talk to a person] [End chat]
        ");
        // The agent who may come later reads the same.
        insta::assert_snapshot!(ada.agents_view(), @"
        Ada Quill: the game crashes on start
        assistant: This may help:

        The game crashes, closes by itself or won't open
        If the game won't open, crashes or closes right after the start, freezes on the loading screen or shows a black screen, go through these steps and try after each one. 1. Restart the phone. 2. Update the game and the operating system. Android also needs a current version of Android System WebView.
        https://support.larkspur.example/articles/crash-on-start
        ");
        assert_eq!(ada.stage().await, "assistant");
        assert_eq!((ada.tasks().len(), ada.cases().await.len()), (0, 0));
    });
}

#[test]
fn it_says_when_it_found_nothing() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        ada.messages("zxqv blorp wibbledy").await;
        let said = ada.sees("I found nothing about that").await;
        assert!(said.button("agent:").is_some(), "{said:?}");
        desk.settles().await;
        insta::assert_snapshot!(ada.agents_view(), @"
        Ada Quill: zxqv blorp wibbledy
        assistant: I found nothing about that in our help articles. Would you like to talk to a person?
        ");
    });
}

#[test]
fn it_answers_every_question_once_and_in_order() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        for question in ["How do I fix GPS drift?", "the game crashes on start", "zxqv blorp wibbledy"] {
            ada.messages(question).await;
            desk.settles().await;
        }
        let answers = ada.texts().split_off(1);
        assert_eq!(answers.len(), 3, "{answers:#?}");
        assert!(answers[0].contains("gps-accuracy"), "{}", answers[0]);
        assert!(answers[1].contains("crash"), "{}", answers[1]);
        assert!(answers[2].contains("I found nothing"), "{}", answers[2]);
    });
}
