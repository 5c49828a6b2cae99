//! Items of the table and the domain's types, both ways.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::case::{
    Answer, Assignee, Author, BoardPost, Case, CaseFile, Event, Field, FieldChange, Kind, Priority, Severity, Status,
    Summary,
};
use domain::conversation::{Conversation, OtherAgent, OtherTasks, QueuePlace, Stage, Way};
use domain::ids::CaseNumber;
use domain::report::{DRAFT_SECONDS, Draft, Upload};
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

    pub fn texts(&self, name: &'static str) -> Result<BTreeSet<String>, StoreError> {
        let texts = self.read(name, |value| value.as_ss().ok())?;
        Ok(texts.into_iter().flatten().cloned().collect())
    }

    /// A list of texts.
    pub fn list<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<Vec<T>>, StoreError> {
        self.read(name, |value| value.as_l().ok()?.iter().map(|one| one.as_s().ok()?.parse().ok()).collect())
    }

    /// A value that has a name in the table.
    pub fn named<T>(&self, name: &'static str, from_name: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        self.optional_named(name, from_name)?.ok_or_else(|| self.malformed(name))
    }

    pub fn optional_named<T>(
        &self,
        name: &'static str,
        from_name: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        self.read(name, |value| from_name(value.as_s().ok()?))
    }

    /// A list of objects; one that is missing is empty.
    pub fn maps<T>(
        &self,
        name: &'static str,
        read: impl Fn(Reader<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let list = self.read(name, |value| value.as_l().ok())?;
        let read_one = |value: &AttributeValue| {
            let object = Reader(value.as_m().map_err(|_| self.malformed(name))?);
            read(object).map_err(|error| self.inside(error))
        };
        list.into_iter().flatten().map(read_one).collect()
    }

    /// What is wrong inside an object of this item, which has no key of its own.
    fn inside(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Malformed { what, .. } => self.malformed(what),
            other => other,
        }
    }

    /// An object.
    pub fn map(&self, name: &'static str) -> Result<Option<&Item>, StoreError> {
        self.read(name, |value| value.as_m().ok())
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
        ("discord_channel_id".to_owned(), s(c.channel.to_string())),
        ("display_name".to_owned(), s(&c.display_name)),
        ("locale".to_owned(), s(&c.locale)),
        ("way".to_owned(), s(c.way.name())),
        ("opened_at".to_owned(), s(c.opened_at.to_string())),
    ]);
    let texts = [
        ("server", c.server.map(|server| server.to_string())),
        ("avatar", c.avatar.clone()),
        ("silence_warned_at", c.silence_warned_at.map(|at| at.to_string())),
        ("continues_sid", c.continues.as_ref().map(ToString::to_string)),
        ("conversation_sid", c.sid.as_ref().map(ToString::to_string)),
        ("studio_webhook_sid", c.studio_webhook.as_ref().map(ToString::to_string)),
        ("flex_interaction_sid", c.interaction.as_ref().map(ToString::to_string)),
        ("flex_interaction_channel_sid", c.interaction_channel.as_ref().map(ToString::to_string)),
        ("task_sid", c.task.as_ref().map(ToString::to_string)),
        ("agent_identity", c.agent_identity.clone()),
        ("agent_left_at", c.agent_left_at.map(|at| at.to_string())),
        ("queue_task_sid", c.queue_place.as_ref().map(|known| known.task.to_string())),
        ("queue_channel_id", c.queue_place.as_ref().map(|known| known.channel.to_string())),
        ("queue_message_id", c.queue_place.as_ref().and_then(|known| Some(known.message?.to_string()))),
    ];
    item.extend(texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), s(value?)))));
    item.extend(c.queue_place.as_ref().map(|known| ("queue_place".to_owned(), n(known.place))));
    item.extend(c.case.map(|case| ("case_number".to_owned(), n(case))));
    item.extend(c.shown_index.map(|index| ("shown_index".to_owned(), n(index))));
    item.extend(c.lively_at.map(|at| ("lively_at".to_owned(), s(at.to_string()))));
    item.extend(c.moved_at.map(|at| ("moved_at".to_owned(), s(at.to_string()))));
    if !c.former_tasks.is_empty() {
        let tasks = c.former_tasks.iter().map(ToString::to_string).collect();
        item.insert("former_tasks".to_owned(), AttributeValue::Ss(tasks));
    }
    if !c.other_tasks.is_empty() {
        item.insert("other_tasks".to_owned(), other_task_map(&c.other_tasks));
    }
    if !c.own_indexes.is_empty() {
        item.insert(
            "own_indexes".to_owned(),
            AttributeValue::Ns(c.own_indexes.iter().map(ToString::to_string).collect()),
        );
    }
    item.extend(stage_attributes(&c.stage).into_iter().map(|(name, value)| (name.to_owned(), value)));
    item
}

