//! The case console with many cases in the table: how long its pages and lists take, and what they ask of DynamoDB.

use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, ensure};
use bytes::Bytes;
use domain::case::{Kind, Severity, Status};
use domain::ids::{CaseNumber, ChannelId, GuildId};
use dynoxide::Database;
use jiff::Timestamp;
use sandbox::aws::template::Template;
use sandbox::seed::{self, Plan, Written};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::ends::{self, Calls, Ends, Service};
use crate::host::{Launch, Process};
use crate::report::{self, Row, Samples, Unit};
use crate::{events, functions};

/// How many cases, and how often each question is asked.
#[derive(clap::Args)]
pub struct Cases {
    /// How many cases there are.
    #[arg(value_name = "CASES", default_value_t = 100_000)]
    count: u32,
    /// How often each question is asked.
    #[arg(long, default_value_t = 100)]
    requests: usize,
    /// What chance begins with: the same number makes the same cases.
    #[arg(long, default_value_t = 1)]
    random: u64,
    /// Takes the binary that is in the target folder.
    #[arg(long)]
    no_build: bool,
}

const CONSOLE: &str = "console";

/// The function that writes the console's exports.
const EXPORTS: &str = "exports";

/// Where it is, as the console is told.
const EXPORTS_URL: &str = "https://bench-exports.lambda-url.eu-west-1.on.aws/";

/// The budget: 95 of 100 answers within so many milliseconds of function time.
const BUDGET_MS: f64 = 50.0;

