//! Lists and cases to take away: CSV, JSON, Markdown.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use desk::casework::{CaseworkError, Search};
use desk::transcripts::{TranscriptLine, Who};
use domain::case::{Case, Event, Summary};
use domain::ids::CaseNumber;
use domain::rights::Actor;
use futures::stream;
use tracing::error;

use super::search::{self, SearchParams};
use super::wire::{CaseList, CaseSummary};
use crate::Deps;
use crate::access::Caller;
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::text;

/// Most cases of an export: what Lambda passes on within the function's time limit at 2 MB a second, with room to spare. See
/// [Lambda Docs/Response streaming].
const CASES_MAX: usize = 200_000;

/// First line of a CSV export.
const COLUMNS: &str =
    "number,kind,status,severity,priority,title,reporter,reporter_name,assignee,votes,created_at,updated_at\r\n";

/// How an export is written.
#[derive(Debug, Clone, Copy)]
enum Format {
    Csv,
    Json,
}

impl Format {
    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    fn disposition(self) -> &'static str {
        match self {
            Self::Csv => "attachment; filename=\"cases.csv\"",
            Self::Json => "attachment; filename=\"cases.json\"",
        }
    }

    fn begin(self, into: &mut String) {
        into.push_str(match self {
            Self::Csv => COLUMNS,
            Self::Json => "{\"cases\":[",
        });
    }

    fn case(self, into: &mut String, is_first: bool, case: &Summary) {
        match self {
            Self::Csv => write_row(into, case),
            Self::Json => {
                if !is_first {
                    into.push(',');
                }
                into.push_str(&serde_json::to_string(&CaseSummary::from(case)).unwrap_or_default());
            }
        }
    }

    /// `next` is where the list goes on that was too long.
    fn end(self, into: &mut String, next: Option<CaseNumber>) {
        if let Self::Json = self {
            let cursor = serde_json::to_string(&next.map(search::cursor)).unwrap_or_default();
            let _ = write!(into, "],\"next\":{cursor}}}");
        }
    }
}

/// What an export writes next.
enum Next {
    /// This page, which is read.
    Page(store::Page),
    /// The page below this case.
    Below(CaseNumber),
    /// Nothing: it is written.
    Nothing,
}

/// A list on its way out, page after page; no more than one of them is in memory.
struct Export {
    deps: Arc<Deps>,
    actor: Actor,
    search: Search,
    format: Format,
    written: usize,
    next: Next,
}

impl Export {
    /// Reads the first page, so that what is wrong with the request is still answered as such.
    async fn begin(deps: Arc<Deps>, caller: &Caller, query: Option<&str>, format: Format) -> Result<Self, ApiError> {
        let pairs = Pairs::parse(query);
        pairs.check(search::ONCE, search::MANY)?;
        let actor = caller.actor.clone();
        let search = search::read(&pairs, &actor)?;
        let before = search::read_cursor(&pairs)?;
        let page = deps.casework.list(&actor, &search, before, store::PAGE_LENGTH_MAX).await?;
        Ok(Self { deps, actor, search, format, written: 0, next: Next::Page(page) })
    }

    /// The next piece of the body, and what comes after it.
    async fn piece(mut self) -> Result<Option<(Bytes, Self)>, CaseworkError> {
        let mut piece = String::new();
        let page = match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Nothing => return Ok(None),
            Next::Page(page) => {
                self.format.begin(&mut piece);
                page
            }
            Next::Below(before) => {
                let limit = store::PAGE_LENGTH_MAX.min(CASES_MAX - self.written);
                self.deps.casework.list(&self.actor, &self.search, Some(before), limit).await?
            }
        };
        for case in &page.cases {
            self.format.case(&mut piece, self.written == 0, case);
            self.written += 1;
        }
        match page.next.filter(|_| self.written < CASES_MAX) {
            Some(before) => self.next = Next::Below(before),
            None => self.format.end(&mut piece, page.next),
        }
        Ok(Some((piece.into(), self)))
    }

    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, self.format.content_type()),
            (header::CONTENT_DISPOSITION, self.format.disposition()),
        ];
        let pieces = stream::try_unfold(self, async |export: Self| {
            let written = export.written;
            export.piece().await.inspect_err(|cause| {
                // It is too late for a status: the body ends without its end.
                error!(error = format!("{cause:#}"), cases = written, "an export broke off");
            })
        });
        (headers, Body::from_stream(pieces)).into_response()
    }
}

/// Export a list as CSV.
///
/// It is streamed: an answer that breaks off has not all of the list. At most 200,000 cases, the newest first; where there are more, ask
/// for less at a time. Cells that a spreadsheet would take for formulas begin with an apostrophe.
#[utoipa::path(
    get, path = "/api/cases/export.csv", operation_id = "exportCsv", tag = "exports",
    params(SearchParams),
    responses((
        status = 200, description = "The list, as RFC 4180 has it, in UTF-8", body = String, content_type = "text/csv",
    )),
)]
pub async fn csv(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Ok(Export::begin(deps, &caller, query.as_deref(), Format::Csv).await?.into_response())
}

/// Export a list as JSON.
///
/// It is streamed: an answer that breaks off has not all of the list, and is no JSON. At most 200,000 cases, the newest first; where
/// there are more, `next` leads on.
#[utoipa::path(
    get, path = "/api/cases/export.json", operation_id = "exportJson", tag = "exports",
    params(SearchParams),
    responses((status = 200, description = "The list", body = CaseList)),
)]
pub async fn json(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Ok(Export::begin(deps, &caller, query.as_deref(), Format::Json).await?.into_response())
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
