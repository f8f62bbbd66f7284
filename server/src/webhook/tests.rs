use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};

use super::carrier::WebhookCourier;
use crate::clock::{Clock as _, SystemClock};
use crate::courier::{self, Courier};
use crate::expiry::forget_running;
use crate::ledger;
use crate::model::outbox::Queue;
use crate::routes::refusal::Refusal;
use crate::testing::World;
use crate::testing::approval::login;
use crate::testing::receiver::{Receiver, Seen};

const ALLOWED: &[&str] = &["127.0.0.0/8"];

async fn stage() -> (World, Receiver, Arc<dyn Courier>) {
    let receiver = Receiver::listen();
    let world = World::calling(receiver.outbound(ALLOWED)).await;
    let courier = Arc::new(WebhookCourier::new(&world.app.outbound).unwrap());
    (world, receiver, courier)
}

impl World {
    async fn hook(&self, url: &str, events: Value) -> Value {
        self.post("/v1/webhooks", json!({ "url": url, "events": events })).await.expect(201).json()
    }

    async fn deliveries(&self, hook: &Value) -> Vec<Value> {
        let path = format!("/v1/webhooks/{}/deliveries?limit=100", text(hook, "id"));
        self.get(&path).await.expect(200).json()["data"].as_array().unwrap().clone()
    }

    async fn ping(&self, hook: &Value) -> Value {
        let path = format!("/v1/webhooks/{}/ping", text(hook, "id"));
        self.post(&path, Value::Null).await.expect(202).json()
    }

    async fn turn(&self, courier: &Arc<dyn Courier>) {
        courier::round(&self.app, courier).await.unwrap();
    }

    /// Asks, which is an event.
    async fn happen(&self) -> Value {
        if self.get("/v1/users/c-1").await.status == 404 {
            self.active_phone(true, "c-1").await;
        }
        self.ask(login("c-1")).await
    }

    async fn next_turn(&self) -> Option<u64> {
        self.app.storage.read(|tx| tx.next_due(Queue::Webhook)).await.unwrap()
    }
}

