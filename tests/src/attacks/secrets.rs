//! Row 37: a copy of the store is worth nothing. Every secret is looked for in the bytes of its files, as text and as
//! bytes, while it is alive and after.

use inkan_protocol::encoding::{decode, encode};
use inkan_protocol::enrollment::{EnrollmentAnswer, EnrollmentUri, TypedCode};
use inkan_protocol::ids::{EnrollmentId, Reveal};
use inkan_server::routes::refusal::Refusal;
use serde_json::json;

use crate::support::{Ask, Asked, LIVE_KEY, Phone, TEST_KEY, World, read_payload};

/// Secrets by name, each in every form in which it could lie there.
#[derive(Default)]
struct Secrets(Vec<(&'static str, Vec<u8>)>);

impl Secrets {
    fn text(&mut self, name: &'static str, text: &str) {
        self.0.push((name, text.as_bytes().to_vec()));
    }

    fn bytes(&mut self, name: &'static str, bytes: &[u8]) {
        self.0.push((name, bytes.to_vec()));
        self.text(name, &encode(bytes));
        let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        self.text(name, &hex);
        // an array of numbers, as serde writes bytes
        self.text(name, &serde_json::to_string(bytes).unwrap());
    }

    fn found_in(&self, store: &[u8]) -> Vec<&'static str> {
        let holds = |secret: &[u8]| stands_in(store, secret);
        self.0.iter().filter(|(_, secret)| holds(secret)).map(|(name, _)| *name).collect()
    }
}

/// Whether `needle` stands in `hay`.
fn stands_in(hay: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return false };
    hay.windows(needle.len()).any(|window| window.first() == Some(first) && window == needle)
}

#[tokio::test]
async fn row_37_the_store_holds_no_secret_in_clear_alive_or_after() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let mut secrets = Secrets::default();
    secrets.text("API key", LIVE_KEY);
    secrets.text("API key of test mode", TEST_KEY);

    // an enrollment, repeated by an idempotency key so that its reply is kept
    let body = world.broker.enrollment_of("c-1");
    let begun = world.broker.post_once("/v1/enrollments", &body, "e-1").await.ok(201);
    let uri: EnrollmentUri = begun["uri"].as_str().unwrap().parse().unwrap();
    let typed = begun["typed_code"].as_str().unwrap();
    secrets.bytes("enrollment secret", uri.secret.expose());
    secrets.text("typed code as shown", typed);
    secrets.text("typed code", typed.parse::<TypedCode>().unwrap().expose_text());
    secrets.text("enrollment link", begun["uri"].as_str().unwrap());
    assert_eq!(secrets.found_in(&world.server.store_bytes()), Vec::<&str>::new(), "pending");

    let (preview, digits) = phone.scan(&uri.expose_text()).await;
    let reveal = reveal_of(&phone);
    secrets.bytes("reveal", &reveal.0);
    assert_eq!(secrets.found_in(&world.server.store_bytes()), Vec::<&str>::new(), "claimed");
    let id = begun["id"].as_str().unwrap();
    world
        .broker
        .post_once(&format!("/v1/enrollments/{id}/confirm"), &json!({ "code": digits }), "e-2")
        .await
        .ok(200);
    let account = phone.becomes_active(preview.id).await;

    // each start mode, its reply kept too
    let session = "a-web-session-of-the-broker";
    let number = Ask::withdrawal("c-1").in_session(session);
    let number = world.broker.post_once("/v1/challenges", number.body(), "a-1").await.ok(201);
    let scan = Ask::login("c-1").scan().in_session(session);
    let scan = world.broker.post_once("/v1/challenges", scan.body(), "a-2").await.ok(201);
    let returned = Ask::withdrawal("c-1").returned().in_session("another-session");
    let returned = world.broker.post_once("/v1/challenges", returned.body(), "a-3").await.ok(201);
    secrets.text("web session", session);
    for asked in [&number, &scan, &returned] {
        secrets.bytes("watch token", &decode(asked["watch_token"].as_str().unwrap()).unwrap());
    }
    let scan_token = scan["scan_url"].as_str().unwrap().rsplit('/').next().unwrap();
    secrets.bytes("scan token", &decode(scan_token).unwrap());
    let link_token = returned["link"].as_str().unwrap().rsplit("t=").next().unwrap();
    secrets.bytes("link token", &decode(link_token).unwrap());
    // six digits alone stand in any hash by chance: as a JSON string they do not
    secrets.text("number", &format!("\"{}\"", number["number"].as_str().unwrap()));
    assert_eq!(secrets.found_in(&world.server.store_bytes()), Vec::<&str>::new(), "asked");

    let asked = Asked::of(&returned);
    phone.open_link(asked.link()).await.unwrap();
    phone.requests().await;
    let outcome = phone.approve(account, asked.challenge, None).await.unwrap();
    let token = Phone::brings_back(&outcome);
    secrets.bytes("return token", &decode(&token).unwrap());
    let redeem = json!({ "session": "another-session", "return_token": token });
    let path = format!("/v1/challenges/{}/redeem", asked.id);
    world.broker.post_once(&path, &redeem, "r-1").await.ok(200);
    let told = phone.line.received();
    let device_session = told.split("\"session\":\"").nth(1).unwrap().split('"').next().unwrap();
    secrets.bytes("device session", &decode(device_session).unwrap());
    assert_eq!(secrets.found_in(&world.server.store_bytes()), Vec::<&str>::new(), "redeemed");

    world.advance(3600);
    world.server.care().await;
    world.server.restart().await;
    assert_eq!(secrets.found_in(&world.server.store_bytes()), Vec::<&str>::new(), "after");

    // the control: what is no secret is found by the same search
    let mut control = Secrets::default();
    control.text("the customer's id", "c-1");
    control.text("the device's name", "わたしの電話");
    assert_eq!(control.found_in(&world.server.store_bytes()).len(), 2);
}

/// `reveal`, from what the server told the phone.
fn reveal_of(phone: &Phone) -> Reveal {
    let told = phone.line.received();
    let message = told.split("\"enrollment\":\"").nth(1).unwrap().split('"').next().unwrap();
    let said: EnrollmentAnswer = read_payload(message);
    said.reveal
}

#[tokio::test]
async fn row_37_what_is_spent_is_gone_even_for_whoever_has_the_sealing_key() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let (preview, digits) = phone.scan(&begun.uri).await;
    let mut ids = vec![begun.id.parse().unwrap()];
    assert_eq!(sealed(&world, &ids).await, 1, "the control: alive it is kept, sealed");
    world.broker.confirm(&begun.id, &digits).await.ok(200);
    phone.becomes_active(preview.id).await;
    assert_eq!(sealed(&world, &ids).await, 0, "active: secret and reveal are gone");
    let forgotten = world.broker.begin("c-2").await;
    ids.push(forgotten.id.parse().unwrap());
    assert_eq!(sealed(&world, &ids).await, 1);
    world.advance(301);
    world.server.care().await;
    assert_eq!(world.broker.enrollment(&forgotten.id).await["state"], "expired");
    assert_eq!(sealed(&world, &ids).await, 0, "expired: gone");
}

/// How many of these enrollments still hold something sealed.
async fn sealed(world: &World, ids: &[EnrollmentId]) -> usize {
    let (app, ids) = (world.server.app(), ids.to_vec());
    app.storage
        .read(move |tx| -> Result<usize, Refusal> {
            let mut count = 0;
            for id in ids {
                count += usize::from(tx.enrollment(id)?.unwrap().sealed.is_some());
            }
            Ok(count)
        })
        .await
        .unwrap()
}
