//! Files: multipart bodies, attachments with signed URLs that expire, and the CDN that serves them.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::payload::Refusal;
use super::state::DiscordState;
use crate::sims::http::{Reply, Request};
use crate::sims::ids::now_ms;

/// Most files of one message. See [Discord Docs/Uploading Files].
const FILES_MAX: usize = 10;

/// Longest file that a bot may send, and that people without Nitro may upload, in bytes.
pub(super) const FILE_MAX: u64 = 10 * 1024 * 1024;

/// Longest request, in bytes.
const REQUEST_MAX: usize = 25 * 1024 * 1024;

/// How long a signed URL works, in seconds: 24 hours.
const URL_LIFE_SECONDS: u64 = 24 * 60 * 60;

/// A file as the CDN holds it.
#[derive(Debug, Clone)]
pub(super) struct StoredFile {
    name: String,
    content_type: String,
    /// What Discord says its length is.
    size: u64,
    pub(super) bytes: Bytes,
    description: Option<String>,
    /// Path prefix and the ID behind it.
    ephemeral: bool,
    folder: u64,
    /// The message or upload is gone.
    pub(super) gone: bool,
    /// What Discord says its name is, where that is not the one in its address.
    shown_name: Option<String>,
    /// What the CDN says its packing is.
    encoding: Option<String>,
}

/// A lie of Discord's about a file.
#[derive(Debug, Clone, Default)]
pub struct FileLie {
    /// Its content type.
    pub content_type: Option<String>,
    /// Its length, in bytes.
    pub size: Option<u64>,
    /// Its name.
    pub name: Option<String>,
    /// How it is packed, in the CDN's header `Content-Encoding`.
    pub encoding: Option<String>,
}

/// What a message shows of a file.
#[derive(Debug, Clone, Serialize)]
pub struct SimAttachment {
    /// Attachment ID.
    pub id: u64,
    /// File name, as Discord keeps it.
    pub filename: String,
    /// What Discord takes it for.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
}

/// A part `files[n]` of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The n.
    pub number: u64,
    /// As sent.
    pub filename: String,
    /// As sent.
    pub content_type: Option<String>,
    /// The file.
    pub bytes: Bytes,
}

/// A JSON body, and the files that came with it.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) json: Option<Value>,
    pub(super) files: Vec<Upload>,
}

fn too_large() -> Refusal {
    Refusal::new(413, 40005, "Request entity too large")
}

fn invalid_multipart(why: &str) -> Refusal {
    Refusal::new(400, 50035, &format!("Invalid multipart body: {why}"))
}

/// Reads a body: JSON, or multipart with `payload_json` and `files[n]`.
pub(super) fn read_body(request: &Request) -> Result<Parsed, Refusal> {
    if request.body.is_empty() {
        return Ok(Parsed::default());
    }
    let content_type = request.header("content-type").unwrap_or_default();
    let json = |bytes: &[u8]| {
        serde_json::from_slice(bytes).map_err(|_| Refusal::new(400, 50109, "The request body contains invalid JSON."))
    };
    if content_type.starts_with("application/json") {
        return Ok(Parsed { json: Some(json(&request.body)?), files: Vec::new() });
    }
    let Some(boundary) = content_type.strip_prefix("multipart/form-data").and_then(boundary) else {
        let expected = "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}.";
        return Err(Refusal::new(400, 50035, expected));
    };
    if request.body.len() > REQUEST_MAX {
        return Err(too_large());
    }
    let mut parsed = Parsed::default();
    for part in parts(&request.body, &boundary)? {
        if part.name == "payload_json" {
            parsed.json = Some(json(&part.bytes)?);
        } else if let Some(number) = part.name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')) {
            let number = number.parse().map_err(|_| invalid_multipart("a file has no number"))?;
            let filename = part.filename.ok_or_else(|| invalid_multipart("a file has no filename"))?;
            parsed.files.push(Upload { number, filename, content_type: part.content_type, bytes: part.bytes });
        } else {
            return Err(invalid_multipart(&format!("the part {:?} is unknown", part.name)));
        }
    }
    if parsed.files.len() > FILES_MAX {
        return Err(too_many());
    }
    if parsed.files.iter().any(|file| file.bytes.len() as u64 > FILE_MAX) {
        return Err(too_large());
    }
    parsed.json = Some(parsed.json.unwrap_or_else(|| json!({})));
    Ok(parsed)
}

