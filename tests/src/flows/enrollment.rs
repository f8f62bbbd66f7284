//! A phone becomes a customer's: by the picture, by typing, and all the ways in which it does not.

use std::time::Duration;

use inkan_core::account::AccountState;
use inkan_core::authenticator::{EnrollmentFailure, EnrollmentProgress};
use inkan_core::error::ErrorKind;
use inkan_server::policy::authentication::Profile;
use serde_json::json;

use crate::support::{Fault, World, read_qr, rfc3339};

#[tokio::test]
async fn a_customer_scans_the_code_and_types_six_digits_back() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    assert_eq!(begun.all["state"], "pending");
    let uri = read_qr(begun.all["qr_svg"].as_str().unwrap());
    assert_eq!(uri, begun.uri, "the picture holds the link");

    let (preview, digits) = phone.scan(&uri).await;
    assert_eq!(preview.relying_party, "みらい証券（デモ）");
    assert_eq!(preview.display_name, "山田 *郎 様（***1234）");
    assert_eq!(world.broker.enrollment(&begun.id).await["state"], "claimed");
    let waiting = phone.enrollment_status(preview.id, Duration::ZERO).await.unwrap();
    assert_eq!(waiting, EnrollmentProgress::Claimed);

    let active = world.broker.confirm(&begun.id, &digits).await.ok(200);
    assert_eq!(active["state"], "active");
    let account = phone.becomes_active(preview.id).await;
    let known = &phone.accounts().unwrap()[0];
    assert_eq!((known.id, known.state, known.restricted_until), (account, AccountState::Active, None));
    assert_eq!(active["device"], known.device.to_string());
    let listed = &world.broker.devices("c-1").await[0];
    assert_eq!((&listed["id"], &listed["name"]), (&active["device"], &"わたしの電話".into()));
}

#[tokio::test]
async fn confirming_again_answers_the_same() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let (_, digits) = phone.scan(&begun.uri).await;
    let first = world.broker.confirm(&begun.id, &digits).await.ok(200);
    assert_eq!(world.broker.confirm(&begun.id, &digits).await.ok(200), first);
    assert_eq!(world.broker.devices("c-1").await.len(), 1);
}

#[tokio::test]
async fn a_page_and_a_phone_that_wait_are_told_at_once() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let page = world.broker.in_background(&format!("/v1/enrollments/{}?wait=25", begun.id));
    world.server.waited_for(1).await;
    let (preview, digits) = phone.scan(&begun.uri).await;
    assert_eq!(page.await.unwrap().ok(200)["state"], "claimed");

    let app = (*phone).clone();
    let waiting =
        tokio::spawn(async move { app.enrollment_status(preview.id, Duration::from_secs(20)).await });
    world.server.waited_for(1).await;
    world.broker.confirm(&begun.id, &digits).await.ok(200);
    assert_eq!(waiting.await.unwrap().unwrap(), EnrollmentProgress::Active(preview.id));
}

#[tokio::test]
async fn a_wait_ends_by_itself_when_nothing_happens() {
    let world = World::new().await;
    let begun = world.broker.begin("c-1").await;
    let page = world.broker.in_background(&format!("/v1/enrollments/{}?wait=25", begun.id));
    world.server.waited_for(1).await;
    world.advance(25);
    assert_eq!(page.await.unwrap().ok(200)["state"], "pending");
}

#[tokio::test]
async fn who_cannot_scan_types_the_code_once_and_the_picture_stays_valid() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let typed = begun.typed_code.to_lowercase().replace('-', " ");
    let preview = phone.begin_enrollment_typed("auth.mirai.example", &typed).await.unwrap();
    let another = world.phone("二台目").await;
    let refused = another.begin_enrollment_typed("auth.mirai.example", &typed).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotRecognised, "it buys once");
    let same = phone.begin_enrollment(&begun.uri).await.unwrap();
    assert_eq!(same, preview, "the same phone goes on where it stood");
    let digits = phone.confirm_account(preview.id).await.unwrap();
    world.broker.confirm(&begun.id, &digits).await.ok(200);
    phone.becomes_active(preview.id).await;
}

#[tokio::test]
async fn three_wrong_digits_end_it_on_both_sides() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let (preview, digits) = phone.scan(&begun.uri).await;
    let wrong = if digits == "000000" { "000001" } else { "000000" };
    for left in [2, 1, 0] {
        let problem = world.broker.confirm(&begun.id, wrong).await.refused(422, "confirmation_code_wrong");
        assert_eq!(problem["tries_left"], left);
    }
    world.broker.confirm(&begun.id, &digits).await.refused(409, "not_claimed");
    assert_eq!(world.broker.enrollment(&begun.id).await["state"], "failed");
    let seen = phone.enrollment_status(preview.id, Duration::ZERO).await.unwrap();
    assert_eq!(seen, EnrollmentProgress::Failed(EnrollmentFailure::Ended));
    assert!(world.broker.devices("c-1").await.is_empty());
    assert!(phone.accounts().unwrap().is_empty());
}

