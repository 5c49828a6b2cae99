//! Work on cases: `/case`, the buttons of cards and of notices, and many hands on one case.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sandbox::gate::{KillPoint, When};
use sandbox::sims::discord::{DiscordOptions, Outcome, Place, SimMessage};
use sandbox::{Options, Platform};
use serde_json::{Value, json};

use crate::desk::{Desk, Somebody, TALK, options, play, play_with};

/// The permission `MODERATE_MEMBERS`: one of those that make a moderator.
pub const MODERATE_MEMBERS: u64 = 1 << 40;

/// A number that no case has.
pub const NO_SUCH_NUMBER: u64 = 987_654_321;

// ------------------------------------------------------------------------------------------------------- what tests share

/// A report that somebody filed.
pub struct Report {
    pub number: u64,
    pub title: String,
    pub text: String,
}

/// A word that is in no other text, and that no stemming shortens.
pub fn word() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut rest = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut word = String::from("zq");
    for _ in 0..6 {
        word.push(char::from(b"bcfhjkmpqtvwxz"[usize::try_from(rest % 14).unwrap()]));
        rest /= 14;
    }
    word
}

/// Files a report that is like no other, and waits until everything about it is done.
pub async fn report(desk: &Desk, who: &Somebody<'_>, place: Place, command: &str) -> Report {
    let title = format!("{} {} {}", word(), word(), word());
    let text = format!("Every time with {}", word());
    let said = who.uses(place, command, json!({"title": title, "text": text})).await.content;
    desk.settles().await;
    let number = number_in(&said).unwrap_or_else(|| panic!("no number in {said:?}"));
    Report { number, title, text }
}

/// The first number behind a `#`.
pub fn number_in(text: &str) -> Option<u64> {
    let digits = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>();
    text.split('#').skip(1).find_map(|part| digits(part).parse().ok())
}

/// Somebody who moderates the first server.
pub fn moderator<'a>(desk: &'a Desk, name: &str) -> Somebody<'a> {
    let somebody = desk.person(name);
    let everybody = everybody(desk, &somebody);
    desk.sandbox.discord().set_permissions(somebody.person, everybody | MODERATE_MEMBERS);
    somebody
}

/// What somebody may do in the first server.
pub fn everybody(desk: &Desk, somebody: &Somebody<'_>) -> u64 {
    desk.sandbox.discord().read(|state| state.user(somebody.person).unwrap().permissions)
}

/// Somebody who moderates another server, and its channel `general`.
pub fn moderator_elsewhere<'a>(desk: &'a Desk, name: &str) -> (Somebody<'a>, u64) {
    let discord = desk.sandbox.discord();
    let server = discord.add_guild("Elsewhere");
    let mut somebody = desk.person(name);
    let permissions = everybody(desk, &somebody) | MODERATE_MEMBERS;
    discord.leave_server(somebody.person);
    discord.set_permissions_in(somebody.person, server, permissions);
    somebody.place = Place::Guild(discord.channel_in(server, "general"));
    (somebody, server)
}

/// Uses a command by a client that checks no values, and reads the answer.
pub async fn asks(desk: &Desk, who: &Somebody<'_>, place: Place, command: &str, options: Value) -> SimMessage {
    let outcome = desk.sandbox.discord().force_command(who.person, place, command, options).await;
    desk.is_private(&outcome.token);
    who.answer_to(&outcome).await
}

/// `/case <subcommand>` in the server.
pub async fn case(desk: &Desk, who: &Somebody<'_>, subcommand: &str, options: Value) -> String {
    let said = asks(desk, who, who.place, &format!("case {subcommand}"), options).await.content;
    desk.settles().await;
    said
}

/// Everything in the table but what tells repetitions apart.
pub async fn facts(desk: &Desk) -> Vec<String> {
    desk.settles().await;
    let items = desk.table().await.into_iter();
    let mut facts: Vec<_> =
        items.filter(|item| !text(item, "PK").starts_with("CLAIM#")).map(|item| item.to_string()).collect();
    facts.sort();
    facts
}

/// `/case <subcommand>` that is refused: nothing is otherwise afterwards.
async fn refused(desk: &Desk, who: &Somebody<'_>, subcommand: &str, options: Value) -> String {
    let before = facts(desk).await;
    let said = case(desk, who, subcommand, options.clone()).await;
    assert_eq!(facts(desk).await, before, "/case {subcommand} {options}: {said}");
    said
}

/// A text attribute; empty if there is none.
pub fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}

/// A case's own item.
pub async fn case_item(desk: &Desk, number: u64) -> Value {
    let items = desk.items(&format!("CASE#{number}")).await;
    items.into_iter().find(|item| text(item, "SK") == "CASE").unwrap_or_default()
}

/// A case's history.
pub async fn history(desk: &Desk, number: u64) -> Vec<Value> {
    let items = desk.items(&format!("CASE#{number}")).await;
    items.into_iter().filter(|item| text(item, "SK").starts_with("EVENT#")).collect()
}

/// The reasons in a case's history.
async fn reasons(desk: &Desk, number: u64) -> Vec<String> {
    history(desk, number).await.iter().map(|event| text(event, "reason").to_owned()).collect()
}

/// The card of a case on the board of a server.
pub fn card(desk: &Desk, server: u64, board: &str, number: u64) -> SimMessage {
    let discord = desk.sandbox.discord();
    let board = discord.read(|state| state.channel_in(server, board)).expect("the server has the board");
    let prefix = format!("#{number} ");
    let post = discord.board_posts(board).into_iter().find(|post| post.name.starts_with(&prefix));
    post.expect("the case is on the board").first().expect("the post has a card").clone()
}

/// Presses a button on the card of a case, and reads the answer.
async fn presses_on_card(desk: &Desk, who: &Somebody<'_>, number: u64, button: &str) -> String {
    let card = card(desk, desk.sandbox.discord().guild_id(), "bug-report", number);
    let button = card.button(button).unwrap_or_else(|| panic!("no button {button} on {}", card.all_text()));
    let outcome = desk.sandbox.discord().click(who.person, card.id, &button).await;
    desk.is_private(&outcome.token);
    let said = who.answer_to(&outcome).await.content;
    desk.settles().await;
    said
}

