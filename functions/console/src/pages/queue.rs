//! The list of cases.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use desk::casework::Search;
use domain::case::Status;
use domain::ids::CaseNumber;
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};
use store::{Counts, Page};

use super::layout::{self, Frame, cases, select};
use super::{Viewer, failed};
use crate::Deps;
use crate::api::search;
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::text;

/// Most pages that one can go back.
const TRAIL_MAX: usize = 100;

/// What one looks at: the filters, the tab, and the page.
struct View {
    pairs: Pairs,
    search: Search,
    tab: Tab,
    /// Where the page begins.
    before: Option<CaseNumber>,
    /// Where the pages before it begin; 0 is the first.
    trail: Vec<u64>,
}

/// A tab of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Work,
    One(Status),
    All,
}

impl Tab {
    fn name(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::One(status) => status.name(),
            Self::All => "all",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "all" => Self::All,
            other => Status::from_name(other).map_or(Self::Work, Self::One),
        }
    }

    fn statuses(self) -> Vec<Status> {
        match self {
            Self::Work => Status::ALL.iter().copied().filter(|status| !status.is_done()).collect(),
            Self::One(status) => vec![status],
            Self::All => Vec::new(),
        }
    }
}

const FILTERS: [&str; 5] = ["kind", "severity", "assignee", "reporter", "text"];

impl View {
    fn read(query: Option<&str>, viewer: &Viewer) -> Self {
        let pairs = Pairs::parse(query);
        let mut search = search::read_leniently(&pairs, &viewer.caller.actor);
        let tab = Tab::of(&pairs.last("status").unwrap_or_default());
        search.statuses = tab.statuses();
        let number = |text: &str| text.parse::<u64>().ok();
        let trail = pairs.last("trail").unwrap_or_default();
        let trail: Vec<_> = trail.split('.').filter_map(number).take(TRAIL_MAX).collect();
        let before = pairs.last("before").as_deref().and_then(number).filter(|before| *before > 0).map(CaseNumber);
        Self { pairs, search, tab, before, trail }
    }

    /// The query of the same filters, at another tab or page.
    fn query(&self, tab: Tab, before: Option<u64>, trail: &[u64]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in FILTERS {
            if let Some(value) = self.pairs.last(name) {
                query.append_pair(name, &value);
            }
        }
        if tab != Tab::Work {
            query.append_pair("status", tab.name());
        }
        if let Some(before) = before.filter(|before| *before > 0) {
            query.append_pair("before", &before.to_string());
        }
        if !trail.is_empty() {
            let trail: Vec<_> = trail.iter().map(u64::to_string).collect();
            query.append_pair("trail", &trail.join("."));
        }
        query.finish()
    }

    /// The query for the API's exports of the same list.
    fn export_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for status in &self.search.statuses {
            query.append_pair("status", status.name());
        }
        for name in FILTERS {
            if let Some(value) = self.pairs.last(name).filter(|_| self.is_understood(name)) {
                query.append_pair(name, value.trim());
            }
        }
        query.finish()
    }

    fn is_understood(&self, name: &str) -> bool {
        match name {
            "kind" => self.search.kind.is_some(),
            "severity" => self.search.severity.is_some(),
            "assignee" => self.search.assignee.is_some(),
            "reporter" => self.search.reporter.is_some(),
            _ => !self.search.text.is_empty(),
        }
    }
}

/// `GET /`: the list.
pub async fn show(State(deps): State<Arc<Deps>>, viewer: Viewer, RawQuery(query): RawQuery) -> Response {
    let view = View::read(query.as_deref(), &viewer);
    match load(&deps, &viewer, &view).await {
        Ok((page, counts, assignees)) => {
            let live = live(&viewer, &view, &page, &counts);
            let body = html! {
                h1 { (text::QUEUE) }
                (filters(&viewer, &view, &assignees))
                p #live-note .quiet role="status" {}
                (live.0)
                p.actions {
                    span { (text::EXPORT) }
                    a href=(format!("{}?{}", viewer.site.path("/api/cases/export.csv"), view.export_query())) { "CSV" }
                    a href=(format!("{}?{}", viewer.site.path("/api/cases/export.json"), view.export_query())) { "JSON" }
                }
            };
            Frame::of(&viewer, text::QUEUE).page(&body).into_response()
        }
        Err(error) => failed(&viewer.site, &error),
    }
}

/// `GET /parts/queue`: the list alone, if it is another one than was seen.
pub async fn part(State(deps): State<Arc<Deps>>, viewer: Viewer, RawQuery(query): RawQuery) -> Response {
    let view = View::read(query.as_deref(), &viewer);
    let loaded = async {
        let actor = &viewer.caller.actor;
        let page = deps.casework.list(actor, &view.search, view.before, search::LIMIT);
        Ok::<_, ApiError>(tokio::try_join!(page, deps.casework.counts(actor))?)
    };
    match loaded.await {
        Ok((page, counts)) => {
            let (part, fingerprint) = live(&viewer, &view, &page, &counts);
            if view.pairs.last("seen").as_ref() == Some(&fingerprint) {
                return StatusCode::NO_CONTENT.into_response();
            }
            html! {
                (part)
                p #live-note .quiet role="status" hx-swap-oob="innerHTML" { (text::LIST_UPDATED) }
            }
            .into_response()
        }
        Err(error) => failed(&viewer.site, &error),
    }
}

