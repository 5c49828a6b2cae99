//! Checks requests against the platforms' `OpenAPI` documents, where the folder `shared/contracts` lies beside the project.
//!
//! Validators are compiled once per operation and process.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use regex::Regex;
use serde_json::{Map, Value, json};

/// Every document that is checked against.
struct Contracts {
    discord: Value,
    twilio: Vec<Value>,
}

/// Name and host of the Twilio documents. Programmable Chat is left out: its end of life is past.
const TWILIO: [&str; 5] = ["conversations_v1", "conversations_v1_service", "flex_v1", "studio_v2", "taskrouter_v1"];

static CONTRACTS: LazyLock<Option<Contracts>> = LazyLock::new(|| {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contracts");
    if !folder.is_dir() {
        eprintln!(
            "sandbox: ../shared/contracts is not there, so requests are not checked against the OpenAPI documents"
        );
        return None;
    }
    let read = |name: &str| -> Value {
        let path = folder.join(name);
        let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
        serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{} is not JSON: {error}", path.display()))
    };
    Some(Contracts {
        discord: read("discord/openapi.json"),
        twilio: TWILIO.iter().map(|name| read(&format!("twilio/{name}.json"))).collect(),
    })
});

/// Whether there is anything to check against. Said once on stderr when there is not.
pub fn available() -> bool {
    CONTRACTS.is_some()
}

/// What a request to Discord does that is not documented. `path` is what follows `/api/v10`.
pub fn discord_request(method: &str, path: &str, query: &[(String, String)], body: Option<&Value>) -> Vec<String> {
    let Some(contracts) = &*CONTRACTS else { return Vec::new() };
    let Some((template, item)) = find_path(&contracts.discord, path) else {
        return vec![format!("{path} is not documented")];
    };
    let Some(operation) = item.get(method.to_ascii_lowercase()) else {
        return vec![format!("{method} {template} is not documented")];
    };
    let mut violations = query_violations(&contracts.discord, item, operation, query);
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    match (schema, body) {
        (Value::Null, Some(body)) => violations.push(format!("{method} {template} takes no body, got {body}")),
        (schema @ Value::Object(_), Some(body)) => {
            let mut body = body.clone();
            permissions_as_numbers(&mut body);
            attachment_ids_as_text(&mut body);
            violations.extend(schema_violations(&format!("{method} {template}"), schema, &contracts.discord, &body));
        }
        _ => {}
    }
    violations
}

/// What an answer of Discord holds that is not documented, for the tests of the simulator itself.
#[cfg(test)]
pub fn discord_response(method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
    let Some(contracts) = &*CONTRACTS else { return Vec::new() };
    let Some((template, item)) = find_path(&contracts.discord, path) else { return Vec::new() };
    let responses = &item[method.to_ascii_lowercase()]["responses"];
    let schema = &responses[status.to_string()]["content"]["application/json"]["schema"];
    if schema.is_null() {
        return vec![format!("{method} {template} does not answer with {status}")];
    }
    schema_violations(&format!("{status} of {method} {template}"), schema, &contracts.discord, body)
}

/// What an interaction's answer does that is not documented: it is the callback's body, given in the HTTP response.
pub fn discord_answer(body: &Value) -> Vec<String> {
    discord_request("POST", "/interactions/1/token/callback", &[], Some(body))
}

