//! `Idempotency-Key`: the same key and the same body get the same answer for a day, whatever became of the first one.
//!
//! ```text
//! no key ─▶ handler                          same key, another body ─▶ 422
//! new key ─▶ running ─▶ handler ─▶ kept      same key, still running ─▶ 409
//!                          └─ an answer that is not to be kept ─▶ forgotten
//! ```
//!
//! Kept are 2xx, 422 (but the wrong code of a confirm), `already_redeemed` and `does_not_match`. What is kept is sealed:
//! answers hold tokens. The handler runs to its end even where the client has gone, so that its answer is there when it
//! asks again. A request that was cut off by a crash blocks its key for a minute, no longer, and not after a restart; a
//! redeem that was committed is known by the key itself ([`UsedKey`]).

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use inkan_protocol::ids::Digest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::caller::Caller;
use crate::app::Shared;
use crate::model::sealed::SealedBytes;
use crate::routes::body::LIMIT;
use crate::routes::refusal::Refusal;
use crate::routes::request::RequestId;
use crate::storage::StoredReply;

const HEADER: &str = "idempotency-key";
pub(crate) const KEPT_SECONDS: u64 = 24 * 3600;
const RUNNING_SECONDS: u64 = 60;

/// An answer as it is sealed.
#[derive(Serialize, Deserialize)]
struct Answer {
    status: u16,
    content_type: String,
    body: String,
}

/// In a request's extensions: the use of a key that it is. A redeem is written down with it, so that it gets the same
/// answer even if the server ended between its commit and the keeping of its answer.
#[derive(Clone, Copy)]
pub struct UsedKey(pub Digest);

/// One use of a key.
#[derive(Clone)]
struct Use {
    api_key: Uuid,
    path: String,
    key: String,
    request: Digest,
}

impl Use {
    /// Names this one use: which API key, path, key and body.
    fn digest(&self) -> Digest {
        Digest::of(format!("{}\n{}", self.context(), self.request).as_bytes())
    }

    /// For which place the answer is sealed: moved to another, it does not open.
    fn context(&self) -> String {
        format!("reply/{}/{}/{}", self.api_key, self.path, self.key)
    }
}

/// The middleware: everything but a POST under `/v1` with the header passes by.
pub(in crate::routes) async fn keep(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let concerned = request.method() == Method::POST && request.uri().path().starts_with("/v1/");
    let key = request.headers().get(HEADER).filter(|_| concerned).cloned();
    match key {
        None => next.run(request).await,
        Some(key) => once(&app, &key, request, next).await.unwrap_or_else(Refusal::into_response),
    }
}

async fn once(app: &Shared, key: &HeaderValue, request: Request, next: Next) -> Result<Response, Refusal> {
    let key = key.to_str().ok().filter(|key| (1..=255).contains(&key.len()));
    let key = key.ok_or_else(|| {
        Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Idempotency-Key must be 1 to 255 printable characters",
        )
    })?;
    let key = key.to_owned();
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, app).await?;
    let body = to_bytes(body, LIMIT).await.map_err(|_| Refusal::too_large())?;
    let path = parts.uri.path().to_owned();
    let this = Use {
        api_key: caller.0.id,
        request: Digest::of(&[path.as_bytes(), b"\n", &body].concat()),
        path,
        key,
    };
    if let Some(sealed) = claim(app, this.clone()).await? {
        let answer = app.sealer.open(&this.context(), &sealed.0)?;
        return replay(&serde_json::from_slice(&answer)?);
    }
    let id = parts.extensions.get::<RequestId>().cloned();
    parts.extensions.insert(UsedKey(this.digest()));
    let running = next.run(Request::from_parts(parts, Body::from(body)));
    let app = app.clone();
    let done = tokio::spawn(async move { finish(&app, this, id.as_ref(), running.await).await });
    done.await.map_err(|error| {
        tracing::error!(%error, "a request with an Idempotency-Key was given up");
        Refusal::internal()
    })?
}

