//! OpenID CIBA as other software speaks it: discovery, the back-channel authentication endpoint, the token endpoint.
//!
//! Forms come in, JSON goes out, and refusals are OAuth's ([`OauthError`]): problem+json would break clients. Who calls
//! is told by `client`; what it wants by `authorize`; what becomes of it by [`crate::ciba`].

mod authorize;
mod client;
mod discovery;
mod form;
mod oauth_error;
mod token;
mod wanted;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use self::oauth_error::OauthError;
use crate::app::Shared;
use crate::jose::Algorithm;

/// What clients may sign with.
const CLIENT_ALGORITHMS: &[Algorithm] = &[Algorithm::Es256, Algorithm::Ps256];
/// The grant (CIBA core §4).
const GRANT_TYPE: &str = "urn:openid:params:grant-type:ciba";
/// The one type of `authorization_details`.
const DETAILS_TYPE: &str = "inkan_operation";
/// Where clients ask.
pub(super) const AUTHORIZE_PATH: &str = "/bc-authorize";
/// Where they collect.
pub(super) const TOKEN_PATH: &str = "/token";

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(discovery::live))
        .routes(routes!(discovery::test))
        .routes(routes!(authorize::authorize))
        .routes(routes!(token::token))
}

#[cfg(test)]
pub(crate) mod tests;
