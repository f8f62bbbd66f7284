//! `GET /v1/webhooks`, and one of them.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::{WebhookNews, load};
use crate::app::Shared;
use crate::model::api_key::Scope;
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;

/// All webhooks of the key's mode, oldest first.
#[derive(Serialize, ToSchema)]
pub struct WebhookList {
    /// The webhooks.
    data: Vec<WebhookNews>,
}

/// List webhooks.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    tag = "webhooks",
    security(("api_key" = [])),
    responses((status = 200, description = "oldest first", body = WebhookList))
)]
pub async fn list(State(app): State<Shared>, caller: Caller) -> Result<Json<WebhookList>, Refusal> {
    caller.require(Scope::Manage)?;
    let (live, now) = (caller.live(), app.clock.now());
    let found = app.storage.read(move |tx| -> Result<_, Refusal> { Ok(tx.webhooks(live)?) }).await?;
    Ok(Json(WebhookList { data: found.iter().map(|webhook| WebhookNews::of(webhook, now)).collect() }))
}

/// Read a webhook.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the webhook")),
    responses(
        (status = 200, description = "the webhook", body = WebhookNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<Uuid>,
) -> Result<Json<WebhookNews>, Refusal> {
    caller.require(Scope::Manage)?;
    let now = app.clock.now();
    app.storage.read(move |tx| Ok(WebhookNews::of(&load(tx, &caller, id)?, now))).await.map(Json)
}
