//! Where the server keeps its state: one trait per aggregate, one transaction over all of them.
//!
//! ```text
//! handler ── write(|tx| load → pure transition → save, append to the log) ──▶ one writer, one commit, one fsync for many
//! handler ── read(|tx| …) ──▶ readers beside it
//! ```
//!
//! A closure runs alone: what it loads nobody else changes until it is committed, so "exactly one answer wins" is a
//! property of the store and not of the handlers. It may not wait for anything. `write` returns after the commit has
//! reached the disk; then the topics that the closure named are rung.
//!
//! The embedded store is SQLite ([`sqlite`]). Another one implements the same traits and passes the suite in
//! `storage/conformance.rs`.

#[cfg(test)]
pub(crate) mod conformance;
pub mod sqlite;
mod traits;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

pub use self::traits::{
    ApiKeyStore, AuditRow, AuditStore, ChallengeFilter, ChallengeStore, DeliveryFilter, DeviceStore,
    EnrollmentStore, EventStore, IntentStore, Kept, KeycloakStore, MetaStore, OpenidStore, OutboxStore,
    ReplyStore, StoredReply, Transaction, UserStore, WebhookStore,
};
use crate::hub::{Hub, Topic};

/// Why the store did not do it. Nothing of a failed write is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The database refused, or holds what it cannot hold.
    #[error("the store failed: {0}")]
    Failed(String),
    /// A commit failed before: until a restart nothing is acknowledged any more.
    #[error("the store has stopped after a failed commit; restart the server")]
    Stopped,
    /// The closure panicked; nothing was kept.
    #[error("a transaction was given up")]
    GivenUp,
}

/// A unit of work inside one transaction; `true` commits.
pub type Work = Box<dyn FnOnce(&mut dyn Transaction) -> bool + Send>;

/// An engine that runs units of work.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Runs one alone, commits it durably, and says which topics it named.
    async fn write(&self, work: Work) -> Result<Vec<Topic>, StorageError>;

    /// Runs one that changes nothing, on a consistent view.
    async fn read(&self, work: Work) -> Result<(), StorageError>;

    /// Lets go of what files still hold of rows that are gone. Waits for whoever is reading or writing.
    async fn scrub(&self) -> Result<(), StorageError>;

    /// Whether writes are taken.
    fn is_ready(&self) -> bool;

    /// Ends the engine after what was begun.
    async fn close(&self);
}

/// The store as handlers use it.
#[derive(Clone)]
pub struct Storage {
    engine: Arc<dyn Engine>,
    hub: Arc<Hub>,
}

impl Storage {
    /// The store over an engine; `hub` is rung after each commit.
    pub fn new(engine: Arc<dyn Engine>, hub: Arc<Hub>) -> Self {
        Self { engine, hub }
    }

    /// Who waits for what.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Whether writes are taken.
    pub fn is_ready(&self) -> bool {
        self.engine.is_ready()
    }

    /// Lets go of what files still hold of rows that are gone: after an erasure, at once and not some time later.
    pub async fn scrub(&self) -> Result<(), StorageError> {
        self.engine.scrub().await
    }

    /// Ends the engine after what was begun.
    pub async fn close(&self) {
        self.engine.close().await;
    }

    /// Runs `work` alone. `Ok` commits, and is returned only after the commit is on the disk; `Err` keeps nothing.
    ///
    /// A refusal that must be remembered (a wrong number) is therefore an `Ok` that carries the refusal.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (slot, work) = boxed(work);
        let (engine, hub) = (Arc::clone(&self.engine), Arc::clone(&self.hub));
        // A task of its own: what was begun is committed even where the caller goes (a client that hangs up), and then
        // those who wait have to hear of it too.
        let written = tokio::spawn(async move {
            let topics = engine.write(work).await?;
            hub.ring(&topics);
            Ok(())
        });
        let written = written.await.unwrap_or(Err(StorageError::GivenUp));
        match (take(&slot), written) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(StorageError::GivenUp.into()),
        }
    }

    /// Runs `work` on a consistent view; what it would change is not kept.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (slot, work) = boxed(work);
        let read = self.engine.read(work).await;
        match (take(&slot), read) {
            (Some(result), _) => result,
            (None, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(StorageError::GivenUp.into()),
        }
    }
}

type Slot<T, E> = Arc<Mutex<Option<Result<T, E>>>>;

fn boxed<T, E>(work: impl FnOnce(&mut dyn Transaction) -> Result<T, E> + Send + 'static) -> (Slot<T, E>, Work)
where
    T: Send + 'static,
    E: Send + 'static,
{
    let slot: Slot<T, E> = Arc::new(Mutex::new(None));
    let inside = Arc::clone(&slot);
    let work: Work = Box::new(move |tx| {
        let result = work(tx);
        let commit = result.is_ok();
        *inside.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        commit
    });
    (slot, work)
}

fn take<T, E>(slot: &Slot<T, E>) -> Option<Result<T, E>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}