/// The tasks beside the current one, by their SIDs; one that waits for an agent is empty.
pub(crate) fn other_task_map(tasks: &OtherTasks) -> AttributeValue {
    let agent = |agent: &OtherAgent| {
        let identity = agent.identity.as_ref().map(|identity| ("identity", s(identity)));
        [("name", s(&agent.name))].into_iter().chain(identity).collect::<Vec<_>>()
    };
    let one = |there: &Option<OtherAgent>| map(there.iter().flat_map(agent));
    AttributeValue::M(tasks.iter().map(|(task, there)| (task.to_string(), one(there))).collect())
}

fn other_tasks(reader: &Reader<'_>) -> Result<OtherTasks, StoreError> {
    let read_one = |(task, agent): (&String, &AttributeValue)| {
        let task = task.parse().map_err(|_| reader.malformed("other_tasks"))?;
        let agent = Reader(agent.as_m().map_err(|_| reader.malformed("other_tasks"))?);
        let name = agent.optional_text("name").map_err(|error| reader.inside(error))?;
        let identity = agent.optional("identity").map_err(|error| reader.inside(error))?;
        Ok((task, name.map(|name| OtherAgent { name: name.to_owned(), identity })))
    };
    reader.map("other_tasks")?.into_iter().flatten().map(read_one).collect()
}

pub(crate) fn conversation(item: &Item) -> Result<Conversation, StoreError> {
    let reader = Reader(item);
    Ok(Conversation {
        person: reader.parse("person")?,
        generation: reader.number("generation")?,
        stage: stage(&reader)?,
        sid: reader.optional("conversation_sid")?,
        channel: reader.parse("discord_channel_id")?,
        // Conversations from before there were threads have none.
        way: reader.optional_named("way", Way::from_name)?.unwrap_or_default(),
        server: reader.optional("server")?,
        display_name: reader.text("display_name")?.to_owned(),
        avatar: reader.optional("avatar")?,
        locale: reader.text("locale")?.to_owned(),
        studio_webhook: reader.optional("studio_webhook_sid")?,
        case: reader.optional_number("case_number")?.map(CaseNumber),
        interaction: reader.optional("flex_interaction_sid")?,
        interaction_channel: reader.optional("flex_interaction_channel_sid")?,
        task: reader.optional("task_sid")?,
        other_tasks: other_tasks(&reader)?,
        former_tasks: reader
            .texts("former_tasks")?
            .iter()
            .map(|task| task.parse().map_err(|_| reader.malformed("former_tasks")))
            .collect::<Result<_, _>>()?,
        agent_identity: reader.optional("agent_identity")?,
        queue_place: match reader.optional("queue_task_sid")? {
            None => None,
            Some(task) => Some(QueuePlace {
                task,
                // One from before it was kept was told where the conversation is held.
                channel: match reader.optional("queue_channel_id")? {
                    Some(channel) => channel,
                    None => reader.parse("discord_channel_id")?,
                },
                message: reader.optional("queue_message_id")?,
                place: reader.number("queue_place")?,
            }),
        },
        agent_left_at: reader.optional("agent_left_at")?,
        shown_index: reader.optional_number("shown_index")?,
        own_indexes: reader.numbers("own_indexes")?,
        lively_at: reader.optional("lively_at")?,
        moved_at: reader.optional("moved_at")?,
        silence_warned_at: reader.optional("silence_warned_at")?,
        continues: reader.optional("continues_sid")?,
        opened_at: reader.parse("opened_at")?,
    })
}

