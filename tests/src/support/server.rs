//! A server over its real store and keys in a folder of its own. It can be ended and started again over the same folder.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, RwLock};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use inkan_protocol::ids::{Digest, NumericDate, ServerName, Thumbprint};
use inkan_server::app::{App, Parts, Shared};
use inkan_server::clock::{Clock as _, ManualClock};
use inkan_server::expiry;
use inkan_server::keys::{KeyFolder, ServerKeys};
use inkan_server::model::api_key::{ApiKey, Scope};
use inkan_server::outbound::{Outbound, SystemNames};
use inkan_server::push::Pushes;
use inkan_server::random::SeededRandom;
use inkan_server::routes::{self, refusal::Refusal};
use inkan_server::seal::{Sealer, SealingKey};
use inkan_server::settings::Settings;
use inkan_server::storage::sqlite::Sqlite;
use tempfile::TempDir;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::{Broker, Reply};

/// What a server is in this process: everything but the listener.
pub(crate) struct Server {
    pub(crate) name: ServerName,
    settings: Mutex<Settings>,
    folder: TempDir,
    clock: Arc<ManualClock>,
    random: Arc<SeededRandom>,
    pushes: Mutex<Pushes>,
    running: RwLock<Option<(Shared, Router)>>,
}

impl Server {
    /// A new one with empty store, new keys, and an API key of each mode with all scopes.
    pub(crate) async fn start(settings: Settings, clock: &Arc<ManualClock>, seed: u64) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let random = Arc::new(SeededRandom::new(seed));
        for keys in [KeyFolder::live(folder.path()), KeyFolder::test(folder.path())] {
            ServerKeys::create(keys, &settings.server, clock.now()).unwrap();
        }
        let pushes = Pushes::default();
        let running = RwLock::new(Some(open(&settings, &pushes, &folder, clock, &random)));
        let server = Arc::new(Self {
            name: settings.server.clone(),
            settings: Mutex::new(settings),
            folder,
            clock: Arc::clone(clock),
            random,
            pushes: Mutex::new(pushes),
            running,
        });
        server.put_api_key(1, LIVE_KEY, true, &Scope::ALL).await;
        server.put_api_key(2, TEST_KEY, false, &Scope::ALL).await;
        server
    }

    /// The broker's backend with its live key.
    pub(crate) fn broker(self: &Arc<Self>) -> Broker {
        Broker::new(self, LIVE_KEY)
    }

    /// The broker's backend in test mode.
    pub(crate) fn test_broker(self: &Arc<Self>) -> Broker {
        Broker::new(self, TEST_KEY)
    }

    /// Ends in good order and starts again over the same files. What waited is answered.
    pub(crate) async fn restart(&self) {
        let (app, router) = self.running();
        drop(router);
        app.drain();
        app.storage.close().await;
        // the last to hold the files lets go of them before they are opened again
        *self.running.write().unwrap() = None;
        drop(app);
        let settings = self.settings.lock().unwrap().clone();
        let pushes = self.pushes.lock().unwrap().clone();
        let again = open(&settings, &pushes, &self.folder, &self.clock, &self.random);
        *self.running.write().unwrap() = Some(again);
    }

    /// The same with another configuration.
    pub(crate) async fn restart_with(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings.lock().unwrap());
        self.restart().await;
    }

    /// The same, and from then on phones can be rung.
    pub(crate) async fn restart_ringing(&self, pushes: Pushes) {
        *self.pushes.lock().unwrap() = pushes;
        self.restart().await;
    }

    pub(crate) fn app(&self) -> Shared {
        self.running().0
    }

    fn running(&self) -> (Shared, Router) {
        self.running.read().unwrap().clone().expect("the server is being restarted")
    }

    /// The thumbprint that evidence is checked against.
    pub(crate) fn identity(&self) -> Thumbprint {
        self.app().live_keys.identity()
    }

    pub(crate) fn now(&self) -> NumericDate {
        self.clock.now()
    }

    /// A request from a peer on loopback.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Reply {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
        let (_, router) = self.running();
        Reply::of(router.oneshot(request).await.unwrap()).await
    }

    /// A signed message to the device API.
    pub(crate) async fn jose(&self, path: &str, compact: &str) -> Reply {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/jose");
        self.send(request.body(compact.to_owned().into()).unwrap()).await
    }

    /// Returns when so many topics are waited for. Whatever happens from then on reaches those who wait.
    pub(crate) async fn waited_for(&self, topics: usize) {
        let app = self.app();
        while app.hub.len() < topics {
            tokio::task::yield_now().await;
        }
    }

    /// What the running server does by itself every second: it ends what is overdue.
    pub(crate) async fn care(&self) {
        expiry::round(&self.app()).await.unwrap();
    }

    /// A further API key, as the operator's command makes it.
    pub(crate) async fn put_api_key(&self, number: u128, text: &str, live: bool, scopes: &[Scope]) {
        let key = ApiKey {
            id: Uuid::from_u128(number),
            name: "tests".into(),
            digest: Digest::of(text.as_bytes()),
            live,
            scopes: scopes.to_vec(),
            created_at: self.now(),
            revoked_at: None,
        };
        let write = self.app();
        write.storage.write(move |tx| -> Result<(), Refusal> { Ok(tx.put_api_key(&key)?) }).await.unwrap();
    }

    /// Every byte of the store: the database, its write-ahead log and its shared memory.
    pub(crate) fn store_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                bytes.extend(std::fs::read(path).unwrap());
            }
        }
        bytes
    }
}

const STORE: &str = "inkan.sqlite";
/// Tokens of the API keys that each server begins with.
pub(crate) const LIVE_KEY: &str = "ik_live_Zm9yLXRlc3RzLW9ubHktbm90LWEtc2VjcmV0";
pub(crate) const TEST_KEY: &str = "ik_test_Zm9yLXRlc3RzLW9ubHktbm90LWEtc2VjcmV0";

fn open(
    settings: &Settings,
    pushes: &Pushes,
    folder: &TempDir,
    clock: &Arc<ManualClock>,
    random: &Arc<SeededRandom>,
) -> (Shared, Router) {
    let app = App::new(Parts {
        settings: settings.clone(),
        engine: Arc::new(Sqlite::open(&folder.path().join(STORE)).unwrap()),
        clock: clock.clone(),
        random: random.clone(),
        sealer: Sealer::new(SealingKey::new(1, [9; 32]), random.clone()),
        live_keys: ServerKeys::open(KeyFolder::live(folder.path()), &settings.server).unwrap(),
        test_keys: ServerKeys::open(KeyFolder::test(folder.path()), &settings.server).unwrap(),
        outbound: Outbound::new(&[], Vec::new(), Arc::new(SystemNames)).unwrap(),
        pushes: pushes.clone(),
    });
    let router = routes::router(&app);
    (app, router)
}
