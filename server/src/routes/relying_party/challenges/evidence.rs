//! `GET /v1/challenges/{id}/evidence`: everything that proves a decision, for whoever checks it offline.

use axum::Json;
use axum::extract::State;
use inkan_protocol::evidence::{Evidence, LateReport};
use inkan_protocol::ids::ChallengeId;

use super::super::caller::Caller;
use super::super::schemas::{EvidenceSchema, ProblemSchema};
use super::load;
use crate::app::Shared;
use crate::model::api_key::Scope;
use crate::model::challenge::{Challenge, Decided, State as ChallengeState};
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;

/// Read the evidence of a decision.
///
/// `inkan evidence verify` checks it without this server.
#[utoipa::path(
    get,
    path = "/v1/challenges/{id}/evidence",
    tag = "challenges",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the challenge")),
    responses(
        (status = 200, description = "compact JWS each", body = EvidenceSchema),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`no_evidence`: nobody answered yet, or a test user did", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn evidence(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<ChallengeId>,
) -> Result<Json<Evidence>, Refusal> {
    caller.require(Scope::Read)?;
    let shared = app.clone();
    let now = app.clock.now();
    app.storage
        .read(move |tx| {
            let challenge = load(tx, &caller, id)?;
            let none = || {
                Refusal::conflict("no_evidence", "no device has answered this challenge")
                    .with("state", challenge.state_at(now).as_str())
            };
            let (decided, reports) = answers(&challenge).ok_or_else(none)?;
            let answered_by = decided.device.ok_or_else(none)?;
            let issued = challenge.issued_to(answered_by).ok_or_else(none)?;
            let device = tx.device(answered_by)?.ok_or_else(none)?;
            let verdict = match &challenge.state {
                ChallengeState::Approved(approval) => {
                    approval.redeemed.as_ref().map(|redeemed| redeemed.verdict.clone())
                }
                _ => None,
            };
            Ok(Json(Evidence {
                enrollment_record: device.enrollment_record.ok_or_else(none)?,
                renewals: device.renewals,
                challenge: issued.to_owned(),
                answer: decided.answer.clone(),
                receipt: decided.receipt.clone(),
                verdict,
                // Read last: every key that signed the rest is in them.
                key_sets: shared.keys(caller.live()).sets(),
                reports: reports
                    .iter()
                    .map(|late| LateReport { answer: late.answer.clone(), receipt: late.receipt.clone() })
                    .collect(),
            }))
        })
        .await
}

/// The answer that decided and the reports after it. Of what ended without an answer, the first report stands for one.
fn answers(challenge: &Challenge) -> Option<(&Decided, &[Decided])> {
    match &challenge.state {
        ChallengeState::Approved(approval) => Some((&approval.decided, &challenge.reports)),
        ChallengeState::Denied(decided) | ChallengeState::Reported(decided) => {
            Some((decided, &challenge.reports))
        }
        _ => challenge.reports.split_first(),
    }
}
