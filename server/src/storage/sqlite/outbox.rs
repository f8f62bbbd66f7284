//! What is to be said to others.

use rusqlite::Row;
use uuid::Uuid;

use super::access::{Access, limit, parse, signed, text};
use crate::model::outbox::{OutboxMessage, Queue};
use crate::model::user::UserKey;
use crate::storage::{OutboxStore, StorageError};

type Result<T> = std::result::Result<T, StorageError>;

impl OutboxStore for Access<'_> {
    fn put_message(&mut self, message: &OutboxMessage) -> Result<()> {
        // the end of the one that is being carried, or the time when it is lost
        let mut after: Option<u64> = None;
        if let Some(name) = &message.name {
            after = self
                .one(
                    "SELECT MAX(due) FROM outbox WHERE queue = ?1 AND name = ?2 AND id <> ?3 AND carried = 1",
                    &[&message.queue.as_str(), name, &message.id.as_bytes()],
                    |row| row.get(0),
                )?
                .flatten();
            self.run(
                "DELETE FROM outbox WHERE queue = ?1 AND name = ?2 AND id <> ?3",
                &[&message.queue.as_str(), name, &message.id.as_bytes()],
            )?;
        }
        let owner = message.owner.as_ref().map(ToString::to_string);
        self.run(
            "INSERT INTO outbox (id, queue, name, owner, due, carried, tries, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (id) DO UPDATE
             SET due = excluded.due, carried = excluded.carried, tries = excluded.tries, body = excluded.body",
            &[
                &message.id.as_bytes(),
                &message.queue.as_str(),
                &message.name,
                &owner,
                &signed(message.due_millis.max(after.unwrap_or_default()))?,
                &after.is_some(),
                &message.tries,
                &text(message)?,
            ],
        )?;
        Ok(())
    }

    fn message(&mut self, id: Uuid) -> Result<Option<OutboxMessage>> {
        self.one("SELECT body, due, tries FROM outbox WHERE id = ?1", &[&id.as_bytes()], row)?
            .map(message)
            .transpose()
    }

    fn named_message(&mut self, queue: Queue, name: &str) -> Result<Option<OutboxMessage>> {
        self.one(
            "SELECT body, due, tries FROM outbox WHERE queue = ?1 AND name = ?2",
            &[&queue.as_str(), &name],
            row,
        )?
        .map(message)
        .transpose()
    }

    fn take_messages(
        &mut self,
        queue: Queue,
        now_millis: u64,
        lost_at_millis: u64,
        most: usize,
    ) -> Result<Vec<OutboxMessage>> {
        let due = self.all(
            "SELECT body, due, tries FROM outbox WHERE queue = ?1 AND due <= ?2 ORDER BY due, id LIMIT ?3",
            &[&queue.as_str(), &signed(now_millis)?, &limit(most)],
            row,
        )?;
        let mut taken = due.into_iter().map(message).collect::<Result<Vec<_>>>()?;
        for message in &mut taken {
            message.tries = message.tries.saturating_add(1);
            message.due_millis = lost_at_millis;
            self.run(
                "UPDATE outbox SET due = ?2, carried = 1, tries = ?3 WHERE id = ?1",
                &[&message.id.as_bytes(), &signed(lost_at_millis)?, &message.tries],
            )?;
        }
        Ok(taken)
    }

    fn next_due(&mut self, queue: Queue) -> Result<Option<u64>> {
        self.one("SELECT due FROM outbox WHERE queue = ?1 ORDER BY due LIMIT 1", &[&queue.as_str()], |row| {
            row.get(0)
        })
    }

    fn drop_message(&mut self, id: Uuid) -> Result<()> {
        self.run("DELETE FROM outbox WHERE id = ?1", &[&id.as_bytes()])?;
        Ok(())
    }

    fn release_messages(&mut self, now_millis: u64) -> Result<()> {
        self.run("UPDATE outbox SET due = ?1, carried = 0 WHERE carried = 1", &[&signed(now_millis)?])?;
        Ok(())
    }

    fn erase_messages(&mut self, owner: &UserKey) -> Result<()> {
        self.run("DELETE FROM outbox WHERE owner = ?1", &[&owner.to_string()])?;
        Ok(())
    }
}

fn row(row: &Row<'_>) -> rusqlite::Result<(String, u64, u32)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Due and tries move without the document being written again.
fn message((body, due_millis, tries): (String, u64, u32)) -> Result<OutboxMessage> {
    Ok(OutboxMessage { due_millis, tries, ..parse(&body)? })
}
