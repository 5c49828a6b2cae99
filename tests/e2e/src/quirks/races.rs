//! Two things at the same moment.

use std::time::Duration;

use sandbox::sims::twilio::{HookAction, HookFault};

use super::stage::play;

const LATE: Duration = Duration::from_millis(1200);

#[test]
fn two_first_messages_at_the_same_moment_open_one_conversation() {
    play(async |desk| {
        for _ in 0..3 {
            let ada = desk.somebody();
            tokio::join!(desk.helpme(ada, Some("my map is empty")), desk.says(ada, "how do I reset my password"));
            desk.settle().await;
            assert_eq!(desk.sids(ada).len(), 1);
            let mut said = desk.said(ada);
            said.sort();
            assert_eq!(said, ["how do I reset my password", "my map is empty"]);
            assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
            let conversation = desk.sandbox.twilio().conversations().pop().unwrap();
            assert_eq!((conversation.participants.len(), conversation.webhooks.len()), (1, 2));
        }
    });
}

#[test]
fn two_helpme_at_the_same_moment_open_one_conversation() {
    play(async |desk| {
        for _ in 0..3 {
            let ada = desk.somebody();
            tokio::join!(
                desk.helpme(ada, Some("my map is empty")),
                desk.helpme(ada, Some("how do I reset my password"))
            );
            desk.settle().await;
            assert_eq!(desk.sids(ada).len(), 1);
            assert_eq!(desk.said(ada).len(), 2);
            let answers: Vec<String> = desk.answers(ada).into_iter().map(|answer| answer.content).collect();
            assert!(answers.iter().all(|answer| answer.starts_with("I have written to you")), "{answers:?}");
            assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
        }
    });
}

#[test]
fn a_chat_that_ends_while_an_agents_line_is_on_its_way_loses_nothing() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Delay(LATE)));
        desk.agent_says(ada, "one more thing").await;
        desk.ends(ada).await;
        desk.settle().await;
        let shown = desk.dm(ada)[before..].to_vec();
        assert_eq!(shown.iter().filter(|line| line.ends_with("one more thing")).count(), 1, "{shown:?}");
        assert_eq!(shown.iter().filter(|line| line.starts_with("This chat has ended")).count(), 1, "{shown:?}");
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert_eq!(desk.stage_of(ada).await, "closed");
        assert!(desk.task(ada).is_over());
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn a_line_of_a_chat_that_ended_is_shown_though_the_next_chat_is_open() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        desk.sandbox.twilio().hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Delay(LATE)));
        desk.agent_says(ada, "one more thing").await;
        desk.ends_first(ada).await;
        desk.says(ada, "my map is empty").await;
        desk.settle().await;
        assert_eq!(desk.sids(ada).len(), 2);
        let shown = desk.dm(ada)[before..].to_vec();
        assert_eq!(shown.iter().filter(|line| line.ends_with("one more thing")).count(), 1, "{shown:?}");
        assert_eq!(shown.len(), 3, "the line, the end, the assistant's answer: {shown:?}");
        assert_eq!(desk.stage_of(ada).await, "assistant");
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn a_task_that_is_heard_of_after_the_person_has_ended_the_chat_is_closed() {
    play(async |desk| {
        for opens_another in [false, true] {
            let ada = desk.in_conversation().await;
            desk.sandbox.twilio().hook_fault(HookFault::new("task.created", 1, HookAction::Delay(LATE)));
            desk.says(ada, "I want to talk to a human").await;
            desk.task_appears(ada).await;
            desk.ends_first(ada).await;
            if opens_another {
                desk.says(ada, "my map is empty").await;
            }
            desk.settle().await;
            assert!(desk.task(ada).is_over(), "nobody is left to be served: {}", desk.task(ada).status);
            assert_eq!(desk.sids(ada).len(), 1 + usize::from(opens_another));
            assert_eq!(desk.stage_of(ada).await, if opens_another { "assistant" } else { "closed" });
            let ended = desk.dm(ada).iter().filter(|line| line.starts_with("This chat has ended")).count();
            assert_eq!(ended, 1, "{:#?}", desk.dm(ada));
            assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
        }
    });
}

#[test]
fn lines_of_both_sides_at_the_same_moment_keep_their_order() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        let lines: Vec<String> = (1..=6).map(|number| format!("line {number}")).collect();
        let person = async {
            for line in &lines {
                desk.says_first(ada, line).await;
            }
        };
        let agent = async {
            for line in &lines {
                desk.agent_says(ada, line).await;
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(person, agent);
        desk.settle().await;
        assert_eq!(desk.said(ada), lines);
        assert_eq!(desk.dm(ada)[before..], lines);
        assert_eq!(desk.unfinished().await.len(), 0);
    });
}