/// What a request to Twilio does that is not documented.
pub fn twilio_request(
    method: &str,
    host: &str,
    path: &str,
    query: &[(String, String)],
    form: &[(String, String)],
    webhook_header: Option<&str>,
) -> Vec<String> {
    let Some(contracts) = &*CONTRACTS else { return Vec::new() };
    let server = format!("https://{host}");
    let documents = contracts.twilio.iter().filter(|document| {
        let urls = document["servers"].as_array().into_iter().flatten();
        urls.chain(
            document["paths"]
                .as_object()
                .into_iter()
                .flat_map(|paths| paths.values())
                .flat_map(|item| item["servers"].as_array().into_iter().flatten()),
        )
        .any(|entry| entry["url"] == server.as_str())
    });
    let mut known_path = None;
    for document in documents {
        let Some((template, item)) = find_path(document, path) else { continue };
        known_path = Some(template);
        let Some(operation) = item.get(method.to_ascii_lowercase()) else { continue };
        let mut violations = query_violations(document, item, operation, query);
        violations.extend(path_violations(document, template, item, operation, path));
        if let Some(value) = webhook_header
            && !matches!(value, "true" | "false")
        {
            violations.push(format!("X-Twilio-Webhook-Enabled: {value} is neither true nor false"));
        }
        let schema =
            resolve(document, &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]);
        violations.extend(form_violations(document, schema, form));
        return violations;
    }
    match known_path {
        Some(template) => vec![format!("{method} https://{host}{template} is not documented")],
        None => vec![format!("https://{host}{path} is not documented")],
    }
}

/// The path template that fits best: the one with the fewest parameters.
fn find_path<'a>(document: &'a Value, path: &str) -> Option<(&'a str, &'a Value)> {
    let segments: Vec<&str> = path.split('/').collect();
    let paths = document["paths"].as_object()?;
    let fitting = paths.iter().filter(|(template, _)| {
        let wanted: Vec<&str> = template.split('/').collect();
        wanted.len() == segments.len()
            && wanted.iter().zip(&segments).all(
                |(wanted, got)| {
                    if wanted.starts_with('{') { !got.is_empty() } else { wanted == got }
                },
            )
    });
    fitting.min_by_key(|(template, _)| template.matches('{').count()).map(|(template, item)| (template.as_str(), item))
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => schema,
    }
}

fn parameters<'a>(item: &'a Value, operation: &'a Value) -> impl Iterator<Item = &'a Value> {
    let of = |value: &'a Value| value["parameters"].as_array().into_iter().flatten();
    of(item).chain(of(operation))
}

fn query_violations(document: &Value, item: &Value, operation: &Value, query: &[(String, String)]) -> Vec<String> {
    let mut violations = Vec::new();
    for (name, value) in query {
        let known = parameters(item, operation).find(|p| p["in"] == "query" && p["name"] == name.as_str());
        match known {
            Some(parameter) => violations.extend(text_violations(document, name, &parameter["schema"], value)),
            None => violations.push(format!("the query parameter {name} is not documented")),
        }
    }
    violations
}

fn path_violations(document: &Value, template: &str, item: &Value, operation: &Value, path: &str) -> Vec<String> {
    let mut violations = Vec::new();
    for (wanted, got) in template.split('/').zip(path.split('/')) {
        let Some(name) = wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { continue };
        if let Some(parameter) = parameters(item, operation).find(|p| p["in"] == "path" && p["name"] == name) {
            violations.extend(text_violations(document, name, &parameter["schema"], got));
        }
    }
    violations
}

fn form_violations(document: &Value, schema: &Value, form: &[(String, String)]) -> Vec<String> {
    let mut violations = Vec::new();
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !form.iter().any(|(name, _)| name == required) {
            violations.push(format!("{required} is missing"));
        }
    }
    for (at, (name, value)) in form.iter().enumerate() {
        let Some(property) = properties.get(name) else {
            violations.push(format!("the form field {name} is not documented"));
            continue;
        };
        let property = resolve(document, property);
        if property["type"] == "array" {
            violations.extend(text_violations(document, name, &property["items"], value));
            continue;
        }
        if form[..at].iter().any(|(earlier, _)| earlier == name) {
            violations.push(format!("{name} is sent twice"));
        }
        violations.extend(text_violations(document, name, property, value));
    }
    violations
}

