use std::sync::Arc;
use std::time::Duration;

use inkan_protocol::ids::DeviceId;
use serde_json::{Value, json};

use super::testing::{Bell, Holding, Silent, pushes};
use super::*;
use crate::clock::Clock as _;
use crate::courier::{round, run};
use crate::push::{Pushes, Ring};
use crate::ringing::collapse_key;
use crate::testing::approval::{login, withdrawal};
use crate::testing::{Phone, World};

struct Stage {
    world: World,
    bell: Arc<Bell>,
    courier: Arc<dyn Courier>,
    phone: Phone,
}

impl Stage {
    /// A phone whose doorbell was tried already.
    async fn new() -> Self {
        let bell = Arc::new(Bell::default());
        let world = World::ringing(pushes(&bell)).await;
        let courier = PushCourier::all(&world.app).remove(0);
        let phone = world.active_phone(true, "u").await;
        let stage = Self { world, bell, courier, phone };
        stage.register("token").await;
        stage.round().await;
        stage.bell.rung();
        stage
    }

    async fn register(&self, token: &str) {
        let body = json!({ "provider": "fcm", "token": token }).to_string();
        self.world.signed(&self.phone, "PUT", "/d/v1/push", body.as_bytes()).await.expect(204);
    }

    async fn round(&self) -> usize {
        round(&self.world.app, &self.courier).await.unwrap()
    }

    async fn health(&self) -> Value {
        let devices = self.world.get("/v1/users/u/devices").await.expect(200).json();
        devices["data"][0]["push_health"].clone()
    }

    async fn arrived(&self, push: &str) -> Value {
        let path = format!("/d/v1/device?push={push}");
        self.world.signed(&self.phone, "GET", &path, b"").await.expect(200).json()
    }
}

#[tokio::test]
async fn a_push_is_an_opaque_id_and_its_arrival_is_told_once() {
    let stage = Stage::new().await;
    stage.world.ask(login("u")).await;
    assert_eq!(stage.round().await, 1);
    let (to, doorbell) = stage.bell.rung().remove(0);
    assert_eq!((to.token.as_str(), doorbell.ring), ("token", Ring::Look));
    assert_eq!(doorbell.until, stage.world.now() + 120);
    assert_eq!(doorbell.hint.collapse, collapse_key(stage.phone.device));
    let health = stage.health().await;
    assert_eq!(health["outcome"], "delivered_to_provider");
    assert!(health["accepted_at"].is_string() && health["opened_at"].is_null(), "{health}");
    stage.world.advance(3);
    let told = stage.arrived(&doorbell.hint.id.to_string()).await;
    assert_eq!(told["push_opened_at"], stage.world.now());
    assert_eq!(told["push_accepted_at"], stage.world.now() - 3);
    let opened = stage.health().await["opened_at"].clone();
    assert!(opened.is_string());
    stage.world.advance(3);
    for push in [doorbell.hint.id.to_string(), stage.world.uuid().to_string(), "x".to_owned()] {
        stage.arrived(&push).await;
    }
    assert_eq!(stage.health().await["opened_at"], opened, "no push of ours arrived since");
}

#[tokio::test]
async fn a_provider_that_is_down_is_tried_again_while_the_request_lives() {
    let stage = Stage::new().await;
    stage.bell.answers(vec![Outcome::ProviderDown; 99]);
    stage.world.ask(login("u")).await;
    let mut tries = 0;
    for _ in 0..130 {
        tries += stage.round().await;
        stage.world.clock.advance(Duration::from_secs(1));
    }
    assert!((7..=10).contains(&tries), "{tries}");
    assert_eq!(stage.health().await["outcome"], "provider_down");
    assert_eq!(stage.bell.rung().len(), tries);
    let ids = stage.bell.rung();
    assert!(ids.is_empty(), "nothing is sent after its end");
}

#[tokio::test]
async fn every_try_is_the_same_push() {
    let stage = Stage::new().await;
    stage.bell.answers([Outcome::ProviderDown]);
    stage.world.ask(login("u")).await;
    stage.round().await;
    stage.world.advance(2);
    stage.round().await;
    let rung = stage.bell.rung();
    assert_eq!(rung.len(), 2);
    assert_eq!(rung[0], rung[1], "the same id and the same collapse key");
}

#[tokio::test]
async fn a_provider_that_throttles_is_left_alone_as_long_as_it_asks() {
    let stage = Stage::new().await;
    stage.bell.answers([Outcome::Throttled { retry_after: Duration::from_secs(40) }]);
    stage.world.ask(login("u")).await;
    stage.round().await;
    stage.world.advance(39);
    assert_eq!(stage.round().await, 0);
    stage.world.advance(1);
    assert_eq!(stage.round().await, 1);
    // longer than the request lives: given up at once
    stage.bell.answers([Outcome::Throttled { retry_after: Duration::from_secs(400) }]);
    stage.world.ask(login("u")).await;
    stage.round().await;
    stage.world.advance(400);
    assert_eq!(stage.round().await, 0);
}

