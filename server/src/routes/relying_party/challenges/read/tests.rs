use serde_json::{Value, json};

use crate::expiry;
use crate::testing::World;
use crate::testing::approval::{from_session, login, with};

fn path(asked: &Value) -> String {
    format!("/v1/challenges/{}", asked["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_long_poll_ends_with_the_news() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let waiting = format!("{}?wait=25", path(&asked));
    let (news, ()) = tokio::join!(world.get(&waiting), async {
        world.clock.sleepers(1).await;
        world.approve(&phone, &asked, 1).await.expect(200);
    });
    let news = news.expect(200).json();
    assert_eq!(news["state"], "approved");
    assert_eq!(news["device"], phone.device.to_string());
    assert!(news["redeem_before"].is_string() && news["redeemed"].is_null());
}

#[tokio::test]
async fn a_long_poll_ends_when_its_time_is_over_or_the_challenges_is() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(with(login("u"), json!({ "expires_in": 30 }))).await;
    for state in ["pending", "expired"] {
        let waiting = format!("{}?wait=25", path(&asked));
        let (news, ()) = tokio::join!(world.get(&waiting), async {
            world.clock.sleepers(1).await;
            world.advance(25);
        });
        assert_eq!(news.json()["state"], state);
    }
}

#[tokio::test]
async fn the_loop_writes_down_what_is_overdue_once() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    expiry::round(&world.app).await.unwrap();
    assert_eq!(world.state(&asked).await, "pending");
    world.advance(120);
    for _ in 0..2 {
        expiry::round(&world.app).await.unwrap();
    }
    assert_eq!(world.state(&asked).await, "expired");
    assert_eq!(world.events().await, ["challenge.created", "challenge.expired"]);
    let deleted = world.call("DELETE", &path(&asked), Value::Null).await;
    assert_eq!(deleted.refusal(), (409, "already_decided".into()));
    assert_eq!(deleted.json()["state"], "expired");
}

#[tokio::test]
async fn what_is_pending_can_be_taken_back_once() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    world.call("DELETE", &path(&asked), Value::Null).await.expect(204);
    assert_eq!(world.state(&asked).await, "cancelled");
    assert!(world.pending(&phone).await.is_empty());
    let again = world.call("DELETE", &path(&asked), Value::Null).await;
    assert_eq!(again.refusal(), (409, "already_decided".into()));
}

#[tokio::test]
async fn another_mode_knows_nothing_of_it() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    for method in ["GET", "DELETE"] {
        let reply = world.call_as(&world.test_key, method, &path(&asked), Value::Null).await;
        assert_eq!(reply.refusal(), (404, "not_found".into()));
    }
    assert_eq!(world.get("/v1/challenges/x").await.refusal(), (404, "not_found".into()));
}

#[tokio::test]
async fn a_list_is_read_page_by_page_newest_first() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let _other = world.active_phone(true, "v").await;
    let mut ids = Vec::new();
    for session in ["a", "b", "c"] {
        let body = with(from_session(login("u"), session), json!({ "start": "link" }));
        ids.push(world.ask(body).await["id"].clone());
        world.advance(1);
    }
    world.ask(login("v")).await;
    let first = world.get("/v1/challenges?user=u&limit=2").await.expect(200).json();
    let listed = |list: &Value| -> Vec<Value> {
        list["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
    };
    assert_eq!(listed(&first), [ids[2].clone(), ids[1].clone()]);
    let next = first["next"].as_str().unwrap();
    let second = world.get(&format!("/v1/challenges?user=u&limit=2&after={next}")).await.json();
    assert_eq!((listed(&second), &second["next"]), (vec![ids[0].clone()], &Value::Null));
    world.advance(118);
    let expired = world.get("/v1/challenges?user=u&state=expired").await.json();
    assert_eq!(listed(&expired), [ids[1].clone(), ids[0].clone()]);
    assert_eq!(world.get("/v1/challenges?limit=101").await.refusal(), (422, "invalid".into()));
    assert_eq!(world.get("/v1/challenges?state=odd").await.refusal(), (422, "invalid".into()));
}
