use std::collections::BTreeMap;

use inkan_protocol::answer::Decision;
use inkan_protocol::details::Locale;
use inkan_protocol::device_api::DeviceStatus;

use super::*;
use crate::testing::approval::login;
use crate::testing::{Phone, World};

async fn status(world: &World, phone: &Phone) -> DeviceStatus {
    world.signed(phone, "GET", "/d/v1/device", b"").await.expect(200).parse()
}

#[tokio::test]
async fn the_doorbell_is_set_and_taken_away() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let put = async |body: &[u8]| world.signed(&phone, "PUT", "/d/v1/push", body).await;
    assert_eq!(put(br#"{"provider":"fcm","token":"abc"}"#).await.status, 204);
    assert_eq!(world.device(phone.device).await.push.unwrap().token, "abc");
    assert_eq!(put(br#"{"provider":"webpush","token":"abc"}"#).await.refusal(), (422, "invalid".into()));
    assert_eq!(put(br#"{"provider":"pager","token":"abc"}"#).await.refusal(), (422, "invalid".into()));
    assert_eq!(put(b"null").await.status, 204);
    assert_eq!(world.device(phone.device).await.push, None);
}

#[tokio::test]
async fn a_name_is_a_text_that_can_be_shown() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let name = async |body: &str| world.signed(&phone, "PATCH", "/d/v1/device", body.as_bytes()).await;
    assert_eq!(name(r#"{"name":"会社の電話"}"#).await.status, 204);
    assert_eq!(world.device(phone.device).await.description.name, "会社の電話");
    let refused = name(r#"{"name":"a\u202eb"}"#).await;
    assert_eq!(
        (refused.refusal(), refused.json()["field"].clone()),
        ((422, "invalid".into()), "/name".into())
    );
}

#[tokio::test]
async fn what_an_update_brings_is_kept_beside_the_record() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let before = world.device(phone.device).await;
    let change = async |body: &str| world.signed(&phone, "PATCH", "/d/v1/device", body.as_bytes()).await;
    let body =
        r#"{"os":"Test 2","app_version":"2.0","locale":"en","templates":{"login":3},"of_tomorrow":[]}"#;
    assert_eq!(change(body).await.status, 204);
    let after = world.device(phone.device).await;
    let said = &after.description;
    assert_eq!((said.os.as_str(), said.app_version.as_str(), said.locale), ("Test 2", "2.0", Locale::En));
    assert_eq!(said.templates, BTreeMap::from([("login".to_owned(), 3)]));
    // the rest stays: what was signed, who it is, and what only an enrollment says
    assert_eq!((&said.name, &said.model), (&before.description.name, &before.description.model));
    assert_eq!((after.record, after.enroll_hash), (before.record, before.enroll_hash));
    let listed = world.get("/v1/users/alice/devices").await.expect(200).json();
    assert_eq!(listed["data"][0]["app_version"], "2.0");
    assert!(!world.events().await.contains(&"device.renamed".to_owned()));
}

#[tokio::test]
async fn a_change_that_is_none_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let before = world.device(phone.device).await.description;
    for (body, field) in [
        ("{}", ""),
        (r#"{"of_tomorrow":1}"#, ""),
        (r#"{"app_version":""}"#, "/app_version"),
        (r#"{"app_version":"2","os":"<b>"}"#, "/os"),
        (r#"{"app_version":"2","locale":"fr"}"#, "/locale"),
        (r#"{"app_version":"2","templates":{"login":0}}"#, "/templates"),
        (r#"{"app_version":"2","templates":{"login":-1}}"#, "/templates/login"),
        (r#"{"app_version":"2","templates":[]}"#, "/templates"),
        (r#"{"app_version":2}"#, "/app_version"),
    ] {
        let refused = world.signed(&phone, "PATCH", "/d/v1/device", body.as_bytes()).await;
        assert_eq!(refused.refusal(), (422, "invalid".into()), "{body}");
        assert_eq!(refused.json()["field"].as_str().unwrap_or_default(), field, "{body}");
    }
    let twice = world.signed(&phone, "PATCH", "/d/v1/device", br#"{"os":"1","os":"2"}"#).await;
    assert_eq!(twice.refusal(), (400, "malformed_json".into()));
    assert_eq!(world.device(phone.device).await.description, before);
}

#[tokio::test]
async fn the_customers_phone_is_told_where_to_call_and_until_when_it_is_quiet() {
    let world = World::with(|settings| settings.support_phone = Some("0120-123-456".into())).await;
    let phone = world.active_phone(true, "alice").await;
    let told = status(&world, &phone).await;
    assert_eq!((told.support_phone.as_deref(), told.muted_until), (Some("0120-123-456"), None));
    let asked = world.ask(login("alice")).await;
    let sent = world.sent(&phone, &asked).await;
    world.answer(&phone, &phone.says(&sent, Decision::Report, 1)).await.expect(200);
    assert_eq!(status(&world, &phone).await.muted_until, Some(world.now() + 1200));
    world.advance(1200);
    assert_eq!(status(&world, &phone).await.muted_until, None);
    // without a number there is no member
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let told = world.signed(&phone, "GET", "/d/v1/device", b"").await.expect(200).json();
    assert!(told.get("support_phone").is_none() && told.get("muted_until").is_none());
}

#[tokio::test]
async fn a_session_reads_for_ten_minutes_and_ends_with_the_device() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let open =
        async || -> Session { world.signed(&phone, "POST", "/d/v1/session", b"").await.expect(201).parse() };
    let read = async |session: &Session| {
        let request = axum::http::Request::get("/d/v1/device");
        let request = request.header("authorization", format!("Inkan-Session {}", session.session));
        world.send(request.body(axum::body::Body::empty()).unwrap()).await.status
    };
    let first = open().await;
    assert_eq!((first.session.len(), first.expires_at), (43, world.now() + 600));
    assert_eq!(read(&first).await, 200);
    world.advance(600);
    assert_eq!(read(&first).await, 401);
    let second = open().await;
    assert_eq!(read(&second).await, 200);
    world.signed(&phone, "DELETE", "/d/v1/device", b"").await.expect(204);
    assert_eq!(read(&second).await, 401);
    assert_eq!(
        world.signed(&phone, "GET", "/d/v1/device", b"").await.refusal(),
        (401, "not_recognised".into())
    );
}

#[tokio::test]
async fn what_is_pending_is_closed_when_the_only_device_leaves() {
    let world = World::new().await;
    let (first, second) = (world.active_phone(true, "alice").await, world.active_phone(true, "alice").await);
    let asked = world.ask(login("alice")).await;
    let state = async || {
        let path = format!("/v1/challenges/{}", asked["id"].as_str().unwrap());
        world.get(&path).await.expect(200).json()["state"].clone()
    };
    world.signed(&first, "DELETE", "/d/v1/device", b"").await.expect(204);
    assert_eq!(state().await, "pending", "the other one may answer");
    world.signed(&second, "DELETE", "/d/v1/device", b"").await.expect(204);
    assert_eq!(state().await, "cancelled");
}

#[tokio::test]
async fn a_freeze_from_a_phone_stops_everything_until_the_relying_party_lifts_it() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let asked = world.ask(login("alice")).await;
    world.signed(&phone, "POST", "/d/v1/freeze", b"").await.expect(204);
    assert!(status(&world, &phone).await.frozen);
    let path = format!("/v1/challenges/{}", asked["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await.json()["state"], "cancelled");
    let user = world.get("/v1/users/alice").await.expect(200).json();
    assert_eq!(user["frozen"]["by"], "device");
    world.post("/v1/users/alice/unfreeze", json!({ "reason": "identity checked" })).await.expect(200);
    assert!(!status(&world, &phone).await.frozen);
}