/// Asks DynamoDB itself.
pub async fn dynamodb(desk: &Desk, operation: &str, mut request: Value) -> Value {
    request["TableName"] = desk.sandbox.table_name().into();
    let credential =
        "AWS4-HMAC-SHA256 Credential=sandbox/20250101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
    let call = reqwest::Client::new().post(desk.sandbox.endpoint()).header("authorization", credential);
    let call = call.header("x-amz-target", format!("DynamoDB_20120810.{operation}"));
    let call = call.header("content-type", "application/x-amz-json-1.0").body(request.to_string());
    let answer = call.send().await.unwrap();
    let (status, body) = (answer.status(), answer.bytes().await.unwrap());
    assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap()
}

/// Sets attributes of a case's own item by hand.
pub async fn set_case(desk: &Desk, number: u64, values: &[(&str, Value)]) {
    let (mut expression, mut names, mut given) = (Vec::new(), json!({}), json!({}));
    for (name, value) in values {
        expression.push(format!("#{name} = :{name}"));
        names[format!("#{name}")] = json!(name);
        given[format!(":{name}")] = value.clone();
    }
    let change = json!({
        "Key": {"PK": {"S": format!("CASE#{number}")}, "SK": {"S": "CASE"}},
        "UpdateExpression": format!("SET {}", expression.join(", ")),
        "ConditionExpression": "attribute_exists(PK)",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": given,
    });
    dynamodb(desk, "UpdateItem", change).await;
}

/// What is counted of a server: `status.kind.severity` and how many, without what is zero.
pub async fn counts(desk: &Desk, server: u64) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for shard in desk.items(&format!("COUNTER#CASES#{server}")).await {
        for (name, value) in shard.as_object().unwrap() {
            if let Some(count) = value["N"].as_str().filter(|_| name.contains('.')) {
                *sums.entry(name.clone()).or_default() += count.parse::<i64>().unwrap();
            }
        }
    }
    sums.retain(|_, count: &mut i64| *count != 0);
    sums
}

/// What the cases of a server in the table come to, counted one by one.
pub async fn counted(desk: &Desk, server: u64) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for item in desk.table().await {
        if text(&item, "SK") == "CASE" && text(&item, "server") == server.to_string() {
            let facets = format!("{}.{}.{}", text(&item, "case_status"), text(&item, "kind"), text(&item, "severity"));
            *sums.entry(facets).or_default() += 1;
        }
    }
    sums
}

// ------------------------------------------------------------------------------------------------------------- the command

#[test]
fn a_moderator_views_lists_and_works_on_a_case() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let (mona, otto) = (moderator(desk, "Mona Lead"), moderator(desk, "Otto Second"));
        let bug = report(desk, &ada, ada.place, "bug").await;
        let n = bug.number.to_string();

        let seen = asks(desk, &mona, mona.place, "case view", json!({"number": n})).await;
        let seen_text = seen.all_text();
        for part in [&bug.title, &bug.text, "Ada Quill", "filed as new", "Status\nNew", "Priority\nNormal", "Thread"] {
            assert!(seen_text.contains(part), "{part:?} is not in {seen_text}");
        }
        assert!(seen.ephemeral_for.is_some());
        let hash = asks(desk, &mona, mona.place, "case view", json!({"number": format!(" #{n} ")})).await;
        assert_eq!(hash.all_text(), seen_text, "with a hash it is the same");

        let listed = case(desk, &mona, "list", json!({})).await;
        assert!(listed.contains(&format!("**#{n}** {}", bug.title)), "{listed}");
        let features = case(desk, &mona, "list", json!({"kind": "feature"})).await;
        assert!(!features.contains(&bug.title), "{features}");

        assert_eq!(
            case(desk, &mona, "assign", json!({"number": n})).await,
            format!("Case #{n}: Assigned to: Mona Lead.")
        );
        let theirs = case(desk, &mona, "list", json!({"mine_only": true})).await;
        assert_eq!(theirs, format!("**#{n}** {} — Bug, New, Normal · assigned", bug.title));
        assert_eq!(case(desk, &otto, "list", json!({"mine_only": true})).await, "No such case.");
        let to = json!({"number": n, "to": otto.person.id()});
        assert_eq!(
            case(desk, &mona, "assign", to.clone()).await,
            format!("Case #{n}: Assigned to: Mona Lead → Otto Second.")
        );
        assert_eq!(refused(desk, &mona, "assign", to).await, format!("Case #{n} is so already; nothing was changed."));

        let status = |to: &str| json!({"number": n, "to": to, "reason": "because of reasons"});
        assert_eq!(case(desk, &otto, "status", status("open")).await, format!("Case #{n}: New → Open."));
        let note = case(desk, &otto, "note", json!({"number": n, "text": "seen it too"})).await;
        assert_eq!(note, format!("Case #{n}: Note."));
        let other = report(desk, &ada, ada.place, "bug").await.number;
        let link = json!({"number": n, "to": format!("#{other}")});
        assert_eq!(case(desk, &otto, "link", link.clone()).await, format!("Case #{n}: Linked to #{other}."));
        assert_eq!(refused(desk, &otto, "link", link).await, format!("Case #{n} is so already; nothing was changed."));
        assert_eq!(case(desk, &mona, "status", status("closed")).await, format!("Case #{n}: Open → Closed."));
        let reopen = json!({"number": n, "reason": "not yet"});
        assert_eq!(case(desk, &mona, "reopen", reopen).await, format!("Case #{n}: Closed → Reopened."));

        let lines: Vec<_> = history(desk, bug.number)
            .await
            .iter()
            .map(|event| {
                let (from, to) = (text(event, "from_status"), text(event, "to_status"));
                let author =
                    if text(event, "author_kind") == "person" { "Reporter" } else { text(event, "author_name") };
                format!("{} {author}: {from} > {to} {}", event["version"]["N"].as_str().unwrap(), text(event, "reason"))
            })
            .collect();
        assert_eq!(
            lines,
            [
                "1 Reporter:  > new reported",
                "2 Mona Lead:  >  ",
                "3 Mona Lead:  >  ",
                "4 Otto Second: new > open because of reasons",
                "5 Otto Second:  >  seen it too",
                "6 Otto Second:  >  ",
                "7 Mona Lead: open > closed because of reasons",
                "8 Mona Lead: closed > reopened not yet",
            ]
        );
        let item = case_item(desk, bug.number).await;
        assert_eq!((text(&item, "case_status"), text(&item, "assignee_name")), ("reopened", "Otto Second"));
        assert_eq!(item["done_at"], Value::Null, "it is not done");
        let server = desk.sandbox.discord().guild_id();
        assert_eq!(counts(desk, server).await, counted(desk, server).await);

        // Everybody sees their own, in the server and in the DM.
        for place in [ada.place, Place::Dm] {
            let mine = asks(desk, &ada, place, "case mine", json!({})).await.content;
            assert!(mine.starts_with("Your 2 cases:\n"), "{mine}");
            assert!(mine.contains(&format!("**#{n}** {} (Bug report, Reopened)", bug.title)), "{mine}");
        }
        assert_eq!(
            case(desk, &otto, "mine", json!({})).await,
            "You have no cases. `/bug` and `/new_feature` file one."
        );
    });
}

