//! What the forms do. Each answers with a redirect to the page, or with the page and what was typed.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use desk::casework::CaseworkError;
use domain::case::{Edit, Kind, Priority, Severity, Status};
use domain::ids::CaseNumber;
use domain::report::{TEXT_LENGTH_MAX, TITLE_LENGTH_MAX, TITLE_LENGTH_MIN};
use maud::html;

use super::case::{self, Form as On, Refused};
use super::layout::{self, Frame, csrf_field, problem, select};
use super::{Form, Viewer, failed};
use crate::access::seal::random_hex;
use crate::api::cases::scoped;
use crate::api::extract::{Number, clean};
use crate::api::{cases, wire};
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::{Deps, text, work};

type AnyNumber = Result<Number, ApiError>;

/// Changes a case as a form says; what is refused comes back with what was typed.
async fn carry_out(
    deps: &Deps,
    viewer: &Viewer,
    number: AnyNumber,
    typed: Pairs,
    form: On,
    edits: Result<Vec<Edit>, ApiError>,
    reason: &str,
) -> Response {
    let Ok(number) = number else { return failed(&viewer.site, &ApiError::NotFound) };
    // Only what was decided by looking at the case holds for that version alone.
    let expected = matches!(form, On::Edit | On::Status).then(|| typed.field("version").parse().unwrap_or_default());
    let changed = match edits {
        Ok(edits) => deps.casework.change(&viewer.caller.actor, number.0, edits, &clean(reason), expected).await,
        Err(error) => return refuse(deps, viewer, number, typed, form, error).await,
    };
    match changed {
        Ok(changed) => cases::page(&viewer.site, changed.case.number).into_response(),
        Err(CaseworkError::Conflict { .. }) if form == On::Edit => {
            match deps.casework.find(&viewer.caller.actor, number.0).await {
                Ok(case) => case::conflict(viewer, &case, &typed),
                Err(error) => failed(&viewer.site, &error.into()),
            }
        }
        Err(error) => refuse(deps, viewer, number, typed, form, error.into()).await,
    }
}

async fn refuse(deps: &Deps, viewer: &Viewer, number: Number, typed: Pairs, form: On, error: ApiError) -> Response {
    let detail = match &error {
        ApiError::Changed { .. } => format!("{}. {}", text::CONFLICT, text::CHANGED_HINT),
        ApiError::Conflict(_) | ApiError::Invalid(_) | ApiError::Malformed(_) => error.to_string(),
        _ => return failed(&viewer.site, &error),
    };
    let status = if matches!(error, ApiError::Changed { .. }) { StatusCode::CONFLICT } else { error.status() };
    case::page(deps, viewer, number, status, Some(&Refused { form, detail, typed })).await
}

fn chosen<T>(typed: &Pairs, name: &str, from_name: impl Fn(&str) -> Option<T>) -> Result<T, ApiError> {
    from_name(typed.field(name)).ok_or_else(|| ApiError::Malformed(format!("{name} is none that can be chosen")))
}

/// `POST /cases/{number}/edit`.
pub async fn edit(State(deps): State<Arc<Deps>>, viewer: Viewer, number: AnyNumber, Form(typed): Form) -> Response {
    let edits = || {
        Ok(vec![
            Edit::Title(clean(typed.field("title"))),
            Edit::Text(clean(typed.field("text"))),
            Edit::Kind(chosen(&typed, "kind", Kind::from_name)?),
            Edit::Severity(chosen(&typed, "severity", Severity::from_name)?),
            Edit::Priority(chosen(&typed, "priority", Priority::from_name)?),
        ])
    };
    let (edits, reason) = (edits(), typed.field("reason").to_owned());
    carry_out(&deps, &viewer, number, typed, On::Edit, edits, &reason).await
}

/// `POST /cases/{number}/status`.
pub async fn status(State(deps): State<Arc<Deps>>, viewer: Viewer, number: AnyNumber, Form(typed): Form) -> Response {
    let edits = chosen(&typed, "status", Status::from_name).map(|status| vec![Edit::Status(status)]);
    let reason = typed.field("reason").to_owned();
    carry_out(&deps, &viewer, number, typed, On::Status, edits, &reason).await
}

/// `POST /cases/{number}/note`.
pub async fn note(State(deps): State<Arc<Deps>>, viewer: Viewer, number: AnyNumber, Form(typed): Form) -> Response {
    let note = typed.field("note").to_owned();
    carry_out(&deps, &viewer, number, typed, On::Note, Ok(Vec::new()), &note).await
}

