//! Signing in: with Discord (moderators of the configured server) and with a Flex token (agents).
//!
//! # In Flex
//!
//! The console is shown in Flex's CRM container, which frames the case's page. The frame's cookies are its own, so it signs in by itself:
//! a page without a session waits for a message `{ deskFlexToken: "<token>" }` from `https://flex.twilio.com` and posts the token here.
//! The plug-in's side is a few lines:
//!
//! ```js
//! // In the plug-in's init(flex, manager); CONSOLE is the stack's output ConsoleUrl.
//! const CONSOLE = "https://<id>.lambda-url.<region>.on.aws";
//! flex.CRMContainer.defaultProps.uriCallback = (task) =>
//!   task?.attributes?.case_url ?? `${CONSOLE}/`;
//! window.addEventListener("message", (event) => {
//!   if (event.origin === CONSOLE && event.data === "desk-flex-token-please") {
//!     event.source.postMessage({ deskFlexToken: manager.user.token }, CONSOLE);
//!   }
//! });
//! ```
//!
//! The token is never part of an address, where logs and histories would keep it.

use std::sync::Arc;

use anyhow::Context as _;
use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use discord::oauth::OAuthError;
use domain::rights::Actor;
use jiff::Timestamp;
use lambda_http::request::RequestContext;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tracing::{info, warn};

use super::seal::random_hex;
use super::session::{self, Session};
use super::{csrf, rate};
use crate::Deps;
use crate::pages::{self, sign_in as page};
use crate::problem::ApiError;
use crate::query::Pairs;
use crate::site::{Site, is_local};

/// How long somebody may take to sign in at Discord, in seconds.
const SECONDS: i64 = 600;

/// Longest token of Flex that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

const COOKIE: &str = "desk_sign_in";
const PURPOSE: &str = "sign-in";

/// What has to come back with somebody who was sent to Discord.
#[derive(Serialize, Deserialize)]
struct Started {
    state: String,
    verifier: String,
    next: String,
    until: i64,
}

/// The address of whoever makes the request, as AWS saw it.
pub type Context = Option<Extension<RequestContext>>;

fn source(context: &Context) -> String {
    match context {
        Some(Extension(RequestContext::ApiGatewayV2(context))) => {
            context.http.source_ip.clone().unwrap_or_else(|| "unknown".to_owned())
        }
        _ => "unknown".to_owned(),
    }
}

