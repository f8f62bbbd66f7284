//! `POST /token`: trades an `auth_req_id` for an ID token (CIBA core §10.1), once. It is a redeem.

use axum::Json;
use axum::extract::{Request, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::authorize::OauthErrorBody;
use super::form::Form;
use super::{GRANT_TYPE, OauthError, client};
use crate::app::Shared;
use crate::ciba;

/// The parameters, beside those by which the client authenticates.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes the form")]
pub(super) struct TokenRequest {
    /// `urn:openid:params:grant-type:ciba`
    grant_type: String,
    auth_req_id: String,
}

/// The tokens.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    /// The standard wants one. Nothing of this server takes it.
    access_token: String,
    /// `Bearer`
    token_type: &'static str,
    /// `openid`
    scope: &'static str,
    /// ES256. `acr` is the tier, `inkan_challenge_hash` the hash of what the device was sent.
    id_token: String,
    /// What was asked, as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    authorization_details: Option<Value>,
    /// `inkan-verdict+jwt`: what a redeem gives.
    verdict: String,
}

/// Collect the tokens of an approval, once.
#[utoipa::path(
    post,
    path = "/token",
    tag = "openid",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "approved, and now redeemed", body = TokenAnswer),
        (status = 400, description = "`authorization_pending`, `slow_down`, `access_denied`, `expired_token`, `invalid_grant`, `invalid_request`, `unsupported_grant_type`", body = OauthErrorBody),
        (status = 401, description = "`invalid_client`", body = OauthErrorBody),
        (status = 503, description = "`temporarily_unavailable` with `Retry-After`", body = OauthErrorBody),
    )
)]
pub(super) async fn token(
    State(app): State<Shared>,
    request: Request,
) -> Result<Json<TokenAnswer>, OauthError> {
    let (headers, mut form) = Form::read(request).await?;
    let client = client::authenticate(&app, &headers, &mut form).await?;
    if form.need("grant_type")? != GRANT_TYPE {
        let why = format!("grant_type must be {GRANT_TYPE}");
        return Err(OauthError::bad_request("unsupported_grant_type", why));
    }
    let auth_req_id = form.need("auth_req_id")?;
    let shared = app.clone();
    // A poll is noted although it is refused: the refusal comes out of a transaction that stands.
    let collected = app.storage.write(move |tx| ciba::collect(tx, &shared, &client, &auth_req_id)).await??;
    Ok(Json(TokenAnswer {
        access_token: collected.access_token,
        token_type: "Bearer",
        scope: "openid",
        id_token: collected.id_token,
        authorization_details: collected.authorization_details,
        verdict: collected.verdict,
    }))
}
