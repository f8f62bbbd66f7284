//! Keycloak's authentication channel: its CIBA grant asks here, and hears the decision by a callback.
//!
//! ```text
//! POST /keycloak/ciba ─ bearer verified ([`bearer`], [`certs`]) ─▶ question, request kept ─ commit ─▶ 201
//!                                                                      │
//! the challenge ends ─▶ message in the same transaction ─▶ [`carrier`] ─▶ POST {iss}/…/ciba/auth/callback
//!   approved    SUCCEED, after a redeem: sent exactly once
//!   denied, wrong number    UNAUTHORIZED
//!   reported, cancelled, superseded    CANCELLED
//!   expired    nothing: Keycloak's own time is over
//! nobody to ask ─▶ UNAUTHORIZED, by the same way
//! ```

pub(crate) mod bearer;
mod carrier;
mod certs;

use inkan_protocol::ids::Digest;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::hub::Topic;
use crate::model::challenge::{Challenge, State};
use crate::model::keycloak::{KeycloakRequest, Word};
use crate::model::outbox::{OutboxMessage, Queue};
use crate::random::make_uuid_v7;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

pub use self::carrier::KeycloakCourier;
pub use self::certs::RealmKeys;

/// No callback leaves earlier than this after the call came, in milliseconds: by then the 201 is written.
const NOT_BEFORE_MILLIS: u64 = 300;

/// What the carrier needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Which call is answered.
    pub(crate) request: Digest,
    /// What is told.
    pub(crate) word: Word,
    /// Tries of which it is known how they ended. One more try than these, and one was lost.
    pub(crate) known: u32,
    /// Those among them that were answered 403.
    pub(crate) early: u32,
}

/// Under which context a call's token is sealed.
pub(crate) fn bearer_context(request: Digest) -> String {
    format!("keycloak/{request}/bearer")
}

/// A challenge has ended: if Keycloak asked for it, it will hear.
pub(crate) fn ended(tx: &mut dyn Transaction, app: &App, challenge: &Challenge) -> Result<(), Refusal> {
    if app.settings.keycloak.issuers.is_empty() {
        return Ok(());
    }
    let word = match challenge.state {
        State::Approved(_) => Word::Succeed,
        State::Denied(_) | State::Failed { .. } => Word::Unauthorized,
        State::Reported(_) | State::Cancelled { .. } | State::Superseded { .. } => Word::Cancelled,
        State::Pending | State::Expired { .. } => return Ok(()),
    };
    match tx.keycloak_request_for(challenge.id)? {
        Some(request) => tell(tx, app, &request, word),
        None => Ok(()),
    }
}

/// Puts a callback into the outbox. One call is answered by one message.
pub(crate) fn tell(
    tx: &mut dyn Transaction,
    app: &App,
    request: &KeycloakRequest,
    word: Word,
) -> Result<(), Refusal> {
    let now_millis = app.clock.now_millis();
    let order = Order { request: request.id, word, known: 0, early: 0 };
    tx.put_message(&OutboxMessage {
        id: make_uuid_v7(now_millis, app.random.as_ref())?,
        queue: Queue::Keycloak,
        name: Some(request.id.to_string()),
        owner: request.owner.clone(),
        due_millis: now_millis.max(request.came_millis.saturating_add(NOT_BEFORE_MILLIS)),
        until: request.until,
        tries: 0,
        body: serde_json::to_value(order)?,
    })?;
    tx.notify(Topic::Outbox(Queue::Keycloak));
    Ok(())
}

#[cfg(test)]
mod tests;
