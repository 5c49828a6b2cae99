//! Twilio's API refuses, breaks down, and does things without saying so.

use sandbox::sims::faults::{Action, Fault};
use sandbox::sims::twilio::{HookAction, HookFault};
use serde_json::json;

use super::stage::{Stage, Who, play};

const CONVERSATIONS: &str = "POST /v1/Conversations";
const PARTICIPANTS: &str = "POST /v1/Conversations/{ConversationSid}/Participants";
const WEBHOOKS: &str = "POST /v1/Conversations/{ConversationSid}/Webhooks";
const MESSAGES: &str = "POST /v1/Conversations/{ConversationSid}/Messages";

fn refusal() -> Action {
    let body = json!({"code": 50416, "message": "refused on purpose", "more_info": "https://www.twilio.com/docs/errors/50416", "status": 400});
    Action::Status { status: 400, body, headers: Vec::new() }
}

fn breakdown() -> Action {
    let body = json!({"code": 20500, "message": "Internal Server Error", "more_info": null, "status": 500});
    Action::Status { status: 500, body, headers: Vec::new() }
}

/// Calls the simulated Twilio as another tool of the same account would.
async fn somebody_else_calls(desk: &Stage, path: &str, form: &[(&str, &str)]) -> serde_json::Value {
    let twilio = desk.sandbox.twilio();
    let body = form.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let call = reqwest::Client::new().post(format!("{}/conversations.twilio.com{path}", twilio.url()));
    let call = call.basic_auth(&twilio.options().account_sid, Some(&twilio.options().auth_token));
    let call = call.header("content-type", "application/x-www-form-urlencoded").body(body);
    let answer = call.send().await.unwrap().error_for_status().unwrap();
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

fn assert_whole(desk: &Stage, ada: Who) {
    let sid = desk.sid(ada);
    let conversation = desk.sandbox.twilio().conversations().into_iter().find(|one| one.sid == sid).unwrap();
    assert_eq!(
        (conversation.state.as_str(), conversation.participants.len(), conversation.webhooks.len()),
        ("active", 1, 2)
    );
}

#[test]
fn a_name_that_a_lost_try_of_our_own_has_taken_is_taken_up() {
    play(async |desk| {
        let ada = desk.somebody();
        desk.sandbox.twilio().fault(Fault::new(CONVERSATIONS, 1, Action::DropAfterDoing));
        desk.helpme(ada, Some("my map is empty")).await;
        desk.settle().await;
        assert_eq!(desk.sids(ada).len(), 1);
        assert_whole(desk, ada);
        assert_eq!(desk.after_greeting(ada).len(), 1, "{:#?}", desk.dm(ada));
        assert_eq!(desk.said(ada), ["my map is empty"]);
        assert!(desk.answer(ada).starts_with("I have written to you"), "{}", desk.answer(ada));
    });
}

#[test]
fn a_name_that_a_closed_conversation_keeps_is_passed_over() {
    play(async |desk| {
        let ada = desk.somebody();
        let name = format!("discord_{}_1", ada.person);
        let other = somebody_else_calls(desk, "/v1/Conversations", &[("UniqueName", &name)]).await;
        let path = format!("/v1/Conversations/{}", other["sid"].as_str().unwrap());
        somebody_else_calls(desk, &path, &[("State", "closed")]).await;
        desk.helpme(ada, Some("my map is empty")).await;
        desk.settle().await;
        assert_eq!(desk.sids(ada).len(), 2);
        assert_eq!(desk.item(ada).await["generation"]["N"], "2");
        assert_whole(desk, ada);
        assert_eq!((desk.said(ada).len(), desk.after_greeting(ada).len()), (1, 1));
    });
}

#[test]
fn a_line_into_a_conversation_that_twilio_has_closed_goes_into_its_successor() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.sandbox.twilio().hook_fault(HookFault::new("onConversationStateUpdated", 1, HookAction::Drop));
        desk.sandbox.twilio().timer(&desk.sid(ada), "closed");
        desk.says(ada, "my map is empty").await;
        desk.settle().await;
        let sids = desk.sids(ada);
        assert_eq!(sids.len(), 2);
        assert_eq!(desk.sandbox.twilio().messages(&sids[0]).len(), 0);
        assert_eq!(desk.said(ada), ["my map is empty"]);
        let said = desk.after_greeting(ada);
        assert_eq!(said.len(), 2, "the end of the one and the answer of the other: {said:#?}");
        assert!(said[0].starts_with("This chat has ended"), "{said:#?}");
        assert_eq!(desk.stage_of(ada).await, "assistant");
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn a_line_that_finds_the_chat_closed_ends_it_as_the_report_of_it_would() {
    play(async |desk| {
        let drop = |event: &str| desk.sandbox.twilio().hook_fault(HookFault::new(event, 1, HookAction::Drop));
        for with_agent in [true, false] {
            let ada = if with_agent { desk.with_agent().await } else { desk.waiting().await };
            drop("onConversationStateUpdated");
            if with_agent {
                drop("task.completed");
                drop("reservation.completed");
                desk.sandbox.twilio().complete(&desk.agent, &desk.task(ada).sid).await.unwrap();
            } else {
                desk.sandbox.twilio().timer(&desk.sid(ada), "closed");
            }
            desk.settle().await;
            assert_eq!(
                desk.stage_of(ada).await,
                if with_agent { "agent" } else { "waiting" },
                "nobody has heard of it"
            );
            desk.says(ada, "one more thing").await;
            desk.settle().await;
            let ended = desk.dm(ada).iter().filter(|line| line.starts_with("This chat has ended")).count();
            assert_eq!((ended, desk.sids(ada).len()), (1, 2), "{:#?}", desk.dm(ada));
            assert_eq!(
                (desk.stage_of(ada).await.as_str(), desk.said(ada)),
                ("assistant", vec!["one more thing".into()])
            );
            let cases = desk.cases(ada).await;
            let status = cases.values().next().unwrap()["case_status"]["S"].as_str();
            assert_eq!((cases.len(), status), (1, Some(if with_agent { "resolved" } else { "new" })));
            assert!(desk.task(ada).is_over(), "{}", desk.task(ada).status);
            assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
        }
    });
}

#[test]
fn lines_wait_in_order_while_twilio_refuses_or_breaks_down_and_a_lost_answer_doubles_none() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let mut expected = Vec::new();
        let limit = |header| Action::RateLimit { retry_after: 0.2, header, global: false };
        for (name, times, fault) in [
            ("too many for a moment", 1, limit(true)),
            ("too many for longer", 4, limit(false)),
            ("broken", 1, breakdown()),
            ("never arrived", 1, Action::DropBefore),
            ("lost", 1, Action::DropAfterDoing),
        ] {
            desk.sandbox.twilio().fault(Fault::new(MESSAGES, times, fault));
            for line in [format!("{name}: one"), format!("{name}: two")] {
                desk.says_first(ada, &line).await;
                expected.push(line);
            }
            desk.settle().await;
            assert_eq!(desk.said(ada), expected);
        }
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
        assert_eq!(desk.unfinished().await.len(), 0);
    });
}

