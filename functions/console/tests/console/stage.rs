//! The console with everything that it needs, and somebody who makes requests.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{Credentials, Region};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::{Json, Router, extract};
use console::access::seal::Seal;
use console::access::session::Session;
use console::access::{csrf, keys};
use console::exports::{self, Exports};
use console::{Console, Deps};
use desk::casework::{Casework, NewCase};
use desk::closing::Closing;
use desk::moderators::Moderators;
use desk::privacy::Privacy;
use desk::transcripts::Transcripts;
use discord::oauth::OAuthClient;
use domain::case::{Case, Kind, Priority, Severity};
use domain::ids::{ApplicationId, GuildId, PersonId};
use domain::rights::Actor;
use jiff::Timestamp;
use lambda_http::Body;
use lambda_http::request::RequestContext;
use queues::Queue;
use saphyr::{LoadableYamlNode as _, YamlOwned};
use serde_json::{Map, Value, json};
use store::Store;

/// The table's name.
pub const TABLE: &str = "desk";
/// The server that the desk is for.
pub const SERVER: u64 = 1_380_000_000_000_000_100;
/// Somebody who may moderate members there.
pub const MODERATOR: u64 = 1_380_000_000_000_000_009;
/// Somebody who may not.
pub const MEMBER: u64 = 1_380_000_000_000_000_007;
/// Where exports are fetched.
pub const EXPORTS: &str = "https://desk.example/exports";
/// Where the console is.
pub const BASE: &str = "https://desk.example/console";

/// What the stand-in for Discord and Twilio knows.
#[derive(Default)]
pub struct Far {
    /// Whether the moderator is one.
    pub is_moderator: bool,
    /// Whether everything fails.
    pub is_down: bool,
    /// Who signs in at Discord.
    pub who: u64,
    /// What Twilio says of a token.
    pub token: Value,
    /// The message with the files, if it is still there: how often it was read so far.
    pub files_read: Option<u32>,
}

/// Where the files of a case hang.
pub const FILES_CHANNEL: u64 = 1_380_000_000_000_000_300;
/// The message there.
pub const FILES_MESSAGE: u64 = 1_380_000_000_000_000_301;
/// The first of its attachments; the second is the next number.
pub const ATTACHMENT: u64 = 1_380_000_000_000_000_302;

/// The console and its far ends.
pub struct Stage {
    console: Console,
    exports: Exports,
    /// What belongs to it.
    pub store: Store,
    /// Works on cases, past the console.
    pub casework: Casework,
    /// The table, past everything.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Seals as the console does.
    pub seal: Seal,
    /// The far ends.
    pub far: Arc<Mutex<Far>>,
}

/// An answer, read.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn far(extract::State(far): extract::State<Arc<Mutex<Far>>>, uri: Uri) -> (StatusCode, Json<Value>) {
    let mut far = far.lock().unwrap();
    if far.is_down {
        return (StatusCode::BAD_GATEWAY, Json(json!({})));
    }
    let path = uri.path();
    let user = |id: u64| json!({"id": id.to_string(), "username": "mo", "global_name": "Mo", "discriminator": "0"});
    let member = |id: u64, roles: &[&str]| json!({"user": user(id), "nick": null, "roles": roles, "joined_at": "2025-01-01T00:00:00+00:00", "deaf": false, "mute": false, "flags": 0});
    let answer = if path == "/api/v10/oauth2/token" {
        json!({"access_token": "t", "token_type": "Bearer", "scope": "identify", "expires_in": 1})
    } else if path == "/api/v10/users/@me" {
        user(far.who)
    } else if path == format!("/api/v10/guilds/{SERVER}") {
        json!({"id": SERVER.to_string(), "name": "Desk", "owner_id": "1", "roles": [
            {"id": SERVER.to_string(), "permissions": "0"},
            {"id": "500", "permissions": (1_u64 << 40).to_string()},
        ]})
    } else if path == format!("/api/v10/guilds/{SERVER}/members/{MODERATOR}") {
        member(MODERATOR, if far.is_moderator { &["500"] } else { &[] })
    } else if path == format!("/api/v10/guilds/{SERVER}/members/{MEMBER}") {
        member(MEMBER, &[])
    } else if path == format!("/api/v10/channels/{FILES_CHANNEL}/messages/{FILES_MESSAGE}") {
        let Some(read) = &mut far.files_read else {
            return (StatusCode::NOT_FOUND, Json(json!({"code": 10008, "message": "Unknown Message"})));
        };
        *read += 1;
        // Every reading signs the addresses anew, and what was signed before expires.
        let attachment = |id: u64| {
            let url = format!("https://cdn.discordapp.com/attachments/{FILES_CHANNEL}/{id}/shot.png?ex={read}&hm=ab&");
            json!({"id": id.to_string(), "filename": "shot.png", "size": 5, "url": url, "proxy_url": url})
        };
        json!({
            "id": FILES_MESSAGE.to_string(), "channel_id": FILES_CHANNEL.to_string(), "author": user(1), "content": "",
            "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": null, "tts": false, "mention_everyone": false,
            "mentions": [], "mention_roles": [], "embeds": [], "pinned": false, "type": 0,
            "attachments": [attachment(ATTACHMENT), attachment(ATTACHMENT + 1)],
        })
    } else if path.ends_with("/Tokens/validate") {
        far.token.clone()
    } else {
        return (StatusCode::NOT_FOUND, Json(json!({"code": 10007, "message": "Unknown Member"})));
    };
    (StatusCode::OK, Json(answer))
}

