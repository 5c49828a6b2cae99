//! `cargo run -p sandbox -- demo`: one whole conversation and the life of a bug report, printed as a transcript while they happen.

mod report;

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::json;

use crate::sims::discord::{DiscordSim, Outcome, Person, Place, SimMessage};
use crate::sims::twilio::{Agent, Task, TwilioSim};
use crate::{Options, Sandbox};

/// How long any one step may take.
const STEP_LIMIT: Duration = Duration::from_secs(20);

/// Starts a sandbox of its own on a free port and plays one conversation and one report in it.
///
/// # Errors
///
/// When it cannot be started, or a step does not happen within 20 seconds.
pub async fn run() -> anyhow::Result<()> {
    println!("Building and deploying template.yaml on this machine…");
    let sandbox = Sandbox::start(Options::default()).await?;
    println!("Deployed; {}/ shows it while it runs.", sandbox.url());
    play(sandbox.discord(), sandbox.twilio()).await?;
    let violations = [sandbox.discord().contract_violations(), sandbox.twilio().contract_violations()].concat();
    ensure!(violations.is_empty(), "requests were made that the platforms do not document: {violations:#?}");
    Ok(())
}

/// Plays the conversation and the report against running simulators.
///
/// # Errors
///
/// When a step does not happen within 20 seconds.
pub async fn play(discord: &DiscordSim, twilio: &TwilioSim) -> anyhow::Result<()> {
    let ada = discord.add_person("Ada", "en-US");
    let alex = twilio.add_agent("Alex Agent");
    let mut scene = Scene { discord, twilio, ada, alex, shown: Vec::new(), seen: Vec::new() };
    scene.ask().await?;
    let task = scene.transfer().await?;
    scene.talk(&task).await?;
    scene.end(&task).await?;
    scene.what_the_agent_saw(&task);
    report::play(discord, ada).await
}

fn heading(text: &str) {
    println!("\n── {text} ──");
}

/// One line of the transcript; further lines of a text are set in.
fn line(place: &str, who: &str, text: &str) {
    for (at, part) in text.lines().enumerate() {
        let (place, who) = if at == 0 { (place, who) } else { ("", "") };
        println!("{}", format!("{place:<8} {who:<14} {part}").trim_end());
    }
    // A transcript is read while it happens, also through a pipe.
    let _ = std::io::stdout().flush();
}

struct Scene<'a> {
    discord: &'a DiscordSim,
    twilio: &'a TwilioSim,
    ada: Person,
    alex: Agent,
    /// Messages that were printed, with the text that was printed.
    shown: Vec<(u64, String)>,
    seen: Vec<String>,
}

