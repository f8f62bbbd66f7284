//! `POST /v1/challenges`: asks a customer.

mod checks;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use inkan_protocol::answer::ReturnToken;
use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Detail, Locale, Operation, Reason};
use inkan_protocol::ids::{ChallengeId, DeviceId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(in crate::routes::relying_party) use self::checks::blame_details;
use super::super::caller::Caller;
use super::super::schemas::{
    DetailSchema, LocaleSchema, OperationSchema, ProblemSchema, ReasonSchema, TierSchema,
};
use crate::app::Shared;
use crate::asking::{self, Asked};
use crate::model::api_key::Scope;
use crate::policy::tier::Start;
use crate::routes::body;
use crate::routes::moment::rfc3339;
use crate::routes::refusal::Refusal;
use crate::test_users;

/// What is asked of whom.
#[derive(Deserialize, ToSchema)]
pub struct NewChallenge {
    /// Your opaque id of the customer: 1 to 64 of `A-Za-z0-9._-`.
    #[schema(value_type = String, example = "c-1024")]
    user: UserId,
    /// What the customer is asked to approve; not `device_add`, which the server asks by itself.
    #[schema(value_type = OperationSchema)]
    operation: Operation,
    /// Its details, in the order in which they are shown; at most 20.
    #[serde(default, deserialize_with = "body::objects")]
    #[schema(value_type = Vec<DetailSchema>)]
    details: Vec<Detail>,
    /// Where the request came from.
    #[serde(deserialize_with = "body::object")]
    origin: NewOrigin,
    /// Why it is asked; at most 8, each once.
    #[serde(default)]
    #[schema(value_type = Vec<ReasonSchema>)]
    reasons: Vec<Reason>,
    /// How page and phone are tied together.
    start: Start,
    /// Where the app brings the browser back to; with `start` `link`. Registered, compared in scheme, host, port, path.
    return_url: Option<String>,
    /// Life in seconds: 30 to 300, from 1 in test mode; 120 unless the operator says otherwise.
    expires_in: Option<u64>,
    /// A redeem needs at least this; never less than the operator's floor.
    #[schema(value_type = Option<TierSchema>)]
    minimum_tier: Option<Tier>,
    /// This device alone.
    #[schema(value_type = Option<String>, format = "uuid")]
    device: Option<DeviceId>,
    /// Your own reference, given again to redeem; 1 to 255 characters.
    reference: Option<String>,
    /// The language to show where the phone has none of ours.
    #[schema(value_type = Option<LocaleSchema>)]
    locale: Option<Locale>,
}

/// Where the request came from.
#[derive(Deserialize, ToSchema)]
pub struct NewOrigin {
    /// The customer's address, not your proxy's.
    #[schema(example = "203.0.113.24")]
    ip: String,
    /// The browser's `User-Agent`; shown as words.
    user_agent: String,
    /// The place in words, as you estimate it; 1 to 64 characters.
    place: Option<String>,
    /// The web session that asks; kept as a hash, never sent anywhere. 1 to 512 characters.
    session: Option<String>,
}

/// What was asked, with what your page needs. Nothing of it is to be logged.
#[derive(Serialize, ToSchema)]
pub struct NewChallengeAnswer {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: ChallengeId,
    /// Always `pending`.
    state: &'static str,
    /// `number`: what your page shows and the customer types.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "042317")]
    number: Option<String>,
    /// `link`: what opens the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// `scan`: an SVG of the present code; load it again every 2 seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    scan_url: Option<String>,
    /// From then on no answer is taken, RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
    /// For `GET /watch/{watch_token}` in the customer's browser.
    watch_token: String,
    /// Live, or test mode.
    livemode: bool,
    /// Test users with a `return_url` alone: what a phone would bring back to the browser behind the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_token: Option<String>,
}

/// Ask a customer.
///
/// A newer challenge supersedes an older one of the same user, operation and web session.
#[utoipa::path(
    post,
    path = "/v1/challenges",
    tag = "challenges",
    security(("api_key" = [])),
    request_body = NewChallenge,
    responses(
        (status = 201, description = "asked", body = NewChallengeAnswer),
        (status = 404, description = "`no_device`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "`user_locked`, `device_waiting`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`, `tier_too_low`, `return_url_not_registered`, `test_user`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_prompts`, with `Retry-After`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    State(app): State<Shared>,
    caller: Caller,
    body::Json(body): body::Json<NewChallenge>,
) -> Result<(StatusCode, Json<NewChallengeAnswer>), Refusal> {
    caller.require(Scope::Ask)?;
    let question = checks::check(body, &caller, &app.settings)?;
    let shared = app.clone();
    let asked = app.storage.write(move |tx| asking::ask(tx, &shared, question)).await?;
    if asked.slow {
        test_users::approve_later(&app, asked.id, asked.return_token.clone());
    }
    Ok((StatusCode::CREATED, Json(answer(asked, caller.live()))))
}

fn answer(asked: Asked, livemode: bool) -> NewChallengeAnswer {
    NewChallengeAnswer {
        id: asked.id,
        state: "pending",
        number: asked.secrets.number.map(|number| number.as_str().to_owned()),
        link: asked.secrets.link,
        scan_url: asked.secrets.scan_url,
        expires_at: rfc3339(asked.expires_at),
        watch_token: asked.watch_token,
        livemode,
        return_token: asked.return_token.as_ref().map(ReturnToken::expose_text),
    }
}

#[cfg(test)]
mod tests;