#[tokio::test]
async fn a_token_that_is_gone_goes_unless_a_newer_one_came() {
    let stage = Stage::new().await;
    let registered = stage.world.now();
    stage.bell.answers([Outcome::TokenGone { since: Some(registered - 1) }]);
    stage.world.ask(login("u")).await;
    stage.round().await;
    assert!(stage.world.device(stage.phone.device).await.push.is_some(), "it was registered after that");
    stage.bell.answers([Outcome::TokenGone { since: Some(registered) }]);
    stage.world.advance(1);
    stage.world.ask(login("u")).await;
    stage.round().await;
    assert!(stage.world.device(stage.phone.device).await.push.is_none());
    assert_eq!(stage.health().await["outcome"], "token_gone", "an operator sees why nothing rings");
    stage.register("newer").await;
    stage.round().await;
    assert_eq!(stage.bell.rung().last().unwrap().0.token, "newer");
}

#[tokio::test]
async fn the_same_token_registered_again_is_as_new_as_that() {
    let stage = Stage::new().await;
    let first = stage.world.now();
    stage.world.advance(100);
    stage.register("token").await;
    stage.bell.answers([Outcome::TokenGone { since: Some(first + 50) }]);
    stage.world.ask(login("u")).await;
    assert_eq!(stage.round().await, 1, "and it is not tried for that");
    assert!(stage.world.device(stage.phone.device).await.push.is_some());
    // the control
    stage.bell.answers([Outcome::TokenGone { since: Some(first + 100) }]);
    stage.world.ask(login("u")).await;
    stage.round().await;
    assert!(stage.world.device(stage.phone.device).await.push.is_none());
}

/// A provider that takes a push when it is told to.
#[derive(Default)]
struct Slow {
    rung: std::sync::Mutex<Vec<Doorbell>>,
    came: tokio::sync::watch::Sender<usize>,
    may: Option<tokio::sync::Semaphore>,
}

