//! Says something of the desk's own in a person's chat, and once: also where what follows it fails for longer than Discord remembers a nonce.

use anyhow::Context;
use discord::client::DiscordError;
use discord::message::{Nonce, OutgoingMessage};
use domain::ids::ChannelId;
use jiff::Timestamp;
use store::{Claim, Store};

const CLAIM: &str = "said";
const OWNER: &str = "desk";

/// Posts a message, unless it stands in the channel. Whoever says the same does it one after the other.
///
/// # Errors
/// When it may work later; the inner one is Discord's answer.
pub async fn post_once(
    store: &Store,
    discord: &discord::client::Client,
    channel: ChannelId,
    message: &OutgoingMessage,
    nonce: &Nonce,
) -> anyhow::Result<Result<(), DiscordError>> {
    let claim = store.claim(CLAIM, nonce.as_str(), OWNER, Timestamp::now()).await.context("claim the message")?;
    if claim == Claim::Done {
        return Ok(Ok(()));
    }
    if let Err(error) = post_again(discord, channel, message, nonce, claim == Claim::Unfinished).await {
        return Ok(Err(error));
    }
    store.finish_claim(CLAIM, nonce.as_str()).await.context("remember the message")?;
    Ok(Ok(()))
}

/// Posts a message. One that may have been posted before (`repeated`) is looked for first: Discord remembers a nonce for "a few minutes"
/// only. See [Discord Docs/Create Message].
///
/// # Errors
/// What Discord answers.
pub async fn post_again(
    discord: &discord::client::Client,
    channel: ChannelId,
    message: &OutgoingMessage,
    nonce: &Nonce,
    repeated: bool,
) -> Result<(), DiscordError> {
    if repeated {
        let recent = discord.recent_messages(channel, 100, None).await?;
        if recent.iter().any(|message| message.nonce.as_deref() == Some(nonce.as_str())) {
            return Ok(());
        }
    }
    discord.post(channel, message, nonce).await.map(drop)
}
