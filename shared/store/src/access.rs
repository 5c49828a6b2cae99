//! API keys, and how much somebody may ask.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::{self, Item, Reader, n, s};
use crate::{Store, keys};

/// A machine's key to the API. The key itself is not kept, only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public part, by which it is found.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// SHA-256 of its secret part, in hex.
    pub hash: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey").field("id", &self.id).field("revoked_at", &self.revoked_at).finish_non_exhaustive()
    }
}

/// How much of an allowance is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How much may be asked in one window.
    pub limit: u64,
    /// How much of it is left.
    pub remaining: u64,
    /// In how many seconds the next window begins.
    pub reset_seconds: u64,
    /// Whether this time was still within it.
    pub granted: bool,
}

impl Store {
    /// Keeps a new key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is one with this ID.
    pub async fn keep_api_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        let item = Item::from([
            (keys::PK.to_owned(), s(keys::API_KEYS)),
            (keys::SK.to_owned(), s(keys::api_key(&key.id))),
            ("key_id".to_owned(), s(&key.id)),
            ("name".to_owned(), s(&key.name)),
            ("hash".to_owned(), s(&key.hash)),
            ("created_by".to_owned(), s(&key.created_by)),
            ("created_at".to_owned(), s(key.created_at.to_string())),
        ]);
        self.transact("an API key", vec![self.put_new(item)]).await
    }

    /// The key with this ID, revoked or not.
    pub async fn api_key(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        let item = self.get(keys::API_KEYS.to_owned(), &keys::api_key(id), "GetItem (API key)").await?;
        item.as_ref().map(api_key).transpose()
    }

    /// All keys, the revoked ones too.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let found = self.below(keys::API_KEYS, "KEY#", "Query (API keys)").await?;
        found.iter().map(api_key).collect()
    }

    /// Takes a key back. Again changes nothing; says whether there is such a key.
    pub async fn revoke_api_key(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::API_KEYS))
            .key(keys::SK, s(keys::api_key(id)))
            .update_expression("SET revoked_at = if_not_exists(revoked_at, :now)")
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":now", s(now.to_string()))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(StoreError::call("UpdateItem (API key)")(error)),
        }
    }

    /// Takes one of `limit` requests that `who` may make in a minute.
    pub async fn take_allowance(&self, who: &str, limit: u64, now: Timestamp) -> Result<Allowance, StoreError> {
        let second = now.as_second();
        let minute = second.div_euclid(60);
        let answer = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, s(keys::rate(who)))
            .key(keys::SK, s(minute.to_string()))
            .update_expression("ADD used :one SET expires_at = :expires")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":expires", n(second + 600))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(StoreError::call("UpdateItem (rate)"))?;
        let item = answer.attributes().cloned().unwrap_or_default();
        let used: u64 = items::Reader(&item).number("used")?;
        Ok(Allowance {
            limit,
            remaining: limit.saturating_sub(used),
            reset_seconds: u64::try_from((minute + 1) * 60 - second).unwrap_or(60),
            granted: used <= limit,
        })
    }
}

fn api_key(item: &Item) -> Result<ApiKey, StoreError> {
    let reader = Reader(item);
    Ok(ApiKey {
        id: reader.text("key_id")?.to_owned(),
        name: reader.text("name")?.to_owned(),
        hash: reader.text("hash")?.to_owned(),
        created_by: reader.text("created_by")?.to_owned(),
        created_at: reader.parse("created_at")?,
        revoked_at: reader.optional("revoked_at")?,
    })
}