#[async_trait]
impl PushPort for Slow {
    async fn ring(&self, _: &Push, doorbell: &Doorbell) -> Outcome {
        self.rung.lock().unwrap().push(doorbell.clone());
        self.came.send_modify(|came| *came += 1);
        self.may.as_ref().unwrap().acquire().await.unwrap().forget();
        Outcome::DeliveredToProvider
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

struct SlowStage {
    world: Arc<World>,
    slow: Arc<Slow>,
    courier: Arc<dyn Courier>,
    phone: Phone,
}

impl SlowStage {
    /// A phone whose test push has just begun.
    async fn new() -> Self {
        let slow = Arc::new(Slow { may: Some(tokio::sync::Semaphore::new(0)), ..Slow::default() });
        let pushes = crate::push::Pushes { fcm: Some(slow.clone()), ..crate::push::Pushes::default() };
        let world = Arc::new(World::ringing(pushes).await);
        let courier = PushCourier::all(&world.app).remove(0);
        let phone = world.active_phone(true, "u").await;
        let body = json!({ "provider": "fcm", "token": "token" }).to_string();
        world.signed(&phone, "PUT", "/d/v1/push", body.as_bytes()).await.expect(204);
        Self { world, slow, courier, phone }
    }

    fn begin(&self) -> tokio::task::JoinHandle<usize> {
        let (world, courier) = (Arc::clone(&self.world), Arc::clone(&self.courier));
        tokio::spawn(async move { round(&world.app, &courier).await.unwrap() })
    }

    async fn came(&self, count: usize) {
        self.slow.came.subscribe().wait_for(|came| *came >= count).await.unwrap();
    }

    fn let_go(&self, count: usize) {
        self.slow.may.as_ref().unwrap().add_permits(count);
    }
}

#[tokio::test]
async fn an_arrival_that_is_told_before_the_provider_has_answered_counts() {
    let stage = SlowStage::new().await;
    let test = stage.begin();
    stage.came(1).await;
    let push = stage.slow.rung.lock().unwrap()[0].hint.id;
    let told = async || {
        let path = format!("/d/v1/device?push={push}");
        stage.world.signed(&stage.phone, "GET", &path, b"").await.expect(200).json()
    };
    let opened = stage.world.now();
    assert_eq!(told().await["push_opened_at"], opened);
    // somebody else's word for it counts for nothing
    let other = stage.world.active_phone(true, "other").await;
    let path = format!("/d/v1/device?push={push}");
    let theirs = stage.world.signed(&other, "GET", &path, b"").await.expect(200).json();
    assert_eq!(theirs["push_opened_at"], Value::Null);
    stage.let_go(1);
    test.await.unwrap();
    stage.world.advance(5);
    assert_eq!(told().await["push_opened_at"], opened, "once");
}

#[tokio::test]
async fn a_notification_of_before_goes_with_a_later_one_that_was_never_sent() {
    let stage = Stage::new().await;
    let (first, second) = (stage.world.ask(login("u")).await, "/v1/challenges/");
    stage.round().await;
    stage.bell.rung();
    let other = stage.world.ask(withdrawal("u")).await;
    for asked in [&first, &other] {
        let path = format!("{second}{}", asked["id"].as_str().unwrap());
        stage.world.call("DELETE", &path, Value::Null).await.expect(204);
    }
    stage.round().await;
    let rung: Vec<Ring> = stage.bell.rung().into_iter().map(|(_, doorbell)| doorbell.ring).collect();
    assert_eq!(rung, [Ring::Ended]);
    // nothing stands there any more: what is asked and taken back in between disturbs nobody
    let asked = stage.world.ask(login("u")).await;
    let path = format!("{second}{}", asked["id"].as_str().unwrap());
    stage.world.call("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(stage.round().await, 0);
}

#[tokio::test]
async fn what_is_misconfigured_is_not_tried_again() {
    let stage = Stage::new().await;
    stage.bell.answers([Outcome::Misconfigured { why: "BadTopic".into() }]);
    stage.world.ask(login("u")).await;
    assert_eq!(stage.round().await, 1);
    stage.world.advance(60);
    assert_eq!(stage.round().await, 0);
    assert_eq!(stage.health().await["outcome"], "misconfigured");
}

#[tokio::test]
async fn a_device_that_was_revoked_meanwhile_is_not_rung() {
    let stage = Stage::new().await;
    stage.world.ask(login("u")).await;
    let path = format!("/v1/users/u/devices/{}", stage.phone.device);
    stage.world.call("DELETE", &path, Value::Null).await.expect(204);
    stage.round().await;
    assert!(stage.bell.rung().is_empty());
}

/// A phone whose provider takes every push and never answers; nothing is due.
async fn held() -> (World, Arc<Silent>, Arc<dyn Courier>, Phone) {
    let silent = Arc::new(Silent::default());
    let world = World::ringing(Pushes { fcm: Some(silent.clone()), ..Pushes::default() }).await;
    let courier = PushCourier::all(&world.app).remove(0);
    let phone = world.active_phone(true, "u").await;
    let body = json!({ "provider": "fcm", "token": "token" }).to_string();
    world.signed(&phone, "PUT", "/d/v1/push", body.as_bytes()).await.expect(204);
    // the test push of the registration
    let now_millis = world.now() * 1000;
    let forget = world.app.storage.write(move |tx| -> Result<_, Refusal> {
        for message in tx.take_messages(Queue::PushFcm, now_millis, u64::MAX / 4096, 9)? {
            tx.drop_message(message.id)?;
        }
        Ok(())
    });
    forget.await.unwrap();
    (world, silent, courier, phone)
}

/// The clock stands still and the provider never answers: what awaited it would never come.
#[tokio::test]
async fn no_answer_of_the_api_awaits_a_provider() {
    let (world, silent, courier, phone) = held().await;
    let running = tokio::spawn(run(world.app.clone(), courier));
    let asked = world.ask(login("u")).await;
    silent.taken(1).await;
    let id = asked["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/challenges/{id}");
    assert_eq!(world.get(&path).await.expect(200).json()["state"], "pending");
    assert_eq!(world.pending(&phone).await.len(), 1, "the phone is shown it without a push");
    world.ask(withdrawal("u")).await;
    world.approve(&phone, &asked, 1).await.expect(200);
    let redeem = json!({ "user": "u", "session": "s-1" });
    world.post(&format!("{path}/redeem"), redeem).await.expect(200);
    assert_eq!(silent.holding(), Holding { taken: 1, held: 1 }, "all of that while it was held");
    // drained, the loop still waits for what it began, and that ends by the clock
    world.app.drain();
    tokio::task::yield_now().await;
    assert!(!running.is_finished());
    world.clock.advance(LONGEST_TRY);
    running.await.unwrap();
    assert_eq!(silent.holding().held, 0);
}

#[tokio::test]
async fn a_push_whose_provider_hangs_is_given_up_within_its_requests_life() {
    let (world, silent, courier, _phone) = held().await;
    world.ask(login("u")).await;
    let until = (world.now() + 120) * 1000;
    let longest = u64::try_from(LONGEST_TRY.as_millis()).unwrap();
    let mut tries = 0;
    while world.clock.now_millis() < until {
        let (app, carrying) = (world.app.clone(), Arc::clone(&courier));
        let trying = tokio::spawn(async move { round(&app, &carrying).await.unwrap() });
        tokio::pin!(trying);
        tokio::select! {
            () = silent.taken(tries + 1) => {}
            // the pause before the next try
            none = &mut trying => {
                assert_eq!(none.unwrap(), 0);
                world.clock.advance(Duration::from_millis(100));
                continue;
            }
        }
        tries += 1;
        // the try begins, and ends by the clock alone
        world.clock.sleepers(2).await;
        let left = longest.min(until - world.clock.now_millis());
        world.clock.advance(Duration::from_millis(left - 1));
        tokio::task::yield_now().await;
        assert_eq!(silent.holding().held, 1, "not before its time");
        world.clock.advance(Duration::from_millis(1));
        assert_eq!(trying.await.unwrap(), 1);
        assert_eq!(silent.holding().held, 0);
    }
    assert!((4..=7).contains(&tries), "{tries} tries with growing pauses");
    assert_eq!(world.clock.now_millis(), until);
    let left = world.app.storage.read(|tx| -> Result<_, Refusal> { Ok(tx.next_due(Queue::PushFcm)?) });
    assert_eq!(left.await.unwrap(), None, "at its request's end it is gone");
    let devices = world.get("/v1/users/u/devices").await.expect(200).json();
    assert_eq!(devices["data"][0]["push_health"]["outcome"], "provider_down");
}

/// Answers at once, but for one service, which never does.
#[derive(Default)]
struct OneSilent(Silent);

#[async_trait]
impl PushPort for OneSilent {
    async fn ring(&self, to: &Push, doorbell: &Doorbell) -> Outcome {
        if to.token.starts_with("https://hangs.example.jp/") {
            self.0.ring(to, doorbell).await
        } else {
            Outcome::DeliveredToProvider
        }
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

impl World {
    /// A phone that this push service rings, and a doorbell for it.
    async fn rings(&self, user: &str, service: &str) -> DeviceId {
        let phone = self.active_phone(true, user).await;
        let device = self.device(phone.device).await;
        let token = format!("https://{service}/{user}");
        let push = Push { provider: PushProvider::Webpush, token, p256dh: None, auth: None };
        let device = Device { push: Some(push), ..device };
        let (app, until) = (self.app.clone(), self.now() + 120);
        let put = self.app.storage.write(move |tx| -> Result<(), Refusal> {
            tx.put_device(&device)?;
            crate::ringing::look(tx, &app, &device, until)
        });
        put.await.unwrap();
        phone.device
    }

    /// How many of these wait, neither due nor being carried.
    async fn put_off(&self, phones: &[DeviceId]) -> usize {
        let (phones, now_millis) = (phones.to_vec(), self.clock.now_millis());
        let read = self.app.storage.read(move |tx| -> Result<_, Refusal> {
            let mut count = 0;
            for phone in phones {
                let message = tx.named_message(Queue::PushWeb, &phone.to_string())?;
                let waits = now_millis + 1..now_millis + 5000;
                count += usize::from(message.is_some_and(|message| waits.contains(&message.due_millis)));
            }
            Ok(count)
        });
        read.await.unwrap()
    }
}

#[tokio::test]
async fn a_push_service_that_hangs_takes_one_place_and_not_all() {
    let port = Arc::new(OneSilent::default());
    let world = World::ringing(Pushes { web_push: Some(port.clone()), ..Pushes::default() }).await;
    let courier = PushCourier::all(&world.app).remove(0);
    let mut phones = Vec::new();
    for number in 0..20 {
        phones.push(world.rings(&format!("silent-{number}"), "hangs.example.jp").await);
    }
    let spawn = || {
        let (app, courier) = (world.app.clone(), Arc::clone(&courier));
        tokio::spawn(async move { round(&app, &courier).await.unwrap() })
    };
    let first = spawn();
    port.0.taken(20).await;
    world.clock.advance(LONGEST_TRY);
    assert_eq!(first.await.unwrap(), 20);
    // it is known now: all are due again, and one finds out
    world.clock.advance(Duration::from_secs(1));
    world.rings("heard", "rings.example.jp").await;
    let second = spawn();
    while world.put_off(&phones).await < 19 {
        tokio::task::yield_now().await;
    }
    port.0.taken(21).await;
    assert_eq!(port.0.holding(), Holding { taken: 21, held: 1 });
    while world.get("/v1/users/heard/devices").await.json()["data"][0]["push_health"]["accepted_at"].is_null()
    {
        tokio::task::yield_now().await;
    }
    second.abort();
}
