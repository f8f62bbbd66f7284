//! Over real TLS on the loopback, against a server that plays a script and counts what arrives.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PublicKeyData as _};
use ring::digest::{SHA256, digest};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};

use super::*;
use crate::{
    ports::{Pin, Timestamp},
    test_support::{BrokenRandom, ManualClock, SeededRandom},
};

const NOW: u64 = 1_800_000_000;

/// What the server does with an arrival; the last one of a script stays.
#[derive(Clone, Copy)]
enum Step {
    Say(&'static str),
    /// Says nothing and holds the connection.
    Hang,
    /// Takes the request and closes the connection.
    Close,
}

const OK: Step = Step::Say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX-Note: yes\r\n\r\nok");
const BUSY: Step = Step::Say("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n");

/// An authority and what it has signed.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn root(&self) -> Vec<u8> {
        self.0.as_ref().der().to_vec()
    }

    fn pin(&self) -> Pin {
        pin(self.0.key())
    }
}

fn pin(key: &KeyPair) -> Pin {
    let hash = digest(&SHA256, &key.subject_public_key_info());
    Pin { sha256: hash.as_ref().try_into().unwrap(), not_after: None }
}

fn other_pin() -> Pin {
    Pin { sha256: [9; 32], not_after: None }
}

struct Server {
    address: SocketAddr,
    arrivals: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<String>>>,
    pin: Pin,
    root: Vec<u8>,
    authority_pin: Pin,
}

impl Server {
    fn start(script: &'static [Step]) -> Self {
        Self::start_as("localhost", script, Vec::new())
    }

    /// `others` are sent along with the server's own certificate.
    fn start_as(name: &str, script: &'static [Step], others: Vec<Vec<u8>>) -> Self {
        let authority = Authority::new();
        let key = KeyPair::generate().unwrap();
        let leaf =
            CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority.0).unwrap();
        let chain = [leaf.der().to_vec(), authority.root()].into_iter().chain(others);
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                chain.map(CertificateDer::from).collect(),
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            arrivals: Arc::default(),
            heard: Arc::default(),
            pin: pin(&key),
            root: authority.root(),
            authority_pin: authority.pin(),
        };
        let (arrivals, heard) = (Arc::clone(&server.arrivals), Arc::clone(&server.heard));
        let config = Arc::new(config);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (config, arrivals, heard) =
                    (Arc::clone(&config), Arc::clone(&arrivals), Arc::clone(&heard));
                // each connection has a thread: one that hangs holds nobody up
                std::thread::spawn(move || serve(stream.unwrap(), config, script, &arrivals, &heard));
            }
        });
        server
    }

    fn arrivals(&self) -> usize {
        self.arrivals.load(Ordering::SeqCst)
    }

    fn https(&self) -> Https {
        Https::new(
            Arc::new(ManualClock::at(NOW)),
            Arc::new(SeededRandom::new(1)),
            std::slice::from_ref(&self.root),
        )
        .unwrap()
    }

    fn request(&self) -> Request {
        Request {
            method: Method::Post,
            url: format!("https://localhost:{}/path", self.address.port()),
            headers: vec![("x-sent".to_owned(), "1".to_owned())],
            body: b"body".to_vec(),
            pins: Vec::new(),
            timeout: Duration::from_secs(1_000),
            answer_limit: 100,
            safe_to_repeat: false,
        }
    }

    fn pinned(&self, pins: impl IntoIterator<Item = Pin>) -> Request {
        Request { pins: pins.into_iter().collect(), ..self.request() }
    }
}

fn serve(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    script: &[Step],
    arrivals: &AtomicUsize,
    heard: &Mutex<Vec<String>>,
) {
    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut pending = Vec::new();
    loop {
        let mut buffer = [0; 1024];
        let read = match tls.read(&mut buffer) {
            Ok(read) if read > 0 => read,
            _ => return,
        };
        pending.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&pending).into_owned();
        // every request of these tests has this body
        if !text.ends_with("\r\n\r\nbody") {
            continue;
        }
        pending.clear();
        heard.lock().unwrap().push(text);
        let arrival = arrivals.fetch_add(1, Ordering::SeqCst);
        match script.get(arrival).or(script.last()).unwrap() {
            Step::Say(answer) => {
                // the client may have seen enough
                if tls.write_all(answer.as_bytes()).and_then(|()| tls.flush()).is_err() {
                    return;
                }
            }
            Step::Hang => {}
            Step::Close => return,
        }
    }
}

