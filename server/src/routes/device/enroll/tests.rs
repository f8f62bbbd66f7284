use inkan_protocol::device_api::{DeviceState as Told, DeviceStatus};
use inkan_protocol::enrollment::{EnrollmentSecret, EnrollmentUri};
use inkan_protocol::ids::Reveal;
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::testing::{Phone, World, read_answer};

fn uri(begun: &Value) -> EnrollmentUri {
    begun["uri"].as_str().unwrap().parse().unwrap()
}

fn stranger() -> Phone {
    Phone::new(DeviceId(Uuid::nil()))
}

#[tokio::test]
async fn a_phone_becomes_active_by_the_six_digits_that_it_shows() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    let (phone, code) = world.claim(&begun).await;
    assert_eq!(world.enrollment(&begun).await["state"], "claimed");
    let status: DeviceStatus = world.signed(&phone, "GET", "/d/v1/device", b"").await.expect(200).parse();
    assert_eq!((status.state, status.record), (Told::Claimed, None));
    assert_eq!(
        world.signed(&phone, "POST", "/d/v1/session", b"").await.status,
        401,
        "not before it is active"
    );

    let confirmed = world.confirm(&begun, &code).await.expect(200).json();
    assert_eq!((&confirmed["state"], &confirmed["livemode"]), (&"active".into(), &true.into()));
    let status: DeviceStatus = world.signed(&phone, "GET", "/d/v1/device", b"").await.expect(200).parse();
    assert_eq!((status.state, status.restricted_until), (Told::Active, None));
    assert!(status.record.is_some());
    assert_eq!(world.confirm(&begun, "000000").await.expect(200).json()["state"], "active", "again, too");
    assert_eq!(world.events().await, ["device.enrollment_begun", "device.claimed", "device.added"]);
}

#[tokio::test]
async fn the_same_bytes_get_the_same_answer_and_another_claim_voids_all() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    let uri = uri(&begun);
    let (mut first, second) = (stranger(), stranger());
    let message = first.enroll_message(&uri);
    let enrolled: Enrolled = world.message("/d/v1/enroll", &message).await.expect(200).parse();
    let (answer, code) = read_answer(&uri, &message, &enrolled);
    first.device = answer.device;
    let again: Enrolled = world.message("/d/v1/enroll", &message).await.expect(200).parse();
    assert_eq!(again, enrolled);

    // Control: a claim that does not know the secret changes nothing.
    let blind = EnrollmentUri { secret: EnrollmentSecret::new([0; 32]), ..uri.clone() };
    let refused = world.message("/d/v1/enroll", &second.enroll_message(&blind)).await;
    assert_eq!(refused.refusal(), (401, "not_recognised".into()));
    assert_eq!(world.enrollment(&begun).await["state"], "claimed");

    let refused = world.message("/d/v1/enroll", &second.enroll_message(&uri)).await;
    assert_eq!(refused.refusal(), (401, "not_recognised".into()));
    assert!(!refused.text().contains(&answer.reveal.to_string()));
    let read = world.enrollment(&begun).await;
    assert_eq!((&read["state"], &read["reason"]), (&"failed".into(), &"claimed_twice".into()));
    let late = world.confirm(&begun, &code).await;
    assert_eq!(late.refusal(), (409, "not_claimed".into()));
    let status: DeviceStatus = world.signed(&first, "GET", "/d/v1/device", b"").await.expect(200).parse();
    assert_eq!(status.state, Told::Failed);
    assert_eq!(world.message("/d/v1/enroll", &message).await.status, 401, "the secrets are gone");
}

#[tokio::test]
async fn a_claim_that_is_wrong_anywhere_is_the_one_401() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    let uri = uri(&begun);
    let phone = stranger();
    let good = phone.enroll_words(&uri);
    let other = stranger();
    let elsewhere = Reveal([9; 32]).ticket();
    for (name, words) in [
        ("proof", Enroll { proof: Digest([0; 32]), ..good.clone() }),
        ("ticket", Enroll { ticket: elsewhere, ..good.clone() }),
        ("iss", Enroll { iss: other.possession.public().thumbprint(), ..good.clone() }),
        ("aud", Enroll { aud: "https://other.example.jp".parse().unwrap(), ..good.clone() }),
        ("approval key", Enroll { approval_key: other.approval.public(), ..good.clone() }),
        (
            "statement",
            Enroll { approval_signature: other.enroll_words(&uri).approval_signature, ..good.clone() },
        ),
    ] {
        let refused = world.message("/d/v1/enroll", &phone.possession.introduce(&words)).await;
        assert_eq!(refused.refusal(), (401, "not_recognised".into()), "{name}");
    }
    let by_another = world.message("/d/v1/enroll", &other.possession.introduce(&good)).await;
    assert_eq!(by_another.status, 401, "signed by another key");
    assert_eq!(
        world.message("/d/v1/enroll", &phone.possession.name(&good)).await.status,
        401,
        "kid, not jwk"
    );
    assert_eq!(world.enrollment(&begun).await["state"], "pending");
    assert_eq!(world.message("/d/v1/enroll", &phone.possession.introduce(&good)).await.status, 200);
}

