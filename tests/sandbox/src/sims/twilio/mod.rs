//! A simulated Twilio: Conversations, Studio, Flex Interactions and `TaskRouter`, with signed webhooks and agents.

mod agents;
mod api;
mod conversations;
mod flex;
mod hooks;
mod iam;
mod media;
mod state;
mod studio;
mod taskrouter;
mod template;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

pub use agents::Agent;
pub use hooks::{Delivery, HookAction, HookChance, HookFault, Signature};
pub use media::MessageMedia;
pub use state::{
    Conversation, Execution, Flow, Message, Participant, Reservation, ScopedWebhook, Task, TwilioState, Worker,
};
pub use studio::{StudioAction, StudioFault};

use crate::gate::Gate;
use crate::sims::faults::{Fault, Faults, RandomFaults};
use crate::sims::http::{self, RawAnswer, Server};
use crate::sims::ids;
use crate::sims::watched::Watched;
use crate::trace::{Kind, Trace};

/// How a simulated Twilio is set up. SIDs that are not given are new ones.
#[derive(Debug, Clone)]
pub struct TwilioOptions {
    /// `AC…`.
    pub account_sid: String,
    /// The account's primary auth token: password of the API, key of the signatures.
    pub auth_token: String,
    /// `IS…`: the default Conversations service, which is the Flex Chat Service.
    pub chat_service_sid: String,
    /// `WS…`: the Flex workspace.
    pub workspace_sid: String,
    /// `WW…`: its workflow.
    pub workflow_sid: String,
    /// `TC…`: the task channel `chat`.
    pub task_channel_sid: String,
    /// How long a Conversations webhook may take: 5 s.
    pub webhook_limit: Duration,
    /// How long Studio's Make HTTP Request waits: 10 s.
    pub studio_limit: Duration,
    /// Whether the participant changes that Flex makes fire `onParticipantAdded` and `onParticipantRemoved`. Twilio does not say.
    pub flex_participant_hooks: bool,
    /// How much older than it is a new message says it is, so that what looks for old ones need not be waited for.
    pub message_age: Duration,
}

impl Default for TwilioOptions {
    fn default() -> Self {
        Self {
            account_sid: ids::sid("AC"),
            auth_token: hex::encode(&ids::fresh()[..16]),
            chat_service_sid: ids::sid("IS"),
            workspace_sid: ids::sid("WS"),
            workflow_sid: ids::sid("WW"),
            task_channel_sid: ids::sid("TC"),
            webhook_limit: Duration::from_secs(5),
            studio_limit: Duration::from_secs(10),
            flex_participant_hooks: true,
            message_age: Duration::ZERO,
        }
    }
}

pub(crate) struct Core {
    options: TwilioOptions,
    gate: Gate,
    trace: Trace,
    state: Watched<TwilioState>,
    faults: Faults,
    hook_faults: hooks::HookFaults,
    studio_faults: std::sync::Mutex<Vec<StudioFault>>,
    client: reqwest::Client,
}

/// A running simulated Twilio. Clones share it; it ends with the last of them.
#[derive(Clone)]
pub struct TwilioSim {
    core: Arc<Core>,
    server: Arc<Server>,
}

