//! The four ways in which page and phone are tied together, each to its verdict and its evidence.

use inkan_core::authenticator::Approval;
use inkan_core::error::{ErrorKind, RefusalReason};
use inkan_protocol::answer::{Decision, DenyReason};
use inkan_protocol::challenge::Tier;
use inkan_protocol::evidence;
use serde_json::json;

use crate::support::{Ask, Phone, World};

#[tokio::test]
async fn number_the_customer_types_what_the_page_shows() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("reference", "W-1")).await;
    assert_eq!(asked.number().len(), 6);
    let request = phone.only_request().await;
    assert_eq!((request.account, request.approval), (account, Approval::Number { digits: 6 }));
    let shown: Vec<&str> = request.lines.iter().map(|line| line.value.as_str()).collect();
    assert!(shown.contains(&"¥1,250,000"), "{shown:?}");

    let outcome = phone.approve_number(&asked).await;
    assert_eq!(outcome.decision, Decision::Approve);
    let news = world.broker.news(&asked).await;
    assert_eq!(news["state"], "approved");
    assert!(news["redeem_before"].is_string() && news.get("redeemed").is_none());

    let verdict = world.broker.redeem(&asked, &json!({ "reference": "W-1", "user": "c-1" })).await.ok(200);
    assert_eq!((&verdict["tier"], &verdict["user"]), (&"number".into(), &"c-1".into()));
    assert_eq!(verdict["details"][0]["value"], "1250000");
    assert!(phone.requests().await.is_empty());
}

#[tokio::test]
async fn evidence_of_an_approval_is_checked_by_whoever_knows_the_identity() {
    let (world, phone, account) = World::enrolled("c-1").await;
    world.advance(10);
    phone.rotate_keys(account).await.unwrap();
    world.advance(10);
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("reference", "W-1")).await;
    let outcome = phone.approve_number(&asked).await;
    world.broker.redeem(&asked, &json!({ "reference": "W-1" })).await.ok(200);
    let bundle = world.broker.evidence(&asked).await;
    assert_eq!(bundle.receipt, outcome.receipt, "the phone holds the same receipt");
    let report = evidence::verify(&bundle, world.server.identity(), &[]).unwrap();
    assert_eq!((report.decision, report.tier), (Decision::Approve, Some(Tier::Number)));
    assert_eq!((report.challenge, report.key_pair), (asked.challenge, 1));
    assert_eq!((report.user.as_str(), report.reference.as_deref()), ("c-1", Some("W-1")));
    assert_eq!(report.lines, phone.history(account).unwrap()[0].lines);

    let stranger = World::new().await.server.identity();
    assert!(evidence::verify(&bundle, stranger, &[]).is_err(), "under another identity it proves nothing");
}

#[tokio::test]
async fn scan_the_phone_reads_the_page_s_changing_code() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").scan()).await;
    assert_eq!(phone.only_request().await.approval, Approval::Scan);
    let early = phone.approve(account, asked.challenge, None).await.unwrap_err();
    assert_eq!(early.kind(), ErrorKind::InvalidInput);

    let opened = phone.open_link(&world.broker.scan_code(&asked).await).await.unwrap();
    assert_eq!(opened.approval, Approval::Ready);
    phone.approve(account, asked.challenge, None).await.unwrap();
    let verdict = world.broker.redeem(&asked, &json!({})).await.ok(200);
    assert_eq!(verdict["tier"], "scan");
    evidence::verify(&world.broker.evidence(&asked).await, world.server.identity(), &[]).unwrap();
}

#[tokio::test]
async fn link_the_page_on_the_same_phone_opens_the_app() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").link()).await;
    let opened = phone.open_link(asked.link()).await.unwrap();
    assert_eq!((opened.approval, opened.returns), (Approval::Ready, false));
    let outcome = phone.approve(account, asked.challenge, None).await.unwrap();
    assert!(outcome.return_to.is_none());
    let verdict = world.broker.redeem(&asked, &json!({ "session": "s-1" })).await.ok(200);
    assert_eq!(verdict["tier"], "link");
    evidence::verify(&world.broker.evidence(&asked).await, world.server.identity(), &[]).unwrap();
}

#[tokio::test]
async fn returned_the_app_brings_the_browser_back_to_the_session_that_began() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").returned().with("reference", "W-1")).await;
    assert!(phone.open_link(asked.link()).await.unwrap().returns);
    let outcome = phone.approve(account, asked.challenge, None).await.unwrap();
    let address = outcome.return_to.as_ref().unwrap().expose_url();
    assert!(address.starts_with(&format!("https://www.mirai.example/return#c={}&r=", asked.id)));

    let token = Phone::brings_back(&outcome);
    let body = json!({ "reference": "W-1", "user": "c-1", "session": "s-1", "return_token": token });
    let verdict = world.broker.redeem(&asked, &body).await.ok(200);
    assert_eq!(verdict["tier"], "returned");
    let bundle = world.broker.evidence(&asked).await;
    let report = evidence::verify(&bundle, world.server.identity(), &[]).unwrap();
    assert_eq!(report.tier, Some(Tier::Returned));
}

#[tokio::test]
async fn only_one_phone_opens_a_link_and_the_others_may_still_deny() {
    let world = World::new().await;
    let (one, two) = (world.phone("一台目").await, world.phone("二台目").await);
    let (first, second) = (world.enroll(&one, "c-1").await, world.enroll(&two, "c-1").await);
    let asked = world.broker.ask(&Ask::login("c-1").link()).await;
    one.open_link(asked.link()).await.unwrap();
    one.open_link(asked.link()).await.unwrap();
    let refused = two.open_link(asked.link()).await.unwrap_err().refusal().unwrap();
    assert_eq!(refused.reason, RefusalReason::StartNeeded);
    two.request_of(&asked).await;
    two.deny(second, asked.challenge, DenyReason::Other).await.unwrap();
    let late = Phone::refusal(one.approve(first, asked.challenge, None).await);
    assert_eq!(late, (RefusalReason::AlreadyDecided, Some("denied")));
}
