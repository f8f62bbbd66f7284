//! For supervisors and load balancers: is the process alive, and can it do its work.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, Shared};
use crate::push::PROVIDERS;
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
///
/// `push` tells of each provider whether it is `ready`, `off`, `unusable` (its files) or `misconfigured` (it refuses what is
/// configured, until it takes a push again). `certificate` tells whether the listener's certificate is `valid`, `ends_soon`,
/// `ended` or `not_yet` valid. None of it changes the status: phones that are not rung ask.
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
    let push: Map<String, Value> = PROVIDERS
        .iter()
        .map(|(provider, name)| ((*name).to_owned(), app.pushes.state(*provider).as_str().into()))
        .collect();
    let mut detail = json!({ "status": "ready", "push": push });
    let validity = app.certificate().map(|validity| validity.standing(app.clock.now()).as_str());
    if let (Some(validity), Some(members)) = (validity, detail.as_object_mut()) {
        members.insert("certificate".into(), validity.into());
    }
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

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use inkan_protocol::keys::MAX_KEY_LIFE;
    use tower::ServiceExt as _;

    use crate::clock::{Clock as _, ManualClock};
    use crate::config::Config;
    use crate::config::push::{Fcm, Web};
    use crate::metrics::Metrics;
    use crate::random::SystemRandom;
    use crate::tls::Validity;
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

    #[tokio::test]
    async fn a_certificate_that_ends_is_told_two_weeks_ahead() {
        const DAY: u64 = 24 * 3600;
        let folder = tempfile::tempdir().unwrap();
        let server = "https://localhost:8443".parse().unwrap();
        let config = Config::dev(&server, folder.path().join("data")).unwrap();
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        start::make(&config, clock.as_ref(), &SystemRandom).unwrap();
        let app = start::start(&config, clock.clone(), Arc::new(SystemRandom)).unwrap();
        let metrics = Metrics::new(app.clone());
        let read = async |router: axum::Router, path: &str| {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let response = router.oneshot(request).await.unwrap();
            assert_eq!(response.status(), 200);
            String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().into()).unwrap()
        };
        let told = async || {
            let ready: serde_json::Value =
                serde_json::from_str(&read(routes::router(&app), "/readyz").await).unwrap();
            let metrics = read(metrics.router(), "/metrics").await;
            let line = metrics.lines().find(|line| line.starts_with("inkan_certificate_days_left"));
            let days = line.and_then(|line| line.rsplit_once(' ')).map(|(_, days)| days.to_owned());
            (ready["certificate"].as_str().map(ToOwned::to_owned), days)
        };
        assert_eq!(told().await, (None, None), "there is no listener yet");
        app.note_certificate(Some(Validity::between(1_800_000_000, 1_800_000_000 + 90 * DAY)));
        let is = |state: &str, days: &str| (Some(state.to_owned()), Some(days.to_owned()));
        assert_eq!(told().await, is("valid", "90"));
        clock.advance(Duration::from_secs(77 * DAY));
        assert_eq!(told().await, is("ends_soon", "13"));
        clock.advance(Duration::from_secs(13 * DAY + 1));
        app.live_keys.rotate(clock.now()).unwrap();
        assert_eq!(told().await, is("ended", "-1"));
    }

    #[tokio::test]
    async fn a_push_provider_that_cannot_be_used_is_told_and_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let server = "https://localhost:8443".parse().unwrap();
        let mut config = Config::dev(&server, folder.path().join("data")).unwrap();
        config.push.fcm = Some(Fcm { service_account: folder.path().join("none.json"), endpoint: None });
        config.push.web = Some(Web { contact: "mailto:operator@example.jp".into() });
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        start::make(&config, clock.as_ref(), &SystemRandom).unwrap();
        // a server of before there was this key
        std::fs::remove_file(config.sealing_folder().join("web-push.key")).unwrap();
        let app = start::start(&config, clock, Arc::new(SystemRandom)).unwrap();
        let request = Request::builder().uri("/readyz").body(Body::empty()).unwrap();
        let response = routes::router(&app).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let body = to_bytes(response.into_body(), 4096).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let push = serde_json::json!({ "apns": "off", "fcm": "unusable", "webpush": "ready" });
        assert_eq!(body, serde_json::json!({ "status": "ready", "push": push }));
        let request = Request::builder().uri("/metrics").body(Body::empty()).unwrap();
        let response = Metrics::new(app).router().oneshot(request).await.unwrap();
        let text = String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().into()).unwrap();
        for (provider, state) in [("apns", "off"), ("fcm", "unusable"), ("webpush", "ready")] {
            let line = format!("inkan_push_provider{{provider=\"{provider}\",state=\"{state}\"}} 1");
            assert!(text.contains(&line), "{text}");
        }
    }
}
