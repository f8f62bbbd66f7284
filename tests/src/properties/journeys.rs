//! Random journeys of a broker, two phones and the time: after each step, what must always hold is looked at.
//!
//! * A state that has ended never moves again.
//! * What is redeemed was approved, once, and its evidence verifies.
//! * At most one challenge a session and operation is pending, and no number is asked beside two others.
//! * The log's chain holds, and only grows.
//! * In the end the events tell of each challenge one beginning and at most one end, which is the state it has.

use std::collections::BTreeMap;

use inkan_core::account::AccountId;
use inkan_protocol::answer::DenyReason;
use inkan_protocol::evidence;
use inkan_server::audit;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use crate::support::{Ask, Asked, Fault, Phone, World};

#[derive(Clone, Copy, Debug)]
enum Step {
    Ask { link: bool, login: bool, session: u8 },
    Approve { phone: usize, which: usize, wrong: bool },
    Deny { phone: usize, which: usize },
    Report { phone: usize, which: usize },
    Open { phone: usize, which: usize },
    Redeem { which: usize },
    Cancel { which: usize },
    Wait { seconds: u64 },
    Care,
    Rotate { phone: usize },
    Lose { phone: usize },
    Freeze,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let (phone, which) = (0..2_usize, 0..4_usize);
    prop_oneof![
        5 => (any::<bool>(), any::<bool>(), 0..3_u8)
            .prop_map(|(link, login, session)| Step::Ask { link, login, session }),
        5 => (phone.clone(), which.clone(), proptest::bool::weighted(0.2))
            .prop_map(|(phone, which, wrong)| Step::Approve { phone, which, wrong }),
        2 => (phone.clone(), which.clone()).prop_map(|(phone, which)| Step::Deny { phone, which }),
        1 => (phone.clone(), which.clone()).prop_map(|(phone, which)| Step::Report { phone, which }),
        3 => (phone.clone(), which.clone()).prop_map(|(phone, which)| Step::Open { phone, which }),
        4 => which.clone().prop_map(|which| Step::Redeem { which }),
        1 => which.prop_map(|which| Step::Cancel { which }),
        3 => (1..200_u64).prop_map(|seconds| Step::Wait { seconds }),
        1 => Just(Step::Care),
        1 => phone.clone().prop_map(|phone| Step::Rotate { phone }),
        2 => phone.prop_map(|phone| Step::Lose { phone }),
        1 => Just(Step::Freeze),
        1 => Just(Step::Restart),
    ]
}

/// How a challenge ends.
const ENDS: [&str; 7] = ["approved", "denied", "reported", "failed", "expired", "cancelled", "superseded"];

struct Journey {
    world: World,
    phones: Vec<(Phone, AccountId)>,
    asked: Vec<Asked>,
    ended: BTreeMap<String, String>,
    redeemed: BTreeMap<String, u32>,
    rows: u64,
}

impl Journey {
    async fn begin() -> Self {
        let world = World::new().await;
        let mut phones = Vec::new();
        for name in ["一台目", "二台目"] {
            let phone = world.phone(name).await;
            let account = world.enroll(&phone, "c-1").await;
            phones.push((phone, account));
        }
        Self { world, phones, asked: Vec::new(), ended: BTreeMap::new(), redeemed: BTreeMap::new(), rows: 0 }
    }

    /// One of the newest.
    fn pick(&self, which: usize) -> Option<Asked> {
        self.asked.iter().rev().nth(which).cloned()
    }

    /// Takes a step. What is refused is refused: the invariants are what counts.
    async fn take(&mut self, step: Step) {
        match step {
            Step::Ask { link, login, session } => {
                let ask = if login { Ask::login("c-1") } else { Ask::withdrawal("c-1") };
                let ask = ask.in_session(&format!("s-{session}"));
                let reply = self.world.broker.try_ask(&if link { ask.link() } else { ask }).await;
                assert!(matches!(reply.status, 201 | 409 | 429), "{}", reply.text());
                if reply.status == 201 {
                    self.asked.push(Asked::of(&reply.json()));
                }
            }
            Step::Approve { phone, which, wrong } => {
                let Some(asked) = self.pick(which) else { return };
                let (phone, account) = &self.phones[phone];
                drop(phone.inbox(std::time::Duration::ZERO).await.unwrap());
                let number = asked.all["number"]
                    .as_str()
                    .map(|right| if wrong { asked.wrong_number() } else { right.to_owned() });
                drop(phone.approve(*account, asked.challenge, number.as_deref()).await);
            }
            Step::Deny { phone, which } => {
                let Some(asked) = self.pick(which) else { return };
                let (phone, account) = &self.phones[phone];
                drop(phone.deny(*account, asked.challenge, DenyReason::Other).await);
            }
            Step::Report { phone, which } => {
                let Some(asked) = self.pick(which) else { return };
                let (phone, account) = &self.phones[phone];
                drop(phone.report(*account, asked.challenge).await);
            }
            Step::Open { phone, which } => {
                let Some(link) =
                    self.pick(which).and_then(|asked| asked.all["link"].as_str().map(Into::into))
                else {
                    return;
                };
                let link: String = link;
                drop(self.phones[phone].0.open_link(&link).await);
            }
            Step::Redeem { which } => {
                let Some(asked) = self.pick(which) else { return };
                let before = self.world.broker.state(&asked).await;
                let reply = self.world.broker.redeem(&asked, &json!({})).await;
                assert!(matches!(reply.status, 200 | 409 | 410), "{}", reply.text());
                if reply.status == 200 {
                    assert_eq!(before, "approved");
                    *self.redeemed.entry(asked.id.clone()).or_default() += 1;
                    let bundle = self.world.broker.evidence(&asked).await;
                    evidence::verify(&bundle, self.world.server.identity(), &[]).unwrap();
                }
            }
            Step::Cancel { which } => {
                let Some(asked) = self.pick(which) else { return };
                self.world.broker.cancel(&asked).await;
            }
            Step::Wait { seconds } => self.world.advance(seconds),
            Step::Care => self.world.server.care().await,
            Step::Rotate { phone } => drop(self.phones[phone].0.rotate_keys(self.phones[phone].1).await),
            Step::Lose { phone } => self.phones[phone].0.line.next("/d/v1/answer", Fault::AnswerLost),
            Step::Freeze => {
                let reason = json!({ "reason": "a journey" });
                self.world.broker.post("/v1/users/c-1/freeze", &reason).await.ok(200);
                self.world.broker.post("/v1/users/c-1/unfreeze", &reason).await.ok(200);
            }
            Step::Restart => self.world.server.restart().await,
        }
    }

