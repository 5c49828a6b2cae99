//! `cargo run -p sandbox -- seed 5000`: a stack with many cases in it, to look at, and for benchmarks.
//!
//! Cases live through [`Case::apply`], as in the functions. What they leave in the table is written in one piece instead of change
//! by change, because that is a hundred times as fast; the tests compare it with what the functions' own code leaves.

mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, ensure};
use base64::Engine as _;
use domain::case::{Answer, Author, Case, Change, Edit, Event, Field, FieldChange, Kind, Priority, Severity, Status};
use domain::ids::{CaseNumber, ChannelId, ConversationSid, GuildId, PersonId, WorkerSid};
use domain::rights::Actor;
use dynoxide::{AttributeValue, Database, ImportOptions, Item};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::keys;

use self::texts::{LANGUAGES, Language, Speaker};
use crate::Sandbox;
use crate::sims::discord::{DiscordSim, Person};
use crate::sims::http;
use crate::sims::ids::Chance;
use crate::sims::twilio::TwilioSim;

/// What a moderator may do more than others: `MODERATE_MEMBERS`. See [Discord Docs/Permissions].
pub const MODERATE_MEMBERS: u64 = 1 << 40;

/// What it takes to be offered the commands for moderators: `MANAGE_GUILD`.
const MANAGE_GUILD: u64 = 1 << 5;

/// The name of the moderator that a sandbox has.
pub const MODERATOR: &str = "Morgan Moderator";

/// Over which time the cases are spread.
const SPAN: SignedDuration = SignedDuration::from_hours(365 * 24);

/// How long it is remembered which case a report became, in seconds, as the store has it.
const FILED_SECONDS: i64 = 7 * 24 * 3600;

/// Most words of a title by which a double is found, as the worker has it.
const TITLE_WORDS_MAX: usize = 12;

/// Cases that are written in one transaction: a second's work at most, so that the stack can write in between.
const CHUNK: usize = 200;

/// How long the simulated Twilio may take for a call.
const PATIENCE: Duration = Duration::from_secs(10);

/// The engine's file in its folder.
const DATABASE: &str = "dynamodb.sqlite";

/// Which cases there shall be. The same plan makes the same cases.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many.
    pub cases: usize,
    /// What chance begins with.
    pub random: u64,
    /// The number of the first one.
    pub first: u64,
    /// When the last one was filed; the first one a year before.
    pub until: Timestamp,
    /// The server they belong to.
    pub server: GuildId,
    /// Where they were reported.
    pub channel: ChannelId,
    /// Who works on them: moderators and agents, those at the front on more of them.
    pub staff: Vec<Actor>,
    /// Conversations of the newest support cases, by the texts' number.
    pub conversations: Vec<ConversationSid>,
}

impl Plan {
    /// A plan with a staff that is made up.
    ///
    /// # Panics
    ///
    /// Never: what is made up is well-formed.
    pub fn new(cases: usize, random: u64, until: Timestamp, server: GuildId, channel: ChannelId) -> Self {
        let moderator = |at: u64, name: &str| Actor::Moderator {
            id: PersonId::new(1_379_000_000_000_000_000 + at).expect("not zero"),
            name: name.to_owned(),
            server,
        };
        let agent = |at: u64, name: &str| Actor::Agent {
            worker: WorkerSid::try_from(format!("WK{at:032x}").as_str()).expect("two letters and 32 digits"),
            name: name.to_owned(),
        };
        let staff = vec![
            moderator(1, MODERATOR),
            agent(1, "Alex Agent"),
            moderator(2, "Mia Moderator"),
            agent(2, "Sam Support"),
            moderator(3, "Dmitri Moderator"),
            agent(3, "Nadia Night"),
        ];
        Self { cases, random, first: 1, until, server, channel, staff, conversations: Vec::new() }
    }

    /// The cases, in the order of their numbers.
    pub fn generate(&self) -> impl Iterator<Item = Seeded> + use<> {
        let mut generator = Generator { plan: self.clone(), chance: Chance::new(self.random) };
        (0..self.cases).map(move |at| generator.case(at))
    }
}

/// A case with its life.
#[derive(Debug, Clone)]
pub struct Seeded {
    /// The case after each change, with the line in its history. Never empty.
    pub versions: Vec<(Case, Event)>,
    /// Who has it too, and since when.
    pub votes: Vec<(PersonId, Timestamp)>,
}

