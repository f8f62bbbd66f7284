//! Enrollment: lost messages, somebody between, another's record, leftovers.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use inkan_protocol::{
    device_api::{DeviceState, Enrolled},
    enrollment::{EnrollmentAnswer, EnrollmentUri},
    ids::{Digest, Reveal},
    jws::Unverified,
};

use super::{
    server::{Key, Server},
    world::{Fault, World, only},
};
use crate::{
    authenticator::{Authenticator, EnrollmentFailure, EnrollmentProgress},
    error::{Error, ErrorKind, InputError, TrustError},
    ports::{KeyLabel, KeyPurpose, KeyVault as _, Response},
    vault::VerificationOutcome,
};

type Spoil<T> = fn(&mut T);

/// Somebody between who changes the server's answer and can sign it with the server's key: even then the transcript
/// gives him away.
fn forged(server: &Arc<Server>, change: Spoil<EnrollmentAnswer>) -> Fault {
    let server = Arc::clone(server);
    Fault::Changed(Box::new(move |response: Response| {
        let mut body: Enrolled = serde_json::from_slice(&response.body).unwrap();
        let key = server.signing.lock().unwrap().public();
        let mut said = Unverified::<EnrollmentAnswer>::parse(&body.enrollment)
            .unwrap()
            .verify(&key)
            .unwrap()
            .into_payload();
        change(&mut said);
        body.enrollment = server.sign(&said);
        Response { body: serde_json::to_vec(&body).unwrap(), ..response }
    }))
}

#[tokio::test]
async fn a_phone_enrolls() {
    let (world, id) = World::enrolled().await;
    let accounts = world.phone.accounts().unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!((accounts[0].id, accounts[0].relying_party.as_str()), (id, "みらい証券"));
    // the link's pin until the first key set, the key set's with its end from then on
    let sent = world.net.sent.lock().unwrap().clone();
    assert_eq!((sent[0].pins[0].sha256, sent[0].pins[0].not_after), ([6; 32], None));
    assert_eq!(sent[1].pins[0].sha256, [7; 32]);
    assert!(sent[1].pins[0].not_after.is_some());
    // a status after the end says the same
    let again = world.phone.enrollment_status(id, Duration::ZERO).await.unwrap();
    assert_eq!(again, EnrollmentProgress::Active(id));
}

#[tokio::test]
async fn until_the_digits_are_typed_nothing_is_active() {
    let world = World::new().await;
    let preview = world.phone.begin_enrollment(&world.server.begin()).await.unwrap();
    let digits = world.phone.confirm_account(preview.id).await.unwrap();
    assert_eq!(digits.len(), 6);
    assert!(!world.server.confirm(if digits == "000000" { "000001" } else { "000000" }));
    let status = world.phone.enrollment_status(preview.id, Duration::from_secs(5)).await.unwrap();
    assert_eq!(status, EnrollmentProgress::Claimed);
    assert!(world.net.sent.lock().unwrap().last().unwrap().url.ends_with("/d/v1/device?wait=5"));
    assert!(world.phone.accounts().unwrap().is_empty());
}

