//! The page of one case.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use desk::transcripts::{Chat, TranscriptLine, Who};
use domain::case::{Case, Event, NOTE_LENGTH_MAX, Summary};
use domain::report::{TEXT_LENGTH_MAX, TITLE_LENGTH_MAX, TITLE_LENGTH_MIN};
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};

use super::layout::{self, Frame, cases, csrf_field, problem, select, time};
use super::{Viewer, failed, is_htmx};
use crate::api::extract::{FilePlace, Number};
use crate::api::wire::board_url;
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::{Deps, files, text, work};

/// So many of the newest lines of a history stand open.
const HISTORY_OPEN: usize = 15;

/// A form on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Title, text and the rest.
    Edit,
    /// The status.
    Status,
    /// A note.
    Note,
    /// The assignee.
    Assign,
    /// A link to another case.
    Link,
}

/// A form that could not be carried out, with everything that was typed.
#[derive(Debug)]
pub struct Refused {
    /// Which.
    pub form: Form,
    /// Why, in words.
    pub detail: String,
    /// What was typed.
    pub typed: Pairs,
}

struct Everything {
    case: Case,
    history: Vec<Event>,
    related: Vec<Summary>,
    assignees: BTreeMap<String, String>,
}

async fn everything(deps: &Deps, viewer: &Viewer, number: Number) -> Result<Everything, ApiError> {
    let actor = &viewer.caller.actor;
    let case = deps.casework.find(actor, number.0).await?;
    let history = deps.casework.history(&case).await?;
    let related = work::related(deps, actor, &case).await?;
    let assignees = deps.casework.assignees(actor).await?;
    Ok(Everything { case, history, related, assignees })
}

/// `GET /cases/{number}`.
pub async fn show(State(deps): State<Arc<Deps>>, viewer: Viewer, number: Result<Number, ApiError>) -> Response {
    match number {
        Ok(number) => page(&deps, &viewer, number, StatusCode::OK, None).await,
        // An address that names no case names nothing.
        Err(_) => failed(&viewer.site, &ApiError::NotFound),
    }
}

/// The page, where a form was refused with what was typed into it.
pub async fn page(
    deps: &Deps,
    viewer: &Viewer,
    number: Number,
    status: StatusCode,
    refused: Option<&Refused>,
) -> Response {
    let all = match everything(deps, viewer, number).await {
        Ok(all) => all,
        Err(error) => return failed(&viewer.site, &error),
    };
    let heading = text::case_heading(all.case.number, &all.case.title);
    let here = viewer.site.path(&format!("/cases/{}", all.case.number));
    let body = html! {
        h1 { (heading) }
        p.jump { a href="#work" { (text::WORK) } }
        p #live-note .quiet role="status" {}
        div.columns {
            div {
                (live(viewer, &all.case, &all.history).0)
                (transcript_place(&all.case, &here))
                (file_list(&all.case, &here))
                section.panel aria-labelledby="related" {
                    h2 #related { (text::RELATED) }
                    @if all.related.is_empty() { p { (text::NO_RELATED) } } @else { (cases(&viewer.site, &all.related)) }
                    @if let Some(reporter) = all.case.reporter {
                        p { a href=(viewer.site.path(&format!("/people/{reporter}"))) { (text::PERSON_PAGE) } }
                    }
                }
            }
            (work_forms(viewer, &all, &here, refused))
        }
    };
    (status, Frame::of(viewer, &heading).page(&body)).into_response()
}

/// `GET /cases/{number}/part`: facts, report and history alone, if they are others than were seen.
pub async fn part(
    State(deps): State<Arc<Deps>>,
    viewer: Viewer,
    number: Result<Number, ApiError>,
    RawQuery(query): RawQuery,
) -> Response {
    let loaded = async {
        let case = deps.casework.find(&viewer.caller.actor, number?.0).await?;
        let history = deps.casework.history(&case).await?;
        Ok::<_, ApiError>((case, history))
    };
    match loaded.await {
        Ok((case, history)) => {
            let (part, fingerprint) = live(&viewer, &case, &history);
            if Pairs::parse(query.as_deref()).last("seen").as_ref() == Some(&fingerprint) {
                return StatusCode::NO_CONTENT.into_response();
            }
            html! {
                (part)
                p #live-note .quiet role="status" hx-swap-oob="innerHTML" { (text::CASE_UPDATED) }
            }
            .into_response()
        }
        Err(error) => failed(&viewer.site, &error),
    }
}

