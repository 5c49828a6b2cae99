//! A desk to hold conversations at: people ask and read, agents answer, and at the end nothing may be left over.
//!
//! [`play`] opens the desk, plays one piece at it and closes it. Whatever a person or an agent says, and every secret and token that
//! travels, is remembered: none of it may stand in a log line afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use sandbox::sims::discord::{Modal, Outcome, OutcomeKind, Person, Place, SimMessage, buttons};
use sandbox::sims::twilio::{Agent, Conversation, Message, Task};
use sandbox::trace::{Entry, Kind};
use sandbox::{Binaries, Options, Sandbox};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// How long anything may take. Long, because the machine may be busy; nothing waits longer than it has to.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The button *Talk to a person*.
pub const TALK: &str = "agent:";
/// The button *Reply*.
pub const REPLY: &str = "reply:";
/// The button *End chat*, which asks first.
pub const END: &str = "end:";
/// The button *End chat* under that question.
pub const END_NOW: &str = "end-now:";

/// Where what cannot be handled is set aside.
pub const DEAD_LETTERS: [&str; 5] =
    ["inbox-dead-letters", "outbox-dead-letters", "dms-dead-letters", "case-news-dead-letters", "command-dead-letters"];

/// Shorter ones stand in many a log line by chance.
const PRIVATE_LENGTH_MIN: usize = 5;
/// Of a long text, this much from its beginning is looked for.
const PRIVATE_LENGTH: usize = 48;

/// The sandboxes live on a runtime of their own, so that one serves several tests, one after the other.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads can be started")
});
static FREE: Mutex<Vec<Desk>> = Mutex::new(Vec::new());

/// The sandbox's settings. `E2E_BINARIES` names a folder with the functions where they are built already.
pub fn options() -> Options {
    let binaries = match std::env::var_os("E2E_BINARIES") {
        Some(folder) => Binaries::At(folder.into()),
        None => Binaries::BuildFirst,
    };
    Options { binaries, ..Options::for_tests() }
}

/// Plays a piece at a desk that no other is played at. One that a piece has failed at is not used again.
pub fn play(piece: impl AsyncFnOnce(&Desk)) {
    RUNTIME.block_on(async {
        let free = FREE.lock().unwrap().pop();
        let desk = match free {
            Some(desk) => desk.again(),
            None => Desk::open().await,
        };
        desk.perform(piece).await;
        FREE.lock().unwrap().push(desk);
    });
}

/// Plays a piece at a desk of its own, with another template or other settings. Starting one takes a while: see [`play`].
pub fn play_with(options: Options, piece: impl AsyncFnOnce(&Desk)) {
    RUNTIME.block_on(async { Desk::open_with(options).await.perform(piece).await });
}

/// One sandbox, and what a test has said and expects at it.
pub struct Desk {
    pub sandbox: Sandbox,
    since: u64,
    dead_letters_before: usize,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    private: BTreeSet<String>,
    people: Vec<u64>,
    expected_errors: Vec<&'static str>,
    expected_dead_letters: usize,
}

impl Desk {
    /// A new desk.
    pub async fn open() -> Self {
        Self::open_with(options()).await
    }

