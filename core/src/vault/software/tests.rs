use p256::ecdsa::{DerSignature, VerifyingKey, signature::Verifier as _};

use super::*;
use crate::test_support::{BrokenRandom, SeededRandom};

fn label(text: &str) -> KeyLabel {
    KeyLabel::new(text)
}

fn vault() -> SoftwareVault {
    SoftwareVault::in_memory(Arc::new(SeededRandom::new(7)))
}

fn verifies(public_key: &[u8], message: &[u8], used: &KeySignature) -> bool {
    let KeySignature::Der(der) = used else { panic!("DER expected") };
    let key = VerifyingKey::from_sec1_bytes(public_key).unwrap();
    key.verify(message, &DerSignature::try_from(der.as_slice()).unwrap()).is_ok()
}

#[tokio::test]
async fn signs_what_its_public_key_verifies() {
    let vault = vault();
    let made = vault.create_key(label("a"), KeyPurpose::Possession, vec![0; 32]).await.unwrap();
    assert_eq!(made.public_key.len(), 65);
    let used = vault.sign(label("a"), b"message".to_vec()).await.unwrap();
    assert!(verifies(&made.public_key, b"message", &used));
    assert!(!verifies(&made.public_key, b"another", &used));
}

#[tokio::test]
async fn switches_decide_what_an_approval_key_does() {
    let vault = vault();
    vault.create_key(label("a"), KeyPurpose::Approval, vec![0; 32]).await.unwrap();
    let verify = || vault.verify_user(label("a"), "?".to_owned());
    vault.next_user_verification(VerificationOutcome::Cancel);
    vault.next_user_verification(VerificationOutcome::Fail);
    assert_eq!(verify().await.unwrap_err(), VaultError::UserCancelled);
    assert_eq!(verify().await.unwrap_err(), VaultError::UserVerificationFailed);
    assert_eq!(verify().await.unwrap(), UserVerification::Biometric);
    vault.set_user_verification(VerificationOutcome::Locked);
    assert_eq!(verify().await.unwrap_err(), VaultError::Locked);
    vault.set_user_verification(VerificationOutcome::DeviceCredential);
    assert_eq!(verify().await.unwrap(), UserVerification::DeviceCredential);
    vault.next_user_verification(VerificationOutcome::KeyInvalidated);
    assert_eq!(verify().await.unwrap_err(), VaultError::KeyInvalidated);
    assert_eq!(verify().await.unwrap_err(), VaultError::KeyInvalidated, "invalidated is for good");
}

#[tokio::test]
async fn a_possession_key_asks_nobody() {
    let vault = vault();
    vault.create_key(label("p"), KeyPurpose::Possession, vec![0; 32]).await.unwrap();
    vault.set_user_verification(VerificationOutcome::Fail);
    assert!(vault.sign(label("p"), b"m".to_vec()).await.is_ok());
    assert_eq!(vault.verify_user(label("p"), "?".to_owned()).await, Err(VaultError::Unsupported));
}

#[tokio::test]
async fn an_approval_key_signs_once_for_each_verification() {
    let vault = vault();
    vault.create_key(label("a"), KeyPurpose::Approval, vec![0; 32]).await.unwrap();
    vault.create_key(label("b"), KeyPurpose::Approval, vec![0; 32]).await.unwrap();
    let sign = |name: &str| vault.sign(label(name), b"m".to_vec());
    assert_eq!(sign("a").await.unwrap_err(), VaultError::UserVerificationFailed);
    vault.verify_user(label("a"), "?".to_owned()).await.unwrap();
    assert_eq!(sign("b").await.unwrap_err(), VaultError::UserVerificationFailed, "for that key alone");
    assert!(sign("a").await.is_ok());
    assert_eq!(sign("a").await.unwrap_err(), VaultError::UserVerificationFailed, "once");
}

#[tokio::test]
async fn keys_outlive_the_process_and_stand_nowhere_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let random: Arc<dyn Random> = Arc::new(SeededRandom::new(3));
    let made = {
        let vault = SoftwareVault::in_folder(folder.path(), random.clone()).unwrap();
        vault.create_key(label("label-in-clear"), KeyPurpose::Approval, vec![0; 32]).await.unwrap()
    };
    let vault = SoftwareVault::in_folder(folder.path(), random).unwrap();
    vault.verify_user(label("label-in-clear"), "?".to_owned()).await.unwrap();
    let used = vault.sign(label("label-in-clear"), b"m".to_vec()).await.unwrap();
    assert!(verifies(&made.public_key, b"m", &used));
    let file = fs::read(folder.path().join(KEYS_FILE)).unwrap();
    assert!(!file.windows(5).any(|part| part == b"label"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let bits = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(bits(folder.path()), 0o700);
        assert_eq!(bits(&folder.path().join(KEYS_FILE)), 0o600);
        assert_eq!(bits(&folder.path().join(SEAL_FILE)), 0o600);
    }
}

#[tokio::test]
async fn a_damaged_file_is_an_error_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let random: Arc<dyn Random> = Arc::new(SeededRandom::new(3));
    let vault = SoftwareVault::in_folder(folder.path(), random.clone()).unwrap();
    vault.create_key(label("a"), KeyPurpose::Approval, vec![0; 32]).await.unwrap();
    drop(vault);
    let path = folder.path().join(KEYS_FILE);
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(SoftwareVault::in_folder(folder.path(), random).is_err());
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[tokio::test]
async fn wraps_and_unwraps_and_refuses_a_changed_wrapping() {
    let vault = vault();
    let mut wrapped = vault.wrap(vec![1; 32]).await.unwrap();
    assert_eq!(vault.unwrap(wrapped.clone()).await.unwrap(), vec![1; 32]);
    wrapped[20] ^= 1;
    assert_eq!(vault.unwrap(wrapped).await.unwrap_err(), VaultError::KeyMissing);
}

#[tokio::test]
async fn deleted_keys_are_gone_and_listed_no_more() {
    let vault = vault();
    vault.create_key(label("a"), KeyPurpose::Possession, vec![0; 32]).await.unwrap();
    assert_eq!(vault.labels().await.unwrap(), vec![label("a")]);
    vault.delete_key(label("a")).await.unwrap();
    vault.delete_key(label("a")).await.unwrap();
    assert!(vault.labels().await.unwrap().is_empty());
    assert_eq!(vault.sign(label("a"), b"m".to_vec()).await.unwrap_err(), VaultError::KeyMissing);
}

#[tokio::test]
async fn without_randomness_no_key_is_made() {
    let vault = SoftwareVault::in_memory(Arc::new(BrokenRandom));
    assert!(vault.create_key(label("a"), KeyPurpose::Approval, vec![0; 32]).await.is_err());
}