/// The part that is kept up to date, and what tells it from another one.
fn live(viewer: &Viewer, case: &Case, history: &[Event]) -> (Markup, String) {
    let earlier = history.len().saturating_sub(HISTORY_OPEN);
    let inner = html! {
        section.panel aria-labelledby="facts" {
            h2 #facts { (text::FACTS) }
            (facts(viewer, case))
        }
        // The case of a chat has the transcript instead.
        @if !case.text.is_empty() || !case.answers.is_empty() {
            section.panel aria-labelledby="report" {
                h2 #report { (text::REPORT) }
                p.written { (case.text) }
                @for answer in &case.answers {
                    h3 { (text::question(&answer.question)) }
                    p.written { (answer.answer) }
                }
            }
        }
        section.panel aria-labelledby="history" {
            h2 #history { (text::HISTORY) }
            (events(&history[earlier..]))
            @if earlier > 0 {
                details {
                    summary { (text::earlier(earlier)) }
                    (events(&history[..earlier]))
                }
            }
        }
    };
    let fingerprint = hex::encode(&Sha256::digest(inner.0.as_bytes())[..8]);
    let again = format!("{}?seen={fingerprint}", viewer.site.path(&format!("/cases/{}/part", case.number)));
    let part = html! {
        div #case data-live hx-get=(again) hx-trigger="every 5s" hx-swap="outerHTML" { (inner) }
    };
    (part, fingerprint)
}

/// Lines of a history, the newest first.
fn events(events: &[Event]) -> Markup {
    html! {
        ol.timeline {
            @for event in events.iter().rev() {
                li {
                    (time(event.at)) " " (text::event(event))
                    @if !event.reason.is_empty() { p.written { (event.reason) } }
                }
            }
        }
    }
}

fn facts(viewer: &Viewer, case: &Case) -> Markup {
    html! {
        dl.facts {
            dt { (text::STATUS) } dd { (text::status(case.status)) }
            dt { (text::KIND) } dd { (text::kind(case.kind)) }
            dt { (text::SEVERITY) } dd { (text::severity(case.severity)) }
            dt { (text::PRIORITY) } dd { (text::priority(case.priority)) }
            dt { (text::REPORTER) }
            dd {
                @match case.reporter {
                    Some(id) => a href=(viewer.site.path(&format!("/people/{id}"))) { (case.reporter_name) },
                    None => (case.reporter_name),
                }
            }
            dt { (text::ASSIGNEE) }
            dd { (case.assignee.as_ref().map_or(text::NOBODY, |assignee| assignee.name.as_str())) }
            dt { (text::VOTES) } dd { (case.votes) }
            dt { (text::OPENED) } dd { (time(case.created_at)) }
            dt { (text::UPDATED) } dd { (time(case.updated_at)) }
            @if let Some(at) = case.done_at { dt { (text::DONE) } dd { (time(at)) } }
            @if let Some(rating) = case.rating { dt { (text::RATING) } dd { (rating) " / 5" } }
            @if let Some(comment) = &case.rating_comment { dt { (text::RATING_COMMENT) } dd { p.written { (comment) } } }
            @if !case.links.is_empty() {
                dt { (text::LINKS) }
                dd { @for link in &case.links { a href=(viewer.site.path(&format!("/cases/{link}"))) { "#" (link) } " " } }
            }
            @if let Some(url) = board_url(case) {
                dt { (text::BOARD) }
                dd { a href=(url) target="_blank" rel="noopener noreferrer nofollow" { (text::OPEN_ON_DISCORD) } }
            }
        }
    }
}

fn transcript_place(case: &Case, here: &str) -> Markup {
    let place = format!("{here}/transcript");
    html! {
        @if !case.conversations.is_empty() {
            section.panel aria-labelledby="transcript" {
                h2 #transcript { (text::TRANSCRIPT) }
                // Read from Twilio, so only when somebody gets there; without a script, by the link.
                div hx-get=(place) hx-trigger="revealed" hx-swap="innerHTML" {
                    p { a href=(place) { (text::SHOW_TRANSCRIPT) } }
                }
            }
        }
    }
}

fn file_list(case: &Case, here: &str) -> Markup {
    html! {
        section.panel aria-labelledby="files" {
            h2 #files { (text::FILES) }
            ul {
                @for (at, file) in case.files.iter().enumerate() {
                    li {
                        a href=(format!("{here}/files/{}", at + 1)) target="_blank" rel="noopener noreferrer nofollow" { (file.name) }
                        " (" (text::size(file.size)) ")"
                    }
                }
                li { a href=(format!("{}.md", here.replacen("/cases/", "/api/cases/", 1))) { (text::AS_MARKDOWN) } }
            }
        }
    }
}

