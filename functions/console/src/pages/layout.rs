//! What all pages have around them, and the small parts they share.

use domain::case::{Kind, Priority, Severity, Status, Summary};
use domain::rights::Actor;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::Viewer;
use crate::access::csrf;
use crate::site::Site;
use crate::{assets, text};

/// How htmx has to behave under our Content-Security-Policy: nothing is evaluated, no style is written, nothing personal is kept.
const HTMX_CONFIG: &str = r#"{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0,"historyEnabled":false}"#;

/// A page's frame.
#[derive(Debug)]
pub struct Frame<'a> {
    site: &'a Site,
    title: String,
    viewer: Option<&'a Viewer>,
    /// Where to go on after signing in inside Flex; empty on pages that only renew.
    flex_next: Option<String>,
}

impl<'a> Frame<'a> {
    /// For somebody who is not known.
    pub fn bare(site: &'a Site, title: &str) -> Self {
        Self { site, title: title.to_owned(), viewer: None, flex_next: None }
    }

    /// For somebody who is signed in.
    pub fn of(viewer: &'a Viewer, title: &str) -> Self {
        Self { site: &viewer.site, title: title.to_owned(), viewer: Some(viewer), flex_next: None }
    }

    /// The page on which one signs in; in Flex the script does, and then goes to `next`.
    #[must_use]
    pub fn signing_in(mut self, next: &str) -> Self {
        self.flex_next = Some(self.site.path(next));
        self
    }

    /// The whole page.
    pub fn page(&self, body: &Markup) -> Markup {
        let renews = self.viewer.is_some_and(|viewer| viewer.wants_token);
        let flex = (renews || self.flex_next.is_some()).then(|| self.site.path("/sign-in/flex"));
        html! {
            (DOCTYPE)
            html lang="en" data-flex-sign-in=[flex] data-flex-next=[self.flex_next.as_deref()] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="htmx-config" content=(HTMX_CONFIG);
                    title { (self.title) " – " (text::CONSOLE) }
                    link rel="icon" href=(assets::ICON.path(self.site)) type="image/svg+xml";
                    link rel="stylesheet" href=(assets::CSS.path(self.site));
                    script src=(assets::HTMX.path(self.site)) defer {}
                    script src=(assets::JS.path(self.site)) defer {}
                }
                body {
                    a.skip href="#content" { (text::SKIP) }
                    @if let Some(viewer) = self.viewer { (top(viewer)) }
                    main #content tabindex="-1" { (body) }
                }
            }
        }
    }
}

fn top(viewer: &Viewer) -> Markup {
    let link = |path: &str, name: &str| html! { li { a href=(viewer.site.path(path)) { (name) } } };
    html! {
        header.top {
            nav aria-label=(text::NAVIGATION) {
                ul {
                    (link("/", text::QUEUE))
                    (link("/cases/new", text::NEW_CASE))
                    (link("/keys", text::KEYS))
                }
            }
            form method="post" action=(viewer.site.path("/sign-out")) {
                (csrf_field(viewer))
                span { (name_of(&viewer.caller.actor)) }
                button type="submit" { (text::SIGN_OUT) }
            }
        }
    }
}

fn name_of(actor: &Actor) -> &str {
    match actor {
        Actor::Person { name, .. }
        | Actor::Moderator { name, .. }
        | Actor::Agent { name, .. }
        | Actor::Machine { name, .. } => name,
    }
}

/// The token that every form carries.
pub fn csrf_field(viewer: &Viewer) -> Markup {
    html! { input type="hidden" name=(csrf::FIELD) value=(viewer.csrf); }
}

/// A time.
pub fn time(at: Timestamp) -> Markup {
    html! { time datetime=(at.to_string()) { (text::time(at)) } }
}

/// What is wrong, where a form says so.
pub fn problem(detail: &str) -> Markup {
    html! { p.problem role="alert" { (detail) } }
}

/// A select over what can be chosen: value and name. `first` stands before them with an empty value.
pub fn select<'a>(
    id: &str,
    name: &str,
    label: &str,
    first: Option<&str>,
    choices: impl Iterator<Item = (&'a str, &'a str)>,
    chosen: Option<&str>,
) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name=(name) {
                @if let Some(first) = first { option value="" selected[chosen.is_none()] { (first) } }
                @for (value, name) in choices { option value=(value) selected[chosen == Some(value)] { (name) } }
            }
        }
    }
}

/// The kinds to choose from.
pub fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    Kind::ALL.iter().map(|kind| (kind.name(), text::kind(*kind)))
}

/// The statuses to choose from.
pub fn statuses() -> impl Iterator<Item = (&'static str, &'static str)> {
    Status::ALL.iter().map(|status| (status.name(), text::status(*status)))
}

/// The severities to choose from.
pub fn severities() -> impl Iterator<Item = (&'static str, &'static str)> {
    Severity::ALL.iter().map(|severity| (severity.name(), text::severity(*severity)))
}

/// The priorities to choose from.
pub fn priorities() -> impl Iterator<Item = (&'static str, &'static str)> {
    Priority::ALL.iter().map(|priority| (priority.name(), text::priority(*priority)))
}

/// A list of cases.
pub fn cases(site: &Site, cases: &[Summary]) -> Markup {
    html! {
        ol.cases {
            @for case in cases {
                li {
                    a.name #{ "case-" (case.number) } href=(site.path(&format!("/cases/{}", case.number))) {
                        (text::case_heading(case.number, &case.title))
                    }
                    p.meta {
                        span.badge { (text::status(case.status)) }
                        span { (text::kind(case.kind)) }
                        @if case.severity >= Severity::High { span.badge.loud { (text::severity(case.severity)) } }
                        @if case.priority >= Priority::High { span.badge.loud { (text::PRIORITY) ": " (text::priority(case.priority)) } }
                        span { (case.reporter_name) }
                        @if let Some(assignee) = &case.assignee { span { (text::ASSIGNEE) ": " (assignee.name) } }
                        @if case.votes > 0 { span { (text::votes(case.votes)) } }
                        span { (time(case.updated_at)) }
                    }
                }
            }
        }
    }
}
