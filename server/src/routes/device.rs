//! The device API: `/d/v1`. Everything is refused by the one 401 that says nothing.

pub mod answer;
pub mod caller;
pub mod challenges;
pub mod change;
pub mod doorbell;
pub mod enroll;
pub mod keys;
pub mod renew;
pub mod schemas;
pub mod start;
pub mod status;
pub mod typed;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(keys::read))
        .routes(routes!(enroll::enroll))
        .routes(routes!(typed::typed))
        .routes(routes!(status::read, change::describe, change::leave))
        .routes(routes!(doorbell::read, change::push))
        .routes(routes!(change::freeze))
        .routes(routes!(change::session))
        .routes(routes!(renew::renew))
        .routes(routes!(challenges::list))
        .routes(routes!(challenges::read))
        .routes(routes!(start::start))
        .routes(routes!(answer::answer))
}