/// `GET /cases/{number}/transcript`: a page, or for htmx its content alone.
pub async fn transcript(
    State(deps): State<Arc<Deps>>,
    viewer: Viewer,
    number: Result<Number, ApiError>,
    headers: HeaderMap,
) -> Response {
    let loaded = async {
        let case = deps.casework.find(&viewer.caller.actor, number?.0).await?;
        let chats = deps.transcripts.of(&case).await?;
        Ok::<_, ApiError>((case, chats))
    };
    let (case, chats) = match loaded.await {
        Ok(loaded) => loaded,
        Err(error) => return failed(&viewer.site, &error),
    };
    let content = chats_of(&case, &chats);
    if is_htmx(&headers) {
        return content.into_response();
    }
    let heading = text::case_heading(case.number, &case.title);
    let body = html! {
        h1 { (text::TRANSCRIPT) ": " a href=(viewer.site.path(&format!("/cases/{}", case.number))) { (heading) } }
        (content)
    };
    Frame::of(&viewer, text::TRANSCRIPT).page(&body).into_response()
}

/// What was said in a case's chats, the newest first.
fn chats_of(case: &Case, chats: &[Chat]) -> Markup {
    html! {
        @if chats.is_empty() { (transcript_lines(case, &[])) }
        @for (at, chat) in chats.iter().enumerate() {
            @if at > 0 { h3 { (text::EARLIER_CHAT) } }
            (transcript_lines(case, &chat.lines))
        }
    }
}

fn transcript_lines(case: &Case, lines: &[TranscriptLine]) -> Markup {
    html! {
        @if lines.is_empty() { p { (text::NO_TRANSCRIPT) } }
        ol.timeline {
            @for line in lines {
                li {
                    @match &line.who {
                        Who::Person => strong { (case.reporter_name) },
                        other => strong { (text::who(other)) },
                    }
                    " " @if let Some(at) = line.at { (time(at)) }
                    p.written { (line.text) }
                    @for file in &line.files { p.meta { (file) } }
                }
            }
        }
    }
}

/// `GET /cases/{number}/files/{n}`: goes to where the file is at the moment.
pub async fn file(
    State(deps): State<Arc<Deps>>,
    viewer: Viewer,
    number: Result<Number, ApiError>,
    place: Result<FilePlace, ApiError>,
) -> Response {
    let found = async {
        let (number, place) = (number?.0, place?.0);
        let case = deps.casework.find(&viewer.caller.actor, number).await?;
        let file = case.files.get(place - 1).ok_or(ApiError::NotFound)?;
        let url = files::urls(&deps.discord, std::slice::from_ref(file)).await?.pop().flatten();
        url.and_then(|url| url.parse().ok()).ok_or(ApiError::NotFound)
    };
    match found.await {
        Ok(url) => {
            let mut response = StatusCode::FOUND.into_response();
            response.headers_mut().insert(header::LOCATION, url);
            response
        }
        Err(error) => failed(&viewer.site, &error),
    }
}

