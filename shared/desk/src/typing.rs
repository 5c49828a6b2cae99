//! Shows that somebody writes, while something takes its time.

use std::future::{Future, pending};
use std::time::Duration;

use discord::client::Client;
use domain::ids::ChannelId;
use tracing::debug;

/// What is done sooner is shown at once: a sign before it would only flicker.
const FIRST_AFTER: Duration = Duration::from_millis(500);

/// Discord shows it for 10 s. See [Discord Docs/Trigger Typing Indicator].
const AGAIN_AFTER: Duration = Duration::from_secs(8);

/// Does `work`, and while it is not done shows in `channel` that somebody writes.
pub async fn during<T>(discord: &Client, channel: ChannelId, work: impl Future<Output = T>) -> T {
    let typing = async {
        tokio::time::sleep(FIRST_AFTER).await;
        loop {
            if let Err(error) = discord.type_in(channel).await {
                // Nobody misses it.
                debug!(error = %error, "it is not shown that somebody writes");
                pending::<()>().await;
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    };
    tokio::select! {
        biased;
        done = work => done,
        () = typing => unreachable!("it goes on until the work is done"),
    }
}
