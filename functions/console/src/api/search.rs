//! What is looked for, as queries say it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::casework::Search;
use domain::case::{Kind, Severity, Status};
use domain::ids::CaseNumber;
use domain::rights::Actor;
use serde::Deserialize;
use store::AssigneeFilter;
use utoipa::IntoParams;

use super::extract::{self, NUMBER_MAX};
use super::wire;
use crate::problem::ApiError;
use crate::query::Pairs;

/// Longest text that is looked for, in characters.
pub const TEXT_LENGTH_MAX: usize = 200;

/// Longest key of an assignee, in characters.
pub const KEY_LENGTH_MAX: usize = 200;

/// Cases of a page, if it is not said how many.
pub const LIMIT: usize = 50;

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents what `read` reads, which serde cannot: a name that stands several times")]
pub struct SearchParams {
    /// Of one of these statuses; may be repeated, or hold several separated by commas.
    status: Option<Vec<wire::Status>>,
    /// Of this kind.
    kind: Option<wire::Kind>,
    /// Of this severity.
    severity: Option<wire::Severity>,
    /// Of this assignee: a key of `/api/assignees`, `me`, or `none` for nobody.
    #[param(min_length = 1, max_length = 200)]
    assignee: Option<String>,
    /// Of this person: a Discord user ID.
    #[param(pattern = "^[1-9][0-9]{0,18}$")]
    reporter: Option<String>,
    /// With all of these words in title, text or answers.
    #[param(max_length = 200)]
    text: Option<String>,
    /// Where to go on: the `next` of the page before.
    #[param(pattern = "^AQA[A-Za-f][A-Za-z0-9_-]{8}$")]
    cursor: Option<String>,
}

/// How long a page is.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents what `limit` reads")]
pub struct LimitParams {
    /// Most cases of the page.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<usize>,
}

/// Parameters of a search that may stand once.
pub const ONCE: &[&str] = &["kind", "severity", "assignee", "reporter", "text", "cursor"];

/// Parameters of a search that may stand several times.
pub const MANY: &[&str] = &["status"];

/// Reads a search as the API has it: what cannot be understood is refused.
pub fn read(pairs: &Pairs, actor: &Actor) -> Result<Search, ApiError> {
    let given = |name| pairs.all(name).next();
    let mut search = Search::default();
    for name in pairs.all("status").flat_map(|value| value.split(',')) {
        let status =
            Status::from_name(name).ok_or_else(|| unknown("status", Status::ALL.iter().map(|it| it.name())))?;
        if !search.statuses.contains(&status) {
            search.statuses.push(status);
        }
    }
    if let Some(name) = given("kind") {
        let known = || unknown("kind", Kind::ALL.iter().map(|it| it.name()));
        search.kind = Some(Kind::from_name(name).ok_or_else(known)?);
    }
    if let Some(name) = given("severity") {
        let known = || unknown("severity", Severity::ALL.iter().map(|it| it.name()));
        search.severity = Some(Severity::from_name(name).ok_or_else(known)?);
    }
    if let Some(value) = given("assignee") {
        search.assignee = Some(assignee(value, actor)?);
    }
    if let Some(value) = given("reporter") {
        let malformed = || ApiError::Malformed("reporter has to be a Discord user ID".to_owned());
        search.reporter = Some(extract::person(value).ok_or_else(malformed)?);
    }
    if let Some(text) = given("text") {
        if text.chars().count() > TEXT_LENGTH_MAX {
            return Err(ApiError::Malformed(format!("text may have {TEXT_LENGTH_MAX} characters")));
        }
        search.text = extract::clean(text);
    }
    Ok(search)
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> ApiError {
    ApiError::Malformed(format!("{name} has to be one of: {}", known.collect::<Vec<_>>().join(", ")))
}

fn assignee(value: &str, actor: &Actor) -> Result<AssigneeFilter, ApiError> {
    match value {
        "none" => Ok(AssigneeFilter::Nobody),
        "me" => {
            let me = actor.assignee();
            // A machine has no cases: none fit.
            Ok(AssigneeFilter::Key(me.map_or_else(|| "nobody:machine".to_owned(), |me| me.key)))
        }
        "" => Err(ApiError::Malformed("assignee has to be a key, me or none".to_owned())),
        key if key.chars().count() > KEY_LENGTH_MAX => {
            Err(ApiError::Malformed(format!("assignee may have {KEY_LENGTH_MAX} characters")))
        }
        key => Ok(AssigneeFilter::Key(key.to_owned())),
    }
}

/// Reads a search as pages have it: an empty field says nothing, and what cannot be understood neither.
pub fn read_leniently(pairs: &Pairs, actor: &Actor) -> Search {
    let statuses = pairs.all("status").flat_map(|value| value.split(',')).filter_map(Status::from_name);
    let mut search = Search { statuses: statuses.collect(), ..Search::default() };
    search.kind = pairs.last("kind").and_then(|name| Kind::from_name(&name));
    search.severity = pairs.last("severity").and_then(|name| Severity::from_name(&name));
    search.assignee = pairs.last("assignee").and_then(|value| assignee(&value, actor).ok());
    search.reporter = pairs.last("reporter").and_then(|value| extract::person(value.trim()));
    search.text = pairs.last("text").map(|text| extract::clean(&text)).unwrap_or_default();
    search.text = search.text.chars().take(TEXT_LENGTH_MAX).collect();
    search
}

/// Reads the length of a page.
pub fn limit(pairs: &Pairs) -> Result<usize, ApiError> {
    let Some(value) = pairs.all("limit").next() else { return Ok(LIMIT) };
    let limit = value.parse().ok().filter(|limit| (1..=store::PAGE_LENGTH_MAX).contains(limit));
    let limit = limit.filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()));
    limit.ok_or_else(|| ApiError::Malformed(format!("limit has to be 1 to {}", store::PAGE_LENGTH_MAX)))
}

