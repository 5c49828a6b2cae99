//! A conversation between one person and the desk: its stages, and what an event makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use jiff::Timestamp;

use crate::case::{Assignee, Author, Change, Status};
use crate::ids::{
    CaseNumber, ChannelId, ConversationSid, DiscordMessageId, GuildId, InteractionChannelSid, InteractionSid, PersonId,
    TaskSid, WebhookSid, WorkerSid,
};
use crate::language::Language;
use crate::text::Notice;

/// Where a conversation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Somebody is building it at Twilio.
    Opening {
        /// The line or interaction that does it; a repetition of the same one goes on where it stopped.
        by: String,
        /// Since when. After [`OPENING_LEASE_SECONDS`] another one may take over.
        since: Timestamp,
    },
    /// The virtual agent answers.
    WithAssistant,
    /// A transfer to the agents has begun; there is no task yet.
    Transferring {
        /// The interaction or Studio execution that does it; a repetition of the same one goes on where it stopped.
        by: String,
        /// Since when.
        since: Timestamp,
    },
    /// A task waits in Flex for an agent.
    Waiting,
    /// An agent is in the chat.
    WithAgent {
        /// The agent's name as the person reads it.
        name: String,
    },
    /// The agent has finished, and Flex has not closed the conversation yet: the virtual agent answers, and an agent can be called again.
    AgentLeft,
    /// The person ends it: nobody is called any more, and what Twilio reports of the end is no news.
    Ending,
    /// Over. The next line opens a successor.
    Closed,
}

/// How long an opening that has not been finished keeps others away, in seconds. Longer than any function's time limit.
pub const OPENING_LEASE_SECONDS: i64 = 60;

impl Stage {
    /// The stage's name in the table and in logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Opening { .. } => "opening",
            Self::WithAssistant => "assistant",
            Self::Transferring { .. } => "transferring",
            Self::Waiting => "waiting",
            Self::WithAgent { .. } => "agent",
            Self::AgentLeft => "agent_left",
            Self::Ending => "ending",
            Self::Closed => "closed",
        }
    }

    /// Whether a line can be posted into the conversation now.
    pub const fn is_open(&self) -> bool {
        !matches!(self, Self::Opening { .. } | Self::Closed)
    }

    /// Whether the conversation is in the agents' hands, or on its way there.
    pub const fn is_with_agents(&self) -> bool {
        matches!(self, Self::Transferring { .. } | Self::Waiting | Self::WithAgent { .. })
    }

    /// Whether the virtual agent answers.
    pub const fn is_with_assistant(&self) -> bool {
        matches!(self, Self::WithAssistant | Self::AgentLeft)
    }
}

/// One conversation. A person has at most one that is not closed; `generation` counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Whose it is.
    pub person: PersonId,
    /// The how-manieth of this person, from 1. Part of the `UniqueName` at Twilio.
    pub generation: u32,
    /// Where it stands.
    pub stage: Stage,
    /// The conversation at Twilio, once it exists.
    pub sid: Option<ConversationSid>,
    /// The channel on Discord that it is held in.
    pub channel: ChannelId,
    /// What kind of channel that is.
    pub way: Way,
    /// The server it was begun from, where it was begun in one.
    pub server: Option<GuildId>,
    /// The person's name as Discord shows it.
    pub display_name: String,
    /// The person's avatar as Discord names it: a hash that becomes an address with their ID.
    pub avatar: Option<String>,
    /// The person's language, a Discord locale such as `en-US`.
    pub locale: String,
    /// The webhook that starts the Studio flow; taken off when agents take over.
    pub studio_webhook: Option<WebhookSid>,
    /// The case of the transfer.
    pub case: Option<CaseNumber>,
    /// The Flex interaction, once there is one.
    pub interaction: Option<InteractionSid>,
    /// The Flex interaction's channel, needed to close it.
    pub interaction_channel: Option<InteractionChannelSid>,
    /// The task in TaskRouter: the one that runs, or the last one. Of several, that of the agent who joined last.
    pub task: Option<TaskSid>,
    /// The tasks that run beside it, with the agent who is in the chat for each; nobody is where the task waits. An agent who passes the
    /// chat on, or asks a colleague in, makes one.
    pub other_tasks: OtherTasks,
    /// Tasks of earlier transfers: what is reported of them is no news.
    pub former_tasks: BTreeSet<TaskSid>,
    /// The identity that the agent in the chat writes with, where it is known.
    pub agent_identity: Option<String>,
    /// What the person was told of their place in the queue.
    pub queue_place: Option<QueuePlace>,
    /// When the last agent left, or none was available: what was said before was said to the agents.
    pub agent_left_at: Option<Timestamp>,
    /// All lines up to this `Index` are settled: shown to the person, or known not to be for them.
    pub shown_index: Option<u32>,
    /// `Index` of lines above `shown_index` that we posted ourselves, so that they are no gaps.
    pub own_indexes: BTreeSet<u32>,
    /// When a line went either way last: how quick the reader of the direct messages has to be.
    pub lively_at: Option<Timestamp>,
    /// When its stage was last written: an agent has come or gone, or is no longer waited for.
    pub moved_at: Option<Timestamp>,
    /// When the person was told that the chat ends unless somebody says something.
    pub silence_warned_at: Option<Timestamp>,
    /// The earlier conversation that this one goes on with: its case was opened again.
    pub continues: Option<ConversationSid>,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// Tasks, each with the agent who is in the chat for it.
