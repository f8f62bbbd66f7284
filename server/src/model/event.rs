//! What happened, for the relying party (`/v1/events`) and for the log. An event says what, never whose contact
//! details; it is news and permits nothing.

use inkan_protocol::ids::NumericDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// How long events are kept: 30 days.
pub const KEPT_SECONDS: u64 = 30 * 24 * 3600;

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
