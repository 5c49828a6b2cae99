//! Boards: where reports are posted, the cards there, and what reporters are told when something changes.

use sandbox::gate::{KillPoint, When};
use sandbox::sims::discord::{BotPowers, ForumOptions, Place};
use sandbox::sims::faults::{Action, Fault};
use sandbox::trace::Kind;
use serde_json::{Value, json};

use crate::casework::{asks, card, case_item, dynamodb, moderator, report, set_case, text};
use crate::desk::{Desk, Somebody, labels, play};
use crate::reports::{PNG, discord, file_of, filed, home, post, posts, settled, title, uses};

/// Another server where they are, with its ID.
pub fn moves(desk: &Desk, somebody: &mut Somebody<'_>) -> u64 {
    let discord = desk.sandbox.discord();
    let server = discord.add_guild("Elsewhere");
    joins(desk, somebody, server);
    server
}

fn joins(desk: &Desk, somebody: &mut Somebody<'_>, server: u64) {
    let discord = desk.sandbox.discord();
    let permissions = discord.read(|state| state.user(somebody.person).unwrap().permissions);
    discord.set_permissions_in(somebody.person, server, permissions);
    somebody.place = Place::Guild(discord.channel_in(server, "general"));
}

#[test]
fn a_board_is_made_as_the_server_allows() {
    play(async |desk| {
        let mut ada = desk.person("Ada Quill");
        let discord = desk.sandbox.discord();
        // A server without forums: a text channel with threads.
        let plain = moves(desk, &mut ada);
        discord.set_bot_powers(plain, BotPowers { forums: false, ..BotPowers::default() });
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let there = post(desk, plain, "bug-report", number);
        assert_eq!(discord.read(|state| state.channel_kind(there.channel)), Some(0));
        assert!(there.first().unwrap().all_text().contains("Status\nNew"));
        assert_eq!(text(&case_item(desk, number).await, "server"), plain.to_string());

        // One where the bot may do nothing: filed all the same.
        let closed = moves(desk, &mut ada);
        let powers = BotPowers { manage_channels: false, ..BotPowers::default() };
        discord.set_bot_powers(closed, powers);
        let file = discord.upload(ada.person, "crash.png", "image/png", PNG);
        let title = title();
        let answer =
            uses(desk, &ada, ada.place, "bug", json!({"title": title, "text": "It stops.", "file": file})).await;
        let number = filed(&answer);
        assert!(answer.content.contains("It could not be shown on the board"), "{}", answer.content);
        assert!(answer.content.contains("could not be kept: crash.png"), "{}", answer.content);
        assert_eq!(text(&case_item(desk, number).await, "case_status"), "new");
        assert_eq!(discord.read(|state| state.channel_in(closed, "bug-report")), None);
        // As soon as it may, the next one has a board.
        discord.set_bot_powers(closed, BotPowers::default());
        let number = report(desk, &ada, ada.place, "bug").await.number;
        assert_eq!(post(desk, closed, "bug-report", number).tags, ["bug", "new", "normal"]);
    });
}

#[test]
fn a_board_that_is_there_is_used_and_completed() {
    play(async |desk| {
        let mut ada = desk.person("Ada Quill");
        let discord = desk.sandbox.discord();
        let server = moves(desk, &mut ada);
        let tags = ["Bug", "our own", "high"].map(str::to_owned).to_vec();
        let forum = discord.add_forum(server, "bug-report", &ForumOptions { tags, require_tag: true });
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let there = post(desk, server, "bug-report", number);
        assert_eq!(there.channel, forum);
        assert_eq!(there.tags, ["Bug", "new", "normal"]);
        let tags = discord.read(|state| state.forum_tags(forum));
        assert_eq!(tags[..3], ["Bug", "our own", "high"]);
        assert_eq!(tags.len(), 11, "{tags:?}");

        // Deleted: the next report makes it anew, and the news of the old one ends quietly.
        discord.remove_channel(forum);
        let mut mona = moderator(desk, "Mona Lead");
        joins(desk, &mut mona, server);
        uses(desk, &mona, mona.place, "case status", json!({"number": number.to_string(), "to": "open"})).await;
        assert_eq!(ada.news().len(), 1);
        let next = report(desk, &ada, ada.place, "bug").await.number;
        let there = post(desk, server, "bug-report", next);
        assert_ne!(there.channel, forum);
        assert_eq!(there.tags, ["bug", "new", "normal"]);

        // A text channel that is there is a board as well.
        let server = moves(desk, &mut ada);
        discord.channel_in(server, "feature-request");
        let number = report(desk, &ada, ada.place, "new_feature").await.number;
        let there = post(desk, server, "feature-request", number);
        assert_eq!(discord.read(|state| state.channel_kind(there.channel)), Some(0));
    });
}

