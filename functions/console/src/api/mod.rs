//! The REST API: the same cases as the pages, for machines and scripts.

pub mod cases;
pub mod document;
pub mod export;
pub mod extract;
pub mod lists;
pub mod people;
pub mod search;
pub mod wire;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Deps;
use crate::access::{csrf, identity, rate, site_of};
use crate::problem::ApiError;

/// Largest body that is read, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Where the API's document is.
pub const DOCUMENT_PATH: &str = "/api/openapi.json";

/// The routes of the API and their document. A route that is not documented cannot be added here.
pub fn routes() -> (axum::Router<Arc<Deps>>, OpenApi) {
    let (router, mut document) = OpenApiRouter::new()
        .routes(routes!(lists::list, cases::create))
        .routes(routes!(export::csv))
        .routes(routes!(export::json))
        .routes(routes!(cases::read, cases::change))
        .routes(routes!(cases::history))
        .routes(routes!(cases::note))
        .routes(routes!(cases::transcript))
        .routes(routes!(cases::files))
        .routes(routes!(cases::file))
        .routes(routes!(cases::related))
        .routes(routes!(lists::counts))
        .routes(routes!(lists::assignees))
        .routes(routes!(people::export))
        .routes(routes!(people::delete))
        .split_for_parts();
    document::complete(&mut document);
    (router, document)
}

/// Whether a request is for the API.
pub fn is_ours(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// A version of a case as an `ETag`.
pub fn etag(version: u64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

/// Lets in who may be here, as often as they may, and says how often that is.
pub async fn guard(State(deps): State<Arc<Deps>>, request: Request, next: Next) -> Response {
    let principal = match admitted(&deps, &request) {
        Ok(principal) => principal,
        Err(error) => return error.into_response(),
    };
    match rate::take(&deps.casework.store, &principal, deps.api_requests_per_minute).await {
        Ok(allowance) => {
            let mut response = next.run(request).await;
            rate::describe(response.headers_mut(), &allowance);
            response
        }
        Err(error) => error.into_response(),
    }
}

/// By what the allowance of somebody is counted who may be here.
fn admitted(deps: &Deps, request: &Request) -> Result<String, ApiError> {
    let identity = identity(request);
    let caller = identity.caller()?;
    if let Some(session) = caller.session.as_ref().filter(|_| !csrf::is_safe(request.method())) {
        let token = request.headers().get(csrf::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !csrf::is_from_us(request.headers(), &site_of(request)) || !csrf::holds(&deps.seal, session, token) {
            return Err(ApiError::Forbidden);
        }
    }
    Ok(caller.principal())
}
