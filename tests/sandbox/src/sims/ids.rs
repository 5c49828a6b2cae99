//! Identifiers, clocks and chance.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// First millisecond of Discord's snowflakes, as a Unix time. See [Discord Docs/API Reference, "Snowflakes"].
pub const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// The time now, in milliseconds since 1970.
///
/// # Panics
///
/// When the clock is before 1970.
pub fn now_ms() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_millisecond()).expect("the clock is past 1970")
}

/// `2025-08-13T10:00:00.000000+00:00`, as Discord writes times.
pub fn discord_time(ms: u64) -> String {
    timestamp(ms).strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

/// `2026-11-21T10:00:00Z`, as Twilio's REST answers write times.
pub fn twilio_time(ms: u64) -> String {
    timestamp(ms).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-11-21T10:00:00.000Z`, as Twilio's webhooks write times.
pub fn twilio_time_ms(ms: u64) -> String {
    timestamp(ms).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn timestamp(ms: u64) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(i64::try_from(ms).unwrap_or(0)).unwrap_or_default()
}

/// A new 32-byte value that has not been handed out before, on this machine.
pub fn fresh() -> [u8; 32] {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut hash = Sha256::new();
    hash.update(COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    hash.update(std::process::id().to_be_bytes());
    hash.update(jiff::Timestamp::now().as_nanosecond().to_be_bytes());
    hash.finalize().into()
}

/// A new Twilio SID: two letters and 32 hexadecimal digits.
pub fn sid(prefix: &str) -> String {
    format!("{prefix}{}", hex::encode(&fresh()[..16]))
}

/// A small generator of pseudo-random numbers (`SplitMix64`), so that a seed repeats a run.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, 1.
    pub fn fraction(&mut self) -> f64 {
        let half = self.next_u64() >> 32;
        f64::from(u32::try_from(half).unwrap_or(u32::MAX)) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_platforms_write_them() {
        assert_eq!(discord_time(1_755_079_200_000), "2025-08-13T10:00:00.000000+00:00");
        assert_eq!(twilio_time(1_755_079_200_123), "2025-08-13T10:00:00Z");
        assert_eq!(twilio_time_ms(1_755_079_200_123), "2025-08-13T10:00:00.123Z");
    }

    #[test]
    fn a_seed_repeats_its_numbers() {
        let run = |seed| {
            let mut chance = Chance::new(seed);
            (0..4).map(|_| chance.next_u64()).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }
}
