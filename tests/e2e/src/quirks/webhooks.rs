//! Twilio's webhooks come twice, late, in the wrong order, or not at all.

use std::time::Duration;

use sandbox::sims::twilio::{HookAction, HookFault};

use super::stage::play;

/// Long enough for everything else to overtake.
const LATE: Duration = Duration::from_millis(700);

#[test]
fn webhooks_that_come_twice_are_one() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Duplicate));
        let line = desk.agent_says(ada, "hello").await;
        desk.settle().await;
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageAdded", 1, HookAction::DuplicateAfter(LATE)));
        desk.agent_says(ada, "how are you?").await;
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageUpdated", 1, HookAction::DuplicateAfter(LATE)));
        desk.sandbox.twilio().edit(&desk.agent, &line, "hello Ada").await.unwrap();
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["hello Ada", "how are you?"]);
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageRemoved", 1, HookAction::Duplicate));
        desk.sandbox.twilio().remove(&desk.agent, &line).await.unwrap();
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["how are you?"]);
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn lines_whose_webhooks_are_swapped_are_shown_in_order() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        for line in ["one", "two", "three", "four"] {
            desk.agent_says(ada, line).await;
        }
        desk.settle().await;
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Delay(LATE)));
        desk.agent_says(ada, "five").await;
        desk.agent_says(ada, "six").await;
        desk.settle().await;
        desk.agent_says(ada, "seven").await;
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["one", "two", "three", "four", "five", "six", "seven"]);
    });
}

#[test]
fn an_edit_that_comes_before_its_line_is_what_is_shown() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Delay(LATE)));
        let line = desk.agent_says(ada, "helo").await;
        desk.sandbox.twilio().edit(&desk.agent, &line, "hello").await.unwrap();
        desk.settle().await;
        desk.agent_says(ada, "how are you?").await;
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["hello", "how are you?"]);
    });
}

#[test]
fn of_two_edits_within_a_minute_the_newest_is_shown_whichever_comes_first() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        let twilio = desk.sandbox.twilio();
        let line = desk.agent_says(ada, "helo").await;
        desk.settle().await;
        twilio.edit(&desk.agent, &line, "hellow").await.unwrap();
        desk.settle().await;
        twilio.edit(&desk.agent, &line, "hello").await.unwrap();
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["hello"]);

        twilio.hook_fault(HookFault::new("onMessageUpdated", 1, HookAction::Delay(LATE)));
        twilio.edit(&desk.agent, &line, "hello Adda").await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await; // DateUpdated counts milliseconds
        twilio.edit(&desk.agent, &line, "hello Ada").await.unwrap();
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["hello Ada"]);
        let shown = desk.dm_messages(ada).pop().unwrap();
        assert_eq!(shown.history.last().map(String::as_str), Some("**Alex:** hello"), "the older edit was never shown");
    });
}

#[test]
fn of_two_edits_that_both_come_before_their_line_the_newest_is_shown() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        let twilio = desk.sandbox.twilio();
        twilio.hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Delay(LATE * 2)));
        twilio.hook_fault(HookFault::new("onMessageUpdated", 1, HookAction::Delay(LATE)));
        let line = desk.agent_says(ada, "helo").await;
        tokio::time::sleep(Duration::from_millis(2)).await; // DateUpdated counts milliseconds
        twilio.edit(&desk.agent, &line, "hellow").await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
        twilio.edit(&desk.agent, &line, "hello").await.unwrap();
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["hello"]);
    });
}

#[test]
fn a_line_that_is_removed_before_it_comes_is_never_shown() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Delay(LATE)));
        let line = desk.agent_says(ada, "the password is 1234").await;
        desk.sandbox.twilio().remove(&desk.agent, &line).await.unwrap();
        desk.settle().await;
        desk.agent_says(ada, "never mind").await;
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["never mind"]);
    });
}

#[test]
fn a_lost_line_is_shown_before_the_next_one() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Drop));
        desk.agent_says(ada, "one").await;
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], [""; 0]);
        desk.says(ada, "hello?").await;
        desk.settle().await;
        desk.agent_says(ada, "two").await;
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["one", "two"]);
    });
}

#[test]
fn a_lost_line_that_no_other_follows_is_found_by_the_sweep() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageAdded", 2, HookAction::Drop));
        desk.agent_says(ada, "one").await;
        desk.agent_says(ada, "two").await;
        desk.settle().await;
        desk.sweep(ada).await;
        assert_eq!(desk.dm(ada)[before..], ["one", "two"]);
        desk.sweep(ada).await;
        desk.agent_says(ada, "three").await;
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["one", "two", "three"]);
    });
}

#[test]
fn an_end_that_nobody_was_told_of_is_found_by_the_sweep() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        desk.sandbox.twilio().hook_fault(HookFault::new("onConversationStateUpdated", 1, HookAction::Drop));
        desk.sandbox.twilio().timer(&desk.sid(ada), "closed");
        desk.settle().await;
        assert_eq!(desk.stage_of(ada).await, "assistant");
        desk.sweep(ada).await;
        assert_eq!(desk.stage_of(ada).await, "closed");
        assert_eq!(desk.after_greeting(ada).len(), 1, "told once: {:#?}", desk.dm(ada));
    });
}

#[test]
fn events_of_a_task_that_are_doubled_and_shuffled_within_a_second_tell_the_same_story() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        let twilio = desk.sandbox.twilio();
        twilio.hook_fault(HookFault::new("task.created", 1, HookAction::DuplicateAfter(LATE)));
        twilio.hook_fault(HookFault::new("task.created", 1, HookAction::Delay(LATE)));
        twilio.hook_fault(HookFault::new("reservation.accepted", 1, HookAction::Duplicate));
        desk.presses(ada, "agent:").await;
        desk.agent_joins_at_once(ada).await;
        desk.agent_says(ada, "hello").await;
        desk.settle().await;
        let case = *desk.cases(ada).await.keys().next().unwrap();
        let opened = format!("Case #{case} has been created for you; an agent will join this chat.");
        // Who types before it is told that they have joined is somebody of the team.
        let mut story: Vec<_> =
            desk.after_greeting(ada).into_iter().map(|line| line.replace("**Support:** ", "")).collect();
        story.sort_by_key(|line| line == "hello");
        assert_eq!(story, [opened.as_str(), "**Alex** has joined the chat.", "hello"]);
        assert_eq!(desk.stage_of(ada).await, "agent");

        for event in ["task.completed", "onConversationStateUpdated"] {
            twilio.hook_fault(HookFault::new(event, 1, HookAction::Duplicate));
        }
        twilio.complete(&desk.agent, &desk.task(ada).sid).await.unwrap();
        desk.settle().await;
        let ended = desk.dm(ada).iter().filter(|line| line.starts_with("This chat has ended")).count();
        assert_eq!((ended, desk.stage_of(ada).await.as_str()), (1, "closed"));
        let cases = desk.cases(ada).await;
        assert_eq!((cases.len(), cases[&case]["case_status"]["S"].as_str()), (1, Some("resolved")), "{cases:?}");
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}
