use serde_json::{Value, json};

use crate::model::user::{FrozenBy, User};
use crate::policy::authentication::Profile;
use crate::testing::World;
use crate::testing::approval::{from_session, login, with, withdrawal};

async fn refused(world: &World, body: Value) -> (u16, String, Option<String>) {
    let reply = world.post("/v1/challenges", body).await;
    let field = reply.json()["field"].as_str().map(ToOwned::to_owned);
    let (status, code) = reply.refusal();
    (status, code, field)
}

#[tokio::test]
async fn each_mode_gets_what_its_page_needs() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    assert_eq!((&asked["state"], &asked["livemode"]), (&json!("pending"), &json!(true)));
    let number = asked["number"].as_str().unwrap();
    assert!(number.len() == 6 && number.bytes().all(|byte| byte.is_ascii_digit()));
    assert!(asked["link"].is_null() && asked["scan_url"].is_null() && asked["return_token"].is_null());
    let scan = world.ask(with(login("u"), json!({ "start": "scan" }))).await;
    assert!(scan["scan_url"].as_str().unwrap().starts_with("https://auth.example.jp/scan/"));
    assert!(scan["number"].is_null());
    let link = world.ask(with(login("u"), json!({ "start": "link" }))).await;
    assert!(link["link"].as_str().unwrap().starts_with("https://auth.example.jp/c#v=1&c="));
    // Three of one session: the two before were superseded.
    assert_eq!(world.state(&asked).await, "superseded");
    assert_eq!(world.state(&scan).await, "superseded");
    assert_eq!(world.state(&link).await, "pending");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let origin = |other: Value| json!({ "origin": with(login("u")["origin"].clone(), other) });
    for (other, field) in [
        (json!({ "user": "山田" }), "/user"),
        (json!({ "user": null }), "/user"),
        (json!({ "operation": "transfer" }), "/operation"),
        (json!({ "operation": "device_add" }), "/operation"),
        (json!({ "details": [["quantity", "1"]] }), "/details/0"),
        (json!({ "origin": ["203.0.113.24", "curl/8.0"] }), "/origin"),
        (json!({ "operation": "withdrawal" }), "/details"),
        (json!({ "details": [{ "type": "amount", "value": "1.5", "currency": "JPY" }] }), "/details/0/value"),
        (
            json!({ "details": [{ "type": "reference", "value": "a" }, { "type": "reference", "value": "b" }] }),
            "/details/1/type",
        ),
        (json!({ "details": [{ "type": "new", "value": "a" }] }), "/details/0/type"),
        (origin(json!({ "ip": "localhost" })), "/origin/ip"),
        (origin(json!({ "ip": null })), "/origin/ip"),
        (origin(json!({ "user_agent": null })), "/origin/user_agent"),
        (origin(json!({ "user_agent": "x".repeat(4097) })), "/origin/user_agent"),
        (origin(json!({ "place": "a\u{202e}b" })), "/origin/place"),
        (origin(json!({ "session": "" })), "/origin/session"),
        (json!({ "origin": null }), "/origin"),
        (json!({ "reasons": ["new_browser", "new_browser"] }), "/reasons/1"),
        (json!({ "reasons": ["unheard_of"] }), "/reasons/0"),
        (json!({ "start": "guess" }), "/start"),
        (json!({ "start": null }), "/start"),
        (json!({ "return_url": "https://localhost:9443/return" }), "/return_url"),
        (json!({ "start": "link", "return_url": "https://localhost:9443/return#x" }), "/return_url"),
        (json!({ "expires_in": 29 }), "/expires_in"),
        (json!({ "expires_in": 301 }), "/expires_in"),
        (json!({ "minimum_tier": "none" }), "/minimum_tier"),
        (json!({ "reference": "a\nb" }), "/reference"),
        (json!({ "locale": "fr" }), "/locale"),
        (json!({ "device": "x" }), "/device"),
    ] {
        let said = refused(&world, with(login("u"), other.clone())).await;
        assert_eq!(said, (422, "invalid".into(), Some(field.into())), "{other}");
    }
    assert_eq!(world.post("/v1/challenges", json!([])).await.status, 422);
}

#[tokio::test]
async fn what_is_too_large_for_a_phone_is_refused_and_supersedes_nothing() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let standing = world.ask(login("u")).await;
    let long = |count: usize| "𠮷".repeat(count);
    let details = json!([
        { "type": "account", "label": long(64), "masked": long(64) },
        { "type": "security", "code": long(64), "name": long(64), "market": long(64) },
        { "type": "bank_account", "bank": long(64), "branch": long(64), "kind": long(64), "masked": long(64), "id": long(64) },
        { "type": "change", "what": long(64), "from_masked": long(64), "to_masked": long(64) },
        { "type": "reference", "value": long(64) },
        { "type": "text", "label": long(64), "value": long(140) },
        { "type": "amount", "value": "1", "currency": "JPY" },
    ]);
    let reply = world.post("/v1/challenges", with(login("u"), json!({ "details": details }))).await;
    // Either it fits into 16 KiB, or it is refused by name; never an error of the server's own.
    assert!(matches!(reply.refusal(), (201 | 422, _)), "{}", reply.text());
    if reply.status == 422 {
        assert_eq!(world.state(&standing).await, "pending");
    }
}

