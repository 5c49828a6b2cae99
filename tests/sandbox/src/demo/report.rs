//! The second part: a bug report from the form to its end, seen by the reporter, by somebody who has it too, and by a moderator.

use anyhow::{Context as _, ensure};
use domain::case::{Severity, Status};
use domain::text_case::{self as text, card};
use serde_json::json;

use super::{STEP_LIMIT, accepted, heading, line};
use crate::seed;
use crate::sims::discord::{BoardPost, DiscordSim, DiscordState, Filled, Outcome, Person, Place, SimMessage, buttons};

/// What the picture begins with, so that it is one. See [PNG Specification, 5.2].
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// Plays it against a running simulator. `ada` is there already.
pub(super) async fn play(discord: &DiscordSim, ada: Person) -> anyhow::Result<()> {
    let lena = discord.add_person("Lena", "de");
    let morgan = seed::add_moderator(discord);
    let scene = Scene { discord, lena, ada, morgan, number: 0, thread: 0 };
    let scene = scene.report().await?;
    scene.vote().await?;
    scene.work().await?;
    scene.reopen().await?;
    scene.look_back().await?;
    println!("\nThat was the whole life of a report.");
    Ok(())
}

struct Scene<'a> {
    discord: &'a DiscordSim,
    /// Who reports it; her Discord speaks German.
    lena: Person,
    /// Who has it too.
    ada: Person,
    morgan: Person,
    number: u64,
    thread: u64,
}

