mod cases;

use std::sync::{Arc, Mutex};

use ed25519_dalek::{Signature, VerifyingKey};

use super::*;
use crate::sims::faults::Action;
use crate::sims::http::Request;

/// An endpoint that checks signatures and answers what it is told.
struct Endpoint {
    server: Server,
    answer: Arc<Mutex<Reply>>,
    seen: Arc<Mutex<Vec<Value>>>,
}

impl Endpoint {
    async fn start(sim: &DiscordSim) -> Self {
        let key: [u8; 32] = hex::decode(sim.public_key()).unwrap().try_into().unwrap();
        let key = VerifyingKey::from_bytes(&key).unwrap();
        let answer = Arc::new(Mutex::new(Reply::json(200, &json!({"type": 5, "data": {"flags": 64}}))));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (told, heard) = (Arc::clone(&answer), Arc::clone(&seen));
        let server = Server::start(move |request: Request| {
            let (told, heard) = (Arc::clone(&told), Arc::clone(&heard));
            async move {
                let signature = hex::decode(request.header("x-signature-ed25519").unwrap()).unwrap();
                let signature = Signature::from_slice(&signature).unwrap();
                let signed = [request.header("x-signature-timestamp").unwrap().as_bytes(), &request.body].concat();
                if key.verify_strict(&signed, &signature).is_err() {
                    return Ok(Reply::empty(401));
                }
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                if body["type"] == 1 && body["event"].is_null() {
                    return Ok(Reply::json(200, &json!({"type": 1})));
                }
                heard.lock().unwrap().push(body);
                let answer = told.lock().unwrap().clone();
                Ok(answer)
            }
        });
        Self { server: server.await.unwrap(), answer, seen }
    }

    fn will_answer(&self, body: &Value) {
        *self.answer.lock().unwrap() = Reply::json(200, body);
    }
}

async fn started() -> DiscordSim {
    let trace = Trace::new();
    DiscordSim::start(DiscordOptions::default(), Gate::new(trace.clone()), trace).await.unwrap()
}

/// A bot's call, with its token.
async fn call(sim: &DiscordSim, method: &str, path: &str, body: Option<Value>) -> RawAnswer {
    let mut headers = vec![
        ("authorization".to_owned(), format!("Bot {}", sim.bot_token())),
        ("content-type".to_owned(), "application/json".to_owned()),
    ];
    if body.is_none() {
        headers.pop();
    }
    let url = format!("{}/api/v10{path}", sim.url());
    let bytes = Bytes::from(body.map(|body| body.to_string()).unwrap_or_default());
    let answer =
        http::send(&http::client("DiscordBot (test, 1)"), method, &url, &headers, bytes, Duration::from_secs(5))
            .await
            .unwrap();
    documented(method, path, &answer);
    answer
}

/// An answer is one that the contract describes.
fn documented(method: &str, path: &str, answer: &RawAnswer) {
    // The application is one as captured, older than what the contract requires of it.
    if answer.status < 300 && !answer.body.is_empty() && path != "/applications/@me" {
        let path = path.split('?').next().unwrap();
        let violations = crate::sims::contract::discord_response(method, path, answer.status, &answer.json());
        assert_eq!(violations, Vec::<String>::new(), "{method} {path}: {}", answer.text());
    }
}

fn commands() -> Vec<Value> {
    vec![
        json!({"name": "helpme", "description": "Ask", "contexts": [0, 1], "integration_types": [0],
               "options": [{"type": 3, "name": "question", "description": "What", "max_length": 10}]}),
        json!({"type": 3, "name": "Send to support", "contexts": [0, 1], "integration_types": [0]}),
    ]
}

async fn ready() -> (DiscordSim, Endpoint, Person) {
    let sim = started().await;
    let endpoint = Endpoint::start(&sim).await;
    sim.set_endpoint(&endpoint.server.url());
    sim.set_commands(&commands());
    let ada = sim.add_person("Ada", "de");
    (sim, endpoint, ada)
}

