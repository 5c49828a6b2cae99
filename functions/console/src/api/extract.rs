//! How requests are read. Every way in which that fails is a problem.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use domain::ids::{CaseNumber, PersonId};
use serde::de::DeserializeOwned;

use super::BODY_BYTES_MAX;
use crate::Deps;
use crate::access::{Caller, Identity};
use crate::problem::ApiError;

/// Largest number that JavaScript, and so any reader of JSON, keeps exact.
pub const NUMBER_MAX: u64 = 9_007_199_254_740_991;

impl FromRequestParts<Arc<Deps>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Deps>) -> Result<Self, ApiError> {
        parts.extensions.get::<Identity>().unwrap_or(&Identity::Unknown).caller().cloned()
    }
}

/// The number of a case, from the path.
#[derive(Debug, Clone, Copy)]
pub struct Number(pub CaseNumber);

/// A case's number as it stands in a path.
pub fn number(text: &str) -> Result<CaseNumber, ApiError> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number = text.parse().ok().filter(|number| is_plain && (1..=NUMBER_MAX).contains(number));
    number.map(CaseNumber).ok_or_else(|| ApiError::Malformed("the path has no case number".to_owned()))
}

async fn parameter(parts: &mut Parts, state: &Arc<Deps>, name: &str) -> Result<String, ApiError> {
    let malformed = || ApiError::Malformed("the path cannot be read".to_owned());
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| malformed())?;
    params.iter().find(|(found, _)| *found == name).map(|(_, value)| value.to_owned()).ok_or_else(malformed)
}

impl FromRequestParts<Arc<Deps>> for Number {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Deps>) -> Result<Self, ApiError> {
        number(&parameter(parts, state, "number").await?).map(Self)
    }
}

/// A part of the path as text, by the name of the place it stands at.
#[derive(Debug, Clone)]
pub struct NumberText(pub String);

impl FromRequestParts<Arc<Deps>> for NumberText {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Deps>) -> Result<Self, ApiError> {
        parameter(parts, state, "number").await.map(Self)
    }
}

/// The place of a file among a case's files, from the path; from 1.
#[derive(Debug, Clone, Copy)]
pub struct FilePlace(pub usize);

impl FromRequestParts<Arc<Deps>> for FilePlace {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Deps>) -> Result<Self, ApiError> {
        let text = parameter(parts, state, "n").await?;
        let place = number(&text).ok().and_then(|number| usize::try_from(number.0).ok());
        place.map(Self).ok_or_else(|| ApiError::Malformed("the path has no number of a file".to_owned()))
    }
}

/// A person's Discord user ID, from the path.
#[derive(Debug, Clone, Copy)]
pub struct Person(pub PersonId);

impl FromRequestParts<Arc<Deps>> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Deps>) -> Result<Self, ApiError> {
        let text = parameter(parts, state, "id").await?;
        person(&text).map(Self).ok_or_else(|| ApiError::Malformed("the path has no Discord user ID".to_owned()))
    }
}

/// A Discord user ID: 1 to 19 digits, no leading zero.
pub fn person(text: &str) -> Option<PersonId> {
    text.parse().ok().filter(|_| text.len() <= 19 && !text.starts_with('0'))
}

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Deps>> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &Arc<Deps>) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::NotJson);
        }
        let body = axum::body::to_bytes(request.into_body(), BODY_BYTES_MAX).await.map_err(|_| ApiError::TooLarge)?;
        read(&body).map(Self)
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    let mut value = serde_json::Deserializer::from_slice(body);
    let read = T::deserialize(&mut value).and_then(|read| value.end().map(|()| read));
    // serde's words name fields, and quote at most what the caller has sent.
    read.map_err(|error| ApiError::Malformed(format!("the body cannot be read: {error}")))
}

/// Whether a request says that its body is JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// A text without control characters other than line break and tab; line breaks are put in order.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Which versions of a case a change is meant for.
#[derive(Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// Whatever it is.
    Any,
    /// One of these.
    Versions(Vec<u64>),
}

impl IfMatch {
    /// Whether this version is meant.
    pub fn fits(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }

    /// Reads the header. A tag that is none of ours is no version. See [RFC 9110, If-Match].
    ///
    /// # Errors
    /// [`ApiError::VersionMissing`] without one, [`ApiError::Malformed`] when it cannot be read.
    pub fn read(headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut lines = headers.get_all(header::IF_MATCH).iter().peekable();
        if lines.peek().is_none() {
            return Err(ApiError::VersionMissing);
        }
        let malformed = || ApiError::Malformed("If-Match has to be the ETag of the case, such as \"3\"".to_owned());
        let mut versions = Vec::new();
        for line in lines {
            for tag in HeaderValue::to_str(line).map_err(|_| malformed())?.split(',') {
                let tag = tag.trim();
                if tag == "*" {
                    return Ok(Self::Any);
                }
                let (weak, quoted) = tag.strip_prefix("W/").map_or((false, tag), |tag| (true, tag));
                let inner = quoted.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).ok_or_else(malformed)?;
                // A weak tag never matches strongly.
                versions.extend(inner.parse::<u64>().ok().filter(|_| !weak));
            }
        }
        Ok(Self::Versions(versions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_in_a_path_is_plain_digits() {
        for (text, ok) in [
            ("1", true),
            ("9007199254740991", true),
            ("9007199254740992", false),
            ("99999999999999999999999", false),
            ("0", false),
            ("01", false),
            ("-1", false),
            ("+1", false),
            ("1.md", false),
            ("١", false),
            ("\0", false),
            ("", false),
        ] {
            assert_eq!(number(text).is_ok(), ok, "{text:?}");
        }
        assert!(person("1380000000000000009").is_some() && person("007").is_none() && person("0").is_none());
    }

    #[test]
    fn if_match_is_read_as_the_standard_has_it() {
        let read = |value: &'static [u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, HeaderValue::from_bytes(value).unwrap());
            IfMatch::read(&headers)
        };
        assert_eq!(read(b"\"3\"").unwrap(), IfMatch::Versions(vec![3]));
        assert_eq!(read(b"\"3\", \"4\"").unwrap(), IfMatch::Versions(vec![3, 4]));
        assert_eq!(read(b"W/\"3\"").unwrap(), IfMatch::Versions(vec![]));
        assert_eq!(read(b"\"x\"").unwrap(), IfMatch::Versions(vec![]));
        assert_eq!(read(b"*").unwrap(), IfMatch::Any);
        for wrong in [&b"3"[..], b"", b"\"3", b"\xff"] {
            assert!(matches!(read(wrong), Err(ApiError::Malformed(_))), "{wrong:?}");
        }
        assert!(matches!(IfMatch::read(&HeaderMap::new()), Err(ApiError::VersionMissing)));
    }

    #[test]
    fn a_body_is_one_value_and_nothing_behind_it() {
        let check = |body: &'static str, ok: bool| {
            assert_eq!(read::<Vec<u8>>(&Bytes::from(body)).is_ok(), ok, "{body}");
        };
        check("[1]", true);
        check(" [1]\n", true);
        check("[1] x", false);
        check("[1", false);
        check("", false);
        check("\u{0}", false);
    }

    #[test]
    fn control_characters_are_left_out() {
        assert_eq!(clean("a\u{0}b\r\nc\rd\te\u{1b}[0m\u{85}"), "ab\nc\nd\te[0m");
    }
}