#[test]
fn two_first_reports_of_a_server_make_one_board() {
    play(async |desk| {
        let (mut ada, mut bob) = (desk.person("Ada Quill"), desk.person("Bob Reed"));
        let server = moves(desk, &mut ada);
        joins(desk, &mut bob, server);
        let titles = [title(), title()];
        let options = |at: usize| json!({"title": titles[at], "text": "It stops."});
        let (one, other) =
            tokio::join!(ada.tries(ada.place, "bug", options(0)), bob.tries(bob.place, "bug", options(1)));
        let numbers = [filed(&settled(desk, &ada, one).await), filed(&settled(desk, &bob, other).await)];
        for number in numbers {
            assert_eq!(post(desk, server, "bug-report", number).tags, ["bug", "new", "normal"]);
        }
        let channels = discord(desk, &format!("/guilds/{server}/channels")).await;
        let boards = channels.as_array().unwrap().iter().filter(|channel| channel["name"] == "bug-report");
        assert_eq!(boards.count(), 1, "{channels}");
    });
}

#[test]
fn a_post_that_discord_did_not_answer_for_is_found_again() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        report(desk, &ada, ada.place, "bug").await;
        let sim = desk.sandbox.discord();
        for action in [Action::DropAfterDoing, Action::DropBefore] {
            sim.fault(Fault::new("POST /channels/{}/threads", 1, action.clone()));
            desk.expects_error("Discord is not available");
            let file = sim.upload(ada.person, "crash.png", "image/png", PNG);
            let options = json!({"title": title(), "text": "It stops.", "file": file});
            let outcome = ada.tries(ada.place, "bug", options).await;
            let answer = settled(desk, &ada, outcome).await;
            let number = filed(&answer);
            let there = posts(desk, home(desk), "bug-report", number);
            assert_eq!(there.len(), 1, "{action:?}: {there:#?}");
            assert_eq!((there[0].messages.len(), there[0].first().unwrap().attachments.len()), (1, 1));
            let files = case_item(desk, number).await["files"]["L"].clone();
            assert_eq!(file_of(desk, &files[0]).await, PNG);
        }
        assert_eq!(ada.cases().await.len(), 3);
    });
}

#[test]
fn a_board_that_asks_for_patience_is_waited_for() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        report(desk, &ada, ada.place, "bug").await;
        let pause = Action::RateLimit { retry_after: 0.3, header: true, global: false };
        desk.sandbox.discord().fault(Fault::new("POST /channels/{}/threads", 2, pause));
        let number = report(desk, &ada, ada.place, "bug").await.number;
        assert_eq!(post(desk, home(desk), "bug-report", number).messages.len(), 1);
    });
}

// --------------------------------------------------------------------------------------------------------- what changes

/// A moderator sets the status of a case.
async fn sets(desk: &Desk, mona: &Somebody<'_>, number: u64, status: &str, reason: &str) {
    let options = json!({"number": number.to_string(), "to": status, "reason": reason});
    let said = asks(desk, mona, mona.place, "case status", options).await.content;
    assert!(said.contains(&format!("#{number}: ")), "{said}");
    desk.settles().await;
}

#[test]
fn a_change_shows_on_the_card_and_is_told_to_the_reporter() {
    play(async |desk| {
        let (ada, mona) = (desk.person("Ada Quill"), moderator(desk, "Mona Lead"));
        let bug = report(desk, &ada, ada.place, "bug").await;
        let n = bug.number.to_string();
        let there = || post(desk, home(desk), "bug-report", bug.number);
        let link = format!("On the board: <https://discord.com/channels/{}/{}>", home(desk), there().thread);
        asks(desk, &mona, mona.place, "case assign", json!({"number": n})).await;
        desk.settles().await;
        assert!(there().first().unwrap().all_text().contains("Assigned to\nMona Lead"));
        let heading = format!("**#{}** {}\n", bug.number, bug.title);
        let told = |at: usize| ada.news()[at].content.strip_prefix(&heading).expect("it names the case").to_owned();
        let before = ada.news().len();
        sets(desk, &mona, bug.number, "waiting_for_person", "Which *version* is it?").await;
        assert_eq!(there().tags, ["bug", "waiting", "normal"]);
        let news = told(before);
        assert!(news.starts_with("We need something from you to go on."), "{news}");
        assert!(news.contains("Which \\*version\\* is it?"), "{news}");
        assert!(news.ends_with(&link), "{news}");
        sets(desk, &mona, bug.number, "open", "").await;
        assert_eq!(there().tags, ["bug", "open", "normal"]);
        assert!(told(before + 1).starts_with("Mona Lead is working on it now."), "{}", told(before + 1));
        sets(desk, &mona, bug.number, "resolved", "Fixed in 1.2.3").await;
        assert_eq!(there().tags, ["bug", "resolved", "normal"]);
        assert_eq!((labels(there().first().unwrap()), there().archived), (vec![], false));
        let news = told(before + 2);
        assert!(news.starts_with("This is resolved. If it is not for you, press *Reopen* within 7 days."), "{news}");
        assert!(news.contains("Fixed in 1.2.3"), "{news}");
        assert_eq!(labels(&ada.news()[before + 2]), ["Reopen"]);
        sets(desk, &mona, bug.number, "closed", "").await;
        assert_eq!(
            (there().tags.as_slice(), there().archived),
            (&["bug", "closed", "normal"].map(str::to_owned)[..], true)
        );
        assert!(told(before + 3).starts_with("This case is closed."));
        sets(desk, &mona, bug.number, "reopened", "Not quite").await;
        assert_eq!((there().tags[1].as_str(), there().archived), ("open", false));
        assert_eq!(labels(there().first().unwrap()), ["Me too (0)", "Take it", "Waiting", "Resolve"]);
        assert_eq!(ada.news().len(), before + 5);
        // A note is nobody's news.
        asks(desk, &mona, mona.place, "case note", json!({"number": n, "text": "look at the log"})).await;
        desk.settles().await;
        assert_eq!(ada.news().len(), before + 5);
        assert_eq!(there().messages.len(), 1, "the thread is for people");
    });
}

