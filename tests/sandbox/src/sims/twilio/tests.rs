use std::sync::{Arc, Mutex};

use base64::Engine;
use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::sims::faults::Action;
use crate::sims::http::{Reply, Request};

const SECOND: Duration = Duration::from_secs(5);

type Form = Vec<(String, String)>;

/// A webhook receiver that checks signatures and answers what it is told.
struct Receiver {
    server: Server,
    seen: Arc<Mutex<Vec<(String, Form)>>>,
    answer: Arc<Mutex<(Duration, Value)>>,
}

impl Receiver {
    async fn start(token: String) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(Mutex::new((Duration::ZERO, json!({"send_to_flex": "true", "case_number": 12}))));
        let base = Arc::new(Mutex::new(String::new()));
        let (heard, told, own) = (Arc::clone(&seen), Arc::clone(&answer), Arc::clone(&base));
        let server = Server::start(move |request: Request| {
            let (token, heard, told, own) = (token.clone(), Arc::clone(&heard), Arc::clone(&told), Arc::clone(&own));
            async move {
                let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
                let url = format!("{}{}{query}", own.lock().unwrap(), request.path);
                let is_json = request.header("content-type").unwrap().starts_with("application/json");
                let mut form: Form = form_urlencoded::parse(&request.body).into_owned().collect();
                if is_json {
                    assert!(query.contains("bodySHA256="), "JSON carries its hash");
                    form = vec![("json".into(), String::from_utf8(request.body.to_vec()).unwrap())];
                }
                let signed = hooks::signature(&token, &url, if is_json { &[] } else { &form });
                if request.header("x-twilio-signature") != Some(signed.as_str()) {
                    return Ok(Reply::empty(403));
                }
                heard.lock().unwrap().push((request.path.clone(), form));
                let (delay, body) = told.lock().unwrap().clone();
                tokio::time::sleep(delay).await;
                Ok(Reply::json(200, &body))
            }
        });
        let server = server.await.unwrap();
        *base.lock().unwrap() = server.url();
        Self { server, seen, answer }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }
}

async fn started() -> TwilioSim {
    let trace = Trace::new();
    let options = TwilioOptions { studio_limit: Duration::from_millis(300), ..TwilioOptions::default() };
    TwilioSim::start(options, Gate::new(trace.clone()), trace).await.unwrap()
}

/// A call with the account's credentials.
async fn call(sim: &TwilioSim, method: &str, path: &str, form: &[(&str, &str)], fires: bool) -> RawAnswer {
    let header = fires.then_some(("x-twilio-webhook-enabled", "true"));
    call_with(sim, method, path, form, header).await
}

