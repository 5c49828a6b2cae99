use aws_sdk_dynamodb::types::AttributeValue;
use domain::case::{Author, Event, Kind};
use domain::conversation::{Conversation, Stage};
use domain::ids::CaseNumber;

use super::{at, case, conversation, message, opening, person, put, store, with_agent};
use crate::items::{self, Item, n, s};
use crate::{Store, StoreError};

/// The item with `name` taken out, or replaced.
fn broken(item: &Item, name: &str, value: Option<AttributeValue>) -> Item {
    let mut item = item.clone();
    match value {
        Some(value) => item.insert(name.to_owned(), value),
        None => item.remove(name),
    };
    item
}

#[track_caller]
fn check<T: std::fmt::Debug>(read: Result<T, StoreError>, expected_key: &str, expected_what: &str) {
    match read {
        Err(StoreError::Malformed { key, what }) => {
            assert_eq!((key.as_str(), what), (expected_key, expected_what));
        }
        other => panic!("{expected_what} of {expected_key}: {other:?}"),
    }
}

async fn read(store: &Store) -> Result<Option<Conversation>, StoreError> {
    store.conversation(person()).await
}

#[tokio::test]
async fn a_conversation_says_its_key_and_what_is_wrong() {
    let store = store().await;
    let item = items::conversation_item(&conversation(1, Stage::WithAssistant));
    for name in ["person", "generation", "stage", "discord_channel_id", "display_name", "locale", "opened_at"] {
        for value in [None, Some(AttributeValue::Bool(true))] {
            put(&store, broken(&item, name, value)).await;
            check(read(&store).await, "PERSON#7", name);
        }
    }
    let values = [
        ("person", s("0")),
        ("generation", n("-1")),
        ("generation", n("1.5")),
        ("generation", s("1")),
        ("stage", s("OPENING")),
        ("discord_channel_id", s("x")),
        ("opened_at", s("yesterday")),
        ("conversation_sid", s("WT00000000000000000000000000000000")),
        ("studio_webhook_sid", n(1)),
        ("flex_interaction_sid", s("KD1")),
        ("flex_interaction_channel_sid", s("")),
        ("task_sid", s("?")),
        ("other_tasks", s("?")),
        ("other_tasks", AttributeValue::M(Item::from([("?".to_owned(), AttributeValue::M(Item::new()))]))),
        ("case_number", n("-12")),
        ("shown_index", n("4294967296")),
        ("shown_index", s("4")),
        ("own_indexes", AttributeValue::Ns(vec!["1".to_owned(), "-1".to_owned()])),
        ("own_indexes", AttributeValue::Ss(vec!["1".to_owned()])),
    ];
    for (name, value) in values {
        put(&store, broken(&item, name, Some(value))).await;
        check(read(&store).await, "PERSON#7", name);
    }
    let by_sid = broken(&item, "conversation_sid", Some(s(super::sid(1).as_str())));
    put(&store, broken(&by_sid, "stage", None)).await;
    check(store.conversation_by_sid(&super::sid(1)).await, "PERSON#7", "stage");
}

#[tokio::test]
async fn a_stage_without_its_holder_is_malformed() {
    let store = store().await;
    let cases = [
        (opening("a", at(0)), "stage_by", None),
        (super::transferring("a"), "stage_since", None),
        (super::transferring("a"), "stage_since", Some(s("now"))),
        (with_agent("Alex"), "agent_name", None),
    ];
    for (stage, name, value) in cases {
        put(&store, broken(&items::conversation_item(&conversation(1, stage)), name, value)).await;
        check(read(&store).await, "PERSON#7", name);
    }
}

