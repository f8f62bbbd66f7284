//! Who calls: a phone, by a signature of one of its keys, or by the short read-only session that one opened.
//!
//! ```text
//! Inkan-Request ─▶ shape ─▶ device of the kid ─▶ signature ─▶ who, when, what ─▶ jti, once ─▶ caller
//! Inkan-Session ─▶ device of the token (GET alone) ───────────────────────────────────────▶ caller
//! start, answer, renew ─▶ shape ─▶ device of the kid ─▶ signature ─▶ who ─▶ Verified<M>
//! ```
//!
//! Whatever is wrong is the one 401 and takes as long: for a kid that no device has, a signature is checked too.

use axum::extract::{FromRequest, Request};
use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use inkan_protocol::answer::Answer;
use inkan_protocol::challenge::{DeviceRequest, StartProof};
use inkan_protocol::device_api::{REQUEST_HEADER, SESSION_SCHEME};
use inkan_protocol::ids::{DeviceId, Digest, MessageId, NumericDate, ServerName, Thumbprint};
use inkan_protocol::jwk::{PublicKey, Signature};
use inkan_protocol::jws::{Message, Unverified, Verified};
use inkan_protocol::renewal::Renew;

use crate::app::Shared;
use crate::model::device::{Device, DeviceKeys, DeviceState, KeyRole};
use crate::routes::body;
use crate::routes::refusal::Refusal;
use crate::storage::{StorageError, Transaction};

/// How far the phone's clock may be from the server's, in seconds, where `iat` is checked.
pub const WINDOW_SECONDS: u64 = 60;
/// How long `failed` and `suspended` are shown to the key's holder, in seconds.
pub const SHOWN_SECONDS: u64 = 24 * 3600;
/// How exactly `last_seen_at` is kept, in seconds: not every request writes the device.
const SEEN_SECONDS: u64 = 60;

/// An active device, with the body of its request.
#[derive(Clone, Debug)]
pub struct DeviceCaller {
    /// The device, as it was when the request was recognised. Whoever changes it loads it again.
    pub device: Device,
    /// The body, whose hash was signed.
    pub body: Vec<u8>,
}

/// A device in any state that its key's holder is told: for `GET /d/v1/device` alone.
#[derive(Clone, Debug)]
pub struct KeyHolder {
    /// The device, as it was when the request was recognised.
    pub device: Device,
}

impl FromRequest<Shared> for DeviceCaller {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Refusal> {
        let (device, body) = recognise(app, request, |device, _| device.is_active()).await?;
        Ok(Self { device, body })
    }
}

impl FromRequest<Shared> for KeyHolder {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Refusal> {
        let (device, _) = recognise(app, request, is_shown).await?;
        Ok(Self { device })
    }
}

/// Whether the key's holder is told anything of the device.
pub fn is_shown(device: &Device, now: NumericDate) -> bool {
    match device.state {
        DeviceState::Claimed | DeviceState::Active { .. } => true,
        DeviceState::Failed { at } | DeviceState::Suspended { at } => now < at.saturating_add(SHOWN_SECONDS),
        DeviceState::Revoked { .. } => false,
    }
}

/// A message that says which device it is from and for whom.
pub trait DeviceMessage: Message {
    /// `iss`.
    fn device(&self) -> DeviceId;
    /// `aud`.
    fn audience(&self) -> &ServerName;
}

macro_rules! device_messages {
    ($($kind:ty),+) => {
        $(impl DeviceMessage for $kind {
            fn device(&self) -> DeviceId {
                self.iss
            }

            fn audience(&self) -> &ServerName {
                &self.aud
            }
        })+
    };
}

device_messages!(Answer, DeviceRequest, Renew, StartProof);

/// Verifies a message by a key in force of an active device; `iss` and `aud` are checked. Freshness, `jti` and counter
/// are the caller's, after it has looked for the same bytes. The device is a copy: load it again by
/// [`current`] where something is changed.
pub async fn verify_message<M: DeviceMessage>(
    app: &Shared,
    compact: &str,
) -> Result<(Device, KeyRole, Verified<M>), Refusal> {
    let (device, message) = verify_by(app, compact, |device| vec![device.keys]).await?;
    match device.keys.find(message.signer()) {
        Some((role, _)) if device.is_active() => Ok((device, role, message)),
        _ => Err(Refusal::not_recognised()),
    }
}

