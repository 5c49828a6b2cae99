//! Asking for a person: by words, by button, by command; and nobody comes.

use sandbox::sims::twilio::{HookAction, HookFault};
use sandbox::trace::Kind;
use serde_json::json;

use crate::casework::{case as uses_case, moderator};
use crate::desk::{Desk, Somebody, TALK, play};

/// One task and one case, of which the task knows.
async fn assert_one_transfer(desk: &Desk, ada: &Somebody<'_>) -> u64 {
    let (tasks, cases) = (ada.tasks(), ada.cases().await);
    assert_eq!((tasks.len(), cases.len()), (1, 1), "{tasks:#?}");
    let attributes = &tasks[0].attributes;
    assert_eq!(attributes["case_number"], json!(cases[0]));
    assert_eq!(attributes["channelType"], "discord");
    assert_eq!(attributes["discord_user_id"], ada.person.to_string());
    assert_eq!(attributes["customerName"], ada.name.as_str());
    assert_eq!(tasks[0].conversation_sid, ada.sid());
    let item = ada.item().await;
    assert_eq!(item["task_sid"]["S"], tasks[0].sid.as_str());
    assert_eq!(item["case_number"]["N"], cases[0].to_string());
    assert_eq!(ada.times(&format!("Case #{} has been created for you", cases[0])), 1);
    // The flow is off: the agents answer now.
    let webhooks = desk.sandbox.twilio().webhooks(&ada.sid());
    assert_eq!(webhooks.iter().map(|webhook| webhook.target.as_str()).collect::<Vec<_>>(), ["webhook"]);
    cases[0]
}

#[test]
fn asked_for_in_a_line_the_flow_transfers() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        let counted = desk.case_counter().await;
        ada.helpme("the game crashes on start").await;
        ada.sees("<https://").await;
        desk.settles().await;
        assert_eq!(desk.sandbox.twilio().webhooks(&ada.sid()).len(), 2);
        ada.messages("please let me talk to a human").await;
        ada.sees("has been created for you").await;
        desk.settles().await;
        let case = assert_one_transfer(desk, &ada).await;
        assert_eq!((case, desk.case_counter().await), (counted + 1, counted + 1));
        assert_eq!(ada.stage().await, "waiting");
        let runs = desk.sandbox.twilio().executions();
        let run = runs.iter().rfind(|run| run.conversation_sid == ada.sid()).unwrap();
        assert_eq!((&run.problem, run.active), (&None, false));
        let widgets: Vec<&str> = run.steps.iter().map(|(widget, _)| widget.as_str()).collect();
        assert!(widgets.contains(&"transfer_to_agent") && widgets.contains(&"send_to_flex"), "{widgets:?}");
        // The assistant is silent from now on.
        ada.messages("Hello? Is anybody there?").await;
        desk.settles().await;
        assert_eq!(ada.texts().len(), 3, "{}", ada.transcript());
        let chat = alex.accepts().await;
        chat.hears("the game crashes on start").await;
        chat.hears("please let me talk to a human").await;
        chat.hears("Hello? Is anybody there?").await;
        ada.sees("has joined the chat").await;
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        insta::assert_snapshot!(desk.case_history(case).await, @"
        support resolved, Alex Agent: Chat with Ada Quill
        person: asked for an agent (- -> new)
        Alex Agent: accepted the chat (new -> open)
        Alex Agent: ended the chat (open -> resolved)
        ");
    });
}

#[test]
fn asked_for_by_button_the_flow_is_not_needed() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let since = desk.trace_end();
        let answer = ada.clicks(TALK).await;
        desk.settles().await;
        let case = assert_one_transfer(desk, &ada).await;
        assert!(
            answer.content.starts_with(&format!("Case #{case}: an agent will join your chat")),
            "{}",
            answer.content
        );
        assert_eq!(answer.ephemeral_for, Some(ada.person.id()));
        assert_eq!(ada.stage().await, "waiting");
        assert_eq!(desk.calls(since, "transfer-to-agent", Kind::FunctionUrl), Vec::<String>::new());
        let case_item = desk.items(&format!("CASE#{case}")).await.remove(0);
        assert_eq!(case_item["case_conversation_sid"]["S"], ada.sid());
        assert_eq!(case_item["reporter_name"]["S"], "Ada Quill");
        insta::assert_snapshot!(desk.case_history(case).await, @"
        support new, -: Chat with Ada Quill
        person: asked for an agent (- -> new)
        ");
    });
}

