//! Files that people sent: fetched from Discord with a bound, known by what is in them, and named so that the name does no harm.

use std::fmt;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};

pub use crate::attachment::Attachment;

/// The hosts that Discord serves files from.
pub const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// How long fetching one file may take, with all its tries.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// How long to wait before a file is tried again that could not be fetched. A 429 may want more.
const PAUSES: [Duration; 3] = [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

/// Longest name of a file, in characters.
pub const NAME_LENGTH_MAX: usize = 100;

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// Not an address of a host that we fetch from.
    #[error("not an address that files are fetched from")]
    Host,
    /// It has more bytes than are wanted.
    #[error("the file is larger than {max_bytes} bytes")]
    TooLarge {
        /// How many were wanted at most.
        max_bytes: u64,
    },
    /// It comes packed, so that nobody can say how large it is.
    #[error("the file comes packed")]
    Packed,
    /// It is not there any more, or its address has died.
    #[error("the file is gone (status {status})")]
    Gone {
        /// HTTP status: 403, 404 or 410.
        status: u16,
    },
    /// It could not be fetched now.
    #[error("the file is not available: {reason}")]
    Unavailable {
        /// In short.
        reason: String,
        /// What happened on the way, without the address.
        #[source]
        source: Option<reqwest::Error>,
    },
}

/// Fetches files. Cheap to clone.
#[derive(Clone)]
pub struct Downloader {
    http: reqwest::Client,
    hosts: Vec<String>,
    pauses: [Duration; 3],
}

impl fmt::Debug for Downloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downloader").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

impl Downloader {
    /// Fetches with `http` from these hosts alone, over HTTPS. A host with a port (`127.0.0.1:8443`) is fetched from over plain HTTP
    /// too: a stand-in for Discord. For Discord itself: [`HOSTS`].
    ///
    /// `http` must follow no redirects. The answer from another address than the one asked is thrown away, but by then that address was
    /// called.
    pub fn new(http: reqwest::Client, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { http, hosts: hosts.into_iter().map(Into::into).collect(), pauses: PAUSES }
    }

    /// Fetches a file of at most `max_bytes`. What may work a moment later is tried again here: an answer that fails, a connection that
    /// breaks, and a 429 once its pause is over.
    ///
    /// # Errors
    /// Before anything is sent, where the address is not one of our hosts or Discord says that the file is too large; as soon as more
    /// bytes come than are wanted, whatever was said before; and where it stays unavailable, [`TIMEOUT`] later at the latest.
    pub async fn fetch(&self, file: &Attachment, max_bytes: u64) -> Result<Bytes, DownloadError> {
        let url = self.allowed(&file.url).ok_or(DownloadError::Host)?;
        if file.size > max_bytes {
            return Err(DownloadError::TooLarge { max_bytes });
        }
        let end = Instant::now() + TIMEOUT;
        let mut pauses = self.pauses.into_iter();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let failure = match self.try_to_fetch(&url, max_bytes, left).await {
                Ok(bytes) => return Ok(bytes),
                Err(failure) => failure,
            };
            let pause = failure.again.and_then(|wanted| Some(pauses.next()?.max(wanted)));
            match pause.filter(|pause| *pause < end.saturating_duration_since(Instant::now())) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failure.error),
            }
        }
    }

    async fn try_to_fetch(&self, url: &Url, max_bytes: u64, limit: Duration) -> Result<Bytes, Failure> {
        let too_large = || Failure::for_good(DownloadError::TooLarge { max_bytes });
        let request = self.http.get(url.clone()).header(ACCEPT_ENCODING, "identity").timeout(limit);
        let mut answer = request.send().await.map_err(on_the_way)?;
        if answer.url() != url {
            return Err(Failure::for_good(DownloadError::Host));
        }
        if answer.status() != StatusCode::OK {
            return Err(refusal(&answer));
        }
        if answer.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
            // Nobody asked for it, and nothing here unpacks: a small file that says so may be a huge one.
            return Err(Failure::for_good(DownloadError::Packed));
        }
        if answer.content_length().is_some_and(|length| length > max_bytes) {
            return Err(too_large());
        }
        let mut bytes = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(on_the_way)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > max_bytes {
                return Err(too_large());
            }
        }
        Ok(bytes.freeze())
    }

    /// The address, if it is one that we fetch from.
    fn allowed(&self, url: &str) -> Option<Url> {
        let url = Url::parse(url).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let host = url.host_str()?;
        let listed = match url.port() {
            // The scheme's own port is none.
            None => url.scheme() == "https" && self.hosts.iter().any(|allowed| allowed == host),
            Some(port) => {
                let address = format!("{host}:{port}");
                ["https", "http"].contains(&url.scheme()) && self.hosts.contains(&address)
            }
        };
        listed.then_some(url)
    }
}

