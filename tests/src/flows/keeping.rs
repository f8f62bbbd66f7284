//! What is kept: over a restart, over a lost answer, over a repeated call, and for the customer to look at.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use inkan_core::error::ErrorKind;
use inkan_protocol::answer::{Decision, DenyReason};
use inkan_protocol::evidence;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::{Ask, Asked, Fault, World};

#[tokio::test]
async fn the_server_is_restarted_in_the_middle_and_everybody_goes_on() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    world.server.restart().await;
    let (preview, digits) = phone.scan(&begun.uri).await;
    world.server.restart().await;
    world.broker.confirm(&begun.id, &digits).await.ok(200);
    phone.becomes_active(preview.id).await;

    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("reference", "W-1")).await;
    world.server.restart().await;
    phone.approve_number(&asked).await;
    world.server.restart().await;
    let verdict = world.broker.redeem(&asked, &json!({ "reference": "W-1" })).await.ok(200);
    world.server.restart().await;
    let again = world.broker.redeem(&asked, &json!({ "reference": "W-1" })).await;
    again.refused(409, "already_redeemed");
    let bundle = world.broker.evidence(&asked).await;
    assert_eq!(bundle.verdict.as_deref(), verdict["verdict"].as_str());
    evidence::verify(&bundle, world.server.identity(), &[]).unwrap();
}

#[tokio::test]
async fn who_waits_when_the_server_ends_is_answered() {
    let (world, _phone, _) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    let page = world.broker.in_background(&format!("/v1/challenges/{}?wait=25", asked.id));
    world.server.waited_for(1).await;
    world.server.restart().await;
    assert_eq!(page.await.unwrap().ok(200)["state"], "pending");
}

#[tokio::test]
async fn the_phone_is_restarted_in_the_middle_and_keeps_everything_on_disk() {
    let world = World::new().await;
    let mut phone = world.phone_on_disk("わたしの電話").await;
    let account = world.enroll(&phone, "c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    phone.restart().await;
    phone.line.next("/d/v1/answer", Fault::AnswerLost);
    let error = phone.approve(account, asked.challenge, Some(asked.number())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Offline);
    phone.restart().await;
    let settled = phone.inbox(Duration::ZERO).await.unwrap().settled;
    assert_eq!(settled[0].result.as_ref().unwrap().decision, Decision::Approve);
    let sent = phone.line.bodies("/d/v1/answer");
    assert!(sent.len() == 2 && sent[0] == sent[1], "the same bytes");
    assert_eq!(world.broker.state(&asked).await, "approved");
}

#[tokio::test]
async fn an_answer_that_arrives_twice_is_one_answer() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.line.next("/d/v1/answer", Fault::Twice);
    let outcome = phone.approve_number(&asked).await;
    assert_eq!(world.broker.evidence(&asked).await.receipt, outcome.receipt);
    assert_eq!(phone.history(account).unwrap().len(), 1);
}

#[tokio::test]
async fn history_tells_what_was_decided_newest_first_and_in_what_words() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let first = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&first).await;
    world.advance(5);
    let second = world.broker.ask(&Ask::login("c-1")).await;
    phone.only_request().await;
    phone.deny(account, second.challenge, DenyReason::Other).await.unwrap();
    let history = phone.history(account).unwrap();
    let told: Vec<_> =
        history.iter().map(|entry| (entry.outcome.challenge, entry.outcome.decision)).collect();
    assert_eq!(told, vec![(second.challenge, Decision::Deny), (first.challenge, Decision::Approve)]);
    assert!(history[1].lines.iter().any(|line| line.value == "¥1,250,000"));
}

