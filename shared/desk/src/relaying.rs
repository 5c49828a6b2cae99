//! Takes the person's lines into their conversation at Twilio, in order, each once, with their files; and what they edit, as a note.

use std::collections::VecDeque;

use anyhow::Context;
use discord::client::DiscordError;
use discord::message::{Nonce, OutgoingMessage};
use domain::conversation::{Conversation, Stage, Way};
use domain::ids::{AttachmentId, ChannelId, ConversationSid};
use domain::line::{self, LeftOut, Line, LineFile, Said, Wish, cut_words};
use domain::silence;
use domain::text::{Notice, for_agents};
use jiff::Timestamp;
use queues::Queue;
use store::{Claim, Store};
use tracing::{info, warn};
use twilio::TwilioError;
use twilio::client::NewMessage;

use crate::closing::{Closing, EndedBy};
use crate::delivering;
use crate::files::{self, PassingOn};
use crate::opening::{OpenError, Opening};
use crate::said::{self, LinePart, Voice};
use crate::{Verdict, back_off};

/// How often a line is tried before it is set aside, about an hour and a half with the back-off. Below the queue's `maxReceiveCount`.
pub const ATTEMPTS_MAX: u32 = 28;

/// How often a file is tried, about a minute with the back-off: the person's next lines wait behind it. So is what only shows.
const FILE_ATTEMPTS_MAX: u32 = 6;

/// How many of the newest messages of a thread are looked through for a line that may be there.
const LOOK_BACK: u16 = 100;

/// Most lines behind the last one shown that are looked at before a silent chat is ended.
const LINES_MAX: usize = 100;

/// Who claims lines: the queue delivers a line to one consumer at a time, so a repetition is always the successor of a dead one.
const OWNER: &str = "inbox";
const PLATFORM: &str = "discord";

/// Relays lines.
#[derive(Clone)]
pub struct Relaying {
    /// The table.
    pub store: Store,
    /// Opens conversations.
    pub opening: Opening,
    /// Ends them.
    pub closing: Closing,
    /// Takes files to Twilio.
    pub files: PassingOn,
    /// Where lines go that cannot be relayed.
    pub dead_letters: Queue,
}

impl Relaying {
    /// Relays one entry of the inbox. `attempt` counts its deliveries, from 1.
    pub async fn relay(&self, line: &Line, attempt: u32) -> Verdict {
        match self.try_relay(line, attempt).await {
            Ok(()) => Verdict::Done,
            Err(OpenError::DmsClosed) => {
                // Nobody could be told the answer, nor that this failed.
                info!(line.id = %line.id, "the person does not accept direct messages");
                Verdict::SetAside("the person does not accept direct messages")
            }
            Err(OpenError::Refused(error)) => {
                tracing::error!(line.id = %line.id, error = format!("{error:#}"), "a line can never be relayed");
                self.tell_that_it_is_lost(line).await;
                Verdict::SetAside("Twilio refuses the line")
            }
            Err(OpenError::Failed(error)) if attempt >= ATTEMPTS_MAX => {
                tracing::error!(line.id = %line.id, error = format!("{error:#}"), "a line was tried too often");
                self.tell_that_it_is_lost(line).await;
                Verdict::SetAside("tried too often")
            }
            Err(OpenError::Failed(error)) => {
                warn!(line.id = %line.id, attempt, error = format!("{error:#}"), "a line was not relayed, it comes again");
                Verdict::Later(back_off(attempt))
            }
        }
    }

    async fn try_relay(&self, line: &Line, attempt: u32) -> Result<(), OpenError> {
        let claim = self.store.claim(PLATFORM, &line.id, OWNER, Timestamp::now()).await.context("claim the line")?;
        let repeated = match claim {
            Claim::New => false,
            Claim::Unfinished => true,
            Claim::Done => return self.again(line).await,
            Claim::Busy => return Err(anyhow::anyhow!("somebody else claims this line").into()),
        };
        match &line.wish {
            Wish::Say(said) => self.say(line, said, repeated, attempt).await,
            Wish::End { generation } => self.end(line, *generation, repeated).await,
            Wish::EndSilent { generation, warned_at } => self.end_silent(line, *generation, *warned_at, repeated).await,
        }
    }