/// The same, with one more header.
async fn call_with(
    sim: &TwilioSim,
    method: &str,
    path: &str,
    form: &[(&str, &str)],
    header: Option<(&str, &str)>,
) -> RawAnswer {
    let credentials = format!("{}:{}", sim.options().account_sid, sim.options().auth_token);
    let basic = base64::engine::general_purpose::STANDARD.encode(credentials);
    let mut headers = vec![("authorization".to_owned(), format!("Basic {basic}"))];
    if method == "POST" {
        headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
    }
    headers.extend(header.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let url = format!("{}/{path}", sim.url());
    http::send(&http::client("test"), method, &url, &headers, Bytes::from(body), SECOND).await.unwrap()
}

const CONVERSATIONS: &str = "conversations.twilio.com/v1/Conversations";

fn code(answer: &RawAnswer) -> (u16, u64) {
    (answer.status, answer.json()["code"].as_u64().unwrap_or_default())
}

async fn conversation(sim: &TwilioSim, name: &str) -> String {
    let made =
        call(sim, "POST", CONVERSATIONS, &[("UniqueName", name), ("Attributes", "{\"handoff\":\"false\"}")], false)
            .await;
    assert_eq!(made.status, 201);
    let sid = made.json()["sid"].as_str().unwrap().to_owned();
    let added =
        call(sim, "POST", &format!("{CONVERSATIONS}/{sid}/Participants"), &[("Identity", "discord_1")], false).await;
    assert_eq!(added.status, 201);
    sid
}

async fn hook(sim: &TwilioSim, conversation: &str, url: &str) -> RawAnswer {
    let form = [
        ("Target", "webhook"),
        ("Configuration.Method", "POST"),
        ("Configuration.Url", url),
        ("Configuration.Filters", "onMessageAdded"),
        ("Configuration.Filters", "onMessageUpdated"),
        ("Configuration.Filters", "onConversationStateUpdated"),
    ];
    call(sim, "POST", &format!("{CONVERSATIONS}/{conversation}/Webhooks"), &form, false).await
}

#[tokio::test]
async fn a_name_is_given_once_and_stays_taken() {
    let sim = started().await;
    let sid = conversation(&sim, "discord_1_1").await;
    let again = call(&sim, "POST", CONVERSATIONS, &[("UniqueName", "discord_1_1")], false).await;
    assert_eq!(code(&again), (409, 50353));
    let by_name = call(&sim, "GET", &format!("{CONVERSATIONS}/discord_1_1"), &[], false).await;
    assert_eq!(by_name.json()["sid"], sid.as_str());
    let twice =
        call(&sim, "POST", &format!("{CONVERSATIONS}/{sid}/Participants"), &[("Identity", "discord_1")], false).await;
    assert_eq!(code(&twice), (409, 50433));
    let closed = call(&sim, "POST", &format!("{CONVERSATIONS}/{sid}"), &[("State", "closed")], false).await;
    assert_eq!(closed.json()["state"], "closed");
    let late = call(&sim, "POST", &format!("{CONVERSATIONS}/{sid}/Messages"), &[("Body", "hi")], false).await;
    assert_eq!(code(&late), (400, 50377));
    let again = call(&sim, "POST", CONVERSATIONS, &[("UniqueName", "discord_1_1")], false).await;
    assert_eq!(code(&again), (409, 50353));
    let mine =
        call(&sim, "GET", "conversations.twilio.com/v1/ParticipantConversations?Identity=discord_1", &[], false).await;
    assert_eq!(mine.json()["conversations"][0]["conversation_state"], "closed");
}

#[tokio::test]
async fn what_twilio_refuses_is_refused() {
    let sim = started().await;
    let sid = conversation(&sim, "n").await;
    let messages = format!("{CONVERSATIONS}/{sid}/Messages");
    let post = async |form: &[(&str, &str)]| code(&call(&sim, "POST", &messages, form, false).await);
    assert_eq!(post(&[("Body", &"x".repeat(32 * 1024))]).await, (201, 0));
    assert_eq!(post(&[("Body", &"x".repeat(32 * 1024 + 1))]).await, (400, 50504));
    assert_eq!(post(&[("Body", "x"), ("Attributes", "no json")]).await.0, 400);
    assert_eq!(post(&[("Body", "x"), ("Attributes", &format!("\"{}\"", "x".repeat(4096)))]).await.0, 400);
    assert_eq!(post(&[("Body", "x"), ("Colour", "red")]).await.0, 400);
    assert_eq!(code(&call(&sim, "GET", &format!("{CONVERSATIONS}/CHnone"), &[], false).await), (404, 20404));
    let url = format!("{}/{CONVERSATIONS}", sim.url());
    let stranger = http::send(&http::client("x"), "GET", &url, &[], Bytes::new(), SECOND).await.unwrap();
    assert_eq!(code(&stranger), (401, 20003));
    for n in 0..6 {
        let made = hook(&sim, &sid, &format!("http://127.0.0.1:9/{n}")).await;
        assert_eq!(made.status == 201, n < 5, "{}", made.text());
    }
    let timers = call(&sim, "POST", CONVERSATIONS, &[("Timers.Closed", "PT20M")], false).await;
    assert_eq!(code(&timers), (400, 50382));
    let timers = call(&sim, "POST", CONVERSATIONS, &[("State", "active"), ("Timers.Closed", "PT5M")], false).await;
    assert_eq!(code(&timers), (400, 50376));
    sim.fault(Fault::new(
        "POST /v1/Conversations",
        1,
        Action::RateLimit { retry_after: 1.0, header: true, global: false },
    ));
    assert_eq!(code(&call(&sim, "POST", CONVERSATIONS, &[], false).await), (429, 20429));
}

#[tokio::test]
async fn pages_have_meta_and_messages_an_order() {
    let sim = started().await;
    let sid = conversation(&sim, "n").await;
    for n in 0..5 {
        call(&sim, "POST", &format!("{CONVERSATIONS}/{sid}/Messages"), &[("Body", &n.to_string())], false).await;
        sim.skip_index(&sid, u64::from(n == 2));
    }
    let page =
        call(&sim, "GET", &format!("{CONVERSATIONS}/{sid}/Messages?PageSize=2&Order=desc"), &[], false).await.json();
    let indexes: Vec<u64> =
        page["messages"].as_array().unwrap().iter().map(|message| message["index"].as_u64().unwrap()).collect();
    assert_eq!(indexes, [5, 4]);
    let next = page["meta"]["next_page_url"].as_str().unwrap().strip_prefix("https://").unwrap().to_owned();
    let page = call(&sim, "GET", &next, &[], false).await.json();
    let bodies: Vec<&str> =
        page["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap()).collect();
    assert_eq!((bodies.as_slice(), page["meta"]["page"].as_u64()), (["2", "1"].as_slice(), Some(1)));
}

#[tokio::test]
async fn rest_messages_fire_only_with_the_header() {
    let sim = started().await;
    let receiver = Receiver::start(sim.options().auth_token.clone()).await;
    let sid = conversation(&sim, "n").await;
    hook(&sim, &sid, &receiver.url("/forward?a=b%20c")).await;
    let messages = format!("{CONVERSATIONS}/{sid}/Messages");
    call(&sim, "POST", &messages, &[("Body", "silent")], false).await;
    call(&sim, "POST", &messages, &[("Body", "loud é +&"), ("Author", "discord_1")], true).await;
    sim.wait_for(|state| (state.deliveries().len() == 1).then_some(()), SECOND).await.unwrap();
    let delivery = sim.deliveries().remove(0);
    assert_eq!(
        (delivery.status, delivery.param("Source"), delivery.param("Index")),
        (Some(200), Some("API"), Some("1"))
    );
    assert_eq!((delivery.param("Body"), delivery.param("ClientIdentity")), (Some("loud é +&"), None));
    assert!(delivery.param("ParticipantSid").unwrap().starts_with("MB"));
}

#[tokio::test]
async fn webhooks_are_dropped_doubled_and_overtaken_as_planned() {
    let sim = started().await;
    let receiver = Receiver::start(sim.options().auth_token.clone()).await;
    let sid = conversation(&sim, "n").await;
    hook(&sim, &sid, &receiver.url("/hook")).await;
    sim.hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Drop));
    sim.hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Delay(Duration::from_millis(150))));
    sim.hook_fault(HookFault::new("onMessageAdded", 1, HookAction::Duplicate));
    for body in ["dropped", "late", "twice"] {
        call(&sim, "POST", &format!("{CONVERSATIONS}/{sid}/Messages"), &[("Body", body)], true).await;
    }
    sim.wait_for(|state| (state.deliveries().len() == 4).then_some(()), SECOND).await.unwrap();
    let seen = receiver.seen.lock().unwrap().clone();
    let bodies: Vec<&str> =
        seen.iter().map(|(_, form)| form.iter().find(|(name, _)| name == "Body").unwrap().1.as_str()).collect();
    assert_eq!(bodies, ["twice", "twice", "late"]);
}

