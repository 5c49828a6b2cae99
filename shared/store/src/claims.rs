//! Claims: has this delivery been handled?

use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::{Reader, n, s};
use crate::{Store, keys};

/// How long a claim is remembered, in seconds. Longer than any queue keeps a message (14 days would be SQS's longest; ours is 4).
const KEPT_SECONDS: i64 = 7 * 24 * 3600;

/// How long an unfinished claim of somebody else is respected, in seconds. Longer than any function's time limit.
const LEASE_SECONDS: i64 = 60;

/// What a claim says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has handled this.
    New,
    /// Somebody began and did not finish: look before doing anything again.
    Unfinished,
    /// Somebody else is at it right now.
    Busy,
    /// It is done: do nothing.
    Done,
}

impl Store {
    /// Claims a delivery. `owner` is the same for repetitions of one delivery (an AWS retry keeps its request ID), so a repetition
    /// goes on at once after a crash, while a replay by somebody else is kept away.
    pub async fn claim(&self, platform: &str, id: &str, owner: &str, now: Timestamp) -> Result<Claim, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::claim(platform, id)))
            .key(keys::SK, s("CLAIM"))
            .update_expression("SET #owner = :owner, done = :no, claimed_at = :now, expires_at = :expires")
            .condition_expression(
                "attribute_not_exists(PK) OR (done = :no AND (#owner = :owner OR claimed_at < :lease))",
            )
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", s(owner))
            .expression_attribute_values(":no", aws_sdk_dynamodb::types::AttributeValue::Bool(false))
            .expression_attribute_values(":now", n(now.as_second()))
            .expression_attribute_values(":lease", n(now.as_second() - LEASE_SECONDS))
            .expression_attribute_values(":expires", n(now.as_second() + KEPT_SECONDS))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            // What was there before: nothing. An embedded DynamoDB says the key even so.
            Ok(answer) if answer.attributes().is_none_or(|item| !item.contains_key("done")) => Ok(Claim::New),
            Ok(_) => Ok(Claim::Unfinished),
            Err(error) => match error.as_service_error().and_then(conditional_check_item) {
                Some(item) if Reader(&item).flag("done") => Ok(Claim::Done),
                Some(_) => Ok(Claim::Busy),
                None => Err(StoreError::call("UpdateItem (claim)")(error)),
            },
        }
    }

    /// Marks a claim as done, where no transaction does it.
    pub async fn finish_claim(&self, platform: &str, id: &str) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::claim(platform, id)))
            .key(keys::SK, s("CLAIM"))
            .update_expression("SET done = :yes REMOVE kept_text")
            .expression_attribute_values(":yes", aws_sdk_dynamodb::types::AttributeValue::Bool(true))
            .send()
            .await
            .map_err(StoreError::call("UpdateItem (claim)"))?;
        Ok(())
    }

    /// Keeps a text with a claim until that is done: what a repetition goes on with.
    pub async fn keep_with_claim(&self, platform: &str, id: &str, text: &str) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::claim(platform, id)))
            .key(keys::SK, s("CLAIM"))
            .update_expression("SET kept_text = :text")
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":text", s(text))
            .send()
            .await
            .map_err(StoreError::call("UpdateItem (claim)"))?;
        Ok(())
    }

    /// What was kept with a claim. A consistent read.
    pub async fn kept_with_claim(&self, platform: &str, id: &str) -> Result<Option<String>, StoreError> {
        let item = self.get(keys::claim(platform, id), "CLAIM", "GetItem (claim)").await?;
        item.and_then(|item| Reader(&item).optional_text("kept_text").map(|text| text.map(str::to_owned)).transpose())
            .transpose()
    }
}

fn conditional_check_item(
    error: &aws_sdk_dynamodb::operation::update_item::UpdateItemError,
) -> Option<crate::items::Item> {
    match error {
        aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(failed) => {
            Some(failed.item().cloned().unwrap_or_default())
        }
        _ => None,
    }
}
