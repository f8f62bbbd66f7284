//! `POST /d/v1/renew`: the old approval key brings a new pair of keys.
//!
//! The same bytes get the same answer for a day, under the old key too; for all else the old keys end at once.

use axum::Json;
use axum::extract::State;
use inkan_protocol::enrollment::DeviceRecord;
use inkan_protocol::ids::DeviceId;
use inkan_protocol::jws::Verified;
use inkan_protocol::renewal::Renew;
use serde_json::{Value, json};

use super::caller::{is_fresh, use_jti, verify_by};
use super::enroll::judge_attestation;
use crate::app::{App, Shared};
use crate::hub::Topic;
use crate::ledger;
use crate::model::device::{Device, DeviceKeys};
use crate::routes::body::Jose;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;
use crate::storage::{Kept, Transaction};

/// How long the same bytes get the same answer, in seconds.
const KEPT_SECONDS: u64 = 24 * 3600;

/// Most renewals of a device. Each stays in its evidence; one that needs more is enrolled again.
const MOST_RENEWALS: usize = 200;

/// Renew the device's keys.
///
/// The record for the new keys is read by `GET /d/v1/device` with the new possession key.
#[utoipa::path(
    post,
    path = "/d/v1/renew",
    tag = "device",
    request_body(content = String, content_type = "application/jose", description = "`inkan-renew+jwt`"),
    responses(
        (status = 200, description = "`{}`", body = Object),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn renew(State(app): State<Shared>, Jose(compact): Jose) -> Result<Json<Value>, Refusal> {
    let (device, message) = verify_by::<Renew>(&app, &compact, known_keys).await?;
    message.payload().verify_statements().map_err(|_| Refusal::not_recognised())?;
    let shared = app.clone();
    app.storage.write(move |tx| take(tx, &shared, device.id, &message)).await?;
    Ok(Json(json!({})))
}

/// The keys in force, and those of before, under which the same bytes may come again.
fn known_keys(device: &Device) -> Vec<DeviceKeys> {
    [Some(device.keys), device.replaced.map(|replaced| replaced.keys)].into_iter().flatten().collect()
}

fn take(tx: &mut dyn Transaction, app: &App, id: DeviceId, message: &Verified<Renew>) -> Result<(), Refusal> {
    let now = app.clock.now();
    let said = message.payload();
    let device = tx.device(id)?.filter(Device::is_active).ok_or_else(Refusal::not_recognised)?;

    // 1. The same bytes: done before. They are looked for before time, `jti` and the key's being in force.
    let hash = message.signing_hash();
    if tx.kept(id, hash)?.is_some_and(|kept| kept.until.is_some_and(|until| now < until)) {
        return Ok(());
    }

    // 2. By the approval key in force, now, with keys that no device has or had. All renewals are kept as evidence, so
    //    there is an end to them.
    if device.renewals.len() >= MOST_RENEWALS {
        return Err(Refusal::not_recognised());
    }
    let keys = DeviceKeys { possession: said.possession_key, approval: said.approval_key };
    if device.keys.approval.thumbprint() != message.signer() || !is_fresh(said.iat, now) {
        return Err(Refusal::not_recognised());
    }
    for key in [keys.possession, keys.approval] {
        if !tx.claim_key(key.thumbprint(), id)? {
            return Err(Refusal::not_recognised());
        }
    }
    use_jti(tx, id, said.jti, now)?;

    // 3. The record is signed anew; sessions of the old possession key end.
    let attestation = judge_attestation(said.attestation.is_some());
    let record = DeviceRecord {
        iss: app.settings.server.clone(),
        aud: id,
        iat: now,
        device: id,
        sub: device.sub,
        user: device.owner.user.clone(),
        account: device.account.clone(),
        possession_key: keys.possession,
        approval_key: keys.approval,
        attestation,
        authentication: device.authentication.clone(),
        enroll_hash: message.hash(),
        enrollment_hash: device.enrollment_hash,
    };
    let record = app.keys(device.owner.live).sign(now, &record)?;
    let device = device.renew(keys, attestation, message.compact().to_owned(), record, now)?;
    tx.put_device(&device)?;
    tx.end_sessions(id)?;
    let kept = Kept {
        status: 200,
        body: "{}".to_owned(),
        counter: None,
        for_ever: false,
        until: Some(now.saturating_add(KEPT_SECONDS)),
    };
    tx.keep(id, hash, &kept)?;
    tx.notify(Topic::Device(id));
    let data = json!({ "user": device.owner.user.as_str(), "device": id.to_string() });
    ledger::record_message(tx, app, device.owner.live, "device.renewed", data, message.compact())?;
    Ok(())
}

#[cfg(test)]
mod tests;
