//! Who serves what: THE table of commands, buttons and forms, and what the front door answers first.
//!
//! The front door, the workers' own checks and the registration of commands all read [`ROUTES`]; a new command is a new row.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use domain::ids::PersonId;
use domain::language::Language;
use domain::text_discord::choices::{self, Choices};
use domain::text_discord::{FrontDoor, command_choice, command_name_id, command_text};
use serde::Serialize;

use crate::interaction::{Interaction, InteractionKind};
use crate::message::SelectOption;
use crate::reply::{Field, FieldKind, Modal, Reply, TextStyle};

/// Longest text taken from a command's option or a form's field, in characters. A form's field takes no more; see [Discord
/// Docs/Component Reference, Text Input].
pub const TEXT_LENGTH_MAX: u16 = 4000;

/// The action of the *Reply* button and of the form it opens.
pub const REPLY: &str = "reply";
/// The action of the *Talk to a person* button.
pub const AGENT: &str = "agent";
/// The action of the *End chat* button, which asks first.
pub const END: &str = "end";
/// The action that ends the chat once it was asked. Argument: the conversation's generation.
pub const END_NOW: &str = "end-now";
/// The action of *Go on*, which ends nothing.
pub const END_NOT: &str = "end-not";
/// The action of *Private thread*. Argument: the interaction that could not be answered in direct messages.
pub const THREAD: &str = "thread";
/// The same for somebody who has asked for a person.
pub const AGENT_IN_THREAD: &str = "agent-thread";
/// The action of *Get help*, the button in a channel that anybody may press.
pub const GET_HELP: &str = "get-help";
/// The action of the button that starts a chat after that.
pub const START: &str = "start";
/// The action of the button that does not.
pub const NOT_NOW: &str = "not-now";
/// The `custom_id` of the text in the reply form.
pub const REPLY_BODY: &str = "body";

/// Fewest characters of a report's title: less tells it from no other.
pub const TITLE_LENGTH_MIN: u16 = 10;
/// Most characters of a report's title, so that it and the case's number fit into the name of a forum's post.
pub const TITLE_LENGTH_MAX: u16 = 90;
/// Longest note on a case and reason for a change of it, in characters.
pub const NOTE_LENGTH_MAX: u16 = 2000;
/// Longest text taken for the number of a case, in characters: as many as a suggestion has.
const NUMBER_LENGTH_MAX: u16 = 100;
/// Most files of a line in the chat: as many as a form's field takes. See [Discord Docs/Component Reference, File Upload].
const LINE_FILES_MAX: u8 = 10;

/// Most files of a report.
pub const REPORT_FILES_MAX: u8 = 3;

/// The action of the bug form, and the name of its command and function.
pub const BUG: &str = "bug";
/// The action of *File anyway* for a bug. Argument: the draft.
pub const BUG_FILE: &str = "bug-file";
/// The action of *Add my vote* in place of a bug. Arguments: the draft and the case, `draft:case`.
pub const BUG_VOTE: &str = "bug-vote";
/// The action of *Fill in again* for a bug, which opens the form with what was typed. Argument: the draft.
pub const BUG_AGAIN: &str = "bug-again";
/// The action of a bug's choice of severity.
pub const BUG_SEVERITY: &str = "bug-severity";
/// The action of the feature form.
pub const FEATURE: &str = "feature";
/// The action of *File anyway* for a feature. Argument: the draft.
pub const FEATURE_FILE: &str = "feature-file";
/// The action of *Add my vote* in place of a feature. Arguments: the draft and the case, `draft:case`.
pub const FEATURE_VOTE: &str = "feature-vote";
/// The action of *Fill in again* for a feature. Argument: the draft.
pub const FEATURE_AGAIN: &str = "feature-again";
/// The action of a feature's choice of severity.
pub const FEATURE_SEVERITY: &str = "feature-severity";
/// The action of *Take it* on a case's card. Argument of all on the card: the case.
pub const CASE_TAKE: &str = "case-take";
/// The action of *Waiting* on a case's card.
pub const CASE_WAITING: &str = "case-waiting";
/// The action of *Resolve* on a case's card.
pub const CASE_RESOLVE: &str = "case-resolve";
/// The action of *Vote* on a case's card.
pub const CASE_VOTE: &str = "case-vote";
/// The action of *Reopen* in the reporter's DM. Argument: the case.
pub const CASE_REOPEN: &str = "case-reopen";
/// The action of the rating's buttons under the end of a chat. Arguments: the case and the stars, `case:stars`.
pub const CASE_RATE: &str = "case-rate";
/// The action of *Add a comment* under a rating, and of the form it opens. Argument: the case.
pub const CASE_COMMENT: &str = "case-comment";
/// The `custom_id` of the text in that form.
pub const COMMENT: &str = "comment";
/// The action of *Transcript*. Argument: the conversation's generation.
pub const TRANSCRIPT: &str = "transcript";
/// The action that deletes a person's data.
pub const PRIVACY_DELETE: &str = "privacy-delete";
/// The action that leaves a person's data alone.
pub const PRIVACY_KEEP: &str = "privacy-keep";

/// The title: an option of `/bug` and `/new_feature`, and a field of their forms. So are the next five, but for the files.
pub const TITLE: &str = "title";
/// What happened, or what is wished for.
pub const TEXT: &str = "text";
/// How to make it happen.
pub const STEPS: &str = "steps";
/// Where somebody plays; a value of [`choices::PLATFORMS`].
pub const PLATFORM: &str = "platform";
/// How bad it is; a value of [`choices::SEVERITIES`].
pub const SEVERITY: &str = "severity";
/// The files; a field of the forms.
pub const FILES: &str = "files";
/// The file; an option of the commands.
pub const FILE: &str = "file";

// What these are called in other languages, and what is said about them, stands in the catalogue (`shared/wording/locales/commands`):
// names by the English name, descriptions by the ID that is given here.

/// The number of a case, an option of the subcommands of `/case`.
const CASE_NUMBER: CommandOption =
    CommandOption::text("number", "case_number").at_most(NUMBER_LENGTH_MAX).suggested().required();
const REPORT_TITLE: CommandOption =
    CommandOption::text(TITLE, "report_title").at_least(TITLE_LENGTH_MIN).at_most(TITLE_LENGTH_MAX);
const REPORT_PLATFORM: CommandOption = CommandOption::text(PLATFORM, "report_platform").one_of(&choices::PLATFORMS);
const REPORT_FILE: CommandOption = CommandOption::attachment(FILE, "report_file");
const CASE_REASON: CommandOption = CommandOption::text("reason", "case_reason").at_most(NOTE_LENGTH_MAX);

