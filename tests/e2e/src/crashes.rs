//! Every function dies before and after each of its calls, and nothing is lost, doubled or overtaken.
//!
//! Each flow is played as it is, and its calls are counted. Then it is played once for each of them and each side of it, with the process
//! killed there.

use std::cell::Cell;
use std::collections::BTreeMap;

use sandbox::gate::When;

use crate::quirks::stage::{Stage, Who, play, play_with};

/// One moment of a flow: `function` makes its `call`-th call, after `passes` other invocations did.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moment {
    function: String,
    call: usize,
    passes: usize,
    operation: String,
}

/// How often a flow is played as it is: what only one of them did is a race's doing, such as two lines in one batch.
const PLAIN_PLAYS: usize = 3;

/// How often a flow is played for a moment that a race may take away all the same.
const TRIES: usize = 5;

/// The calls that `functions` have made since, in order.
fn calls(desk: &Stage, functions: &[&str], since: u64) -> Vec<Moment> {
    let mut seen: BTreeMap<(String, usize), usize> = BTreeMap::new();
    let mut moments = Vec::new();
    for entry in desk.sandbox.trace().since(since) {
        let (Some(function), Some(call)) = (&entry.function, entry.detail["call"].as_u64()) else { continue };
        // The secret at cold start is fetched before there is anything to lose.
        if entry.detail["operation"] == "GetSecretValue" || !functions.contains(&function.as_str()) {
            continue;
        }
        let call = usize::try_from(call).unwrap();
        let passes = seen.entry((function.clone(), call)).or_default();
        moments.push(Moment {
            function: function.clone(),
            call,
            passes: *passes,
            operation: entry.detail["operation"].as_str().unwrap_or_default().to_owned(),
        });
        *passes += 1;
    }
    moments
}

/// Plays `act` for somebody from `prepare`, once as it is and once per moment of `functions`, and asks `check` what came of it.
pub async fn every_crash(
    desk: &Stage,
    functions: &[&str],
    prepare: impl AsyncFn() -> Who,
    act: impl AsyncFn(Who),
    check: impl AsyncFn(Who),
) {
    let mut moments: Option<Vec<Moment>> = None;
    for _ in 0..PLAIN_PLAYS {
        let who = prepare().await;
        desk.settle().await;
        let since = desk.now();
        act(who).await;
        desk.settle().await;
        let made = calls(desk, functions, since);
        check_all(desk, who, &check).await;
        moments = Some(match moments {
            None => made,
            Some(moments) => moments.into_iter().filter(|moment| made.contains(moment)).collect(),
        });
    }
    let moments = moments.unwrap_or_default();
    for function in functions {
        assert!(moments.iter().any(|moment| moment.function == *function), "{function} took no part");
    }
    let mut missed = Vec::new();
    for moment in &moments {
        for when in [When::Before, When::After] {
            let mut happened = false;
            for _ in 0..TRIES {
                let who = prepare().await;
                desk.settle().await;
                let (since, fired) = (desk.now(), desk.sandbox.gate().fired().len());
                desk.kill(&moment.function, moment.call, when, moment.passes);
                desk.starts(since, format!("killed {when:?} {moment:?}"));
                act(who).await;
                desk.settle().await;
                desk.sandbox.gate().forget_plan();
                happened = desk.sandbox.gate().fired().len() > fired;
                if happened && moment.function == "forward-to-discord" {
                    // Twilio never calls a conversation's webhook again.
                    desk.sweep_if_open(who).await;
                }
                check_all(desk, who, &check).await;
                if happened {
                    break;
                }
            }
            if !happened {
                missed.push(format!("{when:?} {moment:?}"));
            }
        }
    }
    // Which invocation makes which call is a race where several run at once, but not that often.
    assert!(
        missed.len() * 10 <= moments.len() * 2,
        "of {} crashes these never happened: {missed:#?}",
        moments.len() * 2
    );
}

async fn check_all(desk: &Stage, who: Who, check: &impl AsyncFn(Who)) {
    check(who).await;
    desk.settle().await;
    assert_eq!(desk.unfinished().await.len(), 0, "{:?}", desk.unfinished().await);
    assert_eq!(desk.dead_letters(who), Vec::<String>::new());
}

