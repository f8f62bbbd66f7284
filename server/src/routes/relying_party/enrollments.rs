//! Enrollments as the relying party sees them: begun with how the customer was authenticated, watched, confirmed with the
//! six digits that the phone shows.

pub mod begin;
pub mod cancel;
pub mod confirm;
pub mod read;

use inkan_protocol::ids::{DeviceId, EnrollmentId, NumericDate};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Caller;
use crate::app::Shared;
use crate::model::enrollment::{Enrollment, EnrollmentState};
use crate::routes::moment::rfc3339;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(begin::begin))
        .routes(routes!(read::read, cancel::cancel))
        .routes(routes!(confirm::confirm))
}

/// An enrollment.
#[derive(Serialize, ToSchema)]
pub struct EnrollmentNews {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: EnrollmentId,
    /// Live, or test mode.
    livemode: bool,
    /// The customer.
    user: String,
    /// `pending`, `claimed`, `active`, `failed`, `expired` or `cancelled`.
    #[schema(example = "claimed")]
    state: &'static str,
    /// Failed: `claimed_twice` (somebody else saw the QR code) or `wrong_code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The device that claimed it; it may answer from `active` on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    device: Option<DeviceId>,
    /// When it began, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// From then on it cannot be claimed, or (once claimed) confirmed.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl EnrollmentNews {
    pub(super) fn of(enrollment: &Enrollment, now: NumericDate) -> Self {
        let reason = match enrollment.state {
            EnrollmentState::Failed { reason, .. } => Some(reason.as_str()),
            _ => None,
        };
        Self {
            id: enrollment.id,
            livemode: enrollment.owner.live,
            user: enrollment.owner.user.to_string(),
            state: state_at(enrollment, now),
            reason,
            device: enrollment.device(),
            created_at: rfc3339(enrollment.created_at),
            expires_at: rfc3339(enrollment.expires_at),
        }
    }
}

/// The state's name; an open one whose time is over reads as expired.
fn state_at(enrollment: &Enrollment, now: NumericDate) -> &'static str {
    if enrollment.is_over(now) { "expired" } else { enrollment.state_name() }
}

/// An enrollment of the caller's mode.
fn load(tx: &mut dyn Transaction, caller: &Caller, id: EnrollmentId) -> Result<Enrollment, Refusal> {
    tx.enrollment(id)?
        .filter(|enrollment| enrollment.owner.live == caller.live())
        .ok_or_else(|| Refusal::not_found("there is no such enrollment"))
}

#[cfg(test)]
mod tests;
