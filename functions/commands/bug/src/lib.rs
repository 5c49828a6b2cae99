//! `/bug`: takes reports of bugs.
//!
//! What it does is [`desk::reporting`]; only the form is its own.

use desk::commands::Commands;
use desk::connect::Connector;
use desk::reporting::{BUG, Reporting};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

/// What this function uses.
pub struct Deps {
    commands: Commands,
    reporting: Reporting,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self { commands: connector.commands()?, reporting: connector.reporting()? })
    }
}

/// Handles one invocation: an interaction that the front door has verified, and deferred unless it waits for the form.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<Value, Error> {
    let request_id = event.context.request_id;
    Ok(deps.reporting.serve(&BUG, &deps.commands, event.payload, &request_id).await?)
}
