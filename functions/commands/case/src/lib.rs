//! `/case` and the buttons of cases: moderators work on the cases of their server; everybody sees their own, votes, and may reopen.

use anyhow::Context;
use desk::boards;
use desk::casework::{Casework, CaseworkError, Search, case_url};
use desk::commands::{self, Commands, asker, chat_link, is_theirs, known_place};
use desk::connect::Connector;
use desk::continuing::GoesOn;
use desk::moderators::Moderators;
use desk::opening::{OpenError, Opening};
use desk::reporting::cast_vote;
use desk::said;
use desk::welcoming::{WelcomeError, Welcoming};
use discord::interaction::{Interaction, InteractionKind};
use discord::message::{
    Button, ButtonAction, ButtonStyle, CONTENT_LENGTH_MAX, EmbedField, OutgoingMessage, escape_markdown,
};
use discord::reply::{Field, FieldKind, Modal, Reply, TextStyle};
use discord::routes::{
    CASE_COMMENT, CASE_RATE, CASE_REOPEN, CASE_RESOLVE, CASE_TAKE, CASE_VOTE, CASE_WAITING, COMMENT, CustomId,
};
use domain::case::{Assignee, Author, COMMENT_LENGTH_MAX, Case, Change, Edit, Kind, REOPENING, ReopenError, Status};
use domain::conversation::Stage;
use domain::ids::{CaseNumber, PersonId};
use domain::line::Asker;
use domain::rights::Actor;
use domain::text_case::{self as text, card};
use domain::text_discord::FrontDoor;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;
use store::AssigneeFilter;
use tracing::error;
use wording::Wording;

/// Most cases of a list in a message.
const LIST_LENGTH: usize = 15;

/// Longest line under such a list, in characters.
const LAST_LINE_LENGTH_MAX: usize = 100;

/// Most suggestions. See [Discord Docs/Application Commands, Autocomplete].
const CHOICES_MAX: usize = 25;

/// How many of the newest lines of the history are shown.
const HISTORY_LENGTH: usize = 5;

/// The reason in the history where the reporter gave none.
const REOPENED: &str = "reopened by the reporter";

/// What this function uses.
pub struct Deps {
    commands: Commands,
    casework: Casework,
    moderators: Moderators,
    welcoming: Welcoming,
    opening: Opening,
    console_url: Option<String>,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self {
            commands: connector.commands()?,
            casework: connector.casework()?,
            moderators: connector.moderators(),
            welcoming: connector.welcoming()?,
            opening: connector.opening()?,
            console_url: connector.console_url(),
        })
    }
}

/// Handles one invocation: an interaction that the front door has verified, and deferred unless it waits for suggestions.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<Value, Error> {
    let interaction: Option<Interaction> = serde_json::from_value(event.payload.clone()).ok();
    if let Some(typing) = interaction.filter(|interaction| interaction.kind == InteractionKind::Autocomplete) {
        return Ok(suggestions(deps, &typing).await?.into_value());
    }
    if let Some(pressed) = commands::asked(&event.payload, CASE_COMMENT) {
        return Ok(comment_form(deps, &pressed).await?.into_value());
    }
    let request_id = event.context.request_id;
    deps.commands.run(event.payload, &request_id, |interaction| answer(deps, interaction)).await?;
    Ok(Value::Null)
}

/// Cases that fit what was typed so far, for those who may work on them.
async fn suggestions(deps: &Deps, typing: &Interaction) -> anyhow::Result<Reply> {
    let actor = deps.moderators.actor(typing, deps.casework.configured).await?;
    let typed = typing.focused().map(|(_, typed)| typed.to_owned()).unwrap_or_default();
    let statuses = if typed.trim().is_empty() {
        Status::ALL.iter().copied().filter(|status| !status.is_done()).collect()
    } else {
        Vec::new()
    };
    let search = Search { statuses, text: typed, ..Search::default() };
    match deps.casework.list(&actor, &search, None, CHOICES_MAX).await {
        Ok(page) => {
            let choice = |case: &domain::case::Summary| (text::choice(case), case.number.to_string());
            Ok(Reply::choices(page.cases.iter().map(choice)))
        }
        Err(CaseworkError::Failed(error)) => Err(error),
        Err(_) => Ok(Reply::no_choices()),
    }
}

