//! Chance: ids, jitter and demo dice, from the system or from a seed.
//!
//! The one rule: a seeded [`Random`] gives the same sequence on every machine. Nothing secret is
//! drawn here; keys and salts come from the cryptography library in `token` and `channel`.

use std::sync::{Arc, Mutex, PoisonError};

use uuid::{Builder, Uuid};

use crate::clock::Timestamp;

/// A source of numbers. Clones share one sequence.
#[derive(Clone, Debug, Default)]
pub enum Random {
    #[default]
    System,
    Seeded(Arc<Mutex<SplitMix>>),
}

impl Random {
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(SplitMix::new(seed))))
    }

    /// # Panics
    /// When the operating system has no randomness to give, which no program survives.
    #[must_use]
    pub fn bits(&self) -> u64 {
        self.some_bits::<1>()[0]
    }

    /// Several at once: asking the system is what takes long.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    fn some_bits<const N: usize>(&self) -> [u64; N] {
        match self {
            Self::System => {
                let mut bytes = [[0; 8]; N];
                getrandom::fill(bytes.as_flattened_mut())
                    .expect("the operating system gives randomness");
                bytes.map(u64::from_le_bytes)
            }
            Self::Seeded(seq) => {
                let mut seq = seq.lock().unwrap_or_else(PoisonError::into_inner);
                [(); N].map(|()| seq.bits())
            }
        }
    }

    /// A `UUIDv7` (RFC 9562, §5.7): sorts by time, then by chance.
    #[must_use]
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let [high, low] = self.some_bits().map(u64::to_le_bytes);
        let mut tail = [0; 10];
        tail[..8].copy_from_slice(&high);
        tail[8..].copy_from_slice(&low[..2]);
        let millis = u64::try_from(now.as_millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (OOPSLA 2014).
#[derive(Clone, Debug)]
pub struct SplitMix(u64);

impl SplitMix {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// In `0..n`; 0 when `n` is 0.
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is below a usize")]
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.bits() % n as u64) as usize }
    }

    /// Standard normal, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (self.unit().max(1e-300), self.unit());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_ids_everywhere_and_they_sort_by_time() {
        let (a, b) = (Random::seeded(7), Random::seeded(7));
        let early = Timestamp::from_millis(1_000);
        let late = Timestamp::from_millis(2_000);
        assert_eq!(a.uuid(early), b.uuid(early));
        assert!(a.uuid(early) < a.uuid(late));
        assert_ne!(a.uuid(late), a.uuid(late));
    }
}
