//! A sandbox to break things in: whatever goes wrong is planned, and afterwards everything has to be as if it had not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use sandbox::gate::{KillPoint, When};
use sandbox::sims::discord::{Outcome, Person, Place, SimMessage};
use sandbox::sims::twilio::{Agent, Message, Task, TwilioOptions};
use sandbox::{Options, Platform, Sandbox};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::desk::{DEAD_LETTERS, is_place, options};

/// How long something may take that nothing in the sandbox counts.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What lines say of their age: older than the sweep's "may still be on its way".
const MESSAGE_AGE: Duration = Duration::from_mins(1);

/// How long a flow's widget waits, where Twilio gives 10 s.
const STUDIO_LIMIT: Duration = Duration::from_secs(4);

/// Pauses before AWS repeats an event: the second one long enough for the first invocation of a doubled event to be done, as AWS's are.
const RETRIES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(3)];

/// The longest pause of [`play_with_short_pauses`]: longer than what Discord's random 429s ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Sandboxes live on a runtime of their own, so that one serves several tests, one after the other.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());
static IDLE: Mutex<Vec<Stage>> = Mutex::new(Vec::new());

/// One sandbox and one agent.
pub struct Stage {
    pub sandbox: Sandbox,
    pub agent: Agent,
    http: reqwest::Client,
    /// What earlier pieces have left unfinished, as they were meant to.
    left: BTreeSet<String>,
    /// What is being tried, and since when, for a failure's message.
    trying: Mutex<Option<(u64, String)>>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some((since, what)) = self.trying.lock().unwrap().take()
        {
            println!("{what}\n{}", self.story(since));
        }
    }
}

/// One person, and where they ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    pub person: Person,
    pub place: Place,
}

/// Plays a piece on a stage that no other plays on. A stage that a piece has failed on is not used again.
pub fn play(piece: impl AsyncFnOnce(&Stage)) {
    RUNTIME.block_on(async {
        let idle = IDLE.lock().unwrap().pop();
        let mut stage = match idle {
            Some(stage) => stage,
            None => Stage::build(options()).await,
        };
        piece(&stage).await;
        stage.settle().await;
        stage.assert_clean();
        stage.left.extend(stage.unfinished().await);
        IDLE.lock().unwrap().push(stage);
    });
}

/// Plays a piece where messages that nobody puts back come again in the queue's own time, as at AWS: after six minutes.
pub fn play_with_long_visibility(piece: impl AsyncFnOnce(&Stage)) {
    play_with(Options { shorten_visibility: None, ..options() }, piece);
}

/// Plays a piece in which so much goes wrong that the back-off would come to minutes: a message that is put back comes again soon.
pub fn play_with_short_pauses(piece: impl AsyncFnOnce(&Stage)) {
    play_with(Options { longest_pause: Some(LONGEST_PAUSE), ..options() }, piece);
}

/// Plays a piece on a stage of its own, with other settings.
pub fn play_with(options: Options, piece: impl AsyncFnOnce(&Stage)) {
    RUNTIME.block_on(async {
        let stage = Stage::build(options).await;
        piece(&stage).await;
        stage.settle().await;
        stage.assert_clean();
    });
}

impl Stage {
    async fn build(options: Options) -> Self {
        let twilio = TwilioOptions { message_age: MESSAGE_AGE, studio_limit: STUDIO_LIMIT, ..TwilioOptions::default() };
        let options = Options { twilio: Platform::Simulated(twilio), async_retry_delays: RETRIES, ..options };
        let sandbox = Sandbox::start(options).await.unwrap();
        let agent = sandbox.twilio().add_agent("Alex Agent");
        Self { sandbox, agent, http: reqwest::Client::new(), left: BTreeSet::new(), trying: Mutex::default() }
    }

    /// What every piece has to leave behind.
    fn assert_clean(&self) {
        assert_eq!(self.sandbox.discord().faults().left(), 0, "a fault of Discord was planned and did not happen");
        assert_eq!(self.sandbox.twilio().faults().left(), 0, "a fault of Twilio was planned and did not happen");
        assert_eq!(self.sandbox.discord().contract_violations(), Vec::<String>::new());
        assert_eq!(self.sandbox.twilio().contract_violations(), Vec::<String>::new());
    }

