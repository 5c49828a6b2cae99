//! The one place that turns what went wrong at a function URL into an answer.

use lambda_http::http::{StatusCode, header};
use lambda_http::{Body, Response};
use serde_json::{Value, json};
use tracing::{error, info, warn};

/// Why a webhook's request was not served.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The signature does not hold. 403, with a fixed body.
    #[error("request is not signed by the platform")]
    Unverified(#[source] anyhow::Error),
    /// Signed, but not what this function can read. 400.
    #[error("event is malformed")]
    Malformed(#[source] anyhow::Error),
    /// About something that this desk does not have. 404.
    #[error("{0}")]
    NotFound(&'static str),
    /// Our own failure. 500, with a fixed body; the log has the chain.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

/// An answer with a JSON body.
#[expect(clippy::missing_panics_doc, reason = "it cannot")]
pub fn json_answer(status: StatusCode, body: &Value) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .expect("status and header are constants")
}

/// 204 with a content type, as TaskRouter wants it and as every Twilio webhook accepts it.
#[expect(clippy::missing_panics_doc, reason = "it cannot")]
pub fn no_content() -> Response<Body> {
    Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::Empty)
        .expect("status and header are constants")
}

/// What the caller gets for an error; logs it once.
pub fn webhook_error(failure: &WebhookError) -> Response<Body> {
    let (status, said) = match failure {
        WebhookError::Unverified(cause) => {
            warn!(error = format!("{cause:#}"), "refused a request that the platform did not sign");
            (StatusCode::FORBIDDEN, "request is not signed by the platform".to_owned())
        }
        WebhookError::Malformed(cause) => {
            warn!(error = format!("{cause:#}"), "refused a malformed event");
            (StatusCode::BAD_REQUEST, format!("event is malformed: {cause:#}"))
        }
        WebhookError::NotFound(what) => {
            info!("refused an event: {what}");
            (StatusCode::NOT_FOUND, (*what).to_owned())
        }
        WebhookError::Internal(cause) => {
            error!(error = format!("{cause:#}"), "could not serve an event");
            (StatusCode::INTERNAL_SERVER_ERROR, "internal error".to_owned())
        }
    };
    json_answer(status, &json!({ "error": said }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_answer_and_an_internal_one_says_nothing() {
        let check = |failure: WebhookError, status: u16, said: &str| {
            let answer = webhook_error(&failure);
            assert_eq!(answer.status().as_u16(), status);
            let Body::Text(body) = answer.body() else { panic!("no text") };
            assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json!({ "error": said }));
        };
        check(WebhookError::Unverified(anyhow::anyhow!("key")), 403, "request is not signed by the platform");
        check(WebhookError::Malformed(anyhow::anyhow!("no MessageSid")), 400, "event is malformed: no MessageSid");
        check(WebhookError::NotFound("no such conversation"), 404, "no such conversation");
        check(WebhookError::Internal(anyhow::anyhow!("table").context("write")), 500, "internal error");
    }
}
