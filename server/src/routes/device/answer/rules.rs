//! What an answer has to meet before it decides, in this order: the challenge is this device's, it is pending, the
//! hashes are those of what was sent and shown, and for an approval: customer, wait, start, number, return.

use axum::http::StatusCode;
use inkan_protocol::answer::{Answer, Decision};
use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::display;
use inkan_protocol::evidence::REPORT_WINDOW;
use inkan_protocol::ids::{DeviceId, Digest, NumericDate};
use inkan_protocol::jws::Verified;
use inkan_protocol::problem::device_code;
use inkan_protocol::receipt::KeyKind;
use serde_json::Map;
use subtle::ConstantTimeEq as _;

use super::super::challenges::unknown;
use super::super::start::start_needed;
use super::{ended, note_suspended};
use crate::app::App;
use crate::asking::open_number;
use crate::decision::{self, Answerer};
use crate::ending;
use crate::model::challenge::{Challenge, DEVICE_ADD_TRIES, StartMode};
use crate::model::device::Device;
use crate::model::user::User;
use crate::policy::numbers::DEVICE_TRIES;
use crate::policy::waiting::is_restricted;
use crate::routes::refusal::Refusal;
use crate::shown;
use crate::storage::Transaction;
use crate::{keycloak, ringing};

/// A receipt, or a refusal that is kept for the same bytes. The outer error keeps nothing.
type Judged = Result<Result<String, Refusal>, Refusal>;

/// Judges an answer whose counter has been used.
pub(super) fn judge(
    tx: &mut dyn Transaction,
    app: &App,
    device: &mut Device,
    challenge: Option<Challenge>,
    message: &Verified<Answer>,
    now: NumericDate,
) -> Judged {
    let Some(challenge) = challenge else { return Ok(Err(unknown())) };
    let said = message.payload();
    if said.decision == Decision::Approve && decision::user(tx, &challenge.owner)?.frozen.is_some() {
        let why = "the customer's approvals are stopped";
        return Ok(Err(Refusal::conflict(device_code::USER_LOCKED, why)));
    }
    let state = challenge.state_at(now);
    let pending = state == ChallengeState::Pending;
    if !pending && said.decision != Decision::Report {
        return Ok(Err(ended(state)));
    }
    if !hashes_agree(&challenge, device.id, said)? {
        return Ok(Err(unprocessable(
            device_code::HASH_MISMATCH,
            "what was signed is not what was sent to this device, or not what it shows",
        )));
    }
    let answerer = Answerer {
        device: Some(device.id),
        key_kind: KeyKind::from(device.attestation),
        attestation: Some(device.attestation),
    };
    if !pending {
        return report_late(tx, app, challenge, message, answerer, now);
    }
    if said.decision == Decision::Approve {
        match check_approval(app, device, &challenge, said, now)? {
            Approvable::Yes => {}
            Approvable::No(refusal) => return Ok(Err(refusal)),
            Approvable::WrongNumber => return wrong_number(tx, app, device, challenge, now),
        }
    }
    decision::decide(tx, app, challenge, message, answerer, now).map(Ok)
}

/// Both hashes, made again from the exact bytes that this device was sent.
fn hashes_agree(challenge: &Challenge, device: DeviceId, said: &Answer) -> Result<bool, Refusal> {
    let Some(issued) = challenge.issued_to(device) else { return Ok(false) };
    if Digest::of(issued.as_bytes()) != said.challenge_hash {
        return Ok(false);
    }
    let rendered = display::render(&shown::read(issued)?.shown(), said.locale).map_err(|error| {
        tracing::error!(%error, "an issued challenge cannot be shown");
        Refusal::internal()
    })?;
    Ok(rendered.hash() == said.display_hash)
}

