//! `/bug` and `/new_feature`: from the form to the card on the board, votes for what is there already, and what is handed back.

use sandbox::sims::discord::{BoardPost, Filled, Modal, Outcome, OutcomeKind, Place, SimMessage};
use sandbox::sims::faults::Fault;
use serde_json::{Value, json};

use crate::casework::{card, case_item, dynamodb, history, moderator, number_in, report, text, word};
use crate::desk::{Desk, Somebody, labels, play};

/// The smallest picture there is.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\x0d\n\x2d\xb4\x00\x00\x00\x00IEND\xaeB`\x82";

/// How `AutoMod` refuses a text. See [Discord Docs/Opcodes and Status Codes, JSON Error Codes].
fn blocked() -> Value {
    json!({"message": "Message was blocked by automatic moderation", "code": 200_000})
}

/// A title that is like no other.
pub fn title() -> String {
    format!("{} {} {}", word(), word(), word())
}

/// Opens a form with a command.
pub async fn form(who: &Somebody<'_>, place: Place, command: &str, options: Value) -> Modal {
    let outcome = who.tries(place, command, options).await;
    outcome.modal.unwrap_or_else(|| panic!("no form opened: {:?}", outcome.kind))
}

fn remember(desk: &Desk, outcome: Outcome, fields: &[(&str, Filled<'_>)]) -> Outcome {
    desk.is_private(&outcome.token);
    for (_, value) in fields {
        if let Filled::Text(text) = value {
            desk.is_private(text);
        }
    }
    outcome
}

/// Fills a form in, sends it, and waits for the answer and all that follows.
pub async fn sends(desk: &Desk, who: &Somebody<'_>, form: &Modal, fields: &[(&str, Filled<'_>)]) -> SimMessage {
    let outcome = desk.sandbox.discord().submit_form(who.person, form, fields).await;
    settled(desk, who, remember(desk, outcome, fields)).await
}

/// The same by a client that checks nothing.
async fn forces(desk: &Desk, who: &Somebody<'_>, form: &Modal, fields: &[(&str, Filled<'_>)]) -> SimMessage {
    let outcome = desk.sandbox.discord().force_form(who.person, form, fields).await;
    settled(desk, who, remember(desk, outcome, fields)).await
}

/// Uses a command, and waits for the answer and all that follows.
pub async fn uses(desk: &Desk, who: &Somebody<'_>, place: Place, command: &str, options: Value) -> SimMessage {
    let outcome = who.tries(place, command, options).await;
    settled(desk, who, outcome).await
}

/// The answer to an interaction, when nothing goes on any more.
pub async fn settled(desk: &Desk, who: &Somebody<'_>, outcome: Outcome) -> SimMessage {
    let answer = who.answer_to(&outcome).await;
    desk.settles().await;
    shown(desk, &answer)
}

/// A message as it reads now.
pub fn shown(desk: &Desk, message: &SimMessage) -> SimMessage {
    desk.sandbox.discord().read(|state| state.message(message.id).cloned()).expect("messages are kept")
}

/// Presses a button of a message that only they see; the message as it reads then.
pub async fn presses(desk: &Desk, who: &Somebody<'_>, message: &SimMessage, button: &str) -> SimMessage {
    let button = message.button(button).unwrap_or_else(|| panic!("no button {button} on {}", message.all_text()));
    let outcome = desk.sandbox.discord().click(who.person, message.id, &button).await;
    desk.is_private(&outcome.token);
    assert_eq!(outcome.kind, OutcomeKind::DeferredUpdate);
    desk.settles().await;
    shown(desk, message)
}

/// *Fill in again*: the form.
async fn again(desk: &Desk, who: &Somebody<'_>, message: &SimMessage, button: &str) -> Modal {
    let button = message.button(button).unwrap_or_else(|| panic!("no button {button} on {}", message.all_text()));
    let outcome = desk.sandbox.discord().click(who.person, message.id, &button).await;
    desk.is_private(&outcome.token);
    outcome.modal.unwrap_or_else(|| panic!("no form opened: {:?}", outcome.kind))
}

/// Chooses how bad it is.
async fn chooses(desk: &Desk, who: &Somebody<'_>, message: &SimMessage, select: &str, value: &str) -> SimMessage {
    let select = message.button(select).unwrap_or_else(|| panic!("no select {select} on {}", message.all_text()));
    let outcome = desk.sandbox.discord().select(who.person, message.id, &select, &[value]).await;
    desk.is_private(&outcome.token);
    assert_eq!(outcome.kind, OutcomeKind::DeferredUpdate);
    desk.settles().await;
    shown(desk, message)
}

