//! `core/src/ports.rs` across the border: what a shell implements, and the adapters behind which core sees it.
//!
//! A method that a shell implements takes owned values and returns data that this crate or core checks, never nothing:
//! what a host language throws past its own bindings can look like an empty success. Core puts a deadline on each.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use inkan_core::{
    ports::{
        self as core, CreatedKey, KeyAttestation, KeyLabel, KeyPurpose, KeySignature, Pin, Protection,
        Timestamp, UserVerification,
    },
    system::SystemClock,
};

uniffi::custom_type!(KeyLabel, String, {
    remote,
    lower: |label| label.as_str().to_owned(),
    try_lift: |text| Ok(KeyLabel::new(text)),
});

#[uniffi::remote(Enum)]
pub enum KeyPurpose {
    Possession,
    Approval,
}

#[uniffi::remote(Record)]
pub struct KeyAttestation {
    pub format: String,
    pub statement: Vec<u8>,
}

#[uniffi::remote(Record)]
pub struct CreatedKey {
    pub public_key: Vec<u8>,
    pub attestation: Option<KeyAttestation>,
}

#[uniffi::remote(Enum)]
pub enum KeySignature {
    Der(Vec<u8>),
    Fixed(Vec<u8>),
}

#[uniffi::remote(Enum)]
pub enum UserVerification {
    Biometric,
    DeviceCredential,
    Unknown,
}

#[uniffi::remote(Enum)]
pub enum Protection {
    Software,
    Tee,
    StrongBox,
    SecureEnclave,
}

/// Why a vault could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum VaultError {
    #[error("the user cancelled")]
    UserCancelled,
    #[error("user verification failed")]
    UserVerificationFailed,
    #[error("the key was invalidated")]
    KeyInvalidated,
    #[error("there is no such key")]
    KeyMissing,
    #[error("the device is locked")]
    Locked,
    #[error("this device does not support it")]
    Unsupported,
    #[error("{reason}")]
    Unexpected { reason: String },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for VaultError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected { reason: error.reason }
    }
}

impl From<VaultError> for core::VaultError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::UserCancelled => Self::UserCancelled,
            VaultError::UserVerificationFailed => Self::UserVerificationFailed,
            VaultError::KeyInvalidated => Self::KeyInvalidated,
            VaultError::KeyMissing => Self::KeyMissing,
            VaultError::Locked => Self::Locked,
            VaultError::Unsupported => Self::Unsupported,
            VaultError::Unexpected { reason } => Self::Unexpected(reason),
        }
    }
}

impl From<core::VaultError> for VaultError {
    fn from(error: core::VaultError) -> Self {
        match error {
            core::VaultError::UserCancelled => Self::UserCancelled,
            core::VaultError::UserVerificationFailed => Self::UserVerificationFailed,
            core::VaultError::KeyInvalidated => Self::KeyInvalidated,
            core::VaultError::KeyMissing => Self::KeyMissing,
            core::VaultError::Locked => Self::Locked,
            core::VaultError::Unsupported => Self::Unsupported,
            core::VaultError::Unexpected(reason) => Self::Unexpected { reason },
        }
    }
}

/// Keys in the phone's hardware, and the wrapping of the store's key.
#[uniffi::export(with_foreign)]
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
    /// Shows `prompt`, verifies the user for the next use of this approval key and for no other, and says how.
    async fn verify_user(&self, label: KeyLabel, prompt: String) -> Result<UserVerification, VaultError>;
    /// Signs SHA-256 of `message`. An approval key signs once for each user verification.
    async fn sign(&self, label: KeyLabel, message: Vec<u8>) -> Result<KeySignature, VaultError>;
    /// Deletes a key and returns its label; deleting what is not there succeeds.
    async fn delete_key(&self, label: KeyLabel) -> Result<KeyLabel, VaultError>;
    /// The labels of all keys, those of an earlier installation included.
    async fn labels(&self) -> Result<Vec<KeyLabel>, VaultError>;
    /// Encrypts the store's key (32 bytes) under a hardware key that never leaves this device.
    async fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, VaultError>;
    /// The reverse of `wrap`.
    async fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError>;
    /// Where the keys are kept. Asked once, at opening.
    async fn protection(&self) -> Result<Protection, VaultError>;
}

/// A shell's vault, as core sees it.
pub(crate) struct ShellVault {
    shell: Arc<dyn KeyVault>,
    protection: Protection,
}

impl ShellVault {
    /// Asks the shell where it keeps its keys, with a deadline.
    pub(crate) async fn over(
        shell: Arc<dyn KeyVault>,
        clock: &dyn core::Clock,
    ) -> Result<Self, core::VaultError> {
        let protection = tokio::select! {
            answer = shell.protection() => answer?,
            () = clock.sleep(Duration::from_secs(10)) => {
                return Err(core::VaultError::Unexpected("no answer within the deadline".to_owned()));
            }
        };
        Ok(Self { shell, protection })
    }
}

#[async_trait]
impl core::KeyVault for ShellVault {
    async fn create_key(
        &self,
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: Vec<u8>,
    ) -> Result<CreatedKey, core::VaultError> {
        Ok(self.shell.create_key(label, purpose, challenge).await?)
    }

