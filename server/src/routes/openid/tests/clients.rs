//! Who calls.

use super::*;

async fn world() -> World {
    let world = World::new().await;
    world.put_client(portal()).await;
    world
}

const POLL: [(&str, &str); 2] = [("grant_type", super::super::GRANT_TYPE), ("auth_req_id", "x")];

/// It got past authentication: this `auth_req_id` is nobody's.
fn passed() -> (u16, String) {
    (400, "invalid_grant".into())
}

fn refused() -> (u16, String) {
    (401, "invalid_client".into())
}

#[tokio::test]
async fn a_secret_is_taken_in_header_or_body_and_not_in_both() {
    let world = world().await;
    assert_eq!(error(&world.basic("/token", &POLL).await), passed());
    let post = with(&POLL, &[("client_id", "portal"), ("client_secret", SECRET)]);
    assert_eq!(error(&world.form("/token", &post).await), passed());
    let both = world.basic("/token", &post).await;
    assert_eq!(error(&both), (400, "invalid_request".into()));
    let other = world.basic("/token", &with(&POLL, &[("client_id", "other")])).await;
    assert_eq!(error(&other), (400, "invalid_request".into()));
}

#[tokio::test]
async fn who_does_not_show_who_it_is_is_refused_the_same_whoever_it_is() {
    let world = world().await;
    let wrong = world.form("/token", &with(&POLL, &[("client_id", "portal"), ("client_secret", "x")])).await;
    let unknown =
        world.form("/token", &with(&POLL, &[("client_id", "nobody"), ("client_secret", "x")])).await;
    assert_eq!(error(&wrong), refused());
    assert_eq!(wrong.json(), unknown.json());
    assert!(!wrong.headers.contains_key("www-authenticate"));
    assert_eq!(error(&world.form("/token", &POLL).await), refused());
    world.put_client(OpenidClient { revoked_at: Some(START), ..portal() }).await;
    let revoked = world.basic("/token", &POLL).await;
    assert_eq!(error(&revoked), refused());
    assert_eq!(revoked.headers["www-authenticate"], "Basic realm=\"inkan\"", "it tried the header");
}

#[tokio::test]
async fn a_test_client_ends_with_test_mode() {
    let world = World::with(|settings| settings.test_mode = false).await;
    world.put_client(OpenidClient { live: false, ..portal() }).await;
    assert_eq!(error(&world.basic("/token", &POLL).await), refused());
}

fn assertion(world: &World, jti: &str, change: &[(&str, Value)]) -> String {
    let now = world.now();
    let mut claims = json!({
        "iss": "portal", "sub": "portal", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": jti,
    });
    for (name, value) in change {
        claims[*name] = value.clone();
    }
    client_signs(&client_key(), &claims)
}

async fn poll_with(world: &World, assertion: &str) -> (u16, String) {
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let parameters = with(&POLL, &[("client_assertion_type", kind), ("client_assertion", assertion)]);
    error(&world.form("/token", &parameters).await)
}

#[tokio::test]
async fn an_assertion_is_taken_once() {
    let world = world().await;
    world.put_client(OpenidClient { authentication: Authentication::PrivateKeyJwt, ..portal() }).await;
    let one = assertion(&world, "1", &[]);
    assert_eq!(poll_with(&world, &one).await, passed());
    assert_eq!(poll_with(&world, &one).await, refused());
    for (number, aud) in [
        json!(format!("{ISSUER}/token")),
        json!(format!("{ISSUER}/bc-authorize")),
        json!(["https://other.example", ISSUER]),
    ]
    .into_iter()
    .enumerate()
    {
        let other = assertion(&world, &format!("aud-{number}"), &[("aud", aud)]);
        assert_eq!(poll_with(&world, &other).await, passed());
    }
    assert_eq!(error(&world.basic("/token", &POLL).await), refused(), "it has no secret any more");
}

#[tokio::test]
async fn an_assertion_for_others_of_others_or_of_another_time_is_refused() {
    let world = world().await;
    assert_eq!(poll_with(&world, &assertion(&world, "0", &[])).await, refused(), "this client has a secret");
    world.put_client(OpenidClient { authentication: Authentication::PrivateKeyJwt, ..portal() }).await;
    let now = world.now();
    for (name, value) in [
        ("aud", json!("https://other.example")),
        ("aud", json!(format!("{ISSUER}/test"))),
        ("aud", json!([])),
        ("sub", json!("other")),
        ("iss", json!("other")),
        ("exp", json!(now - 31)),
        ("exp", json!(now + 7200)),
        ("iat", json!(now + 120)),
        ("nbf", json!(now + 120)),
        ("jti", json!("")),
        ("jti", Value::Null),
        ("exp", Value::Null),
    ] {
        let token = assertion(&world, "same", &[(name, value.clone())]);
        assert_eq!(poll_with(&world, &token).await, refused(), "{name} {value}");
    }
    let thief = SigningKey::from_slice(&[8; 32]).unwrap();
    let claims = json!({ "iss": "portal", "sub": "portal", "aud": ISSUER, "exp": now + 60, "jti": "same" });
    assert_eq!(poll_with(&world, &client_signs(&thief, &claims)).await, refused());
    assert_eq!(poll_with(&world, "x").await, refused());
    assert_eq!(poll_with(&world, &assertion(&world, "same", &[])).await, passed(), "none of them used it up");
}

#[tokio::test]
async fn only_forms_are_read() {
    let world = world().await;
    let reply = world.call("POST", "/token", json!({ "grant_type": "x" })).await;
    assert_eq!(error(&reply), (400, "invalid_request".into()));
    let twice = [("a", "1"), ("a", "1")];
    assert_eq!(error(&world.basic("/token", &twice).await), (400, "invalid_request".into()));
    let kind = world.basic("/token", &with(&POLL, &[("grant_type", "client_credentials")])).await;
    assert_eq!(error(&kind), (400, "unsupported_grant_type".into()));
    assert_eq!(error(&world.basic("/token", &[]).await), (400, "invalid_request".into()));
}