/// Why one try has failed.
struct Failure {
    error: DownloadError,
    /// How long to wait at least before another try; `None` where that would fail as well.
    again: Option<Duration>,
}

impl Failure {
    fn for_good(error: DownloadError) -> Self {
        Self { error, again: None }
    }
}

/// Why there is no file in an answer.
fn refusal(answer: &Response) -> Failure {
    let status = answer.status();
    if matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE) {
        return Failure::for_good(DownloadError::Gone { status: status.as_u16() });
    }
    let error = DownloadError::Unavailable { reason: format!("status {}", status.as_u16()), source: None };
    let wanted = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let again = if status == StatusCode::TOO_MANY_REQUESTS {
        Some(wanted.map(Duration::from_secs).unwrap_or_default())
    } else {
        status.is_server_error().then_some(Duration::ZERO)
    };
    Failure { error, again }
}

fn on_the_way(error: reqwest::Error) -> Failure {
    let reason = if error.is_timeout() { "no answer in time" } else { "no connection" };
    // The address is signed, which makes it a key to the file.
    let error = DownloadError::Unavailable { reason: reason.to_owned(), source: Some(error.without_url()) };
    Failure { error, again: Some(Duration::ZERO) }
}

/// What a file is: the kinds that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// A GIF picture.
    Gif,
    /// A WebP picture.
    Webp,
    /// An MP4 video.
    Mp4,
    /// A `WebM` video.
    Webm,
    /// A `QuickTime` video.
    Mov,
    /// A PDF document.
    Pdf,
    /// A ZIP archive.
    Zip,
    /// A file packed with gzip.
    Gzip,
    /// JSON in UTF-8, by its name.
    Json,
    /// Values separated by commas, by its name.
    Csv,
    /// Other text in UTF-8.
    Text,
    /// Sound in Ogg: a voice message, for one.
    Ogg,
    /// An MP3 sound.
    Mp3,
    /// An MPEG-4 sound.
    M4a,
    /// A WAV sound.
    Wav,
    /// An AMR sound.
    Amr,
    /// A HEIF picture, as phones take them.
    Heic,
}

impl FileType {
    /// Its media type, under which it does no harm in a browser.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
            Self::Mov => "video/quicktime",
            Self::Pdf => "application/pdf",
            Self::Zip => "application/zip",
            Self::Gzip => "application/gzip",
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
            Self::Ogg => "audio/ogg",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Wav => "audio/wav",
            Self::Amr => "audio/amr",
            Self::Heic => "image/heic",
        }
    }
}

/// What a file is, by what is in it, whatever its sender says; `None` for what a report may not have. Which kind of text it is goes by
/// its name, and only `.txt`, `.log`, `.json` and `.csv` are taken.
pub fn sniff(bytes: &[u8], name: &str) -> Option<FileType> {
    use FileType::{Amr, Heic, M4a, Mp3, Ogg, Wav};
    sniff_for_chat(bytes, name).filter(|kind| !matches!(kind, Ogg | Mp3 | M4a | Wav | Amr | Heic))
}

/// The same for a chat, where sounds and phones' pictures are taken too.
pub fn sniff_for_chat(bytes: &[u8], name: &str) -> Option<FileType> {
    let kind = match infer::get(bytes) {
        Some(found) => match found.mime_type() {
            "image/png" => FileType::Png,
            "image/jpeg" => FileType::Jpeg,
            "image/gif" => FileType::Gif,
            // By its eighth byte alone in that crate.
            "image/webp" if bytes.starts_with(b"RIFF") => FileType::Webp,
            "video/mp4" | "video/x-m4v" => FileType::Mp4,
            "video/webm" => FileType::Webm,
            "video/quicktime" => FileType::Mov,
            // That crate takes its mark in any of the first 1024 bytes, where a text may have it too.
            "application/pdf" if bytes.starts_with(b"%PDF") => FileType::Pdf,
            "application/zip" => FileType::Zip,
            "application/gzip" => FileType::Gzip,
            "audio/ogg" => FileType::Ogg,
            "audio/mpeg" => FileType::Mp3,
            "audio/m4a" => FileType::M4a,
            "audio/x-wav" => FileType::Wav,
            "audio/amr" => FileType::Amr,
            "image/heif" => FileType::Heic,
            "application/pdf" => text(bytes, name)?,
            // Web pages and scripts too are no more than text under the name of one.
            other if other.starts_with("text/") => text(bytes, name)?,
            _ => return None,
        },
        None => text(bytes, name)?,
    };
    Some(kind)
}

