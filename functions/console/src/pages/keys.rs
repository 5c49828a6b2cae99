//! The API keys: made, listed, taken back.

use std::sync::Arc;

use anyhow::Context as _;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use maud::html;
use store::ApiKey;
use tracing::info;

use super::layout::{Frame, csrf_field, problem, time};
use super::{Form, Viewer, failed};
use crate::access::keys::{self, NAME_LENGTH_MAX};
use crate::api::{DOCUMENT_PATH, extract};
use crate::problem::ApiError;
use crate::{Deps, text};

/// `GET /keys`.
pub async fn show(State(deps): State<Arc<Deps>>, viewer: Viewer) -> Response {
    page(&deps, &viewer, StatusCode::OK, None, None).await
}

async fn page(deps: &Deps, viewer: &Viewer, status: StatusCode, made: Option<&str>, said: Option<&str>) -> Response {
    let mut keys = match deps.casework.store.api_keys().await.context("list the API keys") {
        Ok(keys) => keys,
        Err(error) => return failed(&viewer.site, &ApiError::Internal(error)),
    };
    keys.sort_by_key(|key| (key.revoked_at.is_some(), std::cmp::Reverse(key.created_at)));
    let row = |key: &ApiKey| {
        html! {
            li {
                span.name { (key.name) }
                p.meta {
                    code { "dsk_" (key.id) "_…" }
                    span { (key.created_by) ", " (time(key.created_at)) }
                    @if let Some(at) = key.revoked_at { span.badge.loud { (text::REVOKED) } (time(at)) }
                }
                @if key.revoked_at.is_none() {
                    form method="post" action=(viewer.site.path("/keys/revoke")) {
                        (csrf_field(viewer))
                        input type="hidden" name="id" value=(key.id);
                        button.bad type="submit" aria-label=(format!("{} {}", text::REVOKE, key.name)) { (text::REVOKE) }
                    }
                }
            }
        }
    };
    let body = html! {
        h1 { (text::KEYS) }
        p { (text::KEYS_ABOUT) " " a href=(viewer.site.path(DOCUMENT_PATH)) { (text::API_DOCUMENT) } }
        @if let Some(made) = made { div.done role="status" { p { (text::KEY_ONCE) } code.key { (made) } } }
        form.panel method="post" action=(viewer.site.path("/keys")) {
            (csrf_field(viewer))
            @if let Some(said) = said { (problem(said)) }
            div.field {
                label for="name" { (text::KEY_NAME) }
                input #name name="name" required maxlength=(NAME_LENGTH_MAX);
            }
            button.main type="submit" { (text::MAKE_KEY) }
        }
        @if keys.is_empty() { p { (text::NO_KEYS) } } @else { ol.cases { @for key in &keys { (row(key)) } } }
    };
    (status, Frame::of(viewer, text::KEYS).page(&body)).into_response()
}

/// `POST /keys`: makes a key, and shows it once.
pub async fn make(State(deps): State<Arc<Deps>>, viewer: Viewer, Form(typed): Form) -> Response {
    let name = extract::clean(typed.field("name")).replace(['\n', '\t'], " ");
    let name = name.trim();
    if !(1..=NAME_LENGTH_MAX).contains(&name.chars().count()) {
        let said = format!("{}: 1 to {NAME_LENGTH_MAX}", text::KEY_NAME);
        return page(&deps, &viewer, StatusCode::UNPROCESSABLE_ENTITY, None, Some(&said)).await;
    }
    match keys::make(&deps.casework.store, name, &viewer.caller.actor).await {
        Ok(key) => {
            info!(by = ?viewer.caller.actor, "an API key was made");
            page(&deps, &viewer, StatusCode::CREATED, Some(&key), None).await
        }
        Err(error) => failed(&viewer.site, &ApiError::Internal(error)),
    }
}

/// `POST /keys/revoke`: takes a key back, from the next request on.
pub async fn revoke(State(deps): State<Arc<Deps>>, viewer: Viewer, Form(typed): Form) -> Response {
    let id = typed.field("id");
    if id.is_empty() || id.len() > 64 {
        return failed(&viewer.site, &ApiError::NotFound);
    }
    match deps.casework.store.revoke_api_key(id, Timestamp::now()).await.context("revoke an API key") {
        Ok(true) => {
            info!(key.id = id, by = ?viewer.caller.actor, "an API key was revoked");
            Redirect::to(&viewer.site.path("/keys")).into_response()
        }
        Ok(false) => failed(&viewer.site, &ApiError::NotFound),
        Err(error) => failed(&viewer.site, &ApiError::Internal(error)),
    }
}
