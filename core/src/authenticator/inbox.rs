//! What is asked of the customer, over all accounts: fetched, verified, rendered (`docs/protocol.md`, "Challenge",
//! steps 2 to 4).

use std::time::Duration;

use inkan_protocol::{
    answer::Decision,
    challenge::Start,
    details::{Locale, Operation},
    device_api::ChallengeState,
    display::Line,
    ids::{ChallengeId, NumericDate},
};

use super::Authenticator;
use crate::{
    account::{Account, AccountId},
    error::Error,
};

/// All that waits, and what went wrong while looking.
#[derive(Debug, Default)]
pub struct Inbox {
    /// What waits for an answer, the oldest first within each account.
    pub requests: Vec<Request>,
    /// What could not be fetched or verified. The rest stands.
    pub problems: Vec<Problem>,
}

/// Something went wrong for one account, or for one challenge of it.
#[derive(Debug)]
pub struct Problem {
    /// Which account.
    pub account: AccountId,
    /// What.
    pub error: Error,
}

/// One question, verified, as the customer is to be shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Whose account.
    pub account: AccountId,
    /// Which challenge.
    pub challenge: ChallengeId,
    /// The relying party's name.
    pub relying_party: String,
    /// What is asked for.
    pub operation: Operation,
    /// The language of the lines.
    pub locale: Locale,
    /// All that is shown but countdown and buttons, in order. Empty if this version cannot show it.
    pub lines: Vec<Line>,
    /// When it was made (seconds, server's clock).
    pub issued_at: NumericDate,
    /// When it ends (seconds, server's clock).
    pub expires_at: NumericDate,
    /// How long that is from now on, by the corrected clock.
    pub remaining: Duration,
    /// How page and phone are tied together.
    pub start: Start,
    /// Whether it brings the browser back afterwards (tier `returned`).
    pub returns: bool,
    /// Whether it can be approved, and what it takes.
    pub approval: Approval,
    /// What the customer should be told beside it.
    pub warnings: Vec<Warning>,
    /// A decision that is signed and kept, for the server could not be reached.
    pub kept: Option<Decision>,
}

/// Whether a request can be approved. Deny and report always can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// By a tap and the user's verification.
    Ready,
    /// By typing as many digits as the page shows.
    Number {
        /// How many.
        digits: u8,
    },
    /// After scanning the page's code.
    Scan,
    /// After the page on this phone has opened the app.
    Link,
    /// Not here, or not now.
    Blocked(Blocked),
}

/// Why a request cannot be approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// This version cannot show it: update the app.
    UpdateNeeded,
    /// Its time is over.
    Expired,
    /// A new device; it may not approve everything before then (seconds, server's clock).
    Waiting(NumericDate),
    /// The customer's approvals are stopped.
    Frozen,
    /// The approval key is gone: enroll again.
    KeyInvalid,
    /// The server has suspended this device: enroll again.
    Suspended,
}

/// What the customer should know beside a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// So many wait in this account: those that are not one's own should be denied.
    SeveralPending(usize),
    /// The phone's clock differs from the server's by so many seconds (positive: the phone is behind).
    ClockDiffers(i64),
}

impl Authenticator {
    /// All accounts.
    pub fn accounts(&self) -> Result<Vec<Account>, Error> {
        Err(Error::Internal("not yet"))
    }

    /// Asks the server where this device stands (frozen, waiting, suspended, newer keys) and keeps it.
    pub async fn refresh_account(&self, account: AccountId) -> Result<Account, Error> {
        let _ = account;
        Err(Error::Internal("not yet"))
    }

    /// What waits in all accounts. Returns at once if anything does; else waits up to `wait` for the first to come.
    pub async fn inbox(&self, wait: Duration) -> Result<Inbox, Error> {
        let _ = wait;
        Err(Error::Internal("not yet"))
    }

    /// One request, read again from the server.
    pub async fn request(&self, account: AccountId, challenge: ChallengeId) -> Result<Request, Error> {
        let _ = (account, challenge);
        Err(Error::Internal("not yet"))
    }

    /// Where a challenge stands; waits up to `wait` for it to be no longer pending. News, not authority.
    pub async fn request_state(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        wait: Duration,
    ) -> Result<ChallengeState, Error> {
        let _ = (account, challenge, wait);
        Err(Error::Internal("not yet"))
    }

    /// A scanned code or an opened link of a page: proves it to the server at once, and the challenge is this phone's.
    pub async fn open_link(&self, link: &str) -> Result<Request, Error> {
        let _ = link;
        Err(Error::Internal("not yet"))
    }

    /// Tells the server that the doorbell of that id arrived.
    pub async fn push_arrived(
        &self,
        account: AccountId,
        push: inkan_protocol::ids::MessageId,
    ) -> Result<(), Error> {
        let _ = (account, push);
        Err(Error::Internal("not yet"))
    }
}
