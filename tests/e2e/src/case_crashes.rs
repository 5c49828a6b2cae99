//! What takes reports, votes and changes of cases dies around each of its calls, and Discord fails in all its ways: one case, one post,
//! one card, every notice once, every vote once, every file kept.

use std::cell::RefCell;

use sandbox::gate::When;
use sandbox::sims::discord::{BoardPost, BotPowers, OutcomeKind, Place, SimMessage};
use sandbox::sims::faults::{Action, Fault, RandomFaults};
use serde_json::{Value, json};

use crate::casework::{MODERATE_MEMBERS, number_in, text, word};
use crate::crashes::every_crash;
use crate::quirks::stage::{Stage, Who, play, play_with_short_pauses};
use crate::reports::PNG;

/// A title that is like no other.
fn title() -> String {
    format!("{} {} {}", word(), word(), word())
}

fn home(desk: &Stage) -> u64 {
    desk.sandbox.discord().guild_id()
}

/// Somebody who moderates this server.
fn moderator(desk: &Stage, server: u64) -> Who {
    let discord = desk.sandbox.discord();
    let who = desk.somebody();
    let permissions = discord.read(|state| state.user(who.person).unwrap().permissions);
    discord.set_permissions_in(who.person, server, permissions | MODERATE_MEMBERS);
    Who { place: Place::Guild(discord.channel_in(server, "general")), ..who }
}

/// Somebody in a server that nobody has reported anything in.
fn somewhere_new(desk: &Stage, powers: BotPowers) -> (Who, u64) {
    let discord = desk.sandbox.discord();
    let server = discord.add_guild("Elsewhere");
    discord.set_bot_powers(server, powers);
    let who = desk.somebody();
    let permissions = discord.read(|state| state.user(who.person).unwrap().permissions);
    discord.set_permissions_in(who.person, server, permissions);
    (Who { place: Place::Guild(discord.channel_in(server, "general")), ..who }, server)
}

/// Reports something, with a picture.
async fn reports(desk: &Stage, who: Who, command: &str, title: &str) {
    let discord = desk.sandbox.discord();
    let file = discord.upload(who.person, "crash.png", "image/png", PNG);
    let options = json!({"title": title, "text": "It stops.", "file": file});
    let outcome = discord.command(who.person, who.place, command, options).await;
    assert!(outcome.is_ok(), "{:?}", outcome.kind);
}

/// Files something that is like nothing else; its number.
async fn filed(desk: &Stage, who: Who) -> u64 {
    reports(desk, who, "bug", &title()).await;
    desk.settle().await;
    number_in(&desk.answer(who)).unwrap_or_else(|| panic!("{}", desk.answer(who)))
}

/// Somebody reports once more what is there already, and is offered it.
async fn is_offered(desk: &Stage, title: &str) -> Who {
    let bob = desk.somebody();
    reports(desk, bob, "bug", title).await;
    desk.settle().await;
    let answer = desk.answer(bob);
    assert!(answer.starts_with("There is a similar report"), "{answer}");
    bob
}

/// Presses a button of the last answer, and does not wait for what comes of it.
async fn presses_answer(desk: &Stage, who: Who, button: &str) {
    let shown: SimMessage = desk.answers(who).pop().unwrap();
    let button = shown.button(button).unwrap_or_else(|| panic!("no button {button} on {}", shown.all_text()));
    let outcome = desk.sandbox.discord().click(who.person, shown.id, &button).await;
    assert_eq!(outcome.kind, OutcomeKind::DeferredUpdate);
}

/// A moderator sets the status of a case.
async fn sets(desk: &Stage, mona: Who, number: u64, status: &str) {
    let options = json!({"number": number.to_string(), "to": status});
    let outcome = desk.sandbox.discord().command(mona.person, mona.place, "case status", options).await;
    assert!(outcome.is_ok(), "{:?}", outcome.kind);
}

/// The posts of a case on all boards of this name.
fn posts(desk: &Stage, server: u64, board: &str, number: u64) -> Vec<BoardPost> {
    let discord = desk.sandbox.discord();
    let Some(board) = discord.read(|state| state.channel_in(server, board)) else { return Vec::new() };
    let prefix = format!("#{number} ");
    discord.board_posts(board).into_iter().filter(|post| post.name.starts_with(&prefix)).collect()
}

