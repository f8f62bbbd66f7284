//! `GET /d/v1/challenges` and `GET /d/v1/challenges/{id}`: the exact bytes that were issued to this phone.

use axum::Json;
use axum::extract::State;
use inkan_protocol::device_api::{ChallengeState, OneChallenge, PendingChallenges};
use inkan_protocol::ids::ChallengeId;
use serde::Deserialize;

use super::caller::DeviceCaller;
use super::schemas::{OneChallengeSchema, PendingChallengesSchema};
use crate::app::Shared;
use crate::hub::Topic;
use crate::model::challenge::{Challenge, StartMode};
use crate::routes::body::{Address, Parameters};
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;
use crate::routes::waiting::{Look, poll};

/// Most challenges in a list: twelve of 16 KiB each.
const MOST_LISTED: usize = 12;

/// How long to wait.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Wait {
    /// Seconds to wait while there is nothing new; 25 at most.
    wait: Option<u64>,
}

/// What is pending for this phone, oldest first.
///
/// At most 12; of those that begin on a page (`scan`, `link`) the newest.
#[utoipa::path(
    get,
    path = "/d/v1/challenges",
    tag = "device",
    params(
        ("Inkan-Request" = Option<String>, Header, description = "`inkan-request+jwt`; or `Authorization: Inkan-Session …`"),
        Wait
    ),
    responses(
        (status = 200, description = "`{challenges}`: `inkan-challenge+jwt` each", body = PendingChallengesSchema),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(app): State<Shared>,
    Parameters(Wait { wait }): Parameters<Wait>,
    DeviceCaller { device, .. }: DeviceCaller,
) -> Result<Json<PendingChallenges>, Refusal> {
    let look = || async {
        let owner = device.owner.clone();
        let (id, now) = (device.id, app.clock.now());
        let challenges: Vec<String> = app
            .storage
            .read(move |tx| -> Result<_, Refusal> {
                let mut pending = tx.pending_of(&owner)?;
                pending.retain(|challenge| challenge.is_pending(now) && challenge.issued_to(id).is_some());
                Ok(few(pending).into_iter().filter_map(|challenge| challenge.into_issued_to(id)).collect())
            })
            .await?;
        let found = PendingChallenges { challenges };
        Ok(if found.challenges.is_empty() { Look::Same(found, None) } else { Look::News(found) })
    };
    poll(&app, Topic::Device(device.id), wait, look).await.map(Json)
}

/// What of it is listed. `scan` and `link` have no pauses, so a stranger can have sixteen of them pending; a phone
/// reads an answer of 256 KiB at most, and the customer's own prompts must be in it. What is left out is begun from its
/// page, whose code or link names it.
fn few(mut pending: Vec<Challenge>) -> Vec<Challenge> {
    let from_page =
        |challenge: &Challenge| matches!(challenge.start, StartMode::Scan { .. } | StartMode::Link { .. });
    // Those that are answered from the list first, then the newest.
    pending.sort_by_key(|challenge| (from_page(challenge), std::cmp::Reverse(challenge.id)));
    pending.truncate(MOST_LISTED);
    pending.sort_by_key(|challenge| challenge.id);
    pending
}

/// One challenge of this phone, and where it stands.
///
/// The state is news: a receipt is what binds.
#[utoipa::path(
    get,
    path = "/d/v1/challenges/{id}",
    tag = "device",
    params(
        ("Inkan-Request" = Option<String>, Header, description = "`inkan-request+jwt`; or `Authorization: Inkan-Session …`"),
        ("id" = String, Path, format = "uuid", description = "the challenge"),
        Wait
    ),
    responses(
        (status = 200, description = "`{challenge, state}`", body = OneChallengeSchema),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: none, or another customer's", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(app): State<Shared>,
    Address(id): Address<ChallengeId>,
    Parameters(Wait { wait }): Parameters<Wait>,
    DeviceCaller { device, .. }: DeviceCaller,
) -> Result<Json<OneChallenge>, Refusal> {
    let device = device.id;
    let look = || async {
        let now = app.clock.now();
        let challenge = app
            .storage
            .read(move |tx| -> Result<_, Refusal> { Ok(tx.challenge(id)?) })
            .await?
            .ok_or_else(unknown)?;
        let (state, expires_at) = (challenge.state_at(now), challenge.expires_at);
        let challenge = challenge.into_issued_to(device).ok_or_else(unknown)?;
        let found = OneChallenge { challenge, state: Some(state) };
        Ok(match state {
            ChallengeState::Pending => Look::Same(found, Some(expires_at)),
            _ => Look::News(found),
        })
    };
    poll(&app, Topic::Challenge(id), wait, look).await.map(Json)
}

/// 404: the same for no challenge and for another's.
pub(super) fn unknown() -> Refusal {
    Refusal::not_found("there is no such challenge for this device")
}

#[cfg(test)]
mod tests;
