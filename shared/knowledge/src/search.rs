//! The first engine: BM25 over titles, tags and passages, with an index for each language.

use std::collections::{BTreeMap, HashMap};

use bm25::{EmbedderBuilder, Embedding, Scorer, TokenEmbedder, TokenEmbedding, Tokenizer};

use crate::words::{Words, fold, is_code, split};
use crate::{Answer, Answering, Article, Engine, Library, SUGGESTIONS_MAX, Suggestion};

/// Characters of a question that are read; what follows adds no sense, only time.
pub const QUESTION_LENGTH_MAX: usize = 4_000;

/// Different terms of a question that are looked up.
const TERMS_MAX: usize = 40;

/// Below this an article is not shown. Set by `tests/questions.rs`: most off-topic questions there stay below 1, the last
/// few reach 1.5. A rare word earns about 1 in a passage and 2 in title and tags.
const SCORE_MIN: f32 = 1.65;

/// The second and the third suggestion have at least this share of the best one's score.
const SHARE_OF_BEST_MIN: f32 = 0.7;

/// Weight of title and tags beside one passage.
const HEAD_WEIGHT: f32 = 2.0;

/// Times that a title's words count against a tag's.
const TITLE_REPEATS: usize = 2;

/// In the choice of the passage to quote, the share that a word of the title counts: every passage is about it anyway.
const TITLE_TERM_IN_PASSAGE: f32 = 0.25;

/// What the first passage has in advance: articles begin with what matters most.
const LEAD_BONUS: f32 = 0.3;

/// Weight of a term that was found by its likeness only.
const LIKENESS_WEIGHT: f32 = 0.75;

/// Shortest word in which a typing mistake is looked for, in characters; shorter ones are alike too often.
const LIKENESS_LENGTH_MIN: usize = 5;

/// Weight of a code: one "A-10" among many words is what the question is about.
const CODE_WEIGHT: f32 = 2.5;

/// Terms that a mistyped word is taken for, all at once.
const LIKENESSES_MAX: usize = 3;

/// Share of a rare word's weight that a word nobody wrote an article about has in the coverage of a question.
const UNKNOWN_WEIGHT: f32 = 0.8;

/// How much an article loses for the words of the question that it lacks; 0 is nothing, 1 in proportion. A long story
/// around a short question should not sink the answer, so it is below 1.
const COVERAGE_EXPONENT: f32 = 0.75;

/// A language other than the person's has to match better by this factor.
const LANGUAGE_PREFERENCE: f32 = 1.25;

const ENGLISH: &str = "en";

/// Full-text search in memory.
///
/// Built once at cold start. Every language is searched, and the articles of the person's count most, then the English
/// ones: many people use Discord in one language and write in another, so the language that matches clearly best wins.
pub struct SearchEngine {
    /// English first, where there is any.
    indexes: Vec<Index>,
}

impl SearchEngine {
    /// Indexes a library. A library without articles is allowed: its engine answers [`Answer::Nothing`].
    pub fn new(library: &Library) -> Self {
        let mut languages: Vec<&str> = library.articles().iter().map(|article| article.language.as_str()).collect();
        languages.sort_by_key(|language| (*language != ENGLISH, *language));
        languages.dedup();
        let indexes = languages
            .into_iter()
            .map(|language| {
                Index::new(language, library.articles().iter().filter(|article| article.language == language))
            })
            .collect();
        Self { indexes }
    }

    /// Searches the library; what [`Engine::answer`] does, without the future.
    ///
    /// Takes bounded time for a text of any length: only its first [`QUESTION_LENGTH_MAX`] characters are read.
    pub fn search(&self, question: &str, locale: &str) -> Answer {
        let end = question.char_indices().nth(QUESTION_LENGTH_MAX).map_or(question.len(), |(index, _)| index);
        let question = fold(&question[..end]);
        let language = locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();

        let mut best: Option<(f32, &Index, Vec<Hit>)> = None;
        for index in &self.indexes {
            let hits = index.search(&question);
            let Some(top) = hits.first() else { continue };
            let preference = match &index.language {
                own if *own == language => LANGUAGE_PREFERENCE,
                own if own == ENGLISH => 1.0,
                _ => 1.0 / LANGUAGE_PREFERENCE,
            };
            let weighed = top.score * preference;
            if best.as_ref().is_none_or(|(other, ..)| weighed > *other) {
                best = Some((weighed, index, hits));
            }
        }
        match best {
            Some((_, index, hits)) => Answer::Found(hits.iter().map(|hit| index.suggestion(hit)).collect()),
            None => Answer::Nothing,
        }
    }
}