#[tokio::test]
async fn an_answer_of_a_known_authority_is_returned() {
    let server = Server::start(&[OK]);
    let answer = server.https().send(server.request()).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"ok".as_slice()));
    assert_eq!(answer.header("x-note"), Some("yes"));

    let heard = server.heard.lock().unwrap().concat().to_lowercase();
    assert!(heard.starts_with("post /path http/1.1\r\n"), "{heard}");
    assert!(heard.contains("\r\nx-sent: 1\r\n") && heard.contains("\r\nuser-agent: inkan/"), "{heard}");
    for unwanted in ["cookie", "accept-encoding", "referer"] {
        assert!(!heard.contains(unwanted), "{heard}");
    }
}

#[tokio::test]
async fn pins_decide_on_top_of_the_ordinary_check() {
    let server = Server::start(&[OK]);
    let https = server.https();
    let expired = |pin: Pin| Pin { not_after: Some(NOW), ..pin };
    let in_date = |pin: Pin| Pin { not_after: Some(NOW + 1), ..pin };
    let good = [
        ("no pins: the control", vec![]),
        ("the server's key", vec![server.pin.clone()]),
        ("a spare beside it", vec![other_pin(), server.pin.clone()]),
        ("the authority's key", vec![server.authority_pin.clone()]),
        ("a key in date", vec![in_date(server.pin.clone())]),
        ("a wrong pin past its date gives way", vec![expired(other_pin())]),
    ];
    for (case, pins) in good {
        let answer = https.send(server.pinned(pins)).await;
        assert_eq!(answer.map(|answer| answer.status), Ok(200), "{case}");
    }
    let before = server.arrivals();
    let bad = [
        ("a wrong pin", vec![other_pin()]),
        ("two wrong pins", vec![other_pin(), Pin { sha256: [8; 32], not_after: None }]),
        (
            "the right pin is past its date, the wrong one is not",
            vec![expired(server.pin.clone()), other_pin()],
        ),
    ];
    for (case, pins) in bad {
        let request = Request { safe_to_repeat: true, ..server.pinned(pins) };
        assert_eq!(https.send(request).await, Err(TransportError::PinMismatch), "{case}");
    }
    assert_eq!(server.arrivals(), before, "nothing was sent to a server without the pinned key");
}

#[tokio::test]
async fn a_pinned_certificate_that_is_only_sent_along_proves_nothing() {
    let pinned = Authority::new();
    let server = Server::start_as("localhost", &[OK], vec![pinned.root()]);
    let https = server.https();
    assert_eq!(https.send(server.pinned([pinned.pin()])).await, Err(TransportError::PinMismatch));
    assert!(https.send(server.pinned([server.pin.clone()])).await.is_ok(), "the control");
}

#[tokio::test]
async fn a_pin_does_not_replace_the_ordinary_check() {
    let clock = Arc::new(ManualClock::at(NOW));
    let strangers = Https::new(clock.clone(), Arc::new(SeededRandom::new(1)), &[]).unwrap();
    let server = Server::start(&[OK]);
    let answer = strangers.send(server.pinned([server.pin.clone()])).await;
    assert!(matches!(answer, Err(TransportError::Tls(_))), "unknown authority: {answer:?}");

    let misnamed = Server::start_as("other.example", &[OK], Vec::new());
    let answer = misnamed.https().send(misnamed.pinned([misnamed.pin.clone()])).await;
    assert!(matches!(answer, Err(TransportError::Tls(_))), "another name: {answer:?}");

    let late = Https::new(
        // rcgen's certificates end with the year 4095
        Arc::new(ManualClock::at(67_100_000_000)),
        Arc::new(SeededRandom::new(1)),
        std::slice::from_ref(&server.root),
    );
    let answer = late.unwrap().send(server.pinned([server.pin.clone()])).await;
    assert!(matches!(answer, Err(TransportError::Tls(_))), "past its validity: {answer:?}");
    assert_eq!(server.arrivals() + misnamed.arrivals(), 0);
}