/// Discord has forgotten the nonces when Twilio is back.
#[test]
fn what_was_said_on_discord_is_not_said_again_while_twilio_is_down() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.sandbox.discord().forget_nonces(ada.person);
        let before = desk.dm(ada).len();
        // The person's line comes through, the assistant's does not.
        desk.sandbox.twilio().fault(Fault::new(MESSAGES, 2, breakdown()).after(1));
        desk.says(ada, "how do I reset my password").await;
        desk.settle().await;
        assert_eq!(desk.dm(ada).len(), before + 1, "{:#?}", desk.dm(ada));
        assert_eq!(desk.said_by(ada, "assistant").len(), 1);

        let ada = desk.with_agent().await;
        desk.sandbox.discord().forget_nonces(ada.person);
        desk.sandbox.twilio().fault(Fault::new(WEBHOOKS, 2, breakdown()));
        let task = desk.task(ada).sid;
        desk.sandbox.twilio().wrapup(&desk.agent, &task).await.unwrap();
        desk.settle().await;
        assert_eq!(desk.stage_of(ada).await, "agent_left");
        let left = desk.dm(ada).into_iter().filter(|line| line.contains("has left")).count();
        assert_eq!(left, 1, "{:#?}", desk.dm(ada));
        assert_eq!(desk.unfinished().await.len(), 0);
    });
}