fn flow(url: &str, options: &TwilioOptions) -> Value {
    json!({"description": "x", "initial_state": "Trigger", "states": [
        {"name": "Trigger", "type": "trigger", "properties": {},
         "transitions": [{"event": "incomingConversationMessage", "next": "wants_agent"}]},
        {"name": "wants_agent", "type": "split-based-on", "properties": {"input": "{{trigger.conversation.Body}}"},
         "transitions": [{"event": "noMatch", "next": "ask_bot"}, {"event": "match", "next": "transfer", "conditions": [
            {"friendly_name": "asks", "arguments": ["{{trigger.conversation.Body}}"], "type": "regex", "value": "(?i)[\\s\\S]*\\bagent\\b[\\s\\S]*"}]}]},
        {"name": "ask_bot", "type": "make-http-request",
         "properties": {"method": "POST", "content_type": "application/json;charset=utf-8", "url": format!("{url}/bot"),
                        "body": "{\"body\": {{trigger.conversation.Body | to_json}}, \"trigger\": {{trigger | to_json}}}"},
         "transitions": [{"event": "success"}, {"event": "failed", "next": "ask_bot"}]},
        {"name": "transfer", "type": "make-http-request",
         "properties": {"method": "POST", "content_type": "application/x-www-form-urlencoded;charset=utf-8", "url": format!("{url}/transfer"),
                        "parameters": [{"key": "conversation", "value": "{{flow.channel.address}}"}]},
         "transitions": [{"event": "success", "next": "to_flex"}, {"event": "failed"}]},
        {"name": "to_flex", "type": "send-to-flex",
         "properties": {"workflow": options.workflow_sid, "channel": options.task_channel_sid,
                        "attributes": "{\"channelType\": \"discord\", \"case_number\": {{widgets.transfer.parsed.case_number}}}"},
         "transitions": [{"event": "callComplete"}, {"event": "failedToEnqueue"}, {"event": "callFailure"}]}
    ]})
}

