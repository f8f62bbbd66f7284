//! Prompts are held back before they wear a customer down; other ways stay open.

use inkan_core::error::RefusalReason;
use inkan_protocol::answer::DenyReason;

use crate::support::{Ask, World};

#[tokio::test]
async fn from_the_fourth_number_on_there_are_growing_pauses() {
    let (world, phone, account) = World::enrolled("c-1").await;
    for _ in 0..3 {
        let asked = world.broker.ask(&Ask::login("c-1")).await;
        phone.only_request().await;
        phone.deny(account, asked.challenge, DenyReason::Other).await.unwrap();
    }
    for pause in ["10", "20", "40"] {
        let held = world.broker.try_ask(&Ask::login("c-1")).await;
        held.refused(429, "too_many_prompts");
        assert_eq!(held.header("retry-after"), Some(pause));
        world.advance(pause.parse().unwrap());
        world.broker.ask(&Ask::login("c-1")).await;
    }
    let link = world.broker.ask(&Ask::login("c-1").link()).await;
    phone.open_link(link.link()).await.unwrap();
    world.advance(3600);
    world.broker.ask(&Ask::login("c-1")).await;
}

#[tokio::test]
async fn approved_ones_are_not_counted() {
    let (world, phone, _) = World::enrolled("c-1").await;
    for _ in 0..6 {
        let asked = world.broker.ask(&Ask::login("c-1")).await;
        phone.approve_number(&asked).await;
    }
}

#[tokio::test]
async fn the_third_number_that_waits_is_told_until_when() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let first = world.broker.ask(&Ask::login("c-1").in_session("a").with("expires_in", 60)).await;
    world.advance(15);
    world.broker.ask(&Ask::login("c-1").in_session("b")).await;
    let third = world.broker.try_ask(&Ask::login("c-1").in_session("c")).await;
    third.refused(429, "too_many_prompts");
    assert_eq!(third.header("retry-after"), Some("45"));
    assert_eq!(phone.requests().await.len(), 2, "and nothing was superseded for it");
    world.broker.ask(&Ask::login("c-1").in_session("a")).await;
    assert_eq!(world.broker.state(&first).await, "superseded");
    world.broker.ask(&Ask::login("c-1").link().in_session("c")).await;
}

#[tokio::test]
async fn five_wrong_numbers_close_number_for_that_network_and_no_other() {
    let (world, phone, account) = World::enrolled("c-1").await;
    for _ in 0..5 {
        world.advance(600);
        let asked = world.broker.ask(&Ask::login("c-1").asked_by("198.51.100.7")).await;
        phone.only_request().await;
        phone.approve(account, asked.challenge, Some(&asked.wrong_number())).await.unwrap_err();
    }
    world.advance(300);
    world
        .broker
        .try_ask(&Ask::login("c-1").asked_by("198.51.100.200"))
        .await
        .refused(429, "too_many_prompts");
    world.broker.ask(&Ask::login("c-1").asked_by("198.51.100.200").link()).await;
    let owner = world.broker.ask(&Ask::login("c-1").asked_by("203.0.113.24").in_session("mine")).await;
    phone.approve_number(&owner).await;
    world.advance(300);
    world.broker.ask(&Ask::login("c-1").asked_by("198.51.100.200")).await;
}

#[tokio::test]
async fn typed_codes_are_ten_a_minute_and_address() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    for _ in 0..10 {
        phone.begin_enrollment_typed("auth.mirai.example", "AAAA-BBBB-CCCC").await.unwrap_err();
    }
    let held = phone.begin_enrollment_typed("auth.mirai.example", "AAAA-BBBB-CCCC").await.unwrap_err();
    assert_eq!(held.refusal().unwrap().reason, RefusalReason::TooManyRequests);
    world.advance(60);
    let begun = world.broker.begin("c-1").await;
    phone.begin_enrollment_typed("auth.mirai.example", &begun.typed_code).await.unwrap();
}
