//! Carries pushes from the outbox to a provider, and keeps what came of it beside the device.
//!
//! ```text
//! delivered_to_provider ─▶ done, accepted_at
//! token_gone ────────────▶ done; the registration goes, if it is the one that was tried and no newer one
//! throttled ─────────────▶ again after what the provider asks for ┐ only while the push is worth anything
//! provider_down ─────────▶ again after a growing pause ───────────┘
//! misconfigured ─────────▶ done: trying again changes nothing
//! ```

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use inkan_protocol::enrollment::{Push, PushProvider};
use inkan_protocol::ids::NumericDate;
use url::Url;

use super::services::Services;
use super::{Doorbell, LONGEST_TRY, Outcome, PushPort};
use crate::app::{App, Shared};
use crate::courier::{Carried, Courier};
use crate::model::device::Device;
use crate::model::outbox::{OutboxMessage, Queue};
use crate::policy::backoff;
use crate::random::make_bytes;
use crate::ringing::{Order, queue_of};
use crate::routes::refusal::Refusal;

/// Pushes under way at once, a provider each. APNs and FCM carry many on one connection.
const AT_ONCE: usize = 64;
/// The pause after a first failure; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause: a request lives for minutes.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Carries for one provider.
pub struct PushCourier {
    provider: PushProvider,
    port: Arc<dyn PushPort>,
    services: Arc<Services>,
}

impl PushCourier {
    /// One for each provider that is configured.
    pub fn all(app: &App) -> Vec<Arc<dyn Courier>> {
        let mut couriers: Vec<Arc<dyn Courier>> = Vec::new();
        for provider in [PushProvider::Apns, PushProvider::Fcm, PushProvider::Webpush] {
            if let Some(port) = app.pushes.of(provider) {
                couriers.push(Arc::new(Self { provider, port: Arc::clone(port), services: Arc::default() }));
            }
        }
        couriers
    }
}

#[async_trait]
impl Courier for PushCourier {
    fn queue(&self) -> Queue {
        queue_of(self.provider)
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn lost_after(&self) -> Duration {
        LONGEST_TRY * 2
    }

    async fn carry(&self, app: &Shared, message: OutboxMessage) -> Carried {
        let Ok(order) = serde_json::from_value::<Order>(message.body.clone()) else {
            tracing::error!(queue = self.queue().as_str(), "a push that cannot be read was dropped");
            return Carried::done();
        };
        let (id, device) = (message.id, order.device);
        let read = app.storage.read(move |tx| -> Result<_, Refusal> {
            // what lost its place since it was taken is not sent at all
            if tx.message(id)?.is_some() { Ok(tx.device(device)?) } else { Ok(None) }
        });
        let registration = match read.await {
            Ok(device) => device.filter(Device::is_active).and_then(|device| device.push),
            Err(_) => return self.later(app, &message, None),
        };
        // revoked, unregistered, or with another provider by now
        let Some(push) = registration.filter(|push| push.provider == self.provider) else {
            return Carried::done();
        };
        let doorbell = Doorbell { hint: order.hint(), ring: order.ring, until: message.until };
        let Some(visit) = self.services.visit(&service_of(&push)) else {
            return self.later(app, &message, None);
        };
        let outcome = self.ring(app, &push, &doorbell).await;
        // an only provider is tried by all who have something to say: nobody else waits behind it
        visit.ended(self.provider != PushProvider::Webpush || outcome != Outcome::ProviderDown);
        app.counters.pushed(self.provider, &outcome);
        app.pushes.note(self.provider, &outcome);
        let carried = match &outcome {
            Outcome::DeliveredToProvider | Outcome::TokenGone { .. } => Carried::done(),
            Outcome::Misconfigured { why } => {
                tracing::error!(
                    queue = self.queue().as_str(),
                    why,
                    "the push provider refuses what is configured"
                );
                Carried::done()
            }
            Outcome::Throttled { retry_after } => self.later(app, &message, Some(*retry_after)),
            Outcome::ProviderDown => self.later(app, &message, None),
        };
        carried.keeping(move |tx, app| {
            let now = app.clock.now();
            let Some(device) = tx.device(order.device)? else { return Ok(()) };
            if device.push.as_ref() == Some(&push) {
                tx.put_device(&noted(device, &order, &outcome, now))?;
            }
            Ok(())
        })
    }
}

impl PushCourier {
    /// Rings, for no longer than a try takes and no longer than the push is worth anything.
    async fn ring(&self, app: &Shared, push: &Push, doorbell: &Doorbell) -> Outcome {
        let left = doorbell.until.saturating_mul(1000).saturating_sub(app.clock.now_millis());
        tokio::select! {
            outcome = self.port.ring(push, doorbell) => outcome,
            () = app.clock.sleep(LONGEST_TRY.min(Duration::from_millis(left))) => Outcome::ProviderDown,
        }
    }

    /// Again, if the push is worth anything then.
    fn later(&self, app: &Shared, message: &OutboxMessage, asked_for: Option<Duration>) -> Carried {
        // without randomness all come back at once, which is worse than a pause and better than none
        let jitter = make_bytes::<1>(app.random.as_ref()).map_or(u8::MAX, |[byte]| byte);
        let pause = backoff::pause(FIRST_PAUSE, LONGEST_PAUSE, message.tries, jitter)
            .max(asked_for.unwrap_or_default());
        let pause = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let due_millis = app.clock.now_millis().saturating_add(pause);
        if due_millis >= message.until.saturating_mul(1000) {
            tracing::warn!(
                queue = self.queue().as_str(),
                "a push was given up: its time is over before the next try"
            );
            return Carried::done();
        }
        Carried::again(due_millis)
    }
}

/// Where a registration is pushed to. APNs and FCM are one service each.
fn service_of(push: &Push) -> String {
    let url = Url::parse(&push.token).ok().filter(|_| push.provider == PushProvider::Webpush);
    url.map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

fn noted(device: Device, order: &Order, outcome: &Outcome, now: NumericDate) -> Device {
    let accepted_at = (*outcome == Outcome::DeliveredToProvider).then_some(now);
    let push_health = device.push_health.clone().tried(order.push, outcome.as_str(), accepted_at);
    let push: Option<Push> = match outcome {
        Outcome::TokenGone { since } if push_health.is_gone(*since) => None,
        _ => device.push.clone(),
    };
    Device { push, push_health, ..device }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
