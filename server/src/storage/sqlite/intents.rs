//! What backends have registered.

use inkan_protocol::ids::NumericDate;
use uuid::Uuid;

use super::access::{Access, signed, text};
use crate::model::intent::Intent;
use crate::model::user::UserKey;
use crate::storage::{IntentStore, StorageError};

type Result<T> = std::result::Result<T, StorageError>;

impl IntentStore for Access<'_> {
    fn intent(&mut self, id: Uuid) -> Result<Option<Intent>> {
        self.document("SELECT body FROM intents WHERE id = ?1", &[&id.as_bytes()])
    }

    fn intents_of(&mut self, owner: &UserKey) -> Result<Vec<Intent>> {
        let statement = "SELECT body FROM intents WHERE owner = ?1 ORDER BY id";
        self.documents(statement, &[&owner.to_string()])
    }

    fn put_intent(&mut self, intent: &Intent) -> Result<()> {
        self.run(
            "INSERT INTO intents (id, owner, until, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            &[&intent.id.as_bytes(), &intent.owner.to_string(), &signed(intent.until)?, &text(intent)?],
        )?;
        Ok(())
    }

    fn sweep_intents(&mut self, now: NumericDate) -> Result<()> {
        self.run("DELETE FROM intents WHERE until <= ?1", &[&signed(now)?])?;
        Ok(())
    }

    fn erase_intents(&mut self, owner: &UserKey) -> Result<()> {
        self.run("DELETE FROM intents WHERE owner = ?1", &[&owner.to_string()])?;
        Ok(())
    }
}
