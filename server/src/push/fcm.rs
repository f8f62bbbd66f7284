//! Firebase Cloud Messaging, HTTP v1: a data message that the app turns into a notification in its own words.

mod account;
mod answers;

use std::sync::Arc;

use async_trait::async_trait;
use inkan_protocol::enrollment::Push;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use self::account::Bearer;
pub use self::account::{AccountError, ServiceAccount};
use super::exchange::{self, within};
use super::{Doorbell, Outcome, PushPort, Ring};
use crate::clock::Clock;
use crate::outbound::{Outbound, OutboundError};

/// FCM keeps a message for four weeks at most.
const LONGEST_LIFE: u64 = 28 * 24 * 3600;
/// Nobody subscribes to it, and with `validate_only` nothing is sent.
const NOBODY: &str = "inkan-check";

/// The provider.
pub struct Fcm {
    client: reqwest::Client,
    endpoint: String,
    account: ServiceAccount,
    /// One is fetched at a time; who needs it meanwhile waits for that one.
    bearer: Mutex<Option<Bearer>>,
    clock: Arc<dyn Clock>,
}

/// Whom a message is for.
enum Target<'a> {
    Token(&'a str),
    /// Nobody: it is looked at and not sent.
    Validation,
}

impl Fcm {
    /// Where Google takes messages.
    pub const PRODUCTION: &str = "https://fcm.googleapis.com";

    /// `endpoint`: an origin, without a slash at its end.
    pub fn new(
        outbound: &Outbound,
        endpoint: String,
        account: ServiceAccount,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OutboundError> {
        Ok(Self { client: outbound.to_configured()?, endpoint, account, bearer: Mutex::new(None), clock })
    }

    /// The access token in use. `refused`: one that Google did not take; it is not used again.
    async fn bearer(&self, refused: Option<&Bearer>) -> Result<Bearer, Outcome> {
        let mut kept = self.bearer.lock().await;
        let now = self.clock.now();
        let usable = |bearer: &&Bearer| bearer.is_fresh(now) && refused != Some(*bearer);
        if let Some(bearer) = kept.as_ref().filter(usable) {
            return Ok(bearer.clone());
        }
        *kept = None;
        let bearer = self.account.fetch(&self.client, &self.clock).await?;
        *kept = Some(bearer.clone());
        Ok(bearer)
    }

    /// One message; an access token that Google does not take is fetched anew once, and the message repeated once.
    async fn push(&self, target: Target<'_>, doorbell: &Doorbell) -> Outcome {
        let message = self.message(&target, doorbell).to_string();
        let mut refused: Option<Bearer> = None;
        loop {
            let bearer = match self.bearer(refused.as_ref()).await {
                Ok(bearer) => bearer,
                Err(outcome) => return outcome,
            };
            let request = self
                .client
                .post(format!("{}/v1/projects/{}/messages:send", self.endpoint, self.account.project()))
                .header(AUTHORIZATION, bearer.authorization())
                .header(CONTENT_TYPE, "application/json")
                .body(message.clone());
            let answer = match exchange::send("fcm", &self.clock, request).await {
                Ok(answer) => answer,
                Err(outcome) => return outcome,
            };
            if answers::is_about_the_bearer(&answer) && refused.is_none() {
                refused = Some(bearer);
            } else {
                return answers::judge(&answer);
            }
        }
    }

    fn message(&self, target: &Target<'_>, doorbell: &Doorbell) -> Value {
        let hint = &doorbell.hint;
        let ttl = doorbell.until.saturating_sub(self.clock.now()).min(LONGEST_LIFE);
        let mut message = json!({
            // FCM's data holds texts alone
            "data": {
                "v": hint.v.to_string(),
                "id": hint.id.to_string(),
                "collapse": hint.collapse.to_string(),
            },
            "android": {
                "priority": priority(doorbell.ring),
                "ttl": format!("{ttl}s"),
                "collapse_key": hint.collapse.to_string(),
            },
        });
        let (name, value) = match target {
            Target::Token(token) => ("token", *token),
            Target::Validation => ("topic", NOBODY),
        };
        if let Some(members) = message.as_object_mut() {
            members.insert(name.to_owned(), value.into());
        }
        match target {
            Target::Token(_) => json!({ "message": message }),
            Target::Validation => json!({ "validate_only": true, "message": message }),
        }
    }
}

/// A message of high priority that shows nothing costs an app its high priority, so what takes a notification away is a
/// normal one.
fn priority(ring: Ring) -> &'static str {
    match ring {
        Ring::Look => "HIGH",
        Ring::Ended => "NORMAL",
    }
}

#[async_trait]
impl PushPort for Fcm {
    async fn ring(&self, to: &Push, doorbell: &Doorbell) -> Outcome {
        within(&self.clock, self.push(Target::Token(&to.token), doorbell))
            .await
            .unwrap_or(Outcome::ProviderDown)
    }

    /// Has Google look at a message without sending it.
    async fn check(&self) -> Result<(), String> {
        let nil = inkan_protocol::ids::MessageId(Uuid::nil());
        let hint = inkan_protocol::push_hint::PushHint { v: 1, id: nil, collapse: nil };
        let doorbell = Doorbell { hint, ring: Ring::Look, until: self.clock.now().saturating_add(60) };
        let checked = within(&self.clock, self.push(Target::Validation, &doorbell)).await;
        match checked.unwrap_or(Outcome::ProviderDown) {
            Outcome::DeliveredToProvider => Ok(()),
            Outcome::Misconfigured { why } => Err(why),
            Outcome::Throttled { retry_after } => {
                Err(format!("Google asks to wait for {} s; try again then", retry_after.as_secs()))
            }
            Outcome::ProviderDown | Outcome::TokenGone { .. } => Err(format!(
                "{} or {} does not answer; may this machine connect to both?",
                self.endpoint,
                self.account.token_uri()
            )),
        }
    }
}

#[cfg(test)]
mod tests;