async fn with_flow() -> (TwilioSim, Receiver, String) {
    let sim = started().await;
    let receiver = Receiver::start(sim.options().auth_token.clone()).await;
    let definition = flow(&receiver.server.url(), sim.options()).to_string();
    let form = [("FriendlyName", "Discord"), ("Status", "published"), ("Definition", definition.as_str())];
    assert_eq!(call(&sim, "POST", "studio.twilio.com/v2/Flows/Validate", &form, false).await.json()["valid"], true);
    let made = call(&sim, "POST", "studio.twilio.com/v2/Flows", &form, false).await;
    let flow = made.json()["sid"].as_str().unwrap().to_owned();
    let sid = conversation(&sim, "n").await;
    let form =
        [("Target", "studio"), ("Configuration.FlowSid", flow.as_str()), ("Configuration.Filters", "onMessageAdded")];
    assert_eq!(call(&sim, "POST", &format!("{CONVERSATIONS}/{sid}/Webhooks"), &form, false).await.status, 201);
    (sim, receiver, sid)
}

async fn write(sim: &TwilioSim, sid: &str, body: &str) {
    let form = [("Body", body), ("Author", "discord_1")];
    assert_eq!(call(sim, "POST", &format!("{CONVERSATIONS}/{sid}/Messages"), &form, true).await.status, 201);
}

async fn ended(sim: &TwilioSim, count: usize) -> Execution {
    let over = |state: &TwilioState| {
        let over: Vec<&Execution> = state.executions().iter().filter(|execution| !execution.active).collect();
        (over.len() == count).then(|| over[count - 1].clone())
    };
    sim.wait_for(over, SECOND).await.unwrap()
}

#[tokio::test]
async fn a_flow_asks_the_bot_and_drops_what_comes_meanwhile() {
    let (sim, receiver, sid) = with_flow().await;
    *receiver.answer.lock().unwrap() = (Duration::from_millis(100), json!({}));
    write(&sim, &sid, "my \"game\"\ncrashes").await;
    write(&sim, &sid, "hello?").await;
    let execution = ended(&sim, 1).await;
    assert_eq!(execution.dropped.len(), 1);
    assert_eq!(execution.steps.last().unwrap(), &("ask_bot".to_owned(), "success".to_owned()));
    let seen = receiver.seen.lock().unwrap().clone();
    let body: Value = serde_json::from_str(&seen[0].1[0].1).unwrap();
    assert_eq!((seen.len(), &body["body"]), (1, &json!("my \"game\"\ncrashes")));
    assert_eq!(body["trigger"]["conversation"]["ChannelAttributes"]["handoff"], "false");
    assert_eq!(body["trigger"]["conversation"]["Attributes"], "{}");
}