async fn answer(deps: &Deps, interaction: Interaction) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    if !is_theirs(&interaction) {
        return Ok(OutgoingMessage::text(says.not_yours()));
    }
    let custom_id = interaction.custom_id().and_then(|text| text.parse::<CustomId>().ok());
    if let Some(CustomId { action, argument, .. }) = custom_id {
        let number = argument.unwrap_or_default();
        return match action.as_str() {
            CASE_VOTE => {
                let server = interaction.guild_id;
                let said = cast_vote(&deps.casework, says, interaction.person.id, &number, server).await?;
                Ok(OutgoingMessage::text(said))
            }
            CASE_REOPEN => reopen_own(deps, says, &interaction, &number, REOPENED).await,
            CASE_RATE => rate(deps, says, &interaction, &number).await,
            CASE_COMMENT => comment(deps, says, &interaction, &number).await,
            _ => pressed(deps, &interaction, &action, &number).await,
        };
    }
    if interaction.subcommand() == Some("mine") {
        return mine(deps, says, interaction.person.id).await;
    }
    let actor = deps.moderators.actor(&interaction, deps.casework.configured).await?;
    let is_moderator = matches!(actor, Actor::Moderator { .. });
    if interaction.subcommand() == Some("reopen")
        && let typed = interaction.option("number").unwrap_or_default()
        && let Some(case) = own_case(deps, interaction.person.id, typed).await?
        // Moderators may do it also when the reporter's time is over.
        && (!is_moderator || case.reopening(Timestamp::now()).is_ok() || goes_on_undone(&case))
    {
        let reason = interaction.option("reason").unwrap_or(REOPENED);
        return reopen_own(deps, says, &interaction, typed, reason).await;
    }
    if !is_moderator {
        return Ok(OutgoingMessage::text(says.moderators_only()));
    }
    if interaction.subcommand() == Some("list") {
        return list(deps, &actor, &interaction).await;
    }
    let typed = interaction.option("number").unwrap_or_default();
    let Some(number) = CaseNumber::from_typed(typed) else { return Ok(OutgoingMessage::text(text::NOT_A_NUMBER)) };
    let reason = interaction.option("reason").unwrap_or_default();
    let edits = match interaction.subcommand() {
        Some("assign") => match assignee(deps, &actor, &interaction).await? {
            Some(assignee) => vec![Edit::Assignee(Some(assignee))],
            None => return Ok(OutgoingMessage::text(text::ASSIGNEE_NO_MODERATOR)),
        },
        Some("status") => match interaction.option("to").and_then(Status::from_name) {
            Some(status) => vec![Edit::Status(status)],
            None => return Ok(OutgoingMessage::text(text::NO_STATUS)),
        },
        Some("note") => {
            let note = interaction.option("text").unwrap_or_default();
            return change(deps, &actor, &interaction, number, Vec::new(), note).await;
        }
        Some("link") => {
            let other = interaction.option("to").unwrap_or_default();
            let Some(other) = CaseNumber::from_typed(other) else {
                return Ok(OutgoingMessage::text(text::NOT_A_NUMBER));
            };
            match deps.casework.find(&actor, other).await {
                Ok(_) => vec![Edit::Link(other)],
                Err(error) => return refused(other, error),
            }
        }
        Some("reopen") => vec![Edit::Status(Status::Reopened)],
        _ => return view(deps, &actor, number).await,
    };
    change(deps, &actor, &interaction, number, edits, reason).await
}

/// A button on a case's card, which everybody sees: the right is looked at now.
async fn pressed(
    deps: &Deps,
    interaction: &Interaction,
    action: &str,
    number: &str,
) -> anyhow::Result<OutgoingMessage> {
    let actor = deps.moderators.actor(interaction, deps.casework.configured).await?;
    if !matches!(actor, Actor::Moderator { .. }) {
        return Ok(OutgoingMessage::text(wording::speaking(interaction.language()).moderators_only()));
    }
    let Some(number) = CaseNumber::from_typed(number) else { return Ok(OutgoingMessage::text(text::unknown(number))) };
    let (status, reason) = match action {
        CASE_TAKE => (Status::Open, card::TOOK),
        CASE_WAITING => (Status::WaitingForPerson, card::ASKED),
        CASE_RESOLVE => (Status::Resolved, card::DONE),
        _ => {
            let front_door = FrontDoor::speaking(interaction.language());
            return Ok(OutgoingMessage::text(front_door.unknown_command()));
        }
    };
    let mut edits = vec![Edit::Status(status)];
    if action == CASE_TAKE {
        edits.push(Edit::Assignee(actor.assignee()));
    }
    change(deps, &actor, interaction, number, edits, reason).await
}

