//! Refusals: `application/problem+json` (RFC 9457) with a stable `code`. All codes stand in `docs/errors.md`.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use inkan_protocol::problem::{Problem, device_code};
use serde_json::{Map, Value};

use crate::keys::KeysError;
use crate::random::RandomError;
use crate::seal::SealError;
use crate::storage::StorageError;

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// What a program decides on.
    pub code: &'static str,
    /// What is wrong and what to do, in English, nothing personal.
    pub detail: String,
    /// JSON Pointer to the member to blame.
    pub field: Option<String>,
    /// Further members.
    pub more: Map<String, Value>,
    /// Seconds after which another try makes sense.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal of this status and code.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), field: None, more: Map::new(), retry_after: None }
    }

    /// Names the member to blame, as a JSON Pointer.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// 401 for a relying party: no key, an unknown one, a revoked one.
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "send a valid API key as `Authorization: Bearer ik_…`",
        )
    }

    /// 401 for a phone: the one answer to a wrong signature, an unknown or revoked device, and every structural fault.
    pub fn not_recognised() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, device_code::NOT_RECOGNISED, "the request was not recognised")
    }

    /// 403: the key has not the scope.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this address does not take this method",
        )
    }

    /// 413.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is larger than this endpoint takes")
    }

    /// 422 with the member to blame.
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).at(field)
    }

    /// 409 with this code.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 500: nothing was decided, nothing acknowledged.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server failed; nothing of this request was kept; try again, and tell the operator the request_id",
        )
    }

    /// 503: try later.
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "the server takes no changes at the moment")
            .after(5)
    }

    /// The refusal as it travels.
    pub fn problem(&self, request_id: Option<&str>) -> Problem {
        let mut title = self.code.replace('_', " ");
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Problem {
            code: self.code.to_owned(),
            title,
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            request_id: request_id.map(ToOwned::to_owned),
            field: self.field.clone(),
            more: self.more.clone(),
        }
    }

    /// The answer, with the id of the request in its body.
    pub fn render(&self, request_id: Option<&str>) -> Response {
        let body = serde_json::to_vec(&self.problem(request_id)).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == "unauthorized" {
            headers.insert(
                HeaderName::from_static("www-authenticate"),
                HeaderValue::from_static("Bearer realm=\"inkan\""),
            );
        }
        response
    }
}

impl IntoResponse for Refusal {
    /// The body is written once the request's id is known: the refusal travels with the response until then.
    fn into_response(self) -> Response {
        let mut response = self.render(None);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Stopped => Self::unavailable(),
            StorageError::Failed(_) | StorageError::GivenUp => {
                tracing::error!(%error, "a store operation failed");
                Self::internal()
            }
        }
    }
}

macro_rules! internal {
    ($($error:ty),+) => {
        $(impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                tracing::error!(%error, "an operation failed");
                Self::internal()
            }
        })+
    };
}

internal!(
    crate::qr::QrCodeError,
    KeysError,
    SealError,
    RandomError,
    inkan_protocol::jws::JwsError,
    serde_json::Error
);
internal!(crate::model::challenge::InvalidTransition, crate::model::device::InvalidTransition);
internal!(crate::model::enrollment::InvalidTransition, crate::webhook::signature::SignerError);
