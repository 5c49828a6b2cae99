//! Twilio's REST hosts behind one port: `/{host}/{path}`, the way in, and what every operation shares.

use std::sync::Arc;

use base64::Engine;
use serde_json::{Value, json};

use super::state::TwilioState;
use super::{Core, conversations, flex, iam, media, studio, taskrouter};
use crate::gate::Killed;
use crate::sims::contract;
use crate::sims::faults::Action;
use crate::sims::http::{Dropped, Reply, Request};
use crate::trace::Kind;

/// A refusal in Twilio's shape.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: u32,
    pub(super) message: String,
    pub(super) details: Option<Value>,
}

impl Refusal {
    pub(super) fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: None }
    }

    pub(super) fn not_found(path: &str) -> Self {
        Self::new(404, 20404, format!("The requested resource {path} was not found"))
    }

    pub(super) fn invalid(what: impl Into<String>) -> Self {
        Self::new(400, 20001, what)
    }

    pub(super) fn reply(&self) -> Reply {
        let mut body = json!({
            "code": self.code, "message": self.message, "status": self.status,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
        });
        if let Some(details) = &self.details {
            body["details"] = details.clone();
        }
        Reply::json(self.status, &body)
    }
}

pub(super) type Done = Result<Reply, Refusal>;

/// A request, taken apart.
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    pub(super) host: &'a str,
    /// Path segments, decoded, service prefix taken off.
    pub(super) path: Vec<String>,
    /// The path as it came.
    pub(super) raw_path: &'a str,
    pub(super) query: Vec<(String, String)>,
    pub(super) form: Vec<(String, String)>,
    /// `X-Twilio-Webhook-Enabled: true`.
    pub(super) fires: bool,
    /// `If-Match`.
    pub(super) if_match: Option<&'a str>,
}

impl Call<'_> {
    /// A form field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        let value = self.field(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| Refusal::invalid(format!("Missing required parameter {name} in the post body")))
    }

    /// A repeated form field.
    pub(super) fn fields(&self, name: &str) -> Vec<String> {
        self.form.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// A query parameter.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Refuses form fields that are none of these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.form.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(Refusal::invalid(format!("Unknown parameter {name}"))),
            None => Ok(()),
        }
    }

    /// Refuses query parameters that are none of these, those of pages apart.
    pub(super) fn only_query(&self, known: &[&str]) -> Result<(), Refusal> {
        let paging = ["PageSize", "Page", "PageToken"];
        match self.query.iter().find(|(name, _)| !known.contains(&name.as_str()) && !paging.contains(&name.as_str())) {
            Some((name, _)) => Err(Refusal::invalid(format!("Unknown query parameter {name}"))),
            None => Ok(()),
        }
    }

    /// One page of `items` under `key`, with Twilio's `meta`.
    pub(super) fn page(&self, key: &str, items: &[Value], most: usize) -> Done {
        let number = |name: &str| self.asked(name).map(str::parse::<usize>);
        let size = match number("PageSize") {
            None => most.min(50),
            Some(Ok(size)) if (1..=most).contains(&size) => size,
            Some(_) => return Err(Refusal::new(400, 20007, format!("Page size is not between 1 and {most}"))),
        };
        let page = match number("Page") {
            None => 0,
            Some(Ok(page)) => page,
            Some(Err(_)) => return Err(Refusal::new(400, 20006, "Page is no number")),
        };
        let other: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(
                self.query.iter().filter(|(name, _)| !matches!(name.as_str(), "PageSize" | "Page" | "PageToken")),
            )
            .finish();
        let url = |page: usize, token: &str| {
            let other = if other.is_empty() { String::new() } else { format!("{other}&") };
            format!("https://{}{}?{other}PageSize={size}&Page={page}{token}", self.host, self.raw_path)
        };
        let next =
            (items.len() > (page + 1) * size).then(|| url(page + 1, &format!("&PageToken=PT{}", (page + 1) * size)));
        let previous = (page > 0).then(|| url(page - 1, &format!("&PageToken=PB{}", page * size)));
        let shown: Vec<&Value> = items.iter().skip(page * size).take(size).collect();
        Ok(Reply::json(
            200,
            &json!({
                key: shown,
                "meta": {
                    "page": page, "page_size": size, "first_page_url": url(0, ""), "previous_page_url": previous,
                    "url": url(page, ""), "next_page_url": next, "key": key,
                },
            }),
        ))
    }
}

