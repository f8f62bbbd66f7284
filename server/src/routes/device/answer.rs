//! `POST /d/v1/answer`: the heart. One signed answer, one decision, one receipt.
//!
//! ```text
//! signature ─▶ same bytes? ─▶ structure ─▶ counter, once ─▶ rules ([`rules`]) ─▶ decision ─▶ receipt
//!    401       what they got     401        409 / suspend     409, 422
//! ```
//!
//! Everything behind the signature happens in one transaction that runs alone, so exactly one answer wins. What is
//! answered from the counter on is kept for the same bytes: a lost answer is asked for again and never counts twice.

mod rules;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use inkan_protocol::answer::{Answer, COUNTER_WINDOW, Decision};
use inkan_protocol::device_api::{Answered, ChallengeState};
use inkan_protocol::ids::{DeviceId, NumericDate};
use inkan_protocol::jws::Verified;
use inkan_protocol::problem::{Problem, device_code};
use serde_json::json;

use super::caller::{current, verify_message};
use super::schemas::AnsweredSchema;
use crate::app::{App, Shared};
use crate::hub::Topic;
use crate::ledger;
use crate::model::challenge::{Challenge, StartMode};
use crate::model::device::{CounterUse, Device, KeyRole};
use crate::routes::body::Jose;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;
use crate::storage::{Kept, Transaction};

/// Answer a challenge.
#[utoipa::path(
    post,
    path = "/d/v1/answer",
    tag = "device",
    request_body(content = String, content_type = "application/jose", description = "`inkan-answer+jwt`"),
    responses(
        (status = 200, description = "`{receipt}`: `inkan-receipt+jwt`; beside that of a report `muted_until`", body = AnsweredSchema),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`already_decided` with `state`, `expired`, `number_wrong`, `start_needed`, `user_locked`, `device_waiting`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "still pending: `hash_mismatch`, `number_needed`, `return_hash_needed`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn answer(State(app): State<Shared>, Jose(compact): Jose) -> Result<Response, Refusal> {
    let (device, _, message) = verify_message::<Answer>(&app, &compact).await?;
    let shared = app.clone();
    match app.storage.write(move |tx| take(tx, &shared, device.id, &message)).await? {
        Outcome::Kept(kept) => respond(kept),
        Outcome::Refused(refusal) => Err(refusal),
    }
}

/// What became of a message. Both are committed.
enum Outcome {
    /// The same bytes get this again.
    Kept(Kept),
    /// Answered, and not kept.
    Refused(Refusal),
}

fn take(
    tx: &mut dyn Transaction,
    app: &App,
    device: DeviceId,
    message: &Verified<Answer>,
) -> Result<Outcome, Refusal> {
    let now = app.clock.now();
    let mut device = current(tx, device, message.signer())?;

    // 1. The same bytes, winner or not, get the same answer.
    if let Some(kept) = tx.kept(device.id, message.signing_hash())? {
        return Ok(Outcome::Kept(kept));
    }

    // 2. The key that this decision takes, and no member that decision or mode does not take. A refusal here uses up
    //    nothing, so that the same bytes are refused in the same way again.
    let said = message.payload();
    let found = tx.challenge(said.challenge)?;
    let challenge = found.filter(|challenge| challenge.issued_to(device.id).is_some());
    if !is_well_formed(&device, message, challenge.as_ref()) {
        return Err(Refusal::not_recognised());
    }

    // 3. The counter, once.
    match device.counter.take(said.counter) {
        CounterUse::Fresh(window) => device.counter = window,
        CounterUse::TooFarAhead => return Err(Refusal::not_recognised()),
        CounterUse::Replayed => {
            return match challenge.map(|challenge| challenge.state_at(now)) {
                Some(state) if state != ChallengeState::Pending => Ok(Outcome::Refused(ended(state))),
                _ => {
                    suspend(tx, app, device, "counter", now)?;
                    Ok(Outcome::Refused(Refusal::not_recognised()))
                }
            };
        }
    }

    // 4. The rules, and the decision.
    let judged = rules::judge(tx, app, &mut device, challenge, message, now)?;
    device.last_seen_at = now;
    tx.put_device(&device)?;

    // 5. The same bytes get this from now on: the winner's as long as there is the device.
    let muted_until = match said.decision {
        Decision::Report => tx.user(&device.owner)?.and_then(|user| user.is_muted(now)),
        Decision::Approve | Decision::Deny => None,
    };
    let kept = keep(said.counter, judged.map(|receipt| Answered { receipt, muted_until }))?;
    tx.keep(device.id, message.signing_hash(), &kept)?;
    let passed = device.counter.highest().saturating_sub(COUNTER_WINDOW);
    if passed > 0 {
        tx.forget_kept(device.id, passed, now)?;
    }
    Ok(Outcome::Kept(kept))
}

