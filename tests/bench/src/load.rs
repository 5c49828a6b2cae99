//! Lines both ways through the sandbox, while its platforms fail by chance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sandbox::sims::discord::{Person, Place};
use sandbox::sims::faults::RandomFaults;
use sandbox::sims::twilio::{Agent, HookChance};
use sandbox::{Handle, Options, Sandbox};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How much, and how bad.
#[derive(clap::Args)]
pub struct Load {
    /// Open conversations.
    #[arg(long, default_value_t = 10)]
    conversations: usize,
    /// How many of them talk at the same time.
    #[arg(long, default_value_t = 10)]
    talking: usize,
    /// Lines of each person, every second one typed, and as many of each agent.
    #[arg(long, default_value_t = 50)]
    lines: usize,
    /// Part of the webhooks and of the invocations that come twice, 0 to 1.
    #[arg(long, default_value_t = 0.05)]
    duplicated: f64,
    /// Part of the calls and webhooks that come late, 0 to 1.
    #[arg(long, default_value_t = 0.05)]
    delayed: f64,
    /// Part of the calls that fail (429, 503, lost on the way there or back) and of the webhooks that are lost, 0 to 1.
    #[arg(long, default_value_t = 0.02)]
    failing: f64,
    /// Repeats the faults of a run, as far as the machine lets it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The functions' release builds.
    #[arg(long)]
    release: bool,
}

/// How many people come in at the same moment.
const OPENING_AT_ONCE: usize = 4;
/// How long a person waits for the receipt of a line before the next one.
const RECEIPT_PATIENCE: Duration = Duration::from_secs(20);
/// A line whose webhook was lost is found by the sweep: at most a minute until it may, and another until it does.
const NO_PROGRESS_LIMIT: Duration = Duration::from_mins(5);

/// One person, their agent, and what they have said.
struct Pair {
    number: usize,
    person: Person,
    agent: Agent,
    conversation: String,
}

/// What was sent one way.
#[derive(Default)]
struct Sent {
    certain: BTreeSet<usize>,
    /// How many of them were typed.
    typed: usize,
    /// Lines of which Discord said that they failed.
    in_doubt: usize,
}

/// What became of the lines of one way.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    sent: usize,
    lost: usize,
    doubled: usize,
    reordered: usize,
}

/// Runs it and prints the counts.
pub async fn run(arguments: &Load) -> anyhow::Result<()> {
    let options = Options { release: arguments.release, schedules: true, holds_delayed: false, ..Options::for_tests() };
    let sandbox = Sandbox::start(options).await.context("start the sandbox")?;
    let pairs = Arc::new(open(&sandbox.handle(), arguments.conversations).await?);
    println!("{} conversations are open; {} lines follow", pairs.len(), 2 * pairs.len() * arguments.lines);

    let started = Instant::now();
    fail(&sandbox, arguments);
    let mut talks = JoinSet::new();
    let places = Arc::new(Semaphore::new(arguments.talking.max(1)));
    for index in 0..pairs.len() {
        let (pairs, handle, lines) = (Arc::clone(&pairs), sandbox.handle(), arguments.lines);
        let places = Arc::clone(&places);
        talks.spawn(async move {
            let _place = places.acquire().await;
            let pair = &pairs[index];
            let (from_person, from_agent) =
                tokio::join!(person_talks(&handle, pair, lines), agent_talks(&handle, pair, lines));
            (index, from_person, from_agent)
        });
    }
    let mut sent = BTreeMap::new();
    while let Some(talk) = talks.join_next().await {
        let (index, from_person, from_agent) = talk?;
        sent.insert(index, (from_person, from_agent?));
        if sent.len() % 50 == 0 {
            eprintln!("{} conversations have said everything, {} s", sent.len(), started.elapsed().as_secs());
        }
    }
    settle(&sandbox, &pairs, &sent).await;
    let happened = sandbox.discord().faults().happened() + sandbox.twilio().faults().happened();
    sandbox.discord().random_faults(None);
    sandbox.twilio().random_faults(None);
    sandbox.twilio().random_hook_faults(None);
    sandbox.cloud().repeat_events(0.0, 0);
    // What is still on its way could be a double.
    if let Err(error) = sandbox.wait_until_idle().await {
        eprintln!("{error:#}");
    }

    let (from_person, from_agent) = count(&sandbox, &pairs, &sent);
    let in_doubt: usize = sent.values().map(|(from_person, _)| from_person.in_doubt).sum();
    let typed: usize = sent.values().map(|(from_person, _)| from_person.typed).sum();
    println!("way              sent   lost  doubled  reordered");
    for (way, count) in [("from the person", &from_person), ("to the person", &from_agent)] {
        println!("{way:15}  {:5}  {:5}  {:7}  {:9}", count.sent, count.lost, count.doubled, count.reordered);
    }
    println!(
        "{happened} calls failed or came late on purpose in {} s; {typed} of the lines were typed; {in_doubt} are left out, because Discord \
         showed them as failed",
        started.elapsed().as_secs()
    );
    Ok(())
}

