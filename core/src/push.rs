//! Pushes as they arrive: Web Push is decrypted here (RFC 8291 over RFC 8188, `aes128gcm`), then every provider's
//! payload is read as the doorbell that it is.
//!
//! ```text
//! header: salt (16) | record size (u32) | key length (1) = 65 | the sender's key of this message (65)
//! record: AES-128-GCM of: text | 0x02 | padding 0x00 …
//!
//! secret  = ECDH(our key, the sender's)
//! input   = HKDF(salt: auth, secret, "WebPush: info" 0x00 | our public key | the sender's, 32 bytes)
//! key     = HKDF(salt: salt, input, "Content-Encoding: aes128gcm" 0x00, 16 bytes)
//! nonce   = HKDF(salt: salt, input, "Content-Encoding: nonce" 0x00, 12 bytes)
//! ```
//!
//! A push holds one record; its number is 0, so the nonce stays as it is.

use inkan_protocol::{
    encoding::{decode, encode},
    push_hint::{PushHint, PushHintError},
};
use p256::{
    ProjectivePoint, PublicKey, SecretKey,
    elliptic_curve::{point::AffineCoordinates as _, sec1::ToSec1Point as _},
};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::ports::{Random, RandomError, make_bytes};

const SALT_LEN: usize = 16;
/// An uncompressed point of P-256.
const POINT_LEN: usize = 65;
const TAG_LEN: usize = 16;
/// RFC 8188 section 2: a record holds at least the delimiter, the tag and one byte.
const SMALLEST_RECORD_SIZE: u32 = 18;
/// Ends the text of the last record.
const LAST: u8 = 2;
/// The largest message that is looked at: a payload of 4096 bytes with the header, the delimiter and the tag.
const LARGEST: usize = PushHint::MAX_SIZE + SALT_LEN + 4 + 1 + POINT_LEN + 1 + TAG_LEN;

/// The public half of what this installation receives Web Push with, as a registration carries it
/// ([`inkan_protocol::enrollment::Push`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebPushKeys {
    /// The P-256 public key, an uncompressed point, base64url.
    pub p256dh: String,
    /// The authentication secret, 16 bytes, base64url.
    pub auth: String,
}

/// A push as the platform hands it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushPayload {
    /// The body of a Web Push message (UnifiedPush), `Content-Encoding: aes128gcm`.
    WebPush(Vec<u8>),
    /// JSON in clear: FCM's data, or APNs' payload, as an object.
    Plain(Vec<u8>),
}

/// A push that cannot be read. It is worth a look into the inbox nevertheless: somebody rang.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("push: {}", self.code())]
pub enum PushError {
    /// Larger than any push.
    TooLarge,
    /// Ends before its header or its record does.
    Truncated,
    /// The sender's key is no point of P-256.
    SenderKey,
    /// A record size that RFC 8188 does not allow.
    RecordSize,
    /// More than the one record that RFC 8291 allows.
    SeveralRecords,
    /// Does not open: for another installation, by keys of earlier times, or changed on its way.
    DoesNotOpen,
    /// Opened, and what ends the text is missing or says that more follows.
    Padding,
    /// No doorbell.
    NotAHint,
    /// A doorbell of another version of the protocol.
    OtherVersion,
}

impl PushError {
    /// Every one there is.
    pub const ALL: [Self; 9] = [
        Self::TooLarge,
        Self::Truncated,
        Self::SenderKey,
        Self::RecordSize,
        Self::SeveralRecords,
        Self::DoesNotOpen,
        Self::Padding,
        Self::NotAHint,
        Self::OtherVersion,
    ];

    /// Stable, for logs and catalogues.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "push_too_large",
            Self::Truncated => "push_truncated",
            Self::SenderKey => "push_sender_key",
            Self::RecordSize => "push_record_size",
            Self::SeveralRecords => "push_several_records",
            Self::DoesNotOpen => "push_does_not_open",
            Self::Padding => "push_padding",
            Self::NotAHint => "push_not_a_hint",
            Self::OtherVersion => "push_other_version",
        }
    }
}

impl From<PushHintError> for PushError {
    fn from(error: PushHintError) -> Self {
        match error {
            PushHintError::TooLarge => Self::TooLarge,
            PushHintError::Malformed(_) => Self::NotAHint,
            PushHintError::OtherVersion => Self::OtherVersion,
        }
    }
}

/// What this installation receives Web Push with. Wiped on drop, and no part of a hardware vault: a push carries no
/// secret and permits nothing.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct WebPushSecrets {
    key: [u8; 32],
    auth: [u8; 16],
}

impl WebPushSecrets {
    /// New ones.
    pub(crate) fn make(random: &dyn Random) -> Result<Self, RandomError> {
        // a random scalar is out of range about once in 2^32: then the next one is taken
        let key = loop {
            let key = Zeroizing::new(make_bytes::<32>(random)?);
            if SecretKey::from_slice(key.as_slice()).is_ok() {
                break *key;
            }
        };
        Ok(Self { key, auth: make_bytes(random)? })
    }