    /// A new desk with other settings.
    pub async fn open_with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap_or_else(|error| panic!("no sandbox: {error:#}"));
        Self { sandbox, since: 0, dead_letters_before: 0, notes: Mutex::default() }
    }

    /// The same desk for the next test.
    fn again(self) -> Self {
        let since = self.trace_end();
        let dead_letters_before = self.dead_letters().len();
        Self { since, dead_letters_before, notes: Mutex::default(), ..self }
    }

    async fn perform(&self, piece: impl AsyncFnOnce(&Desk)) {
        /// Tells what happened when the piece fails.
        struct Curtain<'a>(&'a Desk);
        impl Drop for Curtain<'_> {
            fn drop(&mut self) {
                if std::thread::panicking() {
                    eprintln!("{}", self.0.story());
                }
            }
        }
        let _curtain = Curtain(self);
        piece(self).await;
        self.close().await;
    }

    /// Waits until nothing goes on, and checks what every test has to leave behind.
    pub async fn close(&self) {
        self.settles().await;
        let (discord, twilio) = (self.sandbox.discord(), self.sandbox.twilio());
        assert_eq!(discord.contract_violations(), Vec::<String>::new());
        assert_eq!(twilio.contract_violations(), Vec::<String>::new());
        assert_eq!(discord.faults().left() + twilio.faults().left(), 0, "a fault was planned and did not happen");
        self.assert_nobody_was_pinged();
        let set_aside = self.dead_letters().split_off(self.dead_letters_before);
        let expected = self.notes.lock().unwrap().expected_dead_letters;
        assert_eq!(set_aside.len(), expected, "dead letters: {set_aside:#?}");
        self.assert_no_error_was_logged();
        self.assert_logs_are_discreet();
    }

    fn assert_nobody_was_pinged(&self) {
        self.sandbox.discord().read(|state| {
            for message in state.messages().filter(|message| message.from_bot) {
                assert_eq!(message.pinged, Vec::<String>::new(), "{message:#?}");
                assert!(message.mentions_limited, "sent without allowed_mentions: {message:#?}");
            }
        });
    }

    fn assert_no_error_was_logged(&self) {
        let expected = self.notes.lock().unwrap().expected_errors.clone();
        let mut missing = expected.clone();
        for entry in self.logs() {
            // What is no JSON comes from a panic or from the runtime.
            let line: Value = serde_json::from_str(&entry.title).unwrap_or_else(|_| json!({"level": "ERROR"}));
            if line["level"] == "ERROR" {
                let known = expected.iter().find(|text| entry.title.contains(**text));
                assert!(known.is_some(), "an error was logged by {:?}: {}", entry.function, entry.title);
                missing.retain(|text| Some(text) != known);
            }
        }
        assert_eq!(missing, Vec::<&str>::new(), "an error was expected and not logged");
    }

    /// No secret, token, text or name is in any log line.
    fn assert_logs_are_discreet(&self) {
        let private = self.private_texts();
        for entry in self.logs() {
            assert_eq!(
                indiscretion(&entry.title, &private),
                None,
                "in a log line of {:?}: {}",
                entry.function,
                entry.title
            );
        }
    }

    fn private_texts(&self) -> BTreeSet<String> {
        let mut private = self.notes.lock().unwrap().private.clone();
        private.insert(self.sandbox.discord().bot_token().to_owned());
        private.insert(self.sandbox.twilio().options().auth_token.clone());
        let people = self.notes.lock().unwrap().people.clone();
        for message in self.sandbox.discord().read(|state| {
            let theirs = |message: &&SimMessage| people.contains(&message.author_id);
            state.messages().filter(theirs).map(|message| message.content.clone()).collect::<Vec<_>>()
        }) {
            remember(&mut private, &message);
        }
        private
    }

    /// Remembers that a text, name or token is nobody's business.
    pub fn is_private(&self, text: &str) {
        remember(&mut self.notes.lock().unwrap().private, text);
    }

    /// This many entries of the queues and events will be set aside.
    pub fn expects_dead_letters(&self, count: usize) {
        self.notes.lock().unwrap().expected_dead_letters += count;
    }

    /// An error with this text in its log line is what has to happen.
    pub fn expects_error(&self, text: &'static str) {
        self.notes.lock().unwrap().expected_errors.push(text);
    }

    /// What was set aside, in any of the dead-letter queues.
    pub fn dead_letters(&self) -> Vec<String> {
        let messages = DEAD_LETTERS.iter().flat_map(|queue| self.sandbox.queue_messages(queue).unwrap());
        let mut messages: Vec<_> = messages.collect();
        messages.sort_by_key(|message| message.sent_ms);
        messages.into_iter().map(|message| message.body).collect()
    }

    /// Waits until nothing goes on.
    pub async fn settles(&self) {
        self.sandbox.wait_until_idle().await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// Where the trace ends now.
    pub fn trace_end(&self) -> u64 {
        self.sandbox.trace().since(0).len() as u64
    }

    /// Calls of a function of one kind since a point of the trace.
    pub fn calls(&self, since: u64, function: &str, kind: Kind) -> Vec<String> {
        let entries = self.sandbox.trace().since(since);
        let theirs = |entry: &Entry| entry.kind == kind && entry.function.as_deref() == Some(function);
        entries.into_iter().filter(theirs).map(|entry| entry.title).collect()
    }

    /// The log lines of this test.
    pub fn logs(&self) -> Vec<Entry> {
        self.sandbox.trace().since(self.since).into_iter().filter(|entry| entry.kind == Kind::Log).collect()
    }

    /// What happened, for a failure's message.
    fn story(&self) -> String {
        let entries = self.sandbox.trace().since(self.since);
        let line = |entry: &Entry| {
            let function = entry.function.as_deref().unwrap_or("");
            format!(
                "{:>7} {:?} {function} {}",
                entry.at_ms,
                entry.kind,
                entry.title.chars().take(300).collect::<String>()
            )
        };
        entries.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Somebody new in the server.
    pub fn person(&self, name: &str) -> Somebody<'_> {
        self.person_speaking(name, "en-US")
    }

    /// Somebody new in the server, whose client has this locale.
    pub fn person_speaking(&self, name: &str, locale: &str) -> Somebody<'_> {
        self.is_private(name);
        let discord = self.sandbox.discord();
        let person = discord.add_person(name, locale);
        self.notes.lock().unwrap().people.push(person.id());
        let place = Place::Guild(discord.channel("help"));
        Somebody { desk: self, person, name: name.to_owned(), place, seen: Mutex::new(0) }
    }

    /// An agent in Flex.
    pub fn agent(&self, name: &str) -> Worker<'_> {
        self.is_private(name);
        let agent = self.sandbox.twilio().add_agent(name);
        self.is_private(&agent.identity);
        Worker { desk: self, agent }
    }

    /// Waits until `look` finds something at Discord.
    pub async fn discord_shows<T>(
        &self,
        what: &str,
        look: impl FnMut(&sandbox::sims::discord::DiscordState) -> Option<T>,
    ) -> T {
        let found = self.sandbox.discord().wait_for(look, PATIENCE).await;
        found.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Waits until `look` finds something at Twilio.
    pub async fn twilio_shows<T>(
        &self,
        what: &str,
        look: impl FnMut(&sandbox::sims::twilio::TwilioState) -> Option<T>,
    ) -> T {
        let found = self.sandbox.twilio().wait_for(look, PATIENCE).await;
        found.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// The table's items under one partition key, in the order of their sort keys.
    pub async fn items(&self, partition: &str) -> Vec<Value> {
        let items = self.sandbox.items().await.unwrap();
        let mut items: Vec<Value> = items.into_iter().filter(|item| item["PK"]["S"] == partition).collect();
        items.sort_by_key(|item| item["SK"]["S"].as_str().map(str::to_owned));
        items
    }

    /// The whole table.
    pub async fn table(&self) -> Vec<Value> {
        self.sandbox.items().await.unwrap()
    }

    /// Changes an item by hand: an `UpdateItem` without the table's name.
    pub async fn update(&self, mut request: Value) {
        request["TableName"] = self.sandbox.table_name().into();
        self.sandbox.cloud().dynamodb.call("UpdateItem", &request).await.unwrap();
    }

    /// The last case number that was given out; 0 before the first.
    pub async fn case_counter(&self) -> u64 {
        let items = self.items("COUNTER#CASE").await;
        let numbers = items.first().into_iter().flat_map(|item| item.as_object().into_iter().flatten());
        let mut numbers = numbers.filter_map(|(_, value)| value["N"].as_str()?.parse().ok());
        numbers.next().unwrap_or(0)
    }

    /// A case and its history, as text without times.
    pub async fn case_history(&self, number: u64) -> String {
        let items = self.items(&format!("CASE#{number}")).await;
        let mut lines = Vec::new();
        for item in &items {
            let text = |name: &str| item[name]["S"].as_str().unwrap_or("-").to_owned();
            if item["SK"]["S"] == "CASE" {
                lines.push(format!(
                    "{} {}, {}: {}",
                    text("kind"),
                    text("case_status"),
                    text("assignee_name"),
                    text("title")
                ));
            } else if item["SK"]["S"].as_str().is_some_and(|key| key.starts_with("EVENT#")) {
                let is_named = ["agent", "moderator"].contains(&text("author_kind").as_str());
                let author = text(if is_named { "author_name" } else { "author_kind" });
                lines.push(format!("{author}: {} ({} -> {})", text("reason"), text("from_status"), text("to_status")));
            }
        }
        lines.join("\n")
    }
}

/// What of it is in a log line.
fn indiscretion<'a>(line: &str, private: &'a BTreeSet<String>) -> Option<&'a String> {
    private.iter().find(|text| line.contains(text.as_str()))
}

