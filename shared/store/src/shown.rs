//! Which Discord messages show a Twilio message: the claim on showing it, and what edits and removals need.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure, Update};
use domain::conversation::Conversation;
use domain::ids::{ChannelId, DiscordMessageId, MessageSid};
use jiff::Timestamp;

use crate::conversations::showing_life;
use crate::error::StoreError;
use crate::items::{Item, Reader, n, s};
use crate::table::updating;
use crate::{Store, keys};

/// How long it is remembered which message shows which, in seconds: edits of older ones are not followed.
const KEPT_SECONDS: i64 = 90 * 24 * 3600;

/// Where the showing of a message stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Showing {
    /// Nobody has shown it.
    New,
    /// Somebody began at that time and did not finish: look before posting again.
    Unfinished {
        /// When the first attempt began.
        since: Timestamp,
        /// The Discord messages that are there already, in order.
        parts: Vec<DiscordMessageId>,
        /// The channel that they are in.
        channel: Option<ChannelId>,
    },
    /// It is shown by these Discord messages, in order. Empty: it cannot be shown, or was removed.
    Done {
        /// The Discord messages.
        parts: Vec<DiscordMessageId>,
        /// The channel that they are in, where it is known.
        channel: Option<ChannelId>,
        /// `DateUpdated` of the newest edit that was applied.
        edited_at: Option<String>,
        /// Who says it, as the person reads it.
        speaker: Option<String>,
    },
}

