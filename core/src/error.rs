//! What can go wrong on the phone: rich inside, ten kinds outward.
//!
//! Code decides on [`Error`]; a screen, and everything across a language border, decides on [`ErrorKind`] and its key.
//! Nothing personal stands in either.

use inkan_protocol::{
    device_api::ChallengeState, display::DisplayError, enrollment::UriError, ids::NumericDate,
    json::MalformedJson, jws::JwsError, problem::device_code,
};

use crate::{
    ports::{RandomError, TransportError, VaultError},
    push::PushError,
    store::StoreError,
};

/// Why a ceremony did not end as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer from the server.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// An answer that is neither success nor one of the refusals that a phone knows.
    #[error("the server answered with status {status}")]
    Server {
        /// The HTTP status.
        status: u16,
        /// The problem's code, where there was one.
        code: Option<String>,
    },
    /// The one 401: this device is not, or no longer, known there.
    #[error("the server does not recognise this device")]
    NotRecognised,
    /// The server said no, and the challenge was read again since.
    #[error("the server refused: {0}")]
    Refused(Refusal),
    /// Something signed that is not what it has to be. Nothing of it was used.
    #[error("cannot be verified: {0}")]
    Untrusted(#[from] TrustError),
    /// A link that is none of ours, or of another version.
    #[error(transparent)]
    Link(#[from] UriError),
    /// Something was asked that cannot be done.
    #[error("{0}")]
    Input(#[from] InputError),
    /// A request that this version cannot show.
    #[error(transparent)]
    Display(#[from] DisplayError),
    /// A challenge that the server signed and this version cannot read.
    #[error("a request of a kind that is not known here")]
    NotUnderstood,
    /// A push that cannot be read.
    #[error(transparent)]
    Push(#[from] PushError),
    /// The phone's keys.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The phone's store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The phone's source of randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// An unsigned body that is no JSON of this protocol.
    #[error(transparent)]
    Body(#[from] MalformedJson),
    /// A record or message of our own that cannot be read or made.
    #[error("internal: {0}")]
    Internal(&'static str),
}

/// A signed message, or what it leads to, is not what it has to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Its form or signature.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Signed by a key that the newest key set does not list for that time.
    #[error("signed by a key that is not the server's at that time")]
    SigningKey,
    /// A key set older than one that is known, or than the link asks for.
    #[error("an older key set")]
    OlderKeySet,
    /// Another key set under a version that is known.
    #[error("another key set of the same version")]
    OtherKeySet,
    /// Issued by or for somebody else.
    #[error("issuer or audience is somebody else")]
    Parties,
    /// The server answers for another enroll message: somebody stands between.
    #[error("the answer is to another enrollment message")]
    EnrollHash,
    /// `reveal` is not what the ticket committed to: somebody stands between.
    #[error("the ticket is not the hash of reveal")]
    Reveal,
    /// The record of the device holds other keys or hashes than this phone's.
    #[error("the device record is not this phone's")]
    ForeignRecord,
    /// Another message under the id of a challenge that was shown, or another challenge than the one asked for.
    #[error("another challenge than the one that was shown or asked for")]
    OtherChallenge,
    /// The receipt is for another answer.
    #[error("the receipt is not for this answer")]
    Receipt,
    /// What the server names itself by to push services is no public key.
    #[error("the server's key of Web Push is no point of P-256")]
    WebPushKey,
    /// The vault's signature does not verify under its own key.
    #[error("the key vault signed wrongly")]
    VaultSignature,
}

impl From<JwsError> for Error {
    fn from(error: JwsError) -> Self {
        Self::Untrusted(TrustError::Jws(error))
    }
}

/// Something was asked that cannot be done as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Not one of the servers that this build takes.
    #[error("this app does not enroll at that server")]
    ServerNotAllowed,
    /// Neither a host name nor `https://host[:port]`.
    #[error("not the name of a server")]
    ServerName,
    /// No account under that id.
    #[error("no such account")]
    UnknownAccount,
    /// No enrollment under that id.
    #[error("no such enrollment")]
    UnknownEnrollment,
    /// The link is for a server or challenge of none of the accounts.
    #[error("no account here belongs to this link")]
    NoAccountForLink,
    /// An approval of what was never shown on this phone.
    #[error("the request has not been shown yet")]
    NotShown,
    /// The number has other characters than digits, or another count than asked.
    #[error("not the number that is asked for")]
    Number,
    /// The page's code has to be scanned, or the page has to open the app, before an approval.
    #[error("the page's code or link has to be used first")]
    StartFirst,
    /// Its time is over by the server's clock.
    #[error("the request has expired")]
    Expired,
    /// The six digits are shown after the customer has said that it is their account.
    #[error("the enrollment is not at this step")]
    Step,
    /// The profile or a device's name holds what cannot be shown.
    #[error("a name that cannot be shown")]
    Name,
}

/// A refusal, as read from the server after it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} ({})", reason.code(), state.map_or("unknown", ChallengeState::as_str))]
pub struct Refusal {
    /// What the server said.
    pub reason: RefusalReason,
    /// Where the challenge stands, read again afterwards; `None` where it could not be read.
    pub state: Option<ChallengeState>,
    /// Until then there is no use in trying again, where the server says so (seconds, server's clock).
    pub until: Option<NumericDate>,
}

/// Refusals that a phone knows, by their stable codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// Another answer was first, or it ended.
    AlreadyDecided,
    /// Too late.
    Expired,
    /// The typed number was wrong: the challenge has ended.
    NumberWrong,
    /// To be scanned or opened by this phone first.
    StartNeeded,
    /// The customer's approvals are stopped.
    UserLocked,
    /// This device has to wait before it may approve this.
    DeviceWaiting,
    /// The number is missing or malformed; still pending.
    NumberNeeded,
    /// Challenge or display hash differs; still pending.
    HashMismatch,
    /// `return_hash` is missing; still pending.
    ReturnHashNeeded,
    /// No such challenge for this device.
    NotFound,
    /// Too many tries; later again.
    TooManyRequests,
}

impl RefusalReason {
    const ALL: [Self; 11] = [
        Self::AlreadyDecided,
        Self::Expired,
        Self::NumberWrong,
        Self::StartNeeded,
        Self::UserLocked,
        Self::DeviceWaiting,
        Self::NumberNeeded,
        Self::HashMismatch,
        Self::ReturnHashNeeded,
        Self::NotFound,
        Self::TooManyRequests,
    ];

    /// The code as it travels.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyDecided => device_code::ALREADY_DECIDED,
            Self::Expired => device_code::EXPIRED,
            Self::NumberWrong => device_code::NUMBER_WRONG,
            Self::StartNeeded => device_code::START_NEEDED,
            Self::UserLocked => device_code::USER_LOCKED,
            Self::DeviceWaiting => device_code::DEVICE_WAITING,
            Self::NumberNeeded => device_code::NUMBER_NEEDED,
            Self::HashMismatch => device_code::HASH_MISMATCH,
            Self::ReturnHashNeeded => device_code::RETURN_HASH_NEEDED,
            Self::NotFound => device_code::NOT_FOUND,
            Self::TooManyRequests => device_code::TOO_MANY_REQUESTS,
        }
    }

    /// The refusal of a code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// The ten kinds that a shell tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No connection. What was signed is kept; the deadline runs on.
    Offline,
    /// The server is there and cannot, or says what this version does not understand.
    ServerUnavailable,
    /// Signature, key, pin or hash is not what it has to be: nothing was used.
    Untrusted,
    /// The server does not recognise this device: offer to enroll again, delete nothing.
    NotRecognised,
    /// News from the server, see [`Error::refusal`].
    Refused,
    /// What was asked cannot be done as asked.
    InvalidInput,
    /// The app is too old for this.
    UpdateNeeded,
    /// The person cancelled, was not recognised, or the sensor is locked: try again.
    UserVerification,
    /// The key is gone: enroll again.
    KeyInvalid,
    /// The phone itself failed: store, random source, vault.
    Internal,
}

impl ErrorKind {
    /// Stable key for message catalogues and logs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::ServerUnavailable => "server_unavailable",
            Self::Untrusted => "untrusted",
            Self::NotRecognised => "not_recognised",
            Self::Refused => "refused",
            Self::InvalidInput => "invalid_input",
            Self::UpdateNeeded => "update_needed",
            Self::UserVerification => "user_verification",
            Self::KeyInvalid => "key_invalid",
            Self::Internal => "internal",
        }
    }
}