/// The post of a case on the board of a server.
pub fn post(desk: &Desk, server: u64, board: &str, number: u64) -> BoardPost {
    let posts = posts(desk, server, board, number);
    assert_eq!(posts.len(), 1, "{posts:#?}");
    posts.into_iter().next().unwrap()
}

/// All posts of a case on the boards of this name.
pub fn posts(desk: &Desk, server: u64, board: &str, number: u64) -> Vec<BoardPost> {
    let discord = desk.sandbox.discord();
    let board = discord.read(|state| state.channel_in(server, board)).expect("the server has the board");
    let prefix = format!("#{number} ");
    discord.board_posts(board).into_iter().filter(|post| post.name.starts_with(&prefix)).collect()
}

/// The configured server.
pub fn home(desk: &Desk) -> u64 {
    desk.sandbox.discord().guild_id()
}

/// Asks Discord as the bot.
pub async fn discord(desk: &Desk, path: &str) -> Value {
    let discord = desk.sandbox.discord();
    let call = reqwest::Client::new().get(format!("{}/api/v10{path}", discord.url()));
    let call = call.header("authorization", format!("Bot {}", discord.bot_token()));
    let answer = call.header("user-agent", "DiscordBot (test, 1)").send().await.unwrap();
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

/// Reads a file of a case as the console does: by its message, whose addresses are fresh.
pub async fn file_of(desk: &Desk, file: &Value) -> Vec<u8> {
    let file = &file["M"];
    let id = |name: &str| file[name]["S"].as_str().unwrap_or_else(|| panic!("no {name} in {file}")).to_owned();
    let message = discord(desk, &format!("/channels/{}/messages/{}", id("channel"), id("message"))).await;
    let attachments = message["attachments"].as_array().unwrap_or_else(|| panic!("{message}"));
    let found = attachments.iter().find(|found| found["id"] == id("attachment").as_str()).expect("it hangs there");
    assert_eq!(found["filename"], id("name").as_str());
    let answer = reqwest::get(found["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

/// The number of the case that an answer says is filed.
pub fn filed(answer: &SimMessage) -> u64 {
    assert!(answer.content.starts_with("Thank you, your report is filed as **#"), "{}", answer.content);
    number_in(&answer.content).unwrap()
}

// --------------------------------------------------------------------------------------------------------------- filing

#[test]
fn a_form_that_is_filled_in_becomes_a_case_and_a_card() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let form = form(&ada, ada.place, "bug", json!({})).await;
        assert_eq!(form.fields(), ["title", "text", "steps", "platform", "files"]);
        assert_eq!(form.components.as_array().unwrap().len(), 5, "Discord takes no more");
        let discord = desk.sandbox.discord();
        let picture = discord.upload(ada.person, "the crash.png", "image/png", PNG);
        let log = discord.upload(ada.person, "game.log", "text/plain", "line 1\nline 2");
        let title = format!("*Crash* of {} @everyone", title());
        let answer = sends(
            desk,
            &ada,
            &form,
            &[
                ("title", Filled::Text(&title)),
                ("text", Filled::Text("# It says <@5> `no`\nand **stops**")),
                ("steps", Filled::Text("1. start\n2. wait")),
                ("platform", Filled::Select(vec!["android"])),
                ("files", Filled::Files(vec![picture, log])),
            ],
        )
        .await;
        let number = filed(&answer);
        assert_eq!(answer.ephemeral_for, Some(ada.person.id()), "nobody else sees it");
        let post = post(desk, home(desk), "bug-report", number);
        let link = format!("<https://discord.com/channels/{}/{}>", home(desk), post.thread);
        assert!(answer.content.contains(&link), "{}", answer.content);
        assert!(answer.button("bug-severity:").is_some(), "{}", answer.components);
        assert_eq!(discord.read(|state| state.channel_kind(post.channel)), Some(15), "the board is a forum");

        assert_eq!(post.name, format!("#{number} {title}"));
        assert_eq!(post.tags, ["bug", "new", "normal"]);
        let card = post.first().unwrap();
        let embed = &card.embeds[0];
        let escaped = title.replace('*', "\\*");
        assert_eq!(embed["title"], format!("#{number} {escaped}"));
        assert_eq!(embed["description"], "\\# It says \\<@5> \\`no\\`\nand \\*\\*stops\\*\\*");
        for part in ["Steps\n1. start\n2. wait", "Platform\nAndroid", "Reported by\nAda Quill", "Severity\nNormal"] {
            assert!(card.all_text().contains(part), "{part:?} is not in {}", card.all_text());
        }
        assert_eq!(labels(card), ["Me too (0)", "Take it", "Waiting", "Resolve"]);
        assert_eq!(post.messages.len(), 1);

        let item = case_item(desk, number).await;
        let facts = ["kind", "case_status", "severity", "title", "reporter", "reporter_name", "server"];
        let (person, server) = (ada.person.to_string(), home(desk).to_string());
        let expected = ["bug", "new", "normal", &title, &person, "Ada Quill", &server];
        assert_eq!(facts.map(|name| text(&item, name).to_owned()), expected.map(str::to_owned));
        let events = history(desk, number).await;
        assert_eq!(events.len(), 1);
        assert_eq!((text(&events[0], "author_kind"), text(&events[0], "reason")), ("person", "reported"));

        // The addresses that Discord gave die; the files live on.
        discord.expire_attachments();
        let files = item["files"]["L"].as_array().unwrap();
        let names: Vec<&Value> = files.iter().map(|file| &file["M"]["name"]["S"]).collect();
        assert_eq!(names, ["the_crash.png", "game.log"]);
        assert_eq!(
            (file_of(desk, &files[0]).await, file_of(desk, &files[1]).await),
            (PNG.to_vec(), b"line 1\nline 2".to_vec())
        );
        let drafts = desk.items(&format!("PERSON#{}", ada.person)).await;
        assert!(drafts.iter().all(|item| !text(item, "SK").starts_with("DRAFT#")), "{drafts:#?}");
    });
}

#[test]
fn the_reporter_says_how_bad_it_is_while_nobody_has_begun() {
    play(async |desk| {
        let (ada, mona) = (desk.person("Ada Quill"), moderator(desk, "Mona Lead"));
        let form = form(&ada, ada.place, "bug", json!({})).await;
        let fields = title();
        let asked =
            sends(desk, &ada, &form, &[("title", Filled::Text(&fields)), ("text", Filled::Text("It stops."))]).await;
        let number = filed(&asked);
        assert!(asked.content.ends_with("How bad is it?"), "{}", asked.content);
        let answer = chooses(desk, &ada, &asked, "bug-severity:", "critical").await;
        assert!(answer.content.contains(&format!("Noted for **#{number}**: Critical")), "{}", answer.content);
        assert!(answer.content.contains("https://discord.com/channels/"), "{}", answer.content);
        assert_eq!(answer.custom_ids(), Vec::<String>::new());
        assert_eq!(text(&case_item(desk, number).await, "severity"), "critical");
        let now = post(desk, home(desk), "bug-report", number);
        assert_eq!(now.tags, ["bug", "new", "critical"]);
        assert!(now.first().unwrap().all_text().contains("Severity\nCritical"));
        assert_eq!(ada.news().len(), 0, "they know what they did");

        // Another one, whose answer still stands there when somebody begins to work on it.
        let (other, asked) = (title(), json!({"text": "It stops again."}));
        let mut options = asked.clone();
        options["title"] = json!(other);
        let asked = uses(desk, &ada, ada.place, "bug", options).await;
        let number = filed(&asked);
        uses(desk, &mona, mona.place, "case status", json!({"number": number.to_string(), "to": "open"})).await;
        let answer = chooses(desk, &ada, &asked, "bug-severity:", "critical").await;
        assert!(answer.content.starts_with("Somebody is working on **#"), "{}", answer.content);
        assert_eq!(text(&case_item(desk, number).await, "severity"), "normal");
    });
}

#[test]
fn with_a_title_no_form_opens() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let file = desk.sandbox.discord().upload(ada.person, "clip.json", "application/json", "{\"a\": 1}");
        let title = title();
        let answer = uses(desk, &ada, ada.place, "bug", json!({
            "title": title, "text": "The map is empty.", "steps": "Open the map", "platform": "ios", "severity": "high",
            "file": file,
        }))
        .await;
        let number = filed(&answer);
        assert!(answer.button("bug-severity:").is_none(), "it was said already");
        let post = post(desk, home(desk), "bug-report", number);
        assert_eq!(post.tags, ["bug", "new", "high"]);
        let item = case_item(desk, number).await;
        assert_eq!(item["files"]["L"].as_array().unwrap().len(), 1);
        assert_eq!(file_of(desk, &item["files"]["L"][0]).await, b"{\"a\": 1}");
        assert!(post.first().unwrap().all_text().contains("Steps\nOpen the map"));

        // What the command was given is not asked for again.
        let form = form(&ada, ada.place, "bug", json!({"severity": "low"})).await;
        let other = self::title();
        let fields = [("title", Filled::Text(&other)), ("text", Filled::Text("It is a little crooked."))];
        let answer = sends(desk, &ada, &form, &fields).await;
        let number = filed(&answer);
        assert!(answer.button("bug-severity:").is_none(), "{}", answer.all_text());
        assert_eq!(text(&case_item(desk, number).await, "severity"), "low");
    });
}

