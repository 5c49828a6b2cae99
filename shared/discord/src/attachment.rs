//! Files as Discord tells of them.

use std::fmt;

use domain::ids::AttachmentId;
use domain::line::LineFile;
use serde::Deserialize;
use serde_json::Value;

use crate::interaction::Snowflake;

/// A file on a message, in a form or in a command's option. Does not print its name or address.
///
/// The address is signed and dies, after hours for an option's or form's; a message read anew has fresh ones. See [Discord
/// Docs/Reference, Signed Attachment CDN URLs].
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its ID.
    pub id: AttachmentId,
    /// Its name, as it came.
    pub filename: String,
    /// How large it is, in bytes, as Discord says.
    pub size: u64,
    /// What it is, as the sender said.
    pub content_type: Option<String>,
    /// Where it can be fetched.
    pub url: String,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment").field("id", &self.id).field("size", &self.size).finish_non_exhaustive()
    }
}

impl Attachment {
    /// Reads one, if it is one.
    pub(crate) fn read(value: Value) -> Option<Self> {
        #[derive(Deserialize)]
        struct Wire {
            id: Snowflake<AttachmentId>,
            filename: String,
            size: u64,
            content_type: Option<String>,
            url: String,
        }
        let wire: Wire = serde_json::from_value(value).ok()?;
        Some(Self {
            id: wire.id.0,
            filename: wire.filename,
            size: wire.size,
            content_type: wire.content_type,
            url: wire.url,
        })
    }
}

impl From<&Attachment> for LineFile {
    fn from(file: &Attachment) -> Self {
        Self {
            id: file.id,
            name: file.filename.clone(),
            content_type: file.content_type.clone(),
            size: file.size,
            url: file.url.clone(),
        }
    }
}

impl From<&LineFile> for Attachment {
    fn from(file: &LineFile) -> Self {
        Self {
            id: file.id,
            filename: file.name.clone(),
            size: file.size,
            content_type: file.content_type.clone(),
            url: file.url.clone(),
        }
    }
}
