//! How the words of the device API look in the OpenAPI document; the protocol crate knows nothing of documents.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use crate::routes::relying_party::schemas::{ChallengeStateSchema, LocaleSchema};

/// One challenge, as it was issued to this device.
#[derive(ToSchema)]
#[schema(as = OneChallenge)]
pub struct OneChallengeSchema {
    /// `inkan-challenge+jwt`.
    pub challenge: String,
    /// Where it stands; not in the answer to a start.
    pub state: Option<ChallengeStateSchema>,
}

/// What is pending for a device, oldest first.
#[derive(ToSchema)]
#[schema(as = PendingChallenges)]
pub struct PendingChallengesSchema {
    /// `inkan-challenge+jwt` each.
    pub challenges: Vec<String>,
}

/// The answer to an answer.
#[derive(ToSchema)]
#[schema(as = Answered)]
pub struct AnsweredSchema {
    /// `inkan-receipt+jwt`.
    pub receipt: String,
    /// Beside the receipt of a report: no prompt in mode `number` until then; seconds since 1970-01-01T00:00:00Z. Not
    /// signed: information alone.
    pub muted_until: Option<u64>,
}

/// Answer to a claim.
#[derive(ToSchema)]
#[schema(as = Enrolled)]
pub struct EnrolledSchema {
    /// `inkan-enrollment+jwt`.
    pub enrollment: String,
    /// `inkan-keys+jwt`, to be verified first.
    pub keys: String,
}

/// The twelve characters of a typed code.
#[derive(ToSchema)]
#[schema(as = Typed)]
pub struct TypedSchema {
    /// As typed: lower case, `-`, spaces, O for 0 and I or L for 1 are forgiven.
    pub code: String,
}

/// The enrollment link that a typed code bought.
#[derive(ToSchema)]
#[schema(as = TypedUri)]
pub struct TypedUriSchema {
    /// The link.
    pub uri: String,
}

/// Where a device stands.
#[derive(ToSchema)]
#[schema(as = DeviceStatus)]
pub struct DeviceStatusSchema {
    /// `claimed`, `active`, `failed` or `suspended`.
    pub state: String,
    /// `inkan-device+jwt`, from `active` on.
    pub record: Option<String>,
    /// Until then it may not approve everything; seconds since 1970-01-01T00:00:00Z.
    pub restricted_until: Option<u64>,
    /// Version of the newest key set.
    pub keys_version: u64,
    /// Whether the customer's approvals are stopped.
    pub frozen: bool,
    /// After a report: no prompt in mode `number` until then; seconds since 1970-01-01T00:00:00Z. Not signed:
    /// information alone.
    pub muted_until: Option<u64>,
    /// Where the relying party can be called: 3 to 32 of digits, `-`, space and parentheses, a `+` in front at most. Not
    /// signed: information alone.
    pub support_phone: Option<String>,
    /// When the push provider last took a push for this device; seconds since 1970-01-01T00:00:00Z.
    pub push_accepted_at: Option<u64>,
    /// When this device last said that a push had arrived; seconds since 1970-01-01T00:00:00Z.
    pub push_opened_at: Option<u64>,
}

/// What a phone needs to know of the server to register a doorbell.
#[derive(ToSchema)]
#[schema(as = PushServer)]
pub struct PushServerSchema {
    /// The server's public key of Web Push (RFC 8292, "VAPID"): a P-256 point, uncompressed, base64url. A phone hands it to
    /// its push service, and registers anew where it has changed. Absent where nobody is rung by Web Push.
    pub web_push_key: Option<String>,
}

/// Where a phone's doorbell is; `null`: it has none any more.
#[derive(ToSchema)]
#[schema(as = Push)]
pub struct PushSchema {
    /// `apns`, `fcm` or `webpush`.
    pub provider: String,
    /// The token; Web Push: the endpoint's URL.
    pub token: String,
    /// Web Push alone: the client's key, base64url.
    pub p256dh: Option<String>,
    /// Web Push alone: the authentication secret, base64url.
    pub auth: Option<String>,
}

/// What has changed of what a phone says of itself; at least one member.
#[derive(ToSchema)]
#[schema(as = DeviceChange)]
pub struct DeviceChangeSchema {
    /// The name that the customer gave it, 1 to 64 characters.
    pub name: Option<String>,
    /// Operating system and version, 1 to 64 characters.
    pub os: Option<String>,
    /// The app's version, 1 to 64 characters.
    pub app_version: Option<String>,
    /// The language it shows.
    pub locale: Option<LocaleSchema>,
    /// The newest version of each template that it can show, in place of those known before; 32 at most.
    pub templates: Option<BTreeMap<String, u32>>,
}

/// A short session that reads.
#[derive(ToSchema)]
#[schema(as = DeviceSession)]
pub struct SessionSchema {
    /// Sent as `Authorization: Inkan-Session …`.
    pub session: String,
    /// When it ends; seconds since 1970-01-01T00:00:00Z.
    pub expires_at: u64,
}
