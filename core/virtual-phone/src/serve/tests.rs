use std::path::Path;

use async_trait::async_trait;
use axum::{
    body::{Body, to_bytes},
    http::{Request as HttpRequest, StatusCode, header},
    response::Response,
};
use inkan_core::{
    ports::{Request, Response as Answer, Transport, TransportError},
    store::{MemoryStore, StoreReport},
    system::{SystemClock, SystemRandom},
    vault::SoftwareVault,
};
use inkan_protocol::details::Locale;
use tower::ServiceExt as _;

use super::*;
use crate::{control::TOKEN_HEADER, phone::PhoneParts};

mod snapshots;

const ADDRESS: &str = "127.0.0.1:7080";

/// There is nobody at the other end.
struct NoNetwork;

#[async_trait]
impl Transport for NoNetwork {
    async fn send(&self, _: Request) -> Result<Answer, TransportError> {
        Err(TransportError::Offline)
    }
}

async fn service(open_control: bool) -> Service {
    let phone = Phone::open(PhoneParts {
        vault: Arc::new(SoftwareVault::in_memory(Arc::new(SystemRandom))),
        transport: Arc::new(NoNetwork),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        store: Arc::new(MemoryStore::new()),
        report: StoreReport::default(),
        home: None,
        name: "仮想端末1".to_owned(),
        locale: Some(Locale::Ja),
    });
    Service {
        phone: phone.await.unwrap(),
        address: ADDRESS.parse().unwrap(),
        token: ControlToken::make(&SystemRandom).unwrap(),
        open_control,
        auto: None,
    }
}

fn call(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> HttpRequest<Body> {
    let mut request = HttpRequest::builder().method(method).uri(path);
    if headers.iter().all(|(name, _)| *name != "host") {
        request = request.header("host", ADDRESS);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");
const OWN: (&str, &str) = ("origin", "http://127.0.0.1:7080");

#[tokio::test]
async fn every_answer_carries_the_policy() {
    let router = service(false).await.router();
    for path in [
        "/",
        "/enroll",
        "/requests",
        "/requests/x",
        "/history",
        "/settings",
        "/static/phone.js",
        "/api/state",
        "/nowhere",
    ] {
        let response = router.clone().oneshot(call("GET", path, &[], "")).await.unwrap();
        let policy = response.headers().get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN), None, "{path}");
    }
}

#[tokio::test]
async fn no_name_but_loopback_is_answered() {
    let router = service(true).await.router();
    for (host, taken) in [
        ("127.0.0.1:7080", true),
        ("localhost:7080", true),
        ("[::1]:7080", true),
        ("127.0.0.1", false),
        ("127.0.0.1:7081", false),
        ("phone.attacker.example:7080", false),
        ("localhost:7080.attacker.example", false),
    ] {
        for path in ["/enroll", "/api/state", "/static/phone.css"] {
            let response = router.clone().oneshot(call("GET", path, &[("host", host)], "")).await.unwrap();
            assert_eq!(response.status() == StatusCode::OK, taken, "{host} {path}");
        }
    }
}

#[tokio::test]
async fn a_button_works_from_the_page_alone() {
    let router = service(true).await.router();
    let press = |origin: Option<&'static str>| {
        let mut headers = vec![FORM];
        headers.extend(origin.map(|origin| ("origin", origin)));
        router.clone().oneshot(call("POST", "/switches", &headers, "back=/settings&locale=en"))
    };
    for origin in [
        None,
        Some("null"),
        Some("https://127.0.0.1:7080"),
        Some("http://127.0.0.1:7081"),
        Some("https://a.example"),
    ] {
        assert_eq!(press(origin).await.unwrap().status(), StatusCode::FORBIDDEN, "{origin:?}");
    }
    let pressed = press(Some("http://localhost:7080")).await.unwrap();
    assert_eq!(pressed.status(), StatusCode::SEE_OTHER);
    assert_eq!(pressed.headers().get(header::LOCATION).unwrap(), "/settings");
}

#[tokio::test]
async fn a_switch_leads_back_to_a_page_of_ours_alone() {
    let router = service(true).await.router();
    for back in ["https%3A//a.example/", "//a.example/", "/%5Ca.example"] {
        let pressed =
            router.clone().oneshot(call("POST", "/switches", &[FORM, OWN], &format!("back={back}")));
        assert_eq!(pressed.await.unwrap().headers().get(header::LOCATION).unwrap(), "/", "{back}");
    }
}

