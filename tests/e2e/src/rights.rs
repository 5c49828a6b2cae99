//! Who may do what with cases: every route of the front door times everybody, and what they may not do changes and tells nothing.
//!
//! Buttons and forms are pressed and sent by clients that make up their `custom_id`s, since a person can send any.

use std::collections::BTreeSet;
use std::sync::Mutex;

use discord::routes::{ROUTES, Trigger, commands};
use sandbox::sims::discord::{OutcomeKind, Person, Place};
use serde_json::{Value, json};

use crate::casework::{
    MODERATE_MEMBERS, NO_SUCH_NUMBER, Report, asks, case_item, everybody, facts, report, set_case, text, word,
};
use crate::desk::{Desk, Somebody, options, play, play_with};
use crate::recorded::fresh_id;

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    /// It is done, or shown.
    Yes,
    /// It is about themselves alone: nothing changes, and nothing is told of the case.
    Own,
    /// The reporter's vote for their own report: said so.
    Reporter,
    /// "Only moderators can do that."
    Moderators,
    /// Exactly as for a number or a draft that nobody has.
    Unknown,
    /// "This belongs to somebody else."
    NotTheirs,
}

impl May {
    fn of(letter: char) -> Self {
        match letter {
            'Y' => Self::Yes,
            'o' => Self::Own,
            'r' => Self::Reporter,
            'm' => Self::Moderators,
            'u' => Self::Unknown,
            'n' => Self::NotTheirs,
            other => panic!("{other} means nothing"),
        }
    }
}

/// Who tries it, and where, in the order of the table's columns.
const COLUMNS: [&str; 11] = [
    "a stranger in the server",
    "a stranger in the DM",
    "the reporter",
    "a moderator of another server, there",
    "a moderator of another server, in the DM",
    "a moderator of another server, in this one",
    "a moderator",
    "a moderator in the DM",
    "a moderator in another server",
    "a former moderator",
    "a former moderator in the DM",
];

/// Every route that has to do with cases, and what becomes of it for each of [`COLUMNS`]. The letters are those of [`May::of`].
///
/// The case is one of the configured server, and so the DM's as well. Agents and machines do not come through this door: the
/// console has a table of its own.
const TABLE: &[(&str, &str)] = &[
    ("/bug", "YY Y YYY YYY YY"),
    ("form bug", "nn Y nnn nnn nn"),
    ("button bug-file", "uu Y uuu uuu uu"),
    ("button bug-vote", "YY r uYY YYu YY"),
    ("button bug-again", "uu Y uuu uuu uu"),
    ("button bug-severity", "uu Y uuu uuu uu"),
    ("/new_feature", "YY Y YYY YYY YY"),
    ("form feature", "nn Y nnn nnn nn"),
    ("button feature-file", "uu Y uuu uuu uu"),
    ("button feature-vote", "YY r uYY YYu YY"),
    ("button feature-again", "uu Y uuu uuu uu"),
    ("button feature-severity", "uu Y uuu uuu uu"),
    ("/case view", "mm m umm YYm mm"),
    ("/case mine", "oo Y ooo ooo oo"),
    ("/case list", "mm m omm YYm mm"),
    ("/case assign", "mm m umm YYm mm"),
    ("/case status", "mm m umm YYm mm"),
    ("/case note", "mm m umm YYm mm"),
    ("/case link", "mm m umm YYm mm"),
    ("/case reopen", "mm Y umm YYm mm"),
    ("typing case", "uu u uuu YYu uu"),
    ("button case-take", "mm m umm YYm mm"),
    ("button case-waiting", "mm m umm YYm mm"),
    ("button case-resolve", "mm m umm YYm mm"),
    ("button case-vote", "YY r uYY YYu YY"),
    ("button case-reopen", "uu Y uuu uuu uu"),
    ("button case-rate", "uu Y uuu uuu uu"),
    ("button case-comment", "uu Y uuu uuu uu"),
    ("form case-comment", "uu Y uuu uuu uu"),
    ("/privacy export", "oo Y ooo ooo oo"),
    ("/privacy delete", "oo o ooo ooo oo"),
    ("button privacy-keep", "nn o nnn nnn nn"),
    ("button privacy-delete", "nn Y nnn nnn nn"),
];

