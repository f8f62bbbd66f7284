//! The log, events, API keys and kept replies.

use inkan_protocol::ids::{Digest, NumericDate};
use inkan_protocol::log::{BEFORE_FIRST, derive_row_hash};
use inkan_protocol::receipt::LogReference;
use rusqlite::Row;
use uuid::Uuid;

use super::access::{Access, limit, signed, text};
use super::failed;
use crate::model::api_key::ApiKey;
use crate::model::event::Event;
use crate::model::user::UserKey;
use crate::storage::{ApiKeyStore, AuditRow, AuditStore, EventStore, ReplyStore, StorageError, StoredReply};

type Result<T> = std::result::Result<T, StorageError>;

const AUDIT_COLUMNS: &str = "row, time, kind, body, hash";

fn audit_row(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        row: row.get(0)?,
        time: row.get(1)?,
        kind: row.get(2)?,
        body: Digest(row.get(3)?),
        hash: Digest(row.get(4)?),
    })
}

impl AuditStore for Access<'_> {
    fn append_audit(&mut self, time: NumericDate, kind: &str, body: Digest) -> Result<LogReference> {
        let (row, previous) = match self.audit_head()? {
            Some(head) => (head.row + 1, head.hash),
            None => (1, BEFORE_FIRST),
        };
        let hash = derive_row_hash(row, time, kind, body, previous);
        self.run(
            "INSERT INTO audit (row, time, kind, body, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[&signed(row)?, &signed(time)?, &kind, &body.0, &hash.0],
        )?;
        Ok(LogReference { row, hash })
    }

    fn audit_head(&mut self) -> Result<Option<AuditRow>> {
        self.one(&format!("SELECT {AUDIT_COLUMNS} FROM audit ORDER BY row DESC LIMIT 1"), &[], audit_row)
    }

    fn audit_rows(&mut self, from: u64, most: usize) -> Result<Vec<AuditRow>> {
        self.all(
            &format!("SELECT {AUDIT_COLUMNS} FROM audit WHERE row >= ?1 ORDER BY row LIMIT ?2"),
            &[&signed(from)?, &limit(most)],
            audit_row,
        )
    }
}

impl EventStore for Access<'_> {
    fn append_event(&mut self, event: &Event) -> Result<()> {
        let owner = event.data.get("user").and_then(serde_json::Value::as_str).map(|user| {
            let mode = if event.live { "live" } else { "test" };
            format!("{mode}/{user}")
        });
        self.run(
            "INSERT INTO events (id, live, owner, at, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[&event.id.as_bytes(), &event.live, &owner, &signed(event.at)?, &text(event)?],
        )?;
        Ok(())
    }

    fn events(&mut self, live: bool, after: Option<Uuid>, most: usize) -> Result<Vec<Event>> {
        let after = after.map(Uuid::into_bytes);
        self.documents(
            "SELECT body FROM events WHERE live = ?1 AND (?2 IS NULL OR id > ?2) ORDER BY id LIMIT ?3",
            &[&live, &after, &limit(most)],
        )
    }

    fn events_of(&mut self, key: &UserKey) -> Result<Vec<Event>> {
        self.documents("SELECT body FROM events WHERE owner = ?1 ORDER BY id", &[&key.to_string()])
    }

    fn newest_event(&mut self) -> Result<Option<Uuid>> {
        let newest: Option<[u8; 16]> =
            self.one("SELECT id FROM events ORDER BY id DESC LIMIT 1", &[], |row| row.get(0))?;
        Ok(newest.map(Uuid::from_bytes))
    }

    fn sweep_events(&mut self, before: NumericDate) -> Result<()> {
        self.run("DELETE FROM events WHERE at < ?1", &[&signed(before)?])?;
        Ok(())
    }

    fn erase_events(&mut self, key: &UserKey) -> Result<()> {
        self.run("DELETE FROM events WHERE owner = ?1", &[&key.to_string()])?;
        Ok(())
    }
}

impl ApiKeyStore for Access<'_> {
    fn api_key(&mut self, digest: Digest) -> Result<Option<ApiKey>> {
        self.document("SELECT body FROM api_keys WHERE digest = ?1", &[&digest.0])
    }

    fn api_keys(&mut self) -> Result<Vec<ApiKey>> {
        self.documents("SELECT body FROM api_keys ORDER BY id", &[])
    }

    fn put_api_key(&mut self, key: &ApiKey) -> Result<()> {
        self.run(
            "INSERT INTO api_keys (id, digest, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            &[&key.id.as_bytes(), &key.digest.0, &text(key)?],
        )?;
        Ok(())
    }
}

impl ReplyStore for Access<'_> {
    fn reply(
        &mut self,
        api_key: Uuid,
        path: &str,
        key: &str,
        now: NumericDate,
    ) -> Result<Option<StoredReply>> {
        self.document(
            "SELECT body FROM replies WHERE api_key = ?1 AND path = ?2 AND key = ?3 AND until > ?4",
            &[&api_key.as_bytes(), &path, &key, &signed(now)?],
        )
    }

    fn put_reply(&mut self, api_key: Uuid, path: &str, key: &str, reply: &StoredReply) -> Result<()> {
        let until = i64::try_from(reply.until).map_err(failed)?;
        self.run(
            "INSERT OR REPLACE INTO replies (api_key, path, key, until, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[&api_key.as_bytes(), &path, &key, &until, &text(reply)?],
        )?;
        Ok(())
    }

    fn drop_reply(&mut self, api_key: Uuid, path: &str, key: &str) -> Result<()> {
        self.run(
            "DELETE FROM replies WHERE api_key = ?1 AND path = ?2 AND key = ?3",
            &[&api_key.as_bytes(), &path, &key],
        )?;
        Ok(())
    }

    fn drop_running_replies(&mut self) -> Result<()> {
        self.run("DELETE FROM replies WHERE body ->> '$.reply' IS NULL", &[])?;
        Ok(())
    }

    fn sweep_replies(&mut self, now: NumericDate) -> Result<()> {
        self.run("DELETE FROM replies WHERE until <= ?1", &[&signed(now)?])?;
        Ok(())
    }
}