type Loaded = (Page, Counts, BTreeMap<String, String>);

async fn load(deps: &Deps, viewer: &Viewer, view: &View) -> Result<Loaded, ApiError> {
    let actor = &viewer.caller.actor;
    let page = deps.casework.list(actor, &view.search, view.before, search::LIMIT);
    Ok(tokio::try_join!(page, deps.casework.counts(actor), deps.casework.assignees(actor))?)
}

fn filters(viewer: &Viewer, view: &View, assignees: &BTreeMap<String, String>) -> Markup {
    let chosen = |name: &str| view.pairs.last(name);
    let special = [("me", text::ME), ("none", text::NOBODY)];
    let known = assignees.iter().map(|(key, name)| (key.as_str(), name.as_str()));
    html! {
        search.panel {
            form.filters method="get" action=(viewer.site.path("/")) {
                @if view.tab != Tab::Work { input type="hidden" name="status" value=(view.tab.name()); }
                div.field {
                    label for="f-text" { (text::WORDS) }
                    input #f-text type="search" name="text" maxlength="200" value=(chosen("text").unwrap_or_default());
                }
                (select("f-kind", "kind", text::KIND, Some(text::ANY), layout::kinds(), chosen("kind").as_deref()))
                (select("f-severity", "severity", text::SEVERITY, Some(text::ANY), layout::severities(), chosen("severity").as_deref()))
                (select("f-assignee", "assignee", text::ASSIGNEE, Some(text::ANY), special.into_iter().chain(known), chosen("assignee").as_deref()))
                div.field {
                    label for="f-reporter" { (text::PERSON_ID) }
                    input #f-reporter name="reporter" inputmode="numeric" maxlength="20" value=(chosen("reporter").unwrap_or_default());
                }
                div.field.actions {
                    button.main type="submit" { (text::APPLY) }
                    a href=(viewer.site.path("/")) { (text::CLEAR) }
                }
            }
        }
    }
}

/// The part that is kept up to date, and what tells it from another one.
fn live(viewer: &Viewer, view: &View, page: &Page, counts: &Counts) -> (Markup, String) {
    let before = view.before.map_or(0, |before| before.0);
    let inner = html! {
        nav.tabs aria-label=(text::TABS) {
            ul {
                (tab(viewer, view, Tab::Work, text::TAB_WORK, counts))
                @for status in Status::ALL { (tab(viewer, view, Tab::One(*status), text::status(*status), counts)) }
                (tab(viewer, view, Tab::All, text::TAB_ALL, counts))
            }
        }
        @if page.cases.is_empty() {
            p { @if page.next.is_some() { (text::NONE_YET) } @else { (text::NO_CASES) } }
        } @else {
            (cases(&viewer.site, &page.cases))
        }
        @if page.next.is_some() || view.before.is_some() {
            nav.pages aria-label=(text::PAGES) {
                @if view.before.is_some() {
                    @let (last, earlier) = view.trail.split_last().map_or((0, &[][..]), |(last, rest)| (*last, rest));
                    a.button #page-previous rel="prev" href=(place(viewer, &view.query(view.tab, Some(last), earlier))) { (text::PREVIOUS) }
                }
                @if let Some(next) = page.next {
                    @let trail = [&view.trail[..], &[before]].concat();
                    a.button #page-next rel="next" href=(place(viewer, &view.query(view.tab, Some(next.0), &trail))) { (text::NEXT) }
                }
            }
        }
    };
    let fingerprint = hex::encode(&Sha256::digest(inner.0.as_bytes())[..8]);
    let query = view.query(view.tab, Some(before), &view.trail);
    let again = format!("{}?{query}&seen={fingerprint}", viewer.site.path("/parts/queue"));
    let part = html! {
        div #queue data-live hx-get=(again) hx-trigger="every 5s" hx-swap="outerHTML" { (inner) }
    };
    (part, fingerprint)
}

fn place(viewer: &Viewer, query: &str) -> String {
    if query.is_empty() { viewer.site.path("/") } else { format!("{}?{query}", viewer.site.path("/")) }
}

fn tab(viewer: &Viewer, view: &View, tab: Tab, name: &str, counts: &Counts) -> Markup {
    let statuses = tab.statuses();
    let statuses = if statuses.is_empty() { Status::ALL } else { &statuses };
    let of = |status: &Status| counts.of(*status, view.search.kind, view.search.severity);
    let count: u64 = statuses.iter().map(of).sum();
    let current = (view.tab == tab).then_some("page");
    html! {
        li {
            a #{ "tab-" (tab.name()) } href=(place(viewer, &view.query(tab, None, &[]))) aria-current=[current] {
                (name) " (" (count) ")"
            }
        }
    }
}
