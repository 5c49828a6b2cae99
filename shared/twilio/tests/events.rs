//! Replays events/twilio: each is a whole function-URL event, signed with the token `test-auth-token`.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside of any test function")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::{CaseNumber, PersonId};
use serde::Deserialize;
use twilio::signature::{request_url, verify};
use twilio::webhook::{self, ConversationEvent, ConversationState, MalformedEvent, TaskEventKind};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FunctionUrlEvent {
    raw_path: String,
    raw_query_string: String,
    headers: std::collections::HashMap<String, String>,
    request_context: RequestContext,
    body: String,
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    domain_name: String,
}

/// The body of a golden event, once its signature has been checked.
fn verified_body(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/twilio").join(name).with_extension("json");
    let event: FunctionUrlEvent = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let body = if event.is_base64_encoded { STANDARD.decode(event.body).unwrap() } else { event.body.into_bytes() };
    let url = request_url(None, &event.request_context.domain_name, &event.raw_path, &event.raw_query_string);
    let header = |name: &str| event.headers.get(name).map(String::as_str);
    let token = "test-auth-token".into();
    let check = |body: &[u8]| verify(&token, header("x-twilio-signature"), &url, header("content-type"), "POST", body);
    assert_eq!(check(&body), Ok(()), "{name}");
    assert!(check(&[&body, &b"x"[..]].concat()).is_err(), "{name}, changed");
    body
}

fn conversation_event(name: &str) -> Option<ConversationEvent> {
    webhook::conversation_event(&verified_body(name)).unwrap()
}

/// The fields of a form body, to take one out or change one.
fn fields(name: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(&verified_body(name)).into_owned().collect()
}

fn form(fields: &[(String, String)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

#[test]
fn every_golden_event_is_signed_and_known() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/twilio");
    let mut verdicts = String::new();
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let body = verified_body(name);
        let verdict = if name.starts_with("studio-chatbot") {
            format!("{:?}", webhook::chatbot_call(&body).map(|call| call.body))
        } else if name.starts_with("studio-transfer") {
            format!("{:?}", webhook::transfer_call(&body).map(|call| call.send_to_flex_failed))
        } else if body.starts_with(b"AccountSid") && fields(name).iter().any(|(field, _)| field == "TaskSid") {
            format!("{:?}", webhook::task_event(&body).map(|event| event.map(|event| event.kind())))
        } else {
            let kind = |event: ConversationEvent| match event {
                ConversationEvent::MessageAdded(_) => "added",
                ConversationEvent::MessageUpdated(_) => "updated",
                ConversationEvent::MessageRemoved(_) => "removed",
                ConversationEvent::StateUpdated(_) => "state",
            };
            format!("{:?}", webhook::conversation_event(&body).map(|event| event.map(kind)))
        };
        writeln!(verdicts, "{name}: {verdict}").unwrap();
    }
    assert_eq!(
        verdicts,
        r#"conversation-closed: Ok(Some("state"))
conversation-inactive: Ok(Some("state"))
message-added-agent: Ok(Some("added"))
message-added-file: Ok(Some("added"))
message-added-other-system: Ok(Some("added"))
message-added-person: Ok(Some("added"))
message-removed: Ok(Some("removed"))
message-updated: Ok(Some("updated"))
participant-added: Ok(None)
participant-removed: Ok(None)
reservation-accepted: Ok(Some(ReservationAccepted))
reservation-wrapup: Ok(Some(ReservationWrapup))
studio-chatbot: Ok("How do I reset my \"route\"?\nIt’s stuck 🗺\u{fe0f}")
studio-transfer-failed: Ok(true)
studio-transfer: Ok(false)
task-canceled: Ok(Some(TaskCanceled))
task-completed: Ok(Some(TaskCompleted))
task-created: Ok(Some(TaskCreated))
task-of-another-channel: Ok(None)
task-wrapup: Ok(Some(TaskWrapup))
workflow-timeout: Ok(Some(WorkflowTimeout))
"#
    );
}