/// The routes that have nothing to do with anybody's case but one's own chat's.
const NOT_ABOUT_CASES: &[&str] = &[
    "/helpme",
    "button thread",
    "button agent-thread",
    "button get-help",
    "button start",
    "button not-now",
    "/help_button",
    "/message",
    "/agent",
    "/close",
    "menu Send to support",
    "button reply",
    "form reply",
    "button agent",
    "button end",
    "button end-now",
    "button end-not",
    "button transcript",
];

/// Those that only show something.
const READING: &[&str] = &[
    "button case-comment",
    "button bug-again",
    "button feature-again",
    "/case view",
    "/case mine",
    "/case list",
    "typing case",
    "/privacy export",
];

/// The buttons of cards, which everybody sees.
const PUBLIC: &[&str] = &["button case-take", "button case-waiting", "button case-resolve", "button case-vote"];

/// What a route is called in the table; one line for each subcommand.
fn labels(trigger: &Trigger) -> Vec<String> {
    match trigger {
        Trigger::Command(command) => {
            let definitions = serde_json::to_value(commands(ROUTES, true)).unwrap();
            let mut definitions = definitions.as_array().into_iter().flatten();
            let options = definitions.find(|one| one["name"] == command.name).unwrap()["options"].clone();
            let subcommands = options.as_array().into_iter().flatten().filter(|option| option["type"] == 1);
            let named = |option: &Value| format!("/{} {}", command.name, option["name"].as_str().unwrap());
            let subcommands: Vec<_> = subcommands.map(named).collect();
            if subcommands.is_empty() { vec![format!("/{}", command.name)] } else { subcommands }
        }
        Trigger::MessageCommand(name) => vec![format!("menu {name}")],
        Trigger::Autocomplete(name) => vec![format!("typing {name}")],
        Trigger::Component(action) => vec![format!("button {action}")],
        Trigger::Modal(action) => vec![format!("form {action}")],
    }
}

#[test]
fn every_route_stands_in_the_table() {
    let routes: BTreeSet<String> = ROUTES.iter().flat_map(|route| labels(&route.trigger)).collect();
    let table: BTreeSet<String> =
        TABLE.iter().map(|(label, _)| *label).chain(NOT_ABOUT_CASES.iter().copied()).map(str::to_owned).collect();
    assert_eq!(table, routes, "say who may use a new route, and drop what is gone");
    assert_eq!(table.len(), TABLE.len() + NOT_ABOUT_CASES.len(), "each is there once");
    for (label, letters) in TABLE {
        assert_eq!(cells(letters).len(), COLUMNS.len(), "{label}");
    }
}

fn cells(letters: &str) -> Vec<May> {
    letters.chars().filter(|letter| *letter != ' ').map(May::of).collect()
}

/// Somebody who tries, somewhere.
struct Actor<'a> {
    column: usize,
    who: Somebody<'a>,
    place: Place,
    server: Option<u64>,
    /// What Discord says of them there.
    permissions: u64,
    /// An interaction of theirs that was answered, whose answer the made-up ones change: its token and its message.
    carrier: (String, u64),
}

/// What is tried to be got at: somebody's case, and their draft of the same.
struct Target {
    report: Report,
    reporter: Person,
    draft: String,
    other: u64,
}

impl Target {
    /// A number and a draft that nobody has.
    fn but_unknown(&self) -> Self {
        let report = Report { number: NO_SUCH_NUMBER, title: String::new(), text: String::new() };
        Self { report, reporter: self.reporter, draft: fresh_id(), other: self.other }
    }
}

struct World<'a> {
    desk: &'a Desk,
    actors: Vec<Actor<'a>>,
    /// The table as it was last looked at.
    known: Mutex<Vec<String>>,
}

