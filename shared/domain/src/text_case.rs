//! What moderators and everybody on a board read of cases. What reporters read is in the `wording` crate, in their own language.

use crate::case::{Author, Case, CaseError, Event, Field, Kind, Priority, Severity, Status, Summary};
use crate::ids::CaseNumber;

/// A status as people read it.
pub const fn status(status: Status) -> &'static str {
    match status {
        Status::New => "New",
        Status::Open => "Open",
        Status::WaitingForPerson => "Waiting for the reporter",
        Status::WaitingForUs => "Waiting for us",
        Status::Resolved => "Resolved",
        Status::Closed => "Closed",
        Status::Reopened => "Reopened",
    }
}

/// A kind as people read it.
pub const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Bug => "Bug",
        Kind::Feature => "Feature",
        Kind::Support => "Support",
    }
}

/// A severity as people read it.
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "Low",
        Severity::Normal => "Normal",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// A priority as people read it.
pub const fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "Low",
        Priority::Normal => "Normal",
        Priority::High => "High",
        Priority::Urgent => "Urgent",
    }
}

/// A field as people read it.
pub const fn field(field: Field) -> &'static str {
    match field {
        Field::Kind => "Kind",
        Field::Severity => "Severity",
        Field::Priority => "Priority",
        Field::Title => "Title",
        Field::Text => "Text",
        Field::Assignee => "Assigned to",
        Field::Link => "Linked to",
        Field::Rating => "Rating",
        Field::RatingComment => "Comment on the rating",
        Field::Conversation => "Conversation",
    }
}

/// The name of a question of the report's forms.
pub fn question(name: &str) -> &str {
    match name {
        "steps" => "Steps",
        "platform" => "Platform",
        other => other,
    }
}

/// Who did something, as the history says.
pub fn author(author: &Author) -> &str {
    match author {
        Author::Person(_) => "The reporter",
        Author::Erased => "Somebody (deleted)",
        Author::Agent(name) | Author::Moderator { name, .. } | Author::Machine(name) => name,
        Author::Desk => "The desk",
    }
}

/// What happened, in one line: without who, when and why.
pub fn event(event: &Event) -> String {
    let status = match (event.from, event.to) {
        (Some(from), Some(to)) => Some(format!("{} → {}", status(from), status(to))),
        (None, Some(to)) => Some(format!("filed as {}", status(to).to_lowercase())),
        _ => None,
    };
    let changes = event.changes.iter().map(|change| {
        let to = change.to.as_deref().unwrap_or("nobody");
        match change.field {
            // The texts themselves are too long for a line.
            Field::Text => "Text edited".to_owned(),
            Field::RatingComment => "Commented on the rating".to_owned(),
            Field::Conversation => "Goes on in another chat".to_owned(),
            Field::Link => format!("Linked to #{to}"),
            _ => match &change.from {
                Some(from) => format!("{}: {from} → {to}", field(change.field)),
                None => format!("{}: {to}", field(change.field)),
            },
        }
    });
    let parts: Vec<_> = status.into_iter().chain(changes).collect();
    if parts.is_empty() { "Note".to_owned() } else { parts.join(", ") }
}

/// The name of a board's thread: at most 100 characters. See [Discord Docs/Start Thread].
pub fn thread_name(case: &Case) -> String {
    format!("#{} {}", case.number, case.title).chars().take(100).collect()
}

/// What tells the thread of a case from others.
pub fn thread_prefix(number: CaseNumber) -> String {
    format!("#{number} ")
}

/// The tag of a status on a forum; several statuses share one.
pub const fn status_tag(status: Status) -> &'static str {
    match status {
        Status::New => "new",
        Status::Open | Status::Reopened => "open",
        Status::WaitingForPerson | Status::WaitingForUs => "waiting",
        Status::Resolved => "resolved",
        Status::Closed => "closed",
    }
}

/// Every tag that a board has: kind, statuses, severities. At most 20 of at most 20 characters. See [Discord Docs/Forum Tag].
pub fn board_tags(kind: Kind) -> Vec<&'static str> {
    let statuses = ["new", "open", "waiting", "resolved", "closed"];
    let severities = Severity::ALL.iter().map(|severity| severity.name());
    [kind.name()].into_iter().chain(statuses).chain(severities).collect()
}

/// The tags of a case on its board.
pub fn tags(case: &Case) -> [&'static str; 3] {
    [case.kind.name(), status_tag(case.status), case.severity.name()]
}

/// The name of the channel where a server's reports are posted; support has none.
pub const fn board_name(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Bug => Some("bug-report"),
        Kind::Feature => Some("feature-request"),
        Kind::Support => None,
    }
}

/// What a board is for, as its topic says.
pub const fn board_topic(kind: Kind) -> &'static str {
    match kind {
        Kind::Bug => {
            "Bugs that were reported with /bug. Look here first: a vote for what is known helps more than a second report."
        }
        Kind::Feature => "Wishes that were filed with /new_feature. Vote for what you would like as well.",
        Kind::Support => "",
    }
}

/// A line of a list.
pub fn line(case: &Summary, title: &str) -> String {
    let assignee = case.assignee.as_ref().map(|_| " · assigned").unwrap_or_default();
    format!(
        "**#{}** {title} — {}, {}, {}{assignee}",
        case.number,
        kind(case.kind),
        status(case.status),
        severity(case.severity)
    )
}

/// A suggestion while a number is typed; at most 100 characters.
pub fn choice(case: &Summary) -> String {
    format!("#{} {} ({})", case.number, case.title, status(case.status)).chars().take(100).collect()
}

/// There is no such case, or it is of another server: the two are not told apart.
pub fn unknown(number: &str) -> String {
    format!("There is no case {} here.", number.chars().take(30).collect::<String>())
}