impl TwilioSim {
    /// Starts it on a free port.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn start(options: TwilioOptions, gate: Gate, trace: Trace) -> anyhow::Result<Self> {
        let core = Arc::new(Core {
            state: Watched::new(TwilioState::new(&options)),
            gate,
            trace,
            faults: Faults::default(),
            hook_faults: hooks::HookFaults::default(),
            studio_faults: std::sync::Mutex::default(),
            client: http::client("TwilioProxy/1.1"),
            options,
        });
        let handler = Arc::clone(&core);
        let server = Server::start(move |request| api::handle(Arc::clone(&handler), request)).await?;
        Ok(Self { core, server: Arc::new(server) })
    }

    /// The base URL: what `TWILIO_API_URL` is set to, possibly with `/as/<instance>` behind it.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The SIDs and the token it was set up with.
    pub fn options(&self) -> &TwilioOptions {
        &self.core.options
    }

    /// Looks at the state.
    pub fn read<T>(&self, look: impl FnOnce(&TwilioState) -> T) -> T {
        self.core.state.read(look)
    }

    /// Waits until `look` finds something.
    ///
    /// # Errors
    ///
    /// When nothing was found within `timeout`.
    pub async fn wait_for<T>(
        &self,
        look: impl FnMut(&TwilioState) -> Option<T>,
        timeout: Duration,
    ) -> anyhow::Result<T> {
        self.core.state.wait_for(timeout, look).await
    }

    /// Every conversation, oldest first.
    pub fn conversations(&self) -> Vec<Conversation> {
        self.read(|state| state.conversations().cloned().collect())
    }

    /// The messages of a conversation that were not removed, in order.
    pub fn messages(&self, conversation: &str) -> Vec<Message> {
        self.read(|state| state.messages(conversation))
    }

    /// The scoped webhooks of a conversation.
    pub fn webhooks(&self, conversation: &str) -> Vec<ScopedWebhook> {
        self.read(|state| state.conversation(conversation).map(|found| found.webhooks.clone()).unwrap_or_default())
    }

    /// Every task, oldest first.
    pub fn tasks(&self) -> Vec<Task> {
        self.read(|state| state.tasks().cloned().collect())
    }

    /// The Studio flows.
    pub fn flows(&self) -> Vec<Flow> {
        self.read(|state| state.flows.values().cloned().collect())
    }

    /// Every run of a flow, oldest first.
    pub fn executions(&self) -> Vec<Execution> {
        self.read(|state| state.executions.clone())
    }

    /// Every webhook that was sent, or that a fault kept from being sent.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.read(|state| state.deliveries.clone())
    }

    /// Stores and publishes a flow without the API. `setup` does it over the API.
    ///
    /// # Errors
    ///
    /// What is wrong with the definition.
    pub fn add_flow(&self, name: &str, definition: &Value) -> Result<String, Vec<String>> {
        let problems = studio::problems(definition);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(self.core.change(|state| state.store_flow(None, name, definition, "published", None)))
    }

    /// Plans a fault of the API.
    pub fn fault(&self, fault: Fault) {
        self.core.faults.plan(fault);
    }

    /// Starts or ends faults of the API by chance.
    pub fn random_faults(&self, faults: Option<RandomFaults>) {
        self.core.faults.random(faults);
    }

    /// The faults of the API: counts, clearing.
    pub fn faults(&self) -> &Faults {
        &self.core.faults
    }

    /// Plans what goes wrong with a webhook.
    pub fn hook_fault(&self, fault: HookFault) {
        self.core.hook_faults.plan(fault);
    }

    /// Starts or ends what goes wrong with webhooks by chance.
    pub fn random_hook_faults(&self, chance: Option<HookChance>) {
        self.core.hook_faults.random(chance);
    }

    /// Plans what goes wrong with a call that a flow makes.
    ///
    /// # Panics
    ///
    /// Never: no holder of the lock panics.
    pub fn studio_fault(&self, fault: StudioFault) {
        self.core.studio_faults.lock().expect("no holder of this lock panics").push(fault);
    }

    /// Requests that the contract does not know.
    pub fn contract_violations(&self) -> Vec<String> {
        self.read(|state| state.violations.clone())
    }

    /// The next message of this conversation leaves out `by` numbers in its index, which Twilio allows itself.
    pub fn skip_index(&self, conversation: &str, by: u64) {
        self.core.change(|state| {
            if let Some(conversation) = state.conversation_mut(conversation) {
                conversation.next_index += by;
            }
        });
    }

    /// `X-Twilio-Signature` of a form post: the URL as configured and the parameters.
    pub fn sign(&self, url: &str, params: &[(String, String)]) -> String {
        hooks::signature(&self.core.options.auth_token, url, params)
    }

    /// Sends a form as Twilio does, signed as told, for bad input.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub async fn post_webhook(
        &self,
        url: &str,
        params: &[(&str, &str)],
        signature: &Signature,
    ) -> anyhow::Result<RawAnswer> {
        let params: Vec<(String, String)> = params.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&params).finish();
        let valid = self.sign(url, &params);
        self.post_raw(url, "application/x-www-form-urlencoded; charset=utf-8", body, signature.header(valid).as_deref())
            .await
    }

    /// Sends JSON as Studio does, signed as told. Without `with_hash` the query lacks `bodySHA256`.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub async fn post_json(
        &self,
        url: &str,
        body: &str,
        signature: &Signature,
        with_hash: bool,
    ) -> anyhow::Result<RawAnswer> {
        let url = if with_hash { hooks::with_body_hash(url, body.as_bytes()) } else { url.to_owned() };
        let valid = self.sign(&url, &[]);
        self.post_raw(&url, "application/json", body.to_owned(), signature.header(valid).as_deref()).await
    }

    /// Sends any bytes.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub async fn post_raw(
        &self,
        url: &str,
        content_type: &str,
        body: impl Into<bytes::Bytes>,
        signature: Option<&str>,
    ) -> anyhow::Result<RawAnswer> {
        let mut headers = vec![("content-type".to_owned(), content_type.to_owned())];
        headers.extend(signature.map(|signature| ("x-twilio-signature".to_owned(), signature.to_owned())));
        Ok(http::send(&self.core.client, "POST", url, &headers, body.into(), self.core.options.studio_limit).await?)
    }
}

impl Core {
    /// Changes the state and sends what the change sets off.
    fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut TwilioState) -> T) -> T {
        let (result, outgoing) = self.state.change(|state| {
            let result = change(state);
            (result, std::mem::take(&mut state.outgoing))
        });
        for event in outgoing {
            hooks::dispatch(self, event);
        }
        result
    }

    fn note(&self, kind: Kind, title: impl Into<String>, detail: Value) {
        self.trace.note(kind, title, detail);
    }
}

#[cfg(test)]
mod tests;
