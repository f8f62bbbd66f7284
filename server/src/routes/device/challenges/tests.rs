use serde_json::json;

use crate::testing::World;
use crate::testing::approval::{from_session, login, with};

#[tokio::test]
async fn what_is_pending_comes_oldest_first_as_it_was_issued() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let older = world.ask(login("u")).await;
    world.advance(1);
    let newer = world.ask(from_session(login("u"), "s-2")).await;
    let expected = [world.sent(&phone, &older).await, world.sent(&phone, &newer).await];
    assert_eq!(world.pending(&phone).await, expected);
    world.approve(&phone, &older, 1).await.expect(200);
    world.advance(120);
    assert!(world.pending(&phone).await.is_empty());
}

#[tokio::test]
async fn a_long_poll_ends_when_something_is_asked() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let (reply, _) = tokio::join!(world.signed(&phone, "GET", "/d/v1/challenges?wait=25", b""), async {
        world.clock.sleepers(1).await;
        world.ask(login("u")).await
    });
    assert_eq!(reply.expect(200).json()["challenges"].as_array().unwrap().len(), 1);
    assert!(world.app.hub.is_empty());
}

#[tokio::test]
async fn a_phone_learns_that_another_one_answered() {
    let world = World::new().await;
    let (phone, other) = (world.active_phone(true, "u").await, world.active_phone(true, "u").await);
    let asked = world.ask(login("u")).await;
    let path = format!("/d/v1/challenges/{}?wait=25", asked["id"].as_str().unwrap());
    let (reply, ()) = tokio::join!(world.signed(&phone, "GET", &path, b""), async {
        world.clock.sleepers(1).await;
        world.approve(&other, &asked, 1).await.expect(200);
    });
    assert_eq!(reply.expect(200).json()["state"], "approved");
}

#[tokio::test]
async fn nothing_of_others_is_told() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let other = world.active_phone(true, "v").await;
    let second = world.active_phone(true, "u").await;
    let asked = world.ask(with(login("u"), json!({ "device": phone.device.to_string() }))).await;
    let none = "/d/v1/challenges/01890a5d-ac96-774b-bcce-b302099a8057";
    let path = format!("/d/v1/challenges/{}", asked["id"].as_str().unwrap());
    let expected = world.signed(&phone, "GET", none, b"").await;
    assert_eq!(expected.refusal(), (404, "not_found".into()));
    for stranger in [&other, &second] {
        let reply = world.signed(stranger, "GET", &path, b"").await;
        assert_eq!(reply.refusal(), expected.refusal());
        assert!(world.pending(stranger).await.is_empty());
    }
}

#[tokio::test]
async fn however_many_pages_a_stranger_opens_the_list_stays_short_and_holds_the_number() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let own = world.ask(login("u")).await;
    let mut last = own.clone();
    for page in 0..15 {
        world.advance(1);
        let scan = from_session(with(login("u"), json!({ "start": "scan" })), &format!("stranger-{page}"));
        last = world.ask(scan).await;
    }
    let listed = world.pending(&phone).await;
    assert_eq!(listed.len(), 12);
    assert_eq!(listed.first(), Some(&world.sent(&phone, &own).await));
    assert_eq!(listed.last(), Some(&world.sent(&phone, &last).await));
}