/// The subcommands of `/case`.
static CASE_COMMANDS: [CommandOption; 8] = [
    CommandOption::subcommand("view", "case_view", &[CASE_NUMBER]),
    CommandOption::subcommand("mine", "case_mine", &[]),
    CommandOption::subcommand(
        "list",
        "case_list",
        &[
            CommandOption::text("status", "case_list_status").one_of(&choices::STATUSES),
            CommandOption::text("kind", "case_list_kind").one_of(&choices::KINDS),
            CommandOption::boolean("mine_only", "case_list_mine_only"),
        ],
    ),
    CommandOption::subcommand("assign", "case_assign", &[CASE_NUMBER, CommandOption::user("to", "case_assign_to")]),
    CommandOption::subcommand(
        "status",
        "case_status",
        &[CASE_NUMBER, CommandOption::text("to", "case_status_to").one_of(&choices::STATUSES).required(), CASE_REASON],
    ),
    CommandOption::subcommand(
        "note",
        "case_note",
        &[CASE_NUMBER, CommandOption::text(TEXT, "case_note_text").at_most(NOTE_LENGTH_MAX).required()],
    ),
    CommandOption::subcommand(
        "link",
        "case_link",
        &[CASE_NUMBER, CommandOption::text("to", "case_link_to").at_most(NUMBER_LENGTH_MAX).suggested().required()],
    ),
    CommandOption::subcommand("reopen", "case_reopen", &[CASE_NUMBER, CASE_REASON.required()]),
];

