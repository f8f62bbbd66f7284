//! `inkan listen`: events of a server, forwarded to an address that the server itself cannot reach, as its webhooks would
//! come. For developers: nothing is tried again, and nothing is kept.
//!
//! ```text
//! GET /v1/events?after= ── once a second ──▶ POST each event to the address, signed with a secret made at the start
//! ```

use std::sync::Arc;

use reqwest::header::{CONTENT_TYPE, DATE};
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use uuid::{Builder, Uuid};

use crate::clock::Clock;
use crate::model::webhook::matches;
use crate::outbound::describe;
use crate::webhook::payload;
use crate::webhook::signature::Signer;
use zeroize::Zeroizing;

/// Events read at once.
const PAGE: usize = 100;

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The key is none, or lacks the scope: asking again changes nothing.
    #[error("the server refuses the key: {0}")]
    Key(String),
    /// It may go better next time.
    #[error("the server cannot be read: {0}")]
    Server(String),
}

/// Who listens to whom.
pub struct Listener {
    /// The server's origin.
    pub server: Url,
    /// An API key with the scope `read`.
    pub key: Zeroizing<String>,
    /// Where events are forwarded to.
    pub forward_to: Url,
    /// Which events: `*`, a family or a kind each.
    pub events: Vec<String>,
    /// Calls both.
    pub client: Client,
    /// Signs what is forwarded.
    pub signer: Signer,
    /// The time of the signatures.
    pub clock: Arc<dyn Clock>,
}

/// An event that was forwarded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// The status that was answered, or why there was none.
    pub ended: Result<u16, String>,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Read>,
    next: Option<Uuid>,
}

#[derive(Deserialize)]
struct Read {
    id: Uuid,
    #[serde(rename = "type")]
    kind: String,
    created_at: String,
    data: Value,
}

impl Listener {
    /// Where to read on from if only what happens from now on is of interest, by the server's clock. It also shows whether
    /// server and key are good.
    pub async fn now(&self) -> Result<Uuid, ListenError> {
        let response = self.read(None, 1).await?;
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        let seconds = date
            .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
            .and_then(|date| u64::try_from(date.timestamp().as_second()).ok())
            .unwrap_or_else(|| self.clock.now());
        // ids sort by their time, and this is the first one of it
        Ok(Builder::from_unix_timestamp_millis(seconds.saturating_mul(1000), &[0; 10]).into_uuid())
    }

    /// Forwards what came after an event, one after the other; `told` hears of each. Answers where to read on from.
    pub async fn round(&self, after: Uuid, mut told: impl FnMut(Forwarded)) -> Result<Uuid, ListenError> {
        let mut after = after;
        loop {
            let response = self.read(Some(after), PAGE).await?;
            let page: Page = response.json().await.map_err(|error| ListenError::Server(describe(error)))?;
            let full = page.data.len() == PAGE;
            for event in page.data {
                if self.events.iter().any(|pattern| matches(pattern, &event.kind)) {
                    let ended = self.forward(&event).await;
                    told(Forwarded { id: event.id, kind: event.kind, ended });
                }
            }
            after = page.next.unwrap_or(after);
            if !full {
                return Ok(after);
            }
        }
    }