fn remember(private: &mut BTreeSet<String>, text: &str) {
    let text = text.trim();
    if text.chars().count() < PRIVATE_LENGTH_MIN {
        return;
    }
    let start: String = text.chars().take(PRIVATE_LENGTH).collect();
    // Log lines are JSON.
    let escaped = serde_json::to_string(&start).unwrap();
    private.insert(escaped.trim_matches('"').to_owned());
    private.insert(start);
}

/// What stands on a message's buttons.
pub fn labels(message: &SimMessage) -> Vec<String> {
    buttons(message).into_iter().map(|(label, ..)| label).collect()
}

/// Whether a message tells the news of a case: it begins with the case's number.
fn is_news(message: &SimMessage) -> bool {
    message.content.starts_with("**#")
}

/// Whether a text tells a place in the queue, which depends on who else waits at the same desk.
pub fn is_place(text: &str) -> bool {
    ["You are number ", "順番待ちの "].iter().any(|start| text.starts_with(start))
}

/// Replaces what is different each time.
fn redacted(text: &str, ids: &[(String, &str)]) -> String {
    let mut text = text.to_owned();
    for (id, name) in ids {
        text = text.replace(id.as_str(), name);
    }
    // Case numbers.
    let mut pieces = text.split('#');
    let mut result = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        result.push('#');
        if rest.len() < piece.len() {
            result.push('N');
        }
        result.push_str(rest);
    }
    result
}

