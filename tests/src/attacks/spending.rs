//! What an approval can be spent on, by whom, and how often.

use futures_util::future::join_all;
use inkan_core::account::AccountId;
use inkan_core::authenticator::Outcome;
use inkan_core::error::RefusalReason;
use serde_json::json;

use crate::support::{Ask, Asked, Phone, World};

async fn returned(world: &World, phone: &Phone, account: AccountId, session: &str) -> (Asked, Outcome) {
    let ask = Ask::withdrawal("c-1").returned().in_session(session).with("reference", "W-1");
    let asked = world.broker.ask(&ask).await;
    phone.open_link(asked.link()).await.unwrap();
    let outcome = phone.approve(account, asked.challenge, None).await.unwrap();
    (asked, outcome)
}

#[tokio::test]
async fn row_08_a_tier_is_demanded_and_the_verdict_says_which_was_used() {
    let (world, phone, account) = World::enrolled("c-1").await;
    for ask in [Ask::login("c-1"), Ask::login("c-1").scan(), Ask::login("c-1").link()] {
        let reply = world.broker.try_ask(&ask.with("minimum_tier", "returned")).await;
        reply.refused(422, "tier_too_low");
    }
    let (asked, outcome) = returned(&world, &phone, account, "s-1").await;
    let token = Phone::brings_back(&outcome);
    let body = json!({ "reference": "W-1", "session": "s-1", "return_token": token });
    assert_eq!(world.broker.redeem(&asked, &body).await.ok(200)["tier"], "returned");
}

#[tokio::test]
async fn row_26_a_link_passed_on_by_a_phishing_page_is_worth_no_more_than_a_link() {
    // the attacker's session asks, his page hands the link to the customer, she approves
    let (world, phone, account) = World::enrolled("c-1").await;
    let plain = world.broker.ask(&Ask::withdrawal("c-1").link().in_session("attacker")).await;
    phone.open_link(plain.link()).await.unwrap();
    phone.approve(account, plain.challenge, None).await.unwrap();
    let verdict = world.broker.redeem(&plain, &json!({ "session": "attacker" })).await.ok(200);
    assert_eq!(verdict["tier"], "link", "it gets through, and is not called more than it is");

    let (asked, outcome) = returned(&world, &phone, account, "attacker").await;
    // her browser comes back to the broker in a session of her own; the attacker's has no token
    let without = json!({ "reference": "W-1", "session": "attacker" });
    world.broker.redeem(&asked, &without).await.refused(409, "tier_too_low");
    let guessed = json!({ "reference": "W-1", "session": "attacker", "return_token": "A".repeat(43) });
    world.broker.redeem(&asked, &guessed).await.refused(409, "does_not_match");
    let hers = Phone::brings_back(&outcome);
    let in_hers = json!({ "reference": "W-1", "session": "hers", "return_token": hers });
    world.broker.redeem(&asked, &in_hers).await.refused(409, "does_not_match");
    assert!(world.broker.news(&asked).await.get("redeemed").is_none());
}

#[tokio::test]
async fn row_27_a_picture_of_the_code_is_stale_and_a_live_copy_is_called_scan() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").scan().in_session("attacker")).await;
    let picture = world.broker.scan_code(&asked).await;
    world.advance(10);
    let refused = phone.open_link(&picture).await.unwrap_err().refusal().unwrap();
    assert_eq!(refused.reason, RefusalReason::StartNeeded);
    let live = world.broker.scan_code(&asked).await;
    assert_ne!(live, picture);
    world.advance(5);
    phone.open_link(&live).await.unwrap();
    phone.approve(account, asked.challenge, None).await.unwrap();
    assert_eq!(world.broker.redeem(&asked, &json!({})).await.ok(200)["tier"], "scan");
    let high = Ask::withdrawal("c-1").scan().with("minimum_tier", "returned");
    world.broker.try_ask(&high).await.refused(422, "tier_too_low");
}

#[tokio::test]
async fn row_30_an_approval_is_spent_on_what_it_was_given_for() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("reference", "W-1")).await;
    phone.approve_number(&asked).await;
    let wrong = [
        json!({ "reference": "W-2" }),
        json!({}),
        json!({ "reference": "W-1", "user": "c-2" }),
        json!({ "reference": "W-1", "session": "s-2" }),
    ];
    for body in &wrong {
        world.broker.redeem(&asked, body).await.refused(409, "does_not_match");
    }
    let right = json!({ "reference": "W-1", "user": "c-1", "session": "s-1" });
    let verdict = world.broker.redeem(&asked, &right).await.ok(200);
    assert_eq!(verdict["details"][0]["value"], "1250000", "what to execute stands in the verdict");
    assert_eq!((&verdict["operation"], &verdict["user"]), (&"withdrawal".into(), &"c-1".into()));
}