#[test]
fn asked_for_by_command_before_there_is_a_chat() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.uses(ada.place, "agent", json!({"about": "my purchase never arrived"})).await;
        ada.sees("welcome to support").await;
        ada.sees("has been created for you").await;
        desk.settles().await;
        assert_one_transfer(desk, &ada).await;
        let chat = alex.accepts().await;
        chat.hears("my purchase never arrived").await;
        chat.says("I look into it").await;
        ada.sees("I look into it").await;
        desk.settles().await;
        assert_eq!(ada.said(), ["my purchase never arrived"]);
        assert_eq!(ada.times("These may help") + ada.times("This may help") + ada.times("I found nothing"), 0);
    });
}

#[test]
fn asked_for_twice_it_is_one() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let counted = desk.case_counter().await;
        ada.opens_a_chat().await;
        // The button stays on the greeting, which is above the newer messages.
        let greeting = ada.dm().remove(0);
        ada.clicks(TALK).await;
        let case = ada.cases().await[0];
        let again = ada.uses(ada.place, "agent", json!({})).await;
        assert_eq!(again.content, format!("An agent has been called already: case #{case}."));
        let custom_id = greeting.button(TALK).unwrap();
        let pressed = desk.sandbox.discord().click(ada.person, greeting.id, &custom_id).await;
        assert_eq!(ada.answer_to(&pressed).await.content, again.content);
        desk.settles().await;
        assert_eq!(assert_one_transfer(desk, &ada).await, case);
        assert_eq!(desk.case_counter().await, counted + 1);
    });
}

#[test]
fn asked_for_by_both_ways_at_once_it_is_one() {
    play(async |desk| {
        let people = ["Ada Quill", "Bob Sparrow", "Cleo Marsh", "Dan Willow"].map(|name| desk.person(name));
        for person in &people {
            person.opens_a_chat().await;
        }
        desk.settles().await;
        let [ada, bob, cleo, dan] = &people;
        let words = || json!({"text": "I want to speak with an agent"});
        tokio::join!(
            ada.presses(TALK),
            ada.tries(ada.place, "message", words()),
            bob.tries(bob.place, "message", words()),
            bob.presses(TALK),
            cleo.presses(TALK),
            cleo.tries(cleo.place, "agent", json!({})),
        );
        // The line first: the button comes while the flow is on its way.
        dan.messages("I want to speak with an agent").await;
        dan.presses(TALK).await;
        desk.settles().await;
        for person in &people {
            assert_one_transfer(desk, person).await;
            assert_eq!(person.stage().await, "waiting");
        }
    });
}

#[test]
fn nobody_takes_it_and_the_assistant_answers_again() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        desk.settles().await;
        let case = assert_one_transfer(desk, &ada).await;
        desk.sandbox.twilio().cancel_task(&ada.tasks()[0].sid, "nobody here");
        let said = ada.sees(&format!("Nobody is available right now. We keep case #{case}")).await;
        assert!(said.button(TALK).is_some());
        desk.settles().await;
        assert_eq!(ada.stage().await, "assistant");
        ada.messages("How do I fix GPS drift?").await;
        ada.sees("gps-accuracy").await;
        // Asking again goes on with the same case.
        let counted = desk.case_counter().await;
        let answer = ada.clicks(TALK).await;
        assert!(answer.content.starts_with(&format!("Case #{case}: ")), "{}", answer.content);
        let chat = alex.accepts().await;
        assert_eq!(chat.task().attributes["case_number"], json!(case));
        ada.sees("has joined the chat").await;
        chat.says("Sorry for the wait").await;
        ada.sees("Sorry for the wait").await;
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        assert_eq!((ada.tasks().len(), desk.case_counter().await), (2, counted));
        insta::assert_snapshot!(desk.case_history(case).await, @"
        support resolved, Alex Agent: Chat with Ada Quill
        person: asked for an agent (- -> new)
        desk: no agent was available (- -> -)
        Alex Agent: accepted the chat (new -> open)
        Alex Agent: ended the chat (open -> resolved)
        ");
    });
}