    async fn say(&self, line: &Line, said: &Said, repeated: bool, attempt: u32) -> Result<(), OpenError> {
        let mut conversation = self.store.conversation(line.asker.person).await.context("load the conversation")?;
        let mut there = Vec::new();
        if repeated && let Some(current) = &conversation {
            // The create may have worked although nobody heard so, and the conversation may have closed since.
            there = said::find_line(&self.opening.twilio, current, &line.id).await.context("look for the line")?;
        }
        let mut work = Work::new(said, &there);
        if work.left.is_empty()
            && work.left_out.is_empty()
            && let Some(current) = &conversation
        {
            self.show_in_the_thread(line, said, current, repeated, attempt).await?;
            return self.settle(line, said, current, &work.indexes).await;
        }
        // One that Twilio has closed gets a successor; the second time round it is new, so a third is not needed.
        for _ in 0..2 {
            let current = match conversation.take() {
                Some(current) if current.stage.is_open() => current,
                _ => self.opening.open(&line.asker, &line.id).await?,
            };
            let Some(conversation_sid) = &current.sid else {
                return Err(anyhow::anyhow!("an open conversation has no SID").into());
            };
            let posted = match self.post(line, said, conversation_sid, &mut work, attempt).await {
                Ok(()) => self.tell_what_is_left_out(line, &current, &mut work, repeated, attempt).await,
                Err(error) => Err(error),
            };
            match posted {
                Ok(()) => {
                    info!(conversation.sid = %conversation_sid, line.id = %line.id, files = said.files.len(), "relayed a line");
                    self.show_in_the_thread(line, said, &current, repeated, attempt).await?;
                    return self.settle(line, said, &current, &work.indexes).await;
                }
                Err(Unposted::Closed) => {
                    info!(conversation.sid = %conversation_sid, "the conversation is closed at Twilio; a successor is opened");
                    work.indexes.clear();
                    self.closing.was_closed(&current).await?;
                }
                Err(Unposted::Other(error)) => return Err(error),
            }
        }
        Err(anyhow::anyhow!("the successor was closed at once").into())
    }

