//! One phone, several accounts, several brokers.

use std::time::Duration;

use serde_json::json;

use crate::support::{Ask, World};

#[tokio::test]
async fn two_brokers_and_two_accounts_live_side_by_side() {
    let world = World::new().await;
    let asahi = world.another_server("https://id.asahi.example:8443").await;
    let phone = world.phone("わたしの電話").await;
    let one = world.enroll(&phone, "c-1").await;
    let two = world.enroll(&phone, "c-2").await;
    let there = phone.enroll(&asahi.broker(), "c-1").await;
    assert_eq!(phone.accounts().unwrap().len(), 3);

    let first = world.broker.ask(&Ask::withdrawal("c-1")).await;
    let second = world.broker.ask(&Ask::withdrawal("c-2")).await;
    let third = asahi.broker().ask(&Ask::login("c-1")).await;
    let requests = phone.requests().await;
    let mut found: Vec<_> = requests.iter().map(|request| (request.account, request.challenge)).collect();
    found.sort();
    let mut expected = vec![(one, first.challenge), (two, second.challenge), (there, third.challenge)];
    expected.sort();
    assert_eq!(found, expected);

    let wrong = phone.approve(two, first.challenge, Some(first.number())).await;
    assert!(wrong.is_err(), "a request belongs to one account");
    phone.approve_number(&first).await;
    phone.approve_number(&second).await;
    phone.approve_number(&third).await;
    world.broker.redeem(&first, &json!({ "user": "c-2" })).await.refused(409, "does_not_match");
    world.broker.redeem(&first, &json!({ "user": "c-1" })).await.ok(200);
    asahi.broker().get(&format!("/v1/challenges/{}", first.id)).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_link_finds_the_account_it_is_for() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    world.enroll(&phone, "c-1").await;
    let two = world.enroll(&phone, "c-2").await;
    let asked = world.broker.ask(&Ask::login("c-2").link()).await;
    assert_eq!(phone.open_link(asked.link()).await.unwrap().account, two);
}

#[tokio::test]
async fn one_broker_that_cannot_be_reached_holds_up_no_other() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let asahi = world.another_server("https://id.asahi.example:8443").await;
    world.enroll(&phone, "c-1").await;
    let there = phone.enroll(&asahi.broker(), "c-9").await;
    world.net.disconnect(&asahi);
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    let inbox = phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(inbox.requests[0].challenge, asked.challenge);
    assert_eq!(inbox.problems[0].account, there);
}
