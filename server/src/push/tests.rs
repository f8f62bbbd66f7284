//! The whole way, from a question of the relying party to what really left the process, over HTTP/2 and TLS.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use inkan_protocol::encoding::encode;
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::apns::{Apns, ApnsIdentity};
use super::fcm::{Fcm, ServiceAccount};
use super::signing::Es256;
use super::testing::{Provider, Reply, Seen};
use super::web_push::{VapidKey, WebPush, opened_by_another_library};
use super::*;
use crate::clock::ManualClock;
use crate::courier::{Courier, round};
use crate::random::SeededRandom;
use crate::ringing::collapse_key;
use crate::testing::approval::{with, withdrawal};
use crate::testing::{Phone, START, World};

const APNS_TOKEN: &str = "6ec0b9bd0a1ab1b3f6e25d3b1b0e8a3f6a7f0b9bd0a1ab1b3f6e25d3b1b0e8a3";
const FCM_TOKEN: &str = "cXy0-registration:APA91bH_of-a-phone";
const PHONE_KEY: [u8; 32] = [5; 32];
const AUTH: [u8; 16] = [7; 16];
/// What a relying party calls its customer; nothing else is called so.
const USER: &str = "customer-4711";

struct Stage {
    provider: Arc<Provider>,
    world: World,
    courier: Arc<dyn Courier>,
    phone: Phone,
    registration: Push,
}

impl Stage {
    async fn new(kind: PushProvider) -> Self {
        let provider = Provider::start().await;
        provider.does(answers);
        let (outbound, clock) = (provider.outbound(), Arc::new(ManualClock::at(START)));
        let mut pushes = Pushes::default();
        let (token, p256dh, auth) = match kind {
            PushProvider::Apns => {
                let pem = format!(
                    "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
                    STANDARD.encode(Es256::make().unwrap())
                );
                let words = ["ABC123DEFG", "DEF123GHIJ", "jp.example.inkan"].map(str::to_owned);
                let [key_id, team_id, topic] = words;
                let identity = ApnsIdentity::new(pem.as_bytes(), key_id, team_id, topic).unwrap();
                let apns = Apns::new(&outbound, provider.url(""), identity, clock).unwrap();
                pushes.apns = Some(Arc::new(apns));
                (APNS_TOKEN.to_owned(), None, None)
            }
            PushProvider::Fcm => {
                let account = json!({
                    "type": "service_account",
                    "project_id": "p",
                    "private_key_id": "k",
                    "private_key": include_str!("fcm/key-of-tests.pem"),
                    "client_email": "push@p.iam.gserviceaccount.com",
                    "token_uri": provider.url("/token"),
                });
                let account = ServiceAccount::parse(account.to_string().as_bytes()).unwrap();
                pushes.fcm = Some(Arc::new(Fcm::new(&outbound, provider.url(""), account, clock).unwrap()));
                (FCM_TOKEN.to_owned(), None, None)
            }
            PushProvider::Webpush => {
                let folder = tempfile::tempdir().unwrap();
                VapidKey::create(folder.path()).unwrap();
                let vapid = VapidKey::open(folder.path()).unwrap();
                let (contact, random) =
                    ("mailto:push@broker.example.jp".to_owned(), Arc::new(SeededRandom::new(1)));
                let web_push = WebPush::new(outbound, vapid, contact, clock, random).unwrap();
                pushes.web_push = Some(Arc::new(web_push));
                let point = SecretKey::from_slice(&PHONE_KEY).unwrap().public_key().to_sec1_point(false);
                (provider.url("/up/opaque"), Some(encode(point.as_bytes())), Some(encode(AUTH)))
            }
        };
        let world = World::ringing(pushes).await;
        let courier = PushCourier::all(&world.app).remove(0);
        let phone = world.active_phone(true, USER).await;
        let registration = Push { provider: kind, token, p256dh, auth };
        let stage = Self { provider, world, courier, phone, registration };
        stage.register().await;
        stage.round().await;
        stage
    }

    async fn register(&self) {
        let body = serde_json::to_vec(&self.registration).unwrap();
        self.world.signed(&self.phone, "PUT", "/d/v1/push", &body).await.expect(204);
    }

    async fn round(&self) -> usize {
        round(&self.world.app, &self.courier).await.unwrap()
    }

    async fn ask(&self) -> Value {
        let more = json!({
            "reference": "order-20261125-9",
            "origin": {
                "ip": "203.0.113.24",
                "user_agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0",
                "place": "東京都千代田区",
                "session": "web-session-77",
            },
        });
        self.world.ask(with(withdrawal(USER), more)).await
    }

