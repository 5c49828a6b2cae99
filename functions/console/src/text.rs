//! Every word of the console's pages, in one place.

use desk::privacy::Deleted;
use desk::transcripts::Who;
use domain::case::{Author, Case, Event, Field, FieldChange, Kind, Priority, Severity, Status};
use domain::ids::CaseNumber;
// What Discord and the console call by the same name.
pub use domain::text_case::{kind, priority, question, severity};
use jiff::Timestamp;

/// Name of the console.
pub const CONSOLE: &str = "Case console";
/// First link of each page.
pub const SKIP: &str = "Skip to the content";
/// Name of the navigation.
pub const NAVIGATION: &str = "Console";
/// The list of cases.
pub const QUEUE: &str = "Cases";
/// Filing by hand.
pub const NEW_CASE: &str = "New case";
/// The API keys.
pub const KEYS: &str = "API keys";
/// Ends the session.
pub const SIGN_OUT: &str = "Sign out";

// ------------------------------------------------------------------------------------------------------------ signing in

/// Heading of the page to sign in.
pub const SIGN_IN: &str = "Sign in";
/// Link to Discord.
pub const SIGN_IN_DISCORD: &str = "Sign in with Discord";
/// Who may.
pub const SIGN_IN_WHO: &str = "Moderators of the server sign in with Discord.";
/// How agents get in.
pub const SIGN_IN_FLEX: &str = "In Twilio Flex, agents are signed in by themselves; it takes a moment.";
/// No server or no client secret.
pub const NOT_CONFIGURED: &str = "Signing in with Discord is not set up. It needs the parameters DiscordGuildId and \
                                  DiscordClientSecret of the stack, and the address below as a redirect of the Discord application.";
/// Name of that address.
pub const REDIRECT: &str = "Redirect";
/// It went wrong.
pub const SIGN_IN_FAILED: &str = "That did not work. Please try again.";
/// They are no moderator.
pub const NO_RIGHT: &str = "This is not allowed.";

// ------------------------------------------------------------------------------------------------------------------ errors

/// Heading of a page that is not there.
pub const NOT_FOUND: &str = "There is nothing of that kind here";
/// What to do then.
pub const NOT_FOUND_HINT: &str = "The case may not exist, or belong to another server.";
/// Heading of a page that says no.
pub const FORBIDDEN: &str = "This is not allowed";
/// What to do then.
pub const FORBIDDEN_HINT: &str = "The page may be older than your session. Open it again and repeat what you did.";
/// Heading of our own failure.
pub const FAILED: &str = "That did not work";
/// What to do then.
pub const FAILED_HINT: &str = "It is our fault and was noted. Please try again in a moment.";
/// Heading when something needed cannot be reached.
pub const UNAVAILABLE: &str = "That is not possible just now";
/// What to do then.
pub const UNAVAILABLE_HINT: &str = "Please try again in a moment.";
/// Heading when a request cannot be read.
pub const REFUSED: &str = "That cannot be done";
/// Back to the list.
pub const TO_THE_QUEUE: &str = "To the cases";

// ------------------------------------------------------------------------------------------------------------------- queue

/// All statuses with something left to do.
pub const TAB_WORK: &str = "To do";
/// Everything.
pub const TAB_ALL: &str = "All";
/// Name of the tabs.
pub const TABS: &str = "Status";
/// Heading of the filters.
pub const FILTER: &str = "Filter";
/// Sends the filters.
pub const APPLY: &str = "Apply";
/// Takes the filters off.
pub const CLEAR: &str = "Clear";
/// What a select says before anything is chosen.
pub const ANY: &str = "Any";
/// Assigned to whoever is looking.
pub const ME: &str = "Me";
/// Assigned to nobody.
pub const NOBODY: &str = "Nobody";
/// Label of the text filter.
pub const WORDS: &str = "Words or number";
/// Label of the person filter.
pub const PERSON_ID: &str = "Person (Discord user ID)";
/// The list is empty.
pub const NO_CASES: &str = "No cases here.";
/// A page of the list is empty, but there are more.
pub const NONE_YET: &str = "None among these; go on to the next page.";
/// To the page before.
pub const PREVIOUS: &str = "Previous";
/// To the next page.
pub const NEXT: &str = "Next";
/// Name of the paging.
pub const PAGES: &str = "Pages";
/// Said when the list was updated.
pub const LIST_UPDATED: &str = "The list was updated.";
/// Said when a case was updated.
pub const CASE_UPDATED: &str = "The case was updated.";
/// Exports.
pub const EXPORT: &str = "Export this list:";

