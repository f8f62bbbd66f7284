//! Several phones of one customer: who answers, who is revoked, who has to wait.

use std::time::Duration;

use inkan_core::account::AccountState;
use inkan_core::authenticator::Approval;
use inkan_core::error::{ErrorKind, RefusalReason};
use inkan_protocol::answer::DenyReason;
use inkan_protocol::details::Operation;
use inkan_protocol::device_api::ChallengeState;
use serde_json::json;

use crate::support::{Ask, Asked, Phone, World};

#[tokio::test]
async fn one_phone_answers_and_the_other_sees_that_it_was_answered_elsewhere() {
    let world = World::new().await;
    let (one, two) = (world.phone("一台目").await, world.phone("二台目").await);
    let (_, second) = (world.enroll(&one, "c-1").await, world.enroll(&two, "c-1").await);
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    two.request_of(&asked).await;
    let (app, challenge) = ((*two).clone(), asked.challenge);
    let screen =
        tokio::spawn(async move { app.request_state(second, challenge, Duration::from_secs(25)).await });
    two.line.is_asked("?wait=25").await;
    one.approve_number(&asked).await;
    assert_eq!(screen.await.unwrap().unwrap(), ChallengeState::Approved);
    let late = Phone::refusal(two.approve(second, asked.challenge, Some(asked.number())).await);
    assert_eq!(late, (RefusalReason::AlreadyDecided, Some("approved")));
    let verdict = world.broker.redeem(&asked, &json!({})).await.ok(200);
    assert_eq!(verdict["device"], one.accounts().unwrap()[0].device.to_string());
}

#[tokio::test]
async fn one_device_alone_can_be_asked() {
    let world = World::new().await;
    let (one, two) = (world.phone("一台目").await, world.phone("二台目").await);
    world.enroll(&one, "c-1").await;
    world.enroll(&two, "c-1").await;
    let wanted = two.accounts().unwrap()[0].device.to_string();
    let asked = world.broker.ask(&Ask::login("c-1").with("device", wanted)).await;
    assert!(one.requests().await.is_empty());
    two.approve_number(&asked).await;
}

#[tokio::test]
async fn a_revoked_phone_is_told_nothing_but_that_it_is_not_known() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let device = phone.accounts().unwrap()[0].device;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    world.broker.delete(&format!("/v1/users/c-1/devices/{device}")).await.ok(204);
    let error = phone.approve(account, asked.challenge, Some(asked.number())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotRecognised);
    assert_eq!(world.broker.state(&asked).await, "cancelled", "nobody is left who could answer");
    world.broker.try_ask(&Ask::login("c-1")).await.refused(404, "no_device");
    for _ in 0..3 {
        phone.inbox(Duration::ZERO).await.unwrap();
    }
    assert_eq!(phone.accounts().unwrap()[0].state, AccountState::NotRecognised, "and deletes nothing");
    assert!(world.broker.devices("c-1").await.iter().all(|device| device["state"] != "active"));
}

#[tokio::test]
async fn all_devices_can_be_revoked_at_once() {
    let world = World::new().await;
    for name in ["一台目", "二台目"] {
        let phone = world.phone(name).await;
        world.enroll(&phone, "c-1").await;
    }
    world.broker.delete("/v1/users/c-1/devices").await.ok(204);
    world.broker.try_ask(&Ask::login("c-1")).await.refused(404, "no_device");
}

#[tokio::test]
async fn frozen_nothing_is_approved_until_an_identity_check_lifts_it() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    phone.freeze(account).await.unwrap();
    assert_eq!(world.broker.state(&asked).await, "cancelled");
    world.broker.try_ask(&Ask::login("c-1")).await.refused(409, "user_locked");
    let late = Phone::refusal(phone.deny(account, asked.challenge, DenyReason::Other).await);
    assert_eq!(late, (RefusalReason::AlreadyDecided, Some("cancelled")));
    phone.report(account, asked.challenge).await.unwrap();

    assert!(phone.refresh_account(account).await.unwrap().frozen);
    world.broker.post("/v1/users/c-1/unfreeze", &json!({ "reason": "identity checked" })).await.ok(200);
    assert!(!phone.refresh_account(account).await.unwrap().frozen);
    world.advance(20 * 60);
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
}

#[tokio::test]
async fn the_broker_may_freeze_between_approval_and_redeem() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    world.broker.post("/v1/users/c-1/freeze", &json!({ "reason": "suspicious" })).await.ok(200);
    world.broker.redeem(&asked, &json!({})).await.refused(409, "user_locked");
}