/// Takes the key for this request; gives the kept answer where there is one.
async fn claim(app: &Shared, this: Use) -> Result<Option<SealedBytes>, Refusal> {
    let now = app.clock.now();
    app.storage
        .write(move |tx| {
            let known = tx.reply(this.api_key, &this.path, &this.key, now)?;
            match known {
                Some(known) if known.request != this.request => Err(Refusal::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "idempotency_key_reused",
                    "this Idempotency-Key was sent with another body; a new request takes a new key",
                )),
                Some(StoredReply { reply: Some(sealed), .. }) => Ok(Some(sealed)),
                Some(_) => Err(Refusal::conflict(
                    "idempotency_in_progress",
                    "the first request with this Idempotency-Key is still running; repeat it in a moment",
                )
                .after(1)),
                None => {
                    let running = StoredReply {
                        request: this.request,
                        reply: None,
                        until: now.saturating_add(RUNNING_SECONDS),
                    };
                    tx.put_reply(this.api_key, &this.path, &this.key, &running)?;
                    Ok(None)
                }
            }
        })
        .await
}

/// Keeps the answer, or forgets the key.
async fn finish(
    app: &Shared,
    this: Use,
    id: Option<&RequestId>,
    mut response: Response,
) -> Result<Response, Refusal> {
    let refusal = response.extensions_mut().remove::<Refusal>();
    let kept = is_kept(response.status(), refusal.as_ref().map(|refusal| refusal.code));
    if let Some(refusal) = &refusal {
        response = refusal.render(id.map(|id| id.0.as_str()));
    }
    if !kept {
        app.storage
            .write(move |tx| -> Result<(), Refusal> {
                Ok(tx.drop_reply(this.api_key, &this.path, &this.key)?)
            })
            .await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| Refusal::internal())?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let answer = Answer {
        status: parts.status.as_u16(),
        content_type: content_type.unwrap_or_default().to_owned(),
        body: String::from_utf8(body.to_vec()).map_err(|_| Refusal::internal())?,
    };
    let sealed = SealedBytes(app.sealer.seal(&this.context(), &serde_json::to_vec(&answer)?)?);
    let reply = StoredReply {
        request: this.request,
        reply: Some(sealed),
        until: app.clock.now().saturating_add(KEPT_SECONDS),
    };
    app.storage
        .write(move |tx| -> Result<(), Refusal> {
            Ok(tx.put_reply(this.api_key, &this.path, &this.key, &reply)?)
        })
        .await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn is_kept(status: StatusCode, code: Option<&str>) -> bool {
    match code {
        Some("confirmation_code_wrong") => false,
        Some("already_redeemed" | "does_not_match") => true,
        _ => status.is_success() || status == StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn replay(answer: &Answer) -> Result<Response, Refusal> {
    let status = StatusCode::from_u16(answer.status).map_err(|_| Refusal::internal())?;
    let mut response = (status, answer.body.clone()).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if !answer.content_type.is_empty() {
        let value = HeaderValue::from_str(&answer.content_type).map_err(|_| Refusal::internal())?;
        headers.insert(header::CONTENT_TYPE, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU16, Ordering};

    use axum::Router;
    use axum::routing::post;
    use tower::ServiceExt as _;

    use super::*;
    use crate::testing::World;

    /// Counts how often it ran; the body says what it answers.
    fn router(world: &World, ran: &Arc<AtomicU16>) -> Router {
        let ran = Arc::clone(ran);
        let handler = move |body: String| {
            let ran = Arc::clone(&ran);
            async move {
                let count = ran.fetch_add(1, Ordering::SeqCst);
                match body.as_str() {
                    "conflict" => Err(Refusal::conflict("not_approved", "no")),
                    "redeemed" => Err(Refusal::conflict("already_redeemed", "no")),
                    "code" => Err(Refusal::invalid("/code", "no")),
                    "wrong" => {
                        Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "confirmation_code_wrong", "no"))
                    }
                    _ => Ok(format!("answer {count}")),
                }
            }
        };
        Router::new()
            .route("/v1/things", post(handler))
            .layer(axum::middleware::from_fn_with_state(world.app.clone(), keep))
            .with_state(world.app.clone())
    }

    async fn send(router: &Router, key: &str, body: &str) -> (u16, String) {
        let request = Request::post("/v1/things")
            .header("authorization", "Bearer ik_live_secret")
            .header(HEADER, key)
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), LIMIT).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_same_request_runs_once_and_gets_the_same_answer() {
        let (world, ran) = (World::new().await, Arc::new(AtomicU16::new(0)));
        let router = router(&world, &ran);
        let first = send(&router, "a", "x").await;
        assert_eq!(send(&router, "a", "x").await, first);
        assert_ne!(send(&router, "b", "x").await, first, "another key is another request");
        let (status, text) = send(&router, "a", "y").await;
        assert!(status == 422 && text.contains("idempotency_key_reused"), "{text}");
        assert_eq!(ran.load(Ordering::SeqCst), 2);
        world.advance(24 * 3600);
        assert_ne!(send(&router, "a", "x").await, first, "a day later it is a new request");
    }

    #[tokio::test]
    async fn what_is_kept_and_what_is_not() {
        let (world, ran) = (World::new().await, Arc::new(AtomicU16::new(0)));
        let router = router(&world, &ran);
        for (body, kept) in [("conflict", false), ("wrong", false), ("redeemed", true), ("code", true)] {
            let before = ran.load(Ordering::SeqCst);
            send(&router, body, body).await;
            send(&router, body, body).await;
            let times = ran.load(Ordering::SeqCst) - before;
            assert_eq!(times, if kept { 1 } else { 2 }, "{body}");
        }
    }

    #[tokio::test]
    async fn a_key_in_use_is_told_so_and_freed_after_a_crash() {
        let (world, ran) = (World::new().await, Arc::new(AtomicU16::new(0)));
        let router = router(&world, &ran);
        let crashed = Use {
            api_key: Uuid::from_u128(1),
            path: "/v1/things".into(),
            key: "a".into(),
            request: Digest::of(b"/v1/things\nx"),
        };
        assert!(claim(&world.app, crashed).await.unwrap().is_none());
        let (status, text) = send(&router, "a", "x").await;
        assert!(status == 409 && text.contains("idempotency_in_progress"), "{text}");
        world.advance(RUNNING_SECONDS);
        assert_eq!(send(&router, "a", "x").await.0, 200);
    }

    #[tokio::test]
    async fn after_a_restart_nothing_runs_and_what_was_answered_is_kept() {
        let (world, ran) = (World::new().await, Arc::new(AtomicU16::new(0)));
        let router = router(&world, &ran);
        let answered = send(&router, "b", "x").await;
        let cut_off = Use {
            api_key: Uuid::from_u128(1),
            path: "/v1/things".into(),
            key: "a".into(),
            request: Digest::of(b"/v1/things\nx"),
        };
        claim(&world.app, cut_off).await.unwrap();
        crate::expiry::forget_running(&world.app).await.unwrap();
        assert_eq!(send(&router, "a", "x").await.0, 200);
        assert_eq!(send(&router, "b", "x").await, answered);
    }

    #[tokio::test]
    async fn a_client_that_goes_finds_its_answer_later() {
        let world = World::new().await;
        let (go, wait) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
        let (begun, may_end) = (Arc::clone(&go), Arc::clone(&wait));
        let ran = Arc::new(AtomicU16::new(0));
        let count = Arc::clone(&ran);
        let handler = move || {
            let (begun, may_end, count) = (Arc::clone(&begun), Arc::clone(&may_end), Arc::clone(&count));
            async move {
                begun.notify_one();
                may_end.notified().await;
                format!("answer {}", count.fetch_add(1, Ordering::SeqCst))
            }
        };
        let router = Router::new()
            .route("/v1/things", post(handler))
            .layer(axum::middleware::from_fn_with_state(world.app.clone(), keep))
            .with_state(world.app.clone());
        tokio::select! {
            _ = send(&router, "a", "x") => panic!("nobody let it end"),
            () = go.notified() => {}
        }
        wait.notify_one();
        loop {
            let (status, text) = send(&router, "a", "x").await;
            if status == 200 {
                assert_eq!(text, "answer 0");
                break;
            }
            assert_eq!(status, 409);
            tokio::task::yield_now().await;
        }
        assert_eq!(ran.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_key_that_cannot_be_kept_is_refused() {
        let (world, ran) = (World::new().await, Arc::new(AtomicU16::new(0)));
        let router = router(&world, &ran);
        for key in [String::new(), "x".repeat(256)] {
            assert_eq!(send(&router, &key, "x").await.0, 422);
        }
        assert_eq!(ran.load(Ordering::SeqCst), 0);
    }
}
