//! Tickets: what the console hands to somebody whom it has let in, so that they may fetch one export.
//!
//! An export is another function's answer (see [`crate::exports`]), at an address of its own, where neither the session's cookie nor,
//! after a redirect, the API key goes. The ticket stands in that address. It is good for a minute and for this one list.

use domain::ids::GuildId;
use domain::rights::Actor;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::seal::Seal;

/// How long a ticket is good for, in seconds. It is used at once, by a redirect.
const SECONDS: i64 = 60;

/// What the seal is for.
const PURPOSE: &str = "export";

/// Who fetches. Names are no part of an address.
#[derive(Serialize, Deserialize)]
enum Who {
    /// A moderator, by their Discord user ID, of this server.
    #[serde(rename = "m")]
    Moderator(String, String),
    /// An agent, by their worker SID.
    #[serde(rename = "a")]
    Agent(String),
    /// A machine, by its key's ID.
    #[serde(rename = "k")]
    Machine(String),
}

#[derive(Serialize, Deserialize)]
struct Claims {
    who: Who,
    what: String,
    until: i64,
}

/// A ticket with which `actor` may fetch `what`; `None` for somebody who may not.
pub fn issue(seal: &Seal, actor: &Actor, what: &str, now: Timestamp) -> Option<String> {
    let who = match actor {
        Actor::Moderator { id, server, .. } => Who::Moderator(id.to_string(), server.to_string()),
        Actor::Agent { worker, .. } => Who::Agent(worker.to_string()),
        Actor::Machine { key, .. } => Who::Machine(key.clone()),
        Actor::Person { .. } => return None,
    };
    Some(seal.close(PURPOSE, &Claims { who, what: what.to_owned(), until: now.as_second() + SECONDS }))
}

/// Who fetches and what, if the ticket is still good.
pub fn redeem(seal: &Seal, ticket: &str, configured: Option<GuildId>, now: Timestamp) -> Option<(Actor, String)> {
    let claims: Claims = seal.open(PURPOSE, ticket)?;
    let name = String::new();
    let actor = match claims.who {
        Who::Moderator(id, server) => {
            let server = server.parse().ok().filter(|server| Some(*server) == configured)?;
            Actor::Moderator { id: id.parse().ok()?, name, server }
        }
        Who::Agent(worker) => Actor::Agent { worker: worker.parse().ok()?, name },
        Who::Machine(key) => Actor::Machine { key, name },
    };
    (now.as_second() < claims.until).then_some((actor, claims.what))
}

#[cfg(test)]
mod tests {
    use domain::ids::PersonId;
    use jiff::SignedDuration;

    use super::*;

    const SERVER: Option<GuildId> = GuildId::new(5);

    fn actors() -> [Actor; 3] {
        [
            Actor::Moderator { id: PersonId::new(9).unwrap(), name: "Mo".to_owned(), server: SERVER.unwrap() },
            Actor::Agent { worker: format!("WK{}", "b".repeat(32)).parse().unwrap(), name: "Alex".to_owned() },
            Actor::Machine { key: "0123456789abcdef".to_owned(), name: "nightly".to_owned() },
        ]
    }

    #[test]
    fn a_ticket_is_for_one_list_one_caller_and_a_minute() {
        let (seal, now) = (Seal::new("key".into()), Timestamp::now());
        for actor in actors() {
            let ticket = issue(&seal, &actor, "cases.csv?kind=bug", now).unwrap();
            let redeemed = |after: i64| redeem(&seal, &ticket, SERVER, now + SignedDuration::from_secs(after));
            let (who, what) = redeemed(SECONDS - 1).unwrap();
            assert_eq!(
                (who.assignee().map(|it| it.key), what.as_str()),
                (actor.assignee().map(|it| it.key), "cases.csv?kind=bug")
            );
            assert!(redeemed(SECONDS).is_none() && redeem(&Seal::new("other".into()), &ticket, SERVER, now).is_none());
        }
        let person = Actor::Person { id: PersonId::new(9).unwrap(), name: "Ada".to_owned() };
        assert!(issue(&seal, &person, "cases.csv", now).is_none());
        let [moderator, ..] = actors();
        let ticket = issue(&seal, &moderator, "cases.csv", now).unwrap();
        assert!(redeem(&seal, &ticket, GuildId::new(6), now).is_none() && redeem(&seal, &ticket, None, now).is_none());
        assert!(redeem(&seal, &seal.close("session", &"x"), SERVER, now).is_none());
    }
}
