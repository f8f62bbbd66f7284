//! Enrollment: begin, "is this your account?", six digits, done.

use inkan_core::{
    account::AccountId,
    error::{Error, InputError},
};

use super::{Phone, seconds, trace::Event};
use crate::{
    failure::Fault,
    view::{EnrollmentState, EnrollmentView},
};

/// With what an enrollment begins.
pub(super) enum Enrolling<'a> {
    /// The content of the QR code.
    Uri(&'a str),
    /// A server and a typed code.
    Typed(&'a str, &'a str),
}

impl Phone {
    pub(super) async fn begin(&self, with: Enrolling<'_>) -> Result<EnrollmentView, Fault> {
        let authenticator = self.authenticator.read().await;
        let preview = match with {
            Enrolling::Uri(uri) => authenticator.begin_enrollment(uri.trim()).await?,
            Enrolling::Typed(host, code) => {
                authenticator.begin_enrollment_typed(host.trim(), code.trim()).await?
            }
        };
        let view = EnrollmentView::begun(&preview);
        self.live.enrollment(view.clone());
        self.note(Event::Begun);
        Ok(view)
    }

    pub(super) async fn confirm(&self, enrollment: &str) -> Result<EnrollmentView, Fault> {
        let id = enrollment_id(enrollment)?;
        let code = self.authenticator.read().await.confirm_account(id).await?;
        let mut view = self.known_enrollment(id).await?;
        view.state = EnrollmentState::Claimed;
        view.code = Some(code);
        self.live.enrollment(view.clone());
        self.note(Event::Code);
        Ok(view)
    }

    pub(super) async fn enrollment(&self, enrollment: &str, wait: u64) -> Result<EnrollmentView, Fault> {
        let id = enrollment_id(enrollment)?;
        let mut view = self.known_enrollment(id).await?;
        if !matches!(view.state, EnrollmentState::Claimed | EnrollmentState::Begun) {
            return Ok(view);
        }
        let mut language = self.language.subscribe();
        let progress = {
            let authenticator = self.authenticator.read().await;
            tokio::select! {
                progress = authenticator.enrollment_status(id, seconds(wait)) => progress?,
                _ = language.changed() => return Ok(view),
            }
        };
        let state = EnrollmentState::from(&progress);
        // the server knows nothing of the question that the phone asks in between
        if !(state == EnrollmentState::Claimed && view.state == EnrollmentState::Begun) {
            view.state = state;
        }
        self.live.enrollment(view.clone());
        if view.state == EnrollmentState::Active {
            self.note(Event::Active);
            self.remember_accounts().await?;
        }
        Ok(view)
    }

    async fn known_enrollment(&self, id: AccountId) -> Result<EnrollmentView, Fault> {
        if let Some(known) = self.live.known_enrollment(&id.to_string()) {
            return Ok(known);
        }
        let begun = self.authenticator.read().await.enrollments().await?;
        begun
            .iter()
            .find(|preview| preview.id == id)
            .map(EnrollmentView::begun)
            .ok_or(Fault::Core(Error::Input(InputError::UnknownEnrollment)))
    }

    pub(super) async fn abandon(&self, enrollment: &str) -> Result<(), Fault> {
        let id = enrollment_id(enrollment)?;
        self.authenticator.read().await.abandon_enrollment(id).await?;
        self.live.forget_enrollment(enrollment);
        Ok(())
    }
}

fn enrollment_id(text: &str) -> Result<AccountId, Fault> {
    text.parse().map_err(|_| Fault::Core(Error::Input(InputError::UnknownEnrollment)))
}