type Answer = Result<Reply, Dropped>;

pub(super) async fn handle(core: Arc<Core>, request: Request) -> Answer {
    let (instance, path) = request.caller();
    // Its own task: a caller that hangs up does not undo what the platform is doing.
    let work = tokio::spawn(async move {
        let (host, raw_path) = split_host(&path);
        let operation = format!("{} {}", request.method, template(&raw_path));
        let counted = async {
            let answer = perform(&core, &operation, &host, &raw_path, &request).await;
            (answer.as_ref().map_or(0, |reply| reply.status), answer)
        };
        match core.gate.pass(instance.as_deref(), Kind::Twilio, &operation, counted).await {
            Ok(answer) => answer,
            Err(Killed) => Err(Dropped),
        }
    });
    work.await.unwrap_or(Err(Dropped))
}

fn split_host(path: &str) -> (String, String) {
    let path = path.trim_start_matches('/');
    path.split_once('/')
        .map_or_else(|| (path.to_owned(), "/".to_owned()), |(host, rest)| (host.to_owned(), format!("/{rest}")))
}

/// The path with its parameters named as in the contract: the name in the trace and for faults.
fn template(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').collect();
    let mut named: Vec<String> = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let before = if at > 0 { segments[at - 1] } else { "" };
        let last = at + 1 == segments.len();
        let is_name = at > 2
            && matches!(
                before,
                "Conversations" | "Messages" | "Participants" | "Webhooks" | "Services" | "Interactions" | "Channels" | "Flows"
                    | "Workspaces" | "Tasks" | "Reservations" | "Workflows" | "TaskChannels" | "Workers" | "Revisions" | "Accounts" | "Media"
            )
            && *segment != "Validate"
            // `/v1/Services/{IS}/Configuration`, but `/v1/Configuration/Webhooks`.
            && !segment.is_empty();
        // On the host that serves files the SID is all there is.
        let is_file = segments.len() == 2 && segment.len() == 34 && segment.starts_with("ME");
        if !is_name && !is_file {
            named.push((*segment).to_owned());
            continue;
        }
        let name = match before {
            "Services" => "ChatServiceSid",
            "Accounts" => "AccountSid",
            _ if last => "Sid",
            "Conversations" => "ConversationSid",
            "Interactions" => "InteractionSid",
            "Channels" => "ChannelSid",
            "Flows" => "FlowSid",
            "Workspaces" => "WorkspaceSid",
            "Tasks" => "TaskSid",
            _ => "Sid",
        };
        named.push(format!("{{{name}}}"));
    }
    named.join("/")
}

async fn perform(core: &Arc<Core>, operation: &str, host: &str, raw_path: &str, request: &Request) -> Answer {
    match core.faults.take(operation) {
        None => Ok(answer(core, host, raw_path, request)),
        Some(Action::Delay(time)) => {
            let reply = answer(core, host, raw_path, request);
            tokio::time::sleep(time).await;
            Ok(reply)
        }
        Some(Action::DropAfterDoing) => {
            answer(core, host, raw_path, request);
            Err(Dropped)
        }
        Some(Action::DropBefore) => Err(Dropped),
        Some(Action::Status { status, body, headers }) => Ok(headers
            .into_iter()
            .fold(Reply::json(status, &body), |reply, (name, value)| reply.with_header(&name, value))),
        Some(Action::RateLimit { retry_after, header, .. }) => {
            let reply = Refusal::new(429, 20429, "Too Many Requests").reply();
            Ok(if header { reply.with_header("retry-after", format!("{}", retry_after.ceil())) } else { reply })
        }
        Some(Action::UnknownWebhookRace) => Ok(Refusal::not_found(raw_path).reply()),
    }
}

