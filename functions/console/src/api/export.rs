//! Lists and cases to take away: CSV, JSON, Markdown.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Extension, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use desk::transcripts::{TranscriptLine, Who};
use domain::case::{Case, Event, Summary};
use domain::ids::CaseNumber;

use super::lists::next_link;
use super::search::{self, SearchParams};
use super::wire::{CaseList, CaseSummary};
use crate::Deps;
use crate::access::Caller;
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::site::Site;
use crate::text;

/// Largest export in one answer, in bytes. Lambda takes an answer of 6 MB, as JSON, in which quotes and line breaks grow.
const BYTES_MAX: usize = 3 * 1024 * 1024;

/// Most cases of one answer, so that it is made within the function's time limit.
const CASES_MAX: usize = 20_000;

/// First line of a CSV export.
const COLUMNS: &str =
    "number,kind,status,severity,priority,title,reporter,reporter_name,assignee,votes,created_at,updated_at\r\n";

/// Collects pages of a list, each written by `write`, until the list ends or the answer is full; says where to go on.
async fn collect(
    deps: &Deps,
    caller: &Caller,
    pairs: &Pairs,
    into: &mut String,
    mut write: impl FnMut(&mut String, &Summary),
) -> Result<Option<CaseNumber>, ApiError> {
    pairs.check(search::ONCE, search::MANY)?;
    let wanted = search::read(pairs, &caller.actor)?;
    let mut before = search::read_cursor(pairs)?;
    let mut count = 0;
    loop {
        let page = deps.casework.list(&caller.actor, &wanted, before, store::PAGE_LENGTH_MAX).await?;
        for case in &page.cases {
            write(into, case);
        }
        count += page.cases.len();
        before = page.next;
        if before.is_none() || into.len() >= BYTES_MAX || count >= CASES_MAX {
            return Ok(before);
        }
    }
}

fn answer(
    body: String,
    content_type: &'static str,
    name: &str,
    site: &Site,
    query: Option<&str>,
    next: Option<CaseNumber>,
) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let mut response = ([(header::CONTENT_TYPE, content_type)], body).into_response();
    response.headers_mut().extend(disposition.parse().ok().map(|it| (header::CONTENT_DISPOSITION, it)));
    let path = site.path(&format!("/api/cases/export.{}", if name.ends_with("csv") { "csv" } else { "json" }));
    let link = next.and_then(|next| next_link(&path, query, &search::cursor(next)));
    response.headers_mut().extend(link.map(|link| (header::LINK, link)));
    response
}

/// Export a list as CSV.
///
/// One answer holds at most 20,000 cases or about 3 MB; where there are more, `Link` leads on. Cells that a spreadsheet would take for
/// formulas begin with an apostrophe.
#[utoipa::path(
    get, path = "/api/cases/export.csv", operation_id = "exportCsv", tag = "exports",
    params(SearchParams),
    responses((
        status = 200, description = "The list, as RFC 4180 has it, in UTF-8", body = String, content_type = "text/csv",
        headers(("Link" = Option<String>, description = "The rest, as `rel=\"next\"`")),
    )),
)]
pub async fn csv(
    State(deps): State<Arc<Deps>>,
    Extension(site): Extension<Site>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let pairs = Pairs::parse(query.as_deref());
    let mut body = COLUMNS.to_owned();
    let next = collect(&deps, &caller, &pairs, &mut body, write_row).await?;
    Ok(answer(body, "text/csv; charset=utf-8", "cases.csv", &site, query.as_deref(), next))
}

/// Export a list as JSON.
///
/// One answer holds at most 20,000 cases or about 3 MB; where there are more, `next` and `Link` lead on.
#[utoipa::path(
    get, path = "/api/cases/export.json", operation_id = "exportJson", tag = "exports",
    params(SearchParams),
    responses((
        status = 200, description = "The list", body = CaseList,
        headers(("Link" = Option<String>, description = "The rest, as `rel=\"next\"`")),
    )),
)]
pub async fn json(
    State(deps): State<Arc<Deps>>,
    Extension(site): Extension<Site>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let pairs = Pairs::parse(query.as_deref());
    let mut body = "{\"cases\":[".to_owned();
    let mut separator = "";
    let next = collect(&deps, &caller, &pairs, &mut body, |body, case| {
        body.push_str(separator);
        body.push_str(&serde_json::to_string(&CaseSummary::from(case)).unwrap_or_default());
        separator = ",";
    })
    .await?;
    let cursor = next.map(search::cursor);
    let _ = write!(body, "],\"next\":{}}}", serde_json::to_string(&cursor).unwrap_or_default());
    Ok(answer(body, "application/json", "cases.json", &site, query.as_deref(), next))
}

