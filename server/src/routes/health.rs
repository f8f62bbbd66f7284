//! For supervisors and load balancers: is the process alive, and can it do its work.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, Shared};
use crate::routes::refusal::Refusal;
use crate::webhook;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready))
}

/// Answers as long as the process does.
#[utoipa::path(get, path = "/livez", tag = "public", responses((status = 200, description = "the process runs")))]
pub(super) async fn live() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// Whether requests can be answered: the store takes writes, and a signing key is in force.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "public",
    responses(
        (status = 200, description = "requests can be answered"),
        (status = 503, description = "`unavailable`: the store has stopped, or no signing key is in force")
    )
)]
pub(super) async fn ready(State(app): State<Shared>) -> Result<Json<Value>, Refusal> {
    let lacking = if !app.storage.is_ready() {
        "the store takes no writes; restart the server on a healthy disk"
    } else if !app.live_keys.can_sign(app.clock.now()) {
        "no signing key is in force; run `inkan keys rotate`"
    } else {
        return Ok(Json(detail(&app).await?));
    };
    Err(Refusal { detail: lacking.to_owned(), ..Refusal::unavailable() })
}

/// What an operator is to look at although requests are answered; nothing of it names anybody.
async fn detail(app: &App) -> Result<Value, Refusal> {
    let mut detail = json!({ "status": "ready" });
    let disabled = webhook::count_disabled(app).await?.into_iter().sum::<usize>();
    if let (1.., Some(members)) = (disabled, detail.as_object_mut()) {
        members.insert("webhooks_disabled".into(), disabled.into());
    }
    Ok(detail)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::Request;
    use inkan_protocol::keys::MAX_KEY_LIFE;
    use tower::ServiceExt as _;

    use crate::clock::ManualClock;
    use crate::config::Config;
    use crate::random::SystemRandom;
    use crate::{routes, start};

    #[tokio::test]
    async fn ready_means_that_work_can_be_done() {
        let folder = tempfile::tempdir().unwrap();
        let server = "https://localhost:8443".parse().unwrap();
        let config = Config::dev(&server, folder.path().join("data")).unwrap();
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        start::make(&config, clock.as_ref(), &SystemRandom).unwrap();
        let app = start::start(&config, clock.clone(), Arc::new(SystemRandom)).unwrap();
        let status = async |path: &str| {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            routes::router(&app).oneshot(request).await.unwrap().status().as_u16()
        };
        assert_eq!((status("/livez").await, status("/readyz").await), (200, 200));
        clock.advance(Duration::from_secs(MAX_KEY_LIFE));
        assert_eq!((status("/livez").await, status("/readyz").await), (200, 503));
        app.live_keys.rotate(1_800_000_000 + MAX_KEY_LIFE).unwrap();
        assert_eq!(status("/readyz").await, 200);
        app.storage.close().await;
        assert_eq!((status("/livez").await, status("/readyz").await), (200, 503));
    }
}
