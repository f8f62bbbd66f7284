//! The only thing that permits: an approval is used, once, whichever way it was asked for.
//!
//! ```text
//! what is given matches ─▶ account and device looked at again ─▶ verdict signed ─▶ used, written down
//! ```
//!
//! It runs inside the transaction that has loaded the challenge.

use axum::http::StatusCode;
use inkan_protocol::challenge::Tier;
use inkan_protocol::encoding::decode;
use inkan_protocol::ids::{Digest, NumericDate};
use inkan_protocol::receipt::Verdict;
use serde_json::{Map, json};

use crate::app::App;
use crate::decision::user;
use crate::ending;
use crate::model::challenge::{Approval, Challenge, MISMATCHES, RedeemError, Redeemed, Redemption, State};
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::challenges::{not_approved, redeemed_member};
use crate::routes::relying_party::idempotency::KEPT_SECONDS;
use crate::storage::Transaction;

/// What whoever redeems gives.
pub(crate) struct Given {
    /// What must match.
    pub(crate) redemption: Redemption,
    /// A return token that is none: it can match nothing.
    pub(crate) unreadable: bool,
    /// Names this use: the same one again is given the same verdict for a day.
    pub(crate) by: Option<Digest>,
}

/// A verdict, signed, and its claims.
pub(crate) struct Permitted {
    /// `inkan-verdict+jwt`.
    pub(crate) verdict: String,
    /// What it says.
    pub(crate) claims: Verdict,
}

/// Uses an approval. The outer error keeps nothing; the inner one is committed with what it counted.
pub(crate) fn redeem(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    given: Given,
    now: NumericDate,
) -> Result<Result<Permitted, Refusal>, Refusal> {
    let checked = match &challenge.state {
        State::Approved(_) if given.unreadable => Err(RedeemError::DoesNotMatch),
        _ => challenge.check_redeem(&given.redemption, now),
    };
    match (checked, &challenge.state) {
        (Ok(tier), State::Approved(approval)) => {
            recheck(tx, &challenge, approval)?;
            let verdict = verdict(app, &challenge, approval, tier, now)?;
            let signed = app.keys(challenge.owner.live).sign(now, &verdict)?;
            let reference = given.redemption.reference;
            let challenge =
                challenge.redeem(Redeemed { at: now, reference, verdict: signed.clone(), by: given.by })?;
            ending::save(tx, &challenge)?;
            let tier = Map::from_iter([("tier".to_owned(), json!(tier))]);
            ending::note_message(tx, app, &challenge, "redeemed", tier, &signed)?;
            Ok(Ok(Permitted { verdict: signed, claims: verdict }))
        }
        (Err(RedeemError::DoesNotMatch), State::Approved(approval)) => {
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
            Ok(Ok(Permitted { verdict: redeemed.verdict, claims }))
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
pub(crate) fn recheck(
    tx: &mut dyn Transaction,
    challenge: &Challenge,
    approval: &Approval,
) -> Result<(), Refusal> {
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
