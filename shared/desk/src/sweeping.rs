//! Looks for what got lost: Twilio calls a conversation's webhook once, within 5 s, and never again.

use anyhow::Context;
use domain::conversation::{AgentEvent, Conversation, Stage};
use domain::delivery::{Delivery, Outgoing};
use domain::ids::{ConversationSid, TaskSid};
use domain::line::{Line, Wish};
use domain::silence::{self, Patience, Silence};
use domain::text::Notice;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use queues::Queue;
use runtime::metrics::Metrics;
use store::Store;
use tracing::{info, warn};
use twilio::client::{MessageResource, WaitingTask, place_in_queue};
use twilio::webhook::ConversationState;

use crate::case_news::CaseSweeping;
use crate::reading::{self, TypedLines, Waking};
use crate::transferring::Transferring;
use crate::{delivering, said};

/// Most conversations of one sweep; the rest is due at the next. Each is two calls to Twilio, as a rule.
const CONVERSATIONS_MAX: i32 = 500;
/// How many are looked at at once.
const AT_ONCE: usize = 8;
/// Most lines that are looked at in one conversation.
const LINES_MAX: usize = 100;
/// A line this young may still be on its way, in seconds.
const ON_ITS_WAY_SECONDS: i64 = 30;
/// A question this old is not answered any more, in seconds: the person has gone on.
const STALE_QUESTION_SECONDS: i64 = 600;
/// An edit this old is not looked for any more, in seconds.
const STALE_EDIT_SECONDS: i64 = 600;
/// A transfer that takes longer is stuck, in seconds: the flow's *Send to Flex* has at most 10 s.
const STUCK_TRANSFER_SECONDS: i64 = 60;
/// Who waits longer is looked for among those that TaskRouter has a task for, in seconds: Flex makes it behind its answer.
const WAITING_SECONDS: i64 = 120;

/// Sweeps.
#[derive(Clone)]
pub struct Sweeping {
    /// The table.
    pub store: Store,
    /// Twilio.
    pub twilio: twilio::client::Client,
    /// Where what was found goes.
    pub outbox: Queue,
    /// Finishes transfers that stuck.
    pub transferring: Transferring,
    /// Looks after cases.
    pub cases: CaseSweeping,
    /// Restarts those who read what people type.
    pub waking: Waking,
    /// Says how late they were.
    pub metrics: Metrics,
    /// Reads what was typed before a chat is called silent.
    pub typed: TypedLines,
    /// How long chats may be silent; `None` is for ever.
    pub patience: Option<Patience>,
}

