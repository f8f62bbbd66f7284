//! What surrounds every request: an id, the server's time, security headers, a log line without anything personal, and
//! a panic that becomes a refusal.

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Version, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use inkan_protocol::encoding::encode;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::Shared;
use crate::random::make_bytes;
use crate::routes::limits::{Limits, limit};
use crate::routes::refusal::Refusal;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, for whoever writes an answer before it leaves.
#[derive(Clone)]
pub(super) struct RequestId(pub(super) String);

/// Wraps the router.
pub(super) fn layers(router: Router<Shared>, app: &Shared) -> Router<Shared> {
    router
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            axum::response::IntoResponse::into_response(Refusal::internal())
        }))
        .layer(middleware::from_fn_with_state(Limits::new(app), limit))
        .layer(middleware::from_fn_with_state(app.clone(), surround))
}

async fn surround(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let id = make_bytes::<12>(app.random.as_ref()).map(encode).unwrap_or_default();
    let (method, version) = (request.method().clone(), request.version());
    // The matched pattern, never the path: tokens and user ids stand in paths.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let for_pages = ["/watch/", "/scan/"].iter().any(|public| request.uri().path().starts_with(public));
    let for_keycloak = request.uri().path().starts_with("/keycloak/");
    let started = app.clock.now_millis();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let refusal = response.extensions_mut().remove::<Refusal>();
    if let Some(refusal) = &refusal {
        let allowed = response.headers_mut().remove(header::ALLOW);
        response = refusal.render(Some(&id));
        // A 405 says what is allowed (RFC 9110 §15.5.6).
        if let Some(allowed) = allowed {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
    }
    let now = app.clock.now_millis();
    tracing::info!(
        request_id = id,
        method = %method,
        route = route.as_deref().unwrap_or("none"),
        status = response.status().as_u16(),
        code = refusal.as_ref().map(|refusal| refusal.code),
        millis = now.saturating_sub(started),
        "answered"
    );
    // A client that keeps the connection would lose the next request that it sends on it. Keycloak keeps every one, and
    // what it loses is a sign-in.
    let closes = version <= Version::HTTP_11 && (for_keycloak || app.is_draining());
    let headers = response.headers_mut();
    if closes {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(date) = http_date(now / 1000) {
        headers.insert(header::DATE, date);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // Read by the customer's page, whose origin is the relying party's; a refusal is read there as well.
    if for_pages {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000; includeSubDomains"),
    );
    response
}

/// IMF-fixdate (RFC 9110 §5.6.7).
fn http_date(seconds: u64) -> Option<HeaderValue> {
    let time = jiff::Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    HeaderValue::from_str(&time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::http_date;
    use crate::testing::World;

    #[tokio::test]
    async fn pages_of_any_origin_read_watch_and_scan_and_their_refusals_and_nothing_else() {
        let world = World::new().await;
        for path in ["/watch/unknown", "/scan/unknown"] {
            let reply = world.get(path).await.expect(404);
            assert_eq!(reply.headers["access-control-allow-origin"], "*", "{path}");
        }
        for path in ["/v1/challenges", "/v1/challenges/unknown", "/d/v1/keys", "/d/v1/device", "/livez"] {
            let reply = world.get(path).await;
            assert!(!reply.headers.contains_key("access-control-allow-origin"), "{path}");
        }
    }

    #[tokio::test]
    async fn a_method_that_is_not_taken_is_told_which_are() {
        let reply = World::new().await.call("PUT", "/v1/challenges", serde_json::Value::Null).await;
        assert_eq!(reply.refusal(), (405, "method_not_allowed".into()));
        let allowed = reply.headers["allow"].to_str().unwrap();
        assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    }

    #[test]
    fn a_date_is_written_as_http_writes_it() {
        assert_eq!(http_date(784_111_777).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
