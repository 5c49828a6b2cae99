//! The client against a server that records what it is asked and answers what the test says. Each request is also held against
//! Twilio's OpenAPI documents where the contracts folder is beside the checkout.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of any test function")]

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use domain::ids::{
    ConversationSid, MediaSid, MessageSid, ServiceSid, StudioFlowSid, TaskSid, WebhookSid, WorkspaceSid,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use twilio::client::{MediaError, NewConversation, NewInteraction, NewMessage, Updated, place_in_queue};
use twilio::webhook::{CONVERSATION_EVENTS, ConversationState, TASK_EVENTS_FILTER};
use twilio::{Client, Config, TwilioError};

#[derive(Clone, Debug)]
struct Recorded {
    method: Method,
    host: String,
    path: String,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
    headers: HeaderMap,
}

impl Recorded {
    fn line(&self) -> String {
        format!("{} {}{}", self.method, self.host, self.path)
    }

    fn fields(&self, name: &str) -> Vec<&str> {
        self.form.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    }

    fn field(&self, name: &str) -> &str {
        let [value] = self.fields(name)[..] else { panic!("{name} in {:?}", self.form) };
        value
    }
}

type Answer = (u16, Vec<(&'static str, &'static str)>, String);

#[derive(Default)]
struct Stub {
    requests: Mutex<Vec<Recorded>>,
    answers: Mutex<VecDeque<Answer>>,
}

impl Stub {
    fn answer(&self, status: u16, body: &Value) -> &Self {
        self.answers.lock().unwrap().push_back((status, Vec::new(), body.to_string()));
        self
    }

    fn answer_with(&self, answer: Answer) -> &Self {
        self.answers.lock().unwrap().push_back(answer);
        self
    }

    /// What was asked since the last call, each request checked against the contract.
    fn take(&self) -> Vec<Recorded> {
        let requests: Vec<_> = self.requests.lock().unwrap().drain(..).collect();
        for request in &requests {
            contract::check(request);
        }
        requests
    }

    fn take_one(&self) -> Recorded {
        let mut requests = self.take();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }
}

async fn record(
    State(stub): State<Arc<Stub>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, String) {
    let pairs = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
    let (host, path) = uri.path()[1..].split_once('/').unwrap();
    stub.requests.lock().unwrap().push(Recorded {
        method,
        host: host.to_owned(),
        path: format!("/{path}"),
        query: pairs(uri.query().unwrap_or_default().as_bytes()),
        form: pairs(&body),
        headers,
    });
    let (status, headers, body) = stub.answers.lock().unwrap().pop_front().expect("no answer prepared");
    let headers = headers.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    (StatusCode::from_u16(status).unwrap(), headers, body)
}

fn http() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().unwrap();
    });
    reqwest::Client::new()
}

fn config(api_url: String) -> Config {
    Config {
        account_sid: sid("AC"),
        auth_token: "test-auth-token".into(),
        api_url: Some(api_url),
        region: None,
        edge: None,
        service_sid: None,
    }
}