impl Seeded {
    /// The case as it is at the end.
    ///
    /// # Panics
    ///
    /// Never: it was at least filed.
    pub fn case(&self) -> Case {
        let (last, _) = self.versions.last().expect("filing is the first version");
        Case { votes: u32::try_from(self.votes.len()).unwrap_or(u32::MAX), ..last.clone() }
    }
}

// ------------------------------------------------------------------------------------------------------------- cases

struct Generator {
    plan: Plan,
    chance: Chance,
}

/// Somebody who reports.
struct Reporter {
    id: PersonId,
    name: String,
    language: &'static Language,
}

impl Generator {
    fn below(&mut self, end: u64) -> u64 {
        self.chance.next_u64() % end.max(1)
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// Mostly small, seldom near the end.
    fn skewed(&mut self, end: u64) -> u64 {
        let inner = self.below(end);
        self.below(inner + 1)
    }

    fn hits(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.index(list.len())]
    }

    /// Somebody of a fourth as many people as there are cases; some report often.
    fn reporter(&mut self) -> Reporter {
        let people = self.plan.cases as u64 / 4 + 4;
        let at = self.skewed(people);
        self.person(at)
    }

    /// The person with this number: always the same one.
    fn person(&self, number: u64) -> Reporter {
        let mut own = Generator { plan: Plan { staff: Vec::new(), ..self.plan.clone() }, chance: Chance::new(number) };
        let mut left = own.below(100);
        let language = LANGUAGES
            .iter()
            .find(|language| {
                let found = left < language.share;
                left = left.saturating_sub(language.share);
                found
            })
            .unwrap_or(&LANGUAGES[0]);
        let name = own.pick(language.names);
        let name = if own.hits(60) { format!("{name}{}", own.below(99) + 1) } else { name.to_owned() };
        let id = 1_390_000_000_000_000_000 + number * 4_194_304;
        Reporter { id: PersonId::new(id).expect("not zero"), name, language }
    }

    /// The person of a conversation: the texts of those are English.
    fn speaker(&self, chat: usize) -> Reporter {
        let mut people = (0_u64..).map(|number| self.person(number));
        let mut speaks = people.by_ref().filter(|person| person.language.locale == LANGUAGES[0].locale);
        speaks.nth(chat).expect("there is always a next number")
    }

    fn case(&mut self, at: usize) -> Seeded {
        let number = CaseNumber(self.plan.first + at as u64);
        let created_at = self.filed_at(at);
        let kind = match self.below(100) {
            0..50 => Kind::Bug,
            50..76 => Kind::Feature,
            _ => Kind::Support,
        };
        // The newest support cases come from conversations that can be read.
        let from_end = self.plan.cases - at;
        let chat = (kind == Kind::Support && from_end <= 12 * self.plan.conversations.len())
            .then(|| self.plan.conversations.pop().map(|sid| (self.plan.conversations.len(), sid)))
            .flatten();
        let reporter = match &chat {
            Some((chat, _)) => self.speaker(*chat),
            None => self.reporter(),
        };
        let (title, text, answers) = self.report(kind, reporter.language, &reporter.name);
        let severity = match self.below(100) {
            0..20 => Severity::Low,
            20..72 => Severity::Normal,
            72..93 => Severity::High,
            _ => Severity::Critical,
        };
        let case = Case {
            number,
            kind,
            status: Status::New,
            severity: if kind == Kind::Support { Severity::default() } else { severity },
            priority: Priority::default(),
            title,
            text,
            answers,
            reporter: Some(reporter.id),
            reporter_name: reporter.name,
            locale: reporter.language.locale.to_owned(),
            server: Some(self.plan.server),
            channel: Some(self.plan.channel),
            conversations: chat.iter().map(|(_, sid)| sid.clone()).collect(),
            assignee: None,
            board: None,
            files: Vec::new(),
            links: Vec::new(),
            votes: 0,
            rating: None,
            rating_comment: None,
            created_at,
            updated_at: created_at,
            done_at: None,
            version: 1,
        };
        let reason = if kind == Kind::Support { "asked for an agent" } else { "reported" };
        let event = case.opened(Author::Person(reporter.id), reason);
        let subject = match chat {
            Some((chat, _)) => texts::CHATS[chat % texts::CHATS.len()].0,
            None => self.pick(reporter.language.questions),
        };
        let votes = self.votes(&case);
        let versions = self.life(case, event, subject, reporter.language);
        Seeded { versions, votes }
    }