#[test]
fn a_conversation_that_cannot_be_furnished_is_undone_and_the_next_try_works() {
    play(async |desk| {
        for refused in [PARTICIPANTS, WEBHOOKS] {
            // Asked by a command, which AWS repeats.
            let ada = desk.somebody();
            desk.sandbox.twilio().fault(Fault::new(refused, 1, refusal()));
            desk.helpme(ada, Some("my map is empty")).await;
            desk.settle().await;
            assert_eq!(desk.sids(ada).len(), 1, "the half-made one is gone");
            assert_whole(desk, ada);
            assert_eq!((desk.said(ada).len(), desk.after_greeting(ada).len()), (1, 1));
            assert!(desk.answer(ada).starts_with("I have written to you"), "{}", desk.answer(ada));
        }
    });
}

#[test]
fn a_line_whose_conversation_cannot_be_furnished_is_set_aside_and_the_next_one_works() {
    play(async |desk| {
        for refused in [PARTICIPANTS, WEBHOOKS] {
            let ada = desk.somebody();
            desk.sandbox.twilio().fault(Fault::new(refused, 1, refusal()));
            desk.says(ada, "my map is empty").await;
            desk.settle().await;
            assert_eq!(desk.sids(ada).len(), 0, "undone");
            assert_eq!(
                desk.after_greeting(ada),
                ["Your last message could not be passed on. Please send it again in a few minutes."]
            );
            assert_eq!(desk.dead_letters(ada).len(), 1);

            desk.says(ada, "my map is still empty").await;
            desk.settle().await;
            assert_whole(desk, ada);
            assert_eq!(desk.said(ada), ["my map is still empty"]);
            assert_eq!(desk.dm(ada).len(), 4, "greeted again, and answered: {:#?}", desk.dm(ada));
        }
    });
}

#[test]
fn a_transfer_of_which_twilio_did_not_answer_is_one() {
    play(async |desk| {
        for action in [Action::DropAfterDoing, Action::DropBefore, breakdown()] {
            let ada = desk.in_conversation().await;
            desk.sandbox.twilio().fault(Fault::new("POST /v1/Interactions", 1, action));
            desk.presses(ada, "agent:").await;
            desk.settle().await;
            assert_eq!((desk.tasks(ada).len(), desk.cases(ada).await.len()), (1, 1));
            assert_eq!(desk.stage_of(ada).await, "waiting");
            // TaskRouter may have told of the task before the second try came.
            assert!(desk.answer(ada).to_lowercase().contains("case #"), "{}", desk.answer(ada));
            assert_eq!(desk.after_greeting(ada).len(), 1, "told once: {:#?}", desk.dm(ada));
        }
    });
}

#[test]
fn somebody_whom_flex_refuses_goes_back_to_the_assistant() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.sandbox.twilio().fault(Fault::new("POST /v1/Interactions", 1, refusal()));
        desk.presses(ada, "agent:").await;
        desk.settle().await;
        assert_eq!(desk.stage_of(ada).await, "assistant");
        let told = desk.dm(ada).pop().unwrap();
        assert!(told.starts_with("Nobody is available right now."), "{told}");
        assert_whole(desk, ada);
        desk.says(ada, "my map is empty").await;
        desk.settle().await;
        let answer = desk.dm(ada).pop().unwrap();
        assert!(answer.contains("may help"), "the assistant hears again: {answer}");
    });
}

#[test]
fn an_end_of_which_twilio_did_not_answer_is_told_once() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let close = "POST /v1/Interactions/{InteractionSid}/Channels/{Sid}";
        desk.sandbox.twilio().fault(Fault::new(close, 1, Action::DropAfterDoing));
        desk.ends(ada).await;
        desk.settle().await;
        let ended = desk.dm(ada).iter().filter(|line| line.starts_with("This chat has ended")).count();
        assert_eq!((ended, desk.stage_of(ada).await.as_str()), (1, "closed"));
        assert_eq!(desk.said_by(ada, "system"), ["The person ended the chat."]);
        assert!(desk.task(ada).is_over());
    });
}