/// All that Discord may ask of us.
pub static ROUTES: &[Route] = &[
    Route {
        trigger: Trigger::Command(Command {
            name: "helpme",
            about: "helpme",
            options: &[CommandOption::text("question", "helpme_question")],
            offered: Offered::Everywhere,
        }),
        function: "helpme",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route { trigger: Trigger::Component(THREAD), function: "helpme", answer: Answer::DeferUpdate },
    Route { trigger: Trigger::Component(GET_HELP), function: "helpme", answer: Answer::Defer { visible_in_dm: false } },
    Route { trigger: Trigger::Component(START), function: "helpme", answer: Answer::DeferUpdate },
    Route { trigger: Trigger::Component(NOT_NOW), function: "helpme", answer: Answer::DeferUpdate },
    Route {
        trigger: Trigger::Command(Command {
            name: "help_button",
            about: "help_button",
            options: &[CommandOption::text(TEXT, "help_button_text").at_most(NOTE_LENGTH_MAX)],
            offered: Offered::ToModerators,
        }),
        function: "help-button",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route {
        trigger: Trigger::Command(Command {
            name: "message",
            about: "message",
            options: &[CommandOption::text("text", "message_text"), CommandOption::attachment(FILE, "message_file")],
            offered: Offered::Here,
        }),
        function: "message",
        answer: Answer::Defer { visible_in_dm: true },
    },
    Route {
        trigger: Trigger::Command(Command {
            name: "agent",
            about: "agent",
            options: &[CommandOption::text("about", "agent_about")],
            offered: Offered::Here,
        }),
        function: "agent",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route {
        trigger: Trigger::Command(Command { name: "close", about: "close", options: &[], offered: Offered::Here }),
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
    Route { trigger: Trigger::Component(AGENT_IN_THREAD), function: "agent", answer: Answer::DeferUpdate },
    Route { trigger: Trigger::Component(END), function: "close", answer: Answer::Defer { visible_in_dm: false } },
    Route { trigger: Trigger::Component(END_NOW), function: "close", answer: Answer::DeferUpdate },
    Route { trigger: Trigger::Component(END_NOT), function: "close", answer: Answer::DeferUpdate },
    Route {
        trigger: Trigger::Component(TRANSCRIPT),
        function: "close",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route {
        trigger: Trigger::Command(Command {
            name: "bug",
            about: "bug",
            options: &[
                REPORT_TITLE,
                CommandOption::text(TEXT, "bug_text"),
                CommandOption::text(STEPS, "bug_steps"),
                REPORT_PLATFORM,
                CommandOption::text(SEVERITY, "bug_severity").one_of(&choices::SEVERITIES),
                REPORT_FILE,
            ],
            offered: Offered::Here,
        }),
        function: "bug",
        answer: Answer::ModalUnless { option: TITLE, form: new_bug_form },
    },
    Route { trigger: Trigger::Modal(BUG), function: "bug", answer: Answer::Defer { visible_in_dm: false } },
    Route { trigger: Trigger::Component(BUG_FILE), function: "bug", answer: Answer::DeferUpdate },
    Route { trigger: Trigger::Component(BUG_VOTE), function: "bug", answer: Answer::DeferUpdate },
    Route { trigger: Trigger::Component(BUG_AGAIN), function: "bug", answer: Answer::Ask },
    Route { trigger: Trigger::Component(BUG_SEVERITY), function: "bug", answer: Answer::DeferUpdate },
    Route {
        trigger: Trigger::Command(Command {
            name: "new_feature",
            about: "new_feature",
            options: &[
                REPORT_TITLE,
                CommandOption::text(TEXT, "feature_text"),
                REPORT_PLATFORM,
                CommandOption::text(SEVERITY, "feature_severity").one_of(&choices::IMPORTANCE),
                REPORT_FILE,
            ],
            offered: Offered::Here,
        }),
        function: "new-feature",
        answer: Answer::ModalUnless { option: TITLE, form: new_feature_form },
    },
    Route { trigger: Trigger::Modal(FEATURE), function: "new-feature", answer: Answer::Defer { visible_in_dm: false } },
    Route { trigger: Trigger::Component(FEATURE_FILE), function: "new-feature", answer: Answer::DeferUpdate },
    Route { trigger: Trigger::Component(FEATURE_VOTE), function: "new-feature", answer: Answer::DeferUpdate },
    Route { trigger: Trigger::Component(FEATURE_AGAIN), function: "new-feature", answer: Answer::Ask },
    Route { trigger: Trigger::Component(FEATURE_SEVERITY), function: "new-feature", answer: Answer::DeferUpdate },
    Route {
        trigger: Trigger::Command(Command {
            name: "case",
            about: "case",
            options: &CASE_COMMANDS,
            offered: Offered::Here,
        }),
        function: "case",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route { trigger: Trigger::Autocomplete("case"), function: "case", answer: Answer::Ask },
    Route { trigger: Trigger::Component(CASE_TAKE), function: "case", answer: Answer::Defer { visible_in_dm: false } },
    Route {
        trigger: Trigger::Component(CASE_WAITING),
        function: "case",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route {
        trigger: Trigger::Component(CASE_RESOLVE),
        function: "case",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route { trigger: Trigger::Component(CASE_VOTE), function: "case", answer: Answer::Defer { visible_in_dm: false } },
    Route {
        trigger: Trigger::Component(CASE_REOPEN),
        function: "case",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route { trigger: Trigger::Component(CASE_RATE), function: "case", answer: Answer::Defer { visible_in_dm: false } },
    Route { trigger: Trigger::Component(CASE_COMMENT), function: "case", answer: Answer::Ask },
    Route { trigger: Trigger::Modal(CASE_COMMENT), function: "case", answer: Answer::Defer { visible_in_dm: false } },
    Route {
        trigger: Trigger::Command(Command {
            name: "privacy",
            about: "privacy",
            options: &[
                CommandOption::subcommand("export", "privacy_export", &[]),
                CommandOption::subcommand("delete", "privacy_delete", &[]),
            ],
            offered: Offered::Here,
        }),
        function: "privacy",
        answer: Answer::Defer { visible_in_dm: false },
    },
    Route { trigger: Trigger::Component(PRIVACY_DELETE), function: "privacy", answer: Answer::DeferUpdate },
    Route { trigger: Trigger::Component(PRIVACY_KEEP), function: "privacy", answer: Answer::DeferUpdate },
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
    /// The function is started, and its answer follows as an edit of the message that the component sits on. Nothing is shown
    /// until then. Only for components, and only for those of the one who clicks.
    DeferUpdate,
    /// A form. Nothing is started: the form comes back as an interaction of its own.
    Modal(fn(&Interaction) -> Modal),
    /// A form, unless the command carries this option: then the function is started, and only the person sees its answer.
    ModalUnless {
        /// The option's name.
        option: &'static str,
        /// The form.
        form: fn(&Interaction) -> Modal,
    },
    /// What the function itself answers, waited for: autocomplete cannot be deferred, and nor can a form with what the function
    /// kept.
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
            _ => Reply::ephemeral(front_door(interaction).unknown_command()),
        });
    };
    match route.answer {
        Answer::Defer { visible_in_dm } => Decision::Start {
            function: route.function,
            reply: Reply::deferred(!(visible_in_dm && interaction.is_bot_dm())),
        },
        Answer::Ask => Decision::Ask { function: route.function },
        // What somebody else may not even see an answer to is refused here: the form is shown, and the message is changed.
        Answer::DeferUpdate | Answer::Modal(_)
            if custom_id.as_ref().is_some_and(|custom_id| !custom_id.may_be_used_by(interaction.person.id)) =>
        {
            Decision::Answer(Reply::ephemeral(front_door(interaction).not_yours()))
        }
        Answer::DeferUpdate => Decision::Start { function: route.function, reply: Reply::deferred_update() },
        Answer::ModalUnless { option, .. } if interaction.option(option).is_some() => {
            Decision::Start { function: route.function, reply: Reply::deferred(true) }
        }
        Answer::Modal(form) | Answer::ModalUnless { form, .. } => Decision::Answer(Reply::modal(form(interaction))),
    }
}

/// The answer when an interaction could not be handed on.
pub fn could_not_take(interaction: &Interaction) -> Reply {
    match interaction.kind {
        InteractionKind::Autocomplete => Reply::no_choices(),
        _ => Reply::ephemeral(front_door(interaction).could_not_take()),
    }
}

/// The front door's texts in the language of the one who does something.
fn front_door(interaction: &Interaction) -> FrontDoor {
    FrontDoor::speaking(interaction.language())
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
    let says = front_door(interaction);
    Modal {
        custom_id: CustomId::new(REPLY, interaction.person.id).to_string(),
        title: says.reply_title().into(),
        fields: vec![
            Field {
                custom_id: REPLY_BODY,
                label: says.reply_label().into(),
                description: None,
                kind: FieldKind::Text {
                    style: TextStyle::Paragraph,
                    min_length: None,
                    max_length: TEXT_LENGTH_MAX,
                    placeholder: Some(says.reply_placeholder()),
                    value: None,
                    // A file may say enough.
                    required: false,
                },
            },
            Field {
                custom_id: FILES,
                label: says.files().into(),
                description: Some(says.reply_files_about()),
                kind: FieldKind::Files { min: 0, max: LINE_FILES_MAX, required: false },
            },
        ],
    }
}

/// What stands in a report's form from the start. Does not print.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Prefilled {
    /// The title; cut to [`TITLE_LENGTH_MAX`] characters.
    pub title: String,
    /// What happened, or what is wished for; cut to [`TEXT_LENGTH_MAX`] characters.
    pub text: String,
    /// How to make it happen; cut likewise. Not asked for a feature.
    pub steps: Option<String>,
    /// A value of [`choices::PLATFORMS`]; any other is as good as none.
    pub platform: Option<String>,
    /// A value of [`choices::SEVERITIES`]. The bug form has no room for a field for it, so that form carries it as the argument of
    /// its `custom_id`.
    pub severity: Option<String>,
}

impl Prefilled {
    /// What the command was given.
    pub fn from_options(interaction: &Interaction) -> Self {
        let option = |name| interaction.option(name).map(str::to_owned);
        Self {
            title: option(TITLE).unwrap_or_default(),
            text: option(TEXT).unwrap_or_default(),
            steps: option(STEPS),
            platform: option(PLATFORM),
            severity: option(SEVERITY),
        }
    }
}

impl fmt::Debug for Prefilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prefilled").finish_non_exhaustive()
    }
}

fn new_bug_form(interaction: &Interaction) -> Modal {
    bug_form(interaction.language(), interaction.person.id, Some(Prefilled::from_options(interaction)))
}

fn new_feature_form(interaction: &Interaction) -> Modal {
    feature_form(interaction.language(), interaction.person.id, Some(Prefilled::from_options(interaction)))
}

/// The form of `/bug`, with as many fields as a form takes. Comes back with the action [`BUG`] and, if a severity was given, that as
/// the argument.
pub fn bug_form(language: Language, person: PersonId, prefilled: Option<Prefilled>) -> Modal {
    let says = FrontDoor::speaking(language);
    let Prefilled { title, text, steps, platform, severity } = prefilled.unwrap_or_default();
    let custom_id = CustomId::new(BUG, person);
    let severity = severity.and_then(|severity| choices::SEVERITIES.find(&severity));
    Modal {
        custom_id: severity.map_or(custom_id.clone(), |severity| custom_id.with(severity)).to_string(),
        title: says.bug_form().into(),
        fields: vec![
            title_field(says, title, says.bug_title_placeholder()),
            text_field(TEXT, says.bug_text(), says.bug_text_about(), true, text),
            text_field(STEPS, says.steps(), says.steps_about(), false, steps.unwrap_or_default()),
            platform_field(says, platform.as_deref()),
            files_field(says),
        ],
    }
}

/// The form of `/new_feature`. Comes back with the action [`FEATURE`].
pub fn feature_form(language: Language, person: PersonId, prefilled: Option<Prefilled>) -> Modal {
    let says = FrontDoor::speaking(language);
    let Prefilled { title, text, steps: _, platform, severity } = prefilled.unwrap_or_default();
    Modal {
        custom_id: CustomId::new(FEATURE, person).to_string(),
        title: says.feature_form().into(),
        fields: vec![
            title_field(says, title, says.feature_title_placeholder()),
            text_field(TEXT, says.feature_text(), says.feature_text_about(), true, text),
            platform_field(says, platform.as_deref()),
            Field {
                custom_id: SEVERITY,
                label: says.importance().into(),
                description: None,
                kind: FieldKind::Select {
                    options: options(says, &choices::IMPORTANCE, severity.as_deref()),
                    placeholder: Some(says.importance_placeholder()),
                    required: false,
                },
            },
            files_field(says),
        ],
    }
}

/// The options of a form's select for a list of [`choices`], with one of them selected.
fn options(says: FrontDoor, choices: &Choices, selected: Option<&str>) -> Vec<SelectOption> {
    let option = |value: &&'static str| SelectOption {
        selected: selected == Some(*value),
        ..SelectOption::new(says.choice(choices, value), *value)
    };
    choices.values.iter().map(option).collect()
}

fn title_field(says: FrontDoor, value: String, placeholder: &'static str) -> Field {
    Field {
        custom_id: TITLE,
        label: says.title().into(),
        description: Some(says.title_about()),
        kind: FieldKind::Text {
            style: TextStyle::Short,
            min_length: Some(TITLE_LENGTH_MIN),
            max_length: TITLE_LENGTH_MAX,
            placeholder: Some(placeholder),
            value: Some(value),
            required: true,
        },
    }
}

fn text_field(
    custom_id: &'static str,
    label: &'static str,
    about: &'static str,
    required: bool,
    value: String,
) -> Field {
    Field {
        custom_id,
        label: label.into(),
        description: Some(about),
        kind: FieldKind::Text {
            style: TextStyle::Paragraph,
            min_length: required.then_some(1),
            max_length: TEXT_LENGTH_MAX,
            placeholder: None,
            value: Some(value),
            required,
        },
    }
}

fn platform_field(says: FrontDoor, selected: Option<&str>) -> Field {
    Field {
        custom_id: PLATFORM,
        label: says.platform().into(),
        description: None,
        kind: FieldKind::Select {
            options: options(says, &choices::PLATFORMS, selected),
            placeholder: Some(says.platform_placeholder()),
            required: false,
        },
    }
}

fn files_field(says: FrontDoor) -> Field {
    Field {
        custom_id: FILES,
        label: says.files().into(),
        description: Some(says.files_about()),
        kind: FieldKind::Files { min: 0, max: REPORT_FILES_MAX, required: false },
    }
}

/// Longest `custom_id`, in characters. See [Discord Docs/Component Reference, Custom ID].
pub const CUSTOM_ID_LENGTH_MAX: usize = 100;

/// The `custom_id` of our components and forms, `action:v1:<person id>[:argument]`: what is to happen, whose it is, and to what. For
/// everybody, the person is `*`. At most [`CUSTOM_ID_LENGTH_MAX`] characters.
///
/// Nothing in it is trusted, since a person can send any: who clicks is known from the interaction alone, and what they may do to what
/// the argument names is looked up by the one who clicks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomId {
    /// What is to happen, e.g. [`REPLY`].
    pub action: String,
    /// Whose it is; nobody's in particular, if none.
    pub person: Option<PersonId>,
    /// To what, e.g. the number of a case.
    pub argument: Option<String>,
}

impl CustomId {
    /// A custom ID for an action of the table, of one person.
    pub fn new(action: &str, person: PersonId) -> Self {
        Self { action: action.to_owned(), person: Some(person), argument: None }
    }

    /// A custom ID that anybody may use. What they may do is for the function to check.
    pub fn public(action: &str) -> Self {
        Self { action: action.to_owned(), person: None, argument: None }
    }

    /// The same about this. The whole must fit into [`CUSTOM_ID_LENGTH_MAX`]; three IDs do.
    #[must_use]
    pub fn with(self, argument: impl fmt::Display) -> Self {
        Self { argument: Some(argument.to_string()), ..self }
    }

    /// Whether this person may use it, as far as it says.
    pub fn may_be_used_by(&self, person: PersonId) -> bool {
        self.person.is_none_or(|owner| owner == person)
    }
}

impl fmt::Display for CustomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:v1:", self.action)?;
        match self.person {
            Some(person) => write!(f, "{person}")?,
            None => f.write_str("*")?,
        }
        self.argument.as_ref().map_or(Ok(()), |argument| write!(f, ":{argument}"))
    }
}

