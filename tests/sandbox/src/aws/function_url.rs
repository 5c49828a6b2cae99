//! Function URLs: `http://127.0.0.1:<port>/<folder name>`, payload format 2.0.
//!
//! See [Lambda Docs/Function URL request and response payloads]. At AWS each function has a host of its own and the path
//! begins behind it; here all share one, and the path begins with the folder's name.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, stream};
use serde_json::{Map, Value, json};

use super::lambda::{Function, Pieces, Reply, SYNC_PAYLOAD_MAX};
use super::{ACCOUNT, Cloud, now_ms};
use crate::trace::Kind;

/// What a streamed answer is that begins with a status and headers.
const WITH_PRELUDE: &str = "application/vnd.awslambda.http-integration-response";

/// What stands between them and the body.
const PRELUDE_END: [u8; 8] = [0; 8];

/// Longest status and headers of a streamed answer, in bytes. AWS names no limit; this is more than any client takes.
const PRELUDE_BYTES_MAX: usize = 256 * 1024;

/// Serves the function URLs; every other path goes on to the page.
pub async fn serve(State(cloud): State<Arc<Cloud>>, request: Request, next: Next) -> Response {
    let first = request.uri().path().split('/').nth(1).unwrap_or_default();
    match cloud.function(first).filter(|function| function.config.has_url && function.config.folder == first) {
        Some(function) => call(&cloud, &function, request).await,
        None => next.run(request).await,
    }
}

async fn call(cloud: &Arc<Cloud>, function: &Arc<Function>, request: Request) -> Response {
    let guard = cloud.activity.begin(format!("request to {}", function.config.folder));
    let (parts, body) = request.into_parts();
    let method = parts.method.clone();
    let response = match axum::body::to_bytes(body, SYNC_PAYLOAD_MAX).await {
        Ok(body) => {
            let event = event(&parts.method, &parts.uri, &parts.headers, &body);
            let event = Bytes::from(event.to_string());
            if function.config.streams {
                streamed(cloud.invoke_streaming(function, event, "function URL").await).await
            } else {
                let answer = cloud.invoke(function, event, "function URL").await;
                if answer.failed { failed() } else { response(&answer.payload).unwrap_or_else(failed) }
            }
        }
        Err(_) => (
            StatusCode::PAYLOAD_TOO_LARGE,
            axum::Json(
                json!({"Message": "Request must be smaller than 6291556 bytes for the InvokeFunction operation"}),
            ),
        )
            .into_response(),
    };
    let status = response.status().as_u16();
    let folder = &function.config.folder;
    let title = format!("{method} /{folder} -> {status}");
    cloud.trace.record(
        Kind::FunctionUrl,
        Some(folder),
        None,
        title,
        json!({"operation": method.as_str(), "status": status}),
    );
    drop(guard);
    response
}

fn failed() -> Response {
    (StatusCode::BAD_GATEWAY, [("x-amzn-errortype", "InternalServerErrorException")], "Internal Server Error")
        .into_response()
}

/// The answer of a function whose URL streams. See [Lambda Docs/Response streaming].
async fn streamed(reply: Reply) -> Response {
    match reply {
        Reply::Whole(answer) if answer.failed => failed(),
        // Nothing is read out of an answer that the function did not stream.
        Reply::Whole(answer) => ([("content-type", "application/octet-stream")], answer.payload).into_response(),
        Reply::Streamed(pieces) if pieces.content_type.as_deref() == Some(WITH_PRELUDE) => {
            with_prelude(pieces).await.unwrap_or_else(failed)
        }
        Reply::Streamed(pieces) => {
            let content_type = pieces.content_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned());
            ([("content-type", content_type)], Body::from_stream(pieces.into_stream())).into_response()
        }
    }
}

/// A streamed answer with its status and headers, or nothing where it has none.
async fn with_prelude(pieces: Pieces) -> Option<Response> {
    let mut pieces = Box::pin(pieces.into_stream());
    let mut read = BytesMut::new();
    let end = loop {
        if let Some(at) = read.windows(PRELUDE_END.len()).position(|bytes| bytes == PRELUDE_END) {
            break at;
        }
        if read.len() > PRELUDE_BYTES_MAX {
            return None;
        }
        read.extend_from_slice(&pieces.next().await?.ok()?);
    };
    let rest = read.split_off(end + PRELUDE_END.len()).freeze();
    let prelude: Value = serde_json::from_slice(&read[..end]).ok()?;
    let body = stream::once(async { Ok(rest) }).chain(pieces);
    head(prelude.as_object()?, Body::from_stream(body))
}