pub type OtherTasks = BTreeMap<TaskSid, Option<OtherAgent>>;

/// An agent who is in the chat beside the one who joined last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherAgent {
    /// Their name as the person reads it.
    pub name: String,
    /// The identity that they write with, where it is known.
    pub identity: Option<String>,
}

/// What the person reads of their place in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePlace {
    /// The task that waits.
    pub task: TaskSid,
    /// The channel that they were told in.
    pub channel: ChannelId,
    /// The message that says it; none where it could not be posted there.
    pub message: Option<DiscordMessageId>,
    /// What it says, counted from 1.
    pub place: u32,
}

impl QueuePlace {
    /// Whether it says this, in this channel.
    pub fn says(&self, place: u32, channel: ChannelId) -> bool {
        self.place == place && self.channel == channel
    }
}

/// Where on Discord a conversation is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Way {
    /// In the person's direct messages with the bot.
    #[default]
    DirectMessages,
    /// In a private thread of a server, for a person who accepts no direct messages.
    Thread,
}

impl Way {
    /// The way's name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DirectMessages => "direct_messages",
            Self::Thread => "thread",
        }
    }

    /// The way with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::DirectMessages, Self::Thread].into_iter().find(|way| way.name() == name)
    }
}

/// The channel that a conversation is held in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The channel, or the thread.
    pub channel: ChannelId,
    /// What kind of channel it is.
    pub way: Way,
    /// The server that a thread is in.
    pub server: Option<GuildId>,
}

impl Place {
    /// A person's direct messages with the bot.
    pub const fn direct_messages(channel: ChannelId) -> Self {
        Self { channel, way: Way::DirectMessages, server: None }
    }

    /// A private thread in a server.
    pub const fn thread(channel: ChannelId, server: GuildId) -> Self {
        Self { channel, way: Way::Thread, server: Some(server) }
    }
}

impl Conversation {
    /// The task that waits for an agent, and the place that the person knows of.
    pub fn waiting_task(&self) -> Option<(&TaskSid, Option<&QueuePlace>)> {
        let task = self.task.as_ref().filter(|_| self.stage == Stage::Waiting)?;
        Some((task, self.queue_place.as_ref().filter(|known| known.task == *task)))
    }

    /// The same conversation, in which a colleague was invited by this task.
    #[must_use]
    pub fn with_invited(mut self, task: TaskSid) -> Self {
        self.other_tasks.insert(task, None);
        self
    }

    /// Where it is held.
    pub fn place(&self) -> Place {
        Place { channel: self.channel, way: self.way, server: self.server.filter(|_| self.way == Way::Thread) }
    }

    /// Where its successor is held: where somebody comes from (`from`), or else where this one was held.
    pub fn place_of_successor(&self, from: Option<ChannelId>) -> Place {
        match from {
            Some(channel) if channel != self.channel => Place::direct_messages(channel),
            _ => self.place(),
        }
    }

    /// A conversation in direct messages of which nothing else is known yet.
    pub fn new(person: PersonId, generation: u32, stage: Stage, channel: ChannelId, opened_at: Timestamp) -> Self {
        Self {
            person,
            generation,
            stage,
            sid: None,
            channel,
            way: Way::DirectMessages,
            server: None,
            display_name: String::new(),
            avatar: None,
            locale: Language::English.locale().to_owned(),
            studio_webhook: None,
            case: None,
            interaction: None,
            interaction_channel: None,
            task: None,
            other_tasks: OtherTasks::new(),
            former_tasks: BTreeSet::new(),
            agent_identity: None,
            queue_place: None,
            agent_left_at: None,
            shown_index: None,
            own_indexes: BTreeSet::new(),
            lively_at: None,
            moved_at: None,
            silence_warned_at: None,
            continues: None,
            opened_at,
        }
    }

    /// The `UniqueName` at Twilio: a second create with the same one is refused, which makes opening atomic.
    pub fn unique_name(&self) -> String {
        format!("{}_{}", self.person.identity(), self.generation)
    }

