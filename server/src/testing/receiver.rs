//! Somebody who is called over TLS on this machine: notes what came, answers what a test says.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum_server::tls_rustls::RustlsConfig;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::{Semaphore, watch};

use crate::outbound::{Names, Outbound};

/// The name that the receiver's certificate holds.
const HOST: &str = "hooks.example.jp";

/// One request that came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// What is answered at each path.
type Answers = Mutex<HashMap<String, Vec<(u16, HeaderMap)>>>;

/// It listens until the test ends.
pub(crate) struct Receiver {
    port: u16,
    root: CertificateDer<'static>,
    seen: watch::Sender<Vec<Seen>>,
    answers: Arc<Answers>,
    /// How many requests to `/hang` are answered.
    pub(crate) let_go: Arc<Semaphore>,
}

/// Leads every name to this machine.
struct Here;

#[async_trait]
impl Names for Here {
    async fn addresses(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(vec![Ipv4Addr::LOCALHOST.into()])
    }
}

impl Receiver {
    pub(crate) fn listen() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([HOST, "localhost"].map(str::to_owned)).unwrap();
        let root = cert.der().clone();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![root.clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let receiver = Self {
            port: listener.local_addr().unwrap().port(),
            root,
            seen: watch::Sender::new(Vec::new()),
            answers: Arc::default(),
            let_go: Arc::new(Semaphore::new(0)),
        };
        let (seen, answers) = (receiver.seen.clone(), Arc::clone(&receiver.answers));
        let let_go = Arc::clone(&receiver.let_go);
        let router = Router::new().fallback(move |request: Request| {
            let (seen, answers, let_go) = (seen.clone(), Arc::clone(&answers), Arc::clone(&let_go));
            async move { take(request, &seen, &answers, &let_go).await }
        });
        let server = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(Arc::new(config)));
        tokio::spawn(server.unwrap().serve(router.into_make_service()));
        receiver
    }

    /// Its address with this path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{HOST}:{}{path}", self.port)
    }

    /// The same by a name that the system leads here.
    pub(crate) fn local_url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// Calls that reach it, where `allowed` holds its network.
    pub(crate) fn outbound(&self, allowed: &[&str]) -> Outbound {
        let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
        Outbound::new(std::slice::from_ref(&self.root), allowed, Arc::new(Here)).unwrap()
    }

    /// What the next requests to a path are answered, one after the other; the last one stays. 204 where nothing is said.
    pub(crate) fn answers(&self, path: &str, statuses: &[u16]) {
        let answers = statuses.iter().map(|status| (*status, HeaderMap::new())).collect();
        self.answers.lock().unwrap().insert(path.to_owned(), answers);
    }

    /// The same with a header, for all that come.
    pub(crate) fn answers_with(&self, path: &str, status: u16, name: &'static str, value: &str) {
        let headers = HeaderMap::from_iter([(
            header::HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        )]);
        self.answers.lock().unwrap().insert(path.to_owned(), vec![(status, headers)]);
    }

    /// What came so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.borrow().clone()
    }

    /// Waits until so many came to a path.
    pub(crate) async fn wait_for(&self, path: &str, count: usize) {
        let come = |seen: &Vec<Seen>| seen.iter().filter(|seen| seen.path == path).count() >= count;
        self.seen.subscribe().wait_for(come).await.unwrap();
    }
}

async fn take(
    request: Request,
    seen: &watch::Sender<Vec<Seen>>,
    answers: &Answers,
    let_go: &Semaphore,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path().to_owned();
    let body = String::from_utf8(body.to_vec()).unwrap();
    seen.send_modify(|seen| seen.push(Seen { path: path.clone(), headers: parts.headers, body }));
    if path == "/hang" {
        let_go.acquire().await.unwrap().forget();
    }
    let mut answers = answers.lock().unwrap();
    let (status, headers) = match answers.get_mut(&path) {
        Some(left) if left.len() > 1 => left.remove(0),
        Some(left) => left[0].clone(),
        None => (204, HeaderMap::new()),
    };
    (StatusCode::from_u16(status).unwrap(), headers).into_response()
}
