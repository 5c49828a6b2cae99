//! What every Twilio webhook's function does first: check that Twilio calls.

use anyhow::anyhow;
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt};
use runtime::answer::WebhookError;
use secrecy::SecretString;

/// Largest body that is looked at, in bytes. A message has at most 32 KB of text, which percent-encoding at most triples, and 4 KB of
/// attributes; Studio's calls carry the whole trigger.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// Checks signatures.
#[derive(Clone)]
pub struct Webhook {
    /// The key of the signatures.
    pub auth_token: SecretString,
    /// `PUBLIC_BASE_URL`: the base of the URL that Twilio signs; `None` is the request's own domain name.
    pub base_url: Option<String>,
}

impl Webhook {
    /// The body, once it is known to come from Twilio.
    pub fn verified<'a>(&self, request: &'a Request) -> Result<&'a [u8], WebhookError> {
        let body: &[u8] = match request.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        };
        if body.len() > BODY_BYTES_MAX {
            return Err(WebhookError::Unverified(anyhow!("the body has more than {BODY_BYTES_MAX} bytes")));
        }
        let domain = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.domain_name.clone().unwrap_or_default(),
            _ => String::new(),
        };
        let path = request.raw_http_path();
        let query = request.uri().query().unwrap_or_default();
        let url = twilio::signature::request_url(self.base_url.as_deref(), &domain, path, query);
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        twilio::signature::verify(
            &self.auth_token,
            header("x-twilio-signature"),
            &url,
            header("content-type"),
            request.method().as_str(),
            body,
        )
        .map_err(|error| WebhookError::Unverified(error.into()))?;
        Ok(body)
    }
}
