//! The OpenAPI document: what the handlers' types do not say.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, ContentBuilder, HeaderBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Server};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::export;
use crate::Deps;
use crate::problem::{PROBLEM_JSON, Problem};
use crate::site::Site;

/// What every operation can answer.
const ALWAYS: &[(u16, &str)] = &[
    (400, "The address, query or body cannot be read. A query parameter that is not documented is refused too."),
    (
        401,
        "Nobody is signed in, or not with anything that counts: no key, a wrong one, a revoked one. Always the same answer.",
    ),
    (
        403,
        "Signed in, but not for this: a session without its CSRF token, or from another site. Always the same answer.",
    ),
    (405, "This method is not offered here; `Allow` has those that are."),
    (429, "Too many requests; `Retry-After` says when to try again."),
    (500, "Our own failure."),
    (503, "What is needed to answer cannot be reached just now."),
];

/// Completes a document: who may ask, and every problem that can be answered.
pub fn complete(document: &mut OpenApi) {
    "Case console".clone_into(&mut document.info.title);
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document.info.description = Some(
        "Cases of a contact centre inside a Discord server. Machines send an API key, which moderators and agents make in the \
         console. A session of the console works too; what it changes needs the header `X-CSRF-Token`. `RateLimit-*` headers say \
         how many requests of the current minute are left."
            .to_owned(),
    );
    let (path, operation) = export::markdown_path();
    let item = PathItem::from_http_methods([utoipa::openapi::HttpMethod::Get], operation);
    document.paths.paths.insert(path, item);
    let components = document.components.get_or_insert_with(Components::default);
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key: `dsk_<id>_<secret>`"));
    components.add_security_scheme("apiKey", SecurityScheme::Http(key.build()));
    let session = ApiKeyValue::with_description("desk_session", "A session of the console");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    document.security = Some(vec![
        SecurityRequirement::new("apiKey", Vec::<String>::new()),
        SecurityRequirement::new("session", Vec::<String>::new()),
    ]);
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            let has_body = operation.request_body.is_some();
            let mut more = ALWAYS.to_vec();
            if path.contains('{') {
                more.push((404, "There is no such thing, or it is none of yours: the two are not told apart."));
            }
            if has_body {
                more.push((413, "The body has more than 64 KB."));
                more.push((415, "The body is not `application/json`."));
                more.push((422, "It can be read, but it cannot be: `detail` says why."));
            }
            for (status, description) in more {
                let response = problem(status, description);
                operation.responses.responses.entry(status.to_string()).or_insert(response);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().filter_map(Option::as_mut)
}

fn problem(status: u16, description: &str) -> RefOr<utoipa::openapi::Response> {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let mut response = ResponseBuilder::new().description(description).content(PROBLEM_JSON, content);
    if matches!(status, 429 | 503) {
        let header = HeaderBuilder::new().description(Some("In how many seconds it may work")).build();
        response = response.header("Retry-After", header);
    }
    RefOr::T(response.build())
}

/// `GET /api/openapi.json`: the document. It holds nothing that would have to be kept from anybody.
pub async fn show(
    State(_): State<Arc<Deps>>,
    Extension(site): Extension<Site>,
    Extension(document): Extension<Arc<OpenApi>>,
) -> Response {
    let mut document = OpenApi::clone(&document);
    document.servers = Some(vec![Server::new(site.url(""))]);
    Json(document).into_response()
}
