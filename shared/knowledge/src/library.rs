//! The articles: compiled in, or read from a folder.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::front_matter::{self, FrontMatterProblem};
use crate::passages::{self, Section};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/articles");

/// One article of the knowledge base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// The headline, one line of plain text.
    pub title: String,
    /// Where a person can read the whole article.
    pub url: String,
    /// The language's code, such as `en`.
    pub language: String,
    /// Words and phrases that people use for the subject and that the text may lack.
    pub tags: Vec<String>,
    /// The text, in Markdown.
    pub text: String,
    /// The text, cut into what can be quoted.
    pub(crate) sections: Vec<Section>,
}

/// A set of articles in any number of languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    articles: Vec<Article>,
}

/// Why a library could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// A file or folder could not be read, or is not UTF-8.
    #[error("could not read {path}")]
    Read {
        /// The file or folder.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// An article's front matter is wrong.
    #[error("{file}, line {line}: {problem}")]
    FrontMatter {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: FrontMatterProblem,
    },
    /// Two articles have the same URL.
    #[error("{file}: {first} has the same url")]
    DuplicateUrl {
        /// The later file.
        file: String,
        /// The earlier file.
        first: String,
    },
    /// There is no article at all, which is a wrong folder rather than a wish.
    #[error("{path} holds no article (a file whose name ends in .md)")]
    Empty {
        /// The folder.
        path: String,
    },
}

impl Library {
    /// The articles that were compiled in: the sample knowledge base of `shared/knowledge/articles`.
    #[expect(clippy::missing_panics_doc, reason = "it does not panic")]
    pub fn embedded() -> Self {
        let files = EMBEDDED
            .files()
            .filter(|file| is_article(file.path()))
            .map(|file| (file.path().display().to_string(), file.contents_utf8().unwrap_or_default()));
        Self::from_files(files).expect("the embedded articles are loaded by a test")
    }

    /// Reads every `.md` file in a folder and the folders below it, in the order of their paths.
    ///
    /// # Errors
    ///
    /// The first file that cannot be read or parsed, by name and line; a folder without any article.
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<Self, LibraryError> {
        let folder = folder.as_ref();
        let mut paths = Vec::new();
        collect(folder, &mut paths)?;
        paths.sort();
        if paths.is_empty() {
            return Err(LibraryError::Empty { path: folder.display().to_string() });
        }
        let files = paths
            .iter()
            .map(|path| {
                Ok((path.display().to_string(), fs::read_to_string(path).map_err(|source| read(path, source))?))
            })
            .collect::<Result<Vec<_>, _>>()?;
        Self::from_files(files)
    }

    /// Parses articles that are in memory already, each with the name that an error should give it.
    ///
    /// # Errors
    ///
    /// The first file that cannot be parsed, by name and line.
    pub fn from_files<Name, Text>(files: impl IntoIterator<Item = (Name, Text)>) -> Result<Self, LibraryError>
    where
        Name: Into<String>,
        Text: AsRef<str>,
    {
        let mut articles = Vec::new();
        let mut file_by_url: HashMap<String, String> = HashMap::new();
        for (file, text) in files {
            let file = file.into();
            let article = match Article::parse(text.as_ref()) {
                Ok(article) => article,
                Err((line, problem)) => return Err(LibraryError::FrontMatter { file, line, problem }),
            };
            if let Some(first) = file_by_url.insert(article.url.clone(), file.clone()) {
                return Err(LibraryError::DuplicateUrl { file, first });
            }
            articles.push(article);
        }
        Ok(Self { articles })
    }

    /// All articles, in the order they were loaded.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }
}

impl Article {
    fn parse(file: &str) -> Result<Self, (usize, FrontMatterProblem)> {
        let (front_matter, text) = front_matter::parse(file)?;
        let sections = passages::sections(text);
        if sections.is_empty() {
            // Only headings, rules or HTML: nothing could ever be quoted.
            let line = file[..file.len() - text.len()].lines().count();
            return Err((line, FrontMatterProblem::NoText));
        }
        Ok(Self {
            title: front_matter.title,
            url: front_matter.url,
            language: front_matter.language,
            tags: front_matter.tags,
            text: text.to_owned(),
            sections,
        })
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), LibraryError> {
    for entry in fs::read_dir(folder).map_err(|source| read(folder, source))? {
        let entry = entry.map_err(|source| read(folder, source))?;
        let path = entry.path();
        // The entry's own type, not its target's: a link to a folder could lead round in a circle.
        let is_dir = entry.file_type().map_err(|source| read(&path, source))?.is_dir();
        if is_dir {
            collect(&path, paths)?;
        } else if is_article(&path) {
            paths.push(path);
        }
    }
    Ok(())
}

fn is_article(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

fn read(path: &Path, source: io::Error) -> LibraryError {
    LibraryError::Read { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTICLE: &str = "---\ntitle: A\nurl: https://a.example/a\nlanguage: en\ntags: [b]\n---\nText.\n";

    #[test]
    fn the_embedded_articles_are_complete() {
        let library = Library::embedded();
        let count = |language: &str| library.articles().iter().filter(|article| article.language == language).count();
        assert!(count("en") >= 48, "{}", count("en"));
        assert!(count("es") >= 6 && count("id") >= 6);
        for article in library.articles() {
            let words = article.text.split_whitespace().count();
            assert!((100..=330).contains(&words), "{} has {words} words", article.url);
            assert!(article.url.starts_with("https://support.larkspur.example/articles/"), "{}", article.url);
            assert!(!article.tags.is_empty(), "{}", article.url);
        }
    }

    #[test]
    fn the_same_folder_read_at_run_time_is_the_same_library() {
        let read = Library::from_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/articles")).unwrap();
        let mut embedded = Library::embedded();
        let mut read = read.articles;
        read.sort_by(|a, b| a.url.cmp(&b.url));
        embedded.articles.sort_by(|a, b| a.url.cmp(&b.url));
        assert_eq!(read, embedded.articles);
    }

    #[test]
    fn folders_below_are_read_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deeper")).unwrap();
        fs::write(folder.path().join("deeper/a.md"), ARTICLE).unwrap();
        fs::write(folder.path().join("notes.txt"), "not an article").unwrap();
        assert_eq!(Library::from_dir(folder.path()).unwrap().articles().len(), 1);
    }

    #[test]
    fn errors_name_the_file_and_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let error = || Library::from_dir(folder.path()).unwrap_err().to_string();
        assert!(error().ends_with("holds no article (a file whose name ends in .md)"));

        fs::write(folder.path().join("a.md"), ARTICLE.replace("tags", "tag")).unwrap();
        assert!(
            error().ends_with("a.md, line 5: unknown key `tag`; known are title, url, language and tags"),
            "{}",
            error()
        );

        fs::write(folder.path().join("a.md"), ARTICLE.replace("Text.", "# Only a heading\n\n<!-- and a comment -->"))
            .unwrap();
        assert!(error().ends_with("a.md, line 6: the article has no text"), "{}", error());

        fs::write(folder.path().join("a.md"), ARTICLE).unwrap();
        fs::write(folder.path().join("b.md"), ARTICLE).unwrap();
        assert!(error().contains("b.md: ") && error().ends_with("a.md has the same url"), "{}", error());

        fs::write(folder.path().join("b.md"), b"---\n\xff\xfe").unwrap();
        assert!(error().starts_with("could not read ") && error().ends_with("b.md"), "{}", error());

        assert!(Library::from_dir(folder.path().join("nowhere")).unwrap_err().to_string().ends_with("nowhere"));
    }
}
