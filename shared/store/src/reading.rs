//! Who reads a person's direct messages: the lease, the cursor, and the budget that all readers share.
//!
//! The conditions are those of [`domain::reading`]; times are milliseconds since 1970 here.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::ids::{DiscordMessageId, PersonId};
use domain::reading::{Budget, Grant, Next, Passed, Reader, Taken, lease_end};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::{self, Item, n, s};
use crate::{Store, keys};

/// How often a reservation is tried again when others reserve at the same moment.
const TRIES: usize = 5;

/// How a reader begins a new epoch, see [`Store::reset_reader`].
#[derive(Debug, Clone, Copy)]
pub struct Reset {
    /// The new epoch.
    pub epoch: u64,
    /// Where reading begins, if it is not known how far it is.
    pub cursor: DiscordMessageId,
    /// Whether this is a sign of life.
    pub lively: bool,
    /// When the first turn is.
    pub due_at: Timestamp,
}

/// A reader that is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadReader {
    /// Whose direct messages it reads.
    pub person: PersonId,
    /// Its epoch.
    pub epoch: u64,
    /// When its turn was.
    pub due_at: Timestamp,
}

impl Store {
    /// The reader of a person's direct messages. A consistent read.
    pub async fn reader(&self, person: PersonId) -> Result<Option<Reader>, StoreError> {
        let item = self.get(keys::person(person), keys::READER, "GetItem (reader)").await?;
        item.as_ref().map(reader).transpose()
    }

    /// Takes the lease for the message of `epoch`.
    pub async fn take_reader(&self, person: PersonId, epoch: u64, now: Timestamp) -> Result<Taken, StoreError> {
        let answer = self
            .reader_update(person)
            .update_expression("SET held_until = :until")
            .condition_expression(
                "epoch = :epoch AND attribute_exists(read_to) AND (attribute_not_exists(held_until) OR held_until <= :now)",
            )
            .expression_attribute_values(":until", ms(lease_end(now)))
            .expression_attribute_values(":epoch", n(epoch))
            .expression_attribute_values(":now", ms(now))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match conditional(answer)? {
            Ok(answer) => Ok(Taken::Ours(reader(&answer.attributes.unwrap_or_default())?)),
            Err(item) => {
                let Some(item) = item.filter(|item| item.contains_key("epoch")) else { return Ok(Taken::Over) };
                let found = reader(&item)?;
                let held = found.held_until.filter(|until| *until > now);
                let ours = found.epoch == epoch && found.cursor.is_some();
                Ok(held.filter(|_| ours).map_or(Taken::Over, Taken::Busy))
            }
        }
    }

