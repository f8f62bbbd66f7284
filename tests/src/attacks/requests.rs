//! Signed requests of phones, and what strangers learn from refusals.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Request;
use inkan_protocol::answer::Decision;
use inkan_protocol::challenge::DeviceRequest;
use inkan_protocol::ids::{DeviceId, Digest};
use serde_json::{Value, json};

use crate::signer::SigningPhone;
use crate::support::{Ask, RawPhone, Reply, World, read_payload, rewritten};

#[tokio::test]
async fn row_05_a_signed_request_is_good_once_and_for_itself_alone() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let path = "/d/v1/challenges";
    let signed = phone.request("GET", path, b"");
    phone.call_with(&signed, "GET", path, b"").await.ok(200);
    phone.call_with(&signed, "GET", path, b"").await.refused(401, "not_recognised");

    let fresh = || phone.request("GET", path, b"");
    phone.call_with(&fresh(), "GET", "/d/v1/device", b"").await.refused(401, "not_recognised");
    phone.call_with(&fresh(), "GET", "/d/v1/challenges?wait=0", b"").await.refused(401, "not_recognised");
    phone
        .call_with(&phone.request("GET", "/d/v1/device", b""), "DELETE", "/d/v1/device", b"")
        .await
        .refused(401, "not_recognised");
    let rename = br#"{"name":"A"}"#;
    let signed = phone.request("PATCH", "/d/v1/device", rename);
    let other = phone.call_with(&signed, "PATCH", "/d/v1/device", br#"{"name":"B"}"#).await;
    other.refused(401, "not_recognised");

    let (early, late) = (fresh(), fresh());
    world.advance(60);
    phone.call_with(&early, "GET", path, b"").await.ok(200);
    world.advance(1);
    phone.call_with(&late, "GET", path, b"").await.refused(401, "not_recognised");
    phone.call("GET", path, b"").await.ok(200);
}

#[tokio::test]
async fn row_05_a_request_from_the_future_or_for_another_server_is_none() {
    let (_world, phone) = World::with_raw_phone("c-1").await;
    let path = "/d/v1/challenges";
    let words = |change: fn(&mut DeviceRequest)| {
        let mut said: DeviceRequest = read_payload(&phone.request("GET", path, b""));
        change(&mut said);
        phone.keys.possession.name(&said)
    };
    let wrong: [fn(&mut DeviceRequest); 4] = [
        |said| said.iat += 61,
        |said| {
            said.aud = "https://auth.other.example".parse().unwrap();
            said.htu = said.htu.replace("auth.mirai", "auth.other");
        },
        |said| said.iss = DeviceId(uuid::Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057)),
        |said| said.bh = Digest::of(b"a body"),
    ];
    for change in wrong {
        phone.call_with(&words(change), "GET", path, b"").await.refused(401, "not_recognised");
    }
    phone.call_with(&words(|_| ()), "GET", path, b"").await.ok(200);
}

#[tokio::test]
async fn row_05_a_session_reads_and_changes_nothing() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let opened = phone.call("POST", "/d/v1/session", b"").await.ok(201);
    let session = format!("Inkan-Session {}", opened["session"].as_str().unwrap());
    let call = |method: &str, path: &str, body: &'static str| {
        let request = Request::builder().method(method).uri(path).header("authorization", &session);
        let (server, request) = (world.server.clone(), request.body(Body::from(body)).unwrap());
        async move { server.send(request).await }
    };
    call("GET", "/d/v1/challenges", "").await.ok(200);
    call("DELETE", "/d/v1/device", "").await.refused(401, "not_recognised");
    call("POST", "/d/v1/freeze", "").await.refused(401, "not_recognised");
    call("PATCH", "/d/v1/device", r#"{"name":"A"}"#).await.refused(401, "not_recognised");
    world.advance(600);
    call("GET", "/d/v1/challenges", "").await.refused(401, "not_recognised");
}

/// All that a stranger sees of an answer, but what differs by itself.
fn seen(reply: &Reply) -> (u16, BTreeMap<String, String>, Value) {
    let own = ["x-request-id", "date"];
    let headers = reply
        .headers
        .iter()
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let mut body = reply.json();
    body.as_object_mut().unwrap().remove("request_id");
    (reply.status, headers, body)
}

