//! One case: read, filed, changed, and what belongs to it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::case::{Case, CaseError, Edit, NOTE_LENGTH_MAX};
use domain::ids::CaseNumber;
use domain::report::{ReportError, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX};
use domain::rights::Actor;
use sha2::{Digest as _, Sha256};

use super::etag;
use super::export::markdown_answer;
use super::extract::{self, Body, FilePlace, IfMatch, Number, NumberText};
use super::wire::{self, CaseDocument, CaseHistory, CaseList, CasePatch, FileList, NewCase, NewNote, Transcript};
use crate::Deps;
use crate::access::{Caller, seal};
use crate::files;
use crate::problem::{ApiError, said};
use crate::query::Pairs;
use crate::site::Site;
use crate::work;

/// Longest `Idempotency-Key`, in bytes.
const KEY_LENGTH_MAX: usize = 200;

/// What is offered at a case's Markdown.
const DOCUMENT_METHODS: HeaderValue = HeaderValue::from_static("GET,HEAD");

/// The methods of a case's Markdown, if that is what a path names: to the router it is the place of the case itself.
pub fn methods_of_document(path: &str) -> Option<HeaderValue> {
    let name = path.strip_prefix("/api/cases/")?.strip_suffix(".md")?;
    (!name.contains('/')).then_some(DOCUMENT_METHODS)
}

/// A case with its version.
pub fn answer(status: StatusCode, case: &Case) -> Response {
    (status, [(header::ETAG, etag(case.version))], Json(CaseDocument::from(case))).into_response()
}

fn no_query(query: Option<&str>) -> Result<(), ApiError> {
    Pairs::parse(query).check(&[], &[])
}

/// File a case by hand.
///
/// With an `Idempotency-Key` the same case is filed once, however often the request is made within a week.
#[utoipa::path(
    post, path = "/api/cases", operation_id = "createCase", tag = "cases",
    params(("Idempotency-Key" = Option<String>, Header, description = "Of the caller's choice", min_length = 1,
        max_length = 200, pattern = "^[!-~]+$")),
    request_body = NewCase,
    responses((
        status = 201, description = "The case", body = CaseDocument,
        headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is")),
    )),
)]
pub async fn create(
    State(deps): State<Arc<Deps>>,
    Extension(site): Extension<Site>,
    caller: Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    Body(new): Body<NewCase>,
) -> Result<Response, ApiError> {
    no_query(query.as_deref())?;
    let key = idempotency_key(&headers)?.map_or_else(seal::random_hex::<16>, Ok)?;
    check_lengths(Some(&new.title), Some(&new.text), None)?;
    let case = deps.casework.create(&caller.actor, work::new_case(&new)?, &scoped(&caller, &key)).await?;
    let mut response = answer(StatusCode::CREATED, &case);
    let place = site.path(&format!("/api/cases/{}", case.number));
    response.headers_mut().extend(place.parse().ok().map(|place| (header::LOCATION, place)));
    Ok(response)
}

