//! What the virtual agent knows, and how it answers: articles, full-text search, and the trait that every engine implements.
//!
//! A [`Library`] is a set of Markdown files with front matter, compiled in or read from a folder. An [`Engine`] answers a
//! person's question from it; [`SearchEngine`] is the first one. No I/O but reading the folder, no clock, no platform crate.
//!
//! ```
//! use knowledge::{Answer, Library, SearchEngine};
//!
//! let engine = SearchEngine::new(&Library::embedded());
//! let Answer::Found(suggestions) = engine.search("how do I get a refund?", "en-US") else { panic!() };
//! assert_eq!(suggestions[0].url, "https://support.larkspur.example/articles/refunds");
//! ```

use std::collections::BTreeSet;
use std::sync::OnceLock;

mod front_matter;
mod library;
mod passages;
mod search;
mod words;

use std::pin::Pin;

pub use front_matter::FrontMatterProblem;
pub use library::{Article, Library, LibraryError};
pub use passages::PASSAGE_LENGTH_MAX;
pub use search::{QUESTION_LENGTH_MAX, SearchEngine};

/// Most suggestions of one answer.
pub const SUGGESTIONS_MAX: usize = 3;

/// The terms by which a text is found, whatever its language: folded words, English ones by their stem and without those that carry
/// no meaning.
///
/// One set of rules for all, because who searches writes in another language than who reported.
pub fn terms(text: &str) -> BTreeSet<String> {
    static WORDS: OnceLock<words::Words> = OnceLock::new();
    let rules = WORDS.get_or_init(|| words::Words::new("en"));
    rules.words(&words::fold(text)).map(|word| rules.stem(word)).collect()
}

/// A virtual agent's mind: a question goes in, an answer comes out.
///
/// The future is boxed, so that a caller holds a `Box<dyn Engine>` chosen by its configuration. An engine that cannot
/// answer (a model that is not reached, say) logs why, and gives [`Answer::Nothing`] or another engine's answer: the
/// person is then offered a live agent, which is what they need.
pub trait Engine: Send + Sync {
    /// Answers a question, in the language of `locale` where possible.
    ///
    /// `question` is the person's text as it came, of any length and content. `locale` is Discord's, such as `en-US` or
    /// `id`; an unknown or empty one means English. See [Discord Docs/Locales].
    fn answer<'a>(&'a self, question: &'a str, locale: &'a str) -> Answering<'a>;
}

/// An answer on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// What an engine has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// One to [`SUGGESTIONS_MAX`] articles, best first.
    Found(Vec<Suggestion>),
    /// Nothing that is good enough to show.
    Nothing,
}

/// An article that may help, with the passage that matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The article's title, one line of plain text.
    pub title: String,
    /// Where the whole article is.
    pub url: String,
    /// The passage that matches best: one line of plain text, at most [`PASSAGE_LENGTH_MAX`] characters, cut where a
    /// sentence or at least a word ends. Not escaped for any platform.
    pub passage: String,
    /// How well it matches; higher is better. Only to be compared within one answer.
    pub score: f32,
}
