//! Configuration from the environment, read once at cold start into the types the code uses.

use std::fmt::Display;
use std::str::FromStr;

/// A variable that is missing or malformed. Says its name, never its value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The variable is not set, or empty.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// The variable does not have the form it should have.
    #[error("{name} is malformed: {reason}")]
    Malformed {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Where variables come from: the environment, or a closure in tests.
pub struct Lookup<'a>(Box<Read<'a>>);

type Read<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl<'a> Lookup<'a> {
    /// The process environment.
    pub fn env() -> Self {
        Self::from_fn(|name| std::env::var(name).ok())
    }

    /// Variables from a function, so that tests never touch the process environment.
    pub fn from_fn(lookup: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self(Box::new(lookup))
    }

    /// The value, if the variable is set and not empty. CloudFormation cannot leave a variable out, so empty means unset.
    pub fn optional(&self, name: &'static str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// The value.
    pub fn required(&self, name: &'static str) -> Result<String, ConfigError> {
        self.optional(name).ok_or(ConfigError::Missing(name))
    }

    /// The value as a `T`.
    pub fn parse<T: FromStr<Err: Display>>(&self, name: &'static str) -> Result<T, ConfigError> {
        parse(name, &self.required(name)?)
    }

    /// The value as a `T`, if it is set.
    pub fn parse_optional<T: FromStr<Err: Display>>(&self, name: &'static str) -> Result<Option<T>, ConfigError> {
        self.optional(name).map(|value| parse(name, &value)).transpose()
    }

    /// A base URL without a slash at its end, or `default` where the variable is not set.
    pub fn url_or(&self, name: &'static str, default: &str) -> String {
        self.optional(name).as_deref().unwrap_or(default).trim_end_matches('/').to_owned()
    }

    /// A base URL without a slash at its end, if the variable is set.
    pub fn url(&self, name: &'static str) -> Option<String> {
        self.optional(name).map(|url| url.trim_end_matches('/').to_owned())
    }
}

fn parse<T: FromStr<Err: Display>>(name: &'static str, value: &str) -> Result<T, ConfigError> {
    value.parse().map_err(|error: T::Err| ConfigError::Malformed { name, reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_variable_and_not_its_value() {
        let lookup = Lookup::from_fn(|name| match name {
            "EMPTY" => Some(String::new()),
            "NUMBER" => Some("s3cret".to_owned()),
            "URL" => Some("https://example.org/".to_owned()),
            _ => None,
        });
        assert_eq!(lookup.required("EMPTY"), Err(ConfigError::Missing("EMPTY")));
        assert_eq!(lookup.required("EMPTY").unwrap_err().to_string(), "EMPTY is not set");
        let error = lookup.parse::<u8>("NUMBER").unwrap_err().to_string();
        assert!(error.starts_with("NUMBER is malformed") && !error.contains("s3cret"), "{error}");
        assert_eq!(lookup.parse_optional::<u8>("NOTHING"), Ok(None));
        assert_eq!(lookup.url("URL").as_deref(), Some("https://example.org"));
        assert_eq!(lookup.url_or("NOTHING", "https://discord.com"), "https://discord.com");
    }
}