    /// The pushes alone, without the wish for an access token.
    fn pushed(&self) -> Vec<Seen> {
        self.provider.seen().into_iter().filter(|seen| seen.path != "/token").collect()
    }
}

fn answers(seen: &Seen) -> Reply {
    if seen.path == "/token" {
        Reply::of(200, r#"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#)
    } else {
        Reply::of(200, "{}")
    }
}

/// Every byte of a request; after it whatever of it reads as base64, once more in clear.
fn every_byte(seen: &Seen) -> Vec<u8> {
    let mut all = format!("{} {}\n", seen.method, seen.path).into_bytes();
    for (name, value) in &seen.headers {
        all.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
    }
    all.extend(&seen.body);
    let coded = |byte: &u8| !(byte.is_ascii_alphanumeric() || b"+/-_".contains(byte));
    let clear: Vec<Vec<u8>> = all
        .split(coded)
        .filter(|part| part.len() > 7)
        .flat_map(|part| [STANDARD.decode(part), URL_SAFE_NO_PAD.decode(part)])
        .filter_map(Result::ok)
        .collect();
    [all, clear.concat()].concat()
}

/// How an id may be spelled.
fn spellings(id: Uuid) -> Vec<Vec<u8>> {
    vec![
        id.as_bytes().to_vec(),
        id.to_string().into_bytes(),
        id.simple().to_string().into_bytes(),
        encode(id.as_bytes()).into_bytes(),
        STANDARD.encode(id.as_bytes()).trim_end_matches('=').to_owned().into_bytes(),
    ]
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// What a provider received of a doorbell, as the phone reads it.
fn hint(provider: PushProvider, seen: &Seen) -> PushHint {
    match provider {
        PushProvider::Apns => PushHint::parse(&seen.body).unwrap(),
        PushProvider::Fcm => PushHint::parse(seen.json()["message"]["data"].to_string().as_bytes()).unwrap(),
        PushProvider::Webpush => {
            let clear = opened_by_another_library(&PHONE_KEY, &AUTH, &seen.body);
            let hint = PushHint::parse(&clear).unwrap();
            assert_eq!(clear, serde_json::to_vec(&hint).unwrap(), "and nothing else is sealed");
            hint
        }
    }
}

#[tokio::test]
async fn all_that_left_the_process_is_an_opaque_id_and_a_collapse_key() {
    for (provider, name) in PROVIDERS {
        let stage = Stage::new(provider).await;
        let asked = stage.ask().await;
        stage.round().await;
        let challenge: Uuid = asked["id"].as_str().unwrap().parse().unwrap();
        stage.world.call("DELETE", &format!("/v1/challenges/{challenge}"), Value::Null).await.expect(204);
        stage.round().await;
        let pushed = stage.pushed();
        assert_eq!(pushed.len(), 3, "{name}: a test, a request, and its end");

        let device = stage.world.device(stage.phone.device).await;
        let mut personal: Vec<Vec<u8>> = [
            USER,
            &device.account,
            &device.description.name,
            &device.description.model,
            &stage.world.app.settings.relying_party.name,
            &stage.world.app.settings.relying_party.id,
            stage.world.app.settings.server.as_str().trim_start_matches("https://"),
            asked["number"].as_str().unwrap(),
            "withdrawal",
            "login",
            "1250000",
            "みほん銀行",
            // four digits by themselves are in a random id now and then
            r#""4567""#,
            "203.0.113.24",
            "Mozilla",
            "東京都",
            "web-session-77",
            "order-20261125-9",
        ]
        .map(|word| word.as_bytes().to_vec())
        .into();
        for id in [challenge, device.id.0, device.sub.0, device.enrollment.0] {
            personal.extend(spellings(id));
        }
        for seen in stage.provider.seen() {
            let bytes = every_byte(&seen);
            for word in &personal {
                assert!(!holds(&bytes, word), "{name}: {:?} left", String::from_utf8_lossy(word));
            }
        }
        // the search can find: what is meant to be there, in clear and within a token
        let bytes = every_byte(&pushed[1]);
        let hints: Vec<PushHint> = pushed.iter().map(|seen| hint(provider, seen)).collect();
        match provider {
            PushProvider::Apns => {
                assert!(holds(&bytes, hints[1].id.to_string().as_bytes()) && holds(&bytes, b"DEF123GHIJ"));
            }
            PushProvider::Fcm => assert!(holds(&bytes, hints[1].id.to_string().as_bytes())),
            PushProvider::Webpush => assert!(holds(&bytes, b"mailto:push@broker.example.jp")),
        }
        let ids: std::collections::BTreeSet<String> = hints.iter().map(|hint| hint.id.to_string()).collect();
        assert_eq!(ids.len(), 3, "{name}: another id for each push");
        for hint in hints {
            assert_eq!(hint.collapse, collapse_key(device.id), "{name}: one key for a phone");
        }
    }
}

#[tokio::test]
async fn apples_word_that_a_token_is_gone_counts_for_what_is_no_newer() {
    let stage = Stage::new(PushProvider::Apns).await;
    let registered = stage.world.now();
    let gone = |at: u64| {
        let body = json!({ "reason": "Unregistered", "timestamp": at * 1000 + 999 });
        Reply::of(410, &body.to_string())
    };
    stage.provider.always(gone(registered - 1));
    stage.ask().await;
    stage.round().await;
    assert!(stage.world.device(stage.phone.device).await.push.is_some(), "registered after that");
    // the same token, registered again: it is as new as that
    stage.world.advance(60);
    stage.register().await;
    stage.provider.always(gone(registered + 59));
    stage.ask().await;
    stage.round().await;
    assert!(stage.world.device(stage.phone.device).await.push.is_some(), "registered again after that");
    stage.world.advance(60);
    stage.provider.always(gone(registered + 60));
    stage.ask().await;
    stage.round().await;
    assert!(stage.world.device(stage.phone.device).await.push.is_none());
}

#[tokio::test]
async fn a_provider_that_throttles_hears_the_same_push_again_when_it_said() {
    for (provider, name) in PROVIDERS {
        let stage = Stage::new(provider).await;
        let busy = |seen: &Seen| {
            if seen.path == "/token" { answers(seen) } else { Reply::retry_after(429, "20", "{}") }
        };
        stage.provider.does(busy);
        stage.ask().await;
        stage.round().await;
        stage.provider.does(answers);
        stage.world.advance(19);
        assert_eq!(stage.round().await, 0, "{name}");
        stage.world.advance(1);
        assert_eq!(stage.round().await, 1, "{name}");
        let hints: Vec<PushHint> = stage.pushed()[1..].iter().map(|seen| hint(provider, seen)).collect();
        assert_eq!(hints.len(), 2, "{name}");
        assert_eq!(hints[0], hints[1], "{name}: the same id, the same collapse key");
    }
}

#[tokio::test]
async fn a_push_that_was_taken_and_not_acknowledged_comes_again_with_the_same_collapse_id() {
    for reply in [Reply::Drop, Reply::GoAway(h2::Reason::INTERNAL_ERROR), Reply::of(503, "")] {
        let stage = Stage::new(PushProvider::Apns).await;
        stage.provider.always(reply.clone());
        stage.ask().await;
        stage.round().await;
        stage.provider.does(answers);
        stage.world.clock.advance(Duration::from_secs(2));
        assert_eq!(stage.round().await, 1, "{reply:?}");
        let pushed = stage.pushed();
        let of = |seen: &Seen| ["apns-id", "apns-collapse-id"].map(|name| seen.header(name).to_owned());
        assert_eq!(of(&pushed[1]), of(&pushed[2]), "{reply:?}");
        assert_ne!(of(&pushed[0])[0], of(&pushed[1])[0], "the control: another push has another id");
    }
}

#[tokio::test]
async fn what_a_provider_refuses_is_shown_until_it_takes_a_push_again() {
    let stage = Stage::new(PushProvider::Apns).await;
    let apple = || stage.world.app.pushes.state(PushProvider::Apns);
    assert_eq!(apple(), ProviderState::Ready);
    stage.provider.always(Reply::of(403, r#"{"reason":"InvalidProviderToken"}"#));
    stage.ask().await;
    stage.round().await;
    assert_eq!(apple(), ProviderState::Misconfigured);
    let ready = stage.world.get("/readyz").await.expect(200).json();
    assert_eq!(ready["push"]["apns"], "misconfigured");
    stage.provider.always(Reply::of(503, ""));
    stage.ask().await;
    stage.round().await;
    assert_eq!(apple(), ProviderState::Misconfigured, "an outage says nothing of it");
    stage.provider.does(answers);
    stage.world.clock.advance(Duration::from_secs(2));
    stage.round().await;
    assert_eq!(apple(), ProviderState::Ready);
    // the push service of one phone is not the operator's
    let stage = Stage::new(PushProvider::Webpush).await;
    stage.provider.always(Reply::of(403, ""));
    stage.ask().await;
    stage.round().await;
    assert_eq!(stage.world.app.pushes.state(PushProvider::Webpush), ProviderState::Ready);
}
