//! Work on cases: who may do it, what becomes of it, and what others made of it meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use domain::case::{Case, CaseError, Change, Edit, Event, Kind, Priority, Severity, Status};
use domain::ids::{CaseNumber, GuildId, PersonId};
use domain::report::{self, ReportError};
use domain::rights::Actor;
use jiff::Timestamp;
use queues::Queue;
use store::{AssigneeFilter, Counts, Filed, Filter, Page, Store, StoreError};
use tracing::{info, warn};

/// How often a change is tried again that somebody else came before. Each try loses only to one that succeeded.
const TRIES: u32 = 60;

/// Most words of a search; the rest would hardly narrow it.
const SEARCH_WORDS_MAX: usize = 6;

/// Works on cases.
#[derive(Clone)]
pub struct Casework {
    /// The table.
    pub store: Store,
    /// Where it is said that there is news.
    pub news: Queue,
    /// The server that this desk is for, from `DISCORD_GUILD_ID`.
    pub configured: Option<GuildId>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum CaseworkError {
    /// There is no such case, or it is none of theirs: the two are not told apart.
    #[error("there is no such case")]
    Unknown,
    /// It cannot be.
    #[error(transparent)]
    Refused(CaseError),
    /// It is no case.
    #[error("the report is not complete")]
    Invalid(Vec<ReportError>),
    /// Somebody else changed the case since it was read: it has this version now.
    #[error("the case was changed meanwhile")]
    Conflict {
        /// The version it has now.
        version: u64,
    },
    /// It may work later.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The case as it is now.
    pub case: Case,
    /// The line in its history; `None` when it was so already.
    pub event: Option<Event>,
}

/// What is looked for. Everything that is given has to fit.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Of one of these statuses; none given is any.
    pub statuses: Vec<Status>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Of this severity.
    pub severity: Option<Severity>,
    /// Of this assignee.
    pub assignee: Option<AssigneeFilter>,
    /// Of this person.
    pub reporter: Option<PersonId>,
    /// With all of these words in title, text or answers.
    pub text: String,
}

impl Search {
    /// Whether a case fits all but the text.
    fn fits(&self, case: &Case) -> bool {
        let assignee = match &self.assignee {
            None => true,
            Some(AssigneeFilter::Nobody) => case.assignee.is_none(),
            Some(AssigneeFilter::Key(key)) => case.assignee.as_ref().is_some_and(|assignee| assignee.key == *key),
        };
        assignee
            && (self.statuses.is_empty() || self.statuses.contains(&case.status))
            && self.kind.is_none_or(|kind| case.kind == kind)
            && self.severity.is_none_or(|severity| case.severity == severity)
            && self.reporter.is_none_or(|reporter| case.reporter == Some(reporter))
    }
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search")
            .field("statuses", &self.statuses)
            .field("text", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// A case that somebody files by hand.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCase {
    /// What it is about.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// What is the matter.
    pub text: String,
    /// How bad it is.
    pub severity: Severity,
    /// How soon it is dealt with.
    pub priority: Priority,
    /// For whom; `None` for nobody on Discord.
    pub reporter: Option<PersonId>,
    /// Their name.
    pub reporter_name: String,
    /// Their language, a Discord locale.
    pub locale: String,
}

impl std::fmt::Debug for NewCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCase").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Finds cases, for whoever may work on them.
#[derive(Clone)]
pub struct CaseFinding {
    /// The table.
    pub store: Store,
    /// The server that this desk is for, from `DISCORD_GUILD_ID`.
    pub configured: Option<GuildId>,
}

impl CaseFinding {
    /// A case that `actor` may work on.
    pub async fn find(&self, actor: &Actor, number: CaseNumber) -> Result<Case, CaseworkError> {
        let case = self.store.case(number).await.context("load the case")?;
        case.filter(|case| actor.may_work_on(case, self.configured)).ok_or(CaseworkError::Unknown)
    }

