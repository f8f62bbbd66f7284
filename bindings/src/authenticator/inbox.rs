//! `core/src/authenticator/inbox.rs` across the border.

use std::time::Duration;

use inkan_core::{
    account::{Account, AccountId},
    authenticator::{self as core, Approval, Blocked, Request, Warning},
    protocol::{
        answer::Decision,
        challenge::Start,
        details::{Locale, Operation},
        device_api::ChallengeState,
        display::{Line, Role},
        ids::{ChallengeId, NumericDate},
    },
};

use super::{Authenticator, answer::KeptDecision};
use crate::{call::calls, error::InkanError};

#[uniffi::remote(Enum)]
pub enum Operation {
    Login,
    Order,
    Withdrawal,
    PayoutAccountChange,
    ContactChange,
    SettingsChange,
    DeviceAdd,
    Other,
}

#[uniffi::remote(Enum)]
pub enum ChallengeState {
    Pending,
    Approved,
    Denied,
    Reported,
    Failed,
    Expired,
    Cancelled,
    Superseded,
}

#[uniffi::remote(Enum)]
pub enum Role {
    RelyingParty,
    Account,
    Operation,
    Amount,
    Buy,
    Sell,
    Payee,
    NewPayee,
    Fact,
    Origin,
    Reason,
}

#[uniffi::remote(Record)]
pub struct Line {
    pub role: Role,
    pub label: String,
    pub value: String,
}

#[uniffi::remote(Enum)]
pub enum Start {
    Number { digits: u8 },
    Scan {},
    Link {},
    None {},
}

#[uniffi::remote(Enum)]
pub enum Approval {
    Ready,
    Number { digits: u8 },
    Scan,
    Link,
    Blocked(Blocked),
}

#[uniffi::remote(Enum)]
pub enum Blocked {
    UpdateNeeded,
    Expired,
    Ended,
    KeyInvalid,
    Suspended,
    Frozen,
    Waiting(NumericDate),
}

#[uniffi::remote(Enum)]
pub enum Warning {
    SeveralPending(u32),
    ClockDiffers(i64),
}

#[uniffi::remote(Record)]
pub struct Request {
    pub account: AccountId,
    pub challenge: ChallengeId,
    pub relying_party: String,
    pub operation: Operation,
    pub locale: Locale,
    pub lines: Vec<Line>,
    pub state: ChallengeState,
    pub issued_at: NumericDate,
    pub expires_at: NumericDate,
    pub remaining: Duration,
    pub start: Start,
    pub returns: bool,
    pub approval: Approval,
    pub warnings: Vec<Warning>,
    pub kept: Option<Decision>,
}

/// Something went wrong for one account, or for one challenge of it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Problem {
    pub account: AccountId,
    pub error: InkanError,
}

/// All that waits, and what went wrong while looking.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Inbox {
    pub settled: Vec<KeptDecision>,
    pub requests: Vec<Request>,
    pub problems: Vec<Problem>,
}

impl From<core::Inbox> for Inbox {
    fn from(inbox: core::Inbox) -> Self {
        let core::Inbox { settled, requests, problems } = inbox;
        let problem = |core::Problem { account, error }| Problem { account, error: error.into() };
        Self {
            settled: settled.into_iter().map(KeptDecision::from).collect(),
            requests,
            problems: problems.into_iter().map(problem).collect(),
        }
    }
}

calls! {
    /// All accounts.
    accounts() -> Vec<Account>: |core| core.accounts();
    /// Asks the server where this device stands, and keeps it.
    refresh_account(account: AccountId) -> Account: |core| core.refresh_account(account).await;
    /// What waits in all accounts. Sends kept decisions first. Returns at once if anything waits; else waits up to
    /// `wait` for the first to come.
    inbox(wait: Duration) -> Inbox: |core| Ok::<_, InkanError>(core.inbox(wait).await?.into());
    /// One request, read again from the server.
    request(account: AccountId, challenge: ChallengeId) -> Request: |core| core.request(account, challenge).await;
    /// Where a challenge stands; waits up to `wait` for it to be no longer pending. News, not authority.
    request_state(account: AccountId, challenge: ChallengeId, wait: Duration) -> ChallengeState: |core| {
        core.request_state(account, challenge, wait).await
    };
    /// A scanned code or an opened link of a page: proves it to the server, and the challenge is this phone's.
    open_link(link: String) -> Request: |core| core.open_link(&link).await;
}
