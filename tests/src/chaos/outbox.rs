//! `kill -9` with pushes and webhooks on their way: what was owed arrives after the restart, once, and what came before
//! the kill as well is known by its id.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use reqwest::Method;
use serde_json::{Value, json};

use super::receiver::{Receiver, Seen};
use crate::live::LiveServer;

/// Customers that are asked in one run.
const CUSTOMERS: usize = 5;
const HOOK: &str = "/hook";

/// When the server is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// Questions are on their way.
    Asking,
    /// Every question was answered just now.
    Asked,
    /// The push service has taken every push and answered none.
    Carried,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_push_and_no_webhook_is_lost_by_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::listen(folder.path());
    let mut server = LiveServer::start_with(receiver.settings()).await;
    let hook = json!({ "url": receiver.url(HOOK), "events": ["challenge.created"] });
    let hook = server.call(Method::POST, "/v1/webhooks", Some(&hook)).await.unwrap();
    assert_eq!(hook.status, 201, "{hook:?}");
    for moment in [Moment::Asking, Moment::Asked, Moment::Carried] {
        let users: Vec<String> = (0..CUSTOMERS).map(|number| format!("{moment:?}-{number}")).collect();
        for user in &users {
            let phone = server.enroll(user).await.unwrap();
            server.register_push(&phone, &receiver.url(&path(user))).await.unwrap();
        }
        receiver.until("the first pushes", |seen| paths(&users).is_subset(&pushed(seen))).await;

        receiver.hold(true);
        let rehearsed = receiver.take();
        let (struck, acknowledged) = ask_and_strike(server, &receiver, moment, &users).await;
        server = struck;
        server.gone().await;
        let before = receiver.take();
        let owed: BTreeSet<&str> = acknowledged.iter().map(|(_, challenge)| challenge.as_str()).collect();
        let rung: BTreeSet<String> = acknowledged.iter().map(|(user, _)| path(user)).collect();
        assert!(before.iter().any(|seen| seen.path == HOOK), "{moment:?}: a webhook was on its way");
        if moment == Moment::Carried {
            assert!(rung.is_subset(&pushed(&before)), "every push was: {before:?}");
        }

        receiver.hold(false);
        server.resume().await;
        receiver.until("pushes that were owed", |seen| rung.is_subset(&pushed(seen))).await;
        receiver.until("webhooks that were owed", |seen| owed.is_subset(&told(seen).as_str_set())).await;
        // ended in good order, what was begun is written down
        server.end();
        assert!(server.gone().await, "{}", server.log());
        let after = receiver.take();
        check_doubles(&rehearsed, &before, &after);
        server.resume().await;
        check_settled(&server, hook.text("id"), &users).await;
        let again = receiver.take();
        assert!(again.is_empty(), "what was taken is sent no more: {again:?}");
    }
}

/// Asks all customers and kills the server at this moment. Answers whose question was acknowledged, and its id.
async fn ask_and_strike(
    server: LiveServer,
    receiver: &Receiver,
    moment: Moment,
    users: &[String],
) -> (LiveServer, Vec<(String, String)>) {
    let (first, others) = users.split_first().unwrap();
    let mut acknowledged = vec![(first.clone(), ask(&server, first).await.unwrap())];
    // The webhook's turn is held: those of the other questions wait in the store.
    receiver.until("a webhook", |seen| seen.iter().any(|seen| seen.path == HOOK)).await;
    let server = Arc::new(server);
    let mut asking: FuturesUnordered<_> = others
        .iter()
        .map(|user| {
            let (server, user) = (Arc::clone(&server), user.clone());
            tokio::spawn(async move { ask(&server, &user).await.map(|challenge| (user, challenge)) })
        })
        .collect();
    let mut struck = false;
    while let Some(asked) = asking.next().await {
        // one that got no answer before the kill is owed nothing
        acknowledged.extend(asked.unwrap());
        if moment == Moment::Asking && !struck {
            server.strike();
            struck = true;
        }
    }
    if moment == Moment::Carried {
        receiver.until("every push", |seen| paths(users).is_subset(&pushed(seen))).await;
    }
    if !struck {
        assert_eq!(acknowledged.len(), users.len());
        server.strike();
    }
    (Arc::into_inner(server).unwrap(), acknowledged)
}

