//! What a push provider's outage does to the API: the time of `POST /v1/challenges` without a doorbell on any phone, and
//! with doorbells whose provider takes every connection and never says a word.
//!
//! The provider is a Web Push service on loopback: a phone names its address, so nothing else has to be there. The floor
//! is the same calls of the same customers in the same run, and the benchmark judges: it fails where the 99th percentile
//! during the outage is more than so many times the floor's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use hdrhistogram::Histogram;
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

use super::phone::{instant, micros, record};
use crate::live::LiveServer;

/// Customers who are asked at the same time.
const CUSTOMERS: usize = 32;
/// The 99th percentile during the outage is at most so many times the floor's. Ringing costs: each question is written
/// into the outbox as well, and each try there. An answer that awaited the provider would be hundreds of times slower.
const FACTOR: u64 = 2;

/// What the server is told: phones may name a provider on loopback.
const SETTINGS: [&str; 2] =
    ["outbound.allowed_networks=127.0.0.0/8", "push.web.contact=mailto:operator@example.jp"];

/// Runs the benchmark with what the command line says: `--seconds 60 --factor 2`.
pub async fn run(arguments: &[String]) {
    let said = |name: &str, otherwise: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1))
            .map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
    };
    let (seconds, factor) = (said("--seconds", 60), said("--factor", FACTOR));
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
            HELD.fetch_add(1, Ordering::Relaxed);
            held.push(connection);
        }
    });
    for phone in &phones {
        server.register_push(phone, &endpoint).await.unwrap();
    }
    let during = ask(&server, time).await;
    hanging.abort();

    println!("\nPOST /v1/challenges by {CUSTOMERS} customers at once, {seconds} s each");
    print("no phone has a doorbell", &before);
    print("every phone has one, and its provider hangs", &during);
    let held = HELD.load(Ordering::Relaxed);
    println!("  connections that the provider took and held: {held}");
    assert!(held > 0, "nobody was rung");
    let p99 = |times: &Histogram<u64>| times.value_at_quantile(0.99);
    match judge(p99(&before), p99(&during), factor) {
        Ok(times) => println!("  p99 during the outage: {times:.2} times the floor, at most {factor}"),
        Err(why) => panic!("{why}"),
    }
}

/// How many times the floor it was, where that is allowed. Both in microseconds.
fn judge(floor: u64, outage: u64, factor: u64) -> Result<f64, String> {
    let micros = |time: u64| f64::from(u32::try_from(time).unwrap_or(u32::MAX));
    let times = micros(outage) / micros(floor.max(1));
    if outage <= floor.saturating_mul(factor) {
        Ok(times)
    } else {
        Err(format!(
            "a provider's outage delays the API: p99 is {times:.2} times the floor, at most {factor} are allowed"
        ))
    }
}

static HELD: AtomicU64 = AtomicU64::new(0);

fn print(what: &str, times: &Histogram<u64>) {
    let millis = |quantile| f64::from(u32::try_from(times.value_at_quantile(quantile)).unwrap()) / 1e3;
    println!("  {what:<45} {:>7} calls, p50 {:.1} ms, p99 {:.1} ms", times.len(), millis(0.5), millis(0.99));
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

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn an_outage_that_delays_answers_fails_the_benchmark() {
        assert_eq!(judge(2_000, 3_000, 2), Ok(1.5));
        assert_eq!(judge(2_000, 4_000, 2), Ok(2.0));
        assert!(judge(2_000, 4_001, 2).is_err());
        assert!(judge(2_000, 15_000_000, 100).is_err(), "one that awaits the provider");
    }
}
