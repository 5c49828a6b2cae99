//! The sentences of the case work that a reporter reads on Discord, in their own language.
//!
//! The texts are Fluent messages, one file per language under `locales/`, embedded in the binary. A language is parsed when it
//! is first asked for, once per process. A sentence that a language lacks is said in English.
//!
//! What stands between `{` and `}` comes from the method of the message's name: people's text (titles, names, file names) must
//! be escaped before it comes here, and cut to a length that leaves room for the sentence around it.

use std::sync::OnceLock;

use domain::case::{Kind, Status};
use domain::ids::CaseNumber;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// The language that stands in for all others.
const ENGLISH: &Language = &LANGUAGES[0];

/// The languages that there are: names are Discord's locales. The first with the same language stands in for its sisters, such as
/// `es-ES` for `es-419`. See [Discord Docs/Locales].
static LANGUAGES: [Language; 11] = [
    Language::new("en-US", include_str!("../locales/en-US.ftl")),
    Language::new("id", include_str!("../locales/id.ftl")),
    Language::new("vi", include_str!("../locales/vi.ftl")),
    Language::new("es-ES", include_str!("../locales/es-ES.ftl")),
    Language::new("pt-BR", include_str!("../locales/pt-BR.ftl")),
    Language::new("fr", include_str!("../locales/fr.ftl")),
    Language::new("de", include_str!("../locales/de.ftl")),
    Language::new("ja", include_str!("../locales/ja.ftl")),
    Language::new("ko", include_str!("../locales/ko.ftl")),
    Language::new("zh-CN", include_str!("../locales/zh-CN.ftl")),
    Language::new("zh-TW", include_str!("../locales/zh-TW.ftl")),
];

/// Longest quotation of a reason, in UTF-16 units: a message's limit of 2,000 less what news of a case may need, with a title that
/// had to be escaped throughout.
const QUOTATION_LENGTH_MAX: usize = 1_200;

/// A language, parsed or not yet.
struct Language {
    locale: &'static str,
    source: &'static str,
    wording: OnceLock<Wording>,
}

impl Language {
    const fn new(locale: &'static str, source: &'static str) -> Self {
        Self { locale, source, wording: OnceLock::new() }
    }

    fn wording(&self) -> &Wording {
        self.wording.get_or_init(|| Wording::parse(self.locale, self.source))
    }
}

/// The sentences in the language of `locale`, a Discord locale such as `es-419`; in English for every other one.
pub fn of(locale: &str) -> &'static Wording {
    let language = |locale: &str| locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let exact = LANGUAGES.iter().find(|known| known.locale.eq_ignore_ascii_case(locale));
    let sister = || LANGUAGES.iter().find(|known| language(known.locale) == language(locale));
    exact.or_else(sister).unwrap_or(&LANGUAGES[0]).wording()
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
    /// The person chose to keep it.
    pub fn nothing_deleted();
    /// Something of the person's is in the works, so their data can be neither exported nor deleted now.
    pub fn privacy_busy();
}

/// Sentences with a choice.
impl Wording {
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
        let mut room = QUOTATION_LENGTH_MAX;
        let fits = |char: &char| {
            room = room.saturating_sub(char.len_utf16());
            room > 0
        };
        let mut shown: String = quotation.chars().take_while(fits).collect();
        if shown.len() < quotation.len() {
            // A cut must not leave half an escape behind.
            shown.truncate(shown.trim_end_matches('\\').len());
            shown.push('…');
        }
        self.reason_given(&shown)
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

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
    fn messages(language: &Language) -> Vec<(String, Used)> {
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
        for language in &LANGUAGES {
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
        for language in &LANGUAGES {
            assert_eq!(ids(language), ids(ENGLISH), "{}", language.locale);
        }
    }

    #[test]
    fn each_language_says_everything_itself_and_within_discords_limits() {
        for language in &LANGUAGES {
            let wording = language.wording();
            for (id, text) in samples(wording) {
                let max = match id {
                    "file_anyway" | "add_vote" | "fill_in_again" | "reopen" | "delete_confirm" | "delete_keep" => 80,
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
            let language = LANGUAGES.iter().find(|known| std::ptr::eq(known.wording(), of(locale)));
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
        check("zh_HK", "zh-CN");
        check("sv-SE", "en-US");
        check("it", "en-US");
        check("", "en-US");
        check("-", "en-US");
        check("Ünknown", "en-US");
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
        for language in &LANGUAGES {
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
