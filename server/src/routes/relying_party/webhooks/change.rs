//! What is done to a webhook: pinged, its secret rotated, enabled again, deleted.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::{DeliveryNews, WebhookNews, WebhookSecret, load, load_enabled};
use crate::app::Shared;
use crate::model::api_key::Scope;
use crate::model::webhook::Webhook;
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;
use crate::{ledger, webhook};

/// Send a `ping` event, whatever the webhook's filter says. Read the delivery to see how it went.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/ping",
    tag = "webhooks",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the webhook")),
    responses(
        (status = 202, description = "to be sent", body = DeliveryNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`webhook_disabled`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn ping(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<Uuid>,
) -> Result<(StatusCode, Json<DeliveryNews>), Refusal> {
    caller.require(Scope::Manage)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let found = load_enabled(tx, &caller, id)?;
            let delivery = webhook::ping(tx, &shared, &found)?;
            Ok((StatusCode::ACCEPTED, Json(DeliveryNews::of(delivery))))
        })
        .await
}

/// Make a new secret.
///
/// For 24 hours the one before signs too: both HMACs are sent. Rotating again within them ends the oldest at once. The
/// Ed25519 key stays.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/rotate",
    tag = "webhooks",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the webhook")),
    responses(
        (status = 200, description = "the new secret, answered this once", body = WebhookSecret),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn rotate(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<Uuid>,
) -> Result<Json<WebhookSecret>, Refusal> {
    caller.require(Scope::Manage)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let now = shared.clock.now();
            let (sealed, secret) = webhook::make_secret(&shared, id)?;
            let webhook = load(tx, &caller, id)?.rotate(sealed, now);
            tx.put_webhook(&webhook)?;
            let data = json!({ "webhook": id.to_string() });
            ledger::record(tx, &shared, webhook.live, "webhook.secret_rotated", data)?;
            let secret = secret.as_str().to_owned();
            Ok(Json(WebhookSecret { webhook: WebhookNews::of(&webhook, now), secret }))
        })
        .await
}

/// Enable a webhook that answered 410. What was pending then is sent; what has happened since is in `/v1/events`.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/enable",
    tag = "webhooks",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the webhook")),
    responses(
        (status = 200, description = "enabled, now or before", body = WebhookNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn enable(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<Uuid>,
) -> Result<Json<WebhookNews>, Refusal> {
    caller.require(Scope::Manage)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let mut webhook = load(tx, &caller, id)?;
            if webhook.disabled_at.is_some() {
                let data = json!({ "webhook": id.to_string() });
                ledger::record(tx, &shared, webhook.live, "webhook.enabled", data)?;
                webhook = Webhook { disabled_at: None, held_until_millis: 0, ..webhook };
                tx.put_webhook(&webhook)?;
                webhook::end_turn(tx, id)?;
            }
            Ok(Json(WebhookNews::of(&webhook, shared.clock.now())))
        })
        .await
}

/// Delete a webhook with all of its deliveries. A try that is under way may still arrive.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the webhook")),
    responses(
        (status = 204, description = "deleted"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn delete(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<Uuid>,
) -> Result<StatusCode, Refusal> {
    caller.require(Scope::Manage)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            let found = load(tx, &caller, id)?;
            tx.drop_webhook(id)?;
            tx.drop_message(id)?;
            let data = json!({ "webhook": id.to_string() });
            ledger::record(tx, &shared, found.live, "webhook.deleted", data)?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}
