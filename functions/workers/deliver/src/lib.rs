//! Consumes the outbox: takes to each person what is for them, in the order of their conversation.

use std::sync::{Arc, OnceLock};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use desk::Verdict;
use desk::connect::Connector;
use desk::delivering::Delivering;
use desk::files::FilesTurn;
use knowledge::{Answering, Engine, Library, SearchEngine};
use lambda_runtime::{Error, LambdaEvent};
use queues::{Queue, wire};
use runtime::batch::{self, Done};

/// What this function uses.
pub struct Deps {
    delivering: Delivering,
    outbox: Queue,
    dead_letters: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> anyhow::Result<Self> {
        Ok(Self {
            delivering: Delivering {
                store: connector.store()?,
                discord: connector.discord(),
                twilio: connector.twilio()?,
                closing: connector.closing()?,
                waking: connector.waking()?,
                turn: FilesTurn::default(),
                engine: Arc::new(OnFirstQuestion::default()),
                flow: connector.flow()?,
                naming: connector.naming()?,
                enriching: connector.enriching()?,
            },
            outbox: connector.queue("OUTBOX_QUEUE_URL")?,
            dead_letters: connector.queue("OUTBOX_DEAD_LETTER_QUEUE_URL")?,
        })
    }
}

/// The articles' search, indexed at the first question: a cold start for an agent's line does not pay for it.
#[derive(Default)]
struct OnFirstQuestion(OnceLock<SearchEngine>);

impl Engine for OnFirstQuestion {
    fn answer<'a>(&'a self, question: &'a str, locale: &'a str) -> Answering<'a> {
        self.0.get_or_init(|| SearchEngine::new(&Library::embedded())).answer(question, locale)
    }
}

/// Handles one batch.
pub async fn handle(deps: &Deps, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    deps.delivering.turn.invocation_begins();
    let hold_back = async |message: SqsMessage, delay| desk::put_back(&deps.outbox, &message, delay).await;
    Ok(batch::by_group(event.payload, |message| one(deps, message), hold_back).await)
}

async fn one(deps: &Deps, message: SqsMessage) -> Done {
    let verdict = match wire::outgoing_from_json(message.body.as_deref().unwrap_or_default()) {
        Ok(outgoing) => deps.delivering.deliver(&outgoing, batch::attempt(&message)).await,
        Err(_) => Verdict::SetAside("the message is malformed"),
    };
    desk::carry_out(&deps.outbox, &deps.dead_letters, &message, verdict).await
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
            if !path.file_name().unwrap().to_str().unwrap().starts_with("outbox-") {
                continue;
            }
            let event: SqsEvent = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            for message in event.records {
                assert_eq!(batch::attempt(&message), 1);
                let body = message.body.unwrap();
                let entry = wire::outgoing_from_json(&body).unwrap();
                // What this version writes is what is recorded.
                let again: serde_json::Value = serde_json::from_str(&wire::outgoing_to_json(&entry)).unwrap();
                assert_eq!(again, serde_json::from_str::<serde_json::Value>(&body).unwrap(), "{}", path.display());
                read += 1;
            }
        }
        assert_eq!(read, 9);
    }
}
