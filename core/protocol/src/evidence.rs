//! Evidence: everything that proves an approval, checked offline by anybody who is told which identity to trust.

use serde::{Deserialize, Serialize};

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