/// `POST /cases/{number}/assign`.
pub async fn assign(State(deps): State<Arc<Deps>>, viewer: Viewer, number: AnyNumber, Form(typed): Form) -> Response {
    let to = typed.last("assignee");
    let edit = work::assigning(&deps, &viewer.caller.actor, to.as_deref()).await;
    carry_out(&deps, &viewer, number, typed, On::Assign, edit.map(|edit| vec![edit]), "").await
}

/// `POST /cases/{number}/link`.
pub async fn link(State(deps): State<Arc<Deps>>, viewer: Viewer, number: AnyNumber, Form(typed): Form) -> Response {
    let to = CaseNumber::from_typed(typed.field("link")).map_or(0, |number| number.0);
    let edit = work::linking(&deps, &viewer.caller.actor, to).await;
    carry_out(&deps, &viewer, number, typed, On::Link, edit.map(|edit| vec![edit]), "").await
}

/// `GET /cases/new`.
pub async fn new_case(viewer: Viewer) -> Response {
    // The key makes a form that is sent twice one case.
    match random_hex::<16>() {
        Ok(key) => new_case_page(&viewer, StatusCode::OK, &Pairs::default(), &key, None),
        Err(error) => failed(&viewer.site, &ApiError::Internal(error)),
    }
}

fn new_case_page(viewer: &Viewer, status: StatusCode, typed: &Pairs, key: &str, said: Option<&str>) -> Response {
    let chosen = |name: &str, first: &'static str| typed.last(name).unwrap_or_else(|| first.to_owned());
    let body = html! {
        h1 { (text::NEW_CASE) }
        @if let Some(said) = said { (problem(said)) }
        form.panel method="post" action=(viewer.site.path("/cases/new")) {
            (csrf_field(viewer))
            input type="hidden" name="key" value=(key);
            (select("kind", "kind", text::KIND, None, layout::kinds(), Some(&chosen("kind", "bug"))))
            div.field {
                label for="title" { (text::TITLE) }
                input #title name="title" required minlength=(TITLE_LENGTH_MIN) maxlength=(TITLE_LENGTH_MAX) value=(typed.field("title"));
            }
            div.field {
                label for="text" { (text::TEXT) }
                textarea #text name="text" required rows="8" maxlength=(TEXT_LENGTH_MAX) { (typed.field("text")) }
            }
            (select("severity", "severity", text::SEVERITY, None, layout::severities(), Some(&chosen("severity", "normal"))))
            (select("priority", "priority", text::PRIORITY, None, layout::priorities(), Some(&chosen("priority", "normal"))))
            div.field {
                label for="reporter" { (text::FOR_PERSON) }
                input #reporter name="reporter" inputmode="numeric" maxlength="20" value=(typed.field("reporter"));
            }
            div.field {
                label for="reporter-name" { (text::FOR_NAME) }
                input #reporter-name name="reporter_name" maxlength="100" value=(typed.field("reporter_name"));
            }
            button.main type="submit" { (text::FILE_CASE) }
        }
    };
    (status, Frame::of(viewer, text::NEW_CASE).page(&body)).into_response()
}

/// `POST /cases/new`.
pub async fn create(State(deps): State<Arc<Deps>>, viewer: Viewer, Form(typed): Form) -> Response {
    let key = typed.last("key").filter(|key| key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let Some(key) = key else { return failed(&viewer.site, &ApiError::Malformed("the form has no key".to_owned())) };
    let read = || {
        work::new_case(&wire::NewCase {
            kind: chosen(&typed, "kind", Kind::from_name)?.into(),
            title: typed.field("title").to_owned(),
            text: typed.field("text").to_owned(),
            severity: Some(chosen(&typed, "severity", Severity::from_name)?.into()),
            priority: Some(chosen(&typed, "priority", Priority::from_name)?.into()),
            reporter: typed.last("reporter").map(|id| id.trim().to_owned()),
            reporter_name: typed.last("reporter_name"),
            locale: None,
        })
    };
    let filed = match read() {
        Ok(new) => {
            let filed = deps.casework.create(&viewer.caller.actor, new, &scoped(&viewer.caller, &key)).await;
            filed.map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    match filed {
        Ok(case) => cases::page(&viewer.site, case.number).into_response(),
        Err(error @ (ApiError::Invalid(_) | ApiError::Malformed(_))) => {
            new_case_page(&viewer, error.status(), &typed, &key, Some(&error.to_string()))
        }
        Err(error) => failed(&viewer.site, &error),
    }
}