#[test]
fn what_cannot_be_is_said_and_changes_nothing() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let mona = moderator(desk, "Mona Lead");
        let bug = report(desk, &ada, ada.place, "bug").await;
        let (eve, _) = moderator_elsewhere(desk, "Eve Elsewhere");
        let theirs = report(desk, &eve, eve.place, "bug").await;
        let n = bug.number.to_string();

        let unknown = |number: u64| format!("There is no case #{number} here.");
        let subcommands = [
            ("view", json!({})),
            ("assign", json!({})),
            ("status", json!({"to": "open"})),
            ("note", json!({"text": "a note"})),
            ("link", json!({"to": n})),
            ("reopen", json!({"reason": "a reason"})),
        ];
        for (subcommand, options) in subcommands {
            let with = |number: &str| {
                let mut options = options.clone();
                options["number"] = json!(number);
                options
            };
            for number in [NO_SUCH_NUMBER, theirs.number] {
                let said = refused(desk, &mona, subcommand, with(&number.to_string())).await;
                assert_eq!(said, unknown(number), "{subcommand}");
            }
            for wrong in ["twelve", "0", "-1", "1.5", "##1", "99999999999999999999", " ", "<@1>"] {
                let said = refused(desk, &mona, subcommand, with(wrong)).await;
                assert!(said.starts_with("That is no case number."), "{subcommand} {wrong:?}: {said}");
            }
        }
        assert_eq!(refused(desk, &eve, "view", json!({"number": n})).await, unknown(bug.number));

        let note = |text: &str| json!({"number": n, "text": text});
        assert_eq!(
            refused(desk, &mona, "note", note(" ")).await,
            format!("Case #{n} was not changed: a note needs some text.")
        );
        let long = "x".repeat(2001);
        let too_long = format!("Case #{n} was not changed: a note or reason may have 2000 characters.");
        assert_eq!(refused(desk, &mona, "note", note(&long)).await, too_long);
        assert_eq!(refused(desk, &mona, "status", json!({"number": n, "to": "open", "reason": long})).await, too_long);
        assert_eq!(
            case(desk, &mona, "note", note(&"ß".repeat(2000))).await,
            format!("Case #{n}: Note."),
            "the longest one is taken"
        );

        let link = |to: String| json!({"number": n, "to": to});
        assert_eq!(
            refused(desk, &mona, "link", link(n.clone())).await,
            format!("Case #{n} was not changed: a case cannot be linked to itself.")
        );
        for number in [theirs.number, NO_SUCH_NUMBER] {
            assert_eq!(refused(desk, &mona, "link", link(number.to_string())).await, unknown(number));
        }
        assert!(refused(desk, &mona, "link", link("it".into())).await.starts_with("That is no case number."));

        let nobody = desk.person("Nora Nobody");
        for person in [&nobody, &eve] {
            let said = refused(desk, &mona, "assign", json!({"number": n, "to": person.person.id()})).await;
            assert_eq!(said, "Cases can only be given to moderators of this server. Nothing was changed.");
        }

        let status = |to: &str| json!({"number": n, "to": to});
        assert_eq!(
            refused(desk, &mona, "status", status("new")).await,
            format!("Case #{n} is so already; nothing was changed.")
        );
        assert_eq!(
            refused(desk, &mona, "status", status("finished")).await,
            "There is no such status. Nothing was changed."
        );
        assert_eq!(
            refused(desk, &mona, "reopen", json!({"number": n, "reason": "a reason"})).await,
            format!(
                "Case #{n} is *New* and cannot become *Reopened*. It can become: Open, Waiting for the reporter, Waiting for us, \
                 Resolved, Closed."
            )
        );
        case(desk, &mona, "status", status("resolved")).await;
        assert_eq!(
            refused(desk, &mona, "status", status("waiting_for_us")).await,
            format!("Case #{n} is *Resolved* and cannot become *Waiting for us*. It can become: Closed, Reopened.")
        );
    });
}

