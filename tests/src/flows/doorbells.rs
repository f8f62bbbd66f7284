//! The doorbell from end to end: sealed by the real server for Web Push, carried over HTTPS, opened by the real core.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use axum_server::tls_rustls::RustlsConfig;
use inkan_core::error::Error;
use inkan_core::push::{PushError, PushPayload};
use inkan_protocol::enrollment::{Push, PushProvider};
use inkan_server::courier::{Courier, round};
use inkan_server::outbound::{Outbound, SystemNames};
use inkan_server::push::web_push::{VapidKey, WebPush};
use inkan_server::push::{PushCourier, Pushes};
use inkan_server::random::SeededRandom;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::{Ask, World};

/// A push service that keeps what it is given.
struct Service {
    url: String,
    root: CertificateDer<'static>,
    taken: Arc<Mutex<Vec<Bytes>>>,
}

impl Service {
    fn listen() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let root = cert.der().clone();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![root.clone()],
                PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap(),
            )
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("https://{}/up/opaque", listener.local_addr().unwrap());
        let taken: Arc<Mutex<Vec<Bytes>>> = Arc::default();
        let kept = Arc::clone(&taken);
        let router = Router::new().fallback(move |request: Request<Body>| {
            let kept = Arc::clone(&kept);
            async move {
                let body = to_bytes(request.into_body(), 5000).await.unwrap();
                kept.lock().unwrap().push(body);
                StatusCode::CREATED
            }
        });
        let server = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(Arc::new(config)));
        tokio::spawn(server.unwrap().serve(router.into_make_service()));
        Self { url, root, taken }
    }

    fn take(&self) -> Vec<PushPayload> {
        let taken = std::mem::take(&mut *self.taken.lock().unwrap());
        taken.into_iter().map(|body| PushPayload::WebPush(body.to_vec())).collect()
    }
}

fn does_not_open<T>(read: &Result<T, Error>) -> bool {
    matches!(read, Err(Error::Push(PushError::DoesNotOpen)))
}

#[tokio::test]
async fn the_core_opens_what_the_server_sealed_and_nobody_else_does() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let service = Service::listen();
    let folder = tempfile::tempdir().unwrap();
    VapidKey::create(folder.path()).unwrap();
    let vapid = VapidKey::open(folder.path()).unwrap();
    let public = vapid.public();
    let allowed = vec!["127.0.0.0/8".parse().unwrap()];
    let outbound =
        Outbound::new(std::slice::from_ref(&service.root), allowed, Arc::new(SystemNames)).unwrap();
    let contact = "mailto:push@broker.example.jp".to_owned();
    let random = Arc::new(SeededRandom::new(4));
    let web_push = WebPush::new(outbound, vapid, contact, world.clock.clone(), random).unwrap();
    assert_eq!(phone.web_push_server_key(account).await.unwrap(), None, "there is no Web Push yet");
    let pushes = Pushes {
        web_push: Some(Arc::new(web_push)),
        web_push_key: Some(public.clone()),
        ..Pushes::default()
    };
    world.server.restart_ringing(pushes).await;
    let courier: Arc<dyn Courier> = PushCourier::all(&world.server.app()).remove(0);
    let carry = async || round(&world.server.app(), &courier).await.unwrap();

    // what a distributor is told, and then the server
    assert_eq!(phone.web_push_server_key(account).await.unwrap(), Some(public));
    let keys = phone.web_push_keys().unwrap();
    let push = Push {
        provider: PushProvider::Webpush,
        token: service.url.clone(),
        p256dh: Some(keys.p256dh.clone()),
        auth: Some(keys.auth.clone()),
    };
    phone.set_push(account, Some(push)).await.unwrap();
    assert_eq!(carry().await, 1, "the test of a new doorbell");
    let sent = service.take().remove(0);

    // the control: another installation, and a byte that was changed on the way
    let other = world.phone("ほかの電話").await;
    assert_ne!(other.web_push_keys().unwrap(), keys);
    assert!(does_not_open(&other.push_received(None, &sent)));
    let PushPayload::WebPush(mut changed) = sent.clone() else { panic!() };
    *changed.last_mut().unwrap() ^= 1;
    assert!(does_not_open(&phone.push_received(Some(account), &PushPayload::WebPush(changed))));

    let test = phone.push_received(Some(account), &sent).unwrap();
    let health = async || world.broker.devices("c-1").await.remove(0)["push_health"].clone();
    assert!(health().await["opened_at"].is_null());
    phone.push_arrived(test.id).await.unwrap();
    assert!(health().await["opened_at"].is_string());

    // a request rings, and so does its end, under the same collapse key
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    carry().await;
    let look = phone.push_received(Some(account), &service.take().remove(0)).unwrap();
    world
        .broker
        .call("DELETE", &format!("/v1/challenges/{}", asked.id), &serde_json::Value::Null)
        .await
        .ok(204);
    carry().await;
    let ended = phone.push_received(Some(account), &service.take().remove(0)).unwrap();
    assert!(look.id != test.id && ended.id != look.id);
    assert_eq!([look.collapse, ended.collapse], [test.collapse; 2]);
}
