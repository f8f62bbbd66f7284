//! Who calls: `client_secret_basic`, `client_secret_post` (RFC 6749 §2.3.1) or `private_key_jwt` (OpenID Connect core §9).
//! Exactly one of them, by a client that the operator has registered.

use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inkan_protocol::ids::{Digest, NumericDate};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::form::Form;
use super::{AUTHORIZE_PATH, CLIENT_ALGORITHMS, OauthError, TOKEN_PATH};
use crate::app::{App, Shared};
use crate::ciba;
use crate::jose::{self, Audience};
use crate::model::openid_client::{Authentication, OpenidClient};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Clocks differ by so many seconds.
const LEEWAY: u64 = 30;
/// A token that claims to be good for longer is not taken: its `jti` would have to be remembered.
const LONGEST_LIFE: u64 = 3600;
const LONGEST_JTI: usize = 256;

/// How a client says who it is.
enum Shown {
    Secret { id: String, secret: Zeroizing<String> },
    Assertion { id: Option<String>, assertion: String },
}

/// Authenticates the client; takes its own parameters out of the form.
pub(super) async fn authenticate(
    app: &Shared,
    headers: &HeaderMap,
    form: &mut Form,
) -> Result<OpenidClient, OauthError> {
    let authenticated = match shown(headers, form) {
        Ok(shown) => judge(app, shown).await,
        Err(refused) => Err(refused),
    };
    authenticated.map_err(|refused| {
        let challenge =
            refused.status == StatusCode::UNAUTHORIZED && headers.contains_key(header::AUTHORIZATION);
        OauthError { challenge, ..refused }
    })
}

async fn judge(app: &Shared, shown: Shown) -> Result<OpenidClient, OauthError> {
    match shown {
        Shown::Secret { id, secret } => {
            let client = find(app, id).await?.ok_or_else(unknown)?;
            let Authentication::Secret { digest } = client.authentication else { return Err(unknown()) };
            let given = Digest::of(secret.as_bytes());
            if bool::from(given.0.ct_eq(&digest.0)) { Ok(client) } else { Err(unknown()) }
        }
        Shown::Assertion { id, assertion } => by_assertion(app, id, &assertion).await,
    }
}

fn unknown() -> OauthError {
    OauthError::invalid_client("the client is not known, or did not show that it is this client")
}

fn shown(headers: &HeaderMap, form: &mut Form) -> Result<Shown, OauthError> {
    let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
    let basic = authorizations.next().map(|value| value.to_str().map_err(|_| unknown())).transpose()?;
    let id = form.take("client_id");
    let secret = form.take("client_secret").map(Zeroizing::new);
    let kind = form.take("client_assertion_type");
    let assertion = form.take("client_assertion");
    let ways = [basic.is_some(), secret.is_some(), assertion.is_some() || kind.is_some()];
    if ways.into_iter().filter(|way| *way).count() > 1 || authorizations.next().is_some() {
        return Err(OauthError::invalid_request("authenticate the client in one way, not in several"));
    }
    match (basic, secret, assertion) {
        (Some(basic), ..) => {
            let (named, secret) = read_basic(basic).ok_or_else(unknown)?;
            if id.is_some_and(|id| id != named) {
                return Err(OauthError::invalid_request("client_id is another than that of the header"));
            }
            Ok(Shown::Secret { id: named, secret })
        }
        (_, Some(secret), _) => {
            let id = id.ok_or_else(|| OauthError::invalid_request("client_id is missing"))?;
            Ok(Shown::Secret { id, secret })
        }
        (_, _, Some(assertion)) => {
            if kind.as_deref() != Some(ASSERTION_TYPE) {
                return Err(OauthError::invalid_request(format!(
                    "client_assertion_type must be {ASSERTION_TYPE}"
                )));
            }
            Ok(Shown::Assertion { id, assertion })
        }
        _ => Err(OauthError::invalid_client("the client did not authenticate")),
    }
}

/// `Basic`, both halves form-encoded before they were put together.
fn read_basic(header: &str) -> Option<(String, Zeroizing<String>)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let pair = Zeroizing::new(String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?);
    let (id, secret) = pair.split_once(':')?;
    let decode = |part: &str| {
        let named = format!("x={part}");
        form_urlencoded::parse(named.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, Zeroizing::new(decode(secret)?)))
}

