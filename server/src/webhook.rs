//! Webhooks by the Standard Webhooks specification: every event becomes one delivery for each webhook that wants it.
//!
//! ```text
//! transaction of the event: delivery, and the webhook's message in the outbox ─ commit ─▶ courier: all that is due
//!                                                                                        │
//!            one message per webhook, so one courier's place per webhook ◀───────────────┘
//! ```
//!
//! The outbox holds one message for each webhook that has something due, not one for each delivery: a backlog of one
//! receiver takes one place of the courier, whatever its length, and there is a place for every webhook. Deliveries are
//! a table of their own, which is what the API lists.
//!
//! - `announce`, `ping`, `replay`: what puts deliveries there.
//! - [`signature`]: the three headers.  [`carrier`]: how they are carried.

pub mod carrier;
pub mod signature;

use serde_json::{Value, json};
use uuid::Uuid;
use zeroize::Zeroizing;

use self::signature::{Signer, SignerError};
use crate::app::App;
use crate::hub::Topic;
use crate::model::event::Event;
use crate::model::outbox::{OutboxMessage, Queue};
use crate::model::sealed::SealedBytes;
use crate::model::user::UserKey;
use crate::model::webhook::{Delivery, DeliveryState, PING, SigningSecret, Webhook};
use crate::random::{make_bytes, make_uuid_v7};
use crate::routes::moment::rfc3339;
use crate::routes::refusal::Refusal;
use crate::storage::{StorageError, Transaction};

/// The message of a webhook's turn never ends by itself: its deliveries do.
const FOR_EVER: u64 = u64::MAX;

/// Makes a webhook with its keys; answers it and the secret, which is shown once.
pub(crate) fn make(
    app: &App,
    live: bool,
    url: String,
    events: Vec<String>,
) -> Result<(Webhook, Zeroizing<String>), Refusal> {
    let id = make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?;
    let (secret, shown) = make_secret(app, id)?;
    let seed = Zeroizing::new(make_bytes::<32>(app.random.as_ref())?);
    let webhook = Webhook {
        id,
        live,
        url,
        events,
        secrets: vec![SigningSecret { sealed: secret, until: None }],
        key: SealedBytes(app.sealer.seal(&key_context(id), seed.as_slice())?),
        public_key: signature::public_key(&seed)?,
        created_at: app.clock.now(),
        disabled_at: None,
        held_until_millis: 0,
    };
    Ok((webhook, shown))
}

/// A new secret: sealed, and as it is shown once.
pub(crate) fn make_secret(app: &App, id: Uuid) -> Result<(SealedBytes, Zeroizing<String>), Refusal> {
    let secret = Zeroizing::new(make_bytes::<32>(app.random.as_ref())?);
    let sealed = app.sealer.seal(&secret_context(id), secret.as_slice())?;
    Ok((SealedBytes(sealed), signature::show_secret(secret.as_slice())))
}

/// Opens all that signs for a webhook now.
fn open_signer(app: &App, webhook: &Webhook) -> Result<Signer, Refusal> {
    let secrets = webhook
        .alive(app.clock.now())
        .map(|secret| app.sealer.open(&secret_context(webhook.id), &secret.sealed.0))
        .collect::<Result<Vec<_>, _>>()?;
    let seed = app.sealer.open(&key_context(webhook.id), &webhook.key.0)?;
    let seed = <&[u8; 32]>::try_from(seed.as_slice()).map_err(|_| SignerError)?;
    Ok(Signer::new(&secrets, seed)?)
}

fn secret_context(id: Uuid) -> String {
    format!("webhook/{id}/secret")
}

fn key_context(id: Uuid) -> String {
    format!("webhook/{id}/key")
}

/// Puts a delivery of this event there for each webhook that wants it, in the event's transaction.
///
/// It costs one read by an index, inside the running transaction, of a table with at most sixteen rows; where there is no
/// webhook that is all. The rows are not kept in memory beside the store: a transaction that is given up would have to
/// take back what it changed there.
pub(crate) fn announce(tx: &mut dyn Transaction, app: &App, event: &Event) -> Result<(), Refusal> {
    let mut wanting = tx.webhooks(event.live)?;
    wanting.retain(|webhook| webhook.wants(&event.kind));
    if wanting.is_empty() {
        return Ok(());
    }
    let payload = payload(&event.kind, &rfc3339(event.at), &event.data)?;
    let user = event.data.get("user").and_then(Value::as_str).and_then(|user| user.parse().ok());
    let owner = user.map(|user| UserKey { live: event.live, user });
    for webhook in wanting {
        put(tx, app, &webhook, event.id, &event.kind, payload.clone(), owner.clone())?;
    }
    Ok(())
}

