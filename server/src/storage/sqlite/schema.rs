//! The schema's versions. A migration once published never changes; `user_version` says how many were run.

use rusqlite::Connection;

use super::failed;
use crate::storage::StorageError;

const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/sqlite/0001_first.sql"),
    include_str!("../../../migrations/sqlite/0002_outbox.sql"),
    include_str!("../../../migrations/sqlite/0003_webhooks.sql"),
    include_str!("../../../migrations/sqlite/0004_openid.sql"),
    include_str!("../../../migrations/sqlite/0005_keycloak.sql"),
    include_str!("../../../migrations/sqlite/0006_intents.sql"),
];

/// Brings the schema up to date, each step in a transaction of its own. A store of a newer server is refused untouched.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StorageError> {
    let done: usize =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    if done > MIGRATIONS.len() {
        return Err(StorageError::Failed(format!(
            "the store has schema {done}, this server knows {}: it was written by a newer server",
            MIGRATIONS.len()
        )));
    }
    for (number, migration) in MIGRATIONS.iter().enumerate().skip(done) {
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(migration).map_err(failed)?;
        transaction.pragma_update(None, "user_version", number + 1).map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}
