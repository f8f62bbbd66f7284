//! The writer: takes what has queued up, runs each unit of work in a savepoint, commits once, tells all.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::access::Access;
use super::execute;
use crate::hub::Topic;
use crate::storage::{StorageError, Work};

/// Most units of work in one commit.
const BATCH: usize = 256;

/// A unit of work and who waits for it.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) done: oneshot::Sender<Result<Vec<Topic>, StorageError>>,
}

type Finished = (oneshot::Sender<Result<Vec<Topic>, StorageError>>, Result<Vec<Topic>, StorageError>);

/// Runs until nobody can add to the queue any more and it is empty, or a commit fails.
pub(super) fn run(connection: &mut Connection, mut queue: mpsc::Receiver<Job>, stopped: &AtomicBool) {
    while let Some(first) = queue.blocking_recv() {
        let mut finished = Vec::new();
        match commit(connection, first, &mut queue, &mut finished) {
            Ok(()) => {
                for (done, result) in finished {
                    drop(done.send(result));
                }
            }
            Err(error) => {
                // Nobody knows what is on the disk now: say so to all, and take nothing more.
                stopped.store(true, Ordering::SeqCst);
                tracing::error!(%error, "a commit failed; the store stops");
                for (done, _) in finished {
                    drop(done.send(Err(error.clone())));
                }
                return;
            }
        }
    }
}

fn commit(
    connection: &Connection,
    first: Job,
    queue: &mut mpsc::Receiver<Job>,
    finished: &mut Vec<Finished>,
) -> Result<(), StorageError> {
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
        finished.push((first.done, Err(error.clone())));
        return Err(error);
    }
    let mut next = Some(first);
    while let Some(Job { work, done }) = next.take() {
        let result = run_one(connection, work);
        let broken = matches!(result, Err(StorageError::Stopped));
        finished.push((done, result));
        if broken {
            return Err(StorageError::Stopped);
        }
        if finished.len() < BATCH {
            next = queue.try_recv().ok();
        }
    }
    execute(connection, "COMMIT")
}

/// One unit of work in a savepoint. `Stopped`: the transaction itself is broken.
fn run_one(connection: &Connection, work: Work) -> Result<Vec<Topic>, StorageError> {
    execute(connection, "SAVEPOINT work").map_err(|_| StorageError::Stopped)?;
    let mut access = Access::new(connection);
    let ran = guarded(work, &mut access);
    let keep = matches!(ran, Ok(true));
    if !keep {
        execute(connection, "ROLLBACK TO work").map_err(|_| StorageError::Stopped)?;
    }
    execute(connection, "RELEASE work").map_err(|_| StorageError::Stopped)?;
    ran.map(|_| if keep { access.into_topics() } else { Vec::new() })
}

/// Runs work; a panic in it is an error, not the end of the writer.
pub(super) fn guarded(work: Work, access: &mut Access<'_>) -> Result<bool, StorageError> {
    catch_unwind(AssertUnwindSafe(|| work(access))).map_err(|_| StorageError::GivenUp)
}
