//! Time, as an argument: the one file of this crate that may call the system's clock, and a clock for tests.
//!
//! Whatever decides by time is given one of these. Tests stand on a [`ManualClock`], so that no test sleeps.

use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use inkan_protocol::ids::NumericDate;
use tokio::sync::watch;

/// What time it is, and waiting until it is later.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_millis(&self) -> u64;

    /// Whole seconds since 1970-01-01T00:00:00Z, as messages carry them.
    fn now(&self) -> NumericDate {
        self.now_millis() / 1000
    }

    /// Completes once `duration` has passed on this clock. Dropping the future ends the wait.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The system's clock. Waiting needs a tokio runtime with its timer on.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this file wraps the real clock")]
    fn now_millis(&self) -> u64 {
        // a clock before 1970 reads as 1970: every certificate and message is then refused, which is right
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    #[expect(clippy::disallowed_methods, reason = "this file wraps the real clock")]
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<u64>,
    sleeping: watch::Sender<usize>,
}

impl ManualClock {
    /// A clock that shows `seconds` since 1970-01-01T00:00:00Z.
    pub fn at(seconds: NumericDate) -> Self {
        Self { now: watch::Sender::new(seconds.saturating_mul(1000)), sleeping: watch::Sender::new(0) }
    }

    /// Moves the time on and wakes those whose time has come.
    pub fn advance(&self, by: Duration) {
        let by = millis(by);
        self.now.send_modify(|now| *now = now.saturating_add(by));
    }

    /// Returns when at least `count` tasks wait for this clock: a test may then move it and know who is woken.
    pub async fn sleepers(&self, count: usize) {
        // the sender lives as long as `self`: the wait cannot fail
        let _ = self.sleeping.subscribe().wait_for(|sleeping| *sleeping >= count).await;
    }
}

impl Clock for ManualClock {
    fn now_millis(&self) -> u64 {
        *self.now.borrow()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let until = self.now_millis().saturating_add(millis(duration));
        let mut now = self.now.subscribe();
        let asleep = Asleep::new(&self.sleeping);
        Box::pin(async move {
            let _asleep = asleep;
            if now.wait_for(|now| *now >= until).await.is_err() {
                // the clock is gone and its time will never come
                std::future::pending::<()>().await;
            }
        })
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Counts one sleeper for as long as it lives.
struct Asleep(watch::Sender<usize>);

impl Asleep {
    fn new(sleeping: &watch::Sender<usize>) -> Self {
        sleeping.send_modify(|count| *count = count.saturating_add(1));
        Self(sleeping.clone())
    }
}

impl Drop for Asleep {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_system_clock_stands_after_this_line_was_written() {
        assert!(SystemClock.now() > 1_750_000_000);
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_its_time_has_come_and_not_before() {
        let clock = Arc::new(ManualClock::at(1_000));
        let waiting = tokio::spawn(clock.sleep(Duration::from_secs(2)));
        clock.sleepers(1).await;
        clock.advance(Duration::from_millis(1_999));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_millis(1));
        waiting.await.unwrap();
        assert_eq!(clock.now(), 1_002);
    }

    #[tokio::test]
    async fn a_wait_counts_from_the_call_and_one_given_up_is_forgotten() {
        let clock = ManualClock::at(1_000);
        let sleep = clock.sleep(Duration::from_secs(5));
        clock.advance(Duration::from_secs(5));
        sleep.await;
        let given_up = clock.sleep(Duration::from_secs(5));
        assert_eq!(*clock.sleeping.borrow(), 1);
        drop(given_up);
        assert_eq!(*clock.sleeping.borrow(), 0);
    }
}