#[test]
fn the_workflow_gives_up_and_words_ask_again() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.messages("agent please").await;
        ada.sees("has been created for you").await;
        desk.settles().await;
        let case = assert_one_transfer(desk, &ada).await;
        desk.sandbox.twilio().workflow_timeout(&ada.tasks()[0].sid);
        desk.settles().await;
        // Two events, one sentence.
        assert_eq!(ada.times("Nobody is available right now"), 1);
        ada.sees("Nobody is available right now").await;
        assert_eq!(ada.stage().await, "assistant");
        let targets = desk.sandbox.twilio().webhooks(&ada.sid()).into_iter().map(|webhook| webhook.target);
        assert_eq!(targets.collect::<Vec<_>>(), ["webhook", "studio"]);
        ada.messages("agent please").await;
        // They are told again: nothing else shows that they were heard.
        ada.sees(&format!("Case #{case}")).await;
        let chat = alex.accepts().await;
        assert_eq!(chat.task().attributes["case_number"], json!(case));
        ada.sees("has joined the chat").await;
    });
}

#[test]
fn an_agent_who_declines_is_not_the_end() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let kim = desk.agent("Kim Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        desk.settles().await;
        let task = ada.tasks().remove(0);
        let twilio = desk.sandbox.twilio();
        let asked = task.reservation().map(|reservation| reservation.worker_sid.clone());
        let asked = twilio.agents().into_iter().find(|agent| Some(&agent.worker_sid) == asked.as_ref()).unwrap();
        twilio.reject(&asked, &task.sid).await.unwrap();
        desk.settles().await;
        assert_eq!(ada.stage().await, "waiting");
        assert_eq!(ada.times("Nobody is available"), 0);
        kim.accepts().await;
        ada.sees("**Kim** has joined the chat.").await;
    });
}

#[test]
fn an_agent_passes_the_chat_on_to_a_colleague() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let (alex, kim) = (desk.agent("Alex Agent"), desk.agent("Kim Agent"));
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("**Alex** has joined").await;
        desk.settles().await;
        chat.passes_on_to(&kim).await;
        let said = ada.sees("**Alex** has left; another agent will join this chat.").await;
        assert!(said.button(TALK).is_none());
        ada.sees("You are number ").await;
        desk.settles().await;
        assert_eq!((ada.stage().await.as_str(), ada.conversations()[0].state.as_str()), ("waiting", "active"));
        // The assistant stays silent.
        ada.messages("Hello?").await;
        let chat = kim.accepts().await;
        ada.sees("**Kim** has joined the chat.").await;
        chat.hears("Hello?").await;
        chat.says("Hello Ada").await;
        ada.sees("**Kim:** Hello Ada").await;
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        assert_eq!(
            (ada.times("This chat has ended"), ada.times("back with the assistant")),
            (1, 0),
            "{}",
            ada.transcript()
        );
        let [case] = ada.cases().await[..] else { panic!("not one case") };
        insta::assert_snapshot!(desk.case_history(case).await, @"
        support resolved, Kim Agent: Chat with Ada Quill
        person: asked for an agent (- -> new)
        Alex Agent: accepted the chat (new -> open)
        Alex Agent: left the chat (- -> -)
        Kim Agent: accepted the chat (- -> -)
        Kim Agent: ended the chat (open -> resolved)
        ");
    });
}

#[test]
fn an_invitation_whose_news_never_came_is_found_before_the_chat_is_ended() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let (alex, kim) = (desk.agent("Alex Agent"), desk.agent("Kim Agent"));
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("**Alex** has joined").await;
        desk.settles().await;
        desk.sandbox.twilio().hook_fault(HookFault::new("task.created", 1, HookAction::Drop));
        chat.passes_on_to(&kim).await;
        ada.sees("**Alex** has left; another agent will join this chat.").await;
        kim.accepts().await;
        ada.sees("**Kim** has joined the chat.").await;
    });
}

