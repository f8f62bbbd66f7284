//! The embedded store: SQLite in WAL mode, `synchronous=FULL`, one writer thread that commits in batches.
//!
//! ```text
//! write ─┐
//! write ─┼─▶ queue ─▶ BEGIN · SAVEPOINT work · SAVEPOINT work · … · COMMIT (one fsync) ─▶ all are told
//! write ─┘
//! read ────▶ one of a few connections beside it (WAL readers wait for nobody)
//! ```
//!
//! While one batch is being synced the next one gathers, so the number of syncs follows the disk and not the load.
//! After a failed commit the store stops: nothing is acknowledged that may not be on the disk.

mod access;
mod batch;
mod devices;
mod documents;
mod intents;
mod keycloak;
mod ledger;
mod openid;
mod outbox;
mod schema;
mod webhooks;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::{Semaphore, mpsc, oneshot};

use self::access::Access;
use self::batch::Job;
use super::{Engine, StorageError, Work};
use crate::hub::Topic;

/// Connections for reading.
const READERS: usize = 4;
/// Units of work that may wait for the writer; more wait outside.
const QUEUE: usize = 4096;

/// The embedded store.
pub struct Sqlite {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    stopped: Arc<AtomicBool>,
    readers: Arc<Mutex<Vec<Connection>>>,
    free_readers: Arc<Semaphore>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens the store in a file, makes it if it is missing, and brings its schema up to date.
    pub fn open(file: &Path) -> Result<Self, StorageError> {
        let mut writer = connect(file)?;
        schema::migrate(&mut writer)?;
        let readers = (0..READERS).map(|_| connect(file)).collect::<Result<Vec<_>, _>>()?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let thread = std::thread::Builder::new()
            .name("inkan-writer".into())
            .spawn(move || batch::run(&mut writer, queue, &stop))
            .map_err(|error| StorageError::Failed(error.to_string()))?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            stopped,
            free_readers: Arc::new(Semaphore::new(readers.len())),
            readers: Arc::new(Mutex::new(readers)),
            writer: Mutex::new(Some(thread)),
        })
    }

    fn sender(&self) -> Result<mpsc::Sender<Job>, StorageError> {
        if self.stopped.load(Ordering::SeqCst) {
            return Err(StorageError::Stopped);
        }
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(StorageError::Stopped)
    }

    /// Runs on a connection beside the writer's.
    async fn beside(
        &self,
        run: impl FnOnce(&Connection) -> Result<(), StorageError> + Send + 'static,
    ) -> Result<(), StorageError> {
        let permit =
            Arc::clone(&self.free_readers).acquire_owned().await.map_err(|_| StorageError::Stopped)?;
        let readers = Arc::clone(&self.readers);
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let connection = readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = connection.ok_or(StorageError::Stopped)?;
            let result = run(&connection);
            readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            result
        })
        .await
        .map_err(|_| StorageError::GivenUp)?
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn write(&self, work: Work) -> Result<Vec<Topic>, StorageError> {
        let (done, told) = oneshot::channel();
        self.sender()?.send(Job { work, done }).await.map_err(|_| StorageError::Stopped)?;
        told.await.map_err(|_| StorageError::Stopped)?
    }

    async fn read(&self, work: Work) -> Result<(), StorageError> {
        self.beside(|connection| read_on(connection, work)).await
    }

    async fn scrub(&self) -> Result<(), StorageError> {
        self.beside(truncate_log).await
    }

    fn is_ready(&self) -> bool {
        self.sender().is_ok()
    }

    async fn close(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // The thread ends when the queue is empty and nobody can add to it.
            drop(tokio::task::spawn_blocking(move || writer.join()).await);
        }
    }
}

fn read_on(connection: &Connection, work: Work) -> Result<(), StorageError> {
    execute(connection, "BEGIN DEFERRED")?;
    let mut access = Access::new(connection);
    let ran = batch::guarded(work, &mut access);
    execute(connection, "ROLLBACK")?;
    ran.map(|_| ())
}

/// `secure_delete` cleans the database's pages; the write-ahead log keeps their older copies until it is cut off.
fn truncate_log(connection: &Connection) -> Result<(), StorageError> {
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(failed)?;
    if busy { Err(StorageError::Failed("the write-ahead log is in use".into())) } else { Ok(()) }
}

fn connect(file: &Path) -> Result<Connection, StorageError> {
    let connection = Connection::open(file).map_err(failed)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", "ON").map_err(failed)?;
    connection.pragma_update(None, "trusted_schema", "OFF").map_err(failed)?;
    connection.pragma_update(None, "secure_delete", "ON").map_err(failed)?;
    Ok(connection)
}

fn execute(connection: &Connection, statement: &str) -> Result<(), StorageError> {
    connection.prepare_cached(statement).and_then(|mut prepared| prepared.execute([])).map_err(failed)?;
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> StorageError {
    StorageError::Failed(error.to_string())
}

#[cfg(test)]
mod tests;
