//! Reports of bugs and wishes: what may be filed, and why something may not.

use jiff::Timestamp;

use crate::case::{Kind, Severity};
use crate::ids::{AttachmentId, CaseNumber, ChannelId, GuildId, PersonId};

/// Shortest title, in characters: less tells a report from no other.
pub const TITLE_LENGTH_MIN: usize = 10;
/// Longest title, in characters. The name of a thread has room for 100. See [Discord Docs/Start Thread].
pub const TITLE_LENGTH_MAX: usize = 90;
/// Longest text of a report or an answer, in characters: what a field of a form carries.
pub const TEXT_LENGTH_MAX: usize = 4000;
/// Most files of one report.
pub const FILES_MAX: usize = 3;
/// Largest file, in bytes: what Discord takes from a bot. See [Discord Docs/Reference, Uploading Files].
pub const FILE_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// Largest sum of a report's files, in bytes: they travel in one request, which may have 25 MiB.
pub const FILES_BYTES_MAX: u64 = 24 * 1024 * 1024;

/// How long an unfinished report is kept, in seconds. Shorter than the addresses of its files live (about a day).
pub const DRAFT_SECONDS: i64 = 12 * 3600;

/// A file that came with a report, still at Discord's short-lived address.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its ID.
    pub id: AttachmentId,
    /// Its name as the person's machine has it.
    pub name: String,
    /// In bytes, as Discord says.
    pub size: u64,
    /// Where it can be read for a while.
    pub url: String,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("id", &self.id).field("size", &self.size).finish_non_exhaustive()
    }
}

/// A report that is not filed yet: it was just sent, or it waits for the person's word.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// The interaction that brought it. The same one never files twice.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// Who reports.
    pub reporter: PersonId,
    /// Their name.
    pub reporter_name: String,
    /// Their language, a Discord locale.
    pub locale: String,
    /// The server it is for.
    pub server: Option<GuildId>,
    /// Where it was reported.
    pub channel: Option<ChannelId>,
    /// The title as it was typed.
    pub title: String,
    /// The text as it was typed.
    pub text: String,
    /// How to get there, as it was typed.
    pub steps: String,
    /// Where it happens, if that was said.
    pub platform: Option<String>,
    /// How bad it is, if that was said.
    pub severity: Option<Severity>,
    /// What was sent with it.
    pub files: Vec<Upload>,
    /// When it was sent.
    pub at: Timestamp,
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What people wrote and their names stay out of logs.
        f.debug_struct("Draft")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

/// Why a report cannot be filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportError {
    /// The title has fewer than [`TITLE_LENGTH_MIN`] characters.
    TitleTooShort,
    /// The title has more than [`TITLE_LENGTH_MAX`] characters.
    TitleTooLong,
    /// Nothing is told.
    TextMissing,
    /// The text or an answer has more than [`TEXT_LENGTH_MAX`] characters.
    TextTooLong,
    /// More than [`FILES_MAX`] files.
    TooManyFiles,
    /// A file has more than [`FILE_BYTES_MAX`] bytes.
    FileTooLarge {
        /// Its name.
        name: String,
    },
    /// The files have more than [`FILES_BYTES_MAX`] bytes together.
    FilesTooLarge,
    /// A file is of a type that is not taken.
    FileType {
        /// Its name.
        name: String,
    },
    /// A file cannot be read any more.
    FileGone {
        /// Its name.
        name: String,
    },
}

/// A title as it is kept: one line, without control characters.
pub fn title(typed: &str) -> Result<String, ReportError> {
    let words: Vec<&str> =
        typed.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let title = words.join(" ");
    match title.chars().count() {
        0..TITLE_LENGTH_MIN => Err(ReportError::TitleTooShort),
        TITLE_LENGTH_MIN..=TITLE_LENGTH_MAX => Ok(title),
        _ => Err(ReportError::TitleTooLong),
    }
}

/// A text as it is kept: outer white space off.
pub fn text(typed: &str) -> Result<String, ReportError> {
    let text = typed.trim();
    match text.chars().count() {
        0 => Err(ReportError::TextMissing),
        1..=TEXT_LENGTH_MAX => Ok(text.to_owned()),
        _ => Err(ReportError::TextTooLong),
    }
}

impl Draft {
    /// Why it cannot be filed, as far as that shows before its files are read: everything at once, so that nobody has to try twice.
    pub fn problems(&self) -> Vec<ReportError> {
        let mut problems = Vec::new();
        problems.extend(title(&self.title).err());
        problems.extend(text(&self.text).err());
        if self.steps.trim().chars().count() > TEXT_LENGTH_MAX && !problems.contains(&ReportError::TextTooLong) {
            problems.push(ReportError::TextTooLong);
        }
        if self.files.len() > FILES_MAX {
            problems.push(ReportError::TooManyFiles);
        }
        let large = self.files.iter().filter(|file| file.size > FILE_BYTES_MAX);
        problems.extend(large.map(|file| ReportError::FileTooLarge { name: file.name.clone() }));
        let sum = self.files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size));
        if sum > FILES_BYTES_MAX {
            problems.push(ReportError::FilesTooLarge);
        }
        problems
    }
}

/// What became of somebody's vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    /// It counts: so many have it now.
    Counted(u32),
    /// They had voted before.
    Already,
    /// It is their own report.
    Own,
    /// There is no such case to vote for.
    Unknown(CaseNumber),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            id: "1".to_owned(),
            kind: Kind::Bug,
            reporter: PersonId::new(7).unwrap(),
            reporter_name: "Ada".to_owned(),
            locale: "en-US".to_owned(),
            server: None,
            channel: None,
            title: "The map stays empty".to_owned(),
            text: "Nothing is drawn.".to_owned(),
            steps: String::new(),
            platform: None,
            severity: None,
            files: Vec::new(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn upload(name: &str, size: u64) -> Upload {
        Upload { id: AttachmentId::new(1).unwrap(), name: name.to_owned(), size, url: String::new() }
    }

    #[test]
    fn a_title_is_one_line_of_some_length() {
        assert_eq!(title("  The map\n is\tempty  ").as_deref(), Ok("The map is empty"));
        assert_eq!(title("Crash"), Err(ReportError::TitleTooShort));
        assert_eq!(title(&"é".repeat(90)).map(|title| title.chars().count()), Ok(90));
        assert_eq!(title(&"é".repeat(91)), Err(ReportError::TitleTooLong));
        assert_eq!(title("\u{0}\u{7}          "), Err(ReportError::TitleTooShort));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        assert_eq!(draft().problems(), []);
        let wrong = Draft {
            title: "Crash".to_owned(),
            text: "x".repeat(10_000),
            steps: "x".repeat(4001),
            files: vec![
                upload("a", FILE_BYTES_MAX + 1),
                upload("b", FILE_BYTES_MAX),
                upload("c", FILE_BYTES_MAX),
                upload("d", 1),
            ],
            ..draft()
        };
        let expected = [
            ReportError::TitleTooShort,
            ReportError::TextTooLong,
            ReportError::TooManyFiles,
            ReportError::FileTooLarge { name: "a".to_owned() },
            ReportError::FilesTooLarge,
        ];
        assert_eq!(wrong.problems(), expected);
        assert!(Draft { files: vec![upload("a", u64::MAX), upload("b", u64::MAX)], ..draft() }.problems().len() == 3);
    }
}