    /// What must always hold.
    async fn look(&mut self) {
        let mut pending: BTreeMap<String, u32> = BTreeMap::new();
        for asked in &self.asked {
            let news = self.world.broker.news(asked).await;
            let state = news["state"].as_str().unwrap().to_owned();
            if let Some(before) = self.ended.get(&asked.id) {
                assert_eq!(*before, state, "what has ended has moved");
            } else if state == "pending" {
                let session = self.session_of(asked).await;
                *pending.entry(session).or_default() += 1;
            } else {
                self.ended.insert(asked.id.clone(), state.clone());
            }
            if news.get("redeemed").is_some() {
                assert_eq!((state.as_str(), self.redeemed.get(&asked.id)), ("approved", Some(&1)));
            }
        }
        assert!(self.redeemed.values().all(|times| *times == 1));
        assert!(pending.values().all(|count| *count == 1), "{pending:?}");
        let head = audit::verify(&self.world.server.app().storage, |_| ()).await.unwrap().unwrap();
        assert!(head.row >= self.rows);
        self.rows = head.row;
        // both phones are still known: nothing in a journey suspends an honest one
        let devices = self.world.broker.devices("c-1").await;
        assert!(devices.iter().all(|device| device["state"] == "active"));
    }

    /// The events, read page by page as a broker does, agree with the states.
    async fn look_back(&self) {
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut after = String::new();
        loop {
            let page = self.world.broker.get(&format!("/v1/events?limit=7{after}")).await.ok(200);
            let events = page["data"].as_array().unwrap();
            if events.is_empty() {
                break;
            }
            for event in events {
                let (Some(challenge), Some(kind)) =
                    (event["data"]["challenge"].as_str(), event["type"].as_str())
                else {
                    continue;
                };
                told.entry(challenge.to_owned()).or_default().push(kind.to_owned());
            }
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        for asked in &self.asked {
            let kinds = &told[&asked.id];
            assert_eq!(kinds[0], "challenge.created");
            let ends: Vec<&str> = kinds
                .iter()
                .filter_map(|kind| ENDS.into_iter().find(|end| *kind == format!("challenge.{end}")))
                .collect();
            let state = self.world.broker.state(asked).await;
            // a late report is told beside the end
            let decided: Vec<&str> = match ends.as_slice() {
                [first, rest @ ..] if rest.iter().all(|kind| *kind == "reported") => vec![*first],
                other => other.to_vec(),
            };
            if state == "pending" || (state == "expired" && decided.is_empty()) {
                assert!(decided.is_empty(), "{kinds:?}");
            } else {
                assert_eq!(decided, [state.as_str()], "{kinds:?}");
            }
        }
    }

    /// Session and operation, as the store has them.
    async fn session_of(&self, asked: &Asked) -> String {
        let (app, id) = (self.world.server.app(), asked.challenge);
        let read = app.storage.read(move |tx| -> Result<_, inkan_server::storage::StorageError> {
            Ok(tx.challenge(id)?.map(|challenge| (challenge.operation, challenge.session)))
        });
        format!("{:?}", read.await.unwrap())
    }
}

#[test]
fn whatever_people_do_an_ended_state_stays_and_an_approval_is_spent_once() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: 8, max_shrink_iters: 64, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let steps = proptest::collection::vec(step(), 40);
    runner
        .run(&steps, |steps| {
            runtime.block_on(async {
                let mut journey = Journey::begin().await;
                for step in steps {
                    journey.take(step).await;
                    journey.look().await;
                }
                journey.look_back().await;
            });
            Ok(())
        })
        .unwrap();
}
