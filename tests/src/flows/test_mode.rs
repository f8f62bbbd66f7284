//! Test mode: users that answer by themselves, a world of its own, and nothing of it in live mode.

use serde_json::json;

use crate::support::{Ask, World};

#[tokio::test]
async fn test_users_answer_by_themselves() {
    let world = World::new().await;
    let test = world.server.test_broker();
    for (user, state) in
        [("test_approves", "approved"), ("test_denies", "denied"), ("test_reports", "reported")]
    {
        let asked = test.ask(&Ask::withdrawal(user)).await;
        let news = test.news(&asked).await;
        assert_eq!((&news["state"], &news["livemode"]), (&state.into(), &false.into()));
    }
    let offline = test.ask(&Ask::withdrawal("test_offline").with("expires_in", 1)).await;
    world.advance(1);
    assert_eq!(test.state(&offline).await, "expired");
    let slow = test.ask(&Ask::withdrawal("test_slow")).await;
    let page = test.in_background(&format!("/v1/challenges/{}?wait=25", slow.id));
    world.server.waited_for(1).await;
    world.advance(10);
    assert_eq!(page.await.unwrap().ok(200)["state"], "approved");
}

#[tokio::test]
async fn their_verdict_names_no_device() {
    let world = World::new().await;
    let test = world.server.test_broker();
    let asked = test.ask(&Ask::withdrawal("test_approves")).await;
    let verdict = test.redeem(&asked, &json!({})).await.ok(200);
    assert_eq!(verdict["key_kind"], "test");
    assert!(verdict["device"].is_null());
}

#[tokio::test]
async fn live_and_test_are_two_worlds() {
    let world = World::new().await;
    let test = world.server.test_broker();
    world.broker.try_ask(&Ask::withdrawal("test_approves")).await.refused(422, "test_user");
    let asked = test.ask(&Ask::withdrawal("test_approves")).await;
    world.broker.get(&format!("/v1/challenges/{}", asked.id)).await.refused(404, "not_found");
    let phone = world.phone("仮の電話").await;
    phone.enroll(&test, "c-1").await;
    world.broker.try_ask(&Ask::login("c-1")).await.refused(404, "no_device");
    let asked = test.ask(&Ask::login("c-1")).await;
    phone.approve_number(&asked).await;
    let app = world.server.app();
    let bundle = test.evidence(&asked).await;
    assert!(inkan_protocol::evidence::verify(&bundle, app.test_keys.identity(), &[]).is_ok());
    assert!(inkan_protocol::evidence::verify(&bundle, app.live_keys.identity(), &[]).is_err());
}

#[tokio::test]
async fn the_operator_can_turn_it_off() {
    let world = World::with(|settings| settings.test_mode = false).await;
    world.server.test_broker().try_ask(&Ask::login("test_approves")).await.refused(401, "unauthorized");
}
