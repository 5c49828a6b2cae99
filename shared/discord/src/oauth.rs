//! Signing people in with Discord: the authorization code flow with PKCE. See [Discord Docs/OAuth2].

use std::fmt;
use std::time::Duration;

use domain::ids::ApplicationId;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, USER_AGENT};
use reqwest::{StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::client::AGENT;
use crate::interaction::{Person, WireUser};

/// How long one call may take.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// What we ask for: who somebody is, and nothing else. What they may do is asked with the bot's own token.
pub const SCOPE: &str = "identify";

/// Why somebody could not be signed in. Shows no code, secret or token.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// Discord refused: the code is used, old or made up (`invalid_grant`), or our secret is wrong (`invalid_client`).
    #[error("Discord refused with {status}, {error}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Discord's word for it.
        error: String,
    },
    /// Discord could not be reached or could not serve.
    #[error("Discord is not available: {reason}")]
    Unavailable {
        /// In short.
        reason: String,
        /// What happened on the way, without the URL.
        #[source]
        source: Option<reqwest::Error>,
    },
}

/// Our side of the flow: which application, and where people come back.
#[derive(Clone)]
pub struct OAuthClient {
    /// Sends the calls.
    pub http: reqwest::Client,
    /// `https://discord.com`.
    pub api_url: String,
    /// The application.
    pub client_id: ApplicationId,
    /// The application's `OAuth2` secret.
    pub client_secret: SecretString,
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("api_url", &self.api_url)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// Where to send somebody who wants to sign in: `{api_url}/oauth2/authorize`.
///
/// `state` comes back unchanged and must be tied to their browser; `code_challenge` is the base64url of the SHA-256 of the verifier that
/// [`OAuthClient::exchange`] gets. Those who have allowed it before are sent back without being asked again.
pub fn authorize_url(
    api_url: &str,
    client_id: ApplicationId,
    redirect_uri: &str,
    state: &str,
    code_challenge: &str,
) -> Result<Url, OAuthError> {
    let mut url = Url::parse(&format!("{}/oauth2/authorize", api_url.trim_end_matches('/')))
        .map_err(|_| OAuthError::Unavailable { reason: "its address is malformed".to_owned(), source: None })?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &client_id.to_string())
        .append_pair("scope", SCOPE)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("state", state)
        .append_pair("code_challenge", code_challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("prompt", "none");
    Ok(url)
}

impl OAuthClient {
    /// See [`authorize_url`].
    pub fn authorize_url(&self, redirect_uri: &str, state: &str, code_challenge: &str) -> Result<Url, OAuthError> {
        authorize_url(&self.api_url, self.client_id, redirect_uri, state, code_challenge)
    }

    /// Turns the code that somebody came back with into an access token. `redirect_uri` is the one they were sent with.
    pub async fn exchange(&self, code: &str, redirect_uri: &str, verifier: &str) -> Result<SecretString, OAuthError> {
        #[derive(Deserialize)]
        struct Token {
            access_token: SecretString,
            token_type: String,
        }
        let request = self.http.post(self.url("oauth2/token")).form(&[
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id.to_string()),
            // A pasted secret may end in a line break.
            ("client_secret", self.client_secret.expose_secret().trim()),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ]);
        let token: Token = call(request).await?;
        if !token.token_type.eq_ignore_ascii_case("bearer") {
            return Err(undocumented());
        }
        Ok(token.access_token)
    }

    /// Whose token it is. See [Discord Docs/User Resource, Get Current User].
    pub async fn who(&self, token: &SecretString) -> Result<Person, OAuthError> {
        let mut value =
            HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| undocumented())?;
        value.set_sensitive(true);
        let user: WireUser = call(self.http.get(self.url("users/@me")).header(AUTHORIZATION, value)).await?;
        Ok(user.named(None))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v10/{path}", self.api_url.trim_end_matches('/'))
    }
}

/// What a refusal says, as far as we read it.
#[derive(Default, Deserialize)]
struct Said {
    error: Option<String>,
}

async fn call<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, OAuthError> {
    let request = request.header(USER_AGENT, AGENT).header(ACCEPT, "application/json").timeout(TIMEOUT);
    let answer = request.send().await.map_err(on_the_way)?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(on_the_way)?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|_| undocumented());
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(OAuthError::Unavailable { reason: format!("status {}", status.as_u16()), source: None });
    }
    // Only a word of the documented kind: nothing that was sent may come back into a log.
    let said = serde_json::from_slice::<Said>(&body).unwrap_or_default().error;
    let word = |error: &String| error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let error = said.filter(word).unwrap_or_else(|| "no reason given".to_owned());
    Err(OAuthError::Refused { status: status.as_u16(), error })
}

