//! Reports of bugs and wishes: from what was typed to a case on the board, or to a vote for one that is there.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Context;
use discord::files::{self, Attachment, DownloadError, Downloader};
use discord::interaction::{Interaction, InteractionKind};
use discord::message::{
    Button, ButtonStyle, CONTENT_LENGTH_MAX, OutgoingFile, OutgoingMessage, Select, SelectOption, escape_markdown,
};
use discord::reply::{FieldKind, Reply};
use discord::routes::{self, CustomId, Prefilled};
use domain::case::{Answer, Author, Case, Change, Edit, Kind, Priority, Severity, Status};
use domain::ids::{CaseNumber, GuildId, PersonId};
use domain::language::Language;
use domain::report::{self, Draft, ReportError, Upload, Vote};
use jiff::Timestamp;
use serde_json::Value;
use store::{Claim, Filed};
use tracing::{info, warn};
use wording::Wording;

use crate::boards::{self, Boards, Posted};
use crate::case_news;
use crate::casework::{Casework, CaseworkError};
use crate::commands::{self, Commands};
use crate::files::MIB;

/// Most reports that are offered as being the same.
const SIMILAR_MAX: usize = 3;

/// Most words by which similar reports are looked for.
const SIMILAR_WORDS_MAX: usize = 8;

/// How many of the newest reports with one word are looked at.
const CANDIDATES_PER_WORD: i32 = 50;

/// How many candidates are compared closely.
const CANDIDATES_MAX: usize = 12;

/// How much of a title's weight another one has to share to be offered as the same.
const SIMILAR_SHARE_MIN: f64 = 0.45;

/// The types of files that are taken, as a person reads them.
const FILE_TYPES: &str = "PNG, JPEG, GIF, WebP, MP4, WebM, MOV, PDF, ZIP, GZ, TXT, LOG, JSON, CSV";

/// The claim on filing a draft.
const FILING: &str = "draft";

/// How often, and with which pause, it is looked whether somebody else has filed a draft, of the function's minute.
const FILING_LOOKS: usize = 60;
const FILING_PAUSE: Duration = Duration::from_millis(500);

/// How often a severity is tried to be set while others change the case.
const SEVERITY_TRIES: usize = 5;

/// What differs between the two kinds of reports.
#[derive(Debug)]
pub struct Form {
    /// What is reported.
    pub kind: Kind,
    /// The action of *File anyway*.
    pub file: &'static str,
    /// The action of *Add my vote*.
    pub vote: &'static str,
    /// The action of *Fill in again*.
    pub again: &'static str,
    /// The action of the choice of severity.
    pub severity: &'static str,
    /// The form, with what was typed before.
    pub modal: fn(Language, PersonId, Option<Prefilled>) -> discord::reply::Modal,
}

/// `/bug`.
pub static BUG: Form = Form {
    kind: Kind::Bug,
    file: routes::BUG_FILE,
    vote: routes::BUG_VOTE,
    again: routes::BUG_AGAIN,
    severity: routes::BUG_SEVERITY,
    modal: routes::bug_form,
};

/// `/new_feature`.
pub static FEATURE: Form = Form {
    kind: Kind::Feature,
    file: routes::FEATURE_FILE,
    vote: routes::FEATURE_VOTE,
    again: routes::FEATURE_AGAIN,
    severity: routes::FEATURE_SEVERITY,
    modal: routes::feature_form,
};

/// Takes reports.
#[derive(Clone)]
pub struct Reporting {
    /// Works on cases.
    pub casework: Casework,
    /// Posts them.
    pub boards: Boards,
    /// Fetches files.
    pub downloader: Downloader,
}

impl Reporting {
    /// Serves an invocation: answers a deferred interaction, or *Fill in again* at once with the form.
    pub async fn serve(
        &self,
        form: &Form,
        commands: &Commands,
        payload: Value,
        request_id: &str,
    ) -> anyhow::Result<Value> {
        if let Some(interaction) = commands::asked(&payload, form.again) {
            return Ok(self.fill_in_again(form, &interaction).await?.into_value());
        }
        commands.run(payload, request_id, |interaction| self.answer(form, interaction)).await?;
        Ok(Value::Null)
    }

