//! Approve, deny, report. The numbers are those of `docs/protocol.md`, "Challenge", steps 5 to 7.
//!
//! ```text
//! shown, counter on disk ─▶ signed ─▶ kept (Outgoing) ─▶ sent ─▶ receipt verified ─▶ History
//!                                         │   ▲             │
//!                                         │   └─ no answer ─┘   the same bytes again, also after a restart
//!                                         └─ refused: read again, said, dropped
//! ```
//!
//! A future that is dropped before the answer is kept has spent a counter and nothing else; after that, the answer is
//! sent by whoever comes next.

use std::{fmt, time::Duration};

use futures_util::future::join_all;
use inkan_protocol::{
    answer::{Answer, Decision, DenyReason, ReturnToken},
    details::Locale,
    device_api::Answered,
    ids::{ChallengeId, Digest, NumericDate},
    jws::Unverified,
    receipt::{LogReference, Receipt},
};

use super::{
    Approval, Authenticator, Blocked, Inner,
    line::{Call, Caller, parse},
    records::{DecidedAnswer, Kept as _, SecretText, SignedAnswer, delete, put},
    taken::{Taken, blocked, needed},
};
use crate::{
    account::{AccountId, AccountRecord, AccountState, HeldKey},
    error::{Error, InputError, Refusal, RefusalReason, TrustError},
    ports::{VaultError, make_bytes},
};

/// A kept answer that its server still does not take so long after the challenge's end is dropped, in seconds.
const HOPELESS_AFTER_END: u64 = 600;
/// How long what was decided can be reported, in seconds: 30 days.
const REPORTABLE_FOR: u64 = 30 * 24 * 3600;

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
    /// After a report: no prompt in mode `number` until then (seconds, server's clock). Not signed: information alone.
    pub muted_until: Option<NumericDate>,
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

/// What the customer chose, with what belongs to it.
#[derive(Clone, Copy)]
enum Choice<'a> {
    /// `shown`: the language of the lines that were read, where whoever shows them says so.
    Approve {
        number: Option<&'a str>,
        shown: Option<Locale>,
    },
    Deny(DenyReason),
    Report,
}

impl Choice<'_> {
    fn decision(self) -> Decision {
        match self {
            Self::Approve { .. } => Decision::Approve,
            Self::Deny(_) => Decision::Deny,
            Self::Report => Decision::Report,
        }
    }
}

impl Authenticator {
    /// Approves what was shown, in the language in which it was shown last. `number`: what the customer typed, in mode
    /// `number`. Returns when the receipt has been verified; before that nothing may say success.
    pub async fn approve(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        number: Option<&str>,
    ) -> Result<Outcome, Error> {
        self.inner.decide(account, challenge, Choice::Approve { number, shown: None }).await
    }

    /// The same, where the lines that the customer read may not be the last that were made: an app that changes its
    /// language fetches the request again while the old page still takes taps. `shown` is the language of that page.
    pub async fn approve_as_shown(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        number: Option<&str>,
        shown: Locale,
    ) -> Result<Outcome, Error> {
        self.inner.decide(account, challenge, Choice::Approve { number, shown: Some(shown) }).await
    }

    /// "It was me, and I do not want it any more."
    pub async fn deny(
        &self,
        account: AccountId,
        challenge: ChallengeId,
        reason: DenyReason,
    ) -> Result<Outcome, Error> {
        self.inner.decide(account, challenge, Choice::Deny(reason)).await
    }

    /// "This was not me." Also of what was decided within the last 30 days.
    pub async fn report(&self, account: AccountId, challenge: ChallengeId) -> Result<Outcome, Error> {
        self.inner.decide(account, challenge, Choice::Report).await
    }

