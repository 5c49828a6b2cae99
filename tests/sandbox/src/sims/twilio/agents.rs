//! Agents in Flex: they take tasks, type, and end chats.

use super::TwilioSim;
use super::conversations;
use super::hooks::Source;
use super::state::{Task, TwilioState, Worker};
use crate::sims::ids::sid;
use crate::trace::Kind;
use anyhow::{Context, anyhow, bail};
use serde_json::json;

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Agent {
    /// `WK…`.
    pub worker_sid: String,
    /// The identity in conversations.
    pub identity: String,
    /// The name that people see.
    pub name: String,
}

/// `user@example.com` becomes `user_40example_2Ecom`, as Flex makes identities.
fn escaped(name: &str) -> String {
    let mut identity = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            identity.push(character);
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                identity.push_str(&format!("_{byte:02X}"));
            }
        }
    }
    identity
}

impl TwilioSim {
    /// A new agent who is available. Tasks that wait are offered to the first agent.
    pub fn add_agent(&self, full_name: &str) -> Agent {
        let name = format!("{}@example.com", full_name.to_lowercase().split_whitespace().collect::<Vec<_>>().join("."));
        let identity = escaped(&name);
        let worker_sid = self.core.change(|state| {
            let worker = Worker {
                sid: sid("WK"),
                name,
                identity: identity.clone(),
                full_name: full_name.to_owned(),
                number: state.number(),
            };
            let worker_sid = worker.sid.clone();
            state.workers.insert(worker_sid.clone(), worker);
            let waiting: Vec<String> =
                state.tasks().filter(|task| task.status == "pending").map(|task| task.sid.clone()).collect();
            for task in waiting {
                state.reserve_for_anybody(&task);
            }
            worker_sid
        });
        Agent { worker_sid, identity, name: full_name.to_owned() }
    }

    /// The agents there are.
    pub fn agents(&self) -> Vec<Agent> {
        self.read(|state| {
            let mut workers: Vec<&Worker> = state.workers.values().collect();
            workers.sort_by_key(|worker| worker.number);
            let agent = |worker: &Worker| Agent {
                worker_sid: worker.sid.clone(),
                identity: worker.identity.clone(),
                name: worker.full_name.clone(),
            };
            workers.into_iter().map(agent).collect()
        })
    }

    /// Tasks that wait for an agent, oldest first.
    pub fn waiting_tasks(&self) -> Vec<Task> {
        self.read(TwilioState::waiting_tasks)
    }

    /// The agent takes a task; Flex adds them to the conversation.
    ///
    /// # Errors
    ///
    /// When the task does not wait.
    pub async fn accept(&self, agent: &Agent, task: &str) -> anyhow::Result<()> {
        self.act(agent, "accepts a task", |state| {
            state.accept_task(task, &agent.worker_sid).map_err(|why| anyhow!(why))
        })
        .await
    }

    /// The agent declines a task that is offered to them.
    ///
    /// # Errors
    ///
    /// When it is not offered to them.
    pub async fn reject(&self, agent: &Agent, task: &str) -> anyhow::Result<()> {
        self.act(agent, "rejects a task", |state| {
            state.reject_task(task, &agent.worker_sid).map_err(|why| anyhow!(why))
        })
        .await
    }

    /// The agent types a line; returns the message's SID.
    ///
    /// # Errors
    ///
    /// When the agent is not in the conversation, or it is closed.
    pub async fn say(&self, agent: &Agent, conversation: &str, text: &str) -> anyhow::Result<String> {
        let short: String = text.chars().take(80).collect();
        self.act(agent, &format!("says: {short}"), |state| {
            let conversation = state.conversation(conversation).context("there is no such conversation")?;
            if !conversation.participants.iter().any(|participant| participant.identity == agent.identity) {
                bail!("{} is not in the conversation", agent.name);
            }
            let sid = conversation.sid.clone();
            let source = Source::Sdk(agent.identity.clone());
            let message = conversations::add_message(state, &sid, &agent.identity, text, "{}".into(), Some(&source));
            message.map(|message| message.sid).map_err(|refusal| anyhow!("{} {}", refusal.code, refusal.message))
        })
        .await
    }

