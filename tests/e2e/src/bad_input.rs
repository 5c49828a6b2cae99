//! Bad input at the function URLs: a clear answer, nothing happens, nothing is lost.

use std::time::{SystemTime, UNIX_EPOCH};

use sandbox::sims::http::client;
use sandbox::sims::twilio::Signature;
use sandbox::trace::Kind;
use serde_json::{Value, json};

use crate::desk::{Desk, Somebody, TALK, play};
use crate::recorded::{fresh_id, recorded};

type Headers = Vec<(String, String)>;

const UNVERIFIED: &str = r#"{"error":"invalid request signature"}"#;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Discord's headers for a body, of that many seconds ago.
fn signed(desk: &Desk, body: &[u8], timestamp: u64) -> Headers {
    let mut headers = desk.sandbox.discord().sign(timestamp, body);
    headers.push(("content-type".into(), "application/json".into()));
    headers
}

/// Sends bytes to the endpoint: status and body of the answer. Nothing may come of it.
async fn knock(desk: &Desk, body: Vec<u8>, headers: &Headers) -> (u16, String) {
    let since = desk.trace_end();
    let answer = desk.sandbox.discord().raw_interaction(body, headers).await.unwrap();
    desk.settles().await;
    assert!(answer.is_json(), "{answer:?}");
    for kind in [Kind::Lambda, Kind::DynamoDb, Kind::Sqs, Kind::Discord, Kind::Twilio] {
        let made = desk.sandbox.trace().since(since).into_iter().filter(|entry| entry.kind == kind);
        assert_eq!(made.map(|entry| entry.title).collect::<Vec<_>>(), Vec::<String>::new());
    }
    (answer.status, answer.text())
}

#[test]
fn what_discord_did_not_sign_is_refused() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let body = recorded(desk, &ada, "command-message-in-server").await.to_string().into_bytes();
        let good = signed(desk, &body, now());
        let with = |name: &str, value: &str| {
            let mut headers = good.clone();
            headers.retain(|(header, _)| header != name);
            if !value.is_empty() {
                headers.push((name.to_owned(), value.to_owned()));
            }
            headers
        };
        let signature = good[0].1.clone();
        assert_eq!((good[0].0.as_str(), good[1].0.as_str()), ("x-signature-ed25519", "x-signature-timestamp"));
        let other = desk.sandbox.discord().sign(now(), b"another body").remove(0).1;
        let flipped = format!("{}{}", if signature.starts_with('0') { '1' } else { '0' }, &signature[1..]);
        let mut headers = vec![
            Vec::new(),
            with("x-signature-ed25519", ""),
            with("x-signature-timestamp", ""),
            with("x-signature-ed25519", "zz"),
            with("x-signature-ed25519", &signature[..126]),
            with("x-signature-ed25519", &format!("{signature}00")),
            with("x-signature-ed25519", &"0".repeat(128)),
            with("x-signature-ed25519", &flipped),
            with("x-signature-ed25519", &other),
        ];
        for wrong in [" ", "-1", "+1", "1e9", "now", "99999999999999999999"] {
            headers.push(with("x-signature-timestamp", wrong));
        }
        // Signed well, at the wrong time.
        for timestamp in [0, now() - 400, now() + 400] {
            headers.push(signed(desk, &body, timestamp));
        }
        for headers in &headers {
            assert_eq!(knock(desk, body.clone(), headers).await, (401, UNVERIFIED.to_owned()), "{headers:?}");
        }
        assert_eq!(ada.said(), Vec::<String>::new());
        // The same one, as it should be: nothing about it was used up.
        let answer =
            desk.sandbox.discord().raw_interaction(body.clone(), &signed(desk, &body, now() - 200)).await.unwrap();
        assert_eq!((answer.status, &answer.json()["type"]), (200, &json!(5)));
        desk.settles().await;
        assert_eq!(ada.said().len(), 1);
    });
}

