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
                dead_letters: connector.queue("INBOX_DEAD_LETTER_QUEUE_URL")?,
            },
            inbox: connector.queue("INBOX_QUEUE_URL")?,
        })
    }
}

/// Handles one batch.
pub async fn handle(deps: &Deps, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    Ok(batch::by_group(event.payload, |message| one(deps, message)).await)
}

async fn one(deps: &Deps, message: SqsMessage) -> Done {
    let verdict = match wire::line_from_json(message.body.as_deref().unwrap_or_default()) {
        Ok(line) => deps.relaying.relay(&line, batch::attempt(&message)).await,
        Err(_) => Verdict::SetAside("the message is malformed"),
    };
    desk::carry_out(&deps.inbox, &deps.relaying.dead_letters, &message, verdict).await
}
