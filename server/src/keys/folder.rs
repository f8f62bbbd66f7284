//! Keys and sets as files: `identity.key` and `signing-N.key` (PKCS#8, DER, mode 0600), `key-set-N.jws` (served as
//! stored). Nothing here is ever written twice.

use std::path::{Path, PathBuf};

use inkan_protocol::jws::Unverified;
use inkan_protocol::keys::KeySet;

use super::signer::Signer;
use super::{KeysError, StoredSet};
use crate::private_file::{self, FileError};

/// Where the keys of one mode lie. Live and test mode share none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFolder(PathBuf);

impl KeyFolder {
    /// The keys of live mode in a data folder.
    pub fn live(data_dir: &Path) -> Self {
        Self(data_dir.join("keys").join("live"))
    }

    /// The keys of test mode in a data folder.
    pub fn test(data_dir: &Path) -> Self {
        Self(data_dir.join("keys").join("test"))
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn create(&self) -> Result<(), KeysError> {
        Ok(private_file::create_folder(&self.0)?)
    }

    /// Refuses a folder that was used before, even if some of its files are gone: a second first set would have a version
    /// that phones know otherwise.
    pub(super) fn require_unused(&self) -> Result<(), KeysError> {
        for (before, after) in [("key-set-", ".jws"), ("signing-", ".key")] {
            if let Some(number) = private_file::numbers(&self.0, before, after)?.first() {
                return Err(FileError::Exists(self.0.join(format!("{before}{number}{after}"))).into());
            }
        }
        Ok(())
    }

    pub(super) fn identity_path(&self) -> PathBuf {
        self.0.join("identity.key")
    }

    pub(super) fn write_identity(&self, document: &[u8]) -> Result<(), KeysError> {
        Ok(private_file::create(&self.identity_path(), document)?)
    }

    /// The identity key, or `None` where it is kept elsewhere.
    pub(super) fn read_identity(&self) -> Result<Option<Signer>, KeysError> {
        match private_file::read(&self.identity_path()) {
            Ok(document) => Ok(Some(signer(&self.identity_path(), &document)?)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a signing key under the next free number.
    pub(super) fn write_signer(&self, document: &[u8]) -> Result<(), KeysError> {
        let number = private_file::numbers(&self.0, "signing-", ".key")?.last().map_or(1, |last| last + 1);
        Ok(private_file::create(&self.0.join(format!("signing-{number}.key")), document)?)
    }

    pub(super) fn read_signers(&self) -> Result<Vec<Signer>, KeysError> {
        private_file::numbers(&self.0, "signing-", ".key")?
            .into_iter()
            .map(|number| {
                let path = self.0.join(format!("signing-{number}.key"));
                signer(&path, &private_file::read(&path)?)
            })
            .collect()
    }

    /// Writes a set. Two that are made at once get the same version: the second is refused.
    pub(super) fn write_set(&self, set: &StoredSet) -> Result<(), KeysError> {
        let path = self.0.join(format!("key-set-{}.jws", set.set.version));
        match private_file::create(&path, set.compact.as_bytes()) {
            Err(FileError::Exists(_)) => Err(KeysError::AtOnce),
            other => Ok(other?),
        }
    }

    /// All sets, oldest first, each verified under the key that it introduces.
    pub(super) fn read_sets(&self) -> Result<Vec<StoredSet>, KeysError> {
        private_file::numbers(&self.0, "key-set-", ".jws")?
            .into_iter()
            .map(|version| {
                let path = self.0.join(format!("key-set-{version}.jws"));
                let unusable = |why: String| KeysError::File { path: path.clone(), why };
                let bytes = private_file::read(&path)?;
                let compact = std::str::from_utf8(&bytes).map_err(|error| unusable(error.to_string()))?;
                let verified = Unverified::<KeySet>::parse(compact)
                    .and_then(Unverified::verify_introduced)
                    .map_err(|error| unusable(error.to_string()))?;
                if verified.payload().version != version {
                    return Err(unusable("it holds another version than its name says".to_owned()));
                }
                Ok(StoredSet {
                    signer: verified.signer(),
                    compact: compact.to_owned(),
                    set: verified.into_payload(),
                })
            })
            .collect()
    }
}

fn signer(path: &Path, document: &[u8]) -> Result<Signer, KeysError> {
    Signer::from_pkcs8(document).map_err(|_| KeysError::File {
        path: path.to_owned(),
        why: "not a P-256 private key (PKCS#8 in DER)".to_owned(),
    })
}