#[tokio::test]
async fn an_endpoint_is_checked_before_it_is_saved() {
    let sim = started().await;
    let endpoint = Endpoint::start(&sim).await;
    let answer =
        call(&sim, "PATCH", "/applications/@me", Some(json!({"interactions_endpoint_url": endpoint.server.url()})))
            .await;
    assert_eq!(
        (answer.status, answer.json()["interactions_endpoint_url"].as_str()),
        (200, Some(endpoint.server.url().as_str()))
    );
    assert_eq!(sim.probe_endpoint().await, Ok(()));
    // One that answers everything with 200 does not check signatures.
    let careless = Server::start(|_| async { Ok(Reply::json(200, &json!({"type": 1}))) }).await.unwrap();
    let answer =
        call(&sim, "PATCH", "/applications/@me", Some(json!({"interactions_endpoint_url": careless.url()}))).await;
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!(50035)));
    sim.set_endpoint(&careless.url());
    assert!(sim.probe_endpoint().await.is_err());
    assert_eq!(sim.read(|state| state.endpoint().map(str::to_owned)), None);
}

#[tokio::test]
async fn strangers_and_unknown_things_are_refused() {
    let (sim, _endpoint, ada) = ready().await;
    let dm = sim.dm_channel(ada);
    let status = |answer: RawAnswer| (answer.status, answer.json()["code"].as_u64().unwrap_or_default());
    let hi = || Some(json!({"content": "hi"}));
    assert_eq!(status(call(&sim, "POST", "/channels/1/messages", hi()).await), (404, 10003));
    assert_eq!(status(call(&sim, "GET", &format!("/channels/{dm}/messages/1"), None).await), (404, 10008));
    assert_eq!(
        status(call(&sim, "POST", &format!("/channels/{dm}/messages"), Some(json!({"content": " "}))).await),
        (400, 50006)
    );
    let theirs = sim.type_in_dm(ada, "hello");
    assert_eq!(status(call(&sim, "PATCH", &format!("/channels/{dm}/messages/{theirs}"), hi()).await), (403, 50005));
    sim.close_dms(ada);
    assert_eq!(status(call(&sim, "POST", &format!("/channels/{dm}/messages"), hi()).await), (403, 50007));
    sim.open_dms(ada);
    sim.leave_server(ada);
    assert_eq!(status(call(&sim, "POST", &format!("/channels/{dm}/messages"), hi()).await), (403, 50278));
    let url = format!("{}/api/v10/users/@me", sim.url());
    let wrong = [("authorization".to_owned(), "Bot nonsense".to_owned())];
    let answer =
        http::send(&http::client("x"), "GET", &url, &wrong, Bytes::new(), Duration::from_secs(5)).await.unwrap();
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_nonce_that_is_enforced_gives_the_same_message() {
    let (sim, _endpoint, ada) = ready().await;
    let path = format!("/channels/{}/messages", sim.dm_channel(ada));
    let body = json!({"content": "hi @everyone", "nonce": "abc", "enforce_nonce": true});
    let first = call(&sim, "POST", &path, Some(body.clone())).await.json();
    let second = call(&sim, "POST", &path, Some(body)).await.json();
    assert_eq!(first["id"], second["id"]);
    let shown = sim.dm(ada);
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].pinged.as_slice(), shown[0].mentions_limited), (["@everyone".to_owned()].as_slice(), false));
}

