//! What the authenticator keeps, and how it reads and changes it.
//!
//! A change reads, alters and commits without an await between, one at a time: dropping a future never leaves half of
//! it, and two ceremonies never overwrite each other.

use std::sync::{MutexGuard, PoisonError};

use inkan_protocol::{
    answer::Decision,
    challenge::Challenge,
    details::Locale,
    ids::{ChallengeId, Digest, NumericDate},
    receipt::LogReference,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Inner;
use crate::{
    account::{AccountId, AccountRecord},
    error::{Error, InputError},
    store::{RecordId, RecordKind, Write},
};

/// A record with its place in the store.
pub(super) trait Kept: Serialize + DeserializeOwned {
    const KIND: RecordKind;

    fn name(&self) -> String;
}

impl Kept for AccountRecord {
    const KIND: RecordKind = RecordKind::Account;

    fn name(&self) -> String {
        self.id.to_string()
    }
}

/// A challenge that this phone has taken, as its bytes first came. What was shown is what is signed: other bytes under
/// the same id are refused.
#[derive(Serialize, Deserialize)]
pub(super) struct ShownChallenge {
    pub(super) account: AccountId,
    pub(super) challenge: ChallengeId,
    pub(super) expires_at: NumericDate,
    /// `inkan-challenge+jwt`.
    pub(super) message: String,
    /// The language in which it is shown.
    pub(super) locale: Locale,
    /// This phone has scanned the page's code, or was opened by its link.
    pub(super) started: bool,
}

impl ShownChallenge {
    pub(super) fn name_of(account: AccountId, challenge: ChallengeId) -> String {
        format!("{account}.{challenge}")
    }
}

impl Kept for ShownChallenge {
    const KIND: RecordKind = RecordKind::Challenge;

    fn name(&self) -> String {
        Self::name_of(self.account, self.challenge)
    }
}

/// A text that must not stay in memory.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub(super) struct SecretText(String);

impl SecretText {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

/// A signed answer, from before it is sent on.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SignedAnswer {
    pub(super) account: AccountId,
    pub(super) decision: Decision,
    /// What it answers; verified before it was shown. The key set of a later day may not list its key any more.
    pub(super) asked: Challenge,
    /// `inkan-challenge+jwt`, the bytes of it.
    pub(super) asked_message: String,
    pub(super) display_hash: Digest,
    pub(super) locale: Locale,
    /// `inkan-answer+jwt`.
    pub(super) message: String,
    /// r, where the challenge has a return address; gone when nobody can redeem with it any more.
    pub(super) token: Option<SecretText>,
}

impl SignedAnswer {
    pub(super) fn name_of(account: AccountId, challenge: ChallengeId, decision: Decision) -> String {
        let decision = match decision {
            Decision::Approve => "approve",
            Decision::Deny => "deny",
            Decision::Report => "report",
        };
        format!("{account}.{challenge}.{decision}")
    }
}

impl Kept for SignedAnswer {
    const KIND: RecordKind = RecordKind::Outgoing;

    fn name(&self) -> String {
        Self::name_of(self.account, self.asked.jti, self.decision)
    }
}

/// An answer with its receipt.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct DecidedAnswer {
    pub(super) answer: SignedAnswer,
    pub(super) decided_at: NumericDate,
    /// `inkan-receipt+jwt`, verified before it is kept.
    pub(super) receipt: String,
    pub(super) log: LogReference,
    #[serde(default)]
    pub(super) muted_until: Option<NumericDate>,
}

impl Kept for DecidedAnswer {
    const KIND: RecordKind = RecordKind::History;

    fn name(&self) -> String {
        self.answer.name()
    }
}

impl Inner {
    /// Held over read, change and commit; never over an await.
    pub(super) fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn load<T: Kept>(&self, name: &str) -> Result<Option<T>, Error> {
        match self.store.read(&RecordId::new(T::KIND, name))? {
            Some(bytes) => read(&bytes).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn list<T: Kept>(&self) -> Result<Vec<T>, Error> {
        self.store.list(T::KIND)?.iter().map(|(_, bytes)| read(bytes)).collect()
    }

    pub(super) fn save<T: Kept>(&self, record: &T) -> Result<(), Error> {
        Ok(self.store.commit(vec![put(record)?])?)
    }

    /// Saves what is shown, and with it the counter of its answer, unless one is on the disk already. The caller writes.
    pub(super) fn save_with_counter(&self, shown: &ShownChallenge) -> Result<(), Error> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.contains_key(&shown.account) {
            return self.save(shown);
        }
        let mut account = self.account(shown.account)?;
        account.counter = account.counter.saturating_add(1);
        self.store.commit(vec![put(shown)?, put(&account)?])?;
        counters.insert(account.id, account.counter);
        Ok(())
    }

    /// A counter that no answer has, and that is on the disk; the account as it is then. Whatever becomes of it, it is
    /// given once.
    pub(super) fn next_counter(&self, id: AccountId) -> Result<(AccountRecord, u64), Error> {
        let ready = self.counters.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(counter) = ready {
            return Ok((self.account(id)?, counter));
        }
        let account =
            self.change_account(id, |account| account.counter = account.counter.saturating_add(1))?;
        let counter = account.counter;
        Ok((account, counter))
    }

    pub(super) fn account(&self, id: AccountId) -> Result<AccountRecord, Error> {
        self.load(&id.to_string())?.ok_or(Error::Input(InputError::UnknownAccount))
    }

    /// Changes an account in one step and returns what it is afterwards. Writes nothing if nothing changes.
    pub(super) fn change_account(
        &self,
        id: AccountId,
        change: impl FnOnce(&mut AccountRecord),
    ) -> Result<AccountRecord, Error> {
        let _writing = self.writing();
        let before = self.account(id)?;
        let mut after = before.clone();
        change(&mut after);
        if after != before {
            self.save(&after)?;
        }
        Ok(after)
    }
}

pub(super) fn put<T: Kept>(record: &T) -> Result<Write, Error> {
    let bytes = serde_json::to_vec(record).map_err(|_| Error::Internal("a record that cannot be written"))?;
    Ok(Write::Put(RecordId::new(T::KIND, record.name()), bytes))
}

pub(super) fn delete<T: Kept>(name: impl Into<String>) -> Write {
    Write::Delete(RecordId::new(T::KIND, name))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|_| Error::Internal("a record that cannot be read"))
}