/// A line from the person reaches the agents, and one from the agent the person: once, behind everything else.
async fn both_ways_work(desk: &Stage, who: Who) {
    let (said, shown) = (desk.said(who), desk.dm(who));
    desk.says(who, "and now?").await;
    desk.agent_says(who, "all is well").await;
    desk.settle().await;
    assert_eq!(desk.said(who), [said, vec!["and now?".to_owned()]].concat());
    assert_eq!(desk.dm(who), [shown, vec!["all is well".to_owned()]].concat());
}

/// The assistant answers a question: once, behind everything else.
async fn the_assistant_answers(desk: &Stage, who: Who) {
    a_question_shows(desk, who, &["may help"]).await;
}

/// A question brings these messages, each once, behind everything else.
async fn a_question_shows(desk: &Stage, who: Who, texts: &[&str]) {
    let (said, shown) = (desk.said(who), desk.dm(who));
    desk.says(who, "how do I reset my password").await;
    desk.settle().await;
    assert_eq!(desk.said(who), [said, vec!["how do I reset my password".to_owned()]].concat());
    let now = desk.dm(who);
    let (before, new) = now.split_at(shown.len());
    assert_eq!((before, new.len()), (&shown[..], texts.len()), "{now:#?}");
    assert!(new.iter().zip(texts).all(|(message, text)| message.contains(text)), "{now:#?}");
}

/// The next line opens the next conversation.
async fn the_next_chat_opens(desk: &Stage, who: Who) {
    let before = desk.sids(who).len();
    a_question_shows(desk, who, &["welcome to support", "may help"]).await;
    assert_eq!(desk.sids(who).len(), before + 1);
    assert_eq!(desk.stage_of(who).await, "assistant");
}

async fn one_transfer(desk: &Stage, who: Who) {
    assert_eq!((desk.sids(who).len(), desk.tasks(who).len()), (1, 1));
    let cases = desk.cases(who).await;
    assert_eq!(cases.len(), 1, "{cases:?}");
    let case = *cases.keys().next().unwrap();
    assert_eq!(desk.task(who).attributes["case_number"], case);
    assert_eq!(desk.stage_of(who).await, "waiting");
    assert_eq!(
        desk.after_greeting(who),
        [format!("Case #{case} has been created for you; an agent will join this chat.")]
    );
    let webhooks = desk.sandbox.twilio().webhooks(&desk.sid(who));
    assert_eq!(webhooks.len(), 1, "the flow is off");
    assert_eq!(desk.places(who), 1, "they know their place");
    assert!(!desk.task(who).attributes["last_lines"].is_null(), "the agents know what was said");
    desk.agent_accepts(who).await;
    desk.settle().await;
    assert_eq!(desk.dm(who).last().unwrap(), "**Alex** has joined the chat.");
    both_ways_work(desk, who).await;
}

fn count(lines: &[String], start: &str) -> usize {
    lines.iter().filter(|line| line.starts_with(start)).count()
}

const QUESTION: &str = "my map is empty";

