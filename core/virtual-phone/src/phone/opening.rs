//! Where the real parts of a virtual phone come from: a folder, and the authorities that it trusts.

use std::{path::PathBuf, sync::Arc};

use inkan_core::{
    error::Error,
    ports::{Clock, Random},
    store::SledStore,
    system::{SystemClock, SystemRandom},
    transport::Https,
    vault::SoftwareVault,
};
use inkan_protocol::details::Locale;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use super::{Phone, PhoneParts};
use crate::{failure::Fault, home::Home};

/// How a virtual phone is set up.
#[derive(Clone, Debug)]
pub struct PhoneConfig {
    /// Its folder.
    pub home: PathBuf,
    /// Authorities that it trusts beside the public ones: files in PEM.
    pub trust: Vec<PathBuf>,
    /// Its language; `None`: as it was set last, or Japanese.
    pub locale: Option<Locale>,
    /// Its name.
    pub name: String,
}

impl PhoneConfig {
    /// Opens the phone. [`Fault::Core`] with a locked store: another process has it.
    pub async fn open(&self) -> Result<Arc<Phone>, Fault> {
        let home = Home::open(&self.home)?;
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) =
            (Arc::new(SystemClock), Arc::new(SystemRandom));
        let roots = self.roots()?;
        let transport = Https::new(clock.clone(), random.clone(), &roots).map_err(Error::from)?;
        let vault = Arc::new(SoftwareVault::in_folder(&home.vault(), random.clone()).map_err(Error::from)?);
        let opened = SledStore::open(&home.store(), vault.clone(), clock.clone(), random.clone()).await;
        let opened = opened.map_err(Error::from)?;
        Phone::open(PhoneParts {
            vault,
            transport: Arc::new(transport),
            clock,
            random,
            store: Arc::new(opened.store),
            report: opened.report,
            home: Some(home),
            name: self.name.clone(),
            locale: self.locale,
        })
        .await
    }

    fn roots(&self) -> Result<Vec<Vec<u8>>, Fault> {
        let mut roots = Vec::new();
        for file in &self.trust {
            let wrong =
                |why: &dyn std::fmt::Display| Fault::Call(format!("--trust {}: {why}", file.display()));
            let pem = std::fs::read(file).map_err(|error| wrong(&error))?;
            let before = roots.len();
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                roots.push(certificate.map_err(|error| wrong(&error))?.to_vec());
            }
            if roots.len() == before {
                return Err(wrong(&"no certificate in PEM"));
            }
        }
        Ok(roots)
    }
}
