//! New keys for a device: whose they are, and what becomes of a lost answer.

use inkan_protocol::device_api::Enrolled;
use inkan_protocol::enrollment::KeyStatement;
use inkan_protocol::ids::{DeviceId, MessageId};
use inkan_protocol::renewal::Renew;

use crate::signer::{Claiming, SigningKey};
use crate::support::{Ask, Fault, RawPhone, World};

/// A renewal of `device`, signed by `by`, whose statements name `named`.
fn renewal(
    world: &World,
    phone: &RawPhone,
    keys: (&SigningKey, &SigningKey),
    named: DeviceId,
) -> (Renew, String) {
    let jti = MessageId(keys.0.make_id().0);
    let (one, two) = (keys.0.public().thumbprint(), keys.1.public().thumbprint());
    let statement = KeyStatement::of_renewal(&world.server.name, named, jti, one, two);
    let said = Renew {
        iss: phone.keys.device,
        aud: world.server.name.clone(),
        iat: world.now(),
        jti,
        possession_key: keys.0.public(),
        possession_signature: keys.0.introduce(&statement),
        approval_key: keys.1.public(),
        approval_signature: keys.1.introduce(&statement),
        attestation: None,
    };
    let signed = phone.keys.approval.name(&said);
    (said, signed)
}

#[tokio::test]
async fn row_41_a_copied_renewal_binds_nobodys_keys_to_another_device() {
    let (world, mine) = World::with_raw_phone("c-1").await;
    let theirs = RawPhone::enroll(&world.server, &world.broker, "c-2").await;
    let new = (SigningKey::make(), SigningKey::make());
    let (said, _) = renewal(&world, &mine, (&new.0, &new.1), mine.keys.device);
    // her statements, seen on the way, in a renewal of his own device
    let stolen = Renew { iss: theirs.keys.device, ..said };
    let stolen = theirs.keys.approval.name(&stolen);
    world.server.jose("/d/v1/renew", &stolen).await.refused(401, "not_recognised");
    // statements that name another device than the one that renews
    let (_, other) = renewal(&world, &mine, (&new.0, &new.1), theirs.keys.device);
    world.server.jose("/d/v1/renew", &other).await.refused(401, "not_recognised");
    let (_, right) = renewal(&world, &mine, (&new.0, &new.1), mine.keys.device);
    world.server.jose("/d/v1/renew", &right).await.ok(200);
}

#[tokio::test]
async fn row_41_a_public_key_is_taken_once_for_ever() {
    let (world, mine) = World::with_raw_phone("c-1").await;
    let theirs = RawPhone::enroll(&world.server, &world.broker, "c-2").await;
    let fresh = SigningKey::make();
    // keys that another device has, and keys that this one had
    for (one, two) in [
        (&theirs.keys.possession, &fresh),
        (&fresh, &theirs.keys.approval),
        (&mine.keys.possession, &fresh),
        (&fresh, &fresh),
    ] {
        let (_, taken) = renewal(&world, &mine, (one, two), mine.keys.device);
        world.server.jose("/d/v1/renew", &taken).await.refused(401, "not_recognised");
    }
    mine.call("GET", "/d/v1/challenges", b"").await.ok(200);
}

#[tokio::test]
async fn row_41_the_keys_of_an_enrollment_that_failed_are_no_ones() {
    let world = World::new().await;
    let begun = world.broker.begin("c-1").await;
    let claiming = Claiming::new(&begun.uri, world.now());
    let answer: Enrolled = world.server.jose("/d/v1/enroll", claiming.message()).await.read();
    let (phone, _) = claiming.finish(&answer.enrollment, &answer.keys);
    world.broker.delete(&format!("/v1/enrollments/{}", begun.id)).await.ok(204);
    let raw = phone.request("GET", "/d/v1/challenges", b"", world.now());
    let other = RawPhone::enroll(&world.server, &world.broker, "c-2").await;
    other.call_with(&raw, "GET", "/d/v1/challenges", b"").await.refused(401, "not_recognised");
}

#[tokio::test]
async fn row_42_every_way_in_which_a_renewal_is_cut_short_leaves_a_phone_that_works() {
    for lost in [
        vec![Fault::RequestLost],
        vec![Fault::AnswerLost],
        vec![Fault::AnswerLost, Fault::RequestLost],
        vec![Fault::Twice],
    ] {
        let (world, mut phone, account) = World::enrolled("c-1").await;
        let cut = lost.len();
        for fault in lost {
            phone.line.next("/d/v1/renew", fault);
        }
        for _ in 0..cut {
            // it ends now, or is brought to its end by whatever comes next
            drop(phone.rotate_keys(account).await);
            phone.restart().await;
        }
        let asked = world.broker.ask(&Ask::login("c-1")).await;
        phone.approve_number(&asked).await;
    }
}

#[tokio::test]
async fn row_42_the_same_bytes_are_answered_for_a_day_and_the_old_keys_are_good_for_nothing_else() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let new = (SigningKey::make(), SigningKey::make());
    let (_, signed) = renewal(&world, &phone, (&new.0, &new.1), phone.keys.device);
    world.server.jose("/d/v1/renew", &signed).await.ok(200);
    phone.call("GET", "/d/v1/challenges", b"").await.refused(401, "not_recognised");
    let another = (SigningKey::make(), SigningKey::make());
    let (_, by_old) = renewal(&world, &phone, (&another.0, &another.1), phone.keys.device);
    world.server.jose("/d/v1/renew", &by_old).await.refused(401, "not_recognised");
    world.advance(24 * 3600 - 1);
    world.server.jose("/d/v1/renew", &signed).await.ok(200);
    world.advance(1);
    world.server.jose("/d/v1/renew", &signed).await.refused(401, "not_recognised");
}
