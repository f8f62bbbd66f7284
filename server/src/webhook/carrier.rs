//! How deliveries are carried: one turn of a webhook sends all that is due for it, some at once, and notes each try by
//! itself. Nothing waits for another webhook, and order is not promised.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::signature::Signer;
use super::{end_turn, open_signer};
use crate::app::{App, Shared};
use crate::courier::{Carried, Courier};
use crate::ledger;
use crate::model::outbox::{OutboxMessage, Queue};
use crate::model::webhook::{Delivery, DeliveryState, MOST_WEBHOOKS, Try, TryEnd, Unanswered, Webhook};
use crate::outbound::{self, Outbound, OutboundError, Unreachable};
use crate::policy::redelivery;
use crate::random::make_bytes;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// Deliveries to one webhook at once.
pub(super) const SIDE_BY_SIDE: usize = 16;
/// Most deliveries of one turn. Each try takes 15 seconds at most, so a turn takes four times that.
const OF_A_TURN: usize = 64;
/// A turn that takes longer is lost.
const LOST_AFTER: Duration = Duration::from_mins(2);
/// After a failure of the store, in milliseconds.
const PAUSE_MILLIS: u64 = 1000;
/// How much of an answer is read, so that its connection can be used again.
const MOST_OF_ANSWER: usize = 16 * 1024;
/// How much of a failure's words is kept.
const MOST_OF_WORDS: usize = 300;

/// Carries events to webhooks.
pub struct WebhookCourier {
    outbound: Outbound,
    client: reqwest::Client,
}

impl WebhookCourier {
    /// Calls by these rules.
    pub fn new(outbound: &Outbound) -> Result<Self, OutboundError> {
        Ok(Self { client: outbound.to_registered()?, outbound: outbound.clone() })
    }
}

#[async_trait]
impl Courier for WebhookCourier {
    fn queue(&self) -> Queue {
        Queue::Webhook
    }

    /// Every webhook of both modes has a place of its own.
    fn at_once(&self) -> usize {
        2 * MOST_WEBHOOKS
    }

    fn lost_after(&self) -> Duration {
        LOST_AFTER
    }

    async fn carry(&self, app: &Shared, message: OutboxMessage) -> Carried {
        let id = message.id;
        match self.turn(app, id).await {
            Ok(()) => Carried::done().keeping(move |tx, _| end_turn(tx, id)),
            Err(refused) => {
                tracing::error!(webhook = %id, code = refused.code, "a webhook's turn failed");
                Carried::again(app.clock.now_millis().saturating_add(PAUSE_MILLIS))
            }
        }
    }
}

/// How a try ended, and for how many seconds the receiver wants to be left alone.
struct Answer {
    ended: TryEnd,
    asked: Option<u64>,
}

impl WebhookCourier {
    async fn turn(&self, app: &Shared, id: Uuid) -> Result<(), Refusal> {
        let now_millis = app.clock.now_millis();
        let (webhook, due) = app
            .storage
            .read(move |tx| -> Result<_, Refusal> {
                Ok((tx.webhook(id)?, tx.due_deliveries(id, now_millis, OF_A_TURN)?))
            })
            .await?;
        let Some(webhook) = webhook.filter(|webhook| is_told(webhook, now_millis)) else { return Ok(()) };
        let signer = &open_signer(app, &webhook)?;
        let mut tries = stream::iter(due)
            .map(|delivery| self.deliver(app, signer, delivery.id))
            .buffer_unordered(SIDE_BY_SIDE);
        let mut whole = Ok(());
        while let Some(tried) = tries.next().await {
            whole = whole.and(tried);
        }
        whole
    }

    async fn deliver(&self, app: &Shared, signer: &Signer, id: Uuid) -> Result<(), Refusal> {
        // what has not begun waits for the next start
        if app.drained().now_or_never().is_some() {
            return Ok(());
        }
        let began = app.clock.now_millis();
        // a turn takes its time: the receiver may have asked for a pause or said that it is gone, the webhook may have
        // been deleted, and the customer whom it is about erased
        let standing = app.storage.read(move |tx| -> Result<_, Refusal> {
            let Some(delivery) = tx.delivery(id)?.filter(|delivery| delivery.due_millis().is_some()) else {
                return Ok(None);
            };
            let webhook = tx.webhook(delivery.webhook)?.filter(|webhook| is_told(webhook, began));
            Ok(webhook.map(|webhook| (webhook, delivery)))
        });
        let Some((webhook, delivery)) = standing.await? else { return Ok(()) };
        let Answer { ended, asked } = self.post(app, &webhook, signer, &delivery).await;
        app.counters.webhook_tried(&ended);
        let this = Try { at: began / 1000, millis: app.clock.now_millis().saturating_sub(began), ended };
        let shared = Arc::clone(app);
        let (webhook, delivery) = (webhook.id, delivery.id);
        app.storage.write(move |tx| settle(tx, &shared, webhook, delivery, this, asked)).await
    }

