//! A challenge: one question, one decision.
//!
//! ```text
//!             ┌─ right answer ──▶ Approved ── redeem ──▶ Approved, redeemed
//!             ├─ deny ──────────▶ Denied
//! Pending ────┼─ report ────────▶ Reported
//!             ├─ wrong number ──▶ Failed
//!             ├─ time ──────────▶ Expired
//!             ├─ relying party, freeze ──▶ Cancelled
//!             └─ newer one of the same session ──▶ Superseded
//! ```
//!
//! A state that has ended never moves again: there is no way back to `Pending`, and [`Challenge::approve`] takes a
//! [`Verified`] answer and nothing else.

mod approval;

use inkan_protocol::answer::{Answer, Decision};
use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Detail, Locale, Operation, Origin, Reason};
use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::ids::{ChallengeId, DeviceId, Digest, NumericDate, Subject};
use inkan_protocol::jws::Verified;
use serde::{Deserialize, Serialize};

use crate::model::sealed::SealedBytes;
use crate::model::user::UserKey;

pub use self::approval::{Approval, MISMATCHES, RedeemError, Redeemed, Redemption};

/// `device_add`: wrong numbers in all until it ends.
pub const DEVICE_ADD_TRIES: u8 = 3;

/// A challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Its id.
    pub id: ChallengeId,
    /// Who is asked.
    pub owner: UserKey,
    /// The customer's pseudonym.
    pub sub: Subject,
    /// What is asked.
    pub operation: Operation,
    /// Its details.
    pub details: Vec<Detail>,
    /// Where the request came from, as shown.
    pub origin: Origin,
    /// The network that wrong numbers count against.
    pub network: Option<String>,
    /// SHA-256 of the web session that began; `None`: unstated.
    pub session: Option<Digest>,
    /// Why it is asked.
    pub reasons: Vec<Reason>,
    /// How page and phone are tied together.
    pub start: StartMode,
    /// Where the app brings the browser back to.
    pub return_url: Option<String>,
    /// A redeem needs at least this.
    pub minimum_tier: Tier,
    /// The relying party's own reference.
    pub reference: Option<String>,
    /// The language to show where the phone has none of ours.
    pub locale: Locale,
    /// When it was made.
    pub created_at: NumericDate,
    /// From then on no answer is taken.
    pub expires_at: NumericDate,
    /// SHA-256 of the watch token.
    pub watch: Digest,
    /// The JWS of each device that is asked.
    pub issued: Vec<Issued>,
    /// `scan` and `link`: the phone that has proved the start.
    pub opened_by: Option<DeviceId>,
    /// `device_add`: the new device that waits for this.
    pub new_device: Option<DeviceId>,
    /// `device_add`: wrong numbers so far.
    pub wrong_tries: u8,
    /// Where it stands.
    pub state: State,
    /// Reports that came after the decision.
    pub reports: Vec<Decided>,
}

/// How page and phone are tied together, with what the server keeps for it. Secrets are dropped when it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum StartMode {
    /// The page shows a number.
    Number {
        /// How many digits.
        digits: u8,
        /// The number, sealed.
        number: Option<SealedBytes>,
    },
    /// The page shows a changing code.
    Scan {
        /// The secret behind the codes, sealed.
        secret: Option<SealedBytes>,
        /// SHA-256 of the token under which the page loads the code.
        page: Digest,
    },
    /// The page opens the app.
    Link {
        /// SHA-256 of the link's token.
        token: Digest,
    },
    /// Nothing.
    None,
}

impl StartMode {
    /// Whether a customer can approve it without the page at hand.
    pub fn is_blind(&self) -> bool {
        matches!(self, Self::Number { .. } | Self::None)
    }
}

/// The challenge as one device is sent it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// To which device.
    pub device: DeviceId,
    /// `inkan-challenge+jwt`.
    pub jws: String,
}

/// Where a challenge stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// Waits for an answer.
    Pending,
    /// Approved; redeemed or not.
    Approved(Box<Approval>),
    /// Denied.
    Denied(Decided),
    /// "This was not me."
    Reported(Decided),
    /// A wrong number was typed.
    Failed {
        /// When.
        at: NumericDate,
        /// On which device.
        device: DeviceId,
    },
    /// Nobody answered in time.
    Expired {
        /// When.
        at: NumericDate,
    },
    /// Taken back.
    Cancelled {
        /// When.
        at: NumericDate,
    },
    /// A newer one took its place.
    Superseded {
        /// When.
        at: NumericDate,
        /// By which.
        by: ChallengeId,
    },
}

/// An answer that decided, with its receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The device that answered; `None` for a test user.
    pub device: Option<DeviceId>,
    /// When.
    pub at: NumericDate,
    /// `inkan-answer+jwt`.
    pub answer: String,
    /// `inkan-receipt+jwt`.
    pub receipt: String,
    /// SHA-256 of the lines shown.
    pub display_hash: Digest,
}

/// A move that the state does not allow, or an answer of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a challenge in this state does not move like that")]
pub struct InvalidTransition;

impl Challenge {
    /// The state as it travels. A pending challenge whose time is over reads as expired.
    pub fn state_at(&self, now: NumericDate) -> ChallengeState {
        match self.state {
            State::Pending if now >= self.expires_at => ChallengeState::Expired,
            State::Pending => ChallengeState::Pending,
            State::Approved(_) => ChallengeState::Approved,
            State::Denied(_) => ChallengeState::Denied,
            State::Reported(_) => ChallengeState::Reported,
            State::Failed { .. } => ChallengeState::Failed,
            State::Expired { .. } => ChallengeState::Expired,
            State::Cancelled { .. } => ChallengeState::Cancelled,
            State::Superseded { .. } => ChallengeState::Superseded,
        }
    }

