//! Challenges as the relying party sees them: what it may read of one, and how it finds one.

pub mod cancel;
pub mod create;
pub mod evidence;
pub mod list;
pub mod read;
pub mod redeem;

use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Detail, Operation, Reason};
use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::ids::{ChallengeId, NumericDate};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use self::create::blame_details;
use super::caller::Caller;
use super::schemas::{ChallengeStateSchema, DetailSchema, OperationSchema, ReasonSchema, TierSchema};
use crate::app::Shared;
use crate::model::challenge::{Challenge, Redeemed, StartMode, State};
use crate::routes::moment::rfc3339;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(create::create, list::list))
        .routes(routes!(read::read, cancel::cancel))
        .routes(routes!(redeem::redeem))
        .routes(routes!(evidence::evidence))
}

/// A challenge. What is read here is news: only a redeem permits.
#[derive(Serialize, ToSchema)]
pub struct ChallengeNews {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: ChallengeId,
    /// Live, or test mode.
    livemode: bool,
    /// The customer.
    user: String,
    /// What is asked.
    #[schema(value_type = OperationSchema)]
    operation: Operation,
    /// Its details.
    #[schema(value_type = Vec<DetailSchema>)]
    details: Vec<Detail>,
    /// Why it is asked.
    #[schema(value_type = Vec<ReasonSchema>)]
    reasons: Vec<Reason>,
    /// `number`, `scan`, `link` or `none`.
    start: &'static str,
    /// A redeem needs at least this.
    #[schema(value_type = TierSchema)]
    minimum_tier: Tier,
    /// Your own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// Where it stands.
    #[schema(value_type = ChallengeStateSchema)]
    state: ChallengeState,
    /// When it was made, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// From then on no answer is taken.
    #[schema(format = DateTime)]
    expires_at: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// The device that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    device: Option<String>,
    /// Approved: from then on it cannot be redeemed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    redeem_before: Option<String>,
    /// Its redeem.
    #[serde(skip_serializing_if = "Option::is_none")]
    redeemed: Option<RedeemedNews>,
    /// The customer reported it, whatever its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    reported_at: Option<String>,
    /// The one that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    superseded_by: Option<ChallengeId>,
}

/// A redeem that was made.
#[derive(Serialize, ToSchema)]
pub struct RedeemedNews {
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// The reference that it gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

impl RedeemedNews {
    fn of(redeemed: &Redeemed) -> Self {
        Self { at: rfc3339(redeemed.at), reference: redeemed.reference.clone() }
    }
}

impl ChallengeNews {
    pub(super) fn of(challenge: Challenge, now: NumericDate) -> Self {
        let state = challenge.state_at(now);
        let ended_at = challenge
            .ended_at()
            .or_else(|| (state != ChallengeState::Pending).then_some(challenge.expires_at));
        let reported_at = reported_at(&challenge);
        let (mut device, mut redeem_before, mut redeemed, mut superseded_by) = (None, None, None, None);
        match &challenge.state {
            State::Approved(approval) => {
                device = approval.decided.device;
                redeem_before = Some(rfc3339(approval.redeem_before));
                redeemed = approval.redeemed.as_ref().map(RedeemedNews::of);
            }
            State::Denied(decided) | State::Reported(decided) => device = decided.device,
            State::Failed { device: failed, .. } => device = Some(*failed),
            State::Superseded { by, .. } => superseded_by = Some(*by),
            State::Pending | State::Expired { .. } | State::Cancelled { .. } => {}
        }
        Self {
            id: challenge.id,
            livemode: challenge.owner.live,
            user: challenge.owner.user.into(),
            operation: challenge.operation,
            details: challenge.details,
            reasons: challenge.reasons,
            start: match challenge.start {
                StartMode::Number { .. } => "number",
                StartMode::Scan { .. } => "scan",
                StartMode::Link { .. } => "link",
                StartMode::None => "none",
            },
            minimum_tier: challenge.minimum_tier,
            reference: challenge.reference,
            state,
            created_at: rfc3339(challenge.created_at),
            expires_at: rfc3339(challenge.expires_at),
            ended_at: ended_at.map(rfc3339),
            device: device.map(|device| device.to_string()),
            redeem_before,
            redeemed,
            reported_at: reported_at.map(rfc3339),
            superseded_by,
        }
    }
}

/// When the customer first said that it was not them.
fn reported_at(challenge: &Challenge) -> Option<NumericDate> {
    match &challenge.state {
        State::Reported(decided) => Some(decided.at),
        _ => challenge.reports.first().map(|report| report.at),
    }
}

/// The challenge in the caller's mode, or 404.
fn load(tx: &mut dyn Transaction, caller: &Caller, id: ChallengeId) -> Result<Challenge, Refusal> {
    tx.challenge(id)?
        .filter(|challenge| challenge.owner.live == caller.live())
        .ok_or_else(|| Refusal::not_found("there is no such challenge in the mode of this key"))
}

/// 409: it has ended otherwise.
pub(crate) fn not_approved(challenge: &Challenge, now: NumericDate) -> Refusal {
    let refused = Refusal::conflict("not_approved", "the challenge is not approved, or was reported since")
        .with("state", challenge.state_at(now).as_str());
    match reported_at(challenge) {
        Some(at) => refused.with("reported_at", rfc3339(at)),
        None => refused,
    }
}

pub(crate) fn redeemed_member(redeemed: &Redeemed) -> Value {
    match &redeemed.reference {
        Some(reference) => json!({ "at": rfc3339(redeemed.at), "reference": reference }),
        None => json!({ "at": rfc3339(redeemed.at) }),
    }
}