fn too_many() -> Refusal {
    Refusal::new(400, 30015, "Maximum number of attachments in a message reached (10)")
}

fn boundary(parameters: &str) -> Option<String> {
    let value = parameters.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    Some(value.trim_matches('"').to_owned()).filter(|boundary| !boundary.is_empty())
}

struct Part {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
    bytes: Bytes,
}

/// Where `needle` begins. A regular expression, because it searches megabytes fast in a build without optimisation too.
fn find(haystack: &[u8], needle: &str) -> Option<usize> {
    let literal = regex::bytes::Regex::new(&regex::escape(needle)).ok()?;
    literal.find(haystack).map(|found| found.start())
}

/// Takes a multipart body apart. See RFC 7578.
fn parts(body: &Bytes, boundary: &str) -> Result<Vec<Part>, Refusal> {
    let delimiter = format!("\r\n--{boundary}");
    let first = format!("--{boundary}");
    if !body.starts_with(first.as_bytes()) {
        return Err(invalid_multipart("it does not begin with its boundary"));
    }
    let mut parts = Vec::new();
    let mut rest = body.slice(first.len()..);
    loop {
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let end = find(&rest, &delimiter).ok_or_else(|| invalid_multipart("it does not end"))?;
        let part = rest.slice(..end);
        rest = rest.slice(end + delimiter.len()..);
        let head = find(&part, "\r\n\r\n").ok_or_else(|| invalid_multipart("a part has no headers"))?;
        let headers = String::from_utf8_lossy(&part[..head]).into_owned();
        let (mut name, mut filename, mut content_type) = (String::new(), None, None);
        for line in headers.split("\r\n") {
            let Some((key, value)) = line.split_once(':') else { continue };
            match key.trim().to_ascii_lowercase().as_str() {
                "content-disposition" => {
                    name = parameter(value, "name").unwrap_or_default();
                    filename = parameter(value, "filename");
                }
                "content-type" => content_type = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        parts.push(Part { name, filename, content_type, bytes: part.slice(head + 4..) });
    }
}

/// `name="value"` of a header, with `\"` and the browsers' `%22` undone.
fn parameter(header: &str, name: &str) -> Option<String> {
    let start = header.match_indices(&format!("{name}=\"")).find(|(at, _)| {
        // `filename=` ends with `name=`.
        header[..*at].ends_with([' ', ';'])
    })?;
    let mut value = String::new();
    let mut characters = header[start.0 + start.1.len()..].chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Some(value.replace("%22", "\"")),
            '\\' => value.extend(characters.next()),
            other => value.push(other),
        }
    }
    None
}

/// Discord keeps letters, digits and a few signs of a name.
fn kept_name(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|character| if character.is_whitespace() { '_' } else { character })
        .filter(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-'))
        .collect();
    if kept.is_empty() { "unknown".to_owned() } else { kept }
}

/// Discord goes by the name's end.
fn type_of(name: &str, sent: Option<&str>) -> String {
    let end = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let known = match end.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "txt" | "log" => "text/plain; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        _ => sent.unwrap_or("application/octet-stream"),
    };
    known.to_owned()
}

