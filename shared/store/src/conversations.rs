//! Conversations: the open one of a person, the one behind a SID, and those that need a look.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use domain::conversation::{Conversation, OPENING_LEASE_SECONDS, OtherTasks, Place, QueuePlace, Stage};
use domain::ids::{ConversationSid, InteractionChannelSid, InteractionSid, PersonId, TaskSid, WebhookSid};
use domain::silence;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::{self, Reader, n, s};
use crate::table::{built, updating};
use crate::{Store, keys};

/// Who may build a conversation now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// This one: nobody else does.
    Ours,
    /// Somebody else does, or has done.
    SomebodyElses,
}

/// What changes in a conversation along with its stage.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// The conversation at Twilio.
    pub sid: Option<ConversationSid>,
    /// The Studio webhook: `Some(None)` when it was taken off.
    pub studio_webhook: Option<Option<WebhookSid>>,
    /// The Flex interaction.
    pub interaction: Option<InteractionSid>,
    /// Its channel.
    pub interaction_channel: Option<InteractionChannelSid>,
    /// The task.
    pub task: Option<TaskSid>,
    /// A task that is an earlier one from now on. Its place is free, unless `task` takes it.
    pub former_task: Option<TaskSid>,
    /// The tasks that run beside it.
    pub other_tasks: Option<OtherTasks>,
    /// The identity that the agent in the chat writes with.
    pub agent_identity: Option<String>,
    /// When an agent left, or none was available.
    pub agent_left_at: Option<Timestamp>,
    /// When to look for lost webhooks first; later stages are looked at soon by themselves.
    pub sweep_at: Option<Timestamp>,
}

