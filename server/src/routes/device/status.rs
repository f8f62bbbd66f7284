//! `GET /d/v1/device`: where the device stands, as its key's holder is told; long poll while it is claimed.

use axum::Json;
use axum::extract::State;
use inkan_protocol::device_api::{DeviceState as Told, DeviceStatus};
use inkan_protocol::ids::{DeviceId, MessageId, NumericDate};
use serde::Deserialize;

use super::caller::{KeyHolder, is_shown};
use super::schemas::DeviceStatusSchema;
use crate::app::{App, Shared};
use crate::hub::Topic;
use crate::model::device::{Device, DeviceState};
use crate::ringing;
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
    let id = device.id;
    if let Some(push) = asked.push.as_deref().and_then(|text| text.parse().ok()) {
        note_arrival(&app, &device, push).await?;
    }
    let look = || async {
        let shared = app.clone();
        app.storage.read(move |tx| tell(tx, &shared, id)).await
    };
    waiting::poll(&app, Topic::Device(id), asked.wait, look).await.map(Json)
}

/// A push has arrived. Whatever else is told here names no push of ours, and changes nothing.
async fn note_arrival(app: &Shared, device: &Device, push: MessageId) -> Result<(), Refusal> {
    let (id, now) = (device.id, app.clock.now());
    // what changes nothing writes nothing
    let known = device.clone();
    if app.storage.read(move |tx| opened(tx, known, push, now)).await?.is_none() {
        return Ok(());
    }
    app.storage
        .write(move |tx| -> Result<(), Refusal> {
            let Some(device) = tx.device(id)? else { return Ok(()) };
            match opened(tx, device, push, now)? {
                Some(device) => Ok(tx.put_device(&device)?),
                None => Ok(()),
            }
        })
        .await
}

/// The device with what this arrival changes, if anything.
fn opened(
    tx: &mut dyn Transaction,
    device: Device,
    push: MessageId,
    now: NumericDate,
) -> Result<Option<Device>, Refusal> {
    let health = &device.push_health;
    let push_health = match health.opened(push, now) {
        None if ringing::is_under_way(tx, &device, push)? => health.opened_early(push, now),
        known => known,
    };
    Ok(push_health.map(|push_health| Device { push_health, ..device }))
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
        push_accepted_at: device.push_health.accepted_at,
        push_opened_at: device.push_health.opened_at,
    };
    Ok(if state == Told::Claimed { Look::Same(status, changes_at) } else { Look::News(status) })
}
