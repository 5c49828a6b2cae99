//! Consumes the turns of readers: reads what people type in their direct messages and puts it into the inbox.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use desk::connect::Connector;
use desk::reading::Reading;
use lambda_runtime::{Error, LambdaEvent};
use queues::turns;
use tracing::{error, warn};

/// What this function uses.
pub struct Deps {
    reading: Reading,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self { reading: connector.reading()? })
    }
}

/// Handles one batch: each turn is another person's.
pub async fn handle(deps: &Deps, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let turns = event.payload.records.into_iter().map(|message| async move {
        let id = message.message_id.clone().unwrap_or_default();
        (!one(deps, &message).await).then_some(id)
    });
    let mut response = SqsBatchResponse::default();
    for id in futures::future::join_all(turns).await.into_iter().flatten() {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        response.batch_item_failures.push(failure);
    }
    Ok(response)
}

/// Whether the queue may forget the message. One that fails too often goes to the dead-letter queue, and the sweep restarts its reader.
async fn one(deps: &Deps, message: &SqsMessage) -> bool {
    match turns::turn_from_json(message.body.as_deref().unwrap_or_default()) {
        Ok(turn) => match deps.reading.turn(&turn).await {
            Ok(()) => true,
            Err(error) => {
                warn!(error = format!("{error:#}"), "a turn failed, it comes again");
                false
            }
        },
        Err(error) => {
            error!(error = %error, "a turn can never be read");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recorded_turn_is_read() {
        let event: SqsEvent = serde_json::from_str(include_str!("../../../../events/sqs/turn.json")).unwrap();
        assert_eq!(event.records.len(), 2);
        for message in event.records {
            let body = message.body.unwrap();
            // What this version writes is what is recorded.
            let turn = turns::turn_from_json(&body).unwrap();
            let again: serde_json::Value = serde_json::from_str(&turns::turn_to_json(&turn)).unwrap();
            assert_eq!(again, serde_json::from_str::<serde_json::Value>(&body).unwrap());
        }
    }
}
