//! The device API: `/d/v1`. Everything is refused by the one 401 that says nothing.

pub mod answer;
pub mod caller;
pub mod challenges;
pub mod keys;
pub mod start;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(keys::read))
        .routes(routes!(challenges::list))
        .routes(routes!(challenges::read))
        .routes(routes!(start::start))
        .routes(routes!(answer::answer))
}