/// The id of the challenge, where it was acknowledged.
async fn ask(server: &LiveServer, user: &str) -> Option<String> {
    let body = json!({
        "user": user,
        "operation": "login",
        "details": [],
        "origin": {"ip": "203.0.113.24", "user_agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0", "session": user},
        "start": "number",
        "expires_in": 300,
    });
    let asked = server.call(Method::POST, "/v1/challenges", Some(&body)).await.ok()?;
    assert_eq!(asked.status, 201, "{asked:?}");
    Some(asked.text("id").to_owned())
}

/// After the restart everything comes once; what came before it as well has the same id and says the same.
fn check_doubles(rehearsed: &[Seen], before: &[Seen], after: &[Seen]) {
    let paths: Vec<&str> = after.iter().map(|seen| seen.path.as_str()).filter(|path| *path != HOOK).collect();
    assert_eq!(paths.len(), paths.iter().collect::<BTreeSet<_>>().len(), "one push each: {paths:?}");
    let mut topics: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for seen in rehearsed.iter().chain(before).chain(after).filter(|seen| seen.path != HOOK) {
        topics.entry(&seen.path).or_default().insert(seen.header("topic"));
    }
    let all: BTreeSet<&str> = topics.values().flatten().copied().collect();
    assert!(topics.values().all(|topics| topics.len() == 1), "one collapse id each: {topics:?}");
    assert_eq!(all.len(), topics.len(), "and nobody else's: {topics:?}");

    let (before, after) = (told(before), told(after));
    assert_eq!(after.0.len(), after.ids().len(), "one webhook each");
    for (challenge, (id, body)) in &before.0 {
        assert_eq!(after.0.get(challenge), Some(&(id.clone(), body.clone())), "the same id, the same body");
    }
}

/// The store says that all was taken.
async fn check_settled(server: &LiveServer, hook: &str, users: &[String]) {
    let path = format!("/v1/webhooks/{hook}/deliveries?limit=100");
    let deliveries = server.call(Method::GET, &path, None).await.unwrap();
    let deliveries = deliveries.body.get("data").and_then(Value::as_array).unwrap().clone();
    assert!(
        deliveries.len() >= 2 && deliveries.iter().all(|one| one["state"] == "delivered"),
        "{deliveries:?}"
    );
    for user in users {
        let devices = server.call(Method::GET, &format!("/v1/users/{user}/devices"), None).await.unwrap();
        let health = devices.body.pointer("/data/0/push_health").unwrap();
        assert_eq!(health["outcome"], "delivered_to_provider", "{health}");
    }
}

fn path(user: &str) -> String {
    format!("/push/{user}")
}

fn paths(users: &[String]) -> BTreeSet<String> {
    users.iter().map(|user| path(user)).collect()
}

/// Where pushes came to.
fn pushed(seen: &[Seen]) -> BTreeSet<String> {
    seen.iter().map(|seen| seen.path.clone()).filter(|path| path != HOOK).collect()
}

/// Webhooks by the challenge that they tell of: `webhook-id` and body.
struct Told(BTreeMap<String, (String, String)>);

impl Told {
    fn as_str_set(&self) -> BTreeSet<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    fn ids(&self) -> BTreeSet<&str> {
        self.0.values().map(|(id, _)| id.as_str()).collect()
    }
}

fn told(seen: &[Seen]) -> Told {
    let mut told = BTreeMap::new();
    for one in seen.iter().filter(|seen| seen.path == HOOK) {
        let body: Value = serde_json::from_slice(&one.body).unwrap();
        let challenge = body["data"]["challenge"].as_str().unwrap().to_owned();
        let new = (one.header("webhook-id").to_owned(), String::from_utf8(one.body.to_vec()).unwrap());
        assert!(told.insert(challenge, new).is_none(), "twice without a kill between: {one:?}");
    }
    Told(told)
}