    /// Whether it waits for an answer.
    pub fn is_pending(&self, now: NumericDate) -> bool {
        self.state_at(now) == ChallengeState::Pending
    }

    /// When it ended; `None` while it is pending.
    pub fn ended_at(&self) -> Option<NumericDate> {
        match &self.state {
            State::Pending => None,
            State::Approved(approval) => Some(approval.decided.at),
            State::Denied(decided) | State::Reported(decided) => Some(decided.at),
            State::Failed { at, .. }
            | State::Expired { at }
            | State::Cancelled { at }
            | State::Superseded { at, .. } => Some(*at),
        }
    }

    /// The JWS that this device was sent.
    pub fn issued_to(&self, device: DeviceId) -> Option<&str> {
        self.issued.iter().find(|issued| issued.device == device).map(|issued| issued.jws.as_str())
    }

    /// The JWS that this device was sent, by value.
    pub fn into_issued_to(self, device: DeviceId) -> Option<String> {
        self.issued.into_iter().find(|issued| issued.device == device).map(|issued| issued.jws)
    }

    /// Whether this device has reported it, as the decision or after it.
    pub fn is_reported_by(&self, device: Option<DeviceId>) -> bool {
        let decision = match &self.state {
            State::Reported(decided) => Some(decided),
            _ => None,
        };
        decision.into_iter().chain(&self.reports).any(|report| report.device == device)
    }

    /// A phone has scanned the page's code, or was opened by its link. The same phone may start again; another may not.
    pub fn open(mut self, device: DeviceId, now: NumericDate) -> Result<Self, InvalidTransition> {
        let starts = matches!(self.start, StartMode::Scan { .. } | StartMode::Link { .. });
        let free = self.opened_by.is_none_or(|opened_by| opened_by == device);
        if starts && free && self.is_pending(now) {
            self.opened_by = Some(device);
            Ok(self)
        } else {
            Err(InvalidTransition)
        }
    }

    /// The customer approved. `answer` has verified under the device's approval key; the caller has compared hashes,
    /// number and start.
    pub fn approve(
        self,
        answer: &Verified<Answer>,
        approval: Approval,
        now: NumericDate,
    ) -> Result<Self, InvalidTransition> {
        self.decide(answer, Decision::Approve, State::Approved(Box::new(approval)), now)
    }

    /// The customer declined.
    pub fn deny(
        self,
        answer: &Verified<Answer>,
        decided: Decided,
        now: NumericDate,
    ) -> Result<Self, InvalidTransition> {
        self.decide(answer, Decision::Deny, State::Denied(decided), now)
    }

    /// The customer says that it was not them.
    pub fn report(
        self,
        answer: &Verified<Answer>,
        decided: Decided,
        now: NumericDate,
    ) -> Result<Self, InvalidTransition> {
        self.decide(answer, Decision::Report, State::Reported(decided), now)
    }

    /// A report of what has ended: kept beside the decision, which stands.
    pub fn report_late(
        mut self,
        answer: &Verified<Answer>,
        decided: Decided,
        now: NumericDate,
    ) -> Result<Self, InvalidTransition> {
        if self.is_pending(now)
            || answer.payload().decision != Decision::Report
            || answer.payload().challenge != self.id
        {
            return Err(InvalidTransition);
        }
        self.reports.push(decided);
        Ok(self)
    }

    fn decide(
        self,
        answer: &Verified<Answer>,
        decision: Decision,
        state: State,
        now: NumericDate,
    ) -> Result<Self, InvalidTransition> {
        if answer.payload().decision != decision
            || answer.payload().challenge != self.id
            || now >= self.expires_at
        {
            return Err(InvalidTransition);
        }
        self.end(state)
    }

    /// A wrong number was typed: that ends it, but for `device_add`, which takes [`DEVICE_ADD_TRIES`] in all.
    pub fn mistype(mut self, device: DeviceId, now: NumericDate) -> Result<Self, InvalidTransition> {
        if !self.is_pending(now) {
            return Err(InvalidTransition);
        }
        self.wrong_tries = self.wrong_tries.saturating_add(1);
        if self.new_device.is_some() && self.wrong_tries < DEVICE_ADD_TRIES {
            return Ok(self);
        }
        self.fail(device, now)
    }

    /// It ends because of a wrong number.
    pub fn fail(self, device: DeviceId, now: NumericDate) -> Result<Self, InvalidTransition> {
        self.end(State::Failed { at: now, device })
    }

    /// Nobody answered in time.
    pub fn expire(self, now: NumericDate) -> Result<Self, InvalidTransition> {
        if now < self.expires_at {
            return Err(InvalidTransition);
        }
        self.end(State::Expired { at: now })
    }

    /// The relying party, a freeze or a report takes it back.
    pub fn cancel(self, now: NumericDate) -> Result<Self, InvalidTransition> {
        self.end(State::Cancelled { at: now })
    }

    /// A newer one of the same user, operation and web session takes its place.
    pub fn supersede(self, by: ChallengeId, now: NumericDate) -> Result<Self, InvalidTransition> {
        self.end(State::Superseded { at: now, by })
    }

    fn end(mut self, state: State) -> Result<Self, InvalidTransition> {
        if self.state != State::Pending {
            return Err(InvalidTransition);
        }
        self.state = state;
        match &mut self.start {
            StartMode::Number { number, .. } => *number = None,
            StartMode::Scan { secret, .. } => *secret = None,
            StartMode::Link { .. } | StartMode::None => {}
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
