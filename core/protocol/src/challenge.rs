//! The challenge: what the customer is asked, and how the page and the phone are tied together before they may answer.

mod link;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::details::{self, Detail, Locale, Operation, Origin, Reason};
use crate::display::{self, Shown, Template};
use crate::ids::{ChallengeId, DeviceId, Digest, MessageId, Nonce, NumericDate, ServerName, Subject};
use crate::jws::{JwsError, Message};
use crate::text;

pub use self::link::{ChallengeLink, LinkToken, SCAN_STEP_SECONDS, ScanMac, ScanSecret};

/// Most reasons that a challenge may have.
pub const MAX_REASONS: usize = 8;

/// `inkan-challenge+jwt`: the exact bytes of it are what the device's answer signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// The server's name.
    pub iss: ServerName,
    /// The device that is asked. Several devices get a JWS each, and share one decision.
    pub aud: DeviceId,
    /// The challenge.
    pub jti: ChallengeId,
    /// The customer's pseudonym.
    pub sub: Subject,
    /// When it was made; the time shown.
    pub iat: NumericDate,
    /// From then on no answer is taken.
    pub exp: NumericDate,
    /// The relying party's name as shown.
    pub relying_party: String,
    /// The account as shown, masked.
    pub account: String,
    /// What is asked for.
    pub operation: Operation,
    /// Its typed details, in the order in which they are shown; at most 20.
    pub details: Vec<Detail>,
    /// Where the request came from.
    pub origin: Origin,
    /// Why this was asked for; at most 8, each once.
    pub reasons: Vec<Reason>,
    /// What must happen before an approval.
    pub start: Start,
    /// Where the app brings the browser back to (tier `returned`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// IANA name of the zone in which times are shown.
    pub zone: String,
    /// The language to show where the phone has none of ours.
    pub locale: Locale,
    /// Which template shows it.
    pub display: Template,
    /// Makes it unlike any other.
    pub nonce: Nonce,
}

impl Message for Challenge {
    const TYP: &'static str = "inkan-challenge+jwt";
    const MAX_SIZE: usize = 16 * 1024;

    fn check(&self) -> Result<(), JwsError> {
        let wrong = |why: String| Err(JwsError::Payload(why));
        text::check(&self.relying_party, 64)
            .and_then(|()| text::check(&self.account, 64))
            .map_err(|error| JwsError::Payload(error.to_string()))?;
        details::check(self.operation, &self.details)
            .map_err(|error| JwsError::Payload(error.to_string()))?;
        self.origin.check().map_err(|(member, why)| JwsError::Payload(format!("origin.{member} {why}")))?;
        if self.reasons.len() > MAX_REASONS || has_twins(&self.reasons) {
            return wrong("reasons".into());
        }
        if self.exp <= self.iat {
            return wrong("exp is not after iat".into());
        }
        if let Start::Number { digits } = self.start
            && !(2..=8).contains(&digits)
        {
            return wrong("digits".into());
        }
        match &self.return_url {
            Some(_) if self.start != (Start::Link {}) => wrong("return_url without link".into()),
            Some(url) if !is_return_url(url) => wrong("return_url".into()),
            _ => Ok(()),
        }
    }

    /// Whoever makes a challenge can show it, in every language. A phone that cannot (an older one, or one with other
    /// zone tables) says so instead of refusing the message.
    fn check_draft(&self) -> Result<(), JwsError> {
        for locale in [Locale::Ja, Locale::En] {
            display::render(&self.shown(), locale).map_err(|error| JwsError::Payload(error.to_string()))?;
        }
        Ok(())
    }
}

/// Whether a text can be a return address: an absolute `https` URL (or `http` to this machine, for trials) of at most
/// 2048 characters, as RFC 3986 spells it, without user, password or fragment. `#c=…&r=…` is put behind it.
pub fn is_return_url(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    text.len() <= 2048
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && (url.scheme() == "https" || (url.scheme() == "http" && loopback))
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
}

fn has_twins(reasons: &[Reason]) -> bool {
    let later = |place: usize| reasons.iter().skip(place + 1);
    reasons.iter().enumerate().any(|(place, reason)| later(place).any(|other| other == reason))
}

impl Challenge {
    /// What the renderer shows of it.
    pub fn shown(&self) -> Shown<'_> {
        Shown {
            relying_party: &self.relying_party,
            account: &self.account,
            operation: self.operation,
            details: &self.details,
            origin: &self.origin,
            reasons: &self.reasons,
            issued_at: self.iat,
            zone: &self.zone,
            template: &self.display,
        }
    }
}

/// How page and phone are tied together before an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum Start {
    /// The page shows a number, the customer types it on the phone. The number is neither here nor in the push.
    Number {
        /// How many digits.
        digits: u8,
    },
    /// The phone scans a code on the page that changes every five seconds.
    Scan {},
    /// The page on the same phone opens the app.
    Link {},
    /// Nothing: the weakest, below every default floor.
    None {},
}

/// How strongly page and phone were tied together. Only `Returned` resists a live relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Not at all.
    None,
    /// A typed number.
    Number,
    /// A code scanned from the page.
    Scan,
    /// The app opened from the page on the same phone.
    Link,
    /// The same, and the approval came back to the browser session that began.
    Returned,
}

/// `inkan-start+jwt`, by the possession key: this phone has scanned the page's code, or was opened by its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartProof {
    /// The device.
    pub iss: DeviceId,
    /// The server's name.
    pub aud: ServerName,
    /// The phone's clock, corrected; within 60 s of the server's.
    pub iat: NumericDate,
    /// Once.
    pub jti: MessageId,
    /// Which challenge.
    pub challenge: ChallengeId,
    /// `scan`: the step that the code named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// `scan`: the MAC that the code held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<ScanMac>,
    /// `link`: the one-time token that the link held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<LinkToken>,
}

impl Message for StartProof {
    const TYP: &'static str = "inkan-start+jwt";

    fn check(&self) -> Result<(), JwsError> {
        match (&self.step, &self.mac, &self.token) {
            (Some(_), Some(_), None) | (None, None, Some(_)) => Ok(()),
            _ => Err(JwsError::Payload("step and mac, or token".into())),
        }
    }
}

/// `inkan-request+jwt`, by the possession key: signs one HTTP request of a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceRequest {
    /// The device.
    pub iss: DeviceId,
    /// The server's name.
    pub aud: ServerName,
    /// The phone's clock, corrected; within 60 s of the server's.
    pub iat: NumericDate,
    /// Once.
    pub jti: MessageId,
    /// The method, upper case.
    pub htm: String,
    /// Server's name, path and query exactly as sent.
    pub htu: String,
    /// SHA-256 of the body, of the empty one too.
    pub bh: Digest,
}

impl Message for DeviceRequest {
    const TYP: &'static str = "inkan-request+jwt";
    const MAX_SIZE: usize = 8 * 1024;

    fn check(&self) -> Result<(), JwsError> {
        let method =
            (1..=16).contains(&self.htm.len()) && self.htm.bytes().all(|byte| byte.is_ascii_uppercase());
        let path = self.htu.strip_prefix(self.aud.as_str()).is_some_and(|path| path.starts_with('/'));
        if method && path { Ok(()) } else { Err(JwsError::Payload("htm or htu".into())) }
    }
}

#[cfg(test)]
mod tests;