/// Attributes of a case that a change may write: all but its votes, board post and files, which have their own writers. `None` is
/// removed.
pub(crate) fn case_changeable(case: &Case) -> Vec<(&'static str, Option<AttributeValue>)> {
    let assignee = case.assignee.as_ref();
    let links: Vec<_> = case.links.iter().map(ToString::to_string).collect();
    vec![
        ("kind", Some(s(case.kind.name()))),
        ("case_status", Some(s(case.status.name()))),
        ("severity", Some(s(case.severity.name()))),
        ("priority", Some(s(case.priority.name()))),
        ("title", Some(s(&case.title))),
        ("case_text", Some(s(&case.text))),
        ("answers", Some(answer_list(&case.answers))),
        ("reporter", case.reporter.map(|reporter| s(reporter.to_string()))),
        ("reporter_name", Some(s(&case.reporter_name))),
        ("channel", case.channel.map(|channel| s(channel.to_string()))),
        ("assignee", assignee.map(|assignee| s(&assignee.key))),
        ("assignee_name", assignee.map(|assignee| s(&assignee.name))),
        ("links", (!links.is_empty()).then_some(AttributeValue::Ns(links))),
        ("rating", case.rating.map(n)),
        ("rating_comment", case.rating_comment.as_ref().map(s)),
        ("updated_at", Some(s(case.updated_at.to_string()))),
        ("done_at", case.done_at.map(|at| s(at.to_string()))),
        ("version", Some(n(case.version))),
        ("list_status", Some(s(keys::by_status(case.server, case.status)))),
        ("list_kind", Some(s(keys::by_kind(case.server, case.status, case.kind)))),
        ("list_severity", Some(s(keys::by_severity(case.server, case.status, case.severity)))),
        (
            "list_assignee",
            Some(s(keys::by_assignee(case.server, case.status, assignee.map(|assignee| assignee.key.as_str())))),
        ),
        // Not `conversation_sid`: that attribute would put the case into the conversations' index.
        ("case_conversation_sid", case.conversations.last().map(|sid| s(sid.as_str()))),
        (
            "conversations",
            (!case.conversations.is_empty())
                .then(|| AttributeValue::L(case.conversations.iter().map(|sid| s(sid.as_str())).collect())),
        ),
    ]
}

