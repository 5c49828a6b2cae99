//! What the pages show, and what their forms do.

use domain::case::{Edit, Status};
use domain::ids::CaseNumber;

use crate::stage::{MEMBER, Stage};

async fn case(stage: &Stage) -> domain::case::Case {
    stage.store.case(CaseNumber(1)).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_people_wrote_is_shown_and_never_run() {
    let stage = Stage::new().await;
    stage.case("<script>alert(1)</script> & more").await;
    for path in ["/", "/cases/1", "/cases/1/part", &format!("/people/{MEMBER}")] {
        let page = stage.page(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(
            page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more") || path.ends_with("part"),
            "{path}"
        );
    }
    let search = stage.page("/?text=%22%3E%3Cscript%3E&assignee=%3Cb%3E&reporter=%3Cb%3E").await;
    assert!(search.status == 200 && !search.body.contains("\"><script>") && !search.body.contains("<b>"));
}

#[tokio::test]
async fn a_case_is_worked_on_from_its_page() {
    let stage = Stage::new().await;
    let filed = stage
        .send(
            "/cases/new",
            &[
                ("key", &"a".repeat(32)),
                ("kind", "bug"),
                ("severity", "high"),
                ("priority", "normal"),
                ("title", "The map stays empty"),
                ("text", "Nothing is drawn."),
                ("reporter", ""),
                ("reporter_name", ""),
            ],
        )
        .await;
    assert_eq!((filed.status, filed.header("location")), (303, "/console/cases/1"));
    assert_eq!(stage.send("/cases/1/assign", &[("assignee", "me")]).await.status, 303);
    assert_eq!(stage.send("/cases/1/note", &[("note", "looked at it")]).await.status, 303);
    assert_eq!(
        stage.send("/cases/1/status", &[("status", "resolved"), ("version", "3"), ("reason", "done")]).await.status,
        303
    );
    let now = case(&stage).await;
    assert_eq!((now.status, now.version, now.assignee.unwrap().name.as_str()), (Status::Resolved, 4, "Mo"));
    let page = stage.page("/cases/1").await.body;
    assert!(page.contains("looked at it") && page.contains("Mo (moderator): New → Resolved"), "{page}");
    assert!(page.contains("value=\"reopened\"") && !page.contains("value=\"open\""), "only arrows that exist");
    assert_eq!(stage.send("/cases/1/assign", &[("assignee", "")]).await.status, 303);
    assert!(case(&stage).await.assignee.is_none());
}

#[tokio::test]
async fn a_form_that_is_refused_comes_back_with_what_was_typed() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    let edit = [
        ("version", "1"),
        ("title", "Crash"),
        ("text", "My very own words"),
        ("kind", "feature"),
        ("severity", "low"),
        ("priority", "high"),
        ("reason", "because"),
    ];
    let short = stage.send("/cases/1/edit", &edit).await;
    assert_eq!(short.status, 422);
    for typed in ["value=\"Crash\"", "My very own words", "value=\"because\"", "role=\"alert\""] {
        assert!(short.body.contains(typed), "{typed}");
    }
    let long = "x".repeat(2001);
    let note = stage.send("/cases/1/note", &[("note", &long)]).await;
    assert!(note.status == 422 && note.body.contains(&long));
    let link = stage.send("/cases/1/link", &[("link", "#77")]).await;
    assert!(link.status == 422 && link.body.contains("value=\"#77\""));
    let arrow =
        stage.send("/cases/1/status", &[("version", "1"), ("status", "reopened"), ("reason", "my reason")]).await;
    assert!(arrow.status == 409 && arrow.body.contains("my reason"));
    let new = [
        ("key", "b".repeat(32)),
        ("kind", "bug".into()),
        ("severity", "low".into()),
        ("priority", "low".into()),
        ("title", "Crash".into()),
        ("text", "y".repeat(4001)),
    ];
    let new: Vec<_> = new.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = stage.send("/cases/new", &new).await;
    assert!(
        refused.status == 422 && refused.body.contains(&"y".repeat(4001)) && refused.body.contains("value=\"Crash\"")
    );
    assert_eq!(case(&stage).await.version, 1);
}

#[tokio::test]
async fn two_editors_lose_nothing() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    let theirs = vec![Edit::Text("Their words".to_owned())];
    stage.casework.change(&Stage::agent(), CaseNumber(1), theirs, "", None).await.unwrap();
    let mine = |version| {
        [
            ("version", version),
            ("title", "The map stays empty for ever"),
            ("text", "My words"),
            ("kind", "bug"),
            ("severity", "high"),
            ("priority", "normal"),
            ("reason", ""),
        ]
    };
    let conflict = stage.send("/cases/1/edit", &mine("1")).await;
    assert_eq!(conflict.status, 409);
    for text in ["Their words", "My words", "The map stays empty for ever", "name=\"version\" value=\"2\""] {
        assert!(conflict.body.contains(text), "{text}");
    }
    assert_eq!(case(&stage).await.text, "Their words");
    assert_eq!(stage.send("/cases/1/edit", &mine("2")).await.status, 303);
    assert_eq!(case(&stage).await.text, "My words");
    let late =
        stage.send("/cases/1/status", &[("version", "2"), ("status", "resolved"), ("reason", "my reason")]).await;
    assert!(late.status == 409 && late.body.contains("my reason"));
    assert_eq!(
        stage.send("/cases/1/status", &[("status", "resolved")]).await.status,
        409,
        "without a version it is none"
    );
}