#[tokio::test]
async fn return_addresses_are_compared_whole_and_returned_needs_all_three() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let link = |other| with(with(login("u"), json!({ "start": "link" })), other);
    let said = refused(&world, link(json!({ "return_url": "https://localhost:9443/return/x" }))).await;
    assert_eq!(said, (422, "return_url_not_registered".into(), Some("/return_url".into())));
    let returned = json!({ "minimum_tier": "returned", "return_url": "https://localhost:9443/return?s=1" });
    world.ask(link(returned.clone())).await;
    for wrong in [
        link(json!({ "minimum_tier": "returned" })),
        with(link(returned.clone()), json!({ "origin": { "ip": "203.0.113.24", "user_agent": "x" } })),
        with(login("u"), json!({ "minimum_tier": "scan" })),
    ] {
        let said = refused(&world, wrong).await;
        assert_eq!(said, (422, "tier_too_low".into(), Some("/minimum_tier".into())));
    }
}

#[tokio::test]
async fn the_operators_floor_holds() {
    use inkan_protocol::challenge::Tier;
    use inkan_protocol::details::Operation;
    let world = World::with(|settings| {
        settings.enrollment.profile = Profile::Standard;
        settings.tier_floors.insert(Operation::Withdrawal, Tier::Scan);
    })
    .await;
    let _phone = world.active_phone(true, "u").await;
    let said = refused(&world, withdrawal("u")).await;
    assert_eq!(said, (422, "tier_too_low".into(), Some("/start".into())));
    let asked = world.ask(with(withdrawal("u"), json!({ "start": "scan" }))).await;
    let news = world.get(&format!("/v1/challenges/{}", asked["id"].as_str().unwrap())).await.json();
    assert_eq!(news["minimum_tier"], "scan");
}

#[tokio::test]
async fn who_cannot_answer_is_not_asked() {
    let world = World::new().await;
    assert_eq!(world.post("/v1/challenges", login("nobody")).await.refusal(), (404, "no_device".into()));
    let phone = world.active_phone(true, "u").await;
    let other = world.active_phone(true, "v").await;
    let elsewhere = with(login("u"), json!({ "device": other.device.to_string() }));
    let said = refused(&world, elsewhere).await;
    assert_eq!(said, (404, "no_device".into(), Some("/device".into())));
    world.ask(with(login("u"), json!({ "device": phone.device.to_string() }))).await;

    // A test user's name is kept from live mode, and live customers are not known in test mode.
    let said = refused(&world, login("test_approves")).await;
    assert_eq!(said, (422, "test_user".into(), Some("/user".into())));
    let in_test = world.call_as(&world.test_key, "POST", "/v1/challenges", login("u")).await;
    assert_eq!(in_test.refusal(), (404, "no_device".into()));

    let owner = World::owner(true, "u");
    let now = world.now();
    world
        .app
        .storage
        .write(move |tx| -> Result<(), crate::routes::refusal::Refusal> {
            let user = tx.user(&owner)?.unwrap();
            Ok(tx.put_user(&user.freeze(now, "lost".into(), FrozenBy::RelyingParty))?)
        })
        .await
        .unwrap();
    assert_eq!(world.post("/v1/challenges", login("u")).await.refusal(), (409, "user_locked".into()));
}

#[tokio::test]
async fn a_device_that_waits_is_left_out_until_none_is_left() {
    let world = World::new().await;
    let waiting = world.active_phone(true, "u").await;
    let mut device = world.device(waiting.device).await;
    device.restricted_until = Some(world.now() + 3600);
    world.app.storage.write(move |tx| tx.put_device(&device)).await.unwrap();
    let reply = world.post("/v1/challenges", withdrawal("u")).await;
    assert_eq!(reply.refusal(), (409, "device_waiting".into()));
    world.ask(login("u")).await;
    assert_eq!(world.pending(&waiting).await.len(), 1, "signing in does not wait");

    let older = world.active_phone(true, "u").await;
    world.ask(from_session(withdrawal("u"), "s-2")).await;
    assert_eq!((world.pending(&waiting).await.len(), world.pending(&older).await.len()), (1, 1));
    world.advance(3600);
    world.ask(withdrawal("u")).await;
    assert_eq!(world.pending(&waiting).await.len(), 1);
}

