use serde_json::{Value, json};

use crate::model::api_key::Scope;
use crate::policy::authentication::Profile;
use crate::testing::World;

async fn begin(world: &World, methods: Value) -> (u16, String) {
    let at = "2026-11-25T05:05:00Z";
    let asked = json!({
        "user": "alice", "display_name": "***1234", "authentication": { "methods": methods, "at": at },
    });
    world.post("/v1/enrollments", asked).await.refusal()
}

#[tokio::test]
async fn begun_means_everything_a_page_needs() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    assert_eq!((&begun["state"], &begun["livemode"]), (&"pending".into(), &true.into()));
    assert!(begun["qr_svg"].as_str().unwrap().starts_with("<svg"));
    assert!(begun["qr_png"].as_str().unwrap().starts_with("iVBOR"));
    assert_eq!(begun["expires_at"], "2026-11-25T05:10:09Z");
    assert_eq!(begun["typed_code"].as_str().unwrap().len(), 14);
}

#[tokio::test]
async fn three_wrong_codes_void_it() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    assert_eq!(world.confirm(&begun, "123456").await.refusal(), (409, "not_claimed".into()));
    let (_, code) = world.claim(&begun).await;
    let wrong = if code == "123456" { "123457" } else { "123456" };
    assert_eq!(world.confirm(&begun, "12345").await.refusal(), (422, "invalid".into()), "not counted");
    for left in [2, 1, 0] {
        let refused = world.confirm(&begun, wrong).await;
        assert_eq!(refused.refusal(), (422, "confirmation_code_wrong".into()));
        assert_eq!(refused.json()["tries_left"], left);
    }
    assert_eq!(world.confirm(&begun, &code).await.refusal(), (409, "not_claimed".into()));
    assert_eq!(world.enrollment(&begun).await["reason"], "wrong_code");
}

#[tokio::test]
async fn what_people_type_is_forgiven() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    let (_, code) = world.claim(&begun).await;
    let wide: String = code
        .chars()
        .map(|digit| char::from_u32(u32::from('０') + digit.to_digit(10).unwrap()).unwrap())
        .collect();
    world.confirm(&begun, &format!(" {wide} ")).await.expect(200);
}

#[tokio::test]
async fn stronger_authentication_is_demanded_where_the_rules_say_so() {
    let world = World::with(|settings| settings.enrollment.profile = Profile::Jsda2025).await;
    let refused = (403, "stronger_authentication_needed".to_owned());
    assert_eq!(begin(&world, json!([])).await, refused);
    assert_eq!(begin(&world, json!(["email_code"])).await, refused);
    assert_eq!(begin(&world, json!(["password", "trading_password"])).await, refused);
    assert_eq!(begin(&world, json!(["passkey"])).await.0, 201);
    assert_eq!(begin(&world, json!(["passkey", "passkey"])).await, (422, "invalid".into()));
    assert_eq!(begin(&world, json!(["magic"])).await, (422, "invalid".into()));
    let later = json!({
        "user": "alice", "display_name": "x", "authentication": { "methods": ["passkey"], "at": "2027-01-01T00:00:00Z" },
    });
    let later = world.post("/v1/enrollments", later).await;
    assert_eq!(later.json()["field"], "/authentication/at");
}

#[tokio::test]
async fn a_second_phone_waits_and_the_older_one_is_asked() {
    let world = World::new().await;
    let older = world.enroll("alice").await;
    world.advance(1);
    let newer = world.enroll("alice").await;
    assert_eq!(world.device(older.device).await.restricted_until, None);
    assert_eq!(world.device(newer.device).await.restricted_until, Some(world.now() + 24 * 3600));
    let asked = world.get("/v1/challenges?user=alice&state=pending").await.expect(200).json();
    assert_eq!(asked["data"][0]["operation"], "device_add");
}

#[tokio::test]
async fn five_devices_are_enough() {
    let world = World::with(|settings| settings.max_devices = 1).await;
    let (first, second) = (world.begin("alice").await, world.begin("alice").await);
    let (_, one) = world.claim(&first).await;
    let (_, two) = world.claim(&second).await;
    world.confirm(&first, &one).await.expect(200);
    let asked = json!({ "user": "alice", "display_name": "x" });
    let full = (409, "too_many_devices".to_owned());
    assert_eq!(world.post("/v1/enrollments", asked).await.refusal(), full);
    assert_eq!(world.confirm(&second, &two).await.refusal(), full, "one that had begun before");
}

#[tokio::test]
async fn a_cancelled_one_is_over_for_both_sides() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    let (phone, code) = world.claim(&begun).await;
    let path = format!("/v1/enrollments/{}", begun["id"].as_str().unwrap());
    for _ in 0..2 {
        world.call("DELETE", &path, Value::Null).await.expect(204);
    }
    assert_eq!(world.confirm(&begun, &code).await.status, 409);
    let told = world.signed(&phone, "GET", "/d/v1/device", b"").await.expect(200).json();
    assert_eq!(told["state"], "failed");
    let active = world.begin("alice").await;
    let (_, code) = world.claim(&active).await;
    world.confirm(&active, &code).await.expect(200);
    let path = format!("/v1/enrollments/{}", active["id"].as_str().unwrap());
    assert_eq!(world.call("DELETE", &path, Value::Null).await.refusal(), (409, "already_active".into()));
}

#[tokio::test]
async fn modes_and_scopes_are_kept_apart() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    let path = format!("/v1/enrollments/{}", begun["id"].as_str().unwrap());
    assert_eq!(world.call_as(&world.test_key, "GET", &path, Value::Null).await.status, 404);
    world.put_api_key(9, "ik_live_reader", true, &[Scope::Read]).await;
    assert_eq!(world.call_as("ik_live_reader", "GET", &path, Value::Null).await.status, 200);
    let refused = world.call_as("ik_live_reader", "DELETE", &path, Value::Null).await;
    assert_eq!(refused.refusal(), (403, "forbidden".into()));
    let asked = json!({ "user": "test_approves", "display_name": "x" });
    assert_eq!(world.post("/v1/enrollments", asked).await.refusal(), (422, "test_user".into()));
}

#[tokio::test]
async fn a_long_poll_answers_when_a_phone_claims() {
    let world = World::new().await;
    let begun = world.begin("alice").await;
    let path = format!("/v1/enrollments/{}?wait=25", begun["id"].as_str().unwrap());
    let (read, _) = tokio::join!(world.get(&path), async {
        world.clock.sleepers(1).await;
        world.claim(&begun).await
    });
    assert_eq!(read.json()["state"], "claimed");
    let path = format!("{path}&known=claimed");
    let (read, ()) = tokio::join!(world.get(&path), async {
        world.clock.sleepers(1).await;
        world.advance(25);
    });
    assert_eq!(read.json()["state"], "claimed", "nothing new within the wait");
}

#[tokio::test]
async fn an_authentication_of_yesterday_begins_nothing() {
    let stated = json!({
        "user": "alice", "display_name": "***1234",
        "authentication": { "methods": ["passkey"], "at": "2026-11-25T04:04:00Z" },
    });
    let world = World::with(|settings| settings.enrollment.profile = Profile::Standard).await;
    let refused = world.post("/v1/enrollments", stated.clone()).await;
    assert_eq!(refused.refusal(), (403, "stronger_authentication_needed".into()));
    assert_eq!(refused.json()["field"], "/authentication/at");
    World::new().await.post("/v1/enrollments", stated).await.expect(201);
}
