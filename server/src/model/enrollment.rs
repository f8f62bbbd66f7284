//! An enrollment, from the QR code to the active device.
//!
//! ```text
//! Pending ──claim──▶ Claimed ──right code──▶ Active
//!    │                  │ second claim, third wrong code ──▶ Failed
//!    ├──────────────────┼── 5 minutes ──▶ Expired
//!    └──────────────────┴── cancel ──▶ Cancelled
//! ```
//!
//! The secrets are sealed, and gone as soon as the enrollment is active or void.

use inkan_protocol::enrollment::Authentication;
use inkan_protocol::ids::{DeviceId, Digest, EnrollmentId, NumericDate, Ticket};
use serde::{Deserialize, Serialize};

use crate::model::sealed::SealedBytes;
use crate::model::user::UserKey;

/// Wrong codes that void an enrollment.
pub const CODE_TRIES: u8 = 3;

/// An enrollment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrollment {
    /// Its id.
    pub id: EnrollmentId,
    /// For whom.
    pub owner: UserKey,
    /// The account as shown, masked.
    pub display_name: String,
    /// How the relying party had authenticated the customer.
    pub authentication: Authentication,
    /// When it began.
    pub created_at: NumericDate,
    /// From then on it cannot be claimed, or (once claimed) confirmed.
    pub expires_at: NumericDate,
    /// SHA-256 of `reveal`.
    pub ticket: Ticket,
    /// SHA-256 of the typed code.
    pub typed_code: Digest,
    /// Whether the typed code has bought the URI already.
    pub typed_code_used: bool,
    /// Secret, `reveal` and answer, see [`crate::routes`]; `None` once spent or void.
    pub sealed: Option<SealedBytes>,
    /// Where it stands.
    pub state: EnrollmentState,
}

/// Where an enrollment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum EnrollmentState {
    /// The QR code waits for a phone.
    Pending,
    /// A phone has claimed it; the six digits are to be typed.
    Claimed(Claim),
    /// The device is active.
    Active {
        /// Which device.
        device: DeviceId,
        /// Since when.
        at: NumericDate,
    },
    /// Void for a reason that the customer should know.
    Failed {
        /// Why.
        reason: FailReason,
        /// When.
        at: NumericDate,
        /// The device that had claimed.
        device: DeviceId,
    },
    /// Nobody claimed or confirmed in time.
    Expired {
        /// When.
        at: NumericDate,
    },
    /// The relying party took it back.
    Cancelled {
        /// When.
        at: NumericDate,
    },
}

/// What is kept of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The device, not active yet.
    pub device: DeviceId,
    /// SHA-256 of the enroll message's signing input: the same bytes get the same answer.
    pub signing_hash: Digest,
    /// Codes left to try.
    pub tries_left: u8,
}

/// Why an enrollment failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// Another phone claimed too: somebody else saw the QR code.
    ClaimedTwice,
    /// Three wrong codes.
    WrongCode,
}

impl FailReason {
    /// As it travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClaimedTwice => "claimed_twice",
            Self::WrongCode => "wrong_code",
        }
    }
}

/// A move that the state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an enrollment in this state does not move like that")]
pub struct InvalidTransition;

/// What a typed code did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// Right: active.
    Right(Enrollment),
    /// Wrong; this many tries are left. With none left it has failed.
    Wrong(Enrollment, u8),
}

impl Enrollment {
    /// The device that has claimed, in any state.
    pub fn device(&self) -> Option<DeviceId> {
        match &self.state {
            EnrollmentState::Claimed(claim) => Some(claim.device),
            EnrollmentState::Active { device, .. } | EnrollmentState::Failed { device, .. } => Some(*device),
            EnrollmentState::Pending
            | EnrollmentState::Expired { .. }
            | EnrollmentState::Cancelled { .. } => None,
        }
    }

    /// Whether it waits for something.
    pub fn is_open(&self) -> bool {
        matches!(self.state, EnrollmentState::Pending | EnrollmentState::Claimed(_))
    }

    /// Whether its time is over.
    pub fn is_over(&self, now: NumericDate) -> bool {
        self.is_open() && now >= self.expires_at
    }

