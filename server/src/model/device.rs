//! A device: two keys, a counter, and whether it may answer.
//!
//! ```text
//! Claimed ──activate──▶ Active ──suspend──▶ Suspended
//!    │                    │                    │
//!    └──fail──▶ Failed    └──────revoke────────┴──▶ Revoked
//! ```

use inkan_protocol::answer::{COUNTER_AHEAD, COUNTER_WINDOW};
use inkan_protocol::enrollment::{AttestationResult, Authentication, DeviceDescription, Push};
use inkan_protocol::ids::{DeviceId, Digest, EnrollmentId, NumericDate, Subject, Thumbprint};
use inkan_protocol::jwk::PublicKey;
use serde::{Deserialize, Serialize};

use crate::model::push_health::PushHealth;
use crate::model::user::UserKey;

/// A device of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose.
    pub owner: UserKey,
    /// The customer's pseudonym.
    pub sub: Subject,
    /// The account as shown, masked.
    pub account: String,
    /// The enrollment it came from.
    pub enrollment: EnrollmentId,
    /// What the phone says of itself; `name` may change.
    pub description: DeviceDescription,
    /// The keys in force.
    pub keys: DeviceKeys,
    /// The keys before the last renewal, for the same bytes of that renewal alone.
    pub replaced: Option<ReplacedKeys>,
    /// What the attestation of the keys amounted to.
    pub attestation: AttestationResult,
    /// How the customer was authenticated before the enrollment.
    pub authentication: Authentication,
    /// Where it stands.
    pub state: DeviceState,
    /// `inkan-device+jwt` of the enrollment, once active.
    pub enrollment_record: Option<String>,
    /// `inkan-device+jwt` for the keys in force, once active.
    pub record: Option<String>,
    /// Every `inkan-renew+jwt`, oldest first.
    pub renewals: Vec<String>,
    /// SHA-256 of `inkan-enroll+jwt`.
    pub enroll_hash: Digest,
    /// SHA-256 of `inkan-enrollment+jwt`.
    pub enrollment_hash: Digest,
    /// Until then it may not approve every operation.
    pub restricted_until: Option<NumericDate>,
    /// Counters of its answers.
    pub counter: CounterWindow,
    /// Wrong numbers in all.
    pub wrong_numbers: u32,
    /// Where its doorbell is.
    pub push: Option<Push>,
    /// How its doorbell fares.
    #[serde(default)]
    pub push_health: PushHealth,
    /// When it claimed its enrollment.
    pub created_at: NumericDate,
    /// When it was last heard of.
    pub last_seen_at: NumericDate,
}

/// A device's two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceKeys {
    /// Usable in the background: fetching, start, deny, report.
    pub possession: PublicKey,
    /// User verification on every use: approve and renew.
    pub approval: PublicKey,
}

impl DeviceKeys {
    /// Which of the two has this thumbprint.
    pub fn find(&self, kid: Thumbprint) -> Option<(KeyRole, &PublicKey)> {
        if self.possession.thumbprint() == kid {
            Some((KeyRole::Possession, &self.possession))
        } else if self.approval.thumbprint() == kid {
            Some((KeyRole::Approval, &self.approval))
        } else {
            None
        }
    }
}

/// Which of a device's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyRole {
    /// The possession key.
    Possession,
    /// The approval key.
    Approval,
}

/// Keys that a renewal replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacedKeys {
    /// The keys.
    pub keys: DeviceKeys,
    /// When they were replaced.
    pub at: NumericDate,
}

/// Where a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DeviceState {
    /// Its enrollment waits for the six digits.
    Claimed,
    /// May answer.
    Active {
        /// Since when.
        since: NumericDate,
    },
    /// A counter was seen again, or too many wrong numbers: enroll again.
    Suspended {
        /// When.
        at: NumericDate,
    },
    /// Revoked by the relying party, the customer, or its own phone.
    Revoked {
        /// When.
        at: NumericDate,
    },
    /// Its enrollment came to nothing.
    Failed {
        /// When.
        at: NumericDate,
    },
}

/// A move that the state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a device in this state does not move like that")]
pub struct InvalidTransition;

impl Device {
    /// Whether it may answer.
    pub fn is_active(&self) -> bool {
        matches!(self.state, DeviceState::Active { .. })
    }

    /// Until when it may not approve restricted operations; `None` if it may.
    pub fn restriction(&self, now: NumericDate) -> Option<NumericDate> {
        self.restricted_until.filter(|until| now < *until)
    }

    /// The customer typed the six digits.
    pub fn activate(mut self, record: String, now: NumericDate) -> Result<Self, InvalidTransition> {
        match self.state {
            DeviceState::Claimed => {
                self.state = DeviceState::Active { since: now };
                self.enrollment_record = Some(record.clone());
                self.record = Some(record);
                Ok(self)
            }
            _ => Err(InvalidTransition),
        }
    }

