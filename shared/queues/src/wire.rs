//! What the queues' messages look like, as JSON, and the domain's types, both ways.

use domain::conversation::AgentEvent;
use domain::delivery::{AgentFile, AgentLine, Delivery, Outgoing};
use domain::ids::CaseNumber;
use domain::line::{Asker, Line, LineFile, Origin, Said, Wish};
use domain::text::Notice;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A message of a queue that is not what this version of the code writes. Names no content.
#[derive(Debug, thiserror::Error)]
#[error("queue message is malformed: {0}")]
pub struct MalformedMessage(pub(crate) &'static str);

#[derive(Serialize, Deserialize)]
struct WireCaseNews {
    case: u64,
}

/// That there is news of a case, as it travels.
pub fn case_news_to_json(case: CaseNumber) -> String {
    to_json(&WireCaseNews { case: case.0 })
}

/// Of which case there is news.
pub fn case_news_from_json(body: &str) -> Result<CaseNumber, MalformedMessage> {
    let news: WireCaseNews = serde_json::from_str(body).map_err(|_| MalformedMessage("not the news of a case"))?;
    Ok(CaseNumber(news.case))
}

#[derive(Serialize, Deserialize)]
struct WireLine {
    id: String,
    person: String,
    display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    avatar: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    locale: String,
    // The name from when there were no threads.
    #[serde(rename = "dm_channel")]
    channel: Option<String>,
    wish: WireWish,
    at: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireWish {
    Say(WireSaid),
    /// As an earlier version wrote it.
    End,
    EndOf {
        generation: u32,
    },
    EndSilent {
        generation: u32,
        warned_at: String,
    },
}

/// Text alone travels as text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WireSaid {
    Text(String),
    Whole(WireWhole),
}

#[derive(Serialize, Deserialize)]
struct WireWhole {
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<WireLineFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<WireOrigin>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edited_at: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct WireLineFile {
    id: String,
    name: String,
    content_type: Option<String>,
    size: u64,
    url: String,
}

#[derive(Serialize, Deserialize)]
struct WireOrigin {
    channel: String,
    message: String,
}

#[derive(Serialize, Deserialize)]
struct WireOutgoing {
    conversation: String,
    delivery: WireDelivery,
}

#[derive(Serialize, Deserialize)]
struct WireAgentLine {
    message: String,
    index: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    body: String,
    #[serde(default)]
    files: Vec<WireAgentFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WireAgentFile {
    /// As an earlier version wrote it.
    Name(String),
    Whole {
        media: Option<String>,
        name: String,
        content_type: String,
        size: u64,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum WireDelivery {
    Line(WireAgentLine),
    Edited {
        #[serde(flatten)]
        line: WireAgentLine,
        date_updated: String,
    },
    Removed {
        message: String,
        index: Option<u32>,
        date_updated: String,
    },
    Ask {
        message: String,
        question: String,
    },
    Agents {
        id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<String>,
        event: WireAgentEvent,
    },
    Place {
        task: String,
        place: u32,
    },
    Say {
        id: String,
        notice: WireNotice,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum WireAgentEvent {
    TaskCreated {
        task: String,
        interaction: Option<String>,
        interaction_channel: Option<String>,
    },
    Joined {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        worker: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<String>,
    },
    Left,
    NobodyAvailable,
    Finished,
    Closed,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum WireNotice {
    CaseOpened { case: u64 },
    AgentCalled { case: u64 },
    AgentJoined { name: String },
    AgentLeft { name: String },
    AgentGone { name: String },
    PassedOn { name: String },
    NobodyAvailable { case: Option<u64> },
    SilenceWarning { warned_at: String, ends_at: String },
    OutsideHours { case: u64, opens_at: Option<i64> },
    Ended,
    LineLost,
    Unsupported,
}

/// An inbox entry as JSON.
pub fn line_to_json(line: &Line) -> String {
    let wire = WireLine {
        id: line.id.clone(),
        person: line.asker.person.to_string(),
        display_name: line.asker.display_name.clone(),
        avatar: line.asker.avatar.clone(),
        server: line.asker.server.map(|server| server.to_string()),
        locale: line.asker.locale.clone(),
        channel: line.asker.channel.map(|channel| channel.to_string()),
        wish: match &line.wish {
            Wish::Say(said) => WireWish::Say(wire_said(said)),
            Wish::End { generation: None } => WireWish::End,
            Wish::End { generation: Some(generation) } => WireWish::EndOf { generation: *generation },
            Wish::EndSilent { generation, warned_at } => {
                WireWish::EndSilent { generation: *generation, warned_at: warned_at.to_string() }
            }
        },
        at: line.at.to_string(),
    };
    to_json(&wire)
}

/// An inbox entry from JSON.
pub fn line_from_json(json: &str) -> Result<Line, MalformedMessage> {
    let wire: WireLine = serde_json::from_str(json).map_err(|_| MalformedMessage("no line"))?;
    Ok(Line {
        id: wire.id,
        asker: Asker {
            person: wire.person.parse().map_err(|_| MalformedMessage("person"))?,
            display_name: wire.display_name,
            avatar: wire.avatar,
            server: parse_optional(wire.server, "server")?,
            locale: wire.locale,
            channel: parse_optional(wire.channel, "channel")?,
        },
        wish: match wire.wish {
            WireWish::Say(said) => Wish::Say(said.try_into()?),
            WireWish::End => Wish::End { generation: None },
            WireWish::EndOf { generation } => Wish::End { generation: Some(generation) },
            WireWish::EndSilent { generation, warned_at } => {
                Wish::EndSilent { generation, warned_at: parse(&warned_at, "warned_at")? }
            }
        },
        at: wire.at.parse().map_err(|_| MalformedMessage("at"))?,
    })
}

fn wire_said(said: &Said) -> WireSaid {
    let Said { text, files, origin, edited_at } = said;
    if files.is_empty() && origin.is_none() && edited_at.is_none() {
        return WireSaid::Text(text.clone());
    }
    let file = |file: &LineFile| WireLineFile {
        id: file.id.to_string(),
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: file.size,
        url: file.url.clone(),
    };
    let origin =
        origin.map(|origin| WireOrigin { channel: origin.channel.to_string(), message: origin.message.to_string() });
    WireSaid::Whole(WireWhole {
        text: text.clone(),
        files: files.iter().map(file).collect(),
        origin,
        edited_at: edited_at.clone(),
    })
}

impl TryFrom<WireSaid> for Said {
    type Error = MalformedMessage;
    fn try_from(wire: WireSaid) -> Result<Self, MalformedMessage> {
        let WireWhole { text, files, origin, edited_at } = match wire {
            WireSaid::Text(text) => return Ok(Self::text(text)),
            WireSaid::Whole(whole) => whole,
        };
        let file = |file: WireLineFile| {
            let id = parse(&file.id, "file")?;
            Ok(LineFile { id, name: file.name, content_type: file.content_type, size: file.size, url: file.url })
        };
        let place = |origin: WireOrigin| {
            let (channel, message) = (parse(&origin.channel, "channel")?, parse(&origin.message, "message")?);
            Ok(Origin { channel, message })
        };
        Ok(Self {
            text,
            files: files.into_iter().map(file).collect::<Result<_, _>>()?,
            origin: origin.map(place).transpose()?,
            edited_at,
        })
    }
}

/// An outbox entry as JSON.
pub fn outgoing_to_json(outgoing: &Outgoing) -> String {
    let delivery = match &outgoing.delivery {
        Delivery::Line(line) => WireDelivery::Line(wire_line(line)),
        Delivery::Edited { line, date_updated } => {
            WireDelivery::Edited { line: wire_line(line), date_updated: date_updated.clone() }
        }
        Delivery::Removed { message, index, date_updated } => {
            WireDelivery::Removed { message: message.to_string(), index: *index, date_updated: date_updated.clone() }
        }
        Delivery::Ask { message, question } => {
            WireDelivery::Ask { message: message.to_string(), question: question.clone() }
        }
        Delivery::Agents { id, task, event } => WireDelivery::Agents {
            id: id.clone(),
            task: task.as_ref().map(ToString::to_string),
            event: wire_event(event),
        },
        Delivery::Place { task, place } => WireDelivery::Place { task: task.to_string(), place: *place },
        Delivery::Say { id, notice } => WireDelivery::Say { id: id.clone(), notice: wire_notice(notice) },
    };
    to_json(&WireOutgoing { conversation: outgoing.conversation.to_string(), delivery })
}

/// An outbox entry from JSON.
pub fn outgoing_from_json(json: &str) -> Result<Outgoing, MalformedMessage> {
    let wire: WireOutgoing = serde_json::from_str(json).map_err(|_| MalformedMessage("no outbox entry"))?;
    let delivery = match wire.delivery {
        WireDelivery::Line(line) => Delivery::Line(line.try_into()?),
        WireDelivery::Edited { line, date_updated } => Delivery::Edited { line: line.try_into()?, date_updated },
        WireDelivery::Removed { message, index, date_updated } => {
            Delivery::Removed { message: parse(&message, "message")?, index, date_updated }
        }
        WireDelivery::Ask { message, question } => Delivery::Ask { message: parse(&message, "message")?, question },
        WireDelivery::Agents { id, task, event } => {
            Delivery::Agents { id, task: parse_optional(task, "task")?, event: event.try_into()? }
        }
        WireDelivery::Place { task, place } => Delivery::Place { task: parse(&task, "task")?, place },
        WireDelivery::Say { id, notice } => Delivery::Say { id, notice: notice.try_into()? },
    };
    Ok(Outgoing { conversation: parse(&wire.conversation, "conversation")?, delivery })
}

fn wire_line(line: &AgentLine) -> WireAgentLine {
    WireAgentLine {
        message: line.message.to_string(),
        index: line.index,
        author: line.author.clone(),
        body: line.body.clone(),
        files: line.files.iter().map(wire_agent_file).collect(),
    }
}

fn wire_agent_file(file: &AgentFile) -> WireAgentFile {
    WireAgentFile::Whole {
        media: file.media.as_ref().map(ToString::to_string),
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: file.size,
    }
}

impl From<WireAgentFile> for AgentFile {
    fn from(wire: WireAgentFile) -> Self {
        match wire {
            WireAgentFile::Name(name) => Self { media: None, name, content_type: String::new(), size: 0 },
            WireAgentFile::Whole { media, name, content_type, size } => {
                Self { media: media.and_then(|sid| sid.parse().ok()), name, content_type, size }
            }
        }
    }
}

impl TryFrom<WireAgentLine> for AgentLine {
    type Error = MalformedMessage;
    fn try_from(wire: WireAgentLine) -> Result<Self, MalformedMessage> {
        let message = parse(&wire.message, "message")?;
        let files = wire.files.into_iter().map(AgentFile::from).collect();
        Ok(Self { message, index: wire.index, author: wire.author, body: wire.body, files })
    }
}

fn wire_event(event: &AgentEvent) -> WireAgentEvent {
    match event {
        AgentEvent::TaskCreated { task, interaction, interaction_channel } => WireAgentEvent::TaskCreated {
            task: task.to_string(),
            interaction: interaction.as_ref().map(ToString::to_string),
            interaction_channel: interaction_channel.as_ref().map(ToString::to_string),
        },
        AgentEvent::Joined { name, worker, identity } => WireAgentEvent::Joined {
            name: name.clone(),
            worker: worker.as_ref().map(ToString::to_string),
            identity: identity.clone(),
        },
        AgentEvent::Left => WireAgentEvent::Left,
        AgentEvent::NobodyAvailable => WireAgentEvent::NobodyAvailable,
        AgentEvent::Finished => WireAgentEvent::Finished,
        AgentEvent::Closed => WireAgentEvent::Closed,
    }
}

impl TryFrom<WireAgentEvent> for AgentEvent {
    type Error = MalformedMessage;
    fn try_from(wire: WireAgentEvent) -> Result<Self, MalformedMessage> {
        Ok(match wire {
            WireAgentEvent::TaskCreated { task, interaction, interaction_channel } => Self::TaskCreated {
                task: parse(&task, "task")?,
                interaction: parse_optional(interaction, "interaction")?,
                interaction_channel: parse_optional(interaction_channel, "interaction_channel")?,
            },
            WireAgentEvent::Joined { name, worker, identity } => {
                Self::Joined { name, worker: worker.and_then(|sid| sid.parse().ok()), identity }
            }
            WireAgentEvent::Left => Self::Left,
            WireAgentEvent::NobodyAvailable => Self::NobodyAvailable,
            WireAgentEvent::Finished => Self::Finished,
            WireAgentEvent::Closed => Self::Closed,
        })
    }
}

fn wire_notice(notice: &Notice) -> WireNotice {
    match notice {
        Notice::CaseOpened { case } => WireNotice::CaseOpened { case: case.0 },
        Notice::AgentCalled { case } => WireNotice::AgentCalled { case: case.0 },
        Notice::AgentJoined { name } => WireNotice::AgentJoined { name: name.clone() },
        Notice::AgentLeft { name } => WireNotice::AgentLeft { name: name.clone() },
        Notice::AgentGone { name } => WireNotice::AgentGone { name: name.clone() },
        Notice::PassedOn { name } => WireNotice::PassedOn { name: name.clone() },
        Notice::NobodyAvailable { case } => WireNotice::NobodyAvailable { case: case.map(|case| case.0) },
        Notice::SilenceWarning { warned_at, ends_at } => {
            WireNotice::SilenceWarning { warned_at: warned_at.to_string(), ends_at: ends_at.to_string() }
        }
        Notice::OutsideHours { case, opens_at } => {
            WireNotice::OutsideHours { case: case.0, opens_at: opens_at.map(Timestamp::as_second) }
        }
        Notice::Ended => WireNotice::Ended,
        Notice::LineLost => WireNotice::LineLost,
        Notice::Unsupported => WireNotice::Unsupported,
    }
}

impl TryFrom<WireNotice> for Notice {
    type Error = MalformedMessage;
    fn try_from(wire: WireNotice) -> Result<Self, MalformedMessage> {
        Ok(match wire {
            WireNotice::CaseOpened { case } => Self::CaseOpened { case: CaseNumber(case) },
            WireNotice::AgentCalled { case } => Self::AgentCalled { case: CaseNumber(case) },
            WireNotice::AgentJoined { name } => Self::AgentJoined { name },
            WireNotice::AgentLeft { name } => Self::AgentLeft { name },
            WireNotice::AgentGone { name } => Self::AgentGone { name },
            WireNotice::PassedOn { name } => Self::PassedOn { name },
            WireNotice::NobodyAvailable { case } => Self::NobodyAvailable { case: case.map(CaseNumber) },
            WireNotice::SilenceWarning { warned_at, ends_at } => Self::SilenceWarning {
                warned_at: parse(&warned_at, "warned_at")?,
                ends_at: parse(&ends_at, "ends_at")?,
            },
            WireNotice::OutsideHours { case, opens_at } => {
                let opens_at = opens_at.and_then(|at| Timestamp::from_second(at).ok());
                Self::OutsideHours { case: CaseNumber(case), opens_at }
            }
            WireNotice::Ended => Self::Ended,
            WireNotice::LineLost => Self::LineLost,
            WireNotice::Unsupported => Self::Unsupported,
        })
    }
}

fn parse<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, MalformedMessage> {
    text.parse().map_err(|_| MalformedMessage(what))
}

fn parse_optional<T: std::str::FromStr>(
    text: Option<String>,
    what: &'static str,
) -> Result<Option<T>, MalformedMessage> {
    text.map(|text| parse(&text, what)).transpose()
}

pub(crate) fn to_json<T: Serialize>(wire: &T) -> String {
    serde_json::to_string(wire).expect("these types have string keys only")
}

#[cfg(test)]
mod tests {
    use domain::ids::PersonId;

    use super::*;

    fn sid<T: std::str::FromStr<Err: std::fmt::Debug>>(prefix: &str) -> T {
        format!("{prefix}{}", "0a".repeat(16)).parse().unwrap()
    }

    #[test]
    fn every_inbox_entry_comes_back_as_it_went() {
        let file = LineFile {
            id: "5".parse().unwrap(),
            name: "a.png".to_owned(),
            content_type: Some("image/png".to_owned()),
            size: 7,
            url: "https://cdn.discordapp.com/a.png?ex=1".to_owned(),
        };
        let origin = Origin { channel: "8".parse().unwrap(), message: "9".parse().unwrap() };
        let whole = Said {
            text: "see".to_owned(),
            files: vec![file.clone(), LineFile { content_type: None, ..file }],
            origin: Some(origin),
            edited_at: Some("2026-11-21T10:00:00+00:00".to_owned()),
        };
        let moved = Said { origin: Some(origin), ..Said::text("hi") };
        let end = Wish::End { generation: Some(3) };
        let silent = Wish::EndSilent { generation: 3, warned_at: "2026-11-21T10:00:00.5Z".parse().unwrap() };
        let said = Wish::Say(Said::text("مرحبا 😀 **x** <@1>"));
        for wish in [said, Wish::Say(whole), Wish::Say(moved), Wish::End { generation: None }, end, silent] {
            let line = Line {
                id: "1405000000000000011".to_owned(),
                asker: Asker {
                    person: PersonId::new(7).unwrap(),
                    display_name: "Ada \"A\"".to_owned(),
                    locale: "id".to_owned(),
                    avatar: Some("c6a249645d46209f337279cd2ca998c7".to_owned()),
                    server: "8".parse().ok(),
                    channel: "9".parse().ok(),
                },
                wish,
                at: "2026-11-21T10:00:00Z".parse().unwrap(),
            };
            assert_eq!(line_from_json(&line_to_json(&line)).unwrap(), line);
        }
    }

    #[test]
    fn every_outbox_entry_comes_back_as_it_went() {
        let file = AgentFile {
            media: Some(sid("ME")),
            name: "a.png".to_owned(),
            content_type: "image/png".to_owned(),
            size: 7,
        };
        let files = vec![file.clone(), AgentFile { media: None, ..file }];
        let author = Some("alex_40example_2Ecom".to_owned());
        let line = AgentLine { message: sid("IM"), index: 4, author, body: "hi\n".to_owned(), files };
        let date_updated = "2026-11-21T10:00:30.000Z".to_owned();
        let events = [
            AgentEvent::TaskCreated { task: sid("WT"), interaction: Some(sid("KD")), interaction_channel: None },
            AgentEvent::Joined {
                name: "Alex".to_owned(),
                worker: format!("WK{}", "0".repeat(32)).parse().ok(),
                identity: Some("alex_40example_2Ecom".to_owned()),
            },
            AgentEvent::Joined { name: "Alex".to_owned(), worker: None, identity: None },
            AgentEvent::Left,
            AgentEvent::NobodyAvailable,
            AgentEvent::Finished,
            AgentEvent::Closed,
        ];
        let notices = [
            Notice::CaseOpened { case: CaseNumber(12) },
            Notice::AgentCalled { case: CaseNumber(12) },
            Notice::AgentJoined { name: "Alex".to_owned() },
            Notice::AgentLeft { name: "Alex".to_owned() },
            Notice::AgentGone { name: "Alex".to_owned() },
            Notice::PassedOn { name: "Alex".to_owned() },
            Notice::NobodyAvailable { case: Some(CaseNumber(12)) },
            Notice::SilenceWarning {
                warned_at: "2026-11-21T10:00:00.5Z".parse().unwrap(),
                ends_at: "2026-11-21T11:00:00.5Z".parse().unwrap(),
            },
            Notice::OutsideHours { case: CaseNumber(12), opens_at: Timestamp::from_second(1_764_144_000).ok() },
            Notice::OutsideHours { case: CaseNumber(12), opens_at: None },
            Notice::Ended,
            Notice::LineLost,
            Notice::Unsupported,
        ];
        let mut deliveries = vec![
            Delivery::Line(line.clone()),
            Delivery::Edited { line: line.clone(), date_updated: date_updated.clone() },
            Delivery::Removed { message: line.message, index: Some(4), date_updated },
            Delivery::Ask { message: sid("IM"), question: "?".to_owned() },
            Delivery::Place { task: sid("WT"), place: 3 },
        ];
        deliveries.extend(events.clone().map(|event| Delivery::Agents { id: "EV1".to_owned(), task: None, event }));
        let task = Some(sid("WT"));
        deliveries.extend(events.map(|event| Delivery::Agents { id: "EV1".to_owned(), task: task.clone(), event }));
        deliveries.extend(notices.map(|notice| Delivery::Say { id: "5".to_owned(), notice }));
        for delivery in deliveries {
            let outgoing = Outgoing { conversation: sid("CH"), delivery };
            assert_eq!(outgoing_from_json(&outgoing_to_json(&outgoing)).unwrap(), outgoing);
        }
    }

    #[test]
    fn what_is_no_entry_is_refused_without_quoting_it() {
        for json in [
            "",
            "{}",
            "secret words",
            r#"{"conversation":"CH1","delivery":{"kind":"say","id":"5","notice":{"kind":"ended"}}}"#,
        ] {
            let error = outgoing_from_json(json).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
            assert!(line_from_json(json).is_err());
        }
    }

    #[test]
    fn a_second_edit_is_not_the_first() {
        let line = AgentLine { message: sid("IM"), index: 4, author: None, body: String::new(), files: Vec::new() };
        let edit = |at: &str| Outgoing {
            conversation: sid("CH"),
            delivery: Delivery::Edited { line: line.clone(), date_updated: at.to_owned() },
        };
        assert_ne!(edit("10:00:00").deduplication_key(), edit("10:00:30").deduplication_key());
        assert_eq!(edit("10:00:00").deduplication_key(), edit("10:00:00").deduplication_key());
    }
}
