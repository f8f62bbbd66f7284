//! Who may become a customer's phone.

use std::time::Duration;

use futures_util::future::join_all;
use inkan_core::error::{Error, ErrorKind, TrustError};
use inkan_protocol::device_api::Enrolled;
use inkan_protocol::enrollment::EnrollmentUri;
use inkan_server::keys::ServerKeys;
use inkan_server::policy::authentication::Profile;

use crate::signer::Claiming;
use crate::support::{Ask, World};

#[tokio::test]
async fn row_11_the_servers_key_is_in_the_link_and_no_other_is_taken() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let stranger = ServerKeys::in_memory(world.now(), &world.server.name).unwrap();
    let link: EnrollmentUri = begun.uri.parse().unwrap();
    let other = EnrollmentUri { identity: stranger.identity(), ..link.clone() };
    let refused = phone.begin_enrollment(&other.expose_text()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Untrusted, "{refused}");
    assert!(phone.accounts().unwrap().is_empty());

    let begun = world.broker.begin("c-1").await;
    let link: EnrollmentUri = begun.uri.parse().unwrap();
    let newer = EnrollmentUri { key_set_version: link.key_set_version + 1, ..link };
    let refused = phone.begin_enrollment(&newer.expose_text()).await.unwrap_err();
    assert!(matches!(refused, Error::Untrusted(TrustError::OlderKeySet)), "{refused}");
    world.enroll(&phone, "c-1").await;
}

#[tokio::test]
async fn row_12_whoever_saw_the_code_first_has_nothing_without_the_page() {
    let world = World::new().await;
    let (owner, thief) = (world.phone("わたしの電話").await, world.phone("盗人の電話").await);
    // he is first: his phone shows digits that he cannot type into her page, and hers is refused
    let begun = world.broker.begin("c-1").await;
    thief.scan(&begun.uri).await;
    owner.begin_enrollment(&begun.uri).await.unwrap_err();
    assert_eq!(world.broker.enrollment(&begun.id).await["reason"], "claimed_twice");
    assert!(world.broker.devices("c-1").await.iter().all(|device| device["state"] != "active"));
    // he comes too late: the link is spent, and what it made stays
    let begun = world.broker.begin("c-1").await;
    let (preview, digits) = owner.scan(&begun.uri).await;
    world.broker.confirm(&begun.id, &digits).await.ok(200);
    owner.becomes_active(preview.id).await;
    thief.begin_enrollment(&begun.uri).await.unwrap_err();
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    owner.approve_number(&asked).await;
}

#[tokio::test]
async fn row_13_the_code_holds_nothing_that_approves() {
    let world = World::new().await;
    let begun = world.broker.begin("c-1").await;
    let claiming = Claiming::new(&begun.uri, world.now());
    // whoever has the picture has the secret, and with another message only voids the enrollment
    let copy: EnrollmentUri = begun.uri.parse().unwrap();
    let answer: Enrolled = world.server.jose("/d/v1/enroll", claiming.message()).await.read();
    let (phone, code) = claiming.finish(&answer.enrollment, &answer.keys);
    world.broker.confirm(&begun.id, &code).await.ok(200);
    for key in [phone.possession.public(), phone.approval.public()] {
        assert!(!begun.uri.contains(&key.thumbprint().to_string()), "keys are made on the phone");
    }
    let late = Claiming::new(&copy.expose_text(), world.now());
    world.server.jose("/d/v1/enroll", late.message()).await.refused(401, "not_recognised");
    let devices = world.broker.devices("c-1").await;
    assert_eq!((devices.len(), &devices[0]["state"]), (1, &"active".into()), "a late claim voids nothing");
}

#[tokio::test]
async fn row_29_only_verified_https_links_are_links() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let rest = begun.uri.strip_prefix("https://").unwrap();
    for scheme in ["inkan://", "http://", "intent://", "HTTPS://", ""] {
        let refused = phone.begin_enrollment(&format!("{scheme}{rest}")).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{scheme}");
    }
    let (_, fragment) = begun.uri.split_once("/e#").unwrap();
    let with_user = format!("https://auth.mirai.example@evil.example/e#{fragment}");
    assert_eq!(phone.begin_enrollment(&with_user).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert!(phone.line.bodies("/d/v1/enroll").is_empty(), "the secret went nowhere");
    phone.begin_enrollment(&begun.uri).await.unwrap();
}

#[tokio::test]
async fn row_32_a_mail_code_enrolls_nobody_and_a_password_only_with_a_wait_that_is_told() {
    let world = World::with(|settings| {
        settings.enrollment.profile = Profile::Jsda2025;
        settings.enrollment.first_device_by_passwords = true;
    })
    .await;
    let owner = world.phone("わたしの電話").await;
    world.enroll(&owner, "c-1").await;
    let by = |methods: &[&str]| world.broker.enrollment_by("c-1", methods);
    for weak in [&["email_code"][..], &["password", "email_code"]] {
        let reply = world.broker.post("/v1/enrollments", &by(weak)).await;
        reply.refused(403, "stronger_authentication_needed");
    }
    // both passwords let a further phone in, which waits; the older one is asked
    let thief = world.phone("盗人の電話").await;
    let begun = world.broker.begin_with(&by(&["password", "trading_password"])).await;
    let (preview, digits) = thief.scan(&begun.uri).await;
    world.broker.confirm(&begun.id, &digits).await.ok(200);
    thief.becomes_active(preview.id).await;
    let device = thief.accounts().unwrap()[0].device.to_string();
    let alone = Ask::withdrawal("c-1").with("device", device);
    world.broker.try_ask(&alone).await.refused(409, "device_waiting");
    let request = owner.only_request().await;
    owner.report(request.account, request.challenge).await.unwrap();
    world.broker.try_ask(&alone).await.refused(404, "no_device");
    assert_eq!(thief.inbox(Duration::ZERO).await.unwrap().problems[0].error.kind(), ErrorKind::NotRecognised);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_12_sixteen_guesses_at_once_are_three_tries() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let (_, digits) = phone.scan(&begun.uri).await;
    let guesses = (0..17_u32).map(|number| format!("{number:06}")).filter(|guess| *guess != digits).take(16);
    let tries = guesses.map(|guess| {
        let (broker, id) = (world.broker.clone(), begun.id.clone());
        tokio::spawn(async move { broker.confirm(&id, &guess).await })
    });
    let replies: Vec<_> = join_all(tries).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(replies.iter().filter(|reply| reply.status == 422).count(), 3);
    for late in replies.iter().filter(|reply| reply.status != 422) {
        late.refused(409, "not_claimed");
    }
    world.broker.confirm(&begun.id, &digits).await.refused(409, "not_claimed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_12_of_phones_that_claim_at_once_none_is_left() {
    let world = World::new().await;
    let begun = world.broker.begin("c-1").await;
    let claims = (0..8).map(|_| {
        let (server, claiming) = (world.server.clone(), Claiming::new(&begun.uri, world.now()));
        tokio::spawn(async move { server.jose("/d/v1/enroll", claiming.message()).await })
    });
    let replies: Vec<_> = join_all(claims).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1, "`reveal` is told once");
    for late in replies.iter().filter(|reply| reply.status != 200) {
        late.refused(401, "not_recognised");
    }
    assert_eq!(world.broker.enrollment(&begun.id).await["reason"], "claimed_twice");
}
