//! What a person reads of the agents' names, and by which identity an agent writes.
//!
//! A case's history and the console always show the full name.

use std::str::FromStr;

use crate::text::for_agents::SOME_AGENT;

/// Longest name that is shown, in characters.
const NAME_LENGTH_MAX: usize = 80;

/// How much of an agent's name a person reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AgentNames {
    /// All of it.
    Full,
    /// The first word.
    #[default]
    First,
    /// Nothing: what they are in its place.
    Role,
}

impl FromStr for AgentNames {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "full" => Ok(Self::Full),
            "first" => Ok(Self::First),
            "role" => Ok(Self::Role),
            _ => Err("it is none of full, first and role"),
        }
    }
}

/// How agents are called towards the person.
#[derive(Debug, Clone)]
pub struct Naming {
    /// How much of a name.
    pub names: AgentNames,
    /// What stands for a name that is not shown or not known.
    pub role: String,
}

impl Default for Naming {
    fn default() -> Self {
        Self { names: AgentNames::default(), role: "Support".to_owned() }
    }
}

impl Naming {
    /// The agent `name` as the person reads it. Somebody without a name stays so, which each language says in its own words.
    pub fn shown(&self, name: &str) -> String {
        let shown = match self.names {
            AgentNames::Role => None,
            _ if name == SOME_AGENT => Some(name),
            AgentNames::Full => Some(name.trim()).filter(|name| !name.is_empty()),
            AgentNames::First => name.split_whitespace().next(),
        };
        shown.unwrap_or(&self.role).chars().take(NAME_LENGTH_MAX).collect()
    }

    /// Whose line the person reads: the agent's who is in the chat, or else anybody's of the team.
    pub fn speaker(&self, name: Option<&str>) -> String {
        self.shown(name.filter(|name| *name != SOME_AGENT).unwrap_or_default())
    }
}

/// Whether two identities of Flex are one, however they are written.
pub fn is_same_identity(one: &str, other: &str) -> bool {
    one == other || unescaped(one) == unescaped(other)
}

/// An identity of Flex, which writes what is neither letter nor digit as `_` and two hex digits, e.g. `_40` for `@`, as it reads without.
pub fn unescaped(identity: &str) -> String {
    let mut bytes = Vec::with_capacity(identity.len());
    let mut rest = identity.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).filter(|digits| *first == b'_' && digits.iter().all(u8::is_ascii_hexdigit));
        let escaped = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_as_far_as_the_deployer_wants() {
        let check = |names: &str, name: &str, expected: &str| {
            let naming = Naming { names: names.parse().unwrap(), ..Naming::default() };
            assert_eq!(naming.shown(name), expected, "{names} {name:?}");
        };
        check("full", "Alex Agent", "Alex Agent");
        check("first", "Alex Agent", "Alex");
        check("first", "  Ana\u{3000}María ", "Ana");
        check("role", "Alex Agent", "Support");
        check("first", SOME_AGENT, SOME_AGENT);
        check("role", SOME_AGENT, "Support");
        check("first", " ", "Support");
        check("full", &"x".repeat(100), &"x".repeat(NAME_LENGTH_MAX));
        assert!("First".parse::<AgentNames>().is_err() && "".parse::<AgentNames>().is_err());
    }

    #[test]
    fn a_line_of_nobody_known_is_the_teams() {
        let naming = Naming::default();
        assert_eq!(naming.speaker(Some("Alex Agent")), "Alex");
        assert_eq!(naming.speaker(Some(SOME_AGENT)), "Support");
        assert_eq!(naming.speaker(None), "Support");
    }

    #[test]
    fn an_identity_is_known_however_it_is_written() {
        assert!(is_same_identity("alex_40example_2Ecom", "alex@example.com"));
        assert!(is_same_identity("alex_40example_2ecom", "alex_40example_2Ecom"));
        assert!(!is_same_identity("alex_40example_2Ecom", "kim@example.com"));
        assert_eq!(unescaped("a_4"), "a_4");
        assert_eq!(unescaped("_E2_82_AC_zz"), "€_zz");
    }
}