#[test]
fn what_discord_signed_and_nobody_can_read_is_refused() {
    play(async |desk| {
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        let malformed: [(&str, Vec<u8>); 6] = [
            ("0 bytes", Vec::new()),
            ("no UTF-8", vec![0xff, 0xfe, b'{', b'}']),
            ("deep", deep.clone().into_bytes()),
            ("deep inside", format!("{{\"type\":2,\"data\":{deep}}}").into_bytes()),
            ("no object", b"7".to_vec()),
            ("no interaction", b"{\"type\":2}".to_vec()),
        ];
        for (what, body) in malformed {
            let headers = signed(desk, &body, now());
            let (status, said) = knock(desk, body, &headers).await;
            assert_eq!(status, 400, "{what}: {said}");
            let said: Value = serde_json::from_str(&said).unwrap();
            assert!(said["error"].as_str().unwrap().starts_with("event is malformed"), "{what}: {said}");
        }
        let large = json!({"type": 1, "padding": "x".repeat(1024 * 1024)}).to_string().into_bytes();
        let headers = signed(desk, &large, now());
        assert_eq!(knock(desk, large, &headers).await, (401, UNVERIFIED.to_owned()));
        let mut elsewhere =
            json!({"type": 2, "id": fresh_id(), "application_id": "1380000000000000999", "token": "aW50ZXJhY3Rpb24"});
        elsewhere["data"] = json!({"id": "1", "name": "helpme", "type": 1});
        elsewhere["user"] = json!({"id": "1380000000000000777", "username": "ada"});
        let elsewhere = elsewhere.to_string().into_bytes();
        let headers = signed(desk, &elsewhere, now());
        assert_eq!(knock(desk, elsewhere, &headers).await, (401, UNVERIFIED.to_owned()));
        // Other methods than Discord's.
        let url = desk.sandbox.function_url("interactions").unwrap();
        let client = client("e2e");
        for method in [reqwest::Method::GET, reqwest::Method::PUT, reqwest::Method::DELETE] {
            let answer = client.request(method, &url).send().await.unwrap();
            assert_eq!(answer.status(), 401);
            assert_eq!(answer.text().await.unwrap(), UNVERIFIED);
        }
    });
}

#[test]
fn a_ping_is_answered_however_it_travels() {
    play(async |desk| {
        desk.sandbox.discord().probe_endpoint().await.unwrap();
        let ping = json!({"type": 1, "id": fresh_id(), "application_id": "1", "token": "t", "version": 1, "news": [1]});
        let ping = ping.to_string().into_bytes();
        let mut headers = signed(desk, &ping, now());
        let answered = (200, r#"{"type":1}"#.to_owned());
        assert_eq!(knock(desk, ping.clone(), &headers).await, answered);
        // Function URLs pass on a body of this type as base64.
        headers.last_mut().unwrap().1 = "application/octet-stream".to_owned();
        assert_eq!(knock(desk, ping.clone(), &headers).await, answered);
        // And it is checked there too.
        headers[0].1 = "0".repeat(128);
        assert_eq!(knock(desk, ping, &headers).await, (401, UNVERIFIED.to_owned()));
        desk.sandbox.discord().probe_endpoint().await.unwrap();
    });
}

#[test]
fn a_line_in_a_base64_body_is_a_line() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let mut interaction = recorded(desk, &ada, "command-message-in-server").await;
        interaction["data"]["options"][0]["value"] = json!("🦊 base64");
        let body = interaction.to_string().into_bytes();
        let mut headers = signed(desk, &body, now());
        headers.last_mut().unwrap().1 = "application/octet-stream".to_owned();
        let answer = desk.sandbox.discord().raw_interaction(body, &headers).await.unwrap();
        assert_eq!((answer.status, &answer.json()["type"]), (200, &json!(5)));
        ada.is_heard("🦊 base64").await;
    });
}

#[test]
fn what_nobody_serves_is_answered_with_a_sentence() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let mut unknown = recorded(desk, &ada, "command-message-in-server").await;
        unknown["data"]["name"] = json!("refund");
        let mut button = recorded(desk, &ada, "component-agent").await;
        let mut old = button.clone();
        button["data"]["custom_id"] = json!("buy:v1:5");
        old["data"]["custom_id"] = json!("agent:v9");
        for interaction in [unknown, button, old] {
            let body = interaction.to_string().into_bytes();
            let headers = signed(desk, &body, now());
            let (status, said) = knock(desk, body, &headers).await;
            let said: Value = serde_json::from_str(&said).unwrap();
            assert_eq!((status, &said["type"], &said["data"]["flags"]), (200, &json!(4), &json!(64)));
            assert!(said["data"]["content"].as_str().unwrap().starts_with("I do not know this one"), "{said}");
        }
    });
}

/// Sends an interaction that carries somebody else's `custom_id`, and returns what the person reads in the end.
async fn with_the_id_of(desk: &Desk, other: &Somebody<'_>, ada: &Somebody<'_>, event: &str, action: &str) -> String {
    let mut interaction = recorded(desk, ada, event).await;
    interaction["data"]["custom_id"] = json!(format!("{action}:v1:{}", other.person));
    let answer = desk.sandbox.discord().signed_interaction(&interaction).await.unwrap();
    assert_eq!(answer.status, 200);
    desk.settles().await;
    match answer.json() {
        answer if answer["type"] == 4 => {
            assert_eq!(answer["data"]["flags"], 64);
            answer["data"]["content"].as_str().unwrap().to_owned()
        }
        answer => {
            assert_eq!(answer["type"], 5);
            desk.sandbox.discord().shown_to(ada.person).pop().unwrap().content
        }
    }
}

