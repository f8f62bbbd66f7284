//! Who may speak to the phone: this machine, under a loopback name, from this page or with the token.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{Service, api};
use crate::control::TOKEN_HEADER;

/// Nothing from elsewhere, nothing inline.
pub(super) const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Every answer: the Host must be a loopback name with our port; every answer carries the policy.
pub(super) async fn host(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let named = text(&request, &header::HOST).is_some_and(|host| service.is_own_authority(host));
    let mut response = if named {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "This phone answers to 127.0.0.1 and localhost alone.\n")
            .into_response()
    };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // not no-referrer: forms would then be sent with `Origin: null`
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The page's own forms alone: a browser says where a POST comes from.
pub(super) async fn origin(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let own = text(&request, &header::ORIGIN).is_some_and(|origin| service.is_own_origin(origin));
    if reads || own {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "The buttons of this page work from this page alone. Programs use /api.\n")
        .into_response()
}

/// Programs: the token, unless the phone was started with an open control API; and no other origin's script.
pub(super) async fn token(
    State(service): State<Arc<Service>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let foreign = text(&request, &header::ORIGIN).is_some_and(|origin| !service.is_own_origin(origin));
    let name = HeaderName::from_static(TOKEN_HEADER);
    let known = service.open_control || text(&request, &name).is_some_and(|token| service.token.is(token));
    if foreign || !known {
        return api::unauthorized(service.phone.locale());
    }
    next.run(request).await
}

fn text<'a>(request: &'a Request<Body>, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

impl Service {
    fn is_own_authority(&self, host: &str) -> bool {
        let port = self.address.port();
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host == format!("{name}:{port}"))
    }

    fn is_own_origin(&self, origin: &str) -> bool {
        origin.strip_prefix("http://").is_some_and(|host| self.is_own_authority(host))
    }
}
