//! What Twilio sends: webhooks of conversations and of `TaskRouter`, signed for real; and what may go wrong with them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::json;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::state::{Conversation, Message, TwilioState};
use super::{Core, studio};
use crate::sims::http;
use crate::sims::ids::Chance;
use crate::trace::Kind;

/// One webhook that was sent, or kept from being sent.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    /// `onMessageAdded`, `reservation.accepted`, …
    pub event: String,
    /// Where to.
    pub url: String,
    /// The form.
    pub params: Vec<(String, String)>,
    /// The answer's status; nothing when there was no answer in time, or a fault.
    pub status: Option<u16>,
    /// How it went, in words.
    pub outcome: String,
}

impl Delivery {
    /// A field of the form.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What goes wrong with a webhook.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HookAction {
    /// It is never sent.
    Drop,
    /// It is sent twice at the same moment.
    Duplicate,
    /// It is sent late, so that later ones overtake it.
    Delay(Duration),
    /// It is sent, and once more later.
    DuplicateAfter(Duration),
}

/// A planned fault of webhooks.
#[derive(Debug, Clone, PartialEq)]
pub struct HookFault {
    event: String,
    skip: usize,
    times: usize,
    action: HookAction,
}

impl HookFault {
    /// A fault for the next `times` webhooks of the type `event`; `*` is every type.
    pub fn new(event: impl Into<String>, times: usize, action: HookAction) -> Self {
        Self { event: event.into(), skip: 0, times, action }
    }

    /// Lets the first `deliveries` pass.
    #[must_use]
    pub fn after(mut self, deliveries: usize) -> Self {
        self.skip = deliveries;
        self
    }
}

/// Faults of webhooks by chance. Every rate is from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct HookChance {
    /// Repeats a run.
    pub seed: u64,
    /// Never sent.
    pub drop: f64,
    /// Sent twice.
    pub duplicate: f64,
    /// Sent late.
    pub delay: f64,
    /// The latest of them.
    pub max_delay: Duration,
}

impl Default for HookChance {
    fn default() -> Self {
        Self { seed: 1, drop: 0.0, duplicate: 0.0, delay: 0.0, max_delay: Duration::from_millis(500) }
    }
}

/// Planned ones, and those by chance.
type Plans = (Vec<HookFault>, Option<(HookChance, Chance)>);

#[derive(Debug, Default)]
pub(super) struct HookFaults(Mutex<Plans>);

impl HookFaults {
    pub(super) fn plan(&self, fault: HookFault) {
        self.0.lock().expect("no holder of this lock panics").0.push(fault);
    }

    pub(super) fn random(&self, chance: Option<HookChance>) {
        let chance = chance.map(|chance| {
            let numbers = Chance::new(chance.seed);
            (chance, numbers)
        });
        self.0.lock().expect("no holder of this lock panics").1 = chance;
    }

    fn take(&self, event: &str) -> Option<HookAction> {
        let mut guard = self.0.lock().expect("no holder of this lock panics");
        let (planned, random) = &mut *guard;
        let mut found = None;
        for fault in planned.iter_mut().filter(|fault| fault.times > 0 && (fault.event == "*" || fault.event == event))
        {
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.times -= 1;
            found = Some(fault.action);
            break;
        }
        planned.retain(|fault| fault.times > 0);
        found.or_else(|| {
            let (rates, chance) = random.as_mut()?;
            let mut drawn = chance.fraction();
            let delay = rates.max_delay.mul_f64(chance.fraction());
            let options = [
                (rates.drop, HookAction::Drop),
                (rates.duplicate, HookAction::Duplicate),
                (rates.delay, HookAction::Delay(delay)),
            ];
            options.into_iter().find_map(|(rate, action)| {
                let hit = drawn < rate;
                drawn -= rate;
                hit.then_some(action)
            })
        })
    }
}

/// How a webhook of bad input is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// As Twilio does.
    Valid,
    /// Not at all.
    Missing,
    /// With these characters.
    Is(String),
}

impl Signature {
    pub(super) fn header(&self, valid: String) -> Option<String> {
        match self {
            Self::Valid => Some(valid),
            Self::Missing => None,
            Self::Is(text) => Some(text.clone()),
        }
    }
}

/// `X-Twilio-Signature`: URL, then every parameter sorted by name; repeated names give distinct values, sorted.
pub(super) fn signature(token: &str, url: &str, params: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = params.to_vec();
    sorted.sort();
    sorted.dedup();
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(token.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(url.as_bytes());
    for (name, value) in &sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

/// The URL with `bodySHA256`, as JSON posts carry it.
pub(super) fn with_body_hash(url: &str, body: &[u8]) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}bodySHA256={}", hex::encode(Sha256::digest(body)))
}