/// The API key that the questions are asked with: its public and its secret part.
const KEY: (&str, &str) = ("00000000000be9c4", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a");

/// Where the function believes it is.
const DOMAIN: &str = "bench.lambda-url.eu-west-1.on.aws";

/// Runs it and prints the table.
pub async fn run(arguments: &Cases) -> anyhow::Result<()> {
    let root = functions::root()?;
    let binary = functions::one(&root, CONSOLE, !arguments.no_build)?;
    let exports = functions::one(&root, EXPORTS, !arguments.no_build)?;
    let (count, random) = (usize::try_from(arguments.count)?, arguments.random);
    let (database, written) = tokio::task::spawn_blocking(move || table(count, random)).await??;
    let folder = tempfile::tempdir().context("make a folder")?;
    let ends = Ends::start(folder.path()).await?;
    ends.serve_table(database);
    let mut environment = ends.environment(&events::public_key());
    let more = [
        ("API_REQUESTS_PER_MINUTE", "1000000000"),
        ("SESSION_SECRET_ID", "bench-session"),
        ("EXPORTS_URL", EXPORTS_URL),
    ];
    environment.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let launch =
        Launch { name: CONSOLE, binary: &binary, environment: &environment, share: None, folder: folder.path() };
    let mut visitor = Visitor { process: Process::start(&launch).await?, cookie: String::new() };
    visitor.sign_in().await.context("sign in")?;

    let questions = questions(&written, count);
    let mut rows = Vec::new();
    ends.take_calls()?;
    for question in &questions {
        // The first answer finds no connections yet.
        visitor.get(&question.path).await.with_context(|| question.what.clone())?;
        ends.take_calls()?;
        let mut times = Samples::new(Unit::Milliseconds);
        for _ in 0..arguments.requests.max(1) {
            let (time, page) = visitor.get(&question.path).await.with_context(|| question.what.clone())?;
            (question.check)(&page).with_context(|| format!("{}: {}", question.what, question.path))?;
            times.push(time);
        }
        let calls = ends.take_calls()?;
        rows.push(Row::high_percentile(
            question.of,
            &question.what,
            BUDGET_MS,
            &times,
            &said(&calls, arguments.requests),
        ));
    }
    let launch = Launch { name: EXPORTS, binary: &exports, ..launch };
    let exported = export(&mut visitor, &launch, count).await.context("export all cases")?;
    println!("{}\n", crate::measure::machine_in_short());
    println!(
        "{count} cases, {} items in the table. Times are function times, from the invocation to the answer, of {} requests each: \
         the best / the middle / 95 of 100 / the worst. DynamoDB is the embedded engine behind TLS. No operation was a Scan: the \
         far end has no answer for one.\n",
        written.items, arguments.requests,
    );
    report::print(&rows);
    println!("\n{exported}");
    Ok(())
}

/// All cases as a file: how long that takes, and in how much memory.
async fn export(visitor: &mut Visitor, launch: &Launch<'_>, count: usize) -> anyhow::Result<String> {
    let (_, answer) = visitor.ask("/api/cases/export.csv").await?;
    let address = header(&answer, "location").with_context(|| format!("the console answered with {answer}"))?;
    let path = address.strip_prefix(EXPORTS_URL).context("the file is elsewhere")?;
    let mut process = Process::start(launch).await?;
    let (time, answer) = process.ask(Bytes::from(event(&format!("/{path}"), "").to_string())).await?;
    let file = read(&answer)?;
    let lines = file["body"].as_str().unwrap_or_default().lines().count();
    ensure!(lines == count + 1, "the file has {lines} lines for {count} cases");
    let (seconds, peak) = (time.as_secs_f64(), process.memory()?.peak);
    process.end().await?;
    let size = f64::from(u32::try_from(answer.len())?) / 1024.0 / 1024.0;
    Ok(format!(
        "Export of all cases as CSV: {size:.1} MiB in {seconds:.1} s with the cold start, {peak:.1} MiB resident at most."
    ))
}

/// A table with that many cases, as template.yaml has it.
fn table(cases: usize, random: u64) -> anyhow::Result<(Database, Written)> {
    let failed = |error: dynoxide::DynoxideError| anyhow!("the table engine: {error}");
    let yaml = std::fs::read_to_string(functions::root()?.join("template.yaml")).context("read template.yaml")?;
    let template = Template::load(&yaml, &ends::parameters()).context("template.yaml")?;
    let properties = &template.resources.get("Table").context("template.yaml has no Table")?.properties;
    let mut request = json!({ "TableName": ends::TABLE });
    for name in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"] {
        request[name] = properties[name].clone();
    }
    let database = Database::memory().map_err(failed)?;
    database.create_table(serde_json::from_value(request).context("make the table")?).map_err(failed)?;
    let server = GuildId::new(ends::GUILD).context("the server has no ID")?;
    let channel = ChannelId::new(ends::GUILD + 1).context("the channel has no ID")?;
    let plan = Plan::new(cases, random, Timestamp::now(), server, channel);
    let (started, mut next) = (Instant::now(), 0);
    let written = seed::fill(&database, ends::TABLE, plan, |done| {
        if done >= next {
            eprintln!("{done} cases are in the table after {:.0} s", started.elapsed().as_secs_f64());
            next += cases / 10;
        }
    })?;
    // Machines are known by a hash of what they carry.
    let key = json!({
        "PK": { "S": "APIKEYS" }, "SK": { "S": format!("KEY#{}", KEY.0) }, "key_id": { "S": KEY.0 },
        "name": { "S": "bench" }, "hash": { "S": hex::encode(Sha256::digest(KEY.1)) }, "created_by": { "S": "bench" },
        "created_at": { "S": "2026-11-21T10:00:00Z" },
    });
    let put = json!({ "TableName": ends::TABLE, "Item": key });
    database.put_item(serde_json::from_value(put).context("make a key")?).map_err(failed)?;
    Ok((database, written))
}

/// Whether an answer is right.
type Check = Box<dyn Fn(&str) -> anyhow::Result<()>>;

/// What is asked, and what a right answer looks like.
struct Question {
    of: &'static str,
    what: String,
    path: String,
    check: Check,
}

fn question(
    of: &'static str,
    what: impl Into<String>,
    path: impl Into<String>,
    check: impl Fn(&str) -> anyhow::Result<()> + 'static,
) -> Question {
    Question { of, what: what.into(), path: path.into(), check: Box::new(check) }
}

/// Somewhere in the answer.
fn has(text: impl Into<String>) -> impl Fn(&str) -> anyhow::Result<()> {
    let text = text.into();
    move |page| {
        ensure!(page.contains(&text), "{text:?} is not in the answer");
        Ok(())
    }
}

/// A list with at least one case: a link to a number, which the navigation has none of.
fn some() -> impl Fn(&str) -> anyhow::Result<()> {
    |page| {
        let mut links = page.split("/cases/").skip(1);
        ensure!(links.any(|rest| rest.starts_with(|c: char| c.is_ascii_digit())), "no case is in the list");
        Ok(())
    }
}

