//! Is this request from Discord? Ed25519 over the timestamp header and the body as received.
//!
//! See [Discord Docs/Interactions Overview, Setting Up an Endpoint].

use std::str::FromStr;

use ed25519_dalek::{SIGNATURE_LENGTH, Signature, VerifyingKey};

/// How far a request's timestamp may be off our clock, in seconds, in both directions.
///
/// Discord documents no window; this one is ours. A replay inside it is stopped by the claim on the interaction ID.
pub const TIMESTAMP_TOLERANCE_SECONDS: u64 = 300;

/// The public key of the Discord application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// Why a text is not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// Not 64 hex digits.
    #[error("expected 64 hex digits")]
    Encoding,
    /// Not a point of the curve, or a weak key: one for which anybody can make signatures.
    #[error("not a usable Ed25519 public key")]
    Weak,
}

impl PublicKey {
    /// Reads the key as Discord shows it: 64 hex digits. Weak keys are refused.
    pub fn from_hex(text: &str) -> Result<Self, PublicKeyError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| PublicKeyError::Encoding)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| PublicKeyError::Weak)?;
        if key.is_weak() { Err(PublicKeyError::Weak) } else { Ok(Self(key)) }
    }
}

impl FromStr for PublicKey {
    type Err = PublicKeyError;
    fn from_str(text: &str) -> Result<Self, PublicKeyError> {
        Self::from_hex(text)
    }
}

/// Why a request is not taken for Discord's. For the log: the sender always gets the same 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A header is missing.
    #[error("a signature header is missing")]
    Missing,
    /// The timestamp is not 1 to 20 ASCII digits.
    #[error("the timestamp is not a number")]
    Timestamp,
    /// The timestamp is more than [`TIMESTAMP_TOLERANCE_SECONDS`] off.
    #[error("the timestamp is too old or too new")]
    Stale,
    /// The signature is not 64 bytes in hex.
    #[error("the signature is not 64 bytes in hex")]
    Encoding,
    /// The signature is not over this timestamp and body by this key.
    #[error("the signature does not match")]
    Mismatch,
}

