//! So many requests a minute, by whoever sends them.
//!
//! Half of a minute's share may come at once, the other half comes back evenly over the minute. So no sixty seconds,
//! wherever they begin, hold more than the share. One number is kept for each sender: the time at which all of its share
//! is back (the generic cell rate algorithm, ITU-T I.371).

use std::collections::BTreeMap;

const MINUTE_NANOS: u64 = 60_000_000_000;
const MILLI_NANOS: u64 = 1_000_000;
/// Most senders remembered. Beyond that one is forgotten for each that is new.
const MOST_SENDERS: usize = 65_536;

/// A limit and who has used how much of it.
#[derive(Clone, Debug)]
pub struct RateLimit<K> {
    /// Nanoseconds in which one request comes back.
    each: u64,
    /// How far ahead of the present a sender's time may be.
    ahead: u64,
    whole_at: BTreeMap<K, u64>,
    /// When those whose share was whole were last looked for.
    tidied_at: u64,
}

impl<K: Ord + Clone> RateLimit<K> {
    /// At most `per_minute` requests in any minute; zero counts as one.
    pub fn new(per_minute: u32) -> Self {
        let share = u64::from(per_minute.max(1));
        let at_once = share.div_ceil(2);
        let each = MINUTE_NANOS / (share - at_once).max(1);
        Self { each, ahead: each.saturating_mul(at_once - 1), whole_at: BTreeMap::new(), tidied_at: 0 }
    }

    /// Counts one request of `sender` at `now_millis`, or says in how many seconds one will be taken again.
    pub fn take(&mut self, sender: &K, now_millis: u64) -> Result<(), u64> {
        let now = now_millis.saturating_mul(MILLI_NANOS);
        // Never farther ahead than a full use puts it: a clock that was set back shuts nobody out.
        let farthest = now.saturating_add(self.ahead).saturating_add(self.each);
        if let Some(whole_at) = self.whole_at.get_mut(sender) {
            *whole_at = farthest.min(*whole_at);
        }
        let whole_at = self.whole_at.get(sender).copied().unwrap_or(now).max(now);
        let wait = (whole_at - now).saturating_sub(self.ahead);
        if wait > 0 {
            return Err(wait.div_ceil(1_000 * MILLI_NANOS));
        }
        if !self.whole_at.contains_key(sender) {
            self.make_room(now);
        }
        self.whole_at.insert(sender.clone(), whole_at.saturating_add(self.each));
        Ok(())
    }

    fn make_room(&mut self, now: u64) {
        // Once a second: whoever sends from many addresses must not have all of them walked through each time.
        let second = 1_000 * MILLI_NANOS;
        if self.whole_at.len() >= MOST_SENDERS && now.abs_diff(self.tidied_at) >= second {
            self.tidied_at = now;
            self.whole_at.retain(|_, whole_at| *whole_at > now);
        }
        if self.whole_at.len() >= MOST_SENDERS {
            self.whole_at.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_comes_at_once_and_the_rest_over_the_minute() {
        let mut limit = RateLimit::new(10);
        for _ in 0..5 {
            assert_eq!(limit.take(&"a", 1_000), Ok(()));
        }
        assert_eq!(limit.take(&"a", 1_000), Err(12));
        assert_eq!(limit.take(&"b", 1_000), Ok(()), "another sender has a share of its own");
        assert_eq!(limit.take(&"a", 12_999), Err(1));
        assert_eq!(limit.take(&"a", 13_000), Ok(()));
        assert_eq!(limit.take(&"a", 13_000), Err(12));
    }

    #[test]
    fn the_smallest_limit_is_one_a_minute() {
        for per_minute in [0, 1] {
            let mut limit = RateLimit::new(per_minute);
            assert_eq!(limit.take(&1, 0), Ok(()));
            assert_eq!(limit.take(&1, 59_999), Err(1));
            assert_eq!(limit.take(&1, 60_000), Ok(()));
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut limit = RateLimit::new(10);
        for sender in 0..MOST_SENDERS + 10 {
            assert_eq!(limit.take(&sender, 0), Ok(()));
        }
        assert_eq!(limit.whole_at.len(), MOST_SENDERS);
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        let mut limit = RateLimit::new(10);
        for _ in 0..5 {
            assert_eq!(limit.take(&"a", 100_000_000), Ok(()));
        }
        let wait = limit.take(&"a", 1_000).unwrap_err();
        assert!(wait <= 12, "{wait}");
        assert_eq!(limit.take(&"a", 1_000 + wait * 1_000), Ok(()));
    }

    proptest! {
        #[test]
        fn no_minute_holds_more_than_the_share(
            per_minute in 1_u32..40,
            gaps in prop::collection::vec(0_u64..20_000, 1..200),
        ) {
            let mut limit = RateLimit::new(per_minute);
            let (mut now, mut taken) = (5_000_000, Vec::new());
            for gap in gaps {
                now += gap;
                match limit.take(&(), now) {
                    Ok(()) => taken.push(now),
                    // waiting as long as it says always helps
                    Err(wait) => prop_assert!(limit.clone().take(&(), now + wait * 1_000).is_ok()),
                }
            }
            for from in &taken {
                let minute = taken.iter().filter(|at| (*from..from + 60_000).contains(*at)).count();
                prop_assert!(minute <= usize::try_from(per_minute).unwrap(), "{minute} of {per_minute}");
            }
        }
    }
}
