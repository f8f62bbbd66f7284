//! What webhooks are told, and how it went.

use uuid::Uuid;

use super::samples::{delivery, owner, webhook};
use super::{read, write};
use crate::model::webhook::{Delivery, Webhook};
use crate::storage::{DeliveryFilter, Storage};

pub(crate) async fn deliveries_are_due_listed_and_swept(storage: Storage) {
    let ids = |found: Vec<Delivery>| found.iter().map(|delivery| delivery.id.as_u128()).collect::<Vec<_>>();
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    write(&storage, move |tx| {
        for (number, live) in [(1, true), (2, true), (3, false)] {
            tx.put_webhook(&webhook(number, live))?;
        }
        for (number, hook, name, due) in
            [(11, 1, "a", 30), (12, 1, "b", 10), (13, 1, "a", 20), (14, 2, "a", 5)]
        {
            tx.put_delivery(&delivery(number, hook, name, Some(due)))?;
        }
        tx.put_delivery(&delivery(15, 1, "a", None))
    })
    .await;
    read(&storage, move |tx| {
        assert_eq!(tx.webhook(one)?, Some(webhook(1, true)));
        assert_eq!(tx.webhooks(true)?, [webhook(1, true), webhook(2, true)]);
        assert_eq!(ids(tx.due_deliveries(one, 20, 9)?), [12, 13]);
        assert_eq!(ids(tx.due_deliveries(one, 99, 2)?), [12, 13]);
        assert_eq!((tx.next_delivery(one)?, tx.next_delivery(Uuid::from_u128(3))?), (Some(10), None));
        let list = |state, after, limit| DeliveryFilter { webhook: one, state, after, limit };
        assert_eq!(ids(tx.deliveries(&list(None, None, 9))?), [15, 13, 12, 11]);
        assert_eq!(ids(tx.deliveries(&list(None, Some(Uuid::from_u128(13)), 1))?), [12]);
        assert_eq!(ids(tx.deliveries(&list(Some("failed"), None, 9))?), [15]);
        assert_eq!(ids(tx.deliveries_of(&owner("a"))?), [11, 13, 14, 15]);
        Ok(())
    })
    .await;
    write(&storage, move |tx| {
        tx.put_webhook(&Webhook { disabled_at: Some(1), ..webhook(1, true) })?;
        tx.put_delivery(&delivery(12, 1, "b", None))?;
        assert_eq!(tx.webhook(one)?.unwrap().disabled_at, Some(1));
        assert_eq!(tx.next_delivery(one)?, Some(20), "what has ended is not due");
        tx.drop_webhook(two)?;
        assert_eq!((tx.webhook(two)?, tx.delivery(Uuid::from_u128(14))?), (None, None));
        tx.erase_deliveries(&owner("a"))?;
        assert_eq!(tx.delivery(Uuid::from_u128(11))?, None);
        tx.sweep_deliveries(1000)?;
        assert!(tx.delivery(Uuid::from_u128(12))?.is_some());
        tx.sweep_deliveries(1001)?;
        assert_eq!(tx.delivery(Uuid::from_u128(12))?, None);
        Ok(())
    })
    .await;
}
