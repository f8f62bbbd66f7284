//! `kill -9` during load, 50 times: no acknowledged decision is lost or changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::Method;
use serde_json::json;
use tokio::sync::mpsc;

use crate::live::{LiveServer, Reply, now};

const KILLS: usize = 50;
const CLIENTS: usize = 4;
/// Acknowledged steps after which a run is killed: some while requests are on their way.
const STEPS: usize = 12;

/// What was acknowledged.
#[derive(Clone, Debug)]
enum Step {
    /// A phone is active.
    Enrolled { user: String },
    /// A challenge exists.
    Asked { challenge: String },
    /// A decision, with the bytes that made it and the receipt.
    Decided { challenge: String, message: String, receipt: String },
    /// A redeem.
    Redeemed { challenge: String },
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_50_kills() {
    let mut server = LiveServer::start().await;
    let mut acknowledged: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    let mut checked = 0;
    for run in 0..KILLS {
        let shared = Arc::new(server);
        let (told, mut steps) = mpsc::unbounded_channel();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (server, told) = (Arc::clone(&shared), told.clone());
                tokio::spawn(async move {
                    // Ends with the first request that gets no answer.
                    drop(cycle_until_gone(&server, &format!("killed-{run}-{number}"), &told).await);
                })
            })
            .collect();
        drop(told);
        let mut run: Vec<Step> = Vec::new();
        while run.len() < STEPS {
            run.push(steps.recv().await.expect("clients go on until the kill"));
        }
        shared.strike();
        for client in clients {
            client.await.unwrap();
        }
        while let Ok(step) = steps.try_recv() {
            run.push(step);
        }
        server = Arc::into_inner(shared).expect("no client is left");
        server.gone().await;
        server.resume().await;
        for step in run {
            check(&server, &step).await;
            checked += 1;
            acknowledged.entry(step.about().to_owned()).or_default().push(step);
        }
    }
    // Once more at the end: what was true after its own kill is true after all others.
    for step in acknowledged.values().flatten() {
        check(&server, step).await;
    }
    assert!(checked >= KILLS * STEPS);
}

impl Step {
    fn about(&self) -> &str {
        match self {
            Self::Enrolled { user } => user,
            Self::Asked { challenge } | Self::Decided { challenge, .. } | Self::Redeemed { challenge } => {
                challenge
            }
        }
    }
}

/// Enrolls, then asks, approves and redeems until the server is gone.
async fn cycle_until_gone(
    server: &LiveServer,
    user: &str,
    told: &mpsc::UnboundedSender<Step>,
) -> Result<(), reqwest::Error> {
    let phone = server.enroll(user).await?;
    drop(told.send(Step::Enrolled { user: user.to_owned() }));
    let session = server.session(&phone).await?;
    for counter in 1.. {
        let asked = server.ask(user).await?;
        assert_eq!(asked.status, 201, "{asked:?}");
        let challenge = asked.text("id").to_owned();
        drop(told.send(Step::Asked { challenge: challenge.clone() }));
        let Some(jws) = server.first_pending(&session).await? else {
            panic!("nothing waits: {}", server.log())
        };
        let message = phone.approve(&jws, Some(asked.text("number")), counter, now());
        let decided = server.post("/d/v1/answer", &message).await?;
        assert_eq!(decided.status, 200, "{decided:?}");
        let receipt = decided.text("receipt").to_owned();
        drop(told.send(Step::Decided { challenge: challenge.clone(), message, receipt }));
        let redeem = json!({ "user": user, "session": user });
        let path = format!("/v1/challenges/{challenge}/redeem");
        let redeemed = server.call(Method::POST, &path, Some(&redeem)).await?;
        assert_eq!(redeemed.status, 200, "{redeemed:?}");
        drop(told.send(Step::Redeemed { challenge }));
    }
    Ok(())
}

async fn check(server: &LiveServer, step: &Step) {
    if let Step::Enrolled { user } = step {
        let devices = server.call(Method::GET, &format!("/v1/users/{user}/devices"), None).await.unwrap();
        assert_eq!(
            devices.body.pointer("/data/0/state").and_then(|state| state.as_str()),
            Some("active"),
            "{step:?}"
        );
        return;
    }
    let path = format!("/v1/challenges/{}", step.about());
    let news: Reply = server.call(Method::GET, &path, None).await.unwrap();
    assert_eq!(news.status, 200, "{step:?}: {news:?}");
    match step {
        Step::Enrolled { .. } | Step::Asked { .. } => {}
        Step::Decided { message, receipt, .. } => {
            assert_eq!(news.text("state"), "approved", "{step:?}");
            let again = server.post("/d/v1/answer", message).await.unwrap();
            assert_eq!(
                (again.status, again.text("receipt")),
                (200, receipt.as_str()),
                "the same bytes, the same answer"
            );
        }
        Step::Redeemed { .. } => {
            assert!(news.body.get("redeemed").is_some_and(|redeemed| !redeemed.is_null()), "{news:?}");
        }
    }
}