#[test]
fn somebody_elses_button_does_nothing() {
    play(async |desk| {
        let (ada, mallory) = (desk.person("Ada Quill"), desk.person("Mallory Crow"));
        ada.opens_a_chat().await;
        desk.settles().await;
        let before = (ada.transcript(), ada.agents_view(), ada.item().await);
        let form = with_the_id_of(desk, &ada, &mallory, "component-reply", "reply").await;
        assert!(form.starts_with("This belongs to somebody else's chat"), "{form}");
        for (event, action) in [("component-agent", "agent"), ("component-end", "end"), ("modal-reply", "reply")] {
            let said = with_the_id_of(desk, &ada, &mallory, event, action).await;
            assert_eq!(said, "This belongs to somebody else.", "{event}");
        }
        assert_eq!((ada.transcript(), ada.agents_view(), ada.item().await), before);
        assert_eq!((mallory.conversations().len(), ada.tasks().len(), mallory.tasks().len()), (0, 0, 0));
        // Ada's own still work.
        ada.clicks(TALK).await;
        ada.sees("has been created for you").await;
        ada.ends().await;
        ada.sees("This chat has ended").await;
    });
}

#[test]
fn an_interaction_that_is_replayed_counts_once() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        for event in ["command-message-in-server", "modal-reply", "message-command-send-to-support"] {
            let before = ada.said().len();
            let body = recorded(desk, &ada, event).await.to_string().into_bytes();
            let headers = signed(desk, &body, now());
            let discord = desk.sandbox.discord();
            // What comes twice at the same moment is one of the quirks.
            for _ in 0..3 {
                let answer = discord.raw_interaction(body.clone(), &headers).await.unwrap();
                assert_eq!((answer.status, &answer.json()["type"]), (200, &json!(5)));
                desk.settles().await;
            }
            assert_eq!(ada.said().len(), before + 1, "{event}");
        }
    });
}

// --------------------------------------------------------------------------------------------------------------- Twilio

const UNSIGNED: &str = r#"{"error":"request is not signed by the platform"}"#;
const WEBHOOKS: [&str; 4] = ["forward-to-discord", "chatbot-to-discord", "transfer-to-agent", "task-events"];

/// Nothing came of what happened since then.
async fn assert_nothing_happened(desk: &Desk, since: u64) {
    desk.settles().await;
    for kind in [Kind::DynamoDb, Kind::Sqs, Kind::Discord, Kind::Twilio, Kind::Lambda] {
        let made = desk.sandbox.trace().since(since).into_iter().filter(|entry| entry.kind == kind);
        assert_eq!(made.map(|entry| entry.title).collect::<Vec<_>>(), Vec::<String>::new());
    }
}

#[test]
fn what_twilio_did_not_sign_is_refused() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        chat.says("a line of the agent").await;
        ada.sees("a line of the agent").await;
        desk.settles().await;
        let twilio = desk.sandbox.twilio();
        let sent = twilio.deliveries().into_iter().rev().find(|delivery| delivery.event == "onMessageAdded").unwrap();
        let mut form: Vec<(String, String)> = sent.params.clone();
        for (name, value) in &mut form {
            if name == "Body" {
                *value = "a forged line".to_owned();
            }
        }
        let forged: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let of_the_real_one = twilio.sign(&sent.url, &sent.params);
        let call = json!({"conversation_sid": chat.conversation, "message_sid": format!("IM{}", "0".repeat(32)), "body": "a forged line", "execution_sid": null, "trigger": {}});
        let since = desk.trace_end();
        for webhook in WEBHOOKS {
            let url = desk.sandbox.function_url(webhook).unwrap();
            let mut answers = Vec::new();
            for signature in [
                Signature::Missing,
                Signature::Is("????".into()),
                Signature::Is(String::new()),
                Signature::Is(of_the_real_one.clone()),
            ] {
                answers.push(twilio.post_webhook(&url, &forged, &signature).await.unwrap());
                answers.push(twilio.post_json(&url, &call.to_string(), &signature, true).await.unwrap());
            }
            // The URL is signed, the body is not.
            answers.push(twilio.post_json(&url, &call.to_string(), &Signature::Valid, false).await.unwrap());
            // Signed for another body.
            let hashed = format!("{url}?bodySHA256={}", "0".repeat(64));
            let signature = twilio.sign(&hashed, &[]);
            answers
                .push(twilio.post_raw(&hashed, "application/json", call.to_string(), Some(&signature)).await.unwrap());
            // Signed for another URL.
            let signature = twilio.sign("https://example.org/", &form);
            answers.push(twilio.post_webhook(&url, &forged, &Signature::Is(signature)).await.unwrap());
            answers
                .push(twilio.post_raw(&url, "application/octet-stream", vec![0xff; 64], Some("????")).await.unwrap());
            for answer in answers {
                assert_eq!((answer.status, answer.text().as_str()), (403, UNSIGNED), "{webhook}");
            }
            let got = client("e2e").get(&url).send().await.unwrap();
            assert_eq!((got.status().as_u16(), got.text().await.unwrap().as_str()), (403, UNSIGNED), "{webhook}");
        }
        assert_nothing_happened(desk, since).await;
        assert_eq!(ada.times("forged"), 0);
        chat.says("a real line").await;
        ada.sees("a real line").await;
    });
}