/// A person on Discord.
pub struct Somebody<'a> {
    desk: &'a Desk,
    pub person: Person,
    pub name: String,
    pub place: Place,
    /// The last message that the test has looked at.
    seen: Mutex<u64>,
}

impl Somebody<'_> {
    // ------------------------------------------------------------------------------------------------ what they do

    /// Uses a command and waits for its answer.
    pub async fn uses(&self, place: Place, command: &str, options: Value) -> SimMessage {
        let outcome = self.tries(place, command, options).await;
        self.answer_to(&outcome).await
    }

    /// Uses a command and does not wait for what comes of it.
    pub async fn tries(&self, place: Place, command: &str, options: Value) -> Outcome {
        for text in options.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str()) {
            self.desk.is_private(text);
        }
        self.remember(self.desk.sandbox.discord().command(self.person, place, command, options).await)
    }

    /// `/helpme` with a question, in the server. Returns the answer.
    pub async fn helpme(&self, question: &str) -> SimMessage {
        self.uses(self.place, "helpme", json!({ "question": question })).await
    }

    /// `/helpme` without a question, and waits for the greeting.
    pub async fn opens_a_chat(&self) {
        self.uses(self.place, "helpme", json!({})).await;
        self.sees("welcome to support").await;
    }

    /// `/message` in the server.
    pub async fn messages(&self, text: &str) -> SimMessage {
        self.uses(self.place, "message", json!({ "text": text })).await
    }

    /// `/message` in the DM.
    pub async fn messages_in_dm(&self, text: &str) -> SimMessage {
        self.uses(Place::Dm, "message", json!({ "text": text })).await
    }

    /// Presses the newest such button in the DM and waits for the answer.
    pub async fn clicks(&self, button: &str) -> SimMessage {
        let outcome = self.presses(button).await;
        self.answer_to(&outcome).await
    }

    /// Presses *End chat* and says yes; returns what is said then.
    pub async fn ends(&self) -> SimMessage {
        let question = self.clicks(END).await;
        self.confirms(&question).await
    }

    /// `/close`, and says yes; returns what is said then.
    pub async fn closes(&self) -> SimMessage {
        let question = self.uses(self.place, "close", json!({})).await;
        self.confirms(&question).await
    }

    /// Says yes to the question whether the chat is to be ended.
    pub async fn confirms(&self, question: &SimMessage) -> SimMessage {
        assert_eq!(labels(question).len(), 2, "{}", question.all_text());
        self.presses_on(question, END_NOW).await
    }

    /// Presses a button of a message, and waits for the answer or, where the message is replaced by what comes of it, for that.
    pub async fn presses_on(&self, answer: &SimMessage, button: &str) -> SimMessage {
        let custom_id = answer.button(button).unwrap_or_else(|| panic!("no {button} on {}", answer.all_text()));
        let clicked = self.desk.sandbox.discord().click(self.person, answer.id, &custom_id).await;
        let outcome = self.remember(clicked);
        if outcome.kind != OutcomeKind::DeferredUpdate {
            return self.answer_to(&outcome).await;
        }
        let changed = |state: &sandbox::sims::discord::DiscordState| {
            state.message(answer.id).filter(|now| now.all_text() != answer.all_text()).cloned()
        };
        self.desk.discord_shows("the answer's new text", changed).await
    }

    /// Presses the newest such button in the DM.
    pub async fn presses(&self, button: &str) -> Outcome {
        self.remember(self.desk.sandbox.discord().click_newest(self.person, button).await)
    }

    /// Presses *Reply* and gets the form.
    pub async fn opens_the_form(&self) -> Modal {
        let outcome = self.presses(REPLY).await;
        outcome.modal.unwrap_or_else(|| panic!("no form opened: {:?}", outcome.kind))
    }

    /// Fills in the form and sends it.
    pub async fn sends(&self, form: &Modal, text: &str) -> SimMessage {
        self.desk.is_private(text);
        let sent = self.desk.sandbox.discord().submit_modal(self.person, form, &[("body", text)]).await;
        let outcome = self.remember(sent);
        self.answer_to(&outcome).await
    }

    /// Presses *Reply*, fills in the form and sends it.
    pub async fn replies(&self, text: &str) -> SimMessage {
        let form = self.opens_the_form().await;
        self.sends(&form, text).await
    }

    /// Types in a channel of the server, where nobody hears it. Returns the message's ID.
    pub fn types(&self, text: &str) -> u64 {
        let Place::Guild(channel) = self.place else { panic!("not in the server") };
        self.desk.sandbox.discord().type_in(self.person, channel, text)
    }

    /// Sends a message with files (name, content type, bytes) and with what else Discord's clients put into one, in the server, where
    /// nobody hears it. Returns its ID.
    pub fn puts(&self, text: &str, files: &[(&str, &str, Vec<u8>)], extras: Value) -> u64 {
        self.desk.is_private(text);
        let Place::Guild(channel) = self.place else { panic!("not in the server") };
        let mut sent = Vec::new();
        for (name, content_type, bytes) in files {
            self.desk.is_private(name);
            sent.push((*name, *content_type, bytes.clone().into()));
        }
        self.desk.sandbox.discord().send_in(self.person, channel, text, &sent, extras)
    }

    /// Picks *Send to support* from a message's menu.
    pub async fn sends_to_support(&self, message: u64) -> SimMessage {
        let sent =
            self.desk.sandbox.discord().message_command(self.person, self.place, "Send to support", message).await;
        let outcome = self.remember(sent);
        self.answer_to(&outcome).await
    }

    fn remember(&self, outcome: Outcome) -> Outcome {
        self.desk.is_private(&outcome.token);
        outcome
    }

    /// The answer to an interaction, once it is there.
    pub async fn answer_to(&self, outcome: &Outcome) -> SimMessage {
        assert!(outcome.is_ok() && outcome.kind != OutcomeKind::Modal, "{:?}", outcome.kind);
        let id = outcome.message.as_ref().expect("there is an answer").id;
        let finished = |state: &sandbox::sims::discord::DiscordState| {
            state.message(id).filter(|message| !message.loading).cloned()
        };
        self.desk.discord_shows("the interaction's answer", finished).await
    }

    // ------------------------------------------------------------------------------------------------- what they see

    /// The desk they ask at.
    pub fn desk(&self) -> &Desk {
        self.desk
    }

    /// Waits for a message with this text in the DM, below the last one that was seen.
    pub async fn sees(&self, text: &str) -> SimMessage {
        let last = *self.seen.lock().unwrap();
        let fits = |message: &SimMessage| message.id > last && !message.loading && message.content.contains(text);
        let look = |state: &sandbox::sims::discord::DiscordState| state.dm(self.person).into_iter().find(fits);
        let found = self.desk.sandbox.discord().wait_for(look, PATIENCE).await;
        let found = found.unwrap_or_else(|_| panic!("{} does not see {text:?}:\n{}", self.name, self.transcript()));
        *self.seen.lock().unwrap() = found.id;
        found
    }

    /// The last message that the test has looked at.
    pub fn last_seen(&self) -> u64 {
        *self.seen.lock().unwrap()
    }

    /// The test has looked at this one.
    pub fn has_seen(&self, message: u64) {
        *self.seen.lock().unwrap() = message;
    }

    /// The DM, with everything about each message.
    pub fn dm(&self) -> Vec<SimMessage> {
        self.desk.sandbox.discord().dm(self.person)
    }

    /// The texts in the DM that the bot wrote, without the receipts of the person's own lines and their place in the queue.
    pub fn texts(&self) -> Vec<String> {
        let is_text = |message: &SimMessage| !message.content.starts_with("**You:**") && !is_place(&message.content);
        let dm = self.dm().into_iter().filter(|message| message.from_bot && is_text(message));
        dm.map(|message| message.content).collect()
    }

    /// How often a text is in the DM.
    pub fn times(&self, text: &str) -> usize {
        self.dm().iter().filter(|message| message.content.contains(text)).count()
    }

    /// The news of cases in the DM. It comes by a queue of its own, so that nobody knows between which lines of a chat it stands.
    pub fn news(&self) -> Vec<SimMessage> {
        self.dm().into_iter().filter(|message| message.from_bot && is_news(message)).collect()
    }

    /// The DM as the person reads it, without the news of cases and their place in the queue.
    pub fn transcript(&self) -> String {
        let chat = self.dm().into_iter().filter(|message| !is_news(message) && !is_place(&message.content));
        let lines = chat.map(|message| {
            let labels: Vec<String> = labels(&message).iter().map(|label| format!("[{label}]")).collect();
            let labels = if labels.is_empty() { String::new() } else { format!("\n    {}", labels.join(" ")) };
            format!("{}: {}{labels}", message.author, message.content)
        });
        redacted(&lines.collect::<Vec<_>>().join("\n"), &self.ids())
    }

    /// What is different each time, and its name in transcripts.
    fn ids(&self) -> Vec<(String, &'static str)> {
        let dm = self.desk.sandbox.discord().dm_channel(self.person);
        vec![(dm.to_string(), "[dm]"), (self.person.to_string(), "[person]")]
    }

    // ---------------------------------------------------------------------------------------- what is known about them

    /// Their identity at Twilio.
    pub fn identity(&self) -> String {
        format!("discord_{}", self.person)
    }

    /// Their conversations at Twilio, oldest first.
    pub fn conversations(&self) -> Vec<Conversation> {
        let prefix = format!("discord_{}_", self.person);
        let theirs = |one: &Conversation| one.unique_name.as_deref().is_some_and(|name| name.starts_with(&prefix));
        self.desk.sandbox.twilio().conversations().into_iter().filter(theirs).collect()
    }

    /// The newest conversation's SID.
    pub fn sid(&self) -> String {
        self.conversations().pop().expect("they have a conversation").sid
    }

    /// What the agents read of the newest conversation.
    pub fn lines(&self) -> Vec<Message> {
        self.desk.sandbox.twilio().messages(&self.sid())
    }

    /// The person's own lines of all conversations, as the agents read them.
    pub fn said(&self) -> Vec<String> {
        let twilio = self.desk.sandbox.twilio();
        let lines = self.conversations().into_iter().flat_map(|one| twilio.messages(&one.sid));
        lines.filter(|line| line.author == self.identity()).map(|line| line.body).collect()
    }

    /// Waits until one of their lines reads exactly like this at Twilio.
    pub async fn is_heard(&self, text: &str) -> Message {
        let (author, prefix) = (self.identity(), format!("discord_{}_", self.person));
        let what = format!("{text:?} reaches Twilio");
        self.desk
            .twilio_shows(&what, |state| {
                let theirs =
                    |one: &&Conversation| one.unique_name.as_deref().is_some_and(|name| name.starts_with(&prefix));
                let mut lines = state.conversations().filter(theirs).flat_map(|one| one.messages.iter());
                lines.find(|line| line.author == author && line.body == text).cloned()
            })
            .await
    }

    /// The conversation as the agents read it.
    pub fn agents_view(&self) -> String {
        let twilio = self.desk.sandbox.twilio();
        let names: BTreeMap<String, String> =
            twilio.agents().into_iter().map(|agent| (agent.identity, agent.name)).collect();
        let lines = self.lines().into_iter().map(|line| {
            let author = if line.author == self.identity() {
                &self.name
            } else {
                names.get(&line.author).unwrap_or(&line.author)
            };
            format!("{author}: {}", line.body)
        });
        redacted(&lines.collect::<Vec<_>>().join("\n"), &self.ids())
    }

    /// Their tasks, oldest first.
    pub fn tasks(&self) -> Vec<Task> {
        let id = self.person.to_string();
        let all = self.desk.sandbox.twilio().tasks();
        all.into_iter().filter(|task| task.attributes["discord_user_id"] == id.as_str()).collect()
    }

    /// Their current conversation's item.
    pub async fn item(&self) -> Value {
        let items = self.desk.items(&format!("PERSON#{}", self.person)).await;
        items.into_iter().find(|item| item["SK"]["S"] == "CONVERSATION").unwrap_or_default()
    }

    /// The stage of their current conversation.
    pub async fn stage(&self) -> String {
        self.item().await["stage"]["S"].as_str().unwrap_or("none").to_owned()
    }

    /// The numbers of their cases.
    pub async fn cases(&self) -> Vec<u64> {
        let id = self.person.to_string();
        let items = self.desk.table().await.into_iter();
        let theirs = items.filter(|item| item["SK"]["S"] == "CASE" && item["reporter"]["S"] == id.as_str());
        let mut numbers: Vec<u64> =
            theirs.map(|item| item["case_number"]["N"].as_str().unwrap().parse().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    }
}