impl Engine for SearchEngine {
    fn answer<'a>(&'a self, question: &'a str, locale: &'a str) -> Answering<'a> {
        Box::pin(std::future::ready(self.search(question, locale)))
    }
}

/// The articles of one language.
struct Index {
    language: String,
    words: Words,
    /// Every word of the articles, sorted, for finding the one that a mistyped word meant. Words rather than their stems:
    /// "comunity" and "community" are one letter apart, but their stems are not.
    vocabulary: Vec<Box<str>>,
    /// One document for each article: title and tags.
    heads: Field,
    /// One document for each passage: the passage and its heading.
    passages: Field,
    articles: Vec<Indexed>,
    passage_texts: Vec<Box<str>>,
    /// The article of each passage.
    article_by_passage: Vec<usize>,
}

struct Indexed {
    title: String,
    url: String,
    title_terms: Box<[Box<str>]>,
}

struct Hit {
    article: usize,
    passage: usize,
    score: f32,
}

impl Index {
    fn new<'a>(language: &str, articles: impl Iterator<Item = &'a Article>) -> Self {
        let words = Words::new(language);
        let mut terms = Terms { words: &words, by_word: HashMap::new() };
        let (mut heads, mut bodies) = (Vec::new(), Vec::new());
        let (mut indexed, mut passage_texts, mut article_by_passage) = (Vec::new(), Vec::new(), Vec::new());
        for article in articles {
            let mut title = String::new();
            terms.append(&article.title, &mut title);
            let mut tags = String::new();
            terms.append(&article.tags.join(", "), &mut tags);
            heads.push(head(&title, &tags));
            for section in &article.sections {
                let mut heading = String::new();
                terms.append(&section.heading, &mut heading);
                for passage in &section.passages {
                    let mut body = heading.clone();
                    terms.append(passage, &mut body);
                    bodies.push(body);
                    article_by_passage.push(indexed.len());
                    passage_texts.push(Box::from(passage.as_str()));
                }
            }
            let title_terms = title.split_ascii_whitespace().map(Box::from).collect();
            indexed.push(Indexed { title: article.title.clone(), url: article.url.clone(), title_terms });
        }
        let known = terms.by_word.into_iter().filter(|(_, term)| term.is_some());
        let mut vocabulary: Vec<Box<str>> = known.map(|(word, _)| word).collect();
        vocabulary.sort_unstable();
        Self {
            language: language.to_owned(),
            vocabulary,
            heads: Field::new(&heads),
            passages: Field::new(&bodies),
            articles: indexed,
            passage_texts,
            article_by_passage,
            words,
        }
    }

    /// The articles that are good enough to show, best first; at most [`SUGGESTIONS_MAX`].
    fn search(&self, question: &str) -> Vec<Hit> {
        let mut terms: Vec<(&str, String)> = Vec::new();
        for word in self.words.words(question) {
            let term = self.words.stem(word);
            if terms.iter().all(|(_, known)| *known != term) {
                terms.push((word, term));
                if terms.len() == TERMS_MAX {
                    break;
                }
            }
        }

        let mut by_article = vec![Tally::default(); self.articles.len()];
        let mut by_passage = vec![0.0; self.passage_texts.len()];
        let mut weight_of_all = 0.0;
        for (word, term) in terms {
            weight_of_all += self.look_up(word, term, &mut by_article, &mut by_passage);
        }

        let mut hits: Vec<Hit> = Vec::new();
        for (passage, score) in by_passage.iter().enumerate() {
            let article = self.article_by_passage[passage];
            match hits.last_mut() {
                Some(hit) if hit.article == article => {
                    if *score > hit.score {
                        (hit.passage, hit.score) = (passage, *score);
                    }
                }
                _ => hits.push(Hit { article, passage, score: score + LEAD_BONUS }),
            }
        }
        for hit in &mut hits {
            let Tally { score, weight } = by_article[hit.article];
            // An article that takes up all of a question beats one that matches a single word of it well.
            let coverage = if weight_of_all > 0.0 { weight / weight_of_all } else { 0.0 };
            hit.score = score * coverage.powf(COVERAGE_EXPONENT);
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        let limit = hits.first().map_or(SCORE_MIN, |best| SCORE_MIN.max(best.score * SHARE_OF_BEST_MIN));
        hits.retain(|hit| hit.score >= limit);
        hits.truncate(SUGGESTIONS_MAX);
        hits
    }

    /// Adds what one term says for each article and passage, and returns its weight in the question.
    fn look_up(&self, word: &str, term: String, by_article: &mut [Tally], by_passage: &mut [f32]) -> f32 {
        let importance = if is_code(&term) { CODE_WEIGHT } else { 1.0 };
        let (terms, certainty) = if self.heads.has(&term) || self.passages.has(&term) {
            (vec![term], importance)
        } else {
            (self.alike(word), LIKENESS_WEIGHT)
        };
        // What the term gives each article: the head's share and the best passage's.
        let mut given: BTreeMap<usize, (f32, f32)> = BTreeMap::new();
        for term in &terms {
            for (article, score) in self.heads.matches(term) {
                let head = &mut given.entry(article).or_default().0;
                *head = head.max(score);
            }
            for (passage, score) in self.passages.matches(term) {
                let article = self.article_by_passage[passage];
                let in_title = self.articles[article].title_terms.iter().any(|title_term| **title_term == **term);
                by_passage[passage] += certainty * score * if in_title { TITLE_TERM_IN_PASSAGE } else { 1.0 };
                let body = &mut given.entry(article).or_default().1;
                *body = body.max(score);
            }
        }
        if given.is_empty() {
            return UNKNOWN_WEIGHT;
        }
        let weight = rarity(given.len(), self.articles.len());
        for (article, (head, body)) in given {
            by_article[article].score += certainty * (HEAD_WEIGHT * head + body);
            by_article[article].weight += certainty * weight;
        }
        // What a likeness lacks in certainty counts as not covered.
        importance * weight
    }

    /// The terms of the known words that a mistyped or shortened one may stand for; none for a short one.
    fn alike(&self, word: &str) -> Vec<String> {
        let Some(first) = word.chars().next() else { return Vec::new() };
        if word.chars().count() < LIKENESS_LENGTH_MIN || is_code(word) {
            return Vec::new();
        }
        // People rarely miss the first letter, and insisting on it keeps most false friends out.
        let start = self.vocabulary.partition_point(|known| known.chars().next() < Some(first));
        let mut terms: Vec<String> = self.vocabulary[start..]
            .iter()
            .take_while(|known| known.starts_with(first))
            .filter(|known| known.starts_with(word) || one_slip_apart(known, word))
            .map(|known| self.words.stem(known))
            .collect();
        terms.dedup();
        terms.truncate(LIKENESSES_MAX);
        terms
    }

    fn suggestion(&self, hit: &Hit) -> Suggestion {
        let Indexed { title, url, .. } = &self.articles[hit.article];
        Suggestion {
            title: title.clone(),
            url: url.clone(),
            passage: self.passage_texts[hit.passage].to_string(),
            score: hit.score,
        }
    }
}

