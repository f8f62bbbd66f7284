//! One clock and one kind of randomness for both sides: the server's, fitted to the ports of the phone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use inkan_core::ports::{self, Timestamp};
use inkan_server::clock::{Clock as _, ManualClock};
use inkan_server::random::{Random as _, SeededRandom};

/// The phone's clock: the world's, and what it is wrong by.
#[derive(Clone)]
pub(crate) struct PhoneClock {
    world: Arc<ManualClock>,
    ahead: Arc<AtomicI64>,
}

impl PhoneClock {
    pub(crate) fn right(world: &Arc<ManualClock>) -> Self {
        Self { world: Arc::clone(world), ahead: Arc::default() }
    }

    /// From now on it is ahead of the server's by so many seconds; behind, where negative.
    pub(crate) fn set_wrong_by(&self, seconds: i64) {
        self.ahead.store(seconds * 1000, Ordering::SeqCst);
    }
}

#[async_trait]
impl ports::Clock for PhoneClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(
            self.world.now_millis().saturating_add_signed(self.ahead.load(Ordering::SeqCst)),
        )
    }

    async fn sleep(&self, duration: Duration) {
        self.world.sleep(duration).await;
    }
}

/// Seeded randomness, as the phone takes it.
pub(crate) struct PhoneRandom(SeededRandom);

impl PhoneRandom {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }
}

impl ports::Random for PhoneRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), ports::RandomError> {
        self.0.fill(bytes).map_err(|_| ports::RandomError)
    }
}
