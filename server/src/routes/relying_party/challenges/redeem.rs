//! `POST /v1/challenges/{id}/redeem`: uses an approval, once. The only thing that permits.

use axum::extract::State;
use axum::{Extension, Json};
use inkan_protocol::answer::ReturnToken;
use inkan_protocol::ids::{ChallengeId, Digest, UserId};
use inkan_protocol::receipt::Verdict;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::idempotency::UsedKey;
use super::super::schemas::{ProblemSchema, VerdictSchema};
use super::load;
use crate::app::Shared;
use crate::model::api_key::Scope;
use crate::model::challenge::Redemption;
use crate::redeeming::{self, Given, Permitted};
use crate::routes::body;
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;

/// What is given must be what the challenge was created with.
#[derive(Deserialize, ToSchema)]
pub struct Redeem {
    /// Your reference; needed if the challenge has one.
    reference: Option<String>,
    /// The customer.
    #[schema(value_type = Option<String>)]
    user: Option<UserId>,
    /// The web session, from the cookie of the request that brought `return_token`.
    session: Option<String>,
    /// Tier `returned`: `r`, as the browser brought it back.
    return_token: Option<String>,
}

/// The signed verdict, and its claims beside it.
#[derive(Serialize)]
pub struct RedeemAnswer {
    verdict: String,
    #[serde(flatten)]
    claims: Verdict,
}

/// Redeem an approval, once.
///
/// Execute what the verdict says, not what the browser sent. If the answer is lost, repeat it with the same
/// `Idempotency-Key`, or read `redeemed` of the challenge.
#[utoipa::path(
    post,
    path = "/v1/challenges/{id}/redeem",
    tag = "challenges",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the challenge")),
    request_body = Redeem,
    responses(
        (status = 200, description = "the verdict", body = VerdictSchema),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`not_approved`, `already_redeemed` with `redeemed`, `does_not_match`, `tier_too_low`, `user_locked`, `device_revoked`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 410, description = "`redeem_window_over`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn redeem(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<ChallengeId>,
    used: Option<Extension<UsedKey>>,
    body::Json(body): body::Json<Redeem>,
) -> Result<Json<RedeemAnswer>, Refusal> {
    caller.require(Scope::Ask)?;
    let given = given(body, used.map(|Extension(UsedKey(digest))| digest));
    let shared = app.clone();
    // A mismatch is counted, so it is committed: the refusal comes out of a transaction that stands.
    let answer = app
        .storage
        .write(move |tx| {
            let challenge = load(tx, &caller, id)?;
            redeeming::redeem(tx, &shared, challenge, given, shared.clock.now())
        })
        .await?;
    answer.map(|Permitted { verdict, claims }| Json(RedeemAnswer { verdict, claims }))
}

fn given(body: Redeem, by: Option<Digest>) -> Given {
    let return_token = body.return_token.as_ref().map(|text| text.parse::<ReturnToken>());
    let unreadable = matches!(return_token, Some(Err(_)));
    let redemption = Redemption {
        reference: body.reference,
        user: body.user,
        session: body.session.map(|session| Digest::of(session.as_bytes())),
        return_token: return_token.and_then(Result::ok),
    };
    Given { redemption, unreadable, by }
}

#[cfg(test)]
mod tests;