#[test]
fn every_arrow_is_taken_and_no_other() {
    const STATUSES: [&str; 7] =
        ["new", "open", "waiting_for_person", "waiting_for_us", "resolved", "closed", "reopened"];
    // What is set by hand is not counted, so nothing else may happen here.
    play_with(options(), async |desk| {
        let ada = desk.person("Ada Quill");
        let mona = moderator(desk, "Mona Lead");
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let server = desk.sandbox.discord().guild_id();
        let mut taken = String::new();
        for from in STATUSES {
            write!(taken, "{from}:").unwrap();
            for to in STATUSES {
                let before = case_item(desk, number).await;
                let status = text(&before, "case_status").to_owned();
                let facets = |status: &str| json!({"S": format!("{server}#{status}")});
                // By hand, since not every status leads to every other.
                set_case(desk, number, &[("case_status", json!({"S": from})), ("list_status", facets(from))]).await;
                let lines = history(desk, number).await.len();
                let said = case(desk, &mona, "status", json!({"number": number.to_string(), "to": to})).await;
                let after = case_item(desk, number).await;
                let new_lines = history(desk, number).await.len() - lines;
                if text(&after, "case_status") == to && from != to {
                    assert!(said.starts_with(&format!("Case #{number}: ")), "{said}");
                    assert_eq!(new_lines, 1);
                    write!(taken, " {to}").unwrap();
                } else {
                    assert_eq!((text(&after, "case_status"), new_lines), (from, 0), "{said}");
                    assert!(said.contains(if from == to { "is so already" } else { "cannot become" }), "{said}");
                }
                set_case(desk, number, &[("case_status", json!({"S": status})), ("list_status", facets(&status))])
                    .await;
            }
            taken.push('\n');
        }
        insta::assert_snapshot!(taken, @r"
        new: open waiting_for_person waiting_for_us resolved closed
        open: waiting_for_person waiting_for_us resolved closed
        waiting_for_person: open waiting_for_us resolved closed
        waiting_for_us: open waiting_for_person resolved closed
        resolved: closed reopened
        closed: reopened
        reopened: open waiting_for_person waiting_for_us resolved closed
        ");
    });
}

#[test]
fn numbers_are_suggested_by_number_and_by_words() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let mona = moderator(desk, "Mona Lead");
        let unheard_of = word();
        let mut numbers = Vec::new();
        for _ in 0..3 {
            numbers.push(report(desk, &ada, ada.place, "bug").await);
        }
        let server = desk.sandbox.discord().guild_id();
        let typed = async |option: &str, so_far: &str, subcommand: &str| {
            let command = format!("case {subcommand}");
            let outcome = desk.sandbox.discord().autocomplete(mona.person, mona.place, &command, option, so_far).await;
            let choices = outcome.choices.unwrap_or_else(|| panic!("{:?}", outcome.kind));
            let pair = |choice: &Value| {
                (choice["name"].as_str().unwrap().to_owned(), choice["value"].as_str().unwrap().to_owned())
            };
            choices.as_array().unwrap().iter().map(pair).collect::<Vec<_>>()
        };
        let choice =
            |report: &Report| (format!("#{} {} (New)", report.number, report.title), report.number.to_string());
        let done = &numbers[0];
        case(desk, &mona, "status", json!({"number": done.number.to_string(), "to": "resolved"})).await;

        // Nothing typed: the newest that are not done.
        let open = typed("number", "", "view").await;
        assert_eq!(open[..2], [choice(&numbers[2]), choice(&numbers[1])]);
        assert!(!open.iter().any(|(_, value)| *value == done.number.to_string()), "{open:?}");
        assert_eq!(typed("number", "   ", "note").await, open);
        // A number: that one, done or not.
        for so_far in [format!("{}", done.number), format!("#{}", done.number)] {
            let expected = vec![(format!("#{} {} (Resolved)", done.number, done.title), done.number.to_string())];
            assert_eq!(typed("number", &so_far, "view").await, expected);
        }
        // Words of title or text, in any order, and in both options of `link`.
        let words: Vec<&str> = numbers[1].title.split(' ').collect();
        assert_eq!(typed("to", &format!("{} {}", words[2], words[0]), "link").await, [choice(&numbers[1])]);
        assert_eq!(typed("number", &numbers[2].text, "link").await, [choice(&numbers[2])]);
        assert_eq!(typed("number", &format!("{} {unheard_of}", words[0]), "view").await, []);
        assert_eq!(typed("number", "the and of", "view").await, []);
        assert_eq!(typed("number", &NO_SUCH_NUMBER.to_string(), "view").await, []);
        assert_eq!(typed("number", &"x".repeat(100), "view").await, []);

        // Thirty more, of which not all can be offered.
        for at in 0..30 {
            copy_of(desk, numbers[2].number, NO_SUCH_NUMBER - 30 + at, server).await;
        }
        let many = typed("number", "", "view").await;
        assert_eq!(many.len(), 25, "as many as Discord takes");
        assert_eq!(many[0].1, (NO_SUCH_NUMBER - 1).to_string());
        for at in 0..30 {
            let key = json!({"PK": {"S": format!("CASE#{}", NO_SUCH_NUMBER - 30 + at)}, "SK": {"S": "CASE"}});
            dynamodb(desk, "DeleteItem", json!({"Key": key})).await;
        }
    });
}

/// Puts a case into the table that is like another.
async fn copy_of(desk: &Desk, number: u64, copy: u64, server: u64) {
    let mut item = case_item(desk, number).await;
    assert_eq!(text(&item, "server"), server.to_string());
    item["PK"] = json!({"S": format!("CASE#{copy}")});
    item["case_number"] = json!({"N": copy.to_string()});
    dynamodb(desk, "PutItem", json!({"Item": item})).await;
}

#[test]
fn a_list_ends_where_a_message_does() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let mona = moderator(desk, "Mona Lead");
        let server = desk.sandbox.discord().guild_id();
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let long = "*".repeat(90);
        set_case(desk, number, &[("title", json!({"S": long}))]).await;
        for at in 0..20 {
            copy_of(desk, number, NO_SUCH_NUMBER - 30 + at, server).await;
        }
        // Each star is written as two characters, so not even fifteen find room.
        let listed = case(desk, &mona, "list", json!({})).await;
        let shown = listed.lines().count() - 1;
        assert!(listed.ends_with(&format!("These are the newest {shown}. The console shows all.")), "{listed}");
        assert!(shown > 10 && listed.chars().count() <= 2000, "{listed}");
        let mine = case(desk, &ada, "mine", json!({})).await;
        assert!(mine.starts_with("Your 21 cases:\n"), "{mine}");
        assert!(mine.lines().count() > 10 && mine.chars().count() <= 2000, "{mine}");
        for at in 0..20 {
            let key = json!({"PK": {"S": format!("CASE#{}", NO_SUCH_NUMBER - 30 + at)}, "SK": {"S": "CASE"}});
            dynamodb(desk, "DeleteItem", json!({"Key": key})).await;
        }
    });
}

