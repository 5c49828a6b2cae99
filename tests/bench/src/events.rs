//! What the functions are given: the golden events of `events/`, and what the functions themselves put into the queues.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use bytes::Bytes;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

use crate::ends::CONVERSATION_SID;

/// The front door's other event: Discord asks whether it is there.
pub const PING: &str = "ping";

/// The key that the tests sign with too.
fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// The public half, in hex.
pub fn public_key() -> String {
    hex::encode(signing_key().verifying_key().as_bytes())
}

/// Every event there is.
pub struct Events {
    helpme: String,
    message: String,
    ping: String,
    function_url: Value,
    agent_line: Value,
    /// A message of the inbox, as `message` writes it.
    pub inbox: String,
    /// A message of the outbox, as `forward-to-discord` writes it.
    pub outbox: String,
}

impl Events {
    /// Reads them. The queues' messages come later.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let text = |name: &str| {
            let path = root.join("events").join(name);
            std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))
        };
        Ok(Self {
            helpme: text("discord/command-helpme-with-question-in-server.json")?,
            message: text("discord/command-message-in-dm.json")?,
            ping: text("discord/ping.json")?,
            function_url: serde_json::from_str(&text("discord/function-url/helpme-base64.json")?)?,
            agent_line: serde_json::from_str(&text("twilio/message-added-agent.json")?)?,
            inbox: String::new(),
            outbox: String::new(),
        })
    }

    /// An event for a function.
    pub fn of(&self, function: &str) -> Bytes {
        let event = match function {
            "interactions" => self.interaction(&self.helpme),
            PING => self.interaction(&self.ping),
            "helpme" => return Bytes::from(self.helpme.clone()),
            "message" => return Bytes::from(self.message.clone()),
            "forward-to-discord" => self.agent_line.clone(),
            "relay" => queue_message(&self.inbox, "1380000000000000777"),
            _ => queue_message(&self.outbox, CONVERSATION_SID),
        };
        Bytes::from(event.to_string())
    }

    /// An interaction, as the function URL hands it over, signed now.
    fn interaction(&self, body: &str) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_secs().to_string();
        let signature = signing_key().sign(&[now.as_bytes(), body.as_bytes()].concat());
        let mut event = self.function_url.clone();
        event["headers"]["x-signature-timestamp"] = json!(now);
        event["headers"]["x-signature-ed25519"] = json!(hex::encode(signature.to_bytes()));
        // A body of JSON is handed over as text.
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(false);
        event
    }
}

/// A question for the virtual agent, from the outbox.
pub fn question() -> Bytes {
    let body = json!({
        "conversation": CONVERSATION_SID,
        "delivery": {
            "kind": "ask",
            "message": format!("IM{}", "d".repeat(32)),
            "question": "How do I get more lures?",
        },
    });
    Bytes::from(queue_message(&body.to_string(), CONVERSATION_SID).to_string())
}

/// A batch of one message. See [AWS Docs/Lambda, Example Amazon SQS message event].
fn queue_message(body: &str, group: &str) -> Value {
    json!({ "Records": [{
        "messageId": "00000000-0000-4000-8000-000000000001",
        "receiptHandle": "bench",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1795255200000",
            "SequenceNumber": "18870000000000000000",
            "MessageGroupId": group,
            "SenderId": "AROABENCH:bench",
            "MessageDeduplicationId": "bench",
            "ApproximateFirstReceiveTimestamp": "1795255200010",
        },
        "messageAttributes": {},
        "md5OfBody": format!("{:x}", md5::compute(body)),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:bench.fifo",
        "awsRegion": "eu-west-1",
    }]})
}

/// Whether a function did what it was asked to do: a fast refusal is no result.
pub fn check(function: &str, answer: &[u8]) -> anyhow::Result<()> {
    let said = || format!("{function} answered {}", String::from_utf8_lossy(answer));
    let answer: Value = serde_json::from_slice(answer).with_context(said)?;
    let good = match function {
        "interactions" | PING => {
            let body = answer["body"].as_str().and_then(|body| serde_json::from_str::<Value>(body).ok());
            let kind = if function == PING { 1 } else { 5 };
            answer["statusCode"] == 200 && body.is_some_and(|body| body["type"] == kind)
        }
        "forward-to-discord" => answer["statusCode"] == 204,
        "relay" | "deliver" => answer["batchItemFailures"].as_array().is_some_and(Vec::is_empty),
        _ => answer.is_null(),
    };
    ensure!(good, said());
    Ok(())
}
