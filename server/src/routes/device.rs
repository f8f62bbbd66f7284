//! The device API: `/d/v1`. Everything is refused by the one 401 that says nothing.

pub mod caller;
pub mod keys;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(keys::read))
}