    /// The agent sends files (name, content type, bytes), with a line or without; returns the message's SID.
    ///
    /// # Errors
    ///
    /// When the agent is not in the conversation, or it is closed.
    pub async fn send_files(
        &self,
        agent: &Agent,
        conversation: &str,
        text: &str,
        files: &[(&str, &str, bytes::Bytes)],
    ) -> anyhow::Result<String> {
        self.act(agent, &format!("sends {} files", files.len()), |state| {
            let conversation = state.conversation(conversation).context("there is no such conversation")?;
            if !conversation.participants.iter().any(|participant| participant.identity == agent.identity) {
                bail!("{} is not in the conversation", agent.name);
            }
            let sid = conversation.sid.clone();
            let mut media = Vec::new();
            for (name, content_type, bytes) in files {
                let uploaded = state.add_media(content_type, Some(name), bytes.clone());
                media.extend(state.message_media(&uploaded));
            }
            let source = Source::Sdk(agent.identity.clone());
            let message =
                conversations::add_message_with(state, &sid, &agent.identity, text, "{}".into(), media, Some(&source));
            message.map(|message| message.sid).map_err(|refusal| anyhow!("{} {}", refusal.code, refusal.message))
        })
        .await
    }

    /// The agent changes a line of theirs.
    ///
    /// # Errors
    ///
    /// When there is no such line, or the conversation is closed.
    pub async fn edit(&self, agent: &Agent, message: &str, text: &str) -> anyhow::Result<()> {
        self.act(agent, "edits a line", |state| {
            let conversation = holder(state, message)?;
            let source = Source::Sdk(agent.identity.clone());
            let edited = conversations::edit_message(state, &conversation, message, Some(text), None, Some(&source));
            edited.map(|_| ()).map_err(|refusal| anyhow!("{} {}", refusal.code, refusal.message))
        })
        .await
    }

    /// The agent removes a line.
    ///
    /// # Errors
    ///
    /// When there is no such line, or the conversation is closed.
    pub async fn remove(&self, agent: &Agent, message: &str) -> anyhow::Result<()> {
        self.act(agent, "removes a line", |state| {
            let conversation = holder(state, message)?;
            let source = Source::Sdk(agent.identity.clone());
            let removed = conversations::delete_message(state, &conversation, message, Some(&source));
            removed.map_err(|refusal| anyhow!("{} {}", refusal.code, refusal.message))
        })
        .await
    }

    /// The agent ends the chat, but is not done: the task is wrapping, the conversation still open.
    ///
    /// # Errors
    ///
    /// When the task is not theirs.
    pub async fn wrapup(&self, agent: &Agent, task: &str) -> anyhow::Result<()> {
        self.act(agent, "wraps up", |state| {
            assigned(state, agent, task)?;
            state.move_task(task, "wrapping", None);
            Ok(())
        })
        .await
    }

    /// The agent completes: Flex takes them out, closes the conversation and completes the task.
    ///
    /// # Errors
    ///
    /// When the task is not theirs.
    pub async fn complete(&self, agent: &Agent, task: &str) -> anyhow::Result<()> {
        self.act(agent, "completes", |state| {
            let interaction = assigned(state, agent, task)?;
            state.close_channel(&interaction, "closed", true);
            Ok(())
        })
        .await
    }

    /// The agent asks a colleague into the chat; returns the task that is made for them.
    ///
    /// # Errors
    ///
    /// When the task is not theirs.
    pub async fn invite(&self, agent: &Agent, task: &str, colleague: &Agent) -> anyhow::Result<String> {
        self.act(agent, &format!("invites {}", colleague.name), |state| {
            let interaction = assigned(state, agent, task)?;
            state.invite(&interaction, Some(&colleague.worker_sid)).context("there is no such interaction")
        })
        .await
    }

