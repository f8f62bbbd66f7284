//! `/v1/users/{user}`: reads and erases a customer, stops approvals and lets them go on.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use inkan_protocol::ids::UserId;
use inkan_protocol::text;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::{UserNews, load};
use crate::app::Shared;
use crate::departing;
use crate::model::api_key::Scope;
use crate::model::user::FrozenBy;
use crate::routes::body::{self, Address};
use crate::routes::refusal::Refusal;

/// Most characters of a reason.
const MAX_REASON: usize = 200;

/// Read a customer: freeze, mute and wait.
#[utoipa::path(
    get,
    path = "/v1/users/{user}",
    tag = "users",
    security(("api_key" = [])),
    params(("user" = String, Path, description = "your id of the customer")),
    responses(
        (status = 200, description = "the customer", body = UserNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(app): State<Shared>,
    caller: Caller,
    Address(user): Address<UserId>,
) -> Result<Json<UserNews>, Refusal> {
    caller.require(Scope::Read)?;
    let owner = caller.owner(user)?;
    let now = app.clock.now();
    app.storage
        .read(move |tx| {
            let user = load(tx, &owner)?;
            UserNews::of(tx, &user, now)
        })
        .await
        .map(Json)
}

/// Erase a customer with devices, challenges and events. What is pending ends; the log's hashes stay.
#[utoipa::path(
    delete,
    path = "/v1/users/{user}",
    tag = "users",
    security(("api_key" = [])),
    params(("user" = String, Path, description = "your id of the customer")),
    responses(
        (status = 204, description = "erased"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn erase(
    State(app): State<Shared>,
    caller: Caller,
    Address(user): Address<UserId>,
) -> Result<StatusCode, Refusal> {
    caller.require(Scope::Manage)?;
    let owner = caller.owner(user)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let user = load(tx, &owner)?;
            departing::erase(tx, &shared, &user, shared.clock.now())
        })
        .await?;
    // erased it is; where the files cannot be cleaned now, the store does it by itself later
    if let Err(error) = app.storage.scrub().await {
        tracing::warn!(%error, "what was erased stands in the store's log until its next checkpoint");
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Why.
#[derive(Deserialize, ToSchema)]
pub struct StatedReason {
    /// For your own records: 1 to 200 characters.
    #[schema(example = "the customer lost the phone")]
    reason: String,
}

impl StatedReason {
    fn take(self) -> Result<String, Refusal> {
        text::check(&self.reason, MAX_REASON)
            .map_err(|error| Refusal::invalid("/reason", error.to_string()))?;
        Ok(self.reason)
    }
}

/// Stop all approvals of a customer. What is pending is cancelled; a second freeze keeps the first one's reason.
#[utoipa::path(
    post,
    path = "/v1/users/{user}/freeze",
    tag = "users",
    security(("api_key" = [])),
    params(("user" = String, Path, description = "your id of the customer")),
    request_body = StatedReason,
    responses(
        (status = 200, description = "stopped", body = UserNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn freeze(
    State(app): State<Shared>,
    caller: Caller,
    Address(user): Address<UserId>,
    body::Json(reason): body::Json<StatedReason>,
) -> Result<Json<UserNews>, Refusal> {
    caller.require(Scope::Manage)?;
    let (owner, reason) = (caller.owner(user)?, reason.take()?);
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let now = shared.clock.now();
            let user = load(tx, &owner)?;
            let user = departing::freeze(tx, &shared, user, reason, FrozenBy::RelyingParty, now)?;
            UserNews::of(tx, &user, now)
        })
        .await
        .map(Json)
}

/// Let approvals go on, after an identity check of yours.
#[utoipa::path(
    post,
    path = "/v1/users/{user}/unfreeze",
    tag = "users",
    security(("api_key" = [])),
    params(("user" = String, Path, description = "your id of the customer")),
    request_body = StatedReason,
    responses(
        (status = 200, description = "lifted", body = UserNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn unfreeze(
    State(app): State<Shared>,
    caller: Caller,
    Address(user): Address<UserId>,
    body::Json(reason): body::Json<StatedReason>,
) -> Result<Json<UserNews>, Refusal> {
    caller.require(Scope::Manage)?;
    let (owner, reason) = (caller.owner(user)?, reason.take()?);
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let now = shared.clock.now();
            let user = load(tx, &owner)?;
            let user = departing::unfreeze(tx, &shared, user, &reason)?;
            UserNews::of(tx, &user, now)
        })
        .await
        .map(Json)
}
