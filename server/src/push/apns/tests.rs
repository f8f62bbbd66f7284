use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inkan_protocol::encoding::{decode, decode_array};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

use super::*;
use crate::clock::ManualClock;
use crate::push::testing::{NOW, Provider, Reply, Seen, doorbell};

const TOKEN: &str = "6ec0b9bd0a1ab1b3f6e25d3b1b0e8a3f6a7f0b9bd0a1ab1b3f6e25d3b1b0e8a3";
const KEY_ID: &str = "ABC123DEFG";
const TEAM_ID: &str = "DEF123GHIJ";
const TOPIC: &str = "jp.example.broker.inkan";

struct Rig {
    provider: Arc<Provider>,
    clock: Arc<ManualClock>,
    apns: Arc<Apns>,
    public: Vec<u8>,
}

impl Rig {
    async fn new() -> Self {
        let provider = Provider::start().await;
        let document = Es256::make().unwrap();
        let public = Es256::from_pkcs8(&document).unwrap().public().to_vec();
        let pem = pem(&document);
        let identity =
            ApnsIdentity::new(pem.as_bytes(), KEY_ID.into(), TEAM_ID.into(), TOPIC.into()).unwrap();
        let clock = Arc::new(ManualClock::at(NOW));
        let apns = Apns::new(&provider.outbound(), provider.url(""), identity, clock.clone()).unwrap();
        Self { provider, clock, apns: Arc::new(apns), public }
    }

    async fn ring(&self) -> Outcome {
        self.apns.ring(&phone(TOKEN), &doorbell(Ring::Look)).await
    }

    /// The claims of the token that came with a request, its signature checked.
    fn claims(&self, seen: &Seen) -> Value {
        let token = seen.header("authorization").strip_prefix("bearer ").unwrap();
        let (input, signature) = token.rsplit_once('.').unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.public)
            .verify(input.as_bytes(), &decode_array::<64>(signature).unwrap())
            .unwrap();
        let (header, claims) = input.split_once('.').unwrap();
        let part = |part| -> Value { serde_json::from_slice(&decode(part).unwrap()).unwrap() };
        assert_eq!(part(header), json!({ "alg": "ES256", "kid": KEY_ID }));
        part(claims)
    }
}

fn pem(document: &[u8]) -> String {
    let text = STANDARD.encode(document);
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----")
}

fn phone(token: &str) -> Push {
    Push { provider: PushProvider::Apns, token: token.into(), p256dh: None, auth: None }
}

fn said(reason: &str) -> String {
    json!({ "reason": reason }).to_string()
}