/// Stores the files of a message, and returns its attachments: those of `current` that stay, and the new ones.
///
/// `body.attachments` lists what stays (by attachment ID) and describes what is new (by n); without it everything
/// stays, and every file is added.
pub(super) fn attach(
    state: &mut DiscordState,
    current: &[u64],
    body: &Value,
    files: &[Upload],
    channel: u64,
    ephemeral: bool,
) -> Result<Vec<u64>, Refusal> {
    let mut attached = Vec::new();
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    let mut wanted: Vec<(&Upload, Option<String>, Option<String>)> = Vec::new();
    if let Some(listed) = body["attachments"].as_array() {
        for (at, entry) in listed.iter().enumerate() {
            let id = number(&entry["id"]);
            let text = |key: &str| entry[key].as_str().map(str::to_owned);
            if let Some(kept) = id.filter(|id| current.contains(id)) {
                attached.push(kept);
            } else if let Some(file) = files.iter().find(|file| Some(file.number) == id) {
                wanted.push((file, text("filename"), text("description")));
            } else {
                let field = format!("attachments.{at}.id");
                return Err(Refusal::form(&field, "ATTACHMENT_NOT_FOUND", "Attachment data not found"));
            }
        }
    } else {
        attached.extend_from_slice(current);
        wanted.extend(files.iter().map(|file| (file, None, None)));
    }
    if attached.len() + wanted.len() > FILES_MAX {
        return Err(too_many());
    }
    for (file, name, description) in wanted {
        let name = kept_name(name.as_deref().unwrap_or(&file.filename));
        let content_type = type_of(&name, file.content_type.as_deref());
        let folder = if ephemeral { state.application_id } else { channel };
        let stored = StoredFile {
            name,
            content_type,
            size: file.bytes.len() as u64,
            bytes: file.bytes.clone(),
            description,
            ephemeral,
            folder,
            gone: false,
            shown_name: None,
            encoding: None,
        };
        let id = state.next_id();
        state.files.insert(id, stored);
        attached.push(id);
    }
    Ok(attached)
}

impl DiscordState {
    /// A person puts a file into a command or a form.
    pub(super) fn add_upload(&mut self, name: &str, content_type: &str, bytes: Bytes) -> u64 {
        let id = self.next_id();
        let stored = StoredFile {
            name: kept_name(name),
            content_type: content_type.to_owned(),
            size: bytes.len() as u64,
            bytes,
            description: None,
            ephemeral: true,
            folder: self.application_id,
            gone: false,
            shown_name: None,
            encoding: None,
        };
        self.files.insert(id, stored);
        id
    }

    pub(super) fn lie_about(&mut self, file: u64, lie: FileLie) {
        if let Some(file) = self.files.get_mut(&file) {
            if let Some(content_type) = lie.content_type {
                file.content_type = content_type;
            }
            file.size = lie.size.unwrap_or(file.size);
            file.shown_name = lie.name.or(file.shown_name.take());
            file.encoding = lie.encoding.or(file.encoding.take());
        }
    }

    /// Files of a person's message, before it is there. Returns their IDs.
    pub(super) fn add_files(&mut self, channel: u64, files: &[(&str, &str, Bytes)]) -> Vec<u64> {
        let mut ids = Vec::new();
        for (name, content_type, bytes) in files {
            let id = self.add_upload(name, content_type, bytes.clone());
            if let Some(file) = self.files.get_mut(&id) {
                (file.ephemeral, file.folder) = (false, channel);
            }
            ids.push(id);
        }
        ids
    }

    /// Every URL that was given out stops working, and ephemeral files are gone.
    pub(super) fn expire_files(&mut self) {
        self.cdn_key = crate::sims::ids::fresh();
        for file in self.files.values_mut().filter(|file| file.ephemeral) {
            file.gone = true;
        }
    }

    /// The bytes behind an attachment ID: an upload, or a file of a message.
    pub fn file_bytes(&self, attachment: u64) -> Option<Bytes> {
        self.files.get(&attachment).map(|file| file.bytes.clone())
    }

    /// The attachments of a message.
    pub fn attachments(&self, message: u64) -> Vec<SimAttachment> {
        let ids = self.messages.get(&message).map(|message| message.attachments.as_slice()).unwrap_or_default();
        ids.iter()
            .filter_map(|id| {
                let file = self.files.get(id)?;
                Some(SimAttachment {
                    id: *id,
                    filename: file.name.clone(),
                    content_type: file.content_type.clone(),
                    size: file.size,
                })
            })
            .collect()
    }

    /// What Discord says a file's length is, in bytes.
    pub(super) fn claimed_size(&self, file: u64) -> Option<u64> {
        self.files.get(&file).map(|file| file.size)
    }

