//! `GET /watch/{token}`: server-sent events for the page that waits, or a long poll where those are cut on their way. It
//! says the state and nothing else, to any origin.
//!
//! The id of an event is the state it tells. A page that lost its connection comes back with it (`Last-Event-ID`, which
//! browsers send by themselves) and is told only what is new; after a final state it is told not to come back (204). One
//! that never heard the end hears it within ten minutes.
//!
//! A stream reads the store when it is opened and when its challenge changes, and never in between.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::ids::{ChallengeId, Digest, NumericDate};
use serde::Deserialize;
use serde_json::json;

use crate::app::Shared;
use crate::hub::{Topic, Waiting};
use crate::random::make_bytes;
use crate::routes::body::{Address, Parameters};
use crate::routes::limits;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;
use crate::routes::waiting::{self, Look};
use crate::watchers::Place;

/// A comment this often keeps intermediaries from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Most who wait for one challenge at once: a page or two, their reloads, a backend, the phones.
const MOST_WATCHERS: usize = 64;
/// How long a final state is told once more, in seconds.
const AFTERWARDS: u64 = 600;
/// After so long a page whose stream was cut comes back, and up to twice that: after a restart not all come at once.
const COME_BACK: Duration = Duration::from_millis(1500);

/// How the page wants to be told.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Asked {
    /// Seconds to wait for news, at most 25: one answer as JSON instead of a stream.
    wait: Option<u64>,
    /// With `wait`: the state that the page knows. `Last-Event-ID` says the same.
    known: Option<String>,
}

/// Watch a challenge.
///
/// `event: state`, `id: …`, `data: {"state": …}` at once and at each change; ends after a final state. With `wait`, one
/// answer `{"state": …}` as soon as it is another than `known`. News, no permission.
#[utoipa::path(
    get,
    path = "/watch/{token}",
    tag = "public",
    params(
        ("token" = String, Path, description = "`watch_token` of the challenge"),
        ("Last-Event-ID" = Option<String>, Header, description = "the id of the last event that was heard"),
        Asked
    ),
    responses(
        (status = 200, description = "server-sent events", body = String, content_type = "text/event-stream"),
        (status = 204, description = "it had ended when the page last heard of it: there is no need to come back"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 410, description = "`gone`: it ended more than ten minutes ago", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_requests`: too many wait for it, or at one address", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn watch(
    State(app): State<Shared>,
    Address(token): Address<String>,
    Parameters(asked): Parameters<Asked>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Refusal> {
    let told = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let told = told.or(asked.known.as_deref()).and_then(state_named);
    // whoever has no place left costs no look at the store
    let place =
        app.watchers.take(limits::address(&extensions), app.settings.rate_limits.watchers_per_address);
    let place =
        place.ok_or_else(|| too_many("too many streams are open at this address; close some of them"))?;
    let id = find(&app, Digest::of(token.as_bytes())).await?;
    let waiting = app.hub.subscribe(Topic::Challenge(id));
    if waiting.count() > MOST_WATCHERS {
        return Err(too_many("too many wait for this challenge; close some of them"));
    }
    if asked.wait.is_some() {
        // it waits at a place of its own, and would be counted twice
        drop(waiting);
        return wait(&app, id, told, asked.wait).await;
    }
    let standing = look(&app, id).await?;
    if told == Some(standing.state) && standing.state != ChallengeState::Pending {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    if is_past(&app, &standing) {
        return Err(gone());
    }
    let watched = Watched { app, id, waiting, standing, told, _place: place };
    let headers = [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    Ok((headers, Sse::new(watched.events())).into_response())
}

async fn find(app: &Shared, token: Digest) -> Result<ChallengeId, Refusal> {
    let found = app
        .storage
        .read(move |tx| -> Result<_, Refusal> {
            Ok(tx.challenge_by_watch(token)?.map(|challenge| challenge.id))
        })
        .await?;
    found.ok_or_else(|| Refusal::not_found("there is nothing to watch under this token"))
}

/// The long poll: answers with the first state that the page does not know.
async fn wait(
    app: &Shared,
    id: ChallengeId,
    told: Option<ChallengeState>,
    seconds: Option<u64>,
) -> Result<Response, Refusal> {
    let look = || async {
        let standing = look(app, id).await?;
        if is_past(app, &standing) {
            return Err(gone());
        }
        let same = told == Some(standing.state) && standing.state == ChallengeState::Pending;
        Ok(if same {
            Look::Same(standing.state, Some(standing.expires_at))
        } else {
            Look::News(standing.state)
        })
    };
    let state = waiting::poll(app, Topic::Challenge(id), seconds, look).await?;
    Ok(Json(json!({ "state": state.as_str() })).into_response())
}

fn state_named(name: &str) -> Option<ChallengeState> {
    serde_json::from_value(name.into()).ok()
}

/// Whether nobody needs to hear of it any more.
fn is_past(app: &Shared, standing: &Standing) -> bool {
    standing.ended_at.is_some_and(|at| app.clock.now() >= at.saturating_add(AFTERWARDS))
}

fn too_many(why: &'static str) -> Refusal {
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", why).after(5)
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

fn come_back(app: &Shared) -> Duration {
    // without randomness they come back together, which is worse than apart and better than never
    let [byte] = make_bytes(app.random.as_ref()).unwrap_or_default();
    COME_BACK + COME_BACK / 255 * u32::from(byte)
}

struct Watched {
    app: Shared,
    id: ChallengeId,
    waiting: Waiting,
    /// As it was when the store was last looked at.
    standing: Standing,
    told: Option<ChallengeState>,
    _place: Place,
}

impl Watched {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(Some(self), |watched| async { watched?.event().await })
    }

    /// The next event, and what is watched after it; nothing after a final state, or when the server closes.
    async fn event(mut self) -> Option<(Result<Event, Infallible>, Option<Self>)> {
        loop {
            let Standing { state, expires_at, .. } = self.standing;
            if self.told != Some(state) {
                self.told = Some(state);
                let event = Event::default()
                    .event("state")
                    .id(state.as_str())
                    .retry(come_back(&self.app))
                    .data(json!({ "state": state.as_str() }).to_string());
                let after = (state == ChallengeState::Pending).then_some(self);
                return Some((Ok(event), after));
            }
            let now = self.app.clock.now_millis();
            let left = expires_at.saturating_mul(1000).saturating_sub(now).max(1);
            let beat = HEARTBEAT.min(Duration::from_millis(left));
            tokio::select! {
                () = self.waiting.changed() => {}
                () = self.app.drained() => return None,
                () = self.app.clock.sleep(beat) => {
                    if self.app.clock.now() < expires_at {
                        return Some((Ok(Event::default().comment("")), Some(self)));
                    }
                }
            }
            // A challenge that was erased meanwhile, or a store that fails: the page asks again.
            self.standing = look(&self.app, self.id).await.ok()?;
        }
    }
}

#[cfg(test)]
mod tests;
