//! What is asked of the customer, over all accounts: fetched, verified, rendered (`docs/protocol.md`, "Challenge",
//! steps 2 to 4).

use std::time::Duration;

use futures_util::{
    future::join_all,
    stream::{FuturesUnordered, StreamExt as _},
};
use inkan_protocol::{
    answer::Decision,
    challenge::{ChallengeLink, Start, StartProof},
    details::{Locale, Operation},
    device_api::{ChallengeState, OneChallenge, PendingChallenges},
    display::Line,
    ids::{ChallengeId, NumericDate},
};

use super::{
    Authenticator, DecisionKept, Inner,
    line::{Call, Caller, parse},
    records::SignedAnswer,
    taken::{Arrival, Taken, blocked, needed},
};
use crate::{
    account::{Account, AccountId, AccountRecord, AccountState},
    error::{Error, InputError, Refusal, RefusalReason},
    link::read_challenge,
};

/// A difference of clocks that is worth a word, in seconds.
const CLOCK_TOLERANCE: u64 = 60;

/// All that waits, and what went wrong while looking.
#[derive(Debug, Default)]
pub struct Inbox {
    /// What became of decisions that were signed and kept while the server could not be reached.
    pub settled: Vec<DecisionKept>,
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
    /// Where it stands, as the server last said. News, not authority.
    pub state: ChallengeState,
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
    /// It has ended, see [`Request::state`].
    Ended,
    /// The approval key is gone: enroll again.
    KeyInvalid,
    /// The server has suspended this device: enroll again.
    Suspended,
    /// The customer's approvals are stopped.
    Frozen,
    /// A new device; it may not approve this before then (seconds, server's clock).
    Waiting(NumericDate),
}

/// What the customer should know beside a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// So many wait in this account: those that are not one's own should be denied.
    SeveralPending(u32),
    /// The phone's clock differs from the server's by so many seconds (positive: the phone is behind).
    ClockDiffers(i64),
}

impl Authenticator {
    /// All accounts.
    pub fn accounts(&self) -> Result<Vec<Account>, Error> {
        Ok(self.inner.list::<AccountRecord>()?.iter().map(AccountRecord::shown).collect())
    }

    /// Asks the server where this device stands (frozen, waiting, suspended, newer keys) and keeps it.
    pub async fn refresh_account(&self, account: AccountId) -> Result<Account, Error> {
        Ok(self.inner.refresh(account, "/d/v1/device").await?.shown())
    }

    /// What waits in all accounts. Sends kept decisions first. Returns at once if anything waits; else waits up to `wait`
    /// for the first to come. If no server can be reached it returns at once with the problems.
    pub async fn inbox(&self, wait: Duration) -> Result<Inbox, Error> {
        let accounts: Vec<AccountId> =
            self.inner.list::<AccountRecord>()?.iter().map(|account| account.id).collect();
        let mut inbox = Inbox::default();
        // each account by itself: a server that does not answer holds up no other
        let looks = join_all(accounts.iter().map(|id| async {
            let settled = self.inner.send_kept_of(*id).await;
            let found = self.inner.pending(*id, Duration::ZERO).await;
            if found.is_ok() {
                // seldom needed: it does not have to lie in every look's future
                Box::pin(self.inner.tell_arrivals(*id)).await;
                Box::pin(self.inner.tell_description(*id)).await;
            }
            (*id, settled, found)
        }));
        for (id, settled, found) in looks.await {
            inbox.settled.extend(settled?);
            inbox.add(id, found);
        }
        if wait.is_zero() || !inbox.requests.is_empty() || !inbox.settled.is_empty() {
            return Ok(inbox);
        }
        inbox.problems.clear();
        let mut waiting: FuturesUnordered<_> =
            accounts.iter().map(|id| async { (*id, self.inner.pending(*id, wait).await) }).collect();
        while let Some((id, found)) = waiting.next().await {
            inbox.add(id, found);
            if !inbox.requests.is_empty() {
                break;
            }
        }
        Ok(inbox)
    }

    /// One request, read again from the server.
    pub async fn request(&self, account: AccountId, challenge: ChallengeId) -> Result<Request, Error> {
        let record = self.inner.ready(account).await?;
        let taken = self.inner.fetch(&record, challenge).await?;
        self.inner.present(&record, &taken, 1)
    }

    /// Where a challenge stands; waits up to `wait` for it to be no longer pending. News, not authority.
    pub async fn request_state(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        wait: Duration,
    ) -> Result<ChallengeState, Error> {
        let record = self.inner.ready(account).await?;
        self.inner.read_state(&record, challenge, wait).await
    }

    /// A scanned code or an opened link of a page: proves it to the server at once, and the challenge is this phone's.
    pub async fn open_link(&self, link: &str) -> Result<Request, Error> {
        let link = read_challenge(link)?;
        let (ChallengeLink::Scan { server, challenge, .. } | ChallengeLink::Open { server, challenge, .. }) =
            &link;
        // several accounts may be at one server; a challenge belongs to one, and to the others it does not exist
        let mut outcome = Err(Error::Input(InputError::NoAccountForLink));
        for account in self.inner.list::<AccountRecord>()?.iter().filter(|account| account.server == *server)
        {
            outcome = self.inner.start(account.id, &link, *challenge).await;
            let elsewhere = match &outcome {
                Err(Error::NotRecognised) => true,
                Err(Error::Refused(refusal)) => refusal.reason == RefusalReason::NotFound,
                _ => false,
            };
            if !elsewhere {
                break;
            }
        }
        outcome
    }
}

impl Inbox {
    fn add(&mut self, account: AccountId, found: Result<(Vec<Request>, Vec<Error>), Error>) {
        let problems = match found {
            Ok((requests, errors)) => {
                self.requests.extend(requests);
                errors
            }
            Err(error) => vec![error],
        };
        self.problems.extend(problems.into_iter().map(|error| Problem { account, error }));
    }
}

