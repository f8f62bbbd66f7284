//! What leaves core as an error: the ten kinds of [`crate::error`], each with what a screen needs and a stable key for its
//! text. [`Error`] is for code, this is for screens, logs and everything across a language border.

use crate::{
    error::{Error, ErrorKind, InputError, Refusal},
    ports::VaultError,
    store::StoreError,
};

/// Why a ceremony did not end as asked. `detail` is for the log alone; nothing personal stands in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection. What was signed is kept; the deadline runs on.
    #[error("{detail}")]
    Offline {
        /// For the log.
        detail: String,
    },
    /// The server is there and cannot, or says what this version does not understand.
    #[error("{detail}")]
    ServerUnavailable {
        /// For the log.
        detail: String,
    },
    /// Signature, key, pin or hash is not what it has to be: nothing was used.
    #[error("{detail}")]
    Untrusted {
        /// For the log.
        detail: String,
    },
    /// The server does not recognise this device: offer to enroll again, delete nothing.
    #[error("{detail}")]
    NotRecognised {
        /// For the log.
        detail: String,
    },
    /// The server said no.
    #[error("{detail}")]
    Refused {
        /// What it said.
        refusal: Refusal,
        /// For the log.
        detail: String,
    },
    /// What was asked cannot be done as asked.
    #[error("{detail}")]
    InvalidInput {
        /// What is wrong with it.
        input: InvalidInput,
        /// For the log.
        detail: String,
    },
    /// The app is too old for this.
    #[error("{detail}")]
    UpdateNeeded {
        /// For the log.
        detail: String,
    },
    /// The person cancelled, was not recognised, or the sensor is locked: try again.
    #[error("{detail}")]
    UserVerification {
        /// Which of them.
        why: UserVerificationFailure,
        /// For the log.
        detail: String,
    },
    /// The key is gone: enroll again.
    #[error("{detail}")]
    KeyInvalid {
        /// For the log.
        detail: String,
    },
    /// The phone itself failed.
    #[error("{detail}")]
    Internal {
        /// Which part.
        why: InternalFailure,
        /// For the log.
        detail: String,
    },
}

/// What cannot be done as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidInput {
    /// A code or link that is none of ours.
    NotOurs,
    /// Not one of the servers that this build takes.
    ServerNotAllowed,
    /// Not the name of a server.
    ServerName,
    /// No account under that id.
    UnknownAccount,
    /// No enrollment under that id.
    UnknownEnrollment,
    /// The link is for a challenge of none of the accounts.
    NoAccountForLink,
    /// An approval of what was never shown on this phone.
    NotShown,
    /// Not the number that is asked for.
    Number,
    /// The page's code or link has to be used first.
    StartFirst,
    /// Its time is over.
    Expired,
    /// The enrollment is not at this step.
    Step,
    /// A name that cannot be shown.
    Name,
    /// An argument that is not of its form, for instance an id.
    Argument,
}

/// Why the user was not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserVerificationFailure {
    /// The person closed the platform's dialog.
    Cancelled,
    /// The platform did not recognise the person.
    NotVerified,
    /// Locked out after failures, or the device is locked.
    Locked,
}

/// Which part of the phone failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InternalFailure {
    /// The store: reading, writing, or a damaged record.
    Store,
    /// No room is left on the phone.
    StoreFull,
    /// The key that opens the store is gone for good: put it aside and enroll again.
    StoreKeyMissing,
    /// The key that opens the store cannot be had now.
    StoreKeyUnavailable,
    /// A newer version of the app wrote the store.
    StoreNewer,
    /// The store is open already.
    StoreInUse,
    /// The key vault.
    Vault,
    /// A defect: something panicked. The call ended, the rest goes on.
    Panic,
    /// Anything else.
    Other,
}

impl Failure {
    /// The stable key of the text for it: the kind, and where a kind has reasons, a dot and the reason.
    pub fn key(&self) -> String {
        match self {
            Self::Offline { .. } => ErrorKind::Offline.key().into(),
            Self::ServerUnavailable { .. } => ErrorKind::ServerUnavailable.key().into(),
            Self::Untrusted { .. } => ErrorKind::Untrusted.key().into(),
            Self::NotRecognised { .. } => ErrorKind::NotRecognised.key().into(),
            Self::UpdateNeeded { .. } => ErrorKind::UpdateNeeded.key().into(),
            Self::KeyInvalid { .. } => ErrorKind::KeyInvalid.key().into(),
            Self::Refused { refusal, .. } => {
                format!("{}.{}", ErrorKind::Refused.key(), refusal.reason.code())
            }
            Self::InvalidInput { input, .. } => format!("{}.{}", ErrorKind::InvalidInput.key(), snake(input)),
            Self::UserVerification { why, .. } => {
                format!("{}.{}", ErrorKind::UserVerification.key(), snake(why))
            }
            Self::Internal { why, .. } => format!("{}.{}", ErrorKind::Internal.key(), snake(why)),
        }
    }

