//! Randomness, as an argument: the one file of this crate that may ask the system for random bytes, and a source that
//! repeats for tests.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::{Builder, Uuid};
use zeroize::Zeroizing;

/// The random source gave nothing. Whoever meets this refuses; nothing is ever made from zeros instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the random source is not available")]
pub struct RandomError;

/// Where secrets, nonces and ids come from.
pub trait Random: Send + Sync {
    /// Fills `bytes` wholly, or fails.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// The operating system's random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this file wraps the real random source")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(bytes).map_err(|_| RandomError)
    }
}

/// `N` random bytes.
pub fn make_bytes<const N: usize>(random: &dyn Random) -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes)?;
    Ok(bytes)
}

/// A UUIDv7 (RFC 9562 §5.7): `now_millis` since 1970, then 74 random bits. Ids are no secrets.
pub fn make_uuid_v7(now_millis: u64, random: &dyn Random) -> Result<Uuid, RandomError> {
    let random: [u8; 10] = make_bytes(random)?;
    Ok(Builder::from_unix_timestamp_millis(now_millis, &random).into_uuid())
}

/// A UUIDv7 that sorts by `count` among those of one millisecond (RFC 9562 §6.2, method 1): 42 bits of it stand before
/// 32 random bits.
pub fn make_ordered_uuid_v7(now_millis: u64, count: u64, random: &dyn Random) -> Result<Uuid, RandomError> {
    let high = u16::try_from((count >> 30) & 0xfff).unwrap_or_default();
    let low = u32::try_from(count & 0x3fff_ffff).unwrap_or_default();
    let mut bytes: [u8; 10] = make_bytes(random)?;
    // Version and variant take the four bits above `high` and the two above `low`.
    let counted = high.to_be_bytes().into_iter().chain(low.to_be_bytes());
    bytes.iter_mut().zip(counted).for_each(|(to, from)| *to = from);
    Ok(Builder::from_unix_timestamp_millis(now_millis, &bytes).into_uuid())
}

/// `count` decimal digits, each as likely as any other: a byte of 250 or more is drawn again.
pub fn make_digits(count: u8, random: &dyn Random) -> Result<Zeroizing<String>, RandomError> {
    let mut digits = Zeroizing::new(String::with_capacity(count.into()));
    while digits.len() < usize::from(count) {
        let wanted = usize::from(count) - digits.len();
        let bytes = Zeroizing::new(make_bytes::<16>(random)?);
        let even = bytes.iter().filter(|byte| **byte < 250).take(wanted);
        digits.extend(even.map(|byte| char::from(b'0' + byte % 10)));
    }
    Ok(digits)
}

/// SplitMix64: the same bytes for the same seed. For tests alone: **not cryptographic**, whoever sees eight bytes knows
/// all that follow.
#[derive(Debug)]
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

    /// A source that repeats for `seed`.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(Self::STEP, Ordering::SeqCst).wrapping_add(Self::STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            for (to, from) in chunk.iter_mut().zip((z ^ (z >> 31)).to_le_bytes()) {
                *to = from;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_sort_by_their_count() {
        let random = SeededRandom::new(5);
        let counts = [1, 2, 3, (1 << 30) - 1, 1 << 30, (1 << 42) - 1];
        let ids = counts.map(|count| make_ordered_uuid_v7(1_795_583_109_000, count, &random).unwrap());
        assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert!(ids[5] < make_ordered_uuid_v7(1_795_583_109_001, 1, &random).unwrap());
    }

    #[test]
    fn digits_are_even_and_keep_leading_zeros() {
        let random = SeededRandom::new(3);
        let mut counts = [0_u32; 10];
        for _ in 0..10_000 {
            let digits = make_digits(6, &random).unwrap();
            assert_eq!(digits.len(), 6);
            for digit in digits.bytes() {
                counts[usize::from(digit - b'0')] += 1;
            }
        }
        // 6000 of each are expected; 5 standard deviations are 367.
        assert!(counts.iter().all(|count| (5633..=6367).contains(count)), "{counts:?}");
    }

    struct Broken;

    impl Random for Broken {
        fn fill(&self, _: &mut [u8]) -> Result<(), RandomError> {
            Err(RandomError)
        }
    }

    #[test]
    fn the_system_gives_other_bytes_each_time() {
        assert_ne!(make_bytes::<32>(&SystemRandom).unwrap(), make_bytes::<32>(&SystemRandom).unwrap());
    }

    #[test]
    fn a_seed_repeats_and_another_does_not() {
        let bytes = |seed| make_bytes::<33>(&SeededRandom::new(seed)).unwrap();
        assert_eq!(bytes(7), bytes(7));
        assert_ne!(bytes(7), bytes(8));
    }

    #[test]
    fn an_id_is_version_7_and_carries_its_time() {
        let id = make_uuid_v7(1_700_000_000_123, &SeededRandom::new(1)).unwrap();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_timestamp().unwrap().to_unix(), (1_700_000_000, 123_000_000));
    }

    #[test]
    fn without_a_source_nothing_is_made() {
        assert_eq!(make_bytes::<16>(&Broken), Err(RandomError));
        assert_eq!(make_uuid_v7(1, &Broken), Err(RandomError));
    }
}