async fn change(
    deps: &Deps,
    actor: &Actor,
    interaction: &Interaction,
    number: CaseNumber,
    edits: Vec<Edit>,
    reason: &str,
) -> anyhow::Result<OutgoingMessage> {
    let key = format!("interaction {}", interaction.id);
    match deps.casework.change_once(&key, actor, number, edits, reason).await {
        Ok(changed) => Ok(OutgoingMessage::text(match &changed.event {
            Some(event) => text::changed(number, &escape_markdown(&text::event(event))),
            None => text::unchanged(number),
        })),
        Err(error) => refused(number, error),
    }
}

/// What a moderator reads when nothing was done. Only what may work later is an error.
fn refused(number: CaseNumber, error: CaseworkError) -> anyhow::Result<OutgoingMessage> {
    Ok(OutgoingMessage::text(match error {
        CaseworkError::Unknown | CaseworkError::Invalid(_) => text::unknown(&format!("#{number}")),
        CaseworkError::Refused(error) => text::refused(number, &error),
        CaseworkError::Conflict { .. } => text::conflict(number),
        CaseworkError::Failed(error) => return Err(error),
    }))
}

/// Whom a case is given to: the moderator, or another one. `None` for somebody who is none.
async fn assignee(deps: &Deps, actor: &Actor, interaction: &Interaction) -> anyhow::Result<Option<Assignee>> {
    let (Actor::Moderator { server, .. }, Some(to)) = (actor, interaction.user("to")) else {
        return Ok(actor.assignee());
    };
    Ok(deps.moderators.moderator(*server, to.id).await?.and_then(|moderator| moderator.assignee()))
}

async fn view(deps: &Deps, actor: &Actor, number: CaseNumber) -> anyhow::Result<OutgoingMessage> {
    let case = match deps.casework.find(actor, number).await {
        Ok(case) => case,
        Err(error) => return refused(number, error),
    };
    let history = match deps.casework.history(&case).await {
        Ok(history) => history,
        Err(error) => return refused(number, error),
    };
    let mut message = boards::show(&case);
    if case.kind == Kind::Support {
        // Nobody else has it too.
        message.buttons.retain(|button| match &button.action {
            ButtonAction::Custom { custom_id, .. } => !custom_id.starts_with(CASE_VOTE),
            ButtonAction::Link(_) => true,
        });
    }
    let lines: Vec<_> = history
        .iter()
        .rev()
        .take(HISTORY_LENGTH)
        .map(|event| {
            let at = event.at.as_second();
            let reason: String = event.reason.chars().take(80).collect();
            format!(
                "<t:{at}:R> {}: {} {}",
                escape_markdown(text::author(&event.author)),
                escape_markdown(&text::event(event)),
                escape_markdown(&reason)
            )
        })
        .collect();
    if let Some(embed) = message.embeds.first_mut() {
        embed.fields.push(EmbedField::inline(card::PRIORITY, text::priority(case.priority)));
        embed.fields.extend(case.rating.map(|stars| EmbedField::inline(card::RATING, format!("{stars} / 5"))));
        let comment = case.rating_comment.as_deref().map(escape_markdown);
        embed.fields.extend(comment.map(|comment| EmbedField::block(card::RATING_COMMENT, comment)));
        if !case.links.is_empty() {
            let linked: Vec<_> = case.links.iter().map(|link| format!("#{link}")).collect();
            embed.fields.push(EmbedField::inline(card::LINKS, linked.join(", ")));
        }
        embed.fields.push(EmbedField::block(card::HISTORY, lines.join("\n")));
    }
    let console = case_url(deps.console_url.as_deref(), number);
    let pages = [(text::buttons::THREAD, boards::link(&case)), (text::buttons::CONSOLE, console)];
    message.buttons.extend(pages.into_iter().filter_map(|(label, url)| Some(Button::link(label, url?))));
    Ok(message)
}

