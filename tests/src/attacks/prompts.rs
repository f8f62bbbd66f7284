//! Prompts that wear down, that replace, that change after they were made.

use inkan_protocol::answer::Decision;
use serde_json::json;

use crate::support::{Ask, World};

#[tokio::test]
async fn row_17_whoever_asks_without_end_is_held_back_and_the_owner_is_not() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let mut got_through = 0;
    for number in 0..600 {
        let ask = Ask::login("c-1").in_session(&format!("attacker-{}", number % 7)).asked_by("198.51.100.7");
        if world.broker.try_ask(&ask).await.status == 201 {
            got_through += 1;
        }
        world.advance(1);
    }
    // three, then 10, 20, 40, 80, 160 and 320 s: the seventh pause does not end within ten minutes
    assert!((3..=9).contains(&got_through), "{got_through} in ten minutes");
    let own = world.broker.ask(&Ask::login("c-1").link().in_session("owner")).await;
    phone.open_link(own.link()).await.unwrap();
    phone.approve(account, own.challenge, None).await.unwrap();
    for request in phone.requests().await {
        phone.report(account, request.challenge).await.unwrap();
    }
    assert!(phone.requests().await.is_empty());
}

#[tokio::test]
async fn row_19_a_doorbell_that_is_dead_blocks_nothing() {
    use inkan_protocol::enrollment::{Push, PushProvider};
    let (world, phone, account) = World::enrolled("c-1").await;
    let dead = Push { provider: PushProvider::Fcm, token: "dead".into(), p256dh: None, auth: None };
    phone.set_push(account, Some(dead)).await.unwrap();
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve_number(&asked).await;
}

#[tokio::test]
async fn row_20_what_was_stored_when_it_was_asked_is_what_is_shown() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    let first = phone.fetch(&asked).await;
    world.advance(30);
    phone.call("PATCH", "/d/v1/device", r#"{"name":"別の名前"}"#.as_bytes()).await.ok(204);
    world
        .server
        .restart_with(|settings| {
            settings.relying_party.name = "べつの証券".into();
            settings.zone = "Europe/Berlin".into();
        })
        .await;
    assert_eq!(phone.fetch(&asked).await, first, "byte for byte");
    let mut answer = phone.answer(&first, Decision::Approve, 1);
    answer.number = Some(asked.number().into());
    phone.send(&answer).await.ok(200);
    world.broker.redeem(&asked, &json!({})).await.ok(200);
    let next = world.broker.ask(&Ask::withdrawal("c-1")).await;
    assert_ne!(phone.fetch(&next).await, first, "what is asked from now on is shown anew");
}

#[tokio::test]
async fn row_31_a_strangers_newer_prompt_neither_replaces_nor_locks_the_owners() {
    let (world, phone, account) = World::enrolled("c-1").await;
    for _ in 0..5 {
        let owner = world.broker.ask(&Ask::login("c-1").in_session("owner")).await;
        let stranger =
            world.broker.ask(&Ask::login("c-1").in_session("stranger").asked_by("198.51.100.7")).await;
        assert_eq!(world.broker.state(&owner).await, "pending");
        // the owner types the number of their own page into the newest request on the phone
        let requests = phone.requests().await;
        assert_eq!(requests.len(), 2);
        let typed =
            if owner.number() == stranger.number() { owner.wrong_number() } else { owner.number().into() };
        phone.approve(account, stranger.challenge, Some(&typed)).await.unwrap_err();
        phone.approve_number(&owner).await;
        world.advance(3600);
    }
    let own = world.broker.ask(&Ask::login("c-1").in_session("owner")).await;
    phone.approve_number(&own).await;
}
