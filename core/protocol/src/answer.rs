//! The answer: what the customer decided, over the exact bytes of the challenge and the exact text that was shown.

use serde::{Deserialize, Serialize};

use crate::details::Locale;
use crate::encoding::{decode_array, encode};
use crate::ids::{ChallengeId, DeviceId, Digest, InvalidName, NumericDate, ServerName};
use crate::jws::{JwsError, Message};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A counter more than this above the highest seen is refused (and suspends nothing).
pub const COUNTER_AHEAD: u64 = 1 << 20;
/// A counter this far below the highest seen, or farther, is refused and suspends the device.
pub const COUNTER_WINDOW: u64 = 64;

/// What the customer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes; by the approval key.
    Approve,
    /// No, it was me and I do not want it any more; by the possession key.
    Deny,
    /// This was not me; by the possession key.
    Report,
}

/// Why a customer denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DenyReason {
    /// Changed their mind.
    ChangedMind,
    /// Anything else.
    Other,
}

/// How the phone says that it verified the user: its word, not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserVerification {
    /// A fingerprint or a face.
    Biometric,
    /// The device's PIN, pattern or passcode.
    DeviceCredential,
    /// The platform does not say.
    Unknown,
}

/// `inkan-answer+jwt`: approve by the approval key, deny and report by the possession key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The device.
    pub iss: DeviceId,
    /// The server's name.
    pub aud: ServerName,
    /// The phone's clock; recorded, not checked.
    pub iat: NumericDate,
    /// Which challenge.
    pub challenge: ChallengeId,
    /// SHA-256 of the challenge JWS as it arrived.
    pub challenge_hash: Digest,
    /// SHA-256 of the lines that were shown.
    pub display_hash: Digest,
    /// The language in which they were shown.
    pub locale: Locale,
    /// What was decided.
    pub decision: Decision,
    /// Deny only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DenyReason>,
    /// Approve in mode `number` only: what the customer typed, as ASCII digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Approve only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uv: Option<UserVerification>,
    /// Approve of a challenge with a `return_url` only: SHA-256 of the 32 bytes of r.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_hash: Option<Digest>,
    /// One counter a device, from 1, shared by both keys.
    pub counter: u64,
}

impl Message for Answer {
    const TYP: &'static str = "inkan-answer+jwt";
    const MAX_SIZE: usize = 8 * 1024;

    fn check(&self) -> Result<(), JwsError> {
        let approve = self.decision == Decision::Approve;
        let approve_only = self.number.is_some() || self.uv.is_some() || self.return_hash.is_some();
        if (approve_only && !approve) || (self.reason.is_some() && self.decision != Decision::Deny) {
            return Err(JwsError::Payload("a member that this decision does not take".into()));
        }
        if self.number.as_ref().is_some_and(|number| number.len() > 64) {
            return Err(JwsError::Payload("number".into()));
        }
        if self.counter == 0 {
            return Err(JwsError::Payload("counter".into()));
        }
        Ok(())
    }
}

/// r of tier `returned`: 256 random bits that the phone makes and hands to the browser behind the return address. Its
/// hash stands in the signed answer; the server never sends it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ReturnToken([u8; 32]);

impl ReturnToken {
    /// Wraps random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The text that travels.
    pub fn expose_text(&self) -> String {
        encode(self.0)
    }

    /// SHA-256 of the 32 bytes: the answer's `return_hash`.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl std::str::FromStr for ReturnToken {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        decode_array(text).map(Self).map_err(|_| InvalidName("return token"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::server;

    fn answer(decision: Decision) -> Answer {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        Answer {
            iss: id.parse().unwrap(),
            aud: server(),
            iat: 1,
            challenge: id.parse().unwrap(),
            challenge_hash: Digest([1; 32]),
            display_hash: Digest([2; 32]),
            locale: Locale::Ja,
            decision,
            reason: None,
            number: None,
            uv: None,
            return_hash: None,
            counter: 1,
        }
    }

    #[test]
    fn a_decision_takes_its_own_members_alone() {
        for decision in [Decision::Approve, Decision::Deny, Decision::Report] {
            let approve = decision == Decision::Approve;
            assert!(answer(decision).check().is_ok());
            assert_eq!(Answer { number: Some("123456".into()), ..answer(decision) }.check().is_ok(), approve);
            assert_eq!(
                Answer { uv: Some(UserVerification::Unknown), ..answer(decision) }.check().is_ok(),
                approve
            );
            assert_eq!(
                Answer { return_hash: Some(Digest([3; 32])), ..answer(decision) }.check().is_ok(),
                approve
            );
            let reasoned = Answer { reason: Some(DenyReason::Other), ..answer(decision) };
            assert_eq!(reasoned.check().is_ok(), decision == Decision::Deny);
            assert!(Answer { counter: 0, ..answer(decision) }.check().is_err());
        }
    }
}
