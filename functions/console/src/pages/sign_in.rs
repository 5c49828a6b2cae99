//! The pages for those who are not in.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;

use super::layout::{Frame, problem};
use crate::problem::ApiError;
use crate::site::Site;
use crate::text;

/// The page to sign in, and then go on to `next`, a path of ours.
pub fn page(status: StatusCode, site: &Site, next: &str, said: Option<&str>) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let query = query.append_pair("next", next).finish();
    let body = html! {
        h1 { (text::SIGN_IN) }
        @if let Some(said) = said { (problem(said)) }
        p { (text::SIGN_IN_WHO) }
        p { a.button.main href=(format!("{}?{query}", site.path("/sign-in/discord"))) { (text::SIGN_IN_DISCORD) } }
        p.quiet { (text::SIGN_IN_FLEX) }
    };
    (status, Frame::bare(site, text::SIGN_IN).signing_in(next).page(&body)).into_response()
}

/// The page that says what is missing.
pub fn not_configured(site: &Site) -> Response {
    let body = html! {
        h1 { (text::SIGN_IN) }
        (problem(text::NOT_CONFIGURED))
        dl.facts { dt { (text::REDIRECT) } dd { code { (site.url("/sign-in/callback")) } } }
    };
    (StatusCode::NOT_FOUND, Frame::bare(site, text::SIGN_IN).page(&body)).into_response()
}

/// The page for somebody whom Discord sent back and who does not get in.
pub fn refused(site: &Site, error: &ApiError) -> Response {
    match error {
        ApiError::Unauthorized => page(error.status(), site, "/", Some(text::SIGN_IN_FAILED)),
        ApiError::Forbidden => page(error.status(), site, "/", Some(text::NO_RIGHT)),
        _ => super::failed(site, error),
    }
}