async fn stub() -> (Arc<Stub>, Config) {
    let stub = Arc::new(Stub::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let app = Router::new().fallback(record).with_state(Arc::clone(&stub));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (stub, config(url))
}

async fn start() -> (Arc<Stub>, Client) {
    let (stub, config) = stub().await;
    (stub, Client::new(http(), config))
}

fn sid<T: for<'a> TryFrom<&'a str, Error: std::fmt::Debug>>(prefix: &str) -> T {
    T::try_from(&format!("{prefix}{}", "a".repeat(32))).unwrap()
}

fn conversation() -> ConversationSid {
    sid("CH")
}

fn message(index: u32) -> Value {
    json!({
        "sid": format!("IM{index:032x}"), "index": index, "author": "agent", "body": format!("line {index}"),
        "attributes": "{\"a\":1}", "media": null, "date_created": "2026-11-21T10:00:00Z", "date_updated": null,
    })
}

fn refusal(status: u16, code: u32) -> Value {
    json!({ "status": status, "code": code, "message": "secret body", "more_info": "https://www.twilio.com/docs/errors" })
}

#[tokio::test]
async fn a_conversation_is_made_atomically_and_by_the_documented_fields() {
    let (stub, client) = start().await;
    let new = NewConversation {
        unique_name: "discord_77_1".to_owned(),
        friendly_name: "Ada & Bob".to_owned(),
        attributes: json!({ "handoff": "false" }),
        inactive_after: None,
        closed_after: Some("P7D".to_owned()),
    };
    let answer = json!({
        "sid": conversation().as_str(), "unique_name": "discord_77_1", "state": "active", "attributes": "{\"handoff\":\"false\"}",
        "chat_service_sid": format!("IS{}", "b".repeat(32)),
    });
    stub.answer(201, &answer);
    let made = client.create_conversation(&new).await.unwrap();
    assert_eq!((made.sid, made.state), (conversation(), ConversationState::Active));
    assert_eq!(made.attributes, json!({ "handoff": "false" }));
    let request = stub.take_one();
    assert_eq!(request.line(), "POST conversations.twilio.com/v1/Conversations");
    assert_eq!(request.field("UniqueName"), "discord_77_1");
    assert_eq!(request.field("FriendlyName"), "Ada & Bob");
    assert_eq!(request.field("Attributes"), r#"{"handoff":"false"}"#);
    assert_eq!((request.field("State"), request.field("Timers.Closed")), ("active", "P7D"));
    assert!(request.fields("Timers.Inactive").is_empty());
    let credentials = format!("AC{}:test-auth-token", "a".repeat(32));
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, credentials);
    assert_eq!(request.headers["authorization"], format!("Basic {basic}"));
    assert!(!request.headers.contains_key("x-twilio-webhook-enabled"));

    stub.answer(409, &refusal(409, 50353));
    assert!(matches!(client.create_conversation(&new).await, Err(TwilioError::NameTaken)));
    stub.take();

    stub.answer(200, &answer).answer(404, &refusal(404, 20404));
    assert!(client.fetch_conversation("discord_77_1").await.unwrap().is_some());
    assert!(client.fetch_conversation("a/b?c").await.unwrap().is_none());
    let lines: Vec<_> = stub.take().iter().map(Recorded::line).collect();
    assert_eq!(
        lines,
        [
            "GET conversations.twilio.com/v1/Conversations/discord_77_1",
            "GET conversations.twilio.com/v1/Conversations/a%2Fb%3Fc"
        ]
    );
}

#[tokio::test]
async fn a_service_of_its_own_has_its_own_paths() {
    let (stub, config) = stub().await;
    let client = Client::new(http(), Config { service_sid: Some(sid("IS")), ..config });
    stub.answer(204, &Value::Null);
    client.delete_conversation(&conversation()).await.unwrap();
    let expected = format!("DELETE conversations.twilio.com/v1/Services/IS{0}/Conversations/CH{0}", "a".repeat(32));
    assert_eq!(stub.take_one().line(), expected);
}

#[tokio::test]
async fn what_is_done_already_is_fine() {
    let (stub, client) = start().await;
    let ch = conversation();
    stub.answer(201, &json!({})).answer(409, &refusal(409, 50433)).answer(400, &refusal(400, 50433));
    for _ in 0..3 {
        client.add_participant(&ch, "discord_77").await.unwrap();
    }
    assert_eq!(stub.take()[0].field("Identity"), "discord_77");
    stub.answer(200, &json!({})).answer(400, &refusal(400, 50377)).answer(404, &refusal(404, 20404));
    for _ in 0..3 {
        client.close_conversation(&ch).await.unwrap();
    }
    assert_eq!(stub.take()[0].field("State"), "closed");
    stub.answer(404, &refusal(404, 20404)).answer(404, &refusal(404, 20404));
    client.delete_conversation(&ch).await.unwrap();
    client.delete_webhook(&ch, &sid::<WebhookSid>("WH")).await.unwrap();
    stub.answer(404, &refusal(404, 20404));
    client.close_interaction_channel(&sid("KD"), &sid("UO")).await.unwrap();
    let requests = stub.take();
    assert_eq!((requests[2].field("Status"), requests[2].field("Routing")), ("closed", r#"{"status":"closed"}"#));
}

#[tokio::test]
async fn webhooks_are_scoped_to_the_conversation() {
    let (stub, client) = start().await;
    let ch = conversation();
    let flow: StudioFlowSid = sid("FW");
    let hook = |configuration: Value| json!({ "sid": format!("WH{}", "a".repeat(32)), "target": "x", "configuration": configuration });
    stub.answer(201, &hook(json!({ "flow_sid": flow.as_str(), "filters": ["onMessageAdded"] })));
    let made = client.create_studio_webhook(&ch, &flow).await.unwrap();
    assert_eq!(made.configuration.flow_sid, Some(flow));
    let request = stub.take_one();
    assert_eq!((request.field("Target"), request.field("Configuration.Filters")), ("studio", "onMessageAdded"));

    stub.answer(201, &hook(json!({ "url": "https://example.com/", "method": "post", "filters": CONVERSATION_EVENTS })));
    client.create_webhook(&ch, "https://example.com/?a=b&c", &CONVERSATION_EVENTS).await.unwrap();
    let request = stub.take_one();
    assert_eq!(request.field("Configuration.Url"), "https://example.com/?a=b&c");
    assert_eq!(request.field("Configuration.Method"), "post");
    assert_eq!(request.fields("Configuration.Filters"), CONVERSATION_EVENTS);

    stub.answer(200, &json!({ "webhooks": [hook(json!({})), hook(Value::Null)], "meta": { "next_page_url": null } }));
    assert_eq!(client.list_webhooks(&ch).await.unwrap().len(), 2);
    stub.take();
}

#[tokio::test]
async fn a_line_is_loud_or_silent() {
    let (stub, client) = start().await;
    let mut new = NewMessage {
        author: "discord_77".to_owned(),
        body: "ключ & 🗝️".to_owned(),
        media: None,
        attributes: json!({ "bridge": "person" }),
        webhook_enabled: true,
    };
    stub.answer(201, &message(4)).answer(201, &message(5));
    let made = client.create_message(&conversation(), &new).await.unwrap();
    assert_eq!((made.index, made.author.as_str(), made.attributes), (4, "agent", json!({ "a": 1 })));
    new.webhook_enabled = false;
    client.create_message(&conversation(), &new).await.unwrap();
    let requests = stub.take();
    assert_eq!(requests[0].headers["x-twilio-webhook-enabled"], "true");
    assert!(!requests[1].headers.contains_key("x-twilio-webhook-enabled"));
    assert_eq!(requests[0].field("Body"), "ключ & 🗝️");
    assert_eq!(requests[0].field("Attributes"), r#"{"bridge":"person"}"#);
    assert_eq!(requests[0].fields("MediaSid"), Vec::<&str>::new());
    new.media = Some(sid("ME"));
    stub.answer(201, &message(6));
    client.create_message(&conversation(), &new).await.unwrap();
    assert_eq!(stub.take_one().field("MediaSid"), sid::<MediaSid>("ME").as_str());

    stub.answer(400, &refusal(400, 50377));
    assert!(matches!(client.create_message(&conversation(), &new).await, Err(TwilioError::ConversationClosed)));
    stub.answer(404, &refusal(404, 20404));
    assert!(client.fetch_message(&conversation(), &sid::<MessageSid>("IM")).await.unwrap().is_none());
    stub.take();
}

#[tokio::test]
async fn a_file_is_uploaded_as_it_is() {
    let (stub, client) = start().await;
    let service: ServiceSid = sid("IS");
    let upload = async || client.upload_media(&service, "image/png", Bytes::from_static(b"\x89PNG")).await;
    stub.answer_with((429, vec![("retry-after", "0.01")], refusal(429, 20429).to_string()));
    stub.answer(201, &json!({ "sid": sid::<MediaSid>("ME").as_str(), "size": 4 }));
    assert_eq!(upload().await.unwrap(), sid("ME"));
    let requests = stub.take();
    assert_eq!(requests[1].line(), format!("POST mcs.us1.twilio.com/v1/Services/{service}/Media"));
    assert_eq!(requests[1].headers["content-type"], "image/png");
    assert!(requests[1].headers.contains_key("authorization"));
    stub.answer(413, &refusal(413, 20413));
    assert!(matches!(upload().await, Err(TwilioError::Refused { status: 413, .. })));
    stub.answer(503, &json!({}));
    assert!(matches!(upload().await, Err(TwilioError::Unavailable { .. })));
    stub.answer(201, &json!({ "sid": "IM1" }));
    assert!(matches!(upload().await, Err(TwilioError::Unavailable { .. })));
}

#[tokio::test]
async fn a_conversations_files_are_in_its_service() {
    let (stub, client) = start().await;
    let service = sid::<ServiceSid>("IS");
    let resource = json!({ "sid": conversation().as_str(), "state": "active", "chat_service_sid": service.as_str() });
    stub.answer(200, &resource).answer(404, &refusal(404, 20404));
    assert_eq!(client.media_service(&conversation()).await.unwrap(), Some(service.clone()));
    assert_eq!(client.media_service(&conversation()).await.unwrap(), None);
    stub.take();
    let (stub, config) = self::stub().await;
    let client =
        Client::new(http(), Config { service_sid: Some(service.clone()), region: Some("ie1".into()), ..config });
    assert_eq!(client.media_service(&conversation()).await.unwrap(), Some(service.clone()));
    stub.answer(404, &refusal(404, 20404));
    let gone = client.fetch_media(&service, &sid("ME"), 9).await;
    assert!(matches!(gone, Err(MediaError::Gone)), "{gone:?}");
    assert_eq!(stub.take_one().host, "mcs.ie1.twilio.com");
}

#[tokio::test]
async fn a_file_is_fetched_from_twilios_media_hosts_alone_and_counted() {
    let (stub, client) = start().await;
    let (service, media) = (sid::<ServiceSid>("IS"), sid::<MediaSid>("ME"));
    let fetch = async |max| client.fetch_media(&service, &media, max).await;
    let at = |address: &str| json!({ "sid": media.as_str(), "links": { "content_direct_temporary": address } });
    let file = || (200, Vec::new(), "0123456789".to_owned());
    let address = "https://media.us1.twilio.com/ME1?Expires=1&Signature=a~b";
    stub.answer(200, &at(address)).answer_with(file());
    assert_eq!(fetch(10).await.unwrap(), "0123456789");
    let requests = stub.take();
    assert_eq!(requests[0].line(), format!("GET mcs.us1.twilio.com/v1/Services/{service}/Media/{media}"));
    assert_eq!(requests[1].line(), "GET media.us1.twilio.com/ME1");
    assert!(!requests[1].headers.contains_key("authorization"), "the address is the key");
    assert_eq!(requests[1].query, [("Expires".to_owned(), "1".to_owned()), ("Signature".to_owned(), "a~b".to_owned())]);

    stub.answer(200, &at(address)).answer_with(file());
    let large = fetch(9).await;
    assert!(matches!(large, Err(MediaError::TooLarge { max_bytes: 9 })), "{large:?}");
    stub.answer(200, &at(address)).answer_with((403, Vec::new(), String::new()));
    assert!(matches!(fetch(9).await, Err(MediaError::Gone)));
    stub.answer(200, &at(address)).answer_with((503, Vec::new(), String::new()));
    assert!(matches!(fetch(9).await, Err(MediaError::Twilio(TwilioError::Unavailable { .. }))));
    stub.answer(404, &refusal(404, 20404));
    assert!(matches!(fetch(9).await, Err(MediaError::Gone)));
    stub.take();
    for elsewhere in [
        "http://media.us1.twilio.com/ME1",
        "https://media.us1.twilio.com:8443/ME1",
        "https://a@media.us1.twilio.com/ME1",
        "https://media.us1.twilio.com.example.org/ME1",
        "https://media.twilio.com/ME1",
        "https://api.us1.twilio.com/ME1",
        "https://media.a.b.twilio.com/ME1",
        "https://169.254.169.254/latest",
        "/ME1",
        "",
    ] {
        stub.answer(200, &at(elsewhere));
        assert!(matches!(fetch(9).await, Err(MediaError::Host)), "{elsewhere}");
        assert_eq!(stub.take().len(), 1, "{elsewhere} was called");
    }
}

#[tokio::test]
async fn lines_are_read_backwards_to_the_last_one_known() {
    let (stub, client) = start().await;
    let page = |indexes: &[u32], next: Option<&str>| {
        let messages: Vec<_> = indexes.iter().copied().map(message).collect();
        json!({ "messages": messages, "meta": { "next_page_url": next, "page_size": 2 } })
    };
    // The platform names a host of its own choice; only the query of it counts.
    let next = "https://elsewhere.example/v1/Anything?Order=desc&PageSize=2&Page=1&PageToken=PT%2B1";
    stub.answer(200, &page(&[9, 7], Some(next))).answer(200, &page(&[6, 4], Some(next)));
    let lines = client.list_messages_desc(&conversation(), Some(4), 50).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.index).collect::<Vec<_>>(), [9, 7, 6]);
    let requests = stub.take();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].line(), requests[1].line());
    assert_eq!(requests[0].query, [("Order".into(), "desc".into()), ("PageSize".into(), "50".into())]);
    assert!(requests[1].query.contains(&("PageToken".into(), "PT+1".into())));

    stub.answer(200, &page(&[9, 7, 6], Some(next)));
    assert_eq!(client.list_messages_desc(&conversation(), None, 2).await.unwrap().len(), 2);
    stub.answer(200, &page(&[], None));
    assert_eq!(client.list_messages_desc(&conversation(), None, 2).await.unwrap().len(), 0);
    // A next page that is the same page again would never end.
    stub.answer(200, &page(&[3], Some("?Order=desc&PageSize=5")));
    assert_eq!(client.list_messages_desc(&conversation(), None, 5).await.unwrap().len(), 1);
    stub.take();
}

