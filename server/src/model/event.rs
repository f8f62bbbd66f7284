//! What happened, for the relying party (`/v1/events`) and for the log. An event says what, never whose contact
//! details; it is news and permits nothing.

use inkan_protocol::ids::NumericDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// How long events are kept: 30 days.
pub const KEPT_SECONDS: u64 = 30 * 24 * 3600;

/// What kinds begin with.
pub const FAMILIES: [&str; 4] = ["account", "challenge", "device", "webhook"];

/// Every kind there is: what a filter may name. A kind that is not here is not written down ([`crate::ledger`]).
pub const KINDS: [&str; 31] = [
    "account.erased",
    "account.frozen",
    "account.muted",
    "account.unfrozen",
    "challenge.approved",
    "challenge.cancelled",
    "challenge.created",
    "challenge.denied",
    "challenge.expired",
    "challenge.failed",
    "challenge.number_wrong",
    "challenge.redeem_mismatched",
    "challenge.redeemed",
    "challenge.reported",
    "challenge.superseded",
    "device.added",
    "device.claimed",
    "device.enrollment_begun",
    "device.enrollment_cancelled",
    "device.enrollment_expired",
    "device.enrollment_failed",
    "device.released",
    "device.renamed",
    "device.renewed",
    "device.revoked",
    "device.suspended",
    "webhook.created",
    "webhook.deleted",
    "webhook.disabled",
    "webhook.enabled",
    "webhook.secret_rotated",
];

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// UUIDv7: events sort by it.
    pub id: Uuid,
    /// Live or test mode.
    pub live: bool,
    /// For instance `challenge.approved`.
    pub kind: String,
    /// When.
    pub at: NumericDate,
    /// Ids and states.
    pub data: Value,
}
