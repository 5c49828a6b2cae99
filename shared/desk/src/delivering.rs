//! Takes everything that is for the person to their direct messages, in the order of the conversation, each once.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use discord::client::DiscordError;
use discord::files::safe_name;
use discord::message::{Nonce, OutgoingFile, OutgoingMessage, escape_markdown};
use domain::agents::{Naming, is_same_identity};
use domain::conversation::{self, AgentEvent, Conversation, QueuePlace, Stage};
use domain::delivery::{AgentFile, AgentLine, Delivery, Outgoing};
use domain::echo;
use domain::ids::{
    ChannelId, ConversationSid, DiscordMessageId, MessageSid, PersonId, StudioFlowSid, TaskSid, WebhookSid,
};
use domain::silence;
use domain::split::split;
use domain::text::{Notice, for_agents};
use jiff::Timestamp;
use knowledge::Engine;
use store::{Claim, Progress, Showing, Store, StoreError};
use tokio::sync::OwnedSemaphorePermit;
use tracing::{info, warn};
use twilio::TwilioError;
use twilio::client::{MediaError, MessageResource};
use twilio::webhook::Media;
use wording::Wording;

use crate::closing::Closing;
use crate::enriching::Enriching;
use crate::files::FilesTurn;
use crate::reading::Waking;
use crate::said::{self, Voice};
use crate::{Verdict, answering, back_off, once, typing};

/// How often an entry is tried before it is set aside, about an hour and a half with the back-off. Below the queue's `maxReceiveCount`.
pub const ATTEMPTS_MAX: u32 = 28;

/// Most lines that are read to fill a gap.
const GAP_LINES_MAX: usize = 2000;

/// After this long an unfinished showing is looked for in the channel before it is posted again: Discord remembers a nonce for "a few
/// minutes" only. See [Discord Docs/Create Message].
const NONCE_TRUSTED_SECONDS: i64 = 120;

const ANSWER_CLAIM: &str = "answer";
const OWNER: &str = "outbox";

/// Delivers.
#[derive(Clone)]
pub struct Delivering {
    /// The table.
    pub store: Store,
    /// Discord.
    pub discord: discord::client::Client,
    /// Twilio.
    pub twilio: twilio::client::Client,
    /// Ends conversations.
    pub closing: Closing,
    /// Wakes those who read what the person types.
    pub waking: Waking,
    /// The files of one message at a time are in memory.
    pub turn: FilesTurn,
    /// The virtual agent.
    pub engine: Arc<dyn Engine>,
    /// The flow that a conversation gets back when no agent is in it any more.
    pub flow: StudioFlowSid,
    /// How agents are called towards the person.
    pub naming: Naming,
    /// Tells the agents with the task what they want to know.
    pub enriching: Enriching,
}

