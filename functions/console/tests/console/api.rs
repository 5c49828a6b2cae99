//! What the API does, and what it refuses.

use std::time::Duration;

use domain::case::{Author, Case, CaseFile, Change, Edit, Severity, Status};
use domain::ids::{AttachmentId, ChannelId, DiscordMessageId, GuildId};
use futures::StreamExt as _;
use serde_json::json;

use crate::stage::{ATTACHMENT, EXPORTS, FILES_CHANNEL, FILES_MESSAGE, Stage, TABLE};

#[tokio::test]
async fn a_case_is_filed_read_changed_and_noted() {
    let stage = Stage::new().await;
    let key = stage.key().await;
    let body =
        json!({"kind": "bug", "title": "The map stays  empty", "text": "Nothing is drawn.\u{0}", "severity": "high"});
    let headers = [("idempotency-key", "one")];
    let filed = stage.api(&key, "POST", "/api/cases", &headers, &body.to_string()).await;
    assert_eq!((filed.status, filed.header("etag")), (201, "\"1\""));
    assert_eq!(filed.header("location"), "/console/api/cases/1");
    let again = stage.api(&key, "POST", "/api/cases", &headers, &body.to_string()).await;
    assert_eq!((again.status, again.json()["number"].as_u64()), (201, Some(1)), "the same key files once");

    let read = stage.api(&key, "GET", "/api/cases/1", &[], "").await.json();
    assert_eq!(
        (read["title"].as_str(), read["text"].as_str()),
        (Some("The map stays empty"), Some("Nothing is drawn."))
    );
    assert_eq!(read["next_statuses"], json!(["open", "waiting_for_person", "waiting_for_us", "resolved", "closed"]));

    let patch = async |version: &str, body: &str| {
        let headers = [("if-match", version)];
        stage.api(&key, "PATCH", "/api/cases/1", &headers, body).await
    };
    let changed = patch("\"1\"", r#"{"status":"open","priority":"urgent","reason":"seen"}"#).await;
    assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""));
    assert_eq!(changed.json()["priority"], "urgent");
    let late = patch("\"1\"", r#"{"severity":"low"}"#).await;
    assert_eq!((late.status, late.header("etag"), late.json()["version"].as_u64()), (412, "\"2\"", Some(2)));
    assert_eq!(patch("*", r#"{"status":"reopened"}"#).await.status, 409);
    assert_eq!(patch("\"2\"", r#"{"title":"Crash"}"#).await.status, 422);
    assert_eq!(patch("\"2\"", r#"{"assignee":"discord:5"}"#).await.status, 422);
    assert_eq!(patch("\"2\"", r#"{"assignee":"me"}"#).await.status, 422, "a machine does not work on cases");
    assert_eq!(patch("\"2\"", r#"{"link":1}"#).await.status, 422);
    assert_eq!(patch("\"2\"", r#"{"link":77}"#).await.status, 422);
    assert_eq!(patch("2", "{}").await.status, 400);
    assert_eq!(patch("\"2\"", "{}").await.header("etag"), "\"2\"", "nothing to change is fine");
    let without = stage.api(&key, "PATCH", "/api/cases/1", &[], "{}").await;
    assert_eq!(without.status, 428);

    let noted = stage.api(&key, "POST", "/api/cases/1/notes", &[], r#"{"text":"line\r\nline"}"#).await;
    assert_eq!((noted.status, noted.header("etag")), (201, "\"3\""));
    assert_eq!(stage.api(&key, "POST", "/api/cases/1/notes", &[], r#"{"text":" "}"#).await.status, 422);
    let history = stage.api(&key, "GET", "/api/cases/1/history", &[], "").await.json();
    let events = history["events"].as_array().unwrap();
    assert_eq!(events.len(), 3);
    assert_eq!((events[1]["from"].as_str(), events[1]["to"].as_str()), (Some("new"), Some("open")));
    assert_eq!(events[1]["author"], json!({"kind": "machine", "id": null, "name": "a machine"}));
    assert_eq!(events[2]["reason"], "line\nline");

    let markdown = stage.api(&key, "GET", "/api/cases/1.md", &[], "").await;
    assert!(markdown.body.starts_with("# \\#1 The map stays empty"), "{}", markdown.body);
    assert_eq!(markdown.header("content-disposition"), "attachment; filename=\"case-1.md\"");
}

#[tokio::test]
async fn a_rating_is_shown_and_only_its_reporter_can_give_it() {
    let stage = Stage::new().await;
    let case = stage.case("The map stays empty").await;
    let edits = vec![Edit::Rating(4), Edit::RatingComment("Quick *and* kind".to_owned())];
    let change = Change::edits(edits, Author::Desk, "");
    stage.casework.change_found(case, change, None, None).await.unwrap();
    let key = stage.key().await;
    let path = "/api/cases/1";
    let document = stage.api(&key, "GET", path, &[], "").await.json();
    assert_eq!((&document["rating"], &document["rating_comment"]), (&4.into(), &"Quick *and* kind".into()));
    let page = stage.page("/cases/1").await.body;
    assert!(page.contains("4 / 5") && page.contains("Quick *and* kind"), "{page}");
    let markdown = stage.api(&key, "GET", "/api/cases/1.md", &[], "").await.body;
    assert!(markdown.contains("- Rating: 4 of 5\n- Comment on the rating: Quick \\*and\\* kind\n"), "{markdown}");
    for body in [r#"{"rating":5}"#, r#"{"rating_comment":"x"}"#] {
        let refused = stage.api(&key, "PATCH", path, &[("if-match", "*")], body).await;
        assert!((400..500).contains(&refused.status), "{body}: {}", refused.status);
    }
    assert_eq!(stage.api(&key, "GET", path, &[], "").await.json(), document);
}

#[tokio::test]
async fn a_case_of_another_server_is_no_case() {
    let stage = Stage::new().await;
    let own = stage.case("The map stays empty").await;
    let other = Case { number: domain::ids::CaseNumber(2), server: GuildId::new(2), ..own.clone() };
    let event = other.opened(Author::Desk, "");
    stage.store.file_case("other", &other, &event).await.unwrap();
    let key = stage.key().await;
    for (method, rest, body) in [
        ("GET", "", ""),
        ("PATCH", "", r#"{"severity":"high"}"#),
        ("GET", "/history", ""),
        ("POST", "/notes", r#"{"text":"x"}"#),
        ("GET", "/transcript", ""),
        ("GET", "/files", ""),
        ("GET", "/files/1", ""),
        ("GET", "/related", ""),
        ("GET", ".md", ""),
    ] {
        let headers = [("if-match", "*")];
        let others = stage.api(&key, method, &format!("/api/cases/2{rest}"), &headers, body).await;
        let unknown = stage.api(&key, method, &format!("/api/cases/3{rest}"), &headers, body).await;
        assert_eq!((others.status, &others.body), (404, &unknown.body), "{method} {rest}");
    }
    let linked = stage.api(&key, "PATCH", "/api/cases/1", &[("if-match", "*")], r#"{"link":2}"#).await;
    assert_eq!(linked.status, 422);
    assert_eq!(stage.api(&key, "GET", "/api/cases", &[], "").await.json()["cases"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_is_turned_page_by_page_until_its_end() {
    let stage = Stage::new().await;
    for number in 1..=7 {
        stage.case(&format!("Report number {number}")).await;
    }
    let edits = vec![Edit::Status(Status::Open), Edit::Severity(Severity::Critical)];
    stage.casework.change(&Stage::moderator(), domain::ids::CaseNumber(4), edits, "", None).await.unwrap();
    let key = stage.key().await;
    let mut path = "/api/cases?limit=3".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = stage.api(&key, "GET", &path, &[], "").await;
        assert_eq!(page.status, 200);
        let body = page.json();
        seen.extend(body["cases"].as_array().unwrap().iter().map(|case| case["number"].as_u64().unwrap()));
        let link = page.header("link");
        assert_eq!(link.is_empty(), body["next"].is_null());
        let Some(next) = link.strip_prefix("</console").and_then(|rest| rest.split('>').next()) else { break };
        path = next.to_owned();
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    let numbers = async |query: &str| {
        let page = stage.api(&key, "GET", &format!("/api/cases?{query}"), &[], "").await.json();
        page["cases"].as_array().unwrap().iter().map(|case| case["number"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("status=open").await, [4]);
    assert_eq!(numbers("severity=critical&kind=bug").await, [4]);
    assert_eq!(numbers("status=resolved").await, Vec::<u64>::new());
    assert_eq!(numbers("assignee=none&limit=2").await, [7, 6]);
    let counts = stage.api(&key, "GET", "/api/counts", &[], "").await.json();
    assert_eq!((counts["total"].as_u64(), counts["statuses"][1]["count"].as_u64()), (Some(7), Some(1)));
    assert_eq!(stage.api(&key, "GET", "/api/counts?kind=feature", &[], "").await.json()["total"], 0);
}

#[tokio::test]
async fn an_export_is_safe_to_open_in_a_spreadsheet() {
    let stage = Stage::new().await;
    stage.case("=HYPERLINK(\"https://evil.example\")").await;
    stage.case("Plain, with a comma").await;
    let key = stage.key().await;
    let csv = stage.export(&key, "/api/cases/export.csv?kind=bug").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<_> = csv.body.split("\r\n").collect();
    assert!(lines[0].starts_with("number,kind,status"));
    assert!(lines[1].contains("\"Plain, with a comma\""));
    assert!(lines[2].contains("\"'=HYPERLINK(\"\"https://evil.example\"\")\""), "{}", lines[2]);
    let json = stage.export(&key, "/api/cases/export.json").await.json();
    assert_eq!((json["cases"].as_array().unwrap().len(), json["next"].is_null()), (2, true));
}

#[tokio::test]
async fn an_export_is_written_page_after_page_to_the_end_of_the_list() {
    let stage = Stage::new().await;
    for number in 1..=205 {
        stage.case(&format!("Report number {number}")).await;
    }
    let key = stage.key().await;
    let csv = stage.export(&key, "/api/cases/export.csv").await;
    let numbers: Vec<u64> =
        csv.body.split("\r\n").skip(1).filter_map(|line| line.split(',').next()?.parse().ok()).collect();
    assert_eq!(numbers, (1..=205).rev().collect::<Vec<_>>());
    let json = stage.export(&key, "/api/cases/export.json").await.json();
    let found = json["cases"].as_array().unwrap().iter().map(|case| case["number"].as_u64().unwrap());
    assert_eq!((found.collect::<Vec<_>>(), json["next"].is_null()), (numbers, true));
    let after = stage.api(&key, "GET", "/api/cases?limit=100", &[], "").await.json();
    let path = format!("/api/cases/export.json?cursor={}", after["next"].as_str().unwrap());
    let rest = stage.export(&key, &path).await.json();
    assert_eq!(rest["cases"].as_array().unwrap().len(), 105);
    let nothing = stage.export(&key, "/api/cases/export.json?kind=feature").await;
    assert_eq!(nothing.body, "{\"cases\":[],\"next\":null}");
}

#[tokio::test]
async fn an_export_that_cannot_go_on_breaks_off() {
    let stage = Stage::new().await;
    for number in 1..=150 {
        stage.case(&format!("Report number {number}")).await;
    }
    let key = stage.key().await;
    let late = stage.export_address(&key, "/api/cases/export.csv").await;
    for kind in ["csv", "json"] {
        let url = stage.export_address(&key, &format!("/api/cases/export.{kind}")).await;
        let answer = stage.begin("GET", &url, &[], "").await;
        assert_eq!(answer.status(), 200);
        let mut pieces = answer.into_body().into_data_stream();
        let first = pieces.next().await.unwrap().unwrap();
        assert!(first.len() > 1000, "a page is there, and no more was read");
        if kind == "json" {
            stage.dynamodb.delete_table().table_name(TABLE).send().await.unwrap();
            assert!(pieces.next().await.unwrap().is_err());
        } else {
            let rest = pieces.next().await.unwrap().unwrap();
            assert!(std::str::from_utf8(&rest).unwrap().starts_with("50,") && pieces.next().await.is_none());
        }
    }
    // Before anything is sent, it is an answer like any other.
    let answer = stage.ask_at("GET", &late, &[], "").await;
    assert_eq!((answer.status, answer.header("content-type")), (500, "application/problem+json"));
}

#[tokio::test]
async fn an_export_is_fetched_with_its_own_ticket_and_nothing_else() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    let key = stage.key().await;
    let csv = stage.export_address(&key, "/api/cases/export.csv?kind=bug").await;
    assert_eq!(stage.ask_at("GET", &csv, &[], "").await.status, 200);
    let ticket = csv.split_once("ticket=").unwrap().1;
    let (cookie, _) = stage.session(&Stage::moderator());
    let bearer = format!("Bearer {key}");
    let everything = [("cookie", cookie.as_str()), ("authorization", bearer.as_str())];
    let check = async |method: &str, address: &str, status: u16| {
        let answer = stage.ask_at(method, &format!("{EXPORTS}{address}"), &everything, "").await;
        let is_problem = answer.header("content-type") == "application/problem+json";
        assert_eq!((answer.status, is_problem), (status, true), "{method} {address}");
    };
    check("GET", "/cases.csv", 401).await;
    check("GET", "/cases.csv?ticket=", 401).await;
    check("GET", "/cases.csv?ticket=e30.AAAA", 401).await;
    check("GET", &format!("/cases.json?ticket={ticket}"), 401).await;
    check("GET", &format!("/cases.csv?ticket={ticket}&kind=feature"), 400).await;
    check("GET", &format!("/cases.csv?ticket={ticket}&ticket={ticket}"), 400).await;
    check("POST", &format!("/cases.csv?ticket={ticket}"), 405).await;
    check("GET", &format!("/?ticket={ticket}"), 404).await;
    // What is wrong with the search is said before.
    assert_eq!(stage.api(&key, "GET", "/api/cases/export.csv?kind=nonsense", &[], "").await.status, 400);
    assert_eq!(stage.api(&key, "GET", "/api/cases/export.json?cursor=nonsense", &[], "").await.status, 400);
    assert_eq!(stage.api(&key, "GET", "/api/cases/export.json?limit=5", &[], "").await.status, 400);
    let moderator = stage.ask("GET", "/api/cases/export.csv?assignee=me", &[("cookie", &cookie)], "").await;
    let mine = stage.ask_at("GET", moderator.header("location"), &[], "").await;
    assert_eq!((mine.status, mine.body.lines().count()), (200, 1), "the head of the table");
}

#[tokio::test]
async fn a_file_is_where_discord_says_at_the_moment() {
    let stage = Stage::new().await;
    let case = stage.case("The map stays empty").await;
    let file = |name: &str, attachment: u64| CaseFile {
        channel: ChannelId::new(FILES_CHANNEL).unwrap(),
        message: DiscordMessageId::new(FILES_MESSAGE).unwrap(),
        attachment: AttachmentId::new(attachment).unwrap(),
        name: name.to_owned(),
        content_type: "image/png".to_owned(),
        size: 5,
    };
    let kept = [file("one.png", ATTACHMENT), file("two.png", ATTACHMENT + 1), file("taken off.png", ATTACHMENT + 9)];
    stage.store.record_board(case.number, None, &kept).await.unwrap();
    stage.far.lock().unwrap().files_read = Some(0);
    let key = stage.key().await;
    let address = |attachment: u64, read: u32| {
        format!("https://cdn.discordapp.com/attachments/{FILES_CHANNEL}/{attachment}/shot.png?ex={read}&hm=ab&")
    };
    let list = stage.api(&key, "GET", "/api/cases/1/files", &[], "").await.json();
    assert_eq!(
        list["files"],
        json!([
            {"n": 1, "name": "one.png", "content_type": "image/png", "size": 5, "url": address(ATTACHMENT, 1)},
            {"n": 2, "name": "two.png", "content_type": "image/png", "size": 5, "url": address(ATTACHMENT + 1, 1)},
            {"n": 3, "name": "taken off.png", "content_type": "image/png", "size": 5, "url": null},
        ])
    );
    let go = async |n: u32| {
        let answer = stage.api(&key, "GET", &format!("/api/cases/1/files/{n}"), &[], "").await;
        (answer.status, answer.header("location").to_owned())
    };
    // What was handed out before may have expired; each one who asks gets a new one.
    assert_eq!(go(2).await, (302, address(ATTACHMENT + 1, 2)));
    assert_eq!(go(1).await, (302, address(ATTACHMENT, 3)));
    let (cookie, _) = stage.session(&Stage::moderator());
    let page = stage.ask("GET", "/cases/1/files/1", &[("cookie", &cookie)], "").await;
    assert_eq!((page.status, page.header("location")), (302, address(ATTACHMENT, 4).as_str()));
    assert_eq!((go(3).await.0, go(4).await.0), (404, 404));
    stage.far.lock().unwrap().files_read = None;
    assert_eq!(go(1).await.0, 404, "the message was deleted");
    let list = stage.api(&key, "GET", "/api/cases/1/files", &[], "").await.json();
    assert!(list["files"].as_array().unwrap().iter().all(|file| file["url"].is_null()), "{list}");
}

#[tokio::test]
async fn whatever_cannot_be_read_is_a_problem_and_never_our_failure() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    let key = stage.key().await;
    let check = async |method: &str, path: &str, headers: &[(&str, &str)], body: &str, status: u16| {
        let answer = stage.api(&key, method, path, headers, body).await;
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
        assert_eq!(answer.json()["status"].as_u64(), Some(u64::from(status)));
    };
    for number in ["0", "x", "-1", "1.5", "9007199254740992", "99999999999999999999999", "%00", "%FF", "1%2F2", "x.md"]
    {
        check("GET", &format!("/api/cases/{number}"), &[], "", 400).await;
    }
    check("GET", "/api/cases/5", &[], "", 404).await;
    check("GET", "/api/cases/9007199254740991", &[], "", 404).await;
    for query in [
        "limit=0",
        "limit=x",
        "cursor=x",
        "kind=x",
        "status=x",
        "sort=asc",
        "kind=bug&kind=bug",
        "reporter=x",
        "assignee=",
    ] {
        check("GET", &format!("/api/cases?{query}"), &[], "", 400).await;
    }
    check("GET", "/api/counts?status=new", &[], "", 400).await;
    check("GET", "/api/cases/1?x=1", &[], "", 400).await;
    for body in ["", "{", "[]", "null", "\u{0}", r#"{"text":5}"#, r#"{"text":"a","more":1}"#, r#"{"text":"a"} {}"#] {
        check("POST", "/api/cases/1/notes", &[], body, 400).await;
    }
    let long = json!({ "text": "x".repeat(2001) }).to_string();
    check("POST", "/api/cases/1/notes", &[], &long, 422).await;
    let huge = json!({ "text": "x".repeat(70_000) }).to_string();
    check("POST", "/api/cases/1/notes", &[], &huge, 413).await;
    let nested = "[".repeat(10_000);
    check("POST", "/api/cases/1/notes", &[], &nested, 400).await;
    let bearer = format!("Bearer {key}");
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/json-patch+json", ""] {
        let headers = [("authorization", bearer.as_str()), ("content-type", content_type)];
        let answer = stage.ask("POST", "/api/cases/1/notes", &headers, r#"{"text":"a"}"#).await;
        assert_eq!((answer.status, answer.header("content-type")), (415, "application/problem+json"), "{content_type}");
    }
    for (method, path, allow) in [
        ("PUT", "/api/cases/1", "GET,HEAD,PATCH"),
        ("PATCH", "/api/cases/1.md", "GET,HEAD"),
        ("OPTIONS", "/api/cases/1.md", "GET,HEAD"),
        ("DELETE", "/api/cases", "GET,HEAD,POST"),
        ("OPTIONS", "/api/cases", "GET,HEAD,POST"),
        ("TRACE", "/api/counts", "GET,HEAD"),
        ("QUERY", "/api/counts", "GET,HEAD"),
    ] {
        check(method, path, &[], "", 405).await;
        assert_eq!(stage.api(&key, method, path, &[], "").await.header("allow"), allow, "{method} {path}");
    }
    for path in ["/api", "/api/", "/api/cases/", "/api/nothing", "/api/cases/1/nothing"] {
        check("GET", path, &[], "", 404).await;
    }
    check("GET", "/api/people/x/export", &[], "", 400).await;
    check("GET", "/api/people/5/export", &[], "", 404).await;
    check("GET", "/api/cases/1/files/0", &[], "", 400).await;
    check("GET", "/api/cases/1/files/1", &[], "", 404).await;
    let head = stage.api(&key, "HEAD", "/api/cases/1", &[], "").await;
    assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", "\"1\""));
}

#[tokio::test]
async fn a_persons_data_is_handed_out_and_deleted() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    let key = stage.key().await;
    let id = crate::stage::MEMBER;
    let export = stage.api(&key, "GET", &format!("/api/people/{id}/export"), &[], "").await;
    assert_eq!(export.json()["discord_user_id"], id.to_string());
    let deleted = stage.api(&key, "DELETE", &format!("/api/people/{id}"), &[], "").await;
    assert_eq!((deleted.status, deleted.json()["cases"].as_u64()), (200, Some(1)));
    let case = stage.api(&key, "GET", "/api/cases/1", &[], "").await.json();
    assert_eq!((case["reporter"].is_null(), case["reporter_name"].as_str()), (true, Some("(deleted)")));
    assert_eq!(stage.api(&key, "GET", "/api/cases/1/related", &[], "").await.json()["cases"], json!([]));
}

#[tokio::test]
async fn the_data_of_somebody_with_many_cases_is_deleted_in_several_goes() {
    let stage = Stage::with(|deps| deps.privacy.time = Duration::ZERO).await;
    let moderator = Stage::moderator();
    for number in 1..=20 {
        let case = stage.case(&format!("Report number {number}")).await;
        let edits = vec![Edit::Status(Status::Open), Edit::Assignee(moderator.assignee())];
        stage.casework.change(&moderator, case.number, edits, "", None).await.unwrap();
    }
    let key = stage.key().await;
    let id = crate::stage::MODERATOR.to_string();
    let delete = async || {
        let answer = stage.api(&key, "DELETE", &format!("/api/people/{id}"), &[], "").await;
        let body = answer.json();
        (answer.status, body["cases"].as_u64().unwrap(), body["more"].as_bool().unwrap())
    };
    let page = stage.send(&format!("/people/{id}/delete"), &[("confirm", &id)]).await;
    assert_eq!(page.status, 202);
    assert!(page.body.contains("the name in 8 cases, 0 votes. There is more than fits into one go: delete again."));
    assert_eq!(delete().await, (202, 8, true));
    assert_eq!(delete().await, (200, 4, false));
    assert_eq!(delete().await, (200, 0, false));
    for number in 1..=20 {
        let number = domain::ids::CaseNumber(number);
        let case = stage.store.case(number).await.unwrap().unwrap();
        let events = stage.store.case_events(number).await.unwrap();
        assert!(case.assignee.is_none() && case.status == Status::Open);
        let erased = events.iter().filter(|event| event.author == domain::case::Author::Erased).count();
        assert_eq!((events.len(), erased), (3, 2));
        assert_eq!(events[1].changes[0].to.as_deref(), Some(store::ERASED_NAME));
    }
    assert!(stage.store.assignees(GuildId::new(crate::stage::SERVER)).await.unwrap().is_empty());
    assert!(stage.store.person_data(moderator.person().unwrap()).await.unwrap().is_empty());
}