/// The only post of a case.
fn post(desk: &Stage, server: u64, board: &str, number: u64) -> BoardPost {
    let posts = posts(desk, server, board, number);
    assert_eq!(posts.len(), 1, "{posts:#?}");
    posts.into_iter().next().unwrap()
}

async fn item(desk: &Stage, number: u64) -> Value {
    let (pk, items) = (format!("CASE#{number}"), desk.sandbox.items().await.unwrap());
    items.into_iter().find(|item| text(item, "PK") == pk && text(item, "SK") == "CASE").unwrap_or_default()
}

/// Lines of a case's history.
async fn lines(desk: &Stage, number: u64) -> Vec<String> {
    let (pk, items) = (format!("CASE#{number}"), desk.sandbox.items().await.unwrap());
    let events = items.into_iter().filter(|item| text(item, "PK") == pk && text(item, "SK").starts_with("EVENT#"));
    let mut lines: Vec<_> =
        events.map(|event| (text(&event, "SK").to_owned(), text(&event, "to_status").to_owned())).collect();
    lines.sort();
    lines.into_iter().map(|(_, to)| to).collect()
}

/// What was told of a case, in the DM.
fn news(desk: &Stage, who: Who, number: u64) -> Vec<String> {
    let heading = format!("**#{number}** ");
    desk.dm(who).into_iter().filter(|line| line.starts_with(&heading)).collect()
}

fn no_news_is_set_aside(desk: &Stage) {
    let set_aside = desk.sandbox.queue_messages("case-news-dead-letters").unwrap();
    assert_eq!(set_aside.len(), 0, "{set_aside:#?}");
}

/// They have filed one report, which is one case, one post and one file; and what becomes of it is told them once.
async fn one_report(desk: &Stage, ada: Who, server: u64, board: &str) {
    let cases = desk.cases(ada).await;
    assert_eq!(cases.len(), 1, "{cases:?}");
    let number = *cases.keys().next().unwrap();
    let answer = desk.answer(ada);
    assert!(answer.starts_with(&format!("Thank you, your report is filed as **#{number}**")), "{answer}");
    let there = post(desk, server, board, number);
    assert_eq!(there.messages.len(), 1, "{there:#?}");
    assert!(answer.contains(&format!("/{}>", there.thread)), "{answer}");
    let card = there.first().unwrap();
    assert_eq!((card.attachments.len(), card.embeds.as_array().unwrap().len()), (1, 1));
    let files = item(desk, number).await["files"]["L"].clone();
    let kept: Vec<_> =
        files.as_array().into_iter().flatten().map(|file| text(&file["M"], "attachment").to_owned()).collect();
    assert_eq!(kept, [card.attachments[0].to_string()]);
    assert_eq!(desk.sandbox.discord().file_bytes(card.attachments[0]).unwrap(), PNG);
    let drafts = desk.sandbox.items().await.unwrap();
    let mine = format!("PERSON#{}", ada.person);
    assert!(!drafts.iter().any(|item| text(item, "PK") == mine && text(item, "SK").starts_with("DRAFT#")));

    let mona = moderator(desk, server);
    sets(desk, mona, number, "resolved").await;
    desk.settle().await;
    assert_eq!(news(desk, ada, number).len(), 1, "{:#?}", desk.dm(ada));
    assert_eq!(lines(desk, number).await, ["new", "resolved"]);
    assert!(post(desk, server, board, number).first().unwrap().all_text().contains("Status\nResolved"));
    no_news_is_set_aside(desk);
}

#[test]
fn a_bug_with_a_file() {
    play(async |desk| {
        every_crash(
            desk,
            &["bug", "case-news"],
            async || desk.somebody(),
            async |ada| reports(desk, ada, "bug", &title()).await,
            async |ada| one_report(desk, ada, home(desk), "bug-report").await,
        )
        .await;
    });
}

#[test]
fn a_wish_in_a_server_without_forums() {
    play(async |desk| {
        let server = RefCell::new(0);
        every_crash(
            desk,
            &["new-feature"],
            async || {
                let (ada, there) = somewhere_new(desk, BotPowers { forums: false, ..BotPowers::default() });
                server.replace(there);
                ada
            },
            async |ada| reports(desk, ada, "new_feature", &title()).await,
            async |ada| {
                let server = *server.borrow();
                one_report(desk, ada, server, "feature-request").await;
                one_board(desk, server, "feature-request").await;
            },
        )
        .await;
    });
}