/// A report of what ended in the last 30 days, once for each device.
fn report_late(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    message: &Verified<Answer>,
    answerer: Answerer,
    now: NumericDate,
) -> Judged {
    let state = challenge.state_at(now);
    // When it was written down that the time is over makes no difference.
    let ended_at = challenge.ended_at().unwrap_or(challenge.expires_at).min(challenge.expires_at);
    let device = answerer.device;
    if now.saturating_sub(ended_at) >= REPORT_WINDOW || challenge.is_reported_by(device) {
        return Ok(Err(ended(state)));
    }
    let challenge = match challenge.ended_at() {
        Some(_) => challenge,
        // Its time is over and nobody has written it down yet.
        None => ending::expire(tx, app, challenge, now)?,
    };
    decision::report_late(tx, app, challenge, message, answerer, now).map(Ok)
}

enum Approvable {
    Yes,
    No(Refusal),
    WrongNumber,
}

fn check_approval(
    app: &App,
    device: &Device,
    challenge: &Challenge,
    said: &Answer,
    now: NumericDate,
) -> Result<Approvable, Refusal> {
    let waits = device.restriction(now).is_some();
    if waits && is_restricted(challenge.operation, app.settings.restrict_orders) {
        let why = "this device is new and may not approve this yet";
        return Ok(Approvable::No(Refusal::conflict(device_code::DEVICE_WAITING, why)));
    }
    match &challenge.start {
        StartMode::Scan { .. } | StartMode::Link { .. } if challenge.opened_by != Some(device.id) => {
            return Ok(Approvable::No(start_needed("scan or open it with this phone first")));
        }
        StartMode::Number { digits, .. } => {
            let typed = said.number.as_deref().filter(|typed| is_number(typed, *digits));
            let Some(typed) = typed else {
                let why = format!("{digits} digits are needed");
                return Ok(Approvable::No(unprocessable(device_code::NUMBER_NEEDED, why)));
            };
            let number = open_number(app, challenge)?.ok_or_else(Refusal::internal)?;
            if !bool::from(typed.as_bytes().ct_eq(&number)) {
                return Ok(Approvable::WrongNumber);
            }
        }
        StartMode::Scan { .. } | StartMode::Link { .. } | StartMode::None => {}
    }
    if challenge.return_url.is_some() && said.return_hash.is_none() {
        let why = "an approval that returns to a browser needs `return_hash`";
        return Ok(Approvable::No(unprocessable(device_code::RETURN_HASH_NEEDED, why)));
    }
    Ok(Approvable::Yes)
}

fn is_number(typed: &str, digits: u8) -> bool {
    typed.len() == usize::from(digits) && typed.bytes().all(|byte| byte.is_ascii_digit())
}

/// A wrong number counts against the network that asked and against the device, and ends the challenge (`device_add`:
/// the third does).
fn wrong_number(
    tx: &mut dyn Transaction,
    app: &App,
    device: &mut Device,
    challenge: Challenge,
    now: NumericDate,
) -> Judged {
    if let Some(network) = &challenge.network {
        let user = decision::user(tx, &challenge.owner)?;
        let wrong_numbers = user.wrong_numbers.clone().with_wrong(network, now);
        tx.put_user(&User { wrong_numbers, ..user })?;
    }
    device.wrong_numbers = device.wrong_numbers.saturating_add(1);
    if device.wrong_numbers >= DEVICE_TRIES {
        *device = device.clone().suspend(now)?;
        note_suspended(tx, app, device, "wrong_numbers")?;
    }
    let challenge = challenge.mistype(device.id, now)?;
    ending::save(tx, &challenge)?;
    let refused = Refusal::conflict(device_code::NUMBER_WRONG, "the number is wrong");
    let by = Map::from_iter([("device".to_owned(), device.id.to_string().into())]);
    if challenge.is_pending(now) {
        ending::note(tx, app, &challenge, "number_wrong", by)?;
        let left = DEVICE_ADD_TRIES.saturating_sub(challenge.wrong_tries);
        return Ok(Err(refused.with("state", "pending").with("tries_left", left)));
    }
    ringing::ended(tx, app, &challenge, Some(device.id), now)?;
    keycloak::ended(tx, app, &challenge)?;
    ending::note(tx, app, &challenge, "failed", by)?;
    Ok(Err(refused.with("state", challenge.state_at(now).as_str())))
}

fn unprocessable(code: &'static str, detail: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}
