//! The authenticator: every ceremony of `docs/protocol.md` from the phone's side, for several accounts at several
//! relying parties side by side.
//!
//! ```text
//! enroll.rs   begin ─▶ "is this your account?" ─▶ six digits ─▶ active
//! inbox.rs    what is asked, verified and rendered; scan and open links
//! answer.rs   approve, deny, report: counter on disk ─▶ signed ─▶ stored ─▶ sent ─▶ receipt verified
//! renew.rs    push, name, keys, key set, freeze, leave
//! describe.rs what the phone says of itself
//! push.rs     the doorbell: its keys, what it says, telling that it arrived
//!
//! line.rs     the line to a server: signed requests, sessions, its clock
//! records.rs  what is kept, and how it changes        taken.rs  verified challenges        history.rs
//! ```
//!
//! Every method may be called at any time and from anywhere at once, and its future may be dropped at any await: what
//! was begun is in the store, and the next call goes on from there. Ceremonies that use an account's counter or keys
//! wait for each other.

mod answer;
mod describe;
mod enroll;
mod history;
mod inbox;
mod line;
mod push;
mod records;
mod renew;
mod taken;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use inkan_protocol::{details::Locale, encoding::encode, ids::ServerName, text};
use tokio::sync::OwnedMutexGuard;

use self::line::Sessions;
use crate::{
    account::{AccountId, AccountRecord},
    error::{Error, InputError},
    ports::{
        Clock, KeyLabel, KeyVault, Random, Transport,
        deadline::{TimedTransport, TimedVault},
        make_bytes,
    },
    store::{RecordKind, Store, StoreError},
};

pub use self::{
    answer::{DecisionKept, Outcome, ReturnAddress},
    enroll::{EnrollmentFailure, EnrollmentPreview, EnrollmentProgress},
    history::HistoryEntry,
    inbox::{Approval, Blocked, Inbox, Problem, Request, Warning},
};

/// What a shell puts together once, at its start.
pub struct Parts {
    /// The phone's keys.
    pub vault: Arc<dyn KeyVault>,
    /// The way to servers.
    pub transport: Arc<dyn Transport>,
    /// Time and waiting.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Where state is kept.
    pub store: Arc<dyn Store>,
    /// What the phone says of itself.
    pub profile: DeviceProfile,
    /// The servers at which this build enrolls; `None`: any.
    pub allowed_servers: Option<Vec<ServerName>>,
}

/// What a phone says of itself in an enrollment. Each text 1–64 characters that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceProfile {
    /// The name that the customer gave it; at first the model.
    pub name: String,
    /// Its model.
    pub model: String,
    /// Operating system and version.
    pub os: String,
    /// The app's version.
    pub app_version: String,
    /// The language it shows at first, see [`Authenticator::set_locale`].
    pub locale: Locale,
}

/// The authenticator. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Authenticator {
    inner: Arc<Inner>,
}

struct Inner {
    vault: TimedVault,
    transport: TimedTransport,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    store: Arc<dyn Store>,
    profile: DeviceProfile,
    locale: Mutex<Locale>,
    allowed_servers: Option<Vec<ServerName>>,
    /// One lock an account, for ceremonies that use its counter or its keys.
    ceremonies: Mutex<HashMap<AccountId, Arc<tokio::sync::Mutex<()>>>>,
    /// Held over one read, change and commit.
    writing: Mutex<()>,
    /// Seconds by which each server's clock is ahead of the phone's.
    offsets: Mutex<HashMap<ServerName, i64>>,
    sessions: Mutex<Sessions>,
    /// Counters that are on disk already and that no answer has: one an account at most. After a restart they count as
    /// given.
    counters: Mutex<HashMap<AccountId, u64>>,
}

impl Authenticator {
    /// Opens what the store holds. If it holds nothing, keys of an earlier installation are deleted: a shell whose store
    /// was emptied by damage tells the person before it opens the authenticator over it. With that the store's report
    /// is acknowledged; every opening of the store before repeats it.
    ///
    /// One store has one authenticator at a time (clones are one): its locks are what keeps a counter from being used
    /// twice.
    ///
    /// # Errors
    /// [`InputError::Name`] for a profile that cannot be shown; what store and vault say.
    pub async fn open(parts: Parts) -> Result<Self, Error> {
        let Parts { vault, transport, clock, random, store, profile, allowed_servers } = parts;
        for value in [&profile.name, &profile.model, &profile.os, &profile.app_version] {
            text::check(value, 64).map_err(|_| InputError::Name)?;
        }
        let inner = Inner {
            vault: TimedVault::new(vault, Arc::clone(&clock)),
            transport: TimedTransport::new(transport, Arc::clone(&clock)),
            clock,
            random,
            store,
            locale: Mutex::new(profile.locale),
            profile,
            allowed_servers,
            ceremonies: Mutex::default(),
            writing: Mutex::default(),
            offsets: Mutex::default(),
            sessions: Mutex::default(),
            counters: Mutex::default(),
        };
        if inner.holds_nothing()? {
            for label in inner.vault.labels().await? {
                inner.vault.delete_key(label).await?;
            }
        }
        inner.sweep().await?;
        inner.store.acknowledge()?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// From now on requests are shown, and answered, in this language. What is on a screen is fetched again.
    pub fn set_locale(&self, locale: Locale) {
        *self.inner.locale.lock().unwrap_or_else(PoisonError::into_inner) = locale;
    }
}

impl Inner {
    /// A damaged record is something: its keys stay.
    fn holds_nothing(&self) -> Result<bool, Error> {
        for kind in RecordKind::ALL {
            match self.store.list(kind) {
                Ok(records) if records.is_empty() => {}
                Ok(_) | Err(StoreError::Damaged { .. }) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(true)
    }

    /// Goes on with deletions of keys that an earlier run could not finish. What fails again waits for the next start.
    async fn sweep(&self) -> Result<(), Error> {
        for account in self.list::<AccountRecord>()? {
            self.delete_retired(account.id).await?;
        }
        self.sweep_enrollments().await
    }

    /// Deletes the retired keys of an account; a key that the vault does not give up now stays listed.
    async fn delete_retired(&self, id: AccountId) -> Result<(), Error> {
        for label in self.account(id)?.retired {
            if self.vault.delete_key(label.clone()).await.is_ok() {
                self.change_account(id, |account| account.retired.retain(|other| *other != label))?;
            }
        }
        Ok(())
    }

    /// Waits until no other ceremony of this account runs.
    async fn ceremony(&self, id: AccountId) -> OwnedMutexGuard<()> {
        let lock = {
            let mut ceremonies = self.ceremonies.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(ceremonies.entry(id).or_default())
        };
        lock.lock_owned().await
    }

    /// The account, with no renewal of unknown end: one is brought to its end first, for until then nobody knows which
    /// keys the server takes.
    async fn ready(&self, id: AccountId) -> Result<AccountRecord, Error> {
        let account = self.account(id)?;
        if account.renewal.is_none() {
            return Ok(account);
        }
        let _ceremony = self.ceremony(id).await;
        self.settle_renewal(id).await
    }

    /// A name for a key: it tells nothing.
    fn make_label(&self) -> Result<KeyLabel, Error> {
        Ok(KeyLabel::new(encode(make_bytes::<16>(self.random.as_ref())?)))
    }

    /// The language that is shown now.
    fn locale(&self) -> Locale {
        *self.locale.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Words for the platform's dialog.
    fn prompt(&self, japanese: &str, english: &str) -> String {
        match self.locale() {
            Locale::Ja => japanese.to_owned(),
            Locale::En => english.to_owned(),
        }
    }
}
