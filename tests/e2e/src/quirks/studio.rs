//! The Studio flow gives up, drops lines, and fails to reach Flex.

use sandbox::sims::twilio::{StudioAction, StudioFault};

use super::stage::play;

#[test]
fn a_question_whose_call_timed_out_is_answered_once() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.sandbox.twilio().studio_fault(StudioFault::new("ask_bot", 1, StudioAction::TimesOut));
        desk.says(ada, "my map is empty").await;
        desk.settle().await;
        assert_eq!(desk.after_greeting(ada).len(), 1, "{:#?}", desk.dm(ada));
        assert_eq!(desk.said_by(ada, "assistant").len(), 1);
        let run = desk.sandbox.twilio().executions().pop().unwrap();
        let steps: Vec<&str> = run.steps.iter().map(|(widget, _)| widget.as_str()).collect();
        assert_eq!(steps, ["Trigger", "handed_over", "wants_agent", "ask_bot", "ask_bot_again"]);
        assert_eq!(desk.tasks(ada).len(), 0);
    });
}

#[test]
fn a_transfer_whose_answer_came_too_late_goes_on_at_the_second_try() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.sandbox.twilio().studio_fault(StudioFault::new("transfer_to_agent", 1, StudioAction::TimesOut));
        desk.says(ada, "I want to talk to a human").await;
        desk.settle().await;
        let run = desk.sandbox.twilio().executions().pop().unwrap();
        assert!(run.steps.contains(&("send_to_flex_again".to_owned(), "callComplete".to_owned())), "{:?}", run.steps);
        assert_eq!((desk.tasks(ada).len(), desk.cases(ada).await.len()), (1, 1));
        assert_eq!(desk.stage_of(ada).await, "waiting");
        assert_eq!(desk.after_greeting(ada).len(), 1, "told once: {:#?}", desk.dm(ada));
        desk.agent_accepts(ada).await;
        desk.settle().await;
        assert_eq!(desk.dm(ada).pop().unwrap(), "**Alex** has joined the chat.");
    });
}

#[test]
fn where_send_to_flex_fails_the_interaction_is_created_instead() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.sandbox.twilio().studio_fault(StudioFault::new("send_to_flex", 1, StudioAction::Unreachable));
        desk.says(ada, "I want to talk to a human").await;
        desk.settle().await;
        let run = desk.sandbox.twilio().executions().pop().unwrap();
        assert!(run.steps.contains(&("transfer_failed".to_owned(), "success".to_owned())), "{:?}", run.steps);
        assert_eq!((desk.tasks(ada).len(), desk.cases(ada).await.len()), (1, 1));
        assert_eq!(desk.stage_of(ada).await, "waiting");
        assert_eq!(desk.after_greeting(ada).len(), 1, "told once: {:#?}", desk.dm(ada));
    });
}

#[test]
fn a_transfer_that_the_flow_left_half_done_is_finished_by_the_sweep() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        for widget in ["send_to_flex", "transfer_failed"] {
            desk.sandbox.twilio().studio_fault(StudioFault::new(widget, 1, StudioAction::Unreachable));
        }
        desk.says(ada, "I want to talk to a human").await;
        desk.settle().await;
        assert_eq!((desk.tasks(ada).len(), desk.stage_of(ada).await.as_str()), (0, "transferring"));
        desk.transfer_takes_long(ada).await;
        desk.sweep(ada).await;
        assert_eq!((desk.tasks(ada).len(), desk.cases(ada).await.len()), (1, 1));
        assert_eq!(desk.stage_of(ada).await, "waiting");
        assert_eq!(desk.after_greeting(ada).len(), 1, "told once: {:#?}", desk.dm(ada));
    });
}

#[test]
fn a_line_that_the_busy_flow_drops_is_answered_in_the_end() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.sandbox.twilio().studio_fault(StudioFault::new("ask_bot", 1, StudioAction::TimesOut));
        desk.says_first(ada, "my map is empty").await;
        desk.says(ada, "how do I reset my password").await;
        desk.settle().await;
        let lines = desk.lines(ada);
        let dropped = desk.sandbox.twilio().executions().into_iter().flat_map(|run| run.dropped).collect::<Vec<_>>();
        assert!(lines.iter().any(|line| dropped.contains(&line.sid)), "one line came while the flow was busy (81002)");
        assert_eq!(desk.after_greeting(ada).len(), 1, "{:#?}", desk.dm(ada));
        desk.sweep(ada).await;
        assert_eq!(desk.after_greeting(ada).len(), 2, "{:#?}", desk.dm(ada));
        desk.sweep(ada).await;
        assert_eq!(desk.after_greeting(ada).len(), 2, "and not again");
        assert_eq!(desk.said_by(ada, "assistant").len(), 2);
        assert_eq!(desk.said(ada), ["my map is empty", "how do I reset my password"]);
    });
}

#[test]
fn what_was_said_before_nobody_was_available_is_no_question() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.says(ada, "I want to talk to a human").await;
        desk.settle().await;
        desk.says(ada, "my map is empty").await;
        desk.settle().await;
        desk.sandbox.twilio().cancel_task(&desk.task(ada).sid, "nobody here");
        desk.settle().await;
        assert_eq!((desk.stage_of(ada).await.as_str(), desk.after_greeting(ada).len()), ("assistant", 2));
        desk.sweep(ada).await;
        assert_eq!(desk.after_greeting(ada).len(), 2, "{:#?}", desk.dm(ada));
        assert_eq!(desk.said_by(ada, "assistant"), Vec::<String>::new());
    });
}

#[test]
fn talk_to_a_person_does_not_wait_for_a_flow_that_waits_for_the_assistant() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.sandbox.twilio().studio_fault(StudioFault::new("ask_bot", 1, StudioAction::TimesOut));
        desk.says(ada, "my map is empty").await;
        desk.until_the_flow_runs(ada).await;
        desk.presses(ada, "agent:").await;
        desk.settle().await;
        let run = desk.sandbox.twilio().executions().pop().unwrap();
        assert!(run.steps.contains(&("ask_bot".to_owned(), "failed".to_owned())), "{:?}", run.steps);
        assert_eq!((desk.tasks(ada).len(), desk.cases(ada).await.len()), (1, 1));
        assert_eq!(desk.stage_of(ada).await, "waiting");
        let cases = desk.dm(ada).iter().filter(|line| line.starts_with("Case #")).count();
        assert_eq!(cases, 1, "{:#?}", desk.dm(ada));
        assert!(desk.said_by(ada, "assistant").len() <= 1);
        assert_eq!(desk.unfinished().await.len(), 0);
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn a_transfer_by_the_button_and_one_by_the_flow_at_the_same_moment_are_one() {
    play(async |desk| {
        for _ in 0..3 {
            let ada = desk.in_conversation().await;
            tokio::join!(desk.says(ada, "I want to talk to a human"), desk.presses(ada, "agent:"));
            desk.settle().await;
            assert_eq!((desk.tasks(ada).len(), desk.cases(ada).await.len()), (1, 1), "{}", desk.story(0));
            assert_eq!(desk.stage_of(ada).await, "waiting");
            assert_eq!(desk.after_greeting(ada).len(), 1, "told once: {:#?}", desk.dm(ada));
            assert_eq!(desk.said(ada), ["I want to talk to a human"]);
            assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
        }
    });
}