/// An agent.
pub struct Worker<'a> {
    desk: &'a Desk,
    pub agent: Agent,
}

impl<'a> Worker<'a> {
    /// Waits for the oldest task of this test's people and accepts it.
    pub async fn accepts(&self) -> Chat<'_, 'a> {
        let people: Vec<String> = self.desk.notes.lock().unwrap().people.iter().map(u64::to_string).collect();
        let theirs = |task: &Task| people.iter().any(|id| task.attributes["discord_user_id"] == id.as_str());
        let task = self.desk.twilio_shows("a task waits", |state| state.waiting_tasks().into_iter().find(theirs)).await;
        self.accepts_task(task).await
    }

    /// Waits for the task of this person and accepts it.
    pub async fn accepts_from(&self, person: &Somebody<'_>) -> Chat<'_, 'a> {
        let id = person.person.to_string();
        let theirs = |task: &Task| task.attributes["discord_user_id"] == id.as_str();
        let task =
            self.desk.twilio_shows("their task waits", |state| state.waiting_tasks().into_iter().find(theirs)).await;
        self.accepts_task(task).await
    }

    async fn accepts_task(&self, task: Task) -> Chat<'_, 'a> {
        self.desk.sandbox.twilio().accept(&self.agent, &task.sid).await.unwrap();
        Chat { worker: self, task: task.sid, conversation: task.conversation_sid, heard: Mutex::new(None) }
    }
}

