//! Pings, over the courier and a client that listens.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use inkan_protocol::answer::Decision;
use serde_json::Value;

use super::*;
use crate::courier;
use crate::routes::openid::tests::{LOGIN, NOTIFICATION_TOKEN, error, portal};
use crate::testing::{Phone, World};

/// A client's notification endpoint: what it was told, and what it answers next.
#[derive(Default)]
struct Endpoint {
    told: Mutex<Vec<(String, Value)>>,
    answers: Mutex<Vec<u16>>,
}

async fn listen(endpoint: Arc<Endpoint>) -> String {
    async fn take(
        State(endpoint): State<Arc<Endpoint>>,
        headers: HeaderMap,
        Json(body): Json<Value>,
    ) -> StatusCode {
        let bearer = headers["authorization"].to_str().unwrap().to_owned();
        assert_eq!(headers["content-type"], "application/json");
        endpoint.told.lock().unwrap().push((bearer, body));
        let status = endpoint.answers.lock().unwrap().pop().unwrap_or(204);
        StatusCode::from_u16(status).unwrap()
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/ping", post(take)).with_state(endpoint);
    drop(tokio::spawn(async move { axum::serve(listener, router).await }));
    format!("http://{address}/ping")
}

struct Scene {
    world: World,
    phone: Phone,
    endpoint: Arc<Endpoint>,
    courier: Arc<dyn Courier>,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let endpoint = Arc::new(Endpoint::default());
        let url = listen(Arc::clone(&endpoint)).await;
        world.put_client(OpenidClient { notification_endpoint: Some(url), ..portal() }).await;
        let phone = world.active_phone(true, "u-1").await;
        let courier: Arc<dyn Courier> = Arc::new(CibaPing::new(&world.app).unwrap());
        Self { world, phone, endpoint, courier }
    }

    async fn ask(&self) -> String {
        let mut parameters = LOGIN.to_vec();
        parameters.push(("client_notification_token", NOTIFICATION_TOKEN));
        self.world.ciba(&parameters).await
    }

    async fn carry(&self) -> usize {
        courier::round(&self.world.app, &self.courier).await.unwrap()
    }

    fn told(&self) -> Vec<(String, Value)> {
        self.endpoint.told.lock().unwrap().clone()
    }

    async fn left(&self) -> bool {
        self.world.app.storage.read(|tx| tx.next_due(Queue::CibaPing)).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn a_decision_is_told_once_and_the_token_fetched_then() {
    for decision in [Decision::Approve, Decision::Deny, Decision::Report] {
        let scene = Scene::new().await;
        let id = scene.ask().await;
        assert_eq!(scene.carry().await, 0, "nothing has happened yet");
        let number = (decision == Decision::Approve).then_some("4711");
        scene.world.decide(&scene.phone, decision, number, 1).await;
        assert_eq!(scene.carry().await, 1);
        let expected = (format!("Bearer {NOTIFICATION_TOKEN}"), json!({ "auth_req_id": id }));
        assert_eq!(scene.told(), [expected]);
        assert_eq!((scene.carry().await, scene.left().await), (0, false));
        let reply = scene.world.collect(&id).await;
        if decision == Decision::Approve {
            reply.expect(200);
        } else {
            assert_eq!(error(&reply), (400, "access_denied".into()));
        }
    }
}

#[tokio::test]
async fn what_is_cancelled_or_failed_is_told_and_what_expired_is_not() {
    let scene = Scene::new().await;
    scene.ask().await;
    scene.world.post("/v1/users/u-1/freeze", json!({ "reason": "lost" })).await.expect(200);
    assert_eq!(scene.carry().await, 1, "cancelled");

    let scene = Scene::new().await;
    scene.ask().await;
    scene.world.advance(120);
    crate::expiry::round(&scene.world.app).await.unwrap();
    assert_eq!((scene.carry().await, scene.left().await), (0, false), "expired");
}

#[tokio::test]
async fn it_is_told_again_with_growing_pauses_while_the_request_lives() {
    let scene = Scene::new().await;
    scene.ask().await;
    *scene.endpoint.answers.lock().unwrap() = vec![500, 302, 404, 503];
    scene.world.decide(&scene.phone, Decision::Approve, Some("4711"), 1).await;
    for (number, pause) in [1, 2, 4, 8].into_iter().enumerate() {
        assert_eq!(scene.carry().await, 1);
        assert_eq!(scene.told().len(), number + 1);
        scene.world.advance(pause - 1);
        assert_eq!(scene.carry().await, 0, "not yet");
        scene.world.advance(1);
    }
    assert_eq!(scene.carry().await, 1);
    assert!(!scene.left().await, "204");
}

#[tokio::test]
async fn it_ends_with_the_time_to_redeem() {
    let scene = Scene::new().await;
    scene.ask().await;
    *scene.endpoint.answers.lock().unwrap() = vec![500; 100];
    scene.world.decide(&scene.phone, Decision::Approve, Some("4711"), 1).await;
    assert_eq!(scene.carry().await, 1);
    scene.world.advance(300);
    assert_eq!((scene.carry().await, scene.left().await), (0, false));
}

#[tokio::test]
async fn who_was_quicker_is_not_told() {
    let scene = Scene::new().await;
    let id = scene.ask().await;
    scene.world.decide(&scene.phone, Decision::Approve, Some("4711"), 1).await;
    scene.world.collect(&id).await.expect(200);
    assert_eq!((scene.carry().await, scene.left().await), (0, false));
}

#[tokio::test]
async fn a_revoked_client_is_not_told() {
    let scene = Scene::new().await;
    scene.ask().await;
    scene.world.decide(&scene.phone, Decision::Approve, Some("4711"), 1).await;
    let revoked = scene.world.app.storage.read(|tx| tx.openid_client("portal")).await.unwrap().unwrap();
    scene.world.put_client(OpenidClient { revoked_at: Some(1), ..revoked }).await;
    scene.carry().await;
    assert!(scene.told().is_empty() && !scene.left().await);
}

#[tokio::test]
async fn nothing_secret_lies_in_the_store() {
    let scene = Scene::new().await;
    let id = scene.ask().await;
    scene.world.decide(&scene.phone, Decision::Approve, Some("4711"), 1).await;
    let digest = Digest::of(id.as_bytes());
    let read = scene.world.app.storage.read(move |tx| {
        let request = tx.ciba_request(digest)?.unwrap();
        let message = tx.message(request.ping.as_ref().unwrap().message)?.unwrap();
        Ok::<_, crate::storage::StorageError>(serde_json::to_string(&(request, message)).unwrap())
    });
    let kept = read.await.unwrap();
    assert!(!kept.contains(NOTIFICATION_TOKEN) && !kept.contains(&id), "{kept}");
    scene.carry().await;
    let read = scene.world.app.storage.read(move |tx| tx.ciba_request(digest));
    assert!(read.await.unwrap().unwrap().ping.is_none(), "what was told is not kept");
}

#[tokio::test]
async fn a_test_user_that_answers_at_once_is_told_of_too() {
    let scene = Scene::new().await;
    let client = scene.world.app.storage.read(|tx| tx.openid_client("portal")).await.unwrap().unwrap();
    scene.world.put_client(OpenidClient { live: false, ..client }).await;
    let mut parameters = LOGIN.to_vec();
    parameters.retain(|(name, _)| *name != "login_hint");
    parameters.extend([("client_notification_token", NOTIFICATION_TOKEN), ("login_hint", "test_approves")]);
    scene.world.ciba(&parameters).await;
    assert_eq!(scene.carry().await, 1);
}
