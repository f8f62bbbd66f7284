//! A challenge that has been verified, and its bytes as they first came: what was shown is what is signed
//! (`docs/protocol.md`, "Challenge", step 4).

use std::time::Duration;

use inkan_protocol::{
    challenge::{Challenge, Start},
    details::{Locale, Operation},
    device_api::{ChallengeState, OneChallenge},
    display::{self, Rendered},
    ids::{ChallengeId, NumericDate},
    jws::JwsError,
};

use super::{
    Approval, Blocked, Inner,
    inbox::one,
    line::parse,
    records::{ShownChallenge, SignedAnswer, delete},
};
use crate::{
    account::{AccountRecord, AccountState},
    error::{Error, TrustError},
};

/// How long after its end a challenge, and a token for the browser, is still of use, in seconds.
pub(super) const USEFUL_AFTER_END: u64 = 300;

/// A challenge that has verified, now or when it was kept. Made here alone.
pub(super) struct Taken {
    pub(super) asked: Challenge,
    /// `inkan-challenge+jwt`, the bytes of it.
    pub(super) message: String,
    pub(super) locale: Locale,
    started: bool,
    pub(super) state: ChallengeState,
}

impl Taken {
    /// What was decided before, for a late report.
    pub(super) fn from_history(past: SignedAnswer) -> Self {
        Self {
            asked: past.asked,
            message: past.asked_message,
            locale: past.locale,
            started: false,
            state: ChallengeState::Pending,
        }
    }

    /// What the customer is shown, made by the one renderer.
    pub(super) fn render(&self) -> Result<Rendered, Error> {
        Ok(display::render(&self.asked.shown(), self.locale)?)
    }
}

/// How a challenge came.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    /// The one that was asked for, where one was.
    pub(super) expected: Option<ChallengeId>,
    /// This phone has just proved scan or link.
    pub(super) started: bool,
    /// Where it stands, as the server says.
    pub(super) state: ChallengeState,
    /// The language in which it is, or was, shown.
    pub(super) locale: Locale,
}

impl Inner {
    /// [`Inner::admit`]; where it is signed by a key that is not known here, the newest key set is read first.
    pub(super) async fn admit_following(
        &self,
        account: &AccountRecord,
        message: &str,
        arrival: Arrival,
    ) -> Result<Taken, Error> {
        match self.admit(account, message, arrival) {
            Err(Error::Untrusted(TrustError::SigningKey)) => {
                let account = self.follow_keys(account.id).await?;
                self.admit(&account, message, arrival)
            }
            other => other,
        }
    }

    /// Step 4: verifies a challenge and keeps its bytes.
    fn admit(&self, account: &AccountRecord, message: &str, arrival: Arrival) -> Result<Taken, Error> {
        let challenge =
            account.trust.verify::<Challenge>(message, &account.server).map_err(|error| match error {
                // the signature is the server's; what it says is of a newer kind
                TrustError::Jws(JwsError::Payload(_)) => Error::NotUnderstood,
                error => Error::Untrusted(error),
            })?;
        let said = challenge.payload();
        if arrival.expected.is_some_and(|expected| expected != said.jti) {
            return Err(TrustError::OtherChallenge.into());
        }
        if said.aud != account.device || said.sub != account.subject {
            return Err(TrustError::Parties.into());
        }
        let _writing = self.writing();
        let known: Option<ShownChallenge> = self.load(&ShownChallenge::name_of(account.id, said.jti))?;
        if known.as_ref().is_some_and(|known| known.message != message) {
            return Err(TrustError::OtherChallenge.into());
        }
        let Arrival { started, state, locale, .. } = arrival;
        let (was_started, same) =
            known.map_or((false, false), |known| (known.started, known.locale == locale));
        let shown = ShownChallenge {
            account: account.id,
            challenge: said.jti,
            expires_at: said.exp,
            message: message.to_owned(),
            locale,
            started: started || was_started,
        };
        if !same || shown.started != was_started {
            // what is shown will be answered: its counter goes to the disk with it, not by a commit of its own then
            self.save_with_counter(&shown)?;
        }
        Ok(Taken {
            message: shown.message,
            locale,
            started: shown.started,
            asked: challenge.into_payload(),
            state,
        })
    }

    /// One challenge by its id, from the server.
    pub(super) async fn fetch(
        &self,
        account: &AccountRecord,
        challenge: ChallengeId,
    ) -> Result<Taken, Error> {
        let answer = self.read(account, &one(challenge, Duration::ZERO)).await?;
        let answer: OneChallenge = parse(&answer)?;
        let state = answer.state.unwrap_or(ChallengeState::Pending);
        let arrival = Arrival { expected: Some(challenge), started: false, state, locale: self.locale() };
        self.admit_following(account, &answer.challenge, arrival).await
    }

    /// The challenge as it was shown, from the store.
    pub(super) async fn taken(
        &self,
        account: &AccountRecord,
        challenge: ChallengeId,
    ) -> Result<Option<Taken>, Error> {
        match self.load::<ShownChallenge>(&ShownChallenge::name_of(account.id, challenge))? {
            Some(shown) => {
                // what is signed are the lines that were shown, in the language of then
                let state = ChallengeState::Pending;
                let arrival =
                    Arrival { expected: Some(challenge), started: false, state, locale: shown.locale };
                self.admit_following(account, &shown.message, arrival).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Forgets challenges that are over for long.
    pub(super) fn prune(&self, account: &AccountRecord) -> Result<(), Error> {
        let now = self.server_time(&account.server);
        let over: Vec<_> = self
            .list::<ShownChallenge>()?
            .into_iter()
            .filter(|shown| shown.account == account.id)
            .filter(|shown| now > shown.expires_at.saturating_add(USEFUL_AFTER_END))
            .map(|shown| delete::<ShownChallenge>(ShownChallenge::name_of(shown.account, shown.challenge)))
            .collect();
        self.store.commit(over)?;
        Ok(())
    }
}

/// Operations for which a new device waits (security bar, "new device beside an older one").
const WAITED_FOR: [Operation; 5] = [
    Operation::Withdrawal,
    Operation::PayoutAccountChange,
    Operation::ContactChange,
    Operation::SettingsChange,
    Operation::DeviceAdd,
];

/// Why a challenge cannot be approved here or now, as far as the phone knows. The server decides again.
pub(super) fn blocked(
    account: &AccountRecord,
    taken: &Taken,
    renders: bool,
    now: NumericDate,
) -> Option<Blocked> {
    let waits_until =
        account.restricted_until.filter(|until| *until > now && WAITED_FOR.contains(&taken.asked.operation));
    if taken.state != ChallengeState::Pending {
        Some(Blocked::Ended)
    } else if now >= taken.asked.exp {
        Some(Blocked::Expired)
    } else if !renders {
        Some(Blocked::UpdateNeeded)
    } else if account.state == AccountState::KeyInvalid {
        Some(Blocked::KeyInvalid)
    } else if account.state == AccountState::Suspended {
        Some(Blocked::Suspended)
    } else if account.frozen {
        Some(Blocked::Frozen)
    } else {
        waits_until.map(Blocked::Waiting)
    }
}

/// What an approval takes.
pub(super) fn needed(taken: &Taken) -> Approval {
    match taken.asked.start {
        Start::Number { digits } => Approval::Number { digits },
        Start::Scan {} if !taken.started => Approval::Scan,
        Start::Link {} if !taken.started => Approval::Link,
        Start::Scan {} | Start::Link {} | Start::None {} => Approval::Ready,
    }
}