fn cookie(site: &Site, value: &str, seconds: i64) -> HeaderValue {
    let path = site.path("/sign-in");
    // Lax, so that it comes along when Discord sends the browser back.
    let text = format!("{COOKIE}={value}; Path={path}; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax");
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `GET /sign-in`: the page to sign in.
pub async fn show(Extension(site): Extension<Site>, RawQuery(query): RawQuery) -> Response {
    let next = Pairs::parse(query.as_deref()).last("next").filter(|next| is_local(next));
    page::page(StatusCode::OK, &site, next.as_deref().unwrap_or("/"), None)
}

/// `GET /sign-in/discord`: sends somebody to Discord.
pub async fn start(
    State(deps): State<Arc<Deps>>,
    Extension(site): Extension<Site>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some((oauth, _)) = deps.oauth.as_ref().zip(deps.casework.configured) else {
        return page::not_configured(&site);
    };
    let next =
        Pairs::parse(query.as_deref()).last("next").filter(|next| is_local(next)).unwrap_or_else(|| "/".to_owned());
    let begun = || -> anyhow::Result<Response> {
        let (state, verifier) = (random_hex::<16>()?, random_hex::<32>()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let url = oauth.authorize_url(&redirect_uri(&site), &state, &challenge).context("make Discord's address")?;
        let started = Started { state, verifier, next, until: Timestamp::now().as_second() + SECONDS };
        let mut response = Redirect::to(url.as_str()).into_response();
        let cookie = cookie(&site, &deps.seal.close(PURPOSE, &started), SECONDS);
        response.headers_mut().append(header::SET_COOKIE, cookie);
        Ok(response)
    };
    begun().unwrap_or_else(|error| pages::failed(&site, &ApiError::Internal(error)))
}

fn redirect_uri(site: &Site) -> String {
    site.url("/sign-in/callback")
}

/// `GET /sign-in/callback`: where Discord sends somebody back to.
pub async fn finish(
    State(deps): State<Arc<Deps>>,
    Extension(site): Extension<Site>,
    context: Context,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let mut response = match finished(&deps, &site, &context, query.as_deref(), &headers).await {
        Ok(response) => response,
        Err(error) => page::refused(&site, &error),
    };
    response.headers_mut().append(header::SET_COOKIE, cookie(&site, "", 0));
    response
}

async fn finished(
    deps: &Deps,
    site: &Site,
    context: &Context,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let Some((oauth, server)) = deps.oauth.as_ref().zip(deps.casework.configured) else {
        return Ok(page::not_configured(site));
    };
    rate::take(&deps.casework.store, &format!("sign-in:{}", source(context)), rate::SIGN_INS_PER_MINUTE).await?;
    let pairs = Pairs::parse(query);
    let state = pairs.last("state").unwrap_or_default();
    let started = session::cookies(headers, COOKIE)
        .filter_map(|value| deps.seal.open::<Started>(PURPOSE, value))
        .find(|started| bool::from(started.state.as_bytes().ct_eq(state.as_bytes())))
        .filter(|started| started.until > Timestamp::now().as_second())
        .ok_or(ApiError::Unauthorized)?;
    // Without a code they have said no to Discord, or Discord to them.
    let code = pairs.last("code").filter(|code| code.len() <= 512).ok_or(ApiError::Unauthorized)?;
    let token =
        oauth.exchange(&code, &redirect_uri(site), &started.verifier).await.map_err(|error| oauth_error(&error))?;
    let person = oauth.who(&token).await.map_err(|error| oauth_error(&error))?;
    let actor = match deps.moderators.moderator(server, person.id).await {
        Ok(actor) => actor.ok_or(ApiError::Forbidden)?,
        Err(error) => {
            warn!(error = format!("{error:#}"), "a moderator could not be checked");
            return Err(ApiError::Unavailable);
        }
    };
    info!(person.id = %person.id, "a moderator signed in");
    let session = Session::begin(&actor, Timestamp::now(), None)?.ok_or(ApiError::Forbidden)?;
    Ok(signed_in(deps, site, &session, Redirect::to(&site.path(&started.next)).into_response()))
}

fn oauth_error(error: &OAuthError) -> ApiError {
    match error {
        // Ours is wrong: somebody should act.
        OAuthError::Refused { error, .. } if error == "invalid_client" => {
            ApiError::Internal(anyhow::anyhow!("Discord does not take the client secret"))
        }
        OAuthError::Refused { .. } => ApiError::Unauthorized,
        OAuthError::Unavailable { .. } => {
            warn!(error = %error, "nobody can sign in with Discord just now");
            ApiError::Unavailable
        }
    }
}

fn signed_in(deps: &Deps, site: &Site, session: &Session, mut response: Response) -> Response {
    response.headers_mut().append(header::SET_COOKIE, session.cookie(&deps.seal, site, Timestamp::now()));
    response
}

/// `POST /sign-in/flex`: an agent's Flex token, as `{"token": "..."}` from our own script.
pub async fn flex(
    State(deps): State<Arc<Deps>>,
    Extension(site): Extension<Site>,
    context: Context,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    flex_token(&deps, &site, &context, &headers, &body)
        .await
        .unwrap_or_else(axum::response::IntoResponse::into_response)
}

async fn flex_token(
    deps: &Deps,
    site: &Site,
    context: &Context,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, ApiError> {
    #[derive(Deserialize)]
    struct Posted {
        token: SecretString,
    }
    // Otherwise another page could sign somebody in as somebody else.
    if !csrf::is_from_us(headers, site) {
        return Err(ApiError::Forbidden);
    }
    if !crate::api::extract::is_json(headers) {
        return Err(ApiError::NotJson);
    }
    if body.len() > TOKEN_BYTES_MAX {
        return Err(ApiError::TooLarge);
    }
    rate::take(&deps.casework.store, &format!("sign-in:{}", source(context)), rate::SIGN_INS_PER_MINUTE).await?;
    let posted: Posted =
        serde_json::from_slice(body).map_err(|_| ApiError::Malformed("the body is not a token".to_owned()))?;
    let token = match deps.twilio.validate_token(&posted.token).await {
        Ok(token) => token.ok_or(ApiError::Unauthorized)?,
        Err(error) if error.is_transient() => {
            warn!(error = %error, "a Flex token could not be checked");
            return Err(ApiError::Unavailable);
        }
        Err(error) => return Err(ApiError::Internal(anyhow::Error::new(error).context("check a Flex token"))),
    };
    info!(worker.sid = %token.worker, "an agent signed in");
    let actor = Actor::Agent { worker: token.worker, name: token.name };
    let now = Timestamp::now();
    let session = Session::begin(&actor, now, token.expires_at)?.ok_or(ApiError::Forbidden)?;
    let session = session.continuing(session::presented(&deps.seal, headers, now).as_ref());
    Ok(signed_in(deps, site, &session, StatusCode::NO_CONTENT.into_response()))
}

/// `POST /sign-out`.
pub async fn sign_out(Extension(site): Extension<Site>) -> Response {
    let mut response = Redirect::to(&site.path("/sign-in")).into_response();
    response.headers_mut().append(header::SET_COOKIE, session::ended(&site));
    response
}
