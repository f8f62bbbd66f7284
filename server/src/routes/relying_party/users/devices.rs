//! `/v1/users/{user}/devices`: lists, renames, revokes.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use inkan_protocol::ids::{DeviceId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::{DeviceNews, load};
use crate::app::Shared;
use crate::departing::{self, RevokedBy};
use crate::enrolling::was_active;
use crate::model::api_key::Scope;
use crate::model::device::Device;
use crate::model::user::UserKey;
use crate::routes::body::{self, Address, Parameters};
use crate::routes::device::change::set_name;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which of a customer's devices.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Which {
    /// At most this many: 1 to 100, 20 if absent.
    limit: Option<usize>,
    /// Older than this one: `next` of the list before.
    #[param(value_type = Option<String>, format = "uuid")]
    after: Option<DeviceId>,
}

/// A customer's devices, newest first, revoked ones too.
#[derive(Serialize, ToSchema)]
pub struct DeviceList {
    /// The devices.
    data: Vec<DeviceNews>,
    /// For `after`, to read on; `null` at the end.
    #[schema(value_type = Option<String>, format = "uuid")]
    next: Option<DeviceId>,
}

/// List a customer's devices.
#[utoipa::path(
    get,
    path = "/v1/users/{user}/devices",
    tag = "users",
    security(("api_key" = [])),
    params(("user" = String, Path, description = "your id of the customer"), Which),
    responses(
        (status = 200, description = "newest first", body = DeviceList),
        (status = 422, description = "`invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(app): State<Shared>,
    caller: Caller,
    Address(user): Address<UserId>,
    Parameters(which): Parameters<Which>,
) -> Result<Json<DeviceList>, Refusal> {
    caller.require(Scope::Read)?;
    let limit = which.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Refusal::invalid("/limit", format!("must be 1 to {MAX_LIMIT}")));
    }
    let owner = caller.owner(user)?;
    let now = app.clock.now();
    let found = app.storage.read(move |tx| -> Result<_, Refusal> { Ok(tx.devices_of(&owner)?) }).await?;
    let mut data: Vec<DeviceNews> = found
        .iter()
        .filter(|device| which.after.is_none_or(|after| device.id < after))
        .filter_map(|device| DeviceNews::of(device, now))
        .take(limit + 1)
        .collect();
    let more = data.len() > limit;
    data.truncate(limit);
    let next = data.last().map(|last| last.id).filter(|_| more);
    Ok(Json(DeviceList { data, next }))
}

/// Another name.
#[derive(Deserialize, ToSchema)]
pub struct NewName {
    /// 1 to 64 characters.
    name: String,
}

/// Rename a device.
#[utoipa::path(
    patch,
    path = "/v1/users/{user}/devices/{id}",
    tag = "users",
    security(("api_key" = [])),
    params(
        ("user" = String, Path, description = "your id of the customer"),
        ("id" = String, Path, format = "uuid", description = "the device")
    ),
    request_body = NewName,
    responses(
        (status = 200, description = "renamed", body = DeviceNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn rename(
    State(app): State<Shared>,
    caller: Caller,
    Address((user, id)): Address<(UserId, DeviceId)>,
    body::Json(NewName { name }): body::Json<NewName>,
) -> Result<Json<DeviceNews>, Refusal> {
    caller.require(Scope::Manage)?;
    let owner = caller.owner(user)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let device = load_device(tx, &owner, id)?;
            let device = set_name(tx, &shared, device, name)?;
            DeviceNews::of(&device, shared.clock.now()).ok_or_else(no_device)
        })
        .await
        .map(Json)
}

/// Revoke a device. Its sessions end; what is pending is cancelled when no active device is left.
#[utoipa::path(
    delete,
    path = "/v1/users/{user}/devices/{id}",
    tag = "users",
    security(("api_key" = [])),
    params(
        ("user" = String, Path, description = "your id of the customer"),
        ("id" = String, Path, format = "uuid", description = "the device")
    ),
    responses(
        (status = 204, description = "revoked, now or before"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn revoke(
    State(app): State<Shared>,
    caller: Caller,
    Address((user, id)): Address<(UserId, DeviceId)>,
) -> Result<StatusCode, Refusal> {
    caller.require(Scope::Manage)?;
    let owner = caller.owner(user)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let device = load_device(tx, &owner, id)?;
            departing::revoke(tx, &shared, device, RevokedBy::RelyingParty, shared.clock.now())?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// Revoke all devices of a customer.
#[utoipa::path(
    delete,
    path = "/v1/users/{user}/devices",
    tag = "users",
    security(("api_key" = [])),
    params(("user" = String, Path, description = "your id of the customer")),
    responses(
        (status = 204, description = "revoked"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn revoke_all(
    State(app): State<Shared>,
    caller: Caller,
    Address(user): Address<UserId>,
) -> Result<StatusCode, Refusal> {
    caller.require(Scope::Manage)?;
    let owner = caller.owner(user)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let owner = load(tx, &owner)?.key;
            let now = shared.clock.now();
            // A phone that has claimed and waits for its code goes too.
            for device in tx.devices_of(&owner)? {
                departing::revoke(tx, &shared, device, RevokedBy::RelyingParty, now)?;
            }
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

fn no_device() -> Refusal {
    Refusal::not_found("the user has no such device")
}

/// A device of this customer that is or was active.
fn load_device(tx: &mut dyn Transaction, owner: &UserKey, id: DeviceId) -> Result<Device, Refusal> {
    tx.device(id)?.filter(|device| &device.owner == owner && was_active(device)).ok_or_else(no_device)
}