/// Refuses what is longer than the API's document allows, before it is put in order: that takes characters away, and what the document
/// forbids would be taken for a reason that it cannot give.
fn check_lengths(title: Option<&str>, text: Option<&str>, note: Option<&str>) -> Result<(), ApiError> {
    let is_within = |text: Option<&str>, most: usize| text.is_none_or(|text| text.chars().count() <= most);
    if !is_within(title, TITLE_LENGTH_MAX) {
        return Err(ApiError::Invalid(said(&ReportError::TitleTooLong)));
    }
    if !is_within(text, TEXT_LENGTH_MAX) {
        return Err(ApiError::Invalid(said(&ReportError::TextTooLong)));
    }
    if !is_within(note, NOTE_LENGTH_MAX) {
        return Err(ApiError::Invalid(CaseError::NoteTooLong.to_string()));
    }
    Ok(())
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value
        .to_str()
        .ok()
        .filter(|key| (1..=KEY_LENGTH_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    let malformed =
        || ApiError::Malformed(format!("Idempotency-Key has to be 1 to {KEY_LENGTH_MAX} visible characters"));
    key.map(|key| Some(key.to_owned())).ok_or_else(malformed)
}

/// A key as nobody else has it.
pub fn scoped(caller: &Caller, key: &str) -> String {
    format!("console-{}", hex::encode(Sha256::digest(format!("{} {key}", caller.principal()))))
}

/// Read a case.
#[utoipa::path(
    get, path = "/api/cases/{number}", operation_id = "readCase", tag = "cases",
    params(("number" = u64, Path, description = "Its number", minimum = 1, maximum = 9_007_199_254_740_991_u64)),
    responses((
        status = 200, description = "The case", body = CaseDocument,
        headers(("ETag" = String, description = "Its version, for If-Match")),
    )),
)]
pub async fn read(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    NumberText(text): NumberText,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    no_query(query.as_deref())?;
    // The router has no place that ends in a fixed text.
    if let Some(text) = text.strip_suffix(".md") {
        return markdown_answer(&deps, &caller, extract::number(text)?).await;
    }
    let case = deps.casework.find(&caller.actor, extract::number(&text)?).await?;
    Ok(answer(StatusCode::OK, &case))
}

/// Change a case.
///
/// `If-Match` says which version is meant: a change for a case that somebody else has changed meanwhile is refused with 412, and
/// with the version that it has now. Nothing to change is fine.
#[utoipa::path(
    patch, path = "/api/cases/{number}", operation_id = "changeCase", tag = "cases",
    params(
        ("number" = u64, Path, description = "Its number", minimum = 1, maximum = 9_007_199_254_740_991_u64),
        ("If-Match" = String, Header, description = "The `ETag` that the case was read with, or `*`; without it the answer is 428",
            pattern = r#"^(\*|"[0-9]{1,15}")$"#),
    ),
    request_body = CasePatch,
    responses(
        (status = 200, description = "The case as it is now", body = CaseDocument,
            headers(("ETag" = String, description = "Its version"))),
        (status = 409, description = "There is no arrow to that status", body = crate::problem::Problem,
            content_type = "application/problem+json"),
        (status = 412, description = "The case has another version", body = crate::problem::Problem,
            content_type = "application/problem+json", headers(("ETag" = String, description = "The version it has"))),
        (status = 428, description = "No version is named", body = crate::problem::Problem,
            content_type = "application/problem+json"),
    ),
)]
pub async fn change(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    NumberText(text): NumberText,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    patch: Result<Body<CasePatch>, ApiError>,
) -> Result<Response, ApiError> {
    if text.strip_suffix(".md").is_some() {
        return Ok(([(header::ALLOW, DOCUMENT_METHODS)], ApiError::MethodNotAllowed).into_response());
    }
    let (number, Body(patch)) = (extract::number(&text)?, patch?);
    no_query(query.as_deref())?;
    let wanted = IfMatch::read(&headers)?;
    let case = deps.casework.find(&caller.actor, number).await?;
    if !wanted.fits(case.version) {
        return Err(ApiError::Changed { version: case.version });
    }
    check_lengths(patch.title.as_deref(), patch.text.as_deref(), patch.reason.as_deref())?;
    let reason = extract::clean(patch.reason.as_deref().unwrap_or_default());
    let edits = edits(&deps, &caller.actor, patch).await?;
    if edits.is_empty() {
        // A reason alone would be a note, which has its own place.
        return Ok(answer(StatusCode::OK, &case));
    }
    let changed = deps.casework.change(&caller.actor, number, edits, &reason, Some(case.version)).await?;
    Ok(answer(StatusCode::OK, &changed.case))
}