async fn list(deps: &Deps, actor: &Actor, interaction: &Interaction) -> anyhow::Result<OutgoingMessage> {
    let statuses = match interaction.option("status").and_then(Status::from_name) {
        Some(status) => vec![status],
        None => Status::ALL.iter().copied().filter(|status| !status.is_done()).collect(),
    };
    let mine = interaction.boolean("mine_only").unwrap_or_default();
    let search = Search {
        statuses,
        kind: interaction.option("kind").and_then(Kind::from_name),
        assignee: actor.assignee().filter(|_| mine).map(|assignee| AssigneeFilter::Key(assignee.key)),
        ..Search::default()
    };
    match deps.casework.list(actor, &search, None, LIST_LENGTH).await {
        Ok(page) if page.cases.is_empty() => Ok(OutgoingMessage::text(text::NOTHING_FOUND)),
        Ok(page) => {
            let lines = page.cases.iter().map(|case| text::line(case, &escape_markdown(&cut(&case.title))));
            let mut lines = fitting(lines);
            if page.next.is_some() || lines.len() < page.cases.len() {
                lines.push(text::more(lines.len()));
            }
            let button = deps.console_url.clone().map(|url| Button::link(text::buttons::CONSOLE, url));
            Ok(OutgoingMessage::text(lines.join("\n")).with_buttons(button))
        }
        Err(CaseworkError::Failed(error)) => Err(error),
        Err(_) => Ok(OutgoingMessage::text(text::NOTHING_FOUND)),
    }
}

async fn mine(deps: &Deps, says: &Wording, person: PersonId) -> anyhow::Result<OutgoingMessage> {
    let numbers = deps.casework.store.case_numbers_of(person).await.context("find the person's cases")?;
    let newest: Vec<_> = numbers.iter().copied().take(LIST_LENGTH).collect();
    let cases = deps.casework.store.summaries(&newest).await.context("load the person's cases")?;
    if cases.is_empty() {
        return Ok(OutgoingMessage::text(says.mine_none()));
    }
    let lines = cases.iter().map(|case| {
        let title = says.case_title(case.kind, &case.title, &case.reporter_name);
        says.mine_line(case.number, case.kind, case.status, &escape_markdown(&cut(&title)))
    });
    let lines = fitting([says.mine_heading(numbers.len())].into_iter().chain(lines));
    Ok(OutgoingMessage::text(lines.join("\n")))
}

/// What was taken for a number, short enough to be said again.
fn shown(number: &str) -> String {
    escape_markdown(&number.chars().take(30).collect::<String>())
}

/// The first of these lines that fit into one message, with a line more.
fn fitting(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut left = CONTENT_LENGTH_MAX - LAST_LINE_LENGTH_MAX;
    lines
        .map_while(|line| {
            left = left.checked_sub(line.chars().count() + 1)?;
            Some(line)
        })
        .collect()
}

/// Fifteen lines of it fit into a message, unless most of it has to be escaped.
fn cut(title: &str) -> String {
    if title.chars().count() <= 60 {
        return title.to_owned();
    }
    title.chars().take(59).chain(['…']).collect()
}

/// A case of this person's own, by the number in a button.
async fn own_case(deps: &Deps, person: PersonId, number: &str) -> anyhow::Result<Option<Case>> {
    let Some(number) = CaseNumber::from_typed(number) else { return Ok(None) };
    let case = deps.casework.store.case(number).await.context("load the case")?;
    Ok(case.filter(|case| case.reporter == Some(person)))
}

/// A star under the message of a chat's end: the last one counts.
async fn rate(
    deps: &Deps,
    says: &Wording,
    interaction: &Interaction,
    argument: &str,
) -> anyhow::Result<OutgoingMessage> {
    let (number, stars) = argument.split_once(':').unwrap_or((argument, ""));
    let case = own_case(deps, interaction.person.id, number).await?;
    let (Some(case), Some(stars)) = (case, stars.parse().ok()) else {
        return Ok(OutgoingMessage::text(says.unknown_case(&shown(number))));
    };
    let number = case.number;
    if !change_own(deps, interaction, case, Edit::Rating(stars)).await? {
        return Ok(OutgoingMessage::text(says.unknown_case(&number.to_string())));
    }
    let add = CustomId::new(CASE_COMMENT, interaction.person.id).with(number);
    let add = Button::custom(says.add_a_comment(), ButtonStyle::Secondary, add);
    Ok(OutgoingMessage::text(says.rated(number, stars.into())).with_buttons([add]))
}

