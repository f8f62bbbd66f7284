//! `GET /d/v1/device`: where the device stands, as its key's holder is told; long poll while it is claimed.

use axum::Json;
use axum::extract::State;
use inkan_protocol::device_api::{DeviceState as Told, DeviceStatus};
use inkan_protocol::ids::{DeviceId, NumericDate};
use serde::Deserialize;

use super::caller::{KeyHolder, is_shown};
use super::schemas::DeviceStatusSchema;
use crate::app::{App, Shared};
use crate::hub::Topic;
use crate::model::device::DeviceState;
use crate::routes::body::Parameters;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;
use crate::routes::waiting::{self, Look};
use crate::storage::Transaction;

/// How long to wait, and which push brought the phone here.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Asked {
    /// Seconds to wait while the device is claimed, at most 25.
    wait: Option<u64>,
    /// The id in the push that rang: the doorbell works. It changes no state.
    push: Option<String>,
}

/// Read where the device stands.
///
/// `failed` and `suspended` are told for 24 hours.
#[utoipa::path(
    get,
    path = "/d/v1/device",
    tag = "device",
    params(
        ("Inkan-Request" = Option<String>, Header, description = "`inkan-request+jwt`; or `Authorization: Inkan-Session …`"),
        Asked
    ),
    responses(
        (status = 200, description = "where it stands", body = DeviceStatusSchema),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(app): State<Shared>,
    Parameters(asked): Parameters<Asked>,
    KeyHolder { device }: KeyHolder,
) -> Result<Json<DeviceStatus>, Refusal> {
    if asked.push.is_some() {
        tracing::debug!("a push was answered");
    }
    let id = device.id;
    let look = || async {
        let shared = app.clone();
        app.storage.read(move |tx| tell(tx, &shared, id)).await
    };
    waiting::poll(&app, Topic::Device(id), asked.wait, look).await.map(Json)
}

fn tell(tx: &mut dyn Transaction, app: &App, id: DeviceId) -> Result<Look<DeviceStatus>, Refusal> {
    let now = app.clock.now();
    let device = tx.device(id)?.filter(|device| is_shown(device, now)).ok_or_else(Refusal::not_recognised)?;
    let mut changes_at: Option<NumericDate> = None;
    let state = match device.state {
        DeviceState::Claimed => {
            // An enrollment whose time is over has failed, whether or not it was swept yet.
            let enrollment = tx.enrollment(device.enrollment)?.filter(|found| !found.is_over(now));
            changes_at = enrollment.map(|enrollment| enrollment.expires_at);
            if changes_at.is_some() { Told::Claimed } else { Told::Failed }
        }
        DeviceState::Active { .. } => Told::Active,
        DeviceState::Suspended { .. } => Told::Suspended,
        DeviceState::Failed { .. } | DeviceState::Revoked { .. } => Told::Failed,
    };
    let user = tx.user(&device.owner)?;
    let status = DeviceStatus {
        state,
        restricted_until: device.restriction(now),
        record: device.record,
        keys_version: app.keys(device.owner.live).newest_set().0,
        frozen: user.as_ref().is_some_and(|user| user.frozen.is_some()),
        // whoever is not the customer's device yet, or no more, learns nothing of a report
        muted_until: user.filter(|_| state == Told::Active).and_then(|user| user.is_muted(now)),
        support_phone: app.settings.support_phone.clone(),
    };
    Ok(if state == Told::Claimed { Look::Same(status, changes_at) } else { Look::News(status) })
}
