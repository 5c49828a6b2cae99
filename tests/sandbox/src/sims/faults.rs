//! What goes wrong on purpose.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use super::ids::Chance;

/// What happens instead of, or beside, the call.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The platform refuses with this answer and does nothing.
    Status {
        /// HTTP status.
        status: u16,
        /// The body.
        body: Value,
        /// Headers.
        headers: Vec<(String, String)>,
    },
    /// 429, with the platform's own body. Nothing is done.
    RateLimit {
        /// Seconds to wait.
        retry_after: f64,
        /// Whether `Retry-After` and the `X-RateLimit-…` headers are sent (Cloudflare's answers have none).
        header: bool,
        /// Discord: the limit of the whole bot.
        global: bool,
    },
    /// It is done, and the answer comes late.
    Delay(Duration),
    /// It is done, and the answer is lost.
    DropAfterDoing,
    /// It never arrives.
    DropBefore,
    /// Discord: 10015, as while the deferral is not registered yet.
    UnknownWebhookRace,
}

/// One planned fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    operation: String,
    skip: usize,
    times: usize,
    action: Action,
}

impl Fault {
    /// A fault for the next `times` calls of `operation`: method and path template, such as
    /// `POST /channels/{channel_id}/messages`; names inside the braces do not matter, and for Twilio
    /// `/v1/Conversations` is `/v1/Services/{ChatServiceSid}/Conversations` too; `*` is every call.
    pub fn new(operation: impl Into<String>, times: usize, action: Action) -> Self {
        Self { operation: operation.into(), skip: 0, times, action }
    }

    /// Lets the first `calls` matching calls pass.
    #[must_use]
    pub fn after(mut self, calls: usize) -> Self {
        self.skip = calls;
        self
    }

    /// Discord's race of section 1.5: the next `times` edits of `@original` find no webhook.
    pub fn unknown_webhook_race(times: usize) -> Self {
        Self::new("PATCH /webhooks/{}/{}/messages/@original", times, Action::UnknownWebhookRace)
    }

    /// A plain refusal with a JSON body.
    pub fn status(operation: impl Into<String>, times: usize, status: u16, body: Value) -> Self {
        Self::new(operation, times, Action::Status { status, body, headers: Vec::new() })
    }

    fn matches(&self, operation: &str) -> bool {
        if self.operation == "*" {
            return true;
        }
        let (Some((method, path)), Some((wanted_method, wanted_path))) =
            (operation.split_once(' '), self.operation.split_once(' '))
        else {
            return false;
        };
        (wanted_method == "*" || method == wanted_method) && anonymous(path) == anonymous(wanted_path)
    }
}

/// `/channels/{channel_id}` becomes `/channels/{}`; a conversation service's path becomes that of the default service.
fn anonymous(template: &str) -> String {
    let template = template.replace("/Services/{ChatServiceSid}/", "/");
    let segments = template.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// Faults by chance, for load tests. Every rate is from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomFaults {
    /// Repeats a run.
    pub seed: u64,
    /// 429 with headers.
    pub rate_limit: f64,
    /// 503.
    pub server_error: f64,
    /// Lost before it is done.
    pub drop_before: f64,
    /// Done, answer lost.
    pub drop_after: f64,
    /// Late answers.
    pub delay: f64,
    /// The latest of them.
    pub max_delay: Duration,
}

impl Default for RandomFaults {
    fn default() -> Self {
        Self {
            seed: 1,
            rate_limit: 0.0,
            server_error: 0.0,
            drop_before: 0.0,
            drop_after: 0.0,
            delay: 0.0,
            max_delay: Duration::from_millis(500),
        }
    }
}

#[derive(Debug, Default)]
struct State {
    queue: Vec<Fault>,
    random: Option<(RandomFaults, Chance)>,
    happened: usize,
}

/// The faults of one simulator.
#[derive(Debug, Default)]
pub struct Faults(Mutex<State>);

impl Faults {
    /// Plans a fault.
    pub fn plan(&self, fault: Fault) {
        self.lock().queue.push(fault);
    }

    /// Starts faults by chance; `None` ends them.
    pub fn random(&self, faults: Option<RandomFaults>) {
        self.lock().random = faults.map(|faults| {
            let chance = Chance::new(faults.seed);
            (faults, chance)
        });
    }

    /// Forgets planned and random faults.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.queue.clear();
        state.random = None;
    }

    /// How many have happened.
    pub fn happened(&self) -> usize {
        self.lock().happened
    }

    /// How many planned ones have not happened.
    pub fn left(&self) -> usize {
        self.lock().queue.iter().map(|fault| fault.times).sum()
    }

    /// The fault for this call, if there is one.
    pub fn take(&self, operation: &str) -> Option<Action> {
        let mut state = self.lock();
        let mut found = None;
        for fault in &mut state.queue {
            if fault.times == 0 || !fault.matches(operation) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.times -= 1;
            found = Some(fault.action.clone());
            break;
        }
        state.queue.retain(|fault| fault.times > 0);
        let found = found.or_else(|| state.random.as_mut().and_then(|(faults, chance)| by_chance(faults, chance)));
        state.happened += usize::from(found.is_some());
        found
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

fn by_chance(faults: &RandomFaults, chance: &mut Chance) -> Option<Action> {
    let mut drawn = chance.fraction();
    let options = [
        (faults.rate_limit, Action::RateLimit { retry_after: 0.25, header: true, global: false }),
        (
            faults.server_error,
            Action::Status { status: 503, body: json!({"message": "upstream connect error"}), headers: Vec::new() },
        ),
        (faults.drop_before, Action::DropBefore),
        (faults.drop_after, Action::DropAfterDoing),
        (faults.delay, Action::Delay(faults.max_delay.mul_f64(chance.fraction()))),
    ];
    for (rate, action) in options {
        if drawn < rate {
            return Some(action);
        }
        drawn -= rate;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_matches_whatever_the_parameters_are_called() {
        let faults = Faults::default();
        faults.plan(Fault::new("POST /channels/{id}/messages", 2, Action::DropBefore).after(1));
        let call = "POST /channels/{channel_id}/messages";
        assert_eq!(faults.take("GET /channels/{channel_id}/messages"), None);
        assert_eq!(faults.take(call), None);
        assert_eq!(faults.take(call), Some(Action::DropBefore));
        assert_eq!(faults.take(call), Some(Action::DropBefore));
        assert_eq!(faults.take(call), None);
        assert_eq!((faults.happened(), faults.left()), (2, 0));
    }

    #[test]
    fn the_service_may_be_left_out() {
        let fault = Fault::new("POST /v1/Conversations", 1, Action::DropBefore);
        assert!(fault.matches("POST /v1/Services/{ChatServiceSid}/Conversations"));
        assert!(!fault.matches("POST /v1/Conversations/{Sid}/Messages"));
    }

    #[test]
    fn chance_keeps_to_its_rates() {
        let faults = Faults::default();
        faults.random(Some(RandomFaults { seed: 3, rate_limit: 0.2, ..RandomFaults::default() }));
        let hits = (0..10_000).filter(|_| faults.take("GET /x").is_some()).count();
        assert!((1_800..2_200).contains(&hits), "{hits}");
    }
}