    /// Gives the lease back. `turn` is the reader as it was taken.
    pub async fn pass_reader_on(&self, person: PersonId, turn: &Reader, next: &Next) -> Result<Passed, StoreError> {
        let Some(held_until) = turn.held_until else { return Ok(Passed::Lost) };
        let mut set = "SET epoch = :next, lively_at = :lively, due_at = :due".to_owned();
        let mut remove = " REMOVE held_until".to_owned();
        let mut update = self
            .reader_update(person)
            .condition_expression("held_until = :held AND epoch = :epoch")
            .expression_attribute_values(":held", ms(held_until))
            .expression_attribute_values(":epoch", n(turn.epoch))
            .expression_attribute_values(":next", n(next.epoch))
            .expression_attribute_values(":lively", ms(next.lively_at))
            .expression_attribute_values(":due", ms(next.due_at));
        if let Some(read_at) = next.read_at {
            set += ", read_at = :read_at";
            update = update.expression_attribute_values(":read_at", ms(read_at));
        }
        match next.cursor {
            Some(cursor) => {
                set += ", read_to = :cursor, sweep_group = :readers, sweep_at = :dead";
                update = update
                    .expression_attribute_values(":cursor", s(cursor.to_string()))
                    .expression_attribute_values(":readers", s(keys::READERS_GROUP))
                    .expression_attribute_values(":dead", n(Reader::dead_at(next.due_at).as_second()));
            }
            None => remove += ", read_to, sweep_group, sweep_at",
        }
        if conditional(update.update_expression(set + &remove).send().await)?.is_ok() {
            return Ok(Passed::On);
        }
        // A reset came meanwhile: what was read is kept, everything else is its own.
        let mut set = String::new();
        let mut update = self
            .reader_update(person)
            .condition_expression("held_until = :held")
            .expression_attribute_values(":held", ms(held_until));
        for (name, value) in
            [("read_to", next.cursor.map(|cursor| s(cursor.to_string()))), ("read_at", next.read_at.map(ms))]
        {
            let Some(value) = value else { continue };
            set += if set.is_empty() { "SET " } else { ", " };
            set += &format!("{name} = :{name}");
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        let kept = conditional(update.update_expression(format!("{set} REMOVE held_until")).send().await)?;
        Ok(if kept.is_ok() { Passed::Reset } else { Passed::Lost })
    }

    /// Begins a new epoch. `None`: done. `Some`: there is this one, which is as new or newer.
    ///
    /// `only` is the epoch that the reader must have; `None` for any that is older.
    pub async fn reset_reader(
        &self,
        person: PersonId,
        reset: &Reset,
        only: Option<u64>,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        let lively = if reset.lively { ":now" } else { "if_not_exists(lively_at, :now)" };
        let condition = if only.is_some() {
            "epoch = :only AND epoch < :epoch"
        } else {
            "attribute_not_exists(epoch) OR epoch < :epoch"
        };
        let mut update = self
            .reader_update(person)
            .update_expression(format!(
                "SET person = :person, epoch = :epoch, read_to = if_not_exists(read_to, :cursor), lively_at = {lively}, \
                 due_at = :due, sweep_group = :readers, sweep_at = :dead"
            ))
            .condition_expression(condition)
            .expression_attribute_values(":person", s(person.to_string()))
            .expression_attribute_values(":epoch", n(reset.epoch))
            .expression_attribute_values(":cursor", s(reset.cursor.to_string()))
            .expression_attribute_values(":now", ms(now))
            .expression_attribute_values(":due", ms(reset.due_at))
            .expression_attribute_values(":readers", s(keys::READERS_GROUP))
            .expression_attribute_values(":dead", n(Reader::dead_at(reset.due_at).as_second()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if let Some(only) = only {
            update = update.expression_attribute_values(":only", n(only));
        }
        match conditional(update.send().await)? {
            Ok(_) => Ok(None),
            Err(item) => {
                Ok(Some(items::Reader(&item.unwrap_or_default()).optional_number("epoch")?.unwrap_or_default()))
            }
        }
    }

    /// Readers that are overdue, at most `limit`, the longest overdue first. An index read.
    pub async fn dead_readers(&self, now: Timestamp, limit: i32) -> Result<Vec<DeadReader>, StoreError> {
        let due = self.due(keys::READERS_GROUP, now, limit).await?;
        // One that cannot be read must not keep the others from being restarted.
        let readable = due.iter().filter_map(|item| {
            let found = items::Reader(item);
            let dead = (|| {
                let due_at = time(&found, "due_at")?.ok_or_else(|| found.malformed("due_at"))?;
                Ok::<_, StoreError>(DeadReader {
                    person: found.parse("person")?,
                    epoch: found.number("epoch")?,
                    due_at,
                })
            })();
            dead.inspect_err(|error| tracing::error!(error = %error, "a reader cannot be restarted")).ok()
        });
        Ok(readable.collect())
    }

    /// Reserves one read of the budget that all readers share.
    pub async fn reserve_read(&self, budget: Budget, now: Timestamp) -> Result<Grant, StoreError> {
        for _ in 0..TRIES {
            // Nothing is given away beyond now, as a rule.
            let idle = self
                .budget_update()
                .update_expression("SET given_until = :through")
                .condition_expression("attribute_not_exists(given_until) OR given_until <= :now")
                .expression_attribute_values(":through", n(now.as_microsecond() + budget.interval()))
                .expression_attribute_values(":now", n(now.as_microsecond()));
            if conditional(idle.send().await)?.is_ok() {
                return Ok(Grant::Now);
            }
            let busy = self
                .budget_update()
                .update_expression("SET given_until = given_until + :interval")
                .condition_expression("given_until > :now AND given_until < :limit")
                .expression_attribute_values(":interval", n(budget.interval()))
                .expression_attribute_values(":now", n(now.as_microsecond()))
                .expression_attribute_values(":limit", n(Budget::limit(now)))
                .return_values(ReturnValue::UpdatedNew)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            match conditional(busy.send().await)? {
                Ok(answer) => {
                    let through = items::Reader(&answer.attributes.unwrap_or_default()).number("given_until")?;
                    return Ok(budget.grant(through, now));
                }
                Err(item) => {
                    let through: i64 =
                        items::Reader(&item.unwrap_or_default()).optional_number("given_until")?.unwrap_or(0);
                    if through >= Budget::limit(now) {
                        return Ok(Grant::Full);
                    }
                }
            }
        }
        Err(StoreError::Conflict("the budget of reads"))
    }

    /// Grants no read before `until`, because Discord wants no call at all. What is granted already stays so.
    pub async fn pause_reads(&self, until: Timestamp) -> Result<(), StoreError> {
        let update = self
            .budget_update()
            .update_expression("SET given_until = :until")
            .condition_expression("attribute_not_exists(given_until) OR given_until < :until")
            .expression_attribute_values(":until", n(until.as_microsecond()));
        let _paused_already = conditional(update.send().await)?;
        Ok(())
    }

    fn reader_update(&self, person: PersonId) -> UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.table);
        update.key(keys::PK, s(keys::person(person))).key(keys::SK, s(keys::READER))
    }

    fn budget_update(&self) -> UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.table);
        update.key(keys::PK, s(keys::READ_BUDGET)).key(keys::SK, s(keys::READ_BUDGET))
    }
}

type Updated = Result<
    UpdateItemOutput,
    aws_sdk_dynamodb::error::SdkError<UpdateItemError, aws_sdk_dynamodb::config::http::HttpResponse>,
>;

/// An update whose condition did not hold gives what stands there instead, if it was asked for.
fn conditional(answer: Updated) -> Result<Result<UpdateItemOutput, Option<Item>>, StoreError> {
    match answer {
        Ok(done) => Ok(Ok(done)),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => Ok(Err(failed.item().cloned())),
            _ => Err(StoreError::call("UpdateItem (reader)")(error)),
        },
    }
}

fn ms(at: Timestamp) -> aws_sdk_dynamodb::types::AttributeValue {
    n(at.as_millisecond())
}

fn time(item: &items::Reader<'_>, name: &'static str) -> Result<Option<Timestamp>, StoreError> {
    let ms: Option<i64> = item.optional_number(name)?;
    ms.map(|ms| Timestamp::from_millisecond(ms).map_err(|_| item.malformed(name))).transpose()
}

fn reader(item: &Item) -> Result<Reader, StoreError> {
    let item = items::Reader(item);
    let needed = |name| time(&item, name)?.ok_or_else(|| item.malformed(name));
    Ok(Reader {
        epoch: item.number("epoch")?,
        cursor: item.optional("read_to")?,
        lively_at: needed("lively_at")?,
        due_at: needed("due_at")?,
        held_until: time(&item, "held_until")?,
        read_at: time(&item, "read_at")?,
    })
}
