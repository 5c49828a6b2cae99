//! What is kept about a person: handed out, and deleted.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use desk::privacy::Deleted;
use tracing::info;

use super::extract::Person;
use super::wire::DeletedData;
use crate::Deps;
use crate::access::Caller;
use crate::problem::ApiError;
use crate::query::Pairs;

/// Hand out everything that is kept about a person.
#[utoipa::path(
    get, path = "/api/people/{id}/export", operation_id = "exportPerson", tag = "people",
    params(("id" = String, Path, description = "Their Discord user ID", pattern = "^[1-9][0-9]{0,18}$")),
    responses((status = 200, description = "A document for the person; its fields may grow", body = serde_json::Value)),
)]
pub async fn export(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    Person(person): Person,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Pairs::parse(query.as_deref()).check(&[], &[])?;
    let document = deps.privacy.export(person).await?.ok_or(ApiError::NotFound)?;
    info!(person.id = %person, by = ?caller.actor, "handed out what is kept about a person");
    let name = format!("attachment; filename=\"person-{person}.json\"");
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(document)).into_response())
}

/// Delete what is kept about a person.
///
/// Chats are ended and removed, with the private threads that they were held in; cases keep their number and facts without the person. Of somebody with thousands of cases one request
/// deletes a part and answers 202: repeat it until it answers 200. May be done twice.
#[utoipa::path(
    delete, path = "/api/people/{id}", operation_id = "deletePerson", tag = "people",
    params(("id" = String, Path, description = "Their Discord user ID", pattern = "^[1-9][0-9]{0,18}$")),
    responses(
        (status = 200, description = "What was deleted", body = DeletedData),
        (status = 202, description = "What was deleted so far; to be repeated", body = DeletedData),
    ),
)]
pub async fn delete(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    Person(person): Person,
    RawQuery(query): RawQuery,
) -> Result<(StatusCode, Json<DeletedData>), ApiError> {
    Pairs::parse(query.as_deref()).check(&[], &[])?;
    info!(person.id = %person, by = ?caller.actor, "deletes what is kept about a person");
    let deleted = deps.privacy.delete(person).await?;
    let Deleted { conversations, cases, votes, threads_left, more } = deleted;
    let status = if more { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(DeletedData { conversations, cases, votes, threads_left, more })))
}