#[test]
fn helpme_with_a_question() {
    play(async |desk| {
        every_crash(
            desk,
            // What the line sets off dies in `the_assistants_answer`.
            &["helpme", "relay"],
            async || desk.somebody(),
            async |ada| {
                assert!(desk.helpme(ada, Some(QUESTION)).await.is_ok());
            },
            async |ada| {
                assert_eq!(desk.sids(ada).len(), 1);
                assert_eq!(desk.said(ada), [QUESTION]);
                assert_eq!(desk.after_greeting(ada).len(), 1, "one answer: {:#?}", desk.dm(ada));
                assert_eq!(desk.said_by(ada, "assistant").len(), 1);
                assert!(desk.answer(ada).starts_with("I have written to you"), "{}", desk.answer(ada));
                the_assistant_answers(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn the_front_door_takes_a_command_or_leaves_it() {
    play(async |desk| {
        let (ada, fired) = (desk.somebody(), desk.sandbox.gate().fired().len());
        desk.kill("interactions", 0, When::Before, 0);
        let outcome = desk.helpme(ada, Some(QUESTION)).await;
        desk.settle().await;
        assert!(!outcome.is_ok(), "Discord shows a failure");
        assert_eq!((desk.sids(ada).len(), desk.dm(ada).len()), (0, 0), "nothing was taken");

        desk.kill("interactions", 0, When::After, 0);
        let outcome = desk.helpme(ada, Some(QUESTION)).await;
        desk.settle().await;
        assert!(!outcome.is_ok(), "Discord shows a failure");
        assert_eq!(desk.sandbox.gate().fired().len(), fired + 2);
        assert_eq!(desk.said(ada), [QUESTION], "the work is done, once");
        assert_eq!(desk.after_greeting(ada).len(), 1);
        the_assistant_answers(desk, ada).await;
        assert_eq!(desk.unfinished().await.len(), 0);
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn a_line_to_an_open_conversation() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let expected = Cell::new(Vec::new());
        every_crash(
            desk,
            &["message"],
            async || ada,
            async |ada| {
                let said = desk.said(ada);
                let line = format!("line {}", said.len());
                desk.says(ada, &line).await;
                expected.set([said, vec![line]].concat());
            },
            async |ada| {
                assert_eq!(desk.said(ada), expected.take());
                assert!(desk.answer(ada).starts_with("Sent."), "{}", desk.answer(ada));
                both_ways_work(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn lines_to_an_open_conversation_one_behind_the_other() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let expected = Cell::new(Vec::new());
        every_crash(
            desk,
            &["relay"],
            async || ada,
            async |ada| {
                let mut lines = desk.said(ada);
                for part in ["a", "b", "c"] {
                    let line = format!("line {part} behind {}", lines.len());
                    desk.says_first(ada, &line).await;
                    lines.push(line);
                }
                expected.set(lines);
            },
            async |ada| {
                assert_eq!(desk.said(ada), expected.take());
                both_ways_work(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn a_line_that_opens_the_conversation() {
    play(async |desk| {
        every_crash(
            desk,
            &["message", "relay"],
            async || desk.somebody(),
            async |ada| {
                desk.says(ada, QUESTION).await;
            },
            async |ada| {
                assert_eq!(desk.sids(ada).len(), 1);
                assert_eq!(desk.said(ada), [QUESTION]);
                assert_eq!(desk.dm(ada).len(), 2, "one greeting and one answer: {:#?}", desk.dm(ada));
                let conversation = desk.sandbox.twilio().conversations().pop().unwrap();
                assert_eq!((conversation.participants.len(), conversation.webhooks.len()), (1, 2));
                the_assistant_answers(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn the_assistants_answer() {
    play(async |desk| {
        let ada = desk.in_conversation().await;
        let before = Cell::new((0, 0));
        every_crash(
            desk,
            &["chatbot-to-discord", "deliver"],
            async || ada,
            async |ada| {
                before.set((desk.dm(ada).len(), desk.lines(ada).len()));
                desk.says(ada, QUESTION).await;
            },
            async |ada| {
                let (shown, lines) = before.get();
                assert_eq!(desk.dm(ada).len(), shown + 1, "{:#?}", desk.dm(ada));
                assert_eq!(desk.lines(ada).len(), lines + 2, "the question and the answer");
                the_assistant_answers(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn a_transfer_by_the_button() {
    play(async |desk| {
        every_crash(
            desk,
            &["agent", "deliver", "task-events"],
            async || desk.in_conversation().await,
            async |ada| {
                assert!(desk.presses(ada, "agent:").await.is_ok());
            },
            async |ada| {
                assert!(desk.answer(ada).to_lowercase().contains("case #"), "{}", desk.answer(ada));
                one_transfer(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn a_transfer_by_the_flow() {
    play(async |desk| {
        every_crash(
            desk,
            &["transfer-to-agent", "deliver", "task-events"],
            async || desk.in_conversation().await,
            async |ada| {
                desk.says(ada, "I want to talk to a human").await;
            },
            async |ada| {
                assert_eq!(desk.said(ada), ["I want to talk to a human"]);
                one_transfer(desk, ada).await;
            },
        )
        .await;
    });
}

/// The agent says `text` over and over, and a function dies around it.
async fn an_agents_line(desk: &Stage, functions: &[&str], text: impl Fn(usize) -> String, parts: usize) {
    let ada = desk.with_agent().await;
    let (number, before) = (Cell::new(0), Cell::new(Vec::new()));
    every_crash(
        desk,
        functions,
        async || ada,
        async |ada| {
            before.set(desk.dm(ada));
            number.set(number.get() + 1);
            desk.agent_says(ada, &text(number.get())).await;
            desk.agent_says(ada, &format!("behind {}", number.get())).await;
        },
        async |ada| {
            let (before, shown) = (before.take(), desk.dm(ada));
            assert_eq!(shown[..before.len()], before);
            let new = &shown[before.len()..];
            assert_eq!(new.len(), parts + 1, "{new:#?}");
            let words = |text: &str| text.matches("word").count();
            assert_eq!(new[..parts].iter().map(|part| words(part)).sum::<usize>(), words(&text(number.get())));
            assert_eq!(new[parts], format!("behind {}", number.get()));
            if parts == 1 {
                assert_eq!(new[0], text(number.get()));
            } else {
                assert!((1..=parts).all(|part| new[part - 1].starts_with(&format!("({part}/{parts})"))), "{new:#?}");
            }
            both_ways_work(desk, ada).await;
        },
    )
    .await;
}

#[test]
fn an_agents_short_line() {
    play(async |desk| {
        an_agents_line(desk, &["forward-to-discord", "deliver"], |number| format!("word {number}"), 1).await;
    });
}

#[test]
fn an_agents_line_of_three_parts() {
    play(async |desk| {
        an_agents_line(desk, &["deliver"], |number| format!("{number} {}", "word ".repeat(900)), 3).await;
    });
}

#[test]
fn an_agents_edit() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let (line, number, before) = (Cell::new(String::new()), Cell::new(0), Cell::new(Vec::new()));
        every_crash(
            desk,
            &["deliver"],
            async || {
                line.set(desk.agent_says(ada, "helo").await);
                ada
            },
            async |ada| {
                before.set(desk.dm(ada));
                number.set(number.get() + 1);
                // Longer than before, so that a part has to be added.
                let text = format!("hello {} {}", number.get(), "word ".repeat(500));
                desk.sandbox.twilio().edit(&desk.agent, &line.take(), &text).await.unwrap();
            },
            async |ada| {
                let (before, shown) = (before.take(), desk.dm(ada));
                assert_eq!(shown.len(), before.len() + 1, "{shown:#?}");
                assert_eq!(shown[..before.len() - 1], before[..before.len() - 1]);
                let edited = &shown[before.len() - 1..];
                assert!(edited[0].starts_with(&format!("hello {} word", number.get())), "{edited:#?}");
                assert_eq!(edited.iter().map(|part| part.matches("word").count()).sum::<usize>(), 500);
                both_ways_work(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn an_agents_removal() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let (line, before) = (Cell::new(String::new()), Cell::new(Vec::new()));
        every_crash(
            desk,
            &["deliver"],
            async || {
                before.set(desk.dm(ada));
                // Of two parts, of which only one may be gone when the function dies.
                line.set(desk.agent_says(ada, &"word ".repeat(500)).await);
                ada
            },
            async |_| desk.sandbox.twilio().remove(&desk.agent, &line.take()).await.unwrap(),
            async |ada| {
                assert_eq!(desk.dm(ada), before.take());
                both_ways_work(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn an_agent_joins() {
    play(async |desk| {
        every_crash(
            desk,
            &["task-events", "deliver"],
            async || desk.waiting().await,
            async |ada| desk.agent_accepts(ada).await,
            async |ada| {
                assert_eq!(count(&desk.dm(ada), "**Alex** has joined the chat."), 1, "{:#?}", desk.dm(ada));
                assert_eq!(desk.after_greeting(ada).len(), 2);
                assert_eq!(desk.stage_of(ada).await, "agent");
                let cases = desk.cases(ada).await;
                let case = cases.values().next().unwrap();
                assert_eq!(
                    (cases.len(), &case["case_status"]["S"], &case["assignee_name"]["S"]),
                    (1, &"open".into(), &"Alex Agent".into())
                );
                both_ways_work(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn an_agent_leaves() {
    play(async |desk| {
        every_crash(
            desk,
            &["task-events", "deliver"],
            async || desk.with_agent().await,
            async |ada| desk.sandbox.twilio().wrapup(&desk.agent, &desk.task(ada).sid).await.unwrap(),
            async |ada| {
                let left = "**Alex** has left; you are back with the assistant.";
                assert_eq!(count(&desk.dm(ada), left), 1, "{:#?}", desk.dm(ada));
                assert_eq!(desk.stage_of(ada).await, "agent_left");
                assert_eq!(desk.sandbox.twilio().webhooks(&desk.sid(ada)).len(), 2, "the flow hears the person again");
                the_assistant_answers(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn another_agent_is_called_after_one_has_left() {
    play(async |desk| {
        every_crash(
            desk,
            &["agent", "deliver", "task-events"],
            async || {
                let ada = desk.with_agent().await;
                desk.sandbox.twilio().wrapup(&desk.agent, &desk.task(ada).sid).await.unwrap();
                ada
            },
            async |ada| assert!(desk.presses(ada, "agent:").await.is_ok()),
            async |ada| {
                let tasks = desk.tasks(ada);
                assert_eq!(tasks.len(), 2, "{tasks:#?}");
                assert_eq!((tasks[0].status.as_str(), tasks[1].is_over()), ("completed", false));
                let cases = desk.cases(ada).await;
                assert_eq!((cases.len(), desk.stage_of(ada).await.as_str()), (1, "waiting"));
                assert_eq!(desk.sandbox.twilio().webhooks(&desk.sid(ada)).len(), 1, "the flow is off");
                assert_eq!(desk.places(ada), 2, "one for each task");
                assert!(!tasks[1].attributes["last_lines"].is_null());
                desk.agent_accepts(ada).await;
                desk.settle().await;
                assert_eq!(count(&desk.dm(ada), "**Alex** has joined the chat."), 2);
                both_ways_work(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn an_agent_is_asked_for_outside_the_hours() {
    play_with(crate::hours::closed().0, async |desk| {
        let check = async |ada: Who| {
            let said = desk.after_greeting(ada);
            assert_eq!((said.len(), count(&said, "Nobody is here right now")), (1, 1), "{said:#?}");
            let cases = desk.cases(ada).await;
            let case = cases.values().next().unwrap();
            assert_eq!((cases.len(), &case["version"]["N"]), (1, &"2".into()), "filed and noted once: {case:#}");
            assert_eq!((desk.tasks(ada).len(), desk.stage_of(ada).await.as_str()), (0, "assistant"));
            assert_eq!(desk.sandbox.twilio().webhooks(&desk.sid(ada)).len(), 2, "the flow still hears the person");
            the_assistant_answers(desk, ada).await;
        };
        let by_button = async |ada: Who| assert!(desk.presses(ada, "agent:").await.is_ok());
        every_crash(desk, &["agent", "deliver"], async || desk.in_conversation().await, by_button, check).await;
        let in_words = async |ada: Who| drop(desk.says(ada, "I want to talk to a human").await);
        every_crash(desk, &["transfer-to-agent"], async || desk.in_conversation().await, in_words, check).await;
    });
}

#[test]
fn nobody_is_available() {
    play(async |desk| {
        every_crash(
            desk,
            &["task-events", "deliver"],
            async || desk.waiting().await,
            async |ada| desk.sandbox.twilio().workflow_timeout(&desk.task(ada).sid),
            async |ada| {
                assert_eq!(count(&desk.dm(ada), "Nobody is available right now."), 1, "{:#?}", desk.dm(ada));
                assert_eq!(desk.after_greeting(ada).len(), 2);
                assert_eq!(desk.stage_of(ada).await, "assistant");
                assert_eq!(desk.sandbox.twilio().webhooks(&desk.sid(ada)).len(), 2, "the flow hears the person again");
                the_assistant_answers(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn the_agent_ends_the_chat() {
    play(async |desk| {
        every_crash(
            desk,
            &["task-events", "forward-to-discord", "deliver"],
            async || desk.with_agent().await,
            async |ada| desk.sandbox.twilio().complete(&desk.agent, &desk.task(ada).sid).await.unwrap(),
            async |ada| {
                assert_eq!(count(&desk.dm(ada), "This chat has ended."), 1, "{:#?}", desk.dm(ada));
                assert_eq!(desk.stage_of(ada).await, "closed");
                let cases = desk.cases(ada).await;
                assert_eq!(
                    (cases.len(), &cases.values().next().unwrap()["case_status"]["S"]),
                    (1, &"resolved".into()),
                    "{cases:?}"
                );
                the_next_chat_opens(desk, ada).await;
            },
        )
        .await;
    });
}

/// The person ends a chat with the agent, and one of `functions` dies.
async fn the_person_ends_the_chat(desk: &Stage, functions: &[&str]) {
    every_crash(
        desk,
        functions,
        async || {
            let ada = desk.with_agent().await;
            desk.says(ada, "thank you").await;
            ada
        },
        async |ada| desk.ends(ada).await,
        async |ada| {
            assert_eq!(count(&desk.dm(ada), "This chat has ended."), 1, "{:#?}", desk.dm(ada));
            assert_eq!(desk.said(ada), ["thank you"]);
            assert_eq!(desk.said_by(ada, "system"), ["The person ended the chat."]);
            assert_eq!((desk.stage_of(ada).await.as_str(), desk.task(ada).is_over()), ("closed", true));
            assert_eq!(desk.cases(ada).await.len(), 1);
            the_next_chat_opens(desk, ada).await;
        },
    )
    .await;
}

#[test]
fn the_person_ends_the_chat_and_what_ends_it_dies() {
    play(async |desk| the_person_ends_the_chat(desk, &["close", "relay"]).await);
}

#[test]
fn the_person_ends_the_chat_and_what_hears_of_it_dies() {
    play(async |desk| the_person_ends_the_chat(desk, &["task-events", "deliver"]).await);
}

#[test]
fn a_silent_chat_is_warned_of() {
    play(async |desk| {
        every_crash(
            desk,
            &["sweep", "deliver"],
            async || {
                let ada = desk.in_conversation().await;
                desk.falls_silent(ada, false).await;
                ada
            },
            async |ada| {
                desk.sweep(ada).await;
                // The next minute.
                desk.sweep(ada).await;
            },
            async |ada| {
                assert_eq!(count(&desk.dm(ada), "Nobody has written here for a while."), 1, "{:#?}", desk.dm(ada));
                assert_eq!(desk.stage_of(ada).await, "assistant");
                assert!(desk.item(ada).await["silence_warned_at"]["S"].is_string());
                the_assistant_answers(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn a_silent_chat_is_ended() {
    play(async |desk| {
        every_crash(
            desk,
            &["sweep", "relay"],
            async || {
                let ada = desk.with_agent().await;
                desk.agent_says(ada, "are you there?").await;
                desk.settle().await;
                desk.falls_silent(ada, true).await;
                ada
            },
            async |ada| {
                desk.sweep(ada).await;
                desk.sweep_if_open(ada).await;
            },
            async |ada| {
                assert_eq!(count(&desk.dm(ada), "This chat has ended."), 1, "{:#?}", desk.dm(ada));
                assert_eq!(desk.said_by(ada, "system"), ["Nobody has said anything for long, so the chat was ended."]);
                assert_eq!((desk.stage_of(ada).await.as_str(), desk.task(ada).is_over()), ("closed", true));
                assert_eq!(desk.cases(ada).await.len(), 1);
                the_next_chat_opens(desk, ada).await;
            },
        )
        .await;
    });
}