    /// Answers an interaction that was deferred: a report that was sent, or a button under one.
    pub async fn answer(&self, form: &Form, interaction: Interaction) -> anyhow::Result<OutgoingMessage> {
        let says = wording::speaking(interaction.language());
        let custom_id: Option<CustomId> = interaction.custom_id().and_then(|text| text.parse().ok());
        if custom_id.as_ref().is_some_and(|custom_id| !custom_id.may_be_used_by(interaction.person.id)) {
            return Ok(OutgoingMessage::text(says.not_yours()));
        }
        if interaction.kind != InteractionKind::Component {
            return self.submit(form, says, self.draft(form, &interaction)).await;
        }
        let (action, argument) = custom_id.map(|id| (id.action, id.argument.unwrap_or_default())).unwrap_or_default();
        if action == form.severity {
            return self.set_severity(says, &interaction, &argument).await;
        }
        let (draft, case) = argument.split_once(':').unwrap_or((&argument, ""));
        if action == form.vote {
            return self.vote(form, says, &interaction, draft, case).await;
        }
        self.file_anyway(form, says, &interaction, draft).await
    }

    /// *File anyway*, once, however often it is pressed at the same moment.
    async fn file_anyway(
        &self,
        form: &Form,
        says: &Wording,
        interaction: &Interaction,
        draft: &str,
    ) -> anyhow::Result<OutgoingMessage> {
        let (store, person) = (&self.casework.store, interaction.person.id);
        let owner = interaction.id.to_string();
        for _ in 0..FILING_LOOKS {
            let Some(found) = store.draft(person, draft, Timestamp::now()).await.context("load the draft")? else {
                let Some(number) = store.filed(draft).await.context("look for the case")? else {
                    return Ok(OutgoingMessage::text(says.draft_gone()));
                };
                // Whoever filed it may have died right after that.
                store.claim(FILING, draft, &owner, Timestamp::now()).await.context("claim the draft")?;
                store.finish_claim(FILING, draft).await.context("settle the draft")?;
                return self.receipt(form, says, number, person).await;
            };
            if store.claim(FILING, draft, &owner, Timestamp::now()).await.context("claim the draft")? != Claim::Busy {
                let answer = self.submit_anyway(form, says, found).await?;
                store.finish_claim(FILING, draft).await.context("settle the draft")?;
                return Ok(answer);
            }
            tokio::time::sleep(FILING_PAUSE).await;
        }
        anyhow::bail!("another invocation files this draft")
    }

    /// Answers *Fill in again* at once: the form with what was typed.
    pub async fn fill_in_again(&self, form: &Form, interaction: &Interaction) -> anyhow::Result<Reply> {
        let says = wording::speaking(interaction.language());
        let custom_id: Option<CustomId> = interaction.custom_id().and_then(|text| text.parse().ok());
        let person = interaction.person.id;
        let Some(id) = custom_id.filter(|id| id.may_be_used_by(person)).and_then(|id| id.argument) else {
            return Ok(Reply::ephemeral(&says.not_yours()));
        };
        let draft = self.casework.store.draft(person, &id, Timestamp::now()).await.context("load the draft")?;
        let Some(draft) = draft else { return Ok(Reply::ephemeral(&says.draft_gone())) };
        let prefilled = Prefilled {
            title: draft.title,
            text: draft.text,
            steps: Some(draft.steps).filter(|steps| !steps.is_empty()),
            platform: draft.platform,
            severity: draft.severity.map(|severity| severity.name().to_owned()),
        };
        let mut modal = (form.modal)(interaction.language(), person, Some(prefilled));
        for field in &mut modal.fields {
            // Discord opens no form with a value that it would not take back. What is still too short then is handed back once more.
            if let FieldKind::Text { min_length, value: Some(value), .. } = &mut field.kind
                && min_length.is_some_and(|least| value.chars().count() < usize::from(least))
            {
                *min_length = None;
            }
        }
        Ok(Reply::modal(modal))
    }

