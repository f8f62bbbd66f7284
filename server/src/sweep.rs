//! What is forgotten once its time is over: `jti`s and sessions of phones, replies kept for `Idempotency-Key`, events
//! and deliveries of webhooks after 30 days, requests and assertions of OpenID clients, calls of Keycloak once they could
//! not be made again, intents. Nothing depends on its punctuality: whoever reads compares times.

use crate::app::App;
use crate::model::event::KEPT_SECONDS;
use crate::model::webhook::LISTED_SECONDS;
use crate::storage::StorageError;

/// Forgets everything whose time is over now.
pub async fn round(app: &App) -> Result<(), StorageError> {
    let now = app.clock.now();
    app.storage
        .write(move |tx| {
            tx.sweep_devices(now)?;
            tx.sweep_replies(now)?;
            tx.sweep_keycloak_requests(now)?;
            tx.sweep_intents(now)?;
            tx.sweep_deliveries(now.saturating_sub(LISTED_SECONDS))?;
            tx.sweep_openid(now)?;
            tx.sweep_events(now.saturating_sub(KEPT_SECONDS))
        })
        .await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use inkan_protocol::ids::Digest;
    use uuid::Uuid;

    use super::*;
    use crate::clock::ManualClock;
    use crate::config::Config;
    use crate::model::event::Event;
    use crate::random::SystemRandom;
    use crate::start;
    use crate::storage::{StorageError, StoredReply};

    #[tokio::test]
    async fn what_is_over_goes_and_what_is_not_stays() {
        let folder = tempfile::tempdir().unwrap();
        let server = "https://localhost:8443".parse().unwrap();
        let config = Config::dev(&server, folder.path().join("data")).unwrap();
        let now = 1_800_000_000;
        let clock = Arc::new(ManualClock::at(now));
        start::make(&config, clock.as_ref(), &SystemRandom).unwrap();
        let app = start::start(&config, clock, Arc::new(SystemRandom)).unwrap();
        let reply = move |until| StoredReply { request: Digest([0; 32]), reply: None, until };
        let event = |id, at| Event {
            id: Uuid::from_u128(id),
            live: true,
            kind: "challenge.approved".into(),
            at,
            data: serde_json::Value::Null,
        };
        let key = Uuid::from_u128(7);
        let events = [event(1, now - KEPT_SECONDS - 1), event(2, now - KEPT_SECONDS + 1)];
        let write = app.storage.write(move |tx| {
            tx.put_reply(key, "/v1/x", "over", &reply(now - 1))?;
            tx.put_reply(key, "/v1/x", "stays", &reply(now + 10))?;
            for event in &events {
                tx.append_event(event)?;
            }
            Ok::<_, StorageError>(())
        });
        write.await.unwrap();
        round(&app).await.unwrap();
        let read = app.storage.read(move |tx| {
            // read as of long ago, when neither was over: only what was swept is gone
            let over = tx.reply(key, "/v1/x", "over", 0)?.is_some();
            let stays = tx.reply(key, "/v1/x", "stays", 0)?.is_some();
            Ok::<_, StorageError>((over, stays, tx.events(true, None, 10)?))
        });
        let (over, stays, events) = read.await.unwrap();
        assert_eq!((over, stays), (false, true));
        assert_eq!(events.iter().map(|event| event.id.as_u128()).collect::<Vec<_>>(), [2]);
    }
}