#[test]
fn what_twilio_signed_and_nobody_can_read_is_refused() {
    play(async |desk| {
        let twilio = desk.sandbox.twilio();
        let since = desk.trace_end();
        for webhook in WEBHOOKS {
            let url = desk.sandbox.function_url(webhook).unwrap();
            let unreadable = [
                ("EventType", if webhook == "task-events" { "task.created" } else { "onMessageAdded" }),
                ("ConversationSid", "?"),
                ("TaskSid", "?"),
                ("TaskAttributes", r#"{"discord_user_id":"5","channelType":"discord"}"#),
            ];
            let mut answers = Vec::new();
            for form in [&[][..], &unreadable] {
                answers.push(twilio.post_webhook(&url, form, &Signature::Valid).await.unwrap());
            }
            if !matches!(webhook, "forward-to-discord" | "task-events") {
                for body in ["{}", "[]", "\"\"", &"[".repeat(50_000), r#"{"conversation_sid":"?"}"#] {
                    answers.push(twilio.post_json(&url, body, &Signature::Valid, true).await.unwrap());
                }
            }
            for answer in answers {
                assert_eq!(answer.status, 400, "{webhook}: {}", answer.text());
                assert!(
                    answer.json()["error"].as_str().unwrap().starts_with("event is malformed"),
                    "{}",
                    answer.text()
                );
            }
        }
        assert_nothing_happened(desk, since).await;
    });
}

#[test]
fn a_conversation_that_nobody_knows_is_set_aside() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        let twilio = desk.sandbox.twilio();
        let unknown = format!("CH{}", "0a".repeat(16));
        let message = format!("IM{}", fresh_id().chars().cycle().take(32).collect::<String>());
        let url = |name| desk.sandbox.function_url(name).unwrap();

        // Asked at once, so answered at once.
        let transfer = json!({"conversation_sid": unknown, "message_sid": message, "execution_sid": format!("FN{}", "0".repeat(32)), "send_to_flex_failed": false, "trigger": {}});
        let answer =
            twilio.post_json(&url("transfer-to-agent"), &transfer.to_string(), &Signature::Valid, true).await.unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (404, r#"{"error":"no such conversation"}"#));

        // Queued first: what can never be delivered is kept for a person to look at, and holds up nobody.
        desk.expects_dead_letters(2);
        desk.is_private("a lost line");
        let form = [
            ("EventType", "onMessageAdded"),
            ("ConversationSid", unknown.as_str()),
            ("MessageSid", &message),
            ("Index", "0"),
            ("Author", "alex_40example_2Ecom"),
            ("Body", "a lost line"),
            ("Attributes", "{}"),
            ("Source", "SDK"),
            ("DateCreated", "2026-11-21T10:00:00.000Z"),
            ("AccountSid", &twilio.options().account_sid),
        ];
        let answer = twilio.post_webhook(&url("forward-to-discord"), &form, &Signature::Valid).await.unwrap();
        assert_eq!(answer.status, 204, "{}", answer.text());
        let ask = json!({"conversation_sid": unknown, "message_sid": message, "body": "a lost question", "execution_sid": null, "trigger": {}});
        let answer =
            twilio.post_json(&url("chatbot-to-discord"), &ask.to_string(), &Signature::Valid, true).await.unwrap();
        assert_eq!((answer.status, answer.json()), (200, json!({"queued": true})));
        desk.settles().await;
        let kept = desk.dead_letters().split_off(desk.dead_letters().len() - 2).concat();
        assert!(kept.contains("a lost line") && kept.contains("a lost question"), "{kept}");
        chat.says("still here").await;
        ada.sees("still here").await;
    });
}