    /// Posts what is left of a line, in order: its text, then each file. What cannot be passed on is noted.
    async fn post<'a>(
        &self,
        line: &Line,
        said: &'a Said,
        conversation: &ConversationSid,
        work: &mut Work<'a>,
        attempt: u32,
    ) -> Result<(), Unposted> {
        let mut service = None;
        while let Some(part) = work.left.front().copied() {
            let (body, media, attributes) = match part {
                Part::Text => (cut_words(&said.text).to_owned(), None, said::person_attributes(&line.id)),
                Part::File(file) => {
                    let service = match &service {
                        Some(service) => service,
                        None => {
                            let found = self.opening.twilio.media_service(conversation).await.map_err(unposted)?;
                            service.insert(found.ok_or(Unposted::Closed)?)
                        }
                    };
                    let passed = self.files.pass(service, file, said.origin).await;
                    let media = match passed {
                        Ok(Ok(media)) => media,
                        Ok(Err(why)) => {
                            work.leave_out(file, why);
                            continue;
                        }
                        Err(error) if attempt >= FILE_ATTEMPTS_MAX => {
                            warn!(line.id = %line.id, error = format!("{error:#}"), "a file was tried too often");
                            work.leave_out(file, LeftOut::Gone);
                            continue;
                        }
                        Err(error) => return Err(Unposted::Other(error.into())),
                    };
                    // Twilio keeps no name that is sent along, so it is what stands beside the file.
                    let name = discord::files::safe_name(&file.name);
                    (name, Some(media), said::file_attributes(&line.id, file.id, work.heard))
                }
            };
            let author = line.asker.person.identity();
            // The flow hears of a line once.
            let message = NewMessage { author, body, media, attributes, webhook_enabled: !work.heard };
            match self.opening.twilio.create_message(conversation, &message).await {
                Ok(created) => {
                    work.indexes.push(created.index);
                    work.heard = true;
                    work.left.pop_front();
                }
                Err(error) => match (unposted(error), part) {
                    (Unposted::Other(OpenError::Refused(error)), Part::File(file)) => {
                        warn!(line.id = %line.id, error = format!("{error:#}"), "Twilio refuses a message with a file");
                        work.leave_out(file, LeftOut::Refused);
                    }
                    (unposted, _) => return Err(unposted),
                },
            }
        }
        Ok(())
    }

    /// Tells both sides which files are not passed on. The agents' note stands behind the line.
    async fn tell_what_is_left_out(
        &self,
        line: &Line,
        conversation: &Conversation,
        work: &mut Work<'_>,
        repeated: bool,
        attempt: u32,
    ) -> Result<(), Unposted> {
        if work.left_out.is_empty() {
            return Ok(());
        }
        let key = format!("left-out-{}", line.id);
        let note = files::told_to_the_agents(&work.left_out);
        let said = said::say_once(&self.opening.twilio, conversation, Voice::System, &key, note, repeated).await;
        work.indexes.extend(said.map_err(unposted)?);
        let says = wording::of(&line.asker.locale);
        let content = domain::split::split(&files::told_to_the_person(says, &work.left_out)).swap_remove(0);
        let message = said::with_buttons(says, content, line.asker.person, &conversation.stage);
        let nonce = Nonce::of(&[&line.id, "left-out"]);
        match self.opening.discord.post(conversation.channel, &message, &nonce).await {
            Ok(_) => Ok(()),
            Err(error @ (DiscordError::RateLimited { .. } | DiscordError::Unavailable { .. }))
                if attempt < FILE_ATTEMPTS_MAX =>
            {
                Err(Unposted::Other(anyhow::Error::new(error).context("tell the person of their files").into()))
            }
            Err(error) => {
                // The line itself has arrived; for one whose direct messages are closed there is no other way.
                warn!(line.id = %line.id, error = %error, "a person could not be told of their files");
                Ok(())
            }
        }
    }

    /// In direct messages the answer to a form or command stays as the person's line. In a thread others may be, so the answer is the
    /// person's alone, and the line is shown where their chat is. It has been relayed, so where it cannot be shown it goes on without.
    async fn show_in_the_thread(
        &self,
        line: &Line,
        said: &Said,
        conversation: &Conversation,
        repeated: bool,
        attempt: u32,
    ) -> Result<(), OpenError> {
        if conversation.way != Way::Thread || said.origin.is_some() {
            return Ok(());
        }
        let discord = &self.opening.discord;
        let nonce = Nonce::of(&[&line.id, "own"]);
        // Who died may have died long ago, and Discord remembers a nonce for some minutes only.
        if repeated
            && let Ok(present) = discord.recent_messages(conversation.channel, LOOK_BACK, None).await
            && present.iter().any(|message| message.nonce.as_deref() == Some(nonce.as_str()))
        {
            return Ok(());
        }
        let shown = OutgoingMessage::text(said::own_line(wording::of(&line.asker.locale), said));
        match discord.post(conversation.channel, &shown, &nonce).await {
            Ok(_) => Ok(()),
            Err(error @ (DiscordError::RateLimited { .. } | DiscordError::Unavailable { .. }))
                if attempt < FILE_ATTEMPTS_MAX =>
            {
                Err(anyhow::Error::new(error).context("show the line in the thread").into())
            }
            Err(error) => {
                warn!(line.id = %line.id, error = %error, "a person's line is not shown in their thread");
                Ok(())
            }
        }
    }

    async fn settle(
        &self,
        line: &Line,
        said: &Said,
        conversation: &Conversation,
        indexes: &[u32],
    ) -> Result<(), OpenError> {
        if let Some(edited_at) = &said.edited_at {
            // What was relayed is this edition, so that nobody need be told of it.
            let edition = line::edition(&line.id, edited_at);
            self.store.claim(PLATFORM, &edition, OWNER, Timestamp::now()).await.context("claim the edition")?;
            self.store.finish_claim(PLATFORM, &edition).await.context("settle the edition")?;
        }
        self.finish(&line.id, conversation, indexes).await?;
        self.opening.waking.sign_of_life(conversation).await;
        Ok(())
    }

    async fn finish(&self, claim: &str, conversation: &Conversation, indexes: &[u32]) -> Result<(), OpenError> {
        if !indexes.is_empty() {
            match self.store.finish_own_line((PLATFORM, claim), conversation, indexes).await {
                // The conversation has a successor already, which counts its own lines.
                Err(store::StoreError::Conflict(_)) => {}
                other => return Ok(other.context("settle the line")?),
            }
        }
        Ok(self.store.finish_claim(PLATFORM, claim).await.context("settle the line")?)
    }

    /// A line that was relayed before. Where its message was edited since, the agents get a note with the new text, once per edit.
    async fn again(&self, line: &Line) -> Result<(), OpenError> {
        let Wish::Say(Said { text, edited_at: Some(edited_at), .. }) = &line.wish else { return Ok(()) };
        let edition = line::edition(&line.id, edited_at);
        let claim = self.store.claim(PLATFORM, &edition, OWNER, Timestamp::now()).await.context("claim the edition")?;
        let repeated = match claim {
            Claim::New => false,
            Claim::Unfinished => true,
            Claim::Done => return Ok(()),
            Claim::Busy => return Err(anyhow::anyhow!("somebody else claims this edition").into()),
        };
        let conversation = self.store.conversation(line.asker.person).await.context("load the conversation")?;
        if let Some(current) = conversation.filter(|current| current.stage.is_open()) {
            let key = said::edit_key(&edition);
            let note = for_agents::edited(cut_words(text));
            match said::say_once(&self.opening.twilio, &current, Voice::System, &key, note, repeated).await {
                Ok(index) => {
                    info!(line.id = %line.id, "told the agents of an edit");
                    return self.finish(&edition, &current, index.as_slice()).await;
                }
                Err(TwilioError::ConversationClosed | TwilioError::NotFound) => {}
                Err(error) => return Err(anyhow::Error::new(error).context("tell of an edit").into()),
            }
        }
        // Nobody reads it any more, and an edit alone begins no new chat.
        info!(line.id = %line.id, "an edit comes after the end of its chat");
        self.tell(line, wording::of(&line.asker.locale).edit_too_late(), &edition).await;
        Ok(self.store.finish_claim(PLATFORM, &edition).await.context("settle the edition")?)
    }

    async fn end(&self, line: &Line, generation: Option<u32>, repeated: bool) -> Result<(), OpenError> {
        let conversation = self.store.conversation(line.asker.person).await.context("load the conversation")?;
        // The next chat may have begun by the time this comes again.
        let meant = |conversation: &Conversation| {
            conversation.stage.is_open() && generation.is_none_or(|meant| meant == conversation.generation)
        };
        if let Some(conversation) = conversation.filter(meant) {
            self.closing.end(&conversation, EndedBy::Person, repeated).await?;
        }
        self.store.finish_claim(PLATFORM, &line.id).await.context("settle the wish")?;
        Ok(())
    }

    /// Ends a chat in which nobody has said anything since the warning. All that the person said before stands in front of this in the
    /// inbox; an agent may have said something that is still on its way.
    async fn end_silent(
        &self,
        line: &Line,
        generation: u32,
        warned_at: Timestamp,
        repeated: bool,
    ) -> Result<(), OpenError> {
        let conversation = self.store.conversation(line.asker.person).await.context("load the conversation")?;
        if let Some(conversation) = conversation.filter(|conversation| conversation.generation == generation) {
            let begun = repeated && conversation.stage == Stage::Ending;
            if begun || self.is_still_silent(&conversation, warned_at).await? {
                self.closing.end(&conversation, EndedBy::Silence, repeated).await?;
                info!(line.id = %line.id, "ended a chat in which nobody says anything");
            } else {
                info!(line.id = %line.id, "a chat that was to be ended goes on");
            }
        }
        self.store.finish_claim(PLATFORM, &line.id).await.context("settle the wish")?;
        Ok(())
    }

    async fn is_still_silent(&self, conversation: &Conversation, warned_at: Timestamp) -> Result<bool, OpenError> {
        if !silence::counts(&conversation.stage) || conversation.warned_of_silence() != Some(warned_at) {
            return Ok(false);
        }
        let Some(sid) = &conversation.sid else { return Ok(false) };
        let newest = self.opening.twilio.list_messages_desc(sid, conversation.shown_index, LINES_MAX).await;
        let newest = match newest {
            Ok(newest) => newest,
            // Gone with all that was said in it.
            Err(TwilioError::NotFound) => Vec::new(),
            Err(error) => return Err(anyhow::Error::new(error).context("look for the newest lines").into()),
        };
        Ok(newest.iter().all(|line| delivering::is_echo(line) || conversation.is_settled(line.index)))
    }

    /// Best effort: the line itself is kept in the dead-letter queue.
    async fn tell_that_it_is_lost(&self, line: &Line) {
        if matches!(line.wish, Wish::EndSilent { .. }) {
            return; // They have said nothing that could be lost.
        }
        let notice = Notice::LineLost;
        self.tell(line, wording::of(&line.asker.locale).notice(&notice), &notice.key()).await;
    }

    /// Where the person reads what becomes of a line: where it came from, in the thread of their chat, or in direct messages.
    async fn channel_to_tell(&self, line: &Line) -> Option<ChannelId> {
        if line.asker.channel.is_some() {
            return line.asker.channel;
        }
        let last = self.store.conversation(line.asker.person).await.ok().flatten();
        match last.filter(|last| last.way == Way::Thread) {
            Some(last) => Some(last.channel),
            None => self.opening.discord.open_dm(line.asker.person).await.ok(),
        }
    }

    /// Says something to the person whose chat is over or cannot be told from one that is. Best effort.
    async fn tell(&self, line: &Line, sentence: String, key: &str) {
        let Some(channel) = self.channel_to_tell(line).await else { return };
        let says = wording::of(&line.asker.locale);
        let message = said::with_buttons(says, sentence, line.asker.person, &Stage::Closed);
        let nonce = Nonce::of(&[&line.id, key]);
        if let Err(error) = self.opening.discord.post(channel, &message, &nonce).await {
            warn!(line.id = %line.id, error = format!("{error:#}"), "the person could not be told what became of a line");
        }
    }
}

