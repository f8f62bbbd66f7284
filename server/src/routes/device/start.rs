//! `POST /d/v1/start`: this phone has scanned the page's code, or was opened by its link. From then on no other phone may
//! approve.

use axum::Json;
use axum::extract::State;
use inkan_protocol::challenge::{ScanSecret, StartProof};
use inkan_protocol::device_api::{ChallengeState, OneChallenge};
use inkan_protocol::ids::NumericDate;
use inkan_protocol::jws::Verified;
use inkan_protocol::problem::device_code;

use super::answer::ended;
use super::caller::{current, is_fresh, use_jti, verify_message};
use super::challenges::unknown;
use super::schemas::OneChallengeSchema;
use crate::app::{App, Shared};
use crate::asking::scan_context;
use crate::ending;
use crate::model::challenge::{Challenge, StartMode};
use crate::model::device::{Device, KeyRole};
use crate::ringing;
use crate::routes::body::Jose;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;
use crate::storage::Transaction;

/// Prove the start of a challenge.
#[utoipa::path(
    post,
    path = "/d/v1/start",
    tag = "device",
    request_body(content = String, content_type = "application/jose", description = "`inkan-start+jwt`"),
    responses(
        (status = 200, description = "`{challenge}`", body = OneChallengeSchema),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`start_needed`: a stale code, or another phone was first; `already_decided`, `expired`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn start(State(app): State<Shared>, Jose(compact): Jose) -> Result<Json<OneChallenge>, Refusal> {
    let (device, role, message) = verify_message::<StartProof>(&app, &compact).await?;
    if role != KeyRole::Possession || !is_fresh(message.payload().iat, app.clock.now()) {
        return Err(Refusal::not_recognised());
    }
    let shared = app.clone();
    // A refusal is committed too: the message's `jti` is used.
    app.storage
        .write(move |tx| {
            let now = shared.clock.now();
            let device = current(tx, device.id, message.signer())?;
            use_jti(tx, device.id, message.payload().jti, now)?;
            open(tx, &shared, &device, &message, now)
        })
        .await?
        .map(Json)
}

/// The outer error keeps nothing; the inner one is committed.
fn open(
    tx: &mut dyn Transaction,
    app: &App,
    device: &Device,
    message: &Verified<StartProof>,
    now: NumericDate,
) -> Result<Result<OneChallenge, Refusal>, Refusal> {
    let said = message.payload();
    let found = tx.challenge(said.challenge)?;
    let Some(challenge) = found.filter(|challenge| challenge.issued_to(device.id).is_some()) else {
        return Ok(Err(unknown()));
    };
    match challenge.state_at(now) {
        ChallengeState::Pending => {}
        state => return Ok(Err(ended(state))),
    }
    if !is_proved(app, &challenge, said, now)? {
        return Ok(Err(start_needed("this code is not the present one; scan or open it again")));
    }
    let first = challenge.opened_by.is_none();
    let Ok(challenge) = challenge.open(device.id, now) else {
        return Ok(Err(start_needed("another phone has scanned or opened this")));
    };
    ending::save(tx, &challenge)?;
    if first {
        // it is closed to the other phones
        ringing::ended(tx, app, &challenge, Some(device.id), now)?;
    }
    let issued = challenge.into_issued_to(device.id).ok_or_else(unknown)?;
    Ok(Ok(OneChallenge { challenge: issued, state: None }))
}

/// Whether the phone shows what only the page could give it.
fn is_proved(app: &App, challenge: &Challenge, said: &StartProof, now: NumericDate) -> Result<bool, Refusal> {
    match (&challenge.start, said.step, &said.mac, &said.token) {
        (StartMode::Scan { secret: Some(sealed), .. }, Some(step), Some(mac), None) => {
            let opened = app.sealer.open(&scan_context(challenge.id), &sealed.0)?;
            let secret: [u8; 32] = opened.as_slice().try_into().map_err(|_| Refusal::internal())?;
            Ok(ScanSecret::new(secret).verify(challenge.id, step, mac, now))
        }
        // Of a token of 256 bits a hash is compared: how long that takes tells nothing of the token.
        (StartMode::Link { token }, None, None, Some(said)) => Ok(said.digest() == *token),
        _ => Ok(false),
    }
}

/// 409: to be scanned or opened by this phone first.
pub(super) fn start_needed(detail: &str) -> Refusal {
    Refusal::conflict(device_code::START_NEEDED, detail)
}

#[cfg(test)]
mod tests;