/// The text that stands for the place in a list below this case. What is in it is nobody's business.
pub fn cursor(before: CaseNumber) -> String {
    // Nine bytes, so that base64 needs no filling.
    let mut bytes = [1_u8; 9];
    bytes[1..].copy_from_slice(&before.0.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place in a list that a cursor stands for.
pub fn read_cursor(pairs: &Pairs) -> Result<Option<CaseNumber>, ApiError> {
    let Some(value) = pairs.all("cursor").next() else { return Ok(None) };
    let place = || {
        let bytes: [u8; 9] = URL_SAFE_NO_PAD.decode(value).ok()?.try_into().ok()?;
        let (version, number) = bytes.split_first()?;
        let number = u64::from_be_bytes(number.try_into().ok()?);
        (*version == 1 && number <= NUMBER_MAX).then_some(CaseNumber(number))
    };
    place().map(Some).ok_or_else(|| ApiError::Malformed("cursor has to be the next of an earlier page".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{GuildId, PersonId};

    fn moderator() -> Actor {
        Actor::Moderator { id: PersonId::new(9).unwrap(), name: "Mo".to_owned(), server: GuildId::new(1).unwrap() }
    }

    fn strict(query: &str) -> Result<Search, ApiError> {
        read(&Pairs::parse(Some(query)), &moderator())
    }

    #[test]
    fn a_search_is_read_whole() {
        let search =
            strict("status=new,open&status=closed&status=new&kind=bug&severity=high&assignee=me&reporter=7&text=map");
        let search = search.unwrap();
        assert_eq!(search.statuses, [Status::New, Status::Open, Status::Closed]);
        assert_eq!((search.kind, search.severity), (Some(Kind::Bug), Some(Severity::High)));
        assert_eq!(search.assignee, Some(AssigneeFilter::Key("discord:9".to_owned())));
        assert_eq!((search.reporter, search.text.as_str()), (PersonId::new(7), "map"));
        assert_eq!(strict("assignee=none").unwrap().assignee, Some(AssigneeFilter::Nobody));
    }

    #[test]
    fn what_cannot_be_understood_is_refused_by_the_api_and_passed_over_by_the_pages() {
        let long = format!("text={}", "x".repeat(201));
        for query in
            ["status=", "status=done", "status=new,", "kind=", "severity=bad", "assignee=", "reporter=x", &long]
        {
            assert!(strict(query).is_err(), "{query}");
            let pairs = Pairs::parse(Some(query));
            let lenient = read_leniently(&pairs, &moderator());
            assert!(lenient.text.len() <= 200 && lenient.kind.is_none() && lenient.reporter.is_none(), "{query}");
        }
    }

    #[test]
    fn a_cursor_comes_back_as_the_place_it_stands_for() {
        let read = |value: &str| read_cursor(&Pairs::parse(Some(&format!("cursor={value}"))));
        for number in [1, 5, 100_000, NUMBER_MAX] {
            assert!(cursor(CaseNumber(number)).starts_with("AQA") && cursor(CaseNumber(number)).len() == 12);
            assert_eq!(read(&cursor(CaseNumber(number))).unwrap(), Some(CaseNumber(number)));
        }
        for wrong in ["", "5", "AAAAAAAAAAAA", "____________", "%00", "AQAAAAAAAAAFAA"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(read_cursor(&Pairs::default()).unwrap(), None);
    }

    #[test]
    fn a_page_has_1_to_100_cases() {
        let read = |query: &str| limit(&Pairs::parse(Some(query))).ok();
        assert_eq!((read(""), read("limit=1"), read("limit=100")), (Some(50), Some(1), Some(100)));
        for wrong in ["limit=0", "limit=101", "limit=", "limit=+5", "limit=5.0", "limit=99999999999999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
