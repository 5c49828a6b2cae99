//! Items of the table and the domain's types, both ways.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::case::{Author, Case, Event, Kind, Status};
use domain::conversation::{Conversation, Stage};
use domain::ids::{CaseNumber, PersonId};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::keys;

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

#[expect(clippy::needless_pass_by_value, reason = "numbers are copied")]
pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Reads attributes of one item, and says which one is wrong.
pub(crate) struct Reader<'a>(pub &'a Item);

impl Reader<'_> {
    pub fn malformed(&self, what: &'static str) -> StoreError {
        let key = self.0.get(keys::PK).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        StoreError::Malformed { key, what }
    }

    /// What is there is of the right type: nothing that was stored is passed over as missing.
    fn read<'a, T>(
        &'a self,
        name: &'static str,
        read: impl FnOnce(&'a AttributeValue) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        self.0.get(name).map(|value| read(value).ok_or_else(|| self.malformed(name))).transpose()
    }

    pub fn text(&self, name: &'static str) -> Result<&str, StoreError> {
        self.optional_text(name)?.ok_or_else(|| self.malformed(name))
    }

    pub fn optional_text(&self, name: &'static str) -> Result<Option<&str>, StoreError> {
        self.read(name, |value| value.as_s().ok().map(String::as_str))
    }

    pub fn parse<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, StoreError> {
        self.text(name)?.parse().map_err(|_| self.malformed(name))
    }

    pub fn optional<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, StoreError> {
        self.read(name, |value| value.as_s().ok()?.parse().ok())
    }

    pub fn number<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, StoreError> {
        self.optional_number(name)?.ok_or_else(|| self.malformed(name))
    }

    pub fn optional_number<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, StoreError> {
        self.read(name, |value| value.as_n().ok()?.parse().ok())
    }

    pub fn numbers<T: std::str::FromStr + Ord>(&self, name: &'static str) -> Result<BTreeSet<T>, StoreError> {
        let numbers = self.read(name, |value| value.as_ns().ok()?.iter().map(|text| text.parse().ok()).collect())?;
        Ok(numbers.unwrap_or_default())
    }

    pub fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(|value| value.as_bool().ok()).copied().unwrap_or(false)
    }
}

/// The attributes that say where a conversation stands: always written together.
pub(crate) fn stage_attributes(stage: &Stage) -> Vec<(&'static str, AttributeValue)> {
    let mut attributes = vec![("stage", s(stage.name()))];
    match stage {
        Stage::Opening { by, since } | Stage::Transferring { by, since } => {
            attributes.push(("stage_by", s(by)));
            attributes.push(("stage_since", s(since.to_string())));
        }
        Stage::WithAgent { name } => attributes.push(("agent_name", s(name))),
        Stage::WithAssistant | Stage::Waiting | Stage::AgentLeft | Stage::Ending | Stage::Closed => {}
    }
    attributes
}

fn stage(reader: &Reader<'_>) -> Result<Stage, StoreError> {
    let held = || Ok((reader.text("stage_by")?.to_owned(), reader.parse::<Timestamp>("stage_since")?));
    Ok(match reader.text("stage")? {
        "opening" => held().map(|(by, since)| Stage::Opening { by, since })?,
        "assistant" => Stage::WithAssistant,
        "transferring" => held().map(|(by, since)| Stage::Transferring { by, since })?,
        "waiting" => Stage::Waiting,
        "agent" => Stage::WithAgent { name: reader.text("agent_name")?.to_owned() },
        "agent_left" => Stage::AgentLeft,
        "ending" => Stage::Ending,
        "closed" => Stage::Closed,
        _ => return Err(reader.malformed("stage")),
    })
}

pub(crate) fn conversation_item(conversation: &Conversation) -> Item {
    let c = conversation;
    let mut item = Item::from([
        (keys::PK.to_owned(), s(keys::person(c.person))),
        (keys::SK.to_owned(), s(keys::CONVERSATION)),
        ("person".to_owned(), s(c.person.to_string())),
        ("generation".to_owned(), n(c.generation)),
        ("discord_channel_id".to_owned(), s(c.dm_channel.to_string())),
        ("display_name".to_owned(), s(&c.display_name)),
        ("locale".to_owned(), s(&c.locale)),
        ("opened_at".to_owned(), s(c.opened_at.to_string())),
    ]);
    let texts = [
        ("conversation_sid", c.sid.as_ref().map(ToString::to_string)),
        ("studio_webhook_sid", c.studio_webhook.as_ref().map(ToString::to_string)),
        ("flex_interaction_sid", c.interaction.as_ref().map(ToString::to_string)),
        ("flex_interaction_channel_sid", c.interaction_channel.as_ref().map(ToString::to_string)),
        ("task_sid", c.task.as_ref().map(ToString::to_string)),
    ];
    item.extend(texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), s(value?)))));
    item.extend(c.case.map(|case| ("case_number".to_owned(), n(case))));
    item.extend(c.shown_index.map(|index| ("shown_index".to_owned(), n(index))));
    if !c.own_indexes.is_empty() {
        item.insert(
            "own_indexes".to_owned(),
            AttributeValue::Ns(c.own_indexes.iter().map(ToString::to_string).collect()),
        );
    }
    item.extend(stage_attributes(&c.stage).into_iter().map(|(name, value)| (name.to_owned(), value)));
    item
}

