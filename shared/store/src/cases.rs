//! Cases and their history. A change and its history line are one transaction.

use aws_sdk_dynamodb::types::{Put, ReturnValue, TransactWriteItem};
use domain::case::{Case, Event};
use domain::conversation::{Conversation, Stage};
use domain::ids::CaseNumber;

use crate::conversations::{Progress, built};
use crate::error::StoreError;
use crate::items::{self, Reader, n, s};
use crate::{Store, keys};

impl Store {
    /// The next case number, from an atomic counter. A number that is not used leaves a hole, and that is fine.
    pub async fn next_case_number(&self) -> Result<CaseNumber, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::CASE_COUNTER))
            .key(keys::SK, s("COUNTER"))
            .update_expression("ADD last_number :one")
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(StoreError::call("UpdateItem (counter)"))?;
        let item = answer.attributes().cloned().unwrap_or_default();
        Reader(&item).number("last_number").map(CaseNumber)
    }

    /// Files the case of a transfer and ties it to its conversation, which stays in `stage`. One transaction, so that a repetition
    /// finds either nothing or everything.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the conversation is in another stage by now, or has a case.
    pub async fn create_transfer_case(
        &self,
        case: &Case,
        event: &Event,
        conversation: &Conversation,
        stage: &Stage,
    ) -> Result<(), StoreError> {
        let tie = self.advancing(conversation, stage, &Progress::default());
        let expression = tie.get_update_expression().clone().unwrap_or_default();
        let condition = tie.get_condition_expression().clone().unwrap_or_default();
        let tie = tie
            // It may have been read before another transfer came and went.
            .condition_expression(format!("{condition} AND attribute_not_exists(case_number)"))
            .update_expression(expression.replacen("SET ", "SET case_number = :case, ", 1))
            .expression_attribute_values(":case", n(case.number));
        let mut writes = self.putting(case, event, None);
        writes.push(TransactWriteItem::builder().update(built(tie.build())).build());
        self.transact("a case", writes).await
    }

    /// Writes a changed case with its history line.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed the case since it was read.
    pub async fn change_case(&self, case: &Case, event: &Event) -> Result<(), StoreError> {
        self.transact("a case", self.putting(case, event, Some(case.version - 1))).await
    }

    /// Moves a conversation on and changes its case: one transaction, so that a repetition finds both or neither.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the conversation is in another stage by now, or the case was changed by somebody else.
    pub async fn advance_with_case(
        &self,
        conversation: &Conversation,
        stage: &Stage,
        progress: &Progress,
        case: &Case,
        event: &Event,
    ) -> Result<(), StoreError> {
        let mut writes = self.putting(case, event, Some(case.version - 1));
        let advance = self.advancing(conversation, stage, progress);
        writes.push(TransactWriteItem::builder().update(built(advance.build())).build());
        self.transact("a conversation and its case", writes).await
    }

    /// A case. A consistent read.
    pub async fn case(&self, number: CaseNumber) -> Result<Option<Case>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::case(number)))
            .key(keys::SK, s(keys::CASE))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::call("GetItem (case)"))?;
        answer.item().map(items::case).transpose()
    }

    /// A case's history, oldest first.
    pub async fn case_events(&self, number: CaseNumber) -> Result<Vec<Event>, StoreError> {
        let pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("PK = :case AND begins_with(SK, :event)")
            .expression_attribute_values(":case", s(keys::case(number)))
            .expression_attribute_values(":event", s("EVENT#"))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(StoreError::call("Query (case events)"))?;
        pages.iter().map(items::event).collect()
    }

    fn putting(&self, case: &Case, event: &Event, replaces: Option<u64>) -> Vec<TransactWriteItem> {
        let put = Put::builder().table_name(&self.table).set_item(Some(items::case_item(case)));
        let put = match replaces {
            None => put.condition_expression("attribute_not_exists(PK)"),
            Some(version) => {
                put.condition_expression("version = :version").expression_attribute_values(":version", n(version))
            }
        };
        let line = Put::builder()
            .table_name(&self.table)
            .set_item(Some(items::event_item(case.number, event)))
            .condition_expression("attribute_not_exists(PK)");
        vec![
            TransactWriteItem::builder().put(built(put.build())).build(),
            TransactWriteItem::builder().put(built(line.build())).build(),
        ]
    }
}
