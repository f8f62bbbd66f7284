use inkan_protocol::device_api::DeviceStatus;

use super::*;
use crate::testing::approval::login;
use crate::testing::{Phone, World};

async fn status(world: &World, phone: &Phone) -> DeviceStatus {
    world.signed(phone, "GET", "/d/v1/device", b"").await.expect(200).parse()
}

#[tokio::test]
async fn the_doorbell_is_set_and_taken_away() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let put = async |body: &[u8]| world.signed(&phone, "PUT", "/d/v1/push", body).await;
    assert_eq!(put(br#"{"provider":"fcm","token":"abc"}"#).await.status, 204);
    assert_eq!(world.device(phone.device).await.push.unwrap().token, "abc");
    assert_eq!(put(br#"{"provider":"webpush","token":"abc"}"#).await.refusal(), (422, "invalid".into()));
    assert_eq!(put(br#"{"provider":"pager","token":"abc"}"#).await.refusal(), (422, "invalid".into()));
    assert_eq!(put(b"null").await.status, 204);
    assert_eq!(world.device(phone.device).await.push, None);
}

#[tokio::test]
async fn a_name_is_a_text_that_can_be_shown() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let name = async |body: &str| world.signed(&phone, "PATCH", "/d/v1/device", body.as_bytes()).await;
    assert_eq!(name(r#"{"name":"会社の電話"}"#).await.status, 204);
    assert_eq!(world.device(phone.device).await.description.name, "会社の電話");
    let refused = name(r#"{"name":"a\u202eb"}"#).await;
    assert_eq!(
        (refused.refusal(), refused.json()["field"].clone()),
        ((422, "invalid".into()), "/name".into())
    );
}

#[tokio::test]
async fn a_session_reads_for_ten_minutes_and_ends_with_the_device() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let open =
        async || -> Session { world.signed(&phone, "POST", "/d/v1/session", b"").await.expect(201).parse() };
    let read = async |session: &Session| {
        let request = axum::http::Request::get("/d/v1/device");
        let request = request.header("authorization", format!("Inkan-Session {}", session.session));
        world.send(request.body(axum::body::Body::empty()).unwrap()).await.status
    };
    let first = open().await;
    assert_eq!((first.session.len(), first.expires_at), (43, world.now() + 600));
    assert_eq!(read(&first).await, 200);
    world.advance(600);
    assert_eq!(read(&first).await, 401);
    let second = open().await;
    assert_eq!(read(&second).await, 200);
    world.signed(&phone, "DELETE", "/d/v1/device", b"").await.expect(204);
    assert_eq!(read(&second).await, 401);
    assert_eq!(
        world.signed(&phone, "GET", "/d/v1/device", b"").await.refusal(),
        (401, "not_recognised".into())
    );
}

#[tokio::test]
async fn what_is_pending_is_closed_when_the_only_device_leaves() {
    let world = World::new().await;
    let (first, second) = (world.active_phone(true, "alice").await, world.active_phone(true, "alice").await);
    let asked = world.ask(login("alice")).await;
    let state = async || {
        let path = format!("/v1/challenges/{}", asked["id"].as_str().unwrap());
        world.get(&path).await.expect(200).json()["state"].clone()
    };
    world.signed(&first, "DELETE", "/d/v1/device", b"").await.expect(204);
    assert_eq!(state().await, "pending", "the other one may answer");
    world.signed(&second, "DELETE", "/d/v1/device", b"").await.expect(204);
    assert_eq!(state().await, "cancelled");
}

#[tokio::test]
async fn a_freeze_from_a_phone_stops_everything_until_the_relying_party_lifts_it() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let asked = world.ask(login("alice")).await;
    world.signed(&phone, "POST", "/d/v1/freeze", b"").await.expect(204);
    assert!(status(&world, &phone).await.frozen);
    let path = format!("/v1/challenges/{}", asked["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await.json()["state"], "cancelled");
    let user = world.get("/v1/users/alice").await.expect(200).json();
    assert_eq!(user["frozen"]["by"], "device");
    world.post("/v1/users/alice/unfreeze", json!({ "reason": "identity checked" })).await.expect(200);
    assert!(!status(&world, &phone).await.frozen);
}
