//! Replays events/setup against a server that is Discord, Twilio and the place where `CloudFormation` waits for its answers.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of any test function")]

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use lambda_runtime::{Context, LambdaEvent};
use runtime::config::Lookup;
use runtime::secrets::Secrets;
use serde_json::{Value, json};
use setup::{Config, Deps, handle, platforms};
use tokio::net::TcpListener;

const APPLICATION: &str = "1380000000000000001";
const INTERACTIONS_URL: &str = "https://interactions.lambda-url.us-east-1.on.aws/";
const DISCORD_EVENTS_URL: &str = "https://discord-events.lambda-url.us-east-1.on.aws/";
const TASK_EVENTS_URL: &str = "https://task-events.lambda-url.us-east-1.on.aws/";
/// What is asked of TaskRouter beside the address.
const REPEATED: &str = "#rc=3&rp=5xx,ct,rt";

#[derive(Default)]
struct World {
    endpoint: Option<String>,
    events_url: Option<String>,
    events_types: Value,
    installs: Option<Value>,
    commands: Option<Value>,
    callback: String,
    events_filter: String,
    flows: BTreeMap<String, (String, Value)>,
    flow_is_invalid: bool,
    task_channels: Vec<Value>,
    /// What a request gets instead of its answer, by method and path.
    faults: HashMap<String, VecDeque<(u16, Value)>>,
    requests: Vec<String>,
    answers: Vec<Value>,
}

type Shared = Arc<Mutex<World>>;

async fn serve(
    State(world): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let mut world = world.lock().unwrap();
    let line = format!("{method} {}", uri.path());
    world.requests.push(line.clone());
    if let Some((status, answer)) = world.faults.get_mut(&line).and_then(VecDeque::pop_front) {
        return (StatusCode::from_u16(status).unwrap(), answer.to_string());
    }
    if line == "PUT /answer" {
        assert_eq!(headers["content-type"], "");
        assert!(headers.contains_key("content-length"));
        world.answers.push(serde_json::from_slice(&body).unwrap());
        return (StatusCode::OK, String::new());
    }
    let authorization = headers["authorization"].to_str().unwrap();
    let (status, answer) = if let Some(path) = uri.path().strip_prefix("/discord/api/v10") {
        assert_eq!(authorization, "Bot test-bot-token");
        discord(&mut world, &method, path, &body)
    } else {
        assert!(authorization.starts_with("Basic "));
        twilio(&mut world, &method, uri.path().strip_prefix("/twilio").unwrap(), &body)
    };
    (StatusCode::from_u16(status).unwrap(), answer.to_string())
}

fn discord(world: &mut World, method: &Method, path: &str, body: &[u8]) -> (u16, Value) {
    let json = || serde_json::from_slice::<Value>(body).unwrap();
    let commands_path = format!("/applications/{APPLICATION}/commands");
    match (method.as_str(), path) {
        ("PATCH", "/applications/@me") => {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            for (field, value) in json().as_object().unwrap() {
                match field.as_str() {
                    "interactions_endpoint_url" => world.endpoint = text(value),
                    "event_webhooks_url" => world.events_url = text(value),
                    "event_webhooks_types" => world.events_types = value.clone(),
                    "event_webhooks_status" => {}
                    "integration_types_config" => world.installs = Some(value.clone()),
                    other => panic!("{other}"),
                }
            }
        }
        ("PUT", path) if path == commands_path => {
            world.commands = Some(json());
            return (200, json());
        }
        ("GET", "/applications/@me") => {}
        other => panic!("Discord is not asked for {other:?}"),
    }
    let application = json!({
        "id": APPLICATION, "name": "Desk", "verify_key": "ab".repeat(32), "interactions_endpoint_url": world.endpoint,
        "event_webhooks_url": world.events_url,
        "integration_types_config": world.installs.clone().unwrap_or_else(|| json!({ "0": { "own": true } })),
    });
    (200, application)
}

