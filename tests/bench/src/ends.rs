//! The far ends: AWS, Discord and Twilio, each on a port of its own, over TLS, with ready answers of the documented form.
//!
//! A port each, because a function at AWS makes a connection, with a handshake, for each of these hosts. They remember nothing but
//! what was asked of them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use anyhow::Context;
use bytes::Bytes;
use dynoxide::{Database, DynoxideError};
use http_body_util::Full;
use hyper::{Method, Request, Response};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sandbox::seed::MODERATE_MEMBERS;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::server;

/// The table's name.
pub const TABLE: &str = "bench";
/// The server that the desk is for.
pub const GUILD: u64 = 1_380_000_000_000_000_100;
/// Who signs in to the console: a moderator of it.
const MODERATOR: u64 = 1_379_000_000_000_000_001;

/// What the golden events of `events/` are signed with and made for.
pub const TWILIO_AUTH_TOKEN: &str = "test-auth-token";
/// The conversation of the golden events.
pub const CONVERSATION_SID: &str = "CHcccccccccccccccccccccccccccccccc";
/// How many lines of it have been shown: the golden event's line is the next one.
const SHOWN_INDEX: u32 = 3;

/// Whom a function calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Twilio's REST API.
    Twilio,
    /// Discord's REST API.
    Discord,
    /// DynamoDB.
    DynamoDb,
    /// SQS.
    Sqs,
    /// Lambda's own API.
    Lambda,
    /// Secrets Manager.
    SecretsManager,
}

impl Service {
    const ALL: [Self; 6] = [Self::Twilio, Self::Discord, Self::DynamoDb, Self::Sqs, Self::Lambda, Self::SecretsManager];

    /// The variable that says where it is.
    const fn variable(self) -> &'static str {
        match self {
            Self::Twilio => "TWILIO_API_URL",
            Self::Discord => "DISCORD_API_URL",
            Self::DynamoDb => "AWS_ENDPOINT_URL_DYNAMODB",
            Self::Sqs => "AWS_ENDPOINT_URL_SQS",
            Self::Lambda => "AWS_ENDPOINT_URL_LAMBDA",
            Self::SecretsManager => "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Twilio => "Twilio",
            Self::Discord => "Discord",
            Self::DynamoDb => "DynamoDB",
            Self::Sqs => "SQS",
            Self::Lambda => "Lambda",
            Self::SecretsManager => "Secrets Manager",
        })
    }
}

/// Calls by service and operation.
pub type Calls = BTreeMap<(Service, String), usize>;

/// The running ends. They end when this is dropped.
pub struct Ends {
    ports: BTreeMap<Service, u16>,
    bundle: PathBuf,
    state: Arc<State>,
    servers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    /// Whether the person has an open conversation.
    conversation: AtomicBool,
    /// A table to be asked, where ready answers would not do.
    table: OnceLock<Database>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    calls: Calls,
    /// What was put into queues: URL and body.
    queued: Vec<(String, String)>,
    /// What nobody has an answer for.
    unknown: Vec<String>,
}