    /// The moment at which the case was filed: evenly over the span, with some chance.
    fn filed_at(&mut self, at: usize) -> Timestamp {
        let span = SPAN.as_millis();
        let (at, cases) = (at as i128, self.plan.cases as i128);
        let step = (span / cases).max(1);
        let within = i128::from(self.below(u64::try_from(step).unwrap_or(1)));
        let ago = span - (span * at / cases + within);
        let ago = SignedDuration::from_millis(i64::try_from(ago).unwrap_or_default().max(1));
        self.plan.until.checked_sub(ago).unwrap_or(self.plan.until)
    }

    /// Title, text and answers.
    fn report(&mut self, kind: Kind, language: &Language, name: &str) -> (String, String, Vec<Answer>) {
        if kind == Kind::Support {
            return (domain::text::for_agents::case_title(name), String::new(), Vec::new());
        }
        let device_at = usize::try_from(self.skewed(texts::DEVICES.len() as u64)).unwrap_or_default();
        let device = texts::DEVICES[device_at];
        let joint = if language.locale == "ja" { "" } else { " " };
        let (mut title, sentences) = if kind == Kind::Bug {
            let (thing, fault) = (self.pick(language.things), self.pick(language.faults));
            (format!("{thing}{joint}{fault}"), language.circumstances)
        } else {
            (self.pick(language.wishes).to_owned(), language.reasons)
        };
        if self.hits(35) {
            title = format!("{title} ({device})");
        }
        let mut parts: Vec<String> = Vec::new();
        for _ in 0..=self.below(4) {
            let sentence = self.pick(sentences).to_owned();
            if !parts.contains(&sentence) {
                parts.push(sentence);
            }
        }
        if kind == Kind::Bug {
            let (build, code) = (self.below(12), self.below(90_000) + 10_000);
            parts.push(format!("{device}, 0.{}.{}, E{code}", 288 + build, build % 4));
        }
        let mut answers = Vec::new();
        if kind == Kind::Bug && self.hits(70) {
            let steps = self.pick(language.steps).to_owned();
            answers.push(Answer { question: "steps".to_owned(), answer: steps });
        }
        if self.hits(85) {
            let platform = self.pick(domain::text_discord::choices::PLATFORMS.values);
            answers.push(Answer { question: "platform".to_owned(), answer: platform.to_owned() });
        }
        (title, parts.join(" "), answers)
    }

    /// Who has it too: few have many, most have none or a few.
    fn votes(&mut self, case: &Case) -> Vec<(PersonId, Timestamp)> {
        if case.kind == Kind::Support {
            return Vec::new();
        }
        let inner = self.skewed(50);
        let wanted = self.skewed(inner + 1);
        let mut voters = BTreeMap::new();
        for _ in 0..wanted {
            let voter = self.reporter().id;
            let at = self.moment_after(case.created_at, 30 * 24 * 60);
            if case.reporter != Some(voter) && at < self.plan.until {
                voters.insert(voter, at);
            }
        }
        voters.into_iter().collect()
    }

    /// Some minutes later, at most so many.
    fn moment_after(&mut self, at: Timestamp, minutes: u64) -> Timestamp {
        let wait = self.skewed(minutes * 60_000) + 60_000;
        let wait = SignedDuration::from_millis(i64::try_from(wait).unwrap_or(i64::MAX));
        at.checked_add(wait).unwrap_or(self.plan.until)
    }

    /// All that was done with it until now.
    fn life(&mut self, case: Case, event: Event, subject: &str, language: &Language) -> Vec<(Case, Event)> {
        // A few are talked about a lot.
        let is_long = self.below(250) == 0;
        let steps = match self.below(100) {
            _ if is_long => 40 + self.below(80),
            0..10 => 0,
            10..26 => 1,
            26..44 => 2,
            44..62 => 3,
            _ => 4 + self.below(5),
        };
        let first = usize::try_from(self.skewed(self.plan.staff.len() as u64)).unwrap_or_default();
        let mut worker = self.plan.staff[first].clone();
        let mut at = case.created_at;
        let mut versions = vec![(case, event)];
        for step in 0..steps {
            at = self.moment_after(at, if is_long { 2 * 24 * 60 } else { 8 * 24 * 60 });
            if at >= self.plan.until {
                break;
            }
            if self.hits(12) {
                let other = self.index(self.plan.staff.len());
                worker = self.plan.staff[other].clone();
            }
            let (last, _) = &versions[versions.len() - 1];
            let change = if is_long && step > 0 && self.hits(80) {
                Change::note(worker.author(), self.pick(&texts::NOTES))
            } else {
                match self.change(last, &worker, subject, language) {
                    Some(change) => change,
                    None if is_long => Change::note(worker.author(), self.pick(&texts::NOTES)),
                    None => break,
                }
            };
            if let Some(changed) = last.apply(&change, at).expect("only arrows that exist are drawn") {
                versions.push(changed);
            }
        }
        versions
    }

