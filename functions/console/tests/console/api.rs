//! What the API does, and what it refuses.

use domain::case::{Author, Case, Edit, Severity, Status};
use domain::ids::GuildId;
use serde_json::json;

use crate::stage::Stage;

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
    let csv = stage.api(&key, "GET", "/api/cases/export.csv?kind=bug", &[], "").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<_> = csv.body.split("\r\n").collect();
    assert!(lines[0].starts_with("number,kind,status"));
    assert!(lines[1].contains("\"Plain, with a comma\""));
    assert!(lines[2].contains("\"'=HYPERLINK(\"\"https://evil.example\"\")\""), "{}", lines[2]);
    let json = stage.api(&key, "GET", "/api/cases/export.json", &[], "").await.json();
    assert_eq!((json["cases"].as_array().unwrap().len(), json["next"].is_null()), (2, true));
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
