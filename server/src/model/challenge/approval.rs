//! An approval and its one redeem.

use inkan_protocol::answer::{ReturnToken, UserVerification};
use inkan_protocol::challenge::Tier;
use inkan_protocol::enrollment::AttestationResult;
use inkan_protocol::ids::{Digest, NumericDate, UserId};
use inkan_protocol::receipt::KeyKind;
use serde::{Deserialize, Serialize};

use super::{Challenge, Decided, InvalidTransition, StartMode, State};

/// Redeems that did not match until every further one is refused.
pub const MISMATCHES: u8 = 5;

/// What was approved, how strongly, and whether it was redeemed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The answer and its receipt.
    pub decided: Decided,
    /// How the phone says that it verified the user.
    pub uv: Option<UserVerification>,
    /// Where the approving key lives.
    pub key_kind: KeyKind,
    /// What its attestation amounted to.
    pub attestation: Option<AttestationResult>,
    /// SHA-256 of the token that the phone brings back to the browser.
    pub return_hash: Option<Digest>,
    /// From then on it cannot be redeemed.
    pub redeem_before: NumericDate,
    /// Redeems that did not match.
    pub mismatches: u8,
    /// Its redeem.
    pub redeemed: Option<Redeemed>,
}

/// A redeem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeemed {
    /// When.
    pub at: NumericDate,
    /// The reference that it gave, if any.
    pub reference: Option<String>,
    /// `inkan-verdict+jwt`.
    pub verdict: String,
    /// SHA-256 of the request's `Idempotency-Key` with all that it stands for, if it had one.
    #[serde(default)]
    pub by: Option<Digest>,
}

/// What a relying party gives to redeem. What is given must be what the challenge was created with.
#[derive(Clone)]
pub struct Redemption {
    /// The reference; an absent one is not equal to one that is there.
    pub reference: Option<String>,
    /// The user, if given.
    pub user: Option<UserId>,
    /// SHA-256 of the web session, if given.
    pub session: Option<Digest>,
    /// r, if the browser brought one back.
    pub return_token: Option<ReturnToken>,
}

/// Why a redeem is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedeemError {
    /// Not approved, or reported since.
    #[error("the challenge is not approved")]
    NotApproved,
    /// Redeemed before.
    #[error("the approval was redeemed before")]
    AlreadyRedeemed(Redeemed),
    /// The time to redeem is over.
    #[error("the time to redeem is over")]
    WindowOver,
    /// What was given is not what was created; or five such tries were made.
    #[error("what was given does not match")]
    DoesNotMatch,
    /// Not tied strongly enough.
    #[error("the approval is of tier {0:?}, below what the challenge asks for")]
    TierTooLow(Tier),
}

impl Challenge {
    /// The tier that a redeem with this proves.
    ///
    /// `returned` takes a return token whose hash the phone signed, and the session that began.
    pub fn tier(&self, approval: &Approval, redemption: &Redemption) -> Tier {
        match self.start {
            StartMode::None => Tier::None,
            StartMode::Number { .. } => Tier::Number,
            StartMode::Scan { .. } => Tier::Scan,
            StartMode::Link { .. } => {
                let returned = redemption.return_token.as_ref().map(ReturnToken::digest);
                let same_session = redemption.session.is_some() && redemption.session == self.session;
                if returned.is_some() && returned == approval.return_hash && same_session {
                    Tier::Returned
                } else {
                    Tier::Link
                }
            }
        }
    }

    /// Checks a redeem without using the approval: state first, then match, then tier, then time.
    pub fn check_redeem(&self, redemption: &Redemption, now: NumericDate) -> Result<Tier, RedeemError> {
        let State::Approved(approval) = &self.state else { return Err(RedeemError::NotApproved) };
        if approval.mismatches >= MISMATCHES {
            return Err(RedeemError::DoesNotMatch);
        }
        if !self.matches(approval, redemption) {
            return Err(RedeemError::DoesNotMatch);
        }
        if let Some(redeemed) = &approval.redeemed {
            return Err(RedeemError::AlreadyRedeemed(redeemed.clone()));
        }
        if !self.reports.is_empty() {
            return Err(RedeemError::NotApproved);
        }
        if now >= approval.redeem_before {
            return Err(RedeemError::WindowOver);
        }
        let tier = self.tier(approval, redemption);
        if tier < self.minimum_tier { Err(RedeemError::TierTooLow(tier)) } else { Ok(tier) }
    }

    /// Redeems, once. The caller has checked by [`Challenge::check_redeem`] in the same transaction.
    pub fn redeem(mut self, redeemed: Redeemed) -> Result<Self, InvalidTransition> {
        match &mut self.state {
            State::Approved(approval) if approval.redeemed.is_none() => {
                approval.redeemed = Some(redeemed);
                Ok(self)
            }
            _ => Err(InvalidTransition),
        }
    }

    /// A redeem did not match: five of them end the approval's use.
    pub fn count_mismatch(mut self) -> Result<Self, InvalidTransition> {
        match &mut self.state {
            State::Approved(approval) => {
                approval.mismatches = approval.mismatches.saturating_add(1);
                Ok(self)
            }
            _ => Err(InvalidTransition),
        }
    }

    fn matches(&self, approval: &Approval, redemption: &Redemption) -> bool {
        let user = redemption.user.as_ref().is_none_or(|user| *user == self.owner.user);
        let session = redemption.session.is_none_or(|session| Some(session) == self.session);
        let returned =
            redemption.return_token.as_ref().is_none_or(|token| Some(token.digest()) == approval.return_hash);
        redemption.reference == self.reference && user && session && returned
    }
}