impl Sweeping {
    /// Looks at every conversation that is due. One that fails is looked at again the next time, and does not stop the others.
    pub async fn sweep(&self) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let due = self.store.due_for_sweep(now, CONVERSATIONS_MAX).await.context("find what is due")?;
        let count = due.len();
        let waiting = self.tell_places(&due, now).await;
        let looks = stream::iter(&due).for_each_concurrent(AT_ONCE, async |conversation| {
            if let Err(error) = self.look_at(conversation, &waiting, now).await {
                let generation = conversation.generation;
                warn!(conversation.generation = generation, error = format!("{error:#}"), "a sweep failed");
            }
        });
        looks.await;
        info!(conversations = count, "swept");
        match self.waking.restart_dead(now).await {
            Ok(late) => reading::tell_overdue(&self.metrics, &late),
            // Cases are looked after all the same.
            Err(error) => warn!(error = format!("{error:#}"), "readers were not restarted"),
        }
        self.cases.sweep(now).await
    }

    /// Has the people who wait told their place in the queue, where it is not what they know: one request for all of them. Hands back the
    /// tasks that wait, as far as they are known.
    async fn tell_places(&self, due: &[Conversation], now: Timestamp) -> Vec<WaitingTask> {
        if due.iter().all(|conversation| conversation.waiting_task().is_none()) {
            return Vec::new();
        }
        let mut waiting = Vec::new();
        let told = async {
            let listed = self.twilio.list_waiting_tasks(&self.transferring.workspace).await;
            waiting = listed.context("list the tasks that wait")?.unwrap_or_default();
            for conversation in due {
                let Some((task, known)) = conversation.waiting_task() else { continue };
                let place = place_in_queue(&waiting, task)
                    .filter(|place| known.is_none_or(|known| !known.says(*place, conversation.channel)));
                if let Some(place) = place {
                    self.send(conversation, Delivery::Place { task: task.clone(), place }, now).await?;
                }
            }
            anyhow::Ok(())
        };
        if let Err(error) = told.await {
            warn!(error = format!("{error:#}"), "places in the queue were not told");
        }
        waiting
    }

    async fn look_at(
        &self,
        conversation: &Conversation,
        waiting: &[WaitingTask],
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let Some(sid) = &conversation.sid else { return Ok(()) };
        let resource = self.twilio.fetch_conversation(sid.as_str()).await.context("read the conversation")?;
        if resource.is_none_or(|resource| resource.state == ConversationState::Closed) {
            let delivery = Delivery::Agents { id: "swept".to_owned(), task: None, event: AgentEvent::Closed };
            self.send(conversation, delivery, now).await?;
        }
        let lines = self.twilio.list_messages_desc(sid, None, LINES_MAX).await.context("read the newest lines")?;
        for line in lines.iter().rev() {
            if is_lost(conversation, line, now) {
                info!(message.sid = %line.sid, line.index = line.index, "found a line whose webhook never came");
                self.send(conversation, Delivery::Line(delivering::agent_line(line)), now).await?;
            }
            if let Some(date_updated) = overdue_edit(line, now) {
                // Most were applied long ago, which is known by their own record.
                let edited = Delivery::Edited { line: delivering::agent_line(line), date_updated };
                self.send(conversation, edited, now).await?;
            }
            if is_unanswered(conversation, line, &lines, now) {
                info!(message.sid = %line.sid, "found a question that the flow never passed on");
                let ask = Delivery::Ask { message: line.sid.clone(), question: line.body.clone() };
                self.send(conversation, ask, now).await?;
            }
        }
        if let Stage::Transferring { since, .. } = &conversation.stage
            && now.as_second() - since.as_second() > STUCK_TRANSFER_SECONDS
        {
            info!(conversation.sid = %sid, "a transfer is stuck");
            self.transferring.send_to_flex(conversation, true).await.context("finish a stuck transfer")?;
        }
        if conversation.stage == Stage::Waiting {
            self.look_for_the_task(conversation, sid, waiting, now).await?;
        }
        let silence = self.silence(conversation, &lines, now).await?;
        let newest = lines.iter().filter_map(created_at).chain(conversation.lively_at).max();
        let newest = newest.unwrap_or(conversation.opened_at);
        let pause = match conversation.stage {
            // Their place in the queue changes, whoever is silent.
            Stage::Waiting => silence::LOOK_SECONDS,
            _ => silence::look_pause(now.as_second() - newest.as_second()),
        };
        let next = Timestamp::from_second(now.as_second() + pause).context("compute the next sweep")?;
        let latest = self.patience.map_or(Timestamp::MAX, |patience| silence.look_again_at(patience, now));
        self.store.sweep_again_at(conversation, now, next.min(latest)).await.context("plan the next sweep")
    }

    /// Gives back to the assistant who waits for an agent and has no task: it was never made, or what TaskRouter reported of its end got
    /// lost.
    async fn look_for_the_task(
        &self,
        conversation: &Conversation,
        sid: &ConversationSid,
        waiting: &[WaitingTask],
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let since = conversation.moved_at.unwrap_or(conversation.opened_at);
        let waits = |task: &TaskSid| waiting.iter().any(|one| one.sid == *task);
        if now.as_second() - since.as_second() <= WAITING_SECONDS || conversation.task.as_ref().is_some_and(waits) {
            return Ok(());
        }
        let workspace = &self.transferring.workspace;
        let event = match &conversation.task {
            Some(task) => match self.twilio.fetch_task(workspace, task).await.context("look for the task")? {
                Some(found) if !found.is_over() => return Ok(()),
                // Its conversation is closed as well.
                Some(found) if found.assignment_status == "completed" => AgentEvent::Finished,
                _ => AgentEvent::NobodyAvailable,
            },
            None => {
                let former = &conversation.former_tasks;
                let found = self.twilio.find_task_by_conversation(workspace, sid, former).await;
                match found.context("look for the task")? {
                    Some(found) if !found.is_over() => AgentEvent::TaskCreated {
                        task: found.sid,
                        interaction: found.attributes.interaction_sid,
                        interaction_channel: found.attributes.interaction_channel_sid,
                    },
                    _ => AgentEvent::NobodyAvailable,
                }
            }
        };
        info!(conversation.sid = %sid, "somebody waits, and what is reported of their task never came");
        // One report of each wait, whichever sweep finds it.
        let id = format!("swept {since}");
        let delivery = Delivery::Agents { id, task: conversation.task.clone(), event };
        self.send(conversation, delivery, now).await
    }

    /// Warns of silence, and ends what stays silent, both by the queues, so that neither overtakes a line.
    async fn silence(
        &self,
        conversation: &Conversation,
        lines: &[MessageResource],
        now: Timestamp,
    ) -> anyhow::Result<Silence> {
        let Some(patience) = self.patience else { return Ok(Silence::Allowed) };
        let silence = silence::at(conversation, patience, now);
        if !matches!(silence, Silence::Warn | Silence::End(_)) {
            return Ok(silence);
        }
        // What is due comes from an index, which may be a moment late.
        let current = self.store.conversation(conversation.person).await.context("load the conversation")?;
        let Some(current) = current.filter(|current| current.generation == conversation.generation) else {
            return Ok(Silence::Allowed);
        };
        let silence = silence::at(&current, patience, now);
        if !matches!(silence, Silence::Warn | Silence::End(_)) {
            return Ok(silence);
        }
        let case = match current.case {
            Some(number) => self.store.case(number).await.context("load the case")?,
            None => None,
        };
        if silence::is_owed(&current, case.as_ref(), agent_spoke_last(&current, lines)) {
            return Ok(Silence::Allowed);
        }
        // A reader is slow by now. What was typed is in the inbox in front of the end, which is void by it.
        if self.has_typed(&current, now).await? {
            return Ok(silence);
        }
        match silence {
            Silence::Allowed | Silence::Until(_) => {}
            Silence::Warn => {
                let ends_at = now.saturating_add(patience.end).unwrap_or(Timestamp::MAX);
                let notice = Notice::SilenceWarning { warned_at: now, ends_at };
                self.send(&current, Delivery::Say { id: "silence".to_owned(), notice }, now).await?;
            }
            Silence::End(warned_at) => {
                let wish = Wish::EndSilent { generation: current.generation, warned_at };
                let id = format!("silence {} {}", current.unique_name(), warned_at.as_second());
                let line = Line { id, asker: reading::asker(&current), wish, at: now };
                self.typed.inbox.send_line(&line).await.context("put the end into the inbox")?;
            }
        }
        Ok(silence)
    }

    /// Whether the person has typed something that no turn has found yet, readable or not.
    async fn has_typed(&self, current: &Conversation, now: Timestamp) -> anyhow::Result<bool> {
        let typed = self.typed.try_to_catch_up(&self.store, current).await.context("read what was typed")?;
        if typed.unreadable {
            // Nobody relays it, so nothing else would show that they are there.
            self.waking.sign_of_life(current).await;
            self.store.show_life(current, now).await.context("remember that somebody is there")?;
        }
        Ok(typed.unreadable || typed.lines > 0)
    }

    async fn send(&self, conversation: &Conversation, delivery: Delivery, now: Timestamp) -> anyhow::Result<()> {
        let Some(sid) = &conversation.sid else { return Ok(()) };
        let outgoing = Outgoing { conversation: sid.clone(), delivery };
        // What was set aside once may be tried once more by each sweep; what is done is known by its own record.
        let attempt = format!(" swept {}", now.as_second());
        self.outbox.send_outgoing_again(&outgoing, &attempt).await.context("queue what was found")
    }
}