impl Scene<'_> {
    async fn report(mut self) -> anyhow::Result<Self> {
        heading("Lena reports a bug");
        line("#help", "Lena", "uses /bug and fills in the form, with a picture");
        let help = Place::Guild(self.discord.channel("help"));
        let outcome = self.discord.command(self.lena, help, "bug", json!({})).await;
        accepted(&outcome, "/bug")?;
        let modal = outcome.modal.context("/bug opened no form")?;
        let picture = self.discord.upload(self.lena, "empty map.png", "image/png", PICTURE);
        let filled = [
            ("title", Filled::Text("The map stays empty after the update")),
            ("text", Filled::Text("Since this morning there are no streets, only a grey plain. GPS is on.")),
            ("steps", Filled::Text("1. Open the game\n2. Wait for the map")),
            ("platform", Filled::Select(vec!["android"])),
            ("files", Filled::Files(vec![picture])),
        ];
        let outcome = self.discord.submit_form(self.lena, &modal, &filled).await;
        accepted(&outcome, "the form")?;
        let answer = self.answer(self.lena, &outcome, "that it is filed", |text| text.contains("**#")).await?;
        only_for(&answer, "#help", "Lena");
        let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
        let number = answer.content.split_once("**#").map(|(_, rest)| digits(rest)).unwrap_or_default();
        self.number = number.parse().context("the answer has no case number")?;

        let severity = answer.button("bug-severity:").context("nobody asks how bad it is")?;
        line("#help", "Lena", "chooses the second worst, “high”");
        let chosen = self.discord.select(self.lena, answer.id, &severity, &["high"]).await;
        accepted(&chosen, "the choice of severity")?;

        heading("It stands on the board");
        let prefix = format!("#{} ", self.number);
        let find = |state: &DiscordState| {
            let board = state.channel("bug-report")?;
            state.board_posts(board).into_iter().find(|post| post.name.starts_with(&prefix))
        };
        let post = self.discord.wait_for(find, STEP_LIMIT).await.context("no post on the board")?;
        self.thread = post.thread;
        // The worker has made the report findable before it brings the post up to date.
        let severity = field(card::SEVERITY, text::severity(Severity::High));
        let post = self.post("the severity", |_, card| card.all_text().contains(&severity)).await?;
        show(&post);
        let card = post.first().context("the post has no card")?;
        let kept = self.discord.read(|state| state.attachments(card.id));
        ensure!(kept.len() == 1, "the picture is not on the card");
        ensure!(self.discord.file_bytes(kept[0].id).as_deref() == Some(PICTURE), "the picture has changed");
        line("Board", "", &format!("with {} ({} bytes)", kept[0].filename, kept[0].size));
        Ok(self)
    }

    async fn vote(&self) -> anyhow::Result<()> {
        heading("Ada has it too");
        line("#help", "Ada", "/bug title: Map stays empty since the update");
        let options = json!({ "title": "Map stays empty since the update", "text": "I see no streets any more." });
        let help = Place::Guild(self.discord.channel("help"));
        let outcome = self.discord.command(self.ada, help, "bug", options).await;
        accepted(&outcome, "/bug")?;
        let number = format!("#{}", self.number);
        let offer = self.answer(self.ada, &outcome, "the offer to vote", |text| text.contains(&number)).await?;
        only_for(&offer, "#help", "Ada");
        let vote = offer.button("bug-vote:").context("there is no button to vote with")?;
        line("#help", "Ada", &format!("presses “{}”", label(&offer, &vote)));
        let before = offer.all_text();
        accepted(&self.discord.click(self.ada, offer.id, &vote).await, "the vote")?;
        let changed = |state: &DiscordState| {
            let shown = state.message(offer.id).filter(|message| !message.loading);
            shown.filter(|message| message.all_text() != before).cloned()
        };
        let voted = self.discord.wait_for(changed, STEP_LIMIT).await.context("the vote was not answered")?;
        only_for(&voted, "#help", "Ada");
        let button = text::buttons::vote(1);
        show_state(&self.post("the vote on the card", |_, card| card.all_text().contains(&button)).await?);
        Ok(())
    }

    async fn work(&self) -> anyhow::Result<()> {
        heading("A moderator works on it");
        self.press("case-take:", Status::Open).await?;
        self.press("case-waiting:", Status::WaitingForPerson).await?;
        let reply = "It is version 0.298.2.";
        self.discord.type_in(self.lena, self.thread, reply);
        line("Thread", "Lena", reply);
        let reason = "Fixed in 0.299.1, which is out since noon.";
        line("#help", "Morgan", &format!("/case status number: {} to: resolved reason: {reason}", self.number));
        let help = Place::Guild(self.discord.channel("help"));
        let options = json!({ "number": self.number.to_string(), "to": "resolved", "reason": reason });
        let before = self.discord.dm(self.lena).len();
        let outcome = self.discord.command(self.morgan, help, "case status", options).await;
        accepted(&outcome, "/case status")?;
        let number = format!("#{}", self.number);
        let answer = self.answer(self.morgan, &outcome, "the answer", |text| text.contains(&number)).await?;
        only_for(&answer, "#help", "Morgan");
        self.told(before, |message| message.content.contains(reason) && message.button("case-reopen:").is_some())
            .await?;
        self.becomes(Status::Resolved).await?;
        Ok(())
    }

    async fn reopen(&self) -> anyhow::Result<()> {
        heading("Not done after all");
        let reopen = self.discord.read(|state| {
            let mut newest = state.dm(self.lena).into_iter().rev();
            newest.find_map(|message| Some((message.button("case-reopen:")?, message)))
        });
        let (custom_id, message) = reopen.context("there is no button Reopen")?;
        line("DM", "Lena", &format!("presses “{}”", label(&message, &custom_id)));
        let outcome = self.discord.click(self.lena, message.id, &custom_id).await;
        accepted(&outcome, "Reopen")?;
        let number = format!("#{}", self.number);
        let answer = self.answer(self.lena, &outcome, "that it is open again", |text| text.contains(&number)).await?;
        only_for(&answer, "DM", "Lena");
        self.becomes(Status::Reopened).await?;
        self.press("case-resolve:", Status::Resolved).await
    }

    async fn look_back(&self) -> anyhow::Result<()> {
        heading("Lena looks at her cases");
        line("DM", "Lena", "/case mine");
        let outcome = self.discord.command(self.lena, Place::Dm, "case mine", json!({})).await;
        accepted(&outcome, "/case mine")?;
        let number = format!("#{}", self.number);
        let mine = self.answer(self.lena, &outcome, "her cases", |text| text.contains(&number)).await?;
        only_for(&mine, "DM", "Lena");
        Ok(())
    }

    /// The moderator presses a button on the card: Lena hears of it, and the card shows it.
    async fn press(&self, button: &str, status: Status) -> anyhow::Result<()> {
        let post = self.post("the button", |_, card| card.button(button).is_some()).await?;
        let card = post.first().context("the post has no card")?;
        let custom_id = card.button(button).context("the card has no such button")?;
        line("Board", "Morgan", &format!("presses “{}”", label(card, &custom_id)));
        let before = self.discord.dm(self.lena).len();
        let outcome = self.discord.click(self.morgan, card.id, &custom_id).await;
        accepted(&outcome, button)?;
        let number = format!("#{}", self.number);
        let answer = self.answer(self.morgan, &outcome, "the answer", |text| text.contains(&number)).await?;
        only_for(&answer, "Board", "Morgan");
        self.told(before, |message| message.content.contains(&number)).await?;
        self.becomes(status).await
    }

    /// Waits until card and tags show this status.
    async fn becomes(&self, status: Status) -> anyhow::Result<()> {
        let (said, tag) = (field(card::STATUS, text::status(status)), text::status_tag(status));
        let shows = |post: &BoardPost, card: &SimMessage| {
            card.all_text().contains(&said) && post.tags.iter().any(|has| has == tag)
        };
        show_state(&self.post("the new status", shows).await?);
        Ok(())
    }

    /// The answer to an interaction, once it is there.
    async fn answer(
        &self,
        person: Person,
        outcome: &Outcome,
        what: &str,
        fits: impl Fn(&str) -> bool,
    ) -> anyhow::Result<SimMessage> {
        let id = outcome.message.as_ref().with_context(|| format!("{what}: there is no answer"))?.id;
        let find = |state: &DiscordState| {
            let shown = state.message(id).filter(|message| !message.loading && fits(&message.all_text()));
            shown.cloned()
        };
        let Ok(answer) = self.discord.wait_for(find, STEP_LIMIT).await else {
            let said = self.discord.read(|state| state.message(id).map(SimMessage::all_text));
            anyhow::bail!("{what} did not come within {} s, but {said:?}", STEP_LIMIT.as_secs());
        };
        ensure!(answer.ephemeral_for == Some(person.id()), "{what}: others see it too");
        Ok(answer)
    }

    /// The case's post, once it is as it should be.
    async fn post(&self, what: &str, fits: impl Fn(&BoardPost, &SimMessage) -> bool) -> anyhow::Result<BoardPost> {
        let find = |state: &DiscordState| {
            let post = state.board_post(self.thread)?;
            post.first().is_some_and(|card| fits(&post, card)).then_some(post)
        };
        self.discord.wait_for(find, STEP_LIMIT).await.with_context(|| format!("{what} did not come to the board"))
    }

    /// Waits for a new direct message to Lena, and prints it. `before`: how many she had.
    async fn told(&self, before: usize, fits: impl Fn(&SimMessage) -> bool) -> anyhow::Result<()> {
        let find = |state: &DiscordState| state.dm(self.lena).into_iter().skip(before).find(|message| fits(message));
        let message = self.discord.wait_for(find, STEP_LIMIT).await.context("Lena was not told")?;
        line("DM", &message.author, &readable(&message));
        Ok(())
    }
}

