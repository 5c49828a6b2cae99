//! Discord's one endpoint: verify, PONG, answer or defer, hand on.
//!
//! It holds no secret and makes no call but the one that starts a command's function.

use std::future::Future;
use std::time::Duration;

use anyhow::{Context, ensure};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use discord::endpoint::{self, Refusal};
use discord::interaction;
use discord::reply::Reply;
use discord::routes::{self, Decision, Route};
use discord::signature::PublicKey;
use domain::ids::ApplicationId;
use lambda_http::http::{StatusCode, header};
use lambda_http::{Body, Request, Response};
use runtime::answer::json_answer;
use runtime::config::{ConfigError, Lookup};
use tracing::{error, info, warn};

/// How long starting another function may take. Discord waits 3 s for the first answer.
const INVOKE_TIMEOUT: Duration = Duration::from_millis(2200);

/// What the environment says.
pub struct Config {
    /// The application's public key, read as hex from `DISCORD_PUBLIC_KEY`.
    pub public_key: PublicKey,
    /// The application, from `DISCORD_APPLICATION_ID`.
    pub application_id: ApplicationId,
    /// What the names of the other functions start with, from `FUNCTION_NAME_PREFIX`; their folder follows.
    pub function_name_prefix: String,
}

impl Config {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(&Lookup::env())
    }

    /// Reads variables from anywhere.
    pub fn from_lookup(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            public_key: lookup.parse("DISCORD_PUBLIC_KEY")?,
            application_id: lookup.parse("DISCORD_APPLICATION_ID")?,
            function_name_prefix: lookup.required("FUNCTION_NAME_PREFIX")?,
        })
    }
}

/// What the handler works with.
pub struct Deps<I> {
    /// The application's public key.
    pub public_key: PublicKey,
    /// The application.
    pub application_id: ApplicationId,
    /// Who serves what.
    pub routes: &'static [Route],
    /// Starts the other functions.
    pub invoker: I,
}

impl Deps<Lambda> {
    /// Builds the clients. Once per process.
    pub fn connect(config: Config) -> anyhow::Result<Self> {
        let sdk_config = runtime::aws::sdk_config(&runtime::http::client()?);
        Ok(Self {
            public_key: config.public_key,
            application_id: config.application_id,
            routes: routes::ROUTES,
            invoker: Lambda { client: aws_sdk_lambda::Client::new(&sdk_config), prefix: config.function_name_prefix },
        })
    }
}

/// Hands an interaction to another function.
pub trait Invoke {
    /// Has the function take the event, without waiting for what comes of it.
    fn start(&self, function: &str, event: Vec<u8>) -> impl Future<Output = anyhow::Result<()>> + Send;

    /// Waits for the function's answer.
    fn ask(&self, function: &str, event: Vec<u8>) -> impl Future<Output = anyhow::Result<String>> + Send;
}

/// The other functions, on AWS Lambda.
pub struct Lambda {
    client: aws_sdk_lambda::Client,
    prefix: String,
}

impl Invoke for Lambda {
    async fn start(&self, function: &str, event: Vec<u8>) -> anyhow::Result<()> {
        let answer = self.invoke(function, InvocationType::Event, event).await?;
        ensure!(answer.status_code() == 202, "Lambda answered {} and not 202", answer.status_code());
        Ok(())
    }

    async fn ask(&self, function: &str, event: Vec<u8>) -> anyhow::Result<String> {
        let answer = self.invoke(function, InvocationType::RequestResponse, event).await?;
        ensure!(answer.function_error().is_none(), "the function failed");
        let payload = answer.payload.context("the function answered nothing")?;
        String::from_utf8(payload.into_inner()).context("read the function's answer")
    }
}

impl Lambda {
    async fn invoke(
        &self,
        function: &str,
        kind: InvocationType,
        event: Vec<u8>,
    ) -> anyhow::Result<aws_sdk_lambda::operation::invoke::InvokeOutput> {
        let name = format!("{}{function}", self.prefix);
        let call = self.client.invoke().function_name(&name).invocation_type(kind).payload(Blob::new(event)).send();
        let answer = tokio::time::timeout(INVOKE_TIMEOUT, call)
            .await
            .with_context(|| format!("wait for Lambda to take {name}"))?;
        answer.with_context(|| format!("invoke {name}"))
    }
}

