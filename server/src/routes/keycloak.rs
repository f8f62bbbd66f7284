//! `POST /keycloak/ciba`: Keycloak's authentication channel (`ciba-http-auth-channel`). Keycloak calls while its own
//! client waits, takes 201 and nothing else, within five seconds, and does not ask twice.
//!
//! ```text
//! bearer ─ 401, 503 ─▶ what is asked ─ 422 ─▶ one transaction: asked, or UNAUTHORIZED follows ─▶ 201
//! ```
//!
//! Whether a customer exists, has a device, is stopped or was asked too often, cannot be told from the answer: it is 201,
//! and the callback says the rest.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use inkan_protocol::details::{self, Detail, Operation, Origin};
use inkan_protocol::text;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::relying_party::schemas::ProblemSchema;
use crate::app::{App, Shared};
use crate::asking::{self, Question, Tie};
use crate::keycloak::bearer::{self, Bearer, BearerError};
use crate::keycloak::{bearer_context, tell};
use crate::model::intent::Intent;
use crate::model::keycloak::{KeycloakRequest, Word};
use crate::model::sealed::SealedBytes;
use crate::model::user::UserKey;
use crate::policy::binding_message::{self, BindingMessage};
use crate::policy::tier::{demanded, weakest_named};
use crate::routes::body;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// Longest value of a parameter that Keycloak hands on, in characters.
const MOST: usize = 200;

/// The endpoint.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(ask))
}

/// What Keycloak sends. Members that are not named here are ignored.
#[derive(Deserialize, ToSchema)]
pub struct KeycloakAsks {
    /// Who: a user name of the realm, which must be your id of the customer.
    login_hint: String,
    /// 4 to 8 digits are the number, typed on the phone and not shown there; other text is shown, tier `none`.
    binding_message: Option<String>,
    /// Tiers, among other words: the weakest of them is demanded.
    acr_values: Option<String>,
    /// The client wants the realm's consent asked for, which is not done here.
    #[serde(default)]
    is_consent_required: bool,
    /// What is asked: JSON text `{"operation": …, "details": […]}`, 200 characters at most, or the id of an intent
    /// (`POST /v1/intents`). A login where it is absent.
    inkan_request: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    operation: Operation,
    #[serde(default, deserialize_with = "body::objects")]
    details: Vec<Detail>,
}

