//! The signature that Twilio puts on everything it sends. See [Twilio Docs/Webhooks Security].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// Why a request is not taken for Twilio's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// There is no `X-Twilio-Signature` header.
    #[error("no X-Twilio-Signature")]
    Missing,
    /// The header is not base64.
    #[error("X-Twilio-Signature is not base64")]
    Encoding,
    /// A body that is not a form has to be named by `bodySHA256` in the query, and is not.
    #[error("no bodySHA256 for a body that is not a form")]
    BodyHashMissing,
    /// `bodySHA256` names another body.
    #[error("bodySHA256 is of another body")]
    BodyHashMismatch,
    /// The signature is of another request, or made with another token.
    #[error("X-Twilio-Signature does not match")]
    Mismatch,
}

/// Checks that Twilio made this request.
///
/// `url` is the URL as Twilio was given it (see [`request_url`]): percent-encoding and order untouched. `body` is the body as
/// received. A form's parameters are signed with the URL; any other body is signed through `bodySHA256` in the query, which
/// is mandatory and compared with the bytes. Twilio is inconsistent about the port and about an apostrophe in the query, so
/// the spellings that its own libraries accept are accepted here.
///
/// # Errors
///
/// [`VerifyError`]; every one of them is a 403.
#[expect(clippy::missing_panics_doc, reason = "HMAC takes keys of any length")]
pub fn verify(
    auth_token: &SecretString,
    signature_header: Option<&str>,
    url: &str,
    content_type: Option<&str>,
    method: &str,
    body: &[u8],
) -> Result<(), VerifyError> {
    let header = signature_header.filter(|header| !header.is_empty()).ok_or(VerifyError::Missing)?;
    let signature = STANDARD.decode(header).map_err(|_| VerifyError::Encoding)?;

    // A fragment carries connection overrides (`#rc=3`) and is not part of what is signed.
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let is_get = method.eq_ignore_ascii_case("GET");
    let is_form = !is_get && has_type(content_type, "application/x-www-form-urlencoded");
    let is_json = !is_get && has_type(content_type, "application/json");
    let parameters = if is_form { sorted_parameters(body) } else { String::new() };
    if is_json || (!is_form && !body.is_empty()) {
        check_body_hash(url, body)?;
    }

    let key =
        Hmac::<Sha1>::new_from_slice(auth_token.expose_secret().as_bytes()).expect("HMAC takes keys of any length");
    let matches = spellings(url).into_iter().any(|url| {
        let mac = key.clone().chain_update(url.as_bytes()).chain_update(parameters.as_bytes());
        mac.verify_slice(&signature).is_ok() // Constant time.
    });
    if matches { Ok(()) } else { Err(VerifyError::Mismatch) }
}

/// The URL that Twilio called, as it was configured there.
///
/// `base` is `PUBLIC_BASE_URL` (empty counts as absent) and goes before the path; without it the request's own domain name is
/// taken. `raw_path` and `raw_query` are a function URL's `rawPath` and `rawQueryString`: a parsed query would lose order and
/// encoding, and with them the signature.
pub fn request_url(base: Option<&str>, domain_name: &str, raw_path: &str, raw_query: &str) -> String {
    let base = match base.map(|base| base.trim_end_matches('/')).filter(|base| !base.is_empty()) {
        Some(base) => Cow::Borrowed(base),
        None => Cow::Owned(format!("https://{domain_name}")),
    };
    let question_mark = if raw_query.is_empty() { "" } else { "?" };
    format!("{base}{raw_path}{question_mark}{raw_query}")
}

/// Content types carry parameters (`; charset=utf-8`) and any case.
fn has_type(content_type: Option<&str>, expected: &str) -> bool {
    let bare = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    bare.eq_ignore_ascii_case(expected)
}

/// Names in byte order, each before its distinct values in byte order, without separators.
fn sorted_parameters(body: &[u8]) -> String {
    let mut parameters = BTreeMap::<Cow<'_, str>, BTreeSet<Cow<'_, str>>>::new();
    for (name, value) in form_urlencoded::parse(body) {
        parameters.entry(name).or_default().insert(value);
    }
    let mut text = String::with_capacity(body.len());
    for (name, values) in &parameters {
        for value in values {
            text.push_str(name);
            text.push_str(value);
        }
    }
    text
}