#[test]
fn a_wish_is_filed_like_a_bug() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let form = form(&ada, ada.place, "new_feature", json!({})).await;
        assert_eq!(form.fields(), ["title", "text", "platform", "severity", "files"]);
        let title = title();
        let picture = desk.sandbox.discord().upload(ada.person, "sketch.png", "image/png", PNG);
        let answer = sends(
            desk,
            &ada,
            &form,
            &[
                ("title", Filled::Text(&title)),
                ("text", Filled::Text("A dark theme, for the evenings.")),
                ("severity", Filled::Select(vec!["high"])),
                ("files", Filled::Files(vec![picture])),
            ],
        )
        .await;
        let number = filed(&answer);
        assert_eq!(answer.custom_ids(), Vec::<String>::new());
        let wish = post(desk, home(desk), "feature-request", number);
        assert_eq!(wish.tags, ["feature", "new", "high"]);
        assert_eq!(wish.first().unwrap().attachments.len(), 1);

        let title = self::title();
        let options = json!({"title": title, "text": "Sound that can be switched off.", "severity": "low"});
        let number = filed(&uses(desk, &ada, ada.place, "new_feature", options).await);
        assert_eq!(post(desk, home(desk), "feature-request", number).tags, ["feature", "new", "low"]);
        assert_eq!(text(&case_item(desk, number).await, "kind"), "feature");
    });
}