fn twilio(world: &mut World, method: &Method, path: &str, body: &[u8]) -> (u16, Value) {
    let form: HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let flow = |sid: &str, name: &str| json!({ "sid": sid, "friendly_name": name, "status": "published", "revision": 1, "valid": true });
    let workspace_path = format!("/taskrouter.twilio.com/v1/Workspaces/WS{}", "2".repeat(32));
    match (method.as_str(), path) {
        ("POST", "/studio.twilio.com/v2/Flows/Validate") => (200, json!({ "valid": !world.flow_is_invalid })),
        ("GET", "/studio.twilio.com/v2/Flows") => {
            let flows: Vec<_> = world.flows.iter().map(|(sid, (name, _))| flow(sid, name)).collect();
            (200, json!({ "flows": flows, "meta": { "next_page_url": null } }))
        }
        ("POST", path) if path.starts_with("/studio.twilio.com/v2/Flows") => {
            assert_eq!(form["Status"], "published");
            let definition = serde_json::from_str(&form["Definition"]).unwrap();
            let sid = match path.strip_prefix("/studio.twilio.com/v2/Flows/") {
                None => format!("FW{:032}", world.flows.len() + 1),
                Some(sid) if world.flows.contains_key(sid) => sid.to_owned(),
                Some(_) => return (404, json!({ "code": 20404, "message": "not found" })),
            };
            world.flows.insert(sid.clone(), (form["FriendlyName"].clone(), definition));
            (if path.ends_with("Flows") { 201 } else { 200 }, flow(&sid, &form["FriendlyName"]))
        }
        ("GET", path) if path == format!("{workspace_path}/TaskChannels") => {
            (200, json!({ "channels": world.task_channels, "meta": {} }))
        }
        (_, path) if path == workspace_path => {
            if method == Method::POST {
                world.callback.clone_from(&form["EventCallbackUrl"]);
                world.events_filter.clone_from(&form["EventsFilter"]);
            }
            let callback = if world.callback.is_empty() { Value::Null } else { json!(world.callback) };
            (
                200,
                json!({ "sid": format!("WS{}", "2".repeat(32)), "friendly_name": "Flex", "event_callback_url": callback }),
            )
        }
        other => panic!("Twilio is not asked for {other:?}"),
    }
}

struct Stage {
    world: Shared,
    deps: Deps,
    url: String,
}

impl Stage {
    async fn new() -> Self {
        let world = Shared::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(serve).with_state(Arc::clone(&world));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let http = runtime::http::client().unwrap();
        let lookup = Lookup::from_fn(|name| match name {
            "DISCORD_API_URL" => Some(format!("{url}/discord/")),
            "TWILIO_API_URL" => Some(format!("{url}/twilio")),
            "TWILIO_ACCOUNT_SID" => Some(format!("AC{}", "a".repeat(32))),
            "TWILIO_WORKSPACE_SID" => Some(format!("WS{}", "2".repeat(32))),
            _ => None,
        });
        let config = Config::from_lookup(&lookup).unwrap();
        drop(lookup);
        let secrets = Secrets {
            discord_bot_token: "test-bot-token".into(),
            twilio_auth_token: "test-auth-token".into(),
            discord_client_secret: None,
        };
        let platforms = Ok(platforms(http.clone(), config, secrets));
        Self { world, deps: Deps { http, platforms, pause: Duration::from_millis(1) }, url }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn fault(&self, request: &str, status: u16, body: Value) {
        self.world().faults.entry(request.to_owned()).or_default().push_back((status, body));
    }

    /// Delivers a golden event and returns the answer.
    async fn deliver(&self, name: &str) -> Value {
        self.deliver_changed(name, |_| {}).await
    }

    async fn deliver_changed(&self, name: &str, change: impl FnOnce(&mut Value)) -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/setup").join(name).with_extension("json");
        let mut event: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        event["ResponseURL"] = json!(format!("{}/answer", self.url));
        change(&mut event);
        self.world().requests.clear();
        handle(&self.deps, LambdaEvent::new(event.clone(), Context::default())).await.unwrap();
        let answer = self.world().answers.pop().expect("no answer");
        assert!(self.world().answers.is_empty(), "more than one answer");
        for field in ["StackId", "RequestId", "LogicalResourceId"] {
            assert_eq!(answer[field], event[field], "{field}");
        }
        let physical_id = answer["PhysicalResourceId"].as_str().unwrap();
        assert!(!physical_id.is_empty() && answer.to_string().len() <= 4096);
        assert_eq!(answer["Status"] == "FAILED", answer["Reason"] != "", "{answer}");
        answer
    }

    fn asked(&self) -> Vec<String> {
        let requests = self.world().requests.clone();
        requests.into_iter().filter(|request| request != "PUT /answer").collect()
    }
}

fn reason(answer: &Value) -> &str {
    assert_eq!(answer["Status"], "FAILED", "{answer}");
    answer["Reason"].as_str().unwrap()
}

fn succeeded(answer: &Value) -> &Value {
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    answer
}

#[tokio::test]
async fn the_application_is_read_from_the_bot_token() {
    let stage = Stage::new().await;
    for name in ["discord-application-create", "discord-application-create", "discord-application-update"] {
        let answer = stage.deliver(name).await;
        assert_eq!(succeeded(&answer)["PhysicalResourceId"], APPLICATION);
        assert_eq!(answer["Data"], json!({ "ApplicationId": APPLICATION, "PublicKey": "ab".repeat(32) }));
    }
    let answer = stage.deliver("discord-application-delete").await;
    assert_eq!(succeeded(&answer)["PhysicalResourceId"], APPLICATION);
    assert_eq!(stage.asked(), [""; 0]);
}

