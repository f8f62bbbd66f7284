//! What the phone shows of itself, as JSON for scripts and as the material of the page's screens.
//!
//! Times are Unix seconds by the server's clock. Members are only ever added.

use inkan_core::{
    account::{Account, AccountState},
    authenticator::{
        Approval, Blocked, EnrollmentFailure, EnrollmentPreview, EnrollmentProgress, HistoryEntry, Outcome,
        Request, Warning,
    },
};
use inkan_protocol::{
    answer::Decision,
    challenge::Start,
    details::{Locale, Operation},
    device_api::ChallengeState,
    display::Line,
    receipt::LogReference,
};
use serde::{Deserialize, Serialize};

use crate::words::{Words, fill, moment};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Its id on this phone.
    pub account: String,
    /// The device host.
    pub server: String,
    /// The relying party's name.
    pub relying_party: String,
    /// Whose account, masked.
    pub display_name: String,
    /// This phone's name there.
    pub device_name: String,
    /// This phone's id there.
    pub device: String,
    /// Where it stands.
    pub state: AccountState,
    /// Whether approvals are stopped.
    pub frozen: bool,
    /// Until then a new phone may not approve everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted_until: Option<u64>,
    /// Since when.
    pub enrolled_at: u64,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            account: account.id.to_string(),
            server: account.server.to_string(),
            relying_party: account.relying_party.clone(),
            display_name: account.display_name.clone(),
            device_name: account.device_name.clone(),
            device: account.device.to_string(),
            state: account.state,
            frozen: account.frozen,
            restricted_until: account.restricted_until,
            enrolled_at: account.enrolled_at,
        }
    }
}

/// Where an enrollment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrollmentState {
    /// "Is this your account?" has not been answered yet.
    Begun,
    /// The six digits are to be typed into the page.
    Claimed,
    /// Done.
    Active,
    /// The server ended it: wrong digits, too late, or somebody else used the same code.
    Ended,
    /// The server's record is not this phone's: somebody stands between.
    ForeignRecord,
}

impl From<&EnrollmentProgress> for EnrollmentState {
    fn from(progress: &EnrollmentProgress) -> Self {
        match progress {
            EnrollmentProgress::Claimed => Self::Claimed,
            EnrollmentProgress::Active(_) => Self::Active,
            EnrollmentProgress::Failed(EnrollmentFailure::Ended) => Self::Ended,
            EnrollmentProgress::Failed(EnrollmentFailure::ForeignRecord) => Self::ForeignRecord,
        }
    }
}

/// An enrollment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollmentView {
    /// Its id; the account's id once it is active.
    pub enrollment: String,
    /// Where it stands.
    pub state: EnrollmentState,
    /// The six digits, once the account has been confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Where the phone enrolls.
    pub account: EnrollingAccount,
}

/// Where a phone enrolls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollingAccount {
    /// The device host.
    pub server: String,
    /// The relying party's name.
    pub relying_party: String,
    /// Whose account, masked.
    pub display_name: String,
}

impl EnrollmentView {
    /// An enrollment that has just begun.
    pub fn begun(preview: &EnrollmentPreview) -> Self {
        Self {
            enrollment: preview.id.to_string(),
            state: EnrollmentState::Begun,
            code: None,
            account: EnrollingAccount {
                server: preview.server.to_string(),
                relying_party: preview.relying_party.clone(),
                display_name: preview.display_name.clone(),
            },
        }
    }
}

impl ApprovalView {
    /// Why nothing can be approved, in words; nothing where it can.
    pub(crate) fn why_blocked(self, locale: Locale) -> Option<String> {
        let words = Words::of(locale);
        let Self::Blocked { why, until } = self else { return None };
        let text = match why {
            BlockedView::UpdateNeeded => words.blocked_update,
            BlockedView::Expired => words.expired,
            BlockedView::Ended => words.blocked_ended,
            BlockedView::Waiting => {
                let until = moment(until.unwrap_or_default(), locale);
                return Some(fill(words.blocked_waiting, &[("until", &until)]));
            }
            BlockedView::Frozen => words.blocked_frozen,
            BlockedView::Suspended => words.blocked_suspended,
            BlockedView::KeyInvalid => words.blocked_key,
        };
        Some(text.to_owned())
    }
}

/// What an approval takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "takes", rename_all = "snake_case")]
pub enum ApprovalView {
    /// A tap and the user's verification.
    Confirmation,
    /// The digits that the page shows.
    Number {
        /// How many.
        digits: u8,
    },
    /// The page's code has to be scanned first.
    Scan,
    /// The page on this phone has to open the app first.
    Link,
    /// It cannot be approved here, or not now.
    Blocked {
        /// Why.
        why: BlockedView,
        /// For `waiting`: until when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<u64>,
    },
}

/// Why a request cannot be approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockedView {
    /// Update the app.
    UpdateNeeded,
    /// Its time is over.
    Expired,
    /// It has ended.
    Ended,
    /// A new phone has to wait before it may approve this.
    Waiting,
    /// The account is stopped.
    Frozen,
    /// The server has suspended this phone: enroll again.
    Suspended,
    /// The approval key is gone: enroll again.
    KeyInvalid,
}

impl From<Approval> for ApprovalView {
    fn from(approval: Approval) -> Self {
        let blocked = |why| Self::Blocked { why, until: None };
        match approval {
            Approval::Ready => Self::Confirmation,
            Approval::Number { digits } => Self::Number { digits },
            Approval::Scan => Self::Scan,
            Approval::Link => Self::Link,
            Approval::Blocked(Blocked::UpdateNeeded) => blocked(BlockedView::UpdateNeeded),
            Approval::Blocked(Blocked::Expired) => blocked(BlockedView::Expired),
            Approval::Blocked(Blocked::Ended) => blocked(BlockedView::Ended),
            Approval::Blocked(Blocked::Waiting(until)) => {
                Self::Blocked { why: BlockedView::Waiting, until: Some(until) }
            }
            Approval::Blocked(Blocked::Frozen) => blocked(BlockedView::Frozen),
            Approval::Blocked(Blocked::Suspended) => blocked(BlockedView::Suspended),
            Approval::Blocked(Blocked::KeyInvalid) => blocked(BlockedView::KeyInvalid),
        }
    }
}