    /// A page of the cases that `actor` may work on, the newest first.
    pub async fn list(
        &self,
        actor: &Actor,
        search: &Search,
        before: Option<CaseNumber>,
        limit: usize,
    ) -> Result<Page, CaseworkError> {
        let server = server_of(actor, self.configured)?;
        // A number that was typed is that case.
        if let Some(number) = CaseNumber::from_typed(&search.text).filter(|_| before.is_none()) {
            match self.find(actor, number).await {
                Ok(case) if search.fits(&case) => return Ok(Page { cases: vec![case.summary()], next: None }),
                Ok(_) | Err(CaseworkError::Unknown) => {}
                Err(error) => return Err(error),
            }
        }
        let mut words: Vec<String> = knowledge::terms(&search.text).into_iter().collect();
        if words.is_empty() && !search.text.trim().is_empty() {
            // Nothing but words that carry no meaning: no case is found by them.
            return Ok(Page { cases: Vec::new(), next: None });
        }
        // The longest words are the rarest, mostly.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.truncate(SEARCH_WORDS_MAX);
        let filter = Filter {
            statuses: search.statuses.clone(),
            kind: search.kind,
            severity: search.severity,
            assignee: search.assignee.clone(),
            reporter: search.reporter,
            words,
        };
        Ok(self.store.cases(server, &filter, before, limit).await.context("list cases")?)
    }
}

/// The page of a case in the console, where that is known.
pub fn case_url(console_url: Option<&str>, case: CaseNumber) -> Option<String> {
    console_url.map(|console| format!("{console}/cases/{case}"))
}

impl Casework {
    /// The same for somebody who only looks.
    pub fn finding(&self) -> CaseFinding {
        CaseFinding { store: self.store.clone(), configured: self.configured }
    }

    /// A case that `actor` may work on.
    pub async fn find(&self, actor: &Actor, number: CaseNumber) -> Result<Case, CaseworkError> {
        self.finding().find(actor, number).await
    }

    /// The history of a case, oldest first.
    pub async fn history(&self, case: &Case) -> Result<Vec<Event>, CaseworkError> {
        Ok(self.store.case_events(case.number).await.context("load the history")?)
    }

    /// Changes a case. Without `expected` the change is made to the case as it is by then; with it only to that version.
    pub async fn change(
        &self,
        actor: &Actor,
        number: CaseNumber,
        edits: Vec<Edit>,
        reason: &str,
        expected: Option<u64>,
    ) -> Result<Changed, CaseworkError> {
        let case = self.find(actor, number).await?;
        self.change_found(case, Change::edits(edits, actor.author(), reason), expected, None).await
    }

    /// The same, once per `key`, e.g. an interaction's ID.
    pub async fn change_once(
        &self,
        key: &str,
        actor: &Actor,
        number: CaseNumber,
        edits: Vec<Edit>,
        reason: &str,
    ) -> Result<Changed, CaseworkError> {
        let case = self.find(actor, number).await?;
        self.change_found(case, Change::edits(edits, actor.author(), reason), None, Some(key)).await
    }

    /// Changes a case of which it is known that it may be changed.
    pub async fn change_found(
        &self,
        mut case: Case,
        change: Change,
        expected: Option<u64>,
        key: Option<&str>,
    ) -> Result<Changed, CaseworkError> {
        let number = case.number;
        for attempt in 0..TRIES {
            if expected.is_some_and(|expected| expected != case.version) {
                return Err(CaseworkError::Conflict { version: case.version });
            }
            let applied = match case.apply(&change, Timestamp::now()) {
                Ok(Some(applied)) => Ok(applied),
                Ok(None) => Err(None),
                Err(error) => Err(Some(error)),
            };
            let (changed, event) = match applied {
                Ok(applied) => applied,
                Err(refused) => {
                    // There may be nothing left to do because an earlier try has done it.
                    if let Some(key) = key
                        && let Some(changed) = self.made_before(key, number, &change).await?
                    {
                        return Ok(changed);
                    }
                    return match refused {
                        Some(error) => Err(CaseworkError::Refused(error)),
                        None => Ok(Changed { case, event: None }),
                    };
                }
            };
            let written = match key {
                Some(key) => self.store.change_case_once(key, &changed, &event).await,
                None => self.store.change_case(&changed, &event).await.map(|()| Filed::New),
            };
            match written {
                Ok(Filed::New) => {
                    info!(case.number = %number, case.version = changed.version, "changed a case");
                    self.nudge(&changed).await;
                    return Ok(Changed { case: changed, event: Some(event) });
                }
                Ok(Filed::Already(_)) => {
                    let key = key.unwrap_or_default();
                    let changed = self.made_before(key, number, &change).await?;
                    return changed.ok_or(CaseworkError::Unknown);
                }
                Err(StoreError::Conflict(_)) => {
                    tokio::time::sleep(pause(number, attempt)).await;
                    case = self.again(number).await?;
                }
                Err(error) => return Err(anyhow::Error::new(error).context("write the change").into()),
            }
        }
        Err(CaseworkError::Conflict { version: case.version })
    }