/// A `custom_id` that is not ours, or of another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a custom_id of ours")]
pub struct CustomIdError;

impl FromStr for CustomId {
    type Err = CustomIdError;
    fn from_str(text: &str) -> Result<Self, CustomIdError> {
        if text.chars().count() > CUSTOM_ID_LENGTH_MAX {
            return Err(CustomIdError);
        }
        let (action, rest) = text.split_once(':').ok_or(CustomIdError)?;
        let rest = rest.strip_prefix("v1:").ok_or(CustomIdError)?;
        let (person, argument) = match rest.split_once(':') {
            Some((person, argument)) => (person, Some(argument.to_owned())),
            None => (rest, None),
        };
        if action.is_empty() || argument.as_deref() == Some("") {
            return Err(CustomIdError);
        }
        let person = match person {
            "*" => None,
            id => Some(id.parse().map_err(|_| CustomIdError)?),
        };
        Ok(Self { action: action.to_owned(), person, argument })
    }
}

/// A slash command, as far as people see it.
#[derive(Debug)]
pub struct Command {
    /// Lower case, 1 to 32 characters. Renaming one deletes the permissions that admins have set for it.
    pub name: &'static str,
    /// What is said about it: the ID of a text of the catalogue.
    pub about: &'static str,
    /// At most 25, required ones first.
    pub options: &'static [CommandOption],
    /// Where, and to whom.
    pub offered: Offered,
}

/// Where and to whom a command is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// In servers and in the bot's DM.
    Here,
    /// Outside of these too, to people who installed the application for themselves.
    Everywhere,
    /// In servers only, to those who may manage the server; admins can offer it to others, so the function checks who it is.
    ToModerators,
}

/// An option of a slash command. See [Discord Docs/Application Commands, Application Command Option].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandOption {
    kind: u8,
    name: &'static str,
    about: &'static str,
    required: bool,
    min_length: Option<u16>,
    max_length: Option<u16>,
    choices: Option<&'static Choices>,
    autocomplete: bool,
    options: &'static [CommandOption],
}

impl CommandOption {
    /// A text of at most [`TEXT_LENGTH_MAX`] characters. `about` is the ID of what is said about it in the catalogue, here and below.
    pub const fn text(name: &'static str, about: &'static str) -> Self {
        Self { max_length: Some(TEXT_LENGTH_MAX), ..Self::of(3, name, about) }
    }

    /// A file.
    pub const fn attachment(name: &'static str, about: &'static str) -> Self {
        Self::of(11, name, about)
    }

    /// Yes or no.
    pub const fn boolean(name: &'static str, about: &'static str) -> Self {
        Self::of(5, name, about)
    }

    /// Somebody.
    pub const fn user(name: &'static str, about: &'static str) -> Self {
        Self::of(6, name, about)
    }

    /// A subcommand with options of its own. A command that has one cannot be used without.
    pub const fn subcommand(name: &'static str, about: &'static str, options: &'static [Self]) -> Self {
        Self { options, ..Self::of(1, name, about) }
    }

    /// The same, but the command cannot be sent without it.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same text, but no shorter than this, in characters.
    #[must_use]
    pub const fn at_least(self, min_length: u16) -> Self {
        Self { min_length: Some(min_length), ..self }
    }

    /// The same text, but no longer than this, in characters.
    #[must_use]
    pub const fn at_most(self, max_length: u16) -> Self {
        Self { max_length: Some(max_length), ..self }
    }

    /// The same, but the value is one of these; nothing else can be typed.
    #[must_use]
    pub const fn one_of(self, choices: &'static Choices) -> Self {
        Self { choices: Some(choices), max_length: None, ..self }
    }

    /// The same with suggestions, for which the command needs a [`Trigger::Autocomplete`] row.
    #[must_use]
    pub const fn suggested(self) -> Self {
        Self { autocomplete: true, ..self }
    }

    const fn of(kind: u8, name: &'static str, about: &'static str) -> Self {
        Self {
            kind,
            name,
            about,
            required: false,
            min_length: None,
            max_length: None,
            choices: None,
            autocomplete: false,
            options: &[],
        }
    }

