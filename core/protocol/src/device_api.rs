//! The unsigned JSON of the device API: what stands around the signed messages. Unknown members are ignored.

use serde::{Deserialize, Serialize};

use crate::ids::NumericDate;

/// Header that carries an `inkan-request+jwt`.
pub const REQUEST_HEADER: &str = "inkan-request";
/// Scheme of the read-only session in `Authorization`.
pub const SESSION_SCHEME: &str = "Inkan-Session";
/// Media type of a compact JWS as body.
pub const JOSE: &str = "application/jose";

/// Answer of `POST /d/v1/enroll`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// `inkan-enrollment+jwt`.
    pub enrollment: String,
    /// `inkan-keys+jwt`, to be verified first.
    pub keys: String,
}

/// Answer of `POST /d/v1/start` and `GET /d/v1/challenges/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneChallenge {
    /// `inkan-challenge+jwt` for this device.
    pub challenge: String,
    /// Where it stands: news, not authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ChallengeState>,
}

/// Answer of `GET /d/v1/challenges`: what is pending for this device, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingChallenges {
    /// `inkan-challenge+jwt` each.
    pub challenges: Vec<String>,
}

/// Answer of `POST /d/v1/answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// `inkan-receipt+jwt`.
    pub receipt: String,
}

/// Answer of `GET /d/v1/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// `inkan-keys+jwt`.
    pub keys: String,
}

/// Answer of `GET /d/v1/device`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceStatus {
    /// Where the device stands.
    pub state: DeviceState,
    /// `inkan-device+jwt`, from `active` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Until then it may not approve everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted_until: Option<NumericDate>,
    /// Version of the newest key set.
    pub keys_version: u64,
    /// Whether the customer's approvals are stopped.
    #[serde(default)]
    pub frozen: bool,
}

/// Where a device stands, as its own key's holder is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// The six digits have not been typed yet.
    Claimed,
    /// May answer.
    Active,
    /// The enrollment came to nothing.
    Failed,
    /// A counter was seen again: enroll again.
    Suspended,
}

/// Answer of `POST /d/v1/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// 256 bits, sent as `Authorization: Inkan-Session …`.
    pub session: String,
    /// When it ends.
    pub expires_at: NumericDate,
}

/// Body of `POST /d/v1/typed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// The twelve characters, as typed.
    pub code: String,
}

/// Answer of `POST /d/v1/typed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedUri {
    /// The enrollment URI.
    pub uri: String,
}

/// Body of `PATCH /d/v1/device`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// 1–64 characters.
    pub name: String,
}

/// Where a challenge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeState {
    /// Waits for an answer.
    Pending,
    /// Approved; a redeem permits.
    Approved,
    /// Denied.
    Denied,
    /// "This was not me."
    Reported,
    /// A wrong number was typed.
    Failed,
    /// Nobody answered in time.
    Expired,
    /// The relying party, or a freeze, took it back.
    Cancelled,
    /// A newer one took its place.
    Superseded,
}

impl ChallengeState {
    /// The state as it travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Reported => "reported",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
        }
    }
}