// ------------------------------------------------------------------------------------------------------------- the buttons

#[test]
fn the_cards_buttons_do_what_they_say_for_moderators_alone() {
    play(async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Reader"));
        let mona = moderator(desk, "Mona Lead");
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let server = desk.sandbox.discord().guild_id();

        for button in ["case-take", "case-waiting", "case-resolve"] {
            for person in [&ada, &bob] {
                let before = facts(desk).await;
                let said = presses_on_card(desk, person, number, button).await;
                assert_eq!(said, "Only moderators can do that. `/case mine` shows your own cases.");
                assert_eq!(facts(desk).await, before);
            }
        }
        let voted = presses_on_card(desk, &bob, number, "case-vote").await;
        assert_eq!(voted, format!("Your vote is counted: **#{number}** now has 1 vote."));
        let again = presses_on_card(desk, &bob, number, "case-vote").await;
        assert_eq!(again, format!("You have voted for **#{number}** already."));
        let own = presses_on_card(desk, &ada, number, "case-vote").await;
        assert_eq!(own, format!("**#{number}** is your own report, so it has your vote already."));
        assert!(card(desk, server, "bug-report", number).all_text().contains("Me too (1)"));

        let took = presses_on_card(desk, &mona, number, "case-take").await;
        assert_eq!(took, format!("Case #{number}: New → Open, Assigned to: Mona Lead."));
        assert_eq!(
            presses_on_card(desk, &mona, number, "case-take").await,
            format!("Case #{number} is so already; nothing was changed.")
        );
        ada.sees("Mona Lead is working on it now.").await;
        let waiting = presses_on_card(desk, &mona, number, "case-waiting").await;
        assert_eq!(waiting, format!("Case #{number}: Open → Waiting for the reporter."));
        ada.sees("We need something from you to go on.").await;
        assert_eq!(card(desk, server, "bug-report", number).button("case-waiting"), None, "it waits already");
        let resolved = presses_on_card(desk, &mona, number, "case-resolve").await;
        assert_eq!(resolved, format!("Case #{number}: Waiting for the reporter → Resolved."));
        ada.sees("This is resolved.").await;
        assert_eq!(card(desk, server, "bug-report", number).custom_ids(), Vec::<String>::new());
        assert_eq!(
            reasons(desk, number).await,
            ["reported", "took it", "the reporter has to answer", "resolved from the board"]
        );
        let told = ada.dm();
        assert!(
            !told.iter().any(|message| message.content.contains("Reason")),
            "a card's own words are for the history"
        );
        assert_eq!(counts(desk, server).await, counted(desk, server).await);
    });
}

#[test]
fn a_moderator_works_from_the_dm_as_well() {
    play(async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Reader"));
        let mona = moderator(desk, "Mona Lead");
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let (eve, _) = moderator_elsewhere(desk, "Eve Elsewhere");
        let elsewhere = report(desk, &eve, eve.place, "bug").await.number;

        let view = json!({"number": number.to_string()});
        let shown = asks(desk, &mona, Place::Dm, "case view", view.clone()).await;
        let press = async |button: &str| {
            let id = shown.button(button).unwrap();
            let outcome = desk.sandbox.discord().click(mona.person, shown.id, &id).await;
            let said = mona.answer_to(&outcome).await.content;
            desk.settles().await;
            said
        };
        assert_eq!(press("case-vote").await, format!("Your vote is counted: **#{number}** now has 1 vote."));
        assert_eq!(press("case-take").await, format!("Case #{number}: New → Open, Assigned to: Mona Lead."));
        assert_eq!(press("case-waiting").await, format!("Case #{number}: Open → Waiting for the reporter."));
        assert_eq!(press("case-resolve").await, format!("Case #{number}: Waiting for the reporter → Resolved."));
        let said =
            asks(desk, &mona, Place::Dm, "case note", json!({"number": number.to_string(), "text": "from here"}));
        assert_eq!(said.await.content, format!("Case #{number}: Note."));

        // The DM is the configured server's: its moderators see no other's there, and others' moderators nothing.
        let said = asks(desk, &mona, Place::Dm, "case view", json!({"number": elsewhere.to_string()})).await.content;
        assert_eq!(said, format!("There is no case #{elsewhere} here."));
        for (person, number) in [(&eve, number), (&eve, elsewhere), (&ada, number), (&bob, number)] {
            let said = asks(desk, person, Place::Dm, "case view", json!({"number": number.to_string()})).await.content;
            assert_eq!(said, "Only moderators can do that. `/case mine` shows your own cases.");
        }
        // A timeout takes the right away for as long as it lasts.
        let discord = desk.sandbox.discord();
        discord.set_timeout(mona.person, discord.guild_id(), u64::MAX / 2_000_000);
        let said = asks(desk, &mona, Place::Dm, "case view", view.clone()).await.content;
        assert_eq!(said, "Only moderators can do that. `/case mine` shows your own cases.");
        discord.set_timeout(mona.person, discord.guild_id(), 1);
        assert!(asks(desk, &mona, Place::Dm, "case view", view).await.all_text().contains("Reported by"));
    });
}

