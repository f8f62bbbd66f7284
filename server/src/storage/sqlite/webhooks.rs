//! Webhooks and their deliveries.

use inkan_protocol::ids::NumericDate;
use uuid::Uuid;

use super::access::{Access, limit, signed, text};
use crate::model::user::UserKey;
use crate::model::webhook::{Delivery, Webhook};
use crate::storage::{DeliveryFilter, StorageError, WebhookStore};

type Result<T> = std::result::Result<T, StorageError>;

impl WebhookStore for Access<'_> {
    fn webhook(&mut self, id: Uuid) -> Result<Option<Webhook>> {
        self.document("SELECT body FROM webhooks WHERE id = ?1", &[&id.as_bytes()])
    }

    fn webhooks(&mut self, live: bool) -> Result<Vec<Webhook>> {
        self.documents("SELECT body FROM webhooks WHERE live = ?1 ORDER BY id", &[&live])
    }

    fn put_webhook(&mut self, webhook: &Webhook) -> Result<()> {
        self.run(
            "INSERT INTO webhooks (id, live, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            &[&webhook.id.as_bytes(), &webhook.live, &text(webhook)?],
        )?;
        Ok(())
    }

    fn drop_webhook(&mut self, id: Uuid) -> Result<()> {
        self.run("DELETE FROM deliveries WHERE webhook = ?1", &[&id.as_bytes()])?;
        self.run("DELETE FROM webhooks WHERE id = ?1", &[&id.as_bytes()])?;
        Ok(())
    }

    fn delivery(&mut self, id: Uuid) -> Result<Option<Delivery>> {
        self.document("SELECT body FROM deliveries WHERE id = ?1", &[&id.as_bytes()])
    }

    fn deliveries(&mut self, filter: &DeliveryFilter) -> Result<Vec<Delivery>> {
        let after = filter.after.map(Uuid::into_bytes);
        self.documents(
            "SELECT body FROM deliveries
             WHERE webhook = ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR id < ?3)
             ORDER BY id DESC LIMIT ?4",
            &[&filter.webhook.as_bytes(), &filter.state, &after, &limit(filter.limit)],
        )
    }

    fn deliveries_of(&mut self, owner: &UserKey) -> Result<Vec<Delivery>> {
        self.documents("SELECT body FROM deliveries WHERE owner = ?1 ORDER BY id", &[&owner.to_string()])
    }

    fn put_delivery(&mut self, delivery: &Delivery) -> Result<()> {
        let owner = delivery.owner.as_ref().map(ToString::to_string);
        let due = delivery.due_millis().map(signed).transpose()?;
        self.run(
            "INSERT INTO deliveries (id, webhook, owner, at, state, due, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE
             SET state = excluded.state, due = excluded.due, body = excluded.body",
            &[
                &delivery.id.as_bytes(),
                &delivery.webhook.as_bytes(),
                &owner,
                &signed(delivery.created_at)?,
                &delivery.state.as_str(),
                &due,
                &text(delivery)?,
            ],
        )?;
        Ok(())
    }

    fn due_deliveries(&mut self, webhook: Uuid, now_millis: u64, most: usize) -> Result<Vec<Delivery>> {
        self.documents(
            "SELECT body FROM deliveries WHERE webhook = ?1 AND due <= ?2 ORDER BY due, id LIMIT ?3",
            &[&webhook.as_bytes(), &signed(now_millis)?, &limit(most)],
        )
    }

    fn next_delivery(&mut self, webhook: Uuid) -> Result<Option<u64>> {
        self.one(
            "SELECT due FROM deliveries WHERE webhook = ?1 AND due IS NOT NULL ORDER BY due LIMIT 1",
            &[&webhook.as_bytes()],
            |row| row.get(0),
        )
    }

    fn sweep_deliveries(&mut self, before: NumericDate) -> Result<()> {
        self.run("DELETE FROM deliveries WHERE at < ?1", &[&signed(before)?])?;
        Ok(())
    }

    fn erase_deliveries(&mut self, owner: &UserKey) -> Result<()> {
        self.run("DELETE FROM deliveries WHERE owner = ?1", &[&owner.to_string()])?;
        Ok(())
    }
}