    fn definition(&self) -> OptionDefinition {
        let choices = self.choices.map(|choices| choices.values.iter().map(|value| choice(choices, value)).collect());
        OptionDefinition {
            kind: self.kind,
            name: self.name,
            name_localizations: names(self.name),
            description: described(Language::English, self.about),
            description_localizations: localizations(|language| command_text(language, self.about)),
            required: self.required,
            min_length: self.min_length,
            max_length: self.max_length,
            choices: choices.unwrap_or_default(),
            autocomplete: self.autocomplete,
            options: self.options.iter().map(Self::definition).collect(),
        }
    }
}

/// `MANAGE_GUILD`, as [`CommandDefinition::default_member_permissions`] has it.
const MANAGE_SERVER: &str = "32";

/// Texts by Discord's locale. What is not there is shown as the text without a locale, and `es-419` as `es-ES`. See [Discord
/// Docs/Application Commands, Localization].
pub type Localizations = BTreeMap<&'static str, &'static str>;

/// A command as it is registered. See [Discord Docs/Application Commands, Bulk Overwrite Global Application Commands].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandDefinition {
    /// 1 is a slash command, 3 a message command.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Its name: what an interaction calls it, whatever the person sees.
    pub name: &'static str,
    /// Its name as people see it.
    pub name_localizations: Localizations,
    /// Its description; a message command has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'static str>,
    /// Its description in other languages.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub description_localizations: Localizations,
    /// Its options.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionDefinition>,
    /// What one must be allowed in a server for it to be offered there, as a bit set; nothing unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_member_permissions: Option<&'static str>,
    /// Where it is offered: 0 servers, 1 the bot's DM, 2 everywhere else.
    pub contexts: &'static [u8],
    /// To whom: 0 members of servers with the application, 1 people who installed it for themselves.
    pub integration_types: &'static [u8],
}