#[test]
fn a_case_that_waits_is_taken_again() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let (mona, otto) = (moderator(desk, "Mona Lead"), moderator(desk, "Otto Second"));
        let number = report(desk, &ada, ada.place, "bug").await.number;
        presses_on_card(desk, &mona, number, "case-take").await;
        // Open already, but somebody else's: only the assignee changes.
        let said = presses_on_card(desk, &otto, number, "case-take").await;
        assert_eq!(said, format!("Case #{number}: Assigned to: Mona Lead → Otto Second."));
        presses_on_card(desk, &otto, number, "case-waiting").await;
        let said = presses_on_card(desk, &otto, number, "case-take").await;
        assert_eq!(said, format!("Case #{number}: Waiting for the reporter → Open."));
        // A card that was read before it was resolved.
        let card = card(desk, desk.sandbox.discord().guild_id(), "bug-report", number);
        let id = card.button("case-waiting").unwrap();
        let number_text = number.to_string();
        let resolve = json!({"number": number_text, "to": "resolved"});
        let resolving = desk.sandbox.discord().command(mona.person, mona.place, "case status", resolve).await;
        mona.answer_to(&resolving).await;
        // It may have been edited by now, or not.
        let outcome = desk.sandbox.discord().click(otto.person, card.id, &id).await;
        if outcome.is_ok() {
            let said = otto.answer_to(&outcome).await.content;
            assert!(said.starts_with(&format!("Case #{number} is *Resolved* and cannot become")), "{said}");
        }
    });
}

// ------------------------------------------------------------------------------------------------------------- reopening

/// Presses the newest *Reopen* in the DM.
async fn reopens(desk: &Desk, who: &Somebody<'_>) -> String {
    let said = who.clicks("case-reopen").await.content;
    desk.settles().await;
    said
}

#[test]
fn the_reporter_reopens_within_a_week_and_once() {
    play(async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Reader"));
        let mona = moderator(desk, "Mona Lead");
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let status = async |to: &str| {
            case(desk, &mona, "status", json!({"number": number.to_string(), "to": to})).await;
        };
        status("resolved").await;
        let notice = ada.sees("This is resolved.").await;
        let button = notice.button("case-reopen").unwrap();
        assert_eq!(button, format!("case-reopen:v1:{}:{number}", ada.person));

        assert_eq!(reopens(desk, &ada).await, format!("**#{number}** is open again. We will have another look."));
        let item = case_item(desk, number).await;
        assert_eq!((text(&item, "case_status"), &item["done_at"]), ("reopened", &Value::Null));
        let line = history(desk, number).await.pop().unwrap();
        assert_eq!((text(&line, "author_kind"), text(&line, "reason")), ("person", "reopened by the reporter"));
        // Twice: it is so, and there is no second line.
        let before = facts(desk).await;
        assert_eq!(reopens(desk, &ada).await, format!("**#{number}** is open again. We will have another look."));
        assert_eq!(facts(desk).await, before);
        assert_eq!(ada.times("This case is open again"), 0, "they need not be told what they did");
        // Somebody works on it by now.
        status("open").await;
        assert_eq!(reopens(desk, &ada).await, format!("**#{number}** cannot be reopened. Its status is: In progress"));

        // Closing what is resolved does not begin the week anew; a week and a second later it is too late.
        status("resolved").await;
        status("closed").await;
        ada.sees("This case is closed.").await;
        let old = json!({"S": "2025-01-01T00:00:00Z"});
        set_case(desk, number, &[("done_at", old)]).await;
        let before = facts(desk).await;
        assert_eq!(
            reopens(desk, &ada).await,
            format!(
                "**#{number}** was resolved more than 7 days ago and cannot be reopened any more. Please file a new report."
            )
        );
        assert_eq!(facts(desk).await, before);
        // A moderator may all the same.
        let reopen = json!({"number": number.to_string(), "reason": "it is back"});
        assert_eq!(case(desk, &mona, "reopen", reopen).await, format!("Case #{number}: Closed → Reopened."));
        ada.sees("This case is open again.").await;
        assert!(
            ada.dm().iter().any(|message| message.content.contains("Reason:\n> it is back")),
            "{}",
            ada.transcript()
        );
        assert_eq!(bob.dm().len(), 0);
    });
}

#[test]
fn nobody_reopens_what_is_not_theirs_any_more() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let mona = moderator(desk, "Mona Lead");
        let number = report(desk, &ada, ada.place, "bug").await.number;
        case(desk, &mona, "status", json!({"number": number.to_string(), "to": "resolved"})).await;
        ada.sees("This is resolved.").await;
        set_case(desk, number, &[("reporter", json!({"S": mona.person.to_string()}))]).await;
        let before = facts(desk).await;
        assert_eq!(reopens(desk, &ada).await, format!("There is no case {number} here."));
        assert_eq!(facts(desk).await, before);
    });
}

// ------------------------------------------------------------------------------------------------------------- transfers

#[test]
fn the_case_of_a_transfer_is_the_configured_servers() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        let mona = moderator(desk, "Mona Lead");
        let (eve, _) = moderator_elsewhere(desk, "Eve Elsewhere");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts_from(&ada).await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        let number = ada.cases().await[0];
        let n = json!({"number": number.to_string()});

        let shown = asks(desk, &mona, mona.place, "case view", n.clone()).await;
        assert!(shown.all_text().contains("Chat with Ada Quill"), "{}", shown.all_text());
        assert_eq!(shown.button("case-vote"), None, "nobody else has it too");
        assert_eq!(refused(desk, &eve, "view", n.clone()).await, format!("There is no case #{number} here."));
        let listed = case(desk, &mona, "list", json!({"kind": "support"})).await;
        assert!(listed.contains(&format!("**#{number}**")), "{listed}");
        assert_eq!(
            case(desk, &mona, "note", json!({"number": number.to_string(), "text": "a word with the agent"})).await,
            format!("Case #{number}: Note.")
        );

        chat.completes().await;
        ada.sees("This chat has ended").await;
        let notice = ada.sees("This is resolved.").await;
        desk.settles().await;
        assert_eq!(text(&case_item(desk, number).await, "case_status"), "resolved");
        assert_eq!(ada.times("This is resolved."), 1, "{}", ada.transcript());
        let reopening = ada.dm().iter().filter(|message| message.button("case-reopen").is_some()).count();
        assert_eq!(reopening, 1);
        assert!(!notice.content.contains("Reason"), "{}", notice.content);
        let said = reopens(desk, &ada).await;
        assert!(said.starts_with(&format!("**#{number}** is open again. Your chat continues this case")), "{said}");
        assert_eq!(text(&case_item(desk, number).await, "case_status"), "reopened");
        let mine = case(desk, &ada, "mine", json!({})).await;
        assert!(mine.contains(&format!("**#{number}**")) && mine.contains("(Support, Reopened)"), "{mine}");
        let server = desk.sandbox.discord().guild_id();
        assert_eq!(counts(desk, server).await, counted(desk, server).await);
    });
}

