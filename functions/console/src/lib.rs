//! The case console: a web page and a REST API over the same cases, behind one function URL; and the function that writes its
//! [`exports`].
//!
//! A request goes through these, in this order: its place is found and taken off its path ([`site`]), who makes it is found out
//! ([`access`]), the guard of its part lets it in ([`api::guard`], [`pages::guard`]), and a handler calls [`desk`]. On the way out
//! every answer gets the headers that keep browsers careful ([`headers`]).

use std::convert::Infallible;
use std::sync::Arc;

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
use lambda_http::Request;

pub mod access;
pub mod api;
pub mod assets;
pub mod exports;
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
    /// Where exports are fetched, `EXPORTS_URL`.
    pub exports_url: String,
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
            exports_url: connector.lookup().required("EXPORTS_URL")?,
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
        let site = Site::new(self.base_url.as_deref(), &site::domain(&request));
        site.answer(&self.router, request).await
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
