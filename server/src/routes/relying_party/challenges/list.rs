//! `GET /v1/challenges`: a list, newest first.

use axum::Json;
use axum::extract::State;
use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::ids::{ChallengeId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::schemas::{ChallengeStateSchema, ProblemSchema};
use super::ChallengeNews;
use crate::app::Shared;
use crate::model::api_key::Scope;
use crate::routes::body::Parameters;
use crate::routes::refusal::Refusal;
use crate::storage::ChallengeFilter;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which challenges.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Which {
    /// Of this customer alone.
    #[param(value_type = Option<String>)]
    user: Option<UserId>,
    /// In this state alone.
    #[param(value_type = Option<ChallengeStateSchema>)]
    state: Option<ChallengeState>,
    /// At most this many: 1 to 100, 20 if absent.
    limit: Option<usize>,
    /// Older than this one: `next` of the list before.
    #[param(value_type = Option<String>, format = "uuid")]
    after: Option<ChallengeId>,
}

/// A list of challenges, newest first.
#[derive(Serialize, ToSchema)]
pub struct ChallengeList {
    /// The challenges.
    data: Vec<ChallengeNews>,
    /// For `after`, to read on; `null` at the end.
    #[schema(value_type = Option<String>, format = "uuid")]
    next: Option<ChallengeId>,
}

/// List challenges.
#[utoipa::path(
    get,
    path = "/v1/challenges",
    tag = "challenges",
    security(("api_key" = [])),
    params(Which),
    responses(
        (status = 200, description = "newest first", body = ChallengeList),
        (status = 422, description = "`invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(app): State<Shared>,
    caller: Caller,
    Parameters(which): Parameters<Which>,
) -> Result<Json<ChallengeList>, Refusal> {
    caller.require(Scope::Read)?;
    let limit = which.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Refusal::invalid("/limit", format!("must be 1 to {MAX_LIMIT}")));
    }
    let now = app.clock.now();
    let filter = ChallengeFilter {
        live: caller.live(),
        owner: which.user.map(|user| caller.owner(user)).transpose()?,
        state: which.state,
        after: which.after,
        // One more than asked for tells whether there is a next page.
        limit: limit + 1,
        now,
    };
    let mut found = app.storage.read(move |tx| -> Result<_, Refusal> { Ok(tx.challenges(&filter)?) }).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|last| last.id).filter(|_| more);
    let data = found.into_iter().map(|challenge| ChallengeNews::of(challenge, now)).collect();
    Ok(Json(ChallengeList { data, next }))
}
