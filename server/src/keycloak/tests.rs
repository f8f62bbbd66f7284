use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use inkan_protocol::answer::{Answer, Decision};
use inkan_protocol::challenge::Tier;
use inkan_protocol::details::Operation;
use inkan_protocol::encoding::encode;
use ring::signature::{RsaKeyPair, RsaPublicKeyComponents};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::carrier::{EARLY_MILLIS, EARLY_TRIES};
use super::certs::PAUSE_MILLIS;
use super::*;
use crate::config::Keycloak as Configured;
use crate::courier::{self, Courier};
use crate::expiry;
use crate::testing::{Phone, Reply, World, sign_rs256};

const KEY: &str = include_str!("../push/fcm/key-of-tests.pem");

/// A realm that notes its callbacks, and answers what a test tells it to.
struct Realm {
    issuer: String,
    port: u16,
    kid: Mutex<String>,
    fetched: AtomicUsize,
    told: Mutex<Vec<(String, String)>>,
    answers: Mutex<VecDeque<u16>>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

impl Realm {
    async fn new() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let realm = Arc::new(Self {
            issuer: format!("http://127.0.0.1:{port}/realms/broker"),
            port,
            kid: Mutex::new("key-1".into()),
            fetched: AtomicUsize::new(0),
            told: Mutex::default(),
            answers: Mutex::default(),
            listening: Mutex::default(),
        });
        realm.listen(listener);
        realm
    }

    fn listen(self: &Arc<Self>, listener: TcpListener) {
        let realm = Arc::clone(self);
        let router = Router::new().fallback(move |request: Request| {
            let realm = Arc::clone(&realm);
            async move { realm.answer(request).await }
        });
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        *self.listening.lock().unwrap() = Some(serving);
    }

    /// Nobody listens any more.
    async fn go_down(&self) {
        let listening = self.listening.lock().unwrap().take().unwrap();
        listening.abort();
        assert!(listening.await.unwrap_err().is_cancelled());
    }

    async fn come_back(self: &Arc<Self>) {
        self.listen(TcpListener::bind(("127.0.0.1", self.port)).await.unwrap());
    }

