//! Everything the API answers when it does not do as asked: `application/problem+json`. See [RFC 9457].

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::casework::CaseworkError;
use domain::case::CaseError;
use domain::report::{self, ReportError};
use serde::Serialize;
use store::Allowance;
use tracing::error;
use utoipa::ToSchema;

use crate::access::rate;

/// Media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A problem, as [RFC 9457] has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: String,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, for people.
    detail: String,
    /// The version that the case has now, when the change was meant for another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
}

/// Why the API did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The address, query or body cannot be read. 400.
    #[error("{0}")]
    Malformed(String),
    /// Nobody is signed in, or not with anything that counts. The same answer for all of them. 401.
    #[error("sign in, or send an API key")]
    Unauthorized,
    /// Signed in, but not for this. The same answer for all of them. 403.
    #[error("this is not allowed")]
    Forbidden,
    /// There is no such thing, or it is none of theirs. 404.
    #[error("there is nothing of that kind here")]
    NotFound,
    /// 405.
    #[error("this method is not offered here")]
    MethodNotAllowed,
    /// The case does not allow it as it stands. 409.
    #[error("{0}")]
    Conflict(String),
    /// It was meant for another version of the case. 412.
    #[error("the case was changed meanwhile; read it again")]
    Changed {
        /// The version it has now.
        version: u64,
    },
    /// 413.
    #[error("the body may have {} bytes", crate::api::BODY_BYTES_MAX)]
    TooLarge,
    /// 415.
    #[error("the body has to be application/json")]
    NotJson,
    /// It can be read, but it cannot be. 422.
    #[error("{0}")]
    Invalid(String),
    /// 428.
    #[error("say with If-Match which version of the case you mean")]
    VersionMissing,
    /// 429.
    #[error("too many requests; try again in {} seconds", .0.reset_seconds)]
    TooMany(Allowance),
    /// What is needed to answer cannot be reached just now. 503.
    #[error("this is not possible just now; try again later")]
    Unavailable,
    /// Our own failure. 500, with a fixed body; the log has the chain.
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
}

impl ApiError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Changed { .. } => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::VersionMissing => StatusCode::PRECONDITION_REQUIRED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Writes our own failure into the log, where it is answered.
    pub fn log(&self) {
        if let Self::Internal(cause) = self {
            error!(error = format!("{cause:#}"), "could not serve a request");
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let status = self.status();
        let problem = Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: self.to_string(),
            version: if let Self::Changed { version } = self { Some(version) } else { None },
        };
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        let headers = response.headers_mut();
        match &self {
            Self::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Changed { version } => {
                headers.insert(header::ETAG, crate::api::etag(*version));
            }
            Self::TooMany(allowance) => {
                rate::describe(headers, allowance);
                headers.insert(header::RETRY_AFTER, HeaderValue::from(allowance.reset_seconds));
            }
            Self::Unavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
            }
            _ => {}
        }
        response
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(cause: anyhow::Error) -> Self {
        Self::Internal(cause)
    }
}

impl From<CaseworkError> for ApiError {
    fn from(error: CaseworkError) -> Self {
        match error {
            CaseworkError::Unknown => Self::NotFound,
            CaseworkError::Refused(refused @ CaseError::NoArrow { .. }) => Self::Conflict(refused.to_string()),
            CaseworkError::Refused(refused) => Self::Invalid(refused.to_string()),
            CaseworkError::Invalid(problems) => Self::Invalid(problems.iter().map(said).collect::<Vec<_>>().join("; ")),
            CaseworkError::Conflict { version } => Self::Changed { version },
            CaseworkError::Failed(cause) => Self::Internal(cause),
        }
    }
}

/// What is wrong with a report, in words.
pub fn said(problem: &ReportError) -> String {
    match problem {
        ReportError::TitleTooShort | ReportError::TitleTooLong => {
            format!("a title has {} to {} characters", report::TITLE_LENGTH_MIN, report::TITLE_LENGTH_MAX)
        }
        ReportError::TextMissing | ReportError::TextTooLong => {
            format!("a text has 1 to {} characters", report::TEXT_LENGTH_MAX)
        }
        ReportError::TooManyFiles => format!("a report has at most {} files", report::FILES_MAX),
        ReportError::FileTooLarge { .. } | ReportError::FilesTooLarge => "a file is too large".to_owned(),
        ReportError::FileType { .. } => "files of this type are not taken".to_owned(),
        ReportError::FileGone { .. } => "a file cannot be read any more".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::case::Status;

    async fn check(error: impl Into<ApiError>, status: u16, detail: &str) -> serde_json::Value {
        let response = error.into().into_response();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["content-type"], PROBLEM_JSON);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((body["status"].as_u64(), body["detail"].as_str()), (Some(u64::from(status)), Some(detail)));
        body
    }

    #[tokio::test]
    async fn every_refusal_of_a_case_has_its_problem() {
        check(CaseworkError::Unknown, 404, "there is nothing of that kind here").await;
        let arrow = CaseError::NoArrow { from: Status::Closed, to: Status::New };
        check(CaseworkError::Refused(arrow), 409, "a case that is closed cannot become new").await;
        check(CaseworkError::Refused(CaseError::EmptyNote), 422, "a note needs some text").await;
        let problems = vec![ReportError::TitleTooShort, ReportError::TextMissing];
        let said = "a title has 10 to 90 characters; a text has 1 to 4000 characters";
        check(CaseworkError::Invalid(problems), 422, said).await;
        let changed =
            check(CaseworkError::Conflict { version: 7 }, 412, "the case was changed meanwhile; read it again").await;
        assert_eq!(changed["version"], 7);
        check(anyhow::anyhow!("the table is gone"), 500, "internal error").await;
    }

    #[test]
    fn a_refusal_says_what_would_help() {
        let header = |error: ApiError, name: &str| error.into_response().headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header(ApiError::Unauthorized, "www-authenticate"), "Bearer");
        assert_eq!(header(ApiError::Changed { version: 3 }, "etag"), "\"3\"");
        let allowance = Allowance { limit: 5, remaining: 0, reset_seconds: 42, granted: false };
        assert_eq!(header(ApiError::TooMany(allowance), "retry-after"), "42");
        assert_eq!(header(ApiError::TooMany(allowance), "ratelimit-remaining"), "0");
    }
}
