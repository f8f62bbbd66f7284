//! `GET /v1/events`: what happened in the last 30 days, oldest first, to be read on from where one stopped. Events are
//! news; only a redeem permits.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Caller;
use super::schemas::ProblemSchema;
use crate::app::Shared;
use crate::model::api_key::Scope;
use crate::model::event::Event;
use crate::routes::body::Parameters;
use crate::routes::moment::rfc3339;
use crate::routes::refusal::Refusal;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// From where to read.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct From {
    /// After this one: `next` of the list before. Absent: from the oldest.
    #[param(value_type = Option<String>, format = "uuid")]
    after: Option<Uuid>,
    /// At most this many: 1 to 100, 20 if absent.
    limit: Option<usize>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub struct EventNews {
    /// Its id; the same event has the same id wherever it is read.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
    /// Live, or test mode.
    livemode: bool,
    /// For instance `challenge.approved`, `device.added`, `account.frozen`.
    #[serde(rename = "type")]
    kind: String,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// Ids and states.
    #[schema(value_type = Object)]
    data: Value,
}

impl EventNews {
    pub(super) fn of(event: Event) -> Self {
        Self {
            id: event.id,
            livemode: event.live,
            kind: event.kind,
            created_at: rfc3339(event.at),
            data: event.data,
        }
    }
}

/// Events, oldest first.
#[derive(Serialize, ToSchema)]
pub struct EventList {
    /// The events.
    data: Vec<EventNews>,
    /// For `after`: the last one that you have seen. Ask again with it; it is `null` before the first event alone.
    #[schema(value_type = Option<String>, format = "uuid")]
    next: Option<Uuid>,
}

/// List events, oldest first.
#[utoipa::path(
    get,
    path = "/v1/events",
    tag = "events",
    security(("api_key" = [])),
    params(From),
    responses(
        (status = 200, description = "oldest first", body = EventList),
        (status = 422, description = "`invalid`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(app): State<Shared>,
    caller: Caller,
    Parameters(from): Parameters<From>,
) -> Result<Json<EventList>, Refusal> {
    caller.require(Scope::Read)?;
    let limit = from.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Refusal::invalid("/limit", format!("must be 1 to {MAX_LIMIT}")));
    }
    let live = caller.live();
    let found =
        app.storage.read(move |tx| -> Result<_, Refusal> { Ok(tx.events(live, from.after, limit)?) }).await?;
    let next = found.last().map(|last| last.id).or(from.after);
    Ok(Json(EventList { data: found.into_iter().map(EventNews::of).collect(), next }))
}