fn write_row(into: &mut String, case: &Summary) {
    let text = |option: Option<String>| option.unwrap_or_default();
    let cells = [
        case.number.to_string(),
        case.kind.name().to_owned(),
        case.status.name().to_owned(),
        case.severity.name().to_owned(),
        case.priority.name().to_owned(),
        case.title.clone(),
        text(case.reporter.map(|id| id.to_string())),
        case.reporter_name.clone(),
        text(case.assignee.as_ref().map(|assignee| assignee.name.clone())),
        case.votes.to_string(),
        case.created_at.to_string(),
        case.updated_at.to_string(),
    ];
    into.push_str(&cells.map(|cell| csv_cell(&cell)).join(","));
    into.push_str("\r\n");
}

/// A cell as RFC 4180 has it. What a spreadsheet would run as a formula is made a text by an apostrophe. See [OWASP/CSV Injection].
fn csv_cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if is_formula || text.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// A case with its history and transcript as Markdown.
#[utoipa::path(
    get, path = "/api/cases/{number}.md", operation_id = "readCaseAsMarkdown", tag = "exports",
    params(("number" = u64, Path, description = "Its number", minimum = 1, maximum = 9_007_199_254_740_991_u64)),
    responses((status = 200, description = "The case to read or keep", body = String, content_type = "text/markdown")),
)]
#[expect(dead_code, reason = "only its documentation is used; `cases::read` sees the suffix")]
fn markdown_route() {}

/// The path and the documentation of a case as Markdown.
pub fn markdown_path() -> (String, utoipa::openapi::path::Operation) {
    use utoipa::Path as _;
    (<__path_markdown_route>::path(), <__path_markdown_route>::operation())
}

/// Answers with a case as Markdown.
pub async fn markdown_answer(deps: &Arc<Deps>, caller: &Caller, number: CaseNumber) -> Result<Response, ApiError> {
    let case = deps.casework.find(&caller.actor, number).await?;
    let (events, lines) = (deps.casework.history(&case).await?, deps.transcripts.of(&case).await?);
    let disposition = format!("attachment; filename=\"case-{number}.md\"");
    let headers =
        [(header::CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, markdown(&case, &events, &lines)).into_response())
}

fn markdown(case: &Case, events: &[Event], lines: &[TranscriptLine]) -> String {
    let mut out = format!("# {}\n\n", md_line(&text::case_heading(case.number, &case.title)));
    for (name, value) in text::facts(case) {
        let _ = writeln!(out, "- {name}: {}", md_line(&value));
    }
    let _ = write!(out, "\n{}\n", md_quote(&case.text));
    for answer in &case.answers {
        let _ = write!(out, "\n## {}\n\n{}\n", md_line(&answer.question), md_quote(&answer.answer));
    }
    let _ = write!(out, "\n## {}\n\n", text::HISTORY);
    for event in events {
        let _ = writeln!(out, "- {}: {}", text::time(event.at), md_line(&text::event(event)));
        if !event.reason.is_empty() {
            let _ = writeln!(
                out,
                "\n{}\n",
                md_quote(&event.reason).lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
            );
        }
    }
    if !lines.is_empty() {
        let _ = write!(out, "\n## {}\n\n", text::TRANSCRIPT);
    }
    for line in lines {
        let at = line.at.map_or_else(String::new, |at| format!("{} ", text::time(at)));
        let who = match &line.who {
            Who::Person => &case.reporter_name,
            other => &text::who(other),
        };
        let _ = write!(out, "**{at}{}**\n\n{}\n\n", md_line(who), md_quote(&line.text));
        for file in &line.files {
            let _ = write!(out, "({})\n\n", md_line(file));
        }
    }
    out
}

/// A text on one line, in which nothing is a sign of Markdown's.
fn md_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// A text as a quotation, line by line.
fn md_quote(text: &str) -> String {
    text.lines().map(|line| format!("> {}", md_line(line))).collect::<Vec<_>>().join("  \n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_text_and_nothing_else() {
        let check = |text: &str, cell: &str| assert_eq!(csv_cell(text), cell);
        check("plain", "plain");
        check("a,b", "\"a,b\"");
        check("say \"hi\"", "\"say \"\"hi\"\"\"");
        check("two\nlines", "\"two\nlines\"");
        check("=1+1", "\"'=1+1\"");
        check("+49", "\"'+49\"");
        check("-5", "\"'-5\"");
        check("@SUM(A1)", "\"'@SUM(A1)\"");
        check("\t=1", "\"'\t=1\"");
        check("=cmd|' /C calc'!A0,\"", "\"'=cmd|' /C calc'!A0,\"\"\"");
        check("", "");
    }

    #[test]
    fn what_people_wrote_is_no_markdown() {
        assert_eq!(md_line("# [x](y)\n*z*"), "\\# \\[x\\](y) \\*z\\*");
        assert_eq!(md_quote("a\n<b>"), "> a  \n> \\<b\\>");
    }
}