/// Whether a line for the person has not been shown although its webhook is overdue.
fn is_lost(conversation: &Conversation, line: &MessageResource, now: Timestamp) -> bool {
    !delivering::is_echo(line) && !conversation.is_settled(line.index) && age(line, now) > ON_ITS_WAY_SECONDS
}

/// When a line for the person was last edited, if the webhook that tells so is overdue and the edit is not too old to matter.
fn overdue_edit(line: &MessageResource, now: Timestamp) -> Option<String> {
    let updated = line.date_updated.as_deref().filter(|updated| line.date_created.as_deref() != Some(*updated))?;
    let at: Timestamp = updated.parse().ok()?;
    let age = now.as_second() - at.as_second();
    let counts = !delivering::is_echo(line) && age > ON_ITS_WAY_SECONDS && age < STALE_EDIT_SECONDS;
    counts.then(|| updated.to_owned())
}

/// Whether a question of the person's never reached the assistant. Asked twice is harmless: the answer is claimed.
fn is_unanswered(
    conversation: &Conversation,
    line: &MessageResource,
    lines: &[MessageResource],
    now: Timestamp,
) -> bool {
    let age = age(line, now);
    // What was said while an agent was there was said to them.
    let for_agents = conversation.agent_left_at.is_some_and(|left| created_at(line).is_none_or(|said| said < left));
    conversation.stage.is_with_assistant()
        && !for_agents
        && line.author == conversation.person.identity()
        && !said::is_silent(line)
        && age > ON_ITS_WAY_SECONDS
        && age < STALE_QUESTION_SECONDS
        && !lines.iter().any(|other| said::is_own(other, &format!("answer-{}", line.sid)))
}