    /// Sends every decision that is signed and kept, the same bytes again. [`Authenticator::inbox`] does it too.
    pub async fn send_kept(&self) -> Result<Vec<DecisionKept>, Error> {
        let accounts = self.inner.list::<AccountRecord>()?;
        let sent = join_all(accounts.iter().map(|account| self.inner.send_kept_of(account.id))).await;
        Ok(sent.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }
}

impl Inner {
    async fn decide(
        &self,
        id: AccountId,
        challenge: ChallengeId,
        choice: Choice<'_>,
    ) -> Result<Outcome, Error> {
        let _ceremony = self.ceremony(id).await;
        let account = self.settle_renewal(id).await?;
        let name = SignedAnswer::name_of(id, challenge, choice.decision());
        // decided before, or signed before and perhaps there: never a second signature for the same
        if let Some(past) = self.load::<DecidedAnswer>(&name)? {
            return Ok(past.outcome());
        }
        if let Some(kept) = self.load::<SignedAnswer>(&name)?
            && kept.is_by(&account)
        {
            return self.deliver(&account, &kept).await;
        }
        let mut taken = self.subject_of(&account, challenge, choice).await?;
        if let Choice::Approve { shown: Some(locale), .. } = choice {
            taken.locale = locale;
        }
        let signed = self.sign_answer(&account, &taken, choice).await?;
        self.deliver(&account, &signed).await
    }

    /// What the decision is about. An approval is of what was shown on this phone; the others may come from a
    /// notification or from the history.
    async fn subject_of(
        &self,
        account: &AccountRecord,
        challenge: ChallengeId,
        choice: Choice<'_>,
    ) -> Result<Taken, Error> {
        if let Some(taken) = self.taken(account, challenge).await? {
            return Ok(taken);
        }
        if choice.decision() == Decision::Approve {
            return Err(InputError::NotShown.into());
        }
        for decision in [Decision::Approve, Decision::Deny] {
            let name = SignedAnswer::name_of(account.id, challenge, decision);
            if let Some(past) = self.load::<DecidedAnswer>(&name)? {
                return Ok(Taken::from_history(past.answer));
            }
        }
        self.fetch(account, challenge).await
    }

    /// Step 5: the answer over the exact bytes of the challenge and the exact lines shown.
    async fn sign_answer(
        &self,
        account: &AccountRecord,
        taken: &Taken,
        choice: Choice<'_>,
    ) -> Result<SignedAnswer, Error> {
        let asked = &taken.asked;
        let shown = taken.render()?;
        let number = match choice {
            Choice::Approve { number, .. } => self.check_approval(account, taken, number)?,
            Choice::Deny(_) | Choice::Report => None,
        };
        let approves = choice.decision() == Decision::Approve;
        let returns = approves && asked.return_url.is_some();
        let return_token =
            if returns { Some(ReturnToken::new(make_bytes(self.random.as_ref())?)) } else { None };
        let key = account.key_for(choice.decision());
        let uv = if approves {
            let prompt = format!("{}: {}", asked.relying_party, shown.heading());
            let verified = self.verify_user(key, &prompt).await;
            Some(verified.inspect_err(|error| self.note_lost_key(account.id, error))?)
        } else {
            None
        };
        // on disk before anything is signed: a counter is never used twice, whatever happens from here on
        let (account, counter) = self.next_counter(account.id)?;
        let answer = Answer {
            iss: account.device,
            aud: account.server.clone(),
            iat: self.server_time(&account.server),
            challenge: asked.jti,
            challenge_hash: Digest::of(taken.message.as_bytes()),
            display_hash: shown.hash(),
            locale: shown.locale,
            decision: choice.decision(),
            reason: if let Choice::Deny(reason) = choice { Some(reason) } else { None },
            number,
            uv,
            return_hash: return_token.as_ref().map(ReturnToken::digest),
            counter,
        };
        let key = account.key_for(answer.decision);
        let message = self.sign_noting_loss(account.id, key, &answer).await?;
        let signed = SignedAnswer {
            account: account.id,
            decision: answer.decision,
            asked: asked.clone(),
            asked_message: taken.message.clone(),
            display_hash: answer.display_hash,
            locale: shown.locale,
            message,
            token: return_token.map(|token| SecretText::new(token.expose_text())),
        };
        // kept before it is sent; what was kept of another decision is no longer what the customer wants
        let others = [Decision::Approve, Decision::Deny, Decision::Report].into_iter();
        let mut writes: Vec<_> = others
            .filter(|other| *other != signed.decision)
            .map(|other| delete::<SignedAnswer>(SignedAnswer::name_of(account.id, asked.jti, other)))
            .collect();
        writes.push(put(&signed)?);
        self.store.commit(writes)?;
        Ok(signed)
    }

