//! Exports: lists of any length, streamed.
//!
//! They are a function of their own, the second binary of this package, because Lambda streams all answers of a function or none, and
//! a streamed answer starts later: the runtime sends status, headers and body as segments of their own. An export is longer than the
//! 6 MB that an answer may have otherwise; a page is not, and people wait for it. The console lets people and machines in, and sends
//! them here with a ticket ([`crate::access::ticket`]). See [Lambda Docs/Response streaming].

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use desk::casework::{CaseFinding, CaseworkError, Search};
use desk::connect::AwsConnector;
use domain::case::Summary;
use domain::ids::CaseNumber;
use domain::rights::Actor;
use futures::{TryStreamExt as _, stream};
use jiff::Timestamp;
use lambda_http::Request;
use tracing::error;

use crate::access::seal::Seal;
use crate::access::ticket;
use crate::api::search;
use crate::api::wire::CaseSummary;
use crate::headers;
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::site::{self, Site};

/// What this function uses.
#[derive(Clone)]
pub struct Deps {
    /// Finds cases.
    pub finding: CaseFinding,
    /// Signs tickets.
    pub seal: Seal,
    /// `PUBLIC_BASE_URL`.
    pub base_url: Option<String>,
}

impl Deps {
    /// Built from the environment.
    pub async fn connect(connector: &AwsConnector<'_>) -> anyhow::Result<Self> {
        Ok(Self {
            finding: connector.case_finding()?,
            seal: Seal::new(connector.secret("SESSION_SECRET_ID").await?),
            base_url: connector.lookup().url("PUBLIC_BASE_URL"),
        })
    }
}

/// The exports.
pub struct Exports {
    base_url: Option<String>,
    router: Router,
}

impl Exports {
    /// The exports over these.
    pub fn new(deps: Deps) -> Self {
        let base_url = deps.base_url.clone();
        let file = |format: Format| {
            get(async move |State(deps): State<Arc<Deps>>, RawQuery(query): RawQuery| {
                fetch(&deps, query.as_deref(), format).await
            })
        };
        let router = Router::new()
            .route("/cases.csv", file(Format::Csv))
            .route("/cases.json", file(Format::Json))
            .fallback(async || ApiError::NotFound)
            .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
            .layer(from_fn(headers::no_store))
            .with_state(Arc::new(deps));
        Self { base_url, router }
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Result<Response, Infallible> {
        let site = Site::of(site::EXPORTS, self.base_url.as_deref(), &site::domain(&request));
        site.answer(&self.router, request).await
    }

    /// Handles one request for the runtime, which passes the answer's body on piece by piece.
    ///
    /// A body that breaks off ends the process. The runtime would write the error into the body and end it as if it were whole
    /// (`EventCompletionRequest` of `lambda_runtime` 1.5); of a process that has ended Lambda cuts the answer off, and the client
    /// knows. The next request finds a new one.
    pub async fn stream(&self, request: Request) -> Result<Response, Infallible> {
        let response = self.handle(request).await?;
        Ok(response.map(|body| Body::from_stream(body.into_data_stream().inspect_err(|_| std::process::exit(1)))))
    }
}

async fn fetch(deps: &Deps, query: Option<&str>, format: Format) -> Result<Response, ApiError> {
    let pairs = Pairs::parse(query);
    pairs.check(&["ticket"], &[])?;
    let redeemed = ticket::redeem(&deps.seal, pairs.field("ticket"), deps.finding.configured, Timestamp::now());
    let (actor, what) = redeemed.ok_or(ApiError::Unauthorized)?;
    let (file, query) = what.split_once('?').unwrap_or((&what, ""));
    if file != format.file() {
        return Err(ApiError::Unauthorized);
    }
    Ok(Export::begin(deps.finding.clone(), actor, query, format).await?.into_response())
}

/// Most cases of an export: what Lambda passes on within the function's time limit at 2 MB a second, with room to spare. See
/// [Lambda Docs/Response streaming].
const CASES_MAX: usize = 200_000;

/// First line of a CSV export.
const COLUMNS: &str =
    "number,kind,status,severity,priority,title,reporter,reporter_name,assignee,votes,created_at,updated_at\r\n";

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As a table, RFC 4180.
    Csv,
    /// As the API's lists are.
    Json,
}

impl Format {
    fn file(self) -> &'static str {
        match self {
            Self::Csv => "cases.csv",
            Self::Json => "cases.json",
        }
    }

    /// What a ticket for it says: the file and the search.
    pub fn what(self, query: Option<&str>) -> String {
        format!("{}?{}", self.file(), query.unwrap_or_default())
    }

    /// Where it is fetched with a ticket; `exports_url` is where [`Exports`] are.
    pub fn address(self, exports_url: &str, ticket: &str) -> String {
        format!("{}/{}?ticket={ticket}", exports_url.trim_end_matches('/'), self.file())
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
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
    finding: CaseFinding,
    actor: Actor,
    search: Search,
    format: Format,
    written: usize,
    next: Next,
}

impl Export {
    /// Reads the first page, so that what is wrong with the request is still answered as such.
    async fn begin(finding: CaseFinding, actor: Actor, query: &str, format: Format) -> Result<Self, ApiError> {
        let pairs = Pairs::parse(Some(query));
        let search = search::read(&pairs, &actor)?;
        let before = search::read_cursor(&pairs)?;
        let page = finding.list(&actor, &search, before, store::PAGE_LENGTH_MAX).await?;
        Ok(Self { finding, actor, search, format, written: 0, next: Next::Page(page) })
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
                self.finding.list(&self.actor, &self.search, Some(before), limit).await?
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
            (header::CONTENT_TYPE, self.format.content_type().to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.format.file())),
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
}
