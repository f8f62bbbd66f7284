use axum::body::Body;
use axum::http::Request;
use inkan_protocol::ids::DeviceId;

use super::*;
use crate::testing::{Phone, TestKey, World, carry};

const PATH: &str = "/d/v1/somewhere?wait=1&x=%20";

/// Recognises a request without an endpoint behind it.
async fn ask(world: &World, request: Request<Body>) -> Result<DeviceCaller, Refusal> {
    DeviceCaller::from_request(request, &world.app).await
}

fn is_refused<T>(result: &Result<T, Refusal>) -> bool {
    result.as_ref().err() == Some(&Refusal::not_recognised())
}

#[tokio::test]
async fn a_signed_request_is_recognised_once() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let compact = phone.possession.name(&phone.words(&world, "PUT", PATH, b"body"));
    let caller = ask(&world, carry(&compact, "PUT", PATH, b"body")).await.unwrap();
    assert_eq!((caller.device.id, caller.body.as_slice()), (phone.device, &b"body"[..]));
    assert!(is_refused(&ask(&world, carry(&compact, "PUT", PATH, b"body")).await), "the same jti again");
}

#[tokio::test]
async fn what_is_wrong_is_the_one_refusal_and_uses_no_jti() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let good = phone.words(&world, "PUT", PATH, b"body");
    let compact = phone.possession.name(&good);
    for (name, request) in [
        ("method", carry(&compact, "POST", PATH, b"body")),
        ("path", carry(&compact, "PUT", "/d/v1/somewhere?wait=1&x=+", b"body")),
        ("no query", carry(&compact, "PUT", "/d/v1/somewhere", b"body")),
        ("body", carry(&compact, "PUT", PATH, b"other")),
        ("signature cut", carry(compact.get(..compact.len() - 2).unwrap(), "PUT", PATH, b"body")),
        ("no header", Request::put(PATH).body("body".into()).unwrap()),
        ("approval key", carry(&phone.approval.name(&good), "PUT", PATH, b"body")),
        ("unknown key", carry(&TestKey::new().name(&good), "PUT", PATH, b"body")),
        ("key in the header", carry(&phone.possession.introduce(&good), "PUT", PATH, b"body")),
    ] {
        assert!(is_refused(&ask(&world, request).await), "{name}");
    }
    let stranger = DeviceRequest { iss: DeviceId(world.uuid()), ..good.clone() };
    let old = DeviceRequest { iat: world.now() - 61, ..good.clone() };
    let early = DeviceRequest { iat: world.now() + 61, ..good.clone() };
    let elsewhere = "https://other.example.jp".parse().unwrap();
    let other = DeviceRequest { aud: elsewhere, htu: format!("https://other.example.jp{PATH}"), ..good };
    for words in [stranger, old, early, other] {
        let request = carry(&phone.possession.name(&words), "PUT", PATH, b"body");
        assert!(is_refused(&ask(&world, request).await), "{words:?}");
    }
    assert!(ask(&world, carry(&compact, "PUT", PATH, b"body")).await.is_ok(), "the jti is still good");
}

#[tokio::test]
async fn a_jti_is_remembered_as_long_as_its_message_could_be_taken() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let words = DeviceRequest { iat: world.now() + 60, ..phone.words(&world, "GET", PATH, b"") };
    let compact = phone.possession.name(&words);
    assert!(ask(&world, carry(&compact, "GET", PATH, b"")).await.is_ok());
    world.advance(120);
    let now = world.now();
    world.app.storage.write(move |tx| tx.sweep_devices(now)).await.unwrap();
    assert!(is_fresh(words.iat, now));
    assert!(is_refused(&ask(&world, carry(&compact, "GET", PATH, b"")).await));
}

#[tokio::test]
async fn only_an_active_device_may_do_more_than_look_at_itself() {
    let world = World::new().await;
    let at = world.now();
    for (state, shown, shown_later) in [
        (DeviceState::Claimed, true, true),
        (DeviceState::Failed { at }, true, false),
        (DeviceState::Suspended { at }, true, false),
        (DeviceState::Revoked { at }, false, false),
    ] {
        let world = World::new().await;
        let phone = world.phone_in(true, "alice", state).await;
        assert!(is_refused(&ask(&world, phone.request(&world, "GET", PATH, b"")).await), "{state:?}");
        let look =
            async || KeyHolder::from_request(phone.request(&world, "GET", PATH, b""), &world.app).await;
        assert_eq!(look().await.is_ok(), shown, "{state:?}");
        world.advance(24 * 3600);
        assert_eq!(look().await.is_ok(), shown_later, "{state:?} a day later");
    }
}

#[tokio::test]
async fn a_session_reads_and_does_nothing_else() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let (token, until, device) = ("A".repeat(43), world.now() + 600, phone.device);
    let digest = Digest::of(token.as_bytes());
    world.app.storage.write(move |tx| tx.put_session(digest, device, until)).await.unwrap();
    let call = |method: &str, scheme: &str| {
        let request = Request::builder().method(method).uri(PATH);
        request.header(AUTHORIZATION, format!("{scheme} {token}")).body(Body::empty()).unwrap()
    };
    assert_eq!(ask(&world, call("GET", "Inkan-Session")).await.unwrap().device.id, phone.device);
    assert!(is_refused(&ask(&world, call("GET", "Bearer")).await));
    assert!(is_refused(&ask(&world, call("PUT", "Inkan-Session")).await));
    world.advance(600);
    assert!(is_refused(&ask(&world, call("GET", "Inkan-Session")).await), "ten minutes later");
}

#[tokio::test]
async fn a_message_is_verified_by_the_key_in_force_of_an_active_device() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let words = phone.words(&world, "GET", PATH, b"");
    for (key, role) in [(&phone.possession, KeyRole::Possession), (&phone.approval, KeyRole::Approval)] {
        let compact = key.name(&words);
        let (device, by, message) = verify_message::<DeviceRequest>(&world.app, &compact).await.unwrap();
        assert_eq!((device.id, by, message.payload()), (phone.device, role, &words));
    }
    let stranger = Phone::new(phone.device);
    let refused = verify_message::<DeviceRequest>(&world.app, &stranger.possession.name(&words)).await;
    assert!(is_refused(&refused));
    let suspended = world.phone_in(true, "alice", DeviceState::Suspended { at: world.now() }).await;
    let words = suspended.words(&world, "GET", PATH, b"");
    let refused = verify_message::<DeviceRequest>(&world.app, &suspended.possession.name(&words)).await;
    assert!(is_refused(&refused));
}

#[tokio::test]
async fn nothing_tells_an_unknown_device_from_a_known_one() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let words = phone.words(&world, "GET", "/d/v1/keys", b"");
    let known = phone.possession.name(&words);
    let wrong = format!("{}{}", known.get(..known.len() - 4).unwrap(), "AAAA");
    let mut answers = Vec::new();
    for compact in [wrong, TestKey::new().name(&words)] {
        let refused = ask(&world, carry(&compact, "GET", "/d/v1/keys", b"")).await.unwrap_err();
        answers.push(refused);
    }
    assert_eq!(answers[0], answers[1]);
}
