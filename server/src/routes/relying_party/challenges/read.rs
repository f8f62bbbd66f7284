//! `GET /v1/challenges/{id}`: the news of one challenge, as a long poll if wanted.

use axum::Json;
use axum::extract::State;
use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::ids::ChallengeId;
use serde::Deserialize;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::{ChallengeNews, load};
use crate::app::Shared;
use crate::hub::Topic;
use crate::model::api_key::Scope;
use crate::routes::body::{Address, Parameters};
use crate::routes::refusal::Refusal;
use crate::routes::waiting::{Look, poll};

/// How long to wait.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Wait {
    /// Seconds to wait while it is pending; 25 at most.
    wait: Option<u64>,
}

/// The news of a challenge.
///
/// News permit nothing; only a redeem does.
#[utoipa::path(
    get,
    path = "/v1/challenges/{id}",
    tag = "challenges",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the challenge"), Wait),
    responses(
        (status = 200, description = "the challenge", body = ChallengeNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<ChallengeId>,
    Parameters(Wait { wait }): Parameters<Wait>,
) -> Result<Json<ChallengeNews>, Refusal> {
    // Whoever may ask may learn what became of it.
    if !caller.0.allows(Scope::Ask) {
        caller.require(Scope::Read)?;
    }
    let look = || async {
        let caller = caller.clone();
        let now = app.clock.now();
        let challenge = app.storage.read(move |tx| load(tx, &caller, id)).await?;
        let expires_at = challenge.expires_at;
        let news = ChallengeNews::of(challenge, now);
        Ok(match news.state {
            ChallengeState::Pending => Look::Same(news, Some(expires_at)),
            _ => Look::News(news),
        })
    };
    poll(&app, Topic::Challenge(id), wait, look).await.map(Json)
}

#[cfg(test)]
mod tests;
