//! What anybody may read: the state of a challenge by its watch token, the page's changing code, key sets, health.

pub mod links;
pub mod scan;
pub mod watch;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(links::enroll))
        .routes(routes!(links::challenge))
        .routes(routes!(watch::watch))
        .routes(routes!(scan::scan))
}
