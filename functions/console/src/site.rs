//! Where the console is: its links and its own origin.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use lambda_http::http::uri::PathAndQuery;
use lambda_http::http::{self, Uri};
use lambda_http::request::RequestContext;
use lambda_http::tower::ServiceExt as _;
use lambda_http::{Request, RequestExt as _};

use crate::headers;
use crate::problem::ApiError;

/// Where the console is below `PUBLIC_BASE_URL`.
const CONSOLE: &str = "console";

/// Where the exports are below `PUBLIC_BASE_URL`.
pub const EXPORTS: &str = "exports";

/// The console's place, as the browser sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    origin: String,
    base: String,
}

impl Site {
    /// `base_url` is `PUBLIC_BASE_URL`, below which the console is at `/console`; without it the console is all of `domain`.
    pub fn new(base_url: Option<&str>, domain: &str) -> Self {
        Self::of(CONSOLE, base_url, domain)
    }

    /// The same for another function's `folder`.
    pub fn of(folder: &str, base_url: Option<&str>, domain: &str) -> Self {
        let Some(base_url) = base_url else {
            return Self { origin: format!("https://{domain}"), base: String::new() };
        };
        let base_url = base_url.trim_end_matches('/');
        let host_at = base_url.find("://").map_or(0, |at| at + 3);
        let (origin, path) = match base_url[host_at..].find('/') {
            Some(at) => base_url.split_at(host_at + at),
            None => (base_url, ""),
        };
        Self { origin: origin.to_owned(), base: format!("{path}/{folder}") }
    }

    /// The path of a page of ours, which is `rest` inside the console.
    pub fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.base)
    }

    /// The whole address of a page of ours.
    pub fn url(&self, rest: &str) -> String {
        format!("{}{}{rest}", self.origin, self.base)
    }

    /// Scheme, host and port, as a browser writes them into `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What cookies are for: the console and nothing beside it.
    pub fn cookie_path(&self) -> &str {
        if self.base.is_empty() { "/" } else { &self.base }
    }

    /// Whether it is reached over HTTPS. Only a sandbox on the same machine is not.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// A request's address inside the console; `None` when it lies outside.
    pub fn inside(&self, uri: &Uri) -> Option<Uri> {
        let path = uri.path().strip_prefix(self.base.as_str())?;
        let path = match path.as_bytes().first() {
            None => "/",
            Some(b'/') => path,
            Some(_) => return None,
        };
        let inside = match uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        PathAndQuery::try_from(inside).ok().map(Uri::from)
    }

    /// What the routes inside answer to a request.
    pub async fn answer(self, router: &Router, request: Request) -> Result<Response, Infallible> {
        let context = request.request_context_ref().cloned();
        let mut response = match self.inside(request.uri()) {
            Some(inside) => {
                let (parts, body) = request.into_parts();
                let mut inner = http::Request::new(Body::new(body));
                *inner.method_mut() = parts.method;
                *inner.uri_mut() = inside;
                *inner.headers_mut() = parts.headers;
                inner.extensions_mut().insert(self.clone());
                if let Some(context) = context {
                    inner.extensions_mut().insert(context);
                }
                router.clone().oneshot(inner).await?
            }
            None => ApiError::NotFound.into_response(),
        };
        headers::complete(&mut response, &self);
        Ok(response)
    }
}

/// The function URL's own host; never from a header.
pub fn domain(request: &Request) -> String {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.domain_name.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

/// Whether `next` is a place of ours to go on to: a path, and nothing that a browser takes for another host.
pub fn is_local(next: &str) -> bool {
    let second = next.as_bytes().get(1);
    next.starts_with('/')
        && !matches!(second, Some(b'/' | b'\\'))
        && next.len() <= 1000
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lie_below_the_base_path() {
        let check = |base: Option<&str>, origin: &str, path: &str, cookies: &str| {
            let site = Site::new(base, "x.lambda-url.example");
            assert_eq!((site.origin(), site.path("/cases").as_str(), site.cookie_path()), (origin, path, cookies));
        };
        check(None, "https://x.lambda-url.example", "/cases", "/");
        check(Some("https://desk.example"), "https://desk.example", "/console/cases", "/console");
        check(Some("http://127.0.0.1:8700"), "http://127.0.0.1:8700", "/console/cases", "/console");
        check(Some("https://a.example/desk/"), "https://a.example", "/desk/console/cases", "/desk/console");
    }

    #[test]
    fn the_base_path_is_taken_off_and_nothing_else() {
        let check = |base: Option<&str>, uri: &str, inside: Option<&str>| {
            let found = Site::new(base, "d").inside(&uri.parse().unwrap());
            assert_eq!(found.map(|uri| uri.to_string()).as_deref(), inside, "{uri}");
        };
        let base = Some("https://desk.example");
        check(base, "https://d/console", Some("/"));
        check(base, "https://d/console/", Some("/"));
        check(base, "https://d/console/cases/5?a=%2F", Some("/cases/5?a=%2F"));
        check(base, "https://d/console?a=b", Some("/?a=b"));
        check(base, "https://d/consoles", None);
        check(base, "https://d/", None);
        check(None, "https://d/cases", Some("/cases"));
        check(None, "https://d", Some("/"));
    }

    #[test]
    fn one_goes_on_only_to_our_own_pages() {
        for (next, local) in [
            ("/", true),
            ("/cases/5?q=a%20b", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("cases", false),
            ("", false),
            ("/a\nb", false),
            ("/a b", false),
        ] {
            assert_eq!(is_local(next), local, "{next:?}");
        }
    }
}
