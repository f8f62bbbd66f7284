//! `core/src/authenticator.rs` across the border: one file per ceremony, a line or two per call.

mod answer;
mod enroll;
mod history;
mod inbox;
mod push;
mod renew;

use std::sync::Arc;

use inkan_core::{
    authenticator::{self as core, DeviceProfile},
    error::{Error, InputError},
    ports,
    protocol::details::Locale,
    system::SystemRandom,
    transport::Https,
};

use crate::{
    call::{Cancellation, run},
    error::{CallError, InkanError},
    ports::{ShellTransport, Transport},
    store::{InkanStore, taken},
    written::Written,
};

#[uniffi::remote(Enum)]
pub enum Locale {
    Ja,
    En,
}

#[uniffi::remote(Record)]
pub struct DeviceProfile {
    pub name: String,
    pub model: String,
    pub os: String,
    pub app_version: String,
    pub locale: Locale,
}

/// What an app may choose beside the profile.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Options {
    /// The servers at which this build enrolls, as `https://host[:port]`; none: any.
    pub allowed_servers: Option<Vec<String>>,
    /// Certificates (DER) of authorities that are trusted beside the public ones.
    pub extra_roots: Vec<Vec<u8>>,
}

/// The authenticator. An app has one.
#[derive(uniffi::Object)]
pub struct Authenticator {
    core: core::Authenticator,
}

#[uniffi::export]
impl Authenticator {
    /// Opens the authenticator over a store. If the store holds nothing, keys of an earlier installation are deleted: an
    /// app whose store was emptied by damage tells the person before it comes here.
    ///
    /// # Errors
    /// invalid_input (server_name, name), internal (store_in_use: an authenticator is open over it), and what the vault
    /// says. After an error the store can be tried again.
    #[uniffi::constructor]
    pub async fn open(
        store: Arc<InkanStore>,
        profile: DeviceProfile,
        options: Options,
        transport: Option<Arc<dyn Transport>>,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<Arc<Self>, CallError> {
        run("open", cancellation, async move {
            let random = Arc::new(SystemRandom);
            let servers = options.allowed_servers.unwrap_or_default();
            let parsed: Result<Vec<_>, _> = servers.iter().map(|server| server.parse()).collect();
            let transport: Arc<dyn ports::Transport> = match transport {
                Some(shell) => Arc::new(ShellTransport(shell)),
                None => Arc::new(
                    Https::new(store.clock.clone(), random.clone(), &options.extra_roots)
                        .map_err(Error::from)?,
                ),
            };
            let mut held = store.open_over().await;
            let opened = core::Authenticator::open(core::Parts {
                vault: store.vault.clone(),
                transport,
                clock: store.clock.clone(),
                random,
                store: Arc::new(Written(held.clone().ok_or_else(taken)?)),
                profile,
                allowed_servers: if servers.is_empty() {
                    None
                } else {
                    Some(parsed.map_err(|_| Error::from(InputError::ServerName))?)
                },
            })
            .await?;
            *held = None;
            Ok::<_, InkanError>(Arc::new(Self { core: opened }))
        })
        .await
    }

    /// From now on requests are shown, and answered, in this language. One that is on a screen keeps its own.
    ///
    /// # Errors
    /// None.
    pub fn set_locale(&self, locale: Locale) -> Result<(), InkanError> {
        self.core.set_locale(locale);
        Ok(())
    }
}
