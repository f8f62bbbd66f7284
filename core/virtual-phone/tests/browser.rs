//! The virtual browser against a site with TLS, over a socket: its session, its profiles, its trust.

#![expect(clippy::unwrap_used, reason = "what a test sets up fails the test")]

use std::{net::TcpListener, sync::Arc};

use axum::{
    Form, Router,
    http::HeaderMap,
    response::{Html, IntoResponse, Redirect},
    routing::get,
};
use inkan_core::{
    system::{SystemClock, SystemRandom},
    transport::Https,
};
use inkan_virtual_phone::browser::{Browser, BrowserError};
use serde::Deserialize;

#[derive(Deserialize)]
struct Brought {
    c: String,
    r: String,
}

fn session(headers: &HeaderMap) -> String {
    headers.get("cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or("none").to_owned()
}

fn site() -> Router {
    let begin = || async {
        ([("set-cookie", "__Host-session=s1; Path=/; Secure; HttpOnly")], Html("<title>Hello</title>"))
    };
    let back = || async {
        Html(
            "<form id=return method=post action=/return data-inkan-return><input type=hidden name=c><input type=hidden name=r></form>",
        )
    };
    let brought = |headers: HeaderMap, Form(Brought { c, r }): Form<Brought>| async move {
        Html(format!("<p>{c} {r} {}", session(&headers)))
    };
    let away = || async { Redirect::to("/who").into_response() };
    let who = |headers: HeaderMap| async move { Html(format!("<p>{}", session(&headers))) };
    Router::new()
        .route("/", get(begin))
        .route("/who", get(who))
        .route("/away", get(away))
        .route("/return", get(back).post(brought))
}

/// A site on a free port, with its own authority.
struct Site {
    origin: String,
    root: Vec<u8>,
}

fn serve() -> Site {
    let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let root = key.cert.der().to_vec();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap();
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let tls = axum_server::tls_rustls::RustlsConfig::from_config(Arc::new(tls));
    let server = axum_server::from_tcp_rustls(listener, tls).unwrap();
    tokio::spawn(server.serve(site().into_make_service()));
    Site { origin, root }
}

fn transport(roots: &[Vec<u8>]) -> Arc<Https> {
    Arc::new(Https::new(Arc::new(SystemClock), Arc::new(SystemRandom), roots).unwrap())
}

#[tokio::test]
async fn the_session_that_began_is_the_one_that_is_brought_back() {
    let site = serve();
    let home = tempfile::tempdir().unwrap();
    let open = |profile: &str| {
        let file = home.path().join(profile);
        Browser::in_file(file, transport(std::slice::from_ref(&site.root)), Arc::new(SystemClock)).unwrap()
    };
    let at = |path: &str| format!("{}{path}", site.origin);
    let hello = open("main").visit(&at("/")).await.unwrap();
    assert_eq!((hello.status, hello.title.as_str()), (200, "Hello"));

    // the cookie is kept in the file: a browser that is opened anew has it
    let page = open("main").bring_back(&at("/return#c=one&r=two")).await.unwrap();
    assert_eq!(page.text, "one two __Host-session=s1");
    assert_eq!(open("main").visit(&at("/away")).await.unwrap().text, "__Host-session=s1");

    // the other profile comes back without it: a broker that asks for the session says no to it
    let other = open("other").bring_back(&at("/return#c=one&r=two")).await.unwrap();
    assert_eq!(other.text, "one two none");
}

#[tokio::test]
async fn a_site_whose_authority_is_not_trusted_is_not_opened() {
    let site = serve();
    let stranger = serve();
    for roots in [vec![], vec![stranger.root]] {
        let browser = Browser::forgetful(transport(&roots), Arc::new(SystemClock));
        assert!(matches!(browser.visit(&site.origin).await, Err(BrowserError::Transport(_))));
    }
    let browser = Browser::forgetful(transport(&[site.root]), Arc::new(SystemClock));
    assert_eq!(browser.visit(&site.origin).await.unwrap().status, 200);
}