#[tokio::test]
async fn a_list_or_case_that_was_seen_is_not_sent_again() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    for path in ["/", "/cases/1"] {
        let page = stage.page(path).await.body;
        let again = page.split("hx-get=\"").find(|part| part.contains("seen=")).unwrap().split('"').next().unwrap();
        let again = again.replace("&amp;", "&");
        let again = again.strip_prefix("/console").unwrap().to_owned();
        assert_eq!(stage.page(&again).await.status, 204, "{again}");
        let note = stage
            .send(
                "/cases/1/status",
                &[
                    ("version", &case(&stage).await.version.to_string()),
                    ("status", if path == "/" { "open" } else { "resolved" }),
                ],
            )
            .await;
        assert_eq!(note.status, 303);
        let fresh = stage.page(&again).await;
        assert_eq!(fresh.status, 200);
        assert!(fresh.body.contains("hx-swap-oob") && fresh.body.contains("hx-trigger=\"every 5s\""));
        assert!(!fresh.body.contains("<html"));
    }
    let gone = stage.ask("GET", "/parts/queue", &[("hx-request", "true")], "").await;
    assert_eq!((gone.status, gone.header("hx-refresh")), (401, "true"));
}

#[tokio::test]
async fn a_list_is_turned_forth_and_back() {
    let stage = Stage::new().await;
    for number in 1..=120 {
        stage.case(&format!("Report number {number}")).await;
    }
    let place = |page: &str, id: &str| {
        let link = page.split("<a ").find(|link| link.contains(id))?;
        let place = link.split("href=\"").nth(1)?.split('"').next()?;
        Some(place.replace("&amp;", "&").strip_prefix("/console")?.to_owned())
    };
    let holds = |page: &str, number: u64| page.contains(&format!("id=\"case-{number}\""));
    let first = stage.page("/").await.body;
    assert!(holds(&first, 120) && holds(&first, 71) && !holds(&first, 70) && first.contains("New (120)"));
    assert_eq!(place(&first, "page-previous"), None);
    let second = stage.page(&place(&first, "page-next").unwrap()).await.body;
    assert!(holds(&second, 70) && holds(&second, 21));
    let third = stage.page(&place(&second, "page-next").unwrap()).await.body;
    assert!(holds(&third, 20) && holds(&third, 1) && place(&third, "page-next").is_none());
    let back = stage.page(&place(&third, "page-previous").unwrap()).await.body;
    assert!(holds(&back, 70) && holds(&back, 21));
    let start = stage.page(&place(&back, "page-previous").unwrap()).await.body;
    assert!(holds(&start, 120) && place(&start, "page-previous").is_none());
}

#[tokio::test]
async fn a_key_is_made_shown_once_and_revoked() {
    let stage = Stage::new().await;
    let made = stage.send("/keys", &[("name", "the <b>nightly</b> export")]).await;
    assert_eq!(made.status, 201);
    let key = made.body.split("<code class=\"key\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(stage.api(&key, "GET", "/api/counts", &[], "").await.status, 200);
    let list = stage.page("/keys").await.body;
    let (id, secret) = key.strip_prefix("dsk_").unwrap().split_once('_').unwrap();
    assert!(list.contains(id) && !list.contains(secret) && !list.contains("<b>nightly"));
    assert_eq!(stage.send("/keys/revoke", &[("id", id)]).await.status, 303);
    assert_eq!(stage.api(&key, "GET", "/api/counts", &[], "").await.status, 401);
    assert_eq!(stage.send("/keys/revoke", &[("id", "0")]).await.status, 404);
    assert_eq!(stage.send("/keys", &[("name", " ")]).await.status, 422);
}

#[tokio::test]
async fn a_persons_data_is_deleted_only_when_it_is_meant() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    let path = format!("/people/{MEMBER}/delete");
    assert_eq!(stage.send(&path, &[("confirm", "5")]).await.status, 422);
    assert_eq!(case(&stage).await.reporter_name, "Ada");
    let done = stage.send(&path, &[("confirm", &MEMBER.to_string())]).await;
    assert_eq!(done.status, 200);
    assert_eq!(case(&stage).await.reporter_name, "(deleted)");
}

#[tokio::test]
async fn a_place_that_is_none_is_a_page_that_says_so() {
    let stage = Stage::new().await;
    for path in ["/nowhere", "/cases/x", "/cases/0", "/cases/99", "/people/x", "/cases/%FF"] {
        let answer = stage.page(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "text/html; charset=utf-8"), "{path}");
    }
    assert_eq!(stage.send("/", &[]).await.status, 405);
    assert_eq!(stage.send("/cases/99/note", &[("note", "x")]).await.status, 404);
}