/// Which kind of text it is, if it is one.
fn text(bytes: &[u8], name: &str) -> Option<FileType> {
    let (_, ending) = name.rsplit_once('.')?;
    let kind = match ending.to_ascii_lowercase().as_str() {
        "txt" | "log" => FileType::Text,
        "json" => FileType::Json,
        "csv" => FileType::Csv,
        _ => return None,
    };
    let text = std::str::from_utf8(bytes).ok()?;
    // Terminals colour their logs with escapes.
    let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}');
    (!text.is_empty() && text.chars().all(is_text)).then_some(kind)
}

/// A name for the file that does no harm: without a path, without characters that do not show or turn the writing round, at most
/// [`NAME_LENGTH_MAX`] characters with its ending kept, and never empty.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        last.chars().map(|c| if r#"<>:"|?*"#.contains(c) { '_' } else { c }).filter(|c| shows(*c)).collect();
    // A name that starts with a dot is hidden, and one that ends with one loses it on some systems.
    let clean = clean.trim().trim_matches('.').trim();
    if clean.is_empty() {
        return "file".to_owned();
    }
    let length = clean.chars().count();
    if length <= NAME_LENGTH_MAX {
        return clean.to_owned();
    }
    let ending =
        clean.rfind('.').map(|at| &clean[at..]).filter(|ending| ending.chars().count() <= 10).unwrap_or_default();
    let start = NAME_LENGTH_MAX - ending.chars().count();
    clean.chars().take(start).chain(ending.chars()).collect()
}