/// A conversation in an agent's hands.
pub struct Chat<'w, 'a> {
    worker: &'w Worker<'a>,
    pub task: String,
    pub conversation: String,
    /// `Index` of the last line that the test has looked at.
    heard: Mutex<Option<u64>>,
}

impl Chat<'_, '_> {
    fn desk(&self) -> &Desk {
        self.worker.desk
    }

    /// The agent types a line; returns its SID.
    pub async fn says(&self, text: &str) -> String {
        self.desk().is_private(text);
        self.desk().sandbox.twilio().say(&self.worker.agent, &self.conversation, text).await.unwrap()
    }

    /// The agent sends files (name, content type, bytes), with a line or without; returns the message's SID.
    pub async fn sends(&self, text: &str, files: &[(&str, &str, Vec<u8>)]) -> String {
        self.desk().is_private(text);
        let mut sent = Vec::new();
        for (name, content_type, bytes) in files {
            self.desk().is_private(name);
            sent.push((*name, *content_type, bytes.clone().into()));
        }
        let twilio = self.desk().sandbox.twilio();
        twilio.send_files(&self.worker.agent, &self.conversation, text, &sent).await.unwrap()
    }

    /// Waits for a line that reads exactly like this, below the last one that was heard.
    pub async fn hears(&self, text: &str) -> Message {
        let last = *self.heard.lock().unwrap();
        let what = format!("the agent hears {text:?}");
        let fits = |line: &Message| last.is_none_or(|last| line.index > last) && line.body == text;
        let found =
            self.desk().twilio_shows(&what, |state| state.messages(&self.conversation).into_iter().find(fits)).await;
        *self.heard.lock().unwrap() = Some(found.index);
        found
    }

