//! `core/src/authenticator/enroll.rs` across the border.

use std::{sync::Arc, time::Duration};

use inkan_core::{
    account::AccountId,
    authenticator::{EnrollmentFailure, EnrollmentPreview, EnrollmentProgress},
    protocol::ids::ServerName,
};

use super::Authenticator;
use crate::{
    call::{Cancellation, run},
    error::CallError,
};

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

#[uniffi::export]
impl Authenticator {
    /// Begins with the link of a QR code or an app link. The same link goes on where it stood.
    pub async fn begin_enrollment(
        &self,
        link: String,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<EnrollmentPreview, CallError> {
        let core = self.core.clone();
        run("begin_enrollment", cancellation, async move { core.begin_enrollment(&link).await }).await
    }

    /// The same with a typed code at `host` (a host name, or `https://host[:port]`).
    pub async fn begin_enrollment_typed(
        &self,
        host: String,
        typed: String,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<EnrollmentPreview, CallError> {
        let core = self.core.clone();
        run("begin_enrollment_typed", cancellation, async move {
            core.begin_enrollment_typed(&host, &typed).await
        })
        .await
    }

    /// Enrollments that have begun and not ended, for an app that was killed in between.
    pub async fn enrollments(
        &self,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Vec<EnrollmentPreview>, CallError> {
        let core = self.core.clone();
        run("enrollments", cancellation, async move { core.enrollments().await }).await
    }

    /// "Yes, this is my account": the six digits to type into the page that showed the code.
    pub async fn confirm_account(&self, id: AccountId) -> Result<String, CallError> {
        let core = self.core.clone();
        run("confirm_account", None, async move { core.confirm_account(id).await }).await
    }

    /// Where the enrollment stands; waits up to `wait` for a change.
    pub async fn enrollment_status(
        &self,
        id: AccountId,
        wait: Duration,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<EnrollmentProgress, CallError> {
        let core = self.core.clone();
        run("enrollment_status", cancellation, async move { core.enrollment_status(id, wait).await }).await
    }

    /// "This is not my account": the keys are deleted.
    pub async fn abandon_enrollment(
        &self,
        id: AccountId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), CallError> {
        let core = self.core.clone();
        run("abandon_enrollment", cancellation, async move { core.abandon_enrollment(id).await }).await
    }
}
