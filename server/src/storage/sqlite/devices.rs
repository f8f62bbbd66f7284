//! Devices and what belongs to them: keys, message ids, sessions, kept answers.

use inkan_protocol::ids::{DeviceId, Digest, MessageId, NumericDate, Thumbprint};
use uuid::Uuid;

use super::access::{Access, signed, text};
use crate::model::device::Device;
use crate::model::user::UserKey;
use crate::storage::{DeviceStore, Kept, StorageError};

type Result<T> = std::result::Result<T, StorageError>;

impl DeviceStore for Access<'_> {
    fn device(&mut self, id: DeviceId) -> Result<Option<Device>> {
        self.document("SELECT body FROM devices WHERE id = ?1", &[&id.0.as_bytes()])
    }

    fn device_by_key(&mut self, kid: Thumbprint) -> Result<Option<Device>> {
        self.document(
            "SELECT devices.body FROM device_kids JOIN devices ON devices.id = device_kids.device
             WHERE thumbprint = ?1 ORDER BY device_kids.device DESC LIMIT 1",
            &[&kid.0],
        )
    }

    fn devices_of(&mut self, owner: &UserKey) -> Result<Vec<Device>> {
        self.documents("SELECT body FROM devices WHERE owner = ?1 ORDER BY id DESC", &[&owner.to_string()])
    }

    fn put_device(&mut self, device: &Device) -> Result<()> {
        self.run(
            "INSERT INTO devices (id, owner, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            &[&device.id.0.as_bytes(), &device.owner.to_string(), &text(device)?],
        )?;
        // All keys of a pair become known together, so one tells of all: most changes bring no new key.
        let known = self.one(
            "SELECT 1 FROM device_kids WHERE thumbprint = ?1 AND device = ?2",
            &[&device.keys.possession.thumbprint().0, &device.id.0.as_bytes()],
            |_| Ok(()),
        )?;
        if known.is_some() {
            return Ok(());
        }
        let replaced = device.replaced.map(|replaced| replaced.keys);
        for keys in [Some(device.keys), replaced].into_iter().flatten() {
            for key in [keys.possession, keys.approval] {
                self.run(
                    "INSERT OR IGNORE INTO device_kids (thumbprint, device) VALUES (?1, ?2)",
                    &[&key.thumbprint().0, &device.id.0.as_bytes()],
                )?;
            }
        }
        Ok(())
    }

    fn claim_key(&mut self, key: Thumbprint, device: DeviceId) -> Result<bool> {
        let added = self.run(
            "INSERT OR IGNORE INTO device_keys (thumbprint, device) VALUES (?1, ?2)",
            &[&key.0, &device.0.as_bytes()],
        )?;
        Ok(added == 1)
    }

    fn is_key_taken(&mut self, key: Thumbprint) -> Result<bool> {
        let found = self.one("SELECT 1 FROM device_keys WHERE thumbprint = ?1", &[&key.0], |_| Ok(()))?;
        Ok(found.is_some())
    }

    fn use_jti(&mut self, device: DeviceId, jti: MessageId, until: NumericDate) -> Result<bool> {
        let added = self.run(
            "INSERT OR IGNORE INTO device_messages (device, jti, until) VALUES (?1, ?2, ?3)",
            &[&device.0.as_bytes(), &jti.0.as_bytes(), &signed(until)?],
        )?;
        Ok(added == 1)
    }

    fn put_session(&mut self, token: Digest, device: DeviceId, until: NumericDate) -> Result<()> {
        self.run(
            "INSERT INTO device_sessions (token, device, until) VALUES (?1, ?2, ?3)",
            &[&token.0, &device.0.as_bytes(), &signed(until)?],
        )?;
        Ok(())
    }

    fn session(&mut self, token: Digest, now: NumericDate) -> Result<Option<DeviceId>> {
        let found: Option<[u8; 16]> = self.one(
            "SELECT device FROM device_sessions WHERE token = ?1 AND until > ?2",
            &[&token.0, &signed(now)?],
            |row| row.get(0),
        )?;
        Ok(found.map(|bytes| DeviceId(Uuid::from_bytes(bytes))))
    }

    fn end_sessions(&mut self, device: DeviceId) -> Result<()> {
        self.run("DELETE FROM device_sessions WHERE device = ?1", &[&device.0.as_bytes()])?;
        Ok(())
    }

    fn kept(&mut self, device: DeviceId, signing_hash: Digest) -> Result<Option<Kept>> {
        self.document(
            "SELECT body FROM device_replies WHERE device = ?1 AND hash = ?2",
            &[&device.0.as_bytes(), &signing_hash.0],
        )
    }

    fn keep(&mut self, device: DeviceId, signing_hash: Digest, kept: &Kept) -> Result<()> {
        let counter = kept.counter.map(signed).transpose()?;
        let until = kept.until.map(signed).transpose()?;
        self.run(
            "INSERT OR REPLACE INTO device_replies (device, hash, counter, for_ever, until, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &[&device.0.as_bytes(), &signing_hash.0, &counter, &kept.for_ever, &until, &text(kept)?],
        )?;
        Ok(())
    }

    fn forget_kept(&mut self, device: DeviceId, counter: u64, now: NumericDate) -> Result<()> {
        self.run(
            "DELETE FROM device_replies INDEXED BY device_replies_passing
             WHERE device = ?1 AND for_ever = 0 AND (counter <= ?2 OR (counter IS NULL AND until <= ?3))",
            &[&device.0.as_bytes(), &signed(counter)?, &signed(now)?],
        )?;
        Ok(())
    }

    fn erase_devices(&mut self, owner: &UserKey) -> Result<()> {
        let owner = owner.to_string();
        for table in ["device_kids", "device_messages", "device_sessions", "device_replies"] {
            self.run(
                &format!("DELETE FROM {table} WHERE device IN (SELECT id FROM devices WHERE owner = ?1)"),
                &[&owner],
            )?;
        }
        self.run("DELETE FROM devices WHERE owner = ?1", &[&owner])?;
        Ok(())
    }

    fn sweep_devices(&mut self, now: NumericDate) -> Result<()> {
        let now = signed(now)?;
        self.run("DELETE FROM device_messages WHERE until <= ?1", &[&now])?;
        self.run("DELETE FROM device_sessions WHERE until <= ?1", &[&now])?;
        Ok(())
    }
}