/// Checks a request's `X-Signature-Ed25519` and `X-Signature-Timestamp` headers against its body. `now` is in Unix seconds.
///
/// The body has to be the bytes as received: Discord sends raw UTF-8, so a JSON round trip changes them.
pub fn verify(
    key: &PublicKey,
    signature_header: Option<&str>,
    timestamp_header: Option<&str>,
    body: &[u8],
    now: u64,
) -> Result<(), VerifyError> {
    let (signature, timestamp) = signature_header.zip(timestamp_header).ok_or(VerifyError::Missing)?;
    // Digits only, because there is no separator: a byte moved from the body's start to the timestamp's end would still verify.
    if !(1..=20).contains(&timestamp.len()) || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(VerifyError::Timestamp);
    }
    // 20 digits may be more than 64 bits; such a time is as far off as any.
    let sent: u64 = timestamp.parse().map_err(|_| VerifyError::Stale)?;
    if now.abs_diff(sent) > TIMESTAMP_TOLERANCE_SECONDS {
        return Err(VerifyError::Stale);
    }
    let mut bytes = [0; SIGNATURE_LENGTH];
    hex::decode_to_slice(signature, &mut bytes).map_err(|_| VerifyError::Encoding)?;
    key.0
        .verify_strict(&[timestamp.as_bytes(), body].concat(), &Signature::from_bytes(&bytes))
        .map_err(|_| VerifyError::Mismatch)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};
    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 1_755_000_000;
    const TIMESTAMP: &str = "1755000000";

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn public_key() -> PublicKey {
        PublicKey::from_hex(&hex::encode(signing_key().verifying_key().as_bytes())).unwrap()
    }

    fn sign(timestamp: &str, body: &[u8]) -> String {
        hex::encode(signing_key().sign(&[timestamp.as_bytes(), body].concat()).to_bytes())
    }

    fn check(signature: &str, timestamp: &str, body: &[u8]) -> Result<(), VerifyError> {
        verify(&public_key(), Some(signature), Some(timestamp), body, NOW)
    }

    /// The crafted cases on which independent verifiers differ; 16 of 18.
    #[test]
    fn only_what_discord_signed_passes() {
        let body = r#"{"type":1, "name":"👋"}"#.as_bytes();
        let good = sign(TIMESTAMP, body);
        let bytes = hex::decode(&good).unwrap();

        assert_eq!(check(&good, TIMESTAMP, body), Ok(()), "valid");
        assert_eq!(check(&sign(TIMESTAMP, b""), TIMESTAMP, b""), Ok(()), "valid, empty body");
        assert_eq!(check(&sign(TIMESTAMP, b"\xff\xfe"), TIMESTAMP, b"\xff\xfe"), Ok(()), "valid, body is not UTF-8");

        let again = br#"{"type":1,"name":"\ud83d\udc4b"}"#;
        assert_eq!(check(&good, TIMESTAMP, again), Err(VerifyError::Mismatch), "body serialised again");
        assert_eq!(check(&good, TIMESTAMP, &[body, b"\n"].concat()), Err(VerifyError::Mismatch), "newline added");
        assert_eq!(check(&good, "1755000001", body), Err(VerifyError::Mismatch), "timestamp changed");

        assert_eq!(check(&good.to_uppercase(), TIMESTAMP, body), Ok(()), "signature in upper case");
        let upper = hex::encode_upper(signing_key().verifying_key().as_bytes());
        assert_eq!(PublicKey::from_hex(&upper), Ok(public_key()), "key in upper case");

        assert_eq!(check(&hex::encode(&bytes[..63]), TIMESTAMP, body), Err(VerifyError::Encoding), "63 bytes");
        assert_eq!(check(&format!("{good}00"), TIMESTAMP, body), Err(VerifyError::Encoding), "65 bytes");
        assert_eq!(check(&good[..127], TIMESTAMP, body), Err(VerifyError::Encoding), "odd length");
        assert_eq!(check(&"zz".repeat(64), TIMESTAMP, body), Err(VerifyError::Encoding), "not hex");
        assert_eq!(check("", TIMESTAMP, body), Err(VerifyError::Encoding), "empty");
        assert_eq!(check(&format!("{good} "), TIMESTAMP, body), Err(VerifyError::Encoding), "trailing space");
        assert_eq!(check(&"00".repeat(64), TIMESTAMP, body), Err(VerifyError::Mismatch), "all zero");
        assert_eq!(check(&hex::encode(plus_order(&bytes)), TIMESTAMP, body), Err(VerifyError::Mismatch), "S + L");
    }

    /// The last two of the 18: what a key of low order and a missing separator would let through.
    #[test]
    fn a_weak_key_or_a_moved_byte_does_not_pass() {
        let body = b"1{}";
        // With the neutral element as key, R = [S]B holds for every message: S = 0, R = neutral element.
        let neutral = format!("01{}", "00".repeat(31));
        assert_eq!(PublicKey::from_hex(&neutral), Err(PublicKeyError::Weak), "low-order key");
        let forged = format!("{neutral}{}", "00".repeat(32));
        assert_eq!(check(&forged, TIMESTAMP, body), Err(VerifyError::Mismatch), "low-order R");

        let moved = sign(TIMESTAMP, body);
        let later = NOW * 10 + 1;
        let result = verify(&public_key(), Some(&moved), Some("17550000001"), &body[1..], later);
        assert_eq!(result, Ok(()), "a digit moved to the timestamp verifies, but only ten times as late");
        assert_eq!(check(&moved, "17550000001", &body[1..]), Err(VerifyError::Stale), "a digit moved, today");
        let moved = sign(TIMESTAMP, b"{}");
        assert_eq!(check(&moved, "1755000000{", b"}"), Err(VerifyError::Timestamp), "one byte moved to the timestamp");
    }

    /// Adds the group's order to S, the second half of a signature.
    fn plus_order(signature: &[u8]) -> Vec<u8> {
        let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
        let mut sum = signature.to_vec();
        let mut carry = 0;
        for (byte, add) in sum[32..].iter_mut().zip(order) {
            let total = u16::from(*byte) + u16::from(add) + carry;
            *byte = total.to_le_bytes()[0];
            carry = total >> 8;
        }
        sum
    }

    #[test]
    fn every_key_of_low_order_is_refused() {
        for weak in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        ] {
            assert_eq!(PublicKey::from_hex(weak), Err(PublicKeyError::Weak), "{weak}");
        }
        for malformed in ["", "07", &"g".repeat(64), &"0".repeat(66)] {
            assert_eq!(PublicKey::from_hex(malformed), Err(PublicKeyError::Encoding), "{malformed}");
        }
    }

    #[test]
    fn a_timestamp_is_digits_and_near() {
        let check = |timestamp: &str, expected: Result<(), VerifyError>| {
            assert_eq!(check(&sign(timestamp, b"{}"), timestamp, b"{}"), expected, "{timestamp:?}");
        };
        check("1754999700", Ok(()));
        check("1755000300", Ok(()));
        check("01755000000", Ok(()));
        check("1754999699", Err(VerifyError::Stale));
        check("1755000301", Err(VerifyError::Stale));
        check("0", Err(VerifyError::Stale));
        check("99999999999999999999", Err(VerifyError::Stale));
        check("000000000001755000000", Err(VerifyError::Timestamp));
        check("", Err(VerifyError::Timestamp));
        check("+1755000000", Err(VerifyError::Timestamp));
        check("1755000000.0", Err(VerifyError::Timestamp));
        check(" 1755000000", Err(VerifyError::Timestamp));
        check("١٧٥٥٠٠٠٠٠٠", Err(VerifyError::Timestamp));
        assert_eq!(verify(&public_key(), None, Some(TIMESTAMP), b"", NOW), Err(VerifyError::Missing));
        assert_eq!(verify(&public_key(), Some("00"), None, b"", NOW), Err(VerifyError::Missing));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn one_changed_bit_is_enough(body in prop::collection::vec(any::<u8>(), 1..200), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let signature = sign(TIMESTAMP, &body);
            prop_assert_eq!(check(&signature, TIMESTAMP, &body), Ok(()));

            let mut other = body.clone();
            other[at.index(body.len())] ^= 1 << bit;
            prop_assert_eq!(check(&signature, TIMESTAMP, &other), Err(VerifyError::Mismatch));

            let mut other = hex::decode(&signature).unwrap();
            other[at.index(64)] ^= 1 << bit;
            prop_assert_eq!(check(&hex::encode(other), TIMESTAMP, &body), Err(VerifyError::Mismatch));

            let later = (NOW + 1 + at.index(300) as u64).to_string();
            prop_assert_eq!(check(&signature, &later, &body), Err(VerifyError::Mismatch));
        }

        #[test]
        fn no_header_makes_it_panic(signature in ".{0,140}", timestamp in ".{0,30}", body in prop::collection::vec(any::<u8>(), 0..50)) {
            prop_assert!(check(&signature, &timestamp, &body).is_err());
            prop_assert!(check(&sign(TIMESTAMP, &body), &timestamp, &body).is_err());
        }
    }
}
