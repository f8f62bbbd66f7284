//! All that core asks of the world: keys, a way to the server, the time, and randomness.
//!
//! A shell implements [`KeyVault`] with the platform's hardware; everything else has a real part in this crate
//! ([`crate::transport::Https`], [`crate::system::SystemClock`], [`crate::system::SystemRandom`]). Tests bring their
//! own. Methods that a shell implements take owned values and return a `Result`, so that they can cross a language
//! border, and each of them is called with a deadline, so that a shell that never answers cannot hold a
//! ceremony for ever.

pub(crate) mod deadline;

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a key of the phone is for. The purpose decides how the platform must guard it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// Usable in the background, without user verification: fetching, start, push token, deny, report.
    Possession,
    /// User verification on every use: approve and renew, nothing else.
    Approval,
}

/// The opaque name under which a vault keeps a key. Core makes it from random bytes; it tells nothing about the
/// account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyLabel(String);

impl KeyLabel {
    /// A label from its text, as [`KeyVault::labels`] returned it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The label as the vault stores it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A platform's statement about a key that it just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAttestation {
    /// Which kind of statement, in the words of `docs/protocol.md`.
    pub format: String,
    /// The statement itself, opaque to core.
    pub statement: Vec<u8>,
}

/// What [`KeyVault::create_key`] made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedKey {
    /// The P-256 public key: 65 bytes, uncompressed SEC1 (`0x04 || x || y`).
    pub public_key: Vec<u8>,
    /// Where the platform attests keys.
    pub attestation: Option<KeyAttestation>,
}

/// An ECDSA signature over SHA-256 of the message, in the encoding that the platform gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySignature {
    /// ASN.1 DER, as Android and iOS return it. S may be high; core normalises it.
    Der(Vec<u8>),
    /// `r || s`, 64 bytes.
    Fixed(Vec<u8>),
}

/// How the platform says that it verified the user for one use of a key. Its word, not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserVerification {
    /// A fingerprint, a face.
    Biometric,
    /// The device's PIN, pattern or passcode.
    DeviceCredential,
    /// The platform does not say, or none was asked for.
    Unknown,
}

/// Where a vault keeps its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// In this process. Weak: for tests and simulators.
    Software,
    /// Trusted execution environment.
    Tee,
    /// Android StrongBox.
    StrongBox,
    /// Apple Secure Enclave.
    SecureEnclave,
}

/// The random key that seals the store, in clear. Wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl DataKey {
    /// A key from its 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes, for wrapping and deriving.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Why a vault could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The person closed the platform's dialog.
    #[error("the user cancelled")]
    UserCancelled,
    /// The platform did not recognise the person.
    #[error("user verification failed")]
    UserVerificationFailed,
    /// The key is gone for good, for example because a fingerprint was added.
    #[error("the key was invalidated")]
    KeyInvalidated,
    /// There is no key under this label.
    #[error("there is no such key")]
    KeyMissing,
    /// The device is locked, or has been locked out after failures; later it may work.
    #[error("the device is locked")]
    Locked,
    /// This device cannot do it at all.
    #[error("this device does not support it")]
    Unsupported,
    /// Anything else, in the platform's words. Also: no answer within the deadline.
    #[error("the key vault failed: {0}")]
    Unexpected(String),
}

/// Keys in the phone's hardware, and the wrapping of the store's key.
#[async_trait]
pub trait KeyVault: Send + Sync {
    /// Makes a P-256 key under `label`, with `challenge` (32 bytes) in its attestation. An existing key of that label
    /// is replaced.
    async fn create_key(
        &self,
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: Vec<u8>,
    ) -> Result<CreatedKey, VaultError>;

    /// Shows `prompt`, verifies the user for the next use of this approval key and for no other, and says how. It comes
    /// before the signature, because the signed answer says how the user was verified.
    async fn verify_user(&self, label: KeyLabel, prompt: String) -> Result<UserVerification, VaultError>;

    /// Signs SHA-256 of `message`. An approval key signs once for each [`KeyVault::verify_user`]; without one it is
    /// [`VaultError::UserVerificationFailed`]. Core verifies the signature before it uses it.
    async fn sign(&self, label: KeyLabel, message: Vec<u8>) -> Result<KeySignature, VaultError>;

    /// Deletes a key; deleting what is not there succeeds.
    async fn delete_key(&self, label: KeyLabel) -> Result<(), VaultError>;

    /// The labels of all keys made by [`KeyVault::create_key`], those of an earlier installation included.
    async fn labels(&self) -> Result<Vec<KeyLabel>, VaultError>;

    /// Encrypts the store's key (32 bytes) under a hardware key that never leaves this device.
    async fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, VaultError>;

    /// The reverse of [`KeyVault::wrap`]. [`VaultError::KeyMissing`] or [`VaultError::KeyInvalidated`] if the hardware
    /// key is gone.
    async fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError>;

    /// Where the keys are kept.
    fn protection(&self) -> Protection;
}

/// The HTTP methods of the device API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method's name as it stands in a request line, and in `htm`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A pinned public key: SHA-256 of a certificate's SubjectPublicKeyInfo (RFC 7469 section 2.4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pin {
    /// The hash.
    pub sha256: [u8; 32],
    /// Unix seconds from which the pin counts for nothing; `None`: it does not end by itself.
    pub not_after: Option<u64>,
}

/// One HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// An absolute `https` URL.
    pub url: String,
    /// Names in lower case, with values.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// While one of these is in date, the server must show a pinned key.
    pub pins: Vec<Pin>,
    /// From the first byte to the last, all attempts and pauses included.
    pub timeout: Duration,
    /// The largest answer that is taken, in bytes.
    pub answer_limit: usize,
    /// Whether the server treats a second arrival of the same bytes like the first.
    pub safe_to_repeat: bool,
}

/// One HTTP answer, of any status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, with values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection, or it broke. Whether the server has seen the request is not known.
    #[error("no connection to the server")]
    Offline,
    /// No complete answer in time.
    #[error("the server did not answer in time")]
    TimedOut,
    /// Pins are in force and the server showed none of the pinned keys.
    #[error("the server's key is not the pinned one")]
    PinMismatch,
    /// The secure connection failed: name, validity, issuer or protocol.
    #[error("the secure connection failed: {0}")]
    Tls(String),
    /// The answer is larger than the caller allows.
    #[error("the answer is too large")]
    TooLarge,
    /// A request that cannot be sent, or an answer that is not HTTP.
    #[error("the request failed: {0}")]
    Other(String),
}

/// A way to the server.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request. Any status is an answer, not an error.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(u64);

impl Timestamp {
    /// From milliseconds.
    pub fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// From seconds.
    pub fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds, as in NumericDate.
    pub fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// Milliseconds.
    pub fn millis(self) -> u64 {
        self.0
    }

    /// Later by a duration.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }
}

/// The time, and waiting.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present.
    fn now(&self) -> Timestamp;

    /// Returns after a duration.
    async fn sleep(&self, duration: Duration);
}

/// The source of randomness gave nothing. Nothing can go on without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system's random source failed")]
pub struct RandomError;

/// A cryptographically secure source of randomness.
pub trait Random: Send + Sync {
    /// Fills the slice.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// `N` random bytes.
pub(crate) fn make_bytes<const N: usize>(random: &dyn Random) -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes)?;
    Ok(bytes)
}
