//! How a challenge's news is written down and spread: saved, logged, and rung to all who wait for it.

use inkan_protocol::ids::{ChallengeId, NumericDate};
use inkan_protocol::receipt::LogReference;
use serde_json::{Map, Value};

use crate::app::App;
use crate::ciba;
use crate::hub::Topic;
use crate::model::challenge::Challenge;
use crate::model::user::UserKey;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;
use crate::{keycloak, ledger, ringing};

/// Saves a challenge; after the commit the relying party and every phone that was asked look again.
pub(crate) fn save(tx: &mut dyn Transaction, challenge: &Challenge) -> Result<(), Refusal> {
    tx.put_challenge(challenge)?;
    ciba::ended(tx, challenge)?;
    tx.notify(Topic::Challenge(challenge.id));
    for issued in &challenge.issued {
        tx.notify(Topic::Device(issued.device));
    }
    Ok(())
}

/// Writes down what happened to a challenge: ids, hashes and states, nothing personal beyond the opaque user.
pub(crate) fn note(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: &Challenge,
    what: &str,
    more: Map<String, Value>,
) -> Result<LogReference, Refusal> {
    let (kind, data) = words(challenge, what, more);
    ledger::record(tx, app, challenge.owner.live, &kind, data)
}

/// The same where a signed message did it: the log's row binds the message, so that evidence can be held against it.
pub(crate) fn note_message(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: &Challenge,
    what: &str,
    more: Map<String, Value>,
    message: &str,
) -> Result<LogReference, Refusal> {
    let (kind, data) = words(challenge, what, more);
    ledger::record_message(tx, app, challenge.owner.live, &kind, data, message)
}

fn words(challenge: &Challenge, what: &str, more: Map<String, Value>) -> (String, Value) {
    let mut data = Map::new();
    data.insert("challenge".into(), challenge.id.to_string().into());
    data.insert("user".into(), challenge.owner.user.as_str().into());
    data.insert("operation".into(), challenge.operation.as_str().into());
    data.extend(more);
    (format!("challenge.{what}"), Value::Object(data))
}

/// Its time is over.
pub(crate) fn expire(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    now: NumericDate,
) -> Result<Challenge, Refusal> {
    ended(tx, app, challenge.expire(now)?, "expired", Map::new(), now)
}

/// It is taken back.
pub(crate) fn cancel(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    now: NumericDate,
) -> Result<Challenge, Refusal> {
    ended(tx, app, challenge.cancel(now)?, "cancelled", Map::new(), now)
}

/// A newer one takes its place.
pub(crate) fn supersede(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    by: ChallengeId,
    now: NumericDate,
) -> Result<Challenge, Refusal> {
    let more = Map::from_iter([("superseded_by".to_owned(), by.to_string().into())]);
    ended(tx, app, challenge.supersede(by, now)?, "superseded", more, now)
}

/// Takes back all that is pending for a customer, but for one: after a report, with a freeze, at an erasure.
pub fn cancel_all(
    tx: &mut dyn Transaction,
    app: &App,
    owner: &UserKey,
    except: Option<ChallengeId>,
    now: NumericDate,
) -> Result<(), Refusal> {
    for challenge in tx.pending_of(owner)? {
        if Some(challenge.id) == except {
            continue;
        }
        if challenge.is_pending(now) {
            cancel(tx, app, challenge, now)?;
        } else {
            expire(tx, app, challenge, now)?;
        }
    }
    Ok(())
}

fn ended(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    what: &str,
    more: Map<String, Value>,
    now: NumericDate,
) -> Result<Challenge, Refusal> {
    save(tx, &challenge)?;
    ringing::ended(tx, app, &challenge, None, now)?;
    keycloak::ended(tx, app, &challenge)?;
    note(tx, app, &challenge, what, more)?;
    Ok(challenge)
}
