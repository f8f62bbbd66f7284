//! `core/src/authenticator/enroll.rs` across the border.

use std::time::Duration;

use inkan_core::{
    account::AccountId,
    authenticator::{EnrollmentFailure, EnrollmentPreview, EnrollmentProgress},
    protocol::ids::ServerName,
};

use super::Authenticator;
use crate::call::calls;

#[uniffi::remote(Record)]
pub struct EnrollmentPreview {
    pub id: AccountId,
    pub server: ServerName,
    pub relying_party: String,
    pub display_name: String,
}

#[uniffi::remote(Enum)]
pub enum EnrollmentProgress {
    Claimed,
    Active(AccountId),
    Failed(EnrollmentFailure),
}

#[uniffi::remote(Enum)]
pub enum EnrollmentFailure {
    Ended,
    ForeignRecord,
}

calls! {
    /// Begins with the link of a QR code or an app link. The same link goes on where it stood.
    begin_enrollment(link: String) -> EnrollmentPreview: |core| core.begin_enrollment(&link).await;
    /// The same with a typed code at `host` (a host name, or `https://host[:port]`).
    begin_enrollment_typed(host: String, typed: String) -> EnrollmentPreview: |core| {
        core.begin_enrollment_typed(&host, &typed).await
    };
    /// Enrollments that have begun and not ended, for an app that was killed in between.
    enrollments() -> Vec<EnrollmentPreview>: |core| core.enrollments().await;
    /// "Yes, this is my account": the six digits to type into the page that showed the code.
    confirm_account(id: AccountId) -> String: |core| core.confirm_account(id).await;
    /// Where the enrollment stands; waits up to `wait` for a change.
    enrollment_status(id: AccountId, wait: Duration) -> EnrollmentProgress: |core| {
        core.enrollment_status(id, wait).await
    };
    /// "This is not my account": the keys are deleted.
    abandon_enrollment(id: AccountId) -> (): |core| core.abandon_enrollment(id).await;
}
