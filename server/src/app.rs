//! The only wiring: everything that handlers share, put together once.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::clock::Clock;
use crate::counters::Counters;
use crate::hub::Hub;
use crate::keycloak::RealmKeys;
use crate::keys::ServerKeys;
use crate::outbound::Outbound;
use crate::push::Pushes;
use crate::random::Random;
use crate::seal::Sealer;
use crate::settings::Settings;
use crate::storage::{Engine, Storage};
use crate::tls::Validity;
use crate::watchers::Watchers;

/// What handlers share.
pub struct App {
    /// Plain values of the configuration.
    pub settings: Settings,
    /// The store.
    pub storage: Storage,
    /// Who waits for what.
    pub hub: Arc<Hub>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Seals what must be kept secret in the store.
    pub sealer: Sealer,
    /// Identity and signing keys of live mode.
    pub live_keys: ServerKeys,
    /// Identity and signing keys of test mode.
    pub test_keys: ServerKeys,
    /// How others are called.
    pub outbound: Outbound,
    /// Who rings phones.
    pub pushes: Pushes,
    /// What is counted outside of requests.
    pub counters: Counters,
    /// Keys of the realms that may ask.
    pub realm_keys: RealmKeys,
    /// Who has streams open.
    pub watchers: Arc<Watchers>,
    /// How long the listener's certificate can be used, once there is a listener.
    certificate: Mutex<Option<Validity>>,
    draining: watch::Sender<bool>,
}

/// The parts an [`App`] is put together from.
pub struct Parts {
    /// Plain values of the configuration.
    pub settings: Settings,
    /// The store's engine.
    pub engine: Arc<dyn Engine>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Seals what must be kept secret in the store.
    pub sealer: Sealer,
    /// Identity and signing keys of live mode.
    pub live_keys: ServerKeys,
    /// Identity and signing keys of test mode.
    pub test_keys: ServerKeys,
    /// How others are called.
    pub outbound: Outbound,
    /// Who rings phones.
    pub pushes: Pushes,
}

/// The app as handlers hold it.
pub type Shared = Arc<App>;

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Shared {
        let hub = Arc::new(Hub::default());
        Arc::new(Self {
            storage: Storage::new(parts.engine, Arc::clone(&hub)),
            hub,
            realm_keys: RealmKeys::new(&parts.settings.keycloak.issuers),
            settings: parts.settings,
            clock: parts.clock,
            random: parts.random,
            sealer: parts.sealer,
            live_keys: parts.live_keys,
            test_keys: parts.test_keys,
            outbound: parts.outbound,
            pushes: parts.pushes,
            counters: Counters::default(),
            watchers: Arc::default(),
            certificate: Mutex::default(),
            draining: watch::Sender::new(false),
        })
    }

    /// The keys of a mode.
    pub fn keys(&self, live: bool) -> &ServerKeys {
        if live { &self.live_keys } else { &self.test_keys }
    }

    /// How long the listener's certificate can be used; `None` before there is one, or where it does not say.
    pub fn certificate(&self) -> Option<Validity> {
        *self.certificate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another certificate is in use.
    pub fn note_certificate(&self, validity: Option<Validity>) {
        *self.certificate.lock().unwrap_or_else(PoisonError::into_inner) = validity;
    }

    /// Ends long polls and event streams, so that the listener can close.
    pub fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Whether [`App::drain`] was called.
    pub fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// Returns when [`App::drain`] was called.
    pub async fn drained(&self) {
        let mut draining = self.draining.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        drop(draining.wait_for(|draining| *draining).await);
    }
}