    /// Whether the approval can be made, and the number as it travels.
    fn check_approval(
        &self,
        account: &AccountRecord,
        taken: &Taken,
        number: Option<&str>,
    ) -> Result<Option<String>, Error> {
        match blocked(account, taken, true, self.server_time(&account.server)) {
            Some(Blocked::Expired | Blocked::Ended) => return Err(InputError::Expired.into()),
            Some(Blocked::UpdateNeeded) => return Err(Error::NotUnderstood),
            Some(Blocked::KeyInvalid) => return Err(VaultError::KeyInvalidated.into()),
            // the server's word counts, and it may have changed since it was read
            Some(Blocked::Suspended | Blocked::Frozen | Blocked::Waiting(_)) | None => {}
        }
        match (needed(taken), number) {
            (Approval::Number { digits }, Some(typed)) => ascii_digits(typed)
                .filter(|typed| typed.len() == usize::from(digits))
                .map(Some)
                .ok_or(Error::Input(InputError::Number)),
            (Approval::Ready, None) => Ok(None),
            (Approval::Number { .. }, None) | (Approval::Ready, Some(_)) => Err(InputError::Number.into()),
            (Approval::Scan | Approval::Link | Approval::Blocked(_), _) => Err(InputError::StartFirst.into()),
        }
    }

    async fn sign_noting_loss(&self, id: AccountId, key: &HeldKey, answer: &Answer) -> Result<String, Error> {
        let signed = self.sign(key, false, answer, "").await;
        signed.inspect_err(|error| {
            if answer.decision == Decision::Approve {
                self.note_lost_key(id, error);
            }
        })
    }

    /// A key that is gone is a state of the account, so that the app can say so before the next request.
    pub(super) fn note_lost_key(&self, id: AccountId, error: &Error) {
        if matches!(error, Error::Vault(VaultError::KeyInvalidated | VaultError::KeyMissing)) {
            // the error itself is on its way to the caller; a store that fails now says so at the next change
            let _ = self.change_account(id, |account| account.state = AccountState::KeyInvalid);
        }
    }

    /// Sends what one account has kept.
    pub(super) async fn send_kept_of(&self, id: AccountId) -> Result<Vec<DecisionKept>, Error> {
        let mut sent = Vec::new();
        for kept in self.list::<SignedAnswer>()?.into_iter().filter(|kept| kept.account == id) {
            let result = self.send_again(&kept).await;
            // where another ceremony has just settled it there is nothing to say
            if let Some(result) = result.transpose() {
                let SignedAnswer { account, decision, asked, .. } = kept;
                sent.push(DecisionKept { account, challenge: asked.jti, decision, result });
            }
        }
        Ok(sent)
    }

    /// Sends a kept answer once more; `None` if it is no longer kept.
    async fn send_again(&self, kept: &SignedAnswer) -> Result<Option<Outcome>, Error> {
        let _ceremony = self.ceremony(kept.account).await;
        if self.load::<SignedAnswer>(&kept.name())?.is_none() {
            return Ok(None);
        }
        let account = self.settle_renewal(kept.account).await?;
        self.deliver(&account, kept).await.map(Some)
    }

