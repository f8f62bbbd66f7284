//! A vault without hardware. WEAK: the keys are in this process and in a file beside the key that seals them; whoever
//! reads both has the keys, and "user verification" is a switch. It is for tests, simulators and the virtual phone,
//! it says [`Protection::Software`] of itself, and a server's attestation policy can refuse it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::ports::{
    CreatedKey, KeyLabel, KeyPurpose, KeySignature, KeyVault, Protection, Random, UserVerification,
    VaultError, make_bytes,
};
use crate::private_folder::{make_private_folder, write_durably};

const SEAL_FILE: &str = "software-vault.seal";
const KEYS_FILE: &str = "software-vault.keys";
const KEYS_AAD: &[u8] = b"inkan-software-vault-keys-v1";
const WRAP_AAD: &[u8] = b"inkan-software-vault-wrap-v1";

/// What the simulated person and sensor do at the next use of an approval key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationOutcome {
    /// Recognised by a biometric.
    Biometric,
    /// Recognised by the device's passcode.
    DeviceCredential,
    /// Not recognised.
    Fail,
    /// The dialog was closed.
    Cancel,
    /// A fingerprint was added meanwhile: this approval key is gone for good.
    KeyInvalidated,
    /// The sensor is locked out.
    Locked,
}

/// P-256 keys in software. Weak; see the module.
pub struct SoftwareVault {
    random: Arc<dyn Random>,
    seal: SealKey,
    folder: Option<PathBuf>,
    inner: Mutex<Inner>,
}

struct Inner {
    keys: BTreeMap<String, StoredKey>,
    standing: VerificationOutcome,
    next: VecDeque<VerificationOutcome>,
    /// Approval keys that may sign once: their user was verified.
    verified: BTreeSet<String>,
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct SealKey([u8; 32]);

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct StoredKey {
    #[zeroize(skip)]
    purpose: KeyPurpose,
    secret: [u8; 32],
    invalidated: bool,
}

impl Inner {
    /// What a key is for, if it is there and was not invalidated.
    fn usable(&self, label: &KeyLabel) -> Result<KeyPurpose, VaultError> {
        let key = self.keys.get(label.as_str()).ok_or(VaultError::KeyMissing)?;
        if key.invalidated { Err(VaultError::KeyInvalidated) } else { Ok(key.purpose) }
    }
}

impl SoftwareVault {
    /// A vault that forgets everything when it is dropped.
    ///
    /// The sealing key is fixed: nothing of it leaves the process.
    pub fn in_memory(random: Arc<dyn Random>) -> Self {
        Self::with(random, SealKey([0x5A; 32]), None, BTreeMap::new())
    }

    /// A vault in `folder` (made with mode 0700 if it is missing), which must belong to this process alone.
    ///
    /// # Errors
    /// [`VaultError::Unexpected`] if the files cannot be read or made, or if the key file does not open.
    pub fn in_folder(folder: &Path, random: Arc<dyn Random>) -> Result<Self, VaultError> {
        make_private_folder(folder).map_err(failed)?;
        let seal_path = folder.join(SEAL_FILE);
        let seal = match fs::read(&seal_path) {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes);
                SealKey(
                    bytes
                        .as_slice()
                        .try_into()
                        .map_err(|_| VaultError::Unexpected("the seal file is damaged".into()))?,
                )
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let seal = SealKey(make_bytes(random.as_ref()).map_err(failed)?);
                write_durably(folder, SEAL_FILE, &seal.0).map_err(failed)?;
                seal
            }
            Err(error) => return Err(failed(error)),
        };
        let keys = match fs::read(folder.join(KEYS_FILE)) {
            Ok(sealed) => {
                let plain = Zeroizing::new(open(&seal, KEYS_AAD, sealed)?);
                serde_json::from_slice(&plain).map_err(failed)?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(failed(error)),
        };
        Ok(Self::with(random, seal, Some(folder.to_owned()), keys))
    }

    fn with(
        random: Arc<dyn Random>,
        seal: SealKey,
        folder: Option<PathBuf>,
        keys: BTreeMap<String, StoredKey>,
    ) -> Self {
        let inner = Inner {
            keys,
            standing: VerificationOutcome::Biometric,
            next: VecDeque::new(),
            verified: BTreeSet::new(),
        };
        Self { random, seal, folder, inner: Mutex::new(inner) }
    }

    /// From now on, until changed, user verification ends like this.
    pub fn set_user_verification(&self, outcome: VerificationOutcome) {
        self.lock().standing = outcome;
    }

