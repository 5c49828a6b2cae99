//! Who serves what: THE table of commands, buttons and forms, and what the front door answers first.
//!
//! The front door, the workers' own checks and the registration of commands all read [`ROUTES`]; a new command is a new row.

use std::fmt;
use std::str::FromStr;

use domain::ids::PersonId;
use domain::text_discord as text;
use serde::Serialize;

use crate::interaction::{Interaction, InteractionKind};
use crate::reply::{Input, Modal, Reply};

/// Longest text taken from a command's option or a form's field, in characters. A form's field takes no more; see [Discord
/// Docs/Component Reference, Text Input].
pub const TEXT_LENGTH_MAX: u16 = 4000;

/// The action of the *Reply* button and of the form it opens.
pub const REPLY: &str = "reply";
/// The action of the *Talk to a person* button.
pub const AGENT: &str = "agent";
/// The action of the *End chat* button.
pub const END: &str = "end";
/// The `custom_id` of the reply form's one field.
pub const REPLY_BODY: &str = "body";

/// All that Discord may ask of us.
pub static ROUTES: &[Route] = &[
    Route {
        trigger: Trigger::Command(Command {
            name: "helpme",
            description: text::HELPME,
            options: &[CommandOption::text("question", text::HELPME_QUESTION)],
            everywhere: true,
        }),
        function: "helpme",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route {
        trigger: Trigger::Command(Command {
            name: "message",
            description: text::MESSAGE,
            options: &[CommandOption::text("text", text::MESSAGE_TEXT).required()],
            everywhere: false,
        }),
        function: "message",
        answer: Answer::Defer { visible_in_dm: true },
    },
    Route {
        trigger: Trigger::Command(Command {
            name: "agent",
            description: text::AGENT,
            options: &[CommandOption::text("about", text::AGENT_ABOUT)],
            everywhere: false,
        }),
        function: "agent",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route {
        trigger: Trigger::Command(Command { name: "close", description: text::CLOSE, options: &[], everywhere: false }),
        function: "close",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route {
        trigger: Trigger::MessageCommand("Send to support"),
        function: "message",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route { trigger: Trigger::Component(REPLY), function: "message", answer: Answer::Modal(reply_form) },
    Route { trigger: Trigger::Modal(REPLY), function: "message", answer: Answer::Defer { visible_in_dm: true } },
    Route { trigger: Trigger::Component(AGENT), function: "agent", answer: Answer::Defer { visible_in_dm: false } },
    Route { trigger: Trigger::Component(END), function: "close", answer: Answer::Defer { visible_in_dm: false } },
];

/// One row: what triggers it, the function it belongs to, the first answer.
#[derive(Debug)]
pub struct Route {
    /// What somebody does.
    pub trigger: Trigger,
    /// The function that serves it: its folder's name.
    pub function: &'static str,
    /// What the front door answers at once.
    pub answer: Answer,
}

/// What somebody does.
#[derive(Debug)]
pub enum Trigger {
    /// Uses this slash command.
    Command(Command),
    /// Picks this from a message's menu.
    MessageCommand(&'static str),
    /// Types in an option of this command that wants suggestions.
    Autocomplete(&'static str),
    /// Clicks a component with this action in its [`CustomId`].
    Component(&'static str),
    /// Sends a form with this action in its [`CustomId`].
    Modal(&'static str),
}

/// What the front door answers at once.
#[derive(Debug)]
pub enum Answer {
    /// The function is started, and its answer follows as an edit. Only the person sees it, except, with `visible_in_dm`, in
    /// the bot's DM, where it stays in the chat.
    Defer {
        /// Whether the answer stays visible in the bot's DM.
        visible_in_dm: bool,
    },
    /// A form. Nothing is started: the form comes back as an interaction of its own.
    Modal(fn(&Interaction) -> Modal),
    /// What the function itself answers, waited for: autocomplete cannot be deferred.
    Ask,
}

/// What to do with an interaction.
#[derive(Debug, PartialEq)]
pub enum Decision {
    /// Start this function and answer this.
    Start {
        /// The function's folder.
        function: &'static str,
        /// The deferral.
        reply: Reply,
    },
    /// Ask this function and answer what it says.
    Ask {
        /// The function's folder.
        function: &'static str,
    },
    /// Answer this; nothing else is to be done.
    Answer(Reply),
}

/// Decides by the table what becomes of an interaction.
pub fn decide(routes: &[Route], interaction: &Interaction) -> Decision {
    let custom_id: Option<CustomId> = interaction.custom_id().and_then(|text| text.parse().ok());
    let Some(route) = routes.iter().find(|route| route.trigger.fits(interaction, custom_id.as_ref())) else {
        return Decision::Answer(match interaction.kind {
            // Every other answer to it is an error to Discord.
            InteractionKind::Autocomplete => Reply::no_choices(),
            _ => Reply::ephemeral(text::UNKNOWN_COMMAND),
        });
    };
    match route.answer {
        Answer::Defer { visible_in_dm } => Decision::Start {
            function: route.function,
            reply: Reply::deferred(!(visible_in_dm && interaction.is_bot_dm())),
        },
        Answer::Ask => Decision::Ask { function: route.function },
        Answer::Modal(form) => Decision::Answer(match custom_id {
            Some(custom_id) if custom_id.person != interaction.person.id => Reply::ephemeral(text::NOT_YOURS),
            _ => Reply::modal(form(interaction)),
        }),
    }
}

/// The answer when an interaction could not be handed on.
pub fn could_not_take(interaction: &Interaction) -> Reply {
    match interaction.kind {
        InteractionKind::Autocomplete => Reply::no_choices(),
        _ => Reply::ephemeral(text::COULD_NOT_TAKE),
    }
}

impl Trigger {
    fn fits(&self, interaction: &Interaction, custom_id: Option<&CustomId>) -> bool {
        let name = interaction.command_name();
        let action = custom_id.map(|custom_id| custom_id.action.as_str());
        match self {
            Self::Command(command) => interaction.kind == InteractionKind::Command && name == Some(command.name),
            Self::MessageCommand(wanted) => interaction.kind == InteractionKind::MessageCommand && name == Some(wanted),
            Self::Autocomplete(wanted) => interaction.kind == InteractionKind::Autocomplete && name == Some(wanted),
            Self::Component(wanted) => interaction.kind == InteractionKind::Component && action == Some(wanted),
            Self::Modal(wanted) => interaction.kind == InteractionKind::ModalSubmit && action == Some(wanted),
        }
    }
}

/// The form behind the *Reply* button.
fn reply_form(interaction: &Interaction) -> Modal {
    Modal {
        custom_id: CustomId::new(REPLY, interaction.person.id).to_string(),
        title: text::REPLY_TITLE,
        inputs: vec![Input {
            custom_id: REPLY_BODY,
            label: text::REPLY_LABEL,
            placeholder: text::REPLY_PLACEHOLDER,
            required: true,
            max_length: TEXT_LENGTH_MAX,
        }],
    }
}

/// The `custom_id` of our buttons and forms, `action:v1:<person id>`: what is to happen, and whose it is.
///
/// Nothing in it is trusted. The person has to be the one who clicks, and everything else is looked up by the one who clicks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomId {
    /// What is to happen, e.g. [`REPLY`].
    pub action: String,
    /// Whose button it is.
    pub person: PersonId,
}

impl CustomId {
    /// A custom ID for an action of the table.
    pub fn new(action: &str, person: PersonId) -> Self {
        Self { action: action.to_owned(), person }
    }
}

impl fmt::Display for CustomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:v1:{}", self.action, self.person)
    }
}

/// A `custom_id` that is not ours, or of another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a custom_id of ours")]
pub struct CustomIdError;

impl FromStr for CustomId {
    type Err = CustomIdError;
    fn from_str(text: &str) -> Result<Self, CustomIdError> {
        let (action, rest) = text.split_once(':').ok_or(CustomIdError)?;
        let person = rest.strip_prefix("v1:").ok_or(CustomIdError)?;
        if action.is_empty() {
            return Err(CustomIdError);
        }
        Ok(Self::new(action, person.parse().map_err(|_| CustomIdError)?))
    }
}

/// A slash command, as far as people see it.
#[derive(Debug)]
pub struct Command {
    /// Lower case, 1 to 32 characters. Renaming one deletes the permissions that admins have set for it.
    pub name: &'static str,
    /// 1 to 100 characters.
    pub description: &'static str,
    /// At most 25, required ones first.
    pub options: &'static [CommandOption],
    /// Whether it is also offered outside servers and the bot's DM, to people who installed the application for themselves.
    pub everywhere: bool,
}

/// An option of a slash command. See [Discord Docs/Application Commands, Application Command Option].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CommandOption {
    #[serde(rename = "type")]
    kind: u8,
    name: &'static str,
    description: &'static str,
    #[serde(skip_serializing_if = "is_false")]
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u16>,
    #[serde(skip_serializing_if = "is_false")]
    autocomplete: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    options: &'static [CommandOption],
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl CommandOption {
    /// A text of at most [`TEXT_LENGTH_MAX`] characters.
    pub const fn text(name: &'static str, description: &'static str) -> Self {
        Self { max_length: Some(TEXT_LENGTH_MAX), ..Self::of(3, name, description) }
    }

    /// A file.
    pub const fn attachment(name: &'static str, description: &'static str) -> Self {
        Self::of(11, name, description)
    }

    /// A subcommand with options of its own. A command that has one cannot be used without.
    pub const fn subcommand(name: &'static str, description: &'static str, options: &'static [Self]) -> Self {
        Self { options, ..Self::of(1, name, description) }
    }

    /// The same, but the command cannot be sent without it.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same with suggestions, for which the command needs a [`Trigger::Autocomplete`] row.
    #[must_use]
    pub const fn suggested(self) -> Self {
        Self { autocomplete: true, ..self }
    }

    const fn of(kind: u8, name: &'static str, description: &'static str) -> Self {
        Self { kind, name, description, required: false, max_length: None, autocomplete: false, options: &[] }
    }
}

/// A command as it is registered. See [Discord Docs/Application Commands, Bulk Overwrite Global Application Commands].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandDefinition {
    /// 1 is a slash command, 3 a message command.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Its name.
    pub name: &'static str,
    /// Its description; a message command has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'static str>,
    /// Its options.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub options: &'static [CommandOption],
    /// Where it is offered: 0 servers, 1 the bot's DM, 2 everywhere else.
    pub contexts: &'static [u8],
    /// To whom: 0 members of servers with the application, 1 people who installed it for themselves.
    pub integration_types: &'static [u8],
}

/// The commands to register. `user_install` says whether the application can be installed by a person for themselves; if it
/// cannot, Discord refuses a command that says so.
pub fn commands(routes: &[Route], user_install: bool) -> Vec<CommandDefinition> {
    let definition = |kind, name, description, options, everywhere: bool| CommandDefinition {
        kind,
        name,
        description,
        options,
        // Both are written down, because Discord's documents disagree on the defaults.
        contexts: if user_install && everywhere { &[0, 1, 2] } else { &[0, 1] },
        integration_types: if user_install { &[0, 1] } else { &[0] },
    };
    let mut definitions = Vec::new();
    for route in routes {
        match &route.trigger {
            Trigger::Command(Command { name, description, options, everywhere }) => {
                definitions.push(definition(1, *name, Some(*description), *options, *everywhere));
            }
            Trigger::MessageCommand(name) => {
                definitions.push(definition(3, *name, None, &[], false));
            }
            Trigger::Autocomplete(_) | Trigger::Component(_) | Trigger::Modal(_) => {}
        }
    }
    definitions
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::interaction::parse;

    fn event(name: &str) -> Interaction {
        let path = format!("{}/../../events/discord/{name}.json", env!("CARGO_MANIFEST_DIR"));
        parse(&std::fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn every_event_goes_where_the_table_says() {
        let check = |name: &str, function: &'static str, ephemeral: bool| {
            let expected = Decision::Start { function, reply: Reply::deferred(ephemeral) };
            assert_eq!(decide(ROUTES, &event(name)), expected, "{name}");
        };
        check("command-helpme-in-dm", "helpme", true);
        check("command-helpme-with-question-in-server", "helpme", true);
        check("command-helpme-user-install", "helpme", true);
        check("command-message-in-dm", "message", false);
        check("command-message-in-server", "message", true);
        check("message-command-send-to-support", "message", true);
        check("modal-reply", "message", false);
        check("command-agent-in-dm", "agent", true);
        check("component-agent", "agent", true);
        check("command-close-in-dm", "close", true);
        check("component-end", "close", true);
    }

    #[test]
    fn the_reply_button_opens_the_form_of_the_one_who_clicks() {
        let Decision::Answer(reply) = decide(ROUTES, &event("component-reply")) else { panic!() };
        let reply: Value = serde_json::from_str(&reply.to_json()).unwrap();
        assert_eq!(reply["type"], 9);
        assert_eq!(reply["data"]["custom_id"], "reply:v1:1380000000000000777");
        assert_eq!(reply["data"]["components"][0]["component"]["custom_id"], "body");
        let decision = decide(ROUTES, &event("component-reply-of-somebody-else"));
        assert_eq!(decision, Decision::Answer(Reply::ephemeral(text::NOT_YOURS)));
    }

    #[test]
    fn what_nobody_serves_gets_a_sentence() {
        let unknown = Decision::Answer(Reply::ephemeral(text::UNKNOWN_COMMAND));
        assert_eq!(decide(ROUTES, &event("command-new-feature-in-server")), unknown);
        assert_eq!(decide(ROUTES, &event("autocomplete-case")), Decision::Answer(Reply::no_choices()));
        for custom_id in
            ["", "reply", "reply:v2:5", "reply:v1:", "reply:v1:0", "reply:v1:5:x", "bogus:v1:5", "agent:v1:ada"]
        {
            let body = json!({"type": 3, "id": "1", "application_id": "2", "token": "t", "user": {"id": "5"},
                "data": {"custom_id": custom_id, "component_type": 2}});
            assert_eq!(decide(ROUTES, &parse(body.to_string().as_bytes()).unwrap()), unknown, "{custom_id}");
        }
    }

    #[test]
    fn a_row_is_all_that_suggestions_take() {
        let rows = [Route { trigger: Trigger::Autocomplete("case"), function: "case", answer: Answer::Ask }];
        assert_eq!(decide(&rows, &event("autocomplete-case")), Decision::Ask { function: "case" });
    }

    #[test]
    fn a_custom_id_goes_both_ways() {
        let person = PersonId::new(1_380_000_000_000_000_777).unwrap();
        let custom_id = CustomId::new(AGENT, person);
        assert_eq!(custom_id.to_string(), "agent:v1:1380000000000000777");
        assert_eq!(custom_id.to_string().parse(), Ok(custom_id));
        assert_eq!(":v1:5".parse::<CustomId>(), Err(CustomIdError));
    }

    #[test]
    fn commands_are_the_documented_json() {
        let text = |name: &str, description: &str| json!({"type": 3, "name": name, "description": description, "max_length": 4000});
        let mut required = text("text", text::MESSAGE_TEXT);
        required["required"] = json!(true);
        let slash = |name: &str, description: &str| json!({"type": 1, "name": name, "description": description, "contexts": [0, 1], "integration_types": [0]});
        let mut expected = [
            slash("helpme", text::HELPME),
            slash("message", text::MESSAGE),
            slash("agent", text::AGENT),
            slash("close", text::CLOSE),
            json!({"type": 3, "name": "Send to support", "contexts": [0, 1], "integration_types": [0]}),
        ];
        expected[0]["options"] = json!([text("question", text::HELPME_QUESTION)]);
        expected[1]["options"] = json!([required]);
        expected[2]["options"] = json!([text("about", text::AGENT_ABOUT)]);
        assert_eq!(serde_json::to_value(commands(ROUTES, false)).unwrap(), json!(expected));
        for command in &mut expected {
            command["integration_types"] = json!([0, 1]);
        }
        expected[0]["contexts"] = json!([0, 1, 2]);
        assert_eq!(serde_json::to_value(commands(ROUTES, true)).unwrap(), json!(expected));
    }

    #[test]
    fn other_kinds_of_options_are_the_documented_json() {
        static SHOW: [CommandOption; 1] = [CommandOption::text("id", "Which").required().suggested()];
        assert_eq!(
            serde_json::to_value([
                CommandOption::subcommand("show", "Shows one", &SHOW),
                CommandOption::attachment("file", "A file")
            ])
            .unwrap(),
            json!([
                {"type": 1, "name": "show", "description": "Shows one", "options": [
                    {"type": 3, "name": "id", "description": "Which", "required": true, "autocomplete": true, "max_length": 4000}
                ]},
                {"type": 11, "name": "file", "description": "A file"}
            ])
        );
    }
}