    async fn answer(&self, request: Request) -> axum::response::Response {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().strip_prefix("/realms/broker/protocol/openid-connect/");
        match path {
            Some("certs") => {
                self.fetched.fetch_add(1, Ordering::SeqCst);
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair().public());
                let key = json!({
                    "kid": *self.kid.lock().unwrap(), "kty": "RSA", "use": "sig", "alg": "RS256",
                    "n": encode(public.n), "e": encode(public.e), "x5c": ["…"],
                });
                let other = json!({ "kid": "enc", "kty": "RSA", "use": "enc", "alg": "RSA-OAEP" });
                axum::Json(json!({ "keys": [other, key] })).into_response()
            }
            Some("ext/ciba/auth/callback") => {
                let bearer = parts.headers[header::AUTHORIZATION].to_str().unwrap();
                let bearer = bearer.strip_prefix("Bearer ").unwrap().to_owned();
                let body = to_bytes(body, 4096).await.unwrap();
                let body: Value = serde_json::from_slice(&body).unwrap();
                self.told.lock().unwrap().push((bearer, body["status"].as_str().unwrap().to_owned()));
                let status = self.answers.lock().unwrap().pop_front().unwrap_or(200);
                StatusCode::from_u16(status).unwrap().into_response()
            }
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn answers(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    /// What was told since this was last asked.
    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().drain(..).map(|(_, word)| word).collect()
    }

    async fn world(&self) -> World {
        self.world_with(|_| ()).await
    }

    async fn world_with(&self, change: impl FnOnce(&mut crate::settings::Settings)) -> World {
        let issuers = vec![self.issuer.clone()];
        World::with(|settings| {
            settings.keycloak = Configured { issuers, clients: vec!["broker-web".into()] };
            change(settings);
        })
        .await
    }

    fn claims(&self, world: &World, jti: &str) -> Value {
        json!({
            "iss": self.issuer, "aud": self.issuer, "sub": "f0c2", "typ": "Bearer", "azp": "broker-web",
            "jti": jti, "iat": world.now(), "exp": world.now() + 120,
        })
    }
}

fn pair() -> RsaKeyPair {
    let document = PrivatePkcs8KeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    RsaKeyPair::from_pkcs8(document.secret_pkcs8_der()).unwrap()
}

/// A token as the realm makes it.
fn token(claims: &Value) -> String {
    token_with(&json!({ "alg": "RS256", "typ": "JWT", "kid": "key-1" }), claims)
}

fn token_with(header: &Value, claims: &Value) -> String {
    let input = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let signature = sign_rs256(&pair(), input.as_bytes());
    format!("{input}.{}", encode(signature))
}

async fn call(world: &World, bearer: &str, body: Value) -> Reply {
    let request = axum::http::Request::post("/keycloak/ciba")
        .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
        .header(header::CONTENT_TYPE, "application/json");
    world.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn sign_in(user: &str) -> Value {
    json!({
        "scope": "openid openid", "login_hint": user, "is_consent_required": false, "binding_message": "4711",
        "request_context": "unknown members are normal",
    })
}

/// Keycloak asks for a sign-in; the challenge's id as the API gives it.
async fn asked(world: &World, realm: &Realm, user: &str, jti: &str) -> Value {
    call(world, &token(&realm.claims(world, jti)), sign_in(user)).await.expect(201);
    let list = world.get(&format!("/v1/challenges?user={user}&limit=1")).await.expect(200).json();
    let newest = list["data"][0].clone();
    assert_eq!((&newest["state"], &newest["reference"]), (&json!("pending"), &json!(jti)));
    newest
}

/// Carries what is due, after the time in which nothing is sent.
async fn carry(world: &World) -> usize {
    world.clock.advance(Duration::from_millis(NOT_BEFORE_MILLIS));
    let courier: Arc<dyn Courier> = Arc::new(KeycloakCourier);
    courier::round(&world.app, &courier).await.unwrap()
}

async fn decide(
    world: &World,
    phone: &Phone,
    asked: &Value,
    decision: Decision,
    number: Option<&str>,
) -> Reply {
    let sent = world.sent(phone, asked).await;
    let number = number.map(ToOwned::to_owned);
    world.answer(phone, &Answer { number, ..phone.says(&sent, decision, 1) }).await
}

async fn approve(world: &World, phone: &Phone, asked: &Value) {
    decide(world, phone, asked, Decision::Approve, Some("4711")).await.expect(200);
}

async fn read(world: &World, asked: &Value) -> Value {
    world.get(&format!("/v1/challenges/{}", asked["id"].as_str().unwrap())).await.expect(200).json()
}

#[tokio::test]
async fn an_approval_is_redeemed_and_told_once_with_the_token_that_came() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    let phone = world.active_phone(true, "hanako").await;
    let bearer = token(&realm.claims(&world, "jti-1"));
    let reply = call(&world, &bearer, sign_in("hanako")).await.expect(201);
    assert_eq!(reply.headers["connection"], "close");
    let list = world.get("/v1/challenges?user=hanako").await.expect(200).json();
    let asked = list["data"][0].clone();
    assert_eq!((asked["start"].as_str(), asked["operation"].as_str()), (Some("number"), Some("login")));
    approve(&world, &phone, &asked).await;
    let courier: Arc<dyn Courier> = Arc::new(KeycloakCourier);
    assert_eq!(courier::round(&world.app, &courier).await.unwrap(), 0, "the 201 is not written yet");
    assert_eq!(carry(&world).await, 1);
    assert_eq!(*realm.told.lock().unwrap(), [(bearer, "SUCCEED".to_owned())]);
    assert_eq!(read(&world, &asked).await["redeemed"]["reference"], "jti-1");
    let path = format!("/v1/challenges/{}/redeem", asked["id"].as_str().unwrap());
    let again = world.post(&path, json!({ "reference": "jti-1" })).await;
    assert_eq!(again.refusal(), (409, "already_redeemed".into()));
    assert_eq!(carry(&world).await, 0);
    let id =
        crate::keycloak::bearer::verify(&world.app, &token(&realm.claims(&world, "jti-1"))).await.unwrap().id;
    let kept = world.app.storage.read(move |tx| tx.keycloak_request(id)).await.unwrap().unwrap();
    assert_eq!(kept.bearer, None, "a token that is spent is not kept");
}

#[tokio::test]
async fn each_end_has_its_word_and_expiry_has_none() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    for (user, decision, number, word) in [
        ("a", Decision::Deny, None, "UNAUTHORIZED"),
        ("b", Decision::Report, None, "CANCELLED"),
        ("c", Decision::Approve, Some("4712"), "UNAUTHORIZED"),
    ] {
        let phone = world.active_phone(true, user).await;
        let asked = asked(&world, &realm, user, user).await;
        decide(&world, &phone, &asked, decision, number).await;
        carry(&world).await;
        assert_eq!(realm.told(), [word], "{user}");
    }
    world.active_phone(true, "d").await;
    asked(&world, &realm, "d", "d").await;
    world.post("/v1/users/d/freeze", json!({ "reason": "lost" })).await.expect(200);
    carry(&world).await;
    assert_eq!(realm.told(), ["CANCELLED"]);
    world.active_phone(true, "e").await;
    let pending = asked(&world, &realm, "e", "e").await;
    let path = format!("/v1/challenges/{}", pending["id"].as_str().unwrap());
    world.call("DELETE", &path, Value::Null).await.expect(204);
    carry(&world).await;
    assert_eq!(realm.told(), ["CANCELLED"]);
    world.active_phone(true, "f").await;
    let pending = asked(&world, &realm, "f", "f").await;
    world.advance(120);
    expiry::round(&world.app).await.unwrap();
    carry(&world).await;
    assert_eq!((read(&world, &pending).await["state"].clone(), realm.told()), (json!("expired"), vec![]));
}

