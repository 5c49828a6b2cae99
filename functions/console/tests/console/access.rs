//! Who gets in.

use domain::ids::GuildId;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::stage::{Answer, MEMBER, Stage};

/// Each operation of the API and each page, as somebody would ask for it.
const PLACES: &[(&str, &str, &str)] = &[
    ("GET", "/api/cases", ""),
    ("POST", "/api/cases", r#"{"kind":"bug","title":"Filed by a test","text":"x"}"#),
    ("GET", "/api/cases/export.csv", ""),
    ("GET", "/api/cases/export.json", ""),
    ("GET", "/api/cases/1", ""),
    ("GET", "/api/cases/1.md", ""),
    ("PATCH", "/api/cases/1", r#"{"severity":"high"}"#),
    ("GET", "/api/cases/1/history", ""),
    ("POST", "/api/cases/1/notes", r#"{"text":"a note"}"#),
    ("GET", "/api/cases/1/transcript", ""),
    ("GET", "/api/cases/1/files", ""),
    ("GET", "/api/cases/1/files/1", ""),
    ("GET", "/api/cases/1/related", ""),
    ("GET", "/api/counts", ""),
    ("GET", "/api/assignees", ""),
    ("GET", "/api/people/7/export", ""),
    ("DELETE", "/api/people/7", ""),
];

const PAGES: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/parts/queue"),
    ("GET", "/cases/new"),
    ("POST", "/cases/new"),
    ("GET", "/cases/1"),
    ("GET", "/cases/1/part"),
    ("GET", "/cases/1/transcript"),
    ("GET", "/cases/1/files/1"),
    ("POST", "/cases/1/edit"),
    ("POST", "/cases/1/status"),
    ("POST", "/cases/1/note"),
    ("POST", "/cases/1/assign"),
    ("POST", "/cases/1/link"),
    ("GET", "/keys"),
    ("POST", "/keys"),
    ("POST", "/keys/revoke"),
    ("GET", "/people/7"),
    ("POST", "/people/7/delete"),
    ("POST", "/sign-out"),
];

#[tokio::test]
async fn nobody_without_the_right_gets_anything_of_the_api_and_all_of_them_hear_the_same() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    let revoked = stage.key().await;
    let id = revoked.split('_').nth(1).unwrap();
    assert!(stage.store.revoke_api_key(id, Timestamp::now()).await.unwrap());
    let made_up = format!("dsk_{id}_{}", "0".repeat(64));
    let (expired, _) = stage.session_from(&Stage::moderator(), Timestamp::now() - SignedDuration::from_hours(9));
    let (elsewhere, _) = stage.session(&Stage::moderator_of(2));
    let callers: Vec<(&str, Vec<(&str, String)>)> = vec![
        ("stranger", vec![]),
        ("revoked key", vec![("authorization", format!("Bearer {revoked}"))]),
        ("made-up key", vec![("authorization", format!("Bearer {made_up}"))]),
        ("unknown key", vec![("authorization", format!("Bearer dsk_{}_{}", "0".repeat(16), "0".repeat(64)))]),
        ("no key", vec![("authorization", "Basic eDp5".to_owned())]),
        ("expired session", vec![("cookie", expired)]),
        ("moderator of another server", vec![("cookie", elsewhere)]),
        ("made-up session", vec![("cookie", "desk_session=e30.AAAA".to_owned())]),
    ];
    let mut bodies = std::collections::BTreeSet::new();
    for (who, headers) in &callers {
        let mut headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.extend([("content-type", "application/json"), ("if-match", "\"1\"")]);
        for (method, path, body) in PLACES {
            let answer = stage.ask(method, path, &headers, body).await;
            assert_eq!(answer.status, 401, "{who}: {method} {path}");
            bodies.insert(answer.body);
        }
        for (method, path) in PAGES {
            let answer = stage.ask(method, path, &headers, "").await;
            assert_eq!(answer.status, 401, "{who}: {method} {path}");
            assert!(!answer.body.contains("The map stays empty"));
        }
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let case = stage.store.case(domain::ids::CaseNumber(1)).await.unwrap().unwrap();
    assert_eq!(case.version, 1);
}

/// Whether an answer is that of somebody who may be here. A list as a file is elsewhere.
fn is_let_in(path: &str, status: u16) -> bool {
    if path.contains("/export.") { status == 303 } else { status < 300 || status == 404 }
}

#[tokio::test]
async fn moderators_agents_and_machines_get_in() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    for actor in [Stage::moderator(), Stage::agent()] {
        let (cookie, token) = stage.session(&actor);
        let headers = [
            ("cookie", cookie.as_str()),
            ("x-csrf-token", &token),
            ("content-type", "application/json"),
            ("if-match", "*"),
        ];
        for (method, path, body) in PLACES {
            let answer = stage.ask(method, path, &headers, body).await;
            assert!(is_let_in(path, answer.status), "{actor:?}: {method} {path}: {}", answer.body);
        }
        for (method, path) in PAGES.iter().filter(|(method, _)| *method == "GET") {
            let answer = stage.ask(method, path, &headers, "").await;
            assert!(answer.status < 300 || answer.status == 404, "{actor:?}: {path}: {}", answer.status);
        }
    }
    let key = stage.key().await;
    for (method, path, body) in PLACES {
        let answer = stage.api(&key, method, path, &[("if-match", "*")], body).await;
        assert!(is_let_in(path, answer.status), "{method} {path}: {}", answer.body);
    }
    // Pages are for people.
    let bearer = format!("Bearer {key}");
    assert_eq!(stage.ask("GET", "/keys", &[("authorization", &bearer)], "").await.status, 401);
}

#[tokio::test]
async fn a_session_changes_nothing_without_its_token_or_from_elsewhere() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    let (cookie, token) = stage.session(&Stage::moderator());
    let (_, other_token) = stage.session(&Stage::moderator());
    let note = async |token: &str, origin: &str, from: &str| {
        let mut headers = vec![("cookie", cookie.as_str()), ("content-type", "application/json")];
        for (name, value) in [("x-csrf-token", token), ("origin", origin), ("sec-fetch-site", from)] {
            headers.extend((!value.is_empty()).then_some((name, value)));
        }
        stage.ask("POST", "/api/cases/1/notes", &headers, r#"{"text":"a note"}"#).await.status
    };
    let form = async |token: &str, origin: &str| {
        let headers =
            [("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded"), ("origin", origin)];
        stage.ask("POST", "/cases/1/note", &headers, &format!("csrf={token}&note=a+note")).await.status
    };
    let ours = "https://desk.example";
    for (token, origin, from) in [
        ("", "", ""),
        (other_token.as_str(), "", ""),
        (token.as_str(), "https://evil.example", "cross-site"),
        (token.as_str(), "null", ""),
        (token.as_str(), ours, "same-site"),
    ] {
        assert_eq!(note(token, origin, from).await, 403, "{origin} {from}");
    }
    for (token, origin) in [("", ours), (other_token.as_str(), ours), (token.as_str(), "https://evil.example")] {
        assert_eq!(form(token, origin).await, 403, "{origin}");
    }
    assert_eq!(stage.store.case(domain::ids::CaseNumber(1)).await.unwrap().unwrap().version, 1);
    assert_eq!(note(&token, ours, "same-origin").await, 201);
    assert_eq!(note(&token, "", "").await, 201);
    assert_eq!(form(&token, ours).await, 303);
    assert_eq!(stage.store.case(domain::ids::CaseNumber(1)).await.unwrap().unwrap().version, 4);
}

#[tokio::test]
async fn a_moderator_is_checked_again_and_let_go() {
    let stage = Stage::new().await;
    let old =
        |minutes| stage.session_from(&Stage::moderator(), Timestamp::now() - SignedDuration::from_mins(minutes)).0;
    let ask = async |cookie: &str| stage.ask("GET", "/", &[("cookie", cookie)], "").await;
    let cookie_of = |answer: &Answer| answer.header("set-cookie").to_owned();

    let fresh = ask(&old(1)).await;
    assert_eq!((fresh.status, cookie_of(&fresh).as_str()), (200, ""));
    let again = ask(&old(6)).await;
    assert_eq!(again.status, 200);
    assert!(cookie_of(&again).starts_with("desk_session=e"), "a session that was checked again is given out again");

    stage.far.lock().unwrap().is_down = true;
    assert_eq!(ask(&old(6)).await.status, 200, "Discord's trouble is not theirs, for a while");
    assert_eq!(ask(&old(31)).await.status, 503);

    stage.far.lock().unwrap().is_down = false;
    stage.far.lock().unwrap().is_moderator = false;
    let gone = ask(&old(6)).await;
    assert_eq!(gone.status, 401);
    assert!(cookie_of(&gone).starts_with("desk_session=;"), "{}", cookie_of(&gone));
    assert_eq!(ask(&old(1)).await.status, 200, "within five minutes nobody is asked");
}

fn sign_in_parts(started: &Answer) -> (String, String) {
    let place = url::Url::parse(started.header("location")).unwrap();
    let value = |name: &str| place.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned();
    assert_eq!(value("redirect_uri"), "https://desk.example/console/sign-in/callback");
    assert_eq!((value("code_challenge_method").as_str(), value("code_challenge").len()), ("S256", 43));
    let cookie = started.header("set-cookie");
    assert!(cookie.contains("SameSite=Lax") && cookie.contains("HttpOnly") && cookie.contains("Secure"), "{cookie}");
    (value("state"), cookie.split(';').next().unwrap().to_owned())
}

#[tokio::test]
async fn one_signs_in_with_discord_and_comes_back_to_where_one_was() {
    let stage = Stage::new().await;
    let started = stage.ask("GET", "/sign-in/discord?next=%2Fcases%2F5", &[], "").await;
    assert_eq!(started.status, 303);
    let (sent, cookie) = sign_in_parts(&started);
    let back = async |state: &str, code: &str, cookie: &str| {
        stage.ask("GET", &format!("/sign-in/callback?state={state}&code={code}"), &[("cookie", cookie)], "").await
    };
    assert_eq!(back("0123", "c", &cookie).await.status, 401, "another state");
    assert_eq!(back(&sent, "c", "").await.status, 401, "another browser");
    assert_eq!(back(&sent, "", &cookie).await.status, 401, "no code");
    let done = back(&sent, "c", &cookie).await;
    assert_eq!((done.status, done.header("location")), (303, "/console/cases/5"));
    let mut session = done.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap());
    let session = session.find(|it| it.starts_with("desk_session=")).unwrap().split(';').next().unwrap();
    assert_eq!(stage.ask("GET", "/", &[("cookie", session)], "").await.status, 200);

    stage.far.lock().unwrap().who = MEMBER;
    let refused = back(&sent, "c", &cookie).await;
    assert_eq!(refused.status, 403);
    assert!(!refused.headers.get_all("set-cookie").iter().any(|it| it.to_str().unwrap().starts_with("desk_session=")));
    stage.far.lock().unwrap().is_down = true;
    assert_eq!(back(&sent, "c", &cookie).await.status, 503);

    let elsewhere = stage.ask("GET", "/sign-in/discord?next=%2F%2Fevil.example", &[], "").await;
    let (sent, cookie) = sign_in_parts(&elsewhere);
    stage.far.lock().unwrap().is_down = false;
    stage.far.lock().unwrap().who = crate::stage::MODERATOR;
    assert_eq!(back(&sent, "c", &cookie).await.header("location"), "/console/");
}