/// Approve by the approval key, deny and report by the possession key; a number in mode `number` alone, the hash of a
/// return token with a return address alone.
fn is_well_formed(device: &Device, message: &Verified<Answer>, challenge: Option<&Challenge>) -> bool {
    let said = message.payload();
    let needed = match said.decision {
        Decision::Approve => KeyRole::Approval,
        Decision::Deny | Decision::Report => KeyRole::Possession,
    };
    let signed_by = device.keys.find(message.signer()).map(|(role, _)| role);
    let fits = challenge.is_none_or(|challenge| {
        let numbered = matches!(challenge.start, StartMode::Number { .. });
        (numbered || said.number.is_none()) && (challenge.return_url.is_some() || said.return_hash.is_none())
    });
    signed_by == Some(needed) && fits
}

/// The device may not answer any more until it is enrolled anew.
fn suspend(
    tx: &mut dyn Transaction,
    app: &App,
    device: Device,
    reason: &str,
    now: NumericDate,
) -> Result<(), Refusal> {
    let device = device.suspend(now)?;
    tx.put_device(&device)?;
    note_suspended(tx, app, &device, reason)
}

fn note_suspended(tx: &mut dyn Transaction, app: &App, device: &Device, reason: &str) -> Result<(), Refusal> {
    tx.end_sessions(device.id)?;
    tx.notify(Topic::Device(device.id));
    let data = json!({
        "user": device.owner.user.as_str(),
        "device": device.id.to_string(),
        "reason": reason,
    });
    ledger::record(tx, app, device.owner.live, "device.suspended", data)?;
    Ok(())
}

fn keep(counter: u64, judged: Result<Answered, Refusal>) -> Result<Kept, Refusal> {
    let (status, body, for_ever) = match judged {
        Ok(answered) => (StatusCode::OK, serde_json::to_string(&answered)?, true),
        Err(refusal) => (refusal.status, serde_json::to_string(&refusal.problem(None))?, false),
    };
    Ok(Kept { status: status.as_u16(), body, counter: Some(counter), for_ever, until: None })
}

/// What was kept. A refusal travels as every other does, so it names this request and stands in the log with its code.
fn respond(kept: Kept) -> Result<Response, Refusal> {
    let status = StatusCode::from_u16(kept.status).map_err(|_| Refusal::internal())?;
    if status.is_success() {
        let media_type = HeaderValue::from_static("application/json");
        return Ok((status, [(header::CONTENT_TYPE, media_type)], kept.body).into_response());
    }
    let Problem { code, detail, field, more, .. } = serde_json::from_str(&kept.body)?;
    let known = device_code::ALL.into_iter().find(|known| *known == code);
    let code = known.ok_or_else(Refusal::internal)?;
    Err(Refusal { status, code, detail, field, more, retry_after: None })
}

/// 409: it has ended. What nobody answered in time has a code of its own.
pub(super) fn ended(state: ChallengeState) -> Refusal {
    match state {
        ChallengeState::Expired => Refusal::conflict(device_code::EXPIRED, "the time to answer is over"),
        _ => Refusal::conflict(device_code::ALREADY_DECIDED, "this has ended already"),
    }
    .with("state", state.as_str())
}

#[cfg(test)]
mod tests;