    /// What was typed, as it was typed.
    fn draft(&self, form: &Form, interaction: &Interaction) -> Draft {
        let is_form = interaction.kind == InteractionKind::ModalSubmit;
        let typed = |name: &str| {
            let text = if is_form { interaction.text_input(name) } else { interaction.option(name) };
            text.unwrap_or_default().to_owned()
        };
        let chosen = |name: &str| {
            let value =
                if is_form { interaction.selected(name).first().map(String::as_str) } else { interaction.option(name) };
            value.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let files = if is_form {
            interaction.uploads(routes::FILES)
        } else {
            interaction.attachment(routes::FILE).into_iter().collect()
        };
        // The bug's form has no room for the severity, and carries what the command was given.
        let carried = interaction.custom_id().and_then(|text| text.parse::<CustomId>().ok()?.argument);
        Draft {
            id: interaction.id.to_string(),
            kind: form.kind,
            reporter: interaction.person.id,
            reporter_name: interaction.person.display_name.clone(),
            locale: interaction.locale.clone().unwrap_or_else(|| "en-US".to_owned()),
            server: interaction.guild_id.or(self.casework.configured),
            channel: interaction.channel_id,
            title: typed(routes::TITLE),
            text: typed(routes::TEXT),
            steps: typed(routes::STEPS),
            platform: chosen(routes::PLATFORM)
                .filter(|value| domain::text_discord::choices::PLATFORMS.find(value).is_some()),
            severity: chosen(routes::SEVERITY).or(carried).and_then(|name| Severity::from_name(&name)),
            files: files
                .into_iter()
                .map(|file| Upload { id: file.id, name: file.filename.clone(), size: file.size, url: file.url.clone() })
                .collect(),
            at: Timestamp::now(),
        }
    }

    async fn submit(&self, form: &Form, says: &Wording, draft: Draft) -> anyhow::Result<OutgoingMessage> {
        if draft.server.is_none() {
            // Kept all the same: the text is in the answer.
            return Ok(handed_back(form, says, &draft, &[says.not_here()], false));
        }
        if let Some(number) = self.casework.store.filed(&draft.id).await.context("look for the case")? {
            let files = self.files(&draft).await?;
            return self.finish(form, says, &draft, number, files, true).await;
        }
        // From here on nothing that was typed can get lost.
        self.casework.store.keep_draft(&draft).await.context("keep the draft")?;
        let problems = draft.problems();
        if !problems.is_empty() {
            return Ok(hand_back(form, says, &draft, &problems));
        }
        let files = match self.files(&draft).await? {
            Ok(files) => files,
            Err(problems) => return Ok(hand_back(form, says, &draft, &problems)),
        };
        let similar = self.similar(&draft).await?;
        if !similar.is_empty() {
            info!(draft.id = %draft.id, similar = similar.len(), "offered what may be the same");
            return Ok(offer(form, says, &draft, &similar));
        }
        self.file(form, says, &draft, files).await
    }

    async fn submit_anyway(&self, form: &Form, says: &Wording, draft: Draft) -> anyhow::Result<OutgoingMessage> {
        let problems = draft.problems();
        if !problems.is_empty() {
            return Ok(hand_back(form, says, &draft, &problems));
        }
        match self.files(&draft).await? {
            Ok(files) => self.file(form, says, &draft, files).await,
            Err(problems) => Ok(hand_back(form, says, &draft, &problems)),
        }
    }

    /// Fetches what was sent with a report, and looks what it is.
    async fn files(&self, draft: &Draft) -> anyhow::Result<Result<Vec<OutgoingFile>, Vec<ReportError>>> {
        let (mut files, mut problems, mut sum) = (Vec::new(), Vec::new(), 0);
        for upload in draft.files.iter().take(report::FILES_MAX) {
            let name = files::safe_name(&upload.name);
            let attachment = Attachment {
                id: upload.id,
                filename: upload.name.clone(),
                size: upload.size,
                content_type: None,
                url: upload.url.clone(),
            };
            match self.downloader.fetch(&attachment, report::FILE_BYTES_MAX).await {
                Ok(bytes) => match files::sniff(&bytes, &name) {
                    Some(kind) => {
                        sum += bytes.len() as u64;
                        files.push(OutgoingFile { name, content_type: kind.content_type().to_owned(), bytes });
                    }
                    None => problems.push(ReportError::FileType { name }),
                },
                Err(DownloadError::TooLarge { .. }) => problems.push(ReportError::FileTooLarge { name }),
                Err(error @ (DownloadError::Host | DownloadError::Packed | DownloadError::Gone { .. })) => {
                    warn!(draft.id = %draft.id, error = %error, "a file cannot be read");
                    problems.push(ReportError::FileGone { name });
                }
                Err(error @ DownloadError::Unavailable { .. }) => {
                    return Err(anyhow::Error::new(error).context("fetch a file"));
                }
            }
        }
        if sum > report::FILES_BYTES_MAX {
            problems.push(ReportError::FilesTooLarge);
        }
        Ok(if problems.is_empty() { Ok(files) } else { Err(problems) })
    }

    /// Open reports that may be about the same, the likeliest first.
    async fn similar(&self, draft: &Draft) -> anyhow::Result<Vec<Case>> {
        let mine = knowledge::terms(&draft.title);
        let mut words: Vec<_> = mine.iter().cloned().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.truncate(SIMILAR_WORDS_MAX);
        let mut weights = BTreeMap::new();
        let mut scores: BTreeMap<CaseNumber, f64> = BTreeMap::new();
        for word in &words {
            let found =
                self.casework.store.open_reports_with(draft.server, draft.kind, word, CANDIDATES_PER_WORD).await;
            let found = found.context("look for similar reports")?;
            // What few reports have says more.
            let weight = 1.0 / (2.0 + count(found.len())).ln();
            weights.insert(word.clone(), weight);
            for number in found {
                *scores.entry(number).or_default() += weight;
            }
        }
        let total: f64 = weights.values().sum();
        let mut candidates: Vec<_> = scores.into_iter().collect();
        candidates.sort_by(|one, other| other.1.total_cmp(&one.1).then(other.0.cmp(&one.0)));
        candidates.truncate(CANDIDATES_MAX);
        let numbers: Vec<_> = candidates.iter().map(|(number, _)| *number).collect();
        let cases = self.casework.store.cases_by_number(&numbers).await.context("load similar reports")?;
        let alike = |case: &Case| {
            let theirs: BTreeSet<String> = knowledge::terms(&case.title);
            let shared: f64 = weights.iter().filter(|(word, _)| theirs.contains(*word)).map(|(_, weight)| weight).sum();
            // A short title within a long one is not the same.
            let breadth = count(mine.intersection(&theirs).count()) / count(mine.union(&theirs).count().max(1));
            f64::midpoint(shared / total.max(f64::MIN_POSITIVE), breadth)
        };
        let mut alike: Vec<_> = cases
            .into_iter()
            .filter(|case| !case.status.is_done() && case.kind == draft.kind && case.server == draft.server)
            .map(|case| (alike(&case), case))
            .filter(|(share, _)| *share >= SIMILAR_SHARE_MIN)
            .collect();
        alike.sort_by(|one, other| other.0.total_cmp(&one.0).then(other.1.votes.cmp(&one.1.votes)));
        Ok(alike.into_iter().take(SIMILAR_MAX).map(|(_, case)| case).collect())
    }

    async fn file(
        &self,
        form: &Form,
        says: &Wording,
        draft: &Draft,
        files: Vec<OutgoingFile>,
    ) -> anyhow::Result<OutgoingMessage> {
        let now = Timestamp::now();
        let (number, repeated) = match self.casework.store.filed(&draft.id).await.context("look for the case")? {
            Some(number) => (number, true),
            None => {
                let number = self.casework.store.next_case_number().await.context("take a number")?;
                let case = case_of(draft, number, now)?;
                let event = case.opened(Author::Person(draft.reporter), "reported");
                match self.casework.store.file_case(&draft.id, &case, &event).await.context("file the case")? {
                    Filed::New => {
                        info!(case.number = %number, kind = case.kind.name(), "filed a report");
                        (number, false)
                    }
                    Filed::Already(number) => (number, true),
                }
            }
        };
        self.finish(form, says, draft, number, Ok(files), repeated).await
    }

    /// Posts a case that is filed, with its files, and says so. May be done twice; `repeated`: somebody has begun with it.
    async fn finish(
        &self,
        form: &Form,
        says: &Wording,
        draft: &Draft,
        number: CaseNumber,
        files: Result<Vec<OutgoingFile>, Vec<ReportError>>,
        repeated: bool,
    ) -> anyhow::Result<OutgoingMessage> {
        let case = self.casework.store.case(number).await.context("load the case")?;
        let mut case = case.with_context(|| format!("case {number} was filed and is gone"))?;
        let (files, mut lost) = match files {
            Ok(files) => (files, Vec::new()),
            Err(_) => (Vec::new(), draft.files.iter().map(|file| files::safe_name(&file.name)).collect()),
        };
        let mut remarks = Vec::new();
        let kept = match case.board {
            Some(_) if files.is_empty() || !case.files.is_empty() => None,
            Some(post) => {
                let kept = self.boards.add_files(&case, &post, &files).await?;
                self.casework.store.record_board(number, None, &kept).await.context("remember the files")?;
                Some(kept)
            }
            None => match self.boards.publish(&case, &files, repeated).await? {
                Posted::Yes(post, kept) => {
                    self.casework.store.record_board(number, Some(&post), &kept).await.context("remember the post")?;
                    case.board = Some(post);
                    Some(kept)
                }
                Posted::Blocked => {
                    remarks.push(says.blocked_by_automod());
                    Some(Vec::new())
                }
                Posted::NoBoard => Some(Vec::new()),
            },
        };
        if case.board.is_none() {
            case_news::is_without_post(&self.casework.store, number).await?;
        }
        if let Some(kept) = kept.filter(|kept| kept.len() < files.len()) {
            lost.extend(files.into_iter().skip(kept.len()).map(|file| file.name));
        }
        if !lost.is_empty() {
            let names = escape_markdown(&lost.join(", "));
            remarks.push(says.files_not_kept(&names));
        }
        self.casework.store.drop_draft(draft.reporter, &draft.id).await.context("drop the draft")?;
        self.casework.nudge(&case).await;
        let mut answer = filed_answer(form, says, &case, draft.reporter);
        for remark in remarks {
            answer.content.push('\n');
            answer.content.push_str(&remark);
        }
        Ok(answer)
    }

    async fn receipt(
        &self,
        form: &Form,
        says: &Wording,
        number: CaseNumber,
        person: PersonId,
    ) -> anyhow::Result<OutgoingMessage> {
        let case = self.casework.store.case(number).await.context("load the case")?;
        // Whose draft it was is in the case.
        match case.filter(|case| case.reporter == Some(person)) {
            Some(case) => {
                self.casework.nudge(&case).await;
                Ok(filed_answer(form, says, &case, person))
            }
            None => Ok(OutgoingMessage::text(says.draft_gone())),
        }
    }

    /// A vote in place of a report. Where it does not count, the report can still be filed.
    async fn vote(
        &self,
        form: &Form,
        says: &Wording,
        interaction: &Interaction,
        draft: &str,
        case: &str,
    ) -> anyhow::Result<OutgoingMessage> {
        let person = interaction.person.id;
        let kept = self.casework.store.draft(person, draft, Timestamp::now()).await.context("load the draft")?;
        let server = match &kept {
            Some(kept) => kept.server,
            None => interaction.guild_id.or(self.casework.configured),
        };
        let (said, stands) = try_vote(&self.casework, says, person, case, server).await?;
        if stands {
            self.casework.store.drop_draft(person, draft).await.context("drop the draft")?;
        }
        let button = kept.filter(|_| !stands).map(|kept| file_anyway(form, says, &kept));
        Ok(OutgoingMessage::text(said).with_buttons(button))
    }

    async fn set_severity(
        &self,
        says: &Wording,
        interaction: &Interaction,
        case: &str,
    ) -> anyhow::Result<OutgoingMessage> {
        let person = interaction.person.id;
        let severity = interaction.values().first().and_then(|name| Severity::from_name(name));
        let number = CaseNumber::from_typed(case);
        let (Some(severity), Some(number)) = (severity, number) else {
            return Ok(OutgoingMessage::text(says.unknown_case(case)));
        };
        let change = Change::edits(vec![Edit::Severity(severity)], Author::Person(person), "said by the reporter");
        for _ in 0..SEVERITY_TRIES {
            let found = self.casework.store.case(number).await.context("load the case")?;
            let Some(case) = found.filter(|case| case.reporter == Some(person)) else {
                return Ok(OutgoingMessage::text(says.unknown_case(&number.to_string())));
            };
            if case.status != Status::New {
                return Ok(OutgoingMessage::text(says.severity_locked(number)));
            }
            // Only as it was just seen: somebody may begin to work on it at this moment.
            let version = case.version;
            match self.casework.change_found(case, change.clone(), Some(version), None).await {
                Ok(changed) => {
                    if changed.event.is_none() {
                        // It was so already, or whoever made it so died before saying it.
                        self.casework.nudge(&changed.case).await;
                    }
                    let saved = says.severity_saved(number, &severity_label(says, severity));
                    return Ok(OutgoingMessage::text(format!("{}\n{saved}", filed(says, &changed.case))));
                }
                Err(CaseworkError::Conflict { .. }) => {}
                Err(CaseworkError::Failed(error)) => return Err(error),
                Err(error) => return Err(anyhow::Error::new(error).context("save the severity")),
            }
        }
        anyhow::bail!("others keep changing the case")
    }
}

/// Counts a vote for the report with the number in `case`, if it is one of `server`, or of the configured one where that is `None`.
/// Says what came of it.
pub async fn cast_vote(
    casework: &Casework,
    says: &Wording,
    person: PersonId,
    case: &str,
    server: Option<GuildId>,
) -> anyhow::Result<String> {
    Ok(try_vote(casework, says, person, case, server.or(casework.configured)).await?.0)
}

/// The same for exactly that server; the flag says whether their vote is among the counted ones now.
async fn try_vote(
    casework: &Casework,
    says: &Wording,
    person: PersonId,
    case: &str,
    server: Option<GuildId>,
) -> anyhow::Result<(String, bool)> {
    let unknown = || (says.unknown_case(&case.chars().take(30).collect::<String>()), false);
    let Some(number) = CaseNumber::from_typed(case) else { return Ok(unknown()) };
    let found = casework.store.case(number).await.context("load the case")?;
    let Some(case) = found.filter(|case| case.kind != Kind::Support && case.server == server) else {
        return Ok(unknown());
    };
    if case.status.is_done() {
        // A vote would be lost on it. Where it stands says why.
        let title = escape_markdown(&case.title);
        return Ok((says.mine_line(number, case.kind, case.status, &title), false));
    }
    let vote = casework.store.vote(&case, person, Timestamp::now()).await.context("count the vote")?;
    Ok(match vote {
        Vote::Counted(votes) => {
            info!(case.number = %number, "counted a vote");
            casework.nudge(&Case { votes, ..case }).await;
            (says.voted(number, votes), true)
        }
        Vote::Already => {
            // The nudge for it may have been lost with the function that counted it.
            casework.nudge(&case).await;
            (says.voted_already(number), true)
        }
        Vote::Own => (says.your_own_report(number), false),
        Vote::Unknown(_) => unknown(),
    })
}

/// The case that a draft becomes.
fn case_of(draft: &Draft, number: CaseNumber, now: Timestamp) -> anyhow::Result<Case> {
    let checked = |_| anyhow::anyhow!("a draft with problems cannot be filed");
    let steps = Some(draft.steps.trim().to_owned()).filter(|steps| !steps.is_empty());
    let answers = [("steps", steps), ("platform", draft.platform.clone())];
    Ok(Case {
        number,
        kind: draft.kind,
        status: Status::New,
        severity: draft.severity.unwrap_or_default(),
        priority: Priority::default(),
        title: report::title(&draft.title).map_err(checked)?,
        text: report::text(&draft.text).map_err(checked)?,
        answers: answers
            .into_iter()
            .filter_map(|(question, answer)| Some(Answer { question: question.to_owned(), answer: answer? }))
            .collect(),
        reporter: Some(draft.reporter),
        reporter_name: draft.reporter_name.clone(),
        locale: draft.locale.clone(),
        server: draft.server,
        channel: draft.channel,
        conversations: Vec::new(),
        assignee: None,
        board: None,
        files: Vec::new(),
        links: Vec::new(),
        votes: 0,
        rating: None,
        rating_comment: None,
        created_at: now,
        updated_at: now,
        done_at: None,
        version: 1,
    })
}

/// That it is filed, and where.
fn filed(says: &Wording, case: &Case) -> String {
    match boards::link(case) {
        Some(link) => says.filed(case.number, Some(&format!("<{link}>"))),
        None => says.filed_without_board(case.number),
    }
}

/// The same, and while nobody has said how bad a bug is, the question for it.
fn filed_answer(form: &Form, says: &Wording, case: &Case, person: PersonId) -> OutgoingMessage {
    let mut answer = OutgoingMessage::text(filed(says, case));
    if form.kind == Kind::Bug && case.severity == Severity::default() && case.version == 1 {
        answer.content = format!("{}\n{}", answer.content, says.how_severe());
        answer.selects.push(Select {
            custom_id: CustomId::new(form.severity, person).with(case.number).to_string(),
            placeholder: Some(says.severity_placeholder()),
            options: Severity::ALL
                .iter()
                .map(|severity| SelectOption::new(severity_label(says, *severity), severity.name()))
                .collect(),
        });
    }
    answer
}

fn severity_label(says: &Wording, severity: Severity) -> String {
    match severity {
        Severity::Low => says.severity_low(),
        Severity::Normal => says.severity_normal(),
        Severity::High => says.severity_high(),
        Severity::Critical => says.severity_critical(),
    }
}

/// What may be the same, to vote for, or to file all the same.
fn offer(form: &Form, says: &Wording, draft: &Draft, similar: &[Case]) -> OutgoingMessage {
    let mut content = says.similar_found(similar.len());
    let mut buttons = Vec::new();
    for case in similar {
        content.push('\n');
        content.push_str(&says.similar_line(case.number, &escape_markdown(&case.title), case.votes));
        if let Some(link) = boards::link(case) {
            content.push_str(&format!(" <{link}>"));
        }
        let id = CustomId::new(form.vote, draft.reporter).with(format!("{}:{}", draft.id, case.number));
        buttons.push(Button::custom(says.add_vote(case.number), ButtonStyle::Primary, id));
    }
    buttons.push(file_anyway(form, says, draft));
    OutgoingMessage::text(content).with_buttons(buttons)
}

fn file_anyway(form: &Form, says: &Wording, draft: &Draft) -> Button {
    let id = CustomId::new(form.file, draft.reporter).with(&draft.id);
    Button::custom(says.file_anyway(), ButtonStyle::Secondary, id)
}

fn hand_back(form: &Form, says: &Wording, draft: &Draft, problems: &[ReportError]) -> OutgoingMessage {
    info!(draft.id = %draft.id, problems = problems.len(), "handed a report back");
    let reasons: Vec<_> = problems.iter().map(|problem| sentence(says, problem)).collect();
    handed_back(form, says, draft, &reasons, true)
}

/// A report that cannot be filed: why, what was typed, and the form once more.
fn handed_back(form: &Form, says: &Wording, draft: &Draft, reasons: &[String], again: bool) -> OutgoingMessage {
    let mut content = if again { says.handed_back() } else { String::new() };
    for reason in reasons {
        content.push_str(if again { "\n- " } else { "" });
        content.push_str(reason);
    }
    if again && !draft.files.is_empty() {
        // Discord opens a form without the files of an earlier one.
        content.push('\n');
        content.push_str(&says.attach_again());
    }
    let typed = [draft.title.as_str(), draft.text.as_str(), draft.steps.as_str()];
    let typed = typed.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("\n\n");
    let mut answer = OutgoingMessage::default();
    let shown = format!("\n> {}", escape_markdown(&typed).replace('\n', "\n> "));
    let room = CONTENT_LENGTH_MAX.saturating_sub(content.encode_utf16().count() + 1);
    if shown.encode_utf16().count() <= room {
        content.push('\n');
        content.push_str(&shown);
    } else {
        let (name, content_type) = ("report.txt".to_owned(), "text/plain; charset=utf-8".to_owned());
        answer.files.push(OutgoingFile { name, content_type, bytes: typed.into_bytes().into() });
    }
    answer.content = content;
    if again {
        let id = CustomId::new(form.again, draft.reporter).with(&draft.id);
        answer.buttons.push(Button::custom(says.fill_in_again(), ButtonStyle::Primary, id));
    }
    answer
}

fn sentence(says: &Wording, problem: &ReportError) -> String {
    match problem {
        ReportError::TitleTooShort => says.title_too_short(report::TITLE_LENGTH_MIN),
        ReportError::TitleTooLong => says.title_too_long(report::TITLE_LENGTH_MAX),
        ReportError::TextMissing => says.text_missing(),
        ReportError::TextTooLong => says.text_too_long(report::TEXT_LENGTH_MAX),
        ReportError::TooManyFiles => says.too_many_files(report::FILES_MAX),
        ReportError::FileTooLarge { name } => {
            says.file_too_large(&escape_markdown(&files::safe_name(name)), report::FILE_BYTES_MAX / MIB)
        }
        ReportError::FilesTooLarge => says.files_too_large_together(report::FILES_BYTES_MAX / MIB),
        ReportError::FileType { name } => says.file_wrong_type(&escape_markdown(name), FILE_TYPES),
        ReportError::FileGone { name } => says.file_gone(&escape_markdown(name)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn count(number: usize) -> f64 {
    number as f64
}