    /// What is done next; `None` when it rests.
    fn change(&mut self, case: &Case, worker: &Actor, subject: &str, language: &Language) -> Option<Change> {
        let by_us = |status: Status, reason: &str| Change::status(status, worker.author(), reason);
        let reporter = case.reporter.map_or(Author::Erased, Author::Person);
        Some(match (case.status, self.below(100)) {
            (Status::New, 0..76) => {
                let mut edits = vec![Edit::Status(Status::Open), Edit::Assignee(worker.assignee())];
                if case.kind == Kind::Support {
                    edits.push(Edit::Title(subject.to_owned()));
                }
                if self.hits(30) {
                    edits.push(Edit::Priority(self.pick(Priority::ALL)));
                }
                Change::edits(edits, worker.author(), "took it")
            }
            (Status::New, 76..86) => {
                let other = self.plan.first + self.below(case.number.0 - self.plan.first + 1);
                let mut edits = vec![Edit::Status(Status::Closed)];
                edits.extend((other != case.number.0).then_some(Edit::Link(CaseNumber(other))));
                Change::edits(edits, worker.author(), "A double.")
            }
            (Status::New, _) => {
                let edits = vec![Edit::Severity(self.pick(Severity::ALL)), Edit::Status(Status::WaitingForUs)];
                Change::edits(edits, worker.author(), self.pick(&texts::NOTES))
            }
            (Status::Open, 0..28) => by_us(Status::WaitingForPerson, self.pick(&texts::ASKED)),
            (Status::Open, 68..76) => {
                Change::edits(vec![Edit::Priority(self.pick(Priority::ALL))], worker.author(), "looked at again")
            }
            (Status::Open, 76..82) => {
                Change::edits(vec![Edit::Assignee(worker.assignee())], worker.author(), "handed over")
            }
            (Status::WaitingForPerson, 0..55) => {
                Change::status(Status::WaitingForUs, reporter, self.pick(language.replies))
            }
            (Status::WaitingForPerson, 55..70) => Change::status(Status::Closed, Author::Desk, "no answer came"),
            (Status::WaitingForUs, 0..40) => by_us(Status::Open, self.pick(&texts::NOTES)),
            (Status::Resolved, 0..55) => by_us(Status::Closed, self.pick(&texts::CLOSED)),
            (Status::Resolved, 55..63) => Change::status(Status::Reopened, reporter, self.pick(&texts::REOPENED)),
            (Status::Resolved, 63..80) => {
                let rating = u8::try_from(1 + self.below(5)).unwrap_or(5);
                Change::edits(vec![Edit::Rating(rating)], reporter, "")
            }
            (Status::Resolved, _) => return None,
            (Status::Reopened, 0..60) => {
                let edits = vec![Edit::Status(Status::Open), Edit::Assignee(worker.assignee())];
                Change::edits(edits, worker.author(), "took it again")
            }
            (Status::Open, 28..68)
            | (Status::WaitingForPerson, 70..85)
            | (Status::WaitingForUs, 40..75)
            | (Status::Reopened, 60..80) => by_us(Status::Resolved, self.pick(&texts::RESOLVED)),
            (Status::WaitingForPerson | Status::Closed, _) if self.hits(92) => return None,
            (Status::WaitingForPerson, _) => Change::note(reporter, self.pick(language.replies)),
            (Status::Closed, _) => by_us(Status::Reopened, self.pick(&texts::REOPENED)),
            (Status::Open | Status::WaitingForUs | Status::Reopened, _) => {
                Change::note(worker.author(), self.pick(&texts::NOTES))
            }
        })
    }
}

// ------------------------------------------------------------------------------------------------------------- items

fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn n(number: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(format!("{number}"))
}

