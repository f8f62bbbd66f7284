//! Delivery mode `ping` (CIBA core §10.2): the client is told that a request has ended, and comes for the token itself.
//! What it is told permits nothing. It is told until it answers 200 or 204, with growing pauses, while the `auth_req_id`
//! lives.

use std::time::Duration;

use async_trait::async_trait;
use axum::http::StatusCode;
use inkan_protocol::ids::Digest;
use serde_json::json;
use zeroize::Zeroizing;

use crate::app::{App, Shared};
use crate::courier::{Carried, Courier};
use crate::model::ciba::{CibaRequest, id_context, token_context};
use crate::model::openid_client::OpenidClient;
use crate::model::outbox::{OutboxMessage, Queue};
use crate::outbound::{OutboundError, describe};
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// For one try.
const PATIENCE: Duration = Duration::from_secs(10);
/// Tries of all clients at once.
const AT_ONCE: usize = 32;
const LONGEST_PAUSE_MILLIS: u64 = 30_000;

/// Carries pings.
pub(crate) struct CibaPing {
    http: reqwest::Client,
}

/// What a try needs.
struct Told {
    client: OpenidClient,
    endpoint: String,
    token: Zeroizing<Vec<u8>>,
    auth_req_id: Zeroizing<Vec<u8>>,
}

impl CibaPing {
    /// The endpoints are the operator's own choice, so they may lie wherever he wants.
    pub(crate) fn new(app: &App) -> Result<Self, OutboundError> {
        Ok(Self { http: app.outbound.to_configured()? })
    }

    async fn tell(&self, told: &Told) -> Result<StatusCode, String> {
        let token = String::from_utf8_lossy(&told.token);
        let auth_req_id = String::from_utf8_lossy(&told.auth_req_id);
        let request = self
            .http
            .post(&told.endpoint)
            .timeout(PATIENCE)
            .bearer_auth(token)
            .json(&json!({ "auth_req_id": auth_req_id }));
        request.send().await.map(|answer| answer.status()).map_err(describe)
    }
}

#[async_trait]
impl Courier for CibaPing {
    fn queue(&self) -> Queue {
        Queue::CibaPing
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn lost_after(&self) -> Duration {
        PATIENCE * 3
    }

    async fn carry(&self, app: &Shared, message: OutboxMessage) -> Carried {
        let id = request_of(&message);
        let told = match id {
            Some(id) => load(app, id).await,
            None => Ok(None),
        };
        let told = match told {
            Ok(Some(told)) => told,
            // the token was fetched, the client revoked, or the customer erased
            Ok(None) => return Carried::done(),
            Err(refused) => {
                tracing::error!(code = refused.code, "what a ping needs cannot be read");
                return Carried::again(next(app, message.tries));
            }
        };
        let client = told.client.id.as_str();
        match self.tell(&told).await {
            // the body, where there is one, means nothing
            Ok(StatusCode::OK | StatusCode::NO_CONTENT) => {
                Carried::done().keeping(move |tx, _| forget(tx, id))
            }
            Ok(status) => {
                tracing::warn!(
                    client,
                    status = status.as_u16(),
                    tries = message.tries,
                    "a ping was not taken"
                );
                Carried::again(next(app, message.tries))
            }
            Err(why) => {
                tracing::warn!(client, why, tries = message.tries, "a ping did not arrive");
                Carried::again(next(app, message.tries))
            }
        }
    }

    fn over(&self, tx: &mut dyn Transaction, _app: &App, message: &OutboxMessage) -> Result<(), Refusal> {
        forget(tx, request_of(message))
    }
}

fn request_of(message: &OutboxMessage) -> Option<Digest> {
    message.body.get("request").cloned().and_then(|id| serde_json::from_value(id).ok())
}

/// When a try that failed is made again: after 1, 2, 4 … 30 seconds.
fn next(app: &App, tries: u32) -> u64 {
    let pause = 1000_u64.checked_shl(tries.saturating_sub(1)).unwrap_or(LONGEST_PAUSE_MILLIS);
    app.clock.now_millis().saturating_add(pause.min(LONGEST_PAUSE_MILLIS))
}

async fn load(app: &Shared, id: Digest) -> Result<Option<Told>, Refusal> {
    let found = app
        .storage
        .read(move |tx| -> Result<_, Refusal> {
            let Some(request) = tx.ciba_request(id)? else { return Ok(None) };
            let client = tx.openid_client(&request.client)?;
            Ok(client.map(|client| (request, client)))
        })
        .await?;
    let Some((CibaRequest { ping: Some(ping), .. }, client)) = found else { return Ok(None) };
    let endpoint = client.notification_endpoint.clone().filter(|_| client.revoked_at.is_none());
    let Some(endpoint) = endpoint else { return Ok(None) };
    Ok(Some(Told {
        client,
        endpoint,
        token: app.sealer.open(&token_context(id), &ping.token.0)?,
        auth_req_id: app.sealer.open(&id_context(id), &ping.auth_req_id.0)?,
    }))
}

/// It was told, or is not told any more: the secrets go.
fn forget(tx: &mut dyn Transaction, id: Option<Digest>) -> Result<(), Refusal> {
    let request = id.map(|id| tx.ciba_request(id)).transpose()?.flatten();
    if let Some(request) = request {
        tx.put_ciba_request(&CibaRequest { ping: None, ..request })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
