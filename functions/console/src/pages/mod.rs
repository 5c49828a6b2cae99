//! The pages: written by the server, readable and usable without a script; htmx keeps lists and cases up to date.

pub mod case;
pub mod forms;
pub mod keys;
pub mod layout;
pub mod person;
pub mod queue;
pub mod sign_in;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use maud::html;

use crate::access::session::Session;
use crate::access::{Caller, Identity, csrf, identity, site_of};
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::site::Site;
use crate::{Deps, text};
use layout::Frame;

/// Largest form that is read, in bytes: every character of the longest text may be written as twelve.
const FORM_BYTES_MAX: usize = 128 * 1024;

/// The pages that need a session.
pub fn routes() -> Router<Arc<Deps>> {
    Router::new()
        .route("/", get(queue::show))
        .route("/parts/queue", get(queue::part))
        .route("/cases/new", get(forms::new_case).post(forms::create))
        .route("/cases/{number}", get(case::show))
        .route("/cases/{number}/part", get(case::part))
        .route("/cases/{number}/transcript", get(case::transcript))
        .route("/cases/{number}/files/{n}", get(case::file))
        .route("/cases/{number}/edit", post(forms::edit))
        .route("/cases/{number}/status", post(forms::status))
        .route("/cases/{number}/note", post(forms::note))
        .route("/cases/{number}/assign", post(forms::assign))
        .route("/cases/{number}/link", post(forms::link))
        .route("/keys", get(keys::show).post(keys::make))
        .route("/keys/revoke", post(keys::revoke))
        .route("/people/{id}", get(person::show))
        .route("/people/{id}/delete", post(person::delete))
        .route("/sign-out", post(crate::access::sign_in::sign_out))
}

/// Who looks at a page, and what the page needs of them.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Who.
    pub caller: Caller,
    /// Where the console is.
    pub site: Site,
    /// What forms have to carry.
    pub csrf: String,
    /// Whether a new token of Flex is welcome.
    pub wants_token: bool,
}

impl FromRequestParts<Arc<Deps>> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Deps>) -> Result<Self, Response> {
        let viewer = parts.extensions.get::<Self>().cloned();
        viewer.ok_or_else(|| failed(&Site::new(None, ""), &ApiError::Unauthorized))
    }
}

/// A form that was sent.
#[derive(Debug)]
pub struct Form(pub Pairs);

impl FromRequestParts<Arc<Deps>> for Form {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Deps>) -> Result<Self, Response> {
        // `guard` has read it, to find the token in it.
        Ok(Self(parts.extensions.get::<Arc<Pairs>>().map(|form| Pairs::clone(form)).unwrap_or_default()))
    }
}

/// Lets in who has a session, and forms that carry its token.
pub async fn guard(State(deps): State<Arc<Deps>>, mut request: Request, next: Next) -> Response {
    let site = site_of(&request);
    let identity = identity(&request);
    let (caller, session) = match sessioned(&identity) {
        Ok(found) => found,
        Err(error) => return turned_away(&site, &request, &error),
    };
    if !csrf::is_safe(request.method()) {
        match form(&deps, &site, session, request).await {
            Ok(checked) => request = checked,
            Err(error) => return failed(&site, &error),
        }
    }
    let viewer = Viewer {
        caller: caller.clone(),
        site,
        csrf: session.csrf_token(&deps.seal),
        wants_token: session.wants_renewal(jiff::Timestamp::now()),
    };
    request.extensions_mut().insert(viewer);
    next.run(request).await
}

fn sessioned(identity: &Identity) -> Result<(&Caller, &Session), ApiError> {
    let caller = identity.caller()?;
    // Pages are for people.
    let session = caller.session.as_ref().ok_or(ApiError::Unauthorized)?;
    Ok((caller, session))
}

fn turned_away(site: &Site, request: &Request, error: &ApiError) -> Response {
    if !matches!(error, ApiError::Unauthorized) {
        return failed(site, error);
    }
    let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let is_page = csrf::is_safe(request.method());
    let mut response = sign_in::page(StatusCode::UNAUTHORIZED, site, if is_page { here } else { "/" }, None);
    if is_htmx(request.headers()) {
        // A part of a page has no room to sign in.
        response.headers_mut().insert("hx-refresh", HeaderValue::from_static("true"));
    }
    response
}

/// Whether htmx asks, for a part of a page.
pub fn is_htmx(headers: &axum::http::HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

async fn form(deps: &Deps, site: &Site, session: &Session, request: Request) -> Result<Request, ApiError> {
    let (mut parts, body) = request.into_parts();
    let content_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = content_type.split(';').next().unwrap_or_default().trim();
    if !content_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(ApiError::Malformed("the body has to be a form".to_owned()));
    }
    let body = axum::body::to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| ApiError::TooLarge)?;
    let pairs = Pairs::parse_bytes(&body);
    if !csrf::is_from_us(&parts.headers, site) || !csrf::holds(&deps.seal, session, pairs.field(csrf::FIELD)) {
        return Err(ApiError::Forbidden);
    }
    parts.extensions.insert(Arc::new(pairs));
    Ok(Request::from_parts(parts, Body::empty()))
}

/// The page that says that something did not work, and what to do.
pub fn failed(site: &Site, error: &ApiError) -> Response {
    error.log();
    let detail = error.to_string();
    let (heading, hint) = match error {
        ApiError::NotFound | ApiError::MethodNotAllowed => (text::NOT_FOUND, text::NOT_FOUND_HINT),
        ApiError::Forbidden => (text::FORBIDDEN, text::FORBIDDEN_HINT),
        ApiError::Unavailable | ApiError::TooMany(_) => (text::UNAVAILABLE, text::UNAVAILABLE_HINT),
        ApiError::Internal(_) => (text::FAILED, text::FAILED_HINT),
        ApiError::Unauthorized => (text::SIGN_IN, text::SIGN_IN_WHO),
        ApiError::Changed { .. } => (text::CONFLICT, text::CHANGED_HINT),
        ApiError::Malformed(_)
        | ApiError::Conflict(_)
        | ApiError::TooLarge
        | ApiError::NotJson
        | ApiError::Invalid(_)
        | ApiError::VersionMissing => (text::REFUSED, detail.as_str()),
    };
    let body = html! {
        h1 { (heading) }
        p { (hint) }
        p { a.button href=(site.path("/")) { (text::TO_THE_QUEUE) } }
    };
    (error.status(), Frame::bare(site, heading).page(&body)).into_response()
}