#[tokio::test]
async fn nobody_learns_who_exists_or_has_a_phone() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    world.active_phone(true, "known").await;
    world.active_phone(true, "frozen").await;
    world.post("/v1/users/frozen/freeze", json!({ "reason": "lost" })).await.expect(200);
    let known = call(&world, &token(&realm.claims(&world, "known")), sign_in("known")).await.expect(201);
    for user in ["nobody", "frozen", "no.such@user", "青い鳥"] {
        let bearer = token(&realm.claims(&world, &encode(user)));
        let reply = call(&world, &bearer, sign_in(user)).await.expect(201);
        assert_eq!((&reply.body, reply.headers.len()), (&known.body, known.headers.len()), "{user}");
        assert_eq!(carry(&world).await, 1);
        assert_eq!(realm.told(), ["UNAUTHORIZED"], "{user}");
    }
}

#[tokio::test]
async fn only_a_fresh_token_of_a_configured_realm_and_client_is_taken_and_once() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    let with = |name: &str, value: Value| {
        let mut claims = realm.claims(&world, "jti");
        claims[name] = value;
        claims
    };
    let now = world.now();
    for (name, value) in [
        ("iss", json!("https://elsewhere.example/realms/broker")),
        ("aud", json!("https://elsewhere.example")),
        ("aud", json!([realm.issuer, "another"])),
        ("azp", json!("another-client")),
        ("exp", json!(now)),
        ("iat", json!(now - 61)),
        ("iat", json!(now + 61)),
        ("typ", json!("ID")),
        ("jti", json!("")),
        ("jti", Value::Null),
    ] {
        let reply = call(&world, &token(&with(name, value.clone())), sign_in("a")).await;
        assert_eq!(reply.refusal(), (401, "unauthorized".into()), "{name} {value}");
    }
    let good = realm.claims(&world, "jti");
    for header in [
        json!({ "alg": "RS512", "kid": "key-1" }),
        json!({ "alg": "none", "kid": "key-1" }),
        json!({ "alg": "RS256", "kid": "enc" }),
        json!({ "alg": "RS256", "kid": "key-1", "jku": "https://elsewhere.example" }),
        json!({ "alg": "RS256", "kid": "key-1", "crit": ["b64"] }),
        json!({ "alg": "RS256" }),
    ] {
        let reply = call(&world, &token_with(&header, &good), sign_in("a")).await;
        assert_eq!(reply.refusal(), (401, "unauthorized".into()), "{header}");
    }
    let whole = token(&good);
    let other = token(&with("sub", json!("other")));
    let stolen = format!("{}.{}", other.rsplit_once('.').unwrap().0, whole.rsplit_once('.').unwrap().1);
    for bad in [stolen.as_str(), "", "a.b", "a.b.c"] {
        assert_eq!(call(&world, bad, sign_in("a")).await.refusal().0, 401, "{bad}");
    }
    call(&world, &whole, sign_in("a")).await.expect(201);
    let reply = call(&world, &whole, sign_in("a")).await;
    assert_eq!((reply.refusal().0, reply.headers["connection"].to_str().unwrap()), (401, "close"));
    let elsewhere = World::new().await;
    assert_eq!(call(&elsewhere, &whole, sign_in("a")).await.refusal(), (404, "not_found".into()));
}

