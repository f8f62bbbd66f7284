//! A client of OpenID CIBA: somebody else's software that asks through the standard. The operator registers it; nobody
//! registers over the network.

use inkan_protocol::ids::{Digest, NumericDate};
use serde::{Deserialize, Serialize};

use crate::jose::VerifyingKey;

/// How a client shows who it is at the back-channel and token endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Authentication {
    /// `client_secret_basic` or `client_secret_post`, as the client likes.
    Secret {
        /// SHA-256 of the secret. It is 256 random bits, so a plain hash is enough.
        digest: Digest,
    },
    /// `private_key_jwt` by one of its keys.
    PrivateKeyJwt,
}

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenidClient {
    /// Its `client_id`.
    pub id: String,
    /// As customers read it where a request comes from, 1 to 64 characters.
    pub name: String,
    /// Live or test mode.
    pub live: bool,
    /// How it shows who it is.
    pub authentication: Authentication,
    /// Its public keys: for `private_key_jwt` and for signed requests.
    pub keys: Vec<VerifyingKey>,
    /// Where it is told that a request has ended (delivery mode `ping`); `None`: mode `poll`.
    pub notification_endpoint: Option<String>,
    /// When it was registered.
    pub created_at: NumericDate,
    /// When it was revoked.
    pub revoked_at: Option<NumericDate>,
}

impl OpenidClient {
    /// The delivery mode as the standard spells it.
    pub fn delivery_mode(&self) -> &'static str {
        if self.notification_endpoint.is_some() { "ping" } else { "poll" }
    }

    /// Whether an id can name a client: 1 to 64 of `A-Za-z0-9._-`.
    pub fn is_id(text: &str) -> bool {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_fits_into_every_form_in_which_it_travels() {
        for right in ["a", "portal-1", "018f2b2e-0000-7000-8000-000000000001", &"x".repeat(64)] {
            assert!(OpenidClient::is_id(right), "{right}");
        }
        for wrong in ["", "a b", "a:b", "a/b", "é", &"x".repeat(65)] {
            assert!(!OpenidClient::is_id(wrong), "{wrong}");
        }
    }
}
