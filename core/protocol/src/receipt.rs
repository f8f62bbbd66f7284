//! What the server gives back: the receipt to the phone, and the verdict to the relying party.

use serde::{Deserialize, Serialize};

use crate::answer::{Decision, UserVerification};
use crate::challenge::Tier;
use crate::details::{self, Detail, Operation};
use crate::enrollment::AttestationResult;
use crate::ids::{ChallengeId, DeviceId, Digest, MessageId, NumericDate, ServerName, Subject, UserId};
use crate::jws::{JwsError, Message};
use crate::text;

/// Most characters of the relying party's own reference.
pub const MAX_REFERENCE: usize = 255;

/// `inkan-receipt+jwt`: the server's word that this answer decided the challenge (or, as a late report, stands beside
/// the decision).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The server's name.
    pub iss: ServerName,
    /// The device that answered.
    pub aud: DeviceId,
    /// The server's clock.
    pub iat: NumericDate,
    /// The receipt's own id.
    pub jti: MessageId,
    /// Which challenge.
    pub challenge: ChallengeId,
    /// SHA-256 of the challenge JWS.
    pub challenge_hash: Digest,
    /// SHA-256 of the lines shown.
    pub display_hash: Digest,
    /// SHA-256 of the answer JWS as it arrived.
    pub answer_hash: Digest,
    /// What was decided.
    pub decision: Decision,
    /// When.
    pub decided_at: NumericDate,
    /// The log row of the decision.
    pub log: LogReference,
}

impl Message for Receipt {
    const TYP: &'static str = "inkan-receipt+jwt";

    fn check(&self) -> Result<(), JwsError> {
        if self.log.row == 0 { Err(JwsError::Payload("log.row".into())) } else { Ok(()) }
    }
}

/// A row of the server's hash-chained log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogReference {
    /// The row's number, from 1.
    pub row: u64,
    /// Its hash, see [`crate::log`].
    pub hash: Digest,
}

/// Where the approving key lives, as far as its attestation proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// Nothing was attested: it may be anywhere.
    Unattested,
    /// Attested: a trusted execution environment.
    Tee,
    /// Attested: a StrongBox.
    Strongbox,
    /// Attested: a Secure Enclave.
    SecureEnclave,
    /// No phone at all: a test user.
    Test,
}

impl From<AttestationResult> for KeyKind {
    fn from(result: AttestationResult) -> Self {
        match result {
            AttestationResult::None | AttestationResult::Unverified => Self::Unattested,
            AttestationResult::Tee => Self::Tee,
            AttestationResult::Strongbox => Self::Strongbox,
            AttestationResult::SecureEnclave => Self::SecureEnclave,
        }
    }
}

/// `inkan-verdict+jwt`: what was approved, how strongly, and that it was redeemed once. The relying party executes what
/// it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The server's name.
    pub iss: ServerName,
    /// The relying party's id.
    pub aud: String,
    /// The server's clock.
    pub iat: NumericDate,
    /// Which challenge.
    pub challenge: ChallengeId,
    /// The customer, as the relying party names them.
    pub user: UserId,
    /// The customer's pseudonym.
    pub sub: Subject,
    /// What was approved.
    pub operation: Operation,
    /// Its details, as shown and signed.
    pub details: Vec<Detail>,
    /// The relying party's own reference, where it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The device that approved; absent for a test user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// How strongly page and phone were tied together.
    pub tier: Tier,
    /// Where the approving key lives.
    pub key_kind: KeyKind,
    /// What the attestation amounted to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<AttestationResult>,
    /// How the phone says that it verified the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uv: Option<UserVerification>,
    /// When the challenge was made.
    pub created_at: NumericDate,
    /// When it was approved.
    pub decided_at: NumericDate,
    /// When it was redeemed.
    pub redeemed_at: NumericDate,
    /// SHA-256 of the challenge JWS.
    pub challenge_hash: Digest,
    /// SHA-256 of the lines shown.
    pub display_hash: Digest,
    /// SHA-256 of the answer JWS.
    pub answer_hash: Digest,
    /// SHA-256 of the receipt JWS.
    pub receipt_hash: Digest,
}

impl Message for Verdict {
    const TYP: &'static str = "inkan-verdict+jwt";

    fn check(&self) -> Result<(), JwsError> {
        details::check(self.operation, &self.details)
            .map_err(|error| JwsError::Payload(error.to_string()))?;
        text::check(&self.aud, 64)
            .and_then(|()| self.reference.as_ref().map_or(Ok(()), |value| text::check(value, MAX_REFERENCE)))
            .map_err(|error| JwsError::Payload(error.to_string()))?;
        if self.device.is_none() != (self.key_kind == KeyKind::Test) {
            return Err(JwsError::Payload("device and key_kind".into()));
        }
        Ok(())
    }
}
