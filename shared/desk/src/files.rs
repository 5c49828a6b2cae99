//! Takes people's files to Twilio, one at a time, and nothing that is not what it should be.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use discord::client::DiscordError;
use discord::files::{self, Attachment, DownloadError, Downloader};
use discord::message::escape_markdown;
use domain::ids::{MediaSid, ServiceSid};
use domain::line::{FILE_BYTES_MAX, FILES_BYTES_MAX, LeftOut, LineFile, Origin};
use domain::text::for_agents;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use tracing::{info, warn};
use twilio::TwilioError;
use wording::Wording;

/// As limits are said to people.
pub(crate) const MIB: u64 = 1024 * 1024;

/// The types of files that are taken, as a person reads them.
const TYPES: &str =
    "PNG, JPEG, GIF, WebP, HEIC, MP4, MOV, WebM, MP3, OGG, M4A, WAV, AMR, PDF, ZIP, GZ, TXT, LOG, JSON, CSV";

/// After this long in an invocation no more files are begun with: the functions have 60 s, and when that is over all lines of the batch
/// wait for the queue's own time.
const BEGIN_UNTIL: Duration = Duration::from_secs(35);

/// One message's files at a time are in memory, however many people's lines are in a batch.
#[derive(Debug, Clone)]
pub struct FilesTurn {
    one: Arc<Semaphore>,
    invoked: Arc<Mutex<Instant>>,
}

impl Default for FilesTurn {
    fn default() -> Self {
        Self { one: Arc::new(Semaphore::new(1)), invoked: Arc::new(Mutex::new(Instant::now())) }
    }
}

impl FilesTurn {
    /// An invocation begins; a function has one at a time.
    pub fn invocation_begins(&self) {
        *self.invoked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Waits until it is one's turn.
    ///
    /// # Errors
    /// When that would be too late in this invocation.
    pub async fn take(&self) -> anyhow::Result<OwnedSemaphorePermit> {
        let until = *self.invoked.lock().unwrap_or_else(PoisonError::into_inner) + BEGIN_UNTIL;
        anyhow::ensure!(Instant::now() < until, "other files came first");
        let turn = timeout_at(until, Arc::clone(&self.one).acquire_owned()).await.context("other files came first")?;
        turn.context("wait for the files before")
    }
}

/// Passes files on.
#[derive(Clone)]
pub struct PassingOn {
    /// Discord, which is asked for a fresh address when one has died.
    pub discord: discord::client::Client,
    /// Twilio.
    pub twilio: twilio::client::Client,
    /// Fetches them.
    pub downloader: Downloader,
    /// One file at a time is in memory.
    pub turn: FilesTurn,
}

impl PassingOn {
    /// Passes files on from Discord to Twilio.
    pub fn new(discord: discord::client::Client, twilio: twilio::client::Client, downloader: Downloader) -> Self {
        Self { discord, twilio, downloader, turn: FilesTurn::default() }
    }

    /// Fetches a file and uploads it. Doing it twice leaves a file at Twilio that no message names.
    ///
    /// # Errors
    /// When it may work later.
    pub async fn pass(
        &self,
        service: &ServiceSid,
        file: &LineFile,
        origin: Option<Origin>,
    ) -> anyhow::Result<Result<MediaSid, LeftOut>> {
        let _turn = self.turn.take().await?;
        let bytes = match self.fetch(file, origin).await? {
            Ok(bytes) => bytes,
            Err(why) => return Ok(Err(why)),
        };
        if bytes.is_empty() {
            return Ok(Err(LeftOut::Empty));
        }
        let Some(kind) = files::sniff_for_chat(&bytes, &files::safe_name(&file.name)) else {
            return Ok(Err(LeftOut::Type));
        };
        let size = bytes.len();
        match self.twilio.upload_media(service, kind.content_type(), bytes).await {
            Ok(media) => {
                info!(file.id = %file.id, media.sid = %media, size, "uploaded a file");
                Ok(Ok(media))
            }
            Err(error @ TwilioError::Refused { .. }) => {
                warn!(file.id = %file.id, error = %error, "Twilio does not take a file");
                Ok(Err(LeftOut::Refused))
            }
            Err(error) => Err(anyhow::Error::new(error).context("upload a file")),
        }
    }

    async fn fetch(&self, file: &LineFile, origin: Option<Origin>) -> anyhow::Result<Result<bytes::Bytes, LeftOut>> {
        match self.downloader.fetch(&file.into(), FILE_BYTES_MAX).await {
            Err(DownloadError::Gone { .. }) => {}
            fetched => return verdict(file, fetched),
        }
        let Some(fresh) = self.fresh(file, origin).await? else { return Ok(Err(LeftOut::Gone)) };
        verdict(file, self.downloader.fetch(&fresh, FILE_BYTES_MAX).await)
    }

