//! Discord delivers twice, asks to wait, breaks down, and closes people's DMs.

use std::time::Duration;

use sandbox::sims::faults::{Action, Fault};
use sandbox::trace::Kind;
use serde_json::json;

use super::stage::{Stage, Who, play, play_with_long_visibility};

const POST: &str = "POST /channels/{channel_id}/messages";
const EDIT_ANSWER: &str = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original";

#[test]
fn an_interaction_that_is_delivered_twice_is_one() {
    play(async |desk| {
        let ada = desk.somebody();
        desk.sandbox.discord().duplicate_next(1);
        assert!(desk.helpme(ada, Some("my map is empty")).await.is_ok());
        desk.settle().await;
        assert_eq!(desk.after_greeting(ada).len(), 1, "one answer: {:#?}", desk.dm(ada));
        assert_eq!(desk.said(ada), ["my map is empty"]);
        assert_eq!(desk.sids(ada).len(), 1);

        desk.sandbox.discord().duplicate_next(1);
        desk.says(ada, "and my creatures are gone").await;
        desk.settle().await;
        assert_eq!(desk.said(ada), ["my map is empty", "and my creatures are gone"]);

        desk.sandbox.discord().duplicate_next(1);
        desk.presses(ada, "agent:").await;
        desk.settle().await;
        assert_eq!((desk.tasks(ada).len(), desk.cases(ada).await.len()), (1, 1));
        assert!(desk.answer(ada).starts_with("Case #"), "{}", desk.answer(ada));

        desk.sandbox.discord().duplicate_next(2);
        desk.ends(ada).await;
        desk.settle().await;
        let ended = desk.dm(ada).iter().filter(|line| line.starts_with("This chat has ended")).count();
        assert_eq!((ended, desk.stage_of(ada).await.as_str()), (1, "closed"));
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn an_answer_for_which_discord_has_no_deferral_yet_is_shown_in_the_end() {
    play(async |desk| {
        let ada = desk.somebody();
        desk.sandbox.discord().fault(Fault::unknown_webhook_race(2));
        desk.helpme(ada, None).await;
        desk.settle().await;
        assert!(desk.answer(ada).starts_with("I have written to you"), "{}", desk.answer(ada));
        assert_eq!(desk.after_greeting(ada), Vec::<String>::new());
    });
}

#[test]
fn the_work_is_done_even_if_its_answer_can_never_be_shown() {
    play(async |desk| {
        let ada = desk.somebody();
        desk.sandbox.discord().fault(Fault::unknown_webhook_race(6));
        let outcome = desk.helpme(ada, Some("my map is empty")).await;
        desk.settle().await;
        let shown = outcome.message.expect("the deferral is shown");
        let still_loading = desk.sandbox.discord().read(|discord| discord.message(shown.id).unwrap().loading);
        assert!(still_loading, "Discord took no answer");
        assert_eq!(desk.after_greeting(ada).len(), 1, "the assistant's answer");
        assert_eq!(desk.said(ada), ["my map is empty"]);
        assert_eq!(desk.unfinished().await.len(), 0, "given up, not to be tried again");
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

/// The agent says two lines while Discord answers the first with `fault`; returns how long the line was kept from the DM.
async fn two_lines_while(desk: &Stage, ada: Who, name: &str, fault: Action) -> Duration {
    let (one, two) = (format!("{name}: one"), format!("{name}: two"));
    let before = desk.dm(ada).len();
    let since = desk.now();
    desk.sandbox.discord().fault(Fault::new(POST, 1, fault));
    desk.agent_says(ada, &one).await;
    desk.agent_says(ada, &two).await;
    desk.settle().await;
    assert_eq!(desk.dm(ada)[before..], [one, two], "in order, each once\n{}", desk.story(since));
    let trace = desk.sandbox.trace().since(since);
    let posts: Vec<_> =
        trace.iter().filter(|entry| entry.kind == Kind::Discord && entry.detail["operation"] == POST).collect();
    assert_eq!(posts.len(), 3, "one refusal, two lines\n{}", desk.story(since));
    let (refused, again) = (posts[0].at_ms, posts[1].at_ms);
    let ended = trace.iter().any(|entry| {
        let is_end = entry.detail["operation"] == "end" && entry.function.as_deref() == Some("deliver");
        is_end && (refused..=again).contains(&entry.at_ms)
    });
    assert!(ended, "the queue waits, not the function\n{}", desk.story(since));
    Duration::from_millis(posts[1].at_ms - posts[0].at_ms)
}

#[test]
fn a_line_waits_in_the_queue_for_as_long_as_discord_says() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let limit = |retry_after, header, global| Action::RateLimit { retry_after, header, global };
        for (name, fault, seconds) in [
            ("with a header", limit(0.7, true, false), 1),
            ("with a body only", limit(1.2, false, false), 2),
            ("of the whole bot", limit(0.4, true, true), 1),
            ("without anything", Action::Status { status: 429, body: json!({}), headers: Vec::new() }, 5),
        ] {
            let waited = two_lines_while(desk, ada, name, fault).await.as_millis();
            assert!(waited >= seconds * 1000 - 20, "{name}: waited {waited} ms of {seconds} s");
        }
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn lines_behind_one_that_waits_do_not_wait_for_the_queues_own_time() {
    play_with_long_visibility(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        let since = desk.now();
        // The first refusal lets the lines gather, so that they come together the second time.
        let limit = Action::RateLimit { retry_after: 1.0, header: true, global: false };
        desk.sandbox.discord().fault(Fault::new(POST, 2, limit));
        let lines: Vec<String> = (1..=5).map(|number| format!("line {number}")).collect();
        for line in &lines {
            desk.agent_says(ada, line).await;
        }
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], lines);
        let trace = desk.sandbox.trace().since(since);
        let (first, last) = (trace.first().unwrap().at_ms, trace.last().unwrap().at_ms);
        assert!(last - first < 20_000, "six minutes would be the queue's own time: {} ms", last - first);
    });
}

#[test]
fn an_answer_waits_for_a_short_limit_and_is_tried_again_after_a_long_one() {
    play(async |desk| {
        let ada = desk.somebody();
        let limit = |retry_after| Action::RateLimit { retry_after, header: true, global: false };
        desk.sandbox.discord().fault(Fault::new(EDIT_ANSWER, 1, limit(0.3)));
        desk.helpme(ada, None).await;
        desk.settle().await;
        assert!(desk.answer(ada).starts_with("I have written to you"), "{}", desk.answer(ada));

        // Longer than the function waits: AWS repeats the event, and nothing is done twice.
        desk.sandbox.discord().fault(Fault::new(EDIT_ANSWER, 1, limit(60.0)));
        desk.says(ada, "my map is empty").await;
        desk.settle().await;
        assert!(desk.answer(ada).starts_with("Sent."), "{}", desk.answer(ada));
        assert_eq!(desk.said(ada), ["my map is empty"]);
        assert_eq!(desk.after_greeting(ada).len(), 1);
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn a_line_is_shown_once_though_discord_breaks_down_or_its_answer_is_lost() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let broken =
            || Action::Status { status: 502, body: json!({"message": "502: Bad Gateway"}), headers: Vec::new() };
        for (name, fault) in
            [("broken", broken()), ("never arrived", Action::DropBefore), ("lost", Action::DropAfterDoing)]
        {
            let waited = two_lines_while(desk, ada, name, fault).await.as_millis();
            assert!(waited >= 900, "{name}: backed off for {waited} ms");
        }
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());
    });
}

#[test]
fn a_long_line_of_which_one_part_fails_is_shown_whole_and_once() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let limit = Action::RateLimit { retry_after: 0.2, header: true, global: false };
        for fault in [Action::DropAfterDoing, limit] {
            let (before, since) = (desk.dm(ada).len(), desk.now());
            desk.sandbox.discord().fault(Fault::new(POST, 1, fault).after(1));
            desk.agent_says(ada, &"word ".repeat(900)).await;
            desk.agent_says(ada, "and a short one").await;
            desk.settle().await;
            let shown = desk.dm(ada)[before..].to_vec();
            let starts: Vec<String> = shown.iter().map(|line| line.chars().take(5).collect()).collect();
            assert_eq!(starts, ["(1/3)", "(2/3)", "(3/3)", "and a"]);
            assert_eq!(shown.iter().map(|part| part.matches("word").count()).sum::<usize>(), 900);
            // The first part is not posted again: it would use up what Discord allows.
            let trace = desk.sandbox.trace().since(since);
            let posts = trace.iter().filter(|entry| entry.detail["operation"] == POST).count();
            assert_eq!(posts, 5, "{}", desk.story(since));
        }
    });
}

