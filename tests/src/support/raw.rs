//! A phone that says whatever a test wants, signed by keys that the server knows: what an attacker with a phone of his
//! own can do.

use std::sync::Arc;

use axum::http::{Request, header};
use inkan_protocol::answer::{Answer, Decision, UserVerification};
use inkan_protocol::challenge::{Challenge, ChallengeLink, Start, StartProof};
use inkan_protocol::details::Locale;
use inkan_protocol::device_api::{Enrolled, OneChallenge, REQUEST_HEADER};
use inkan_protocol::display;
use inkan_protocol::encoding::{decode, encode};
use inkan_protocol::ids::Digest;
use inkan_protocol::jws::Message;
use serde_json::Value;

use super::{Asked, Broker, Reply, Server};
use crate::signer::{Claiming, SigningPhone};

/// An enrolled device without an app.
pub(crate) struct RawPhone {
    pub(crate) keys: SigningPhone,
    server: Arc<Server>,
}

impl RawPhone {
    /// Enrolls a device for a customer.
    pub(crate) async fn enroll(server: &Arc<Server>, broker: &Broker, user: &str) -> Self {
        let begun = broker.begin(user).await;
        let claiming = Claiming::new(&begun.uri, server.now());
        let answer: Enrolled = server.jose("/d/v1/enroll", claiming.message()).await.read();
        let (keys, code) = claiming.finish(&answer.enrollment, &answer.keys);
        broker.confirm(&begun.id, &code).await.ok(200);
        Self { keys, server: Arc::clone(server) }
    }

    /// A signed request.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &[u8]) -> Reply {
        self.call_with(&self.request(method, path, body), method, path, body).await
    }

    /// An `inkan-request+jwt`.
    pub(crate) fn request(&self, method: &str, path: &str, body: &[u8]) -> String {
        self.keys.request(method, path, body, self.server.now())
    }

    /// A request with any `inkan-request+jwt`.
    pub(crate) async fn call_with(&self, signed: &str, method: &str, path: &str, body: &[u8]) -> Reply {
        let request = Request::builder().method(method).uri(path).header(REQUEST_HEADER, signed);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.server.send(request.body(body.to_vec().into()).unwrap()).await
    }

    /// An `inkan-start+jwt` for the link of a page.
    pub(crate) fn start(&self, link: &str) -> String {
        let ChallengeLink::Open { challenge, token, .. } = link.parse().unwrap() else {
            panic!("not a link that opens the app: {link}");
        };
        self.keys.possession.name(&StartProof {
            iss: self.keys.device,
            aud: self.keys.server.clone(),
            iat: self.server.now(),
            jti: self.keys.possession.make_id(),
            challenge,
            step: None,
            mac: None,
            token: Some(token),
        })
    }

    /// The challenge as this device is sent it.
    pub(crate) async fn fetch(&self, asked: &Asked) -> String {
        let reply = self.call("GET", &format!("/d/v1/challenges/{}", asked.id), b"").await;
        reply.read::<OneChallenge>().challenge
    }

    /// An answer in order to a challenge as it was fetched; a test changes what it likes.
    pub(crate) fn answer(&self, challenge: &str, decision: Decision, counter: u64) -> Answer {
        let asked: Challenge = read_payload(challenge);
        let approves = decision == Decision::Approve;
        Answer {
            iss: self.keys.device,
            aud: self.keys.server.clone(),
            iat: self.server.now(),
            challenge: asked.jti,
            challenge_hash: Digest::of(challenge.as_bytes()),
            display_hash: display::render(&asked.shown(), Locale::Ja).unwrap().hash(),
            locale: Locale::Ja,
            decision,
            reason: None,
            number: (approves && matches!(asked.start, Start::Number { .. })).then(|| "000000".into()),
            uv: approves.then_some(UserVerification::Biometric),
            return_hash: None,
            counter,
        }
    }

    /// Signs an answer by the key that its decision takes.
    pub(crate) fn sign(&self, answer: &Answer) -> String {
        match answer.decision {
            Decision::Approve => self.keys.approval.name(answer),
            Decision::Deny | Decision::Report => self.keys.possession.name(answer),
        }
    }

    /// Signs and sends.
    pub(crate) async fn send(&self, answer: &Answer) -> Reply {
        self.server.jose("/d/v1/answer", &self.sign(answer)).await
    }

    /// A whole approval in mode `number`.
    pub(crate) async fn approve(&self, asked: &Asked, counter: u64) -> Reply {
        let mut answer = self.answer(&self.fetch(asked).await, Decision::Approve, counter);
        answer.number = Some(asked.number().to_owned());
        self.send(&answer).await
    }
}

/// What a message says, whoever signed it.
pub(crate) fn read_payload<M: Message>(compact: &str) -> M {
    let payload = compact.split('.').nth(1).unwrap();
    inkan_protocol::json::from_signed(&decode(payload).unwrap()).unwrap()
}

/// A message with another header or payload under the signature of the first.
pub(crate) fn rewritten(compact: &str, part: usize, change: impl FnOnce(&mut Value)) -> String {
    let mut parts: Vec<String> = compact.split('.').map(ToOwned::to_owned).collect();
    let mut value: Value = serde_json::from_slice(&decode(&parts[part]).unwrap()).unwrap();
    change(&mut value);
    parts[part] = encode(serde_json::to_vec(&value).unwrap());
    parts.join(".")
}