#[test]
fn in_the_dm_a_report_is_the_configured_servers() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let form = form(&ada, Place::Dm, "bug", json!({})).await;
        let title = title();
        let fields = [("title", Filled::Text(&title)), ("text", Filled::Text("It stops."))];
        let number = filed(&sends(desk, &ada, &form, &fields).await);
        assert_eq!(post(desk, home(desk), "bug-report", number).tags, ["bug", "new", "normal"]);
        assert_eq!(text(&case_item(desk, number).await, "server"), home(desk).to_string());
    });
}

#[test]
fn everybody_reads_in_their_own_language() {
    play(async |desk| {
        let (budi, mona) = (desk.person_speaking("Budi Santoso", "id"), moderator(desk, "Mona Lead"));
        let form = form(&budi, budi.place, "bug", json!({})).await;
        let title = title();
        let fields = [("title", Filled::Text(&title)), ("text", Filled::Text("Tidak jalan."))];
        let answer = sends(desk, &budi, &form, &fields).await;
        let number = number_in(&answer.content).unwrap();
        assert!(answer.content.starts_with("Terima kasih, laporan Anda tercatat"), "{}", answer.content);
        assert!(answer.content.ends_with("Seberapa parah masalahnya?"), "{}", answer.content);
        // On the board everybody reads the same.
        assert!(card(desk, home(desk), "bug-report", number).all_text().contains("Status\nNew"));

        uses(desk, &mona, mona.place, "case status", json!({"number": number.to_string(), "to": "resolved"})).await;
        let [news] = &budi.news()[..] else { panic!("{:#?}", budi.news()) };
        assert!(news.content.contains("Masalah ini sudah selesai."), "{}", news.content);
        assert_eq!(labels(news).len(), 1);
        // The title is short: said in Indonesian, and nothing is lost.
        let short = json!({"title": "macet", "text": "Tidak jalan lagi."});
        let outcome = desk.sandbox.discord().force_command(budi.person, budi.place, "bug", short).await;
        let back = settled(desk, &budi, outcome).await;
        assert!(back.content.starts_with("Laporan Anda belum tercatat."), "{}", back.content);
        assert!(back.content.contains("Judul terlalu pendek") && back.content.contains("> Tidak jalan lagi."));
    });
}