#[tokio::test]
async fn a_new_key_is_fetched_once_and_made_up_ones_move_nobody() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    let with_key = |kid: &str, jti: &str| {
        token_with(&json!({ "alg": "RS256", "typ": "JWT", "kid": kid }), &realm.claims(&world, jti))
    };
    call(&world, &with_key("key-1", "1"), sign_in("a")).await.expect(201);
    call(&world, &with_key("key-1", "2"), sign_in("a")).await.expect(201);
    assert_eq!(realm.fetched.load(Ordering::SeqCst), 1);
    *realm.kid.lock().unwrap() = "key-2".into();
    world.clock.advance(Duration::from_millis(PAUSE_MILLIS));
    call(&world, &with_key("key-2", "3"), sign_in("a")).await.expect(201);
    for made_up in ["x", "y", "key-1"] {
        assert_eq!(call(&world, &with_key(made_up, "4"), sign_in("a")).await.refusal().0, 401);
    }
    assert_eq!(realm.fetched.load(Ordering::SeqCst), 2);
    realm.go_down().await;
    call(&world, &with_key("key-2", "5"), sign_in("a")).await.expect(201);
    world.advance(600);
    let reply = call(&world, &with_key("key-2", "6"), sign_in("a")).await;
    assert_eq!(reply.refusal(), (503, "unavailable".into()), "keys that are old are not trusted");
}

#[tokio::test]
async fn a_403_is_too_early_for_two_seconds_and_then_an_answer() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    let phone = world.active_phone(true, "a").await;
    let first = asked(&world, &realm, "a", "1").await;
    approve(&world, &phone, &first).await;
    realm.answers(&[403, 403]);
    for _ in 0..4 {
        carry(&world).await;
    }
    assert_eq!(realm.told(), ["SUCCEED"; 3]);
    world.active_phone(true, "b").await;
    asked(&world, &realm, "b", "2").await;
    world.post("/v1/users/b/freeze", json!({ "reason": "lost" })).await.expect(200);
    let told = usize::try_from(EARLY_TRIES).unwrap() + 1;
    realm.answers(&vec![403; told + 5]);
    for _ in 0..told + 5 {
        world.clock.advance(Duration::from_millis(EARLY_MILLIS));
        carry(&world).await;
    }
    assert_eq!(realm.told().len(), told);
}

#[tokio::test]
async fn a_success_whose_fate_nobody_knows_is_not_sent_again_and_other_words_are() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    let phone = world.active_phone(true, "a").await;
    for (jti, status) in [("1", 500), ("2", 400)] {
        let asked = asked(&world, &realm, "a", jti).await;
        let counter = if jti == "1" { 1 } else { 2 };
        let sent = world.sent(&phone, &asked).await;
        let number = Some("4711".to_owned());
        let answer = Answer { number, ..phone.says(&sent, Decision::Approve, counter) };
        world.answer(&phone, &answer).await.expect(200);
        realm.answers(&[status]);
        for _ in 0..5 {
            carry(&world).await;
            world.advance(5);
        }
        assert_eq!(realm.told(), ["SUCCEED"], "{status}");
    }
    // a try that was lost with the server
    let asked = asked(&world, &realm, "a", "3").await;
    let sent = world.sent(&phone, &asked).await;
    let answer = Answer { number: Some("4711".into()), ..phone.says(&sent, Decision::Approve, 3) };
    world.answer(&phone, &answer).await.expect(200);
    world.advance(1);
    let now = world.now() * 1000;
    let take = world.app.storage.write(move |tx| tx.take_messages(Queue::Keycloak, now, now + 30_000, 9));
    assert_eq!(take.await.unwrap().len(), 1);
    expiry::forget_running(&world.app).await.unwrap();
    assert_eq!((carry(&world).await, realm.told()), (1, vec![]));
    // what lets nobody in is said until it is heard
    call(&world, &token(&realm.claims(&world, "4")), sign_in("nobody")).await.expect(201);
    realm.answers(&[500, 502, 503]);
    for _ in 0..6 {
        carry(&world).await;
        world.advance(5);
    }
    assert_eq!(realm.told(), ["UNAUTHORIZED"; 4]);
}

