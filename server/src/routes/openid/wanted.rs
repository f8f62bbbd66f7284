//! What an authentication request wants (CIBA core §7.1): its parameters, out of the form or out of a signed request.
//! Everything that does not depend on the customer is judged before anybody looks for the customer.

use std::collections::BTreeMap;

use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{self, Detail, Operation};
use inkan_protocol::ids::UserId;
use inkan_protocol::json;
use inkan_protocol::jws::Unverified;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::client::{Claims, check_claims, use_once};
use super::form::Form;
use super::{CLIENT_ALGORITHMS, DETAILS_TYPE, OauthError};
use crate::app::{App, Shared};
use crate::asking::Tie;
use crate::ciba::{self, IdToken, Wanted};
use crate::jose;
use crate::model::openid_client::OpenidClient;
use crate::model::user::UserKey;
use crate::policy::binding_message::{self, BindingMessage};
use crate::policy::tier::{demanded, weakest_named};
use crate::routes::relying_party::caller::is_test_user;

const LONGEST_NOTIFICATION_TOKEN: usize = 1024;
/// Claims of a signed request that are no parameters.
const REGISTERED: [&str; 6] = ["iss", "aud", "exp", "iat", "nbf", "jti"];

/// The one kind of `authorization_details` (RFC 9396).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    r#type: String,
    operation: Operation,
    #[serde(default)]
    details: Vec<Detail>,
}

/// Replaces the form by the parameters of its signed request, where it holds one.
pub(super) async fn open_signed(
    app: &Shared,
    client: &OpenidClient,
    mut form: Form,
) -> Result<Form, OauthError> {
    let Some(request) = form.take("request") else { return Ok(form) };
    let wrong = |why: &str| OauthError::invalid_request(format!("request {why}"));
    if !form.is_empty() {
        return Err(wrong("holds all parameters; none stands beside it"));
    }
    if client.keys.is_empty() {
        return Err(wrong("cannot be verified: no keys of this client are registered"));
    }
    let said: Map<String, Value> = jose::verify(&request, &client.keys, CLIENT_ALGORITHMS)
        .map_err(|error| wrong(&format!("is not taken: {error}")))?;
    let claims: Claims = serde_json::from_value(Value::Object(said.clone()))
        .map_err(|_| wrong("needs iss, aud, exp, iat, nbf and jti"))?;
    if !claims.are_of_a_request() {
        return Err(wrong("needs iss, aud, exp, iat, nbf and jti"));
    }
    // with the client as its subject it would pass for an assertion of the client (RFC 9101 §10.8)
    if said.contains_key("sub") {
        return Err(wrong("has no sub"));
    }
    // text, or what is written out as JSON where the form has text; nothing is taken for a customer named `null`
    if said.values().any(|value| value.is_null() || value.as_str().is_some_and(str::is_empty)) {
        return Err(wrong("leaves out what it does not state"));
    }
    check_claims(app, client, &claims).map_err(|why| wrong(&why))?;
    if !use_once(app, client, "request", &claims).await? {
        return Err(wrong("was used before; each needs a jti of its own"));
    }
    let parameters: BTreeMap<String, String> = said
        .into_iter()
        .filter(|(name, _)| !REGISTERED.contains(&name.as_str()))
        .map(|(name, value)| match value {
            Value::String(text) => (name, text),
            other => (name, other.to_string()),
        })
        .collect();
    Ok(Form::of(parameters))
}

/// Reads and judges the parameters.
pub(super) fn read(app: &App, client: &OpenidClient, mut form: Form) -> Result<Wanted, OauthError> {
    let settings = &app.settings;
    if ["request", "request_uri"].into_iter().any(|name| form.take(name).is_some()) {
        return Err(OauthError::invalid_request(
            "request_uri, and a request within a request, are not taken",
        ));
    }
    check_scope(&form.need("scope")?)?;
    let notification_token = notification_token(client, form.take("client_notification_token"))?;
    let seconds = seconds(app, client, form.take("requested_expiry").as_deref())?;
    let asked = form.take("authorization_details");
    let authorization_details = asked.as_deref().map(parse_details).transpose()?;
    let (operation, mut shown) =
        authorization_details.as_ref().map_or(Ok((Operation::Login, Vec::new())), check_details)?;

    let minimum = form.take("acr_values").as_deref().map(least_tier).transpose()?;
    let minimum_tier = demanded(operation, minimum, &settings.tier_floors);
    let tie = match form.take("binding_message") {
        None => Tie::None,
        Some(message) => match binding_message::read(&message, settings.locale)
            .map_err(|error| unshowable(error.to_string()))?
        {
            BindingMessage::Number(number) => Tie::Given(number),
            BindingMessage::Shown(detail) => {
                shown.push(detail);
                details::check(operation, &shown).map_err(|_| {
                    unshowable("binding_message cannot be shown beside a text of authorization_details")
                })?;
                Tie::None
            }
        },
    };
    check_tier(tie.reachable(false), minimum_tier, minimum)?;
    let owner = owner(app, client, &mut form)?;
    Ok(Wanted {
        owner,
        operation,
        details: shown,
        authorization_details,
        tie,
        minimum_tier,
        seconds,
        notification_token,
    })
}

fn check_scope(scope: &str) -> Result<(), OauthError> {
    if scope.split(' ').any(|scope| scope == "openid") {
        Ok(())
    } else {
        Err(OauthError::bad_request("invalid_scope", "scope must hold openid"))
    }
}

