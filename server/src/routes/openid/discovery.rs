//! `/.well-known/openid-configuration` (OpenID Connect discovery §3, CIBA core §4). Test mode is an issuer of its own,
//! `…/test`: its keys are others, and no token of it must pass for a live one.

use axum::Json;
use axum::extract::State;
use inkan_protocol::challenge::Tier;
use serde_json::{Value, json};

use super::{AUTHORIZE_PATH, CLIENT_ALGORITHMS, DETAILS_TYPE, GRANT_TYPE, TOKEN_PATH};
use crate::app::{App, Shared};
use crate::ciba;
use crate::jose::Algorithm;
use crate::routes::refusal::Refusal;

/// What OpenID clients need to know of this server.
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    tag = "openid",
    responses((status = 200, description = "OpenID provider metadata", body = Object))
)]
pub(super) async fn live(State(app): State<Shared>) -> Json<Value> {
    Json(document(&app, true))
}

/// The same for test mode; 404 where that is off.
#[utoipa::path(
    get,
    path = "/test/.well-known/openid-configuration",
    tag = "openid",
    responses((status = 200, description = "OpenID provider metadata", body = Object))
)]
pub(super) async fn test(State(app): State<Shared>) -> Result<Json<Value>, Refusal> {
    if app.settings.test_mode {
        Ok(Json(document(&app, false)))
    } else {
        Err(Refusal::not_found("there is nothing under this address"))
    }
}

fn document(app: &App, live: bool) -> Value {
    let origin = &app.settings.api_origin;
    let jwks = if live {
        format!("{origin}/.well-known/jwks.json")
    } else {
        format!("{origin}/.well-known/jwks.json?k={}", app.test_keys.identity())
    };
    let client_algorithms: Vec<&str> = CLIENT_ALGORITHMS.iter().copied().map(Algorithm::as_str).collect();
    // what a binding message can come to, where some operation takes it
    let untied = app.settings.tier_floors.values().any(|floor| *floor == Tier::None);
    let tiers = if untied { json!(["number", "none"]) } else { json!(["number"]) };
    json!({
        "issuer": ciba::issuer(&app.settings, live),
        "backchannel_authentication_endpoint": format!("{origin}{AUTHORIZE_PATH}"),
        "token_endpoint": format!("{origin}{TOKEN_PATH}"),
        "jwks_uri": jwks,
        "backchannel_token_delivery_modes_supported": ["poll", "ping"],
        "backchannel_authentication_request_signing_alg_values_supported": client_algorithms,
        "backchannel_user_code_parameter_supported": false,
        "grant_types_supported": [GRANT_TYPE],
        // needed by discovery §3; there is no authorization endpoint
        "response_types_supported": [],
        "scopes_supported": ["openid"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "acr_values_supported": tiers,
        "claims_supported": [
            "iss", "sub", "aud", "iat", "exp", "auth_time", "acr", "amr", "at_hash",
            "urn:openid:params:jwt:claim:auth_req_id",
            "inkan_challenge", "inkan_challenge_hash", "inkan_verdict_hash",
        ],
        "authorization_details_types_supported": [DETAILS_TYPE],
        "request_parameter_supported": true,
        "request_uri_parameter_supported": false,
        "service_documentation": format!("{origin}/openapi.json"),
    })
}