#[tokio::test]
async fn a_repeated_call_gets_the_same_answer() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let body = Ask::withdrawal("c-1").with("reference", "W-1");
    let first = world.broker.post_once("/v1/challenges", body.body(), "k-1").await.ok(201);
    world.server.restart().await;
    let again = world.broker.post_once("/v1/challenges", body.body(), "k-1").await.ok(201);
    assert_eq!(first, again, "number and all");
    phone.only_request().await;
    let other = Ask::withdrawal("c-1").with("reference", "W-2");
    let reused = world.broker.post_once("/v1/challenges", other.body(), "k-1").await;
    reused.refused(422, "idempotency_key_reused");

    let asked = Asked::of(&first);
    phone.approve_number(&asked).await;
    let path = format!("/v1/challenges/{}/redeem", asked.id);
    let redeem = json!({ "reference": "W-1" });
    let verdict = world.broker.post_once(&path, &redeem, "k-2").await.ok(200);
    assert_eq!(world.broker.post_once(&path, &redeem, "k-2").await.ok(200), verdict);
    let problem = world.broker.redeem(&asked, &redeem).await.refused(409, "already_redeemed");
    assert_eq!(problem["redeemed"]["reference"], "W-1");
    assert_eq!(world.broker.news(&asked).await["redeemed"], problem["redeemed"]);
    world.advance(24 * 3600 + 1);
    let late = world.broker.post_once("/v1/challenges", other.body(), "k-1").await;
    late.ok(201);
}

#[tokio::test]
async fn a_phone_without_a_connection_keeps_what_was_decided() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    phone.line.cut();
    let error = phone.approve(account, asked.challenge, Some(asked.number())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Offline);
    assert_eq!(world.broker.state(&asked).await, "pending");
    phone.line.mend();
    let settled = phone.inbox(Duration::ZERO).await.unwrap().settled;
    assert_eq!(settled[0].result.as_ref().unwrap().challenge, asked.challenge);
    assert_eq!(world.broker.state(&asked).await, "approved");
}

#[tokio::test]
async fn an_answer_held_up_on_the_way_is_not_overtaken_by_a_second_one() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    let gate = Arc::new(Semaphore::new(0));
    phone.line.next("/d/v1/answer", Fault::Delayed(gate.clone()));
    let (app, challenge, number) = ((*phone).clone(), asked.challenge, asked.number().to_owned());
    let first = tokio::spawn(async move { app.approve(account, challenge, Some(&number)).await });
    phone.line.is_asked("/d/v1/answer").await;
    let app = (*phone).clone();
    let second = tokio::spawn(async move { app.deny(account, challenge, DenyReason::Other).await });
    tokio::task::yield_now().await;
    gate.add_permits(1);
    assert_eq!(first.await.unwrap().unwrap().decision, Decision::Approve);
    assert!(second.await.unwrap().is_err(), "decided already");
    assert_eq!(world.broker.state(&asked).await, "approved");
}

#[tokio::test]
async fn a_page_that_watches_hears_the_state_and_nothing_else() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    let (server, path) = (world.server.clone(), format!("/watch/{}", asked.watch_token));
    let get = |path: String| Request::get(path).body(Body::empty()).unwrap();
    let stream = tokio::spawn(async move { server.send(get(path)).await });
    world.server.waited_for(1).await;
    phone.approve_number(&asked).await;
    let heard = stream.await.unwrap();
    assert_eq!(heard.header("content-type"), Some("text/event-stream"));
    assert_eq!(heard.header("access-control-allow-origin"), Some("*"));
    let text = heard.text();
    let told =
        |name: &str| -> Vec<&str> { text.lines().filter_map(|line| line.strip_prefix(name)).collect() };
    let states: Vec<_> = told("data: ").into_iter().map(|data| data.replace(": ", ":")).collect();
    assert_eq!(states, [r#"{"state":"pending"}"#, r#"{"state":"approved"}"#]);
    assert_eq!(told("event: ").len(), 2, "{text}");
    assert_eq!(told("id: "), ["pending", "approved"]);
    assert!(
        text.lines()
            .all(|line| ["", "event", "id", "retry", "data"].contains(&line.split(':').next().unwrap()))
    );
    world.server.send(get("/watch/unknown".into())).await.refused(404, "not_found");
    let again = world.server.send(get(format!("/watch/{}", asked.watch_token))).await;
    assert!(again.text().contains("approved"), "what ended says so once more");
    world.advance(601);
    world.server.send(get(format!("/watch/{}", asked.watch_token))).await.refused(410, "gone");
}