    /// Waits for a line with this text in it, below the last one that was heard.
    pub async fn hears_about(&self, text: &str) -> Message {
        let last = *self.heard.lock().unwrap();
        let what = format!("the agent hears of {text:?}");
        let fits = |line: &Message| last.is_none_or(|last| line.index > last) && line.body.contains(text);
        let found =
            self.desk().twilio_shows(&what, |state| state.messages(&self.conversation).into_iter().find(fits)).await;
        *self.heard.lock().unwrap() = Some(found.index);
        found
    }

    /// The agent changes a line.
    pub async fn edits(&self, line: &str, text: &str) {
        self.desk().is_private(text);
        self.desk().sandbox.twilio().edit(&self.worker.agent, line, text).await.unwrap();
    }

    /// The agent removes a line.
    pub async fn removes(&self, line: &str) {
        self.desk().sandbox.twilio().remove(&self.worker.agent, line).await.unwrap();
    }

    /// The agent leaves the chat and writes up.
    pub async fn leaves(&self) {
        self.desk().sandbox.twilio().wrapup(&self.worker.agent, &self.task).await.unwrap();
    }

    /// The agent asks a colleague into the chat, who accepts.
    pub async fn asks_in<'desk, 'agent>(&self, colleague: &'desk Worker<'agent>) -> Chat<'desk, 'agent> {
        let twilio = self.desk().sandbox.twilio();
        let task = twilio.invite(&self.worker.agent, &self.task, &colleague.agent).await.unwrap();
        colleague.accepts_task(twilio.read(|state| state.task(&task).cloned()).unwrap()).await
    }