#[test]
fn who_takes_no_direct_messages_is_told_in_the_thread() {
    play(async |desk| {
        let (ada, mona) = (desk.person_speaking("Ada Quill", "de"), moderator(desk, "Mona Lead"));
        let options = json!({"title": title(), "text": "Es bleibt stehen."});
        let answer = uses(desk, &ada, ada.place, "bug", options).await;
        let number = crate::casework::number_in(&answer.content).unwrap();
        desk.sandbox.discord().close_dms(ada.person);
        sets(desk, &mona, number, "resolved", "").await;
        let there = post(desk, home(desk), "bug-report", number);
        let [_, told] = &there.messages[..] else { panic!("{there:#?}") };
        assert!(told.content.starts_with(&format!("<@{}>", ada.person)), "{}", told.content);
        assert!(
            told.content.contains(&format!("**#{number}**")) && told.content.contains("gelöst"),
            "{}",
            told.content
        );
        assert_eq!(ada.dm().len(), 0);
        // Nobody else may reopen it there.
        let button = told.button("case-reopen:").expect("it can be reopened");
        let sim = desk.sandbox.discord();
        let outcome = sim.click(mona.person, told.id, &button).await;
        assert_eq!(settled(desk, &mona, outcome).await.content, "This belongs to somebody else.");
        sets(desk, &mona, number, "closed", "").await;
        let there = post(desk, home(desk), "bug-report", number);
        let public = there.messages.iter().filter(|message| message.ephemeral_for.is_none());
        assert_eq!((public.count(), there.archived), (3, true), "what is said last does not open it again");
        let outcome = sim.click(ada.person, told.id, &button).await;
        settled(desk, &ada, outcome).await;
        assert_eq!(text(&case_item(desk, number).await, "case_status"), "reopened");
        assert!(!post(desk, home(desk), "bug-report", number).archived);
    });
}

/// Changes a case through the console's API.
async fn patches(desk: &Desk, number: u64, change: Value) -> Value {
    // SHA-256 of 64 times "a".
    let hash = "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb";
    let id = "0123456789abcdef";
    let text = |text: &str| json!({"S": text});
    let item = json!({
        "PK": text("APIKEYS"), "SK": text(&format!("KEY#{id}")), "key_id": text(id), "name": text("nightly"), "hash": text(hash),
        "created_by": text("test"), "created_at": text("2026-01-01T00:00:00Z"),
    });
    dynamodb(desk, "PutItem", json!({ "Item": item })).await;
    let url = format!("{}/api/cases/{number}", desk.sandbox.function_url("console").unwrap());
    let client = reqwest::Client::new();
    let key = format!("Bearer dsk_{id}_{}", "a".repeat(64));
    let found = client.get(&url).header("authorization", &key).send().await.unwrap();
    assert_eq!(found.status(), 200, "{}", found.text().await.unwrap());
    let etag = found.headers()["etag"].clone();
    let call = client.patch(&url).header("authorization", &key).header("if-match", etag);
    let answer = call.header("content-type", "application/json").body(change.to_string()).send().await.unwrap();
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{body}");
    desk.settles().await;
    serde_json::from_str(&body).unwrap()
}

