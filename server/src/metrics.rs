//! `/metrics` in the OpenMetrics text format, on a port of its own: how many requests, how fast, and what an operator
//! should see coming. Labels hold routes and states, never a path, an id or an address.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::app::Shared;
use crate::push::{PROVIDERS, ProviderState};
use crate::webhook;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u32,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfMode {
    mode: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfFile {
    file: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfProvider {
    provider: &'static str,
    state: &'static str,
}

/// What is counted, and the app that some of it is read from.
pub struct Metrics {
    app: Shared,
    registry: Registry,
    answered: Family<Answered, Counter>,
    seconds: Family<OfRoute, Histogram>,
    ready: Gauge,
    key_days: Family<OfMode, Gauge>,
    key_set_version: Family<OfMode, Gauge>,
    webhooks_disabled: Family<OfMode, Gauge>,
    providers: Family<OfProvider, Gauge>,
    certificate_days: Family<OfFile, Gauge>,
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new(app: Shared) -> Arc<Self> {
        let mut registry = Registry::with_prefix("inkan");
        let answered = Family::default();
        registry.register("requests", "Requests answered", answered.clone());
        let make: fn() -> Histogram = seconds;
        let seconds = Family::new_with_constructor(make);
        registry.register_with_unit(
            "request_duration",
            "Time from a request to its answer, long polls included",
            Unit::Seconds,
            seconds.clone(),
        );
        let ready = Gauge::default();
        registry.register("ready", "1 while the store takes writes, else 0", ready.clone());
        let key_days = Family::default();
        registry.register(
            "signing_key_days_left",
            "Days until the last signing key ends; rotate below 14",
            key_days.clone(),
        );
        let key_set_version = Family::default();
        registry.register("key_set_version", "Version of the newest key set", key_set_version.clone());
        let providers = Family::<OfProvider, Gauge>::default();
        registry.register(
            "push_provider",
            "1 at the state of each push provider, 0 at others: ready, off, unusable, misconfigured, which the log explains",
            providers.clone(),
        );
        // nothing is shown before there is one
        let certificate_days = Family::default();
        registry.register(
            "certificate_days_left",
            "Days until the listener's certificate, or one that it stands on, ends; below 0 it has ended; renew below 14",
            certificate_days.clone(),
        );
        app.counters.register(&mut registry);
        let webhooks_disabled = Family::default();
        registry.register(
            "webhooks_disabled",
            "Webhooks that answered 410 and are told nothing any more",
            webhooks_disabled.clone(),
        );
        Arc::new(Self {
            app,
            registry,
            answered,
            seconds,
            ready,
            key_days,
            key_set_version,
            webhooks_disabled,
            providers,
            certificate_days,
        })
    }

    /// Counts what `router` answers.
    pub fn measure(self: &Arc<Self>, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(Arc::clone(self), count))
    }

    /// Serves `/metrics` and nothing else.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().route("/metrics", get(show)).with_state(Arc::clone(self))
    }

    fn render(&self) -> Result<String, std::fmt::Error> {
        self.ready.set(i64::from(self.app.storage.is_ready()));
        let now = self.app.clock.now();
        for (mode, keys) in [("live", &self.app.live_keys), ("test", &self.app.test_keys)] {
            let left = keys.signs_until().map_or(0, |until| until.saturating_sub(now)) / (24 * 3600);
            let labels = OfMode { mode };
            self.key_days.get_or_create(&labels).set(i64::try_from(left).unwrap_or(i64::MAX));
            let version = i64::try_from(keys.newest_set().0).unwrap_or(i64::MAX);
            self.key_set_version.get_or_create(&labels).set(version);
        }
        for (provider, name) in PROVIDERS {
            let now = self.app.pushes.state(provider);
            for state in ProviderState::ALL {
                let labels = OfProvider { provider: name, state: state.as_str() };
                self.providers.get_or_create(&labels).set(i64::from(state == now));
            }
        }
        if let Some(validity) = self.app.certificate() {
            let labels = OfFile { file: "tls.certificate" };
            self.certificate_days.get_or_create(&labels).set(validity.days_left(now));
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 15))
}

async fn count(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let method = known(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let started = metrics.app.clock.now_millis();
    let response = next.run(request).await;
    let millis = metrics.app.clock.now_millis().saturating_sub(started);
    let seconds = std::time::Duration::from_millis(millis).as_secs_f64();
    metrics.seconds.get_or_create(&OfRoute { route: route.clone() }).observe(seconds);
    let status = u32::from(response.status().as_u16());
    metrics.answered.get_or_create(&Answered { method, route, status }).inc();
    response
}

async fn show(State(metrics): State<Arc<Metrics>>) -> Response {
    // a store that does not answer is told by `ready`
    if let Ok(counts) = webhook::count_disabled(&metrics.app).await {
        for (mode, count) in ["live", "test"].into_iter().zip(counts) {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            metrics.webhooks_disabled.get_or_create(&OfMode { mode }).set(count);
        }
    }
    match metrics.render() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A method may be any word; a label may not.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use tower::ServiceExt as _;

    use super::*;
    use crate::clock::ManualClock;
    use crate::config::Config;
    use crate::random::SystemRandom;
    use crate::{routes, start};

    #[tokio::test]
    async fn requests_are_counted_by_route_and_never_by_path() {
        let folder = tempfile::tempdir().unwrap();
        let server = "https://localhost:8443".parse().unwrap();
        let config = Config::dev(&server, folder.path().join("data")).unwrap();
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        start::make(&config, clock.as_ref(), &SystemRandom).unwrap();
        let metrics = Metrics::new(start::start(&config, clock, Arc::new(SystemRandom)).unwrap());
        let router = metrics.measure(routes::router(&metrics.app));
        for (method, path) in [("GET", "/d/v1/keys"), ("GET", "/d/v1/keys"), ("BREW", "/nowhere/customer-1")]
        {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            router.clone().oneshot(request).await.unwrap();
        }
        let request = Request::builder().uri("/metrics").body(Body::empty()).unwrap();
        let response = metrics.router().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], CONTENT_TYPE);
        let text = String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().into()).unwrap();
        for line in [
            r#"inkan_requests_total{method="GET",route="/d/v1/keys",status="200"} 2"#,
            r#"inkan_signing_key_days_left{mode="live"} 90"#,
            r#"inkan_key_set_version{mode="test"} 1"#,
            "inkan_ready 1",
            r#"inkan_webhooks_disabled{mode="live"} 0"#,
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(text.contains(r#"method="other""#) && !text.contains("customer-1"), "{text}");
    }
}