/// The form for a comment on a rating, with what was said before.
async fn comment_form(deps: &Deps, pressed: &Interaction) -> anyhow::Result<Reply> {
    let says = wording::speaking(pressed.language());
    if !is_theirs(pressed) {
        return Ok(Reply::ephemeral(&says.not_yours()));
    }
    let person = pressed.person.id;
    let number = pressed.custom_id().and_then(|text| text.parse::<CustomId>().ok()).and_then(|id| id.argument);
    let number = number.unwrap_or_default();
    let Some(case) = own_case(deps, person, &number).await? else {
        return Ok(Reply::ephemeral(&says.unknown_case(&shown(&number))));
    };
    let field = Field {
        custom_id: COMMENT,
        label: says.comment_label().into(),
        description: None,
        kind: FieldKind::Text {
            style: TextStyle::Paragraph,
            min_length: Some(1),
            max_length: COMMENT_LENGTH_MAX,
            placeholder: None,
            value: case.rating_comment,
            required: true,
        },
    };
    let custom_id = CustomId::new(CASE_COMMENT, person).with(case.number).to_string();
    Ok(Reply::modal(Modal { custom_id, title: says.comment_title().into(), fields: vec![field] }))
}

/// That form comes back.
async fn comment(
    deps: &Deps,
    says: &Wording,
    interaction: &Interaction,
    number: &str,
) -> anyhow::Result<OutgoingMessage> {
    let Some(case) = own_case(deps, interaction.person.id, number).await? else {
        return Ok(OutgoingMessage::text(says.unknown_case(&shown(number))));
    };
    let text = interaction.text_input(COMMENT).unwrap_or_default().trim();
    if text.is_empty() {
        return Ok(OutgoingMessage::text(says.nothing_to_send()));
    }
    let number = case.number;
    if !change_own(deps, interaction, case, Edit::RatingComment(text.to_owned())).await? {
        return Ok(OutgoingMessage::text(says.too_long(COMMENT_LENGTH_MAX.into())));
    }
    Ok(OutgoingMessage::text(says.comment_kept(number)))
}

/// What a reporter changes in their own case, once; `false` where it cannot be.
async fn change_own(deps: &Deps, interaction: &Interaction, case: Case, edit: Edit) -> anyhow::Result<bool> {
    let change = Change::edits(vec![edit], Author::Person(interaction.person.id), "");
    let key = format!("interaction {}", interaction.id);
    match deps.casework.change_found(case, change, None, Some(&key)).await {
        Ok(_) => Ok(true),
        Err(CaseworkError::Refused(_)) => Ok(false),
        Err(CaseworkError::Failed(error)) => Err(error),
        Err(error) => Err(anyhow::Error::new(error).context("change the person's own case")),
    }
}