impl Inner {
    async fn pending(&self, id: AccountId, wait: Duration) -> Result<(Vec<Request>, Vec<Error>), Error> {
        let mut account = self.ready(id).await?;
        // what stops approvals may have ended since; asking costs a signature, so only then
        if account.frozen || account.restricted_until.is_some() || account.state == AccountState::Suspended {
            account = self.refresh(id, "/d/v1/device").await?;
        }
        let answer = match self.read(&account, &Call::read("/d/v1/challenges", wait)).await {
            Err(Error::NotRecognised) => {
                // a suspended device is told so, and told nothing else
                self.ask_standing(&account, "/d/v1/device").await.ok();
                return Err(Error::NotRecognised);
            }
            answer => answer?,
        };
        let PendingChallenges { challenges } = parse(&answer)?;
        let arrival =
            Arrival { expected: None, started: false, state: ChallengeState::Pending, locale: self.locale() };
        let (mut taken, mut problems) = (Vec::new(), Vec::new());
        for message in &challenges {
            match self.admit_following(&account, message, arrival).await {
                Ok(one) => taken.push(one),
                Err(error) => problems.push(error),
            }
        }
        self.prune(&account)?;
        self.wipe_tokens(&account)?;
        let account = self.account(id)?;
        let count = taken.len();
        let requests =
            taken.iter().map(|one| self.present(&account, one, count)).collect::<Result<_, _>>()?;
        Ok((requests, problems))
    }

    /// Where a challenge stands, asked once more.
    pub(super) async fn read_state(
        &self,
        account: &AccountRecord,
        challenge: ChallengeId,
        wait: Duration,
    ) -> Result<ChallengeState, Error> {
        let answer: OneChallenge = parse(&self.read(account, &one(challenge, wait)).await?)?;
        Ok(answer.state.unwrap_or(ChallengeState::Pending))
    }

    /// Step 2: proves that this phone has scanned the page's code, or was opened by its link.
    async fn start(
        &self,
        id: AccountId,
        link: &ChallengeLink,
        challenge: ChallengeId,
    ) -> Result<Request, Error> {
        let account = self.ready(id).await?;
        let caller = Caller::of(&account)?;
        let answer = match self.prove_start(&caller, link, challenge).await {
            Err(Error::NotRecognised) => self.prove_start(&caller, link, challenge).await,
            other => other,
        };
        let answer: OneChallenge = match self.noted(id, answer) {
            // the refusal is news: what the phone says is what it reads now
            Err(Error::Refused(refusal)) if refusal.reason == RefusalReason::AlreadyDecided => {
                let state = self.read_state(&account, challenge, Duration::ZERO).await.ok();
                return Err(Error::Refused(Refusal { state, ..refusal }));
            }
            answered => parse(&answered?)?,
        };
        let state = answer.state.unwrap_or(ChallengeState::Pending);
        let arrival = Arrival { expected: Some(challenge), started: true, state, locale: self.locale() };
        let taken = self.admit_following(&account, &answer.challenge, arrival).await?;
        self.present(&account, &taken, 1)
    }

    async fn prove_start(
        &self,
        caller: &Caller,
        link: &ChallengeLink,
        challenge: ChallengeId,
    ) -> Result<Vec<u8>, Error> {
        let (step, mac, token) = match link {
            ChallengeLink::Scan { step, mac, .. } => (Some(*step), Some(mac.clone()), None),
            ChallengeLink::Open { token, .. } => (None, None, Some(token.clone())),
        };
        let proof = StartProof {
            iss: caller.device,
            aud: caller.server.clone(),
            iat: self.server_time(&caller.server),
            jti: self.make_message_id()?,
            challenge,
            step,
            mac,
            token,
        };
        let proof = self.sign(&caller.key, false, &proof, "").await?;
        self.send(&caller.server, &caller.pins, &Call::message("/d/v1/start", &proof)).await
    }

    /// What a screen shows of a challenge. `pending`: how many wait in this account.
    fn present(&self, account: &AccountRecord, taken: &Taken, pending: usize) -> Result<Request, Error> {
        let said = &taken.asked;
        let rendered = taken.render().ok();
        let now = self.server_time(&account.server);
        let offset = self.clock_offset(&account.server);
        let several =
            (pending > 1).then(|| Warning::SeveralPending(u32::try_from(pending).unwrap_or(u32::MAX)));
        let clock = (offset.unsigned_abs() > CLOCK_TOLERANCE).then_some(Warning::ClockDiffers(offset));
        let mut kept = None;
        for decision in [Decision::Approve, Decision::Deny, Decision::Report] {
            let name = SignedAnswer::name_of(account.id, said.jti, decision);
            if self.load::<SignedAnswer>(&name)?.is_some() {
                kept = Some(decision);
            }
        }
        Ok(Request {
            account: account.id,
            challenge: said.jti,
            relying_party: said.relying_party.clone(),
            operation: said.operation,
            locale: taken.locale,
            approval: blocked(account, taken, rendered.is_some(), now)
                .map_or_else(|| needed(taken), Approval::Blocked),
            lines: rendered.map(|rendered| rendered.lines).unwrap_or_default(),
            state: taken.state,
            issued_at: said.iat,
            expires_at: said.exp,
            remaining: Duration::from_secs(said.exp.saturating_sub(now)),
            start: said.start,
            returns: said.return_url.is_some(),
            warnings: several.into_iter().chain(clock).collect(),
            kept,
        })
    }
}

pub(super) fn one(challenge: ChallengeId, wait: Duration) -> Call {
    Call::read(&format!("/d/v1/challenges/{challenge}"), wait)
}
