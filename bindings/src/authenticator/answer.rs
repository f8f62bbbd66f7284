//! `core/src/authenticator/answer.rs` across the border.

use std::sync::Arc;

use inkan_core::{
    account::AccountId,
    authenticator::{DecisionKept, Outcome, ReturnAddress},
    protocol::{
        answer::{Decision, DenyReason},
        ids::{ChallengeId, Digest, NumericDate},
        receipt::LogReference,
    },
};

use super::Authenticator;
use crate::{
    call::{Cancellation, run},
    error::{CallError, InkanError},
};

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
    pub return_to: Option<ReturnAddress>,
}

/// What became of a decision that was signed and kept while the server could not be reached: an outcome or an error.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct KeptDecision {
    /// Whose account.
    pub account: AccountId,
    /// Which challenge.
    pub challenge: ChallengeId,
    /// What was decided on the phone.
    pub decision: Decision,
    /// The receipt.
    pub outcome: Option<Outcome>,
    /// Why there is none. After `Offline` it is still kept.
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

#[uniffi::export]
impl Authenticator {
    /// Approves what was shown. `number`: what the customer typed, in mode `number`. Returns when the receipt has been
    /// verified; before that nothing may say success. Cancelled, it may have been signed: then it is kept, and sent with
    /// the next look.
    pub async fn approve(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        number: Option<String>,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Outcome, CallError> {
        let core = self.core.clone();
        run("approve", cancellation, async move { core.approve(account, challenge, number.as_deref()).await })
            .await
    }

    /// "It was me, and I do not want it any more."
    pub async fn deny(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        reason: DenyReason,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Outcome, CallError> {
        let core = self.core.clone();
        run("deny", cancellation, async move { core.deny(account, challenge, reason).await }).await
    }

    /// "This was not me." Also of what was decided within the last 30 days.
    pub async fn report(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Outcome, CallError> {
        let core = self.core.clone();
        run("report", cancellation, async move { core.report(account, challenge).await }).await
    }

    /// Sends every decision that is signed and kept, the same bytes again.
    pub async fn send_kept(
        &self,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Vec<KeptDecision>, CallError> {
        let core = self.core.clone();
        let work = async move { Ok(core.send_kept().await?.into_iter().map(KeptDecision::from).collect()) };
        run::<_, InkanError>("send_kept", cancellation, work).await
    }
}
