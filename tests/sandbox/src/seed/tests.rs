use std::collections::BTreeMap;

use aws_sdk_dynamodb::config::{Credentials, Region};
use serde_json::Value;
use store::{Filed, Filter, Store};

use super::*;
use crate::aws::template::Template;

const TABLE: &str = "desk";

/// An empty table, with the keys and indexes that are deployed.
fn table() -> Database {
    let yaml = std::fs::read_to_string(crate::binaries::workspace_root().unwrap().join("template.yaml")).unwrap();
    let sid = |prefix: &str| format!("{prefix}{}", "0".repeat(32));
    let values = BTreeMap::from([
        ("DISCORD_BOT_TOKEN".to_owned(), "t".to_owned()),
        ("TWILIO_AUTH_TOKEN".to_owned(), "t".to_owned()),
        ("TWILIO_ACCOUNT_SID".to_owned(), sid("AC")),
        ("TWILIO_WORKSPACE_SID".to_owned(), sid("WS")),
        ("TWILIO_WORKFLOW_SID".to_owned(), sid("WW")),
    ]);
    let template = Template::load(&yaml, &values).unwrap();
    let properties = &template.resources["Table"].properties;
    let mut request = json!({ "TableName": TABLE });
    for name in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"] {
        request[name] = properties[name].clone();
    }
    let database = Database::memory().unwrap();
    database.create_table(serde_json::from_value(request).unwrap()).unwrap();
    database
}

/// The functions' own code on a table.
async fn store(database: &Database) -> Store {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));
    let config = aws_sdk_dynamodb::config::Builder::from(&runtime::aws::sdk_config(&http::client("sandbox")))
        .endpoint_url(url)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .build();
    Store::new(aws_sdk_dynamodb::Client::from_conf(config), TABLE.to_owned())
}

fn plan(cases: usize) -> Plan {
    let server = GuildId::new(77).unwrap();
    let until = "2026-11-21T10:00:00Z".parse().unwrap();
    let conversations = (0..4).map(|at| format!("CH{at:032x}").parse().unwrap()).collect();
    Plan { conversations, ..Plan::new(cases, 5, until, server, ChannelId::new(78).unwrap()) }
}

/// Everything in a table, by key; sets in order. What was counted down to nothing is left out.
fn everything(database: &Database) -> BTreeMap<String, Value> {
    let answer = database.scan(serde_json::from_value(json!({ "TableName": TABLE })).unwrap()).unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    assert!(answer["LastEvaluatedKey"].is_null(), "the table is too large for one look");
    let mut items = BTreeMap::new();
    for item in answer["Items"].as_array().unwrap() {
        let mut item = item.clone();
        for value in item.as_object_mut().unwrap().values_mut() {
            for set in ["SS", "NS"] {
                if let Some(members) = value[set].as_array_mut() {
                    members.sort_by_key(ToString::to_string);
                }
            }
        }
        // A count's name has dots.
        item.as_object_mut().unwrap().retain(|name, value| !name.contains('.') || value["N"] != "0");
        let key = format!("{} {}", item["PK"]["S"].as_str().unwrap(), item["SK"]["S"].as_str().unwrap());
        items.insert(key, item);
    }
    items
}

#[tokio::test]
async fn what_is_written_at_once_is_what_the_functions_leave() {
    let plan = plan(40);
    let (ours, theirs) = (table(), table());
    fill(&ours, TABLE, plan.clone(), |_| {}).unwrap();

    let store = store(&theirs).await;
    let cases: Vec<Seeded> = plan.generate().collect();
    for seeded in &cases {
        assert_eq!(store.next_case_number().await.unwrap(), seeded.case().number);
        let (filed, event) = &seeded.versions[0];
        assert_eq!(store.file_case(&draft_of(filed), filed, event).await.unwrap(), Filed::New);
        for (case, event) in &seeded.versions[1..] {
            store.change_case(case, event).await.unwrap();
        }
        for (person, at) in &seeded.votes {
            store.vote(filed, *person, *at).await.unwrap();
        }
        let case = seeded.case();
        let (words, title) = words(&case);
        store.index_case(&case, &words, &title).await.unwrap();
        for assignee in seeded.versions.iter().filter_map(|(case, _)| case.assignee.as_ref()) {
            store.remember_assignee(case.server, assignee).await.unwrap();
        }
        store.news_told(&case, None).await.unwrap();
        assert_eq!(store.case(case.number).await.unwrap(), Some(case));
    }

    let (ours, mut theirs) = (everything(&ours), everything(&theirs));
    // A transfer leaves no receipt of a report, and old ones are forgotten.
    let is_kept = |seeded: &&Seeded| {
        let case = seeded.case();
        case.kind != Kind::Support && case.created_at.as_second() + FILED_SECONDS > plan.until.as_second()
    };
    let kept: BTreeSet<String> = cases
        .iter()
        .filter(is_kept)
        .map(|seeded| format!("{} FILED", keys::filed(&draft_of(&seeded.case()))))
        .collect();
    theirs.retain(|key, _| !key.starts_with("FILED#") || kept.contains(key));
    for (key, item) in &theirs {
        assert_eq!(ours.get(key), Some(item), "{key}");
    }
    assert_eq!(ours.len(), theirs.len());
    assert!(cases.iter().any(|seeded| !seeded.votes.is_empty()));
    assert!(cases.iter().any(|seeded| !seeded.case().conversations.is_empty()));
    assert!(cases.iter().any(|seeded| !seeded.case().links.is_empty()));
    assert!(cases.iter().any(|seeded| seeded.versions.len() > 4));
}

