//! A push provider for tests: real HTTP/2 over TLS on loopback. It writes down what arrives and does what a test says:
//! answers, hangs, drops the connection, sends GOAWAY.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Response, Version};
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use inkan_protocol::push_hint::PushHint;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

use super::{Doorbell, Ring};
use crate::outbound::{Outbound, SystemNames};

pub(crate) const NOW: u64 = 1_795_583_109;

/// One that is worth something for two minutes.
pub(crate) fn doorbell(ring: Ring) -> Doorbell {
    let id = |text: &str| text.parse().unwrap();
    let hint = PushHint {
        v: 1,
        id: id("01890a5d-ac96-774b-bcce-b302099a8057"),
        collapse: id("01890a5d-ac96-774b-bcce-b302099a8058"),
    };
    Doorbell { hint, ring, until: NOW + 120 }
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) version: Version,
    /// Which connection brought it, from 1.
    pub(crate) connection: usize,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What the provider does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Answers, and takes no further request on this connection.
    Last(u16, String),
    Hang,
    /// The connection ends without a word.
    Drop,
    /// GOAWAY instead of an answer.
    GoAway(Reason),
}

impl Reply {
    pub(crate) fn of(status: u16, body: &str) -> Self {
        Self::Answer(status, Vec::new(), body.to_owned())
    }

    pub(crate) fn retry_after(status: u16, seconds: &str, body: &str) -> Self {
        Self::Answer(status, vec![("retry-after", seconds.to_owned())], body.to_owned())
    }
}

type Behaviour = Box<dyn Fn(&Seen) -> Reply + Send + Sync>;

pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    root: CertificateDer<'static>,
    behaviour: Mutex<Behaviour>,
    seen: Mutex<Vec<Seen>>,
    count: watch::Sender<usize>,
    connections: AtomicUsize,
}

impl Provider {
    /// Answers 200 to everything until it is told otherwise.
    pub(crate) async fn start() -> Arc<Self> {
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Arc::new(Self {
            address: listener.local_addr().unwrap(),
            root: cert.der().clone(),
            behaviour: Mutex::new(Box::new(|_| Reply::of(200, ""))),
            seen: Mutex::default(),
            count: watch::Sender::new(0),
            connections: AtomicUsize::new(0),
        });
        let accepting = Arc::clone(&provider);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&accepting).serve(stream, acceptor.clone()));
            }
        });
        provider
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    /// Calls that trust this provider, and reach it where an address came from a phone.
    pub(crate) fn outbound(&self) -> Outbound {
        let allowed = vec!["127.0.0.0/8".parse().unwrap()];
        Outbound::new(std::slice::from_ref(&self.root), allowed, Arc::new(SystemNames)).unwrap()
    }

    pub(crate) fn root(&self) -> CertificateDer<'static> {
        self.root.clone()
    }

    pub(crate) fn does(&self, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) {
        *self.behaviour.lock().unwrap() = Box::new(behaviour);
    }

    pub(crate) fn always(&self, reply: Reply) {
        self.does(move |_| reply.clone());
    }

    /// Everything that has arrived so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Seen {
        self.seen().pop().unwrap()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Returns when this many requests have arrived.
    pub(crate) async fn arrived(&self, count: usize) {
        self.count.subscribe().wait_for(|seen| *seen >= count).await.unwrap();
    }

    async fn serve(self: Arc<Self>, stream: TcpStream, acceptor: TlsAcceptor) {
        let Ok(stream) = acceptor.accept(stream).await else { return };
        let number = self.connections.fetch_add(1, Ordering::SeqCst) + 1;
        let Ok(mut connection) = h2::server::handshake(stream).await else { return };
        let (ends, mut end) = mpsc::unbounded_channel();
        loop {
            tokio::select! {
                accepted = connection.accept() => {
                    let Some(Ok((request, respond))) = accepted else { return };
                    let (provider, ends) = (Arc::clone(&self), ends.clone());
                    tokio::spawn(async move {
                        let (parts, body) = request.into_parts();
                        let seen = Seen {
                            method: parts.method.to_string(),
                            path: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
                            headers: parts.headers,
                            body: read(body).await,
                            version: parts.version,
                            connection: number,
                        };
                        provider.answer(&seen, respond, &ends).await;
                    });
                }
                Some(reply) = end.recv() => match reply {
                    Reply::GoAway(reason) => connection.abrupt_shutdown(reason),
                    Reply::Last(..) => connection.graceful_shutdown(),
                    _ => return,
                },
            }
        }
    }

    async fn answer(
        &self,
        seen: &Seen,
        mut respond: SendResponse<Bytes>,
        ends: &mpsc::UnboundedSender<Reply>,
    ) {
        let reply = (self.behaviour.lock().unwrap())(seen);
        self.seen.lock().unwrap().push(seen.clone());
        self.count.send_modify(|count| *count += 1);
        match reply.clone() {
            Reply::Answer(status, headers, body) => send(&mut respond, status, headers, body),
            Reply::Last(status, body) => {
                send(&mut respond, status, Vec::new(), body);
                ends.send(reply).unwrap();
            }
            Reply::Hang => {
                // until the other side gives up
                let _ = std::future::poll_fn(|context| respond.poll_reset(context)).await;
            }
            Reply::Drop | Reply::GoAway(_) => {
                ends.send(reply).unwrap();
                let _ = std::future::poll_fn(|context| respond.poll_reset(context)).await;
            }
        }
    }
}

fn send(respond: &mut SendResponse<Bytes>, status: u16, headers: Vec<(&'static str, String)>, body: String) {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    let mut stream = respond.send_response(response.body(()).unwrap(), false).unwrap();
    stream.send_data(body.into(), true).unwrap();
}

async fn read(mut stream: RecvStream) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(Ok(chunk)) = stream.data().await {
        stream.flow_control().release_capacity(chunk.len()).unwrap();
        body.extend_from_slice(&chunk);
    }
    body
}
