//! Looks for what got lost: lines whose webhook never came, questions the flow never passed on, transfers that stuck; and for chats in which nobody says
//! anything.

use desk::connect::Connector;
use desk::sweeping::Sweeping;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

/// What this function uses.
pub struct Deps {
    sweeping: Sweeping,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            sweeping: Sweeping {
                store: connector.store()?,
                twilio: connector.twilio()?,
                outbox: connector.queue("OUTBOX_QUEUE_URL")?,
                transferring: connector.transferring()?,
                cases: connector.case_sweeping()?,
                waking: connector.waking()?,
                metrics: connector.metrics()?,
                typed: connector.typed_lines()?,
                patience: connector.patience()?,
            },
        })
    }
}

/// Handles one tick of the schedule; what the event says does not matter.
pub async fn handle(deps: &Deps, _: LambdaEvent<Value>) -> Result<(), Error> {
    Ok(deps.sweeping.sweep().await?)
}
