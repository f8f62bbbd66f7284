//! Refusals of OAuth and OpenID: `application/json` with `error` and `error_description` (RFC 6749 §5.2, CIBA core §13).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::routes::refusal::Refusal;
use crate::storage::StorageError;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OauthError {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// What a program decides on.
    pub(crate) error: &'static str,
    /// What is wrong, in English, nothing personal.
    pub(crate) description: String,
    /// Seconds after which another try makes sense.
    pub(crate) retry_after: Option<u64>,
    /// The client tried the `Authorization` header: it is told the scheme (RFC 6749 §5.2). Others are not: their
    /// libraries take the challenge for the whole answer.
    pub(crate) challenge: bool,
}

impl OauthError {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), retry_after: None, challenge: false }
    }

    /// 400 with this error.
    pub(crate) fn bad_request(error: &'static str, description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, description)
    }

    /// A parameter is missing, stands twice, or is not what it must be.
    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::bad_request("invalid_request", description)
    }

    /// 401: who calls is not known, or did not show it. The same for an unknown client and for a wrong secret.
    pub(crate) fn invalid_client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    /// The one answer about customers who cannot be asked: unknown, without an active phone, an id that can be nobody's.
    pub(crate) fn unknown_user() -> Self {
        Self::bad_request("unknown_user_id", "nobody who can be asked is found by this hint")
    }

    /// An `auth_req_id` that is none, or another client's: the same answer.
    pub(crate) fn unknown_grant() -> Self {
        Self::bad_request("invalid_grant", "the auth_req_id is not known for this client")
    }

    /// At the token endpoint: it was denied, or ended otherwise.
    pub(crate) fn denied(description: impl Into<String>) -> Self {
        Self::bad_request("access_denied", description)
    }

    /// At the back-channel endpoint: this kind of request is not taken (CIBA core §13: 403).
    pub(crate) fn forbidden(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied", description)
    }

    /// Too much at a time, or no changes are taken: try again.
    pub(crate) fn unavailable(seconds: u64) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "the server takes no more at the moment; try again after the time in Retry-After",
        )
        .after(seconds)
    }

    /// A failure of the server.
    pub(crate) fn of_failure(refused: &Refusal) -> Self {
        match refused.retry_after {
            Some(seconds) => Self::unavailable(seconds),
            None => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "the server failed; nothing of this request was kept; tell the operator the x-request-id",
            ),
        }
    }

    /// Says when to try again.
    #[must_use]
    pub(crate) fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }
}

/// What RFC 6749 §5.2 lets a description hold: printable ASCII without quotes and backslash.
fn printable(text: &str) -> String {
    let allowed = |character: char| matches!(character, ' '..='~') && !matches!(character, '"' | '\\');
    text.chars().map(|character| if allowed(character) { character } else { '\'' }).collect()
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": printable(&self.description) });
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.challenge {
            let scheme = HeaderValue::from_static("Basic realm=\"inkan\"");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

/// Failures of what lies below. What the caller has to judge it has judged before.
impl From<Refusal> for OauthError {
    fn from(refused: Refusal) -> Self {
        if refused.status.is_client_error() {
            return Self::invalid_request(refused.detail);
        }
        Self::of_failure(&refused)
    }
}

impl From<StorageError> for OauthError {
    fn from(error: StorageError) -> Self {
        Refusal::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_holds_what_the_standard_allows() {
        assert_eq!(printable("a `b` \"c\" \\ é\n"), "a `b` 'c' ' ''");
    }

    #[test]
    fn a_failure_says_nothing_of_its_cause_and_whether_to_try_again() {
        let failed = OauthError::from(Refusal::internal());
        assert_eq!((failed.status.as_u16(), failed.error), (500, "server_error"));
        let busy = OauthError::from(Refusal::unavailable());
        assert_eq!(
            (busy.status.as_u16(), busy.error, busy.retry_after),
            (503, "temporarily_unavailable", Some(5))
        );
    }
}
