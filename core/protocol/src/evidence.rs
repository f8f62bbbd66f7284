//! Evidence: everything that proves an approval, checked offline by anybody who is told which identity to trust.
//!
//! ```text
//! identity ──▶ key sets ──▶ enrollment record ──▶ renewals ──▶ key pair in force
//!                  │                                                │
//!                  ├──▶ challenge ──▶ lines shown ──▶ answer ◀──────┘
//!                  └──▶ receipt, verdict: quote the hashes of all of it
//! ```
//!
//! It proves that a key recorded for this account signed what was shown, in time, and that the server took it once. That
//! the key was the customer's rests on its attestation, the phone's copy of the record, and the log. A test user has no
//! device and so no evidence.

mod keys;
mod pairs;
mod steps;

use serde::{Deserialize, Serialize};

use crate::answer::{Decision, UserVerification};
use crate::challenge::Tier;
use crate::details::{Detail, Locale, Operation};
use crate::display::{DisplayError, Line};
use crate::enrollment::{AttestationResult, Authentication};
use crate::ids::{ChallengeId, DeviceId, NumericDate, ServerName, Subject, Thumbprint, UserId};
use crate::jws::JwsError;
use crate::receipt::{KeyKind, LogReference};

pub use self::steps::verify;
pub use crate::log::PublishedHead;

/// Longest time between an approval and its redeem, in seconds.
pub const REDEEM_WINDOW: u64 = 300;
/// How long after a decision it can still be reported, in seconds: 30 days.
pub const REPORT_WINDOW: u64 = 30 * 24 * 3600;
/// How far a renewal's `iat` may be from the server's clock, in seconds.
pub const CLOCK_TOLERANCE: u64 = 60;

/// The bundle that `GET /v1/challenges/{id}/evidence` answers. Every member is a compact JWS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// `inkan-device+jwt` of the enrollment.
    pub enrollment_record: String,
    /// `inkan-renew+jwt`, oldest first: each by the approval key of the one before.
    #[serde(default)]
    pub renewals: Vec<String>,
    /// `inkan-challenge+jwt` as the answering device got it.
    pub challenge: String,
    /// `inkan-answer+jwt`.
    pub answer: String,
    /// `inkan-receipt+jwt`.
    pub receipt: String,
    /// `inkan-verdict+jwt`, once redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// `inkan-keys+jwt`, every set needed to check the others, oldest first.
    pub key_sets: Vec<String>,
    /// Later reports of the same challenge: answer and receipt each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<LateReport>,
}

/// A report that came after the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateReport {
    /// `inkan-answer+jwt` with decision `report`.
    pub answer: String,
    /// Its `inkan-receipt+jwt`.
    pub receipt: String,
}

/// One message of the bundle. Places count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `key_sets[n]`.
    KeySet(usize),
    /// `enrollment_record`.
    EnrollmentRecord,
    /// `renewals[n]`.
    Renewal(usize),
    /// `challenge`.
    Challenge,
    /// `answer`.
    Answer,
    /// `receipt`.
    Receipt,
    /// `verdict`.
    Verdict,
    /// `reports[n].answer`.
    ReportAnswer(usize),
    /// `reports[n].receipt`.
    ReportReceipt(usize),
}

impl std::fmt::Display for Part {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::KeySet(place) => write!(formatter, "key_sets[{place}]"),
            Self::EnrollmentRecord => formatter.write_str("enrollment_record"),
            Self::Renewal(place) => write!(formatter, "renewals[{place}]"),
            Self::Challenge => formatter.write_str("challenge"),
            Self::Answer => formatter.write_str("answer"),
            Self::Receipt => formatter.write_str("receipt"),
            Self::Verdict => formatter.write_str("verdict"),
            Self::ReportAnswer(place) => write!(formatter, "reports[{place}].answer"),
            Self::ReportReceipt(place) => write!(formatter, "reports[{place}].receipt"),
        }
    }
}

