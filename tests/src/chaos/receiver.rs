//! Who is called by the server: a push service and a receiver of webhooks in one, over TLS on this machine. It notes what
//! comes, and answers or holds it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum_server::tls_rustls::RustlsConfig;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use tokio::sync::watch;

/// What is awaited comes within this, or it is lost.
const PATIENCE: Duration = Duration::from_mins(2);

/// One request that came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) path: String,
    headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    /// A header of it.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}")).to_str().unwrap()
    }
}

/// It listens until the test ends.
pub(crate) struct Receiver {
    port: u16,
    root: PathBuf,
    seen: watch::Sender<Vec<Seen>>,
    holds: watch::Sender<bool>,
}

impl Receiver {
    /// Its certificate is written into the folder.
    pub(crate) fn listen(folder: &Path) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let root = folder.join("receiver.pem");
        std::fs::write(&root, cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, holds) = (watch::Sender::new(Vec::new()), watch::Sender::new(false));
        let (noted, held) = (seen.clone(), holds.clone());
        let router = Router::new().fallback(move |request: Request| {
            let (noted, held) = (noted.clone(), held.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, 1 << 20).await.unwrap();
                let holds = *held.borrow();
                let path = parts.uri.path().to_owned();
                noted.send_modify(|seen| seen.push(Seen { path, headers: parts.headers, body }));
                if holds {
                    std::future::pending::<()>().await;
                }
                StatusCode::CREATED
            }
        });
        let server = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(Arc::new(config)));
        tokio::spawn(server.unwrap().serve(router.into_make_service()));
        Self { port, root, seen, holds }
    }

    /// Its address with this path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// What a server is told so that it calls this one.
    pub(crate) fn settings(&self) -> Vec<String> {
        let roots = format!("outbound.roots={}", self.root.display());
        vec![
            roots,
            "outbound.allowed_networks=127.0.0.0/8".into(),
            "push.web.contact=mailto:operator@example.jp".into(),
        ]
    }

    /// Whether what comes from now on is taken and never answered.
    pub(crate) fn hold(&self, holds: bool) {
        self.holds.send_replace(holds);
    }

    /// What came so far; it is forgotten.
    pub(crate) fn take(&self) -> Vec<Seen> {
        let mut taken = Vec::new();
        self.seen.send_modify(|seen| std::mem::swap(seen, &mut taken));
        taken
    }

    /// Waits until what came is as this says.
    pub(crate) async fn until(&self, what: &str, mut come: impl FnMut(&[Seen]) -> bool) {
        let mut seen = self.seen.subscribe();
        let waited = tokio::time::timeout(PATIENCE, seen.wait_for(|seen| come(seen))).await;
        assert!(waited.is_ok(), "{what}: only {:?}", *self.seen.borrow());
    }
}
