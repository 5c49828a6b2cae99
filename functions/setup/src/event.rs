//! What `CloudFormation` asks of a custom resource, and what it is answered.
//! See [AWS Docs/`CloudFormation`, Custom resource reference].

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest explanation, in characters: the whole answer may have 4,096 bytes.
const REASON_LENGTH_MAX: usize = 900;

/// A request about one custom resource. Not printable: the URL in it is a permission to answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// What to do.
    pub request_type: RequestType,
    /// Where the answer goes: a pre-signed address.
    #[serde(rename = "ResponseURL")]
    pub response_url: String,
    /// The stack.
    #[serde(default)]
    pub stack_id: String,
    /// This request.
    #[serde(default)]
    pub request_id: String,
    /// The resource's name in the template.
    #[serde(default)]
    pub logical_resource_id: String,
    /// What an earlier request answered; absent for a creation.
    #[serde(default)]
    pub physical_resource_id: Option<String>,
    /// `Custom::…`.
    #[serde(default)]
    pub resource_type: String,
    /// The properties in the template.
    #[serde(default)]
    pub resource_properties: Value,
    /// The properties before an update.
    #[serde(default)]
    pub old_resource_properties: Value,
}

/// What to do with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum RequestType {
    /// Make it. May come again for one that was made.
    Create,
    /// Bring it up to date.
    Update,
    /// Take it away. May come for one that was never made.
    Delete,
}

impl Event {
    /// The properties as a `T`.
    pub fn properties<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.resource_properties)
    }

    /// A property's value before this update.
    pub fn old_property(&self, name: &str) -> Option<&str> {
        self.old_resource_properties.get(name)?.as_str()
    }

    /// The identifier to answer with when there is none yet: every answer needs one, and a roll-back deletes by it.
    pub fn physical_id_or_placeholder(&self) -> String {
        match self.physical_resource_id.as_deref() {
            Some(id) if !id.is_empty() => id.to_owned(),
            _ => format!("{}-not-created", self.logical_resource_id),
        }
    }
}

/// What a request came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Identifies the resource; a changed one makes `CloudFormation` delete the old one.
    pub physical_id: String,
    /// What `!GetAtt` reads.
    pub data: Map<String, Value>,
}

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer<'a> {
    status: &'static str,
    reason: String,
    physical_resource_id: String,
    stack_id: &'a str,
    request_id: &'a str,
    logical_resource_id: &'a str,
    no_echo: bool,
    data: Map<String, Value>,
}

impl<'a> Answer<'a> {
    /// The answer to an event; an error is its explanation.
    pub fn new(event: &'a Event, result: Result<Outcome, String>) -> Self {
        let (status, reason, outcome) = match result {
            Ok(outcome) => ("SUCCESS", String::new(), outcome),
            Err(reason) => {
                let physical_id = event.physical_id_or_placeholder();
                ("FAILED", reason, Outcome { physical_id, data: Map::new() })
            }
        };
        Self {
            status,
            reason: reason.chars().take(REASON_LENGTH_MAX).collect(),
            physical_resource_id: outcome.physical_id,
            stack_id: &event.stack_id,
            request_id: &event.request_id,
            logical_resource_id: &event.logical_resource_id,
            no_echo: false,
            data: outcome.data,
        }
    }
}
