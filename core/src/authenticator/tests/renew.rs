//! Push, name, keys, freeze, leave; renewals with lost answers.

use std::{sync::Arc, time::Duration};

use inkan_protocol::{
    challenge::Start,
    device_api::{ChallengeState, DeviceStatus},
    enrollment::{DeviceRecord, Push, PushProvider},
    ids::MessageId,
    jws::Unverified,
};
use uuid::Uuid;

use super::{
    server::Key,
    world::{Fault, World, only},
};
use crate::{
    account::{AccountId, AccountState},
    authenticator::Authenticator,
    error::{Error, ErrorKind, TrustError},
    ports::{KeyVault as _, Response},
    vault::VerificationOutcome,
};

async fn approves(world: &World, phone: &Authenticator, account: AccountId) {
    let id = world.server.ask(Start::None {}, None, None);
    phone.inbox(Duration::ZERO).await.unwrap();
    phone.approve(account, id, None).await.unwrap();
}

#[tokio::test]
async fn new_keys_take_the_place_of_the_old() {
    let (world, account) = World::enrolled().await;
    let old = world.server.state.lock().unwrap().devices.values().next().unwrap().approval;
    world.phone.rotate_keys(account).await.unwrap();
    let new = world.server.state.lock().unwrap().devices.values().next().unwrap().approval;
    assert_ne!(old, new);
    assert_eq!(world.labels().await, 2);
    approves(&world, &world.phone, account).await;
}

#[tokio::test]
async fn a_lost_answer_to_a_renewal_locks_nobody_out() {
    for fault in [Fault::RequestLost, Fault::AnswerLost] {
        let (mut world, account) = World::enrolled().await;
        world.net.fault("/d/v1/renew", fault);
        assert_eq!(world.phone.rotate_keys(account).await.unwrap_err().kind(), ErrorKind::Offline);
        world.restart().await;
        // whatever is done next finds out first which keys count
        approves(&world, &world.phone, account).await;
        let sent = world.net.bodies("/d/v1/renew");
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[0], sent[1]);
        assert_eq!(world.labels().await, 2);
    }
}

#[tokio::test]
async fn after_the_day_of_the_same_bytes_the_new_keys_are_tried() {
    let (world, account) = World::enrolled().await;
    world.net.fault("/d/v1/renew", Fault::AnswerLost);
    world.phone.rotate_keys(account).await.unwrap_err();
    world.net.fault("/d/v1/renew", Fault::Changed(Box::new(|response| Response { status: 401, ..response })));
    approves(&world, &world.phone, account).await;
}

#[tokio::test]
async fn a_renewal_that_nobody_took_is_given_up_and_signed_anew() {
    let (world, account) = World::enrolled().await;
    world.net.fault("/d/v1/renew", Fault::RequestLost);
    world.phone.rotate_keys(account).await.unwrap_err();
    // too late for its iat: both are 401
    world.clock.advance(Duration::from_mins(5));
    approves(&world, &world.phone, account).await;
    assert_eq!(world.labels().await, 2);
    world.phone.rotate_keys(account).await.unwrap();
    let sent = world.net.bodies("/d/v1/renew");
    assert_eq!(sent.len(), 3);
    assert_ne!(sent[1], sent[2]);
    approves(&world, &world.phone, account).await;
}

#[tokio::test]
async fn a_kept_answer_goes_before_the_keys_that_signed_it() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    world.net.fault("/d/v1/answer", Fault::RequestLost);
    world.phone.approve(account, id, None).await.unwrap_err();
    world.net.fault("/d/v1/answer", Fault::RequestLost);
    assert_eq!(world.phone.rotate_keys(account).await.unwrap_err().kind(), ErrorKind::Offline);
    world.phone.rotate_keys(account).await.unwrap();
    assert_eq!(world.server.state_of(id), ChallengeState::Approved);
    assert_eq!(world.phone.history(account).unwrap().len(), 1);
}

#[tokio::test]
async fn a_renewed_record_of_other_keys_is_not_kept() {
    let (world, account) = World::enrolled().await;
    let server = Arc::clone(&world.server);
    world.net.fault("/d/v1/device", Fault::None);
    world.net.fault(
        "/d/v1/device",
        Fault::Changed(Box::new(move |response| {
            let key = server.signing.lock().unwrap().public();
            let mut status: DeviceStatus = serde_json::from_slice(&response.body).unwrap();
            let record = status.record.unwrap();
            let mut said =
                Unverified::<DeviceRecord>::parse(&record).unwrap().verify(&key).unwrap().into_payload();
            said.approval_key = Key::number(77).public();
            status.record = Some(server.sign(&said));
            Response { body: serde_json::to_vec(&status).unwrap(), ..response }
        })),
    );
    let refused = world.phone.rotate_keys(account).await;
    assert!(matches!(refused, Err(Error::Untrusted(TrustError::ForeignRecord))), "{refused:?}");
    // nothing is deleted before the record is right; then it goes on
    assert_eq!(world.labels().await, 4);
    approves(&world, &world.phone, account).await;
    assert_eq!(world.labels().await, 2);
}

