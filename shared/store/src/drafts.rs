//! Reports that wait for their person's word.

use domain::ids::PersonId;
use domain::report::Draft;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::{self, Reader, s};
use crate::{Store, keys};

impl Store {
    /// Keeps a draft until it is filed, or for [`domain::report::DRAFT_SECONDS`]. The same one again changes nothing.
    pub async fn keep_draft(&self, draft: &Draft) -> Result<(), StoreError> {
        self.put(items::draft_item(draft), "PutItem (draft)").await
    }

    /// A person's draft; `None` when it is too old or somebody else's.
    pub async fn draft(&self, person: PersonId, id: &str, now: Timestamp) -> Result<Option<Draft>, StoreError> {
        let item = self.get(keys::person(person), &keys::draft(id), "GetItem (draft)").await?;
        let Some(item) = item else { return Ok(None) };
        // Expired items linger until DynamoDB removes them.
        let expires: i64 = Reader(&item).number(keys::EXPIRES_AT)?;
        if expires <= now.as_second() { Ok(None) } else { items::draft(&item).map(Some) }
    }

    /// Throws a draft away.
    pub async fn drop_draft(&self, person: PersonId, id: &str) -> Result<(), StoreError> {
        self.delete_all([(s(keys::person(person)), s(keys::draft(id)))]).await
    }
}