    /// The agent goes, and only the agent: their participant of the interaction is closed, the task is completed, the conversation stays open.
    ///
    /// # Errors
    ///
    /// When the task is not theirs.
    pub async fn leave(&self, agent: &Agent, task: &str) -> anyhow::Result<()> {
        self.act(agent, "leaves", |state| {
            assigned(state, agent, task)?;
            state.free_agent(task, &agent.worker_sid);
            state.move_task(task, "completed", None);
            Ok(())
        })
        .await
    }

    /// A supervisor (or a rule) cancels a task. The conversation stays open with nobody in it.
    pub fn cancel_task(&self, task: &str, reason: &str) {
        self.core.change(|state| state.cancel_task(task, reason));
    }

    /// Nobody took the task in time.
    pub fn workflow_timeout(&self, task: &str) {
        self.core.change(|state| {
            state.task_event(task, "workflow.timeout");
            state.cancel_task(task, "Task canceled on Workflow timeout");
        });
    }

    /// A conversation's timer fires: `to` is `inactive` or `closed`.
    pub fn timer(&self, conversation: &str, to: &str) {
        self.core.change(|state| {
            let sid = state.conversation(conversation).map(|found| found.sid.clone()).unwrap_or_default();
            conversations::set_state(state, &sid, to, "TIMER", true);
        });
    }

    /// Somebody else's chat client writes into a conversation, with this identity.
    ///
    /// # Errors
    ///
    /// When there is no such conversation, or it is closed.
    #[expect(clippy::unused_async, reason = "like the agents' acts")]
    pub async fn say_as(
        &self,
        identity: &str,
        conversation: &str,
        text: &str,
        attributes: &str,
    ) -> anyhow::Result<String> {
        let source = Source::Sdk(identity.to_owned());
        let added = self.core.change(|state| {
            let sid = state.conversation(conversation).map(|found| found.sid.clone()).unwrap_or_default();
            conversations::add_message(state, &sid, identity, text, attributes.to_owned(), Some(&source))
        });
        added.map(|message| message.sid).map_err(|refusal| anyhow!("{} {}", refusal.code, refusal.message))
    }

    /// Not a call over the network, so nothing to wait for; asynchronous because what it sets off is.
    #[expect(clippy::unused_async, reason = "agents act like people, whose actions wait for an answer")]
    async fn act<T>(
        &self,
        agent: &Agent,
        what: &str,
        act: impl FnOnce(&mut TwilioState) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let done = self.core.change(act);
        let failed = done.as_ref().err().map(|error| format!(" (refused: {error})")).unwrap_or_default();
        self.core.note(Kind::Agent, format!("{} {what}{failed}", agent.name), json!({}));
        done
    }
}

/// The conversation that holds a message.
fn holder(state: &TwilioState, message: &str) -> anyhow::Result<String> {
    let found = state.conversations.values().find(|one| one.messages.iter().any(|stored| stored.sid == message));
    found.map(|conversation| conversation.sid.clone()).context("there is no such message")
}

/// The interaction of a task that the agent has.
fn assigned(state: &TwilioState, agent: &Agent, task: &str) -> anyhow::Result<String> {
    let task = state.task(task).context("there is no such task")?;
    let theirs = task.reservation().is_some_and(|reservation| {
        reservation.worker_sid == agent.worker_sid && matches!(reservation.status.as_str(), "accepted" | "wrapping")
    });
    if !theirs {
        bail!("the task is not {}'s", agent.name);
    }
    Ok(task.interaction_sid.clone())
}

#[cfg(test)]
mod tests {
    #[test]
    fn identities_are_escaped_as_flex_escapes_them() {
        assert_eq!(super::escaped("agent@example.com"), "agent_40example_2Ecom");
    }
}