async fn edits(deps: &Deps, actor: &Actor, patch: CasePatch) -> Result<Vec<Edit>, ApiError> {
    let mut edits = Vec::new();
    edits.extend(patch.kind.map(|kind| Edit::Kind(kind.into())));
    edits.extend(patch.severity.map(|severity| Edit::Severity(severity.into())));
    edits.extend(patch.priority.map(|priority| Edit::Priority(priority.into())));
    edits.extend(patch.title.map(|title| Edit::Title(extract::clean(&title))));
    edits.extend(patch.text.map(|text| Edit::Text(extract::clean(&text))));
    if let Some(assignee) = patch.assignee {
        edits.push(work::assigning(deps, actor, assignee.as_deref()).await?);
    }
    if let Some(link) = patch.link {
        edits.push(work::linking(deps, actor, link).await?);
    }
    edits.extend(patch.status.map(|status| Edit::Status(status.into())));
    Ok(edits)
}

/// Read a case's history.
#[utoipa::path(
    get, path = "/api/cases/{number}/history", operation_id = "readHistory", tag = "cases",
    params(("number" = u64, Path, description = "Its number", minimum = 1, maximum = 9_007_199_254_740_991_u64)),
    responses((status = 200, description = "The history, oldest first", body = CaseHistory)),
)]
pub async fn history(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    Number(number): Number,
    RawQuery(query): RawQuery,
) -> Result<Json<CaseHistory>, ApiError> {
    no_query(query.as_deref())?;
    let case = deps.casework.find(&caller.actor, number).await?;
    let events = deps.casework.history(&case).await?;
    Ok(Json(CaseHistory { events: events.iter().map(Into::into).collect() }))
}

/// Note something in a case's history.
#[utoipa::path(
    post, path = "/api/cases/{number}/notes", operation_id = "addNote", tag = "cases",
    params(("number" = u64, Path, description = "Its number", minimum = 1, maximum = 9_007_199_254_740_991_u64)),
    request_body = NewNote,
    responses((
        status = 201, description = "The case as it is now", body = CaseDocument,
        headers(("ETag" = String, description = "Its version")),
    ), (status = 412, description = "Too many others change the case at the same time", body = crate::problem::Problem,
        content_type = "application/problem+json")),
)]
pub async fn note(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    Number(number): Number,
    RawQuery(query): RawQuery,
    Body(note): Body<NewNote>,
) -> Result<Response, ApiError> {
    no_query(query.as_deref())?;
    check_lengths(None, None, Some(&note.text))?;
    let text = extract::clean(&note.text);
    let changed = deps.casework.change(&caller.actor, number, Vec::new(), &text, None).await?;
    Ok(answer(StatusCode::CREATED, &changed.case))
}

/// Read what was said in a case's chat.
#[utoipa::path(
    get, path = "/api/cases/{number}/transcript", operation_id = "readTranscript", tag = "cases",
    params(("number" = u64, Path, description = "Its number", minimum = 1, maximum = 9_007_199_254_740_991_u64)),
    responses((status = 200, description = "The newest 500 lines of each chat, oldest first", body = Transcript)),
)]
pub async fn transcript(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    Number(number): Number,
    RawQuery(query): RawQuery,
) -> Result<Json<Transcript>, ApiError> {
    no_query(query.as_deref())?;
    let case = deps.casework.find(&caller.actor, number).await?;
    let chats = deps.transcripts.of(&case).await?;
    Ok(Json(chats.as_slice().into()))
}

/// List a case's files.
#[utoipa::path(
    get, path = "/api/cases/{number}/files", operation_id = "listFiles", tag = "cases",
    params(("number" = u64, Path, description = "Its number", minimum = 1, maximum = 9_007_199_254_740_991_u64)),
    responses((status = 200, description = "The files, with fresh addresses", body = FileList)),
)]
pub async fn files(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    Number(number): Number,
    RawQuery(query): RawQuery,
) -> Result<Json<FileList>, ApiError> {
    no_query(query.as_deref())?;
    let case = deps.casework.find(&caller.actor, number).await?;
    let urls = files::urls(&deps.discord, &case.files).await?;
    let document = |(at, (file, url)): (usize, (&domain::case::CaseFile, Option<String>))| wire::FileDocument {
        n: at + 1,
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: file.size,
        url,
    };
    Ok(Json(FileList { files: case.files.iter().zip(urls).enumerate().map(document).collect() }))
}