/// Opens conversations and hands each over to an agent.
async fn open(handle: &Handle, conversations: usize) -> anyhow::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    let mut opening = JoinSet::new();
    for number in 0..conversations {
        if opening.len() >= OPENING_AT_ONCE {
            pairs.extend(opening.join_next().await.transpose()?.transpose()?);
        }
        let handle = handle.clone();
        opening.spawn(
            async move { open_one(&handle, number).await.with_context(|| format!("open conversation {number}")) },
        );
    }
    while let Some(pair) = opening.join_next().await {
        pairs.push(pair??);
    }
    handle.wait_until_idle().await?;
    Ok(pairs)
}

async fn open_one(handle: &Handle, number: usize) -> anyhow::Result<Pair> {
    let (discord, twilio) = (handle.discord(), handle.twilio());
    let person = discord.add_person(&format!("Person {number}"), "en-US");
    let help = discord.channel("help");
    let outcome = discord.command(person, Place::Guild(help), "helpme", json!({})).await;
    ensure!(outcome.is_ok(), "/helpme: {:?}", outcome.kind);
    let patience = Duration::from_mins(1);
    let has_button = |state: &sandbox::sims::discord::DiscordState| {
        state.dm(person).iter().any(|message| message.button("agent:").is_some()).then_some(())
    };
    discord.wait_for(has_button, patience).await.context("wait for the greeting")?;
    let opened = |state: &sandbox::sims::twilio::TwilioState| {
        let theirs =
            |conversation: &&sandbox::sims::twilio::Conversation| conversation.attributes.contains(&person.to_string());
        state
            .conversations()
            .find(theirs)
            .filter(|conversation| conversation.webhooks.len() == 2)
            .map(|found| found.sid.clone())
    };
    let conversation = twilio.wait_for(opened, patience).await.context("wait for the conversation")?;
    let outcome = discord.click_newest(person, "agent:").await;
    ensure!(outcome.is_ok(), "Talk to a person: {:?}", outcome.kind);
    let offered = |state: &sandbox::sims::twilio::TwilioState| {
        state.tasks().find(|task| task.conversation_sid == conversation).map(|task| task.sid.clone())
    };
    let task = twilio.wait_for(offered, patience).await.context("wait for the task")?;
    let agent = twilio.add_agent(&format!("Agent {number}"));
    twilio.accept(&agent, &task).await?;
    Ok(Pair { number, person, agent, conversation })
}

/// From now on the platforms fail.
fn fail(sandbox: &Sandbox, arguments: &Load) {
    let each = (arguments.failing / 4.0).clamp(0.0, 0.2);
    let faults = RandomFaults {
        seed: arguments.seed,
        rate_limit: each,
        server_error: each,
        drop_before: each,
        drop_after: each,
        delay: arguments.delayed.clamp(0.0, 0.5),
        ..RandomFaults::default()
    };
    sandbox.discord().random_faults(Some(faults.clone()));
    sandbox.twilio().random_faults(Some(RandomFaults { seed: arguments.seed + 1, ..faults }));
    sandbox.twilio().random_hook_faults(Some(HookChance {
        seed: arguments.seed + 2,
        drop: arguments.failing.clamp(0.0, 0.5),
        duplicate: arguments.duplicated.clamp(0.0, 0.5),
        delay: arguments.delayed.clamp(0.0, 0.5),
        max_delay: Duration::from_secs(2),
    }));
    sandbox.cloud().repeat_events(arguments.duplicated, arguments.seed + 3);
}

/// What a line says: words that no other line says, and that no markdown changes.
fn line(speaker: char, pair: usize, number: usize) -> String {
    format!("{speaker}{pair:04}n{number:05} is a line")
}

/// The number of a line of this speaker and pair, wherever it stands in `text`.
fn number_of(text: &str, speaker: char, pair: usize) -> Option<usize> {
    let (_, rest) = text.split_once(&format!("{speaker}{pair:04}n"))?;
    rest.get(..5)?.parse().ok()
}

