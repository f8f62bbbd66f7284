//! `core/src/authenticator/answer.rs` across the border.

use inkan_core::{
    account::AccountId,
    authenticator::{DecisionKept, Outcome, ReturnAddress},
    protocol::{
        answer::{Decision, DenyReason},
        details::Locale,
        ids::{ChallengeId, Digest, NumericDate},
        receipt::LogReference,
    },
};

use super::Authenticator;
use crate::{call::calls, error::InkanError};

uniffi::custom_type!(ReturnAddress, String, {
    remote,
    lower: |address| address.expose_url().to_owned(),
    try_lift: |_address| Err(uniffi::deps::anyhow::anyhow!("a return address is made by core alone")),
});

#[uniffi::remote(Enum)]
pub enum Decision {
    Approve,
    Deny,
    Report,
}

#[uniffi::remote(Enum)]
pub enum DenyReason {
    ChangedMind,
    Other,
}

#[uniffi::remote(Record)]
pub struct LogReference {
    pub row: u64,
    pub hash: Digest,
}

#[uniffi::remote(Record)]
pub struct Outcome {
    pub account: AccountId,
    pub challenge: ChallengeId,
    pub decision: Decision,
    pub decided_at: NumericDate,
    pub log: LogReference,
    pub receipt: String,
    pub muted_until: Option<NumericDate>,
    pub return_to: Option<ReturnAddress>,
}

/// What became of a decision that was signed and kept while the server could not be reached: an outcome or an error.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct KeptDecision {
    pub account: AccountId,
    pub challenge: ChallengeId,
    pub decision: Decision,
    pub outcome: Option<Outcome>,
    pub error: Option<InkanError>,
}

impl From<DecisionKept> for KeptDecision {
    fn from(kept: DecisionKept) -> Self {
        let DecisionKept { account, challenge, decision, result } = kept;
        let (outcome, error) = match result {
            Ok(outcome) => (Some(outcome), None),
            Err(error) => (None, Some(error.into())),
        };
        Self { account, challenge, decision, outcome, error }
    }
}

calls! {
    /// Approves what was shown, in this language. `number`: what the customer typed, in mode `number`. Returns when the
    /// receipt has been verified; before that nothing may say success. Cancelled, it may have been signed: then it is
    /// kept, and sent with the next look.
    approve(account: AccountId, challenge: ChallengeId, number: Option<String>, shown: Option<Locale>) -> Outcome: |core| {
        let number = number.as_deref();
        match shown {
            Some(shown) => core.approve_as_shown(account, challenge, number, shown).await,
            None => core.approve(account, challenge, number).await,
        }
    };
    /// "It was me, and I do not want it any more."
    deny(account: AccountId, challenge: ChallengeId, reason: DenyReason) -> Outcome: |core| {
        core.deny(account, challenge, reason).await
    };
    /// "This was not me." Also of what was decided within the last 30 days.
    report(account: AccountId, challenge: ChallengeId) -> Outcome: |core| core.report(account, challenge).await;
    /// Sends every decision that is signed and kept, the same bytes again.
    send_kept() -> Vec<KeptDecision>: |core| {
        Ok::<_, InkanError>(core.send_kept().await?.into_iter().map(KeptDecision::from).collect())
    };
}