fn undocumented() -> OAuthError {
    OAuthError::Unavailable { reason: "its answer is not the documented one".to_owned(), source: None }
}

fn on_the_way(error: reqwest::Error) -> OAuthError {
    let reason = if error.is_timeout() { "no answer in time" } else { "no connection" };
    OAuthError::Unavailable { reason: reason.to_owned(), source: Some(error.without_url()) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use axum::http::HeaderMap;
    use axum::routing::{get, post};
    use axum::{Form, Json, Router};
    use serde_json::{Value, json};

    use super::*;

    const REDIRECT: &str = "https://example.org/console/callback?a=b&c";

    async fn token(Form(form): Form<HashMap<String, String>>) -> (StatusCode, Json<Value>) {
        let expected = [
            ("grant_type", "authorization_code"),
            ("client_id", "1380000000000000001"),
            ("client_secret", "client-secret"),
            ("redirect_uri", REDIRECT),
            ("code_verifier", "verifier"),
        ];
        for (name, value) in expected {
            assert_eq!(form[name], value);
        }
        match form["code"].as_str() {
            "good" => (
                StatusCode::OK,
                Json(json!({"access_token": "token-secret", "token_type": "Bearer", "scope": "identify"})),
            ),
            "mac" => (StatusCode::OK, Json(json!({"access_token": "token-secret", "token_type": "mac"}))),
            "down" => (StatusCode::BAD_GATEWAY, Json(json!({}))),
            "echo" => (StatusCode::BAD_REQUEST, Json(json!({"error": "Bad code-secret"}))),
            _ => (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant", "error_description": "code-secret"}))),
        }
    }

    async fn me(headers: HeaderMap) -> (StatusCode, Json<Value>) {
        if headers["authorization"] != "Bearer token-secret" {
            return (StatusCode::UNAUTHORIZED, Json(json!({"message": "401: Unauthorized", "code": 0})));
        }
        (StatusCode::OK, Json(json!({"id": "7", "username": "ada_player", "global_name": "Ada"})))
    }

    async fn client() -> OAuthClient {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let app = Router::new().route("/api/v10/oauth2/token", post(token)).route("/api/v10/users/@me", get(me));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api_url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        OAuthClient {
            http: reqwest::Client::new(),
            api_url,
            client_id: ApplicationId::new(1_380_000_000_000_000_001).unwrap(),
            client_secret: SecretString::from("client-secret\n"),
        }
    }

    #[test]
    fn people_are_sent_to_the_documented_page() {
        let id = ApplicationId::new(5).unwrap();
        let url = authorize_url("https://discord.com/", id, REDIRECT, "st&te", "challenge").unwrap();
        assert_eq!(
            url.as_str(),
            "https://discord.com/oauth2/authorize?response_type=code&client_id=5&scope=identify\
             &redirect_uri=https%3A%2F%2Fexample.org%2Fconsole%2Fcallback%3Fa%3Db%26c&state=st%26te\
             &code_challenge=challenge&code_challenge_method=S256&prompt=none"
        );
        assert!(authorize_url("discord", id, REDIRECT, "s", "c").is_err());
    }

    #[tokio::test]
    async fn a_code_becomes_a_token_and_a_token_a_person() {
        let client = client().await;
        let token = client.exchange("good", REDIRECT, "verifier").await.unwrap();
        let person = client.who(&token).await.unwrap();
        assert_eq!((person.id.get(), person.display_name.as_str()), (7, "Ada"));
        let error = client.who(&SecretString::from("other")).await.unwrap_err();
        assert_eq!(error.to_string(), "Discord refused with 401, no reason given");
        assert!(client.who(&SecretString::from("line\nbreak")).await.is_err());
        assert!(!format!("{client:?} {token:?}").contains("-secret"));
    }

    #[tokio::test]
    async fn a_refusal_repeats_nothing_that_was_sent() {
        let client = client().await;
        let check = async |code: &str, expected: &str| {
            let error = client.exchange(code, REDIRECT, "verifier").await.unwrap_err();
            assert_eq!(error.to_string(), expected);
            assert!(!format!("{error:?}").contains("secret"));
        };
        check("old", "Discord refused with 400, invalid_grant").await;
        check("echo", "Discord refused with 400, no reason given").await;
        check("mac", "Discord is not available: its answer is not the documented one").await;
        check("down", "Discord is not available: status 502").await;
    }
}