#[tokio::test]
async fn superseding_stays_within_operation_and_session() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let first = world.ask(login("u")).await;
    let second = world.ask(from_session(login("u"), "s-2")).await;
    let third = world.post("/v1/challenges", from_session(login("u"), "s-3")).await;
    assert_eq!(third.refusal(), (429, "too_many_prompts".into()));
    assert_eq!(third.headers["retry-after"], "120");
    assert_eq!((world.state(&first).await, world.state(&second).await), ("pending".into(), "pending".into()));
    // Nobody's prompts hold back what cannot be approved without the page.
    for start in ["scan", "link"] {
        world.ask(with(from_session(login("u"), "s-3"), json!({ "start": start }))).await;
    }
    // But for a flood: sixteen wait, the next does not.
    for number in 4..17 {
        let session = format!("s-{number}");
        world.ask(with(from_session(login("u"), &session), json!({ "start": "scan" }))).await;
    }
    let flood = with(from_session(login("u"), "s-17"), json!({ "start": "scan" }));
    assert_eq!(world.post("/v1/challenges", flood).await.refusal(), (429, "too_many_prompts".into()));
}

#[tokio::test]
async fn sessions_that_are_not_stated_are_one() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let unstated = with(login("u"), json!({ "origin": { "ip": "203.0.113.24", "user_agent": "x" } }));
    let first = world.ask(unstated.clone()).await;
    let second = world.ask(unstated).await;
    assert_eq!(world.state(&first).await, "superseded");
    let news = world.get(&format!("/v1/challenges/{}", first["id"].as_str().unwrap())).await.json();
    assert_eq!(news["superseded_by"], second["id"]);
}

#[tokio::test]
async fn prompts_pause_and_a_refused_one_supersedes_nothing() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let mut last = Value::Null;
    for _ in 0..3 {
        last = world.ask(login("u")).await;
    }
    let fourth = world.post("/v1/challenges", login("u")).await;
    assert_eq!(fourth.refusal(), (429, "too_many_prompts".into()));
    assert_eq!(fourth.headers["retry-after"], "10");
    assert_eq!(world.state(&last).await, "pending");
    world.advance(10);
    world.ask(login("u")).await;
    assert_eq!(world.post("/v1/challenges", login("u")).await.headers["retry-after"], "20");
    world.ask(with(login("u"), json!({ "start": "scan" }))).await;
}

#[tokio::test]
async fn a_muted_customer_and_a_locked_network_get_no_number() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let change = |change: fn(User, u64) -> User| {
        let owner = World::owner(true, "u");
        let now = world.now();
        world.app.storage.write(move |tx| {
            let user = tx.user(&owner)?.unwrap();
            tx.put_user(&change(user, now))
        })
    };
    change(|user, now| User { muted_until: Some(now + 1200), ..user }).await.unwrap();
    assert_eq!(world.post("/v1/challenges", login("u")).await.headers["retry-after"], "1200");
    change(|user, now| {
        let wrong_numbers =
            (0..5).fold(user.wrong_numbers.clone(), |wrong, _| wrong.with_wrong("203.0.113.0/24", now));
        User { muted_until: None, wrong_numbers, ..user }
    })
    .await
    .unwrap();
    assert_eq!(world.post("/v1/challenges", login("u")).await.headers["retry-after"], "600");
    let elsewhere = json!({ "origin": { "ip": "198.51.100.1", "user_agent": "x" } });
    world.ask(with(login("u"), elsewhere)).await;
}

#[tokio::test]
async fn a_key_needs_the_scope() {
    use crate::model::api_key::Scope;
    let world = World::new().await;
    world.put_api_key(3, "ik_live_read", true, &[Scope::Read]).await;
    let reply = world.call_as("ik_live_read", "POST", "/v1/challenges", login("u")).await;
    assert_eq!(reply.refusal(), (403, "forbidden".into()));
}

#[tokio::test]
async fn no_secret_of_a_challenge_is_in_the_store() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let number = world.ask(login("u")).await;
    let scan = world.ask(with(from_session(login("u"), "s-2"), json!({ "start": "scan" }))).await;
    let link = world.ask(with(from_session(login("u"), "s-3"), json!({ "start": "link" }))).await;
    let owner = World::owner(true, "u");
    let pending = world.app.storage.read(move |tx| tx.pending_of(&owner)).await.unwrap();
    let stored = serde_json::to_string(&pending).unwrap();
    assert!(stored.contains("203.0.113.24"), "control: what is no secret is found");
    let token = |url: &Value, mark: &str| url.as_str().unwrap().rsplit_once(mark).unwrap().1.to_owned();
    for secret in [
        format!("\"{}\"", number["number"].as_str().unwrap()),
        token(&scan["scan_url"], "/"),
        token(&link["link"], "&t="),
        number["watch_token"].as_str().unwrap().to_owned(),
        "s-2".to_owned(),
    ] {
        assert!(!stored.contains(&secret));
    }
}
