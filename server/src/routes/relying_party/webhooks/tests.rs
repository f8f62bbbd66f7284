use serde_json::{Value, json};

use crate::model::api_key::Scope;
use crate::testing::World;

const URL: &str = "https://hooks.example.jp/inkan";

#[tokio::test]
async fn a_webhook_is_made_listed_read_and_deleted_and_its_secret_is_answered_once() {
    let world = World::new().await;
    let made = world.post("/v1/webhooks", json!({ "url": URL })).await.expect(201).json();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    assert!(made["public_key"].as_str().unwrap().starts_with("whpk_"));
    assert_eq!(
        (&made["events"], &made["state"], &made["livemode"]),
        (&json!(["*"]), &json!("enabled"), &json!(true))
    );
    let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    let read = world.get(&path).await.expect(200).json();
    assert_eq!((&read["url"], read.get("secret")), (&json!(URL), None));
    assert_eq!(world.get("/v1/webhooks").await.expect(200).json()["data"], json!([read]));
    world.call("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(world.call("DELETE", &path, Value::Null).await.refusal(), (404, "not_found".into()));
    let kinds = ["webhook.created", "webhook.deleted"];
    assert_eq!(world.events().await, kinds);
}

#[tokio::test]
async fn addresses_and_filters_are_checked() {
    let world = World::new().await;
    for (body, code, field) in [
        (json!({ "url": "http://hooks.example.jp/" }), "invalid", "/url"),
        (json!({ "url": "https://user@hooks.example.jp/" }), "invalid", "/url"),
        (json!({ "url": "hooks" }), "invalid", "/url"),
        (json!({ "url": format!("https://hooks.example.jp/{}", "a".repeat(2000)) }), "invalid", "/url"),
        (json!({}), "invalid", "/url"),
        (json!({ "url": "https://127.0.0.1/" }), "address_refused", "/url"),
        (json!({ "url": "https://169.254.169.254/latest" }), "address_refused", "/url"),
        (json!({ "url": "https://[::ffff:10.0.0.1]/" }), "address_refused", "/url"),
        (json!({ "url": URL, "events": [] }), "invalid", "/events"),
        (json!({ "url": URL, "events": ["*", "challenge.aproved"] }), "invalid", "/events/1"),
        (json!({ "url": URL, "events": vec!["*"; 33] }), "invalid", "/events"),
    ] {
        let reply = world.post("/v1/webhooks", body.clone()).await;
        assert_eq!(reply.refusal(), (422, code.into()), "{body}");
        assert_eq!(reply.json()["field"], field, "{body}");
    }
    assert_eq!(world.get("/v1/webhooks").await.json()["data"], json!([]));
}

#[tokio::test]
async fn modes_and_scopes_are_kept_apart() {
    let world = World::new().await;
    world.put_api_key(9, "ik_live_reads", true, &[Scope::Read, Scope::Ask, Scope::Enroll]).await;
    let made = world.post("/v1/webhooks", json!({ "url": URL })).await.expect(201).json();
    let base = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    let delivery = world.post(&format!("{base}/ping"), Value::Null).await.expect(202).json();
    let retry = format!("{base}/deliveries/{}/retry", delivery["id"].as_str().unwrap());
    let calls = [
        ("GET", "/v1/webhooks".to_owned()),
        ("POST", "/v1/webhooks".to_owned()),
        ("GET", base.clone()),
        ("GET", format!("{base}/deliveries")),
        ("POST", format!("{base}/ping")),
        ("POST", format!("{base}/rotate")),
        ("POST", format!("{base}/enable")),
        ("POST", retry.clone()),
        ("DELETE", base.clone()),
    ];
    for (method, path) in &calls {
        let body =
            if path == "/v1/webhooks" && *method == "POST" { json!({ "url": URL }) } else { Value::Null };
        let reply = world.call_as("ik_live_reads", method, path, body).await;
        assert_eq!(reply.refusal(), (403, "forbidden".into()), "{method} {path}");
    }
    for (method, path) in &calls[2..] {
        let reply = world.call_as(&world.test_key, method, path, Value::Null).await;
        assert_eq!(reply.refusal(), (404, "not_found".into()), "{method} {path}");
    }
    // a delivery of another webhook is none of this one's
    let other = world.post("/v1/webhooks", json!({ "url": URL })).await.expect(201).json();
    let path = retry.replace(made["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    assert_eq!(world.post(&path, Value::Null).await.refusal(), (404, "not_found".into()));
}

#[tokio::test]
async fn there_is_a_most_and_deleting_makes_room() {
    let world = World::new().await;
    let mut last = Value::Null;
    for _ in 0..16 {
        last = world.post("/v1/webhooks", json!({ "url": URL })).await.expect(201).json();
    }
    let one_more = json!({ "url": URL });
    assert_eq!(
        world.post("/v1/webhooks", one_more.clone()).await.refusal(),
        (409, "too_many_webhooks".into())
    );
    world.call_as(&world.test_key, "POST", "/v1/webhooks", one_more.clone()).await.expect(201);
    world
        .call("DELETE", &format!("/v1/webhooks/{}", last["id"].as_str().unwrap()), Value::Null)
        .await
        .expect(204);
    world.post("/v1/webhooks", one_more).await.expect(201);
}

#[tokio::test]
async fn deliveries_are_paged_newest_first_and_chosen_by_state() {
    let world = World::new().await;
    let made = world.post("/v1/webhooks", json!({ "url": URL })).await.expect(201).json();
    let base = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    let mut ids = Vec::new();
    for _ in 0..5 {
        world.advance(1);
        ids.push(world.post(&format!("{base}/ping"), Value::Null).await.expect(202).json()["id"].clone());
    }
    ids.reverse();
    let mut found = Vec::new();
    let mut query = String::new();
    loop {
        let page = world.get(&format!("{base}/deliveries?limit=2{query}")).await.expect(200).json();
        found.extend(page["data"].as_array().unwrap().iter().map(|delivery| delivery["id"].clone()));
        match page["next"].as_str() {
            Some(next) => query = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(found, ids);
    let count = async |query: &str| {
        let page = world.get(&format!("{base}/deliveries?{query}")).await.expect(200).json();
        page["data"].as_array().unwrap().len()
    };
    assert_eq!((count("state=pending").await, count("state=failed").await), (5, 0));
    for query in ["limit=0", "limit=101", "state=lost", "after=x"] {
        let reply = world.get(&format!("{base}/deliveries?{query}")).await;
        assert_eq!(reply.refusal(), (422, "invalid".into()), "{query}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_given_again_with_its_secret() {
    let world = World::new().await;
    let send = async || {
        let request = axum::http::Request::post("/v1/webhooks")
            .header("authorization", format!("Bearer {}", world.live_key))
            .header("idempotency-key", "hooks-1")
            .body(json!({ "url": URL }).to_string().into())
            .unwrap();
        world.send(request).await.expect(201).json()
    };
    let first = send().await;
    assert!(first["secret"].is_string());
    assert_eq!(send().await, first);
    assert_eq!(world.get("/v1/webhooks").await.json()["data"].as_array().unwrap().len(), 1);
}