#[test]
fn somebody_with_closed_dms_is_told_what_to_do() {
    play(async |desk| {
        let ada = desk.somebody();
        desk.sandbox.discord().close_dms(ada.person);
        desk.helpme(ada, Some("my map is empty")).await;
        desk.settle().await;
        assert!(desk.answer(ada).starts_with("I cannot write to you."), "{}", desk.answer(ada));
        assert_eq!((desk.sids(ada).len(), desk.dm(ada).len()), (0, 0));
        assert_eq!(desk.dead_letters(ada), Vec::<String>::new());

        desk.sandbox.discord().open_dms(ada.person);
        desk.helpme(ada, Some("my map is empty")).await;
        desk.settle().await;
        assert_eq!(desk.after_greeting(ada).len(), 1);
        assert_eq!(desk.said(ada), ["my map is empty"]);
    });
}

#[test]
fn agents_are_told_that_a_line_did_not_reach_somebody_with_closed_dms() {
    play(async |desk| {
        let ada = desk.with_agent().await;
        let before = desk.dm(ada).len();
        desk.sandbox.discord().close_dms(ada.person);
        let lost = desk.agent_says(ada, "are you there?").await;
        desk.settle().await;
        let told = desk.said_by(ada, "system");
        assert_eq!(told, ["Your message was not delivered on Discord: the person does not accept direct messages."]);
        let dead = desk.dead_letters(ada);
        assert_eq!(dead.len(), 1, "{dead:?}");
        assert!(dead[0].contains(&lost), "{dead:?}");

        desk.sandbox.discord().open_dms(ada.person);
        desk.agent_says(ada, "welcome back").await;
        desk.says(ada, "here I am").await;
        desk.settle().await;
        assert_eq!(desk.dm(ada)[before..], ["welcome back"]);
        assert_eq!(desk.said(ada), ["here I am"]);
        assert_eq!(desk.said_by(ada, "system").len(), 1);
    });
}