#[test]
fn a_colleague_comes_and_goes_and_the_agent_stays() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let (alex, kim) = (desk.agent("Alex Agent"), desk.agent("Kim Agent"));
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("**Alex** has joined").await;
        let kims = chat.asks_in(&kim).await;
        ada.sees("**Kim** has joined the chat.").await;
        desk.settles().await;
        chat.says("Kim knows more").await;
        ada.sees("**Alex:** Kim knows more").await;
        kims.says("Have you tried it outside?").await;
        ada.sees("**Kim:** Have you tried it outside?").await;
        kims.goes().await;
        let said = ada.sees("**Kim** has left the chat.").await;
        assert!(said.button(TALK).is_none());
        desk.settles().await;
        assert_eq!(ada.stage().await, "agent");
        assert_eq!(desk.sandbox.twilio().webhooks(&ada.sid()).len(), 1, "the flow is off");
        chat.says("I am still here").await;
        ada.sees("**Alex:** I am still here").await;
        chat.completes().await;
        ada.sees("This chat has ended").await;
        desk.settles().await;
        assert_eq!(ada.times("This chat has ended"), 1);
        assert_eq!(ada.stage().await, "closed");
    });
}

#[test]
fn after_the_agent_has_left_another_one_can_be_called() {
    play(async |desk| {
        let mona = moderator(desk, "Mona Lead");
        for in_words in [false, true] {
            let ada = desk.person("Ada Quill");
            let (alex, kim) = (desk.agent("Alex Agent"), desk.agent("Kim Agent"));
            ada.opens_a_chat().await;
            ada.clicks(TALK).await;
            let chat = alex.accepts_from(&ada).await;
            ada.sees("**Alex** has joined").await;
            ada.messages("thank you").await;
            chat.hears("thank you").await;
            chat.leaves().await;
            let said = ada.sees("**Alex** has left; you are back with the assistant.").await;
            assert!(said.button(TALK).is_some());
            desk.settles().await;
            let case = ada.cases().await[0];
            assert_eq!(ada.stage().await, "agent_left");
            // Somebody calls the case done, which it is not.
            uses_case(desk, &mona, "status", json!({"number": case.to_string(), "to": "resolved"})).await;

            if in_words {
                ada.messages("agent please").await;
            } else {
                let answer = ada.clicks(TALK).await;
                assert!(answer.content.starts_with(&format!("Case #{case}: ")), "{}", answer.content);
            }
            ada.sees(&format!("Case #{case}: an agent has been called")).await;
            desk.settles().await;
            // The first task ended without the conversation, and what was reported of it is no news.
            let [first, second] = &ada.tasks()[..] else { panic!("{:#?}", ada.tasks()) };
            assert_eq!((first.status.as_str(), second.is_over()), ("completed", false));
            assert_eq!(second.attributes["case_number"], json!(case));
            assert_eq!((ada.stage().await.as_str(), ada.conversations()[0].state.as_str()), ("waiting", "active"));
            let item = ada.item().await;
            assert_eq!(item["task_sid"]["S"], second.sid.as_str());
            assert_eq!(item["former_tasks"]["SS"], json!([first.sid]));

            let chat = kim.accepts_from(&ada).await;
            ada.sees("**Kim** has joined the chat.").await;
            chat.says("Hello again").await;
            ada.sees("**Kim:** Hello again").await;
            chat.completes().await;
            ada.sees("This chat has ended").await;
            desk.settles().await;
            assert_eq!((ada.cases().await, ada.times("This chat has ended")), (vec![case], 1));
            assert_eq!(
                desk.case_history(case).await,
                "support resolved, Kim Agent: Chat with Ada Quill\n\
                 person: asked for an agent (- -> new)\n\
                 Alex Agent: accepted the chat (new -> open)\n\
                 Alex Agent: left the chat (- -> -)\n\
                 Mona Lead:  (open -> resolved)\n\
                 person: asked for an agent (resolved -> reopened)\n\
                 Kim Agent: accepted the chat (reopened -> open)\n\
                 Kim Agent: ended the chat (open -> resolved)"
            );
        }
    });
}

#[test]
fn a_chat_that_ends_while_the_person_waits_leaves_no_task() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        desk.settles().await;
        desk.sandbox.twilio().timer(&ada.sid(), "closed");
        ada.sees("This chat has ended").await;
        desk.settles().await;
        assert!(ada.tasks()[0].is_over());
        assert_eq!((ada.times("Nobody is available"), ada.stage().await.as_str()), (0, "closed"));
    });
}
