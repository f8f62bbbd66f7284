//! `POST /v1/enrollments/{id}/confirm`: the six digits that the phone shows make its device active.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use inkan_protocol::enrollment::{DeviceRecord, derive_confirmation_code};
use inkan_protocol::ids::EnrollmentId;
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq as _;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::{EnrollmentNews, load, state_at};
use crate::app::{App, Shared};
use crate::device_add;
use crate::enrolling::{Secrets, admission, check_room, end, save};
use crate::hub::Topic;
use crate::ledger;
use crate::model::api_key::Scope;
use crate::model::device::Device;
use crate::model::enrollment::{Confirmed, Enrollment, EnrollmentState};
use crate::policy::authentication::Admission;
use crate::ringing;
use crate::routes::body::{self, Address};
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// What the customer typed.
#[derive(Deserialize, ToSchema)]
pub struct Confirm {
    /// The six digits that the phone shows. Spaces and full-width digits are forgiven.
    #[schema(example = "042917")]
    code: String,
}

/// Confirm an enrollment. Repeated for an active one it answers the same.
#[utoipa::path(
    post,
    path = "/v1/enrollments/{id}/confirm",
    tag = "enrollments",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the enrollment")),
    request_body = Confirm,
    responses(
        (status = 200, description = "active", body = EnrollmentNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`not_claimed` with `state`, `too_many_devices`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`confirmation_code_wrong` with `tries_left`, `invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn confirm(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<EnrollmentId>,
    body::Json(typed): body::Json<Confirm>,
) -> Result<Json<EnrollmentNews>, Refusal> {
    caller.require(Scope::Enroll)?;
    let code = digits(&typed.code)
        .ok_or_else(|| Refusal::invalid("/code", "must be the six digits that the phone shows"))?;
    let shared = app.clone();
    // A wrong code has to be remembered, so it is no error of the transaction.
    app.storage.write(move |tx| type_code(tx, &shared, &caller, id, &code)).await?.map(Json)
}

fn digits(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|character| !matches!(character, ' ' | '\u{3000}' | '-'))
        .map(|character| match character {
            '０'..='９' => {
                char::from_digit(u32::from(character) - u32::from('０'), 10).unwrap_or(character)
            }
            other => other,
        })
        .collect();
    (code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

type Outcome = Result<EnrollmentNews, Refusal>;

fn type_code(
    tx: &mut dyn Transaction,
    app: &App,
    caller: &Caller,
    id: EnrollmentId,
    typed: &str,
) -> Result<Outcome, Refusal> {
    let now = app.clock.now();
    let enrollment = load(tx, caller, id)?;
    if matches!(enrollment.state, EnrollmentState::Active { .. }) {
        return Ok(Ok(EnrollmentNews::of(&enrollment, now)));
    }
    let device = match (&enrollment.state, enrollment.is_over(now)) {
        (EnrollmentState::Claimed(claim), false) => tx.device(claim.device)?,
        _ => {
            return Err(Refusal::conflict("not_claimed", "no phone waits for this code")
                .with("state", state_at(&enrollment, now)));
        }
    };
    let device = device.ok_or_else(Refusal::internal)?;
    let secrets = Secrets::open(app, &enrollment)?.ok_or_else(Refusal::internal)?;
    let code = derive_confirmation_code(
        &app.settings.server,
        enrollment.ticket,
        app.keys(enrollment.owner.live).identity(),
        device.enroll_hash,
        secrets.reveal,
    );
    let right = bool::from(code.as_bytes().ct_eq(typed.as_bytes()));
    match enrollment.confirm(right, now)? {
        Confirmed::Right(enrollment) => activate(tx, app, &enrollment, device, &code).map(Ok),
        Confirmed::Wrong(enrollment, left) => {
            if left == 0 {
                end(tx, app, &enrollment, Some(device.id), now)?;
            } else {
                save(tx, &enrollment)?;
            }
            Ok(Err(Refusal::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "confirmation_code_wrong",
                "the code is not the one that the phone shows",
            )
            .at("/code")
            .with("tries_left", left)))
        }
    }
}

fn activate(
    tx: &mut dyn Transaction,
    app: &App,
    enrollment: &Enrollment,
    device: Device,
    code: &str,
) -> Result<EnrollmentNews, Refusal> {
    let now = app.clock.now();
    let owner = &enrollment.owner;
    // Another enrollment may have become active since this one began: rules and room are looked at as they stand now.
    let devices = tx.devices_of(owner)?;
    check_room(app, &devices)?;
    let waits = admission(app, &enrollment.authentication, &devices) != Admission::Full;
    for key in [device.keys.possession, device.keys.approval] {
        if !tx.claim_key(key.thumbprint(), device.id)? {
            return Err(Refusal::conflict(
                "not_claimed",
                "the phone's keys belong to another device; begin anew",
            ));
        }
    }
    let record = DeviceRecord {
        iss: app.settings.server.clone(),
        aud: device.id,
        iat: now,
        device: device.id,
        sub: device.sub,
        user: owner.user.clone(),
        account: device.account.clone(),
        possession_key: device.keys.possession,
        approval_key: device.keys.approval,
        attestation: device.attestation,
        authentication: device.authentication.clone(),
        enroll_hash: device.enroll_hash,
        enrollment_hash: device.enrollment_hash,
    };
    let record = app.keys(owner.live).sign(now, &record)?;
    let restricted_until = waits.then(|| now.saturating_add(app.settings.enrollment.restricted_seconds));
    let device = Device { restricted_until, ..device.activate(record.clone(), now)? };
    tx.put_device(&device)?;
    save(tx, enrollment)?;
    let data = json!({
        "user": owner.user.as_str(),
        "device": device.id.to_string(),
        "enrollment": enrollment.id.to_string(),
    });
    ledger::record_message(tx, app, owner.live, "device.added", data, &record)?;
    // The new phone waits for its record, the older ones for news of it.
    tx.notify(Topic::Device(device.id));
    for older in devices.iter().filter(|older| older.is_active()) {
        tx.notify(Topic::Device(older.id));
    }
    device_add::ask(tx, app, &device, code)?;
    // the enrollment's closing test
    ringing::look(tx, app, &device, now.saturating_add(ringing::TEST_SECONDS))?;
    Ok(EnrollmentNews::of(enrollment, now))
}
