//! `POST /d/v1/typed`: twelve typed characters buy the enrollment link, once. How often an address may try is the
//! router's `limits`.

use axum::Json;
use axum::extract::State;
use inkan_protocol::device_api::{Typed, TypedUri};
use inkan_protocol::enrollment::TypedCode;
use inkan_protocol::ids::Digest;

use super::schemas::{TypedSchema, TypedUriSchema};
use crate::app::{App, Shared};
use crate::enrolling::Secrets;
use crate::model::enrollment::{Enrollment, EnrollmentState};
use crate::routes::body;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;
use crate::storage::Transaction;

/// Buy an enrollment link with a typed code.
///
/// At most ten tries a minute and address. The QR code stays valid.
#[utoipa::path(
    post,
    path = "/d/v1/typed",
    tag = "device",
    request_body = TypedSchema,
    responses(
        (status = 200, description = "the link", body = TypedUriSchema),
        (status = 401, description = "`not_recognised`: no such code, or it was used", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_requests`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn typed(
    State(app): State<Shared>,
    body::Json(typed): body::Json<Typed>,
) -> Result<Json<TypedUri>, Refusal> {
    let code: TypedCode = typed.code.parse().map_err(|_| Refusal::not_recognised())?;
    let code = Digest::of(code.expose_text().as_bytes());
    let shared = app.clone();
    app.storage.write(move |tx| buy(tx, &shared, code)).await.map(Json)
}

fn buy(tx: &mut dyn Transaction, app: &App, code: Digest) -> Result<TypedUri, Refusal> {
    let enrollment = tx
        .enrollment_by_typed_code(code)?
        .filter(|enrollment| {
            enrollment.state == EnrollmentState::Pending
                && !enrollment.is_over(app.clock.now())
                && !enrollment.typed_code_used
        })
        .ok_or_else(Refusal::not_recognised)?;
    let secrets = Secrets::open(app, &enrollment)?.ok_or_else(Refusal::not_recognised)?;
    let uri = secrets.uri(app, enrollment.owner.live).expose_text();
    tx.put_enrollment(&Enrollment { typed_code_used: true, ..enrollment })?;
    Ok(TypedUri { uri })
}