fn event(method: &http::Method, uri: &http::Uri, headers: &HeaderMap, body: &Bytes) -> Value {
    let mut flat: BTreeMap<String, String> = BTreeMap::new();
    for name in headers.keys() {
        // Headers are ASCII at AWS; other bytes are read as Latin-1.
        let values = headers
            .get_all(name)
            .iter()
            .map(|value| value.as_bytes().iter().map(|&byte| char::from(byte)).collect::<String>());
        flat.insert(name.as_str().to_owned(), values.collect::<Vec<_>>().join(","));
    }
    let cookies: Vec<String> = flat
        .get("cookie")
        .map(|cookie| cookie.split(';').map(|cookie| cookie.trim().to_owned()).collect())
        .unwrap_or_default();
    let domain = flat.get("host").cloned().unwrap_or_default();
    flat.insert("x-forwarded-for".to_owned(), "127.0.0.1".to_owned());
    flat.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    flat.insert("x-forwarded-port".to_owned(), domain.rsplit(':').next().unwrap_or_default().to_owned());
    let query = uri.query().unwrap_or_default();
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters
            .entry(name.into_owned())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.to_string());
    }
    let agent = flat.get("user-agent").cloned().unwrap_or_default();
    let now = jiff::Timestamp::now();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": uri.path(),
        "rawQueryString": query,
        "headers": flat,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": ACCOUNT,
            "domainName": domain,
            "domainPrefix": domain.split(['.', ':']).next(),
            "http": {
                "method": method.as_str(),
                "path": uri.path(),
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": agent,
            },
            "requestId": uuid::Uuid::new_v4().to_string(),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now_ms(),
        },
        "isBase64Encoded": false,
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !parameters.is_empty() {
        event["queryStringParameters"] = json!(parameters);
    }
    if !body.is_empty() {
        match std::str::from_utf8(body).ok().filter(|_| is_text(headers)) {
            Some(text) => event["body"] = json!(text),
            None => {
                event["body"] = json!(STANDARD.encode(body));
                event["isBase64Encoded"] = json!(true);
            }
        }
    }
    event
}

/// Whether a body of this content type is passed on as text. Forms are not.
fn is_text(headers: &HeaderMap) -> bool {
    if headers.contains_key("content-encoding") {
        return false;
    }
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || matches!(kind.as_str(), "application/json" | "application/javascript" | "application/xml")
        || (kind.starts_with("application/") && (kind.ends_with("+json") || kind.ends_with("+xml")))
}

/// The function's answer as HTTP, or nothing where AWS would answer 502.
fn response(payload: &Bytes) -> Option<Response> {
    let value: Value = serde_json::from_slice(payload).ok()?;
    let fields = value.as_object().filter(|fields| fields.contains_key("statusCode"));
    let Some(fields) = fields else {
        // Format 2.0 takes any JSON without statusCode for the body of a 200.
        let text = value.as_str().map_or_else(|| Bytes::clone(payload), |text| Bytes::from(text.to_owned()));
        return Some(([("content-type", "application/json")], text).into_response());
    };
    let body = match fields.get("body") {
        None | Some(Value::Null) => Bytes::new(),
        Some(Value::String(text)) if fields.get("isBase64Encoded") == Some(&json!(true)) => {
            STANDARD.decode(text).ok()?.into()
        }
        Some(Value::String(text)) => Bytes::from(text.clone()),
        Some(other) => Bytes::from(other.to_string()),
    };
    head(fields, Body::from(body))
}

