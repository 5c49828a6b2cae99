//! Signing in with Discord: the authorisation page, tokens, and who a token belongs to.
//!
//! See [Discord Docs/OAuth2] and RFC 7636. The contract file does not describe these.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::state::{DiscordState, Person};
use super::{Core, new_token};
use crate::sims::http::{Reply, Request};
use crate::sims::ids::now_ms;

/// How long a code works: 10 minutes.
const CODE_LIFE_MS: u64 = 10 * 60 * 1000;

/// How long an access token works, in seconds: a week.
const TOKEN_LIFE_SECONDS: u64 = 604_800;

/// What was granted and has not been used up.
#[derive(Debug, Default)]
pub(super) struct Grants {
    codes: HashMap<String, Code>,
    /// Token to person, scope and end, in milliseconds.
    tokens: HashMap<String, (u64, String, u64)>,
    /// Who is signed in to Discord in the browser: every authorisation is theirs, without the page.
    pub(super) signed_in: Option<u64>,
}

#[derive(Debug)]
struct Code {
    person: u64,
    redirect_uri: String,
    scope: String,
    challenge: Option<String>,
    expires_ms: u64,
}

/// Whether a path is one of these, whatever stands before it.
pub(super) fn concerns(method: &str, path: &str) -> Option<Step> {
    let path = path.strip_prefix("/api/v10").or_else(|| path.strip_prefix("/api")).unwrap_or(path);
    match (method, path) {
        ("GET", "/oauth2/authorize") => Some(Step::Authorize),
        ("POST", "/oauth2/token") => Some(Step::Token),
        ("POST", "/oauth2/token/revoke") => Some(Step::Revoke),
        _ => None,
    }
}

/// A step of signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Authorize,
    Token,
    Revoke,
}

impl Step {
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::Authorize => "GET /oauth2/authorize",
            Self::Token => "POST /oauth2/token",
            Self::Revoke => "POST /oauth2/token/revoke",
        }
    }
}

pub(super) fn answer(core: &Core, step: Step, request: &Request) -> Reply {
    match step {
        Step::Authorize => core.state.change(|state| authorize(state, &request.query_pairs())),
        Step::Token => core.state.change(|state| token(core, state, request)),
        Step::Revoke => core.state.change(|state| revoke(core, state, request)),
    }
}

type Pairs = [(String, String)];

fn get<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

fn html(status: u16, title: &str, body: &str) -> Reply {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><h1>{title}</h1>{body}</html>"
    );
    Reply {
        status,
        headers: vec![
            ("content-type".into(), "text/html; charset=utf-8".into()),
            ("cache-control".into(), "no-store".into()),
        ],
        body: page.into(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page on which a person lets the application know who they are. `as=<user ID>` is a click on a name, `deny` one on
/// *Cancel*.
fn authorize(state: &mut DiscordState, query: &Pairs) -> Reply {
    let redirect_uri = get(query, "redirect_uri");
    let wrong = |what: &str| html(400, "Discord", &format!("<p role=\"alert\">{}</p>", escaped(what)));
    if get(query, "client_id") != state.application_id.to_string() {
        return wrong("Unknown Application");
    }
    // Registered addresses are compared whole; an application without any takes what comes, as nobody registers one here.
    let registered = state.application.get("redirect_uris").and_then(Value::as_array).cloned().unwrap_or_default();
    let known = registered.is_empty() || registered.iter().any(|uri| uri == redirect_uri);
    let Some(mut back) = url::Url::parse(redirect_uri).ok().filter(|_| known) else {
        return wrong("Invalid OAuth2 redirect_uri");
    };
    let sent = |mut back: url::Url, pairs: &[(&str, &str)]| {
        back.query_pairs_mut().extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
        Reply::empty(302).with_header("location", back).with_header("cache-control", "no-store")
    };
    let echoed = ("state", get(query, "state"));
    let refused = |error: &str, why: &str| sent(back.clone(), &[("error", error), ("error_description", why), echoed]);
    if get(query, "response_type") != "code" {
        return refused("unsupported_response_type", "The response type must be code");
    }
    let scope = get(query, "scope");
    let known_scope = |scope: &str| matches!(scope, "identify" | "guilds" | "email" | "openid" | "guilds.members.read");
    if !scope.split(' ').all(known_scope) {
        return refused("invalid_scope", "The requested scope is invalid, unknown, or malformed.");
    }
    let challenge = get(query, "code_challenge");
    if !challenge.is_empty() && get(query, "code_challenge_method") != "S256" {
        return refused("invalid_request", "The code challenge method must be S256");
    }
    if query.iter().any(|(key, _)| key == "deny") {
        return refused("access_denied", "The resource owner or authorization server denied the request");
    }
    let chosen = match get(query, "as") {
        "" => state.grants.signed_in,
        asked => asked.parse().ok(),
    };
    let Some(person) = chosen.filter(|id| state.users.contains_key(id)) else {
        return page(state, query);
    };
    let code = new_token()[..30].to_owned();
    let granted = Code {
        person,
        redirect_uri: redirect_uri.to_owned(),
        scope: scope.to_owned(),
        challenge: Some(challenge.to_owned()).filter(|challenge| !challenge.is_empty()),
        expires_ms: now_ms() + CODE_LIFE_MS,
    };
    state.grants.codes.insert(code.clone(), granted);
    back.set_fragment(None);
    sent(back, &[("code", &code), echoed])
}

fn page(state: &DiscordState, query: &Pairs) -> Reply {
    let mut form = String::from("<p>Who signs in to the application “Support”?</p><form method=\"get\" action=\"?\">");
    for (name, value) in query.iter().filter(|(name, _)| name != "as") {
        form.push_str(&format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escaped(name), escaped(value)));
    }
    for user in state.users.values() {
        form.push_str(&format!("<p><button name=\"as\" value=\"{}\">{}</button></p>", user.id, escaped(&user.name)));
    }
    form.push_str("<p><button name=\"deny\" value=\"1\">Cancel</button></p></form>");
    html(200, "Discord", &form)
}

fn oauth_error(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(status, &json!({"error": error, "error_description": description}))
        .with_header("cache-control", "no-store")
}

/// The form of a call by the application, once it has shown that it is the application.
fn authenticated(core: &Core, request: &Request) -> Result<Vec<(String, String)>, Reply> {
    let is_form =
        request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return Err(oauth_error(400, "invalid_request", "The body is not application/x-www-form-urlencoded"));
    }
    let form: Vec<(String, String)> = form_urlencoded::parse(&request.body).into_owned().collect();
    let (id, secret) = match request.header("authorization").and_then(|value| value.strip_prefix("Basic ")) {
        Some(basic) => {
            let plain = STANDARD.decode(basic).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
            plain.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned())).unwrap_or_default()
        }
        None => (get(&form, "client_id").to_owned(), get(&form, "client_secret").to_owned()),
    };
    if id == core.options.application_id.to_string() && secret == core.options.client_secret {
        Ok(form)
    } else {
        Err(oauth_error(401, "invalid_client", ""))
    }
}

