//! `core/src/failure.rs` across the border.

use inkan_core::{
    error::{Refusal, RefusalReason},
    failure::{Failure, InternalFailure, InvalidInput, UserVerificationFailure},
    protocol::{device_api::ChallengeState, ids::NumericDate},
};

pub type InkanError = Failure;

#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum CallError {
    /// Its cancellation was asked for, and nothing of it runs any more.
    #[error("cancelled")]
    Cancelled,
    #[error("{error}")]
    Failed { error: InkanError },
}

impl From<InkanError> for CallError {
    fn from(error: InkanError) -> Self {
        Self::Failed { error }
    }
}

#[uniffi::remote(Error)]
pub enum InkanError {
    Offline { detail: String },
    ServerUnavailable { detail: String },
    Untrusted { detail: String },
    NotRecognised { detail: String },
    Refused { refusal: Refusal, detail: String },
    InvalidInput { input: InvalidInput, detail: String },
    UpdateNeeded { detail: String },
    UserVerification { why: UserVerificationFailure, detail: String },
    KeyInvalid { detail: String },
    Internal { why: InternalFailure, detail: String },
}

#[uniffi::remote(Record)]
pub struct Refusal {
    pub reason: RefusalReason,
    pub state: Option<ChallengeState>,
    pub until: Option<NumericDate>,
}

#[uniffi::remote(Enum)]
pub enum RefusalReason {
    AlreadyDecided,
    Expired,
    NumberWrong,
    StartNeeded,
    UserLocked,
    DeviceWaiting,
    NumberNeeded,
    HashMismatch,
    ReturnHashNeeded,
    NotFound,
    TooManyRequests,
}

#[uniffi::remote(Enum)]
pub enum InvalidInput {
    NotOurs,
    ServerNotAllowed,
    ServerName,
    UnknownAccount,
    UnknownEnrollment,
    NoAccountForLink,
    NotShown,
    Number,
    StartFirst,
    Expired,
    Step,
    Name,
    Argument,
}

#[uniffi::remote(Enum)]
pub enum UserVerificationFailure {
    Cancelled,
    NotVerified,
    Locked,
}

#[uniffi::remote(Enum)]
pub enum InternalFailure {
    Store,
    StoreFull,
    StoreKeyMissing,
    StoreKeyUnavailable,
    StoreNewer,
    StoreInUse,
    Vault,
    Panic,
    Other,
}

/// The stable key of an error's text.
#[uniffi::export]
pub fn error_key(error: &InkanError) -> Result<String, CallError> {
    Ok(error.key())
}
