//! The world: a clock, a net, servers and phones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use inkan_core::account::AccountId;
use inkan_core::store::{MemoryStore, SledStore, Store};
use inkan_protocol::ids::NumericDate;
use inkan_server::clock::{Clock as _, ManualClock};
use inkan_server::settings::Settings;
use tempfile::TempDir;

use super::{Broker, Net, Phone, PhoneClock, PhoneRandom, RawPhone, Server};

/// When every world begins: 2026-11-25, 10:25:09 in Tokyo.
const START: NumericDate = 1_795_569_909;

/// One broker with its server, a net, and as many phones as a test asks for.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) net: Arc<Net>,
    pub(crate) server: Arc<Server>,
    pub(crate) broker: Broker,
    phones: AtomicU64,
    folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A world whose server is configured otherwise than for trying out.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Arc::new(ManualClock::at(START));
        let mut settings = Settings::dev("https://auth.mirai.example".parse().unwrap());
        settings.return_urls = vec!["https://www.mirai.example/return".into()];
        change(&mut settings);
        let server = Server::start(settings, &clock, 7).await;
        let net = Arc::new(Net::default());
        net.connect(&server);
        let broker = server.broker();
        Self { clock, net, server, broker, phones: AtomicU64::new(0), folder: tempfile::tempdir().unwrap() }
    }

    /// Another broker with a server of its own on the same net.
    pub(crate) async fn another_server(&self, name: &str) -> Arc<Server> {
        let mut settings = Settings::dev(name.parse().unwrap());
        settings.relying_party.name = "あさひ証券（デモ）".into();
        settings.relying_party.id = "asahi".into();
        let server = Server::start(settings, &self.clock, 77).await;
        self.net.connect(&server);
        server
    }

    /// A phone without accounts that forgets everything at the end.
    pub(crate) async fn phone(&self, name: &str) -> Phone {
        self.phone_over(name, Arc::new(MemoryStore::new())).await
    }

    /// A phone with the store that real phones have.
    pub(crate) async fn phone_on_disk(&self, name: &str) -> Phone {
        let number = self.phones.load(Ordering::SeqCst);
        let folder = self.folder.path().join(format!("phone-{number}"));
        let random = Arc::new(PhoneRandom::new(5000 + number));
        let vault = Arc::new(inkan_core::vault::SoftwareVault::in_memory(random.clone()));
        let clock = Arc::new(PhoneClock::right(&self.clock));
        let opened = SledStore::open(&folder, vault, clock, random).await.unwrap();
        assert!(opened.report.is_sound());
        self.phone_over(name, Arc::new(opened.store)).await
    }

    async fn phone_over(&self, name: &str, store: Arc<dyn Store>) -> Phone {
        let number = self.phones.fetch_add(1, Ordering::SeqCst);
        Phone::switch_on(name, &self.net, PhoneClock::right(&self.clock), 1000 + number, store).await
    }

    /// The whole of an enrollment at this world's broker: the page's QR, "is this your account?", six digits typed back.
    pub(crate) async fn enroll(&self, phone: &Phone, user: &str) -> AccountId {
        phone.enroll(&self.broker, user).await
    }

    /// A broker and a customer's phone, enrolled.
    pub(crate) async fn enrolled(user: &str) -> (Self, Phone, AccountId) {
        let world = Self::new().await;
        let phone = world.phone("わたしの電話").await;
        let account = world.enroll(&phone, user).await;
        (world, phone, account)
    }

    /// A world with a customer's device that says whatever a test wants.
    pub(crate) async fn with_raw_phone(user: &str) -> (Self, RawPhone) {
        let world = Self::new().await;
        let phone = RawPhone::enroll(&world.server, &world.broker, user).await;
        (world, phone)
    }

    /// Moves the time on, for everybody.
    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn now(&self) -> NumericDate {
        self.clock.now()
    }
}
