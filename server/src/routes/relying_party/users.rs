//! Customers and their devices as the relying party sees them.

pub mod account;
pub mod devices;
pub mod export;
pub mod sign_ins;

use inkan_protocol::enrollment::{AttestationResult, PushProvider};
use inkan_protocol::ids::{DeviceId, NumericDate};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;
use crate::model::device::{Device, DeviceState};
use crate::model::user::{FrozenBy, User, UserKey};
use crate::routes::moment::rfc3339;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(account::read, account::erase))
        .routes(routes!(account::freeze))
        .routes(routes!(account::unfreeze))
        .routes(routes!(export::export))
        .routes(routes!(devices::list, devices::revoke_all))
        .routes(routes!(devices::rename, devices::revoke))
}

/// A customer.
#[derive(Serialize, ToSchema)]
pub struct UserNews {
    /// Your id.
    user: String,
    /// Live, or test mode.
    livemode: bool,
    /// The pseudonym towards phones.
    #[schema(value_type = String, format = "uuid")]
    sub: String,
    /// When this server first heard of the customer, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// All approvals are stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    frozen: Option<FreezeNews>,
    /// Reported: no prompt in mode `number` until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    muted_until: Option<String>,
    /// Many prompts: the next one in mode `number` from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    next_prompt_at: Option<String>,
    /// Devices that may answer.
    active_devices: usize,
}

/// Why and since when approvals are stopped.
#[derive(Serialize, ToSchema)]
pub struct FreezeNews {
    /// Since when, RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// In the words of whoever froze.
    reason: String,
    /// `relying_party`, or `device`: the customer, on a phone.
    #[schema(value_type = String)]
    by: FrozenBy,
}

impl UserNews {
    fn of(tx: &mut dyn Transaction, user: &User, now: NumericDate) -> Result<Self, Refusal> {
        let active_devices = tx.devices_of(&user.key)?.iter().filter(|device| device.is_active()).count();
        Ok(Self {
            user: user.key.user.to_string(),
            livemode: user.key.live,
            sub: user.sub.to_string(),
            created_at: rfc3339(user.created_at),
            frozen: user.frozen.as_ref().map(|freeze| FreezeNews {
                at: rfc3339(freeze.at),
                reason: freeze.reason.clone(),
                by: freeze.by,
            }),
            muted_until: user.is_muted(now).map(rfc3339),
            next_prompt_at: user.prompts.wait(now).map(|seconds| rfc3339(now.saturating_add(seconds))),
            active_devices,
        })
    }
}

/// A device.
#[derive(Serialize, ToSchema)]
pub struct DeviceNews {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: DeviceId,
    /// Live, or test mode.
    livemode: bool,
    /// The customer.
    user: String,
    /// `active`, `suspended` (to be enrolled again) or `revoked`.
    #[schema(example = "active")]
    state: &'static str,
    /// The name that the customer gave it.
    name: String,
    /// Its model.
    model: String,
    /// Operating system and version.
    os: String,
    /// The app's version.
    app_version: String,
    /// What the attestation of its keys amounted to: `none`, `unverified`, `tee`, `strongbox`, `secure_enclave`.
    #[schema(value_type = String)]
    attestation: AttestationResult,
    /// Who rings its doorbell, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    push: Option<PushProvider>,
    /// How its doorbell fares, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    push_health: Option<PushHealthNews>,
    /// When it claimed its enrollment, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last heard of.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// Until then it may not approve every operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    restricted_until: Option<String>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// How a device's doorbell fares. A push that a provider took has not arrived yet; only the phone says that it has.
#[derive(Serialize, ToSchema)]
pub struct PushHealthNews {
    /// When the phone registered it, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    registered_at: Option<String>,
    /// When the provider last took a push.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    accepted_at: Option<String>,
    /// When the phone last said that one had arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    opened_at: Option<String>,
    /// How the last push ended: `delivered_to_provider`, `token_gone`, `throttled`, `provider_down`, `misconfigured`.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
}

impl PushHealthNews {
    fn of(device: &Device) -> Option<Self> {
        let health = &device.push_health;
        // a token that is gone leaves its end behind, so that an operator sees why nothing rings
        if device.push.is_none() && health.outcome.is_none() {
            return None;
        }
        Some(Self {
            registered_at: health.registered_at.map(rfc3339),
            accepted_at: health.accepted_at.map(rfc3339),
            opened_at: health.opened_at.map(rfc3339),
            outcome: health.outcome.clone(),
        })
    }
}

impl DeviceNews {
    /// `None` for a device that never became active: it is its enrollment's matter.
    fn of(device: &Device, now: NumericDate) -> Option<Self> {
        let (state, revoked_at) = match device.state {
            DeviceState::Active { .. } => ("active", None),
            DeviceState::Suspended { .. } => ("suspended", None),
            DeviceState::Revoked { at } if device.enrollment_record.is_some() => {
                ("revoked", Some(rfc3339(at)))
            }
            DeviceState::Revoked { .. } | DeviceState::Claimed | DeviceState::Failed { .. } => return None,
        };
        Some(Self {
            id: device.id,
            livemode: device.owner.live,
            user: device.owner.user.to_string(),
            state,
            name: device.description.name.clone(),
            model: device.description.model.clone(),
            os: device.description.os.clone(),
            app_version: device.description.app_version.clone(),
            attestation: device.attestation,
            push: device.push.as_ref().map(|push| push.provider),
            push_health: PushHealthNews::of(device),
            created_at: rfc3339(device.created_at),
            last_seen_at: rfc3339(device.last_seen_at),
            restricted_until: device.restriction(now).map(rfc3339),
            revoked_at,
        })
    }
}

/// The customer, or 404.
fn load(tx: &mut dyn Transaction, owner: &UserKey) -> Result<User, Refusal> {
    tx.user(owner)?.ok_or_else(|| Refusal::not_found("nothing is known of this user"))
}

#[cfg(test)]
mod tests;
