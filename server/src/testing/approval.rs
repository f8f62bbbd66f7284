//! Asking and answering in tests: bodies in order, and phones that sign what they were sent.

use inkan_protocol::answer::{Answer, Decision};
use inkan_protocol::challenge::{Challenge, ChallengeLink, SCAN_STEP_SECONDS, ScanSecret, StartProof};
use inkan_protocol::details::Locale;
use inkan_protocol::device_api::{OneChallenge, PendingChallenges};
use inkan_protocol::display;
use inkan_protocol::ids::{Digest, MessageId};
use serde_json::{Value, json};

use super::{Phone, Reply, World};
use crate::asking::scan_context;
use crate::model::challenge::StartMode;
use crate::shown;

/// A login in mode `number`, as a broker asks it.
pub(crate) fn login(user: &str) -> Value {
    json!({
        "user": user,
        "operation": "login",
        "origin": { "ip": "203.0.113.24", "user_agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0", "session": "s-1" },
        "start": "number",
    })
}

/// A withdrawal in mode `number`.
pub(crate) fn withdrawal(user: &str) -> Value {
    with(
        login(user),
        json!({
            "operation": "withdrawal",
            "details": [
                { "type": "amount", "value": "1250000", "currency": "JPY" },
                { "type": "bank_account", "bank": "みほん銀行", "kind": "普通", "masked": "***4567", "id": "b-1" },
            ],
        }),
    )
}

/// The same body with other members; `null` takes one away.
pub(crate) fn with(mut body: Value, other: Value) -> Value {
    let Value::Object(other) = other else { panic!("an object") };
    for (name, value) in other {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(&name);
        } else {
            body[name] = value;
        }
    }
    body
}

/// The same body from another web session.
pub(crate) fn from_session(body: Value, session: &str) -> Value {
    let origin = with(body["origin"].clone(), json!({ "session": session }));
    with(body, json!({ "origin": origin }))
}

impl World {
    /// Asks, and expects to be allowed to.
    pub(crate) async fn ask(&self, body: Value) -> Value {
        self.post("/v1/challenges", body).await.expect(201).json()
    }

    /// The state that the relying party reads.
    pub(crate) async fn state(&self, asked: &Value) -> String {
        let path = format!("/v1/challenges/{}", asked["id"].as_str().unwrap());
        self.get(&path).await.expect(200).json()["state"].as_str().unwrap().to_owned()
    }

    /// What is pending for a phone.
    pub(crate) async fn pending(&self, phone: &Phone) -> Vec<String> {
        let reply = self.signed(phone, "GET", "/d/v1/challenges", b"").await;
        reply.expect(200).parse::<PendingChallenges>().challenges
    }

    /// What a phone was sent of one challenge.
    pub(crate) async fn sent(&self, phone: &Phone, asked: &Value) -> String {
        let path = format!("/d/v1/challenges/{}", asked["id"].as_str().unwrap());
        self.signed(phone, "GET", &path, b"").await.expect(200).parse::<OneChallenge>().challenge
    }

    /// Sends an answer signed by the key that its decision takes.
    pub(crate) async fn answer(&self, phone: &Phone, answer: &Answer) -> Reply {
        self.message("/d/v1/answer", &phone.sign(answer)).await
    }

    /// Approves with the number that the page shows, where there is one.
    pub(crate) async fn approve(&self, phone: &Phone, asked: &Value, counter: u64) -> Reply {
        let sent = self.sent(phone, asked).await;
        let number = asked["number"].as_str().map(ToOwned::to_owned);
        let answer = Answer { number, ..phone.says(&sent, Decision::Approve, counter) };
        self.answer(phone, &answer).await
    }

    /// What the page's code says, so many steps before the present one.
    pub(crate) async fn code(&self, asked: &Value, back: u64) -> String {
        let id = asked["id"].as_str().unwrap().parse().unwrap();
        let challenge = self.app.storage.read(move |tx| tx.challenge(id)).await.unwrap().unwrap();
        let StartMode::Scan { secret: Some(sealed), .. } = challenge.start else { panic!("no code") };
        let secret = self.app.sealer.open(&scan_context(id), &sealed.0).unwrap();
        let step = self.now() / SCAN_STEP_SECONDS - back;
        let mac = ScanSecret::new(secret.as_slice().try_into().unwrap()).derive_mac(id, step);
        let server = self.app.settings.server.clone();
        ChallengeLink::Scan { server, challenge: id, step, mac }.expose_text()
    }

    /// Kinds of all events of live mode, oldest first.
    pub(crate) async fn events(&self) -> Vec<String> {
        let read = self.app.storage.read(|tx| tx.events(true, None, 1000)).await.unwrap();
        read.into_iter().map(|event| event.kind).collect()
    }
}

impl Phone {
    /// A decision about what was sent, with both hashes right.
    #[expect(clippy::unused_self, reason = "a phone says it, though its keys sign later")]
    pub(crate) fn says(&self, sent: &str, decision: Decision, counter: u64) -> Answer {
        let challenge: Challenge = shown::read(sent).unwrap();
        Answer {
            iss: challenge.aud,
            aud: challenge.iss.clone(),
            iat: challenge.iat,
            challenge: challenge.jti,
            challenge_hash: Digest::of(sent.as_bytes()),
            display_hash: display::render(&challenge.shown(), Locale::En).unwrap().hash(),
            locale: Locale::En,
            decision,
            reason: None,
            number: None,
            uv: None,
            return_hash: None,
            counter,
        }
    }

    /// Signs by the key that the decision takes.
    pub(crate) fn sign(&self, answer: &Answer) -> String {
        match answer.decision {
            Decision::Approve => self.approval.name(answer),
            Decision::Deny | Decision::Report => self.possession.name(answer),
        }
    }

    /// `inkan-start+jwt` of a link.
    pub(crate) fn starts(&self, world: &World, link: &str) -> StartProof {
        let (challenge, step, mac, token) = match link.parse().unwrap() {
            ChallengeLink::Scan { challenge, step, mac, .. } => (challenge, Some(step), Some(mac), None),
            ChallengeLink::Open { challenge, token, .. } => (challenge, None, None, Some(token)),
        };
        StartProof {
            iss: self.device,
            aud: world.app.settings.server.clone(),
            iat: world.now(),
            jti: MessageId(world.uuid()),
            challenge,
            step,
            mac,
            token,
        }
    }

    /// Proves the start of a challenge.
    pub(crate) async fn start(&self, world: &World, link: &str) -> Reply {
        world.message("/d/v1/start", &self.possession.name(&self.starts(world, link))).await
    }
}
