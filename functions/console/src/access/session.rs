//! Sessions: a signed cookie, nothing that would have to be kept.

use axum::http::{HeaderMap, HeaderValue, header};
use domain::ids::{GuildId, PersonId, WorkerSid};
use domain::rights::Actor;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::seal::{Seal, random_hex};
use crate::site::Site;

/// How long a moderator's session lasts, in seconds.
pub const MODERATOR_SECONDS: i64 = 8 * 3600;

/// How long an agent's session lasts, in seconds. Whether they are still one is known only from their next token, which the frame in
/// Flex hands over by itself; so it is shorter.
pub const AGENT_SECONDS: i64 = 2 * 3600;

/// After how long it is asked again whether somebody is a moderator, in seconds.
const CHECK_SECONDS: i64 = 5 * 60;

/// How long the last answer is still good when Discord cannot be asked, in seconds.
const TOLERANCE_SECONDS: i64 = 30 * 60;

/// The cookie.
const COOKIE: &str = "desk_session";

/// What the seal is for.
const PURPOSE: &str = "session";

/// Who a session is of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Who {
    /// A moderator, by their Discord user ID.
    #[serde(rename = "m")]
    Moderator(String),
    /// An agent, by their worker SID.
    #[serde(rename = "a")]
    Agent(String),
}

/// A session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    who: Who,
    name: String,
    id: String,
    until: i64,
    checked: i64,
    /// The server of which they are a moderator.
    server: Option<String>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A name and an identifier that is as good as a key.
        f.debug_struct("Session").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Session {
    /// A new session of a moderator or an agent; `None` for anybody else. `until`, in epoch seconds, can only make it shorter.
    pub fn begin(actor: &Actor, now: Timestamp, until: Option<i64>) -> anyhow::Result<Option<Self>> {
        let (who, name, seconds, server) = match actor {
            Actor::Moderator { id, name, server } => {
                (Who::Moderator(id.to_string()), name, MODERATOR_SECONDS, Some(server.to_string()))
            }
            Actor::Agent { worker, name } => (Who::Agent(worker.to_string()), name, AGENT_SECONDS, None),
            Actor::Person { .. } | Actor::Machine { .. } => return Ok(None),
        };
        let now = now.as_second();
        let most = now + seconds;
        Ok(Some(Self {
            who,
            name: name.clone(),
            id: random_hex::<16>()?,
            until: until.map_or(most, |until| until.min(most)),
            checked: now,
            server,
        }))
    }

    /// The same session going on after `earlier`, if that was of the same person: pages that are open keep a CSRF token that holds.
    #[must_use]
    pub fn continuing(mut self, earlier: Option<&Self>) -> Self {
        if let Some(earlier) = earlier.filter(|earlier| earlier.who == self.who) {
            self.id.clone_from(&earlier.id);
        }
        self
    }

    /// Who it is of; `None` when they were let in for another server than the one that is configured now.
    pub fn actor(&self, configured: Option<GuildId>) -> Option<Actor> {
        match &self.who {
            Who::Moderator(id) => {
                let server: GuildId = self.server.as_deref()?.parse().ok()?;
                let id: PersonId = id.parse().ok()?;
                (Some(server) == configured).then(|| Actor::Moderator { id, name: self.name.clone(), server })
            }
            Who::Agent(worker) => {
                let worker: WorkerSid = worker.parse().ok()?;
                Some(Actor::Agent { worker, name: self.name.clone() })
            }
        }
    }

    /// Whether it was asked lately that they are a moderator.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.as_second() - self.checked < CHECK_SECONDS
    }

    /// Whether the last answer is still good enough while Discord cannot be asked.
    pub fn is_tolerable(&self, now: Timestamp) -> bool {
        now.as_second() - self.checked < TOLERANCE_SECONDS
    }

    /// The same session, after it was asked again.
    #[must_use]
    pub fn checked_again(mut self, actor: &Actor, now: Timestamp) -> Self {
        if let Actor::Moderator { name, .. } = actor {
            self.name.clone_from(name);
        }
        self.checked = now.as_second();
        self
    }

    /// Whether half of an agent's time is over, so that a new token is welcome. Their session is as long as their token, if not
    /// shorter, so what is half of it differs.
    pub fn wants_renewal(&self, now: Timestamp) -> bool {
        let now = now.as_second();
        // Agents are not checked again in between, so that is when it began.
        matches!(self.who, Who::Agent(_)) && self.until - now < now - self.checked
    }

    /// What everything that this session changes has to carry.
    pub fn csrf_token(&self, seal: &Seal) -> String {
        seal.token("csrf", &self.id)
    }

    /// The cookie that carries it.
    ///
    /// `SameSite=None` with `Partitioned`, because the console is framed by Flex: the browser keeps one jar for the frame there and
    /// another for our own page. Browsers take `Secure` cookies from `http://127.0.0.1` too, the sandbox's address.
    pub fn cookie(&self, seal: &Seal, site: &Site, now: Timestamp) -> HeaderValue {
        let sealed = seal.close(PURPOSE, self);
        cookie(&sealed, site, (self.until - now.as_second()).max(0))
    }
}

