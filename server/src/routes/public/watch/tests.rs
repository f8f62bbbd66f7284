use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use axum::response::Response;
use futures_util::StreamExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::testing::World;
use crate::testing::approval::login;

fn path(asked: &Value) -> String {
    format!("/watch/{}", asked["watch_token"].as_str().unwrap())
}

async fn answer(world: &World, asked: &Value, last: &str) -> Response {
    let request = Request::get(path(asked)).header("last-event-id", last).body(Body::empty()).unwrap();
    world.router.clone().oneshot(request).await.unwrap()
}

async fn open(world: &World, asked: &Value) -> BodyDataStream {
    // an id of another server is no reason not to answer
    open_after(world, asked, "1").await
}

async fn open_after(world: &World, asked: &Value, last: &str) -> BodyDataStream {
    let response = answer(world, asked, last).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    assert_eq!(response.headers()["cache-control"], "no-cache");
    response.into_body().into_data_stream()
}

/// The next event, without the time to come back after.
async fn next(stream: &mut BodyDataStream) -> Option<String> {
    let text = String::from_utf8(stream.next().await?.unwrap().to_vec()).unwrap();
    let Some((before, after)) = text.split_once("retry: ") else { return Some(text) };
    let (millis, after) = after.split_once('\n').unwrap();
    assert!((1500..=3000).contains(&millis.parse::<u32>().unwrap()), "{millis}");
    Some(format!("{before}{after}"))
}

#[expect(clippy::unnecessary_wraps, reason = "as it is compared or put in")]
fn told(state: &str) -> Option<String> {
    Some(format!("event: state\nid: {state}\ndata: {{\"state\":\"{state}\"}}\n\n"))
}

#[tokio::test]
async fn the_state_is_told_at_once_and_at_each_change_and_then_it_ends() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let mut stream = open(&world, &asked).await;
    assert_eq!(next(&mut stream).await, told("pending"));
    let (event, ()) = tokio::join!(next(&mut stream), async {
        world.clock.sleepers(1).await;
        world.approve(&phone, &asked, 1).await.expect(200);
    });
    assert_eq!(event, told("approved"));
    assert_eq!(next(&mut stream).await, None);
    drop(stream);
    assert!(world.app.hub.is_empty());
}

#[tokio::test]
async fn a_quiet_stream_beats_and_hears_of_its_end_by_time() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let mut stream = open(&world, &asked).await;
    assert_eq!(next(&mut stream).await, told("pending"));
    for expected in [Some(": \n\n".to_owned()), Some(": \n\n".to_owned())] {
        let (event, ()) = tokio::join!(next(&mut stream), async {
            world.clock.sleepers(1).await;
            world.clock.advance(Duration::from_secs(15));
        });
        assert_eq!(event, expected);
    }
    let (event, ()) = tokio::join!(next(&mut stream), async {
        world.clock.sleepers(1).await;
        world.advance(90);
    });
    assert_eq!(event, told("expired"));
    assert_eq!(next(&mut stream).await, None, "it ends by itself");
}

#[tokio::test]
async fn nobody_looks_into_the_store_while_nothing_happens() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let before = world.store.uses();
    let mut stream = open(&world, &asked).await;
    assert_eq!(next(&mut stream).await, told("pending"));
    let opened = world.store.uses();
    assert_eq!((opened.0 - before.0, opened.1 - before.1), (2, 0), "its token and its state");
    // 105 of the request's 120 seconds: seven beats
    for _ in 0..7 {
        let (event, ()) = tokio::join!(next(&mut stream), async {
            world.clock.sleepers(1).await;
            world.clock.advance(Duration::from_secs(15));
        });
        assert_eq!(event.as_deref(), Some(": \n\n"));
    }
    assert_eq!(world.store.uses(), opened, "seven beats and no look");
}

/// How often the store is read for a decision, until all who watch have heard of it.
async fn reads_of_a_decision(watchers: usize) -> usize {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let mut streams = Vec::new();
    for _ in 0..watchers {
        let mut stream = open(&world, &asked).await;
        assert_eq!(next(&mut stream).await, told("pending"));
        streams.push(stream);
    }
    let before = world.store.uses();
    world.approve(&phone, &asked, 1).await.expect(200);
    for mut stream in streams {
        assert_eq!(next(&mut stream).await, told("approved"));
        assert_eq!(next(&mut stream).await, None);
    }
    world.store.uses().0 - before.0
}

#[tokio::test]
async fn what_happens_is_looked_at_once_by_each_who_watches() {
    assert_eq!(reads_of_a_decision(3).await, reads_of_a_decision(0).await + 3);
}

#[tokio::test]
async fn a_quiet_long_poll_looks_once() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let before = world.store.uses();
    let path = format!("{}?wait=25&known=pending", path(&asked));
    let (reply, ()) = tokio::join!(world.get(&path), async {
        world.clock.sleepers(1).await;
        world.clock.advance(Duration::from_secs(24));
        tokio::task::yield_now().await;
        let waiting = world.store.uses();
        assert_eq!((waiting.0 - before.0, waiting.1 - before.1), (2, 0), "its token and its state");
        world.clock.advance(Duration::from_secs(1));
    });
    assert_eq!(reply.expect(200).json()["state"], "pending");
}