#[tokio::test]
async fn a_keycloak_that_is_down_hears_it_when_it_is_back_unless_it_is_no_longer_true() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    for (user, report) in [("a", false), ("b", true)] {
        let phone = world.active_phone(true, user).await;
        let asked = asked(&world, &realm, user, user).await;
        realm.go_down().await;
        approve(&world, &phone, &asked).await;
        for _ in 0..3 {
            assert_eq!(carry(&world).await, 1);
            world.advance(5);
        }
        if report {
            let sent = world.sent(&phone, &asked).await;
            world.answer(&phone, &phone.says(&sent, Decision::Report, 2)).await.expect(200);
        }
        realm.come_back().await;
        assert_eq!(carry(&world).await, 1);
        assert_eq!(realm.told(), [if report { "CANCELLED" } else { "SUCCEED" }]);
        assert_eq!(carry(&world).await, 0);
    }
}

#[tokio::test]
async fn what_is_asked_is_read_from_the_call() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    world.active_phone(true, "a").await;
    let body = |name: &str, value: Value| {
        let mut body = sign_in("a");
        body[name] = value;
        body
    };
    let none = Value::Null;
    for (number, (name, value, code, field)) in [
        ("binding_message", none.clone(), "tier_too_low", "/binding_message"),
        ("binding_message", json!("blue-bird"), "tier_too_low", "/binding_message"),
        ("binding_message", json!("12-34"), "invalid", "/binding_message"),
        ("acr_values", json!("loa2 link"), "tier_too_low", "/acr_values"),
        ("is_consent_required", json!(true), "invalid", "/is_consent_required"),
        ("inkan_request", json!("withdrawal"), "malformed_json", "/inkan_request"),
        ("inkan_request", json!(r#"{"operation":"withdrawal"}"#), "invalid", "/inkan_request"),
        ("inkan_request", json!(r#"{"operation":"device_add"}"#), "invalid", "/inkan_request/operation"),
        ("login_hint", none, "invalid", "/login_hint"),
    ]
    .into_iter()
    .enumerate()
    {
        let reply =
            call(&world, &token(&realm.claims(&world, &format!("x{number}"))), body(name, value)).await;
        assert_eq!((reply.refusal().1.as_str(), &reply.json()["field"]), (code, &json!(field)), "{name}");
    }
    let change =
        r#"{"operation":"other","details":[{"type":"text","label":"お申し込み","value":"口座開設"}]}"#;
    let asked = body("inkan_request", json!(change));
    call(&world, &token(&realm.claims(&world, "typed")), asked).await.expect(201);
    let list = world.get("/v1/challenges?user=a").await.expect(200).json();
    assert_eq!(list["data"][0]["operation"], "other");
    assert_eq!(list["data"][0]["details"][0]["value"], "口座開設");
    let untied =
        realm.world_with(|settings| settings.tier_floors = [(Operation::Login, Tier::None)].into()).await;
    untied.active_phone(true, "a").await;
    let shown = body("binding_message", json!("blue-bird"));
    call(&untied, &token(&realm.claims(&untied, "shown")), shown).await.expect(201);
    let list = untied.get("/v1/challenges?user=a").await.expect(200).json();
    assert_eq!(list["data"][0]["details"][0]["value"], "blue-bird");
}

#[tokio::test]
async fn a_sign_in_lives_as_long_as_its_token_and_no_longer_than_is_allowed() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    world.active_phone(true, "a").await;
    for (jti, life, lives) in [("1", 20, 20), ("2", 9000, 300)] {
        let mut claims = realm.claims(&world, jti);
        claims["exp"] = json!(world.now() + life);
        call(&world, &token(&claims), sign_in("a")).await.expect(201);
        let list = world.get("/v1/challenges?user=a&limit=1").await.expect(200).json();
        let ends = crate::routes::moment::rfc3339(world.now() + lives);
        assert_eq!(list["data"][0]["expires_at"], ends);
        world.advance(lives);
        expiry::round(&world.app).await.unwrap();
    }
}

#[tokio::test]
async fn what_keycloak_asked_is_exported_and_erased_with_the_customer() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    world.active_phone(true, "a").await;
    let bearer = token(&realm.claims(&world, "jti-1"));
    call(&world, &bearer, sign_in("a")).await.expect(201);
    let export = world.get("/v1/users/a/export").await.expect(200);
    let secret = bearer.rsplit_once('.').unwrap().1;
    assert!(!export.text().contains(secret));
    let export = export.json();
    let [request] = &export["keycloak_requests"].as_array().unwrap()[..] else { panic!("{export}") };
    assert_eq!((&request["issuer"], &request["reference"]), (&json!(realm.issuer), &json!("jti-1")));
    assert_eq!(request["challenge"], export["challenges"][0]["id"]);
    world.call("DELETE", "/v1/users/a", Value::Null).await.expect(204);
    let owner = World::owner(true, "a");
    assert_eq!(world.app.storage.read(move |tx| tx.keycloak_requests_of(&owner)).await.unwrap(), []);
    assert_eq!((carry(&world).await, realm.told()), (0, vec![]), "nothing about them goes out");
}

fn withdrawal(user: &str) -> Value {
    json!({ "user": user, "operation": "withdrawal", "details": [
        { "type": "amount", "value": "1250000", "currency": "JPY" },
        { "type": "bank_account", "bank": "みほん銀行", "kind": "普通", "masked": "***4567", "id": "b-1" },
        { "type": "text", "label": "お受け取り予定", "value": "あ".repeat(140) },
    ] })
}

#[tokio::test]
async fn an_intent_is_asked_of_its_customer_once() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    for user in ["a", "b"] {
        world.active_phone(true, user).await;
    }
    let registered = world.post("/v1/intents", withdrawal("a")).await.expect(201).json();
    assert_eq!(registered["expires_at"], crate::routes::moment::rfc3339(world.now() + 600));
    let by_intent = |user: &str, id: &Value| {
        let mut body = sign_in(user);
        body["inkan_request"] = id.clone();
        body
    };
    let id = &registered["id"];
    let refused = |reply: Reply| (reply.refusal(), reply.json()["field"].clone());
    let no = ((422, "invalid".to_owned()), json!("/inkan_request"));
    let other = call(&world, &token(&realm.claims(&world, "1")), by_intent("b", id)).await;
    assert_eq!(refused(other), no, "it is another's");
    let unknown = json!("018f2b2e-0000-7000-8000-000000000001");
    let unknown = call(&world, &token(&realm.claims(&world, "2")), by_intent("a", &unknown)).await;
    assert_eq!(refused(unknown), no);
    // of two at once, one
    let bearers = [token(&realm.claims(&world, "3")), token(&realm.claims(&world, "4"))];
    let replies =
        futures_util::future::join_all(bearers.iter().map(|bearer| call(&world, bearer, by_intent("a", id))))
            .await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
    let list = world.get("/v1/challenges?user=a").await.expect(200).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["details"], withdrawal("a")["details"]);
    let export = world.get("/v1/users/a/export").await.expect(200).json();
    let intent = &export["intents"][0];
    assert_eq!((&intent["id"], &intent["challenge"]), (id, &list["data"][0]["id"]));
    world.call("DELETE", "/v1/users/a", Value::Null).await.expect(204);
    let owner = World::owner(true, "a");
    assert_eq!(world.app.storage.read(move |tx| tx.intents_of(&owner)).await.unwrap(), []);
    // one that nobody could be asked stays; its time ends it
    world.post("/v1/users/b/freeze", json!({ "reason": "lost" })).await.expect(200);
    let id = world.post("/v1/intents", withdrawal("b")).await.expect(201).json()["id"].clone();
    call(&world, &token(&realm.claims(&world, "5")), by_intent("b", &id)).await.expect(201);
    world.post("/v1/users/b/unfreeze", json!({ "reason": "found" })).await.expect(200);
    world.advance(599);
    call(&world, &token(&realm.claims(&world, "6")), by_intent("b", &id)).await.expect(201);
    let id = world.post("/v1/intents", withdrawal("b")).await.expect(201).json()["id"].clone();
    world.advance(600);
    let late = call(&world, &token(&realm.claims(&world, "7")), by_intent("b", &id)).await;
    assert_eq!(refused(late), no);
}

