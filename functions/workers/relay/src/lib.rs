//! Consumes the inbox: takes each person's lines into their conversation, in order.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use desk::Verdict;
use desk::connect::Connector;
use desk::relaying::Relaying;
use lambda_runtime::{Error, LambdaEvent};
use queues::{Queue, wire};
use runtime::batch::{self, Done};

/// What this function uses.
pub struct Deps {
    relaying: Relaying,
    inbox: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            relaying: Relaying {
                store: connector.store()?,
                opening: connector.opening()?,
                closing: connector.closing()?,
                files: connector.passing_on()?,
                dead_letters: connector.queue("INBOX_DEAD_LETTER_QUEUE_URL")?,
            },
            inbox: connector.queue("INBOX_QUEUE_URL")?,
        })
    }
}

/// Handles one batch.
pub async fn handle(deps: &Deps, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    deps.relaying.files.turn.invocation_begins();
    let hold_back = async |message: SqsMessage, delay| desk::put_back(&deps.inbox, &message, delay).await;
    Ok(batch::by_group(event.payload, |message| one(deps, message), hold_back).await)
}

async fn one(deps: &Deps, message: SqsMessage) -> Done {
    let verdict = match wire::line_from_json(message.body.as_deref().unwrap_or_default()) {
        Ok(line) => deps.relaying.relay(&line, batch::attempt(&message)).await,
        Err(_) => Verdict::SetAside("the message is malformed"),
    };
    desk::carry_out(&deps.inbox, &deps.relaying.dead_letters, &message, verdict).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recorded_message_is_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../events/sqs");
        let mut read = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if !path.file_name().unwrap().to_str().unwrap().starts_with("inbox-") {
                continue;
            }
            let event: SqsEvent = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            for message in event.records {
                assert_eq!(batch::attempt(&message), 1);
                let body = message.body.unwrap();
                let entry = wire::line_from_json(&body).unwrap();
                // What this version writes is what is recorded.
                let again: serde_json::Value = serde_json::from_str(&wire::line_to_json(&entry)).unwrap();
                assert_eq!(again, serde_json::from_str::<serde_json::Value>(&body).unwrap(), "{}", path.display());
                read += 1;
            }
        }
        assert_eq!(read, 2);
    }
}
