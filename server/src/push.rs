//! Ringing a phone: one port, one vocabulary of outcomes, a provider each behind it.
//!
//! A push carries a doorbell ([`PushHint`]) and nothing else: whoever reads it on its way learns that a phone was rung.
//! The phone then fetches what there is over its own authenticated connection. A push that does not arrive loses nothing:
//! the list is fetched whenever the app comes to the front.

pub mod apns;
pub mod configured;
pub(crate) mod courier;
mod exchange;
pub mod fcm;
mod services;
mod signing;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod web_push;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use inkan_protocol::enrollment::{Push, PushProvider};
use inkan_protocol::ids::NumericDate;
use inkan_protocol::push_hint::PushHint;

pub use self::courier::PushCourier;

/// What is to be pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doorbell {
    /// What travels. Its `collapse` is the provider's collapse key too.
    pub hint: PushHint,
    /// Why the phone is rung: how loud it is.
    pub ring: Ring,
    /// Worth nothing from then on: the provider's expiration or time to live.
    pub until: NumericDate,
}

/// Why a phone is rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ring {
    /// There is something to look at, or a new phone's doorbell is tried: seen and heard.
    Look,
    /// What was rung for has ended: the notification goes, nobody is disturbed.
    Ended,
}

/// What a provider made of a push. None of it says that it reached the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    DeliveredToProvider,
    /// The registration is no longer valid; `since`: registrations made after that are not meant.
    TokenGone {
        /// From when on, where the provider says it.
        since: Option<NumericDate>,
    },
    /// Too much at once.
    Throttled {
        /// After this long it may be tried again.
        retry_after: Duration,
    },
    /// It cannot be reached, hangs, or says that it is the one who failed.
    ProviderDown,
    /// It refuses what the operator configured, or what this server made of it: trying again changes nothing.
    Misconfigured {
        /// In the provider's words, without token and secret.
        why: String,
    },
}

impl Outcome {
    /// For logs, metrics and the device's push health.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::DeliveredToProvider => "delivered_to_provider",
            Self::TokenGone { .. } => "token_gone",
            Self::Throttled { .. } => "throttled",
            Self::ProviderDown => "provider_down",
            Self::Misconfigured { .. } => "misconfigured",
        }
    }
}

/// A push provider.
#[async_trait]
pub trait PushPort: Send + Sync {
    /// Pushes once. It ends within [`LONGEST_TRY`].
    async fn ring(&self, to: &Push, doorbell: &Doorbell) -> Outcome;

    /// Whether the provider takes what is configured, by a call that reaches no phone, where there is one. `Err` says what
    /// is wrong, in a sentence for the operator.
    async fn check(&self) -> Result<(), String>;
}

/// No try takes longer.
pub const LONGEST_TRY: Duration = Duration::from_secs(15);

/// The providers that are configured.
#[derive(Clone, Default)]
pub struct Pushes {
    /// Apple.
    pub apns: Option<Arc<dyn PushPort>>,
    /// Google.
    pub fcm: Option<Arc<dyn PushPort>>,
    /// Web Push and UnifiedPush.
    pub web_push: Option<Arc<dyn PushPort>>,
    /// Those that are configured and cannot be used: the server runs without them.
    pub unusable: Vec<Unusable>,
    /// The public key of Web Push, for apps whose push service asks for it: an uncompressed point, base64url.
    pub web_push_key: Option<String>,
    /// Those that refuse what is configured.
    pub refusals: Refusals,
}

/// Which providers refuse what is configured, each at its place in [`PROVIDERS`].
#[derive(Clone, Default)]
pub struct Refusals(Arc<[AtomicBool; PROVIDERS.len()]>);

impl Refusals {
    fn of(&self, provider: PushProvider) -> Option<&AtomicBool> {
        self.0.iter().zip(PROVIDERS).find(|(_, (other, _))| *other == provider).map(|(refuses, _)| refuses)
    }
}

/// A provider that is configured and cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Which.
    pub provider: PushProvider,
    /// What is wrong and what to do about it, for the operator alone: it names files.
    pub why: String,
}

/// Whether a provider rings phones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderState {
    /// It does.
    Ready,
    /// It is not configured.
    Off,
    /// It is configured and cannot be used.
    Unusable,
    /// It is usable, and the last word of the provider was that it refuses what is configured.
    Misconfigured,
}

impl ProviderState {
    /// For `/readyz` and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Off => "off",
            Self::Unusable => "unusable",
            Self::Misconfigured => "misconfigured",
        }
    }

    /// Every one there is.
    pub const ALL: [Self; 4] = [Self::Ready, Self::Off, Self::Unusable, Self::Misconfigured];
}

/// Every provider, with its name in logs and metrics.
pub const PROVIDERS: [(PushProvider, &str); 3] =
    [(PushProvider::Apns, "apns"), (PushProvider::Fcm, "fcm"), (PushProvider::Webpush, "webpush")];

impl Pushes {
    /// Whether nobody can be rung.
    pub fn is_empty(&self) -> bool {
        self.apns.is_none() && self.fcm.is_none() && self.web_push.is_none()
    }

    /// Whether phones of this provider are rung.
    pub fn state(&self, provider: PushProvider) -> ProviderState {
        if self.of(provider).is_some() {
            let refuses = self.refusals.of(provider).is_some_and(|refuses| refuses.load(Ordering::Relaxed));
            if refuses { ProviderState::Misconfigured } else { ProviderState::Ready }
        } else if self.unusable.iter().any(|one| one.provider == provider) {
            ProviderState::Unusable
        } else {
            ProviderState::Off
        }
    }

    /// A try has ended. What a provider refuses is shown until it takes a push again. A Web Push service is of the phone's
    /// choice, and what it refuses says nothing of this server.
    pub fn note(&self, provider: PushProvider, outcome: &Outcome) {
        let refuses = match outcome {
            Outcome::DeliveredToProvider => false,
            Outcome::Misconfigured { .. } if provider != PushProvider::Webpush => true,
            _ => return,
        };
        if let Some(kept) = self.refusals.of(provider) {
            kept.store(refuses, Ordering::Relaxed);
        }
    }

    /// Who pushes for a registration; `None` where it is not configured.
    pub fn of(&self, provider: PushProvider) -> Option<&Arc<dyn PushPort>> {
        match provider {
            PushProvider::Apns => self.apns.as_ref(),
            PushProvider::Fcm => self.fcm.as_ref(),
            PushProvider::Webpush => self.web_push.as_ref(),
        }
    }
}