impl<'a> World<'a> {
    async fn new(desk: &'a Desk) -> Self {
        let discord = desk.sandbox.discord();
        let (home, away) = (discord.guild_id(), discord.add_guild("Elsewhere"));
        let here = Place::Guild(discord.channel_in(home, "help"));
        let there = Place::Guild(discord.channel_in(away, "general"));
        // One person for each, so that what one may see of what they did before is no other's.
        let plain = |name: &str| desk.person(name);
        let moderates = |name: &str, server: u64| {
            let somebody = desk.person(name);
            let permissions = everybody(desk, &somebody);
            discord.join(somebody.person, away);
            discord.set_permissions_in(somebody.person, server, permissions | MODERATE_MEMBERS);
            somebody
        };
        let former = |name: &str| {
            let somebody = desk.person(name);
            let before = everybody(desk, &somebody);
            discord.set_permissions(somebody.person, before | MODERATE_MEMBERS);
            discord.set_permissions(somebody.person, before);
            somebody
        };
        let people = [
            (plain("Stella Stranger"), here),
            (plain("Dora Stranger"), Place::Dm),
            (plain("Rita Reporter"), here),
            (moderates("Elsa Elsewhere", away), there),
            (moderates("Emil Elsewhere", away), Place::Dm),
            (moderates("Egon Elsewhere", away), here),
            (moderates("Mona Moderator", home), here),
            (moderates("Milo Moderator", home), Place::Dm),
            (moderates("Mika Moderator", home), there),
            (former("Frida Former"), here),
            (former("Falko Former"), Place::Dm),
        ];
        let mut actors = Vec::new();
        for (column, (who, place)) in people.into_iter().enumerate() {
            let server = if place == here {
                Some(home)
            } else if place == there {
                Some(away)
            } else {
                None
            };
            let may = everybody(desk, &who);
            let permissions = match column {
                3 => may | MODERATE_MEMBERS,
                8 => may & !MODERATE_MEMBERS,
                _ => may,
            };
            let outcome = discord.command(who.person, place, "case mine", json!({})).await;
            desk.is_private(&outcome.token);
            let carrier = (outcome.token.clone(), who.answer_to(&outcome).await.id);
            actors.push(Actor { column, who, place, server, permissions, carrier });
        }
        Self { desk, actors, known: Mutex::default() }
    }