/// Status, headers and cookies of an answer with this body, or nothing where AWS would answer 502.
fn head(fields: &Map<String, Value>, body: Body) -> Option<Response> {
    let status = fields.get("statusCode").and_then(Value::as_u64)?;
    let status = StatusCode::from_u16(u16::try_from(status).ok()?).ok()?;
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let empty = Map::new();
    let headers = fields.get("headers").and_then(Value::as_object).unwrap_or(&empty);
    for (name, value) in headers {
        let value = super::template::scalar(value).ok()?;
        response.headers_mut().insert(HeaderName::try_from(name.as_str()).ok()?, HeaderValue::try_from(value).ok()?);
    }
    for cookie in fields.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        response.headers_mut().append("set-cookie", HeaderValue::try_from(cookie.as_str()?).ok()?);
    }
    // Answers without a body have nothing to describe.
    let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if bodiless {
        *response.body_mut() = Body::empty();
    } else if !response.headers().contains_key("content-type") {
        response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    }
    // The server frames the body itself.
    response.headers_mut().remove("content-length");
    response.headers_mut().remove("transfer-encoding");
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(content_type: &str, body: &'static [u8]) -> Value {
        let uri = "http://x/forward-to-discord?bodySHA256=a%2Bb&x=1&x=2".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("127.0.0.1:8700"));
        headers.insert("Content-Type", HeaderValue::try_from(content_type).unwrap());
        headers.insert("cookie", HeaderValue::from_static("a=1; b=2"));
        event(&http::Method::POST, &uri, &headers, &Bytes::from_static(body))
    }

    #[test]
    fn text_stays_text_and_the_rest_is_base64() {
        for (content_type, body, encoded) in [
            ("application/json", &b"{}"[..], false),
            ("application/json; charset=utf-8", b"{}", false),
            ("text/plain", b"x", false),
            ("application/problem+json", b"{}", false),
            ("application/x-www-form-urlencoded", b"a=1", true),
            ("application/octet-stream", b"x", true),
            ("application/json", b"\xff", true),
        ] {
            assert_eq!(made(content_type, body)["isBase64Encoded"], json!(encoded), "{content_type}");
        }
        assert!(made("application/json", b"").get("body").is_none());
    }

    #[test]
    fn an_event_has_the_request_as_it_came() {
        let event = made("application/json", b"{\"a\": 1}");
        assert_eq!(event["rawPath"], "/forward-to-discord");
        assert_eq!(event["rawQueryString"], "bodySHA256=a%2Bb&x=1&x=2");
        assert_eq!(event["queryStringParameters"], json!({"bodySHA256": "a+b", "x": "1,2"}));
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["requestContext"]["domainName"], "127.0.0.1:8700");
        assert_eq!(event["body"], "{\"a\": 1}");
    }

    #[tokio::test]
    async fn bytes_travel_both_ways_whole() {
        let bytes: &[u8] = b"\x89PNG\r\n\x00\xff";
        let event = made("image/png", bytes);
        assert_eq!(STANDARD.decode(event["body"].as_str().unwrap()).unwrap(), bytes);
        let payload = json!({"statusCode": 200, "isBase64Encoded": true, "body": STANDARD.encode(bytes)});
        let answer = response(&Bytes::from(payload.to_string())).unwrap();
        assert_eq!(axum::body::to_bytes(answer.into_body(), 100).await.unwrap(), bytes);
    }

    #[test]
    fn answers_are_mapped_as_format_2_says() {
        let status =
            |payload: &str| response(&Bytes::from(payload.to_owned())).map(|response| response.status().as_u16());
        assert_eq!(status(r#"{"statusCode": 401, "body": "no"}"#), Some(401));
        assert_eq!(status(r#"{"type": 1}"#), Some(200));
        assert_eq!(status(r#""text""#), Some(200));
        assert_eq!(status(r#"{"statusCode": "x"}"#), None);
        assert_eq!(status("nonsense"), None);
        let payload = r#"{"statusCode": 200, "headers": {"X-A": "b"}, "cookies": ["c=1", "d=2"]}"#;
        let made = response(&Bytes::from(payload)).unwrap();
        assert_eq!(made.headers()["x-a"], "b");
        assert_eq!(made.headers().get_all("set-cookie").iter().count(), 2);
        let empty = response(&Bytes::from(r#"{"statusCode": 304, "headers": {"etag": "\"1\""}}"#)).unwrap();
        assert_eq!((empty.status().as_u16(), empty.headers().get("content-type")), (304, None));
        assert_eq!(empty.headers()["etag"], "\"1\"");
    }
}