#[tokio::test]
async fn keys_that_any_active_device_had_are_refused() {
    let world = World::new().await;
    let phone = world.enroll("alice").await;
    let begun = world.begin("bob").await;
    assert_eq!(world.message("/d/v1/enroll", &phone.enroll_message(&uri(&begun))).await.status, 401);
    let crossed = Phone { possession: stranger().possession, ..phone };
    assert_eq!(world.message("/d/v1/enroll", &crossed.enroll_message(&uri(&begun))).await.status, 401);
    assert_eq!(world.enrollment(&begun).await["state"], "pending");
}

#[tokio::test]
async fn a_typed_code_buys_the_link_once() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    let buy = async |code: &str| {
        let request = axum::http::Request::post("/d/v1/typed");
        let body = serde_json::to_vec(&json!({ "code": code })).unwrap();
        world.send(request.body(body.into()).unwrap()).await
    };
    let code = begun["typed_code"].as_str().unwrap().to_lowercase().replace('-', " ");
    assert_eq!(buy("0000-0000-0000").await.refusal(), (401, "not_recognised".into()));
    assert_eq!(buy(&code).await.expect(200).json()["uri"], begun["uri"]);
    assert_eq!(buy(&code).await.status, 401, "once");
    let mut tries = 3;
    while buy("x").await.refusal() == (401, "not_recognised".into()) {
        tries += 1;
        assert!(tries <= 10, "at most ten tries a minute");
    }
    assert_eq!(buy("x").await.refusal(), (429, "too_many_requests".into()));
    world.advance(60);
    assert_eq!(buy("x").await.status, 401);
    world.claim(&begun).await;
}

#[tokio::test]
async fn after_its_time_nothing_is_claimed_and_the_waiting_phone_is_told() {
    let world = World::new().await;
    let late = world.begin("alice").await;
    let begun = world.begin("bob").await;
    let (phone, code) = world.claim(&begun).await;
    world.advance(300);
    assert_eq!(world.message("/d/v1/enroll", &stranger().enroll_message(&uri(&late))).await.status, 401);
    assert_eq!(world.enrollment(&late).await["state"], "expired");
    assert_eq!(world.confirm(&begun, &code).await.refusal(), (409, "not_claimed".into()));
    let told = async || -> DeviceStatus {
        world.signed(&phone, "GET", "/d/v1/device", b"").await.expect(200).parse()
    };
    assert_eq!(told().await.state, Told::Failed, "before the sweeper came");
    crate::expiry::round(&world.app).await.unwrap();
    assert_eq!(told().await.state, Told::Failed);
    assert_eq!(world.events().await.iter().filter(|kind| *kind == "device.enrollment_expired").count(), 2);
    world.advance(24 * 3600);
    assert_eq!(world.signed(&phone, "GET", "/d/v1/device", b"").await.status, 401, "a day later");
}

/// Lesson 37: what the check needs is sealed while it lives, and gone when it is spent.
#[tokio::test]
async fn the_store_holds_no_secret_of_an_enrollment_in_clear() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    let (secret, typed) =
        (uri(&begun).secret.expose_text(), begun["typed_code"].as_str().unwrap().to_owned());
    let stored = async || {
        let owner = World::owner(true, "alice");
        let found = world.app.storage.read(move |tx| tx.enrollments_of(&owner)).await.unwrap();
        serde_json::to_string(&found).unwrap()
    };
    let (_, code) = world.claim(&begun).await;
    let text = stored().await;
    assert!(text.contains("***1234"), "control: this is where it would be");
    for held in [secret, typed.replace('-', ""), typed] {
        assert!(!text.contains(&held), "{held}");
    }
    world.confirm(&begun, &code).await.expect(200);
    assert!(stored().await.contains(r#""sealed":null"#));
}
