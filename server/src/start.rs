//! From a configuration to an app: opens what lies in the data folder, or makes it once.

use std::fs::OpenOptions;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::app::{App, Parts, Shared};
use crate::clock::Clock;
use crate::config::Config;
use crate::hub::Hub;
use crate::keys::{KeyFolder, KeysError, ServerKeys};
use crate::outbound::{Outbound, OutboundError, SystemNames};
use crate::private_file::{self, FileError};
use crate::push::web_push::VapidKeyError;
use crate::push::{Pushes, Unusable, configured};
use crate::random::Random;
use crate::seal::{SealError, Sealer};
use crate::storage::sqlite::Sqlite;
use crate::storage::{Storage, StorageError};

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The sealing keys.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The data folder.
    #[error(transparent)]
    File(#[from] FileError),
    /// The operator's own roots.
    #[error("{path} cannot be used for root certificates: {why}; it holds certificates in PEM")]
    Roots {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The key of Web Push.
    #[error(transparent)]
    WebPush(#[from] VapidKeyError),
    /// No client can be made.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The data folder is open to others.
    #[error("{path} is open to others (mode {mode:04o}); run: chmod 700 {path}")]
    Open {
        /// The folder.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
}

/// Makes the data folder, the sealing key, and identity and signing keys of both modes: whatever of it is missing. Where
/// nothing is, the error says so, and nothing was touched.
pub fn make(config: &Config, clock: &dyn Clock, random: &dyn Random) -> Result<(), StartError> {
    private_file::create_folder(&config.data_dir)?;
    check_folder(config)?;
    let mut made = false;
    let mut there = None;
    for folder in [KeyFolder::live(&config.data_dir), KeyFolder::test(&config.data_dir)] {
        match ServerKeys::create(folder, &config.server_name, clock.now()) {
            Ok(_) => made = true,
            Err(KeysError::Access(exists @ FileError::Exists(_))) => there = Some(exists),
            Err(error) => return Err(error.into()),
        }
    }
    if private_file::numbers(&config.sealing_folder(), "sealing-", ".key")?.is_empty() {
        Sealer::make_key(&config.sealing_folder(), random)?;
        made = true;
    }
    made |= configured::make_missing_key(config)?;
    there.filter(|_| !made).map_or(Ok(()), |exists| Err(exists.into()))
}

/// Opens everything and wires it.
pub fn start(config: &Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Shared, StartError> {
    check_folder(config)?;
    let live_keys = ServerKeys::open(KeyFolder::live(&config.data_dir), &config.server_name)?;
    let test_keys = ServerKeys::open(KeyFolder::test(&config.data_dir), &config.server_name)?;
    let sealer = Sealer::open_folder(&config.sealing_folder(), Arc::clone(&random))?;
    let engine = Arc::new(open_engine(config)?);
    let outbound = make_outbound(config)?;
    let settings = config.settings();
    let pushes = open_pushes(config, &outbound, &clock, &random);
    Ok(App::new(Parts { settings, engine, clock, random, sealer, live_keys, test_keys, outbound, pushes }))
}

/// Who rings phones. Nothing of it keeps the server from starting.
fn open_pushes(
    config: &Config,
    outbound: &Outbound,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
) -> Pushes {
    if config.push.web.is_some()
        && let Err(error) = configured::make_missing_key(config)
    {
        tracing::error!(%error, "the key of Web Push cannot be made");
    }
    let pushes = configured::open(config, outbound, clock, random);
    for Unusable { provider, why } in &pushes.unusable {
        tracing::error!(?provider, why, "a push provider cannot be used; its phones are not rung, they ask");
    }
    pushes
}

/// How others are called, with the operator's own roots.
pub fn make_outbound(config: &Config) -> Result<Outbound, StartError> {
    let roots = config.outbound.roots.as_deref().map(read_roots).transpose()?.unwrap_or_default();
    Ok(Outbound::new(&roots, config.outbound.allowed_networks.clone(), Arc::new(SystemNames))?)
}

/// Root certificates from a PEM file; at least one.
pub fn read_roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, StartError> {
    let unreadable = |why: &dyn std::fmt::Display| StartError::Roots {
        path: path.display().to_string(),
        why: why.to_string(),
    };
    let mut roots = Vec::new();
    for root in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))? {
        roots.push(root.map_err(|error| unreadable(&error))?);
    }
    if roots.is_empty() {
        return Err(unreadable(&"it holds no certificate"));
    }
    Ok(roots)
}

/// The store alone, for a command beside a running server.
pub fn open_store(config: &Config) -> Result<Storage, StartError> {
    check_folder(config)?;
    Ok(Storage::new(Arc::new(open_engine(config)?), Arc::new(Hub::default())))
}

fn open_engine(config: &Config) -> Result<Sqlite, StartError> {
    let file = config.store_file();
    // SQLite would make it as the umask says; its other files take the mode of this one
    OpenOptions::new().append(true).create(true).mode(0o600).open(&file).map_err(|source| FileError::Io {
        action: "open",
        path: file.clone(),
        source,
    })?;
    Ok(Sqlite::open(&file)?)
}

fn check_folder(config: &Config) -> Result<(), StartError> {
    let path = &config.data_dir;
    let about = std::fs::metadata(path).map_err(|source| FileError::Io {
        action: "open the data folder",
        path: path.clone(),
        source,
    })?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 { Err(StartError::Open { path: path.display().to_string(), mode }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::random::SystemRandom;

    #[tokio::test]
    async fn what_was_made_once_opens_and_belongs_to_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let server = "https://localhost:8443".parse().unwrap();
        let config = Config::dev(&server, folder.path().join("data")).unwrap();
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        let open = || start(&config, clock.clone(), Arc::new(SystemRandom));
        assert!(open().is_err());
        make(&config, clock.as_ref(), &SystemRandom).unwrap();
        let app = open().unwrap();
        assert_ne!(app.live_keys.identity(), app.test_keys.identity());
        app.storage.close().await;
        for file in [
            "inkan.sqlite",
            "keys/sealing-1.key",
            "keys/web-push.key",
            "keys/live/identity.key",
            "keys/test/signing-1.key",
        ] {
            let mode = std::fs::metadata(config.data_dir.join(file)).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{file}");
        }
        let again = make(&config, clock.as_ref(), &SystemRandom).unwrap_err();
        // an attempt that was cut short is finished by the next
        std::fs::remove_dir_all(config.data_dir.join("keys/test")).unwrap();
        make(&config, clock.as_ref(), &SystemRandom).unwrap();
        assert!(again.to_string().contains("already exists"), "{again}");
        assert_eq!(open().unwrap().live_keys.newest_set(), app.live_keys.newest_set());
        std::fs::set_permissions(&config.data_dir, std::fs::Permissions::from_mode(0o750)).unwrap();
        assert!(open().err().unwrap().to_string().contains("chmod 700"));
    }
}
