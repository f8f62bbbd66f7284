//! What happened is written down once: a row in the hash-chained log, and an event for the relying party.

use inkan_protocol::ids::Digest;
use inkan_protocol::receipt::LogReference;
use serde_json::Value;

use crate::app::App;
use crate::model::event::Event;
use crate::random::make_ordered_uuid_v7;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

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
    write(tx, &event, body)
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
    write(tx, &event, Digest::of(message.as_bytes()))
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
    let id = make_ordered_uuid_v7(app.clock.now_millis(), row, app.random.as_ref())?;
    Ok(Event { id, live, kind: kind.to_owned(), at: app.clock.now(), data })
}

fn write(tx: &mut dyn Transaction, event: &Event, body: Digest) -> Result<LogReference, Refusal> {
    tx.append_event(event)?;
    Ok(tx.append_audit(event.at, &event.kind, body)?)
}
