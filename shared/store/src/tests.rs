//! The store against an embedded DynamoDB, whose table is the one of template.yaml. Each test has its own.

mod access;
mod cases;
mod claims;
mod conversations;
mod lists;
mod malformed;
mod people;
mod reading;
mod reports;
mod shown;
mod words;

use aws_sdk_dynamodb::config::{Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::case::{Author, Case, Change, Edit, Event, Kind, Priority, Severity, Status};
use domain::conversation::{Conversation, Stage};
use domain::ids::{CaseNumber, ChannelId, ConversationSid, DiscordMessageId, GuildId, MessageSid, PersonId};
use jiff::Timestamp;
use saphyr::{LoadableYamlNode as _, YamlOwned};
use serde_json::{Map, Value};

use crate::items::{Item, s};
use crate::{Store, StoreError, keys};

const TABLE: &str = "desk";

/// An empty table. It lives as long as the test's runtime.
async fn store() -> Store {
    let database = dynoxide::Database::memory().unwrap();
    database.create_table(serde_json::from_value(table_of_the_template()).unwrap()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));

    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only(std::iter::empty()).build().unwrap();
    let config = aws_sdk_dynamodb::config::Builder::from(&runtime::aws::sdk_config(&http))
        .endpoint_url(url)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .build();
    Store::new(aws_sdk_dynamodb::Client::from_conf(config), TABLE.to_owned())
}

/// Keys and indexes as they are deployed.
fn table_of_the_template() -> Value {
    let template = YamlOwned::load_from_str(include_str!("../../../template.yaml")).unwrap().remove(0);
    let properties = &template["Resources"]["Table"]["Properties"];
    let mut request = Map::from_iter([("TableName".to_owned(), TABLE.into())]);
    for name in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"] {
        request.insert(name.to_owned(), json(&properties[name]));
    }
    Value::Object(request)
}

fn json(node: &YamlOwned) -> Value {
    match node {
        YamlOwned::Sequence(items) => items.iter().map(json).collect(),
        YamlOwned::Mapping(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.as_str().unwrap().to_owned(), json(value))).collect())
        }
        text => text.as_str().unwrap().into(),
    }
}

/// What stands in the table, past everything that reads it.
async fn raw(store: &Store, pk: &str, sk: &str) -> Option<Item> {
    let answer = store.client.get_item().table_name(TABLE).key(keys::PK, s(pk)).key(keys::SK, s(sk)).send().await;
    answer.unwrap().item
}

async fn put(store: &Store, item: Item) {
    store.client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
}

/// An item as text, one attribute each.
fn attribute(item: &Item, name: &str) -> String {
    match item.get(name) {
        None => "-".to_owned(),
        Some(AttributeValue::S(text) | AttributeValue::N(text)) => text.clone(),
        Some(other) => format!("{other:?}"),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + second).unwrap()
}

fn person() -> PersonId {
    PersonId::new(7).unwrap()
}

fn sid(number: u32) -> ConversationSid {
    format!("CH{number:032x}").parse().unwrap()
}

fn message(number: u32) -> MessageSid {
    format!("IM{number:032x}").parse().unwrap()
}

fn parts(numbers: &[u64]) -> Vec<DiscordMessageId> {
    numbers.iter().map(|number| DiscordMessageId::new(*number).unwrap()).collect()
}

fn opening(by: &str, since: Timestamp) -> Stage {
    Stage::Opening { by: by.to_owned(), since }
}

fn transferring(by: &str) -> Stage {
    Stage::Transferring { by: by.to_owned(), since: at(0) }
}

fn with_agent(name: &str) -> Stage {
    Stage::WithAgent { name: name.to_owned() }
}

fn conversation(generation: u32, stage: Stage) -> Conversation {
    let channel = ChannelId::new(9).unwrap();
    Conversation { display_name: "Ada".to_owned(), ..Conversation::new(person(), generation, stage, channel, at(0)) }
}

/// Puts a conversation with the SID of its generation's number into the table.
async fn stored(store: &Store, generation: u32, stage: Stage) -> Conversation {
    let conversation = Conversation { sid: Some(sid(generation)), ..conversation(generation, stage) };
    put(store, crate::items::conversation_item(&conversation)).await;
    conversation
}

/// The current conversation, without this machine's time in it.
async fn current(store: &Store) -> Conversation {
    unmoved(store.conversation(person()).await.unwrap().unwrap())
}

fn unmoved(conversation: Conversation) -> Conversation {
    Conversation { moved_at: None, ..conversation }
}

fn case(number: u64) -> Case {
    Case {
        number: CaseNumber(number),
        kind: Kind::Support,
        status: Status::New,
        severity: Severity::Normal,
        priority: Priority::Normal,
        title: "Ada needs help".to_owned(),
        text: String::new(),
        answers: Vec::new(),
        reporter: Some(person()),
        reporter_name: "Ada".to_owned(),
        locale: "en-US".to_owned(),
        server: None,
        channel: None,
        conversations: vec![sid(1)],
        assignee: None,
        board: None,
        files: Vec::new(),
        links: Vec::new(),
        votes: 0,
        rating: None,
        rating_comment: None,
        created_at: at(0),
        updated_at: at(0),
        done_at: None,
        version: 1,
    }
}

/// A report of a bug on the server.
fn bug(number: u64) -> Case {
    Case {
        kind: Kind::Bug,
        title: "The map stays empty".to_owned(),
        text: "Nothing is drawn.".to_owned(),
        server: Some(server()),
        conversations: Vec::new(),
        ..case(number)
    }
}

fn server() -> GuildId {
    GuildId::new(77).unwrap()
}

fn opened(case: &Case) -> Event {
    case.opened(case.reporter.map_or(Author::Desk, Author::Person), "asked for an agent")
}

/// Files a case by a draft of its own.
async fn filed(store: &Store, case: &Case) {
    let filed = store.file_case(&format!("draft of {}", case.number), case, &opened(case)).await.unwrap();
    assert_eq!(filed, crate::Filed::New);
}

/// Changes a case as it is by then, whoever else does; says what it became.
async fn changed(store: &Store, number: CaseNumber, author: Author, edits: Vec<Edit>) -> Case {
    let change = Change::edits(edits, author, "because");
    loop {
        let read = store.case(number).await.unwrap().unwrap();
        let Some((changed, event)) = read.apply(&change, at(1)).unwrap() else { return read };
        match store.change_case(&changed, &event).await {
            Ok(()) => return changed,
            Err(StoreError::Conflict(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Everything that stands in the table.
async fn everything(store: &Store) -> Vec<Item> {
    let pages = store.client.scan().table_name(TABLE).into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.unwrap()
}

fn is_conflict<T: std::fmt::Debug>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Conflict(_)))
}