#[tokio::test]
async fn a_wrong_token_is_said_at_once_and_the_roll_back_goes_through() {
    let stage = Stage::new().await;
    stage.fault("GET /discord/api/v10/applications/@me", 401, json!({ "message": "401: Unauthorized", "code": 0 }));
    let answer = stage.deliver("discord-application-create").await;
    assert_eq!(reason(&answer), "read the Discord application: Discord does not take the bot token");
    let physical_id = answer["PhysicalResourceId"].clone();
    assert_eq!(physical_id, "DiscordApplication-not-created");
    let answer = stage
        .deliver_changed("discord-application-delete", |event| event["PhysicalResourceId"] = physical_id.clone())
        .await;
    assert_eq!(succeeded(&answer)["PhysicalResourceId"], physical_id);
}

#[tokio::test]
async fn what_cannot_start_says_why_and_can_be_deleted() {
    let mut stage = Stage::new().await;
    stage.deps.platforms = Err(anyhow_error("TWILIO_ACCOUNT_SID is not set"));
    assert_eq!(reason(&stage.deliver("studio-flow-create").await), "TWILIO_ACCOUNT_SID is not set");
    succeeded(&stage.deliver("studio-flow-delete").await);
    succeeded(&stage.deliver("discord-application-delete").await);
}

fn anyhow_error(text: &'static str) -> anyhow::Error {
    anyhow::anyhow!(text)
}