#[tokio::test]
async fn row_06_known_unknown_revoked_and_malformed_get_one_and_the_same_answer() {
    let (world, known) = World::with_raw_phone("c-1").await;
    let revoked = RawPhone::enroll(&world.server, &world.broker, "c-2").await;
    world.broker.delete("/v1/users/c-2/devices").await.ok(204);
    let path = "/d/v1/challenges";
    let forged = {
        let signed = known.request("GET", path, b"");
        let other = known.request("GET", path, b"");
        format!("{}.{}", signed.rsplit_once('.').unwrap().0, other.rsplit_once('.').unwrap().1)
    };
    let unknown = SigningPhone {
        server: world.server.name.clone(),
        device: known.keys.device,
        possession: crate::signer::SigningKey::make(),
        approval: crate::signer::SigningKey::make(),
    };
    let stale = known.request("GET", path, b"");
    let requests = [
        ("a wrong signature", forged),
        ("a key that nobody has", unknown.request("GET", path, b"", world.now())),
        ("a revoked device", revoked.request("GET", path, b"")),
        ("another kind of message", rewritten(&stale, 0, |header| header["typ"] = json!("inkan-answer+jwt"))),
        ("no message at all", "abc".to_owned()),
        ("an empty one", String::new()),
    ];
    let mut answers = Vec::new();
    for (what, signed) in &requests {
        answers.push((what, seen(&known.call_with(signed, "GET", path, b"").await)));
    }
    let (_, first) = &answers[0];
    assert_eq!((first.0, &first.2["code"]), (401, &json!("not_recognised")));
    for (what, answer) in &answers {
        assert_eq!(answer, first, "{what}");
    }
    // the same where the message is the body
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    let answer = known.answer(&known.fetch(&asked).await, Decision::Deny, 1);
    let good = known.sign(&answer);
    let by_nobody = unknown.possession.name(&answer);
    let by_revoked = revoked.keys.possession.name(&answer);
    let cut = good.rsplit_once('.').unwrap().0.to_owned();
    for body in [&by_nobody, &by_revoked, &cut] {
        assert_eq!(seen(&world.server.jose("/d/v1/answer", body).await), *first);
    }
    world.server.jose("/d/v1/answer", &good).await.ok(200);
}

#[tokio::test]
async fn row_06_another_customers_challenge_is_like_none() {
    let (world, one) = World::with_raw_phone("c-1").await;
    let two = RawPhone::enroll(&world.server, &world.broker, "c-2").await;
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    let theirs = two.call("GET", &format!("/d/v1/challenges/{}", asked.id), b"").await;
    let none = two.call("GET", "/d/v1/challenges/01890a5d-ac96-774b-bcce-b302099a8057", b"").await;
    theirs.refused(404, "not_found");
    assert_eq!(seen(&theirs), seen(&none));
    one.fetch(&asked).await;

    let mut foreign = one.answer(&one.fetch(&asked).await, Decision::Deny, 1);
    foreign.iss = two.keys.device;
    let theirs = world.server.jose("/d/v1/answer", &two.keys.possession.name(&foreign)).await;
    foreign.challenge = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    foreign.counter = 2;
    let none = world.server.jose("/d/v1/answer", &two.keys.possession.name(&foreign)).await;
    theirs.refused(404, "not_found");
    assert_eq!((theirs.status, &theirs.json()["detail"]), (none.status, &none.json()["detail"]));
    assert_eq!(world.broker.state(&asked).await, "pending");
}

#[tokio::test]
async fn what_is_not_there_and_what_is_too_large_is_refused_in_the_same_form() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    world.broker.get("/v1/nothing").await.refused(404, "not_found");
    world.broker.call("PUT", "/v1/challenges", &json!({})).await.refused(405, "method_not_allowed");
    let large = "a".repeat(64 * 1024 + 1);
    world.server.jose("/d/v1/answer", &large).await.refused(413, "too_large");
    world.broker.post("/v1/challenges", &json!({ "user": large })).await.refused(413, "too_large");
    let twice = Request::post("/v1/challenges")
        .header("authorization", format!("Bearer {}", crate::support::LIVE_KEY))
        .header("content-type", "application/json")
        .body(Body::from(r#"{"user":"c-1","user":"c-2"}"#));
    world.server.send(twice.unwrap()).await.refused(400, "malformed_json");
    world.broker.with_key("ik_live_nobody").try_ask(&Ask::login("c-1")).await.refused(401, "unauthorized");
    let read_only = [inkan_server::model::api_key::Scope::Read];
    world.server.put_api_key(9, "ik_live_read", true, &read_only).await;
    world.broker.with_key("ik_live_read").try_ask(&Ask::login("c-1")).await.refused(403, "forbidden");
    phone.call("GET", "/d/v1/challenges", b"").await.ok(200);
}

#[tokio::test]
async fn row_15_a_session_ends_with_its_device() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let opened = phone.call("POST", "/d/v1/session", b"").await.ok(201);
    let session = format!("Inkan-Session {}", opened["session"].as_str().unwrap());
    let read = || {
        let request = Request::get("/d/v1/challenges").header("authorization", &session);
        (world.server.clone(), request.body(Body::empty()).unwrap())
    };
    let (server, request) = read();
    server.send(request).await.ok(200);
    world.broker.delete(&format!("/v1/users/c-1/devices/{}", phone.keys.device)).await.ok(204);
    let (server, request) = read();
    server.send(request).await.refused(401, "not_recognised");
}

#[tokio::test]
async fn row_15_who_waits_when_the_device_is_revoked_is_told_nothing_more() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let path = "/d/v1/challenges?wait=25";
    let signed = phone.request("GET", path, b"");
    let phone = std::sync::Arc::new(phone);
    let waiting = {
        let phone = phone.clone();
        tokio::spawn(async move { phone.call_with(&signed, "GET", path, b"").await })
    };
    world.server.waited_for(1).await;
    let other = RawPhone::enroll(&world.server, &world.broker, "c-1").await;
    world.broker.delete(&format!("/v1/users/c-1/devices/{}", phone.keys.device)).await.ok(204);
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    other.fetch(&asked).await;
    world.advance(25);
    assert!(!waiting.await.unwrap().text().contains("eyJ"), "no challenge reaches it");
}