    /// What happened, for the log.
    pub fn detail(&self) -> String {
        self.to_string()
    }

    /// The phone itself failed.
    pub fn internal(why: InternalFailure, detail: impl Into<String>) -> Self {
        Self::Internal { why, detail: detail.into() }
    }

    /// An argument is not of its form; `what` names the form, never the argument.
    pub fn argument(what: &str) -> Self {
        Self::InvalidInput { input: InvalidInput::Argument, detail: format!("not of its form: {what}") }
    }
}

/// A variant's name in the spelling of the other codes.
fn snake(variant: &impl std::fmt::Debug) -> String {
    let mut name = String::new();
    for character in format!("{variant:?}").chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error.kind() {
            ErrorKind::Offline => Self::Offline { detail },
            ErrorKind::ServerUnavailable => Self::ServerUnavailable { detail },
            ErrorKind::Untrusted => Self::Untrusted { detail },
            ErrorKind::NotRecognised => Self::NotRecognised { detail },
            ErrorKind::UpdateNeeded => Self::UpdateNeeded { detail },
            ErrorKind::KeyInvalid => Self::KeyInvalid { detail },
            ErrorKind::Refused => match error.refusal() {
                Some(refusal) => Self::Refused { refusal, detail },
                None => Self::ServerUnavailable { detail },
            },
            ErrorKind::InvalidInput => {
                let input =
                    if let Error::Input(input) = error { input.into() } else { InvalidInput::NotOurs };
                Self::InvalidInput { input, detail }
            }
            ErrorKind::UserVerification => Self::UserVerification { why: verification(&error), detail },
            ErrorKind::Internal => match error {
                Error::Store(store) => store.into(),
                Error::Vault(_) => Self::internal(InternalFailure::Vault, detail),
                _ => Self::internal(InternalFailure::Other, detail),
            },
        }
    }
}

fn verification(error: &Error) -> UserVerificationFailure {
    match error {
        Error::Vault(VaultError::UserCancelled) => UserVerificationFailure::Cancelled,
        Error::Vault(VaultError::Locked) => UserVerificationFailure::Locked,
        _ => UserVerificationFailure::NotVerified,
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let why = match error {
            StoreError::Full => InternalFailure::StoreFull,
            StoreError::KeyMissing => InternalFailure::StoreKeyMissing,
            StoreError::KeyUnavailable(_) => InternalFailure::StoreKeyUnavailable,
            StoreError::NewerFormat { .. } => InternalFailure::StoreNewer,
            StoreError::Locked => InternalFailure::StoreInUse,
            StoreError::Io(_) | StoreError::Damaged { .. } | StoreError::TooLarge | StoreError::Random(_) => {
                InternalFailure::Store
            }
        };
        Self::internal(why, error.to_string())
    }
}

impl From<InputError> for InvalidInput {
    fn from(error: InputError) -> Self {
        match error {
            InputError::ServerNotAllowed => Self::ServerNotAllowed,
            InputError::ServerName => Self::ServerName,
            InputError::UnknownAccount => Self::UnknownAccount,
            InputError::UnknownEnrollment => Self::UnknownEnrollment,
            InputError::NoAccountForLink => Self::NoAccountForLink,
            InputError::NotShown => Self::NotShown,
            InputError::Number => Self::Number,
            InputError::StartFirst => Self::StartFirst,
            InputError::Expired => Self::Expired,
            InputError::Step => Self::Step,
            InputError::Name => Self::Name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RefusalReason;

    #[test]
    fn a_key_names_the_kind_and_the_reason() {
        let refusal = Refusal { reason: RefusalReason::NumberWrong, state: None, until: None };
        for (error, key) in [
            (Failure::Offline { detail: String::new() }, "offline"),
            (Failure::Refused { refusal, detail: String::new() }, "refused.number_wrong"),
            (Error::Input(InputError::ServerNotAllowed).into(), "invalid_input.server_not_allowed"),
            (Error::Vault(VaultError::UserCancelled).into(), "user_verification.cancelled"),
            (Error::Store(StoreError::Full).into(), "internal.store_full"),
            (Failure::argument("account"), "invalid_input.argument"),
        ] {
            assert_eq!(error.key(), key);
        }
    }
}
