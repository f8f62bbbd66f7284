//! `core/src/store` across the border: opened first and by itself, so that an app can tell the person about damage before
//! anything is done over it.

use std::{path::PathBuf, sync::Arc};

use inkan_core::{
    failure::InternalFailure,
    ports::Clock as _,
    store::{SledStore, StoreReport as Found},
    system::SystemRandom,
};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    call::{Cancellation, run},
    error::{CallError, InkanError},
    ports::{Clock, KeyVault, ShellClock, ShellVault},
};

/// The condition in which a store was found. Damage is told by every opening until an authenticator is open over it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct StoreReport {
    pub created: bool,
    pub migrated_from: Option<u32>,
    pub quarantined: Option<String>,
    pub emptied: bool,
    pub damaged_records: u64,
    pub lost_commits: u64,
    pub sound: bool,
}

impl From<Found> for StoreReport {
    fn from(found: Found) -> Self {
        Self {
            sound: found.is_sound(),
            created: found.created,
            migrated_from: found.migrated_from,
            quarantined: found.quarantined.map(|path| path.display().to_string()),
            emptied: found.emptied,
            damaged_records: u64::try_from(found.damaged_records).unwrap_or(u64::MAX),
            lost_commits: found.lost_commits,
        }
    }
}

/// The phone's store, open, with the vault and the clock that belong to it. One at a time for a folder, in one process.
#[derive(uniffi::Object)]
pub struct InkanStore {
    /// Gone once an authenticator is open over it, or after [`InkanStore::close`].
    store: Mutex<Option<Arc<SledStore>>>,
    report: StoreReport,
    pub(crate) vault: Arc<ShellVault>,
    pub(crate) clock: Arc<ShellClock>,
}

impl InkanStore {
    /// The store, for an authenticator that is being opened; it takes it out when it is.
    pub(crate) async fn open_over(&self) -> MutexGuard<'_, Option<Arc<SledStore>>> {
        self.store.lock().await
    }
}

#[uniffi::export]
impl InkanStore {
    /// Opens the store in `folder`, or makes it there, in a folder that exists. The shell keeps it out of backups and
    /// transfers.
    ///
    /// # Errors
    /// Internal: store_in_use, store_newer, store_key_missing (after which [`set_store_aside`] makes room),
    /// store_key_unavailable (try again when the device is unlocked), store_full, store. Damage is no error but in the
    /// report.
    #[uniffi::constructor]
    pub async fn open(
        folder: String,
        vault: Arc<dyn KeyVault>,
        clock: Option<Arc<dyn Clock>>,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Arc<Self>, CallError> {
        run("open_store", cancellation, async move {
            let clock = Arc::new(ShellClock(clock));
            let vault = ShellVault::over(vault, clock.as_ref()).await.map_err(inkan_core::error::Error::from)?;
            let vault = Arc::new(vault);
            let random = Arc::new(SystemRandom);
            let opened = SledStore::open(&PathBuf::from(folder), vault.clone(), clock.clone(), random).await?;
            tracing::info!(target: "inkan", at = clock.now().seconds(), sound = opened.report.is_sound(), "store open");
            Ok::<_, InkanError>(Arc::new(Self {
                store: Mutex::new(Some(Arc::new(opened.store))),
                report: opened.report.into(),
                vault,
                clock,
            }))
        })
        .await
    }

    /// The condition in which it was found.
    ///
    /// # Errors
    /// None.
    pub fn report(&self) -> Result<StoreReport, InkanError> {
        Ok(self.report.clone())
    }

    /// Closes a store over which no authenticator is open, so that it can be opened again.
    ///
    /// # Errors
    /// None; closing twice is nothing.
    pub async fn close(&self) -> Result<(), InkanError> {
        drop(self.store.lock().await.take());
        Ok(())
    }
}

/// Puts all that is in `folder` aside under a quarantine name, which is returned. The next opening makes an empty store
/// with a new key: every account has to be enrolled again.
///
/// # Errors
/// Internal: store_in_use while it is open, store.
#[uniffi::export]
pub async fn set_store_aside(folder: String) -> Result<String, CallError> {
    run("set_store_aside", None, async move {
        let moved = SledStore::set_aside(&PathBuf::from(folder))?;
        Ok::<_, InkanError>(moved.display().to_string())
    })
    .await
}

/// An authenticator is open over this store already, or it was closed.
pub(crate) fn taken() -> InkanError {
    InkanError::internal(InternalFailure::StoreInUse, "the store is in use, or closed")
}