    /// The first index below `index` that is not settled: a line whose webhook has not come (yet).
    pub fn first_gap_before(&self, index: u32) -> Option<u32> {
        let from = self.shown_index.map_or(0, |shown| shown.saturating_add(1));
        (from..index).find(|missing| !self.own_indexes.contains(missing))
    }

    /// Whether the line at `index` is settled already.
    pub fn is_settled(&self, index: u32) -> bool {
        self.shown_index.is_some_and(|shown| index <= shown) || self.own_indexes.contains(&index)
    }

    /// How far `shown_index` may move when `index` is settled now: over all own lines that follow it without a hole.
    ///
    /// `None` while a hole is left in front of it.
    pub fn settle(&self, index: u32) -> Option<u32> {
        if self.first_gap_before(index).is_some() {
            return None;
        }
        let mut settled = self.shown_index.map_or(index, |shown| shown.max(index));
        while let Some(next) = settled.checked_add(1).filter(|next| self.own_indexes.contains(next)) {
            settled = next;
        }
        Some(settled)
    }
}

/// What the contact centre reports about the agents' side of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentEvent {
    /// The task exists.
    TaskCreated {
        /// The task.
        task: TaskSid,
        /// The interaction it belongs to.
        interaction: Option<InteractionSid>,
        /// That interaction's channel.
        interaction_channel: Option<InteractionChannelSid>,
    },
    /// An agent accepted the task.
    Joined {
        /// The agent's name as the person may read it.
        name: String,
        /// Their worker in TaskRouter, where the event says it.
        worker: Option<WorkerSid>,
        /// The identity that they write with, where the event says it.
        identity: Option<String>,
    },
    /// The agent has finished and writes up.
    Left,
    /// Nobody took the task: it timed out or was cancelled.
    NobodyAvailable,
    /// The task was completed.
    Finished,
    /// The conversation was closed at Twilio.
    Closed,
}

/// What an event asks for. Performed in the order of the fields; every part of it may be done twice without harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What the person is told.
    pub say: Option<Notice>,
    /// What changes in the case.
    pub case: Option<Change>,
    /// Whether the conversation has to be closed at Twilio too.
    pub close_at_twilio: bool,
    /// Whether the Studio flow gets its webhook back.
    pub back_to_assistant: bool,
    /// The stage that follows.
    pub stage: Stage,
    /// The task that runs from now on, where it is another one.
    pub task: Option<TaskSid>,
    /// The task that is a former one from now on.
    pub former_task: Option<TaskSid>,
    /// The tasks that run beside it, where they change.
    pub other_tasks: Option<OtherTasks>,
    /// The identity that the agent of that task writes with, where that changes; empty where it is not known.
    pub agent_identity: Option<String>,
}

impl Step {
    fn to(stage: Stage) -> Self {
        Self {
            say: None,
            case: None,
            close_at_twilio: false,
            back_to_assistant: false,
            stage,
            task: None,
            former_task: None,
            other_tasks: None,
            agent_identity: None,
        }
    }
}

/// Whether something that is reported of `task` concerns the conversation as it is now.
///
/// A conversation that was transferred twice has had two tasks, and what is reported of the first may come late. A task that is not known
/// yet may be the transfer's, or the one that another agent was invited with.
fn concerns(conversation: &Conversation, task: Option<&TaskSid>, event: &AgentEvent) -> bool {
    let Some(task) = task else { return true };
    if conversation.former_tasks.contains(task) {
        return false;
    }
    match event {
        AgentEvent::TaskCreated { .. } | AgentEvent::Joined { .. } | AgentEvent::Closed => true,
        _ => {
            conversation.task.as_ref().is_none_or(|current| current == task)
                || conversation.other_tasks.contains_key(task)
        }
    }
}

/// What `event`, which happened to `task`, makes of `conversation`; `None` when there is nothing (more) to do.
///
/// TaskRouter's events of one second come in any order and may come twice, so each is judged by task and stage alone.
pub fn next(conversation: &Conversation, task: Option<&TaskSid>, event: &AgentEvent) -> Option<Step> {
    if !concerns(conversation, task, event) {
        return None;
    }
    if let Some(ControlFlow::Break(decided)) = task.map(|task| among_several(conversation, task, event)) {
        return decided;
    }
    let step = of_the_only_one(conversation, event)?;
    // What is reported of a task that was not the current one makes it that.
    match task.filter(|task| conversation.task.as_ref() != Some(task)) {
        Some(task) => Some(Step { task: Some(task.clone()), former_task: conversation.task.clone(), ..step }),
        None => Some(step),
    }
}

