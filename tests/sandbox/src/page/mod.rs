//! The page: what is deployed, the conversation from both ends, and the trace as it happens. It also lets one play.
//!
//! Everything is inside the binary; nothing is loaded from elsewhere, and nothing that came from outside is put in as markup.

mod panes;
mod play;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::{get, post};
use futures::{Stream, stream};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use crate::Handle;
use crate::sims::discord::{Modal, Person};
use crate::trace::{Entry, Trace};

/// How many earlier entries a page that is opened gets.
const BACKLOG: u64 = 400;

/// Nothing but this server's own files, and nobody else's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Clone)]
struct PageState {
    handle: Handle,
    /// The form that is open, and who has it open.
    modal: Arc<Mutex<Option<(Person, Modal)>>>,
}

/// The page's routes.
pub fn router(handle: Handle) -> Router {
    let state = PageState { handle, modal: Arc::default() };
    let file =
        |kind: &'static str, text: &'static str| get(move || async move { ([(header::CONTENT_TYPE, kind)], text) });
    Router::new()
        .route("/", get(|| async { Html(include_str!("page.html")) }))
        .route("/page.css", file("text/css; charset=utf-8", include_str!("page.css")))
        .route("/page.js", file("text/javascript; charset=utf-8", include_str!("page.js")))
        .route("/events", get(events))
        .route("/state", get(overview))
        .route("/play", post(play::play).layer(DefaultBodyLimit::max(play::BODY_LENGTH_MAX)))
        .layer(middleware::from_fn(guard))
        .with_state(state)
}

/// Lets in only pages of this very address: another site's page can reach a local port too.
async fn guard(request: Request, next: Next) -> Response {
    if let Err(why) = may_pass(request.method(), request.headers()) {
        return (StatusCode::FORBIDDEN, why).into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

fn may_pass(method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // A name that somebody has pointed at 127.0.0.1 (DNS rebinding) is in the Host header.
    let host = text(header::HOST).unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host });
    if !matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
        return Err("this page is for its own machine only");
    }
    if text(header::ORIGIN).is_some_and(|origin| origin != format!("http://{host}")) {
        return Err("requests from other pages are refused");
    }
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if *method != Method::GET {
        if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
            return Err("requests from other pages are refused");
        }
        // A form of another page cannot send this type without asking first.
        let kind = text(header::CONTENT_TYPE).unwrap_or_default();
        if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
            return Err("the content type has to be application/json");
        }
    }
    Ok(())
}

async fn events(
    State(state): State<PageState>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let trace = state.handle.trace().clone();
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let newest = trace.since(0).last().map_or(0, |entry| entry.seq);
    let from = last.map_or_else(|| newest.saturating_sub(BACKLOG), |last| last + 1);
    Sse::new(entries(trace, from)).keep_alive(KeepAlive::default())
}

/// Entries from `from` on, without gaps or repetitions, as long as somebody listens.
fn entries(trace: Trace, from: u64) -> impl Stream<Item = Result<Event, Infallible>> {
    let receiver = trace.subscribe();
    let waiting: VecDeque<Entry> = trace.since(from).into();
    stream::unfold((trace, receiver, waiting, from), |(trace, mut receiver, mut waiting, mut from)| async move {
        loop {
            if let Some(entry) = waiting.pop_front() {
                if entry.seq < from {
                    continue;
                }
                from = entry.seq + 1;
                let event = Event::default().id(entry.seq.to_string()).data(json!(entry).to_string());
                return Some((Ok(event), (trace, receiver, waiting, from)));
            }
            match receiver.recv().await {
                Ok(entry) => waiting.push_back(entry),
                Err(RecvError::Lagged(_)) => waiting.extend(trace.since(from)),
                Err(RecvError::Closed) => return None,
            }
        }
    })
}

async fn overview(State(state): State<PageState>) -> Json<Value> {
    let handle = &state.handle;
    let urls = handle.function_urls();
    let functions: Vec<Value> =
        handle.cloud().functions().keys().map(|name| json!({"name": name, "url": urls.get(name)})).collect();
    let queues = handle.cloud().queues();
    let queues: Vec<Value> = queues
        .iter()
        .map(|(name, queue)| {
            let depth = queue.depth();
            json!({"name": name, "visible": depth.visible, "in_flight": depth.in_flight, "delayed": depth.delayed})
        })
        .collect();
    let mut tables = Vec::new();
    for name in handle.deployment().map(|deployment| deployment.tables.clone()).unwrap_or_default() {
        // The engine counts them itself: looking at each would take a while in a large table.
        let described = handle.cloud().dynamodb.call("DescribeTable", &json!({"TableName": name})).await.ok();
        tables.push(json!({"name": name, "items": described.map(|table| table["Table"]["ItemCount"].clone())}));
    }
    let modal = state.modal.lock().expect("no holder of this lock panics").clone();
    Json(json!({
        "deployed": handle.deployment().is_some(), "functions": functions, "queues": queues, "tables": tables,
        "discord": handle.simulated_discord().map(|sim| panes::discord(sim, modal.as_ref())),
        "twilio": handle.simulated_twilio().map(panes::agent), "console": urls.get("console"),
        "boards": handle.simulated_discord().map(panes::boards),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), header::HeaderValue::from_static(value)));
        may_pass(method, &headers.collect()).is_ok()
    }

    #[test]
    fn only_its_own_page_is_let_in() {
        let json = ("content-type", "application/json");
        let host = ("host", "127.0.0.1:8700");
        assert!(passes(&Method::GET, &[host]));
        assert!(passes(
            &Method::POST,
            &[host, json, ("origin", "http://127.0.0.1:8700"), ("sec-fetch-site", "same-origin")]
        ));
        assert!(!passes(&Method::GET, &[("host", "evil.example:8700")]));
        assert!(!passes(&Method::POST, &[host, json, ("origin", "http://evil.example")]));
        assert!(!passes(&Method::POST, &[host, json, ("sec-fetch-site", "cross-site")]));
        assert!(!passes(&Method::POST, &[host, ("content-type", "text/plain")]));
        assert!(!passes(&Method::POST, &[host]));
    }

    #[tokio::test]
    async fn entries_come_once_and_in_order() {
        use crate::trace::Kind;
        use futures::StreamExt;
        let trace = Trace::new();
        for n in 0..3 {
            trace.note(Kind::Note, n.to_string(), json!({}));
        }
        let mut stream = Box::pin(entries(trace.clone(), 1));
        trace.note(Kind::Note, "3", json!({}));
        let mut count = 0;
        while count < 3 {
            let _ = stream.next().await.unwrap();
            count += 1;
        }
        let more = tokio::time::timeout(std::time::Duration::from_millis(20), stream.next()).await;
        assert!(more.is_err(), "nothing is told twice");
    }
}