    /// Waits until nothing is going on.
    pub async fn settle(&self) {
        if let Err(error) = self.sandbox.wait_until_idle().await {
            panic!("{error:#}\n{}", self.story(0));
        }
    }

    /// What happened since, for a failure's message.
    pub fn story(&self, since: u64) -> String {
        let entries = self.sandbox.trace().since(since);
        let lines = entries.iter().map(|entry| {
            let function = entry.function.as_deref().unwrap_or("");
            format!(
                "{:>6} {:?} {function} {}",
                entry.at_ms,
                entry.kind,
                entry.title.chars().take(260).collect::<String>()
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// From here on this is being tried: said if it fails.
    pub fn starts(&self, since: u64, what: String) {
        *self.trying.lock().unwrap() = Some((since, what));
    }

    /// The trace's end.
    pub fn now(&self) -> u64 {
        self.sandbox.trace().end()
    }

    // -------------------------------------------------------------------------------------------------- people

    /// Somebody new in the server's channel `help`.
    pub fn somebody(&self) -> Who {
        let discord = self.sandbox.discord();
        Who { person: discord.add_person("Ada", "en-US"), place: Place::Guild(discord.channel("help")) }
    }

    /// `/helpme`, with or without a question.
    pub async fn helpme(&self, who: Who, question: Option<&str>) -> Outcome {
        let options = question.map_or_else(|| json!({}), |question| json!({ "question": question }));
        self.sandbox.discord().command(who.person, who.place, "helpme", options).await
    }

    /// `/message`.
    pub async fn says(&self, who: Who, text: &str) -> Outcome {
        self.sandbox.discord().command(who.person, who.place, "message", json!({ "text": text })).await
    }

    /// `/message`, until the line is in the inbox: only then has the next one its place behind it.
    pub async fn says_first(&self, who: Who, text: &str) {
        self.until_queued_by("message", async { drop(self.says(who, text).await) }).await;
    }

    /// *End chat*, until the wish is in the inbox: `close` and `message` are functions of their own, of which either may be quicker.
    pub async fn ends_first(&self, who: Who) {
        self.until_queued_by("close", self.ends(who)).await;
    }

    async fn until_queued_by(&self, function: &str, act: impl Future<Output = ()>) {
        let mut trace = self.sandbox.trace().subscribe();
        act.await;
        let queued = async {
            while let Ok(entry) = trace.recv().await {
                if entry.function.as_deref() == Some(function) && entry.detail["operation"] == "SendMessage" {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, queued).await.unwrap();
    }

    /// Presses *End chat*, and says yes as soon as that is asked.
    pub async fn ends(&self, who: Who) {
        let before = self.answers(who).len();
        assert!(self.presses(who, "end:").await.is_ok());
        let asked = |state: &sandbox::sims::discord::DiscordState| {
            let mut newer = state.shown_to(who.person).into_iter().skip(before);
            newer.find_map(|message| message.button("end-now:").map(|button| (message.id, button)))
        };
        let (question, yes) = self.sandbox.discord().wait_for(asked, PATIENCE).await.unwrap();
        let outcome = self.sandbox.discord().click(who.person, question, &yes).await;
        assert!(outcome.is_ok(), "{:?}", outcome.kind);
    }

    /// Presses the newest button of a kind: `agent:`, `end:`.
    pub async fn presses(&self, who: Who, button: &str) -> Outcome {
        self.sandbox.discord().click_newest(who.person, button).await
    }

    /// Somebody whose conversation is open, with the greeting in their DM.
    pub async fn in_conversation(&self) -> Who {
        let who = self.somebody();
        assert!(self.helpme(who, None).await.is_ok());
        self.settle().await;
        assert_eq!(self.stage_of(who).await, "assistant");
        who
    }

    /// Somebody who waits for an agent.
    pub async fn waiting(&self) -> Who {
        let who = self.in_conversation().await;
        assert!(self.presses(who, "agent:").await.is_ok());
        self.settle().await;
        assert_eq!(self.stage_of(who).await, "waiting");
        who
    }

    /// Somebody in a chat with the agent.
    pub async fn with_agent(&self) -> Who {
        let who = self.waiting().await;
        self.agent_accepts(who).await;
        self.settle().await;
        assert_eq!(self.stage_of(who).await, "agent");
        who
    }

    /// The agent takes the newest task.
    pub async fn agent_accepts(&self, who: Who) {
        let task = self.task(who);
        self.sandbox.twilio().accept(&self.agent, &task.sid).await.unwrap();
    }

    /// The agent takes the task as soon as there is one, whatever has been heard of it.
    pub async fn agent_joins_at_once(&self, who: Who) {
        self.task_appears(who).await;
        self.agent_accepts(who).await;
    }

    /// Waits for a task, and not for what follows from it.
    pub async fn task_appears(&self, who: Who) {
        let sid = self.sid(who);
        let appears = self
            .sandbox
            .twilio()
            .wait_for(|twilio| twilio.tasks().find(|task| task.conversation_sid == sid).map(|_| ()), PATIENCE);
        appears.await.unwrap();
    }

    /// Waits until the flow has taken up a line.
    pub async fn until_the_flow_runs(&self, who: Who) {
        let sid = self.sid(who);
        let runs = self.sandbox.twilio().wait_for(
            |twilio| {
                twilio.executions().iter().find(|run| run.conversation_sid == sid && run.steps.len() >= 3).map(|_| ())
            },
            PATIENCE,
        );
        runs.await.unwrap();
    }

    /// The agent types a line.
    pub async fn agent_says(&self, who: Who, text: &str) -> String {
        self.sandbox.twilio().say(&self.agent, &self.sid(who), text).await.unwrap()
    }

    // -------------------------------------------------------------------------------------------------- what is seen

    /// What stands in the person's DM, in order, without the name that the agent's lines begin with and without places in the queue.
    pub fn dm(&self, who: Who) -> Vec<String> {
        let texts = self.dm_messages(who).into_iter().map(|message| message.content);
        texts.filter(|text| !is_place(text)).map(|text| text.replacen("**Alex:** ", "", 1)).collect()
    }

    /// The same, with everything about it.
    pub fn dm_messages(&self, who: Who) -> Vec<SimMessage> {
        self.sandbox.discord().dm(who.person)
    }

    /// How many messages tell a place in the queue.
    pub fn places(&self, who: Who) -> usize {
        self.dm_messages(who).into_iter().filter(|message| is_place(&message.content)).count()
    }

    /// What stands in the DM behind the greeting.
    pub fn after_greeting(&self, who: Who) -> Vec<String> {
        let dm = self.dm(who);
        assert!(dm.first().is_some_and(|first| first.starts_with("Hello Ada")), "{dm:#?}");
        dm.into_iter().skip(1).collect()
    }

    /// What the person's interactions were answered with, in order, as it reads now.
    pub fn answers(&self, who: Who) -> Vec<SimMessage> {
        self.sandbox.discord().shown_to(who.person)
    }

    /// The answer to the person's last interaction.
    pub fn answer(&self, who: Who) -> String {
        self.answers(who).pop().map(|message| message.content).unwrap_or_default()
    }

    /// The SIDs of the person's conversations, oldest first.
    pub fn sids(&self, who: Who) -> Vec<String> {
        let prefix = format!("discord_{}_", who.person);
        let theirs = |name: &Option<String>| name.as_deref().is_some_and(|name| name.starts_with(&prefix));
        self.sandbox.twilio().read(|twilio| {
            twilio.conversations().filter(|one| theirs(&one.unique_name)).map(|one| one.sid.clone()).collect()
        })
    }

    /// The newest conversation's SID.
    pub fn sid(&self, who: Who) -> String {
        self.sids(who).pop().expect("they have a conversation")
    }

    /// All lines at Twilio.
    pub fn lines(&self, who: Who) -> Vec<Message> {
        self.sids(who).iter().flat_map(|sid| self.sandbox.twilio().messages(sid)).collect()
    }

    /// The person's lines, as the agents see them.
    pub fn said(&self, who: Who) -> Vec<String> {
        let author = format!("discord_{}", who.person);
        self.lines(who).into_iter().filter(|line| line.author == author).map(|line| line.body).collect()
    }

    /// The lines of ours at Twilio by their author: `assistant` or `system`.
    pub fn said_by(&self, who: Who, author: &str) -> Vec<String> {
        self.lines(who).into_iter().filter(|line| line.author == author).map(|line| line.body).collect()
    }

    /// The person's tasks.
    pub fn tasks(&self, who: Who) -> Vec<Task> {
        let sids = self.sids(who);
        self.sandbox
            .twilio()
            .read(|twilio| twilio.tasks().filter(|task| sids.contains(&task.conversation_sid)).cloned().collect())
    }

    /// Their newest task.
    pub fn task(&self, who: Who) -> Task {
        self.tasks(who).pop().expect("they have a task")
    }

    /// The current conversation's item.
    pub async fn item(&self, who: Who) -> Value {
        let answer = self.table("GetItem", json!({"Key": conversation_key(who)})).await;
        answer["Item"].clone()
    }

    /// The stage of the current conversation.
    pub async fn stage_of(&self, who: Who) -> String {
        self.item(who).await["stage"]["S"].as_str().unwrap_or("none").to_owned()
    }

    /// The person's cases, by number.
    pub async fn cases(&self, who: Who) -> BTreeMap<u64, Value> {
        let question = json!({
            "IndexName": "cases-by-reporter",
            "KeyConditionExpression": "reporter = :person",
            "ExpressionAttributeValues": {":person": {"S": who.person.to_string()}},
        });
        let answer = self.table("Query", question).await;
        let cases = answer["Items"].as_array().cloned().unwrap_or_default().into_iter();
        cases.map(|case| (case["case_number"]["N"].as_str().unwrap().parse().unwrap(), case)).collect()
    }

    /// The bodies of what was set aside, in any of the dead-letter queues, and is about this person.
    pub fn dead_letters(&self, who: Who) -> Vec<String> {
        let (person, sids) = (who.person.to_string(), self.sids(who));
        let messages = DEAD_LETTERS.iter().flat_map(|queue| self.sandbox.queue_messages(queue).unwrap());
        let theirs = |body: &String| body.contains(&person) || sids.iter().any(|sid| body.contains(sid));
        messages.map(|message| message.body).filter(theirs).collect()
    }

    /// Keys of what was begun and not finished: claims, and messages on their way into the DM.
    pub async fn unfinished(&self) -> BTreeSet<String> {
        let mut question = json!({
            "FilterExpression": "done = :no",
            "ProjectionExpression": "PK",
            "ExpressionAttributeValues": {":no": {"BOOL": false}},
        });
        let mut found = BTreeSet::new();
        loop {
            let answer = self.table("Scan", question.clone()).await;
            let keys = answer["Items"].as_array().cloned().unwrap_or_default().into_iter();
            let keys = keys.filter_map(|item| item["PK"]["S"].as_str().map(str::to_owned));
            found.extend(keys.filter(|key| !self.left.contains(key)));
            if answer["LastEvaluatedKey"].is_null() {
                return found;
            }
            question["ExclusiveStartKey"] = answer["LastEvaluatedKey"].clone();
        }
    }

    // -------------------------------------------------------------------------------------------------- time and crashes

    /// Changes the conversation's item by hand: `SET {what}`.
    async fn set(&self, who: Who, what: &str, values: Value) {
        let change = json!({
            "Key": conversation_key(who),
            "UpdateExpression": format!("SET {what}"),
            "ConditionExpression": "attribute_exists(sweep_group)",
            "ExpressionAttributeValues": values,
        });
        self.table("UpdateItem", change).await;
    }

    /// Asks DynamoDB itself.
    async fn table(&self, operation: &str, mut request: Value) -> Value {
        request["TableName"] = self.sandbox.table_name().into();
        let credential = "AWS4-HMAC-SHA256 Credential=sandbox/20250101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
        let call = self.http.post(self.sandbox.endpoint()).header("authorization", credential);
        let call = call.header("x-amz-target", format!("DynamoDB_20120810.{operation}"));
        let answer =
            call.header("content-type", "application/x-amz-json-1.0").body(request.to_string()).send().await.unwrap();
        let (status, body) = (answer.status(), answer.bytes().await.unwrap());
        assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// The person's DM is read now. Whoever had the reader's lease and died has had their time.
    pub async fn reads(&self, who: Who) {
        let key = json!({"PK": {"S": format!("PERSON#{}", who.person)}, "SK": {"S": "READER"}});
        let before = self.table("GetItem", json!({"Key": key.clone()})).await["Item"].clone();
        let over = json!({
            "Key": key.clone(),
            "UpdateExpression": "SET held_until = :past",
            "ConditionExpression": "attribute_exists(epoch)",
            "ExpressionAttributeValues": {":past": {"N": "1"}},
        });
        for _ in 0..20 {
            self.table("UpdateItem", over.clone()).await;
            self.sandbox.release_delayed("dms", &who.person.to_string()).unwrap();
            self.settle().await;
            let now = self.table("GetItem", json!({"Key": key.clone()})).await["Item"].clone();
            if now["read_at"] != before["read_at"] {
                return;
            }
        }
        panic!("their DM is not read: {before}\n{}", self.story(0));
    }

    /// The minute passes after which the conversation is due, and the sweep looks at it.
    pub async fn sweep(&self, who: Who) {
        self.set(who, "sweep_at = :past", json!({":past": {"N": "1"}})).await;
        self.sandbox.run_schedule("sweep").unwrap();
        self.settle().await;
    }

    /// Nobody has said anything for days, and they were warned, or not yet.
    pub async fn falls_silent(&self, who: Who, warned: bool) {
        self.set(
            who,
            "opened_at = :since, lively_at = :since, moved_at = :since",
            json!({":since": {"S": "2026-01-01T00:00:00Z"}}),
        )
        .await;
        if warned {
            self.set(who, "silence_warned_at = :then", json!({":then": {"S": "2026-01-03T00:00:00Z"}})).await;
        }
    }

    /// The same, where there is still something to look at.
    pub async fn sweep_if_open(&self, who: Who) {
        if self.item(who).await.get("sweep_group").is_some() {
            self.sweep(who).await;
        }
    }

    /// A case was filed some minutes ago, and its news is overdue.
    pub async fn age_case(&self, number: u64) {
        let change = json!({
            "Key": {"PK": {"S": format!("CASE#{number}")}, "SK": {"S": "CASE"}},
            "UpdateExpression": "SET created_at = :created, sweep_group = :news, sweep_at = :past",
            "ExpressionAttributeValues": {
                ":created": {"S": "2026-01-01T00:00:00Z"}, ":news": {"S": "NEWS"}, ":past": {"N": "1"},
            },
        });
        self.table("UpdateItem", change).await;
    }

    /// Nobody is at work any more on what was begun.
    pub async fn age_claims(&self) {
        for key in self.unfinished().await {
            let change = json!({
                "Key": {"PK": {"S": key}, "SK": {"S": "CLAIM"}},
                "UpdateExpression": "SET claimed_at = :past",
                "ConditionExpression": "attribute_exists(PK)",
                "ExpressionAttributeValues": {":past": {"N": "1"}},
            });
            self.table("UpdateItem", change).await;
        }
    }

    /// A transfer has been under way for some minutes.
    pub async fn transfer_takes_long(&self, who: Who) {
        self.set(who, "stage_since = :past", json!({":past": {"S": "2026-01-01T00:00:00Z"}})).await;
    }

    /// Plans a crash: of the moments when `function` makes its `call`-th call, the one after `passes` others.
    pub fn kill(&self, function: &str, call: usize, when: When, passes: usize) {
        self.sandbox.gate().kill_after(KillPoint { function: function.to_owned(), call, when }, passes);
    }
}

fn conversation_key(who: Who) -> Value {
    json!({"PK": {"S": format!("PERSON#{}", who.person)}, "SK": {"S": "CONVERSATION"}})
}