/// What becomes of a conversation that has, or gets, more than one task; goes on where that does not matter.
///
/// Flex makes a task for an agent who is invited, and completes the one of an agent who goes: the conversation goes on with the others, and
/// ends with the last.
fn among_several(conversation: &Conversation, task: &TaskSid, event: &AgentEvent) -> ControlFlow<Option<Step>> {
    let stage = &conversation.stage;
    let present = match stage {
        Stage::WithAgent { name } => {
            Some(OtherAgent { name: name.clone(), identity: conversation.agent_identity.clone() })
        }
        Stage::Waiting => None,
        // The invitation was told of behind the end.
        Stage::AgentLeft if *event == AgentEvent::Finished => None,
        _ => return ControlFlow::Continue(()),
    };
    let Some(current) = &conversation.task else { return ControlFlow::Continue(()) };
    let mut others = conversation.other_tasks.clone();
    let known = others.remove(task);
    if task != current {
        return ControlFlow::Break(match (event, known) {
            (AgentEvent::TaskCreated { .. }, Some(_)) | (AgentEvent::Joined { .. }, Some(Some(_))) => None,
            (AgentEvent::TaskCreated { .. }, None) => {
                others.insert(task.clone(), None);
                Some(Step { other_tasks: Some(others), ..Step::to(stage.clone()) })
            }
            (AgentEvent::Joined { name, worker, identity }, _) => {
                others.insert(current.clone(), present);
                let step = joined(name, worker.as_ref(), identity.as_deref());
                Some(Step { task: Some(task.clone()), other_tasks: Some(others), ..step })
            }
            (AgentEvent::Left | AgentEvent::NobodyAvailable | AgentEvent::Finished, Some(agent)) => Some(Step {
                say: agent.as_ref().map(|agent| Notice::AgentGone { name: agent.name.clone() }),
                case: agent.map(|agent| Change::note(Author::Agent(agent.name), "left the chat")),
                former_task: Some(task.clone()),
                other_tasks: Some(others),
                ..Step::to(stage.clone())
            }),
            _ => return ControlFlow::Continue(()),
        });
    }
    let is_over = match event {
        AgentEvent::Finished => true,
        AgentEvent::Left => present.is_some(),
        AgentEvent::NobodyAvailable => present.is_none(),
        _ => false,
    };
    // Who is there goes before who may come.
    let next = others.iter().max_by_key(|(_, agent)| agent.is_some()).filter(|_| is_over);
    let Some(next) = next.map(|(task, _)| task.clone()) else { return ControlFlow::Continue(()) };
    let agent = others.remove(&next).flatten();
    let gone = present.map(|gone| gone.name);
    ControlFlow::Break(Some(Step {
        say: gone.clone().map(|name| match agent {
            Some(_) => Notice::AgentGone { name },
            None => Notice::PassedOn { name },
        }),
        case: gone.map(|name| Change::note(Author::Agent(name), "left the chat")),
        task: Some(next),
        former_task: Some(task.clone()),
        other_tasks: Some(others),
        agent_identity: Some(agent.as_ref().and_then(|agent| agent.identity.clone()).unwrap_or_default()),
        ..Step::to(agent.map_or(Stage::Waiting, |agent| Stage::WithAgent { name: agent.name }))
    }))
}

/// Somebody has accepted a task.
fn joined(name: &str, worker: Option<&WorkerSid>, identity: Option<&str>) -> Step {
    let assignee = match worker {
        Some(worker) => Assignee::worker(worker, name),
        None => Assignee::named(name),
    };
    let accepted = Change::status(Status::Open, Author::Agent(name.to_owned()), "accepted the chat");
    Step {
        say: Some(Notice::AgentJoined { name: name.to_owned() }),
        case: Some(accepted.assigned_to(assignee)),
        // An empty one is nobody's, and takes the place of an earlier agent's.
        agent_identity: Some(identity.unwrap_or_default().to_owned()),
        ..Step::to(Stage::WithAgent { name: name.to_owned() })
    }
}

