//! What the addresses that Discord calls have in common: what is refused before anything is read, and with which answer.

use http::{Method, Request, StatusCode};

use crate::interaction::MalformedEvent;
use crate::signature::{self, PublicKey, VerifyError};

/// Largest body that is looked at, in bytes. A choice of ours: interactions and events have a few kB, and a message command carries one
/// message.
pub const BODY_LENGTH_MAX: usize = 256 * 1024;

/// Why a request is not served.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Not a POST of a size that Discord sends. 401, as every failed check.
    #[error("not a request that Discord makes")]
    Implausible,
    /// Not signed by Discord. 401.
    #[error("not signed by Discord, {0}")]
    Unverified(#[from] VerifyError),
    /// Signed, but for another application. 401.
    #[error("for another application")]
    OtherApplication,
    /// Signed, but not what we can read. 400.
    #[error("event is malformed: {0}")]
    Malformed(#[from] MalformedEvent),
}

impl Refusal {
    /// Status and sentence. Every failed check gets the same ones, so that nobody learns which one it was. Discord itself sends wrong
    /// signatures now and then and takes the address away unless the answer is 401.
    pub fn answer(&self) -> (StatusCode, String) {
        match self {
            Self::Implausible | Self::Unverified(_) | Self::OtherApplication => {
                (StatusCode::UNAUTHORIZED, "invalid request signature".to_owned())
            }
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, self.to_string()),
        }
    }
}

/// The body of a request that Discord has signed, as it came. `now` is in Unix seconds.
///
/// # Errors
/// [`Refusal::Implausible`] and [`Refusal::Unverified`]; nothing of the body is parsed before.
pub fn verified<'a, B: AsRef<[u8]>>(key: &PublicKey, request: &'a Request<B>, now: u64) -> Result<&'a [u8], Refusal> {
    let body = request.body().as_ref();
    if request.method() != Method::POST || body.len() > BODY_LENGTH_MAX {
        return Err(Refusal::Implausible);
    }
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    signature::verify(key, header("x-signature-ed25519"), header("x-signature-timestamp"), body, now)?;
    Ok(body)
}