fn answer(core: &Arc<Core>, host: &str, raw_path: &str, request: &Request) -> Reply {
    if media::is_content_host(host) {
        return core.state.read(|state| media::serve(state, raw_path, request));
    }
    let credentials = format!("{}:{}", core.options.account_sid, core.options.auth_token);
    let expected = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(credentials));
    if request.header("authorization") != Some(expected.as_str()) {
        return Refusal::new(401, 20003, "Authenticate").reply();
    }
    if iam::is_host(host) {
        return core.change(|state| iam::route(state, raw_path, request)).unwrap_or_else(|refusal| refusal.reply());
    }
    if media::is_host(host) {
        return core.change(|state| media::route(state, raw_path, request)).unwrap_or_else(|refusal| refusal.reply());
    }
    let is_form =
        request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !request.body.is_empty() && !is_form {
        return Refusal::new(400, 20001, "The body is not application/x-www-form-urlencoded").reply();
    }
    let form: Vec<(String, String)> = form_urlencoded::parse(&request.body).into_owned().collect();
    let query = request.query_pairs();
    let webhook_header = request.header("x-twilio-webhook-enabled");
    let violations = contract::twilio_request(&request.method, host, raw_path, &query, &form, webhook_header);
    if !violations.is_empty() {
        core.note(Kind::Note, format!("contract violation: {}", violations.join("; ")), json!({"platform": "twilio"}));
        core.change(|state| state.violations.extend_from_slice(&violations));
        return Refusal::invalid(format!("contract violation: {}", violations.join("; "))).reply();
    }
    let decoded = raw_path.trim_start_matches('/').split('/').map(|segment| {
        let as_form = format!("v={}", segment.replace('+', "%2B"));
        form_urlencoded::parse(as_form.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
    });
    let call = Call {
        method: &request.method,
        host,
        path: decoded.collect(),
        raw_path,
        query,
        form,
        fires: webhook_header == Some("true"),
        if_match: request.header("if-match"),
    };
    let done = core.change(|state| route(state, call));
    done.unwrap_or_else(|refusal| refusal.reply())
}

fn route(state: &mut TwilioState, mut call: Call<'_>) -> Done {
    match call.host {
        "conversations.twilio.com" => {
            // The same resources twice: under the default service's short paths, and under a service.
            if call.path.len() > 3 && call.path[1] == "Services" {
                if call.path[2] != state.options.chat_service_sid {
                    return Err(Refusal::not_found(call.raw_path));
                }
                call.path.drain(1..3);
            }
            conversations::route(state, &call)
        }
        "flex-api.twilio.com" => flex::route(state, &call),
        "studio.twilio.com" => studio::route(state, &call),
        "taskrouter.twilio.com" => taskrouter::route(state, &call),
        _ => Err(Refusal::not_found(call.raw_path)),
    }
}

#[cfg(test)]
mod template_tests {
    use super::template;

    #[test]
    fn operations_are_named_as_in_the_contract() {
        for (path, wanted) in [
            ("/v1/Conversations", "/v1/Conversations"),
            ("/v1/Conversations/CH1", "/v1/Conversations/{Sid}"),
            ("/v1/Conversations/CH1/Messages", "/v1/Conversations/{ConversationSid}/Messages"),
            (
                "/v1/Services/IS1/Conversations/CH1/Messages/IM1",
                "/v1/Services/{ChatServiceSid}/Conversations/{ConversationSid}/Messages/{Sid}",
            ),
            ("/v1/Interactions/KD1/Channels/UO1", "/v1/Interactions/{InteractionSid}/Channels/{Sid}"),
            ("/v2/Flows/Validate", "/v2/Flows/Validate"),
            ("/v1/Accounts/AC1/Tokens/validate", "/v1/Accounts/{AccountSid}/Tokens/validate"),
            ("/v1/Workspaces/WS1/Tasks", "/v1/Workspaces/{WorkspaceSid}/Tasks"),
            ("/v1/Services/IS1/Media", "/v1/Services/{ChatServiceSid}/Media"),
            ("/v1/Services/IS1/Media/ME1", "/v1/Services/{ChatServiceSid}/Media/{Sid}"),
            ("/ME0123456789abcdef0123456789abcdef", "/{Sid}"),
            ("/v1/ParticipantConversations", "/v1/ParticipantConversations"),
        ] {
            assert_eq!(template(path), wanted);
        }
    }
}
