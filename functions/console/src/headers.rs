//! What every answer says to browsers.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::site::Site;

/// Where the pages may be framed, and nowhere else.
pub const FRAME_ANCESTORS: &str = "https://flex.twilio.com";

/// No script or style stands in a page, and none comes from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https://cdn.discordapp.com \
                      https://media.discordapp.net; connect-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors https://flex.twilio.com";

/// Half a year, in seconds.
const HSTS: &str = "max-age=15768000";

/// Adds the headers.
pub fn complete(response: &mut Response, site: &Site) {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not `no-referrer`: with it browsers send forms with `Origin: null`, and nobody could tell that they are ours.
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if site.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

/// Keeps answers out of caches, unless they say otherwise themselves.
pub async fn no_store(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_and_no_frame_but_flex() {
        assert!(POLICY.ends_with(&format!("frame-ancestors {FRAME_ANCESTORS}")) && !POLICY.contains("unsafe"));
        let with = |base: &str| {
            let mut response = Response::default();
            complete(&mut response, &Site::new(Some(base), ""));
            response.headers().contains_key("strict-transport-security")
        };
        assert!(with("https://desk.example") && !with("http://127.0.0.1:8700"));
    }
}