/// Keycloak asks for a customer's decision (CIBA authentication channel).
///
/// Authenticated by Keycloak's own token, not by an API key. Keycloak is told the decision at
/// `{iss}/protocol/openid-connect/ext/ciba/auth/callback`.
#[utoipa::path(
    post,
    path = "/keycloak/ciba",
    tag = "keycloak",
    request_body = KeycloakAsks,
    responses(
        (status = 201, description = "asked; or the user cannot be asked, and `UNAUTHORIZED` follows"),
        (status = 401, description = "`unauthorized`: not a fresh token of a configured realm and client, or one that came before", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no Keycloak is configured", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`, `tier_too_low`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: the realm's keys cannot be fetched", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn ask(
    State(app): State<Shared>,
    headers: HeaderMap,
    body: Result<body::Json<KeycloakAsks>, Refusal>,
) -> Result<StatusCode, Refusal> {
    if app.settings.keycloak.issuers.is_empty() {
        return Err(Refusal::not_found("no Keycloak is configured"));
    }
    let token = token(&headers).ok_or_else(unauthorized)?;
    let bearer = bearer::verify(&app, token).await.map_err(refuse)?;
    let body::Json(asked) = body?;
    let intent = intent(&app, &asked).await?;
    let question = question(&app, &bearer, &asked, intent.as_ref())?;
    let (shared, intent) = (app.clone(), intent.map(|intent| intent.id));
    let token = Zeroizing::new(token.to_owned());
    app.storage.write(move |tx| keep(tx, &shared, &bearer, &token, question, intent)).await?;
    Ok(StatusCode::CREATED)
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

fn unauthorized() -> Refusal {
    let detail = "send a token of a Keycloak realm that this server knows".to_owned();
    Refusal { detail, ..Refusal::unauthorized() }
}

fn refuse(error: BearerError) -> Refusal {
    tracing::warn!(why = %error, "a token of Keycloak was not taken");
    match error {
        BearerError::Certs(error) => Refusal { detail: error.to_string(), ..Refusal::unavailable() },
        _ => unauthorized(),
    }
}

/// What was registered for this sign-in, where `inkan_request` is the id of an intent. One that is not known, over, used,
/// or another customer's, is refused the same.
async fn intent(app: &App, asked: &KeycloakAsks) -> Result<Option<Intent>, Refusal> {
    let Some(id) = asked.inkan_request.as_deref().and_then(|text| text.parse::<Uuid>().ok()) else {
        return Ok(None);
    };
    let found = app.storage.read(move |tx| tx.intent(id)).await?.ok_or_else(no_intent)?;
    let is_theirs = asked.login_hint == found.owner.user.as_str();
    if is_theirs && found.can_ask(&found.owner, app.clock.now()) { Ok(Some(found)) } else { Err(no_intent()) }
}

fn no_intent() -> Refusal {
    Refusal::invalid(
        "/inkan_request",
        "no intent of this customer by this id can be used: is it over, or used?",
    )
}

/// Everything that can be judged without the store; the same for every user. `None`: the name cannot be one of ours.
fn question(
    app: &App,
    bearer: &Bearer,
    asked: &KeycloakAsks,
    intent: Option<&Intent>,
) -> Result<Option<Question>, Refusal> {
    let (settings, now) = (&app.settings, app.clock.now());
    if asked.is_consent_required {
        let why = "the phone does not ask for the realm's consent; turn it off for this client";
        return Err(Refusal::invalid("/is_consent_required", why));
    }
    let Asked { operation, mut details } = match (intent, &asked.inkan_request) {
        (Some(intent), _) => Asked { operation: intent.operation, details: intent.details.clone() },
        (None, Some(text)) => read_request(text)?,
        (None, None) => Asked { operation: Operation::Login, details: Vec::new() },
    };
    let tie = match &asked.binding_message {
        None => Tie::None,
        Some(message) => {
            let read = binding_message::read(message, settings.locale);
            match read.map_err(|error| Refusal::invalid("/binding_message", error.to_string()))? {
                BindingMessage::Number(number) => Tie::Given(number),
                BindingMessage::Shown(detail) => {
                    details.push(detail);
                    Tie::None
                }
            }
        }
    };
    details::check(operation, &details)
        .map_err(|error| Refusal::invalid("/inkan_request", error.to_string()))?;
    let origin = Origin { client: bearer.client.clone(), place: None, ip: None };
    origin
        .check()
        .map_err(|(_, why)| Refusal::invalid("", format!("the client id cannot be shown: it {why}")))?;
    let wanted = asked.acr_values.as_deref().and_then(weakest_named);
    let minimum_tier = demanded(operation, wanted, &settings.tier_floors);
    if tie.reachable(false) < minimum_tier {
        let field = if wanted.is_some() { "/acr_values" } else { "/binding_message" };
        return Err(asking::tier_too_low(minimum_tier).at(field));
    }
    let Ok(user) = asked.login_hint.parse() else { return Ok(None) };
    Ok(Some(Question {
        owner: UserKey { live: true, user },
        operation,
        details,
        origin,
        // Keycloak does not say from where its client was called
        network: Some(format!("keycloak/{}", bearer.client)),
        // each is its own: another one's sign-in takes nobody's place
        session: Some(bearer.id),
        reasons: Vec::new(),
        tie,
        return_url: None,
        minimum_tier,
        reference: Some(bearer.jti.clone()),
        locale: settings.locale,
        seconds: bearer.exp.saturating_sub(now).min(settings.max_challenge_seconds),
        device: None,
    }))
}

fn read_request(text: &str) -> Result<Asked, Refusal> {
    let at = |refused: Refusal| Refusal {
        field: Some(format!("/inkan_request{}", refused.field.unwrap_or_default())),
        ..refused
    };
    text::check(text, MOST).map_err(|error| Refusal::invalid("/inkan_request", error.to_string()))?;
    let asked: Asked = body::parse(text.as_bytes()).map_err(at)?;
    if asked.operation == Operation::DeviceAdd {
        let why = "the server asks `device_add` itself when a device is added";
        return Err(Refusal::invalid("/inkan_request/operation", why));
    }
    Ok(asked)
}

/// Keeps the call, and asks whom it names. Whoever cannot be asked is told so by the callback alone.
fn keep(
    tx: &mut dyn Transaction,
    app: &App,
    bearer: &Bearer,
    token: &str,
    question: Option<Question>,
    intent: Option<Uuid>,
) -> Result<(), Refusal> {
    if tx.keycloak_request(bearer.id)?.is_some() {
        tracing::warn!("a token of Keycloak came twice");
        return Err(unauthorized());
    }
    let owner = question.as_ref().map(|question| question.owner.clone());
    let intent = match (intent, &owner) {
        (None, _) => None,
        // another sign-in may have used it since it was read
        (Some(id), Some(owner)) => {
            let now = app.clock.now();
            Some(tx.intent(id)?.filter(|intent| intent.can_ask(owner, now)).ok_or_else(no_intent)?)
        }
        (Some(_), None) => return Err(no_intent()),
    };
    let asked = match question.map(|question| asking::ask(tx, app, question)) {
        None => Err("no_user"),
        Some(Ok(asked)) => Ok(asked.id),
        Some(Err(refused)) if is_about_the_user(&refused) => Err(refused.code),
        Some(Err(refused)) => return Err(refused),
    };
    if let (Some(intent), Ok(challenge)) = (intent, &asked) {
        tx.put_intent(&Intent { used_by: Some(*challenge), ..intent })?;
    }
    let until = bearer.exp.min(app.clock.now().saturating_add(app.settings.max_challenge_seconds));
    let request = KeycloakRequest {
        id: bearer.id,
        challenge: asked.ok(),
        owner,
        issuer: bearer.issuer.clone(),
        reference: bearer.jti.clone(),
        bearer: Some(SealedBytes(app.sealer.seal(&bearer_context(bearer.id), token.as_bytes())?)),
        // as late as can be: the 201 is written after this transaction, and no callback goes out before it
        came_millis: app.clock.now_millis(),
        until,
        remembered_until: until.max(bearer.stale_at),
    };
    tx.add_keycloak_request(&request)?;
    if let Err(code) = asked {
        tracing::info!(code, "Keycloak named somebody who cannot be asked");
        tell(tx, app, &request, Word::Unauthorized)?;
    }
    Ok(())
}

/// 404 `no_device`, 409 `user_locked` and `device_waiting`, 429 `too_many_prompts`.
fn is_about_the_user(refused: &Refusal) -> bool {
    matches!(refused.status, StatusCode::NOT_FOUND | StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS)
}
