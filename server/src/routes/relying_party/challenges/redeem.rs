//! `POST /v1/challenges/{id}/redeem`: uses an approval, once. The only thing that permits.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use inkan_protocol::answer::ReturnToken;
use inkan_protocol::challenge::Tier;
use inkan_protocol::encoding::decode;
use inkan_protocol::ids::{ChallengeId, Digest, NumericDate, UserId};
use inkan_protocol::receipt::Verdict;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::idempotency::{KEPT_SECONDS, UsedKey};
use super::super::schemas::{ProblemSchema, VerdictSchema};
use super::{load, not_approved, redeemed_member};
use crate::app::{App, Shared};
use crate::decision::user;
use crate::ending;
use crate::model::api_key::Scope;
use crate::model::challenge::{
    Approval, Challenge, MISMATCHES, RedeemError, Redeemed, Redemption, State as ChallengeState,
};
use crate::routes::body;
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

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
    let given = Given::of(body, used.map(|Extension(UsedKey(digest))| digest));
    let shared = app.clone();
    // A mismatch is counted, so it is committed: the refusal comes out of a transaction that stands.
    let answer = app
        .storage
        .write(move |tx| {
            let challenge = load(tx, &caller, id)?;
            use_approval(tx, &shared, challenge, given, shared.clock.now())
        })
        .await?;
    answer.map(Json)
}

struct Given {
    redemption: Redemption,
    /// A token that is none: it can match nothing.
    unreadable: bool,
    /// Which use of an `Idempotency-Key` it is.
    by: Option<Digest>,
}

impl Given {
    fn of(body: Redeem, by: Option<Digest>) -> Self {
        let return_token = body.return_token.as_ref().map(|text| text.parse::<ReturnToken>());
        let unreadable = matches!(return_token, Some(Err(_)));
        Self {
            redemption: Redemption {
                reference: body.reference,
                user: body.user,
                session: body.session.map(|session| Digest::of(session.as_bytes())),
                return_token: return_token.and_then(Result::ok),
            },
            unreadable,
            by,
        }
    }
}

/// The outer error keeps nothing; the inner one is committed.
fn use_approval(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    given: Given,
    now: NumericDate,
) -> Result<Result<RedeemAnswer, Refusal>, Refusal> {
    let checked = match &challenge.state {
        ChallengeState::Approved(_) if given.unreadable => Err(RedeemError::DoesNotMatch),
        _ => challenge.check_redeem(&given.redemption, now),
    };
    match (checked, &challenge.state) {
        (Ok(tier), ChallengeState::Approved(approval)) => {
            recheck(tx, &challenge, approval)?;
            let verdict = verdict(app, &challenge, approval, tier, now)?;
            let signed = app.keys(challenge.owner.live).sign(now, &verdict)?;
            let reference = given.redemption.reference;
            let challenge =
                challenge.redeem(Redeemed { at: now, reference, verdict: signed.clone(), by: given.by })?;
            ending::save(tx, &challenge)?;
            let tier = Map::from_iter([("tier".to_owned(), json!(tier))]);
            ending::note_message(tx, app, &challenge, "redeemed", tier, &signed)?;
            Ok(Ok(RedeemAnswer { verdict: signed, claims: verdict }))
        }
        (Err(RedeemError::DoesNotMatch), ChallengeState::Approved(approval)) => {
            if approval.mismatches < MISMATCHES {
                let tries = approval.mismatches + 1;
                let challenge = challenge.count_mismatch()?;
                tx.put_challenge(&challenge)?;
                let count = Map::from_iter([("mismatches".to_owned(), tries.into())]);
                ending::note(tx, app, &challenge, "redeem_mismatched", count)?;
            }
            Ok(Err(Refusal::conflict(
                "does_not_match",
                "what was given is not what the challenge was created with; five such tries void the approval",
            )))
        }
        (Err(RedeemError::AlreadyRedeemed(redeemed)), _) if is_repeated(&redeemed, given.by, now) => {
            let claims = claims_of(&redeemed.verdict)?;
            Ok(Ok(RedeemAnswer { verdict: redeemed.verdict, claims }))
        }
        (Err(error), _) => Err(refuse(&error, &challenge, now)),
        (Ok(_), _) => Err(not_approved(&challenge, now)),
    }
}

