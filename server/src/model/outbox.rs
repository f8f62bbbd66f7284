//! What is to be said to others: a push, a webhook, a callback. It is written down in the transaction of its cause and
//! carried afterwards ([`crate::courier`]), so that neither a crash nor an outage elsewhere loses it.

use inkan_protocol::ids::NumericDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::model::user::UserKey;

/// Who carries it. Queues do not wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Pushes over APNs.
    PushApns,
    /// Pushes over FCM.
    PushFcm,
    /// Pushes over Web Push, UnifiedPush among them.
    PushWeb,
    /// Events for webhooks.
    Webhook,
    /// CIBA's ping.
    CibaPing,
    /// What Keycloak is told of a decision.
    Keycloak,
}

impl Queue {
    /// Every one there is.
    pub const ALL: [Self; 6] =
        [Self::PushApns, Self::PushFcm, Self::PushWeb, Self::Webhook, Self::CibaPing, Self::Keycloak];

    /// As it stands in the store, in logs and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PushApns => "push_apns",
            Self::PushFcm => "push_fcm",
            Self::PushWeb => "push_web",
            Self::Webhook => "webhook",
            Self::CibaPing => "ciba_ping",
            Self::Keycloak => "keycloak",
        }
    }
}

/// One thing to be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxMessage {
    /// Its id.
    pub id: Uuid,
    /// Who carries it.
    pub queue: Queue,
    /// A newer message of the same queue and name takes its place. What is being carried at that moment goes on, and the
    /// newer one follows when that has ended: they do not overtake each other.
    pub name: Option<String>,
    /// Whom it is about: it goes with that customer's data.
    pub owner: Option<UserKey>,
    /// When it is tried next, in milliseconds since 1970.
    pub due_millis: u64,
    /// From then on it is worth nothing and is not tried any more.
    pub until: NumericDate,
    /// How often it was taken to be carried, the running try among them. More than what its carrier wrote down means
    /// that a try was lost and nobody knows how it ended.
    pub tries: u32,
    /// What its carrier needs to know.
    pub body: Value,
}
