//! Keeps in step with a case what hangs on it: the words by which it is found, its card, its reporter, and its end.
//!
//! Everything here may be done twice, and is done again until it worked: the case itself remembers up to which version its news was told.

use anyhow::Context;
use discord::client::DiscordError;
use discord::message::{Button, ButtonStyle, Nonce, OutgoingMessage, escape_markdown};
use discord::routes::{CustomId, REPLY};
use domain::agents::Naming;
use domain::case::{Author, Case, Event, Field, Kind, REOPENING, Status};
use domain::conversation::{Conversation, Way};
use domain::ids::{CaseNumber, ChannelId, PersonId};
use jiff::{SignedDuration, Timestamp};
use queues::Queue;
use store::{Claim, Store};
use tracing::{info, warn};
use twilio::TwilioError;

use crate::boards::{Boards, Posted, link};
use crate::continuing::Continuing;
use crate::{Verdict, back_off, said};

/// How often news is tried before it is set aside, about an hour and a half with the back-off. Below the queue's `maxReceiveCount`.
pub const ATTEMPTS_MAX: u32 = 28;

/// A report is posted by the function that files it, with its files, unless that has not happened after this many seconds: AWS repeats
/// an event that failed after one minute and once more after two.
const POSTING_GRACE_SECONDS: i64 = 300;

/// The claim that is done when a report was filed that cannot be posted.
const POSTING: &str = "posting";

/// Most words of a title by which a double is found.
const TITLE_WORDS_MAX: usize = 12;

/// Most cases of one sweep; the rest is due at the next.
const SWEEP_MAX: i32 = 100;

/// When the sweep nudges again for news that it has nudged for, in seconds.
const SWEEP_AGAIN_SECONDS: i64 = 120;

/// Tells the news of cases.
#[derive(Clone)]
pub struct CaseNews {
    /// The table.
    pub store: Store,
    /// Discord.
    pub discord: discord::client::Client,
    /// The boards.
    pub boards: Boards,
    /// How long a closed case is kept, from `CASE_RETENTION_DAYS`; `None` is for good.
    pub retention: Option<SignedDuration>,
    /// How agents are called towards the person.
    pub naming: Naming,
    /// Lets a chat's case go on that somebody has opened again, or that waits for the person.
    pub continuing: Continuing,
}

impl CaseNews {
    /// Tells the news of a case. `attempt` counts the deliveries of the queue's message, from 1.
    pub async fn tell(&self, number: CaseNumber, attempt: u32) -> Verdict {
        match self.try_to_tell(number).await {
            Ok(None) => Verdict::Done,
            Ok(Some(wait)) => Verdict::Later(wait),
            Err(error) if attempt >= ATTEMPTS_MAX => {
                tracing::error!(case.number = %number, error = format!("{error:#}"), "the news of a case was tried too often");
                Verdict::SetAside("tried too often")
            }
            Err(error) => {
                warn!(case.number = %number, attempt, error = format!("{error:#}"), "the news of a case was not told, it comes again");
                Verdict::Later(match error.downcast_ref() {
                    Some(DiscordError::RateLimited { retry_after, .. }) => *retry_after,
                    _ => back_off(attempt),
                })
            }
        }
    }

    /// Tells it; a time says when to come again.
    async fn try_to_tell(&self, number: CaseNumber) -> anyhow::Result<Option<std::time::Duration>> {
        let Some(case) = self.store.case(number).await.context("load the case")? else { return Ok(None) };
        let told = self.store.told_version(number).await.context("load what was told")?;
        self.index(&case).await?;
        if let Some(assignee) = &case.assignee {
            self.store.remember_assignee(case.server, assignee).await.context("remember the assignee")?;
        }
        let mut events = self.store.case_events(number).await.context("load the history")?;
        let renamed = events.iter().flat_map(|event| &event.changes).any(|change| change.field == Field::Title);
        events.retain(|event| event.version > told);
        let (case, is_fresh) = match self.posted(case).await? {
            Ok(posted) => posted,
            Err(wait) => return Ok(Some(wait)),
        };
        // People first: a card may have to wait for minutes until Discord takes its new name.
        for event in &events {
            if self.tell_reporter(&case, event).await? {
                // Discord forgets a nonce in a few minutes, and nobody is told twice.
                let so_far = Case { version: event.version, ..case.clone() };
                self.store.news_told(&so_far, None).await.context("remember who was told")?;
            }
        }
        if let Some(post) = case.board.filter(|_| !is_fresh) {
            self.boards.refresh(&case, &post, renamed).await?;
        }
        self.store.news_told(&case, expiry(&case, self.retention)).await.context("remember what was told")?;
        info!(case.number = %number, case.version = case.version, "told the news of a case");
        Ok(None)
    }