#[tokio::test]
async fn a_case_and_its_history_say_their_key_and_what_is_wrong() {
    let store = store().await;
    let item = items::case_item(&case(12));
    let required = [
        "case_number",
        "kind",
        "case_status",
        "severity",
        "priority",
        "title",
        "reporter_name",
        "locale",
        "created_at",
        "updated_at",
    ];
    for name in required.into_iter().chain(["version"]) {
        put(&store, broken(&item, name, None)).await;
        check(store.case(CaseNumber(12)).await, "CASE#12", name);
    }
    for (name, value) in [
        ("kind", s("wish")),
        ("case_status", s("done")),
        ("reporter", s("Ada")),
        ("conversations", s("none")),
        ("conversations", AttributeValue::L(vec![s("CH")])),
        ("assignee", n(1)),
        ("version", n("-1")),
        ("severity", s("worst")),
        ("priority", n(1)),
        ("case_text", n(1)),
        ("server", s("0")),
        ("channel", n(5)),
        ("answers", s("none")),
        ("answers", AttributeValue::L(vec![s("none")])),
        ("files", AttributeValue::M(Item::new())),
        ("board", s("bugs")),
        ("links", AttributeValue::Ss(vec!["1".to_owned()])),
        ("votes", n("-1")),
        ("rating", n("256")),
        ("rating_comment", n(1)),
        ("done_at", s("yesterday")),
    ] {
        put(&store, broken(&item, name, Some(value))).await;
        check(store.case(CaseNumber(12)).await, "CASE#12", name);
    }
    let named = broken(&item, "assignee", Some(s("name:Alex")));
    put(&store, broken(&named, "assignee_name", Some(n(1)))).await;
    check(store.case(CaseNumber(12)).await, "CASE#12", "assignee_name");

    // What stands inside an object has no key of its own.
    let item = items::case_item(&super::reports::full_case(12));
    for (name, inner) in [
        ("answers", vec!["question", "answer"]),
        ("files", vec!["name", "content_type", "size", "channel", "message", "attachment"]),
        ("board", vec!["board", "channel", "thread", "card"]),
    ] {
        for what in inner {
            let value = match &item[name] {
                AttributeValue::L(objects) => {
                    AttributeValue::L(vec![AttributeValue::M(broken(objects[0].as_m().unwrap(), what, None))])
                }
                object => AttributeValue::M(broken(object.as_m().unwrap(), what, Some(n("0.5")))),
            };
            put(&store, broken(&item, name, Some(value))).await;
            check(store.case(CaseNumber(12)).await, "CASE#12", what);
        }
    }

    let event = Event { author: Author::Person(person()), ..case(12).opened(Author::Desk, "r") };
    let item = items::event_item(CaseNumber(12), &event);
    for (name, value, what) in [
        ("at", None, "at"),
        ("version", None, "version"),
        ("reason", None, "reason"),
        ("author", None, "author"),
        ("author", Some(s("Ada")), "author"),
        ("author_kind", Some(s("bot")), "author_kind"),
        ("to_status", Some(s("done")), "to_status"),
        ("from_status", Some(n(1)), "from_status"),
        ("changes", Some(s("none")), "changes"),
        ("changes", Some(AttributeValue::L(vec![AttributeValue::M(Item::new())])), "field"),
        ("changes", Some(change([("field", s("colour"))])), "field"),
        ("changes", Some(change([("field", s("title")), ("from", n(1))])), "from"),
        ("changes", Some(change([("field", s("title")), ("to", n(1))])), "to"),
    ] {
        put(&store, broken(&item, name, value)).await;
        check(store.case_events(CaseNumber(12)).await, "CASE#12", what);
    }
}

fn change<const N: usize>(fields: [(&str, AttributeValue); N]) -> AttributeValue {
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
    AttributeValue::L(vec![AttributeValue::M(fields.collect())])
}

