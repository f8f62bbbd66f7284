//! A CIBA request: the standard's face of one challenge. What was decided stands in the challenge and nowhere here.
//!
//! ```text
//! asked ──▶ polled: too early? the pause grows ──▶ challenge ended ──▶ ping, once ──▶ token, once (a redeem)
//! ```

use inkan_protocol::ids::{ChallengeId, Digest, NumericDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::sealed::SealedBytes;
use crate::model::user::UserKey;

/// Seconds between two polls, to begin with.
pub const INTERVAL: u64 = 5;
/// What a poll that comes too early adds (CIBA core §11, `slow_down`).
const SLOWER_BY: u64 = 5;
/// It grows no further.
const LONGEST_INTERVAL: u64 = 60;
/// A client counts from its own clock and its requests travel unequally long: so much earlier is not too early.
const LENIENCY_MILLIS: u64 = 500;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CibaRequest {
    /// SHA-256 of its `auth_req_id`.
    pub id: Digest,
    /// The client that asked.
    pub client: String,
    /// Who is asked.
    pub owner: UserKey,
    /// The challenge that it became.
    pub challenge: ChallengeId,
    /// What was asked by `authorization_details`, as it came, to be given back with the token.
    pub authorization_details: Option<serde_json::Value>,
    /// Seconds between two polls.
    pub interval: u64,
    /// The last poll, in milliseconds since 1970.
    pub polled_millis: Option<u64>,
    /// Delivery mode `ping`, until it was told or its time is over.
    pub ping: Option<Ping>,
    /// It is forgotten then.
    pub until: NumericDate,
}

/// What a ping needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// Its message in the outbox.
    pub message: Uuid,
    /// Whether it was put there.
    pub begun: bool,
    /// The client's `client_notification_token`, sealed.
    pub token: SealedBytes,
    /// The `auth_req_id`, sealed.
    pub auth_req_id: SealedBytes,
}

/// What a poll hears of a request that is still pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// `authorization_pending`.
    Right,
    /// `slow_down`: the pause has grown.
    TooFast,
}

impl CibaRequest {
    /// Notes a poll of a request that is still pending.
    #[must_use]
    pub fn poll(mut self, now_millis: u64) -> (Self, Pace) {
        let free_at = self.polled_millis.map_or(0, |polled| {
            polled.saturating_add(self.interval.saturating_mul(1000)).saturating_sub(LENIENCY_MILLIS)
        });
        // a clock that was set back makes nobody wait longer
        let waits = now_millis < free_at && self.polled_millis.is_some_and(|polled| polled <= now_millis);
        self.polled_millis = Some(now_millis);
        if waits {
            self.interval = (self.interval + SLOWER_BY).min(LONGEST_INTERVAL);
            (self, Pace::TooFast)
        } else {
            (self, Pace::Right)
        }
    }

    /// The message that is to be put into the outbox now that the request has ended; `None` where none is to be, or it
    /// was put there before.
    pub fn begin_ping(&mut self) -> Option<Uuid> {
        let ping = self.ping.as_mut().filter(|ping| !ping.begun)?;
        ping.begun = true;
        Some(ping.message)
    }
}

/// Under which context the `client_notification_token` of a request is sealed.
pub fn token_context(request: Digest) -> String {
    format!("ciba/{request}/token")
}

/// Under which context the `auth_req_id` of a request is sealed.
pub fn id_context(request: Digest) -> String {
    format!("ciba/{request}/id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> CibaRequest {
        CibaRequest {
            id: Digest([1; 32]),
            client: "portal".into(),
            owner: UserKey { live: true, user: "u-1".parse().unwrap() },
            challenge: ChallengeId(Uuid::from_u128(1)),
            authorization_details: None,
            interval: INTERVAL,
            polled_millis: None,
            ping: Some(Ping {
                message: Uuid::from_u128(2),
                begun: false,
                token: SealedBytes(vec![1]),
                auth_req_id: SealedBytes(vec![2]),
            }),
            until: 1000,
        }
    }

    #[test]
    fn the_first_poll_is_free_and_the_next_waits_the_interval() {
        let (request, pace) = request().poll(100_000);
        assert_eq!(pace, Pace::Right);
        let (request, pace) = request.poll(104_400);
        assert_eq!((pace, request.interval), (Pace::TooFast, 10));
        let (request, pace) = request.poll(110_000);
        assert_eq!((pace, request.interval), (Pace::TooFast, 15), "it counts from the last poll");
        let (request, pace) = request.poll(124_600);
        assert_eq!((pace, request.interval), (Pace::Right, 15), "and stays for all that follow");
    }

    #[test]
    fn the_pause_has_an_end_and_a_clock_set_back_makes_nobody_wait() {
        let hasty = (0..100).fold(request(), |request, at| request.poll(at).0);
        assert_eq!(hasty.interval, LONGEST_INTERVAL);
        assert_eq!(request().poll(100_000).0.poll(50_000).1, Pace::Right);
    }

    #[test]
    fn a_ping_begins_once() {
        let mut request = request();
        assert_eq!(request.begin_ping(), Some(Uuid::from_u128(2)));
        assert_eq!(request.begin_ping(), None);
    }
}