#[tokio::test]
async fn an_intent_is_judged_when_it_is_registered() {
    let realm = Realm::new().await;
    let world = realm.world().await;
    let with = |name: &str, value: Value| {
        let mut body = withdrawal("nobody");
        body[name] = value;
        body
    };
    for (body, code, field) in [
        (with("details", json!([])), "invalid", "/details"),
        (
            with("details", json!([{ "type": "amount", "value": "-1", "currency": "JPY" }])),
            "invalid",
            "/details/0/value",
        ),
        (with("operation", json!("device_add")), "invalid", "/operation"),
        (with("expires_in", json!(29)), "invalid", "/expires_in"),
        (with("expires_in", json!(3601)), "invalid", "/expires_in"),
        (with("user", json!("no.such@user")), "invalid", "/user"),
        (with("user", json!("test_approves")), "test_user", "/user"),
    ] {
        let reply = world.post("/v1/intents", body).await.expect(422);
        assert_eq!((reply.refusal().1.as_str(), &reply.json()["field"]), (code, &json!(field)));
    }
    let test = world.call_as(&world.test_key, "POST", "/v1/intents", withdrawal("a")).await;
    assert_eq!(test.refusal(), (403, "forbidden".into()));
    let elsewhere = World::new().await;
    assert_eq!(elsewhere.post("/v1/intents", withdrawal("a")).await.refusal(), (404, "not_found".into()));
    for _ in 0..100 {
        world.post("/v1/intents", withdrawal("nobody")).await.expect(201);
    }
    let reply = world.post("/v1/intents", withdrawal("nobody")).await;
    assert_eq!(reply.refusal(), (429, "too_many_intents".into()));
    assert_eq!(reply.headers["retry-after"], "600");
    world.advance(600);
    crate::sweep::round(&world.app).await.unwrap();
    world.post("/v1/intents", withdrawal("nobody")).await.expect(201);
}

