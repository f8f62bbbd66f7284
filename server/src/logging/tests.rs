use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt as _;

use super::*;
use crate::clock::ManualClock;
use crate::config::Config;
use crate::random::SystemRandom;
use crate::{routes, start};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What must never stand in a log.
const PERSONAL: [&str; 7] =
    ["customer-4711", "Yamada", "山田", "203.0.113.77", "1250000", "ik_live_c2VjcmV0", "c2VjcmV0LXRva2Vu"];

fn requests() -> Vec<Request<Body>> {
    let body = serde_json::json!({
        "user": "customer-4711", "display_name": "Yamada 山田", "operation": "withdrawal",
        "details": [{ "type": "amount", "value": "1250000", "currency": "JPY" }],
        "origin": { "ip": "203.0.113.77", "user_agent": "Yamada's browser" }, "start": "number"
    });
    let request = |method: &str, path: &str, body: String| {
        Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", "Bearer ik_live_c2VjcmV0")
            .header("x-forwarded-for", "203.0.113.77")
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap()
    };
    vec![
        request("POST", "/v1/enrollments", body.to_string()),
        request("POST", "/v1/challenges", body.to_string()),
        request("POST", "/v1/challenges", "{\"user\": \"customer-4711\"".to_owned()),
        request("GET", "/v1/users/customer-4711/devices", String::new()),
        request("GET", "/v1/challenges?user=customer-4711", String::new()),
        request("GET", "/watch/c2VjcmV0LXRva2Vu", String::new()),
        request("POST", "/d/v1/enroll", "c2VjcmV0LXRva2Vu.e30.Yamada".to_owned()),
        request("GET", "/nowhere/customer-4711", String::new()),
    ]
}

#[tokio::test]
async fn no_log_line_holds_anything_personal() {
    let folder = tempfile::tempdir().unwrap();
    let server = "https://localhost:8443".parse().unwrap();
    let config = Config::dev(&server, folder.path().join("data")).unwrap();
    let clock = Arc::new(ManualClock::at(1_800_000_000));
    start::make(&config, clock.as_ref(), &SystemRandom).unwrap();
    let app = start::start(&config, clock, Arc::new(SystemRandom)).unwrap();
    // Other tests run beside this one. As long as there is a single dispatcher in the process, a line that another
    // thread reaches first is judged by that thread's, which has none, and is off from then on. So there are two.
    let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    for format in [LogFormat::Json, LogFormat::Text] {
        let written = Written::default();
        let writer = written.clone();
        let log = Log { format, level: LogLevel::Trace };
        // the test runs on one thread: what it awaits is written here too
        let guard = tracing::subscriber::set_default(subscriber(log, move || writer.clone()));
        for request in requests() {
            routes::router(&app).oneshot(request).await.unwrap();
        }
        tracing::warn!(target: "inkan_server::control", "the net catches Yamada");
        tracing::debug!(target: "rustls::server", "what a library says of customer-4711");
        drop(guard);
        let text = written.text();
        let (control, lines): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.contains("the net catches"));
        assert!(control[0].contains("Yamada"));
        assert_eq!(lines.len(), requests().len(), "{text}");
        assert!(lines.iter().all(|line| line.contains("request_id")), "{text}");
        for personal in PERSONAL {
            assert!(!lines.iter().any(|line| line.contains(personal)), "{personal}: {text}");
        }
        if format == LogFormat::Json {
            for line in lines {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                assert!(line["status"].is_u64() && line["message"] == "answered", "{line}");
            }
        }
    }
}
