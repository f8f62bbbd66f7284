//! Who calls: an API key of the relying party, its mode and its scopes.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use inkan_protocol::ids::{Digest, UserId};

use crate::app::Shared;
use crate::model::api_key::{ApiKey, Scope};
use crate::model::user::UserKey;
use crate::routes::refusal::Refusal;

/// The relying party, by one of its keys.
#[derive(Clone, Debug)]
pub struct Caller(pub ApiKey);

impl Caller {
    /// Refuses a key without this scope.
    pub fn require(&self, scope: Scope) -> Result<(), Refusal> {
        if self.0.allows(scope) {
            Ok(())
        } else {
            Err(Refusal::forbidden(format!("this key lacks the scope `{}`", scope.as_str())))
        }
    }

    /// Live, or test mode.
    pub fn live(&self) -> bool {
        self.0.live
    }

    /// A customer in the key's mode. The names of test users are refused to a live key.
    pub fn owner(&self, user: UserId) -> Result<UserKey, Refusal> {
        if self.live() && is_test_user(&user) {
            return Err(Refusal::new(
                axum::http::StatusCode::UNPROCESSABLE_ENTITY,
                "test_user",
                "this name is kept for test mode; use a key that begins with ik_test_",
            )
            .at("/user"));
        }
        Ok(UserKey { live: self.live(), user })
    }
}

/// Users of test mode that answer by themselves.
pub fn is_test_user(user: &UserId) -> bool {
    matches!(user.as_str(), "test_approves" | "test_denies" | "test_reports" | "test_offline" | "test_slow")
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let text = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = text.and_then(bearer).ok_or_else(Refusal::unauthorized)?;
        if token.len() > 200 {
            return Err(Refusal::unauthorized());
        }
        let digest = Digest::of(token.as_bytes());
        let key = app.storage.read(move |tx| -> Result<_, Refusal> { Ok(tx.api_key(digest)?) }).await?;
        let key = key.filter(|key| key.revoked_at.is_none()).ok_or_else(Refusal::unauthorized)?;
        if !key.live && !app.settings.test_mode {
            return Err(Refusal::unauthorized());
        }
        Ok(Self(key))
    }
}

/// The token of an `Authorization` header. The name of the scheme is free in case (RFC 9110 §11.1).
fn bearer(text: &str) -> Option<&str> {
    text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer")).map(|(_, token)| token)
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn the_scheme_is_free_in_case_and_the_token_is_not_touched() {
        assert_eq!(bearer("Bearer ik_live_A"), Some("ik_live_A"));
        assert_eq!(bearer("bearer ik_live_A"), Some("ik_live_A"));
        for other in ["ik_live_A", "Basic ik_live_A", "Bearerik_live_A", "Bearer"] {
            assert_eq!(bearer(other), None, "{other}");
        }
    }
}
