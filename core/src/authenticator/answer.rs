//! Approve, deny, report (`docs/protocol.md`, "Challenge", steps 5 to 7).

use std::fmt;

use inkan_protocol::{
    answer::{Decision, DenyReason},
    challenge::Challenge,
    details::Locale,
    display::Line,
    ids::{ChallengeId, NumericDate},
    receipt::LogReference,
};

use super::Authenticator;
use crate::{account::AccountId, error::Error};

/// A decision that the server has taken, proved by its receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whose account.
    pub account: AccountId,
    /// Which challenge.
    pub challenge: ChallengeId,
    /// What was decided.
    pub decision: Decision,
    /// When (seconds, server's clock).
    pub decided_at: NumericDate,
    /// The row of the server's log.
    pub log: LogReference,
    /// `inkan-receipt+jwt`, verified.
    pub receipt: String,
    /// Tier `returned`, approved: the address that the browser is to open now.
    pub return_to: Option<ReturnAddress>,
}

/// A return address with the token that lets the browser's session redeem: for the browser and nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct ReturnAddress(pub(super) String);

impl ReturnAddress {
    /// The address to open.
    pub fn expose_url(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReturnAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReturnAddress")
    }
}

/// What became of a decision that was signed and kept while the server could not be reached.
#[derive(Debug)]
pub struct DecisionKept {
    /// Whose account.
    pub account: AccountId,
    /// Which challenge.
    pub challenge: ChallengeId,
    /// What was decided on the phone.
    pub decision: Decision,
    /// The receipt, or why there is none. After an error of kind offline it is still kept.
    pub result: Result<Outcome, Error>,
}

/// A decision of the past, as this phone made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The decision and its receipt. Without a return address.
    pub outcome: Outcome,
    /// What was asked.
    pub asked: Challenge,
    /// The language in which it was shown.
    pub locale: Locale,
    /// What was shown.
    pub lines: Vec<Line>,
}

impl Authenticator {
    /// Approves what was shown. `number`: what the customer typed, in mode `number`. Returns when the receipt has been
    /// verified; before that nothing may say success.
    pub async fn approve(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        number: Option<&str>,
    ) -> Result<Outcome, Error> {
        let _ = (account, challenge, number);
        Err(Error::Internal("not yet"))
    }

    /// "It was me, and I do not want it any more."
    pub async fn deny(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        reason: DenyReason,
    ) -> Result<Outcome, Error> {
        let _ = (account, challenge, reason);
        Err(Error::Internal("not yet"))
    }

    /// "This was not me." Also of what was decided within the last 30 days.
    pub async fn report(&self, account: AccountId, challenge: ChallengeId) -> Result<Outcome, Error> {
        let _ = (account, challenge);
        Err(Error::Internal("not yet"))
    }

    /// Sends every decision that is signed and kept, the same bytes again. [`Authenticator::inbox`] does it too.
    pub async fn send_kept(&self) -> Result<Vec<DecisionKept>, Error> {
        Err(Error::Internal("not yet"))
    }

    /// What this phone has decided in an account, the newest first.
    pub fn history(&self, account: AccountId) -> Result<Vec<HistoryEntry>, Error> {
        let _ = account;
        Err(Error::Internal("not yet"))
    }
}
