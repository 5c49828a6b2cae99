//! Lists of cases and what one needs to choose from them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::case::{Kind, Severity, Status};
use serde::Deserialize;
use utoipa::IntoParams;

use super::search::{self, LimitParams, SearchParams};
use super::wire::{self, AssigneeList, CaseCounts, CaseList, StatusCount};
use crate::Deps;
use crate::access::Caller;
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::site::Site;

/// List cases, the newest first.
///
/// A change of the last second may be missing.
#[utoipa::path(
    get, path = "/api/cases", operation_id = "listCases", tag = "cases",
    params(SearchParams, LimitParams),
    responses((
        status = 200, description = "A page of the list", body = CaseList,
        headers(("Link" = Option<String>, description = "The next page, as `rel=\"next\"`")),
    )),
)]
pub async fn list(
    State(deps): State<Arc<Deps>>,
    Extension(site): Extension<Site>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let pairs = Pairs::parse(query.as_deref());
    pairs.check(&[search::ONCE, &["limit"]].concat(), search::MANY)?;
    let wanted = search::read(&pairs, &caller.actor)?;
    let (before, limit) = (search::read_cursor(&pairs)?, search::limit(&pairs)?);
    let page = deps.casework.list(&caller.actor, &wanted, before, limit).await?;
    let next = page.next.map(search::cursor);
    let link = next.as_ref().and_then(|next| next_link(&site.path("/api/cases"), query.as_deref(), next));
    let list = CaseList { cases: page.cases.iter().map(Into::into).collect(), next };
    let mut response = Json(list).into_response();
    response.headers_mut().extend(link.map(|link| (header::LINK, link)));
    Ok(response)
}

/// The same query at another cursor, as a `Link`. See [RFC 8288].
fn next_link(path: &str, query: Option<&str>, cursor: &str) -> Option<HeaderValue> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).filter(|(name, _)| name != "cursor");
    let mut next = form_urlencoded::Serializer::new(String::new());
    let query = next.extend_pairs(pairs).append_pair("cursor", cursor).finish();
    HeaderValue::try_from(format!("<{path}?{query}>; rel=\"next\"")).ok()
}

/// Which cases are counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents what `counts` reads")]
pub struct CountParams {
    /// Of this kind.
    kind: Option<wire::Kind>,
    /// Of this severity.
    severity: Option<wire::Severity>,
}

/// Count cases by status.
#[utoipa::path(
    get, path = "/api/counts", operation_id = "countCases", tag = "cases",
    params(CountParams),
    responses((status = 200, description = "How many cases there are", body = CaseCounts)),
)]
pub async fn counts(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<CaseCounts>, ApiError> {
    let pairs = Pairs::parse(query.as_deref());
    pairs.check(&["kind", "severity"], &[])?;
    let wanted = search::read(&pairs, &caller.actor)?;
    let counts = deps.casework.counts(&caller.actor).await?;
    Ok(Json(document(&counts, wanted.kind, wanted.severity)))
}

fn document(counts: &store::Counts, kind: Option<Kind>, severity: Option<Severity>) -> CaseCounts {
    let count = |status: &Status| StatusCount { status: (*status).into(), count: counts.of(*status, kind, severity) };
    let statuses: Vec<_> = Status::ALL.iter().map(count).collect();
    CaseCounts { total: statuses.iter().map(|it| it.count).sum(), statuses }
}

/// List who can be assigned.
#[utoipa::path(
    get, path = "/api/assignees", operation_id = "listAssignees", tag = "cases",
    responses((status = 200, description = "Everybody who was ever assigned a case", body = AssigneeList)),
)]
pub async fn assignees(
    State(deps): State<Arc<Deps>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<AssigneeList>, ApiError> {
    Pairs::parse(query.as_deref()).check(&[], &[])?;
    let known = deps.casework.assignees(&caller.actor).await?;
    let assignees = known.into_iter().map(|(key, name)| wire::Assignee { key, name }).collect();
    Ok(Json(AssigneeList { assignees }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_the_same_query_further_on() {
        let link = |query| next_link("/console/api/cases", query, "abc").unwrap().to_str().unwrap().to_owned();
        assert_eq!(link(None), "</console/api/cases?cursor=abc>; rel=\"next\"");
        assert_eq!(
            link(Some("kind=bug&cursor=old&text=a%20%3E%22b")),
            "</console/api/cases?kind=bug&text=a+%3E%22b&cursor=abc>; rel=\"next\""
        );
    }
}