#[tokio::test]
async fn messages_are_listed_newest_first_and_paged_forward() {
    let (sim, _endpoint, ada) = ready().await;
    let ids: Vec<u64> = (0..5).map(|n| sim.type_in_dm(ada, &n.to_string())).collect();
    let dm = sim.dm_channel(ada);
    let contents = |answer: RawAnswer| -> Vec<String> {
        answer
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["content"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(contents(call(&sim, "GET", &format!("/channels/{dm}/messages?limit=2"), None).await), ["4", "3"]);
    assert_eq!(
        contents(call(&sim, "GET", &format!("/channels/{dm}/messages?after={}&limit=2", ids[0]), None).await),
        ["2", "1"]
    );
    assert_eq!(
        contents(call(&sim, "GET", &format!("/channels/{dm}/messages?before={}", ids[2]), None).await),
        ["1", "0"]
    );
    let channel = call(&sim, "GET", &format!("/channels/{dm}"), None).await.json();
    assert_eq!(channel["last_message_id"], ids[4].to_string());
}

#[tokio::test]
async fn a_deferred_answer_is_edited_with_its_token_only() {
    let (sim, endpoint, ada) = ready().await;
    let outcome = sim.command(ada, Place::Guild(sim.channel("help")), "helpme", json!({"question": "why?"})).await;
    assert_eq!(outcome.kind, OutcomeKind::Deferred);
    let sent = endpoint.seen.lock().unwrap()[0].clone();
    assert_eq!(
        (&sent["data"]["options"][0]["value"], &sent["locale"], &sent["context"]),
        (&json!("why?"), &json!("de"), &json!(0))
    );
    assert_eq!(sent["member"]["user"]["global_name"], "Ada");
    let path = |token: &str| format!("/webhooks/{}/{token}/messages/@original", sim.application_id());
    let edit = json!({"content": "because", "allowed_mentions": {"parse": []}});
    let unknown = call(&sim, "PATCH", &path("nope"), Some(edit.clone())).await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (404, &json!(10015)));
    sim.fault(Fault::unknown_webhook_race(1));
    assert_eq!(call(&sim, "PATCH", &path(&outcome.token), Some(edit.clone())).await.json()["code"], 10015);
    assert_eq!(call(&sim, "PATCH", &path(&outcome.token), Some(edit.clone())).await.status, 200);
    let shown = sim.shown_to(ada);
    assert_eq!((shown.len(), shown[0].content.as_str(), shown[0].flags & 64), (1, "because", 64));
    assert!(shown[0].mentions_limited && !shown[0].loading && shown[0].edited_ms.is_none());
    sim.expire_tokens();
    let late = call(&sim, "PATCH", &path(&outcome.token), Some(edit)).await;
    assert_eq!((late.status, &late.json()["code"]), (401, &json!(50027)));
}

#[tokio::test]
async fn answers_that_discord_does_not_take_are_failures() {
    let (sim, endpoint, ada) = ready().await;
    let help = Place::Guild(sim.channel("help"));
    for body in [
        json!({"type": 6}),
        json!({"type": 5, "data": {"flags": 64 | 4}}),
        json!({"type": 4, "data": {"content": ""}}),
        json!({"type": 4, "data": {"content": "x".repeat(2001)}}),
    ] {
        endpoint.will_answer(&body);
        let outcome = sim.command(ada, help, "helpme", json!({})).await;
        assert!(matches!(outcome.kind, OutcomeKind::Refused(_)), "{body} gave {:?}", outcome.kind);
    }
    let unknown = sim.command(ada, help, "nothing", json!({})).await;
    assert!(matches!(unknown.kind, OutcomeKind::Blocked(_)));
    let long = sim.command(ada, help, "helpme", json!({"question": "longer than ten"})).await;
    assert!(matches!(long.kind, OutcomeKind::Blocked(_)));
}

#[tokio::test]
async fn a_button_opens_a_form_and_the_form_comes_back() {
    let (sim, endpoint, ada) = ready().await;
    let row =
        json!([{"type": 1, "components": [{"type": 2, "style": 1, "label": "Reply", "custom_id": "reply:v1:1"}]}]);
    call(
        &sim,
        "POST",
        &format!("/channels/{}/messages", sim.dm_channel(ada)),
        Some(json!({"content": "hi", "components": row})),
    )
    .await;
    endpoint.will_answer(&json!({"type": 9, "data": {"custom_id": "reply:v1:1", "title": "Reply", "components": [
        {"type": 18, "label": "Message", "component": {"type": 4, "custom_id": "body", "style": 2, "max_length": 5}}
    ]}}));
    let outcome = sim.click_newest(ada, "reply:v1:").await;
    let modal = outcome.modal.expect("a form opened");
    assert_eq!(modal.fields(), ["body"]);
    // A form cannot answer a form.
    assert!(matches!(sim.submit_modal(ada, &modal, &[("body", "hello")]).await.kind, OutcomeKind::Refused(_)));
    endpoint.will_answer(&json!({"type": 6}));
    assert_eq!(sim.submit_modal(ada, &modal, &[("body", "hello")]).await.kind, OutcomeKind::DeferredUpdate);
    assert!(matches!(sim.submit_modal(ada, &modal, &[("body", "too long")]).await.kind, OutcomeKind::Blocked(_)));
    assert!(matches!(sim.submit_modal(ada, &modal, &[]).await.kind, OutcomeKind::Blocked(_)));
    let sent = endpoint.seen.lock().unwrap().last().unwrap().clone();
    assert_eq!(
        sent["data"]["components"][0]["component"],
        json!({"custom_id": "body", "id": 2, "type": 4, "value": "hello"})
    );
    assert_eq!(
        (&sent["message"]["content"], &sent["context"], &sent["user"]["id"]),
        (&json!("hi"), &json!(1), &json!(ada.to_string()))
    );
}

#[tokio::test]
async fn a_message_command_carries_the_message() {
    let (sim, endpoint, ada) = ready().await;
    let line = sim.type_in_dm(ada, "my game crashes");
    sim.message_command(ada, Place::Dm, "Send to support", line).await;
    let sent = endpoint.seen.lock().unwrap()[0].clone();
    assert_eq!(sent["data"]["resolved"]["messages"][line.to_string()]["content"], "my game crashes");
    assert_eq!(sent["authorizing_integration_owners"], json!({"0": "0"}));
}

#[tokio::test]
async fn faults_delay_refuse_lose_and_repeat() {
    let (sim, endpoint, ada) = ready().await;
    let dm = sim.dm_channel(ada);
    let post = "POST /channels/{channel_id}/messages";
    sim.fault(Fault::new(post, 1, Action::RateLimit { retry_after: 0.5, header: true, global: false }));
    sim.fault(Fault::new(post, 1, Action::DropAfterDoing));
    let answer = call(&sim, "POST", &format!("/channels/{dm}/messages"), Some(json!({"content": "a"}))).await;
    assert_eq!((answer.status, answer.headers["retry-after"].to_str().unwrap()), (429, "1"));
    let url = format!("{}/api/v10/channels/{dm}/messages", sim.url());
    let headers = [
        ("authorization".to_owned(), format!("Bot {}", sim.bot_token())),
        ("content-type".to_owned(), "application/json".to_owned()),
    ];
    let body = Bytes::from_static(b"{\"content\":\"b\"}");
    let lost = http::send(&http::client("x"), "POST", &url, &headers, body, Duration::from_secs(5)).await;
    assert!(matches!(lost, Err(NoAnswer::Unreachable(_))));
    assert_eq!(sim.dm(ada).len(), 1);
    sim.duplicate_next(1);
    sim.command(ada, Place::Dm, "helpme", json!({})).await;
    let seen = endpoint.seen.lock().unwrap().clone();
    assert_eq!((seen.len(), &seen[0]), (2, &seen[1]));
}

#[tokio::test]
async fn a_slow_endpoint_loses_the_interaction() {
    let trace = Trace::new();
    let options = DiscordOptions { answer_limit: Duration::from_millis(50), ..DiscordOptions::default() };
    let sim = DiscordSim::start(options, Gate::new(trace.clone()), trace).await.unwrap();
    let slow = Server::start(|_| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Reply::json(200, &json!({"type": 5})))
    });
    let slow = slow.await.unwrap();
    sim.set_endpoint(&slow.url());
    sim.set_commands(&commands());
    let ada = sim.add_person("Ada", "en-US");
    let outcome = sim.command(ada, Place::Dm, "helpme", json!({})).await;
    assert_eq!(outcome.kind, OutcomeKind::TooSlow);
    let path = format!("/webhooks/{}/{}/messages/@original", sim.application_id(), outcome.token);
    assert_eq!(call(&sim, "PATCH", &path, Some(json!({"content": "late"}))).await.json()["code"], 10015);
}

#[tokio::test]
async fn waiting_ends_when_it_happens() {
    let (sim, _endpoint, ada) = ready().await;
    let (waiting, _) = tokio::join!(
        sim.wait_for(|state| state.dm(ada).first().map(|message| message.content.clone()), Duration::from_secs(5)),
        async { sim.type_in_dm(ada, "there") }
    );
    assert_eq!(waiting.unwrap(), "there");
    let never = sim.wait_for(|state| state.dm(ada).get(7).map(|_| ()), Duration::from_millis(20)).await;
    assert!(never.is_err());
}
