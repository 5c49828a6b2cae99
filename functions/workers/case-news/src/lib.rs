//! Consumes the news of cases: words, cards, and what reporters are told.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use desk::Verdict;
use desk::case_news::CaseNews;
use desk::connect::Connector;
use lambda_runtime::{Error, LambdaEvent};
use queues::{Queue, wire};
use runtime::batch::{self, Done};

/// What this function uses.
pub struct Deps {
    news: CaseNews,
    queue: Queue,
    dead_letters: Queue,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            news: connector.case_news()?,
            queue: connector.queue("CASE_NEWS_QUEUE_URL")?,
            dead_letters: connector.queue("CASE_NEWS_DEAD_LETTER_QUEUE_URL")?,
        })
    }
}

/// Handles one batch.
pub async fn handle(deps: &Deps, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let hold_back = async |message: SqsMessage, delay| desk::put_back(&deps.queue, &message, delay).await;
    Ok(batch::by_group(event.payload, |message| one(deps, message), hold_back).await)
}

async fn one(deps: &Deps, message: SqsMessage) -> Done {
    let verdict = match wire::case_news_from_json(message.body.as_deref().unwrap_or_default()) {
        Ok(case) => deps.news.tell(case, batch::attempt(&message)).await,
        Err(_) => Verdict::SetAside("the message is malformed"),
    };
    desk::carry_out(&deps.queue, &deps.dead_letters, &message, verdict).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_message_is_read() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../events/sqs/case-news.json");
        let event: SqsEvent = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let body = event.records[0].body.as_deref().unwrap();
        let case = wire::case_news_from_json(body).unwrap();
        assert_eq!(wire::case_news_to_json(case), body);
        assert!(wire::case_news_from_json("{}").is_err());
    }
}
