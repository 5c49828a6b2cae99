//! What the template does not give, a function does not have: the most common failure of a first deploy, found before it.

use sandbox::Options;
use serde_json::json;

use crate::desk::{TALK, play_with};

/// The template, with one thing taken from a function's resource.
fn without(resource: &str, what: &str) -> Options {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = std::fs::read_to_string(path).unwrap();
    let start = template.find(&format!("\n  {resource}:\n")).expect("the template has the resource") + 1;
    let length = template[start..].match_indices("\n  ").map(|(at, _)| at);
    let length =
        length.into_iter().find(|at| !template[start + at..].starts_with("\n   ")).expect("another one follows");
    let (block, rest) = template[start..].split_at(length);
    assert_eq!(block.matches(what).count(), 1, "{what} is there once:\n{block}");
    let template = format!("{}{}{rest}", &template[..start], block.replace(what, ""));
    Options { template: Some(template), ..crate::desk::options() }
}

#[test]
fn without_a_statement_of_its_policy_a_function_is_refused() {
    let options = without(
        "Message",
        "            - Effect: Allow\n              Action: sqs:SendMessage\n              Resource: !GetAtt Inbox.Arn\n",
    );
    play_with(options, async |desk| {
        let ada = desk.person("Ada Quill");
        ada.helpme("the game crashes on start").await;
        ada.sees("<https://").await;
        desk.expects_error("AccessDenied");
        desk.expects_dead_letters(1);
        let answer = ada.messages("this goes nowhere").await;
        assert_eq!(answer.content, "Something went wrong on our side. It is kept and tried again in a minute.");
        desk.settles().await;
        assert_eq!(ada.said(), ["the game crashes on start"]);
        let kept = desk.dead_letters().pop().unwrap();
        assert!(kept.contains("this goes nowhere"), "what a command carried is kept");
    });
}

#[test]
fn without_an_action_on_the_table_a_transfer_is_refused() {
    let options = without("Agent", "dynamodb:PutItem, ");
    play_with(options, async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        desk.expects_error("AccessDenied");
        desk.expects_dead_letters(1);
        ada.tries(ada.place, "agent", json!({})).await;
        desk.settles().await;
        assert_eq!((ada.tasks().len(), ada.cases().await.len()), (0, 0));
    });
}

#[test]
fn without_a_variable_a_function_does_not_start_and_says_which() {
    let options = without("Message", "          INBOX_QUEUE_URL: !Ref Inbox\n");
    play_with(options, async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        desk.expects_error("INBOX_QUEUE_URL");
        desk.expects_dead_letters(1);
        ada.tries(ada.place, "message", json!({"text": "this goes nowhere"})).await;
        desk.settles().await;
        assert_eq!(ada.said(), Vec::<String>::new());
        // Other functions are not concerned.
        ada.clicks(TALK).await;
        ada.sees("has been created for you").await;
    });
}