/// The same request with the same `Idempotency-Key`, whose answer was not kept: the server ended in between.
fn is_repeated(redeemed: &Redeemed, by: Option<Digest>, now: NumericDate) -> bool {
    by.is_some() && by == redeemed.by && now < redeemed.at.saturating_add(KEPT_SECONDS)
}

/// What a verdict of this server says. Its signature was made here and is not checked again.
fn claims_of(verdict: &str) -> Result<Verdict, Refusal> {
    let payload = verdict.split('.').nth(1).and_then(|payload| decode(payload).ok());
    Ok(serde_json::from_slice(&payload.ok_or_else(Refusal::internal)?)?)
}

fn refuse(error: &RedeemError, challenge: &Challenge, now: NumericDate) -> Refusal {
    match error {
        RedeemError::NotApproved | RedeemError::DoesNotMatch => not_approved(challenge, now),
        RedeemError::AlreadyRedeemed(redeemed) => {
            Refusal::conflict("already_redeemed", "the approval was redeemed before")
                .with("redeemed", redeemed_member(redeemed))
        }
        RedeemError::WindowOver => {
            Refusal::new(StatusCode::GONE, "redeem_window_over", "the time to redeem is over; ask again")
        }
        RedeemError::TierTooLow(tier) => Refusal::conflict(
            "tier_too_low",
            "the approval was not tied to this session as strongly as the challenge demands",
        )
        .with("tier", json!(tier))
        .with("demanded", json!(challenge.minimum_tier)),
    }
}

/// Account and device are looked at again: what was locked since is not spent.
fn recheck(tx: &mut dyn Transaction, challenge: &Challenge, approval: &Approval) -> Result<(), Refusal> {
    if user(tx, &challenge.owner)?.frozen.is_some() {
        return Err(Refusal::conflict("user_locked", "the customer's approvals are stopped"));
    }
    let Some(device) = approval.decided.device else { return Ok(()) };
    if tx.device(device)?.is_some_and(|device| device.is_active()) {
        Ok(())
    } else {
        Err(Refusal::conflict("device_revoked", "the device that approved was revoked or suspended since"))
    }
}

fn verdict(
    app: &App,
    challenge: &Challenge,
    approval: &Approval,
    tier: Tier,
    now: NumericDate,
) -> Result<Verdict, Refusal> {
    let decided = &approval.decided;
    let issued = match decided.device {
        Some(device) => challenge.issued_to(device),
        None => challenge.issued.first().map(|issued| issued.jws.as_str()),
    };
    let issued = issued.ok_or_else(|| {
        tracing::error!("an approval of a challenge that its device was not sent");
        Refusal::internal()
    })?;
    Ok(Verdict {
        iss: app.settings.server.clone(),
        aud: app.settings.relying_party.id.clone(),
        iat: now,
        challenge: challenge.id,
        user: challenge.owner.user.clone(),
        sub: challenge.sub,
        operation: challenge.operation,
        details: challenge.details.clone(),
        reference: challenge.reference.clone(),
        device: decided.device,
        tier,
        key_kind: approval.key_kind,
        attestation: approval.attestation,
        uv: approval.uv,
        created_at: challenge.created_at,
        decided_at: decided.at,
        redeemed_at: now,
        challenge_hash: Digest::of(issued.as_bytes()),
        display_hash: decided.display_hash,
        answer_hash: Digest::of(decided.answer.as_bytes()),
        receipt_hash: Digest::of(decided.receipt.as_bytes()),
    })
}

#[cfg(test)]
mod tests;
