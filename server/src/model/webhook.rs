//! Who is told of events, and what has become of each telling.
//!
//! ```text
//! enabled ──410──▶ disabled ──enable──▶ enabled          secrets: newest first, two at most
//!
//! pending ──2xx──▶ delivered ─┐
//!    ▲  └─no try left, 410─▶ failed ─┤
//!    └────────── replayed ───────────┘
//! ```

use inkan_protocol::ids::NumericDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::event::{FAMILIES, KINDS};
use crate::model::sealed::SealedBytes;
use crate::model::user::UserKey;

/// How long the secret of before still signs after a rotation: 24 hours.
pub const OLDER_SECRET_SECONDS: u64 = 24 * 3600;
/// Most webhooks of one mode. The courier has room for all of them at once.
pub const MOST_WEBHOOKS: usize = 16;
/// Most entries of a filter.
pub const MOST_PATTERNS: usize = 32;
/// How long deliveries are listed: 30 days, as long as events are.
pub const LISTED_SECONDS: u64 = super::event::KEPT_SECONDS;
/// Tries that a delivery remembers; of more the oldest are forgotten.
const REMEMBERED_TRIES: usize = 40;
/// The event that a ping is.
pub const PING: &str = "ping";

/// Somebody who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: Uuid,
    /// Live or test mode.
    pub live: bool,
    /// Where to.
    pub url: String,
    /// Which events: `*`, a family (`challenge.*`) or one kind (`challenge.approved`) each.
    pub events: Vec<String>,
    /// What HMACs are made with, newest first.
    pub secrets: Vec<SigningSecret>,
    /// The seed of its Ed25519 key, sealed.
    pub key: SealedBytes,
    /// The public half.
    pub public_key: [u8; 32],
    /// When it was made.
    pub created_at: NumericDate,
    /// Since when it is not told any more: it answered 410.
    pub disabled_at: Option<NumericDate>,
    /// Nothing is sent before, in milliseconds since 1970: it asked for a pause.
    pub held_until_millis: u64,
}

/// A secret that receivers know too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSecret {
    /// 32 bytes, sealed.
    pub sealed: SealedBytes,
    /// The last moment that it signs in; the newest has none.
    pub until: Option<NumericDate>,
}

impl Webhook {
    /// Whether it is told of events of this kind.
    pub fn wants(&self, kind: &str) -> bool {
        self.disabled_at.is_none() && self.events.iter().any(|pattern| matches(pattern, kind))
    }

    /// A new secret signs from now on, the one before for another day. One that was older still ends now.
    pub fn rotate(mut self, sealed: SealedBytes, now: NumericDate) -> Self {
        self.secrets.truncate(1);
        for older in &mut self.secrets {
            older.until = Some(now.saturating_add(OLDER_SECRET_SECONDS));
        }
        self.secrets.insert(0, SigningSecret { sealed, until: None });
        self
    }

    /// The secrets that sign now, newest first.
    pub fn alive(&self, now: NumericDate) -> impl Iterator<Item = &SigningSecret> {
        self.secrets.iter().filter(move |secret| secret.until.is_none_or(|until| now <= until))
    }
}

/// Whether a filter's entry can match anything: what is misspelt is refused where it is written.
pub fn is_pattern(pattern: &str) -> bool {
    pattern == "*"
        || KINDS.contains(&pattern)
        || pattern.strip_suffix(".*").is_some_and(|family| FAMILIES.contains(&family))
}

/// Whether a filter's entry takes events of this kind.
pub fn matches(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        // `challenge.*`; and `*`, which leaves nothing to begin with
        Some(begin) => kind.starts_with(begin),
        None => pattern == kind,
    }
}

/// One event for one webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: Uuid,
    /// Who is told.
    pub webhook: Uuid,
    /// The event's id: the `webhook-id` of every try.
    pub event: Uuid,
    /// What kind of event.
    pub kind: String,
    /// Whom the event is about: it goes with that customer's data.
    pub owner: Option<UserKey>,
    /// The body, byte by byte: every try sends the same.
    pub payload: String,
    /// When the event was.
    pub created_at: NumericDate,
    /// What has become of it.
    pub state: DeliveryState,
    /// Tries since it was made, or replayed.
    pub round: u32,
    /// The tries, oldest first.
    pub tries: Vec<Try>,
}

/// What has become of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is tried (again).
    Pending {
        /// When, in milliseconds since 1970.
        due_millis: u64,
    },
    /// It was taken.
    Delivered,
    /// No try is left, or nobody is there any more.
    Failed,
}

impl DeliveryState {
    /// As the API says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending { .. } => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// One try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// When it began.
    pub at: NumericDate,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// How it ended.
    pub ended: TryEnd,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TryEnd {
    /// With this status.
    Answered(u16),
    /// Without an answer.
    Unanswered {
        /// Why, as a word that stays the same.
        why: Unanswered,
        /// Why, in more words.
        detail: String,
    },
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unanswered {
    /// The address leads where this server does not go.
    AddressRefused,
    /// No connection, or no TLS.
    Unreachable,
    /// Too slow.
    Timeout,
    /// The connection broke, or what came was no HTTP.
    Broken,
}

impl Unanswered {
    /// As the API says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressRefused => "address_refused",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Broken => "broken",
        }
    }
}

impl TryEnd {
    /// 2xx is success, anything else is not: a redirect is not followed.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }

    /// 410: nobody is there any more.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Answered(410))
    }
}