#[tokio::test]
async fn a_root_that_is_not_a_certificate_is_refused() {
    let refused = Https::new(Arc::new(ManualClock::at(NOW)), Arc::new(BrokenRandom), &[b"no".to_vec()]);
    assert!(matches!(refused.err(), Some(TransportError::Tls(_))));
}

#[tokio::test]
async fn an_answer_over_the_limit_is_not_read() {
    const ANNOUNCED: Step = Step::Say("HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n");
    const STREAMED: Step = Step::Say(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n32\r\n\
         01234567890123456789012345678901234567890123456789\r\n33\r\n\
         012345678901234567890123456789012345678901234567890\r\n",
    );
    // neither answer ever ends: the limit alone ends the reading
    for script in [&[ANNOUNCED], &[STREAMED]] {
        let server = Server::start(script);
        let request = Request { safe_to_repeat: true, ..server.request() };
        assert_eq!(server.https().send(request).await, Err(TransportError::TooLarge));
        assert_eq!(server.arrivals(), 1);
    }
    let server = Server::start(&[Step::Say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")]);
    let request = Request { answer_limit: 2, ..server.request() };
    assert!(server.https().send(request).await.is_ok(), "the control: exactly the limit");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    const REDIRECT: Step =
        Step::Say("HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n");
    let server = Server::start(&[REDIRECT, OK]);
    let answer = server.https().send(server.request()).await.unwrap();
    assert_eq!((answer.status, answer.header("location")), (307, Some("/elsewhere")));
    assert_eq!(server.arrivals(), 1);
}

/// Sends on a task and moves the clock on each time it waits between attempts. Returns the pauses as well.
async fn send_through_pauses(
    server: &Server,
    request: Request,
) -> (Result<Response, TransportError>, Vec<Duration>) {
    let clock = Arc::new(ManualClock::at(NOW));
    let https = Https::new(clock.clone(), Arc::new(SeededRandom::new(1)), std::slice::from_ref(&server.root))
        .unwrap();
    let sending = tokio::spawn(async move { https.send(request).await });
    let mut pauses = Vec::new();
    while !sending.is_finished() {
        // one sleeper is the deadline of the whole, the second one a pause
        let waits = tokio::select! {
            () = clock.sleepers(2) => true,
            () = finished(&sending) => false,
        };
        if waits {
            let began = clock.now();
            while clock.sleeping() >= 2 {
                clock.advance(Duration::from_millis(10));
                tokio::task::yield_now().await;
            }
            pauses.push(Duration::from_millis(clock.now().millis() - began.millis()));
        }
    }
    (sending.await.unwrap(), pauses)
}

async fn finished<T>(task: &tokio::task::JoinHandle<T>) {
    while !task.is_finished() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_safe_to_repeat_is_repeated_with_growing_pauses() {
    for script in [&[BUSY, BUSY, OK], &[Step::Close, Step::Close, OK], &[BUSY, Step::Close, OK]] {
        let server = Server::start(script);
        let request = Request { safe_to_repeat: true, ..server.request() };
        let (answer, pauses) = send_through_pauses(&server, request).await;
        assert_eq!(answer.map(|answer| answer.status), Ok(200));
        assert_eq!(server.arrivals(), 3);
        let [first, second] = pauses[..] else { panic!("{pauses:?}") };
        assert!(
            (200..=420).contains(&first.as_millis()) && (400..=820).contains(&second.as_millis()),
            "{pauses:?}"
        );
    }
}

#[tokio::test]
async fn three_attempts_are_all() {
    let server = Server::start(&[BUSY]);
    let request = Request { safe_to_repeat: true, ..server.request() };
    assert_eq!(send_through_pauses(&server, request).await.0.map(|answer| answer.status), Ok(503));
    assert_eq!(server.arrivals(), 3);

    let server = Server::start(&[Step::Close]);
    let request = Request { safe_to_repeat: true, ..server.request() };
    assert_eq!(send_through_pauses(&server, request).await.0, Err(TransportError::Offline));
    assert_eq!(server.arrivals(), 3);
}

#[tokio::test]
async fn what_is_not_safe_arrives_once() {
    for (script, expected) in [(&[BUSY, OK], Ok(503)), (&[Step::Close, OK], Err(TransportError::Offline))] {
        let server = Server::start(script);
        let (answer, pauses) = send_through_pauses(&server, server.request()).await;
        assert_eq!(answer.map(|answer| answer.status), expected);
        assert_eq!((server.arrivals(), pauses.len()), (1, 0));
    }
}

#[tokio::test]
async fn only_an_answer_that_says_so_is_repeated() {
    const FAILED: Step = Step::Say("HTTP/1.1 500 Failed\r\ncontent-length: 0\r\n\r\n");
    const TOO_MANY: Step = Step::Say("HTTP/1.1 429 Slow\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n");
    for script in [&[FAILED, OK], &[TOO_MANY, OK]] {
        let server = Server::start(script);
        let request = Request { safe_to_repeat: true, ..server.request() };
        assert!(send_through_pauses(&server, request).await.0.unwrap().status >= 400);
        assert_eq!(server.arrivals(), 1);
    }
}

#[tokio::test]
async fn retry_after_is_honoured_inside_the_time_out() {
    const LATER: Step = Step::Say("HTTP/1.1 503 Busy\r\nretry-after: 20\r\ncontent-length: 0\r\n\r\n");
    let server = Server::start(&[LATER, OK]);
    let request = Request { safe_to_repeat: true, ..server.request() };
    let (answer, pauses) = send_through_pauses(&server, request).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(200));
    assert!(pauses[0] >= Duration::from_secs(20), "{pauses:?}");

    let server = Server::start(&[LATER, OK]);
    let request = Request { safe_to_repeat: true, timeout: Duration::from_secs(20), ..server.request() };
    let (answer, pauses) = send_through_pauses(&server, request).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(503), "there is no time left to ask again");
    assert_eq!((server.arrivals(), pauses.len()), (1, 0));
}

#[tokio::test]
async fn a_server_that_hangs_costs_the_time_out_and_no_more() {
    let server = Server::start(&[Step::Hang, OK]);
    let clock = Arc::new(ManualClock::at(NOW));
    let https = Https::new(clock.clone(), Arc::new(SeededRandom::new(1)), std::slice::from_ref(&server.root))
        .unwrap();
    let timeout = Duration::from_secs(15);
    let request = Request { safe_to_repeat: true, timeout, ..server.request() };
    let sending = tokio::spawn(async move { https.send(request).await });
    clock.sleepers(1).await;
    clock.advance(Duration::from_millis(14_999));
    while server.arrivals() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!sending.is_finished());
    clock.advance(Duration::from_millis(1));
    assert_eq!(sending.await.unwrap(), Err(TransportError::TimedOut));
    assert_eq!(server.arrivals(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_offline() {
    let server = Server::start(&[OK]);
    let port = {
        let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        gone.local_addr().unwrap().port()
    };
    let request = Request { url: format!("https://localhost:{port}/"), ..server.request() };
    assert_eq!(server.https().send(request).await, Err(TransportError::Offline));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let server = Server::start(&[OK]);
    let https = server.https();
    let plain = server.request().url.replace("https", "http");
    let line_break = vec![("x-sent".to_owned(), "1\r\nx-more: 2".to_owned())];
    let bad_name = vec![("x sent".to_owned(), "1".to_owned())];
    for request in [
        Request { url: plain, ..server.request() },
        Request { url: "/path".to_owned(), ..server.request() },
        Request { headers: line_break, ..server.request() },
        Request { headers: bad_name, ..server.request() },
    ] {
        assert!(matches!(https.send(request).await, Err(TransportError::Other(_))));
    }
    assert_eq!(server.arrivals(), 0);
}

#[tokio::test]
async fn one_client_serves_one_set_of_pins() {
    let server = Server::start(&[OK]);
    let https = server.https();
    let kept = |https: &Https| https.clients.lock().unwrap().len();
    for pins in [vec![server.pin.clone(), other_pin()], vec![other_pin(), server.pin.clone()]] {
        https.send(server.pinned(pins)).await.unwrap();
    }
    assert_eq!(kept(&https), 1, "the order of pins does not count");
    https.send(server.request()).await.unwrap();
    assert_eq!(kept(&https), 2);
    for n in 0..100_u8 {
        let pin = Pin { sha256: [n; 32], not_after: None };
        https.client(&[pin]).unwrap();
    }
    assert!(kept(&https) <= CLIENTS);
    assert_eq!(https.clock.now(), Timestamp::from_seconds(NOW));
}