impl Ends {
    /// Starts them; their root certificate goes into `folder`.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let bundle = folder.join("root.pem");
        let tls = tls(&bundle)?;
        let state = Arc::new(State::default());
        let (mut ports, mut servers) = (BTreeMap::new(), Vec::new());
        for service in Service::ALL {
            let listener = TcpListener::bind("127.0.0.1:0").await.context("open a port")?;
            ports.insert(service, listener.local_addr()?.port());
            let state = Arc::clone(&state);
            servers.push(tokio::spawn(server::serve(listener, Some(tls.clone()), move |request| {
                let answer = state.answer(service, &request);
                async { answer }
            })));
        }
        Ok(Self { ports, bundle, state, servers })
    }

    /// The variables of a function: where the ends are, and what template.yaml sets.
    pub fn environment(&self, public_key: &str) -> Vec<(String, String)> {
        let sid = |prefix: &str| format!("{prefix}{}", "a".repeat(32));
        let own = [
            ("AWS_ACCESS_KEY_ID", "AKIABENCH".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "bench".to_owned()),
            ("AWS_SESSION_TOKEN", "bench".to_owned()),
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("SSL_CERT_FILE", self.bundle.display().to_string()),
            ("RUST_LOG", "info".to_owned()),
            ("DISCORD_APPLICATION_ID", "1380000000000000001".to_owned()),
            ("DISCORD_PUBLIC_KEY", public_key.to_owned()),
            ("FUNCTION_NAME_PREFIX", "bench-".to_owned()),
            ("SECRETS_ID", "bench".to_owned()),
            ("TABLE_NAME", TABLE.to_owned()),
            ("DISCORD_GUILD_ID", GUILD.to_string()),
            ("DM_QUEUE_URL", self.queue("dms")),
            ("CASE_NEWS_QUEUE_URL", self.queue("case-news")),
            ("CASE_NEWS_DEAD_LETTER_QUEUE_URL", self.queue("case-news-dead")),
            ("SESSION_SECRET_ID", "bench-session".to_owned()),
            ("INBOX_QUEUE_URL", self.queue("inbox")),
            ("OUTBOX_QUEUE_URL", self.queue("outbox")),
            ("INBOX_DEAD_LETTER_QUEUE_URL", self.queue("inbox-dead")),
            ("OUTBOX_DEAD_LETTER_QUEUE_URL", self.queue("outbox-dead")),
            ("FORWARD_TO_DISCORD_URL", "https://example.lambda-url.us-east-1.on.aws/".to_owned()),
            ("TWILIO_ACCOUNT_SID", sid("AC")),
            ("TWILIO_STUDIO_FLOW_SID", sid("FW")),
            ("TWILIO_WORKSPACE_SID", sid("WS")),
            ("TWILIO_WORKFLOW_SID", sid("WW")),
        ];
        let urls = Service::ALL.into_iter().map(|service| (service.variable().to_owned(), self.url(service)));
        urls.chain(own.map(|(name, value)| (name.to_owned(), value))).collect()
    }

    /// Whether the person has an open conversation from now on.
    pub fn set_conversation(&self, open: bool) {
        self.state.conversation.store(open, Ordering::Relaxed);
    }

    /// From now on `DynamoDB` is this table.
    pub fn serve_table(&self, database: Database) {
        // Nobody gives it a second one.
        let _ = self.state.table.set(database);
    }

    /// The calls since the last time this was asked.
    ///
    /// # Errors
    /// When something was asked that the ends have no answer for.
    pub fn take_calls(&self) -> anyhow::Result<Calls> {
        let mut seen = self.state.seen();
        let unknown = std::mem::take(&mut seen.unknown);
        anyhow::ensure!(unknown.is_empty(), "no answer for {unknown:?}");
        seen.queued.clear();
        Ok(std::mem::take(&mut seen.calls))
    }

    /// The newest message of the queue `name`.
    pub fn last_queued(&self, name: &str) -> Option<String> {
        let url = self.queue(name);
        let seen = self.state.seen();
        seen.queued.iter().rev().find(|(queue, _)| *queue == url).map(|(_, body)| body.clone())
    }

    fn queue(&self, name: &str) -> String {
        format!("{}/000000000000/{name}.fifo", self.url(Service::Sqs))
    }

    fn url(&self, service: Service) -> String {
        format!("https://localhost:{}", self.ports[&service])
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

/// A server certificate under a root of our own, as at AWS: a chain, and elliptic curves.
fn tls(bundle: &Path) -> anyhow::Result<TlsAcceptor> {
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?).context("make a root certificate")?;
    std::fs::write(bundle, root.pem()).context("write the root certificate")?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &root)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.into()], key)
        .context("configure TLS")?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Status, media type and body.
type Answer = (u16, &'static str, String);

const JSON: &str = "application/json";
const AWS_JSON: &str = "application/x-amz-json-1.0";

impl State {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no holder of this lock panics")
    }

    fn answer(&self, service: Service, request: &Request<Bytes>) -> Response<Full<Bytes>> {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
        let operation = match target.and_then(|target| target.rsplit('.').next()) {
            Some(operation) => operation.to_owned(),
            None => format!("{} {}", request.method(), anonymous(request.uri().path())),
        };
        let answer = match service {
            Service::Twilio => twilio(request),
            Service::Discord => discord(request),
            Service::DynamoDb => self.dynamodb(&operation, request.body()),
            Service::Sqs => self.sqs(&operation, request.body()),
            Service::Lambda => request.uri().path().ends_with("/invocations").then(|| (202, JSON, String::new())),
            Service::SecretsManager => secret(&operation),
        };
        let mut seen = self.seen();
        let (status, media_type, body) = answer.unwrap_or_else(|| {
            seen.unknown.push(format!("{service}: {operation}"));
            (501, "text/plain", "the benchmark has no answer for this".to_owned())
        });
        *seen.calls.entry((service, operation)).or_default() += 1;
        let response = Response::builder()
            .status(status)
            .header("Content-Type", media_type)
            .header("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000");
        response.body(Full::from(body)).expect("status and headers are constants")
    }

    fn dynamodb(&self, operation: &str, body: &Bytes) -> Option<Answer> {
        if let Some(database) = self.table.get() {
            return ask_table(database, operation, body);
        }
        let body: Value = serde_json::from_slice(body).ok()?;
        let answer = match operation {
            "GetItem" if self.conversation.load(Ordering::Relaxed) && body["Key"]["SK"]["S"] == "CONVERSATION" => {
                json!({ "Item": conversation() })
            }
            // No attributes of before: nobody has done this yet.
            "UpdateItem" | "PutItem" | "TransactWriteItems" | "GetItem" => json!({}),
            "Query" => json!({ "Items": [conversation()], "Count": 1, "ScannedCount": 1 }),
            _ => return None,
        };
        Some((200, AWS_JSON, answer.to_string()))
    }

    fn sqs(&self, operation: &str, body: &Bytes) -> Option<Answer> {
        let body: Value = serde_json::from_slice(body).ok()?;
        if operation != "SendMessage" {
            return None;
        }
        let text = body["MessageBody"].as_str()?;
        self.seen().queued.push((body["QueueUrl"].as_str()?.to_owned(), text.to_owned()));
        let answer = json!({
            "MessageId": "00000000-0000-4000-8000-000000000000",
            "MD5OfMessageBody": format!("{:x}", md5::compute(text)),
            "SequenceNumber": "18870000000000000000",
        });
        Some((200, AWS_JSON, answer.to_string()))
    }
}

