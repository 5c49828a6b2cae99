//! Tells the agents with the task what they want to know before they answer: who it is, what came before, what was just said.
//!
//! What is short travels with the task from its creation, so that a workflow can route by it. The rest is added when TaskRouter tells of the
//! task, whichever way it came: the flow's *Send to Flex* takes no more than 1,024 characters.

use anyhow::Context;
use domain::conversation::Conversation;
use domain::echo;
use domain::ids::{TaskSid, WorkspaceSid};
use domain::language::Language;
use serde_json::{Map, Value, json};
use store::Store;
use tracing::info;
use twilio::client::{MessageResource, Updated, place_in_queue};

use crate::casework::case_url;

/// Largest attributes of a task, in bytes of JSON. TaskRouter's own limit counts white space and cannot be raised, and its number stands in
/// the console alone: this is well below 4 KB, the smallest that any attributes at Twilio may have.
pub const ATTRIBUTES_BYTES_MAX: usize = 3_500;

/// How often it is tried again when somebody else changes the task at the same moment.
const TRIES: usize = 3;
/// Most earlier cases that are named, the newest ones.
const CASES_MAX: i32 = 4;
/// Most lines that are repeated, the newest ones.
const LINES_MAX: usize = 10;
/// Most characters of each.
const LINE_LENGTH_MAX: usize = 240;
/// By this it is known that a task has been added to.
const LAST_LINES: &str = "last_lines";

/// Adds to tasks.
#[derive(Clone)]
pub struct Enriching {
    /// The table.
    pub store: Store,
    /// Twilio.
    pub twilio: twilio::client::Client,
    /// Flex's workspace.
    pub workspace: WorkspaceSid,
    /// Where the case console is.
    pub console_url: Option<String>,
}