/// Prints an answer that only one person sees.
fn only_for(message: &SimMessage, place: &str, name: &str) {
    line(place, &message.author, &format!("{}\n(only {name} sees this)", readable(message)));
}

/// A field of a card as its text has it.
fn field(name: &str, value: &str) -> String {
    format!("{name}\n{value}")
}

/// Prints what changes about a post: its tags, and the short fields and buttons of its card.
fn show_state(post: &BoardPost) {
    line("Board", "", &format!("{}  [{}]", post.name, post.tags.join(", ")));
    if let Some(card) = post.first() {
        let mut card = card.clone();
        for embed in card.embeds.as_array_mut().into_iter().flatten() {
            embed["title"] = json!(null);
            embed["description"] = json!(null);
            if let Some(fields) = embed["fields"].as_array_mut() {
                fields.retain(|field| field["inline"] == true);
            }
        }
        line("Board", &card.author, &readable(&card));
    }
}

/// Prints a post: its name, its tags and its card.
fn show(post: &BoardPost) {
    line("Board", "", &format!("{}  [{}]", post.name, post.tags.join(", ")));
    if let Some(card) = post.first() {
        line("Board", &card.author, &readable(card));
    }
}

/// Content, embeds and buttons as they are read: a backslash that takes a mark its meaning is not shown.
fn readable(message: &SimMessage) -> String {
    let mut lines: Vec<String> = Some(message.content.clone()).filter(|text| !text.is_empty()).into_iter().collect();
    for embed in message.embeds.as_array().into_iter().flatten() {
        lines.extend(["title", "description"].iter().filter_map(|key| embed[key].as_str().map(str::to_owned)));
        let field = |field: &serde_json::Value| {
            format!("{}: {}", field["name"].as_str().unwrap_or_default(), field["value"].as_str().unwrap_or_default())
        };
        let (inline, block): (Vec<_>, Vec<_>) =
            embed["fields"].as_array().into_iter().flatten().partition(|field| field["inline"] == true);
        lines.extend(block.into_iter().map(field));
        lines.push(inline.into_iter().map(field).collect::<Vec<_>>().join(" · "));
    }
    let pressed: Vec<_> = buttons(message).into_iter().map(|(label, ..)| format!("[{label}]")).collect();
    lines.push(pressed.join(" "));
    lines.retain(|line| !line.is_empty());
    let mut shown = String::new();
    let mut characters = lines.join("\n").chars().collect::<Vec<_>>().into_iter().peekable();
    while let Some(character) = characters.next() {
        let escapes = character == '\\' && characters.peek().is_some_and(char::is_ascii_punctuation);
        if !escapes {
            shown.push(character);
        } else if let Some(escaped) = characters.next() {
            shown.push(escaped);
        }
    }
    shown
}

/// What stands on a button.
fn label(message: &SimMessage, custom_id: &str) -> String {
    let found = buttons(message).into_iter().find(|(_, id, _)| id == custom_id);
    found.map(|(label, ..)| label).unwrap_or_default()
}
