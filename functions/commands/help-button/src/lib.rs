//! `/help_button [text]`: a moderator posts a button into a channel with which anybody starts a chat. What the button does is `helpme`'s.

use anyhow::Context;
use desk::commands::Commands;
use desk::connect::Connector;
use discord::client::DiscordError;
use discord::interaction::Interaction;
use discord::message::{Button, ButtonStyle, Nonce, OutgoingMessage};
use discord::routes::{CustomId, GET_HELP, TEXT};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;
use tracing::info;
use wording::Wording;

/// What this function uses.
pub struct Deps {
    commands: Commands,
}

impl Deps {
    /// Built from the environment.
    pub fn connect(connector: &Connector<'_>) -> Result<Self, runtime::config::ConfigError> {
        Ok(Self { commands: connector.commands()? })
    }
}

/// Handles one invocation: an interaction that the front door has verified and deferred.
pub async fn handle(deps: &Deps, event: LambdaEvent<Value>) -> Result<(), Error> {
    let request_id = event.context.request_id;
    // Everybody in the server reads it, so it is in the server's language and not in the moderator's.
    let locale = event.payload["guild_locale"].as_str().unwrap_or_default().to_owned();
    Ok(deps.commands.run(event.payload, &request_id, |interaction| post(deps, interaction, locale)).await?)
}

async fn post(deps: &Deps, interaction: Interaction, locale: String) -> anyhow::Result<OutgoingMessage> {
    let says = wording::speaking(interaction.language());
    // Who is offered the command can be changed by the server's admins.
    if interaction.is_moderator() != Some(true) {
        return Ok(OutgoingMessage::text(says.moderators_post()));
    }
    let Some(channel) = interaction.channel_id else { return Ok(OutgoingMessage::text(says.may_not_post_here())) };
    let message = button(wording::of(&locale), interaction.option(TEXT));
    let nonce = Nonce::of(&[&interaction.id.to_string(), "help-button"]);
    match deps.commands.answering.discord.post(channel, &message, &nonce).await {
        Ok(_) => Ok(OutgoingMessage::text(says.button_posted())),
        Err(error) if error.is_missing_permission() => {
            info!(error = %error, "the bot may not post the button");
            Ok(OutgoingMessage::text(says.may_not_post_here()))
        }
        // AutoMod takes nothing of ours, as a rule, but the text is a moderator's.
        Err(error) if error.refuses_text() => Ok(OutgoingMessage::text(says.blocked_by_automod())),
        Err(error @ DiscordError::Refused { .. }) => {
            info!(error = %error, "the channel takes no message");
            Ok(OutgoingMessage::text(says.may_not_post_here()))
        }
        Err(error) => Err(error).context("post the button"),
    }
}

/// The message with the button. It belongs to nobody: whoever presses it is asked whether they want a chat.
fn button(says: &Wording, text: Option<&str>) -> OutgoingMessage {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let content = text.map_or_else(|| says.help_offered(), str::to_owned);
    let button = Button::custom(says.get_help(), ButtonStyle::Primary, CustomId::public(GET_HELP));
    OutgoingMessage::text(content).with_buttons([button])
}

#[cfg(test)]
mod tests {
    use discord::message::ButtonAction;

    use super::*;

    #[test]
    fn the_button_stands_under_the_moderators_text_or_ours() {
        let check = |text: Option<&str>, expected: &str| {
            let message = button(wording::of("de"), text);
            assert_eq!(message.content, expected);
            let [button] = &message.buttons[..] else { panic!("one button") };
            assert_eq!(button.label, "Hilfe holen");
            let ButtonAction::Custom { custom_id, .. } = &button.action else { panic!("no link") };
            assert_eq!(custom_id, "get-help:v1:*");
        };
        check(Some(" Stuck? **Ask us!** "), "Stuck? **Ask us!**");
        for text in [None, Some(" \n")] {
            check(text, &wording::of("de").help_offered());
        }
    }
}
