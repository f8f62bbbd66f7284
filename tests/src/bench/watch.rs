//! Pages that wait: `GET /watch/{token}` held open by many over loopback with TLS, while phones decide.
//!
//! The server is a process of its own: its memory and its processor time are its own. Each watcher has a connection of its
//! own (HTTP/1.1), as each page in a browser of its own has. The floor of a decision is the same decision on a challenge
//! that nobody watches, in the same run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hdrhistogram::Histogram;
use reqwest::Method;
use serde_json::json;
use tokio::sync::mpsc;

use super::phone::{instant, micros, record};
use crate::live::{LiveServer, now, pause};
use crate::signer::SigningPhone;

/// As many as the server lets wait for one challenge.
const EACH: usize = 64;
/// Handshakes at once.
const OPENING: usize = 64;
/// Decisions that are measured alone, and as many on challenges that nobody watches.
const ALONE: usize = 40;
/// Files beside those of watchers: the store, logs, phones.
const SPARE: usize = 256;
/// How long nothing happens, to see what waiting costs.
const QUIET: Duration = Duration::from_secs(20);

/// Runs the benchmark with what the command line says: `--watchers 10000`.
pub async fn run(arguments: &[String]) {
    let at = arguments.iter().position(|argument| argument == "--watchers");
    let watchers: usize = at
        .and_then(|at| arguments.get(at + 1))
        .map_or(10_000, |text| text.parse().expect("--watchers takes a number"));
    let watched = watchers.div_ceil(EACH).max(ALONE);
    check_limit(watchers);
    println!("enrolling {} phones", watched + ALONE);
    let server = Arc::new(LiveServer::start().await);
    let mut floor = micros();
    for number in 0..ALONE {
        let asked = Asked::new(&server, &format!("alone-{number}")).await;
        let begun = instant();
        asked.approve(&server).await;
        record(&mut floor, begun.elapsed());
    }
    let mut all = Vec::new();
    for number in 0..watched {
        all.push(Asked::new(&server, &format!("watched-{number}")).await);
    }

    let pages = pages(&server);
    let (told, mut tidings) = mpsc::unbounded_channel();
    let before = server.resident_bytes();
    let begun = instant();
    let mut opening = FuturesUnordered::new();
    for number in 0..watchers {
        if opening.len() == OPENING {
            opening.next().await;
        }
        let (url, told) = (all[number % watched].url.clone(), told.clone());
        opening.push(watch(pages.clone(), url, number % watched, told));
    }
    while opening.next().await.is_some() {}
    let opened = begun.elapsed();
    let memory = server.resident_bytes().saturating_sub(before);
    let cpu = server.cpu_seconds();
    pause(QUIET).await;
    let quiet = (server.cpu_seconds() - cpu) / QUIET.as_secs_f64();
    println!("\n{watchers} watchers of {watched} challenges, opened in {:.1} s", opened.as_secs_f64());
    println!("  memory of the server, each   {:>8} bytes", memory / u64::try_from(watchers).unwrap());
    println!("  its processor while quiet    {:>8.2} %", quiet * 100.0);

    let mut last = micros();
    for (number, asked) in all.iter().enumerate().take(ALONE) {
        let waits = (watchers + watched - 1 - number) / watched;
        let begun = instant();
        asked.approve(&server).await;
        record(&mut last, last_told(&mut tidings, waits, number).await - begun);
    }
    print("decision that nobody watches, until answered", &floor);
    print("decision, until the last of its watchers is told", &last);

    let waits: usize = (ALONE..watched).map(|number| (watchers + watched - 1 - number) / watched).sum();
    let begun = instant();
    let mut deciding: FuturesUnordered<_> =
        all.iter().skip(ALONE).map(|asked| asked.approve(&server)).collect();
    while deciding.next().await.is_some() {}
    let decided = begun.elapsed();
    let mut latest = begun;
    for _ in 0..waits {
        latest = latest.max(tidings.recv().await.expect("a watcher is lost").1);
    }
    println!(
        "  {} decisions at once          {:>8.0} ms until answered, {:.0} ms until the last of {waits} watchers is told",
        watched - ALONE,
        decided.as_secs_f64() * 1e3,
        (latest - begun).as_secs_f64() * 1e3,
    );
}

