//! The operator's limits on how often anybody may ask: phones and pages by address, typed codes by address, backends by
//! API key, OpenID clients and Keycloak by address.
//!
//! They keep one sender from taking the server away from the others. The limits that protect a customer (prompts, wrong
//! numbers) are others, in `policy`.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use inkan_protocol::ids::Digest;

use crate::app::Shared;
use crate::policy::numbers::network_of;
use crate::policy::rate_limit::RateLimit;
use crate::routes::openid::{AUTHORIZE_PATH, OauthError, TOKEN_PATH};
use crate::routes::refusal::Refusal;

/// Who has asked how often.
pub(super) struct Limits {
    app: Shared,
    typed: Mutex<RateLimit<String>>,
    device: Mutex<RateLimit<String>>,
    api: Mutex<RateLimit<Digest>>,
}

impl Limits {
    /// Nobody has asked yet.
    pub(super) fn new(app: &Shared) -> Arc<Self> {
        let limits = app.settings.rate_limits;
        Arc::new(Self {
            app: app.clone(),
            typed: Mutex::new(RateLimit::new(limits.typed_codes_per_minute)),
            device: Mutex::new(RateLimit::new(limits.device_requests_per_minute)),
            api: Mutex::new(RateLimit::new(limits.api_requests_per_minute)),
        })
    }

    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let path = request.uri().path();
        // one address, and the sign-ins of a whole broker behind it
        if is_openid(path) || path.starts_with("/keycloak/") {
            return self.take(&self.api, &Digest::of(address(request.extensions()).as_bytes()));
        }
        if path == "/d/v1/typed" {
            self.take(&self.typed, &address(request.extensions()))?;
        }
        // What anybody may ask without a key: phones, and the pages that wait.
        if ["/d/", "/watch/", "/scan/"].iter().any(|open| path.starts_with(open)) {
            return self.take(&self.device, &address(request.extensions()));
        }
        match request.headers().get(header::AUTHORIZATION) {
            Some(key) if path.starts_with("/v1/") => self.take(&self.api, &Digest::of(key.as_bytes())),
            _ => Ok(()),
        }
    }

    fn take<K: Ord + Clone>(&self, limit: &Mutex<RateLimit<K>>, sender: &K) -> Result<(), Refusal> {
        let now = self.app.clock.now_millis();
        limit.lock().unwrap_or_else(PoisonError::into_inner).take(sender, now).map_err(|wait| {
            Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                "too many requests in a minute; ask again after the time in Retry-After",
            )
            .after(wait)
        })
    }
}

/// The layer: refuses what comes too often before anything else looks at it.
pub(super) async fn limit(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let checked = limits.check(&request);
    match checked {
        Ok(()) => next.run(request).await,
        Err(refusal) if is_openid(request.uri().path()) => {
            OauthError::unavailable(refusal.retry_after.unwrap_or(1)).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// OpenID clients are known by their address until they have shown who they are.
fn is_openid(path: &str) -> bool {
    path == AUTHORIZE_PATH || path == TOKEN_PATH
}

/// The sender's address: one of IPv4, a /64 of IPv6. Without a connection all share one.
pub(super) fn address(extensions: &Extensions) -> String {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or_else(String::new, |ConnectInfo(peer)| match peer.ip().to_canonical() {
        std::net::IpAddr::V4(address) => address.to_string(),
        address @ std::net::IpAddr::V6(_) => network_of(address),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use tower::ServiceExt as _;

    use super::*;
    use crate::clock::ManualClock;
    use crate::config::Config;
    use crate::random::SystemRandom;
    use crate::{routes, start};

    async fn ask(router: &axum::Router, path: &str, from: [u8; 4], key: Option<&str>) -> Response {
        let mut request = Request::builder().method("POST").uri(path);
        if let Some(key) = key {
            request = request.header("authorization", key);
        }
        let mut request = request.body(Body::from("{}")).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 4711))));
        router.clone().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn each_sender_has_its_own_share_and_hears_when_to_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let server = "https://localhost:8443".parse().unwrap();
        let mut config = Config::dev(&server, folder.path().join("data")).unwrap();
        config.rate_limits.api_requests_per_minute = 60;
        config.rate_limits.device_requests_per_minute = 60;
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        start::make(&config, clock.as_ref(), &SystemRandom).unwrap();
        let app = start::start(&config, clock.clone(), Arc::new(SystemRandom)).unwrap();
        let router = routes::router(&app);
        let (one, two) = ([192, 0, 2, 1], [192, 0, 2, 2]);
        for _ in 0..5 {
            assert_ne!(ask(&router, "/d/v1/typed", one, None).await.status(), 429);
        }
        let refused = ask(&router, "/d/v1/typed", one, None).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["retry-after"]),
            (429, &"12".parse().unwrap())
        );
        assert!(refused.headers().contains_key("x-request-id"));
        assert_ne!(ask(&router, "/d/v1/typed", two, None).await.status(), 429);
        for _ in 0..25 {
            assert_ne!(ask(&router, "/d/v1/start", one, None).await.status(), 429);
        }
        assert_eq!(ask(&router, "/d/v1/start", one, None).await.status(), 429);
        for page in ["/watch/x", "/scan/x"] {
            assert_eq!(ask(&router, page, one, None).await.status(), 429, "{page}");
            assert_ne!(ask(&router, page, two, None).await.status(), 429, "{page}");
        }
        assert_ne!(ask(&router, "/keycloak/ciba", one, None).await.status(), 429, "it is no phone");
        for _ in 0..30 {
            assert_ne!(ask(&router, "/v1/challenges", one, Some("Bearer a")).await.status(), 429);
        }
        assert_eq!(ask(&router, "/v1/challenges", two, Some("Bearer a")).await.status(), 429);
        assert_ne!(ask(&router, "/v1/challenges", one, Some("Bearer b")).await.status(), 429);
        clock.advance(Duration::from_secs(12));
        assert_ne!(ask(&router, "/d/v1/typed", one, None).await.status(), 429);
    }
}