/// Asks the table. A Scan and whatever else the functions have no business with has no answer.
fn ask_table(database: &Database, operation: &str, body: &Bytes) -> Option<Answer> {
    macro_rules! call {
        ($method:ident) => {
            serde_json::from_slice(body)
                .map_err(|error| DynoxideError::ValidationException(error.to_string()))
                .and_then(|request| database.$method(request))
                .map(|answer| serde_json::to_string(&answer).unwrap_or_default())
        };
    }
    let answer = match operation {
        "GetItem" => call!(get_item),
        "BatchGetItem" => call!(batch_get_item),
        "Query" => call!(query),
        "PutItem" => call!(put_item),
        "UpdateItem" => call!(update_item),
        "TransactWriteItems" => call!(transact_write_items),
        "BatchWriteItem" => call!(batch_write_item),
        _ => return None,
    };
    Some(match answer {
        Ok(body) => (200, AWS_JSON, body),
        Err(error) => (error.status_code(), AWS_JSON, error.to_json()),
    })
}

/// Values of the template's parameters that have none of their own.
pub fn parameters() -> BTreeMap<String, String> {
    let sid = |prefix: &str| format!("{prefix}{}", "a".repeat(32));
    let values = [
        ("DISCORD_BOT_TOKEN", "bench-bot-token".to_owned()),
        ("TWILIO_AUTH_TOKEN", TWILIO_AUTH_TOKEN.to_owned()),
        ("TWILIO_ACCOUNT_SID", sid("AC")),
        ("TWILIO_WORKSPACE_SID", sid("WS")),
        ("TWILIO_WORKFLOW_SID", sid("WW")),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A path with its identifiers replaced, so that calls can be counted by what they are.
fn anonymous(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let identifier = segment.len() > 16 && segment.chars().any(|character| character.is_ascii_digit());
        if identifier || segment == CONVERSATION_SID { "{}" } else { segment }
    });
    segments.collect::<Vec<_>>().join("/")
}

fn conversation() -> Value {
    json!({
        "PK": { "S": "PERSON#1380000000000000777" },
        "SK": { "S": "CONVERSATION" },
        "person": { "S": "1380000000000000777" },
        "generation": { "N": "1" },
        "stage": { "S": "agent" },
        "agent_name": { "S": "Alex" },
        "conversation_sid": { "S": CONVERSATION_SID },
        "discord_channel_id": { "S": "1380000000000000900" },
        "display_name": { "S": "Ada" },
        "locale": { "S": "en-US" },
        "case_number": { "N": "12" },
        "shown_index": { "N": SHOWN_INDEX.to_string() },
        "opened_at": { "S": "2026-11-21T10:00:00Z" },
        "lively_at": { "S": jiff::Timestamp::now().to_string() },
    })
}

fn secret(operation: &str) -> Option<Answer> {
    let text = json!({ "discord_bot_token": "bench-bot-token", "twilio_auth_token": TWILIO_AUTH_TOKEN, "discord_client_secret": "bench-client-secret" });
    let answer = json!({
        "ARN": "arn:aws:secretsmanager:eu-west-1:000000000000:secret:bench-000000",
        "Name": "bench",
        "VersionId": "00000000-0000-4000-8000-000000000000",
        "VersionStages": ["AWSCURRENT"],
        "SecretString": text.to_string(),
        "CreatedDate": 1_755_000_000,
    });
    (operation == "GetSecretValue").then(|| (200, AWS_JSON, answer.to_string()))
}

