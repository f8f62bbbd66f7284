//! `DELETE /v1/challenges/{id}`: takes back what is pending.

use axum::extract::State;
use axum::http::StatusCode;
use inkan_protocol::ids::ChallengeId;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::load;
use crate::app::Shared;
use crate::ending;
use crate::model::api_key::Scope;
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;

/// Cancel a challenge.
#[utoipa::path(
    delete,
    path = "/v1/challenges/{id}",
    tag = "challenges",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the challenge")),
    responses(
        (status = 204, description = "cancelled"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`already_decided`, with `state`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn cancel(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<ChallengeId>,
) -> Result<StatusCode, Refusal> {
    caller.require(Scope::Ask)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let now = shared.clock.now();
            let challenge = load(tx, &caller, id)?;
            if !challenge.is_pending(now) {
                return Err(Refusal::conflict("already_decided", "the challenge has ended")
                    .with("state", challenge.state_at(now).as_str()));
            }
            ending::cancel(tx, &shared, challenge, now)?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}