#[tokio::test]
async fn a_draft_a_board_and_a_key_say_what_is_wrong() {
    let store = store().await;
    let item = items::draft_item(&super::reports::full_draft("1"));
    let required =
        ["draft_id", "kind", "person", "reporter_name", "locale", "title", "case_text", "steps", "at", "expires_at"];
    let of_wrong_type = ["server", "channel", "platform", "severity", "uploads"].into_iter().chain(required);
    let broken_ones = required.iter().map(|name| (*name, None));
    for (name, value) in broken_ones.chain(of_wrong_type.map(|name| (name, Some(AttributeValue::Bool(true))))) {
        put(&store, broken(&item, name, value)).await;
        check(store.draft(person(), "1", at(0)).await, "PERSON#7", name);
    }
    for what in ["id", "name", "size", "url"] {
        let upload = broken(item["uploads"].as_l().unwrap()[0].as_m().unwrap(), what, None);
        let uploads = AttributeValue::L(vec![AttributeValue::M(upload)]);
        put(&store, broken(&item, "uploads", Some(uploads))).await;
        check(store.draft(person(), "1", at(0)).await, "PERSON#7", what);
    }

    let board = crate::Board {
        channel: domain::ids::ChannelId::new(5).unwrap(),
        is_forum: true,
        tags: std::collections::BTreeMap::new(),
    };
    store.keep_board(super::server(), Kind::Bug, &board).await.unwrap();
    let item = super::raw(&store, "GUILD#77", "BOARD#bug").await.unwrap();
    let tag = AttributeValue::M(Item::from([("bug".to_owned(), s("x"))]));
    for (name, value) in [("channel", s("x")), ("tags", s("x")), ("tags", tag)] {
        put(&store, broken(&item, name, Some(value))).await;
        check(store.board(super::server(), Kind::Bug).await, "GUILD#77", name);
    }

    let key = |name: &str, value| {
        broken(
            &Item::from([
                ("PK".to_owned(), s("APIKEYS")),
                ("SK".to_owned(), s("KEY#a")),
                ("key_id".to_owned(), s("a")),
                ("name".to_owned(), s("exporter")),
                ("hash".to_owned(), s("ab")),
                ("created_by".to_owned(), s("Alex")),
                ("created_at".to_owned(), s(at(0).to_string())),
            ]),
            name,
            value,
        )
    };
    put(&store, key("-", None)).await;
    assert!(store.api_key("a").await.unwrap().is_some());
    for name in ["key_id", "name", "hash", "created_by", "created_at"] {
        put(&store, key(name, None)).await;
        check(store.api_key("a").await, "APIKEYS", name);
    }
    put(&store, key("revoked_at", Some(s("?")))).await;
    check(store.api_keys().await, "APIKEYS", "revoked_at");
}

#[tokio::test]
async fn what_shows_a_message_says_its_key_and_what_is_wrong() {
    let store = store().await;
    let key = format!("MESSAGE#{}", message(1));
    store.begin_showing(&message(1), at(0)).await.unwrap();
    let begun = super::raw(&store, &key, "MESSAGE").await.unwrap();
    put(&store, broken(&begun, "begun_at", Some(s("?")))).await;
    check(store.showing(&message(1)).await, &key, "begun_at");
    check(store.begin_showing(&message(1), at(0)).await, &key, "begun_at");

    let done = broken(&begun, "done", Some(AttributeValue::Bool(true)));
    for parts in [None, Some(s("1")), Some(AttributeValue::L(vec![s("x")])), Some(AttributeValue::L(vec![n(1)]))] {
        put(&store, broken(&done, "parts", parts)).await;
        check(store.showing(&message(1)).await, &key, "parts");
        check(store.begin_showing(&message(1), at(0)).await, &key, "parts");
    }
    let done = broken(&done, "parts", Some(AttributeValue::L(vec![s("1")])));
    put(&store, broken(&done, "channel_id", Some(s("x")))).await;
    check(store.showing(&message(1)).await, &key, "channel_id");
}

#[tokio::test]
async fn a_counter_that_is_no_number_is_refused_by_the_table() {
    let store = store().await;
    let counter = [("PK", s("COUNTER#CASE")), ("SK", s("COUNTER")), ("last_number", s("x"))];
    put(&store, counter.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()).await;
    let refused = store.next_case_number().await.unwrap_err();
    assert!(refused.to_string().starts_with("UpdateItem (counter) failed: "), "{refused}");
}