#[tokio::test]
async fn a_code_that_nobody_scans_expires() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    world.advance(300);
    assert_eq!(world.broker.enrollment(&begun.id).await["state"], "expired");
    let refused = phone.begin_enrollment(&begun.uri).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotRecognised);
}

#[tokio::test]
async fn digits_that_nobody_types_expire() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let (preview, digits) = phone.scan(&begun.uri).await;
    world.advance(301);
    world.broker.confirm(&begun.id, &digits).await.refused(409, "not_claimed");
    world.server.care().await;
    let seen = phone.enrollment_status(preview.id, Duration::ZERO).await.unwrap();
    assert_eq!(seen, EnrollmentProgress::Failed(EnrollmentFailure::Ended));
}

#[tokio::test]
async fn the_broker_may_take_it_back() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    world.broker.delete(&format!("/v1/enrollments/{}", begun.id)).await.ok(204);
    assert_eq!(world.broker.enrollment(&begun.id).await["state"], "cancelled");
    assert_eq!(phone.begin_enrollment(&begun.uri).await.unwrap_err().kind(), ErrorKind::NotRecognised);
}

#[tokio::test]
async fn a_second_claim_voids_the_first_and_says_why() {
    let world = World::new().await;
    let (mine, other) = (world.phone("わたしの電話").await, world.phone("知らない電話").await);
    let begun = world.broker.begin("c-1").await;
    let (preview, digits) = mine.scan(&begun.uri).await;
    assert_eq!(other.begin_enrollment(&begun.uri).await.unwrap_err().kind(), ErrorKind::NotRecognised);
    let news = world.broker.enrollment(&begun.id).await;
    assert_eq!((&news["state"], &news["reason"]), (&"failed".into(), &"claimed_twice".into()));
    world.broker.confirm(&begun.id, &digits).await.refused(409, "not_claimed");
    let seen = mine.enrollment_status(preview.id, Duration::ZERO).await.unwrap();
    assert_eq!(seen, EnrollmentProgress::Failed(EnrollmentFailure::Ended));
}

#[tokio::test]
async fn an_answer_lost_on_the_way_is_asked_for_again_by_the_same_bytes() {
    let world = World::new().await;
    let mut phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    phone.line.next("/d/v1/enroll", Fault::AnswerLost);
    assert_eq!(phone.begin_enrollment(&begun.uri).await.unwrap_err().kind(), ErrorKind::Offline);
    phone.restart().await;
    let previews = phone.enrollments().await.unwrap();
    let digits = phone.confirm_account(previews[0].id).await.unwrap();
    let sent = phone.line.bodies("/d/v1/enroll");
    assert!(sent.len() == 2 && sent[0] == sent[1]);
    world.broker.confirm(&begun.id, &digits).await.ok(200);
    phone.becomes_active(previews[0].id).await;
}

#[tokio::test]
async fn how_the_customer_was_authenticated_decides() {
    let world = World::with(|settings| settings.enrollment.profile = Profile::Jsda2025).await;
    for weak in [json!(["email_code"]), json!(["password", "email_code"]), json!([])] {
        let mut body = world.broker.enrollment_of("c-1");
        body["authentication"]["methods"] = weak;
        world.broker.post("/v1/enrollments", &body).await.refused(403, "stronger_authentication_needed");
    }
    let unstated = json!({ "user": "c-1", "display_name": "***1234" });
    world.broker.post("/v1/enrollments", &unstated).await.refused(403, "stronger_authentication_needed");
    let mut future = world.broker.enrollment_of("c-1");
    future["authentication"]["at"] = rfc3339(world.now() + 3600).into();
    world.broker.post("/v1/enrollments", &future).await.refused(422, "invalid");
    let phone = world.phone("わたしの電話").await;
    world.enroll(&phone, "c-1").await;
    assert_eq!(world.broker.devices("c-1").await.len(), 1);
}

#[tokio::test]
async fn the_sixth_device_is_one_too_many() {
    let world = World::new().await;
    for number in 0..5 {
        let phone = world.phone(&format!("電話 {number}")).await;
        world.enroll(&phone, "c-1").await;
    }
    let refused = world.broker.post("/v1/enrollments", &world.broker.enrollment_of("c-1")).await;
    refused.refused(409, "too_many_devices");
}