#[test]
fn the_first_report_of_a_server() {
    play(async |desk| {
        let server = RefCell::new(0);
        every_crash(
            desk,
            &["bug"],
            async || {
                let (ada, there) = somewhere_new(desk, BotPowers::default());
                server.replace(there);
                ada
            },
            async |ada| reports(desk, ada, "bug", &title()).await,
            async |ada| {
                let server = *server.borrow();
                one_report(desk, ada, server, "bug-report").await;
                one_board(desk, server, "bug-report").await;
            },
        )
        .await;
    });
}

async fn one_board(desk: &Stage, server: u64, name: &str) {
    let discord = desk.sandbox.discord();
    let call = reqwest::Client::new().get(format!("{}/api/v10/guilds/{server}/channels", discord.url()));
    let call = call.header("authorization", format!("Bot {}", discord.bot_token()));
    let answer = call.header("user-agent", "DiscordBot (test, 1)").send().await.unwrap().bytes().await.unwrap();
    let channels: Vec<Value> = serde_json::from_slice(&answer).unwrap();
    assert_eq!(channels.iter().filter(|channel| channel["name"] == name).count(), 1, "{channels:#?}");
}

#[test]
fn a_vote() {
    play(async |desk| {
        let number = RefCell::new(0);
        every_crash(
            desk,
            &["bug"],
            async || {
                let (ada, known) = (desk.somebody(), title());
                reports(desk, ada, "bug", &known).await;
                desk.settle().await;
                number.replace(number_in(&desk.answer(ada)).unwrap());
                is_offered(desk, &known).await
            },
            async |bob| presses_answer(desk, bob, "bug-vote:").await,
            async |bob| {
                let number = *number.borrow();
                let answer = desk.answer(bob);
                // Whoever was killed behind the vote finds it there already.
                let ends =
                    [format!("**#{number}** now has 1 vote."), format!("You have voted for **#{number}** already.")];
                assert!(ends.iter().any(|end| answer.ends_with(end)), "{answer}");
                assert_eq!(item(desk, number).await["votes"]["N"], "1");
                let card = post(desk, home(desk), "bug-report", number);
                assert!(card.first().unwrap().all_text().contains("Me too (1)"), "{card:#?}");
                assert_eq!(desk.cases(bob).await.len(), 0);
                no_news_is_set_aside(desk);
            },
        )
        .await;
    });
}

#[test]
fn filed_all_the_same() {
    play(async |desk| {
        every_crash(
            desk,
            &["bug"],
            async || {
                let (ada, known) = (desk.somebody(), title());
                reports(desk, ada, "bug", &known).await;
                desk.settle().await;
                is_offered(desk, &known).await
            },
            async |bob| presses_answer(desk, bob, "bug-file:").await,
            async |bob| one_report(desk, bob, home(desk), "bug-report").await,
        )
        .await;
    });
}

#[test]
fn a_severity() {
    play(async |desk| {
        every_crash(
            desk,
            &["bug"],
            async || {
                let ada = desk.somebody();
                filed(desk, ada).await;
                ada
            },
            async |ada| {
                let shown = desk.answers(ada).pop().unwrap();
                let select = shown.button("bug-severity:").unwrap();
                let outcome = desk.sandbox.discord().select(ada.person, shown.id, &select, &["high"]).await;
                assert!(outcome.is_ok(), "{:?}", outcome.kind);
            },
            async |ada| {
                let cases = desk.cases(ada).await;
                let number = *cases.keys().next().unwrap();
                assert!(desk.answer(ada).contains(&format!("Noted for **#{number}**")), "{}", desk.answer(ada));
                assert_eq!(text(&item(desk, number).await, "severity"), "high");
                assert_eq!(lines(desk, number).await.len(), 2);
                assert_eq!(post(desk, home(desk), "bug-report", number).tags, ["bug", "new", "high"]);
            },
        )
        .await;
    });
}