/// Who it is and how they are reached: what every task of a conversation has from its creation.
pub fn of_the_person(conversation: &Conversation) -> Map<String, Value> {
    let avatar = conversation
        .avatar
        .as_ref()
        .map(|hash| format!("https://cdn.discordapp.com/avatars/{}/{hash}.png", conversation.person));
    let facts = [
        ("locale", Some(conversation.locale.clone())),
        ("language", Some(Language::of(&conversation.locale).locale().to_owned())),
        ("way", Some(conversation.way.name().to_owned())),
        ("discord_server_id", conversation.server.map(|server| server.to_string())),
        ("avatar_url", avatar),
        ("previous_conversation_sid", conversation.continues.as_ref().map(ToString::to_string)),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}

impl Enriching {
    /// Adds to a task what the agents want to know, once.
    pub async fn enrich(&self, conversation: &Conversation, task: &TaskSid) -> anyhow::Result<()> {
        let Some(sid) = &conversation.sid else { return Ok(()) };
        let mut known = None;
        for _ in 0..TRIES {
            let found = self.twilio.fetch_task(&self.workspace, task).await.context("read the task")?;
            let Some(found) = found.filter(|found| !found.is_over()) else { return Ok(()) };
            let Value::Object(mut attributes) = found.attributes else { return Ok(()) };
            if attributes.contains_key(LAST_LINES) {
                return Ok(());
            }
            let (cases, lines) = match known.take() {
                Some(known) => known,
                None => {
                    let lines = self.twilio.list_messages_desc(sid, None, LINES_MAX).await.context("read the lines")?;
                    (self.earlier_cases(conversation).await?, last_lines(conversation, &lines))
                }
            };
            attributes.extend(of_the_person(conversation));
            let fitted = fitted(&attributes, cases.clone(), lines.clone());
            let etag = found.etag.as_deref();
            let updated = self.twilio.update_task_attributes(&self.workspace, task, &fitted, etag).await;
            match updated.context("add to the task")? {
                Updated::Done => {
                    info!(task.sid = %task, cases = cases.len(), "added to a task");
                    return Ok(());
                }
                Updated::Clash => known = Some((cases, lines)),
            }
        }
        anyhow::bail!("the task kept changing while it was added to")
    }

    /// The place of a task in its queue, where TaskRouter tells it.
    pub async fn place(&self, task: &TaskSid) -> anyhow::Result<Option<u32>> {
        let waiting = self.twilio.list_waiting_tasks(&self.workspace).await.context("list the tasks that wait")?;
        Ok(waiting.and_then(|waiting| place_in_queue(&waiting, task)))
    }

    /// A task of the conversation that runs beside `task`, where TaskRouter knows of one.
    pub async fn other_task(&self, conversation: &Conversation, task: &TaskSid) -> anyhow::Result<Option<TaskSid>> {
        let Some(sid) = &conversation.sid else { return Ok(None) };
        let over = conversation.former_tasks.iter().chain([task]).cloned().collect();
        let found = self.twilio.find_task_by_conversation(&self.workspace, sid, &over).await;
        let found = found.context("look for another task")?;
        Ok(found.filter(|found| !found.is_over()).map(|found| found.sid))
    }

    /// The person's other cases that agents of this one may see, the newest first.
    async fn earlier_cases(&self, conversation: &Conversation) -> anyhow::Result<Vec<Value>> {
        let Some(current) = conversation.case else { return Ok(Vec::new()) };
        let numbers = self.store.newest_cases_of(conversation.person, CASES_MAX).await.context("find earlier cases")?;
        let server = self.store.case(current).await.context("load the case")?.and_then(|case| case.server);
        let mut cases = Vec::new();
        for number in numbers.into_iter().filter(|number| *number != current) {
            let case = self.store.case(number).await.context("load an earlier case")?;
            if let Some(case) = case.filter(|case| case.server == server) {
                cases.push(json!({
                    "case_number": case.number.0,
                    "kind": case.kind.name(),
                    "status": case.status.name(),
                    "case_url": case_url(self.console_url.as_deref(), case.number),
                }));
            }
        }
        Ok(cases)
    }
}

/// The newest lines that people and the assistant said, the oldest first. `newest_first` is as Twilio lists them.
fn last_lines(conversation: &Conversation, newest_first: &[MessageResource]) -> Vec<String> {
    let identity = conversation.person.identity();
    let line = |message: &MessageResource| {
        let mark = message.bridge_mark();
        let who = match mark.as_deref() {
            _ if message.author == identity => "Person",
            Some("assistant") => "Assistant",
            // The desk's notes are for the conversation, where they stand anyway.
            Some(_) => return None,
            None if echo::is_echo(&message.author, None) => return None,
            None => "Agent",
        };
        let words: Vec<_> = message.body.split_whitespace().collect();
        let said = if words.is_empty() { "[file]".to_owned() } else { words.join(" ") };
        let cut: String = said.chars().take(LINE_LENGTH_MAX).collect();
        let ellipsis = if cut.len() < said.len() { "…" } else { "" };
        Some(format!("{who}: {cut}{ellipsis}"))
    };
    newest_first.iter().rev().filter_map(line).collect()
}

/// The attributes with as many cases and lines as there is room for: the oldest lines go first, then the oldest cases.
fn fitted(attributes: &Map<String, Value>, mut cases: Vec<Value>, mut lines: Vec<String>) -> Value {
    loop {
        let mut all = attributes.clone();
        all.insert("earlier_cases".to_owned(), cases.clone().into());
        all.insert(LAST_LINES.to_owned(), lines.join("\n").into());
        let all = Value::Object(all);
        let fits = all.to_string().len() <= ATTRIBUTES_BYTES_MAX;
        if fits || (lines.is_empty() && cases.is_empty()) {
            return all;
        }
        if lines.is_empty() {
            cases.pop();
        } else {
            lines.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::conversation::{Stage, Way};
    use domain::ids::{ChannelId, GuildId, PersonId};
    use jiff::Timestamp;

    use super::*;

    fn conversation() -> Conversation {
        let (person, channel) = (PersonId::new(7).unwrap(), ChannelId::new(9).unwrap());
        Conversation::new(person, 1, Stage::Waiting, channel, Timestamp::UNIX_EPOCH)
    }

    fn message(author: &str, body: &str, attributes: Value) -> MessageResource {
        MessageResource {
            sid: format!("IM{}", "0".repeat(32)).parse().unwrap(),
            index: 0,
            author: author.to_owned(),
            body: body.to_owned(),
            attributes,
            media: Vec::new(),
            date_created: None,
            date_updated: None,
        }
    }

    #[test]
    fn agents_learn_who_it_is_and_how_they_are_reached() {
        assert_eq!(
            Value::Object(of_the_person(&conversation())),
            json!({"locale": "en-US", "language": "en-US", "way": "direct_messages"})
        );
        let full = Conversation {
            locale: "es-419".to_owned(),
            way: Way::Thread,
            server: GuildId::new(5),
            avatar: Some("a_c6a2".to_owned()),
            continues: format!("CH{}", "0".repeat(32)).parse().ok(),
            ..conversation()
        };
        assert_eq!(
            Value::Object(of_the_person(&full)),
            json!({
                "locale": "es-419", "language": "es-ES", "way": "thread", "discord_server_id": "5",
                "avatar_url": "https://cdn.discordapp.com/avatars/7/a_c6a2.png",
                "previous_conversation_sid": format!("CH{}", "0".repeat(32)),
            })
        );
    }

    #[test]
    fn the_last_lines_are_those_that_were_said_the_oldest_first() {
        let said = [
            message("system", "a note", json!({"bridge": "system"})),
            message("agent_40example", "Hello\nAda", json!({})),
            message("discord_7", "", json!({"bridge": "person", "file": "5"})),
            message("assistant", &"é".repeat(LINE_LENGTH_MAX + 1), json!({"bridge": "assistant"})),
            message("discord_7", "my map is empty", json!({"bridge": "person"})),
        ];
        let long = format!("Assistant: {}…", "é".repeat(LINE_LENGTH_MAX));
        let expected = ["Person: my map is empty", &long, "Person: [file]", "Agent: Hello Ada"];
        assert_eq!(last_lines(&conversation(), &said), expected);
    }

    #[test]
    fn what_does_not_fit_is_left_out_the_oldest_first() {
        let own: Map<String, Value> = json!({"case_number": 12}).as_object().unwrap().clone();
        let cases =
            |count: u32| (0..count).map(|number| json!({"case_number": number, "pad": "x".repeat(90)})).collect();
        let lines = |count: usize| (0..count).map(|number| format!("{number}: {}", "\"é".repeat(200))).collect();
        for (case_count, line_count) in [(0, 0), (3, 10), (60, 10), (1, 1)] {
            let all = fitted(&own, cases(case_count), lines(line_count));
            assert!(all.to_string().len() <= ATTRIBUTES_BYTES_MAX, "{case_count} {line_count}");
            let kept = all[LAST_LINES].as_str().unwrap();
            let newest = format!("{}: ", line_count.saturating_sub(1));
            assert!(case_count > 3 || kept.lines().last().unwrap_or(&newest).starts_with(&newest));
            assert_eq!(all["earlier_cases"].as_array().unwrap().len() == case_count as usize, case_count <= 3);
        }
        // Attributes that are too large as they are stay as they are.
        let large: Map<String, Value> = json!({"own": "x".repeat(5_000)}).as_object().unwrap().clone();
        assert_eq!(fitted(&large, cases(1), lines(1))["earlier_cases"], json!([]));
    }
}
