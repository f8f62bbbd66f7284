//! `POST /d/v1/enroll`: a phone claims an enrollment (`docs/protocol.md`, "Enrollment", step 3).
//!
//! ```text
//! first valid claim ─▶ claimed, answer kept sealed      the same bytes ─▶ the same answer
//! another valid claim before active ─▶ all is void, the one 401, no `reveal`
//! ```

use axum::Json;
use axum::extract::State;
use inkan_protocol::device_api::Enrolled;
use inkan_protocol::enrollment::{AttestationResult, Enroll, EnrollmentAnswer, Policy};
use inkan_protocol::ids::{DeviceId, Digest};
use inkan_protocol::jws::{Unverified, Verified};
use serde_json::json;

use crate::app::{App, Shared};
use crate::enrolling::{Secrets, end, save};
use crate::ledger;
use crate::model::device::{CounterWindow, Device, DeviceKeys, DeviceState};
use crate::model::enrollment::{CODE_TRIES, Claim, Enrollment, EnrollmentState};
use crate::model::push_health::PushHealth;
use crate::random::make_uuid_v7;
use crate::routes::body::Jose;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;
use crate::storage::Transaction;

/// How long the six digits may be typed after the claim, in seconds.
const CODE_SECONDS: u64 = 300;

/// Claim an enrollment.
///
/// The same bytes get the same answer. Another valid claim before the enrollment is active voids it.
#[utoipa::path(
    post,
    path = "/d/v1/enroll",
    tag = "device",
    request_body(content = String, content_type = "application/jose", description = "`inkan-enroll+jwt`"),
    responses(
        (status = 200, description = "`{enrollment, keys}`: `inkan-enrollment+jwt` and `inkan-keys+jwt`", body = super::schemas::EnrolledSchema),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn enroll(State(app): State<Shared>, Jose(compact): Jose) -> Result<Json<Enrolled>, Refusal> {
    let message = verify(&app, &compact).ok_or_else(Refusal::not_recognised)?;
    let shared = app.clone();
    // That somebody else claimed has to be remembered, so it is no error of the transaction.
    app.storage.write(move |tx| claim(tx, &shared, &message)).await?.map(Json)
}

/// Signatures of both keys, and for whom it is.
fn verify(app: &App, compact: &str) -> Option<Verified<Enroll>> {
    let message = Unverified::<Enroll>::parse(compact).and_then(Unverified::verify_introduced).ok()?;
    let said = message.payload();
    let right = said.iss == message.signer()
        && said.aud == app.settings.server
        && said.verify_statement(message.signer()).is_ok();
    right.then_some(message)
}

fn claim(
    tx: &mut dyn Transaction,
    app: &App,
    message: &Verified<Enroll>,
) -> Result<Result<Enrolled, Refusal>, Refusal> {
    let now = app.clock.now();
    let said = message.payload();
    let refused = Refusal::not_recognised;
    let enrollment = tx
        .enrollment_by_ticket(said.ticket)?
        .filter(|enrollment| enrollment.is_open() && !enrollment.is_over(now))
        .ok_or_else(refused)?;
    let secrets = Secrets::open(app, &enrollment)?.ok_or_else(refused)?;
    let keys = DeviceKeys {
        possession: *message.introduced_key().ok_or_else(refused)?,
        approval: said.approval_key,
    };
    let (possession, approval) = (keys.possession.thumbprint(), keys.approval.thumbprint());
    if !secrets.secret.verify_proof(&said.aud, said.ticket, possession, approval, said.proof) {
        return Err(refused());
    }
    if let EnrollmentState::Claimed(claim) = &enrollment.state {
        if claim.signing_hash == message.signing_hash() {
            return Ok(Ok(secrets.answer.ok_or_else(Refusal::internal)?));
        }
        let claimed_by = enrollment.device();
        end(tx, app, &enrollment.claim_again(now)?, claimed_by, now)?;
        return Ok(Err(refused()));
    }
    if tx.is_key_taken(possession)? || tx.is_key_taken(approval)? {
        return Err(refused());
    }
    accept(tx, app, enrollment, secrets, keys, message).map(Ok)
}

fn accept(
    tx: &mut dyn Transaction,
    app: &App,
    enrollment: Enrollment,
    secrets: Secrets,
    keys: DeviceKeys,
    message: &Verified<Enroll>,
) -> Result<Enrolled, Refusal> {
    let now = app.clock.now();
    let said = message.payload();
    let user = tx.user(&enrollment.owner)?.ok_or_else(Refusal::not_recognised)?;
    let server_keys = app.keys(enrollment.owner.live);
    let id = DeviceId(make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?);
    let answer = EnrollmentAnswer {
        iss: app.settings.server.clone(),
        aud: message.signer(),
        iat: now,
        device: id,
        enroll_hash: message.hash(),
        reveal: secrets.reveal,
        display_name: enrollment.display_name.clone(),
        relying_party: app.settings.relying_party.clone(),
        policy: Policy::default(),
    };
    let answer = server_keys.sign(now, &answer)?;
    let enrollment_hash = Digest::of(answer.as_bytes());
    let enrolled = Enrolled { enrollment: answer, keys: server_keys.newest_set().1 };
    let sealed = Secrets { answer: Some(enrolled.clone()), ..secrets }.seal(app, enrollment.id)?;
    let claim = Claim { device: id, signing_hash: message.signing_hash(), tries_left: CODE_TRIES };
    let enrollment = enrollment.claim(claim, sealed, now.saturating_add(CODE_SECONDS), now)?;
    let device = Device {
        id,
        owner: enrollment.owner.clone(),
        sub: user.sub,
        account: enrollment.display_name.clone(),
        enrollment: enrollment.id,
        description: said.device.clone(),
        keys,
        replaced: None,
        attestation: judge_attestation(said.attestation.is_some()),
        authentication: enrollment.authentication.clone(),
        state: DeviceState::Claimed,
        enrollment_record: None,
        record: None,
        renewals: Vec::new(),
        enroll_hash: message.hash(),
        enrollment_hash,
        restricted_until: None,
        counter: CounterWindow::default(),
        wrong_numbers: 0,
        push: said.push.clone(),
        push_health: PushHealth::registered(now),
        created_at: now,
        last_seen_at: now,
    };
    tx.put_device(&device)?;
    save(tx, &enrollment)?;
    let data = json!({
        "user": device.owner.user.as_str(),
        "device": id.to_string(),
        "enrollment": enrollment.id.to_string(),
    });
    ledger::record(tx, app, device.owner.live, "device.claimed", data)?;
    Ok(enrolled)
}

/// What an attestation amounts to. No format is judged in this version: one that was sent is worth nothing yet.
pub(super) fn judge_attestation(sent: bool) -> AttestationResult {
    if sent { AttestationResult::Unverified } else { AttestationResult::None }
}

#[cfg(test)]
mod tests;