/// Go to a file of a case.
#[utoipa::path(
    get, path = "/api/cases/{number}/files/{n}", operation_id = "readFile", tag = "cases",
    params(
        ("number" = u64, Path, description = "Its number", minimum = 1, maximum = 9_007_199_254_740_991_u64),
        ("n" = u64, Path, description = "The file's place, from 1", minimum = 1, maximum = 9_007_199_254_740_991_u64),
    ),
    responses((
        status = 302, description = "Where the file is at the moment",
        headers(("Location" = String, description = "An address that works for about a day")),
    )),
)]
pub async fn file(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    Number(number): Number,
    FilePlace(place): FilePlace,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    no_query(query.as_deref())?;
    let case = deps.casework.find(&caller.actor, number).await?;
    let file = case.files.get(place - 1).ok_or(ApiError::NotFound)?;
    let url = files::urls(&deps.discord, std::slice::from_ref(file)).await?.pop().flatten();
    let place = url.and_then(|url| url.parse().ok()).ok_or(ApiError::NotFound)?;
    let mut response = StatusCode::FOUND.into_response();
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

/// List the other cases of a case's person.
#[utoipa::path(
    get, path = "/api/cases/{number}/related", operation_id = "listRelated", tag = "cases",
    params(("number" = u64, Path, description = "Its number", minimum = 1, maximum = 9_007_199_254_740_991_u64)),
    responses((status = 200, description = "The newest 100 of them; `next` is always null", body = CaseList)),
)]
pub async fn related(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    Number(number): Number,
    RawQuery(query): RawQuery,
) -> Result<Json<CaseList>, ApiError> {
    no_query(query.as_deref())?;
    let case = deps.casework.find(&caller.actor, number).await?;
    let others = work::related(&deps, &caller.actor, &case).await?;
    Ok(Json(CaseList { cases: others.iter().map(Into::into).collect(), next: None }))
}

/// Where a case's page is.
pub fn page(site: &Site, number: CaseNumber) -> Redirect {
    Redirect::to(&site.path(&format!("/cases/{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idempotency_key_is_a_line_of_visible_characters() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("idempotency-key", value.parse().unwrap());
            idempotency_key(&headers)
        };
        assert_eq!(read("abc-1").unwrap().as_deref(), Some("abc-1"));
        assert!(read("").is_err() && read("a b").is_err() && read(&"x".repeat(201)).is_err());
        assert_eq!(idempotency_key(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn what_is_too_long_is_refused_although_it_would_get_shorter() {
        let padded = |length: usize| format!("\u{1b} {}", "x".repeat(length - 2));
        let check = |title: usize, text: usize, note: usize| {
            check_lengths(Some(&padded(title)), Some(&padded(text)), Some(&padded(note)))
                .map_err(|error| error.to_string())
        };
        assert_eq!(check(90, 4000, 2000), Ok(()));
        assert_eq!(check(91, 4000, 2000), Err("a title has 10 to 90 characters".to_owned()));
        assert_eq!(check(90, 4001, 2000), Err("a text has 1 to 4000 characters".to_owned()));
        assert_eq!(check(90, 4000, 2001), Err(CaseError::NoteTooLong.to_string()));
    }

    #[test]
    fn the_same_key_of_two_callers_is_two_keys() {
        let caller =
            |key: &str| Caller { actor: Actor::Machine { key: key.to_owned(), name: "m".to_owned() }, session: None };
        assert_ne!(scoped(&caller("a"), "1"), scoped(&caller("b"), "1"));
        assert_eq!(scoped(&caller("a"), "1"), scoped(&caller("a"), "1"));
    }
}