/// A person types, sends with the command, types, sends with the form, and so on.
async fn person_talks(handle: &Handle, pair: &Pair, lines: usize) -> Sent {
    let mut sent = Sent::default();
    for number in 0..lines {
        let text = line('p', pair.number, number);
        let outcome = match number % 4 {
            0 | 2 => {
                handle.discord().type_in_dm(pair.person, &text);
                sent.certain.insert(number);
                sent.typed += 1;
                continue;
            }
            1 => handle.discord().command(pair.person, Place::Dm, "message", json!({ "text": text })).await,
            _ => {
                let opened = handle.discord().click_newest(pair.person, "reply:").await;
                match &opened.modal {
                    Some(form) => handle.discord().submit_modal(pair.person, form, &[("body", &text)]).await,
                    None => opened,
                }
            }
        };
        if outcome.is_ok() {
            sent.certain.insert(number);
        } else {
            sent.in_doubt += 1;
        }
        if let Some(receipt) = outcome.message {
            let shown = |state: &sandbox::sims::discord::DiscordState| {
                state.message(receipt.id).filter(|message| !message.loading).map(|_| ())
            };
            // A receipt that never comes is Discord's fault here, on purpose; the line is what counts.
            let _ = handle.discord().wait_for(shown, RECEIPT_PATIENCE).await;
        }
    }
    sent
}

async fn agent_talks(handle: &Handle, pair: &Pair, lines: usize) -> anyhow::Result<Sent> {
    let mut sent = Sent::default();
    for number in 0..lines {
        handle.twilio().say(&pair.agent, &pair.conversation, &line('a', pair.number, number)).await?;
        sent.certain.insert(number);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(sent)
}

/// Waits until every line has arrived, or nothing moves any more.
async fn settle(sandbox: &Sandbox, pairs: &[Pair], sent: &BTreeMap<usize, (Sent, Sent)>) {
    let (mut missing, mut since) = (usize::MAX, Instant::now());
    loop {
        let (from_person, from_agent) = count(sandbox, pairs, sent);
        let now = from_person.lost + from_agent.lost;
        if now < missing {
            (missing, since) = (now, Instant::now());
            eprintln!("{missing} lines are on their way");
        }
        if missing == 0 || since.elapsed() > NO_PROGRESS_LIMIT {
            return;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

fn count(sandbox: &Sandbox, pairs: &[Pair], sent: &BTreeMap<usize, (Sent, Sent)>) -> (Count, Count) {
    let (mut from_person, mut from_agent) = (Count::default(), Count::default());
    for (index, pair) in pairs.iter().enumerate() {
        let (person, agent) = &sent[&index];
        // A conversation may have had a successor.
        let identity = format!("discord_{}", pair.person);
        let in_flex: Vec<usize> = sandbox.twilio().read(|state| {
            let messages = state.conversations().flat_map(|conversation| conversation.messages.iter());
            let theirs = messages.filter(|message| message.author == identity);
            theirs.filter_map(|message| number_of(&message.body, 'p', pair.number)).collect()
        });
        from_person.add(&person.certain, &in_flex);
        let dm = sandbox.discord().dm(pair.person);
        let shown: Vec<usize> = dm
            .iter()
            .filter(|message| message.from_bot)
            .filter_map(|message| number_of(&message.content, 'a', pair.number))
            .collect();
        from_agent.add(&agent.certain, &shown);
    }
    (from_person, from_agent)
}

impl Count {
    /// Adds one stream of lines.
    fn add(&mut self, sent: &BTreeSet<usize>, arrived: &[usize]) {
        let mut seen = BTreeSet::new();
        for number in arrived {
            if seen.last().is_some_and(|newest| number < newest) && !seen.contains(number) {
                self.reordered += 1;
            }
            if !seen.insert(*number) {
                self.doubled += 1;
            }
        }
        self.sent += sent.len();
        self.lost += sent.difference(&seen).count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arrived: &[usize]) -> (usize, usize, usize) {
        let mut count = Count::default();
        count.add(&BTreeSet::from([0, 1, 2, 3]), arrived);
        assert_eq!(count.sent, 4);
        (count.lost, count.doubled, count.reordered)
    }

    #[test]
    fn lines_are_counted_by_what_became_of_them() {
        assert_eq!(check(&[0, 1, 2, 3]), (0, 0, 0));
        assert_eq!(check(&[0, 2, 3]), (1, 0, 0));
        assert_eq!(check(&[0, 1, 1, 2, 3]), (0, 1, 0));
        assert_eq!(check(&[0, 2, 1, 3]), (0, 0, 1));
        assert_eq!(check(&[0, 1, 2, 3, 1]), (0, 1, 0));
    }

    #[test]
    fn a_line_is_known_by_its_words() {
        let text = format!("(sent earlier) {}", line('a', 3, 17));
        assert_eq!(number_of(&text, 'a', 3), Some(17));
        assert_eq!(number_of(&text, 'p', 3), None);
        assert_eq!(number_of(&text, 'a', 30), None);
    }
}
