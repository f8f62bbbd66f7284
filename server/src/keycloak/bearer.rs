//! The token that Keycloak brings and is called back with: RS256 (RFC 7519, RFC 8725), by a realm that the operator named,
//! for a client that the operator named, fresh.

use inkan_protocol::ids::{Digest, NumericDate};
use serde::Deserialize;

use super::certs::CertsError;
use crate::app::App;
use crate::jose::{self, Algorithm, Audience, JoseError};

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

impl From<JoseError> for BearerError {
    fn from(error: JoseError) -> Self {
        match error {
            JoseError::Algorithm => Self::Header,
            JoseError::Signature => Self::Signature,
            JoseError::Malformed(_) | JoseError::KeySet(_) => Self::Form,
        }
    }
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

/// Verifies a token. `iss` decides which of the configured realms is asked for keys, and nothing else of the token says
/// where anything is fetched from.
pub(crate) async fn verify(app: &App, token: &str) -> Result<Bearer, BearerError> {
    let said = jose::peek(token)?;
    let is_jwt = said.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
    let kid = said.kid.filter(|kid| kid.len() <= MOST_OF_NAME);
    let Some(kid) = kid.filter(|_| is_jwt && said.alg == Algorithm::Rs256.as_str()) else {
        return Err(BearerError::Header);
    };
    let issuer = said.iss.filter(|issuer| app.settings.keycloak.issuers.contains(issuer));
    let issuer = issuer.ok_or(BearerError::Issuer)?;
    let key = app.realm_keys.key(app, &issuer, &kid).await?.ok_or(BearerError::Signature)?;
    check(app, jose::verify(token, &[key], &[Algorithm::Rs256])?)
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