#[tokio::test]
async fn a_hand_over_names_conversation_workflow_and_channel() {
    let (stub, client) = start().await;
    let new = NewInteraction {
        conversation_sid: conversation(),
        workspace_sid: sid("WS"),
        workflow_sid: sid("WW"),
        task_channel: "chat".to_owned(),
        attributes: json!({ "case_number": 12 }),
    };
    let (kd, uo, wt) =
        (format!("KD{}", "a".repeat(32)), format!("UO{}", "a".repeat(32)), format!("WT{}", "a".repeat(32)));
    stub.answer(200, &json!({ "sid": kd, "channel": { "sid": uo }, "routing": { "properties": { "sid": wt } } }))
        .answer(200, &json!({ "sid": kd, "channel": null, "routing": null }));
    let made = client.create_interaction(&new).await.unwrap();
    assert_eq!(made.sid.as_str(), kd);
    assert_eq!(made.channel_sid.unwrap().as_str(), uo);
    assert_eq!(made.task_sid.unwrap().as_str(), wt);
    assert_eq!(client.create_interaction(&new).await.unwrap().channel_sid, None);
    let request = stub.take().remove(0);
    assert_eq!(request.line(), "POST flex-api.twilio.com/v1/Interactions");
    let json = |name| serde_json::from_str::<Value>(request.field(name)).unwrap();
    assert_eq!(json("Channel")["properties"]["media_channel_sid"], conversation().as_str());
    assert_eq!(json("Channel")["initiated_by"], "customer");
    let properties = &json("Routing")["properties"];
    assert_eq!(properties["task_channel_unique_name"], "chat");
    assert_eq!(properties["attributes"], json!({ "case_number": 12 }));
}