/// Puts a delivery there that says nothing but that it arrives.
pub(crate) fn ping(tx: &mut dyn Transaction, app: &App, webhook: &Webhook) -> Result<Delivery, Refusal> {
    let event = make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?;
    let data = json!({ "webhook": webhook.id.to_string() });
    let payload = payload(PING, &rfc3339(app.clock.now()), &data)?;
    put(tx, app, webhook, event, PING, payload, None)
}

/// Sends a delivery again, now, with all of its tries before it.
pub(crate) fn replay(
    tx: &mut dyn Transaction,
    app: &App,
    webhook: &Webhook,
    delivery: Delivery,
) -> Result<Delivery, Refusal> {
    let delivery = delivery.replay(app.clock.now_millis());
    tx.put_delivery(&delivery)?;
    take_turn(tx, app, webhook)?;
    Ok(delivery)
}

/// The body: ids and states. Whoever needs more reads it over the API, with a key.
pub fn payload(kind: &str, timestamp: &str, data: &Value) -> Result<String, serde_json::Error> {
    serde_json::to_string(&json!({ "type": kind, "timestamp": timestamp, "data": data }))
}

fn put(
    tx: &mut dyn Transaction,
    app: &App,
    webhook: &Webhook,
    event: Uuid,
    kind: &str,
    payload: String,
    owner: Option<UserKey>,
) -> Result<Delivery, Refusal> {
    let now_millis = app.clock.now_millis();
    let delivery = Delivery {
        id: make_uuid_v7(now_millis, app.random.as_ref())?,
        webhook: webhook.id,
        event,
        kind: kind.to_owned(),
        owner,
        payload,
        created_at: app.clock.now(),
        state: DeliveryState::Pending { due_millis: now_millis },
        round: 0,
        tries: Vec::new(),
    };
    tx.put_delivery(&delivery)?;
    take_turn(tx, app, webhook)?;
    Ok(delivery)
}

/// A webhook has something due. Where its turn has come already, or the courier is at it, nothing is to be done: at the
/// end of a turn the courier looks again, in the transaction that ends it ([`end_turn`]).
fn take_turn(tx: &mut dyn Transaction, app: &App, webhook: &Webhook) -> Result<(), Refusal> {
    let due_millis = app.clock.now_millis().max(webhook.held_until_millis);
    let waits = tx.message(webhook.id)?;
    // a turn that was taken has a try; one that waits has none
    if waits.is_none_or(|waits| waits.tries == 0 && waits.due_millis > due_millis) {
        put_turn(tx, webhook.id, due_millis)?;
    }
    Ok(())
}

/// The courier has done what was due: the next turn is when the next delivery is due, if there is one.
pub(crate) fn end_turn(tx: &mut dyn Transaction, id: Uuid) -> Result<(), Refusal> {
    let Some(webhook) = tx.webhook(id)?.filter(|webhook| webhook.disabled_at.is_none()) else {
        return Ok(());
    };
    match tx.next_delivery(id)? {
        Some(due_millis) => put_turn(tx, id, due_millis.max(webhook.held_until_millis)),
        None => Ok(()),
    }
}

/// How many webhooks are disabled, of live mode and of test mode.
pub async fn count_disabled(app: &App) -> Result<[usize; 2], StorageError> {
    app.storage
        .read(|tx| {
            let mut count = |live| {
                let webhooks = tx.webhooks(live)?;
                Ok(webhooks.iter().filter(|webhook| webhook.disabled_at.is_some()).count())
            };
            Ok([count(true)?, count(false)?])
        })
        .await
}

fn put_turn(tx: &mut dyn Transaction, id: Uuid, due_millis: u64) -> Result<(), Refusal> {
    tx.put_message(&OutboxMessage {
        id,
        queue: Queue::Webhook,
        name: None,
        owner: None,
        due_millis,
        until: FOR_EVER,
        tries: 0,
        body: Value::Null,
    })?;
    tx.notify(Topic::Outbox(Queue::Webhook));
    Ok(())
}

#[cfg(test)]
mod tests;