/// A piece of a line that becomes one message at Twilio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Text,
    File(&'a LineFile),
}

/// How far a line is relayed.
#[derive(Debug, PartialEq, Eq)]
struct Work<'a> {
    /// What is still to be posted, in order.
    left: VecDeque<Part<'a>>,
    /// What cannot be.
    left_out: Vec<(&'a LineFile, LeftOut)>,
    /// Places of what is posted.
    indexes: Vec<u32>,
    /// Whether the flow has heard of the line.
    heard: bool,
}

impl<'a> Work<'a> {
    /// Of a line of which these parts are posted already.
    fn new(said: &'a Said, there: &[LinePart]) -> Self {
        let is_there = |file: Option<AttachmentId>| there.iter().any(|part| part.file == file);
        let mut work = Self {
            left: VecDeque::new(),
            left_out: Vec::new(),
            indexes: there.iter().map(|part| part.index).collect(),
            heard: !there.is_empty(),
        };
        if !said.text.is_empty() && !is_there(None) {
            work.left.push_back(Part::Text);
        }
        for (file, admitted) in said.admitted() {
            match admitted {
                Err(why) => work.left_out.push((file, why)),
                Ok(()) if is_there(Some(file.id)) => {}
                Ok(()) => work.left.push_back(Part::File(file)),
            }
        }
        work
    }