    /// The file with an address that works, read from its message.
    async fn fresh(&self, file: &LineFile, origin: Option<Origin>) -> anyhow::Result<Option<Attachment>> {
        let Some(origin) = origin else { return Ok(None) };
        match self.discord.message(origin.channel, origin.message).await {
            Ok(message) => {
                Ok(message.extras.all_files(&message.attachments).find(|fresh| fresh.id == file.id).cloned())
            }
            Err(error @ (DiscordError::RateLimited { .. } | DiscordError::Unavailable { .. })) => {
                Err(anyhow::Error::new(error).context("read the file's message again"))
            }
            Err(error) => {
                info!(file.id = %file.id, error = %error, "a file's message cannot be read again");
                Ok(None)
            }
        }
    }
}

fn verdict(
    file: &LineFile,
    fetched: Result<bytes::Bytes, DownloadError>,
) -> anyhow::Result<Result<bytes::Bytes, LeftOut>> {
    match fetched {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(DownloadError::TooLarge { .. }) => Ok(Err(LeftOut::TooLarge)),
        Err(error @ (DownloadError::Host | DownloadError::Packed | DownloadError::Gone { .. })) => {
            info!(file.id = %file.id, error = %error, "a file cannot be fetched");
            Ok(Err(LeftOut::Gone))
        }
        Err(error @ DownloadError::Unavailable { .. }) => Err(anyhow::Error::new(error).context("fetch a file")),
    }
}

/// What the person is told of the files that are not passed on.
pub fn told_to_the_person(says: &Wording, left_out: &[(&LineFile, LeftOut)]) -> String {
    let mut lines = vec![says.files_left_out()];
    lines.extend(left_out.iter().map(|(file, why)| {
        let name = escape_markdown(&files::safe_name(&file.name));
        match why {
            LeftOut::Empty => says.file_empty(&name),
            LeftOut::TooLarge => says.file_too_large(&name, FILE_BYTES_MAX / MIB),
            LeftOut::TooMuch => format!("{name}: {}", says.files_too_large_together(FILES_BYTES_MAX / MIB)),
            LeftOut::Type => says.file_wrong_type(&name, TYPES),
            LeftOut::Gone => says.file_gone(&name),
            LeftOut::Refused => says.file_refused(&name),
        }
    }));
    lines.join("\n")
}

/// What the agents are told of them.
pub fn told_to_the_agents(left_out: &[(&LineFile, LeftOut)]) -> String {
    let why = |why: &LeftOut| match why {
        LeftOut::Empty => for_agents::FILE_EMPTY,
        LeftOut::TooLarge => for_agents::FILE_TOO_LARGE,
        LeftOut::TooMuch => for_agents::FILES_TOO_LARGE,
        LeftOut::Type => for_agents::FILE_TYPE,
        LeftOut::Gone => for_agents::FILE_GONE,
        LeftOut::Refused => for_agents::FILE_REFUSED,
    };
    let files: Vec<_> = left_out.iter().map(|(file, reason)| (files::safe_name(&file.name), why(reason))).collect();
    for_agents::left_out(&files)
}

#[cfg(test)]
mod tests {
    use domain::ids::AttachmentId;
    use domain::split::CONTENT_LENGTH_MAX;

    use super::*;

    fn file(name: &str) -> LineFile {
        let id = AttachmentId::new(5).unwrap();
        LineFile { id, name: name.to_owned(), content_type: None, size: 1, url: String::new() }
    }

    const REASONS: [LeftOut; 6] =
        [LeftOut::Empty, LeftOut::TooLarge, LeftOut::TooMuch, LeftOut::Type, LeftOut::Gone, LeftOut::Refused];

    #[tokio::test]
    async fn files_are_begun_with_one_after_the_other_and_early_in_an_invocation() {
        let turn = FilesTurn::default();
        let first = turn.take().await.unwrap();
        let both = tokio::join!(turn.take(), async { drop(first) });
        drop(both.0.unwrap());

        let long = turn.take().await.unwrap();
        *turn.invoked.lock().unwrap() -= BEGIN_UNTIL.mul_f64(0.999);
        assert!(turn.take().await.is_err(), "the one before takes too long");
        *turn.invoked.lock().unwrap() -= BEGIN_UNTIL;
        drop(long);
        assert!(turn.take().await.is_err(), "it is too late");
        turn.invocation_begins();
        assert!(turn.take().await.is_ok());
    }

    #[test]
    fn each_reason_is_said_to_both_sides_under_a_name_that_does_no_harm() {
        let file = file("../../a_b\u{202e}gnp.png");
        for why in REASONS {
            let left_out = [(&file, why)];
            let person = told_to_the_person(wording::of("en-US"), &left_out);
            assert_eq!(person.lines().count(), 2, "{person}");
            assert!(person.contains(r"a\_bgnp.png") && !person.contains('\u{202e}'), "{person}");
            let agents = told_to_the_agents(&left_out);
            assert!(agents.contains("\na_bgnp.png: "), "{agents}");
        }
    }

    #[test]
    fn what_a_person_is_told_fits_a_message_in_most_cases() {
        // Ten of them with the longest names are cut where they are posted.
        let file = file(&"x".repeat(60));
        for locale in ["en-US", "de", "ja", "vi"] {
            let told = told_to_the_person(wording::of(locale), &REASONS.map(|why| (&file, why)));
            assert!(told.encode_utf16().count() <= CONTENT_LENGTH_MAX, "{locale}: {}", told.len());
        }
    }

    #[test]
    fn the_limits_are_those_that_the_agents_are_told() {
        assert!(for_agents::FILE_TOO_LARGE.contains(&format!("{} MiB", FILE_BYTES_MAX / MIB)));
        assert!(for_agents::FILES_TOO_LARGE.contains(&format!("{} MiB", FILES_BYTES_MAX / MIB)));
        let shown = domain::delivery::FILE_BYTES_MAX / MIB;
        assert!(for_agents::FILE_TOO_LARGE_FOR_DISCORD.contains(&format!("{shown} MiB")));
    }
}