#[test]
fn a_change_that_is_told() {
    play(async |desk| {
        let (mona, number) = (moderator(desk, home(desk)), RefCell::new(0));
        for dms in [true, false] {
            every_crash(
                desk,
                &["case-news"],
                async || {
                    let ada = desk.somebody();
                    number.replace(filed(desk, ada).await);
                    if !dms {
                        desk.sandbox.discord().close_dms(ada.person);
                    }
                    ada
                },
                async |_| {
                    let number = *number.borrow();
                    sets(desk, mona, number, "closed").await;
                },
                async |ada| {
                    let number = *number.borrow();
                    let there = post(desk, home(desk), "bug-report", number);
                    assert_eq!((there.tags[1].as_str(), there.archived), ("closed", true));
                    assert!(there.first().unwrap().all_text().contains("Status\nClosed"));
                    let told = if dms { (1, 1) } else { (0, 2) };
                    assert_eq!((news(desk, ada, number).len(), there.messages.len()), told, "{there:#?}");
                    no_news_is_set_aside(desk);
                },
            )
            .await;
        }
    });
}

#[test]
fn what_dies_again_and_again_is_posted_by_the_sweep() {
    play(async |desk| {
        let ada = desk.somebody();
        filed(desk, ada).await;
        let since = desk.now();
        filed(desk, ada).await;
        // The call that posts the report, counted in its invocation.
        let entries = desk.sandbox.trace().since(since).into_iter();
        let posting = entries.filter(|entry| entry.function.as_deref() == Some("bug"));
        let mut posting = posting.filter(|entry| entry.title.contains("/threads"));
        let call = usize::try_from(posting.next().expect("it posts").detail["call"].as_u64().unwrap()).unwrap();
        let bob = desk.somebody();
        // The three tries of AWS: one before the post, and two while they look for it.
        for call in [call, call - 3, call - 3] {
            desk.kill("bug", call, When::Before, 0);
        }
        reports(desk, bob, "bug", &title()).await;
        desk.settle().await;
        desk.sandbox.gate().forget_plan();
        let cases = desk.cases(bob).await;
        let number = *cases.keys().next().expect("it was filed");
        assert_eq!((posts(desk, home(desk), "bug-report", number).len(), cases.len()), (0, 1));
        // Five minutes pass.
        desk.age_case(number).await;
        desk.sandbox.run_schedule("sweep").unwrap();
        desk.settle().await;
        let there = post(desk, home(desk), "bug-report", number);
        assert_eq!(
            (there.tags.as_slice(), there.messages.len()),
            (&["bug", "new", "normal"].map(str::to_owned)[..], 1)
        );
        // Whoever redrives the dead letter brings the file back as well; nothing is there twice.
        let [letter] = &desk.dead_letters(bob)[..] else { panic!("{:?}", desk.dead_letters(bob)) };
        let letter: Value = serde_json::from_str(letter).unwrap();
        let payload = letter.get("requestPayload").unwrap_or(&letter);
        desk.age_claims().await;
        desk.sandbox.invoke_async("bug", payload).unwrap();
        desk.settle().await;
        let there = post(desk, home(desk), "bug-report", number);
        assert_eq!((there.messages.len(), there.messages[1].attachments.len()), (2, 1), "{there:#?}");
        assert_eq!(item(desk, number).await["files"]["L"].as_array().map(Vec::len), Some(1));
        assert_eq!(desk.cases(bob).await.len(), 1);
    });
}

#[test]
fn what_arrives_twice_happens_once() {
    play(async |desk| {
        let discord = desk.sandbox.discord();
        for _ in 0..3 {
            let (ada, known) = (desk.somebody(), title());
            discord.duplicate_next(1);
            reports(desk, ada, "bug", &known).await;
            desk.settle().await;
            let number = number_in(&desk.answer(ada)).unwrap();
            let bob = is_offered(desk, &known).await;
            discord.duplicate_next(1);
            presses_answer(desk, bob, "bug-vote:").await;
            desk.settle().await;
            assert_eq!(item(desk, number).await["votes"]["N"], "1");
            let eve = is_offered(desk, &known).await;
            discord.duplicate_next(1);
            presses_answer(desk, eve, "bug-file:").await;
            desk.settle().await;
            one_report(desk, eve, home(desk), "bug-report").await;
            one_report(desk, ada, home(desk), "bug-report").await;
        }
    });
}

