//! The OpenAPI document: whole, and true.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::stage::Stage;

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_operation_is_there_with_every_answer() {
    let stage = Stage::new().await;
    let document = stage.ask("GET", "/api/openapi.json", &[], "").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], "https://desk.example/console");
    let mut operations = String::new();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answers: Vec<_> = operation["responses"].as_object().unwrap().keys().map(String::as_str).collect();
            operations += &format!("{method} {path}: {}\n", answers.join(" "));
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()));
            assert!(!operation["summary"].as_str().unwrap().is_empty());
            let holes = path.matches('{').count();
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            assert_eq!(parameters.filter(|parameter| parameter["in"] == "path").count(), holes, "{path}");
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let is_problem = status.as_str() >= "400";
                assert_eq!(answer["content"].get("application/problem+json").is_some(), is_problem, "{path} {status}");
            }
        }
    }
    insta::assert_snapshot!(operations);
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in &found {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
    }
    assert!(found.contains("#/components/schemas/Problem"));
}

#[tokio::test]
async fn answers_fit_their_schemas() {
    let stage = Stage::new().await;
    stage.case("The map stays empty").await;
    let key = stage.key().await;
    let document = stage.ask("GET", "/api/openapi.json", &[], "").await.json();
    for (path, operation, schema) in [
        ("/api/cases", "/paths/~1api~1cases/get", "200"),
        ("/api/cases/export.json", "/paths/~1api~1cases/get", "200"),
        ("/api/cases/1", "/paths/~1api~1cases~1{number}/get", "200"),
        ("/api/cases/1/history", "/paths/~1api~1cases~1{number}~1history/get", "200"),
        ("/api/cases/1/transcript", "/paths/~1api~1cases~1{number}~1transcript/get", "200"),
        ("/api/cases/1/files", "/paths/~1api~1cases~1{number}~1files/get", "200"),
        ("/api/cases/1/related", "/paths/~1api~1cases~1{number}~1related/get", "200"),
        ("/api/counts", "/paths/~1api~1counts/get", "200"),
        ("/api/assignees", "/paths/~1api~1assignees/get", "200"),
        ("/api/cases/9", "/paths/~1api~1cases~1{number}/get", "404"),
        ("/api/cases?limit=0", "/paths/~1api~1cases/get", "400"),
    ] {
        let answer = match path {
            // Not part of the API, but it looks like it.
            "/api/cases/export.json" => stage.export(&key, path).await,
            _ => stage.api(&key, "GET", path, &[], "").await,
        };
        assert_eq!(answer.status.to_string(), schema, "{path}");
        let media = if answer.status == 200 { "application/json" } else { "application/problem+json" };
        let pointer = format!("{operation}/responses/{schema}/content/{}/schema", media.replace('/', "~1"));
        let mut schema = document.pointer(&pointer).unwrap_or_else(|| panic!("{pointer}")).clone();
        schema["components"] = document["components"].clone();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let body = answer.json();
        let errors: Vec<_> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}\n{body}");
    }
}
