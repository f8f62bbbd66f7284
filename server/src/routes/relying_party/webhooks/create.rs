//! `POST /v1/webhooks`: somebody is told of events from now on.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use url::Url;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::{WebhookNews, WebhookSecret};
use crate::app::{App, Shared};
use crate::ledger;
use crate::model::api_key::Scope;
use crate::model::webhook::{MOST_PATTERNS, MOST_WEBHOOKS, is_pattern};
use crate::outbound::Unreachable;
use crate::routes::body;
use crate::routes::refusal::Refusal;
use crate::webhook;

/// Longest address, in bytes.
const LONGEST_URL: usize = 2000;

/// Who is to be told.
#[derive(Deserialize, ToSchema)]
pub struct NewWebhook {
    /// An `https` address without user and fragment, that leads to the public internet or to a network that the operator
    /// allows. Redirects are not followed.
    #[schema(example = "https://hooks.example.jp/inkan")]
    url: String,
    /// Which events: `*`, a family (`challenge.*`, `device.*`, `account.*`, `webhook.*`) or a kind
    /// (`challenge.approved`) each, 1 to 32 of them. All if absent.
    #[serde(default)]
    events: Option<Vec<String>>,
}

/// Tell somebody of events.
///
/// The answer holds the secret, this once. If it is lost, repeat the call with the same `Idempotency-Key`, or rotate.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    tag = "webhooks",
    security(("api_key" = [])),
    request_body = NewWebhook,
    responses(
        (status = 201, description = "made; the secret is answered this once", body = WebhookSecret),
        (status = 409, description = "`too_many_webhooks`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`, `address_refused`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    State(app): State<Shared>,
    caller: Caller,
    body::Json(new): body::Json<NewWebhook>,
) -> Result<(StatusCode, Json<WebhookSecret>), Refusal> {
    caller.require(Scope::Manage)?;
    let url = check_url(&app, &new.url)?;
    let events = check_events(new.events)?;
    let shared = app.clone();
    app.storage
        .write(move |tx| {
            if tx.webhooks(caller.live())?.len() >= MOST_WEBHOOKS {
                let detail = format!("there are {MOST_WEBHOOKS} webhooks; delete one that is not needed");
                return Err(Refusal::conflict("too_many_webhooks", detail));
            }
            let (webhook, secret) = webhook::make(&shared, caller.live(), url, events)?;
            // before it is there: its own making is no news to it
            let data = json!({ "webhook": webhook.id.to_string(), "events": webhook.events });
            ledger::record(tx, &shared, webhook.live, "webhook.created", data)?;
            tx.put_webhook(&webhook)?;
            let secret = secret.as_str().to_owned();
            let webhook = WebhookNews::of(&webhook, shared.clock.now());
            Ok((StatusCode::CREATED, Json(WebhookSecret { webhook, secret })))
        })
        .await
}

fn check_url(app: &App, text: &str) -> Result<String, Refusal> {
    let invalid = || Refusal::invalid("/url", Unreachable::Form.to_string());
    let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST_URL).ok_or_else(invalid)?;
    app.outbound.check_registered(&url).map_err(|unreachable| match unreachable {
        Unreachable::Form => invalid(),
        Unreachable::Forbidden(_) => {
            Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "address_refused", unreachable.to_string())
                .at("/url")
        }
    })?;
    Ok(url.into())
}

fn check_events(events: Option<Vec<String>>) -> Result<Vec<String>, Refusal> {
    let events = events.unwrap_or_else(|| vec!["*".to_owned()]);
    if !(1..=MOST_PATTERNS).contains(&events.len()) {
        return Err(Refusal::invalid("/events", format!("must be 1 to {MOST_PATTERNS}")));
    }
    match events.iter().position(|pattern| !is_pattern(pattern)) {
        Some(place) => Err(Refusal::invalid(
            format!("/events/{place}"),
            "not `*`, a family such as `challenge.*`, or a kind such as `challenge.approved`",
        )),
        None => Ok(events),
    }
}