fn item<const N: usize>(fields: [(&str, AttributeValue); N]) -> Item {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What a case that was filed, changed, voted for, indexed and told leaves in the table, but for counters and assignees.
///
/// `until`: what was to be forgotten by then is left out.
pub fn items(seeded: &Seeded, until: Timestamp) -> Vec<Item> {
    let case = seeded.case();
    let (number, pk) = (case.number, keys::case(case.number));
    let mut items = vec![case_item(&case)];
    let mut workers: BTreeMap<PersonId, BTreeSet<String>> = BTreeMap::new();
    for (at_that_time, event) in &seeded.versions {
        items.push(event_item(number, event));
        for (person, name) in names_left(at_that_time, event) {
            workers.entry(person).or_default().insert(name);
        }
    }
    for (person, names) in workers {
        for (pk, sk) in [(pk.clone(), keys::worker(person)), (keys::person(person), keys::worked(number))] {
            items.push(item([
                (keys::PK, s(pk)),
                (keys::SK, s(sk)),
                ("case", n(number)),
                ("scope", s(keys::scope(case.server))),
                ("names", AttributeValue::SS(names.iter().cloned().collect())),
            ]));
        }
    }
    for (person, at) in &seeded.votes {
        for (pk, sk) in [(pk.clone(), keys::vote(*person)), (keys::person(*person), keys::voted(number))] {
            items.push(item([(keys::PK, s(pk)), (keys::SK, s(sk)), ("at", s(at.to_string())), ("case", n(number))]));
        }
    }
    let forgotten = case.created_at.as_second() + FILED_SECONDS;
    if case.kind != Kind::Support && forgotten > until.as_second() {
        items.push(item([
            (keys::PK, s(keys::filed(&draft_of(&case)))),
            (keys::SK, s("FILED")),
            ("case", n(number)),
            (keys::EXPIRES_AT, n(forgotten)),
        ]));
    }
    items.extend(postings(&case));
    items
}

/// The draft that became the case.
fn draft_of(case: &Case) -> String {
    format!("seed-{}", case.number)
}

fn case_item(case: &Case) -> Item {
    let answer =
        |answer: &Answer| AttributeValue::M(item([("question", s(&answer.question)), ("answer", s(&answer.answer))]));
    let assignee = case.assignee.as_ref();
    let mut fields = item([
        (keys::PK, s(keys::case(case.number))),
        (keys::SK, s(keys::CASE)),
        ("case_number", n(case.number)),
        ("locale", s(&case.locale)),
        ("created_at", s(case.created_at.to_string())),
        ("votes", n(case.votes)),
        ("kind", s(case.kind.name())),
        ("case_status", s(case.status.name())),
        ("severity", s(case.severity.name())),
        ("priority", s(case.priority.name())),
        ("title", s(&case.title)),
        ("case_text", s(&case.text)),
        ("answers", AttributeValue::L(case.answers.iter().map(answer).collect())),
        ("reporter_name", s(&case.reporter_name)),
        ("updated_at", s(case.updated_at.to_string())),
        ("version", n(case.version)),
        ("told_version", n(case.version)),
        ("list_status", s(keys::by_status(case.server, case.status))),
        ("list_kind", s(keys::by_kind(case.server, case.status, case.kind))),
        ("list_severity", s(keys::by_severity(case.server, case.status, case.severity))),
        ("list_assignee", s(keys::by_assignee(case.server, case.status, assignee.map(|it| it.key.as_str())))),
    ]);
    let links: Vec<_> = case.links.iter().map(ToString::to_string).collect();
    let conversations: Vec<_> = case.conversations.iter().map(|sid| s(sid.as_str())).collect();
    let optional = [
        ("reporter", case.reporter.map(|reporter| s(reporter.to_string()))),
        ("server", case.server.map(|server| s(server.to_string()))),
        ("channel", case.channel.map(|channel| s(channel.to_string()))),
        ("assignee", assignee.map(|assignee| s(&assignee.key))),
        ("assignee_name", assignee.map(|assignee| s(&assignee.name))),
        ("links", (!links.is_empty()).then_some(AttributeValue::NS(links))),
        ("rating", case.rating.map(n)),
        ("done_at", case.done_at.map(|at| s(at.to_string()))),
        ("case_conversation_sid", case.conversations.last().map(|sid| s(sid.as_str()))),
        ("conversations", (!conversations.is_empty()).then_some(AttributeValue::L(conversations))),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    fields
}

fn event_item(number: CaseNumber, event: &Event) -> Item {
    let (kind, id, name) = match &event.author {
        Author::Person(person) => ("person", person.to_string(), ""),
        Author::Erased => ("erased", String::new(), ""),
        Author::Agent(name) => ("agent", String::new(), name.as_str()),
        Author::Moderator { id, name } => ("moderator", id.to_string(), name.as_str()),
        Author::Machine(name) => ("machine", String::new(), name.as_str()),
        Author::Desk => ("desk", String::new(), ""),
    };
    let mut fields = item([
        (keys::PK, s(keys::case(number))),
        (keys::SK, s(keys::case_event(event.at, event.version))),
        ("at", s(event.at.to_string())),
        ("version", n(event.version)),
        ("reason", s(&event.reason)),
        ("author_kind", s(kind)),
        ("author", s(id)),
        ("author_name", s(name)),
    ]);
    let change = |change: &FieldChange| {
        let sides = [("from", &change.from), ("to", &change.to)];
        let mut fields = item([("field", s(change.field.name()))]);
        fields.extend(sides.into_iter().filter_map(|(name, side)| Some((name.to_owned(), s(side.as_ref()?)))));
        AttributeValue::M(fields)
    };
    let changes = (!event.changes.is_empty()).then(|| AttributeValue::L(event.changes.iter().map(change).collect()));
    let optional = [
        ("from_status", event.from.map(|status| s(status.name()))),
        ("to_status", event.to.map(|status| s(status.name()))),
        ("changes", changes),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    fields
}

/// The members of the server who leave their name in a change.
fn names_left(case: &Case, event: &Event) -> Vec<(PersonId, String)> {
    let mut people = Vec::new();
    if let Author::Moderator { id, name } = &event.author {
        people.push((*id, name.clone()));
    }
    if event.changes.iter().any(|change| change.field == Field::Assignee)
        && let Some(assignee) = &case.assignee
        && let Some(person) = keys::assigned_person(assignee)
    {
        people.push((person, assignee.name.clone()));
    }
    people
}

/// The words by which a case is found, and those of its title while it is open, as the worker of the cases' news has them.
fn words(case: &Case) -> (BTreeSet<String>, BTreeSet<String>) {
    let answers = case.answers.iter().map(|answer| answer.answer.as_str());
    let texts: Vec<_> = [case.title.as_str(), &case.text, &case.reporter_name].into_iter().chain(answers).collect();
    let is_open_report = case.kind != Kind::Support && !case.status.is_done();
    let mut title: Vec<_> = knowledge::terms(&case.title).into_iter().filter(|_| is_open_report).collect();
    title.sort_by_key(|word| std::cmp::Reverse(word.len()));
    title.truncate(TITLE_WORDS_MAX);
    (knowledge::terms(&texts.join("\n")), title.into_iter().collect())
}

/// A case's entries in the index of words, and its own list of them.
fn postings(case: &Case) -> Vec<Item> {
    let (words, title) = words(case);
    let words = words.iter().map(|word| keys::word(case.server, word));
    let all: BTreeSet<String> =
        words.chain(title.iter().map(|word| keys::open_word(case.server, case.kind, word))).collect();
    let sk = keys::case_of_many(case.number);
    let posting = |pk: &String| item([(keys::PK, s(pk)), (keys::SK, s(&sk)), ("case", n(case.number))]);
    let mut items: Vec<_> = all.iter().map(posting).collect();
    if !all.is_empty() {
        items.push(item([
            (keys::PK, s(keys::case(case.number))),
            (keys::SK, s(keys::WORDS)),
            ("words", AttributeValue::SS(all.into_iter().collect())),
            ("settled", AttributeValue::BOOL(true)),
        ]));
    }
    items
}

// ----------------------------------------------------------------------------------------------------------- writing

/// What was written.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Cases by status.
    pub by_status: BTreeMap<&'static str, usize>,
    /// Items, of all sorts.
    pub items: usize,
    /// The case with the longest history, and how long it is.
    pub longest: Option<(CaseNumber, usize)>,
    /// Who has reported most, and how many.
    pub busiest: Option<(PersonId, usize)>,
}

/// Writes the cases of a plan into a table. `first` of the plan does not matter: it goes on where the table's numbers end.
/// `progress` hears after each part how many cases there are by then.
///
/// # Errors
///
/// When the engine refuses something.
pub fn fill(
    database: &Database,
    table: &str,
    mut plan: Plan,
    mut progress: impl FnMut(usize),
) -> anyhow::Result<Written> {
    let failed = |error: dynoxide::DynoxideError| anyhow!("the table engine: {error}");
    plan.first = take_numbers(database, table, plan.cases)?;
    database.enable_bulk_loading().map_err(failed)?;
    let mut written = Written::default();
    let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut assignees: BTreeMap<String, Item> = BTreeMap::new();
    let mut reporters: BTreeMap<PersonId, usize> = BTreeMap::new();
    let mut cases = plan.generate().peekable();
    let mut done = 0;
    while cases.peek().is_some() {
        let mut chunk = Vec::new();
        for seeded in cases.by_ref().take(CHUNK) {
            done += 1;
            let case = seeded.case();
            let facets = format!("{}.{}.{}", case.status.name(), case.kind.name(), case.severity.name());
            *counts.entry(keys::count_shard(case.number)).or_default().entry(facets).or_default() += 1;
            *written.by_status.entry(case.status.name()).or_default() += 1;
            if let Some(reporter) = case.reporter {
                *reporters.entry(reporter).or_default() += 1;
            }
            let length = seeded.versions.len();
            if written.longest.is_none_or(|(_, longest)| length > longest) {
                written.longest = Some((case.number, length));
            }
            for assignee in seeded.versions.iter().filter_map(|(case, _)| case.assignee.as_ref()) {
                assignees.entry(assignee.key.clone()).or_insert_with(|| {
                    item([
                        (keys::PK, s(keys::assignees(case.server))),
                        (keys::SK, s(keys::assignee(&assignee.key))),
                        ("assignee_key", s(&assignee.key)),
                        ("name", s(&assignee.name)),
                    ])
                });
            }
            chunk.extend(items(&seeded, plan.until));
        }
        written.items += database.import_items(table, chunk, ImportOptions::default()).map_err(failed)?.items_imported;
        progress(done);
    }
    written.busiest = reporters.into_iter().max_by_key(|(_, cases)| *cases);
    let assignees = assignees.into_values().collect();
    written.items += database.import_items(table, assignees, ImportOptions::default()).map_err(failed)?.items_imported;
    for (shard, facets) in counts {
        count(database, table, &keys::case_counts(Some(plan.server)), &shard, &facets)?;
    }
    database.disable_bulk_loading().map_err(failed)?;
    Ok(written)
}

/// Takes as many numbers as there shall be cases; says the first.
fn take_numbers(database: &Database, table: &str, cases: usize) -> anyhow::Result<u64> {
    let steps = BTreeMap::from([("last_number".to_owned(), cases as u64)]);
    let after = count(database, table, keys::CASE_COUNTER, "COUNTER", &steps)?;
    let last = after["Attributes"]["last_number"]["N"].as_str().and_then(|text| text.parse::<u64>().ok());
    Ok(last.context("the counter of cases is no number")? - cases as u64 + 1)
}

/// Adds to numbers of an item.
fn count(
    database: &Database,
    table: &str,
    pk: &str,
    sk: &str,
    steps: &BTreeMap<String, u64>,
) -> anyhow::Result<serde_json::Value> {
    let (mut names, mut values, mut adds) = (json!({}), json!({}), Vec::new());
    for (at, (name, step)) in steps.iter().enumerate() {
        names[format!("#n{at}")] = json!(name);
        values[format!(":s{at}")] = json!({ "N": step.to_string() });
        adds.push(format!("#n{at} :s{at}"));
    }
    let request = json!({
        "TableName": table, "Key": { keys::PK: { "S": pk }, keys::SK: { "S": sk } },
        "UpdateExpression": format!("ADD {}", adds.join(", ")), "ReturnValues": "UPDATED_NEW",
        "ExpressionAttributeNames": names, "ExpressionAttributeValues": values,
    });
    let request = serde_json::from_value(request).context("make an update")?;
    let answer = database.update_item(request).map_err(|error| anyhow!("the table engine: {error}"))?;
    serde_json::to_value(answer).context("read the counter")
}

// ------------------------------------------------------------------------------------------------------- the command

/// A moderator of the first server of a simulated Discord, who can sign in to the console.
pub fn add_moderator(discord: &DiscordSim) -> Person {
    let moderator = discord.add_person(MODERATOR, "en-US");
    let everybody = discord.read(|state| state.user(moderator).map_or(0, |user| user.permissions));
    discord.set_permissions(moderator, everybody | MODERATE_MEMBERS | MANAGE_GUILD);
    moderator
}

/// Fills a running sandbox, whose platforms are simulated and whose table is kept in `folder`, with so many cases.
///
/// A second connection writes to the table's file, past the functions and the endpoint.
///
/// # Errors
///
/// When something cannot be written.
pub async fn fill_sandbox(sandbox: &Sandbox, folder: &Path, cases: usize, random: u64) -> anyhow::Result<Written> {
    ensure!(cases > 0, "at least one case is needed");
    let plan = plan(sandbox, cases, random).await?;
    let (folder, table) = (folder.to_owned(), sandbox.table_name().to_owned());
    tokio::task::spawn_blocking(move || write(&folder, &table, plan)).await?
}

fn write(folder: &Path, table: &str, plan: Plan) -> anyhow::Result<Written> {
    let file = folder.join(DATABASE);
    let file = file.to_str().context("the data folder's name is not UTF-8")?;
    let database = Database::new(file).map_err(|error| anyhow!("open the database: {error}"))?;
    let (all, started) = (plan.cases, Instant::now());
    let mut next = 0;
    fill(&database, table, plan, |done| {
        // About ten lines, however many cases.
        if done >= next || done == all {
            println!("  {done:>7} of {all} cases after {:.1} s", started.elapsed().as_secs_f64());
            next = done + all / 10;
        }
    })
}

/// What is seeded into this sandbox: its people work on the cases, its conversations belong to some.
async fn plan(sandbox: &Sandbox, cases: usize, random: u64) -> anyhow::Result<Plan> {
    let discord = sandbox.discord();
    let moderator = add_moderator(discord);
    let server = GuildId::new(discord.guild_id()).context("the server has no ID")?;
    let channel = ChannelId::new(discord.channel("help")).context("the channel has no ID")?;
    let mut plan = Plan::new(cases, random, Timestamp::now(), server, channel);
    let agent = sandbox.twilio().add_agent("Alex Agent");
    plan.staff[0] = Actor::Moderator {
        id: PersonId::new(moderator.id()).context("the moderator has no ID")?,
        name: MODERATOR.to_owned(),
        server,
    };
    plan.staff[1] =
        Actor::Agent { worker: agent.worker_sid.parse().context("the agent's worker SID")?, name: agent.name.clone() };
    let generator = Generator { plan: plan.clone(), chance: Chance::new(0) };
    for (at, (_, lines)) in texts::CHATS.iter().enumerate() {
        let person = generator.speaker(at).id;
        let sid = converse(sandbox.twilio(), person, lines, &agent).await.context("make a conversation")?;
        plan.conversations.push(sid);
    }
    Ok(plan)
}

/// A conversation in the simulated Twilio.
async fn converse(
    twilio: &TwilioSim,
    person: PersonId,
    lines: &[(Speaker, &str)],
    agent: &crate::sims::twilio::Agent,
) -> anyhow::Result<ConversationSid> {
    let options = twilio.options();
    let credentials = format!("{}:{}", options.account_sid, options.auth_token);
    let basic = base64::engine::general_purpose::STANDARD.encode(credentials);
    let headers = [
        ("authorization".to_owned(), format!("Basic {basic}")),
        ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
    ];
    let url = format!("{}/conversations.twilio.com/v1/Conversations", twilio.url());
    let client = http::client("sandbox");
    let answer = http::send(&client, "POST", &url, &headers, "FriendlyName=Discord".into(), PATIENCE).await?;
    ensure!(answer.status == 201, "{} {}", answer.status, answer.text());
    let sid: ConversationSid = answer.json()["sid"].as_str().unwrap_or_default().parse()?;
    for (speaker, text) in lines {
        let (identity, attributes) = match speaker {
            Speaker::Person => (person.identity(), "{}"),
            Speaker::Assistant => ("assistant".to_owned(), r#"{"bridge":"assistant"}"#),
            Speaker::Agent => (agent.identity.clone(), "{}"),
        };
        twilio.say_as(&identity, sid.as_str(), text, attributes).await?;
    }
    Ok(sid)
}

#[cfg(test)]
mod tests;
