//! What an active device changes of itself, each signed by the possession key: doorbell, description, leaving, stopping all
//! approvals, and a short session that reads.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use inkan_protocol::device_api::{DeviceChange, Session};
use inkan_protocol::encoding::encode;
use inkan_protocol::enrollment::Push;
use inkan_protocol::ids::Digest;
use serde_json::json;

use super::caller::{DeviceCaller, current};
use super::schemas::{DeviceChangeSchema, PushSchema, SessionSchema};
use crate::app::{App, Shared};
use crate::departing::{self, RevokedBy};
use crate::ledger;
use crate::model::device::Device;
use crate::model::push_health::PushHealth;
use crate::model::user::FrozenBy;
use crate::random::make_bytes;
use crate::ringing;
use crate::routes::body;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;
use crate::storage::Transaction;

/// Life of a session, in seconds.
const SESSION_SECONDS: u64 = 600;
/// What a freeze from a phone gives as its reason.
const FREEZE_REASON: &str = "stopped on a phone";

/// The caller's device inside the transaction that changes it.
fn reload(tx: &mut dyn Transaction, caller: &DeviceCaller) -> Result<Device, Refusal> {
    current(tx, caller.device.id, caller.device.keys.possession.thumbprint())
}

/// Set the doorbell.
///
/// `null`: there is none any more.
#[utoipa::path(
    put,
    path = "/d/v1/push",
    tag = "device",
    params(("Inkan-Request" = String, Header, description = "`inkan-request+jwt`")),
    request_body = Option<PushSchema>,
    responses(
        (status = 204, description = "kept"),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn push(State(app): State<Shared>, caller: DeviceCaller) -> Result<StatusCode, Refusal> {
    let push: Option<Push> = body::parse_nullable(&caller.body)?;
    if let Some(push) = &push {
        push.check().map_err(|_| Refusal::invalid("", "not a registration of this provider"))?;
    }
    let storage = app.storage.clone();
    storage
        .write(move |tx| {
            let device = reload(tx, &caller)?;
            let (first, now) = (device.push.is_none(), app.clock.now());
            // What is registered again is as new as that: a provider that calls it gone since before is not believed.
            let push_health = if device.push == push {
                device.push_health.clone().renewed(now)
            } else {
                PushHealth::registered(now)
            };
            let device = Device { push, push_health, ..device };
            tx.put_device(&device)?;
            if first && device.push.is_some() {
                // whoever has just got a doorbell hears it; a token that was merely replaced disturbs nobody
                ringing::look(tx, &app, &device, now.saturating_add(ringing::TEST_SECONDS))?;
            }
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// Change what the device says of itself.
///
/// Its name, or what an update of app or system brings. Members that are absent stay as they are; at least one is
/// needed.
#[utoipa::path(
    patch,
    path = "/d/v1/device",
    tag = "device",
    params(("Inkan-Request" = String, Header, description = "`inkan-request+jwt`")),
    request_body = DeviceChangeSchema,
    responses(
        (status = 204, description = "kept"),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn describe(State(app): State<Shared>, caller: DeviceCaller) -> Result<StatusCode, Refusal> {
    let change: DeviceChange = body::parse(&caller.body)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let device = reload(tx, &caller)?;
            apply(tx, &shared, device, change)?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// Gives a device another name, whoever asked.
pub(crate) fn set_name(
    tx: &mut dyn Transaction,
    app: &App,
    device: Device,
    name: String,
) -> Result<Device, Refusal> {
    apply(tx, app, device, DeviceChange { name: Some(name), ..DeviceChange::default() })
}

/// Keeps a change. A name is the customer's, and its change an event; what an update brings is the phone's own word
/// and permits nothing.
fn apply(
    tx: &mut dyn Transaction,
    app: &App,
    mut device: Device,
    change: DeviceChange,
) -> Result<Device, Refusal> {
    let renames = change.name.is_some();
    device.description = change.apply(device.description).map_err(|(member, why)| {
        let field = if member.is_empty() { String::new() } else { format!("/{member}") };
        Refusal::invalid(field, why)
    })?;
    tx.put_device(&device)?;
    if renames {
        let data = json!({ "user": device.owner.user.as_str(), "device": device.id.to_string() });
        ledger::record(tx, app, device.owner.live, "device.renamed", data)?;
    }
    Ok(device)
}

/// Leave: the device is revoked.
///
/// What is pending for the customer is cancelled if this was the only active device.
#[utoipa::path(
    delete,
    path = "/d/v1/device",
    tag = "device",
    params(("Inkan-Request" = String, Header, description = "`inkan-request+jwt`")),
    responses(
        (status = 204, description = "gone"),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn leave(State(app): State<Shared>, caller: DeviceCaller) -> Result<StatusCode, Refusal> {
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let device = reload(tx, &caller)?;
            departing::revoke(tx, &shared, device, RevokedBy::Device, shared.clock.now())?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// Stop all approvals of the customer.
///
/// Only the relying party lifts it, after an identity check.
#[utoipa::path(
    post,
    path = "/d/v1/freeze",
    tag = "device",
    params(("Inkan-Request" = String, Header, description = "`inkan-request+jwt`")),
    responses(
        (status = 204, description = "stopped"),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn freeze(State(app): State<Shared>, caller: DeviceCaller) -> Result<StatusCode, Refusal> {
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let device = reload(tx, &caller)?;
            let user = tx.user(&device.owner)?.ok_or_else(Refusal::not_recognised)?;
            let now = shared.clock.now();
            departing::freeze(tx, &shared, user, FREEZE_REASON.to_owned(), FrozenBy::Device, now)?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// Open a session that reads.
///
/// Good for the `GET`s of this API for ten minutes, as `Authorization: Inkan-Session …`. It ends with the device.
#[utoipa::path(
    post,
    path = "/d/v1/session",
    tag = "device",
    params(("Inkan-Request" = String, Header, description = "`inkan-request+jwt`")),
    responses(
        (status = 201, description = "opened", body = SessionSchema),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn session(
    State(app): State<Shared>,
    caller: DeviceCaller,
) -> Result<(StatusCode, Json<Session>), Refusal> {
    let session = encode(make_bytes::<32>(app.random.as_ref())?);
    let digest = Digest::of(session.as_bytes());
    let expires_at = app.clock.now().saturating_add(SESSION_SECONDS);
    app.storage
        .write(move |tx| -> Result<(), Refusal> {
            let device = reload(tx, &caller)?;
            Ok(tx.put_session(digest, device.id, expires_at)?)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(Session { session, expires_at })))
}

#[cfg(test)]
mod tests;
