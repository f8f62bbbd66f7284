//! `/v1/webhooks/{id}/deliveries`: what was sent, how it went, and sending it again.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::{DeliveryNews, load, load_enabled};
use crate::app::Shared;
use crate::model::api_key::Scope;
use crate::routes::body::{Address, Parameters};
use crate::routes::refusal::Refusal;
use crate::storage::DeliveryFilter;
use crate::webhook;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which deliveries.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Which {
    /// In this state alone.
    #[param(value_type = Option<String>)]
    state: Option<StateName>,
    /// At most this many: 1 to 100, 20 if absent.
    limit: Option<usize>,
    /// Older than this one: `next` of the list before.
    #[param(value_type = Option<String>, format = "uuid")]
    after: Option<Uuid>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateName {
    Pending,
    Delivered,
    Failed,
}

impl StateName {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// Deliveries of the last 30 days, newest first.
#[derive(Serialize, ToSchema)]
pub struct DeliveryList {
    /// The deliveries.
    data: Vec<DeliveryNews>,
    /// For `after`, to read on; `null` at the end.
    #[schema(value_type = Option<String>, format = "uuid")]
    next: Option<Uuid>,
}

/// List a webhook's deliveries.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}/deliveries",
    tag = "webhooks",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the webhook"), Which),
    responses(
        (status = 200, description = "newest first", body = DeliveryList),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<Uuid>,
    Parameters(which): Parameters<Which>,
) -> Result<Json<DeliveryList>, Refusal> {
    caller.require(Scope::Manage)?;
    let limit = which.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Refusal::invalid("/limit", format!("must be 1 to {MAX_LIMIT}")));
    }
    let filter = DeliveryFilter {
        webhook: id,
        state: which.state.map(StateName::as_str),
        after: which.after,
        limit: limit + 1,
    };
    let mut found = app
        .storage
        .read(move |tx| {
            load(tx, &caller, id)?;
            Ok::<_, Refusal>(tx.deliveries(&filter)?)
        })
        .await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|last| last.id).filter(|_| more);
    Ok(Json(DeliveryList { data: found.into_iter().map(DeliveryNews::of).collect(), next }))
}

/// Send a delivery again, now.
///
/// It has all of its tries before it again, and the same `webhook-id`: a receiver that keeps ids knows it. One that is
/// pending is tried now instead of later.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/deliveries/{delivery}/retry",
    tag = "webhooks",
    security(("api_key" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "the webhook"),
        ("delivery" = String, Path, format = "uuid", description = "the delivery")
    ),
    responses(
        (status = 202, description = "to be sent", body = DeliveryNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`webhook_disabled`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn retry(
    State(app): State<Shared>,
    caller: Caller,
    Address((id, delivery)): Address<(Uuid, Uuid)>,
) -> Result<(StatusCode, Json<DeliveryNews>), Refusal> {
    caller.require(Scope::Manage)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let found = load_enabled(tx, &caller, id)?;
            let delivery = tx
                .delivery(delivery)?
                .filter(|delivery| delivery.webhook == id)
                .ok_or_else(|| Refusal::not_found("the webhook has no such delivery"))?;
            let delivery = webhook::replay(tx, &shared, &found, delivery)?;
            Ok((StatusCode::ACCEPTED, Json(DeliveryNews::of(delivery))))
        })
        .await
}
