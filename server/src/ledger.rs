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
/// `kind` is for instance `challenge.approved`; `data` holds ids, states and hashes, nothing personal beyond the relying
/// party's opaque `user`. The log's row binds SHA-256 of the event's JSON.
pub fn record(
    tx: &mut dyn Transaction,
    app: &App,
    live: bool,
    kind: &str,
    data: Value,
) -> Result<LogReference, Refusal> {
    let now = app.clock.now();
    // Readers ask for what came after an id, so ids follow the log even within one millisecond.
    let row = tx.audit_head()?.map_or(1, |head| head.row + 1);
    let id = make_ordered_uuid_v7(app.clock.now_millis(), row, app.random.as_ref())?;
    let event = Event { id, live, kind: kind.to_owned(), at: now, data };
    let body = Digest::of(&serde_json::to_vec(&event)?);
    tx.append_event(&event)?;
    Ok(tx.append_audit(now, kind, body)?)
}