/// What was typed is no number.
pub const NOT_A_NUMBER: &str = "That is no case number. A number looks like `12`; pick one of the suggestions.";

/// A case was to be given to somebody who may not work on it.
pub const ASSIGNEE_NO_MODERATOR: &str = "Cases can only be given to moderators of this server. Nothing was changed.";

/// What was sent as a status is none.
pub const NO_STATUS: &str = "There is no such status. Nothing was changed.";

/// In the bot's direct messages nobody can be told to be a moderator, where no server is configured.
pub const IN_THE_SERVER_ONLY: &str = "Please use this in the server.";

/// It was so already.
pub fn unchanged(number: CaseNumber) -> String {
    format!("Case #{number} is so already; nothing was changed.")
}

/// A change was made.
pub fn changed(number: CaseNumber, what: &str) -> String {
    format!("Case #{number}: {what}.")
}

/// Somebody else was quicker, again and again.
pub fn conflict(number: CaseNumber) -> String {
    format!("Others were changing case #{number} at the same moment. Please look at it and try again.")
}

/// A change that cannot be.
pub fn refused(number: CaseNumber, error: &CaseError) -> String {
    match error {
        CaseError::NoArrow { from, to } => {
            let next: Vec<_> = from.arrows().iter().map(|next| status(*next)).collect();
            format!(
                "Case #{number} is *{}* and cannot become *{}*. It can become: {}.",
                status(*from),
                status(*to),
                next.join(", ")
            )
        }
        other => format!("Case #{number} was not changed: {other}."),
    }
}

/// There is nothing to list.
pub const NOTHING_FOUND: &str = "No such case.";

/// A list is longer than what is shown.
pub fn more(shown: usize) -> String {
    format!("These are the newest {shown}. The console shows all.")
}

/// What stands on a card's buttons.
pub mod buttons {
    /// The moderator works on it.
    pub const TAKE: &str = "Take it";
    /// The reporter has to answer.
    pub const WAITING: &str = "Waiting";
    /// It is done.
    pub const RESOLVE: &str = "Resolve";
    /// It happens to somebody else as well.
    pub fn vote(votes: u32) -> String {
        format!("Me too ({votes})")
    }
    /// Opens the case's page.
    pub const CONSOLE: &str = "Console";
    /// Opens the case's thread.
    pub const THREAD: &str = "Thread";
}

/// What a card's fields are called.
pub mod card {
    /// Where it stands.
    pub const STATUS: &str = "Status";
    /// How bad it is.
    pub const SEVERITY: &str = "Severity";
    /// Who works on it.
    pub const ASSIGNEE: &str = "Assigned to";
    /// Who reported it.
    pub const REPORTER: &str = "Reported by";
    /// How soon it is dealt with.
    pub const PRIORITY: &str = "Priority";
    /// How the reporter liked what was done.
    pub const RATING: &str = "Rating";
    /// What they said about it.
    pub const RATING_COMMENT: &str = "Comment on the rating";
    /// Cases about the same.
    pub const LINKS: &str = "Linked to";
    /// What happened lately.
    pub const HISTORY: &str = "History";
    /// Nobody works on it.
    pub const NOBODY: &str = "nobody";
    /// Reasons why a change was made from a card.
    pub const TOOK: &str = "took it";
    /// The same for waiting.
    pub const ASKED: &str = "the reporter has to answer";
    /// The same for resolving.
    pub const DONE: &str = "resolved from the board";
    /// The reasons that a card gives by itself: words for the history, not for the reporter.
    pub const REASONS: [&str; 3] = [TOOK, ASKED, DONE];
    /// Whose data was deleted.
    pub const SOMEBODY: &str = "somebody";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::tests::case;
    use crate::case::{Change, Edit};

    #[test]
    fn what_discord_limits_fits() {
        for kind in [Kind::Bug, Kind::Feature] {
            let tags = board_tags(kind);
            assert!(tags.len() <= 20 && tags.iter().all(|tag| tag.len() <= 20));
            for status in Status::ALL {
                for severity in Severity::ALL {
                    let case = Case { kind, severity: *severity, ..case(*status) };
                    assert!(
                        super::tags(&case).iter().all(|tag| tags.contains(tag)),
                        "every tag of a case is on its board"
                    );
                }
            }
        }
        let long = Case { title: "é".repeat(90), number: CaseNumber(123_456), ..case(Status::New) };
        assert!(thread_name(&long).chars().count() <= 100);
        assert!(thread_name(&long).starts_with(&thread_prefix(long.number)));
        assert!(choice(&long.summary()).chars().count() <= 100);
    }

    #[test]
    fn a_line_of_the_history_says_what_happened() {
        let line = |edits: Vec<Edit>| {
            let change = Change::edits(edits, Author::Desk, "because");
            event(&case(Status::New).apply(&change, jiff::Timestamp::UNIX_EPOCH).unwrap().unwrap().1)
        };
        assert_eq!(line(vec![]), "Note");
        assert_eq!(
            line(vec![Edit::Status(Status::Open), Edit::Priority(Priority::High)]),
            "New → Open, Priority: normal → high"
        );
        assert_eq!(line(vec![Edit::Link(CaseNumber(5))]), "Linked to #5");
        assert_eq!(event(&case(Status::New).opened(Author::Desk, "")), "filed as new");
    }

    #[test]
    fn a_refused_arrow_names_those_there_are() {
        let error = CaseError::NoArrow { from: Status::Resolved, to: Status::Open };
        assert_eq!(
            refused(CaseNumber(3), &error),
            "Case #3 is *Resolved* and cannot become *Open*. It can become: Closed, Reopened."
        );
    }
}
