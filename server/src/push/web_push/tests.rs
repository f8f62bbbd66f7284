use std::collections::BTreeSet;

use inkan_protocol::encoding::{decode, decode_array};
use inkan_protocol::enrollment::PushProvider;
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{ProjectivePoint, PublicKey, SecretKey};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};

use super::*;
use crate::clock::ManualClock;
use crate::outbound::SystemNames;
use crate::push::testing::{NOW, Provider, Reply, doorbell};
use crate::random::SeededRandom;

const CONTACT: &str = "mailto:operator@broker.example.jp";
const AUTH: [u8; 16] = [7; 16];

struct Rig {
    provider: Arc<Provider>,
    clock: Arc<ManualClock>,
    web_push: Arc<WebPush>,
    public: String,
}

impl Rig {
    async fn new() -> Self {
        let provider = Provider::start().await;
        let outbound = provider.outbound();
        Self::with(provider, outbound)
    }

    fn with(provider: Arc<Provider>, outbound: Outbound) -> Self {
        let folder = tempfile::tempdir().unwrap();
        VapidKey::create(folder.path()).unwrap();
        let vapid = VapidKey::open(folder.path()).unwrap();
        let public = vapid.public();
        let clock = Arc::new(ManualClock::at(NOW));
        let random = Arc::new(SeededRandom::new(3));
        let web_push = WebPush::new(outbound, vapid, CONTACT.to_owned(), clock.clone(), random).unwrap();
        Self { provider, clock, web_push: Arc::new(web_push), public }
    }

    fn phone(&self) -> Push {
        phone(self.provider.url("/up/opaque?up=1"))
    }

    async fn ring(&self) -> Outcome {
        self.web_push.ring(&self.phone(), &doorbell(Ring::Look)).await
    }
}

fn phone_key() -> SecretKey {
    SecretKey::from_slice(&[5; 32]).unwrap()
}

fn point(key: &PublicKey) -> Vec<u8> {
    key.to_sec1_point(false).as_bytes().to_vec()
}

fn phone(token: String) -> Push {
    Push {
        provider: PushProvider::Webpush,
        token,
        p256dh: Some(encode(point(&phone_key().public_key()))),
        auth: Some(encode(AUTH)),
    }
}

/// The phone's side, agreement and all, with nothing of what sealed the message: RFC 8291 by `p256` and HMAC alone.
pub(in crate::push) fn opened_by_another_library(key: &[u8; 32], auth: &[u8; 16], body: &[u8]) -> Vec<u8> {
    use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
    use ring::hmac::{HMAC_SHA256, Key, sign};
    let hmac = |key: &[u8], text: &[u8]| sign(&Key::new(HMAC_SHA256, key), text).as_ref().to_vec();
    let own = SecretKey::from_slice(key).unwrap();
    let (salt, sender, record) = (&body[..16], &body[21..86], &body[86..]);
    let theirs = PublicKey::from_sec1_bytes(sender).unwrap();
    let secret = (ProjectivePoint::from(theirs) * *own.to_nonzero_scalar()).to_affine().x();
    let info = [b"WebPush: info\0".as_slice(), &point(&own.public_key()), sender, &[1]].concat();
    let input = hmac(&hmac(auth, &secret), &info);
    let prk = hmac(salt, &input);
    let content = hmac(&prk, b"Content-Encoding: aes128gcm\0\x01");
    let nonce = hmac(&prk, b"Content-Encoding: nonce\0\x01");
    let mut text = record.to_vec();
    let opened = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content[..16]).unwrap())
        .open_in_place(Nonce::assume_unique_for_key(nonce[..12].try_into().unwrap()), Aad::empty(), &mut text)
        .unwrap();
    assert_eq!(opened.last(), Some(&2));
    opened[..opened.len() - 1].to_vec()
}

/// The phone's side of the agreement by another library: what it would seal itself must be what arrived.
fn sealed_by_the_phone(text: &[u8], body: &[u8]) -> Vec<u8> {
    let sender: [u8; 65] = body[21..86].try_into().unwrap();
    let theirs = PublicKey::from_sec1_bytes(&sender).unwrap();
    let secret = (ProjectivePoint::from(theirs) * *phone_key().to_nonzero_scalar()).to_affine().x();
    let receiver = Receiver::of(&phone(String::new())).unwrap();
    seal(text, &receiver, &sender, &secret, body[..16].try_into().unwrap()).unwrap()
}

