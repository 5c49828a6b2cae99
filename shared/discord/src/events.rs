//! Webhook events: what Discord tells the application of, apart from interactions. Signed as those are. See [Discord Docs/Webhook Events].

use domain::ids::ApplicationId;
use domain::language::Language;
use serde::Deserialize;
use serde_json::Value;

use crate::interaction::{MalformedEvent, Person, Snowflake, WireUser, checked};

/// The events that are asked for, by the name that Discord's settings know.
pub const EVENT_TYPES: [&str; 1] = [AUTHORIZED];
const AUTHORIZED: &str = "APPLICATION_AUTHORIZED";

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The application it is for. To be compared with ours, unless it is a PING.
    pub application_id: Option<ApplicationId>,
    /// What happened.
    pub kind: WebhookEventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookEventKind {
    /// Discord's check that somebody listens.
    Ping,
    /// Somebody has installed the application for themselves, or given it more rights.
    Installed(Installed),
    /// Anything else: it was installed in a server, for one.
    Other,
}

/// Somebody has installed the application for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Who.
    pub person: Person,
    /// The locale of their client, if Discord says so.
    pub locale: Option<String>,
    /// When, as Discord writes it: a repetition of the event says the same.
    pub at: String,
}

impl Installed {
    /// What tells this event from others: events have no ID.
    pub fn key(&self) -> String {
        format!("installed {} {}", self.person.id, self.at)
    }

    /// The locale to speak in, where no other is known.
    pub fn locale_or(&self, known: Option<&str>) -> String {
        let locale = self.locale.as_deref().or(known);
        locale.unwrap_or(Language::English.locale()).to_owned()
    }
}

/// Reads an event.
pub fn parse(body: &[u8]) -> Result<WebhookEvent, MalformedEvent> {
    let wire: Wire = serde_json::from_str(checked(body)?)?;
    let kind = match (wire.kind, wire.event) {
        (0, _) => WebhookEventKind::Ping,
        (1, Some(event)) if event.kind == AUTHORIZED => installed(event)?,
        _ => WebhookEventKind::Other,
    };
    Ok(WebhookEvent { application_id: wire.application_id.map(|id| id.0), kind })
}

fn installed(event: WireEvent) -> Result<WebhookEventKind, MalformedEvent> {
    let mut data = event.data.unwrap_or_default();
    // 0 is a server, and what an older event does not say.
    if data["integration_type"] != 1 {
        return Ok(WebhookEventKind::Other);
    }
    let locale = data["user"]["locale"].as_str().map(str::to_owned);
    let user: WireUser = serde_json::from_value(data["user"].take()).map_err(|_| MalformedEvent::Missing("user"))?;
    let at = event.timestamp.ok_or(MalformedEvent::Missing("timestamp"))?;
    Ok(WebhookEventKind::Installed(Installed { person: user.named(None), locale, at }))
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    kind: u64,
    application_id: Option<Snowflake<ApplicationId>>,
    event: Option<WireEvent>,
}

#[derive(Deserialize)]
struct WireEvent {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Option<String>,
    data: Option<Value>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn recorded(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../../events/discord-events/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn each_event_is_what_it_is() {
        let kind = |name: &str| parse(&recorded(name)).unwrap().kind;
        assert_eq!(kind("ping"), WebhookEventKind::Ping);
        assert_eq!(kind("application-authorized-in-server"), WebhookEventKind::Other);
        assert_eq!(kind("entitlement-create"), WebhookEventKind::Other);
        let WebhookEventKind::Installed(installed) = kind("application-authorized-by-user") else { panic!() };
        assert_eq!(installed.person.display_name, "Ada");
        assert_eq!(installed.key(), "installed 1380000000000000777 2026-11-26T14:42:53.064834");
        assert_eq!((installed.locale_or(None), installed.locale_or(Some("de"))), ("en-US".to_owned(), "de".to_owned()));
    }

    #[test]
    fn what_is_no_event_is_refused() {
        let check = |body: Value, expected: Option<MalformedEvent>| {
            let parsed = parse(body.to_string().as_bytes());
            assert!(parsed.is_err(), "{body}");
            if let Some(expected) = expected {
                assert_eq!(parsed, Err(expected));
            }
        };
        check(json!([]), None);
        check(json!({"application_id": "1"}), None);
        let authorized = |event: Value| json!({"type": 1, "application_id": "1", "event": event});
        let data = json!({"integration_type": 1});
        check(
            authorized(json!({"type": AUTHORIZED, "timestamp": "t", "data": data})),
            Some(MalformedEvent::Missing("user")),
        );
        let data = json!({"integration_type": 1, "user": {"id": "5"}});
        check(authorized(json!({"type": AUTHORIZED, "data": data})), Some(MalformedEvent::Missing("timestamp")));
        assert!(parse(&[b'[', 0xff]).is_err());
    }
}
