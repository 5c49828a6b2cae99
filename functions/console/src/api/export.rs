//! Lists and cases to take away: CSV, JSON, Markdown.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::transcripts::{Chat, TranscriptLine, Who};
use domain::case::{Case, Event};
use domain::ids::CaseNumber;
use jiff::Timestamp;

use super::search::{self, SearchParams};
use crate::Deps;
use crate::access::{Caller, ticket};
use crate::exports::Format;
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::text;

/// Where the list is as a file, for whoever may have it: see [`exports`].
fn file(
    deps: &Deps,
    caller: &Caller,
    query: Option<&str>,
    format: Format,
) -> Result<(StatusCode, [(HeaderName, String); 1]), ApiError> {
    let pairs = Pairs::parse(query);
    pairs.check(search::ONCE, search::MANY)?;
    search::read(&pairs, &caller.actor)?;
    search::read_cursor(&pairs)?;
    let ticket = ticket::issue(&deps.seal, &caller.actor, &format.what(query), Timestamp::now());
    let address = format.address(&deps.exports_url, &ticket.ok_or(ApiError::Forbidden)?);
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]))
}

/// Export a list as CSV.
///
/// The file is at the address in `Location`, for a minute, as `text/csv` in UTF-8 (RFC 4180). It is streamed: an answer that breaks off
/// has not all of the list. At most 200,000 cases, the newest first; where there are more, ask for less at a time. Cells that a
/// spreadsheet would take for formulas begin with an apostrophe.
#[utoipa::path(
    get, path = "/api/cases/export.csv", operation_id = "exportCsv", tag = "exports",
    params(SearchParams),
    responses((
        status = 303, description = "Where the list is",
        headers(("Location" = String, description = "The address, good for a minute. It needs no key.")),
    )),
)]
pub async fn csv(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, ApiError> {
    file(&deps, &caller, query.as_deref(), Format::Csv)
}

/// Export a list as JSON.
///
/// The file is at the address in `Location`, for a minute, and looks like an answer of `/api/cases`. It is streamed: an answer that
/// breaks off has not all of the list, and is no JSON. At most 200,000 cases, the newest first; where there are more, `next` leads on.
#[utoipa::path(
    get, path = "/api/cases/export.json", operation_id = "exportJson", tag = "exports",
    params(SearchParams),
    responses((
        status = 303, description = "Where the list is",
        headers(("Location" = String, description = "The address, good for a minute. It needs no key.")),
    )),
)]
pub async fn json(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, ApiError> {
    file(&deps, &caller, query.as_deref(), Format::Json)
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
    let (events, chats) = (deps.casework.history(&case).await?, deps.transcripts.of(&case).await?);
    let disposition = format!("attachment; filename=\"case-{number}.md\"");
    let headers =
        [(header::CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, markdown(&case, &events, &chats)).into_response())
}

fn markdown(case: &Case, events: &[Event], chats: &[Chat]) -> String {
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
    for (at, chat) in chats.iter().enumerate().filter(|(_, chat)| !chat.lines.is_empty()) {
        let _ = write!(out, "\n## {}\n\n", if at == 0 { text::TRANSCRIPT } else { text::EARLIER_CHAT });
        transcript(&mut out, case, &chat.lines);
    }
    out
}

fn transcript(out: &mut String, case: &Case, lines: &[TranscriptLine]) {
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
    fn what_people_wrote_is_no_markdown() {
        assert_eq!(md_line("# [x](y)\n*z*"), "\\# \\[x\\](y) \\*z\\*");
        assert_eq!(md_quote("a\n<b>"), "> a  \n> \\<b\\>");
    }
}
