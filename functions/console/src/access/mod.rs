//! Who gets in, and what their requests have to carry.
//!
//! A request is made with a session (a signed cookie, got by signing in with Discord or with a Flex token) or with an API key. What a
//! session changes needs the session's CSRF token and has to come from our own pages; a key needs neither, since no browser sends it
//! by itself.

pub mod csrf;
pub mod keys;
pub mod rate;
pub mod seal;
pub mod session;
pub mod sign_in;
pub mod ticket;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::rights::Actor;
use jiff::Timestamp;
use tracing::{info, warn};

use crate::problem::ApiError;
use crate::site::Site;
use crate::{Deps, access::session::Session};

/// Who makes a request, checked.
#[derive(Debug, Clone)]
pub struct Caller {
    /// What they are to the cases.
    pub actor: Actor,
    /// Their session; `None` for a machine with a key.
    pub session: Option<Session>,
}

impl Caller {
    /// By what the allowance is counted.
    pub fn principal(&self) -> String {
        match &self.actor {
            Actor::Person { id, .. } | Actor::Moderator { id, .. } => format!("discord:{id}"),
            Actor::Agent { worker, .. } => format!("flex:{worker}"),
            Actor::Machine { key, .. } => format!("key:{key}"),
        }
    }
}

/// What became of the question who makes a request.
#[derive(Debug, Clone)]
pub enum Identity {
    /// Somebody who may be here.
    Known(Box<Caller>),
    /// Nobody, or nobody who counts.
    Unknown,
    /// It cannot be checked just now.
    Unsure,
}

impl Identity {
    /// The caller, or the problem that answers everybody else.
    pub fn caller(&self) -> Result<&Caller, ApiError> {
        match self {
            Self::Known(caller) => Ok(caller),
            Self::Unknown => Err(ApiError::Unauthorized),
            Self::Unsure => Err(ApiError::Unavailable),
        }
    }
}

/// Finds out who makes a request, once, and renews or ends their session.
pub async fn identify(State(deps): State<Arc<Deps>>, mut request: Request, next: Next) -> Response {
    let site = site_of(&request);
    let (identity, cookie) = identity_of(&deps, &site, request.headers()).await;
    request.extensions_mut().insert(identity);
    let mut response = next.run(request).await;
    // A handler that signs in or out has the last word.
    let decided = response.headers().get_all(header::SET_COOKIE).iter().any(session::is_ours);
    if let Some(cookie) = cookie.filter(|_| !decided) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn identity_of(deps: &Deps, site: &Site, headers: &HeaderMap) -> (Identity, Option<HeaderValue>) {
    let now = Timestamp::now();
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let key = authorization.to_str().ok().and_then(keys::Presented::from_authorization);
        let actor = match key {
            Some(key) => keys::machine(&deps.casework.store, &key).await,
            None => Ok(None),
        };
        return match actor {
            Ok(Some(actor)) => (Identity::Known(Box::new(Caller { actor, session: None })), None),
            Ok(None) => (Identity::Unknown, None),
            Err(error) => {
                warn!(error = format!("{error:#}"), "an API key could not be checked");
                (Identity::Unsure, None)
            }
        };
    }
    let Some(session) = session::presented(&deps.seal, headers, now) else { return (Identity::Unknown, None) };
    let Some(actor) = session.actor(deps.casework.configured) else { return (Identity::Unknown, None) };
    let Actor::Moderator { id, server, .. } = actor else {
        return (Identity::Known(Box::new(Caller { actor, session: Some(session) })), None);
    };
    if session.is_fresh(now) {
        return (Identity::Known(Box::new(Caller { actor, session: Some(session) })), None);
    }
    match deps.moderators.moderator(server, id).await {
        Ok(Some(actor)) => {
            let session = session.checked_again(&actor, now);
            let cookie = session.cookie(&deps.seal, site, now);
            (Identity::Known(Box::new(Caller { actor, session: Some(session) })), Some(cookie))
        }
        Ok(None) => {
            info!(person.id = %id, "ended the session of somebody who is no moderator any more");
            (Identity::Unknown, Some(session::ended(site)))
        }
        Err(error) if session.is_tolerable(now) => {
            warn!(
                error = format!("{error:#}"),
                "a moderator could not be checked again; their session goes on for now"
            );
            (Identity::Known(Box::new(Caller { actor, session: Some(session) })), None)
        }
        Err(error) => {
            warn!(error = format!("{error:#}"), "a moderator could not be checked again");
            (Identity::Unsure, None)
        }
    }
}

/// Where the console is, as the request's first handler found out.
pub fn site_of(request: &Request) -> Site {
    request.extensions().get::<Site>().cloned().unwrap_or_else(|| Site::new(None, ""))
}

/// Who makes a request, as [`identify`] found out.
pub fn identity(request: &Request) -> Identity {
    request.extensions().get::<Identity>().cloned().unwrap_or(Identity::Unknown)
}