    async fn post(&self, app: &App, webhook: &Webhook, signer: &Signer, delivery: &Delivery) -> Answer {
        let unanswered = |why, detail: String| Answer {
            ended: TryEnd::Unanswered { why, detail: detail.chars().take(MOST_OF_WORDS).collect() },
            asked: None,
        };
        let refused = |refused: Unreachable| unanswered(Unanswered::AddressRefused, refused.to_string());
        let Ok(url) = Url::parse(&webhook.url) else { return refused(Unreachable::Form) };
        // the operator may have changed what is allowed since
        if let Err(unreachable) = self.outbound.check_registered(&url) {
            return refused(unreachable);
        }
        let now = app.clock.now();
        let mut request = self.client.post(url).header(CONTENT_TYPE, "application/json");
        for (name, value) in signer.headers(&delivery.event.to_string(), now, &delivery.payload) {
            request = request.header(name, value);
        }
        let mut response = match request.body(delivery.payload.clone()).send().await {
            Ok(response) => response,
            Err(error) => {
                if let Some(unreachable) = outbound::forbidden(&error) {
                    return refused(unreachable);
                }
                let why = if error.is_timeout() {
                    Unanswered::Timeout
                } else if error.is_connect() {
                    Unanswered::Unreachable
                } else {
                    Unanswered::Broken
                };
                return unanswered(why, outbound::describe(error));
            }
        };
        let status = response.status();
        let asked = response
            .headers()
            .get(RETRY_AFTER)
            .filter(|_| !status.is_success() && status != StatusCode::GONE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| read_retry_after(text, now));
        let mut read = 0;
        while let Ok(Some(part)) = response.chunk().await {
            read += part.len();
            if read > MOST_OF_ANSWER {
                break;
            }
        }
        Answer { ended: TryEnd::Answered(status.as_u16()), asked }
    }
}

/// Whether anything is sent to it now.
fn is_told(webhook: &Webhook, now_millis: u64) -> bool {
    webhook.disabled_at.is_none() && webhook.held_until_millis <= now_millis
}

/// Seconds, or a date (RFC 9110 §10.2.3).
fn read_retry_after(text: &str, now: u64) -> Option<u64> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(seconds);
    }
    let at = rfc2822::parse(text.trim()).ok()?.timestamp().as_second();
    Some(u64::try_from(at).ok()?.saturating_sub(now))
}

/// Notes how a try ended, and what follows from it.
fn settle(
    tx: &mut dyn Transaction,
    app: &App,
    webhook: Uuid,
    delivery: Uuid,
    this: Try,
    asked: Option<u64>,
) -> Result<(), Refusal> {
    let now_millis = app.clock.now_millis();
    // a webhook that was deleted, a customer who was erased: nothing is left to note it in
    let (Some(webhook), Some(delivery)) = (tx.webhook(webhook)?, tx.delivery(delivery)?) else {
        return Ok(());
    };
    let chance = u16::from_be_bytes(make_bytes(app.random.as_ref())?);
    let pause = redelivery::pause(delivery.round.saturating_add(1), asked, chance);
    let (success, gone) = (this.ended.is_success(), this.ended.is_gone());
    let delivery = delivery.tried(this, pause.map(|pause| now_millis.saturating_add(pause)));
    tx.put_delivery(&delivery)?;
    if gone && webhook.disabled_at.is_none() {
        return disable(tx, app, webhook);
    }
    if let Some(asked) = asked.filter(|_| !success) {
        let held_until_millis = now_millis.saturating_add(redelivery::hold(asked));
        tx.put_webhook(&Webhook {
            held_until_millis: held_until_millis.max(webhook.held_until_millis),
            ..webhook
        })?;
    }
    if delivery.state == DeliveryState::Failed {
        tracing::warn!(webhook = %delivery.webhook, delivery = %delivery.id, "a webhook was not delivered; replay it by its id");
    }
    Ok(())
}

/// Its receiver said that nobody is there any more.
fn disable(tx: &mut dyn Transaction, app: &App, webhook: Webhook) -> Result<(), Refusal> {
    tracing::warn!(webhook = %webhook.id, live = webhook.live, "a webhook answered 410 and is disabled");
    let webhook = Webhook { disabled_at: Some(app.clock.now()), ..webhook };
    tx.put_webhook(&webhook)?;
    let data = json!({ "webhook": webhook.id.to_string(), "status": 410 });
    ledger::record(tx, app, webhook.live, "webhook.disabled", data)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = 1_795_583_109;
        assert_eq!(read_retry_after("120", now), Some(120));
        assert_eq!(read_retry_after("Wed, 25 Nov 2026 05:06:09 GMT", now), Some(60));
        assert_eq!(read_retry_after("Wed, 25 Nov 2026 05:00:00 GMT", now), Some(0));
        for other in ["", "-1", "soon", "1.5"] {
            assert_eq!(read_retry_after(other, now), None, "{other}");
        }
    }
}
