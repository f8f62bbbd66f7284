//! Denied, reported, too late, taken over by a newer one.

use std::time::Duration;

use inkan_core::authenticator::{Approval, Blocked, Warning};
use inkan_core::error::RefusalReason;
use inkan_protocol::answer::{Decision, DenyReason};
use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::evidence;
use serde_json::json;

use crate::support::{Ask, Fault, Phone, World};

#[tokio::test]
async fn a_customer_who_changed_their_mind_denies() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    let outcome = phone.deny(account, asked.challenge, DenyReason::ChangedMind).await.unwrap();
    assert_eq!(outcome.decision, Decision::Deny);
    assert_eq!(world.broker.state(&asked).await, "denied");
    let problem = world.broker.redeem(&asked, &json!({})).await.refused(409, "not_approved");
    assert_eq!(problem["state"], "denied");
    let bundle = world.broker.evidence(&asked).await;
    let report = evidence::verify(&bundle, world.server.identity(), &[]).unwrap();
    assert_eq!((report.decision, report.tier), (Decision::Deny, None));
}

#[tokio::test]
async fn a_report_ends_all_that_is_pending_and_mutes_numbers() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let mine = world.broker.ask(&Ask::login("c-1").in_session("mine")).await;
    let foreign = world.broker.ask(&Ask::withdrawal("c-1").in_session("foreign")).await;
    let requests = phone.requests().await;
    assert!(requests.iter().all(|request| request.warnings.contains(&Warning::SeveralPending(2))));
    phone.report(account, foreign.challenge).await.unwrap();
    assert_eq!(world.broker.state(&foreign).await, "reported");
    assert_eq!(world.broker.state(&mine).await, "cancelled");

    let muted = world.broker.try_ask(&Ask::login("c-1")).await;
    muted.refused(429, "too_many_prompts");
    assert_eq!(muted.header("retry-after"), Some("1200"));
    let link = world.broker.ask(&Ask::login("c-1").link()).await;
    phone.open_link(link.link()).await.unwrap();
    world.advance(20 * 60);
    world.broker.ask(&Ask::login("c-1")).await;
}

#[tokio::test]
async fn what_was_approved_can_be_reported_for_thirty_days() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    world.advance(60);
    let outcome = phone.report(account, asked.challenge).await.unwrap();
    assert_eq!(outcome.decision, Decision::Report);
    let news = world.broker.news(&asked).await;
    assert_eq!(news["state"], "approved", "the decision stands");
    assert!(news["reported_at"].is_string());
    world.broker.redeem(&asked, &json!({})).await.refused(409, "not_approved");
    let bundle = world.broker.evidence(&asked).await;
    let report = evidence::verify(&bundle, world.server.identity(), &[]).unwrap();
    assert_eq!(report.reported_at, vec![world.now()]);
}

#[tokio::test]
async fn after_thirty_days_it_is_too_late_to_report() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    world.advance(30 * 24 * 3600 + 1);
    let refused = Phone::refusal(phone.report(account, asked.challenge).await);
    assert_eq!(refused, (RefusalReason::AlreadyDecided, Some("approved")));
}

#[tokio::test]
async fn a_request_expires_to_the_second_for_everybody() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("expires_in", 30)).await;
    assert_eq!(phone.only_request().await.remaining, Duration::from_secs(30));
    world.advance(29);
    assert_eq!(world.broker.state(&asked).await, "pending");
    world.advance(1);
    assert_eq!(world.broker.state(&asked).await, "expired");
    let request = phone.request(account, asked.challenge).await.unwrap();
    let seen = (request.state, request.approval);
    assert_eq!(seen, (ChallengeState::Expired, Approval::Blocked(Blocked::Ended)));
    world.server.care().await;
    let problem = world.broker.redeem(&asked, &json!({})).await.refused(409, "not_approved");
    assert_eq!(problem["state"], "expired");
}

#[tokio::test]
async fn an_answer_that_arrives_too_late_is_told_so() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("expires_in", 30)).await;
    phone.only_request().await;
    phone.line.next("/d/v1/answer", Fault::RequestLost);
    phone.approve(account, asked.challenge, Some(asked.number())).await.unwrap_err();
    world.advance(31);
    let kept = phone.inbox(Duration::ZERO).await.unwrap().settled;
    let refusal = kept[0].result.as_ref().unwrap_err().refusal().unwrap();
    assert_eq!((refusal.reason, refusal.state), (RefusalReason::Expired, Some(ChallengeState::Expired)));
}

#[tokio::test]
async fn page_and_phone_are_told_when_the_time_is_over() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("expires_in", 30)).await;
    phone.only_request().await;
    world.advance(10);
    let page = world.broker.in_background(&format!("/v1/challenges/{}?wait=25", asked.id));
    let (app, challenge) = ((*phone).clone(), asked.challenge);
    let screen =
        tokio::spawn(async move { app.request_state(account, challenge, Duration::from_secs(25)).await });
    // both long polls, and the phone's own deadline
    world.clock.sleepers(3).await;
    world.advance(20);
    assert_eq!(page.await.unwrap().ok(200)["state"], "expired");
    assert_eq!(screen.await.unwrap().unwrap(), ChallengeState::Expired);
}

#[tokio::test]
async fn a_newer_one_takes_the_place_of_an_older_one_within_a_session() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let older = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    let newer = world.broker.ask(&Ask::withdrawal("c-1")).await;
    let news = world.broker.news(&older).await;
    assert_eq!((&news["state"], &news["superseded_by"]), (&"superseded".into(), &newer.all["id"]));
    assert_eq!(phone.only_request().await.challenge, newer.challenge);
    let late = Phone::refusal(phone.approve(account, older.challenge, Some(older.number())).await);
    assert_eq!(late, (RefusalReason::AlreadyDecided, Some("superseded")));
    phone.approve_number(&newer).await;
}

#[tokio::test]
async fn one_from_another_session_or_of_another_kind_waits_beside() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let mine = world.broker.ask(&Ask::withdrawal("c-1").in_session("mine")).await;
    let other = world.broker.ask(&Ask::withdrawal("c-1").in_session("other")).await;
    assert_eq!(phone.requests().await.len(), 2);
    phone.approve_number(&other).await;
    phone.approve_number(&mine).await;
    world.broker.ask(&Ask::withdrawal("c-1")).await;
    world.broker.ask(&Ask::login("c-1")).await;
    assert_eq!(phone.requests().await.len(), 2);
}

#[tokio::test]
async fn the_broker_may_take_back_what_is_pending_and_nothing_else() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    world.broker.cancel(&asked).await.ok(204);
    let late = Phone::refusal(phone.approve(account, asked.challenge, Some(asked.number())).await);
    assert_eq!(late, (RefusalReason::AlreadyDecided, Some("cancelled")));
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    world.broker.cancel(&asked).await.refused(409, "already_decided");
}

#[tokio::test]
async fn an_approval_that_nobody_redeems_in_time_is_over() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    world.advance(301);
    world.broker.redeem(&asked, &json!({})).await.refused(410, "redeem_window_over");
}
