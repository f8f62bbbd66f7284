//! API keys of the relying party: scoped, kept as a hash, revocable.

use inkan_protocol::ids::{Digest, NumericDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Begin and confirm enrollments.
    Enroll,
    /// Create, cancel and redeem challenges.
    Ask,
    /// Read everything.
    Read,
    /// Devices, freezes, erasure, webhooks.
    Manage,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Enroll, Self::Ask, Self::Read, Self::Manage];

    /// The scope as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enroll => "enroll",
            Self::Ask => "ask",
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }
}

/// An API key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Names it in lists and logs.
    pub id: Uuid,
    /// What the operator calls it.
    pub name: String,
    /// SHA-256 of the whole key text. The text holds 256 random bits, so a plain hash is enough.
    pub digest: Digest,
    /// Live or test mode.
    pub live: bool,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: NumericDate,
    /// When it was revoked.
    pub revoked_at: Option<NumericDate>,
}

impl ApiKey {
    /// Whether the key may do this now.
    pub fn allows(&self, scope: Scope) -> bool {
        self.revoked_at.is_none() && self.scopes.contains(&scope)
    }

    /// What every key's text begins with, by mode.
    pub fn prefix(live: bool) -> &'static str {
        if live { "ik_live_" } else { "ik_test_" }
    }
}