fn questions(written: &Written, count: usize) -> Vec<Question> {
    let mut all = vec![
        question("queue", "what is to be done, first page", "/", some()),
        question("queue", "all, first page", "/?status=all", some()),
        question(
            "queue",
            "all, a tenth of the way from the oldest",
            format!("/?status=all&before={}", count / 10),
            some(),
        ),
        question("queue", "closed, in the middle", format!("/?status=closed&before={}", count / 2), some()),
    ];
    for status in Status::ALL.iter().filter(|status| written.by_status.contains_key(status.name())) {
        all.push(question("queue", format!("status {}", status.name()), format!("/?status={}", status.name()), some()));
    }
    for kind in Kind::ALL {
        let name = kind.name();
        all.push(question("queue", format!("kind {name}"), format!("/?status=all&kind={name}"), some()));
    }
    for severity in Severity::ALL {
        let name = severity.name();
        all.push(question("queue", format!("severity {name}"), format!("/?status=all&severity={name}"), some()));
    }
    let deep = |query: &str| format!("/?status=all&{query}&before={}", count / 10);
    all.extend([
        question("queue", "kind bug, deep", deep("kind=bug"), some()),
        question("queue", "kind feature and severity critical", "/?status=all&kind=feature&severity=critical", some()),
        question("queue", "assigned to me", "/?status=all&assignee=me", has("<")),
        question("queue", "of an agent", format!("/?status=all&assignee={}", assignee()), some()),
        question("queue", "of an agent, deep", deep(&format!("assignee={}", assignee())), some()),
        question("queue", "of nobody", "/?status=all&assignee=none", some()),
        question("queue", "of nobody, deep", deep("assignee=none"), some()),
        question("queue", "of nobody, critical", "/?status=all&assignee=none&severity=critical", some()),
        question("search", "a common word", "/?status=all&text=map", some()),
        question("search", "a common word, deep", deep("text=map"), some()),
        question(
            "search",
            "a common word, critical features",
            "/?status=all&text=search&severity=critical&kind=feature",
            has("<"),
        ),
        question("search", "a rare word", "/?status=all&text=poco", some()),
        question("search", "a rare and a common word", "/?status=all&text=poco+map", some()),
        question("search", "a rare and a common word, deep", deep("text=poco+map"), has("<")),
        question("search", "two common words", "/?status=all&text=map+update", some()),
        question("search", "two common words that never meet", "/?status=all&text=karte+mapa", has("<")),
        question("search", "a word that is nowhere", "/?status=all&text=xylophone", has("<")),
        question("API", "counts", "/api/counts", has("\"")),
        question("API", "assignees", "/api/assignees", has("Alex Agent")),
        question("API", "cases", "/api/cases?limit=100", has("\"number\"")),
        question("API", "cases, bugs", "/api/cases?kind=bug", has("\"number\"")),
        question("API", "cases with two words", "/api/cases?text=map+update", has("\"number\"")),
    ]);
    if let Some((person, cases)) = written.busiest {
        let what = format!("of a person with {cases} cases");
        all.push(question("queue", what, format!("/?status=all&reporter={person}"), some()));
    }
    let newest = CaseNumber(count as u64);
    all.push(question("case", "the newest", format!("/cases/{newest}"), has(format!("#{newest}"))));
    all.push(question("API", "the newest case", format!("/api/cases/{newest}"), has("\"version\"")));
    if let Some((number, length)) = written.longest {
        let what = format!("with {length} lines of history");
        all.push(question("case", what.clone(), format!("/cases/{number}"), has(format!("#{number}"))));
        all.push(question(
            "API",
            format!("history, {length} lines"),
            format!("/api/cases/{number}/history"),
            has("\"at\""),
        ));
    }
    all
}

/// The key of an agent who is made up, as `Plan::new` makes them.
fn assignee() -> String {
    format!("flex:WK{:032x}", 1)
}

/// Operations of one answer, on average.
fn said(calls: &Calls, requests: usize) -> String {
    let of_the_table = calls.iter().filter(|((service, _), _)| *service == Service::DynamoDb);
    let parts: Vec<String> = of_the_table
        .map(|((_, operation), count)| {
            let (whole, rest) = (count / requests.max(1), count % requests.max(1));
            let about = if rest == 0 { "" } else { "≥ " };
            format!("{about}{whole} {operation}")
        })
        .collect();
    parts.join(" + ")
}

/// Somebody who looks at pages.
struct Visitor {
    process: Process,
    cookie: String,
}

