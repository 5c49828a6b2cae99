//! The files of a case: they hang on messages of ours, and get a fresh address each time such a message is read.

use discord::client::{Client, DiscordError};
use domain::case::CaseFile;

/// An address for each file, in their order; `None` for one that is gone.
pub async fn urls(discord: &Client, files: &[CaseFile]) -> anyhow::Result<Vec<Option<String>>> {
    let mut places: Vec<_> = files.iter().map(|file| (file.channel, file.message)).collect();
    places.dedup();
    let mut found = Vec::new();
    for (channel, message) in places {
        match discord.message(channel, message).await {
            Ok(message) => found.extend(message.attachments),
            Err(DiscordError::UnknownChannel | DiscordError::UnknownMessage) => {}
            Err(error) => return Err(anyhow::Error::new(error).context("read the message with the files")),
        }
    }
    let url = |file: &CaseFile| {
        let attachment = found.iter().find(|attachment| attachment.id == file.attachment)?;
        // Only what a browser can fetch; anything else would run in our page.
        Some(attachment.url.clone()).filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    };
    Ok(files.iter().map(url).collect())
}
