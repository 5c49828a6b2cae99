//! Identifiers of both platforms as types, so that a task SID cannot be passed for a conversation SID.
//!
//! Discord has IDs, Twilio has SIDs. Each is checked once, where it enters.

use std::fmt;
use std::str::FromStr;

/// Why a text is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a Discord ID: 1 to 20 digits, not zero.
    #[error("not a Discord {kind} ID")]
    Snowflake {
        /// What was expected, e.g. `person`.
        kind: &'static str,
    },
    /// Not a Twilio SID of the expected kind.
    #[error("not a {kind}: expected {prefix} and 32 hex digits")]
    Sid {
        /// What was expected, e.g. `ConversationSid`.
        kind: &'static str,
        /// The two letters that such a SID starts with.
        prefix: &'static str,
    },
}

macro_rules! snowflake {
    ($($(#[$doc:meta])* $name:ident, $kind:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// A Discord snowflake: 64 bits, never zero, written in decimal. See [Discord Docs/Reference, Snowflakes].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The ID for a number; `None` for zero, which Discord never gives out.
            pub const fn new(id: u64) -> Option<Self> {
                if id == 0 { None } else { Some(Self(id)) }
            }

            /// The number itself.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// When Discord made this ID, in milliseconds since the Unix epoch.
            pub const fn created_at_ms(self) -> u64 {
                (self.0 >> 22) + 1_420_070_400_000
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let error = IdError::Snowflake { kind: $kind };
                // `u64::from_str` takes a leading `+`, which no platform sends.
                if !text.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(error);
                }
                text.parse().ok().and_then(Self::new).ok_or(error)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdError;
            fn try_from(text: &str) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

snowflake! {
    /// Somebody on Discord who asks for help: their user ID.
    PersonId, "person";
    /// A Discord channel, thread or direct message channel.
    ChannelId, "channel";
    /// A Discord server.
    GuildId, "guild";
    /// One Discord interaction: a command, a click, a submitted modal.
    InteractionId, "interaction";
    /// A message on Discord.
    DiscordMessageId, "message";
    /// The Discord application, which is also the bot's user ID.
    ApplicationId, "application";
    /// A file on a Discord message.
    AttachmentId, "attachment";
    /// A tag of a Discord forum.
    TagId, "tag";
}

macro_rules! sid {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[doc = concat!("\n\n`", $prefix, "` and 32 hex digits.")]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The SID as Twilio writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits = text.strip_prefix($prefix).unwrap_or_default();
                if digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdError::Sid { kind: stringify!($name), prefix: $prefix })
                }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdError;
            fn try_from(text: &str) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

sid! {
    /// A Twilio account.
    AccountSid, "AC";
    /// A Twilio Conversations service.
    ServiceSid, "IS";
    /// A file in Twilio's Media Content Service.
    MediaSid, "ME";
    /// A Twilio Conversation (the "channel SID" of Programmable Chat).
    ConversationSid, "CH";
    /// A message in a Twilio Conversation.
    MessageSid, "IM";
    /// A participant of a Twilio Conversation.
    ParticipantSid, "MB";
    /// A webhook scoped to one Twilio Conversation.
    WebhookSid, "WH";
    /// A Studio flow.
    StudioFlowSid, "FW";
    /// A Flex Interaction.
    InteractionSid, "KD";
    /// The channel of a Flex Interaction.
    InteractionChannelSid, "UO";
    /// A TaskRouter task.
    TaskSid, "WT";
    /// A TaskRouter worker: an agent.
    WorkerSid, "WK";
    /// A TaskRouter workspace.
    WorkspaceSid, "WS";
    /// A TaskRouter workflow.
    WorkflowSid, "WW";
}

/// The number of a case, as a person says it. Counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber(pub u64);

impl CaseNumber {
    /// The number that a person typed: `12`, `#12`, with white space around it. None is 0.
    pub fn from_typed(text: &str) -> Option<Self> {
        let digits = text.trim();
        let digits = digits.strip_prefix('#').unwrap_or(digits);
        // `u64::from_str` takes a leading `+`.
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().filter(|number| *number > 0).map(Self)
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PersonId {
    /// The identity under which this person takes part in Twilio conversations.
    ///
    /// An underscore, because the Interactions page advises against `:` and the like in identities.
    pub fn identity(self) -> String {
        format!("discord_{self}")
    }

    /// The person behind such an identity, if it is one.
    pub fn from_identity(identity: &str) -> Option<Self> {
        identity.strip_prefix("discord_")?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_is_its_prefix_and_32_hex_digits() {
        let check = |text: &str, ok: bool| assert_eq!(ConversationSid::try_from(text).is_ok(), ok, "{text:?}");
        check(&format!("CH{}", "0a".repeat(16)), true);
        check(&format!("CH{}", "0A".repeat(16)), true);
        check(&format!("WT{}", "0a".repeat(16)), false);
        check(&format!("CH{}", "0a".repeat(15)), false);
        check(&format!("CH{}g", "0".repeat(31)), false);
        check("CH", false);
        check("", false);
        check("CHééééééééééééééééé", false);
    }

    #[test]
    fn a_snowflake_is_digits_and_not_zero() {
        let check = |text: &str, ok: bool| assert_eq!(PersonId::try_from(text).is_ok(), ok, "{text:?}");
        check("1380000000000000777", true);
        check("18446744073709551615", true);
        check("18446744073709551616", false);
        check("0", false);
        check("+5", false);
        check("-5", false);
        check(" 5", false);
        check("", false);
        check("٣", false);
    }

    #[test]
    fn a_case_number_is_read_as_people_type_it() {
        let check = |text: &str, number: Option<u64>| assert_eq!(CaseNumber::from_typed(text), number.map(CaseNumber));
        check("12", Some(12));
        check(" #12 ", Some(12));
        check("0", None);
        check("+5", None);
        check("##5", None);
        check("twelve", None);
        check("99999999999999999999", None);
        check("", None);
    }

    #[test]
    fn an_identity_goes_both_ways_and_an_agent_is_none() {
        let person = PersonId::new(1234).unwrap();
        assert_eq!(PersonId::from_identity(&person.identity()), Some(person));
        assert_eq!(PersonId::from_identity("agent_40example_2Ecom"), None);
        assert_eq!(PersonId::from_identity("discord_bob"), None);
    }
}