/// What the terms of a question add up to for one article.
#[derive(Clone, Copy, Default)]
struct Tally {
    score: f32,
    /// Weight of the terms that the article has.
    weight: f32,
}

/// Title and tags as one document: the title's terms repeated, and each tag's term once, however many tags share it.
fn head(title: &str, tags: &str) -> String {
    let mut head: Vec<&str> = title.split_ascii_whitespace().flat_map(|term| [term; TITLE_REPEATS]).collect();
    let titles = head.len();
    for term in tags.split_ascii_whitespace() {
        if !head[titles..].contains(&term) {
            head.push(term);
        }
    }
    head.join(" ")
}

/// One BM25 index over documents that are terms joined by spaces.
struct Field {
    scorer: Scorer<usize>,
    /// Weight of a term that only one document has; scores are divided by it, so that they do not grow with the library.
    unit: f32,
}

impl Field {
    fn new(documents: &[String]) -> Self {
        let terms: usize = documents.iter().map(|document| document.split_ascii_whitespace().count()).sum();
        #[expect(clippy::cast_precision_loss, reason = "an average need not be exact")]
        let average_length = terms as f32 / documents.len().max(1) as f32;
        let embedder = EmbedderBuilder::<u32, Spaced>::with_avgdl(average_length).build();
        let mut scorer = Scorer::new();
        for (number, document) in documents.iter().enumerate() {
            let mut embedding = embedder.embed(document);
            // The embedder repeats a term as often as the text does; the scorer reads the first one only.
            embedding.0.sort_unstable_by_key(|term| term.index);
            embedding.0.dedup_by_key(|term| term.index);
            embedding.0.shrink_to_fit();
            scorer.upsert(&number, embedding);
        }
        Self { scorer, unit: inverse_frequency(1, documents.len()) }
    }