impl Delivery {
    /// A try has ended; `next_millis` is when there is another, if there is. What was taken stays taken, whatever an older
    /// try says afterwards.
    pub fn tried(mut self, this: Try, next_millis: Option<u64>) -> Self {
        let pending = matches!(self.state, DeliveryState::Pending { .. });
        if this.ended.is_success() {
            self.state = DeliveryState::Delivered;
        } else if pending {
            let due = next_millis.filter(|_| !this.ended.is_gone());
            self.state =
                due.map_or(DeliveryState::Failed, |due_millis| DeliveryState::Pending { due_millis });
        }
        self.round = self.round.saturating_add(1);
        self.tries.push(this);
        let forgotten = self.tries.len().saturating_sub(REMEMBERED_TRIES);
        self.tries.drain(..forgotten);
        self
    }

    /// It is sent again, now, and has all of its tries before it.
    pub fn replay(self, now_millis: u64) -> Self {
        Self { state: DeliveryState::Pending { due_millis: now_millis }, round: 0, ..self }
    }

    /// When it is tried next.
    pub fn due_millis(&self) -> Option<u64> {
        match self.state {
            DeliveryState::Pending { due_millis } => Some(due_millis),
            DeliveryState::Delivered | DeliveryState::Failed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(events: &[&str]) -> Webhook {
        Webhook {
            id: Uuid::from_u128(1),
            live: true,
            url: "https://hooks.example.jp/".into(),
            events: events.iter().map(|&pattern| pattern.to_owned()).collect(),
            secrets: vec![SigningSecret { sealed: SealedBytes(vec![1]), until: None }],
            key: SealedBytes(vec![]),
            public_key: [0; 32],
            created_at: 1000,
            disabled_at: None,
            held_until_millis: 0,
        }
    }

    fn delivery() -> Delivery {
        Delivery {
            id: Uuid::from_u128(2),
            webhook: Uuid::from_u128(1),
            event: Uuid::from_u128(3),
            kind: PING.into(),
            owner: None,
            payload: "{}".into(),
            created_at: 1000,
            state: DeliveryState::Pending { due_millis: 1_000_000 },
            round: 0,
            tries: vec![],
        }
    }

    fn ended(status: u16) -> Try {
        Try { at: 1001, millis: 5, ended: TryEnd::Answered(status) }
    }

    #[test]
    fn a_filter_takes_everything_a_family_or_one_kind() {
        let wants = |events: &[&str], kind| webhook(events).wants(kind);
        assert!(wants(&["*"], "challenge.approved") && wants(&["*"], "account.frozen"));
        assert!(wants(&["challenge.*"], "challenge.approved") && !wants(&["challenge.*"], "device.added"));
        assert!(wants(&["device.added"], "device.added") && !wants(&["device.added"], "device.renamed"));
        let disabled = Webhook { disabled_at: Some(1), ..webhook(&["*"]) };
        assert!(!disabled.wants("device.added"));
        for pattern in ["*", "challenge.*", "challenge.approved", "account.erased"] {
            assert!(is_pattern(pattern), "{pattern}");
        }
        for pattern in
            ["", "**", "chalenge.*", "challenge.aproved", "challenge.app*", "challenge", ".*", "ping"]
        {
            assert!(!is_pattern(pattern), "{pattern}");
        }
    }

    #[test]
    fn two_secrets_are_alive_for_a_day_and_never_three() {
        let alive = |webhook: &Webhook, now| {
            webhook.alive(now).map(|secret| secret.sealed.0.clone()).collect::<Vec<_>>()
        };
        let rotated = webhook(&[]).rotate(SealedBytes(vec![2]), 5000);
        assert_eq!(alive(&rotated, 5000), [vec![2], vec![1]]);
        assert_eq!(alive(&rotated, 5000 + OLDER_SECRET_SECONDS), [vec![2], vec![1]]);
        assert_eq!(alive(&rotated, 5001 + OLDER_SECRET_SECONDS), [vec![2]]);
        let again = rotated.rotate(SealedBytes(vec![3]), 6000);
        assert_eq!(alive(&again, 6000), [vec![3], vec![2]]);
    }

    #[test]
    fn a_delivery_ends_by_success_by_410_or_after_the_last_try() {
        let pending = delivery().tried(ended(500), Some(6_000_000));
        assert_eq!((pending.due_millis(), pending.round), (Some(6_000_000), 1));
        for (status, next, state) in [
            (204, Some(9), DeliveryState::Delivered),
            (302, None, DeliveryState::Failed),
            (410, Some(9), DeliveryState::Failed),
        ] {
            assert_eq!(pending.clone().tried(ended(status), next).state, state, "{status}");
        }
        let failed = pending.tried(ended(500), None);
        let replayed = failed.replay(7_000_000);
        assert_eq!((replayed.due_millis(), replayed.round, replayed.tries.len()), (Some(7_000_000), 0, 2));
    }

    #[test]
    fn what_was_taken_stays_taken() {
        let late = delivery().tried(ended(200), None).tried(ended(500), Some(9));
        assert_eq!((late.state, late.tries.len()), (DeliveryState::Delivered, 2));
    }

    #[test]
    fn tries_are_remembered_up_to_a_number() {
        let mut delivery = delivery();
        for status in 0..100 {
            delivery = delivery.replay(1).tried(ended(status), None);
        }
        assert_eq!(delivery.tries.len(), REMEMBERED_TRIES);
        assert_eq!(delivery.tries.last(), Some(&ended(99)));
    }
}
