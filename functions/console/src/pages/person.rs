//! The page of a person: their cases, and what is kept about them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use desk::casework::Search;
use domain::ids::PersonId;
use maud::{Markup, html};
use tracing::info;

use super::layout::{Frame, cases, csrf_field, problem};
use super::{Form, Viewer, failed};
use crate::api::extract::Person;
use crate::problem::ApiError;
use crate::{Deps, text};

/// `GET /people/{id}`.
pub async fn show(State(deps): State<Arc<Deps>>, viewer: Viewer, person: Result<Person, ApiError>) -> Response {
    match person {
        Ok(Person(person)) => page(&deps, &viewer, person, StatusCode::OK, &html! {}).await,
        Err(_) => failed(&viewer.site, &ApiError::NotFound),
    }
}

async fn page(deps: &Deps, viewer: &Viewer, person: PersonId, status: StatusCode, said: &Markup) -> Response {
    let search = Search { reporter: Some(person), ..Search::default() };
    let list = match deps.casework.list(&viewer.caller.actor, &search, None, store::PAGE_LENGTH_MAX).await {
        Ok(list) => list,
        Err(error) => return failed(&viewer.site, &error.into()),
    };
    let heading = format!("{} {person}", text::PERSON);
    let body = html! {
        h1 { (heading) }
        (said)
        @if list.cases.is_empty() { p { (text::NO_CASES) } } @else { (cases(&viewer.site, &list.cases)) }
        p { a.button href=(viewer.site.path(&format!("/api/people/{person}/export"))) { (text::EXPORT_PERSON) } }
        form.panel method="post" action=(viewer.site.path(&format!("/people/{person}/delete"))) {
            (csrf_field(viewer))
            h2 { (text::DELETE_PERSON) }
            p { (text::DELETE_ABOUT) }
            div.field {
                label for="confirm" { (text::DELETE_CONFIRM) }
                input #confirm name="confirm" required inputmode="numeric" autocomplete="off" maxlength="20";
            }
            button.bad type="submit" { (text::DELETE) }
        }
    };
    (status, Frame::of(viewer, &heading).page(&body)).into_response()
}

/// `POST /people/{id}/delete`.
pub async fn delete(
    State(deps): State<Arc<Deps>>,
    viewer: Viewer,
    person: Result<Person, ApiError>,
    Form(typed): Form,
) -> Response {
    let Ok(Person(person)) = person else { return failed(&viewer.site, &ApiError::NotFound) };
    if typed.field("confirm").trim() != person.to_string() {
        let said = problem(text::DELETE_UNCONFIRMED);
        return page(&deps, &viewer, person, StatusCode::UNPROCESSABLE_ENTITY, &said).await;
    }
    info!(person.id = %person, by = ?viewer.caller.actor, "deletes what is kept about a person");
    match deps.privacy.delete(person).await {
        Ok(deleted) => {
            let said = text::deleted(&deleted);
            let (status, said) = if deleted.more {
                (StatusCode::ACCEPTED, problem(&said))
            } else {
                (StatusCode::OK, html! { p.done role="status" { (said) } })
            };
            page(&deps, &viewer, person, status, &said).await
        }
        Err(error) => failed(&viewer.site, &ApiError::Internal(error)),
    }
}
