//! What is asked.

use inkan_protocol::challenge::{Challenge, Start as Shown, Tier};
use inkan_protocol::details::Locale;
use inkan_protocol::details::Operation;
use inkan_protocol::display;

use super::*;
use crate::shown;

async fn world() -> (World, Phone) {
    let world = World::new().await;
    world.put_client(portal()).await;
    let phone = world.active_phone(true, "u-1").await;
    (world, phone)
}

async fn asked(world: &World, phone: &Phone) -> Challenge {
    shown::read(&world.pending(phone).await.remove(0)).unwrap()
}

#[tokio::test]
async fn digits_are_typed_and_the_client_is_named() {
    let (world, phone) = world().await;
    let begun = world.basic("/bc-authorize", LOGIN).await.expect(200);
    assert_eq!(begun.headers["cache-control"], "no-store");
    assert_eq!((&begun.json()["expires_in"], &begun.json()["interval"]), (&json!(120), &json!(5)));
    let challenge = asked(&world, &phone).await;
    assert_eq!(challenge.start, Shown::Number { digits: 4 });
    assert_eq!((challenge.operation, challenge.origin.client.as_str()), (Operation::Login, "みほんポータル"));
    assert!(challenge.origin.ip.is_none() && challenge.details.is_empty());
    assert!(!serde_json::to_string(&challenge).unwrap().contains("4711"));
}