fn check_body_hash(url: &str, body: &[u8]) -> Result<(), VerifyError> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let named = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "bodySHA256")
        .ok_or(VerifyError::BodyHashMissing)?
        .1;
    let mut hash = [0; 32];
    hex::decode_to_slice(named.as_bytes(), &mut hash).map_err(|_| VerifyError::BodyHashMismatch)?;
    // The hash is no secret: it stands in the URL. Constant time would protect nothing here.
    if Sha256::digest(body).as_slice() == hash { Ok(()) } else { Err(VerifyError::BodyHashMismatch) }
}

/// The URL as given, with and without its port, each with the query's apostrophes plain and escaped.
fn spellings(url: &str) -> Vec<String> {
    let mut urls = vec![url.to_owned()];
    if let Some(other) = with_port_toggled(url) {
        urls.push(other);
    }
    for at in 0..urls.len() {
        if let Some((path, query)) = urls[at].split_once('?') {
            let escaped = format!("{path}?{}", query.replace('\'', "%27"));
            let plain = format!("{path}?{}", query.replace("%27", "'"));
            urls.extend([escaped, plain]);
        }
    }
    urls.dedup();
    urls
}

/// The URL without its port, or with the scheme's own where it names none; `None` for what is no web address.
fn with_port_toggled(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(authority_end);
    // User info may hold a colon of its own, and so may an IPv6 address in its brackets.
    let host_start = authority.rfind('@').map_or(0, |at| at + 1);
    let port_search_start = authority.rfind(']').unwrap_or(host_start);
    let authority = match authority[port_search_start..].rfind(':') {
        Some(colon) => authority[..port_search_start + colon].to_owned(),
        None if scheme.eq_ignore_ascii_case("https") => format!("{authority}:443"),
        None => format!("{authority}:80"),
    };
    Some(format!("{scheme}://{authority}{tail}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
    const JSON: &str = "application/json";

    /// Twilio's side of the scheme: the signature of a text.
    pub(crate) fn sign(auth_token: &str, text: &str) -> String {
        let mac = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()).unwrap().chain_update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    fn check(signed: &str, url: &str, content_type: &str, method: &str, body: &str) -> Result<(), VerifyError> {
        let signature = sign("12345", signed);
        verify(&"12345".into(), Some(&signature), url, Some(content_type), method, body.as_bytes())
    }

    #[test]
    fn a_form_is_signed_with_its_decoded_parameters_in_byte_order() {
        let body = "b=2&a=1&B=+x%20&a=0&a=1&empty=";
        let url = "https://example.com/hook?x=%20y";
        assert_eq!(check(&format!("{url}B x a0a1b2empty"), url, FORM, "POST", body), Ok(()));
        assert_eq!(check(&format!("{url}Bxa0a1b2empty"), url, FORM, "POST", body), Err(VerifyError::Mismatch));
        let unsigned_extra = format!("{body}&new=1");
        assert_eq!(
            check(&format!("{url}B x a0a1b2empty"), url, FORM, "POST", &unsigned_extra),
            Err(VerifyError::Mismatch)
        );
    }

    #[test]
    fn a_get_is_signed_by_its_url_alone() {
        let url = "https://example.com/hook?a=1&b=%27";
        assert_eq!(check(url, url, "", "GET", ""), Ok(()));
        assert_eq!(check(url, url, FORM, "GET", "a=1"), Err(VerifyError::BodyHashMissing));
    }

    #[test]
    fn a_json_body_has_to_be_the_one_that_the_query_names() {
        let body = r#"{"a":1}"#;
        let url = format!("https://example.com/hook?bodySHA256={}", hex::encode(Sha256::digest(body)));
        assert_eq!(check(&url, &url, JSON, "POST", body), Ok(()));
        assert_eq!(check(&url, &url, "Application/JSON;charset=utf-8", "POST", body), Ok(()));
        assert_eq!(check(&url, &url, JSON, "POST", r#"{"a":2}"#), Err(VerifyError::BodyHashMismatch));
        assert_eq!(check(&url, &url, JSON, "POST", ""), Err(VerifyError::BodyHashMismatch));
        assert_eq!(check(&url, &url, "text/plain", "POST", r#"{"a":2}"#), Err(VerifyError::BodyHashMismatch));
        let bare = "https://example.com/hook";
        assert_eq!(check(bare, bare, JSON, "POST", body), Err(VerifyError::BodyHashMissing));
        assert_eq!(check(bare, bare, JSON, "POST", ""), Err(VerifyError::BodyHashMissing));
        assert_eq!(check(bare, bare, "", "POST", body), Err(VerifyError::BodyHashMissing));
        let garbled = "https://example.com/hook?bodySHA256=zz";
        assert_eq!(check(garbled, garbled, JSON, "POST", body), Err(VerifyError::BodyHashMismatch));
    }

    #[test]
    fn a_json_signature_does_not_pass_for_a_form() {
        let body = r#"{"a":1}"#;
        let url = format!("https://example.com/hook?bodySHA256={}", hex::encode(Sha256::digest(body)));
        assert_eq!(check(&url, &url, FORM, "POST", "EventType=x"), Err(VerifyError::Mismatch));
    }

    #[test]
    fn twilio_may_sign_with_or_without_the_port_and_never_with_the_fragment() {
        let check = |signed: &str, url: &str| {
            assert_eq!(check(signed, url, "", "POST", ""), Ok(()), "{signed} for {url}");
        };
        check("https://example.com:443/", "https://example.com/");
        check("https://example.com/", "https://example.com:443/");
        check("https://example.com/", "https://example.com:8443/");
        check("http://example.com:80?a=:1", "http://example.com?a=:1");
        check("https://user:pass@example.com:443/", "https://user:pass@example.com/");
        check("https://user:pass@example.com/", "https://user:pass@example.com:443/");
        check("https://[::1]:443/", "https://[::1]/");
        check("https://example.com/?a=b", "https://example.com/?a=b#rc=3");
        check("https://example.com/?a=it%27s", "https://example.com/?a=it's");
        check("https://example.com:443/?a=it's", "https://example.com/?a=it%27s");
    }

    #[test]
    fn no_garbled_or_foreign_signature_passes() {
        let url = "https://example.com/";
        let check = |header: Option<&str>| verify(&"12345".into(), header, url, None, "POST", b"");
        assert_eq!(check(None), Err(VerifyError::Missing));
        assert_eq!(check(Some("")), Err(VerifyError::Missing));
        assert_eq!(check(Some("not base64!")), Err(VerifyError::Encoding));
        assert_eq!(check(Some("AAAA")), Err(VerifyError::Mismatch));
        assert_eq!(check(Some(&sign("54321", url))), Err(VerifyError::Mismatch));
        let own = sign("12345", url);
        assert_eq!(check(Some(&own)), Ok(()));
        assert_eq!(check(Some(&own[..own.len() - 4])), Err(VerifyError::Mismatch));
    }

    #[test]
    fn the_url_is_the_public_one_and_stays_raw() {
        let check = |base, path, query, expected: &str| {
            assert_eq!(request_url(base, "abc.lambda-url.us-east-1.on.aws", path, query), expected);
        };
        check(None, "/", "", "https://abc.lambda-url.us-east-1.on.aws/");
        check(Some(""), "/", "b=%20&a", "https://abc.lambda-url.us-east-1.on.aws/?b=%20&a");
        check(Some("https://desk.example/"), "/hook", "x=1", "https://desk.example/hook?x=1");
        check(Some("http://127.0.0.1:8700"), "/forward-to-discord", "", "http://127.0.0.1:8700/forward-to-discord");
    }

    /// Twilio's libraries' own vectors, read from the contracts folder beside the checkout.
    #[test]
    fn the_vectors_of_twilios_own_libraries_pass() {
        #[derive(serde::Deserialize)]
        struct File {
            vectors: Vec<Vector>,
        }
        #[derive(serde::Deserialize)]
        struct Vector {
            id: String,
            auth_token: String,
            request_url: String,
            params: BTreeMap<String, OneOrMore>,
            json_body: Option<String>,
            signature: String,
            valid: bool,
        }
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum OneOrMore {
            One(String),
            More(Vec<String>),
        }

        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/contracts/twilio/signature_vectors.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("shared/contracts is not beside this checkout: Twilio's own signature vectors are not checked");
            return;
        };
        let file: File = serde_json::from_str(&text).unwrap();
        assert_eq!(file.vectors.len(), 29);
        for vector in file.vectors {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (name, value) in &vector.params {
                match value {
                    OneOrMore::One(value) => {
                        form.append_pair(name, value);
                    }
                    OneOrMore::More(values) => {
                        form.extend_pairs(values.iter().map(|value| (name, value)));
                    }
                }
            }
            let (content_type, body) = match vector.json_body {
                Some(json) => (JSON, json),
                None => (FORM, form.finish()),
            };
            let token = SecretString::from(vector.auth_token);
            let verdict = verify(
                &token,
                Some(&vector.signature),
                &vector.request_url,
                Some(content_type),
                "POST",
                body.as_bytes(),
            );
            assert_eq!(verdict.is_ok(), vector.valid, "{}: {verdict:?}", vector.id);
        }
    }
}
