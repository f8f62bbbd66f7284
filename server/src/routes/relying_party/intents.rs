//! `POST /v1/intents`: registers what a customer is to be asked by a sign-in that comes by Keycloak, which hands on no more
//! than 200 characters. Nobody is asked yet, and nothing is said of whether the customer is known.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use inkan_protocol::details::{self, Detail, Operation};
use inkan_protocol::ids::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::caller::Caller;
use super::challenges::blame_details;
use super::schemas::{DetailSchema, OperationSchema, ProblemSchema};
use crate::app::Shared;
use crate::model::api_key::Scope;
use crate::model::intent::Intent;
use crate::random::make_uuid_v7;
use crate::routes::body;
use crate::routes::moment::rfc3339;
use crate::routes::refusal::Refusal;

/// Its life in seconds, where none is stated.
const SECONDS: u64 = 600;
const LEAST_SECONDS: u64 = 30;
const MOST_SECONDS: u64 = 3600;
/// Most that one customer has at a time: who registers them without end fills the store.
const MOST: usize = 100;

/// The endpoint.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(register))
}

/// What is to be asked of whom.
#[derive(Deserialize, ToSchema)]
pub struct NewIntent {
    /// Your opaque id of the customer, and their user name at Keycloak.
    #[schema(value_type = String, example = "c-1024")]
    user: UserId,
    /// What the customer is asked to approve; not `device_add`.
    #[schema(value_type = OperationSchema)]
    operation: Operation,
    /// Its details, in the order in which they are shown; at most 20.
    #[serde(default, deserialize_with = "body::objects")]
    #[schema(value_type = Vec<DetailSchema>)]
    details: Vec<Detail>,
    /// Life in seconds: 30 to 3600, 600 if absent. It ends earlier when it is used.
    expires_in: Option<u64>,
}

/// What was registered.
#[derive(Serialize, ToSchema)]
pub struct NewIntentAnswer {
    /// For `inkan_request` of Keycloak's client.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
    /// From then on it is not taken, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Always true: Keycloak asks live customers alone.
    livemode: bool,
}

/// Register what Keycloak will ask of a customer.
///
/// The id goes into `inkan_request`; one sign-in of this customer uses it.
#[utoipa::path(
    post,
    path = "/v1/intents",
    tag = "keycloak",
    security(("api_key" = [])),
    request_body = NewIntent,
    responses(
        (status = 201, description = "registered", body = NewIntentAnswer),
        (status = 403, description = "`forbidden`: the key lacks `ask`, or is of test mode", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no Keycloak is configured", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`, `test_user`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_intents`, with `Retry-After`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn register(
    State(app): State<Shared>,
    caller: Caller,
    body::Json(body): body::Json<NewIntent>,
) -> Result<(StatusCode, Json<NewIntentAnswer>), Refusal> {
    caller.require(Scope::Ask)?;
    if app.settings.keycloak.issuers.is_empty() {
        return Err(Refusal::not_found("no Keycloak is configured"));
    }
    if !caller.live() {
        let why = "Keycloak asks live customers alone; use a live key";
        return Err(Refusal::forbidden(why));
    }
    let owner = caller.owner(body.user)?;
    if body.operation == Operation::DeviceAdd {
        let why = "the server asks `device_add` itself when a device is added";
        return Err(Refusal::invalid("/operation", why));
    }
    details::check(body.operation, &body.details).map_err(|error| blame_details(&error))?;
    let seconds = body.expires_in.unwrap_or(SECONDS);
    if !(LEAST_SECONDS..=MOST_SECONDS).contains(&seconds) {
        let why = format!("must be {LEAST_SECONDS} to {MOST_SECONDS} seconds");
        return Err(Refusal::invalid("/expires_in", why));
    }
    let now = app.clock.now();
    let intent = Intent {
        id: make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?,
        owner,
        operation: body.operation,
        details: body.details,
        used_by: None,
        created_at: now,
        until: now.saturating_add(seconds),
    };
    let answer = NewIntentAnswer { id: intent.id, expires_at: rfc3339(intent.until), livemode: true };
    app.storage
        .write(move |tx| -> Result<(), Refusal> {
            let mut waiting = tx.intents_of(&intent.owner)?;
            waiting.retain(|other| now < other.until);
            if waiting.len() >= MOST {
                let free = waiting.iter().map(|other| other.until).min().unwrap_or(now);
                let why = "a hundred intents of this customer have not ended yet";
                return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_many_intents", why)
                    .after(free.saturating_sub(now)));
            }
            Ok(tx.put_intent(&intent)?)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(answer)))
}
