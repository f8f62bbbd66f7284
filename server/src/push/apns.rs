//! Apple Push Notification service: token authentication (ES256) over HTTP/2, as Apple's "Sending notification requests to
//! APNs" and "Handling notification responses from APNs" describe them.
//!
//! The texts of a notification are the app's own (`loc-key`): what travels is which of them, and the doorbell.

mod reasons;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use inkan_protocol::enrollment::{Push, PushProvider};
use inkan_protocol::ids::{MessageId, NumericDate};
use inkan_protocol::push_hint::PushHint;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use uuid::Uuid;

use self::reasons::Refused;
use super::exchange::{self, Answer, within};
use super::signing::{Es256, SigningError, pkcs8_of_pem};
use super::{Doorbell, Outcome, PushPort, Ring};
use crate::clock::Clock;
use crate::outbound::{Outbound, OutboundError};

/// Apple refuses tokens older than an hour, and new ones more often than every 20 minutes.
const RENEW_AFTER: u64 = 40 * 60;
const RENEW_AT_MOST_EVERY: u64 = 20 * 60;
/// The title and the text of a notification in the app's words (`Localizable.xcstrings`).
const TITLE: &str = "notification_title";
const BODY: &str = "notification_body";
/// The app's actions beside a notification.
const CATEGORY: &str = "request";
/// A device token that no device has: 32 zero bytes.
const NOBODY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Who pushes, and for which app.
pub struct ApnsIdentity {
    key: Es256,
    key_id: String,
    team_id: String,
    topic: String,
}

impl ApnsIdentity {
    /// `key`: the text of the `.p8` file; `None` where it is no P-256 private key in PEM. `topic`: the app's bundle id.
    pub fn new(key: &[u8], key_id: String, team_id: String, topic: String) -> Option<Self> {
        let key = Es256::from_pkcs8(&pkcs8_of_pem(key)?)?;
        Some(Self { key, key_id, team_id, topic })
    }

    fn token(&self, now: NumericDate) -> Result<String, SigningError> {
        let header = json!({ "alg": "ES256", "kid": self.key_id });
        self.key.token(&header, &json!({ "iss": self.team_id, "iat": now }))
    }
}

/// The token in use, one for all connections.
#[derive(Clone)]
struct Token {
    text: String,
    made_at: NumericDate,
    /// When Apple last called one expired that should not have been.
    forced_at: Option<NumericDate>,
}

/// The provider.
pub struct Apns {
    client: reqwest::Client,
    endpoint: String,
    identity: ApnsIdentity,
    token: Mutex<Option<Token>>,
    /// Whether a push was taken since the start: then the environment is the right one.
    accepted: AtomicBool,
    clock: Arc<dyn Clock>,
}

impl Apns {
    /// Where apps from the App Store and `TestFlight` are reached.
    pub const PRODUCTION: &str = "https://api.push.apple.com";
    /// Where apps that Xcode installed are reached.
    pub const SANDBOX: &str = "https://api.sandbox.push.apple.com";