/// Why something was not delivered.
#[derive(Debug, thiserror::Error)]
enum Undelivered {
    /// Discord says when to come again.
    #[error("Discord asks to wait")]
    Wait(Duration),
    /// It will never work.
    #[error("{0}")]
    Never(&'static str),
    /// It may work later.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// The conversation behind a SID. The index is a moment late for a new one; then the conversation's own attributes say whose it is.
pub async fn find_conversation(
    store: &Store,
    twilio: &twilio::client::Client,
    sid: &ConversationSid,
) -> anyhow::Result<Option<Conversation>> {
    if let Some(found) = store.conversation_by_sid(sid).await.context("find the conversation by its SID")? {
        return Ok(Some(found));
    }
    let Some(resource) = twilio.fetch_conversation(sid.as_str()).await.context("ask Twilio whose it is")? else {
        return Ok(None);
    };
    let person = resource.attributes.get("discord_user_id").and_then(serde_json::Value::as_str);
    let Some(person) = person.and_then(|id| id.parse::<PersonId>().ok()) else { return Ok(None) };
    let current = store.conversation(person).await.context("load the person's conversation")?;
    match current {
        Some(current) if current.sid.as_ref() == Some(sid) => Ok(Some(current)),
        // Still being opened: its SID is about to be written.
        Some(current) if matches!(current.stage, Stage::Opening { .. }) => {
            anyhow::bail!("the conversation is still being opened")
        }
        _ => Ok(None),
    }
}

/// Marks a question as answered, where it was answered by another way than by the assistant.
pub async fn settle_question(store: &Store, message: &MessageSid) -> anyhow::Result<()> {
    let claimed = store.claim(ANSWER_CLAIM, message.as_str(), OWNER, Timestamp::now()).await;
    claimed.context("claim the answer")?;
    store.finish_claim(ANSWER_CLAIM, message.as_str()).await.context("settle the question")
}

impl Delivering {
    /// Delivers one entry of the outbox. `attempt` counts its deliveries, from 1.
    pub async fn deliver(&self, outgoing: &Outgoing, attempt: u32) -> Verdict {
        let sid = &outgoing.conversation;
        match self.try_deliver(outgoing).await {
            Ok(()) => Verdict::Done,
            Err(Undelivered::Never(reason)) => {
                warn!(conversation.sid = %sid, "an outbox entry can never be delivered: {reason}");
                Verdict::SetAside(reason)
            }
            Err(Undelivered::Wait(delay)) if attempt < ATTEMPTS_MAX => {
                info!(conversation.sid = %sid, delay_ms = delay.as_millis(), "Discord asks to wait");
                Verdict::Later(delay)
            }
            Err(Undelivered::Failed(error)) if attempt < ATTEMPTS_MAX => {
                warn!(conversation.sid = %sid, attempt, error = format!("{error:#}"), "an outbox entry comes again");
                Verdict::Later(back_off(attempt))
            }
            Err(error) => {
                tracing::error!(conversation.sid = %sid, error = format!("{error:#}"), "an outbox entry was tried too often");
                if let (Delivery::Line(line), Ok(Some(conversation))) =
                    (&outgoing.delivery, find_conversation(&self.store, &self.twilio, sid).await)
                {
                    let _ = self.give_up_on(&conversation, line, for_agents::REFUSED).await;
                }
                Verdict::SetAside("tried too often")
            }
        }
    }

    async fn try_deliver(&self, outgoing: &Outgoing) -> Result<(), Undelivered> {
        let found = find_conversation(&self.store, &self.twilio, &outgoing.conversation).await?;
        let Some(conversation) = found else { return self.without_conversation(outgoing).await };
        match &outgoing.delivery {
            Delivery::Line(line) => self.line(conversation, line).await,
            Delivery::Edited { line, date_updated } => self.edited(conversation, line, date_updated).await,
            Delivery::Removed { message, index, date_updated } => {
                self.removed(&conversation, message, *index, date_updated).await
            }
            Delivery::Ask { message, question } => self.ask(&conversation, message, question).await,
            Delivery::Agents { id, task, event } => self.agents(&conversation, id, task.as_ref(), event).await,
            Delivery::Say { notice: Notice::SilenceWarning { warned_at, ends_at }, .. } => {
                self.warn_of_silence(&conversation, *warned_at, *ends_at).await
            }
            Delivery::Place { task, place } => self.place(&conversation, task, *place).await,
            Delivery::Say { id, notice } => self.say(&conversation, notice, id).await,
        }
    }

    /// What is about a conversation that nobody knows any more. When a person's data is deleted their chat is ended and removed at once, and
    /// what is reported of its end comes later.
    async fn without_conversation(&self, outgoing: &Outgoing) -> Result<(), Undelivered> {
        let sid = &outgoing.conversation;
        let is_report = matches!(outgoing.delivery, Delivery::Agents { .. });
        if is_report
            && self.twilio.fetch_conversation(sid.as_str()).await.context("look for the conversation")?.is_none()
        {
            info!(conversation.sid = %sid, "something is reported of a conversation that was removed");
            return Ok(());
        }
        Err(Undelivered::Never("no such conversation"))
    }

    /// Shows a line, and before it the lines whose webhook has not come.
    async fn line(&self, conversation: Conversation, line: &AgentLine) -> Result<(), Undelivered> {
        if !conversation.is_settled(line.index) {
            let conversation = self.fill_gap(conversation, line.index).await?;
            return self.show(&conversation, line).await;
        }
        // Shown already, as a rule: it came twice, or a gap was filled with it. Else it was not in the list when the gap before a
        // newer line was filled, and late is better than lost.
        match self.store.showing(&line.message).await.context("find what shows the line")? {
            Some(Showing::Done { .. }) => Ok(()),
            _ => {
                let body = wording::of(&conversation.locale).sent_earlier(&line.body);
                self.show(&conversation, &AgentLine { body, ..line.clone() }).await
            }
        }
    }

    /// Settles every index before `index`: other people's lines are shown, ours and vanished ones are passed over.
    ///
    /// Gaps are normal: the person's own lines and our silent ones make them, until what posted them has said so.
    async fn fill_gap(&self, mut conversation: Conversation, index: u32) -> Result<Conversation, Undelivered> {
        let (Some(first), Some(sid)) = (conversation.first_gap_before(index), conversation.sid.clone()) else {
            return Ok(conversation);
        };
        let mut newer = match self.twilio.list_messages_desc(&sid, first.checked_sub(1), GAP_LINES_MAX).await {
            Ok(messages) => messages,
            // Removed with all its lines.
            Err(TwilioError::NotFound) => Vec::new(),
            Err(error) => return Err(anyhow::Error::new(error).context("read the missing lines").into()),
        };
        newer.sort_by_key(|message| message.index);
        for missing in newer.iter().filter(|message| message.index < index && !is_echo(message)) {
            if conversation.is_settled(missing.index) {
                continue;
            }
            // What lies before it was in the list, so it is settled with this one.
            conversation.shown_index = conversation.shown_index.max(missing.index.checked_sub(1));
            self.show(&conversation, &agent_line(missing)).await?;
            conversation.shown_index = Some(missing.index);
        }
        conversation.shown_index = conversation.shown_index.max(index.checked_sub(1));
        Ok(conversation)
    }

    async fn show(&self, conversation: &Conversation, line: &AgentLine) -> Result<(), Undelivered> {
        let now = Timestamp::now();
        let showing = self.store.begin_showing(&line.message, now).await.context("claim the showing")?;
        let (long_ago, mut parts) = match showing {
            Showing::Done { .. } => {
                // Shown, but the conversation does not know: an earlier try died, or the line came by two ways.
                return Ok(());
            }
            Showing::Unfinished { since, parts, channel } => {
                let is_here = channel == Some(conversation.channel);
                let long_ago = now.as_second() - since.as_second() > NONCE_TRUSTED_SECONDS;
                (long_ago, parts.into_iter().filter(|_| is_here).collect())
            }
            Showing::New => (false, Vec::new()),
        };
        let speaker = self.speaker(conversation, line);
        let known = parts.len();
        match self.post_parts(conversation, line, &speaker, long_ago, &mut parts).await {
            Ok(()) => {}
            Err(Undelivered::Never(reason)) => {
                self.give_up_on(conversation, line, reason).await?;
                return Err(Undelivered::Never(reason));
            }
            Err(error) => {
                // Posting them again would use up what Discord allows, and the last parts would never have their turn.
                if parts.len() > known {
                    let kept = self.store.record_parts(&line.message, &parts, conversation.channel).await;
                    kept.context("remember the first parts")?;
                }
                return Err(error);
            }
        }
        self.store
            .finish_showing(&line.message, &parts, conversation, line.index, Some(&speaker))
            .await
            .context("record what shows the line")?;
        info!(message.sid = %line.message, line.index = line.index, parts = parts.len(), "showed a line");
        self.waking.sign_of_life(conversation).await;
        Ok(())
    }

    /// Whose line it is, as the person reads it.
    fn speaker(&self, conversation: &Conversation, line: &AgentLine) -> String {
        let identity = conversation.agent_identity.as_deref().filter(|identity| !identity.is_empty());
        let author = line.author.as_deref().zip(identity);
        let name = match &conversation.stage {
            // Of a line of an earlier version, or an agent without an identity, nobody else is known either.
            Stage::WithAgent { name } if author.is_none_or(|(author, agent)| is_same_identity(author, agent)) => {
                Some(name.as_str())
            }
            Stage::WithAgent { .. } => conversation.other_tasks.values().flatten().find_map(|other| {
                let is_theirs = is_same_identity(line.author.as_deref()?, other.identity.as_deref()?);
                is_theirs.then_some(other.name.as_str())
            }),
            _ => None,
        };
        self.naming.speaker(name)
    }

    /// A line that can never be shown: the agents are told, and it is no gap any more.
    async fn give_up_on(&self, conversation: &Conversation, line: &AgentLine, reason: &str) -> anyhow::Result<()> {
        let key = format!("undelivered-{}", line.message);
        let told = for_agents::not_delivered(reason);
        match said::say_once(&self.twilio, conversation, Voice::System, &key, told, true).await {
            Ok(_) | Err(TwilioError::ConversationClosed | TwilioError::NotFound) => {}
            Err(error) => return Err(anyhow::Error::new(error).context("tell the agents")),
        }
        self.store.finish_showing(&line.message, &[], conversation, line.index, None).await.context("settle the line")
    }

    /// Posts a line: its text, in parts where it is long, with the first of its files on the first part; then, where one message does
    /// not hold them all, the other files. The buttons stand under the last message.
    ///
    /// `parts` are the parts of the text, then the messages of the other files: those that are there already, and afterwards all that were
    /// posted, also where one could not be.
    async fn post_parts(
        &self,
        conversation: &Conversation,
        line: &AgentLine,
        speaker: &str,
        look_first: bool,
        parts: &mut Vec<DiscordMessageId>,
    ) -> Result<(), Undelivered> {
        let present = if look_first {
            self.discord.recent_messages(conversation.channel, 100, None).await.map_err(undelivered)?
        } else {
            Vec::new()
        };
        let posted = |nonce: &Nonce| {
            let found = present.iter().find(|message| message.nonce.as_deref() == Some(nonce.as_str()));
            found.map(|message| message.id)
        };
        let mut messages = line.messages_of_files().into_iter();
        let mut not_shown: Vec<_> =
            line.files.iter().filter(|file| !file.can_be_shown()).map(|file| (file, NotShown::of(file))).collect();
        // Files are fetched for one message at a time, and only for one that is not there: except that what could not be fetched is named in
        // the text, whose last parts may be missing.
        let first = match messages.next() {
            Some(files) if posted(&part_nonce(&line.message, 0, "")).is_none() => {
                self.fetch(conversation, &files, &mut not_shown).await?
            }
            _ => Fetched::default(),
        };
        let says = wording::of(&conversation.locale);
        let contents = split(&content_of(says, Some(speaker), line, &not_shown));
        let others: Vec<_> = messages.collect();
        let last = contents.len() - 1 + others.len();
        let texts = contents.len();
        let mut files = first.files;
        // Held until the files of the first message are on their way.
        let mut turn = first.turn;
        if !parts.is_empty() {
            files.clear();
            drop(turn.take());
        }
        for (number, content) in contents.into_iter().enumerate().skip(parts.len()) {
            let nonce = part_nonce(&line.message, number, "");
            if let Some(id) = posted(&nonce) {
                parts.push(id);
                continue;
            }
            let mut message = part_message(conversation, content, number == last);
            message.files = std::mem::take(&mut files);
            parts.push(self.discord.post(conversation.channel, &message, &nonce).await.map_err(undelivered)?);
            drop(turn.take());
        }
        for (number, wanted) in others.iter().enumerate().skip(parts.len().saturating_sub(texts)) {
            let nonce = files_nonce(&line.message, number);
            if let Some(id) = posted(&nonce) {
                parts.push(id);
                continue;
            }
            let mut missing = Vec::new();
            let fetched = self.fetch(conversation, wanted, &mut missing).await?;
            let mut message = part_message(conversation, lines_of(says, &missing).join("\n"), texts + number == last);
            message.files = fetched.files;
            parts.push(self.discord.post(conversation.channel, &message, &nonce).await.map_err(undelivered)?);
            not_shown.append(&mut missing);
        }
        self.tell_what_is_not_shown(conversation, line, &not_shown).await
    }

    /// The files of one message; the person sees that something comes. What cannot be fetched, or is larger than Twilio said, is noted in
    /// `not_shown`.
    async fn fetch<'a>(
        &self,
        conversation: &Conversation,
        wanted: &[&'a AgentFile],
        not_shown: &mut Vec<(&'a AgentFile, NotShown)>,
    ) -> Result<Fetched, Undelivered> {
        let fetching = self.fetch_now(conversation, wanted, not_shown);
        typing::during(&self.discord, conversation.channel, fetching).await
    }

    async fn fetch_now<'a>(
        &self,
        conversation: &Conversation,
        wanted: &[&'a AgentFile],
        not_shown: &mut Vec<(&'a AgentFile, NotShown)>,
    ) -> Result<Fetched, Undelivered> {
        let turn = self.turn.take().await?;
        let mut fetched = Fetched { files: Vec::new(), turn: Some(turn) };
        let Some(sid) = &conversation.sid else { return Ok(fetched) };
        let service = self.twilio.media_service(sid).await.context("find the files' service")?;
        for file in wanted {
            let (Some(service), Some(media)) = (&service, &file.media) else {
                not_shown.push((file, NotShown::Gone));
                continue;
            };
            match self.twilio.fetch_media(service, media, file.bytes_max()).await {
                // Discord takes no empty file.
                Ok(bytes) if bytes.is_empty() => not_shown.push((file, NotShown::Empty)),
                Ok(bytes) => fetched.files.push(OutgoingFile {
                    name: name_of(file),
                    content_type: file.content_type.clone(),
                    bytes,
                }),
                Err(MediaError::TooLarge { .. }) => not_shown.push((file, NotShown::TooLarge)),
                Err(error @ (MediaError::Gone | MediaError::Host)) => {
                    warn!(media.sid = %media, error = %error, "an agent's file cannot be fetched");
                    not_shown.push((file, NotShown::Gone));
                }
                Err(MediaError::Twilio(error)) => {
                    return Err(anyhow::Error::new(error).context("fetch an agent's file").into());
                }
            }
        }
        Ok(fetched)
    }

    /// Tells the agents which of their files the person does not see.
    async fn tell_what_is_not_shown(
        &self,
        conversation: &Conversation,
        line: &AgentLine,
        not_shown: &[(&AgentFile, NotShown)],
    ) -> Result<(), Undelivered> {
        if not_shown.is_empty() {
            return Ok(());
        }
        let files: Vec<_> = not_shown.iter().map(|(file, why)| (name_of(file), why.for_agents())).collect();
        let key = format!("not-shown-{}", line.message);
        // Said behind the showing, which may be repeated.
        let noted = said::note_once(&self.twilio, &self.store, conversation, &key, for_agents::not_shown(&files)).await;
        Ok(noted.context("tell the agents of their files")?)
    }

    /// Brings what shows a line to what it reads now. Its files stay where they hang: agents cannot change them.
    async fn edited(
        &self,
        conversation: Conversation,
        line: &AgentLine,
        date_updated: &str,
    ) -> Result<(), Undelivered> {
        let showing = self.store.showing(&line.message).await.context("find what shows the line")?;
        let Some(Showing::Done { parts, channel, edited_at, speaker }) = showing else {
            // The edit came first: what it says is what is shown, and the line itself will find it done.
            self.line(conversation, line).await?;
            let shown = self.store.showing(&line.message).await.context("find what shows the line now")?;
            if let Some(Showing::Done { parts, edited_at: None, .. }) = shown
                && !parts.is_empty()
            {
                // An older edit may be still on its way.
                self.store.record_edit(&line.message, &parts, date_updated).await.context("record the edit")?;
            }
            return Ok(());
        };
        if parts.is_empty() || edited_at.as_deref().is_some_and(|newest| !is_newer(date_updated, newest)) {
            return Ok(());
        }
        // The conversation may be held elsewhere by now.
        let channel = channel.unwrap_or(conversation.channel);
        let not_shown: Vec<_> =
            line.files.iter().filter(|file| !file.can_be_shown()).map(|file| (file, NotShown::of(file))).collect();
        let contents = split(&content_of(wording::of(&conversation.locale), speaker.as_deref(), line, &not_shown));
        // Behind the parts of the text stand the messages of files.
        let others = line.messages_of_files().len().saturating_sub(1).min(parts.len() - 1);
        let (texts, files) = parts.split_at(parts.len() - others);
        let last = contents.len() - 1;
        let mut present = Vec::with_capacity(contents.len() + files.len());
        for (number, content) in contents.into_iter().enumerate() {
            let is_last = number == last && files.is_empty();
            if let (true, Some(id)) = (content.is_empty(), texts.get(number)) {
                // Nothing but files, which stay as they are.
                present.push(*id);
                continue;
            }
            let message = part_message(&conversation, content, is_last);
            let id = match texts.get(number) {
                Some(id) => {
                    match self.discord.edit(channel, *id, &message).await {
                        // The person or a moderator removed it.
                        Ok(()) | Err(DiscordError::UnknownMessage) => *id,
                        Err(error) => return in_its_place(&conversation, channel, error),
                    }
                }
                None => {
                    let nonce = part_nonce(&line.message, number, date_updated);
                    match self.discord.post(channel, &message, &nonce).await {
                        Ok(id) => id,
                        Err(error) => return in_its_place(&conversation, channel, error),
                    }
                }
            };
            present.push(id);
        }
        for left_over in texts.iter().skip(present.len()) {
            if let Err(error) = self.discord.delete(channel, *left_over).await {
                return in_its_place(&conversation, channel, error);
            }
        }
        present.extend(files);
        self.store.record_edit(&line.message, &present, date_updated).await.context("record the edit")?;
        info!(message.sid = %line.message, "edited a line");
        Ok(())
    }

    async fn removed(
        &self,
        conversation: &Conversation,
        message: &MessageSid,
        index: Option<u32>,
        date_updated: &str,
    ) -> Result<(), Undelivered> {
        let showing = self.store.begin_showing(message, Timestamp::now()).await.context("find what shows the line")?;
        let (is_shown, parts, channel) = match showing {
            Showing::Done { parts, channel, .. } => (true, parts, channel),
            // The first parts of it, maybe.
            Showing::Unfinished { parts, channel, .. } => (false, parts, channel),
            Showing::New => (false, Vec::new(), None),
        };
        // The conversation may be held elsewhere by now.
        let channel = channel.unwrap_or(conversation.channel);
        for part in parts {
            if let Err(error) = self.discord.delete(channel, part).await {
                in_its_place(conversation, channel, error)?;
            }
        }
        if !is_shown {
            // It never will be.
            if let Some(index) = index {
                self.store.finish_showing(message, &[], conversation, index, None).await.context("settle the line")?;
            }
            return Ok(());
        }
        self.store.record_edit(message, &[], date_updated).await.context("record the removal")?;
        info!(message.sid = %message, "removed a line");
        Ok(())
    }

    /// Asks the virtual agent, shows its answer, and puts it into the conversation for the agents.
    async fn ask(&self, conversation: &Conversation, message: &MessageSid, question: &str) -> Result<(), Undelivered> {
        let claim = self.store.claim(ANSWER_CLAIM, message.as_str(), OWNER, Timestamp::now()).await;
        let repeated = match claim.context("claim the answer")? {
            Claim::New => false,
            Claim::Unfinished => true,
            Claim::Done => return Ok(()),
            Claim::Busy => return Err(anyhow::anyhow!("somebody else answers this").into()),
        };
        if !repeated && !conversation.stage.is_with_assistant() {
            // An agent was called meanwhile, and reads the question in the conversation.
            info!(message.sid = %message, "the question is for the agents now");
            self.store.finish_claim(ANSWER_CLAIM, message.as_str()).await.context("settle the question")?;
            return Ok(());
        }
        let claim = (ANSWER_CLAIM, message.as_str());
        let given = if repeated {
            self.store.kept_with_claim(claim.0, claim.1).await.context("find the answer that was given")?
        } else {
            None
        };
        let body = match given {
            Some(body) => body,
            None => match self.answer(conversation, message, question, repeated).await {
                Ok(body) => {
                    // What follows may fail for longer than Discord remembers the answer.
                    self.store.keep_with_claim(claim.0, claim.1, &body).await.context("keep the answer")?;
                    body
                }
                Err(Undelivered::Never(reason)) => {
                    // Asking again would not open their direct messages.
                    self.store.finish_claim(claim.0, claim.1).await.context("settle the question")?;
                    return Err(Undelivered::Never(reason));
                }
                Err(error) => return Err(error),
            },
        };
        let key = format!("answer-{message}");
        let said = said::say_once(&self.twilio, conversation, Voice::Assistant, &key, body, repeated).await;
        match said {
            Ok(Some(index)) => match self.store.finish_answer(claim, conversation, index).await {
                Err(store::StoreError::Conflict(_)) => self.store.finish_claim(claim.0, claim.1).await,
                other => other,
            }
            .context("settle the answer")?,
            // Closed meanwhile: nobody is left to read it there.
            Ok(None) | Err(TwilioError::ConversationClosed | TwilioError::NotFound) => {
                self.store.finish_claim(claim.0, claim.1).await.context("settle the answer")?;
            }
            Err(error) => return Err(anyhow::Error::new(error).context("put the answer into the conversation").into()),
        }
        self.waking.sign_of_life(conversation).await;
        Ok(())
    }

    /// Shows the virtual agent's answer; returns it as the agents read it.
    async fn answer(
        &self,
        conversation: &Conversation,
        message: &MessageSid,
        question: &str,
        repeated: bool,
    ) -> Result<String, Undelivered> {
        let thinking = self.engine.answer(question, &conversation.locale);
        let answer = typing::during(&self.discord, conversation.channel, thinking).await;
        let says = wording::of(&conversation.locale);
        let content = answering::for_discord(says, &answer);
        let shown = said::with_buttons(says, content, conversation.person, &Stage::WithAssistant);
        let nonce = Nonce::of(&[message.as_str(), "answer"]);
        let posted = once::post_again(&self.discord, conversation.channel, &shown, &nonce, repeated).await;
        posted.map_err(undelivered)?;
        let found = matches!(answer, knowledge::Answer::Found(_));
        info!(message.sid = %message, found, "answered a question");
        Ok(answering::for_agents(says, &answer))
    }

    /// Keeps conversation and case in step with the agents' side, and tells the person.
    async fn agents(
        &self,
        conversation: &Conversation,
        id: &str,
        task: Option<&TaskSid>,
        event: &AgentEvent,
    ) -> Result<(), Undelivered> {
        // TaskRouter tells most things by two events at once, and the end of a task ends the conversation unless it has been transferred
        // anew: the index may be a moment too old to know.
        let fresh = self.store.conversation(conversation.person).await.context("read it again")?;
        let conversation = fresh.as_ref().filter(|fresh| fresh.sid == conversation.sid).unwrap_or(conversation);
        let mut recorded = conversation.clone();
        let mut progress = Progress::default();
        if let AgentEvent::TaskCreated { interaction, interaction_channel, .. } = event {
            progress.interaction.clone_from(interaction);
            progress.interaction_channel.clone_from(interaction_channel);
            progress.studio_webhook = Some(None);
            recorded.interaction.clone_from(interaction);
            recorded.interaction_channel.clone_from(interaction_channel);
            if matches!(conversation.stage, Stage::Ending | Stage::Closed) {
                // The person ended the chat before there was a task to close.
                self.closing.close_at_twilio(&recorded).await?;
                return Ok(());
            }
        }
        let created = match event {
            AgentEvent::TaskCreated { task, .. } => Some(task),
            _ => None,
        };
        if let Some(task) = created.filter(|task| !conversation.former_tasks.contains(task))
            && let Err(error) = self.enriching.enrich(conversation, task).await
        {
            // The agents read it in the conversation too. Whoever waits does not wait for this.
            warn!(task.sid = %task, error = format!("{error:#}"), "a task was not added to");
        }
        let task = task.or(created);
        let mut step = conversation::next(conversation, task, event);
        if let (AgentEvent::Finished, Some(task)) = (event, task)
            && step.as_ref().is_some_and(|step| step.close_at_twilio)
            && let Some(invited) = self.invited_beside(conversation, task).await
        {
            // The agent has passed the chat on, and that is told behind the end.
            step = conversation::next(&conversation.clone().with_invited(invited), Some(task), event);
        }
        let Some(step) = step else {
            if let Some(task) =
                created.filter(|created| conversation.waiting_task().is_some_and(|(task, _)| task == *created))
            {
                self.tell_place(conversation, task).await;
            }
            return Ok(());
        };
        progress.task = step.task.clone().or_else(|| conversation.task.clone());
        progress.former_task.clone_from(&step.former_task);
        progress.other_tasks.clone_from(&step.other_tasks);
        progress.agent_identity.clone_from(&step.agent_identity);
        // What was said before was for the agents, whether one came or not.
        if matches!(event, AgentEvent::Left | AgentEvent::NobodyAvailable) {
            progress.agent_left_at = Some(Timestamp::now());
        }
        let id = occurrence(event, task, id);
        match &step.say {
            Some(Notice::Ended) => self.closing.say_ended(conversation, step.case.as_ref()).await?,
            Some(notice) => match self.say(conversation, notice, id).await {
                // Nobody reads it; conversation and case move on all the same.
                Ok(()) | Err(Undelivered::Never(_)) => {}
                Err(error) => return Err(error),
            },
            None => {}
        }
        if step.close_at_twilio {
            if matches!(event, AgentEvent::Closed) {
                self.closing.close_at_twilio(conversation).await?;
            } else if let Some(sid) = &conversation.sid {
                // Flex does that too when an agent completes; whoever completes a task by another way does not.
                self.twilio.close_conversation(sid).await.context("close the conversation at Twilio")?;
            }
        }
        if conversation.stage.is_with_assistant()
            && step.stage.is_with_agents()
            && let (Some(sid), Some(webhook)) = (&conversation.sid, &conversation.studio_webhook)
        {
            // An agent came although the transfer had been given up: one of the two answers, not both.
            self.twilio.delete_webhook(sid, webhook).await.context("take the Studio flow off")?;
            progress.studio_webhook = Some(None);
        }
        if step.back_to_assistant
            && let Some(sid) = &conversation.sid
        {
            match self.give_back(sid).await {
                Ok(webhook) => progress.studio_webhook = Some(Some(webhook)),
                // The agent completed at once: what is reported of the end comes next.
                Err(TwilioError::ConversationClosed | TwilioError::NotFound) => {}
                Err(error) => return Err(anyhow::Error::new(error).context("give the flow back").into()),
            }
        }
        self.closing
            .finish(conversation, &step.stage, &progress, step.case.as_ref())
            .await
            .context("save what the agents' side did")?;
        info!(from = conversation.stage.name(), to = step.stage.name(), "the conversation moved on");
        if step.stage == Stage::Waiting
            && (created.is_some() || step.task.is_some())
            && let Some(task) = &progress.task
        {
            self.tell_place(conversation, task).await;
        }
        Ok(())
    }

    /// The task of an agent who was invited, where TaskRouter knows of one that nothing was reported of. Where it does not answer the chat
    /// ends: that must not wait for what is rare.
    async fn invited_beside(&self, conversation: &Conversation, task: &TaskSid) -> Option<TaskSid> {
        let found = self.enriching.other_task(conversation, task).await;
        found.unwrap_or_else(|error| {
            warn!(task.sid = %task, error = format!("{error:#}"), "nobody knows of another task");
            None
        })
    }

    /// Tells the person how many are before them, where TaskRouter says so. The sweep tells it where this fails.
    async fn tell_place(&self, conversation: &Conversation, task: &TaskSid) {
        let told = async {
            let Some(place) = self.enriching.place(task).await? else { return anyhow::Ok(()) };
            let waiting = Conversation { stage: Stage::Waiting, task: Some(task.clone()), ..conversation.clone() };
            self.place(&waiting, task, place).await.map_err(anyhow::Error::new)
        };
        if let Err(error) = told.await {
            warn!(task.sid = %task, error = format!("{error:#}"), "the place in the queue was not told");
        }
    }

    /// Says a place in the queue, or brings the message that says it up to date.
    async fn place(&self, conversation: &Conversation, task: &TaskSid, place: u32) -> Result<(), Undelivered> {
        let known = match conversation.waiting_task() {
            Some((waiting, known)) if waiting == task => known,
            // An agent came meanwhile, or the person is gone.
            _ => return Ok(()),
        };
        let channel = conversation.channel;
        if known.is_some_and(|known| known.says(place, channel)) {
            return Ok(());
        }
        let says = wording::of(&conversation.locale);
        let message = said::with_buttons(says, says.queue_place(place), conversation.person, &Stage::Waiting);
        let told = match known.filter(|known| known.channel == channel).and_then(|known| known.message) {
            Some(known) => match self.discord.edit(channel, known, &message).await {
                // Who removed it does not want to know.
                Ok(()) | Err(DiscordError::UnknownMessage) => Ok(known),
                Err(error) => Err(undelivered(error)),
            },
            None => {
                let nonce = Nonce::of(&[&conversation.unique_name(), "place", task.as_str(), &channel.to_string()]);
                self.discord.post(channel, &message, &nonce).await.map_err(undelivered)
            }
        };
        let message = match told {
            Ok(message) => Some(message),
            // Nobody reads it there, and the next minute would find the same.
            Err(Undelivered::Never(_)) => None,
            Err(error) => return Err(error),
        };
        let known = QueuePlace { task: task.clone(), channel, message, place };
        match self.store.set_queue_place(conversation, &known).await {
            Ok(()) | Err(store::StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(anyhow::Error::new(error).context("remember the place in the queue").into()),
        }
    }

    /// The Studio flow hears the person again. One webhook, also when this runs twice.
    async fn give_back(&self, sid: &ConversationSid) -> Result<WebhookSid, TwilioError> {
        let present = self.twilio.list_webhooks(sid).await?;
        match present.into_iter().find(|hook| hook.configuration.flow_sid.as_ref() == Some(&self.flow)) {
            Some(hook) => Ok(hook.sid),
            None => Ok(self.twilio.create_studio_webhook(sid, &self.flow).await?.sid),
        }
    }

    /// Warns the person that the chat is going to end, unless they were warned, or something was said, since that was found. What was said
    /// is remembered behind it: a chat that ends was warned of.
    async fn warn_of_silence(
        &self,
        conversation: &Conversation,
        warned_at: Timestamp,
        ends_at: Timestamp,
    ) -> Result<(), Undelivered> {
        let current = self.store.conversation(conversation.person).await.context("load the conversation")?;
        let Some(current) = current.filter(|current| current.generation == conversation.generation) else {
            return Ok(());
        };
        let is_due = silence::counts(&current.stage)
            && current.warned_of_silence().is_none()
            && current.quiet_since() < warned_at
            // It came late, and says a time that is over or nearly so: the sweep finds the silence again.
            && Timestamp::now().duration_since(warned_at) < ends_at.duration_since(warned_at) / 2;
        if !is_due {
            info!(conversation.sid = current.sid.as_ref().map(tracing::field::display), "a warning of silence is void");
            return Ok(());
        }
        match self.say(&current, &Notice::SilenceWarning { warned_at, ends_at }, "").await {
            // Nobody reads it, now or later.
            Ok(()) | Err(Undelivered::Never(_)) => {}
            Err(error) => return Err(error),
        }
        match self.store.warned_of_silence(&current, warned_at).await {
            Ok(()) => info!("warned of the silence"),
            // Something has happened, so nothing ends.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(anyhow::Error::new(error).context("remember the warning").into()),
        }
        Ok(())
    }

    /// Says something to the person, once per conversation, notice and `id`.
    async fn say(&self, conversation: &Conversation, notice: &Notice, id: &str) -> Result<(), Undelivered> {
        let stage = match notice {
            Notice::CaseOpened { .. } | Notice::AgentCalled { .. } | Notice::PassedOn { .. } => &Stage::Waiting,
            Notice::NobodyAvailable { .. } | Notice::OutsideHours { .. } => &Stage::WithAssistant,
            Notice::AgentLeft { .. } => &Stage::AgentLeft,
            Notice::Ended => &Stage::Closed,
            _ => &conversation.stage,
        };
        let says = wording::of(&conversation.locale);
        let message = said::with_buttons(says, sentence(says, &self.naming, notice), conversation.person, stage);
        let nonce = Nonce::of(&[&conversation.unique_name(), &notice.key(), id]);
        let said = once::post_once(&self.store, &self.discord, conversation.channel, &message, &nonce).await?;
        said.map_err(undelivered)
    }
}

/// A line as the conversation's list shows it.
pub fn agent_line(message: &MessageResource) -> AgentLine {
    AgentLine {
        message: message.sid.clone(),
        index: message.index,
        author: Some(message.author.clone()).filter(|author| !author.is_empty()),
        body: message.body.clone(),
        files: message.media.iter().map(Media::to_agent_file).collect(),
    }
}

/// Whether a line of the conversation's list is not for the person.
pub fn is_echo(message: &MessageResource) -> bool {
    echo::is_echo(&message.author, message.bridge_mark().as_deref())
}

/// Whether one edit is newer than another. Webhooks tell milliseconds, the list of messages whole seconds.
fn is_newer(one: &str, other: &str) -> bool {
    match (one.parse::<Timestamp>(), other.parse::<Timestamp>()) {
        (Ok(one), Ok(other)) => one > other,
        _ => one > other,
    }
}

/// What stands under a line's text for files that the person does not see, each on a line of its own.
fn lines_of(says: &Wording, not_shown: &[(&AgentFile, NotShown)]) -> Vec<String> {
    let line = |(file, why): &(&AgentFile, NotShown)| {
        let name = escape_markdown(&name_of(file));
        match why {
            NotShown::TooLarge => says.agent_file_too_large(&name),
            NotShown::Gone | NotShown::Empty => says.agent_file_gone(&name),
        }
    };
    not_shown.iter().map(line).collect()
}

/// Who says it, a line's text, and its files that are not shown. Lines from before there were names have no speaker, and are empty where
/// there are only files that are shown.
fn content_of(says: &Wording, speaker: Option<&str>, line: &AgentLine, not_shown: &[(&AgentFile, NotShown)]) -> String {
    let mut pieces = Vec::new();
    if !line.body.trim().is_empty() {
        pieces.push(escape_markdown(&line.body));
    }
    pieces.extend(lines_of(says, not_shown));
    if pieces.is_empty() && line.files.is_empty() {
        // Neither text nor file: the sender's attachment failed on its way.
        pieces.push(says.notice(&Notice::Unsupported));
    }
    let content = pieces.join("\n");
    match speaker {
        None => content,
        Some(speaker) => format!("**{}:** {content}", escape_markdown(speaker)).trim_end().to_owned(),
    }
}

/// Why the person does not see a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NotShown {
    /// Discord does not take it.
    TooLarge,
    /// It could not be fetched.
    Gone,
    /// Nothing is in it, which Discord does not take.
    Empty,
}

impl NotShown {
    /// Of a file that cannot be shown, as far as Twilio tells of it.
    const fn of(file: &AgentFile) -> Self {
        if file.media.is_none() { Self::Gone } else { Self::TooLarge }
    }

    const fn for_agents(self) -> &'static str {
        match self {
            Self::TooLarge => for_agents::FILE_TOO_LARGE_FOR_DISCORD,
            Self::Gone => for_agents::FILE_GONE,
            Self::Empty => for_agents::FILE_EMPTY,
        }
    }
}

/// A message's files, and the turn that holds others back while these are in memory.
#[derive(Default)]
struct Fetched {
    files: Vec<OutgoingFile>,
    turn: Option<OwnedSemaphorePermit>,
}

/// A file's name as the person sees it. One without a name is named after its type.
fn name_of(file: &AgentFile) -> String {
    if file.name != file.content_type {
        return safe_name(&file.name);
    }
    let subtype = file.content_type.split_once('/').map_or("", |(_, subtype)| subtype);
    let ending: String = subtype.chars().take_while(char::is_ascii_alphanumeric).collect();
    match ending.as_str() {
        "" => "file".to_owned(),
        "plain" => "file.txt".to_owned(),
        "quicktime" => "file.mov".to_owned(),
        ending => format!("file.{ending}"),
    }
}

/// What tells one occurrence from another, where several events tell of one: an agent leaves a task once, and nobody takes it once.
fn occurrence<'a>(event: &AgentEvent, task: Option<&'a TaskSid>, id: &'a str) -> &'a str {
    match event {
        AgentEvent::Left | AgentEvent::Finished | AgentEvent::NobodyAvailable => task.map_or(id, TaskSid::as_str),
        _ => id,
    }
}

/// A notice as Discord shows it: names as the deployer wants them, and as they were typed.
fn sentence(says: &Wording, naming: &Naming, notice: &Notice) -> String {
    let shown = |name: &str| escape_markdown(&naming.shown(name));
    match notice {
        Notice::AgentJoined { name } => says.notice(&Notice::AgentJoined { name: shown(name) }),
        Notice::AgentLeft { name } => says.notice(&Notice::AgentLeft { name: shown(name) }),
        Notice::AgentGone { name } => says.notice(&Notice::AgentGone { name: shown(name) }),
        Notice::PassedOn { name } => says.notice(&Notice::PassedOn { name: shown(name) }),
        other => says.notice(other),
    }
}

fn part_message(conversation: &Conversation, content: String, is_last: bool) -> OutgoingMessage {
    if is_last {
        said::with_buttons(wording::of(&conversation.locale), content, conversation.person, &conversation.stage)
    } else {
        OutgoingMessage::text(content)
    }
}

/// Of a message with files, which has one edition: agents cannot change them.
fn files_nonce(message: &MessageSid, number: usize) -> Nonce {
    Nonce::of(&[message.as_str(), "files", &number.to_string(), ""])
}

fn part_nonce(message: &MessageSid, number: usize, edition: &str) -> Nonce {
    Nonce::of(&[message.as_str(), &number.to_string(), edition])
}

fn undelivered(error: DiscordError) -> Undelivered {
    match error {
        DiscordError::RateLimited { retry_after, .. } => Undelivered::Wait(retry_after),
        DiscordError::CannotDm { .. } => Undelivered::Never(for_agents::DMS_CLOSED),
        DiscordError::UnknownChannel => Undelivered::Never(for_agents::CHANNEL_GONE),
        DiscordError::Refused { .. } => Undelivered::Never(for_agents::REFUSED),
        error => Undelivered::Failed(anyhow::Error::new(error).context("call Discord")),
    }
}

/// What became of a message in `channel`: where the conversation is held elsewhere by now, and that one is gone or closed, nobody reads it.
fn in_its_place(conversation: &Conversation, channel: ChannelId, error: DiscordError) -> Result<(), Undelivered> {
    match undelivered(error) {
        Undelivered::Never(_) if channel != conversation.channel => Ok(()),
        error => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use discord::message::CONTENT_LENGTH_MAX;

    use super::*;

    #[test]
    fn an_edit_found_by_the_sweep_is_not_newer_than_itself() {
        let check = |one: &str, other: &str, newer: bool| assert_eq!(is_newer(one, other), newer, "{one} {other}");
        check("2026-11-21T10:00:30.305Z", "2026-11-21T10:00:29.900Z", true);
        check("2026-11-21T10:00:30Z", "2026-11-21T10:00:30.305Z", false);
        check("2026-11-21T10:00:30.500Z", "2026-11-21T10:00:30Z", true);
        check("2026-11-21T10:00:30Z", "2026-11-21T10:00:30.000Z", false);
    }

    fn line(body: &str, files: &[(&str, u64)]) -> AgentLine {
        let file = |(name, size): &(&str, u64)| AgentFile {
            media: format!("ME{}", "0".repeat(32)).parse().ok(),
            name: (*name).to_owned(),
            content_type: "image/png".to_owned(),
            size: *size,
        };
        AgentLine {
            message: format!("IM{}", "0".repeat(32)).parse().unwrap(),
            index: 0,
            author: None,
            body: body.to_owned(),
            files: files.iter().map(file).collect(),
        }
    }

    /// What is shown as text where none of the files is.
    fn content(body: &str, files: &[&str]) -> String {
        let files: Vec<_> = files.iter().map(|name| (*name, u64::MAX)).collect();
        let line = line(body, &files);
        let not_shown: Vec<_> = line.files.iter().map(|file| (file, NotShown::of(file))).collect();
        content_of(wording::of("en-US"), None, &line, &not_shown)
    }

    #[test]
    fn a_line_is_shown_as_it_was_typed_with_the_files_that_are_not_shown_named_below() {
        assert_eq!(content("hi", &[]), "hi");
        assert_eq!(content("  hi\n", &[]), "  hi\n");
        assert_eq!(content("a *b* <@1> _c_", &[]), r"a \*b\* \<@1> \_c\_");
        assert_eq!(
            content("\u{1f98a} \u{5e9} https://example.com/a_b", &[]),
            "\u{1f98a} \u{5e9} https://example.com/a_b"
        );
        assert_eq!(content("see", &["a.png"]), "see\n[file: a.png (too large to be shown here)]");
        let two = content("", &["a.png", "../b_*c*.pdf"]);
        assert_eq!(two.lines().count(), 2);
        assert!(two.contains("a.png") && two.contains(r" b\_\_c\_.pdf"), "{two}");
    }

    #[test]
    fn a_line_of_files_that_are_shown_has_no_text() {
        let line = line("", &[("a.png", 7)]);
        assert_eq!(content_of(wording::of("en-US"), None, &line, &[]), "");
        assert_eq!(content_of(wording::of("en-US"), Some("Alex"), &line, &[]), "**Alex:**");
    }

    #[test]
    fn a_line_says_whose_it_is_and_a_long_one_once() {
        let says = wording::of("en-US");
        assert_eq!(content_of(says, Some("A*x"), &line("hi", &[]), &[]), r"**A\*x:** hi");
        let parts = split(&content_of(says, Some("Alex"), &line(&"word ".repeat(900), &[]), &[]));
        assert_eq!(parts.len(), 3);
        assert!(parts[0].contains("**Alex:** word") && parts[1..].iter().all(|part| !part.contains("Alex")));
    }

    #[test]
    fn a_file_without_a_name_is_named_after_its_type() {
        let check = |content_type: &str, expected: &str| {
            let file = AgentFile {
                media: None,
                name: content_type.to_owned(),
                content_type: content_type.to_owned(),
                size: 1,
            };
            assert_eq!(name_of(&file), expected, "{content_type}");
        };
        check("image/png", "file.png");
        check("text/plain; charset=utf-8", "file.txt");
        check("video/quicktime", "file.mov");
        check("image/svg+xml", "file.svg");
        check("", "file");
        check("../..", "file");
    }

    #[test]
    fn a_line_without_anything_in_it_is_still_something() {
        for body in ["", " ", "\n\u{2003}\t"] {
            assert_eq!(content(body, &[]), wording::of("en-US").unsupported());
        }
    }

    #[test]
    fn whatever_was_said_fits_into_parts_of_which_none_is_empty() {
        let long = ["x", "*", "\u{1f98a}", "a b\n", "\u{5e9} "].map(|piece| piece.repeat(32 * 1024 / piece.len()));
        for body in long.iter().map(String::as_str).chain(["", "."]) {
            let parts = split(&content(body, &["a.png"]));
            assert!(!parts.is_empty());
            for part in parts {
                assert!(!part.trim().is_empty() && part.chars().count() <= CONTENT_LENGTH_MAX);
            }
        }
    }

    #[test]
    fn events_that_tell_of_the_same_are_one_occurrence() {
        let task: TaskSid = format!("WT{}", "0".repeat(32)).parse().unwrap();
        let check = |event: AgentEvent, expected: &str| {
            assert_eq!(occurrence(&event, Some(&task), "EV1"), expected, "{event:?}");
            assert_eq!(occurrence(&event, None, "EV1"), "EV1", "{event:?}");
        };
        check(AgentEvent::Left, task.as_str());
        check(AgentEvent::NobodyAvailable, task.as_str());
        check(AgentEvent::Finished, task.as_str());
        check(AgentEvent::Joined { name: "Alex".to_owned(), worker: None, identity: None }, "EV1");
    }

    #[test]
    fn only_the_last_part_carries_the_buttons() {
        let person = PersonId::new(7).unwrap();
        let channel = domain::ids::ChannelId::new(9).unwrap();
        let conversation = Conversation::new(person, 1, Stage::Waiting, channel, Timestamp::UNIX_EPOCH);
        assert!(part_message(&conversation, "a".to_owned(), false).buttons.is_empty());
        let last = part_message(&conversation, "b".to_owned(), true);
        assert_eq!(
            (last.content.as_str(), last.buttons),
            ("b", said::buttons(wording::of("en-US"), person, &Stage::Waiting))
        );
    }

    #[test]
    fn each_part_of_each_edition_has_a_nonce_of_its_own() {
        let message = |number: u32| -> MessageSid { format!("IM{number:032x}").parse().unwrap() };
        let nonces = [
            part_nonce(&message(1), 0, ""),
            part_nonce(&message(1), 1, ""),
            part_nonce(&message(1), 0, "2025-06-15T00:00:00Z"),
            part_nonce(&message(2), 0, ""),
            files_nonce(&message(1), 0),
            files_nonce(&message(1), 1),
        ];
        for (number, nonce) in nonces.iter().enumerate() {
            assert!(nonces.iter().skip(number + 1).all(|other| other != nonce));
        }
        assert_eq!(part_nonce(&message(1), 0, ""), nonces[0], "the same one again");
    }
}