impl Store {
    /// The person's current conversation, whatever its stage. A consistent read.
    pub async fn conversation(&self, person: PersonId) -> Result<Option<Conversation>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(person)))
            .key(keys::SK, s(keys::CONVERSATION))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::call("GetItem (conversation)"))?;
        answer.item().map(items::conversation).transpose()
    }

    /// One of a person's conversations, the current one or an earlier one that is still kept at `now`.
    pub async fn conversation_of(
        &self,
        person: PersonId,
        generation: u32,
        now: Timestamp,
    ) -> Result<Option<Conversation>, StoreError> {
        let current = self.conversation(person).await?;
        if current.as_ref().is_some_and(|current| current.generation == generation) {
            return Ok(current);
        }
        let sk = keys::earlier_conversation(generation);
        let earlier = self.get(keys::person(person), &sk, "GetItem (earlier conversation)").await?;
        let Some(item) = earlier else { return Ok(None) };
        let expires_at: Option<i64> = Reader(&item).optional_number(keys::EXPIRES_AT)?;
        if expires_at.is_some_and(|at| at <= now.as_second()) {
            return Ok(None);
        }
        items::conversation(&item).map(Some)
    }

    /// The conversation behind a SID. An index read: a conversation of the last second may be missing, see
    /// [`Store::conversation`].
    pub async fn conversation_by_sid(&self, sid: &ConversationSid) -> Result<Option<Conversation>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::CONVERSATION_BY_SID)
            .key_condition_expression("conversation_sid = :sid")
            .expression_attribute_values(":sid", s(sid.as_str()))
            .send()
            .await
            .map_err(StoreError::call("Query (conversation-by-sid)"))?;
        answer.items().first().map(items::conversation).transpose()
    }

    /// Claims the building of `new`, whose stage is [`Stage::Opening`].
    ///
    /// `previous` is the conversation as it was read: none, a closed one (which is archived under its generation in the same
    /// transaction), or an unfinished opening, which may be taken over by the same opener or after its lease.
    pub async fn claim_opening(
        &self,
        new: &Conversation,
        previous: Option<&Conversation>,
        now: Timestamp,
    ) -> Result<Opened, StoreError> {
        let put = Put::builder().table_name(&self.table).set_item(Some(items::conversation_item(new)));
        let put = match previous {
            None => put.condition_expression("attribute_not_exists(PK)"),
            // As it was read, and not in any other stage of the same generation: what has closed since has to be archived.
            Some(previous) if previous.stage == Stage::Closed => put
                .condition_expression("generation = :generation AND stage = :closed")
                .expression_attribute_values(":generation", n(previous.generation))
                .expression_attribute_values(":closed", s(Stage::Closed.name())),
            Some(previous) => {
                let by = match &new.stage {
                    Stage::Opening { by, .. } => by.as_str(),
                    _ => "",
                };
                let lease = now.as_second().saturating_sub(OPENING_LEASE_SECONDS);
                let lease = Timestamp::from_second(lease).unwrap_or(Timestamp::MIN).to_string();
                put.condition_expression(
                    "generation = :generation AND stage = :opening AND (stage_by = :by OR stage_since < :lease)",
                )
                .expression_attribute_values(":generation", n(previous.generation))
                .expression_attribute_values(":opening", s("opening"))
                .expression_attribute_values(":by", s(by))
                .expression_attribute_values(":lease", s(lease))
            }
        };
        let mut writes = vec![TransactWriteItem::builder().put(built(put.build())).build()];
        if let Some(previous) = previous.filter(|previous| previous.generation != new.generation) {
            let mut item = items::conversation_item(previous);
            item.insert(keys::SK.to_owned(), s(keys::earlier_conversation(previous.generation)));
            let expiry = self.retention.and_then(|keep| now.checked_add(keep).ok());
            item.extend(expiry.map(|at| (keys::EXPIRES_AT.to_owned(), n(at.as_second()))));
            let archive = Put::builder().table_name(&self.table).set_item(Some(item));
            writes.push(TransactWriteItem::builder().put(built(archive.build())).build());
        }
        match self.transact("open a conversation", writes).await {
            Ok(()) => Ok(Opened::Ours),
            Err(StoreError::Conflict(_)) => Ok(Opened::SomebodyElses),
            Err(error) => Err(error),
        }
    }

    /// An open conversation goes on somewhere else on Discord.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it has closed meanwhile.
    pub async fn move_conversation(&self, conversation: &Conversation, place: Place) -> Result<(), StoreError> {
        let server = place.server.or(conversation.server);
        let set = "SET discord_channel_id = :channel, way = :way";
        let update = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(conversation.person)))
            .key(keys::SK, s(keys::CONVERSATION))
            .condition_expression("generation = :generation AND stage <> :closed")
            .expression_attribute_values(":generation", n(conversation.generation))
            .expression_attribute_values(":closed", s(Stage::Closed.name()))
            .expression_attribute_values(":channel", s(place.channel.to_string()))
            .expression_attribute_values(":way", s(place.way.name()));
        let update = match server {
            Some(server) => update
                .update_expression(format!("{set}, server = :server"))
                .expression_attribute_values(":server", s(server.to_string())),
            None => update.update_expression(set),
        };
        self.transact("where a conversation is held", vec![updating(update)]).await
    }

    /// Gives up an opening that failed: the next one begins anew, with the next generation.
    pub async fn abandon_opening(&self, conversation: &Conversation) -> Result<(), StoreError> {
        let sid = conversation.sid.clone();
        self.advance(conversation, &Stage::Closed, &Progress { sid, ..Progress::default() }).await
    }

    /// Moves a conversation from the stage it was read in to `stage`. The condition makes it a claim: of several at once one wins.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the stage is another one by now.
    pub async fn advance(
        &self,
        conversation: &Conversation,
        stage: &Stage,
        progress: &Progress,
    ) -> Result<(), StoreError> {
        let write = self.advancing(conversation, stage, progress);
        let write = updating(write);
        self.transact("a conversation's stage", vec![write]).await
    }

    pub(crate) fn advancing(&self, conversation: &Conversation, stage: &Stage, progress: &Progress) -> UpdateBuilder {
        let mut set = Vec::new();
        let mut remove: BTreeSet<&str> = BTreeSet::from(["stage_by", "stage_since", "agent_name"]);
        let mut values: Vec<(&str, AttributeValue)> = items::stage_attributes(stage);
        let now = Timestamp::now();
        values.push(("moved_at", s(now.to_string())));
        let texts = [
            ("conversation_sid", progress.sid.as_ref().map(ToString::to_string)),
            ("studio_webhook_sid", progress.studio_webhook.clone().flatten().map(|sid| sid.to_string())),
            ("flex_interaction_sid", progress.interaction.as_ref().map(ToString::to_string)),
            ("flex_interaction_channel_sid", progress.interaction_channel.as_ref().map(ToString::to_string)),
            ("task_sid", progress.task.as_ref().map(ToString::to_string)),
            ("agent_identity", progress.agent_identity.clone()),
            ("agent_left_at", progress.agent_left_at.map(|at| at.to_string())),
        ];
        values.extend(texts.into_iter().filter_map(|(name, value)| Some((name, s(value?)))));
        match &progress.other_tasks {
            Some(tasks) if tasks.is_empty() => {
                remove.insert("other_tasks");
            }
            Some(tasks) => values.push(("other_tasks", items::other_task_map(tasks))),
            None => {}
        }
        if progress.studio_webhook == Some(None) {
            remove.insert("studio_webhook_sid");
        }
        if progress.former_task.is_some() {
            remove.insert("task_sid");
        }
        if matches!(stage, Stage::Closed) {
            remove.extend(["sweep_group", "sweep_at"]);
        } else if let Some(at) = progress.sweep_at {
            values.push(("sweep_group", s(keys::SWEEP_GROUP)));
            values.push(("sweep_at", n(at.as_second())));
        } else if stage.is_open() && !matches!(stage, Stage::Ending) {
            // What this stage waits for is looked for soon, however long the chat was silent.
            values.push(("sweep_at", n(silence::look_soon(now).as_second())));
        }
        let mut update = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(conversation.person)))
            .key(keys::SK, s(keys::CONVERSATION))
            .expression_attribute_values(":old_generation", n(conversation.generation))
            .expression_attribute_values(":old_stage", s(conversation.stage.name()));
        for (name, value) in values {
            remove.remove(name);
            set.push(format!("{name} = :{name}"));
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        let mut expression = format!("SET {}", set.join(", "));
        if !remove.is_empty() {
            expression += &format!(" REMOVE {}", Vec::from_iter(remove).join(", "));
        }
        if let Some(task) = &progress.former_task {
            expression += " ADD former_tasks :former_tasks";
            let tasks = AttributeValue::Ss(vec![task.to_string()]);
            update = update.expression_attribute_values(":former_tasks", tasks);
        }
        let mut condition = "generation = :old_generation AND stage = :old_stage".to_owned();
        // Stages of one name by different holders are different stages.
        if let Stage::Opening { by, .. } | Stage::Transferring { by, .. } = &conversation.stage {
            condition += " AND stage_by = :old_by";
            update = update.expression_attribute_values(":old_by", s(by));
        }
        update.update_expression(expression).condition_expression(condition)
    }

    /// Settles a line of ours: the claim is done, and none of the line's `indexes` is a gap; there is at least one. One transaction.
    ///
    /// `claim` is the platform and ID of the claim. A conversation that has moved on to its next generation keeps its own indexes.
    pub async fn finish_own_line(
        &self,
        claim: (&str, &str),
        conversation: &Conversation,
        indexes: &[u32],
    ) -> Result<(), StoreError> {
        let claim = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::claim(claim.0, claim.1)))
            .key(keys::SK, s("CLAIM"))
            .update_expression("SET done = :yes")
            .expression_attribute_values(":yes", AttributeValue::Bool(true));
        let (set, own) = showing_life(self.adding_own_indexes(conversation, indexes), conversation, Timestamp::now());
        let own = own.update_expression(format!("{set} ADD own_indexes :indexes"));
        let writes = vec![updating(claim), updating(own)];
        self.transact("an own line", writes).await
    }

    /// Remembers that the line at `index` is ours.
    pub async fn add_own_index(&self, conversation: &Conversation, index: u32) -> Result<(), StoreError> {
        let write = updating(self.adding_own_indexes(conversation, &[index]));
        self.transact("an own line", vec![write]).await
    }

    fn adding_own_indexes(&self, conversation: &Conversation, indexes: &[u32]) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(conversation.person)))
            .key(keys::SK, s(keys::CONVERSATION))
            .update_expression("ADD own_indexes :indexes")
            .condition_expression("generation = :generation")
            .expression_attribute_values(":indexes", AttributeValue::Ns(indexes.iter().map(u32::to_string).collect()))
            .expression_attribute_values(":generation", n(conversation.generation))
    }

    /// Remembers that the person said something at `now`, although nobody could read it.
    pub async fn show_life(&self, conversation: &Conversation, now: Timestamp) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(conversation.person)))
            .key(keys::SK, s(keys::CONVERSATION))
            .condition_expression("generation = :generation")
            .expression_attribute_values(":generation", n(conversation.generation));
        let (set, update) = showing_life(update, conversation, now);
        match self.transact("a sign of life", vec![updating(update.update_expression(set))]).await {
            // It has a successor.
            Err(StoreError::Conflict(_)) => Ok(()),
            other => other,
        }
    }

    /// Remembers that the person was warned of the silence at `at`, in the stage and generation that were read. An earlier warning is
    /// void by then.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the conversation has moved on.
    pub async fn warned_of_silence(&self, conversation: &Conversation, at: Timestamp) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(conversation.person)))
            .key(keys::SK, s(keys::CONVERSATION))
            .update_expression("SET silence_warned_at = :at")
            .condition_expression("generation = :generation AND stage = :stage")
            .expression_attribute_values(":at", s(at.to_string()))
            .expression_attribute_values(":generation", n(conversation.generation))
            .expression_attribute_values(":stage", s(conversation.stage.name()));
        self.transact("a warning", vec![updating(update)]).await
    }

    /// Open conversations whose sweep is due, at most `limit`, the longest due first. Malformed ones are logged and left out.
    pub async fn due_for_sweep(&self, now: Timestamp, limit: i32) -> Result<Vec<Conversation>, StoreError> {
        let due = self.due(keys::SWEEP_GROUP, now, limit).await?;
        // One that cannot be read must not keep the others from being swept.
        let readable = due.iter().filter_map(|item| {
            items::conversation(item)
                .inspect_err(|error| tracing::error!(error = %error, "a conversation cannot be swept"))
                .ok()
        });
        Ok(readable.collect())
    }

    /// Remembers what the person was told of their place in the queue.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the conversation has a successor.
    pub async fn set_queue_place(&self, conversation: &Conversation, known: &QueuePlace) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(conversation.person)))
            .key(keys::SK, s(keys::CONVERSATION))
            .condition_expression("generation = :generation")
            .expression_attribute_values(":task", s(known.task.to_string()))
            .expression_attribute_values(":channel", s(known.channel.to_string()))
            .expression_attribute_values(":place", n(known.place))
            .expression_attribute_values(":generation", n(conversation.generation));
        let set = "SET queue_task_sid = :task, queue_channel_id = :channel, queue_place = :place";
        let update = match known.message {
            Some(message) => update
                .update_expression(format!("{set}, queue_message_id = :message"))
                .expression_attribute_values(":message", s(message.to_string())),
            None => update.update_expression(format!("{set} REMOVE queue_message_id")),
        };
        self.transact("a place in the queue", vec![updating(update)]).await
    }

    /// When to look at an open conversation next that was looked at at `now`. Nothing happens when it has closed meanwhile, or when something
    /// has happened in it that is to be looked at sooner.
    pub async fn sweep_again_at(
        &self,
        conversation: &Conversation,
        now: Timestamp,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .key(keys::PK, s(keys::person(conversation.person)))
            .key(keys::SK, s(keys::CONVERSATION))
            .update_expression("SET sweep_at = :at")
            .condition_expression("generation = :generation AND attribute_exists(sweep_group) AND sweep_at <= :now")
            .expression_attribute_values(":now", n(now.as_second()))
            .expression_attribute_values(":at", n(at.as_second()))
            .expression_attribute_values(":generation", n(conversation.generation));
        let write = updating(update);
        match self.transact("a sweep", vec![write]).await {
            Err(StoreError::Conflict(_)) => Ok(()),
            other => other,
        }
    }
}

/// The beginning of an update's expression by which a line shows that somebody is there: `lively_at`, and after a silence the sweep's next
/// look, which would be long in coming. It costs no write of its own.
pub(crate) fn showing_life(
    update: UpdateBuilder,
    conversation: &Conversation,
    now: Timestamp,
) -> (&'static str, UpdateBuilder) {
    let update = update.expression_attribute_values(":lively", s(now.to_string()));
    match conversation.look_brought_forward(now) {
        None => ("SET lively_at = :lively", update),
        Some(at) => {
            let update = update.expression_attribute_values(":soon", n(at.as_second()));
            ("SET lively_at = :lively, sweep_at = :soon", update)
        }
    }
}