#[tokio::test]
async fn the_counts_are_right_and_a_second_filling_goes_on() {
    let database = table();
    let written = fill(&database, TABLE, plan(300), |_| {}).unwrap();
    fill(&database, TABLE, plan(50), |_| {}).unwrap();
    let store = store(&database).await;
    let server = Some(plan(1).server);
    assert_eq!(store.case_counts(server).await.unwrap().total(), 350);
    assert_eq!(store.next_case_number().await.unwrap(), CaseNumber(351));
    for (status, count) in written.by_status {
        let counted = store.case_counts(server).await.unwrap();
        let status = Status::from_name(status).unwrap();
        let listed = store.cases(server, &Filter { statuses: vec![status], ..Filter::default() }, None, 100).await;
        let listed = listed.unwrap();
        assert!(counted.of(status, None, None) >= count as u64);
        assert_eq!(listed.next.is_some(), counted.of(status, None, None) > 100, "{status:?}");
        assert!(listed.cases.iter().all(|case| case.status == status));
    }
    // Nothing is to be told of them.
    let later = plan(1).until.checked_add(SignedDuration::from_hours(24)).unwrap();
    assert_eq!(store.cases_with_news(later, 10).await.unwrap(), []);
}

#[test]
fn a_plan_makes_the_same_cases_again_and_all_sorts_of_them() {
    let said = |plan: &Plan| -> Vec<String> {
        let line = |seeded: Seeded| {
            let case = seeded.case();
            format!("{} {} {} {} {}", case.number, case.title, case.status.name(), seeded.versions.len(), case.votes)
        };
        plan.generate().map(line).collect()
    };
    assert_eq!(said(&plan(60)), said(&plan(60)));
    assert_ne!(said(&plan(60)), said(&Plan { random: 6, ..plan(60) }));

    let (mut seen, mut last) = (BTreeSet::new(), Timestamp::MIN);
    let mut authors: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    let mut of_reporters: BTreeMap<Option<PersonId>, usize> = BTreeMap::new();
    for seeded in plan(3000).generate() {
        let case = seeded.case();
        assert!(case.created_at >= last && case.updated_at < plan(1).until);
        last = case.created_at;
        assert_eq!(domain::report::title(&case.title).as_ref(), Ok(&case.title));
        seen.insert(format!("status {}", case.status.name()));
        seen.insert(format!("kind {}", case.kind.name()));
        seen.insert(format!("severity {}", case.severity.name()));
        seen.insert(format!("priority {}", case.priority.name()));
        seen.insert(format!("locale {}", case.locale));
        seen.extend(case.assignee.map(|assignee| format!("assignee {}", assignee.name)));
        seen.extend((!case.links.is_empty()).then(|| "a link".to_owned()));
        seen.extend(case.rating.map(|_| "a rating".to_owned()));
        seen.extend((case.votes > 5).then(|| "many votes".to_owned()));
        seen.extend((seeded.versions.len() > 30).then(|| "a long history".to_owned()));
        *of_reporters.entry(case.reporter).or_default() += 1;
        let by = seeded.versions.iter().map(|(_, event)| domain::text_case::author(&event.author).to_owned());
        authors.entry(case.number.0).or_default().extend(by);
    }
    let expected = Status::ALL.len() + Kind::ALL.len() + Severity::ALL.len() + Priority::ALL.len() + LANGUAGES.len();
    assert_eq!(seen.len(), expected + 6 + 4, "{seen:?}");
    assert!(authors.values().any(|names| names.len() > 3));
    assert!(of_reporters.values().any(|cases| *cases > 10));
}