/// A value that travels as text, against its schema.
fn text_violations(document: &Value, name: &str, schema: &Value, text: &str) -> Vec<String> {
    let schema = resolve(document, schema);
    let mut violations = Vec::new();
    let mut wrong = |what: String| violations.push(format!("{name}: {what}"));
    // Twilio's object-valued fields have no type and travel as JSON text.
    let kind = schema["type"].as_str().or_else(|| schema["type"].as_array()?.iter().find_map(Value::as_str));
    match kind {
        Some("integer") => match text.parse::<i64>() {
            Ok(number) => {
                if schema["minimum"].as_i64().is_some_and(|minimum| number < minimum) {
                    wrong(format!("{number} is too small"));
                }
                if schema["maximum"].as_i64().is_some_and(|maximum| number > maximum) {
                    wrong(format!("{number} is too large"));
                }
            }
            Err(_) => wrong(format!("{text:?} is no integer")),
        },
        Some("boolean") if !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false") => {
            wrong(format!("{text:?} is neither true nor false"));
        }
        Some("array") => return text_violations(document, name, &schema["items"], text),
        None if schema.as_object().is_some_and(|s| !s.contains_key("enum") && !s.contains_key("pattern"))
            && serde_json::from_str::<Value>(text).is_err() =>
        {
            wrong("is not JSON".to_owned());
        }
        _ => {}
    }
    if let Some(values) = schema["enum"].as_array()
        // Twilio's enumerations do not mind the case (the documents' examples mix it).
        && !values.iter().filter_map(Value::as_str).any(|value| value.eq_ignore_ascii_case(text))
    {
        wrong(format!("{text:?} is none of {}", json!(values)));
    }
    if let Some(pattern) = schema["pattern"].as_str()
        && !pattern_matches(pattern, text)
    {
        wrong(format!("{text:?} does not match {pattern}"));
    }
    let length = text.chars().count() as u64;
    if schema["minLength"].as_u64().is_some_and(|minimum| length < minimum)
        || schema["maxLength"].as_u64().is_some_and(|maximum| length > maximum)
    {
        wrong(format!("{length} characters are too few or too many"));
    }
    match schema["format"].as_str() {
        Some("uri") if url::Url::parse(text).is_err() => wrong(format!("{text:?} is no URI")),
        Some("date-time") if text.parse::<jiff::Timestamp>().is_err() => wrong(format!("{text:?} is no time")),
        _ => {}
    }
    violations
}

fn pattern_matches(pattern: &str, text: &str) -> bool {
    static PATTERNS: LazyLock<Mutex<HashMap<String, Option<Regex>>>> = LazyLock::new(Mutex::default);
    let mut patterns = PATTERNS.lock().expect("no holder of this lock panics");
    let compiled = patterns.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).ok());
    compiled.as_ref().is_none_or(|regex| regex.is_match(text))
}

/// The document says integer, the prose and every library say string: a check must turn it into a number first.
fn permissions_as_numbers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(permissions_as_numbers),
        Value::Object(object) => {
            if let Some(permissions) = object.get_mut("default_member_permissions")
                && let Some(number) = permissions.as_str().and_then(|text| text.parse::<u64>().ok())
            {
                *permissions = json!(number);
            }
            // So are those that an installation asks for.
            for install in
                object.get_mut("integration_types_config").and_then(Value::as_object_mut).into_iter().flatten()
            {
                let permissions = install.1.pointer_mut("/oauth2_install_params/permissions");
                if let Some(permissions) = permissions
                    && let Some(number) = permissions.as_str().and_then(|text| text.parse::<u64>().ok())
                {
                    *permissions = json!(number);
                }
            }
        }
        _ => {}
    }
}

/// The document says text, the prose's examples number the files: `{"id": 0}`.
fn attachment_ids_as_text(body: &mut Value) {
    for place in ["/attachments", "/message/attachments", "/data/attachments"] {
        for attachment in body.pointer_mut(place).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(number) = attachment["id"].as_u64() {
                attachment["id"] = json!(number.to_string());
            }
        }
    }
}

type Compiled = Arc<OnceLock<jsonschema::Validator>>;