impl Store {
    /// Claims the showing of a message. Only the consumer of the message's group does this, so there is no lease.
    pub async fn begin_showing(&self, message: &MessageSid, now: Timestamp) -> Result<Showing, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::message(message)))
            .key(keys::SK, s("MESSAGE"))
            .update_expression("SET done = :no, begun_at = if_not_exists(begun_at, :now), expires_at = :expires")
            .condition_expression("attribute_not_exists(PK) OR done = :no")
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":now", s(now.to_string()))
            .expression_attribute_values(":expires", n(now.as_second() + KEPT_SECONDS))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            // What was there before. An embedded DynamoDB says the key even where there was nothing.
            Ok(answer) => match answer.attributes().filter(|item| item.contains_key("done")) {
                None => Ok(Showing::New),
                Some(item) => showing(item),
            },
            Err(error) => {
                use aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException;
                match error.as_service_error() {
                    Some(ConditionalCheckFailedException(failed)) if failed.item().is_some() => {
                        showing(failed.item().unwrap_or(&Item::new()))
                    }
                    _ => Err(StoreError::call("UpdateItem (message)")(error)),
                }
            }
        }
    }

    /// Which Discord messages show a message, for an edit or a removal. A consistent read.
    pub async fn showing(&self, message: &MessageSid) -> Result<Option<Showing>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::message(message)))
            .key(keys::SK, s("MESSAGE"))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::call("GetItem (message)"))?;
        answer.item().map(showing).transpose()
    }

    /// Settles the showing of a message: what shows it, and how far the conversation is shown. One transaction.
    ///
    /// No `parts`: it is not shown, and never will be. `speaker` is who says it, as the person reads it.
    pub async fn finish_showing(
        &self,
        message: &MessageSid,
        parts: &[DiscordMessageId],
        conversation: &Conversation,
        index: u32,
        speaker: Option<&str>,
    ) -> Result<(), StoreError> {
        let done = || {
            let update = self.message_update(message);
            let update = match speaker {
                None => update.update_expression("SET done = :yes, parts = :parts, channel_id = :channel"),
                Some(speaker) => update
                    .update_expression("SET done = :yes, parts = :parts, channel_id = :channel, speaker = :speaker")
                    .expression_attribute_values(":speaker", s(speaker)),
            };
            let update = update.expression_attribute_values(":channel", s(conversation.channel.to_string()));
            let update = update.expression_attribute_values(":yes", AttributeValue::Bool(true));
            let update = update.expression_attribute_values(":parts", part_list(parts));
            updating(update)
        };
        let settle = updating(self.settling(conversation, index));
        match self.transact("a shown line", vec![done(), settle]).await {
            // The conversation has a successor, which counts its own lines, or knows the line already: only the message itself is
            // left to settle.
            Err(StoreError::Conflict(_)) => self.transact("a shown line", vec![done()]).await,
            other => other,
        }
    }

    /// Remembers the first messages of a showing that has to wait: a repetition goes on behind them.
    pub async fn record_parts(
        &self,
        message: &MessageSid,
        parts: &[DiscordMessageId],
        channel: ChannelId,
    ) -> Result<(), StoreError> {
        let update = self
            .message_update(message)
            .update_expression("SET parts = :parts, channel_id = :channel")
            .condition_expression("done = :no")
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":parts", part_list(parts))
            .expression_attribute_values(":channel", s(channel.to_string()));
        self.transact("the first parts of a line", vec![updating(update)]).await
    }

    /// Records an edit that was applied (or a removal: no `parts`).
    pub async fn record_edit(
        &self,
        message: &MessageSid,
        parts: &[DiscordMessageId],
        edited_at: &str,
    ) -> Result<(), StoreError> {
        let update = self
            .message_update(message)
            .update_expression("SET parts = :parts, edited_at = :at")
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":parts", part_list(parts))
            .expression_attribute_values(":at", s(edited_at));
        self.transact("an edit", vec![updating(update)]).await
    }

    /// Settles a line of ours that the consumer of the conversation's group posted: the claim is done, the index is no gap.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the conversation has a successor, or knows the line already; the claim is not done then.
    pub async fn finish_answer(
        &self,
        claim: (&str, &str),
        conversation: &Conversation,
        index: u32,
    ) -> Result<(), StoreError> {
        let claim = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::claim(claim.0, claim.1)))
            .key(keys::SK, s("CLAIM"))
            .update_expression("SET done = :yes REMOVE kept_text")
            .expression_attribute_values(":yes", AttributeValue::Bool(true));
        let writes = vec![updating(claim), updating(self.settling(conversation, index))];
        self.transact("an answer", writes).await
    }

    fn message_update(&self, message: &MessageSid) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder().table_name(&self.table).key(keys::PK, s(keys::message(message))).key(keys::SK, s("MESSAGE"))
    }

    /// Moves `shown_index` over `index` and the own lines behind it, or remembers `index` while there is a hole before it.
    fn settling(&self, conversation: &Conversation, index: u32) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        let update = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(conversation.person)))
            .key(keys::SK, s(keys::CONVERSATION))
            .expression_attribute_values(":generation", n(conversation.generation));
        let (set, update) = showing_life(update, conversation, Timestamp::now());
        let Some(settled) = conversation.settle(index) else {
            return update
                .condition_expression("generation = :generation")
                .update_expression(format!("{set} ADD own_indexes :index"))
                .expression_attribute_values(":index", AttributeValue::Ns(vec![index.to_string()]));
        };
        // A conversation that was read from the index may be a moment old, and must not take back what is settled since. Where this
        // fails, the line is settled already.
        let update = update
            .condition_expression(
                "generation = :generation AND (attribute_not_exists(shown_index) OR shown_index <= :settled)",
            )
            .expression_attribute_values(":settled", n(settled));
        let passed: Vec<_> = conversation.own_indexes.range(..=settled).map(ToString::to_string).collect();
        if passed.is_empty() {
            return update.update_expression(format!("{set}, shown_index = :settled"));
        }
        update
            .update_expression(format!("{set}, shown_index = :settled DELETE own_indexes :passed"))
            .expression_attribute_values(":passed", AttributeValue::Ns(passed))
    }
}

fn part_list(parts: &[DiscordMessageId]) -> AttributeValue {
    AttributeValue::L(parts.iter().map(|part| s(part.to_string())).collect())
}

fn showing(item: &Item) -> Result<Showing, StoreError> {
    let reader = Reader(item);
    let (parts, channel) = (reader.list("parts")?, reader.optional("channel_id")?);
    if !reader.flag("done") {
        let since = reader.parse("begun_at")?;
        return Ok(Showing::Unfinished { since, parts: parts.unwrap_or_default(), channel });
    }
    Ok(Showing::Done {
        parts: parts.ok_or_else(|| reader.malformed("parts"))?,
        channel,
        edited_at: reader.optional_text("edited_at")?.map(str::to_owned),
        speaker: reader.optional_text("speaker")?.map(str::to_owned),
    })
}