    /// The next user verification that is not yet spoken for ends like this, once.
    pub fn next_user_verification(&self, outcome: VerificationOutcome) {
        self.lock().next.push_back(outcome);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // each change is one insert or remove, so a panic elsewhere leaves no half-made state behind
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, inner: &Inner) -> Result<(), VaultError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let plain = Zeroizing::new(serde_json::to_vec(&inner.keys).map_err(failed)?);
        let sealed = seal(&self.seal, KEYS_AAD, &plain, self.random.as_ref())?;
        write_durably(folder, KEYS_FILE, &sealed).map_err(failed)
    }

    fn outcome(&self, inner: &mut Inner, label: &KeyLabel) -> Result<UserVerification, VaultError> {
        match inner.next.pop_front().unwrap_or(inner.standing) {
            VerificationOutcome::Biometric => Ok(UserVerification::Biometric),
            VerificationOutcome::DeviceCredential => Ok(UserVerification::DeviceCredential),
            VerificationOutcome::Fail => Err(VaultError::UserVerificationFailed),
            VerificationOutcome::Cancel => Err(VaultError::UserCancelled),
            VerificationOutcome::Locked => Err(VaultError::Locked),
            VerificationOutcome::KeyInvalidated => {
                if let Some(key) = inner.keys.get_mut(label.as_str()) {
                    key.invalidated = true;
                    key.secret.zeroize();
                }
                self.save(inner)?;
                Err(VaultError::KeyInvalidated)
            }
        }
    }
}

#[async_trait]
impl KeyVault for SoftwareVault {
    async fn create_key(
        &self,
        label: KeyLabel,
        purpose: KeyPurpose,
        _challenge: Vec<u8>,
    ) -> Result<CreatedKey, VaultError> {
        // a random scalar is out of range about once in 2^32: then the next one is taken
        let (secret, key) = loop {
            let secret = Zeroizing::new(make_bytes::<32>(self.random.as_ref()).map_err(failed)?);
            if let Ok(key) = SigningKey::from_slice(secret.as_slice()) {
                break (secret, key);
            }
        };
        let public_key = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        let mut inner = self.lock();
        inner
            .keys
            .insert(label.as_str().to_owned(), StoredKey { purpose, secret: *secret, invalidated: false });
        self.save(&inner)?;
        Ok(CreatedKey { public_key, attestation: None })
    }

    async fn verify_user(&self, label: KeyLabel, _prompt: String) -> Result<UserVerification, VaultError> {
        let mut inner = self.lock();
        inner.verified.remove(label.as_str());
        if inner.usable(&label)? == KeyPurpose::Possession {
            return Err(VaultError::Unsupported);
        }
        let how = self.outcome(&mut inner, &label)?;
        inner.verified.insert(label.as_str().to_owned());
        Ok(how)
    }

    async fn sign(&self, label: KeyLabel, message: Vec<u8>) -> Result<KeySignature, VaultError> {
        let mut inner = self.lock();
        let purpose = inner.usable(&label)?;
        if purpose == KeyPurpose::Approval && !inner.verified.remove(label.as_str()) {
            return Err(VaultError::UserVerificationFailed);
        }
        let key = inner.keys.get(label.as_str()).ok_or(VaultError::KeyMissing)?;
        let key = SigningKey::from_slice(&key.secret).map_err(|_| VaultError::KeyInvalidated)?;
        // deterministic (RFC 6979): the same message gives the same signature
        let signature: Signature = key.sign(&message);
        Ok(KeySignature::Der(signature.to_der().as_bytes().to_vec()))
    }

    async fn delete_key(&self, label: KeyLabel) -> Result<(), VaultError> {
        let mut inner = self.lock();
        if inner.keys.remove(label.as_str()).is_some() {
            self.save(&inner)?;
        }
        Ok(())
    }

    async fn labels(&self) -> Result<Vec<KeyLabel>, VaultError> {
        Ok(self.lock().keys.keys().map(KeyLabel::new).collect())
    }

    async fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        let key = Zeroizing::new(key);
        seal(&self.seal, WRAP_AAD, &key, self.random.as_ref())
    }

    async fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        open(&self.seal, WRAP_AAD, wrapped).map_err(|_| VaultError::KeyMissing)
    }

    fn protection(&self) -> Protection {
        Protection::Software
    }
}

fn seal(key: &SealKey, aad: &[u8], plain: &[u8], random: &dyn Random) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE_LEN] = make_bytes(random).map_err(failed)?;
    let mut body = plain.to_vec();
    aead(key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut body)
        .map_err(failed)?;
    let mut sealed = nonce.to_vec();
    sealed.append(&mut body);
    Ok(sealed)
}

fn open(key: &SealKey, aad: &[u8], mut sealed: Vec<u8>) -> Result<Vec<u8>, VaultError> {
    let (nonce, body) =
        sealed.split_at_mut_checked(NONCE_LEN).ok_or_else(|| VaultError::Unexpected("too short".into()))?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(failed)?;
    Ok(aead(key)?.open_in_place(nonce, Aad::from(aad), body).map_err(failed)?.to_vec())
}

fn aead(key: &SealKey) -> Result<LessSafeKey, VaultError> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key.0).map_err(failed)?))
}

fn failed(error: impl std::fmt::Display) -> VaultError {
    VaultError::Unexpected(error.to_string())
}

#[cfg(test)]
mod tests;