/// Keys and indexes as they are deployed.
fn table_of_the_template() -> Value {
    let template = YamlOwned::load_from_str(include_str!("../../../../template.yaml")).unwrap().remove(0);
    let properties = &template["Resources"]["Table"]["Properties"];
    let mut request = Map::from_iter([("TableName".to_owned(), TABLE.into())]);
    for name in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"] {
        request.insert(name.to_owned(), as_json(&properties[name]));
    }
    Value::Object(request)
}

fn as_json(node: &YamlOwned) -> Value {
    match node {
        YamlOwned::Sequence(items) => items.iter().map(as_json).collect(),
        YamlOwned::Mapping(fields) => Value::Object(
            fields.iter().map(|(key, value)| (key.as_str().unwrap().to_owned(), as_json(value))).collect(),
        ),
        text => text.as_str().unwrap().into(),
    }
}

async fn listen(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

impl Stage {
    /// A console with an empty table.
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// The same, changed.
    pub async fn with(change: impl FnOnce(&mut Deps)) -> Self {
        let database = dynoxide::Database::memory().unwrap();
        database.create_table(serde_json::from_value(table_of_the_template()).unwrap()).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dynamodb = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(dynoxide::server::serve_on(listener, database));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only(std::iter::empty()).build().unwrap();
        let aws = runtime::aws::sdk_config(&http);
        let credentials = || Credentials::new("test", "test", None, None, "test");
        let config = aws_sdk_dynamodb::config::Builder::from(&aws)
            .endpoint_url(dynamodb)
            .region(Region::from_static("us-east-1"))
            .credentials_provider(credentials())
            .build();
        let dynamodb = aws_sdk_dynamodb::Client::from_conf(config);
        let store = Store::new(dynamodb.clone(), TABLE.to_owned());
        // Nobody listens there: what cannot be said to the queue is found by the sweep.
        let config = aws_sdk_sqs::config::Builder::from(&aws)
            .endpoint_url("http://127.0.0.1:9")
            .region(Region::from_static("us-east-1"))
            .credentials_provider(credentials())
            .retry_config(aws_sdk_sqs::config::retry::RetryConfig::disabled())
            .build();
        let news = Queue::new(aws_sdk_sqs::Client::from_conf(config), "http://127.0.0.1:9/news.fifo".to_owned());

        let start = Far { is_moderator: true, who: MODERATOR, ..Far::default() };
        let knows = Arc::new(Mutex::new(start));
        let url = listen(Router::new().fallback(far).with_state(Arc::clone(&knows))).await;
        let discord = discord::client::Client::new(http.clone(), &url, "bot-token".into());
        let config = twilio::Config {
            account_sid: format!("AC{}", "a".repeat(32)).parse().unwrap(),
            auth_token: "auth-token".into(),
            api_url: Some(url.clone()),
            region: None,
            edge: None,
            service_sid: None,
        };
        let twilio = twilio::Client::new(http.clone(), config);
        let casework = Casework { store: store.clone(), news, configured: GuildId::new(SERVER) };
        let seal = Seal::new("session-key".into());
        let transcripts = Transcripts { twilio: twilio.clone() };
        let closing = Closing { casework: casework.clone(), twilio: twilio.clone(), discord: discord.clone() };
        let mut deps = Deps {
            casework: casework.clone(),
            moderators: Moderators { discord: discord.clone() },
            privacy: Privacy {
                casework: casework.clone(),
                closing,
                transcripts: transcripts.clone(),
                time: desk::privacy::TIME,
            },
            transcripts,
            discord,
            twilio,
            oauth: Some(OAuthClient {
                http,
                api_url: url,
                client_id: ApplicationId::new(1_380_000_000_000_000_001).unwrap(),
                client_secret: "client-secret".into(),
            }),
            seal: seal.clone(),
            base_url: Some("https://desk.example".to_owned()),
            exports_url: EXPORTS.to_owned(),
            api_requests_per_minute: 10_000,
        };
        change(&mut deps);
        let exports = exports::Deps {
            finding: casework.finding(),
            seal: seal.clone(),
            base_url: Some("https://desk.example".to_owned()),
        };
        Self {
            console: Console::new(deps),
            exports: Exports::new(exports),
            store,
            casework,
            dynamodb,
            seal,
            far: knows,
        }
    }

    /// A moderator of the server.
    pub fn moderator() -> Actor {
        Self::moderator_of(SERVER)
    }

    /// A moderator of some server.
    pub fn moderator_of(server: u64) -> Actor {
        let id = PersonId::new(MODERATOR).unwrap();
        Actor::Moderator { id, name: "Mo".to_owned(), server: GuildId::new(server).unwrap() }
    }

    /// An agent.
    pub fn agent() -> Actor {
        Actor::Agent { worker: format!("WK{}", "b".repeat(32)).parse().unwrap(), name: "Alex".to_owned() }
    }

    /// What somebody with a session sends: cookie and token.
    pub fn session(&self, actor: &Actor) -> (String, String) {
        self.session_from(actor, Timestamp::now())
    }

    /// The same, begun at another time.
    pub fn session_from(&self, actor: &Actor, at: Timestamp) -> (String, String) {
        let session = Session::begin(actor, at, None).unwrap().unwrap();
        let site = console::site::Site::new(Some("https://desk.example"), "");
        let cookie = session.cookie(&self.seal, &site, at);
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        (pair, session.csrf_token(&self.seal))
    }

    /// A key for machines.
    pub async fn key(&self) -> String {
        keys::make(&self.store, "a machine", &Self::moderator()).await.unwrap()
    }

    /// A case.
    pub async fn case(&self, title: &str) -> Case {
        let new = NewCase {
            kind: Kind::Bug,
            title: title.to_owned(),
            text: "It does not work.".to_owned(),
            severity: Severity::Normal,
            priority: Priority::Normal,
            reporter: PersonId::new(MEMBER),
            reporter_name: "Ada".to_owned(),
            locale: "en-US".to_owned(),
        };
        self.casework.create(&Self::moderator(), new, title).await.unwrap()
    }

    /// Makes a request of the console; `path` lies inside it.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.ask_at(method, &format!("{BASE}{path}"), headers, body).await
    }

    /// Makes a request of any address.
    pub async fn ask_at(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let (parts, body) = self.begin(method, url, headers, body).await.into_parts();
        let body = axum::body::to_bytes(body, 16 * 1024 * 1024).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// The same, for somebody who reads the body as it comes.
    pub async fn begin(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let mut request = lambda_http::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_empty() { Body::Empty } else { Body::Text(body.to_owned()) };
        let mut request = request.body(body).unwrap();
        let context = json!({"domainName": "desk.example", "http": {"method": method, "path": "/", "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1", "userAgent": "test"}, "time": "", "timeEpoch": 0});
        let context = RequestContext::ApiGatewayV2(serde_json::from_value(context).unwrap());
        request.extensions_mut().insert(context);
        if url.starts_with(EXPORTS) {
            return self.exports.handle(request).await.unwrap();
        }
        self.console.handle(request).await.unwrap()
    }

    /// The address of an export that somebody with a key asks for.
    pub async fn export_address(&self, key: &str, path: &str) -> String {
        let answer = self.api(key, "GET", path, &[], "").await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let address = answer.header("location").to_owned();
        assert!(address.starts_with(&format!("{EXPORTS}/cases.")), "{address}");
        address
    }

    /// An export that somebody with a key asks for: neither key nor session goes where it is fetched.
    pub async fn export(&self, key: &str, path: &str) -> Answer {
        let address = self.export_address(key, path).await;
        self.ask_at("GET", &address, &[], "").await
    }

    /// A request of the API with a key.
    pub async fn api(&self, key: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let bearer = format!("Bearer {key}");
        let mut all = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        all.extend(headers);
        self.ask(method, path, &all, body).await
    }

    /// A page that a moderator opens.
    pub async fn page(&self, path: &str) -> Answer {
        let (cookie, _) = self.session(&Self::moderator());
        self.ask("GET", path, &[("cookie", &cookie)], "").await
    }

    /// A form that a moderator sends.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (cookie, token) = self.session(&Self::moderator());
        let mut form = form_urlencoded::Serializer::new(String::new());
        let form = form.append_pair(csrf::FIELD, &token).extend_pairs(fields).finish();
        let headers = [
            ("cookie", cookie.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "https://desk.example"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.ask("POST", path, &headers, &form).await
    }
}