#[tokio::test]
async fn the_flow_is_created_once_and_then_brought_up_to_date() {
    let stage = Stage::new().await;
    stage.world().task_channels =
        vec![json!({ "sid": "TC1", "unique_name": "chat" }), json!({ "sid": "TC2", "unique_name": "sms" })];
    let answer = stage.deliver("studio-flow-create").await;
    let sid = succeeded(&answer)["Data"]["FlowSid"].as_str().unwrap().to_owned();
    assert_eq!(answer["PhysicalResourceId"], json!(sid));
    {
        let world = stage.world();
        let (name, definition) = &world.flows[&sid];
        assert_eq!(name, "desk");
        let text = definition.to_string();
        assert!(text.contains("https://chatbot.lambda-url.us-east-1.on.aws/") && !text.contains("<<"), "{text}");
        assert!(text.contains(r#""channel":"TC1""#), "{text}");
    }
    // A creation that is delivered twice finds what the first has made.
    let again = stage.deliver("studio-flow-create").await;
    assert_eq!(succeeded(&again)["Data"]["FlowSid"], json!(sid));
    let updated = stage.deliver_changed("studio-flow-update", |event| event["PhysicalResourceId"] = json!(sid)).await;
    assert_eq!(succeeded(&updated)["PhysicalResourceId"], json!(sid));
    assert!(!stage.asked().contains(&"GET /twilio/studio.twilio.com/v2/Flows".to_owned()));
    assert_eq!(stage.world().flows.len(), 1);
    assert!(stage.world().flows[&sid].1.to_string().contains("https://desk.example/chatbot-to-discord"));

    let deleted = stage.deliver_changed("studio-flow-delete", |event| event["PhysicalResourceId"] = json!(sid)).await;
    assert_eq!(succeeded(&deleted)["PhysicalResourceId"], json!(sid));
    assert_eq!((stage.asked(), stage.world().flows.len()), (Vec::new(), 1));

    // A flow that somebody deleted in Studio is made anew.
    let answer = stage.deliver("studio-flow-update").await;
    assert_ne!(succeeded(&answer)["PhysicalResourceId"], format!("FW{}", "f".repeat(32)));
}

#[tokio::test]
async fn a_flow_that_studio_does_not_want_is_not_published() {
    let stage = Stage::new().await;
    stage.world().flow_is_invalid = true;
    assert_eq!(reason(&stage.deliver("studio-flow-create").await), "Studio says that the flow is not valid");
    let objection = json!({ "code": 60201, "message": "workflow: not found", "status": 400 });
    stage.fault("POST /twilio/studio.twilio.com/v2/Flows/Validate", 400, objection);
    assert_eq!(
        reason(&stage.deliver("studio-flow-create").await),
        "have Studio check the flow: Twilio: refused with status 400, code 60201: workflow: not found"
    );
    assert!(stage.world().flows.is_empty());

    stage.world().task_channels = vec![json!({ "sid": "TC2", "unique_name": "sms" })];
    let answer = stage.deliver("studio-flow-create").await;
    assert_eq!(reason(&answer), "the TaskRouter workspace has no task channel with the unique name chat");
    let check = async |property: &str, value: Value, expected: &str| {
        let answer =
            stage.deliver_changed("studio-flow-create", |event| event["ResourceProperties"][property] = value).await;
        assert!(reason(&answer).contains(expected), "{answer}");
    };
    check("ChatbotUrl", json!("chatbot"), "ChatbotUrl is not a web address").await;
    check("WorkflowSid", json!("WW1"), "WorkflowSid").await;
    check("FriendlyName", Value::Null, "Custom::StudioFlow").await;
}

#[tokio::test]
async fn registering_points_both_platforms_here_and_twice_changes_nothing() {
    let stage = Stage::new().await;
    for _ in 0..2 {
        let answer = stage.deliver("registration-create").await;
        assert_eq!(succeeded(&answer)["PhysicalResourceId"], format!("registration-{APPLICATION}"));
        let world = stage.world();
        assert_eq!(world.endpoint.as_deref(), Some(INTERACTIONS_URL));
        assert_eq!(world.callback, format!("{TASK_EVENTS_URL}{REPEATED}"));
        assert!(world.events_filter.contains("reservation.accepted"));
        let names: Vec<_> =
            world.commands.as_ref().unwrap().as_array().unwrap().iter().map(|one| &one["name"]).collect();
        assert!(names.contains(&&json!("helpme")), "{names:?}");
        assert_eq!(world.events_url.as_deref(), Some(DISCORD_EVENTS_URL));
        assert_eq!(world.events_types, json!(["APPLICATION_AUTHORIZED"]));
        // People can install it, and the server's own settings are what they were.
        let installs = world.installs.as_ref().unwrap();
        assert_eq!(installs["0"], json!({ "own": true }));
        assert_eq!(installs["1"]["oauth2_install_params"]["scopes"], json!(["applications.commands"]));
        let helpme = &world.commands.as_ref().unwrap()[0];
        assert_eq!((&helpme["name"], &helpme["integration_types"]), (&json!("helpme"), &json!([0, 1])));
    }
    let answer = stage.deliver("registration-update").await;
    assert_eq!(succeeded(&answer)["PhysicalResourceId"], format!("registration-{APPLICATION}"));
    assert_eq!(stage.world().endpoint.as_deref(), Some("https://desk.example/interactions"));
    assert_eq!(stage.world().callback, format!("https://desk.example/task-events{REPEATED}"));
    assert_eq!(stage.world().events_url.as_deref(), Some("https://desk.example/discord-events"));
}

#[tokio::test]
async fn somebody_elses_address_for_webhook_events_is_left_alone() {
    let stage = Stage::new().await;
    stage.world().events_url = Some("https://somebody.example/events".to_owned());
    succeeded(&stage.deliver("registration-create").await);
    succeeded(&stage.deliver("registration-delete").await);
    assert_eq!(stage.world().events_url.as_deref(), Some("https://somebody.example/events"));
}

#[tokio::test]
async fn an_application_that_people_cannot_install_is_registered_all_the_same() {
    let stage = Stage::new().await;
    let refusal = json!({ "code": 50035, "message": "Invalid Form Body", "errors": { "integration_types_config": {
        "_errors": [{ "message": "Private application cannot have a default authorization link" }] } } });
    stage.fault("PATCH /discord/api/v10/applications/@me", 400, refusal);
    succeeded(&stage.deliver("registration-create").await);
    assert_eq!(stage.world().installs, None);
    assert_eq!(stage.world().commands.as_ref().unwrap()[0]["integration_types"], json!([0]));
}

#[tokio::test]
async fn somebody_elses_callback_is_left_alone_unless_told_otherwise() {
    let stage = Stage::new().await;
    stage.world().callback = "https://somebody.example/events".to_owned();
    let answer = stage.deliver("registration-create").await;
    let reason = reason(&answer);
    assert!(reason.contains("another address") && reason.contains("ReplaceEventCallback"), "{reason}");
    // The address may carry somebody's credentials.
    assert!(!reason.contains("somebody.example"), "{reason}");
    assert_eq!(stage.world().endpoint, None);
    assert!(stage.world().commands.is_none());
    // The roll-back leaves it alone too.
    succeeded(&stage.deliver("registration-delete").await);
    assert_eq!(stage.world().callback, "https://somebody.example/events");

    let replace = |event: &mut Value| event["ResourceProperties"]["ReplaceEventCallback"] = json!("true");
    succeeded(&stage.deliver_changed("registration-create", replace).await);
    assert_eq!(stage.world().callback, format!("{TASK_EVENTS_URL}{REPEATED}"));
}

#[tokio::test]
async fn a_deleted_registration_takes_away_only_what_is_its_own() {
    let stage = Stage::new().await;
    succeeded(&stage.deliver("registration-create").await);
    for _ in 0..2 {
        succeeded(&stage.deliver("registration-delete").await);
        assert_eq!(stage.world().endpoint, None);
        assert_eq!(stage.world().callback, "");
        assert_eq!(stage.world().events_url, None);
        assert!(stage.world().commands.is_some() && stage.world().installs.is_some());
    }
    assert!(stage.asked().iter().all(|request| request.starts_with("GET")), "{:?}", stage.asked());

    stage.world().endpoint = Some("https://successor.example/".to_owned());
    stage.world().callback = format!("{TASK_EVENTS_URL}#rc=3");
    succeeded(&stage.deliver("registration-delete").await);
    assert_eq!(stage.world().endpoint.as_deref(), Some("https://successor.example/"));
    assert_eq!(stage.world().callback, "");

    // Credentials that are gone must not hold a stack.
    stage.fault("GET /discord/api/v10/applications/@me", 401, json!({}));
    let workspace = format!("GET /twilio/taskrouter.twilio.com/v1/Workspaces/WS{}", "2".repeat(32));
    stage.fault(&workspace, 401, json!({ "code": 20003 }));
    succeeded(&stage.deliver("registration-delete").await);
}

#[tokio::test]
async fn an_endpoint_that_discord_refuses_is_tried_again_and_then_named() {
    let refusal = || {
        json!({
            "code": 50035, "message": "Invalid Form Body",
            "errors": { "interactions_endpoint_url": { "_errors": [{
                "code": "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID",
                "message": "The specified interactions endpoint url could not be verified."
            }] } }
        })
    };
    let stage = Stage::new().await;
    stage.world().installs = Some(json!({ "0": {}, "1": {} }));
    for _ in 0..4 {
        stage.fault("PATCH /discord/api/v10/applications/@me", 400, refusal());
    }
    succeeded(&stage.deliver("registration-create").await);
    assert_eq!(stage.world().endpoint.as_deref(), Some(INTERACTIONS_URL));

    let stage = Stage::new().await;
    stage.world().installs = Some(json!({ "0": {}, "1": {} }));
    for _ in 0..5 {
        stage.fault("PATCH /discord/api/v10/applications/@me", 400, refusal());
    }
    let answer = stage.deliver("registration-create").await;
    assert!(reason(&answer).starts_with("set Discord's interactions endpoint: "), "{answer}");
    assert!(reason(&answer).contains("could not be verified"), "{answer}");
    assert_eq!(stage.world().callback, "");
}

#[tokio::test]
async fn a_busy_platform_is_waited_for() {
    let stage = Stage::new().await;
    let commands = format!("PUT /discord/api/v10/applications/{APPLICATION}/commands");
    stage.fault(&commands, 429, json!({ "message": "slow", "retry_after": 0.01, "global": false }));
    stage.fault(&commands, 503, Value::Null);
    succeeded(&stage.deliver("registration-create").await);
    // A wait that does not fit is not begun.
    stage.fault(&commands, 429, json!({ "message": "slow", "retry_after": 600.0, "global": false }));
    let answer = stage.deliver("registration-update").await;
    assert!(reason(&answer).starts_with("register the Discord commands: "), "{answer}");
}

#[tokio::test]
async fn a_token_of_another_application_is_noticed() {
    let stage = Stage::new().await;
    let other = |event: &mut Value| event["ResourceProperties"]["ApplicationId"] = json!("5");
    let answer = stage.deliver_changed("registration-create", other).await;
    assert_eq!(
        reason(&answer),
        format!("the bot token belongs to application {APPLICATION}, and ApplicationId says 5")
    );
}

#[tokio::test]
async fn an_answer_that_is_not_taken_is_sent_again_and_an_unknown_type_is_answered() {
    let stage = Stage::new().await;
    stage.fault("PUT /answer", 503, Value::Null);
    stage.fault("PUT /answer", 500, Value::Null);
    let answer =
        stage.deliver_changed("studio-flow-delete", |event| event["ResourceType"] = json!("Custom::Thing")).await;
    assert_eq!(reason(&answer), "there is no resource type Custom::Thing");

    let event = LambdaEvent::new(json!({ "RequestType": "Create" }), Context::default());
    let error = handle(&stage.deps, event).await.unwrap_err();
    assert_eq!(error.to_string(), "not a custom resource's event");
}
