//! The hash-chained log from outside: is it whole, what is its head, and the head signed for publishing.
//!
//! Whoever keeps published heads can tell later whether a row stood under one of them: a receipt quotes its row, and a
//! signature of a stolen key counts only under a head that was published before the theft.

use inkan_protocol::ids::NumericDate;
use inkan_protocol::log::{BEFORE_FIRST, LogHead, derive_row_hash};

use crate::keys::{KeysError, ServerKeys};
use crate::storage::{AuditRow, Storage, StorageError};

/// Rows read in one transaction.
const PAGE: usize = 1000;

/// Why the log does not hold.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A row is not what its hash says, or one is missing before it.
    #[error("row {row}: {why}")]
    Broken {
        /// The first row that does not hold.
        row: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// The head could not be written.
    #[error("the file of published heads cannot be written: {0}")]
    File(#[from] std::io::Error),
    /// The head could not be signed.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

/// Walks the whole log, gives each row to `each`, and answers the newest one.
pub async fn verify(
    storage: &Storage,
    mut each: impl FnMut(&AuditRow),
) -> Result<Option<AuditRow>, AuditError> {
    let mut last: Option<AuditRow> = None;
    loop {
        let from = last.as_ref().map_or(1, |row| row.row.saturating_add(1));
        let rows = storage.read(move |tx| tx.audit_rows(from, PAGE)).await?;
        if rows.is_empty() {
            return Ok(last);
        }
        for row in rows {
            let (number, previous) =
                last.as_ref().map_or((1, BEFORE_FIRST), |last| (last.row.saturating_add(1), last.hash));
            if row.row != number {
                return Err(AuditError::Broken { row: number, why: "it is missing" });
            }
            if derive_row_hash(row.row, row.time, &row.kind, row.body, previous) != row.hash {
                return Err(AuditError::Broken {
                    row: number,
                    why: "its hash does not follow from it and the row before",
                });
            }
            each(&row);
            last = Some(row);
        }
    }
}

/// The newest row, if there is one.
pub async fn head(storage: &Storage) -> Result<Option<AuditRow>, AuditError> {
    Ok(storage.read(|tx| tx.audit_head()).await?)
}

/// The head signed for publishing, as one line of JSON: `{"time", "row", "hash", "signed"}`.
pub fn sign_head(keys: &ServerKeys, now: NumericDate, head: &AuditRow) -> Result<String, AuditError> {
    let server = keys.server().clone();
    let message = LogHead { iss: server.clone(), aud: server, iat: now, row: head.row, hash: head.hash };
    let signed = keys.sign(now, &message)?;
    Ok(serde_json::json!({ "time": now, "row": head.row, "hash": head.hash, "signed": signed }).to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use inkan_protocol::ids::{Digest, ServerName};
    use inkan_protocol::jws::Unverified;

    use super::*;
    use crate::hub::Hub;
    use crate::storage::sqlite::Sqlite;

    fn open(file: &std::path::Path) -> Storage {
        Storage::new(Arc::new(Sqlite::open(file).unwrap()), Arc::new(Hub::default()))
    }

    async fn append(storage: &Storage, count: u64) {
        let written = storage.write(move |tx| {
            for number in 0..count {
                tx.append_audit(1_000 + number, "challenge.approved", Digest::of(&number.to_be_bytes()))?;
            }
            Ok::<_, StorageError>(())
        });
        written.await.unwrap();
    }

    #[tokio::test]
    async fn a_whole_log_holds_and_its_head_is_signed() {
        let folder = tempfile::tempdir().unwrap();
        let storage = open(&folder.path().join("x.sqlite"));
        assert_eq!(verify(&storage, |_| ()).await.unwrap(), None);
        append(&storage, 2_500).await;
        let mut seen = 0;
        let last = verify(&storage, |_| seen += 1).await.unwrap().unwrap();
        assert_eq!((last.row, seen), (2_500, 2_500));
        assert_eq!(head(&storage).await.unwrap(), Some(last.clone()));
        let server: ServerName = "https://auth.example.jp".parse().unwrap();
        let keys = ServerKeys::in_memory(1_000, &server).unwrap();
        let line: serde_json::Value = serde_json::from_str(&sign_head(&keys, 1_000, &last).unwrap()).unwrap();
        let signed = Unverified::<LogHead>::parse(line["signed"].as_str().unwrap()).unwrap();
        let key = keys.signing_key_at(signed.kid().unwrap(), 1_000).unwrap();
        let said = signed.verify(&key).unwrap().into_payload();
        assert_eq!((said.iss, said.aud), (server.clone(), server));
        assert_eq!((said.row, said.hash), (last.row, last.hash));
    }

    #[tokio::test]
    async fn a_changed_and_a_missing_row_are_found() {
        for (statement, row) in [
            ("UPDATE audit SET kind = 'challenge.denied' WHERE row = 5", 5),
            ("UPDATE audit SET time = time + 1 WHERE row = 3", 3),
            ("DELETE FROM audit WHERE row = 4", 4),
            ("DELETE FROM audit WHERE row = 1", 1),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("x.sqlite");
            let storage = open(&file);
            append(&storage, 10).await;
            storage.close().await;
            rusqlite::Connection::open(&file).unwrap().execute(statement, []).unwrap();
            match verify(&open(&file), |_| ()).await {
                Err(AuditError::Broken { row: found, .. }) => assert_eq!(found, row, "{statement}"),
                other => panic!("{statement}: {other:?}"),
            }
        }
    }
}