    fn has(&self, term: &str) -> bool {
        self.matches(term).next().is_some()
    }

    /// The documents that have the term, in no order, with their scores.
    fn matches(&self, term: &str) -> impl Iterator<Item = (usize, f32)> {
        let query = Embedding(vec![TokenEmbedding { index: u32::embed(term), value: 1.0 }]);
        self.scorer.matches(&query).into_iter().map(|document| (document.id, document.score / self.unit))
    }
}

/// 1 for a term of a single article, towards 0 for one of all articles.
fn rarity(having: usize, of: usize) -> f32 {
    inverse_frequency(having, of) / inverse_frequency(1, of)
}

/// BM25's inverse document frequency, as the crate reckons it.
#[expect(clippy::cast_precision_loss, reason = "counts of articles and passages are small")]
fn inverse_frequency(having: usize, of: usize) -> f32 {
    let (having, of) = (having as f32, of as f32);
    (1.0 + (of - having + 0.5) / (having + 0.5)).ln()
}

/// Terms are cut and stemmed before the crate sees them, because the vocabulary is needed as well.
#[derive(Default)]
struct Spaced;

impl Tokenizer for Spaced {
    fn tokenize(&self, document: &str) -> Vec<String> {
        document.split_ascii_whitespace().map(str::to_owned).collect()
    }
}

/// Looks at each word once: articles repeat their words, and stemming is the dearest step of indexing.
struct Terms<'a> {
    words: &'a Words,
    /// The term of each word, or none for a stop word.
    by_word: HashMap<Box<str>, Option<String>>,
}

impl Terms<'_> {
    fn append(&mut self, text: &str, document: &mut String) {
        for word in split(&fold(text)) {
            let term = match self.by_word.get(word) {
                Some(term) => term,
                None => {
                    let term = (!self.words.is_stop_word(word)).then(|| self.words.stem(word));
                    self.by_word.entry(Box::from(word)).or_insert(term)
                }
            };
            if let Some(term) = term {
                document.push_str(term);
                document.push(' ');
            }
        }
    }
}