/// What `event` makes of a conversation of which no other task runs.
fn of_the_only_one(conversation: &Conversation, event: &AgentEvent) -> Option<Step> {
    use Stage::{AgentLeft, Closed, Ending, Opening, Transferring, Waiting, WithAgent, WithAssistant};
    let agent = |name: &str| Author::Agent(name.to_owned());
    match (event, &conversation.stage) {
        // The case has its line already.
        (AgentEvent::Finished | AgentEvent::Closed, Ending) => {
            Some(Step { say: Some(Notice::Ended), ..Step::to(Closed) })
        }
        (_, Ending | Closed | Opening { .. })
        | (AgentEvent::NobodyAvailable, WithAgent { .. } | AgentLeft | WithAssistant)
        | (AgentEvent::Finished, WithAssistant) => None,
        // The agent was quicker than this event, or the transfer has been given up already: only the SIDs are news.
        (AgentEvent::TaskCreated { task, .. }, stage) if conversation.task.as_ref() == Some(task) => {
            conversation.interaction_channel.is_none().then(|| Step::to(stage.clone()))
        }
        (AgentEvent::TaskCreated { .. }, Transferring { .. } | WithAssistant | AgentLeft) => Some(Step::to(Waiting)),
        (AgentEvent::TaskCreated { .. }, stage) => Some(Step::to(stage.clone())),
        (AgentEvent::Joined { name, .. }, WithAgent { name: present }) if name == present => None,
        (AgentEvent::Joined { name, worker, identity }, _) => Some(joined(name, worker.as_ref(), identity.as_deref())),
        (AgentEvent::Left, WithAgent { name }) => Some(Step {
            say: Some(Notice::AgentLeft { name: name.clone() }),
            case: Some(Change::note(agent(name), "left the chat")),
            back_to_assistant: true,
            ..Step::to(AgentLeft)
        }),
        (AgentEvent::Left, _) => None,
        (AgentEvent::NobodyAvailable, Transferring { .. } | Waiting) => Some(Step {
            say: Some(Notice::NobodyAvailable { case: conversation.case }),
            case: Some(Change::note(Author::Desk, "no agent was available")),
            back_to_assistant: true,
            ..Step::to(WithAssistant)
        }),
        (AgentEvent::Finished | AgentEvent::Closed, stage) => Some(Step {
            say: Some(Notice::Ended),
            case: Some(match stage {
                WithAgent { name } => Change::status(Status::Resolved, agent(name), "ended the chat"),
                AgentLeft => Change::status(Status::Resolved, Author::Desk, "the agent ended the chat"),
                _ => Change::note(Author::Desk, "the chat was closed"),
            }),
            // A task that nobody has taken yet would wait for somebody who is gone.
            close_at_twilio: matches!(event, AgentEvent::Finished)
                || matches!(stage, Transferring { .. } | Waiting)
                || conversation.other_tasks.values().any(Option::is_none),
            ..Step::to(Closed)
        }),
    }
}

/// Who may begin a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferClaim {
    /// This one does it.
    Go,
    /// It is done, or being done, by somebody else.
    AlreadyUnderWay,
    /// There is no conversation that could be transferred.
    NotOpen,
}

