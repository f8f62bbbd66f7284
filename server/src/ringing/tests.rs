use std::sync::Arc;

use inkan_protocol::answer::Decision;
use serde_json::{Value, json};

use super::*;
use crate::push::courier::testing::{Bell, pushes};
use crate::testing::approval::{from_session, login, with, withdrawal};
use crate::testing::{Phone, World};

async fn world() -> (World, Arc<Bell>) {
    let bell = Arc::new(Bell::default());
    (World::ringing(pushes(&bell)).await, bell)
}

async fn with_doorbell(world: &World, user: &str, token: &str) -> Phone {
    let phone = world.active_phone(true, user).await;
    register(world, &phone, token).await;
    phone
}

async fn register(world: &World, phone: &Phone, token: &str) {
    let body = json!({ "provider": "fcm", "token": token }).to_string();
    world.signed(phone, "PUT", "/d/v1/push", body.as_bytes()).await.expect(204);
}

/// What waits to be sent to a phone.
async fn waiting(world: &World, phone: &Phone) -> Option<(Ring, NumericDate)> {
    let name = phone.device.to_string();
    let read = world
        .app
        .storage
        .read(move |tx| -> Result<_, Refusal> { Ok(tx.named_message(Queue::PushFcm, &name)?) });
    let message = read.await.unwrap()?;
    let order: Order = serde_json::from_value(message.body).unwrap();
    Some((order.ring, message.until))
}

/// A try of it has begun: it may be on the phone by now.
async fn begin(world: &World) {
    let now_millis = world.now() * 1000;
    let write = world.app.storage.write(move |tx| -> Result<_, Refusal> {
        for message in tx.take_messages(Queue::PushFcm, now_millis, now_millis + 30_000, 99)? {
            tx.drop_message(message.id)?;
        }
        Ok(())
    });
    write.await.unwrap();
}

fn id(asked: &Value) -> &str {
    asked["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_new_doorbell_is_tried_once_and_a_replaced_token_is_not() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    assert_eq!(waiting(&world, &phone).await, Some((Ring::Look, world.now() + TEST_SECONDS)));
    begin(&world).await;
    register(&world, &phone, "one").await;
    register(&world, &phone, "two").await;
    assert_eq!(waiting(&world, &phone).await, None);
}

#[tokio::test]
async fn whoever_is_asked_is_rung_until_the_request_ends() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    let silent = world.active_phone(true, "u").await;
    begin(&world).await;
    let asked = world.ask(login("u")).await;
    assert_eq!(waiting(&world, &phone).await, Some((Ring::Look, world.now() + 120)));
    assert_eq!(waiting(&world, &silent).await, None);
    begin(&world).await;
    world.call("DELETE", &format!("/v1/challenges/{}", id(&asked)), Value::Null).await.expect(204);
    assert_eq!(waiting(&world, &phone).await, Some((Ring::Ended, world.now() + ENDED_SECONDS)));
}

#[tokio::test]
async fn a_doorbell_rings_for_the_older_request_that_it_stands_for_as_long_as_that_lives() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    begin(&world).await;
    world.ask(with(withdrawal("u"), json!({ "expires_in": 300 }))).await;
    let until = world.now() + 300;
    assert_eq!(waiting(&world, &phone).await, Some((Ring::Look, until)));
    let shorter = world.ask(with(login("u"), json!({ "expires_in": 60 }))).await;
    assert_eq!(
        waiting(&world, &phone).await,
        Some((Ring::Look, until)),
        "a provider that is down for a minute"
    );
    // the shorter one ends, and the longer one is still rung for
    world.call("DELETE", &format!("/v1/challenges/{}", id(&shorter)), Value::Null).await.expect(204);
    assert_eq!(waiting(&world, &phone).await, Some((Ring::Look, until)));
    // the control: what has got through is not rung for again
    begin(&world).await;
    world.ask(with(login("u"), json!({ "expires_in": 60 }))).await;
    assert_eq!(waiting(&world, &phone).await, Some((Ring::Look, world.now() + 60)));
}

#[tokio::test]
async fn what_was_not_sent_yet_is_taken_back() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    begin(&world).await;
    let asked = world.ask(login("u")).await;
    world.call("DELETE", &format!("/v1/challenges/{}", id(&asked)), Value::Null).await.expect(204);
    assert_eq!(waiting(&world, &phone).await, None, "nobody is disturbed for nothing");
}

