//! The relying party's API: `/v1`. From servers only: there is no CORS here.

pub mod caller;
pub mod challenges;
pub mod enrollments;
pub mod events;
pub(crate) mod idempotency;
pub mod intents;
pub mod schemas;
pub mod users;
pub mod webhooks;

use utoipa::Modify;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;

/// Adds the bearer scheme to the document.
pub(super) struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("ik_live_… or ik_test_…")
            .description(Some("An API key, made by `inkan key create`."))
            .build();
        document
            .components
            .get_or_insert_with(Default::default)
            .add_security_scheme("api_key", SecurityScheme::Http(scheme));
    }
}

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .merge(challenges::table())
        .merge(enrollments::table())
        .merge(users::table())
        .routes(routes!(events::list))
        .merge(intents::table())
        .merge(webhooks::table())
}
