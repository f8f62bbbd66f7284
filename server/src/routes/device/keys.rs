//! `GET /d/v1/keys`: the newest key set, public.

use axum::Json;
use axum::extract::State;
use inkan_protocol::device_api::Keys;
use inkan_protocol::ids::Thumbprint;
use serde::Deserialize;

use crate::app::Shared;
use crate::routes::body::Parameters;
use crate::routes::refusal::Refusal;

/// Whose key set.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Which {
    /// Thumbprint of the identity that the phone trusts; absent: the live one.
    #[param(value_type = Option<String>)]
    k: Option<Thumbprint>,
}

/// The newest key set of an identity.
///
/// A set is signed once and served as stored.
#[utoipa::path(
    get,
    path = "/d/v1/keys",
    tag = "device",
    params(Which),
    responses((status = 200, description = "`{keys}`: `inkan-keys+jwt`", body = Object))
)]
pub async fn read(
    State(app): State<Shared>,
    Parameters(which): Parameters<Which>,
) -> Result<Json<Keys>, Refusal> {
    let live = which.k.is_none_or(|identity| identity != app.test_keys.identity());
    let (_, keys) = app.keys(live).newest_set();
    Ok(Json(Keys { keys }))
}
