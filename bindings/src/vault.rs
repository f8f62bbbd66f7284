//! `core/src/vault` across the border: the weak vault, for tests and simulators.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use inkan_core::{
    ports::{CreatedKey, KeyLabel, KeyPurpose, KeySignature, KeyVault as _, Protection, UserVerification},
    system::SystemRandom,
    vault::SoftwareVault,
};

use crate::ports::{KeyVault, VaultError};

/// Keys in this process, in `folder` or, without one, in memory. Weak: they can be copied, and nobody is asked. Verdicts
/// say so. For tests and simulators.
///
/// # Errors
/// Unexpected, if the folder cannot be used.
#[uniffi::export]
pub fn software_vault(folder: Option<String>) -> Result<Arc<dyn KeyVault>, VaultError> {
    let random = Arc::new(SystemRandom);
    let vault = match folder {
        Some(folder) => SoftwareVault::in_folder(&PathBuf::from(folder), random)?,
        None => SoftwareVault::in_memory(random),
    };
    Ok(Arc::new(Weak(vault)))
}

struct Weak(SoftwareVault);

#[async_trait]
impl KeyVault for Weak {
    async fn create_key(
        &self,
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: Vec<u8>,
    ) -> Result<CreatedKey, VaultError> {
        Ok(self.0.create_key(label, purpose, challenge).await?)
    }

    async fn verify_user(&self, label: KeyLabel, prompt: String) -> Result<UserVerification, VaultError> {
        Ok(self.0.verify_user(label, prompt).await?)
    }

    async fn sign(&self, label: KeyLabel, message: Vec<u8>) -> Result<KeySignature, VaultError> {
        Ok(self.0.sign(label, message).await?)
    }

    async fn delete_key(&self, label: KeyLabel) -> Result<KeyLabel, VaultError> {
        self.0.delete_key(label.clone()).await?;
        Ok(label)
    }

    async fn labels(&self) -> Result<Vec<KeyLabel>, VaultError> {
        Ok(self.0.labels().await?)
    }

    async fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        Ok(self.0.wrap(key).await?)
    }

    async fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        Ok(self.0.unwrap(wrapped).await?)
    }

    async fn protection(&self) -> Result<Protection, VaultError> {
        Ok(self.0.protection())
    }
}
