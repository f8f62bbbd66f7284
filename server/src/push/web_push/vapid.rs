//! Who sends (RFC 8292): a P-256 key of the server's, and a token for each push service signed by it.

use std::path::{Path, PathBuf};

use inkan_protocol::encoding::encode;
use inkan_protocol::ids::NumericDate;
use serde_json::json;
use url::Url;

use crate::private_file::{self, FileError};
use crate::push::signing::{Es256, SigningError};

/// A token is made for each push and names one service. The standard allows 24 hours; this is for clocks that differ.
const LIFE: u64 = 3600;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum VapidKeyError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Something else is in it.
    #[error(
        "{} is not a P-256 private key (PKCS#8 in DER); put back the one from your backup, or move it away and run `inkan keys make`: phones that registered with the old key register again",
        .0.display()
    )]
    NotAKey(PathBuf),
    /// No randomness.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl VapidKeyError {
    /// Whether there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::File(error) if error.is_missing())
    }
}

/// The key. It has no Debug and no way out.
pub struct VapidKey(Es256);

impl VapidKey {
    /// Where it lies in the folder of the keys.
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("web-push.key")
    }

    /// Makes it, mode 0600; refused where there is one.
    pub fn create(folder: &Path) -> Result<(), VapidKeyError> {
        private_file::create_folder(folder)?;
        Ok(private_file::create(&Self::path(folder), &Es256::make()?)?)
    }

    /// Reads it.
    pub fn open(folder: &Path) -> Result<Self, VapidKeyError> {
        let path = Self::path(folder);
        let document = private_file::read(&path)?;
        Es256::from_pkcs8(&document).map(Self).ok_or(VapidKeyError::NotAKey(path))
    }

    /// The public key as apps hand it to their push service: an uncompressed point, base64url (RFC 8292 §3.2).
    pub fn public(&self) -> String {
        encode(self.0.public())
    }

    /// The `Authorization` of a request to this endpoint.
    pub(super) fn authorization(
        &self,
        endpoint: &Url,
        contact: &str,
        now: NumericDate,
    ) -> Result<String, SigningError> {
        // Not kept for the next push: origins come from phones, and what is kept would have to be bounded. A signature
        // takes some ten microseconds.
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.saturating_add(LIFE),
            "sub": contact,
        });
        let token = self.0.token(&json!({ "typ": "JWT", "alg": "ES256" }), &claims)?;
        Ok(format!("vapid t={token}, k={}", self.public()))
    }
}
