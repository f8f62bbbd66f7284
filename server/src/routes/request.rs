//! What surrounds every request: an id, the server's time, security headers, a log line without anything personal, and
//! a panic that becomes a refusal.

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
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
    let method = request.method().clone();
    // The matched pattern, never the path: tokens and user ids stand in paths.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let started = app.clock.now_millis();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let refusal = response.extensions_mut().remove::<Refusal>();
    if let Some(refusal) = &refusal {
        response = refusal.render(Some(&id));
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
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(date) = http_date(now / 1000) {
        headers.insert(header::DATE, date);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
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

    #[test]
    fn a_date_is_written_as_http_writes_it() {
        assert_eq!(http_date(784_111_777).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