    fn reporter(&self) -> &Actor<'a> {
        &self.actors[2]
    }

    /// A report, the draft of the same one again, and another report.
    async fn target(&self, command: &str) -> Target {
        let reporter = self.reporter();
        let other = report(self.desk, &reporter.who, reporter.place, command).await.number;
        let report = report(self.desk, &reporter.who, reporter.place, command).await;
        let same = json!({"title": report.title, "text": report.text});
        let offered = asks(self.desk, &reporter.who, reporter.place, command, same).await;
        let action = if command == "bug" { "bug-file" } else { "feature-file" };
        let custom_id = offered.button(action).unwrap_or_else(|| panic!("nothing was offered: {}", offered.content));
        let draft = custom_id.rsplit(':').next().unwrap().to_owned();
        self.desk.settles().await;
        Target { report, reporter: reporter.who.person, draft, other }
    }

    /// Tries what `label` says, at `target`, in the name of `named`. Returns what they read.
    async fn tries(&self, label: &str, actor: &Actor<'_>, target: &Target, named: Person) -> String {
        let number = target.report.number.to_string();
        let (kind, what) = label.split_once(' ').unwrap_or((label, ""));
        match (kind, what) {
            ("/bug" | "/new_feature", _) => {
                let (one, two, text) = (word(), word(), word());
                let options = json!({"title": format!("{one} {two}"), "text": text});
                self.command(actor, label, options).await
            }
            ("/case", subcommand) => {
                let mut options = match subcommand {
                    "mine" | "list" => return self.command(actor, label, json!({})).await,
                    "status" => json!({"to": "waiting_for_us"}),
                    "note" => json!({"text": "a note"}),
                    "link" => json!({"to": target.other.to_string()}),
                    "reopen" => json!({"reason": "not done"}),
                    _ => json!({}),
                };
                options["number"] = json!(number);
                self.command(actor, label, options).await
            }
            ("/privacy", _) => self.command(actor, label, json!({})).await,
            ("typing", command) => {
                let sim = self.desk.sandbox.discord();
                let command = format!("{command} view");
                let outcome = sim.autocomplete(actor.who.person, actor.place, &command, "number", &number).await;
                assert_eq!(outcome.kind, OutcomeKind::Choices);
                outcome.choices.unwrap().to_string()
            }
            ("form", action) => {
                let argument = if action == "case-comment" { format!(":{number}") } else { String::new() };
                let custom_id = format!("{action}:v1:{named}{argument}");
                let field = |name: &str, value: String| json!({"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": name, "value": value}});
                let (one, two, text) = (word(), word(), word());
                let components =
                    [field("title", format!("{one} {two}")), field("text", text.clone()), field("comment", text)];
                self.makes_up(actor, 5, json!({"custom_id": custom_id, "components": components})).await
            }
            ("button", action) => {
                let argument = match action {
                    "bug-file" | "feature-file" | "bug-again" | "feature-again" => format!(":{}", target.draft),
                    "bug-vote" | "feature-vote" => format!(":{}:{number}", target.draft),
                    "privacy-keep" | "privacy-delete" => String::new(),
                    "case-rate" => format!(":{number}:4"),
                    _ => format!(":{number}"),
                };
                let person = if PUBLIC.contains(&label) { "*".to_owned() } else { named.to_string() };
                let custom_id = format!("{action}:v1:{person}{argument}");
                let data = if action.ends_with("severity") {
                    json!({"component_type": 3, "custom_id": custom_id, "id": 2, "values": ["high"]})
                } else {
                    json!({"component_type": 2, "custom_id": custom_id, "id": 2})
                };
                self.makes_up(actor, 3, data).await
            }
            _ => panic!("nobody knows how to try {label}"),
        }
    }

    async fn command(&self, actor: &Actor<'_>, label: &str, options: Value) -> String {
        let answer = asks(self.desk, &actor.who, actor.place, label.trim_start_matches('/'), options).await;
        self.desk.settles().await;
        let files = answer.attachments.iter().filter_map(|file| self.desk.sandbox.discord().file_bytes(*file));
        let files: Vec<_> = files.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).collect();
        format!("{}{}", answer.all_text(), files.concat())
    }

    /// Sends an interaction that Discord signs, and whose data the client made up.
    async fn makes_up(&self, actor: &Actor<'_>, kind: u64, data: Value) -> String {
        let sim = self.desk.sandbox.discord();
        let path = format!("{}/../../events/discord/component-case-take.json", env!("CARGO_MANIFEST_DIR"));
        let mut body: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let user = json!({"id": actor.who.person.to_string(), "username": "player", "global_name": actor.who.name});
        body["type"] = json!(kind);
        body["id"] = json!(fresh_id());
        body["application_id"] = json!(sim.application_id().to_string());
        body["token"] = json!(actor.carrier.0);
        body["locale"] = json!("en-US");
        body["message"]["id"] = json!(actor.carrier.1.to_string());
        body["data"] = data;
        let fields = body.as_object_mut().unwrap();
        if let (Some(server), Place::Guild(channel)) = (actor.server, actor.place) {
            fields["guild_id"] = json!(server.to_string());
            fields["guild"]["id"] = json!(server.to_string());
            fields["channel_id"] = json!(channel.to_string());
            fields["channel"]["id"] = json!(channel.to_string());
            fields["authorizing_integration_owners"] = json!({"0": server.to_string()});
            fields["member"]["user"] = user;
            fields["member"]["permissions"] = json!(actor.permissions.to_string());
        } else {
            let dm = sim.dm_channel(actor.who.person).to_string();
            for gone in ["guild_id", "guild", "guild_locale", "member"] {
                fields.remove(gone);
            }
            fields["context"] = json!(1);
            fields["channel_id"] = json!(dm);
            fields["channel"] = json!({"id": dm, "type": 1, "flags": 0, "recipients": []});
            fields["authorizing_integration_owners"] = json!({"0": "0"});
            fields.insert("user".to_owned(), user);
        }
        let edits =
            |state: &sandbox::sims::discord::DiscordState| state.message(actor.carrier.1).unwrap().history.len();
        let before = sim.read(edits);
        let answer = sim.signed_interaction(&body).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        self.desk.settles().await;
        match answer["type"].as_u64() {
            Some(4) => answer["data"]["content"].as_str().unwrap().to_owned(),
            Some(5 | 6) => {
                assert_eq!(sim.read(edits), before + 1, "it was answered");
                sim.read(|state| state.message(actor.carrier.1).unwrap().all_text())
            }
            Some(9) => answer["data"].to_string(),
            other => panic!("answered with {other:?}"),
        }
    }

    /// One cell of the table.
    async fn check(&self, label: &str, actor: &Actor<'_>, may: May, shared: &Target) {
        let cell = format!("{label} by {}", COLUMNS[actor.column]);
        // Whose button it is: their own, made up; where that means themselves alone, the reporter's.
        let of_reporter = label.starts_with("form ") || label.starts_with("button privacy-");
        let named = if of_reporter { shared.reporter } else { actor.who.person };
        if may == May::Yes {
            return self.check_done(&cell, label, actor, shared, named).await;
        }
        let said = self.tries(label, actor, shared, named).await;
        for secret in [&shared.report.title, &shared.report.text] {
            assert!(!said.contains(secret.as_str()), "{cell} told {secret}: {said}");
        }
        match may {
            May::Yes => unreachable!("it was checked"),
            // What is told of an unknown one is compared with that below; of their own, there is nothing to compare with.
            May::Own | May::Unknown => {}
            May::Reporter => assert!(said.contains("is your own report"), "{cell}: {said}"),
            May::Moderators => {
                assert_eq!(said, "Only moderators can do that. `/case mine` shows your own cases.", "{cell}");
            }
            May::NotTheirs => assert!(said.starts_with("This belongs to somebody else"), "{cell}: {said}"),
        }
        // Nobody who is refused can tell whether there is such a case.
        if !matches!(may, May::Own | May::Reporter) {
            let unknown = self.tries(label, actor, &shared.but_unknown(), named).await;
            let alike = said.replace(&shared.report.number.to_string(), &NO_SUCH_NUMBER.to_string());
            assert_eq!(alike, unknown, "{cell}");
        }
        // The reporter's own button, in other hands.
        let is_personal = label.starts_with("button ") && !PUBLIC.contains(&label);
        if is_personal && !of_reporter && actor.who.person != shared.reporter {
            let said = self.tries(label, actor, shared, shared.reporter).await;
            assert!(said.starts_with("This belongs to somebody else"), "{cell}: {said}");
        }
        self.assert_unchanged(&cell).await;
    }

    /// What they may do is done.
    async fn check_done(&self, cell: &str, label: &str, actor: &Actor<'_>, shared: &Target, named: Person) {
        let desk = self.desk;
        let (is_vote, reads) = (label.ends_with("vote"), READING.contains(&label));
        let files = label.starts_with("form ") || ["/bug", "/new_feature"].contains(&label);
        let fresh = if is_vote || reads || files { None } else { Some(self.target(command_of(label)).await) };
        let target = fresh.as_ref().unwrap_or(shared);
        if label.ends_with("reopen") {
            resolve(desk, target.report.number).await;
        }
        if fresh.is_some() {
            *self.known.lock().unwrap() = facts(desk).await;
        }
        let said = self.tries(label, actor, target, named).await;
        if reads {
            self.assert_unchanged(cell).await;
            // The form for a comment names the case by its number.
            let number = format!(":{}\"", target.report.number);
            let is_form = label == "button case-comment" && said.contains(&number);
            assert!(is_form || said.contains(&target.report.title), "{cell}: {said}");
        } else {
            let after = facts(desk).await;
            let before = std::mem::replace(&mut *self.known.lock().unwrap(), after.clone());
            assert_ne!(after, before, "{cell}: {said}");
        }
        for no in ["Only moderators", "There is no case", "belongs to somebody else", "draft has expired"] {
            assert!(!said.contains(no), "{cell}: {said}");
        }
    }

    /// Nothing is otherwise than when it was last looked at.
    async fn assert_unchanged(&self, cell: &str) {
        let now = facts(self.desk).await;
        let known = self.known.lock().unwrap();
        let new: Vec<_> = now.iter().filter(|fact| !known.contains(fact)).collect();
        let gone: Vec<_> = known.iter().filter(|fact| !now.contains(fact)).collect();
        assert!(new.is_empty() && gone.is_empty(), "{cell} changed something: {gone:#?} became {new:#?}");
    }
}

