//! `/.well-known/jwks.json`: the signing keys as a JWK Set (RFC 7517), so that a backend checks a verdict with whatever
//! JOSE library it has. What vouches for these keys is the identity key: see `inkan identity` and `/d/v1/keys`.

use axum::Json;
use axum::extract::State;
use inkan_protocol::ids::Thumbprint;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;
use crate::keys::ListedKey;
use crate::routes::body::Parameters;
use crate::routes::refusal::Refusal;

/// The endpoint.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(jwks))
}

/// Whose keys.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Which {
    /// Thumbprint of an identity; absent: the live one.
    #[param(value_type = Option<String>)]
    k: Option<Thumbprint>,
}

/// The signing keys of the newest key set that were not revoked, as a JWK Set.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "public",
    params(Which),
    responses((status = 200, description = "`{keys}`: RFC 7517", body = Object))
)]
pub(super) async fn jwks(
    State(app): State<Shared>,
    Parameters(which): Parameters<Which>,
) -> Result<Json<Value>, Refusal> {
    let live = which.k.is_none_or(|identity| identity != app.test_keys.identity());
    let keys = app
        .keys(live)
        .listed()
        .iter()
        .filter(|listed| listed.revoked_at.is_none())
        .map(jwk)
        .collect::<Result<Vec<Value>, _>>()?;
    Ok(Json(json!({ "keys": keys })))
}

fn jwk(listed: &ListedKey) -> Result<Value, serde_json::Error> {
    let mut key = serde_json::to_value(listed.key.jwk)?;
    if let Some(members) = key.as_object_mut() {
        members.insert("kid".into(), listed.key.kid.to_string().into());
        members.insert("use".into(), "sig".into());
        members.insert("alg".into(), "ES256".into());
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn each_mode_has_its_own_keys() {
        let world = World::new().await;
        let live = world.get("/.well-known/jwks.json").await.expect(200).json();
        let key = &live["keys"][0];
        let listed = &world.app.live_keys.listed()[0];
        assert_eq!(key["kid"], listed.key.kid.to_string());
        assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("EC"), &json!("P-256"), &json!("ES256")));
        assert!(key.get("d").is_none());
        let test = format!("/.well-known/jwks.json?k={}", world.app.test_keys.identity());
        assert_ne!(world.get(&test).await.expect(200).json(), live);
    }
}