pub(crate) fn conversation(item: &Item) -> Result<Conversation, StoreError> {
    let reader = Reader(item);
    Ok(Conversation {
        person: reader.parse("person")?,
        generation: reader.number("generation")?,
        stage: stage(&reader)?,
        sid: reader.optional("conversation_sid")?,
        dm_channel: reader.parse("discord_channel_id")?,
        display_name: reader.text("display_name")?.to_owned(),
        locale: reader.text("locale")?.to_owned(),
        studio_webhook: reader.optional("studio_webhook_sid")?,
        case: reader.optional_number("case_number")?.map(CaseNumber),
        interaction: reader.optional("flex_interaction_sid")?,
        interaction_channel: reader.optional("flex_interaction_channel_sid")?,
        task: reader.optional("task_sid")?,
        shown_index: reader.optional_number("shown_index")?,
        own_indexes: reader.numbers("own_indexes")?,
        opened_at: reader.parse("opened_at")?,
    })
}

pub(crate) fn case_item(case: &Case) -> Item {
    let mut item = Item::from([
        (keys::PK.to_owned(), s(keys::case(case.number))),
        (keys::SK.to_owned(), s(keys::CASE)),
        ("case_number".to_owned(), n(case.number)),
        ("kind".to_owned(), s(case.kind.name())),
        ("case_status".to_owned(), s(case.status.name())),
        ("title".to_owned(), s(&case.title)),
        ("reporter".to_owned(), s(case.reporter.to_string())),
        ("reporter_name".to_owned(), s(&case.reporter_name)),
        ("locale".to_owned(), s(&case.locale)),
        ("created_at".to_owned(), s(case.created_at.to_string())),
        ("updated_at".to_owned(), s(case.updated_at.to_string())),
        ("version".to_owned(), n(case.version)),
    ]);
    // Not `conversation_sid`: that attribute would put the case into the conversations' index.
    item.extend(case.conversation.as_ref().map(|sid| ("case_conversation_sid".to_owned(), s(sid.as_str()))));
    item.extend(case.assignee.as_ref().map(|name| ("assignee".to_owned(), s(name))));
    item
}

pub(crate) fn case(item: &Item) -> Result<Case, StoreError> {
    let reader = Reader(item);
    Ok(Case {
        number: CaseNumber(reader.number("case_number")?),
        kind: Kind::from_name(reader.text("kind")?).ok_or_else(|| reader.malformed("kind"))?,
        status: Status::from_name(reader.text("case_status")?).ok_or_else(|| reader.malformed("case_status"))?,
        title: reader.text("title")?.to_owned(),
        reporter: reader.parse("reporter")?,
        reporter_name: reader.text("reporter_name")?.to_owned(),
        locale: reader.text("locale")?.to_owned(),
        conversation: reader.optional("case_conversation_sid")?,
        assignee: reader.optional_text("assignee")?.map(str::to_owned),
        created_at: reader.parse("created_at")?,
        updated_at: reader.parse("updated_at")?,
        version: reader.number("version")?,
    })
}

pub(crate) fn event_item(number: CaseNumber, event: &Event) -> Item {
    let (author_kind, author) = match &event.author {
        Author::Person(person) => ("person", person.to_string()),
        Author::Agent(name) => ("agent", name.clone()),
        Author::Desk => ("desk", String::new()),
    };
    let mut item = Item::from([
        (keys::PK.to_owned(), s(keys::case(number))),
        (keys::SK.to_owned(), s(keys::case_event(event.at, event.version))),
        ("at".to_owned(), s(event.at.to_string())),
        ("version".to_owned(), n(event.version)),
        ("author_kind".to_owned(), s(author_kind)),
        ("author".to_owned(), s(author)),
        ("reason".to_owned(), s(&event.reason)),
    ]);
    item.extend(event.from.map(|status| ("from_status".to_owned(), s(status.name()))));
    item.extend(event.to.map(|status| ("to_status".to_owned(), s(status.name()))));
    item
}

pub(crate) fn event(item: &Item) -> Result<Event, StoreError> {
    let reader = Reader(item);
    let author = reader.text("author")?;
    let status = |name| {
        let text = reader.optional_text(name)?;
        text.map(|text| Status::from_name(text).ok_or_else(|| reader.malformed("status"))).transpose()
    };
    Ok(Event {
        at: reader.parse("at")?,
        version: reader.number("version")?,
        author: match reader.text("author_kind")? {
            "person" => Author::Person(author.parse::<PersonId>().map_err(|_| reader.malformed("author"))?),
            "agent" => Author::Agent(author.to_owned()),
            "desk" => Author::Desk,
            _ => return Err(reader.malformed("author_kind")),
        },
        from: status("from_status")?,
        to: status("to_status")?,
        reason: reader.text("reason")?.to_owned(),
    })
}