    fn signature(&self, path: &str, until: &str, since: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.cdn_key).expect("HMAC takes keys of any length");
        mac.update(format!("{path}?ex={until}&is={since}").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    /// A freshly signed URL, as in [Discord Docs/Attachment Object].
    fn signed_url(&self, id: u64, file: &StoredFile) -> String {
        let kind = if file.ephemeral { "ephemeral-attachments" } else { "attachments" };
        let path = format!("/{kind}/{}/{id}/{}", file.folder, file.name);
        let now = now_ms() / 1000;
        let (until, since) = (format!("{:x}", now + URL_LIFE_SECONDS), format!("{now:x}"));
        let signature = self.signature(&path, &until, &since);
        format!("{}{path}?ex={until}&is={since}&hm={signature}&", self.cdn_url)
    }

    /// The attachment object of a file. A file that is not there is null.
    pub(super) fn attachment_object(&self, id: u64) -> Value {
        let Some(file) = self.files.get(&id) else { return Value::Null };
        let url = self.signed_url(id, file);
        let mut object = json!({
            "id": id.to_string(), "filename": file.shown_name.as_ref().unwrap_or(&file.name), "size": file.size, "url": url, "proxy_url": url,
            "content_type": file.content_type,
        });
        if file.ephemeral {
            object["ephemeral"] = json!(true);
        }
        if let Some(description) = &file.description {
            object["description"] = json!(description);
        }
        if let Some((width, height)) = png_size(&file.bytes) {
            object["width"] = json!(width);
            object["height"] = json!(height);
            object["placeholder"] = json!("/PcBAoBQydvKesabEIoMsdg=");
            object["placeholder_version"] = json!(1);
        }
        object
    }

    /// The CDN: `GET /attachments/…` and `/ephemeral-attachments/…`.
    pub(super) fn serve_file(&self, path: &str, request: &Request) -> Reply {
        let not_there = || Reply {
            status: 404,
            headers: vec![("content-type".into(), "text/plain;charset=UTF-8".into())],
            body: Bytes::from_static(b"This content is no longer available."),
        };
        let query = request.query_pairs();
        let get = |name: &str| query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        let (until, since) = (get("ex"), get("is"));
        let expired = u64::from_str_radix(until, 16).map_or(true, |until| until <= now_ms() / 1000);
        if expired || self.signature(path, until, since) != get("hm") {
            return not_there();
        }
        let id = path.split('/').nth(3).and_then(|id| id.parse().ok());
        let Some(file) = id.and_then(|id: u64| self.files.get(&id)).filter(|file| !file.gone) else {
            return not_there();
        };
        let reply = Reply {
            status: 200,
            headers: vec![
                ("content-type".into(), file.content_type.clone()),
                ("cache-control".into(), "public, max-age=31536000".into()),
            ],
            body: file.bytes.clone(),
        };
        file.encoding.iter().fold(reply, |reply, encoding| reply.with_header("content-encoding", encoding))
    }
}

/// Width and height of a PNG, from its first chunk.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.get(..24).filter(|header| header.starts_with(b"\x89PNG\r\n\x1a\n"))?;
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    Some((number(16)?, number(20)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multipart_body_is_taken_apart() {
        let body = Bytes::from_static(
            b"--xyz\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{\"content\":\"hi\"}\r\n\
            --xyz\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a \\\"b\\\".png\"\r\n\r\n\x89\r\n--xy\r\n--xyz--\r\n",
        );
        let parts = parts(&body, "xyz").unwrap();
        assert_eq!(
            (parts.len(), parts[0].name.as_str(), &parts[0].bytes[..]),
            (2, "payload_json", &b"{\"content\":\"hi\"}"[..])
        );
        assert_eq!((parts[1].filename.as_deref(), &parts[1].bytes[..]), (Some("a \"b\".png"), &b"\x89\r\n--xy"[..]));
        assert!(super::parts(&Bytes::from_static(b"--xyz\r\n\r\n"), "xyz").is_err());
    }

    #[test]
    fn names_are_kept_as_discord_keeps_them() {
        assert_eq!(kept_name("my crash (1).png"), "my_crash_1.png");
        assert_eq!(kept_name("поломка"), "unknown");
        assert_eq!(type_of("a.PNG", Some("text/html")), "image/png");
        assert_eq!(type_of("a.dmp", Some("application/x-dmp")), "application/x-dmp");
    }
}
