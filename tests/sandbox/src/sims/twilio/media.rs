//! The Media Content Service: files of messages, and the host that serves them for some minutes.
//!
//! No `OpenAPI` document describes it. Answers have the shape of recorded ones. See [Twilio Docs/Conversations, Media Resource].

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::TwilioSim;
use super::api::{Done, Refusal};
use super::state::TwilioState;
use crate::sims::http::{Reply, Request};
use crate::sims::ids::{now_ms, sid, twilio_time_ms};

/// Longest file between chat participants, in bytes. See [Twilio Docs/Conversations Limits].
const FILE_MAX: usize = 150 * 1024 * 1024;

/// How long a temporary address works, in seconds.
const ADDRESS_LIFE_SECONDS: u64 = 300;

/// A file as the service holds it.
#[derive(Debug, Clone)]
pub(super) struct StoredMedia {
    content_type: String,
    filename: Option<String>,
    bytes: Bytes,
    created_ms: u64,
    /// The message that names it.
    pub(super) message: Option<String>,
    /// What its temporary address is, where not Twilio's own.
    address: Option<String>,
}

/// What a message tells of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageMedia {
    /// `ME…`.
    pub sid: String,
    /// What it is.
    pub content_type: String,
    /// Its name, if it has one.
    pub filename: Option<String>,
    /// Bytes.
    pub size: u64,
}

impl MessageMedia {
    /// As REST answers write it.
    pub(super) fn object(&self) -> Value {
        json!({
            "category": "media", "sid": self.sid, "content_type": self.content_type, "filename": self.filename,
            "size": self.size,
        })
    }

    /// As webhooks write it.
    pub(super) fn field(&self) -> Value {
        let mut field = json!({"Sid": self.sid, "ContentType": self.content_type, "Size": self.size});
        if let Some(filename) = &self.filename {
            field["Filename"] = json!(filename);
        }
        field
    }
}

/// `mcs.us1.twilio.com`, or with another region in it.
pub(super) fn is_host(host: &str) -> bool {
    host.starts_with("mcs.") && host.ends_with(".twilio.com")
}

/// `media.us1.twilio.com`, which asks for no credentials.
pub(super) fn is_content_host(host: &str) -> bool {
    host.starts_with("media.") && host.ends_with(".twilio.com")
}

/// `POST /v1/Services/{IS}/Media` and `GET /v1/Services/{IS}/Media/{ME}`.
pub(super) fn route(state: &mut TwilioState, raw_path: &str, request: &Request) -> Done {
    let path: Vec<&str> = raw_path.trim_start_matches('/').split('/').collect();
    let service = state.options.chat_service_sid.clone();
    match (request.method.as_str(), path.as_slice()) {
        ("POST", ["v1", "Services", to, "Media"]) if **to == *service => {
            let Some(content_type) = request.header("content-type").map(str::to_owned) else {
                return Err(Refusal::invalid("The Content-Type of the file is missing"));
            };
            if request.body.is_empty() {
                return Err(Refusal::invalid("The file is empty"));
            }
            if request.body.len() > FILE_MAX {
                return Err(Refusal::new(413, 20413, "The file is larger than 150 MB"));
            }
            let sid = state.add_media(&content_type, None, request.body.clone());
            Ok(Reply::json(201, &state.media_object(&sid)))
        }
        ("GET", ["v1", "Services", of, "Media", at]) if **of == *service && state.media.contains_key(*at) => {
            Ok(Reply::json(200, &state.media_object(at)))
        }
        _ => Err(Refusal::not_found(raw_path)),
    }
}