#[tokio::test]
async fn what_leaves_the_process_is_sealed_and_says_nothing_else() {
    let rig = Rig::new().await;
    rig.provider.always(Reply::of(201, ""));
    assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    let seen = rig.provider.last();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/up/opaque?up=1"));
    assert_eq!(seen.version, axum::http::Version::HTTP_2);
    let names: BTreeSet<&str> = seen.headers.keys().map(axum::http::HeaderName::as_str).collect();
    let expected = [
        "accept",
        "authorization",
        "content-encoding",
        "content-length",
        "content-type",
        "topic",
        "ttl",
        "urgency",
        "user-agent",
    ];
    assert_eq!(names, expected.into());
    for (name, value) in [
        ("accept", "*/*"),
        ("content-encoding", "aes128gcm"),
        ("content-type", "application/octet-stream"),
        ("ttl", "120"),
        ("urgency", "high"),
        ("topic", "AYkKXayWd0u8zrMCCZqAWA"),
        ("user-agent", concat!("inkan/", env!("CARGO_PKG_VERSION"))),
    ] {
        assert_eq!(seen.header(name), value, "{name}");
    }
    let text = br#"{"v":1,"id":"01890a5d-ac96-774b-bcce-b302099a8057","collapse":"01890a5d-ac96-774b-bcce-b302099a8058"}"#;
    assert_eq!(sealed_by_the_phone(text, &seen.body), seen.body);
    assert_ne!(sealed_by_the_phone(b"{}", &seen.body), seen.body, "the comparison can fail");
    rig.ring().await;
    assert_ne!(rig.provider.last().body[..86], seen.body[..86], "salt and key are new for each message");
    assert_eq!(rig.provider.connections(), 1, "one connection carries both");
}

#[tokio::test]
async fn the_sender_is_named_to_this_service_for_an_hour() {
    let rig = Rig::new().await;
    rig.ring().await;
    let seen = rig.provider.last();
    let (token, key) = seen
        .header("authorization")
        .strip_prefix("vapid t=")
        .and_then(|rest| rest.split_once(", k="))
        .unwrap();
    assert_eq!(key, rig.public);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = decode_array::<64>(signature).unwrap();
    let public = decode(key).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public).verify(input.as_bytes(), &signature).unwrap();
    let part = |part: &str| -> Value { serde_json::from_slice(&decode(part).unwrap()).unwrap() };
    let (header, claims) = input.split_once('.').unwrap();
    assert_eq!(part(header), json!({ "typ": "JWT", "alg": "ES256" }));
    let aud = rig.provider.url("");
    assert_eq!(part(claims), json!({ "aud": aud, "exp": NOW + 3600, "sub": CONTACT }));
}

#[tokio::test]
async fn what_only_takes_a_notification_away_is_less_urgent_and_what_is_over_is_not_kept() {
    let rig = Rig::new().await;
    let doorbell = doorbell(Ring::Ended);
    rig.web_push.ring(&rig.phone(), &doorbell).await;
    assert_eq!(rig.provider.last().header("urgency"), "normal");
    let over = Doorbell { until: NOW - 1, ..doorbell.clone() };
    rig.web_push.ring(&rig.phone(), &over).await;
    assert_eq!(rig.provider.last().header("ttl"), "0");
    let far = Doorbell { until: u64::MAX, ..doorbell };
    rig.web_push.ring(&rig.phone(), &far).await;
    assert_eq!(rig.provider.last().header("ttl"), "2419200");
}

#[tokio::test]
async fn every_answer_of_a_push_service_is_an_outcome() {
    let rig = Rig::new().await;
    let throttled = |seconds| Outcome::Throttled { retry_after: Duration::from_secs(seconds) };
    for (reply, outcome) in [
        (Reply::of(200, "{}"), Outcome::DeliveredToProvider),
        (Reply::of(201, ""), Outcome::DeliveredToProvider),
        (Reply::of(202, ""), Outcome::DeliveredToProvider),
        (Reply::of(204, ""), Outcome::DeliveredToProvider),
        (Reply::of(404, "gone"), Outcome::TokenGone { since: None }),
        (Reply::of(410, ""), Outcome::TokenGone { since: None }),
        (Reply::of(429, ""), throttled(30)),
        (Reply::retry_after(429, "7", ""), throttled(7)),
        (Reply::of(500, ""), Outcome::ProviderDown),
        (Reply::of(502, ""), Outcome::ProviderDown),
        (Reply::retry_after(503, "90", ""), throttled(90)),
        (Reply::of(507, ""), Outcome::ProviderDown),
    ] {
        rig.provider.always(reply.clone());
        assert_eq!(rig.ring().await, outcome, "{reply:?}");
    }
    for status in [301, 307, 400, 401, 403, 405, 413, 418] {
        rig.provider.always(Reply::Answer(
            status,
            vec![("location", rig.provider.url("/elsewhere"))],
            "words of a stranger".into(),
        ));
        let Outcome::Misconfigured { why } = rig.ring().await else { panic!("{status}") };
        assert!(why.starts_with(&status.to_string()) && !why.contains("stranger"), "{why}");
    }
    assert!(rig.provider.seen().iter().all(|seen| seen.path != "/elsewhere"), "no redirect is followed");
}