    /// Sends the bytes that are kept, and brings them to their end. The caller holds the ceremony's lock.
    pub(super) async fn deliver(
        &self,
        account: &AccountRecord,
        kept: &SignedAnswer,
    ) -> Result<Outcome, Error> {
        let Caller { server, pins, .. } = Caller::of(account)?;
        let call = Call::message("/d/v1/answer", &kept.message);
        let answer = match self.send(&server, &pins, &call).await {
            // an answer is not signed anew: the same bytes, once more
            Err(Error::NotRecognised) => self.send(&server, &pins, &call).await,
            other => other,
        };
        match self.noted(account.id, answer) {
            Ok(body) => {
                let answered: Answered = parse(&body)?;
                self.conclude(account, kept, answered).await
            }
            // too many tries say nothing about this one: it stays
            Err(Error::Refused(refusal)) if refusal.reason != RefusalReason::TooManyRequests => {
                self.store.commit(vec![delete::<SignedAnswer>(kept.name())])?;
                // the refusal is news: what the phone says is what it reads now
                let state = self.read_state(account, kept.asked.jti, Duration::ZERO).await.ok();
                Err(Error::Refused(Refusal { state, ..refusal }))
            }
            Err(error @ Error::Transport(_)) => Err(error),
            Err(error) => {
                let grace =
                    if kept.decision == Decision::Report { REPORTABLE_FOR } else { HOPELESS_AFTER_END };
                if self.server_time(&server) > kept.asked.exp.saturating_add(grace) {
                    self.store.commit(vec![delete::<SignedAnswer>(kept.name())])?;
                }
                Err(error)
            }
        }
    }

    /// Step 6: the receipt must be for this challenge, these lines and these very bytes; then, and not before, it has
    /// been decided.
    async fn conclude(
        &self,
        account: &AccountRecord,
        kept: &SignedAnswer,
        answered: Answered,
    ) -> Result<Outcome, Error> {
        let Answered { receipt, muted_until } = answered;
        let (receipt, _) =
            self.verify_following::<Receipt>(&account.server, &account.trust, &receipt).await?;
        let said = receipt.payload();
        let fits = said.aud == account.device
            && said.challenge == kept.asked.jti
            && said.challenge_hash == Digest::of(kept.asked_message.as_bytes())
            && said.display_hash == kept.display_hash
            && said.answer_hash == Digest::of(kept.message.as_bytes())
            && said.decision == kept.decision;
        if !fits {
            return Err(TrustError::Receipt.into());
        }
        let decided = DecidedAnswer {
            answer: kept.clone(),
            decided_at: said.decided_at,
            receipt: receipt.compact().to_owned(),
            log: said.log,
            muted_until,
        };
        {
            let _writing = self.writing();
            self.store.commit(self.history_writes(&decided)?)?;
        }
        if muted_until.is_some() {
            // it has been decided, whether or not the account can be written now
            drop(self.change_account(account.id, |account| account.muted_until = muted_until));
        }
        Ok(decided.outcome())
    }
}

impl AccountRecord {
    fn key_for(&self, decision: Decision) -> &HeldKey {
        match decision {
            Decision::Approve => &self.keys.approval,
            Decision::Deny | Decision::Report => &self.keys.possession,
        }
    }
}

impl SignedAnswer {
    /// Whether the key that signed it is still the account's; after a renewal nobody takes it any more.
    fn is_by(&self, account: &AccountRecord) -> bool {
        let signer = Unverified::<Answer>::parse(&self.message).ok().and_then(|answer| answer.kid());
        signer == Some(account.key_for(self.decision).public.thumbprint())
    }
}

/// Digits as ASCII, whatever keyboard they were typed on; `None` if anything else is among them.
fn ascii_digits(typed: &str) -> Option<String> {
    // the zeros of ASCII, full-width, Arabic-Indic, extended Arabic-Indic and Devanagari digits
    const ZEROS: [u32; 5] = [0x30, 0xff10, 0x660, 0x6f0, 0x966];
    let digit = |character: char| {
        let value =
            ZEROS.iter().find_map(|zero| u32::from(character).checked_sub(*zero).filter(|v| *v < 10))?;
        char::from_digit(value, 10)
    };
    typed.trim().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_any_keyboard_become_ascii() {
        for typed in ["012345", " 012345 ", "０１２３４５", "٠١٢٣٤٥"] {
            assert_eq!(ascii_digits(typed).as_deref(), Some("012345"), "{typed}");
        }
        for wrong in ["12a456", "123 456", "-12345", "一二三"] {
            assert_eq!(ascii_digits(wrong), None, "{wrong}");
        }
    }
}