/// Whether two words differ by one letter: put in, left out, changed, or changed places with its neighbour.
fn one_slip_apart(one: &str, other: &str) -> bool {
    if one.len().abs_diff(other.len()) > 4 {
        return false; // One letter has at most four bytes.
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    match long.len() - short.len() {
        0 if same == long.len() => true,
        0 => {
            let swapped = same + 1 < long.len() && short[same] == long[same + 1] && short[same + 1] == long[same];
            short[same + 1..] == long[same + 1..] || (swapped && short[same + 2..] == long[same + 2..])
        }
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(name: &str, language: &str, title: &str, tags: &str, text: &str) -> (String, String) {
        let file = format!(
            "---\ntitle: {title}\nurl: https://a.example/{name}\nlanguage: {language}\ntags: [{tags}]\n---\n{text}\n"
        );
        (name.to_owned(), file)
    }

    fn engine(files: Vec<(String, String)>) -> SearchEngine {
        SearchEngine::new(&Library::from_files(files).unwrap())
    }

    fn urls(answer: Answer) -> Vec<String> {
        match answer {
            Answer::Found(suggestions) => {
                suggestions.into_iter().map(|s| s.url.replace("https://a.example/", "")).collect()
            }
            Answer::Nothing => Vec::new(),
        }
    }

    #[test]
    fn title_and_tags_weigh_more_than_text() {
        let mut files = vec![
            article(
                "text",
                "en",
                "The colour of leaves",
                "autumn",
                "The lantern is mentioned here, a lantern and one more lantern.",
            ),
            article("title", "en", "Light a lantern", "fire", "Strike a match and be careful."),
            article("tag", "en", "Light in the dark", "lantern", "Strike a match and be careful."),
        ];
        for subject in ["snow", "rain", "wind", "fog", "ice", "hail", "storm", "heat"] {
            files.push(article(subject, "en", subject, subject, "Dress well."));
        }
        let engine = engine(files);
        let Answer::Found(suggestions) = engine.search("lantern", "en") else { panic!("nothing found") };
        assert_eq!(suggestions[0].url, "https://a.example/title");
        assert!(suggestions.iter().all(|suggestion| suggestion.url != "https://a.example/text"), "{suggestions:?}");
    }

    #[test]
    fn the_passage_that_matches_is_quoted() {
        let engine = engine(vec![article(
            "a",
            "en",
            "Caring for a garden",
            "plants",
            "Dig in spring.\n\n## Roses\n\nCut the **roses** in March.\n\n## Trees\n\nLeave the trees alone.",
        )]);
        let Answer::Found(suggestions) = engine.search("when do I cut roses in my garden", "en") else {
            panic!("nothing found")
        };
        assert_eq!(suggestions[0].passage, "Cut the roses in March.");
    }

    #[test]
    fn the_locale_decides_and_english_stands_in() {
        let engine = engine(vec![
            article("en", "en", "Login", "login", "How to log in to the game."),
            article("es", "es", "Login y acceso", "login", "Cómo entrar en el juego."),
            article("en-only", "en", "Refund", "refund", "How to get money back."),
        ]);
        let check = |question: &str, locale: &str, expected: &str| {
            assert_eq!(urls(engine.search(question, locale))[0], expected, "{question} {locale}");
        };
        check("login", "es-ES", "es");
        check("login", "es-419", "es");
        check("login", "en-GB", "en");
        check("login", "ja", "en");
        check("login", "", "en");
        check("refund", "es-ES", "en-only");
        check("acceso", "en-US", "es");
    }

    #[test]
    fn a_library_without_articles_knows_nothing() {
        assert_eq!(engine(Vec::new()).search("login", "en"), Answer::Nothing);
    }

    #[tokio::test]
    async fn an_engine_can_be_chosen_at_run_time() {
        let engine: Box<dyn Engine> = Box::new(engine(vec![article("a", "en", "Login", "login", "How to log in.")]));
        assert_eq!(urls(engine.answer("login", "en").await), ["a"]);
    }

    #[test]
    fn one_slip_is_forgiven() {
        let check = |one: &str, other: &str, expected: bool| {
            assert_eq!(one_slip_apart(one, other), expected, "{one} {other}");
            assert_eq!(one_slip_apart(other, one), expected, "{other} {one}");
        };
        check("refund", "refund", true);
        check("refund", "refnud", true);
        check("refund", "refun", true);
        check("refund", "reefund", true);
        check("refund", "refunt", true);
        check("refund", "refuns", true);
        check("refund", "rfeudn", false);
        check("refund", "refut", false);
        check("", "a", true);
        check("señal", "señas", true);
    }
}
