use inkan_protocol::device_api::DeviceStatus;
use inkan_protocol::enrollment::KeyStatement;
use inkan_protocol::ids::MessageId;

use super::*;
use crate::testing::{Phone, World};

/// The words with which `old` brings the keys of `new`.
fn words(world: &World, old: &Phone, new: &Phone) -> Renew {
    let server = world.app.settings.server.clone();
    let jti = MessageId(world.uuid());
    let (possession, approval) = (new.possession.public(), new.approval.public());
    let statement =
        KeyStatement::of_renewal(&server, old.device, jti, possession.thumbprint(), approval.thumbprint());
    Renew {
        iss: old.device,
        aud: server,
        iat: world.now(),
        jti,
        possession_key: possession,
        possession_signature: new.possession.introduce(&statement),
        approval_key: approval,
        approval_signature: new.approval.introduce(&statement),
        attestation: None,
    }
}

async fn is_recognised(world: &World, phone: &Phone) -> bool {
    world.signed(phone, "GET", "/d/v1/device", b"").await.status == 200
}

#[tokio::test]
async fn new_keys_take_over_at_once_and_the_same_bytes_get_the_same_answer_for_a_day() {
    let world = World::new().await;
    let old = world.enroll("alice").await;
    let new = Phone::new(old.device);
    let message = old.approval.name(&words(&world, &old, &new));
    assert!(!is_recognised(&world, &new).await);
    assert_eq!(world.message("/d/v1/renew", &message).await.expect(200).text(), "{}");
    assert!(is_recognised(&world, &new).await && !is_recognised(&world, &old).await);

    let device = world.device(old.device).await;
    let status: DeviceStatus = world.signed(&new, "GET", "/d/v1/device", b"").await.parse();
    assert_eq!(status.record, device.record);
    assert_ne!(device.record, device.enrollment_record);
    assert_eq!(device.renewals, std::slice::from_ref(&message));

    world.advance(24 * 3600 - 1);
    assert_eq!(world.message("/d/v1/renew", &message).await.expect(200).text(), "{}");
    let another = old.approval.name(&words(&world, &old, &Phone::new(old.device)));
    assert_eq!(world.message("/d/v1/renew", &another).await.status, 401, "the old key does nothing else");
    world.advance(1);
    assert_eq!(world.message("/d/v1/renew", &message).await.refusal(), (401, "not_recognised".into()));
    assert!(is_recognised(&world, &new).await);
}

#[tokio::test]
async fn sessions_end_with_the_key_that_opened_them() {
    let world = World::new().await;
    let old = world.enroll("alice").await;
    let opened = world.signed(&old, "POST", "/d/v1/session", b"").await.expect(201).json();
    let message = old.approval.name(&words(&world, &old, &Phone::new(old.device)));
    world.message("/d/v1/renew", &message).await.expect(200);
    let request = axum::http::Request::get("/d/v1/device")
        .header("authorization", format!("Inkan-Session {}", opened["session"].as_str().unwrap()));
    assert_eq!(world.send(request.body(axum::body::Body::empty()).unwrap()).await.status, 401);
}

#[tokio::test]
async fn a_renewal_that_is_wrong_anywhere_changes_nothing() {
    let world = World::new().await;
    let old = world.enroll("alice").await;
    let other = world.enroll("bob").await;
    let new = Phone::new(old.device);
    let good = words(&world, &old, &new);
    let for_other = words(&world, &other, &new);
    let of_bob = Phone { device: old.device, possession: other.possession, approval: other.approval };
    for (name, message) in [
        ("possession key", old.possession.name(&good)),
        ("the new key", new.approval.name(&good)),
        ("too old", old.approval.name(&Renew { iat: world.now() - 61, ..good.clone() })),
        ("another device's statements", old.approval.name(&Renew { iss: old.device, ..for_other.clone() })),
        ("another device", old.approval.name(&for_other)),
        ("keys of another device", old.approval.name(&words(&world, &old, &of_bob))),
        ("its own keys again", old.approval.name(&words(&world, &old, &old))),
        ("another renewal", old.approval.name(&Renew { jti: MessageId(world.uuid()), ..good.clone() })),
    ] {
        let refused = world.message("/d/v1/renew", &message).await;
        assert_eq!(refused.refusal(), (401, "not_recognised".into()), "{name}");
        assert!(is_recognised(&world, &old).await, "{name}");
    }
    world.message("/d/v1/renew", &old.approval.name(&good)).await.expect(200);
}

#[tokio::test]
async fn renewals_have_an_end() {
    let world = World::new().await;
    let old = world.enroll("alice").await;
    let mut device = world.device(old.device).await;
    device.renewals = vec!["r".to_owned(); MOST_RENEWALS - 1];
    world.app.storage.write(move |tx| tx.put_device(&device)).await.unwrap();
    let (next, over) = (Phone::new(old.device), Phone::new(old.device));
    let last = old.approval.name(&words(&world, &old, &next));
    world.message("/d/v1/renew", &last).await.expect(200);
    let message = next.approval.name(&words(&world, &next, &over));
    assert_eq!(world.message("/d/v1/renew", &message).await.refusal(), (401, "not_recognised".into()));
    world.message("/d/v1/renew", &last).await.expect(200);
    assert!(is_recognised(&world, &next).await, "it answers as before");
}