// -------------------------------------------------------------------------------------------------------------------- case

/// What a case is about.
pub const KIND: &str = "Kind";
/// Where it stands.
pub const STATUS: &str = "Status";
/// How bad it is.
pub const SEVERITY: &str = "Severity";
/// How soon it is dealt with.
pub const PRIORITY: &str = "Priority";
/// Its title.
pub const TITLE: &str = "Title";
/// Its text.
pub const TEXT: &str = "Text";
/// Who works on it.
pub const ASSIGNEE: &str = "Assignee";
/// Whose it is.
pub const REPORTER: &str = "Reported by";
/// When it was opened.
pub const OPENED: &str = "Opened";
/// When it last changed.
pub const UPDATED: &str = "Updated";
/// When it was resolved or closed.
pub const DONE: &str = "Done";
/// How many have it too.
pub const VOTES: &str = "Votes";
/// How the reporter liked it.
pub const RATING: &str = "Rating";
/// What the reporter said about it.
pub const RATING_COMMENT: &str = "Comment on the rating";
/// One more conversation about a case.
const CONVERSATION: &str = "goes on in another chat";
/// Cases about the same.
pub const LINKS: &str = "Linked cases";
/// Its place on Discord.
pub const BOARD: &str = "Board";
/// Link to it.
pub const OPEN_ON_DISCORD: &str = "Open on Discord";
/// Everything at a glance.
pub const FACTS: &str = "Facts";
/// What was reported.
pub const REPORT: &str = "Report";
/// Above the older lines of the history.
pub fn earlier(count: usize) -> String {
    format!("Earlier ({count})")
}
/// What was done.
pub const HISTORY: &str = "History";
/// What was said.
pub const TRANSCRIPT: &str = "Transcript";
/// Heading of what was said before a case was opened again.
pub const EARLIER_CHAT: &str = "Transcript of an earlier chat";
/// Link to what was said.
pub const SHOW_TRANSCRIPT: &str = "Show the transcript";
/// There was no chat.
pub const NO_TRANSCRIPT: &str = "Nothing was said, or it was deleted.";
/// What was sent with it.
pub const FILES: &str = "Files";
/// The person's other cases.
pub const RELATED: &str = "Other cases of this person";
/// There are none.
pub const NO_RELATED: &str = "No other cases.";
/// Everything of the person.
pub const PERSON_PAGE: &str = "What is kept about them";
/// Download as Markdown.
pub const AS_MARKDOWN: &str = "Download with the transcript";
/// What can be done.
pub const WORK: &str = "Work on it";
/// Heading of the notes' form.
pub const NOTE: &str = "Note";
/// Sends a note.
pub const ADD_NOTE: &str = "Add the note";
/// Label of a reason.
pub const REASON: &str = "Reason (may stay empty)";
/// Label of the assignees.
pub const ASSIGN_TO: &str = "Give it to";
/// Gives it to somebody.
pub const ASSIGN: &str = "Assign";
/// Takes it oneself.
pub const TAKE_IT: &str = "Take it";
/// Heading of the edit form.
pub const EDIT: &str = "Edit";
/// Sends an edit.
pub const SAVE: &str = "Save";
/// Label of a case to link to.
pub const LINK_TO: &str = "Number of a case about the same";
/// Links it.
pub const LINK: &str = "Link";
/// The thread gets the change.
pub const SET_STATUS: &str = "Change the status";
/// Reporter of a case filed by hand.
pub const FOR_PERSON: &str = "For whom (Discord user ID; may stay empty)";
/// Their name.
pub const FOR_NAME: &str = "Their name (may stay empty)";
/// Files a case.
pub const FILE_CASE: &str = "File the case";

// ---------------------------------------------------------------------------------------------------------------- conflict

