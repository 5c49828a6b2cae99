//! The block between two `---` lines at the top of an article.
//!
//! A small strict reader rather than YAML: four known keys, one line each, so that a mistake is named with its line
//! instead of being read as something else.

/// Longest title, in characters.
const TITLE_LENGTH_MAX: usize = 200;

/// The four fields of an article's front matter.
#[derive(Debug, PartialEq)]
pub(crate) struct FrontMatter {
    pub title: String,
    pub url: String,
    pub language: String,
    pub tags: Vec<String>,
}

/// What is wrong with an article's front matter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrontMatterProblem {
    /// The first line is something else.
    #[error("the first line must be `---`")]
    NotOpened,
    /// There is no second `---` line.
    #[error("the front matter has no closing `---` line")]
    NotClosed,
    /// A line without a colon.
    #[error("a line of the front matter must read `key: value`")]
    NotKeyValue,
    /// A key other than the four.
    #[error("unknown key `{0}`; known are title, url, language and tags")]
    UnknownKey(String),
    /// A key that was there before.
    #[error("`{0}` is given twice")]
    Repeated(&'static str),
    /// A key that never came; the line is that of the closing `---`.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A title that is empty or too long.
    #[error("`title` must have 1 to {TITLE_LENGTH_MAX} characters")]
    Title,
    /// A URL that is not a link a person can follow.
    #[error("`url` must begin with https:// or http:// and hold no space")]
    Url,
    /// A language that is not a code.
    #[error("`language` must be a code of two or three small letters, such as en")]
    Language,
    /// Tags that are not a list.
    #[error("`tags` must be a list in brackets, such as [login, account], with no empty tag")]
    Tags,
    /// Nothing follows the front matter.
    #[error("the article has no text")]
    NoText,
}

/// Splits a file into its front matter and its text.
///
/// # Errors
///
/// The number of the line, from 1, and what is wrong with it.
pub(crate) fn parse(file: &str) -> Result<(FrontMatter, &str), (usize, FrontMatterProblem)> {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let mut rest = file;
    let mut number = 0;
    let mut next_line = || {
        let (line, after) = match rest.split_once('\n') {
            Some(split) => split,
            None if rest.is_empty() => return None,
            None => (rest, ""),
        };
        rest = after;
        number += 1;
        Some((number, line.trim_end(), after))
    };

    if next_line().is_none_or(|(_, line, _)| line != "---") {
        return Err((1, FrontMatterProblem::NotOpened));
    }
    let mut fields = Fields::default();
    let mut last = 1;
    while let Some((number, line, after)) = next_line() {
        if line == "---" {
            let front_matter = fields.finish().map_err(|problem| (number, problem))?;
            if after.trim().is_empty() {
                return Err((number, FrontMatterProblem::NoText));
            }
            return Ok((front_matter, after));
        }
        fields.read(line).map_err(|problem| (number, problem))?;
        last = number;
    }
    Err((last, FrontMatterProblem::NotClosed))
}

#[derive(Default)]
struct Fields {
    title: Option<String>,
    url: Option<String>,
    language: Option<String>,
    tags: Option<Vec<String>>,
}

impl Fields {
    fn read(&mut self, line: &str) -> Result<(), FrontMatterProblem> {
        let (key, value) = line.split_once(':').ok_or(FrontMatterProblem::NotKeyValue)?;
        let value = value.trim();
        match key.trim() {
            "title" => set(&mut self.title, "title", title(value)?),
            "url" => set(&mut self.url, "url", url(value)?),
            "language" => set(&mut self.language, "language", language(value)?),
            "tags" => set(&mut self.tags, "tags", tags(value)?),
            key => Err(FrontMatterProblem::UnknownKey(key.chars().take(40).collect())),
        }
    }