#[tokio::test]
async fn a_widget_that_fails_for_ever_is_ended() {
    let (sim, receiver, sid) = with_flow().await;
    sim.studio_fault(StudioFault::new("ask_bot", 1, StudioAction::TimesOut));
    sim.studio_fault(StudioFault::new("*", 100, StudioAction::Unreachable));
    write(&sim, &sid, "hi").await;
    let execution = ended(&sim, 1).await;
    assert_eq!(execution.steps.iter().filter(|(widget, _)| widget == "ask_bot").count(), 10);
    assert!(execution.problem.is_some());
    assert_eq!(receiver.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_agent_takes_a_task_talks_and_completes() {
    let (sim, receiver, sid) = with_flow().await;
    hook(&sim, &sid, &receiver.url("/forward")).await;
    let workspace = format!("taskrouter.twilio.com/v1/Workspaces/{}", sim.options().workspace_sid);
    let filter = "task.created,reservation.accepted,task.completed,task.canceled";
    let callback = receiver.url("/events#rc=2&rp=all");
    call(&sim, "POST", &workspace, &[("EventCallbackUrl", &callback), ("EventsFilter", filter)], false).await;
    let agent = sim.add_agent("Alex Agent");
    write(&sim, &sid, "an Agent please").await;
    let task = sim.wait_for(|state| state.waiting_tasks().first().cloned(), SECOND).await.unwrap();
    assert_eq!((&task.attributes["case_number"], &task.attributes["channelType"]), (&json!(12), &json!("discord")));
    assert_eq!(task.attributes["conversationSid"], sid.as_str());
    let query = format!("{workspace}/Tasks?EvaluateTaskAttributes=conversationSid%20%3D%3D%20%22{sid}%22");
    assert_eq!(call(&sim, "GET", &query, &[], false).await.json()["tasks"][0]["assignment_status"], "reserved");
    assert!(sim.say(&agent, &sid, "hello").await.is_err(), "not before the task is accepted");
    sim.accept(&agent, &task.sid).await.unwrap();
    let line = sim.say(&agent, &sid, "hello").await.unwrap();
    sim.edit(&agent, &line, "Hello!").await.unwrap();
    sim.complete(&agent, &task.sid).await.unwrap();
    assert!(sim.say(&agent, &sid, "one more").await.is_err());
    let wanted = [
        "task.created",
        "reservation.accepted",
        "task.completed",
        "onMessageAdded",
        "onMessageAdded",
        "onMessageUpdated",
        "onConversationStateUpdated",
    ];
    let arrived = |state: &TwilioState| (state.deliveries().len() >= wanted.len()).then(|| state.deliveries().to_vec());
    let deliveries = sim.wait_for(arrived, SECOND).await.unwrap();
    let mut events: Vec<&str> = deliveries.iter().map(|delivery| delivery.event.as_str()).collect();
    let mut sorted = wanted.to_vec();
    events.sort_unstable();
    sorted.sort_unstable();
    assert_eq!(events, sorted);
    assert!(deliveries.iter().all(|delivery| delivery.status == Some(200)), "every signature held");
    let accepted = deliveries.iter().find(|delivery| delivery.event == "reservation.accepted").unwrap();
    assert!(accepted.param("WorkerAttributes").unwrap().contains("Alex Agent"));
    assert_eq!((sim.conversations()[0].state.as_str(), sim.tasks()[0].status.as_str()), ("closed", "completed"));
}

#[tokio::test]
async fn the_interactions_api_makes_a_task_and_closes_its_channel() {
    let sim = started().await;
    let sid = conversation(&sim, "n").await;
    let channel =
        json!({"type": "web", "initiated_by": "customer", "properties": {"media_channel_sid": sid}}).to_string();
    let routing = json!({"properties": {
        "workspace_sid": sim.options().workspace_sid, "workflow_sid": sim.options().workflow_sid,
        "task_channel_unique_name": "chat", "attributes": {"discord_user_id": "1", "channelType": "discord"},
    }});
    let form = [("Channel", channel.as_str()), ("Routing", &routing.to_string())];
    let made = call(&sim, "POST", "flex-api.twilio.com/v1/Interactions", &form, false).await;
    assert_eq!(made.status, 200);
    let (interaction, channel) = (made.json()["sid"].clone(), made.json()["channel"]["sid"].clone());
    let path = format!(
        "flex-api.twilio.com/v1/Interactions/{}/Channels/{}",
        interaction.as_str().unwrap(),
        channel.as_str().unwrap()
    );
    assert_eq!(call(&sim, "GET", &path, &[], false).await.json()["status"], "active");
    let agent = sim.add_agent("Alex Agent");
    let task = sim.waiting_tasks()[0].sid.clone();
    sim.reject(&agent, &task).await.unwrap();
    sim.accept(&agent, &task).await.unwrap();
    let close = [("Status", "closed"), ("Routing", "{\"status\":\"closed\"}")];
    assert_eq!(call(&sim, "POST", &path, &close, false).await.json()["status"], "closed");
    assert_eq!((sim.tasks()[0].status.as_str(), sim.conversations()[0].state.as_str()), ("completed", "closed"));
    // A closed conversation gets a channel that has failed, and no task.
    let again = call(&sim, "POST", "flex-api.twilio.com/v1/Interactions", &form, false).await.json();
    assert_eq!((again["routing"].is_null(), sim.tasks().len()), (true, 1));
}

#[tokio::test]
async fn an_invited_agent_has_a_task_of_their_own_and_each_may_go() {
    let sim = started().await;
    let sid = conversation(&sim, "n").await;
    let (alex, kim) = (sim.add_agent("Alex Agent"), sim.add_agent("Kim Agent"));
    let interaction = sim.core.change(|state| state.create_interaction(&sid, "web", serde_json::Map::new(), 0, 60));
    let first = sim.tasks()[0].clone();
    sim.accept(&alex, &first.sid).await.unwrap();
    let channel = format!("flex-api.twilio.com/v1/Interactions/{interaction}/Channels/{}", first.channel_sid);
    let options = sim.options();
    let routing = json!({"properties": {
        "workspace_sid": options.workspace_sid, "workflow_sid": options.workflow_sid, "worker_sid": kim.worker_sid,
    }})
    .to_string();
    let asking_in = format!("{channel}/Invites");
    assert_eq!(call(&sim, "POST", &asking_in, &[("Routing", "{}")], false).await.status, 400);
    let invited = call(&sim, "POST", &asking_in, &[("Routing", &routing)], false).await.json();
    let second = sim.tasks()[1].clone();
    assert_eq!(invited["sid"], second.attributes["flexChannelInviteSid"]);
    assert_ne!(invited["sid"], first.attributes["flexChannelInviteSid"]);
    assert_eq!(second.attributes["conversationSid"], sid.as_str());
    sim.accept(&kim, &second.sid).await.unwrap();

    let participants = call(&sim, "GET", &format!("{channel}/Participants"), &[], false).await.json();
    let first_participant = participants["participants"].as_array().unwrap().iter();
    let first_participant =
        first_participant.into_iter().find(|one| one["routing_properties"]["worker_sid"] == alex.worker_sid.as_str());
    let first_participant = format!("{channel}/Participants/{}", first_participant.unwrap()["sid"].as_str().unwrap());
    assert_eq!(call(&sim, "POST", &first_participant, &[("Status", "closed")], false).await.status, 200);
    let status = |at: usize| sim.tasks()[at].status.clone();
    assert_eq!((status(0).as_str(), status(1).as_str()), ("completed", "assigned"));
    assert_eq!(sim.conversations()[0].state, "active");
    sim.complete(&kim, &second.sid).await.unwrap();
    assert_eq!((status(1).as_str(), sim.conversations()[0].state.as_str()), ("completed", "closed"));
}

#[tokio::test]
async fn tasks_have_an_order_and_versions_and_room_for_so_much() {
    let sim = started().await;
    let mut tasks = Vec::new();
    for (number, priority) in [0, 5, 0].into_iter().enumerate() {
        let sid = conversation(&sim, &format!("n{number}")).await;
        sim.core.change(|state| state.create_interaction(&sid, "web", serde_json::Map::new(), priority, 60));
        tasks.push(sim.tasks().last().unwrap().sid.clone());
    }
    let path = format!("taskrouter.twilio.com/v1/Workspaces/{}/Tasks", sim.options().workspace_sid);
    let list =
        format!("{path}?AssignmentStatus=pending&AssignmentStatus=reserved&Ordering=Priority:desc,DateCreated:asc");
    let listed = call(&sim, "GET", &list, &[], false).await.json();
    let listed: Vec<_> = listed["tasks"].as_array().unwrap().iter().map(|task| task["sid"].as_str().unwrap()).collect();
    assert_eq!(listed, [&tasks[1], &tasks[0], &tasks[2]]);

    let one = format!("{path}/{}", tasks[0]);
    let read = call(&sim, "GET", &one, &[], false).await;
    let etag = read.headers["etag"].to_str().unwrap().to_owned();
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(5_000));
    for (text, status) in [(large.as_str(), 400), ("no", 400), (r#"{"a":1}"#, 200), (r#"{"a":2}"#, 412)] {
        let changed = call_with(&sim, "POST", &one, &[("Attributes", text)], Some(("if-match", &etag))).await;
        assert_eq!(changed.status, status, "{text}");
    }
    assert_eq!(sim.tasks()[0].attributes, json!({"a": 1}));
}

#[tokio::test]
async fn a_task_is_cancelled_after_ten_rejections() {
    let sim = started().await;
    let sid = conversation(&sim, "n").await;
    let agent = sim.add_agent("Alex Agent");
    let created = sim.core.change(|state| state.create_interaction(&sid, "web", serde_json::Map::new(), 0, 60));
    let task = sim.core.state.read(|state| state.interactions[&created].task_sid.clone()).unwrap();
    for _ in 0..10 {
        sim.reject(&agent, &task).await.unwrap();
    }
    assert_eq!(sim.tasks()[0].status, "canceled");
    assert_eq!(sim.conversations()[0].state, "active");
}

#[tokio::test]
async fn a_new_webhook_can_have_messages_delivered_again() {
    let sim = started().await;
    let receiver = Receiver::start(sim.options().auth_token.clone()).await;
    let sid = conversation(&sim, "n").await;
    for body in ["a", "b", "c"] {
        write(&sim, &sid, body).await;
    }
    let form = [
        ("Target", "webhook"),
        ("Configuration.Url", &receiver.url("/hook")),
        ("Configuration.Filters", "onMessageAdded"),
        ("Configuration.ReplayAfter", "1"),
    ];
    call(&sim, "POST", &format!("{CONVERSATIONS}/{sid}/Webhooks"), &form, false).await;
    sim.wait_for(|state| (state.deliveries().len() == 2).then_some(()), SECOND).await.unwrap();
}

#[tokio::test]
async fn bad_webhooks_are_as_bad_as_asked() {
    let sim = started().await;
    let receiver = Receiver::start(sim.options().auth_token.clone()).await;
    let url = receiver.url("/hook");
    let params = [("Body", "x"), ("Author", "y")];
    assert_eq!(sim.post_webhook(&url, &params, &Signature::Valid).await.unwrap().status, 200);
    assert_eq!(sim.post_webhook(&url, &params, &Signature::Missing).await.unwrap().status, 403);
    assert_eq!(sim.post_webhook(&url, &params, &Signature::Is("bm9wZQ==".into())).await.unwrap().status, 403);
    assert_eq!(sim.post_json(&url, "{}", &Signature::Valid, true).await.unwrap().status, 200);
}

/// The vectors of Twilio's own libraries, where they are there: this signer is what the functions are tested against.
#[test]
fn signatures_agree_with_twilios_libraries() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/contracts/twilio/signature_vectors.json");
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let mut checked = 0;
    for vector in vectors["vectors"].as_array().unwrap() {
        if vector["valid"] != true {
            continue;
        }
        let url = vector["signed_url"].as_str().or(vector["request_url"].as_str()).unwrap();
        let mut params = Vec::new();
        for (name, value) in vector["params"].as_object().into_iter().flatten() {
            match value {
                Value::Array(values) => {
                    params.extend(values.iter().map(|value| (name.clone(), value.as_str().unwrap().to_owned())));
                }
                value => params.push((name.clone(), value.as_str().unwrap().to_owned())),
            }
        }
        let token = vector["auth_token"].as_str().unwrap();
        assert_eq!(hooks::signature(token, url, &params), vector["signature"].as_str().unwrap(), "{vector}");
        checked += 1;
    }
    assert!(checked > 5, "only {checked} vectors");
}

#[tokio::test]
async fn a_deleted_conversation_is_gone_with_its_messages_and_its_name() {
    let sim = started().await;
    let sid = conversation(&sim, "discord-1-1").await;
    let line = call(&sim, "POST", &format!("{CONVERSATIONS}/{sid}/Messages"), &[("Body", "hi")], false).await;
    assert_eq!((line.status, sim.messages(&sid).len()), (201, 1));
    assert_eq!(call(&sim, "DELETE", &format!("{CONVERSATIONS}/{sid}"), &[], false).await.status, 204);
    assert_eq!((sim.messages(&sid).len(), sim.conversations().len()), (0, 0));
    assert_eq!(code(&call(&sim, "GET", &format!("{CONVERSATIONS}/{sid}/Messages"), &[], false).await), (404, 20404));
    assert_eq!(code(&call(&sim, "DELETE", &format!("{CONVERSATIONS}/{sid}"), &[], false).await), (404, 20404));
    conversation(&sim, "discord-1-1").await;
    assert_eq!(sim.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_flex_token_says_who_works_with_it() {
    let sim = started().await;
    let alex = sim.add_agent("Alex Agent");
    let validate = async |token: &str, password: &str| {
        let credentials = format!("{}:{password}", sim.options().account_sid);
        let basic = base64::engine::general_purpose::STANDARD.encode(credentials);
        let headers = [
            ("authorization".to_owned(), format!("Basic {basic}")),
            ("content-type".to_owned(), "application/json".to_owned()),
        ];
        let url = format!("{}/iam.twilio.com/v1/Accounts/{}/Tokens/validate", sim.url(), sim.options().account_sid);
        let body = json!({"token": token}).to_string();
        http::send(&http::client("test"), "POST", &url, &headers, body.into(), SECOND).await.unwrap()
    };
    let token = sim.flex_token(&alex);
    let secret = sim.options().auth_token.clone();
    let known = validate(&token, &secret).await.json();
    assert_eq!((&known["valid"], &known["worker_sid"]), (&json!(true), &json!(alex.worker_sid)));
    assert_eq!((&known["identity"], &known["roles"]), (&json!(alex.identity), &json!(["agent"])));
    let guest = validate(&sim.guest_token("visitor"), &secret).await.json();
    assert_eq!(
        (&guest["valid"], &guest["worker_sid"], &guest["roles"]),
        (&json!(true), &json!(null), &json!(["guest"]))
    );
    assert_eq!(validate("nonsense", &secret).await.json()["valid"], false);
    assert_eq!(validate(&token, "wrong").await.status, 401);
    sim.expire_flex_token(&token);
    assert_eq!(validate(&token, &secret).await.json()["valid"], false);
    assert_eq!(sim.contract_violations(), Vec::<String>::new());
}