/// Whether `by` may transfer: one claim per conversation makes it one transfer, whichever way comes first.
pub fn may_transfer(stage: &Stage, by: &str) -> TransferClaim {
    match stage {
        Stage::WithAssistant | Stage::AgentLeft => TransferClaim::Go,
        // The same one again: it died half-way, or its answer got lost.
        Stage::Transferring { by: holder, .. } if holder == by => TransferClaim::Go,
        Stage::Transferring { .. } | Stage::Waiting | Stage::WithAgent { .. } => TransferClaim::AlreadyUnderWay,
        Stage::Opening { .. } | Stage::Ending | Stage::Closed => TransferClaim::NotOpen,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn conversation(stage: Stage) -> Conversation {
        let (person, channel) = (PersonId::new(7).unwrap(), ChannelId::new(9).unwrap());
        Conversation {
            sid: Some(format!("CH{}", "0".repeat(32)).parse().unwrap()),
            case: Some(CaseNumber(12)),
            ..Conversation::new(person, 1, stage, channel, Timestamp::UNIX_EPOCH)
        }
    }

    fn stages() -> Vec<Stage> {
        vec![
            Stage::Opening { by: "a".to_owned(), since: Timestamp::UNIX_EPOCH },
            Stage::WithAssistant,
            Stage::Transferring { by: "a".to_owned(), since: Timestamp::UNIX_EPOCH },
            Stage::Waiting,
            Stage::WithAgent { name: "Alex".to_owned() },
            Stage::AgentLeft,
            Stage::Ending,
            Stage::Closed,
        ]
    }

    fn events() -> Vec<AgentEvent> {
        vec![
            AgentEvent::TaskCreated {
                task: format!("WT{}", "0".repeat(32)).parse().unwrap(),
                interaction: None,
                interaction_channel: None,
            },
            AgentEvent::Joined { name: "Alex".to_owned(), worker: None, identity: None },
            AgentEvent::Left,
            AgentEvent::NobodyAvailable,
            AgentEvent::Finished,
            AgentEvent::Closed,
        ]
    }

    #[test]
    fn every_stage_and_event_has_its_answer() {
        let mut table = String::new();
        for stage in stages() {
            for event in events() {
                let step = next(&conversation(stage.clone()), None, &event);
                let event = format!("{event:?}");
                let event = event.split([' ', '{']).next().unwrap_or_default();
                let said = step.as_ref().map_or("-", |step| step.stage.name());
                let say = step.and_then(|step| step.say).map(|say| format!(", says {}", say.key())).unwrap_or_default();
                table += &format!("{} + {event} = {said}{say}\n", stage.name());
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn an_event_that_comes_twice_says_nothing_the_second_time() {
        for stage in stages() {
            for event in events() {
                let mut conversation = conversation(stage.clone());
                if let Some(step) = next(&conversation, None, &event) {
                    conversation.stage = step.stage;
                    let again = next(&conversation, None, &event);
                    assert!(again.is_none_or(|step| step.say.is_none()), "{stage:?} {event:?}");
                }
            }
        }
    }

    #[test]
    fn a_successor_is_held_where_the_person_is_or_where_the_last_one_was() {
        let (dm, thread, server) = (ChannelId::new(9).unwrap(), ChannelId::new(10).unwrap(), GuildId::new(5).unwrap());
        let in_dm = Conversation { server: Some(server), ..conversation(Stage::Closed) };
        assert_eq!(in_dm.place(), Place::direct_messages(dm), "the server it was begun from is not where it is");
        let in_thread = Conversation { channel: thread, way: Way::Thread, ..in_dm.clone() };
        assert_eq!(in_thread.place(), Place::thread(thread, server));
        for from in [None, Some(thread)] {
            assert_eq!(in_thread.place_of_successor(from), Place::thread(thread, server));
        }
        assert_eq!(in_thread.place_of_successor(Some(dm)), Place::direct_messages(dm));
        assert_eq!(in_dm.place_of_successor(None), Place::direct_messages(dm));
    }

    #[test]
    fn a_way_has_a_name_of_its_own() {
        for way in [Way::DirectMessages, Way::Thread] {
            assert_eq!(Way::from_name(way.name()), Some(way));
        }
        assert_eq!(Way::from_name("pigeon"), None);
    }

    fn task(number: u32) -> TaskSid {
        format!("WT{number:032x}").parse().unwrap()
    }

    /// What is reported of a task that was replaced changes nothing, in any stage.
    #[test]
    fn an_earlier_task_is_no_news() {
        for stage in stages() {
            for event in events() {
                let conversation = Conversation {
                    task: Some(task(1)),
                    former_tasks: BTreeSet::from([task(0)]),
                    ..conversation(stage.clone())
                };
                assert_eq!(next(&conversation, Some(&task(0)), &event), None, "{stage:?} {event:?}");
                let current = next(&conversation, Some(&task(1)), &event);
                let is_new = matches!(event, AgentEvent::TaskCreated { .. });
                assert!(is_new || current == next(&conversation, None, &event), "{stage:?} {event:?}");
            }
        }
    }

    #[test]
    fn another_agents_task_counts_once_somebody_is_in_it() {
        let with_alex = Conversation {
            task: Some(task(1)),
            interaction_channel: format!("UO{}", "0".repeat(32)).parse().ok(),
            ..conversation(Stage::WithAgent { name: "Alex".to_owned() })
        };
        let created =
            |number| AgentEvent::TaskCreated { task: task(number), interaction: None, interaction_channel: None };
        let joined = AgentEvent::Joined { name: "Kim".to_owned(), worker: None, identity: None };
        for event in [AgentEvent::Left, AgentEvent::NobodyAvailable, AgentEvent::Finished] {
            assert_eq!(next(&with_alex, Some(&task(2)), &event), None, "{event:?}");
        }
        assert_eq!(next(&with_alex, Some(&task(1)), &created(1)), None);
        let invited = next(&with_alex, Some(&task(2)), &created(2)).unwrap();
        assert_eq!((&invited.say, &invited.stage, &invited.task), (&None, &with_alex.stage, &None));
        assert_eq!(invited.other_tasks, Some(OtherTasks::from([(task(2), None)])));
        let step = next(&with_alex, Some(&task(2)), &joined).unwrap();
        assert_eq!(step.stage, Stage::WithAgent { name: "Kim".to_owned() });
        // A task that was given up before its creation was reported calls nobody.
        let given_up = Conversation { task: Some(task(1)), ..conversation(Stage::WithAssistant) };
        assert_eq!(next(&given_up, Some(&task(1)), &created(1)).unwrap().stage, Stage::WithAssistant);
        assert_eq!(next(&given_up, Some(&task(2)), &created(2)).unwrap().stage, Stage::Waiting);
    }

    /// The conversation as it is saved after an event, and what is said.
    fn happens(conversation: &mut Conversation, number: u32, event: &AgentEvent) -> Option<Notice> {
        let task = task(number);
        let step = next(conversation, Some(&task), event)?;
        conversation.former_tasks.extend(step.former_task.clone());
        conversation.task = step.task.or(conversation.task.take());
        conversation.other_tasks = step.other_tasks.unwrap_or(std::mem::take(&mut conversation.other_tasks));
        conversation.agent_identity = step.agent_identity.or(conversation.agent_identity.take());
        conversation.stage = step.stage;
        step.say
    }

    fn created(number: u32) -> AgentEvent {
        AgentEvent::TaskCreated { task: task(number), interaction: None, interaction_channel: None }
    }

    fn joins(name: &str) -> AgentEvent {
        let identity = Some(format!("{name}_40example_2Ecom").to_lowercase());
        AgentEvent::Joined { name: name.to_owned(), worker: None, identity }
    }

    fn with_alex() -> Conversation {
        let mut conversation = Conversation {
            task: Some(task(1)),
            interaction_channel: format!("UO{}", "0".repeat(32)).parse().ok(),
            ..conversation(Stage::Waiting)
        };
        happens(&mut conversation, 1, &joins("Alex")).unwrap();
        conversation
    }

    #[test]
    fn an_agent_who_passes_the_chat_on_does_not_end_it() {
        for last in [AgentEvent::Left, AgentEvent::Finished] {
            let mut chat = with_alex();
            assert_eq!(happens(&mut chat, 2, &created(2)), None);
            let passed_on = Notice::PassedOn { name: "Alex".to_owned() };
            assert_eq!(happens(&mut chat, 1, &last), Some(passed_on), "{last:?}");
            assert_eq!((&chat.stage, chat.waiting_task()), (&Stage::Waiting, Some((&task(2), None))));
            // Alex writes up meanwhile.
            assert_eq!(next(&chat, Some(&task(1)), &AgentEvent::Finished), None);
            assert_eq!(chat.former_tasks, BTreeSet::from([task(1)]));
            assert_eq!(happens(&mut chat, 2, &joins("Kim")), Some(Notice::AgentJoined { name: "Kim".to_owned() }));
            let end = next(&chat, Some(&task(2)), &AgentEvent::Finished).unwrap();
            assert_eq!((end.stage, end.say), (Stage::Closed, Some(Notice::Ended)));
        }
        // Nobody takes it.
        let mut chat = with_alex();
        happens(&mut chat, 2, &created(2));
        happens(&mut chat, 1, &AgentEvent::Finished);
        let nobody = next(&chat, Some(&task(2)), &AgentEvent::NobodyAvailable).unwrap();
        assert!(nobody.back_to_assistant && nobody.stage == Stage::WithAssistant);
    }

    #[test]
    fn of_two_agents_either_may_go_and_the_other_stays() {
        let gone = |name: &str| Some(Notice::AgentGone { name: name.to_owned() });
        for (first, second) in [(1, 2), (2, 1)] {
            let name = |number| if number == 1 { "Alex" } else { "Kim" };
            let mut chat = with_alex();
            happens(&mut chat, 2, &created(2));
            happens(&mut chat, 2, &joins("Kim"));
            assert_eq!(next(&chat, Some(&task(2)), &joins("Kim")), None, "told twice");
            assert_eq!(next(&chat, Some(&task(1)), &joins("Alex")), None, "told late");
            assert_eq!(happens(&mut chat, first, &AgentEvent::Left), gone(name(first)));
            assert_eq!(happens(&mut chat, first, &AgentEvent::Finished), None);
            assert_eq!(chat.stage, Stage::WithAgent { name: name(second).to_owned() });
            assert_eq!(chat.task, Some(task(second)));
            assert_eq!(
                chat.agent_identity.as_deref(),
                Some(if second == 1 { "alex_40example_2ecom" } else { "kim_40example_2ecom" })
            );
            let left = next(&chat, Some(&task(second)), &AgentEvent::Left).unwrap();
            assert!(left.back_to_assistant && left.stage == Stage::AgentLeft);
            let end = next(&chat, Some(&task(second)), &AgentEvent::Finished).unwrap();
            assert_eq!((end.stage, end.close_at_twilio), (Stage::Closed, true));
        }
    }

    #[test]
    fn an_invitation_that_is_told_of_behind_the_end_counts() {
        let left = Conversation { stage: Stage::AgentLeft, ..with_alex() };
        for (chat, say) in [(with_alex(), Some(Notice::PassedOn { name: "Alex".to_owned() })), (left, None)] {
            let mut chat = chat.with_invited(task(2));
            assert_eq!(happens(&mut chat, 1, &AgentEvent::Finished), say);
            assert_eq!(chat.waiting_task(), Some((&task(2), None)));
        }
    }

    #[test]
    fn two_agents_of_one_name_are_two() {
        let mut chat = with_alex();
        happens(&mut chat, 2, &created(2));
        assert_eq!(happens(&mut chat, 2, &joins("Alex")), Some(Notice::AgentJoined { name: "Alex".to_owned() }));
        assert_eq!(chat.task, Some(task(2)));
        happens(&mut chat, 1, &AgentEvent::Left);
        assert_eq!(chat.stage, Stage::WithAgent { name: "Alex".to_owned() }, "the other one is there");
    }

    #[test]
    fn an_invitation_that_nobody_takes_changes_nothing_and_dies_with_the_chat() {
        let mut chat = with_alex();
        happens(&mut chat, 2, &created(2));
        assert!(next(&chat, None, &AgentEvent::Closed).unwrap().close_at_twilio);
        assert_eq!(happens(&mut chat, 2, &AgentEvent::NobodyAvailable), None);
        assert_eq!((&chat.other_tasks, &chat.task), (&OtherTasks::new(), &Some(task(1))));
        assert!(!next(&chat, None, &AgentEvent::Closed).unwrap().close_at_twilio);
        assert_eq!(next(&chat, Some(&task(1)), &AgentEvent::Left).unwrap().stage, Stage::AgentLeft);
    }

    /// Whatever order TaskRouter tells it in: a chat with an open task goes on, and a task that is over is never the current one again.
    #[test]
    fn a_chat_lasts_as_long_as_one_of_its_tasks() {
        let events =
            [(1, AgentEvent::Left), (1, AgentEvent::Finished), (2, joins("Kim")), (3, created(3)), (3, joins("Bo"))];
        let mut orders = vec![Vec::new()];
        for _ in &events {
            orders = orders
                .into_iter()
                .flat_map(|order: Vec<usize>| {
                    let left = (0..events.len()).filter(|at| !order.contains(at)).collect::<Vec<_>>();
                    left.into_iter().map(move |at| [order.clone(), vec![at]].concat())
                })
                .collect();
        }
        for order in orders {
            let mut chat = with_alex();
            happens(&mut chat, 2, &created(2));
            for at in &order {
                let (number, event) = &events[*at];
                happens(&mut chat, *number, event);
                assert!(chat.stage.is_with_agents(), "{order:?} {:?}", chat.stage);
                let current = chat.task.as_ref().unwrap();
                assert!(!chat.former_tasks.contains(current) && !chat.other_tasks.contains_key(current), "{order:?}");
                let is_waiting = chat.stage == Stage::Waiting;
                assert!(!is_waiting || chat.other_tasks.values().all(Option::is_none), "{order:?}: somebody is there");
            }
            assert_eq!(chat.former_tasks, BTreeSet::from([task(1)]), "{order:?}");
            for number in [2, 3] {
                happens(&mut chat, number, &AgentEvent::Finished);
            }
            assert_eq!(chat.stage, Stage::Closed, "{order:?}");
        }
    }

    #[test]
    fn one_transfer_per_conversation() {
        let transferring = Stage::Transferring { by: "a".to_owned(), since: Timestamp::UNIX_EPOCH };
        assert_eq!(may_transfer(&Stage::WithAssistant, "b"), TransferClaim::Go);
        assert_eq!(may_transfer(&Stage::AgentLeft, "b"), TransferClaim::Go);
        assert_eq!(may_transfer(&transferring, "a"), TransferClaim::Go);
        assert_eq!(may_transfer(&transferring, "b"), TransferClaim::AlreadyUnderWay);
        assert_eq!(may_transfer(&Stage::Waiting, "a"), TransferClaim::AlreadyUnderWay);
        assert_eq!(may_transfer(&Stage::Closed, "a"), TransferClaim::NotOpen);
        assert_eq!(may_transfer(&Stage::Ending, "a"), TransferClaim::NotOpen);
    }

    #[test]
    fn gaps_are_what_nobody_has_settled() {
        let mut conversation = conversation(Stage::WithAssistant);
        assert_eq!(conversation.first_gap_before(2), Some(0));
        assert_eq!(conversation.first_gap_before(u32::MAX), Some(0), "found without looking at every index");
        conversation.own_indexes = BTreeSet::from([0, 2, 3]);
        assert_eq!(conversation.first_gap_before(2), Some(1));
        assert_eq!(conversation.settle(5), None);
        assert_eq!(conversation.settle(1), Some(3));
        conversation.shown_index = Some(1);
        assert!(conversation.is_settled(0) && conversation.is_settled(2) && !conversation.is_settled(4));
        assert_eq!(conversation.settle(4), Some(4));
        assert_eq!(conversation.settle(0), Some(3), "a late one never moves it back");
    }
}