/// An option as it is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OptionDefinition {
    #[serde(rename = "type")]
    kind: u8,
    name: &'static str,
    name_localizations: Localizations,
    description: &'static str,
    description_localizations: Localizations,
    #[serde(skip_serializing_if = "is_false")]
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_length: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<ChoiceDefinition>,
    #[serde(skip_serializing_if = "is_false")]
    autocomplete: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<OptionDefinition>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ChoiceDefinition {
    name: &'static str,
    name_localizations: Localizations,
    value: &'static str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A text in every language but English, which is the one without a locale.
fn localizations(text: impl Fn(Language) -> Option<&'static str>) -> Localizations {
    let others = Language::ALL.into_iter().filter(|language| *language != Language::English);
    others.filter_map(|language| Some((language.locale(), text(language)?))).collect()
}

fn names(name: &str) -> Localizations {
    let id = command_name_id(name);
    localizations(|language| command_text(language, &id))
}

/// What is said about a command or option. A test sees to it that there is something.
fn described(language: Language, about: &'static str) -> &'static str {
    command_text(language, about).unwrap_or(about)
}

fn choice(choices: &Choices, value: &'static str) -> ChoiceDefinition {
    ChoiceDefinition {
        name: command_choice(Language::English, choices, value).unwrap_or(value),
        name_localizations: localizations(|language| command_choice(language, choices, value)),
        value,
    }
}

/// The commands to register. `user_install` says whether the application can be installed by a person for themselves; if it
/// cannot, Discord refuses a command that says so.
pub fn commands(routes: &[Route], user_install: bool) -> Vec<CommandDefinition> {
    let definition =
        |kind, name, about: Option<&'static str>, options: &[CommandOption], offered: Offered| CommandDefinition {
            kind,
            name,
            name_localizations: names(name),
            description: about.map(|about| described(Language::English, about)),
            description_localizations: localizations(|language| command_text(language, about?)),
            options: options.iter().map(CommandOption::definition).collect(),
            default_member_permissions: (offered == Offered::ToModerators).then_some(MANAGE_SERVER),
            // Both are written down, because Discord's documents disagree on the defaults.
            contexts: match offered {
                Offered::Everywhere if user_install => &[0, 1, 2],
                Offered::Everywhere | Offered::Here => &[0, 1],
                Offered::ToModerators => &[0],
            },
            integration_types: if user_install && offered != Offered::ToModerators { &[0, 1] } else { &[0] },
        };
    let mut definitions = Vec::new();
    for route in routes {
        match &route.trigger {
            Trigger::Command(Command { name, about, options, offered }) => {
                definitions.push(definition(1, *name, Some(*about), options, *offered));
            }
            Trigger::MessageCommand(name) => {
                definitions.push(definition(3, *name, None, &[], Offered::Here));
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

    const ENGLISH: FrontDoor = FrontDoor::speaking(Language::English);

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
        check("command-bug-with-attachment", "bug", true);
        check("modal-bug", "bug", true);
        check("command-new-feature-in-server", "new-feature", true);
        check("modal-feature", "new-feature", true);
        check("command-case-view", "case", true);
        check("command-case-list", "case", true);
        check("command-case-assign", "case", true);
        check("component-case-take", "case", true);
        check("component-case-rate", "case", true);
        check("modal-case-comment", "case", true);
        check("component-transcript", "close", true);
        check("component-get-help", "helpme", true);
        check("command-help-button", "help-button", true);
        let check = |name: &str, function: &'static str| {
            let expected = Decision::Start { function, reply: Reply::deferred_update() };
            assert_eq!(decide(ROUTES, &event(name)), expected, "{name}");
        };
        check("component-end-now", "close");
        check("component-bug-vote", "bug");
        check("component-bug-severity", "bug");
        check("component-privacy-delete", "privacy");
        for name in ["autocomplete-case", "component-case-comment"] {
            assert_eq!(decide(ROUTES, &event(name)), Decision::Ask { function: "case" }, "{name}");
        }
        check("component-start", "helpme");
        check("component-not-now", "helpme");
        check("component-private-thread", "helpme");
    }

    /// The event with another `custom_id`.
    fn click(name: &str, custom_id: &str) -> Interaction {
        let path = format!("{}/../../events/discord/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let mut event: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        event["data"]["custom_id"] = json!(custom_id);
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn every_component_goes_where_the_table_says() {
        let check = |action: &str, argument: &str, expected: Decision| {
            let own = CustomId::new(action, PersonId::new(1_380_000_000_000_000_777).unwrap()).with(argument);
            assert_eq!(decide(ROUTES, &click("component-bug-vote", &own.to_string())), expected, "{action}");
        };
        let ask = |function| Decision::Ask { function };
        let update = |function| Decision::Start { function, reply: Reply::deferred_update() };
        let defer = |function| Decision::Start { function, reply: Reply::deferred(true) };
        for (prefix, function) in [(BUG, "bug"), (FEATURE, "new-feature")] {
            check(&format!("{prefix}-file"), "7", update(function));
            check(&format!("{prefix}-vote"), "7:12", update(function));
            check(&format!("{prefix}-severity"), "7", update(function));
            check(&format!("{prefix}-again"), "7", ask(function));
        }
        for action in [CASE_TAKE, CASE_WAITING, CASE_RESOLVE, CASE_VOTE, CASE_REOPEN] {
            check(action, "12", defer("case"));
        }
        check(CASE_RATE, "12:4", defer("case"));
        check(CASE_COMMENT, "12", ask("case"));
        check(TRANSCRIPT, "3", defer("close"));
        check(END_NOW, "3", update("close"));
        check(END_NOT, "3", update("close"));
        check(PRIVACY_DELETE, "x", update("privacy"));
        check(PRIVACY_KEEP, "x", update("privacy"));
        // What would be changed is somebody else's.
        let refused = Decision::Answer(Reply::ephemeral(front_door(&event("component-bug-vote")).not_yours()));
        for action in [END_NOW, END_NOT, BUG_FILE, BUG_VOTE, BUG_SEVERITY, FEATURE_FILE, PRIVACY_DELETE, PRIVACY_KEEP] {
            assert_eq!(decide(ROUTES, &click("component-bug-vote", &format!("{action}:v1:5:7"))), refused, "{action}");
        }
    }

    #[test]
    fn a_report_without_a_title_opens_the_form_with_the_rest() {
        let form = |interaction: &Interaction| {
            let Decision::Answer(reply) = decide(ROUTES, interaction) else { panic!("no answer") };
            reply.into_value()
        };
        let empty = form(&event("command-bug"));
        assert_eq!((&empty["type"], &empty["data"]["custom_id"]), (&json!(9), &json!("bug:v1:1380000000000000777")));
        let fields = |form: &Value| {
            let components = form["data"]["components"].as_array().unwrap().clone();
            components
                .iter()
                .map(|field| field["component"]["custom_id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(fields(&empty), [TITLE, TEXT, STEPS, PLATFORM, FILES]);
        let with = |name: &str, options: Value| {
            let path = format!("{}/../../events/discord/command-bug.json", env!("CARGO_MANIFEST_DIR"));
            let mut event: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            event["data"]["name"] = json!(name);
            event["data"]["options"] = options;
            form(&serde_json::from_value(event).unwrap())
        };
        let option = |name: &str, value: &str| json!({"name": name, "type": 3, "value": value});
        let options = json!([option(TEXT, "It crashes."), option(PLATFORM, "ios"), option(SEVERITY, "high")]);
        let bug = with("bug", options.clone());
        assert_eq!(bug["data"]["custom_id"], "bug:v1:1380000000000000777:high");
        let fields = &bug["data"]["components"];
        assert_eq!(
            (&fields[0]["component"]["value"], &fields[1]["component"]["value"]),
            (&Value::Null, &json!("It crashes."))
        );
        let chosen = |field: &Value| {
            let options = field["component"]["options"].as_array().unwrap().clone();
            options
                .into_iter()
                .filter(|option| option["default"] == true)
                .map(|option| option["value"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(chosen(&fields[3]), ["ios"]);
        let feature = with("new_feature", options);
        assert_eq!(feature["data"]["custom_id"], "feature:v1:1380000000000000777");
        let fields = &feature["data"]["components"];
        assert_eq!(
            (fields.as_array().unwrap().len(), chosen(&fields[2]), chosen(&fields[3])),
            (5, vec![json!("ios")], vec![json!("high")])
        );
        // A severity that nobody can choose goes nowhere.
        let odd = with("bug", json!([option(SEVERITY, "bogus:v1"), option(PLATFORM, "amiga")]));
        assert_eq!(odd["data"]["custom_id"], "bug:v1:1380000000000000777");
        assert_eq!(chosen(&odd["data"]["components"][3]), Vec::<Value>::new());
    }

    #[test]
    fn the_forms_fit() {
        let person = PersonId::new(u64::MAX).unwrap();
        let full: fn() -> Option<Prefilled> = || {
            let long = "🎣".repeat(5000);
            Some(Prefilled {
                title: long.clone(),
                text: long.clone(),
                steps: Some(long),
                platform: Some("console".to_owned()),
                severity: Some("critical".to_owned()),
            })
        };
        let forms = |language| {
            let both = |prefilled: fn() -> Option<Prefilled>| {
                [bug_form(language, person, prefilled()), feature_form(language, person, prefilled())]
            };
            [both(|| None), both(full)].concat()
        };
        for modal in Language::ALL.into_iter().flat_map(forms) {
            assert!(modal.custom_id.len() <= CUSTOM_ID_LENGTH_MAX);
            let form = Reply::modal(modal).into_value();
            let fields = form["data"]["components"].as_array().unwrap();
            assert_eq!(fields.len(), 5);
            for field in fields {
                assert_eq!((&field["type"], field["component"].get("disabled")), (&json!(18), None));
                let value = field["component"]["value"].as_str().unwrap_or_default();
                let longest = field["component"]["max_length"].as_u64().unwrap_or_default();
                assert!(value.encode_utf16().count() as u64 <= longest, "{field}");
                assert!(
                    field["component"]["options"].as_array().is_none_or(|options| (1..=25).contains(&options.len()))
                );
            }
        }
    }

    #[test]
    fn the_limits_are_the_domains() {
        use domain::{case, report};
        assert_eq!(usize::from(TITLE_LENGTH_MIN), report::TITLE_LENGTH_MIN);
        assert_eq!(usize::from(TITLE_LENGTH_MAX), report::TITLE_LENGTH_MAX);
        assert_eq!(usize::from(TEXT_LENGTH_MAX), report::TEXT_LENGTH_MAX);
        assert_eq!(usize::from(NOTE_LENGTH_MAX), case::NOTE_LENGTH_MAX);
        assert_eq!(usize::from(REPORT_FILES_MAX), report::FILES_MAX);
    }

    /// How long a text of a definition gets in any language, in characters.
    fn longest(definition: &Value, name: &str) -> usize {
        let length = |text: &Value| text.as_str().map_or(0, |text| text.chars().count());
        let localized = &definition[format!("{name}_localizations")];
        let lengths = localized.as_object().into_iter().flatten().map(|(_, text)| length(text));
        lengths.chain([length(&definition[name])]).max().unwrap_or_default()
    }

    /// Adds up what Discord counts of a command, option or choice, and checks the rules for those inside.
    fn walk(option: &Value, sum: &mut usize) {
        *sum += longest(option, "name") + longest(option, "description") + longest(option, "value");
        let mut optional = false;
        for inner in option["options"].as_array().into_iter().flatten() {
            optional |= inner["required"] != true;
            assert!(!(optional && inner["required"] == true), "required ones first: {option}");
            assert!(inner["choices"].is_null() || inner["autocomplete"].is_null(), "not both: {inner}");
            walk(inner, sum);
        }
        for choice in option["choices"].as_array().into_iter().flatten() {
            walk(choice, sum);
        }
    }

    #[test]
    fn every_command_fits() {
        // Discord counts names, descriptions and values of a whole command, the longest of its languages, at most 8000.
        let definitions = serde_json::to_value(commands(ROUTES, true)).unwrap();
        for definition in definitions.as_array().unwrap() {
            let mut sum = 0;
            walk(definition, &mut sum);
            assert!((1..=8000).contains(&sum), "{sum}: {definition}");
        }
    }

    /// What is said in one language: every ID of the catalogue that a definition uses, with the text and its longest length.
    fn said(definition: &Value, language: Language, texts: &mut Vec<(String, usize)>) {
        let locale = language.locale();
        let text = |name: &str| match language {
            Language::English => definition[name].as_str(),
            _ => definition[format!("{name}_localizations")][locale].as_str(),
        };
        let name = text("name").unwrap_or_else(|| panic!("{locale}: no name of {definition}"));
        texts.push((name.to_owned(), if definition["value"].is_null() { 32 } else { 100 }));
        // A choice and a message command have no description.
        if !definition["description"].is_null() {
            let about = text("description").unwrap_or_else(|| panic!("{locale}: no description of {definition}"));
            texts.push((about.to_owned(), 100));
        }
        for list in ["options", "choices"] {
            let inner: Vec<_> = definition[list].as_array().into_iter().flatten().collect();
            let mut names = std::collections::BTreeSet::new();
            for inner in inner {
                let at = texts.len();
                said(inner, language, texts);
                assert!(names.insert(texts[at].0.clone()), "{locale}: {} stands twice in {definition}", texts[at].0);
            }
        }
    }

    #[test]
    fn every_language_has_all_that_is_said_of_the_commands_and_no_more() {
        let definitions = serde_json::to_value(commands(ROUTES, true)).unwrap();
        for language in Language::ALL {
            let locale = language.locale();
            let mut texts = Vec::new();
            let mut names = std::collections::BTreeSet::new();
            for definition in definitions.as_array().unwrap() {
                let at = texts.len();
                said(definition, language, &mut texts);
                assert!(names.insert(texts[at].0.clone()), "{locale}: two commands are called {}", texts[at].0);
                let name = &texts[at].0;
                assert!(definition["type"] == 3 || is_slash_name(name), "{locale}: {name}");
            }
            for (text, max) in &texts {
                assert!((1..=*max).contains(&text.chars().count()), "{locale}: {text}");
            }
            let said: std::collections::BTreeSet<_> = texts.iter().map(|(text, _)| text.as_str()).collect();
            for (id, text) in domain::text_discord::command_texts(language) {
                assert!(said.contains(text), "{locale}: nothing says {id}");
                let name = id.strip_prefix("name_").is_some_and(|name| name != "send_to_support");
                assert!(!name || is_slash_name(text), "{locale}: {id} is no name: {text}");
            }
            // Each is its own, and not what stands in for it.
            let own: std::collections::BTreeSet<_> =
                domain::text_discord::command_texts(language).map(|(id, _)| id).collect();
            let english: std::collections::BTreeSet<_> =
                domain::text_discord::command_texts(Language::English).map(|(id, _)| id).collect();
            assert_eq!(own, english, "{locale}");
        }
        // What the interaction is told by, and what the catalogue calls it in English.
        for (id, text) in domain::text_discord::command_texts(Language::English) {
            assert!(!id.starts_with("name_") || command_name_id(text) == id, "{id} is called {text}");
        }
    }

    /// Discord's rule for a name that is typed. See [Discord Docs/Application Commands, Application Command Naming].
    fn is_slash_name(name: &str) -> bool {
        let fits = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_' | '\'');
        (1..=32).contains(&name.chars().count()) && name.chars().all(fits) && name.to_lowercase() == name
    }

    #[test]
    fn the_reply_button_opens_the_form_of_the_one_who_clicks() {
        let Decision::Answer(reply) = decide(ROUTES, &event("component-reply")) else { panic!() };
        let reply: Value = serde_json::from_str(&reply.to_json()).unwrap();
        assert_eq!(reply["type"], 9);
        assert_eq!(reply["data"]["custom_id"], "reply:v1:1380000000000000777");
        assert_eq!(reply["data"]["components"][0]["component"]["custom_id"], "body");
        let decision = decide(ROUTES, &event("component-reply-of-somebody-else"));
        assert_eq!(decision, Decision::Answer(Reply::ephemeral(ENGLISH.not_yours())));
    }

    #[test]
    fn what_nobody_serves_gets_a_sentence() {
        let unknown = Decision::Answer(Reply::ephemeral(ENGLISH.unknown_command()));
        let feature = event("command-new-feature-in-server");
        let in_theirs = Decision::Answer(Reply::ephemeral(front_door(&feature).unknown_command()));
        assert_eq!(decide(&[], &feature), in_theirs);
        assert_eq!(decide(&[], &event("autocomplete-case")), Decision::Answer(Reply::no_choices()));
        for custom_id in
            ["", "reply", "reply:v2:5", "reply:v1:", "reply:v1:0", "reply:v1:5:", "bogus:v1:5", "agent:v1:ada"]
        {
            let body = json!({"type": 3, "id": "1", "application_id": "2", "token": "t", "user": {"id": "5"},
                "data": {"custom_id": custom_id, "component_type": 2}});
            assert_eq!(decide(ROUTES, &parse(body.to_string().as_bytes()).unwrap()), unknown, "{custom_id}");
        }
    }

    #[test]
    fn a_custom_id_goes_both_ways() {
        let person = PersonId::new(1_380_000_000_000_000_777).unwrap();
        let check = |custom_id: CustomId, text: &str| {
            assert_eq!(custom_id.to_string(), text);
            assert_eq!(text.parse(), Ok(custom_id));
        };
        check(CustomId::new(AGENT, person), "agent:v1:1380000000000000777");
        check(CustomId::new(BUG_VOTE, person).with("7:12"), "bug-vote:v1:1380000000000000777:7:12");
        check(CustomId::public(CASE_TAKE).with(12), "case-take:v1:*:12");
        check(CustomId::public(CASE_TAKE), "case-take:v1:*");
        let longest = CustomId::new(FEATURE_SEVERITY, PersonId::new(u64::MAX).unwrap());
        let longest = longest.with(format!("{}:{}", u64::MAX, u64::MAX)).to_string();
        assert!(longest.len() <= CUSTOM_ID_LENGTH_MAX && longest.parse::<CustomId>().is_ok(), "{longest}");
        let too_long = format!("bug:v1:*:{}", "x".repeat(92));
        for text in [":v1:5", "bug:v1:*:", "bug:v1:**", "bug:v1:*5", "bug:v1:", "bug:v1::5", "bug", &too_long] {
            assert_eq!(text.parse::<CustomId>(), Err(CustomIdError), "{text}");
        }
    }

    #[test]
    fn a_custom_id_says_who_may_use_it() {
        let (ada, grace) = (PersonId::new(5).unwrap(), PersonId::new(6).unwrap());
        let own = CustomId::new(CASE_REOPEN, ada);
        assert!(own.may_be_used_by(ada) && !own.may_be_used_by(grace));
        assert!(CustomId::public(CASE_TAKE).may_be_used_by(grace));
    }

    #[test]
    fn the_front_door_answers_in_the_language_of_the_one_who_asks() {
        let with = |name: &str, locale: Value| {
            let path = format!("{}/../../events/discord/{name}.json", env!("CARGO_MANIFEST_DIR"));
            let mut event: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            event["locale"] = locale;
            let Decision::Answer(reply) = decide(ROUTES, &serde_json::from_value(event).unwrap()) else { panic!() };
            reply.into_value()["data"].clone()
        };
        let check = |locale: Value, reply: &str, bug: &str, refusal: &str| {
            assert_eq!(with("component-reply", locale.clone())["title"], reply, "{locale}");
            let form = with("command-bug", locale.clone());
            assert_eq!(form["title"], bug, "{locale}");
            assert!(!form.to_string().contains("_placeholder"), "{form}");
            assert_eq!(with("component-reply-of-somebody-else", locale)["content"], refusal);
        };
        check(json!("en-GB"), "Write to support", "Report a bug", ENGLISH.not_yours());
        check(json!("ja"), "サポートに書く", "不具合を報告する", FrontDoor::speaking(Language::Japanese).not_yours());
        check(
            json!("es-419"),
            "Escribir al soporte",
            "Informar de un error",
            FrontDoor::speaking(Language::Spanish).not_yours(),
        );
        check(json!("sv-SE"), "Write to support", "Report a bug", ENGLISH.not_yours());
        check(Value::Null, "Write to support", "Report a bug", ENGLISH.not_yours());
    }

    /// The definitions without what other languages say.
    fn in_english(mut definitions: Value) -> Value {
        fn strip(value: &mut Value) {
            if let Some(fields) = value.as_object_mut() {
                fields.retain(|name, _| !name.ends_with("_localizations"));
                fields.values_mut().for_each(strip);
            }
            value.as_array_mut().into_iter().flatten().for_each(strip);
        }
        strip(&mut definitions);
        definitions
    }

    #[test]
    fn commands_are_the_documented_json() {
        let about = |id: &str| command_text(Language::English, id).unwrap();
        let text = |name: &str, description: &str| json!({"type": 3, "name": name, "description": description, "max_length": 4000});
        let slash = |name: &str, description: &str| json!({"type": 1, "name": name, "description": description, "contexts": [0, 1], "integration_types": [0]});
        let mut expected = [
            slash("helpme", about("helpme")),
            json!({"type": 1, "name": "help_button", "description": about("help_button"), "contexts": [0], "integration_types": [0],
                "default_member_permissions": "32", "options": [
                    {"type": 3, "name": "text", "description": about("help_button_text"), "max_length": 2000}]}),
            slash("message", about("message")),
            slash("agent", about("agent")),
            slash("close", about("close")),
            json!({"type": 3, "name": "Send to support", "contexts": [0, 1], "integration_types": [0]}),
            slash("bug", about("bug")),
            slash("new_feature", about("new_feature")),
            slash("case", about("case")),
            slash("privacy", about("privacy")),
        ];
        expected[0]["options"] = json!([text("question", about("helpme_question"))]);
        let message_file = json!({"type": 11, "name": "file", "description": about("message_file")});
        expected[2]["options"] = json!([text("text", about("message_text")), message_file]);
        expected[3]["options"] = json!([text("about", about("agent_about"))]);
        let choices = |name: &str, description: &str, choices: &Choices| {
            let called = |value| command_choice(Language::English, choices, value).unwrap();
            let choices: Vec<_> =
                choices.values.iter().map(|value| json!({"name": called(value), "value": value})).collect();
            json!({"type": 3, "name": name, "description": description, "choices": choices})
        };
        let title = json!({"type": 3, "name": "title", "description": about("report_title"), "min_length": 10, "max_length": 90});
        let platform = choices("platform", about("report_platform"), &choices::PLATFORMS);
        let file = json!({"type": 11, "name": "file", "description": about("report_file")});
        expected[6]["options"] = json!([
            title,
            text("text", about("bug_text")),
            text("steps", about("bug_steps")),
            platform,
            choices("severity", about("bug_severity"), &choices::SEVERITIES),
            file
        ]);
        expected[7]["options"] = json!([
            title,
            text("text", about("feature_text")),
            platform,
            choices("severity", about("feature_severity"), &choices::IMPORTANCE),
            file
        ]);
        let subcommand = |name: &str, description: &str| json!({"type": 1, "name": name, "description": description});
        let with = |mut subcommand: Value, options: Value| {
            subcommand["options"] = options;
            subcommand
        };
        let number = |name: &str, description: &str| json!({"type": 3, "name": name, "description": description, "required": true, "max_length": 100, "autocomplete": true});
        let reason = json!({"type": 3, "name": "reason", "description": about("case_reason"), "max_length": 2000});
        let required = |mut option: Value| {
            option["required"] = json!(true);
            option
        };
        let case = number("number", about("case_number"));
        let note = json!({"type": 3, "name": "text", "description": about("case_note_text"), "max_length": 2000});
        expected[8]["options"] = json!([
            with(subcommand("view", about("case_view")), json!([case])),
            subcommand("mine", about("case_mine")),
            with(
                subcommand("list", about("case_list")),
                json!([
                    choices("status", about("case_list_status"), &choices::STATUSES),
                    choices("kind", about("case_list_kind"), &choices::KINDS),
                    {"type": 5, "name": "mine_only", "description": about("case_list_mine_only")}
                ])
            ),
            with(
                subcommand("assign", about("case_assign")),
                json!([
                    case, {"type": 6, "name": "to", "description": about("case_assign_to")}
                ])
            ),
            with(
                subcommand("status", about("case_status")),
                json!([case, required(choices("to", about("case_status_to"), &choices::STATUSES)), reason])
            ),
            with(subcommand("note", about("case_note")), json!([case, required(note)])),
            with(subcommand("link", about("case_link")), json!([case, number("to", about("case_link_to"))])),
            with(subcommand("reopen", about("case_reopen")), json!([case, required(reason)])),
        ]);
        expected[9]["options"] =
            json!([subcommand("export", about("privacy_export")), subcommand("delete", about("privacy_delete"))]);
        assert_eq!(in_english(serde_json::to_value(commands(ROUTES, false)).unwrap()), json!(expected));
        for command in expected.iter_mut().filter(|command| command["name"] != "help_button") {
            command["integration_types"] = json!([0, 1]);
        }
        expected[0]["contexts"] = json!([0, 1, 2]);
        assert_eq!(in_english(serde_json::to_value(commands(ROUTES, true)).unwrap()), json!(expected));
        let german = |value: &Value, name: &str| value[format!("{name}_localizations")]["de"].clone();
        let all = serde_json::to_value(commands(ROUTES, true)).unwrap();
        assert_eq!(
            (german(&all[0], "name"), german(&all[5], "name")),
            (json!("hilfe"), json!("An den Support senden"))
        );
        assert_eq!(german(&all[0]["options"][0], "description"), "Wobei du Hilfe brauchst");
        assert_eq!(german(&all[6]["options"][3]["choices"][7], "name"), "Andere");
        assert_eq!(all[5]["description_localizations"], Value::Null, "a message command has no description");
    }

    #[test]
    fn other_kinds_of_options_are_the_documented_json() {
        static SHOW: [CommandOption; 1] = [CommandOption::text("id", "Which").required().suggested()];
        let options =
            [CommandOption::subcommand("show", "Shows one", &SHOW), CommandOption::attachment("file", "A file")];
        assert_eq!(
            in_english(serde_json::to_value(options.map(|option| option.definition())).unwrap()),
            json!([
                {"type": 1, "name": "show", "description": "Shows one", "options": [
                    {"type": 3, "name": "id", "description": "Which", "required": true, "autocomplete": true, "max_length": 4000}
                ]},
                {"type": 11, "name": "file", "description": "A file"}
            ])
        );
    }
}