/// A client that may call now.
async fn find(app: &Shared, id: String) -> Result<Option<OpenidClient>, OauthError> {
    if !OpenidClient::is_id(&id) {
        return Ok(None);
    }
    let found = app.storage.read(move |tx| -> Result<_, OauthError> { Ok(tx.openid_client(&id)?) }).await?;
    Ok(found.filter(|client| client.revoked_at.is_none() && (client.live || app.settings.test_mode)))
}

/// Claims that both kinds of JWT have. What else they hold is read by others.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: Option<String>,
    aud: Audience,
    exp: NumericDate,
    iat: Option<NumericDate>,
    nbf: Option<NumericDate>,
    jti: String,
}

async fn by_assertion(app: &Shared, id: Option<String>, assertion: &str) -> Result<OpenidClient, OauthError> {
    let wrong = |why: &str| OauthError::invalid_client(format!("client_assertion {why}"));
    // Whose keys are to be looked at. What it says counts only once one of them has verified it.
    let said = jose::peek(assertion).ok().and_then(|said| said.iss);
    let said = said.ok_or_else(|| wrong("is not a JWT with iss"))?;
    if id.is_some_and(|id| id != said) {
        return Err(OauthError::invalid_request("client_id is another than that of the assertion"));
    }
    let client = find(app, said).await?.ok_or_else(unknown)?;
    if client.authentication != Authentication::PrivateKeyJwt {
        return Err(unknown());
    }
    let claims: Claims = jose::verify(assertion, &client.keys, CLIENT_ALGORITHMS).map_err(|_| unknown())?;
    if claims.iss != client.id || claims.sub.as_deref() != Some(client.id.as_str()) {
        return Err(wrong("needs the client_id as iss and as sub"));
    }
    check_claims(app, &client, &claims).map_err(|why| wrong(&why))?;
    if use_once(app, &client, "assertion", &claims).await? {
        Ok(client)
    } else {
        Err(wrong("was used before; each needs a jti of its own"))
    }
}

/// Audience and times of what a client has signed.
pub(super) fn check_claims(app: &App, client: &OpenidClient, claims: &Claims) -> Result<(), String> {
    let now = app.clock.now();
    let issuer = ciba::issuer(&app.settings, client.live);
    let origin = &app.settings.api_origin;
    let (authorize, token) = (format!("{origin}{AUTHORIZE_PATH}"), format!("{origin}{TOKEN_PATH}"));
    if claims.iss != client.id {
        return Err("needs the client_id as iss".to_owned());
    }
    if !claims.aud.names(&[&issuer, &authorize, &token]) {
        return Err(format!("is for another audience than {issuer}"));
    }
    if claims.exp.saturating_add(LEEWAY) <= now {
        return Err("has expired".to_owned());
    }
    if claims.exp > now.saturating_add(LONGEST_LIFE) {
        return Err("is good for longer than an hour".to_owned());
    }
    if [claims.iat, claims.nbf].into_iter().flatten().any(|time| time > now.saturating_add(LEEWAY)) {
        return Err("is of the future".to_owned());
    }
    if claims.jti.is_empty() || claims.jti.len() > LONGEST_JTI {
        return Err("has no jti, or one of more than 256 characters".to_owned());
    }
    Ok(())
}

impl Claims {
    /// A signed request needs these too (CIBA core §7.1.1).
    pub(super) fn are_of_a_request(&self) -> bool {
        self.iat.is_some() && self.nbf.is_some()
    }
}

/// Uses up what a client has signed; `false` if it was used.
pub(super) async fn use_once(
    app: &Shared,
    client: &OpenidClient,
    kind: &'static str,
    claims: &Claims,
) -> Result<bool, OauthError> {
    let jti = Digest::of(format!("{kind}\n{}", claims.jti).as_bytes());
    let until = claims.exp.saturating_add(2 * LEEWAY);
    let id = client.id.clone();
    app.storage.write(move |tx| -> Result<_, OauthError> { Ok(tx.use_assertion(&id, jti, until)?) }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_of_basic_are_form_encoded() {
        let header = format!("basic {}", STANDARD.encode("a%2Db:s+%25"));
        let (id, secret) = read_basic(&header).unwrap();
        assert_eq!((id.as_str(), secret.as_str()), ("a-b", "s %"));
        for wrong in ["Basic", "Basic !", "Bearer YTpi", &format!("Basic {}", STANDARD.encode("ab"))] {
            assert!(read_basic(wrong).is_none(), "{wrong}");
        }
    }
}
