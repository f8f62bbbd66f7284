//! A phone, a net with faults, and one or two servers, on one clock that stands still.

use std::{
    collections::{HashMap, VecDeque},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use inkan_protocol::details::Locale;

use super::server::Server;
use crate::{
    account::AccountId,
    authenticator::{Authenticator, DeviceProfile, EnrollmentProgress, Parts},
    error::Error,
    ports::{
        CreatedKey, KeyLabel, KeyPurpose, KeySignature, KeyVault, Protection, Request, Response, Transport,
        TransportError, UserVerification, VaultError,
    },
    store::{MemoryStore, RecordId, RecordKind, Store, StoreError, Write},
    test_support::{ManualClock, SeededRandom},
    vault::SoftwareVault,
};

pub(super) const NOW: u64 = 1_800_000_000;

/// What happens to one request.
pub(super) enum Fault {
    /// Nothing.
    None,
    /// It never arrives.
    RequestLost,
    /// It arrives, and its answer does not.
    AnswerLost,
    /// Somebody changes the answer.
    Changed(Box<dyn Fn(Response) -> Response + Send>),
}

/// The net between the phone and the servers.
#[derive(Default)]
pub(super) struct Net {
    servers: HashMap<String, Arc<Server>>,
    faults: Mutex<HashMap<&'static str, VecDeque<Fault>>>,
    pub(super) offline: Mutex<bool>,
    pub(super) sent: Mutex<Vec<Request>>,
}

impl Net {
    /// The next request to a path that ends like this meets a fault.
    pub(super) fn fault(&self, path: &'static str, fault: Fault) {
        self.faults.lock().unwrap().entry(path).or_default().push_back(fault);
    }

    /// Bodies sent to a path, in order.
    pub(super) fn bodies(&self, path: &str) -> Vec<Vec<u8>> {
        let sent = self.sent.lock().unwrap();
        sent.iter()
            .filter(|request| request.url.ends_with(path))
            .map(|request| request.body.clone())
            .collect()
    }
}

#[async_trait]
impl Transport for Net {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.sent.lock().unwrap().push(request.clone());
        tokio::task::yield_now().await;
        if *self.offline.lock().unwrap() {
            return Err(TransportError::Offline);
        }
        let fault = {
            let mut faults = self.faults.lock().unwrap();
            let queue =
                faults.iter_mut().find(|(path, queue)| request.url.ends_with(**path) && !queue.is_empty());
            queue.and_then(|(_, queue)| queue.pop_front()).unwrap_or(Fault::None)
        };
        if matches!(fault, Fault::RequestLost) {
            return Err(TransportError::Offline);
        }
        let server = self.servers.iter().find(|(name, _)| request.url.starts_with(name.as_str()));
        let response = server.ok_or(TransportError::Offline)?.1.handle(&request);
        tokio::task::yield_now().await;
        match fault {
            Fault::AnswerLost => Err(TransportError::TimedOut),
            Fault::Changed(change) => Ok(change(response)),
            Fault::None | Fault::RequestLost => Ok(response),
        }
    }
}

/// What a vault makes of a signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signs {
    /// As it should, in DER.
    Rightly,
    /// Rightly, with the mirrored S that half of all hardware signatures have.
    HighS,
    /// Another message than the one it was given.
    AnotherMessage,
    /// Something that is no signature.
    Rubbish,
}

/// A vault that gives way around each use, as hardware does, and may sign in other ways.
pub(super) struct SlowVault(pub(super) SoftwareVault, pub(super) Mutex<Signs>);

#[async_trait]
impl KeyVault for SlowVault {
    async fn create_key(
        &self,
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: Vec<u8>,
    ) -> Result<CreatedKey, VaultError> {
        tokio::task::yield_now().await;
        let created = self.0.create_key(label, purpose, challenge).await;
        tokio::task::yield_now().await;
        created
    }

    async fn verify_user(&self, label: KeyLabel, prompt: String) -> Result<UserVerification, VaultError> {
        tokio::task::yield_now().await;
        let how = self.0.verify_user(label, prompt).await;
        tokio::task::yield_now().await;
        how
    }

    async fn sign(&self, label: KeyLabel, message: Vec<u8>) -> Result<KeySignature, VaultError> {
        tokio::task::yield_now().await;
        let signs = *self.1.lock().unwrap();
        let message = if signs == Signs::AnotherMessage { b"another".to_vec() } else { message };
        let used = self.0.sign(label, message).await?;
        tokio::task::yield_now().await;
        let KeySignature::Der(der) = &used else { return Ok(used) };
        let signature = p256::ecdsa::Signature::from_der(der).unwrap();
        match signs {
            Signs::HighS => {
                let (r, s) = signature.split_scalars();
                let high = if signature == signature.normalize_s() { -s } else { s };
                let high = p256::ecdsa::Signature::from_scalars(r, high).unwrap();
                Ok(KeySignature::Der(high.to_der().as_bytes().to_vec()))
            }
            Signs::Rubbish => Ok(KeySignature::Fixed(vec![0; 64])),
            Signs::Rightly | Signs::AnotherMessage => Ok(used),
        }
    }

    async fn delete_key(&self, label: KeyLabel) -> Result<(), VaultError> {
        tokio::task::yield_now().await;
        self.0.delete_key(label).await
    }

    async fn labels(&self) -> Result<Vec<KeyLabel>, VaultError> {
        self.0.labels().await
    }

