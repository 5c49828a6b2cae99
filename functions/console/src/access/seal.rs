//! Texts that we hand out and believe when they come back: JSON with an HMAC-SHA256 of our key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

/// Seals and opens.
#[derive(Debug, Clone)]
pub struct Seal(SecretString);

impl Seal {
    /// With this key, from the secret named by `SESSION_SECRET_ID`.
    pub fn new(key: SecretString) -> Self {
        Self(key)
    }

    /// `claims`, sealed for one purpose: what was sealed for another one does not open.
    pub fn close(&self, purpose: &str, claims: &impl Serialize) -> String {
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).unwrap_or_default());
        let mac = URL_SAFE_NO_PAD.encode(self.mac(purpose, &payload).finalize().into_bytes());
        format!("{payload}.{mac}")
    }

    /// What was sealed for this purpose, if the seal holds.
    pub fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        let (payload, mac) = sealed.split_once('.')?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        self.mac(purpose, payload).verify_slice(&mac).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }

    /// A token that belongs to `value` and cannot be guessed, in hex.
    pub fn token(&self, purpose: &str, value: &str) -> String {
        hex::encode(self.mac(purpose, value).finalize().into_bytes())
    }

    fn mac(&self, purpose: &str, payload: &str) -> Hmac<Sha256> {
        let mac =
            Hmac::<Sha256>::new_from_slice(self.0.expose_secret().as_bytes()).expect("HMAC takes keys of any length");
        // No purpose has a NUL in it, so the two cannot run into each other.
        mac.chain_update(purpose.as_bytes()).chain_update(b"\0").chain_update(payload.as_bytes())
    }
}

/// Random bytes in hex, two digits each.
pub fn random_hex<const BYTES: usize>() -> anyhow::Result<String> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_or_sealed_for_something_else_does_not_open() {
        let seal = Seal::new("key".into());
        let sealed = seal.close("session", &[1, 2, 3]);
        assert_eq!(seal.open::<Vec<u8>>("session", &sealed), Some(vec![1, 2, 3]));
        assert_eq!(seal.open::<Vec<u8>>("sign-in", &sealed), None);
        assert_eq!(Seal::new("other".into()).open::<Vec<u8>>("session", &sealed), None);
        let (payload, mac) = sealed.split_once('.').unwrap();
        for wrong in
            ["", ".", "a.b", payload, &format!("{payload}."), &format!("{payload}.{mac}A"), &format!("A{sealed}")]
        {
            assert_eq!(seal.open::<Vec<u8>>("session", wrong), None, "{wrong}");
        }
        assert_ne!(seal.token("csrf", "a"), seal.token("csrf", "b"));
        assert!(!format!("{seal:?}").contains("key\""));
        assert_ne!(random_hex::<16>().unwrap(), random_hex::<16>().unwrap());
    }
}
