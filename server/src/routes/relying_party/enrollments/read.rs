//! `GET /v1/enrollments/{id}`: where it stands; long poll.

use axum::Json;
use axum::extract::State;
use inkan_protocol::ids::EnrollmentId;
use serde::Deserialize;

use super::super::caller::Caller;
use super::super::schemas::ProblemSchema;
use super::{EnrollmentNews, load, state_at};
use crate::app::Shared;
use crate::hub::Topic;
use crate::model::api_key::Scope;
use crate::routes::body::{Address, Parameters};
use crate::routes::refusal::Refusal;
use crate::routes::waiting::{self, Look};

/// How long to wait for what.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Waiting {
    /// Seconds to wait for another state than `known`, at most 25.
    wait: Option<u64>,
    /// The state that you know; `pending` if absent. The answer comes at once if it is another.
    known: Option<String>,
}

/// Read an enrollment.
#[utoipa::path(
    get,
    path = "/v1/enrollments/{id}",
    tag = "enrollments",
    security(("api_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "the enrollment"), Waiting),
    responses(
        (status = 200, description = "where it stands", body = EnrollmentNews),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(app): State<Shared>,
    caller: Caller,
    Address(id): Address<EnrollmentId>,
    Parameters(waiting): Parameters<Waiting>,
) -> Result<Json<EnrollmentNews>, Refusal> {
    caller.require(Scope::Read).or_else(|_| caller.require(Scope::Enroll))?;
    let known = waiting.known.as_deref().unwrap_or("pending");
    let look = || async {
        let caller = caller.clone();
        let enrollment = app.storage.read(move |tx| load(tx, &caller, id)).await?;
        let now = app.clock.now();
        let state = state_at(&enrollment, now);
        let news = EnrollmentNews::of(&enrollment, now);
        let open = matches!(state, "pending" | "claimed");
        Ok(if open && state == known {
            Look::Same(news, Some(enrollment.expires_at))
        } else {
            Look::News(news)
        })
    };
    waiting::poll(&app, Topic::Enrollment(id), waiting.wait, look).await.map(Json)
}
