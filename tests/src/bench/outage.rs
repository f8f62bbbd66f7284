//! What a push provider's outage does to the API: the time of `POST /v1/challenges` without a doorbell on any phone, and
//! with doorbells whose provider takes every connection and never says a word.
//!
//! The provider is a Web Push service on loopback: a phone names its address, so nothing else has to be there. The floor
//! is the same calls of the same customers in the same run.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use hdrhistogram::Histogram;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

use super::phone::{instant, micros, record};
use crate::live::{LiveServer, now};
use crate::signer::SigningPhone;

/// Customers who are asked at the same time.
const CUSTOMERS: usize = 32;

/// What the server is told: phones may name a provider on loopback.
const SETTINGS: [&str; 2] =
    ["outbound.allowed_networks=127.0.0.0/8", "push.web.contact=mailto:operator@example.jp"];

/// Runs the benchmark with what the command line says: `--seconds 60`.
pub async fn run(arguments: &[String]) {
    let at = arguments.iter().position(|argument| argument == "--seconds");
    let seconds = at
        .and_then(|at| arguments.get(at + 1))
        .map_or(60, |text| text.parse().expect("--seconds takes a number"));
    let time = Duration::from_secs(seconds);
    println!("enrolling {CUSTOMERS} phones");
    let server = Arc::new(LiveServer::start_with(SETTINGS.map(str::to_owned).to_vec()).await);
    let mut phones = Vec::new();
    for number in 0..CUSTOMERS {
        phones.push(server.enroll(&format!("customer-{number}")).await.unwrap());
    }
    let before = ask(&server, time).await;

    let provider = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}/hangs", provider.local_addr().unwrap());
    let hanging = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((connection, _)) = provider.accept().await {
            HELD.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            held.push(connection);
        }
    });
    for phone in &phones {
        register(&server, phone, &endpoint).await;
    }
    let during = ask(&server, time).await;
    hanging.abort();

    println!("\nPOST /v1/challenges by {CUSTOMERS} customers at once, {seconds} s each");
    print("no phone has a doorbell", &before);
    print("every phone has one, and its provider hangs", &during);
    let held = HELD.load(std::sync::atomic::Ordering::Relaxed);
    println!("  connections that the provider took and held: {held}");
    assert!(held > 0, "nobody was rung");
}

static HELD: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

fn print(what: &str, times: &Histogram<u64>) {
    let millis = |quantile| f64::from(u32::try_from(times.value_at_quantile(quantile)).unwrap()) / 1e3;
    println!("  {what:<45} {:>7} calls, p50 {:.1} ms, p99 {:.1} ms", times.len(), millis(0.5), millis(0.99));
}

async fn register(server: &LiveServer, phone: &SigningPhone, endpoint: &str) {
    let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key();
    let body = json!({
        "provider": "webpush",
        "token": endpoint,
        "p256dh": URL_SAFE_NO_PAD.encode(key.to_sec1_point(false).as_bytes()),
        "auth": URL_SAFE_NO_PAD.encode([9; 16]),
    })
    .to_string();
    let signed = phone.request("PUT", "/d/v1/push", body.as_bytes(), now());
    let request = server.client.put(format!("{}/d/v1/push", server.origin)).header("inkan-request", signed);
    let kept = request.header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(kept.status(), 204);
}

/// Asks every customer again and again; a newer question takes the place of the older one.
async fn ask(server: &Arc<LiveServer>, time: Duration) -> Histogram<u64> {
    let begun = instant();
    let tasks = (0..CUSTOMERS).map(|number| {
        let server = Arc::clone(server);
        tokio::spawn(async move {
            let body = json!({
                "user": format!("customer-{number}"),
                "operation": "login",
                "details": [],
                "origin": {"ip": "203.0.113.24", "user_agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0", "session": "s"},
                "start": "link",
            });
            let mut times = micros();
            while begun.elapsed() < time {
                let before = instant();
                let asked = server.call(Method::POST, "/v1/challenges", Some(&body)).await.unwrap();
                record(&mut times, before.elapsed());
                assert_eq!(asked.status, 201, "{asked:?}");
            }
            times
        })
    });
    let mut all = micros();
    for times in join_all(tasks).await {
        all.add(times.unwrap()).unwrap();
    }
    all
}