#[tokio::test]
async fn what_is_not_set_up_says_so() {
    let without_secret = Stage::with(|deps| deps.oauth = None).await;
    let answer = without_secret.ask("GET", "/sign-in/discord", &[], "").await;
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("https://desk.example/console/sign-in/callback"));
    let without_server = Stage::with(|deps| deps.casework.configured = None::<GuildId>).await;
    assert_eq!(without_server.ask("GET", "/sign-in/discord", &[], "").await.status, 404);
}

#[tokio::test]
async fn an_agent_signs_in_with_their_token_of_flex() {
    let stage = Stage::new().await;
    let token = |valid: bool, roles: &[&str]| json!({"valid": valid, "identity": "alex", "roles": roles, "worker_sid": format!("WK{}", "b".repeat(32))});
    let post = async |origin: &str, body: &str| {
        let headers = [("content-type", "application/json"), ("origin", origin)];
        stage.ask("POST", "/sign-in/flex", &headers, body).await
    };
    let ours = "https://desk.example";
    stage.far.lock().unwrap().token = token(true, &["agent"]);
    let done = post(ours, r#"{"token":"t"}"#).await;
    assert_eq!(done.status, 204);
    let session = done.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(done.header("set-cookie").contains("SameSite=None; Partitioned"));
    assert_eq!(stage.ask("GET", "/", &[("cookie", &session)], "").await.status, 200);

    assert_eq!(post("https://flex.twilio.com", r#"{"token":"t"}"#).await.status, 403);
    assert_eq!(post(ours, r#"{"token":5}"#).await.status, 400);
    stage.far.lock().unwrap().token = token(false, &["agent"]);
    assert_eq!(post(ours, r#"{"token":"t"}"#).await.status, 401);
    stage.far.lock().unwrap().token = token(true, &["guest"]);
    assert_eq!(post(ours, r#"{"token":"t"}"#).await.status, 401);
    stage.far.lock().unwrap().is_down = true;
    assert_eq!(post(ours, r#"{"token":"t"}"#).await.status, 503);
    let form = [("content-type", "text/plain"), ("origin", ours)];
    assert_eq!(stage.ask("POST", "/sign-in/flex", &form, "{}").await.status, 415);
}

#[tokio::test]
async fn whoever_tries_too_often_waits() {
    let stage = Stage::with(|deps| deps.api_requests_per_minute = 3).await;
    let key = stage.key().await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        let answer = stage.api(&key, "GET", "/api/counts", &[], "").await;
        assert_eq!(answer.header("ratelimit-limit"), "3");
        if answer.status == 429 {
            assert_eq!(answer.header("ratelimit-remaining"), "0");
            assert!(answer.header("retry-after").parse::<u64>().unwrap() <= 60);
        }
        statuses.push(answer.status);
    }
    // A minute may end in between.
    assert_eq!(statuses[..3], [200, 200, 200]);
    assert!(statuses[3..].contains(&429), "{statuses:?}");
    let another = stage.key().await;
    assert_eq!(stage.api(&another, "GET", "/api/counts", &[], "").await.status, 200);
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let stage = Stage::new().await;
    for path in ["/", "/sign-in", "/api/cases", "/api/openapi.json", "/nowhere", "/assets/none.css"] {
        let answer = stage.ask("GET", path, &[], "").await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors https://flex.twilio.com") && policy.contains("default-src 'none'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="));
    }
    let page = stage.ask("GET", "/sign-in", &[], "").await.body;
    assert!(
        !page.contains("<style")
            && !page.contains(" style=")
            && !page.contains("onclick")
            && !page.contains("<script>")
    );
    let script = page.split("src=\"").nth(1).unwrap().split('"').next().unwrap();
    let script = stage.ask_at("GET", &format!("https://desk.example{script}"), &[], "").await;
    assert_eq!((script.status, script.header("cache-control")), (200, "public, max-age=31536000, immutable"));
}

#[tokio::test]
async fn outside_of_the_base_path_there_is_nothing() {
    let stage = Stage::new().await;
    for url in ["https://desk.example/", "https://desk.example/api/openapi.json", "https://desk.example/consolex"] {
        assert_eq!(stage.ask_at("GET", url, &[], "").await.status, 404, "{url}");
    }
    assert_eq!(stage.ask_at("GET", "https://desk.example/console", &[], "").await.status, 401);
    let own = Stage::with(|deps| deps.base_url = None).await;
    let page = own.ask_at("GET", "https://desk.example/sign-in", &[], "").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("href=\"/sign-in/discord?") && !page.body.contains("/console/"));
}