#[test]
fn an_agents_line_is_read_whole() {
    let Some(ConversationEvent::MessageAdded(line)) = conversation_event("message-added-agent") else {
        panic!("not a line");
    };
    assert_eq!(line.conversation_sid.as_str(), "CHcccccccccccccccccccccccccccccccc");
    assert_eq!(line.message_sid.as_str(), "IMdddddddddddddddddddddddddddddddd");
    assert_eq!((line.index, line.source.as_str()), (4, "SDK"));
    assert_eq!(line.author, "agent_40example_2Ecom");
    assert_eq!(line.body, "Hello, how can I help?");
    assert_eq!(line.participant_sid.as_ref().unwrap().as_str(), "MBeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
    assert_eq!(line.date_created.as_deref(), Some("2026-11-21T10:00:00.000Z"));
    assert_eq!((line.bridge_mark(), line.media.len()), (None, 0));
    let printed = format!("{line:?}");
    assert!(!printed.contains("Hello") && !printed.contains("agent"), "{printed}");
}

#[test]
fn what_we_wrote_carries_our_mark_and_what_others_wrote_does_not() {
    let mark = |name| match conversation_event(name) {
        Some(ConversationEvent::MessageAdded(line)) => line.bridge_mark(),
        other => panic!("{other:?}"),
    };
    assert_eq!(mark("message-added-person").as_deref(), Some("person"));
    assert_eq!(mark("message-added-other-system"), None);
    let check = |attributes: &str, expected: Option<&str>| {
        assert_eq!(webhook::bridge_mark(attributes).as_deref(), expected, "{attributes}");
    };
    check("", None);
    check("not json", None);
    check("[]", None);
    check("\"bridge\"", None);
    check(r#"{"bridge":"system","key":"a"}"#, Some("system"));
    check(r#"{"bridge":null}"#, Some("null"));
    check(r#"{"bridge":{"v":2}}"#, Some(r#"{"v":2}"#));
}

#[test]
fn files_come_in_both_spellings() {
    let Some(ConversationEvent::MessageAdded(line)) = conversation_event("message-added-file") else {
        panic!("not a line");
    };
    let [file] = line.media.as_slice() else { panic!("{:?}", line.media) };
    assert_eq!(
        (file.content_type.as_str(), file.filename.as_deref(), file.size),
        ("image/png", Some("map.png"), 12232)
    );
    assert_eq!(line.body, "");

    let mut fields = fields("message-added-file");
    let media = r#"[{"sid":"ME1","size":null,"content_type":"text/plain","filename":null,"category":"media"}]"#;
    fields.iter_mut().find(|(name, _)| name == "Media").unwrap().1 = media.to_owned();
    let Ok(Some(ConversationEvent::MessageAdded(line))) = webhook::conversation_event(&form(&fields)) else {
        panic!("not a line");
    };
    assert_eq!((line.media[0].sid.as_str(), line.media[0].filename.as_deref()), ("ME1", None));
}

#[test]
fn an_edit_and_a_change_of_state_say_when_and_what() {
    let Some(ConversationEvent::MessageUpdated(edit)) = conversation_event("message-updated") else {
        panic!("no edit")
    };
    assert_eq!(edit.date_updated, "2026-11-21T10:00:30.000Z");
    assert_eq!(edit.message.body, "Hello! How can I help?");
    let Some(ConversationEvent::StateUpdated(state)) = conversation_event("conversation-closed") else {
        panic!("no state")
    };
    assert_eq!((state.from, state.to), (Some(ConversationState::Active), ConversationState::Closed));
    assert_eq!(state.reason, "API");
}

#[test]
fn a_task_event_names_person_case_and_agent() {
    let event = webhook::task_event(&verified_body("reservation-accepted")).unwrap().unwrap();
    assert_eq!(event.kind(), TaskEventKind::ReservationAccepted);
    assert_eq!(event.attributes.discord_user_id, PersonId::new(1_380_000_000_000_000_777));
    assert_eq!(event.attributes.case_number, Some(CaseNumber(12)));
    assert_eq!(event.attributes.conversation_sid.as_ref().unwrap().as_str(), "CHcccccccccccccccccccccccccccccccc");
    assert_eq!(event.attributes.interaction_sid.as_ref().unwrap().as_str(), "KD99999999999999999999999999999999");
    assert_eq!(
        event.attributes.interaction_channel_sid.as_ref().unwrap().as_str(),
        "UOa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
    );
    assert_eq!(event.worker_full_name.as_deref(), Some("Alex Agent"));
    assert_eq!(event.worker_name.as_deref(), Some("agent@example.com"));
    assert_eq!(event.timestamp.as_deref(), Some("1795255200"));
    assert!(event.reservation_sid.is_some());
    assert!(!format!("{event:?}").contains("Alex"));

    let canceled = webhook::task_event(&verified_body("task-canceled")).unwrap().unwrap();
    assert_eq!(canceled.canceled_reason.as_deref(), Some("Workflow timeout"));
    assert_eq!(canceled.worker_full_name, None);
}

#[test]
fn task_attributes_of_any_shape_are_survived() {
    let check = |attributes: &str, ours: bool, case_number: Option<u64>| {
        let mut fields = fields("task-created");
        fields.iter_mut().find(|(name, _)| name == "TaskAttributes").unwrap().1 = attributes.to_owned();
        let event = webhook::task_event(&form(&fields)).unwrap();
        assert_eq!(event.is_some(), ours, "{attributes}");
        assert_eq!(
            event.and_then(|event| event.attributes.case_number).map(|number| number.0),
            case_number,
            "{attributes}"
        );
    };
    check("", false, None);
    check("null", false, None);
    check("[1]", false, None);
    check("{", false, None);
    check(r#"{"discord_user_id":"bob"}"#, false, None);
    check(r#"{"discord_user_id":"77","case_number":"12","conversationSid":5}"#, true, Some(12));
    check(r#"{"discord_user_id":"77","case_number":-1}"#, true, None);
    check(r#"{"discord_user_id":"77","case_number":null,"flexInteractionSid":"KDx"}"#, true, None);
}

#[test]
fn studio_tells_who_wrote_and_for_whom() {
    let call = webhook::chatbot_call(&verified_body("studio-chatbot")).unwrap();
    assert_eq!(call.discord_user_id, PersonId::new(1_380_000_000_000_000_777));
    assert_eq!(call.author.as_deref(), Some("discord_1380000000000000777"));
    assert_eq!(call.execution_sid.as_deref(), Some("FNdddddddddddddddddddddddddddddddd"));
    assert!(!format!("{call:?}").contains("route"));
    let call = webhook::transfer_call(&verified_body("studio-transfer")).unwrap();
    assert_eq!(call.message_sid.unwrap().as_str(), "IMdddddddddddddddddddddddddddddddd");
    assert_eq!(call.body, "I want to talk to a person");

    let sids = |json: &str| webhook::transfer_call(json.as_bytes()).map(|call| call.message_sid.is_some());
    let conversation = "CHcccccccccccccccccccccccccccccccc";
    assert_eq!(
        sids(&format!(r#"{{"conversation_sid":"{conversation}","message_sid":null,"trigger":null}}"#)),
        Ok(false)
    );
    assert_eq!(
        sids(&format!(r#"{{"trigger":{{"conversation":{{"ChannelSid":"{conversation}","Author":null}}}}}}"#)),
        Ok(false)
    );
    assert_eq!(sids("{}"), Err(MalformedEvent::Missing("conversation_sid")));
    assert_eq!(sids("[]"), Err(MalformedEvent::Json));
    assert_eq!(sids(""), Err(MalformedEvent::Json));
    assert_eq!(sids(&"[".repeat(100_000)), Err(MalformedEvent::Json));
    assert!(matches!(
        sids(r#"{"conversation_sid":"CH1"}"#),
        Err(MalformedEvent::Field { field: "conversation_sid", .. })
    ));
}

#[test]
fn a_missing_or_garbled_field_is_named_and_an_optional_one_is_not_missed() {
    let without = |name: &str, field: &str| {
        let mut fields = fields(name);
        fields.retain(|(name, _)| name != field);
        webhook::conversation_event(&form(&fields)).map(|event| event.is_some())
    };
    for field in ["EventType", "ConversationSid", "MessageSid", "Index"] {
        assert!(matches!(without("message-added-agent", field), Err(MalformedEvent::Missing(name)) if name == field));
    }
    for field in
        ["Author", "Body", "Attributes", "ParticipantSid", "Source", "DateCreated", "ClientIdentity", "AccountSid"]
    {
        assert_eq!(without("message-added-agent", field), Ok(true), "{field}");
    }
    assert_eq!(without("message-updated", "DateUpdated"), Err(MalformedEvent::Missing("DateUpdated")));
    assert_eq!(without("message-removed", "Index"), Ok(true));
    assert_eq!(without("conversation-closed", "StateTo"), Err(MalformedEvent::Missing("StateTo")));

    let with = |field: &str, value: &str| {
        let mut fields = fields("message-added-agent");
        fields.retain(|(name, _)| name != field);
        fields.push((field.to_owned(), value.to_owned()));
        webhook::conversation_event(&form(&fields)).map(|event| event.is_some())
    };
    assert!(matches!(with("ConversationSid", "CH1"), Err(MalformedEvent::Field { field: "ConversationSid", .. })));
    assert!(matches!(with("Index", "-1"), Err(MalformedEvent::Field { field: "Index", .. })));
    assert!(matches!(with("Media", "{}"), Err(MalformedEvent::Field { field: "Media", .. })));
    assert_eq!(with("Media", "null"), Ok(true));
    assert_eq!(with("Unheard.Of", "1"), Ok(true));
    assert_eq!(webhook::conversation_event(b""), Err(MalformedEvent::Missing("EventType")));
    assert_eq!(webhook::conversation_event(b"\xff\xfe"), Err(MalformedEvent::Missing("EventType")));
}

#[test]
fn studio_may_send_a_form_as_well() {
    let form = format!("ConversationSid=CH{0}&MessageSid=IM{0}&Body=Where+is+my+map%3F", "0a".repeat(16));
    let call = webhook::chatbot_call(form.as_bytes()).unwrap();
    assert_eq!(call.body, "Where is my map?");
    assert!(webhook::chatbot_call(b"Body=x").is_err());
    let transfer = format!("conversation_sid=CH{}&execution_sid=FN1&send_to_flex_failed=true", "0a".repeat(16));
    assert!(webhook::transfer_call(transfer.as_bytes()).unwrap().send_to_flex_failed);
}
