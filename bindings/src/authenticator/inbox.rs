//! `core/src/authenticator/inbox.rs` across the border.

use std::{sync::Arc, time::Duration};

use inkan_core::{
    account::{Account, AccountId},
    authenticator::{self as core, Approval, Blocked, Request, Warning},
    protocol::{
        answer::Decision,
        challenge::Start,
        details::{Locale, Operation},
        device_api::ChallengeState,
        display::{Line, Role},
        ids::{ChallengeId, MessageId, NumericDate},
    },
};

use super::{Authenticator, answer::KeptDecision};
use crate::{
    call::{Cancellation, run},
    error::{CallError, InkanError},
};

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
    /// Which account.
    pub account: AccountId,
    /// What.
    pub error: InkanError,
}

/// All that waits, and what went wrong while looking.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Inbox {
    /// What became of decisions that were signed and kept while the server could not be reached.
    pub settled: Vec<KeptDecision>,
    /// What waits for an answer.
    pub requests: Vec<Request>,
    /// What could not be fetched or verified. The rest stands.
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

#[uniffi::export]
impl Authenticator {
    /// All accounts.
    pub async fn accounts(&self) -> Result<Vec<Account>, CallError> {
        let core = self.core.clone();
        run("accounts", None, async move { core.accounts() }).await
    }

    /// Asks the server where this device stands, and keeps it.
    pub async fn refresh_account(
        &self,
        account: AccountId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Account, CallError> {
        let core = self.core.clone();
        run("refresh_account", cancellation, async move { core.refresh_account(account).await }).await
    }

    /// What waits in all accounts. Sends kept decisions first. Returns at once if anything waits; else waits up to
    /// `wait` for the first to come.
    pub async fn inbox(
        &self,
        wait: Duration,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Inbox, CallError> {
        let core = self.core.clone();
        let work = async move { Ok(Inbox::from(core.inbox(wait).await?)) };
        run::<_, InkanError>("inbox", cancellation, work).await
    }

    /// One request, read again from the server.
    pub async fn request(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Request, CallError> {
        let core = self.core.clone();
        run("request", cancellation, async move { core.request(account, challenge).await }).await
    }

    /// Where a challenge stands; waits up to `wait` for it to be no longer pending. News, not authority.
    pub async fn request_state(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        wait: Duration,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<ChallengeState, CallError> {
        let core = self.core.clone();
        let work = async move { core.request_state(account, challenge, wait).await };
        run("request_state", cancellation, work).await
    }

    /// A scanned code or an opened link of a page: proves it to the server, and the challenge is this phone's.
    pub async fn open_link(
        &self,
        link: String,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Request, CallError> {
        let core = self.core.clone();
        run("open_link", cancellation, async move { core.open_link(&link).await }).await
    }

    /// Tells every server that the doorbell of that id arrived, and brings the accounts up to date.
    pub async fn push_arrived(
        &self,
        push: MessageId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), CallError> {
        let core = self.core.clone();
        run("push_arrived", cancellation, async move { core.push_arrived(push).await }).await
    }
}