#[test]
fn what_automod_refuses_is_filed_and_not_shown() {
    play(async |desk| {
        let (ada, mona) = (desk.person("Ada Quill"), moderator(desk, "Mona Lead"));
        let before = report(desk, &ada, ada.place, "bug").await;
        let discord = desk.sandbox.discord();
        discord.fault(Fault::status("POST /channels/{}/threads", 1, 400, blocked()));
        let form = form(&ada, ada.place, "bug", json!({})).await;
        let picture = discord.upload(ada.person, "crash.png", "image/png", PNG);
        let title = title();
        let answer = sends(
            desk,
            &ada,
            &form,
            &[
                ("title", Filled::Text(&title)),
                ("text", Filled::Text("A bad word.")),
                ("files", Filled::Files(vec![picture])),
            ],
        )
        .await;
        let number = filed(&answer);
        for part in ["It could not be shown on the board", "rules do not allow a part", "could not be kept: crash.png"]
        {
            assert!(answer.content.contains(part), "{part:?} is not in {}", answer.content);
        }
        assert_eq!(posts(desk, home(desk), "bug-report", number).len(), 0);
        assert_eq!(text(&case_item(desk, number).await, "title"), title);
        // Its news is told all the same, and the others are as before.
        uses(desk, &mona, mona.place, "case status", json!({"number": number.to_string(), "to": "resolved"})).await;
        assert_eq!(ada.news().len(), 1);
        assert_eq!(post(desk, home(desk), "bug-report", before.number).messages.len(), 1);
    });
}

// ---------------------------------------------------------------------------------------------------- the same once more

#[test]
fn what_may_be_the_same_is_offered_and_votes_gather() {
    play(async |desk| {
        let [ada, bob, eve] = ["Ada Quill", "Bob Reed", "Eve Lane"].map(|name| desk.person(name));
        let known = report(desk, &ada, ada.place, "bug").await;
        let similar = format!("{} again", known.title);
        let options = json!({"title": similar, "text": "I see it too."});
        let offer = uses(desk, &bob, bob.place, "bug", options.clone()).await;
        assert!(offer.content.starts_with("There is a similar report."), "{}", offer.content);
        assert!(
            offer.content.contains(&format!("**#{}** {} (0 votes)", known.number, known.title)),
            "{}",
            offer.content
        );
        assert!(offer.content.contains("https://discord.com/channels/"), "{}", offer.content);
        assert_eq!(labels(&offer), [format!("Add my vote to #{}", known.number), "File mine anyway".to_owned()]);
        assert_eq!(bob.cases().await, Vec::<u64>::new(), "nothing is filed yet");
        let answer = presses(desk, &bob, &offer, "bug-vote:").await;
        assert_eq!(answer.content, format!("Your vote is counted: **#{}** now has 1 vote.", known.number));
        assert_eq!(answer.custom_ids(), Vec::<String>::new());
        let votes = || labels(&card(desk, home(desk), "bug-report", known.number))[0].clone();
        assert_eq!(votes(), "Me too (1)");
        assert_eq!(
            (bob.cases().await, case_item(desk, known.number).await["votes"]["N"].clone()),
            (vec![], json!("1"))
        );

        // A second vote of theirs counts nothing, from wherever it comes.
        let offer = uses(desk, &bob, bob.place, "bug", options.clone()).await;
        assert!(offer.content.contains("(1 vote)"), "{}", offer.content);
        let answer = presses(desk, &bob, &offer, "bug-vote:").await;
        assert_eq!(answer.content, format!("You have voted for **#{}** already.", known.number));
        let on_card = card(desk, home(desk), "bug-report", known.number);
        let button = on_card.button("case-vote:").unwrap();
        let discord = desk.sandbox.discord();
        let outcome = discord.click(bob.person, on_card.id, &button).await;
        assert!(settled(desk, &bob, outcome).await.content.starts_with("You have voted"));
        // Somebody else's does.
        let outcome = discord.click(eve.person, on_card.id, &button).await;
        assert!(settled(desk, &eve, outcome).await.content.ends_with("now has 2 votes."));
        assert_eq!(
            (votes(), case_item(desk, known.number).await["votes"]["N"].clone()),
            ("Me too (2)".into(), json!("2"))
        );
        // A wish of the same name is no such bug.
        filed(&uses(desk, &bob, bob.place, "new_feature", options).await);
    });
}