/// Serves one request. `now` is in Unix seconds.
pub async fn handle<I: Invoke>(deps: &Deps<I>, request: Request, now: u64) -> Response<Body> {
    match answer(deps, &request, now).await {
        Ok(body) => response(StatusCode::OK, body),
        Err(failure) => refuse(&failure),
    }
}

async fn answer<I: Invoke>(deps: &Deps<I>, request: &Request, now: u64) -> Result<String, Refusal> {
    let body = endpoint::verified(&deps.public_key, request, now)?;
    if interaction::parse_ping(body)?.is_some() {
        return Ok(Reply::pong().to_json());
    }
    let interaction = interaction::parse(body)?;
    if interaction.application_id != deps.application_id {
        return Err(Refusal::OtherApplication);
    }
    let (function, outcome) = match routes::decide(deps.routes, &interaction) {
        Decision::Answer(reply) => return Ok(reply.to_json()),
        Decision::Start { function, reply } => {
            (function, deps.invoker.start(function, body.to_vec()).await.map(|()| reply.to_json()))
        }
        Decision::Ask { function } => (function, deps.invoker.ask(function, body.to_vec()).await),
    };
    Ok(outcome.map_or_else(
        |failure| {
            error!(interaction.id = %interaction.id, function, error = format!("{failure:#}"), "could not hand an interaction to {function}");
            routes::could_not_take(&interaction).to_json()
        },
        |said| {
            info!(interaction.id = %interaction.id, function, "handed an interaction to {function}");
            said
        },
    ))
}

fn refuse(refusal: &Refusal) -> Response<Body> {
    warn!("refused a request: {refusal}");
    let (status, said) = refusal.answer();
    json_answer(status, &serde_json::json!({ "error": said }))
}