/// `GET /{ME}?Expires=…&Signature=…`.
pub(super) fn serve(state: &TwilioState, raw_path: &str, request: &Request) -> Reply {
    let sid = raw_path.trim_start_matches('/');
    let query = request.query_pairs();
    let get = |name: &str| query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let expires = get("Expires");
    let is_late = expires.parse::<u64>().map_or(true, |expires| expires <= now_ms() / 1000);
    if is_late || state.media_signature(sid, expires) != get("Signature") {
        return Reply { status: 403, headers: Vec::new(), body: Bytes::from_static(b"Access Denied") };
    }
    match state.media.get(sid) {
        Some(media) => Reply {
            status: 200,
            headers: vec![("content-type".into(), media.content_type.clone())],
            body: media.bytes.clone(),
        },
        None => Reply::empty(404),
    }
}

impl TwilioState {
    pub(super) fn add_media(&mut self, content_type: &str, filename: Option<&str>, bytes: Bytes) -> String {
        let media = StoredMedia {
            content_type: content_type.to_owned(),
            filename: filename.map(str::to_owned),
            bytes,
            created_ms: now_ms(),
            message: None,
            address: None,
        };
        let sid = sid("ME");
        self.media.insert(sid.clone(), media);
        sid
    }

    /// What a message tells of a file, if there is such a file.
    pub(super) fn message_media(&self, sid: &str) -> Option<MessageMedia> {
        let media = self.media.get(sid)?;
        Some(MessageMedia {
            sid: sid.to_owned(),
            content_type: media.content_type.clone(),
            filename: media.filename.clone(),
            size: media.bytes.len() as u64,
        })
    }

    /// The bytes of a file.
    pub fn media_bytes(&self, sid: &str) -> Option<Bytes> {
        self.media.get(sid).map(|media| media.bytes.clone())
    }

    fn media_signature(&self, sid: &str, expires: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.options.auth_token.as_bytes()).expect("HMAC takes keys of any length");
        mac.update(format!("{sid}?{expires}").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    fn media_object(&self, sid: &str) -> Value {
        let Some(media) = self.media.get(sid) else { return Value::Null };
        let path = format!("/v1/Services/{}/Media/{sid}", self.options.chat_service_sid);
        let expires = (now_ms() / 1000 + ADDRESS_LIFE_SECONDS).to_string();
        let signature = self.media_signature(sid, &expires);
        let own = || {
            format!("https://media.us1.twilio.com/{sid}?Expires={expires}&Signature={signature}&Key-Pair-Id=APKSANDBOX")
        };
        let time = twilio_time_ms(media.created_ms);
        json!({
            "sid": sid, "service_sid": self.options.chat_service_sid, "date_created": time, "date_upload_updated": time,
            "date_updated": time, "size": media.bytes.len(), "content_type": media.content_type,
            "filename": media.filename, "author": null, "category": "media", "message_sid": media.message,
            "channel_sid": null, "url": path, "is_multipart_upstream": false,
            "links": {
                "content": format!("{path}/Content"),
                "content_direct_temporary": media.address.clone().unwrap_or_else(own),
            },
        })
    }
}

impl TwilioSim {
    /// The bytes of a file, by its SID.
    pub fn media_bytes(&self, sid: &str) -> Option<Bytes> {
        self.read(|state| state.media_bytes(sid))
    }

    /// The SIDs of all files, also of those that no message names.
    pub fn all_media(&self) -> Vec<String> {
        self.read(|state| state.media.keys().cloned().collect())
    }

    /// A file is not there any more.
    pub fn remove_media(&self, sid: &str) {
        self.core.change(|state| state.media.remove(sid));
    }

    /// From now on a file holds something else than its message says.
    pub fn replace_media(&self, sid: &str, bytes: impl Into<Bytes>) {
        self.core.change(|state| {
            if let Some(media) = state.media.get_mut(sid) {
                media.bytes = bytes.into();
            }
        });
    }

    /// From now on the service names this address for a file.
    pub fn move_media(&self, sid: &str, address: &str) {
        self.core.change(|state| {
            if let Some(media) = state.media.get_mut(sid) {
                media.address = Some(address.to_owned());
            }
        });
    }
}