fn work_forms(viewer: &Viewer, all: &Everything, here: &str, refused: Option<&Refused>) -> Markup {
    let case = &all.case;
    let said = |form: Form| refused.filter(|refused| refused.form == form);
    let typed =
        |form: Form, name: &str| said(form).map(|refused| refused.typed.field(name)).unwrap_or_default().to_owned();
    let version = html! { input type="hidden" name="version" value=(case.version); };
    let me = viewer.caller.actor.assignee();
    let is_mine = me.is_some() && me == case.assignee;
    let others = all.assignees.iter().map(|(key, name)| (key.as_str(), name.as_str()));
    html! {
        section aria-labelledby="work" {
            h2 #work { (text::WORK) }
            @if !is_mine {
                form.panel method="post" action=(format!("{here}/assign")) {
                    (csrf_field(viewer))
                    input type="hidden" name="assignee" value="me";
                    button.main type="submit" { (text::TAKE_IT) }
                }
            }
            form.panel method="post" action=(format!("{here}/status")) {
                (csrf_field(viewer)) (version)
                h3 { (text::SET_STATUS) }
                @if let Some(refused) = said(Form::Status) { (problem(&refused.detail)) }
                div.field {
                    label for="status-reason" { (text::REASON) }
                    textarea #status-reason name="reason" rows="2" maxlength=(NOTE_LENGTH_MAX) { (typed(Form::Status, "reason")) }
                }
                div.actions {
                    @for status in case.status.arrows() {
                        button type="submit" name="status" value=(status.name()) { (text::status_button(*status)) }
                    }
                }
            }
            form.panel method="post" action=(format!("{here}/note")) {
                (csrf_field(viewer))
                @if let Some(refused) = said(Form::Note) { (problem(&refused.detail)) }
                div.field {
                    label for="note" { (text::NOTE) }
                    textarea #note name="note" required maxlength=(NOTE_LENGTH_MAX) { (typed(Form::Note, "note")) }
                }
                button type="submit" { (text::ADD_NOTE) }
            }
            form.panel method="post" action=(format!("{here}/assign")) {
                (csrf_field(viewer))
                @if let Some(refused) = said(Form::Assign) { (problem(&refused.detail)) }
                (select(
                    "assignee", "assignee", text::ASSIGN_TO, Some(text::NOBODY), std::iter::once(("me", text::ME)).chain(others),
                    case.assignee.as_ref().map(|assignee| assignee.key.as_str()),
                ))
                button type="submit" { (text::ASSIGN) }
            }
            details.panel open[said(Form::Edit).is_some()] {
                summary { (text::EDIT) }
                form method="post" action=(format!("{here}/edit")) {
                    (csrf_field(viewer)) (version)
                    @if let Some(refused) = said(Form::Edit) { (problem(&refused.detail)) }
                    (edit_fields(case, said(Form::Edit).map(|refused| &refused.typed)))
                    button.main type="submit" { (text::SAVE) }
                }
            }
            details.panel open[said(Form::Link).is_some()] {
                summary { (text::LINKS) }
                form method="post" action=(format!("{here}/link")) {
                    (csrf_field(viewer))
                    @if let Some(refused) = said(Form::Link) { (problem(&refused.detail)) }
                    div.field {
                        label for="link" { (text::LINK_TO) }
                        input #link name="link" required inputmode="numeric" maxlength="20" value=(typed(Form::Link, "link"));
                    }
                    button type="submit" { (text::LINK) }
                }
            }
        }
    }
}

/// The fields of the edit form, with what was typed where something was.
pub fn edit_fields(case: &Case, typed: Option<&Pairs>) -> Markup {
    let value = |name: &str, kept: &str| typed.map_or_else(|| kept.to_owned(), |typed| typed.field(name).to_owned());
    html! {
        div.field {
            label for="title" { (text::TITLE) }
            input #title name="title" required minlength=(TITLE_LENGTH_MIN) maxlength=(TITLE_LENGTH_MAX) value=(value("title", &case.title));
        }
        div.field {
            label for="text" { (text::TEXT) }
            // The case of a chat has none, and need not get one.
            textarea #text name="text" required[!case.text.is_empty()] rows="8" maxlength=(TEXT_LENGTH_MAX) { (value("text", &case.text)) }
        }
        (select("kind", "kind", text::KIND, None, layout::kinds(), Some(&value("kind", case.kind.name()))))
        (select("severity", "severity", text::SEVERITY, None, layout::severities(), Some(&value("severity", case.severity.name()))))
        (select("priority", "priority", text::PRIORITY, None, layout::priorities(), Some(&value("priority", case.priority.name()))))
        div.field {
            label for="edit-reason" { (text::REASON) }
            input #edit-reason name="reason" maxlength=(NOTE_LENGTH_MAX) value=(value("reason", ""));
        }
    }
}

/// The page for two editors: what is there now, what was typed, and a form to settle it.
pub fn conflict(viewer: &Viewer, case: &Case, typed: &Pairs) -> Response {
    let here = viewer.site.path(&format!("/cases/{}", case.number));
    let side = |heading: &str, title: &str, written: &str, facets: [&str; 3]| {
        html! {
            section.panel {
                h2 { (heading) }
                h3 { (title) }
                p.meta { @for facet in facets { span.badge { (facet) } } }
                p.written { (written) }
            }
        }
    };
    let theirs = [text::kind(case.kind), text::severity(case.severity), text::priority(case.priority)];
    let mine = ["kind", "severity", "priority"].map(|name| typed.field(name));
    let body = html! {
        h1 { (text::CONFLICT) }
        (problem(text::CONFLICT_HINT))
        div.columns {
            (side(text::AS_IT_IS, &case.title, &case.text, theirs))
            (side(text::AS_YOU_WANT, typed.field("title"), typed.field("text"), mine))
        }
        form.panel method="post" action=(format!("{here}/edit")) {
            (csrf_field(viewer))
            input type="hidden" name="version" value=(case.version);
            (edit_fields(case, Some(typed)))
            div.actions {
                button.main type="submit" { (text::SAVE_OVER) }
                a href=(here) { (text::LEAVE) }
            }
        }
    };
    (StatusCode::CONFLICT, Frame::of(viewer, text::CONFLICT).page(&body)).into_response()
}