#[tokio::test]
async fn programs_show_the_token() {
    let closed = service(false).await;
    let token = closed.token.expose_text().to_owned();
    let router = closed.router();
    let status = |headers: Vec<(&'static str, String)>| {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        router.clone().oneshot(call("GET", "/api/state", &headers, ""))
    };
    assert_eq!(status(vec![]).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let wrong = vec![(TOKEN_HEADER, format!("{token}x"))];
    assert_eq!(status(wrong).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(status(vec![(TOKEN_HEADER, token.clone())]).await.unwrap().status(), StatusCode::OK);
    let foreign = vec![(TOKEN_HEADER, token), ("origin", "https://a.example".to_owned())];
    assert_eq!(status(foreign).await.unwrap().status(), StatusCode::UNAUTHORIZED);

    let open = service(true).await.router();
    assert_eq!(
        open.clone().oneshot(call("GET", "/api/state", &[], "")).await.unwrap().status(),
        StatusCode::OK
    );
    let foreign = call("GET", "/api/state", &[("origin", "https://a.example")], "");
    assert_eq!(open.oneshot(foreign).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_api_says_what_is_wrong_with_a_call() {
    let router = service(true).await.router();
    for (method, path, headers, body, status, code) in [
        ("POST", "/api/approve", vec![JSON], r#"{"challenge":"x"}"#, 422, "bad_id"),
        ("POST", "/api/approve", vec![JSON], "{}", 422, "bad_request"),
        ("POST", "/api/approve", vec![JSON], r#"{"challenge":"x","numbre":"1"}"#, 422, "bad_request"),
        ("POST", "/api/approve", vec![FORM], "challenge=x", 422, "bad_request"),
        ("POST", "/api/fly", vec![JSON], "{}", 422, "bad_request"),
        ("GET", "/api/approve", vec![], "", 422, "bad_request"),
        ("POST", "/api/enroll", vec![JSON], r#"{"uri":"https://a.example/"}"#, 422, "bad_link"),
        ("POST", "/api/freeze", vec![], "", 422, "no_accounts"),
        ("POST", "/api/browse", vec![JSON], r#"{"url":"http://a.example/"}"#, 422, "bad_address"),
        ("POST", "/api/browse", vec![JSON], r#"{"url":"https://a.example/"}"#, 503, "offline"),
    ] {
        let response = router.clone().oneshot(call(method, path, &headers, body)).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path} {body}");
        let failure: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(failure["code"], code, "{path} {body}");
        assert!(
            !failure["happened"].as_str().unwrap().is_empty()
                && !failure["next"].as_str().unwrap().is_empty()
        );
    }
    let response = router.oneshot(call("GET", "/api/inbox?wait=0", &[], "")).await.unwrap();
    assert_eq!(text(response).await, r#"{"kind":"inbox","requests":[],"problems":[]}"#);
}

#[tokio::test]
async fn language_and_look_are_switched() {
    let service = service(true).await;
    let router = service.router();
    let page = |path: &'static str| router.clone().oneshot(call("GET", path, &[], ""));
    assert!(text(page("/requests").await.unwrap()).await.contains(r#"<html lang="ja" data-theme="auto">"#));
    let form =
        call("POST", "/switches", &[FORM, OWN], "back=/&locale=en&theme=dark&network=off&biometrics=fails");
    router.clone().oneshot(form).await.unwrap();
    let html = text(page("/requests").await.unwrap()).await;
    assert!(html.contains(r#"<html lang="en" data-theme="dark">"#));
    assert!(html.contains(r#"value="off" checked"#) && html.contains(r#"value="fails" checked"#));
}

#[tokio::test]
async fn a_wrong_link_is_refused_on_the_page_it_was_pasted_into() {
    let router = service(true).await.router();
    let pasted = call("POST", "/enroll", &[FORM, OWN], "uri=%22%3E%3Cscript%3E");
    let response = router.oneshot(pasted).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = text(response).await;
    assert!(html.contains("端末は登録されていません。"));
    assert!(html.contains("&#34;&#62;&#60;script&#62;") && !html.contains("\"><script>"));
}

#[tokio::test]
async fn the_phone_listens_on_loopback_alone() {
    for address in ["0.0.0.0:0", "192.0.2.1:7080", "[::]:0"] {
        assert!(matches!(bind(address.parse().unwrap()).await, Err(Fault::Call(_))), "{address}");
    }
    let first = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let taken = bind(first.local_addr().unwrap()).await;
    assert!(matches!(taken, Err(Fault::Call(why)) if why.contains("in use")));
}

fn snapshot_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"))
}
