//! The broker's backend: it speaks the public API, JSON in and out, and knows nothing else of the server.

use std::sync::Arc;

use axum::http::{Request, header};
use inkan_protocol::evidence::Evidence;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::picture::read_qr;
use super::{Ask, Asked, Reply, Server};

/// A relying party's backend with one API key.
#[derive(Clone)]
pub(crate) struct Broker {
    server: Arc<Server>,
    key: String,
}

/// An enrollment that has begun, as the page gets it.
pub(crate) struct Begun {
    pub(crate) id: String,
    pub(crate) uri: String,
    pub(crate) typed_code: String,
    pub(crate) all: Value,
}

impl Broker {
    pub(crate) fn new(server: &Arc<Server>, key: &str) -> Self {
        Self { server: Arc::clone(server), key: key.to_owned() }
    }

    /// The same backend with another key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self::new(&self.server, key)
    }

    /// Any call; `null` is no body.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.send(method, path, body, None).await
    }

    /// A `POST` with an `Idempotency-Key`.
    pub(crate) async fn post_once(&self, path: &str, body: &Value, key: &str) -> Reply {
        self.send("POST", path, body, Some(key)).await
    }

    async fn send(&self, method: &str, path: &str, body: &Value, idempotency: Option<&str>) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key));
        if let Some(key) = idempotency {
            request = request.header("idempotency-key", key);
        }
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            serde_json::to_vec(body).unwrap()
        };
        self.server.send(request.body(bytes.into()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &Value::Null).await
    }

    /// A `GET` that may take long: a long poll.
    pub(crate) fn in_background(&self, path: &str) -> JoinHandle<Reply> {
        let (broker, path) = (self.clone(), path.to_owned());
        tokio::spawn(async move { broker.get(&path).await })
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path, &Value::Null).await
    }

    /// The body of `POST /v1/enrollments` for a customer who has proved their identity.
    pub(crate) fn enrollment_of(&self, user: &str) -> Value {
        self.enrollment_by(user, &["identity_proof"])
    }

    /// The same for a customer who was authenticated otherwise.
    pub(crate) fn enrollment_by(&self, user: &str, methods: &[&str]) -> Value {
        let at = rfc3339(self.server.now());
        json!({ "user": user, "display_name": "山田 *郎 様（***1234）", "authentication": { "methods": methods, "at": at } })
    }

    /// Begins an enrollment, after an identity proof.
    pub(crate) async fn begin(&self, user: &str) -> Begun {
        self.begin_with(&self.enrollment_of(user)).await
    }

    /// Begins an enrollment.
    pub(crate) async fn begin_with(&self, body: &Value) -> Begun {
        let all = self.post("/v1/enrollments", body).await.ok(201);
        Begun { id: text(&all, "id"), uri: text(&all, "uri"), typed_code: text(&all, "typed_code"), all }
    }

    /// The customer types the six digits into the page.
    pub(crate) async fn confirm(&self, enrollment: &str, digits: &str) -> Reply {
        self.post(&format!("/v1/enrollments/{enrollment}/confirm"), &json!({ "code": digits })).await
    }

    pub(crate) async fn enrollment(&self, id: &str) -> Value {
        self.get(&format!("/v1/enrollments/{id}")).await.ok(200)
    }

    /// Asks the customer.
    pub(crate) async fn ask(&self, ask: &Ask) -> Asked {
        Asked::of(&self.try_ask(ask).await.ok(201))
    }

    /// Asks the customer, whatever comes of it.
    pub(crate) async fn try_ask(&self, ask: &Ask) -> Reply {
        self.post("/v1/challenges", ask.body()).await
    }

    pub(crate) async fn news(&self, asked: &Asked) -> Value {
        self.get(&format!("/v1/challenges/{}", asked.id)).await.ok(200)
    }

    pub(crate) async fn state(&self, asked: &Asked) -> String {
        text(&self.news(asked).await, "state")
    }

    pub(crate) async fn redeem(&self, asked: &Asked, body: &Value) -> Reply {
        self.post(&format!("/v1/challenges/{}/redeem", asked.id), body).await
    }

    pub(crate) async fn cancel(&self, asked: &Asked) -> Reply {
        self.delete(&format!("/v1/challenges/{}", asked.id)).await
    }

    pub(crate) async fn evidence(&self, asked: &Asked) -> Evidence {
        self.get(&format!("/v1/challenges/{}/evidence", asked.id)).await.read()
    }

    /// The customer's devices, as the list has them.
    pub(crate) async fn devices(&self, user: &str) -> Vec<Value> {
        let list = self.get(&format!("/v1/users/{user}/devices")).await.ok(200);
        list["data"].as_array().unwrap().clone()
    }

    /// The code of the moment, as the page shows it: what a phone reads from the picture.
    pub(crate) async fn scan_code(&self, asked: &Asked) -> String {
        let path = asked.scan_url().strip_prefix(self.server.name.as_str()).unwrap();
        let reply = self.server.send(Request::get(path).body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(reply.header("content-type"), Some("image/svg+xml"), "{}", reply.text());
        read_qr(&reply.text())
    }
}

/// A member that must be a text.
#[track_caller]
pub(super) fn text(all: &Value, member: &str) -> String {
    all[member].as_str().unwrap_or_else(|| panic!("no {member} in {all}")).to_owned()
}

/// A time as the API takes it.
pub(crate) fn rfc3339(seconds: u64) -> String {
    jiff::Timestamp::from_second(i64::try_from(seconds).unwrap()).unwrap().to_string()
}