/// The library looks at the real clock. Keys of the world may have ended by then: nothing is to be asked afterwards.
fn to_the_real_time(world: &World) {
    world.advance(SystemClock.now() - world.now());
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn states(deliveries: &[Value]) -> Vec<&str> {
    deliveries.iter().map(|delivery| text(delivery, "state")).collect()
}

/// The guide's snippet, over the specification's own library.
#[path = "../../../docs/webhooks/verify.rs"]
#[allow(unreachable_pub, reason = "in the guide it stands alone")]
mod guide;

fn verify(secret: &Value, seen: &Seen) -> bool {
    let event = guide::verify(secret.as_str().unwrap(), &seen.headers, seen.body.as_bytes());
    event.is_ok_and(|event| event["type"].is_string())
}

#[test]
fn the_guide_shows_what_is_run_and_every_kind_there_is() {
    let guide = include_str!("../../../docs/webhooks.md");
    for (language, snippet) in [
        ("rust", include_str!("../../../docs/webhooks/verify.rs")),
        ("js", include_str!("../../../docs/webhooks/verify.mjs")),
        ("python", include_str!("../../../docs/webhooks/verify.py")),
        ("java", include_str!("../../../docs/webhooks/Verify.java")),
        ("php", include_str!("../../../docs/webhooks/verify.php")),
    ] {
        assert!(guide.contains(&format!("```{language}\n{snippet}```")), "{language}");
    }
    for kind in crate::model::event::KINDS {
        let (family, name) = kind.split_once('.').unwrap();
        let row = guide.lines().find(|line| line.starts_with(&format!("| `{family}.*` |"))).unwrap();
        assert!(row.contains(&format!("`{name}`")), "{kind}");
    }
}

#[tokio::test]
async fn an_event_arrives_once_signed_and_says_what_the_list_says() {
    let (world, receiver, courier) = stage().await;
    let hook = world.hook(&receiver.url("/all"), Value::Null).await;
    let asked = world.happen().await;
    to_the_real_time(&world);
    world.turn(&courier).await;
    world.turn(&courier).await;
    let seen = receiver.seen();
    assert_eq!(seen.len(), 1, "once");
    assert!(verify(&hook["secret"], &seen[0]));
    let other = json!("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assert!(!verify(&other, &seen[0]), "the control: another secret does not fit");
    let mut changed = seen[0].clone();
    changed.body.push(' ');
    assert!(!verify(&hook["secret"], &changed), "the control: nor does another body");

    let signature = seen[0].header("webhook-signature").rsplit_once(" v1a,").unwrap().1;
    let signed =
        format!("{}.{}.{}", seen[0].header("webhook-id"), seen[0].header("webhook-timestamp"), seen[0].body);
    let key = STANDARD.decode(text(&hook, "public_key").strip_prefix("whpk_").unwrap()).unwrap();
    let key = UnparsedPublicKey::new(&ED25519, key);
    assert!(key.verify(signed.as_bytes(), &STANDARD.decode(signature).unwrap()).is_ok());

    let events = world.get("/v1/events").await.json();
    let event = events["data"].as_array().unwrap().last().unwrap().clone();
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(
        body,
        json!({ "type": "challenge.created", "timestamp": event["created_at"], "data": event["data"] })
    );
    assert_eq!(body["data"]["challenge"], asked["id"]);
    assert_eq!(
        (seen[0].header("webhook-id"), seen[0].header("content-type")),
        (text(&event, "id"), "application/json")
    );
    let deliveries = world.deliveries(&hook).await;
    assert_eq!(states(&deliveries), ["delivered"]);
    assert_eq!((&deliveries[0]["event"], &deliveries[0]["tries"][0]["status"]), (&event["id"], &json!(204)));
}

#[tokio::test]
async fn a_filter_and_a_mode_keep_the_rest_away() {
    let (world, receiver, courier) = stage().await;
    let devices = world.hook(&receiver.url("/devices"), json!(["device.*", "account.frozen"])).await;
    world.hook(&receiver.url("/one"), json!(["challenge.created"])).await;
    let body = json!({ "url": receiver.url("/test") });
    world.call_as(&world.test_key, "POST", "/v1/webhooks", body).await.expect(201);
    world.happen().await;
    world.turn(&courier).await;
    let paths = |seen: Vec<Seen>| seen.into_iter().map(|seen| seen.path).collect::<Vec<_>>();
    assert_eq!(paths(receiver.seen()), ["/one"]);
    world.post("/v1/users/c-1/freeze", json!({ "reason": "lost" })).await.expect(200);
    world.turn(&courier).await;
    assert_eq!(paths(receiver.seen()), ["/one", "/devices"]);
    world.ping(&devices).await;
    world.turn(&courier).await;
    let ping: Value = serde_json::from_str(&receiver.seen()[2].body).unwrap();
    assert_eq!((&ping["type"], &ping["data"]["webhook"]), (&json!("ping"), &devices["id"]));
}

#[tokio::test]
async fn where_nobody_is_told_nothing_is_kept() {
    let (world, receiver, _) = stage().await;
    world.happen().await;
    assert_eq!(world.next_turn().await, None);
    // the control
    world.hook(&receiver.url("/all"), Value::Null).await;
    world.happen().await;
    assert_eq!(world.next_turn().await, Some(world.now() * 1000));
}

#[tokio::test]
async fn ten_tries_over_three_days_with_one_id_and_one_body_then_it_stays_listed() {
    let (world, receiver, courier) = stage().await;
    receiver.answers("/down", &[500, 302, 404]);
    let hook = world.hook(&receiver.url("/down"), Value::Null).await;
    world.ping(&hook).await;
    let began = world.now();
    while let Some(due) = world.next_turn().await {
        world.advance(due.div_ceil(1000).saturating_sub(world.now()));
        world.turn(&courier).await;
    }
    let (seen, hours) = (receiver.seen(), (world.now() - began) / 3600);
    assert!(seen.len() == 10 && (68..84).contains(&hours), "{} tries in {hours} hours", seen.len());
    for one in &seen {
        assert_eq!((one.header("webhook-id"), &one.body), (seen[0].header("webhook-id"), &seen[0].body));
    }
    assert_ne!(seen[0].header("webhook-timestamp"), seen[9].header("webhook-timestamp"), "signed anew");
    let delivery = world.deliveries(&hook).await[0].clone();
    let statuses: Vec<u64> =
        delivery["tries"].as_array().unwrap().iter().map(|one| one["status"].as_u64().unwrap()).collect();
    assert_eq!((text(&delivery, "state"), &statuses[..3]), ("failed", &[500, 302, 404][..]));

    // replayed by its id: the same event, with all of its tries before it
    receiver.answers("/down", &[500, 204]);
    let path = format!("/v1/webhooks/{}/deliveries/{}/retry", text(&hook, "id"), text(&delivery, "id"));
    assert_eq!(world.post(&path, Value::Null).await.expect(202).json()["state"], "pending");
    world.turn(&courier).await;
    assert_eq!(states(&world.deliveries(&hook).await), ["pending"]);
    world.advance(6);
    world.turn(&courier).await;
    assert_eq!(states(&world.deliveries(&hook).await), ["delivered"]);
    assert_eq!(receiver.seen()[11].header("webhook-id"), seen[0].header("webhook-id"));

    world.advance(31 * 24 * 3600);
    crate::sweep::round(&world.app).await.unwrap();
    assert!(world.deliveries(&hook).await.is_empty());
}

#[tokio::test]
async fn retry_after_holds_back_all_of_a_webhook() {
    let (world, receiver, courier) = stage().await;
    receiver.answers_with("/busy", 429, "retry-after", "120");
    let hook = world.hook(&receiver.url("/busy"), Value::Null).await;
    world.ping(&hook).await;
    world.turn(&courier).await;
    assert_eq!(world.next_turn().await, Some((world.now() + 120) * 1000));
    world.ping(&hook).await;
    world.advance(119);
    world.turn(&courier).await;
    assert_eq!(receiver.seen().len(), 1, "the newer one waits too");
    receiver.answers("/busy", &[200]);
    world.advance(1);
    world.turn(&courier).await;
    assert_eq!(states(&world.deliveries(&hook).await), ["delivered", "delivered"]);
}

#[tokio::test]
async fn gone_disables_and_says_so_and_what_waits_is_sent_once_it_is_enabled() {
    let (world, receiver, courier) = stage().await;
    receiver.answers("/gone", &[500, 410]);
    let hook = world.hook(&receiver.url("/gone"), json!(["challenge.*"])).await;
    world.hook(&receiver.url("/operator"), json!(["webhook.*"])).await;
    world.ping(&hook).await;
    world.turn(&courier).await;
    world.advance(1);
    world.ping(&hook).await;
    world.turn(&courier).await;
    assert_eq!(states(&world.deliveries(&hook).await), ["failed", "pending"]);
    let path = format!("/v1/webhooks/{}", text(&hook, "id"));
    assert_eq!(world.get(&path).await.json()["state"], "disabled");
    assert_eq!(world.get("/readyz").await.expect(200).json()["webhooks_disabled"], 1);
    let told: Value = serde_json::from_str(&receiver.seen().last().unwrap().body).unwrap();
    assert_eq!((&told["type"], &told["data"]["webhook"]), (&json!("webhook.disabled"), &hook["id"]));
    assert!(world.events().await.contains(&"webhook.disabled".to_owned()));

    let (came, ping) = (receiver.seen().len(), format!("{path}/ping"));
    assert_eq!(world.post(&ping, Value::Null).await.refusal(), (409, "webhook_disabled".into()));
    world.happen().await;
    world.advance(3600);
    world.turn(&courier).await;
    assert_eq!(receiver.seen().len(), came, "nothing is sent to it");

    receiver.answers("/gone", &[200]);
    world.post(&format!("{path}/enable"), Value::Null).await.expect(200);
    world.turn(&courier).await;
    assert_eq!(states(&world.deliveries(&hook).await), ["failed", "delivered"]);
    assert_eq!(world.get("/readyz").await.expect(200).json().get("webhooks_disabled"), None);
}

#[tokio::test]
async fn what_a_receiver_says_in_the_middle_of_a_turn_holds_for_the_rest_of_it() {
    for (status, states_then) in [(410, "disabled"), (429, "enabled")] {
        let (world, receiver, courier) = stage().await;
        receiver.answers_with("/all", status, "retry-after", "120");
        let hook = world.hook(&receiver.url("/all"), json!(["challenge.*"])).await;
        for _ in 0..40 {
            world.ping(&hook).await;
        }
        world.turn(&courier).await;
        let came = receiver.seen().len();
        assert!((1..=super::carrier::SIDE_BY_SIDE).contains(&came), "{status}: {came} of 40 came");
        let path = format!("/v1/webhooks/{}", text(&hook, "id"));
        assert_eq!(world.get(&path).await.json()["state"], states_then);
        let pending =
            states(&world.deliveries(&hook).await).iter().filter(|state| **state == "pending").count();
        assert!(pending >= 40 - came, "what was not begun waits");
    }
}

#[tokio::test]
async fn a_customer_who_is_erased_during_a_turn_is_not_spoken_of_any_more() {
    let (world, receiver, courier) = stage().await;
    world.active_phone(true, "c-1").await;
    world.hook(&receiver.url("/hang"), json!(["device.*"])).await;
    let app = world.app.clone();
    let happened = world.app.storage.write(move |tx| -> Result<(), Refusal> {
        for _ in 0..40 {
            ledger::record(tx, &app, true, "device.renamed", json!({ "user": "c-1" }))?;
        }
        Ok(())
    });
    happened.await.unwrap();
    let (app, carrying) = (world.app.clone(), Arc::clone(&courier));
    let turn = tokio::spawn(async move { courier::round(&app, &carrying).await.unwrap() });
    receiver.wait_for("/hang", super::carrier::SIDE_BY_SIDE).await;
    world.call("DELETE", "/v1/users/c-1", Value::Null).await.expect(204);
    receiver.let_go.add_permits(1000);
    turn.await.unwrap();
    assert_eq!(receiver.seen().len(), super::carrier::SIDE_BY_SIDE, "those that were under way");
}

#[tokio::test]
async fn a_redirect_is_not_followed_wherever_it_leads() {
    for (status, to) in
        [(301, "/inside"), (302, "https://127.0.0.1/"), (307, "/inside"), (308, "http://169.254.169.254/")]
    {
        let (world, receiver, courier) = stage().await;
        receiver.answers_with("/moved", status, "location", to);
        let hook = world.hook(&receiver.url("/moved"), Value::Null).await;
        world.ping(&hook).await;
        world.turn(&courier).await;
        let paths: Vec<String> = receiver.seen().into_iter().map(|seen| seen.path).collect();
        assert_eq!(paths, ["/moved"], "{status}");
        let delivery = world.deliveries(&hook).await[0].clone();
        assert_eq!((text(&delivery, "state"), &delivery["tries"][0]["status"]), ("pending", &json!(status)));
    }
}

#[tokio::test]
async fn an_address_that_leads_inside_is_a_failed_try_with_its_reason() {
    let receiver = Receiver::listen();
    let world = World::calling(receiver.outbound(&[])).await;
    let courier: Arc<dyn Courier> = Arc::new(WebhookCourier::new(&world.app.outbound).unwrap());
    let hook = world.hook(&receiver.url("/all"), Value::Null).await;
    world.ping(&hook).await;
    world.turn(&courier).await;
    assert!(receiver.seen().is_empty());
    let delivery = world.deliveries(&hook).await[0].clone();
    assert_eq!(
        (text(&delivery, "state"), &delivery["tries"][0]["error"]),
        ("pending", &json!("address_refused"))
    );
    assert!(text(&delivery["tries"][0], "detail").starts_with("127.0.0.1 is not a public address"));
}

#[tokio::test]
async fn nobody_there_is_a_failed_try_with_its_reason() {
    let (world, _, courier) = stage().await;
    // a port that nobody listens on
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let hook = world.hook(&format!("https://hooks.example.jp:{port}/"), Value::Null).await;
    world.ping(&hook).await;
    world.turn(&courier).await;
    let delivery = world.deliveries(&hook).await[0].clone();
    assert_eq!(delivery["tries"][0]["error"], "unreachable");
    assert!(!text(&delivery["tries"][0], "detail").contains("hooks.example.jp"), "{delivery}");
}

#[tokio::test]
async fn during_a_rotation_both_secrets_sign_and_a_day_later_one() {
    let (world, receiver, courier) = stage().await;
    to_the_real_time(&world);
    let hook = world.hook(&receiver.url("/all"), Value::Null).await;
    let path = format!("/v1/webhooks/{}/rotate", text(&hook, "id"));
    let rotated = world.post(&path, Value::Null).await.expect(200).json();
    assert!(rotated["older_secret_until"].is_string());
    // its own rotation is news; one try of it is enough here
    world.turn(&courier).await;
    let seen = receiver.seen()[0].clone();
    assert!(verify(&rotated["secret"], &seen) && verify(&hook["secret"], &seen));
    let kinds = |seen: &Seen| -> Vec<String> {
        let signatures = seen.header("webhook-signature").split(' ');
        signatures.map(|signature| signature.split_once(',').unwrap().0.to_owned()).collect()
    };
    assert_eq!(kinds(&seen), ["v1", "v1", "v1a"]);
    world.advance(24 * 3600 + 1);
    world.ping(&hook).await;
    world.turn(&courier).await;
    assert_eq!(kinds(receiver.seen().last().unwrap()), ["v1", "v1a"]);
    assert_eq!(rotated["public_key"], hook["public_key"]);
}

#[tokio::test]
async fn one_that_hangs_holds_nobody_back_and_what_happens_meanwhile_is_not_left_lying() {
    let (world, receiver, courier) = stage().await;
    let slow = world.hook(&receiver.url("/hang"), json!(["account.*"])).await;
    let quick = world.hook(&receiver.url("/quick"), json!(["account.*"])).await;
    let running = tokio::spawn(courier::run(world.app.clone(), courier));
    for _ in 0..100 {
        world.ping(&slow).await;
    }
    receiver.wait_for("/hang", 1).await;
    world.ping(&quick).await;
    receiver.wait_for("/quick", 1).await;
    // while a turn of it runs
    world.ping(&slow).await;
    receiver.let_go.add_permits(1000);
    receiver.wait_for("/hang", 101).await;
    world.app.drain();
    running.await.unwrap();
    assert_eq!(states(&world.deliveries(&quick).await), ["delivered"]);
}

#[tokio::test]
async fn what_was_written_down_before_a_crash_is_sent_after_it() {
    let (world, receiver, courier) = stage().await;
    let hook = world.hook(&receiver.url("/all"), json!(["challenge.*"])).await;
    world.happen().await;
    // a turn was taken and the process ended before, in, or after a try
    let now_millis = world.now() * 1000;
    let taken =
        world.app.storage.write(move |tx| tx.take_messages(Queue::Webhook, now_millis, u64::MAX / 4096, 9));
    assert_eq!(taken.await.unwrap().len(), 1);
    world.happen().await;
    world.turn(&courier).await;
    assert!(receiver.seen().is_empty(), "somebody may be carrying it");
    forget_running(&world.app).await.unwrap();
    world.turn(&courier).await;
    assert!(states(&world.deliveries(&hook).await).iter().all(|state| *state == "delivered"));
    assert_eq!(receiver.seen().len(), world.deliveries(&hook).await.len());
    assert!(receiver.seen().len() >= 2);
}

#[tokio::test]
async fn erasing_a_customer_removes_the_deliveries_about_him() {
    let (world, receiver, courier) = stage().await;
    receiver.answers("/all", &[500]);
    let hook = world.hook(&receiver.url("/all"), Value::Null).await;
    world.happen().await;
    world.ping(&hook).await;
    world.turn(&courier).await;
    assert_eq!(world.deliveries(&hook).await.len(), 2);
    let export = world.get("/v1/users/c-1/export").await.expect(200).json();
    assert_eq!(
        (export["deliveries"].as_array().unwrap().len(), &export["deliveries"][0]["type"]),
        (1, &json!("challenge.created"))
    );
    world.advance(1);
    world.call("DELETE", "/v1/users/c-1", Value::Null).await.expect(204);
    let kinds: Vec<String> =
        world.deliveries(&hook).await.iter().map(|delivery| text(delivery, "type").to_owned()).collect();
    assert_eq!(kinds, ["account.erased", "ping"]);
}

#[tokio::test]
async fn secrets_are_sealed_in_the_store_and_deleted_with_the_webhook() {
    let (world, receiver, _) = stage().await;
    let hook = world.hook(&receiver.url("/all"), Value::Null).await;
    world.ping(&hook).await;
    let id = text(&hook, "id").parse().unwrap();
    let stored = world.app.storage.read(move |tx| tx.webhook(id)).await.unwrap().unwrap();
    let secret = super::signature::read_secret(text(&hook, "secret")).unwrap();
    let stored = serde_json::to_string(&stored).unwrap();
    assert!(
        !stored.contains(&inkan_protocol::encoding::encode(secret.as_slice())) && !stored.contains("whsec_")
    );
    let path = format!("/v1/webhooks/{}", text(&hook, "id"));
    world.call("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(world.get(&path).await.status, 404);
    assert_eq!(world.next_turn().await, None);
}