    async fn verify_user(
        &self,
        label: KeyLabel,
        prompt: String,
    ) -> Result<UserVerification, core::VaultError> {
        Ok(self.shell.verify_user(label, prompt).await?)
    }

    async fn sign(&self, label: KeyLabel, message: Vec<u8>) -> Result<KeySignature, core::VaultError> {
        Ok(self.shell.sign(label, message).await?)
    }

    async fn delete_key(&self, label: KeyLabel) -> Result<(), core::VaultError> {
        let deleted = self.shell.delete_key(label.clone()).await?;
        if deleted == label {
            Ok(())
        } else {
            Err(core::VaultError::Unexpected("another key was deleted".to_owned()))
        }
    }

    async fn labels(&self) -> Result<Vec<KeyLabel>, core::VaultError> {
        Ok(self.shell.labels().await?)
    }

    async fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, core::VaultError> {
        Ok(self.shell.wrap(key).await?)
    }

    async fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, core::VaultError> {
        Ok(self.shell.unwrap(wrapped).await?)
    }

    fn protection(&self) -> Protection {
        self.protection
    }
}

/// One header.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// One HTTP request, for a transport of the shell's own. What a pin must hold, see `core::ports::Request`.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<Header>,
    pub body: Vec<u8>,
    pub pins: Vec<PinnedKey>,
    pub timeout: Duration,
    pub answer_limit: u64,
    pub safe_to_repeat: bool,
}

/// SHA-256 of a SubjectPublicKeyInfo (RFC 7469 section 2.4).
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PinnedKey {
    pub sha256: Vec<u8>,
    pub not_after: Option<u64>,
}

/// One HTTP answer, of any status.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HttpResponse {
    pub status: u16,
    pub headers: Vec<Header>,
    pub body: Vec<u8>,
}

/// Why a transport has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TransportError {
    #[error("no connection to the server")]
    Offline,
    #[error("the server did not answer in time")]
    TimedOut,
    #[error("the server's key is not the pinned one")]
    PinMismatch,
    #[error("{reason}")]
    Tls { reason: String },
    #[error("{reason}")]
    Unexpected { reason: String },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TransportError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected { reason: error.reason }
    }
}

impl From<TransportError> for core::TransportError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Offline => Self::Offline,
            TransportError::TimedOut => Self::TimedOut,
            TransportError::PinMismatch => Self::PinMismatch,
            TransportError::Tls { reason } => Self::Tls(reason),
            TransportError::Unexpected { reason } => Self::Other(reason),
        }
    }
}

/// A way to the server of the shell's own, for instance through a proxy. Without one, core uses its own.
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request. Any status is an answer, not an error.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
}

/// A shell's transport, as core sees it.
pub(crate) struct ShellTransport(pub(crate) Arc<dyn Transport>);

#[async_trait]
impl core::Transport for ShellTransport {
    async fn send(&self, request: core::Request) -> Result<core::Response, core::TransportError> {
        let limit = request.answer_limit;
        let header = |(name, value)| Header { name, value };
        let answer = self
            .0
            .send(HttpRequest {
                method: request.method.as_str().to_owned(),
                url: request.url,
                headers: request.headers.into_iter().map(header).collect(),
                body: request.body,
                pins: request.pins.into_iter().map(PinnedKey::from).collect(),
                timeout: request.timeout,
                answer_limit: u64::try_from(limit).unwrap_or(u64::MAX),
                safe_to_repeat: request.safe_to_repeat,
            })
            .await?;
        if answer.body.len() > limit {
            return Err(core::TransportError::TooLarge);
        }
        if !(100..600).contains(&answer.status) {
            return Err(core::TransportError::Other(format!("no HTTP status: {}", answer.status)));
        }
        let headers = answer.headers.into_iter().map(|header| (header.name, header.value)).collect();
        Ok(core::Response { status: answer.status, headers, body: answer.body })
    }
}

impl From<Pin> for PinnedKey {
    fn from(pin: Pin) -> Self {
        Self { sha256: pin.sha256.to_vec(), not_after: pin.not_after }
    }
}

/// Why a clock of the shell's own did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ClockError {
    #[error("{reason}")]
    Unexpected { reason: String },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ClockError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected { reason: error.reason }
    }
}

/// The time, from the shell. Without one, the system's clock is read.
#[uniffi::export(with_foreign)]
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> Result<u64, ClockError>;
}

/// A shell's clock, as core sees it. One that fails, or says that it is 1970, is not believed: the system's clock is.
pub(crate) struct ShellClock(pub(crate) Option<Arc<dyn Clock>>);

#[async_trait]
impl core::Clock for ShellClock {
    fn now(&self) -> Timestamp {
        match self.0.as_ref().map(|shell| shell.now()) {
            Some(Ok(millis)) if millis > 0 => Timestamp::from_millis(millis),
            Some(answer) => {
                tracing::warn!(target: "inkan", ?answer, "the shell's clock failed; the system's is used");
                SystemClock.now()
            }
            None => SystemClock.now(),
        }
    }

    async fn sleep(&self, duration: Duration) {
        SystemClock.sleep(duration).await;
    }
}
