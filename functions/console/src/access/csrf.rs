//! Whether a change that a session wants was made on one of our own pages.

use axum::http::{HeaderMap, Method, header};
use subtle::ConstantTimeEq as _;

use super::seal::Seal;
use super::session::Session;
use crate::site::Site;

/// The header that scripts and machines send the token in.
pub const HEADER: &str = "x-csrf-token";

/// The field that forms send it in.
pub const FIELD: &str = "csrf";

/// Whether a method changes nothing.
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// Whether the browser says that the request comes from a page of ours. A client that says nothing is no browser.
pub fn is_from_us(headers: &HeaderMap, site: &Site) -> bool {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let fetch_site = said("sec-fetch-site").is_none_or(|from| from == "same-origin");
    let origin = said(header::ORIGIN.as_str()).is_none_or(|origin| origin.eq_ignore_ascii_case(site.origin()));
    fetch_site && origin
}

/// Whether `token` is the session's.
pub fn holds(seal: &Seal, session: &Session, token: &str) -> bool {
    session.csrf_token(seal).as_bytes().ct_eq(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_send_a_change() {
        let site = Site::new(Some("https://desk.example"), "");
        let check = |pairs: &[(&'static str, &str)], ours: bool| {
            let headers = pairs.iter().map(|(name, value)| {
                (axum::http::HeaderName::from_static(name), axum::http::HeaderValue::try_from(*value).unwrap())
            });
            assert_eq!(is_from_us(&headers.collect(), &site), ours, "{pairs:?}");
        };
        check(&[], true);
        check(&[("origin", "https://desk.example")], true);
        check(&[("origin", "https://desk.example"), ("sec-fetch-site", "same-origin")], true);
        check(&[("origin", "https://evil.example")], false);
        check(&[("origin", "null")], false);
        check(&[("origin", "http://desk.example")], false);
        for from in ["cross-site", "same-site", "none", ""] {
            check(&[("origin", "https://desk.example"), ("sec-fetch-site", from)], false);
        }
    }
}
