//! API keys for machines: `dsk_<id>_<secret>`. The secret is shown once; its hash is kept.

use anyhow::Context as _;
use domain::rights::Actor;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use store::{ApiKey, Store};
use subtle::ConstantTimeEq as _;

use super::seal::random_hex;

/// Longest name of a key, in characters.
pub const NAME_LENGTH_MAX: usize = 60;

const ID_LENGTH: usize = 16;
const SECRET_LENGTH: usize = 64;

/// A key as a machine sends it.
#[derive(PartialEq, Eq)]
pub struct Presented {
    id: String,
    secret: String,
}

impl std::fmt::Debug for Presented {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presented").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Presented {
    /// The key in an `Authorization` header: `Bearer dsk_<id>_<secret>`.
    pub fn from_authorization(value: &str) -> Option<Self> {
        let (scheme, key) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let (id, secret) = key.trim().strip_prefix("dsk_")?.split_once('_')?;
        let is_hex = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_hex(id, ID_LENGTH) && is_hex(secret, SECRET_LENGTH))
            .then(|| Self { id: id.to_owned(), secret: secret.to_owned() })
    }
}

/// The machine behind a key; `None` for a key that is unknown, wrong or revoked.
pub async fn machine(store: &Store, key: &Presented) -> anyhow::Result<Option<Actor>> {
    let kept = store.api_key(&key.id).await.context("read the API key")?;
    let kept = kept.filter(|kept| fits(kept, key));
    Ok(kept.map(|kept| Actor::Machine { key: kept.id, name: kept.name }))
}

fn fits(kept: &ApiKey, key: &Presented) -> bool {
    let same: bool = kept.hash.as_bytes().ct_eq(hash(&key.secret).as_bytes()).into();
    same && kept.revoked_at.is_none()
}

/// Makes a key; the text is the only copy of it.
pub async fn make(store: &Store, name: &str, by: &Actor) -> anyhow::Result<String> {
    let (id, secret) = (random_hex::<{ ID_LENGTH / 2 }>()?, random_hex::<{ SECRET_LENGTH / 2 }>()?);
    let created_by = match by {
        Actor::Person { name, .. }
        | Actor::Moderator { name, .. }
        | Actor::Agent { name, .. }
        | Actor::Machine { name, .. } => name.clone(),
    };
    let key = ApiKey {
        id: id.clone(),
        name: name.to_owned(),
        hash: hash(&secret),
        created_by,
        created_at: Timestamp::now(),
        revoked_at: None,
    };
    store.keep_api_key(&key).await.context("keep the API key")?;
    Ok(format!("dsk_{id}_{secret}"))
}

/// SHA-256, because the secret is 256 random bits: there is nothing that slow hashing would protect.
fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_its_header_only_as_it_was_made() {
        let (id, secret) = ("0123456789abcdef", "a".repeat(64));
        let check = |value: &str, ok: bool| {
            assert_eq!(Presented::from_authorization(value).is_some(), ok, "{value}");
        };
        check(&format!("Bearer dsk_{id}_{secret}"), true);
        check(&format!("bearer  dsk_{id}_{secret}"), true);
        check(&format!("Basic dsk_{id}_{secret}"), false);
        check(&format!("Bearer {id}_{secret}"), false);
        check(&format!("Bearer dsk_{id}_{secret}0"), false);
        check(&format!("Bearer dsk_{id}{secret}"), false);
        check(&format!("Bearer dsk_{}_{secret}", "é".repeat(8)), false);
        check("Bearer", false);
        check("", false);
    }

    #[test]
    fn a_wrong_or_revoked_key_fits_nothing() {
        let presented = |secret: &str| Presented { id: "i".to_owned(), secret: secret.to_owned() };
        let kept = ApiKey {
            id: "i".to_owned(),
            name: "n".to_owned(),
            hash: hash("right"),
            created_by: "b".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            revoked_at: None,
        };
        assert!(fits(&kept, &presented("right")));
        assert!(!fits(&kept, &presented("wrong")));
        assert!(!fits(&ApiKey { revoked_at: Some(Timestamp::UNIX_EPOCH), ..kept }, &presented("right")));
        assert!(!format!("{:?}", presented("right")).contains("right"));
    }
}
