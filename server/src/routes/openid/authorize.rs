//! `POST /bc-authorize`: the backchannel authentication endpoint (CIBA core §7).

use axum::Json;
use axum::extract::{Request, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::form::Form;
use super::{OauthError, client, wanted};
use crate::app::Shared;
use crate::ciba;
use crate::model::ciba::INTERVAL;
use crate::routes::refusal::Refusal;
use crate::test_users;

/// The parameters, beside those by which the client authenticates.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes the form; what is read of it may as well come out of `request`")]
pub(super) struct AuthenticationRequest {
    /// Must hold `openid`.
    scope: String,
    /// The customer, as you name them. Exactly one hint.
    login_hint: Option<String>,
    /// An ID token that you were given before.
    id_token_hint: Option<String>,
    /// 4 to 8 digits: the number that you show and the customer types. Other text is shown on the phone (tier `none`).
    binding_message: Option<String>,
    /// Seconds that you would like: 30 to 300.
    requested_expiry: Option<u64>,
    /// Tiers that you take, separated by spaces.
    acr_values: Option<String>,
    /// RFC 9396: a list of one `{type: "inkan_operation", operation, details[]}`. Without it: a login.
    authorization_details: Option<String>,
    /// Mode `ping`: what you are told with.
    client_notification_token: Option<String>,
    /// All of these signed, as one JWT (CIBA core §7.1.1).
    request: Option<String>,
}

/// What the client polls with.
#[derive(Serialize, ToSchema)]
pub(super) struct AuthenticationAnswer {
    auth_req_id: String,
    /// Seconds.
    expires_in: u64,
    /// Seconds between two polls.
    interval: u64,
}

/// What OAuth refuses with.
#[derive(Serialize, ToSchema)]
pub(super) struct OauthErrorBody {
    error: &'static str,
    error_description: String,
}

/// Ask a customer by OpenID CIBA.
#[utoipa::path(
    post,
    path = "/bc-authorize",
    tag = "openid",
    request_body(content = AuthenticationRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "the customer is asked", body = AuthenticationAnswer),
        (status = 400, description = "`invalid_request`, `invalid_scope`, `invalid_binding_message`, `invalid_authorization_details`, `unknown_user_id`, `access_denied` with `Retry-After` (prompted too often)", body = OauthErrorBody),
        (status = 401, description = "`invalid_client`", body = OauthErrorBody),
        (status = 403, description = "`access_denied`", body = OauthErrorBody),
        (status = 503, description = "`temporarily_unavailable` with `Retry-After`", body = OauthErrorBody),
    )
)]
pub(super) async fn authorize(
    State(app): State<Shared>,
    request: Request,
) -> Result<Json<AuthenticationAnswer>, OauthError> {
    let (headers, mut form) = Form::read(request).await?;
    let client = client::authenticate(&app, &headers, &mut form).await?;
    let form = wanted::open_signed(&app, &client, form).await?;
    let wanted = wanted::read(&app, &client, form)?;
    let shared = app.clone();
    let begun = app
        .storage
        .write(move |tx| ciba::begin(tx, &shared, &client, wanted).map_err(|refused| refuse(&refused)))
        .await?;
    if begun.slow {
        test_users::approve_later(&app, begun.challenge, None);
    }
    Ok(Json(AuthenticationAnswer {
        auth_req_id: begun.auth_req_id,
        expires_in: begun.expires_in,
        interval: INTERVAL,
    }))
}

/// A refused question in the standard's words.
fn refuse(refused: &Refusal) -> OauthError {
    match (refused.code, refused.retry_after) {
        ("no_device", _) => OauthError::unknown_user(),
        ("too_many_prompts", Some(seconds)) => {
            OauthError::denied("the customer was prompted too often; wait as Retry-After says").after(seconds)
        }
        ("user_locked", _) => OauthError::forbidden("the customer's approvals are stopped"),
        ("device_waiting", _) => {
            OauthError::forbidden("every device of the customer is new and may not approve this yet")
        }
        ("tier_too_low", _) => OauthError::forbidden("the operator demands more of this operation"),
        _ if refused.status.is_client_error() => OauthError::invalid_request(refused.detail.clone()),
        _ => OauthError::of_failure(refused),
    }
}
