//! The line to Keycloak: hands requests on, notes callbacks, hears pings, and can be cut.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use inkan_server::outbound::{Outbound, SystemNames};
use reqwest::Client;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(20);
const CALLBACK: &str = "/protocol/openid-connect/ext/ciba/auth/callback";

/// A callback as it passed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Callback {
    pub(super) bearer: String,
    pub(super) word: String,
    pub(super) status: u16,
}

#[derive(Default)]
struct Noted {
    callbacks: Vec<Callback>,
    pings: Vec<(String, Value)>,
}

pub(super) struct Line {
    port: u16,
    /// Where Keycloak itself listens.
    pub(super) keycloak_port: u16,
    noted: Arc<watch::Sender<Noted>>,
    carrying: Option<JoinHandle<()>>,
}

impl Line {
    pub(super) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let keycloak_port = free.local_addr().unwrap().port();
        let mut line = Self { port, keycloak_port, noted: Arc::default(), carrying: None };
        line.carry(listener);
        line
    }

    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn carry(&mut self, listener: TcpListener) {
        let (noted, port, own) = (Arc::clone(&self.noted), self.keycloak_port, self.port);
        let router = Router::new().fallback(move |request: Request| {
            let noted = Arc::clone(&noted);
            async move { pass(request, port, own, &noted).await }
        });
        self.carrying = Some(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
    }

    /// Nobody is reached any more.
    pub(super) async fn cut(&mut self) {
        let carrying = self.carrying.take().unwrap();
        carrying.abort();
        assert!(carrying.await.unwrap_err().is_cancelled());
    }

    pub(super) async fn mend(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        self.carry(listener);
    }

    /// Waits for so many callbacks that were not answered 403, and takes what was noted.
    pub(super) async fn callbacks(&self, count: usize) -> Vec<Callback> {
        let mut noted = self.noted.subscribe();
        let come =
            noted.wait_for(|noted| noted.callbacks.iter().filter(|one| one.status != 403).count() >= count);
        assert!(tokio::time::timeout(PATIENCE, come).await.is_ok(), "{:?}", self.heard());
        self.heard().into_iter().filter(|one| one.status != 403).collect()
    }

    /// What was noted since it was last asked.
    pub(super) fn heard(&self) -> Vec<Callback> {
        let mut heard = Vec::new();
        self.noted.send_if_modified(|noted| {
            heard = std::mem::take(&mut noted.callbacks);
            false
        });
        heard
    }

    /// Calls back once more, as this server would.
    pub(super) async fn call_back(&self, bearer: &str, word: &str) -> u16 {
        let address =
            format!("http://127.0.0.1:{}/realms/{}{CALLBACK}", self.keycloak_port, super::realm::NAME);
        let own = format!("127.0.0.1:{}", self.port);
        let request = client().post(address).header(header::HOST, own).bearer_auth(bearer);
        request.json(&serde_json::json!({ "status": word })).send().await.unwrap().status().as_u16()
    }

    /// The ping that the client gets: its `Authorization` and its body.
    pub(super) async fn ping(&self, patience: Duration) -> (String, Value) {
        let mut noted = self.noted.subscribe();
        let come = noted.wait_for(|noted| !noted.pings.is_empty());
        tokio::time::timeout(patience, come).await.expect("no ping came").unwrap().pings[0].clone()
    }
}

/// A client that the environment sends nowhere else. No connection is used twice: what is lost on one would be taken for
/// an answer.
pub(super) fn client() -> Client {
    let outbound = Outbound::new(&[], Vec::new(), Arc::new(SystemNames)).unwrap();
    outbound.to_configured().unwrap()
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(carrying) = &self.carrying {
            carrying.abort();
        }
    }
}

async fn pass(request: Request, port: u16, own: u16, noted: &watch::Sender<Noted>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let bearer =
        parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    if parts.uri.path() == "/pinged" {
        noted.send_modify(|noted| noted.pings.push((bearer.to_owned(), said)));
        return StatusCode::NO_CONTENT.into_response();
    }
    let path = parts.uri.path_and_query().unwrap().as_str();
    let mut onward = client().request(parts.method.clone(), format!("http://127.0.0.1:{port}{path}"));
    for (name, value) in &parts.headers {
        if ![header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING]
            .contains(name)
        {
            onward = onward.header(name, value);
        }
    }
    // so Keycloak takes the line's address for its own
    let answered = onward.header(header::HOST, format!("127.0.0.1:{own}")).body(body.to_vec()).send().await;
    let Ok(answered) = answered else { return StatusCode::BAD_GATEWAY.into_response() };
    let status = answered.status();
    if path.ends_with(CALLBACK) {
        let word = said["status"].as_str().unwrap_or_default().to_owned();
        let bearer = bearer.trim_start_matches("Bearer ").to_owned();
        noted.send_modify(|noted| noted.callbacks.push(Callback { bearer, word, status: status.as_u16() }));
    }
    let kind = answered.headers().get(header::CONTENT_TYPE).cloned();
    let location = answered.headers().get(header::LOCATION).cloned();
    let mut response = Response::new(Body::from(answered.bytes().await.unwrap_or_default()));
    *response.status_mut() = status;
    for (name, value) in [(header::CONTENT_TYPE, kind), (header::LOCATION, location)] {
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