fn discord(request: &Request<Bytes>) -> Option<Answer> {
    let path = request.uri().path();
    let bot = json!({
        "id": "1380000000000000001", "username": "Support", "avatar": null, "discriminator": "0420", "public_flags": 0,
        "flags": 0, "bot": true, "banner": null, "accent_color": null, "global_name": null,
    });
    let moderator = json!({
        "id": MODERATOR.to_string(), "username": "morgan", "avatar": null, "discriminator": "0", "public_flags": 0,
        "global_name": "Morgan Moderator",
    });
    let answer = if path.ends_with("/oauth2/token") {
        json!({
            "access_token": "bench-access-token", "token_type": "Bearer", "expires_in": 604_800, "scope": "identify",
            "refresh_token": "bench-refresh-token",
        })
    } else if path.ends_with("/users/@me") {
        moderator
    } else if path.contains("/members/") {
        json!({
            "user": moderator, "nick": null, "avatar": null, "roles": [(GUILD + 2).to_string()], "deaf": false, "mute": false,
            "joined_at": "2025-01-01T00:00:00.000000+00:00", "flags": 0, "communication_disabled_until": null,
        })
    } else if path.ends_with(&format!("/guilds/{GUILD}")) {
        let role = |id: u64, permissions: u64| json!({ "id": id.to_string(), "permissions": permissions.to_string() });
        json!({
            "id": GUILD.to_string(), "name": "bench", "owner_id": "1380000000000000009",
            "roles": [role(GUILD, 0), role(GUILD + 2, MODERATE_MEMBERS)],
        })
    } else if path.ends_with("/users/@me/channels") {
        json!({
            "id": "1380000000000000900", "type": 1, "last_message_id": "1405000000000000002", "flags": 0,
            "recipients": [{
                "id": "1380000000000000777", "username": "ada_player", "avatar": null, "discriminator": "0",
                "public_flags": 0, "global_name": "Ada",
            }],
        })
    } else if path.contains("/messages") && request.method() != Method::GET {
        let sent: Value = serde_json::from_slice(request.body()).ok()?;
        json!({
            "type": 0, "content": sent["content"], "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
            "timestamp": "2026-11-21T10:00:00.000000+00:00", "edited_timestamp": null, "flags": 0,
            "components": sent["components"], "id": "1405000000000000900", "channel_id": "1380000000000000900",
            "author": bot, "pinned": false, "mention_everyone": false, "tts": false, "nonce": sent["nonce"],
        })
    } else {
        return None;
    };
    Some((200, JSON, answer.to_string()))
}

fn twilio(request: &Request<Bytes>) -> Option<Answer> {
    let path = request.uri().path();
    let common = json!({
        "account_sid": format!("AC{}", "a".repeat(32)),
        "chat_service_sid": format!("IS{}", "b".repeat(32)),
        "conversation_sid": CONVERSATION_SID,
        "attributes": "{}",
        "date_created": "2026-11-21T10:00:00Z",
        "date_updated": "2026-11-21T10:00:00Z",
        "url": format!("https://conversations.twilio.com{path}"),
        "links": {},
    });
    let own = match path.rsplit('/').next() {
        _ if request.method() != Method::POST => return None,
        Some("Conversations") => json!({
            "sid": CONVERSATION_SID, "state": "active", "friendly_name": "Ada", "unique_name": null, "bindings": {},
            "timers": {}, "messaging_service_sid": format!("MG{}", "b".repeat(32)),
        }),
        Some("Participants") => json!({
            "sid": format!("MB{}", "e".repeat(32)), "identity": "discord_1380000000000000777", "role_sid": null,
            "messaging_binding": null, "last_read_message_index": null, "last_read_timestamp": null,
        }),
        Some("Webhooks") => json!({
            "sid": format!("WH{}", "1".repeat(32)), "target": "webhook", "configuration": {},
        }),
        Some("Messages") => json!({
            "sid": format!("IM{}", "d".repeat(32)), "index": SHOWN_INDEX + 2, "author": "discord_1380000000000000777",
            "body": "…", "media": null, "participant_sid": null, "delivery": null, "content_sid": null,
        }),
        _ => return None,
    };
    let mut answer = common;
    if let (Value::Object(all), Value::Object(own)) = (&mut answer, own) {
        all.extend(own);
    }
    Some((201, JSON, answer.to_string()))
}
