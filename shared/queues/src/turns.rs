//! The message that circles for each person whose direct messages are read. Its queue is a standard one: FIFO queues delay all messages
//! alike. See [SQS Docs/SendMessage, `DelaySeconds`].

use std::time::Duration;

use aws_sdk_sqs::error::DisplayErrorContext;
use domain::reading::{PAUSE_MAX, Turn};
use serde::{Deserialize, Serialize};

use crate::wire::{MalformedMessage, to_json};
use crate::{Queue, QueueError};

#[derive(Serialize, Deserialize)]
struct WireTurn {
    person: String,
    epoch: u64,
    #[serde(default)]
    granted: bool,
    #[serde(default)]
    failures: u32,
}

/// A turn as JSON.
pub fn turn_to_json(turn: &Turn) -> String {
    let Turn { person, epoch, granted, failures } = *turn;
    to_json(&WireTurn { person: person.to_string(), epoch, granted, failures })
}

/// A turn from JSON.
pub fn turn_from_json(json: &str) -> Result<Turn, MalformedMessage> {
    let WireTurn { person, epoch, granted, failures } =
        serde_json::from_str(json).map_err(|_| MalformedMessage("no turn"))?;
    Ok(Turn { person: person.parse().map_err(|_| MalformedMessage("person"))?, epoch, granted, failures })
}

impl Queue {
    /// Lets a turn come after `delay`, rounded up to a second and at most [`PAUSE_MAX`].
    pub async fn send_turn(&self, turn: &Turn, delay: Duration) -> Result<(), QueueError> {
        let seconds = delay.min(PAUSE_MAX).as_millis().div_ceil(1000);
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(turn_to_json(turn))
            .delay_seconds(i32::try_from(seconds).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| QueueError { operation: "SendMessage", cause: DisplayErrorContext(error).to_string() })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::PersonId;

    use super::*;

    #[test]
    fn every_turn_comes_back_as_it_went() {
        for (granted, failures) in [(false, 0), (true, 3)] {
            let turn = Turn { person: PersonId::new(7).unwrap(), epoch: u64::MAX, granted, failures };
            assert_eq!(turn_from_json(&turn_to_json(&turn)).unwrap(), turn);
        }
        for malformed in ["", "{}", r#"{"person":"x","epoch":1}"#, r#"{"person":"7","epoch":-1}"#] {
            assert!(turn_from_json(malformed).is_err(), "{malformed}");
        }
    }
}