/// Needed in mode `ping`; a bearer token (RFC 6750 §2.1) of at most 1024 characters.
fn notification_token(client: &OpenidClient, given: Option<String>) -> Result<Option<String>, OauthError> {
    if client.notification_endpoint.is_none() {
        return Ok(None);
    }
    let token = given.ok_or_else(|| OauthError::invalid_request("client_notification_token is missing"))?;
    let symbols = token.trim_end_matches('=');
    let is_bearer = !symbols.is_empty()
        && symbols.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte));
    if is_bearer && token.len() <= LONGEST_NOTIFICATION_TOKEN {
        Ok(Some(token))
    } else {
        Err(OauthError::invalid_request(
            "client_notification_token must be a bearer token of at most 1024 characters",
        ))
    }
}

/// A wish: what is granted stands in the answer.
fn seconds(app: &App, client: &OpenidClient, wish: Option<&str>) -> Result<u64, OauthError> {
    let Some(wish) = wish else { return Ok(app.settings.challenge_seconds) };
    let wish = wish.parse::<u64>().ok().filter(|wish| *wish > 0);
    let wish =
        wish.ok_or_else(|| OauthError::invalid_request("requested_expiry must be a positive integer"))?;
    let least = if client.live { 30 } else { 1 };
    Ok(wish.max(least).min(app.settings.max_challenge_seconds))
}

fn parse_details(text: &str) -> Result<Value, OauthError> {
    let wrong = || wrong_details("must be JSON without a member twice");
    json::check_unsigned(text.as_bytes()).map_err(|_| wrong())?;
    serde_json::from_str(text).map_err(|_| wrong())
}

fn check_details(asked: &Value) -> Result<(Operation, Vec<Detail>), OauthError> {
    let [one] = asked.as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(wrong_details("must be a list of exactly one object"));
    };
    if !one.is_object() {
        return Err(wrong_details("must be a list of exactly one object"));
    }
    let asked: Asked =
        serde_json::from_value(one.clone()).map_err(|error| wrong_details(&error.to_string()))?;
    if asked.r#type != DETAILS_TYPE {
        return Err(wrong_details(&format!("must be of type {DETAILS_TYPE}")));
    }
    if asked.operation == Operation::DeviceAdd {
        return Err(wrong_details("cannot ask for device_add: the server asks it itself"));
    }
    details::check(asked.operation, &asked.details).map_err(|error| wrong_details(&error.to_string()))?;
    Ok((asked.operation, asked.details))
}

fn wrong_details(why: &str) -> OauthError {
    OauthError::bad_request("invalid_authorization_details", format!("authorization_details {why}"))
}

fn unshowable(why: impl Into<String>) -> OauthError {
    OauthError::bad_request("invalid_binding_message", why)
}

/// The weakest of the tiers that the client names. If none is ours, nothing that this server does would be welcome.
fn least_tier(values: &str) -> Result<Tier, OauthError> {
    weakest_named(values).ok_or_else(|| {
        OauthError::invalid_request("acr_values names none of none, number, scan, link and returned")
    })
}

fn check_tier(reachable: Tier, demanded: Tier, asked: Option<Tier>) -> Result<(), OauthError> {
    if reachable >= demanded {
        Ok(())
    } else if demanded <= Tier::Number {
        Err(unshowable(
            "binding_message must be the 4 to 8 digits that you show and the customer types; the operator does not allow less",
        ))
    } else if asked == Some(demanded) {
        Err(OauthError::invalid_request(
            "acr_values asks for more than a binding_message can come to: number",
        ))
    } else {
        Err(OauthError::forbidden(
            "the operator demands more of this operation than a request like this can come to",
        ))
    }
}

/// Whom it is about: exactly one hint.
fn owner(app: &App, client: &OpenidClient, form: &mut Form) -> Result<UserKey, OauthError> {
    let hints = ["login_hint", "id_token_hint", "login_hint_token"].map(|name| form.take(name));
    let user = match hints {
        [Some(user), None, None] => user,
        [None, Some(token), None] => subject_of(app, client, &token)?,
        [None, None, Some(_)] => {
            return Err(OauthError::invalid_request("login_hint_token is not taken; use login_hint"));
        }
        _ => return Err(OauthError::invalid_request("give exactly one of login_hint and id_token_hint")),
    };
    let user: UserId = user.parse().map_err(|_| OauthError::unknown_user())?;
    if client.live && is_test_user(&user) {
        return Err(OauthError::unknown_user());
    }
    Ok(UserKey { live: client.live, user })
}

/// Of an ID token that this server gave this client. It may have expired: it says whom, not that anything was approved.
fn subject_of(app: &App, client: &OpenidClient, token: &str) -> Result<String, OauthError> {
    let wrong =
        || OauthError::invalid_request("id_token_hint is no ID token that this server gave this client");
    let keys = app.keys(client.live);
    let token = Unverified::<IdToken>::parse(token).map_err(|_| wrong())?;
    let kid = token.kid().ok_or_else(wrong)?;
    let listed = keys.listed().into_iter().find(|listed| listed.key.kid == kid).ok_or_else(wrong)?;
    let token = token.verify(&listed.key.jwk).map_err(|_| wrong())?.into_payload();
    let ours = token.iss == ciba::issuer(&app.settings, client.live)
        && token.aud == client.id
        && keys.signing_key_at(kid, token.iat).is_some();
    if ours { Ok(token.sub) } else { Err(wrong()) }
}
