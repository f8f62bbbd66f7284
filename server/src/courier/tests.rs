use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::*;
use crate::testing::World;

/// Notes what it carries; ends each try as the message's body says.
struct Recorded {
    carried: Mutex<Vec<(u128, u32)>>,
    over: AtomicUsize,
    /// How many tries may end.
    may_end: Semaphore,
    at_once: usize,
}

impl Recorded {
    fn new(at_once: usize) -> Arc<Self> {
        let may_end = Semaphore::new(Semaphore::MAX_PERMITS);
        Arc::new(Self { carried: Mutex::default(), over: AtomicUsize::new(0), may_end, at_once })
    }

    fn carried(&self) -> Vec<(u128, u32)> {
        self.carried.lock().unwrap().clone()
    }
}

#[async_trait]
impl Courier for Recorded {
    fn queue(&self) -> Queue {
        Queue::Webhook
    }

    fn at_once(&self) -> usize {
        self.at_once
    }

    fn lost_after(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn carry(&self, app: &Shared, message: OutboxMessage) -> Carried {
        self.carried.lock().unwrap().push((message.id.as_u128(), message.tries));
        self.may_end.acquire().await.unwrap().forget();
        match message.body["again_in"].as_u64() {
            Some(wait) => Carried::again(app.clock.now_millis() + wait),
            None => Carried::done(),
        }
        .keeping(|tx, _| Ok(tx.put_meta("kept", "yes")?))
    }

    fn over(&self, _tx: &mut dyn Transaction, _app: &App, _message: &OutboxMessage) -> Result<(), Refusal> {
        self.over.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

fn message(world: &World, number: u128, body: serde_json::Value) -> OutboxMessage {
    OutboxMessage {
        id: Uuid::from_u128(number),
        queue: Queue::Webhook,
        name: None,
        owner: None,
        due_millis: world.now() * 1000,
        until: world.now() + 60,
        tries: 0,
        body,
    }
}

async fn put(world: &World, message: OutboxMessage) {
    let put = world.app.storage.write(move |tx| -> Result<(), Refusal> {
        tx.put_message(&message)?;
        tx.notify(Topic::Outbox(message.queue));
        Ok(())
    });
    put.await.unwrap();
}

async fn stored(world: &World, number: u128) -> Option<OutboxMessage> {
    let read =
        world.app.storage.read(move |tx| -> Result<_, Refusal> { Ok(tx.message(Uuid::from_u128(number))?) });
    read.await.unwrap()
}

#[tokio::test]
async fn what_is_done_goes_and_what_is_not_waits_for_its_time() {
    let world = World::new().await;
    let recorded = Recorded::new(2);
    let courier: Arc<dyn Courier> = recorded.clone();
    for number in 1..=3 {
        put(&world, message(&world, number, json!({}))).await;
    }
    put(&world, message(&world, 4, json!({ "again_in": 5000 }))).await;
    assert_eq!(round(&world.app, &courier).await.unwrap(), 4);
    assert_eq!(stored(&world, 1).await, None);
    assert_eq!(stored(&world, 4).await.unwrap().due_millis, world.now() * 1000 + 5000);
    let kept = world.app.storage.read(|tx| -> Result<_, Refusal> { Ok(tx.meta("kept")?) }).await.unwrap();
    assert_eq!(kept.as_deref(), Some("yes"));
    assert_eq!(round(&world.app, &courier).await.unwrap(), 0);
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(round(&world.app, &courier).await.unwrap(), 1);
    assert_eq!(recorded.carried().last(), Some(&(4, 2)), "its second try");
}

#[tokio::test]
async fn what_is_worth_nothing_any_more_is_not_carried() {
    let world = World::new().await;
    let recorded = Recorded::new(2);
    let courier: Arc<dyn Courier> = recorded.clone();
    put(&world, message(&world, 1, json!({}))).await;
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(round(&world.app, &courier).await.unwrap(), 0);
    assert_eq!((recorded.carried(), recorded.over.load(Ordering::SeqCst)), (Vec::new(), 1));
    assert_eq!(stored(&world, 1).await, None);
}

#[tokio::test]
async fn a_crash_in_a_try_is_a_second_try_that_knows_of_it() {
    let world = World::new().await;
    put(&world, message(&world, 1, json!({}))).await;
    let now_millis = world.now() * 1000;
    // taken and never settled: the process ended
    let taken = world.app.storage.write(move |tx| -> Result<_, Refusal> {
        Ok(tx.take_messages(Queue::Webhook, now_millis, now_millis + 30_000, 9)?.len())
    });
    assert_eq!(taken.await.unwrap(), 1);
    let recorded = Recorded::new(2);
    let courier: Arc<dyn Courier> = recorded.clone();
    assert_eq!(round(&world.app, &courier).await.unwrap(), 0, "somebody may be carrying it");
    crate::expiry::forget_running(&world.app).await.unwrap();
    assert_eq!(round(&world.app, &courier).await.unwrap(), 1);
    assert_eq!(recorded.carried(), [(1, 2)]);
}

#[tokio::test]
async fn the_loop_is_woken_keeps_to_its_room_and_ends_with_what_it_began() {
    let world = World::new().await;
    let recorded = Recorded::new(2);
    recorded.may_end.forget_permits(Semaphore::MAX_PERMITS);
    let running = tokio::spawn(run(world.app.clone(), recorded.clone()));
    for number in 1..=3 {
        put(&world, message(&world, number, json!({}))).await;
    }
    while recorded.carried().len() < 2 {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    assert_eq!(recorded.carried().len(), 2, "there is room for two");
    recorded.may_end.add_permits(1);
    while recorded.carried().len() < 3 {
        tokio::task::yield_now().await;
    }
    world.app.drain();
    tokio::task::yield_now().await;
    assert!(!running.is_finished(), "two are under way");
    recorded.may_end.add_permits(2);
    running.await.unwrap();
    for number in 1..=3 {
        assert_eq!(stored(&world, number).await, None);
    }
}

#[tokio::test]
async fn a_newer_message_survives_the_end_of_the_older() {
    let world = World::new().await;
    let recorded = Recorded::new(1);
    recorded.may_end.forget_permits(Semaphore::MAX_PERMITS);
    let named = |number, body| OutboxMessage { name: Some("phone".into()), ..message(&world, number, body) };
    put(&world, named(1, json!({ "again_in": 1 }))).await;
    let running = tokio::spawn(run(world.app.clone(), recorded.clone()));
    while recorded.carried().is_empty() {
        tokio::task::yield_now().await;
    }
    put(&world, named(2, json!({}))).await;
    recorded.may_end.add_permits(2);
    while recorded.carried().len() < 2 {
        tokio::task::yield_now().await;
    }
    world.app.drain();
    running.await.unwrap();
    assert_eq!(recorded.carried(), [(1, 1), (2, 1)]);
    assert_eq!((stored(&world, 1).await, stored(&world, 2).await), (None, None));
}

#[tokio::test]
async fn a_newer_message_does_not_overtake_the_older() {
    let world = World::new().await;
    let recorded = Recorded::new(9);
    recorded.may_end.forget_permits(Semaphore::MAX_PERMITS);
    let named =
        |number, name: &str| OutboxMessage { name: Some(name.into()), ..message(&world, number, json!({})) };
    put(&world, named(1, "phone")).await;
    let running = tokio::spawn(run(world.app.clone(), recorded.clone()));
    while recorded.carried().is_empty() {
        tokio::task::yield_now().await;
    }
    put(&world, named(2, "phone")).await;
    put(&world, named(3, "other")).await;
    while recorded.carried().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(recorded.carried(), [(1, 1), (3, 1)], "there is room, and the newer one waits");
    recorded.may_end.add_permits(2);
    while recorded.carried().len() < 3 {
        tokio::task::yield_now().await;
    }
    recorded.may_end.add_permits(1);
    world.app.drain();
    running.await.unwrap();
    assert_eq!(recorded.carried(), [(1, 1), (3, 1), (2, 1)]);
}

#[tokio::test]
async fn a_try_that_does_not_end_is_given_up_and_its_place_is_free_again() {
    let world = World::new().await;
    let recorded = Recorded::new(1);
    recorded.may_end.forget_permits(Semaphore::MAX_PERMITS);
    let running = tokio::spawn(run(world.app.clone(), recorded.clone()));
    put(&world, message(&world, 1, json!({}))).await;
    while recorded.carried().is_empty() {
        tokio::task::yield_now().await;
    }
    // the only place is taken: only the end of a try is waited for
    world.clock.sleepers(1).await;
    world.clock.advance(Duration::from_millis(29_999));
    tokio::task::yield_now().await;
    assert_eq!(recorded.carried(), [(1, 1)]);
    world.clock.advance(Duration::from_millis(1));
    while recorded.carried().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(recorded.carried(), [(1, 1), (1, 2)], "nobody carries it any more, and it is tried again");
    recorded.may_end.add_permits(1);
    world.app.drain();
    running.await.unwrap();
    assert_eq!(stored(&world, 1).await, None);
}
