//! `GET /watch/{token}`: server-sent events for the page that waits. It says the state and nothing else, to any origin.
//!
//! A page that comes back within ten minutes after the end hears the final state once more.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::ids::{ChallengeId, Digest, NumericDate};
use serde_json::json;

use crate::app::Shared;
use crate::hub::{Topic, Waiting};
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;

/// A comment this often keeps intermediaries from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Most who wait for one challenge at once: a page or two, their reloads, a backend, the phones.
const MOST_WATCHERS: usize = 64;
/// How long a final state is told once more, in seconds.
const AFTERWARDS: u64 = 600;

/// Watch a challenge.
///
/// `event: state`, `data: {"state": …}` at once and at each change; ends after a final state. News, no permission.
#[utoipa::path(
    get,
    path = "/watch/{token}",
    tag = "public",
    params(("token" = String, Path, description = "`watch_token` of the challenge")),
    responses(
        (status = 200, description = "server-sent events", body = String, content_type = "text/event-stream"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 410, description = "`gone`: it ended more than ten minutes ago", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_requests`: too many wait for it, or come from one address", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn watch(State(app): State<Shared>, Address(token): Address<String>) -> Result<Response, Refusal> {
    let token = Digest::of(token.as_bytes());
    let found = app
        .storage
        .read(move |tx| -> Result<_, Refusal> {
            Ok(tx.challenge_by_watch(token)?.map(|challenge| challenge.id))
        })
        .await?;
    let id = found.ok_or_else(|| Refusal::not_found("there is nothing to watch under this token"))?;
    let waiting = app.hub.subscribe(Topic::Challenge(id));
    if waiting.count() > MOST_WATCHERS {
        let why = "too many wait for this challenge; close some of them";
        return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", why).after(5));
    }
    let standing = look(&app, id).await?;
    if standing.ended_at.is_some_and(|at| app.clock.now() >= at.saturating_add(AFTERWARDS)) {
        return Err(gone());
    }
    let watched = Watched { app, id, waiting, next: Some(standing), told: None };
    let headers = [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    Ok((headers, Sse::new(watched.events())).into_response())
}

pub(super) fn gone() -> Refusal {
    Refusal::new(StatusCode::GONE, "gone", "the challenge has ended")
}

#[derive(Clone, Copy)]
struct Standing {
    state: ChallengeState,
    expires_at: NumericDate,
    ended_at: Option<NumericDate>,
}

async fn look(app: &Shared, id: ChallengeId) -> Result<Standing, Refusal> {
    let now = app.clock.now();
    app.storage
        .read(move |tx| {
            let challenge = tx.challenge(id)?.ok_or_else(gone)?;
            let state = challenge.state_at(now);
            let pending = state == ChallengeState::Pending;
            let ended_at = challenge.ended_at().or((!pending).then_some(challenge.expires_at));
            Ok(Standing { state, expires_at: challenge.expires_at, ended_at })
        })
        .await
}

struct Watched {
    app: Shared,
    id: ChallengeId,
    waiting: Waiting,
    /// Looked up and not told yet.
    next: Option<Standing>,
    told: Option<ChallengeState>,
}

impl Watched {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(Some(self), |watched| async { watched?.event().await })
    }

    /// The next event, and what is watched after it; nothing after a final state, or when the server closes.
    async fn event(mut self) -> Option<(Result<Event, Infallible>, Option<Self>)> {
        loop {
            let standing = match self.next.take() {
                Some(standing) => standing,
                // A challenge that was erased meanwhile, or a store that fails: the page asks again.
                None => look(&self.app, self.id).await.ok()?,
            };
            if self.told != Some(standing.state) {
                self.told = Some(standing.state);
                let event = Event::default()
                    .event("state")
                    .data(json!({ "state": standing.state.as_str() }).to_string());
                let after = (standing.state == ChallengeState::Pending).then_some(self);
                return Some((Ok(event), after));
            }
            let now = self.app.clock.now_millis();
            let left = standing.expires_at.saturating_mul(1000).saturating_sub(now).max(1);
            let beat = HEARTBEAT.min(Duration::from_millis(left));
            tokio::select! {
                () = self.waiting.changed() => {}
                () = self.app.drained() => return None,
                () = self.app.clock.sleep(beat) => {
                    if self.app.clock.now() < standing.expires_at {
                        return Some((Ok(Event::default().comment("")), Some(self)));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