    async fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        self.0.wrap(key).await
    }

    async fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        self.0.unwrap(wrapped).await
    }

    fn protection(&self) -> Protection {
        self.0.protection()
    }
}

/// A store that can be told to fail at its next commit.
#[derive(Default)]
pub(super) struct FaultyStore {
    inner: MemoryStore,
    pub(super) full: Mutex<bool>,
    commits: AtomicUsize,
    /// How often somebody went on over it.
    pub(super) acknowledged: AtomicUsize,
}

impl FaultyStore {
    /// Commits that were made and changed something.
    pub(super) fn commits(&self) -> usize {
        self.commits.load(Ordering::SeqCst)
    }
}

impl Store for FaultyStore {
    fn read(&self, id: &RecordId) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, StoreError> {
        self.inner.read(id)
    }

    fn list(&self, kind: RecordKind) -> Result<Vec<(String, zeroize::Zeroizing<Vec<u8>>)>, StoreError> {
        self.inner.list(kind)
    }

    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        if writes.is_empty() {
            return Ok(());
        }
        if *self.full.lock().unwrap() {
            return Err(StoreError::Full);
        }
        self.commits.fetch_add(1, Ordering::SeqCst);
        self.inner.commit(writes)
    }

    fn acknowledge(&self) -> Result<(), StoreError> {
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
        self.inner.acknowledge()
    }
}

pub(super) struct World {
    pub(super) clock: Arc<ManualClock>,
    pub(super) server: Arc<Server>,
    pub(super) other: Arc<Server>,
    pub(super) net: Arc<Net>,
    pub(super) vault: Arc<SlowVault>,
    pub(super) store: Arc<FaultyStore>,
    pub(super) random: Arc<SeededRandom>,
    pub(super) phone: Authenticator,
}

impl World {
    /// A phone without accounts.
    pub(super) async fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let server = Arc::new(Server::new("https://auth.mirai.example", Arc::clone(&clock), 10));
        let other = Arc::new(Server::new("https://auth.asahi.example:8443", Arc::clone(&clock), 20));
        let servers = [&server, &other].map(|server| (server.name.to_string(), Arc::clone(server)));
        let net = Arc::new(Net { servers: servers.into(), ..Net::default() });
        let random = Arc::new(SeededRandom::new(1));
        let vault = Arc::new(SlowVault(SoftwareVault::in_memory(random.clone()), Mutex::new(Signs::Rightly)));
        let store = Arc::new(FaultyStore::default());
        let phone = open(&clock, &net, &vault, &store, &random).await.unwrap();
        Self { clock, server, other, net, vault, store, random, phone }
    }

    /// A phone with one account.
    pub(super) async fn enrolled() -> (Self, AccountId) {
        let world = Self::new().await;
        let account = world.enroll(&world.server).await;
        (world, account)
    }

    pub(super) async fn enroll(&self, server: &Server) -> AccountId {
        let preview = self.phone.begin_enrollment(&server.begin()).await.unwrap();
        let digits = self.phone.confirm_account(preview.id).await.unwrap();
        assert!(server.confirm(&digits));
        let progress = self.phone.enrollment_status(preview.id, Duration::ZERO).await.unwrap();
        assert_eq!(progress, EnrollmentProgress::Active(preview.id));
        preview.id
    }

    /// The app is killed and started again.
    pub(super) async fn restart(&mut self) {
        self.phone = open(&self.clock, &self.net, &self.vault, &self.store, &self.random).await.unwrap();
    }

    /// The app is killed, updated and started again.
    pub(super) async fn update(&mut self, app_version: &str) {
        let mut parts = self.parts();
        parts.profile.app_version = app_version.into();
        self.phone = Authenticator::open(parts).await.unwrap();
    }

    /// A build that enrolls at the other server alone.
    pub(super) async fn broker_build(&self) -> Authenticator {
        let allowed = Some(vec![self.other.name.clone()]);
        Authenticator::open(Parts { allowed_servers: allowed, ..self.parts() }).await.unwrap()
    }

    /// What the app opens its authenticator with.
    pub(super) fn parts(&self) -> Parts {
        parts(&self.clock, &self.net, &self.vault, &self.store, &self.random)
    }

    pub(super) async fn labels(&self) -> usize {
        self.vault.labels().await.unwrap().len()
    }
}

async fn open(
    clock: &Arc<ManualClock>,
    net: &Arc<Net>,
    vault: &Arc<SlowVault>,
    store: &Arc<FaultyStore>,
    random: &Arc<SeededRandom>,
) -> Result<Authenticator, Error> {
    Authenticator::open(parts(clock, net, vault, store, random)).await
}

fn parts(
    clock: &Arc<ManualClock>,
    net: &Arc<Net>,
    vault: &Arc<SlowVault>,
    store: &Arc<FaultyStore>,
    random: &Arc<SeededRandom>,
) -> Parts {
    Parts {
        vault: vault.clone(),
        transport: net.clone(),
        clock: clock.clone(),
        random: random.clone(),
        store: store.clone(),
        profile: DeviceProfile {
            name: "私の端末".into(),
            model: "Model 1".into(),
            os: "Test 1".into(),
            app_version: "0.1.0".into(),
            locale: Locale::Ja,
        },
        allowed_servers: None,
    }
}

/// Polls a future at most so many times and drops it then. `None`: dropped.
pub(super) async fn only<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    for _ in 0..polls {
        let polled = std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
        if let Poll::Ready(value) = polled {
            return Some(value);
        }
        tokio::task::yield_now().await;
    }
    None
}
