//! A clock that stands still until it is moved, and randomness that repeats: for this crate's tests.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use tokio::sync::watch;

use crate::ports::{Clock, Random, RandomError, Timestamp};

/// Time moves when a test says so.
pub(crate) struct ManualClock {
    now: watch::Sender<u64>,
    sleeping: watch::Sender<usize>,
}

impl ManualClock {
    /// A clock that shows `seconds`.
    pub(crate) fn at(seconds: u64) -> Self {
        Self { now: watch::Sender::new(seconds * 1000), sleeping: watch::Sender::new(0) }
    }

    /// Moves the time on and wakes those whose time has come.
    pub(crate) fn advance(&self, by: Duration) {
        self.now.send_modify(|now| *now += u64::try_from(by.as_millis()).unwrap());
    }

    /// How many tasks wait for this clock.
    pub(crate) fn sleeping(&self) -> usize {
        *self.sleeping.borrow()
    }

    /// Returns when at least `count` tasks wait for this clock.
    pub(crate) async fn sleepers(&self, count: usize) {
        self.sleeping.subscribe().wait_for(|sleeping| *sleeping >= count).await.unwrap();
    }
}

struct Asleep<'a>(&'a watch::Sender<usize>);

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|sleeping| *sleeping -= 1);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(*self.now.borrow())
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.now().plus(duration).millis();
        let mut now = self.now.subscribe();
        self.sleeping.send_modify(|sleeping| *sleeping += 1);
        let _asleep = Asleep(&self.sleeping);
        now.wait_for(|now| *now >= until).await.unwrap();
    }
}

/// SplitMix64: the same bytes for the same seed.
pub(crate) struct SeededRandom(AtomicU64);

impl SeededRandom {
    /// A source that repeats.
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for chunk in bytes.chunks_mut(8) {
            let mut z =
                self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst).wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// A source that has nothing to give.
pub(crate) struct BrokenRandom;

impl Random for BrokenRandom {
    fn fill(&self, _: &mut [u8]) -> Result<(), RandomError> {
        Err(RandomError)
    }
}