#[test]
fn a_vote_that_does_not_count_loses_no_report() {
    play(async |desk| {
        let (ada, bob, mona) = (desk.person("Ada Quill"), desk.person("Bob Reed"), moderator(desk, "Mona Lead"));
        let known = report(desk, &ada, ada.place, "bug").await;
        // Their own.
        let options = json!({"title": format!("{} again", known.title), "text": "It is back."});
        let offer = uses(desk, &ada, ada.place, "bug", options.clone()).await;
        let own = presses(desk, &ada, &offer, "bug-vote:").await;
        assert!(own.content.contains("is your own report"), "{}", own.content);
        assert_eq!(labels(&own), ["File mine anyway"]);
        let number = filed(&presses(desk, &ada, &own, "bug-file:").await);
        assert_eq!(text(&case_item(desk, number).await, "case_text"), "It is back.");
        // One that was resolved meanwhile.
        let offer = uses(desk, &bob, bob.place, "bug", options).await;
        assert_eq!(labels(&offer).len(), 3);
        for case in [known.number, number] {
            uses(desk, &mona, mona.place, "case status", json!({"number": case.to_string(), "to": "resolved"})).await;
        }
        let done = presses(desk, &bob, &offer, "bug-vote:").await;
        assert!(done.content.contains("Resolved"), "{}", done.content);
        assert_eq!(case_item(desk, known.number).await["votes"]["N"], "0");
        filed(&presses(desk, &bob, &done, "bug-file:").await);
    });
}

#[test]
fn filed_anyway_it_has_its_files_and_is_filed_once() {
    play(async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Reed"));
        let known = report(desk, &ada, ada.place, "bug").await;
        let form = form(&bob, bob.place, "bug", json!({})).await;
        let picture = desk.sandbox.discord().upload(bob.person, "mine.png", "image/png", PNG);
        let offer = sends(
            desk,
            &bob,
            &form,
            &[
                ("title", Filled::Text(&known.title)),
                ("text", Filled::Text("Mine is different.")),
                ("files", Filled::Files(vec![picture])),
            ],
        )
        .await;
        let button = offer.button("bug-file:").unwrap();
        // Twice, as people press buttons.
        let discord = desk.sandbox.discord();
        let (one, other) =
            tokio::join!(discord.click(bob.person, offer.id, &button), discord.click(bob.person, offer.id, &button));
        desk.is_private(&one.token);
        desk.is_private(&other.token);
        desk.settles().await;
        let number = filed(&shown(desk, &offer));
        assert_eq!(bob.cases().await, [number]);
        let post = post(desk, home(desk), "bug-report", number);
        assert_eq!((post.messages.len(), post.first().unwrap().attachments.len()), (1, 1));
        let files = case_item(desk, number).await["files"]["L"].clone();
        assert_eq!(file_of(desk, &files[0]).await, PNG);
    });
}

#[test]
fn a_draft_lives_for_some_hours_and_is_its_writers() {
    play(async |desk| {
        let (ada, bob, eve) = (desk.person("Ada Quill"), desk.person("Bob Reed"), desk.person("Eve Lane"));
        let known = report(desk, &ada, ada.place, "bug").await;
        let options = json!({"title": known.title, "text": "Mine."});
        let offer = uses(desk, &bob, bob.place, "bug", options).await;
        let button = offer.button("bug-file:").unwrap();
        let outcome = desk.sandbox.discord().click(eve.person, offer.id, &button).await;
        assert!(matches!(outcome.kind, OutcomeKind::Blocked(_)), "nobody else sees it");
        let items = desk.items(&format!("PERSON#{}", bob.person)).await;
        let draft = items.iter().find(|item| text(item, "SK").starts_with("DRAFT#")).expect("it is kept");
        let change = json!({
            "Key": {"PK": draft["PK"], "SK": draft["SK"]},
            "UpdateExpression": "SET expires_at = :past",
            "ExpressionAttributeValues": {":past": {"N": "1"}},
        });
        dynamodb(desk, "UpdateItem", change).await;
        let gone = presses(desk, &bob, &offer, "bug-file:").await;
        assert_eq!(gone.content, "That draft has expired. Please start again.");
        assert_eq!(bob.cases().await, Vec::<u64>::new());
    });
}

// --------------------------------------------------------------------------------------------------------- handed back

/// What comes of a report that cannot be filed: nothing is filed, and the text is there, whole.
async fn handed_back(desk: &Desk, ada: &Somebody<'_>, answer: &SimMessage, reason: &str, typed: &[&str]) -> Modal {
    assert!(answer.content.starts_with("Your report was not filed."), "{}", answer.content);
    assert!(answer.content.contains(reason), "{reason:?} is not in {}", answer.content);
    assert!(answer.content.chars().count() <= 2000);
    let back = match &answer.attachments[..] {
        [] => answer.content.replace("\n> ", "\n"),
        [file] => String::from_utf8(desk.sandbox.discord().file_bytes(*file).unwrap().to_vec()).unwrap(),
        many => panic!("{many:?}"),
    };
    for text in typed {
        assert!(back.contains(text), "of what was typed {text:.60?} is not in {back:.500}");
    }
    assert_eq!(ada.cases().await, Vec::<u64>::new());
    let button = answer.custom_ids().into_iter().find(|id| id.contains("-again:")).expect("it can be filled in again");
    again(desk, ada, answer, button.split(':').next().unwrap()).await
}