/// A request that waits, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    /// The challenge's id.
    pub challenge: String,
    /// The account's id on this phone.
    pub account: String,
    /// The relying party's name.
    pub relying_party: String,
    /// What is asked for.
    pub operation: Operation,
    /// All that is shown, in order. Empty if this version cannot show it.
    pub lines: Vec<Line>,
    /// Where it stands, as the server last said.
    pub state: ChallengeState,
    /// When it was made.
    pub issued_at: u64,
    /// When it ends.
    pub expires_at: u64,
    /// How many seconds that is from now on.
    pub remaining: u64,
    /// How page and phone are tied together.
    pub start: Start,
    /// Whether the browser is brought back afterwards.
    pub returns: bool,
    /// What an approval takes.
    pub approval: ApprovalView,
    /// How many requests wait in the account, if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub several_pending: Option<u32>,
    /// By how many seconds the phone's clock is behind the server's, if that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_differs: Option<i64>,
    /// A decision that is signed and kept, for the server could not be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Decision>,
}

impl From<&Request> for RequestView {
    fn from(request: &Request) -> Self {
        let (mut several_pending, mut clock_differs) = (None, None);
        for warning in &request.warnings {
            match warning {
                Warning::SeveralPending(count) => several_pending = Some(*count),
                Warning::ClockDiffers(seconds) => clock_differs = Some(*seconds),
            }
        }
        Self {
            challenge: request.challenge.to_string(),
            account: request.account.to_string(),
            relying_party: request.relying_party.clone(),
            operation: request.operation,
            lines: request.lines.clone(),
            state: request.state,
            issued_at: request.issued_at,
            expires_at: request.expires_at,
            remaining: request.remaining.as_secs(),
            start: request.start,
            returns: request.returns,
            approval: request.approval.into(),
            several_pending,
            clock_differs,
            kept: request.kept,
        }
    }
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    /// Approved.
    Approved,
    /// Denied.
    Denied,
    /// Reported.
    Reported,
}

impl From<Decision> for Decided {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Approve => Self::Approved,
            Decision::Deny => Self::Denied,
            Decision::Report => Self::Reported,
        }
    }
}

/// An answer that the server has taken, proved by its receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerView {
    /// How it ended.
    pub outcome: Decided,
    /// The challenge's id.
    pub challenge: String,
    /// The account's id on this phone.
    pub account: String,
    /// When.
    pub decided_at: u64,
    /// `inkan-receipt+jwt`, verified.
    pub receipt: String,
    /// The row of the server's log.
    pub log: LogReference,
    /// Tier `returned`: what the browser shows after the return.
    #[serde(rename = "return", default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<ReturnView>,
}

/// What came of a return into the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnView {
    /// The page's HTTP status; 0 where there is none.
    pub status: u16,
    /// The page's address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// What stands on it, or why the browser could not come back.
    pub text: String,
}

impl AnswerView {
    /// An answer without its return.
    pub fn of(outcome: &Outcome) -> Self {
        Self {
            outcome: outcome.decision.into(),
            challenge: outcome.challenge.to_string(),
            account: outcome.account.to_string(),
            decided_at: outcome.decided_at,
            receipt: outcome.receipt.clone(),
            log: outcome.log,
            returned: None,
        }
    }
}

/// A decision of the past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryView {
    /// The decision and its receipt.
    #[serde(flatten)]
    pub answer: AnswerView,
    /// The relying party's name.
    pub relying_party: String,
    /// What was asked for.
    pub operation: Operation,
    /// What was shown.
    pub lines: Vec<Line>,
}

impl From<&HistoryEntry> for HistoryView {
    fn from(entry: &HistoryEntry) -> Self {
        Self {
            answer: AnswerView::of(&entry.outcome),
            relying_party: entry.asked.relying_party.clone(),
            operation: entry.asked.operation,
            lines: entry.lines.clone(),
        }
    }
}

/// How a request ended, as far as this phone knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", content = "state", rename_all = "snake_case")]
pub enum Ending {
    /// By this phone, with a receipt.
    Here(Decided),
    /// A wrong number was typed here.
    NumberWrong,
    /// Nobody answered in time.
    Expired,
    /// A newer request took its place.
    Superseded,
    /// The relying party, or a freeze, took it back.
    Cancelled,
    /// By another phone of the customer's.
    Elsewhere(ChallengeState),
    /// It is gone, and the server does not say how.
    Gone,
}

impl From<ChallengeState> for Ending {
    /// The end of a request that this phone did not answer.
    fn from(state: ChallengeState) -> Self {
        match state {
            ChallengeState::Expired => Self::Expired,
            ChallengeState::Superseded => Self::Superseded,
            ChallengeState::Cancelled => Self::Cancelled,
            ChallengeState::Pending => Self::Gone,
            ChallengeState::Approved
            | ChallengeState::Denied
            | ChallengeState::Reported
            | ChallengeState::Failed => Self::Elsewhere(state),
        }
    }
}

/// A request that has ended while this phone ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedView {
    /// What was asked.
    pub request: RequestView,
    /// How it ended.
    pub ending: Ending,
    /// When this phone learned it.
    pub at: u64,
    /// The answer, if it was this phone's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerView>,
}