/// Heading of the page for two editors.
pub const CONFLICT: &str = "Somebody else changed this case meanwhile";
/// What to do.
pub const CONFLICT_HINT: &str =
    "Nothing of yours is lost. Compare, put it right below, and save; or leave the case as it is now.";
/// The other one's.
pub const AS_IT_IS: &str = "As it is now";
/// One's own.
pub const AS_YOU_WANT: &str = "As you have it";
/// Writes over.
pub const SAVE_OVER: &str = "Save as I have it";
/// Gives up.
pub const LEAVE: &str = "Leave it as it is now";
/// An action that was meant for an earlier version.
pub const CHANGED_HINT: &str = "Look at the case again, then repeat it if it is still right.";

// -------------------------------------------------------------------------------------------------------------------- keys

/// What keys are for.
pub const KEYS_ABOUT: &str =
    "With a key, a machine works on cases through the API as agents do here. A key is shown once.";
/// Label of a key's name.
pub const KEY_NAME: &str = "What is it for";
/// Makes one.
pub const MAKE_KEY: &str = "Make a key";
/// Takes one back.
pub const REVOKE: &str = "Revoke";
/// It was taken back.
pub const REVOKED: &str = "revoked";
/// There are none.
pub const NO_KEYS: &str = "There are no keys.";
/// Above a new key.
pub const KEY_ONCE: &str = "This is the key. Copy it now; it is not shown again.";
/// What it does.
pub const API_DOCUMENT: &str = "The API's OpenAPI document";

// ------------------------------------------------------------------------------------------------------------------ people

/// Heading of a person's page.
pub const PERSON: &str = "Person";
/// Hands it out.
pub const EXPORT_PERSON: &str = "Download what is kept about them";
/// Heading of the deletion.
pub const DELETE_PERSON: &str = "Delete what is kept about them";
/// What it does.
pub const DELETE_ABOUT: &str = "Their chats are ended and removed. Their cases keep number and facts, without their name. This \
                                cannot be undone.";
/// Label of the confirmation.
pub const DELETE_CONFIRM: &str = "Type their Discord user ID to confirm";
/// Deletes.
pub const DELETE: &str = "Delete";
/// It was not typed.
pub const DELETE_UNCONFIRMED: &str = "The ID that was typed is another one. Nothing was deleted.";

/// The heading of a case.
pub fn case_heading(number: CaseNumber, title: &str) -> String {
    format!("#{number} {title}")
}

/// A status.
pub const fn status(status: Status) -> &'static str {
    match status {
        Status::New => "New",
        Status::Open => "Open",
        Status::WaitingForPerson => "Waiting for the person",
        Status::WaitingForUs => "Waiting for us",
        Status::Resolved => "Resolved",
        Status::Closed => "Closed",
        Status::Reopened => "Reopened",
    }
}

/// What the button says that leads to a status.
pub const fn status_button(status: Status) -> &'static str {
    match status {
        Status::New => "New",
        Status::Open => "Open",
        Status::WaitingForPerson => "Wait for the person",
        Status::WaitingForUs => "Wait for us",
        Status::Resolved => "Resolve",
        Status::Closed => "Close",
        Status::Reopened => "Reopen",
    }
}

/// How many have it too.
pub fn votes(votes: u32) -> String {
    if votes == 1 { "1 vote".to_owned() } else { format!("{votes} votes") }
}

/// A time, to the minute, in UTC. Scripts turn it into the reader's own.
pub fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The size of a file.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

/// Who did something.
pub fn author(author: &Author) -> String {
    match author {
        Author::Person(_) => "The person".to_owned(),
        Author::Erased => "A person whose data was deleted".to_owned(),
        Author::Agent(name) => format!("{name} (agent)"),
        Author::Moderator { name, .. } => format!("{name} (moderator)"),
        Author::Machine(name) => format!("{name} (API)"),
        Author::Desk => "The desk".to_owned(),
    }
}

/// Who said something.
pub fn who(who: &Who) -> String {
    match who {
        Who::Person => "The person".to_owned(),
        Who::Assistant => "Virtual agent".to_owned(),
        Who::Desk => "The desk".to_owned(),
        Who::Agent(name) => name.clone(),
    }
}

