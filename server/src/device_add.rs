//! A new device asks an older one: the challenge that the server makes by itself when a device becomes active and has to
//! wait.
//!
//! ```text
//! older phone: approve, with the six digits that the new phone shows ─▶ the new phone waits no longer
//!              deny or report ────────────────────────────────────────▶ the new phone is revoked
//!              nothing, or three wrong numbers ───────────────────────▶ the new phone waits its time
//! ```

use inkan_protocol::answer::Decision;
use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Operation, Origin};
use inkan_protocol::ids::{ChallengeId, DeviceId, NumericDate};
use serde_json::{Map, json};

use crate::app::App;
use crate::asking::{issue, make_watch_token, number_context};
use crate::hub::Topic;
use crate::model::challenge::{Challenge, StartMode, State};
use crate::model::device::Device;
use crate::model::sealed::SealedBytes;
use crate::random::make_uuid_v7;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;
use crate::{ending, ledger, ringing};

/// Asks the older devices whether the new one is theirs. `code` is the six digits that the new phone shows.
///
/// Answers the challenge, or `None` where nobody has to be asked or nobody can be: the new device does not wait, or no
/// older device may approve this itself. It lives as long as the wait and counts for no limit.
pub fn ask(
    tx: &mut dyn Transaction,
    app: &App,
    new_device: &Device,
    code: &str,
) -> Result<Option<ChallengeId>, Refusal> {
    let now = app.clock.now();
    let Some(until) = new_device.restriction(now) else { return Ok(None) };
    let older: Vec<(DeviceId, String)> = tx
        .devices_of(&new_device.owner)?
        .into_iter()
        .filter(|device| {
            device.id != new_device.id && device.is_active() && device.restriction(now).is_none()
        })
        .map(|device| (device.id, device.account))
        .collect();
    if older.is_empty() {
        return Ok(None);
    }
    let id = ChallengeId(make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?);
    let digits = u8::try_from(code.len()).map_err(|_| Refusal::internal())?;
    let sealed = app.sealer.seal(&number_context(id), code.as_bytes())?;
    let (_, watch) = make_watch_token(app)?;
    let mut challenge = Challenge {
        id,
        owner: new_device.owner.clone(),
        sub: new_device.sub,
        operation: Operation::DeviceAdd,
        details: Vec::new(),
        origin: Origin { client: new_device.description.model.clone(), place: None, ip: None },
        network: None,
        session: None,
        reasons: Vec::new(),
        start: StartMode::Number { digits, number: Some(SealedBytes(sealed)) },
        return_url: None,
        minimum_tier: Tier::Number,
        reference: None,
        locale: app.settings.locale,
        created_at: now,
        expires_at: until,
        watch,
        issued: Vec::with_capacity(older.len()),
        opened_by: None,
        new_device: Some(new_device.id),
        wrong_tries: 0,
        state: State::Pending,
        reports: Vec::new(),
    };
    issue(app, &mut challenge, older)?;
    ending::save(tx, &challenge)?;
    ringing::asked(tx, app, &challenge)?;
    ending::note(
        tx,
        app,
        &challenge,
        "created",
        Map::from_iter([("new_device".to_owned(), new_device.id.to_string().into())]),
    )?;
    Ok(Some(id))
}

/// What an answer to such a challenge does to the new device. Of any other challenge nothing follows.
pub(crate) fn follow(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: &Challenge,
    decision: Decision,
    now: NumericDate,
) -> Result<(), Refusal> {
    let Some(id) = challenge.new_device else { return Ok(()) };
    let Some(device) = tx.device(id)? else { return Ok(()) };
    match decision {
        Decision::Approve => release(tx, app, device),
        Decision::Deny | Decision::Report => revoke(tx, app, device, now),
    }
}

fn release(tx: &mut dyn Transaction, app: &App, device: Device) -> Result<(), Refusal> {
    let device = Device { restricted_until: None, ..device };
    tx.put_device(&device)?;
    note(tx, app, &device, "device.released")
}

/// A device that is gone already stays as it is.
fn revoke(tx: &mut dyn Transaction, app: &App, device: Device, now: NumericDate) -> Result<(), Refusal> {
    let Ok(device) = device.revoke(now) else { return Ok(()) };
    tx.put_device(&device)?;
    tx.end_sessions(device.id)?;
    note(tx, app, &device, "device.revoked")
}

fn note(tx: &mut dyn Transaction, app: &App, device: &Device, kind: &str) -> Result<(), Refusal> {
    tx.notify(Topic::Device(device.id));
    let data = json!({
        "user": device.owner.user.as_str(),
        "device": device.id.to_string(),
        "by": "older_device",
    });
    ledger::record(tx, app, device.owner.live, kind, data)?;
    Ok(())
}