#[tokio::test]
async fn the_task_of_a_conversation_is_the_one_that_runs() {
    let (stub, client) = start().await;
    let task = |digit: &str, status: &str, conversation_sid: Option<&str>| {
        let attributes =
            conversation_sid.map(|sid| json!({ "conversationSid": sid, "discord_user_id": "77" }).to_string());
        json!({ "sid": format!("WT{}", digit.repeat(32)), "assignment_status": status, "attributes": attributes })
    };
    let ch = conversation();
    let foreign = format!("CH{}", "f".repeat(32));
    let tasks = [
        task("1", "assigned", Some(&foreign)),
        task("2", "completed", Some(ch.as_str())),
        task("3", "assigned", Some(ch.as_str())),
    ];
    stub.answer(200, &json!({ "tasks": tasks, "meta": {} }));
    let found =
        client.find_task_by_conversation(&sid::<WorkspaceSid>("WS"), &ch, &BTreeSet::new()).await.unwrap().unwrap();
    assert_eq!(found.sid.as_str(), format!("WT{}", "3".repeat(32)));
    let request = stub.take_one();
    let expression = ("EvaluateTaskAttributes".to_owned(), format!("conversationSid == \"{ch}\""));
    assert!(request.query.contains(&expression), "{:?}", request.query);

    // One that is of an earlier transfer does not count.
    stub.answer(
        200,
        &json!({ "tasks": [task("3", "wrapping", Some(ch.as_str())), task("2", "canceled", Some(ch.as_str()))] }),
    );
    let except = BTreeSet::from([format!("WT{}", "3".repeat(32)).parse().unwrap()]);
    let found = client.find_task_by_conversation(&sid::<WorkspaceSid>("WS"), &ch, &except).await.unwrap().unwrap();
    assert_eq!(found.sid.as_str(), format!("WT{}", "2".repeat(32)));
    stub.take_one();

    // A list without attributes costs one more request.
    stub.answer(200, &json!({ "tasks": [task("4", "pending", None)] }))
        .answer(200, &task("4", "pending", Some(ch.as_str())));
    let found =
        client.find_task_by_conversation(&sid::<WorkspaceSid>("WS"), &ch, &BTreeSet::new()).await.unwrap().unwrap();
    assert_eq!(found.attributes.conversation_sid, Some(ch.clone()));
    stub.answer(200, &json!({ "tasks": [] }));
    assert_eq!(
        client.find_task_by_conversation(&sid::<WorkspaceSid>("WS"), &ch, &BTreeSet::new()).await.unwrap(),
        None
    );
    stub.take();
}