#[test]
fn a_short_title_is_handed_back_and_filed_the_second_time() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let form = form(&ada, ada.place, "bug", json!({"severity": "high"})).await;
        let steps = format!("first {}", word());
        let body = "It *stops* at once.";
        let answer = forces(
            desk,
            &ada,
            &form,
            &[
                ("title", Filled::Text("Crash")),
                ("text", Filled::Text(body)),
                ("steps", Filled::Text(&steps)),
                ("platform", Filled::Select(vec!["ios"])),
            ],
        )
        .await;
        let reason = "- The title is too short: at least 10 characters.";
        let form = handed_back(desk, &ada, &answer, reason, &["Crash", "It \\*stops\\* at once.", &steps]).await;
        let prefilled = form.components.to_string();
        for part in ["Crash", body, &steps] {
            assert!(prefilled.contains(&serde_json::to_string(part).unwrap()), "{part:?} is not in {prefilled}");
        }
        // As it is it would not even be sent; with another title it is, and the rest is still there.
        let title = title();
        let number = filed(&sends(desk, &ada, &form, &[("title", Filled::Text(&title))]).await);
        let item = case_item(desk, number).await;
        assert_eq!((text(&item, "case_text"), text(&item, "severity")), (body, "high"));
        let card = card(desk, home(desk), "bug-report", number).all_text();
        assert!(card.contains(&format!("Steps\n{steps}")) && card.contains("Platform\niOS"), "{card}");
    });
}

#[test]
fn a_wish_is_handed_back_as_well() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let form = form(&ada, ada.place, "new_feature", json!({})).await;
        let fields = [
            ("title", Filled::Text("Dark")),
            ("text", Filled::Text("A dark theme.")),
            ("severity", Filled::Select(vec!["low"])),
        ];
        let answer = forces(desk, &ada, &form, &fields).await;
        let form = handed_back(desk, &ada, &answer, "The title is too short", &["Dark", "A dark theme."]).await;
        let title = title();
        let number = filed(&sends(desk, &ada, &form, &[("title", Filled::Text(&title))]).await);
        let item = case_item(desk, number).await;
        assert_eq!(
            (text(&item, "kind"), text(&item, "case_text"), text(&item, "severity")),
            ("feature", "A dark theme.", "low")
        );
    });
}

#[test]
fn a_text_that_is_too_long_or_missing_is_handed_back_whole() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let form = form(&ada, ada.place, "bug", json!({})).await;
        let long = format!("{} the end", "long word ".repeat(1000));
        let title = title();
        let fields = [("title", Filled::Text(&title)), ("text", Filled::Text(&long))];
        let answer = forces(desk, &ada, &form, &fields).await;
        let again =
            handed_back(desk, &ada, &answer, "The text is too long: at most 4000 characters.", &[&title, &long]).await;
        assert!(again.fields().contains(&"text".to_owned()));
        // A text of which a message has room for the characters, and not for the marks before its lines.
        let lines = "a\n".repeat(700);
        let fields = [("title", Filled::Text("Short")), ("text", Filled::Text(&lines))];
        let answer = forces(desk, &ada, &form, &fields).await;
        handed_back(desk, &ada, &answer, "The title is too short", &["Short", lines.trim_end()]).await;
        // Nothing but white space is nothing; and everything that is wrong is said at once.
        let fields = [("title", Filled::Text("x")), ("text", Filled::Text(" \n ")), ("steps", Filled::Text(&long))];
        let answer = forces(desk, &ada, &form, &fields).await;
        handed_back(
            desk,
            &ada,
            &answer,
            "- The title is too short: at least 10 characters.\n- The description is missing.\n- The text is too long",
            &[&long],
        )
        .await;
        let options = json!({"title": title});
        let answer = uses(desk, &ada, ada.place, "bug", options).await;
        handed_back(desk, &ada, &answer, "The description is missing.", &[&title]).await;
    });
}