#[tokio::test]
async fn text_needs_a_floor_that_allows_it_and_is_then_shown() {
    let (world, _) = world().await;
    for message in ["", "K-42", "123", "１２３４", "see https://a.example"] {
        let reply = world.basic("/bc-authorize", &with(LOGIN, &[("binding_message", message)])).await;
        assert_eq!(error(&reply), (400, "invalid_binding_message".into()), "{message}");
    }
    let lowered = World::with(|settings| {
        settings.tier_floors.insert(Operation::Login, Tier::None);
    })
    .await;
    lowered.put_client(portal()).await;
    let phone = lowered.active_phone(true, "u-1").await;
    lowered.ciba(&with(LOGIN, &[("binding_message", "K-42")])).await;
    let challenge = asked(&lowered, &phone).await;
    assert_eq!(challenge.start, Shown::None {});
    assert!(display::render(&challenge.shown(), Locale::Ja).unwrap().text().contains("K-42"));
    let demanded = with(LOGIN, &[("binding_message", "K-42"), ("acr_values", "number")]);
    let reply = lowered.basic("/bc-authorize", &demanded).await;
    assert_eq!(error(&reply), (400, "invalid_binding_message".into()));
    let said = lowered.get("/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(said["acr_values_supported"], json!(["number", "none"]));
}

#[tokio::test]
async fn who_cannot_be_asked_is_answered_the_same() {
    let (world, _) = world().await;
    let gone = world.active_phone(true, "u-2").await;
    world.call("DELETE", &format!("/v1/users/u-2/devices/{}", gone.device), Value::Null).await.expect(204);
    let mut said = Vec::new();
    for hint in ["nobody", "u-2", "not an id", "test_approves"] {
        let reply = world.basic("/bc-authorize", &with(LOGIN, &[("login_hint", hint)])).await;
        assert_eq!(error(&reply), (400, "unknown_user_id".into()), "{hint}");
        said.push(reply.json());
    }
    said.dedup();
    assert_eq!(said.len(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_said_before_anybody_looks_for_the_customer() {
    let (world, _) = world().await;
    let nobody = with(LOGIN, &[("login_hint", "nobody")]);
    for (change, expected) in [
        (vec![("scope", "")], "invalid_request"),
        (vec![("scope", "profile")], "invalid_scope"),
        (vec![("requested_expiry", "0")], "invalid_request"),
        (vec![("requested_expiry", "soon")], "invalid_request"),
        (vec![("acr_values", "urn:other")], "invalid_request"),
        (vec![("acr_values", "returned")], "invalid_request"),
        (vec![("request_uri", "https://a.example")], "invalid_request"),
        (vec![("login_hint_token", "x")], "invalid_request"),
        (vec![("id_token_hint", "x")], "invalid_request"),
        (vec![("authorization_details", "{}")], "invalid_authorization_details"),
    ] {
        let reply = world.basic("/bc-authorize", &with(&nobody, &change)).await;
        assert_eq!(error(&reply), (400, expected.into()), "{change:?}");
    }
    for hint in [vec![("login_hint", "")], vec![("login_hint", ""), ("login_hint_token", "x")]] {
        let reply = world.basic("/bc-authorize", &with(LOGIN, &hint)).await;
        assert_eq!(error(&reply), (400, "invalid_request".into()), "{hint:?}");
    }
}

#[tokio::test]
async fn an_expiry_is_granted_within_bounds() {
    let (world, phone) = world().await;
    for (counter, (wish, granted)) in (1..).zip([("60", 60), ("1", 30), ("9999", 300)]) {
        let reply = world.basic("/bc-authorize", &with(LOGIN, &[("requested_expiry", wish)])).await;
        assert_eq!(reply.expect(200).json()["expires_in"], granted);
        world.decide(&phone, Decision::Approve, Some("4711"), counter).await;
    }
}

const WITHDRAWAL: &str = r#"[{"type":"inkan_operation","operation":"withdrawal","details":[
    {"type":"amount","value":"1250000","currency":"JPY"},
    {"type":"bank_account","bank":"みほん銀行","kind":"普通","masked":"***4567","id":"b-1"}]}]"#;

#[tokio::test]
async fn authorization_details_are_what_is_shown() {
    let (world, phone) = world().await;
    world.ciba(&with(LOGIN, &[("authorization_details", WITHDRAWAL)])).await;
    let challenge = asked(&world, &phone).await;
    assert_eq!((challenge.operation, challenge.details.len()), (Operation::Withdrawal, 2));
}

#[tokio::test]
async fn authorization_details_that_are_not_wholly_understood_are_refused() {
    let (world, _) = world().await;
    for wrong in [
        "x",
        "[]",
        "{}",
        "[1]",
        r#"[{"type":"other","operation":"login"}]"#,
        r#"[{"type":"inkan_operation"}]"#,
        r#"[{"type":"inkan_operation","operation":"login","more":1}]"#,
        r#"[{"type":"inkan_operation","operation":"login","operation":"login"}]"#,
        r#"[{"type":"inkan_operation","operation":"device_add"}]"#,
        r#"[{"type":"inkan_operation","operation":"withdrawal","details":[]}]"#,
        r#"[{"type":"inkan_operation","operation":"login"},{"type":"inkan_operation","operation":"login"}]"#,
        r#"[{"type":"inkan_operation","operation":"login","details":[{"type":"amount","value":"-1","currency":"JPY"}]}]"#,
    ] {
        let reply = world.basic("/bc-authorize", &with(LOGIN, &[("authorization_details", wrong)])).await;
        assert_eq!(error(&reply), (400, "invalid_authorization_details".into()), "{wrong}");
    }
}

#[tokio::test]
async fn what_the_operator_does_not_allow_is_denied_before_anybody_is_asked() {
    let floor = |settings: &mut crate::settings::Settings| {
        settings.tier_floors.insert(Operation::Withdrawal, Tier::Returned);
    };
    let world = World::with(floor).await;
    world.put_client(portal()).await;
    let phone = world.active_phone(true, "u-1").await;
    let reply = world.basic("/bc-authorize", &with(LOGIN, &[("authorization_details", WITHDRAWAL)])).await;
    assert_eq!(error(&reply), (403, "access_denied".into()));
    world.post("/v1/users/u-1/freeze", json!({ "reason": "lost" })).await.expect(200);
    assert_eq!(error(&world.basic("/bc-authorize", LOGIN).await), (403, "access_denied".into()));
    assert!(world.pending(&phone).await.is_empty());
}

#[tokio::test]
async fn too_many_prompts_are_denied_with_the_time_to_wait() {
    let (world, phone) = world().await;
    world.ciba(LOGIN).await;
    world.ciba(LOGIN).await;
    let reply = world.basic("/bc-authorize", LOGIN).await;
    assert_eq!(error(&reply), (400, "access_denied".into()));
    assert_eq!(reply.headers["retry-after"], "120");
    assert_eq!(world.pending(&phone).await.len(), 2, "each is a session of its own: none replaces another");
}

#[tokio::test]
async fn wrong_numbers_in_a_row_stop_the_client_that_asked_and_nobody_else() {
    let (world, phone) = world().await;
    for counter in 1..=5 {
        world.ciba(LOGIN).await;
        let sent = world.pending(&phone).await.remove(0);
        let wrong = Answer { number: Some("0000".into()), ..phone.says(&sent, Decision::Approve, counter) };
        assert_eq!(world.answer(&phone, &wrong).await.refusal(), (409, "number_wrong".into()));
        // slowly enough for the pauses between prompts
        world.advance(150);
    }
    let reply = world.basic("/bc-authorize", LOGIN).await;
    assert_eq!(error(&reply), (400, "access_denied".into()));
    assert_eq!(reply.headers["retry-after"], "450", "ten minutes since the fifth");
    world.put_client(OpenidClient { id: "other".into(), ..portal() }).await;
    let as_other = with(LOGIN, &[("client_id", "other"), ("client_secret", SECRET)]);
    world.form("/bc-authorize", &as_other).await.expect(200);
    world.advance(450);
    world.ciba(LOGIN).await;
}

fn signed(world: &World, jti: &str, change: &[(&str, Value)]) -> String {
    let now = world.now();
    let mut claims = json!({
        "iss": "portal", "aud": ISSUER, "iat": now, "nbf": now, "exp": now + 60, "jti": jti,
        "scope": "openid", "login_hint": "u-1", "binding_message": "4711", "requested_expiry": 60,
        "authorization_details": serde_json::from_str::<Value>(WITHDRAWAL).unwrap(),
    });
    for (name, value) in change {
        claims[*name] = value.clone();
    }
    client_signs(&client_key(), &claims)
}

#[tokio::test]
async fn a_signed_request_holds_everything_and_is_taken_once() {
    let (world, phone) = world().await;
    let request = signed(&world, "1", &[]);
    let begun = world.basic("/bc-authorize", &[("request", &request)]).await.expect(200).json();
    assert_eq!(begun["expires_in"], 60);
    assert_eq!(asked(&world, &phone).await.operation, Operation::Withdrawal);
    let again = world.basic("/bc-authorize", &[("request", &request)]).await;
    assert_eq!(error(&again), (400, "invalid_request".into()));
}

#[tokio::test]
async fn a_signed_request_that_is_not_for_here_and_now_is_refused() {
    let (world, _) = world().await;
    let beside = signed(&world, "1", &[]);
    let reply = world.basic("/bc-authorize", &[("request", &beside), ("scope", "openid")]).await;
    assert_eq!(error(&reply), (400, "invalid_request".into()));
    let now = world.now();
    for (name, value) in [
        ("iss", json!("other")),
        ("aud", json!("https://other.example")),
        ("exp", json!(now - 60)),
        ("nbf", Value::Null),
        ("iat", Value::Null),
        ("jti", Value::Null),
        ("request", json!("x")),
        ("sub", json!("portal")),
        ("login_hint", Value::Null),
        ("binding_message", json!("")),
    ] {
        let request = signed(&world, "same", &[(name, value.clone())]);
        let reply = world.basic("/bc-authorize", &[("request", &request)]).await;
        assert_eq!(error(&reply), (400, "invalid_request".into()), "{name} {value}");
    }
    let thief = SigningKey::from_slice(&[8; 32]).unwrap();
    let claims =
        json!({ "iss": "portal", "aud": ISSUER, "iat": now, "nbf": now, "exp": now + 60, "jti": "t" });
    let reply = world.basic("/bc-authorize", &[("request", &client_signs(&thief, &claims))]).await;
    assert_eq!(error(&reply), (400, "invalid_request".into()));
    world.put_client(OpenidClient { keys: vec![], ..portal() }).await;
    let reply = world.basic("/bc-authorize", &[("request", &signed(&world, "2", &[]))]).await;
    assert_eq!(error(&reply), (400, "invalid_request".into()));
}

#[tokio::test]
async fn a_client_in_mode_ping_gives_a_token_to_be_told_with() {
    let (world, _) = world().await;
    let endpoint = Some("https://portal.example/ping".to_owned());
    world.put_client(OpenidClient { notification_endpoint: endpoint, ..portal() }).await;
    let long = "x".repeat(1025);
    for token in ["", "a b", "=", "é", &long] {
        let reply = world.basic("/bc-authorize", &with(LOGIN, &[("client_notification_token", token)])).await;
        assert_eq!(error(&reply), (400, "invalid_request".into()), "{token}");
    }
    world.ciba(&with(LOGIN, &[("client_notification_token", "abc-._~+/09=")])).await;
}