#[tokio::test]
async fn a_task_is_changed_where_it_is_still_the_version_that_was_read() {
    let (stub, client) = start().await;
    let (workspace, task) = (sid::<WorkspaceSid>("WS"), sid::<TaskSid>("WT"));
    let queue = format!("WQ{}", "2".repeat(32));
    let resource = json!({
        "sid": task.to_string(), "assignment_status": "pending", "attributes": r#"{"own":"é"}"#, "task_queue_sid": queue,
    });
    stub.answer_with((200, vec![("etag", "\"3\"")], resource.to_string()));
    let found = client.fetch_task(&workspace, &task).await.unwrap().unwrap();
    assert_eq!((found.etag.as_deref(), found.queue.as_ref()), (Some("\"3\""), Some(&queue)));
    assert!(!found.is_over() && !format!("{found:?}").contains('é'));
    stub.take_one();

    let mut attributes = found.attributes;
    attributes["more"] = json!([1]);
    for (status, expected) in [(412, Updated::Clash), (200, Updated::Done)] {
        stub.answer(status, &resource);
        let updated = client.update_task_attributes(&workspace, &task, &attributes, found.etag.as_deref()).await;
        assert_eq!(updated.unwrap(), expected);
        let request = stub.take_one();
        assert_eq!(request.headers["if-match"], "\"3\"");
        assert_eq!(request.form, [("Attributes".to_owned(), r#"{"more":[1],"own":"é"}"#.to_owned())]);
    }
    stub.answer(404, &json!({}));
    assert_eq!(client.fetch_task(&workspace, &task).await.unwrap(), None);
    stub.take();
}

#[tokio::test]
async fn the_place_of_a_task_is_counted_in_its_queue() {
    let (stub, client) = start().await;
    let workspace = sid::<WorkspaceSid>("WS");
    let task = |digit: &str| -> TaskSid { format!("WT{}", digit.repeat(32)).parse().unwrap() };
    let waits = |digit: &str, queue: Option<&str>| json!({"sid": task(digit).to_string(), "task_queue_sid": queue.map(|queue| format!("WQ{}", queue.repeat(32)))});
    let tasks = [waits("1", Some("a")), waits("2", Some("b")), waits("3", Some("a")), waits("4", None)];
    stub.answer(200, &json!({"tasks": tasks, "meta": {"next_page_url": null}}));
    let waiting = client.list_waiting_tasks(&workspace).await.unwrap().unwrap();
    let places = ["1", "2", "3", "4", "5"].map(|digit| place_in_queue(&waiting, &task(digit)));
    assert_eq!(places, [Some(1), Some(1), Some(2), None, None]);
    let request = stub.take_one();
    for (name, value) in [("AssignmentStatus", "reserved"), ("Ordering", "Priority:desc,DateCreated:asc")] {
        assert!(request.query.contains(&(name.to_owned(), value.to_owned())), "{:?}", request.query);
    }
    // Where there are more, nobody counts them.
    stub.answer(200, &json!({"tasks": tasks, "meta": {"next_page_url": "https://taskrouter.twilio.com/v1/x?Page=1"}}));
    assert_eq!(client.list_waiting_tasks(&workspace).await.unwrap(), None);
    stub.take();
}

#[tokio::test]
async fn workspaces_and_flows_are_read_and_set() {
    let (stub, client) = start().await;
    let workspace_sid: WorkspaceSid = sid("WS");
    let workspace = json!({
        "sid": workspace_sid.as_str(), "friendly_name": "Flex", "event_callback_url": null, "events_filter": null,
    });
    let flow = json!({ "sid": format!("FW{}", "a".repeat(32)), "friendly_name": "desk", "status": "published", "revision": 2 });
    stub.answer(200, &json!({ "workspaces": [workspace] })).answer(200, &workspace).answer(200, &workspace);
    assert_eq!(client.list_workspaces().await.unwrap().len(), 1);
    assert_eq!(client.fetch_workspace(&workspace_sid).await.unwrap().event_callback_url, None);
    client.update_workspace_callback(&workspace_sid, "https://example.com/", TASK_EVENTS_FILTER).await.unwrap();
    let request = stub.take().pop().unwrap();
    assert_eq!(request.field("EventCallbackUrl"), "https://example.com/");
    assert!(request.field("EventsFilter").split(',').all(|event| !event.contains(char::is_whitespace)));

    stub.answer(200, &json!({ "workflows": [{ "sid": format!("WW{}", "a".repeat(32)), "friendly_name": "All" }] }));
    assert_eq!(client.list_workflows(&workspace_sid).await.unwrap()[0].friendly_name, "All");
    stub.answer(200, &json!({ "channels": [{ "sid": "TC1", "unique_name": "chat" }] }));
    assert_eq!(client.list_task_channels(&workspace_sid).await.unwrap()[0].unique_name, "chat");

    let definition = json!({ "initial_state": "Trigger" });
    let next = "https://studio.twilio.com/v2/Flows?PageSize=100&Page=1&PageToken=x";
    stub.answer(200, &json!({ "flows": [flow], "meta": { "next_page_url": next } }))
        .answer(200, &json!({ "flows": [flow] }));
    assert_eq!(client.list_flows().await.unwrap().len(), 2);
    stub.answer(200, &json!({ "valid": true })).answer(201, &flow).answer(200, &flow);
    assert!(client.validate_flow("desk", &definition).await.unwrap());
    client.create_flow("desk", &definition).await.unwrap();
    assert_eq!(client.update_flow(&sid("FW"), "desk", &definition).await.unwrap().revision, 2);
    let request = stub.take().pop().unwrap();
    assert_eq!((request.field("Status"), request.field("Definition")), ("published", r#"{"initial_state":"Trigger"}"#));
}

#[tokio::test]
async fn a_429_is_waited_for_when_the_wait_is_short() {
    let (stub, client) = start().await;
    let too_many = |after: &'static str| (429, vec![("retry-after", after)], refusal(429, 20429).to_string());
    stub.answer_with(too_many("0.2")).answer(429, &refusal(429, 20429)).answer(201, &message(1));
    let new =
        NewMessage { author: "a".into(), body: "b".into(), media: None, attributes: json!({}), webhook_enabled: false };
    let started = Instant::now();
    client.create_message(&conversation(), &new).await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(200));
    assert_eq!(stub.take().len(), 3);

    stub.answer_with(too_many("30"));
    let error = client.create_message(&conversation(), &new).await.unwrap_err();
    assert!(matches!(error, TwilioError::RateLimited { retry_after: Some(after) } if after == Duration::from_secs(30)));
    assert!(error.surely_not_done());
    assert_eq!(stub.take().len(), 1);

    stub.answer(429, &refusal(429, 45719)).answer(429, &json!({})).answer_with((429, vec![], "<html>".to_owned()));
    let error = client.create_message(&conversation(), &new).await.unwrap_err();
    assert!(matches!(error, TwilioError::RateLimited { retry_after: None }));
    assert_eq!(stub.take().len(), 3);
}

#[tokio::test]
async fn a_create_that_may_have_been_done_is_never_repeated() {
    let (stub, client) = start().await;
    let new =
        NewMessage { author: "a".into(), body: "b".into(), media: None, attributes: json!({}), webhook_enabled: false };
    for status in [500, 502, 503, 504] {
        stub.answer(status, &json!({}));
        let error = client.create_message(&conversation(), &new).await.unwrap_err();
        assert!(matches!(error, TwilioError::Unavailable { status: Some(seen), .. } if seen == status), "{error:?}");
        assert!(!error.surely_not_done() && error.is_transient());
        assert_eq!(stub.take().len(), 1);
    }
    // Reading is harmless.
    stub.answer(503, &json!({})).answer(200, &message(1));
    assert!(client.fetch_message(&conversation(), &sid::<MessageSid>("IM")).await.unwrap().is_some());
    // An answer that cannot be read is no answer.
    stub.answer_with((201, vec![], "<html>".to_owned()));
    assert!(!client.create_message(&conversation(), &new).await.unwrap_err().surely_not_done());

    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = Client::new(http(), config(format!("http://{nobody}")));
    let error = client.create_message(&conversation(), &new).await.unwrap_err();
    assert!(error.surely_not_done() && error.is_transient(), "{error:?}");
    assert_eq!(error.to_string(), "Twilio: no usable answer (no connection)");
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_token_or_a_body() {
    let (stub, client) = start().await;
    stub.answer(401, &refusal(401, 20003)).answer(400, &refusal(400, 50501));
    let fetch = || client.fetch_conversation("x");
    assert!(matches!(fetch().await, Err(TwilioError::InvalidCredentials)));
    let error = fetch().await.unwrap_err();
    assert!(
        matches!(&error, TwilioError::Refused { status: 400, code: 50501, message } if message.as_str() == "secret body")
    );
    assert_eq!(error.to_string(), "Twilio: refused with status 400, code 50501");
    for printed in [format!("{error:?}"), format!("{client:?}")] {
        assert!(!printed.contains("secret body") && !printed.contains("test-auth-token"), "{printed}");
    }
}

#[tokio::test]
async fn a_token_of_flex_is_an_agents_or_it_is_none() {
    let token = |expiration: Value| {
        json!({
            "valid": true, "identity": "alex", "roles": ["agent"], "expiration": expiration,
            "worker_sid": format!("WK{}", "b".repeat(32)),
        })
    };
    let check = async |status: u16, change: fn(&mut Value), expected: bool| {
        let (stub, client) = start().await;
        let mut answer = token(json!(null));
        change(&mut answer);
        stub.answer(status, &answer);
        let found = client.validate_token(&"a-token".into()).await.unwrap();
        assert_eq!(found.is_some(), expected, "{answer}");
        assert!(!format!("{found:?}").contains("alex"));
        // No document of Twilio's describes this one, so it is checked here.
        let asked = stub.requests.lock().unwrap().remove(0);
        let path = format!("/v1/Accounts/AC{}/Tokens/validate", "a".repeat(32));
        assert_eq!(asked.line(), format!("POST iam.twilio.com{path}"));
        assert_eq!(asked.headers["content-type"], "application/json");
        assert!(asked.headers["authorization"].to_str().unwrap().starts_with("Basic "));
    };
    check(200, |_| (), true).await;
    check(200, |answer| answer["valid"] = json!(false), false).await;
    check(200, |answer| drop(answer.as_object_mut().unwrap().remove("valid")), false).await;
    check(200, |answer| answer["worker_sid"] = json!(null), false).await;
    check(200, |answer| answer["worker_sid"] = json!("US1"), false).await;
    check(200, |answer| answer["roles"] = json!(["guest"]), false).await;
    check(200, |answer| answer["roles"] = json!(null), true).await;
    check(400, |_| (), false).await;

    let (stub, client) = start().await;
    for (expiration, expected) in
        [(json!(1_750_000_000), 1_750_000_000), (json!("2025-06-15T15:06:40Z"), 1_750_000_000)]
    {
        stub.answer(200, &token(expiration));
        let found = client.validate_token(&"a-token".into()).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.expires_at), ("alex", Some(expected)));
    }
    for (identity, name) in
        [("alex_40example_2Ecom", "alex@example.com"), ("a_", "a_"), ("a_zz", "a_zz"), ("_C3_A9_00", "é")]
    {
        let mut answer = token(json!(null));
        answer["identity"] = json!(identity);
        stub.answer(200, &answer);
        assert_eq!(client.validate_token(&"a-token".into()).await.unwrap().unwrap().name, name);
    }
    stub.answer(401, &json!({}));
    let error = client.validate_token(&"a-token".into()).await.unwrap_err();
    assert!(matches!(error, TwilioError::InvalidCredentials), "{error}");
}

#[tokio::test]
async fn region_and_edge_become_part_of_the_host() {
    let check = async |edge: &str, region: &str, expected: &str| {
        let (stub, config) = stub().await;
        let client = Client::new(http(), Config { edge: Some(edge.into()), region: Some(region.into()), ..config });
        stub.answer(404, &json!({}));
        client.fetch_conversation("x").await.unwrap();
        assert_eq!(stub.requests.lock().unwrap()[0].host, expected);
    };
    check("", "", "conversations.twilio.com").await;
    check("dublin", "ie1", "conversations.dublin.ie1.twilio.com").await;
    check("", "ie1", "conversations.dublin.ie1.twilio.com").await;
    check("", "xx1", "conversations.xx1.twilio.com").await;
    check("umatilla", "", "conversations.umatilla.us1.twilio.com").await;
}

/// Holds a request against Twilio's OpenAPI documents: path, names, required fields, patterns, choices.
mod contract {
    use super::{Path, Recorded, Value};

    pub(super) fn check(request: &Recorded) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contracts/twilio");
        let files: &[&str] = match request.host.split('.').next().unwrap() {
            "conversations" => &["conversations_v1.json", "conversations_v1_service.json"],
            "flex-api" => &["flex_v1.json"],
            "taskrouter" => &["taskrouter_v1.json"],
            "studio" => &["studio_v2.json"],
            // No document describes these.
            "mcs" | "media" => return,
            other => panic!("{other} is no host of Twilio's that we know"),
        };
        let mut documents = Vec::new();
        for file in files {
            let Ok(text) = std::fs::read(folder.join(file)) else {
                println!(
                    "shared/contracts is not beside this checkout: requests are not held against Twilio's OpenAPI documents"
                );
                return;
            };
            documents.push(serde_json::from_slice::<Value>(&text).unwrap());
        }
        let method = request.method.as_str().to_lowercase();
        let found = documents.iter().find_map(|document| {
            let paths = document["paths"].as_object().unwrap();
            // A literal segment (`Validate`) goes before a placeholder (`{Sid}`).
            let path = paths
                .iter()
                .filter(|(template, item)| matches(template, &request.path) && item.get(&method).is_some())
                .min_by_key(|(template, _)| template.matches('{').count())?;
            Some((document, path.1))
        });
        let (document, item) = found.unwrap_or_else(|| panic!("{} is not documented", request.line()));
        let operation = &item[&method];
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let parameters: Vec<_> = parameters.filter(|parameter| parameter["in"] == "query").collect();
        for (name, value) in &request.query {
            let parameter = parameters.iter().find(|parameter| parameter["name"] == name.as_str());
            let parameter = parameter.unwrap_or_else(|| panic!("{}: query {name}", request.line()));
            check_value(document, &parameter["schema"], name, value);
        }
        let schema = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
        for (name, value) in &request.form {
            let property = schema["properties"].get(name).unwrap_or_else(|| panic!("{}: field {name}", request.line()));
            if property["type"] != "array" {
                assert_eq!(request.fields(name).len(), 1, "{}: {name} more than once", request.line());
            }
            check_value(document, property, name, value);
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            assert!(!request.fields(name).is_empty(), "{}: no {name}", request.line());
        }
    }

    fn matches(template: &str, path: &str) -> bool {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template.iter().zip(path).all(|(expected, segment)| expected.starts_with('{') || *expected == segment)
    }

    fn check_value(document: &Value, schema: &Value, name: &str, value: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            return check_value(document, document.pointer(&reference[1..]).unwrap(), name, value);
        }
        if let Some(choices) = schema["enum"].as_array() {
            assert!(choices.iter().any(|choice| choice == value), "{name}={value}");
        }
        if let Some(maximum) = schema["maximum"].as_i64() {
            assert!(value.parse::<i64>().unwrap() <= maximum, "{name}={value}");
        }
        if let Some(length) = schema["maxLength"].as_u64() {
            assert!(value.chars().count() as u64 <= length, "{name}={value}");
        }
        if schema["format"] == "uri" && !value.is_empty() {
            url::Url::parse(value).unwrap();
        }
    }
}
