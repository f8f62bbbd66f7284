//! Wrong numbers count against the network that asked, never against the customer's phone or page.

use std::collections::BTreeMap;
use std::net::IpAddr;

use inkan_protocol::ids::NumericDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Wrong numbers from one network until `number` from there is refused for a time.
const TRIES: u32 = 5;
const FIRST_LOCK_SECONDS: u64 = 600;
const LONGEST_LOCK_SECONDS: u64 = 24 * 3600;
/// Networks remembered for one user; the oldest is forgotten first.
const MOST_NETWORKS: usize = 64;
/// Wrong numbers in all that disable a device until it is enrolled anew.
pub const DEVICE_TRIES: u32 = 100;

/// Fewest and most digits of a number that the asker has made.
const GIVEN_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;

/// A number that the asker has made: 4 to 8 ASCII digits. It has no Debug, and is wiped when it goes.
pub struct GivenNumber(Zeroizing<String>);

impl GivenNumber {
    /// Takes 4 to 8 ASCII digits and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = GIVEN_DIGITS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// How many digits.
    pub fn digits(&self) -> u8 {
        u8::try_from(self.0.len()).unwrap_or(u8::MAX)
    }

    /// The digits, for sealing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Wrong numbers of one user by asking network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongNumbers(BTreeMap<String, Tally>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tally {
    wrong: u32,
    locks: u32,
    locked_until: NumericDate,
    last: NumericDate,
}

impl WrongNumbers {
    /// Seconds until `number` from this network is taken again; `None`: now.
    pub fn wait(&self, network: &str, now: NumericDate) -> Option<u64> {
        self.0.get(network).and_then(|tally| (now < tally.locked_until).then(|| tally.locked_until - now))
    }

    /// Counts a wrong number.
    #[must_use]
    pub fn with_wrong(mut self, network: &str, now: NumericDate) -> Self {
        if !self.0.contains_key(network) && self.0.len() >= MOST_NETWORKS {
            let oldest = self.0.iter().min_by_key(|(_, tally)| tally.last).map(|(name, _)| name.clone());
            if let Some(oldest) = oldest {
                self.0.remove(&oldest);
            }
        }
        let tally = self.0.entry(network.to_owned()).or_default();
        tally.wrong += 1;
        tally.last = now;
        if tally.wrong >= TRIES {
            let lock = FIRST_LOCK_SECONDS
                .checked_shl(tally.locks)
                .map_or(LONGEST_LOCK_SECONDS, |lock| lock.min(LONGEST_LOCK_SECONDS));
            tally.wrong = 0;
            tally.locks = tally.locks.saturating_add(1);
            tally.locked_until = now.saturating_add(lock);
        }
        self
    }

    /// A right number from this network ends the row of wrong ones.
    #[must_use]
    pub fn with_right(mut self, network: &str) -> Self {
        self.0.remove(network);
        self
    }
}

/// The network that wrong numbers are counted for: /24 of an IPv4 address, /64 of an IPv6 address.
pub fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_in_a_row_lock_the_network_and_no_other() {
        let mut wrong = WrongNumbers::default();
        for _ in 0..4 {
            wrong = wrong.with_wrong("203.0.113.0/24", 1000);
        }
        assert_eq!(wrong.wait("203.0.113.0/24", 1000), None);
        wrong = wrong.with_wrong("203.0.113.0/24", 1000);
        assert_eq!(wrong.wait("203.0.113.0/24", 1000), Some(600));
        assert_eq!(wrong.wait("203.0.113.0/24", 1600), None);
        assert_eq!(wrong.wait("198.51.100.0/24", 1000), None);
        for _ in 0..5 {
            wrong = wrong.with_wrong("203.0.113.0/24", 2000);
        }
        assert_eq!(wrong.wait("203.0.113.0/24", 2000), Some(1200), "the second lock is twice as long");
    }

    #[test]
    fn a_right_number_ends_the_row() {
        let wrong = (0..4).fold(WrongNumbers::default(), |wrong, _| wrong.with_wrong("n", 1));
        let wrong = wrong.with_right("n").with_wrong("n", 2);
        assert_eq!(wrong.wait("n", 2), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let wrong =
            (0..1000_u64).fold(WrongNumbers::default(), |wrong, n| wrong.with_wrong(&n.to_string(), n));
        assert_eq!(wrong.0.len(), MOST_NETWORKS);
        assert!(wrong.0.contains_key("999"));
    }

    #[test]
    fn networks_are_24_and_64_bits() {
        assert_eq!(network_of("203.0.113.24".parse().unwrap()), "203.0.113.0/24");
        assert_eq!(network_of("::ffff:203.0.113.24".parse().unwrap()), "203.0.113.0/24");
        assert_eq!(network_of("2001:db8:1:2:3::4".parse().unwrap()), "2001:db8:1:2::/64");
    }
}
