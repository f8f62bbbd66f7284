//! A sign-in that Keycloak waits for: what came with its call, kept until its time is over.

use inkan_protocol::ids::{ChallengeId, Digest, NumericDate};
use serde::{Deserialize, Serialize};

use crate::model::sealed::SealedBytes;
use crate::model::user::UserKey;

/// One call of Keycloak's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeycloakRequest {
    /// SHA-256 of issuer and `jti`: one call makes one of these.
    pub id: Digest,
    /// What the customer is asked; `None` where nobody could be.
    pub challenge: Option<ChallengeId>,
    /// Who was named; `None` where the name cannot be one of ours.
    pub owner: Option<UserKey>,
    /// The realm.
    pub issuer: String,
    /// `jti`: what Keycloak calls its request, and the challenge's `reference`.
    pub reference: String,
    /// The token with which Keycloak is called back, sealed; `None` once it is spent.
    pub bearer: Option<SealedBytes>,
    /// When it came, in milliseconds since 1970.
    pub came_millis: u64,
    /// Keycloak waits no longer.
    pub until: NumericDate,
    /// The same call is not taken again before then.
    pub remembered_until: NumericDate,
}

/// What Keycloak is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Word {
    /// The customer may come in.
    Succeed,
    /// They may not.
    Unauthorized,
    /// It was taken back.
    Cancelled,
}

impl Word {
    /// As it travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeed => "SUCCEED",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Cancelled => "CANCELLED",
        }
    }
}