impl Scene<'_> {
    async fn ask(&mut self) -> anyhow::Result<()> {
        heading("Ada asks in the server");
        let question = "My position jumps around on the map. How do I fix GPS drift?";
        line("#help", "Ada", &format!("/helpme question: {question}"));
        let help = Place::Guild(self.discord.channel("help"));
        let outcome = self.discord.command(self.ada, help, "helpme", json!({ "question": question })).await;
        accepted(&outcome, "/helpme")?;
        let dm = self.discord.dm_channel(self.ada);
        let link = format!("discord.com/channels/@me/{dm}");
        let answer = self
            .discord
            .wait_for(
                |state| {
                    state
                        .shown_to(self.ada)
                        .into_iter()
                        .find(|message| !message.loading && message.all_text().contains(&link))
                },
                STEP_LIMIT,
            )
            .await
            .context("/helpme was not answered with the link to the direct messages")?;
        ensure!(answer.ephemeral_for.is_some(), "the answer to /helpme can be seen by everybody in the server");
        line("#help", "Support", &format!("{}  (only Ada sees this)", answer.all_text()));
        heading("The virtual agent answers in the DM");
        self.until("the greeting with its three buttons", |message| {
            ["reply:v1:", "agent:v1:", "end:v1:"].iter().all(|button| message.button(button).is_some())
        })
        .await?;
        self.until("an article", |message| {
            message.from_bot && message.all_text().contains("https://") && message.all_text().contains("**")
        })
        .await?;
        Ok(())
    }

    async fn transfer(&mut self) -> anyhow::Result<Task> {
        heading("Ada wants a person");
        line("DM", "Ada", "presses “Talk to a person”");
        let outcome = self.discord.click_newest(self.ada, "agent:v1:").await;
        accepted(&outcome, "the button")?;
        self.until("the case number", |message| message.from_bot && message.content.to_lowercase().contains("case #"))
            .await?;
        let theirs = |task: &Task| task.attributes["discord_user_id"] == self.ada.to_string();
        let task = self
            .twilio
            .wait_for(|state| state.waiting_tasks().into_iter().find(theirs), STEP_LIMIT)
            .await
            .context("no task reached the agents")?;
        let customer = task.attributes["customerName"].as_str().unwrap_or_default();
        line("Flex", "TaskRouter", &format!("a task waits: case #{}, {customer}", task.attributes["case_number"]));
        line("Flex", "Alex Agent", "accepts");
        self.twilio.accept(&self.alex, &task.sid).await?;
        self.until("that the agent has joined", |message| message.from_bot && message.content.contains("has joined"))
            .await?;
        Ok(task)
    }

    async fn talk(&mut self, task: &Task) -> anyhow::Result<()> {
        heading("They talk");
        let lines = [
            ("Hello Ada, does it also happen outdoors?", "Yes, in the park as well.", false),
            ("Is precise location switched on for the game?", "No! I had switched it off 😀", true),
            ("Switch it on and restart the game, then it stays put.", "That worked, thank you!", false),
        ];
        for (agent_says, ada_says, by_form) in lines {
            self.twilio.say(&self.alex, &task.conversation_sid, agent_says).await?;
            line("Flex", "Alex Agent", agent_says);
            self.until("the agent's line", |message| message.from_bot && message.content.contains(agent_says)).await?;
            if by_form {
                line("DM", "Ada", "uses /message");
                let outcome = self.discord.command(self.ada, Place::Dm, "message", json!({ "text": ada_says })).await;
                accepted(&outcome, "/message")?;
            } else {
                line("DM", "Ada", "presses “Reply” and fills in the form");
                let outcome = self.discord.click_newest(self.ada, "reply:v1:").await;
                accepted(&outcome, "the button Reply")?;
                let modal = outcome.modal.context("the button Reply opened no form")?;
                let outcome = self.discord.submit_modal(self.ada, &modal, &[("body", ada_says)]).await;
                accepted(&outcome, "the form")?;
            }
            self.reaches_agent(task, ada_says).await?;
        }
        Ok(())
    }

    async fn end(&mut self, task: &Task) -> anyhow::Result<()> {
        heading("The agent completes");
        self.twilio.complete(&self.alex, &task.sid).await?;
        line("Flex", "Alex Agent", "completes the task");
        self.until("that the chat has ended", |message| message.from_bot && message.content.contains("has ended"))
            .await?;
        self.presses_and_reads(&format!("case-rate:v1:{}:{}:5", self.ada, task.attributes["case_number"]), "5").await?;
        let transcript = self.presses_and_reads("transcript:v1:", "Transcript").await?;
        let file = transcript.attachments.first().and_then(|file| self.discord.file_bytes(*file));
        let file = file.context("the transcript carries no file")?;
        line("DM", "(the file)", &String::from_utf8_lossy(&file));
        Ok(())
    }

    /// Presses a button in the DM, whose answer only Ada sees.
    async fn presses_and_reads(&self, button: &str, label: &str) -> anyhow::Result<SimMessage> {
        line("DM", "Ada", &format!("presses “{label}”"));
        let outcome = self.discord.click_newest(self.ada, button).await;
        accepted(&outcome, "the button")?;
        let id = outcome.message.as_ref().context("the button has no answer")?.id;
        let answer = self
            .discord
            .wait_for(|state| state.message(id).filter(|answer| !answer.loading).cloned(), STEP_LIMIT)
            .await
            .context("the button was not answered")?;
        line("DM", "Support", &format!("{}  (only Ada sees this)", answer.content));
        Ok(answer)
    }

    fn what_the_agent_saw(&self, task: &Task) {
        heading(&format!("What the agent saw (case #{})", task.attributes["case_number"]));
        for message in self.twilio.messages(&task.conversation_sid) {
            let who = match message.author.as_str() {
                author if author == self.alex.identity => "Alex Agent",
                "assistant" => "assistant",
                "system" => "system",
                _ => "Ada",
            };
            line("Flex", who, &message.body);
        }
        println!("\nThat was the whole conversation.");
    }

    /// Waits for a new message in the DM that fits, and prints all that came up to then.
    async fn until(&mut self, what: &str, fits: impl Fn(&SimMessage) -> bool) -> anyhow::Result<()> {
        let (ada, shown) = (self.ada, self.shown.clone());
        let is_new = |message: &SimMessage| !message.loading && !shown.contains(&(message.id, message.all_text()));
        let found = self
            .discord
            .wait_for(
                |state| {
                    let dm = state.dm(ada);
                    dm.iter().any(|message| is_new(message) && fits(message)).then_some(dm)
                },
                STEP_LIMIT,
            )
            .await;
        let Ok(dm) = found else {
            let dm = self.discord.dm(ada);
            self.print(&dm);
            bail!("{what} did not come to the direct messages within {} s", STEP_LIMIT.as_secs());
        };
        self.print(&dm);
        Ok(())
    }

    fn print(&mut self, dm: &[SimMessage]) {
        for message in dm.iter().filter(|message| !message.loading) {
            let text = message.all_text();
            if self.shown.iter().any(|(id, shown)| *id == message.id && *shown == text) {
                continue;
            }
            let labels = crate::sims::discord::buttons(message).into_iter().map(|(label, ..)| format!("[{label}]"));
            let buttons = labels.collect::<Vec<_>>().join(" ");
            let content =
                if buttons.is_empty() { message.content.clone() } else { format!("{}\n{buttons}", message.content) };
            line("DM", &message.author, &content);
            self.shown.retain(|(id, _)| *id != message.id);
            self.shown.push((message.id, text));
        }
    }

    /// Waits until the person's line is in the conversation, once.
    async fn reaches_agent(&mut self, task: &Task, text: &str) -> anyhow::Result<()> {
        let conversation = task.conversation_sid.clone();
        let arrived = self
            .twilio
            .wait_for(
                |state| state.messages(&conversation).into_iter().find(|message| message.body == text),
                STEP_LIMIT,
            )
            .await
            .with_context(|| format!("Ada's line {text:?} did not reach the agent"))?;
        ensure!(!self.seen.contains(&arrived.sid), "the agent got {text:?} twice");
        self.seen.push(arrived.sid);
        line("Flex", "Ada", text);
        let dm = self.discord.dm(self.ada);
        self.print(&dm);
        Ok(())
    }
}

fn accepted(outcome: &Outcome, what: &str) -> anyhow::Result<()> {
    ensure!(outcome.is_ok(), "{what}: {:?}", outcome.kind);
    Ok(())
}