#[test]
fn another_title_is_another_name_of_the_thread() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let bug = report(desk, &ada, ada.place, "bug").await;
        let other = title();
        desk.is_private(&other);
        patches(desk, bug.number, json!({"title": other, "severity": "high", "priority": "urgent"})).await;
        let there = post(desk, home(desk), "bug-report", bug.number);
        assert_eq!(there.name, format!("#{} {other}", bug.number));
        assert_eq!(there.tags, ["bug", "new", "high"]);
        assert!(there.first().unwrap().all_text().contains(&other));
        assert_eq!(ada.news().len(), 0, "a title is no news");
        // A double is found by the new title, and no longer by the old one.
        let bob = desk.person("Bob Reed");
        let offer = uses(desk, &bob, bob.place, "bug", json!({"title": other, "text": "Me too."})).await;
        assert!(offer.content.contains(&format!("**#{}**", bug.number)), "{}", offer.content);
        filed(&uses(desk, &bob, bob.place, "bug", json!({"title": bug.title, "text": "Me too."})).await);
    });
}

#[test]
fn a_tag_that_somebody_deleted_is_made_again() {
    play(async |desk| {
        let (mut ada, mut mona) = (desk.person("Ada Quill"), moderator(desk, "Mona Lead"));
        let server = moves(desk, &mut ada);
        joins(desk, &mut mona, server);
        let bug = report(desk, &ada, ada.place, "bug").await;
        let forum = post(desk, server, "bug-report", bug.number).channel;
        let sim = desk.sandbox.discord();
        let kept = |tag: &Value| tag["name"] == "bug" || tag["name"] == "normal";
        let tags = discord(desk, &format!("/channels/{forum}")).await["available_tags"].clone();
        let tags: Vec<&Value> = tags.as_array().unwrap().iter().filter(|tag| kept(tag)).collect();
        let url = format!("{}/api/v10/channels/{forum}", sim.url());
        let call = reqwest::Client::new().patch(url).header("authorization", format!("Bot {}", sim.bot_token()));
        let call = call.header("user-agent", "DiscordBot (test, 1)").header("content-type", "application/json");
        let answer = call.body(json!({ "available_tags": tags }).to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        sets(desk, &mona, bug.number, "open", "").await;
        assert_eq!(post(desk, server, "bug-report", bug.number).tags, ["bug", "open", "normal"]);
        let next = report(desk, &ada, ada.place, "bug").await;
        assert_eq!(post(desk, server, "bug-report", next.number).tags, ["bug", "new", "normal"]);
    });
}

#[test]
fn a_nudge_that_was_lost_is_made_up_for_by_the_sweep() {
    play(async |desk| {
        let (ada, mona) = (desk.person("Ada Quill"), moderator(desk, "Mona Lead"));
        let bug = report(desk, &ada, ada.place, "bug").await;
        let gate = desk.sandbox.gate();
        let fired = gate.fired().len();
        // Whoever changes the case dies before it says so, and what is repeated dies there as well.
        let since = desk.trace_end();
        sets(desk, &mona, bug.number, "open", "").await;
        let calls = desk.calls(since, "case", Kind::Sqs);
        assert_eq!(calls.len(), 1, "{calls:?}");
        let before = ada.news().len();
        let call = call_of_the_nudge(desk, since);
        for _ in 0..3 {
            gate.kill_at(KillPoint { function: "case".to_owned(), call, when: When::Before });
        }
        desk.expects_dead_letters(1);
        let options = json!({"number": bug.number.to_string(), "to": "resolved"});
        mona.tries(mona.place, "case status", options).await;
        desk.settles().await;
        gate.forget_plan();
        assert!(gate.fired().len() > fired, "it died");
        assert_eq!(text(&case_item(desk, bug.number).await, "case_status"), "resolved");
        assert_eq!((ada.news().len(), card_status(desk, bug.number)), (before, "Open".to_owned()), "nobody was told");
        set_case(desk, bug.number, &[("sweep_at", json!({"N": "1"}))]).await;
        desk.sandbox.run_schedule("sweep").unwrap();
        desk.settles().await;
        assert_eq!((ada.news().len(), card_status(desk, bug.number)), (before + 1, "Resolved".to_owned()));
    });
}

/// Which call of its invocation the newest nudge of `/case` was.
fn call_of_the_nudge(desk: &Desk, since: u64) -> usize {
    let entries = desk.sandbox.trace().since(since).into_iter();
    let nudge = entries.filter(|entry| entry.function.as_deref() == Some("case"));
    let nudge = nudge.rev().find(|entry| entry.detail["operation"] == "SendMessage").expect("there was a nudge");
    usize::try_from(nudge.detail["call"].as_u64().unwrap()).unwrap()
}

fn card_status(desk: &Desk, number: u64) -> String {
    let card = card(desk, home(desk), "bug-report", number);
    let status = card.embeds[0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Status");
    status.unwrap()["value"].as_str().unwrap().to_owned()
}