fn token(core: &Core, state: &mut DiscordState, request: &Request) -> Reply {
    let form = match authenticated(core, request) {
        Ok(form) => form,
        Err(refusal) => return refusal,
    };
    if get(&form, "grant_type") != "authorization_code" {
        return oauth_error(400, "unsupported_grant_type", "Grant type None is not supported");
    }
    let invalid = |why: &str| oauth_error(400, "invalid_grant", why);
    // Whatever comes of it, a code is used up.
    let Some(granted) = state.grants.codes.remove(get(&form, "code")) else {
        return invalid("Invalid \"code\" in request.");
    };
    if now_ms() > granted.expires_ms {
        return invalid("Invalid \"code\" in request.");
    }
    if granted.redirect_uri != get(&form, "redirect_uri") {
        return invalid("Invalid \"redirect_uri\" in request.");
    }
    if let Some(challenge) = &granted.challenge {
        let verifier = get(&form, "code_verifier");
        let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        if !(43..=128).contains(&verifier.len()) || made != *challenge {
            return invalid("Invalid \"code_verifier\" in request.");
        }
    }
    let access = new_token()[..30].to_owned();
    let expires_ms = now_ms() + TOKEN_LIFE_SECONDS * 1000;
    state.grants.tokens.insert(access.clone(), (granted.person, granted.scope.clone(), expires_ms));
    Reply::json(
        200,
        &json!({
            "token_type": "Bearer", "access_token": access, "expires_in": TOKEN_LIFE_SECONDS,
            "refresh_token": &new_token()[..30], "scope": granted.scope,
        }),
    )
    .with_header("cache-control", "no-store")
}

fn revoke(core: &Core, state: &mut DiscordState, request: &Request) -> Reply {
    match authenticated(core, request) {
        Ok(form) => {
            state.grants.tokens.remove(get(&form, "token"));
            Reply::json(200, &json!({}))
        }
        Err(refusal) => refusal,
    }
}

impl DiscordState {
    /// `GET /users/@me` with an access token of a person.
    pub(super) fn bearer_user(&self, token: &str) -> Reply {
        let grant = self.grants.tokens.get(token).filter(|(.., expires_ms)| now_ms() < *expires_ms);
        let Some((person, scope, _)) = grant else {
            return Reply::json(401, &json!({"message": "401: Unauthorized", "code": 0}));
        };
        if !scope.split(' ').any(|scope| scope == "identify") {
            return Reply::json(403, &json!({"message": "Missing Access", "code": 50001}));
        }
        let mut user = self.user_object(*person);
        user["locale"] = json!(self.user(Person(*person)).map_or("en-US", |user| user.locale.as_str()));
        user["mfa_enabled"] = json!(false);
        user["premium_type"] = json!(0);
        user["flags"] = json!(0);
        user["banner"] = Value::Null;
        user["accent_color"] = Value::Null;
        Reply::json(200, &user)
    }

    /// Ends the life of every code and access token.
    pub(super) fn expire_grants(&mut self) {
        self.grants.codes.clear();
        self.grants.tokens.clear();
    }
}