    /// `endpoint`: an origin, without a slash at its end.
    pub fn new(
        outbound: &Outbound,
        endpoint: String,
        identity: ApnsIdentity,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OutboundError> {
        let client = outbound.to_configured()?;
        let (token, accepted) = (Mutex::new(None), AtomicBool::new(false));
        Ok(Self { client, endpoint, identity, token, accepted, clock })
    }

    /// The token in use; a new one after 40 minutes.
    fn token(&self) -> Result<String, SigningError> {
        let now = self.clock.now();
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        // a clock that was set back makes it look younger than it is
        let fresh = |token: &&Token| token.made_at <= now && now - token.made_at < RENEW_AFTER;
        if let Some(token) = kept.as_ref().filter(fresh) {
            return Ok(token.text.clone());
        }
        let forced_at = kept.as_ref().and_then(|token| token.forced_at);
        let text = self.identity.token(now)?;
        *kept = Some(Token { text: text.clone(), made_at: now, forced_at });
        Ok(text)
    }

    /// Another token than `used`, which Apple calls expired; `None` where that was done within 20 minutes already.
    fn renewed(&self, used: &str) -> Option<String> {
        let now = self.clock.now();
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let token = kept.as_ref()?;
        if token.text != used {
            return Some(token.text.clone());
        }
        if token.forced_at.is_some_and(|at| now.saturating_sub(at) < RENEW_AT_MOST_EVERY) {
            return None;
        }
        let text = self.identity.token(now).ok()?;
        *kept = Some(Token { text: text.clone(), made_at: now, forced_at: Some(now) });
        Some(text)
    }

    /// One push; an expired token is renewed once, and the push repeated once.
    async fn push(&self, to: &Push, doorbell: &Doorbell) -> Result<(), Refused> {
        // It becomes a part of the path. Apple's are hexadecimal and of no promised length.
        if to.token.is_empty() || !to.token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Refused::NoToken);
        }
        let token = self.token().map_err(|_| Refused::Here)?;
        let answer = self.send(&to.token, doorbell, &token).await?;
        let Some(refused) = Refused::of(&answer) else { return Ok(()) };
        match refused.is_expired_provider_token().then(|| self.renewed(&token)).flatten() {
            Some(token) => {
                let answer = self.send(&to.token, doorbell, &token).await?;
                Refused::of(&answer).map_or(Ok(()), Err)
            }
            None => Err(refused),
        }
    }

    async fn send(&self, device: &str, doorbell: &Doorbell, token: &str) -> Result<Answer, Refused> {
        let (push_type, priority) = match doorbell.ring {
            Ring::Look => ("alert", "10"),
            // Apple takes no other for what is not shown
            Ring::Ended => ("background", "5"),
        };
        let request = self
            .client
            .post(format!("{}/3/device/{device}", self.endpoint))
            .header(AUTHORIZATION, format!("bearer {token}"))
            .header(CONTENT_TYPE, "application/json")
            .header("apns-id", doorbell.hint.id.to_string())
            .header("apns-topic", &self.identity.topic)
            .header("apns-push-type", push_type)
            .header("apns-priority", priority)
            .header("apns-expiration", doorbell.until)
            // 36 bytes; Apple takes 64
            .header("apns-collapse-id", doorbell.hint.collapse.to_string())
            .body(payload(doorbell).to_string());
        exchange::send("apns", &self.clock, request).await.map_err(Refused::NoAnswer)
    }
}

#[async_trait]
impl PushPort for Apns {
    async fn ring(&self, to: &Push, doorbell: &Doorbell) -> Outcome {
        match within(&self.clock, self.push(to, doorbell)).await {
            Some(Ok(())) => {
                self.accepted.store(true, Ordering::Relaxed);
                Outcome::DeliveredToProvider
            }
            Some(Err(refused)) => refused.outcome(self.accepted.load(Ordering::Relaxed)),
            None => Outcome::ProviderDown,
        }
    }

    /// Pushes to a device token that no device has: Apple looks at key, team and topic first.
    async fn check(&self) -> Result<(), String> {
        let nobody =
            Push { provider: PushProvider::Apns, token: NOBODY.to_owned(), p256dh: None, auth: None };
        let nil = MessageId(Uuid::nil());
        let hint = PushHint { v: 1, id: nil, collapse: nil };
        let doorbell = Doorbell { hint, ring: Ring::Ended, until: self.clock.now().saturating_add(60) };
        match within(&self.clock, self.push(&nobody, &doorbell)).await {
            Some(Ok(())) => Ok(()),
            Some(Err(refused)) if refused.is_about_the_device_token() => Ok(()),
            Some(Err(refused)) => Err(self.in_words(&refused.outcome(true))),
            None => Err(self.in_words(&Outcome::ProviderDown)),
        }
    }
}

impl Apns {
    fn in_words(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Misconfigured { why } => why.clone(),
            Outcome::Throttled { retry_after } => {
                format!("{} asks to wait for {} s; try again then", self.endpoint, retry_after.as_secs())
            }
            _ => format!("{} does not answer; may this machine connect to it?", self.endpoint),
        }
    }
}

/// What the app reads, and what the system shows meanwhile (ios/README.md, "Push").
fn payload(doorbell: &Doorbell) -> Value {
    let aps = match doorbell.ring {
        Ring::Look => json!({
            "alert": { "title-loc-key": TITLE, "loc-key": BODY },
            "category": CATEGORY,
            "sound": "default",
            "content-available": 1,
        }),
        Ring::Ended => json!({ "content-available": 1 }),
    };
    let PushHint { v, id, collapse } = &doorbell.hint;
    json!({ "aps": aps, "v": v, "id": id, "collapse": collapse })
}

#[cfg(test)]
mod tests;