impl Error {
    /// The one conversion table.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Transport(TransportError::Offline | TransportError::TimedOut) => ErrorKind::Offline,
            Self::Transport(TransportError::PinMismatch | TransportError::Tls(_)) | Self::Untrusted(_) => {
                ErrorKind::Untrusted
            }
            Self::Push(PushError::OtherVersion) => ErrorKind::UpdateNeeded,
            // nothing of it was used
            Self::Push(_) => ErrorKind::Untrusted,
            Self::Transport(TransportError::TooLarge | TransportError::Other(_))
            | Self::Server { .. }
            | Self::Body(_) => ErrorKind::ServerUnavailable,
            Self::NotRecognised => ErrorKind::NotRecognised,
            Self::Refused(_) => ErrorKind::Refused,
            Self::Link(UriError::OtherVersion) | Self::Display(_) | Self::NotUnderstood => {
                ErrorKind::UpdateNeeded
            }
            Self::Link(UriError::NotOurs) | Self::Input(_) => ErrorKind::InvalidInput,
            Self::Vault(
                VaultError::UserCancelled | VaultError::UserVerificationFailed | VaultError::Locked,
            ) => ErrorKind::UserVerification,
            Self::Vault(VaultError::KeyInvalidated | VaultError::KeyMissing) => ErrorKind::KeyInvalid,
            Self::Vault(VaultError::Unsupported | VaultError::Unexpected(_))
            | Self::Store(_)
            | Self::Random(_)
            | Self::Internal(_) => ErrorKind::Internal,
        }
    }

    /// The refusal, if this is one.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(*refusal),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_to_its_reason() {
        for reason in RefusalReason::ALL {
            assert_eq!(RefusalReason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(RefusalReason::from_code("of_tomorrow"), None);
    }

    #[test]
    fn what_a_shell_must_tell_apart_is_told_apart() {
        for (error, kind) in [
            (Error::from(TransportError::TimedOut), ErrorKind::Offline),
            (TransportError::PinMismatch.into(), ErrorKind::Untrusted),
            (VaultError::UserCancelled.into(), ErrorKind::UserVerification),
            (VaultError::KeyInvalidated.into(), ErrorKind::KeyInvalid),
            (UriError::OtherVersion.into(), ErrorKind::UpdateNeeded),
            (UriError::NotOurs.into(), ErrorKind::InvalidInput),
            (RandomError.into(), ErrorKind::Internal),
            (PushError::DoesNotOpen.into(), ErrorKind::Untrusted),
            (PushError::OtherVersion.into(), ErrorKind::UpdateNeeded),
        ] {
            assert_eq!(error.kind(), kind, "{error}");
        }
    }
}