    async fn index(&self, case: &Case) -> anyhow::Result<()> {
        let answers = case.answers.iter().map(|answer| answer.answer.as_str());
        let texts: Vec<_> = [case.title.as_str(), &case.text, &case.reporter_name].into_iter().chain(answers).collect();
        let words = knowledge::terms(&texts.join("\n"));
        let is_open_report = case.kind != Kind::Support && !case.status.is_done();
        let mut title: Vec<_> = knowledge::terms(&case.title).into_iter().filter(|_| is_open_report).collect();
        title.sort_by_key(|word| std::cmp::Reverse(word.len()));
        title.truncate(TITLE_WORDS_MAX);
        let title = title.into_iter().collect();
        self.store.index_case(case, &words, &title).await.context("index the case")
    }

    /// Posts the case's card if there is none; the flag says that the card shows the case as it is. An error is a wait: whoever files
    /// it is still at it.
    async fn posted(&self, mut case: Case) -> anyhow::Result<Result<(Case, bool), std::time::Duration>> {
        if case.kind == Kind::Support {
            return Ok(Ok((case, true)));
        }
        if case.board.is_some() {
            // Whoever filed it has posted it like this.
            let is_fresh = case.version == 1 && case.votes == 0;
            return Ok(Ok((case, is_fresh)));
        }
        let age = Timestamp::now().as_second() - case.created_at.as_second();
        // One that was filed by hand came from no channel, and nobody else posts it.
        if case.channel.is_some() && age < POSTING_GRACE_SECONDS {
            let (id, owner) = (case.number.to_string(), "news");
            let filing = self.store.claim(POSTING, &id, owner, Timestamp::now()).await;
            if filing.context("look whether it is being posted")? == Claim::Done {
                // It was tried, and there is no place for it.
                return Ok(Ok((case, true)));
            }
            let left = u64::try_from(POSTING_GRACE_SECONDS - age).unwrap_or_default();
            return Ok(Err(std::time::Duration::from_secs(left.clamp(1, 60))));
        }
        if let Posted::Yes(post, files) = self.boards.publish(&case, &[], true).await? {
            let kept = if case.files.is_empty() { files } else { Vec::new() };
            self.store.record_board(case.number, Some(&post), &kept).await.context("remember the post")?;
            case.board = Some(post);
        }
        // It may have stood there from an earlier try.
        Ok(Ok((case, false)))
    }

