//! The sentences that a person reads on Discord in their chat and about their cases, in their own language.
//!
//! The texts are Fluent messages, one file per language under `locales/`, embedded in the binary. (The folders beside them are the
//! fixed texts of commands and forms, see [`domain::text_discord`].) A language is parsed when it
//! is first asked for, once per process. A sentence that a language lacks is said in English.
//!
//! What stands between `{` and `}` comes from the method of the message's name: people's text (titles, names, file names) must
//! be escaped before it comes here, and cut to a length that leaves room for the sentence around it.

use std::sync::OnceLock;

use domain::case::{Kind, Status};
use domain::ids::CaseNumber;
use domain::language::Language;
use domain::split::CONTENT_LENGTH_MAX;
use domain::text::{Notice, for_agents};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// The language that stands in for all others.
const ENGLISH: &Catalogue = &CATALOGUES[Language::English as usize];

/// What is said in each language, in the order of [`Language::ALL`].
static CATALOGUES: [Catalogue; Language::ALL.len()] = [
    Catalogue::new("en-US", include_str!("../locales/en-US.ftl")),
    Catalogue::new("id", include_str!("../locales/id.ftl")),
    Catalogue::new("vi", include_str!("../locales/vi.ftl")),
    Catalogue::new("es-ES", include_str!("../locales/es-ES.ftl")),
    Catalogue::new("pt-BR", include_str!("../locales/pt-BR.ftl")),
    Catalogue::new("fr", include_str!("../locales/fr.ftl")),
    Catalogue::new("de", include_str!("../locales/de.ftl")),
    Catalogue::new("ja", include_str!("../locales/ja.ftl")),
    Catalogue::new("ko", include_str!("../locales/ko.ftl")),
    Catalogue::new("zh-CN", include_str!("../locales/zh-CN.ftl")),
    Catalogue::new("zh-TW", include_str!("../locales/zh-TW.ftl")),
];

/// Longest quotation of a reason, in UTF-16 units: a message's limit of 2,000 less what news of a case may need, with a title that
/// had to be escaped throughout.
const QUOTATION_LENGTH_MAX: usize = 1_200;

/// Longest piece of their own words that a receipt repeats, in UTF-16 units: a message's limit less what stands around it.
const RECEIPT_LENGTH_MAX: usize = CONTENT_LENGTH_MAX - 50;

/// A language, parsed or not yet.
struct Catalogue {
    locale: &'static str,
    source: &'static str,
    wording: OnceLock<Wording>,
}

impl Catalogue {
    const fn new(locale: &'static str, source: &'static str) -> Self {
        Self { locale, source, wording: OnceLock::new() }
    }

    fn wording(&self) -> &Wording {
        self.wording.get_or_init(|| Wording::parse(self.locale, self.source))
    }
}

/// The sentences in the language of `locale`, a Discord locale such as `es-419`; see [`Language::of`].
pub fn of(locale: &str) -> &'static Wording {
    speaking(Language::of(locale))
}

/// The sentences in this language.
pub fn speaking(language: Language) -> &'static Wording {
    CATALOGUES[language as usize].wording()
}

/// The sentences in one language.
///
/// All are Discord messages or parts of one, with its Markdown, unless their documentation says otherwise.
pub struct Wording {
    bundle: FluentBundle<FluentResource>,
}

impl Wording {
    fn parse(locale: &str, source: &str) -> Self {
        // A message with a mistake is left out, and so said in English; a test sees to it that there is none.
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let mut bundle = FluentBundle::new_concurrent(vec![locale.parse().unwrap_or_default()]);
        // Some of Discord's clients show the marks that keep text of another direction apart as boxes.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { bundle }
    }

    fn say<const N: usize>(&self, id: &str, arguments: [(&'static str, FluentValue<'_>); N]) -> String {
        let arguments = arguments.into_iter().collect();
        let own = self.find(id, &arguments);
        own.or_else(|| ENGLISH.wording().find(id, &arguments)).unwrap_or_else(|| id.to_owned())
    }

    fn find(&self, id: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let message = self.bundle.get_message(id)?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(message.value()?, Some(arguments), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }
}

/// What may stand in a sentence.
trait Argument<'a> {
    fn value(self, wording: &Wording) -> FluentValue<'a>;
}

impl<'a> Argument<'a> for &'a str {
    fn value(self, _: &Wording) -> FluentValue<'a> {
        self.into()
    }
}

impl<'a> Argument<'a> for u64 {
    fn value(self, _: &Wording) -> FluentValue<'a> {
        self.into()
    }
}

impl<'a> Argument<'a> for u32 {
    fn value(self, _: &Wording) -> FluentValue<'a> {
        self.into()
    }
}

impl<'a> Argument<'a> for usize {
    fn value(self, _: &Wording) -> FluentValue<'a> {
        self.into()
    }
}

/// As text: a name made of digits, which no language groups or declines.
impl<'a> Argument<'a> for CaseNumber {
    fn value(self, _: &Wording) -> FluentValue<'a> {
        self.to_string().into()
    }
}

impl<'a> Argument<'a> for Status {
    fn value(self, wording: &Wording) -> FluentValue<'a> {
        wording.status_name(self).into()
    }
}