/// Whether a character shows, and shows in its place.
fn shows(c: char) -> bool {
    let invisible = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !invisible
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::error::Error;
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::body::Body;
    use axum::http::{StatusCode, Uri};
    use axum::response::{IntoResponse, Redirect};
    use axum::routing::get;
    use domain::ids::AttachmentId;

    use super::*;

    fn file(url: String, size: u64) -> Attachment {
        let id = AttachmentId::new(5).unwrap();
        Attachment { id, filename: "secret.png".to_owned(), size, content_type: None, url }
    }

    fn downloader(host: &str) -> Downloader {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let hosts = HOSTS.map(str::to_owned).into_iter().chain([host.to_owned()]);
        Downloader { pauses: [Duration::from_millis(1); 3], ..Downloader::new(http, hosts) }
    }

    #[test]
    fn only_discords_hosts_are_called() {
        let downloader = downloader("127.0.0.1:8443");
        let check = |url: &str, allowed: bool| assert_eq!(downloader.allowed(url).is_some(), allowed, "{url}");
        check("https://cdn.discordapp.com/ephemeral-attachments/1/2/crash.png?ex=1&is=2&hm=3&", true);
        check("https://media.discordapp.net/attachments/1/2/a.png", true);
        check("https://cdn.discordapp.com:443/attachments/1/2/a.png", true);
        check("https://CDN.discordapp.com/a", true);
        check("http://127.0.0.1:8443/a", true);
        check("https://127.0.0.1:8443/a", true);
        check("http://cdn.discordapp.com/a", false);
        check("http://cdn.discordapp.com:443/a", false);
        check("https://cdn.discordapp.com:8443/a", false);
        check("https://127.0.0.1/a", false);
        check("http://127.0.0.1:8444/a", false);
        check("https://cdn.discordapp.com.example.org/a", false);
        check("https://cdn.discordapp.com@example.org/a", false);
        check("https://user:pass@cdn.discordapp.com/a", false);
        check("https://example.org/cdn.discordapp.com", false);
        check("https://xcdn.discordapp.com/a", false);
        check("https://cdn.discordapp.com./a", false);
        check("https://169.254.169.254/latest/meta-data", false);
        check("file:///etc/passwd", false);
        check("//cdn.discordapp.com/a", false);
        check("", false);
    }

    #[tokio::test]
    async fn a_file_is_fetched_with_a_bound() {
        let chunks = || {
            let parts = (0..10).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[7; 1000])));
            Body::from_stream(futures::stream::iter(parts))
        };
        let app = Router::new()
            .route("/whole", get(|| async { "secret bytes" }))
            .route("/stream", get(async move || chunks()))
            .route("/packed", get(|| async { ([("content-encoding", "gzip")], "small") }))
            .route("/plain", get(|| async { ([("content-encoding", "identity")], "small") }))
            .route("/away", get(|| async { Redirect::temporary("/whole") }))
            .route("/forbidden", get(|| async { StatusCode::FORBIDDEN }))
            .route("/broken", get(|| async { StatusCode::BAD_GATEWAY }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let downloader = downloader(&host);
        let fetch = async |path: &str, size: u64, max: u64| {
            downloader.fetch(&file(format!("http://{host}{path}"), size), max).await
        };

        assert_eq!(fetch("/whole", 12, 12).await.unwrap(), "secret bytes");
        assert_eq!(fetch("/stream", 10_000, 10_000).await.unwrap().len(), 10_000);
        // What Discord says, what the answer's head says, and what really comes.
        for (path, size) in [("/whole", 13), ("/whole", 1), ("/stream", 1)] {
            let error = fetch(path, size, 11).await.unwrap_err();
            assert!(matches!(error, DownloadError::TooLarge { max_bytes: 11 }), "{path} {error}");
        }
        assert!(matches!(fetch("/packed", 5, 9).await.unwrap_err(), DownloadError::Packed));
        assert_eq!(fetch("/plain", 5, 9).await.unwrap(), "small");
        assert!(matches!(fetch("/forbidden", 1, 9).await.unwrap_err(), DownloadError::Gone { status: 403 }));
        assert!(matches!(fetch("/bogus", 1, 9).await.unwrap_err(), DownloadError::Gone { status: 404 }));
        assert!(matches!(fetch("/away", 1, 99).await.unwrap_err(), DownloadError::Unavailable { .. }));
        assert!(matches!(fetch("/broken", 1, 9).await.unwrap_err(), DownloadError::Unavailable { .. }));
        let elsewhere = downloader.fetch(&file("https://example.org/a".to_owned(), 1), 9).await.unwrap_err();
        assert!(matches!(elsewhere, DownloadError::Host));
    }

    #[tokio::test]
    async fn what_may_work_a_moment_later_is_tried_again() {
        // How often each address was asked for.
        let asked: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
        let count = Arc::clone(&asked);
        let answer = move |uri: Uri| {
            let mut count = count.lock().unwrap();
            let nth = count.entry(uri.path().to_owned()).or_default();
            *nth += 1;
            let busy = |pause: &'static str| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", pause)]).into_response();
            let broken = || {
                let parts = [Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("broken off"))];
                Body::from_stream(futures::stream::iter(parts)).into_response()
            };
            let answer = match (uri.path(), *nth) {
                ("/thrice", 1) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
                ("/thrice", 2) => busy("0"),
                ("/thrice", 3) => broken(),
                ("/paused", 1) => busy("1"),
                ("/nonsense", 1) => busy("-1"),
                ("/later", _) => busy("21"),
                ("/centuries", _) => busy("18446744073709551615"),
                ("/never", _) => StatusCode::BAD_GATEWAY.into_response(),
                ("/odd", _) => StatusCode::IM_A_TEAPOT.into_response(),
                ("/gone", _) => StatusCode::NOT_FOUND.into_response(),
                _ => "whole".into_response(),
            };
            std::future::ready(answer)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        let downloader = downloader(&host);
        let check = async |path: &str, times: usize, fetched: bool| {
            let begun = Instant::now();
            let answer = downloader.fetch(&file(format!("http://{host}{path}"), 5), 9).await;
            let asked = asked.lock().unwrap()[path];
            assert_eq!((asked, answer.is_ok()), (times, fetched), "{path} {answer:?}");
            begun.elapsed()
        };
        check("/once", 1, true).await;
        check("/thrice", 4, true).await;
        check("/nonsense", 2, true).await;
        let waited = check("/paused", 2, true).await;
        assert!(waited >= Duration::from_secs(1), "{waited:?}");
        check("/never", 4, false).await;
        for path in ["/later", "/odd", "/gone"] {
            check(path, 1, false).await;
        }
        check("/centuries", 1, false).await;
    }

    #[tokio::test]
    async fn an_error_holds_no_address() {
        let downloader = downloader("127.0.0.1:1");
        let file = file("http://127.0.0.1:1/secret".to_owned(), 1);
        let error = downloader.fetch(&file, 9).await.unwrap_err();
        assert!(matches!(error, DownloadError::Unavailable { .. }), "{error}");
        let mut chain = format!("{error} {error:?} {file:?} {downloader:?}");
        let mut source = error.source();
        while let Some(cause) = source {
            chain = format!("{chain} {cause} {cause:?}");
            source = cause.source();
        }
        assert!(!chain.contains("secret"), "{chain}");
    }

    #[test]
    fn a_file_is_what_is_in_it() {
        let check = |bytes: &[u8], name: &str, expected: Option<FileType>| {
            assert_eq!(sniff(bytes, name), expected, "{name} {bytes:?}");
        };
        let padded = |start: &[u8]| [start, &[0; 300]].concat();
        check(&padded(b"\x89PNG\r\n\x1a\n"), "a.exe", Some(FileType::Png));
        check(&padded(b"\xff\xd8\xff\xe0"), "a", Some(FileType::Jpeg));
        check(&padded(b"GIF89a"), "a.gif", Some(FileType::Gif));
        check(&padded(b"RIFF\x00\x00\x00\x00WEBPVP8 "), "a.webp", Some(FileType::Webp));
        check(b"12345678WEBP and more", "a.txt", None);
        check(&padded(b"\x00\x00\x00\x18ftypmp42"), "a.mp4", Some(FileType::Mp4));
        check(&padded(b"\x00\x00\x00\x18ftypisom"), "a.mp4", Some(FileType::Mp4));
        check(&padded(b"\x00\x00\x00\x14ftypqt  "), "a.mov", Some(FileType::Mov));
        check(&padded(b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm"), "a.webm", Some(FileType::Webm));
        check(b"%PDF-1.7\n", "a.pdf", Some(FileType::Pdf));
        check(b"a log that names %PDF\n", "a.log", Some(FileType::Text));
        check(b"PK\x03\x04rest", "a.zip", Some(FileType::Zip));
        check(b"\x1f\x8b\x08rest", "log.gz", Some(FileType::Gzip));
        check("a log\r\n\t\u{1b}[31mمرحبا 🎣\u{1b}[0m\n".as_bytes(), "Player.LOG", Some(FileType::Text));
        check(b"{}", "a.json", Some(FileType::Json));
        check(b"a,b\n", "a.csv", Some(FileType::Csv));
        check(b"plain", "a.html", None);
        check(b"plain", "txt", None);
        check(b"<html><script>1</script></html>", "a.html", None);
        check(b"MZ\x90\x00 a program", "a.png", None);
        check(b"MZ\x90\x00 a program", "a.txt", None);
        check(b"\x7fELF\x02\x01\x01", "a.log", None);
        check(b"zero\x00byte", "a.txt", None);
        check(b"\xff\xfeU\x00T\x00F\x00", "a.txt", None);
        check(b"#!/bin/sh\nrm -rf /\n", "a.sh", None);
        check(b"<?xml version=\"1.0\"?><log/>", "a.log", Some(FileType::Text));
        check(b"<?xml version=\"1.0\"?><svg/>", "a.svg", None);
        check(b"", "a.txt", None);
        check(b"", "a.png", None);
    }

    #[test]
    fn a_chat_takes_sounds_and_phones_pictures_and_a_report_does_not() {
        let check = |start: &[u8], expected: Option<FileType>| {
            let bytes = [start, &[0; 300]].concat();
            assert_eq!((sniff_for_chat(&bytes, "a.bin"), sniff(&bytes, "a.bin")), (expected, None), "{start:?}");
        };
        check(b"OggS\x00\x02", Some(FileType::Ogg));
        check(b"ID3\x03\x00", Some(FileType::Mp3));
        check(b"\x00\x00\x00\x20ftypM4A ", Some(FileType::M4a));
        check(b"RIFF\x24\x00\x00\x00WAVEfmt ", Some(FileType::Wav));
        check(b"#!AMR\n", Some(FileType::Amr));
        check(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", Some(FileType::Heic));
        check(b"MZ\x90\x00", None);
        assert_eq!(sniff_for_chat(b"\x89PNG\r\n\x1a\n", "a"), sniff(b"\x89PNG\r\n\x1a\n", "a"));
    }

    #[test]
    fn a_name_does_no_harm() {
        let check = |name: &str, expected: &str| assert_eq!(safe_name(name), expected, "{name:?}");
        check("crash.png", "crash.png");
        check("снимок экрана 🎣.png", "снимок экрана 🎣.png");
        check("../../etc/passwd", "passwd");
        check(r"C:\Users\ada\log.txt", "log.txt");
        check("..", "file");
        check("", "file");
        check("a/", "file");
        check(".htaccess", "htaccess");
        check("gpj.\u{202e}exe\u{0}\r\n.png", "gpj.exe.png");
        check("\u{feff}\u{200b}", "file");
        check("a\"b<c>:d|e?f*.png", "a_b_c__d_e_f_.png");
        let long = safe_name(&format!("{}.tar.gz", "ü".repeat(200)));
        assert_eq!((long.chars().count(), long.ends_with("ü.gz")), (NAME_LENGTH_MAX, true));
        assert_eq!(safe_name(&"x".repeat(300)).len(), NAME_LENGTH_MAX);
    }
}