#[tokio::test]
async fn what_leaves_the_process_is_a_doorbell_and_names_of_texts() {
    let rig = Rig::new().await;
    assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    let seen = rig.provider.last();
    assert_eq!((seen.method.as_str(), seen.path), ("POST", format!("/3/device/{TOKEN}")));
    assert_eq!(seen.version, axum::http::Version::HTTP_2);
    let headers: BTreeMap<&str, &str> =
        seen.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    let length = seen.body.len().to_string();
    let expected = [
        ("accept", "*/*"),
        ("apns-collapse-id", "01890a5d-ac96-774b-bcce-b302099a8058"),
        ("apns-expiration", "1795583229"),
        ("apns-id", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ("apns-priority", "10"),
        ("apns-push-type", "alert"),
        ("apns-topic", TOPIC),
        ("authorization", headers["authorization"]),
        ("content-length", &length),
        ("content-type", "application/json"),
        ("user-agent", concat!("inkan/", env!("CARGO_PKG_VERSION"))),
    ];
    assert_eq!(headers, expected.into());
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(
        body,
        json!({
            "aps": {
                "alert": { "title-loc-key": "notification_title", "loc-key": "notification_body" },
                "category": "request",
                "sound": "default",
                "content-available": 1,
            },
            "v": 1,
            "id": "01890a5d-ac96-774b-bcce-b302099a8057",
            "collapse": "01890a5d-ac96-774b-bcce-b302099a8058",
        })
    );
    assert_eq!(PushHint::parse(&seen.body).unwrap(), doorbell(Ring::Look).hint);
}

#[tokio::test]
async fn what_has_ended_is_told_without_disturbing_anybody() {
    let rig = Rig::new().await;
    rig.apns.ring(&phone(TOKEN), &doorbell(Ring::Ended)).await;
    let seen = rig.provider.last();
    assert_eq!((seen.header("apns-push-type"), seen.header("apns-priority")), ("background", "5"));
    assert_eq!(seen.json()["aps"], json!({ "content-available": 1 }));
    assert_eq!(PushHint::parse(&seen.body).unwrap(), doorbell(Ring::Ended).hint);
}

#[tokio::test]
async fn one_token_for_all_connections_is_renewed_between_20_and_60_minutes() {
    let rig = Rig::new().await;
    let mut minutes = BTreeMap::new();
    for minute in 0..125 {
        // every third ends its connection
        rig.provider.always(if minute % 3 == 0 {
            Reply::Last(200, String::new())
        } else {
            Reply::of(200, "")
        });
        assert_eq!(rig.ring().await, Outcome::DeliveredToProvider, "minute {minute}");
        let seen = rig.provider.last();
        assert_eq!(rig.claims(&seen)["iss"], TEAM_ID);
        minutes.entry(seen.header("authorization").to_owned()).or_insert_with(Vec::new).push(minute);
        rig.clock.advance(Duration::from_mins(1));
    }
    let mut spans: Vec<(i32, i32)> = minutes.values().map(|used| (used[0], *used.last().unwrap())).collect();
    spans.sort_unstable();
    assert_eq!(spans, [(0, 39), (40, 79), (80, 119), (120, 124)]);
    assert!(rig.provider.connections() > 30);
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_and_the_push_repeated_once() {
    let rig = Rig::new().await;
    rig.ring().await;
    let first = rig.provider.last().header("authorization").to_owned();
    let old = first.clone();
    rig.provider.does(move |seen| {
        if seen.header("authorization") == old {
            Reply::of(403, &said("ExpiredProviderToken"))
        } else {
            Reply::of(200, "")
        }
    });
    assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    assert_eq!(rig.provider.seen().len(), 3);
    assert_ne!(rig.provider.last().header("authorization"), first);
    // a token that is new and expired all the same is a clock's fault, and Apple counts renewals
    rig.provider.always(Reply::of(403, &said("ExpiredProviderToken")));
    let Outcome::Misconfigured { why } = rig.ring().await else { panic!() };
    assert!(why.contains("clock"), "{why}");
    assert_eq!(rig.provider.seen().len(), 4, "not renewed again within 20 minutes");
    rig.clock.advance(Duration::from_mins(20));
    assert!(matches!(rig.ring().await, Outcome::Misconfigured { .. }));
    assert_eq!(rig.provider.seen().len(), 6, "one renewal, one repetition");
}

#[tokio::test]
async fn every_documented_reason_has_its_outcome() {
    let rig = Rig::new().await;
    let pause = |seconds| Outcome::Throttled { retry_after: Duration::from_secs(seconds) };
    let gone = |since| Outcome::TokenGone { since };
    // Apple's table, with the outcome; None: the operator has to look
    let table = [
        (400, "BadCollapseId", None),
        (400, "BadExpirationDate", None),
        (400, "BadMessageId", None),
        (400, "BadPriority", None),
        (400, "BadTopic", None),
        (400, "DeviceTokenNotForTopic", None),
        (400, "DuplicateHeaders", None),
        (400, "IdleTimeout", Some(Outcome::ProviderDown)),
        (400, "InvalidPushType", None),
        (400, "MissingDeviceToken", None),
        (400, "MissingTopic", None),
        (400, "PayloadEmpty", None),
        (400, "TopicDisallowed", None),
        (403, "BadCertificate", None),
        (403, "BadCertificateEnvironment", None),
        (403, "BadEnvironmentKeyIdInToken", None),
        (403, "ExpiredProviderToken", None),
        (403, "Forbidden", None),
        (403, "InvalidProviderToken", None),
        (403, "MissingProviderToken", None),
        (403, "UnrelatedKeyIdInToken", None),
        (404, "BadPath", None),
        (405, "MethodNotAllowed", None),
        (410, "ExpiredToken", Some(gone(None))),
        (410, "Unregistered", Some(gone(None))),
        (413, "PayloadTooLarge", None),
        (429, "TooManyProviderTokenUpdates", Some(pause(1200))),
        (429, "TooManyRequests", Some(pause(30))),
        (500, "InternalServerError", Some(Outcome::ProviderDown)),
        (503, "ServiceUnavailable", Some(Outcome::ProviderDown)),
        (503, "Shutdown", Some(Outcome::ProviderDown)),
        // what is not documented goes by its status
        (400, "NewReason", None),
        (410, "NewReason", Some(gone(None))),
        (429, "", Some(pause(30))),
        (502, "<html>", Some(Outcome::ProviderDown)),
        (302, "", None),
    ];
    for (status, reason, expected) in table {
        rig.provider.always(Reply::of(status, &said(reason)));
        match (rig.ring().await, expected) {
            (Outcome::Misconfigured { why }, None) => {
                assert!(why.contains(reason) && why.contains(&status.to_string()), "{why}");
                assert!(!why.contains(TOKEN) && !why.contains("bearer"), "{why}");
            }
            (outcome, expected) => assert_eq!(Some(outcome), expected, "{status} {reason}"),
        }
    }
    let tried: BTreeSet<&str> = table_reasons();
    let documented: BTreeSet<&str> = reasons::documented().collect();
    assert_eq!(documented, tried, "every reason of the table is tried here or below");
    rig.provider.always(Reply::of(500, "no JSON"));
    assert_eq!(rig.ring().await, Outcome::ProviderDown);
    rig.provider.always(Reply::retry_after(503, "45", &said("ServiceUnavailable")));
    assert_eq!(rig.ring().await, pause(45));
    rig.provider.always(Reply::retry_after(429, "3", &said("TooManyRequests")));
    assert_eq!(rig.ring().await, pause(3));
}

/// The reasons that the tests of this file name, the one of the test below among them.
fn table_reasons() -> BTreeSet<&'static str> {
    include_str!("tests.rs")
        .split('"')
        .filter(|text| reasons::documented().any(|reason| reason == *text))
        .collect()
}

#[tokio::test]
async fn a_token_is_gone_since_the_moment_that_apple_names() {
    let rig = Rig::new().await;
    let body = json!({ "reason": "Unregistered", "timestamp": 1_795_500_000_999_u64 });
    rig.provider.always(Reply::of(410, &body.to_string()));
    assert_eq!(rig.ring().await, Outcome::TokenGone { since: Some(1_795_500_000) });
}

#[tokio::test]
async fn a_bad_token_is_gone_only_where_the_environment_was_proved_right() {
    let rig = Rig::new().await;
    rig.provider.always(Reply::of(400, &said("BadDeviceToken")));
    let Outcome::Misconfigured { why } = rig.ring().await else { panic!() };
    assert!(why.contains("push.apns.environment"), "{why}");
    rig.provider.always(Reply::of(200, ""));
    rig.ring().await;
    rig.provider.always(Reply::of(400, &said("BadDeviceToken")));
    assert_eq!(rig.ring().await, Outcome::TokenGone { since: None });
}

#[tokio::test]
async fn what_is_no_device_token_is_not_put_into_a_path() {
    let rig = Rig::new().await;
    for token in ["", "../../../x", "00/../x", "abc?x=1", "%2e%2e", "zz"] {
        let outcome = rig.apns.ring(&phone(token), &doorbell(Ring::Look)).await;
        assert_eq!(outcome, Outcome::TokenGone { since: None }, "{token}");
    }
    assert!(rig.provider.seen().is_empty());
}

#[tokio::test]
async fn a_provider_that_hangs_is_down_when_the_time_of_a_try_is_over() {
    let rig = Rig::new().await;
    rig.provider.always(Reply::Hang);
    let apns = Arc::clone(&rig.apns);
    let ringing = tokio::spawn(async move { apns.ring(&phone(TOKEN), &doorbell(Ring::Look)).await });
    rig.provider.arrived(1).await;
    rig.clock.advance(exchange::PATIENCE);
    assert_eq!(ringing.await.unwrap(), Outcome::ProviderDown);
    // the connection stands, and one that hangs holds nobody up
    rig.provider.always(Reply::of(200, ""));
    assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    assert_eq!(rig.provider.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_is_dropped_is_made_again() {
    let rig = Rig::new().await;
    rig.provider.always(Reply::Drop);
    assert_eq!(rig.ring().await, Outcome::ProviderDown);
    rig.provider.always(Reply::of(200, ""));
    assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    assert_eq!(rig.provider.connections(), 2);
}

#[tokio::test]
async fn goaway_ends_a_connection_and_loses_nothing_that_was_answered() {
    let rig = Rig::new().await;
    // in order: what runs is answered, what comes after it has arrived takes another connection
    rig.provider.always(Reply::Last(200, String::new()));
    for _ in 0..10 {
        assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    }
    assert!(rig.provider.connections() > 1);
    for reply in [Reply::GoAway(h2::Reason::NO_ERROR), Reply::GoAway(h2::Reason::INTERNAL_ERROR)] {
        rig.provider.always(reply.clone());
        assert_eq!(rig.ring().await, Outcome::ProviderDown, "{reply:?}");
        rig.provider.always(Reply::of(200, ""));
        assert_eq!(rig.ring().await, Outcome::DeliveredToProvider, "after {reply:?}");
    }
}

#[tokio::test]
async fn many_at_once_share_a_connection_and_a_token() {
    let rig = Rig::new().await;
    rig.ring().await;
    let all = futures_util::future::join_all((0..100).map(|_| rig.ring())).await;
    assert!(all.iter().all(|outcome| *outcome == Outcome::DeliveredToProvider));
    assert_eq!(rig.provider.connections(), 1);
    let tokens: BTreeSet<String> =
        rig.provider.seen().iter().map(|seen| seen.header("authorization").to_owned()).collect();
    assert_eq!(tokens.len(), 1);
}

#[tokio::test]
async fn the_check_reaches_nobody_and_says_what_is_wrong() {
    let rig = Rig::new().await;
    rig.provider.always(Reply::of(400, &said("BadDeviceToken")));
    assert_eq!(rig.apns.check().await, Ok(()));
    assert_eq!(rig.provider.last().path, format!("/3/device/{}", "0".repeat(64)));
    rig.provider.always(Reply::of(403, &said("InvalidProviderToken")));
    assert!(rig.apns.check().await.unwrap_err().contains("team_id"));
    rig.provider.always(Reply::of(400, &said("TopicDisallowed")));
    assert!(rig.apns.check().await.unwrap_err().contains("push.apns.topic"));
    rig.provider.always(Reply::Drop);
    assert!(rig.apns.check().await.unwrap_err().contains("does not answer"));
    rig.provider.always(Reply::of(429, &said("TooManyRequests")));
    assert!(rig.apns.check().await.unwrap_err().contains("30 s"));
}

#[test]
fn a_key_of_another_kind_is_refused() {
    let identity = |pem: &str| ApnsIdentity::new(pem.as_bytes(), KEY_ID.into(), TEAM_ID.into(), TOPIC.into());
    let document = Es256::make().unwrap();
    assert!(identity(&pem(&document)).is_some());
    for wrong in ["", "no PEM", &pem(&document[..40]), &pem(&document).replace("PRIVATE KEY", "CERTIFICATE")]
    {
        assert!(identity(wrong).is_none());
    }
    // Apple's files name the curve once more, inside (RFC 5915 `parameters`); made here from ours
    let inner = &document[29..];
    assert_eq!(inner[..2], [0x30, 0x6b]);
    let (scalar, public) = inner[2..].split_at(37);
    let curve = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let inner = [&[0x30, 0x77], scalar, &curve, public].concat();
    let algorithm = &document[6..27];
    let body = [&[0x02, 0x01, 0x00], algorithm, &[0x04, 0x79], &inner].concat();
    let apples = [&[0x30, 0x81, u8::try_from(body.len()).unwrap()], body.as_slice()].concat();
    assert!(STANDARD.encode(&apples).starts_with("MIGTAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBHkwdwIBAQQg"));
    assert!(identity(&pem(&apples)).is_some());
}
