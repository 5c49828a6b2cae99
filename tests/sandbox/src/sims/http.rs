//! A small HTTP server and client for the simulators.
//!
//! The server is hyper itself, because a simulator must be able to hang up without an answer.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt, Full, Limited};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// Longest request body that is read, in bytes. Discord takes 25 MiB.
const BODY_MAX: usize = 26 * 1024 * 1024;

/// A request as it came, body read.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, not decoded.
    pub path: String,
    /// The query, not decoded.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// A header as text, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The decoded query.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// Splits `/as/<instance>/rest` into the instance and `/rest`.
    pub fn caller(&self) -> (Option<String>, String) {
        let named = self.path.strip_prefix("/as/").and_then(|rest| rest.split_once('/'));
        named.map_or_else(
            || (None, self.path.clone()),
            |(instance, rest)| (Some(instance.to_owned()), format!("/{rest}")),
        )
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers beside the content length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: Bytes::from(body.to_string()),
        }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new() }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// The connection is closed without an answer.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the connection was dropped on purpose")]
pub struct Dropped;

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn start<F, Fut>(handler: F) -> std::io::Result<Self>
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Dropped>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, Arc::new(handler)));
        Ok(Self { address, task })
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept<F, Fut>(listener: TcpListener, handler: Arc<F>)
where
    F: Fn(Request) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Reply, Dropped>> + Send + 'static,
{
    // Connections live in the set, so they end together with the server.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let handler = Arc::clone(&handler);
        connections.spawn(async move {
            let service = service_fn(|request| serve_one(Arc::clone(&handler), request));
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_one<F, Fut>(
    handler: Arc<F>,
    request: hyper::Request<hyper::body::Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Dropped>
where
    F: Fn(Request) -> Fut,
    Fut: Future<Output = Result<Reply, Dropped>>,
{
    let (parts, body) = request.into_parts();
    let reply = match Limited::new(body, BODY_MAX).collect().await {
        Ok(body) => {
            handler(Request {
                method: parts.method.as_str().to_owned(),
                path: parts.uri.path().to_owned(),
                query: parts.uri.query().unwrap_or_default().to_owned(),
                headers: parts.headers,
                body: body.to_bytes(),
            })
            .await?
        }
        Err(_) => Reply::empty(413),
    };
    let mut response = hyper::Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response.body(Full::new(reply.body)).map_err(|_| Dropped)
}

/// What somebody answered to a simulator.
#[derive(Debug, Clone)]
pub struct RawAnswer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl RawAnswer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, or null.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Whether the body says that it is JSON.
    pub fn is_json(&self) -> bool {
        let content_type = self.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The time was up.
    #[error("no answer within {0:?}")]
    TooSlow(Duration),
    /// No connection, or it broke.
    #[error("{0}")]
    Unreachable(String),
}

/// Sends one request and reads the whole answer within `limit`.
///
/// # Errors
///
/// [`NoAnswer`], when there is none in time.
pub async fn send(
    client: &reqwest::Client,
    method: &str,
    url: &str,
    headers: &[(String, String)],
    body: Bytes,
    limit: Duration,
) -> Result<RawAnswer, NoAnswer> {
    let unreachable = |error: reqwest::Error| NoAnswer::Unreachable(format!("{:#}", anyhow::Error::from(error)));
    let exchange = async {
        let method =
            reqwest::Method::from_bytes(method.as_bytes()).map_err(|e| NoAnswer::Unreachable(e.to_string()))?;
        let mut request = client.request(method, url).body(body);
        for (name, value) in headers {
            // Not `header(name, text)`: bad input on purpose may hold bytes that are no ASCII.
            let value =
                http::HeaderValue::from_bytes(value.as_bytes()).map_err(|e| NoAnswer::Unreachable(e.to_string()))?;
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(unreachable)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await.map_err(unreachable)?;
        Ok(RawAnswer { status, headers, body })
    };
    tokio::time::timeout(limit, exchange).await.map_err(|_| NoAnswer::TooSlow(limit))?
}

/// The client that the platforms call us with.
///
/// # Panics
///
/// Never: it holds no certificate and reads no file.
pub fn client(user_agent: &str) -> reqwest::Client {
    // Installed by whoever comes first; it is the same one everywhere.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(user_agent)
        .no_proxy()
        .tls_certs_only(std::iter::empty())
        .build()
        .expect("a client without certificates needs nothing from outside")
}