    /// The agent passes the chat on to a colleague, and is gone.
    pub async fn passes_on_to(&self, colleague: &Worker<'_>) {
        let twilio = self.desk().sandbox.twilio();
        twilio.invite(&self.worker.agent, &self.task, &colleague.agent).await.unwrap();
        self.goes().await;
    }

    /// The agent goes out of a chat that goes on.
    pub async fn goes(&self) {
        self.desk().sandbox.twilio().leave(&self.worker.agent, &self.task).await.unwrap();
    }

    /// The agent completes the task.
    pub async fn completes(&self) {
        self.desk().sandbox.twilio().complete(&self.worker.agent, &self.task).await.unwrap();
    }

    /// The task as it is now.
    pub fn task(&self) -> Task {
        let task = self.desk().sandbox.twilio().read(|state| state.task(&self.task).cloned());
        task.expect("tasks are kept")
    }
}

#[test]
fn whatever_was_said_is_found_in_a_log_line() {
    let mut private = BTreeSet::new();
    for text in ["Ada Quill", "no \"map\"\nat all", &"long ".repeat(100), "hm"] {
        remember(&mut private, text);
    }
    let check = |line: &str, found: bool| assert_eq!(indiscretion(line, &private).is_some(), found, "{line}");
    check(r#"{"message":"relayed a line","line.id":"5"}"#, false);
    check(r#"{"message":"hello Ada Quill"}"#, true);
    check(r#"{"error":"invalid value: no \"map\"\nat all"}"#, true);
    check("panicked: no \"map\"\nat all", true);
    check(&format!("a {}", "long ".repeat(40)), true);
    check("hm, too short to be told from chance", false);
}
