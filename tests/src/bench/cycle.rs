//! create → fetch → answer → redeem over loopback with TLS, on the embedded store with syncing on.
//!
//! A cycle is four requests (create, fetch in a session, answer, redeem), one signature to check (the answer) and three
//! changes to commit (create, answer, redeem). The server is a process of its own, so its processor time is its own; the
//! clients share the machine with it, so the latencies are those of a busy machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use reqwest::Method;
use serde_json::json;

use super::floor;
use crate::live::{LiveServer, now};
use crate::signer::SigningPhone;

/// Checks, requests and commits of one cycle.
const VERIFIES: f64 = 1.0;
const REQUESTS: f64 = 4.0;
const COMMITS: f64 = 3.0;

/// Runs the benchmark with what the command line says: `--clients 1,64,256 --seconds 10`.
pub async fn run(arguments: &[String]) {
    if arguments.iter().any(|argument| argument == "--bare-server") {
        floor::serve_bare().await;
        return;
    }
    let value = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1))
    };
    let clients: Vec<usize> = value("--clients")
        .map_or("1,64,256", String::as_str)
        .split(',')
        .map(|number| number.parse().expect("--clients takes numbers with commas between"))
        .collect();
    let seconds: u64 = value("--seconds").map_or(10, |text| text.parse().expect("--seconds takes a number"));
    let most = clients.iter().copied().max().unwrap_or(1);
    println!("enrolling {most} phones");
    let server = Arc::new(LiveServer::start().await);
    let mut customers = Vec::new();
    for number in 0..most {
        let user = format!("bench-{number}");
        let phone = server.enroll(&user).await.unwrap();
        let session = server.session(&phone).await.unwrap();
        customers.push(Some(Customer { user, phone, session, counter: 0 }));
    }
    for count in clients {
        measure(&server, &mut customers, count, Duration::from_secs(seconds)).await;
    }
}

struct Customer {
    user: String,
    phone: SigningPhone,
    session: String,
    counter: u64,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
async fn measure(server: &Arc<LiveServer>, customers: &mut [Option<Customer>], count: usize, time: Duration) {
    let floor = floor::measure(count).await;
    let cpu_before = server.cpu_seconds();
    let start = Instant::now();
    let tasks: Vec<_> = customers
        .iter_mut()
        .take(count)
        .map(|place| {
            let (server, mut customer) = (Arc::clone(server), place.take().unwrap());
            tokio::spawn(async move {
                let mut latencies = Histogram::<u64>::new(3).unwrap();
                while start.elapsed() < time {
                    let before = Instant::now();
                    cycle(&server, &mut customer).await;
                    latencies.record(u64::try_from(before.elapsed().as_micros()).unwrap()).unwrap();
                }
                (customer, latencies)
            })
        })
        .collect();
    let mut latencies = Histogram::<u64>::new(3).unwrap();
    for (place, task) in customers.iter_mut().zip(tasks) {
        let (customer, own) = task.await.unwrap();
        *place = Some(customer);
        latencies.add(own).unwrap();
    }
    let elapsed = start.elapsed().as_secs_f64();
    let cycles = f64::from(u32::try_from(latencies.len()).unwrap());
    let cpu = (server.cpu_seconds() - cpu_before) / cycles;
    let under = floor.verify * VERIFIES + floor.request * REQUESTS + floor.commit * COMMITS;
    let (micros, millis) = (1e6, 1e3);
    println!("\n{count} clients, {elapsed:.1} s");
    println!("  cycles per second   {:>9.0}", cycles / elapsed);
    let quantile =
        |quantile: f64| f64::from(u32::try_from(latencies.value_at_quantile(quantile)).unwrap()) / millis;
    println!("  latency p50 / p99   {:>9.1} ms / {:.1} ms", quantile(0.5), quantile(0.99));
    println!("  server CPU a cycle  {:>9.0} µs", cpu * micros);
    println!(
        "  floor               {:>9.0} µs = {VERIFIES} verify × {:.0} + {REQUESTS} requests × {:.0} + {COMMITS} commits × {:.0}",
        under * micros,
        floor.verify * micros,
        floor.request * micros,
        floor.commit * micros,
    );
    println!("  CPU over floor      {:>9.2}", cpu / under);
}

async fn cycle(server: &LiveServer, customer: &mut Customer) {
    let asked = server.ask(&customer.user).await.unwrap();
    assert_eq!(asked.status, 201, "{asked:?}");
    let challenge = server.first_pending(&customer.session).await.unwrap().unwrap();
    customer.counter += 1;
    let message = customer.phone.approve(&challenge, Some(asked.text("number")), customer.counter, now());
    let decided = server.post("/d/v1/answer", &message).await.unwrap();
    assert_eq!(decided.status, 200, "{decided:?}");
    let path = format!("/v1/challenges/{}/redeem", asked.text("id"));
    let redeem = json!({ "user": customer.user, "session": customer.user });
    let redeemed = server.call(Method::POST, &path, Some(&redeem)).await.unwrap();
    assert_eq!(redeemed.status, 200, "{redeemed:?}");
}
