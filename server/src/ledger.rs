//! What happened is written down once: a row in the hash-chained log, an event for the relying party, and a delivery for
//! each webhook that wants it.

use inkan_protocol::ids::Digest;
use inkan_protocol::receipt::LogReference;
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::model::event::{Event, KINDS};
use crate::random::make_ordered_uuid_v7;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;
use crate::webhook;

/// Writes down what happened, in the transaction in which it happens.
///
/// `kind` is for instance `challenge.created`; `data` holds ids, states and hashes, nothing personal beyond the relying
/// party's opaque `user`. The log's row binds SHA-256 of the event's JSON.
pub fn record(
    tx: &mut dyn Transaction,
    app: &App,
    live: bool,
    kind: &str,
    data: Value,
) -> Result<LogReference, Refusal> {
    let event = make_event(tx, app, live, kind, data)?;
    let body = Digest::of(&serde_json::to_vec(&event)?);
    write(tx, app, &event, body)
}

/// The same where a signed message did it (an answer, a verdict, a device's record). The log's row binds SHA-256 of the
/// message: evidence can be held against a head that was published before a signing key was lost.
pub fn record_message(
    tx: &mut dyn Transaction,
    app: &App,
    live: bool,
    kind: &str,
    data: Value,
    message: &str,
) -> Result<LogReference, Refusal> {
    let event = make_event(tx, app, live, kind, data)?;
    write(tx, app, &event, Digest::of(message.as_bytes()))
}

fn make_event(
    tx: &mut dyn Transaction,
    app: &App,
    live: bool,
    kind: &str,
    data: Value,
) -> Result<Event, Refusal> {
    // Readers ask for what came after an id, so ids follow the log even within one millisecond.
    let row = tx.audit_head()?.map_or(1, |head| head.row + 1);
    // Nor does a clock that was set back put an event before those that were read.
    let newest = tx.newest_event()?.and_then(|newest| millis_of(&newest)).unwrap_or_default();
    let id = make_ordered_uuid_v7(app.clock.now_millis().max(newest), row, app.random.as_ref())?;
    debug_assert!(KINDS.contains(&kind), "{kind} is to be listed in model/event.rs: filters name it");
    Ok(Event { id, live, kind: kind.to_owned(), at: app.clock.now(), data })
}

/// The time in a UUIDv7, in milliseconds since 1970.
fn millis_of(id: &Uuid) -> Option<u64> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    Some(seconds.saturating_mul(1000).saturating_add(u64::from(nanos) / 1_000_000))
}

fn write(tx: &mut dyn Transaction, app: &App, event: &Event, body: Digest) -> Result<LogReference, Refusal> {
    tx.append_event(event)?;
    webhook::announce(tx, app, event)?;
    Ok(tx.append_audit(event.at, &event.kind, body)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn a_clock_that_was_set_back_hides_no_event_from_a_reader() {
        let world = World::new().await;
        let id = make_ordered_uuid_v7(world.now() * 1000 + 3_600_000, 9, world.app.random.as_ref()).unwrap();
        let read = Event { id, live: true, kind: "before".into(), at: world.now() + 3600, data: json!({}) };
        let app = world.app.clone();
        let written = world.app.storage.write(move |tx| -> Result<(), Refusal> {
            tx.append_event(&read)?;
            // Rows number the log, and this event had the ninth.
            for _ in 0..9 {
                tx.append_audit(1, "before", Digest([0; 32]))?;
            }
            record(tx, &app, true, "device.added", json!({}))?;
            record(tx, &app, true, "device.added", json!({}))?;
            Ok(())
        });
        written.await.unwrap();
        let events = world.get(&format!("/v1/events?after={id}")).await.expect(200).json();
        assert_eq!(events["data"].as_array().unwrap().len(), 2);
        assert_eq!(events["data"][0]["created_at"], crate::routes::moment::rfc3339(world.now()));
    }
}