#[tokio::test]
async fn a_whole_broker_signs_in_through_one_address() {
    let realm = Realm::new().await;
    let world = realm.world_with(|settings| settings.rate_limits.device_requests_per_minute = 60).await;
    world.active_phone(true, "known").await;
    for number in 0..60 {
        let bearer = token(&realm.claims(&world, &number.to_string()));
        call(&world, &bearer, sign_in("nobody")).await.expect(201);
    }
}

#[tokio::test]
async fn every_answer_of_a_server_that_ends_closes_its_connection() {
    let world = World::new().await;
    assert!(!world.get("/livez").await.expect(200).headers.contains_key("connection"));
    world.app.drain();
    for path in ["/livez", "/v1/challenges", "/nothing"] {
        assert_eq!(world.get(path).await.headers["connection"], "close", "{path}");
    }
}

#[test]
fn the_guide_names_what_the_log_says() {
    let guide = include_str!("../../../docs/keycloak.md");
    let sources = [
        include_str!("carrier.rs"),
        include_str!("certs.rs"),
        include_str!("../routes/keycloak.rs"),
        include_str!("../routes/request.rs"),
    ];
    let table = guide.split_once("| log | |").unwrap().1.split("\n\n").next().unwrap();
    let said: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(said.len(), 6, "{said:?}");
    for words in said {
        assert!(sources.iter().any(|source| source.contains(&format!("\"{words}"))), "{words}");
    }
}
