//! The few ways in which the table is read and written.

use std::time::Duration;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, Put, PutRequest, TransactWriteItem, WriteRequest};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::{Item, n, s};
use crate::{Store, keys};

/// How often a batch is asked for again of which something was left undone.
const BATCH_TRIES: u32 = 8;

impl Store {
    /// One item, by a consistent read.
    pub(crate) async fn get(&self, pk: String, sk: &str, operation: &'static str) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(keys::PK, s(pk))
            .key(keys::SK, s(sk))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::call(operation))?;
        Ok(answer.item)
    }

    /// All items of a partition whose sort key begins with `prefix`, in order. A consistent read.
    pub(crate) async fn below(&self, pk: &str, prefix: &str, operation: &'static str) -> Result<Vec<Item>, StoreError> {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("PK = :pk AND begins_with(SK, :prefix)")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":prefix", s(prefix))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(StoreError::call(operation))
    }

    /// What of a group of the sweep is due by `now`, at most `limit`, the longest due first. An index read.
    pub(crate) async fn due(&self, group: &str, now: Timestamp, limit: i32) -> Result<Vec<Item>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::DUE_FOR_SWEEP)
            .key_condition_expression("sweep_group = :group AND sweep_at <= :now")
            .expression_attribute_values(":group", s(group))
            .expression_attribute_values(":now", n(now.as_second()))
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::call("Query (due-for-sweep)"))?;
        Ok(answer.items.unwrap_or_default())
    }

    /// Writes an item in the place of what stands there.
    pub(crate) async fn put(&self, item: Item, operation: &'static str) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put.send().await.map_err(StoreError::call(operation))?;
        Ok(())
    }

    /// Deletes items by their keys, in batches. Those that are gone already do not matter.
    pub(crate) async fn delete_all(
        &self,
        keys: impl IntoIterator<Item = (AttributeValue, AttributeValue)>,
    ) -> Result<(), StoreError> {
        self.write_all(keys.into_iter().map(deleting).collect()).await
    }

    /// Writes without conditions, in batches of 25, DynamoDB's most. What it leaves undone is tried again.
    pub(crate) async fn write_all(&self, requests: Vec<WriteRequest>) -> Result<(), StoreError> {
        for batch in requests.chunks(25) {
            let mut left = batch.to_vec();
            let mut attempt = 0;
            while !left.is_empty() {
                let answer = self
                    .client
                    .batch_write_item()
                    .request_items(&self.table, left)
                    .send()
                    .await
                    .map_err(StoreError::call("BatchWriteItem"))?;
                left = answer.unprocessed_items.and_then(|mut items| items.remove(&self.table)).unwrap_or_default();
                if !left.is_empty() {
                    attempt += 1;
                    pause(attempt).await?;
                }
            }
        }
        Ok(())
    }

    /// Writes an item where none stands; the transaction fails where one does.
    pub(crate) fn put_new(&self, item: Item) -> TransactWriteItem {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(PK)");
        TransactWriteItem::builder().put(built(put.build())).build()
    }

    /// Writes all or nothing. A clash with another transaction on the same items is tried again a few times.
    pub(crate) async fn transact(&self, what: &'static str, writes: Vec<TransactWriteItem>) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let call = self.client.transact_write_items().set_transact_items(Some(writes.clone())).send().await;
            let Err(error) = call else { return Ok(()) };
            let codes: Vec<_> = match error.as_service_error() {
                Some(failure) if failure.is_transaction_canceled_exception() => reasons(failure),
                _ => return Err(StoreError::call("TransactWriteItems")(error)),
            };
            if codes.iter().any(|code| code == "ConditionalCheckFailed") {
                return Err(StoreError::Conflict(what));
            }
            let clash = codes.iter().any(|code| code == "TransactionConflict");
            if !clash || attempt == 5 {
                return Err(StoreError::call("TransactWriteItems")(error));
            }
            attempt += 1;
            tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
        }
    }
}

/// Waits before a batch is asked for again, longer each time.
///
/// # Errors
/// [`StoreError::Conflict`] when it was asked for often enough.
pub(crate) async fn pause(attempt: u32) -> Result<(), StoreError> {
    if attempt > BATCH_TRIES {
        return Err(StoreError::Conflict("a batch of items"));
    }
    tokio::time::sleep(Duration::from_millis(10 << attempt)).await;
    Ok(())
}

/// An update as a part of a transaction.
pub(crate) fn updating(update: UpdateBuilder) -> TransactWriteItem {
    TransactWriteItem::builder().update(built(update.build())).build()
}

/// An item as a part of a batch.
pub(crate) fn putting(item: Item) -> WriteRequest {
    WriteRequest::builder().put_request(built(PutRequest::builder().set_item(Some(item)).build())).build()
}

/// An item's end as a part of a batch.
pub(crate) fn deleting((pk, sk): (AttributeValue, AttributeValue)) -> WriteRequest {
    let delete = DeleteRequest::builder().key(keys::PK, pk).key(keys::SK, sk);
    WriteRequest::builder().delete_request(built(delete.build())).build()
}

/// The key of an item that was read; each has one.
pub(crate) fn key_of(item: &Item) -> Option<(AttributeValue, AttributeValue)> {
    Some((item.get(keys::PK)?.clone(), item.get(keys::SK)?.clone()))
}

fn reasons(failure: &TransactWriteItemsError) -> Vec<String> {
    match failure {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

/// The builders fail only where a required field was left out.
pub(crate) fn built<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.expect("table, key and expression are always given")
}