    /// What an earlier try with this key made of the case; `None` if there was none. It may have died before it said that there is
    /// news.
    async fn made_before(
        &self,
        key: &str,
        number: CaseNumber,
        change: &Change,
    ) -> Result<Option<Changed>, CaseworkError> {
        if self.store.filed(key).await.context("look for an earlier try")?.is_none() {
            return Ok(None);
        }
        info!(case.number = %number, "this change was made before");
        let case = self.again(number).await?;
        self.nudge(&case).await;
        let is_it = |event: &Event| event.author == change.author && event.reason == change.reason;
        let event = self.history(&case).await?.into_iter().rev().find(is_it);
        Ok(Some(Changed { case, event }))
    }

    async fn again(&self, number: CaseNumber) -> Result<Case, CaseworkError> {
        self.store.case(number).await.context("load the case again")?.ok_or(CaseworkError::Unknown)
    }

    /// Says that there is news of a case. Where this fails, the sweep finds it.
    pub async fn nudge(&self, case: &Case) {
        let state = format!("version {} votes {}", case.version, case.votes);
        if let Err(error) = self.news.send_case_news(case.number, &state).await {
            warn!(case.number = %case.number, error = %error, "nobody was told of a case's news; the sweep will find it");
        }
    }

    /// A page of the cases that `actor` may work on, the newest first.
    pub async fn list(
        &self,
        actor: &Actor,
        search: &Search,
        before: Option<CaseNumber>,
        limit: usize,
    ) -> Result<Page, CaseworkError> {
        self.finding().list(actor, search, before, limit).await
    }

    /// How many cases there are.
    pub async fn counts(&self, actor: &Actor) -> Result<Counts, CaseworkError> {
        Ok(self.store.case_counts(server_of(actor, self.configured)?).await.context("count cases")?)
    }

    /// Everybody who was ever assigned a case: key and name.
    pub async fn assignees(&self, actor: &Actor) -> Result<BTreeMap<String, String>, CaseworkError> {
        Ok(self.store.assignees(server_of(actor, self.configured)?).await.context("list assignees")?)
    }

    /// Files a case by hand, once per `key`.
    pub async fn create(&self, actor: &Actor, new: NewCase, key: &str) -> Result<Case, CaseworkError> {
        let server = server_of(actor, self.configured)?;
        let (title, text) = (report::title(&new.title), report::text(&new.text));
        let (title, text) = match (title, text) {
            (Ok(title), Ok(text)) => (title, text),
            (title, text) => return Err(CaseworkError::Invalid(title.err().into_iter().chain(text.err()).collect())),
        };
        if let Some(number) = self.store.filed(key).await.context("look for the case")? {
            return self.find(actor, number).await;
        }
        let now = Timestamp::now();
        let case = Case {
            number: self.store.next_case_number().await.context("take a number")?,
            kind: new.kind,
            status: Status::New,
            severity: new.severity,
            priority: new.priority,
            title,
            text,
            answers: Vec::new(),
            reporter: new.reporter,
            reporter_name: new.reporter_name,
            locale: new.locale,
            server,
            channel: None,
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
        };
        let event = case.opened(actor.author(), "filed by hand");
        match self.store.file_case(key, &case, &event).await.context("file the case")? {
            Filed::New => {
                info!(case.number = %case.number, "filed a case by hand");
                self.nudge(&case).await;
                Ok(case)
            }
            Filed::Already(number) => self.find(actor, number).await,
        }
    }
}

/// The server whose cases `actor` may work on.
fn server_of(actor: &Actor, configured: Option<GuildId>) -> Result<Option<GuildId>, CaseworkError> {
    match actor {
        Actor::Person { .. } => Err(CaseworkError::Unknown),
        Actor::Moderator { server, .. } => Ok(Some(*server)),
        Actor::Agent { .. } | Actor::Machine { .. } => Ok(configured),
    }
}

/// How long to wait before the next try: longer each time, and not the same for all who lost at the same moment.
fn pause(number: CaseNumber, attempt: u32) -> Duration {
    let clock = Timestamp::now().as_nanosecond().unsigned_abs();
    let spread = u64::try_from((clock ^ u128::from(number.0)) % 97).unwrap_or_default();
    Duration::from_millis((5 << attempt.min(5)) * (3 + spread) / 100 + 2)
}