    /// The enrollment came to nothing.
    pub fn fail(mut self, now: NumericDate) -> Result<Self, InvalidTransition> {
        match self.state {
            DeviceState::Claimed => {
                self.state = DeviceState::Failed { at: now };
                Ok(self)
            }
            _ => Err(InvalidTransition),
        }
    }

    /// A counter came again, or wrong numbers passed their limit.
    pub fn suspend(mut self, now: NumericDate) -> Result<Self, InvalidTransition> {
        match self.state {
            DeviceState::Active { .. } => {
                self.state = DeviceState::Suspended { at: now };
                Ok(self)
            }
            _ => Err(InvalidTransition),
        }
    }

    /// Never again.
    pub fn revoke(mut self, now: NumericDate) -> Result<Self, InvalidTransition> {
        match self.state {
            DeviceState::Active { .. } | DeviceState::Suspended { .. } | DeviceState::Claimed => {
                self.state = DeviceState::Revoked { at: now };
                self.push = None;
                Ok(self)
            }
            DeviceState::Revoked { .. } | DeviceState::Failed { .. } => Err(InvalidTransition),
        }
    }

    /// New keys take the place of the old ones. The caller has verified that the old approval key brought them.
    pub fn renew(
        mut self,
        keys: DeviceKeys,
        attestation: AttestationResult,
        renewal: String,
        record: String,
        now: NumericDate,
    ) -> Result<Self, InvalidTransition> {
        if !self.is_active() {
            return Err(InvalidTransition);
        }
        self.replaced = Some(ReplacedKeys { keys: self.keys, at: now });
        self.keys = keys;
        self.attestation = attestation;
        self.renewals.push(renewal);
        self.record = Some(record);
        Ok(self)
    }
}

/// Counters seen: the highest, and which of the 64 up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterWindow {
    highest: u64,
    /// Bit n is set if `highest - n` was seen.
    seen: u64,
}

/// What became of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterUse {
    /// Not seen before; the window with it.
    Fresh(CounterWindow),
    /// Seen, or 64 and more below the highest: refused, and the device is suspended.
    Replayed,
    /// More than 2²⁰ above the highest: refused, nothing else.
    TooFarAhead,
}

impl CounterWindow {
    /// The highest counter seen; 0 before the first.
    pub fn highest(&self) -> u64 {
        self.highest
    }

    /// Uses a counter.
    pub fn take(self, counter: u64) -> CounterUse {
        if counter == 0 {
            return CounterUse::Replayed;
        }
        if counter > self.highest {
            let ahead = counter - self.highest;
            if ahead > COUNTER_AHEAD {
                return CounterUse::TooFarAhead;
            }
            let shifted =
                u32::try_from(ahead).ok().and_then(|ahead| self.seen.checked_shl(ahead)).unwrap_or(0);
            return CounterUse::Fresh(Self { highest: counter, seen: shifted | 1 });
        }
        let behind = self.highest - counter;
        if behind >= COUNTER_WINDOW {
            return CounterUse::Replayed;
        }
        let bit = 1_u64 << behind;
        if self.seen & bit == 0 {
            CounterUse::Fresh(Self { highest: self.highest, seen: self.seen | bit })
        } else {
            CounterUse::Replayed
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_counter_far_ahead_is_refused_and_one_far_behind_is_a_replay() {
        let CounterUse::Fresh(window) = CounterWindow::default().take(100) else { panic!() };
        assert!(matches!(window.take(37), CounterUse::Fresh(_)));
        assert_eq!(window.take(36), CounterUse::Replayed);
        assert_eq!(window.take(100), CounterUse::Replayed);
        assert_eq!(window.take(100 + COUNTER_AHEAD + 1), CounterUse::TooFarAhead);
        assert!(matches!(window.take(100 + COUNTER_AHEAD), CounterUse::Fresh(_)));
        assert_eq!(window.take(0), CounterUse::Replayed);
    }

    proptest! {
        #[test]
        fn no_counter_is_taken_twice(counters in prop::collection::vec(1_u64..200, 0..400)) {
            let mut window = CounterWindow::default();
            let mut taken = BTreeSet::new();
            for counter in counters {
                if let CounterUse::Fresh(next) = window.take(counter) {
                    prop_assert!(taken.insert(counter), "{} twice", counter);
                    prop_assert!(counter + COUNTER_WINDOW > window.highest());
                    window = next;
                } else {
                    prop_assert!(taken.contains(&counter) || counter + COUNTER_WINDOW <= window.highest());
                }
            }
        }
    }
}