fn schema_violations(operation: &str, schema: &Value, document: &Value, body: &Value) -> Vec<String> {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, Compiled>>> = LazyLock::new(Mutex::default);
    let compiled = {
        let mut validators = VALIDATORS.lock().expect("no holder of this lock panics");
        Arc::clone(validators.entry(operation.to_owned()).or_default())
    };
    let validator = compiled.get_or_init(|| {
        let mut whole = json!({"components": {"schemas": document["components"]["schemas"]}});
        whole["allOf"] = json!([schema]);
        jsonschema::draft202012::new(&whole)
            .unwrap_or_else(|error| panic!("the schema of {operation} does not compile: {error}"))
    });
    validator
        .iter_errors(body)
        .map(|error| {
            format!("{operation}: {} at {:?}", shortened(&error.to_string()), error.instance_path().to_string())
        })
        .collect()
}

/// Schema errors repeat the whole value; the start is enough.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 300 { text.to_owned() } else { text.chars().take(300).chain("…".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn documented_discord_requests_pass_and_others_do_not() {
        if !available() {
            return;
        }
        let message = json!({
            "content": "hi", "nonce": "abc", "enforce_nonce": true, "allowed_mentions": {"parse": []},
            "components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Reply", "custom_id": "reply:v1:1"}]}],
        });
        let post = |body: &Value| discord_request("POST", "/channels/1380000000000000900/messages", &[], Some(body));
        assert_eq!(post(&message), Vec::<String>::new());
        assert_ne!(post(&json!({"content": 5})), Vec::<String>::new());
        assert_ne!(discord_request("POST", "/nowhere", &[], None), Vec::<String>::new());
        assert_ne!(
            discord_request("GET", "/channels/1/messages", &pairs(&[("limit", "101")]), None),
            Vec::<String>::new()
        );
        let modal = json!({"type": 9, "data": {"custom_id": "reply:v1:1", "title": "Reply", "components": [
            {"type": 18, "label": "Message", "component": {"type": 4, "custom_id": "body", "style": 2, "max_length": 2000}}
        ]}});
        assert_eq!(discord_answer(&modal), Vec::<String>::new());
        assert_eq!(discord_answer(&json!({"type": 1})), Vec::<String>::new());
        assert_eq!(discord_answer(&json!({"type": 5, "data": {"flags": 64}})), Vec::<String>::new());
        let command = json!([{"name": "close", "description": "x", "default_member_permissions": "0"}]);
        assert_eq!(discord_request("PUT", "/applications/1/commands", &[], Some(&command)), Vec::<String>::new());
    }

    #[test]
    fn documented_twilio_requests_pass_and_others_do_not() {
        if !available() {
            return;
        }
        let host = "conversations.twilio.com";
        let webhooks = "/v1/Conversations/CHaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Webhooks";
        let good = pairs(&[
            ("Target", "webhook"),
            ("Configuration.Method", "POST"),
            ("Configuration.Filters", "onMessageAdded"),
            ("Configuration.Filters", "onMessageUpdated"),
        ]);
        assert_eq!(twilio_request("POST", host, webhooks, &[], &good, None), Vec::<String>::new());
        let unknown = pairs(&[("Target", "webhook"), ("Colour", "red")]);
        assert_ne!(twilio_request("POST", host, webhooks, &[], &unknown, None), Vec::<String>::new());
        let missing = pairs(&[("Configuration.Method", "POST")]);
        assert_ne!(twilio_request("POST", host, webhooks, &[], &missing, None), Vec::<String>::new());
        let flow = pairs(&[("Target", "studio"), ("Configuration.FlowSid", "FW1")]);
        assert_ne!(twilio_request("POST", host, webhooks, &[], &flow, None), Vec::<String>::new());
        let service = "/v1/Services/ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conversations";
        assert_eq!(
            twilio_request("POST", host, service, &[], &pairs(&[("UniqueName", "x")]), Some("true")),
            Vec::<String>::new()
        );
        let close = pairs(&[("Status", "closed"), ("Routing", "{\"status\":\"closed\"}")]);
        let channel = "/v1/Interactions/KDaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Channels/UOaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        assert_eq!(twilio_request("POST", "flex-api.twilio.com", channel, &[], &close, None), Vec::<String>::new());
        assert_ne!(twilio_request("POST", "studio.twilio.com", "/v1/Flows", &[], &[], None), Vec::<String>::new());
    }
}