/// *Reopen* in the reporter's direct messages, or `/case reopen` of their own case.
async fn reopen_own(
    deps: &Deps,
    says: &Wording,
    interaction: &Interaction,
    number: &str,
    reason: &str,
) -> anyhow::Result<OutgoingMessage> {
    let person = interaction.person.id;
    let Some(case) = own_case(deps, person, number).await? else {
        return Ok(OutgoingMessage::text(says.unknown_case(&shown(number))));
    };
    let (number, kind, status) = (case.number, case.kind, case.status);
    let chats = case.conversations.clone();
    let days = u32::try_from(REOPENING.as_hours() / 24).unwrap_or_default();
    match case.reopening(Timestamp::now()) {
        Ok(()) => {
            let change = Change::status(Status::Reopened, Author::Person(person), reason);
            let key = format!("interaction {}", interaction.id);
            match deps.casework.change_found(case, change, None, Some(&key)).await {
                // Refused: somebody else was quicker, and it is no longer done.
                Ok(_) | Err(CaseworkError::Refused(_)) => {}
                Err(CaseworkError::Failed(error)) => return Err(error),
                Err(error) => return Err(anyhow::Error::new(error).context("reopen the case")),
            }
        }
        Err(ReopenError::NotDone(Status::Reopened)) => {}
        Err(ReopenError::NotDone(_)) if goes_on_undone(&case) => {}
        Err(ReopenError::NotDone(status)) => {
            return Ok(OutgoingMessage::text(says.reopen_not_possible(number, status)));
        }
        Err(ReopenError::TooLate) => return Ok(OutgoingMessage::text(says.reopen_too_late(number, days))),
    }
    if kind != Kind::Support {
        return Ok(OutgoingMessage::text(says.reopened_by_you(number)));
    }
    // Its state is large, and few ways come here.
    Ok(match Box::pin(go_on(deps, interaction, number)).await? {
        // It is being talked about right now, and has been from the beginning.
        GoesOn::Here(chat)
            if !status.is_done()
                && status != Status::Reopened
                && chat.continues.is_none()
                && chat.sid.as_ref().is_some_and(|sid| chats.contains(sid)) =>
        {
            OutgoingMessage::text(says.reopen_not_possible(number, status))
        }
        GoesOn::Here(chat) => OutgoingMessage::text(says.reopened_for_chat(number, &chat_link(chat.place()))),
        GoesOn::Later => OutgoingMessage::text(says.reopened_for_later_chat(number)),
        GoesOn::Next => OutgoingMessage::text(says.reopened_for_next_chat(number)).with_buttons(said::buttons(
            says,
            person,
            &Stage::Closed,
        )),
    })
}

/// Whether it is the case of a chat whose end left it undone: it goes on without another status.
fn goes_on_undone(case: &Case) -> bool {
    case.kind == Kind::Support && !case.status.is_done()
}

/// The case of a chat goes on: in the chat that is open, or else in one that is opened for it, so that the person just types. Where none can
/// be opened it waits for the next one.
async fn go_on(deps: &Deps, interaction: &Interaction, number: CaseNumber) -> anyhow::Result<GoesOn> {
    let (person, id) = (interaction.person.id, interaction.id.to_string());
    let goes_on = deps.opening.continuing.go_on(person, number).await?;
    if goes_on != GoesOn::Next {
        return Ok(goes_on);
    }
    let asker = asker(interaction);
    let last = deps.commands.store.conversation(person).await.context("load the last conversation")?;
    // Nobody has written to this person yet, so it is not known whether that can be done.
    let place = match deps.welcoming.welcome(&asker, known_place(interaction, last.as_ref()), None, &id).await {
        Ok(place) => place,
        Err(WelcomeError::DmsClosed) => return Ok(GoesOn::Next),
        Err(WelcomeError::Failed(error)) => return Err(error),
    };
    let asker = Asker { channel: Some(place.channel), ..asker };
    match deps.opening.open(&asker, &id).await {
        Ok(chat) if chat.case == Some(number) => Ok(GoesOn::Here(Box::new(chat))),
        // Somebody else was opening it already.
        Ok(_) => deps.opening.continuing.go_on(person, number).await,
        Err(OpenError::DmsClosed) => Ok(GoesOn::Next),
        Err(OpenError::Refused(error)) => {
            error!(case.number = %number, error = format!("{error:#}"), "no chat can be opened for a case that goes on");
            Ok(GoesOn::Next)
        }
        Err(OpenError::Failed(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cut_where_a_message_ends() {
        let lines = |length: usize| fitting((0..LIST_LENGTH).map(move |_| "é".repeat(length)));
        assert_eq!(lines(120).len(), LIST_LENGTH);
        let cut = lines(150);
        assert_eq!(cut.len(), 12);
        assert!(cut.join("\n").chars().count() + 1 + text::more(15).chars().count() <= CONTENT_LENGTH_MAX);
        assert!(text::more(LIST_LENGTH).chars().count() <= LAST_LINE_LENGTH_MAX);
    }

    #[test]
    fn a_title_is_cut_to_a_line() {
        assert_eq!(cut(&"é".repeat(60)), "é".repeat(60));
        let long = cut(&"é".repeat(61));
        assert!(long.chars().count() == 60 && long.ends_with('…'), "{long}");
    }
}