/// Whether the newest word in the conversation is an agent's, and not the person's. The assistant's and the desk's do not count.
fn agent_spoke_last(conversation: &Conversation, newest_first: &[MessageResource]) -> bool {
    let identity = conversation.person.identity();
    let word = newest_first.iter().find(|line| line.author == identity || !delivering::is_echo(line));
    word.is_some_and(|word| word.author != identity)
}

fn created_at(line: &MessageResource) -> Option<Timestamp> {
    line.date_created.as_deref()?.parse().ok()
}

/// How old a line is, in seconds. One without a date is old.
fn age(line: &MessageResource, now: Timestamp) -> i64 {
    created_at(line).map_or(i64::MAX, |created| now.as_second() - created.as_second())
}

#[cfg(test)]
mod tests {
    use domain::ids::{AttachmentId, ChannelId, PersonId};
    use serde_json::{Value, json};

    use super::*;

    fn now() -> Timestamp {
        "2025-06-15T12:00:00Z".parse().unwrap()
    }

    fn conversation(stage: Stage) -> Conversation {
        Conversation::new(PersonId::new(7).unwrap(), 1, stage, ChannelId::new(9).unwrap(), now())
    }

    /// A line that was written so many seconds ago.
    fn line(number: u32, author: &str, seconds_ago: i64, attributes: Value) -> MessageResource {
        let created = Timestamp::from_second(now().as_second() - seconds_ago).unwrap();
        MessageResource {
            sid: format!("IM{number:032x}").parse().unwrap(),
            index: number,
            author: author.to_owned(),
            body: "How do I trade?".to_owned(),
            attributes,
            media: Vec::new(),
            date_created: Some(created.to_string()),
            date_updated: None,
        }
    }

    fn question(seconds_ago: i64) -> MessageResource {
        line(3, "discord_7", seconds_ago, said::person_attributes("5"))
    }

    #[test]
    fn a_line_without_a_readable_date_is_old() {
        assert_eq!(age(&question(31), now()), 31);
        assert_eq!(age(&question(-5), now()), -5, "the other clock is ahead");
        for date in [None, Some(String::new()), Some("yesterday".to_owned())] {
            assert_eq!(age(&MessageResource { date_created: date, ..question(1) }, now()), i64::MAX);
        }
    }