/// Why a bundle proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// A message is malformed, of another kind, or its signature does not verify.
    #[error("{part}: {error}")]
    Message {
        /// Which.
        part: Part,
        /// What is wrong with it.
        error: JwsError,
    },
    /// There is no key set.
    #[error("key_sets: none is there")]
    NoKeySet,
    /// No key set lists the signing key for the time of the message.
    #[error("{part}: signed by a key that no key set lists for that time")]
    SigningKey {
        /// Which message.
        part: Part,
    },
    /// The signing key was revoked, and no head published before that vouches for the message.
    #[error("{part}: signed by a revoked key, and no head published before vouches for it")]
    RevokedKey {
        /// Which message.
        part: Part,
    },
    /// A device's message is not signed by the key that it must be signed by.
    #[error("{part}: signed by another key than the device's for this")]
    DeviceKey {
        /// Which message.
        part: Part,
    },
    /// The key pair was not in force at that time: renewed before, or not yet.
    #[error("{part}: the key that signed it was not in force then")]
    NotInForce {
        /// Which message.
        part: Part,
    },
    /// A member says something else than the rest of the bundle.
    #[error("{part}: {member} does not fit the rest")]
    Mismatch {
        /// Which message.
        part: Part,
        /// The member.
        member: &'static str,
    },
    /// The challenge cannot be rendered.
    #[error("challenge: {0}")]
    Display(#[from] DisplayError),
    /// The rows that came with a head do not lead to it.
    #[error("heads[{0}]: its rows do not lead to it")]
    Head(usize),
    /// A published head holds another row than the receipt quotes.
    #[error("receipt: the published log has another row in its place")]
    LogContradicts,
}

/// What was proved, in plain data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceReport {
    /// The identity that was named.
    pub identity: Thumbprint,
    /// The server.
    pub server: ServerName,
    /// The relying party's name as shown.
    pub relying_party: String,
    /// The relying party's id, as the verdict is addressed.
    pub relying_party_id: Option<String>,
    /// The customer, as the relying party names them.
    pub user: UserId,
    /// The customer's pseudonym.
    pub sub: Subject,
    /// The account as shown.
    pub account: String,
    /// The device.
    pub device: DeviceId,
    /// How the customer was authenticated when the device was enrolled, as the relying party stated it.
    pub authentication: Authentication,
    /// What the keys' attestation amounted to at enrollment.
    pub attestation: AttestationResult,
    /// When the device became active.
    pub enrolled_at: NumericDate,
    /// Which key pair answered: 0 that of the enrollment, n that of the n-th renewal.
    pub key_pair: usize,
    /// Thumbprint of the key that signed the answer.
    pub answered_by: Thumbprint,
    /// Where that key lives, as the verdict states it.
    pub key_kind: Option<KeyKind>,
    /// How the phone says that it verified the user.
    pub uv: Option<UserVerification>,
    /// The challenge.
    pub challenge: ChallengeId,
    /// What was asked for.
    pub operation: Operation,
    /// Its details.
    pub details: Vec<Detail>,
    /// The language in which it was shown.
    pub locale: Locale,
    /// What was shown, line by line.
    pub lines: Vec<Line>,
    /// What was decided.
    pub decision: Decision,
    /// How strongly page and phone were tied together, as the verdict states it.
    pub tier: Option<Tier>,
    /// When it was asked.
    pub created_at: NumericDate,
    /// When it was decided.
    pub decided_at: NumericDate,
    /// When it was redeemed.
    pub redeemed_at: Option<NumericDate>,
    /// The relying party's own reference.
    pub reference: Option<String>,
    /// The log row of the decision.
    pub log: LogReference,
    /// When the earliest of the given heads over that row was published.
    pub published_at: Option<NumericDate>,
    /// When the customer reported it afterwards with this device, in the order of the bundle.
    pub reported_at: Vec<NumericDate>,
    /// The same with other devices, on the server's word alone: their keys are not in the bundle.
    pub reported_elsewhere_at: Vec<NumericDate>,
}

#[cfg(test)]
mod tests;