/// Verifies a message by one of the keys that `keys` finds on the device which the kid names, whatever its state.
pub async fn verify_by<M: DeviceMessage>(
    app: &Shared,
    compact: &str,
    keys: fn(&Device) -> Vec<DeviceKeys>,
) -> Result<(Device, Verified<M>), Refusal> {
    let message = Unverified::<M>::parse(compact).map_err(|_| Refusal::not_recognised())?;
    let kid = message.kid().ok_or_else(Refusal::not_recognised)?;
    let device = app.storage.read(move |tx| -> Result<_, StorageError> { tx.device_by_key(kid) }).await?;
    let known = device.and_then(|device| {
        let key = keys(&device).iter().find_map(|keys| keys.find(kid).map(|(_, key)| *key))?;
        Some((device, key))
    });
    let Some((device, key)) = known else {
        verify_for_nobody();
        return Err(Refusal::not_recognised());
    };
    let message = message.verify(&key).map_err(|_| Refusal::not_recognised())?;
    let said = message.payload();
    if said.device() == device.id && said.audience() == &app.settings.server {
        Ok((device, message))
    } else {
        Err(Refusal::not_recognised())
    }
}

/// The device now, inside the transaction that changes something: still active, and this key still in force.
pub fn current(tx: &mut dyn Transaction, device: DeviceId, kid: Thumbprint) -> Result<Device, Refusal> {
    tx.device(device)?
        .filter(|device| device.is_active() && device.keys.find(kid).is_some())
        .ok_or_else(Refusal::not_recognised)
}

/// Whether a phone's `iat` is near enough to the server's time.
pub fn is_fresh(iat: NumericDate, now: NumericDate) -> bool {
    iat.abs_diff(now) <= WINDOW_SECONDS
}

/// Uses a `jti` of a device, once; kept for two windows. Call it when everything else is right.
pub fn use_jti(
    tx: &mut dyn Transaction,
    device: DeviceId,
    jti: MessageId,
    now: NumericDate,
) -> Result<(), Refusal> {
    // One second more: a message is taken in the last second of its window too.
    if tx.use_jti(device, jti, now.saturating_add(2 * WINDOW_SECONDS + 1))? {
        Ok(())
    } else {
        Err(Refusal::not_recognised())
    }
}

async fn recognise(
    app: &Shared,
    request: Request,
    fits: fn(&Device, NumericDate) -> bool,
) -> Result<(Device, Vec<u8>), Refusal> {
    let (parts, body) = request.into_parts();
    let body = body::bytes(Request::new(body)).await?;
    let device = match text(&parts, REQUEST_HEADER) {
        Some(compact) => by_signature(app, &parts, &body, compact, fits).await?,
        None if parts.method == Method::GET => by_session(app, &parts, fits).await?,
        None => return Err(Refusal::not_recognised()),
    };
    Ok((device, body))
}

async fn by_signature(
    app: &Shared,
    parts: &Parts,
    body: &[u8],
    compact: &str,
    fits: fn(&Device, NumericDate) -> bool,
) -> Result<Device, Refusal> {
    let (device, message) = verify_by::<DeviceRequest>(app, compact, |device| vec![device.keys]).await?;
    let kid = message.signer();
    let said = message.into_payload();
    let now = app.clock.now();
    let path = parts.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    let right = device.keys.possession.thumbprint() == kid
        && is_fresh(said.iat, now)
        && said.htm == parts.method.as_str()
        && said.htu == format!("{}{path}", app.settings.server)
        && said.bh == Digest::of(body)
        && fits(&device, now);
    if !right {
        return Err(Refusal::not_recognised());
    }
    app.storage
        .write(move |tx| {
            let mut device = tx
                .device(device.id)?
                .filter(|device| device.keys.possession.thumbprint() == kid && fits(device, now))
                .ok_or_else(Refusal::not_recognised)?;
            use_jti(tx, device.id, said.jti, now)?;
            if now.saturating_sub(device.last_seen_at) >= SEEN_SECONDS {
                device.last_seen_at = now;
                tx.put_device(&device)?;
            }
            Ok(device)
        })
        .await
}

async fn by_session(
    app: &Shared,
    parts: &Parts,
    fits: fn(&Device, NumericDate) -> bool,
) -> Result<Device, Refusal> {
    let token = text(parts, AUTHORIZATION.as_str())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, token)| *scheme == SESSION_SCHEME && token.len() <= 64)
        .map(|(_, token)| Digest::of(token.as_bytes()))
        .ok_or_else(Refusal::not_recognised)?;
    let now = app.clock.now();
    let device = app
        .storage
        .read(move |tx| -> Result<_, StorageError> {
            tx.session(token, now)?.map_or(Ok(None), |device| tx.device(device))
        })
        .await?;
    device.filter(|device| fits(device, now)).ok_or_else(Refusal::not_recognised)
}

/// A header that stands exactly once.
fn text<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let mut values = parts.headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The base point of P-256 (SEC 2, §2.4.2): a public key like any other.
const BASE_POINT: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
    0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
    0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce,
    0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
];

/// The work of a signature that is wrong, so that an unknown kid is answered no sooner than a known one.
pub(super) fn verify_for_nobody() {
    let verified = PublicKey::from_uncompressed(&BASE_POINT)
        .and_then(|key| key.verify(b"nobody", &Signature([1; 64])))
        .is_ok();
    debug_assert!(!verified, "no message was signed by that");
}

#[cfg(test)]
mod tests;
