//! The API's table of contents: a line per endpoint.
//!
//! `/v1` is for the relying party (see `relying_party`), `/d/v1` for phones (`device`), the rest is public (`public`).
//! Every refusal is a [`refusal::Refusal`]; bodies come through [`body`]; who calls is told by `relying_party::caller`
//! and `device::caller`.

mod association;
pub mod body;
pub mod device;
mod health;
mod limits;
pub(crate) mod moment;
pub mod public;
pub mod refusal;
pub mod relying_party;
mod request;
pub mod waiting;

use axum::{Router, middleware};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::Shared;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::Security;

/// The document's frame; paths come from the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Inkan",
        description = "Ask a customer's phone for an approval and get a verdict that can be proved.",
        version = "1",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Security)
)]
struct Document;

fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(relying_party::table())
        .merge(device::table())
        .merge(public::table())
        .merge(association::table())
        .merge(health::table())
}

/// The whole API over an app.
pub fn router(app: &Shared) -> Router {
    let (router, _) = table().split_for_parts();
    let router = router
        .fallback(|| async { Refusal::not_found("there is nothing under this address") })
        .method_not_allowed_fallback(|| async { Refusal::method_not_allowed() });
    let router = router.layer(middleware::from_fn_with_state(app.clone(), relying_party::idempotency::keep));
    request::layers(router, app).with_state(app.clone())
}

/// The OpenAPI 3.1 document as JSON, generated from the handlers.
pub fn openapi() -> Result<String, serde_json::Error> {
    let (_, document) = table().split_for_parts();
    serde_json::to_string_pretty(&document).map(|mut text| {
        text.push('\n');
        text
    })
}