const fn field(field: Field) -> &'static str {
    match field {
        Field::Kind => KIND,
        Field::Severity => SEVERITY,
        Field::Priority => PRIORITY,
        Field::Title => TITLE,
        Field::Text => TEXT,
        Field::Assignee => ASSIGNEE,
        Field::Link => LINKS,
        Field::Rating => RATING,
        Field::RatingComment => RATING_COMMENT,
        Field::Conversation => CONVERSATION,
    }
}

/// A value as pages show it.
fn value_name(field: Field, value: &str) -> &str {
    let name = match field {
        Field::Kind => Kind::from_name(value).map(kind),
        Field::Severity => Severity::from_name(value).map(severity),
        Field::Priority => Priority::from_name(value).map(priority),
        _ => None,
    };
    name.unwrap_or(value)
}

/// What became of a field; a text is too long to be quoted.
pub fn change(change: &FieldChange) -> String {
    let name = field(change.field);
    let shown = |value: &Option<String>| value.as_deref().map(|value| value_name(change.field, value).to_owned());
    match (shown(&change.from), shown(&change.to)) {
        _ if change.field == Field::Text => format!("{name} was edited"),
        _ if change.field == Field::Conversation => name.to_owned(),
        (Some(from), Some(to)) => format!("{name}: {from} → {to}"),
        (None, Some(to)) => format!("{name}: {to}"),
        (Some(from), None) => format!("{name}: {from} → {NOBODY}"),
        (None, None) => name.to_owned(),
    }
}

/// What happened, on one line, without the reason.
pub fn event(event: &Event) -> String {
    let mut parts = Vec::new();
    match (event.from, event.to) {
        (Some(from), Some(to)) => parts.push(format!("{} → {}", status(from), status(to))),
        (None, Some(_)) => parts.push("filed the case".to_owned()),
        _ => {}
    }
    parts.extend(event.changes.iter().map(change));
    let author = author(&event.author);
    if parts.is_empty() { author } else { format!("{author}: {}", parts.join(", ")) }
}

/// The facts of a case as names and values, for texts without links.
pub fn facts(case: &Case) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        (STATUS, status(case.status).to_owned()),
        (KIND, kind(case.kind).to_owned()),
        (SEVERITY, severity(case.severity).to_owned()),
        (PRIORITY, priority(case.priority).to_owned()),
        (REPORTER, case.reporter_name.clone()),
        (ASSIGNEE, case.assignee.as_ref().map_or_else(|| NOBODY.to_owned(), |assignee| assignee.name.clone())),
        (VOTES, case.votes.to_string()),
        (OPENED, time(case.created_at)),
        (UPDATED, time(case.updated_at)),
    ];
    facts.extend(case.done_at.map(|at| (DONE, time(at))));
    facts.extend(case.rating.map(|rating| (RATING, format!("{rating} of 5"))));
    facts.extend(case.rating_comment.clone().map(|comment| (RATING_COMMENT, comment)));
    let links: Vec<_> = case.links.iter().map(|number| format!("#{number}")).collect();
    facts.extend((!links.is_empty()).then(|| (LINKS, links.join(", "))));
    facts
}

/// Says what was deleted of somebody, what could not be, and that there is more where that is not all.
pub fn deleted(deleted: &Deleted) -> String {
    let Deleted { conversations, cases, votes, threads_left, more } = deleted;
    let threads = match threads_left {
        0 => "",
        _ => {
            " A private thread in a Discord server is left, which the bot may not delete: a moderator of that server has to."
        }
    };
    let rest = if *more { " There is more than fits into one go: delete again." } else { "" };
    format!("Deleted: {conversations} conversations, the name in {cases} cases, {votes} votes.{threads}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_readable() {
        assert_eq!(
            (size(5), size(2048), size(10 * 1024 * 1024 + 600_000)),
            ("5 bytes".into(), "2 KB".into(), "10.5 MB".into())
        );
        assert_eq!(time(Timestamp::UNIX_EPOCH), "1970-01-01 00:00 UTC");
        assert_eq!((votes(0), votes(1)), ("0 votes".into(), "1 vote".into()));
    }
}