/// A customer with an old phone, and a new one that has to wait: enrolled after signing in by passwords. The digits are
/// those that the new phone shows.
async fn with_a_waiting_phone() -> (World, Phone, Phone, String) {
    let (world, old, _) = World::enrolled("c-1").await;
    let new = world.phone("新しい電話").await;
    let begun = world.broker.begin_with(&world.broker.enrollment_by("c-1", &["password"])).await;
    let (preview, digits) = new.scan(&begun.uri).await;
    world.broker.confirm(&begun.id, &digits).await.ok(200);
    new.becomes_active(preview.id).await;
    (world, old, new, digits)
}

async fn try_withdrawal(world: &World, new: &Phone) -> (Asked, Approval) {
    let device = new.accounts().unwrap()[0].device.to_string();
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("device", device)).await;
    let request = new.request_of(&asked).await;
    (asked, request.approval)
}

#[tokio::test]
async fn a_new_phone_waits_and_may_meanwhile_sign_in() {
    let (world, old, new, _) = with_a_waiting_phone().await;
    let until = new.accounts().unwrap()[0].restricted_until.unwrap();
    assert_eq!(until, world.now() + 24 * 3600);
    let device = new.accounts().unwrap()[0].device.to_string();
    let alone = Ask::withdrawal("c-1").with("device", device.clone());
    world.broker.try_ask(&alone).await.refused(409, "device_waiting");
    let both = world.broker.ask(&Ask::withdrawal("c-1")).await;
    assert!(new.requests().await.is_empty(), "it is left out where it could not approve");
    old.approve_number(&both).await;
    let login = world.broker.ask(&Ask::login("c-1").with("device", device)).await;
    new.approve_number(&login).await;

    world.advance(24 * 3600);
    let (asked, approval) = try_withdrawal(&world, &new).await;
    assert_eq!(approval, Approval::Number { digits: 6 });
    new.approve_number(&asked).await;
}

#[tokio::test]
async fn the_old_phone_says_yes_and_the_new_one_waits_no_longer() {
    let (world, old, new, digits) = with_a_waiting_phone().await;
    let request = old.only_request().await;
    assert_eq!(request.operation, Operation::DeviceAdd);
    assert!(request.lines.iter().any(|line| line.value.contains("Pixel 10")), "{:?}", request.lines);
    old.approve(request.account, request.challenge, Some(&digits)).await.unwrap();
    let account = new.accounts().unwrap()[0].id;
    assert_eq!(new.refresh_account(account).await.unwrap().restricted_until, None);
    let (asked, _) = try_withdrawal(&world, &new).await;
    new.approve_number(&asked).await;
}

#[tokio::test]
async fn the_old_phone_says_no_and_the_new_one_is_gone() {
    for report in [false, true] {
        let (world, old, new, _) = with_a_waiting_phone().await;
        let request = old.only_request().await;
        if report {
            old.report(request.account, request.challenge).await.unwrap();
        } else {
            old.deny(request.account, request.challenge, DenyReason::Other).await.unwrap();
        }
        let account = new.accounts().unwrap()[0].id;
        assert_eq!(new.refresh_account(account).await.unwrap_err().kind(), ErrorKind::NotRecognised);
        let active = world.broker.devices("c-1").await;
        assert_eq!(active.iter().filter(|device| device["state"] == "active").count(), 1);
    }
}

#[tokio::test]
async fn three_wrong_numbers_leave_the_new_phone_waiting() {
    let (world, old, new, digits) = with_a_waiting_phone().await;
    let request = old.only_request().await;
    let wrong = if digits == "000000" { "000001" } else { "000000" };
    for state in ["pending", "pending", "failed"] {
        let refused = Phone::refusal(old.approve(request.account, request.challenge, Some(wrong)).await);
        assert_eq!(refused, (RefusalReason::NumberWrong, Some(state)));
    }
    let refused = Phone::refusal(old.approve(request.account, request.challenge, Some(&digits)).await);
    assert_eq!(refused.0, RefusalReason::AlreadyDecided);
    let account = new.accounts().unwrap()[0].id;
    assert!(new.refresh_account(account).await.unwrap().restricted_until.is_some());
    let device = new.accounts().unwrap()[0].device.to_string();
    let alone = Ask::withdrawal("c-1").with("device", device);
    world.broker.try_ask(&alone).await.refused(409, "device_waiting");
}
