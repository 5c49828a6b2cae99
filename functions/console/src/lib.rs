//! The case console: a web page and a REST API over the same cases, behind one function URL.
//!
//! A request goes through these, in this order: its place is found and taken off its path ([`site`]), who makes it is found out
//! ([`access`]), the guard of its part lets it in ([`api::guard`], [`pages::guard`]), and a handler calls [`desk`]. On the way out
//! every answer gets the headers that keep browsers careful ([`headers`]).

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Extension;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Router, http};
use desk::casework::Casework;
use desk::connect::Connector;
use desk::moderators::Moderators;
use desk::privacy::Privacy;
use desk::transcripts::Transcripts;
use discord::oauth::OAuthClient;
use futures::TryStreamExt as _;
use lambda_http::request::RequestContext;
use lambda_http::tower::ServiceExt as _;
use lambda_http::{Request, RequestExt as _};

pub mod access;
pub mod api;
pub mod assets;
pub mod files;
pub mod headers;
pub mod pages;
pub mod problem;
pub mod query;
pub mod site;
pub mod text;
pub mod work;

use access::seal::Seal;
use access::sign_in;
use problem::ApiError;
use site::Site;

/// What this function uses.
pub struct Deps {
    /// Works on cases.
    pub casework: Casework,
    /// Who is a moderator.
    pub moderators: Moderators,
    /// What was said.
    pub transcripts: Transcripts,
    /// What is kept about people.
    pub privacy: Privacy,
    /// Reads the messages that files hang on.
    pub discord: discord::client::Client,
    /// Checks tokens of Flex.
    pub twilio: twilio::client::Client,
    /// Signs people in; `None` where there is no client secret.
    pub oauth: Option<OAuthClient>,
    /// Signs sessions.
    pub seal: Seal,
    /// `PUBLIC_BASE_URL`.
    pub base_url: Option<String>,
    /// How often one caller may use the API in a minute, from `API_REQUESTS_PER_MINUTE`.
    pub api_requests_per_minute: u64,
}

/// How often one caller may use the API in a minute, if it is not said.
const API_REQUESTS_PER_MINUTE: u64 = 600;

impl Deps {
    /// Built from the environment.
    pub async fn connect(connector: &Connector<'_>) -> anyhow::Result<Self> {
        Ok(Self {
            casework: connector.casework()?,
            moderators: connector.moderators(),
            transcripts: connector.transcripts()?,
            privacy: connector.privacy()?,
            discord: connector.discord(),
            twilio: connector.twilio()?,
            oauth: connector.oauth()?,
            seal: Seal::new(connector.secret("SESSION_SECRET_ID").await?),
            base_url: connector.lookup().url("PUBLIC_BASE_URL"),
            api_requests_per_minute: connector
                .lookup()
                .parse_optional("API_REQUESTS_PER_MINUTE")?
                .unwrap_or(API_REQUESTS_PER_MINUTE),
        })
    }
}

/// The console.
pub struct Console {
    base_url: Option<String>,
    router: Router,
}

impl Console {
    /// The console over these.
    pub fn new(deps: Deps) -> Self {
        let base_url = deps.base_url.clone();
        Self { base_url, router: router(Arc::new(deps)) }
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Result<Response, Infallible> {
        let domain = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.domain_name.clone().unwrap_or_default(),
            _ => String::new(),
        };
        let context = request.request_context_ref().cloned();
        let site = Site::new(self.base_url.as_deref(), &domain);
        let mut response = match site.inside(request.uri()) {
            Some(inside) => {
                let (parts, body) = request.into_parts();
                let mut inner = http::Request::new(Body::new(body));
                *inner.method_mut() = parts.method;
                *inner.uri_mut() = inside;
                *inner.headers_mut() = parts.headers;
                inner.extensions_mut().insert(site.clone());
                if let Some(context) = context {
                    inner.extensions_mut().insert(context);
                }
                self.router.clone().oneshot(inner).await?
            }
            None => ApiError::NotFound.into_response(),
        };
        headers::complete(&mut response, &site);
        Ok(response)
    }

    /// Handles one request for the runtime, which passes the answer's body on piece by piece.
    ///
    /// A body that breaks off ends the process. The runtime would write the error into the body and end it as if it were whole
    /// (`EventCompletionRequest` of `lambda_runtime` 1.5); of a process that has ended Lambda cuts the answer off, and the client
    /// knows. The next request finds a new one.
    pub async fn stream(&self, request: Request) -> Result<Response, Infallible> {
        let response = self.handle(request).await?;
        Ok(response.map(|body| Body::from_stream(body.into_data_stream().inspect_err(|_| std::process::exit(1)))))
    }
}

fn router(deps: Arc<Deps>) -> Router {
    let (api, document) = api::routes();
    let api = api.route_layer(from_fn_with_state(Arc::clone(&deps), api::guard));
    let pages = pages::routes().route_layer(from_fn_with_state(Arc::clone(&deps), pages::guard));
    let open = Router::new()
        .route(api::DOCUMENT_PATH, get(api::document::show))
        .route("/sign-in", get(sign_in::show))
        .route("/sign-in/discord", get(sign_in::start))
        .route("/sign-in/callback", get(sign_in::finish))
        .route("/sign-in/flex", post(sign_in::flex))
        .route("/assets/{name}", get(assets::show));
    Router::new()
        .merge(api)
        .merge(pages)
        .merge(open)
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        .layer(from_fn_with_state(Arc::clone(&deps), access::identify))
        .layer(from_fn(headers::no_store))
        .layer(Extension(Arc::new(document)))
        .with_state(deps)
}

async fn nowhere(Extension(site): Extension<Site>, uri: http::Uri) -> Response {
    answer(&site, uri.path(), ApiError::NotFound)
}

async fn not_so(Extension(site): Extension<Site>, uri: http::Uri) -> Response {
    let mut response = answer(&site, uri.path(), ApiError::MethodNotAllowed);
    if let Some(methods) = api::cases::methods_of_document(uri.path()) {
        response.headers_mut().insert(http::header::ALLOW, methods);
    }
    response
}

/// An error as a problem for the API, as a page for people.
fn answer(site: &Site, path: &str, error: ApiError) -> Response {
    if api::is_ours(path) { error.into_response() } else { pages::failed(site, &error) }
}