#[tokio::test]
async fn row_30_five_tries_with_something_else_void_it() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("reference", "W-1")).await;
    phone.approve_number(&asked).await;
    for _ in 0..5 {
        world.broker.redeem(&asked, &json!({ "reference": "W-2" })).await.refused(409, "does_not_match");
    }
    world.broker.redeem(&asked, &json!({ "reference": "W-1" })).await.refused(409, "does_not_match");
    assert_eq!(world.broker.state(&asked).await, "approved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_34_approved_is_news_and_one_redeem_permits() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("reference", "W-1")).await;
    world.broker.redeem(&asked, &json!({ "reference": "W-1" })).await.refused(409, "not_approved");
    phone.approve_number(&asked).await;
    for _ in 0..3 {
        assert_eq!(world.broker.state(&asked).await, "approved", "reading it uses nothing up");
    }
    let tries = (0..16).map(|_| {
        let (broker, asked) = (world.broker.clone(), asked.clone());
        tokio::spawn(async move { broker.redeem(&asked, &json!({ "reference": "W-1" })).await })
    });
    let replies: Vec<_> = join_all(tries).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for loser in replies.iter().filter(|reply| reply.status != 200) {
        let problem = loser.refused(409, "already_redeemed");
        assert_eq!(problem["redeemed"]["reference"], "W-1");
    }
}

#[tokio::test]
async fn row_39_the_token_that_the_browser_brings_back_is_in_nothing_that_the_server_says() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let (asked, outcome) = returned(&world, &phone, account, "s-1").await;
    let token = Phone::brings_back(&outcome);
    assert!(!phone.line.received().contains(&token));
    assert!(!asked.all.to_string().contains(&token));
    assert!(!world.broker.news(&asked).await.to_string().contains(&token));
    let evidence = serde_json::to_string(&world.broker.evidence(&asked).await).unwrap();
    assert!(!evidence.contains(&token));
    for message in evidence.split('"').filter(|text| text.starts_with("eyJ")) {
        let said = inkan_protocol::encoding::decode(message.split('.').nth(1).unwrap()).unwrap();
        assert!(!String::from_utf8(said).unwrap().contains(&token));
    }
    let sent = phone.line.bodies("/d/v1/answer").concat();
    assert!(!sent.contains(&token), "the phone sends its hash alone");
    let body = json!({ "reference": "W-1", "session": "s-1", "return_token": token });
    world.broker.redeem(&asked, &body).await.ok(200);
}

#[tokio::test]
async fn row_40_a_return_into_a_second_browser_redeems_nothing() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let (asked, outcome) = returned(&world, &phone, account, "first-browser").await;
    let token = Phone::brings_back(&outcome);
    // the backend takes the session from the cookie of the request that brought the token
    let second = json!({ "reference": "W-1", "session": "second-browser", "return_token": token });
    world.broker.redeem(&asked, &second).await.refused(409, "does_not_match");
    let first = json!({ "reference": "W-1", "session": "first-browser", "return_token": token });
    assert_eq!(world.broker.redeem(&asked, &first).await.ok(200)["tier"], "returned");
}

#[tokio::test]
async fn row_44_a_return_address_is_compared_whole() {
    let (world, _phone, _) = World::enrolled("c-1").await;
    for other in [
        "https://www.mirai.example.evil.example/return",
        "https://www.mirai.example/return.evil",
        "https://www.mirai.example/return/",
        "https://www.mirai.example/return/../evil",
        "https://www.mirai.example/",
        "https://www.mirai.example:8443/return",
        "https://mirai.example/return",
        "https://evil.example/https://www.mirai.example/return",
    ] {
        let ask = Ask::withdrawal("c-1").returned().with("return_url", other);
        world.broker.try_ask(&ask).await.refused(422, "return_url_not_registered");
    }
    for none in
        ["http://www.mirai.example/return", "https://www.mirai.example@evil.example/return", "inkan://return"]
    {
        let ask = Ask::withdrawal("c-1").returned().with("return_url", none);
        let problem = world.broker.try_ask(&ask).await.refused(422, "invalid");
        assert_eq!(problem["field"], "/return_url");
    }
    world.broker.ask(&Ask::withdrawal("c-1").returned()).await;
}

#[tokio::test]
async fn row_30_one_customers_device_is_not_anothers() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let other = world.phone("別の電話").await;
    world.enroll(&other, "c-2").await;
    let device = phone.accounts().unwrap()[0].device.to_string();
    let asked = world.broker.try_ask(&Ask::login("c-2").with("device", device.clone())).await;
    asked.refused(404, "no_device");
    let path = format!("/v1/users/c-2/devices/{device}");
    world.broker.delete(&path).await.refused(404, "not_found");
    world.broker.call("PATCH", &path, &json!({ "name": "A" })).await.refused(404, "not_found");
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve_number(&asked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_34_the_same_call_at_once_is_one_call() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let body = Ask::withdrawal("c-1");
    let calls = (0..16).map(|_| {
        let (broker, body) = (world.broker.clone(), body.clone());
        tokio::spawn(async move { broker.post_once("/v1/challenges", body.body(), "k-1").await })
    });
    let replies: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    let made: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert!(!made.is_empty());
    assert!(made.iter().all(|reply| reply.json() == made[0].json()));
    for other in replies.iter().filter(|reply| reply.status != 201) {
        other.refused(409, "idempotency_in_progress");
    }
    assert_eq!(phone.requests().await.len(), 1);
}