pub(crate) fn case_item(case: &Case) -> Item {
    let mut item = Item::from([
        (keys::PK.to_owned(), s(keys::case(case.number))),
        (keys::SK.to_owned(), s(keys::CASE)),
        ("case_number".to_owned(), n(case.number)),
        ("locale".to_owned(), s(&case.locale)),
        ("created_at".to_owned(), s(case.created_at.to_string())),
        ("votes".to_owned(), n(case.votes)),
    ]);
    item.extend(case_changeable(case).into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    item.extend(case.server.map(|server| ("server".to_owned(), s(server.to_string()))));
    item.extend(case.board.as_ref().map(|board| ("board".to_owned(), board_post(board))));
    if !case.files.is_empty() {
        item.insert("files".to_owned(), file_list(&case.files));
    }
    item
}

pub(crate) fn case(item: &Item) -> Result<Case, StoreError> {
    let reader = Reader(item);
    let Summary {
        number,
        kind,
        status,
        severity,
        priority,
        title,
        reporter,
        reporter_name,
        server,
        assignee,
        votes,
        created_at,
        updated_at,
        version,
    } = summary(item)?;
    Ok(Case {
        number,
        kind,
        status,
        severity,
        priority,
        title,
        text: reader.optional_text("case_text")?.unwrap_or_default().to_owned(),
        answers: reader.maps("answers", |answer| {
            Ok(Answer { question: answer.text("question")?.to_owned(), answer: answer.text("answer")?.to_owned() })
        })?,
        reporter,
        reporter_name,
        locale: reader.text("locale")?.to_owned(),
        server,
        channel: reader.optional("channel")?,
        conversations: match reader.list("conversations")? {
            Some(conversations) => conversations,
            // A case from before there could be several.
            None => reader.optional("case_conversation_sid")?.into_iter().collect(),
        },
        assignee,
        board: reader.map("board")?.map(read_board_post).transpose().map_err(|error| reader.inside(error))?,
        files: reader.maps("files", |file| {
            Ok(CaseFile {
                name: file.text("name")?.to_owned(),
                content_type: file.text("content_type")?.to_owned(),
                size: file.number("size")?,
                channel: file.parse("channel")?,
                message: file.parse("message")?,
                attachment: file.parse("attachment")?,
            })
        })?,
        links: reader.numbers("links")?.into_iter().map(CaseNumber).collect(),
        votes,
        rating: reader.optional_number("rating")?,
        rating_comment: reader.optional_text("rating_comment")?.map(str::to_owned),
        created_at,
        updated_at,
        done_at: reader.optional("done_at")?,
        version,
    })
}

/// The attributes of a [`Summary`]: what the indexes of the cases carry besides their keys.
pub(crate) const SUMMARY: [&str; 14] = [
    "case_number",
    "kind",
    "case_status",
    "severity",
    "priority",
    "title",
    "reporter",
    "reporter_name",
    "server",
    "assignee",
    "assignee_name",
    "votes",
    "created_at",
    "updated_at",
];

pub(crate) fn summary(item: &Item) -> Result<Summary, StoreError> {
    let reader = Reader(item);
    let assignee = reader.optional_text("assignee")?.map(|key| {
        let name = reader.optional_text("assignee_name")?.unwrap_or(key);
        Ok::<_, StoreError>(Assignee { key: key.to_owned(), name: name.to_owned() })
    });
    Ok(Summary {
        number: CaseNumber(reader.number("case_number")?),
        kind: reader.named("kind", Kind::from_name)?,
        status: reader.named("case_status", Status::from_name)?,
        severity: reader.named("severity", Severity::from_name)?,
        priority: reader.named("priority", Priority::from_name)?,
        title: reader.text("title")?.to_owned(),
        reporter: reader.optional("reporter")?,
        reporter_name: reader.text("reporter_name")?.to_owned(),
        server: reader.optional("server")?,
        assignee: assignee.transpose()?,
        votes: reader.optional_number("votes")?.unwrap_or_default(),
        created_at: reader.parse("created_at")?,
        updated_at: reader.parse("updated_at")?,
        version: reader.number("version")?,
    })
}

fn map(fields: impl IntoIterator<Item = (&'static str, AttributeValue)>) -> AttributeValue {
    AttributeValue::M(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn answer_list(answers: &[Answer]) -> AttributeValue {
    let answer = |answer: &Answer| map([("question", s(&answer.question)), ("answer", s(&answer.answer))]);
    AttributeValue::L(answers.iter().map(answer).collect())
}

pub(crate) fn file_list(files: &[CaseFile]) -> AttributeValue {
    let file = |file: &CaseFile| {
        map([
            ("name", s(&file.name)),
            ("content_type", s(&file.content_type)),
            ("size", n(file.size)),
            ("channel", s(file.channel.to_string())),
            ("message", s(file.message.to_string())),
            ("attachment", s(file.attachment.to_string())),
        ])
    };
    AttributeValue::L(files.iter().map(file).collect())
}

pub(crate) fn board_post(post: &BoardPost) -> AttributeValue {
    map([
        ("board", s(post.board.to_string())),
        ("channel", s(post.channel.to_string())),
        ("thread", s(post.thread.to_string())),
        ("card", s(post.card.to_string())),
    ])
}

fn read_board_post(fields: &Item) -> Result<BoardPost, StoreError> {
    let fields = Reader(fields);
    Ok(BoardPost {
        board: fields.parse("board")?,
        channel: fields.parse("channel")?,
        thread: fields.parse("thread")?,
        card: fields.parse("card")?,
    })
}

/// The two attributes that say who did something.
pub(crate) fn author_attributes(author: &Author) -> [(&'static str, AttributeValue); 3] {
    let (kind, id, name) = match author {
        Author::Person(person) => ("person", person.to_string(), ""),
        Author::Erased => ("erased", String::new(), ""),
        Author::Agent(name) => ("agent", String::new(), name.as_str()),
        Author::Moderator { id, name } => ("moderator", id.to_string(), name.as_str()),
        Author::Machine(name) => ("machine", String::new(), name.as_str()),
        Author::Desk => ("desk", String::new(), ""),
    };
    [("author_kind", s(kind)), ("author", s(id)), ("author_name", s(name))]
}

fn author(reader: &Reader<'_>) -> Result<Author, StoreError> {
    let id = || reader.parse("author");
    let name = || Ok::<_, StoreError>(reader.text("author_name")?.to_owned());
    Ok(match reader.text("author_kind")? {
        "person" => Author::Person(id()?),
        "erased" => Author::Erased,
        "agent" => Author::Agent(name()?),
        "moderator" => Author::Moderator { id: id()?, name: name()? },
        "machine" => Author::Machine(name()?),
        "desk" => Author::Desk,
        _ => return Err(reader.malformed("author_kind")),
    })
}

pub(crate) fn change_list(changes: &[FieldChange]) -> AttributeValue {
    let change = |change: &FieldChange| {
        let sides = [("from", &change.from), ("to", &change.to)];
        let sides = sides.into_iter().filter_map(|(name, side)| Some((name, s(side.as_ref()?))));
        map([("field", s(change.field.name()))].into_iter().chain(sides))
    };
    AttributeValue::L(changes.iter().map(change).collect())
}

pub(crate) fn event_item(number: CaseNumber, event: &Event) -> Item {
    let mut item = Item::from([
        (keys::PK.to_owned(), s(keys::case(number))),
        (keys::SK.to_owned(), s(keys::case_event(event.at, event.version))),
        ("at".to_owned(), s(event.at.to_string())),
        ("version".to_owned(), n(event.version)),
        ("reason".to_owned(), s(&event.reason)),
    ]);
    item.extend(author_attributes(&event.author).map(|(name, value)| (name.to_owned(), value)));
    item.extend(event.from.map(|status| ("from_status".to_owned(), s(status.name()))));
    item.extend(event.to.map(|status| ("to_status".to_owned(), s(status.name()))));
    if !event.changes.is_empty() {
        item.insert("changes".to_owned(), change_list(&event.changes));
    }
    item
}

pub(crate) fn event(item: &Item) -> Result<Event, StoreError> {
    let reader = Reader(item);
    let status = |name| reader.optional_named(name, Status::from_name);
    Ok(Event {
        at: reader.parse("at")?,
        version: reader.number("version")?,
        author: author(&reader)?,
        from: status("from_status")?,
        to: status("to_status")?,
        changes: reader.maps("changes", |change| {
            Ok(FieldChange {
                field: change.named("field", Field::from_name)?,
                from: change.optional_text("from")?.map(str::to_owned),
                to: change.optional_text("to")?.map(str::to_owned),
            })
        })?,
        reason: reader.text("reason")?.to_owned(),
    })
}

pub(crate) fn draft_item(draft: &Draft) -> Item {
    let file = |file: &Upload| {
        map([("id", s(file.id.to_string())), ("name", s(&file.name)), ("size", n(file.size)), ("url", s(&file.url))])
    };
    let mut item = Item::from([
        (keys::PK.to_owned(), s(keys::person(draft.reporter))),
        (keys::SK.to_owned(), s(keys::draft(&draft.id))),
        ("draft_id".to_owned(), s(&draft.id)),
        ("kind".to_owned(), s(draft.kind.name())),
        ("person".to_owned(), s(draft.reporter.to_string())),
        ("reporter_name".to_owned(), s(&draft.reporter_name)),
        ("locale".to_owned(), s(&draft.locale)),
        ("title".to_owned(), s(&draft.title)),
        ("case_text".to_owned(), s(&draft.text)),
        ("steps".to_owned(), s(&draft.steps)),
        ("uploads".to_owned(), AttributeValue::L(draft.files.iter().map(file).collect())),
        ("at".to_owned(), s(draft.at.to_string())),
        (keys::EXPIRES_AT.to_owned(), n(draft.at.as_second() + DRAFT_SECONDS)),
    ]);
    item.extend(draft.server.map(|server| ("server".to_owned(), s(server.to_string()))));
    item.extend(draft.channel.map(|channel| ("channel".to_owned(), s(channel.to_string()))));
    item.extend(draft.platform.as_ref().map(|platform| ("platform".to_owned(), s(platform))));
    item.extend(draft.severity.map(|severity| ("severity".to_owned(), s(severity.name()))));
    item
}

pub(crate) fn draft(item: &Item) -> Result<Draft, StoreError> {
    let reader = Reader(item);
    Ok(Draft {
        id: reader.text("draft_id")?.to_owned(),
        kind: reader.named("kind", Kind::from_name)?,
        reporter: reader.parse("person")?,
        reporter_name: reader.text("reporter_name")?.to_owned(),
        locale: reader.text("locale")?.to_owned(),
        server: reader.optional("server")?,
        channel: reader.optional("channel")?,
        title: reader.text("title")?.to_owned(),
        text: reader.text("case_text")?.to_owned(),
        steps: reader.text("steps")?.to_owned(),
        platform: reader.optional_text("platform")?.map(str::to_owned),
        severity: reader.optional_named("severity", Severity::from_name)?,
        files: reader.maps("uploads", |file| {
            Ok(Upload {
                id: file.parse("id")?,
                name: file.text("name")?.to_owned(),
                size: file.number("size")?,
                url: file.text("url")?.to_owned(),
            })
        })?,
        at: reader.parse("at")?,
    })
}