    /// The state's name as it travels.
    pub fn state_name(&self) -> &'static str {
        match self.state {
            EnrollmentState::Pending => "pending",
            EnrollmentState::Claimed(_) => "claimed",
            EnrollmentState::Active { .. } => "active",
            EnrollmentState::Failed { .. } => "failed",
            EnrollmentState::Expired { .. } => "expired",
            EnrollmentState::Cancelled { .. } => "cancelled",
        }
    }

    /// A phone claims it. The caller has verified the message. The code may be typed until `expires_at`.
    pub fn claim(
        mut self,
        claim: Claim,
        sealed: SealedBytes,
        expires_at: NumericDate,
        now: NumericDate,
    ) -> Result<Self, InvalidTransition> {
        match self.state {
            EnrollmentState::Pending if now < self.expires_at => {
                self.state = EnrollmentState::Claimed(claim);
                self.sealed = Some(sealed);
                self.expires_at = expires_at;
                Ok(self)
            }
            _ => Err(InvalidTransition),
        }
    }

    /// Another phone's valid claim before it was active: somebody else saw the QR code.
    pub fn claim_again(mut self, now: NumericDate) -> Result<Self, InvalidTransition> {
        match self.state {
            EnrollmentState::Claimed(claim) => {
                self.state = EnrollmentState::Failed {
                    reason: FailReason::ClaimedTwice,
                    at: now,
                    device: claim.device,
                };
                self.sealed = None;
                Ok(self)
            }
            _ => Err(InvalidTransition),
        }
    }

    /// The customer types the six digits; whether they are right was compared by the caller in constant time.
    pub fn confirm(mut self, right: bool, now: NumericDate) -> Result<Confirmed, InvalidTransition> {
        match self.state {
            EnrollmentState::Claimed(claim) if now < self.expires_at => {
                if right {
                    self.sealed = None;
                    self.state = EnrollmentState::Active { device: claim.device, at: now };
                    return Ok(Confirmed::Right(self));
                }
                let left = claim.tries_left.saturating_sub(1);
                if left == 0 {
                    self.sealed = None;
                    self.state = EnrollmentState::Failed {
                        reason: FailReason::WrongCode,
                        at: now,
                        device: claim.device,
                    };
                } else {
                    self.state = EnrollmentState::Claimed(Claim { tries_left: left, ..claim });
                }
                Ok(Confirmed::Wrong(self, left))
            }
            _ => Err(InvalidTransition),
        }
    }

    /// Its time is over.
    pub fn expire(mut self, now: NumericDate) -> Result<Self, InvalidTransition> {
        if self.is_over(now) {
            self.sealed = None;
            self.state = EnrollmentState::Expired { at: now };
            Ok(self)
        } else {
            Err(InvalidTransition)
        }
    }

    /// The relying party takes it back.
    pub fn cancel(mut self, now: NumericDate) -> Result<Self, InvalidTransition> {
        if self.is_open() {
            self.sealed = None;
            self.state = EnrollmentState::Cancelled { at: now };
            Ok(self)
        } else {
            Err(InvalidTransition)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pending() -> Enrollment {
        Enrollment {
            id: EnrollmentId(uuid::Uuid::from_u128(1)),
            owner: UserKey { live: true, user: "u".parse().unwrap() },
            display_name: "***4567".into(),
            authentication: Authentication { methods: vec![], at: 0 },
            created_at: 1000,
            expires_at: 1300,
            ticket: Ticket([0; 32]),
            typed_code: Digest([0; 32]),
            typed_code_used: false,
            sealed: Some(SealedBytes(vec![1])),
            state: EnrollmentState::Pending,
        }
    }

    fn claim() -> Claim {
        Claim {
            device: DeviceId(uuid::Uuid::from_u128(2)),
            signing_hash: Digest([1; 32]),
            tries_left: CODE_TRIES,
        }
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Claim,
        ClaimAgain,
        Confirm(bool),
        Expire,
        Cancel,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Claim),
            Just(Step::ClaimAgain),
            any::<bool>().prop_map(Step::Confirm),
            Just(Step::Expire),
            Just(Step::Cancel),
        ]
    }

    proptest! {
        #[test]
        fn what_has_ended_never_moves_and_keeps_no_secret(steps in prop::collection::vec((step(), 0_u64..200), 1..30)) {
            let mut now = 1000;
            let mut enrollment = pending();
            for (step, later) in steps {
                now += later;
                let before = enrollment.clone();
                let moved = match step {
                    Step::Claim => enrollment.claim(claim(), SealedBytes(vec![2]), now + 300, now),
                    Step::ClaimAgain => enrollment.claim_again(now),
                    Step::Confirm(right) => enrollment.confirm(right, now).map(|confirmed| match confirmed {
                        Confirmed::Right(enrollment) | Confirmed::Wrong(enrollment, _) => enrollment,
                    }),
                    Step::Expire => enrollment.expire(now),
                    Step::Cancel => enrollment.cancel(now),
                };
                prop_assert!(moved.is_err() || before.is_open(), "{:?} moved by {:?}", before.state, step);
                enrollment = moved.unwrap_or(before);
                prop_assert_eq!(enrollment.sealed.is_some(), enrollment.is_open());
            }
        }
    }

    #[test]
    fn three_wrong_codes_void_it() {
        let mut enrollment = pending().claim(claim(), SealedBytes(vec![]), 1500, 1200).unwrap();
        for left in [2, 1, 0] {
            let Ok(Confirmed::Wrong(next, said)) = enrollment.confirm(false, 1300) else { panic!() };
            assert_eq!(said, left);
            enrollment = next;
        }
        assert!(matches!(enrollment.state, EnrollmentState::Failed { reason: FailReason::WrongCode, .. }));
        assert_eq!(enrollment.confirm(true, 1300), Err(InvalidTransition));
    }
}