    async fn read(&self, after: Option<Uuid>, limit: usize) -> Result<Response, ListenError> {
        let mut url = self.server.clone();
        url.set_path("/v1/events");
        url.query_pairs_mut().append_pair("limit", &limit.to_string());
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("after", &after.to_string());
        }
        let response = self
            .client
            .get(url)
            .bearer_auth(self.key.as_str())
            .send()
            .await
            .map_err(|error| ListenError::Server(describe(error)))?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                let detail =
                    response.json::<Value>().await.ok().and_then(|problem| {
                        problem.get("detail").and_then(Value::as_str).map(ToOwned::to_owned)
                    });
                Err(ListenError::Key(detail.unwrap_or_else(|| status.to_string())))
            }
            status => Err(ListenError::Server(format!("it answers {status}"))),
        }
    }

    async fn forward(&self, event: &Read) -> Result<u16, String> {
        let body = payload(&event.kind, &event.created_at, &event.data).map_err(|error| error.to_string())?;
        let mut request = self.client.post(self.forward_to.clone()).header(CONTENT_TYPE, "application/json");
        for (name, value) in self.signer.headers(&event.id.to_string(), self.clock.now(), &body) {
            request = request.header(name, value);
        }
        request.body(body).send().await.map(|response| response.status().as_u16()).map_err(describe)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::SystemClock;
    use crate::testing::World;
    use crate::testing::approval::login;
    use crate::testing::receiver::Receiver;

    async fn listener(world: &World, receiver: &Receiver, key: &str) -> Listener {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = format!("http://{}", socket.local_addr().unwrap()).parse().unwrap();
        let router = world.router.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
        tokio::spawn(async move { axum::serve(socket, router).await });
        Listener {
            server,
            key: Zeroizing::new(key.to_owned()),
            forward_to: receiver.local_url("/hooks").parse().unwrap(),
            events: vec!["challenge.*".into()],
            client: receiver.outbound(&[]).to_configured().unwrap(),
            signer: Signer::new(&[Zeroizing::new(vec![7; 32])], &[8; 32]).unwrap(),
            clock: Arc::new(SystemClock),
        }
    }

    #[tokio::test]
    async fn what_happens_from_now_on_is_forwarded_as_a_webhook_would_come() {
        let receiver = Receiver::listen();
        let world = World::new().await;
        world.active_phone(true, "c-1").await;
        world.ask(login("c-1")).await;
        let listener = listener(&world, &receiver, &world.live_key).await;
        // the server's clock stands at the world's time, and what has happened then is older
        let after = world.app.storage.read(|tx| tx.newest_event()).await.unwrap().unwrap();
        let mut told = Vec::new();
        assert_eq!(listener.round(after, |one| told.push(one)).await.unwrap(), after);
        assert!(told.is_empty());

        world.post("/v1/users/c-1/freeze", json!({ "reason": "lost" })).await.expect(200);
        let after = listener.round(after, |one| told.push(one)).await.unwrap();
        assert_eq!(told.len(), 1, "the frozen account is not asked for");
        assert_eq!((told[0].kind.as_str(), &told[0].ended), ("challenge.cancelled", &Ok(204)));
        let seen = receiver.seen();
        assert_eq!((seen.len(), seen[0].header("webhook-id")), (1, told[0].id.to_string().as_str()));
        let secret = crate::webhook::signature::show_secret(&[7; 32]);
        let webhook = standardwebhooks::Webhook::new(&secret).unwrap();
        webhook.verify(seen[0].body.as_bytes(), &seen[0].headers).unwrap();
        let body: Value = serde_json::from_str(&seen[0].body).unwrap();
        assert_eq!(body["type"], "challenge.cancelled");
        assert_eq!(listener.round(after, |one| told.push(one)).await.unwrap(), after);
        assert_eq!(told.len(), 1, "once");
    }

    #[tokio::test]
    async fn a_key_that_cannot_read_ends_it_and_a_server_that_is_down_does_not() {
        let receiver = Receiver::listen();
        let world = World::new().await;
        let listener = listener(&world, &receiver, "ik_live_unknown").await;
        assert!(matches!(listener.now().await, Err(ListenError::Key(_))));
        let listener = Listener { server: "http://127.0.0.1:9/".parse().unwrap(), ..listener };
        assert!(matches!(listener.now().await, Err(ListenError::Server(_))));
    }

    #[tokio::test]
    async fn now_is_before_all_that_follows_and_after_what_was() {
        let receiver = Receiver::listen();
        let world = World::new().await;
        let listener = listener(&world, &receiver, &world.live_key).await;
        let now = listener.now().await.unwrap();
        let event = |millis: u64| Builder::from_unix_timestamp_millis(millis, &[1; 10]).into_uuid();
        let (seconds, _) = now.get_timestamp().unwrap().to_unix();
        assert!(event(seconds * 1000) > now && event(seconds * 1000 - 1) < now);
    }
}