impl<'a> Argument<'a> for Kind {
    fn value(self, wording: &Wording) -> FluentValue<'a> {
        wording.kind_name(self).into()
    }
}

/// A method for each message of the same name, with the message's variables as its arguments; and for the tests, what a language
/// must have and how all of it looks.
macro_rules! sentences {
    ($($(#[$doc:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),*);)+) => {
        impl Wording {
            $($(#[$doc])* $vis fn $name(&self, $($argument: $type),*) -> String {
                self.say(stringify!($name), [$((stringify!($argument), $argument.value(self))),*])
            })+
        }

        #[cfg(test)]
        const SENTENCES: &[(&str, &[&str])] = &[$((stringify!($name), &[$(stringify!($argument)),*])),+];

        #[cfg(test)]
        fn samples(wording: &Wording) -> Vec<(&'static str, String)> {
            vec![$((stringify!($name), wording.$name($(<$type as tests::Sample>::sample(stringify!($argument))),*))),+]
        }
    };
}

sentences! {
    /// The first message in the direct messages. Names the button [`Self::reply`]; `name` is escaped.
    pub fn greeting(name: &str);
    /// Said instead of the greeting when a chat is already open.
    pub fn welcome_back();
    /// The answer to a command in the server: where the chat is. `link` leads there.
    pub fn come_to_the_dm(link: &str);
    /// The answer to `/helpme` in the direct messages themselves.
    pub fn here_we_are();
    /// The person's direct messages are closed, and how they are opened.
    pub fn dms_are_closed();
    /// Stands behind [`Self::dms_are_closed`] where there may be private threads: what the button [`Self::private_thread`] does.
    pub fn or_a_private_thread();
    /// Said behind both to who has sent files, which are not kept until then.
    pub fn send_files_again();
    /// Label of the button that opens a private thread. Plain text, at most 80 characters.
    pub fn private_thread();
    /// The name of a private thread. Plain text: `name` is not escaped. `code` tells it from others of the same person.
    pub fn thread_name(name: &str, code: &str);
    /// Where the private thread is. `link` leads there.
    pub fn come_to_the_thread(link: &str);
    /// The channel is of a kind that has no private threads.
    pub fn no_private_thread();
    /// The bot may not open one.
    pub fn thread_not_allowed();
    /// The first message in a private thread, where typed lines are read only if they mention the bot. `name` is escaped.
    pub fn greeting_in_thread(name: &str);
    /// Said instead of that greeting when a chat is already open.
    pub fn welcome_back_in_thread();
    /// Something was typed that the bot may not read.
    pub fn cannot_read_here();
    /// The person has installed the application for themselves. `name` is escaped.
    pub fn installed(name: &str);
    /// Label of the button under that, which opens the form for a line. Plain text, at most 80 characters.
    pub fn ask_a_question();
    /// Stands above the button [`Self::get_help`] in a channel, unless a moderator has a text of their own.
    pub fn help_offered();
    /// Label of that button. Plain text, at most 80 characters.
    pub fn get_help();
    /// Asked when it was pressed, before anything is started.
    pub fn start_a_chat();
    /// Label of the button for yes. Plain text, at most 80 characters.
    pub fn start();
    /// Label of the button for no. Plain text, at most 80 characters.
    pub fn not_now();
    /// No chat was started.
    pub fn not_started();
    /// There is a chat already. `link` leads there.
    pub fn chat_is_open(link: &str);
    /// The button for help was posted.
    pub fn button_posted();
    /// It was not, because the bot may not write there.
    pub fn may_not_post_here();
    /// Somebody else than a moderator wanted to post it.
    pub fn moderators_post();
    fn own_line(text: &str);
    /// The answer to a line sent from elsewhere than the chat in direct messages: it is not repeated there.
    pub fn on_its_way();
    /// Nothing was written.
    pub fn nothing_to_send();
    /// More than `max` characters were written.
    pub fn too_long(max: usize);
    /// *Send to support* was used on somebody else's message.
    pub fn only_your_own_messages();
    /// A button or form of another person.
    pub fn not_yours();
    /// There is no chat to end.
    pub fn no_open_chat();
    /// The chat is being ended.
    pub fn ending();
    /// A transfer has begun: in the chat that `link` leads to.
    pub fn agent_is_called(number: CaseNumber, link: &str);
    fn agent_was_called();
    fn agent_was_called_for(number: CaseNumber);
    /// Something of ours failed; it is tried again without the person.
    pub fn trouble();
    /// Label of the button that opens the form for the next line. Plain text, at most 80 characters.
    pub fn reply();
    /// Label of the button that calls an agent. Plain text, at most 80 characters.
    pub fn talk_to_a_person();
    /// Label of the button that ends the chat. Plain text, at most 80 characters.
    pub fn end_chat();

    fn case_opened(number: CaseNumber);
    fn agent_called(number: CaseNumber);
    fn agent_joined(name: &str);
    fn agent_left(name: &str);
    fn agent_gone(name: &str);
    fn passed_on(name: &str);
    fn some_agent();
    fn nobody_available();
    fn nobody_available_for(number: CaseNumber);
    /// How many are before the person in the queue, with them: 1 is the next one.
    pub fn queue_place(place: u32);
    fn outside_hours(number: CaseNumber);
    fn outside_hours_until(number: CaseNumber, time: &str);
    fn ended();
    /// Asks before a chat is ended. Stands above [`Self::end_chat`] and [`Self::go_on`].
    pub fn end_asks();
    /// Label of the button that does not end the chat. Plain text, at most 80 characters.
    pub fn go_on();
    /// The person chose not to end the chat.
    pub fn chat_goes_on();
    fn silence_warning(when: &str);
    /// Stands under the message of the end, above the buttons 1 to 5.
    pub fn rating_asks();
    /// The rating is kept: so many `stars` of five.
    pub fn rated(number: CaseNumber, stars: u32);
    /// Label of the button that opens the form for a comment on the rating. Plain text, at most 80 characters.
    pub fn add_a_comment();
    /// The title of that form. Plain text, at most 45 characters.
    pub fn comment_title();
    /// What stands above the form's field. Plain text, at most 45 characters.
    pub fn comment_label();
    /// The comment is kept.
    pub fn comment_kept(number: CaseNumber);
    /// Label of the button that hands out what was said. Plain text, at most 80 characters.
    pub fn transcript();
    /// Stands above the file with what was said in a chat.
    pub fn transcript_ready();
    /// Not all of it fits into the file. Also stands in the file.
    pub fn transcript_cut();
    /// What was said in that chat was deleted, or nothing was.
    pub fn transcript_gone();
    /// The first line of that file. `date` is such as `2026-11-21`. Plain text.
    pub fn transcript_heading(date: &str);
    /// The person, in front of a line in that file. Plain text.
    pub fn transcript_you();
    /// The person, in front of what they have made of a line in that file. Plain text.
    pub fn transcript_you_edited();
    /// The virtual agent, in front of a line in that file. Plain text.
    pub fn transcript_assistant();
    /// An agent, in front of a line in that file. Plain text.
    pub fn transcript_agent();
    /// A file, in that file. Plain text.
    pub fn transcript_file(name: &str);
    fn line_lost();
    /// A line with nothing in it that could be shown. Also stands among an agent's lines.
    pub fn unsupported();
    /// A line of the other side that comes after newer ones. Plain text, which is escaped with the line's `text`.
    pub fn sent_earlier(text: &str);
    /// Stands above the articles of the virtual agent's answer, as many as `count`. Plain text.
    pub fn found(count: usize);
    /// The virtual agent knows nothing. Plain text.
    pub fn found_nothing();

    fn filed_without_link(number: CaseNumber);
    fn filed_with_link(number: CaseNumber, link: &str);
    /// The report is a case, but nothing could be posted on the server's board.
    pub fn filed_without_board(number: CaseNumber);
    /// The report is a case, without some of its files. `names` is a list, escaped.
    pub fn files_not_kept(names: &str);
    /// Where the case's post is: a line of its own.
    pub fn board_link(link: &str);
    /// A report was begun where no server is known that it could belong to.
    pub fn not_here();
    /// Discord refused to post the report because of the server's Auto Moderation rules.
    pub fn blocked_by_automod();
    /// A button was pressed whose draft is no longer kept.
    pub fn draft_gone();

    /// Stands above the similar reports, as many as `count`: is it one of these?
    pub fn similar_found(count: usize);
    /// One of the similar reports.
    pub fn similar_line(number: CaseNumber, title: &str, votes: u32);
    /// Label of a button: none of them is it. Plain text, at most 80 characters.
    pub fn file_anyway();
    /// Label of a button: this one is it. Plain text, at most 80 characters.
    pub fn add_vote(number: CaseNumber);
    /// The vote counts; `votes` is the sum with it.
    pub fn voted(number: CaseNumber, votes: u32);
    /// A second vote of the same person.
    pub fn voted_already(number: CaseNumber);
    /// A vote for the person's own report.
    pub fn your_own_report(number: CaseNumber);

    /// Asks the reporter of a bug how bad it is; stands above the select.
    pub fn how_severe();
    /// Placeholder of that select. Plain text, at most 150 characters.
    pub fn severity_placeholder();
    /// Label of an option of that select. Plain text, at most 100 characters.
    pub fn severity_low();
    /// Label of an option of that select. Plain text, at most 100 characters.
    pub fn severity_normal();
    /// Label of an option of that select. Plain text, at most 100 characters.
    pub fn severity_high();
    /// Label of an option of that select. Plain text, at most 100 characters.
    pub fn severity_critical();
    /// The severity is kept; `label` is the option's label.
    pub fn severity_saved(number: CaseNumber, label: &str);
    /// The severity is no longer the reporter's to set.
    pub fn severity_locked(number: CaseNumber);

    /// The report was not filed: stands above the reasons and the person's text. Names the button [`Self::fill_in_again`].
    pub fn handed_back();
    /// Label of the button that opens the form with the text in it. Plain text, at most 80 characters.
    pub fn fill_in_again();
    /// Said beside [`Self::handed_back`] when there were files.
    pub fn attach_again();
    /// A reason to hand the form back: fewer than `min` characters.
    pub fn title_too_short(min: usize);
    /// A reason to hand the form back: more than `max` characters.
    pub fn title_too_long(max: usize);
    /// A reason to hand the form back: nothing is described.
    pub fn text_missing();
    /// A reason to hand the form back: more than `max` characters.
    pub fn text_too_long(max: usize);
    /// A reason to hand the form back: more than `max` files.
    pub fn too_many_files(max: usize);
    /// A reason to hand the form back: one file of more than `max_mib` MiB. `name` is escaped.
    pub fn file_too_large(name: &str, max_mib: u64);
    /// A reason to hand the form back: more than `max_mib` MiB in all.
    pub fn files_too_large_together(max_mib: u64);
    /// A reason to hand the form back: a file of another type than those `allowed`, a list such as `PNG, JPEG, MP4`. `name` is
    /// escaped.
    pub fn file_wrong_type(name: &str, allowed: &str);
    /// A reason to hand the form back: Discord no longer has the file. `name` is escaped.
    pub fn file_gone(name: &str);

    fn status_open_by_somebody(number: CaseNumber, title: &str);
    fn status_open_by(number: CaseNumber, title: &str, by: &str);
    /// News for the reporter: we wait for them. Names `/message` and the thread.
    pub fn status_waiting_for_person(number: CaseNumber, title: &str);
    /// News for the reporter: their answer has come and is with us.
    pub fn status_waiting_for_us(number: CaseNumber, title: &str);
    /// News for the reporter: done. Names the button [`Self::reopen`], which works for so many days.
    pub fn status_resolved(number: CaseNumber, title: &str, days: u32);
    /// News for the reporter: over.
    pub fn status_closed(number: CaseNumber, title: &str);
    /// News for the reporter: not done after all.
    pub fn status_reopened(number: CaseNumber, title: &str);
    fn reason_given(text: &str);
    /// Stands above news in the case's thread, for somebody whose direct messages are closed. `mention` is such as `<@80351110224678912>`.
    pub fn in_thread(mention: &str);

    /// Label of the button that reopens a resolved case. Plain text, at most 80 characters.
    pub fn reopen();
    /// The reporter reopened the case.
    pub fn reopened_by_you(number: CaseNumber);
    /// The same of the case of a chat, which goes on in the chat that `link` leads to.
    pub fn reopened_for_chat(number: CaseNumber, link: &str);
    /// No chat could be opened for it: the next one continues it. Names the button [`Self::reply`], which stands below.
    pub fn reopened_for_next_chat(number: CaseNumber);
    /// The chat that is open is about another case: the one after it continues this one.
    pub fn reopened_for_later_chat(number: CaseNumber);
    /// The case was resolved more than so many days ago.
    pub fn reopen_too_late(number: CaseNumber, days: u32);
    /// No arrow leads from the case's status to reopened.
    pub fn reopen_not_possible(number: CaseNumber, status: Status);

    fn status_name_new();
    fn status_name_open();
    fn status_name_waiting_for_person();
    fn status_name_waiting_for_us();
    fn status_name_resolved();
    fn status_name_closed();
    fn status_name_reopened();
    fn kind_name_bug();
    fn kind_name_feature();
    fn kind_name_support();

    /// The person's list of cases is empty.
    pub fn mine_none();
    /// Stands above the person's list of cases.
    pub fn mine_heading(count: usize);
    /// A line of the person's list of cases.
    pub fn mine_line(number: CaseNumber, kind: Kind, status: Status, title: &str);
    /// There is no such case, or not for this person. `number` is what they wrote, escaped.
    pub fn unknown_case(number: &str);
    /// Somebody tried what is for moderators. Names `/case mine`.
    pub fn moderators_only();
    fn chat_with(name: &str);

    /// Stands above the file with everything that is kept about the person.
    pub fn export_ready();
    /// That file is larger than Discord takes.
    pub fn export_too_large();
    /// Asks before the person's data is deleted, and says what will happen.
    pub fn delete_asks();
    /// Label of the button that deletes. Plain text, at most 80 characters.
    pub fn delete_confirm();
    /// Label of the button that does not. Plain text, at most 80 characters.
    pub fn delete_keep();
    /// The person's data is deleted.
    pub fn deleted();
    /// Said beside that where Discord does not let us delete a private thread.
    pub fn thread_not_deleted();
    /// The person chose to keep it.
    pub fn nothing_deleted();
    /// Something of the person's is in the works, so their data can be neither exported nor deleted now.
    pub fn privacy_busy();

    /// Stands above the files that could not be passed on to the agents, each of which is a line with its reason.
    pub fn files_left_out();
    /// A file has nothing in it. `name` is escaped.
    pub fn file_empty(name: &str);
    /// Twilio does not take a file. `name` is escaped.
    pub fn file_refused(name: &str);
    /// A message was edited after the end of the chat that it was said in.
    pub fn edit_too_late();
    /// Stands in place of an agent's file that Discord does not take. `name` is escaped.
    pub fn agent_file_too_large(name: &str);
    /// Stands in place of an agent's file that could not be fetched. `name` is escaped.
    pub fn agent_file_gone(name: &str);
}

/// Sentences with a choice.
impl Wording {
    /// Something that the desk tells the person in their direct messages. Names in it are escaped.
    pub fn notice(&self, notice: &Notice) -> String {
        match notice {
            Notice::CaseOpened { case } => self.case_opened(*case),
            Notice::AgentCalled { case } => self.agent_called(*case),
            Notice::AgentJoined { name } => self.agent_joined(&self.agent_name(name)),
            Notice::AgentLeft { name } => self.agent_left(&self.agent_name(name)),
            Notice::AgentGone { name } => self.agent_gone(&self.agent_name(name)),
            Notice::PassedOn { name } => self.passed_on(&self.agent_name(name)),
            Notice::NobodyAvailable { case: Some(case) } => self.nobody_available_for(*case),
            Notice::NobodyAvailable { case: None } => self.nobody_available(),
            Notice::OutsideHours { case, opens_at: None } => self.outside_hours(*case),
            // Discord shows it in the reader's own time.
            Notice::OutsideHours { case, opens_at: Some(at) } => {
                self.outside_hours_until(*case, &format!("<t:{}:F>", at.as_second()))
            }
            Notice::Ended => self.ended(),
            Notice::SilenceWarning { ends_at, .. } => {
                let at = ends_at.as_second();
                self.silence_warning(&format!("<t:{at}:R> (<t:{at}:t>)"))
            }
            Notice::LineLost => self.line_lost(),
            Notice::Unsupported => self.unsupported(),
        }
    }

    fn agent_name(&self, name: &str) -> String {
        if name == for_agents::SOME_AGENT { self.some_agent() } else { name.to_owned() }
    }

    /// An agent is there, or called, already; for this case, where it is known.
    pub fn agent_called_already(&self, case: Option<CaseNumber>) -> String {
        case.map_or_else(|| self.agent_was_called(), |case| self.agent_was_called_for(case))
    }

    /// The person's own line, shown in the direct messages after they sent it from a form or a command. `text` is escaped already; it
    /// is cut to what fits into one message.
    pub fn receipt(&self, text: &str) -> String {
        self.own_line(&cut_escaped(text, RECEIPT_LENGTH_MAX))
    }

    /// The title of a case as its reporter, `name`, reads it: that of a chat is ours, and so in their language.
    pub fn case_title(&self, kind: Kind, title: &str, name: &str) -> String {
        if kind == Kind::Support && title == for_agents::case_title(name) {
            return self.chat_with(name);
        }
        title.to_owned()
    }

    /// The report is a case, and where its post is, if there is a link to it.
    pub fn filed(&self, number: CaseNumber, link: Option<&str>) -> String {
        match link {
            Some(link) => self.filed_with_link(number, link),
            None => self.filed_without_link(number),
        }
    }

    /// News for the reporter: somebody works on it, by name (escaped) where the name may be told.
    pub fn status_open(&self, number: CaseNumber, title: &str, by: Option<&str>) -> String {
        match by {
            Some(by) => self.status_open_by(number, title, by),
            None => self.status_open_by_somebody(number, title),
        }
    }

    /// Why the status changed, to stand below the news of it: `text`, escaped, as a quotation. It is cut so that both fit into
    /// one message.
    pub fn reason(&self, text: &str) -> String {
        let lines: Vec<_> = text.lines().map(|line| format!("> {line}")).collect();
        let quotation = lines.join("\n");
        self.reason_given(&cut_escaped(&quotation, QUOTATION_LENGTH_MAX))
    }

    /// Where a case stands, in a word or three, for its reporter ("Waiting for you"). Plain text.
    pub fn status_name(&self, status: Status) -> String {
        match status {
            Status::New => self.status_name_new(),
            Status::Open => self.status_name_open(),
            Status::WaitingForPerson => self.status_name_waiting_for_person(),
            Status::WaitingForUs => self.status_name_waiting_for_us(),
            Status::Resolved => self.status_name_resolved(),
            Status::Closed => self.status_name_closed(),
            Status::Reopened => self.status_name_reopened(),
        }
    }

    /// What a case is about, in a word or two. Plain text.
    pub fn kind_name(&self, kind: Kind) -> String {
        match kind {
            Kind::Bug => self.kind_name_bug(),
            Kind::Feature => self.kind_name_feature(),
            Kind::Support => self.kind_name_support(),
        }
    }
}

/// The beginning of an escaped text, if it is longer than `max` UTF-16 units.
fn cut_escaped(text: &str, max: usize) -> String {
    let mut room = max;
    let fits = |char: &char| {
        room = room.saturating_sub(char.len_utf16());
        room > 0
    };
    let mut shown: String = text.chars().take_while(fits).collect();
    if shown.len() < text.len() {
        // A cut must not leave half an escape behind.
        shown.truncate(shown.trim_end_matches('\\').len());
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    use domain::text_discord::{FrontDoor, command_name_id, command_text};
    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
    use fluent_syntax::parser;

    use super::*;

    /// A value for an argument: as long as it may get.
    pub(super) trait Sample {
        fn sample(name: &str) -> Self;
    }

    impl Sample for CaseNumber {
        fn sample(_: &str) -> Self {
            Self(123_456)
        }
    }

    impl Sample for u64 {
        fn sample(_: &str) -> Self {
            1_000_000
        }
    }

    impl Sample for u32 {
        fn sample(_: &str) -> Self {
            1_000_000
        }
    }

    impl Sample for usize {
        fn sample(_: &str) -> Self {
            1_000_000
        }
    }

    impl Sample for Status {
        fn sample(_: &str) -> Self {
            Self::WaitingForPerson
        }
    }

    impl Sample for Kind {
        fn sample(_: &str) -> Self {
            Self::Feature
        }
    }

    impl Sample for &str {
        /// A title of 100 characters that all had to be escaped, and the like.
        fn sample(name: &str) -> Self {
            let length = match name {
                "text" => 1_500,
                "names" => 800,
                _ => 200,
            };
            Box::leak("x".repeat(length).into_boxed_str())
        }
    }

    /// A message's text: its variables, and the messages it repeats.
    #[derive(Default)]
    struct Used {
        variables: BTreeSet<String>,
        messages: BTreeSet<String>,
        others: usize,
    }

    impl Used {
        fn pattern(&mut self, pattern: &Pattern<&str>) {
            for element in &pattern.elements {
                if let PatternElement::Placeable { expression } = element {
                    self.expression(expression);
                }
            }
        }

        fn expression(&mut self, expression: &Expression<&str>) {
            match expression {
                Expression::Inline(inline) => self.inline(inline),
                Expression::Select { selector, variants } => {
                    self.inline(selector);
                    for variant in variants {
                        self.pattern(&variant.value);
                    }
                }
            }
        }

        fn inline(&mut self, inline: &InlineExpression<&str>) {
            match inline {
                InlineExpression::VariableReference { id } => drop(self.variables.insert(id.name.to_owned())),
                InlineExpression::MessageReference { id, .. } => drop(self.messages.insert(id.name.to_owned())),
                _ => self.others += 1,
            }
        }
    }

    /// The messages of a file, in their order.
    fn messages(language: &Catalogue) -> Vec<(String, Used)> {
        let resource = parser::parse(language.source).unwrap_or_else(|(_, e)| panic!("{}: {e:?}", language.locale));
        let entries = resource.body.into_iter().filter_map(|entry| match entry {
            Entry::Message(message) => {
                assert!(message.attributes.is_empty(), "{}: {}", language.locale, message.id.name);
                let mut used = Used::default();
                used.pattern(&message.value.expect("a message has a text"));
                Some((message.id.name.to_owned(), used))
            }
            Entry::Term(term) => panic!("{}: {}", language.locale, term.id.name),
            Entry::Junk { content } => panic!("{}: {content}", language.locale),
            _ => None,
        });
        entries.collect()
    }

    #[test]
    fn every_language_has_a_message_for_each_method_and_no_other() {
        let english: BTreeMap<_, _> = messages(ENGLISH).into_iter().collect();
        for language in &CATALOGUES {
            let messages = messages(language);
            let ids: Vec<_> = messages.iter().map(|(id, _)| id.as_str()).collect();
            let unique: BTreeSet<_> = ids.iter().copied().collect();
            assert_eq!(unique.len(), ids.len(), "{}: a message stands twice", language.locale);
            let expected: BTreeSet<_> = SENTENCES.iter().map(|(id, _)| *id).collect();
            let (missing, unused): (Vec<_>, Vec<_>) =
                (expected.difference(&unique).collect(), unique.difference(&expected).collect());
            assert!(
                missing.is_empty() && unused.is_empty(),
                "{}: missing {missing:?}, unused {unused:?}",
                language.locale
            );
            for (id, arguments) in SENTENCES {
                let used = &messages.iter().find(|(known, _)| known == id).unwrap().1;
                let variables: Vec<_> = used.variables.iter().map(String::as_str).collect();
                let mut arguments = arguments.to_vec();
                arguments.sort_unstable();
                assert_eq!(variables, arguments, "{}: variables of {id}", language.locale);
                assert_eq!(used.messages, english[*id].messages, "{}: messages in {id}", language.locale);
                assert_eq!(used.others, 0, "{}: functions or literals in {id}", language.locale);
            }
        }
    }

    #[test]
    fn languages_keep_the_order_of_the_english_file() {
        let ids = |language| messages(language).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        for language in &CATALOGUES {
            assert_eq!(ids(language), ids(ENGLISH), "{}", language.locale);
        }
    }

    #[test]
    fn each_language_says_everything_itself_and_within_discords_limits() {
        for language in &CATALOGUES {
            let wording = language.wording();
            for (id, text) in samples(wording) {
                let max = match id {
                    "file_anyway" | "add_vote" | "fill_in_again" | "reopen" | "delete_confirm" | "delete_keep"
                    | "reply" | "talk_to_a_person" | "end_chat" | "go_on" | "add_a_comment" | "transcript" => 80,
                    "comment_title" | "comment_label" => 45,
                    "severity_low" | "severity_normal" | "severity_high" | "severity_critical" => 100,
                    "severity_placeholder" => 150,
                    _ if id.starts_with("status_name_") || id.starts_with("kind_name_") => 40,
                    _ => 2_000,
                };
                let length = text.encode_utf16().count();
                assert!(length <= max, "{}: {id} has {length} characters of {max}", language.locale);
                assert!(!text.is_empty() && text != id, "{}: {id} says nothing", language.locale);
                assert!(!text.contains(['{', '}', '\u{2068}', '\u{2069}']), "{}: {text}", language.locale);
                if max < 2_000 {
                    assert!(!text.contains(['\n', '*', '`']), "{}: {id} is shown as it is: {text}", language.locale);
                }
            }
            // What `say` would hide behind the English sentence.
            for (id, arguments) in SENTENCES {
                for count in [0u64, 1, 2, 5, 1_000_000] {
                    let mut values = FluentArgs::new();
                    for name in *arguments {
                        values.set(*name, count);
                    }
                    assert!(wording.find(id, &values).is_some(), "{}: {id} with {count}", language.locale);
                }
            }
        }
    }

    #[test]
    fn a_locale_without_a_file_is_its_sister_or_english() {
        let check = |locale: &str, expected: &str| {
            let language = CATALOGUES.iter().find(|known| std::ptr::eq(known.wording(), of(locale)));
            assert_eq!(language.unwrap().locale, expected, "{locale:?}");
        };
        check("en-GB", "en-US");
        check("es-419", "es-ES");
        check("es-ES", "es-ES");
        check("pt-BR", "pt-BR");
        check("id", "id");
        check("ID", "id");
        check("zh-TW", "zh-TW");
        check("zh-CN", "zh-CN");
        check("zh-HK", "zh-TW");
        check("pt", "pt-BR");
        check("sv-SE", "en-US");
        check("it", "en-US");
        check("", "en-US");
        check("-", "en-US");
        check("Ünknown", "en-US");
    }

    #[test]
    fn the_catalogues_are_those_of_the_languages() {
        for (language, catalogue) in Language::ALL.into_iter().zip(&CATALOGUES) {
            assert_eq!(language.locale(), catalogue.locale);
        }
    }

    /// The commands that a text names, without the slash.
    fn named(text: &str) -> Vec<String> {
        text.split('`').skip(1).step_by(2).filter_map(|quoted| quoted.strip_prefix('/').map(str::to_owned)).collect()
    }

    /// Commands are called differently in each language, and a sentence names them as the person sees them.
    #[test]
    fn commands_are_named_as_discord_shows_them() {
        let texts = |language: Language| {
            let front_door = FrontDoor::speaking(language);
            let fixed = [("unknown_command", front_door.unknown_command()), ("not_yours", front_door.not_yours())];
            let fixed = fixed.into_iter().map(|(id, text)| (id, text.to_owned()));
            samples(speaking(language))
                .into_iter()
                .chain(fixed)
                .map(|(id, text)| (id, named(&text)))
                .collect::<Vec<_>>()
        };
        for language in Language::ALL {
            let name = |english: &str| command_text(language, &command_name_id(english)).unwrap().to_owned();
            for ((id, english), (_, own)) in texts(Language::English).into_iter().zip(texts(language)) {
                let expected = english.iter().map(|command| {
                    let words: Vec<_> = command.split(' ').map(name).collect();
                    words.join(" ")
                });
                assert_eq!(own, expected.collect::<Vec<_>>(), "{}: {id}", language.locale());
            }
        }
        assert_eq!(named(&of("en-US").moderators_only()), ["case mine"]);
        assert_eq!(named(&of("de").moderators_only()), ["fall meine"]);
    }

    /// A message that nothing says is left over from what was said once.
    #[test]
    fn every_sentence_is_said_somewhere() {
        fn read(folder: &Path, code: &mut String) {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() {
                    read(&path, code);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).unwrap();
                    // Tests do not count.
                    code.push_str(text.split("#[cfg(test)]\nmod ").next().unwrap_or_default());
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut code = String::new();
        read(&root.join("shared"), &mut code);
        read(&root.join("functions"), &mut code);
        let unsaid: Vec<_> = SENTENCES
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| !code.contains(&format!(".{id}(")) && !code.contains(&format!("Wording::{id}")))
            .collect();
        assert!(unsaid.is_empty(), "{unsaid:?}");
    }

    #[test]
    fn a_receipt_always_fits() {
        for catalogue in &CATALOGUES {
            let says = catalogue.wording();
            for text in ["a".repeat(4000), "\\*".repeat(3000), "😀".repeat(4000)] {
                let receipt = says.receipt(&text);
                assert!(receipt.encode_utf16().count() <= CONTENT_LENGTH_MAX, "{}", catalogue.locale);
                assert!(receipt.ends_with('…') && !receipt.ends_with("\\…"), "{}", catalogue.locale);
            }
        }
        assert_eq!(of("en-US").receipt("hi"), "**You:** hi");
    }

    #[test]
    fn notices_name_who_and_what() {
        let check = |locale: &str, notice: Notice, expected: &str| assert_eq!(of(locale).notice(&notice), expected);
        let joined = |name: &str| Notice::AgentJoined { name: name.to_owned() };
        check("en-US", joined("Alex"), "**Alex** has joined the chat.");
        check("en-US", joined(for_agents::SOME_AGENT), "**An agent** has joined the chat.");
        check("ja", joined(for_agents::SOME_AGENT), "**担当者** がチャットに参加しました。");
        let gone = Notice::AgentLeft { name: for_agents::SOME_AGENT.to_owned() };
        check("de", gone, "**Jemand aus dem Team** hat den Chat verlassen; jetzt antwortet wieder der Assistent.");
        let case = Some(CaseNumber(12));
        check(
            "de",
            Notice::NobodyAvailable { case: None },
            "Gerade ist niemand frei. Du kannst weiter den Assistenten fragen.",
        );
        assert!(of("fr").notice(&Notice::NobodyAvailable { case }).contains("#12"));
        assert!(
            of("fr").agent_called_already(case).contains("#12") && !of("fr").agent_called_already(None).contains('#')
        );
        assert_eq!(of("de").case_title(Kind::Support, "Chat with Ada", "Ada"), "Chat mit Ada");
        assert_eq!(of("de").case_title(Kind::Support, "Renamed", "Ada"), "Renamed");
        assert_eq!(of("de").case_title(Kind::Bug, "Chat with Ada", "Ada"), "Chat with Ada");
        assert_eq!(
            (of("ja").found(1).as_str(), of("ja").found(2).as_str()),
            ("こちらが参考になるかもしれません:", "これらが参考になるかもしれません:")
        );
        assert_eq!(
            (of("en-US").found(1).as_str(), of("en-US").found(2).as_str()),
            ("This may help:", "These may help:")
        );
    }

    #[test]
    fn a_sentence_that_a_language_lacks_is_said_in_english() {
        let partial = Wording::parse("de", "reopen = Auf!\nvoted = { $nobody }\nmine_none\ndeleted = Weg.\n");
        assert_eq!(partial.reopen(), "Auf!");
        assert_eq!(partial.delete_keep(), "Keep it", "missing");
        assert_eq!(partial.voted(CaseNumber(1), 2), of("en-US").voted(CaseNumber(1), 2), "unknown variable");
        assert_eq!(partial.mine_none(), of("en-US").mine_none(), "no syntax");
        assert_eq!(partial.deleted(), "Weg.", "after the mistake");
    }

    #[test]
    fn one_and_many_are_told_apart() {
        let number = CaseNumber(1_234_567);
        let check = |locale: &str, votes: u32, expected: &str| {
            assert_eq!(of(locale).similar_line(number, "T", votes), format!("**#1234567** T{expected}"), "{locale}");
        };
        for (locale, none, one, two) in [
            ("en-US", " (0 votes)", " (1 vote)", " (2 votes)"),
            ("de", " (0 Stimmen)", " (1 Stimme)", " (2 Stimmen)"),
            ("fr", " (0 vote)", " (1 vote)", " (2 votes)"),
            ("es-419", " (0 votos)", " (1 voto)", " (2 votos)"),
            ("pt-BR", " (0 voto)", " (1 voto)", " (2 votos)"),
            ("id", " (0 suara)", " (1 suara)", " (2 suara)"),
            ("ja", "（0 票）", "（1 票）", "（2 票）"),
        ] {
            check(locale, 0, none);
            check(locale, 1, one);
            check(locale, 2, two);
        }
        assert!(of("en-US").status_resolved(number, "T", 1).ends_with("within 1 day."));
        assert!(of("en-US").status_resolved(number, "T", 7).ends_with("within 7 days."));
        assert!(of("en-US").similar_found(1).starts_with("There is a similar report."));
        assert!(of("en-US").similar_found(3).starts_with("There are 3 similar reports."));
        assert_eq!(of("en-US").mine_heading(1), "Your case:");
    }

    #[test]
    fn choices_and_names() {
        let english = of("en-US");
        let number = CaseNumber(12);
        let link = "https://discord.com/channels/1/2";
        assert!(english.filed(number, None).contains("as **#12**. We"));
        assert!(english.filed(number, Some(link)).contains("as **#12**: https://discord.com/channels/1/2\n"));
        assert!(english.status_open(number, "T", None).ends_with("\nSomebody is working on it now."));
        assert!(english.status_open(number, "T", Some("Alex")).ends_with("\nAlex is working on it now."));
        assert_eq!(english.reason("a\n\n{ $b }"), "Reason:\n> a\n> \n> { $b }");
        assert_eq!(
            english.mine_line(number, Kind::Bug, Status::WaitingForPerson, "T"),
            "**#12** T (Bug report, Waiting for you)"
        );
        assert_eq!(of("de").reopen_not_possible(number, Status::Open).rsplit(' ').next(), Some("Arbeit"));
        assert!(of("de").status_resolved(number, "T", 7).contains(&of("de").reopen()));
        for language in &CATALOGUES {
            let wording = language.wording();
            let news = wording.status_waiting_for_person(number, &"\\_".repeat(100));
            for long in ["\\_".repeat(2_000), "\n".repeat(2_000), "😀".repeat(2_000)] {
                let reason = wording.reason(&long);
                assert!(reason.ends_with('…') && !reason.ends_with("\\…"), "{}", language.locale);
                let length = format!("{news}\n{reason}").encode_utf16().count();
                assert!((1_000..2_000).contains(&length), "{}: {length}", language.locale);
            }
            let statuses: BTreeSet<_> = Status::ALL.iter().map(|status| wording.status_name(*status)).collect();
            assert_eq!(statuses.len(), Status::ALL.len(), "{}", language.locale);
            let kinds: BTreeSet<_> = Kind::ALL.iter().map(|kind| wording.kind_name(*kind)).collect();
            assert_eq!(kinds.len(), Kind::ALL.len(), "{}", language.locale);
        }
    }
}
