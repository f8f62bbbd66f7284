//! `DELETE /v1/enrollments/{id}`: takes an enrollment back.

use axum::extract::State;
use axum::http::StatusCode;
use inkan_protocol::ids::EnrollmentId;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::load;
use crate::app::Shared;
use crate::enrolling;
use crate::model::api_key::Scope;
use crate::model::enrollment::EnrollmentState;
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;

/// Cancel an enrollment. One that has come to nothing stays as it is.
#[utoipa::path(
    delete,
    path = "/v1/enrollments/{id}",
    tag = "enrollments",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the enrollment")),
    responses(
        (status = 204, description = "cancelled, or over before"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`already_active`: revoke the device instead", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn cancel(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<EnrollmentId>,
) -> Result<StatusCode, Refusal> {
    caller.require(Scope::Enroll)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let now = shared.clock.now();
            let enrollment = load(tx, &caller, id)?;
            if let EnrollmentState::Active { device, .. } = enrollment.state {
                return Err(Refusal::conflict("already_active", "the device is active; revoke it instead")
                    .with("device", device.to_string()));
            }
            if enrollment.is_over(now) {
                enrolling::expire(tx, &shared, enrollment, now)?;
            } else if enrollment.is_open() {
                let claimed_by = enrollment.device();
                enrolling::end(tx, &shared, &enrollment.cancel(now)?, claimed_by, now)?;
            }
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}