/// The command that files what a route is about.
fn command_of(label: &str) -> &'static str {
    if label.contains("feature") { "new_feature" } else { "bug" }
}

/// Makes a case one that may be reopened.
async fn resolve(desk: &Desk, number: u64) {
    let item = case_item(desk, number).await;
    let (server, just_now) = (text(&item, "server"), text(&item, "updated_at"));
    set_case(
        desk,
        number,
        &[
            ("case_status", json!({"S": "resolved"})),
            ("list_status", json!({"S": format!("{server}#resolved")})),
            ("done_at", json!({"S": just_now})),
        ],
    )
    .await;
}

/// Checks the rows that `fits` picks, at a desk of its own: what is set by hand is not counted, so nothing else may happen there.
fn check_rows(fits: impl Fn(&str) -> bool) {
    play_with(options(), async |desk| {
        let world = World::new(desk).await;
        let started = std::time::Instant::now();
        let rows: Vec<_> = TABLE.iter().filter(|(label, _)| fits(label)).collect();
        assert!(!rows.is_empty());
        for (label, letters) in &rows {
            let shared = world.target(command_of(label)).await;
            *world.known.lock().unwrap() = facts(desk).await;
            for (actor, may) in world.actors.iter().zip(cells(letters)) {
                world.check(label, actor, may, &shared).await;
            }
        }
        eprintln!("{} cells in {:?}", rows.len() * COLUMNS.len(), started.elapsed());
    });
}

