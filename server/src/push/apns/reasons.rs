//! What Apple answers, and what it means here: every status and `reason` of "Handling notification responses from APNs".

use std::time::Duration;

use serde::Deserialize;

use crate::push::Outcome;
use crate::push::exchange::{Answer, word};

/// Where Apple does not say for how long.
const PAUSE: Duration = Duration::from_secs(30);
/// Tokens are taken every 20 minutes at most.
const TOKEN_PAUSE: Duration = Duration::from_mins(20);

/// What is to be made of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// The device token is over.
    Gone,
    /// The device token is damaged, or of the other environment.
    BadDeviceToken,
    /// Too much at once.
    Throttled(Duration),
    /// Apple's side.
    Down,
    /// The operator has to look, and where.
    Misconfigured(&'static str),
}

use Meaning::{BadDeviceToken, Down, Gone, Misconfigured, Throttled};

const OURS: &str = "the server made a request that Apple does not take; report it as a defect";
const CERTIFICATE: &str =
    "Apple takes this connection for one with a certificate; is something between this server and Apple?";

/// Apple's table of response error strings.
const REASONS: &[(&str, Meaning)] = &[
    ("BadCollapseId", Misconfigured(OURS)),
    ("BadDeviceToken", BadDeviceToken),
    ("BadExpirationDate", Misconfigured(OURS)),
    ("BadMessageId", Misconfigured(OURS)),
    ("BadPriority", Misconfigured(OURS)),
    ("BadTopic", Misconfigured("push.apns.topic is no bundle id")),
    (
        "DeviceTokenNotForTopic",
        Misconfigured("push.apns.topic is not the bundle id of the app that registered this device"),
    ),
    ("DuplicateHeaders", Misconfigured(OURS)),
    ("IdleTimeout", Down),
    ("InvalidPushType", Misconfigured(OURS)),
    ("MissingDeviceToken", Misconfigured(OURS)),
    ("MissingTopic", Misconfigured(OURS)),
    ("PayloadEmpty", Misconfigured(OURS)),
    ("TopicDisallowed", Misconfigured("the key may not push to push.apns.topic; look at its restrictions")),
    ("BadCertificate", Misconfigured(CERTIFICATE)),
    ("BadCertificateEnvironment", Misconfigured(CERTIFICATE)),
    (
        "BadEnvironmentKeyIdInToken",
        Misconfigured("the key is for the other environment; see push.apns.environment"),
    ),
    (
        "ExpiredProviderToken",
        Misconfigured("Apple finds a new token too old; is this machine's clock right?"),
    ),
    ("Forbidden", Misconfigured("the key may not do this; is it revoked?")),
    (
        "InvalidProviderToken",
        Misconfigured(
            "push.apns.key, key_id and team_id do not belong together, the key is revoked, or this machine's clock is wrong",
        ),
    ),
    ("MissingProviderToken", Misconfigured(OURS)),
    (
        "UnrelatedKeyIdInToken",
        Misconfigured("push.apns.key_id is not a key of push.apns.team_id for this app"),
    ),
    ("BadPath", Misconfigured(OURS)),
    ("MethodNotAllowed", Misconfigured(OURS)),
    ("ExpiredToken", Gone),
    ("Unregistered", Gone),
    ("PayloadTooLarge", Misconfigured(OURS)),
    ("TooManyProviderTokenUpdates", Throttled(TOKEN_PAUSE)),
    ("TooManyRequests", Throttled(PAUSE)),
    ("InternalServerError", Down),
    ("ServiceUnavailable", Down),
    ("Shutdown", Down),
];

/// Why a push was not taken.
pub(super) enum Refused {
    /// What the phone registered is no device token.
    NoToken,
    /// Nothing could be signed.
    Here,
    /// No answer came.
    NoAnswer(Outcome),
    /// Apple said so.
    Said { reason: String, timestamp: Option<u64>, answer: Answer },
}

#[derive(Deserialize)]
struct Words {
    #[serde(default)]
    reason: String,
    /// Milliseconds since 1970, with 410 alone: when Apple learnt that the token is over.
    timestamp: Option<u64>,
}

impl Refused {
    /// `None` where the push was taken.
    pub(super) fn of(answer: &Answer) -> Option<Self> {
        if answer.status == 200 {
            return None;
        }
        let words =
            serde_json::from_slice(&answer.body).unwrap_or(Words { reason: String::new(), timestamp: None });
        Some(Self::Said { reason: word(&words.reason), timestamp: words.timestamp, answer: answer.clone() })
    }

    pub(super) fn is_expired_provider_token(&self) -> bool {
        matches!(self, Self::Said { reason, .. } if reason == "ExpiredProviderToken")
    }

    /// Then everything else was found right.
    pub(super) fn is_about_the_device_token(&self) -> bool {
        match self {
            Self::Said { reason, answer, .. } => {
                matches!(meaning(reason, answer.status), BadDeviceToken | Gone)
            }
            _ => false,
        }
    }

    /// `accepted`: whether Apple has taken another push already, with the same settings.
    pub(super) fn outcome(self, accepted: bool) -> Outcome {
        let (reason, timestamp, answer) = match self {
            Self::NoToken => return Outcome::TokenGone { since: None },
            Self::Here => return Outcome::ProviderDown,
            Self::NoAnswer(outcome) => return outcome,
            Self::Said { reason, timestamp, answer } => (reason, timestamp, answer),
        };
        let status = answer.status;
        match meaning(&reason, status) {
            Gone => Outcome::TokenGone { since: timestamp.map(|millis| millis / 1000) },
            BadDeviceToken if accepted => Outcome::TokenGone { since: None },
            // With the wrong environment every token is bad. Were they all gone for it, every phone would lose its
            // registration; before one was taken nobody knows.
            BadDeviceToken => Outcome::Misconfigured {
                why: format!(
                    "{status} {reason}: this token is damaged, or push.apns.environment is not the app's; the first push that Apple takes decides"
                ),
            },
            Throttled(pause) => answer.throttled(pause),
            Down => answer.down(),
            Misconfigured(advice) => {
                Outcome::Misconfigured { why: format!("{status} {reason}: {advice}").replace("  ", " ") }
            }
        }
    }
}

/// A reason that Apple has not documented yet goes by its status.
fn meaning(reason: &str, status: u16) -> Meaning {
    let known = REASONS.iter().find(|(known, _)| *known == reason).map(|(_, meaning)| *meaning);
    known.unwrap_or(match status {
        410 => Gone,
        429 => Throttled(PAUSE),
        500.. => Down,
        _ => Misconfigured("Apple refuses the request"),
    })
}

#[cfg(test)]
pub(super) fn documented() -> impl Iterator<Item = &'static str> {
    REASONS.iter().map(|(reason, _)| *reason)
}
