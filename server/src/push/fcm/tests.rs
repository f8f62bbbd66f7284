use std::collections::BTreeMap;
use std::time::Duration;

use inkan_protocol::encoding::decode;
use inkan_protocol::enrollment::PushProvider;
use inkan_protocol::push_hint::PushHint;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};

use super::*;
use crate::clock::ManualClock;
use crate::push::signing::pkcs8_of_pem;
use crate::push::testing::{NOW, Provider, Reply, Seen, doorbell};

/// Made for these tests; it opens nothing.
const KEY: &str = include_str!("key-of-tests.pem");
const EMAIL: &str = "push@broker-example.iam.gserviceaccount.com";
const TOKEN: &str = "cXy0-registration:APA91bH_of-a-phone";
const SEND: &str = "/v1/projects/broker-example/messages:send";

struct Rig {
    provider: Arc<Provider>,
    clock: Arc<ManualClock>,
    fcm: Arc<Fcm>,
}

/// Google's two hosts are one here.
fn google(send: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> impl Fn(&Seen) -> Reply + Send + Sync {
    let count = std::sync::atomic::AtomicUsize::new(0);
    move |seen| {
        if seen.path == "/token" {
            let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            let token = json!({ "access_token": format!("ya29.number-{number}"), "expires_in": 3599, "token_type": "Bearer" });
            Reply::of(200, &token.to_string())
        } else {
            send(seen)
        }
    }
}

fn taken() -> Reply {
    Reply::of(200, r#"{"name":"projects/broker-example/messages/1"}"#)
}

impl Rig {
    async fn new() -> Self {
        let provider = Provider::start().await;
        provider.does(google(|_| taken()));
        let account = ServiceAccount::parse(file(&provider.url("/token")).to_string().as_bytes()).unwrap();
        let clock = Arc::new(ManualClock::at(NOW));
        let fcm = Fcm::new(&provider.outbound(), provider.url(""), account, clock.clone()).unwrap();
        Self { provider, clock, fcm: Arc::new(fcm) }
    }

    async fn ring(&self) -> Outcome {
        self.fcm.ring(&phone(), &doorbell(Ring::Look)).await
    }

    fn sent_to(&self, path: &str) -> Vec<Seen> {
        self.provider.seen().into_iter().filter(|seen| seen.path == path).collect()
    }
}

/// As the Firebase console gives it.
fn file(token_uri: &str) -> Value {
    json!({
        "type": "service_account",
        "project_id": "broker-example",
        "private_key_id": "0123456789abcdef",
        "private_key": KEY,
        "client_email": EMAIL,
        "client_id": "100000000000000000000",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": token_uri,
        "universe_domain": "googleapis.com",
    })
}

fn phone() -> Push {
    Push { provider: PushProvider::Fcm, token: TOKEN.into(), p256dh: None, auth: None }
}

fn error(status: u16, general: &str, own: Option<&str>, message: &str, field: Option<&str>) -> String {
    let mut details = Vec::new();
    if let Some(own) = own {
        details.push(
            json!({ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": own }),
        );
    }
    if let Some(field) = field {
        let violations = json!([{ "field": field, "description": message }]);
        details.push(
            json!({ "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations }),
        );
    }
    json!({ "error": { "code": status, "message": message, "status": general, "details": details } })
        .to_string()
}

fn headers(seen: &Seen) -> BTreeMap<String, String> {
    seen.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

fn these(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn what_leaves_the_process_is_a_doorbell_and_a_signed_wish_for_a_token() {
    let rig = Rig::new().await;
    assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    let seen = rig.provider.seen();
    let [wish, message] = seen.as_slice() else { panic!("{seen:?}") };
    let agent = concat!("inkan/", env!("CARGO_PKG_VERSION"));

    assert_eq!((wish.method.as_str(), wish.path.as_str()), ("POST", "/token"));
    let length = wish.body.len().to_string();
    let expected = [
        ("accept", "*/*"),
        ("content-length", &length),
        ("content-type", "application/x-www-form-urlencoded"),
        ("user-agent", agent),
    ];
    assert_eq!(headers(wish), these(&expected));
    let body = String::from_utf8(wish.body.clone()).unwrap();
    let assertion = body
        .strip_prefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=")
        .unwrap();
    let (input, signature) = assertion.rsplit_once('.').unwrap();
    let pair = RsaKeyPair::from_pkcs8(&pkcs8_of_pem(KEY.as_bytes()).unwrap()).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key())
        .verify(input.as_bytes(), &decode(signature).unwrap())
        .unwrap();
    let (header, claims) = input.split_once('.').unwrap();
    let part = |part| -> Value { serde_json::from_slice(&decode(part).unwrap()).unwrap() };
    assert_eq!(part(header), json!({ "alg": "RS256", "typ": "JWT", "kid": "0123456789abcdef" }));
    let scope = "https://www.googleapis.com/auth/firebase.messaging";
    let aud = rig.provider.url("/token");
    assert_eq!(
        part(claims),
        json!({ "iss": EMAIL, "scope": scope, "aud": aud, "iat": NOW, "exp": NOW + 3600 })
    );

    assert_eq!((message.method.as_str(), message.path.as_str()), ("POST", SEND));
    assert_eq!(message.version, axum::http::Version::HTTP_2);
    let length = message.body.len().to_string();
    let expected = [
        ("accept", "*/*"),
        ("authorization", "Bearer ya29.number-1"),
        ("content-length", &length),
        ("content-type", "application/json"),
        ("user-agent", agent),
    ];
    assert_eq!(headers(message), these(&expected));
    let body = message.json();
    assert_eq!(
        body,
        json!({ "message": {
            "token": TOKEN,
            "data": {
                "v": "1",
                "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                "collapse": "01890a5d-ac96-774b-bcce-b302099a8058",
            },
            "android": {
                "priority": "HIGH",
                "ttl": "120s",
                "collapse_key": "01890a5d-ac96-774b-bcce-b302099a8058",
            },
        } })
    );
    // as the app reads it
    let data = body["message"]["data"].to_string();
    assert_eq!(PushHint::parse(data.as_bytes()).unwrap(), doorbell(Ring::Look).hint);
}

#[tokio::test]
async fn what_has_ended_is_a_normal_message_and_no_life_is_longer_than_four_weeks() {
    let rig = Rig::new().await;
    rig.fcm.ring(&phone(), &doorbell(Ring::Ended)).await;
    let android = |seen: Seen| seen.json()["message"]["android"].clone();
    assert_eq!(android(rig.provider.last())["priority"], "NORMAL");
    let far = Doorbell { until: u64::MAX, ..doorbell(Ring::Look) };
    rig.fcm.ring(&phone(), &far).await;
    assert_eq!(android(rig.provider.last())["ttl"], "2419200s");
    let over = Doorbell { until: 1, ..doorbell(Ring::Look) };
    rig.fcm.ring(&phone(), &over).await;
    assert_eq!(android(rig.provider.last())["ttl"], "0s");
}

#[tokio::test]
async fn an_access_token_is_fetched_once_for_many_and_again_shortly_before_its_end() {
    let rig = Rig::new().await;
    let all = futures_util::future::join_all((0..50).map(|_| rig.ring())).await;
    assert!(all.iter().all(|outcome| *outcome == Outcome::DeliveredToProvider));
    assert_eq!((rig.sent_to("/token").len(), rig.sent_to(SEND).len()), (1, 50));
    rig.clock.advance(Duration::from_secs(3599 - 301));
    rig.ring().await;
    assert_eq!(rig.sent_to("/token").len(), 1);
    rig.clock.advance(Duration::from_secs(1));
    rig.ring().await;
    assert_eq!(rig.sent_to("/token").len(), 2);
    assert_eq!(rig.provider.last().header("authorization"), "Bearer ya29.number-2");
}

#[tokio::test]
async fn an_access_token_that_is_not_taken_is_fetched_anew_once() {
    let rig = Rig::new().await;
    rig.ring().await;
    let unauthenticated = error(401, "UNAUTHENTICATED", None, "invalid authentication credentials", None);
    let refused = unauthenticated.clone();
    rig.provider.does(google(move |seen| {
        if seen.header("authorization") == "Bearer ya29.number-1" && seen.connection > 0 {
            Reply::of(401, &refused)
        } else {
            taken()
        }
    }));
    // this provider counts its tokens from one again: the first new one is refused as well
    let Outcome::Misconfigured { why } = rig.ring().await else { panic!() };
    assert!(why.starts_with("401 UNAUTHENTICATED"), "{why}");
    assert_eq!((rig.sent_to("/token").len(), rig.sent_to(SEND).len()), (2, 3));
    assert_eq!(rig.ring().await, Outcome::DeliveredToProvider, "the one after that is taken");
    assert_eq!((rig.sent_to("/token").len(), rig.sent_to(SEND).len()), (3, 5));
}

#[tokio::test]
async fn every_documented_error_has_its_outcome() {
    let rig = Rig::new().await;
    let pause = |seconds| Outcome::Throttled { retry_after: Duration::from_secs(seconds) };
    let gone = Outcome::TokenGone { since: None };
    let not_valid = "The registration token is not a valid FCM registration token";
    // None: the operator has to look
    for (status, general, own, message, field, expected) in [
        (404, "NOT_FOUND", Some("UNREGISTERED"), "Requested entity was not found.", None, Some(gone.clone())),
        (400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"), not_valid, None, Some(gone.clone())),
        (400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"), "", Some("message.token"), Some(gone)),
        (400, "INVALID_ARGUMENT", None, not_valid, Some("message.data[0].value"), None),
        (400, "INVALID_ARGUMENT", None, "Invalid value", Some("message.android.ttl"), None),
        (400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"), "Message is too big", None, None),
        (403, "PERMISSION_DENIED", Some("SENDER_ID_MISMATCH"), "SenderId mismatch", None, None),
        (429, "RESOURCE_EXHAUSTED", Some("QUOTA_EXCEEDED"), "Quota exceeded", None, Some(pause(60))),
        (429, "RESOURCE_EXHAUSTED", None, "Quota exceeded", None, Some(pause(60))),
        (503, "UNAVAILABLE", Some("UNAVAILABLE"), "", None, Some(Outcome::ProviderDown)),
        (500, "INTERNAL", Some("INTERNAL"), "", None, Some(Outcome::ProviderDown)),
        (401, "UNAUTHENTICATED", Some("THIRD_PARTY_AUTH_ERROR"), "", None, None),
        (403, "PERMISSION_DENIED", None, "Cloud Messaging API has not been used", None, None),
        (404, "NOT_FOUND", None, "Requested entity was not found.", None, None),
        (400, "", Some("UNSPECIFIED_ERROR"), "", None, None),
        (502, "", None, "", None, Some(Outcome::ProviderDown)),
        (418, "", None, "", None, None),
    ] {
        let body = error(status, general, own, message, field);
        rig.provider.does(google(move |_| Reply::of(status, &body)));
        match (rig.ring().await, expected) {
            (Outcome::Misconfigured { why }, None) => {
                assert!(why.starts_with(&status.to_string()), "{why}");
                assert!(why.contains(own.unwrap_or(general)) && !why.contains(TOKEN), "{why}");
                assert!(message.is_empty() || !why.contains(message), "Google's sentences may quote: {why}");
            }
            (outcome, expected) => assert_eq!(Some(outcome), expected, "{status} {general} {own:?}"),
        }
    }
    for (status, own) in [(429, "QUOTA_EXCEEDED"), (503, "UNAVAILABLE")] {
        let body = error(status, own, Some(own), "", None);
        rig.provider.does(google(move |_| Reply::retry_after(status, "77", &body)));
        assert_eq!(rig.ring().await, pause(77));
    }
    rig.provider.does(google(|_| Reply::of(502, "<!DOCTYPE html>")));
    assert_eq!(rig.ring().await, Outcome::ProviderDown);
}

#[tokio::test]
async fn an_account_that_is_refused_is_the_operators_and_its_outage_is_googles() {
    let rig = Rig::new().await;
    for (status, body, part) in [
        (400, r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#, Some("clock")),
        (401, r#"{"error":"invalid_client"}"#, Some("deleted")),
        (403, "no JSON", Some("403")),
        (200, r#"{"expires_in":10}"#, Some("no access token")),
        (200, r#"{"access_token":"a\nb","expires_in":10}"#, Some("no access token")),
        (500, "", None),
    ] {
        rig.provider.always(Reply::of(status, body));
        match (rig.ring().await, part) {
            (Outcome::Misconfigured { why }, Some(part)) => assert!(why.contains(part), "{why}"),
            (outcome, part) => assert_eq!((outcome, part), (Outcome::ProviderDown, None)),
        }
    }
    rig.provider.always(Reply::retry_after(429, "9", ""));
    assert_eq!(rig.ring().await, Outcome::Throttled { retry_after: Duration::from_secs(9) });
    assert!(rig.sent_to(SEND).is_empty(), "without a token nothing of a phone leaves");
}

#[tokio::test]
async fn a_provider_that_hangs_is_down_when_the_time_of_a_try_is_over() {
    let rig = Rig::new().await;
    for (arrived, path) in [(1, "/token"), (3, SEND)] {
        rig.provider.does(google(|_| taken()));
        let hanging = move |seen: &Seen| seen.path == path;
        let others = google(|_| taken());
        rig.provider.does(move |seen| if hanging(seen) { Reply::Hang } else { others(seen) });
        let fcm = Arc::clone(&rig.fcm);
        let ringing = tokio::spawn(async move { fcm.ring(&phone(), &doorbell(Ring::Look)).await });
        rig.provider.arrived(arrived).await;
        rig.clock.advance(exchange::PATIENCE);
        assert_eq!(ringing.await.unwrap(), Outcome::ProviderDown, "{path}");
    }
}

#[tokio::test]
async fn a_connection_that_is_dropped_is_made_again() {
    let rig = Rig::new().await;
    rig.ring().await;
    rig.provider.does(google(|_| Reply::Drop));
    assert_eq!(rig.ring().await, Outcome::ProviderDown);
    rig.provider.does(google(|_| taken()));
    assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    assert_eq!(rig.provider.connections(), 2);
    assert_eq!(rig.sent_to("/token").len(), 1, "the access token is good for both");
}

#[tokio::test]
async fn goaway_ends_a_connection_and_loses_nothing_that_was_answered() {
    let rig = Rig::new().await;
    rig.ring().await;
    let taken_last = r#"{"name":"projects/broker-example/messages/1"}"#;
    rig.provider.does(google(move |_| Reply::Last(200, taken_last.to_owned())));
    for _ in 0..10 {
        assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    }
    assert!(rig.provider.connections() > 1);
    for reply in [Reply::GoAway(h2::Reason::NO_ERROR), Reply::GoAway(h2::Reason::INTERNAL_ERROR)] {
        let failing = reply.clone();
        rig.provider.does(google(move |_| failing.clone()));
        assert_eq!(rig.ring().await, Outcome::ProviderDown, "{reply:?}");
        rig.provider.does(google(|_| taken()));
        assert_eq!(rig.ring().await, Outcome::DeliveredToProvider, "after {reply:?}");
    }
}

#[tokio::test]
async fn the_check_sends_nothing_and_says_what_is_wrong() {
    let rig = Rig::new().await;
    assert_eq!(rig.fcm.check().await, Ok(()));
    let asked = rig.provider.last().json();
    assert_eq!(asked["validate_only"], true);
    assert_eq!(
        (&asked["message"]["topic"], &asked["message"]["token"]),
        (&json!("inkan-check"), &Value::Null)
    );
    let body = error(403, "PERMISSION_DENIED", None, "", None);
    rig.provider.does(google(move |_| Reply::of(403, &body)));
    assert!(rig.fcm.check().await.unwrap_err().contains("docs/push.md"));
    rig.provider.does(google(|_| Reply::Drop));
    assert!(rig.fcm.check().await.unwrap_err().contains("does not answer"));
}

#[test]
fn a_file_of_another_kind_is_refused_without_showing_its_key() {
    let uri = "https://oauth2.googleapis.com/token";
    let parse = |file: &Value| ServiceAccount::parse(file.to_string().as_bytes()).err();
    let with = |name: &str, value: Value| {
        let mut changed = file(uri);
        changed[name] = value;
        parse(&changed)
    };
    assert_eq!(parse(&file(uri)), None);
    assert_eq!(with("type", json!("authorized_user")), Some(AccountError::Kind("authorized_user".into())));
    assert_eq!(with("type", Value::Null).map(|error| error.to_string().contains("Firebase")), Some(true));
    assert_eq!(with("private_key", json!("-----BEGIN")), Some(AccountError::Key));
    assert_eq!(with("token_uri", json!("http://oauth2.example.jp/")), Some(AccountError::TokenUri));
    assert_eq!(with("project_id", json!("../x")), Some(AccountError::Project));
    assert!(matches!(ServiceAccount::parse(b"-----BEGIN PRIVATE KEY-----"), Err(AccountError::Form(_))));
    let error = with("private_key", json!({ "pem": "SECRET" })).unwrap().to_string();
    assert!(error.contains("Firebase console") && !error.contains("SECRET"), "{error}");
}
