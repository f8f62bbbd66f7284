//! Enrollment, from the link to the active device (`docs/protocol.md`, "Enrollment").

use std::time::Duration;

use inkan_protocol::ids::ServerName;

use super::Authenticator;
use crate::{account::AccountId, error::Error};

/// What the app shows before it asks "is this your account?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrollmentPreview {
    /// Names the enrollment, and the account once it is active.
    pub id: AccountId,
    /// The device host.
    pub server: ServerName,
    /// The relying party's name.
    pub relying_party: String,
    /// Whose account it is, masked.
    pub display_name: String,
}

/// Where an enrollment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrollmentProgress {
    /// The six digits have not been typed into the page yet.
    Claimed,
    /// Done: the account is there.
    Active(AccountId),
    /// It came to nothing; its keys are deleted. Begin with a new code.
    Failed(EnrollmentFailure),
}

/// Why an enrollment came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrollmentFailure {
    /// The server ended it: wrong digits, too late, or somebody else used the same code.
    Ended,
    /// The server does not, or no longer, know it.
    NotRecognised,
    /// The server's record of this device holds other keys or hashes than this phone's: somebody stands between.
    ForeignRecord,
}

impl Authenticator {
    /// Steps 1 to 4 with the link of a QR code or an app link. The same link goes on where it stood.
    pub async fn begin_enrollment(&self, uri: &str) -> Result<EnrollmentPreview, Error> {
        let _ = uri;
        Err(Error::Internal("not yet"))
    }

    /// The same with a typed code at `host` (a host name, or `https://host[:port]`).
    pub async fn begin_enrollment_typed(&self, host: &str, code: &str) -> Result<EnrollmentPreview, Error> {
        let _ = (host, code);
        Err(Error::Internal("not yet"))
    }

    /// Enrollments that have begun and not ended, for an app that was killed in between.
    pub async fn enrollments(&self) -> Result<Vec<EnrollmentPreview>, Error> {
        Err(Error::Internal("not yet"))
    }

    /// "Yes, this is my account": the six digits to type into the page that showed the code.
    pub async fn confirm_account(&self, id: AccountId) -> Result<String, Error> {
        let _ = id;
        Err(Error::Internal("not yet"))
    }

    /// Where the enrollment stands; waits up to `wait` for a change.
    pub async fn enrollment_status(
        &self,
        id: AccountId,
        wait: Duration,
    ) -> Result<EnrollmentProgress, Error> {
        let _ = (id, wait);
        Err(Error::Internal("not yet"))
    }

    /// Gives it up and deletes its keys.
    pub async fn abandon_enrollment(&self, id: AccountId) -> Result<(), Error> {
        let _ = id;
        Err(Error::Internal("not yet"))
    }
}
