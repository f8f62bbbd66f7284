//! When phones are rung. Put into the outbox in the transaction of the cause, one message a phone: a doorbell says
//! nothing but "look", so a newer one takes the place of an older one that was not sent yet.
//!
//! ```text
//! asked ──▶ Look, worth something until the request ends
//! ended ──▶ something else waits on that phone: it stays as it is
//!           Look not sent yet, and none before: taken back, nobody is rung
//!           else Ended: the notification goes
//! active ─▶ Look: the closing test of an enrollment
//! ```
//!
//! Test mode pushes nothing. The device that answered needs no word of it.

use inkan_protocol::enrollment::PushProvider;
use inkan_protocol::ids::{DeviceId, Digest, MessageId, NumericDate};
use inkan_protocol::push_hint::PushHint;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::hub::Topic;
use crate::model::challenge::Challenge;
use crate::model::device::Device;
use crate::model::outbox::{OutboxMessage, Queue};
use crate::push::Ring;
use crate::random::make_uuid_v7;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// How long the word that something has ended is worth sending, in seconds.
const ENDED_SECONDS: u64 = 600;
/// How long the test of a new phone's doorbell is worth sending, in seconds: its page waits no longer.
pub(crate) const TEST_SECONDS: u64 = 120;

/// What the courier needs to know. The registration itself is read when the push is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Which phone.
    pub(crate) device: DeviceId,
    /// Names the push.
    pub(crate) push: MessageId,
    /// Why.
    pub(crate) ring: Ring,
    /// What was rung for before has ended and may still stand on the phone: its end is told even where this is taken back.
    #[serde(default)]
    owes_end: bool,
}

impl Order {
    /// What travels.
    pub(crate) fn hint(&self) -> PushHint {
        PushHint { v: 1, id: self.push, collapse: collapse_key(self.device) }
    }
}

/// Pushes of one device replace each other: on the phone there is one notification of a server, whatever waits there.
/// The key says nothing of the device's id to whoever carries it.
pub(crate) fn collapse_key(device: DeviceId) -> MessageId {
    let digest = Digest::of(format!("inkan-collapse-v1\n{device}").as_bytes());
    let bytes = digest.0.first_chunk::<16>().copied().unwrap_or_default();
    MessageId(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// The queue of a provider.
pub(crate) fn queue_of(provider: PushProvider) -> Queue {
    match provider {
        PushProvider::Apns => Queue::PushApns,
        PushProvider::Fcm => Queue::PushFcm,
        PushProvider::Webpush => Queue::PushWeb,
    }
}

/// Rings a phone: there is something to look at until then.
pub(crate) fn look(
    tx: &mut dyn Transaction,
    app: &App,
    device: &Device,
    until: NumericDate,
) -> Result<(), Refusal> {
    put(tx, app, device, Ring::Look, until)
}

/// Rings all who are asked by a new challenge.
pub(crate) fn asked(tx: &mut dyn Transaction, app: &App, challenge: &Challenge) -> Result<(), Refusal> {
    if app.pushes.is_empty() {
        return Ok(());
    }
    for issued in &challenge.issued {
        if let Some(device) = tx.device(issued.device)? {
            look(tx, app, &device, challenge.expires_at)?;
        }
    }
    Ok(())
}

/// A challenge has ended: phones where nothing else waits take their notification away.
pub(crate) fn ended(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: &Challenge,
    answered_by: Option<DeviceId>,
    now: NumericDate,
) -> Result<(), Refusal> {
    if app.pushes.is_empty() || !challenge.owner.live || challenge.issued.is_empty() {
        return Ok(());
    }
    let mut pending = tx.pending_of(&challenge.owner)?;
    pending.retain(|other| other.id != challenge.id && other.is_pending(now));
    for issued in &challenge.issued {
        let waits = pending.iter().any(|other| {
            other.issued_to(issued.device).is_some() && other.opened_by.is_none_or(|by| by == issued.device)
        });
        let Some(device) = tx.device(issued.device)? else { continue };
        if waits {
            owe_end(tx, &device)?;
            continue;
        }
        if take_back(tx, &device)? || Some(device.id) == answered_by {
            continue;
        }
        put(tx, app, &device, Ring::Ended, now.saturating_add(ENDED_SECONDS))?;
    }
    Ok(())
}

/// Whether a push of that id is on its way to this phone: a try has begun, and its end is not kept yet.
pub(crate) fn is_under_way(
    tx: &mut dyn Transaction,
    device: &Device,
    push: MessageId,
) -> Result<bool, Refusal> {
    let Some(message) = tx.message(push.0)?.filter(|message| message.tries > 0) else { return Ok(false) };
    Ok(Order::deserialize(&message.body).is_ok_and(|order| order.device == device.id))
}

/// Takes back what was not sent yet; whether there is nothing on the phone for it.
fn take_back(tx: &mut dyn Transaction, device: &Device) -> Result<bool, Refusal> {
    match unsent(tx, device)? {
        Some((message, order)) if message.tries == 0 => {
            tx.drop_message(message.id)?;
            // an Ended that was not sent yet is still owed
            Ok(order.ring == Ring::Look && !order.owes_end)
        }
        _ => Ok(false),
    }
}

/// The phone shows one notification for all that waits there. If it is taken back later, what ended now is over too.
fn owe_end(tx: &mut dyn Transaction, device: &Device) -> Result<(), Refusal> {
    if let Some((message, order)) = unsent(tx, device)?
        && message.tries == 0
        && !order.owes_end
    {
        let body = serde_json::to_value(Order { owes_end: true, ..order })?;
        tx.put_message(&OutboxMessage { body, ..message })?;
    }
    Ok(())
}

/// What has not got through to a phone yet.
fn unsent(tx: &mut dyn Transaction, device: &Device) -> Result<Option<(OutboxMessage, Order)>, Refusal> {
    let Some(push) = &device.push else { return Ok(None) };
    let message = tx.named_message(queue_of(push.provider), &device.id.to_string())?;
    Ok(message.and_then(|message| Order::deserialize(&message.body).ok().map(|order| (message, order))))
}

fn put(
    tx: &mut dyn Transaction,
    app: &App,
    device: &Device,
    ring: Ring,
    until: NumericDate,
) -> Result<(), Refusal> {
    let Some(push) = device.push.as_ref().filter(|_| device.owner.live && device.is_active()) else {
        return Ok(());
    };
    if app.pushes.of(push.provider).is_none() {
        return Ok(());
    }
    let now_millis = app.clock.now_millis();
    let id: Uuid = make_uuid_v7(now_millis, app.random.as_ref())?;
    let queue = queue_of(push.provider);
    let replaced = unsent(tx, device)?.filter(|_| ring == Ring::Look);
    // One that takes the place of a doorbell which has not got through yet rings for that request too: it is worth
    // something for as long as either.
    let until = match &replaced {
        Some((message, order)) if order.ring == Ring::Look => until.max(message.until),
        _ => until,
    };
    let owes_end = replaced
        .is_some_and(|(message, order)| order.ring == Ring::Ended || order.owes_end || message.tries > 0);
    let order = Order { device: device.id, push: MessageId(id), ring, owes_end };
    tx.put_message(&OutboxMessage {
        id,
        queue,
        name: Some(device.id.to_string()),
        owner: Some(device.owner.clone()),
        due_millis: now_millis,
        until,
        tries: 0,
        body: serde_json::to_value(&order)?,
    })?;
    tx.notify(Topic::Outbox(queue));
    Ok(())
}

#[cfg(test)]
mod tests;