/// Each watcher is an open file here and in the server, which inherits the limit (Linux).
fn check_limit(watchers: usize) {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let may =
        line.and_then(|line| line.split_whitespace().next()).and_then(|soft| soft.parse::<usize>().ok());
    if let Some(may) = may.filter(|may| *may < watchers + SPARE) {
        panic!(
            "this process may open {may} files, and {watchers} watchers need {}: run it as `cargo xtask bench watch`, \
             which raises the limit, with a hard limit (`ulimit -H -n`) that is high enough",
            watchers + SPARE
        );
    }
}

fn print(what: &str, times: &Histogram<u64>) {
    let millis = |quantile| f64::from(u32::try_from(times.value_at_quantile(quantile)).unwrap()) / 1e3;
    println!(
        "  {what:<50} p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        millis(0.5),
        millis(0.99),
        f64::from(u32::try_from(times.max()).unwrap()) / 1e3
    );
}

/// When the last of so many watchers of one challenge was told.
async fn last_told(
    tidings: &mut mpsc::UnboundedReceiver<(usize, Instant)>,
    waits: usize,
    number: usize,
) -> Instant {
    let mut latest = None;
    for _ in 0..waits {
        let (of, at) = tidings.recv().await.expect("a watcher is lost");
        assert_eq!(of, number, "a watcher of another challenge was told");
        latest = latest.max(Some(at));
    }
    latest.expect("nobody watches this challenge")
}

/// One customer's request, and the phone that answers it.
struct Asked {
    id: String,
    url: String,
    number: String,
    challenge: String,
    phone: SigningPhone,
}

impl Asked {
    async fn new(server: &LiveServer, user: &str) -> Self {
        let phone = server.enroll(user).await.unwrap();
        let session = server.session(&phone).await.unwrap();
        let body = json!({
            "user": user,
            "operation": "login",
            "details": [],
            "origin": {"ip": "203.0.113.24", "user_agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0", "session": user},
            "start": "number",
            "expires_in": 300,
        });
        let asked = server.call(Method::POST, "/v1/challenges", Some(&body)).await.unwrap();
        assert_eq!(asked.status, 201, "{asked:?}");
        let challenge = server.first_pending(&session).await.unwrap().unwrap();
        Self {
            id: asked.text("id").to_owned(),
            url: format!("{}/watch/{}", server.origin, asked.text("watch_token")),
            number: asked.text("number").to_owned(),
            challenge,
            phone,
        }
    }

    async fn approve(&self, server: &LiveServer) {
        let message = self.phone.approve(&self.challenge, Some(&self.number), 1, now());
        let decided = server.post("/d/v1/answer", &message).await.unwrap();
        assert_eq!(decided.status, 200, "{} {decided:?}", self.id);
    }
}

/// A client whose every watcher has its own connection.
fn pages(server: &LiveServer) -> reqwest::Client {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(server.root().into()).unwrap();
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(config).http1_only().no_proxy().build().unwrap()
}

/// Opens a stream and hears of the challenge as it stands; then a task of its own hears of its end.
async fn watch(
    pages: reqwest::Client,
    url: String,
    number: usize,
    told: mpsc::UnboundedSender<(usize, Instant)>,
) {
    let response = pages.get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut events = response.bytes_stream();
    let first = events.next().await.unwrap().unwrap();
    assert!(first.windows(7).any(|part| part == b"pending"), "{first:?}");
    tokio::spawn(async move {
        while let Some(Ok(event)) = events.next().await {
            if event.windows(8).any(|part| part == b"approved") {
                // the benchmark may have ended
                let _ = told.send((number, instant()));
                return;
            }
        }
    });
}