/// Something that a change sets off.
#[derive(Debug, Clone)]
pub(super) enum Outgoing {
    /// A form post to a scoped webhook.
    Scoped { event: String, url: String, method: String, params: Vec<(String, String)> },
    /// A message for a flow.
    Studio { flow_sid: String, conversation_sid: String, message_sid: String, source: Source },
    /// An event of the workspace.
    TaskRouter { event: String, url: String, params: Vec<(String, String)> },
}

/// Who set an event off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// The REST API, with the header.
    Api,
    /// A chat client, signed in with this identity.
    Sdk(String),
}

impl Source {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Api => "API",
            Self::Sdk(_) => "SDK",
        }
    }
}

impl TwilioState {
    /// Sets off the scoped webhooks of a conversation.
    pub(super) fn fire(&mut self, conversation_sid: &str, event: &str, source: &Source, fields: &[(String, String)]) {
        let Some(conversation) = self.conversations.get(conversation_sid) else { return };
        let mut outgoing = Vec::new();
        for webhook in
            conversation.webhooks.iter().filter(|webhook| webhook.filters.iter().any(|filter| filter == event))
        {
            if webhook.target == "studio" {
                let message_sid = fields.iter().find(|(name, _)| name == "MessageSid").map(|(_, sid)| sid.clone());
                if let (Some(flow_sid), Some(message_sid)) = (webhook.flow_sid.clone(), message_sid) {
                    let (conversation_sid, source) = (conversation_sid.to_owned(), source.clone());
                    outgoing.push(Outgoing::Studio { flow_sid, conversation_sid, message_sid, source });
                }
            } else if let Some(url) = &webhook.url {
                let mut params = vec![
                    ("AccountSid".to_owned(), self.options.account_sid.clone()),
                    ("RetryCount".into(), "0".into()),
                    ("ChatServiceSid".into(), self.options.chat_service_sid.clone()),
                    ("WebhookSid".into(), webhook.sid.clone()),
                    ("EventType".into(), event.to_owned()),
                    ("Source".into(), source.name().to_owned()),
                ];
                if let Source::Sdk(identity) = source {
                    params.push(("ClientIdentity".into(), identity.clone()));
                }
                params.extend_from_slice(fields);
                outgoing.push(Outgoing::Scoped {
                    event: event.to_owned(),
                    url: url.clone(),
                    method: webhook.method.clone(),
                    params,
                });
            }
        }
        self.outgoing.extend(outgoing);
    }

    /// Delivers messages again to one new webhook (`Configuration.ReplayAfter`).
    pub(super) fn replay(&mut self, conversation: &Conversation, webhook_sid: &str, from: u64) {
        let messages: Vec<Message> =
            conversation.messages.iter().filter(|message| message.index >= from && !message.deleted).cloned().collect();
        for message in messages {
            let before = self.outgoing.len();
            self.fire(
                &conversation.sid,
                "onMessageAdded",
                &Source::Api,
                &Self::message_fields(&conversation.sid, &message),
            );
            let fired = self.outgoing.split_off(before);
            // Only the new webhook hears of it.
            let flow = conversation
                .webhooks
                .iter()
                .find(|webhook| webhook.sid == webhook_sid)
                .and_then(|webhook| webhook.flow_sid.clone());
            let mut flow_taken = false;
            self.outgoing.extend(fired.into_iter().filter(|outgoing| match outgoing {
                Outgoing::Scoped { params, .. } => {
                    params.iter().any(|(name, value)| name == "WebhookSid" && value == webhook_sid)
                }
                Outgoing::Studio { flow_sid, .. } => {
                    Some(flow_sid) == flow.as_ref() && !std::mem::replace(&mut flow_taken, true)
                }
                Outgoing::TaskRouter { .. } => false,
            }));
        }
    }
}

/// Sends what a change has set off. Each goes its own way: nothing is promised about order.
pub(super) fn dispatch(core: &Arc<Core>, outgoing: Outgoing) {
    match outgoing {
        Outgoing::Studio { flow_sid, conversation_sid, message_sid, source } => {
            studio::message_arrives(core, &flow_sid, &conversation_sid, &message_sid, &source);
        }
        Outgoing::Scoped { event, url, method, params } => {
            let limit = core.options.webhook_limit;
            // Conversations webhooks are never sent again.
            spawn_delivery(core, event, url, method, params, Attempts { limit, retries: 0, on: String::new() });
        }
        Outgoing::TaskRouter { event, url, params } => {
            let (url, attempts) = Attempts::of_url(&url);
            spawn_delivery(core, event, url, "POST".into(), params, attempts);
        }
    }
}