    /// The first of what is left is a file that cannot be passed on.
    fn leave_out(&mut self, file: &'a LineFile, why: LeftOut) {
        self.left.pop_front();
        self.left_out.push((file, why));
    }
}

/// Why a line was not posted.
enum Unposted {
    /// The conversation is closed: what is left belongs in a successor.
    Closed,
    Other(OpenError),
}

fn unposted(error: TwilioError) -> Unposted {
    match error {
        TwilioError::ConversationClosed | TwilioError::NotFound => Unposted::Closed,
        error if error.is_transient() || matches!(error, TwilioError::InvalidCredentials) => {
            Unposted::Other(anyhow::Error::new(error).context("post the line").into())
        }
        error => Unposted::Other(OpenError::Refused(anyhow::Error::new(error).context("post the line"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(id: u64, size: u64) -> LineFile {
        let id = AttachmentId::new(id).unwrap();
        LineFile { id, name: "a.png".to_owned(), content_type: None, size, url: String::new() }
    }

    #[test]
    fn a_repetition_goes_on_where_it_stopped() {
        let said = Said { files: vec![file(1, 7), file(2, 0), file(3, 7)], ..Said::text("see") };
        let fresh = Work::new(&said, &[]);
        assert_eq!(fresh.left, [Part::Text, Part::File(&said.files[0]), Part::File(&said.files[2])]);
        assert_eq!(fresh.left_out, [(&said.files[1], LeftOut::Empty)]);
        assert!(!fresh.heard && fresh.indexes.is_empty());
        let there = |file: Option<u64>, index| LinePart { file: file.and_then(AttachmentId::new), index };
        let half = Work::new(&said, &[there(Some(1), 5), there(None, 4)]);
        assert_eq!(half.left, [Part::File(&said.files[2])]);
        assert_eq!((half.indexes, half.heard), (vec![5, 4], true));
        let whole = Work::new(&said, &[there(Some(3), 6), there(Some(1), 5), there(None, 4)]);
        assert!(whole.left.is_empty());
    }

    #[test]
    fn a_line_of_files_has_no_empty_text() {
        let said = Said { files: vec![file(1, 7)], ..Said::default() };
        assert_eq!(Work::new(&said, &[]).left, [Part::File(&said.files[0])]);
    }
}
