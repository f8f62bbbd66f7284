//! What an enrollment's endpoints share: its sealed secrets, the link they make, and how it ends.
//!
//! ```text
//! sealed = secret (32) · reveal (32) · the answer to the claim as JSON, once there is one
//! ```

use inkan_protocol::device_api::Enrolled;
use inkan_protocol::enrollment::{Authentication, EnrollmentSecret, EnrollmentUri};
use inkan_protocol::ids::{DeviceId, EnrollmentId, NumericDate, Reveal};
use serde_json::json;
use zeroize::Zeroizing;

use crate::app::App;
use crate::hub::Topic;
use crate::ledger;
use crate::model::device::Device;
use crate::model::enrollment::{Enrollment, EnrollmentState};
use crate::model::sealed::SealedBytes;
use crate::policy::authentication::{Admission, admit};
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// What is kept sealed until the enrollment is active or void.
pub(crate) struct Secrets {
    pub(crate) secret: EnrollmentSecret,
    pub(crate) reveal: Reveal,
    /// The answer to the claim: the same bytes get it again.
    pub(crate) answer: Option<Enrolled>,
}

impl Secrets {
    pub(crate) fn seal(&self, app: &App, id: EnrollmentId) -> Result<SealedBytes, Refusal> {
        let mut plain = Zeroizing::new([*self.secret.expose(), self.reveal.0].concat());
        if let Some(answer) = &self.answer {
            plain.extend(serde_json::to_vec(answer)?);
        }
        Ok(SealedBytes(app.sealer.seal(&context(id), &plain)?))
    }

    /// `None` where they are gone.
    pub(crate) fn open(app: &App, enrollment: &Enrollment) -> Result<Option<Self>, Refusal> {
        let Some(sealed) = &enrollment.sealed else { return Ok(None) };
        let plain = app.sealer.open(&context(enrollment.id), &sealed.0)?;
        let (secret, rest) = plain.split_first_chunk::<32>().ok_or_else(Refusal::internal)?;
        let (reveal, rest) = rest.split_first_chunk::<32>().ok_or_else(Refusal::internal)?;
        let answer = if rest.is_empty() { None } else { Some(serde_json::from_slice(rest)?) };
        Ok(Some(Self { secret: EnrollmentSecret::new(*secret), reveal: Reveal(*reveal), answer }))
    }

    /// The link that the QR code holds. Its text is a secret.
    pub(crate) fn uri(&self, app: &App, live: bool) -> EnrollmentUri {
        let keys = app.keys(live);
        EnrollmentUri {
            server: app.settings.server.clone(),
            ticket: self.reveal.ticket(),
            secret: self.secret.clone(),
            identity: keys.identity(),
            key_set_version: keys.newest_set().0,
            pins: app.settings.pins.clone(),
        }
    }
}

fn context(id: EnrollmentId) -> String {
    format!("enrollment/{id}")
}

/// Saves an enrollment; after the commit all who wait for it look again.
pub(crate) fn save(tx: &mut dyn Transaction, enrollment: &Enrollment) -> Result<(), Refusal> {
    tx.put_enrollment(enrollment)?;
    tx.notify(Topic::Enrollment(enrollment.id));
    Ok(())
}

/// Saves an enrollment that has come to nothing, and fails the device that had claimed it. `claimed_by` is the device as
/// it stood before the enrollment ended.
pub(crate) fn end(
    tx: &mut dyn Transaction,
    app: &App,
    enrollment: &Enrollment,
    claimed_by: Option<DeviceId>,
    now: NumericDate,
) -> Result<(), Refusal> {
    save(tx, enrollment)?;
    if let Some(device) = claimed_by
        && let Some(Ok(device)) = tx.device(device)?.map(|device| device.fail(now))
    {
        tx.put_device(&device)?;
        tx.notify(Topic::Device(device.id));
    }
    let mut data = json!({
        "user": enrollment.owner.user.as_str(),
        "enrollment": enrollment.id.to_string(),
    });
    if let EnrollmentState::Failed { reason, .. } = enrollment.state
        && let Some(members) = data.as_object_mut()
    {
        members.insert("reason".into(), reason.as_str().into());
    }
    let kind = format!("device.enrollment_{}", enrollment.state_name());
    ledger::record(tx, app, enrollment.owner.live, &kind, data)?;
    Ok(())
}

/// Its time is over.
pub(crate) fn expire(
    tx: &mut dyn Transaction,
    app: &App,
    enrollment: Enrollment,
    now: NumericDate,
) -> Result<(), Refusal> {
    let claimed_by = enrollment.device();
    end(tx, app, &enrollment.expire(now)?, claimed_by, now)
}

/// Whether a device became active at any time.
pub(crate) fn was_active(device: &Device) -> bool {
    device.enrollment_record.is_some()
}

/// How an enrollment may go on for a customer with these devices.
pub(crate) fn admission(app: &App, stated: &Authentication, devices: &[Device]) -> Admission {
    let stated = Some(stated).filter(|stated| !stated.methods.is_empty());
    admit(stated, devices.iter().any(was_active), &app.settings.enrollment)
}

/// Refuses where the customer has as many devices as may be.
pub(crate) fn check_room(app: &App, devices: &[Device]) -> Result<(), Refusal> {
    let active = devices.iter().filter(|device| device.is_active()).count();
    if active < app.settings.max_devices {
        return Ok(());
    }
    Err(Refusal::conflict(
        "too_many_devices",
        format!("the customer has {active} devices and may have no more; revoke one first"),
    ))
}
