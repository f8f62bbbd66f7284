//! How a device's doorbell fares: whether the provider takes pushes, and whether the phone says that they arrive.

use inkan_protocol::ids::{MessageId, NumericDate};
use serde::{Deserialize, Serialize};

/// Pushes whose arrival is recognised: the newest few. A phone tells of one within minutes, or never.
const RECENT: usize = 8;

/// What is known of the doorbell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushHealth {
    /// When the phone registered it.
    pub registered_at: Option<NumericDate>,
    /// When the provider last took a push.
    pub accepted_at: Option<NumericDate>,
    /// When the phone last said that a push had arrived.
    pub opened_at: Option<NumericDate>,
    /// How the last push ended ([`crate::push::Outcome::as_str`]).
    pub outcome: Option<String>,
    /// The newest pushes that were sent, the oldest first.
    pub recent: Vec<MessageId>,
    /// The last push that the phone told of before its try had ended here.
    #[serde(default)]
    pub early: Option<MessageId>,
}

impl PushHealth {
    /// Another registration: what was known of the old one is not known of it.
    pub fn registered(now: NumericDate) -> Self {
        Self { registered_at: Some(now), ..Self::default() }
    }

    /// The same registration again: it is as new as that, and what is known of it stays.
    #[must_use]
    pub fn renewed(self, now: NumericDate) -> Self {
        Self { registered_at: Some(now), ..self }
    }

    /// A try has ended.
    #[must_use]
    pub fn tried(mut self, push: MessageId, outcome: &str, accepted_at: Option<NumericDate>) -> Self {
        if !self.recent.contains(&push) && self.early != Some(push) {
            self.recent.push(push);
        }
        let over = self.recent.len().saturating_sub(RECENT);
        self.recent.drain(..over);
        self.accepted_at = accepted_at.or(self.accepted_at);
        self.outcome = Some(outcome.to_owned());
        self
    }

    /// The phone says that this push arrived; `None` if it was not one of the newest, or this is known already.
    pub fn opened(&self, push: MessageId, now: NumericDate) -> Option<Self> {
        let position = self.recent.iter().position(|recent| *recent == push)?;
        let mut health = Self { opened_at: Some(now), ..self.clone() };
        health.recent.remove(position);
        Some(health)
    }

    /// The phone says that a push arrived whose try has not ended here: a provider may be faster with the phone than with
    /// its answer. `None` if this is known already.
    pub fn opened_early(&self, push: MessageId, now: NumericDate) -> Option<Self> {
        (self.early != Some(push)).then(|| Self { opened_at: Some(now), early: Some(push), ..self.clone() })
    }

    /// Whether a provider's "gone since then" means this registration: it is not newer than that.
    pub fn is_gone(&self, since: Option<NumericDate>) -> bool {
        match (since, self.registered_at) {
            (Some(since), Some(registered_at)) => registered_at <= since,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn push(number: u128) -> MessageId {
        MessageId(Uuid::from_u128(number))
    }

    #[test]
    fn an_arrival_counts_once_and_only_of_what_was_sent() {
        let health = PushHealth::registered(100).tried(push(1), "delivered_to_provider", Some(200));
        assert_eq!(health.opened(push(2), 300), None);
        let opened = health.opened(push(1), 300).unwrap();
        assert_eq!((opened.accepted_at, opened.opened_at), (Some(200), Some(300)));
        assert_eq!(opened.opened(push(1), 400), None);
        let failed = opened.tried(push(2), "provider_down", None);
        assert_eq!((failed.accepted_at, failed.outcome.as_deref()), (Some(200), Some("provider_down")));
    }

    #[test]
    fn an_arrival_that_is_told_before_the_try_has_ended_counts_once_too() {
        let early = PushHealth::registered(100).opened_early(push(1), 200).unwrap();
        assert_eq!(early.opened_at, Some(200));
        assert_eq!(early.opened_early(push(1), 201), None);
        let tried = early.tried(push(1), "delivered_to_provider", Some(201));
        assert_eq!(tried.opened(push(1), 300), None, "it was told already");
        let next = tried.tried(push(2), "delivered_to_provider", Some(400));
        assert_eq!(next.opened(push(2), 401).unwrap().opened_at, Some(401));
    }

    #[test]
    fn a_renewed_registration_is_newer_and_keeps_what_is_known() {
        let health =
            PushHealth::registered(100).tried(push(1), "delivered_to_provider", Some(200)).renewed(300);
        assert!(!health.is_gone(Some(299)) && health.is_gone(Some(300)));
        assert_eq!(health.accepted_at, Some(200));
        assert!(health.opened(push(1), 301).is_some());
    }

    #[test]
    fn only_the_newest_are_remembered() {
        let health =
            (0..20).fold(PushHealth::default(), |health, number| health.tried(push(number), "x", None));
        assert_eq!(health.recent.len(), RECENT);
        assert!(health.opened(push(11), 1).is_none() && health.opened(push(12), 1).is_some());
        assert_eq!(
            health.clone().tried(push(19), "y", None).recent,
            health.recent,
            "a second try is the same push"
        );
    }

    #[test]
    fn a_registration_newer_than_the_end_of_the_token_stays() {
        let health = PushHealth::registered(1000);
        assert!(health.is_gone(None) && health.is_gone(Some(1000)) && health.is_gone(Some(1001)));
        assert!(!health.is_gone(Some(999)));
        assert!(PushHealth::default().is_gone(Some(1)), "registered before this was written down");
    }
}
