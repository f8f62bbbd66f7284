//! Lesson 2: 64 answers at once to each of 500 challenges. One wins, all others are told so, nobody is locked for it.

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;

use crate::live::{LiveServer, now};

const PHONES: usize = 20;
const CHALLENGES_EACH: u64 = 25;
const ANSWERS: u64 = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_answers_at_once_exactly_one_wins_500_times() {
    let server = Arc::new(LiveServer::start().await);
    let phones = (0..PHONES).map(|number| {
        let server = Arc::clone(&server);
        tokio::spawn(async move { race_on_one_phone(&server, number).await })
    });
    let mut challenges = 0;
    for phone in phones {
        challenges += phone.await.unwrap();
    }
    assert_eq!(challenges, 500);
}

async fn race_on_one_phone(server: &Arc<LiveServer>, number: usize) -> u64 {
    let user = format!("racer-{number}");
    let phone = Arc::new(server.enroll(&user).await.unwrap());
    let mut session = server.session(&phone).await.unwrap();
    for round in 0..CHALLENGES_EACH {
        if round % 10 == 0 {
            session = server.session(&phone).await.unwrap();
        }
        let asked = server.ask(&user).await.unwrap();
        assert_eq!(asked.status, 201, "{asked:?}");
        let challenge = server.first_pending(&session).await.unwrap().expect("it waits for the phone");
        let answers = (0..ANSWERS).map(|place| {
            let counter = round * ANSWERS + place + 1;
            // One of them says no: whichever is first decides.
            let message = if place == ANSWERS / 2 {
                phone.deny(&challenge, counter, now())
            } else {
                phone.approve(&challenge, Some(asked.text("number")), counter, now())
            };
            let server = Arc::clone(server);
            tokio::spawn(async move { server.post("/d/v1/answer", &message).await.unwrap() })
        });
        let mut winners = 0;
        for answer in answers.collect::<Vec<_>>() {
            let answer = answer.await.unwrap();
            match answer.status {
                200 => winners += 1,
                409 => assert_eq!(answer.text("code"), "already_decided", "{answer:?}"),
                _ => panic!("{answer:?}\n{}", server.log()),
            }
        }
        assert_eq!(winners, 1, "{user}, round {round}");
        let news =
            server.call(Method::GET, &format!("/v1/challenges/{}", asked.text("id")), None).await.unwrap();
        let state = news.text("state");
        assert!(state == "approved" || state == "denied", "{news:?}");
        if state == "approved" {
            let path = format!("/v1/challenges/{}/redeem", asked.text("id"));
            let redeem = json!({ "user": user, "session": user });
            let redeemed = server.call(Method::POST, &path, Some(&redeem)).await.unwrap();
            assert_eq!(redeemed.status, 200, "{redeemed:?}");
        }
    }
    let devices = server.call(Method::GET, &format!("/v1/users/{user}/devices"), None).await.unwrap();
    assert_eq!(
        devices.body.pointer("/data/0/state").and_then(|state| state.as_str()),
        Some("active"),
        "{devices:?}"
    );
    CHALLENGES_EACH
}