#[test]
fn files_that_are_not_taken_are_named() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let discord = desk.sandbox.discord();
        discord.set_upload_limit(ada.person, 524_288_000);
        let body = format!("It stops at {}.", word());
        let tries = async |files: Vec<u64>, reason: &str| {
            let form = form(&ada, ada.place, "bug", json!({})).await;
            let title = title();
            let fields =
                [("title", Filled::Text(&title)), ("text", Filled::Text(&body)), ("files", Filled::Files(files))];
            let answer = forces(desk, &ada, &form, &fields).await;
            assert!(answer.content.contains("Attach your files again"), "{}", answer.content);
            handed_back(desk, &ada, &answer, reason, &[&title, &body]).await
        };
        let program = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00".to_vec();
        let disguised = discord.upload(ada.person, "holiday.png", "image/png", program);
        tries(vec![disguised], "holiday.png is not of a type that we take. These are fine: PNG, JPEG").await;
        let page = discord.upload(ada.person, "page.html", "text/html", "<html><script>alert(1)</script></html>");
        tries(vec![page], "page.html is not of a type that we take").await;
        let large = discord.upload(ada.person, "film.mp4", "video/mp4", vec![0; 30 * 1024 * 1024]);
        tries(vec![large], "film.mp4 is too large: at most 10 MiB.").await;
        let small = |name: &str| discord.upload(ada.person, name, "text/plain", "a");
        tries(vec![small("a.txt"), small("b.txt"), small("c.txt"), small("d.txt")], "Too many files: at most 3.").await;
        // It says that it is small, and is not.
        let liar = discord.upload(ada.person, "liar.txt", "text/plain", vec![b'a'; 11 * 1024 * 1024]);
        discord.lie_about_file(liar, None, Some(10));
        tries(vec![liar], "liar.txt is too large: at most 10 MiB.").await;
        // Each is small enough, and all together are not.
        let nine = |name: &str| discord.upload(ada.person, name, "text/plain", vec![b'a'; 9 * 1024 * 1024]);
        tries(vec![nine("a.txt"), nine("b.txt"), nine("c.txt")], "The files are too large together: at most 24 MiB.")
            .await;
        // A name does no harm, in the sentence nor anywhere else.
        let nasty =
            discord.upload(ada.person, "../../etc/\u{202e}gnp.**exe", "image/png", b"\x7fELF\x02\x01\x01".to_vec());
        let again = tries(vec![nasty], "is not of a type that we take").await;
        // Two problems, two sentences.
        let form = form(&ada, ada.place, "bug", json!({})).await;
        let fields = [
            ("title", Filled::Text("x")),
            ("text", Filled::Text(&body)),
            ("files", Filled::Files(vec![small("a.exe")])),
        ];
        let answer = forces(desk, &ada, &form, &fields).await;
        assert!(answer.content.contains("The title is too short"), "{}", answer.content);

        let title = title();
        let fine = discord.upload(ada.person, "fine.log", "text/plain", "all is well");
        let fields = [("title", Filled::Text(&title)), ("files", Filled::Files(vec![fine]))];
        let number = filed(&sends(desk, &ada, &again, &fields).await);
        let item = case_item(desk, number).await;
        assert_eq!(text(&item, "case_text"), body);
        assert_eq!(file_of(desk, &item["files"]["L"][0]).await, b"all is well");
    });
}

#[test]
fn a_name_with_a_path_and_marks_of_direction_is_made_safe() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let discord = desk.sandbox.discord();
        let file = discord.upload(ada.person, "..\\..\\a/b/\u{202e}gpj.log", "text/plain", "a line");
        let title = title();
        let options = json!({"title": title, "text": "It stops.", "file": file});
        let number = filed(&uses(desk, &ada, ada.place, "bug", options).await);
        let item = case_item(desk, number).await;
        let name = item["files"]["L"][0]["M"]["name"]["S"].as_str().unwrap();
        assert!(name.ends_with("gpj.log") && !name.contains(['/', '\\', '\u{202e}']), "{name:?}");
        assert_eq!(file_of(desk, &item["files"]["L"][0]).await, b"a line");
    });
}

#[test]
fn a_file_whose_address_died_is_asked_for_again() {
    play(async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Reed"));
        let known = report(desk, &ada, ada.place, "bug").await;
        let discord = desk.sandbox.discord();
        let file = discord.upload(bob.person, "crash.log", "text/plain", "a line");
        let options = json!({"title": known.title, "text": "Mine.", "file": file});
        let offer = uses(desk, &bob, bob.place, "bug", options).await;
        discord.expire_attachments();
        let back = presses(desk, &bob, &offer, "bug-file:").await;
        handed_back(desk, &bob, &back, "crash.log could not be fetched. Please attach it again.", &["Mine."]).await;
    });
}