impl Visitor {
    /// Signs in as a moderator, by way of Discord.
    async fn sign_in(&mut self) -> anyhow::Result<()> {
        let (_, sent) = self.ask("/sign-in/discord").await?;
        let location = header(&sent, "location").context("nobody is sent to Discord")?;
        let state =
            location.split(['?', '&']).find_map(|pair| pair.strip_prefix("state=")).context("there is no state")?;
        let callback = format!("/sign-in/callback?code=bench&state={state}");
        self.cookie = cookies(&sent);
        let (_, back) = self.ask(&callback).await?;
        let status = &back["statusCode"];
        ensure!(status == 303 || status == 302, "the callback was answered with {back}");
        self.cookie = cookies(&back);
        Ok(())
    }

    /// A page, and how long it took.
    async fn get(&mut self, path: &str) -> anyhow::Result<(Duration, String)> {
        let (time, answer) = self.ask(path).await?;
        ensure!(answer["statusCode"] == 200, "{path} was answered with {}", answer["statusCode"]);
        Ok((time, answer["body"].as_str().unwrap_or_default().to_owned()))
    }

    async fn ask(&mut self, path: &str) -> anyhow::Result<(Duration, Value)> {
        let event = Bytes::from(event(path, &self.cookie).to_string());
        let (time, answer) = self.process.ask(event).await?;
        Ok((time, read(&answer)?))
    }
}

/// An answer in one piece, or one that was streamed: status and headers, eight zeros, and the body as it is. See [AWS Docs/Lambda,
/// Response streaming for custom runtimes].
fn read(answer: &[u8]) -> anyhow::Result<Value> {
    let Some(at) = answer.windows(8).position(|eight| eight == [0; 8]) else {
        return serde_json::from_slice(answer).context("read the answer");
    };
    let mut read: Value = serde_json::from_slice(&answer[..at]).context("read the answer's beginning")?;
    read["body"] = json!(std::str::from_utf8(&answer[at + 8..]).context("read the answer's body")?);
    Ok(read)
}

fn header<'a>(answer: &'a Value, name: &str) -> Option<&'a str> {
    answer["headers"][name].as_str().or_else(|| answer["multiValueHeaders"][name][0].as_str())
}

/// What a browser would send back.
fn cookies(answer: &Value) -> String {
    let set = answer["cookies"].as_array().cloned().unwrap_or_default();
    let pairs: Vec<&str> = set
        .iter()
        .filter_map(|cookie| cookie.as_str()?.split(';').next())
        .filter(|pair| !pair.ends_with('='))
        .collect();
    pairs.join("; ")
}

/// A request as a function URL hands it over. See [AWS Docs/Lambda, Request and response payloads].
fn event(path: &str, cookie: &str) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut headers = json!({
        "host": DOMAIN, "user-agent": "bench", "accept": "*/*", "x-forwarded-proto": "https", "x-forwarded-port": "443",
        "x-forwarded-for": "192.0.2.1",
    });
    let mut own = json!([]);
    if path.starts_with("/api") {
        headers["authorization"] = json!(format!("Bearer dsk_{}_{}", KEY.0, KEY.1));
    } else if !cookie.is_empty() {
        headers["cookie"] = json!(cookie);
        own = cookie.split("; ").collect();
    }
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": headers, "cookies": own,
        "requestContext": {
            "accountId": "anonymous", "apiId": "bench", "domainName": DOMAIN, "domainPrefix": "bench", "routeKey": "$default",
            "stage": "$default", "requestId": "00000000-0000-4000-8000-000000000000", "time": "21/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_255_200_000_u64,
            "http": {
                "method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "bench",
            },
        },
        "isBase64Encoded": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whole_or_streamed() {
        let streamed = read(b"{\"statusCode\":200}\0\0\0\0\0\0\0\0<p>{}").unwrap();
        assert_eq!((&streamed["statusCode"], &streamed["body"]), (&json!(200), &json!("<p>{}")));
        assert_eq!(read(b"{\"statusCode\":200,\"body\":\"x\"}").unwrap()["body"], "x");
        assert!(read(b"{}{}").is_err());
    }

    #[test]
    fn a_browser_sends_back_what_is_not_taken_away() {
        let answer = json!({ "cookies": ["a=1; Path=/", "b=; Max-Age=0", "c=3"] });
        assert_eq!(cookies(&answer), "a=1; c=3");
    }
}
