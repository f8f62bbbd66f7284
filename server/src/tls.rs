//! The listener's certificate: TLS 1.2 and 1.3 by rustls with ring, HTTP/2 and HTTP/1.1, read again when the files change.

mod validity;

use std::path::PathBuf;
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use inkan_protocol::ids::Digest;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub use self::validity::{Standing, Validity};
use crate::config::Tls;
use crate::private_file::{self, FileError};

/// Why a certificate cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or others can read the key.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file holds no PEM of its kind.
    #[error("{path} holds no {what} in PEM")]
    Pem {
        /// The file.
        path: PathBuf,
        /// What should be in it.
        what: &'static str,
    },
    /// Certificate and key do not go together, or rustls refuses them.
    #[error("tls.certificate and tls.key cannot be used together: {0}")]
    Refused(#[from] rustls::Error),
}

/// The certificate in use.
pub struct Certificate {
    files: Tls,
    seen: Digest,
    validity: Option<Validity>,
    config: RustlsConfig,
}

/// What the files held.
struct Read {
    config: Arc<ServerConfig>,
    /// A hash of what it was made of.
    seen: Digest,
    validity: Option<Validity>,
}

impl Certificate {
    /// Reads the files.
    pub fn open(files: &Tls) -> Result<Self, TlsError> {
        let Read { config, seen, validity } = read(files)?;
        Ok(Self { files: files.clone(), seen, validity, config: RustlsConfig::from_config(config) })
    }

    /// How long it can be used; `None` where it does not say so in a way that can be read.
    pub fn validity(&self) -> Option<Validity> {
        self.validity
    }

    /// What the listener goes by; it follows [`Certificate::reload`].
    pub fn config(&self) -> RustlsConfig {
        self.config.clone()
    }

    /// Reads the files again; `true` if they have changed. New connections get the new certificate; on an error the old
    /// one stays.
    pub fn reload(&mut self) -> Result<bool, TlsError> {
        let Read { config, seen, validity } = read(&self.files)?;
        if seen == self.seen {
            return Ok(false);
        }
        self.config.reload_from_config(config);
        (self.seen, self.validity) = (seen, validity);
        Ok(true)
    }
}

fn read(files: &Tls) -> Result<Read, TlsError> {
    let certificate = std::fs::read(&files.certificate).map_err(|source| FileError::Io {
        action: "read",
        path: files.certificate.clone(),
        source,
    })?;
    let key = private_file::read(&files.key)?;
    let seen = Digest::of(&[Digest::of(&certificate).0, Digest::of(&key).0].concat());
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&certificate)
        .collect::<Result<_, _>>()
        .ok()
        .filter(|chain: &Vec<_>| !chain.is_empty())
        .ok_or_else(|| TlsError::Pem { path: files.certificate.clone(), what: "certificate" })?;
    let validity = Validity::of(&chain);
    let key = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|_| TlsError::Pem { path: files.key.clone(), what: "private key" })?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Read { config: Arc::new(config), seen, validity })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    use super::*;

    fn write(folder: &std::path::Path, name: &str) -> (String, String) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let pair = (cert.pem(), signing_key.serialize_pem());
        for (file, text) in [("a.pem", &pair.0), ("a.key", &pair.1)] {
            let path = folder.join(file);
            let _ = std::fs::remove_file(&path);
            private_file::create(&path, text.as_bytes()).unwrap();
        }
        pair
    }

    #[test]
    fn a_changed_certificate_is_taken_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = Tls {
            certificate: folder.path().join("a.pem"),
            key: folder.path().join("a.key"),
            pins: Vec::new(),
        };
        assert!(matches!(Certificate::open(&files), Err(TlsError::File(_))));
        write(folder.path(), "a.example.jp");
        let mut certificate = Certificate::open(&files).unwrap();
        let first = certificate.config().get_inner();
        assert!(!certificate.reload().unwrap());
        let (_, old_key) = write(folder.path(), "b.example.jp");
        assert!(certificate.reload().unwrap());
        let second = certificate.config().get_inner();
        assert!(!Arc::ptr_eq(&first, &second));
        // another certificate beside the old key, as in the middle of a careless renewal
        write(folder.path(), "c.example.jp");
        std::fs::write(&files.key, old_key).unwrap();
        assert!(matches!(certificate.reload(), Err(TlsError::Refused(_))));
        std::fs::write(&files.key, "nothing").unwrap();
        assert!(matches!(certificate.reload(), Err(TlsError::Pem { .. })));
        assert!(Arc::ptr_eq(&second, &certificate.config().get_inner()));
    }
}
