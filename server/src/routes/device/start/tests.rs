use inkan_protocol::challenge::{LinkToken, StartProof};
use serde_json::{Value, json};

use crate::testing::approval::{login, with};
use crate::testing::{Phone, Reply, World};

async fn asked(start: &str) -> (World, Phone, Value) {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(with(login("u"), json!({ "start": start }))).await;
    (world, phone, asked)
}

#[track_caller]
fn assert_refused(reply: &Reply, expected: (u16, &str)) {
    let (status, code) = reply.refusal();
    assert_eq!((status, code.as_str()), expected, "{}", reply.text());
}

#[tokio::test]
async fn the_present_code_and_the_one_before_are_taken() {
    for back in [0, 1] {
        let (world, phone, asked) = asked("scan").await;
        let reply = phone.start(&world, &world.code(&asked, back).await).await.expect(200);
        assert_eq!(reply.json()["challenge"], world.sent(&phone, &asked).await);
        world.approve(&phone, &asked, 1).await.expect(200);
    }
    let (world, phone, asked) = asked("scan").await;
    let stale = world.code(&asked, 2).await;
    assert_refused(&phone.start(&world, &stale).await, (409, "start_needed"));
    phone.start(&world, &world.code(&asked, 0).await).await.expect(200);
}

#[tokio::test]
async fn a_start_closes_it_for_other_phones() {
    let (world, phone, asked) = asked("link").await;
    let other = world.active_phone(true, "u").await;
    let link = asked["link"].as_str().unwrap();
    assert_refused(&other.start(&world, link).await, (404, "not_found"));
    let asked = world.ask(with(login("u"), json!({ "start": "link" }))).await;
    let link = asked["link"].as_str().unwrap();
    phone.start(&world, link).await.expect(200);
    phone.start(&world, link).await.expect(200);
    assert_refused(&other.start(&world, link).await, (409, "start_needed"));
}

#[tokio::test]
async fn a_message_is_taken_once_in_its_time_by_the_possession_key() {
    let (world, phone, asked) = asked("link").await;
    let right = phone.starts(&world, asked["link"].as_str().unwrap());
    let early = StartProof { iat: right.iat - 61, ..right.clone() };
    for wrong in [phone.approval.name(&right), phone.possession.name(&early)] {
        assert_refused(&world.message("/d/v1/start", &wrong).await, (401, "not_recognised"));
    }
    let compact = phone.possession.name(&right);
    world.message("/d/v1/start", &compact).await.expect(200);
    assert_refused(&world.message("/d/v1/start", &compact).await, (401, "not_recognised"));
}

#[tokio::test]
async fn another_token_or_another_mode_proves_nothing() {
    let (world, phone, asked) = asked("link").await;
    let link = asked["link"].as_str().unwrap();
    let mut proof = phone.starts(&world, link);
    proof.token = Some(LinkToken::new([0; 32]));
    let reply = world.message("/d/v1/start", &phone.possession.name(&proof)).await;
    assert_refused(&reply, (409, "start_needed"));

    let numbered = world.ask(login("u")).await;
    let mut proof = phone.starts(&world, link);
    proof.challenge = numbered["id"].as_str().unwrap().parse().unwrap();
    let reply = world.message("/d/v1/start", &phone.possession.name(&proof)).await;
    assert_refused(&reply, (409, "start_needed"));
}

#[tokio::test]
async fn what_has_ended_is_not_started() {
    let (world, phone, asked) = asked("link").await;
    world.advance(120);
    assert_refused(&phone.start(&world, asked["link"].as_str().unwrap()).await, (409, "expired"));
}