#[test]
fn whatever_discord_does() {
    play(async |desk| {
        let discord = desk.sandbox.discord();
        filed(desk, desk.somebody()).await;
        let limit = || Action::RateLimit { retry_after: 0.2, header: true, global: false };
        let lost = json!({"message": "upstream connect error"});
        let down = || Action::Status { status: 503, body: lost.clone(), headers: Vec::new() };
        // One of each, at each of the calls that a report and a change make.
        let operations = [
            "POST /channels/{}/threads",
            "PATCH /webhooks/{}/{}/messages/@original",
            "PATCH /channels/{}",
            "PATCH /channels/{}/messages/{}",
            "POST /users/@me/channels",
            "POST /channels/{}/messages",
        ];
        for operation in operations {
            for action in [limit(), down(), Action::DropBefore, Action::DropAfterDoing] {
                let since = desk.now();
                desk.starts(since, format!("{operation} {action:?}"));
                let ada = desk.somebody();
                discord.fault(Fault::new(operation, 1, action));
                reports(desk, ada, "bug", &title()).await;
                desk.settle().await;
                one_report(desk, ada, home(desk), "bug-report").await;
            }
        }
    });
}

#[test]
fn a_bad_day_of_discord() {
    play_with_short_pauses(async |desk| {
        let discord = desk.sandbox.discord();
        let mona = moderator(desk, home(desk));
        filed(desk, desk.somebody()).await;
        let people: Vec<Who> = (0..12).map(|_| desk.somebody()).collect();
        discord.random_faults(Some(RandomFaults {
            seed: 7,
            rate_limit: 0.08,
            server_error: 0.04,
            drop_after: 0.04,
            ..RandomFaults::default()
        }));
        desk.starts(desk.now(), "a bad day".to_owned());
        let titles: Vec<String> = people.iter().map(|_| title()).collect();
        for (who, title) in people.iter().zip(&titles) {
            reports(desk, *who, "bug", title).await;
        }
        desk.settle().await;
        let mut numbers = Vec::new();
        for who in &people {
            let cases = desk.cases(*who).await;
            assert_eq!(cases.len(), 1, "{cases:?}");
            numbers.push(*cases.keys().next().unwrap());
        }
        // Five minutes pass, after which nobody waits any more for the function that failed to post a report.
        for number in &numbers {
            desk.age_case(*number).await;
        }
        for number in &numbers {
            sets(desk, mona, *number, "open").await;
            sets(desk, mona, *number, "resolved").await;
        }
        desk.settle().await;
        discord.random_faults(None);
        for (who, number) in people.iter().zip(numbers) {
            // An event that failed three times is set aside, as is the one that it was about; the sweep finds the case.
            desk.age_case(number).await;
            desk.sandbox.run_schedule("sweep").unwrap();
            desk.settle().await;
            let there = post(desk, home(desk), "bug-report", number);
            let status = text(&item(desk, number).await, "case_status").to_owned();
            let told = news(desk, *who, number);
            let mut once = told.clone();
            once.dedup();
            assert_eq!(
                (told.len(), there.tags[1].as_str()),
                (lines(desk, number).await.len() - 1, status.as_str()),
                "{told:#?}"
            );
            assert_eq!(once, told);
        }
        no_news_is_set_aside(desk);
    });
}

/// Somebody whose chat with an agent is over, and its case resolved.
async fn after_a_chat(desk: &Stage) -> Who {
    let ada = desk.with_agent().await;
    desk.says(ada, "thank you").await;
    desk.settle().await;
    desk.sandbox.twilio().complete(&desk.agent, &desk.task(ada).sid).await.unwrap();
    desk.settle().await;
    ada
}

async fn the_case(desk: &Stage, ada: Who) -> u64 {
    let cases = desk.cases(ada).await;
    assert_eq!(cases.len(), 1, "{cases:?}");
    *cases.keys().next().unwrap()
}

#[test]
fn a_rating() {
    play(async |desk| {
        every_crash(
            desk,
            &["case"],
            async || after_a_chat(desk).await,
            async |ada| {
                let star = format!("case-rate:v1:{}:{}:4", ada.person, the_case(desk, ada).await);
                assert!(desk.presses(ada, &star).await.is_ok());
            },
            async |ada| {
                let number = the_case(desk, ada).await;
                assert!(desk.answer(ada).contains("is kept: 4 of 5."), "{}", desk.answer(ada));
                assert_eq!(item(desk, number).await["rating"]["N"], "4");
                assert_eq!(lines(desk, number).await, ["new", "open", "resolved", ""]);
            },
        )
        .await;
    });
}