#[tokio::test]
async fn a_service_that_hangs_is_down_when_the_time_of_a_try_is_over() {
    let rig = Rig::new().await;
    rig.provider.always(Reply::Hang);
    let (web_push, phone) = (Arc::clone(&rig.web_push), rig.phone());
    let ringing = tokio::spawn(async move { web_push.ring(&phone, &doorbell(Ring::Look)).await });
    rig.provider.arrived(1).await;
    rig.clock.advance(Duration::from_millis(13_999));
    assert!(!ringing.is_finished());
    rig.clock.advance(Duration::from_millis(1));
    assert_eq!(ringing.await.unwrap(), Outcome::ProviderDown);
}

#[tokio::test]
async fn a_connection_that_is_dropped_or_ended_by_goaway_is_made_again() {
    let rig = Rig::new().await;
    for reply in
        [Reply::Drop, Reply::GoAway(h2::Reason::NO_ERROR), Reply::GoAway(h2::Reason::ENHANCE_YOUR_CALM)]
    {
        rig.provider.always(reply.clone());
        assert_eq!(rig.ring().await, Outcome::ProviderDown, "{reply:?}");
        rig.provider.always(Reply::of(201, ""));
        assert_eq!(rig.ring().await, Outcome::DeliveredToProvider, "after {reply:?}");
    }
    // an orderly GOAWAY loses nothing: this one was answered, the next takes a new connection
    rig.provider.always(Reply::Last(201, String::new()));
    for _ in 0..3 {
        assert_eq!(rig.ring().await, Outcome::DeliveredToProvider);
    }
}

#[tokio::test]
async fn a_registration_that_can_never_be_used_is_gone() {
    let rig = Rig::new().await;
    let good = rig.phone();
    let mut off_curve = decode(good.p256dh.as_deref().unwrap()).unwrap();
    off_curve[64] ^= 1;
    for wrong in [
        Push { token: "opaque".into(), ..good.clone() },
        Push { token: rig.provider.url("/").replace("https", "http"), ..good.clone() },
        Push { token: format!("https://user:secret@{}/", rig.provider.address), ..good.clone() },
        Push { p256dh: None, ..good.clone() },
        Push { p256dh: Some(encode([4; 64])), ..good.clone() },
        Push { p256dh: Some(encode(off_curve)), ..good.clone() },
        Push { auth: Some(encode([1; 15])), ..good.clone() },
        Push { auth: Some("!".into()), ..good.clone() },
    ] {
        let outcome = rig.web_push.ring(&wrong, &doorbell(Ring::Look)).await;
        assert_eq!(outcome, Outcome::TokenGone { since: None }, "{wrong:?}");
    }
    assert!(rig.provider.seen().is_empty());
    // the control, padded as some libraries do
    let padded = Push { auth: good.auth.as_ref().map(|auth| format!("{auth}==")), ..good };
    assert_eq!(rig.web_push.ring(&padded, &doorbell(Ring::Look)).await, Outcome::DeliveredToProvider);
}

#[tokio::test]
async fn an_address_inside_is_not_called_and_the_operator_is_told() {
    let provider = Provider::start().await;
    let outbound = Outbound::new(&[provider.root()], Vec::new(), Arc::new(SystemNames)).unwrap();
    let rig = Rig::with(provider, outbound);
    let by_name = format!("https://localhost:{}/", rig.provider.address.port());
    for token in [rig.provider.url("/"), by_name] {
        let outcome = rig.web_push.ring(&phone(token), &doorbell(Ring::Look)).await;
        let Outcome::Misconfigured { why } = outcome else { panic!("{outcome:?}") };
        assert!(why.contains("outbound.allowed_networks"), "{why}");
    }
    assert_eq!(rig.provider.connections(), 0);
}

#[test]
fn the_key_is_made_once_and_a_file_of_another_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(VapidKey::open(folder.path()), Err(VapidKeyError::File(error)) if error.is_missing()));
    VapidKey::create(folder.path()).unwrap();
    assert!(VapidKey::create(folder.path()).is_err());
    let public = VapidKey::open(folder.path()).unwrap().public();
    assert_eq!(decode(&public).unwrap().len(), 65);
    let path = VapidKey::path(folder.path());
    std::fs::write(&path, "-----BEGIN PRIVATE KEY-----").unwrap();
    let error = VapidKey::open(folder.path()).err().unwrap().to_string();
    assert!(error.contains("web-push.key") && error.contains("PKCS#8"), "{error}");
}
