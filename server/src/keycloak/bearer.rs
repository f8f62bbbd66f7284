//! The token that Keycloak brings and is called back with: RS256 (RFC 7519, RFC 8725), by a realm that the operator named,
//! for a client that the operator named, fresh.

use inkan_protocol::encoding::decode;
use inkan_protocol::ids::{Digest, NumericDate};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::certs::CertsError;
use crate::app::App;

/// Longest token taken, in bytes.
const MOST: usize = 8 * 1024;
/// Longest `jti` and `kid`: Keycloak's are UUIDs and hashes.
const MOST_OF_NAME: usize = 64;
/// How far the two clocks may be apart, in seconds; the token is made as Keycloak calls.
const LEEWAY: u64 = 60;

/// Why a token is not taken. For the log; whoever called learns nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BearerError {
    /// Not a compact JWS with the members that are needed.
    #[error("it is not a token of Keycloak's CIBA channel")]
    Form,
    /// Another algorithm than RS256, or a header that asks for more than is done here.
    #[error("its header is not that of an RS256 token")]
    Header,
    /// `iss` is not configured.
    #[error("its issuer is not in keycloak.issuers")]
    Issuer,
    /// `aud` is not the issuer.
    #[error("it is meant for somebody else")]
    Audience,
    /// `azp` is not configured.
    #[error("its client is not in keycloak.clients")]
    Client,
    /// The realm has no such key, or the signature does not verify.
    #[error("its signature does not verify")]
    Signature,
    /// Past, from the future, or made too long ago.
    #[error("it is not fresh; are both clocks right?")]
    Time,
    /// The realm's keys cannot be had.
    #[error(transparent)]
    Certs(#[from] CertsError),
}

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bearer {
    /// SHA-256 of issuer and `jti`.
    pub(crate) id: Digest,
    pub(crate) issuer: String,
    pub(crate) client: String,
    pub(crate) jti: String,
    pub(crate) exp: NumericDate,
    /// From then on the same token is refused for its age.
    pub(crate) stale_at: NumericDate,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: Option<String>,
    crit: Option<Value>,
    jku: Option<Value>,
    jwk: Option<Value>,
    x5u: Option<Value>,
    x5c: Option<Value>,
    b64: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    exp: NumericDate,
    iat: NumericDate,
    jti: String,
    typ: String,
    azp: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Verifies a token. `iss` decides which of the configured realms is asked for keys, and nothing else of the token says
/// where anything is fetched from.
pub(crate) async fn verify(app: &App, token: &str) -> Result<Bearer, BearerError> {
    if token.len() > MOST {
        return Err(BearerError::Form);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(BearerError::Form)?;
    let (header, claims) = signed.split_once('.').ok_or(BearerError::Form)?;
    let header: Header = read(header)?;
    let asks_for_more = [&header.crit, &header.jku, &header.jwk, &header.x5u, &header.x5c, &header.b64]
        .into_iter()
        .any(Option::is_some);
    let is_jwt = header.typ.as_ref().is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
    if header.alg != "RS256" || asks_for_more || !is_jwt || header.kid.len() > MOST_OF_NAME {
        return Err(BearerError::Header);
    }
    let signature = decode(signature).map_err(|_| BearerError::Form)?;
    let claims: Claims = read(claims)?;
    if !app.settings.keycloak.issuers.contains(&claims.iss) {
        return Err(BearerError::Issuer);
    }
    let key = app.realm_keys.key(app, &claims.iss, &header.kid).await?.ok_or(BearerError::Signature)?;
    key.verify(signed.as_bytes(), &signature).map_err(|_| BearerError::Signature)?;
    check(app, claims)
}

fn check(app: &App, claims: Claims) -> Result<Bearer, BearerError> {
    let now = app.clock.now();
    let is_for_issuer = match &claims.aud {
        Audience::One(audience) => *audience == claims.iss,
        Audience::Several(audiences) => matches!(audiences.as_slice(), [only] if *only == claims.iss),
    };
    if !is_for_issuer {
        return Err(BearerError::Audience);
    }
    if !app.settings.keycloak.clients.contains(&claims.azp) {
        return Err(BearerError::Client);
    }
    let jti = claims.jti;
    let is_plain = jti.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if claims.typ != "Bearer" || !is_plain || !(1..=MOST_OF_NAME).contains(&jti.len()) {
        return Err(BearerError::Form);
    }
    if claims.exp <= now || claims.iat.abs_diff(now) > LEEWAY {
        return Err(BearerError::Time);
    }
    let id = Digest::of(format!("inkan-keycloak-v1\n{}\n{jti}", claims.iss).as_bytes());
    let stale_at = claims.exp.min(claims.iat.saturating_add(LEEWAY).saturating_add(1));
    Ok(Bearer { id, issuer: claims.iss, client: claims.azp, jti, exp: claims.exp, stale_at })
}

fn read<T: DeserializeOwned>(part: &str) -> Result<T, BearerError> {
    let bytes = decode(part).map_err(|_| BearerError::Form)?;
    serde_json::from_slice(&bytes).map_err(|_| BearerError::Form)
}