#[test]
fn a_comment_on_a_rating() {
    play(async |desk| {
        let discord = desk.sandbox.discord();
        every_crash(
            desk,
            &["case"],
            async || {
                let ada = after_a_chat(desk).await;
                let star = format!("case-rate:v1:{}:{}:4", ada.person, the_case(desk, ada).await);
                desk.presses(ada, &star).await;
                ada
            },
            async |ada| {
                let shown = desk.answers(ada).pop().unwrap();
                let button = shown.button("case-comment:").unwrap();
                // Whoever dies before the form is there is asked once more.
                let mut form = None;
                for _ in 0..2 {
                    form = form.or(discord.click(ada.person, shown.id, &button).await.modal);
                }
                let sent = discord.submit_modal(ada.person, &form.unwrap(), &[("comment", "It helped.")]).await;
                assert!(sent.is_ok(), "{:?}", sent.kind);
            },
            async |ada| {
                let number = the_case(desk, ada).await;
                let kept = format!("Thank you, your comment on case #{number} is kept.");
                assert_eq!(desk.answer(ada), kept);
                assert_eq!(text(&item(desk, number).await, "rating_comment"), "It helped.");
                assert_eq!(lines(desk, number).await, ["new", "open", "resolved", "", ""]);
            },
        )
        .await;
    });
}

#[test]
fn a_transcript() {
    play(async |desk| {
        every_crash(
            desk,
            &["close"],
            async || after_a_chat(desk).await,
            async |ada| assert!(desk.presses(ada, "transcript:").await.is_ok()),
            async |ada| {
                let answer = desk.answers(ada).pop().unwrap();
                assert_eq!(answer.content, "The attached file holds what was said in that chat.");
                let [file] = answer.attachments[..] else { panic!("{answer:#?}") };
                let file = desk.sandbox.discord().file_bytes(file).unwrap();
                assert!(String::from_utf8(file.to_vec()).unwrap().ends_with("You: thank you\n"));
            },
        )
        .await;
    });
}

/// Its case goes on in their newest conversation, of which both sides know once.
async fn goes_on(desk: &Stage, ada: Who) {
    let number = the_case(desk, ada).await;
    let sids = desk.sids(ada);
    let conversations: Vec<_> = sids.iter().map(|sid| json!({"S": sid})).collect();
    assert_eq!((sids.len(), &item(desk, number).await["conversations"]["L"]), (2, &json!(conversations)));
    let current = desk.item(ada).await;
    assert_eq!((text(&current, "continues_sid"), text(&current, "conversation_sid")), (&*sids[0], &*sids[1]));
    assert_eq!(current["case_number"]["N"], number.to_string());
    let notes = desk.said_by(ada, "system");
    assert_eq!(notes.iter().filter(|note| note.starts_with("This chat continues case #")).count(), 1, "{notes:?}");
    assert_eq!(lines(desk, number).await, ["new", "open", "resolved", "reopened", ""]);
    assert!(desk.presses(ada, "agent:").await.is_ok());
    desk.settle().await;
    assert_eq!((the_case(desk, ada).await, desk.stage_of(ada).await.as_str()), (number, "waiting"));
    assert_eq!(desk.task(ada).attributes["case_number"], number);
}

#[test]
fn a_case_goes_on_in_the_next_chat() {
    play(async |desk| {
        every_crash(
            desk,
            &["case", "relay"],
            async || after_a_chat(desk).await,
            async |ada| {
                assert!(desk.presses(ada, "case-reopen:").await.is_ok());
                desk.settle().await;
                desk.says(ada, "it is back").await;
            },
            async |ada| {
                assert_eq!(desk.said(ada), ["thank you", "it is back"]);
                goes_on(desk, ada).await;
            },
        )
        .await;
    });
}

#[test]
fn a_case_goes_on_in_the_open_chat() {
    play(async |desk| {
        every_crash(
            desk,
            &["case"],
            async || {
                let ada = after_a_chat(desk).await;
                desk.says(ada, "something else").await;
                ada
            },
            async |ada| assert!(desk.presses(ada, "case-reopen:").await.is_ok()),
            async |ada| {
                assert!(
                    desk.answer(ada).contains("is open again. Your chat continues this case"),
                    "{}",
                    desk.answer(ada)
                );
                goes_on(desk, ada).await;
            },
        )
        .await;
    });
}