    #[test]
    fn an_edit_is_looked_for_once_its_webhook_is_overdue_and_while_it_matters() {
        let check = |author: &str, edited_ago: Option<i64>, expected: bool| {
            let updated = edited_ago.map(|ago| Timestamp::from_second(now().as_second() - ago).unwrap().to_string());
            let line = MessageResource { date_updated: updated.clone(), ..line(3, author, 3000, json!({})) };
            assert_eq!(overdue_edit(&line, now()), updated.filter(|_| expected), "{author} {edited_ago:?}");
        };
        check("agent_40example", Some(31), true);
        check("agent_40example", Some(30), false);
        check("agent_40example", Some(600), false);
        check("agent_40example", Some(3000), false);
        check("agent_40example", None, false);
        check("discord_7", Some(31), false);
    }

    #[test]
    fn the_last_word_is_the_persons_or_an_agents() {
        let check = |authors: &[(&str, Value)], expected: bool| {
            let newest_first: Vec<_> =
                authors.iter().map(|(author, attributes)| line(3, author, 60, attributes.clone())).collect();
            let found = agent_spoke_last(&conversation(Stage::WithAssistant), &newest_first);
            assert_eq!(found, expected, "{authors:?}");
        };
        let person = || ("discord_7", said::person_attributes("5"));
        let agent = || ("agent_40example_2Ecom", Value::Null);
        let note = || ("system", json!({ "bridge": "system", "key": "a" }));
        let assistant = || ("assistant", json!({ "bridge": "assistant", "key": "a" }));
        check(&[], false);
        check(&[person(), agent()], false);
        check(&[agent(), person()], true);
        check(&[note(), agent(), person()], true);
        check(&[note(), person(), agent()], false);
        check(&[assistant(), note()], false);
    }

    #[test]
    fn a_question_that_nobody_passed_on_is_asked_while_it_is_fresh() {
        let check = |stage: Stage, line: &MessageResource, others: &[MessageResource], expected: bool| {
            let found = is_unanswered(&conversation(stage.clone()), line, others, now());
            assert_eq!(found, expected, "{} {:?}", stage.name(), line.date_created);
        };
        for (seconds_ago, expected) in [(0, false), (30, false), (31, true), (599, true), (600, false), (-5, false)] {
            check(Stage::WithAssistant, &question(seconds_ago), &[], expected);
        }
        let undated = MessageResource { date_created: None, ..question(60) };
        check(Stage::WithAssistant, &undated, &[], false);
        check(Stage::AgentLeft, &question(60), &[], true);
        let left = Timestamp::from_second(now().as_second() - 60).unwrap();
        let conversation = Conversation { agent_left_at: Some(left), ..conversation(Stage::AgentLeft) };
        assert!(!is_unanswered(&conversation, &question(61), &[], now()), "it was said to the agent");
        assert!(is_unanswered(&conversation, &question(60), &[], now()));
        for stage in [Stage::Waiting, Stage::WithAgent { name: "Alex".to_owned() }, Stage::Closed] {
            check(stage, &question(60), &[], false);
        }
        for author in ["agent_40example_2Ecom", "discord_77", "assistant", ""] {
            check(Stage::WithAssistant, &line(3, author, 60, Value::Null), &[], false);
        }
    }

    #[test]
    fn an_answered_question_is_left_alone() {
        let answer =
            |to: &str| line(4, "assistant", 50, json!({ "bridge": "assistant", "key": format!("answer-{to}") }));
        let asked = question(60);
        let conversation = conversation(Stage::WithAssistant);
        assert!(!is_unanswered(&conversation, &asked, &[asked.clone(), answer(asked.sid.as_str())], now()));
        let file = line(5, "discord_7", 60, said::file_attributes("5", AttachmentId::new(8).unwrap(), true));
        assert!(!is_unanswered(&conversation, &file, &[], now()), "the line it came with is answered");
        let another = line(9, "discord_7", 60, Value::Null);
        assert!(is_unanswered(&conversation, &asked, &[asked.clone(), answer(another.sid.as_str())], now()));
    }
}