fn cookie(value: &str, site: &Site, seconds: i64) -> HeaderValue {
    let path = site.cookie_path();
    let text =
        format!("{COOKIE}={value}; Path={path}; Max-Age={seconds}; HttpOnly; Secure; SameSite=None; Partitioned");
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The cookie that ends a session.
pub fn ended(site: &Site) -> HeaderValue {
    cookie("", site, 0)
}

/// Whether a `Set-Cookie` is about the session.
pub fn is_ours(cookie: &HeaderValue) -> bool {
    cookie.as_bytes().starts_with(COOKIE.as_bytes())
}

/// The session that a request carries.
pub fn presented(seal: &Seal, headers: &HeaderMap, now: Timestamp) -> Option<Session> {
    let session = cookies(headers, COOKIE).find_map(|value| seal.open::<Session>(PURPOSE, value))?;
    (session.until > now.as_second()).then_some(session)
}

/// The values of all cookies with this name: a browser may send several, from different jars and paths.
pub fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(move |pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moderator() -> Actor {
        Actor::Moderator { id: PersonId::new(9).unwrap(), name: "Mo".to_owned(), server: GuildId::new(1).unwrap() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_750_000_000 + second).unwrap()
    }

    fn carried(cookie: &HeaderValue, now: Timestamp) -> Option<Session> {
        let mut headers = HeaderMap::new();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        headers.insert(header::COOKIE, format!("other=1; {pair}").parse().unwrap());
        presented(&Seal::new("key".into()), &headers, now)
    }

    #[test]
    fn a_session_comes_back_as_it_was_and_ends_in_time() {
        let seal = Seal::new("key".into());
        let site = Site::new(Some("https://desk.example"), "");
        let session = Session::begin(&moderator(), at(0), None).unwrap().unwrap();
        let cookie = session.cookie(&seal, &site, at(0));
        assert_eq!(carried(&cookie, at(10)).unwrap(), session);
        assert_eq!(session.actor(GuildId::new(1)), Some(moderator()));
        assert_eq!(session.actor(GuildId::new(2)), None, "another server is configured now");
        assert_eq!(carried(&cookie, at(MODERATOR_SECONDS)), None);
        let text = cookie.to_str().unwrap();
        for part in ["Path=/console;", "Max-Age=28800", "HttpOnly", "Secure", "SameSite=None", "Partitioned"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(is_ours(&cookie) && carried(&ended(&site), at(0)).is_none());
        assert!(!format!("{session:?}").contains("Mo"));
    }

    #[test]
    fn a_session_is_checked_again_after_five_minutes() {
        let session = Session::begin(&moderator(), at(0), None).unwrap().unwrap();
        assert!(session.is_fresh(at(299)) && !session.is_fresh(at(300)));
        assert!(session.is_tolerable(at(1799)) && !session.is_tolerable(at(1800)));
        assert!(session.clone().checked_again(&moderator(), at(300)).is_fresh(at(599)));
        assert!(!session.wants_renewal(at(MODERATOR_SECONDS - 1)));
    }

    #[test]
    fn pages_that_are_open_outlive_a_renewal_by_the_same_agent_alone() {
        let seal = Seal::new("key".into());
        let session = |digit: &str| {
            let worker = format!("WK{}", digit.repeat(32)).parse().unwrap();
            Session::begin(&Actor::Agent { worker, name: "Alex".to_owned() }, at(0), None).unwrap().unwrap()
        };
        let (earlier, token) = (session("0"), session("0").csrf_token(&seal));
        assert_ne!(earlier.csrf_token(&seal), token);
        let check = |next: Session, same: bool| {
            let next = next.continuing(Some(&earlier));
            assert_eq!(next.csrf_token(&seal) == earlier.csrf_token(&seal), same);
        };
        check(session("0"), true);
        check(session("1"), false);
        assert_ne!(session("0").continuing(None).csrf_token(&seal), earlier.csrf_token(&seal));
    }

    #[test]
    fn an_agents_session_is_no_longer_than_their_token() {
        let worker = format!("WK{}", "0".repeat(32)).parse().unwrap();
        let agent = Actor::Agent { worker, name: "Alex".to_owned() };
        let session = |until: Option<i64>| Session::begin(&agent, at(0), until).unwrap().unwrap();
        assert_eq!(session(None).until, at(AGENT_SECONDS).as_second());
        assert_eq!(session(Some(at(60).as_second())).until, at(60).as_second());
        assert_eq!(session(Some(i64::MAX)).until, at(AGENT_SECONDS).as_second());
        assert!(session(None).wants_renewal(at(AGENT_SECONDS / 2 + 1)));
        let short = session(Some(at(60).as_second()));
        assert!(!short.wants_renewal(at(0)) && !short.wants_renewal(at(30)) && short.wants_renewal(at(31)));
        let machine = Actor::Machine { key: "k".to_owned(), name: "m".to_owned() };
        assert_eq!(Session::begin(&machine, at(0), None).unwrap(), None);
    }
}