    fn finish(self) -> Result<FrontMatter, FrontMatterProblem> {
        Ok(FrontMatter {
            title: self.title.ok_or(FrontMatterProblem::Missing("title"))?,
            url: self.url.ok_or(FrontMatterProblem::Missing("url"))?,
            language: self.language.ok_or(FrontMatterProblem::Missing("language"))?,
            tags: self.tags.ok_or(FrontMatterProblem::Missing("tags"))?,
        })
    }
}

fn set<T>(field: &mut Option<T>, name: &'static str, value: T) -> Result<(), FrontMatterProblem> {
    match field.replace(value) {
        Some(_) => Err(FrontMatterProblem::Repeated(name)),
        None => Ok(()),
    }
}

fn title(value: &str) -> Result<String, FrontMatterProblem> {
    // Editors quote titles that hold a colon.
    let bare = value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(value).trim();
    match bare.chars().count() {
        1..=TITLE_LENGTH_MAX => Ok(bare.to_owned()),
        _ => Err(FrontMatterProblem::Title),
    }
}

fn url(value: &str) -> Result<String, FrontMatterProblem> {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    match rest {
        Some(rest)
            if !rest.is_empty()
                && !value.contains(|c: char| c.is_whitespace() || c.is_control() || "<>".contains(c)) =>
        {
            Ok(value.to_owned())
        }
        _ => Err(FrontMatterProblem::Url),
    }
}

fn language(value: &str) -> Result<String, FrontMatterProblem> {
    let is_code = matches!(value.len(), 2 | 3) && value.bytes().all(|b| b.is_ascii_lowercase());
    is_code.then(|| value.to_owned()).ok_or(FrontMatterProblem::Language)
}

fn tags(value: &str) -> Result<Vec<String>, FrontMatterProblem> {
    let inner = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).ok_or(FrontMatterProblem::Tags)?;
    if inner.trim().is_empty() {
        return Ok(Vec::new());
    }
    inner
        .split(',')
        .map(|tag| match tag.trim() {
            "" => Err(FrontMatterProblem::Tags),
            tag => Ok(tag.to_owned()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "---\ntitle: Save: battery\nurl: https://a.example/b\nlanguage: en\ntags: [power, hot phone]\n---\nText.\n";

    #[test]
    fn reads_the_four_fields_and_the_text() {
        for file in [GOOD.to_owned(), GOOD.replace('\n', "\r\n"), format!("\u{feff}{GOOD}")] {
            let (front_matter, text) = parse(&file).unwrap();
            assert_eq!(front_matter.title, "Save: battery");
            assert_eq!(front_matter.url, "https://a.example/b");
            assert_eq!(front_matter.language, "en");
            assert_eq!(front_matter.tags, ["power", "hot phone"]);
            assert_eq!(text.trim(), "Text.");
        }
    }

    #[test]
    fn names_line_and_problem() {
        use FrontMatterProblem::*;
        let check = |file: &str, line: usize, problem: FrontMatterProblem| {
            assert_eq!(parse(file).unwrap_err(), (line, problem), "{file}");
        };
        check("", 1, NotOpened);
        check("Text only.", 1, NotOpened);
        check("---\ntitle: A", 2, NotClosed);
        check("---\ntitle\n---\nx", 2, NotKeyValue);
        check("---\ntitle: A\nauthor: B\n---\nx", 3, UnknownKey("author".into()));
        check("---\ntitle: A\ntitle: B\n---\nx", 3, Repeated("title"));
        check("---\ntitle: A\nurl: https://a.example\ntags: []\n---\nx", 5, Missing("language"));
        check("---\ntitle:\n---\nx", 2, Title);
        check("---\nurl: a.example/b\n---\nx", 2, Url);
        check("---\nurl: https://a b\n---\nx", 2, Url);
        check("---\nurl: javascript:alert(1)\n---\nx", 2, Url);
        check("---\nlanguage: English\n---\nx", 2, Language);
        check("---\ntags: a, b\n---\nx", 2, Tags);
        check("---\ntags: [a,, b]\n---\nx", 2, Tags);
        check(GOOD.strip_suffix("Text.\n").unwrap(), 6, NoText);
    }
}
