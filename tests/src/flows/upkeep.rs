//! What a phone changes of itself: doorbell, name, keys, leaving.

use std::time::Duration;

use inkan_core::authenticator::EnrollmentProgress;
use inkan_core::error::ErrorKind;
use inkan_protocol::enrollment::{Push, PushProvider};
use inkan_protocol::evidence;
use serde_json::json;

use crate::support::{Ask, Fault, World};

fn doorbell(token: &str) -> Push {
    Push { provider: PushProvider::Fcm, token: token.into(), p256dh: None, auth: None }
}

#[tokio::test]
async fn a_push_token_is_handed_over_and_nothing_depends_on_it() {
    let (world, phone, account) = World::enrolled("c-1").await;
    phone.set_push(account, Some(doorbell("first"))).await.unwrap();
    phone.set_push(account, Some(doorbell("second"))).await.unwrap();
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    phone.set_push(account, None).await.unwrap();
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    assert!(phone.set_push(account, Some(doorbell("with a space"))).await.is_err());
}

#[tokio::test]
async fn a_phone_is_renamed_by_its_owner_and_by_the_broker() {
    let (world, phone, account) = World::enrolled("c-1").await;
    phone.rename(account, "青い電話").await.unwrap();
    assert_eq!(phone.accounts().unwrap()[0].device_name, "青い電話");
    let listed = world.broker.devices("c-1").await.remove(0);
    assert_eq!(listed["name"], "青い電話");
    let path = format!("/v1/users/c-1/devices/{}", listed["id"].as_str().unwrap());
    let renamed = world.broker.call("PATCH", &path, &json!({ "name": "赤い電話" })).await.ok(200);
    assert_eq!(renamed["name"], "赤い電話");
    world.broker.call("PATCH", &path, &json!({ "name": "\u{202e}電話" })).await.refused(422, "invalid");
    assert!(phone.rename(account, "\u{202e}").await.is_err());
}

#[tokio::test]
async fn an_updated_app_is_known_to_the_server_and_the_evidence_stands() {
    let (world, mut phone, _) = World::enrolled("c-1").await;
    let known = async || {
        let listed = world.broker.devices("c-1").await.remove(0);
        ["app_version", "os"].map(|member| listed[member].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(known().await, ["0.1.0", "Android 16"]);
    phone.update("0.2.0", "Android 17").await;
    assert_eq!(known().await, ["0.1.0", "Android 16"], "nothing has been said yet");
    phone.requests().await;
    assert_eq!(known().await, ["0.2.0", "Android 17"]);
    let told = phone.line.bodies("/d/v1/device").into_iter().filter(|body| !body.is_empty()).count();
    phone.requests().await;
    assert_eq!(
        (told, phone.line.bodies("/d/v1/device").into_iter().filter(|body| !body.is_empty()).count()),
        (1, 1)
    );
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    evidence::verify(&world.broker.evidence(&asked).await, world.server.identity(), &[]).unwrap();
}

#[tokio::test]
async fn after_a_report_the_phone_knows_how_long_it_is_quiet_and_whom_to_call() {
    let world = World::with(|settings| settings.support_phone = Some("0120-123-456".into())).await;
    let phone = world.phone("わたしの電話").await;
    let account = world.enroll(&phone, "c-1").await;
    let known = || phone.accounts().unwrap().remove(0);
    assert_eq!((known().support_phone.as_deref(), known().muted_until), (Some("0120-123-456"), None));
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    let outcome = phone.report(account, asked.challenge).await.unwrap();
    let until = Some(world.now() + 20 * 60);
    assert_eq!((outcome.muted_until, known().muted_until), (until, until));
    world.broker.try_ask(&Ask::withdrawal("c-1")).await.refused(429, "too_many_prompts");
    world.advance(20 * 60);
    assert_eq!(phone.refresh_account(account).await.unwrap().muted_until, None);
    world.broker.ask(&Ask::withdrawal("c-1")).await;
}

#[tokio::test]
async fn new_keys_take_the_place_of_the_old_ones() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let before = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve_number(&before).await;
    phone.rotate_keys(account).await.unwrap();
    phone.rotate_keys(account).await.unwrap();
    let after = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve_number(&after).await;
    let pairs = |bundle: &evidence::Evidence| {
        evidence::verify(bundle, world.server.identity(), &[]).map(|report| report.key_pair)
    };
    assert_eq!(pairs(&world.broker.evidence(&after).await), Ok(2));
}

#[tokio::test]
async fn the_answer_to_a_renewal_is_lost_and_nobody_is_locked_out() {
    let (world, mut phone, account) = World::enrolled("c-1").await;
    phone.line.next("/d/v1/renew", Fault::AnswerLost);
    assert_eq!(phone.rotate_keys(account).await.unwrap_err().kind(), ErrorKind::Offline);
    phone.restart().await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    let sent = phone.line.bodies("/d/v1/renew");
    assert!(sent.len() == 2 && sent[0] == sent[1], "the same bytes");
}

#[tokio::test]
async fn a_phone_leaves_and_may_come_again() {
    let (world, phone, account) = World::enrolled("c-1").await;
    phone.leave(account).await.unwrap();
    assert!(phone.accounts().unwrap().is_empty());
    world.broker.try_ask(&Ask::login("c-1")).await.refused(404, "no_device");
    world.enroll(&phone, "c-1").await;
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve_number(&asked).await;
}

#[tokio::test]
async fn leaving_that_was_cut_short_ends_at_the_next_try() {
    let (_world, phone, account) = World::enrolled("c-1").await;
    phone.line.next("/d/v1/device", Fault::AnswerLost);
    assert_eq!(phone.leave(account).await.unwrap_err().kind(), ErrorKind::Offline);
    phone.leave(account).await.unwrap();
    assert!(phone.accounts().unwrap().is_empty());
}

#[tokio::test]
async fn a_phone_that_slept_through_a_key_rotation_reads_the_newest_set() {
    let (world, phone, _) = World::enrolled("c-1").await;
    world.server.app().live_keys.rotate(world.now()).unwrap();
    world.advance(25 * 3600);
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    evidence::verify(&world.broker.evidence(&asked).await, world.server.identity(), &[]).unwrap();
}

#[tokio::test]
async fn a_phone_whose_clock_is_wrong_learns_the_servers_time() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    phone.clock.set_wrong_by(-3 * 24 * 3600);
    world.enroll(&phone, "c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
}

#[tokio::test]
async fn a_doorbell_that_rang_is_told_to_the_server_and_says_nothing() {
    let (_world, phone, _) = World::enrolled("c-1").await;
    phone.push_arrived("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_enrollment_given_up_leaves_nothing_on_the_phone() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let (preview, digits) = phone.scan(&begun.uri).await;
    phone.abandon_enrollment(preview.id).await.unwrap();
    assert!(phone.enrollments().await.unwrap().is_empty());
    // the server may still be told the digits: then there is a device that nobody holds, which the broker revokes
    world.broker.confirm(&begun.id, &digits).await.ok(200);
    let gone = phone.enrollment_status(preview.id, Duration::ZERO).await;
    assert!(!matches!(gone, Ok(EnrollmentProgress::Active(_))));
}