// ------------------------------------------------------------------------------------------------------------- many at once

#[test]
fn what_arrives_twice_happens_once() {
    let patient = Options { async_retry_delays: [Duration::from_secs(1), Duration::from_secs(4)], ..options() };
    play_with(patient, async |desk| {
        let (ada, bob) = (desk.person("Ada Quill"), desk.person("Bob Reader"));
        let mona = moderator(desk, "Mona Lead");
        let discord = desk.sandbox.discord();
        // The second of two that run at once leaves the work to the first, and comes again when that is done.
        desk.expects_error("another invocation handles this interaction");
        discord.duplicate_next(1);
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let n = number.to_string();
        for (subcommand, more) in [
            ("note", json!({"text": "only once"})),
            ("assign", json!({})),
            ("status", json!({"to": "open", "reason": "work on it"})),
        ] {
            discord.duplicate_next(1);
            let mut options = more;
            options["number"] = json!(n);
            let said = case(desk, &mona, subcommand, options).await;
            assert!(said.starts_with(&format!("Case #{number}: ")), "{said}");
        }
        discord.duplicate_next(1);
        presses_on_card(desk, &bob, number, "case-vote").await;
        discord.duplicate_next(1);
        presses_on_card(desk, &mona, number, "case-resolve").await;
        discord.duplicate_next(1);
        reopens(desk, &ada).await;
        desk.settles().await;
        assert_eq!(
            reasons(desk, number).await,
            ["reported", "only once", "", "work on it", "resolved from the board", "reopened by the reporter"]
        );
        assert_eq!(case_item(desk, number).await["votes"]["N"], "1");
        assert_eq!(ada.times("This is resolved."), 1);
        let posts = discord.read(|state| state.channel("bug-report")).map(|board| discord.board_posts(board).len());
        assert_eq!(posts, Some(1));
    });
}

#[test]
fn whatever_a_change_dies_of_it_is_made_once_and_said() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let mona = moderator(desk, "Mona Lead");
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let gate = desk.sandbox.gate();
        let (mut call, mut deaths) = (0, 0);
        loop {
            let fired = gate.fired().len();
            let (from, to) = [("Open", "waiting_for_us"), ("Waiting for us", "open")][call % 2];
            let (from, shown) = match call {
                0 => ("New", "Waiting for us"),
                _ => (from, if to == "open" { "Open" } else { "Waiting for us" }),
            };
            for (subcommand, mut options, expected) in [
                ("note", json!({"text": format!("note {call}")}), "Note".to_owned()),
                ("status", json!({"to": to, "reason": format!("status {call}")}), format!("{from} → {shown}")),
            ] {
                options["number"] = json!(number.to_string());
                let reason = format!("{subcommand} {call}");
                // Behind a call is before the next one.
                gate.kill_at(KillPoint { function: "case".to_owned(), call, when: When::After });
                assert_eq!(
                    case(desk, &mona, subcommand, options).await,
                    format!("Case #{number}: {expected}."),
                    "{reason}"
                );
                gate.forget_plan();
                let reasons = reasons(desk, number).await;
                assert_eq!(reasons.iter().filter(|line| **line == reason).count(), 1, "{reasons:?}");
                assert_eq!(case_item(desk, number).await["sweep_group"], Value::Null, "{reason}: its news is told");
            }
            let died = gate.fired().len() - fired;
            deaths += died;
            call += 1;
            if died == 0 {
                break;
            }
        }
        assert!(deaths >= 10, "{deaths}");
        assert_eq!(history(desk, number).await.len(), 1 + 2 * call);
        let server = desk.sandbox.discord().guild_id();
        assert_eq!(counts(desk, server).await, counted(desk, server).await);
    });
}

