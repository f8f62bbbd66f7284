//! A store that counts how often it is asked.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;

use crate::hub::Topic;
use crate::storage::{Engine, StorageError, Work};

/// An engine that notes each use of another one.
pub(crate) struct Counted<E> {
    engine: E,
    reads: AtomicUsize,
    writes: AtomicUsize,
}

impl<E: Engine> Counted<E> {
    pub(crate) fn new(engine: E) -> Self {
        Self { engine, reads: AtomicUsize::new(0), writes: AtomicUsize::new(0) }
    }

    /// Reads and writes so far.
    pub(crate) fn uses(&self) -> (usize, usize) {
        (self.reads.load(Ordering::SeqCst), self.writes.load(Ordering::SeqCst))
    }
}

#[async_trait]
impl<E: Engine> Engine for Counted<E> {
    async fn write(&self, work: Work) -> Result<Vec<Topic>, StorageError> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.engine.write(work).await
    }

    async fn read(&self, work: Work) -> Result<(), StorageError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.engine.read(work).await
    }

    async fn scrub(&self) -> Result<(), StorageError> {
        self.engine.scrub().await
    }

    fn is_ready(&self) -> bool {
        self.engine.is_ready()
    }

    async fn close(&self) {
        self.engine.close().await;
    }
}