/// How often and how long, from a URL's fragment. See [Twilio Docs/Webhooks connection overrides].
struct Attempts {
    limit: Duration,
    retries: usize,
    on: String,
}

impl Attempts {
    fn of_url(url: &str) -> (String, Self) {
        let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
        let pairs: Vec<(String, String)> = form_urlencoded::parse(fragment.as_bytes()).into_owned().collect();
        let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let retries = get("rc").and_then(|text| text.parse().ok()).unwrap_or(1usize).min(5);
        let limit =
            Duration::from_millis(get("rt").and_then(|text| text.parse().ok()).unwrap_or(15_000u64).min(15_000));
        (url.to_owned(), Self { limit, retries, on: get("rp").unwrap_or_else(|| "ct".into()) })
    }

    fn again_after(&self, answer: &Result<http::RawAnswer, http::NoAnswer>) -> bool {
        let on = |what: &str| self.on.split(',').any(|policy| policy == what || policy == "all");
        match answer {
            Ok(answer) => (on("5xx") && answer.status >= 500) || (on("4xx") && (400..500).contains(&answer.status)),
            Err(http::NoAnswer::TooSlow(_)) => on("rt"),
            Err(http::NoAnswer::Unreachable(_)) => on("ct"),
        }
    }
}

fn spawn_delivery(
    core: &Arc<Core>,
    event: String,
    url: String,
    method: String,
    params: Vec<(String, String)>,
    attempts: Attempts,
) {
    let core = Arc::clone(core);
    // Begun before the task is: whoever waits until nothing is in progress must not miss it.
    let work = core.gate.activity().begin("webhook");
    // Taken here, so that faults meet webhooks in the order in which those arose.
    let fault = core.hook_faults.take(&event);
    tokio::spawn(async move {
        let _work = work;
        let (delays, dropped): (Vec<Duration>, bool) = match fault {
            None => (vec![Duration::ZERO], false),
            Some(HookAction::Drop) => (vec![], true),
            Some(HookAction::Duplicate) => (vec![Duration::ZERO, Duration::ZERO], false),
            Some(HookAction::Delay(time)) => (vec![time], false),
            Some(HookAction::DuplicateAfter(time)) => (vec![Duration::ZERO, time], false),
        };
        if dropped {
            record(&core, &event, &url, &params, None, "dropped by a fault".into());
        }
        let sends = delays.into_iter().map(|delay| {
            let (core, event, url, method, params, attempts) = (&core, &event, &url, &method, &params, &attempts);
            async move {
                tokio::time::sleep(delay).await;
                for attempt in 0..=attempts.retries {
                    let answer = send_form(core, method, url, params, attempts.limit).await;
                    let again = attempt < attempts.retries && attempts.again_after(&answer);
                    match answer {
                        Ok(answer) => {
                            record(
                                core,
                                event,
                                url,
                                params,
                                Some(answer.status),
                                format!("answered {}", answer.status),
                            );
                        }
                        Err(error) => record(core, event, url, params, None, error.to_string()),
                    }
                    if !again {
                        break;
                    }
                }
            }
        });
        futures::future::join_all(sends).await;
    });
}

/// Sends a signed form, in the body or in the query.
pub(super) async fn send_form(
    core: &Core,
    method: &str,
    url: &str,
    params: &[(String, String)],
    limit: Duration,
) -> Result<http::RawAnswer, http::NoAnswer> {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    let token = &core.options.auth_token;
    if method.eq_ignore_ascii_case("GET") {
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = if form.is_empty() { url.to_owned() } else { format!("{url}{separator}{form}") };
        let headers = [("x-twilio-signature".to_owned(), signature(token, &url, &[]))];
        return http::send(&core.client, "GET", &url, &headers, Bytes::new(), limit).await;
    }
    let headers = [
        ("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned()),
        ("x-twilio-signature".to_owned(), signature(token, url, params)),
    ];
    http::send(&core.client, "POST", url, &headers, Bytes::from(form), limit).await
}

fn record(core: &Arc<Core>, event: &str, url: &str, params: &[(String, String)], status: Option<u16>, outcome: String) {
    core.note(Kind::Note, format!("Twilio webhook {event}: {outcome}"), json!({"url": url, "status": status}));
    let delivery = Delivery { event: event.to_owned(), url: url.to_owned(), params: params.to_vec(), status, outcome };
    core.state.change(|state| state.deliveries.push(delivery));
}
