//! How a device goes: revoked, its session over, its doorbell forgotten; and how a customer's approvals are stopped.

use inkan_protocol::ids::NumericDate;
use serde_json::json;

use crate::app::App;
use crate::hub::Topic;
use crate::model::device::Device;
use crate::model::enrollment::EnrollmentState;
use crate::model::user::{FrozenBy, User, UserKey};
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;
use crate::{ending, enrolling, ledger};

/// Who had a device revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RevokedBy {
    /// The relying party, by its API.
    RelyingParty,
    /// The phone itself.
    Device,
}

impl RevokedBy {
    fn as_str(self) -> &'static str {
        match self {
            Self::RelyingParty => "relying_party",
            Self::Device => "device",
        }
    }
}

/// Revokes a device; one that is gone already stays as it is. When no active one is left, nobody can answer: what is
/// pending is cancelled. An enrollment that it had claimed is cancelled too.
pub(crate) fn revoke(
    tx: &mut dyn Transaction,
    app: &App,
    device: Device,
    by: RevokedBy,
    now: NumericDate,
) -> Result<(), Refusal> {
    let Ok(device) = device.revoke(now) else { return Ok(()) };
    tx.put_device(&device)?;
    tx.end_sessions(device.id)?;
    tx.notify(Topic::Device(device.id));
    if let Some(enrollment) = tx.enrollment(device.enrollment)?
        && matches!(enrollment.state, EnrollmentState::Claimed(_))
    {
        enrolling::end(tx, app, &enrollment.cancel(now)?, None, now)?;
    }
    let data = json!({
        "user": device.owner.user.as_str(),
        "device": device.id.to_string(),
        "by": by.as_str(),
    });
    ledger::record(tx, app, device.owner.live, "device.revoked", data)?;
    // Nobody is asked any more whether a phone that is gone may be let in.
    for asked in tx.pending_of(&device.owner)? {
        if asked.new_device == Some(device.id) && asked.is_pending(now) {
            ending::cancel(tx, app, asked, now)?;
        }
    }
    if !tx.devices_of(&device.owner)?.iter().any(Device::is_active) {
        ending::cancel_all(tx, app, &device.owner, None, now)?;
    }
    Ok(())
}

/// Stops all approvals of a customer and takes back what is pending.
pub(crate) fn freeze(
    tx: &mut dyn Transaction,
    app: &App,
    user: User,
    reason: String,
    by: FrozenBy,
    now: NumericDate,
) -> Result<User, Refusal> {
    let was_frozen = user.frozen.is_some();
    let user = user.freeze(now, reason, by);
    if !was_frozen {
        tx.put_user(&user)?;
        let by = match by {
            FrozenBy::RelyingParty => "relying_party",
            FrozenBy::Device => "device",
        };
        let data = json!({ "user": user.key.user.as_str(), "by": by });
        ledger::record(tx, app, user.key.live, "account.frozen", data)?;
    }
    ending::cancel_all(tx, app, &user.key, None, now)?;
    ring(tx, &user.key)?;
    Ok(user)
}

/// Lets approvals go on.
pub(crate) fn unfreeze(
    tx: &mut dyn Transaction,
    app: &App,
    user: User,
    reason: &str,
) -> Result<User, Refusal> {
    if user.frozen.is_none() {
        return Ok(user);
    }
    let user = user.unfreeze();
    tx.put_user(&user)?;
    let data = json!({ "user": user.key.user.as_str(), "reason": reason });
    ledger::record(tx, app, user.key.live, "account.unfrozen", data)?;
    ring(tx, &user.key)?;
    Ok(user)
}

/// Removes all that is kept of a customer. The log's rows stay, and say nothing of anybody; keys stay taken.
pub(crate) fn erase(
    tx: &mut dyn Transaction,
    app: &App,
    user: &User,
    now: NumericDate,
) -> Result<(), Refusal> {
    let owner = &user.key;
    ending::cancel_all(tx, app, owner, None, now)?;
    for enrollment in tx.enrollments_of(owner)? {
        tx.notify(Topic::Enrollment(enrollment.id));
    }
    ring(tx, owner)?;
    tx.erase_challenges(owner)?;
    tx.erase_enrollments(owner)?;
    tx.erase_devices(owner)?;
    tx.erase_user(owner)?;
    tx.erase_events(owner)?;
    tx.erase_messages(owner)?;
    tx.erase_deliveries(owner)?;
    tx.erase_ciba_requests(owner)?;
    tx.erase_keycloak_requests(owner)?;
    tx.erase_intents(owner)?;
    ledger::record(tx, app, owner.live, "account.erased", json!({}))?;
    Ok(())
}

fn ring(tx: &mut dyn Transaction, owner: &UserKey) -> Result<(), Refusal> {
    for device in tx.devices_of(owner)? {
        tx.notify(Topic::Device(device.id));
    }
    Ok(())
}