#[tokio::test]
async fn a_typed_code_buys_the_same() {
    let world = World::new().await;
    let preview = world.phone.begin_enrollment_typed("auth.mirai.example", "abcd-efgh-jkmo").await.unwrap();
    assert_eq!(preview.server, world.server.name);
    assert_eq!(world.net.bodies("/d/v1/typed"), [br#"{"code":"ABCDEFGHJKM0"}"#]);
    let wrong = world.phone.begin_enrollment_typed("auth.mirai.example/x", "abcd-efgh-jkmo").await;
    assert!(matches!(wrong, Err(Error::Input(InputError::ServerName))));
}

#[tokio::test]
async fn whatever_is_lost_the_same_bytes_are_sent_again() {
    for fault in [Fault::RequestLost, Fault::AnswerLost] {
        let mut world = World::new().await;
        let link = world.server.begin();
        world.net.fault("/d/v1/enroll", fault);
        assert_eq!(world.phone.begin_enrollment(&link).await.unwrap_err().kind(), ErrorKind::Offline);
        world.restart().await;
        let previews = world.phone.enrollments().await.unwrap();
        let preview = world.phone.begin_enrollment(&link).await.unwrap();
        assert_eq!(previews, [preview]);
        let sent = world.net.bodies("/d/v1/enroll");
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[0], sent[1]);
        assert_eq!(world.labels().await, 2);
    }
}

#[tokio::test]
async fn somebody_between_is_found_by_each_half_of_the_transcript() {
    let spoil: [(Spoil<EnrollmentAnswer>, TrustError); 5] = [
        (|said| said.enroll_hash = Digest([1; 32]), TrustError::EnrollHash),
        (|said| said.reveal = Reveal([3; 32]), TrustError::Reveal),
        (|said| said.aud = Key::number(99).public().thumbprint(), TrustError::Parties),
        (|said| said.iss = "https://evil.example".parse().unwrap(), TrustError::Parties),
        (|said| said.iat += 10 * 24 * 3600, TrustError::SigningKey),
    ];
    for (change, expected) in spoil {
        let world = World::new().await;
        world.net.fault("/d/v1/enroll", forged(&world.server, change));
        match world.phone.begin_enrollment(&world.server.begin()).await {
            Err(Error::Untrusted(found)) => assert_eq!(found, expected),
            other => panic!("{other:?}"),
        }
        // nothing is left of it
        assert_eq!(world.labels().await, 0);
        assert!(world.phone.enrollments().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_link_for_another_ticket_identity_or_newer_keys_is_refused() {
    let spoil: [(Spoil<EnrollmentUri>, ErrorKind); 3] = [
        (|link| link.identity = Key::number(99).public().thumbprint(), ErrorKind::Untrusted),
        (|link| link.key_set_version = 2, ErrorKind::Untrusted),
        (|link| link.ticket = Reveal([4; 32]).ticket(), ErrorKind::NotRecognised),
    ];
    for (change, kind) in spoil {
        let world = World::new().await;
        let mut link: EnrollmentUri = world.server.begin().parse().unwrap();
        change(&mut link);
        let error = world.phone.begin_enrollment(&link.expose_text()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(world.labels().await, 0);
    }
}

#[tokio::test]
async fn a_record_of_other_keys_or_hashes_is_not_kept() {
    for spoiled in 0..3 {
        let world = World::new().await;
        let preview = world.phone.begin_enrollment(&world.server.begin()).await.unwrap();
        {
            let mut state = world.server.state.lock().unwrap();
            let device = state.devices.values_mut().next().unwrap();
            match spoiled {
                0 => device.approval = Key::number(77).public(),
                1 => device.enroll_hash = Digest([1; 32]),
                _ => device.enrollment_hash = Digest([1; 32]),
            }
        }
        let digits = world.phone.confirm_account(preview.id).await.unwrap();
        assert!(world.server.confirm(&digits));
        let status = world.phone.enrollment_status(preview.id, Duration::ZERO).await.unwrap();
        assert_eq!(status, EnrollmentProgress::Failed(EnrollmentFailure::ForeignRecord));
        assert!(world.phone.accounts().unwrap().is_empty());
        assert_eq!(world.labels().await, 0);
    }
}

#[tokio::test]
async fn a_brokers_build_enrolls_at_its_own_servers_alone() {
    let world = World::new().await;
    let phone = world.broker_build().await;
    for refused in [
        phone.begin_enrollment(&world.server.begin()).await,
        phone.begin_enrollment_typed("auth.mirai.example", "abcd-efgh-jkmn").await,
    ] {
        assert!(matches!(refused, Err(Error::Input(InputError::ServerNotAllowed))), "{refused:?}");
    }
    assert!(world.net.sent.lock().unwrap().is_empty());
    phone.begin_enrollment(&world.other.begin()).await.unwrap();
}

#[tokio::test]
async fn what_the_server_ended_is_gone() {
    let world = World::new().await;
    let preview = world.phone.begin_enrollment(&world.server.begin()).await.unwrap();
    world.server.state.lock().unwrap().devices.values_mut().next().unwrap().state = DeviceState::Failed;
    let status = world.phone.enrollment_status(preview.id, Duration::ZERO).await.unwrap();
    assert_eq!(status, EnrollmentProgress::Failed(EnrollmentFailure::Ended));
    assert_eq!(world.labels().await, 0);
}

#[tokio::test]
async fn giving_up_deletes_the_keys() {
    let world = World::new().await;
    let preview = world.phone.begin_enrollment(&world.server.begin()).await.unwrap();
    assert_eq!(world.labels().await, 2);
    world.phone.abandon_enrollment(preview.id).await.unwrap();
    assert_eq!(world.labels().await, 0);
    let gone = world.phone.confirm_account(preview.id).await;
    assert!(matches!(gone, Err(Error::Input(InputError::UnknownEnrollment))));
}

#[tokio::test]
async fn a_person_who_cancels_may_begin_again() {
    let world = World::new().await;
    let link = world.server.begin();
    world.vault.0.next_user_verification(VerificationOutcome::Cancel);
    let cancelled = world.phone.begin_enrollment(&link).await.unwrap_err();
    assert_eq!(cancelled.kind(), ErrorKind::UserVerification);
    assert!(world.net.sent.lock().unwrap().is_empty());
    world.phone.begin_enrollment(&link).await.unwrap();
    assert_eq!(world.labels().await, 2);
}

#[tokio::test]
async fn it_goes_on_after_being_dropped_at_any_await() {
    let mut polls = 1;
    loop {
        let mut world = World::new().await;
        let link = world.server.begin();
        let done = only(polls, world.phone.begin_enrollment(&link)).await;
        world.restart().await;
        let preview = world.phone.begin_enrollment(&link).await.unwrap();
        let digits = world.phone.confirm_account(preview.id).await.unwrap();
        assert!(world.server.confirm(&digits), "dropped after {polls}");
        only(polls, world.phone.enrollment_status(preview.id, Duration::ZERO)).await;
        let status = world.phone.enrollment_status(preview.id, Duration::ZERO).await.unwrap();
        assert_eq!(status, EnrollmentProgress::Active(preview.id), "dropped after {polls}");
        assert_eq!(world.labels().await, 2, "dropped after {polls}");
        if done.is_some() {
            break;
        }
        polls += 1;
    }
    assert!(polls > 10, "only {polls} awaits were tried");
}

#[tokio::test]
async fn keys_of_an_earlier_installation_are_deleted_at_the_first_start_alone() {
    let mut world = World::new().await;
    world.vault.create_key(KeyLabel::new("left over"), KeyPurpose::Approval, vec![0; 32]).await.unwrap();
    world.restart().await;
    assert_eq!(world.labels().await, 0);
    world.enroll(&world.server).await;
    world.restart().await;
    assert_eq!(world.labels().await, 2);
}

#[tokio::test]
async fn the_condition_of_the_store_is_acknowledged_when_the_authenticator_is_open() {
    let world = World::new().await;
    let acknowledged = || world.store.acknowledged.load(Ordering::SeqCst);
    assert_eq!(acknowledged(), 1);
    let mut parts = world.parts();
    parts.profile.name = String::new();
    assert!(Authenticator::open(parts).await.is_err());
    assert_eq!(acknowledged(), 1, "nobody has gone on");
    Authenticator::open(world.parts()).await.unwrap();
    assert_eq!(acknowledged(), 2);
}