#[tokio::test]
async fn a_wrong_clock_costs_no_second_look() {
    let (world, account) = World::enrolled().await;
    *world.server.ahead.lock().unwrap() = 3600;
    world.phone.rotate_keys(account).await.unwrap();
    assert_eq!(world.net.bodies("/d/v1/renew").len(), 1);
}

#[tokio::test]
async fn a_person_who_cancels_keeps_the_old_keys() {
    let (world, account) = World::enrolled().await;
    world.vault.0.next_user_verification(VerificationOutcome::Cancel);
    assert_eq!(world.phone.rotate_keys(account).await.unwrap_err().kind(), ErrorKind::UserVerification);
    approves(&world, &world.phone, account).await;
    assert_eq!(world.labels().await, 2);
}

#[tokio::test]
async fn a_renewal_goes_on_after_being_dropped_at_any_await() {
    let mut polls = 1;
    loop {
        let (mut world, account) = World::enrolled().await;
        let done = only(polls, world.phone.rotate_keys(account)).await;
        world.restart().await;
        approves(&world, &world.phone, account).await;
        assert_eq!(world.labels().await, 2, "dropped after {polls}");
        if done.is_some() {
            break;
        }
        polls += 1;
    }
    assert!(polls > 15, "only {polls} awaits were tried");
}

#[tokio::test]
async fn what_changes_is_told_to_the_server() {
    let (world, account) = World::enrolled().await;
    let push = Push { provider: PushProvider::Fcm, token: "t".into(), p256dh: None, auth: None };
    world.phone.set_push(account, Some(push)).await.unwrap();
    world.phone.rename(account, "会社の端末").await.unwrap();
    world.phone.freeze(account).await.unwrap();
    world.phone.push_arrived(MessageId(Uuid::from_u128(7))).await.unwrap();
    let device = world.server.state.lock().unwrap().devices.drain().next().unwrap().1;
    assert_eq!(device.push.as_deref(), Some(r#"{"provider":"fcm","token":"t"}"#));
    assert_eq!(device.name, r#"{"name":"会社の端末"}"#);
    assert!(device.frozen);
    let shown = &world.phone.accounts().unwrap()[0];
    assert_eq!((shown.device_name.as_str(), shown.frozen), ("会社の端末", true));
    assert_eq!(world.phone.rename(account, "a\u{202e}b").await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn leaving_leaves_nothing() {
    let (world, account) = World::enrolled().await;
    approves(&world, &world.phone, account).await;
    world.phone.leave(account).await.unwrap();
    assert!(world.server.state.lock().unwrap().devices.is_empty());
    assert!(world.phone.accounts().unwrap().is_empty());
    assert_eq!(world.labels().await, 0);
    assert_eq!(world.phone.history(account).unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn leaving_with_a_lost_answer_is_finished_the_next_time() {
    let (world, account) = World::enrolled().await;
    world.net.fault("/d/v1/device", Fault::AnswerLost);
    assert_eq!(world.phone.leave(account).await.unwrap_err().kind(), ErrorKind::Offline);
    assert_eq!(world.labels().await, 2);
    world.phone.leave(account).await.unwrap();
    assert_eq!(world.labels().await, 0);
}

#[tokio::test]
async fn leaving_goes_on_after_being_dropped_at_any_await() {
    let mut polls = 1;
    loop {
        let (mut world, account) = World::enrolled().await;
        let done = only(polls, world.phone.leave(account)).await;
        world.restart().await;
        if done.is_none() && !world.phone.accounts().unwrap().is_empty() {
            world.phone.leave(account).await.unwrap();
        }
        assert!(world.phone.accounts().unwrap().is_empty(), "dropped after {polls}");
        assert!(world.server.state.lock().unwrap().devices.is_empty(), "dropped after {polls}");
        assert_eq!(world.labels().await, 0, "dropped after {polls}");
        if done.is_some() {
            break;
        }
        polls += 1;
    }
    assert!(polls > 5, "only {polls} awaits were tried");
}

#[tokio::test]
async fn a_possession_key_that_is_gone_is_a_state() {
    let (world, account) = World::enrolled().await;
    for label in world.vault.labels().await.unwrap() {
        world.vault.delete_key(label).await.unwrap();
    }
    assert_eq!(world.phone.refresh_account(account).await.unwrap_err().kind(), ErrorKind::KeyInvalid);
    assert_eq!(world.phone.accounts().unwrap()[0].state, AccountState::KeyInvalid);
    world.phone.forget(account).await.unwrap();
}

#[tokio::test]
async fn a_401_alone_lets_nobody_leave() {
    let (world, account) = World::enrolled().await;
    world.server.state.lock().unwrap().devices.clear();
    for _ in 0..3 {
        assert_eq!(world.phone.leave(account).await.unwrap_err().kind(), ErrorKind::NotRecognised);
        assert_eq!(world.labels().await, 2);
    }
}
