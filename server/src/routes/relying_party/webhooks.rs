//! Webhooks as the relying party sees them: who is told, of what, and what has become of each telling.

pub mod change;
pub mod create;
pub mod deliveries;
pub mod read;

use inkan_protocol::ids::NumericDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::caller::Caller;
use crate::app::Shared;
use crate::model::webhook::{Delivery, Try, TryEnd, Webhook};
use crate::routes::moment::rfc3339;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;
use crate::webhook::signature::show_public_key;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(read::list, create::create))
        .routes(routes!(read::read, change::delete))
        .routes(routes!(change::ping))
        .routes(routes!(change::rotate))
        .routes(routes!(change::enable))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::retry))
}

/// A webhook.
#[derive(Serialize, ToSchema)]
pub struct WebhookNews {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
    /// Live, or test mode.
    livemode: bool,
    /// Where events are sent.
    #[schema(example = "https://hooks.example.jp/inkan")]
    url: String,
    /// Which events: `*`, a family (`challenge.*`), a kind (`challenge.approved`).
    events: Vec<String>,
    /// `enabled`, or `disabled`: it answered 410.
    #[schema(example = "enabled")]
    state: &'static str,
    /// What its Ed25519 signatures (`v1a`) are checked with.
    #[schema(example = "whpk_pkDXbOE1NPzKMs8WoXSgCXEnfqwaWWCwLxNG2MZCSA4=")]
    public_key: String,
    /// When it was made, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// Since when it is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    /// Until then the secret of before signs too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    older_secret_until: Option<String>,
}

impl WebhookNews {
    fn of(webhook: &Webhook, now: NumericDate) -> Self {
        Self {
            id: webhook.id,
            livemode: webhook.live,
            url: webhook.url.clone(),
            events: webhook.events.clone(),
            state: if webhook.disabled_at.is_none() { "enabled" } else { "disabled" },
            public_key: show_public_key(&webhook.public_key),
            created_at: rfc3339(webhook.created_at),
            disabled_at: webhook.disabled_at.map(rfc3339),
            older_secret_until: webhook.alive(now).filter_map(|secret| secret.until).max().map(rfc3339),
        }
    }
}

/// A webhook with its new secret.
#[derive(Serialize, ToSchema)]
pub struct WebhookSecret {
    /// The webhook.
    #[serde(flatten)]
    webhook: WebhookNews,
    /// What its HMAC signatures (`v1`) are checked with. It is answered this once.
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD0lnFSvO4Zc8=")]
    secret: String,
}

/// One event for one webhook.
#[derive(Serialize, ToSchema)]
pub struct DeliveryNews {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
    /// The webhook.
    #[schema(value_type = String, format = "uuid")]
    webhook: Uuid,
    /// The event: `webhook-id` of every try.
    #[schema(value_type = String, format = "uuid")]
    event: Uuid,
    /// What kind of event, or `ping`.
    #[serde(rename = "type")]
    kind: String,
    /// `pending`, `delivered` or `failed`.
    #[schema(example = "delivered")]
    state: &'static str,
    /// When the event was, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// Pending: when it is tried next. A disabled webhook is not tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    next_try_at: Option<String>,
    /// The tries, oldest first.
    tries: Vec<TryNews>,
}

/// One try of a delivery: `status`, or `error` and `detail`.
#[derive(Serialize, ToSchema)]
pub struct TryNews {
    /// When it began, RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// How long it took, in milliseconds.
    millis: u64,
    /// The status that was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Why there was no answer: `address_refused`, `unreachable`, `timeout`, `broken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    error: Option<&'static str>,
    /// The same in more words; not stable.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl DeliveryNews {
    pub(super) fn of(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            webhook: delivery.webhook,
            event: delivery.event,
            state: delivery.state.as_str(),
            created_at: rfc3339(delivery.created_at),
            next_try_at: delivery.due_millis().map(|millis| rfc3339(millis / 1000)),
            tries: delivery.tries.into_iter().map(TryNews::of).collect(),
            kind: delivery.kind,
        }
    }
}

impl TryNews {
    fn of(one: Try) -> Self {
        let (status, error, detail) = match one.ended {
            TryEnd::Answered(status) => (Some(status), None, None),
            TryEnd::Unanswered { why, detail } => (None, Some(why.as_str()), Some(detail)),
        };
        Self { at: rfc3339(one.at), millis: one.millis, status, error, detail }
    }
}

/// A webhook of the caller's mode.
fn load(tx: &mut dyn Transaction, caller: &Caller, id: Uuid) -> Result<Webhook, Refusal> {
    tx.webhook(id)?
        .filter(|webhook| webhook.live == caller.live())
        .ok_or_else(|| Refusal::not_found("there is no such webhook"))
}

/// The same where something is to be sent to it.
fn load_enabled(tx: &mut dyn Transaction, caller: &Caller, id: Uuid) -> Result<Webhook, Refusal> {
    let webhook = load(tx, caller, id)?;
    if webhook.disabled_at.is_some() {
        return Err(Refusal::conflict("webhook_disabled", "the webhook answered 410; enable it first"));
    }
    Ok(webhook)
}

#[cfg(test)]
mod tests;