#[tokio::test]
async fn long_polls_take_one_place_each_of_a_token() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let path = format!("{}?wait=25&known=pending", path(&asked));
    let polls = futures_util::future::join_all((0..super::MOST_WATCHERS).map(|_| world.get(&path)));
    let (replies, ()) = tokio::join!(polls, async {
        world.clock.sleepers(super::MOST_WATCHERS).await;
        assert_eq!(world.get(&path).await.refusal(), (429, "too_many_requests".into()), "and no more");
        world.clock.advance(Duration::from_secs(25));
    });
    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
}

#[tokio::test]
async fn who_is_refused_a_place_costs_no_look() {
    let world = World::with(|settings| settings.rate_limits.watchers_per_address = 1).await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let _stream = open(&world, &asked).await;
    let before = world.store.uses();
    assert_eq!(world.get(&path(&asked)).await.status, 429);
    assert_eq!(world.get("/watch/unknown").await.status, 429);
    assert_eq!(world.store.uses(), before);
}

#[tokio::test]
async fn a_final_state_is_told_once_more_for_ten_minutes() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    world.approve(&phone, &asked, 1).await.expect(200);
    world.advance(599);
    let mut stream = open(&world, &asked).await;
    assert_eq!(next(&mut stream).await, told("approved"));
    assert_eq!(next(&mut stream).await, None);
    world.advance(1);
    let path = format!("/watch/{}", asked["watch_token"].as_str().unwrap());
    assert_eq!(world.get(&path).await.refusal(), (410, "gone".into()));
    assert_eq!(world.get("/watch/unknown").await.refusal(), (404, "not_found".into()));
}

#[tokio::test]
async fn a_server_that_closes_ends_its_streams() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let mut stream = open(&world, &asked).await;
    assert_eq!(next(&mut stream).await, told("pending"));
    world.app.drain();
    assert_eq!(next(&mut stream).await, None);
}

#[tokio::test]
async fn one_token_does_not_hold_any_number_of_streams() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let mut streams = Vec::new();
    for _ in 0..super::MOST_WATCHERS {
        streams.push(open(&world, &asked).await);
    }
    let path = format!("/watch/{}", asked["watch_token"].as_str().unwrap());
    let refused = world.get(&path).await;
    assert_eq!(refused.refusal(), (429, "too_many_requests".into()));
    assert!(refused.headers.contains_key("retry-after"));
    streams.pop();
    streams.push(open(&world, &asked).await);
}

#[tokio::test]
async fn a_page_that_comes_back_hears_only_what_is_new() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let mut stream = open_after(&world, &asked, "pending").await;
    let (event, ()) = tokio::join!(next(&mut stream), async {
        world.clock.sleepers(1).await;
        world.approve(&phone, &asked, 1).await.expect(200);
    });
    assert_eq!(event, told("approved"));
    // the connection was cut before the end was heard
    let mut stream = open_after(&world, &asked, "pending").await;
    assert_eq!(next(&mut stream).await, told("approved"));
    // it was heard: there is no need to come back
    assert_eq!(answer(&world, &asked, "approved").await.status(), 204);
}

#[tokio::test]
async fn where_streams_are_cut_a_long_poll_says_the_same() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let poll = async |query: &str| world.get(&format!("{}?{query}", path(&asked))).await;
    assert_eq!(
        poll("wait=25").await.expect(200).json()["state"],
        "pending",
        "news to a page that knows nothing"
    );
    let (reply, ()) = tokio::join!(poll("wait=25&known=pending"), async {
        world.clock.sleepers(1).await;
        world.approve(&phone, &asked, 1).await.expect(200);
    });
    assert_eq!(reply.expect(200).json()["state"], "approved");
    assert_eq!(poll("wait=25&known=approved").await.expect(200).json()["state"], "approved");
    world.advance(600);
    assert_eq!(poll("wait=25&known=approved").await.refusal(), (410, "gone".into()));
    assert!(world.app.watchers.is_empty() && world.app.hub.is_empty());
}

#[tokio::test]
async fn a_quiet_long_poll_ends_after_its_wait() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let path = format!("{}?wait=25&known=pending", path(&asked));
    let (reply, ()) = tokio::join!(world.get(&path), async {
        world.clock.sleepers(1).await;
        world.clock.advance(Duration::from_secs(25));
    });
    assert_eq!(reply.expect(200).json()["state"], "pending");
}

#[tokio::test]
async fn an_address_does_not_hold_any_number_of_streams() {
    let world = World::with(|settings| settings.rate_limits.watchers_per_address = 2).await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let first = open(&world, &asked).await;
    let _second = open(&world, &asked).await;
    let refused = world.get(&path(&asked)).await;
    assert_eq!(refused.refusal(), (429, "too_many_requests".into()));
    assert!(refused.headers.contains_key("retry-after"));
    drop(first);
    drop(open(&world, &asked).await);
}