/// A notification stands on the phone, and the doorbell that took over its end is taken back.
#[tokio::test]
async fn what_is_taken_back_does_not_take_an_older_end_with_it() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    begin(&world).await;
    let cancel = async |asked: &Value| {
        world.call("DELETE", &format!("/v1/challenges/{}", id(asked)), Value::Null).await.expect(204);
    };
    // rung for, then ended while something newer waits that was not sent yet, then that ends too
    let first = world.ask(login("u")).await;
    begin(&world).await;
    let second = world.ask(withdrawal("u")).await;
    cancel(&first).await;
    assert!(waiting(&world, &phone).await.is_some_and(|(ring, _)| ring == Ring::Look));
    cancel(&second).await;
    assert!(waiting(&world, &phone).await.is_some_and(|(ring, _)| ring == Ring::Ended));
    // an end that was not sent yet, and something newer in its place that ends too
    let third = world.ask(withdrawal("u")).await;
    assert!(waiting(&world, &phone).await.is_some_and(|(ring, _)| ring == Ring::Look));
    cancel(&third).await;
    assert!(waiting(&world, &phone).await.is_some_and(|(ring, _)| ring == Ring::Ended));
}

#[tokio::test]
async fn the_notification_stays_while_something_else_waits() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    let first = world.ask(login("u")).await;
    let second = world.ask(withdrawal("u")).await;
    begin(&world).await;
    world.call("DELETE", &format!("/v1/challenges/{}", id(&first)), Value::Null).await.expect(204);
    assert_eq!(waiting(&world, &phone).await, None);
    world.call("DELETE", &format!("/v1/challenges/{}", id(&second)), Value::Null).await.expect(204);
    assert!(waiting(&world, &phone).await.is_some_and(|(ring, _)| ring == Ring::Ended));
}

#[tokio::test]
async fn the_phone_that_answered_hears_nothing_and_the_other_does() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    let other = with_doorbell(&world, "u", "two").await;
    let asked = world.ask(login("u")).await;
    begin(&world).await;
    let sent = world.sent(&phone, &asked).await;
    let answer = phone.says(&sent, Decision::Deny, 1);
    world.answer(&phone, &answer).await.expect(200);
    assert_eq!(waiting(&world, &phone).await, None);
    assert!(waiting(&world, &other).await.is_some_and(|(ring, _)| ring == Ring::Ended));
}

#[tokio::test]
async fn a_start_on_one_phone_takes_the_notification_from_the_other() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    let other = with_doorbell(&world, "u", "two").await;
    let asked = world.ask(with(login("u"), json!({ "start": "link" }))).await;
    begin(&world).await;
    phone.start(&world, asked["link"].as_str().unwrap()).await.expect(200);
    assert_eq!(waiting(&world, &phone).await, None);
    assert!(waiting(&world, &other).await.is_some_and(|(ring, _)| ring == Ring::Ended));
}

#[tokio::test]
async fn what_supersedes_rings_and_what_was_superseded_does_not() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    world.ask(from_session(login("u"), "s")).await;
    begin(&world).await;
    world.advance(30);
    world.ask(from_session(login("u"), "s")).await;
    assert_eq!(waiting(&world, &phone).await, Some((Ring::Look, world.now() + 120)));
}

#[tokio::test]
async fn a_short_request_does_not_shorten_the_ring_for_a_longer_one() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    begin(&world).await;
    let ends = world.now() + 300;
    world.ask(with(login("u"), json!({ "expires_in": 300 }))).await;
    world.ask(with(withdrawal("u"), json!({ "expires_in": 30 }))).await;
    assert_eq!(waiting(&world, &phone).await, Some((Ring::Look, ends)));
    // the control: once that was sent, the next speaks for itself
    begin(&world).await;
    world.ask(with(from_session(withdrawal("u"), "s-1"), json!({ "expires_in": 60 }))).await;
    assert_eq!(waiting(&world, &phone).await, Some((Ring::Look, world.now() + 60)));
}

#[tokio::test]
async fn an_expired_request_leaves_the_phone() {
    let (world, _bell) = world().await;
    let phone = with_doorbell(&world, "u", "one").await;
    world.ask(login("u")).await;
    begin(&world).await;
    world.advance(120);
    crate::expiry::round(&world.app).await.unwrap();
    assert!(waiting(&world, &phone).await.is_some_and(|(ring, _)| ring == Ring::Ended));
}

#[tokio::test]
async fn test_mode_pushes_nothing_and_neither_does_a_server_without_a_provider() {
    let (world, _bell) = world().await;
    let phone = world.active_phone(false, "u").await;
    register(&world, &phone, "one").await;
    assert_eq!(waiting(&world, &phone).await, None);
    let world = World::new().await;
    let phone = with_doorbell(&world, "u", "one").await;
    world.ask(login("u")).await;
    assert_eq!(waiting(&world, &phone).await, None);
}

#[test]
fn the_collapse_key_is_one_for_a_device_and_not_its_id() {
    let (one, two) = (DeviceId(Uuid::from_u128(1)), DeviceId(Uuid::from_u128(2)));
    assert_eq!(collapse_key(one), collapse_key(one));
    assert_ne!(collapse_key(one), collapse_key(two));
    assert_ne!(collapse_key(one).0, one.0);
}
