//! Web Push, UnifiedPush among it: RFC 8030 (the request), 8291 (the body), 8292 (who sends, "VAPID").
//!
//! The address to push to came from a phone. It is called like every registered address: https alone, public unless the
//! operator allows its network, no redirect followed, and what it answers is never repeated, not even in a log.

mod sealing;
mod vapid;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use inkan_protocol::encoding::encode;
use inkan_protocol::enrollment::Push;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use url::Url;

use self::sealing::{Receiver, seal};
pub use self::vapid::{VapidKey, VapidKeyError};
use super::exchange::{self, within};
use super::signing::Ephemeral;
use super::{Doorbell, Outcome, PushPort, Ring};
use crate::clock::Clock;
use crate::outbound::{Outbound, OutboundError, Unreachable, describe, forbidden};
use crate::random::{Random, make_bytes};

/// Where a service that throttles does not say for how long.
const PAUSE: Duration = Duration::from_secs(30);
/// RFC 8030 §5.2 lets a service shorten it; none keeps a message for longer than four weeks.
const LONGEST_LIFE: u64 = 28 * 24 * 3600;

/// The provider.
pub struct WebPush {
    outbound: Outbound,
    client: reqwest::Client,
    vapid: VapidKey,
    contact: String,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl WebPush {
    /// `contact`: `mailto:` or `https:`, where a push service reaches the operator (RFC 8292 §2.1).
    pub fn new(
        outbound: Outbound,
        vapid: VapidKey,
        contact: String,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, OutboundError> {
        Ok(Self { client: outbound.to_registered()?, outbound, vapid, contact, clock, random })
    }

    async fn push(&self, to: &Push, doorbell: &Doorbell) -> Outcome {
        let gone = Outcome::TokenGone { since: None };
        // A registration that can never be used is no trouble of the operator's: it goes, and the phone makes another.
        let Ok(endpoint) = Url::parse(&to.token) else { return gone };
        let Some(receiver) = Receiver::of(to) else { return gone };
        match self.outbound.check_registered(&endpoint) {
            Ok(()) => {}
            Err(Unreachable::Form) => return gone,
            Err(refused) => return not_allowed(&refused),
        }
        let (Ok(ephemeral), Ok(salt)) = (Ephemeral::make(), make_bytes(self.random.as_ref())) else {
            return failed_here();
        };
        let sender = ephemeral.public();
        let Some(secret) = ephemeral.agree(&receiver.public) else { return gone };
        let Ok(text) = serde_json::to_vec(&doorbell.hint) else { return failed_here() };
        let Some(body) = seal(&text, &receiver, &sender, &secret, salt) else { return failed_here() };
        let now = self.clock.now();
        let Ok(authorization) = self.vapid.authorization(&endpoint, &self.contact, now) else {
            return failed_here();
        };
        let request = self
            .client
            .post(endpoint)
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("ttl", doorbell.until.saturating_sub(now).min(LONGEST_LIFE))
            .header("urgency", urgency(doorbell.ring))
            .header("topic", encode(doorbell.hint.collapse.0.as_bytes()))
            .body(body);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                if let Some(refused) = forbidden(&error) {
                    return not_allowed(&refused);
                }
                tracing::warn!(
                    provider = "webpush",
                    error = describe(error),
                    "a push service does not answer"
                );
                return Outcome::ProviderDown;
            }
        };
        let retry_after = exchange::retry_after(&response, now);
        judge(response.status().as_u16(), retry_after)
    }
}

#[async_trait]
impl PushPort for WebPush {
    async fn ring(&self, to: &Push, doorbell: &Doorbell) -> Outcome {
        within(&self.clock, self.push(to, doorbell)).await.unwrap_or(Outcome::ProviderDown)
    }

    /// There is no one service that could be asked.
    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// RFC 8030 §5.3. What only takes a notification away does not wake a phone that saves its battery.
fn urgency(ring: Ring) -> &'static str {
    match ring {
        Ring::Look => "high",
        Ring::Ended => "normal",
    }
}

/// Misconfigured, not gone: the operator may run a push service of their own and not have allowed its network yet. Were
/// it gone, every phone would lose its registration for that.
fn not_allowed(refused: &Unreachable) -> Outcome {
    Outcome::Misconfigured {
        why: format!("the phone's push service: {refused}; see outbound.allowed_networks"),
    }
}

/// The random source gave nothing. Nothing is made without it; it is tried again.
fn failed_here() -> Outcome {
    tracing::error!(provider = "webpush", "a push could not be sealed: no randomness");
    Outcome::ProviderDown
}

fn judge(status: u16, retry_after: Option<Duration>) -> Outcome {
    let misconfigured = |why: &str| Outcome::Misconfigured { why: format!("{status}: {why}") };
    match status {
        200..=299 => Outcome::DeliveredToProvider,
        404 | 410 => Outcome::TokenGone { since: None },
        429 => Outcome::Throttled { retry_after: retry_after.unwrap_or(PAUSE) },
        500.. => retry_after.map_or(Outcome::ProviderDown, |retry_after| Outcome::Throttled { retry_after }),
        401 | 403 => misconfigured(
            "the push service does not take this server's key: registrations are bound to the key they were made with",
        ),
        413 => misconfigured("the push service finds the message too large"),
        300..=399 => misconfigured("the push service leads elsewhere, and redirects are not followed"),
        _ => misconfigured("the push service refuses the request"),
    }
}

#[cfg(test)]
pub(super) use self::tests::opened_by_another_library;
#[cfg(test)]
mod tests;