    /// Tells the reporter what concerns them of an event; whether there was anything.
    async fn tell_reporter(&self, case: &Case, event: &Event) -> anyhow::Result<bool> {
        let (Some(status), Some(person)) = (event.told_to_reporter(case.kind), case.reporter) else {
            return Ok(false);
        };
        if waits_for_reporter(case.kind, status) && !case.status.is_done() {
            // Before they are told, so that their answer finds it.
            match self.continuing.go_on(person, case.number).await {
                Ok(_) => {}
                // It waits for the next chat at least, and the reporter is told all the same.
                Err(error) if error.downcast_ref::<TwilioError>().is_some_and(|error| !error.is_transient()) => {
                    warn!(case.number = %case.number, error = format!("{error:#}"), "the agents are not told that a case goes on");
                }
                Err(error) => return Err(error.context("let the case go on")),
            }
        }
        let message = notice(&self.naming, case, event, status, person);
        let nonce = Nonce::of(&["case", &case.number.to_string(), &event.version.to_string()]);
        let last = self.store.conversation(person).await.context("load the conversation")?;
        if let Some(last) = last.as_ref().filter(|last| last.way == Way::Thread && may_be_told_in(case, last)) {
            match self.discord.post(last.channel, &message, &nonce).await {
                Ok(_) => return Ok(true),
                // Deleted, locked, or closed to us.
                Err(
                    error @ (DiscordError::UnknownChannel
                    | DiscordError::CannotDm { .. }
                    | DiscordError::Refused { .. }),
                ) => info!(case.number = %case.number, error = %error, "the thread of the last chat is out of reach"),
                Err(error) => return Err(anyhow::Error::new(error).context("tell the reporter in their thread")),
            }
        }
        let sent = match self.dm_channel(person, last.as_ref()).await {
            Ok(channel) => self.discord.post(channel, &message, &nonce).await.map(|_| ()),
            Err(error) => Err(error),
        };
        match sent {
            Ok(()) => {}
            Err(DiscordError::CannotDm { .. } | DiscordError::UnknownChannel) => {
                self.tell_in_thread(case, person, message, &nonce).await?;
            }
            Err(error @ DiscordError::Refused { .. }) => {
                warn!(case.number = %case.number, error = %error, "Discord refuses to tell the reporter");
            }
            Err(error) => return Err(anyhow::Error::new(error).context("tell the reporter")),
        }
        Ok(true)
    }

    async fn dm_channel(&self, person: PersonId, last: Option<&Conversation>) -> Result<ChannelId, DiscordError> {
        match last.filter(|last| last.way == Way::DirectMessages) {
            Some(last) => Ok(last.channel),
            None => self.discord.open_dm(person).await,
        }
    }

    /// The person takes no direct messages: the thread of the report is where they may look.
    async fn tell_in_thread(
        &self,
        case: &Case,
        person: PersonId,
        message: OutgoingMessage,
        nonce: &Nonce,
    ) -> anyhow::Result<()> {
        let Some(post) = &case.board else {
            info!(case.number = %case.number, "the reporter cannot be told: no direct messages, no thread");
            return Ok(());
        };
        let says = wording::of(&case.locale);
        let content = format!("{}\n{}", says.in_thread(&format!("<@{person}>")), message.content);
        let message = OutgoingMessage { content, ..message };
        match self.discord.post(post.thread, &message, nonce).await {
            Ok(_) => Ok(()),
            Err(
                error @ (DiscordError::UnknownChannel | DiscordError::Refused { .. } | DiscordError::CannotDm { .. }),
            ) => {
                warn!(case.number = %case.number, error = %error, "the reporter cannot be told in the thread either");
                Ok(())
            }
            Err(error) => Err(anyhow::Error::new(error).context("tell the reporter in the thread")),
        }
    }
}

/// Remembers that whoever filed a report could not post it, so that its news need not wait for that.
///
/// # Errors
/// Where the table does not answer.
pub async fn is_without_post(store: &Store, number: CaseNumber) -> anyhow::Result<()> {
    let id = number.to_string();
    store.claim(POSTING, &id, "reporting", Timestamp::now()).await.context("say that there is no post")?;
    store.finish_claim(POSTING, &id).await.context("say that there is no post")
}

/// Looks for news that was not told, and for cases at the end of their time.
#[derive(Clone)]
pub struct CaseSweeping {
    /// The table.
    pub store: Store,
    /// Where it is said that there is news.
    pub news: Queue,
    /// How long a closed case is kept, from `CASE_RETENTION_DAYS`; `None` is for good.
    pub retention: Option<SignedDuration>,
}

impl CaseSweeping {
    /// Removes a case that is not to be kept any longer, with all that leads to it.
    async fn expire(&self, number: CaseNumber, now: Timestamp) -> anyhow::Result<()> {
        let Some(case) = self.store.case(number).await.context("load the case")? else { return Ok(()) };
        let end = expiry(&case, self.retention);
        if end.is_none_or(|end| end > now) {
            // It was opened again, or is to be kept longer by now.
            return self.store.news_told(&case, end).await.context("keep the case");
        }
        self.store.remove_case(&case).await.context("remove the case")?;
        info!(case.number = %number, "removed a case at the end of its time");
        Ok(())
    }