fn is_of_case(label: &str) -> bool {
    label.contains("case")
}

fn is_of_privacy(label: &str) -> bool {
    label.contains("privacy")
}

#[test]
fn everybody_times_reporting() {
    check_rows(|label| !is_of_case(label) && !is_of_privacy(label));
}

#[test]
fn everybody_times_the_commands_of_cases() {
    check_rows(|label| is_of_case(label) && !label.starts_with("button "));
}

#[test]
fn everybody_times_the_buttons_of_cases() {
    check_rows(|label| is_of_case(label) && label.starts_with("button "));
}

#[test]
fn everybody_times_privacy() {
    check_rows(is_of_privacy);
}

#[test]
fn the_dm_is_of_the_configured_server_alone() {
    play(async |desk| {
        let world = World::new(desk).await;
        let elsewhere = &world.actors[3];
        let theirs = report(desk, &elsewhere.who, elsewhere.place, "bug").await;
        let target =
            Target { report: theirs, reporter: elsewhere.who.person, draft: fresh_id(), other: NO_SUCH_NUMBER };
        for column in [0, 1, 2, 4, 5, 6, 7] {
            let actor = &world.actors[column];
            for label in ["button case-vote", "button bug-vote", "/case view", "button case-take", "typing case"] {
                let before = facts(desk).await;
                let said = world.tries(label, actor, &target, actor.who.person).await;
                assert_eq!(facts(desk).await, before, "{label} by {}: {said}", COLUMNS[column]);
                let unknown = world.tries(label, actor, &target.but_unknown(), actor.who.person).await;
                let alike = said.replace(&target.report.number.to_string(), &NO_SUCH_NUMBER.to_string());
                assert_eq!(alike, unknown, "{label} by {}", COLUMNS[column]);
            }
        }
    });
}
