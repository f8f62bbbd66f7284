//! `GET /v1/users/{user}/export`: all that is kept of a customer, for whoever asks what is known of them.

use axum::Json;
use axum::extract::State;
use inkan_protocol::ids::UserId;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::challenges::ChallengeNews;
use super::super::enrollments::EnrollmentNews;
use super::super::events::EventNews;
use super::super::schemas::ProblemSchema;
use super::super::webhooks::DeliveryNews;
use super::sign_ins::{IntentNews, KeycloakRequestNews, OpenidRequestNews};
use super::{DeviceNews, UserNews, load};
use crate::app::{App, Shared};
use crate::model::api_key::Scope;
use crate::model::user::UserKey;
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;
use crate::storage::{ChallengeFilter, Transaction};

/// Rows read from the store at once.
const PAGE: usize = 500;

/// All that is kept of a customer.
#[derive(Serialize, ToSchema)]
pub struct Export {
    /// Live, or test mode.
    livemode: bool,
    /// The customer.
    user: UserNews,
    /// Devices that are or were active.
    devices: Vec<DeviceNews>,
    /// The signed records of these devices, `inkan-device+jwt`.
    records: Vec<String>,
    /// Enrollments.
    enrollments: Vec<EnrollmentNews>,
    /// Challenges, newest first.
    challenges: Vec<ChallengeNews>,
    /// Events of the last 30 days, oldest first.
    events: Vec<EventNews>,
    /// What webhooks were told of them in the last 30 days, oldest first.
    deliveries: Vec<DeliveryNews>,
    /// What OpenID clients asked of them; remembered for a day after it ended.
    openid_requests: Vec<OpenidRequestNews>,
    /// What Keycloak asked of them; remembered for minutes.
    keycloak_requests: Vec<KeycloakRequestNews>,
    /// What you have registered for Keycloak to ask of them; remembered for an hour at most.
    intents: Vec<IntentNews>,
}

/// Export all that is kept of a customer.
#[utoipa::path(
    get,
    path = "/v1/users/{user}/export",
    tag = "users",
    security(("api_key" = [])),
    params(("user" = String, Path, description = "your id of the customer")),
    responses(
        (status = 200, description = "all of it", body = Export),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn export(
    State(app): State<Shared>,
    caller: Caller,
    Address(user): Address<UserId>,
) -> Result<Json<Export>, Refusal> {
    caller.require(Scope::Manage)?;
    let owner = caller.owner(user)?;
    let shared = app.clone();
    app.storage.read(move |tx| gather(tx, &shared, &owner)).await.map(Json)
}

fn gather(tx: &mut dyn Transaction, app: &App, owner: &UserKey) -> Result<Export, Refusal> {
    let now = app.clock.now();
    let user = load(tx, owner)?;
    let devices = tx.devices_of(owner)?;
    let mut challenges = Vec::new();
    let mut after = None;
    loop {
        let filter = ChallengeFilter {
            live: owner.live,
            owner: Some(owner.clone()),
            state: None,
            after,
            limit: PAGE,
            now,
        };
        let page = tx.challenges(&filter)?;
        after = page.last().map(|last| last.id);
        let full = page.len() == PAGE;
        challenges.extend(page.into_iter().map(|challenge| ChallengeNews::of(challenge, now)));
        if !full {
            break;
        }
    }
    let events = tx.events_of(owner)?.into_iter().map(EventNews::of).collect();
    Ok(Export {
        livemode: owner.live,
        devices: devices.iter().filter_map(|device| DeviceNews::of(device, now)).collect(),
        records: devices.iter().filter_map(|device| device.record.clone()).collect(),
        enrollments: tx
            .enrollments_of(owner)?
            .iter()
            .map(|enrollment| EnrollmentNews::of(enrollment, now))
            .collect(),
        challenges,
        events,
        deliveries: tx.deliveries_of(owner)?.into_iter().map(DeliveryNews::of).collect(),
        openid_requests: tx.ciba_requests_of(owner)?.into_iter().map(OpenidRequestNews::of).collect(),
        keycloak_requests: tx.keycloak_requests_of(owner)?.into_iter().map(KeycloakRequestNews::of).collect(),
        intents: tx.intents_of(owner)?.into_iter().map(IntentNews::of).collect(),
        user: UserNews::of(tx, &user, now)?,
    })
}