    /// Nudges for news that was not told, and removes what is over.
    pub async fn sweep(&self, now: Timestamp) -> anyhow::Result<()> {
        for number in self.store.cases_with_news(now, SWEEP_MAX).await.context("find untold news")? {
            self.news
                .send_case_news(number, &format!("swept {}", now.as_second()))
                .await
                .context("queue untold news")?;
            let again =
                Timestamp::from_second(now.as_second() + SWEEP_AGAIN_SECONDS).context("compute the next sweep")?;
            self.store.news_again_at(number, again).await.context("plan the next sweep")?;
        }
        for number in self.store.cases_to_expire(now, SWEEP_MAX).await.context("find cases to remove")? {
            if let Err(error) = self.expire(number, now).await {
                warn!(case.number = %number, error = format!("{error:#}"), "a case could not be removed");
            }
        }
        Ok(())
    }
}

/// Whether a status asks the reporter of a chat's case to go on with it.
fn waits_for_reporter(kind: Kind, status: Status) -> bool {
    kind == Kind::Support && matches!(status, Status::Reopened | Status::WaitingForPerson)
}

/// Whether news of a case may be told in the thread of a chat: whoever reads there has to be somebody who may know of the case.
fn may_be_told_in(case: &Case, chat: &Conversation) -> bool {
    let is_its_own = chat.sid.as_ref().is_some_and(|sid| case.conversations.contains(sid));
    is_its_own || (chat.server.is_some() && chat.server == case.server)
}

/// Until when a case is kept; `None` is for good, or as long as it is not closed.
fn expiry(case: &Case, retention: Option<SignedDuration>) -> Option<Timestamp> {
    let keep = retention.filter(|_| case.status == Status::Closed)?;
    case.done_at.unwrap_or(case.updated_at).checked_add(keep).ok()
}

/// What the reporter is told, in their language.
fn notice(naming: &Naming, case: &Case, event: &Event, status: Status, person: PersonId) -> OutgoingMessage {
    let says = wording::of(&case.locale);
    let number = case.number;
    let title = escape_markdown(&says.case_title(case.kind, &case.title, &case.reporter_name));
    let days = u32::try_from(REOPENING.as_hours() / 24).unwrap_or_default();
    let mut content = match status {
        Status::New | Status::Open => {
            let by = case.assignee.as_ref().map(|assignee| {
                // Moderators are known on the server by their name.
                let is_moderator = assignee.key.starts_with("discord:");
                escape_markdown(&if is_moderator { assignee.name.clone() } else { naming.shown(&assignee.name) })
            });
            says.status_open(number, &title, by.as_deref())
        }
        Status::WaitingForPerson => says.status_waiting_for_person(number, &title),
        Status::WaitingForUs => says.status_waiting_for_us(number, &title),
        Status::Resolved => says.status_resolved(number, &title, days),
        Status::Closed => says.status_closed(number, &title),
        Status::Reopened => says.status_reopened(number, &title),
    };
    // The desk's own reasons are words for the history, not for a person.
    let by_somebody = matches!(event.author, Author::Agent(_) | Author::Moderator { .. })
        && !domain::text_case::card::REASONS.contains(&event.reason.as_str());
    if by_somebody && case.kind != Kind::Support && !event.reason.trim().is_empty() {
        content.push('\n');
        content.push_str(&says.reason(&escape_markdown(&event.reason)));
    }
    if let Some(link) = link(case) {
        content.push('\n');
        content.push_str(&says.board_link(&format!("<{link}>")));
    }
    let reply = waits_for_reporter(case.kind, status)
        .then(|| Button::custom(says.reply(), ButtonStyle::Primary, CustomId::new(REPLY, person)));
    let reopen = (status == Status::Resolved).then(|| said::reopen(says, person, number));
    OutgoingMessage::text(content).with_buttons(reply.into_iter().chain(reopen))
}
