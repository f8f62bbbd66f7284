use serde_json::{Value, json};

use crate::model::api_key::Scope;
use crate::testing::World;
use crate::testing::approval::login;

#[tokio::test]
async fn devices_are_listed_renamed_and_revoked() {
    let world = World::new().await;
    let older = world.active_phone(true, "alice").await;
    world.advance(1);
    let newer = world.active_phone(true, "alice").await;
    let list = world.get("/v1/users/alice/devices").await.expect(200).json();
    let ids: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|device| device["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [newer.device.to_string(), older.device.to_string()]);
    assert_eq!((&list["data"][0]["livemode"], &list["next"]), (&true.into(), &Value::Null));

    let page = world.get("/v1/users/alice/devices?limit=1").await.expect(200).json();
    let next = page["next"].as_str().unwrap();
    let rest = world.get(&format!("/v1/users/alice/devices?limit=1&after={next}")).await.expect(200).json();
    assert_eq!((&rest["data"][0]["id"], &rest["next"]), (&older.device.to_string().into(), &Value::Null));

    let path = format!("/v1/users/alice/devices/{}", older.device);
    let renamed = world.call("PATCH", &path, json!({ "name": "古い電話" })).await.expect(200).json();
    assert_eq!(renamed["name"], "古い電話");
    for _ in 0..2 {
        world.call("DELETE", &path, Value::Null).await.expect(204);
    }
    assert_eq!(world.signed(&older, "GET", "/d/v1/device", b"").await.status, 401);
    assert_eq!(world.signed(&newer, "GET", "/d/v1/device", b"").await.status, 200);
    let foreign = format!("/v1/users/bob/devices/{}", newer.device);
    assert_eq!(world.call("DELETE", &foreign, Value::Null).await.status, 404, "another customer's");
    let test = world.call_as(&world.test_key, "DELETE", &path, Value::Null).await;
    assert_eq!(test.status, 404, "another mode's");
}

#[tokio::test]
async fn revoking_all_takes_back_what_is_pending_and_the_phone_that_waits_for_its_code() {
    let world = World::new().await;
    let phone = world.active_phone(true, "alice").await;
    let asked = world.ask(login("alice")).await;
    let begun = world.begin("alice").await;
    let (_, code) = world.claim(&begun).await;
    world.call("DELETE", "/v1/users/alice/devices", Value::Null).await.expect(204);
    let challenge = world.get(&format!("/v1/challenges/{}", asked["id"].as_str().unwrap())).await.json();
    assert_eq!(challenge["state"], "cancelled");
    assert_eq!(world.enrollment(&begun).await["state"], "cancelled");
    assert_eq!(world.confirm(&begun, &code).await.status, 409);
    assert_eq!(world.signed(&phone, "GET", "/d/v1/device", b"").await.status, 401);
    assert_eq!(world.call("DELETE", "/v1/users/bob/devices", Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_freeze_cancels_and_keeps_its_first_reason() {
    let world = World::new().await;
    world.active_phone(true, "alice").await;
    let asked = world.ask(login("alice")).await;
    for reason in ["lost phone", "second thought"] {
        let frozen =
            world.post("/v1/users/alice/freeze", json!({ "reason": reason })).await.expect(200).json();
        assert_eq!(
            (&frozen["frozen"]["reason"], &frozen["frozen"]["by"]),
            (&"lost phone".into(), &"relying_party".into())
        );
    }
    let challenge = world.get(&format!("/v1/challenges/{}", asked["id"].as_str().unwrap())).await.json();
    assert_eq!(challenge["state"], "cancelled");
    let refused = world.post("/v1/users/alice/unfreeze", json!({ "reason": "" })).await;
    assert_eq!(refused.json()["field"], "/reason");
    let lifted = world.post("/v1/users/alice/unfreeze", json!({ "reason": "seen" })).await.expect(200).json();
    assert_eq!(lifted.get("frozen"), None);
    assert_eq!(world.post("/v1/users/bob/freeze", json!({ "reason": "x" })).await.status, 404);
}

#[tokio::test]
async fn erasing_leaves_hashes_and_taken_keys() {
    let world = World::new().await;
    let phone = world.enroll("alice").await;
    world.active_phone(true, "bob").await;
    world.ask(login("alice")).await;
    let export = world.get("/v1/users/alice/export").await.expect(200).json();
    for part in ["devices", "records", "enrollments", "challenges", "events"] {
        assert!(!export[part].as_array().unwrap().is_empty(), "{part}");
    }
    let rows = world.app.storage.read(|tx| tx.audit_rows(1, 100)).await.unwrap();
    world.call("DELETE", "/v1/users/alice", Value::Null).await.expect(204);
    for path in ["/v1/users/alice", "/v1/users/alice/export"] {
        assert_eq!(world.get(path).await.status, 404);
    }
    assert_eq!(world.signed(&phone, "GET", "/d/v1/device", b"").await.status, 401);
    assert!(!world.get("/v1/events?limit=100").await.text().contains("alice"));
    let kept = world.app.storage.read(|tx| tx.audit_rows(1, 100)).await.unwrap();
    assert_eq!(kept[..rows.len()], rows[..]);
    let uri = world.begin("carol").await["uri"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        world.message("/d/v1/enroll", &phone.enroll_message(&uri)).await.status,
        401,
        "its keys again"
    );
    world.get("/v1/users/bob").await.expect(200);
}

#[tokio::test]
async fn each_call_needs_its_scope() {
    let world = World::new().await;
    world.active_phone(true, "alice").await;
    world.put_api_key(9, "ik_live_reader", true, &[Scope::Read]).await;
    let reason = json!({ "reason": "x" });
    for (method, path, body) in [
        ("DELETE", "/v1/users/alice", Value::Null),
        ("DELETE", "/v1/users/alice/devices", Value::Null),
        ("GET", "/v1/users/alice/export", Value::Null),
        ("POST", "/v1/users/alice/freeze", reason.clone()),
        ("POST", "/v1/users/alice/unfreeze", reason),
    ] {
        let refused = world.call_as("ik_live_reader", method, path, body).await;
        assert_eq!(refused.refusal(), (403, "forbidden".into()), "{method} {path}");
    }
    for path in ["/v1/users/alice", "/v1/users/alice/devices", "/v1/events"] {
        assert_eq!(world.call_as("ik_live_reader", "GET", path, Value::Null).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn events_are_read_on_from_where_one_stopped() {
    let world = World::new().await;
    world.enroll("alice").await;
    let first = world.get("/v1/events?limit=2").await.expect(200).json();
    let next = first["next"].as_str().unwrap();
    let second = world.get(&format!("/v1/events?after={next}")).await.expect(200).json();
    assert_eq!(second["data"][0]["type"], "device.added");
    let last = second["next"].as_str().unwrap();
    let none = world.get(&format!("/v1/events?after={last}")).await.expect(200).json();
    assert_eq!((none["data"].as_array().unwrap().len(), none["next"].as_str().unwrap()), (0, last));
    let test = world.call_as(&world.test_key, "GET", "/v1/events", Value::Null).await.expect(200).json();
    assert_eq!(test["data"], json!([]));
}