fn response(status: StatusCode, body: String) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::Text(body))
        .expect("status and header are constants")
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use discord::endpoint::BODY_LENGTH_MAX;
    use discord::routes::ROUTES;
    use domain::language::Language;
    use domain::text_discord::FrontDoor;
    use ed25519_dalek::{Signer, SigningKey};
    use lambda_http::http::Method;
    use serde_json::{Value, json};

    use super::*;

    const NOW: u64 = 1_755_000_000;
    const ENGLISH: FrontDoor = FrontDoor::speaking(Language::English);
    /// What is said to whoever does something in the server in the recorded events.
    const INDONESIAN: FrontDoor = FrontDoor::speaking(Language::Indonesian);

    /// Takes what it is handed, or does not.
    #[derive(Default)]
    struct Functions {
        out_of_order: bool,
        taken: Mutex<Vec<(String, Vec<u8>)>>,
    }

    impl Invoke for Functions {
        async fn start(&self, function: &str, event: Vec<u8>) -> anyhow::Result<()> {
            ensure!(!self.out_of_order, "out of order");
            self.taken.lock().unwrap().push((function.to_owned(), event));
            Ok(())
        }

        async fn ask(&self, function: &str, event: Vec<u8>) -> anyhow::Result<String> {
            self.start(function, event).await?;
            Ok(r#"{"type":8,"data":{"choices":[{"name":"BUG-1","value":"1"}]}}"#.to_owned())
        }
    }

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn deps() -> Deps<Functions> {
        let key = hex::encode(signing_key().verifying_key().as_bytes());
        Deps {
            public_key: key.parse().unwrap(),
            application_id: "1380000000000000001".parse().unwrap(),
            routes: ROUTES,
            invoker: Functions::default(),
        }
    }

    fn event(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../../events/discord/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn sign(timestamp: &str, body: &[u8]) -> String {
        hex::encode(signing_key().sign(&[timestamp.as_bytes(), body].concat()).to_bytes())
    }

    fn request(timestamp: &str, signature: &str, body: impl Into<Body>) -> Request {
        lambda_http::http::Request::post("https://id.lambda-url.eu-west-2.on.aws/")
            .header("X-Signature-Timestamp", timestamp)
            .header("X-Signature-Ed25519", signature)
            .body(body.into())
            .unwrap()
    }

    fn signed(body: &[u8]) -> Request {
        request(&NOW.to_string(), &sign(&NOW.to_string(), body), body)
    }

    async fn asked(deps: &Deps<Functions>, request: Request) -> (u16, Value) {
        let response = handle(deps, request, NOW).await;
        assert_eq!(response.headers()["content-type"], "application/json");
        let Body::Text(body) = response.body() else { panic!("no text") };
        (response.status().as_u16(), serde_json::from_str(body).unwrap())
    }

    /// Discord sends this body, properly signed, and gets this answer.
    async fn check(body: &[u8], expected: (u16, Value)) -> Deps<Functions> {
        let deps = deps();
        assert_eq!(asked(&deps, signed(body)).await, expected);
        deps
    }

    /// Somebody sends this request, and gets what everybody gets.
    async fn check_unverified(request: Request) {
        let deps = deps();
        assert_eq!(asked(&deps, request).await, (401, json!({"error": "invalid request signature"})));
        assert!(deps.invoker.taken.into_inner().unwrap().is_empty());
    }

    fn said(sentence: &str) -> (u16, Value) {
        (200, json!({"type": 4, "data": {"content": sentence, "flags": 64, "allowed_mentions": {"parse": []}}}))
    }

    #[tokio::test]
    async fn a_ping_gets_a_pong() {
        check(&event("ping"), (200, json!({"type": 1}))).await;
        check(br#"{"type":1}"#, (200, json!({"type": 1}))).await;
        check(br#"{"type":1,"application_id":5,"user":null}"#, (200, json!({"type": 1}))).await;
    }

    #[tokio::test]
    async fn every_route_is_handed_on_unchanged_and_deferred() {
        let ephemeral = json!({"type": 5, "data": {"flags": 64}});
        let visible = json!({"type": 5});
        let update = json!({"type": 6});
        for (name, function, answer) in [
            ("command-helpme-in-dm", "helpme", &ephemeral),
            ("command-helpme-with-question-in-server", "helpme", &ephemeral),
            ("command-helpme-user-install", "helpme", &ephemeral),
            ("command-message-in-dm", "message", &visible),
            ("command-message-in-server", "message", &ephemeral),
            ("message-command-send-to-support", "message", &ephemeral),
            ("message-command-of-somebody-else-in-server", "message", &ephemeral),
            ("modal-reply", "message", &visible),
            ("modal-reply-with-file", "message", &visible),
            ("command-agent-in-dm", "agent", &ephemeral),
            ("component-agent", "agent", &ephemeral),
            ("command-close-in-dm", "close", &ephemeral),
            ("component-end", "close", &ephemeral),
            ("component-end-now", "close", &update),
            ("command-bug-with-attachment", "bug", &ephemeral),
            ("modal-bug", "bug", &ephemeral),
            ("component-bug-vote", "bug", &update),
            ("component-bug-severity", "bug", &update),
            ("command-new-feature-in-server", "new-feature", &ephemeral),
            ("modal-feature", "new-feature", &ephemeral),
            ("command-case-view", "case", &ephemeral),
            ("command-case-list", "case", &ephemeral),
            ("command-case-assign", "case", &ephemeral),
            ("component-case-take", "case", &ephemeral),
            ("component-case-rate", "case", &ephemeral),
            ("modal-case-comment", "case", &ephemeral),
            ("component-transcript", "close", &ephemeral),
            ("component-privacy-delete", "privacy", &update),
            ("command-help-button", "help-button", &ephemeral),
            ("component-get-help", "helpme", &ephemeral),
            ("component-start", "helpme", &update),
            ("component-not-now", "helpme", &update),
            ("component-private-thread", "helpme", &update),
        ] {
            let deps = check(&event(name), (200, answer.clone())).await;
            assert_eq!(deps.invoker.taken.into_inner().unwrap(), [(function.to_owned(), event(name))], "{name}");
        }
    }

    #[tokio::test]
    async fn the_reply_button_gets_its_form_at_once() {
        let form = json!({"type": 9, "data": {
            "custom_id": "reply:v1:1380000000000000777",
            "title": ENGLISH.reply_title(),
            "components": [{"type": 18, "label": ENGLISH.reply_label(), "component": {
                "type": 4, "custom_id": "body", "style": 2, "max_length": 4000, "required": false,
                "placeholder": ENGLISH.reply_placeholder()
            }}, {"type": 18, "label": ENGLISH.files(), "description": ENGLISH.reply_files_about(), "component": {
                "type": 19, "custom_id": "files", "min_values": 0, "max_values": 10, "required": false
            }}]
        }});
        let deps = check(&event("component-reply"), (200, form)).await;
        assert!(deps.invoker.taken.into_inner().unwrap().is_empty());
        check(&event("component-reply-of-somebody-else"), said(ENGLISH.not_yours())).await;
    }

    #[tokio::test]
    async fn what_nobody_serves_gets_a_sentence() {
        let renamed = |name: &str| {
            let mut event: Value = serde_json::from_slice(&event(name)).unwrap();
            event["data"]["name"] = json!("buy");
            event.to_string().into_bytes()
        };
        check(&renamed("command-new-feature-in-server"), said(INDONESIAN.unknown_command())).await;
        check(&renamed("autocomplete-case"), (200, json!({"type": 8, "data": {"choices": []}}))).await;
        for custom_id in ["", "reply:v2:1380000000000000777", "nothing:v1:1380000000000000777", "💥"] {
            let mut click: Value = serde_json::from_slice(&event("component-reply")).unwrap();
            click["data"]["custom_id"] = json!(custom_id);
            check(click.to_string().as_bytes(), said(ENGLISH.unknown_command())).await;
        }
    }

    #[tokio::test]
    async fn a_report_without_a_title_gets_its_form_at_once() {
        let deps = deps();
        let (status, form) = asked(&deps, signed(&event("command-bug"))).await;
        assert_eq!((status, &form["type"]), (200, &json!(9)));
        assert_eq!(form["data"]["custom_id"], "bug:v1:1380000000000000777");
        assert!(deps.invoker.taken.into_inner().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_form_that_a_function_keeps_comes_from_the_function_itself() {
        let mut click: Value = serde_json::from_slice(&event("component-bug-vote")).unwrap();
        click["data"]["custom_id"] = json!("bug-again:v1:1380000000000000777:7");
        let click = click.to_string().into_bytes();
        let mut deps = deps();
        assert_eq!(asked(&deps, signed(&click)).await.0, 200);
        assert_eq!(std::mem::take(deps.invoker.taken.get_mut().unwrap()), [("bug".to_owned(), click.clone())]);
        deps.invoker.out_of_order = true;
        assert_eq!(asked(&deps, signed(&click)).await, said(INDONESIAN.could_not_take()));
    }

    #[tokio::test]
    async fn suggestions_come_from_the_function_itself() {
        let mut deps = deps();
        let choices = json!({"type": 8, "data": {"choices": [{"name": "BUG-1", "value": "1"}]}});
        assert_eq!(asked(&deps, signed(&event("autocomplete-case"))).await, (200, choices));
        deps.invoker.out_of_order = true;
        let none = json!({"type": 8, "data": {"choices": []}});
        assert_eq!(asked(&deps, signed(&event("autocomplete-case"))).await, (200, none));
    }

    #[tokio::test]
    async fn what_could_not_be_handed_on_is_said() {
        let mut deps = deps();
        deps.invoker.out_of_order = true;
        assert_eq!(asked(&deps, signed(&event("command-helpme-in-dm"))).await, said(ENGLISH.could_not_take()));
    }

    #[tokio::test]
    async fn every_failed_check_gets_the_same_401() {
        let body = event("command-helpme-in-dm");
        let now = NOW.to_string();
        let good = sign(&now, &body);
        check_unverified(request(&now, "", body.as_slice())).await;
        check_unverified(request(&now, "not hex", body.as_slice())).await;
        check_unverified(request(&now, &good[2..], body.as_slice())).await;
        check_unverified(request(&now, &format!("{good}00"), body.as_slice())).await;
        check_unverified(request(&now, &"0".repeat(128), body.as_slice())).await;
        check_unverified(request(&now, &sign(&now, b"{}"), body.as_slice())).await;
        check_unverified(request("", &good, body.as_slice())).await;
        check_unverified(request("soon", &good, body.as_slice())).await;
        for off in [NOW - 301, NOW + 301, 0, u64::MAX] {
            let timestamp = off.to_string();
            check_unverified(request(&timestamp, &sign(&timestamp, &body), body.as_slice())).await;
        }
        for header in ["x-signature-timestamp", "x-signature-ed25519"] {
            let mut request = signed(&body);
            request.headers_mut().remove(header);
            check_unverified(request).await;
            let mut request = signed(&body);
            request.headers_mut().insert(header, b"\xff".as_slice().try_into().unwrap());
            check_unverified(request).await;
        }
        check_unverified(request(&now, &sign(&now, &body), [body.as_slice(), b" "].concat().as_slice())).await;
        check_unverified(request(&now, "00", Body::Empty)).await;
        check_unverified(lambda_http::http::Request::get("https://example.org/").body(Body::Empty).unwrap()).await;
        let mut get = signed(&event("ping"));
        *get.method_mut() = Method::GET;
        check_unverified(get).await;
        check_unverified(signed(&vec![b' '; 1024 * 1024])).await;
        check_unverified(signed(&vec![b' '; BODY_LENGTH_MAX + 1])).await;
        let mut other: Value = serde_json::from_slice(&body).unwrap();
        other["application_id"] = json!("1380000000000000002");
        check_unverified(signed(other.to_string().as_bytes())).await;
    }

    #[tokio::test]
    async fn signed_nonsense_gets_a_400_that_quotes_nothing() {
        let malformed = |reason: &str| (400, json!({"error": format!("event is malformed: {reason}")}));
        check(b"", malformed("not JSON, line 1 column 0")).await;
        check(b"null", malformed("not an interaction, line 1 column 4")).await;
        check(b"[]", malformed("not an interaction, line 1 column 2")).await;
        check(b"{\"type\":2,", malformed("not JSON, line 1 column 10")).await;
        check(br#"{"type":2}"#, malformed("not an interaction, line 1 column 10")).await;
        check(b"{\"type\":2,\"id\":\"\xff\xfe\"}", malformed("not UTF-8")).await;
        check("[".repeat(200_000).as_bytes(), malformed("nested too deep")).await;
        let deep = format!(r#"{{"type":2,"id":"1","more":{}{}}}"#, r#"{"a":"#.repeat(30_000), "}".repeat(30_000));
        check(deep.as_bytes(), malformed("nested too deep")).await;
        check(&vec![b' '; BODY_LENGTH_MAX], malformed("not JSON, line 1 column 262144")).await;
    }

    #[tokio::test]
    async fn a_body_that_is_not_text_is_verified_as_received() {
        // Signed and in UTF-8, but the function URL handed it over in base64.
        let body = event("command-helpme-in-dm");
        let deps = deps();
        let now = NOW.to_string();
        let (status, _) = asked(&deps, request(&now, &sign(&now, &body), Body::Binary(body.clone()))).await;
        assert_eq!((status, deps.invoker.taken.into_inner().unwrap()), (200, vec![("helpme".to_owned(), body)]));
    }

    /// The function URL's own event, in plain text and in base64, signed for the key of these tests at [`NOW`].
    #[tokio::test]
    async fn a_function_urls_event_is_served() {
        let deps = deps();
        let serve = async |name: &str| {
            let event = String::from_utf8(event(name)).unwrap();
            asked(&deps, lambda_http::request::from_str(&event).unwrap()).await
        };
        assert_eq!(serve("function-url/ping").await, (200, json!({"type": 1})));
        assert_eq!(serve("function-url/helpme-base64").await, (200, json!({"type": 5, "data": {"flags": 64}})));
        let (function, body) = deps.invoker.taken.into_inner().unwrap().remove(0);
        assert_eq!((function.as_str(), body), ("helpme", event("command-helpme-with-question-in-server")));
    }

    #[test]
    fn a_variable_that_is_missing_or_malformed_is_named() {
        let check = |name: &str, value: &str, expected: Option<&str>| {
            let lookup = Lookup::from_fn(|wanted| {
                Some(match wanted {
                    _ if wanted == name => value.to_owned(),
                    "DISCORD_PUBLIC_KEY" => hex::encode(signing_key().verifying_key().as_bytes()),
                    "DISCORD_APPLICATION_ID" => "1380000000000000001".to_owned(),
                    _ => "desk-".to_owned(),
                })
            });
            let error = Config::from_lookup(&lookup).err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), expected);
        };
        check("", "", None);
        check("FUNCTION_NAME_PREFIX", "", Some("FUNCTION_NAME_PREFIX is not set"));
        check(
            "DISCORD_APPLICATION_ID",
            "bot",
            Some("DISCORD_APPLICATION_ID is malformed: not a Discord application ID"),
        );
        let weak = format!("01{}", "0".repeat(62));
        check("DISCORD_PUBLIC_KEY", &weak, Some("DISCORD_PUBLIC_KEY is malformed: not a usable Ed25519 public key"));
        check("DISCORD_PUBLIC_KEY", "07", Some("DISCORD_PUBLIC_KEY is malformed: expected 64 hex digits"));
    }
}