    /// Their public half; `None` if what was kept is no key.
    pub(crate) fn public(&self) -> Option<WebPushKeys> {
        let key = SecretKey::from_slice(&self.key).ok()?;
        Some(WebPushKeys { p256dh: encode(point_of(&key.public_key())), auth: encode(self.auth) })
    }

    /// Decrypts one message.
    pub(crate) fn open(&self, message: &[u8]) -> Result<Zeroizing<Vec<u8>>, PushError> {
        let Parts { salt, sender, record } = Parts::of(message)?;
        let sender_key = PublicKey::from_sec1_bytes(sender).map_err(|_| PushError::SenderKey)?;
        let own = SecretKey::from_slice(&self.key).map_err(|_| PushError::DoesNotOpen)?;
        let input = self.agree(&own, &sender_key, sender).ok_or(PushError::DoesNotOpen)?;
        let input = Salt::new(HKDF_SHA256, salt).extract(input.as_slice());
        let mut nonce = [0; NONCE_LEN];
        expand(&input, &[b"Content-Encoding: nonce\0"], &mut nonce).ok_or(PushError::DoesNotOpen)?;
        let key = input
            .expand(&[b"Content-Encoding: aes128gcm\0"], &AES_128_GCM)
            .map_err(|_| PushError::DoesNotOpen)?;
        let key = LessSafeKey::new(UnboundKey::from(key));
        let mut text = Zeroizing::new(record.to_vec());
        let length = key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
            .map_err(|_| PushError::DoesNotOpen)?
            .len();
        text.truncate(length);
        match text.iter().rposition(|byte| *byte != 0) {
            Some(end) if text.get(end) == Some(&LAST) => text.truncate(end),
            _ => return Err(PushError::Padding),
        }
        Ok(text)
    }

    /// What both sides can derive and nobody else. The scalar multiplication takes the same time for every key.
    fn agree(&self, own: &SecretKey, theirs: &PublicKey, sender: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let point = (ProjectivePoint::from(*theirs) * *own.to_nonzero_scalar()).to_affine();
        let mut secret = point.x();
        let prk = Salt::new(HKDF_SHA256, &self.auth).extract(&secret);
        secret.as_mut_slice().zeroize();
        let mut input = Zeroizing::new([0; 32]);
        let info: [&[u8]; 3] = [b"WebPush: info\0", &point_of(&own.public_key()), sender];
        expand(&prk, &info, input.as_mut_slice())?;
        Some(input)
    }
}

/// Reads a push; `secrets` are needed for Web Push alone.
pub(crate) fn read(payload: &PushPayload, secrets: Option<&WebPushSecrets>) -> Result<PushHint, PushError> {
    match payload {
        PushPayload::Plain(bytes) => Ok(PushHint::parse(bytes)?),
        // without keys there is nothing that could have been encrypted for us
        PushPayload::WebPush(bytes) => {
            let text = secrets.ok_or(PushError::DoesNotOpen)?.open(bytes)?;
            Ok(PushHint::parse(&text)?)
        }
    }
}

/// A message, cut where its header says.
struct Parts<'a> {
    salt: &'a [u8],
    sender: &'a [u8],
    record: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(message: &'a [u8]) -> Result<Self, PushError> {
        if message.len() > LARGEST {
            return Err(PushError::TooLarge);
        }
        let cut = |from: &'a [u8], length| from.split_at_checked(length).ok_or(PushError::Truncated);
        let (salt, rest) = cut(message, SALT_LEN)?;
        let (size, rest) = rest.split_first_chunk::<4>().ok_or(PushError::Truncated)?;
        let (length, rest) = rest.split_first().ok_or(PushError::Truncated)?;
        if usize::from(*length) != POINT_LEN {
            return Err(PushError::SenderKey);
        }
        let (sender, record) = cut(rest, POINT_LEN)?;
        let size = u32::from_be_bytes(*size);
        if size < SMALLEST_RECORD_SIZE {
            return Err(PushError::RecordSize);
        }
        if usize::try_from(size).is_ok_and(|size| record.len() > size) {
            return Err(PushError::SeveralRecords);
        }
        // the delimiter and the tag at least
        if record.len() <= TAG_LEN {
            return Err(PushError::Truncated);
        }
        Ok(Self { salt, sender, record })
    }
}

/// Whether a text is an uncompressed point of P-256 in base64url, as push services take a server's key.
pub(crate) fn is_point(text: &str) -> bool {
    decode(text).is_ok_and(|bytes| bytes.len() == POINT_LEN && PublicKey::from_sec1_bytes(&bytes).is_ok())
}

fn point_of(key: &PublicKey) -> Vec<u8> {
    key.to_sec1_point(false).as_bytes().to_vec()
}

/// So many bytes of HKDF's output.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand(prk: &Prk, info: &[&[u8]], out: &mut [u8]) -> Option<()> {
    prk.expand(info, Length(out.len())).ok()?.fill(out).ok()
}

#[cfg(test)]
pub(crate) mod tests;