/// What one of many moderators does.
enum Deed {
    Note(String),
    Status(&'static str),
    AssignTo(String),
    Link(u64),
}

impl Deed {
    /// The `at`-th of many, of every sort.
    fn number(at: usize, moderators: &[Somebody<'_>], others: &[u64]) -> Self {
        const STATUSES: [&str; 6] = ["open", "waiting_for_person", "waiting_for_us", "resolved", "reopened", "closed"];
        match at % 5 {
            0 | 1 => Self::Note(format!("note {at} of many")),
            2 | 3 => Self::Status(STATUSES[at % STATUSES.len()]),
            _ if at.is_multiple_of(4) => Self::Link(others[at % others.len()]),
            _ => Self::AssignTo(moderators[(at / 5) % moderators.len()].person.to_string()),
        }
    }

    /// The subcommand of `/case`, and its options.
    fn command(&self, number: u64) -> (String, Value) {
        let (subcommand, mut options) = match self {
            Self::Note(text) => ("note", json!({"text": text})),
            Self::Status(to) => ("status", json!({"to": to})),
            Self::AssignTo(to) => ("assign", json!({"to": to})),
            Self::Link(to) => ("link", json!({"to": to.to_string()})),
        };
        options["number"] = json!(number.to_string());
        (format!("case {subcommand}"), options)
    }
}

/// What a history comes to when it is read from its beginning.
struct Followed {
    status: String,
    assignee: Option<String>,
    /// Who, from and to which status, and why; how often.
    lines: BTreeMap<String, usize>,
    status_lines: usize,
}

/// Reads a history: its versions have no gaps, and every line starts where the one before ended.
fn follow(lines: &[Value]) -> Followed {
    let mut found = Followed { status: "new".to_owned(), assignee: None, lines: BTreeMap::new(), status_lines: 0 };
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(line["version"]["N"], (at + 1).to_string(), "versions have no gaps");
        let (from, to) = (text(line, "from_status"), text(line, "to_status"));
        if !from.is_empty() {
            assert_eq!(from, found.status, "each starts where the one before ended");
            to.clone_into(&mut found.status);
            found.status_lines += 1;
        }
        for change in line["changes"]["L"].as_array().into_iter().flatten().map(|change| &change["M"]) {
            if text(change, "field") == "assignee" {
                assert_eq!(change["from"]["S"].as_str().map(str::to_owned), found.assignee);
                found.assignee = change["to"]["S"].as_str().map(str::to_owned);
            }
        }
        let what = format!("{} {from}>{to} {}", text(line, "author_name"), text(line, "reason"));
        *found.lines.entry(what).or_default() += 1;
    }
    found
}

/// What was told of each deed: those that were accepted, with who did them.
async fn accepted<'d>(
    desk: &Desk,
    number: u64,
    moderators: &[Somebody<'_>],
    deeds: &'d [Deed],
    outcomes: &[Outcome],
) -> Vec<(String, &'d Deed)> {
    let (mut accepted, mut unchanged, mut refused) = (Vec::new(), 0, 0);
    for (at, (deed, outcome)) in deeds.iter().zip(outcomes).enumerate() {
        desk.is_private(&outcome.token);
        let who = &moderators[at % moderators.len()];
        let said = who.answer_to(outcome).await.content;
        if said.starts_with(&format!("Case #{number}: ")) {
            accepted.push((who.name.clone(), deed));
        } else if said == format!("Case #{number} is so already; nothing was changed.") {
            assert!(!matches!(deed, Deed::Note(_)), "a note changes something");
            unchanged += 1;
        } else {
            assert!(matches!(deed, Deed::Status(_)) && said.contains("cannot become"), "{said}");
            refused += 1;
        }
    }
    eprintln!("{} accepted, {unchanged} changed nothing, {refused} refused", accepted.len());
    accepted
}

#[test]
fn two_hundred_at_once_leave_one_history() {
    const EDITS: usize = 200;
    let discord = DiscordOptions { answer_limit: Duration::from_mins(2), ..DiscordOptions::default() };
    let many = Options {
        discord: Platform::Simulated(discord),
        instances_per_function: 25,
        async_retry_delays: [Duration::from_millis(500), Duration::from_secs(2)],
        ..options()
    };
    play_with(many, async |desk| {
        let ada = desk.person("Ada Quill");
        let names: Vec<_> = (0..8).map(|at| format!("Moderator Number {at}")).collect();
        let moderators: Vec<_> = names.iter().map(|name| moderator(desk, name)).collect();
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let mut others = Vec::new();
        for _ in 0..3 {
            others.push(report(desk, &ada, ada.place, "bug").await.number);
        }
        let deeds: Vec<_> = (0..EDITS).map(|at| Deed::number(at, &moderators, &others)).collect();
        let started = std::time::Instant::now();
        let sim = desk.sandbox.discord();
        let sending = deeds.iter().enumerate().map(|(at, deed)| {
            let (who, (command, options)) = (&moderators[at % moderators.len()], deed.command(number));
            let (person, place, sim) = (who.person, who.place, sim.clone());
            tokio::spawn(async move { sim.command(person, place, &command, options).await })
        });
        let sent: Vec<_> = sending.collect();
        let mut outcomes = Vec::new();
        for one in sent {
            outcomes.push(one.await.unwrap());
        }
        desk.settles().await;
        eprintln!("{EDITS} edits of one case took {:?}", started.elapsed());

        let accepted = accepted(desk, number, &moderators, &deeds, &outcomes).await;
        let lines = history(desk, number).await;
        assert_eq!(lines.len(), accepted.len() + 1, "every accepted edit is one line, and no other");
        let found = follow(&lines);
        let status_deeds = accepted.iter().filter(|(_, deed)| matches!(deed, Deed::Status(_))).count();
        assert!(status_deeds > 5, "{status_deeds}");
        assert_eq!(found.status_lines, status_deeds);
        for (name, deed) in &accepted {
            match deed {
                Deed::Note(note) => {
                    assert_eq!(found.lines.get(&format!("{name} > {note}")), Some(&1), "{name}: {note}");
                }
                Deed::Status(to) => {
                    let is_theirs = |what: &&String| what.starts_with(name) && what.contains(&format!(">{to} "));
                    assert!(found.lines.keys().any(|what| is_theirs(&what)), "{name} {to}");
                }
                Deed::AssignTo(_) | Deed::Link(_) => {}
            }
        }

        let item = case_item(desk, number).await;
        assert_eq!(text(&item, "case_status"), found.status);
        assert_eq!(item["assignee_name"]["S"].as_str().map(str::to_owned), found.assignee);
        assert_eq!(item["version"]["N"], lines.len().to_string());
        let linked = item["links"]["NS"].as_array().into_iter().flatten();
        let mut linked: Vec<u64> = linked.map(|number| number.as_str().unwrap().parse().unwrap()).collect();
        linked.sort_unstable();
        assert_eq!(linked, others);
        let server = sim.guild_id();
        assert_eq!(counts(desk, server).await, counted(desk, server).await);
        let shown = match found.status.as_str() {
            "waiting_for_person" => "Waiting for the reporter".to_owned(),
            "waiting_for_us" => "Waiting for us".to_owned(),
            other => format!("{}{}", other[..1].to_uppercase(), &other[1..]),
        };
        let card = card(desk, server, "bug-report", number).all_text();
        assert!(card.contains(&format!("Status\n{shown}")), "{card}");
    });
}
